#!/bin/sh
# link_c.sh: C and C++ compiled by clang, linked with each other, with modules and with the C
# library, run on our engine; where wasm-ld links the same objects, results are the same. TAP.
. tests/tap.sh
needed='clang-19 lld-19 llvm-19 wasi-libc libclang-rt-19-dev-wasm32'
# shellcheck disable=SC2086
if ! sh tests/deps.sh $needed >"$T/log" 2>&1 || ! command -v clang-19 >/dev/null ||
  ! command -v wasm-ld-19 >/dev/null; then
  echo "1..0 # SKIP clang-19, lld-19 and wasi-libc cannot be installed"
  exit 0
fi
src=tests/link_c
lib=/usr/lib/wasm32-wasi
builtins=$(clang-19 -print-resource-dir)/lib/wasi/libclang_rt.builtins-wasm32.a

# cc OBJECT SOURCE FLAG...: compile.
cc() {
  object=$1 source=$2
  shift 2
  clang-19 --target=wasm32 -Wall -c "$source" -o "$T/$object" "$@" >"$T/log" 2>&1 ||
    not_ok "compile $source" "$T/log"
}
# link NAME OUTPUT INPUT...: link with wfx, and have others look at the result.
link() {
  name=$1 output=$2
  shift 2
  if "$wfx" link -o "$T/$output" "$@" >"$T/log" 2>&1; then
    ok "$name links"
  else
    not_ok "$name links" "$T/log"
  fi
  [ -x "$P/wasm-tools" ] || return 0
  if "$P/wasm-tools" validate --features all "$T/$output" >"$T/log" 2>&1; then
    ok "$name passes wasm-tools validate"
  else
    not_ok "$name passes wasm-tools validate" "$T/log"
  fi
}
# runs NAME MODULE ARG...: the outputs and the exit code, in $T/NAME.
runs() {
  name=$1
  shift
  "$wfx" run "$@" >"$T/$name" 2>&1 </dev/null
  echo "exit code $?" >>"$T/$name"
}
# refuses NAME TEXT INPUT...: linking fails and says TEXT and where.
refuses() {
  name=$1 text=$2
  shift 2
  if "$wfx" link -o "$T/no.wasm" "$@" >"$T/log" 2>&1; then
    not_ok "$name is refused"
  elif grep -qF -e "$text" "$T/log" && grep -q ': at offset 0x' "$T/log"; then
    ok "$name is refused"
  else
    not_ok "$name is refused" "$T/log"
  fi
}

# Two objects, all kinds of references, both linkers.
for flags in -O0 -O1 -O2 -Oz '-O2 -g' '-O1 -fno-function-sections -fno-data-sections' \
  '-O2 -msimd128 -mbulk-memory -mtail-call'; do
  # shellcheck disable=SC2086
  for part in part1 part2; do cc $part.o $src/$part.c $flags; done
  wasm-ld-19 --no-entry -o "$T/ld.wasm" "$T/part1.o" "$T/part2.o" >"$T/log" 2>&1 ||
    not_ok "wasm-ld links $flags" "$T/log"
  link "two objects ($flags)" two.wasm "$T/part1.o" "$T/part2.o"
  for n in 0 1 -5; do
    runs wanted --invoke run "$T/ld.wasm" $n
    runs got --invoke run "$T/two.wasm" $n
    same "run($n) as with wasm-ld ($flags)" "$T/wanted" "$T/got"
  done
  if "$wfx" print "$T/two.wasm" | grep -q dead_code; then
    not_ok "dead code is gone ($flags)"
  else
    ok "dead code is gone ($flags)"
  fi
done
link "the other order" turned.wasm "$T/part2.o" "$T/part1.o"
runs got --invoke run "$T/turned.wasm" -5
wasm-ld-19 --no-entry -o "$T/ld.wasm" "$T/part2.o" "$T/part1.o"
runs wanted --invoke run "$T/ld.wasm" -5
same "run(-5) in the other order" "$T/wanted" "$T/got"
for part in part1 part2; do cc $part.64.o $src/$part.c -O2 --target=wasm64; done
wasm-ld-19 -mwasm64 --no-entry -o "$T/ld.wasm" "$T/part1.64.o" "$T/part2.64.o" >"$T/log" 2>&1
link "64-bit objects" two64.wasm "$T/part1.64.o" "$T/part2.64.o"
runs wanted --invoke run "$T/ld.wasm" 4
runs got --invoke run "$T/two64.wasm" 4
same "run(4), 64 bits" "$T/wanted" "$T/got"

# C++: groups, virtual functions, constructors.
for part in inline1 inline2; do
  cc $part.o $src/$part.cc -O1 -std=c++17 -fno-exceptions -fno-rtti
done
wasm-ld-19 --no-entry -o "$T/ld.wasm" "$T/inline1.o" "$T/inline2.o" >"$T/log" 2>&1 ||
  not_ok "wasm-ld links C++" "$T/log"
link "C++" cc.wasm "$T/inline1.o" "$T/inline2.o"
runs wanted --invoke run "$T/ld.wasm" 6
runs got --invoke run "$T/cc.wasm" 6
same "run(6) in C++" "$T/wanted" "$T/got"

# The C library.
for flags in -O0 -O2; do
  cc hello.o $src/hello.c $flags --target=wasm32-wasi
  wasm-ld-19 -o "$T/ld.wasm" $lib/crt1.o "$T/hello.o" $lib/libc.a "$builtins" >"$T/log" 2>&1 ||
    not_ok "wasm-ld links hello" "$T/log"
  link "hello ($flags)" hello.wasm $lib/crt1.o "$T/hello.o" $lib/libc.a "$builtins"
  runs wanted "$T/ld.wasm" one two
  runs got "$T/hello.wasm" one two
  same "hello ($flags)" "$T/wanted" "$T/got"
  if grep -q '^hello, a of program continuation: 299999 0.667 beef$' "$T/got"; then
    ok "hello says so"
  else
    not_ok "hello says so" "$T/got"
  fi
done
# Libraries may come first; everything of them that is not needed stays away.
link "archives first" early.wasm $lib/libc.a "$builtins" $lib/crt1.o "$T/hello.o"
"$wfx" print --no-names "$T/hello.wasm" | grep -c '^  (func' >"$T/wanted"
"$wfx" print --no-names "$T/early.wasm" | grep -c '^  (func' >"$T/got"
same "as many functions" "$T/wanted" "$T/got"

# A module calls C, which calls it back; with effects in between.
cc lib.o $src/lib.c -O1 --target=wasm32-wasi
link "a module and C" caller.wasm $src/caller.wat "$T/lib.o" $lib/libc.a "$builtins"
printf '%s\n' 'work 3: 1 calls, sum 303' 'work 5: 2 calls, sum 1010' 1313 'exit code 0' \
  >"$T/wanted"
runs got "$T/caller.wasm"
same "a module and C, there and back" "$T/wanted" "$T/got"
rm -f "$T/libwork.a"
llvm-ar-19 rcs "$T/libwork.a" "$T/lib.o" "$T/part1.o"
link "from an archive" archive.wasm $src/caller.wat "$T/libwork.a" $lib/libc.a "$builtins"
runs got "$T/archive.wasm"
same "from an archive" "$T/wanted" "$T/got"
refuses "a function that nobody has" 'undefined symbol: "callback"' \
  $lib/libc.a "$T/lib.o" "$builtins" --keep-all
"$wfx" link --allow-undefined --keep-all -o "$T/open.wasm" "$T/lib.o" $lib/libc.a "$builtins" \
  >"$T/log" 2>&1
if "$wfx" print "$T/open.wasm" 2>>"$T/log" | grep -q '"env" "callback"'; then
  ok "or stays an import"
else
  not_ok "or stays an import" "$T/log"
fi

# What is refused, by name and place.
cat >"$T/pic.c" <<'END'
extern int data;
_Thread_local int local;
int f(void) { return data; }
int g(void) { return local; }
END
cc pic.o "$T/pic.c" -fPIC
refuses "position-independent code" 'position-independent code is not supported' "$T/pic.o"
cc tls.o "$T/pic.c" -matomics -mbulk-memory
clang-19 -c "$T/pic.c" -o "$T/elf.o"
refuses "an object for another machine" 'machine code (ELF) is not supported' "$T/elf.o"
ar rcs "$T/elf.a" "$T/elf.o"
refuses "an archive for another machine" 'elf.a(elf.o): at offset 0x0: machine code (ELF)' "$T/elf.a"
cc lto.o "$T/pic.c" -flto
refuses "LLVM bitcode" 'LLVM bitcode, as of -flto is not supported' "$T/lto.o"
refuses "thread-local storage" 'thread-local storage is not supported' "$T/tls.o"
printf 'void g(); void f(void) { try { g(); } catch (...) {} }\n' >"$T/legacy.cc"
cc legacy.o "$T/legacy.cc" -fwasm-exceptions
refuses "an object with legacy exceptions" \
  'illegal opcode 06: legacy exception handling is not supported' \
  --keep-all --allow-undefined "$T/legacy.o"
cat >"$T/open.c" <<'END'
__attribute__((import_module("host"), import_name("f"))) void f(void);
__attribute__((export_name("run"))) void run(void) { f(); }
END
cc open.o "$T/open.c"
refuses "an import that stays (--closed)" "open.o: at offset 0x" --closed "$T/open.o"
if "$wfx" link -o "$T/no.wasm" "$T/libwork.a" >"$T/log" 2>&1 ||
  ! grep -qF 'no input is a program or an object' "$T/log"; then
  not_ok "archives alone are refused" "$T/log"
else
  ok "archives alone are refused"
fi
head -c 700 "$T/part1.o" >"$T/cut.o"
if "$wfx" link -o "$T/no.wasm" "$T/cut.o" >"$T/log" 2>&1; then
  not_ok "an object cut short is refused"
else
  ok "an object cut short is refused"
fi
head -c 3000 "$T/libwork.a" >"$T/cut.a"
refuses "an archive cut short" 'malformed archive' $src/caller.wat "$T/cut.a"
refuses "two definitions" 'duplicate symbol' "$T/part1.o" "$T/part1.o"
finish
