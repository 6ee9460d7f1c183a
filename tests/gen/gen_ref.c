/* gen_ref.c: references, structs, arrays, tables. */
#include "gen/gen_state.h"

/* A number below a bound, whatever else: lengths, so that nothing gets large. */
static void small(struct gen *g, uint32_t below) {
  if (gen_chance(g, 60)) {
    EMIT(i32_const, .i32 = (int32_t)gen_below(g, below));
    return;
  }
  gen_value(g, WFX_I32);
  EMIT(i32_const, .i32 = (int32_t)below);
  EMIT0(i32_rem_u);
}

/* How long an array is to be. */
static void length(struct gen *g) {
  if (gen_careful(g)) EMIT(i32_const, .i32 = (int32_t)(3 + gen_below(g, 17)));
  else small(g, 20);
}

/* A reference to a declared type for an instruction that traps on null. */
static void operand(struct gen *g, uint32_t type) {
  gen_value(g, gen_careful(g) ? wfx_ref_to(gen_id(type)) : wfx_ref_null_to(gen_id(type)));
}

bool gen_is_castable(const struct gen *g, wfx_heaptype h) {
  wfx_heaptype top = gen_heap_top(g, h);
  return top != WFX_HEAP_CONT && top < WFX_HEAP_HANDLER;
}

/* A segment whose elements fit into type t. */
static uint32_t pick_elem(struct gen *g, wfx_valtype t) {
  for (uint32_t k = 0, at = gen_below(g, g->n_elems); k < g->n_elems; k++) {
    uint32_t i = (at + k) % g->n_elems;
    if (gen_is_sub(g, g->elems[i].type, t)) return i;
  }
  return WFX_NO_ID;
}

/* ---- Making ------------------------------------------------------------------------------ */

static bool new_struct(struct gen *g, uint32_t i) {
  bool has_default = true;
  for (uint32_t k = 0; k < g->types[i].n_fields; k++)
    has_default = has_default && gen_is_defaultable(g->types[i].fields[k].type);
  if (has_default && gen_chance(g, 30)) {
    EMIT(struct_new_default, .type = gen_id(i));
    return true;
  }
  for (uint32_t k = 0; k < g->types[i].n_fields; k++)
    gen_value(g, gen_unpack(g->types[i].fields[k].type));
  EMIT(struct_new, .type = gen_id(i));
  return true;
}

static bool new_array_segment(struct gen *g, uint32_t i) {
  wfx_valtype t = g->types[i].fields[0].type;
  uint32_t data = gen_below(g, g->n_datas), elem = wfx_is_ref(t) ? pick_elem(g, t) : WFX_NO_ID;
  if (wfx_is_ref(t) ? elem == WFX_NO_ID : g->n_datas == 0) return false;
  small(g, 2);
  small(g, 4);
  if (wfx_is_ref(t)) EMIT(array_new_elem, .type_elem = {gen_id(i), g->elems[elem].id});
  else EMIT(array_new_data, .type_data = {gen_id(i), g->datas[data].id});
  return true;
}

static bool new_array(struct gen *g, uint32_t i) {
  wfx_type_id type = {i};
  wfx_valtype t = gen_unpack(g->types[i].fields[0].type);
  uint32_t n = gen_careful(g) ? 2 + gen_below(g, 4) : gen_below(g, 6);
  switch (gen_below(g, 4)) {
  case 0:
    gen_value(g, t);
    length(g);
    EMIT(array_new, .type = type);
    return true;
  case 1:
    if (!gen_is_defaultable(t)) return false;
    length(g);
    EMIT(array_new_default, .type = type);
    return true;
  case 2:
    for (uint32_t k = 0; k < n; k++) gen_value(g, t);
    EMIT(array_new_fixed, .type_n = {type, n});
    return true;
  default: return new_array_segment(g, i);
  }
}

static bool new_func(struct gen *g, uint32_t i) {
  uint32_t f = gen_func_of(g, i);
  if (f == WFX_NO_ID) return false;
  EMIT(ref_func, .func = g->funcs[f].id);
  return true;
}

static bool new_of_type(struct gen *g, uint32_t i) {
  switch (g->types[i].kind) {
  case WFX_TYPE_STRUCT: return new_struct(g, i);
  case WFX_TYPE_ARRAY: return new_array(g, i);
  case WFX_TYPE_FUNC: return new_func(g, i);
  default: return false; /* gen_cont_value */
  }
}

static bool new_abstract(struct gen *g, wfx_valtype t) {
  wfx_heaptype h = wfx_heap_of(t);
  wfx_valtype null = t & (uint32_t)WFX_NULLABLE;
  if (h == WFX_HEAP_EXTERN) {
    gen_value(g, wfx_ref(WFX_HEAP_ANY) | null);
    EMIT0(extern_convert_any);
    return true;
  }
  if (h == WFX_HEAP_ANY && gen_chance(g, 30)) {
    gen_value(g, wfx_ref(WFX_HEAP_EXTERN) | null);
    EMIT0(any_convert_extern);
    return true;
  }
  if (h == WFX_HEAP_I31 || ((h == WFX_HEAP_ANY || h == WFX_HEAP_EQ) && gen_chance(g, 40))) {
    gen_value(g, WFX_I32);
    EMIT0(ref_i31);
    return true;
  }
  return false;
}

/* ---- Values ------------------------------------------------------------------------------ */

static bool cast(struct gen *g, wfx_valtype t) {
  wfx_heaptype h = wfx_heap_of(t), top = gen_heap_top(g, h);
  if (!gen_is_castable(g, h)) return false;
  /* Where it should not trap, from below. */
  if (gen_careful(g)) gen_value(g, t);
  else gen_value(g, wfx_ref_null(top));
  if (wfx_is_nullable(t)) EMIT(ref_cast_null, .heap = h);
  else EMIT(ref_cast, .heap = h);
  return true;
}

static bool table_value(struct gen *g, wfx_valtype t) {
  for (uint32_t k = 0, at = gen_below(g, g->n_tables); k < g->n_tables; k++) {
    struct gtable x = g->tables[(at + k) % g->n_tables];
    if (!gen_is_sub(g, x.type, t)) continue;
    gen_address(g, x.is_64, x.size);
    EMIT(table_get, .table = x.id);
    return true;
  }
  return false;
}

bool gen_ref_value(struct gen *g, wfx_valtype t) {
  wfx_heaptype h = wfx_heap_of(t);
  switch (gen_below(g, 8)) {
  case 0: return table_value(g, t);
  case 1: return cast(g, t);
  case 2:
    if (wfx_is_nullable(t)) return false;
    gen_value(g, gen_careful(g) ? t : t | (uint32_t)WFX_NULLABLE);
    EMIT0(ref_as_non_null);
    return true;
  case 3:
    if (!wfx_is_nullable(t)) return false;
    gen_value(g, wfx_ref(h));
    return true;
  case 4: {
    wfx_heaptype below = gen_heap_below(g, h);
    bool is_bottom = below == gen_heap_bottom(g, h);
    if (below == h || (is_bottom && !wfx_is_nullable(t))) return false;
    gen_value(g, wfx_ref(below) | (t & (uint32_t)WFX_NULLABLE));
    return true;
  }
  default:
    return wfx_heap_is_type(h) ? new_of_type(g, wfx_heap_type(h).i) : new_abstract(g, t);
  }
}

/* ref.test, of a type that the value may have. */
static bool test(struct gen *g) {
  wfx_valtype t = gen_valtype(g, g->n_types);
  if (!wfx_is_ref(t) || !gen_is_castable(g, wfx_heap_of(t))) return false;
  wfx_heaptype h = wfx_heap_of(t);
  gen_value(g, gen_chance(g, 50) ? wfx_ref_null(gen_heap_above(g, h))
                                 : wfx_ref_null(gen_heap_top(g, h)));
  if (wfx_is_nullable(t)) EMIT(ref_test_null, .heap = h);
  else EMIT(ref_test, .heap = h);
  return true;
}

static bool grow_table(struct gen *g, wfx_valtype t) {
  struct gtable x = g->tables[gen_below(g, g->n_tables)];
  if (!g->n_tables || x.is_64 != (t == WFX_I64)) return false;
  gen_value(g, x.type);
  small(g, 3);
  if (x.is_64) EMIT0(i64_extend_i32_u);
  EMIT(table_grow, .table = x.id);
  return true;
}

bool gen_ref_number(struct gen *g, wfx_valtype t) {
  if (t != WFX_I32 && t != WFX_I64) return false;
  uint32_t how = t == WFX_I64 ? 0 : gen_below(g, 7);
  switch (how) {
  case 0: return grow_table(g, t);
  case 1: {
    wfx_valtype any = gen_valtype(g, g->n_types);
    if (!wfx_is_ref(any)) any = WFX_EXTERNREF;
    gen_value(g, any);
    EMIT0(ref_is_null);
    return true;
  }
  case 2:
    gen_value(g, WFX_EQREF);
    gen_value(g, WFX_EQREF);
    EMIT0(ref_eq);
    return true;
  case 3: case 4: return test(g);
  case 5:
    gen_value(g, gen_careful(g) ? wfx_ref(WFX_HEAP_I31) : WFX_I31REF);
    if (gen_chance(g, 50)) EMIT0(i31_get_s);
    else EMIT0(i31_get_u);
    return true;
  default:
    gen_value(g, gen_careful(g) ? wfx_ref(WFX_HEAP_ARRAY) : WFX_ARRAYREF);
    EMIT0(array_len);
    return true;
  }
}

static bool is_packed(wfx_valtype t) { return t == WFX_I8 || t == WFX_I16; }

static void put_struct_get(struct gen *g, uint32_t i, uint32_t field) {
  operand(g, i);
  wfx_inst in = {.op = WFX_OP_struct_get, .imm = {.type_field = {gen_id(i), field}}};
  if (is_packed(g->types[i].fields[field].type))
    in.op = gen_chance(g, 50) ? WFX_OP_struct_get_s : WFX_OP_struct_get_u;
  gen_put(g, &in);
}

static void put_array_get(struct gen *g, uint32_t i) {
  operand(g, i);
  gen_address(g, false, 2);
  wfx_inst in = {.op = WFX_OP_array_get, .imm = {.type = gen_id(i)}};
  if (is_packed(g->types[i].fields[0].type))
    in.op = gen_chance(g, 50) ? WFX_OP_array_get_s : WFX_OP_array_get_u;
  gen_put(g, &in);
}

bool gen_field_value(struct gen *g, wfx_valtype t) {
  for (uint32_t k = 0, at = gen_below(g, g->n_types); k < g->n_types; k++) {
    uint32_t i = (at + k) % g->n_types;
    const struct gtype *type = &g->types[i];
    if (type->kind != WFX_TYPE_STRUCT && type->kind != WFX_TYPE_ARRAY) continue;
    uint32_t field = gen_below(g, type->n_fields);
    if (field >= type->n_fields || !gen_is_sub(g, gen_unpack(type->fields[field].type), t))
      continue;
    if (type->kind == WFX_TYPE_STRUCT) put_struct_get(g, i, field);
    else put_array_get(g, i);
    return true;
  }
  return false;
}

/* ---- Effects ----------------------------------------------------------------------------- */

static bool set_struct(struct gen *g) {
  uint32_t i = gen_pick_type(g, WFX_TYPE_STRUCT), field = gen_below(g, g->types[i].n_fields);
  if (field >= g->types[i].n_fields || !g->types[i].fields[field].is_mutable) return false;
  operand(g, i);
  gen_value(g, gen_unpack(g->types[i].fields[field].type));
  EMIT(struct_set, .type_field = {gen_id(i), field});
  return true;
}

/* Array type j to copy from into arrays of type i. */
static uint32_t pick_source(struct gen *g, uint32_t i) {
  for (uint32_t k = 0, at = gen_below(g, g->n_types); k < g->n_types; k++) {
    uint32_t j = (at + k) % g->n_types;
    if (g->types[j].kind == WFX_TYPE_ARRAY &&
        gen_is_sub(g, g->types[j].fields[0].type, g->types[i].fields[0].type))
      return j;
  }
  return i;
}

static bool init_array(struct gen *g, uint32_t i) {
  wfx_valtype t = g->types[i].fields[0].type;
  uint32_t data = gen_below(g, g->n_datas), elem = wfx_is_ref(t) ? pick_elem(g, t) : WFX_NO_ID;
  if (wfx_is_ref(t) ? elem == WFX_NO_ID : g->n_datas == 0) return false;
  operand(g, i);
  small(g, 3);
  small(g, 2);
  small(g, 3);
  if (wfx_is_ref(t)) EMIT(array_init_elem, .type_elem = {gen_id(i), g->elems[elem].id});
  else EMIT(array_init_data, .type_data = {gen_id(i), g->datas[data].id});
  return true;
}

static bool change_array(struct gen *g) {
  uint32_t i = gen_pick_type(g, WFX_TYPE_ARRAY);
  for (uint32_t k = gen_below(g, 4); k > 0 && !wfx_is_ref(g->types[i].fields[0].type); k--)
    i = gen_pick_type(g, WFX_TYPE_ARRAY);
  uint32_t j = pick_source(g, i);
  wfx_type_id type = {i};
  wfx_valtype t = gen_unpack(g->types[i].fields[0].type);
  if (!g->types[i].fields[0].is_mutable) return false;
  switch (gen_below(g, 4)) {
  case 0:
    operand(g, i);
    gen_address(g, false, 2);
    gen_value(g, t);
    EMIT(array_set, .type = type);
    return true;
  case 1:
    operand(g, i);
    gen_address(g, false, 2);
    gen_value(g, t);
    small(g, 2);
    EMIT(array_fill, .type = type);
    return true;
  case 2:
    operand(g, i);
    small(g, 2);
    operand(g, j);
    small(g, 2);
    small(g, 3);
    EMIT(array_copy, .type_type = {type, gen_id(j)});
    return true;
  default: return init_array(g, i);
  }
}

bool gen_ref_effect(struct gen *g) {
  return gen_chance(g, 50) ? set_struct(g) : change_array(g);
}

/* A small number of the address type. */
static void small_address(struct gen *g, bool is_64, uint32_t below) {
  small(g, below);
  if (is_64) EMIT0(i64_extend_i32_u);
}

static bool copy_table(struct gen *g, const struct gtable *to) {
  for (uint32_t k = 0, at = gen_below(g, g->n_tables); k < g->n_tables; k++) {
    struct gtable from = g->tables[(at + k) % g->n_tables];
    if (!gen_is_sub(g, from.type, to->type)) continue;
    gen_address(g, to->is_64, 3);
    gen_address(g, from.is_64, 3);
    small_address(g, to->is_64 && from.is_64, 3);
    EMIT(table_copy, .table_table = {to->id, from.id});
    return true;
  }
  return false;
}

static bool copy_memory(struct gen *g) {
  struct gmem to = g->mems[gen_below(g, g->n_mems)], from = g->mems[gen_below(g, g->n_mems)];
  gen_address(g, to.is_64, 4000);
  gen_address(g, from.is_64, 4000);
  gen_address(g, to.is_64 && from.is_64, 300);
  EMIT(memory_copy, .memory_memory = {to.id, from.id});
  return true;
}

bool gen_table_effect(struct gen *g) {
  if (gen_chance(g, 20) && g->n_mems) return copy_memory(g);
  if (!g->n_tables) return false;
  struct gtable x = g->tables[gen_below(g, g->n_tables)];
  uint32_t elem = pick_elem(g, x.type);
  switch (gen_below(g, 4)) {
  case 0:
    gen_address(g, x.is_64, x.size);
    gen_value(g, x.type);
    EMIT(table_set, .table = x.id);
    return true;
  case 1:
    gen_address(g, x.is_64, 3);
    gen_value(g, x.type);
    small_address(g, x.is_64, 3);
    EMIT(table_fill, .table = x.id);
    return true;
  case 2: return copy_table(g, &x);
  default:
    if (elem == WFX_NO_ID) return false;
    gen_address(g, x.is_64, 3);
    small(g, 2);
    small(g, 3);
    EMIT(table_init, .elem_table = {x.id, g->elems[elem].id});
    return true;
  }
}
