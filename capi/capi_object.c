/* capi_object.c: functions, globals, tables, memories of the wasm-c-api, and externals. */
#include <stdlib.h>

#include "capi/capi.h"

/* ---- Functions --------------------------------------------------------------------------- */

/* A host function: lives as long as its store. */
struct callback {
  wasm_store_t *store;
  wasm_func_callback_t plain; /* one of these is NULL */
  wasm_func_callback_with_env_t with_env;
  void *env;
  void (*finalizer)(void *env);
  size_t n_params, n_results;
  wfx_valtype *types; /* parameters, then results */
};

static void free_callback(void *ud) {
  struct callback *c = ud;
  if (c->finalizer) c->finalizer(c->env);
  free(c->types);
  free(c);
}

static wfx_status failed_with(wasm_store_t *s, wasm_trap_t *trap) {
  wasm_message_t message;
  wasm_trap_message(trap, &message);
  capi_ref_release(s->trap);
  s->trap = &trap->ref;
  wfx_status status = wfx_store_trap(s->store, message.size > 0 ? message.data : "trap");
  wasm_name_delete(&message);
  return status;
}

static wfx_status call_with(struct callback *c, const wfx_value *args, wasm_val_vec_t *vals,
                            wfx_value *results) {
  wasm_val_vec_t in = {c->n_params, vals->data}, out = {c->n_results, NULL};
  bool is_ok = true;
  if (c->n_results != 0) out.data = &vals->data[c->n_params];
  for (size_t i = 0; is_ok && i < c->n_params; i++)
    is_ok = capi_value_out(c->store, &args[i], &in.data[i]);
  for (size_t i = 0; i < c->n_results; i++)
    out.data[i].kind = capi_kind(NULL, c->types[c->n_params + i]);
  if (!is_ok) return WFX_NOMEM;
  wasm_trap_t *trap = c->plain ? c->plain(&in, &out) : c->with_env(c->env, &in, &out);
  if (trap) return failed_with(c->store, trap);
  /* Every new externref may collect those before it. */
  wfx_root *roots = calloc(c->n_results + 1, sizeof *roots);
  size_t n_roots = 0;
  is_ok = roots != NULL;
  for (size_t i = 0; is_ok && i < c->n_results; i++) {
    is_ok = capi_value_in(c->store, &out.data[i], &results[i]);
    if (is_ok && wfx_is_ref(results[i].type))
      is_ok = wfx_root_new(c->store->store, &results[i], &roots[n_roots++]) == WFX_OK;
  }
  for (size_t i = 0; i < n_roots; i++) wfx_root_free(c->store->store, roots[i]);
  free(roots);
  return is_ok ? WFX_OK : WFX_NOMEM;
}

static wfx_status call_back(void *ud, wfx_store *s, wfx_instance *caller, const wfx_value *args,
                            wfx_value *results) {
  struct callback *c = ud;
  wasm_val_vec_t vals;
  (void)s;
  (void)caller;
  wasm_val_vec_new_uninitialized(&vals, c->n_params + c->n_results);
  if (vals.size != c->n_params + c->n_results) return WFX_NOMEM;
  wfx_status status = call_with(c, args, &vals, results);
  wasm_val_vec_delete(&vals);
  return status;
}

static struct callback *new_callback(wasm_store_t *s, const wasm_functype_t *type) {
  const wasm_valtype_vec_t *p = wasm_functype_params(type), *r = wasm_functype_results(type);
  struct callback *c = calloc(1, sizeof *c);
  if (!c) return NULL;
  c->store = s;
  c->n_params = p->size;
  c->n_results = r->size;
  c->types = calloc(p->size + r->size + 1, sizeof *c->types);
  if (!c->types) {
    free(c);
    return NULL;
  }
  for (size_t i = 0; i < p->size; i++) c->types[i] = capi_valtype(p->data[i]->kind);
  for (size_t i = 0; i < r->size; i++) c->types[p->size + i] = capi_valtype(r->data[i]->kind);
  return c;
}

/* Takes the callback over. */
static wasm_func_t *func_of(struct callback *c) {
  if (!c) return NULL;
  wasm_ref_t *r = capi_ref_new(c->store, REF_FUNC);
  const wfx_valtype *results = c->types + c->n_params;
  if (r && wfx_func_new(c->store->store, c->types, c->n_params, results, c->n_results, call_back,
                        c, free_callback, &r->of.func) == WFX_OK)
    return (wasm_func_t *)r;
  free_callback(c);
  capi_ref_release(r);
  return NULL;
}

wasm_func_t *wasm_func_new(wasm_store_t *s, const wasm_functype_t *type,
                           wasm_func_callback_t callback) {
  struct callback *c = new_callback(s, type);
  if (c) c->plain = callback;
  return func_of(c);
}

wasm_func_t *wasm_func_new_with_env(wasm_store_t *s, const wasm_functype_t *type,
                                    wasm_func_callback_with_env_t callback, void *env,
                                    void (*finalizer)(void *)) {
  struct callback *c = new_callback(s, type);
  if (c) {
    c->with_env = callback;
    c->env = env;
    c->finalizer = finalizer;
  }
  return func_of(c);
}

static void arities(const wasm_func_t *f, size_t *n_params, size_t *n_results) {
  *n_params = *n_results = 0;
  (void)wfx_ref_func_type(f->ref.store->store, &f->ref.of.func, NULL, n_params, NULL, n_results);
}

wasm_functype_t *wasm_func_type(const wasm_func_t *f) {
  size_t n_params, n_results;
  arities(f, &n_params, &n_results);
  wfx_valtype *types = calloc(n_params + n_results + 1, sizeof *types);
  if (!types) return NULL;
  (void)wfx_ref_func_type(f->ref.store->store, &f->ref.of.func, types, &n_params,
                          types + n_params, &n_results);
  wasm_externtype_t *t = capi_functype(NULL, types, n_params, types + n_params, n_results);
  free(types);
  return (wasm_functype_t *)t;
}

size_t wasm_func_param_arity(const wasm_func_t *f) {
  size_t n_params, n_results;
  arities(f, &n_params, &n_results);
  return n_params;
}

size_t wasm_func_result_arity(const wasm_func_t *f) {
  size_t n_params, n_results;
  arities(f, &n_params, &n_results);
  return n_results;
}

/* Arguments, each kept alive while the next are made: how many roots. False: out of memory. */
static bool take_args(wasm_store_t *s, const wasm_val_vec_t *args, wfx_value *values,
                      wfx_root *roots, size_t *n_roots) {
  for (size_t i = 0; args && i < args->size; i++) {
    if (!capi_value_in(s, &args->data[i], &values[i])) return false;
    if (!wfx_is_ref(values[i].type) || wfx_ref_heap(s->store, &values[i]) == WFX_HEAP_BOT)
      continue;
    if (wfx_root_new(s->store, &values[i], &roots[*n_roots]) != WFX_OK) return false;
    ++*n_roots;
  }
  return true;
}

static bool give_results(wasm_store_t *s, const wfx_value *values, wasm_val_vec_t *results) {
  for (size_t i = 0; results && i < results->size; i++)
    if (!capi_value_out(s, &values[i], &results->data[i])) return false;
  return true;
}

wasm_trap_t *wasm_func_call(const wasm_func_t *f, const wasm_val_vec_t *args,
                            wasm_val_vec_t *results) {
  wasm_store_t *s = f->ref.store;
  const size_t n_args = args ? args->size : 0, n_results = results ? results->size : 0;
  wfx_value *values = calloc(n_args + n_results + 1, sizeof *values);
  wfx_root *roots = calloc(n_args + 1, sizeof *roots);
  size_t n_roots = 0;
  bool is_ok = values && roots && take_args(s, args, values, roots, &n_roots);
  if (is_ok)
    is_ok = wfx_call_ref(s->store, &f->ref.of.func, values, n_args, values + n_args,
                         n_results) == WFX_OK &&
            give_results(s, values + n_args, results);
  wasm_trap_t *trap = is_ok ? NULL : capi_trap(s);
  for (size_t i = 0; i < n_roots; i++) wfx_root_free(s->store, roots[i]);
  free(roots);
  free(values);
  return trap;
}

/* ---- Globals ----------------------------------------------------------------------------- */

wasm_global_t *wasm_global_new(wasm_store_t *s, const wasm_globaltype_t *type,
                               const wasm_val_t *v) {
  wasm_ref_t *r = capi_ref_new(s, REF_GLOBAL);
  wfx_value value;
  const bool is_mutable = wasm_globaltype_mutability(type) == WASM_VAR;
  if (r && capi_value_in(s, v, &value) &&
      wfx_global_new(s->store, capi_valtype(wasm_globaltype_content(type)->kind), is_mutable,
                     &value, &r->of.global) == WFX_OK)
    return (wasm_global_t *)r;
  capi_ref_release(r);
  return NULL;
}

wasm_globaltype_t *wasm_global_type(const wasm_global_t *g) {
  bool is_mutable;
  wfx_valtype t = wfx_global_type(g->ref.store->store, g->ref.of.global, &is_mutable);
  return (wasm_globaltype_t *)capi_globaltype(NULL, t, is_mutable);
}

void wasm_global_get(const wasm_global_t *g, wasm_val_t *out) {
  wfx_value v;
  wfx_global_read(g->ref.store->store, g->ref.of.global, &v);
  (void)capi_value_out(g->ref.store, &v, out);
}

void wasm_global_set(wasm_global_t *g, const wasm_val_t *v) {
  wfx_value value;
  if (capi_value_in(g->ref.store, v, &value))
    (void)wfx_global_write(g->ref.store->store, g->ref.of.global, &value);
}

/* ---- Tables ------------------------------------------------------------------------------ */

wasm_table_t *wasm_table_new(wasm_store_t *s, const wasm_tabletype_t *type, wasm_ref_t *init) {
  wasm_ref_t *r = capi_ref_new(s, REF_TABLE);
  wfx_value value;
  wfx_valtype t = capi_valtype(wasm_tabletype_element(type)->kind);
  wfx_size_limits limits = capi_size_limits(wasm_tabletype_limits(type));
  if (r && capi_ref_in(s, init, t, &value) &&
      wfx_table_new(s->store, t, &limits, &value, &r->of.table) == WFX_OK)
    return (wasm_table_t *)r;
  capi_ref_release(r);
  return NULL;
}

wasm_tabletype_t *wasm_table_type(const wasm_table_t *t) {
  wfx_size_limits limits;
  wfx_valtype type = wfx_table_type(t->ref.store->store, t->ref.of.table, &limits);
  return (wasm_tabletype_t *)capi_tabletype(NULL, type, &limits);
}

wasm_ref_t *wasm_table_get(const wasm_table_t *t, wasm_table_size_t index) {
  wfx_value v;
  bool is_ok;
  if (wfx_table_read(t->ref.store->store, t->ref.of.table, index, &v) != WFX_OK) return NULL;
  return capi_ref_out(t->ref.store, &v, &is_ok);
}

/* Null is of the type of the elements. */
static bool element_in(wasm_table_t *t, wasm_ref_t *r, wfx_value *out) {
  wfx_size_limits limits;
  wfx_valtype type = wfx_table_type(t->ref.store->store, t->ref.of.table, &limits);
  return capi_ref_in(t->ref.store, r, type, out);
}

bool wasm_table_set(wasm_table_t *t, wasm_table_size_t index, wasm_ref_t *r) {
  wfx_value v;
  return element_in(t, r, &v) &&
         wfx_table_write(t->ref.store->store, t->ref.of.table, index, &v) == WFX_OK;
}

wasm_table_size_t wasm_table_size(const wasm_table_t *t) {
  wfx_size_limits limits;
  (void)wfx_table_type(t->ref.store->store, t->ref.of.table, &limits);
  return capi_limits(&limits).min;
}

bool wasm_table_grow(wasm_table_t *t, wasm_table_size_t delta, wasm_ref_t *init) {
  wfx_value v;
  return element_in(t, init, &v) &&
         wfx_table_grow(t->ref.store->store, t->ref.of.table, delta, &v) == WFX_OK;
}

/* ---- Memories ---------------------------------------------------------------------------- */

wasm_memory_t *wasm_memory_new(wasm_store_t *s, const wasm_memorytype_t *type) {
  wasm_ref_t *r = capi_ref_new(s, REF_MEMORY);
  wfx_size_limits limits = capi_size_limits(wasm_memorytype_limits(type));
  if (r && wfx_mem_new(s->store, &limits, &r->of.memory) == WFX_OK) return (wasm_memory_t *)r;
  capi_ref_release(r);
  return NULL;
}

wasm_memorytype_t *wasm_memory_type(const wasm_memory_t *m) {
  wfx_size_limits limits;
  wfx_mem_limits(m->ref.of.memory, &limits);
  return (wasm_memorytype_t *)capi_memorytype(&limits);
}

byte_t *wasm_memory_data(wasm_memory_t *m) {
  return (byte_t *)wfx_mem_data(m->ref.of.memory, NULL);
}

size_t wasm_memory_data_size(const wasm_memory_t *m) {
  size_t n;
  (void)wfx_mem_data(m->ref.of.memory, &n);
  return n;
}

wasm_memory_pages_t wasm_memory_size(const wasm_memory_t *m) {
  wfx_size_limits limits;
  wfx_mem_limits(m->ref.of.memory, &limits);
  return capi_limits(&limits).min;
}

bool wasm_memory_grow(wasm_memory_t *m, wasm_memory_pages_t delta) {
  return wfx_mem_grow(m->ref.store->store, m->ref.of.memory, delta) == WFX_OK;
}

/* ---- Externals --------------------------------------------------------------------------- */

wasm_externkind_t wasm_extern_kind(const wasm_extern_t *x) {
  switch (x->ref.kind) {
  case REF_FUNC: return WASM_EXTERN_FUNC;
  case REF_GLOBAL: return WASM_EXTERN_GLOBAL;
  case REF_TABLE: return WASM_EXTERN_TABLE;
  case REF_MEMORY: return WASM_EXTERN_MEMORY;
  case REF_TAG: case REF_INSTANCE: case REF_MODULE: case REF_TRAP: case REF_FOREIGN:
  case REF_OTHER:
    break;
  }
  return WASM_EXTERN_TAG;
}

wasm_externtype_t *wasm_extern_type(const wasm_extern_t *x) {
  switch (wasm_extern_kind(x)) {
  case WASM_EXTERN_FUNC: return (wasm_externtype_t *)wasm_func_type((const wasm_func_t *)x);
  case WASM_EXTERN_GLOBAL:
    return (wasm_externtype_t *)wasm_global_type((const wasm_global_t *)x);
  case WASM_EXTERN_TABLE: return (wasm_externtype_t *)wasm_table_type((const wasm_table_t *)x);
  case WASM_EXTERN_MEMORY:
    return (wasm_externtype_t *)wasm_memory_type((const wasm_memory_t *)x);
  }
  return NULL;
}

#define DEFINE_EXTERN(name, kind_)                                                          \
  wasm_extern_t *wasm_##name##_as_extern(wasm_##name##_t *r) { return (wasm_extern_t *)r; } \
  const wasm_extern_t *wasm_##name##_as_extern_const(const wasm_##name##_t *r) {            \
    return (const wasm_extern_t *)r;                                                        \
  }                                                                                         \
  wasm_##name##_t *wasm_extern_as_##name(wasm_extern_t *x) {                                \
    return x && x->ref.kind == (kind_) ? (wasm_##name##_t *)x : NULL;                       \
  }                                                                                         \
  const wasm_##name##_t *wasm_extern_as_##name##_const(const wasm_extern_t *x) {            \
    return x && x->ref.kind == (kind_) ? (const wasm_##name##_t *)x : NULL;                 \
  }
DEFINE_EXTERN(func, REF_FUNC)
DEFINE_EXTERN(global, REF_GLOBAL)
DEFINE_EXTERN(table, REF_TABLE)
DEFINE_EXTERN(memory, REF_MEMORY)
