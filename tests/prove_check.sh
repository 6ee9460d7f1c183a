#!/bin/sh
# prove_check.sh: make check, and that nothing in it was skipped.
log=$(make check 2>&1)
code=$?
printf '%s\n' "$log"
skipped=$(printf '%s\n' "$log" | grep -ci 'skip')
found=$(printf '%s\n' "$log" | grep '^Files=\|^Result:' | tr '\n' ' ')
echo "$found$skipped skipped"
[ $code = 0 ] && [ "$skipped" = 0 ]
