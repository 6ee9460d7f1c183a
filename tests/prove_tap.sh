#!/bin/sh
# prove_tap.sh BUILD SCRIPT...: run TAP scripts; the last line says how it went. None may be skipped.
B=$1
shift
export B
log=$(prove -v -e sh "$@" 2>&1)
code=$?
printf '%s\n' "$log"
skipped=$(printf '%s\n' "$log" | grep -ci '# skip\|skipped:')
n=$(printf '%s\n' "$log" | grep -c '^ok ')
echo "$n tests, $skipped skipped, $(printf '%s\n' "$log" | grep '^Result:')"
[ $code = 0 ] && [ "$skipped" = 0 ]
