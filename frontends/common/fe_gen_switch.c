/* Code generation: FE_SWITCH. The value is checked and unboxed once; cases are blocks one after
 * the other, so that any number of them nests no deeper. */
#include "common/fe_gen_parts.h"

#include <wasmfx/build.h>

typedef struct fe_switch {
  fe_fn *fn;
  const fe_expr *e;
  fe_rep want;
  wfx_valtype type;        /* of the unboxed value */
  wfx_local_id on;
} fe_switch;

static wfx_valtype unboxed_type(const fe_gen *g, fe_test test) {
  switch (test) {
  case FE_TEST_INT:
    return WFX_EQREF;
  case FE_TEST_CHAR:
    return WFX_I32;
  case FE_TEST_FLOAT:
    return WFX_F64;
  case FE_TEST_STRING:
    return wfx_ref_to(g->string);
  case FE_TEST_VARIANT:
    return wfx_ref_to(g->variant);
  case FE_TEST_LIST:
    return wfx_ref_null_to(g->cons);
  }
  return WFX_EQREF;
}

/* An integer, as it is. */
static void push_integer(fe_fn *fn, const fe_atom *a, fe_pos pos) {
  wfx_label good = wfx_emit_block(fn->b, wfx_bt_result(WFX_EQREF));
  fe_push_atom(fn, a, pos);
  wfx_emit_br_on_cast(fn->b, good, WFX_EQREF, wfx_ref(WFX_HEAP_I31));
  fe_set_site(fn, pos);
  fe_call_rt(fn, FE_RT_integer);
  wfx_emit_end(fn->b);
}

static void push_unboxed(fe_switch *sw) {
  fe_fn *fn = sw->fn;
  const fe_atom *on = &sw->e->u.sw.on;
  fe_pos pos = sw->e->pos;
  switch (sw->e->u.sw.test) {
  case FE_TEST_INT:
    push_integer(fn, on, pos);
    return;
  case FE_TEST_CHAR:
    fe_push_char(fn, on, pos);
    return;
  case FE_TEST_FLOAT:
    fe_push_float(fn, on, pos);
    return;
  case FE_TEST_STRING:
    fe_push_string(fn, on, pos);
    return;
  case FE_TEST_VARIANT:
    fe_push_cast(fn, on, fn->g->variant, FE_KIND_VARIANT, pos);
    return;
  case FE_TEST_LIST:
    fe_push_list(fn, on, pos);
    return;
  }
}

/* [] -> [i32]: whether the case's literal or constructor is the value. */
static void push_test(fe_switch *sw, const fe_case *k) {
  fe_fn *fn = sw->fn;
  wfx_body *b = fn->b;
  wfx_emit_local_get(b, sw->on);
  switch (sw->e->u.sw.test) {
  case FE_TEST_INT:
    fe_push_atom(fn, &k->literal, sw->e->pos);
    if (fe_atom_is_small(&k->literal)) {
      wfx_emit_ref_eq(b);
    } else {
      fe_call_rt(fn, FE_RT_int_compare);
      wfx_emit_i32_eqz(b);
    }
    return;
  case FE_TEST_CHAR:
    wfx_emit_i32_const(b, (int32_t)k->literal.u.i);
    wfx_emit_i32_eq(b);
    return;
  case FE_TEST_FLOAT:
    wfx_emit_f64_const(b, k->literal.u.f);
    wfx_emit_f64_eq(b);
    return;
  case FE_TEST_STRING:
    fe_push_atom(fn, &k->literal, sw->e->pos);
    fe_call_rt(fn, FE_RT_string_equal);
    return;
  case FE_TEST_VARIANT:
    wfx_emit_struct_get(b, fn->g->variant, 0);
    wfx_emit_global_get(b, fe_label_global(fn->g, k->label));
    wfx_emit_ref_eq(b);
    return;
  case FE_TEST_LIST:
    return;
  }
}

static void bind_field(fe_switch *sw, wfx_type_id type, uint32_t field, const fe_var *var,
                       fe_rep rep) {
  if (!var || (var->n_uses == 0 && !var->is_captured))
    return;
  wfx_emit_local_get(sw->fn->b, sw->on);
  wfx_emit_struct_get(sw->fn->b, type, field);
  fe_bind(sw->fn, var, rep);
}

static void gen_list_switch(fe_switch *sw) {
  fe_fn *fn = sw->fn;
  const fe_expr *e = sw->e, *when_nil = e->u.sw.other;
  const fe_case *cons = NULL;
  for (uint32_t i = e->u.sw.n; i-- > 0;) {
    const fe_case *k = &e->u.sw.cases[i];
    if (k->var1)
      cons = k;
    else
      when_nil = k->body;
  }
  wfx_emit_local_get(fn->b, sw->on);
  wfx_emit_ref_is_null(fn->b);
  wfx_emit_if(fn->b, fe_rep_block(fn->g, sw->want));
  fe_gen_expr(fn, when_nil, sw->want);
  wfx_emit_else(fn->b);
  if (cons) {
    bind_field(sw, fn->g->cons, 0, cons->var1, FE_REP_VALUE);
    bind_field(sw, fn->g->cons, 1, cons->var2, FE_REP_LIST);
  }
  fe_gen_expr(fn, cons ? cons->body : e->u.sw.other, sw->want);
  wfx_emit_end(fn->b);
}

static void gen_cases(fe_switch *sw) {
  fe_fn *fn = sw->fn;
  const fe_expr *e = sw->e;
  wfx_label done = wfx_emit_block(fn->b, fe_rep_block(fn->g, sw->want));
  for (uint32_t i = 0; i < e->u.sw.n; i++) {
    const fe_case *k = &e->u.sw.cases[i];
    fe_at(fn, e->pos);
    wfx_label next = wfx_emit_block(fn->b, wfx_bt_none());
    push_test(sw, k);
    wfx_emit_i32_eqz(fn->b);
    wfx_emit_br_if(fn->b, next);
    if (e->u.sw.test == FE_TEST_VARIANT)
      bind_field(sw, fn->g->variant, 1, k->var1, FE_REP_VALUE);
    fe_gen_expr(fn, k->body, sw->want);
    if (wfx_body_is_reachable(fn->b))
      wfx_emit_br(fn->b, done);
    wfx_emit_end(fn->b);
  }
  fe_gen_expr(fn, e->u.sw.other, sw->want);
  wfx_emit_end(fn->b);
}

void fe_gen_switch(fe_fn *fn, const fe_expr *e, fe_rep want) {
  fe_switch sw = {.fn = fn, .e = e, .want = want, .type = unboxed_type(fn->g, e->u.sw.test)};
  push_unboxed(&sw);
  sw.on = fe_temp_take(fn, sw.type);
  wfx_emit_local_set(fn->b, sw.on);
  if (e->u.sw.test == FE_TEST_LIST)
    gen_list_switch(&sw);
  else
    gen_cases(&sw);
  fe_temp_give(fn, sw.type, sw.on);
}
