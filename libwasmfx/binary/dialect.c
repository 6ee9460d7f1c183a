/* dialect.c: what older binaries of stack switching had in other bytes. Sources: the history of the
 * proposal's Explainer and of the reference interpreters of 2021 and 2023.
 *
 *   2024  from 2024-09 to 2025-10: e5 was switch, and there was no resume_throw_ref
 *   2023  until 2024-09: e5 was barrier, here an extension; a handler clause was a tag and a label,
 *         without a byte before it
 *   2021  as 2023, and before the types of GC: a continuation type had the form 5f, references 6c
 *         (nullable) and 6b; ref.as_non_null was d3, br_on_null d4; a tag began with 0 for
 *         exceptions and 1 for what can be resumed. cont.bind, resume, resume_throw and the call_ref
 *         of then do not say the type of what they consume, so that they can't be read without
 *         checking types; func.bind and let are gone. They are refused.
 *
 * Everything else of the current format is taken in every dialect. */
#include <string.h>

#include <wasmfx/binary.h>

#include "binary/decode.h"
#include "binary/form.h"

enum { ILLEGAL = -1, UNTYPED = -2 };

static const struct {
  uint8_t byte;
  uint8_t newest, oldest; /* the dialects in which it holds; older ones are larger */
  int16_t op;
} old_bytes[] = {
    {0xe5, WFX_DIALECT_2024, WFX_DIALECT_2024, WFX_OP_switch},
    {0xe5, WFX_DIALECT_2023, WFX_DIALECT_2021, WFX_OP_barrier},
    {0xe6, WFX_DIALECT_2024, WFX_DIALECT_2021, ILLEGAL},
    {0xd3, WFX_DIALECT_2021, WFX_DIALECT_2021, WFX_OP_ref_as_non_null},
    {0xd4, WFX_DIALECT_2021, WFX_DIALECT_2021, WFX_OP_br_on_null},
    {0xd5, WFX_DIALECT_2021, WFX_DIALECT_2021, ILLEGAL},
    {0x14, WFX_DIALECT_2021, WFX_DIALECT_2021, UNTYPED}, /* call_ref */
    {0x15, WFX_DIALECT_2021, WFX_DIALECT_2021, UNTYPED}, /* return_call_ref */
    {0x16, WFX_DIALECT_2021, WFX_DIALECT_2021, UNTYPED}, /* func.bind */
    {0x17, WFX_DIALECT_2021, WFX_DIALECT_2021, UNTYPED}, /* let */
    {0xe1, WFX_DIALECT_2021, WFX_DIALECT_2021, UNTYPED}, /* cont.bind */
    {0xe3, WFX_DIALECT_2021, WFX_DIALECT_2021, UNTYPED}, /* resume */
    {0xe4, WFX_DIALECT_2021, WFX_DIALECT_2021, UNTYPED}, /* resume_throw */
};

bool wfx__dialect_op(struct reader *r, const uint8_t *at, int *op) {
  wfx_dialect dialect = r->errs->ctx->dialect;
  for (size_t i = 0; i < sizeof old_bytes / sizeof *old_bytes; i++)
    if (*at == old_bytes[i].byte && dialect >= old_bytes[i].newest &&
        dialect <= old_bytes[i].oldest)
      *op = old_bytes[i].op;
  return *op != UNTYPED ||
         wfx__fail(r->errs, WFX_UNSUPPORTED, read_loc(r, at),
                   "opcode %02x of 2021 does not say the types it needs", *at);
}

uint8_t wfx__dialect_form(const wfx_ctx *ctx, uint8_t form) {
  enum { OLD_CONT = 0x5f, OLD_REF = 0x6b, OLD_REF_NULL = 0x6c };
  if (ctx->dialect != WFX_DIALECT_2021) return form;
  if (form == OLD_CONT) return FORM_CONT;
  if (form == OLD_REF) return FORM_REF;
  return form == OLD_REF_NULL ? FORM_REF_NULL : form;
}

static const char *const dialect_names[WFX_DIALECT_COUNT] = {
    [WFX_DIALECT_CURRENT] = "current",
    [WFX_DIALECT_2024] = "2024",
    [WFX_DIALECT_2023] = "2023",
    [WFX_DIALECT_2021] = "2021",
};

int wfx_dialect_find(const char *text) {
  for (int i = 0; i < WFX_DIALECT_COUNT; i++)
    if (strcmp(dialect_names[i], text) == 0) return i;
  return -1;
}
