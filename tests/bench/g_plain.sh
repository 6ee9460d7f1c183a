#!/bin/sh
# Plain code here and under wasmi: processor time of whole runs, start included; the kernels are
# compiled here. plain_over_wasmi is the geometric mean of the ratios.
. tests/bench/lib.sh
command -v clang-19 >/dev/null && command -v wasm-ld-19 >/dev/null || sh tests/deps.sh clang-19 lld-19
wasmi=$(sh tests/bench/wasmi.sh) || exit 1
kernels="fib:${BENCH_FIB:-36} mark:${BENCH_MARK:-6000} nbody:${BENCH_NBODY:-1000000}
  sort:${BENCH_SORT:-1000000} sha256:${BENCH_SHA256:-12000}"
for kernel in $kernels; do
  name=${kernel%:*}
  from=tests/bench/plain/$name
  if [ -f "$from.wat" ]; then
    "$B/wfx" build "$from.wat" -o "$T/$name.wasm" || exit 1
  else
    clang-19 --target=wasm32 -O2 -mbulk-memory -nostdlib -Wall -Wextra -Wl,--no-entry \
      -o "$T/$name.wasm" "$from.c" || exit 1
  fi
done
# The same result first.
for kernel in $kernels; do
  name=${kernel%:*} n=${kernel#*:}
  "$B/wfx" run --invoke run "$T/$name.wasm" $((n / 16)) >"$T/ours" || code=1
  "$wasmi" run --invoke run "$T/$name.wasm" $((n / 16)) >"$T/theirs" || code=1
  cmp "$T/ours" "$T/theirs" >&2 || code=1
done
for round in $(seq "$rounds"); do
  for kernel in $kernels; do
    name=${kernel%:*} n=${kernel#*:}
    "$B/tests/bench/cpu" "$B/wfx" run --invoke run "$T/$name.wasm" "$n" >>"$T/$name" || code=1
    "$B/tests/bench/cpu" "$wasmi" run --invoke run "$T/$name.wasm" "$n" >>"$T/${name}_wasmi" || code=1
  done
done
for kernel in $kernels; do
  name=${kernel%:*}
  line "${name}_ms" "$(median "$T/$name")" ms
  line "${name}_wasmi_ms" "$(median "$T/${name}_wasmi")" ms
  ratio "${name}_over_wasmi" "$(median "$T/$name")" "$(median "$T/${name}_wasmi")" | tee -a "$T/ratios"
done
line plain_over_wasmi "$(awk '{sum += log($2); n++} END {if (n) printf "%.3f", exp(sum / n)}' \
  "$T/ratios")" ratio
exit $code
