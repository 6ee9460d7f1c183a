/* Code generation: handlers, operations, resumptions.
 *
 * A shallow handler's resumption resumes under nothing; where the computation that a handler
 * handles is just such a resumption being called, the driver is given the continuation itself.
 * Otherwise each round of, say, two shallow handlers that call each other would resume inside a
 * new continuation, and the chain of stacks would grow. */
#include "common/fe_gen_parts.h"

#include <wasmfx/build.h>

#include <assert.h>

enum { DRIVE_ENV, DRIVE_VALUE, DRIVE_CONT };  /* parameters of a driver */

/* Handlers. */

/* Whether a driver looks at its environment, or others do. */
static bool needs_env(const fe_func *f) {
  return f->is_value || f->n_captures > 0 || f->n_params > 0 || !f->handler->is_loop;
}

void fe_push_handler(fe_fn *fn, const fe_func *driver, fe_pos pos) {
  fe_gen *g = fn->g;
  if (driver->n_captures == 0) {
    wfx_emit_global_get(fn->b, fe_object_global(g, driver));
    return;
  }
  wfx_emit_i32_const(fn->b, (int32_t)driver->n_params);
  wfx_emit_i32_const(fn->b, (int32_t)driver->handler->depth);
  wfx_emit_ref_func(fn->b, g->funcs[driver->id].code);
  fe_push_captures(fn, driver, pos);
  wfx_emit_struct_new(fn->b, fe_handler_type(g, driver->n_captures));
}

/* The environment for a driver; with parameters, these around it. */
static void push_env(fe_fn *fn, const fe_expr *e) {
  fe_gen *g = fn->g;
  const fe_func *driver = e->u.handle.driver;
  uint32_t n = e->u.handle.n_params;
  if (!needs_env(driver)) {
    wfx_emit_ref_null(fn->b, WFX_HEAP_NONE);
    return;
  }
  if (n == 0) {
    fe_push_handler(fn, driver, e->pos);
    return;
  }
  wfx_emit_i32_const(fn->b, (int32_t)n);
  wfx_emit_i32_const(fn->b, (int32_t)driver->handler->depth);
  wfx_emit_ref_func(fn->b, g->funcs[driver->id].code);
  fe_push_handler(fn, driver, e->pos);
  fe_push_atoms(fn, e->u.handle.params, n, e->pos);
  wfx_emit_struct_new(fn->b, fe_state_type(g, n));
}

/* Driver functions. */

/* Make captures and parameters of a driver available. */
static void enter_driver(fe_fn *fn) {
  fe_gen *g = fn->g;
  const fe_func *f = fn->f;
  if (f->n_params > 0) {
    wfx_valtype type = wfx_ref_to(fe_state_type(g, f->n_params));
    wfx_local_id state = fe_temp_take(fn, type);
    wfx_emit_local_get(fn->b, wfx_body_param(fn->b, DRIVE_ENV));
    wfx_emit_ref_cast(fn->b, wfx_heap_of(type));
    wfx_emit_local_set(fn->b, state);
    for (uint32_t i = 0; i < f->n_params; i++) {
      wfx_emit_local_get(fn->b, state);
      wfx_emit_struct_get(fn->b, fe_state_type(g, f->n_params), FE_STATE_PARAMS + i);
      wfx_emit_local_set(fn->b, fn->locals[f->params[i]->slot].local);
    }
    if (f->n_captures > 0) {
      wfx_emit_local_get(fn->b, state);
      wfx_emit_struct_get(fn->b, fe_state_type(g, f->n_params), FE_STATE_HANDLER);
    }
    fe_temp_give(fn, type, state);
  } else if (f->n_captures > 0) {
    wfx_emit_local_get(fn->b, wfx_body_param(fn->b, DRIVE_ENV));
  }
  if (f->n_captures > 0)
    fe_fn_self(fn, fe_handler_type(g, f->n_captures), FE_HANDLER_CAPTURES);
}

static void open_driver(fe_fn *fn) {
  static const char *const names[] = {
    [DRIVE_ENV] = "env", [DRIVE_VALUE] = "value", [DRIVE_CONT] = "cont"};
  for (uint32_t i = 0; i < 3; i++)
    wfx_body_name_local(fn->b, wfx_body_param(fn->b, i), names[i]);
  for (uint32_t i = 0; i < fn->f->n_params; i++) {
    const fe_var *v = fn->f->params[i];
    wfx_local_id local =
      wfx_body_add_local(fn->b, WFX_EQREF, v->name ? v->name->text : NULL);
    fn->locals[v->slot] = (fe_gen_local){.local = local, .rep = FE_REP_VALUE};
  }
}

static const char *clause_label(fe_gen *g, const fe_clause *c) {
  return fe_format(g->s, "on_%s", c->op->name->text);
}

/* [value] -> [value], or it has returned. */
static void gen_return_clause(fe_fn *fn) {
  const fe_handler *h = fn->f->handler;
  if (!h->ret)
    return;
  fe_bind(fn, h->result, FE_REP_VALUE);
  fe_gen_expr(fn, h->ret, FE_REP_VALUE);
}

/* A handler whose clauses all resume in tail position: a loop. */
static void gen_loop(fe_fn *fn) {
  fe_gen *g = fn->g;
  const fe_handler *handler = fn->f->handler;
  uint32_t n = handler->n_clauses;
  wfx_local_id value = wfx_body_param(fn->b, DRIVE_VALUE);
  wfx_local_id cont = wfx_body_param(fn->b, DRIVE_CONT);
  wfx_handler_clause_spec *clauses = fe_alloc_n(g->a, n, sizeof *clauses);
  for (uint32_t i = 0; i < n; i++)
    clauses[i] = (wfx_handler_clause_spec){
      .tag = g->tags[handler->clauses[i].op->id],
      .cont = g->driver.cont,
      .label = clause_label(g, &handler->clauses[i]),
    };
  const wfx_valtype result = WFX_EQREF;
  const wfx_handler_spec spec = {
    .size = sizeof spec, .kind = WFX_DEEP, .cont = g->driver.cont, .clauses = clauses,
    .n_clauses = n, .results = &result, .n_results = 1, .is_tail = true,
    .loop_label = "again",
  };
  wfx_handler h;
  fn->loop = &h;
  fn->value = value;
  enter_driver(fn);
  wfx_handler_begin(fn->b, &h, &spec);
  wfx_handler_blocks(fn->b, &h);
  wfx_emit_local_get(fn->b, value);
  wfx_emit_local_get(fn->b, cont);
  wfx_handler_resume(fn->b, &h);
  gen_return_clause(fn);
  for (uint32_t i = n; i-- > 0;) {
    const fe_clause *c = &handler->clauses[i];
    if (wfx_body_is_reachable(fn->b))
      wfx_handler_finish(fn->b, &h);
    fe_at(fn, c->pos);
    wfx_handler_clause(fn->b, &h, i);
    if (c->n_resumes > 0)
      wfx_emit_local_set(fn->b, cont);
    else
      wfx_emit_drop(fn->b);
    fe_bind(fn, c->payload, FE_REP_VALUE);
    fe_gen_expr(fn, c->body, FE_REP_VALUE);
  }
  wfx_handler_end(fn->b, &h);
}

static wfx_handler_kind kind_of(fe_depth depth) {
  switch (depth) {
  case FE_DEEP:
    return WFX_DEEP;
  case FE_SHALLOW:
    return WFX_SHALLOW;
  case FE_SHEEP:
    return WFX_SHEEP;
  }
  return WFX_DEEP;
}

/* Any other handler: clauses get their resumption as an object. */
static void gen_clauses(fe_fn *fn) {
  fe_gen *g = fn->g;
  const fe_func *f = fn->f;
  uint32_t n = f->handler->n_clauses;
  wfx_tag_id *tags = fe_alloc_n(g->a, n, sizeof *tags);
  const char **labels = fe_alloc_n(g->a, n, sizeof *labels);
  for (uint32_t i = 0; i < n; i++) {
    tags[i] = g->tags[f->handler->clauses[i].op->id];
    labels[i] = clause_label(g, &f->handler->clauses[i]);
  }
  fe_location at = fe_gen_locate(g, f->pos);
  wfx_driver d = {
    .size = sizeof d, .func = g->funcs[f->id].code, .types = &g->driver,
    .kind = kind_of(f->handler->depth), .tags = tags, .n_tags = n, .labels = labels,
    .flags = WFX_CHECKED,
    .loc = {.file = at.source ? at.source->name : NULL, .line = at.line, .column = at.column},
  };
  wfx_driver_begin(g->m, &d);
  fn->b = d.body;
  fe_body_opened(g, fn->b);
  open_driver(fn);
  if (f->handler->ret) {
    enter_driver(fn);
    gen_return_clause(fn);
  }
  for (uint32_t i = n; i-- > 0;) {
    const fe_clause *c = &f->handler->clauses[i];
    fe_at(fn, c->pos);
    wfx_driver_clause(&d, i);
    fe_bind(fn, c->resumption, FE_REP_RESUMPTION);
    fe_bind(fn, c->payload, FE_REP_VALUE);
    enter_driver(fn);
    fe_gen_expr(fn, c->body, FE_REP_VALUE);
  }
  wfx_driver_end(&d);
  fe_body_closed(g);
}

void fe_gen_driver(fe_gen *g, const fe_func *f) {
  fe_fn fn;
  fe_fn_open(&fn, g, f);
  if (!f->handler->is_loop) {
    gen_clauses(&fn);
    return;
  }
  fn.b = fe_open_body(g, g->funcs[f->id].code);
  fe_at(&fn, f->pos);
  open_driver(&fn);
  gen_loop(&fn);
  fe_close_body(g, fn.b);
}

/* Resuming. */

/* A resumption of a known handler, as (ref null $resumption). */
static void push_resumption(fe_fn *fn, const fe_atom *k, fe_pos pos) {
  fe_push_atom(fn, k, pos);
  if (fe_atom_rep(fn, k) != FE_REP_RESUMPTION)
    wfx_emit_ref_cast(fn->b, wfx_heap(fn->g->driver.resumption));
}

/* [(ref null $resumption) eqref * n] -> [(ref $state_N)]: the handler with new parameters, or
 * the error that the resumption was used; the site is set. */
static wfx_func_id state_func(fe_gen *g, uint32_t n) {
  while (g->states.n <= n)
    fe_push(g->a, &g->states, (wfx_func_id){WFX_NO_ID});
  wfx_func_id *f = &g->states.data[n];
  if (f->i != WFX_NO_ID)
    return *f;
  wfx_valtype *params = fe_alloc_n(g->a, (size_t)n + 1, sizeof *params);
  params[0] = wfx_ref_null_to(g->driver.resumption);
  for (uint32_t i = 0; i < n; i++)
    params[i + 1] = WFX_EQREF;
  const wfx_valtype result = wfx_ref_to(fe_state_type(g, n));
  wfx_type_id type = wfx_type_func(g->m, params, (size_t)n + 1, &result, 1);
  *f = wfx_module_add_func(g->m, fe_format(g->s, "state_%u", n), type);
  return *f;
}

static void gen_state_func(fe_gen *g, uint32_t n) {
  wfx_type_id type = fe_state_type(g, n);
  wfx_body *b = fe_open_body(g, g->states.data[n]);
  wfx_local_id old = wfx_body_add_local(b, wfx_ref_to(type), "old");
  wfx_label used = wfx_emit_block(b, wfx_bt_none());
  wfx_emit_local_get(b, wfx_body_param(b, 0));
  wfx_emit_struct_get(b, g->driver.resumption, FE_RESUMPTION_ENV);
  wfx_emit_br_on_null(b, used);
  wfx_emit_ref_cast(b, wfx_heap(type));
  wfx_emit_local_set(b, old);
  for (uint32_t i = 0; i < FE_STATE_PARAMS; i++) {
    wfx_emit_local_get(b, old);
    wfx_emit_struct_get(b, type, i);
  }
  for (uint32_t i = 0; i < n; i++)
    wfx_emit_local_get(b, wfx_body_param(b, i + 1));
  wfx_emit_struct_new(b, type);
  wfx_emit_return(b);
  wfx_emit_end(b);
  wfx_emit_i32_const(b, 0);
  wfx_emit_call(b, fe_rt_func(g, FE_RT_reused));
  wfx_emit_unreachable(b);
  fe_close_body(g, b);
}

/* In a clause of a loop: the value and the parameters go into their locals. */
static void resume_loop(fe_fn *fn, const fe_expr *e) {
  const fe_func *f = fn->f;
  fe_push_atoms(fn, e->u.resume.args, e->u.resume.n, e->pos);
  for (uint32_t i = f->n_params; i-- > 0;)
    wfx_emit_local_set(fn->b, fn->locals[f->params[i]->slot].local);
  wfx_emit_local_set(fn->b, fn->value);
  wfx_handler_again(fn->b, fn->loop);
}

/* [value (ref null $resumption)] -> as wfx_emit_resumption_use_with. */
static void resume_with_handler(fe_fn *fn, const fe_expr *e) {
  fe_gen *g = fn->g;
  wfx_valtype type = wfx_ref_to(g->handler);
  wfx_local_id h = fe_temp_take(fn, type);
  fe_push_atom(fn, &e->u.resume.with, e->pos);
  fe_set_site(fn, e->pos);
  fe_call_rt(fn, FE_RT_handler);
  wfx_emit_local_tee(fn->b, h);
  wfx_emit_local_get(fn->b, h);
  wfx_emit_struct_get(fn->b, g->handler, FE_HANDLER_DRIVE);
  wfx_emit_resumption_use_with(fn->b, &g->driver, fe_rt_func(g, FE_RT_reused),
                               (int32_t)fe_site_number(g, e->pos), e->is_tail);
  fe_temp_give(fn, type, h);
}

fe_rep fe_gen_resume(fe_fn *fn, const fe_expr *e) {
  fe_gen *g = fn->g;
  const fe_func *driver = e->u.resume.driver;
  const fe_atom *k = &e->u.resume.k;
  if (fn->loop && driver == fn->f) {
    resume_loop(fn, e);
    return FE_REP_ANY;
  }
  wfx_func_id on_reused = fe_rt_func(g, FE_RT_reused);
  int32_t site = (int32_t)fe_site_number(g, e->pos);
  fe_push_atom(fn, &e->u.resume.args[0], e->pos);
  if (driver) {
    push_resumption(fn, k, e->pos);
  } else {
    fe_push_atom(fn, k, e->pos);
    fe_set_site(fn, e->pos);
    fe_call_rt(fn, FE_RT_sheep);
  }
  if (e->u.resume.has_with) {
    resume_with_handler(fn, e);
  } else if (driver->n_params > 0 && driver->handler->depth == FE_DEEP) {
    push_resumption(fn, k, e->pos);
    fe_push_atoms(fn, e->u.resume.args + 1, driver->n_params, e->pos);
    fe_set_site(fn, e->pos);
    wfx_emit_call(fn->b, state_func(g, driver->n_params));
    push_resumption(fn, k, e->pos);
    wfx_emit_struct_get(fn->b, g->driver.resumption, FE_RESUMPTION_DRIVE);
    wfx_emit_resumption_use_with(fn->b, &g->driver, on_reused, site, e->is_tail);
  } else {
    wfx_emit_resumption_use(fn->b, &g->driver, on_reused, site, e->is_tail);
  }
  return e->is_tail ? FE_REP_ANY : FE_REP_VALUE;
}

/* FE_HANDLE. */

typedef struct handle {
  fe_fn *fn;
  const fe_expr *e;
  const fe_func *driver;   /* NULL: the handler value in local h */
  wfx_local_id h;
} handle;

static void push_handle_env(const handle *x) {
  if (x->driver)
    push_env(x->fn, x->e);
  else
    wfx_emit_local_get(x->fn->b, x->h);
}

/* Run the thunk in a new continuation. */
static void handle_thunk(const handle *x) {
  fe_fn *fn = x->fn;
  fe_gen *g = fn->g;
  const fe_func *thunk = x->e->u.handle.thunk;
  push_handle_env(x);
  if (thunk->n_captures > 0) {
    fe_push_captures(fn, thunk, x->e->pos);
    wfx_emit_struct_new(fn->b, fe_env_type(g, thunk->n_captures));
  } else {
    wfx_emit_ref_null(fn->b, WFX_HEAP_NONE);
  }
  wfx_emit_ref_func(fn->b, g->funcs[thunk->id].code);
  wfx_emit_cont_new(fn->b, g->driver.cont);
  if (x->driver) {
    wfx_func_id code = g->funcs[x->driver->id].code;
    if (x->e->is_tail)
      wfx_emit_return_call(fn->b, code);
    else
      wfx_emit_call(fn->b, code);
    return;
  }
  wfx_emit_local_get(fn->b, x->h);
  wfx_emit_struct_get(fn->b, g->handler, FE_HANDLER_DRIVE);
  if (x->e->is_tail)
    wfx_emit_return_call_ref(fn->b, g->driver.drive);
  else
    wfx_emit_call_ref(fn->b, g->driver.drive);
}

/* [value (ref null $resumption)] -> the result: go on with a resumption under this handler. */
static void handle_resumption(const handle *x) {
  fe_fn *fn = x->fn;
  fe_gen *g = fn->g;
  fe_pos pos = x->e->u.handle.thunk->body->pos;
  push_handle_env(x);
  if (x->driver) {
    wfx_emit_ref_func(fn->b, g->funcs[x->driver->id].code);
  } else {
    wfx_emit_local_get(fn->b, x->h);
    wfx_emit_struct_get(fn->b, g->handler, FE_HANDLER_DRIVE);
  }
  wfx_emit_resumption_use_with(fn->b, &g->driver, fe_rt_func(g, FE_RT_reused),
                               (int32_t)fe_site_number(g, pos), x->e->is_tail);
}

/* An atom of the thunk as one of the function around it. */
static const fe_atom *outer_atom(const fe_func *thunk, const fe_atom *a) {
  return a->kind == FE_ATOM_CAPTURE ? &thunk->capture_atoms[a->u.capture] : a;
}

/* Values that are the same whenever they are looked at. */
static bool is_fixed(const fe_atom *a) {
  return a->kind != FE_ATOM_VAR && a->kind != FE_ATOM_SELF && a->kind != FE_ATOM_GLOBAL;
}

/* The thunk calls a value that may be a resumption, or a function that just calls one. */
static bool may_resume(const fe_expr *body) {
  if (body->kind != FE_CALL || body->u.call.known ||
      body->u.call.callee.kind != FE_ATOM_CAPTURE)
    return false;
  return body->u.call.n == 0 || (body->u.call.n == 1 && is_fixed(&body->u.call.args[0]));
}

/* The thunk is a call of a shallow handler's resumption. */
static bool is_resume(const fe_expr *body) {
  return body->kind == FE_RESUME && body->u.resume.driver && !body->u.resume.has_with &&
         body->u.resume.driver->handler->depth == FE_SHALLOW && body->u.resume.n == 1 &&
         is_fixed(&body->u.resume.args[0]);
}

static void handle_maybe_resumption(const handle *x) {
  fe_fn *fn = x->fn;
  fe_gen *g = fn->g;
  const fe_expr *body = x->e->u.handle.thunk->body;
  const fe_atom *callee = outer_atom(x->e->u.handle.thunk, &body->u.call.callee);
  bool is_call = body->u.call.n == 1;
  wfx_valtype type = wfx_ref_null_to(g->driver.resumption);
  wfx_local_id r = fe_temp_take(fn, type);
  fe_push_atom(fn, callee, x->e->pos);
  fe_call_rt(fn, is_call ? FE_RT_resumable : FE_RT_delayed);
  wfx_emit_local_tee(fn->b, r);
  wfx_emit_ref_is_null(fn->b);
  wfx_emit_if(fn->b, x->e->is_tail ? wfx_bt_none() : wfx_bt_result(WFX_EQREF));
  handle_thunk(x);
  wfx_emit_else(fn->b);
  if (is_call) {
    fe_push_atom(fn, outer_atom(x->e->u.handle.thunk, &body->u.call.args[0]), x->e->pos);
  } else {
    fe_push_atom(fn, callee, x->e->pos);
    fe_call_rt(fn, FE_RT_argument);
  }
  wfx_emit_local_get(fn->b, r);
  handle_resumption(x);
  wfx_emit_end(fn->b);
  if (x->e->is_tail)
    wfx_emit_unreachable(fn->b);
  fe_temp_give(fn, type, r);
}

fe_rep fe_gen_handle(fe_fn *fn, const fe_expr *e) {
  fe_gen *g = fn->g;
  const fe_func *thunk = e->u.handle.thunk;
  handle x = {.fn = fn, .e = e, .driver = e->u.handle.driver};
  wfx_valtype type = wfx_ref_to(g->handler);
  if (!x.driver) {
    x.h = fe_temp_take(fn, type);
    fe_push_atom(fn, &e->u.handle.handler, e->pos);
    fe_set_site(fn, e->pos);
    fe_call_rt(fn, FE_RT_handler);
    wfx_emit_local_set(fn->b, x.h);
  }
  if (is_resume(thunk->body)) {
    fe_push_atom(fn, outer_atom(thunk, &thunk->body->u.resume.args[0]), e->pos);
    push_resumption(fn, outer_atom(thunk, &thunk->body->u.resume.k), e->pos);
    handle_resumption(&x);
  } else if (g->has_shallow && may_resume(thunk->body)) {
    handle_maybe_resumption(&x);
  } else {
    handle_thunk(&x);
  }
  if (!x.driver)
    fe_temp_give(fn, type, x.h);
  return e->is_tail ? FE_REP_ANY : FE_REP_VALUE;
}

bool fe_is_delay(const fe_func *f) {
  const fe_expr *body = f->body;
  if (f->kind != FE_FN_PLAIN || f->n_params != 0 || f->n_captures == 0 || f->n_captures > 2)
    return false;
  for (uint32_t i = 0; i < f->n_captures; i++)
    if (f->captures[i]->func)
      return false;
  const fe_atom *callee, *arg;
  if (may_resume(body) && body->u.call.n == 1) {
    callee = &body->u.call.callee;
    arg = &body->u.call.args[0];
  } else if (is_resume(body)) {
    callee = &body->u.resume.k;
    arg = &body->u.resume.args[0];
  } else {
    return false;
  }
  return callee->kind == FE_ATOM_CAPTURE && callee->u.capture == 0 &&
         (f->n_captures == 1) == (arg->kind != FE_ATOM_CAPTURE || arg->u.capture == 0);
}

/* Operations. */

fe_rep fe_gen_perform(fe_fn *fn, const fe_expr *e) {
  fe_push_atom(fn, &e->u.perform.payload, e->pos);
  /* Nothing else runs before an outermost handler that reports it. */
  fe_set_site(fn, e->pos);
  wfx_emit_suspend(fn->b, fn->g->tags[e->u.perform.op->id]);
  return FE_REP_VALUE;
}

void fe_gen_start(fe_gen *g, wfx_func_id start, wfx_func_id locate) {
  const fe_program *p = g->p;
  wfx_func_id program = g->funcs[p->main->id].code;
  uint32_t n = 0;
  wfx_handler_clause_spec *clauses = fe_alloc_n(g->a, p->ops.n, sizeof *clauses);
  const fe_label **ops = fe_alloc_n(g->a, p->ops.n, sizeof *ops);
  for (uint32_t i = 0; i < p->ops.n; i++) {
    if (!p->ops.data[i]->is_used)
      continue;
    ops[n] = p->ops.data[i];
    clauses[n++] = (wfx_handler_clause_spec){
      .tag = g->tags[i],
      .cont = g->driver.cont,
      .label = fe_format(g->s, "on_%s", p->ops.data[i]->name->text),
    };
  }
  fe_fn fn = {.g = g, .b = fe_open_body(g, start)};
  wfx_emit_ref_func(fn.b, locate);
  wfx_emit_global_set(fn.b, g->locate);
  wfx_emit_ref_null(fn.b, WFX_HEAP_NONE);
  if (n == 0) {
    wfx_emit_call(fn.b, program);
    wfx_emit_drop(fn.b);
    fe_close_body(g, fn.b);
    return;
  }
  const wfx_handler_spec spec = {
    .size = sizeof spec, .kind = WFX_SHALLOW, .cont = g->driver.cont, .clauses = clauses,
    .n_clauses = n, .is_tail = true,
  };
  wfx_emit_drop(fn.b);
  wfx_handler h;
  wfx_handler_begin(fn.b, &h, &spec);
  wfx_handler_blocks(fn.b, &h);
  wfx_emit_ref_null(fn.b, WFX_HEAP_NONE);
  wfx_emit_ref_func(fn.b, program);
  wfx_emit_cont_new(fn.b, g->driver.cont);
  wfx_handler_resume(fn.b, &h);
  wfx_emit_drop(fn.b);
  wfx_handler_finish(fn.b, &h);
  for (uint32_t i = n; i-- > 0;) {
    wfx_handler_clause(fn.b, &h, i);
    fe_push_text(&fn, ops[i]->name->text, ops[i]->name->n_bytes);
    fe_call_rt(&fn, FE_RT_unhandled);
    wfx_emit_unreachable(fn.b);
  }
  wfx_handler_end(fn.b, &h);
  fe_close_body(g, fn.b);
}

/* Calls of values that are no functions of so many parameters. */

wfx_func_id fe_apply_func(fe_gen *g, uint32_t n) {
  while (g->apply.n <= n)
    fe_push(g->a, &g->apply, (wfx_func_id){WFX_NO_ID});
  wfx_func_id *f = &g->apply.data[n];
  if (f->i != WFX_NO_ID)
    return *f;
  wfx_valtype *params = fe_alloc_n(g->a, (size_t)n + 2, sizeof *params);
  for (uint32_t i = 0; i <= n; i++)
    params[i] = WFX_EQREF;
  params[n + 1] = WFX_I32;
  const wfx_valtype result = WFX_EQREF;
  *f = wfx_module_add_func(g->m, fe_format(g->s, "apply_%u", n),
                           wfx_type_func(g->m, params, (size_t)n + 2, &result, 1));
  return *f;
}

/* [takes] -> []: the error, unless it is n. */
static void check_arity(fe_fn *fn, uint32_t n) {
  wfx_local_id takes = fe_temp_take(fn, WFX_I32);
  wfx_emit_local_tee(fn->b, takes);
  wfx_emit_i32_const(fn->b, (int32_t)n);
  wfx_emit_i32_ne(fn->b);
  wfx_emit_if(fn->b, wfx_bt_none());
  wfx_emit_local_get(fn->b, takes);
  wfx_emit_i32_const(fn->b, (int32_t)n);
  fe_call_rt(fn, FE_RT_arity);
  wfx_emit_unreachable(fn->b);
  wfx_emit_end(fn->b);
  fe_temp_give(fn, WFX_I32, takes);
}

/* The callee of $apply_n is the resumption r: resume, or the error. */
static void apply_resumption(fe_fn *fn, wfx_local_id r, uint32_t n) {
  enum { HANDLER_DEPTH = 1 };
  static const char sheep[] = "a resumption of a sheep handler needs a handler";
  fe_gen *g = fn->g;
  wfx_body *b = fn->b;
  wfx_local_id h = wfx_body_add_local(b, wfx_ref_to(g->handler), "handler");
  wfx_func_id on_reused = fe_rt_func(g, FE_RT_reused);
  wfx_label full = wfx_emit_block(b, wfx_bt_result(wfx_ref(WFX_HEAP_EQ)));
  wfx_emit_local_get(b, r);
  wfx_emit_struct_get(b, g->driver.resumption, FE_RESUMPTION_ENV);
  wfx_emit_br_on_non_null(b, full);
  wfx_emit_i32_const(b, 0);
  wfx_emit_call(b, on_reused);
  wfx_emit_unreachable(b);
  wfx_emit_end(b);
  wfx_emit_ref_cast(b, wfx_heap(g->handler));
  wfx_emit_local_tee(b, h);
  wfx_emit_struct_get(b, g->handler, HANDLER_DEPTH);
  wfx_emit_i32_const(b, FE_SHEEP);
  wfx_emit_i32_eq(b);
  wfx_emit_if(b, wfx_bt_none());
  fe_push_text(fn, sheep, sizeof sheep - 1);
  fe_call_rt(fn, FE_RT_panic);
  wfx_emit_unreachable(b);
  wfx_emit_end(b);
  wfx_emit_local_get(b, h);
  wfx_emit_struct_get(b, g->handler, 0);
  wfx_emit_i32_const(b, 1);
  wfx_emit_i32_add(b);
  check_arity(fn, n);
  if (n == 0) {
    wfx_emit_unreachable(b);
    return;
  }
  if (n > 1) {
    /* Of a deep handler: only those have parameters that resuming changes. */
    wfx_emit_local_get(b, h);
    wfx_emit_struct_get(b, g->handler, HANDLER_DEPTH);
    wfx_emit_i32_eqz(b);
    wfx_emit_if(b, wfx_bt_none());
    wfx_emit_local_get(b, wfx_body_param(b, 1));
    wfx_emit_local_get(b, r);
    wfx_emit_local_get(b, r);
    for (uint32_t i = 1; i < n; i++)
      wfx_emit_local_get(b, wfx_body_param(b, i + 1));
    wfx_emit_call(b, state_func(g, n - 1));
    wfx_emit_local_get(b, h);
    wfx_emit_struct_get(b, g->handler, FE_HANDLER_DRIVE);
    wfx_emit_resumption_use_with(b, &g->driver, on_reused, 0, true);
    wfx_emit_end(b);
  }
  wfx_emit_local_get(b, wfx_body_param(b, 1));
  wfx_emit_local_get(b, r);
  wfx_emit_resumption_use(b, &g->driver, on_reused, 0, true);
}

static void gen_apply_func(fe_gen *g, uint32_t n) {
  fe_fn fn = {.g = g, .b = fe_open_body(g, g->apply.data[n])};
  wfx_body *b = fn.b;
  wfx_local_id callee = wfx_body_param(b, 0), site = wfx_body_param(b, n + 1);
  wfx_body_name_local(b, callee, "callee");
  wfx_body_name_local(b, site, "site");
  wfx_emit_local_get(b, site);
  wfx_emit_global_set(b, g->site);
  wfx_label no_closure = wfx_emit_block(b, wfx_bt_result(WFX_EQREF));
  wfx_emit_local_get(b, callee);
  wfx_emit_br_on_cast_fail(b, no_closure, WFX_EQREF, wfx_ref_to(g->closure));
  wfx_emit_struct_get(b, g->closure, 0);
  check_arity(&fn, n);
  wfx_emit_unreachable(b);
  wfx_emit_end(b);
  wfx_emit_drop(b);
  if (g->has_drivers) {
    wfx_local_id r = wfx_body_add_local(b, wfx_ref_to(g->driver.resumption), "resumption");
    wfx_label no_resumption = wfx_emit_block(b, wfx_bt_result(WFX_EQREF));
    wfx_emit_local_get(b, callee);
    wfx_emit_br_on_cast_fail(b, no_resumption, WFX_EQREF,
                             wfx_ref_to(g->driver.resumption));
    wfx_emit_local_set(b, r);
    apply_resumption(&fn, r, n);
    wfx_emit_end(b);
    wfx_emit_drop(b);
  }
  fe_call_rt(&fn, FE_RT_no_function);
  wfx_emit_unreachable(b);
  fe_close_body(g, fn.b);
}

void fe_gen_helpers(fe_gen *g) {
  for (uint32_t i = 0; i < g->apply.n; i++)
    if (g->apply.data[i].i != WFX_NO_ID)
      gen_apply_func(g, i);
  for (uint32_t i = 0; i < g->states.n; i++)
    if (g->states.data[i].i != WFX_NO_ID)
      gen_state_func(g, i);
}
