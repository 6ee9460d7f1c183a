#!/bin/sh
# valid.sh [N [FIRST]]: N modules (500) of the generator, valid and not, from seed FIRST on, judged
# by us and by wasm-tools: the same must be accepted. What is not the same must be explained by a
# line of tests/diff/differs.txt. TAP.
. tests/tap.sh
. tests/diff/lib.sh
need_peers wasm-tools
n=${1:-500}
first=${2:-1}
judge=$B/tests/diff/judge
chunk=250

# What gen_features(GEN_VALIDATE) is there, one by one.
features=-all,mvp,mutable-global,saturating-float-to-int,sign-extension,reference-types,multi-value
features=$features,bulk-memory,simd,relaxed-simd,threads,tail-call,multi-memory,exceptions,memory64
features=$features,extended-const,function-references,gc,stack-switching

# what_they_say LOG: "LINE MESSAGE" of each module they refuse; the message is the last cause.
what_they_say() {
  awk '/^failed directive on / { if (line) print line, why; split($0, at, ":"); line = at[2]; why = "" }
       /^ +([0-9]+: )?[^ ]/ && line { why = $0; sub(/^ +([0-9]+: )?/, "", why) }
       END { if (line) print line, why }' "$1"
}

# run_chunk DIR SEED COUNT: leaves DIR/differs, "SEED ours|theirs" a line, and adds to DIR/count.
run_chunk() {
  if ! "$judge" "$2" "$3" "$1/x.wast" "$1/ours" 2>"$1/err"; then
    sed 's/^/our two ways differ: /' "$1/err" >>"$1/differs"
  fi
  "$P/wasm-tools" wast --ignore-error-messages --features="$features" "$1/x.wast" >"$1/log" 2>&1
  code=$?
  what_they_say "$1/log" >"$1/theirs"
  said=$(sed -n 's/^error: \([0-9]*\) test failures.*/\1/p' "$1/log")
  if [ "$(grep -c . "$1/theirs")" != "${said:-0}" ] || [ "$code" -gt 1 ]; then
    echo "wasm-tools failed at seed $2: $(head -n 1 "$1/log")" >>"$1/differs"
  fi
  awk -v count="$1/count" '
    FILENAME == ARGV[1] { line = $1; sub(/^[0-9]* /, ""); theirs[line] = $0; next }
    {
      seed = $1; ours = $0; sub(/^[0-9]* /, "", ours)
      if ((ours == "ok") != !(FNR in theirs))
        print "seed " seed ": " ours " | " (FNR in theirs ? theirs[FNR] : "ok")
      else if (ours == "ok") n_ok++
      else n_bad++
    }
    END { print n_ok + 0, n_bad + 0 >>count }' "$1/theirs" "$1/ours" >>"$1/differs"
}

run_chunks

# What they print on the way in a script is more than their verdict: ask about each module alone.
cat "$T"/*/differs >"$T/first"
mkdir "$T/alone"
sed -n 's/^seed \([0-9]*\): .*/\1/p' "$T/first" | while read -r seed; do
  "$judge" "$seed" 1 -o "$T/x.wasm"
  ours=no theirs=no
  grep -q "^seed $seed: ok " "$T/first" && ours=yes
  "$P/wasm-tools" validate --features="$features" "$T/x.wasm" >/dev/null 2>&1 && theirs=yes
  [ $ours = $theirs ] || continue
  echo "seed $seed:"
  if [ $ours = yes ]; then echo 1 0; else echo 0 1; fi >>"$T/alone/count"
done >"$T/agreed"
if [ -s "$T/agreed" ]; then grep -v -F -f "$T/agreed" "$T/first"; else cat "$T/first"; fi >"$T/all"
explain valid
title=$(awk -v n="$n" -v first="$first" -v differ="$(grep -c . "$T/all")" '
  { ok += $1; bad += $2 }
  END { printf "%d modules from seed %d: both accept %d, both refuse %d, %d differ",
        n, first, ok, bad, differ }' "$T"/*/count)
verdict "$title, $(grep -c . "$T/why") of them not explained"
