#!/bin/sh
# spec_stress.sh: the Wasm 3.0 suite once more, with a collection at every allocation. TAP.
WAST_OPTIONS=--gc-stress
export WAST_OPTIONS
exec sh tests/spec.sh wasm-v3
