#!/bin/sh
# cli.sh: the command line: forms in and out, standard input, exit codes, whole files only. TAP.
. tests/tap.sh

# try NAME CODE COMMAND...: run it without input; the outputs stay in $T/out and $T/err.
try() {
  name=$1 code=$2
  shift 2
  "$@" >"$T/out" 2>"$T/err" </dev/null
  got=$?
  if [ "$got" = "$code" ]; then
    ok "$name"
  else
    echo "exit code $got, wanted $code: $*" >>"$T/err"
    not_ok "$name" "$T/err"
  fi
}
# has NAME FILE TEXT: FILE has TEXT in it.
has() { if grep -qF -e "$3" "$2"; then ok "$1"; else not_ok "$1" "$2"; fi; }

cat >"$T/hello.wat" <<'END'
(module
  (import "wasi_snapshot_preview1" "fd_write"
    (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\08\00\00\00\06\00\00\00hello\n")
  (func (export "_start")
    (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 20)))))
END
echo '(module (func (result i32) (i64.const 1)))' >"$T/invalid.wat"
echo '(module (func (result i32) (i64.const 1))' >"$T/malformed.wat"
printf 'fun main() {\n  print(1 + ;\n}\nmain()\n' >"$T/wrong.links"

# Forms.
for form in wasm wat wasm.gz; do
  try "build to $form" 0 "$wfx" build "$T/hello.wat" -o "$T/hello2.$form"
  try "run from $form" 0 "$wfx" run "$T/hello2.$form"
  has "output from $form" "$T/out" hello
  "$wfx" run <"$T/hello2.$form" >"$T/out" 2>"$T/err"
  has "run $form from standard input" "$T/out" hello
  try "validate $form" 0 "$wfx" validate "$T/hello2.$form"
  try "print $form" 0 "$wfx" print "$T/hello2.$form"
  has "print $form gives text" "$T/out" '(module'
done
try "print again" 0 "$wfx" print "$T/hello2.wat"
cp "$T/out" "$T/once.wat"
try "print what was printed" 0 "$wfx" print "$T/once.wat"
same "printing is stable" "$T/once.wat" "$T/out"
"$wfx" build -o "$T/stdin.wasm" <"$T/hello.wat" 2>"$T/err"
same "build from standard input" "$T/hello2.wasm" "$T/stdin.wasm"

# Errors: positioned, exit 1.
for bad in invalid.wat malformed.wat wrong.links; do
  for command in run validate print "build -o $T/x.wasm"; do
    [ "$command $bad" = "print invalid.wat" ] && continue # text of an invalid module is fine
    # shellcheck disable=SC2086
    try "$command $bad" 1 "$wfx" $command "$T/$bad"
    has "$command $bad says where" "$T/err" "$bad:"
  done
done
"$wfx" validate "$T/invalid.wat" 2>"$T/err"
has "a type error names the types" "$T/err" "type mismatch"
try "a file that is not there" 1 "$wfx" run "$T/nowhere.wasm"
has "it is named" "$T/err" nowhere.wasm
head -c 300 /dev/urandom >"$T/noise.wasm"
try "noise" 1 "$wfx" run "$T/noise.wasm"
head -c 20 "$T/hello2.wasm" >"$T/cut.wasm"
try "a module cut short" 1 "$wfx" validate "$T/cut.wasm"
head -c 30 "$T/hello2.wasm.gz" >"$T/cut.wasm.gz"
try "gzip cut short" 1 "$wfx" validate "$T/cut.wasm.gz"
: >"$T/empty"
try "nothing at all" 1 "$wfx" validate "$T/empty"

# Nothing is written over an output file unless the whole output is ready.
echo precious >"$T/kept.wasm"
try "a failing build" 1 "$wfx" build "$T/invalid.wat" -o "$T/kept.wasm"
has "leaves the file" "$T/kept.wasm" precious
mkdir "$T/dir"
cp "$T/invalid.wat" "$T/dir/in.wat"
(cd "$T/dir" && "$OLDPWD/$wfx" build in.wat -o out.wasm) >"$T/out" 2>&1
if [ "$(ls "$T/dir")" = in.wat ]; then ok "and nothing beside it"; else not_ok "and nothing beside it"; fi
try "an output folder that is not there" 1 "$wfx" build "$T/hello.wat" -o "$T/no/where.wasm"

# Usage.
try "no command" 2 "$wfx"
try "an unknown command" 2 "$wfx" frobnicate
try "an unknown option" 2 "$wfx" run --frobnicate "$T/hello.wat"
try "build without an output" 2 "$wfx" build "$T/hello.wat"
try "--version" 0 "$wfx" --version
has "--version has the number" "$T/out" "$(awk '/define WFX_VERSION_M/ {v = v s $3; s = "."} END {print v}' include/wasmfx/base.h)"
try "--help" 0 "$wfx" --help
for command in run build print validate link; do
  try "$command --help" 0 "$wfx" $command --help
  has "$command --help says how" "$T/out" "wfx $command"
done

# Exit codes and arguments of programs.
cat >"$T/exit.wat" <<'END'
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (func (export "_start") (call $exit (i32.const 7))))
END
try "proc_exit" 7 "$wfx" run "$T/exit.wat"
echo '(module (func $inner (unreachable)) (func (export "_start") (call $inner)))' >"$T/trap.wat"
try "a trap" 1 "$wfx" run "$T/trap.wat"
has "says which" "$T/err" unreachable
has "and where" "$T/err" inner

# Linking.
cat >"$T/main.wat" <<'END'
(module
  (import "util" "double" (func $double (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (func (export "_start") (call $exit (call $double (i32.const 21)))))
END
echo '(module (func (export "double") (param i32) (result i32)
  (i32.add (local.get 0) (local.get 0))))' >"$T/util.wat"
try "link" 0 "$wfx" link "$T/main.wat" "util=$T/util.wat" -o "$T/linked.wasm"
try "run what was linked" 42 "$wfx" run "$T/linked.wasm"
echo '(module (func (export "double") (param i64) (result i32) (i32.const 1)))' >"$T/util64.wat"
try "link with a wrong type" 1 "$wfx" link "$T/main.wat" "util=$T/util64.wat" -o "$T/x.wasm"
has "names the import" "$T/err" double

# Calling exports.
cat >"$T/calls.wat" <<'END'
(module
  (func (export "div") (param i32 i32) (result i32)
    (i32.div_s (local.get 0) (local.get 1)))
  (func (export "all") (param f32 f64 i64) (result f32 f64 i64)
    (local.get 0) (local.get 1) (local.get 2))
  (func (export "main") (result i32) (i32.const 12)))
END
# prints NAME TEXT: what the last command wrote was this, newlines as spaces.
prints() {
  if [ "$(tr '\n' ' ' <"$T/out")" = "$2" ]; then ok "$1"; else not_ok "$1" "$T/out"; fi
}
try "main" 0 "$wfx" run "$T/calls.wat"
prints "its result is printed" "12 "
try "an export with arguments" 0 "$wfx" run --invoke div "$T/calls.wat" -7 0x2
prints "gives its result" "-3 "
try "numbers of all types" 0 "$wfx" run --invoke all "$T/calls.wat" 0.1 -1e300 9223372036854775807
prints "come back as they were" "0.1 -1e+300 9223372036854775807 "
try "a number out of range" 1 "$wfx" run --invoke div "$T/calls.wat" 4294967296 1
try "what is no number" 1 "$wfx" run --invoke div "$T/calls.wat" 1 x
try "too few arguments" 1 "$wfx" run --invoke div "$T/calls.wat" 1
try "an export that is not there" 1 "$wfx" run --invoke nothing "$T/calls.wat"
try "a trap in an export" 1 "$wfx" run --invoke div "$T/calls.wat" 1 0
has "names the place" "$T/err" "calls.wat:3:"
has "shows the line" "$T/err" "(i32.div_s (local.get 0)"
try "--stats" 0 "$wfx" run --stats "$T/calls.wat"
has "counts continuations" "$T/err" "continuations_made "

# Unusual outputs.
try "to standard output" 0 "$wfx" build "$T/hello.wat" -o -
same "as to a file" "$T/hello2.wasm" "$T/out"
try "to /dev/stdout" 0 "$wfx" build "$T/hello.wat" -o /dev/stdout
same "the same" "$T/hello2.wasm" "$T/out"
try "as text" 0 "$wfx" build --to wat "$T/hello.wat" -o -
same "the text" "$T/hello2.wat" "$T/out"
try "a form that is none" 1 "$wfx" build --to elf "$T/hello.wat" -o -
try "to a folder" 1 "$wfx" build "$T/hello.wat" -o "$T/dir"
if [ -w /dev/full ]; then
  try "to a full device" 1 "$wfx" build "$T/hello.wat" -o /dev/full
  try "text to a full device" 1 sh -c '"$0" print "$1" >/dev/full' "$wfx" "$T/hello.wat"
  try "the version to a full device" 1 sh -c '"$0" --version >/dev/full' "$wfx"
fi
echo old >"$T/target.wasm"
chmod 640 "$T/target.wasm"
ln -s target.wasm "$T/alias.wasm"
try "over a link" 0 "$wfx" build "$T/hello.wat" -o "$T/alias.wasm"
same "writes what it leads to" "$T/hello2.wasm" "$T/target.wasm"
if [ -h "$T/alias.wasm" ] && [ "$(stat -c %a "$T/target.wasm")" = 640 ]; then
  ok "and keeps link and mode"
else
  not_ok "and keeps link and mode"
fi

# Several errors, features, one function.
cat >"$T/two.wat" <<'END'
(module
  (func $one (result i32) (i64.const 1))
  (func $two (result i32) (f32.const 1)))
END
try "two wrong functions" 1 "$wfx" validate "$T/two.wat" "$T/hello.wat"
has "the first" "$T/err" 'two.wat:2:'
has "the second" "$T/err" 'two.wat:3:'
has "a caret" "$T/err" '^'
echo '(module (memory 1 1 shared))' >"$T/shared.wat"
try "a feature that is off" 1 "$wfx" validate "$T/shared.wat"
try "and on" 0 "$wfx" validate --features atomics "$T/shared.wat"
try "a feature that is none" 2 "$wfx" validate --features frobs "$T/shared.wat"
try "one function" 0 "$wfx" print --func one "$T/two.wat"
has "is printed" "$T/out" 'func $one'
try "a function that is not there" 1 "$wfx" print --func three "$T/two.wat"
finish
