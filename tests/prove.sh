#!/bin/sh
# prove.sh TARGET WANTED COMMAND...: run one check of a step's "Must show" and note the result.
#
# The last line that the command prints is its figure; its exit code says whether it is what was
# wanted. Appends "commit target figure wanted yes|no", tabs between, to build/proof.txt. What is
# proved at this commit, with nothing changed since, is not run again.
set -u
target=$1 wanted=$2
shift 2
proof=build/proof.txt
mkdir -p build
commit=$(git rev-parse --short=12 HEAD 2>/dev/null || echo none)
[ -z "$(git status --porcelain 2>/dev/null)" ] || commit=$commit+changes
case $commit in
  none | *+changes) ;;
  *)
    if [ -f $proof ] && grep -q "^$commit	make $target	.*	yes$" $proof; then
      echo "$target: proved at $commit"
      exit 0
    fi
    ;;
esac
log=build/$target.log
if "$@" >"$log" 2>&1; then verdict=yes; else verdict=no; fi
figure=$(tail -n 1 "$log" | tr '\t' ' ')
printf '%s\tmake %s\t%s\t%s\t%s\n' "$commit" "$target" "$figure" "$wanted" "$verdict" >>$proof
tail -n 1 $proof
[ $verdict = yes ] || { echo "$target: see $log" >&2; exit 1; }
