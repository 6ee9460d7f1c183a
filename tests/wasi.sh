#!/bin/sh
# wasi.sh: WASI: programs in C that make every call, with every way out of a folder, against what
# they must answer, and, where it is installed, against Wasmtime. TAP.
. tests/tap.sh
needed='clang-19 lld-19 wasi-libc libclang-rt-19-dev-wasm32'
# shellcheck disable=SC2086
if ! sh tests/deps.sh $needed >"$T/log" 2>&1 || ! command -v clang-19 >/dev/null; then
  echo "1..0 # SKIP clang-19, lld-19 and wasi-libc cannot be installed"
  exit 0
fi
src=tests/wasi
python=build/peers/venv/bin/python

# box DIR: a folder with links of all kinds, and a secret beside it.
box() {
  mkdir -p "$1/box/dir/nested"
  echo secret >"$1/secret"
  echo data >"$1/box/dir/file"
  for pair in dir/file:link_in dir:link_dir nowhere:dangling ..:up ../secret:out ..:out_dir \
    /etc/passwd:abs ../dir/file:dir/back ../../secret:dir/out pool:loop loop:pool self/x:self; do
    ln -s "${pair%%:*}" "$1/box/${pair##*:}"
  done
}
for program in paths files world race; do
  clang-19 --target=wasm32-wasi -O1 -Wall -Wno-unused-result $src/$program.c -o "$T/$program.wasm" >"$T/log" 2>&1 ||
    not_ok "compile $program.c" "$T/log"
done

# run NAME PROGRAM ARG...: under wfx and under Wasmtime, each in a box of its own; ours must be
# as the file in tests/wasi says, and theirs the same but for lines that begin with "own".
run() {
  name=$1 program=$2
  shift 2
  mkdir -p "$T/$name/ours/box" "$T/$name/theirs/box"
  [ "$program" != paths ] || { box "$T/$name/ours" && box "$T/$name/theirs"; }
  "$wfx" run --env A=1 --env B= --dir "$T/$name/ours/box::/" "$T/$program.wasm" "$@" \
    >"$T/$name.out" 2>&1 </dev/null
  echo "exit code $?" >>"$T/$name.out"
  same "$name" "$src/$name.out" "$T/$name.out"
  if ! "$python" -c 'import wasmtime' 2>/dev/null; then
    ok "$name as in Wasmtime # SKIP wasmtime is not installed: run make peers"
    return
  fi
  GIVE_A=1 GIVE_B='' "$python" $src/run_wasmtime.py "$T/$program.wasm" "$T/$name/theirs/box" / \
    -- "$@" >"$T/$name.their" 2>&1 </dev/null
  echo "exit code $?" >>"$T/$name.their"
  for out in out their; do
    grep -v -e '^own' -e '^  ' "$T/$name.$out" >"$T/$name.$out.common"
  done
  same "$name as in Wasmtime" "$T/$name.their.common" "$T/$name.out.common"
}
run paths paths
if [ "$(cat "$T/paths/ours/secret")" = secret ] && [ "$(ls "$T/paths/ours")" = "box
secret" ]; then
  ok "nothing happened outside"
else
  not_ok "nothing happened outside"
fi
run files files
mkdir "$T/empty"
"$wfx" run --dir "$T/empty::/" "$T/files.wasm" own 2>&1 |
  sed -n '/wrong addresses/,$p' >"$T/faults"
same "wrong addresses" $src/faults.out "$T/faults"
run world world 'one two' ''

# What the path leads to changes all the time.
mkdir -p "$T/race/box/flip" "$T/race/out"
echo secret >"$T/race/out/secret"
echo inside >"$T/race/box/flip/inside"
ln -s ../out "$T/race/box/link"
${CC:-cc} -o "$T/flip" $src/flip.c
"$T/flip" "$T/race/box" &
flip=$!
"$wfx" run --dir "$T/race/box::/" "$T/race.wasm" >"$T/race.out" 2>&1
kill $flip
wait $flip 2>/dev/null
echo 'found 0; tried enough 1; both states seen 1' >"$T/wanted"
same "a race" "$T/wanted" "$T/race.out"

# The command line.
"$wfx" run --dir "$T/nowhere" "$T/world.wasm" >"$T/log" 2>&1
if [ $? = 1 ] && grep -q "cannot open the folder $T/nowhere" "$T/log"; then
  ok "a folder that is not there"
else
  not_ok "a folder that is not there" "$T/log"
fi
FROM_OUTSIDE=5 "$wfx" run --env FROM_OUTSIDE --env NOT_SET_AT_ALL "$T/world.wasm" </dev/null 2>&1 |
  grep '^environment' >"$T/log"
echo 'environment [FROM_OUTSIDE=5]' >"$T/wanted"
same "a variable of our own" "$T/wanted" "$T/log"
cat >"$T/raise.wat" <<'END'
(module
  (import "wasi_snapshot_preview1" "proc_raise" (func $raise (param i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "_start") (drop (call $raise (i32.const 6)))))
END
"$wfx" run "$T/raise.wat" >"$T/log" 2>&1
if [ $? = 134 ]; then ok "proc_raise"; else not_ok "proc_raise" "$T/log"; fi
finish
