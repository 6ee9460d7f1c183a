/* decode_code.c: function bodies and constant expressions. Spec: Binary Format, Instructions.
 *
 * Checked here is form: that opcodes exist, that immediates are whole, that blocks nest and are
 * ended. What immediates refer to is for validation. */
#include <string.h>

#include "binary/decode.h"
#include "binary/form.h"

/* ---- Immediates -------------------------------------------------------------------------- */

static bool read_one(struct reader *r, struct inst *in) {
  uint32_t x;
  TRY(read_leb32(r, &x));
  in->imm = x;
  return true;
}

/* Two numbers, the first in the low half. */
static bool read_two(struct reader *r, struct inst *in) {
  uint32_t a, b;
  TRY(read_leb32(r, &a));
  TRY(read_leb32(r, &b));
  in->imm = imm_pair(a, b);
  return true;
}

/* An index that without the feature is a zero byte. */
static bool read_later_index(struct reader *r, wfx_feature feature, uint32_t *out) {
  *out = 0;
  return ctx_has(r->errs->ctx, feature) ? read_leb32(r, out) : wfx__read_zero(r);
}

/* A number, in the high half, then an index of a space that once had one member only. */
static bool read_then_index(struct reader *r, wfx_feature feature, struct inst *in) {
  uint32_t number, index;
  TRY(read_leb32(r, &number));
  TRY(read_later_index(r, feature, &index));
  in->imm = imm_pair(index, number);
  return true;
}

static bool read_bits(struct reader *r, size_t n_bytes, uint64_t *out) {
  const uint8_t *p;
  TRY(wfx__read_bytes(r, n_bytes, &p));
  *out = 0;
  for (size_t i = 0; i < n_bytes; i++) *out |= (uint64_t)p[i] << 8 * i;
  return true;
}

static bool read_signed(struct reader *r, unsigned n_bits, struct inst *in) {
  int64_t x;
  TRY(wfx__read_leb_s(r, n_bits, &x));
  in->imm = n_bits == 32 ? (uint32_t)x : (uint64_t)x;
  return true;
}

/* Begin an immediate in the pool. */
static bool pool_begin(struct reader *r, struct code *c, struct inst *in) {
  in->imm = c->pool.n;
  return c->pool.n <= UINT32_MAX || wfx__fail_nomem(r->errs);
}

static bool pool_word(struct reader *r, struct code *c, uint32_t word) {
  return vec_push(r->errs, &c->pool, word);
}

static bool pool_u32(struct reader *r, struct code *c) {
  uint32_t x;
  return read_leb32(r, &x) && pool_word(r, c, x);
}

static bool read_memarg(struct reader *r, struct code *c, struct inst *in) {
  const uint8_t *at = r->at;
  uint32_t flags, mem = 0;
  uint64_t offset;
  TRY(read_leb32(r, &flags));
  if (flags > (MEMARG_ALIGN | MEMARG_EXPLICIT))
    return wfx__fail(r->errs, WFX_MALFORMED, read_loc(r, at),
                     "malformed memop flags, found %u", flags);
  in->aux = (uint16_t)(flags & MEMARG_ALIGN);
  if (flags & MEMARG_EXPLICIT) {
    TRY(read_need(r, at, WFX_FEATURE_MULTI_MEMORY, "a memory index"));
    TRY(read_leb32(r, &mem));
    if (mem == 0) in->aux |= MEMARG_EXPLICIT;
  }
  TRY(wfx__read_leb_u(r, ctx_has(r->errs->ctx, WFX_FEATURE_MEMORY64) ? 64 : 32, &offset));
  in->imm = imm_pair((uint32_t)offset, mem);
  if (offset <= UINT32_MAX) return true;
  struct inst place;
  TRY(pool_begin(r, c, &place));
  in->aux |= MEMARG_POOL;
  in->imm = imm_pair(imm_lo(&place), mem);
  return pool_word(r, c, (uint32_t)offset) && pool_word(r, c, (uint32_t)(offset >> 32));
}

static bool read_lane(struct reader *r, struct inst *in) {
  uint8_t lane;
  TRY(read_byte(r, &lane));
  in->aux |= (uint16_t)(lane << MEMARG_LANE_SHIFT);
  return true;
}

static bool read_br_table(struct reader *r, struct code *c) {
  uint32_t n;
  TRY(wfx__read_len(r, &n));
  TRY(vec_reserve(r->errs, &c->pool, (size_t)n + 2));
  TRY(pool_word(r, c, n));
  for (uint32_t i = 0; i < n; i++) TRY(pool_u32(r, c));
  return pool_u32(r, c);
}

static bool read_br_on_cast(struct reader *r, struct code *c) {
  const uint8_t *at = r->at;
  uint8_t flags;
  TRY(read_byte(r, &flags));
  if (flags > 3)
    return wfx__fail(r->errs, WFX_MALFORMED, read_loc(r, at),
                     "malformed br_on_cast flags, found %02x", flags);
  wfx_heaptype from, to;
  TRY(pool_u32(r, c));
  TRY(wfx__read_heaptype(r, &from));
  TRY(wfx__read_heaptype(r, &to));
  return pool_word(r, c, flags & 1 ? wfx_ref_null(from) : wfx_ref(from)) &&
         pool_word(r, c, flags & 2 ? wfx_ref_null(to) : wfx_ref(to));
}

static bool read_value_types(struct reader *r, struct code *c) {
  uint32_t n;
  TRY(wfx__read_len(r, &n));
  TRY(pool_word(r, c, n));
  for (uint32_t i = 0; i < n; i++) {
    wfx_valtype t;
    TRY(wfx__read_valtype(r, &t));
    TRY(pool_word(r, c, t));
  }
  return true;
}

/* The length of a vector of clauses. */
static bool read_n_clauses(struct reader *r, struct code *c, uint32_t *n) {
  const uint8_t *at = r->at;
  TRY(wfx__read_len(r, n));
  TRY(wfx__read_limit(r, at, *n, r->errs->ctx->limits.n_clauses, "handler clauses"));
  return pool_word(r, c, *n);
}

static bool read_catches(struct reader *r, struct code *c) {
  uint32_t n;
  TRY(read_n_clauses(r, c, &n));
  for (uint32_t i = 0; i < n; i++) {
    const uint8_t *at = r->at;
    uint8_t kind;
    uint32_t tag = WFX_NO_ID;
    TRY(read_byte(r, &kind));
    if (kind > CATCH_ALL_REF)
      return wfx__fail(r->errs, WFX_MALFORMED, read_loc(r, at),
                       "malformed catch clause, found %02x", kind);
    if (kind <= CATCH_REF) TRY(read_leb32(r, &tag));
    TRY(pool_word(r, c, kind) && pool_word(r, c, tag) && pool_u32(r, c));
  }
  return true;
}

static bool read_handlers(struct reader *r, struct code *c) {
  uint32_t n;
  TRY(read_n_clauses(r, c, &n));
  for (uint32_t i = 0; i < n; i++) {
    const uint8_t *at = r->at;
    uint8_t kind = CLAUSE_ON;
    if (r->errs->ctx->dialect < WFX_DIALECT_2023) TRY(read_byte(r, &kind));
    if (kind > CLAUSE_SWITCH && kind != CLAUSE_ON_REF)
      return wfx__fail(r->errs, WFX_MALFORMED, read_loc(r, at),
                       "malformed handler clause, found %02x", kind);
    if (kind == CLAUSE_ON_REF) TRY(read_need(r, at, WFX_FEATURE_TAG_REFS, "on_ref"));
    TRY(pool_word(r, c, kind) && pool_u32(r, c));
    TRY(kind == CLAUSE_SWITCH ? pool_word(r, c, 0) : pool_u32(r, c));
  }
  return true;
}

static bool read_resume(struct reader *r, struct code *c, bool has_tag) {
  TRY(pool_u32(r, c));
  TRY(has_tag ? pool_u32(r, c) : pool_word(r, c, WFX_NO_ID));
  return read_handlers(r, c);
}

static bool read_words(struct reader *r, struct code *c) {
  for (int i = 0; i < 4; i++) {
    uint64_t word;
    TRY(read_bits(r, 4, &word));
    TRY(pool_word(r, c, (uint32_t)word));
  }
  return true;
}

static bool read_block(struct reader *r, struct inst *in) {
  uint32_t lo, hi;
  TRY(wfx__read_blocktype(r, &lo, &hi));
  in->imm = imm_pair(lo, hi);
  return true;
}

static bool read_try_table(struct reader *r, struct code *c) {
  uint32_t lo, hi;
  TRY(wfx__read_blocktype(r, &lo, &hi));
  return pool_word(r, c, lo) && pool_word(r, c, hi) && read_catches(r, c);
}

static bool read_heap_imm(struct reader *r, struct inst *in) {
  wfx_heaptype heap;
  TRY(wfx__read_heaptype(r, &heap));
  in->imm = heap;
  return true;
}

static bool read_imm(struct reader *r, struct code *c, struct inst *in) {
  uint32_t x, y;
  switch ((wfx_imm)wfx__ops[in->op].imm) {
  case WFX_IMM_NONE: return true;
  case WFX_IMM_BLOCK: return read_block(r, in);
  case WFX_IMM_LABEL: case WFX_IMM_FUNC: case WFX_IMM_TYPE: case WFX_IMM_LOCAL:
  case WFX_IMM_GLOBAL: case WFX_IMM_TABLE: case WFX_IMM_ELEM: case WFX_IMM_DATA:
  case WFX_IMM_TAG:
    return read_one(r, in);
  case WFX_IMM_TABLE_TABLE: case WFX_IMM_TYPE_FIELD: case WFX_IMM_TYPE_N:
  case WFX_IMM_TYPE_DATA: case WFX_IMM_TYPE_ELEM: case WFX_IMM_TYPE_TYPE:
  case WFX_IMM_TYPE_TAG:
    return read_two(r, in);
  case WFX_IMM_CALL_INDIRECT:
    TRY(read_then_index(r, WFX_FEATURE_REF_TYPES, in));
    in->imm = imm_pair(imm_hi(in), imm_lo(in));
    return true;
  case WFX_IMM_ELEM_TABLE: return read_then_index(r, WFX_FEATURE_REF_TYPES, in);
  case WFX_IMM_DATA_MEMORY: return read_then_index(r, WFX_FEATURE_MULTI_MEMORY, in);
  case WFX_IMM_MEMORY:
    TRY(read_later_index(r, WFX_FEATURE_MULTI_MEMORY, &x));
    in->imm = x;
    return true;
  case WFX_IMM_MEMORY_MEMORY:
    TRY(read_later_index(r, WFX_FEATURE_MULTI_MEMORY, &x));
    TRY(read_later_index(r, WFX_FEATURE_MULTI_MEMORY, &y));
    in->imm = imm_pair(x, y);
    return true;
  case WFX_IMM_MEMARG: return read_memarg(r, c, in);
  case WFX_IMM_MEMARG_LANE: return read_memarg(r, c, in) && read_lane(r, in);
  case WFX_IMM_LANE: return read_bits(r, 1, &in->imm);
  case WFX_IMM_SHUFFLE: case WFX_IMM_V128: return pool_begin(r, c, in) && read_words(r, c);
  case WFX_IMM_I32: return read_signed(r, 32, in);
  case WFX_IMM_I64: return read_signed(r, 64, in);
  case WFX_IMM_F32: return read_bits(r, 4, &in->imm);
  case WFX_IMM_F64: return read_bits(r, 8, &in->imm);
  case WFX_IMM_HEAP: case WFX_IMM_CAST: return read_heap_imm(r, in);
  case WFX_IMM_BR_TABLE: return pool_begin(r, c, in) && read_br_table(r, c);
  case WFX_IMM_BR_ON_CAST: return pool_begin(r, c, in) && read_br_on_cast(r, c);
  case WFX_IMM_TYPES: return pool_begin(r, c, in) && read_value_types(r, c);
  case WFX_IMM_TRY_TABLE: return pool_begin(r, c, in) && read_try_table(r, c);
  case WFX_IMM_RESUME: return pool_begin(r, c, in) && read_resume(r, c, false);
  case WFX_IMM_RESUME_THROW: return pool_begin(r, c, in) && read_resume(r, c, true);
  case WFX_IMM_FENCE: return wfx__read_zero(r);
  }
  return false;
}

/* ---- Instructions ------------------------------------------------------------------------ */

/* The private prefix is an illegal opcode, as the standard has it, until an extension is on. */
static bool has_extensions(const wfx_ctx *ctx) {
  return ctx_has(ctx, WFX_FEATURE_NAMED_HANDLERS) || ctx_has(ctx, WFX_FEATURE_BARRIER) ||
         ctx_has(ctx, WFX_FEATURE_MULTI_SHOT) || ctx_has(ctx, WFX_FEATURE_TAG_REFS);
}

static bool read_prefixed(struct reader *r, const uint8_t *at, uint8_t prefix, int *op) {
  uint32_t code;
  if (prefix == PREFIX_EXT && !has_extensions(r->errs->ctx))
    return wfx__fail(r->errs, WFX_MALFORMED, read_loc(r, at), "illegal opcode %02x", prefix);
  TRY(read_leb32(r, &code));
  if (prefix == PREFIX_MISC && code >= 0x13 && code <= 0x16)
    return wfx__fail(r->errs, WFX_UNSUPPORTED, read_loc(r, at),
                     "the proposal wide-arithmetic is not supported");
  *op = wfx__op_find(prefix, code);
  return *op >= 0 || wfx__fail(r->errs, WFX_MALFORMED, read_loc(r, at),
                               "illegal opcode %02x %02x", prefix, code);
}

/* try, catch, rethrow, delegate, catch_all, as compilers wrote them before try_table. */
static bool is_legacy_exception(uint8_t byte) {
  return byte == 0x06 || byte == 0x07 || byte == 0x09 || byte == 0x18 || byte == 0x19;
}

static bool read_opcode(struct reader *r, uint16_t *out) {
  const uint8_t *at = r->at;
  uint8_t byte;
  int op;
  TRY(read_byte(r, &byte));
  if (byte >= PREFIX_GC) {
    TRY(read_prefixed(r, at, byte, &op));
  } else {
    op = wfx__op_find(PREFIX_CORE, byte);
    if (r->errs->ctx->dialect != WFX_DIALECT_CURRENT) TRY(wfx__dialect_op(r, at, &op));
    if (op < 0)
      return wfx__fail(r->errs, WFX_MALFORMED, read_loc(r, at), "illegal opcode %02x%s", byte,
                       is_legacy_exception(byte)
                           ? ": legacy exception handling is not supported" : "");
  }
  *out = (uint16_t)op;
  return read_need(r, at, (wfx_feature)wfx__ops[op].feature, wfx__ops[op].text);
}

bool wfx__read_inst(struct code_reader *cr, struct inst *in) {
  struct reader *r = &cr->r;
  const uint8_t *at = r->at;
  *in = (struct inst){.pos = read_pos(r)};
  TRY(read_opcode(r, &in->op));
  TRY(read_imm(r, cr->code, in));
  switch (wfx__ops[in->op].imm) {
  case WFX_IMM_DATA: case WFX_IMM_DATA_MEMORY: case WFX_IMM_TYPE_DATA:
    return cr->has_data_count || wfx__fail(r->errs, WFX_MALFORMED, read_loc(r, at),
                                           "data count section required");
  }
  return true;
}

/* What kind of block each open label belongs to. */
enum block_kind { BLOCK_PLAIN, BLOCK_IF, BLOCK_ELSE };

/* The bytes have run out before the last end. */
static bool fail_no_end(struct code_reader *cr) {
  struct reader *r = &cr->r;
  if (!cr->is_body || r->end == r->input_end) return wfx__read_fail_end(r);
  if (wfx__op_find(PREFIX_CORE, *r->end) == WFX_OP_end)
    return wfx__fail(r->errs, WFX_MALFORMED, read_loc(r, r->end),
                     "section size mismatch: the END opcode is behind the end of the function");
  return wfx__fail(r->errs, WFX_MALFORMED, read_loc(r, r->end), "END opcode expected");
}

static bool enter_block(struct code_reader *cr, const uint8_t *at, uint16_t op) {
  struct reader *r = &cr->r;
  uint32_t limit = r->errs->ctx->limits.nesting;
  TRY(wfx__read_limit(r, at, (uint64_t)cr->open.n + 1, limit, "nested blocks"));
  return vec_push(r->errs, &cr->open, op == WFX_OP_if ? BLOCK_IF : BLOCK_PLAIN);
}

/* Keep the open blocks. *is_done is set by the last end. */
static bool step_blocks(struct code_reader *cr, const uint8_t *at, uint16_t op, bool *is_done) {
  switch (wfx__ops[op].imm) {
  case WFX_IMM_BLOCK: case WFX_IMM_TRY_TABLE: return enter_block(cr, at, op);
  }
  if (op == WFX_OP_end) {
    *is_done = cr->open.n == 0;
    cr->open.n -= *is_done ? 0 : 1;
  } else if (op == WFX_OP_else) {
    if (cr->open.n == 0 || vec_last(&cr->open) != BLOCK_IF)
      return wfx__fail(cr->r.errs, WFX_MALFORMED, read_loc(&cr->r, at),
                       "END opcode expected, found else");
    vec_last(&cr->open) = BLOCK_ELSE;
  }
  return true;
}

static bool read_insts(struct code_reader *cr) {
  struct reader *r = &cr->r;
  bool is_done = false;
  while (!is_done) {
    if (r->at == r->end) return fail_no_end(cr);
    const uint8_t *at = r->at;
    struct inst in;
    TRY(wfx__read_inst(cr, &in));
    TRY(step_blocks(cr, at, in.op, &is_done));
    TRY(wfx__code_push(r->errs, cr->code, in));
  }
  return true;
}

bool wfx__read_const(struct decoder *d, struct expr *out) {
  struct code *code = &d->m->const_code;
  struct code_reader cr = {.r = d->r, .code = code, .has_data_count = true};
  size_t first = code->insts.n;
  bool ok = read_insts(&cr);
  vec_free(d->m->ctx, &cr.open);
  TRY(ok);
  d->r.at = cr.r.at;
  code->insts.n--; /* the end is understood */
  out->first = (uint32_t)first;
  out->n = (uint32_t)(code->insts.n - first);
  return true;
}

/* ---- Bodies ------------------------------------------------------------------------------ */

static bool read_locals(struct reader *r, struct body *b) {
  const uint8_t *at = r->at;
  uint32_t n;
  uint64_t sum = 0;
  TRY(wfx__read_len(r, &n));
  TRY(vec_reserve(r->errs, &b->runs, n));
  for (; b->runs.n < n; b->runs.n++) {
    struct local_run *run = &b->runs.data[b->runs.n];
    TRY(read_leb32(r, &run->n));
    TRY(wfx__read_valtype(r, &run->type));
    sum += run->n;
  }
  if (sum > UINT32_MAX)
    return wfx__fail(r->errs, WFX_MALFORMED, read_loc(r, at), "too many locals");
  b->n_locals = (uint32_t)sum;
  return wfx__read_limit(r, at, sum, r->errs->ctx->limits.n_locals, "locals");
}

bool wfx__begin_body(struct code_reader *cr, struct wfx_module *m, struct body *b,
                     const uint8_t *bytes, size_t n, uint64_t offset) {
  *cr = (struct code_reader){.r = wfx__reader(&b->errs, bytes, n, offset),
                             .code = &b->code,
                             .is_body = true,
                             .has_data_count = m->has_data_count};
  if (m->input && bytes == m->input + offset) cr->r.input_end = m->input + m->n_input;
  wfx__body_drop_facts(m->ctx, b);
  b->code.insts.n = b->code.pool.n = b->runs.n = b->positions.n = 0;
  b->n_locals = 0;
  return read_locals(&cr->r, b);
}

bool wfx__decode_body(struct wfx_module *m, struct body *b, const uint8_t *bytes, size_t n,
                      uint64_t offset) {
  struct code_reader cr;
  TRY(wfx__begin_body(&cr, m, b, bytes, n, offset));
  bool ok = read_insts(&cr);
  vec_free(m->ctx, &cr.open);
  TRY(ok);
  return cr.r.at == cr.r.end ||
         wfx__fail(&b->errs, WFX_MALFORMED, read_loc(&cr.r, cr.r.at),
                   "section size mismatch: %zu bytes behind the end of the function",
                   read_left(&cr.r));
}

bool wfx__open_body(struct wfx_module *m, uint32_t func) {
  struct body *b = m->bodies.data[m->funcs.data[func].body];
  if (!b->bytes) return true;
  TRY(!errs_is_set(&b->errs));
  TRY(wfx__decode_body(m, b, b->bytes, b->n_bytes, b->offset));
  wfx__hints_apply(m, func, b, b->offset);
  b->bytes = NULL;
  return true;
}
