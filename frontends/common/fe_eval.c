/* The machine of the reference interpreter; see fe_eval.h. */
#include "common/fe_eval.h"

#include "common/fe_eval_value.h"

#include <assert.h>
#include <stdarg.h>
#include <string.h>

/* One activation of a function. */
typedef struct env {
  fe_closure *self;
  fe_value *slots;
} env;

typedef struct frame {
  struct frame *next;      /* towards the bottom */
  bool is_handler;
  env e;                   /* let: where to go on */
  fe_expr *let;
  fe_closure *driver;      /* handler */
  fe_value *params;
} frame;

typedef struct fe_resumption {
  frame *top, *last;       /* the frames above the handler; NULL: none */
  fe_closure *driver;
  bool is_used;
} fe_resumption;

typedef struct fe_machine {
  fe_eval *ev;
  env e;
  fe_expr *expr;           /* being evaluated, or NULL: `value` goes to the top frame */
  fe_value value;
  frame *stack;
  fe_value *globals;
  bool *is_set;
  fe_closure **statics;    /* by function id */
} machine;

void fe_eval_fail(fe_eval *ev, fe_pos pos, const char *fmt, ...) {
  if (ev->has_failed)
    return;
  ev->has_failed = true;
  fe_location at = fe_locate(ev->s, pos);
  if (at.source)
    fprintf(ev->err, "%s:%u:%u: ", at.source->name, at.line, at.column);
  fputs("error: ", ev->err);
  va_list args;
  va_start(args, fmt);
  vfprintf(ev->err, fmt, args);
  va_end(args);
  fputc('\n', ev->err);
}

/* Atoms and closures. */

static fe_value closure_value(fe_closure *c) {
  return (fe_value){.kind = FE_V_CLOSURE, .u.closure = c};
}

static fe_closure *static_closure(machine *m, fe_func *f) {
  assert(f->n_captures == 0);
  fe_closure **entry = &m->statics[f->id];
  if (!*entry) {
    *entry = FE_NEW(m->ev->a, fe_closure);
    (*entry)->func = f;
  }
  return *entry;
}

static fe_value atom_value(machine *m, const fe_atom *a, fe_pos pos) {
  switch (a->kind) {
  case FE_ATOM_VAR:
    assert(a->u.var->owner == m->e.self->func);
    return m->e.slots[a->u.var->slot];
  case FE_ATOM_CAPTURE:
    assert(a->u.capture < m->e.self->func->n_captures);
    return m->e.self->captures[a->u.capture];
  case FE_ATOM_SELF:
    return closure_value(m->e.self);
  case FE_ATOM_GLOBAL:
    if (!m->is_set[a->u.global->id])
      fe_eval_fail(m->ev, pos, "'%s' is used before its definition", a->u.global->name->text);
    return m->globals[a->u.global->id];
  case FE_ATOM_FUNC:
    return closure_value(static_closure(m, a->u.func));
  case FE_ATOM_UNIT:
    return (fe_value){.kind = FE_V_UNIT};
  case FE_ATOM_BOOL:
    return (fe_value){.kind = FE_V_BOOL, .u.i = a->u.i};
  case FE_ATOM_INT:
    return (fe_value){.kind = FE_V_INT, .u.i = a->u.i};
  case FE_ATOM_CHAR:
    return (fe_value){.kind = FE_V_CHAR, .u.i = a->u.i};
  case FE_ATOM_FLOAT:
    return (fe_value){.kind = FE_V_FLOAT, .u.f = a->u.f};
  case FE_ATOM_STRING:
    return (fe_value){.kind = FE_V_STRING, .u.text = a->u.text};
  case FE_ATOM_NIL:
    return (fe_value){.kind = FE_V_NIL};
  }
  return (fe_value){.kind = FE_V_UNIT};
}

static fe_value *atom_values(machine *m, const fe_atom *atoms, uint32_t n, fe_pos pos) {
  fe_value *values = fe_alloc_n(m->ev->a, n, sizeof *values);
  for (uint32_t i = 0; i < n; i++)
    values[i] = atom_value(m, &atoms[i], pos);
  return values;
}

static fe_closure *new_closure(machine *m, fe_func *f) {
  if (f->n_captures == 0)
    return static_closure(m, f);
  fe_closure *c = FE_NEW(m->ev->a, fe_closure);
  c->func = f;
  c->captures = fe_alloc_n(m->ev->a, f->n_captures, sizeof(fe_value));
  return c;
}

static void fill_closure(machine *m, fe_closure *c, fe_pos pos) {
  for (uint32_t i = 0; i < c->func->n_captures; i++)
    c->captures[i] = atom_value(m, &c->func->capture_atoms[i], pos);
}

static fe_closure *make_closure(machine *m, fe_func *f, fe_pos pos) {
  fe_closure *c = new_closure(m, f);
  fill_closure(m, c, pos);
  return c;
}

static void set_var(machine *m, const fe_var *v, fe_value value) {
  if (v)
    m->e.slots[v->slot] = value;
}

static void give(machine *m, fe_value value) {
  m->value = value;
  m->expr = NULL;
}

static void enter_env(machine *m, fe_closure *c) {
  m->e.self = c;
  m->e.slots = fe_alloc_n(m->ev->a, c->func->n_locals, sizeof(fe_value));
}

/* Calls, handlers, resumptions. */

static void enter_func(machine *m, fe_closure *c, const fe_value *args) {
  enter_env(m, c);
  for (uint32_t i = 0; i < c->func->n_params; i++)
    set_var(m, c->func->params[i], args[i]);
  m->expr = c->func->body;
}

static void push_handler(machine *m, fe_closure *driver, fe_value *params) {
  frame *f = FE_NEW(m->ev->a, frame);
  *f = (frame){.next = m->stack, .is_handler = true, .driver = driver, .params = params};
  m->stack = f;
}

static bool is_handler_value(const fe_value *v, uint32_t n_params) {
  return v->kind == FE_V_CLOSURE && v->u.closure->func->kind == FE_FN_DRIVER &&
         v->u.closure->func->n_params == n_params;
}

/* args: the value, then the new parameters. */
static void resume(machine *m, fe_resumption *r, fe_value *args, const fe_value *with,
                   fe_pos pos) {
  if (r->is_used) {
    fe_eval_fail(m->ev, pos, "resumption used twice");
    return;
  }
  r->is_used = true;
  if (with)
    push_handler(m, with->u.closure, NULL);
  else if (r->driver->func->handler->depth == FE_DEEP)
    push_handler(m, r->driver, args + 1);
  if (r->top) {
    r->last->next = m->stack;
    m->stack = r->top;
  }
  give(m, args[0]);
}

static void call(machine *m, fe_expr *e) {
  fe_value callee = atom_value(m, &e->u.call.callee, e->pos);
  fe_value *args = atom_values(m, e->u.call.args, e->u.call.n, e->pos);
  uint32_t n_params = 0;
  if (callee.kind == FE_V_RESUMPTION) {
    const fe_func *driver = callee.u.resumption->driver->func;
    n_params = 1 + driver->n_params;
    if (driver->handler->depth == FE_SHEEP) {
      fe_eval_fail(m->ev, e->pos, "a resumption of a sheep handler needs a handler");
      return;
    }
  } else if (callee.kind == FE_V_CLOSURE && callee.u.closure->func->kind == FE_FN_PLAIN) {
    n_params = callee.u.closure->func->n_params;
  } else {
    fe_eval_fail(m->ev, e->pos, "type error: this is not a function");
    return;
  }
  if (n_params != e->u.call.n) {
    fe_eval_fail(m->ev, e->pos, "this function takes %u argument%s but is given %u", n_params,
                 n_params == 1 ? "" : "s", e->u.call.n);
    return;
  }
  assert(!e->u.call.known || callee.u.closure->func == e->u.call.known);
  if (callee.kind == FE_V_RESUMPTION)
    resume(m, callee.u.resumption, args, NULL, e->pos);
  else
    enter_func(m, callee.u.closure, args);
}

static void resume_expr(machine *m, fe_expr *e) {
  fe_value k = atom_value(m, &e->u.resume.k, e->pos);
  fe_value *args = atom_values(m, e->u.resume.args, e->u.resume.n, e->pos);
  fe_value with = {0};
  if (e->u.resume.has_with)
    with = atom_value(m, &e->u.resume.with, e->pos);
  if (k.kind != FE_V_RESUMPTION ||
      (e->u.resume.has_with && k.u.resumption->driver->func->handler->depth != FE_SHEEP))
    fe_eval_fail(m->ev, e->pos, "type error: this is not a resumption of a sheep handler");
  else if (e->u.resume.has_with && !is_handler_value(&with, 0))
    fe_eval_fail(m->ev, e->pos, "type error: expected a handler after 'with'");
  else
    resume(m, k.u.resumption, args, e->u.resume.has_with ? &with : NULL, e->pos);
}

static void handle(machine *m, fe_expr *e) {
  fe_value *params = atom_values(m, e->u.handle.params, e->u.handle.n_params, e->pos);
  fe_closure *driver = NULL;
  if (e->u.handle.driver) {
    driver = make_closure(m, e->u.handle.driver, e->pos);
  } else {
    fe_value h = atom_value(m, &e->u.handle.handler, e->pos);
    if (!is_handler_value(&h, 0)) {
      fe_eval_fail(m->ev, e->pos, "type error: expected a handler after 'with'");
      return;
    }
    driver = h.u.closure;
  }
  fe_closure *thunk = make_closure(m, e->u.handle.thunk, e->pos);
  push_handler(m, driver, params);
  enter_func(m, thunk, NULL);
}

static const fe_clause *find_clause(const fe_func *driver, const fe_label *op) {
  for (uint32_t i = 0; i < driver->handler->n_clauses; i++)
    if (driver->handler->clauses[i].op == op)
      return &driver->handler->clauses[i];
  return NULL;
}

static void enter_driver(machine *m, frame *h) {
  enter_env(m, h->driver);
  for (uint32_t i = 0; i < h->driver->func->n_params; i++)
    set_var(m, h->driver->func->params[i], h->params[i]);
}

static void perform(machine *m, fe_expr *e) {
  fe_value payload = atom_value(m, &e->u.perform.payload, e->pos);
  frame *last = NULL;
  for (frame *f = m->stack; f; last = f, f = f->next) {
    const fe_clause *c = f->is_handler ? find_clause(f->driver->func, e->u.perform.op) : NULL;
    if (!c)
      continue;
    fe_resumption *r = FE_NEW(m->ev->a, fe_resumption);
    r->driver = f->driver;
    r->top = last ? m->stack : NULL;
    r->last = last;
    if (last)
      last->next = NULL;
    m->stack = f->next;
    enter_driver(m, f);
    set_var(m, c->payload, payload);
    set_var(m, c->resumption, (fe_value){.kind = FE_V_RESUMPTION, .u.resumption = r});
    m->expr = c->body;
    return;
  }
  fe_eval_fail(m->ev, e->pos, "unhandled operation %s", e->u.perform.op->name->text);
}

/* Records. */

static fe_value record_value(fe_record *r) {
  return (fe_value){.kind = FE_V_RECORD, .u.record = r};
}

static fe_value *find_field(const fe_value *v, const fe_label *label) {
  for (uint32_t i = 0; v->kind == FE_V_RECORD && i < v->u.record->n; i++)
    if (v->u.record->labels[i] == label)
      return &v->u.record->fields[i];
  return NULL;
}

static fe_value select_field(machine *m, fe_expr *e) {
  fe_value from = atom_value(m, &e->u.select.from, e->pos);
  fe_value *field = find_field(&from, e->u.select.label);
  if (field)
    return *field;
  fe_eval_fail(m->ev, e->pos, "type error: expected a record with the field %s",
               e->u.select.label->name->text);
  return (fe_value){.kind = FE_V_UNIT};
}

/* The fields of `base` (a record or unit) and of n more, sorted; equal labels: error or
 * replaced as is_update says. */
static fe_value extend(machine *m, fe_expr *e) {
  fe_value base = atom_value(m, &e->u.extend.base, e->pos);
  fe_value *more = atom_values(m, e->u.extend.fields, e->u.extend.n, e->pos);
  fe_arena *a = m->ev->a;
  uint32_t n_base = base.kind == FE_V_RECORD ? base.u.record->n : 0;
  fe_record *r = FE_NEW(a, fe_record);
  r->labels = fe_alloc_n(a, (size_t)n_base + e->u.extend.n, sizeof *r->labels);
  r->fields = fe_alloc_n(a, (size_t)n_base + e->u.extend.n, sizeof *r->fields);
  for (; r->n < n_base; r->n++) {
    r->labels[r->n] = base.u.record->labels[r->n];
    r->fields[r->n] = base.u.record->fields[r->n];
  }
  bool ok = base.kind == FE_V_UNIT || fe_eval_expect(m->ev, &base, FE_V_RECORD, e->pos);
  for (uint32_t i = 0; i < e->u.extend.n && ok; i++) {
    fe_label *label = e->u.extend.labels[i];
    fe_value now = record_value(r);
    fe_value *old = find_field(&now, label);
    ok = (old != NULL) == e->u.extend.is_update;
    if (!ok)
      fe_eval_fail(m->ev, e->pos, "type error: the record %s the field %s",
                   old ? "has already" : "lacks", label->name->text);
    if (ok && old) {
      *old = more[i];
      continue;
    }
    uint32_t at = r->n++;
    for (; at > 0 && fe_label_compare(label, r->labels[at - 1]) < 0; at--) {
      r->labels[at] = r->labels[at - 1];
      r->fields[at] = r->fields[at - 1];
    }
    r->labels[at] = label;
    r->fields[at] = more[i];
  }
  return record_value(r);
}

static fe_value drop_fields(machine *m, fe_expr *e) {
  fe_value base = atom_value(m, &e->u.drop.base, e->pos);
  if (base.kind != FE_V_UNIT)
    (void)fe_eval_expect(m->ev, &base, FE_V_RECORD, e->pos);
  fe_record *r = FE_NEW(m->ev->a, fe_record);
  uint32_t n = base.kind == FE_V_RECORD ? base.u.record->n : 0;
  r->labels = fe_alloc_n(m->ev->a, n, sizeof *r->labels);
  r->fields = fe_alloc_n(m->ev->a, n, sizeof *r->fields);
  for (uint32_t i = 0; i < n; i++) {
    bool is_dropped = false;
    for (uint32_t k = 0; k < e->u.drop.n; k++)
      is_dropped = is_dropped || e->u.drop.labels[k] == base.u.record->labels[i];
    if (is_dropped)
      continue;
    r->labels[r->n] = base.u.record->labels[i];
    r->fields[r->n++] = base.u.record->fields[i];
  }
  for (uint32_t k = 0; k < e->u.drop.n; k++)
    if (!find_field(&base, e->u.drop.labels[k]))
      fe_eval_fail(m->ev, e->pos, "type error: the record lacks the field %s",
                   e->u.drop.labels[k]->name->text);
  return r->n ? record_value(r) : (fe_value){.kind = FE_V_UNIT};
}

static fe_value record(machine *m, fe_expr *e) {
  fe_record *r = FE_NEW(m->ev->a, fe_record);
  r->n = e->u.record.shape->n_fields;
  r->labels = e->u.record.shape->fields;
  r->fields = atom_values(m, e->u.record.fields, r->n, e->pos);
  return record_value(r);
}

static fe_value variant(machine *m, fe_expr *e) {
  fe_variant *v = FE_NEW(m->ev->a, fe_variant);
  v->label = e->u.variant.label;
  v->payload = atom_value(m, &e->u.variant.payload, e->pos);
  return (fe_value){.kind = FE_V_VARIANT, .u.variant = v};
}

static fe_value cons(machine *m, fe_expr *e) {
  fe_cell *c = FE_NEW(m->ev->a, fe_cell);
  c->head = atom_value(m, &e->u.cons.head, e->pos);
  c->tail = atom_value(m, &e->u.cons.tail, e->pos);
  if (c->tail.kind != FE_V_CONS)
    (void)fe_eval_expect(m->ev, &c->tail, FE_V_NIL, e->pos);
  return (fe_value){.kind = FE_V_CONS, .u.cell = c};
}

/* Tests. */

static fe_value literal_value(const fe_case *k) {
  fe_value v = {.u.i = k->literal.u.i};
  v.kind = k->literal.kind == FE_ATOM_INT    ? FE_V_INT
           : k->literal.kind == FE_ATOM_CHAR ? FE_V_CHAR
                                             : FE_V_FLOAT;
  if (k->literal.kind == FE_ATOM_FLOAT)
    v.u.f = k->literal.u.f;
  if (k->literal.kind == FE_ATOM_STRING)
    v = (fe_value){.kind = FE_V_STRING, .u.text = k->literal.u.text};
  return v;
}

static bool case_matches(machine *m, const fe_expr *e, const fe_case *k, const fe_value *on) {
  int order = 0;
  switch (e->u.sw.test) {
  case FE_TEST_VARIANT:
    return on->kind == FE_V_VARIANT && on->u.variant->label == k->label;
  case FE_TEST_LIST:
    return on->kind == (k->var1 ? FE_V_CONS : FE_V_NIL);
  case FE_TEST_INT: case FE_TEST_CHAR: case FE_TEST_FLOAT: case FE_TEST_STRING:
    return fe_eval_compare(m->ev, *on, literal_value(k), &order, e->pos) && order == 0;
  }
  return false;
}

static fe_value_kind tested_kind(fe_test test) {
  switch (test) {
  case FE_TEST_VARIANT:
    return FE_V_VARIANT;
  case FE_TEST_LIST:
    return FE_V_NIL;
  case FE_TEST_INT:
    return FE_V_INT;
  case FE_TEST_CHAR:
    return FE_V_CHAR;
  case FE_TEST_FLOAT:
    return FE_V_FLOAT;
  case FE_TEST_STRING:
    return FE_V_STRING;
  }
  return FE_V_UNIT;
}

static void run_switch(machine *m, fe_expr *e) {
  fe_value on = atom_value(m, &e->u.sw.on, e->pos);
  bool is_cell = e->u.sw.test == FE_TEST_LIST && on.kind == FE_V_CONS;
  if (!is_cell && !fe_eval_expect(m->ev, &on, tested_kind(e->u.sw.test), e->pos))
    return;
  for (uint32_t i = 0; i < e->u.sw.n; i++) {
    fe_case *k = &e->u.sw.cases[i];
    if (!case_matches(m, e, k, &on))
      continue;
    if (e->u.sw.test == FE_TEST_VARIANT)
      set_var(m, k->var1, on.u.variant->payload);
    if (on.kind == FE_V_CONS) {
      set_var(m, k->var1, on.u.cell->head);
      set_var(m, k->var2, on.u.cell->tail);
    }
    m->expr = k->body;
    return;
  }
  m->expr = e->u.sw.other;
}

static void run_if(machine *m, fe_expr *e) {
  fe_value cond = atom_value(m, &e->u.cond.cond, e->pos);
  if (cond.kind != FE_V_BOOL)
    (void)fe_eval_expect(m->ev, &cond, FE_V_BOOL, e->pos);
  m->expr = cond.u.i ? e->u.cond.then : e->u.cond.other;
}

static void run_let(machine *m, fe_expr *e) {
  frame *f = FE_NEW(m->ev->a, frame);
  *f = (frame){.next = m->stack, .e = m->e, .let = e};
  m->stack = f;
  m->expr = e->u.let.rhs;
}

static void run_fix(machine *m, fe_expr *e) {
  for (uint32_t pass = 0; pass < 2; pass++)
    for (uint32_t i = 0; i < e->u.fix.n; i++) {
      fe_var *v = e->u.fix.vars[i];
      if (!v->func->is_reachable)
        continue;
      if (pass == 0)
        set_var(m, v, closure_value(new_closure(m, v->func)));
      else
        fill_closure(m, m->e.slots[v->slot].u.closure, e->pos);
    }
  m->expr = e->u.fix.body;
}

static void run_set(machine *m, fe_expr *e) {
  uint32_t id = e->u.set.global->id;
  m->globals[id] = atom_value(m, &e->u.set.value, e->pos);
  m->is_set[id] = true;
  give(m, (fe_value){.kind = FE_V_UNIT});
}

static void step(machine *m) {
  fe_expr *e = m->expr;
  switch (e->kind) {
  case FE_ATOM:
    give(m, atom_value(m, &e->u.atom, e->pos));
    return;
  case FE_LET:
    run_let(m, e);
    return;
  case FE_FIX:
    run_fix(m, e);
    return;
  case FE_IF:
    run_if(m, e);
    return;
  case FE_SWITCH:
    run_switch(m, e);
    return;
  case FE_ARMS:
    m->expr = e->u.arms.arms[0];
    return;
  case FE_NEXT:
    m->expr = e->u.next.target->u.arms.arms[e->u.next.arm];
    return;
  case FE_CALL:
    call(m, e);
    return;
  case FE_PRIMITIVE:
    give(m, fe_eval_prim(m->ev, e->u.prim.prim,
                         atom_values(m, e->u.prim.args, e->u.prim.n, e->pos), e->pos));
    return;
  case FE_CLOSURE:
    give(m, closure_value(make_closure(m, e->u.closure, e->pos)));
    return;
  case FE_RECORD:
    give(m, record(m, e));
    return;
  case FE_VARIANT:
    give(m, variant(m, e));
    return;
  case FE_CONS:
    give(m, cons(m, e));
    return;
  case FE_SELECT:
    give(m, select_field(m, e));
    return;
  case FE_EXTEND:
    give(m, extend(m, e));
    return;
  case FE_RESTRICT:
    give(m, drop_fields(m, e));
    return;
  case FE_PERFORM:
    perform(m, e);
    return;
  case FE_HANDLE:
    handle(m, e);
    return;
  case FE_RESUME:
    resume_expr(m, e);
    return;
  case FE_SET_GLOBAL:
    run_set(m, e);
    return;
  case FE_FAIL:
    fe_eval_fail(m->ev, e->pos, e->u.fail == FE_FAIL_MATCH ? "no case matches"
                                                           : "a value where none can be");
    return;
  }
}

/* The top frame takes the value. */
static void pop(machine *m) {
  frame *f = m->stack;
  m->stack = f->next;
  if (!f->is_handler) {
    m->e = f->e;
    set_var(m, f->let->u.let.var, m->value);
    m->expr = f->let->u.let.body;
  } else if (f->driver->func->handler->ret) {
    enter_driver(m, f);
    set_var(m, f->driver->func->handler->result, m->value);
    m->expr = f->driver->func->handler->ret;
  }
}

static void run(void *ud) {
  fe_eval *ev = ud;
  fe_program *p = ev->p;
  machine m = {.ev = ev};
  m.globals = fe_alloc_n(ev->a, p->globals.n, sizeof *m.globals);
  m.is_set = fe_alloc_n(ev->a, p->globals.n, sizeof *m.is_set);
  m.statics = fe_alloc_n(ev->a, p->funcs.n, sizeof *m.statics);
  enter_func(&m, static_closure(&m, p->main), NULL);
  while (!ev->has_failed && (m.expr || m.stack)) {
    if (m.expr)
      step(&m);
    else
      pop(&m);
  }
}

int fe_eval_program(fe_program *p, FILE *out, FILE *err) {
  fe_eval ev = {.p = p, .s = p->session, .a = &p->session->arena, .out = out, .err = err,
                .seed = 42};
  if (!fe_guard(ev.a, run, &ev)) {
    fputs("error: out of memory\n", err);
    return 2;
  }
  fflush(out);
  return ev.has_failed;
}
