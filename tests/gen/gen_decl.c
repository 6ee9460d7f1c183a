/* gen_decl.c: everything in a module but types and bodies. */
#include <stdio.h>

#include "gen/gen_state.h"

/* ---- Constant expressions ---------------------------------------------------------------- */

static bool has_const_heap(const struct gen *g, wfx_heaptype h) {
  if (!wfx_heap_is_type(h))
    return gen_heap_top(g, h) < WFX_HEAP_EXN && h != gen_heap_bottom(g, h) && h != WFX_HEAP_EXN;
  const struct gtype *t = &g->types[wfx_heap_type(h).i];
  /* What a type needs a value of has a smaller number. */
  for (uint32_t k = 0; k < t->n_fields; k++)
    if (!gen_has_const(g, t->fields[k].type)) return false;
  return t->kind == WFX_TYPE_FUNC || t->kind == WFX_TYPE_STRUCT || t->kind == WFX_TYPE_ARRAY;
}

bool gen_has_const(const struct gen *g, wfx_valtype t) {
  return gen_is_defaultable(t) || has_const_heap(g, wfx_heap_of(t));
}

static void const_value(struct gen *g, wfx_valtype t);

static void const_number(struct gen *g, wfx_valtype t) {
  gen_const(g, t);
  if ((t != WFX_I32 && t != WFX_I64) || gen_chance(g, 70)) return;
  static const wfx_op ops[] = {WFX_OP_i32_add, WFX_OP_i32_sub, WFX_OP_i32_mul,
                               WFX_OP_i64_add, WFX_OP_i64_sub, WFX_OP_i64_mul};
  const_number(g, t);
  gen_put(g,
          &(wfx_inst){.op = ops[gen_below(g, 3) + (t == WFX_I64 ? 3 : 0)], .imm = {.i32 = 0}});
}

static bool const_global(struct gen *g, wfx_valtype t) {
  bool is_of_table = g->is_of_table;
  for (uint32_t i = 0; i < g->n_globals; i++) {
    if (g->globals[i].is_mutable || !gen_is_sub(g, g->globals[i].type, t)) continue;
    if (is_of_table && !g->globals[i].is_import) continue; /* not there yet */
    EMIT(global_get, .global = g->globals[i].id);
    return true;
  }
  return false;
}

static void const_array(struct gen *g, uint32_t i) {
  wfx_type_id type = {i};
  wfx_valtype t = gen_unpack(g->types[i].fields[0].type);
  uint32_t n = gen_below(g, 5);
  switch (gen_below(g, 3)) {
  case 0:
    const_value(g, t);
    EMIT(i32_const, .i32 = (int32_t)n);
    EMIT(array_new, .type = type);
    return;
  case 1:
    if (!gen_is_defaultable(t)) break;
    EMIT(i32_const, .i32 = (int32_t)n);
    EMIT(array_new_default, .type = type);
    return;
  default: break;
  }
  for (uint32_t k = 0; k < n; k++) const_value(g, t);
  EMIT(array_new_fixed, .type_n = {type, n});
}

static void const_type(struct gen *g, uint32_t i) {
  uint32_t f;
  switch (g->types[i].kind) {
  case WFX_TYPE_STRUCT:
    for (uint32_t k = 0; k < g->types[i].n_fields; k++)
      const_value(g, gen_unpack(g->types[i].fields[k].type));
    EMIT(struct_new, .type = gen_id(i));
    return;
  case WFX_TYPE_ARRAY: const_array(g, i); return;
  default:
    f = gen_func_of(g, i);
    if (f != WFX_NO_ID) EMIT(ref_func, .func = g->funcs[f].id);
  }
}

static void const_ref(struct gen *g, wfx_valtype t) {
  wfx_heaptype h = wfx_heap_of(t);
  if (wfx_is_nullable(t) && (gen_chance(g, 40) || g->depth > 2 || !has_const_heap(g, h))) {
    EMIT(ref_null, .heap = gen_heap_below(g, h));
    return;
  }
  switch (h) {
  case WFX_HEAP_FUNC: EMIT(ref_func, .func = g->funcs[gen_below(g, g->n_funcs)].id); return;
  case WFX_HEAP_STRUCT: h = wfx_heap(gen_id(FIRST_STRUCT)); break;
  case WFX_HEAP_ARRAY: h = wfx_heap(gen_id(FIRST_ARRAY)); break;
  default: break;
  }
  if (wfx_heap_is_type(h)) {
    g->depth++;
    const_type(g, wfx_heap_type(h).i);
    g->depth--;
    return;
  }
  const_number(g, WFX_I32);
  EMIT0(ref_i31);
  if (h == WFX_HEAP_EXTERN) {
    EMIT0(extern_convert_any);
  } else if (h == WFX_HEAP_ANY && gen_chance(g, 30)) {
    EMIT0(extern_convert_any);
    EMIT0(any_convert_extern);
  }
}

static void const_value(struct gen *g, wfx_valtype t) {
  if (gen_chance(g, 20) && const_global(g, t)) return;
  if (wfx_is_ref(t)) const_ref(g, t);
  else const_number(g, t);
}

wfx_const gen_const_expr(struct gen *g, wfx_valtype t) {
  gen_open_const(g, t);
  const_value(g, t);
  return wfx_body_close_const(g->b);
}

/* A type that has constant expressions. */
static wfx_valtype const_type_of(struct gen *g) {
  for (;;) {
    wfx_valtype t = gen_valtype(g, g->n_types);
    if (gen_has_const(g, t)) return t;
  }
}

static wfx_valtype const_reftype(struct gen *g) {
  wfx_valtype t = const_type_of(g);
  return wfx_is_ref(t) ? t : gen_chance(g, 50) ? WFX_FUNCREF : WFX_ANYREF;
}

/* ---- Functions --------------------------------------------------------------------------- */

uint32_t gen_add_func(struct gen *g, uint32_t type) {
  if (g->n_funcs >= MAX_FUNCS) return WFX_NO_ID;
  bool is_coroutine = gen_chance(g, 30);
  for (uint32_t i = 0; i < g->n_types && g->mode == GEN_RUN; i++)
    if (g->types[i].kind == WFX_TYPE_CONT && g->types[i].target == type)
      is_coroutine = gen_chance(g, 80);
  g->funcs[g->n_funcs] = (struct gfunc){wfx_module_add_func(g->m, NULL, gen_id(type)), type,
                                        false, is_coroutine, false};
  return g->n_funcs++;
}

uint32_t gen_func_of(struct gen *g, uint32_t type) {
  wfx_heaptype h = wfx_heap(gen_id(type));
  for (uint32_t k = 0, at = gen_below(g, g->n_funcs); k < g->n_funcs; k++) {
    uint32_t i = (at + k) % g->n_funcs;
    if (gen_heap_is_sub(g, wfx_heap(gen_id(g->funcs[i].type)), h)) return i;
  }
  return gen_add_func(g, type);
}

static void add_funcs(struct gen *g) {
  for (uint32_t i = 0; i < g->n_peers; i++) gen_add_func(g, g->types[g->peers[i].cont].target);
  for (uint32_t n = 3 + gen_below(g, 8); n > 0; n--) {
    uint32_t type = gen_pick_type(g, WFX_TYPE_FUNC);
    if (gen_chance(g, 40)) {
      /* Of a type of its own, as calls mostly are. */
      struct vals params = gen_vals(g, 3, g->n_types), results = gen_vals(g, 2, g->n_types);
      type = gen_func_type(g, &params, &results);
    }
    if (type != WFX_NO_ID) gen_add_func(g, type);
  }
}

/* ---- The rest ---------------------------------------------------------------------------- */

static wfx_size_limits limits(struct gen *g, uint32_t min, uint32_t more, bool is_64) {
  wfx_size_limits l = {.min = min, .max = min + more, .is_64 = is_64};
  l.has_max = g->mode == GEN_RUN || gen_chance(g, 60);
  return l;
}

static void add_mem(struct gen *g) {
  bool is_64 = gen_chance(g, 25), is_import = g->mode != GEN_RUN && gen_chance(g, 20);
  wfx_size_limits l = limits(g, 1 + gen_below(g, 2), gen_below(g, 3), is_64);
  if (g->features >> WFX_FEATURE_THREADS & 1 && gen_chance(g, 25))
    l.is_shared = l.has_max = true;
  bool is_shared = l.is_shared;
  l = gen_twist_limits(g, l);
  wfx_mem_id id =
      is_import ? wfx_import_mem(g->m, "host", "mem", l) : wfx_module_add_mem(g->m, NULL, l);
  g->mems[g->n_mems++] = (struct gmem){id, is_64, is_shared};
}

static void add_table(struct gen *g) {
  bool is_64 = gen_chance(g, 25), is_import = g->mode != GEN_RUN && gen_chance(g, 15);
  wfx_valtype t = g->n_tables == 0 ? WFX_FUNCREF : const_reftype(g);
  uint32_t size = g->n_tables == 0 ? g->n_funcs : 3 + gen_below(g, 5);
  wfx_size_limits l = gen_twist_limits(g, limits(g, size, gen_below(g, 10), is_64));
  wfx_table_id id;
  if (is_import) {
    id = wfx_import_table(g->m, "host", "table", gen_twist(g, t), l);
  } else if (gen_is_defaultable(t) && gen_chance(g, 50)) {
    id = wfx_module_add_table(g->m, NULL, gen_twist(g, t), l, NULL);
  } else {
    g->is_of_table = true;
    wfx_const init = gen_const_expr(g, t);
    g->is_of_table = false;
    id = wfx_module_add_table(g->m, NULL, gen_twist(g, t), l, &init);
  }
  g->tables[g->n_tables++] = (struct gtable){id, t, is_64, size};
}

static void add_global(struct gen *g) {
  bool is_mutable = gen_chance(g, 60), is_import = g->mode != GEN_RUN && gen_chance(g, 15);
  wfx_valtype t = const_type_of(g);
  wfx_global_id id;
  if (is_import) {
    id = wfx_import_global(g->m, "host", "global", gen_twist(g, t), is_mutable);
  } else {
    wfx_const init = gen_const_expr(g, t);
    id = wfx_module_add_global(g->m, NULL, gen_twist(g, t), is_mutable ^ gen_breaks(g), init);
  }
  g->globals[g->n_globals++] = (struct gglobal){id, t, is_mutable, is_import};
}

static void add_tag(struct gen *g, uint32_t type) {
  bool is_import = g->mode != GEN_RUN && gen_chance(g, 15);
  uint32_t as = gen_twist_below(g, type, g->n_types);
  wfx_tag_id id = is_import ? wfx_import_tag(g->m, "host", "tag", gen_id(as))
                            : wfx_module_add_tag(g->m, NULL, gen_id(as));
  g->tags[g->n_tags++] = (struct gtag){id, type};
}

static void add_tags(struct gen *g) {
  const struct vals none = {.n = 0};
  add_tag(g, FIRST_FUNC);
  for (uint32_t i = 0; i < g->n_peers; i++) {
    struct vals results = gen_target(g, g->peers[i].cont)->results;
    g->peers[i].tag = g->n_tags;
    add_tag(g, gen_func_type(g, &none, &results));
  }
  struct vals params = gen_vals(g, 2, g->n_types);
  add_tag(g, gen_func_type(g, &params, &none));
  for (uint32_t n = 1 + gen_below(g, 5); n > 0; n--) {
    params = gen_vals(g, 2, g->n_types);
    struct vals results = gen_chance(g, 70) ? gen_vals(g, 2, g->n_types) : none;
    add_tag(g, gen_func_type(g, &params, &results));
  }
  if (g->tag_type != WFX_NO_ID) add_tag(g, g->types[g->tag_type].target);
}

static void add_data(struct gen *g) {
  uint8_t bytes[40];
  uint32_t n = 16 + gen_below(g, 24);
  for (uint32_t i = 0; i < n; i++) bytes[i] = (uint8_t)gen_number(g);
  wfx_data_id id;
  if (g->n_mems && gen_chance(g, 40)) {
    const struct gmem *mem = &g->mems[gen_below(g, g->n_mems)];
    uint32_t at = gen_below(g, 1000);
    wfx_const offset = mem->is_64 ? wfx_const_i64(g->m, at) : wfx_const_i32(g->m, (int32_t)at);
    id = wfx_module_add_data(g->m, NULL, mem->id, offset, bytes, n);
  } else {
    id = wfx_module_add_data_passive(g->m, NULL, bytes, n);
  }
  g->datas[g->n_datas++] = (struct gdata){id, n};
}

/* The type of elements of some array, so that it can be made of the segment. */
static wfx_valtype elem_type(struct gen *g) {
  uint32_t i = gen_pick_type(g, WFX_TYPE_ARRAY);
  wfx_valtype t = g->types[i].fields[0].type;
  return wfx_is_ref(t) && gen_has_const(g, t) ? t : const_reftype(g);
}

static void add_elem(struct gen *g) {
  wfx_const items[4];
  wfx_valtype t = elem_type(g);
  uint32_t n = 2 + gen_below(g, 3);
  for (uint32_t i = 0; i < n; i++) items[i] = gen_const_expr(g, t);
  wfx_elem_id id = wfx_module_add_elem_passive(g->m, NULL, gen_twist(g, t), items, n);
  g->elems[g->n_elems++] = (struct gelem){id, t, n};
}

/* Table 0 holds the first functions in order. */
static void fill_table(struct gen *g) {
  wfx_func_id funcs[MAX_FUNCS];
  for (uint32_t i = 0; i < g->tables[0].size; i++) funcs[i] = g->funcs[i].id;
  wfx_const offset = g->tables[0].is_64 ? wfx_const_i64(g->m, 0) : wfx_const_i32(g->m, 0);
  wfx_module_add_elem(g->m, NULL, g->tables[0].id, offset, funcs, g->tables[0].size);
}

static void import_funcs(struct gen *g) {
  for (uint32_t n = gen_below(g, 3); n > 0; n--) {
    uint32_t type = gen_pick_type(g, WFX_TYPE_FUNC);
    g->funcs[g->n_funcs++] = (struct gfunc){wfx_import_func(g->m, "host", "func", gen_id(type)),
                                            type, true, false, true};
  }
}

static void add_exports(struct gen *g) {
  char name[16];
  for (uint32_t n = gen_below(g, 6); n > 0; n--) {
    snprintf(name, sizeof name, "x%u", n);
    switch (gen_below(g, 5)) {
    case 0: wfx_export_func(g->m, name, g->funcs[gen_below(g, g->n_funcs)].id); break;
    case 1:
      if (g->n_tables) wfx_export_table(g->m, name, g->tables[gen_below(g, g->n_tables)].id);
      break;
    case 2:
      if (g->n_mems) wfx_export_mem(g->m, name, g->mems[gen_below(g, g->n_mems)].id);
      break;
    case 3: wfx_export_global(g->m, name, g->globals[gen_below(g, g->n_globals)].id); break;
    case 4: wfx_export_tag(g->m, name, g->tags[gen_below(g, g->n_tags)].id); break;
    }
  }
  for (uint32_t i = 0; i < g->n_funcs; i++) {
    const struct gtype *t = &g->types[g->funcs[i].type];
    if (t->params.n || t->results.n || gen_chance(g, 50)) continue;
    wfx_module_set_start(g->m, g->funcs[i].id);
    break;
  }
}

void gen_decls(struct gen *g) {
  g->globals[g->n_globals++] = (struct gglobal){
      wfx_module_add_global(g->m, "fuel", WFX_I32, true, wfx_const_i32(g->m, 50)), WFX_I32,
      true, false};
  if (g->mode == GEN_RUN) gen_run_decls(g);
  else import_funcs(g);
  add_funcs(g);
  add_tags(g);
  for (uint32_t n = gen_below(g, 6); n > 0; n--) add_global(g);
  for (uint32_t n = (g->mode == GEN_RUN) + gen_below(g, 3); n > 0; n--) add_mem(g);
  for (uint32_t n = gen_below(g, 4); n > 0; n--) add_table(g);
  for (uint32_t n = gen_below(g, 4); n > 0; n--) add_elem(g);
  for (uint32_t n = gen_below(g, 4); n > 0; n--) add_data(g);
  if (g->n_tables) fill_table(g);
  if (g->mode != GEN_RUN) add_exports(g);
}
