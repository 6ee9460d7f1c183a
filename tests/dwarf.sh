#!/bin/sh
# dwarf.sh: LLVM's tools read the DWARF that comes from text, from the language and from a builder,
# and it says of every instruction, function and local what is true. TAP.
. tests/tap.sh
sh tests/deps.sh llvm-19 >"$T/log" 2>&1
if ! command -v llvm-dwarfdump-19 >/dev/null || ! command -v llvm-symbolizer-19 >/dev/null; then
  echo "1..0 # SKIP llvm-19 cannot be installed"
  exit 0
fi
has() { if grep -qF -e "$3" "$2"; then ok "$1"; else not_ok "$1" "$2"; fi; }

# verify NAME: the sections of NAME.wasm are what LLVM takes; they stay in NAME.debug.
verify() {
  perl tests/dwarf.pl alone "$T/$1.wasm" "$T/$1.debug"
  if llvm-dwarfdump-19 --verify "$T/$1.debug" >"$T/log" 2>&1 && ! grep -q warning "$T/log" &&
    [ "$(tail -n 1 "$T/log")" = 'No errors.' ]; then
    ok "$1 verifies"
  else
    not_ok "$1 verifies" "$T/log"
  fi
}
# build SOURCE: NAME.wasm with DWARF, from the folder of the source.
build() {
  name=$(basename "$1")
  if (cd "$(dirname "$1")" && "$OLDPWD/$wfx" build "$name" -o "$T/${name%.*}.wasm" -g) \
    >"$T/log" 2>&1; then
    ok "$name builds"
  else
    not_ok "$name builds" "$T/log"
  fi
}
# examine NAME FOLDER N: NAME.wasm verifies, and N places or more are right.
examine() {
  name=$1
  verify "$name"
  llvm-dwarfdump-19 --debug-line "$T/$name.debug" >"$T/$name.lines" 2>&1
  llvm-dwarfdump-19 --debug-info "$T/$name.debug" | sed 's/^0x[0-9a-f]*: *//; s/^ *//' \
    >"$T/$name.info" 2>&1
  "$wfx" objdump "$T/$name.wasm" >"$T/$name.dump" 2>&1
  perl tests/dwarf.pl lines "$T/$name.dump" "$T/$name.lines" "$2" >"$T/log" 2>&1
  n=$(sed -n 's/ compared, 0 wrong$//p' "$T/log")
  if [ "${n:-0}" -ge "$3" ]; then
    ok "$name: instructions are where its lines say"
  else
    not_ok "$name: instructions are where its lines say" "$T/log"
  fi
}
# entry NAME TAG TEXT: the entry of that tag and name, to the next empty line; addresses of other
# entries left out.
entry() {
  awk -v tag="$2" -v name="DW_AT_name (\"$3\")" '
    BEGIN { RS = "" } index($0, tag "\n") == 1 && index(spaced($0), name) { print; exit }
    function spaced(s) { gsub(/\t/, " ", s); return s }' "$T/$1.info" |
    tr '\t' ' ' | sed 's/(0x[0-9a-f]* "/("/' >"$T/entry"
}

for source in tests/dwarf/shapes.wat tests/devtools/steps.wat tests/dwarf/marks.links; do
  build "$source"
done
examine shapes tests/dwarf 29
examine steps tests/devtools 42
examine marks tests/dwarf 8
mkdir "$T/area"
"$B/examples/11_positions" "$T/area/area.wasm" && cp "$T/area/area.wasm" "$T"
examine area "$T/area" 2
echo '1:5 1:5 1:3 2:5 2:9 2:7 2:3 3:5 3:9 3:7 3:3 end' >"$T/want"
awk '/^0x/ { printf "%s ", /end_sequence/ ? "end\n" : $2 ":" $3 }' "$T/area.lines" | sed 's/ $//' \
  >"$T/got"
same "the lines of the example" "$T/want" "$T/got"
for source in examples/links/*.links; do
  build "$source"
  verify "$(basename "${source%.links}")"
done

# Functions: where they lie, and what is said of them.
entry shapes DW_TAG_subprogram fold
has "a function has its result" "$T/entry" 'DW_AT_type ("i32")'
has "and its line" "$T/entry" 'DW_AT_decl_line (4)'
has "an exported one is external" "$T/entry" 'DW_AT_external (true)'
begin=$(sed -n 's/^section 10 .*content at \(0x[0-9a-f]*\).*/\1/p' "$T/shapes.dump")
at=$(sed -n 's/^  func 1 <fold> at \(0x[0-9a-f]*\), .*/\1/p' "$T/shapes.dump")
n=$(sed -n 's/^  func 1 <fold> at 0x[0-9a-f]*, \([0-9]*\) bytes.*/\1/p' "$T/shapes.dump")
has "it begins where its body does" "$T/entry" "$(printf 'DW_AT_low_pc (0x%08x)' $((at - begin)))"
has "and ends there" "$T/entry" "$(printf 'DW_AT_high_pc (0x%08x)' $((at - begin + n)))"
entry shapes DW_TAG_subprogram two
has "two results are one type" "$T/entry" 'DW_AT_type ("[i32 i64]")'
entry shapes DW_TAG_subprogram log
if [ -s "$T/entry" ]; then not_ok "an import is none" "$T/entry"; else ok "an import is none"; fi

# Locals: number and type.
while read -r tag local type number; do
  entry shapes "$tag" "$local"
  has "$local is a $type" "$T/entry" "DW_AT_type (\"$type\")"
  has "$local is local $number" "$T/entry" \
    "DW_AT_location (DW_OP_WASM_location 0x0 0x$number, DW_OP_stack_value)"
done <<'END'
DW_TAG_formal_parameter a i32 0
DW_TAG_variable sum i64 2
DW_TAG_variable v v128 6
END
entry shapes DW_TAG_variable p
has "a reference has the name of its type" "$T/entry" 'DW_AT_type ("(ref null $point)")'
has "and is local 5" "$T/entry" 'DW_OP_WASM_location 0x0 0x5,'
entry shapes DW_TAG_unspecified_type '(ref null $point)'
has "which is not specified" "$T/entry" 'DW_TAG_unspecified_type'
entry area DW_TAG_variable h
has "a local of the builder" "$T/entry" 'DW_OP_WASM_location 0x0 0x1,'
entry marks DW_TAG_subprogram work
has "a function of the language" "$T/entry" 'DW_AT_low_pc'
has "whose unit is the program" "$T/marks.info" 'DW_AT_name	("marks.links")'

# The symbolizer: the multiplication of the example.
at=$(sed -n 's/^    \([0-9a-f]*\): .*| i32\.mul.*/0x\1/p' "$T/area.dump")
begin=$(sed -n 's/^section 10 .*content at \(0x[0-9a-f]*\).*/\1/p' "$T/area.dump")
llvm-symbolizer-19 --obj="$T/area.wasm" $((at - begin)) >"$T/out" 2>&1
printf 'area\n./area.src:3:7\n\n' >"$T/want"
same "llvm-symbolizer finds function and line" "$T/want" "$T/out"
finish
