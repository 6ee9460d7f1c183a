#!/bin/sh
# The floor of the machine, and a pair of suspend and resume here and in V8.
. tests/bench/lib.sh
n=${BENCH_PAIRS:-10000000}
"$B/wfx" build tests/bench/pair.wat -o "$T/pair.wasm" || exit 1
for round in $(seq "$rounds"); do
  "$B/tests/bench/floor" 3 >>"$T/floor" 2>"$T/floor.err" || cat "$T/floor.err" >&2
  "$B/tests/bench/pair" "$T/pair.wasm" "$n" 1 >>"$T/pair" || code=1
  v8 tests/bench/pair_v8.js "$T/pair.wasm" "$n" 1 >>"$T/pair_v8" || code=1
done
line floor_ns "$(median "$T/floor")" ns
line pair_ns "$(median "$T/pair")" ns
line pair_v8_ns "$(median "$T/pair_v8")" ns
ratio pair_over_v8 "$(median "$T/pair")" "$(median "$T/pair_v8")"
exit $code
