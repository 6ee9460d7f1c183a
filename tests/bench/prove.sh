#!/bin/sh
# prove.sh 'GROUP...' 'NAME OP VALUE'...: run groups of the bench; the last line holds the figures
# that were asked for; exit 0 when each is there and within its bound (OP is <= or >=).
set -u
groups=$1
shift
# shellcheck disable=SC2086
out=$(sh tests/bench/run.sh $groups)
printf '%s\n' "$out"
for want in "$@"; do echo "want $want"; done | { printf '%s\n' "$out"; cat; } | awk '
  $1 != "want" {v[$1] = $2; next}
  {
    printf "%s%s %s", sep, $2, v[$2] == "" ? "missing" : v[$2]
    sep = ", "
    if (v[$2] == "" || ($3 == "<=" ? v[$2] > $4 + 0 : v[$2] < $4 + 0)) bad = 1
  }
  END {print ""; exit bad}'
