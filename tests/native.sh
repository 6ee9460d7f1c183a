#!/bin/sh
# native.sh: native code from outside: the generator example, refusals, and that the library itself
# never needs LLVM. TAP.
. tests/tap.sh

if readelf -d "$B/libwasmfx.so" | grep -q 'NEEDED.*LLVM'; then
  not_ok "libwasmfx.so does not need LLVM"
else
  ok "libwasmfx.so does not need LLVM"
fi

"$B/examples/05_generator" --wat >"$T/generator.wat" 2>"$T/err" || not_ok "the example prints" "$T/err"
if [ ! -f "$B/libwasmfx-native.a" ]; then
  if "$wfx" run --native "$T/generator.wat" >"$T/got" 2>&1 || ! grep -q 'without LLVM 19' "$T/got"; then
    not_ok "wfx says that it has no code generator" "$T/got"
  else
    ok "wfx says that it has no code generator"
  fi
  ok "native code # SKIP it needs llvm-19-dev on x86-64; neither make deps nor LLVM_CONFIG found it"
  finish
fi

"$wfx" run --native "$T/generator.wat" >"$T/got" 2>"$T/err" || not_ok "the generator runs" "$T/err"
same "the generator example" examples/c/05_generator.out "$T/got"
"$wfx" run --native "$(ls examples/links/*.links | head -n 1)" >"$T/got" 2>"$T/err"
if [ $? = 1 ] && [ ! -s "$T/got" ] && grep -q 'unsupported in native code: ' "$T/err"; then
  ok "a program of the language is refused, and does not begin"
else
  not_ok "a program of the language is refused, and does not begin" "$T/got" "$T/err"
fi

# What its objects must not hold, as symbols.sh has it for the library.
find "$B/obj/codegen" "$B/obj/runtime/native" -name '*.o' | sort >"$T/objects"
# shellcheck disable=SC2046
objdump -t $(cat "$T/objects") |
  awk '/__odr_asan|___asan/ { next }
       ($3 == "O" && $4 ~ /^\.(data|bss)/ && $4 !~ /rel\.ro/) || $3 == "*COM*"' >"$T/bad"
if [ -s "$T/bad" ]; then not_ok "no writable static data" "$T/bad"; else ok "no writable static data"; fi
# shellcheck disable=SC2046
nm -A $(cat "$T/objects") |
  grep -E ' U (malloc|calloc|realloc|free|printf|fprintf|puts|exit|abort|longjmp|setjmp|_setjmp)$' >"$T/bad"
if [ -s "$T/bad" ]; then not_ok "memory from the context, no printing" "$T/bad"
else ok "memory from the context, no printing"; fi
# shellcheck disable=SC2046
if nm $(sed -n '/runtime\/native/p' "$T/objects") | grep -q ' U LLVM'; then
  not_ok "the runtime does not need LLVM"
else
  ok "the runtime does not need LLVM"
fi
finish
