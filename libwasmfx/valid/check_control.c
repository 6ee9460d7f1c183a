/* check_control.c: blocks, branches, calls. Spec: Validation, Control and Parametric
 * Instructions. What is not a control instruction is passed on to the next chapter. */
#include "ir/name.h"
#include "valid/hot.h"

bool wfx__check_select(struct checker *c) {
  TRY(check_pop(c, WFX_I32));
  struct operand a, b;
  TRY(wfx__pop_any(c, &b));
  TRY(wfx__pop_any(c, &a));
  if (wfx_is_ref(a.type) || wfx_is_ref(b.type))
    return wfx__check_fail(c, "type mismatch: select without a type takes no references");
  /* Nothing known lies below something unknown. */
  if (a.type != b.type && a.type != WFX_BOT)
    return wfx__check_mismatch(c, &a.type, 1, 0, b.type, b.pos);
  TRY(check_fact(c, (struct fact){.type = b.type}));
  return check_push(c, b.type);
}

static bool check_select_t(struct checker *c, const struct inst *in) {
  TRY(check_pop(c, WFX_I32));
  const uint32_t *p = imm_pool(c->code, in);
  if (p[0] != 1) return wfx__check_fail(c, "invalid result arity");
  TRY(wfx__check_val(c, p[1]));
  const wfx_valtype both[] = {p[1], p[1]};
  TRY(wfx__pop_vals(c, both, 2));
  TRY(check_fact(c, (struct fact){.type = wfx_valtype_strip(p[1])}));
  return wfx__push(c, p[1]);
}

/* Close the innermost block: its results are what is left, and nothing more. */
static bool close_block(struct checker *c) {
  struct frame *f = &vec_last(&c->frames);
  struct block_types t = check_frame_types(c, f);
  TRY(wfx__pop_vals(c, t.results, t.n_results));
  if (c->stack.n != f->height) {
    struct operand extra = vec_last(&c->stack);
    return wfx__check_mismatch(c, t.results, t.n_results, t.n_results, extra.type, extra.pos);
  }
  for (; c->inits.n > f->n_inits; c->inits.n--)
    c->locals.data[vec_last(&c->inits)].type |= LOCAL_UNSET;
  return true;
}

static bool check_else(struct checker *c) {
  struct frame *f = &vec_last(&c->frames);
  if (f->op != WFX_OP_if) return wfx__check_fail(c, "else without if");
  TRY(close_block(c));
  TRY(check_fact(c, (struct fact){.end = WFX_NO_ID, .other = f->inst, .height = f->slots}));
  if (c->wants_facts) c->body->facts[f->fact].other = c->inst;
  f->op = WFX_OP_else;
  f->is_unreachable = false;
  c->slots = f->slots;
  struct block_types t = check_frame_types(c, f);
  return wfx__push_vals(c, t.params, t.n_params);
}

bool wfx__check_end(struct checker *c) {
  struct frame *f = &vec_last(&c->frames);
  struct block_types t = check_frame_types(c, f);
  if (f->op == WFX_OP_if) {
    /* Without an else the parameters must do as results. */
    if (t.n_params != t.n_results ||
        !wfx__match_vals(c->ts, t.params, t.results, t.n_params)) {
      size_t n = t.n_results;
      wfx_valtype found = n != 0 && t.n_params == n ? t.params[n - 1] : (wfx_valtype)WFX_BOT;
      return wfx__check_mismatch(c, t.results, n, n == 0 ? 0 : n - 1, found, WFX_NO_ID);
    }
  }
  TRY(close_block(c));
  struct fact fact = {.end = c->inst, .height = f->slots,
                      .other = f->op == FRAME_FUNC ? WFX_NO_ID : f->inst};
  TRY(check_fact(c, fact));
  if (c->wants_facts && f->op != FRAME_FUNC) {
    struct fact *open = &c->body->facts[f->fact];
    open->end = c->inst;
  }
  wfx__check_close(c);
  /* f is stale only after the next push of a frame. */
  return c->frames.n == 0 || wfx__push_vals(c, t.results, t.n_results);
}

/* The operands of a br_table must do for every label; they stay until all are checked. */
static bool check_br_table_label(struct checker *c, uint32_t depth, size_t arity) {
  struct frame *f = frame_at(c, depth);
  if (!f) return false;
  struct block_types t = check_label_types(c, f);
  if (t.n_results != arity)
    return wfx__check_fail(c, "type mismatch: label %u takes %u values, the default label %zu",
                           depth, t.n_results, arity);
  const struct frame *here = &vec_last(&c->frames);
  size_t there = c->stack.n - here->height, n = arity < there ? arity : there;
  if (n < arity && !here->is_unreachable)
    return wfx__check_mismatch(c, t.results, arity, 0, WFX_BOT, WFX_NO_ID);
  for (size_t i = 0; i < n; i++) {
    const struct operand *o = &c->stack.data[c->stack.n - 1 - i];
    if (!wfx__match_val(c->ts, o->type, t.results[arity - 1 - i]))
      return wfx__check_mismatch(c, t.results, arity, arity - 1 - i, o->type, o->pos);
  }
  return true;
}

static bool check_br_table(struct checker *c, const struct inst *in) {
  TRY(wfx__pop(c, WFX_I32));
  const uint32_t *p = imm_pool(c->code, in);
  uint32_t n = p[0], last = WFX_NO_ID;
  struct frame *f = frame_at(c, p[1 + n]);
  if (!f) return false;
  size_t arity = check_label_types(c, f).n_results;
  for (uint32_t i = 0; i <= n; i++) {
    if (p[1 + i] == last) continue;
    last = p[1 + i];
    TRY(check_br_table_label(c, last, arity));
  }
  size_t there = c->stack.n - vec_last(&c->frames).height;
  c->stack.n -= arity < there ? arity : there;
  wfx__check_unreachable(c);
  return true;
}

static bool check_br_on_null(struct checker *c, const struct inst *in) {
  wfx_valtype ref;
  TRY(wfx__pop_ref(c, &ref));
  TRY(check_fact(c, (struct fact){.type = ref}));
  struct frame *f = frame_at(c, imm_lo(in));
  if (!f) return false;
  struct block_types t = check_label_types(c, f);
  TRY(wfx__pop_vals(c, t.results, t.n_results));
  TRY(wfx__push_vals(c, t.results, t.n_results));
  return wfx__push(c, ref & ~(uint32_t)WFX_NULLABLE);
}

/* Branches that carry a reference last: value must match the label's last type; the others stay
 * on the stack. */
static bool check_br_with(struct checker *c, uint32_t depth, wfx_valtype value, uint32_t pos) {
  struct frame *f = frame_at(c, depth);
  if (!f) return false;
  struct block_types t = check_label_types(c, f);
  if (t.n_results == 0)
    return wfx__check_fail(c, "type mismatch: label %u takes no reference", depth);
  if (!wfx__match_val(c->ts, value, t.results[t.n_results - 1]))
    return wfx__check_mismatch(c, t.results, t.n_results, t.n_results - 1, value, pos);
  TRY(wfx__pop_vals(c, t.results, t.n_results - 1));
  return wfx__push_vals(c, t.results, t.n_results - 1);
}

static bool check_br_on_non_null(struct checker *c, const struct inst *in) {
  wfx_valtype ref;
  TRY(wfx__pop_ref(c, &ref));
  return check_br_with(c, imm_lo(in), ref & ~(uint32_t)WFX_NULLABLE, in->pos);
}

static bool check_br_on_cast(struct checker *c, const struct inst *in) {
  const uint32_t *p = imm_pool(c->code, in);
  wfx_valtype from = p[1], to = p[2];
  TRY(wfx__check_heap(c, wfx_heap_of(from)));
  TRY(wfx__check_heap(c, wfx_heap_of(to)));
  TRY(wfx__check_castable(c, to));
  if (!wfx__match_val(c->ts, to, from))
    return wfx__check_mismatch(c, &from, 1, 0, to, in->pos);
  TRY(wfx__pop(c, from));
  wfx_valtype rest = wfx__diff_val(from, to);
  bool is_fail = in->op == WFX_OP_br_on_cast_fail;
  TRY(check_br_with(c, p[0], is_fail ? rest : to, in->pos));
  return wfx__push(c, is_fail ? to : rest);
}

/* ---- Calls ------------------------------------------------------------------------------- */

/* Call something of type t, whose callee operand is already popped. */
static bool check_call_type(struct checker *c, const struct type *t, bool is_tail) {
  TRY(wfx__pop_vals(c, t->vals, t->n_params));
  if (!is_tail) return wfx__push_vals(c, type_results(t), t->n_results);
  struct block_types own = check_frame_types(c, &c->frames.data[0]);
  if (own.n_results != t->n_results ||
      !wfx__match_vals(c->ts, type_results(t), own.results, own.n_results)) {
    struct text_buf want = {.n = 0}, found = {.n = 0};
    wfx__text_vals(&want, c->ts, own.results, own.n_results);
    wfx__text_vals(&found, c->ts, type_results(t), t->n_results);
    return wfx__check_fail(c, "type mismatch: the callee returns %s, its caller %s", found.text,
                           want.text);
  }
  wfx__check_unreachable(c);
  return true;
}

static bool check_call_indirect(struct checker *c, const struct inst *in, bool is_tail) {
  uint32_t table = imm_hi(in);
  if (table >= c->m->tables.n) return wfx__check_fail(c, "unknown table %u", table);
  const struct table *tab = &c->m->tables.data[table];
  if (!wfx__match_val(c->ts, tab->type, WFX_FUNCREF))
    return wfx__check_fail(c, "type mismatch: table %u does not hold functions", table);
  const struct type *t = wfx__check_type(c, imm_lo(in), WFX_TYPE_FUNC);
  if (!t) return false;
  TRY(wfx__pop(c, address_type(tab->limits.is_64)));
  return check_call_type(c, t, is_tail);
}

static bool check_call_ref(struct checker *c, const struct inst *in, bool is_tail) {
  const struct type *t = wfx__check_type(c, imm_lo(in), WFX_TYPE_FUNC);
  if (!t) return false;
  TRY(wfx__pop(c, wfx_ref_null_to((wfx_type_id){imm_lo(in)})));
  return check_call_type(c, t, is_tail);
}

bool wfx__check_call(struct checker *c, uint32_t func, bool is_tail) {
  if (func >= c->m->funcs.n) return wfx__check_fail(c, "unknown function %u", func);
  const struct type *t = wfx__check_type(c, c->m->funcs.data[func].type, WFX_TYPE_FUNC);
  return t && check_call_type(c, t, is_tail);
}

bool wfx__check_return(struct checker *c) {
  struct block_types t = check_frame_types(c, &c->frames.data[0]);
  TRY(wfx__pop_vals(c, t.results, t.n_results));
  wfx__check_unreachable(c);
  return true;
}

bool wfx__check_if(struct checker *c, uint64_t block) {
  TRY(check_pop(c, WFX_I32));
  return wfx__check_open(c, WFX_OP_if, block);
}

bool wfx__check_control(struct checker *c, const struct inst *in) {
  switch (in->op) {
  case WFX_OP_unreachable: wfx__check_unreachable(c); return true;
  case WFX_OP_drop: return check_drop(c);
  case WFX_OP_select: return wfx__check_select(c);
  case WFX_OP_select_t: return check_select_t(c, in);
  case WFX_OP_if: return wfx__check_block(c, in->imm) && wfx__check_if(c, in->imm);
  case WFX_OP_block:
  case WFX_OP_loop:
  case WFX_OP_barrier:
    TRY(wfx__check_block(c, in->imm));
    return wfx__check_open(c, in->op, in->imm);
  case WFX_OP_else: return check_else(c);
  case WFX_OP_end: return wfx__check_end(c);
  case WFX_OP_br: return check_br(c, imm_lo(in), false);
  case WFX_OP_br_if: return check_br(c, imm_lo(in), true);
  case WFX_OP_br_table: return check_br_table(c, in);
  case WFX_OP_br_on_null: return check_br_on_null(c, in);
  case WFX_OP_br_on_non_null: return check_br_on_non_null(c, in);
  case WFX_OP_br_on_cast:
  case WFX_OP_br_on_cast_fail: return check_br_on_cast(c, in);
  case WFX_OP_return: return wfx__check_return(c);
  case WFX_OP_call: return wfx__check_call(c, imm_lo(in), false);
  case WFX_OP_return_call: return wfx__check_call(c, imm_lo(in), true);
  case WFX_OP_call_indirect: return check_call_indirect(c, in, false);
  case WFX_OP_return_call_indirect: return check_call_indirect(c, in, true);
  case WFX_OP_call_ref: return check_call_ref(c, in, false);
  case WFX_OP_return_call_ref: return check_call_ref(c, in, true);
  }
  return wfx__check_ref(c, in);
}
