/* object.h: what a store holds, in the hands of the host: memories, tables, globals, tags,
 * functions, structs, arrays, exceptions. Spec: Appendix, Embedding.
 *
 * Handles are good as long as their store and belong to it. Types that the host makes objects of
 * are numbers and abstract references; types read from objects have the abstract heap type above
 * a declared one. References in values follow the rule of wfx_value: good until the next call
 * into the store unless they are an argument of that call, or kept by a root. */
#ifndef WASMFX_OBJECT_H
#define WASMFX_OBJECT_H

#include "engine.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct wfx_mem wfx_mem;
typedef struct wfx_table wfx_table;
typedef struct wfx_global wfx_global;

/* ---- Imports and exports ----------------------------------------------------------------- */

/* Something that can be imported or exported. */
typedef struct wfx_external {
  wfx_extern_kind kind;
  union {
    wfx_value func; /* a reference of type func */
    wfx_table *table;
    wfx_mem *mem;
    wfx_global *global;
    wfx_tag *tag;
  } of;
} wfx_external;

WFX_API uint32_t wfx_instance_n_exports(const wfx_instance *inst);
/* Export i in the order of the module, its name borrowed from it. False past the last. */
WFX_API bool wfx_instance_export_at(const wfx_instance *inst, uint32_t i, wfx_str *name,
                                    wfx_external *out);
/* The export of a name, which may hold any bytes. False when there is none. */
WFX_API bool wfx_instance_export(const wfx_instance *inst, wfx_str name, wfx_external *out);

/* Give modules instantiated later something to import, before what instances export under the
 * same names; a later definition replaces it. */
WFX_API wfx_status wfx_store_define(wfx_store *s, const char *module, const char *field,
                                    const wfx_external *external);
/* wfx_instantiate with imports given one by one, in the order of the module; names do not count.
 * Errors  those of wfx_instantiate; WFX_UNLINKABLE when their number is wrong */
WFX_API wfx_status wfx_instantiate_with(wfx_store *s, wfx_module *m,
                                        const wfx_external *imports, size_t n_imports,
                                        wfx_instance **out);

/* ---- Memories ---------------------------------------------------------------------------- */

/* Errors  WFX_MISUSE limits that no module could declare; WFX_EXHAUSTION, WFX_NOMEM */
WFX_API wfx_status wfx_mem_new(wfx_store *s, const wfx_size_limits *limits, wfx_mem **out);
/* min is the size that it has now. */
WFX_API void wfx_mem_limits(const wfx_mem *m, wfx_size_limits *out);
/* All bytes: borrowed until the next call into the store. NULL for an empty memory. */
WFX_API uint8_t *wfx_mem_data(wfx_mem *m, size_t *n_bytes);
/* Copy n bytes from or to the memory. False, and nothing done, when they do not lie in it. */
WFX_API bool wfx_mem_read(const wfx_mem *m, uint64_t at, void *to, size_t n);
WFX_API bool wfx_mem_write(wfx_mem *m, uint64_t at, const void *from, size_t n);
/* WFX_EXHAUSTION beyond its limit or that of the store. */
WFX_API wfx_status wfx_mem_grow(wfx_store *s, wfx_mem *m, uint64_t n_pages);

/* ---- Tables ------------------------------------------------------------------------------ */

/* init NULL: null. */
WFX_API wfx_status wfx_table_new(wfx_store *s, wfx_valtype type, const wfx_size_limits *limits,
                                 const wfx_value *init, wfx_table **out);
/* The type of its elements, and its limits: min is the size that it has now. */
WFX_API wfx_valtype wfx_table_type(const wfx_store *s, const wfx_table *t,
                                   wfx_size_limits *limits);
/* Errors  WFX_TRAP "out of bounds table access"; WFX_MISUSE a value of another type */
WFX_API wfx_status wfx_table_read(wfx_store *s, const wfx_table *t, uint64_t i, wfx_value *out);
WFX_API wfx_status wfx_table_write(wfx_store *s, wfx_table *t, uint64_t i, const wfx_value *v);
WFX_API wfx_status wfx_table_grow(wfx_store *s, wfx_table *t, uint64_t n, const wfx_value *v);

/* ---- Globals ----------------------------------------------------------------------------- */

/* A global of the host's own, with its first value; its type and value; a new value.
 * Errors  WFX_MISUSE a value of another type, a declared type; WFX_NOMEM */
WFX_API wfx_status wfx_global_new(wfx_store *s, wfx_valtype type, bool is_mutable,
                                  const wfx_value *value, wfx_global **out);
WFX_API wfx_valtype wfx_global_type(const wfx_store *s, const wfx_global *g, bool *is_mutable);
WFX_API void wfx_global_read(const wfx_store *s, const wfx_global *g, wfx_value *out);
/* WFX_MISUSE: immutable, or a value of another type. */
WFX_API wfx_status wfx_global_write(wfx_store *s, wfx_global *g, const wfx_value *value);

/* ---- Tags -------------------------------------------------------------------------------- */

/* A tag of the host's own: for exceptions (without results) and for suspensions. */
WFX_API wfx_status wfx_tag_new(wfx_store *s, const wfx_valtype *params, size_t n_params,
                               const wfx_valtype *results, size_t n_results, wfx_tag **out);
/* Copied out: counts always, types up to the room given. */
WFX_API void wfx_tag_type(const wfx_store *s, const wfx_tag *tag, wfx_valtype *params,
                          size_t *n_params, wfx_valtype *results, size_t *n_results);

/* ---- Functions --------------------------------------------------------------------------- */

/* A function of the host as a reference. finalize(ud), when not NULL, is called once the store
 * is freed. Cost: it lives as long as the store. */
WFX_API wfx_status wfx_func_new(wfx_store *s, const wfx_valtype *params, size_t n_params,
                                const wfx_valtype *results, size_t n_results, wfx_host_fn fn,
                                void *ud, void (*finalize)(void *ud), wfx_value *out);

/* Typed calls: the type is compared once, then values are bare slots of 8 bytes: i32 and f32 in
 * the low half, the rest zero; v128 two of them. Numbers only. */
typedef wfx_status (*wfx_typed_fn)(void *ud, wfx_store *s, wfx_instance *caller,
                                   uint64_t *slots);
/* A host function that finds its parameters in slots and leaves its results there. */
WFX_API wfx_status wfx_func_new_typed(wfx_store *s, const wfx_valtype *params, size_t n_params,
                                      const wfx_valtype *results, size_t n_results,
                                      wfx_typed_fn fn, void *ud, wfx_value *out);
/* A function whose type has been compared. */
typedef struct wfx_typed_func {
  wfx_store *store;
  void *func;
  uint32_t n_slots; /* that a call needs: of parameters or results, whichever are more */
} wfx_typed_func;
/* WFX_MISUSE when func is of another type, or a type is not a number. */
WFX_API wfx_status wfx_func_typed(wfx_store *s, const wfx_value *func,
                                  const wfx_valtype *params, size_t n_params,
                                  const wfx_valtype *results, size_t n_results,
                                  wfx_typed_func *out);
/* slots holds the arguments and then the results. Errors are those of wfx_call. */
WFX_API wfx_status wfx_call_typed(const wfx_typed_func *f, uint64_t *slots);

/* ---- Structs and arrays ------------------------------------------------------------------ */

/* New objects of a struct or array type that inst's module declares: fields in order, or NULL
 * for their defaults; n elements, all *item, or NULL for the default.
 * Errors  WFX_MISUSE another kind of type, wrong number or types of values, no default;
 *         WFX_EXHAUSTION, WFX_NOMEM */
WFX_API wfx_status wfx_struct_new(wfx_instance *inst, wfx_type_id type, const wfx_value *fields,
                                  size_t n_fields, wfx_value *out);
WFX_API wfx_status wfx_array_new(wfx_instance *inst, wfx_type_id type, const wfx_value *item,
                                 uint32_t n, wfx_value *out);
/* Packed fields and elements are i32, zero-extended when read.
 * Errors  WFX_TRAP null, element out of bounds; WFX_MISUSE not a struct or array, no such field,
 *         immutable, a value of another type */
WFX_API wfx_status wfx_struct_get(wfx_store *s, const wfx_value *ref, uint32_t field,
                                  wfx_value *out);
WFX_API wfx_status wfx_struct_set(wfx_store *s, const wfx_value *ref, uint32_t field,
                                  const wfx_value *v);
WFX_API wfx_status wfx_array_get(wfx_store *s, const wfx_value *ref, uint32_t i, wfx_value *out);
WFX_API wfx_status wfx_array_set(wfx_store *s, const wfx_value *ref, uint32_t i,
                                 const wfx_value *v);
/* Number of elements; 0 for null and for what is no array. */
WFX_API uint32_t wfx_array_len(const wfx_store *s, const wfx_value *ref);
/* The elements of an array of numbers, as in memory: borrowed as the reference is. NULL for
 * arrays of references, for null and for what is no array. */
WFX_API void *wfx_array_data(const wfx_store *s, const wfx_value *ref, size_t *n_bytes);

/* Whether a reference is of a reference type of inst's module, declared ones included. */
WFX_API bool wfx_ref_is(const wfx_instance *inst, const wfx_value *ref, wfx_valtype type);
/* Whether two references are the same, as ref.eq says. */
static inline bool wfx_ref_eq(const wfx_value *a, const wfx_value *b) {
  return a->of.ref[0] == b->of.ref[0] && a->of.ref[1] == b->of.ref[1];
}
static inline wfx_value wfx_null(wfx_valtype type) {
  wfx_value v;
  v.type = type;
  v.of.ref[0] = v.of.ref[1] = 0;
  return v;
}
/* The low 31 bits of x. */
static inline wfx_value wfx_i31(int32_t x) {
  wfx_value v;
  v.type = WFX_I31REF;
  v.of.ref[0] = (uint32_t)x << 1 | 1u;
  v.of.ref[1] = 0;
  return v;
}

/* ---- Exceptions -------------------------------------------------------------------------- */

/* An exception with its payload. WFX_MISUSE: wrong number or types of values, or a tag with
 * results. */
WFX_API wfx_status wfx_exn_new(wfx_store *s, const wfx_tag *tag, const wfx_value *payload,
                               size_t n, wfx_value *out);
/* The tag and payload of an exception: count always, values up to the room given. NULL for null
 * and for what is none. */
WFX_API const wfx_tag *wfx_exn_get(const wfx_store *s, const wfx_value *exn, wfx_value *payload,
                                   size_t *n);
/* The exception that the last failed call (WFX_EXCEPTION) ended with; kept by the store until
 * the next call that runs code. False when it ended otherwise. */
WFX_API bool wfx_store_exception(const wfx_store *s, wfx_value *out);
/* Throw from a host function: return what this returns, WFX_EXCEPTION, or WFX_MISUSE for what is
 * no exception. */
WFX_API wfx_status wfx_store_throw(wfx_store *s, const wfx_value *exn);

#ifdef __cplusplus
}
#endif
#endif
