/* flatten_ctl.c: translation of blocks, branches, calls, exceptions and continuations. */
#include "engine/flatten.h"
#include "ir/match.h"

/* ---- Labels ------------------------------------------------------------------------------ */

/* A copy of the d-th block from the innermost. */
static struct ctl ctl_at(const struct fl *f, uint32_t depth) {
  return f->ctls.data[f->ctls.n - 1 - depth];
}

struct vals {
  const wfx_valtype *types;
  uint32_t n;
};

/* The types that a branch to the block brings along. one is room for a single type. */
static struct vals label_types(const struct fl *f, const struct ctl *c, wfx_valtype *one) {
  if (c->op == WFX_OP_end) return (struct vals){f->results, f->n_results};
  struct block_types bt = block_types(f->ts, c->block, one);
  if (c->op == WFX_OP_loop) return (struct vals){bt.params, bt.n_params};
  return (struct vals){bt.results, bt.n_results};
}

static uint32_t label_arity(const struct fl *f, const struct ctl *c) {
  wfx_valtype one;
  return label_types(f, c, &one).n;
}

/* A label for code at the end of the function that brings n slots from where they are to c. */
static uint32_t add_stub(struct fl *f, const struct ctl *c, uint32_t from, uint32_t n) {
  struct stub s = {wfx__fl_label(f), from, fl_canon(f, c->height), n, c->label};
  if (!f->is_failed && !vec_push(f->errs, &f->stubs, s)) f->is_failed = true;
  return s.label;
}

/* The label to branch to when the values lie in their canonical slots from `from` on. */
static uint32_t label_from(struct fl *f, const struct ctl *c, uint32_t from, uint32_t n) {
  if (c->label != WFX_NO_ID && (n == 0 || from == fl_canon(f, c->height))) return c->label;
  return add_stub(f, c, from, n);
}

static uint32_t top_slots(const struct fl *f, uint32_t n) {
  if (f->is_failed || n == 0) return 0;
  return f->height - f->stack.data[f->stack.n - n].at;
}

/* ---- Returns ----------------------------------------------------------------------------- */

void wfx__fl_emit_return_slots(struct fl *f, uint32_t from, uint32_t n) {
  if (n == 0) {
    wfx__fl_op(f, FL_return0);
  } else if (n == 1) {
    wfx__fl_op(f, FL_return1);
    wfx__fl_word(f, from);
  } else {
    wfx__fl_op(f, FL_return_n);
    wfx__fl_word(f, from);
    wfx__fl_word(f, n);
  }
  wfx__fl_word(f, f->n_locals);
}

void wfx__fl_emit_return(struct fl *f) {
  if (f->is_failed) return;
  uint32_t n = top_slots(f, f->n_results), from;
  if (f->n_results == 1) from = wfx__fl_src(f, &vec_last(&f->stack));
  else from = wfx__fl_settle_top(f, f->n_results);
  wfx__fl_emit_return_slots(f, from, n);
}

/* ---- Blocks ------------------------------------------------------------------------------ */

/* Open a block whose n parameters are the newest operands. */
static void open_block(struct fl *f, const struct inst *in, uint32_t n_params) {
  if (f->is_failed) return;
  struct ctl c = {.op = in->op, .else_label = WFX_NO_ID};
  c.block = imm_block(f->code, in);
  c.base = (uint32_t)f->stack.n - n_params;
  c.height = f->height - top_slots(f, n_params);
  c.label = wfx__fl_label(f);
  if (!f->is_failed && !vec_push(f->errs, &f->ctls, c)) f->is_failed = true;
}

static struct block_types types_of(const struct fl *f, const struct inst *in,
                                   wfx_valtype *one) {
  return block_types(f->ts, imm_block(f->code, in), one);
}

void wfx__fl_unreachable(struct fl *f, const struct inst *in) {
  (void)in;
  wfx__fl_op(f, FL_unreachable);
  f->is_dead = true;
}

void wfx__fl_block(struct fl *f, const struct inst *in) {
  wfx_valtype one;
  wfx__fl_settle_locals(f);
  open_block(f, in, types_of(f, in, &one).n_params);
}

void wfx__fl_loop(struct fl *f, const struct inst *in) {
  wfx_valtype one;
  uint32_t n_params = types_of(f, in, &one).n_params;
  wfx__fl_settle_locals(f);
  wfx__fl_settle_top(f, n_params);
  open_block(f, in, n_params);
  if (f->is_failed) return;
  vec_last(&f->ctls).outer_tick = f->tick;
  wfx__fl_bind(f, vec_last(&f->ctls).label);
  wfx__fl_tick(f, 0);
}

void wfx__fl_if(struct fl *f, const struct inst *in) {
  wfx_valtype one;
  uint32_t n_params = types_of(f, in, &one).n_params;
  struct cond c = wfx__fl_cond(f);
  wfx__fl_settle_locals(f);
  wfx__fl_settle_top(f, n_params);
  open_block(f, in, n_params);
  uint32_t label = wfx__fl_label(f);
  if (f->is_failed) return;
  vec_last(&f->ctls).else_label = label;
  wfx__fl_branch(f, &c, false, label);
  wfx__fl_cut(f);
}

/* Forget the operands of the innermost block. */
static void reset_stack(struct fl *f, const struct ctl *c) {
  while (!f->is_failed && f->stack.n > c->base) wfx__fl_pop(f);
  f->height = c->height;
}

void wfx__fl_else(struct fl *f, const struct inst *in) {
  (void)in;
  if (f->is_failed) return;
  struct ctl *c = &vec_last(&f->ctls);
  wfx_valtype one;
  struct block_types bt = block_types(f->ts, c->block, &one);
  if (!f->is_dead) {
    wfx__fl_settle_top(f, bt.n_results);
    wfx__fl_jump(f, c->label);
  }
  wfx__fl_bind(f, c->else_label);
  c->else_label = WFX_NO_ID;
  reset_stack(f, c);
  wfx__fl_push_types(f, bt.params, bt.n_params);
  f->n_clean = (uint32_t)f->stack.n;
  f->is_dead = false;
}

/* The body of a try_table is complete. */
static void close_try(struct fl *f, const struct ctl *c) {
  struct try_range r = {c->start, (uint32_t)f->words.n, c->first_catch, c->n_catches};
  if (r.n > 0 && r.start < r.end && !vec_push(f->errs, &f->tries, r)) f->is_failed = true;
}

void wfx__fl_end(struct fl *f, const struct inst *in) {
  (void)in;
  if (f->is_failed) return;
  struct ctl c = vec_last(&f->ctls);
  if (c.op == WFX_OP_end) {
    if (!f->is_dead) wfx__fl_emit_return(f);
    f->is_dead = true;
    return;
  }
  wfx_valtype one;
  struct block_types bt = block_types(f->ts, c.block, &one);
  if (!f->is_dead) wfx__fl_settle_top(f, bt.n_results);
  if (c.op == WFX_OP_try_table) close_try(f, &c);
  reset_stack(f, &c);
  f->ctls.n--;
  if (c.op != WFX_OP_loop) wfx__fl_bind(f, c.label);
  else f->tick = c.outer_tick;
  if (c.else_label != WFX_NO_ID) wfx__fl_bind(f, c.else_label);
  wfx__fl_cut(f);
  wfx__fl_push_types(f, bt.results, bt.n_results);
  f->is_dead = false;
}

/* ---- Branches ---------------------------------------------------------------------------- */

static void move_entry(struct fl *f, uint32_t i, uint32_t dst) {
  if (f->is_failed) return;
  struct entry *v = &f->stack.data[i];
  if (v->kind == ENTRY_CONST && fl_canon(f, v->at) == dst) wfx__fl_settle(f, i);
  else wfx__fl_put(f, dst, v);
}

/* Bring the newest n operands to c: all at once when they are many. Going upwards is right: none
 * lies below where it goes to. */
static void move_top(struct fl *f, const struct ctl *c, uint32_t n) {
  if (f->is_failed || n == 0) return;
  enum { N_SINGLE = 4 };
  if (n > N_SINGLE) {
    uint32_t from = wfx__fl_settle_top(f, n), to = fl_canon(f, c->height);
    if (from == to) return;
    wfx__fl_op(f, FL_copy_n);
    wfx__fl_word(f, to);
    wfx__fl_word(f, from);
    wfx__fl_word(f, top_slots(f, n));
    return;
  }
  uint32_t first = (uint32_t)f->stack.n - n, at = f->stack.data[first].at;
  for (uint32_t i = first; i < f->stack.n && !f->is_failed; i++)
    move_entry(f, i, fl_canon(f, c->height + f->stack.data[i].at - at));
}

void wfx__fl_br(struct fl *f, const struct inst *in) {
  struct ctl c = ctl_at(f, (uint32_t)in->imm);
  if (c.label == WFX_NO_ID) {
    wfx__fl_emit_return(f);
  } else {
    move_top(f, &c, label_arity(f, &c));
    wfx__fl_jump(f, c.label);
  }
  f->is_dead = true;
}

/* Branch on a condition already taken off the stack. */
static void branch_if(struct fl *f, const struct cond *cond, bool sense, uint32_t depth) {
  struct ctl c = ctl_at(f, depth);
  uint32_t n = label_arity(f, &c);
  uint32_t from = wfx__fl_settle_top(f, n);
  wfx__fl_branch(f, cond, sense, label_from(f, &c, from, top_slots(f, n)));
}

void wfx__fl_br_if(struct fl *f, const struct inst *in) {
  struct cond cond = wfx__fl_cond(f);
  branch_if(f, &cond, true, (uint32_t)in->imm);
}

void wfx__fl_br_table(struct fl *f, const struct inst *in) {
  const uint32_t *p = imm_pool(f->code, in);
  uint32_t n_labels = p[0] + 1, index = wfx__fl_pop_src(f);
  struct ctl otherwise = ctl_at(f, p[n_labels]);
  uint32_t n = label_arity(f, &otherwise);
  uint32_t from = wfx__fl_settle_top(f, n), n_slots = top_slots(f, n);
  f->serial++;
  wfx__fl_op(f, FL_br_table);
  wfx__fl_word(f, index);
  wfx__fl_word(f, n_labels - 1);
  for (uint32_t i = 1; i <= n_labels && !f->is_failed; i++) {
    struct ctl *c = &f->ctls.data[f->ctls.n - 1 - p[i]];
    if (c->stub_serial != f->serial) {
      c->stub_serial = f->serial;
      c->stub_label = label_from(f, c, from, n_slots);
    }
    wfx__fl_target(f, c->stub_label);
  }
  f->is_dead = true;
}

/* Whether a slot is null: a compare with 0. */
static struct cond cond_null(uint32_t at) {
  return (struct cond){COND_CMP, FL_i64_eq_k, at, 0};
}

/* The operand stays where it is, also on the way on; it goes away on the branch. */
void wfx__fl_br_on_null(struct fl *f, const struct inst *in) {
  if (f->is_failed) return;
  uint32_t i = (uint32_t)f->stack.n - 1;
  wfx__fl_settle(f, i);
  struct entry v = wfx__fl_pop(f);
  struct cond cond = cond_null(fl_canon(f, v.at));
  branch_if(f, &cond, true, (uint32_t)in->imm);
  wfx__fl_push(f, v.n_slots);
  wfx__fl_cut(f);
}

void wfx__fl_br_on_non_null(struct fl *f, const struct inst *in) {
  if (f->is_failed) return;
  wfx__fl_settle(f, (uint32_t)f->stack.n - 1);
  struct cond cond = cond_null(fl_canon(f, vec_last(&f->stack).at));
  branch_if(f, &cond, false, (uint32_t)in->imm);
  wfx__fl_pop(f);
}

void wfx__fl_emit_test(struct fl *f, uint32_t dst, uint32_t a, wfx_valtype type) {
  wfx_heaptype heap = wfx_heap_of(type);
  bool is_type = wfx_heap_is_type(heap);
  wfx__fl_op_dst(f, is_type ? FL_ref_test : FL_ref_test_abs, dst);
  wfx__fl_word(f, a);
  wfx__fl_word(f, wfx_is_nullable(type));
  if (is_type) wfx__fl_ptr(f, fl_rtt(f, wfx_heap_type(heap).i));
  else wfx__fl_word(f, heap);
}

static void br_on_cast(struct fl *f, const struct inst *in, bool sense) {
  if (f->is_failed) return;
  const uint32_t *p = imm_pool(f->code, in);
  wfx__fl_settle(f, (uint32_t)f->stack.n - 1);
  uint32_t a = fl_canon(f, vec_last(&f->stack).at), dst = fl_canon(f, f->height);
  wfx__fl_room(f, f->height + 1);
  wfx__fl_emit_test(f, dst, a, p[2]);
  struct cond cond = {COND_SLOT, 0, dst, 0};
  branch_if(f, &cond, sense, p[0]);
}

void wfx__fl_br_on_cast(struct fl *f, const struct inst *in) { br_on_cast(f, in, true); }
void wfx__fl_br_on_cast_fail(struct fl *f, const struct inst *in) { br_on_cast(f, in, false); }

void wfx__fl_return(struct fl *f, const struct inst *in) {
  (void)in;
  wfx__fl_emit_return(f);
  f->is_dead = true;
}

/* ---- Calls ------------------------------------------------------------------------------- */

static const struct type *func_type(const struct fl *f, uint32_t func) {
  return type_at(f->ts, f->m->funcs.data[func].type);
}

/* The function type of a continuation type. */
static const struct type *cont_func(const struct fl *f, uint32_t ct) {
  return type_at(f->ts, type_at(f->ts, ct)->target);
}

/* Arguments go to their canonical slots, results come back to the same place. */
static uint32_t take_args(struct fl *f, uint32_t n, uint32_t *n_slots) {
  uint32_t at = wfx__fl_settle_top(f, n);
  *n_slots = top_slots(f, n);
  wfx__fl_drop(f, n);
  return at;
}

static void push_results(struct fl *f, const struct type *t) {
  wfx__fl_push_types(f, type_results(t), t->n_results);
}

void wfx__fl_call(struct fl *f, const struct inst *in) {
  const struct type *t = func_type(f, (uint32_t)in->imm);
  uint32_t n, at = take_args(f, t->n_params, &n);
  wfx__fl_op(f, FL_call);
  wfx__fl_ptr(f, f->inst->funcs[in->imm]);
  wfx__fl_word(f, at);
  push_results(f, t);
}

void wfx__fl_call_indirect(struct fl *f, const struct inst *in) {
  const struct type *t = type_at(f->ts, imm_lo(in));
  uint32_t index = wfx__fl_pop_src(f);
  uint32_t n, at = take_args(f, t->n_params, &n);
  wfx__fl_op(f, FL_call_indirect);
  wfx__fl_ptr(f, f->inst->tables[imm_hi(in)]);
  wfx__fl_ptr(f, fl_rtt(f, imm_lo(in)));
  wfx__fl_word(f, index);
  wfx__fl_word(f, at);
  push_results(f, t);
}

void wfx__fl_call_ref(struct fl *f, const struct inst *in) {
  const struct type *t = type_at(f->ts, (uint32_t)in->imm);
  uint32_t callee = wfx__fl_pop_src(f);
  uint32_t n, at = take_args(f, t->n_params, &n);
  wfx__fl_op(f, FL_call_ref);
  wfx__fl_word(f, callee);
  wfx__fl_word(f, at);
  push_results(f, t);
}

/* The end of a tail call. A host function's results need room where its arguments are. */
static void tail(struct fl *f, const struct type *t, uint32_t at, uint32_t n) {
  wfx__fl_room(f, f->height + wfx__vals_slots(f->ts, type_results(t), t->n_results));
  wfx__fl_word(f, at);
  wfx__fl_word(f, n);
  wfx__fl_word(f, f->n_locals);
  f->is_dead = true;
}

void wfx__fl_return_call(struct fl *f, const struct inst *in) {
  const struct type *t = func_type(f, (uint32_t)in->imm);
  uint32_t n, at = take_args(f, t->n_params, &n);
  wfx__fl_op(f, FL_return_call);
  wfx__fl_ptr(f, f->inst->funcs[in->imm]);
  tail(f, t, at, n);
}

void wfx__fl_return_call_indirect(struct fl *f, const struct inst *in) {
  const struct type *t = type_at(f->ts, imm_lo(in));
  uint32_t index = wfx__fl_pop_src(f);
  uint32_t n, at = take_args(f, t->n_params, &n);
  wfx__fl_op(f, FL_return_call_indirect);
  wfx__fl_ptr(f, f->inst->tables[imm_hi(in)]);
  wfx__fl_ptr(f, fl_rtt(f, imm_lo(in)));
  wfx__fl_word(f, index);
  tail(f, t, at, n);
}

void wfx__fl_return_call_ref(struct fl *f, const struct inst *in) {
  const struct type *t = type_at(f->ts, (uint32_t)in->imm);
  uint32_t callee = wfx__fl_pop_src(f);
  uint32_t n, at = take_args(f, t->n_params, &n);
  wfx__fl_op(f, FL_return_call_ref);
  wfx__fl_word(f, callee);
  tail(f, t, at, n);
}

/* ---- Exceptions -------------------------------------------------------------------------- */

static const struct type *tag_type(const struct fl *f, uint32_t tag) {
  return type_at(f->ts, f->m->tags.data[tag].type);
}

void wfx__fl_throw(struct fl *f, const struct inst *in) {
  uint32_t n, at = take_args(f, tag_type(f, (uint32_t)in->imm)->n_params, &n);
  wfx__fl_op(f, FL_throw);
  wfx__fl_ptr(f, f->inst->tags[in->imm]);
  wfx__fl_word(f, at);
  f->is_dead = true;
}

void wfx__fl_throw_ref(struct fl *f, const struct inst *in) {
  (void)in;
  uint32_t a = wfx__fl_pop_src(f);
  wfx__fl_op(f, FL_throw_ref);
  wfx__fl_word(f, a);
  f->is_dead = true;
}

/* Where a clause delivers n slots, and the label it goes to then: the block's own places, or
 * for the function free slots above all operands, from where a stub returns them. */
static uint32_t clause_label(struct fl *f, uint32_t depth, uint32_t n, uint32_t *dst) {
  struct ctl c = ctl_at(f, depth);
  uint32_t height = c.label == WFX_NO_ID ? f->height : c.height;
  wfx__fl_room(f, height + n);
  *dst = fl_canon(f, height);
  return c.label == WFX_NO_ID ? add_stub(f, &c, *dst, n) : c.label;
}

void wfx__fl_try_table(struct fl *f, const struct inst *in) {
  wfx_valtype one;
  struct imm_clauses cs = imm_clauses(f->code, in);
  uint32_t n_params = types_of(f, in, &one).n_params;
  wfx__fl_settle_locals(f);
  uint32_t first = (uint32_t)f->catches.n;
  for (uint32_t i = 0; i < cs.n && !f->is_failed; i++) {
    const uint32_t *p = cs.clauses + i * 3;
    bool has_tag = p[0] == CATCH || p[0] == CATCH_REF;
    struct clause_draft d = {.kind = p[0], .tag = has_tag ? f->inst->tags[p[1]] : NULL};
    uint32_t n = (has_tag ? d.tag->n_param_slots : 0) + (p[0] == CATCH_REF ||
                                                         p[0] == CATCH_ALL_REF);
    d.label = clause_label(f, p[2], n, &d.dst);
    if (!f->is_failed && !vec_push(f->errs, &f->catches, d)) f->is_failed = true;
  }
  open_block(f, in, n_params);
  if (f->is_failed) return;
  struct ctl *c = &vec_last(&f->ctls);
  c->start = (uint32_t)f->words.n;
  c->first_catch = first;
  c->n_catches = cs.n;
  wfx__fl_cut(f); /* what was emitted before stays outside the range */
}

/* ---- Continuations ----------------------------------------------------------------------- */

void wfx__fl_cont_new(struct fl *f, const struct inst *in) {
  (void)in;
  uint32_t a = wfx__fl_pop_src(f);
  wfx__fl_op_dst(f, FL_cont_new, wfx__fl_push(f, 2));
  wfx__fl_word(f, a);
}

void wfx__fl_cont_bind(struct fl *f, const struct inst *in) {
  uint32_t n_bound = cont_func(f, imm_lo(in))->n_params - cont_func(f, imm_hi(in))->n_params;
  uint32_t a = wfx__fl_pop_src(f);
  uint32_t n, at = take_args(f, n_bound, &n);
  wfx__fl_op_dst(f, FL_cont_bind, wfx__fl_push(f, 2));
  wfx__fl_word(f, a);
  wfx__fl_word(f, at);
  wfx__fl_word(f, n);
}

/* The instruction just emitted suspends; dst is where what it is resumed with goes. */
static void add_point(struct fl *f, uint32_t dst, uint32_t type, bool is_params) {
  struct flat_point p = {(uint32_t)f->words.n, dst, type, is_params};
  if (!f->is_failed && !vec_push(f->errs, &f->points, p)) f->is_failed = true;
}

void wfx__fl_suspend(struct fl *f, const struct inst *in) {
  const struct type *t = tag_type(f, (uint32_t)in->imm);
  uint32_t n, at = take_args(f, t->n_params, &n);
  wfx__fl_op(f, FL_suspend);
  wfx__fl_ptr(f, f->inst->tags[in->imm]);
  wfx__fl_word(f, n);
  wfx__fl_word(f, at);
  add_point(f, at, f->inst->tags[in->imm]->type, false);
  push_results(f, t);
}

/* Add the clauses of one kind. */
static uint32_t add_clauses(struct fl *f, const struct imm_clauses *cs, uint32_t kind) {
  uint32_t n = 0;
  for (uint32_t i = 0; i < cs->n && !f->is_failed; i++) {
    const uint32_t *p = cs->clauses + i * 3;
    if (p[0] != kind) continue;
    struct clause_draft d = {.kind = kind, .tag = f->inst->tags[p[1]], .label = WFX_NO_ID};
    if (kind == CLAUSE_ON) d.label = clause_label(f, p[2], d.tag->n_param_slots + 2, &d.dst);
    if (!f->is_failed && !vec_push(f->errs, &f->clauses, d)) f->is_failed = true;
    n++;
  }
  return n;
}

/* The operand that points to the table of clauses. */
static void emit_handlers(struct fl *f, uint32_t table) {
  struct fixup x = {(uint32_t)f->words.n, table, f->newest};
  if (!f->is_failed && !vec_push(f->errs, &f->handler_fixups, x)) f->is_failed = true;
  wfx__fl_word64(f, 0);
}

static uint32_t add_handlers(struct fl *f, const struct imm_clauses *cs) {
  struct handlers_draft h = {.first = (uint32_t)f->clauses.n};
  h.n_on = add_clauses(f, cs, CLAUSE_ON);
  h.n_switch = add_clauses(f, cs, CLAUSE_SWITCH);
  if (!f->is_failed && !vec_push(f->errs, &f->handlers, h)) f->is_failed = true;
  return (uint32_t)f->handlers.n - 1;
}

static uint32_t result_slots(const struct fl *f, const struct type *t) {
  return wfx__vals_slots(f->ts, type_results(t), t->n_results);
}

void wfx__fl_resume(struct fl *f, const struct inst *in) {
  struct imm_clauses cs = imm_clauses(f->code, in);
  const struct type *t = cont_func(f, cs.type);
  uint32_t a = wfx__fl_pop_src(f);
  uint32_t n, at = take_args(f, t->n_params, &n), table = add_handlers(f, &cs);
  wfx__fl_op(f, FL_resume);
  wfx__fl_word(f, a);
  emit_handlers(f, table);
  wfx__fl_word(f, n);
  wfx__fl_word(f, at);
  wfx__fl_word(f, result_slots(f, t));
  push_results(f, t);
}

void wfx__fl_resume_throw(struct fl *f, const struct inst *in) {
  struct imm_clauses cs = imm_clauses(f->code, in);
  const struct type *t = cont_func(f, cs.type);
  uint32_t a = wfx__fl_pop_src(f);
  uint32_t n, at = take_args(f, tag_type(f, cs.tag)->n_params, &n), table = add_handlers(f,
                                                                                         &cs);
  wfx__fl_op(f, FL_resume_throw);
  wfx__fl_word(f, a);
  emit_handlers(f, table);
  wfx__fl_ptr(f, f->inst->tags[cs.tag]);
  wfx__fl_word(f, at);
  wfx__fl_word(f, result_slots(f, t));
  push_results(f, t);
}

void wfx__fl_resume_throw_ref(struct fl *f, const struct inst *in) {
  struct imm_clauses cs = imm_clauses(f->code, in);
  const struct type *t = cont_func(f, cs.type);
  uint32_t a = wfx__fl_pop_src(f), exn = wfx__fl_pop_src(f);
  uint32_t at = fl_canon(f, f->height), table = add_handlers(f, &cs);
  wfx__fl_op(f, FL_resume_throw_ref);
  wfx__fl_word(f, a);
  emit_handlers(f, table);
  wfx__fl_word(f, exn);
  wfx__fl_word(f, at);
  wfx__fl_word(f, result_slots(f, t));
  push_results(f, t);
}

void wfx__fl_switch(struct fl *f, const struct inst *in) {
  const struct type *t = cont_func(f, imm_lo(in));
  /* The last parameter is the continuation that the switch itself makes. */
  wfx_valtype back = t->vals[t->n_params - 1];
  uint32_t back_ft = type_at(f->ts, wfx_heap_type(wfx_heap_of(back)).i)->target;
  const struct type *back_t = type_at(f->ts, back_ft);
  uint32_t a = wfx__fl_pop_src(f);
  uint32_t n, at = take_args(f, t->n_params - 1, &n);
  wfx__fl_op(f, FL_switch);
  wfx__fl_word(f, a);
  wfx__fl_ptr(f, f->inst->tags[imm_hi(in)]);
  wfx__fl_word(f, n);
  wfx__fl_word(f, at);
  add_point(f, at, f->inst->types[back_ft], true);
  wfx__fl_push_types(f, back_t->vals, back_t->n_params);
}
