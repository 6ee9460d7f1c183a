/* Code generation: atoms, locals, changes of representation. */
#include "common/fe_gen_parts.h"

#include <wasmfx/build.h>

#include <assert.h>
#include <string.h>

void fe_at(fe_fn *fn, fe_pos pos) {
  fe_location at = fe_gen_locate(fn->g, pos);
  wfx_body_at(fn->b, at.source ? at.source->name : NULL, at.line, at.column);
}

void fe_call_rt(fe_fn *fn, fe_rt id) { wfx_emit_call(fn->b, fe_rt_func(fn->g, id)); }

void fe_set_site(fe_fn *fn, fe_pos pos) {
  wfx_emit_i32_const(fn->b, (int32_t)fe_site_number(fn->g, pos));
  wfx_emit_global_set(fn->b, fn->g->site);
}

void fe_push_text(fe_fn *fn, const char *bytes, uint32_t n_bytes) {
  wfx_emit_i32_const(fn->b, 0);
  wfx_emit_i32_const(fn->b, (int32_t)n_bytes);
  wfx_emit_array_new_data(fn->b, fn->g->string, fe_text_data(fn->g, bytes, n_bytes));
}

/* Locals. */

wfx_local_id fe_temp_take(fe_fn *fn, wfx_valtype type) {
  for (uint32_t i = fn->temps.n; i-- > 0;) {
    if (fn->temps.data[i].type != type)
      continue;
    wfx_local_id local = fn->temps.data[i].local;
    fn->temps.data[i] = fn->temps.data[--fn->temps.n];
    return local;
  }
  return wfx_body_add_local(fn->b, type, NULL);
}

void fe_temp_give(fe_fn *fn, wfx_valtype type, wfx_local_id local) {
  fe_temp temp = {type, local};
  fe_push(fn->g->a, &fn->temps, temp);
}

void fe_bind(fe_fn *fn, const fe_var *var, fe_rep rep) {
  if (!var || (var->n_uses == 0 && !var->is_captured)) {
    wfx_emit_drop(fn->b);
    return;
  }
  fe_gen_local *l = &fn->locals[var->slot];
  wfx_valtype type = fe_rep_type(fn->g, rep);
  l->rep = rep;
  l->n_left = var->n_uses;
  l->is_temp = !var->name && !var->is_captured;
  l->local =
    l->is_temp ? fe_temp_take(fn, type)
               : wfx_body_add_local(fn->b, type, var->name ? var->name->text : NULL);
  wfx_emit_local_set(fn->b, l->local);
}

void fe_bind_on_stack(fe_fn *fn, const fe_var *var, fe_rep rep) {
  fn->locals[var->slot] = (fe_gen_local){.rep = rep, .is_on_stack = true};
}

/* The local as it is. */
static void push_local(fe_fn *fn, const fe_var *var) {
  const fe_gen_local *l = &fn->locals[var->slot];
  assert(l->rep != FE_REP_ANY);
  if (!l->is_on_stack)
    wfx_emit_local_get(fn->b, l->local);
}

static void done_atom(fe_fn *fn, const fe_atom *a) {
  if (a->kind != FE_ATOM_VAR)
    return;
  fe_gen_local *l = &fn->locals[a->u.var->slot];
  if (l->is_temp && l->n_left > 0 && --l->n_left == 0)
    fe_temp_give(fn, fe_rep_type(fn->g, l->rep), l->local);
}

static void done_list(fe_fn *fn, const fe_atom *atoms, uint32_t n) {
  for (uint32_t i = 0; i < n; i++)
    done_atom(fn, &atoms[i]);
}

void fe_done_atoms(fe_fn *fn, const fe_expr *e) {
  switch (e->kind) {
  case FE_ATOM:
    done_atom(fn, &e->u.atom);
    return;
  case FE_IF:
    done_atom(fn, &e->u.cond.cond);
    return;
  case FE_SWITCH:
    done_atom(fn, &e->u.sw.on);
    return;
  case FE_CALL:
    done_atom(fn, &e->u.call.callee);
    done_list(fn, e->u.call.args, e->u.call.n);
    return;
  case FE_PRIMITIVE:
    done_list(fn, e->u.prim.args, e->u.prim.n);
    return;
  case FE_RECORD:
    done_list(fn, e->u.record.fields, e->u.record.shape->n_fields);
    return;
  case FE_VARIANT:
    done_atom(fn, &e->u.variant.payload);
    return;
  case FE_CONS:
    done_atom(fn, &e->u.cons.head);
    done_atom(fn, &e->u.cons.tail);
    return;
  case FE_SELECT:
    done_atom(fn, &e->u.select.from);
    return;
  case FE_EXTEND:
    done_atom(fn, &e->u.extend.base);
    done_list(fn, e->u.extend.fields, e->u.extend.n);
    return;
  case FE_RESTRICT:
    done_atom(fn, &e->u.drop.base);
    return;
  case FE_PERFORM:
    done_atom(fn, &e->u.perform.payload);
    return;
  case FE_HANDLE:
    if (!e->u.handle.driver)
      done_atom(fn, &e->u.handle.handler);
    done_list(fn, e->u.handle.params, e->u.handle.n_params);
    return;
  case FE_RESUME:
    done_atom(fn, &e->u.resume.k);
    done_list(fn, e->u.resume.args, e->u.resume.n);
    if (e->u.resume.has_with)
      done_atom(fn, &e->u.resume.with);
    return;
  case FE_SET_GLOBAL:
    done_atom(fn, &e->u.set.value);
    return;
  case FE_LET: case FE_FIX: case FE_ARMS: case FE_NEXT: case FE_CLOSURE: case FE_FAIL:
    return;
  }
}

/* Atoms as values. */

fe_rep fe_atom_rep(const fe_fn *fn, const fe_atom *a) {
  switch (a->kind) {
  case FE_ATOM_VAR:
    return fn->locals[a->u.var->slot].rep;
  case FE_ATOM_BOOL:
    return FE_REP_BOOL;
  case FE_ATOM_FLOAT:
    return FE_REP_FLOAT;
  case FE_ATOM_NIL:
    return FE_REP_LIST;
  case FE_ATOM_STRING:
    return FE_REP_STRING;
  case FE_ATOM_CAPTURE: case FE_ATOM_SELF: case FE_ATOM_GLOBAL: case FE_ATOM_FUNC:
  case FE_ATOM_UNIT: case FE_ATOM_INT: case FE_ATOM_CHAR:
    return FE_REP_VALUE;
  }
  return FE_REP_VALUE;
}

bool fe_atom_is_small(const fe_atom *a) {
  return a->kind == FE_ATOM_INT && a->u.i >= -(1 << 30) && a->u.i < 1 << 30;
}

static void push_int(fe_fn *fn, const fe_atom *a) {
  if (fe_atom_is_small(a)) {
    wfx_emit_i32_const(fn->b, (int32_t)a->u.i);
    wfx_emit_ref_i31(fn->b);
  } else {
    wfx_emit_i64_const(fn->b, a->u.i);
    wfx_emit_struct_new(fn->b, fn->g->int64);
  }
}

static void push_global(fe_fn *fn, const fe_global *global, fe_pos pos) {
  fe_gen *g = fn->g;
  wfx_global_id id = g->globals[global->id];
  wfx_emit_global_get(fn->b, id);
  if (!g->p->has_forward_refs)
    return;
  wfx_emit_global_get(fn->b, g->unset);
  wfx_emit_ref_eq(fn->b);
  wfx_emit_if(fn->b, wfx_bt_none());
  const char *text =
    fe_format(g->s, "'%s' is used before its definition", global->name->text);
  fe_push_text(fn, text, (uint32_t)strlen(text));
  fe_set_site(fn, pos);
  fe_call_rt(fn, FE_RT_panic);
  wfx_emit_unreachable(fn->b);
  wfx_emit_end(fn->b);
  wfx_emit_global_get(fn->b, id);
}

static void push_var(fe_fn *fn, const fe_var *var) {
  push_local(fn, var);
  fe_convert(fn, fn->locals[var->slot].rep, FE_REP_VALUE);
}

void fe_push_atom(fe_fn *fn, const fe_atom *a, fe_pos pos) {
  fe_gen *g = fn->g;
  switch (a->kind) {
  case FE_ATOM_VAR:
    push_var(fn, a->u.var);
    return;
  case FE_ATOM_CAPTURE:
    wfx_emit_local_get(fn->b, fn->self);
    wfx_emit_struct_get(fn->b, fn->self_type, fn->first_capture + a->u.capture);
    return;
  case FE_ATOM_SELF:
    wfx_emit_local_get(fn->b, wfx_body_param(fn->b, 0));
    return;
  case FE_ATOM_GLOBAL:
    push_global(fn, a->u.global, pos);
    return;
  case FE_ATOM_FUNC:
    wfx_emit_global_get(fn->b, fe_object_global(g, a->u.func));
    return;
  case FE_ATOM_UNIT:
    wfx_emit_global_get(fn->b, g->unit);
    return;
  case FE_ATOM_BOOL:
    wfx_emit_global_get(fn->b, a->u.i ? g->true_value : g->false_value);
    return;
  case FE_ATOM_INT:
    push_int(fn, a);
    return;
  case FE_ATOM_CHAR:
    wfx_emit_i32_const(fn->b, (int32_t)a->u.i);
    wfx_emit_struct_new(fn->b, g->chr);
    return;
  case FE_ATOM_FLOAT:
    wfx_emit_f64_const(fn->b, a->u.f);
    wfx_emit_struct_new(fn->b, g->float64);
    return;
  case FE_ATOM_STRING:
    fe_push_text(fn, a->u.text->bytes, a->u.text->n_bytes);
    return;
  case FE_ATOM_NIL:
    wfx_emit_ref_null(fn->b, WFX_HEAP_NONE);
    return;
  }
}

void fe_push_atoms(fe_fn *fn, const fe_atom *atoms, uint32_t n, fe_pos pos) {
  for (uint32_t i = 0; i < n; i++)
    fe_push_atom(fn, &atoms[i], pos);
}

/* Atoms of a kind. */

/* Push a and cast it to a reference type; when that fails, the error. */
static void push_expected(fe_fn *fn, const fe_atom *a, wfx_valtype to, fe_kind kind,
                          fe_pos pos) {
  wfx_label good = wfx_emit_block(fn->b, wfx_bt_result(to));
  fe_push_atom(fn, a, pos);
  wfx_emit_br_on_cast(fn->b, good, WFX_EQREF, to);
  wfx_emit_i32_const(fn->b, (int32_t)kind);
  fe_set_site(fn, pos);
  fe_call_rt(fn, FE_RT_expected);
  wfx_emit_unreachable(fn->b);
  wfx_emit_end(fn->b);
}

void fe_push_cast(fe_fn *fn, const fe_atom *a, wfx_type_id to, fe_kind kind, fe_pos pos) {
  push_expected(fn, a, wfx_ref_to(to), kind, pos);
}

void fe_push_string(fe_fn *fn, const fe_atom *a, fe_pos pos) {
  if (fe_atom_rep(fn, a) == FE_REP_STRING)
    fe_push_atom(fn, a, pos);
  else
    fe_push_cast(fn, a, fn->g->string, FE_KIND_STRING, pos);
}

void fe_push_list(fe_fn *fn, const fe_atom *a, fe_pos pos) {
  if (fe_atom_rep(fn, a) == FE_REP_LIST)
    fe_push_atom(fn, a, pos);
  else
    push_expected(fn, a, wfx_ref_null_to(fn->g->cons), FE_KIND_LIST, pos);
}

void fe_push_bool(fe_fn *fn, const fe_atom *a, fe_pos pos) {
  if (a->kind == FE_ATOM_BOOL) {
    wfx_emit_i32_const(fn->b, (int32_t)a->u.i);
  } else if (fe_atom_rep(fn, a) == FE_REP_BOOL) {
    push_local(fn, a->u.var);
  } else {
    fe_push_cast(fn, a, fn->g->boolean, FE_KIND_BOOL, pos);
    wfx_emit_struct_get_u(fn->b, fn->g->boolean, 0);
  }
}

void fe_push_char(fe_fn *fn, const fe_atom *a, fe_pos pos) {
  if (a->kind == FE_ATOM_CHAR) {
    wfx_emit_i32_const(fn->b, (int32_t)a->u.i);
  } else {
    fe_push_cast(fn, a, fn->g->chr, FE_KIND_CHAR, pos);
    wfx_emit_struct_get(fn->b, fn->g->chr, 0);
  }
}

void fe_push_float(fe_fn *fn, const fe_atom *a, fe_pos pos) {
  if (a->kind == FE_ATOM_FLOAT) {
    wfx_emit_f64_const(fn->b, a->u.f);
  } else if (fe_atom_rep(fn, a) == FE_REP_FLOAT) {
    push_local(fn, a->u.var);
  } else {
    fe_push_cast(fn, a, fn->g->float64, FE_KIND_FLOAT, pos);
    wfx_emit_struct_get(fn->b, fn->g->float64, 0);
  }
}

/* Representations. */

wfx_blocktype fe_rep_block(const fe_gen *g, fe_rep rep) {
  wfx_valtype type = fe_rep_type(g, rep);
  return type == WFX_BOT ? wfx_bt_none() : wfx_bt_result(type);
}

void fe_convert(fe_fn *fn, fe_rep have, fe_rep want) {
  if (have == want || have == FE_REP_ANY)
    return;
  if (want == FE_REP_NONE) {
    wfx_emit_drop(fn->b);
    return;
  }
  assert(want == FE_REP_VALUE);
  if (have == FE_REP_NONE)
    wfx_emit_global_get(fn->b, fn->g->unit);
  else if (have == FE_REP_BOOL)
    fe_call_rt(fn, FE_RT_value_bool);
  else if (have == FE_REP_FLOAT)
    wfx_emit_struct_new(fn->b, fn->g->float64);
}
