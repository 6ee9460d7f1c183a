#!/bin/sh
# spec_peers.sh [-b] [FILE...]: what other tools make of our own test scripts, by default
# tests/spec/*.wast without those of the extensions, which nobody else knows, and of annotations: wasm-tools judges every
# module, V8 (Deno) runs every command and, with -b, Binaryen judges every module (a process each,
# some minutes). What tests/spec/differs.txt lists, and just that, must come out otherwise. TAP.
. tests/tap.sh
need_peers deno wasm-tools wasm-opt
has_binaryen=
if [ "${1-}" = -b ]; then
  has_binaryen=1
  shift
fi
if [ $# -eq 0 ]; then
  for script in tests/spec/*.wast; do
    case ${script##*/} in ext_* | text_*) ;; *) set -- "$@" "$script" ;; esac
  done
fi

# compare TOOL NAME: the lines of $T/differs against those listed; what is not so goes to $T/why.
compare() {
  sed -n "s/^$1 $2\.wast \([0-9]*\) .*/\1/p" tests/spec/differs.txt | sort >"$T/listed"
  sort "$T/differs" | diff "$T/listed" - >"$T/why"
}

for script in "$@"; do
  name=$(basename "$script" .wast)
  if "$P/wasm-tools" wast --features all,-custom-descriptors --ignore-error-messages "$script" >"$T/why" 2>&1; then
    ok "$script: wasm-tools agrees"
  else
    not_ok "$script: wasm-tools agrees" "$T/why"
  fi

  mkdir "$T/$name"
  "$P/wasm-tools" json-from-wast "$script" --wasm-dir "$T/$name" -o "$T/$name/script.json" \
    2>"$T/why" || not_ok "$script: as JSON" "$T/why"
  "$P/deno" run --no-remote --allow-read --v8-flags=--experimental-wasm-wasmfx tests/spec_v8.js \
    "$T/$name/script.json" >"$T/got" 2>"$T/err" </dev/null
  code=$?
  sed -n 's/^fail \([0-9]*\) .*/\1/p' "$T/got" >"$T/differs"
  compare V8 "$name" || grep '^fail' "$T/got" >>"$T/why"
  [ $code -eq 0 ] || { echo "exit code $code"; cat "$T/err"; } >>"$T/why"
  title="$script: V8 agrees on $(grep -c '^pass ' "$T/got") commands, not on $(grep -c . "$T/differs")"
  if [ -s "$T/why" ]; then not_ok "$title" "$T/why"; else ok "$title"; fi
  [ "$has_binaryen" ] || continue

  # LINE KIND FILE of every module in binary form.
  sed 's/{"type":/\n&/g' "$T/$name/script.json" | awk -F'"' '
    /"module_type": *"binary"/ {
      for (i = 1; i < NF; i++) {
        if ($i == "filename") file = $(i + 2)
        if ($i == "line") { line = $(i + 1); gsub(/[^0-9]/, "", line) }
      }
      print line, $4, file
    }' >"$T/modules"
  while read -r line kind file; do
    "$P/wasm-opt" --all-features "$T/$name/$file" -o /dev/null >"$T/err" 2>&1 </dev/null
    code=$?
    case $kind in assert_invalid | assert_malformed) want=1 ;; *) want=0 ;; esac
    [ $code -eq $want ] || echo "$line"
  done <"$T/modules" >"$T/differs"
  compare Binaryen "$name"
  title="$script: Binaryen judges $(grep -c . "$T/modules") modules, otherwise $(grep -c . "$T/differs")"
  if [ -s "$T/modules" ] && [ ! -s "$T/why" ]; then ok "$title"; else not_ok "$title" "$T/why"; fi
done
finish
