#!/bin/sh
# install.sh: an installed tree builds the C examples, in C and C++, shared and static. TAP.
. tests/tap.sh
CC=${CC:-cc}
CXX=${CXX:-c++}
root=$T/root
if ! MAKEFLAGS= make -s B="$B" install DESTDIR="$root" PREFIX=/opt/wfx >"$T/log" 2>&1; then
  not_ok "make install" "$T/log"
  finish
fi
ok "make install"

PKG_CONFIG_PATH=$root/opt/wfx/lib/pkgconfig
PKG_CONFIG_SYSROOT_DIR=$root
LD_LIBRARY_PATH=$root/opt/wfx/lib
export PKG_CONFIG_PATH PKG_CONFIG_SYSROOT_DIR LD_LIBRARY_PATH
flags=$(pkg-config --cflags wasmfx)
libs=$(pkg-config --libs wasmfx)
static="$root/opt/wfx/lib/libwasmfx.a $(pkg-config --static --libs-only-l wasmfx | sed 's/-lwasmfx//')"
warn="-Wall -Wextra -Werror"

for f in include/wasm-c-api/wasm.h lib/libwasmfx-wasm-c-api.a lib/libwasmfx.a lib/libwasmfx.so lib/pkgconfig/wasmfx.pc include/wasmfx.h \
  include/wasmfx/opcode.def bin/wfx; do
  if [ -f "$root/opt/wfx/$f" ]; then ok "installs $f"; else not_ok "installs $f"; fi
done

# build NAME COMPILER...: compile, run, compare with the example's output.
build() {
  what=$1
  shift
  if "$@" -o "$T/prog" >"$T/log" 2>&1 && "$T/prog" </dev/null >"$T/got" 2>"$T/log"; then
    same "$what" "${source%.c}.out" "$T/got"
  else
    not_ok "$what" "$T/log"
  fi
}

# shellcheck disable=SC2086
for source in examples/c/*.c; do
  build "$source, C, shared" $CC -std=c11 $warn $flags "$source" $libs
  build "$source, C, static" $CC -std=c11 $warn $flags "$source" $static
  cp "$source" "$T/example.cc"
  build "$source, C++, shared" $CXX -std=c++17 $warn $flags "$T/example.cc" $libs
done

# The generator as machine code, when there is a code generator.
if [ -f "$B/libwasmfx-native.a" ]; then
  source=examples/c/05_generator.c
  sed 's/wfx_store_new(ctx)/wfx_store_new_native(ctx, wfx_native_llvm(), NULL)/' $source >"$T/native.c"
  # shellcheck disable=SC2046,SC2086
  build "$source, native" $CC -std=c11 $warn $flags "$T/native.c" \
    $(pkg-config --libs-only-L --libs-only-l wasmfx-native | sed 's/-lwasmfx //')
fi

# A program for wasm.h.
# shellcheck disable=SC2046,SC2086
source=tests/capi/hello.c
if $CC -std=c11 $warn $(pkg-config --cflags wasmfx-wasm-c-api) -o "$T/prog" $source \
  $(pkg-config --libs wasmfx-wasm-c-api) >"$T/log" 2>&1 &&
  "$root/opt/wfx/bin/wfx" parse tests/capi/hello.wat -o "$T/hello.wasm" >"$T/log" 2>&1 &&
  "$T/prog" "$T/hello.wasm" >"$T/got" 2>"$T/log"; then
  same "$source, shared" tests/capi/hello.out "$T/got"
else
  not_ok "$source, shared" "$T/log"
fi

# Every public header stands alone, in both languages.
# shellcheck disable=SC2086
for header in include/wasmfx.h include/wasmfx/*.h include/wasm-c-api/*.h; do
  name=${header#include/}
  echo "#include <$name>" >"$T/h.c"
  cp "$T/h.c" "$T/h.cc"
  if $CC -std=c11 -pedantic $warn $flags -c -o "$T/h.o" "$T/h.c" >"$T/log" 2>&1 &&
    $CC -std=c17 -pedantic $warn $flags -c -o "$T/h.o" "$T/h.c" >>"$T/log" 2>&1 &&
    $CXX -std=c++17 -pedantic $warn $flags -c -o "$T/h.o" "$T/h.cc" >>"$T/log" 2>&1; then
    ok "<$name> stands alone"
  else
    not_ok "<$name> stands alone" "$T/log"
  fi
done
finish
