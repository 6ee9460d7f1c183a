#!/bin/sh
# Making a continuation, a switch, and a suspension through 100 foreign handlers, here and in V8.
. tests/bench/lib.sh
steps="new:${BENCH_NEW:-5000000} switch:${BENCH_SWITCH:-10000000} foreign100:${BENCH_FOREIGN:-50000}"
for step in $steps; do
  "$B/wfx" build "tests/bench/${step%:*}.wat" -o "$T/${step%:*}.wasm" || exit 1
done
for round in $(seq "$rounds"); do
  for step in $steps; do
    name=${step%:*} n=${step#*:}
    "$B/tests/bench/pair" "$T/$name.wasm" "$n" 1 >>"$T/$name" || code=1
    v8 tests/bench/pair_v8.js "$T/$name.wasm" "$n" 1 >>"$T/${name}_v8" || code=1
  done
done
for step in $steps; do
  name=${step%:*}
  line "${name}_ns" "$(median "$T/$name")" ns
  line "${name}_v8_ns" "$(median "$T/${name}_v8")" ns
  ratio "${name}_over_v8" "$(median "$T/$name")" "$(median "$T/${name}_v8")"
done
exit $code
