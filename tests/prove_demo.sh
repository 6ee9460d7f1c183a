#!/bin/sh
# prove_demo.sh: make demo in a fresh clone prints the threads' output once for each style.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
git clone -q . "$dir/clone"
make -C "$dir/clone" demo >"$dir/log" 2>&1 || { cat "$dir/log"; exit 1; }
cat "$dir/log"
n=$(grep -c 'A1 B1 A2 B2' "$dir/log")
loops=$(grep -c 'resume ' "$dir/log")
echo "A1 B1 A2 B2: $n times; resume in the WAT: $loops times"
[ "$n" = 3 ] && [ "$loops" -ge 1 ]
