#!/bin/sh
# v8.sh: each example's module prints the same on V8 (Deno) as on our engine, and two other
# validators, wasm-tools and Binaryen's, accept it. TAP.
. tests/tap.sh
need_peers deno wasm-tools wasm-opt

mkdir "$T/m"
example_modules "$T/m"
for module in "$T"/m/*.wasm; do
  name=$(basename "$module" .wasm)
  if "$P/deno" run --no-remote --allow-read --v8-flags=--experimental-wasm-wasmfx \
    tests/v8_run.js "$module" </dev/null >"$T/got" 2>"$T/err"; then
    same "$name on V8" "$T/m/$name.out" "$T/got"
  else
    not_ok "$name on V8" "$T/err"
  fi
  if "$P/wasm-tools" validate --features all "$module" >"$T/err" 2>&1; then
    ok "$name passes wasm-tools validate"
  else
    not_ok "$name passes wasm-tools validate" "$T/err"
  fi
  if "$P/wasm-opt" --all-features "$module" -o /dev/null >"$T/err" 2>&1; then
    ok "$name passes Binaryen"
  else
    not_ok "$name passes Binaryen" "$T/err"
  fi
done
finish
