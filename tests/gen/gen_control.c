/* gen_control.c: blocks and branches. */
#include "gen/gen_state.h"

/* ---- Blocks ------------------------------------------------------------------------------ */

wfx_label gen_open(struct gen *g, wfx_op op, const struct vals *params,
                   const struct vals *results, const wfx_catch *catches, size_t n_catches) {
  wfx_blocktype type = wfx_bt_none();
  uint32_t ft = WFX_NO_ID;
  if (params->n == 0 && results->n == 1) type = wfx_bt_result(gen_twist(g, results->t[0]));
  if (params->n || results->n > 1 || gen_chance(g, 5)) ft = gen_func_type(g, params, results);
  if (ft != WFX_NO_ID) type = wfx_bt_type(gen_id(ft));
  wfx_inst in = {.op = op, .imm = {.block = type}};
  if (op == WFX_OP_try_table) {
    in.imm.try_table.type = type;
    in.imm.try_table.catches = catches;
    in.imm.try_table.n_catches = n_catches;
  }
  wfx_label label = gen_put(g, &in);
  g->labels[g->n_labels++] =
      (struct glabel){label, op == WFX_OP_loop ? *params : *results, op == WFX_OP_loop};
  return label;
}

void gen_close(struct gen *g, uint32_t n_labels) {
  for (; n_labels > 0; n_labels--) {
    EMIT0(end);
    g->n_labels--;
  }
}

/* Whether a function type for such a block can be had. */
static bool can_open(struct gen *g, const struct vals *params, const struct vals *results) {
  if (g->n_labels + 8 > MAX_LABELS) return false;
  if (params->n == 0 && results->n < 2) return true;
  return gen_func_type(g, params, results) != WFX_NO_ID;
}

void gen_save_set(const struct gen *g, struct set_locals *s) {
  s->n = g->n_locals;
  for (uint32_t i = 0; i < s->n; i++) s->is_set[i] = g->locals[i].is_set;
}
void gen_restore_set(struct gen *g, const struct set_locals *s) {
  for (uint32_t i = 0; i < g->n_locals; i++)
    g->locals[i].is_set = i < s->n ? s->is_set[i] : gen_is_defaultable(g->locals[i].type);
}

void gen_burn_fuel(struct gen *g) {
  if (g->mode != GEN_RUN) return;
  EMIT(global_get, .global = g->globals[0].id);
  EMIT(i32_const, .i32 = 1);
  EMIT0(i32_sub);
  EMIT(global_set, .global = g->globals[0].id);
}

void gen_has_fuel(struct gen *g) {
  EMIT(global_get, .global = g->globals[0].id);
  EMIT(i32_const, .i32 = 0);
  EMIT0(i32_gt_s);
}

static void if_body(struct gen *g, const struct vals *params, const struct vals *results) {
  struct set_locals before;
  gen_save_set(g, &before);
  gen_drop(g, params);
  gen_effects(g, 3);
  gen_values(g, results);
  gen_restore_set(g, &before);
  /* Without else it must give back what it took. */
  if (params->n == results->n && gen_vals_equal(params, results) && gen_chance(g, 40)) return;
  EMIT0(else);
  gen_drop(g, params);
  gen_effects(g, 3);
  gen_values(g, results);
  gen_restore_set(g, &before);
}

static void loop_body(struct gen *g, const struct vals *params, const struct vals *results,
                      wfx_label label) {
  gen_burn_fuel(g);
  gen_drop(g, params);
  gen_effects(g, 4);
  if (gen_chance(g, 60)) {
    gen_values(g, params);
    gen_value(g, WFX_I32);
    if (g->mode == GEN_RUN) {
      gen_has_fuel(g);
      EMIT0(i32_and);
    }
    EMIT(br_if, .label = label);
    gen_drop(g, params);
  }
  gen_values(g, results);
}

bool gen_block(struct gen *g, const struct vals *results) {
  const struct vals none = {.n = 0};
  struct vals params = gen_chance(g, 20) ? gen_vals(g, 2, g->n_types) : none;
  uint32_t kind = gen_below(g, 4);
  bool is_ext = g->mode == GEN_EXT && gen_chance(g, 30);
  if (!can_open(g, &params, results)) return false;
  gen_values(g, &params);
  struct set_locals before;
  gen_save_set(g, &before);
  if (kind == 0) gen_value(g, WFX_I32);
  wfx_op op = kind == 0   ? WFX_OP_if
              : kind == 1 ? WFX_OP_loop
              : is_ext    ? WFX_OP_barrier
                          : WFX_OP_block;
  /* The condition of an if may have set locals. */
  if (kind == 0) gen_save_set(g, &before);
  wfx_label label = gen_open(g, op, &params, results, NULL, 0);
  if (kind == 0) {
    if_body(g, &params, results);
  } else if (kind == 1) {
    loop_body(g, &params, results, label);
  } else {
    gen_drop(g, &params);
    gen_effects(g, 4);
    gen_values(g, results);
  }
  gen_close(g, 1);
  gen_restore_set(g, &before);
  return true;
}

/* ---- Branches ---------------------------------------------------------------------------- */

/* A label that may be branched to: where programs must end no loop, unless it asks for fuel. */
static const struct glabel *pick_label(struct gen *g) {
  uint32_t first = gen_below(g, g->n_labels);
  for (uint32_t k = 0; k < g->n_labels; k++) {
    const struct glabel *l = &g->labels[(first + k) % g->n_labels];
    if (!l->is_loop || g->mode != GEN_RUN) return l;
  }
  return NULL;
}

/* br_if whose label takes one value, which stays. */
static bool br_if_value(struct gen *g, wfx_valtype t) {
  const struct glabel *l = pick_label(g);
  if (!l || l->types.n != 1 || !gen_is_sub(g, l->types.t[0], t)) return false;
  wfx_label label = l->id;
  gen_value(g, l->types.t[0]);
  gen_value(g, WFX_I32);
  EMIT(br_if, .label = label);
  return true;
}

/* A value that is not null, else a branch with what lies below: [t* (ref null ht)]. */
static bool br_on_null_value(struct gen *g, wfx_valtype t) {
  const struct glabel *l = pick_label(g);
  if (!wfx_is_ref(t) || !l) return false;
  struct vals types = l->types;
  wfx_label label = l->id;
  gen_values(g, &types);
  gen_value(g, t | (uint32_t)WFX_NULLABLE);
  EMIT(br_on_null, .label = label);
  if (types.n) {
    uint32_t tmp = gen_local(g, t);
    if (tmp == WFX_NO_ID) { /* no room: leave */
      EMIT0(unreachable);
      return true;
    }
    gen_set_local(g, tmp);
    gen_drop(g, &types);
    EMIT(local_get, .local = g->locals[tmp].id);
  }
  return true;
}

/* A block with result t that is left by a branch on a reference. */
static bool br_cast_block(struct gen *g, wfx_valtype t) {
  if (!wfx_is_ref(t) || g->n_labels + 2 > MAX_LABELS) return false;
  wfx_heaptype h = wfx_heap_of(t);
  const struct vals none = {.n = 0}, one = {1, {t}};
  uint32_t how = gen_below(g, 3);
  if (how == 0 && wfx_is_nullable(t)) return false;
  if (how != 0 && !gen_is_castable(g, h)) return false;
  struct set_locals before;
  gen_save_set(g, &before);
  wfx_label label = gen_open(g, WFX_OP_block, &none, &one, NULL, 0);
  if (how == 0) {
    gen_value(g, t | (uint32_t)WFX_NULLABLE);
    EMIT(br_on_non_null, .label = label);
  } else if (how == 1) {
    /* Down to t on success. */
    wfx_valtype from = wfx_ref_null(gen_heap_above(g, h));
    gen_value(g, from);
    EMIT(br_on_cast, .br_on_cast = {label, from, t});
    EMIT0(drop);
  } else {
    /* Failing leaves from without null, or all of it: both must be t. */
    wfx_valtype to = wfx_ref(gen_heap_below(g, h)) | (t & (uint32_t)WFX_NULLABLE);
    wfx_valtype from = wfx_is_nullable(t) ? t : t | (uint32_t)WFX_NULLABLE;
    if (!wfx_is_nullable(t)) to |= (uint32_t)WFX_NULLABLE;
    gen_value(g, from);
    EMIT(br_on_cast_fail, .br_on_cast = {label, from, to});
    EMIT0(drop);
  }
  gen_effects(g, 2);
  gen_value(g, t);
  gen_close(g, 1);
  gen_restore_set(g, &before);
  return true;
}

bool gen_branch_value(struct gen *g, wfx_valtype t) {
  switch (gen_below(g, 3)) {
  case 0: return br_if_value(g, t);
  case 1: return br_on_null_value(g, t);
  default: return br_cast_block(g, t);
  }
}

bool gen_branch_effect(struct gen *g) {
  const struct glabel *l = pick_label(g);
  if (!l) return false;
  struct vals types = l->types;
  wfx_label label = l->id;
  gen_values(g, &types);
  gen_value(g, WFX_I32);
  EMIT(br_if, .label = label);
  gen_drop(g, &types);
  return true;
}

static bool put_br_table(struct gen *g) {
  const struct glabel *l = pick_label(g);
  if (!l) return false;
  wfx_label labels[8];
  struct vals types = l->types;
  wfx_label otherwise = l->id;
  uint32_t n = gen_below(g, 8);
  for (uint32_t i = 0; i < n; i++) {
    const struct glabel *x = pick_label(g);
    labels[i] = gen_vals_are_sub(g, &types, &x->types) ? x->id : otherwise;
  }
  gen_values(g, &types);
  gen_address(g, false, n + 1);
  EMIT(br_table, .br_table = {labels, n, otherwise});
  return true;
}

static bool put_throw(struct gen *g) {
  uint32_t tag = gen_below(g, g->n_tags);
  if (gen_chance(g, 30)) {
    gen_value(g, gen_chance(g, 80) ? wfx_ref(WFX_HEAP_EXN) : WFX_EXNREF);
    EMIT0(throw_ref);
    return true;
  }
  if (g->types[g->tags[tag].type].results.n) return false;
  struct vals params = g->types[g->tags[tag].type].params;
  gen_values(g, &params);
  EMIT(throw, .tag = g->tags[tag].id);
  return true;
}

bool gen_leave(struct gen *g) {
  const struct glabel *l = pick_label(g);
  switch (gen_below(g, 6)) {
  case 0: {
    if (!l) return false;
    struct vals types = l->types;
    wfx_label label = l->id;
    gen_values(g, &types);
    EMIT(br, .label = label);
    return true;
  }
  case 1: return put_br_table(g);
  case 2:
    gen_values(g, &g->results);
    EMIT0(return);
    return true;
  case 3: return put_throw(g);
  case 4: return gen_call(g, NULL, true);
  default:
    if (g->mode == GEN_RUN && gen_chance(g, 90)) return false;
    EMIT0(unreachable);
    return true;
  }
}
