/* read_body.c: bodies read instruction by instruction, with labels for depths and, on request,
 * the types of operands.
 *
 * Types come from the checker, stepped over the instructions one at a time. What an instruction
 * pushed is told apart from what lay on the stack before by its position: each is given to the
 * checker as if it had none, and afterwards the operands without a position are its results. So
 * what it popped is what the stack had above them. */
#include <assert.h>
#include <string.h>

#include "build/builder.h"

enum { NO_POS = 0 }; /* of operands that were there before */

struct wfx_reader {
  struct wfx_module *m;
  struct body view;          /* the body as it was when it was opened: all borrowed but errs */
  const struct code *code;   /* view.code, or the module's constants */
  bool is_const;
  size_t at, end;            /* instructions */
  uint32_t first;
  uint32_t n_params;
  const wfx_valtype *params;
  uint32_t n_labels;
  vec_u32 open;              /* labels of the open blocks, the function's first */
  vec_u32 copies;            /* by label: that of the copy, or WFX_NO_ID */
  /* Immediates of the last instruction; then those of its copy. */
  VEC(wfx_label) labels[2];
  VEC(wfx_catch) catches[2];
  VEC(wfx_on) clauses[2];
  /* With WFX_READ_TYPES. */
  bool has_types;
  struct checker check;
  struct inst one;           /* what is checked, without position */
  struct code one_code;
  VEC(wfx_valtype) stack;    /* types of check.stack before the instruction */
  VEC(wfx_valtype) operands, results;
};

/* ---- Opening and closing ----------------------------------------------------------------- */

static wfx_reader *new_reader(wfx_module *m) {
  wfx_reader *r = wfx__alloc_zero(m->ctx, sizeof *r);
  if (!r) return NULL;
  r->m = m;
  r->code = &r->view.code;
  r->n_labels = 1;
  wfx__body_init(&r->view, m->ctx);
  wfx__check_init(&r->check, m);
  return r;
}

void wfx_reader_close(wfx_reader *r) {
  if (!r) return;
  const wfx_ctx *ctx = r->m->ctx;
  for (int i = 0; i < 2; i++) {
    vec_free(ctx, &r->labels[i]);
    vec_free(ctx, &r->catches[i]);
    vec_free(ctx, &r->clauses[i]);
  }
  vec_free(ctx, &r->open);
  vec_free(ctx, &r->copies);
  vec_free(ctx, &r->stack);
  vec_free(ctx, &r->operands);
  vec_free(ctx, &r->results);
  wfx__check_free(&r->check);
  wfx__errs_free(&r->view.errs);
  wfx__free(ctx, r, sizeof *r);
}

/* The function's label, which stands for itself until the client says otherwise. */
static bool open_func_label(wfx_reader *r) {
  struct errs *e = &r->view.errs;
  return vec_push(e, &r->open, 0) && vec_push(e, &r->copies, 0);
}

static bool open_types(wfx_reader *r, uint32_t func) {
  r->has_types = true;
  r->one_code.insts.data = &r->one;
  r->one_code.insts.n = r->one_code.insts.cap = 1;
  r->one_code.pool = r->view.code.pool;
  TRY(wfx__check_begin(&r->check, func, &r->view));
  r->check.code = &r->one_code;
  return true;
}

static bool open_reader(wfx_reader *r, uint32_t func, uint32_t flags) {
  struct wfx_module *m = r->m;
  const struct func *f = &m->funcs.data[func];
  const struct type *t = f->type < m->types.types.n ? type_at(&m->types, f->type) : NULL;
  if (t && t->kind == WFX_TYPE_FUNC) {
    r->params = t->vals;
    r->n_params = t->n_params;
  }
  TRY(open_func_label(r));
  if (f->body == WFX_NO_ID) return true;
  const struct body *b = wfx__module_body(m, func);
  if (!b) {
    const struct errs *errs = &m->bodies.data[f->body]->errs;
    return wfx__fail_copy(&r->view.errs, errs_is_set(errs) ? errs : &m->errs);
  }
  if (!b->is_finished)
    return wfx__fail(&r->view.errs, WFX_MISUSE, loc_none(), "function %u has an open body",
                     func);
  struct errs errs = r->view.errs;
  r->view = *b;
  r->view.errs = errs;
  r->view.facts = NULL;
  r->end = r->view.code.insts.n;
  return !(flags & WFX_READ_TYPES) || open_types(r, func);
}

/* Hand out a reader that has an error as well, but for lack of memory. */
static wfx_reader *opened(wfx_reader *r, bool is_ok) {
  if (is_ok || errs_status(&r->view.errs) != WFX_NOMEM) return r;
  wfx_reader_close(r);
  return NULL;
}

wfx_reader *wfx_reader_open(wfx_module *m, wfx_func_id f, uint32_t flags) {
  assert(f.i < m->funcs.n);
  wfx_reader *r = new_reader(m);
  return r ? opened(r, open_reader(r, f.i, flags)) : NULL;
}

wfx_reader *wfx_reader_open_const(wfx_module *m, wfx_const expr) {
  wfx_reader *r = new_reader(m);
  if (!r) return NULL;
  r->code = &m->const_code;
  r->is_const = true;
  r->at = r->first = expr.first;
  r->end = (size_t)expr.first + expr.n;
  return opened(r, open_func_label(r));
}

const wfx_diag *wfx_reader_diag(const wfx_reader *r) { return wfx__errs_diag(&r->view.errs); }

/* ---- Locals and names -------------------------------------------------------------------- */

uint32_t wfx_reader_n_locals(const wfx_reader *r) { return r->n_params + r->view.n_locals; }

wfx_valtype wfx_reader_local_type(const wfx_reader *r, wfx_local_id local) {
  if (local.i < r->n_params) return wfx_valtype_strip(r->params[local.i]);
  uint32_t i = local.i - r->n_params;
  for (size_t k = 0; k < r->view.runs.n; k++) {
    const struct local_run *run = &r->view.runs.data[k];
    if (i < run->n) return wfx_valtype_strip(run->type);
    i -= run->n;
  }
  return WFX_BOT;
}

static wfx_str name_at(const vec_names *names, uint32_t index) {
  size_t lo = 0, hi = names->n;
  while (lo < hi) {
    size_t mid = lo + (hi - lo) / 2;
    if (names->data[mid].index < index) lo = mid + 1;
    else hi = mid;
  }
  const wfx_str none = {NULL, 0};
  return lo < names->n && names->data[lo].index == index ? names->data[lo].name : none;
}

wfx_str wfx_reader_local_name(const wfx_reader *r, wfx_local_id local) {
  return name_at(&r->view.local_names, local.i);
}

wfx_str wfx_reader_label_name(const wfx_reader *r, wfx_label label) {
  const wfx_str none = {NULL, 0};
  return label.i == 0 ? none : name_at(&r->view.label_names, label.i - 1);
}

/* ---- Immediates -------------------------------------------------------------------------- */

/* The block that a depth means; WFX_NO_ID where the body is wrong. */
static wfx_label label_of(const wfx_reader *r, uint64_t depth) {
  wfx_label label = {WFX_NO_ID};
  if (depth < r->open.n) label.i = r->open.data[r->open.n - 1 - (size_t)depth];
  return label;
}

static wfx_blocktype block_of(uint32_t lo, uint32_t hi) {
  wfx_blocktype bt = {wfx_valtype_strip(lo), hi};
  return bt;
}

static bool read_labels(wfx_reader *r, const uint32_t *p, wfx_imms *imm) {
  r->labels[0].n = 0;
  TRY(vec_reserve(&r->view.errs, &r->labels[0], p[0]));
  for (uint32_t i = 0; i < p[0]; i++)
    r->labels[0].data[r->labels[0].n++] = label_of(r, p[1 + i]);
  imm->br_table.labels = r->labels[0].data;
  imm->br_table.n_labels = p[0];
  imm->br_table.otherwise = label_of(r, p[1 + p[0]]);
  return true;
}

static bool read_catch_list(wfx_reader *r, const uint32_t *p, wfx_imms *imm) {
  static const wfx_catch_kind kinds[] = {[CATCH] = WFX_CATCH, [CATCH_REF] = WFX_CATCH_REF,
                                         [CATCH_ALL] = WFX_CATCH_ALL,
                                         [CATCH_ALL_REF] = WFX_CATCH_ALL_REF};
  r->catches[0].n = 0;
  TRY(vec_reserve(&r->view.errs, &r->catches[0], p[2]));
  for (uint32_t i = 0; i < p[2]; i++) {
    const uint32_t *w = p + 3 + 3 * (size_t)i;
    wfx_catch c = {kinds[w[0] & 3], {w[1]}, label_of(r, w[2])};
    r->catches[0].data[r->catches[0].n++] = c;
  }
  imm->try_table.type = block_of(p[0], p[1]);
  imm->try_table.catches = r->catches[0].data;
  imm->try_table.n_catches = p[2];
  return true;
}

static bool read_clause_list(wfx_reader *r, const uint32_t *p, wfx_imms *imm) {
  r->clauses[0].n = 0;
  TRY(vec_reserve(&r->view.errs, &r->clauses[0], p[2]));
  for (uint32_t i = 0; i < p[2]; i++) {
    const uint32_t *w = p + 3 + 3 * (size_t)i;
    wfx_on on = {WFX_ON, {w[1]}, {WFX_NO_ID}, {WFX_NO_ID}};
    if (w[0] == CLAUSE_SWITCH) on.kind = WFX_ON_SWITCH;
    if (w[0] == CLAUSE_ON_REF) on = (wfx_on){WFX_ON_REF, {WFX_NO_ID}, {w[1]}, {WFX_NO_ID}};
    if (w[0] != CLAUSE_SWITCH) on.label = label_of(r, w[2]);
    r->clauses[0].data[r->clauses[0].n++] = on;
  }
  imm->resume.type.i = p[0];
  imm->resume.tag.i = p[1];
  imm->resume.clauses = r->clauses[0].data;
  imm->resume.n_clauses = p[2];
  return true;
}

static void read_memarg_imm(const struct code *c, const struct inst *in, wfx_imms *imm) {
  struct imm_memarg a = imm_memarg(c, in);
  imm->memarg.memarg.offset = a.offset;
  imm->memarg.memarg.mem.i = a.mem;
  imm->memarg.memarg.align = a.align;
  imm->memarg.lane = a.lane;
}

static void read_bytes_imm(const uint32_t *p, wfx_imms *imm) {
  for (unsigned i = 0; i < 16; i++) imm->v128.bytes[i] = (uint8_t)(p[i / 4] >> i % 4 * 8);
}

static void read_br_on_cast_imm(const wfx_reader *r, const uint32_t *p, wfx_imms *imm) {
  imm->br_on_cast.label = label_of(r, p[0]);
  imm->br_on_cast.from = p[1];
  imm->br_on_cast.to = p[2];
}

/* Two handles. */
#define PAIR(member, a, b) (imm->member.a.i = lo, imm->member.b.i = hi)

static bool read_imms(wfx_reader *r, const struct inst *in, wfx_imms *imm) {
  uint32_t lo = imm_lo(in), hi = imm_hi(in);
  memset(imm, 0, sizeof *imm);
  switch ((wfx_imm)wfx__ops[in->op].imm) {
  case WFX_IMM_NONE: case WFX_IMM_FENCE: break;
  case WFX_IMM_BLOCK: imm->block = block_of(lo, hi); break;
  case WFX_IMM_LABEL: imm->label = label_of(r, in->imm); break;
  case WFX_IMM_BR_TABLE: return read_labels(r, imm_pool(r->code, in), imm);
  case WFX_IMM_FUNC: imm->func.i = lo; break;
  case WFX_IMM_CALL_INDIRECT: PAIR(call_indirect, type, table); break;
  case WFX_IMM_TYPE: imm->type.i = lo; break;
  case WFX_IMM_LOCAL: imm->local.i = lo; break;
  case WFX_IMM_GLOBAL: imm->global.i = lo; break;
  case WFX_IMM_TABLE: imm->table.i = lo; break;
  case WFX_IMM_TABLE_TABLE: PAIR(table_table, to, from); break;
  case WFX_IMM_ELEM_TABLE: PAIR(elem_table, table, elem); break;
  case WFX_IMM_ELEM: imm->elem.i = lo; break;
  case WFX_IMM_MEMORY: imm->memory.i = lo; break;
  case WFX_IMM_MEMORY_MEMORY: PAIR(memory_memory, to, from); break;
  case WFX_IMM_DATA_MEMORY: PAIR(data_memory, mem, data); break;
  case WFX_IMM_DATA: imm->data.i = lo; break;
  case WFX_IMM_MEMARG: case WFX_IMM_MEMARG_LANE: read_memarg_imm(r->code, in, imm); break;
  case WFX_IMM_LANE: imm->lane = (uint8_t)lo; break;
  case WFX_IMM_SHUFFLE: case WFX_IMM_V128: read_bytes_imm(imm_pool(r->code, in), imm); break;
  case WFX_IMM_I32: memcpy(&imm->i32, &lo, sizeof lo); break;
  case WFX_IMM_I64: memcpy(&imm->i64, &in->imm, sizeof in->imm); break;
  case WFX_IMM_F32: memcpy(&imm->f32, &lo, sizeof lo); break;
  case WFX_IMM_F64: memcpy(&imm->f64, &in->imm, sizeof in->imm); break;
  case WFX_IMM_HEAP: case WFX_IMM_CAST: imm->heap = lo; break;
  case WFX_IMM_BR_ON_CAST: read_br_on_cast_imm(r, imm_pool(r->code, in), imm); break;
  case WFX_IMM_TYPES:
    imm->types.types = imm_pool(r->code, in) + 1;
    imm->types.n_types = imm_pool(r->code, in)[0];
    break;
  case WFX_IMM_TYPE_FIELD:
    imm->type_field.type.i = lo;
    imm->type_field.field = hi;
    break;
  case WFX_IMM_TYPE_N:
    imm->type_n.type.i = lo;
    imm->type_n.n = hi;
    break;
  case WFX_IMM_TYPE_DATA: PAIR(type_data, type, data); break;
  case WFX_IMM_TYPE_ELEM: PAIR(type_elem, type, elem); break;
  case WFX_IMM_TYPE_TYPE: PAIR(type_type, type, type2); break;
  case WFX_IMM_TYPE_TAG: PAIR(type_tag, type, tag); break;
  case WFX_IMM_TAG: imm->tag.i = lo; break;
  case WFX_IMM_TRY_TABLE: return read_catch_list(r, imm_pool(r->code, in), imm);
  case WFX_IMM_RESUME: case WFX_IMM_RESUME_THROW:
    return read_clause_list(r, imm_pool(r->code, in), imm);
  }
  return true;
}

/* ---- Types ------------------------------------------------------------------------------- */

/* The operands that the last step pushed go to r->results; returns how many are below them. */
static bool take_results(wfx_reader *r, size_t *n_below) {
  size_t n = r->check.stack.n, below = n;
  while (below > 0 && r->check.stack.data[below - 1].pos == WFX_NO_ID) below--;
  r->results.n = 0;
  TRY(vec_reserve(&r->view.errs, &r->results, n - below));
  for (size_t i = below; i < n; i++) {
    r->check.stack.data[i].pos = NO_POS;
    r->results.data[r->results.n++] = r->check.stack.data[i].type;
  }
  *n_below = below;
  return true;
}

/* Keep the operands, which lie from `first` on in the stack as it was, and make that the stack
 * as it is now. */
static bool take_operands(wfx_reader *r, size_t first, size_t n_below) {
  struct errs *e = &r->view.errs;
  if (first > r->stack.n) first = r->stack.n;
  r->operands.n = 0;
  TRY(vec_reserve(e, &r->operands, r->stack.n - first));
  for (size_t i = first; i < r->stack.n; i++)
    r->operands.data[r->operands.n++] = r->stack.data[i];
  r->stack.n = n_below;
  TRY(vec_reserve(e, &r->stack, r->results.n));
  for (size_t i = 0; i < r->results.n; i++)
    r->stack.data[r->stack.n++] = r->results.data[i];
  return true;
}

static bool read_operand_types(wfx_reader *r, const struct inst *in, wfx_inst *out) {
  struct checker *c = &r->check;
  size_t n_below;
  if (check_is_done(c)) return wfx__check_fail(c, "unexpected end of function");
  out->is_reachable = !vec_last(&c->frames).is_unreachable;
  r->one = *in;
  r->one.pos = WFX_NO_ID;
  c->dropped_from = UINT32_MAX;
  TRY(wfx__check_step(c, 0));
  TRY(take_results(r, &n_below));
  /* Behind a branch nothing is left, though it took no more than its operands. */
  size_t first = c->dropped_from == UINT32_MAX ? n_below : c->dropped_from;
  TRY(take_operands(r, first, n_below));
  out->operands = r->operands.data;
  out->n_operands = r->operands.n;
  out->results = r->results.data;
  out->n_results = r->results.n;
  return true;
}

/* ---- Instructions ------------------------------------------------------------------------ */

static bool is_opening(wfx_op op) {
  wfx_imm kind = wfx_op_imm(op);
  return kind == WFX_IMM_BLOCK || kind == WFX_IMM_TRY_TABLE;
}

/* Blocks, before and behind the instruction. */
static bool read_blocks(wfx_reader *r, wfx_inst *out) {
  bool is_of_block = out->op == WFX_OP_else || out->op == WFX_OP_end;
  size_t n = r->open.n;
  out->block = label_of(r, 0);
  if (n > 0) out->depth = (uint32_t)(n - 1 - (is_of_block && n > 1));
  out->opens.i = WFX_NO_ID;
  if (out->op == WFX_OP_end && n > 0) r->open.n--;
  if (!is_opening(out->op)) return true;
  out->opens.i = r->n_labels++;
  return vec_push(&r->view.errs, &r->open, out->opens.i) &&
         vec_push(&r->view.errs, &r->copies, WFX_NO_ID);
}

bool wfx_reader_next(wfx_reader *r, wfx_inst *out) {
  if (errs_is_set(&r->view.errs) || r->at == r->end) return false;
  const struct inst *in = &r->code->insts.data[r->at];
  memset(out, 0, sizeof *out);
  out->op = (wfx_op)in->op;
  out->hint = op_takes_hint(in->op) ? (wfx_hint)in->aux : WFX_HINT_NONE;
  out->index = (uint32_t)r->at - r->first;
  out->loc = wfx__module_pos(r->m, r->is_const ? NULL : &r->view, in->pos);
  out->is_reachable = true;
  TRY(read_imms(r, in, &out->imm));
  if (r->has_types) TRY(read_operand_types(r, in, out));
  TRY(read_blocks(r, out));
  r->at++;
  return true;
}

/* ---- Copying ----------------------------------------------------------------------------- */

wfx_label wfx_reader_get_label(const wfx_reader *r, wfx_label label) {
  wfx_label to = {label.i < r->copies.n ? r->copies.data[label.i] : WFX_NO_ID};
  return to;
}

void wfx_reader_set_label(wfx_reader *r, wfx_label label, wfx_label to) {
  if (label.i < r->copies.n) r->copies.data[label.i] = to.i;
}

/* Replace the labels of immediates, in copies of the arrays. */
static bool map_labels(wfx_reader *r, wfx_op op, wfx_imms *imm) {
  struct errs *e = &r->view.errs;
  wfx_imm kind = wfx_op_imm(op);
  if (kind == WFX_IMM_LABEL) {
    imm->label = wfx_reader_get_label(r, imm->label);
  } else if (kind == WFX_IMM_BR_ON_CAST) {
    imm->br_on_cast.label = wfx_reader_get_label(r, imm->br_on_cast.label);
  } else if (kind == WFX_IMM_BR_TABLE) {
    r->labels[1].n = 0;
    TRY(vec_reserve(e, &r->labels[1], imm->br_table.n_labels));
    for (size_t i = 0; i < imm->br_table.n_labels; i++)
      r->labels[1].data[i] = wfx_reader_get_label(r, imm->br_table.labels[i]);
    imm->br_table.labels = r->labels[1].data;
    imm->br_table.otherwise = wfx_reader_get_label(r, imm->br_table.otherwise);
  } else if (kind == WFX_IMM_TRY_TABLE) {
    r->catches[1].n = 0;
    TRY(vec_reserve(e, &r->catches[1], imm->try_table.n_catches));
    for (size_t i = 0; i < imm->try_table.n_catches; i++) {
      wfx_catch c = imm->try_table.catches[i];
      c.label = wfx_reader_get_label(r, c.label);
      r->catches[1].data[i] = c;
    }
    imm->try_table.catches = r->catches[1].data;
  } else if (kind == WFX_IMM_RESUME || kind == WFX_IMM_RESUME_THROW) {
    r->clauses[1].n = 0;
    TRY(vec_reserve(e, &r->clauses[1], imm->resume.n_clauses));
    for (size_t i = 0; i < imm->resume.n_clauses; i++) {
      wfx_on on = imm->resume.clauses[i];
      if (on.kind != WFX_ON_SWITCH) on.label = wfx_reader_get_label(r, on.label);
      r->clauses[1].data[i] = on;
    }
    imm->resume.clauses = r->clauses[1].data;
  }
  return true;
}

wfx_label wfx_reader_copy(wfx_reader *r, wfx_body *b, const wfx_inst *in) {
  wfx_label none = {WFX_NO_ID}, copy;
  bool is_last = in->op == WFX_OP_end && in->block.i == 0 && !r->is_const;
  if (!b || errs_is_set(&b->body->errs)) return none;
  /* What was decoded has an offset for its position, which means nothing in the new body. */
  if (in->loc.offset == UINT64_MAX)
    wfx_body_at(b, in->loc.file, in->loc.line, in->loc.column);
  if (is_last) return none;
  wfx_inst to = *in;
  if (!map_labels(r, to.op, &to.imm)) {
    wfx__fail_nomem(&b->body->errs);
    return none;
  }
  copy = wfx_body_emit(b, &to);
  if (in->opens.i == WFX_NO_ID || copy.i == WFX_NO_ID) return copy;
  wfx_reader_set_label(r, in->opens, copy);
  wfx_str name = wfx_reader_label_name(r, in->opens);
  if (name.data) wfx__body_name_label(b, copy, name);
  return copy;
}
