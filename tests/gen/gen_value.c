/* gen_value.c: values of a type, and effects; each by a producer chosen at random. */
#include "gen/gen_state.h"

/* ---- Locals ------------------------------------------------------------------------------ */

uint32_t gen_local(struct gen *g, wfx_valtype t) {
  uint32_t first = gen_below(g, g->n_locals);
  for (uint32_t k = 0; k < g->n_locals; k++) {
    uint32_t i = (first + k) % g->n_locals;
    if (g->locals[i].type == t && (k < 8 || g->n_locals == MAX_LOCALS) && gen_chance(g, 80))
      return i;
  }
  if (g->n_locals == MAX_LOCALS) return WFX_NO_ID;
  g->locals[g->n_locals] = (struct glocal){wfx_body_add_local(g->b, gen_twist(g, t), NULL), t,
                                           gen_is_defaultable(t)};
  return g->n_locals++;
}

void gen_set_local(struct gen *g, uint32_t local) {
  if (local == WFX_NO_ID) {
    EMIT0(drop);
    return;
  }
  EMIT(local_set, .local = g->locals[local].id);
  g->locals[local].is_set = true;
}

/* A local that holds a t, or WFX_NO_ID. */
static uint32_t local_with(struct gen *g, wfx_valtype t) {
  uint32_t first = gen_below(g, g->n_locals);
  for (uint32_t k = 0; k < g->n_locals; k++) {
    uint32_t i = (first + k) % g->n_locals;
    if (g->locals[i].is_set && gen_is_sub(g, g->locals[i].type, t)) return i;
  }
  return WFX_NO_ID;
}

void gen_drop(struct gen *g, const struct vals *ts) {
  for (uint32_t i = ts->n; i-- > 0;) {
    if (gen_chance(g, 50)) gen_set_local(g, gen_local(g, ts->t[i]));
    else EMIT0(drop);
  }
}

void gen_keep_first(struct gen *g, const struct vals *ts) {
  struct vals rest = {.n = ts->n - 1};
  for (uint32_t i = 1; i < ts->n; i++) rest.t[i - 1] = ts->t[i];
  gen_drop(g, &rest);
}

/* ---- The simplest value ------------------------------------------------------------------ */

static void null_as_non_null(struct gen *g, wfx_heaptype h) {
  EMIT(ref_null, .heap = h);
  EMIT0(ref_as_non_null);
}

static void simple_array(struct gen *g, uint32_t i) {
  wfx_valtype t = gen_unpack(g->types[i].fields[0].type);
  uint32_t n = g->mode != GEN_RUN ? 0 : gen_is_defaultable(t) ? 3 : 1;
  for (uint32_t k = 0; k < n; k++) {
    if (wfx_is_ref(t) && wfx_is_nullable(t)) EMIT(ref_null, .heap = wfx_heap_of(t));
    else gen_simple(g, t);
  }
  EMIT(array_new_fixed, .type_n = {gen_id(i), n});
}

static void simple_type(struct gen *g, uint32_t i) {
  const struct gtype *t = &g->types[i];
  uint32_t f;
  switch (t->kind) {
  case WFX_TYPE_FUNC:
    f = gen_func_of(g, i);
    if (f == WFX_NO_ID) null_as_non_null(g, wfx_heap(gen_id(i)));
    else EMIT(ref_func, .func = g->funcs[f].id);
    break;
  case WFX_TYPE_STRUCT:
    for (uint32_t k = 0; k < g->types[i].n_fields; k++)
      gen_simple(g, gen_unpack(g->types[i].fields[k].type));
    EMIT(struct_new, .type = gen_id(i));
    break;
  case WFX_TYPE_ARRAY:
    simple_array(g, i);
    break;
  case WFX_TYPE_CONT:
    simple_type(g, t->target);
    EMIT(cont_new, .type = gen_id(i));
    break;
  case WFX_TYPE_TAG: EMIT(tag_new, .type = gen_id(i)); break;
  case WFX_TYPE_HANDLER: case WFX_TYPE_UNDEFINED: null_as_non_null(g, wfx_heap(gen_id(i)));
  }
}

/* (ref exn): throw and catch. */
static void simple_exn(struct gen *g) {
  struct vals exn = {1, {wfx_ref(WFX_HEAP_EXN)}}, none = {.n = 0};
  wfx_label label = gen_open(g, WFX_OP_block, &none, &exn, NULL, 0);
  wfx_catch all = {WFX_CATCH_ALL_REF, {0}, label};
  gen_open(g, WFX_OP_try_table, &none, &none, &all, 1);
  EMIT(throw, .tag = g->tags[0].id); /* of type [] -> [] */
  gen_close(g, 1);
  EMIT0(unreachable);
  gen_close(g, 1);
}

static void simple_ref(struct gen *g, wfx_heaptype h) {
  if (wfx_heap_is_type(h)) {
    simple_type(g, wfx_heap_type(h).i);
    return;
  }
  switch (h) {
  case WFX_HEAP_FUNC: EMIT(ref_func, .func = g->funcs[gen_below(g, g->n_funcs)].id); break;
  case WFX_HEAP_EXTERN: case WFX_HEAP_ANY: case WFX_HEAP_EQ: case WFX_HEAP_I31:
    gen_const(g, WFX_I32);
    EMIT0(ref_i31);
    if (h == WFX_HEAP_EXTERN) EMIT0(extern_convert_any);
    break;
  case WFX_HEAP_STRUCT: simple_type(g, gen_pick_type(g, WFX_TYPE_STRUCT)); break;
  case WFX_HEAP_ARRAY: simple_type(g, gen_pick_type(g, WFX_TYPE_ARRAY)); break;
  case WFX_HEAP_CONT: simple_type(g, gen_pick_type(g, WFX_TYPE_CONT)); break;
  case WFX_HEAP_EXN: simple_exn(g); break;
  case WFX_HEAP_TAG: EMIT(tag_new, .type = gen_id(g->tag_type)); break;
  default: null_as_non_null(g, h);
  }
}

void gen_simple(struct gen *g, wfx_valtype t) {
  if (!wfx_is_ref(t)) {
    gen_const(g, t);
    return;
  }
  wfx_heaptype h = wfx_heap_of(t);
  if (wfx_is_nullable(t)) {
    uint32_t local = local_with(g, t);
    if (local != WFX_NO_ID && gen_chance(g, 50)) EMIT(local_get, .local = g->locals[local].id);
    else EMIT(ref_null, .heap = gen_chance(g, 50) ? h : gen_heap_below(g, h));
    return;
  }
  simple_ref(g, h);
}

/* ---- Values ------------------------------------------------------------------------------ */

static bool local_value(struct gen *g, wfx_valtype t) {
  if (gen_chance(g, 20)) {
    uint32_t local = gen_local(g, t);
    if (local == WFX_NO_ID) return false;
    gen_value(g, t);
    EMIT(local_tee, .local = g->locals[local].id);
    g->locals[local].is_set = true;
    return true;
  }
  uint32_t local = local_with(g, t);
  if (local == WFX_NO_ID) return false;
  EMIT(local_get, .local = g->locals[local].id);
  return true;
}

static bool global_value(struct gen *g, wfx_valtype t) {
  uint32_t first = gen_below(g, g->n_globals);
  for (uint32_t k = 0; k < g->n_globals; k++) {
    const struct gglobal *x = &g->globals[(first + k) % g->n_globals];
    if (!gen_is_sub(g, x->type, t)) continue;
    EMIT(global_get, .global = x->id);
    return true;
  }
  return false;
}

static bool select_value(struct gen *g, wfx_valtype t) {
  gen_value(g, t);
  gen_value(g, t);
  gen_value(g, WFX_I32);
  if (wfx_is_ref(t) || gen_chance(g, 30)) EMIT(select_t, .types = {&t, 1});
  else EMIT0(select);
  return true;
}

static bool block_value(struct gen *g, wfx_valtype t) {
  struct vals results = {1, {t}};
  if (gen_chance(g, 15)) {
    results.t[results.n++] = gen_valtype(g, g->n_types);
    if (!gen_block(g, &results)) return false;
    gen_keep_first(g, &results);
    return true;
  }
  return gen_block(g, &results);
}

static bool try_value(struct gen *g, wfx_valtype t) {
  struct vals results = {1, {t}};
  return gen_try(g, &results);
}

static bool call_value(struct gen *g, wfx_valtype t) { return gen_call(g, &t, false); }
static bool suspend_value(struct gen *g, wfx_valtype t) { return gen_suspension(g, &t); }

static bool resume_value(struct gen *g, wfx_valtype t) {
  struct vals results = {1, {t}};
  if (gen_chance(g, 20)) results.t[results.n++] = gen_numtype(g);
  if (!gen_resumption(g, &results)) return false;
  if (results.n > 1) gen_keep_first(g, &results);
  return true;
}

static bool leave_value(struct gen *g, wfx_valtype t) {
  (void)t;
  return gen_chance(g, g->mode == GEN_RUN ? 3 : 30) && gen_leave(g);
}

static const struct producer {
  bool (*make)(struct gen *g, wfx_valtype t);
  uint32_t number, ref; /* how often, for numbers and for references */
} producers[] = {
    {gen_row_value, 40, 0},    {local_value, 20, 20},   {global_value, 5, 10},
    {select_value, 3, 3},      {block_value, 6, 4},     {call_value, 8, 6},
    {gen_branch_value, 5, 8},  {leave_value, 2, 2},     {gen_ref_number, 8, 0},
    {gen_field_value, 8, 8},   {gen_ref_value, 0, 40},  {gen_cont_value, 0, 10},
    {suspend_value, 4, 3},     {resume_value, 4, 3},    {try_value, 3, 2},
};
enum { N_PRODUCERS = sizeof producers / sizeof producers[0], TRIES = 6 };

void gen_value(struct gen *g, wfx_valtype t) {
  uint32_t sum = 0;
  for (uint32_t i = 0; i < N_PRODUCERS; i++)
    sum += wfx_is_ref(t) ? producers[i].ref : producers[i].number;
  if (g->budget <= 0 || g->depth >= MAX_DEPTH || gen_chance(g, 10)) {
    gen_simple(g, t);
    return;
  }
  g->depth++;
  bool is_done = false;
  for (uint32_t k = 0; k < TRIES && !is_done; k++) {
    uint32_t at = gen_below(g, sum), i = 0;
    while (at >= (wfx_is_ref(t) ? producers[i].ref : producers[i].number))
      at -= wfx_is_ref(t) ? producers[i].ref : producers[i].number, i++;
    is_done = producers[i].make(g, t);
  }
  if (!is_done) gen_simple(g, t);
  g->depth--;
}

void gen_values(struct gen *g, const struct vals *ts) {
  for (uint32_t i = 0; i < ts->n; i++) gen_value(g, ts->t[i]);
}

wfx_valtype gen_any(struct gen *g) {
  wfx_valtype t = gen_valtype(g, g->n_types);
  gen_value(g, t);
  return t;
}

/* ---- Calls ------------------------------------------------------------------------------- */

/* Whether a function of type t gives what is wanted: first a value of type *want, or anything */
static bool gives(const struct gen *g, const struct gtype *t, const wfx_valtype *want) {
  return !want || (t->results.n && gen_is_sub(g, t->results.t[0], *want));
}

/* Push arguments, call function f directly or by reference. */
static void put_call(struct gen *g, const struct gfunc *f, bool is_tail) {
  wfx_type_id type = {f->type};
  wfx_func_id id = f->id; /* f may move */
  struct vals params = g->types[f->type].params;
  gen_values(g, &params);
  if (gen_chance(g, 60)) {
    if (is_tail) EMIT(return_call, .func = id);
    else EMIT(call, .func = id);
    return;
  }
  if (gen_careful(g)) EMIT(ref_func, .func = id);
  else gen_value(g, wfx_ref_null_to(type));
  if (is_tail) EMIT(return_call_ref, .type = type);
  else EMIT(call_ref, .type = type);
}

/* Through a table of functions: what is there may be of another type. */
static bool put_call_indirect(struct gen *g, uint32_t type, bool is_tail) {
  uint32_t first = gen_below(g, g->n_tables);
  for (uint32_t k = 0; k < g->n_tables; k++) {
    struct gtable t = g->tables[(first + k) % g->n_tables];
    if (gen_heap_top(g, wfx_heap_of(t.type)) != WFX_HEAP_FUNC) continue;
    struct vals params = g->types[type].params;
    gen_values(g, &params);
    gen_address(g, t.is_64, t.size);
    if (is_tail) EMIT(return_call_indirect, .call_indirect = {gen_id(type), t.id});
    else EMIT(call_indirect, .call_indirect = {gen_id(type), t.id});
    return true;
  }
  return false;
}

bool gen_call(struct gen *g, const wfx_valtype *want, bool is_tail) {
  uint32_t first = gen_below(g, g->n_funcs);
  for (uint32_t k = 0; k < g->n_funcs; k++) {
    struct gfunc f = g->funcs[(first + k) % g->n_funcs];
    struct vals results = g->types[f.type].results;
    if (is_tail ? !gen_vals_are_sub(g, &results, &g->results)
                : !gives(g, &g->types[f.type], want))
      continue;
    if (g->mode == GEN_RUN && f.is_coroutine && !g->is_coroutine && gen_chance(g, 90)) continue;
    if (gen_chance(g, g->mode == GEN_RUN ? 5 : 25)) {
      if (!put_call_indirect(g, f.type, is_tail)) return false;
    } else {
      put_call(g, &f, is_tail);
    }
    if (is_tail) return true;
    if (want) gen_keep_first(g, &results);
    else gen_drop(g, &results);
    return true;
  }
  return false;
}

/* ---- Effects ----------------------------------------------------------------------------- */

static bool drop_effect(struct gen *g) {
  gen_any(g);
  EMIT0(drop);
  return true;
}

static bool local_effect(struct gen *g) {
  wfx_valtype t = gen_valtype(g, g->n_types);
  uint32_t local =
      g->n_locals && gen_chance(g, 60) ? gen_below(g, g->n_locals) : gen_local(g, t);
  if (local == WFX_NO_ID) return false;
  gen_value(g, g->locals[local].type);
  gen_set_local(g, local);
  return true;
}

static bool global_effect(struct gen *g) {
  uint32_t i = 1 + gen_below(g, g->n_globals - 1); /* not the fuel */
  if (i >= g->n_globals || !g->globals[i].is_mutable) return false;
  gen_value(g, g->globals[i].type);
  EMIT(global_set, .global = g->globals[i].id);
  return true;
}

static bool block_effect(struct gen *g) {
  const struct vals none = {.n = 0};
  struct vals results = gen_chance(g, 30) ? gen_vals(g, 3, g->n_types) : none;
  if (!gen_block(g, &results)) return false;
  gen_drop(g, &results);
  return true;
}

static bool try_effect(struct gen *g) {
  struct vals results = gen_vals(g, 2, g->n_types);
  if (!gen_try(g, &results)) return false;
  gen_drop(g, &results);
  return true;
}

static bool resume_effect(struct gen *g) {
  struct vals results = gen_vals(g, 2, g->n_types);
  if (!gen_resumption(g, &results)) return false;
  gen_drop(g, &results);
  return true;
}

static bool call_effect(struct gen *g) { return gen_call(g, NULL, false); }
static bool suspend_effect(struct gen *g) { return gen_suspension(g, NULL); }

static const struct {
  bool (*make)(struct gen *g);
  uint32_t weight;
} effects[] = {
    {gen_row_effect, 25},  {drop_effect, 5},    {local_effect, 12},  {global_effect, 8},
    {block_effect, 10},    {try_effect, 6},     {resume_effect, 8},  {call_effect, 8},
    {suspend_effect, 8},   {gen_ref_effect, 12}, {gen_table_effect, 8}, {gen_branch_effect, 5},
    {gen_ext_effect, 20},
};
enum { N_EFFECTS = sizeof effects / sizeof effects[0] };

void gen_effect(struct gen *g) {
  uint32_t sum = 0;
  for (uint32_t i = 0; i < N_EFFECTS; i++) sum += effects[i].weight;
  if (g->depth >= MAX_DEPTH) return;
  g->depth++;
  bool is_done = false;
  for (uint32_t k = 0; k < TRIES && !is_done && g->budget > 0; k++) {
    uint32_t at = gen_below(g, sum), i = 0;
    while (at >= effects[i].weight) at -= effects[i++].weight;
    is_done = effects[i].make(g);
  }
  g->depth--;
}

void gen_effects(struct gen *g, uint32_t max) {
  for (uint32_t n = gen_below(g, max + 1); n > 0 && g->budget > 0; n--) gen_effect(g);
}
