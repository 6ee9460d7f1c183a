#!/bin/sh
# run.sh [N [FIRST]]: N generated programs (300), from seed FIRST on, run by our engine and by V8
# (Deno): each call must end the same, with the same fuel left, and leave the same in memory, where
# globals and tables are written as well. What is not the same must be explained by a line of
# tests/diff/differs.txt, programs included that V8 itself fails on. TAP.
. tests/tap.sh
. tests/diff/lib.sh
need_peers deno
n=${1:-300}
first=${2:-1}
chunk=200 # V8 aborts at some 32,000 continuations, also those that are dead

# v8 DIR SEED: what V8 makes of the programs in DIR/modules, in DIR/v8.
v8() {
  "$P/deno" run --no-remote --allow-read --v8-flags=--experimental-wasm-wasmfx tests/diff/run_v8.js \
    "$2" "$1/modules" >"$1/v8" 2>"$1/err" </dev/null
}
# one_by_one DIR SEED COUNT: the same where V8 itself fails. What it fails on gets a line that says so.
one_by_one() {
  : >"$1/each"
  seed=$2
  while [ $seed -lt $(($2 + $3)) ]; do
    "$B/tests/diff/run" $seed 1 "$1/modules" "$1/one" && v8 "$1" $seed ||
      echo "$seed V8 itself fails: $(grep -a -m 1 '[Ff]atal\|rror' "$1/err")" >"$1/v8"
    cat "$1/v8" >>"$1/each"
    seed=$((seed + 1))
  done
  mv "$1/each" "$1/v8"
}

# run_chunk DIR SEED COUNT: adds to DIR/differs and to DIR/ours.
run_chunk() {
  "$B/tests/diff/run" "$2" "$3" "$1/modules" "$1/results" 2>"$1/err" ||
    sed 's/^/ours failed: /' "$1/err" >>"$1/differs"
  v8 "$1" "$2" || one_by_one "$1" "$2" "$3"
  cat "$1/results" >>"$1/ours"
  awk '
    FILENAME == ARGV[1] { theirs[$1] = $0; next }
    {
      if (theirs[$1] ~ /V8 itself fails/) { print "seed " theirs[$1]; next }
      n = split(theirs[$1], their, " ")
      if (n != NF) print "seed " $0 " | " theirs[$1]
      for (i = 2; i <= n && n == NF; i++) {
        ours = $i
        sub(/[(].*[)]/, "", ours)
        if (ours != their[i]) print "seed " $1 " " $i " | " their[i]
      }
    }' "$1/v8" "$1/results" >>"$1/differs"
}

run_chunks
cat "$T"/*/differs >"$T/all"
explain run
title=$(cat "$T"/*/ours | tr ' ' '\n' | awk -v n="$n" -v first="$first" -v differ="$(grep -c . "$T/all")" \
  -v failed="$(grep -c 'V8 itself fails' "$T/all")" \
  -v open="$(grep -c . "$T/why")" '
  /^w[0-9]+=/ { sub(/^[^=]*=/, ""); sub(/[(\/].*/, ""); count[$0]++ }
  END { printf "%d programs from seed %d, %d of which V8 can run: calls end ok %d, ", n, first, n - failed, count["ok"]
        printf "trap %d, suspension %d, exception %d; ", count["trap"], count["suspension"], count["exception"]
        printf "%d differ, %d of them not explained", differ, open }')
verdict "$title"
