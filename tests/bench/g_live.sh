#!/bin/sh
# Many continuations: bytes of a live generator, growth while others are dropped, depth of calls and
# of resumes. The last two are lines only when they come to an end with the right sum.
. tests/bench/lib.sh
"$B/wfx" build tests/bench/many.wat -o "$T/many.wasm" || exit 1
n_live=${BENCH_LIVE:-1000000} n_dropped=${BENCH_DROPPED:-10000000}
n_deep=${BENCH_DEEP:-1000000} n_nested=${BENCH_NESTED:-100000}
# many EXPORT WARM N: nanoseconds for each, and bytes of growth.
many() { "$B/tests/bench/pair" "$T/many.wasm" "$3" 1 "$1" "$2" >"$T/$1" || code=1; }
many live 1000 "$n_live"
many dropped $((n_dropped / 10)) "$n_dropped"
many deep 1000 "$n_deep"
many nested 1000 "$n_nested"
line live_bytes "$(awk -v n="$n_live" 'NF {printf "%.1f", $2 / n}' "$T/live")" B
line live_ns "$(awk '{print $1}' "$T/live")" ns
line dropped_bytes "$(awk '{print $2}' "$T/dropped")" B
line dropped_ns "$(awk '{print $1}' "$T/dropped")" ns
[ ! -s "$T/deep" ] || line deep_calls "$n_deep" calls
[ ! -s "$T/nested" ] || line nested_resumes "$n_nested" resumes
exit $code
