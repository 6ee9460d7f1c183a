# libwasmfx. "make help" lists the targets; "make deps all" is the whole story of a first build.
#
# Two stages: build/boot/wfx-pack, the library without its packed runtime, assembles and packs
# runtime/wasm/; then the library and the command line.

CC       ?= cc
CXX      ?= c++
AR       ?= ar
PREFIX   ?= /usr/local
DESTDIR  ?=
B        ?= build$(if $(DEBUG),/debug)
# Sanitizers for -fsanitize=, as a list with commas.
SAN      ?=

VERSION  := $(shell awk '/define WFX_VERSION_(MAJOR|MINOR|PATCH)/ {v = v s $$3; s = "."} \
              END {print v}' include/wasmfx/base.h)
SOVERSION := $(firstword $(subst ., ,$(VERSION)))

WARN     := -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
            -Wconversion -Werror
OPT      ?= $(if $(DEBUG)$(SAN),-O1,-O2)
CFLAGS   ?= -g
MODE     := $(if $(DEBUG)$(SAN),-DWFX_DEBUG,-DNDEBUG) \
            $(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=all -fno-omit-frame-pointer)
C        := $(CC) -std=c11 $(WARN) -fPIC -fvisibility=hidden -MMD -MP $(MODE) $(OPT) $(CFLAGS)
LIBS     := -lz -lm
LINK     := $(CC) $(MODE) $(OPT) $(CFLAGS) $(LDFLAGS)

# ---- Sources, room by room, in layer order -------------------------------------------------

ROOM_base     := ctx arena vec map diag leb utf8 number wsimd
ROOM_ir       := op type match imm body module index name strip tooling feature target read_decl clone
ROOM_valid    := check check_bulk check_control check_ref check_cont valid valid_type
ROOM_build    := body_api build emit read_body
ROOM_handler  := driver handler
ROOM_binary   := reader section decode decode_code decode_decls decode_types encode encode_code \
                encode_types dialect hints names
ROOM_debug    := debug columns source_map dwarf_line dwarf
ROOM_text     := lex label annotate parse_type parse parse_field parse_imm parse_inst print \
                print_fold print_id print_inst print_text print_type script script_value
ROOM_load     := check_body validate_bytes
ROOM_link     := archive describe gzip live resolve link merge object_read archive_ar \
                object_add object_symbol object_reach object_layout
ROOM_heap     := heap mark sweep
ROOM_store    := mem atomic table host array rtt aggregate store inst object
ROOM_engine   := flatten fuse cont flatten_ctl flatten_ref flatten_simd flatten_atomic flatten_trace interp control watch unwind engine instantiate embed embed_cont
ROOM_wasi     := wasi wasi_dir wasi_errno wasi_fd wasi_io wasi_path wasi_path_call wasi_poll
ROOMS         := base ir valid build handler binary debug text load link heap store engine wasi

FE_common     := fe_arena fe_core fe_finish fe_match fe_print fe_session fe_eval_prim \
                fe_eval fe_map fe_gen fe_gen_atom fe_gen_expr fe_gen_handle fe_gen_prim \
                fe_gen_switch fe_gen_type
FE_links      := links_lex links_parse links_pattern links_resolve links_lower links \
                links_prelude links_statement
FE_wfx        := main wfx_cmd_build wfx_cmd_run wfx_host wfx_io wfx_load wfx_message \
                wfx_option wfx_save wfx_debug wfx_source wfx_value wfx_cmd_wast wfx_wast_host \
                wfx_wast_run wfx_wast_value wfx_cmd_features wfx_cmd_tool wfx_cmd_objdump \
                wfx_dump_code wfx_dump_text wfx_native wfx_watch

# Native code, when LLVM 19 is there and the machine is one that it makes code for.
CODEGEN       := cg_llvm cg_unit cg_func cg_control cg_num cg_call cg_cont
RUNTIME_NATIVE := rt_native rt_slot
LLVM_CONFIG   ?= llvm-config-19
MACHINE       := $(firstword $(subst -, ,$(shell $(CC) -dumpmachine)))
HAS_NATIVE    := $(and $(filter x86_64,$(MACHINE)),$(shell $(LLVM_CONFIG) --version 2>/dev/null))
LLVM_INCLUDE  := $(if $(HAS_NATIVE),-isystem $(shell $(LLVM_CONFIG) --includedir))
LLVM_LIBS     := $(if $(HAS_NATIVE),$(shell $(LLVM_CONFIG) --ldflags --libs))
NATIVE        := $(if $(HAS_NATIVE),$B/libwasmfx-native.a)
WFX_NATIVE    := $(if $(HAS_NATIVE),$B/wfx-native)

RUNTIME_WAT   := runtime/wasm/fifo@1.wat runtime/wasm/int@1.wat runtime/wasm/io@1.wat \
                runtime/wasm/list@1.wat runtime/wasm/sched@1.wat runtime/wasm/string@1.wat \
                runtime/wasm/value@1.wat runtime/wasm/float@1.wat runtime/wasm/show@1.wat \
                runtime/wasm/lang@1.wat
EXAMPLES_C    := 01_module 02_control 03_imports 04_gc 05_generator 06_handler 07_driver \
                08_scheduler 09_pass 10_read 11_positions 12_event_loop
UNIT          := test_number test_wnum test_decode test_base test_build test_diag \
                test_encode test_gzip test_link test_type test_heap test_handler test_lex \
                test_parse test_cont test_engine test_print test_target test_read test_links test_script \
                test_embed test_object test_valid test_debug test_load
UNIT          += test_gen
UNIT          += $(if $(HAS_NATIVE),test_native test_native_random)
UNIT          += test_control test_host_call test_host_cont test_host_object test_hint test_dialect test_tooling
UNIT          += test_threads
OOM           := test_oom
UNIT          += test_watch test_stacks test_wasi
CAPI          := capi_type capi_ref capi_module capi_object
CAPI_TESTS    := hello callback trap reflect global table memory hostref finalize serialize threads \
                multi start
GEN           := gen gen_cont gen_control gen_decl gen_emit gen_ext gen_ref gen_row gen_run gen_type \
                gen_value mutate
DIFF          := judge run
LOOP          := roundtrip

LIB_SRC  := $(foreach r,$(ROOMS),$(ROOM_$(r):%=libwasmfx/$(r)/%.c))
FE_SRC   := $(foreach f,common links wfx,$(FE_$(f):%=frontends/$(f)/%.c))
LIB_OBJ  := $(LIB_SRC:%.c=$B/obj/%.o)
FE_OBJ   := $(FE_SRC:%.c=$B/obj/%.o)
CAPI_SRC := $(CAPI:%=capi/%.c)
CAPI_OBJ := $(CAPI_SRC:%.c=$B/obj/%.o)
PACKED   := $B/obj/gen/runtime_archive.o
NATIVE_SRC := $(CODEGEN:%=codegen/%.c) $(RUNTIME_NATIVE:%=runtime/native/%.c)
NATIVE_OBJ := $(NATIVE_SRC:%.c=$B/obj/%.o) $B/obj/runtime/native/rt_switch_$(MACHINE).o
ALL_SRC  := $(LIB_SRC) $(FE_SRC) $(CAPI_SRC) $(NATIVE_SRC) runtime/pack.c

# ---- Products ------------------------------------------------------------------------------

.PHONY: all
all: $B/wfx $B/libwasmfx.a $B/libwasmfx.so $B/libwasmfx-wasm-c-api.a $(NATIVE) $(WFX_NATIVE)

$B/libwasmfx.a: $(LIB_OBJ) $(PACKED)
	@rm -f $@
	@echo '  AR    $@'
	@$(AR) rcs $@ $^

$B/libwasmfx.so.$(SOVERSION): $(LIB_OBJ) $(PACKED)
	@echo '  LINK  $@'
	@$(LINK) -shared -Wl,-soname,libwasmfx.so.$(SOVERSION) $(if $(SAN),,-Wl,-z,defs) -o $@ $^ $(LIBS)

$B/libwasmfx.so: $B/libwasmfx.so.$(SOVERSION)
	ln -sf $(<F) $@

$B/libwasmfx-native.a: $(NATIVE_OBJ)
	@rm -f $@
	@echo '  AR    $@'
	@$(AR) rcs $@ $^

$B/libwasmfx-wasm-c-api.a: $(CAPI_OBJ)
	@rm -f $@
	@echo '  AR    $@'
	@$(AR) rcs $@ $^

$B/wfx: $(FE_OBJ) $B/libwasmfx.a
	@echo '  LINK  $@'
	@$(LINK) -o $@ $^ $(LIBS)

# The same with the code generator, for wfx run --native.
$B/wfx-native: $(FE_OBJ:%/wfx_native.o=%/wfx_native_llvm.o) $(NATIVE) $B/libwasmfx.a
	@echo '  LINK  $@'
	@$(LINK) -o $@ $^ $(LLVM_LIBS) $(LIBS)

$B/obj/frontends/wfx/wfx_native_llvm.o: frontends/wfx/wfx_native.c
	@mkdir -p $(@D)
	@echo '  CC    $< (LLVM)'
	@$C -DCLI_HAS_NATIVE -Iinclude -Ifrontends -c -o $@ $<

$B/obj/libwasmfx/%.o: libwasmfx/%.c
	@mkdir -p $(@D)
	@echo '  CC    $<'
	@$C -Iinclude -Ilibwasmfx -c -o $@ $<

$B/obj/capi/%.o: capi/%.c
	@mkdir -p $(@D)
	@echo '  CC    $<'
	@$C -Iinclude -I. -c -o $@ $<

$B/obj/frontends/%.o: frontends/%.c
	@mkdir -p $(@D)
	@echo '  CC    $<'
	@$C -Iinclude -Ifrontends -I$B/gen -c -o $@ $<

$B/obj/runtime/%.o: runtime/%.c
	@mkdir -p $(@D)
	@echo '  CC    $<'
	@$C -Iinclude -c -o $@ $<

$B/obj/codegen/%.o: codegen/%.c
	@mkdir -p $(@D)
	@echo '  CC    $<'
	@$C -Iinclude -Ilibwasmfx -Iruntime -I. $(LLVM_INCLUDE) -c -o $@ $<

$B/obj/runtime/native/%.o: runtime/native/%.c
	@mkdir -p $(@D)
	@echo '  CC    $<'
	@$C -Iinclude -Ilibwasmfx -Iruntime -c -o $@ $<

$B/obj/runtime/native/%.o: runtime/native/%.S
	@mkdir -p $(@D)
	@echo '  CC    $<'
	@$C -Iruntime -c -o $@ $<

$B/obj/gen/%.o: $B/gen/%.c
	@mkdir -p $(@D)
	@echo '  CC    $<'
	@$C -c -o $@ $<

# The first stage.
$B/gen/runtime_none.c:
	@mkdir -p $(@D)
	@printf '%s\n' '#include <stddef.h>' \
	  'extern const unsigned char wfx__runtime_bytes[];' 'extern const size_t wfx__runtime_n_bytes;' \
	  'const unsigned char wfx__runtime_bytes[1] = {0};' 'const size_t wfx__runtime_n_bytes = 0;' >$@

$B/boot/wfx-pack: $B/obj/runtime/pack.o $(LIB_OBJ) $B/obj/gen/runtime_none.o
	@mkdir -p $(@D)
	@echo '  LINK  $@'
	@$(LINK) -o $@ $^ $(LIBS)

$B/gen/runtime_archive.c: $B/boot/wfx-pack $(RUNTIME_WAT)
	$B/boot/wfx-pack -o $@ $(RUNTIME_WAT)

# The language's prelude, its lines as string literals.
$B/gen/links_prelude.inc: frontends/links/prelude.links
	@mkdir -p $(@D)
	@sed -e 's|[\\"]|\\&|g' -e 's|^.*$$|"&\\n",|' $< >$@.tmp && mv $@.tmp $@

$B/obj/frontends/links/links_prelude.o: $B/gen/links_prelude.inc

# The whole library as one file.
.PHONY: one
one: $B/obj/libwasmfx/one.o
	@sed -n 's/^#include "\(.*\.c\)"/libwasmfx\/\1/p' libwasmfx/one.c | xargs | \
	  awk -v want='$(LIB_SRC)' '{ if ($$0 != want) { print "one.c differs from the Makefile"; exit 1 } }'

.PHONY: install
install: all
	mkdir -p $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/include/wasmfx \
	  $(DESTDIR)$(PREFIX)/lib/pkgconfig
	cp $B/wfx $(WFX_NATIVE) $(DESTDIR)$(PREFIX)/bin/
	cp include/wasmfx.h $(DESTDIR)$(PREFIX)/include/
	cp include/wasmfx/*.h include/wasmfx/*.def $(DESTDIR)$(PREFIX)/include/wasmfx/
	mkdir -p $(DESTDIR)$(PREFIX)/include/wasm-c-api
	cp include/wasm-c-api/wasm.h $(DESTDIR)$(PREFIX)/include/wasm-c-api/
	cp $B/libwasmfx.a $B/libwasmfx.so.$(SOVERSION) $(DESTDIR)$(PREFIX)/lib/
	cp $B/libwasmfx-wasm-c-api.a $(DESTDIR)$(PREFIX)/lib/
	ln -sf libwasmfx.so.$(SOVERSION) $(DESTDIR)$(PREFIX)/lib/libwasmfx.so
	$(if $(NATIVE),cp $(NATIVE) $(DESTDIR)$(PREFIX)/lib/)
	printf '%s\n' 'prefix=$(PREFIX)' 'includedir=$${prefix}/include' 'libdir=$${prefix}/lib' '' \
	  'Name: wasmfx' 'Description: Build, check, link and run WasmFX modules' \
	  'Version: $(VERSION)' 'Cflags: -I$${includedir}' 'Libs: -L$${libdir} -lwasmfx' \
	  'Libs.private: $(LIBS)' >$(DESTDIR)$(PREFIX)/lib/pkgconfig/wasmfx.pc
	printf '%s\n' 'prefix=$(PREFIX)' 'libdir=$${prefix}/lib' '' 'Name: wasmfx-wasm-c-api' \
	  'Description: wasm.h over wasmfx' 'Version: $(VERSION)' 'Requires: wasmfx' \
	  'Libs: -L$${libdir} -lwasmfx-wasm-c-api -lwasmfx' \
	  >$(DESTDIR)$(PREFIX)/lib/pkgconfig/wasmfx-wasm-c-api.pc
	$(if $(NATIVE),printf '%s\n' 'prefix=$(PREFIX)' 'libdir=$${prefix}/lib' '' \
	  'Name: wasmfx-native' 'Description: Machine code for wasmfx by LLVM' 'Version: $(VERSION)' \
	  'Requires: wasmfx' 'Libs: -L$${libdir} -lwasmfx-native -l:libwasmfx.a $(LLVM_LIBS) $(LIBS)' \
	  >$(DESTDIR)$(PREFIX)/lib/pkgconfig/wasmfx-native.pc)

# ---- What it all needs -----------------------------------------------------------------------

DEPS_BUILD := zlib1g-dev
DEPS_NATIVE := llvm-19-dev
DEPS_TEST  := libcmocka-dev perl g++ pkg-config

.PHONY: deps deps-build peers modules
deps:
	@sh tests/deps.sh $(DEPS_BUILD) $(DEPS_TEST)
	@sh tests/deps.sh $(DEPS_NATIVE) || echo 'deps: no native code without $(DEPS_NATIVE)'
deps-build:
	@sh tests/deps.sh $(DEPS_BUILD)
peers: tests/peers.txt
	@sh tests/peers.sh
modules: tests/modules.txt peers
	@sh tests/modules.sh

# ---- Tests ---------------------------------------------------------------------------------

TEST_INC   := -Iinclude -Ilibwasmfx -Ifrontends -Itests
TEST_BIN   := $(UNIT:%=$B/tests/unit/%)
OOM_BIN    := $(OOM:%=$B/tests/oom/%)
LOOP_BIN   := $(LOOP:%=$B/tests/loop/%)
SOAK_BIN   := $B/tests/soak/soak
GEN_SRC    := $(GEN:%=tests/gen/%.c) tests/gen/main.c
DIFF_BIN   := $(DIFF:%=$B/tests/diff/%)
EXAMPLE    := $(EXAMPLES_C:%=$B/examples/%)
CAPI_BIN   := $(CAPI_TESTS:%=$B/tests/capi/%)
HOSTILE    := $B/tests/hostile/hostile
TEST_SH    := tests/run.sh tests/examples.sh tests/cli.sh tests/errors.sh tests/golden.sh tests/links.sh \
              tests/spec_own.sh tests/native.sh tests/soak.sh
SLOW_SH    := tests/symbols.sh tests/same_bytes.sh tests/install.sh tests/v8.sh tests/spec.sh tests/spec_stress.sh tests/targets.sh \
              tests/spec_peers.sh tests/link_c.sh tests/roundtrip.sh \
              tests/dwarf.sh tests/devtools.sh
SLOW_SH    += tests/diff/valid.sh
SLOW_SH    += tests/abi.sh
TEST_SH    += tests/capi.sh
SLOW_SH    += tests/wasi.sh
SLOW_SH    += tests/diff/run.sh
PROVE      := CMOCKA_MESSAGE_OUTPUT=TAP B=$B CC='$(CC)' CXX='$(CXX)' prove --timer -j2 -e ''
SAN_ENV    := ASAN_OPTIONS=allocator_may_return_null=1:detect_stack_use_after_return=0 \
              UBSAN_OPTIONS=print_stacktrace=1

# Programs for wasm.h, which may include nothing else.
$(CAPI_BIN): $B/%: %.c $B/libwasmfx-wasm-c-api.a $B/libwasmfx.a
	@mkdir -p $(@D)
	@echo '  CC    $<'
	@$C -Iinclude -o $@ $< $B/libwasmfx-wasm-c-api.a $B/libwasmfx.a $(LIBS)

# Everything of the front ends but main, for their unit tests.
$B/libfe.a: $(filter-out $B/obj/frontends/wfx/main.o,$(FE_OBJ))
	@rm -f $@
	@echo '  AR    $@'
	@$(AR) rcs $@ $^

$B/tests/%: tests/%.c $B/libfe.a $B/libgen.a $B/libwasmfx.a
	@mkdir -p $(@D)
	@echo '  CC    $<'
	@$C $(TEST_INC) -o $@ $< $(WITH_NATIVE) $B/libfe.a $B/libgen.a $B/libwasmfx.a -lcmocka $(LIBS) $(WITH_LLVM)

# The generator of modules, and what compares with others.
$B/obj/tests/%.o: tests/%.c
	@mkdir -p $(@D)
	@echo '  CC    $<'
	@$C -Iinclude -Itests -c -o $@ $<

$B/libgen.a: $(GEN:%=$B/obj/tests/gen/%.o)
	@rm -f $@
	@echo '  AR    $@'
	@$(AR) rcs $@ $^

$B/tests/gen/gen: $B/obj/tests/gen/main.o $B/libgen.a $B/libwasmfx.a
	@mkdir -p $(@D)
	@echo '  LINK  $@'
	@$(LINK) -o $@ $^ $(LIBS)

$(DIFF_BIN): $B/%: $B/obj/%.o $B/libgen.a $B/libwasmfx.a
	@mkdir -p $(@D)
	@echo '  LINK  $@'
	@$(LINK) -o $@ $^ $(LIBS)

# Those that make native code.
MAKE_NATIVE := $B/tests/unit/test_native $B/tests/unit/test_native_random $B/tests/bench/pair_native
$(MAKE_NATIVE): $(NATIVE)
$(MAKE_NATIVE): WITH_NATIVE = $(NATIVE)
$(MAKE_NATIVE): WITH_LLVM = $(LLVM_LIBS)

$B/examples/%: examples/c/%.c $B/libwasmfx.a
	@mkdir -p $(@D)
	@echo '  CC    $<'
	@$C -Iinclude -o $@ $< $B/libwasmfx.a $(LIBS)

# Fuzz targets, for clang's libFuzzer: CC=clang-19 SAN=fuzzer-no-link,address,undefined.
FUZZ_BIN   := $(patsubst %,$B/tests/fuzz/fuzz_%,decode text link run)
$(FUZZ_BIN): $B/%: $B/obj/%.o $B/libgen.a $B/libwasmfx.a
	@mkdir -p $(@D)
	@echo '  LINK  $@'
	@$(LINK) -fsanitize=fuzzer -o $@ $^ $(LIBS)

.PHONY: fuzz fuzzers check-fuzz
fuzzers: $(FUZZ_BIN) $B/tests/gen/gen $B/wfx

# FUZZ=decode (text, link, run) FUZZ_SECONDS=60
FUZZ         ?= decode
FUZZ_SECONDS ?= 60
check-fuzz: all
	$(PROVE) tests/fuzz/smoke.sh
fuzz: all
	@sh tests/fuzz/fuzz.sh $(FUZZ) $(FUZZ_SECONDS)

.PHONY: check check-all check-quick check-asan check-ubsan check-tsan check-threads check-oom tests
tests: all $(TEST_BIN) $(OOM_BIN) $(LOOP_BIN) $(SOAK_BIN) $(EXAMPLE) $(DIFF_BIN) $B/tests/gen/gen $(CAPI_BIN) $(HOSTILE)

check: deps
	@$(MAKE) check-all
	@$(MAKE) check-fuzz
check-all: rooms lines one tests
	$(PROVE) $(TEST_BIN) $(OOM_BIN) $(HOSTILE) $(TEST_SH) $(SLOW_SH)

check-quick: tests
	$(SAN_ENV) $(PROVE) $(TEST_BIN) $(OOM_BIN) $(HOSTILE) $(TEST_SH)

check-asan:
	$(MAKE) B=build/asan SAN=address,undefined check-quick
check-ubsan:
	$(MAKE) B=build/ubsan SAN=undefined check-quick
# What runs on threads, and interrupts from another, under ThreadSanitizer.
check-tsan:
	$(MAKE) B=build/tsan SAN=thread check-threads
check-threads: $B/wfx $B/tests/unit/test_load $B/tests/unit/test_threads $B/tests/capi/threads
	$(PROVE) $B/tests/unit/test_load $B/tests/unit/test_threads
	$(PROVE) tests/capi.sh :: threads
check-oom: $(OOM_BIN)
	$(PROVE) $(OOM_BIN)

# The binary interface against its list, tests/abi.txt.
.PHONY: abi abi-update
abi: all
	@B=$B CC='$(CC)' prove -v -e sh tests/abi.sh :: strict
abi-update: all
	@B=$B CC='$(CC)' sh tests/abi.sh update

# The official test suite.
.PHONY: spec
spec: all peers
	@B=$B prove -v -e sh tests/spec.sh

# Flip each check of the validator: some test must notice.
.PHONY: mutate
mutate: all $B/libfe.a peers
	@B=$B CC='$(CC)' python3 tests/mutate.py

.PHONY: rooms lines
ROOM_FILES = $(shell find libwasmfx frontends capi runtime codegen examples/c -name '*.[chS]')
UNLISTED   = $(filter-out $(ALL_SRC) libwasmfx/one.c,$(filter libwasmfx/% frontends/% capi/%,\
               $(filter %.c,$(ROOM_FILES))))
rooms:
	@awk -f tests/rooms.awk tests/rooms.txt $(ROOM_FILES)
	@$(if $(UNLISTED),echo "not in the Makefile: $(UNLISTED)"; exit 1)
lines:
	@awk -f tests/lines.awk $(shell find include libwasmfx frontends capi runtime codegen -name '*.[ch]')

# ---- Measure -------------------------------------------------------------------------------

BENCH := $(patsubst %,$B/tests/bench/%,floor pair builder cpu encode growth validate $(if $(HAS_NATIVE),pair_native))

.PHONY: bench
bench: all $(BENCH)
	@B=$B sh tests/bench/run.sh

# ---- Show ----------------------------------------------------------------------------------

.PHONY: demo
demo: deps-build
	@$(MAKE) -s $B/wfx
	@B=$B sh tests/demo.sh

include tests/prove.mk

# ---- Odds ----------------------------------------------------------------------------------

.PHONY: clean help
clean:
	rm -rf build

help:
	@printf '%s\n' \
	  'all           build/wfx, build/libwasmfx.a, build/libwasmfx.so   (DEBUG=1: with asserts)' \
	  'deps          install the Debian packages that building and testing need' \
	  'demo          compile and run the thread examples, show a handler loop' \
	  'install       PREFIX=/usr/local DESTDIR=' \
	  'check         every quick test; check-asan, -ubsan, -tsan, -oom: some of them so' \
	  'abi           exported symbols and structs against tests/abi.txt; abi-update: write it anew' \
	  'spec          the official test suite, with its counts' \
	  'mutate        flip each check of the validator, and see a test fail (minutes)' \
	  'peers         install the tools that tests compare with into build/peers' \
	  'modules       fetch large real modules into build/modules' \
  'bench         "name value unit" lines' \
	  'fuzz          FUZZ=decode|text|link|run FUZZ_SECONDS=60: guided by coverage, with clang-19' \
  'rooms lines   who includes whom; long files and functions' \
	  'one           the library as one file' \
	  'prove-N       check what step N must show, noted in build/proof.txt; prove-all: every step' \
	  'clean         remove build/'

-include $(ALL_SRC:%.c=$B/obj/%.d) $(GEN_SRC:%.c=$B/obj/%.d) $(DIFF:%=$B/obj/tests/diff/%.d) \
  $(FUZZ_BIN:$B/%=$B/obj/%.d) $(TEST_BIN:%=%.d) $(CAPI_BIN:%=%.d) $(HOSTILE:%=%.d) $(OOM_BIN:%=%.d) $(LOOP_BIN:%=%.d) $(SOAK_BIN:%=%.d) $(EXAMPLE:%=%.d) \
  $(BENCH:%=%.d)
