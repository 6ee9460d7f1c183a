/* inst.c: making instances: imports, objects, exports. */
#include "store/inst.h"

#include <string.h>

#include "ir/match.h"

/* ---- Names ------------------------------------------------------------------------------- */

void *wfx__inst_export(const wfx_instance *inst, const char *name, size_t n,
                       wfx_extern_kind kind) {
  uint32_t place = wfx__strmap_get(inst->store->ctx, &inst->exports, name, n);
  if (place == WFX_NO_ID || inst->export_list[place].kind != (uint32_t)kind) return NULL;
  uint32_t id = inst->export_list[place].id;
  switch (kind) {
  case WFX_EXTERN_FUNC: return inst->funcs[id];
  case WFX_EXTERN_TABLE: return inst->tables[id];
  case WFX_EXTERN_MEM: return inst->mems[id];
  case WFX_EXTERN_GLOBAL: return inst->globals[id];
  case WFX_EXTERN_TAG: return inst->tags[id];
  }
  return NULL;
}

bool wfx__store_register(wfx_store *s, const char *name, size_t n, wfx_instance *inst) {
  struct registration r = {{NULL, 0}, inst};
  uint32_t place = wfx__strmap_get(s->ctx, &s->names, name, n);
  if (place != WFX_NO_ID) {
    s->registrations.data[place].instance = inst;
    return true;
  }
  TRY(wfx__arena_str(&s->arena, &s->errs, name, n, &r.name));
  TRY(vec_reserve(&s->errs, &s->registrations, 1));
  TRY(wfx__strmap_add(&s->errs, &s->names, r.name.data, n, (uint32_t)s->registrations.n, NULL));
  s->registrations.data[s->registrations.n++] = r;
  return true;
}

/* ---- Imports ----------------------------------------------------------------------------- */

/* What one import names, or NULL after an error. */
static void *resolve(wfx_store *s, const struct import_decl *im, wfx_extern_kind kind) {
  const struct definition *d =
      im->given.object ? &im->given : wfx__host_find(s, im->module, im->field);
  if (d && d->kind == (uint32_t)kind) return d->object;
  uint32_t place = wfx__strmap_get(s->ctx, &s->names, im->module.data, im->module.n);
  const wfx_instance *from =
      place == WFX_NO_ID ? NULL : s->registrations.data[place].instance;
  bool is_known = d || (from && wfx__strmap_get(s->ctx, &from->exports, im->field.data,
                                                im->field.n) != WFX_NO_ID);
  void *o = from && !im->given.object
                ? wfx__inst_export(from, im->field.data, im->field.n, kind)
                : NULL;
  if (!o)
    wfx__fail(&s->errs, WFX_UNLINKABLE, loc_none(), "%s: \"%.*s\" \"%.*s\"",
              is_known ? "incompatible import type" : "unknown import", (int)im->module.n,
              im->module.data, (int)im->field.n, im->field.data);
  return o;
}

static bool mismatch(wfx_store *s, const struct import_decl *im) {
  return wfx__fail(&s->errs, WFX_UNLINKABLE, loc_none(),
                   "incompatible import type: \"%.*s\" \"%.*s\"", (int)im->module.n,
                   im->module.data, (int)im->field.n, im->field.data);
}

static bool limits_match(uint64_t size, bool has_max, uint64_t max, bool is_64,
                         const wfx_size_limits *want) {
  if (is_64 != want->is_64 || size < want->min) return false;
  return !want->has_max || (has_max && max <= want->max);
}

static bool import_func(wfx_store *s, const struct import_decl *im, const struct func_decl *d,
                        struct func_obj **out) {
  *out = resolve(s, im, WFX_EXTERN_FUNC);
  if (!*out) return false;
  return wfx__match_type(&s->types, (*out)->type, d->type) || mismatch(s, im);
}

static bool import_table(wfx_store *s, const struct import_decl *im, const struct table_decl *d,
                         struct table_obj **out) {
  const struct table_obj *t = *out = resolve(s, im, WFX_EXTERN_TABLE);
  if (!t) return false;
  return (limits_match(t->size, t->has_max, t->max, t->is_64, &d->limits) &&
          wfx__equal_val(&s->types, t->type, d->type)) ||
         mismatch(s, im);
}

static bool import_mem(wfx_store *s, const struct import_decl *im, const struct mem_decl *d,
                       struct mem_obj **out) {
  const struct mem_obj *m = *out = resolve(s, im, WFX_EXTERN_MEM);
  if (!m) return false;
  return (limits_match(m->size_bytes / WFX_PAGE_BYTES, m->has_max, m->max_pages, m->is_64,
                       &d->limits) &&
          m->is_shared == d->limits.is_shared) ||
         mismatch(s, im);
}

static bool import_global(wfx_store *s, const struct import_decl *im,
                          const struct global_decl *d,
                          struct global_obj **out) {
  const struct global_obj *g = *out = resolve(s, im, WFX_EXTERN_GLOBAL);
  if (!g) return false;
  bool is_equal = d->is_mutable ? wfx__equal_val(&s->types, g->type, d->type)
                                : wfx__match_val(&s->types, g->type, d->type);
  return (g->is_mutable == d->is_mutable && is_equal) || mismatch(s, im);
}

static bool import_tag(wfx_store *s, const struct import_decl *im, const struct tag_decl *d,
                       struct tag_obj **out) {
  *out = resolve(s, im, WFX_EXTERN_TAG);
  if (!*out) return false;
  return type_at(&s->types, (*out)->type)->canon == type_at(&s->types, d->type)->canon ||
         mismatch(s, im);
}

/* ---- Objects ----------------------------------------------------------------------------- */

static bool make_funcs(wfx_instance *inst, const struct decls *d) {
  wfx_store *s = inst->store;
  struct func_obj *own = wfx__store_alloc(s, d->n_funcs, sizeof *own);
  if (!own) return false;
  for (uint32_t i = 0; i < d->n_funcs; i++) {
    const struct func_decl *f = &d->funcs[i];
    if (f->import != WFX_NO_ID) {
      TRY(import_func(s, &d->imports[f->import], f, &inst->funcs[i]));
      continue;
    }
    const struct type *t = type_at(&s->types, f->type);
    own[i].obj.rtt = s->rtts.data[f->type];
    own[i].instance = inst;
    own[i].type = f->type;
    own[i].index = i;
    own[i].n_param_slots = wfx__vals_slots(&s->types, t->vals, t->n_params);
    own[i].n_result_slots = wfx__vals_slots(&s->types, type_results(t), t->n_results);
    inst->funcs[i] = &own[i];
  }
  return true;
}

static bool make_tables(wfx_instance *inst, const struct decls *d) {
  wfx_store *s = inst->store;
  for (uint32_t i = 0; i < d->n_tables; i++) {
    const struct table_decl *t = &d->tables[i];
    if (t->import != WFX_NO_ID)
      TRY(import_table(s, &d->imports[t->import], t, &inst->tables[i]));
    else
      TRY(wfx__table_new(s, t->type, &t->limits, &inst->tables[i]));
  }
  return true;
}

static bool make_mems(wfx_instance *inst, const struct decls *d) {
  wfx_store *s = inst->store;
  for (uint32_t i = 0; i < d->n_mems; i++) {
    const struct mem_decl *m = &d->mems[i];
    if (m->import != WFX_NO_ID) TRY(import_mem(s, &d->imports[m->import], m, &inst->mems[i]));
    else TRY(wfx__mem_new(s, &m->limits, &inst->mems[i]));
  }
  return true;
}

static bool make_globals(wfx_instance *inst, const struct decls *d) {
  wfx_store *s = inst->store;
  struct global_obj *own = wfx__store_alloc(s, d->n_globals, sizeof *own);
  if (!own) return false;
  for (uint32_t i = 0; i < d->n_globals; i++) {
    const struct global_decl *g = &d->globals[i];
    if (g->import != WFX_NO_ID) {
      TRY(import_global(s, &d->imports[g->import], g, &inst->globals[i]));
      continue;
    }
    own[i].type = g->type;
    own[i].is_mutable = g->is_mutable;
    own[i].is_ref = wfx_is_ref(g->type);
    own[i].n_slots = (uint8_t)wfx__val_slots(&s->types, g->type);
    inst->globals[i] = &own[i];
  }
  return true;
}

static bool make_tags(wfx_instance *inst, const struct decls *d) {
  wfx_store *s = inst->store;
  struct tag_obj *own = wfx__store_alloc(s, d->n_tags, sizeof *own);
  if (!own) return false;
  for (uint32_t i = 0; i < d->n_tags; i++) {
    if (d->tags[i].import != WFX_NO_ID) {
      TRY(import_tag(s, &d->imports[d->tags[i].import], &d->tags[i], &inst->tags[i]));
      continue;
    }
    const struct type *t = type_at(&s->types, d->tags[i].type);
    own[i].obj.rtt = &wfx__rtt_tag;
    own[i].type = d->tags[i].type;
    own[i].n_param_slots = wfx__vals_slots(&s->types, t->vals, t->n_params);
    own[i].n_result_slots = wfx__vals_slots(&s->types, type_results(t), t->n_results);
    inst->tags[i] = &own[i];
  }
  return true;
}

static bool make_segments(wfx_instance *inst, const struct decls *d) {
  wfx_store *s = inst->store;
  for (uint32_t i = 0; i < d->n_elems; i++) {
    struct elem_obj *e = &inst->elems[i];
    e->n_slots = wfx__val_slots(&s->types, d->elems[i].type);
    e->items = wfx__store_alloc(s, (size_t)d->elems[i].n, e->n_slots * sizeof *e->items);
    if (!e->items) return false;
    e->n = d->elems[i].n;
  }
  if (d->n_datas != 0) memcpy(inst->datas, d->datas, d->n_datas * sizeof *inst->datas);
  return true;
}

static bool make_exports(wfx_instance *inst, const struct decls *d) {
  inst->export_list = d->exports;
  inst->n_exports = d->n_exports;
  for (uint32_t i = 0; i < d->n_exports; i++)
    TRY(wfx__strmap_add(&inst->store->errs, &inst->exports, d->exports[i].name.data,
                        d->exports[i].name.n, i, NULL));
  return true;
}

static bool make_arrays(wfx_instance *inst, const struct decls *d) {
  wfx_store *s = inst->store;
  inst->types = d->types;
  inst->n_types = d->n_types;
  inst->funcs = wfx__store_alloc(s, d->n_funcs, sizeof *inst->funcs);
  inst->tables = wfx__store_alloc(s, d->n_tables, sizeof *inst->tables);
  inst->mems = wfx__store_alloc(s, d->n_mems, sizeof *inst->mems);
  inst->globals = wfx__store_alloc(s, d->n_globals, sizeof *inst->globals);
  inst->tags = wfx__store_alloc(s, d->n_tags, sizeof *inst->tags);
  inst->elems = wfx__store_alloc(s, d->n_elems, sizeof *inst->elems);
  inst->datas = wfx__store_alloc(s, d->n_datas, sizeof *inst->datas);
  if (errs_is_set(&s->errs)) return false;
  inst->n_funcs = d->n_funcs;
  inst->n_tables = d->n_tables;
  inst->n_mems = d->n_mems;
  inst->n_globals = d->n_globals;
  inst->n_tags = d->n_tags;
  inst->n_elems = d->n_elems;
  inst->n_datas = d->n_datas;
  return true;
}

bool wfx__inst_new(wfx_store *s, const struct decls *d, wfx_instance **out) {
  TRY(vec_reserve(&s->errs, &s->instances, 1));
  wfx_instance *inst = wfx__store_alloc(s, 1, sizeof *inst);
  if (!inst) return false;
  inst->store = s;
  s->instances.data[s->instances.n++] = inst;
  TRY(make_arrays(inst, d));
  /* Imports fail before anything large is made, and in the order of kinds. */
  TRY(make_funcs(inst, d));
  TRY(make_globals(inst, d));
  TRY(make_tags(inst, d));
  TRY(make_tables(inst, d));
  TRY(make_mems(inst, d));
  TRY(make_segments(inst, d));
  TRY(make_exports(inst, d));
  *out = inst;
  return true;
}

/* Memories and tables belong to the instance that made them; whoever frees them first leaves
 * them empty, so that freeing an imported one again does nothing. */
void wfx__inst_free(wfx_instance *inst) {
  const wfx_ctx *ctx = inst->store->ctx;
  for (uint32_t i = 0; i < inst->n_tables; i++)
    if (inst->tables[i]) wfx__table_free(ctx, inst->tables[i]);
  for (uint32_t i = 0; i < inst->n_mems; i++)
    if (inst->mems[i]) wfx__mem_free(ctx, inst->mems[i]);
  wfx__strmap_free(ctx, &inst->exports);
}
