#!/bin/sh
# errors.sh: wrong emits in a compiler are named by its own lines. A copy of a C example gets a type
# error in each of two functions; running it must give two messages, each with the C file and line,
# the instruction, and the types expected and found. TAP.
. tests/tap.sh
CC=${CC:-cc}
example=examples/c/02_control.c
copy=$T/wrong.c

# In fac, an f64 for the product's first value; in main, an i64 for the argument.
sed -e 's/wfx_emit_i32_const(HERE, 1);/wfx_emit_f64_const(HERE, 1);/;t' \
  -e 's/wfx_emit_i32_const(HERE, 10);/wfx_emit_i64_const(HERE, 10);/' "$example" |
  awk '/f64_const/ && seen++ {sub(/f64/, "i32")} {print}' >"$copy"
if [ "$(diff "$example" "$copy" | grep -c '^>')" = 2 ]; then
  ok "two emits are wrong"
else
  diff "$example" "$copy" >"$T/diff"
  not_ok "two emits are wrong" "$T/diff"
fi
# The line that the error is found at, and the line that pushed the wrong operand.
line_of() { grep -n "$1" "$copy" | head -n 1 | cut -d: -f1; }
pushed1=$(line_of f64_const) found1=$((pushed1 + 1))
pushed2=$(line_of i64_const) found2=$((pushed2 + 1))

# shellcheck disable=SC2086
if $CC -std=c11 ${SAN:+-fsanitize=$SAN} -Iinclude -o "$T/wrong" "$copy" "$B/libwasmfx.a" -lz -lm \
  >"$T/log" 2>&1; then
  ok "the copy compiles"
else
  not_ok "the copy compiles" "$T/log"
  finish
fi
"$T/wrong" >"$T/out" 2>"$T/err"
code=$?
if [ $code = 1 ]; then ok "running it fails"; else not_ok "running it fails: exit code $code" "$T/err"; fi
if [ ! -s "$T/out" ]; then ok "and runs no program"; else not_ok "and runs no program" "$T/out"; fi

n=$(grep -c 'type mismatch' "$T/err")
if [ "$n" = 2 ]; then ok "two messages"; else not_ok "two messages, not $n" "$T/err"; fi

# message NAME LINE TEXT...: the message at this line has all the texts.
message() {
  name=$1 line=$2
  shift 2
  awk -v head="$copy:$line:" 'index($0, "type mismatch") {on = index($0, head) == 1} on' "$T/err" \
    >"$T/message"
  if [ -s "$T/message" ]; then ok "$name: names line $line"; else not_ok "$name: names line $line" "$T/err"; fi
  for text in "$@"; do
    if grep -qF -e "$text" "$T/message"; then
      ok "$name: says '$text'"
    else
      not_ok "$name: says '$text'" "$T/message"
    fi
  done
}
message "first function" "$found1" 'in function $fac' 'local.set' 'expected' 'i32' 'f64' \
  "pushed at $copy:$pushed1"
message "second function" "$found2" 'in function $main' 'call' 'expected' 'i32' 'i64' \
  "pushed at $copy:$pushed2"
finish
