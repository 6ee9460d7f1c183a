#!/bin/sh
# targets.sh: what target.def says of engines against what their validators say: a module for
# each feature, judged by V8 and by wasm-tools, whose validator is Wasmtime's. TAP.
. tests/tap.sh
need_peers deno wasm-tools

module() { echo "$2" >"$T/$1.wat"; }
module mvp '(func (result i32) (i32.const 1))'
module mutable-globals '(global (export "g") (mut i32) (i32.const 0))'
module sign-ext '(func (drop (i32.extend8_s (i32.const 1))))'
module nontrapping-fptoint '(func (drop (i32.trunc_sat_f32_s (f32.const 1))))'
module multivalue '(func (result i32 i32) (i32.const 1) (i32.const 2))'
module bulk-memory '(memory 1) (func (memory.fill (i32.const 0) (i32.const 0) (i32.const 0)))'
module reference-types '(table 1 externref)'
module simd128 '(func (drop (v128.const i32x4 0 0 0 0)))'
module relaxed-simd '(func (drop (f32x4.relaxed_min (v128.const i32x4 0 0 0 0)
  (v128.const i32x4 0 0 0 0))))'
module tail-call '(func $f (return_call $f))'
module extended-const '(global i32 (i32.add (i32.const 0) (i32.const 1)))'
module multimemory '(memory 1) (memory 1)'
module memory64 '(memory i64 1)'
module function-references '(type $f (func)) (func (param (ref $f)) (call_ref $f (local.get 0)))'
module gc '(type $s (struct (field i32))) (func (drop (struct.new_default $s)))'
module exception-handling '(tag $t) (func (try_table (throw $t)))'
module atomics '(memory 1 1 shared) (func (drop (i32.atomic.load (i32.const 0))))'
module stack-switching '(type $f (func)) (type $k (cont $f)) (tag $t) (func
  (block $b (result (ref $k)) (resume $k (on $t $b) (ref.null $k)) (return))
  (resume_throw $k $t))'
module named-handlers '(type $h (handler i32))'
module barrier '(func (barrier))'
module multi-shot '(type $f (func)) (type $k (cont $f)) (func (drop (cont.clone $k (ref.null $k))))'
module tag-refs '(type $f (func)) (type $t (tag $f)) (func (drop (tag.new $t)))'

# says TARGET: what wfx features says of the last module.
says() { if grep -q "^target $1: yes" "$T/out"; then echo true; else echo false; fi; }
# by_v8, by_tools FEATURES: what the validators say.
by_v8() {
  "$P/deno" eval --v8-flags=--experimental-wasm-wasmfx \
    'console.log(WebAssembly.validate(Deno.readFileSync(Deno.args[0])))' "$1" 2>"$T/err"
}
by_tools() {
  if "$P/wasm-tools" validate "--features=$2" "$1" >"$T/err" 2>&1; then echo true; else echo false; fi
}
# agree TARGET WHO VERDICT
agree() {
  if [ "$(says "$1")" = "$3" ]; then
    ok "$feature: $1 and $2 say $3"
  else
    not_ok "$feature: $1 says $(says "$1"), $2 $3" "$T/err"
  fi
}

for feature in $(sed -n 's/^WFX_FEATURE([A-Z0-9_]*, "\([a-z0-9-]*\)".*/\1/p' include/wasmfx/feature.def); do
  wasm=$T/$feature.wasm
  if ! "$wfx" parse --features all "$T/$feature.wat" -o "$wasm" 2>"$T/err" ||
    ! "$wfx" validate --features all "$wasm" 2>"$T/err" ||
    ! "$wfx" features "$wasm" >"$T/out" 2>"$T/err" ||
    ! grep -qx "feature $feature" "$T/out"; then
    not_ok "$feature has a module" "$T/err" "$T/out"
    continue
  fi
  agree v8-15 V8 "$(by_v8 "$wasm")"
  agree wasmtime-50 wasm-tools "$(by_tools "$wasm" stack-switching)"
  agree standard wasm-tools "$(by_tools "$wasm" stack-switching,-threads)"
  agree plain wasm-tools "$(by_tools "$wasm" -threads)"
  "$wfx" validate --target ext "$wasm" >"$T/err" 2>&1 && verdict=true || verdict=false
  agree ext "our validator" $verdict
done
finish
