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
printf '\000asm\001\000\000\000\001\201\200\000\000' >"$T/padded.wasm" # no types, in three bytes
try "a padded section size" 0 "$wfx" parse --canonical "$T/padded.wasm" -o "$T/short.wasm"
if [ "$(wc -c <"$T/short.wasm")" -eq 8 ]; then ok "canonical form"; else not_ok "canonical form"; fi
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
try "an input form that is none" 2 "$wfx" print --from elf "$T/hello.wat"
try "a size that is none" 2 "$wfx" link --stack-size 5z "$T/hello.wat" -o "$T/out.wasm"
try "an unknown option" 2 "$wfx" run --frobnicate "$T/hello.wat"
try "build without an output" 2 "$wfx" build "$T/hello.wat"
try "--version" 0 "$wfx" --version
has "--version has the number" "$T/out" "$(awk '/define WFX_VERSION_M/ {v = v s $3; s = "."} END {print v}' include/wasmfx/base.h)"
try "--help" 0 "$wfx" --help
for command in run build print validate link parse strip gc features objdump; do
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
try "a form that is none" 2 "$wfx" build --to elf "$T/hello.wat" -o -
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

# Test scripts.
cat >"$T/good.wast" <<'END'
(module definition $d (import "spectest" "print_i32" (func $print (param i32)))
  (tag $e (param i32)) (tag $stop)
  (global (export "g") (mut i32) (i32.const 7))
  (func (export "twice") (param i32) (result i32 i32)
    (global.set 0 (local.get 0)) (local.get 0) (local.get 0))
  (func (export "nan") (result f32 f64 v128)
    (f32.div (f32.const 0) (f32.const 0)) (f64.const nan:0xc000000000000) (v128.const i64x2 1 2))
  (func (export "null") (result anyref externref) (ref.null none) (ref.null extern))
  (func (export "i31") (result anyref) (ref.i31 (i32.const 1)))
  (func (export "in") (param externref) (result anyref) (any.convert_extern (local.get 0)))
  (func (export "print") (call $print (i32.const 13)))
  (func (export "throw") (throw $e (i32.const 1)))
  (func (export "suspend") (suspend $stop))
  (func $runaway (export "runaway") (call $runaway)))
(module instance $a $d)
(module instance $b $d)
(register "other" $a)
(assert_return (invoke $a "twice" (i32.const 3)) (i32.const 3) (i32.const 3))
(assert_return (get $a "g") (i32.const 3))
(assert_return (get "g") (either (i32.const 9) (i32.const 7)))
(assert_return (invoke "null") (ref.null any) (ref.null))
(assert_return (invoke "i31") (ref.i31))
(assert_return (invoke "i31") (ref.eq))
(assert_return (invoke "in" (ref.extern 4)) (ref.host 4))
(assert_return (invoke "in" (ref.null extern)) (ref.null))
(invoke "print")
(assert_exception (invoke "throw"))
(assert_suspension (invoke "suspend") "unhandled")
(assert_exhaustion (invoke "runaway") "call stack exhausted")
(assert_trap (module (func $f (unreachable)) (start $f)) "unreachable")
(assert_unlinkable (module (import "other" "h" (func))) "unknown import")
(assert_unlinkable (module (import "other" "g" (func))) "incompatible import type")
(assert_invalid (module (func (result i32) (i64.const 1))) "type mismatch")
(assert_malformed (module quote "(func") "unexpected token")
(assert_malformed (module binary "\00asm" "\02\00\00\00") "unknown binary version")
END
try "a good script" 0 "$wfx" wast "$T/good.wast"
has "its counts" "$T/out" 'good.wast: 22 passed, 0 failed, 0 unsupported, 0 reworded'
has "what it printed" "$T/out" '# print i32 13'
cat >"$T/bad.wast" <<'END'
(module (func (export "one") (result i32) (i32.const 1)) (func (export "trap") (unreachable))
  (func (export "extern") (param externref) (result externref) (local.get 0)))
(assert_return (invoke "one") (i32.const 2))
(assert_return (invoke "one"))
(assert_return (invoke "two") (i32.const 2))
(assert_return (invoke $m "one") (i32.const 1))
(assert_return (invoke "extern" (ref.extern 1)) (ref.extern 2))
(assert_return (get "one") (i32.const 1))
(assert_trap (invoke "one") "unreachable")
(assert_return (invoke "trap"))
(assert_invalid (module) "type mismatch")
(assert_malformed (module (func (drop))) "type mismatch")
(module quote "(wrong")
(invoke "one")
(assert_trap (invoke "trap") "division")
(module (memory 1 1 shared))
(invoke "one")
(not_a_command)
END
try "a bad script" 1 "$wfx" wast "$T/bad.wast"
has "its counts" "$T/out" 'bad.wast: 1 passed, 14 failed, 2 unsupported, 0 reworded'
has "a wrong result" "$T/out" '#   result 0: wanted i32 2; found i32 1'
has "a wrong number of results" "$T/out" '#   wanted 0 results; found 1'
has "a wrong host value" "$T/out" '#   result 0: wanted ref.extern 2; found ref.extern 1'
has "a call that should trap" "$T/out" '#   wanted trap: unreachable; found ok'
has "an instance that should be" "$T/out" '#   wanted ok; found'
has "a module that should be invalid" "$T/out" '#   wanted invalid: type mismatch; found ok'
has "an unknown command" "$T/out" '#   unknown command not_a_command'
echo '(thread $t)' >"$T/thread.wast"
try "a command of a proposal" 0 "$wfx" wast "$T/thread.wast"
has "is unsupported" "$T/out" '# SKIP unsupported: command thread'
echo '(assert_invalid (module (func (drop))) "wrong")' >"$T/words.wast"
try "a message in other words" 0 "$wfx" wast "$T/words.wast"
has "is shown" "$T/out" 'the script says: wrong'
has "and counted" "$T/out" '# all: 1 passed, 0 failed, 0 unsupported, 1 reworded'
try "a script that is not there" 1 "$wfx" wast "$T/none.wast"
try "no script" 2 "$wfx" wast

# Tools: parse, strip, gc, features, objdump.
cat >"$T/tools.wat" <<'END'
(module $tools
  (type $unused (struct (field $x i32)))
  (import "m" "used" (func $used))
  (import "m" "unused" (func $nope))
  (memory $mem 1)
  (data $d (i32.const 0) "hello")
  (global $g (mut f64) (f64.const 0.5))
  (func $main (export "main") (local $l i32)
    (block $b (call $used) (br $b)) (global.set $g (f64.const 1.5)))
  (func $dead (call $nope) (drop (i32.load (i32.const 0))))
  (@custom "first" (after func) "xx")
  (@custom "last" "yyy"))
END
try "parse" 0 "$wfx" parse "$T/tools.wat" -o "$T/tools.wasm"
try "what was parsed" 0 "$wfx" validate "$T/tools.wasm"
try "parse what is not valid" 0 "$wfx" parse "$T/invalid.wat" -o "$T/x.wasm"
try "it is not" 1 "$wfx" validate "$T/x.wasm"
try "parse what is no text" 1 "$wfx" parse "$T/malformed.wat" -o "$T/x.wasm"
try "parse without an output" 2 "$wfx" parse "$T/tools.wat"
echo '(module (import "wfxrt:int@1" "no such" (func)))' >"$T/rt.wat"
try "parse does not link" 0 "$wfx" parse "$T/rt.wat" -o "$T/x.wasm"
has "so the import stays" "$T/x.wasm" wfxrt:int@1

try "strip" 0 "$wfx" strip "$T/tools.wasm" -o "$T/stripped.wasm"
try "objdump of it" 0 "$wfx" objdump --headers "$T/stripped.wasm"
lacks() { if grep -qF -e "$3" "$2"; then not_ok "$1" "$2"; else ok "$1"; fi; }
lacks "has no custom section" "$T/out" custom
try "strip --keep" 0 "$wfx" strip --keep last,name "$T/tools.wasm" -o "$T/kept2.wasm"
try "objdump of that" 0 "$wfx" objdump --headers "$T/kept2.wasm"
has "has the names" "$T/out" 'custom "name"'
has "has the other" "$T/out" 'custom "last"'
lacks "not the first" "$T/out" 'custom "first"'
try "strip --only" 0 "$wfx" strip --only first "$T/tools.wasm" -o "$T/kept3.wasm"
same "is the same here" "$T/kept2.wasm" "$T/kept3.wasm"
try "strip text" 0 "$wfx" strip "$T/tools.wat" -o - --to wat
lacks "has no names" "$T/out" '$'

try "gc" 0 "$wfx" gc "$T/tools.wasm" -o - --to wat
has "keeps what is reached" "$T/out" '$used'
lacks "drops functions" "$T/out" '$dead'
lacks "imports" "$T/out" '$nope'
lacks "memories" "$T/out" '$mem'
lacks "types" "$T/out" '$unused'
try "gc of what is not valid" 1 "$wfx" gc "$T/invalid.wat" -o "$T/x.wasm"
"$wfx" gc "$T/hello.wat" -o "$T/gc.wasm"
try "what was collected" 0 "$wfx" run "$T/gc.wasm"
has "runs as before" "$T/out" hello

try "features" 0 "$wfx" features "$T/tools.wat"
has "one is used" "$T/out" "feature gc"
has "a target takes it" "$T/out" "target plain: yes"
lacks "another is not" "$T/out" "feature stack-switching"
echo '(module (tag $t) (func (suspend $t) (barrier)))' >"$T/susp.wat"
try "features of an extension" 0 "$wfx" features "$T/susp.wat"
has "plain takes none" "$T/out" "target plain: no, stack-switching barrier"
has "V8 not the extension" "$T/out" "target v8-15: no, barrier"
has "the engine does" "$T/out" "target ext: yes"
try "a target that takes it" 0 "$wfx" validate --target ext "$T/susp.wat"
try "one that does not" 1 "$wfx" validate --target standard "$T/susp.wat"
has "names the feature" "$T/err" barrier
try "a target and one feature more" 0 "$wfx" validate --target plain --features atomics "$T/shared.wat"
try "a target that is none" 2 "$wfx" validate --target v9 "$T/susp.wat"

try "objdump" 0 "$wfx" objdump "$T/tools.wasm"
has "has the name" "$T/out" '<tools>'
has "has sections" "$T/out" 'section 10 code at 0x'
has "types" "$T/out" 'type 0: struct i32 <x> <unused>'
has "imports" "$T/out" '"m" "used" func 0 <used> type 1'
has "globals with values" "$T/out" 'global 0 <g> mut f64 = f64.const 0.5'
has "exports" "$T/out" '"main" func 2 <main>'
has "locals" "$T/out" 'local 0: i32 <l>'
has "blocks" "$T/out" ': 02 40                      | block @1 <b>'
has "instructions with bytes" "$T/out" ': 10 00                      |   call 0 <used>'
has "branches" "$T/out" 'br @1'
has "data" "$T/out" '68 65 6c 6c 6f                                  | hello'
# The offsets are those of the file: a call of 0 is 10 00 there.
at=$(sed -n 's/^ *\([0-9a-f]*\): 10 00 .*/\1/p' "$T/out")
if [ "$(od -An -tx1 -j "0x$at" -N 2 "$T/tools.wasm")" = " 10 00" ]; then ok "offsets"; else not_ok "offsets" "$T/out"; fi
try "objdump of one function" 0 "$wfx" objdump --func dead "$T/tools.wasm"
lacks "has it alone" "$T/out" section
try "objdump of a function that is not there" 1 "$wfx" objdump --func three "$T/tools.wasm"
try "objdump of a source program" 0 "$wfx" objdump examples/links/threads-fork.links
head -c 40 "$T/tools.wasm" >"$T/cut2.wasm"
try "objdump of a module cut short" 1 "$wfx" objdump "$T/cut2.wasm"
has "shows what is whole" "$T/out" 'section 1 types'
has "and says what is wrong" "$T/err" cut2.wasm
# Positions: where the source map goes, and what it and the module are called in each other.
mkdir -p "$T/src dir" "$T/to/sub"
cp "$T/hello.wat" "$T/src dir/hello.wat"
# lacks NAME FILE TEXT: FILE is there, without TEXT.
lacks() { if [ -s "$2" ] && ! grep -qF -e "$3" "$2"; then ok "$1"; else not_ok "$1"; fi; }
positions() {
  name=$1
  shift
  (cd "$T" && "$OLDPWD/$wfx" "$@") >"$T/log" 2>&1
  code=$?
  if [ $code = 0 ]; then ok "$name"; else not_ok "$name" "$T/log"; fi
}
positions "--source-map" build "src dir/hello.wat" -o to/h.wasm --source-map
has "is beside the output" "$T/to/h.wasm.map" '"file":"h.wasm"'
has "names its source from there" "$T/to/h.wasm.map" '"sources":["../src%20dir/hello.wat"]'
has "is named in the module" "$T/to/h.wasm" 'sourceMappingURL'
lacks "and not what is in it" "$T/to/h.wasm.map" sourcesContent
positions "--source-map=FILE" build "src dir/hello.wat" -o to/h.wasm \
  --source-map="to/sub/50%.map" --embed-sources -g
has "is the file" "$T/to/sub/50%.map" '"sources":["../../src%20dir/hello.wat"]'
has "whose name becomes a URL" "$T/to/h.wasm" 'sub/50%25.map'
has "and has the source" "$T/to/sub/50%.map" '"sourcesContent":["(module\n'
has "-g adds DWARF" "$T/to/h.wasm" '.debug_line'
cp "$T/hello.wat" "$T/to/a#b?c%20.wat"
positions "a name with signs of URLs" build "to/a#b?c%20.wat" -o to/u.wasm --source-map
has "becomes a URL" "$T/to/u.wasm.map" '"sources":["a%23b%3Fc%2520.wat"]'
positions "strip" strip to/h.wasm -o to/s.wasm
lacks "takes DWARF away" "$T/to/s.wasm" debug_
lacks "and the name of the source map" "$T/to/s.wasm" sourceMappingURL
positions "link" link "src dir/hello.wat" -o to/l.wasm --source-map
has "keeps positions" "$T/to/l.wasm.map" '"sources":["../src%20dir/hello.wat"]'
positions "link a binary" link to/h.wasm -o to/l.wasm
lacks "drops its DWARF" "$T/to/l.wasm" debug_
try "a source map of text" 1 "$wfx" build "$T/hello.wat" -o "$T/to/h.wat" --source-map
try "a source map without a name" 1 "$wfx" build "$T/hello.wat" -o - --source-map
try "an argument behind --source-map is an operand" 2 "$wfx" build --source-map x y -o z.wasm


# Limits and control.
cat >"$T/forever.wat" <<'END'
(module (func $spin (loop $l (br $l))) (func (export "_start") (call $spin)))
END
try "--fuel" 1 "$wfx" run --fuel 1000 "$T/forever.wat"
has "runs out" "$T/err" 'exhaustion: out of fuel'
has "somewhere" "$T/err" 'at $spin'
try "--timeout" 1 "$wfx" run --timeout 0.05 "$T/forever.wat"
has "is over" "$T/err" 'exhaustion: deadline passed'
try "enough fuel" 0 "$wfx" run --fuel 100K "$T/hello.wat"
cat >"$T/sleep.wat" <<'END'
(module
  (import "wasi_snapshot_preview1" "poll_oneoff"
    (func $poll (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 16) "\01") (data (i32.const 24) "\00\00\00\00\00\01")
  (func (export "_start")
    (loop $l (drop (call $poll (i32.const 0) (i32.const 64) (i32.const 1) (i32.const 128)))
      (br $l))))
END
try "--timeout of a program that waits" 1 timeout 10 "$wfx" run --timeout 0.05 "$T/sleep.wat"
has "is over too" "$T/err" 'deadline passed'
mkdir -p "$T/pipes/folder"
mkfifo "$T/pipes/p"
cat >"$T/pipe.wat" <<'END'
(module
  (import "wasi_snapshot_preview1" "path_open"
    (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "p") (data (i32.const 4) "folder/")
  (data (i32.const 16) "\80\00\00\00\10\00\00\00")
  (func (export "wait")
    (drop (call $open (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 0)
      (i64.const 2) (i64.const 2) (i32.const 0) (i32.const 64)))
    (loop $l
      (drop (call $read (i32.load (i32.const 64)) (i32.const 16) (i32.const 1) (i32.const 72)))
      (br $l)))
  ;; CREAT and EXCL of what is there.
  (func (export "make") (result i32)
    (call $open (i32.const 3) (i32.const 0) (i32.const 4) (i32.const 7) (i32.const 5)
      (i64.const 2) (i64.const 2) (i32.const 0) (i32.const 64))))
END
try "--timeout at a pipe" 1 timeout 10 "$wfx" run --timeout 0.05 --dir "$T/pipes::/" --invoke wait "$T/pipe.wat"
has "is over as well" "$T/err" 'deadline passed'
try "a folder is not made twice" 0 "$wfx" run --dir "$T/pipes::/" --invoke make "$T/pipe.wat"
prints "with a slash at its end" "20 "
cat >"$T/grow.wat" <<'END'
(module (memory 1) (func (export "main") (result i32) (memory.grow (i32.const 10))))
END
try "enough memory" 0 "$wfx" run --max-memory 1M "$T/grow.wat"
prints "grows" "1 "
try "--max-memory" 0 "$wfx" run --max-memory 128K "$T/grow.wat"
prints "does not grow" "-1 "
try "less than it begins with" 1 "$wfx" run --max-memory 1000 "$T/grow.wat"
for bad in '--fuel x' '--timeout -1' '--max-memory 5Q' '--profile-by chance' '--native --fuel 1'; do
  # shellcheck disable=SC2086
  try "$bad" 2 "$wfx" run $bad "$T/hello.wat"
done

# Watching.
cat >"$T/watch.wat" <<'END'
(module
  (type $f (func)) (type $k (cont $f))
  (tag $t)
  (func $leaf (param $n i32)
    (loop $l (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
  (func $gen (call $leaf (i32.const 30000)) (suspend $t) (call $leaf (i32.const 10000)))
  (elem declare func $gen)
  (func $main (export "_start") (local $c (ref null $k))
    (block $on (result (ref $k))
      (resume $k (on $t $on) (cont.new $k (ref.func $gen))) (unreachable))
    (local.set $c)
    (call $leaf (i32.const 10000))
    (resume $k (local.get $c))))
END
try "--trace" 0 "$wfx" run --trace "$T/watch.wat"
has "shows operands" "$T/err" 'watch.wat:5: i32.sub 30000 1'
has "of branches" "$T/err" 'watch.wat:5: br_if 29999'
has "and the function" "$T/err" '$gen '
has "and references" "$T/err" 'watch.wat:13: local.get ref'
cp "$T/err" "$T/trace1"
try "-t again" 0 "$wfx" run -t "$T/watch.wat"
same "the same each time" "$T/trace1" "$T/err"
try "--profile" 0 "$wfx" run --profile="$T/folded1" --profile-by units "$T/watch.wat"
has "shows functions" "$T/err" '100.00  $leaf'
has "shows handlers" "$T/err" "resume at $T/watch.wat:10"
has "folds stacks" "$T/folded1" "\$main;resume at $T/watch.wat:10;\$gen;\$leaf "
has "without a handler too" "$T/folded1" '$main;$leaf '
cp "$T/err" "$T/profile1"
try "--profile again" 0 "$wfx" run --profile="$T/folded2" --profile-by units "$T/watch.wat"
same "the same each time" "$T/folded1" "$T/folded2"
same "and its tables" "$T/profile1" "$T/err"
try "--profile by time" 0 "$wfx" run --profile "$T/watch.wat"
has "in nanoseconds" "$T/err" ' ns'
try "a profile that cannot be written" 1 "$wfx" run --profile="$T/no/where" "$T/watch.wat"
try "--stats" 0 "$wfx" run --stats "$T/watch.wat"
for row in 'suspends 1 count' 'resumes 2 count' 'continuations_made 3 count' 'stacks_grown 0 count' \
  'collection_longest 0 ns'; do
  has "$row" "$T/err" "$row"
done
cat >"$T/deep.wat" <<'END'
(module
  (type $f (func)) (type $k (cont $f))
  (tag $e)
  (func $thrower (throw $e))
  (func $inner (call $thrower))
  (func $outer (resume $k (cont.new $k (ref.func $inner))))
  (elem declare func $inner $outer)
  (func (export "_start") (resume $k (cont.new $k (ref.func $outer)))))
END
try "an uncaught exception" 1 "$wfx" run "$T/deep.wat"
sed -n 's/^  //; s/ (.*//; /^at \|^resumed by /p' "$T/err" >"$T/frames"
printf '%s\n' 'at $thrower' 'at $inner' 'resumed by $outer' 'resumed by function 3' >"$T/wanted"
same "its frames across continuations" "$T/wanted" "$T/frames"
finish
