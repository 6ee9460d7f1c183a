#!/bin/sh
# prove_check.sh: make check, and that nothing in it was skipped.
log=$(make check 2>&1)
code=$?
printf '%s\n' "$log"
skipped=$(printf '%s\n' "$log" | grep -ci 'skip')
echo "$(printf '%s\n' "$log" | grep '^Files='), $skipped skipped, $(printf '%s\n' "$log" | grep '^Result:')"
[ $code = 0 ] && [ "$skipped" = 0 ]
