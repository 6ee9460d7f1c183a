#!/bin/sh
# symbols.sh: what the objects must not hold. TAP.
#   - writable static data (STYLE: no globals)
#   - calls of malloc and its kind outside base/ctx.c, of printing, exiting and jumping functions
#   - calls of a room that is not in the own room's row of rooms.txt
#   - in the shared library, a visible name that does not begin with wfx_, or begins with wfx__
. tests/tap.sh

find "$B/obj/libwasmfx" "$B/obj/gen" -name '*.o' ! -name one.o | sort >"$T/objects"
# shellcheck disable=SC2046
nm -A $(cat "$T/objects") >"$T/nm" 2>"$T/err" || not_ok "nm reads the objects" "$T/err"

# .data.rel.ro holds constants with addresses in them: nm says "d" for it, objdump tells it apart.
# shellcheck disable=SC2046
objdump -t $(cat "$T/objects") | awk '
  /file format/ { file = $1; sub(/:$/, "", file) }
  $3 == "O" || $4 == "O" {
    section = $3 == "O" ? $4 : $5
    if (section ~ /^\.(data|bss|tdata|tbss)/ && section !~ /^\.data\.rel\.ro/)
      print file, section, $NF
  }
  $3 == "*COM*" { print file, $3, $NF }' >"$T/bad"
if [ -s "$T/bad" ]; then not_ok "no writable static data" "$T/bad"; else ok "no writable static data"; fi

awk '$2 == "U" || $3 == "U" {print $1, $NF}' "$T/nm" |
  grep -E ' (malloc|calloc|realloc|free|strdup)$' | grep -v '/base/ctx\.o:' >"$T/bad"
if [ -s "$T/bad" ]; then not_ok "memory only from the context" "$T/bad"; else ok "memory only from the context"; fi

awk '$2 == "U" || $3 == "U" {print $1, $NF}' "$T/nm" |
  grep -E ' (printf|fprintf|puts|putchar|fputs|fwrite|fopen|perror|stdout|stderr|exit|_exit|abort|longjmp|setjmp|_setjmp)$' >"$T/bad"
if [ -s "$T/bad" ]; then not_ok "no printing, exiting, jumping" "$T/bad"; else ok "no printing, exiting, jumping"; fi

awk -f tests/calls.awk tests/rooms.txt "$T/nm" | sort >"$T/bad"
if [ -s "$T/bad" ]; then not_ok "rooms call only their rows" "$T/bad"; else ok "rooms call only their rows"; fi

nm -D --defined-only "$B/libwasmfx.so" >"$T/nm" 2>&1 || echo "none: not there" >>"$T/nm"
awk '{print $NF}' "$T/nm" | grep -vE '^wfx_[^_]' >"$T/bad"
if [ -s "$T/bad" ]; then not_ok "only wfx_ names are visible" "$T/bad"; else ok "only wfx_ names are visible"; fi

if readelf -d "$B/libwasmfx.so" | grep -q 'SONAME.*\[libwasmfx\.so\.[0-9]*\]'; then
  ok "soname"
else
  not_ok "soname"
fi
finish
