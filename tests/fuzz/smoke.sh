#!/bin/sh
# smoke.sh: each fuzz target for some inputs from a fixed seed, so that CI sees that they still work;
# "make fuzz" is the real run. TAP.
. tests/tap.sh
if ! sh tests/deps.sh clang-19 libclang-rt-19-dev >"$T/log" 2>&1 || ! command -v clang-19 >/dev/null; then
  echo "1..0 # SKIP clang-19 cannot be installed"
  exit 0
fi
for target in decode text link run; do
  if FUZZ_RUNS=300 sh tests/fuzz/fuzz.sh $target 15 -seed=1 >"$T/out" 2>"$T/err"; then
    ok "fuzz $(tail -n 1 "$T/out")"
  else
    not_ok "fuzz $target" "$T/err"
  fi
done
finish
