# tap.sh: what the test scripts share; read with ". tests/tap.sh" from the top of the tree.
#
# Uses $B, the build folder (default build). Each script runs from the top folder, prints TAP, and
# keeps its files in $T, a scratch folder of its own, removed at the end.
set -u
LC_ALL=C
export LC_ALL
B=${B:-build}
P=build/peers/bin
wfx=$B/wfx
T=$(mktemp -d "${TMPDIR:-/tmp}/wfx-test.XXXXXX") || exit 1
trap 'rm -rf "$T"' EXIT
trap 'exit 1' HUP INT TERM
n_done=0

# ok NAME: one test passed. not_ok NAME [FILE...]: failed; the files' text becomes its comment.
ok() {
  n_done=$((n_done + 1))
  printf 'ok %d - %s\n' "$n_done" "$1"
}
not_ok() {
  n_done=$((n_done + 1))
  printf 'not ok %d - %s\n' "$n_done" "$1"
  shift
  for file in "$@"; do
    [ -s "$file" ] && sed 's/^/#   /' "$file" | head -n 40
  done
  return 0
}

# same NAME WANTED GOT: compare two files.
same() {
  if diff -u "$2" "$3" >"$T/diff" 2>&1; then ok "$1"; else not_ok "$1" "$T/diff"; fi
}

# The last line of every script.
finish() {
  printf '1..%d\n' "$n_done"
  exit 0
}

# need_peers TOOL...: leave the script, saying so, when a peer is not installed.
need_peers() {
  for tool in "$@"; do
    if [ ! -x "$P/$tool" ]; then
      echo "1..0 # SKIP peers not installed: run make peers"
      exit 0
    fi
  done
}

# Every module that the examples make and that runs by itself, built into the folder $1: NAME.wasm, and NAME.out, what it
# must print.
example_modules() {
  for source in examples/links/*.links; do
    name=$(basename "$source" .links)
    cp "${source%.links}.out" "$1/$name.out"
    "$wfx" build "$source" -o "$1/$name.wasm" >"$1/log" 2>&1 || not_ok "$source builds" "$1/log"
  done
  for source in examples/c/*.c; do
    name=$(basename "$source" .c)
    # Its module does nothing without this host.
    if grep -q 'wfx_cont_new' "$source"; then continue; fi
    cp "${source%.c}.out" "$1/$name.out"
    # An example that only prints its module has that for its output.
    if grep -q '^(module' "$1/$name.out"; then
      cp "$1/$name.out" "$1/$name.wat"
      : >"$1/$name.out"
    else
      "$B/examples/$name" --wat >"$1/$name.wat" 2>"$1/log" || not_ok "$source --wat" "$1/log"
    fi
    "$wfx" build "$1/$name.wat" -o "$1/$name.wasm" >"$1/log" 2>&1 ||
      not_ok "$source builds" "$1/log"
  done
}
