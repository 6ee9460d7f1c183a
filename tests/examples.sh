#!/bin/sh
# examples.sh: each example prints what the file NAME.out beside it says. TAP.
. tests/tap.sh

for source in examples/links/*.links; do
  want=${source%.links}.out
  if [ ! -f "$want" ]; then not_ok "$source has no .out"; continue; fi
  if "$wfx" run "$source" </dev/null >"$T/got" 2>"$T/err"; then
    same "$source" "$want" "$T/got"
  else
    not_ok "$source runs" "$T/err"
  fi
done

for source in examples/c/*.c; do
  name=$(basename "$source" .c)
  want=${source%.c}.out
  if [ ! -f "$want" ]; then not_ok "$source has no .out"; continue; fi
  if "$B/examples/$name" </dev/null >"$T/got" 2>"$T/err"; then
    same "$source" "$want" "$T/got"
  else
    not_ok "$source runs" "$T/err"
  fi
done
finish
