/* watch.c: seeing what a store does: the stack, a trace of instructions, samples for a profile.
 *
 * Traces come from instructions of their own (flatten_trace.c); samples are taken where units are
 * counted anyway (control.c). */
#include "engine/run.h"

/* ---- Trace ------------------------------------------------------------------------------- */

/* w is behind the instruction's opcode; see flatten_trace.c. */
void wfx__trace_step(struct engine *e, const struct flat *code, const slot *fp, const word *w) {
  enum { OPERAND_WORDS = 4 };
  wfx_value operands[MAX_TRACED];
  struct trace_frame at = {code->func, w[1], false};
  wfx_trace_event event = {.op = (wfx_op)w[0], .operands = operands, .n_operands = w[2]};
  wfx__frame_fill(&at, &event.frame);
  for (uint32_t i = 0; i < w[2]; i++) {
    const word *o = w + 3 + (size_t)i * OPERAND_WORDS;
    memset(&operands[i], 0, sizeof operands[i]);
    operands[i].type = o[1];
    uint64_t value = words_get64(o + 2);
    if (o[0] != WFX_NO_ID)
      memcpy(operands[i].of.ref, fp + o[0], (o[1] == WFX_V128 ? 2 : 1) * sizeof *fp);
    if (o[0] == WFX_NO_ID) operands[i].of.ref[0] = value;
    else if (value != 0) operands[i] = wfx_i32((int32_t)(uint32_t)(operands[i].of.ref[0] + value));
  }
  e->trace.fn(e->trace.ud, e->store, &event);
}

/* ---- Profile ----------------------------------------------------------------------------- */

wfx_status wfx_store_profile(wfx_store *s, wfx_profile_mode mode, uint64_t period,
                             wfx_sample_fn fn, void *ud) {
  struct profile p = {.fn = period == 0 ? NULL : fn, .ud = ud, .period = period,
                      .is_timed = mode == WFX_PROFILE_TIME};
  return wfx__control_profile(s, &p);
}
