#!/bin/sh
# prove_mutate.sh: the mutation run; the last line says how many mutants were killed.
log=$(python3 tests/mutate.py)
code=$?
printf '%s\n' "$log"
printf '%s\n' "$log" | awk '
  /^not ok/ {bad++}
  / mutants killed/ {for (i = 1; i < NF; i++) if ($i == "of") {killed += $(i - 1); all += $(i + 1)}}
  /EQUIVALENT|equivalent/ {same++}
  END {printf "%d of %d mutants killed, the rest listed as equivalent, %d files not so\n", killed, all, bad}'
exit $code
