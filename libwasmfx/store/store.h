/* store.h: the store and the objects in it. Spec: Execution, Runtime Structure.
 *
 * All objects but those of the collected heap live as long as their store, in its arena. Here
 * is what interpreter, JIT and ahead-of-time code share; who runs code registers itself as a
 * struct runner. */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <wasmfx/object.h>

#include "heap/heap.h"
#include "ir/type.h"
#include "store/layout.h"

const char *wfx__trap_text(enum trap trap);
wfx_status wfx__trap_status(enum trap trap);
_Static_assert((int)TRAP_COUNT == (int)WFX_CAUSE_COUNT, "both from trap.def");

/* ---- Objects ----------------------------------------------------------------------------- */

/* A linear memory. base is NULL while reserved_bytes is 0. */
struct mem_obj {
  uint8_t *base;
  uint64_t size_bytes;
  uint64_t reserved_bytes; /* address space held; [0, size_bytes) is committed */
  uint64_t max_pages;      /* never grown beyond */
  bool has_max, is_64, is_shared;
};

struct table_obj {
  slot *items;    /* size elements of n_slots each */
  uint64_t size, cap;
  uint64_t max;   /* never grown beyond */
  wfx_valtype type;
  uint32_t n_slots;
  bool has_max, is_64;
};

struct global_obj {
  slot value[2];
  wfx_valtype type;
  bool is_mutable, is_ref;
  uint8_t n_slots;
};

/* What is left of a segment; dropping one sets n to 0. */
struct elem_obj {
  slot *items;
  uint64_t n;
  uint32_t n_slots;
  bool is_cont;
};
struct data_obj {
  const uint8_t *bytes;
  uint64_t n;
};

/* A function of the host. func.instance is NULL and func.index its place in store.hosts. */
struct host_func {
  struct func_obj func;
  wfx_host_fn fn;       /* one of these is NULL */
  wfx_typed_fn typed;
  void *ud;
};

/* What the host gives modules to import under a name. */
struct definition {
  uint32_t kind; /* wfx_extern_kind */
  void *object;
};

/* An instance: arrays by handle. Its strings belong to the declarations it was made from. */
struct wfx_instance {
  struct wfx_store *store;
  wfx_module *module;       /* NULL when made from a table of declarations */
  const uint32_t *types;    /* type of the module -> canonical type of the store */
  struct func_obj **funcs;
  struct table_obj **tables;
  struct mem_obj **mems;
  struct global_obj **globals;
  struct tag_obj **tags;
  struct elem_obj *elems;
  struct data_obj *datas;
  uint32_t n_types, n_funcs, n_tables, n_mems, n_globals, n_tags, n_elems, n_datas;
  struct strmap exports;    /* name -> place in export_list */
  const struct export_decl *export_list; /* n_exports of them */
  uint32_t n_exports;
};

/* ---- Stores ------------------------------------------------------------------------------ */

/* A module name that later modules can import from. */
struct registration {
  wfx_str name;
  wfx_instance *instance;
};

/* A reference that the host keeps. */
struct root {
  slot ref[2];      /* null when free */
  uint32_t n_slots; /* of the reference */
  uint32_t next;    /* next free one, or WFX_NO_ID */
  wfx_valtype type; /* as the host gave it */
};

/* Slots that must stay alive during one call of the host's. */
struct pinned {
  const slot *slots;
  size_t n;
  struct pinned *outer;
};

/* What is called when a store is freed. */
struct at_end {
  void (*free)(void *ud);
  void *ud;
};

/* Who runs the code of a store. */
struct runner {
  void (*free)(wfx_store *s);
  struct heap_owner (*heap_owner)(wfx_store *s);
  /* Whether running code is to be stopped: host functions that wait look. NULL: never. */
  bool (*is_due)(const wfx_store *s);
  /* Whether a reference is the first word of one to a continuation. */
  bool (*is_cont)(const wfx_store *s, slot ref);
  /* Whether a continuation reference other than null may be had as one of type: it is of that
   * type, or consumed, so that every use of it traps. */
  bool (*cont_matches)(const wfx_store *s, struct contref c, wfx_valtype type);
};

struct wfx_store {
  const wfx_ctx *ctx;
  const struct runner *runner;
  void *run;                 /* the runner's own */
  struct errs errs;          /* the last failure */
  enum trap cause;           /* what it was, if a row of trap.def */
  uint64_t n_forgotten;      /* failures, forgotten by wfx__store_clear: tells one from the next */
  struct arena arena;
  struct types types;        /* of all modules; vals and fields hold types of the store */
  VEC(struct rtt *) rtts;    /* by type; NULL unless canonical and a function,
      struct or array */
  struct heap *heap;
  VEC(wfx_instance *) instances;
  VEC(struct host_func *) hosts;
  struct strmap host_names;  /* module NUL field -> place in definitions */
  VEC(struct definition) definitions;
  struct strmap names;       /* module name -> registrations */
  VEC(struct registration) registrations;
  VEC(struct root) roots;    /* references that the host keeps */
  uint32_t free_root;        /* first free one, or WFX_NO_ID */
  VEC(struct at_end) at_ends;
  struct pinned *pinned;
  uint32_t exit_code;
  uint64_t memory_bytes;     /* of all memories and tables */
};

wfx_store *wfx__store_new(const wfx_ctx *ctx, const struct runner *runner);
/* Forget the last failure, before a call that can fail. */
void wfx__store_clear(wfx_store *s);
/* Record a failure without a place. Always false. */
bool wfx__store_fail(wfx_store *s, wfx_status status, const char *text);
bool wfx__store_fail_trap(wfx_store *s, enum trap trap);
/* Zeroed memory of the store's arena; NULL is recorded. */
void *wfx__store_alloc(wfx_store *s, size_t n, size_t elem_bytes);
/* Call free(ud) before the store's arena goes. */
bool wfx__store_at_end(wfx_store *s, void (*free)(void *ud), void *ud);
/* Mark what the store itself refers to: globals, tables, segments. */
void wfx__store_mark(wfx_store *s, struct heap *h);

/* ---- Types and references ---------------------------------------------------------------- */

extern const struct rtt wfx__rtt_exn, wfx__rtt_extern, wfx__rtt_tag;

/* Bring a module's types in; map[i], in the arena, is the canonical type for type i. */
/* Make descriptors for types added to the store. */
bool wfx__store_make_rtts(wfx_store *s);
bool wfx__store_types(wfx_store *s, const struct types *types, const uint32_t **map);
enum store_kind wfx__store_kind(const struct types *ts, wfx_valtype t);
unsigned wfx__store_kind_bytes(enum store_kind kind);
/* How many slots n values take. */
uint32_t wfx__vals_slots(const struct types *ts, const wfx_valtype *vals, uint32_t n);
/* Whether a reference (slots of one value) is of a type of the store. */
bool wfx__ref_matches(const wfx_store *s, const slot *ref, wfx_valtype type);
/* The kind of the object that a value of the host's refers to; false when it refers to none. */
bool wfx__ref_kind(const wfx_store *s, const wfx_value *ref, enum obj_kind *kind);
/* Whether a reference other than null is of an abstract heap type, given that it is in the same
 * hierarchy. */
bool wfx__ref_is_abstract(slot ref, wfx_heaptype heap);

/* Whether n elements from at on lie in size of them. */
static inline bool range_fits(uint64_t size, uint64_t at, uint64_t n) {
  return at <= size && n <= size - at;
}
static inline void *slot_ptr(slot s) { return (void *)(uintptr_t)s; }
static inline slot ptr_slot(const void *p) { return (slot)(uintptr_t)p; }
/* Of a reference that is an object. */
static inline const struct rtt *ref_rtt(slot ref) {
  return ((const struct obj *)slot_ptr(ref))->rtt;
}
static inline bool rtt_is(const struct rtt *sub, const struct rtt *super) {
  return sub == super || (sub->depth > super->depth && sub->supers[super->depth] == super);
}

/* ---- Memories and tables ----------------------------------------------------------------- */

enum { WFX_PAGE_BYTES = 65536 };

bool wfx__mem_new(wfx_store *s, const wfx_size_limits *limits, struct mem_obj **out);
void wfx__mem_free(const wfx_ctx *ctx, struct mem_obj *m);
/* Grow by n_pages; false when that is beyond a limit or memory is out. */
bool wfx__mem_grow(wfx_store *s, struct mem_obj *m, uint64_t n_pages);
enum trap wfx__mem_fill(struct mem_obj *m, uint64_t at, uint8_t value, uint64_t n);
enum trap wfx__mem_copy(struct mem_obj *to, uint64_t at, struct mem_obj *from, uint64_t from_at,
                        uint64_t n);
enum trap wfx__mem_init(struct mem_obj *m, uint64_t at, const struct data_obj *d, uint64_t from,
                        uint64_t n);

/* atomic.c: what an atomic instruction does once the alignment has been checked. rmw writes
 * op(old, x), for cmpxchg x if the old value is expected; *old is zero-extended. */
enum atomic_op { ATOMIC_add, ATOMIC_sub, ATOMIC_and, ATOMIC_or, ATOMIC_xor, ATOMIC_xchg,
                 ATOMIC_cmpxchg };
enum trap wfx__atomic_rmw(struct mem_obj *m, uint64_t at, enum atomic_op op, unsigned n_bytes,
                          slot x, slot expected, slot *old);
enum trap wfx__atomic_wait(const struct mem_obj *m, uint64_t at, unsigned n_bytes, slot expected,
                           int64_t timeout_ns, slot *result);

bool wfx__table_new(wfx_store *s, wfx_valtype type, const wfx_size_limits *limits,
                    struct table_obj **out);
void wfx__table_free(const wfx_ctx *ctx, struct table_obj *t);
/* Grow by n elements with the value at init. */
bool wfx__table_grow(wfx_store *s, struct table_obj *t, uint64_t n, const slot *init);
enum trap wfx__table_fill(struct table_obj *t, uint64_t at, const slot *value, uint64_t n);
enum trap wfx__table_copy(struct table_obj *to, uint64_t at, struct table_obj *from,
                          uint64_t from_at, uint64_t n);
enum trap wfx__table_init(struct table_obj *t, uint64_t at, const struct elem_obj *e,
                          uint64_t from, uint64_t n);

/* ---- Arrays and structs ------------------------------------------------------------------ */

/* Move one value between slots and an object. Reading packed fields gives them zero-extended.
 * */
void wfx__field_put(void *at, enum store_kind kind, const slot *value);
void wfx__field_get(const void *at, enum store_kind kind, slot *value);
/* A new array of n elements, all zero; NULL when memory is out. */
struct array_obj *wfx__array_new(wfx_store *s, const struct rtt *rtt, uint32_t n);
static inline uint8_t *array_item(struct array_obj *a, uint64_t i) {
  return (uint8_t *)a + ARRAY_ITEMS_OFFSET + i * a->obj.rtt->size_bytes;
}
enum trap wfx__array_fill(struct array_obj *a, uint32_t at, const slot *value, uint32_t n);
enum trap wfx__array_copy(struct array_obj *to, uint32_t at, struct array_obj *from,
                          uint32_t from_at, uint32_t n);
enum trap wfx__array_init_data(struct array_obj *a, uint32_t at, const struct data_obj *d,
                               uint32_t from, uint32_t n);
enum trap wfx__array_init_elem(struct array_obj *a, uint32_t at, const struct elem_obj *e,
                               uint32_t from, uint32_t n);

/* ---- Exceptions -------------------------------------------------------------------------- */

/* A new exception, its payload zero; 0 when memory is out. */
slot wfx__exn_new(wfx_store *s, struct tag_obj *tag);
static inline slot *exn_slots(slot exn) {
  return (slot *)(void *)((struct exn_obj *)slot_ptr(exn) + 1);
}
/* Why the heap gave nothing. */
enum trap wfx__heap_trap(const wfx_store *s, uint64_t size_bytes);

/* ---- Host functions ---------------------------------------------------------------------- */

/* What the host has defined under this name, or NULL. */
const struct definition *wfx__host_find(wfx_store *s, wfx_str module, wfx_str field);
bool wfx__host_define(wfx_store *s, wfx_str module, wfx_str field, struct definition d);
/* The object behind an external of kind. */
void *wfx__external_object(const wfx_external *x);
/* The function of this store that a reference refers to, or NULL. */
struct func_obj *wfx__func_of(const wfx_store *s, const wfx_value *ref);
/* A function type of numbers and abstract references, canonical. */
bool wfx__host_type(wfx_store *s, const wfx_valtype *params, size_t n_params,
                    const wfx_valtype *results, size_t n_results, uint32_t *type);
/* Call a host function: arguments at slots, where results go. Any status but WFX_OK has a
 * diagnostic (WFX_EXCEPTION: an exception that the runner keeps). */
wfx_status wfx__host_call(wfx_store *s, const struct func_obj *f, wfx_instance *caller,
                          slot *slots);
/* The type with the abstract heap type above a declared one. */
wfx_valtype wfx__val_abstract(const wfx_store *s, wfx_valtype t);
/* Copy the n types of a list to room for *n_out of them, NULL for none; *n_out becomes n. */
void wfx__types_out(const wfx_store *s, const wfx_valtype *types, uint32_t n, wfx_valtype *out,
                    size_t *n_out);
/* Clear the upper halves of slots that hold 32 bits. types are numbers. */
void wfx__slots_trim(const wfx_valtype *types, uint32_t n, slot *slots);
/* Values at the border. types are the store's; those of out are abstract. */
void wfx__values_from_slots(const wfx_store *s, const wfx_valtype *types, uint32_t n,
                            const slot *slots, wfx_value *out);
/* False when a value is not of its type. */
bool wfx__values_to_slots(const wfx_store *s, const wfx_valtype *types, uint32_t n,
                          const wfx_value *values, slot *out);

#endif
