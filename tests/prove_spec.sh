#!/bin/sh
# prove_spec.sh: the official suites and our own scripts, three times: as built, with a collection at
# every allocation, and in the debug build, which dispatches by switch. The last line says how many
# tests passed each time.
set -u
B=${B:-build}
make -s B="$B/debug" DEBUG=1 all || exit 1
code=0
line=
# each_mode NAME BUILD OPTIONS
each_mode() {
  log=$(WAST_OPTIONS=$3 sh tests/prove_tap.sh "$2" tests/spec.sh tests/spec_own.sh) || code=1
  printf '# ---- %s\n%s\n' "$1" "$log"
  line="$line$1: $(printf '%s\n' "$log" | sed -n 's/^ok .*wasm-v3: \([0-9]* passed, [0-9]* failed\).*/wasm-v3 \1; /p')"
  line="$line$(printf '%s\n' "$log" | tail -n 1). "
}
each_mode release "$B" ''
each_mode stress "$B" --gc-stress
each_mode debug "$B/debug" ''
echo "$line"
exit $code
