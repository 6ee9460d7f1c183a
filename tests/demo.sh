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

source=examples/links/threads-deep.links
echo "== the handler loop that $source became ($B/demo/threads-deep.wat has it all)"
"$B/wfx" build "$source" -o "$B/demo/threads-deep.wat"
# Of the module's functions, those that resume the program's own threads.
awk '
  /^  \(/ { if (has) printf "%s", text; text = ""; has = 0; in_func = /^  \(func/ }
  in_func { text = text $0 "\n"; if (/resume /) has = 1 }
  END { if (has) printf "%s", text }' "$B/demo/threads-deep.wat"
