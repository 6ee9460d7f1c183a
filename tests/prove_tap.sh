#!/bin/sh
# prove_tap.sh BUILD SCRIPT...: run TAP scripts, 'SCRIPT :: ARG...' with arguments; the last line
# says how it went. None may be skipped.
B=$1
shift
export B
log=$(for script in "$@"; do eval "prove -v -e sh $script" 2>&1 || echo "# failed: $script"; done)
printf '%s\n' "$log"
skipped=$(printf '%s\n' "$log" | grep -ci '# skip\|skipped:')
n=$(printf '%s\n' "$log" | grep -c '^ok ')
failed=$(printf '%s\n' "$log" | grep -c '^not ok \|^# failed: ')
echo "$n tests passed, $failed failed, $skipped skipped"
[ "$n" -gt 0 ] && [ "$failed" = 0 ] && [ "$skipped" = 0 ]
