#!/bin/sh
# prove_soak.sh: 1,000,000 threads, 100,000,000 turns, within a heap limit of 1 GiB; before that the
# small sizes of tests/soak.sh under AddressSanitizer and UndefinedBehaviorSanitizer.
B=${B:-build}
module=$(mktemp "${TMPDIR:-/tmp}/wfx-soak.XXXXXX") || exit 1
trap 'rm -f "$module"' EXIT
make -s B="$B/asan" SAN=address,undefined all "$B/asan/tests/soak/soak" &&
  B=$B/asan sh tests/prove_tap.sh "$B/asan" tests/soak.sh &&
  "$B/wfx" build tests/soak/soak.wat --to=wasm -o "$module" &&
  "$B/tests/soak/soak" "$module" "${SOAK_THREADS:-1000000}" "${SOAK_TURNS:-100000000}" \
    "${SOAK_SEED:-1}" 1024
