#!/bin/sh
# docs.sh: README has its two commands, TOUR its picture and recipes, and every public name a
# comment above its group. The last line is the figure; exit 1 when something is missing.
set -u
bad=0
miss() {
  echo "missing: $1"
  bad=$((bad + 1))
}
grep -q 'make demo' README.md || miss "README: make demo"
grep -q 'make check' README.md || miss "README: make check"
for word in ctx module body inst checker continuation resume invariant lossary; do
  grep -qi "$word" TOUR.md || miss "TOUR: $word"
done

# Every section of a header says what its declarations are before it declares the first.
awk '
  FNR == 1 || /^\/\* ----/ { covered = 0 }
  /^\/\*/ && !/^\/\* ----/ { covered = 1; next }
  /^WFX_API/ { n++; if (!covered) { print "missing: comment at " FILENAME ":" FNR; bad++ } }
  END { print n " public declarations, " bad + 0 " without a comment"; exit bad > 0 }
' include/wasmfx/*.h || bad=$((bad + 1))
echo "$bad missing in README, TOUR and headers"
[ $bad = 0 ]
