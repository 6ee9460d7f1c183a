/* check.c: the checker's machine: stacks, frames, errors, and rows with plain signatures.
 *
 * The rules of other rows are in check_control.c, check_ref.c, check_bulk.c and check_cont.c. */
#include "valid/check.h"

#include <assert.h>
#include <stdarg.h>
#include <string.h>

#include "ir/feature.h"
#include "ir/name.h"
#include "valid/hot.h"

/* So many locals of a body are filled in at once. */
enum { N_FILLED_LOCALS = 64 };

void wfx__check_init(struct checker *c, struct wfx_module *m) {
  memset(c, 0, sizeof *c);
  c->m = m;
  c->ts = &m->types;
}

void wfx__check_free(struct checker *c) {
  const wfx_ctx *ctx = c->m->ctx;
  vec_free(ctx, &c->stack);
  vec_free(ctx, &c->frames);
  vec_free(ctx, &c->locals);
  vec_free(ctx, &c->run_ends);
  vec_free(ctx, &c->inits);
}

/* ---- Errors ------------------------------------------------------------------------------ */

static wfx_loc pos_loc(const struct checker *c, uint32_t pos) {
  return wfx__module_pos(c->m, c->pos_body, pos);
}

/* The operands of the innermost block, as text. */
static void stack_text(const struct checker *c, struct text_buf *t) {
  size_t from = c->frames.n ? vec_last(&c->frames).height : 0;
  wfx__text_str(t, "[", 1);
  if (c->frames.n && vec_last(&c->frames).is_unreachable) wfx__text_str(t, "... ", 4);
  for (size_t i = from; i < c->stack.n; i++) {
    if (i != from) wfx__text_str(t, " ", 1);
    wfx__text_val(t, c->ts, c->stack.data[i].type);
  }
  wfx__text_str(t, "]", 1);
}

static struct diag_more more_of(const struct checker *c, struct text_buf *func) {
  struct diag_more more = {.call = c->call, .origin = loc_none()};
  if (c->in) more.instruction = wfx__ops[c->in->op].text;
  if (c->func != WFX_NO_ID) {
    wfx__text_name(func, c->m->funcs.data[c->func].decl.name, c->func);
    more.func = func->text;
  }
  return more;
}

bool wfx__check_fail(struct checker *c, const char *fmt, ...) {
  struct text_buf func = {.n = 0}, stack = {.n = 0};
  stack_text(c, &stack);
  struct diag_more more = more_of(c, &func);
  more.stack = stack.text;
  va_list args;
  va_start(args, fmt);
  wfx__vfail_more(c->errs, WFX_INVALID, pos_loc(c, c->in ? c->in->pos : WFX_NO_ID), &more, fmt,
                  &args);
  va_end(args);
  return false;
}

bool wfx__check_mismatch(struct checker *c, const wfx_valtype *expected, size_t n_expected,
                         size_t which, wfx_valtype found, uint32_t pos) {
  struct text_buf func = {.n = 0}, stack = {.n = 0}, all = {.n = 0}, one = {.n = 0},
                  got = {.n = 0};
  stack_text(c, &stack);
  struct diag_more more = more_of(c, &func);
  wfx__text_vals(&all, c->ts, expected, n_expected);
  if (which < n_expected) wfx__text_val(&one, c->ts, expected[which]);
  else wfx__text_str(&one, "nothing", 7);
  bool is_empty = pos == WFX_NO_ID && found == WFX_BOT;
  if (is_empty) wfx__text_str(&got, "nothing", 7);
  else wfx__text_val(&got, c->ts, found);
  more.stack = stack.text;
  more.expected = all.text;
  more.found = got.text;
  if (!is_empty) more.origin = pos_loc(c, pos);
  return wfx__fail_more(c->errs, WFX_INVALID, pos_loc(c, c->in ? c->in->pos : WFX_NO_ID), &more,
                        "type mismatch: expected %s, found %s", one.text, got.text);
}

/* ---- The operand stack ------------------------------------------------------------------- */

/* Values have sizes for the engine only. */
void wfx__check_grow_slots(struct checker *c, wfx_valtype t) {
  c->slots += wfx__val_slots(c->ts, t);
  if (c->slots > c->max_slots) c->max_slots = c->slots;
}

bool wfx__push(struct checker *c, wfx_valtype t) { return check_push(c, wfx_valtype_strip(t)); }

bool wfx__push_vals(struct checker *c, const wfx_valtype *ts, size_t n) {
  for (size_t i = 0; i < n; i++) TRY(wfx__push(c, ts[i]));
  return true;
}

/* Take the top operand if the innermost block has one. */
static bool take(struct checker *c, struct operand *out) {
  if (c->stack.n == c->height) {
    *out = (struct operand){WFX_BOT, WFX_NO_ID};
    return vec_last(&c->frames).is_unreachable;
  }
  *out = c->stack.data[--c->stack.n];
  if (c->wants_facts) c->slots -= wfx__val_slots(c->ts, out->type);
  return true;
}

bool wfx__pop_any(struct checker *c, struct operand *out) {
  if (take(c, out)) return true;
  return wfx__check_fail(c, "type mismatch: expected a value, found nothing");
}

bool wfx__pop_vals(struct checker *c, const wfx_valtype *ts, size_t n) {
  size_t height = c->stack.n;
  for (size_t i = n; i-- > 0;) {
    struct operand o;
    if (take(c, &o) && (o.type == ts[i] || wfx__match_val(c->ts, o.type, ts[i]))) continue;
    c->stack.n = height; /* show the stack as the instruction found it */
    return wfx__check_mismatch(c, ts, n, i, o.type, o.pos);
  }
  return true;
}

bool wfx__pop(struct checker *c, wfx_valtype t) { return wfx__pop_vals(c, &t, 1); }

bool wfx__pop_ref(struct checker *c, wfx_valtype *out) {
  struct operand o;
  size_t height = c->stack.n;
  TRY(wfx__pop_any(c, &o));
  if (o.type == WFX_BOT) o.type = wfx_ref(WFX_HEAP_BOT);
  *out = o.type;
  if (wfx_is_ref(o.type)) return true;
  c->stack.n = height;
  struct text_buf found = {.n = 0};
  wfx__text_val(&found, c->ts, o.type);
  return wfx__check_fail(c, "type mismatch: expected a reference, found %s", found.text);
}

void wfx__check_unreachable(struct checker *c) {
  struct frame *f = &vec_last(&c->frames);
  c->dropped_from = (uint32_t)c->stack.n;
  c->stack.n = f->height;
  c->slots = f->slots;
  f->is_unreachable = true;
}

/* ---- What immediates name ---------------------------------------------------------------- */

static const char *const kind_texts[] = {
    [WFX_TYPE_UNDEFINED] = "undefined", [WFX_TYPE_FUNC] = "function",
    [WFX_TYPE_STRUCT] = "structure",    [WFX_TYPE_ARRAY] = "array",
    [WFX_TYPE_CONT] = "continuation",   [WFX_TYPE_HANDLER] = "handler",
    [WFX_TYPE_TAG] = "tag",
};

const struct type *wfx__check_type(struct checker *c, uint32_t i, wfx_type_kind kind) {
  if (i >= c->ts->types.n) {
    wfx__check_fail(c, "unknown type %u", i);
    return NULL;
  }
  const struct type *t = type_at(c->ts, i);
  if (t->kind == (uint8_t)kind) return t;
  struct text_buf name = {.n = 0};
  wfx__text_name(&name, t->name, i);
  if (t->kind == WFX_TYPE_UNDEFINED)
    wfx__check_fail(c, "type %s is declared but not defined", name.text);
  else wfx__check_fail(c, "non-%s type %s", kind_texts[kind], name.text);
  return NULL;
}

const struct type *wfx__check_target(struct checker *c, uint32_t i, wfx_type_kind kind) {
  const struct type *t = wfx__check_type(c, i, kind);
  return t ? wfx__check_type(c, t->target, WFX_TYPE_FUNC) : NULL;
}

const struct type *wfx__check_tag(struct checker *c, uint32_t tag) {
  if (tag < c->m->tags.n) return wfx__check_type(c, c->m->tags.data[tag].type, WFX_TYPE_FUNC);
  wfx__check_fail(c, "unknown tag %u", tag);
  return NULL;
}

bool wfx__check_need(struct checker *c, uint64_t features, const char *what) {
  uint64_t lacking = features & ~c->m->ctx->features & ~(UINT64_C(1) << WFX_FEATURE_MVP);
  if (lacking == 0) return true;
  wfx_loc loc = loc_none();
  if (c->in) loc = pos_loc(c, c->in->pos);
  else if (c->func != WFX_NO_ID) loc = c->m->funcs.data[c->func].decl.loc; /* of a local */
  return wfx__fail(c->errs, WFX_UNSUPPORTED, loc, "unsupported: %s needs the feature %s", what,
                   wfx_feature_text(wfx__feature_first(lacking)));
}

static bool check_type_known(struct checker *c, uint32_t i) {
  return i == WFX_NO_ID || i < c->ts->types.n || wfx__check_fail(c, "unknown type %u", i);
}

bool wfx__check_val(struct checker *c, wfx_valtype t) {
  return check_type_known(c, val_type(t)) &&
         wfx__check_need(c, wfx__val_features(t), "this type of values");
}

bool wfx__check_heap(struct checker *c, wfx_heaptype heap) {
  return check_type_known(c, val_type(wfx_ref(heap))) &&
         wfx__check_need(c, wfx__heap_features(heap), "this heap type");
}

bool wfx__check_block(struct checker *c, uint64_t block) {
  uint32_t lo = (uint32_t)block, hi = (uint32_t)(block >> 32);
  if (hi == 0) return wfx__check_val(c, lo);
  return wfx__check_type(c, hi - 1, WFX_TYPE_FUNC) &&
         wfx__check_need(c, UINT64_C(1) << WFX_FEATURE_MULTI_VALUE, "this block type");
}

/* ---- Frames ------------------------------------------------------------------------------ */

bool wfx__check_add_fact(struct checker *c, struct fact f) {
  struct body *b = c->body;
  if (b->n_facts == b->cap_facts)
    TRY(wfx__vec_reserve(c->errs, (void **)(void *)&b->facts, &b->cap_facts, b->n_facts + 1,
                         sizeof *b->facts));
  f.inst = c->inst;
  f.is_reachable = !vec_last(&c->frames).is_unreachable;
  b->facts[b->n_facts++] = f;
  return true;
}

bool wfx__check_open(struct checker *c, uint16_t op, uint64_t block) {
  if (c->frames.n > c->m->ctx->limits.nesting) /* one frame is the function's */
    return wfx__check_fail(c, "nesting too deep: more than %u blocks",
                           c->m->ctx->limits.nesting);
  struct frame f = {.op = op, .block = block, .inst = c->inst};
  struct block_types t = block_types(c->ts, block, &f.one);
  TRY(wfx__pop_vals(c, t.params, t.n_params));
  f.label = c->n_labels++;
  f.height = (uint32_t)c->stack.n;
  f.n_inits = (uint32_t)c->inits.n;
  f.slots = c->slots;
  if (c->wants_facts) f.fact = (uint32_t)c->body->n_facts;
  struct fact fact = {.height = c->slots, .end = WFX_NO_ID, .other = WFX_NO_ID};
  TRY(check_fact(c, fact));
  TRY(vec_push(c->errs, &c->frames, f));
  c->height = f.height;
  return wfx__push_vals(c, t.params, t.n_params);
}

void wfx__check_close(struct checker *c) {
  c->slots = vec_last(&c->frames).slots;
  c->frames.n--;
  c->height = c->frames.n == 0 ? 0 : vec_last(&c->frames).height;
}

static void reset(struct checker *c) {
  c->stack.n = c->frames.n = c->locals.n = c->run_ends.n = c->inits.n = 0;
  c->n_labels = c->slots = c->max_slots = c->inst = c->height = 0;
  c->pos = WFX_NO_ID;
  c->in = NULL;
  c->n_bodies++;
}

/* ---- Locals ------------------------------------------------------------------------------ */

/* Room for n locals, none of them filled in. */
static bool reserve_locals(struct checker *c, uint64_t n) {
  size_t old = c->locals.cap;
  if (n > SIZE_MAX) return wfx__fail_nomem(c->errs);
  TRY(vec_reserve(c->errs, &c->locals, (size_t)n - c->locals.n));
  for (; old < c->locals.cap; old++) c->locals.data[old].filled = 0;
  return true;
}

static struct local_state local_of(const struct checker *c, wfx_valtype type) {
  return (struct local_state){wfx_valtype_strip(type) | (wfx__is_defaultable(type) ? 0 : LOCAL_UNSET),
                        c->n_bodies};
}

bool wfx__check_add_local(struct checker *c, wfx_valtype type) {
  TRY(reserve_locals(c, (uint64_t)c->locals.n + 1));
  c->locals.data[c->locals.n++] = local_of(c, type);
  return true;
}

/* The parameters, set from the beginning, then the runs. */
static bool begin_locals(struct checker *c, const struct type *t, const struct body *body) {
  uint64_t n = t->n_params;
  TRY(reserve_locals(c, n));
  for (; c->locals.n < n; c->locals.n++)
    c->locals.data[c->locals.n] =
        (struct local_state){wfx_valtype_strip(t->vals[c->locals.n]), c->n_bodies};
  TRY(vec_reserve(c->errs, &c->run_ends, body->runs.n));
  for (size_t r = 0; r < body->runs.n; r++) {
    TRY(wfx__check_val(c, body->runs.data[r].type));
    n += body->runs.data[r].n;
    c->run_ends.data[c->run_ends.n++] = (uint32_t)n;
  }
  TRY(reserve_locals(c, n));
  uint64_t n_filled = t->n_params + N_FILLED_LOCALS;
  for (size_t r = 0; r < body->runs.n && c->locals.n < n_filled; r++)
    while (c->locals.n < c->run_ends.data[r] && c->locals.n < n_filled)
      c->locals.data[c->locals.n++] = local_of(c, body->runs.data[r].type);
  c->locals.n = (size_t)n;
  return true;
}

struct local_state *wfx__check_find_local(struct checker *c, uint32_t i) {
  if (i >= c->locals.n) {
    wfx__check_fail(c, "unknown local %u", i);
    return NULL;
  }
  /* The run it is in: the first that ends behind it. */
  size_t lo = 0, hi = c->run_ends.n;
  while (lo < hi) {
    size_t mid = lo + (hi - lo) / 2;
    if (c->run_ends.data[mid] <= i) lo = mid + 1;
    else hi = mid;
  }
  c->locals.data[i] = local_of(c, c->body->runs.data[lo].type);
  return &c->locals.data[i];
}

bool wfx__check_set_local(struct checker *c, uint32_t i) {
  c->locals.data[i].type &= ~LOCAL_UNSET;
  return vec_push(c->errs, &c->inits, i);
}

/* ---- Begin and end ----------------------------------------------------------------------- */

bool wfx__check_begin(struct checker *c, uint32_t func, struct body *body) {
  reset(c);
  c->body = body;
  c->pos_body = body;
  c->code = &body->code;
  c->errs = &body->errs;
  c->func = func;
  uint32_t type = c->m->funcs.data[func].type;
  const struct type *t = wfx__check_type(c, type, WFX_TYPE_FUNC);
  if (!t) return false;
  TRY(begin_locals(c, t, body));
  struct frame f = {.op = FRAME_FUNC, .block = imm_pair(0, type + 1), .label = c->n_labels++};
  return vec_push(c->errs, &c->frames, f);
}

bool wfx__check_begin_const(struct checker *c, const struct code *code, wfx_valtype type,
                            uint32_t n_globals) {
  reset(c);
  c->body = NULL;
  c->pos_body = NULL;
  c->code = code;
  c->errs = &c->m->errs;
  c->func = WFX_NO_ID;
  c->n_globals = n_globals;
  struct frame f = {.op = FRAME_FUNC, .block = type, .label = c->n_labels++};
  return vec_push(c->errs, &c->frames, f);
}

bool wfx__check_end_const(struct checker *c) {
  struct frame *f = &vec_last(&c->frames);
  struct block_types t = check_frame_types(c, f);
  TRY(wfx__pop_vals(c, t.results, t.n_results));
  if (c->stack.n != 0)
    return wfx__check_mismatch(c, NULL, 0, 0, vec_last(&c->stack).type, vec_last(&c->stack).pos);
  c->frames.n = 0;
  return true;
}

/* ---- Steps ------------------------------------------------------------------------------- */

static wfx_valtype letter_type(const struct checker *c, char letter) {
  switch (letter) {
  case 'i': return WFX_I32;
  case 'l': return WFX_I64;
  case 'f': return WFX_F32;
  case 'd': return WFX_F64;
  case 'v': return WFX_V128;
  }
  /* 'm': the address type of the memory or table named. */
  if (wfx__ops[c->in->op].imm == WFX_IMM_TABLE)
    return address_type(c->m->tables.data[imm_lo(c->in)].limits.is_64);
  uint32_t mem = imm_lo(c->in);
  switch (wfx__ops[c->in->op].imm) {
  case WFX_IMM_MEMARG: case WFX_IMM_MEMARG_LANE: mem = imm_hi(c->in); break;
  }
  return mem_address(c, mem);
}

/* Immediates of rows with plain signatures. */
static bool check_plain_imm(struct checker *c, const struct inst *in) {
  switch ((wfx_imm)wfx__ops[in->op].imm) {
  case WFX_IMM_MEMARG:
  case WFX_IMM_MEMARG_LANE:
    return check_memarg(c, imm_memarg(c->code, in), wfx__op_natural_align((wfx_op)in->op),
                        wfx__ops[in->op].prefix == PREFIX_ATOMIC);
  case WFX_IMM_MEMORY: return check_mem(c, imm_lo(in));
  case WFX_IMM_DATA_MEMORY:
    TRY(check_mem(c, imm_lo(in)));
    return imm_hi(in) < c->m->datas.n ||
           wfx__check_fail(c, "unknown data segment %u", imm_hi(in));
  case WFX_IMM_DATA:
    return imm_lo(in) < c->m->datas.n ||
           wfx__check_fail(c, "unknown data segment %u", imm_lo(in));
  case WFX_IMM_TABLE:
    return imm_lo(in) < c->m->tables.n || wfx__check_fail(c, "unknown table %u", imm_lo(in));
  case WFX_IMM_ELEM:
    return imm_lo(in) < c->m->elems.n ||
           wfx__check_fail(c, "unknown elem segment %u", imm_lo(in));
  case WFX_IMM_LANE: {
    /* The shape is in the mnemonic: i8x16 has 16 lanes, ..., f64x2 has 2. */
    const char *x = strchr(wfx__ops[in->op].text, 'x');
    uint64_t n_lanes = 0;
    for (x++; *x >= '0' && *x <= '9'; x++) n_lanes = n_lanes * 10 + (uint64_t)(*x - '0');
    return in->imm < n_lanes || wfx__check_fail(c, "invalid lane index %u", imm_lo(in));
  }
  case WFX_IMM_SHUFFLE:
    for (unsigned i = 0; i < 16; i++) {
      uint32_t lane = c->code->pool.data[imm_lo(in) + i / 4] >> i % 4 * 8 & 0xff;
      if (lane >= 32) return wfx__check_fail(c, "invalid lane index %u", lane);
    }
    return true;
  default: return true; /* numbers and nothing: any value will do */
  }
}

static bool check_plain(struct checker *c, const struct inst *in, const char *sig) {
  if (wfx__ops[in->op].imm != WFX_IMM_NONE) TRY(check_plain_imm(c, in));
  wfx_valtype params[4];
  size_t n = 0;
  for (; *sig != ':'; sig++) params[n++] = letter_type(c, *sig);
  TRY(wfx__pop_vals(c, params, n));
  for (sig++; *sig; sig++) TRY(check_push(c, letter_type(c, *sig)));
  return true;
}

/* Spec: Validation, Instructions, Constant Expressions. */
static bool check_is_const(struct checker *c, const struct inst *in) {
  switch (in->op) {
  case WFX_OP_i32_const: case WFX_OP_i64_const: case WFX_OP_f32_const: case WFX_OP_f64_const:
  case WFX_OP_v128_const: case WFX_OP_ref_null: case WFX_OP_ref_func: case WFX_OP_ref_i31:
  case WFX_OP_struct_new: case WFX_OP_struct_new_default: case WFX_OP_array_new:
  case WFX_OP_array_new_default: case WFX_OP_array_new_fixed: case WFX_OP_any_convert_extern:
  case WFX_OP_extern_convert_any:
    return true;
  case WFX_OP_i32_add: case WFX_OP_i32_sub: case WFX_OP_i32_mul: case WFX_OP_i64_add:
  case WFX_OP_i64_sub: case WFX_OP_i64_mul:
    if (ctx_has(c->m->ctx, WFX_FEATURE_EXTENDED_CONST)) return true;
    break;
  case WFX_OP_global_get:
    if (imm_lo(in) >= c->m->globals.n ||
        (imm_lo(in) >= c->n_globals &&
         c->m->globals.data[imm_lo(in)].decl.import == WFX_NO_ID))
      return wfx__check_fail(c, "unknown global %u", imm_lo(in));
    if (!c->m->globals.data[imm_lo(in)].is_mutable) return true;
    break;
  }
  return wfx__check_fail(c, "constant expression required");
}

bool wfx__check_step(struct checker *c, uint32_t index) {
  assert(c->frames.n != 0);
  const struct inst *in = &c->code->insts.data[index];
  const struct op_info *info = &wfx__ops[in->op];
  c->in = in;
  c->pos = in->pos;
  c->inst = index;
  if (!ctx_has(c->m->ctx, (wfx_feature)info->feature))
    return wfx__fail(c->errs, WFX_UNSUPPORTED, pos_loc(c, in->pos),
                     "unsupported: %s needs the feature %s", info->text,
                     wfx_feature_text((wfx_feature)info->feature));
  if (!c->body) TRY(check_is_const(c, in));
  if (info->sig[0] != '?') return check_plain(c, in, info->sig);
  switch (in->op) {
  case WFX_OP_local_get: return check_local_get(c, imm_lo(in));
  case WFX_OP_local_set: return check_local_set(c, imm_lo(in), false);
  case WFX_OP_local_tee: return check_local_set(c, imm_lo(in), true);
  case WFX_OP_global_get: return check_global_get(c, imm_lo(in));
  case WFX_OP_global_set: return check_global_set(c, imm_lo(in));
  }
  return wfx__check_control(c, in);
}
