#!/bin/sh
# prove.sh: run the bench; the last line holds the figures; exit 0 when they are within bounds.
set -u
out=$(sh tests/bench/run.sh) || exit 1
printf '%s\n' "$out"
printf '%s\n' "$out" | awk '
  {v[$1] = $2}
  END {
    printf "pair_over_v8 %s, builder_minstr_per_s %s, builder_scaled %s, floor_ns %s\n",
      v["pair_over_v8"], v["builder_minstr_per_s"], v["builder_scaled"], v["floor_ns"]
    exit !(v["pair_over_v8"] != "" && v["pair_over_v8"] + 0 <= 1.0 && v["builder_scaled"] + 0 >= 20)
  }'
