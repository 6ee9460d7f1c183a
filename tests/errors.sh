#!/bin/sh
# errors.sh: a wrong emit in a copy of a C example is reported with the line of the C source, the
# instruction, and both types; two wrong bodies give two reports. TAP.
. tests/tap.sh
CC=${CC:-cc}
san=$(nm "$B/libwasmfx.a" 2>/dev/null | grep -q '__asan_init' && echo -fsanitize=address,undefined)

# has NAME FILE TEXT...: some line of FILE, or the lines behind it, have every text.
has() {
  name=$1 file=$2
  shift 2
  for text in "$@"; do
    if ! grep -qF -e "$text" "$file"; then
      echo "lacks: $text" >"$T/why"
      not_ok "$name" "$T/why" "$file"
      return
    fi
  done
  ok "$name"
}

# spoil FROM TO: one more change to the copy; the changed line's number is in $line.
spoil() {
  line=$(grep -nF "$1" "$T/control.c" | head -n 1 | cut -d: -f1)
  [ -n "$line" ] || not_ok "examples/c/02_control.c has $1"
  sed -i "${line}s/.*/$2/" "$T/control.c"
}

# run NAME: compile the copy and run it; it must fail by its own report.
run() {
  # shellcheck disable=SC2086
  if $CC -std=c11 -Iinclude $san -o "$T/control" "$T/control.c" "$B/libwasmfx.a" -lz -lm \
    >"$T/err" 2>&1; then
    "$T/control" >"$T/out" 2>"$T/err"
    code=$?
    if [ $code = 1 ]; then ok "$1 ends with 1"; else not_ok "$1 ends with 1, not $code" "$T/err"; fi
  else
    not_ok "$1 compiles" "$T/err"
  fi
}

cp examples/c/02_control.c "$T/control.c"
spoil 'wfx_emit_i32_eqz(HERE);' '  wfx_emit_i64_eqz(HERE);'
first=$line
run "one wrong body"
has "the C line" "$T/err" "control.c:$first:"
has "in the suite's words" "$T/err" "type mismatch"
has "the call, the instruction and both types" "$T/err" wfx_emit_i64_eqz i64.eqz i64 i32
has "where the wrong operand was pushed" "$T/err" "control.c:$((first - 1))"
n=$(grep -c 'type mismatch' "$T/err")
if [ "$n" = 1 ]; then ok "one message"; else not_ok "one message, not $n" "$T/err"; fi

spoil 'wfx_emit_i32_const(HERE, 10);' '  wfx_emit_f64_const(HERE, 10);'
second=$((line + 1)) # the call that gets it
run "two wrong bodies"
has "both C lines" "$T/err" "control.c:$first:" "control.c:$second:"
has "the second call and both types" "$T/err" wfx_emit_call f64 i32
n=$(grep -c 'type mismatch' "$T/err")
if [ "$n" = 2 ]; then ok "two messages"; else not_ok "two messages, not $n" "$T/err"; fi
finish
