#!/bin/sh
# run.sh [N [FIRST]]: N generated programs (300), from seed FIRST on, run by our engine and by V8
# (Deno): each call must end the same, with the same fuel left, and leave the same in memory, where
# globals and tables are written as well. What is not the same must be explained by a line of
# tests/diff/differs.txt. TAP.
. tests/tap.sh
. tests/diff/lib.sh
need_peers deno
n=${1:-300}
first=${2:-1}
chunk=200 # V8 aborts at some 32,000 continuations, also those that are dead

# run_chunk DIR SEED COUNT: adds to DIR/differs and to DIR/ours.
run_chunk() {
  "$B/tests/diff/run" "$2" "$3" "$1/modules" "$1/results" 2>"$1/err" ||
    sed 's/^/ours failed: /' "$1/err" >>"$1/differs"
  "$P/deno" run --no-remote --allow-read --v8-flags=--experimental-wasm-wasmfx tests/diff/run_v8.js \
    "$2" "$1/modules" >"$1/v8" 2>"$1/err" </dev/null ||
    echo "V8 failed from seed $2 on: $(grep -a -m 1 '[Ff]atal\|rror' "$1/err")" >>"$1/differs"
  cat "$1/results" >>"$1/ours"
  awk '
    NR == FNR { theirs[$1] = $0; next }
    {
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
  -v open="$(grep -c . "$T/why")" '
  /^w[0-9]+=/ { sub(/^[^=]*=/, ""); sub(/[(\/].*/, ""); count[$0]++ }
  END { printf "%d programs from seed %d: calls end ok %d, trap %d, suspension %d, exception %d; ", n, first,
               count["ok"], count["trap"], count["suspension"], count["exception"]
        printf "%d differ, %d of them not explained", differ, open }')
verdict "$title"
