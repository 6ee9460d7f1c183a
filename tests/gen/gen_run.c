/* gen_run.c: what a program of GEN_RUN shows to the outside: entries that call its functions,
 * and all their results, globals and tables written to memory. */
#include <stdio.h>

#include "gen/gen_state.h"

enum {
  SLOTS_AT = 1024, SLOT_BYTES = 16, MAX_SLOTS = 2000 /* in memory 0 */
};

void gen_run_decls(struct gen *g) {
  wfx_func_id id = wfx_import_func(g->m, "host", "id", gen_id(FIRST_ID));
  g->funcs[g->n_funcs++] = (struct gfunc){id, FIRST_ID, true, false, true};
}

/* ---- Showing a value --------------------------------------------------------------------- */

static void store(struct gen *g, uint32_t tmp, wfx_op op, uint32_t *slot) {
  uint32_t at = SLOTS_AT + SLOT_BYTES * (*slot)++ % (SLOT_BYTES * MAX_SLOTS);
  if (g->mems[0].is_64) EMIT(i64_const, .i64 = at);
  else EMIT(i32_const, .i32 = (int32_t)at);
  EMIT(local_get, .local = g->locals[tmp].id);
  gen_put(g,
          &(wfx_inst){.op = op, .imm = {.memarg = {{0, g->mems[0].id, WFX_ALIGN_NATURAL}, 0}}});
}

static uint32_t new_local(struct gen *g, wfx_valtype t) {
  uint32_t i = g->n_locals++;
  g->locals[i] = (struct glocal){wfx_body_add_local(g->b, t, NULL), t, true};
  return i;
}

/* A number on the stack. */
static void show_number(struct gen *g, wfx_valtype t, uint32_t *slot) {
  static const wfx_op ops[] = {WFX_OP_i32_store, WFX_OP_i64_store, WFX_OP_f32_store,
                               WFX_OP_f64_store, WFX_OP_v128_store};
  uint32_t tmp = gen_local(g, t);
  gen_set_local(g, tmp);
  store(g, tmp, ops[t - WFX_I32], slot);
}

/* What lies in a struct, which tmp refers to, or in an i31. */
static void show_inside(struct gen *g, uint32_t tmp, wfx_heaptype h, uint32_t *slot) {
  uint32_t i = wfx_heap_type(h).i;
  for (uint32_t k = 0; k < g->types[i].n_fields; k++) {
    wfx_valtype t = g->types[i].fields[k].type;
    if (wfx_is_ref(t)) continue;
    EMIT(local_get, .local = g->locals[tmp].id);
    if (t == gen_unpack(t)) EMIT(struct_get, .type_field = {gen_id(i), k});
    else EMIT(struct_get_s, .type_field = {gen_id(i), k});
    show_number(g, gen_unpack(t), slot);
  }
}

/* A reference on the stack: whether it is null, of which types it is, what lies in it. */
static void show_ref(struct gen *g, wfx_valtype t, uint32_t *slot) {
  const struct vals none = {.n = 0};
  wfx_heaptype h = wfx_heap_of(t), top = gen_heap_top(g, h);
  uint32_t tmp = new_local(g, wfx_ref_null(h));
  gen_set_local(g, tmp);
  EMIT(local_get, .local = g->locals[tmp].id);
  EMIT0(ref_is_null);
  show_number(g, WFX_I32, slot);
  for (uint32_t k = 0; k < 3 && gen_is_castable(g, h); k++) {
    EMIT(local_get, .local = g->locals[tmp].id);
    EMIT(ref_test, .heap = gen_heap_below(g, top));
    show_number(g, WFX_I32, slot);
  }
  bool is_struct = wfx_heap_is_type(h) && g->types[wfx_heap_type(h).i].kind == WFX_TYPE_STRUCT;
  if (!is_struct && top != WFX_HEAP_ANY) return;
  EMIT(local_get, .local = g->locals[tmp].id);
  EMIT(ref_test, .heap = is_struct ? h : (wfx_heaptype)WFX_HEAP_I31);
  gen_open(g, WFX_OP_if, &none, &none, NULL, 0);
  if (is_struct) {
    show_inside(g, tmp, h, slot);
  } else {
    EMIT(local_get, .local = g->locals[tmp].id);
    EMIT(ref_cast, .heap = WFX_HEAP_I31);
    EMIT0(i31_get_s);
    show_number(g, WFX_I32, slot);
  }
  gen_close(g, 1);
}

static bool has_room(const struct gen *g) { return g->n_locals + 40 < MAX_LOCALS; }

static void show(struct gen *g, wfx_valtype t, uint32_t *slot) {
  if (!has_room(g)) EMIT0(drop);
  else if (wfx_is_ref(t)) show_ref(g, t, slot);
  else show_number(g, t, slot);
}

/* ---- Entries ----------------------------------------------------------------------------- */

static uint32_t open_entry(struct gen *g, const char *name) {
  uint32_t i = g->n_funcs;
  g->funcs[g->n_funcs++] = (struct gfunc){wfx_module_add_func(g->m, name, gen_id(FIRST_FUNC)),
                                          FIRST_FUNC, false, false, true};
  wfx_export_func(g->m, name, g->funcs[i].id);
  gen_open_body(g, i);
  g->budget = 30;
  return i;
}

/* Call function f, in a continuation if it may suspend, and show its results. */
static void add_entry(struct gen *g, uint32_t f, const char *name, uint32_t *slot) {
  uint32_t type = g->funcs[f].type;
  struct vals params = g->types[type].params, results = g->types[type].results;
  wfx_func_id id = g->funcs[f].id;
  bool has_types = g->n_types + 40 < MAX_TYPES;
  uint32_t cont = has_types && gen_chance(g, 85) ? gen_cont_of(g, type) : WFX_NO_ID;
  open_entry(g, name);
  gen_enter(g); /* entries can be called by others */
  if (cont != WFX_NO_ID) {
    uint32_t k = new_local(g, wfx_ref_null_to(gen_id(cont)));
    EMIT(ref_func, .func = id);
    EMIT(cont_new, .type = gen_id(cont));
    gen_set_local(g, k);
    gen_resume(g, cont, k, &results);
  } else {
    gen_values(g, &params);
    EMIT(call, .func = id);
  }
  for (uint32_t k = results.n; k-- > 0;) show(g, results.t[k], slot);
  wfx_body_close(g->b);
}

static void add_dump(struct gen *g, uint32_t *slot) {
  open_entry(g, "dump");
  for (uint32_t i = 0; i < g->n_globals; i++) {
    EMIT(global_get, .global = g->globals[i].id);
    show(g, g->globals[i].type, slot);
  }
  for (uint32_t i = 0; i < g->n_tables; i++) {
    EMIT(table_size, .table = g->tables[i].id);
    show_number(g, g->tables[i].is_64 ? WFX_I64 : WFX_I32, slot);
    for (uint32_t k = 0; k < g->tables[i].size && has_room(g); k++) {
      if (g->tables[i].is_64) EMIT(i64_const, .i64 = k);
      else EMIT(i32_const, .i32 = (int32_t)k);
      EMIT(table_get, .table = g->tables[i].id);
      show(g, g->tables[i].type, slot);
    }
  }
  wfx_body_close(g->b);
}

void gen_run_bodies(struct gen *g) {
  char name[16];
  uint32_t slot = 0, n_funcs = g->n_funcs;
  for (uint32_t f = 0, n = 0; f < n_funcs && n < MAX_ENTRIES; f++) {
    if (g->funcs[f].is_import) continue;
    snprintf(name, sizeof name, "w%u", n++);
    add_entry(g, f, name, &slot);
  }
  add_dump(g, &slot);
  wfx_export_global(g->m, "fuel", g->globals[0].id);
  for (uint32_t i = 0; i < g->n_mems; i++) {
    snprintf(name, sizeof name, "m%u", i);
    wfx_export_mem(g->m, name, g->mems[i].id);
  }
}
