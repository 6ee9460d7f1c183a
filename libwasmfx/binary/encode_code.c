/* encode_code.c: instructions, bodies, constant expressions. Spec: Binary Format,
 * Instructions. */
#include <assert.h>
#include <string.h>

#include "binary/decode.h"
#include "binary/encode.h"
#include "binary/form.h"
#include "ir/name.h"

/* ---- Immediates -------------------------------------------------------------------------- */

static void enc_bits(struct writer *w, uint64_t bits, size_t n_bytes) {
  uint8_t bytes[8];
  for (size_t i = 0; i < n_bytes; i++) bytes[i] = (uint8_t)(bits >> 8 * i);
  enc_bytes(w, bytes, n_bytes);
}

static void enc_pair(struct writer *w, enum ref_space first, uint32_t a, enum ref_space second,
                     uint32_t b) {
  enc_index(w, first, a);
  enc_index(w, second, b);
}

static void enc_blocktype(struct writer *w, uint32_t lo, uint32_t hi) {
  if (hi != 0) enc_s(w, index_of(w, SPACE_TYPE, hi - 1));
  else if (lo != WFX_BOT) wfx__put_valtype(w, lo);
  else enc_byte(w, FORM_NO_BLOCK_TYPE);
}

static void enc_memarg(struct writer *w, const struct code *c, const struct inst *in) {
  struct imm_memarg a = imm_memarg(c, in);
  uint32_t mem = index_of(w, SPACE_MEM, a.mem);
  bool is_explicit = mem != 0 || ((in->aux & MEMARG_EXPLICIT) && !w->is_canonical);
  enc_u(w, a.align | (is_explicit ? (unsigned)MEMARG_EXPLICIT : 0u));
  if (is_explicit) enc_u(w, mem);
  enc_u(w, a.offset);
}

static void enc_words(struct writer *w, const uint32_t *words) {
  for (int i = 0; i < 4; i++) enc_bits(w, words[i], 4);
}

static void enc_br_table(struct writer *w, const uint32_t *p) {
  enc_u(w, p[0]);
  for (uint32_t i = 0; i <= p[0]; i++) enc_u(w, p[1 + i]);
}

static void enc_value_types(struct writer *w, const uint32_t *p) {
  enc_u(w, p[0]);
  for (uint32_t i = 0; i < p[0]; i++) wfx__put_valtype(w, p[1 + i]);
}

static void enc_br_on_cast(struct writer *w, const uint32_t *p) {
  enc_byte(w, (uint8_t)(wfx_is_nullable(p[1]) | wfx_is_nullable(p[2]) << 1));
  enc_u(w, p[0]);
  wfx__put_heaptype(w, wfx_heap_of(p[1]));
  wfx__put_heaptype(w, wfx_heap_of(p[2]));
}

static void enc_try_table(struct writer *w, const struct code *c, const struct inst *in) {
  const struct imm_clauses r = imm_clauses(c, in);
  const uint32_t *block = imm_pool(c, in);
  enc_blocktype(w, block[0], block[1]);
  enc_u(w, r.n);
  for (const uint32_t *p = r.clauses; p != r.clauses + 3 * (size_t)r.n; p += 3) {
    enc_byte(w, (uint8_t)p[0]);
    if (p[0] <= CATCH_REF) enc_index(w, SPACE_TAG, p[1]);
    enc_u(w, p[2]);
  }
}

static void enc_resume(struct writer *w, const struct code *c, const struct inst *in) {
  const struct imm_clauses r = imm_clauses(c, in);
  enc_index(w, SPACE_TYPE, r.type);
  if (wfx__ops[in->op].imm == WFX_IMM_RESUME_THROW) enc_index(w, SPACE_TAG, r.tag);
  enc_u(w, r.n);
  for (const uint32_t *p = r.clauses; p != r.clauses + 3 * (size_t)r.n; p += 3) {
    enc_byte(w, (uint8_t)p[0]);
    enc_index(w, p[0] == CLAUSE_ON_REF ? SPACE_TYPE : SPACE_TAG, p[1]);
    if (p[0] != CLAUSE_SWITCH) enc_u(w, p[2]);
  }
}

static void enc_imm(struct writer *w, const struct code *c, const struct inst *in) {
  uint32_t lo = imm_lo(in), hi = imm_hi(in);
  switch ((wfx_imm)wfx__ops[in->op].imm) {
  case WFX_IMM_NONE: break;
  case WFX_IMM_BLOCK: enc_blocktype(w, lo, hi); break;
  case WFX_IMM_LABEL: case WFX_IMM_LOCAL: enc_u(w, lo); break;
  case WFX_IMM_BR_TABLE: enc_br_table(w, imm_pool(c, in)); break;
  case WFX_IMM_FUNC: enc_index(w, SPACE_FUNC, lo); break;
  case WFX_IMM_CALL_INDIRECT: enc_pair(w, SPACE_TYPE, lo, SPACE_TABLE, hi); break;
  case WFX_IMM_TYPE: enc_index(w, SPACE_TYPE, lo); break;
  case WFX_IMM_GLOBAL: enc_index(w, SPACE_GLOBAL, lo); break;
  case WFX_IMM_TABLE: enc_index(w, SPACE_TABLE, lo); break;
  case WFX_IMM_TABLE_TABLE: enc_pair(w, SPACE_TABLE, lo, SPACE_TABLE, hi); break;
  case WFX_IMM_ELEM_TABLE: enc_pair(w, SPACE_ELEM, hi, SPACE_TABLE, lo); break;
  case WFX_IMM_ELEM: enc_index(w, SPACE_ELEM, lo); break;
  case WFX_IMM_MEMORY: enc_index(w, SPACE_MEM, lo); break;
  case WFX_IMM_MEMORY_MEMORY: enc_pair(w, SPACE_MEM, lo, SPACE_MEM, hi); break;
  case WFX_IMM_DATA_MEMORY: enc_pair(w, SPACE_DATA, hi, SPACE_MEM, lo); break;
  case WFX_IMM_DATA: enc_index(w, SPACE_DATA, lo); break;
  case WFX_IMM_MEMARG: enc_memarg(w, c, in); break;
  case WFX_IMM_MEMARG_LANE:
    enc_memarg(w, c, in);
    enc_byte(w, (uint8_t)(in->aux >> MEMARG_LANE_SHIFT));
    break;
  case WFX_IMM_LANE: enc_byte(w, (uint8_t)lo); break;
  case WFX_IMM_SHUFFLE: case WFX_IMM_V128: enc_words(w, imm_pool(c, in)); break;
  case WFX_IMM_I32: enc_s(w, (int32_t)lo); break;
  case WFX_IMM_I64: enc_s(w, (int64_t)in->imm); break;
  case WFX_IMM_F32: enc_bits(w, in->imm, 4); break;
  case WFX_IMM_F64: enc_bits(w, in->imm, 8); break;
  case WFX_IMM_HEAP: case WFX_IMM_CAST: wfx__put_heaptype(w, lo); break;
  case WFX_IMM_BR_ON_CAST: enc_br_on_cast(w, imm_pool(c, in)); break;
  case WFX_IMM_TYPES: enc_value_types(w, imm_pool(c, in)); break;
  case WFX_IMM_TYPE_FIELD: case WFX_IMM_TYPE_N:
    enc_index(w, SPACE_TYPE, lo);
    enc_u(w, hi);
    break;
  case WFX_IMM_TYPE_DATA: enc_pair(w, SPACE_TYPE, lo, SPACE_DATA, hi); break;
  case WFX_IMM_TYPE_ELEM: enc_pair(w, SPACE_TYPE, lo, SPACE_ELEM, hi); break;
  case WFX_IMM_TYPE_TYPE: enc_pair(w, SPACE_TYPE, lo, SPACE_TYPE, hi); break;
  case WFX_IMM_TAG: enc_index(w, SPACE_TAG, lo); break;
  case WFX_IMM_TRY_TABLE: enc_try_table(w, c, in); break;
  case WFX_IMM_RESUME: case WFX_IMM_RESUME_THROW: enc_resume(w, c, in); break;
  case WFX_IMM_TYPE_TAG: enc_pair(w, SPACE_TYPE, lo, SPACE_TAG, hi); break;
  case WFX_IMM_FENCE: enc_byte(w, 0); break;
  }
}

/* Note where the next instruction of the body being placed comes from. */
static void note_place(struct writer *w, const struct inst *in) {
  struct places *p = w->places;
  struct func_place *f = &vec_last(&p->funcs);
  struct place at = {(uint32_t)(w->out.n - w->placed_from), {WFX_NO_ID, 0, 0}};
  if (in->pos < w->placed->positions.n) at.pos = w->placed->positions.data[in->pos];
  if (f->n != 0 && pos_equal(vec_last(&p->places).pos, at.pos)) return;
  if (vec_push(w->errs, &p->places, at)) f->n++;
}

/* Note the hint of an instruction that is about to be written. */
static void note_hint(struct writer *w, const struct inst *in) {
  struct hint hint = {w->func, (uint32_t)(w->out.n - w->body_at), (uint8_t)in->aux};
  (void)vec_push(w->errs, &w->hints, hint);
}

static void enc_insts(struct writer *w, const struct code *c, size_t first, size_t n) {
  for (size_t i = first; i < first + n; i++) {
    const struct inst *in = &c->insts.data[i];
    const struct op_info *op = &wfx__ops[in->op];
    if (w->placed) note_place(w, in);
    if (in->aux != 0 && op_takes_hint(in->op) && c != &w->m->const_code) note_hint(w, in);
    if (op->prefix == PREFIX_CORE) {
      enc_byte(w, (uint8_t)op->code);
    } else {
      enc_byte(w, op->prefix);
      enc_u(w, op->code);
    }
    enc_imm(w, c, in);
  }
}

void wfx__put_const(struct writer *w, struct expr e) {
  enc_insts(w, &w->m->const_code, e.first, e.n);
  enc_byte(w, (uint8_t)wfx__ops[WFX_OP_end].code);
}

/* ---- Bodies ------------------------------------------------------------------------------ */

/* The runs of locals in canonical form, none empty and no two that touch alike: how many there
 * are, and the runs themselves when writing. */
static uint32_t enc_runs(struct writer *w, const struct body *b, bool is_writing) {
  uint32_t n_runs = 0;
  for (size_t i = 0; i < b->runs.n;) {
    struct local_run run = b->runs.data[i++];
    run.type = wfx_valtype_strip(run.type);
    while (i < b->runs.n && wfx_valtype_strip(b->runs.data[i].type) == run.type)
      run.n += b->runs.data[i++].n;
    if (run.n == 0) continue;
    n_runs++;
    if (!is_writing) continue;
    enc_u(w, run.n);
    wfx__put_valtype(w, run.type);
  }
  return n_runs;
}

static void enc_body(struct writer *w, const struct body *b) {
  if (w->is_canonical) {
    enc_u(w, enc_runs(w, b, false));
    enc_runs(w, b, true);
  } else {
    enc_u(w, b->runs.n);
    for (size_t i = 0; i < b->runs.n; i++) {
      enc_u(w, b->runs.data[i].n);
      wfx__put_valtype(w, b->runs.data[i].type);
    }
  }
  enc_insts(w, &b->code, 0, b->code.insts.n);
}

/* The body, decoded into the scratch body if it was never opened. NULL on error. */
static const struct body *body_of(struct writer *w, uint32_t func) {
  const struct body *b = w->m->bodies.data[w->m->funcs.data[func].body];
  if (!b->bytes) return b;
  if (wfx__decode_body(w->m, &w->scratch, b->bytes, b->n_bytes, b->offset)) {
    wfx__hints_apply(w->m, func, &w->scratch, b->offset);
    return &w->scratch;
  }
  wfx__fail_copy(w->errs, &w->scratch.errs);
  return NULL;
}

/* Whether the bytes of an unopened body say what is to be written. */
static bool is_verbatim(const struct writer *w, const struct body *b) {
  return b->bytes && w->is_identity && !w->is_canonical &&
         w->m->ctx->dialect == WFX_DIALECT_CURRENT;
}

/* Begin to note the places of a function whose body is to be written at the end of out. */
static bool begin_places(struct writer *w, uint32_t func, const struct body *b) {
  if (!w->places) return true;
  struct func_place f = {.func = func, .first = w->places->places.n};
  w->placed = b->positions.n != 0 ? b : NULL;
  w->placed_from = w->out.n;
  return vec_push(w->errs, &w->places->funcs, f);
}

/* The body is n_bytes at the end of out; from is where the section's content begins. */
static void end_places(struct writer *w, size_t from, size_t n_bytes) {
  w->placed = NULL;
  if (!w->places || errs_is_set(w->errs)) return;
  struct func_place *f = &vec_last(&w->places->funcs);
  f->end = (uint32_t)(w->out.n - from); /* sections longer than that are refused */
  f->begin = f->end - (uint32_t)n_bytes;
}

static bool check_size(struct writer *w, uint32_t func, size_t n_bytes) {
  const struct decl *decl = &w->m->funcs.data[func].decl;
  struct text_buf name = {.n = 0};
  wfx__text_name(&name, decl->name, func);
  struct diag_more more = {.origin = loc_none(), .func = name.text};
  return wfx__write_limit(w, decl->loc, &more, n_bytes, w->m->ctx->limits.body_bytes,
                          "bytes in a function");
}

static bool write_body(struct writer *w, uint32_t func, size_t from) {
  const struct body *b = w->m->bodies.data[w->m->funcs.data[func].body];
  if (is_verbatim(w, b)) {
    enc_u(w, b->n_bytes);
    TRY(begin_places(w, func, b));
    enc_bytes(w, b->bytes, b->n_bytes);
    end_places(w, from, b->n_bytes);
    wfx__hints_keep(w, func);
    return true;
  }
  TRY(b = body_of(w, func));
  size_t begin = w->body_at = wfx__sized_begin(w);
  TRY(begin_places(w, func, b));
  enc_body(w, b);
  size_t n_bytes = w->out.n - begin;
  TRY(check_size(w, func, n_bytes));
  wfx__sized_end(w, begin);
  end_places(w, from, n_bytes);
  return !errs_is_set(w->errs);
}

bool wfx__write_code(struct writer *w) {
  struct wfx_module *m = w->m;
  size_t from = w->out.n;
  uint32_t n = 0;
  for (size_t i = 0; i < m->funcs.n; i++) n += m->funcs.data[i].decl.import == WFX_NO_ID;
  enc_u(w, n);
  for (uint32_t i = w->map.n[SPACE_FUNC] - n; i < w->map.n[SPACE_FUNC]; i++) {
    w->func = i;
    TRY(write_body(w, w->map.ids[SPACE_FUNC][i], from));
  }
  return n != 0;
}

/* ---- What the code needs ----------------------------------------------------------------- */

static void flag_func(struct writer *w, uint32_t func, uint8_t flag) {
  if (func < w->m->funcs.n) w->func_flags[func] |= flag;
}

static void scan_insts(struct writer *w, const struct code *c, size_t first, size_t n,
                       uint8_t flag) {
  for (size_t i = first; i < first + n; i++) {
    const struct inst *in = &c->insts.data[i];
    uint8_t imm = wfx__ops[in->op].imm;
    if (in->op == WFX_OP_ref_func) flag_func(w, imm_lo(in), flag);
    if (imm == WFX_IMM_DATA || imm == WFX_IMM_DATA_MEMORY || imm == WFX_IMM_TYPE_DATA)
      w->needs_data_count = true;
  }
}

static void scan_const(struct writer *w, struct expr e) {
  scan_insts(w, &w->m->const_code, e.first, e.n, FUNC_DECLARED);
}

/* The functions that occur outside bodies. Spec: Validation, Modules, C.refs. */
static void scan_decls(struct writer *w) {
  const struct wfx_module *m = w->m;
  for (size_t i = 0; i < m->exports.n; i++)
    if (m->exports.data[i].kind == WFX_EXTERN_FUNC)
      flag_func(w, m->exports.data[i].id, FUNC_DECLARED);
  for (size_t i = 0; i < m->globals.n; i++)
    if (m->globals.data[i].decl.import == WFX_NO_ID) scan_const(w, m->globals.data[i].init);
  for (size_t i = 0; i < m->tables.n; i++)
    if (m->tables.data[i].has_init) scan_const(w, m->tables.data[i].init);
  for (size_t i = 0; i < m->datas.n; i++)
    if (m->datas.data[i].mode == SEGMENT_ACTIVE) scan_const(w, m->datas.data[i].offset);
  for (size_t i = 0; i < m->elems.n; i++) {
    const struct elem *e = &m->elems.data[i];
    if (e->mode == SEGMENT_ACTIVE) scan_const(w, e->offset);
    for (size_t k = 0; k < e->funcs.n; k++) flag_func(w, e->funcs.data[k], FUNC_DECLARED);
    for (size_t k = 0; k < e->exprs.n; k++) scan_const(w, e->exprs.data[k]);
  }
}

/* Whether raw code may hold a ref.func of a function that is not declared: looked for byte by
 * byte, since the decoded module had them all declared and only few bodies need a closer
 * look. */
static bool may_name_func(const struct writer *w, const struct body *b) {
  const uint8_t *p = b->bytes, *end = b->bytes + b->n_bytes;
  int ref_func = (int)wfx__ops[WFX_OP_ref_func].code;
  while (p != end && (p = memchr(p, ref_func, (size_t)(end - p))) != NULL) {
    const uint8_t *at = ++p;
    uint64_t func;
    if (wfx__leb_read_u(&at, end, 32, &func) == LEB_OK && func < w->m->funcs.n &&
        !(w->func_flags[func] & FUNC_DECLARED))
      return true;
  }
  return false;
}

static bool fail_body(struct writer *w, uint32_t func, const char *what) {
  const struct decl *decl = &w->m->funcs.data[func].decl;
  if (decl->name.data)
    return wfx__fail(w->errs, WFX_MISUSE, decl->loc, "function $%s %s", decl->name.data, what);
  return wfx__fail(w->errs, WFX_MISUSE, decl->loc, "function %u %s", func, what);
}

static bool scan_body(struct writer *w, uint32_t func) {
  const struct func *f = &w->m->funcs.data[func];
  if (f->decl.import != WFX_NO_ID) return true;
  if (f->body == WFX_NO_ID) return fail_body(w, func, "has no body");
  const struct body *b = w->m->bodies.data[f->body];
  if (!b->is_finished) return fail_body(w, func, "has an open body");
  if (is_verbatim(w, b) && !may_name_func(w, b)) return true;
  uint8_t flag = w->m->infers_refs || b->is_built ? FUNC_NAMED : 0;
  TRY(b = body_of(w, func));
  scan_insts(w, &b->code, 0, b->code.insts.n, flag);
  return true;
}

bool wfx__scan_code(struct writer *w) {
  struct wfx_module *m = w->m;
  scan_decls(w);
  for (uint32_t i = 0; i < m->funcs.n; i++) TRY(scan_body(w, i));
  for (size_t i = 0; i < m->funcs.n; i++) w->n_undeclared += w->func_flags[i] == FUNC_NAMED;
  return true;
}
