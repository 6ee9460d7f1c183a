#!/bin/sh
# Instructions emitted through the builder and encoded; scaled: on a machine whose floor is 0.8 ns.
. tests/bench/lib.sh
for round in $(seq "$rounds"); do
  "$B/tests/bench/floor" 3 >>"$T/floor" || code=1
  "$B/tests/bench/builder" 3 >>"$T/builder" || code=1
done
line builder_minstr_per_s "$(median "$T/builder")" Minstr/s
ratio builder_scaled "$(median "$T/builder")" "$(awk "BEGIN {print 0.8 / $(median "$T/floor")}")"
exit $code
