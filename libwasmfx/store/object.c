/* object.c: memories, tables, globals and tags in the hands of the host, and externals. */
#include <string.h>

#include "ir/match.h"
#include "store/inst.h"

/* The public handles are the addresses of the objects. */
static struct mem_obj *mem_obj_of(const wfx_mem *m) { return (struct mem_obj *)(uintptr_t)m; }
static struct table_obj *table_obj_of(const wfx_table *t) {
  return (struct table_obj *)(uintptr_t)t;
}
static struct global_obj *global_obj_of(const wfx_global *g) {
  return (struct global_obj *)(uintptr_t)g;
}

static wfx_status misuse(wfx_store *s, const char *text) {
  wfx__store_fail(s, WFX_MISUSE, text);
  return WFX_MISUSE;
}

/* An instance without a module that owns an object of the host's, so that it is marked and freed
 * as those of modules are. */
static wfx_instance *new_owner(wfx_store *s) {
  if (!vec_reserve(&s->errs, &s->instances, 1)) return NULL;
  wfx_instance *inst = wfx__store_alloc(s, 1, sizeof *inst);
  if (!inst) return NULL;
  inst->store = s;
  s->instances.data[s->instances.n++] = inst;
  return inst;
}

static bool is_abstract_type(wfx_store *s, wfx_valtype t) {
  if (!wfx_is_ref(t) || !wfx_heap_is_type(wfx_heap_of(t))) return true;
  return wfx__store_fail(s, WFX_MISUSE, "a type of the host's names a declared type");
}

/* ---- Externals --------------------------------------------------------------------------- */

void *wfx__external_object(const wfx_external *x) {
  switch (x->kind) {
  case WFX_EXTERN_FUNC: return slot_ptr(x->of.func.of.ref[0]);
  case WFX_EXTERN_TABLE: return x->of.table;
  case WFX_EXTERN_MEM: return x->of.mem;
  case WFX_EXTERN_GLOBAL: return x->of.global;
  case WFX_EXTERN_TAG: return x->of.tag;
  }
  return NULL;
}

static void external_out(wfx_extern_kind kind, void *object, wfx_external *out) {
  memset(out, 0, sizeof *out);
  out->kind = kind;
  switch (kind) {
  case WFX_EXTERN_FUNC:
    out->of.func.type = wfx_ref(WFX_HEAP_FUNC);
    out->of.func.of.ref[0] = ptr_slot(object);
    break;
  case WFX_EXTERN_TABLE: out->of.table = object; break;
  case WFX_EXTERN_MEM: out->of.mem = object; break;
  case WFX_EXTERN_GLOBAL: out->of.global = object; break;
  case WFX_EXTERN_TAG: out->of.tag = object; break;
  }
}

uint32_t wfx_instance_n_exports(const wfx_instance *inst) { return inst->n_exports; }

bool wfx_instance_export_at(const wfx_instance *inst, uint32_t i, wfx_str *name,
                            wfx_external *out) {
  if (i >= inst->n_exports) return false;
  const struct export_decl *x = &inst->export_list[i];
  *name = x->name;
  wfx_extern_kind kind = (wfx_extern_kind)x->kind;
  external_out(kind, wfx__inst_export(inst, x->name.data, x->name.n, kind), out);
  return true;
}

bool wfx_instance_export(const wfx_instance *inst, wfx_str name, wfx_external *out) {
  uint32_t i = wfx__strmap_get(inst->store->ctx, &inst->exports, name.data, name.n);
  return i != WFX_NO_ID && wfx_instance_export_at(inst, i, &name, out);
}

wfx_status wfx_store_define(wfx_store *s, const char *module, const char *field,
                            const wfx_external *external) {
  wfx__store_clear(s);
  struct definition d = {external->kind, wfx__external_object(external)};
  if (!d.object || (d.kind == WFX_EXTERN_FUNC && !wfx__func_of(s, &external->of.func)))
    return misuse(s, "nothing to define");
  wfx_str m = {module, strlen(module)}, f = {field, strlen(field)};
  return wfx__host_define(s, m, f, d) ? WFX_OK : errs_status(&s->errs);
}

/* ---- Memories ---------------------------------------------------------------------------- */

wfx_status wfx_mem_new(wfx_store *s, const wfx_size_limits *limits, wfx_mem **out) {
  const uint64_t most = limits->is_64 ? (uint64_t)1 << 48 : 65536;
  wfx__store_clear(s);
  if (limits->min > most ||
      (limits->has_max && (limits->max > most || limits->max < limits->min)) ||
      (limits->is_shared && !limits->has_max))
    return misuse(s, "no memory can have these limits");
  wfx_instance *owner = new_owner(s);
  if (!owner) return errs_status(&s->errs);
  owner->mems = wfx__store_alloc(s, 1, sizeof *owner->mems);
  if (!owner->mems) return errs_status(&s->errs);
  owner->n_mems = 1;
  if (!wfx__mem_new(s, limits, &owner->mems[0])) return errs_status(&s->errs);
  *out = (wfx_mem *)(void *)owner->mems[0];
  return WFX_OK;
}

void wfx_mem_limits(const wfx_mem *mem, wfx_size_limits *out) {
  const struct mem_obj *m = mem_obj_of(mem);
  memset(out, 0, sizeof *out);
  out->min = m->size_bytes / WFX_PAGE_BYTES;
  out->has_max = m->has_max;
  out->max = m->has_max ? m->max_pages : 0;
  out->is_64 = m->is_64;
  out->is_shared = m->is_shared;
}

uint8_t *wfx_mem_data(wfx_mem *mem, size_t *n_bytes) {
  const struct mem_obj *m = mem_obj_of(mem);
  if (n_bytes) *n_bytes = (size_t)m->size_bytes;
  return m->size_bytes == 0 ? NULL : m->base;
}

bool wfx_mem_read(const wfx_mem *mem, uint64_t at, void *to, size_t n) {
  const struct mem_obj *m = mem_obj_of(mem);
  if (!range_fits(m->size_bytes, at, n)) return false;
  if (n != 0) memcpy(to, m->base + at, n);
  return true;
}

bool wfx_mem_write(wfx_mem *mem, uint64_t at, const void *from, size_t n) {
  struct mem_obj *m = mem_obj_of(mem);
  if (!range_fits(m->size_bytes, at, n)) return false;
  if (n != 0) memcpy(m->base + at, from, n);
  return true;
}

wfx_status wfx_mem_grow(wfx_store *s, wfx_mem *m, uint64_t n_pages) {
  wfx__store_clear(s);
  if (wfx__mem_grow(s, mem_obj_of(m), n_pages)) return WFX_OK;
  wfx__store_fail_trap(s, TRAP_MEMORY_LIMIT);
  return WFX_EXHAUSTION;
}

/* ---- Tables ------------------------------------------------------------------------------ */

/* The slots of one value of the host's; NULL is null. */
static bool take_value(wfx_store *s, wfx_valtype type, const wfx_value *v, slot *slots) {
  slots[0] = slots[1] = 0;
  wfx_value null;
  memset(&null, 0, sizeof null);
  null.type = type;
  if (!v) v = &null;
  return wfx__values_to_slots(s, &type, 1, v, slots) ||
         wfx__store_fail(s, WFX_MISUSE, "value of another type");
}

wfx_status wfx_table_new(wfx_store *s, wfx_valtype type, const wfx_size_limits *limits,
                         const wfx_value *init, wfx_table **out) {
  const uint64_t most = limits->is_64 ? UINT64_MAX : UINT32_MAX;
  slot value[2];
  wfx__store_clear(s);
  type = wfx_valtype_strip(type);
  if (!is_abstract_type(s, type)) return WFX_MISUSE;
  if (!wfx_is_ref(type) || limits->min > most || limits->is_shared ||
      (limits->has_max && (limits->max > most || limits->max < limits->min)))
    return misuse(s, "no table can have this type and these limits");
  if (!take_value(s, type, init, value)) return WFX_MISUSE;
  wfx_instance *owner = new_owner(s);
  if (!owner) return errs_status(&s->errs);
  owner->tables = wfx__store_alloc(s, 1, sizeof *owner->tables);
  if (!owner->tables) return errs_status(&s->errs);
  owner->n_tables = 1;
  if (!wfx__table_new(s, type, limits, &owner->tables[0])) return errs_status(&s->errs);
  wfx__table_fill(owner->tables[0], 0, value, limits->min);
  *out = (wfx_table *)(void *)owner->tables[0];
  return WFX_OK;
}

wfx_valtype wfx_table_type(const wfx_store *s, const wfx_table *table, wfx_size_limits *limits) {
  const struct table_obj *t = table_obj_of(table);
  memset(limits, 0, sizeof *limits);
  limits->min = t->size;
  limits->has_max = t->has_max;
  limits->max = t->has_max ? t->max : 0;
  limits->is_64 = t->is_64;
  return wfx__val_abstract(s, t->type);
}

static bool table_reaches(wfx_store *s, const struct table_obj *t, uint64_t i) {
  return i < t->size || wfx__store_fail_trap(s, TRAP_TABLE);
}

wfx_status wfx_table_read(wfx_store *s, const wfx_table *table, uint64_t i, wfx_value *out) {
  const struct table_obj *t = table_obj_of(table);
  wfx__store_clear(s);
  if (!table_reaches(s, t, i)) return WFX_TRAP;
  wfx__values_from_slots(s, &t->type, 1, t->items + i * t->n_slots, out);
  return WFX_OK;
}

wfx_status wfx_table_write(wfx_store *s, wfx_table *table, uint64_t i, const wfx_value *v) {
  struct table_obj *t = table_obj_of(table);
  slot value[2];
  wfx__store_clear(s);
  if (!table_reaches(s, t, i) || !take_value(s, t->type, v, value)) return errs_status(&s->errs);
  wfx__table_fill(t, i, value, 1);
  return WFX_OK;
}

wfx_status wfx_table_grow(wfx_store *s, wfx_table *table, uint64_t n, const wfx_value *v) {
  struct table_obj *t = table_obj_of(table);
  slot value[2];
  wfx__store_clear(s);
  if (!take_value(s, t->type, v, value)) return WFX_MISUSE;
  if (wfx__table_grow(s, t, n, value)) return WFX_OK;
  wfx__store_fail_trap(s, TRAP_TABLE_LIMIT);
  return WFX_EXHAUSTION;
}

/* ---- Globals ----------------------------------------------------------------------------- */

wfx_status wfx_global_new(wfx_store *s, wfx_valtype type, bool is_mutable,
                          const wfx_value *value, wfx_global **out) {
  slot slots[2];
  wfx__store_clear(s);
  type = wfx_valtype_strip(type);
  if (!is_abstract_type(s, type) || !take_value(s, type, value, slots)) return WFX_MISUSE;
  wfx_instance *owner = new_owner(s);
  if (!owner) return errs_status(&s->errs);
  owner->globals = wfx__store_alloc(s, 1, sizeof *owner->globals);
  struct global_obj *g = wfx__store_alloc(s, 1, sizeof *g);
  if (!owner->globals || !g) return errs_status(&s->errs);
  g->type = type;
  g->is_mutable = is_mutable;
  g->is_ref = wfx_is_ref(type);
  g->n_slots = (uint8_t)wfx__val_slots(&s->types, type);
  memcpy(g->value, slots, sizeof g->value);
  owner->globals[0] = g;
  owner->n_globals = 1;
  *out = (wfx_global *)(void *)g;
  return WFX_OK;
}

wfx_valtype wfx_global_type(const wfx_store *s, const wfx_global *global, bool *is_mutable) {
  const struct global_obj *g = global_obj_of(global);
  *is_mutable = g->is_mutable;
  return wfx__val_abstract(s, g->type);
}

void wfx_global_read(const wfx_store *s, const wfx_global *global, wfx_value *out) {
  const struct global_obj *g = global_obj_of(global);
  wfx__values_from_slots(s, &g->type, 1, g->value, out);
}

wfx_status wfx_global_write(wfx_store *s, wfx_global *global, const wfx_value *value) {
  struct global_obj *g = global_obj_of(global);
  slot slots[2];
  wfx__store_clear(s);
  if (!g->is_mutable) return misuse(s, "global is immutable");
  if (!take_value(s, g->type, value, slots)) return WFX_MISUSE;
  memcpy(g->value, slots, g->n_slots * sizeof *slots);
  return WFX_OK;
}

/* ---- Tags -------------------------------------------------------------------------------- */

wfx_status wfx_tag_new(wfx_store *s, const wfx_valtype *params, size_t n_params,
                       const wfx_valtype *results, size_t n_results, wfx_tag **out) {
  uint32_t type;
  wfx__store_clear(s);
  if (!wfx__host_type(s, params, n_params, results, n_results, &type))
    return errs_status(&s->errs);
  struct tag_obj *tag = wfx__store_alloc(s, 1, sizeof *tag);
  if (!tag) return WFX_NOMEM;
  const struct type *t = type_at(&s->types, type);
  tag->obj.rtt = &wfx__rtt_tag;
  tag->type = type;
  tag->n_param_slots = wfx__vals_slots(&s->types, t->vals, t->n_params);
  tag->n_result_slots = wfx__vals_slots(&s->types, type_results(t), t->n_results);
  *out = (wfx_tag *)(void *)tag;
  return WFX_OK;
}

void wfx_tag_type(const wfx_store *s, const wfx_tag *tag, wfx_valtype *params, size_t *n_params,
                  wfx_valtype *results, size_t *n_results) {
  const struct type *t =
      type_at(&s->types, ((const struct tag_obj *)(const void *)tag)->type);
  wfx__types_out(s, t->vals, t->n_params, params, n_params);
  wfx__types_out(s, type_results(t), t->n_results, results, n_results);
}
