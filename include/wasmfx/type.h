/* type.h: value types, heap types, and the handles of a module's declarations.
 *
 * A handle is a number in the order of creation. It is not the index that the binary format will
 * use: indices (imports first) are computed when a module is written. In a decoded module the two
 * are equal. */
#ifndef WASMFX_TYPE_H
#define WASMFX_TYPE_H

#include "base.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct wfx_type_id { uint32_t i; } wfx_type_id;
typedef struct wfx_func_id { uint32_t i; } wfx_func_id;
typedef struct wfx_table_id { uint32_t i; } wfx_table_id;
typedef struct wfx_mem_id { uint32_t i; } wfx_mem_id;
typedef struct wfx_global_id { uint32_t i; } wfx_global_id;
typedef struct wfx_tag_id { uint32_t i; } wfx_tag_id;
typedef struct wfx_elem_id { uint32_t i; } wfx_elem_id;
typedef struct wfx_data_id { uint32_t i; } wfx_data_id;
/* A recursion group of types. */
typedef struct wfx_group_id { uint32_t i; } wfx_group_id;
/* A parameter or local of one body: parameters first. */
typedef struct wfx_local_id { uint32_t i; } wfx_local_id;

/* A heap type: one of heap.def, or wfx_heap(t) for a declared type. */
typedef uint32_t wfx_heaptype;
enum {
#define WFX_HEAP(id, text, shorthand, code, feature, above) WFX_HEAP_##id,
#include "heap.def"
#undef WFX_HEAP
  WFX_HEAP_BOT,       /* below every heap type; only in diagnostics and unreachable code */
  WFX_HEAP_COUNT,
  WFX_HEAP_TYPE0 = 32 /* plus the handle of a declared type */
};

/* A value type, packed: bits 0-3 kind, bit 4 nullable, bits 5-30 heap type. Compare with ==
 * after wfx_valtype_strip. */
typedef uint32_t wfx_valtype;
enum {
  WFX_BOT = 0, /* the type of operands in unreachable code */
  WFX_I32 = 1, WFX_I64 = 2, WFX_F32 = 3, WFX_F64 = 4, WFX_V128 = 5,
  WFX_I8 = 6, WFX_I16 = 7, /* only in fields */
  WFX_REF = 8,
  WFX_NULLABLE = 16
};
#define WFX_HEAP_SHIFT 5
/* Set on a type that a binary wrote in the long form where a short one exists. */
#define WFX_LONG_FORM 0x80000000u

/* The heap type of a declared type. */
static inline wfx_heaptype wfx_heap(wfx_type_id t) { return (uint32_t)WFX_HEAP_TYPE0 + t.i; }
/* (ref heap) and (ref null heap). */
static inline wfx_valtype wfx_ref(wfx_heaptype heap) {
  return (uint32_t)WFX_REF | heap << WFX_HEAP_SHIFT;
}
static inline wfx_valtype wfx_ref_null(wfx_heaptype heap) {
  return wfx_ref(heap) | (uint32_t)WFX_NULLABLE;
}
/* (ref $t) and (ref null $t). */
static inline wfx_valtype wfx_ref_to(wfx_type_id t) { return wfx_ref(wfx_heap(t)); }
static inline wfx_valtype wfx_ref_null_to(wfx_type_id t) { return wfx_ref_null(wfx_heap(t)); }

/* The shorthands funcref, externref, ... as constants. */
#define WFX_REF_NULL_CONST(heap) \
  ((wfx_valtype)WFX_REF | (wfx_valtype)WFX_NULLABLE | (wfx_valtype)(heap) << WFX_HEAP_SHIFT)
#define WFX_FUNCREF WFX_REF_NULL_CONST(WFX_HEAP_FUNC)
#define WFX_EXTERNREF WFX_REF_NULL_CONST(WFX_HEAP_EXTERN)
#define WFX_ANYREF WFX_REF_NULL_CONST(WFX_HEAP_ANY)
#define WFX_EQREF WFX_REF_NULL_CONST(WFX_HEAP_EQ)
#define WFX_I31REF WFX_REF_NULL_CONST(WFX_HEAP_I31)
#define WFX_STRUCTREF WFX_REF_NULL_CONST(WFX_HEAP_STRUCT)
#define WFX_ARRAYREF WFX_REF_NULL_CONST(WFX_HEAP_ARRAY)
#define WFX_NULLREF WFX_REF_NULL_CONST(WFX_HEAP_NONE)
#define WFX_EXNREF WFX_REF_NULL_CONST(WFX_HEAP_EXN)
#define WFX_CONTREF WFX_REF_NULL_CONST(WFX_HEAP_CONT)

static inline wfx_valtype wfx_valtype_strip(wfx_valtype t) { return t & ~WFX_LONG_FORM; }
static inline bool wfx_is_ref(wfx_valtype t) { return (t & 15u) == WFX_REF; }
static inline bool wfx_is_nullable(wfx_valtype t) { return (t & (uint32_t)WFX_NULLABLE) != 0; }
static inline wfx_heaptype wfx_heap_of(wfx_valtype t) {
  return wfx_valtype_strip(t) >> WFX_HEAP_SHIFT;
}
static inline bool wfx_heap_is_type(wfx_heaptype h) { return h >= (uint32_t)WFX_HEAP_TYPE0; }
static inline wfx_type_id wfx_heap_type(wfx_heaptype h) {
  wfx_type_id t = {h - (uint32_t)WFX_HEAP_TYPE0};
  return t;
}

/* A field of a struct, or the element of an array. */
typedef struct wfx_field {
  wfx_valtype type; /* value type, WFX_I8 or WFX_I16 */
  bool is_mutable;
} wfx_field;

/* What a declared type is. */
typedef enum wfx_type_kind {
  WFX_TYPE_UNDEFINED, /* declared, not defined yet */
  WFX_TYPE_FUNC,
  WFX_TYPE_STRUCT,
  WFX_TYPE_ARRAY,
  WFX_TYPE_CONT,
  WFX_TYPE_HANDLER,
  WFX_TYPE_TAG
} wfx_type_kind;

/* What imports and exports name. The numbers are those of the binary format. */
typedef enum wfx_extern_kind {
  WFX_EXTERN_FUNC, WFX_EXTERN_TABLE, WFX_EXTERN_MEM, WFX_EXTERN_GLOBAL, WFX_EXTERN_TAG
} wfx_extern_kind;

/* Size limits of a memory (in pages) or table (in elements). */
typedef struct wfx_size_limits {
  uint64_t min, max;
  bool has_max;
  bool is_64;     /* addressed by i64 */
  bool is_shared;
} wfx_size_limits;

#ifdef __cplusplus
}
#endif
#endif
