#!/bin/sh
# soak.sh: the scheduler of tests/soak/soak.wat in a small size, with two seeds, and under the
# collector's stress. `make prove-3-soak` runs it in full. TAP. SOAK_SEED chooses other seeds.
. tests/tap.sh
"$wfx" build tests/soak/soak.wat -o "$T/soak.wasm" || exit 1
seed=${SOAK_SEED:-1}

# soak NAME ARG...: one run.
soak() {
  name=$1
  shift
  if "$B/tests/soak/soak" "$T/soak.wasm" "$@" >"$T/out" 2>"$T/why"; then
    ok "$name: $(cat "$T/out")"
  else
    not_ok "$name" "$T/out" "$T/why"
  fi
}
soak 'many threads' 5000 200000 "$seed" 64
soak 'few threads' 3 200000 $((seed + 1)) 64
soak 'stress' 60 3000 $((seed + 2)) 64 stress
finish
