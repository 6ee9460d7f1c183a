# prove.mk: what each step must show, one target a line; included by the Makefile. Each target runs
# tests/prove.sh, which notes the result in build/proof.txt and skips what is proved at this commit.

PROVE_1 := demo check golden errors bench install docs
PROVE_2 := spec own mutate modules positions
PROVE_2 += diff fuzz-decode fuzz-text fuzz-link
PROVE_2 += bench
PROVE_2 += abi
PROVE_3 := spec
PROVE_3 += bench soak
PROVE_3 += native
PROVE_3 += sqlite
PROVE_3 += hostile threads capi
PROVE_3 += diff fuzz-run
PROVED  := sh tests/prove.sh
TAPPED  := sh tests/prove_tap.sh $B

.PHONY: prove-1 prove-2 prove-3 prove-all \
  $(PROVE_1:%=prove-1-%) $(PROVE_2:%=prove-2-%) $(PROVE_3:%=prove-3-%)
prove-1: $(PROVE_1:%=prove-1-%)
prove-2: $(PROVE_2:%=prove-2-%)
prove-3: $(PROVE_3:%=prove-3-%)
prove-all: prove-1 prove-2 prove-3

# ---- Step 1 --------------------------------------------------------------------------------

prove-1-demo:
	@$(PROVED) $@ 'A1 B1 A2 B2 for 3 styles, on a fresh clone' sh tests/prove_demo.sh
prove-1-check: peers
	@$(PROVED) $@ 'Result: PASS, none skipped' sh tests/prove_check.sh
prove-1-golden: tests
	@$(PROVED) $@ 'the opcodes of the scheduler loop' $(TAPPED) tests/golden.sh
prove-1-errors: tests
	@$(PROVED) $@ 'C line, instruction, both types; two messages' $(TAPPED) tests/errors.sh
prove-1-bench: all peers $(BENCH)
	@B=$B $(PROVED) $@ 'pair_over_v8 <= 1.0, builder_scaled >= 20' \
	  sh tests/bench/prove.sh 'pair builder' 'pair_over_v8 <= 1.0' 'builder_scaled >= 20'
prove-1-install: tests
	@$(PROVED) $@ 'C and C++ against the installed tree' $(TAPPED) tests/install.sh tests/symbols.sh
prove-1-docs:
	@$(PROVED) $@ 'README, TOUR, public headers documented' sh tests/docs.sh

# ---- Step 2 --------------------------------------------------------------------------------

prove-2-spec: tests peers
	@$(PROVED) $@ 'every command of wasm-v3 passes; others superseded or unsupported' \
	  $(TAPPED) tests/spec.sh
prove-2-own: tests peers
	@$(PROVED) $@ 'our scripts here and, but for listed lines, in V8, wasm-tools, Binaryen' \
	  $(TAPPED) tests/spec_own.sh 'tests/spec_peers.sh :: -b'
prove-2-mutate: all $B/libfe.a peers
	@B=$B CC='$(CC)' $(PROVED) $@ 'each flipped check fails a test' sh tests/prove_mutate.sh
prove-2-modules: tests peers modules
	@$(PROVED) $@ 'ten real modules, the official suite: decode, encode, print, parse: same bytes' \
	  $(TAPPED) 'tests/roundtrip.sh :: all'
prove-2-positions: tests peers
	@$(PROVED) $@ 'DWARF verifies and is true; Chromium stops at source lines' \
	  $(TAPPED) tests/dwarf.sh tests/devtools.sh
prove-2-diff: tests peers
	@B=$B $(PROVED) $@ 'accepted and refused as by wasm-tools, for 100,000 modules' \
	  sh tests/prove_title.sh tests/diff/valid.sh 100000 1000000
prove-2-bench: all peers modules $(BENCH)
	@B=$B $(PROVED) $@ '1.5 x as fast as wasm-tools in at most 1.5 x its memory' \
	  sh tests/bench/prove.sh validate 'validate_speed_over_wasmtools >= 1.5' \
	  'validate_memory_over_wasmtools <= 1.5' 'print_over_wasmtools <= 2' \
	  'parse_over_wasmtools <= 2' 'encode_mb_per_s >= 1' \
	  'validate_growth_most <= 3'
prove-2-abi: all
	@$(PROVED) $@ 'symbols and structs are those of tests/abi.txt' $(TAPPED) 'tests/abi.sh :: strict'
# FUZZ_PROOF_SECONDS is for trying these out; the figure says how long they ran.
FUZZ_PROOF_SECONDS ?= 1800
prove-2-fuzz-decode prove-2-fuzz-text prove-2-fuzz-link: prove-2-fuzz-%: all
	@B=$B $(PROVED) $@ '1800 s of fuzzing, 0 findings' sh tests/fuzz/fuzz.sh $* $(FUZZ_PROOF_SECONDS)

# ---- Step 3 --------------------------------------------------------------------------------

prove-3-bench: all peers $(BENCH)
	@B=$B $(PROVED) $@ 'each beside V8 in the same run, or wasmi; memory and depth' \
	  sh tests/bench/prove.sh 'pair suspend live plain' 'pair_over_v8 <= 0.6' 'new_over_v8 <= 0.6' \
	  'switch_over_v8 <= 0.6' 'foreign100_over_v8 <= 0.3' 'live_bytes <= 400' \
	  'dropped_bytes <= 1000000' 'deep_calls >= 1000000' 'nested_resumes >= 100000' \
	  'plain_over_wasmi <= 1.0'
prove-3-soak: tests
	@B=$B $(PROVED) $@ '1,000,000 threads, 100,000,000 turns within 1 GiB; small under sanitizers' \
	  sh tests/prove_soak.sh
prove-3-spec: tests peers
	@B=$B $(PROVED) $@ 'every command passes, also under stress and in the debug build' \
	  sh tests/prove_spec.sh
prove-3-native: tests $(BENCH)
	@B=$B NATIVE_PROGRAMS=300 $(PROVED) $@ '300 random programs; native_pair_over_floor <= 4' \
	  sh -c '$B/tests/unit/test_native_random && $(TAPPED) tests/native.sh && \
	    sh tests/bench/prove.sh native "native_pair_over_floor <= 4.0"'
prove-3-sqlite: all
	@$(PROVED) $@ 'SQLite, 50,000 rows in a file: the same as natively' $(TAPPED) tests/sqlite.sh
prove-3-diff: tests peers
	@B=$B $(PROVED) $@ 'results, traps, memory and globals as in V8, for 100,000 programs that V8 can run' \
	  sh tests/prove_title.sh tests/diff/run.sh 100200 1000000
prove-3-fuzz-run: all
	@B=$B $(PROVED) $@ '1800 s of fuzzing, 0 findings' sh tests/fuzz/fuzz.sh run $(FUZZ_PROOF_SECONDS)
prove-3-hostile: tests
	@$(PROVED) $@ 'each ends as it says, within its limits' $B/tests/hostile/hostile
prove-3-threads: deps
	@$(PROVED) $@ 'Result: PASS' $(MAKE) -s --no-print-directory check-tsan
prove-3-capi: tests
	@$(PROVED) $@ 'a dozen programs for wasm.h' $(TAPPED) tests/capi.sh
