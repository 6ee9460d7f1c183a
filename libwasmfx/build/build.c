/* build.c: declarations of a module made by calls. */
#include <assert.h>
#include <string.h>

#include "build/builder.h"
#include "ir/name.h"
#include "valid/valid.h"

static bool module_is_good(const wfx_module *m) { return !errs_is_set(&m->errs); }

static bool keep_name(wfx_module *m, const char *name, wfx_str *out) {
  out->data = NULL;
  out->n = 0;
  return !name || wfx__module_str(m, name, strlen(name), out);
}

void wfx_module_set_name(wfx_module *m, const char *name) {
  if (module_is_good(m)) keep_name(m, name, &m->name);
}

/* ---- Types ------------------------------------------------------------------------------- */

wfx_group_id wfx_group_begin(wfx_module *m) {
  wfx_group_id g = {0};
  if (module_is_good(m)) wfx__types_add_group(&m->types, &m->errs, true, &g.i);
  return g;
}

void wfx_group_end(wfx_module *m, wfx_group_id group) {
  if (!module_is_good(m)) return;
  const struct types *ts = &m->types;
  struct group *g = &m->types.groups.data[group.i];
  if (g->is_ended) {
    wfx__fail(&m->errs, WFX_MISUSE, loc_none(), "recursion group %u has ended", group.i);
    return;
  }
  for (uint32_t t = g->first; t != WFX_NO_ID; t = type_at(ts, t)->next)
    if (type_at(ts, t)->kind == WFX_TYPE_UNDEFINED) {
      struct text_buf name = {.n = 0};
      wfx__text_name(&name, type_at(ts, t)->name, t);
      wfx__fail(&m->errs, WFX_INVALID, loc_none(), "type %s is declared but not defined",
                name.text);
      return;
    }
  if (wfx__types_end_group(&m->types, &m->errs, group.i)) wfx__valid_group(m, group.i);
}

wfx_type_id wfx_type_declare(wfx_module *m, wfx_group_id group, const char *name) {
  wfx_type_id t = {0};
  if (!module_is_good(m)) return t;
  if (m->types.groups.data[group.i].is_ended) {
    wfx__fail(&m->errs, WFX_MISUSE, loc_none(), "recursion group %u has ended", group.i);
    return t;
  }
  if (wfx__types_declare(&m->types, &m->errs, group.i, &t.i))
    keep_name(m, name, &type_at(&m->types, t.i)->name);
  return t;
}

/* Whether t can be given its definition now. */
static bool can_define(wfx_module *m, wfx_type_id t) {
  TRY(module_is_good(m));
  assert(t.i < m->types.types.n);
  if (type_at(&m->types, t.i)->kind == WFX_TYPE_UNDEFINED) return true;
  struct text_buf name = {.n = 0};
  wfx__text_name(&name, type_at(&m->types, t.i)->name, t.i);
  return wfx__fail(&m->errs, WFX_MISUSE, loc_none(), "type %s is defined already", name.text);
}

void wfx_type_define_func(wfx_module *m, wfx_type_id t, const wfx_valtype *params,
                          size_t n_params, const wfx_valtype *results, size_t n_results) {
  if (can_define(m, t))
    wfx__types_define_func(&m->types, &m->errs, t.i, params, n_params, results, n_results);
}

void wfx_type_define_struct(wfx_module *m, wfx_type_id t, const wfx_field *fields,
                            size_t n_fields) {
  if (can_define(m, t))
    wfx__types_define_fields(&m->types, &m->errs, t.i, WFX_TYPE_STRUCT, fields, n_fields);
}

void wfx_type_define_array(wfx_module *m, wfx_type_id t, wfx_field element) {
  if (can_define(m, t))
    wfx__types_define_fields(&m->types, &m->errs, t.i, WFX_TYPE_ARRAY, &element, 1);
}

void wfx_type_define_cont(wfx_module *m, wfx_type_id t, wfx_type_id func_type) {
  if (can_define(m, t)) wfx__types_define_target(&m->types, t.i, WFX_TYPE_CONT, func_type.i);
}

void wfx_type_define_handler(wfx_module *m, wfx_type_id t, const wfx_valtype *results,
                             size_t n_results) {
  if (can_define(m, t))
    wfx__types_define_handler(&m->types, &m->errs, t.i, results, n_results);
}

void wfx_type_define_tag(wfx_module *m, wfx_type_id t, wfx_type_id func_type) {
  if (can_define(m, t)) wfx__types_define_target(&m->types, t.i, WFX_TYPE_TAG, func_type.i);
}

void wfx_type_set_sub(wfx_module *m, wfx_type_id t, bool is_final, wfx_type_id super) {
  if (can_define(m, t))
    wfx__types_set_super(&m->types, t.i, is_final ? SUB_FINAL : SUB_OPEN, super.i);
}

void wfx_type_set_field_name(wfx_module *m, wfx_type_id t, uint32_t field, const char *name) {
  if (!module_is_good(m)) return;
  struct type *type = type_at(&m->types, t.i);
  assert(field < type->n_fields);
  if (!type->field_names)
    type->field_names = wfx__arena_alloc(&m->arena, type->n_fields * sizeof(wfx_str));
  if (type->field_names) keep_name(m, name, &type->field_names[field]);
  else wfx__fail_nomem(&m->errs);
}

wfx_type_id wfx_type_func(wfx_module *m, const wfx_valtype *params, size_t n_params,
                          const wfx_valtype *results, size_t n_results) {
  wfx_type_id t = {0};
  if (module_is_good(m))
    wfx__types_func(&m->types, &m->errs, params, n_params, results, n_results, &t.i);
  return t;
}

/* A group of its own for one type, written without `rec`. */
static wfx_type_id declare_single(wfx_module *m, const char *name, wfx_group_id *group) {
  *group = wfx_group_begin(m);
  if (module_is_good(m)) m->types.groups.data[group->i].is_explicit = false;
  return wfx_type_declare(m, *group, name);
}

wfx_type_id wfx_type_struct(wfx_module *m, const char *name, const wfx_field *fields,
                            size_t n_fields) {
  wfx_group_id group;
  wfx_type_id t = declare_single(m, name, &group);
  wfx_type_define_struct(m, t, fields, n_fields);
  wfx_group_end(m, group);
  return t;
}

wfx_type_id wfx_type_array(wfx_module *m, const char *name, wfx_field element) {
  wfx_group_id group;
  wfx_type_id t = declare_single(m, name, &group);
  wfx_type_define_array(m, t, element);
  wfx_group_end(m, group);
  return t;
}

wfx_type_id wfx_type_cont(wfx_module *m, const char *name, wfx_type_id func_type) {
  wfx_group_id group;
  wfx_type_id t = declare_single(m, name, &group);
  wfx_type_define_cont(m, t, func_type);
  wfx_group_end(m, group);
  return t;
}

wfx_blocktype wfx_bt(wfx_module *m, const wfx_valtype *params, size_t n_params,
                     const wfx_valtype *results, size_t n_results) {
  if (n_params == 0 && n_results == 0) return wfx_bt_none();
  if (n_params == 0 && n_results == 1) return wfx_bt_result(results[0]);
  return wfx_bt_type(wfx_type_func(m, params, n_params, results, n_results));
}

/* ---- Declarations ------------------------------------------------------------------------ */

static bool decl_init(wfx_module *m, struct decl *d, const char *name) {
  d->import = WFX_NO_ID;
  d->loc = loc_none();
  return keep_name(m, name, &d->name);
}

static void add_import_of(wfx_module *m, const char *module, const char *field, wfx_extern_kind kind,
                       uint32_t id) {
  if (!module_is_good(m)) return;
  wfx_str a = {module, strlen(module)}, b = {field, strlen(field)};
  wfx__module_add_import(m, a, b, (uint32_t)kind, id);
}

wfx_func_id wfx_module_add_func(wfx_module *m, const char *name, wfx_type_id func_type) {
  wfx_func_id id = {(uint32_t)m->funcs.n};
  struct func f = {.type = func_type.i, .body = WFX_NO_ID};
  if (module_is_good(m) && decl_init(m, &f.decl, name)) (void)vec_push(&m->errs, &m->funcs, f);
  return id;
}

wfx_tag_id wfx_module_add_tag(wfx_module *m, const char *name, wfx_type_id func_type) {
  wfx_tag_id id = {(uint32_t)m->tags.n};
  struct tag t = {.type = func_type.i};
  if (module_is_good(m) && decl_init(m, &t.decl, name)) (void)vec_push(&m->errs, &m->tags, t);
  return id;
}

wfx_global_id wfx_module_add_global(wfx_module *m, const char *name, wfx_valtype type,
                                    bool is_mutable, wfx_const init) {
  wfx_global_id id = {(uint32_t)m->globals.n};
  struct global g = {.type = type, .is_mutable = is_mutable, .init = {init.first, init.n}};
  if (module_is_good(m) && decl_init(m, &g.decl, name)) (void)vec_push(&m->errs, &m->globals, g);
  return id;
}

wfx_mem_id wfx_module_add_mem(wfx_module *m, const char *name, wfx_size_limits limits) {
  wfx_mem_id id = {(uint32_t)m->mems.n};
  struct mem mem = {.limits = limits};
  if (module_is_good(m) && decl_init(m, &mem.decl, name)) (void)vec_push(&m->errs, &m->mems, mem);
  return id;
}

wfx_table_id wfx_module_add_table(wfx_module *m, const char *name, wfx_valtype type,
                                  wfx_size_limits limits, const wfx_const *init) {
  wfx_table_id id = {(uint32_t)m->tables.n};
  struct table t = {.type = type, .limits = limits, .has_init = init != NULL};
  if (init) t.init = (struct expr){init->first, init->n};
  if (module_is_good(m) && decl_init(m, &t.decl, name)) (void)vec_push(&m->errs, &m->tables, t);
  return id;
}

void wfx_module_name_decl(wfx_module *m, wfx_extern_kind kind, uint32_t id, const char *name) {
  if (!module_is_good(m)) return;
  assert(id < wfx__module_count(m, (uint32_t)kind));
  keep_name(m, name, &wfx__module_decl(m, (uint32_t)kind, id)->name);
}

wfx_func_id wfx_import_func(wfx_module *m, const char *module, const char *field,
                            wfx_type_id func_type) {
  wfx_func_id id = wfx_module_add_func(m, NULL, func_type);
  add_import_of(m, module, field, WFX_EXTERN_FUNC, id.i);
  return id;
}

wfx_table_id wfx_import_table(wfx_module *m, const char *module, const char *field,
                              wfx_valtype type, wfx_size_limits limits) {
  wfx_table_id id = wfx_module_add_table(m, NULL, type, limits, NULL);
  add_import_of(m, module, field, WFX_EXTERN_TABLE, id.i);
  return id;
}

wfx_mem_id wfx_import_mem(wfx_module *m, const char *module, const char *field,
                          wfx_size_limits limits) {
  wfx_mem_id id = wfx_module_add_mem(m, NULL, limits);
  add_import_of(m, module, field, WFX_EXTERN_MEM, id.i);
  return id;
}

wfx_global_id wfx_import_global(wfx_module *m, const char *module, const char *field,
                                wfx_valtype type, bool is_mutable) {
  wfx_const none = {0, 0};
  wfx_global_id id = wfx_module_add_global(m, NULL, type, is_mutable, none);
  add_import_of(m, module, field, WFX_EXTERN_GLOBAL, id.i);
  return id;
}

wfx_tag_id wfx_import_tag(wfx_module *m, const char *module, const char *field,
                          wfx_type_id func_type) {
  wfx_tag_id id = wfx_module_add_tag(m, NULL, func_type);
  add_import_of(m, module, field, WFX_EXTERN_TAG, id.i);
  return id;
}

/* ---- Segments ---------------------------------------------------------------------------- */

static wfx_data_id add_data(wfx_module *m, const char *name, struct data d, const void *bytes,
                            size_t n_bytes) {
  wfx_data_id id = {(uint32_t)m->datas.n};
  if (!module_is_good(m) || !decl_init(m, &d.decl, name)) return id;
  d.form = ELEM_FORM_ANY;
  d.bytes = (const uint8_t *)wfx__arena_copy(&m->arena, bytes, n_bytes);
  d.n_bytes = n_bytes;
  if (!d.bytes) wfx__fail_nomem(&m->errs);
  else (void)vec_push(&m->errs, &m->datas, d);
  return id;
}

wfx_data_id wfx_module_add_data(wfx_module *m, const char *name, wfx_mem_id mem,
                                wfx_const offset, const void *bytes, size_t n_bytes) {
  struct data d = {.mode = SEGMENT_ACTIVE, .mem = mem.i, .offset = {offset.first, offset.n}};
  return add_data(m, name, d, bytes, n_bytes);
}

wfx_data_id wfx_module_add_data_passive(wfx_module *m, const char *name, const void *bytes,
                                        size_t n_bytes) {
  struct data d = {.mode = SEGMENT_PASSIVE};
  return add_data(m, name, d, bytes, n_bytes);
}

wfx_elem_id wfx_module_add_elem(wfx_module *m, const char *name, wfx_table_id table,
                                wfx_const offset, const wfx_func_id *funcs, size_t n_funcs) {
  wfx_elem_id id = {(uint32_t)m->elems.n};
  struct elem e = {.mode = SEGMENT_ACTIVE, .form = ELEM_FORM_ANY, .table = table.i,
                   .type = wfx_ref(WFX_HEAP_FUNC), .offset = {offset.first, offset.n}};
  if (!module_is_good(m) || !decl_init(m, &e.decl, name)) return id;
  if (m->tables.data[table.i].type != wfx_ref(WFX_HEAP_FUNC)) e.type = WFX_FUNCREF;
  bool is_ok = vec_reserve(&m->errs, &e.funcs, n_funcs);
  for (size_t i = 0; is_ok && i < n_funcs; i++) e.funcs.data[e.funcs.n++] = funcs[i].i;
  if (!is_ok || !vec_push(&m->errs, &m->elems, e)) vec_free(m->ctx, &e.funcs);
  return id;
}

wfx_elem_id wfx_module_add_elem_passive(wfx_module *m, const char *name, wfx_valtype type,
                                        const wfx_const *items, size_t n_items) {
  wfx_elem_id id = {(uint32_t)m->elems.n};
  struct elem e = {.mode = SEGMENT_PASSIVE, .form = ELEM_FORM_ANY, .type = type,
                   .has_exprs = true};
  if (!module_is_good(m) || !decl_init(m, &e.decl, name)) return id;
  bool is_ok = vec_reserve(&m->errs, &e.exprs, n_items);
  for (size_t i = 0; is_ok && i < n_items; i++)
    e.exprs.data[e.exprs.n++] = (struct expr){items[i].first, items[i].n};
  if (!is_ok || !vec_push(&m->errs, &m->elems, e)) vec_free(m->ctx, &e.exprs);
  return id;
}

void wfx_module_set_start(wfx_module *m, wfx_func_id f) { m->start = f.i; }

void wfx_module_add_custom(wfx_module *m, const char *name, const void *bytes, size_t n_bytes) {
  struct custom c = {.n_bytes = n_bytes, .after = UINT32_MAX};
  if (!module_is_good(m) || !keep_name(m, name, &c.name)) return;
  c.bytes = (const uint8_t *)wfx__arena_copy(&m->arena, bytes, n_bytes);
  if (!c.bytes) wfx__fail_nomem(&m->errs);
  else (void)vec_push(&m->errs, &m->customs, c);
}

/* ---- Exports ----------------------------------------------------------------------------- */

static void add_export_of(wfx_module *m, const char *name, wfx_extern_kind kind, uint32_t id) {
  if (!module_is_good(m)) return;
  wfx_str s = {name, strlen(name)};
  wfx__module_add_export(m, s, (uint32_t)kind, id);
}

void wfx_export_func(wfx_module *m, const char *name, wfx_func_id f) {
  add_export_of(m, name, WFX_EXTERN_FUNC, f.i);
}
void wfx_export_table(wfx_module *m, const char *name, wfx_table_id t) {
  add_export_of(m, name, WFX_EXTERN_TABLE, t.i);
}
void wfx_export_mem(wfx_module *m, const char *name, wfx_mem_id mem) {
  add_export_of(m, name, WFX_EXTERN_MEM, mem.i);
}
void wfx_export_global(wfx_module *m, const char *name, wfx_global_id g) {
  add_export_of(m, name, WFX_EXTERN_GLOBAL, g.i);
}
void wfx_export_tag(wfx_module *m, const char *name, wfx_tag_id t) {
  add_export_of(m, name, WFX_EXTERN_TAG, t.i);
}
