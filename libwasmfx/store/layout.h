/* layout.h: how values and objects lie in memory. Interpreter, native code and ahead-of-time code
 * all build on this; nothing here may change without changing all three.
 *
 * Widths. Every value takes 8-byte slots: v128 and continuation references two, all others one.
 * i32 is kept zero-extended, f32 in the low four bytes. A reference other than to a continuation is
 * one word:
 *   0            null
 *   low bit 1    i31: the value shifted left by one, in the low 32 bits
 *   otherwise    the address of an object that begins with struct obj
 * externref and anyref share this form, so that the conversions are no-ops. A continuation
 * reference is a record and its revision (struct contref); null is {0, 0}. */
#ifndef STORE_LAYOUT_H
#define STORE_LAYOUT_H

#include <wasmfx/engine.h>

#include "base/ctx.h"

typedef uint64_t slot;

/* Why a program stops. */
enum trap {
  TRAP_NONE,
#define WFX_TRAP_ROW(id, status, text) TRAP_##id,
#include <wasmfx/trap.def>
#undef WFX_TRAP_ROW
  TRAP_COUNT
};

/* What an object is, first in every descriptor. */
enum obj_kind { OBJ_STRUCT, OBJ_ARRAY, OBJ_FUNC, OBJ_EXN, OBJ_EXTERN, OBJ_TAG };

/* How one field or element is stored. */
enum store_kind { STORE_I8, STORE_I16, STORE_I32, STORE_I64, STORE_F32, STORE_F64, STORE_V128,
                  STORE_REF, STORE_CONT };

/* A type at run time. One for each canonical type of a store, so equal types have one address. */
struct rtt {
  uint8_t kind;              /* enum obj_kind */
  uint8_t elem;              /* OBJ_ARRAY: enum store_kind of the elements */
  uint16_t depth;            /* number of proper supertypes */
  uint32_t type;             /* canonical type in the store */
  uint32_t size_bytes;       /* of a struct object with header; of one array element */
  uint32_t n_fields;
  const struct rtt_field *fields;
  const struct rtt *const *supers; /* depth + 1 of them, root first, itself last */
  uint32_t n_refs, n_conts;        /* what the collector visits in a struct */
  const uint32_t *ref_offsets;     /* STORE_REF fields, then STORE_CONT fields */
};
struct rtt_field {
  uint32_t offset; /* from the start of the object */
  uint8_t store;   /* enum store_kind */
};

/* Header of every object, on the collected heap or not. Aligned to 16 bytes on the heap. */
struct obj {
  const struct rtt *rtt;
};
enum { STRUCT_FIELDS_OFFSET = 8, ARRAY_ITEMS_OFFSET = 16 };

struct array_obj {
  struct obj obj;
  uint32_t n, unused;
  /* items from ARRAY_ITEMS_OFFSET */
};

/* A continuation reference. Good while revision equals the record's; each use raises that. */
struct contref {
  struct cont *cont;
  uint64_t revision;
};
_Static_assert(sizeof(struct contref) == 16, "two slots");

/* A tag; its address is its identity. */
struct tag_obj {
  struct obj obj;
  uint32_t type; /* canonical function type in the store */
  uint32_t n_param_slots, n_result_slots;
};

/* An exception: a tag and its arguments, as slots. */
struct exn_obj {
  struct obj obj;
  struct tag_obj *tag;
  uint32_t n_slots;
  uint32_t n_refs_unused;
  /* slots from sizeof(struct exn_obj) */
};

/* A host value passed as externref. */
struct extern_obj {
  struct obj obj;
  void *host;
};

/* A function: a closure of code over an instance, or a host function. */
struct func_obj {
  struct obj obj;
  const void *entry;             /* translated or native code; NULL: a host function or not yet
                                    translated */
  wfx_instance *instance;        /* what the code runs in; NULL for a host function */
  uint32_t type;                 /* canonical function type in the store */
  uint32_t index;                /* function handle in its module, or index of the host function */
  uint32_t n_param_slots, n_result_slots;
};

/* A continuation record. States:
 *   free       in the pool
 *   fresh      made by cont.new; nothing has run, bound arguments lie where parameters do
 *   suspended  captured: `outer` ends the chain of records that runs when it is resumed
 *   running    on the active chain, or inside a captured chain; parent leads towards the host
 * A record is reached from a contref only while the revisions agree; every use raises that of the
 * record. */
enum cont_state { CONT_FREE, CONT_FRESH, CONT_SUSPENDED, CONT_RUNNING };
struct cont {
  uint64_t revision;
  struct cont *parent;   /* who resumed it; inside a captured chain the next record outwards */
  const void *handlers;  /* clauses it was resumed under; NULL: a host entry, where searches end */
  const void *pc;        /* where to go on */
  const void *code;      /* code of the frame to go on in */
  slot *stack;           /* its frames */
  uint32_t fp;           /* frame to go on in, as a slot of the stack */
  uint32_t sp;           /* end of what is live, and where values given to it go */
  struct cont *outer;    /* fresh, suspended: outermost record of the captured chain */
  struct func_obj *func; /* its first function, whose results are its own; host entry: NULL */
  struct cont *link;     /* next in the pool or in the collector's list */
  uint32_t n_slots;      /* size of stack */
  uint32_t n_barriers;   /* active barriers on it */
  uint8_t state;         /* enum cont_state */
  uint8_t is_marked;
  uint16_t unused;
  uint32_t unused2;
};

static inline slot i31_slot(uint32_t value) { return (uint64_t)(value << 1 | 1u); }
static inline bool slot_is_i31(slot s) { return (s & 1) != 0; }
static inline int32_t slot_i31_s(slot s) { return (int32_t)(uint32_t)s >> 1; }
static inline uint32_t slot_i31_u(slot s) { return (uint32_t)s >> 1; }

#endif
