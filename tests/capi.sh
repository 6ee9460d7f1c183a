#!/bin/sh
# capi.sh [NAME...]: each program for wasm.h prints what NAME.out says. TAP.
. tests/tap.sh

[ $# -gt 0 ] || set -- $(cd tests/capi && ls ./*.c | sed 's|^./||; s|[.]c$||')
for name in "$@"; do
  if ! "$wfx" parse "tests/capi/$name.wat" -o "$T/$name.wasm" >"$T/err" 2>&1; then
    not_ok "$name is assembled" "$T/err"
  elif "$B/tests/capi/$name" "$T/$name.wasm" >"$T/got" 2>"$T/err"; then
    same "$name" "tests/capi/$name.out" "$T/got"
  else
    not_ok "$name runs" "$T/err"
  fi
done
finish
