/* From the resolved tree to core: what core has (fe_core.h) is made left to right, operands
 * first; a block's declarations go into the block around it. */
#include "links/links_lower.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { N_PRIMS = 0
#define FE_PRIM(id, n_args) + 1
#include "common/fe_prim.def"
#undef FE_PRIM
};

typedef struct lowering {
  fe_session *s;
  fe_arena *a;
  fe_program *p;
  fe_func *func;               /* being lowered */
  links_known known;
  fe_func *prim_funcs[N_PRIMS]; /* primitives as values; NULL: not made yet */
} lowering;

static fe_expr *lower_exp(lowering *lo, fe_block *b, links_exp *e);
static fe_expr *lower_body(lowering *lo, links_exp *e);
static fe_atom lower_atom(lowering *lo, fe_block *b, links_exp *e);
static fe_func *lower_lambda(lowering *lo, links_fun *f);
static fe_func *lower_handler(lowering *lo, links_handler *h);

/* Small parts. */

static fe_match match_of(lowering *lo) {
  return (fe_match){.program = lo->p, .owner = lo->func};
}

static void bind_pattern(lowering *lo, fe_block *b, fe_atom on, fe_pat *pat) {
  fe_match m = match_of(lo);
  fe_match_bind(&m, b, on, pat);
}

/* Let-bind a right side, unless it is an atom already. */
static fe_atom name_value(lowering *lo, fe_block *b, fe_name *name, fe_expr *rhs) {
  if (rhs->kind == FE_ATOM)
    return rhs->u.atom;
  fe_var *v = fe_var_new(lo->p, lo->func, name, rhs->pos);
  fe_block_let(b, v, rhs);
  return fe_atom_var(v);
}

static fe_atom *lower_atoms(lowering *lo, fe_block *b, links_exp **exps, uint32_t n) {
  fe_atom *atoms = fe_alloc_n(lo->a, n, sizeof *atoms);
  for (uint32_t i = 0; i < n; i++)
    atoms[i] = lower_atom(lo, b, exps[i]);
  return atoms;
}

static fe_name *pattern_name(const fe_pat *pat) {
  return pat && pat->binder ? pat->binder->name : NULL;
}

/* Names. */

static fe_func *prim_func(lowering *lo, fe_prim prim, fe_name *name) {
  fe_func *f = lo->prim_funcs[prim];
  if (f)
    return f;
  f = lo->prim_funcs[prim] = fe_func_new(lo->p, FE_FN_PLAIN, name, NULL, 0);
  fe_atom args[4];
  f->n_params = fe_prim_arity(prim);
  assert(f->n_params <= 4);
  f->params = fe_alloc_n(lo->a, f->n_params, sizeof *f->params);
  for (uint32_t i = 0; i < f->n_params; i++) {
    f->params[i] = fe_var_new(lo->p, f, NULL, 0);
    args[i] = fe_atom_var(f->params[i]);
  }
  f->body = fe_expr_prim(lo->p, prim, args, f->n_params, 0);
  return f;
}

static fe_atom name_atom(lowering *lo, const links_exp *e) {
  fe_binder *b = e->u.name.binder;
  if (b->prim < 0)
    return b->atom;
  return (fe_atom){.kind = FE_ATOM_FUNC, .u.func = prim_func(lo, (fe_prim)b->prim, b->name)};
}

static fe_func *func_of_atom(const fe_atom *a) {
  if (a->kind == FE_ATOM_FUNC)
    return a->u.func;
  return a->kind == FE_ATOM_VAR ? a->u.var->func : NULL;
}

/* The driver of a resumption's handler; NULL: not known to be a resumption. */
static fe_func *driver_of_atom(const fe_atom *a) {
  return a->kind == FE_ATOM_VAR ? a->u.var->driver : NULL;
}

/* Calls. */

static fe_expr *resume_expr(lowering *lo, fe_block *b, links_exp *e, fe_atom k) {
  fe_func *driver = driver_of_atom(&k);
  fe_pos pos = e->u.apply.callee->pos;
  fe_expr *r = fe_expr_new(lo->p, FE_RESUME, pos);
  uint32_t n = 1 + (driver ? driver->n_params : 0);
  bool has_with = e->kind == LINKS_E_RESUME_WITH;
  if (e->u.apply.n != n)
    fe_error(lo->s, pos, "this resumption takes %u argument%s but is given %u", n,
             n == 1 ? "" : "s", e->u.apply.n);
  else if (driver && driver->handler->depth == FE_SHEEP && !has_with)
    fe_error(lo->s, pos, "a resumption of a sheep handler needs 'with' and a handler");
  else if (driver && driver->handler->depth != FE_SHEEP && has_with)
    fe_error(lo->s, pos, "only a resumption of a sheep handler takes 'with'");
  r->u.resume.k = k;
  r->u.resume.driver = driver;
  r->u.resume.args = lower_atoms(lo, b, e->u.apply.args, e->u.apply.n);
  r->u.resume.n = e->u.apply.n;
  r->u.resume.has_with = has_with;
  if (has_with)
    r->u.resume.with = lower_atom(lo, b, e->u.apply.with);
  return r;
}

static fe_expr *call_expr(lowering *lo, fe_atom callee, fe_atom *args, uint32_t n, fe_pos pos) {
  fe_expr *c = fe_expr_new(lo->p, FE_CALL, pos);
  c->u.call.callee = callee;
  c->u.call.known = func_of_atom(&callee);
  c->u.call.args = args;
  c->u.call.n = n;
  if (c->u.call.known && c->u.call.known->n_params != n)
    fe_error(lo->s, pos, "this function takes %u argument%s but is given %u",
             c->u.call.known->n_params, c->u.call.known->n_params == 1 ? "" : "s", n);
  return c;
}

static fe_expr *lower_apply(lowering *lo, fe_block *b, links_exp *e) {
  links_exp *callee = e->u.apply.callee;
  if (callee->kind == LINKS_E_NAME && callee->u.name.binder->prim >= 0) {
    fe_atom *args = lower_atoms(lo, b, e->u.apply.args, e->u.apply.n);
    fe_prim prim = (fe_prim)callee->u.name.binder->prim;
    return fe_expr_prim(lo->p, prim, args, e->u.apply.n, callee->pos);
  }
  fe_atom k = lower_atom(lo, b, callee);
  if (driver_of_atom(&k))
    return resume_expr(lo, b, e, k);
  fe_atom *args = lower_atoms(lo, b, e->u.apply.args, e->u.apply.n);
  return call_expr(lo, k, args, e->u.apply.n, callee->pos);
}

/* Data. */

typedef struct field {
  fe_label *label;
  fe_atom atom;
} field;

static int compare_fields(const void *a, const void *b) {
  return fe_label_compare(((const field *)a)->label, ((const field *)b)->label);
}

/* A record of n >= 1 fields, in any order. */
static fe_expr *record_expr(lowering *lo, field *fields, uint32_t n, fe_pos pos) {
  qsort(fields, n, sizeof *fields, compare_fields);
  fe_label **labels = fe_alloc_n(lo->a, n, sizeof *labels);
  fe_expr *r = fe_expr_new(lo->p, FE_RECORD, pos);
  r->u.record.fields = fe_alloc_n(lo->a, n, sizeof(fe_atom));
  for (uint32_t i = 0; i < n; i++) {
    labels[i] = fields[i].label;
    r->u.record.fields[i] = fields[i].atom;
  }
  r->u.record.shape = fe_shape_of(lo->p, labels, n);
  return r;
}

static fe_expr *extend_expr(lowering *lo, fe_block *b, links_exp *e, const field *fields) {
  uint32_t n = e->u.record.n;
  fe_expr *x = fe_expr_new(lo->p, FE_EXTEND, e->pos);
  x->u.extend.is_update = e->kind == LINKS_E_UPDATE;
  x->u.extend.n = n;
  x->u.extend.labels = fe_alloc_n(lo->a, n, sizeof(fe_label *));
  x->u.extend.fields = fe_alloc_n(lo->a, n, sizeof(fe_atom));
  for (uint32_t i = 0; i < n; i++) {
    x->u.extend.labels[i] = fields[i].label;
    x->u.extend.fields[i] = fields[i].atom;
  }
  x->u.extend.base = lower_atom(lo, b, e->u.record.base);
  return x;
}

static fe_expr *lower_record(lowering *lo, fe_block *b, links_exp *e) {
  uint32_t n = e->u.record.n;
  field *fields = fe_alloc_n(lo->a, n, sizeof *fields);
  for (uint32_t i = 0; i < n; i++) {
    fields[i].label = fe_label_of(lo->p, e->u.record.labels[i]);
    fields[i].atom = lower_atom(lo, b, e->u.record.fields[i]);
  }
  if (e->u.record.base)
    return extend_expr(lo, b, e, fields);
  if (n == 0)
    return fe_expr_atom(lo->p, fe_atom_plain(FE_ATOM_UNIT), e->pos);
  return record_expr(lo, fields, n, e->pos);
}

static fe_expr *cons_expr(lowering *lo, fe_atom head, fe_atom tail, fe_pos pos) {
  fe_expr *c = fe_expr_new(lo->p, FE_CONS, pos);
  c->u.cons.head = head;
  c->u.cons.tail = tail;
  return c;
}

static fe_expr *lower_list(lowering *lo, fe_block *b, links_exp *e) {
  fe_atom *items = lower_atoms(lo, b, e->u.list.items, e->u.list.n);
  fe_atom list = fe_atom_plain(FE_ATOM_NIL);
  for (uint32_t i = e->u.list.n; i-- > 1;)
    list = name_value(lo, b, NULL, cons_expr(lo, items[i], list, e->pos));
  if (e->u.list.n == 0)
    return fe_expr_atom(lo->p, list, e->pos);
  return cons_expr(lo, items[0], list, e->pos);
}

static fe_expr *lower_variant(lowering *lo, fe_block *b, links_exp *e) {
  fe_atom payload = fe_atom_plain(FE_ATOM_UNIT);
  if (e->u.variant.payload)
    payload = lower_atom(lo, b, e->u.variant.payload);
  fe_expr *v = fe_expr_new(lo->p, FE_VARIANT, e->pos);
  v->u.variant.label = fe_label_of(lo->p, e->u.variant.label);
  v->u.variant.payload = payload;
  return v;
}

static fe_expr *lower_project(lowering *lo, fe_block *b, links_exp *e) {
  fe_atom from = lower_atom(lo, b, e->u.project.from);
  fe_expr *x = fe_expr_new(lo->p, FE_SELECT, e->pos);
  x->u.select.from = from;
  x->u.select.label = fe_label_of(lo->p, e->u.project.label);
  return x;
}

/* Control. */

static fe_expr *if_expr(lowering *lo, fe_atom cond, fe_expr *then, fe_expr *other, fe_pos pos) {
  fe_expr *e = fe_expr_new(lo->p, FE_IF, pos);
  e->u.cond.cond = cond;
  e->u.cond.then = then;
  e->u.cond.other = other;
  return e;
}

static fe_expr *bool_expr(lowering *lo, bool value, fe_pos pos) {
  return fe_expr_atom(lo->p, fe_atom_int(FE_ATOM_BOOL, value), pos);
}

static fe_expr *lower_logical(lowering *lo, fe_block *b, links_exp *e) {
  fe_atom left = lower_atom(lo, b, e->u.pair.left);
  fe_expr *right = lower_body(lo, e->u.pair.right);
  if (e->kind == LINKS_E_AND)
    return if_expr(lo, left, right, bool_expr(lo, false, e->pos), e->pos);
  return if_expr(lo, left, bool_expr(lo, true, e->pos), right, e->pos);
}

static fe_expr *lower_if(lowering *lo, fe_block *b, links_exp *e) {
  fe_atom cond = lower_atom(lo, b, e->u.cond.cond);
  fe_expr *then = lower_body(lo, e->u.cond.then);
  return if_expr(lo, cond, then, lower_body(lo, e->u.cond.other), e->pos);
}

typedef struct case_bodies {
  lowering *lo;
  links_exp **bodies;
} case_bodies;

static fe_expr *case_body(void *ud, uint32_t row) {
  case_bodies *c = ud;
  return lower_body(c->lo, c->bodies[row]);
}

static fe_expr *match_rows(lowering *lo, fe_atom on, fe_pat **pats, links_exp **bodies,
                           uint32_t n, fe_pos pos) {
  case_bodies c = {lo, bodies};
  fe_match m = match_of(lo);
  m.body = case_body;
  m.ud = &c;
  fe_otherwise fail = {.fail = n ? FE_FAIL_MATCH : FE_FAIL_SWITCH_EMPTY, .pos = pos};
  return fe_match_compile(&m, on, pats, n, fail, pos);
}

static fe_expr *match_cases(lowering *lo, fe_atom on, links_case *cases, uint32_t n,
                            fe_pos pos) {
  fe_pat **pats = fe_alloc_n(lo->a, n, sizeof *pats);
  links_exp **bodies = fe_alloc_n(lo->a, n, sizeof *bodies);
  for (uint32_t i = 0; i < n; i++) {
    pats[i] = cases[i].pat;
    bodies[i] = cases[i].body;
  }
  return match_rows(lo, on, pats, bodies, n, pos);
}

static fe_expr *lower_switch(lowering *lo, fe_block *b, links_exp *e) {
  fe_atom on = lower_atom(lo, b, e->u.sw.on);
  return match_cases(lo, on, e->u.sw.cases, e->u.sw.n, e->pos);
}

static fe_expr *call_known(lowering *lo, const fe_binder *f, fe_atom a1, fe_atom a2,
                           fe_pos pos) {
  fe_atom *args = fe_alloc_n(lo->a, 2, sizeof *args);
  args[0] = a1;
  args[1] = a2;
  return call_expr(lo, f->atom, args, 2, pos);
}

static fe_expr *lower_range(lowering *lo, fe_block *b, links_exp *e) {
  fe_atom first = lower_atom(lo, b, e->u.pair.left);
  fe_atom last = lower_atom(lo, b, e->u.pair.right);
  return call_known(lo, lo->known.range, first, last, e->pos);
}

/* for (p <- l, ...) where (c) e, from generator `i` on: concatMap (fun (p) { ... }, l). */
static fe_expr *lower_for(lowering *lo, fe_block *b, links_exp *e, uint32_t i) {
  if (i == e->u.loop.n) {
    if (!e->u.loop.where)
      return lower_exp(lo, b, e->u.loop.body);
    fe_atom cond = lower_atom(lo, b, e->u.loop.where);
    fe_expr *none = fe_expr_atom(lo->p, fe_atom_plain(FE_ATOM_NIL), e->pos);
    return if_expr(lo, cond, lower_body(lo, e->u.loop.body), none, e->pos);
  }
  links_generator *g = &e->u.loop.generators[i];
  fe_atom list = lower_atom(lo, b, g->list);
  fe_func *outer = lo->func;
  fe_func *f = fe_func_new(lo->p, FE_FN_PLAIN, NULL, outer, e->pos);
  lo->func = f;
  f->n_params = 1;
  f->params = FE_NEW(lo->a, fe_var *);
  f->params[0] = fe_var_new(lo->p, f, pattern_name(g->pat), g->pat->pos);
  fe_block inner;
  fe_block_open(&inner, lo->p);
  fe_enter(lo->p, 1, e->pos);
  bind_pattern(lo, &inner, fe_atom_var(f->params[0]), g->pat);
  if (lo->p->depth <= FE_MAX_DEPTH)
    f->body = fe_block_close(&inner, lower_for(lo, &inner, e, i + 1));
  fe_leave(lo->p, 1);
  lo->func = outer;
  fe_expr *closure = fe_expr_new(lo->p, FE_CLOSURE, e->pos);
  closure->u.closure = f;
  fe_atom body = name_value(lo, b, NULL, closure);
  return call_known(lo, lo->known.concat_map, body, list, e->pos);
}

/* Effects. */

static fe_expr *lower_do(lowering *lo, fe_block *b, links_exp *e) {
  uint32_t n = e->u.perform.n;
  fe_atom *args = lower_atoms(lo, b, e->u.perform.args, n);
  fe_atom payload = fe_atom_plain(FE_ATOM_UNIT);
  if (n == 1) {
    payload = args[0];
  } else if (n > 1) {
    field *fields = fe_alloc_n(lo->a, n, sizeof *fields);
    for (uint32_t i = 0; i < n; i++)
      fields[i] = (field){fe_label_number(lo->p, i + 1), args[i]};
    payload = name_value(lo, b, NULL, record_expr(lo, fields, n, e->pos));
  }
  fe_expr *d = fe_expr_new(lo->p, FE_PERFORM, e->pos);
  d->u.perform.op = fe_op_of(lo->p, e->u.perform.op);
  d->u.perform.payload = payload;
  return d;
}

static fe_expr *lower_handle(lowering *lo, fe_block *b, links_exp *e) {
  fe_expr *h = fe_expr_new(lo->p, FE_HANDLE, e->pos);
  links_handler *handler = e->u.handle.handler;
  if (handler) {
    h->u.handle.n_params = handler->n_params;
    h->u.handle.params = lower_atoms(lo, b, e->u.handle.inits, handler->n_params);
  } else {
    h->u.handle.handler = lower_atom(lo, b, e->u.handle.with);
  }
  fe_func *outer = lo->func;
  fe_func *thunk = fe_func_new(lo->p, FE_FN_THUNK, NULL, outer, e->pos);
  lo->func = thunk;
  thunk->body = lower_body(lo, e->u.handle.computation);
  lo->func = outer;
  h->u.handle.thunk = thunk;
  if (handler)
    h->u.handle.driver = lower_handler(lo, handler);
  return h;
}

/* The parameters' patterns are matched at the start of each clause, so that a parameter that
 * does not match fails there and not before. */
static void bind_params(lowering *lo, fe_block *b, const fe_func *driver, links_handler *h) {
  for (uint32_t i = 0; i < h->n_params; i++)
    bind_pattern(lo, b, fe_atom_var(driver->params[i]), h->params[i]);
}

/* All cases of the operation of case `first`, in order, as one clause. */
static void lower_clause(lowering *lo, fe_func *driver, links_handler *h, uint32_t first,
                         fe_clause *out) {
  const links_clause *head = &h->clauses[first];
  out->pos = head->pos;
  out->op = fe_op_of(lo->p, head->op);
  out->payload = fe_var_new(lo->p, driver, pattern_name(head->payload), head->pos);
  out->resumption = fe_var_new(lo->p, driver, pattern_name(head->resumption), head->pos);
  out->resumption->kind = FE_VAR_RESUMPTION;
  out->resumption->driver = driver;
  FE_VEC(fe_pat *) pats = {0};
  FE_VEC(links_exp *) bodies = {0};
  fe_block b;
  fe_block_open(&b, lo->p);
  bind_params(lo, &b, driver, h);
  for (uint32_t i = first; i < h->n_clauses; i++) {
    links_clause *c = &h->clauses[i];
    if (c->op != head->op)
      continue;
    if (c->resumption)
      bind_pattern(lo, &b, fe_atom_var(out->resumption), c->resumption);
    fe_push(lo->a, &pats, c->payload);
    fe_push(lo->a, &bodies, c->body);
  }
  fe_expr *body = match_rows(lo, fe_atom_var(out->payload), pats.data, bodies.data, pats.n,
                             head->pos);
  out->body = fe_block_close(&b, body);
}

static bool is_first_of_op(const links_handler *h, uint32_t i) {
  for (uint32_t k = 0; k < i; k++)
    if (h->clauses[k].op == h->clauses[i].op)
      return false;
  return true;
}

static fe_func *lower_handler(lowering *lo, links_handler *h) {
  fe_func *outer = lo->func;
  fe_func *driver = fe_func_new(lo->p, FE_FN_DRIVER, NULL, outer, h->pos);
  fe_handler *out = driver->handler = FE_NEW(lo->a, fe_handler);
  lo->func = driver;
  out->depth = h->depth;
  driver->n_params = h->n_params;
  driver->params = fe_alloc_n(lo->a, h->n_params, sizeof *driver->params);
  for (uint32_t i = 0; i < h->n_params; i++)
    driver->params[i] = fe_var_new(lo->p, driver, pattern_name(h->params[i]), h->pos);
  out->clauses = fe_alloc_n(lo->a, h->n_clauses, sizeof *out->clauses);
  for (uint32_t i = 0; i < h->n_clauses; i++)
    if (is_first_of_op(h, i))
      lower_clause(lo, driver, h, i, &out->clauses[out->n_clauses++]);
  if (h->n_values || h->n_params) {
    fe_block b;
    fe_block_open(&b, lo->p);
    out->result = fe_var_new(lo->p, driver, NULL, h->pos);
    bind_params(lo, &b, driver, h);
    fe_atom result = fe_atom_var(out->result);
    fe_expr *body = h->n_values ? match_cases(lo, result, h->values, h->n_values, h->pos)
                                : fe_expr_atom(lo->p, result, h->pos);
    out->ret = fe_block_close(&b, body);
  }
  lo->func = outer;
  return driver;
}

/* Functions. */

static fe_func *declare_fun(lowering *lo, links_fun *f, fe_func *parent) {
  fe_name *name = f->binder ? f->binder->name : NULL;
  f->func = fe_func_new(lo->p, FE_FN_PLAIN, name, parent, f->pos);
  f->func->n_params = f->n_params;
  f->func->params = fe_alloc_n(lo->a, f->n_params, sizeof(fe_var *));
  for (uint32_t i = 0; i < f->n_params; i++)
    f->func->params[i] =
      fe_var_new(lo->p, f->func, pattern_name(f->params[i]), f->params[i]->pos);
  return f->func;
}

static void lower_fun(lowering *lo, links_fun *f) {
  fe_func *outer = lo->func;
  lo->func = f->func;
  fe_block b;
  fe_block_open(&b, lo->p);
  for (uint32_t i = 0; i < f->n_params; i++)
    bind_pattern(lo, &b, fe_atom_var(f->func->params[i]), f->params[i]);
  f->func->body = fe_block_close(&b, lower_exp(lo, &b, f->body));
  lo->func = outer;
}

static fe_func *lower_lambda(lowering *lo, links_fun *f) {
  fe_func *func = declare_fun(lo, f, lo->func);
  lower_fun(lo, f);
  return func;
}

/* Closures of functions that may refer to each other, for the rest of the block. */
static void lower_local_funs(lowering *lo, fe_block *b, links_fun **funs, uint32_t n,
                             fe_pos pos) {
  fe_expr *fix = fe_expr_new(lo->p, FE_FIX, pos);
  fix->u.fix.n = n;
  fix->u.fix.vars = fe_alloc_n(lo->a, n, sizeof(fe_var *));
  for (uint32_t i = 0; i < n; i++) {
    fe_var *v = fe_var_new(lo->p, lo->func, funs[i]->binder->name, funs[i]->pos);
    v->func = declare_fun(lo, funs[i], lo->func);
    fix->u.fix.vars[i] = v;
    funs[i]->binder->atom = fe_atom_var(v);
  }
  fe_block_put(b, fix, &fix->u.fix.body);
  for (uint32_t i = 0; i < n; i++)
    lower_fun(lo, funs[i]);
}

/* Blocks. */

static bool is_named_lambda(const links_decl *d) {
  return d->kind == LINKS_D_VAR && d->pat->kind == FE_PAT_VAR && d->exp->kind == LINKS_E_FUN;
}

static void lower_decl(lowering *lo, fe_block *b, links_decl *d) {
  if (is_named_lambda(d)) {
    d->exp->u.fun->binder = d->pat->binder;
    lower_local_funs(lo, b, &d->exp->u.fun, 1, d->pos);
    return;
  }
  if (d->kind == LINKS_D_FUNS) {
    lower_local_funs(lo, b, d->funs, d->n_funs, d->pos);
    return;
  }
  fe_expr *rhs = lower_exp(lo, b, d->exp);
  if (d->kind == LINKS_D_VAR)
    bind_pattern(lo, b, name_value(lo, b, pattern_name(d->pat), rhs), d->pat);
  else if (rhs->kind != FE_ATOM)
    fe_block_let(b, NULL, rhs);
}

static fe_expr *lower_block(lowering *lo, fe_block *b, links_exp *e) {
  for (uint32_t i = 0; i < e->u.block.n; i++)
    lower_decl(lo, b, &e->u.block.decls[i]);
  if (e->u.block.last)
    return lower_exp(lo, b, e->u.block.last);
  return fe_expr_atom(lo->p, fe_atom_plain(FE_ATOM_UNIT), e->pos);
}

static fe_expr *closure_expr(lowering *lo, fe_func *f, fe_pos pos) {
  fe_expr *c = fe_expr_new(lo->p, FE_CLOSURE, pos);
  c->u.closure = f;
  return c;
}

static fe_expr *lower_cons(lowering *lo, fe_block *b, links_exp *e) {
  fe_atom head = lower_atom(lo, b, e->u.pair.left);
  fe_atom tail = lower_atom(lo, b, e->u.pair.right);
  return cons_expr(lo, head, tail, e->pos);
}

static fe_expr *lower_parts(lowering *lo, fe_block *b, links_exp *e) {
  switch (e->kind) {
  case LINKS_E_BAD:
    break;
  case LINKS_E_LITERAL:
    return fe_expr_atom(lo->p, e->u.literal, e->pos);
  case LINKS_E_NAME:
    return fe_expr_atom(lo->p, name_atom(lo, e), e->pos);
  case LINKS_E_FUN:
    return closure_expr(lo, lower_lambda(lo, e->u.fun), e->pos);
  case LINKS_E_APPLY:
    return lower_apply(lo, b, e);
  case LINKS_E_RESUME_WITH:
    return resume_expr(lo, b, e, lower_atom(lo, b, e->u.apply.callee));
  case LINKS_E_PROJECT:
    return lower_project(lo, b, e);
  case LINKS_E_RECORD: case LINKS_E_UPDATE:
    return lower_record(lo, b, e);
  case LINKS_E_VARIANT:
    return lower_variant(lo, b, e);
  case LINKS_E_LIST:
    return lower_list(lo, b, e);
  case LINKS_E_RANGE:
    return lower_range(lo, b, e);
  case LINKS_E_CONS:
    return lower_cons(lo, b, e);
  case LINKS_E_AND: case LINKS_E_OR:
    return lower_logical(lo, b, e);
  case LINKS_E_IF:
    return lower_if(lo, b, e);
  case LINKS_E_SWITCH:
    return lower_switch(lo, b, e);
  case LINKS_E_FOR:
    return lower_for(lo, b, e, 0);
  case LINKS_E_DO:
    return lower_do(lo, b, e);
  case LINKS_E_HANDLE:
    return lower_handle(lo, b, e);
  case LINKS_E_HANDLER:
    return closure_expr(lo, lower_handler(lo, e->u.handler), e->pos);
  case LINKS_E_BLOCK:
    return lower_block(lo, b, e);
  }
  assert(false);
  return fe_expr_atom(lo->p, fe_atom_plain(FE_ATOM_UNIT), e->pos);
}

/* The value of e, as the last expression of what b holds then. */
static fe_expr *lower_exp(lowering *lo, fe_block *b, links_exp *e) {
  fe_expr *x;
  if (fe_enter(lo->p, 1, e->pos))
    x = lower_parts(lo, b, e);
  else
    x = fe_expr_atom(lo->p, fe_atom_plain(FE_ATOM_UNIT), e->pos);
  fe_leave(lo->p, 1);
  return x;
}

static fe_expr *lower_body(lowering *lo, links_exp *e) {
  fe_block b;
  fe_block_open(&b, lo->p);
  return fe_block_close(&b, lower_exp(lo, &b, e));
}

static fe_atom lower_atom(lowering *lo, fe_block *b, links_exp *e) {
  return name_value(lo, b, NULL, lower_exp(lo, b, e));
}

/* The top level. Functions are there from the start; variables become globals. */

static void declare_top_funs(lowering *lo, const links_program *program) {
  for (uint32_t i = 0; i < program->n_decls; i++) {
    const links_decl *d = &program->decls[i];
    for (uint32_t f = 0; d->kind == LINKS_D_FUNS && f < d->n_funs; f++) {
      fe_func *func = declare_fun(lo, d->funs[f], NULL);
      d->funs[f]->binder->atom = (fe_atom){.kind = FE_ATOM_FUNC, .u.func = func};
    }
  }
}

static void make_global(lowering *lo, fe_block *b, fe_binder *binder) {
  if (binder->atom.kind != FE_ATOM_VAR)
    return;
  fe_expr *set = fe_expr_new(lo->p, FE_SET_GLOBAL, binder->pos);
  fe_global *g = fe_global_new(lo->p, binder->name, binder->pos);
  set->u.set.global = g;
  set->u.set.value = binder->atom;
  fe_block_let(b, NULL, set);
  binder->atom = (fe_atom){.kind = FE_ATOM_GLOBAL, .u.global = g};
}

static void make_globals(lowering *lo, fe_block *b, const fe_pat *pat) {
  while (pat) {
    if (pat->binder)
      make_global(lo, b, pat->binder);
    for (uint32_t i = 0; i < pat->n; i++)
      make_globals(lo, b, pat->subs[i]);
    if (pat->kind == FE_PAT_CONS)
      make_globals(lo, b, pat->sub);
    pat = pat->kind == FE_PAT_CONS ? pat->tail : pat->sub;
  }
}

static void lower_top(lowering *lo, fe_block *b, const links_program *program) {
  declare_top_funs(lo, program);
  for (uint32_t i = 0; i < program->n_decls; i++) {
    links_decl *d = &program->decls[i];
    if (is_named_lambda(d)) {
      links_fun *f = d->exp->u.fun;
      f->binder = d->pat->binder;
      f->binder->atom = (fe_atom){.kind = FE_ATOM_FUNC, .u.func = declare_fun(lo, f, NULL)};
      lower_fun(lo, f);
    } else if (d->kind == LINKS_D_FUNS) {
      for (uint32_t f = 0; f < d->n_funs; f++)
        lower_fun(lo, d->funs[f]);
    } else {
      lower_decl(lo, b, d);
      if (d->kind == LINKS_D_VAR)
        make_globals(lo, b, d->pat);
    }
  }
}

static fe_expr *print_value(lowering *lo, fe_block *b, fe_expr *value) {
  static const fe_text newline = {"\n", 1};
  fe_pos pos = value->pos;
  fe_atom v = name_value(lo, b, NULL, value);
  fe_atom text[2] = {[1] = {.kind = FE_ATOM_STRING, .u.text = &newline}};
  text[0] = name_value(lo, b, NULL, fe_expr_prim(lo->p, FE_PRIM_show, &v, 1, pos));
  fe_atom line = name_value(lo, b, NULL, fe_expr_prim(lo->p, FE_PRIM_str_concat, text, 2, pos));
  fe_block_let(b, NULL, fe_expr_prim(lo->p, FE_PRIM_print, &line, 1, pos));
  return fe_expr_atom(lo->p, v, pos);
}

fe_program *links_lower(fe_session *s, const links_program *prelude,
                        const links_program *program, links_known known, bool print_result) {
  lowering lo = {.s = s, .a = &s->arena, .p = fe_program_new(s), .known = known};
  fe_func *top = fe_func_new(lo.p, FE_FN_MAIN, fe_intern_text(s, "main"), NULL, 0);
  lo.p->main = lo.func = top;
  fe_block b;
  fe_block_open(&b, lo.p);
  lower_top(&lo, &b, prelude);
  lower_top(&lo, &b, program);
  fe_expr *value = fe_expr_atom(lo.p, fe_atom_plain(FE_ATOM_UNIT), 0);
  if (program->last)
    value = lower_exp(&lo, &b, program->last);
  if (program->last && print_result)
    value = print_value(&lo, &b, value);
  top->body = fe_block_close(&b, value);
  return lo.p;
}
