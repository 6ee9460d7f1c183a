/* check_body.c: decode and check one body in a single pass, keeping no instruction.
 *
 * A row of struct step for each opcode of one byte says which instructions are read here, straight
 * from the bytes; all others, and whatever is unusual about these, go through the decoder and the
 * checker's step, one instruction at a time. The rules are the checker's own (valid/hot.h).
 * Positions are not kept: whoever gets false decodes and checks the body again for its error. */
#include <string.h>

#include "binary/form.h"
#include "load/load.h"
#include "valid/hot.h"

enum how {
  HOW_ANY, /* by decoder and checker */
  HOW_UNARY, HOW_BINARY, HOW_INTEGER, HOW_FLOAT, HOW_LOAD, HOW_STORE, HOW_DROP, HOW_SELECT,
  HOW_LOCAL_GET, HOW_LOCAL_SET, HOW_LOCAL_TEE, HOW_GLOBAL_GET, HOW_GLOBAL_SET,
  HOW_BLOCK, HOW_LOOP, HOW_IF, HOW_END, HOW_BR, HOW_BR_IF, HOW_RETURN, HOW_CALL
};

/* No instruction is read here that reaches farther than this, so near the end of the input none
 * is. */
enum { QUICK_BYTES = 16 };

/* ---- Rows -------------------------------------------------------------------------------- */

static uint8_t step_type(char letter) {
  switch (letter) {
  case 'i': return WFX_I32;
  case 'l': return WFX_I64;
  case 'f': return WFX_F32;
  case 'd': return WFX_F64;
  }
  return WFX_BOT; /* the address type, known when the memory is */
}

static enum how how_of(wfx_op op) {
  switch ((int)op) {
  case WFX_OP_i32_const: case WFX_OP_i64_const: return HOW_INTEGER;
  case WFX_OP_f32_const: case WFX_OP_f64_const: return HOW_FLOAT;
  case WFX_OP_local_get: return HOW_LOCAL_GET;
  case WFX_OP_local_set: return HOW_LOCAL_SET;
  case WFX_OP_local_tee: return HOW_LOCAL_TEE;
  case WFX_OP_global_get: return HOW_GLOBAL_GET;
  case WFX_OP_global_set: return HOW_GLOBAL_SET;
  case WFX_OP_block: return HOW_BLOCK;
  case WFX_OP_loop: return HOW_LOOP;
  case WFX_OP_if: return HOW_IF;
  case WFX_OP_end: return HOW_END;
  case WFX_OP_br: return HOW_BR;
  case WFX_OP_br_if: return HOW_BR_IF;
  case WFX_OP_return: return HOW_RETURN;
  case WFX_OP_call: return HOW_CALL;
  case WFX_OP_drop: return HOW_DROP;
  case WFX_OP_select: return HOW_SELECT;
  }
  const char *sig = wfx__ops[op].sig;
  size_t n_params = strcspn(sig, ":");
  if (sig[0] == '?' || n_params == 0) return HOW_ANY;
  switch (wfx__ops[op].imm) {
  case WFX_IMM_NONE: return n_params == 1 ? HOW_UNARY : HOW_BINARY;
  case WFX_IMM_MEMARG: return n_params == 1 ? HOW_LOAD : HOW_STORE;
  }
  return HOW_ANY;
}

/* How long an immediate may be to be read here. */
static uint8_t limit_of(wfx_op op) {
  switch ((int)op) {
  case WFX_OP_i32_const: case WFX_OP_f32_const: return 4;
  case WFX_OP_i64_const: case WFX_OP_f64_const: return 8;
  }
  return (uint8_t)wfx__op_natural_align(op);
}

void wfx__load_steps(const wfx_ctx *ctx, struct step steps[256]) {
  memset(steps, 0, 256 * sizeof *steps);
  for (int byte = 0; byte < PREFIX_GC; byte++) {
    int op = wfx__op_find(PREFIX_CORE, (uint32_t)byte);
    if (op < 0 || !ctx_has(ctx, (wfx_feature)wfx__ops[op].feature)) continue;
    struct step *s = &steps[byte];
    s->how = (uint8_t)how_of((wfx_op)op);
    s->limit = limit_of((wfx_op)op);
    const char *sig = wfx__ops[op].sig;
    if (*sig == '?') continue;
    for (int i = 0; *sig != ':'; sig++) s->params[i++] = step_type(*sig);
    s->result = step_type(sig[1]);
  }
}

/* ---- Immediates -------------------------------------------------------------------------- */

static inline uint64_t leb_word(const uint8_t *p) {
  return (uint64_t)p[0] | (uint64_t)p[1] << 8 | (uint64_t)p[2] << 16 | (uint64_t)p[3] << 24 |
         (uint64_t)p[4] << 32 | (uint64_t)p[5] << 40 | (uint64_t)p[6] << 48 |
         (uint64_t)p[7] << 56;
}

/* How many bytes an integer takes that begins the 8 bytes w; 9 when it does not end there. */
static inline unsigned leb_bytes(uint64_t w) {
  uint64_t ends = ~w & 0x8080808080808080u;
  return ends == 0 ? 9 : ((unsigned)__builtin_ctzll(ends) >> 3) + 1;
}

/* An unsigned integer of up to 4 bytes. */
static inline bool quick_u(const uint8_t **at, uint32_t *x) {
  const uint8_t *p = *at;
  *x = *p;
  *at = p + 1;
  if (*p < 0x80) return true;
  uint64_t w = leb_word(p);
  unsigned n = leb_bytes(w);
  w &= ((uint64_t)1 << 8 * (n & 7)) - 1;
  *x = (uint32_t)((w & 0x7f) | (w >> 1 & 0x3f80) | (w >> 2 & 0x1fc000) | (w >> 3 & 0xfe00000));
  *at = p + n;
  return n <= 4;
}

/* An integer of which only the form matters. */
static inline bool quick_skip(const uint8_t **at, unsigned limit) {
  unsigned n = leb_bytes(leb_word(*at));
  *at += n;
  return n <= limit;
}

/* A block type that is empty or a number. */
static inline bool quick_block(const uint8_t **at, uint64_t *block) {
  uint8_t byte = *(*at)++;
  bool is_empty = byte == FORM_NO_BLOCK_TYPE;
  *block = is_empty ? 0 : FORM_I32 + WFX_I32 - (uint64_t)byte;
  return is_empty || (byte >= FORM_F64 && byte <= FORM_I32);
}

/* ---- Instructions ------------------------------------------------------------------------ */

static inline bool quick_memarg(struct checker *c, const struct step *s, const uint8_t **at) {
  struct imm_memarg a = {.align = *(*at)++};
  uint32_t offset;
  if (a.align >= MEMARG_EXPLICIT || !quick_u(at, &offset)) return false;
  a.offset = offset;
  return check_memarg(c, a, s->limit, false);
}

/* Read an instruction behind its opcode and check it. False when it is wrong, or unusual, and then
 * nothing has been done to the checker. */
static inline bool quick_step(struct checker *c, const struct step *s, const uint8_t **at) {
  uint32_t x;
  uint64_t block;
  switch ((enum how)s->how) {
  case HOW_ANY: return false;
  case HOW_UNARY: return check_pop(c, s->params[0]) && check_push(c, s->result);
  case HOW_BINARY:
    return check_pop_two(c, s->params[0], s->params[1]) && check_push(c, s->result);
  case HOW_INTEGER: return quick_skip(at, s->limit) && check_push(c, s->result);
  case HOW_FLOAT: *at += s->limit; return check_push(c, s->result);
  case HOW_LOAD:
    return quick_memarg(c, s, at) && check_pop(c, mem_address(c, 0)) && check_push(c, s->result);
  case HOW_STORE:
    return quick_memarg(c, s, at) && check_pop_two(c, mem_address(c, 0), s->params[1]);
  case HOW_DROP: return check_drop(c);
  case HOW_SELECT: return wfx__check_select(c);
  case HOW_LOCAL_GET: return quick_u(at, &x) && check_local_get(c, x);
  case HOW_LOCAL_SET: return quick_u(at, &x) && check_local_set(c, x, false);
  case HOW_LOCAL_TEE: return quick_u(at, &x) && check_local_set(c, x, true);
  case HOW_GLOBAL_GET: return quick_u(at, &x) && check_global_get(c, x);
  case HOW_GLOBAL_SET: return quick_u(at, &x) && check_global_set(c, x);
  case HOW_BLOCK: return quick_block(at, &block) && wfx__check_open(c, WFX_OP_block, block);
  case HOW_LOOP: return quick_block(at, &block) && wfx__check_open(c, WFX_OP_loop, block);
  case HOW_IF: return quick_block(at, &block) && wfx__check_if(c, block);
  case HOW_END: return c->frames.n > 1 && wfx__check_end(c); /* the last is not quick */
  case HOW_BR: return quick_u(at, &x) && check_br(c, x, false);
  case HOW_BR_IF: return quick_u(at, &x) && check_br(c, x, true);
  case HOW_RETURN: return wfx__check_return(c);
  case HOW_CALL: return quick_u(at, &x) && wfx__check_call(c, x, false);
  }
  return false;
}

/* One instruction by decoder and checker. */
static bool any_step(struct code_reader *cr, struct checker *c) {
  struct code *code = cr->code;
  struct inst in;
  code->insts.n = code->pool.n = 0;
  return wfx__read_inst(cr, &in) && wfx__code_push(cr->r.errs, code, in) && wfx__check_step(c, 0);
}

/* Quick instructions until one is not, or the body ends, or something is wrong. */
static const uint8_t *quick_insts(struct checker *c, const struct step *steps, const uint8_t *at,
                                  const uint8_t *quick_end, const uint8_t *end) {
  while (at < quick_end) {
    const uint8_t *next = at + 1;
    if (!quick_step(c, &steps[*at], &next) || next > end) break;
    at = next;
  }
  return at;
}

static bool load_insts(struct code_reader *cr, struct checker *c, const struct step *steps) {
  struct reader *r = &cr->r;
  const uint8_t *quick_end = r->end;
  if ((size_t)(r->input_end - r->end) < QUICK_BYTES)
    quick_end -= read_left(r) < QUICK_BYTES ? read_left(r) : QUICK_BYTES;
  for (;;) {
    r->at = quick_insts(c, steps, r->at, quick_end, r->end);
    if (errs_is_set(r->errs)) return false;
    TRY(any_step(cr, c));
    if (check_is_done(c)) return r->at == r->end;
  }
}

bool wfx__load_body(struct checker *c, struct body *b, const struct step steps[256], uint32_t func,
                    const struct body_range *range) {
  struct code_reader cr;
  TRY(wfx__begin_body(&cr, c->m, b, range->bytes, range->n_bytes, range->offset));
  TRY(wfx__check_begin(c, func, b));
  return load_insts(&cr, c, steps);
}
