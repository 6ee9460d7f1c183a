/* check_cont.c: exceptions and continuations. Spec: Validation, Control Instructions; the rules
 * of stack switching and of the extensions stand beside the rows of opcode.def. */
#include <assert.h>

#include "valid/hot.h"

/* ---- Exceptions -------------------------------------------------------------------------- */

/* A tag that can be thrown: one without results. */
static const struct type *exception_tag(struct checker *c, uint32_t tag) {
  const struct type *t = wfx__check_tag(c, tag);
  if (!t || t->n_results == 0) return t;
  wfx__check_fail(c, "non-empty tag result type of tag %u", tag);
  return NULL;
}

static bool check_throw(struct checker *c, const struct inst *in) {
  const struct type *t = exception_tag(c, imm_lo(in));
  if (!t) return false;
  TRY(wfx__pop_vals(c, t->vals, t->n_params));
  wfx__check_unreachable(c);
  return true;
}

/* Whether values given, then a last one unless it is WFX_BOT, suit the types of a label. */
static bool suits_label(struct checker *c, struct block_types label, const wfx_valtype *given,
                        uint32_t n_given, wfx_valtype last) {
  uint32_t n = n_given + (last != WFX_BOT);
  if (label.n_results != n)
    return wfx__check_fail(c, "type mismatch: the clause gives %u values, its label takes %u", n,
                           label.n_results);
  for (uint32_t i = 0; i < n; i++) {
    wfx_valtype t = i < n_given ? given[i] : last;
    if (!wfx__match_val(c->ts, t, label.results[i]))
      return wfx__check_mismatch(c, label.results, n, i, t, c->in->pos);
  }
  return true;
}

static bool check_catch(struct checker *c, const uint32_t *clause) {
  const struct type *t = NULL;
  if (clause[0] == CATCH || clause[0] == CATCH_REF) {
    t = exception_tag(c, clause[1]);
    if (!t) return false;
  }
  struct frame *f = frame_at(c, clause[2]);
  if (!f) return false;
  bool has_ref = clause[0] == CATCH_REF || clause[0] == CATCH_ALL_REF;
  return suits_label(c, check_label_types(c, f), t ? t->vals : NULL, t ? t->n_params : 0,
                     has_ref ? wfx_ref(WFX_HEAP_EXN) : (wfx_valtype)WFX_BOT);
}

static bool check_try_table(struct checker *c, const struct inst *in) {
  const uint32_t *p = imm_pool(c->code, in);
  TRY(wfx__check_block(c, imm_pair(p[0], p[1])));
  if (p[2] > c->m->ctx->limits.n_clauses)
    return wfx__check_fail(c, "too many catch clauses: %u", p[2]);
  for (uint32_t i = 0; i < p[2]; i++) TRY(check_catch(c, p + 3 + 3 * i));
  return wfx__check_open(c, in->op, imm_pair(p[0], p[1]));
}

/* ---- Handler clauses --------------------------------------------------------------------- */

/* The function type of the continuation that a label takes last; NULL with an error. */
static const struct type *label_cont(struct checker *c, struct block_types label) {
  uint32_t i = label.n_results ? val_type(label.results[label.n_results - 1]) : WFX_NO_ID;
  if (i != WFX_NO_ID) return wfx__check_target(c, i, WFX_TYPE_CONT);
  wfx__check_fail(c, "type mismatch: the handler's label takes no continuation of a declared type "
                     "last");
  return NULL;
}

/* Whether u, a list of types, is given followed by the name of a handler (WFX_BOT: none). */
static bool takes(struct checker *c, const wfx_valtype *u, uint32_t n_u, const wfx_valtype *given,
                  uint32_t n_given, wfx_valtype name) {
  if (n_u != n_given + (name != WFX_BOT)) return false;
  for (uint32_t i = 0; i < n_u; i++)
    if (!wfx__match_val(c->ts, u[i], i < n_given ? given[i] : name)) return false;
  return true;
}

/* (on $e $l) : t*, the continuation taking a handler's name last when name is not WFX_BOT. */
static bool check_on(struct checker *c, const struct type *tag, uint32_t depth,
                     const struct type *t, wfx_valtype name) {
  struct frame *f = frame_at(c, depth);
  if (!f) return false;
  struct block_types label = check_label_types(c, f);
  const struct type *k = label_cont(c, label);
  if (!k) return false;
  if (label.n_results != tag->n_params + 1)
    return wfx__check_fail(c, "type mismatch: the handler gives %u values, its label takes %u",
                           tag->n_params + 1, label.n_results);
  for (uint32_t i = 0; i < tag->n_params; i++)
    if (!wfx__match_val(c->ts, tag->vals[i], label.results[i]))
      return wfx__check_mismatch(c, label.results, label.n_results, i, tag->vals[i],
                                 c->in->pos);
  /* [te2* name?] -> [t*] <: [u1*] -> [u2*] */
  if (takes(c, k->vals, k->n_params, type_results(tag), tag->n_results, name) &&
      k->n_results == t->n_results &&
      wfx__match_vals(c->ts, type_results(t), type_results(k), t->n_results))
    return true;
  return wfx__check_fail(c, "type mismatch in continuation type of the handler's label");
}

/* (on $e switch) : t* */
static bool check_on_switch(struct checker *c, uint32_t tag, const struct type *t) {
  const struct type *e = wfx__check_tag(c, tag);
  if (!e) return false;
  bool is_equal = e->n_params == 0 && e->n_results == t->n_results;
  for (uint32_t i = 0; is_equal && i < t->n_results; i++)
    is_equal = wfx__equal_val(c->ts, type_results(e)[i], type_results(t)[i]);
  return is_equal || wfx__check_fail(c, "type mismatch in switch tag %u", tag);
}

/* All clauses of a resumption with results as those of t; then their tag operands, which lie
 * just below the continuation, last clause on top. */
static bool check_clauses(struct checker *c, struct imm_clauses cl, const struct type *t,
                          wfx_valtype name) {
  if (cl.n > c->m->ctx->limits.n_clauses)
    return wfx__check_fail(c, "too many handler clauses: %u", cl.n);
  for (uint32_t i = 0; i < cl.n; i++) {
    const uint32_t *p = cl.clauses + 3 * i;
    if (p[0] != CLAUSE_ON && name != WFX_BOT)
      return wfx__check_fail(c, "type mismatch: a named handler takes on clauses only");
    if (p[0] == CLAUSE_SWITCH) {
      TRY(check_on_switch(c, p[1], t));
      continue;
    }
    if (p[0] == CLAUSE_ON_REF && !ctx_has(c->m->ctx, WFX_FEATURE_TAG_REFS))
      return wfx__check_fail(c, "on_ref needs the feature tag-refs");
    const struct type *tag = p[0] == CLAUSE_ON_REF ? wfx__check_target(c, p[1], WFX_TYPE_TAG)
                                                   : wfx__check_tag(c, p[1]);
    if (!tag) return false;
    TRY(check_on(c, tag, p[2], t, name));
  }
  for (uint32_t i = cl.n; i-- > 0;)
    if (cl.clauses[3 * i] == CLAUSE_ON_REF)
      TRY(wfx__pop(c, wfx_ref_null_to((wfx_type_id){cl.clauses[3 * i + 1]})));
  return true;
}

/* ---- Resuming ---------------------------------------------------------------------------- */

static bool check_resume(struct checker *c, const struct inst *in) {
  struct imm_clauses cl = imm_clauses(c->code, in);
  const struct type *t = wfx__check_target(c, cl.type, WFX_TYPE_CONT);
  if (!t) return false;
  TRY(wfx__pop(c, wfx_ref_null_to((wfx_type_id){cl.type})));
  TRY(check_clauses(c, cl, t, WFX_BOT));
  if (in->op == WFX_OP_resume) {
    TRY(wfx__pop_vals(c, t->vals, t->n_params));
  } else if (in->op == WFX_OP_resume_throw) {
    const struct type *x = exception_tag(c, cl.tag);
    if (!x) return false;
    TRY(wfx__pop_vals(c, x->vals, x->n_params));
  } else {
    TRY(wfx__pop(c, WFX_EXNREF)); /* resume_throw_ref */
  }
  return wfx__push_vals(c, type_results(t), t->n_results);
}

/* The declared handler type that val refers to, or WFX_NO_ID. */
static uint32_t handler_of(const struct checker *c, wfx_valtype val) {
  uint32_t i = val_type(val);
  return i < c->ts->types.n && type_at(c->ts, i)->kind == WFX_TYPE_HANDLER ? i : WFX_NO_ID;
}

static bool check_resume_with(struct checker *c, const struct inst *in) {
  struct imm_clauses cl = imm_clauses(c->code, in);
  const struct type *t = wfx__check_target(c, cl.type, WFX_TYPE_CONT);
  if (!t) return false;
  uint32_t h = t->n_params ? handler_of(c, t->vals[t->n_params - 1]) : WFX_NO_ID;
  if (h == WFX_NO_ID)
    return wfx__check_fail(c, "type mismatch: the continuation takes no handler last");
  const struct type *ht = type_at(c->ts, h);
  bool is_equal = ht->n_results == t->n_results;
  for (uint32_t i = 0; is_equal && i < t->n_results; i++)
    is_equal = wfx__equal_val(c->ts, ht->vals[i], type_results(t)[i]);
  if (!is_equal) return wfx__check_fail(c, "type mismatch in handler type");
  TRY(wfx__pop(c, wfx_ref_null_to((wfx_type_id){cl.type})));
  TRY(check_clauses(c, cl, t, wfx_ref_to((wfx_type_id){h})));
  TRY(wfx__pop_vals(c, t->vals, t->n_params - 1));
  return wfx__push_vals(c, type_results(t), t->n_results);
}

/* ---- Suspending and switching ------------------------------------------------------------ */

static bool check_suspend(struct checker *c, const struct inst *in) {
  const struct type *t = wfx__check_tag(c, imm_lo(in));
  if (!t) return false;
  TRY(wfx__pop_vals(c, t->vals, t->n_params));
  return wfx__push_vals(c, type_results(t), t->n_results);
}

static bool check_suspend_ref(struct checker *c, const struct inst *in) {
  const struct type *t = wfx__check_target(c, imm_lo(in), WFX_TYPE_TAG);
  if (!t) return false;
  TRY(wfx__pop(c, wfx_ref_null_to((wfx_type_id){imm_lo(in)})));
  TRY(wfx__pop_vals(c, t->vals, t->n_params));
  return wfx__push_vals(c, type_results(t), t->n_results);
}

static bool check_suspend_to(struct checker *c, const struct inst *in) {
  if (!wfx__check_type(c, imm_lo(in), WFX_TYPE_HANDLER)) return false;
  const struct type *t = wfx__check_tag(c, imm_hi(in));
  if (!t) return false;
  wfx_type_id h = {imm_lo(in)};
  TRY(wfx__pop(c, wfx_ref_null_to(h)));
  TRY(wfx__pop_vals(c, t->vals, t->n_params));
  return wfx__push_vals(c, type_results(t), t->n_results) && wfx__push(c, wfx_ref_to(h));
}

/* The function type behind the continuation in val; NULL with an error. */
static const struct type *cont_in(struct checker *c, wfx_valtype val) {
  if (val_type(val) != WFX_NO_ID) return wfx__check_target(c, val_type(val), WFX_TYPE_CONT);
  wfx__check_fail(c, "type mismatch: the continuation takes no continuation of a declared type "
                     "last");
  return NULL;
}

static bool check_switch(struct checker *c, const struct inst *in) {
  const struct type *to = wfx__check_target(c, imm_lo(in), WFX_TYPE_CONT);
  if (!to) return false;
  const struct type *e = wfx__check_tag(c, imm_hi(in));
  if (!e) return false;
  if (e->n_params != 0) return wfx__check_fail(c, "type mismatch in switch tag %u", imm_hi(in));
  const struct type *from =
      cont_in(c, to->n_params ? to->vals[to->n_params - 1] : (wfx_valtype)WFX_BOT);
  if (!from) return false;
  if (to->n_results != e->n_results || from->n_results != e->n_results ||
      !wfx__match_vals(c->ts, type_results(to), type_results(e), e->n_results) ||
      !wfx__match_vals(c->ts, type_results(e), type_results(from), e->n_results))
    return wfx__check_fail(c, "type mismatch in switch tag %u", imm_hi(in));
  TRY(wfx__pop(c, wfx_ref_null_to((wfx_type_id){imm_lo(in)})));
  TRY(wfx__pop_vals(c, to->vals, to->n_params - 1));
  return wfx__push_vals(c, from->vals, from->n_params);
}

/* Whether val refers to the handler type h. */
static bool is_handler(const struct checker *c, wfx_valtype val, uint32_t h) {
  uint32_t i = handler_of(c, val);
  return i != WFX_NO_ID && type_at(c->ts, i)->canon == type_at(c->ts, h)->canon;
}

static bool check_switch_to(struct checker *c, const struct inst *in) {
  uint32_t h = imm_hi(in);
  const struct type *to = wfx__check_target(c, imm_lo(in), WFX_TYPE_CONT);
  if (!to) return false;
  const struct type *ht = wfx__check_type(c, h, WFX_TYPE_HANDLER);
  if (!ht) return false;
  if (to->n_params < 2 || !is_handler(c, to->vals[to->n_params - 1], h))
    return wfx__check_fail(c, "type mismatch: the continuation takes no such handler last");
  const struct type *from = cont_in(c, to->vals[to->n_params - 2]);
  if (!from) return false;
  if (from->n_params == 0 || !is_handler(c, from->vals[from->n_params - 1], h) ||
      wfx_is_nullable(from->vals[from->n_params - 1]))
    return wfx__check_fail(c, "type mismatch: the own continuation takes no such handler last");
  if (to->n_results != ht->n_results || from->n_results != ht->n_results ||
      !wfx__match_vals(c->ts, type_results(to), ht->vals, ht->n_results) ||
      !wfx__match_vals(c->ts, ht->vals, type_results(from), ht->n_results))
    return wfx__check_fail(c, "type mismatch in handler type");
  TRY(wfx__pop(c, wfx_ref_null_to((wfx_type_id){h})));
  TRY(wfx__pop(c, wfx_ref_null_to((wfx_type_id){imm_lo(in)})));
  TRY(wfx__pop_vals(c, to->vals, to->n_params - 2));
  return wfx__push_vals(c, from->vals, from->n_params);
}

/* ---- Making ------------------------------------------------------------------------------ */

static bool check_cont_new(struct checker *c, const struct inst *in) {
  const struct type *ct = wfx__check_type(c, imm_lo(in), WFX_TYPE_CONT);
  if (!ct) return false;
  TRY(wfx__pop(c, wfx_ref_null_to((wfx_type_id){ct->target})));
  return wfx__push(c, wfx_ref_to((wfx_type_id){imm_lo(in)}));
}

static bool check_cont_bind(struct checker *c, const struct inst *in) {
  const struct type *from = wfx__check_target(c, imm_lo(in), WFX_TYPE_CONT);
  if (!from) return false;
  const struct type *to = wfx__check_target(c, imm_hi(in), WFX_TYPE_CONT);
  if (!to) return false;
  if (from->n_params < to->n_params)
    return wfx__check_fail(c, "type mismatch in continuation arguments");
  uint32_t n_bound = from->n_params - to->n_params;
  if (!wfx__match_func(c->ts, from->vals + n_bound, to->n_params, type_results(from),
                       from->n_results, to->vals, to->n_params, type_results(to),
                       to->n_results))
    return wfx__check_fail(c, "type mismatch in continuation types");
  TRY(wfx__pop(c, wfx_ref_null_to((wfx_type_id){imm_lo(in)})));
  TRY(wfx__pop_vals(c, from->vals, n_bound));
  return wfx__push(c, wfx_ref_to((wfx_type_id){imm_hi(in)}));
}

static bool check_cont_clone(struct checker *c, const struct inst *in) {
  wfx_type_id ct = {imm_lo(in)};
  if (!wfx__check_type(c, ct.i, WFX_TYPE_CONT)) return false;
  return wfx__pop(c, wfx_ref_null_to(ct)) && wfx__push(c, wfx_ref_to(ct));
}

static bool check_tag_value(struct checker *c, const struct inst *in) {
  wfx_type_id tt = {imm_lo(in)};
  const struct type *t = wfx__check_type(c, tt.i, WFX_TYPE_TAG);
  if (!t) return false;
  if (in->op == WFX_OP_tag_ref) {
    if (!wfx__check_tag(c, imm_hi(in))) return false;
    uint32_t ft = c->m->tags.data[imm_hi(in)].type;
    if (type_at(c->ts, ft)->canon != type_at(c->ts, t->target)->canon)
      return wfx__check_fail(c, "type mismatch in tag %u", imm_hi(in));
  }
  return wfx__push(c, wfx_ref_to(tt));
}

bool wfx__check_cont(struct checker *c, const struct inst *in) {
  switch (in->op) {
  case WFX_OP_throw: return check_throw(c, in);
  case WFX_OP_throw_ref:
    TRY(wfx__pop(c, WFX_EXNREF));
    wfx__check_unreachable(c);
    return true;
  case WFX_OP_try_table: return check_try_table(c, in);
  case WFX_OP_cont_new: return check_cont_new(c, in);
  case WFX_OP_cont_bind: return check_cont_bind(c, in);
  case WFX_OP_suspend: return check_suspend(c, in);
  case WFX_OP_resume: case WFX_OP_resume_throw: case WFX_OP_resume_throw_ref:
    return check_resume(c, in);
  case WFX_OP_switch: return check_switch(c, in);
  case WFX_OP_suspend_to: return check_suspend_to(c, in);
  case WFX_OP_resume_with: return check_resume_with(c, in);
  case WFX_OP_switch_to: return check_switch_to(c, in);
  case WFX_OP_cont_clone: return check_cont_clone(c, in);
  case WFX_OP_tag_new: case WFX_OP_tag_ref: return check_tag_value(c, in);
  case WFX_OP_suspend_ref: return check_suspend_ref(c, in);
  }
  assert(in->op == WFX_OP_COUNT); /* every row has a rule */
  return wfx__check_fail(c, "unknown instruction");
}
