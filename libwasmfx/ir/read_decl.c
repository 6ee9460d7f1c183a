/* read_decl.c: looking at the declarations of a module. Bodies are read in build/read_body.c.
 * */
#include <assert.h>
#include <string.h>

#include <wasmfx/read.h>

#include "ir/module.h"

_Static_assert((int)SEGMENT_ACTIVE == WFX_SEGMENT_ACTIVE &&
               (int)SEGMENT_PASSIVE == WFX_SEGMENT_PASSIVE &&
               (int)SEGMENT_DECLARATIVE == WFX_SEGMENT_DECLARATIVE, "two names for one thing");

static wfx_const const_of(struct expr e) {
  wfx_const c = {e.first, e.n};
  return c;
}

/* ---- Types ------------------------------------------------------------------------------- */

uint32_t wfx_module_n_types(const wfx_module *m) { return (uint32_t)m->types.types.n; }

/* A handle that was given after an error may be of no type. */
static bool is_type(const wfx_module *m, wfx_type_id t) { return t.i < m->types.types.n; }

wfx_type_kind wfx_type_get_kind(const wfx_module *m, wfx_type_id t) {
  return is_type(m, t) ? (wfx_type_kind)type_at(&m->types, t.i)->kind : WFX_TYPE_UNDEFINED;
}

bool wfx_type_equal(const wfx_module *m, wfx_type_id a, wfx_type_id b) {
  if (!is_type(m, a) || !is_type(m, b)) return a.i == b.i;
  return type_at(&m->types, a.i)->canon == type_at(&m->types, b.i)->canon;
}

void wfx_type_get(const wfx_module *m, wfx_type_id t, wfx_type_info *out) {
  memset(out, 0, sizeof *out);
  out->kind = WFX_TYPE_UNDEFINED;
  out->super.i = out->group.i = out->target.i = WFX_NO_ID;
  if (!is_type(m, t)) return;
  const struct type *type = type_at(&m->types, t.i);
  out->kind = (wfx_type_kind)type->kind;
  out->is_final = type_is_final(type);
  out->super.i = type->super;
  out->group.i = type->group;
  out->name = type->name;
  out->params = type->vals;
  out->n_params = type->n_params;
  out->results = type->vals ? type_results(type) : NULL;
  out->n_results = type->n_results;
  out->fields = type->fields;
  out->n_fields = type->n_fields;
  out->target.i = type->target;
}

wfx_str wfx_type_get_field_name(const wfx_module *m, wfx_type_id t, uint32_t field) {
  const wfx_str none = {NULL, 0};
  if (!is_type(m, t)) return none;
  const struct type *type = type_at(&m->types, t.i);
  assert(field < type->n_fields);
  return type->field_names ? type->field_names[field] : none;
}

/* ---- Declarations ------------------------------------------------------------------------ */

uint32_t wfx_module_count(const wfx_module *m, wfx_extern_kind kind) {
  return wfx__module_count(m, (uint32_t)kind);
}

wfx_str wfx_module_decl_name(const wfx_module *m, wfx_extern_kind kind, uint32_t id) {
  return wfx__module_decl(m, (uint32_t)kind, id)->name;
}

uint32_t wfx_module_find_export(const wfx_module *m, wfx_extern_kind kind, const char *name) {
  size_t n = strlen(name);
  for (size_t i = 0; i < m->exports.n; i++) {
    const struct export *ex = &m->exports.data[i];
    if (ex->kind == (uint32_t)kind && ex->name.n == n && memcmp(ex->name.data, name, n) == 0)
      return ex->id;
  }
  return WFX_NO_ID;
}

bool wfx_module_import(const wfx_module *m, uint32_t i, wfx_str *module, wfx_str *field,
                       wfx_extern_kind *kind, uint32_t *id) {
  if (i >= m->imports.n) return false;
  const struct import *im = &m->imports.data[i];
  *module = im->module;
  *field = im->field;
  *kind = (wfx_extern_kind)im->kind;
  *id = im->id;
  return true;
}

wfx_type_id wfx_func_get_type(const wfx_module *m, wfx_func_id f) {
  wfx_type_id t = {m->funcs.data[f.i].type};
  return t;
}

wfx_type_id wfx_tag_get_type(const wfx_module *m, wfx_tag_id tag) {
  wfx_type_id t = {m->tags.data[tag.i].type};
  return t;
}

uint32_t wfx_module_decl_import(const wfx_module *m, wfx_extern_kind kind, uint32_t id) {
  return wfx__module_decl(m, (uint32_t)kind, id)->import;
}

void wfx_table_get(const wfx_module *m, wfx_table_id t, wfx_table_info *out) {
  const struct table *table = &m->tables.data[t.i];
  out->type = table->type;
  out->limits = table->limits;
  out->has_init = table->has_init;
  out->init = const_of(table->init);
}

wfx_size_limits wfx_mem_get_limits(const wfx_module *m, wfx_mem_id mem) {
  return m->mems.data[mem.i].limits;
}

void wfx_global_get(const wfx_module *m, wfx_global_id g, wfx_global_info *out) {
  const struct global *global = &m->globals.data[g.i];
  out->type = global->type;
  out->is_mutable = global->is_mutable;
  out->init = const_of(global->init);
}

bool wfx_module_export(const wfx_module *m, uint32_t i, wfx_str *name, wfx_extern_kind *kind,
                       uint32_t *id) {
  if (i >= m->exports.n) return false;
  const struct export *ex = &m->exports.data[i];
  *name = ex->name;
  *kind = (wfx_extern_kind)ex->kind;
  *id = ex->id;
  return true;
}

wfx_func_id wfx_module_get_start(const wfx_module *m) {
  wfx_func_id f = {m->start};
  return f;
}

wfx_str wfx_module_get_name(const wfx_module *m) { return m->name; }

bool wfx_func_get_range(const wfx_module *m, wfx_func_id f, uint64_t *offset,
                        uint64_t *n_bytes) {
  uint32_t i = m->funcs.data[f.i].body;
  if (i == WFX_NO_ID || m->bodies.data[i]->n_bytes == 0) return false;
  *offset = m->bodies.data[i]->offset;
  *n_bytes = m->bodies.data[i]->n_bytes;
  return true;
}

/* ---- Segments ---------------------------------------------------------------------------- */

bool wfx_data_get(const wfx_module *m, wfx_data_id d, wfx_data_info *out) {
  if (d.i >= m->datas.n) return false;
  const struct data *data = &m->datas.data[d.i];
  out->name = data->decl.name;
  out->mode = (wfx_segment_mode)data->mode;
  out->mem.i = data->mem;
  out->offset = const_of(data->offset);
  out->bytes = data->bytes;
  out->n_bytes = data->n_bytes;
  return true;
}

bool wfx_elem_get(const wfx_module *m, wfx_elem_id e, wfx_elem_info *out) {
  if (e.i >= m->elems.n) return false;
  const struct elem *elem = &m->elems.data[e.i];
  out->name = elem->decl.name;
  out->mode = (wfx_segment_mode)elem->mode;
  out->table.i = elem->table;
  out->offset = const_of(elem->offset);
  out->type = elem->type;
  out->n_items = elem->has_exprs ? elem->exprs.n : elem->funcs.n;
  out->has_exprs = elem->has_exprs;
  return true;
}

wfx_func_id wfx_elem_get_func(const wfx_module *m, wfx_elem_id e, size_t i) {
  assert(i < m->elems.data[e.i].funcs.n);
  wfx_func_id f = {m->elems.data[e.i].funcs.data[i]};
  return f;
}

wfx_const wfx_elem_get_expr(const wfx_module *m, wfx_elem_id e, size_t i) {
  assert(i < m->elems.data[e.i].exprs.n);
  return const_of(m->elems.data[e.i].exprs.data[i]);
}

/* ---- Pointers of the client's ------------------------------------------------------------ */

void wfx_func_set_user(wfx_module *m, wfx_func_id f, void *user) {
  m->funcs.data[f.i].decl.user = user;
}
void *wfx_func_get_user(const wfx_module *m, wfx_func_id f) {
  return m->funcs.data[f.i].decl.user;
}
void wfx_tag_set_user(wfx_module *m, wfx_tag_id t, void *user) {
  m->tags.data[t.i].decl.user = user;
}
void *wfx_tag_get_user(const wfx_module *m, wfx_tag_id t) {
  return m->tags.data[t.i].decl.user;
}
void wfx_type_set_user(wfx_module *m, wfx_type_id t, void *user) {
  type_at(&m->types, t.i)->user = user;
}
void *wfx_type_get_user(const wfx_module *m, wfx_type_id t) {
  return type_at(&m->types, t.i)->user;
}
