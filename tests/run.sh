#!/bin/sh
# run.sh [FILE...]: run self-contained tests, by default tests/wat/*.wat, and print TAP.
#
# The head of each file says what must happen:
#   ;; args: WORDS        the program's arguments
#   ;; expect: LINE       one line of standard output, in order
#   ;; error: TEXT        standard error must hold this text; the exit code is then 1 unless said
#   ;; exit: N            the exit code
. tests/tap.sh
[ $# -gt 0 ] || set -- tests/wat/*.wat

for test in "$@"; do
  sed -n 's/^;; expect: \{0,1\}//p' "$test" >"$T/want"
  sed -n 's/^;; error: //p' "$test" >"$T/errors"
  code=$(sed -n 's/^;; exit: *//p' "$test")
  [ -n "$code" ] || { if [ -s "$T/errors" ]; then code=1; else code=0; fi; }
  # shellcheck disable=SC2046
  "$wfx" run "$test" $(sed -n 's/^;; args: //p' "$test") </dev/null >"$T/got" 2>"$T/err"
  got=$?
  : >"$T/why"
  [ "$got" = "$code" ] || echo "exit code $got, wanted $code" >>"$T/why"
  while IFS= read -r text; do
    grep -qF -e "$text" "$T/err" || echo "standard error lacks: $text" >>"$T/why"
  done <"$T/errors"
  diff -u "$T/want" "$T/got" >>"$T/why"
  if [ -s "$T/why" ]; then not_ok "$test" "$T/why" "$T/err"; else ok "$test"; fi
done
finish
