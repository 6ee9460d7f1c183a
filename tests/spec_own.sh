#!/bin/sh
# spec_own.sh [FILE...]: run our own test scripts for stack switching and the extensions, by default
# tests/spec/*.wast, with wfx wast; then modules at the limits of SPEC part 4 and just beyond. TAP,
# one test for each script, with its counts. Every command must pass, with the message that the
# script says: what is unsupported or reworded counts as failed. WAST_OPTIONS are further options of
# wfx wast.
#
# tests/spec/README.md says what other tools make of the scripts; tests/mutate.py shows that they
# tell every check of the validator.
. tests/tap.sh
scripts_only=$#
n_commands=0
[ $# -gt 0 ] || set -- tests/spec/*.wast

for script in "$@"; do
  features=
  case ${script##*/} in ext_*) features=--features=all ;; esac
  "$wfx" wast ${WAST_OPTIONS-} $features "$script" >"$T/tap" 2>"$T/err" </dev/null
  code=$?
  { grep -A 1 -e '^not ok' -e '# SKIP' "$T/tap"; grep -B 1 '^#   message: ' "$T/tap"; } >"$T/why"
  tail -n 1 "$T/tap" | grep -q '^1\.\.[1-9]' || echo "wfx wast ended early, exit code $code" >>"$T/why"
  [ $code -eq 0 ] || echo "exit code $code" >>"$T/why"
  name="$script: $(sed -n 's/^# all: //p' "$T/tap")"
  n_commands=$((n_commands + $(grep -c '^ok ' "$T/tap")))
  if [ -s "$T/why" ] || [ -s "$T/err" ]; then not_ok "$name" "$T/why" "$T/err"; else ok "$name"; fi
done
echo "# $n_commands commands passed"
[ "$scripts_only" -eq 0 ] || finish

# repeat N TEXT: TEXT N times.
repeat() {
  awk -v n="$1" -v text="$2" 'BEGIN { for (i = 0; i < n; i++) print text }'
}

# limit NAME N KIND: a module of KIND (below) with N of something is valid, with one more it is
# refused.
limit() {
  for n in "$2" $(($2 + 1)); do
    { echo '(module'; "$3" "$n"; echo ')'; } >"$T/limit.wat"
    "$wfx" validate "$T/limit.wat" >"$T/why" 2>&1 </dev/null
    code=$?
    if [ "$n" -eq "$2" ]; then
      if [ $code -eq 0 ]; then ok "$n $1"; else not_ok "$n $1" "$T/why"; fi
    elif [ $code -eq 1 ] && grep -q 'too many' "$T/why"; then
      ok "$n $1 are too many"
    else
      not_ok "$n $1 are too many" "$T/why"
    fi
  done
}
params() { echo '(type (func (param'; repeat "$1" i32; echo ')))'; }
results() { echo '(type (func (result'; repeat "$1" i32; echo ')))'; }
tag_params() { echo '(tag (param'; repeat "$1" i32; echo '))'; }
fields() { echo '(type (struct (field'; repeat "$1" i8; echo ')))'; }
locals() { echo '(func (local'; repeat "$1" i32; echo '))'; }
clauses() {
  echo '(type $f (func)) (type $c (cont $f)) (tag $e)'
  echo '(func (param (ref $c)) (block $l (result (ref $c)) (resume $c'
  repeat "$1" '(on $e $l)'
  echo '(local.get 0)) (return)) (drop))'
}
throw_clauses() {
  echo '(type $f (func)) (type $c (cont $f)) (tag $e)'
  echo '(func (param (ref $c)) (resume_throw $c $e'
  repeat "$1" '(on $e switch)'
  echo '(local.get 0)))'
}
catches() {
  echo '(func (block $l (try_table'
  repeat "$1" '(catch_all $l)'
  echo ')))'
}
operands() {
  echo '(type $a (array i32)) (func'
  repeat "$1" 'i32.const 0'
  echo "array.new_fixed \$a $1 drop)"
}
imports() { repeat "$1" '(import "m" "t" (tag))'; }
limit parameters 1000 params
limit results 1000 results
limit 'parameters of a tag' 1000 tag_params
limit 'structure fields' 10000 fields
limit locals 50000 locals
limit 'handler clauses' 10000 clauses
limit 'handler clauses of resume_throw' 10000 throw_clauses
limit 'catch clauses' 10000 catches
limit 'operands of array.new_fixed' 10000 operands
limit imports 100000 imports
finish
