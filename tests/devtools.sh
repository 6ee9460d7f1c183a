#!/bin/sh
# devtools.sh: Chromium stops at source lines of a module that wfx built with a source map. TAP.
. tests/tap.sh
need_peers deno
sh tests/deps.sh chromium >"$T/log" 2>&1
if ! command -v chromium >/dev/null; then
  echo "1..0 # SKIP chromium cannot be installed"
  exit 0
fi
mkdir "$T/page" "$T/profile"
cp tests/devtools/steps.wat "$T/page"
if ! "$wfx" build "$T/page/steps.wat" -o "$T/page/steps.wasm" --source-map --embed-sources \
  >"$T/log" 2>&1; then
  not_ok "the module builds" "$T/log"
  finish
fi
"$P/deno" run --no-remote --no-prompt --allow-net=127.0.0.1 --allow-read="$T" \
  --allow-run="$(command -v chromium)" tests/devtools.js "$(command -v chromium)" "$T/page" \
  "$T/profile"
