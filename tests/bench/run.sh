#!/bin/sh
# run.sh: "name value unit" lines. Every figure is the median of several rounds; the rounds of
# figures that are compared alternate, so that a noisy moment meets them all.
set -u
LC_ALL=C
export LC_ALL
B=${B:-build}
deno=build/peers/bin/deno
n=${BENCH_PAIRS:-10000000}
rounds=${BENCH_ROUNDS:-5}
T=$(mktemp -d) || exit 1
trap 'rm -rf "$T"' EXIT

median() { sort -n "$1" | awk '{x[NR] = $1} END {if (NR) print x[int((NR + 1) / 2)]}'; }

"$B/wfx" build tests/bench/pair.wat -o "$T/pair.wasm" || exit 1
for file in floor pair pair_v8 builder; do : >"$T/$file"; done
code=0
for round in $(seq "$rounds"); do
  "$B/tests/bench/floor" 3 >>"$T/floor" 2>"$T/floor.err"
  "$B/tests/bench/builder" 3 >>"$T/builder" || code=1
  "$B/tests/bench/pair" "$T/pair.wasm" "$n" 1 >>"$T/pair" || code=1
  if [ -x $deno ]; then
    $deno run --no-remote --allow-read --v8-flags=--experimental-wasm-wasmfx \
      tests/bench/pair_v8.js "$T/pair.wasm" "$n" 1 >>"$T/pair_v8" || code=1
  fi
done

floor=$(median "$T/floor")
pair=$(median "$T/pair")
pair_v8=$(median "$T/pair_v8")
builder=$(median "$T/builder")
if [ -n "$floor" ]; then echo "floor_ns $floor ns"; else cat "$T/floor.err" >&2; fi
[ -n "$pair" ] && echo "pair_ns $pair ns"
if [ -n "$pair_v8" ]; then
  echo "pair_v8_ns $pair_v8 ns"
  [ -n "$pair" ] && awk "BEGIN {printf \"pair_over_v8 %.3f ratio\n\", $pair / $pair_v8}"
else
  echo "bench: no pair_v8_ns: peers not installed: run make peers" >&2
fi
if [ -n "$builder" ]; then
  echo "builder_minstr_per_s $builder Minstr/s"
  [ -n "$floor" ] && awk "BEGIN {printf \"builder_scaled %.3f Minstr/s\n\", $builder * $floor / 0.8}"
fi
exit $code
