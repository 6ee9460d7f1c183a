#!/bin/sh
# abi.sh [strict|update]: the binary interface, as it is, against tests/abi.txt: what the shared
# library exports, and size and offsets of every struct and union of the public headers, from what
# the compiler tells debuggers (64-bit machines). What is gone or has changed fails; what is new is
# only shown, unless strict. update writes the list anew. TAP.
. tests/tap.sh
mode=${1-}
list=tests/abi.txt

echo '#include <wasmfx.h>' >"$T/abi.c"
"${CC:-cc}" -std=c11 -g -O0 -fno-eliminate-unused-debug-types -Iinclude -c -o "$T/abi.o" "$T/abi.c" \
  2>"$T/err" || { echo "Bail out! $(cat "$T/err")"; exit 1; }

# "struct NAME SIZE FIELD@OFFSET..." of each that has a name of ours.
readelf --debug-dump=info "$T/abi.o" | awk '
  function value() { v = $0; sub(/.*: /, "", v); sub(/[ \t]*$/, "", v); return v }
  function flush_field() {
    if (field != "") line = line " " field "@" (offset == "" ? 0 : offset)
    field = offset = ""
  }
  function flush() {
    flush_field()
    if (name ~ /^wfx_/ && size != "") print kind, name, size line
    name = size = line = kind = ""
  }
  /^ *<[0-9a-f]+><[0-9a-f]+>: Abbrev Number: [0-9]/ {
    depth = $1; sub(/^</, "", depth); sub(/>.*/, "", depth)
    if (depth == 1) flush()
    is_own = depth == 1 && /DW_TAG_(structure|union)_type/
    if (is_own) kind = /union/ ? "union" : "struct"
    is_field = kind != "" && depth == 2 && /DW_TAG_member/
    if (depth == 2) flush_field()
    next
  }
  is_own && /DW_AT_name/ { name = value() }
  is_own && /DW_AT_byte_size/ { size = value() }
  is_field && /DW_AT_name/ { field = value() }
  is_field && /DW_AT_data_member_location/ { offset = value() }
  END { flush() }' | sort -u >"$T/now"
nm -D --defined-only "$B/libwasmfx.so" | awk '$2 ~ /[A-Z]/ { print "symbol", $3 }' | sort >>"$T/now"

if [ "$mode" = update ]; then
  cp "$T/now" $list
  echo "# $list written: $(grep -c '^symbol ' $list) symbols, $(grep -vc '^symbol ' $list) structs"
fi
diff $list "$T/now" >"$T/diff"
grep '^<' "$T/diff" >"$T/why"
[ "$mode" = strict ] && cp "$T/diff" "$T/why"
echo "# if that is meant: make abi-update" >"$T/hint"
title="$(grep -c '^symbol ' "$T/now") exported symbols, $(grep -vc '^symbol ' "$T/now") structs"
if [ -s "$T/why" ]; then not_ok "$title" "$T/diff" "$T/hint"; else ok "$title"; fi
grep '^>' "$T/diff" | sed 's/^>/# not in the list yet:/' | head -n 20

# The list is not empty, and the structs that begin with their size are in it.
for wanted in 'struct wfx_options .* size@0' 'struct wfx_diag .* status@0' 'union wfx_imms ' \
  'symbol wfx_module_new$'; do
  if grep -q "^$wanted" "$T/now"; then ok "has $wanted"; else not_ok "has $wanted" "$T/now"; fi
done
finish
