# lib.sh: what the differential runs share; sourced after tests/tap.sh. The script that sources it
# defines run_chunk DIR SEED COUNT, which judges COUNT seeds and adds a line to DIR/differs for each
# difference.
jobs=2

# work NUMBER: every jobs-th chunk of the n seeds from first on.
work() {
  mkdir "$T/$1"
  : >"$T/$1/differs"
  at=$((first + $1 * chunk))
  while [ $at -lt $((first + n)) ]; do
    left=$((first + n - at))
    run_chunk "$T/$1" $at $((left < chunk ? left : chunk))
    at=$((at + jobs * chunk))
  done
}

# run_chunks: all seeds, on several processors.
run_chunks() {
  k=0
  while [ $k -lt $jobs ]; do
    work $k &
    k=$((k + 1))
  done
  wait
}

# explain KIND: the lines of $T/all that no line of this kind in tests/diff/differs.txt explains, in
# $T/why.
explain() {
  grep -v '^#' tests/diff/differs.txt | sed -n "s/^$1	\([^	]*\)	.*/\1/p" >"$T/known"
  if [ -s "$T/known" ]; then
    grep -v -E -f "$T/known" "$T/all" >"$T/why"
  else
    cp "$T/all" "$T/why"
  fi
}

# verdict TITLE: the one test of the script.
verdict() {
  if [ -s "$T/why" ]; then not_ok "$1" "$T/why"; else ok "$1"; fi
  finish
}
