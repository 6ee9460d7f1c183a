#!/bin/sh
# A pair of suspend and resume in native code, beside the floor of the machine.
. tests/bench/lib.sh
n=${BENCH_NATIVE_PAIRS:-50000000}
[ -x "$B/tests/bench/pair_native" ] || {
  echo "bench: native: built without LLVM 19, or not on x86-64" >&2
  exit 1
}
"$B/wfx" build tests/bench/native_pair.wat -o "$T/pair.wasm" || exit 1
for round in $(seq "$rounds"); do
  "$B/tests/bench/floor" 3 >>"$T/floor" 2>"$T/floor.err" || cat "$T/floor.err" >&2
  "$B/tests/bench/pair_native" "$T/pair.wasm" "$n" 1 >>"$T/pair" || code=1
done
line floor_ns "$(median "$T/floor")" ns
line native_pair_ns "$(median "$T/pair")" ns
ratio native_pair_over_floor "$(median "$T/pair")" "$(median "$T/floor")"
exit $code
