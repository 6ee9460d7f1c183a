# lib.sh: what the groups of the bench share; read with ". tests/bench/lib.sh" from the top.
#
# Every figure is the median of several rounds; the rounds of figures that are compared alternate,
# so that a noisy moment meets them all. Each group keeps its rounds in files of $T.
set -u
LC_ALL=C
export LC_ALL
B=${B:-build}
P=build/peers/bin
rounds=${BENCH_ROUNDS:-5}
T=$(mktemp -d "${TMPDIR:-/tmp}/wfx-bench.XXXXXX") || exit 1
trap 'rm -rf "$T"' EXIT
trap 'exit 1' HUP INT TERM
code=0

# median FILE: of the numbers in it, one a line.
median() { sort -n "$1" | awk '{x[NR] = $1} END {if (NR) print x[int((NR + 1) / 2)]}'; }

# line NAME VALUE UNIT, when there is a value; else the group fails.
line() {
  if [ -n "$2" ]; then echo "$1 $2 $3"; else echo "bench: no $1" >&2; code=1; fi
}

# ratio NAME A B: A / B.
ratio() {
  if [ -n "$2" ] && [ -n "$3" ]; then
    awk "BEGIN {printf \"%s %.3f ratio\n\", \"$1\", $2 / $3}"
  else
    echo "bench: no $1" >&2
    code=1
  fi
}

# v8 SCRIPT ARG...: run a script under Deno with stack switching.
v8() {
  [ -x $P/deno ] || { echo "bench: peers not installed: run make peers" >&2; return 1; }
  $P/deno run --no-remote --allow-read --v8-flags=--experimental-wasm-wasmfx "$@"
}
