/* capi_module.c: modules and instances of the wasm-c-api. */
#include <stdlib.h>

#include "capi/capi.h"

/* ---- Modules ----------------------------------------------------------------------------- */

void capi_shared_release(struct shared *s) {
  if (!s || atomic_fetch_sub(&s->n_uses, 1) != 1) return;
  wfx_module_free(s->m);
  wasm_byte_vec_delete(&s->binary);
  capi_engine_release(s->engine);
  free(s);
}

static struct shared *use(struct shared *s) {
  atomic_fetch_add(&s->n_uses, 1);
  return s;
}

/* A valid module of the bytes, or NULL. */
static struct shared *new_shared(wasm_engine_t *e, const wasm_byte_vec_t *binary) {
  struct shared *s = calloc(1, sizeof *s);
  if (!s) return NULL;
  atomic_init(&s->n_uses, 1);
  atomic_fetch_add(&e->n_uses, 1);
  s->engine = e;
  s->m = wfx_module_new(e->ctx);
  wasm_byte_vec_copy(&s->binary, binary);
  const uint8_t *bytes = (const uint8_t *)binary->data;
  if (s->m && s->binary.size == binary->size &&
      wfx_module_decode(s->m, bytes, binary->size) == WFX_OK &&
      wfx_module_validate(s->m) == WFX_OK)
    return s;
  capi_shared_release(s);
  return NULL;
}

/* A reference to it, which takes over the use. */
static wasm_module_t *module_ref(wasm_store_t *store, struct shared *s) {
  wasm_ref_t *r = s ? capi_ref_new(store, REF_MODULE) : NULL;
  if (r) r->of.module = s;
  else capi_shared_release(s);
  return (wasm_module_t *)r;
}

wasm_module_t *wasm_module_new(wasm_store_t *s, const wasm_byte_vec_t *binary) {
  return module_ref(s, new_shared(s->engine, binary));
}

bool wasm_module_validate(wasm_store_t *s, const wasm_byte_vec_t *binary) {
  wfx_module *m = wfx_module_new(s->engine->ctx);
  bool is_valid =
      m && wfx_validate_bytes(m, (const uint8_t *)binary->data, binary->size) == WFX_OK;
  wfx_module_free(m);
  return is_valid;
}

void wasm_module_serialize(const wasm_module_t *m, wasm_byte_vec_t *out) {
  wasm_byte_vec_copy(out, &m->ref.of.module->binary);
}

wasm_module_t *wasm_module_deserialize(wasm_store_t *s, const wasm_byte_vec_t *bytes) {
  return wasm_module_new(s, bytes);
}

wasm_shared_module_t *wasm_module_share(const wasm_module_t *m) {
  wasm_shared_module_t *s = malloc(sizeof *s);
  if (s) s->shared = use(m->ref.of.module);
  return s;
}

wasm_module_t *wasm_module_obtain(wasm_store_t *store, const wasm_shared_module_t *s) {
  return s->shared->engine == store->engine ? module_ref(store, use(s->shared)) : NULL;
}

void wasm_shared_module_delete(wasm_shared_module_t *s) {
  if (s) capi_shared_release(s->shared);
  free(s);
}

/* ---- Imports and exports ----------------------------------------------------------------- */

static wasm_externtype_t *extern_type(const wfx_module *m, wfx_extern_kind kind, uint32_t id) {
  switch (kind) {
  case WFX_EXTERN_FUNC: {
    wfx_type_info t;
    wfx_type_get(m, wfx_func_get_type(m, (wfx_func_id){id}), &t);
    return capi_functype(m, t.params, t.n_params, t.results, t.n_results);
  }
  case WFX_EXTERN_TABLE: {
    wfx_table_info t;
    wfx_table_get(m, (wfx_table_id){id}, &t);
    return capi_tabletype(m, t.type, &t.limits);
  }
  case WFX_EXTERN_MEM: {
    wfx_size_limits l = wfx_mem_get_limits(m, (wfx_mem_id){id});
    return capi_memorytype(&l);
  }
  case WFX_EXTERN_GLOBAL: {
    wfx_global_info g;
    wfx_global_get(m, (wfx_global_id){id}, &g);
    return capi_globaltype(m, g.type, g.is_mutable);
  }
  case WFX_EXTERN_TAG: break;
  }
  wasm_externtype_t *tag = calloc(1, sizeof *tag);
  if (tag) tag->kind = WASM_EXTERN_TAG;
  return tag;
}

static wasm_importtype_t *import_type(const wfx_module *m, uint32_t i) {
  wfx_str module, field;
  wfx_extern_kind kind;
  uint32_t id;
  wasm_name_t name[2];
  if (!wfx_module_import(m, i, &module, &field, &kind, &id)) return NULL;
  wasm_name_new(&name[0], module.n, module.data);
  wasm_name_new(&name[1], field.n, field.data);
  return wasm_importtype_new(&name[0], &name[1], extern_type(m, kind, id));
}

static size_t count_imports(const wfx_module *m) {
  wfx_str module, field;
  wfx_extern_kind kind;
  uint32_t n = 0, id;
  while (wfx_module_import(m, n, &module, &field, &kind, &id)) n++;
  return n;
}

void wasm_module_imports(const wasm_module_t *module, wasm_importtype_vec_t *out) {
  const wfx_module *m = module->ref.of.module->m;
  wasm_importtype_vec_new_uninitialized(out, count_imports(m));
  for (size_t i = 0; i < out->size; i++) out->data[i] = import_type(m, (uint32_t)i);
}

void wasm_module_exports(const wasm_module_t *module, wasm_exporttype_vec_t *out) {
  const wfx_module *m = module->ref.of.module->m;
  wfx_str text;
  wfx_extern_kind kind;
  uint32_t n = 0, id;
  while (wfx_module_export(m, n, &text, &kind, &id)) n++;
  wasm_exporttype_vec_new_uninitialized(out, n);
  for (uint32_t i = 0; i < out->size; i++) {
    wasm_name_t name;
    (void)wfx_module_export(m, i, &text, &kind, &id);
    wasm_name_new(&name, text.n, text.data);
    out->data[i] = wasm_exporttype_new(&name, extern_type(m, kind, id));
  }
}

/* ---- Instances --------------------------------------------------------------------------- */

static wfx_external external(const wasm_extern_t *x) {
  wfx_external to;
  memset(&to, 0, sizeof to);
  switch (x->ref.kind) {
  case REF_GLOBAL:
    to.kind = WFX_EXTERN_GLOBAL;
    to.of.global = x->ref.of.global;
    break;
  case REF_TABLE:
    to.kind = WFX_EXTERN_TABLE;
    to.of.table = x->ref.of.table;
    break;
  case REF_MEMORY:
    to.kind = WFX_EXTERN_MEM;
    to.of.mem = x->ref.of.memory;
    break;
  case REF_TAG:
    to.kind = WFX_EXTERN_TAG;
    to.of.tag = x->ref.of.tag;
    break;
  case REF_FUNC: case REF_INSTANCE: case REF_MODULE: case REF_TRAP: case REF_FOREIGN:
  case REF_OTHER:
    to.of.func = x->ref.of.func;
    break;
  }
  return to;
}

/* The store keeps the module as long as it lives. */
static bool keep_module(wasm_store_t *s, struct shared *m) {
  struct shared **list = realloc(s->modules, (s->n_modules + 1) * sizeof *list);
  if (!list) return false;
  s->modules = list;
  list[s->n_modules++] = use(m);
  return true;
}

wasm_instance_t *wasm_instance_new(wasm_store_t *s, const wasm_module_t *module,
                                   const wasm_extern_vec_t *imports, wasm_trap_t **trap) {
  const size_t n = imports ? imports->size : 0;
  wfx_external *given = calloc(n + 1, sizeof *given);
  wasm_ref_t *r = capi_ref_new(s, REF_INSTANCE);
  if (trap) *trap = NULL;
  bool is_ok = given && r && keep_module(s, module->ref.of.module);
  for (size_t i = 0; is_ok && i < n; i++) given[i] = external(imports->data[i]);
  if (is_ok && wfx_instantiate_with(s->store, module->ref.of.module->m, given, n,
                                    &r->of.instance) != WFX_OK) {
    is_ok = false;
    wasm_trap_t *why = capi_trap(s);
    if (trap) *trap = why;
    else wasm_trap_delete(why);
  }
  free(given);
  if (is_ok) return (wasm_instance_t *)r;
  capi_ref_release(r);
  return NULL;
}

static wasm_extern_t *export_ref(wasm_store_t *s, const wfx_external *x) {
  static const enum ref_kind kinds[] = {
      [WFX_EXTERN_FUNC] = REF_FUNC,     [WFX_EXTERN_TABLE] = REF_TABLE,
      [WFX_EXTERN_MEM] = REF_MEMORY,    [WFX_EXTERN_GLOBAL] = REF_GLOBAL,
      [WFX_EXTERN_TAG] = REF_TAG};
  wasm_ref_t *r = capi_ref_new(s, kinds[x->kind]);
  if (!r) return NULL;
  switch (x->kind) {
  case WFX_EXTERN_FUNC: r->of.func = x->of.func; break;
  case WFX_EXTERN_TABLE: r->of.table = x->of.table; break;
  case WFX_EXTERN_MEM: r->of.memory = x->of.mem; break;
  case WFX_EXTERN_GLOBAL: r->of.global = x->of.global; break;
  case WFX_EXTERN_TAG: r->of.tag = x->of.tag; break;
  }
  return (wasm_extern_t *)r;
}

void wasm_instance_exports(const wasm_instance_t *instance, wasm_extern_vec_t *out) {
  const wfx_instance *inst = instance->ref.of.instance;
  wasm_extern_vec_new_uninitialized(out, wfx_instance_n_exports(inst));
  for (uint32_t i = 0; i < out->size; i++) {
    wfx_str name;
    wfx_external x;
    if (wfx_instance_export_at(inst, i, &name, &x))
      out->data[i] = export_ref(instance->ref.store, &x);
  }
}
