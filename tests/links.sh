#!/bin/sh
# links.sh: the Links-like language. TAP.
#
#   tests/links/NAME.links   prints NAME.out; where there is a NAME.err instead, it does not
#                            compile and standard error is just that
#   tests/links/values.txt   EXPRESSION ||| its value
#   tests/links/errors.txt   PROGRAM ||| part of its message on standard error, exit code 1
. tests/tap.sh

for source in tests/links/*.links; do
  want=${source%.links}
  "$wfx" run "$source" >"$T/got" 2>"$T/err" </dev/null
  code=$?
  if [ -f "$want.err" ]; then
    [ "$code" = 1 ] || echo "exit code $code" >>"$T/err"
    same "$source" "$want.err" "$T/err"
  elif [ "$code" = 0 ]; then
    same "$source" "$want.out" "$T/got"
  else
    not_ok "$source runs" "$T/err"
  fi
done

# table FILE: its rows, as "$T/program.links" and $want, one after the other to `row`.
table() {
  while IFS= read -r line; do
    case $line in '#'* | '') continue ;; esac
    want=${line##* ||| }
    printf '%s\n' "${line% ||| *}" >"$T/program.links"
    (cd "$T" && "$here/$wfx" run --show program.links >got 2>err </dev/null)
    code=$?
    row "${line% ||| *}"
  done <"$1"
}
here=$(pwd)
case $wfx in /*) here= ;; esac

row() {
  printf '%s\n' "$want" >"$T/want"
  if [ "$code" = 0 ]; then same "$1" "$T/want" "$T/got"; else not_ok "$1" "$T/err"; fi
}
table tests/links/values.txt

row() {
  if [ "$code" = 1 ] && grep -qF -e "$want" "$T/err"; then
    ok "$1"
  else
    echo "exit code $code, wanted 1 and: $want" >>"$T/err"
    not_ok "$1" "$T/err"
  fi
}
table tests/links/errors.txt

# A module keeps the names and the shape of the handlers.
"$wfx" print --func start.handler examples/links/threads-deep.links >"$T/got" 2>"$T/err"
for text in 'block $on_Yield' '(on $Yield $on_Yield)'; do
  if grep -qF -e "$text" "$T/got"; then ok "prints $text"; else not_ok "prints $text" "$T/got" "$T/err"; fi
done
finish
