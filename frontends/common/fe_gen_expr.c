/* Code generation: expressions, but for switches, primitives and handlers. */
#include "common/fe_gen_parts.h"

#include <wasmfx/build.h>

#include <assert.h>
#include <string.h>

/* Representations. */

static fe_rep join(fe_rep a, fe_rep b) {
  if (a == FE_REP_ANY || a == b)
    return b;
  return b == FE_REP_ANY ? a : FE_REP_VALUE;
}

static fe_rep rep_within(const fe_fn *fn, const fe_expr *e, uint32_t *budget);

static fe_rep switch_rep(const fe_fn *fn, const fe_expr *e, uint32_t *budget) {
  fe_rep rep = rep_within(fn, e->u.sw.other, budget);
  for (uint32_t i = 0; i < e->u.sw.n && rep != FE_REP_VALUE; i++)
    rep = join(rep, rep_within(fn, e->u.sw.cases[i].body, budget));
  return rep;
}

static fe_rep arms_rep(const fe_fn *fn, const fe_expr *e, uint32_t *budget) {
  fe_rep rep = FE_REP_ANY;
  for (uint32_t i = 0; i < e->u.arms.n && rep != FE_REP_VALUE; i++)
    rep = join(rep, rep_within(fn, e->u.arms.arms[i], budget));
  return rep;
}

/* Looks at no more than *budget nodes, so that asking at each let stays cheap. */
static fe_rep rep_within(const fe_fn *fn, const fe_expr *e, uint32_t *budget) {
  while (e->kind == FE_LET || e->kind == FE_FIX) {
    if (*budget == 0)
      return FE_REP_VALUE;
    --*budget;
    e = e->kind == FE_LET ? e->u.let.body : e->u.fix.body;
  }
  if (*budget == 0)
    return FE_REP_VALUE;
  --*budget;
  switch (e->kind) {
  case FE_ATOM: {
    fe_rep rep = fe_atom_rep(fn, &e->u.atom);
    bool is_unboxed = rep == FE_REP_BOOL || rep == FE_REP_FLOAT || rep == FE_REP_LIST ||
                      rep == FE_REP_STRING;
    return is_unboxed ? rep : FE_REP_VALUE;
  }
  case FE_IF:
    return join(rep_within(fn, e->u.cond.then, budget),
                rep_within(fn, e->u.cond.other, budget));
  case FE_SWITCH:
    return switch_rep(fn, e, budget);
  case FE_ARMS:
    return arms_rep(fn, e, budget);
  case FE_PRIMITIVE:
    return fe_prim_rep(e->u.prim.prim);
  case FE_CONS:
    return FE_REP_LIST;
  case FE_NEXT: case FE_FAIL:
    return FE_REP_ANY;
  case FE_LET: case FE_FIX: case FE_CALL: case FE_CLOSURE: case FE_RECORD: case FE_VARIANT:
  case FE_SELECT: case FE_EXTEND: case FE_RESTRICT: case FE_PERFORM: case FE_HANDLE:
  case FE_RESUME: case FE_SET_GLOBAL:
    return FE_REP_VALUE;
  }
  return FE_REP_VALUE;
}

fe_rep fe_rep_of(const fe_fn *fn, const fe_expr *e) {
  uint32_t budget = 32;
  fe_rep rep = rep_within(fn, e, &budget);
  return rep == FE_REP_ANY || rep == FE_REP_NONE ? FE_REP_VALUE : rep;
}

/* Functions. */

void fe_fn_open(fe_fn *fn, fe_gen *g, const fe_func *f) {
  *fn = (fe_fn){.g = g, .f = f, .self = {WFX_NO_ID}};
  fn->locals = fe_alloc_n(g->a, f->n_locals, sizeof *fn->locals);
}

void fe_fn_params(fe_fn *fn, uint32_t first) {
  for (uint32_t i = 0; i < fn->f->n_params; i++) {
    const fe_var *v = fn->f->params[i];
    wfx_local_id local = wfx_body_param(fn->b, first + i);
    if (v->name)
      wfx_body_name_local(fn->b, local, v->name->text);
    fn->locals[v->slot] = (fe_gen_local){.local = local, .rep = FE_REP_VALUE};
  }
}

void fe_fn_self(fe_fn *fn, wfx_type_id type, uint32_t first_capture) {
  if (fn->self.i == WFX_NO_ID)
    fn->self = wfx_body_add_local(fn->b, wfx_ref_to(type), "self");
  fn->self_type = type;
  fn->first_capture = first_capture;
  wfx_emit_ref_cast(fn->b, wfx_heap(type));
  wfx_emit_local_set(fn->b, fn->self);
}

/* Closures. */

static wfx_type_id type_of_closure(fe_fn *fn, const fe_func *f) {
  if (fn->g->funcs[f->id].is_delay)
    return fn->g->delay;
  return fe_captures_type(fn->g, f->n_params, f->n_captures);
}

/* Whether an atom is a closure of `fix` that is made at place `order` or later. */
static bool is_ahead(const fe_fn *fn, const fe_atom *a, const fe_expr *fix, uint32_t order) {
  if (!fix || a->kind != FE_ATOM_VAR)
    return false;
  const fe_gen_local *l = &fn->locals[a->u.var->slot];
  return l->fix == fix && l->order >= order;
}

void fe_push_captures(fe_fn *fn, const fe_func *f, fe_pos pos) {
  fe_push_atoms(fn, f->capture_atoms, f->n_captures, pos);
}

/* A closure of f, made by `fix` as number `order`, or by no FE_FIX (NULL). What is not made yet
 * stays null. */
static void push_closure(fe_fn *fn, const fe_func *f, const fe_expr *fix, uint32_t order,
                         fe_pos pos) {
  fe_gen *g = fn->g;
  if (f->n_captures == 0) {
    wfx_emit_global_get(fn->b, fe_object_global(g, f));
    return;
  }
  wfx_emit_i32_const(fn->b, (int32_t)f->n_params);
  wfx_emit_ref_func(fn->b, g->funcs[f->id].code);
  for (uint32_t i = 0; i < f->n_captures; i++) {
    if (is_ahead(fn, &f->capture_atoms[i], fix, order))
      wfx_emit_ref_null(fn->b, WFX_HEAP_NONE);
    else
      fe_push_atom(fn, &f->capture_atoms[i], pos);
  }
  if (g->funcs[f->id].is_delay && f->n_captures == 1) {
    const fe_expr *body = f->body;
    const fe_atom *arg = body->kind == FE_CALL ? body->u.call.args : body->u.resume.args;
    fe_push_atom(fn, arg->kind == FE_ATOM_CAPTURE ? &f->capture_atoms[0] : arg, pos);
  }
  wfx_emit_struct_new(fn->b, type_of_closure(fn, f));
}

static void fill_closure(fe_fn *fn, const fe_func *f, const fe_expr *fix, uint32_t order,
                         fe_pos pos) {
  for (uint32_t i = 0; i < f->n_captures; i++) {
    if (!is_ahead(fn, &f->capture_atoms[i], fix, order))
      continue;
    wfx_emit_local_get(fn->b, fn->locals[fix->u.fix.vars[order]->slot].local);
    fe_push_atom(fn, &f->capture_atoms[i], pos);
    wfx_emit_struct_set(fn->b, type_of_closure(fn, f), FE_CLOSURE_CAPTURES + i);
  }
}

static bool has_closure(const fe_func *f) { return f->is_reachable && f->n_captures > 0; }

static void gen_fix(fe_fn *fn, const fe_expr *e) {
  fe_at(fn, e->pos);
  for (uint32_t i = 0; i < e->u.fix.n; i++) {
    const fe_var *v = e->u.fix.vars[i];
    if (!has_closure(v->func))
      continue;
    wfx_valtype type = wfx_ref_to(type_of_closure(fn, v->func));
    fn->locals[v->slot] = (fe_gen_local){
      .local = wfx_body_add_local(fn->b, type, v->name ? v->name->text : NULL),
      .rep = FE_REP_CLOSURE,
      .fix = e,
      .order = i,
    };
  }
  for (uint32_t i = 0; i < e->u.fix.n; i++) {
    const fe_var *v = e->u.fix.vars[i];
    if (!has_closure(v->func))
      continue;
    push_closure(fn, v->func, e, i, e->pos);
    wfx_emit_local_set(fn->b, fn->locals[v->slot].local);
  }
  for (uint32_t i = 0; i < e->u.fix.n; i++)
    if (has_closure(e->u.fix.vars[i]->func))
      fill_closure(fn, e->u.fix.vars[i]->func, e, i, e->pos);
}

/* Calls. */

static fe_rep known_call(fe_fn *fn, const fe_expr *e) {
  const fe_func *f = e->u.call.known;
  const fe_atom *callee = &e->u.call.callee;
  if (f->n_captures > 0) {
    fe_push_atom(fn, callee, e->pos);
    if (callee->kind != FE_ATOM_SELF && fe_atom_rep(fn, callee) != FE_REP_CLOSURE)
      wfx_emit_ref_cast(fn->b, wfx_heap(fn->g->closure));
  }
  fe_push_atoms(fn, e->u.call.args, e->u.call.n, e->pos);
  wfx_func_id code = fn->g->funcs[f->id].code;
  if (e->is_tail) {
    wfx_emit_return_call(fn->b, code);
    return FE_REP_ANY;
  }
  wfx_emit_call(fn->b, code);
  return FE_REP_VALUE;
}

static fe_rep unknown_call(fe_fn *fn, const fe_expr *e) {
  fe_gen *g = fn->g;
  uint32_t n = e->u.call.n;
  wfx_type_id type = fe_closure_type(g, n), code = fe_code_type(g, n);
  wfx_label done = {0};
  if (!e->is_tail)
    done = wfx_emit_block(fn->b, wfx_bt_result(WFX_EQREF));
  wfx_label other = wfx_emit_block(fn->b, wfx_bt_result(WFX_EQREF));
  wfx_local_id callee = fe_temp_take(fn, wfx_ref_to(type));
  fe_push_atom(fn, &e->u.call.callee, e->pos);
  wfx_emit_br_on_cast_fail(fn->b, other, WFX_EQREF, wfx_ref_to(type));
  wfx_emit_local_tee(fn->b, callee);
  fe_push_atoms(fn, e->u.call.args, n, e->pos);
  wfx_emit_local_get(fn->b, callee);
  wfx_emit_struct_get(fn->b, type, FE_CLOSURE_CODE);
  if (e->is_tail) {
    wfx_emit_return_call_ref(fn->b, code);
  } else {
    wfx_emit_call_ref(fn->b, code);
    wfx_emit_br(fn->b, done);
  }
  wfx_emit_end(fn->b);
  fe_temp_give(fn, wfx_ref_to(type), callee);
  fe_push_atoms(fn, e->u.call.args, n, e->pos);
  wfx_emit_i32_const(fn->b, (int32_t)fe_site_number(g, e->pos));
  if (e->is_tail) {
    wfx_emit_return_call(fn->b, fe_apply_func(g, n));
    return FE_REP_ANY;
  }
  wfx_emit_call(fn->b, fe_apply_func(g, n));
  wfx_emit_end(fn->b);
  return FE_REP_VALUE;
}

/* Data. */

static void gen_record(fe_fn *fn, const fe_expr *e) {
  fe_gen *g = fn->g;
  const fe_shape *shape = e->u.record.shape;
  wfx_emit_global_get(fn->b, fe_shape_global(g, shape));
  fe_push_atoms(fn, e->u.record.fields, shape->n_fields, e->pos);
  wfx_emit_array_new_fixed(fn->b, g->fields, shape->n_fields);
  wfx_emit_struct_new(fn->b, g->record);
}

static void gen_variant(fe_fn *fn, const fe_expr *e) {
  wfx_emit_global_get(fn->b, fe_label_global(fn->g, e->u.variant.label));
  fe_push_atom(fn, &e->u.variant.payload, e->pos);
  wfx_emit_struct_new(fn->b, fn->g->variant);
}

static void gen_cons(fe_fn *fn, const fe_expr *e) {
  fe_push_atom(fn, &e->u.cons.head, e->pos);
  fe_push_list(fn, &e->u.cons.tail, e->pos);
  wfx_emit_struct_new(fn->b, fn->g->cons);
}

static void gen_select(fe_fn *fn, const fe_expr *e) {
  fe_push_atom(fn, &e->u.select.from, e->pos);
  wfx_emit_global_get(fn->b, fe_label_global(fn->g, e->u.select.label));
  fe_set_site(fn, e->pos);
  fe_call_rt(fn, FE_RT_select);
}

static void gen_extend(fe_fn *fn, const fe_expr *e) {
  fe_push_atom(fn, &e->u.extend.base, e->pos);
  for (uint32_t i = 0; i < e->u.extend.n; i++) {
    wfx_emit_global_get(fn->b, fe_label_global(fn->g, e->u.extend.labels[i]));
    fe_push_atom(fn, &e->u.extend.fields[i], e->pos);
    fe_set_site(fn, e->pos);
    fe_call_rt(fn, e->u.extend.is_update ? FE_RT_update : FE_RT_extend);
  }
}

static void gen_restrict(fe_fn *fn, const fe_expr *e) {
  fe_push_atom(fn, &e->u.drop.base, e->pos);
  for (uint32_t i = 0; i < e->u.drop.n; i++) {
    wfx_emit_global_get(fn->b, fe_label_global(fn->g, e->u.drop.labels[i]));
    fe_set_site(fn, e->pos);
    fe_call_rt(fn, FE_RT_restrict);
  }
}

static void gen_set_global(fe_fn *fn, const fe_expr *e) {
  if (!e->u.set.global->is_used)
    return;
  fe_push_atom(fn, &e->u.set.value, e->pos);
  wfx_emit_global_set(fn->b, fn->g->globals[e->u.set.global->id]);
}

static fe_rep gen_fail(fe_fn *fn, const fe_expr *e) {
  const char *text = "";
  switch (e->u.fail) {
  case FE_FAIL_MATCH:
    text = "no case matches";
    break;
  case FE_FAIL_SWITCH_EMPTY:
    text = "a value where none can be";
    break;
  }
  fe_push_text(fn, text, (uint32_t)strlen(text));
  fe_set_site(fn, e->pos);
  fe_call_rt(fn, FE_RT_panic);
  wfx_emit_unreachable(fn->b);
  return FE_REP_ANY;
}

/* Control. */

static void gen_atom(fe_fn *fn, const fe_expr *e, fe_rep want) {
  if (want == FE_REP_BOOL)
    fe_push_bool(fn, &e->u.atom, e->pos);
  else if (want == FE_REP_FLOAT)
    fe_push_float(fn, &e->u.atom, e->pos);
  else if (want == FE_REP_LIST)
    fe_push_list(fn, &e->u.atom, e->pos);
  else if (want == FE_REP_STRING)
    fe_push_string(fn, &e->u.atom, e->pos);
  else if (want != FE_REP_NONE)
    fe_push_atom(fn, &e->u.atom, e->pos);
}

static void gen_if(fe_fn *fn, const fe_expr *e, fe_rep want) {
  fe_push_bool(fn, &e->u.cond.cond, e->pos);
  wfx_emit_if(fn->b, fe_rep_block(fn->g, want));
  fe_gen_expr(fn, e->u.cond.then, want);
  wfx_emit_else(fn->b);
  fe_gen_expr(fn, e->u.cond.other, want);
  wfx_emit_end(fn->b);
}

static void gen_arms(fe_fn *fn, const fe_expr *e, fe_rep want) {
  wfx_label done = wfx_emit_block(fn->b, fe_rep_block(fn->g, want));
  fe_gen_arms arms = {.e = e, .outer = fn->arms};
  for (uint32_t i = 0; i < e->u.arms.n; i++) {
    bool is_last = i + 1 == e->u.arms.n;
    fn->arms = is_last ? arms.outer : &arms;
    if (!is_last)
      arms.next = wfx_emit_block(fn->b, wfx_bt_none());
    fe_gen_expr(fn, e->u.arms.arms[i], want);
    if (is_last)
      break;
    if (wfx_body_is_reachable(fn->b))
      wfx_emit_br(fn->b, done);
    wfx_emit_end(fn->b);
  }
  wfx_emit_end(fn->b);
}

static fe_rep gen_next(fe_fn *fn, const fe_expr *e) {
  const fe_gen_arms *arms = fn->arms;
  while (arms->e != e->u.next.target)
    arms = arms->outer;
  wfx_emit_br(fn->b, arms->next);
  return FE_REP_ANY;
}

/* Everything but FE_LET and FE_FIX; returns what it leaves. */
static fe_rep gen_node(fe_fn *fn, const fe_expr *e, fe_rep want) {
  switch (e->kind) {
  case FE_ATOM:
    gen_atom(fn, e, want);
    return want;
  case FE_IF:
    gen_if(fn, e, want);
    return want;
  case FE_SWITCH:
    fe_gen_switch(fn, e, want);
    return want;
  case FE_ARMS:
    gen_arms(fn, e, want);
    return want;
  case FE_NEXT:
    return gen_next(fn, e);
  case FE_CALL:
    return e->u.call.known ? known_call(fn, e) : unknown_call(fn, e);
  case FE_PRIMITIVE:
    return fe_gen_prim(fn, e);
  case FE_CLOSURE:
    if (e->u.closure->kind == FE_FN_DRIVER)
      fe_push_handler(fn, e->u.closure, e->pos);
    else
      push_closure(fn, e->u.closure, NULL, 0, e->pos);
    return FE_REP_VALUE;
  case FE_RECORD:
    gen_record(fn, e);
    return FE_REP_VALUE;
  case FE_VARIANT:
    gen_variant(fn, e);
    return FE_REP_VALUE;
  case FE_CONS:
    gen_cons(fn, e);
    return FE_REP_LIST;
  case FE_SELECT:
    gen_select(fn, e);
    return FE_REP_VALUE;
  case FE_EXTEND:
    gen_extend(fn, e);
    return FE_REP_VALUE;
  case FE_RESTRICT:
    gen_restrict(fn, e);
    return FE_REP_VALUE;
  case FE_PERFORM:
    return fe_gen_perform(fn, e);
  case FE_HANDLE:
    return fe_gen_handle(fn, e);
  case FE_RESUME:
    return fe_gen_resume(fn, e);
  case FE_SET_GLOBAL:
    gen_set_global(fn, e);
    return FE_REP_NONE;
  case FE_FAIL:
    return gen_fail(fn, e);
  case FE_LET: case FE_FIX:
    break;
  }
  assert(false);
  return FE_REP_ANY;
}

static bool sets_global(const fe_expr *e) {
  return e->kind == FE_LET && e->u.let.rhs->kind == FE_SET_GLOBAL;
}

/* Whether a let's variable is used, other than to set a global that is not. */
static bool is_wanted(const fe_expr *e) {
  const fe_var *v = e->u.let.var;
  if (!v || (v->n_uses == 0 && !v->is_captured))
    return false;
  const fe_expr *next = e->u.let.body;
  if (v->n_uses != 1 || v->is_captured || !sets_global(next))
    return true;
  const fe_atom *value = &next->u.let.rhs->u.set.value;
  bool is_set = value->kind == FE_ATOM_VAR && value->u.var == v;
  return !is_set || next->u.let.rhs->u.set.global->is_used;
}

static const fe_atom *first_of(const fe_fn *fn, const fe_atom *a, fe_rep rep) {
  return fe_atom_rep(fn, a) == rep ? a : NULL;
}

/* The operand that a primitive pushes before it does anything else; NULL: none. */
static const fe_atom *first_of_prim(const fe_fn *fn, const fe_expr *e) {
  const fe_atom *args = e->u.prim.args;
  switch (e->u.prim.prim) {
  case FE_PRIM_not:
    return first_of(fn, &args[0], FE_REP_BOOL);
  case FE_PRIM_float_add: case FE_PRIM_float_sub: case FE_PRIM_float_mul:
  case FE_PRIM_float_div: case FE_PRIM_float_neg: case FE_PRIM_float_floor:
  case FE_PRIM_float_ceil: case FE_PRIM_float_sqrt: case FE_PRIM_float_to_str:
  case FE_PRIM_float_to_int:
    return first_of(fn, &args[0], FE_REP_FLOAT);
  case FE_PRIM_str_concat: case FE_PRIM_str_length: case FE_PRIM_str_is_int:
  case FE_PRIM_str_to_int: case FE_PRIM_str_to_float: case FE_PRIM_explode:
  case FE_PRIM_print: case FE_PRIM_error:
    return first_of(fn, &args[0], FE_REP_STRING);
  case FE_PRIM_implode:
    return first_of(fn, &args[0], FE_REP_LIST);
  case FE_PRIM_int_neg: case FE_PRIM_int_to_str: case FE_PRIM_int_to_float:
  case FE_PRIM_int_to_char: case FE_PRIM_show:
    return &args[0];
  case FE_PRIM_int_add: case FE_PRIM_int_sub: case FE_PRIM_int_mul: case FE_PRIM_int_quot:
  case FE_PRIM_int_rem: case FE_PRIM_eq: case FE_PRIM_ne: case FE_PRIM_lt: case FE_PRIM_le:
  case FE_PRIM_gt: case FE_PRIM_ge: case FE_PRIM_char_to_int: case FE_PRIM_random:
  case FE_PRIM_fresh:
    return NULL;
  }
  return NULL;
}

/* The same for any expression. */
static const fe_atom *first_atom(const fe_fn *fn, const fe_expr *e) {
  if (e->kind == FE_LET && e->u.let.rhs->kind != FE_ATOM)
    e = e->u.let.rhs;
  switch (e->kind) {
  case FE_ATOM:
    return &e->u.atom;
  case FE_IF:
    return first_of(fn, &e->u.cond.cond, FE_REP_BOOL);
  case FE_SWITCH:
    return e->u.sw.test == FE_TEST_LIST ? first_of(fn, &e->u.sw.on, FE_REP_LIST) : NULL;
  case FE_CALL:
    if (e->u.call.known && e->u.call.known->n_captures == 0 && e->u.call.n > 0)
      return &e->u.call.args[0];
    return NULL;
  case FE_PRIMITIVE:
    return first_of_prim(fn, e);
  case FE_CONS:
    return &e->u.cons.head;
  case FE_SELECT:
    return &e->u.select.from;
  case FE_EXTEND:
    return &e->u.extend.base;
  case FE_RESTRICT:
    return &e->u.drop.base;
  case FE_PERFORM:
    return &e->u.perform.payload;
  case FE_RESUME:
    return &e->u.resume.args[0];
  case FE_SET_GLOBAL:
    return e->u.set.global->is_used ? &e->u.set.value : NULL;
  case FE_LET: case FE_FIX: case FE_ARMS: case FE_NEXT: case FE_CLOSURE: case FE_RECORD:
  case FE_VARIANT: case FE_HANDLE: case FE_FAIL:
    return NULL;
  }
  return NULL;
}

/* Bind a let's variable to what is on the stack. A temporary that is used once, and next, stays
 * there; so does what becomes a global. */
static void bind_let(fe_fn *fn, const fe_expr *e, fe_rep rep, fe_rep want) {
  const fe_var *v = e->u.let.var;
  const fe_expr *next = e->u.let.body;
  bool is_dropped = want == FE_REP_NONE && next->kind == FE_ATOM;
  if ((!v->name || sets_global(next)) && v->n_uses == 1 && !v->is_captured && !is_dropped) {
    fe_bind_on_stack(fn, v, rep);
    const fe_atom *first = first_atom(fn, next);
    if (first && first->kind == FE_ATOM_VAR && first->u.var == v)
      return;
    fn->locals[v->slot].is_on_stack = false;
  }
  fe_bind(fn, v, rep);
}

/* Loops on what follows a let, so that long blocks need no stack. */
void fe_gen_expr(fe_fn *fn, const fe_expr *e, fe_rep want) {
  for (;;) {
    if (e->kind == FE_LET) {
      bool is_kept = is_wanted(e);
      fe_rep rep = is_kept ? fe_rep_of(fn, e->u.let.rhs) : FE_REP_NONE;
      fe_gen_expr(fn, e->u.let.rhs, rep);
      /* What follows an error or endless loop is never run. */
      if (!wfx_body_is_reachable(fn->b))
        return;
      if (is_kept)
        bind_let(fn, e, rep, want);
      e = e->u.let.body;
    } else if (e->kind == FE_FIX) {
      gen_fix(fn, e);
      e = e->u.fix.body;
    } else {
      fe_at(fn, e->pos);
      fe_rep have = gen_node(fn, e, want);
      fe_done_atoms(fn, e);
      fe_convert(fn, have, want);
      return;
    }
  }
}
