/* type.h: the type section of a module: recursion groups and what is in them.
 *
 * Spec: Structure, Types; Validation, Types. Typing rules that can fail are in valid/. */
#ifndef IR_TYPE_H
#define IR_TYPE_H

#include <wasmfx/type.h>

#include "base/arena.h"
#include "base/map.h"

/* An abstract heap type, from heap.def. WFX_HEAP_BOT has text only. */
struct heap_info {
  const char *text;
  const char *shorthand; /* of the nullable reference, or NULL */
  int16_t code;
  uint8_t feature;       /* wfx_feature */
  uint8_t above;         /* the type directly above; WFX_HEAP_BOT: none */
};
extern const struct heap_info wfx__heaps[WFX_HEAP_COUNT];

/* How a binary wrote a type: nothing, `sub` or `sub final` around the composite type. */
enum sub_form { SUB_BARE, SUB_OPEN, SUB_FINAL };

/* One declared type. Fixed once kind is set. */
struct type {
  uint8_t kind;          /* wfx_type_kind */
  uint8_t form;          /* enum sub_form; final unless SUB_OPEN */
  uint16_t n_supers;     /* length of the chain of declared supertypes, set when defined */
  uint32_t super;        /* type, or WFX_NO_ID */
  uint32_t group;
  uint32_t next;         /* next type of the group, or WFX_NO_ID */
  uint32_t rel;          /* position in the group */
  uint32_t canon;        /* first type equal to this one; itself until the group has ended */
  uint32_t n_params, n_results; /* func; handler: n_results types t* in vals */
  uint32_t n_fields;     /* struct; array has 1 */
  uint32_t target;       /* cont and tag: the function type */
  wfx_valtype *vals;     /* parameters, then results */
  wfx_field *fields;
  wfx_str name;
  wfx_str *field_names;  /* NULL, or n_fields names (data NULL: none) */
  void *user;
  wfx_loc loc;           /* for errors about the type */
};

struct group {
  uint32_t first, last, n; /* types, linked by next */
  bool is_ended;
  bool is_explicit;        /* written with `rec` even when of one type */
};

/* All types of a module (or of a store, where they come from many). */
struct types {
  struct arena *arena;
  VEC(struct type) types;
  VEC(struct group) groups;
  struct map by_hash;   /* multimap: hash of an ended group -> group, first of its kind only */
  uint32_t n_open;      /* groups that have not ended */
  bool is_out_of_order; /* a group ended while another was open: all canons are found anew
                           when none is */
};

void wfx__types_init(struct types *ts, struct arena *arena);
void wfx__types_free(struct types *ts);

bool wfx__types_add_group(struct types *ts, struct errs *e, bool is_explicit, uint32_t *group);
/* Declare a type in a group that has not ended. */
bool wfx__types_declare(struct types *ts, struct errs *e, uint32_t group, uint32_t *type);
/* Set what a declared type is. Arrays are copied. */
bool wfx__types_define_func(struct types *ts, struct errs *e, uint32_t type,
                            const wfx_valtype *params, size_t n_params,
                            const wfx_valtype *results, size_t n_results);
bool wfx__types_define_fields(struct types *ts, struct errs *e, uint32_t type,
                              wfx_type_kind kind, const wfx_field *fields, size_t n_fields);
/* kind is WFX_TYPE_CONT or WFX_TYPE_TAG. */
void wfx__types_define_target(struct types *ts, uint32_t type, wfx_type_kind kind,
                              uint32_t func_type);
bool wfx__types_define_handler(struct types *ts, struct errs *e, uint32_t type,
                               const wfx_valtype *ts_star, size_t n);
/* Say how it is written and what its supertype is (WFX_NO_ID: none). */
void wfx__types_set_super(struct types *ts, uint32_t type, enum sub_form form, uint32_t super);
/* End a group all of whose types are defined: find its canonical form.
 * Cost: the size of the group. */
bool wfx__types_end_group(struct types *ts, struct errs *e, uint32_t group);

/* A function type with these parameters and results in a group of its own: an existing one when
 * there is one, else new. */
bool wfx__types_func(struct types *ts, struct errs *e, const wfx_valtype *params, size_t n_params,
                     const wfx_valtype *results, size_t n_results, uint32_t *type);

/* The same for `cont func_type`. */
bool wfx__types_cont(struct types *ts, struct errs *e, uint32_t func_type, uint32_t *type);

/* Copy all groups of src into dst; map[i] (caller's, src->types.n long) becomes the type in dst
 * that equals type i of src. Groups that dst has already are not copied. */
bool wfx__types_merge(struct types *dst, struct errs *e, const struct types *src, uint32_t *map);
/* t with its type handle replaced by way of map. */
wfx_valtype wfx__valtype_map(wfx_valtype t, const uint32_t *map);

static inline struct type *type_at(const struct types *ts, uint32_t i) {
  return &ts->types.data[i];
}
static inline bool type_is_final(const struct type *t) { return t->form != SUB_OPEN; }
static inline const wfx_valtype *type_results(const struct type *t) {
  return t->vals + t->n_params;
}

#endif
