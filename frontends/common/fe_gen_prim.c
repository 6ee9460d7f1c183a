/* Code generation: primitives. Integers that are i31 are added and compared in place; what is
 * larger, and every wrong operand, is left to the runtime. */
#include "common/fe_gen_parts.h"

#include <wasmfx/build.h>

fe_rep fe_prim_rep(fe_prim prim) {
  switch (prim) {
  case FE_PRIM_float_add: case FE_PRIM_float_sub: case FE_PRIM_float_mul:
  case FE_PRIM_float_div: case FE_PRIM_float_neg: case FE_PRIM_float_floor:
  case FE_PRIM_float_ceil: case FE_PRIM_float_sqrt: case FE_PRIM_str_to_float:
  case FE_PRIM_int_to_float: case FE_PRIM_random:
    return FE_REP_FLOAT;
  case FE_PRIM_eq: case FE_PRIM_ne: case FE_PRIM_lt: case FE_PRIM_le: case FE_PRIM_gt:
  case FE_PRIM_ge: case FE_PRIM_not: case FE_PRIM_str_is_int:
    return FE_REP_BOOL;
  case FE_PRIM_explode:
    return FE_REP_LIST;
  case FE_PRIM_str_concat: case FE_PRIM_implode: case FE_PRIM_int_to_str:
  case FE_PRIM_float_to_str: case FE_PRIM_show:
    return FE_REP_STRING;
  case FE_PRIM_print:
    return FE_REP_NONE;
  case FE_PRIM_error:
    return FE_REP_ANY;
  case FE_PRIM_int_add: case FE_PRIM_int_sub: case FE_PRIM_int_mul: case FE_PRIM_int_quot:
  case FE_PRIM_int_rem: case FE_PRIM_int_neg: case FE_PRIM_str_length:
  case FE_PRIM_str_to_int: case FE_PRIM_float_to_int: case FE_PRIM_char_to_int:
  case FE_PRIM_int_to_char: case FE_PRIM_fresh:
    return FE_REP_VALUE;
  }
  return FE_REP_VALUE;
}

/* Integers. */

/* [] -> [i32]: an operand that is an i31; otherwise it goes to `slow`, which takes a value. */
static void push_small(fe_fn *fn, const fe_atom *a, wfx_label slow, fe_pos pos) {
  if (fe_atom_is_small(a)) {
    wfx_emit_i32_const(fn->b, (int32_t)a->u.i);
    return;
  }
  fe_push_atom(fn, a, pos);
  wfx_emit_br_on_cast_fail(fn->b, slow, WFX_EQREF, wfx_ref(WFX_HEAP_I31));
  wfx_emit_i31_get_s(fn->b);
}

/* Whether an operand may be an i31, as far as one can see. */
static bool may_be_small(const fe_fn *fn, const fe_atom *a) {
  return fe_atom_is_small(a) ||
         (a->kind != FE_ATOM_INT && fe_atom_rep(fn, a) == FE_REP_VALUE);
}

/* [i32] -> [(ref i31)], leaving the block `done` with it when the number fits. */
static void leave_if_fits(fe_fn *fn, wfx_label done) {
  wfx_body *b = fn->b;
  wfx_local_id sum = fe_temp_take(fn, WFX_I32);
  wfx_emit_local_tee(b, sum);
  wfx_emit_ref_i31(b);
  /* It fits when the two highest bits agree. */
  wfx_emit_local_get(b, sum);
  wfx_emit_local_get(b, sum);
  wfx_emit_i32_const(b, 1);
  wfx_emit_i32_shl(b);
  wfx_emit_i32_xor(b);
  wfx_emit_i32_const(b, 0);
  wfx_emit_i32_ge_s(b);
  wfx_emit_br_if(b, done);
  fe_temp_give(fn, WFX_I32, sum);
}

static void small_product(fe_fn *fn, const fe_atom *args, wfx_label slow, wfx_label done,
                          fe_pos pos) {
  wfx_body *b = fn->b;
  wfx_local_id product = fe_temp_take(fn, WFX_I64);
  push_small(fn, &args[0], slow, pos);
  wfx_emit_i64_extend_i32_s(b);
  push_small(fn, &args[1], slow, pos);
  wfx_emit_i64_extend_i32_s(b);
  wfx_emit_i64_mul(b);
  wfx_emit_local_tee(b, product);
  wfx_emit_i32_wrap_i64(b);
  wfx_emit_ref_i31(b);
  wfx_emit_local_get(b, product);
  wfx_emit_i64_const(b, 1 << 30);
  wfx_emit_i64_add(b);
  wfx_emit_i64_const(b, (int64_t)1 << 31);
  wfx_emit_i64_lt_u(b);
  wfx_emit_br_if(b, done);
  fe_temp_give(fn, WFX_I64, product);
}

/* The divisor 0 is an error, and with -1 the quotient may not fit: both are for the runtime,
 * and the division then done here, by 1, is not used. */
static void small_quotient(fe_fn *fn, const fe_expr *e, wfx_label slow, wfx_label done) {
  wfx_body *b = fn->b;
  const fe_atom *args = e->u.prim.args;
  bool is_rem = e->u.prim.prim == FE_PRIM_int_rem;
  bool is_safe = fe_atom_is_small(&args[1]) && args[1].u.i != 0 && args[1].u.i != -1;
  wfx_local_id divisor = fe_temp_take(fn, WFX_I32);
  if (!is_safe) {
    push_small(fn, &args[1], slow, e->pos);
    wfx_emit_local_set(b, divisor);
  }
  push_small(fn, &args[0], slow, e->pos);
  if (is_safe) {
    wfx_emit_i32_const(b, (int32_t)args[1].u.i);
  } else {
    wfx_emit_i32_const(b, 1);
    wfx_emit_local_get(b, divisor);
    wfx_emit_local_get(b, divisor);
    wfx_emit_i32_const(b, 1);
    wfx_emit_i32_add(b);
    wfx_emit_i32_const(b, 2);
    wfx_emit_i32_lt_u(b);
    wfx_emit_select(b);
  }
  if (is_rem)
    wfx_emit_i32_rem_s(b);
  else
    wfx_emit_i32_div_s(b);
  wfx_emit_ref_i31(b);
  if (is_safe) {
    wfx_emit_br(b, done);
  } else {
    wfx_emit_local_get(b, divisor);
    wfx_emit_i32_const(b, 1);
    wfx_emit_i32_add(b);
    wfx_emit_i32_const(b, 2);
    wfx_emit_i32_ge_u(b);
    wfx_emit_br_if(b, done);
  }
  fe_temp_give(fn, WFX_I32, divisor);
}

static void small_sum(fe_fn *fn, const fe_expr *e, wfx_label slow, wfx_label done) {
  push_small(fn, &e->u.prim.args[0], slow, e->pos);
  push_small(fn, &e->u.prim.args[1], slow, e->pos);
  if (e->u.prim.prim == FE_PRIM_int_add)
    wfx_emit_i32_add(fn->b);
  else
    wfx_emit_i32_sub(fn->b);
  leave_if_fits(fn, done);
}

static void gen_arithmetic(fe_fn *fn, const fe_expr *e, fe_rt slow_func) {
  wfx_body *b = fn->b;
  const fe_atom *args = e->u.prim.args;
  bool has_fast = may_be_small(fn, &args[0]) && may_be_small(fn, &args[1]);
  if (has_fast) {
    wfx_label done = wfx_emit_block(b, wfx_bt_result(WFX_EQREF));
    wfx_label slow = wfx_emit_block(b, wfx_bt_result(WFX_EQREF));
    if (e->u.prim.prim == FE_PRIM_int_mul)
      small_product(fn, args, slow, done, e->pos);
    else if (e->u.prim.prim == FE_PRIM_int_quot || e->u.prim.prim == FE_PRIM_int_rem)
      small_quotient(fn, e, slow, done);
    else
      small_sum(fn, e, slow, done);
    wfx_emit_end(b);
    wfx_emit_drop(b);
  }
  fe_push_atoms(fn, args, 2, e->pos);
  fe_set_site(fn, e->pos);
  fe_call_rt(fn, slow_func);
  if (has_fast)
    wfx_emit_end(b);
}

static void gen_neg(fe_fn *fn, const fe_expr *e) {
  fe_push_atoms(fn, e->u.prim.args, 1, e->pos);
  fe_set_site(fn, e->pos);
  fe_call_rt(fn, FE_RT_neg);
}

/* [] -> [i64] */
static void push_i64(fe_fn *fn, const fe_atom *a, fe_pos pos) {
  fe_push_atom(fn, a, pos);
  fe_set_site(fn, pos);
  fe_call_rt(fn, FE_RT_to_i64);
}

/* Comparisons: each leaves an i32. */

typedef void emitter(wfx_body *b);

/* [i32 i32] -> [i32] */
static emitter *const compare_i32[] = {
  [FE_PRIM_eq] = wfx_emit_i32_eq,   [FE_PRIM_ne] = wfx_emit_i32_ne,
  [FE_PRIM_lt] = wfx_emit_i32_lt_s, [FE_PRIM_le] = wfx_emit_i32_le_s,
  [FE_PRIM_gt] = wfx_emit_i32_gt_s, [FE_PRIM_ge] = wfx_emit_i32_ge_s,
};

/* [f64 f64] -> [i32] */
static emitter *const compare_f64[] = {
  [FE_PRIM_eq] = wfx_emit_f64_eq, [FE_PRIM_ne] = wfx_emit_f64_ne,
  [FE_PRIM_lt] = wfx_emit_f64_lt, [FE_PRIM_le] = wfx_emit_f64_le,
  [FE_PRIM_gt] = wfx_emit_f64_gt, [FE_PRIM_ge] = wfx_emit_f64_ge,
};

/* How a comparison shows in an order, which is -1, 0, 1, or 2 for not ordered. */
static const struct {
  int32_t with;
  emitter *test;
} order_tests[] = {
  [FE_PRIM_lt] = {0, wfx_emit_i32_lt_s},
  [FE_PRIM_le] = {0, wfx_emit_i32_le_s},
  [FE_PRIM_gt] = {1, wfx_emit_i32_eq},
  [FE_PRIM_ge] = {1, wfx_emit_i32_le_u},
};

static bool is_equality(fe_prim prim) { return prim == FE_PRIM_eq || prim == FE_PRIM_ne; }

/* By the runtime. */
static void compare_values(fe_fn *fn, const fe_expr *e) {
  fe_prim prim = e->u.prim.prim;
  fe_push_atoms(fn, e->u.prim.args, 2, e->pos);
  fe_set_site(fn, e->pos);
  if (!is_equality(prim)) {
    fe_call_rt(fn, FE_RT_value_compare);
    wfx_emit_i32_const(fn->b, order_tests[prim].with);
    order_tests[prim].test(fn->b);
    return;
  }
  fe_call_rt(fn, FE_RT_value_eq);
  if (prim == FE_PRIM_ne)
    wfx_emit_i32_eqz(fn->b);
}

/* With a literal that only the very same reference equals: a small integer, the empty list. */
static void compare_identity(fe_fn *fn, const fe_expr *e) {
  fe_push_atoms(fn, e->u.prim.args, 2, e->pos);
  wfx_emit_ref_eq(fn->b);
  if (e->u.prim.prim == FE_PRIM_ne)
    wfx_emit_i32_eqz(fn->b);
}

/* [] -> [i32]: an operand that is a character; otherwise it goes to `slow`. */
static void push_small_char(fe_fn *fn, const fe_atom *a, wfx_label slow, fe_pos pos) {
  if (a->kind == FE_ATOM_CHAR) {
    wfx_emit_i32_const(fn->b, (int32_t)a->u.i);
    return;
  }
  fe_push_atom(fn, a, pos);
  wfx_emit_br_on_cast_fail(fn->b, slow, WFX_EQREF, wfx_ref_to(fn->g->chr));
  wfx_emit_struct_get(fn->b, fn->g->chr, 0);
}

/* In place for small integers, or for characters; the rest by the runtime. */
static void compare_small(fe_fn *fn, const fe_expr *e, bool are_chars) {
  wfx_body *b = fn->b;
  wfx_label done = wfx_emit_block(b, wfx_bt_result(WFX_I32));
  wfx_label slow = wfx_emit_block(b, wfx_bt_result(WFX_EQREF));
  for (uint32_t i = 0; i < 2; i++) {
    if (are_chars)
      push_small_char(fn, &e->u.prim.args[i], slow, e->pos);
    else
      push_small(fn, &e->u.prim.args[i], slow, e->pos);
  }
  compare_i32[e->u.prim.prim](b);
  wfx_emit_br(b, done);
  wfx_emit_end(b);
  wfx_emit_drop(b);
  compare_values(fn, e);
  wfx_emit_end(b);
}

static void gen_comparison(fe_fn *fn, const fe_expr *e) {
  fe_prim prim = e->u.prim.prim;
  const fe_atom *args = e->u.prim.args;
  fe_rep rep0 = fe_atom_rep(fn, &args[0]), rep1 = fe_atom_rep(fn, &args[1]);
  bool is_nil = args[0].kind == FE_ATOM_NIL || args[1].kind == FE_ATOM_NIL;
  bool is_small = fe_atom_is_small(&args[0]) || fe_atom_is_small(&args[1]);
  if (rep0 == FE_REP_FLOAT && rep1 == FE_REP_FLOAT) {
    fe_push_float(fn, &args[0], e->pos);
    fe_push_float(fn, &args[1], e->pos);
    compare_f64[prim](fn->b);
  } else if (rep0 == FE_REP_BOOL && rep1 == FE_REP_BOOL) {
    fe_push_bool(fn, &args[0], e->pos);
    fe_push_bool(fn, &args[1], e->pos);
    compare_i32[prim](fn->b);
  } else if (is_equality(prim) && (is_nil || is_small)) {
    compare_identity(fn, e);
  } else if (args[0].kind == FE_ATOM_CHAR || args[1].kind == FE_ATOM_CHAR) {
    compare_small(fn, e, true);
  } else if (may_be_small(fn, &args[0]) && may_be_small(fn, &args[1])) {
    compare_small(fn, e, false);
  } else {
    compare_values(fn, e);
  }
}

/* The rest. */

static emitter *const float_ops[] = {
  [FE_PRIM_float_add] = wfx_emit_f64_add,     [FE_PRIM_float_sub] = wfx_emit_f64_sub,
  [FE_PRIM_float_mul] = wfx_emit_f64_mul,     [FE_PRIM_float_div] = wfx_emit_f64_div,
  [FE_PRIM_float_neg] = wfx_emit_f64_neg,     [FE_PRIM_float_floor] = wfx_emit_f64_floor,
  [FE_PRIM_float_ceil] = wfx_emit_f64_ceil,   [FE_PRIM_float_sqrt] = wfx_emit_f64_sqrt,
};

static void gen_float_op(fe_fn *fn, const fe_expr *e) {
  for (uint32_t i = 0; i < e->u.prim.n; i++)
    fe_push_float(fn, &e->u.prim.args[i], e->pos);
  float_ops[e->u.prim.prim](fn->b);
}

/* String operands, then a call. */
static void gen_string_op(fe_fn *fn, const fe_expr *e, fe_rt func) {
  for (uint32_t i = 0; i < e->u.prim.n; i++)
    fe_push_string(fn, &e->u.prim.args[i], e->pos);
  fe_call_rt(fn, func);
}

/* The same with one operand, for a call that can fail. */
static void gen_checked_string_op(fe_fn *fn, const fe_expr *e, fe_rt func) {
  fe_push_string(fn, &e->u.prim.args[0], e->pos);
  fe_set_site(fn, e->pos);
  fe_call_rt(fn, func);
}

static void gen_int_to_str(fe_fn *fn, const fe_expr *e) {
  fe_push_atom(fn, &e->u.prim.args[0], e->pos);
  fe_set_site(fn, e->pos);
  fe_call_rt(fn, FE_RT_integer);
  fe_call_rt(fn, FE_RT_int_to_string);
}

static void gen_float_to_int(fe_fn *fn, const fe_expr *e) {
  fe_push_float(fn, &e->u.prim.args[0], e->pos);
  fe_set_site(fn, e->pos);
  fe_call_rt(fn, FE_RT_float_to_int);
}

static void gen_implode(fe_fn *fn, const fe_expr *e) {
  fe_push_list(fn, &e->u.prim.args[0], e->pos);
  fe_set_site(fn, e->pos);
  fe_call_rt(fn, FE_RT_string_implode);
}

static void gen_prim_node(fe_fn *fn, const fe_expr *e) {
  const fe_atom *args = e->u.prim.args;
  switch (e->u.prim.prim) {
  case FE_PRIM_int_add:
    gen_arithmetic(fn, e, FE_RT_add);
    return;
  case FE_PRIM_int_sub:
    gen_arithmetic(fn, e, FE_RT_sub);
    return;
  case FE_PRIM_int_mul:
    gen_arithmetic(fn, e, FE_RT_mul);
    return;
  case FE_PRIM_int_quot:
    gen_arithmetic(fn, e, FE_RT_quot);
    return;
  case FE_PRIM_int_rem:
    gen_arithmetic(fn, e, FE_RT_rem);
    return;
  case FE_PRIM_int_neg:
    gen_neg(fn, e);
    return;
  case FE_PRIM_float_add: case FE_PRIM_float_sub: case FE_PRIM_float_mul:
  case FE_PRIM_float_div: case FE_PRIM_float_neg: case FE_PRIM_float_floor:
  case FE_PRIM_float_ceil: case FE_PRIM_float_sqrt:
    gen_float_op(fn, e);
    return;
  case FE_PRIM_eq: case FE_PRIM_ne: case FE_PRIM_lt: case FE_PRIM_le: case FE_PRIM_gt:
  case FE_PRIM_ge:
    gen_comparison(fn, e);
    return;
  case FE_PRIM_not:
    fe_push_bool(fn, &args[0], e->pos);
    wfx_emit_i32_eqz(fn->b);
    return;
  case FE_PRIM_str_concat:
    gen_string_op(fn, e, FE_RT_string_concat);
    return;
  case FE_PRIM_str_length:
    gen_string_op(fn, e, FE_RT_string_length);
    fe_call_rt(fn, FE_RT_of_i32);
    return;
  case FE_PRIM_str_is_int:
    gen_string_op(fn, e, FE_RT_int_is_text);
    return;
  case FE_PRIM_str_to_int:
    gen_checked_string_op(fn, e, FE_RT_int_parse);
    return;
  case FE_PRIM_str_to_float:
    gen_checked_string_op(fn, e, FE_RT_float_parse);
    return;
  case FE_PRIM_explode:
    gen_string_op(fn, e, FE_RT_string_explode);
    return;
  case FE_PRIM_implode:
    gen_implode(fn, e);
    return;
  case FE_PRIM_int_to_str:
    gen_int_to_str(fn, e);
    return;
  case FE_PRIM_float_to_str:
    fe_push_float(fn, &args[0], e->pos);
    fe_call_rt(fn, FE_RT_float_to_string);
    return;
  case FE_PRIM_int_to_float:
    push_i64(fn, &args[0], e->pos);
    wfx_emit_f64_convert_i64_s(fn->b);
    return;
  case FE_PRIM_float_to_int:
    gen_float_to_int(fn, e);
    return;
  case FE_PRIM_char_to_int:
    /* Code points fit. */
    fe_push_char(fn, &args[0], e->pos);
    wfx_emit_ref_i31(fn->b);
    return;
  case FE_PRIM_int_to_char:
    push_i64(fn, &args[0], e->pos);
    fe_call_rt(fn, FE_RT_chr);
    return;
  case FE_PRIM_show:
    fe_push_atom(fn, &args[0], e->pos);
    fe_call_rt(fn, FE_RT_show);
    return;
  case FE_PRIM_print:
    gen_string_op(fn, e, FE_RT_print);
    return;
  case FE_PRIM_error:
    fe_push_string(fn, &args[0], e->pos);
    fe_set_site(fn, e->pos);
    fe_call_rt(fn, FE_RT_panic);
    wfx_emit_unreachable(fn->b);
    return;
  case FE_PRIM_random:
    fe_call_rt(fn, FE_RT_random);
    return;
  case FE_PRIM_fresh:
    fe_call_rt(fn, FE_RT_fresh);
    return;
  }
}

fe_rep fe_gen_prim(fe_fn *fn, const fe_expr *e) {
  gen_prim_node(fn, e);
  return fe_prim_rep(e->u.prim.prim);
}
