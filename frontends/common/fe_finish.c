/* Closure conversion and facts about a whole core program; the passes are listed in
 * fe_finish.h. All of them use one walk over the expressions of a function. */
#include "common/fe_finish.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

typedef struct edge {      /* function `from` refers to the function this list belongs to */
  uint32_t from;
  struct edge *next;
} edge;

typedef struct pair {      /* a variable that is free in a function */
  const fe_func *func;     /* NULL: free entry */
  const fe_var *var;
  uint32_t capture;
} pair;

typedef FE_VEC(fe_var *) var_vec;

typedef struct finish {
  fe_program *p;
  fe_arena *a;
  FE_VEC(fe_func *) work;  /* reachable functions in the order they were found */
  var_vec *free_vars;      /* by function id */
  edge **users;            /* by function id */
  bool *has_captures;      /* by function id */
  pair *pairs;             /* open hash table of n_slots entries */
  uint32_t n_pairs, n_slots;
} finish;

/* What a pass does at each place; unused hooks are NULL. */
typedef struct walk {
  finish *x;
  fe_func *f;
  void (*expr)(struct walk *w, fe_expr *e, bool is_tail);
  void (*atom)(struct walk *w, fe_atom *a);
  void (*bind)(struct walk *w, fe_var *v);
  const fe_atom *direct;   /* the atom that is the resumption or the callee of the node */
} walk;

static void walk_expr(walk *w, fe_expr *e, bool is_tail);

static void bind_var(walk *w, fe_var *v) {
  if (w->bind && v)
    w->bind(w, v);
}

static void walk_atom(walk *w, fe_atom *a) {
  if (w->atom)
    w->atom(w, a);
}

static void walk_atoms(walk *w, fe_atom *atoms, uint32_t n) {
  for (uint32_t i = 0; i < n; i++)
    walk_atom(w, &atoms[i]);
}

static void walk_switch(walk *w, fe_expr *e, bool is_tail) {
  walk_atom(w, &e->u.sw.on);
  for (uint32_t i = 0; i < e->u.sw.n; i++) {
    fe_case *k = &e->u.sw.cases[i];
    bind_var(w, k->var1);
    bind_var(w, k->var2);
    walk_expr(w, k->body, is_tail);
  }
  walk_expr(w, e->u.sw.other, is_tail);
}

static void walk_handle(walk *w, fe_expr *e) {
  if (!e->u.handle.driver)
    walk_atom(w, &e->u.handle.handler);
  walk_atoms(w, e->u.handle.params, e->u.handle.n_params);
}

static void walk_resume(walk *w, fe_expr *e) {
  w->direct = e->u.resume.driver ? &e->u.resume.k : NULL;
  walk_atom(w, &e->u.resume.k);
  w->direct = NULL;
  walk_atoms(w, e->u.resume.args, e->u.resume.n);
  if (e->u.resume.has_with)
    walk_atom(w, &e->u.resume.with);
}

static void walk_call(walk *w, fe_expr *e) {
  w->direct = e->u.call.known ? &e->u.call.callee : NULL;
  walk_atom(w, &e->u.call.callee);
  w->direct = NULL;
  walk_atoms(w, e->u.call.args, e->u.call.n);
}

/* Everything but FE_LET and FE_FIX. */
static void walk_parts(walk *w, fe_expr *e, bool is_tail) {
  switch (e->kind) {
  case FE_ATOM:
    walk_atom(w, &e->u.atom);
    return;
  case FE_IF:
    walk_atom(w, &e->u.cond.cond);
    walk_expr(w, e->u.cond.then, is_tail);
    walk_expr(w, e->u.cond.other, is_tail);
    return;
  case FE_SWITCH:
    walk_switch(w, e, is_tail);
    return;
  case FE_ARMS:
    for (uint32_t i = 0; i < e->u.arms.n; i++)
      walk_expr(w, e->u.arms.arms[i], is_tail);
    return;
  case FE_CALL:
    walk_call(w, e);
    return;
  case FE_PRIMITIVE:
    walk_atoms(w, e->u.prim.args, e->u.prim.n);
    return;
  case FE_RECORD:
    walk_atoms(w, e->u.record.fields, e->u.record.shape->n_fields);
    return;
  case FE_VARIANT:
    walk_atom(w, &e->u.variant.payload);
    return;
  case FE_CONS:
    walk_atom(w, &e->u.cons.head);
    walk_atom(w, &e->u.cons.tail);
    return;
  case FE_SELECT:
    walk_atom(w, &e->u.select.from);
    return;
  case FE_EXTEND:
    walk_atom(w, &e->u.extend.base);
    walk_atoms(w, e->u.extend.fields, e->u.extend.n);
    return;
  case FE_RESTRICT:
    walk_atom(w, &e->u.drop.base);
    return;
  case FE_PERFORM:
    walk_atom(w, &e->u.perform.payload);
    return;
  case FE_HANDLE:
    walk_handle(w, e);
    return;
  case FE_RESUME:
    walk_resume(w, e);
    return;
  case FE_SET_GLOBAL:
    walk_atom(w, &e->u.set.value);
    return;
  case FE_NEXT: case FE_CLOSURE: case FE_FAIL:
    return;
  case FE_LET: case FE_FIX:
    assert(false);
  }
}

/* Loops on what follows a let, so that long blocks need no stack. */
static void walk_expr(walk *w, fe_expr *e, bool is_tail) {
  for (;;) {
    if (w->expr)
      w->expr(w, e, is_tail);
    if (e->kind == FE_LET) {
      walk_expr(w, e->u.let.rhs, false);
      bind_var(w, e->u.let.var);
      e = e->u.let.body;
    } else if (e->kind == FE_FIX) {
      for (uint32_t i = 0; i < e->u.fix.n; i++)
        bind_var(w, e->u.fix.vars[i]);
      e = e->u.fix.body;
    } else {
      walk_parts(w, e, is_tail);
      return;
    }
  }
}

static void walk_func(walk *w, fe_func *f) {
  w->f = f;
  for (uint32_t i = 0; i < f->n_params; i++)
    bind_var(w, f->params[i]);
  if (!f->handler) {
    walk_expr(w, f->body, true);
    return;
  }
  fe_handler *h = f->handler;
  for (uint32_t i = 0; i < h->n_clauses; i++) {
    bind_var(w, h->clauses[i].payload);
    bind_var(w, h->clauses[i].resumption);
    walk_expr(w, h->clauses[i].body, true);
  }
  if (h->ret) {
    bind_var(w, h->result);
    walk_expr(w, h->ret, true);
  }
}

/* 1 and 2: reachability and tail positions. */

static void reach(finish *x, fe_func *f) {
  if (!f || f->is_reachable)
    return;
  f->is_reachable = true;
  fe_push(x->a, &x->work, f);
}

static void reach_atom(walk *w, fe_atom *a) {
  if (a->kind == FE_ATOM_FUNC)
    reach(w->x, a->u.func);
  else if (a->kind == FE_ATOM_VAR)
    reach(w->x, a->u.var->func);
  else if (a->kind == FE_ATOM_GLOBAL)
    a->u.global->is_used = true;
}

static void use_labels(fe_label **labels, uint32_t n) {
  for (uint32_t i = 0; i < n; i++)
    labels[i]->is_used = true;
}

static void reach_switch(fe_expr *e) {
  if (e->u.sw.test == FE_TEST_VARIANT)
    for (uint32_t i = 0; i < e->u.sw.n; i++)
      e->u.sw.cases[i].label->is_used = true;
}

static void reach_expr(walk *w, fe_expr *e, bool is_tail) {
  switch (e->kind) {
  case FE_CALL: case FE_RESUME:
    e->is_tail = is_tail;
    return;
  case FE_HANDLE:
    e->is_tail = is_tail;
    reach(w->x, e->u.handle.thunk);
    reach(w->x, e->u.handle.driver);
    return;
  case FE_CLOSURE:
    reach(w->x, e->u.closure);
    return;
  case FE_SWITCH:
    reach_switch(e);
    return;
  case FE_RECORD:
    e->u.record.shape->is_used = true;
    use_labels(e->u.record.shape->fields, e->u.record.shape->n_fields);
    return;
  case FE_VARIANT:
    e->u.variant.label->is_used = true;
    return;
  case FE_SELECT:
    e->u.select.label->is_used = true;
    return;
  case FE_EXTEND:
    use_labels(e->u.extend.labels, e->u.extend.n);
    return;
  case FE_RESTRICT:
    use_labels(e->u.drop.labels, e->u.drop.n);
    return;
  case FE_PERFORM:
    e->u.perform.op->is_used = true;
    return;
  case FE_ATOM: case FE_LET: case FE_FIX: case FE_IF: case FE_ARMS: case FE_NEXT:
  case FE_PRIMITIVE: case FE_CONS: case FE_SET_GLOBAL: case FE_FAIL:
    return;
  }
}

static void find_reachable(finish *x) {
  walk w = {.x = x, .expr = reach_expr, .atom = reach_atom};
  reach(x, x->p->main);
  for (uint32_t i = 0; i < x->work.n; i++) {
    fe_func *f = x->work.data[i];
    walk_func(&w, f);
    for (uint32_t c = 0; f->handler && c < f->handler->n_clauses; c++) {
      fe_clause *clause = &f->handler->clauses[c];
      clause->op->is_used = true;
      clause->resumption->clause = clause;
    }
  }
}

/* 3: free variables. */

static pair *find_pair(const finish *x, const fe_func *f, const fe_var *v) {
  uint64_t h = ((uint64_t)f->id << 32 | v->id) * 0x9E3779B97F4A7C15u;
  uint32_t i = (uint32_t)(h >> 32) & (x->n_slots - 1);
  while (x->pairs[i].func && (x->pairs[i].func != f || x->pairs[i].var != v))
    i = (i + 1) & (x->n_slots - 1);
  return &x->pairs[i];
}

static void grow_pairs(finish *x) {
  pair *old = x->pairs;
  uint32_t n_old = x->n_slots;
  x->n_slots = n_old ? n_old * 2 : 256;
  x->pairs = fe_alloc_n(x->a, x->n_slots, sizeof *x->pairs);
  for (uint32_t i = 0; i < n_old; i++)
    if (old[i].func)
      *find_pair(x, old[i].func, old[i].var) = old[i];
}

static bool add_pair(finish *x, const fe_func *f, const fe_var *v) {
  if (x->n_pairs * 2 >= x->n_slots)
    grow_pairs(x);
  pair *at = find_pair(x, f, v);
  if (at->func)
    return false;
  *at = (pair){.func = f, .var = v};
  x->n_pairs++;
  return true;
}

static void free_atom(walk *w, fe_atom *a) {
  if (a->kind != FE_ATOM_VAR)
    return;
  finish *x = w->x;
  fe_var *v = a->u.var;
  for (fe_func *f = w->f; f != v->owner && f != v->func; f = f->parent) {
    assert(f);
    if (!add_pair(x, f, v))
      break;
    fe_push(x->a, &x->free_vars[f->id], v);
    if (v->func) {
      edge *e = FE_NEW(x->a, edge);
      *e = (edge){f->id, x->users[v->func->id]};
      x->users[v->func->id] = e;
    }
  }
}

static void resumption_atom(walk *w, const fe_atom *a) {
  if (a->kind != FE_ATOM_VAR || a->u.var->kind != FE_VAR_RESUMPTION)
    return;
  fe_clause *c = a->u.var->clause;
  if (a == w->direct)
    c->n_resumes++;
  if (a != w->direct || w->f != a->u.var->owner)
    c->escapes = true;
}

static void free_or_resumption_atom(walk *w, fe_atom *a) {
  resumption_atom(w, a);
  free_atom(w, a);
}

/* A resumption is tail-resumptive until a resume in another place is seen. */
static void resume_expr(walk *w, fe_expr *e, bool is_tail) {
  (void)w;
  if (e->kind == FE_RESUME && e->u.resume.driver && !is_tail)
    e->u.resume.k.u.var->clause->is_tail_resumptive = false;
}

static void find_free(finish *x) {
  walk w = {.x = x, .expr = resume_expr, .atom = free_or_resumption_atom};
  for (uint32_t i = 0; i < x->work.n; i++) {
    fe_handler *h = x->work.data[i]->handler;
    for (uint32_t c = 0; h && c < h->n_clauses; c++)
      h->clauses[c].is_tail_resumptive = true;
  }
  for (uint32_t i = 0; i < x->work.n; i++)
    walk_func(&w, x->work.data[i]);
  for (uint32_t i = 0; i < x->work.n; i++) {
    fe_handler *h = x->work.data[i]->handler;
    if (!h)
      continue;
    h->is_loop = h->depth == FE_DEEP;
    for (uint32_t c = 0; c < h->n_clauses; c++) {
      fe_clause *clause = &h->clauses[c];
      clause->is_tail_resumptive = clause->is_tail_resumptive && !clause->escapes;
      h->is_loop = h->is_loop && clause->is_tail_resumptive;
    }
  }
}

static void find_captures(finish *x) {
  FE_VEC(uint32_t) found = {0};
  for (uint32_t i = 0; i < x->work.n; i++) {
    uint32_t id = x->work.data[i]->id;
    for (uint32_t k = 0; k < x->free_vars[id].n && !x->has_captures[id]; k++)
      x->has_captures[id] = !x->free_vars[id].data[k]->func;
    if (x->has_captures[id])
      fe_push(x->a, &found, id);
  }
  for (uint32_t i = 0; i < found.n; i++)
    for (edge *e = x->users[found.data[i]]; e; e = e->next)
      if (!x->has_captures[e->from]) {
        x->has_captures[e->from] = true;
        fe_push(x->a, &found, e->from);
      }
  for (uint32_t i = 0; i < x->work.n; i++) {
    fe_func *f = x->work.data[i];
    var_vec *vars = &x->free_vars[f->id];
    uint32_t n = 0;
    for (uint32_t k = 0; k < vars->n; k++) {
      fe_var *v = vars->data[k];
      if (v->func && !x->has_captures[v->func->id])
        continue;
      v->is_captured = true;
      find_pair(x, f, v)->capture = n;
      vars->data[n++] = v;
    }
    f->captures = vars->data;
    f->n_captures = n;
    f->is_value = n > 0;
  }
}

/* 4: atoms and slots. */

static fe_atom place_of(const finish *x, const fe_func *f, fe_var *v) {
  if (v->func && !x->has_captures[v->func->id])
    return (fe_atom){.kind = FE_ATOM_FUNC, .u.func = v->func};
  if (v->owner == f)
    return fe_atom_var(v);
  if (v->func == f)
    return fe_atom_plain(FE_ATOM_SELF);
  return (fe_atom){.kind = FE_ATOM_CAPTURE, .u.capture = find_pair(x, f, v)->capture};
}

static void place_atom(walk *w, fe_atom *a) {
  if (a->kind == FE_ATOM_VAR)
    *a = place_of(w->x, w->f, a->u.var);
  if (a->kind == FE_ATOM_FUNC && a != w->direct)
    a->u.func->is_value = true;
  if (a->kind == FE_ATOM_VAR)
    a->u.var->n_uses++;
}

static void place_expr(walk *w, fe_expr *e, bool is_tail) {
  (void)w;
  (void)is_tail;
  if (e->kind == FE_CLOSURE)
    e->u.closure->is_value = true;
}

static void place_var(walk *w, fe_var *v) {
  fe_func *f = w->f;
  uint32_t cap = f->n_locals;   /* grown below: the vector's capacity is not kept */
  if ((cap & (cap - 1)) == 0) {
    fe_var **moved = fe_alloc_n(w->x->a, cap ? (size_t)cap * 2 : 1, sizeof *moved);
    if (cap)
      memcpy(moved, f->locals, cap * sizeof *moved);
    f->locals = moved;
  }
  v->slot = f->n_locals;
  f->locals[f->n_locals++] = v;
}

static void place_all(finish *x) {
  walk w = {.x = x, .expr = place_expr, .atom = place_atom, .bind = place_var};
  for (uint32_t i = 0; i < x->work.n; i++) {
    fe_func *f = x->work.data[i];
    walk_func(&w, f);
    f->capture_atoms = fe_alloc_n(x->a, f->n_captures, sizeof *f->capture_atoms);
    for (uint32_t k = 0; k < f->n_captures; k++)
      f->capture_atoms[k] = place_of(x, f->parent, f->captures[k]);
  }
}

/* 6: labels. */

static int compare_labels(const void *a, const void *b) {
  return fe_label_compare(*(fe_label *const *)a, *(fe_label *const *)b);
}

static void sort_labels(fe_program *p) {
  if (p->labels.n)
    qsort(p->labels.data, p->labels.n, sizeof *p->labels.data, compare_labels);
  for (uint32_t i = 0; i < p->labels.n; i++)
    p->labels.data[i]->id = i;
}

void fe_finish(fe_program *p) {
  finish x = {.p = p, .a = &p->session->arena};
  x.free_vars = fe_alloc_n(x.a, p->funcs.n, sizeof *x.free_vars);
  x.users = fe_alloc_n(x.a, p->funcs.n, sizeof *x.users);
  x.has_captures = fe_alloc_n(x.a, p->funcs.n, sizeof *x.has_captures);
  find_reachable(&x);
  find_free(&x);
  if (x.n_slots == 0)
    grow_pairs(&x);
  find_captures(&x);
  place_all(&x);
  sort_labels(p);
}
