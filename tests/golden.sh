#!/bin/sh
# golden.sh: the handler layer makes the scheduler loop of the design, opcode for opcode: loop, null
# test and return, one block per clause from the outside in, resume with its clauses in the
# innermost, dequeue and branch behind it, then each clause's body behind the end of its block. TAP.
. tests/tap.sh
loop=tests/golden/scheduler.wat

if "$B/examples/08_scheduler" --wat >"$T/module.wat" 2>"$T/err"; then
  ok "the example prints its module"
else
  not_ok "the example prints its module" "$T/err"
fi
if "$wfx" print --func scheduler "$T/module.wat" >"$T/got" 2>"$T/err"; then
  same "the scheduler loop" "$loop" "$T/got"
else
  not_ok "the scheduler loop" "$T/err"
fi

# The mnemonics alone, as the design's slide has them.
cat >"$T/want" <<'END'
loop local.get ref.is_null if return end
block block local.get resume call local.set br end
local.set call br end
call call local.set br
end
END
grep -v '^(func\|^)' "$loop" | awk '{printf "%s ", $1}' | sed 's/ *$//' >"$T/ops"
echo >>"$T/ops"
tr '\n' ' ' <"$T/want" | sed 's/ *$//' >"$T/want1"
echo >>"$T/want1"
same "its opcodes" "$T/want1" "$T/ops"

# The same loop links, validates and runs.
if "$wfx" run "$T/module.wat" >"$T/got" 2>"$T/err"; then
  same "and it schedules" examples/c/08_scheduler.out "$T/got"
else
  not_ok "and it schedules" "$T/err"
fi
finish
