#!/bin/sh
# demo.sh: compile and run two threads in each style of handler, then show the code of one.
set -eu
B=${B:-build}
mkdir -p "$B/demo"

for style in deep shallow sheep; do
  source=examples/links/threads-$style.links
  echo "== $source: compiled to WasmFX, linked with the runtime, run on our engine"
  "$B/wfx" build "$source" -o "$B/demo/threads-$style.wasm"
  "$B/wfx" run "$B/demo/threads-$style.wasm"
  echo
done

echo "== threads-deep.links: the handler, called again for each resumption"
"$B/wfx" print --func start.handler "$B/demo/threads-deep.wasm"

echo "== threads-fork.links: the handler loop around its three threads, which resumes at the end of"
echo "== its clause"
"$B/wfx" build examples/links/threads-fork.links -o "$B/demo/threads-fork.wasm"
"$B/wfx" run "$B/demo/threads-fork.wasm"
echo
"$B/wfx" print --func logged.handler "$B/demo/threads-fork.wasm"
