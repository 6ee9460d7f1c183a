#!/bin/sh
# A pair of suspend and resume, and the life of a continuation, in native code, beside the floor of the
# machine.
. tests/bench/lib.sh
n=${BENCH_NATIVE_PAIRS:-50000000}
[ -x "$B/tests/bench/pair_native" ] || {
  echo "bench: native: built without LLVM 19, or not on x86-64" >&2
  exit 1
}
for what in pair new; do
  "$B/wfx" build "tests/bench/native_$what.wat" -o "$T/$what.wasm" || exit 1
done
for round in $(seq "$rounds"); do
  "$B/tests/bench/floor" 3 >>"$T/floor" 2>"$T/floor.err" || cat "$T/floor.err" >&2
  for what in pair new; do
    "$B/tests/bench/pair_native" "$T/$what.wasm" "$n" 1 >>"$T/$what" || code=1
  done
done
line floor_ns "$(median "$T/floor")" ns
line native_pair_ns "$(median "$T/pair")" ns
ratio native_pair_over_floor "$(median "$T/pair")" "$(median "$T/floor")"
line native_new_ns "$(median "$T/new")" ns
exit $code
