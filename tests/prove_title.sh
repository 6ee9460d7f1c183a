#!/bin/sh
# prove_title.sh SCRIPT ARG...: run a TAP script; the last line is the title of its last test. All
# must pass.
log=$(sh "$@" 2>&1)
printf '%s\n' "$log"
printf '%s\n' "$log" | sed -n 's/^\(not \)\{0,1\}ok [0-9]* - //p' | tail -n 1
! printf '%s\n' "$log" | grep -q '^not ok' && printf '%s\n' "$log" | grep -q '^ok '
