#!/bin/sh
# same_bytes.sh: building a thing twice gives the same bytes, in text, binary and gzip; and its text
# read from the binary, and from the text, is the same text. TAP.
. tests/tap.sh

for source in examples/links/*.links tests/wat/*.wat; do
  grep -q '^;; error:' "$source" && continue
  for form in wasm wat wasm.gz; do
    for i in 1 2; do
      rm -f "$T/$i.$form"
      "$wfx" build "$source" -o "$T/$i.$form" >"$T/log" 2>&1 </dev/null
    done
    if [ -s "$T/1.$form" ] && cmp "$T/1.$form" "$T/2.$form" >>"$T/log" 2>&1; then
      ok "$source as $form"
    else
      not_ok "$source as $form" "$T/log"
    fi
  done
  for form in wasm wat wasm.gz; do
    "$wfx" print "$T/1.$form" >"$T/printed.wat" 2>"$T/log"
    same "$source printed from $form" "$T/1.wat" "$T/printed.wat"
  done
done
finish
