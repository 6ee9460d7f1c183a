/* capi_type.c: vectors and types of the wasm-c-api. */
#include <stdlib.h>

#include "capi/capi.h"

/* ---- Vectors ----------------------------------------------------------------------------- */

/* How elements are copied and deleted: of vectors of pointers, and of plain ones. */
#define COPY_PTR(name, to, from) (*(to) = *(from) ? wasm_##name##_copy(*(from)) : NULL)
#define DELETE_PTR(name, at) (*(at) ? wasm_##name##_delete(*(at)) : (void)0)
#define COPY_byte(to, from) (*(to) = *(from))
#define DELETE_byte(at) ((void)(at))
#define COPY_val(to, from) wasm_val_copy(to, from)
#define DELETE_val(at) wasm_val_delete(at)

#define DEFINE_VEC(name, ptr, COPY, DELETE)                                                  \
  void wasm_##name##_vec_new_empty(wasm_##name##_vec_t *out) {                               \
    out->size = 0;                                                                           \
    out->data = NULL;                                                                        \
  }                                                                                          \
  void wasm_##name##_vec_new_uninitialized(wasm_##name##_vec_t *out, size_t size) {          \
    out->data = size == 0 ? NULL : calloc(size, sizeof *out->data);                          \
    out->size = out->data ? size : 0;                                                        \
  }                                                                                          \
  void wasm_##name##_vec_new(wasm_##name##_vec_t *out, size_t size,                          \
                             wasm_##name##_t ptr const data[]) {                             \
    wasm_##name##_vec_new_uninitialized(out, size);                                          \
    if (out->size != 0) memcpy(out->data, data, size * sizeof *data);                        \
  }                                                                                          \
  void wasm_##name##_vec_copy(wasm_##name##_vec_t *out, const wasm_##name##_vec_t *from) {   \
    wasm_##name##_vec_new_uninitialized(out, from->size);                                    \
    for (size_t i = 0; i < out->size; i++) COPY(&out->data[i], &from->data[i]);              \
  }                                                                                          \
  void wasm_##name##_vec_delete(wasm_##name##_vec_t *v) {                                    \
    for (size_t i = 0; i < v->size; i++) DELETE(&v->data[i]);                                \
    free(v->data);                                                                           \
    v->size = 0;                                                                             \
    v->data = NULL;                                                                          \
  }
#define DEFINE_PTR_VEC(name)                                                        \
  static void copy_##name(wasm_##name##_t **to, wasm_##name##_t *const *from) {     \
    COPY_PTR(name, to, from);                                                       \
  }                                                                                 \
  static void delete_##name(wasm_##name##_t **at) { DELETE_PTR(name, at); }         \
  DEFINE_VEC(name, *, copy_##name, delete_##name)

DEFINE_VEC(byte, , COPY_byte, DELETE_byte)
DEFINE_VEC(val, , COPY_val, DELETE_val)
DEFINE_PTR_VEC(valtype)
DEFINE_PTR_VEC(functype)
DEFINE_PTR_VEC(globaltype)
DEFINE_PTR_VEC(tabletype)
DEFINE_PTR_VEC(memorytype)
DEFINE_PTR_VEC(externtype)
DEFINE_PTR_VEC(importtype)
DEFINE_PTR_VEC(exporttype)
DEFINE_PTR_VEC(frame)
DEFINE_PTR_VEC(extern)

/* ---- Value types ------------------------------------------------------------------------- */

wasm_valtype_t *wasm_valtype_new(wasm_valkind_t kind) {
  wasm_valtype_t *t = malloc(sizeof *t);
  if (t) t->kind = kind;
  return t;
}
void wasm_valtype_delete(wasm_valtype_t *t) { free(t); }
wasm_valtype_t *wasm_valtype_copy(const wasm_valtype_t *t) { return wasm_valtype_new(t->kind); }
wasm_valkind_t wasm_valtype_kind(const wasm_valtype_t *t) { return t->kind; }

wasm_valkind_t capi_kind(const wfx_module *m, wfx_valtype t) {
  switch (wfx_valtype_strip(t)) {
  case WFX_I32: return WASM_I32;
  case WFX_I64: return WASM_I64;
  case WFX_F32: return WASM_F32;
  case WFX_F64: return WASM_F64;
  }
  if (!wfx_is_ref(t)) return WASM_ANYREF;
  const wfx_heaptype heap = wfx_heap_of(t);
  bool is_func = heap == WFX_HEAP_FUNC || heap == WFX_HEAP_NOFUNC ||
                 (m && wfx_heap_is_type(heap) &&
                  wfx_type_get_kind(m, wfx_heap_type(heap)) == WFX_TYPE_FUNC);
  return is_func ? WASM_FUNCREF : WASM_ANYREF;
}

wfx_valtype capi_valtype(wasm_valkind_t kind) {
  switch (kind) {
  case WASM_I32: return WFX_I32;
  case WASM_I64: return WFX_I64;
  case WASM_F32: return WFX_F32;
  case WASM_F64: return WFX_F64;
  case WASM_FUNCREF: return WFX_FUNCREF;
  }
  return WFX_EXTERNREF;
}

wasm_limits_t capi_limits(const wfx_size_limits *l) {
  wasm_limits_t to = {UINT32_MAX, wasm_limits_max_default};
  if (l->min < UINT32_MAX) to.min = (uint32_t)l->min;
  if (l->has_max && l->max < UINT32_MAX) to.max = (uint32_t)l->max;
  return to;
}

wfx_size_limits capi_size_limits(const wasm_limits_t *l) {
  wfx_size_limits to;
  memset(&to, 0, sizeof to);
  to.min = l->min;
  to.has_max = l->max != wasm_limits_max_default;
  to.max = to.has_max ? l->max : 0;
  return to;
}

/* ---- Types of externals -------------------------------------------------------------------- */

static wasm_externtype_t *externtype_new(wasm_externkind_t kind) {
  wasm_externtype_t *t = calloc(1, sizeof *t);
  if (t) t->kind = kind;
  return t;
}

void wasm_externtype_delete(wasm_externtype_t *t) {
  if (!t) return;
  wasm_valtype_delete(t->value);
  wasm_valtype_vec_delete(&t->params);
  wasm_valtype_vec_delete(&t->results);
  free(t);
}

wasm_externtype_t *wasm_externtype_copy(const wasm_externtype_t *t) {
  wasm_externtype_t *to = externtype_new(t->kind);
  if (!to) return NULL;
  to->mutability = t->mutability;
  to->limits = t->limits;
  to->value = t->value ? wasm_valtype_copy(t->value) : NULL;
  wasm_valtype_vec_copy(&to->params, &t->params);
  wasm_valtype_vec_copy(&to->results, &t->results);
  return to;
}

wasm_externkind_t wasm_externtype_kind(const wasm_externtype_t *t) { return t->kind; }

#define DEFINE_EXTERNTYPE(name, kind_)                                                         \
  void wasm_##name##_delete(wasm_##name##_t *t) { wasm_externtype_delete(t ? &t->type : NULL); } \
  wasm_##name##_t *wasm_##name##_copy(const wasm_##name##_t *t) {                              \
    return (wasm_##name##_t *)wasm_externtype_copy(&t->type);                                  \
  }                                                                                            \
  wasm_externtype_t *wasm_##name##_as_externtype(wasm_##name##_t *t) { return &t->type; }      \
  const wasm_externtype_t *wasm_##name##_as_externtype_const(const wasm_##name##_t *t) {       \
    return &t->type;                                                                           \
  }                                                                                            \
  wasm_##name##_t *wasm_externtype_as_##name(wasm_externtype_t *t) {                           \
    return t->kind == (kind_) ? (wasm_##name##_t *)t : NULL;                                   \
  }                                                                                            \
  const wasm_##name##_t *wasm_externtype_as_##name##_const(const wasm_externtype_t *t) {       \
    return t->kind == (kind_) ? (const wasm_##name##_t *)t : NULL;                             \
  }
DEFINE_EXTERNTYPE(functype, WASM_EXTERN_FUNC)
DEFINE_EXTERNTYPE(globaltype, WASM_EXTERN_GLOBAL)
DEFINE_EXTERNTYPE(tabletype, WASM_EXTERN_TABLE)
DEFINE_EXTERNTYPE(memorytype, WASM_EXTERN_MEMORY)

wasm_functype_t *wasm_functype_new(wasm_valtype_vec_t *params, wasm_valtype_vec_t *results) {
  wasm_externtype_t *t = externtype_new(WASM_EXTERN_FUNC);
  if (!t) {
    wasm_valtype_vec_delete(params);
    wasm_valtype_vec_delete(results);
    return NULL;
  }
  t->params = *params;
  t->results = *results;
  return (wasm_functype_t *)t;
}
const wasm_valtype_vec_t *wasm_functype_params(const wasm_functype_t *t) { return &t->type.params; }
const wasm_valtype_vec_t *wasm_functype_results(const wasm_functype_t *t) {
  return &t->type.results;
}

static wasm_externtype_t *valued_new(wasm_externkind_t kind, wasm_valtype_t *value) {
  wasm_externtype_t *t = value ? externtype_new(kind) : NULL;
  if (t) t->value = value;
  else wasm_valtype_delete(value);
  return t;
}

wasm_globaltype_t *wasm_globaltype_new(wasm_valtype_t *value, wasm_mutability_t mutability) {
  wasm_externtype_t *t = valued_new(WASM_EXTERN_GLOBAL, value);
  if (t) t->mutability = mutability;
  return (wasm_globaltype_t *)t;
}
const wasm_valtype_t *wasm_globaltype_content(const wasm_globaltype_t *t) { return t->type.value; }
wasm_mutability_t wasm_globaltype_mutability(const wasm_globaltype_t *t) {
  return t->type.mutability;
}

wasm_tabletype_t *wasm_tabletype_new(wasm_valtype_t *element, const wasm_limits_t *limits) {
  wasm_externtype_t *t = valued_new(WASM_EXTERN_TABLE, element);
  if (t) t->limits = *limits;
  return (wasm_tabletype_t *)t;
}
const wasm_valtype_t *wasm_tabletype_element(const wasm_tabletype_t *t) { return t->type.value; }
const wasm_limits_t *wasm_tabletype_limits(const wasm_tabletype_t *t) { return &t->type.limits; }

wasm_memorytype_t *wasm_memorytype_new(const wasm_limits_t *limits) {
  wasm_externtype_t *t = externtype_new(WASM_EXTERN_MEMORY);
  if (t) t->limits = *limits;
  return (wasm_memorytype_t *)t;
}
const wasm_limits_t *wasm_memorytype_limits(const wasm_memorytype_t *t) { return &t->type.limits; }

/* ---- From the engine's ------------------------------------------------------------------- */

static void valtypes(const wfx_module *m, const wfx_valtype *types, size_t n,
                     wasm_valtype_vec_t *out) {
  wasm_valtype_vec_new_uninitialized(out, n);
  for (size_t i = 0; i < out->size; i++) out->data[i] = wasm_valtype_new(capi_kind(m, types[i]));
}

wasm_externtype_t *capi_functype(const wfx_module *m, const wfx_valtype *params, size_t n_params,
                                 const wfx_valtype *results, size_t n_results) {
  wasm_valtype_vec_t p, r;
  valtypes(m, params, n_params, &p);
  valtypes(m, results, n_results, &r);
  return (wasm_externtype_t *)wasm_functype_new(&p, &r);
}

wasm_externtype_t *capi_globaltype(const wfx_module *m, wfx_valtype t, bool is_mutable) {
  wasm_mutability_t mutability = is_mutable ? WASM_VAR : WASM_CONST;
  return (wasm_externtype_t *)wasm_globaltype_new(wasm_valtype_new(capi_kind(m, t)), mutability);
}

wasm_externtype_t *capi_tabletype(const wfx_module *m, wfx_valtype t, const wfx_size_limits *l) {
  wasm_limits_t limits = capi_limits(l);
  return (wasm_externtype_t *)wasm_tabletype_new(wasm_valtype_new(capi_kind(m, t)), &limits);
}

wasm_externtype_t *capi_memorytype(const wfx_size_limits *l) {
  wasm_limits_t limits = capi_limits(l);
  return (wasm_externtype_t *)wasm_memorytype_new(&limits);
}

/* ---- Imports and exports ----------------------------------------------------------------- */

struct wasm_importtype_t {
  wasm_name_t module, name;
  wasm_externtype_t *type;
};

wasm_importtype_t *wasm_importtype_new(wasm_name_t *module, wasm_name_t *name,
                                       wasm_externtype_t *type) {
  wasm_importtype_t *t = type ? malloc(sizeof *t) : NULL;
  if (!t) {
    wasm_name_delete(module);
    wasm_name_delete(name);
    wasm_externtype_delete(type);
    return NULL;
  }
  t->module = *module;
  t->name = *name;
  t->type = type;
  return t;
}
void wasm_importtype_delete(wasm_importtype_t *t) {
  if (!t) return;
  wasm_name_delete(&t->module);
  wasm_name_delete(&t->name);
  wasm_externtype_delete(t->type);
  free(t);
}
wasm_importtype_t *wasm_importtype_copy(const wasm_importtype_t *t) {
  wasm_name_t module, name;
  wasm_name_copy(&module, &t->module);
  wasm_name_copy(&name, &t->name);
  return wasm_importtype_new(&module, &name, wasm_externtype_copy(t->type));
}
const wasm_name_t *wasm_importtype_module(const wasm_importtype_t *t) { return &t->module; }
const wasm_name_t *wasm_importtype_name(const wasm_importtype_t *t) { return &t->name; }
const wasm_externtype_t *wasm_importtype_type(const wasm_importtype_t *t) { return t->type; }

struct wasm_exporttype_t {
  wasm_name_t name;
  wasm_externtype_t *type;
};

wasm_exporttype_t *wasm_exporttype_new(wasm_name_t *name, wasm_externtype_t *type) {
  wasm_exporttype_t *t = type ? malloc(sizeof *t) : NULL;
  if (!t) {
    wasm_name_delete(name);
    wasm_externtype_delete(type);
    return NULL;
  }
  t->name = *name;
  t->type = type;
  return t;
}
void wasm_exporttype_delete(wasm_exporttype_t *t) {
  if (!t) return;
  wasm_name_delete(&t->name);
  wasm_externtype_delete(t->type);
  free(t);
}
wasm_exporttype_t *wasm_exporttype_copy(const wasm_exporttype_t *t) {
  wasm_name_t name;
  wasm_name_copy(&name, &t->name);
  return wasm_exporttype_new(&name, wasm_externtype_copy(t->type));
}
const wasm_name_t *wasm_exporttype_name(const wasm_exporttype_t *t) { return &t->name; }
const wasm_externtype_t *wasm_exporttype_type(const wasm_exporttype_t *t) { return t->type; }
