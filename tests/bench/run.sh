#!/bin/sh
# run.sh [GROUP...]: "name value unit" lines. A group is a script tests/bench/g_GROUP.sh; all by
# default. What cannot be measured is said on standard error, and the exit code is 1.
set -u
[ $# -gt 0 ] || set -- $(ls tests/bench/g_*.sh | sed 's|.*/g_||; s|\.sh$||')
code=0
for group in "$@"; do
  sh "tests/bench/g_$group.sh" || { echo "bench: $group failed" >&2; code=1; }
done
exit $code
