/* flatten.h: translation to register code: state shared by flatten*.c. */
#ifndef ENGINE_FLATTEN_H
#define ENGINE_FLATTEN_H

#include "engine/run.h"

/* Where the value of an operand is. */
enum entry_kind {
  ENTRY_TEMP,  /* in its canonical slot */
  ENTRY_LOCAL, /* in a local, which must not be written while this stands */
  ENTRY_SUM,   /* i32: nowhere; what is in a local, as above, plus value */
  ENTRY_CONST  /* nowhere; a 2-slot constant is null */
};

/* One operand. ENTRY_LOCALs and ENTRY_SUMs of one local form a list, so that all are found when
 * it is set. */
struct entry {
  uint8_t kind;
  uint8_t n_slots;
  uint32_t at;          /* height */
  uint32_t local;
  uint32_t prev, next;  /* entries with the same local, or WFX_NO_ID */
  uint64_t value;
};

/* A block that is open. Labels are numbers; where they are is known at the end. */
struct ctl {
  uint16_t op;            /* of the block; end: the function's own */
  uint32_t label;         /* where branches go; WFX_NO_ID: the function's own, they return */
  uint32_t else_label;    /* if without else so far, or WFX_NO_ID */
  uint32_t base;          /* entries below its parameters */
  uint32_t height;        /* slots below its parameters */
  uint64_t block;         /* its type, as imm_block */
  uint32_t start;         /* try_table: first word of the body */
  uint32_t first_catch, n_catches;
  uint32_t stub_serial, stub_label; /* newest stub of a br_table to here */
  uint32_t outer_tick;              /* loop: struct fl's tick before it */
};

/* start: of the instruction that the word at `at` belongs to. */
struct fixup {
  uint32_t at, label, start;
};
/* Code for the end of the function: move n slots and go to a label, or return them. */
struct stub {
  uint32_t label, from, to, n, target; /* target WFX_NO_ID: return */
};
struct clause_draft {
  const struct tag_obj *tag;
  uint32_t label, dst, kind;
};
struct handlers_draft {
  uint32_t first, n_on, n_switch;
};

/* A condition taken off the operand stack: a compare instruction made undone, or a slot. */
struct cond {
  enum { COND_SLOT, COND_CMP, COND_FCMP } kind;
  uint32_t op, a, b;
};

/* A bulk instruction that has just been translated; shift 0: none. */
struct bulk {
  uint32_t at;    /* slot of its length, or of the array that it has made */
  uint32_t shift; /* 2^shift elements or bytes are one unit */
  bool is_array;
};

struct fl {
  struct engine *e;
  wfx_store *s;
  wfx_instance *inst;
  struct wfx_module *m;
  const struct types *ts;   /* the module's */
  struct errs *errs;
  const struct code *code;
  struct func_obj *func;    /* NULL: a constant expression */
  const wfx_valtype *results;
  uint32_t n_results;
  bool is_failed;           /* error recorded; nothing matters any more */
  bool is_dead;             /* what follows cannot be reached */
  uint32_t n_skipped;       /* blocks opened in dead code */
  uint32_t pos;             /* of the instruction being translated */
  uint32_t n_locals, n_params; /* slots */
  uint32_t n_local_ids;
  uint32_t *local_slots;    /* by local; n_local_ids + 1 of them */
  uint32_t *local_uses;     /* by local: newest ENTRY_LOCAL, or WFX_NO_ID */
  uint32_t height, max_height;
  struct bulk bulk;
  uint32_t tick;            /* word to count units in, or WFX_NO_ID */
  uint32_t n_clean;         /* entries below this are no ENTRY_LOCALs */
  uint32_t last, last_op;   /* newest instruction; last WFX_NO_ID: a label stands behind it */
  bool last_has_dst;        /* its first operand is where its only result goes */
  uint32_t newest, before;  /* the two newest instructions, to be fused with what follows; or
                               WFX_NO_ID */
  uint32_t serial;
  VEC(word) words;
  VEC(struct entry) stack;
  VEC(struct ctl) ctls;
  vec_u32 labels;           /* word of each */
  VEC(struct fixup) fixups; /* branch words */
  VEC(struct fixup) handler_fixups; /* pointer words and the number of the table */
  VEC(struct stub) stubs;
  VEC(struct clause_draft) clauses;
  VEC(struct handlers_draft) handlers;
  VEC(struct clause_draft) catches;
  VEC(struct try_range) tries;
  VEC(struct flat_pos) positions;
  VEC(struct flat_point) points;
};

typedef void (*flatten_fn)(struct fl *f, const struct inst *in);

/* ---- flatten.c: words and operands ------------------------------------------------------- */

void wfx__fl_op(struct fl *f, enum flat_op op);                   /* without a result */
void wfx__fl_op_dst(struct fl *f, enum flat_op op,
                    uint32_t dst); /* whose first operand is dst */
void wfx__fl_word(struct fl *f, word w);
void wfx__fl_word64(struct fl *f, uint64_t x);
void wfx__fl_ptr(struct fl *f, const void *p);
uint32_t wfx__fl_label(struct fl *f);
void wfx__fl_bind(struct fl *f, uint32_t label);
void wfx__fl_target(struct fl *f, uint32_t label);                /* a branch operand */
void wfx__fl_jump(struct fl *f, uint32_t label);
void wfx__fl_copy(struct fl *f, uint32_t dst, uint32_t from, unsigned n_slots);
/* Whether the newest instruction is op, of n words, and may be made one with what follows; and
 * making another of it: its operands stay. */
bool wfx__fl_newest_is(const struct fl *f, enum flat_op op, uint32_t n);
void wfx__fl_retype_newest(struct fl *f, enum flat_op op);
/* Take back the newest instruction, whose result is an operand just popped. */
void wfx__fl_undo_last(struct fl *f);
/* What follows is to stay apart from what stands. */
void wfx__fl_cut(struct fl *f);

uint32_t wfx__fl_push(struct fl *f, unsigned n_slots);            /* a temporary; its slot */
void wfx__fl_push_types(struct fl *f, const wfx_valtype *types, uint32_t n);
void wfx__fl_push_const(struct fl *f, uint64_t value, unsigned n_slots);
struct entry wfx__fl_pop(struct fl *f);
uint32_t wfx__fl_src(struct fl *f, const struct entry *v);        /* slot to read it from */
void wfx__fl_put(struct fl *f, uint32_t dst, const struct entry *v); /* its value to dst */
uint32_t wfx__fl_pop_src(struct fl *f);
void wfx__fl_drop(struct fl *f, uint32_t n);
/* Bring entry i, the newest n entries, all ENTRY_LOCALs into their canonical slots. */
void wfx__fl_settle(struct fl *f, uint32_t i);
uint32_t wfx__fl_settle_top(struct fl *f, uint32_t n);            /* slot of the first */
void wfx__fl_settle_locals(struct fl *f);
void wfx__fl_room(struct fl *f, uint32_t height);                 /* frames must reach so far */
/* In a controlled store: a function or loop begins, whose instructions are counted from now on,
 * after the first units. */
void wfx__fl_tick(struct fl *f, uint32_t units);
/* In a traced store: say that in comes next. */
void wfx__fl_trace(struct fl *f, const struct inst *in);
struct cond wfx__fl_cond(struct fl *f);
void wfx__fl_branch(struct fl *f, const struct cond *c, bool sense, uint32_t label);
/* Whether the newest instruction put its result into v, an operand just popped. */
bool wfx__fl_is_last(const struct fl *f, const struct entry *v);

static inline uint32_t fl_canon(const struct fl *f, uint32_t at) {
  return f->n_locals + FRAME_LINK + at;
}
static inline const struct rtt *fl_rtt(const struct fl *f, uint32_t type) {
  return f->s->rtts.data[f->inst->types[type]];
}

/* ---- fuse.c ------------------------------------------------------------------------------ */

/* An i32_add_k and, on its result as first operand, the compare cmp as a branch: both in one.
 * And the compare with operands exchanged. FL_NONE when there is none. */
struct fused_branch {
  enum flat_op op, mirror;
};
struct fused_branch wfx__fuse_branch(uint32_t cmp);
/* A select of one slot by the compare cmp; or FL_NONE. */
enum flat_op wfx__fuse_select(uint32_t cmp);
/* The instruction that does first, then op on its result as first or, is_reversed, second
 * operand; or FL_NONE. */
enum flat_op wfx__fuse_pair(uint32_t first, uint32_t op, bool is_reversed);

/* ---- flatten_ctl.c,
    flatten_ref.c: instructions ------------------------------------------- */

#define FLATTEN_CTL(X)                                                                         \
  X(unreachable) X(block) X(loop) X(if) X(else) X(end) X(br) X(br_if) X(br_table)              \
  X(br_on_null) X(br_on_non_null) X(br_on_cast) X(br_on_cast_fail) X(return) X(call)           \
  X(call_indirect) X(return_call) X(return_call_indirect) X(call_ref) X(return_call_ref)       \
  X(throw) X(throw_ref) X(try_table) X(cont_new) X(cont_bind) X(suspend) X(resume)             \
  X(resume_throw) X(resume_throw_ref) X(switch)
#define FLATTEN_REF(X)                                                                         \
  X(table_get) X(table_set) X(table_size) X(table_grow) X(table_fill) X(table_copy)            \
  X(table_init) X(elem_drop) X(memory_size) X(memory_grow) X(memory_fill) X(memory_copy)       \
  X(memory_init) X(data_drop) X(ref_null) X(ref_is_null) X(ref_func) X(ref_eq)                 \
  X(ref_as_non_null) X(ref_test) X(ref_test_null) X(ref_cast) X(ref_cast_null) X(ref_i31)      \
  X(i31_get_s) X(i31_get_u) X(struct_new) X(struct_new_default) X(struct_get)                  \
  X(struct_get_s) X(struct_get_u) X(struct_set) X(array_new) X(array_new_default)              \
  X(array_new_fixed) X(array_new_data) X(array_new_elem) X(array_get) X(array_get_s)           \
  X(array_get_u) X(array_set) X(array_len) X(array_fill) X(array_copy) X(array_init_data)      \
  X(array_init_elem)
#define FLATTEN_LOADS(X)                                                                       \
  X(i32_load, load32_u) X(i64_load, load64) X(f32_load, load32_u) X(f64_load, load64)          \
  X(i32_load8_s, i32_load8_s) X(i32_load8_u, load8_u) X(i32_load16_s, i32_load16_s)            \
  X(i32_load16_u, load16_u) X(i64_load8_s, i64_load8_s) X(i64_load8_u, load8_u)                \
  X(i64_load16_s, i64_load16_s) X(i64_load16_u, load16_u) X(i64_load32_s, i64_load32_s)        \
  X(i64_load32_u, load32_u)
#define FLATTEN_STORES(X)                                                                      \
  X(i32_store, store32) X(i64_store, store64) X(f32_store, store32) X(f64_store, store64)      \
  X(i32_store8, store8) X(i32_store16, store16) X(i64_store8, store8) X(i64_store16, store16)  \
  X(i64_store32, store32)

/* Vector instructions other than those of wsimd.def: X(id, how, ...), as in flatten_simd.c. */
#define FLATTEN_LANES(X)                                                                       \
  X(v128_const, BYTES, 0, v128_const) X(i8x16_shuffle, BYTES, 2, v128_shuffle)                 \
  X(i8x16_splat, SPLAT, v128_splat8) X(i16x8_splat, SPLAT, v128_splat16)                       \
  X(i32x4_splat, SPLAT, v128_splat32) X(i64x2_splat, SPLAT, v128_splat64)                      \
  X(f32x4_splat, SPLAT, v128_splat32) X(f64x2_splat, SPLAT, v128_splat64)                      \
  X(i8x16_extract_lane_s, GET, v128_get8_s) X(i8x16_extract_lane_u, GET, v128_get8_u)          \
  X(i16x8_extract_lane_s, GET, v128_get16_s) X(i16x8_extract_lane_u, GET, v128_get16_u)        \
  X(i32x4_extract_lane, GET, v128_get32) X(i64x2_extract_lane, GET, v128_get64)                \
  X(f32x4_extract_lane, GET, v128_get32) X(f64x2_extract_lane, GET, v128_get64)                \
  X(i8x16_replace_lane, PUT, v128_put8) X(i16x8_replace_lane, PUT, v128_put16)                 \
  X(i32x4_replace_lane, PUT, v128_put32) X(i64x2_replace_lane, PUT, v128_put64)                \
  X(f32x4_replace_lane, PUT, v128_put32) X(f64x2_replace_lane, PUT, v128_put64)                \
  X(v128_load, LOAD, v128_load) X(v128_store, STORE, v128_store)                               \
  X(v128_load8x8_s, LOAD_THEN, load64, v128_un, WSIMD_i16x8_extend_low_i8x16_s)                \
  X(v128_load8x8_u, LOAD_THEN, load64, v128_un, WSIMD_i16x8_extend_low_i8x16_u)                \
  X(v128_load16x4_s, LOAD_THEN, load64, v128_un, WSIMD_i32x4_extend_low_i16x8_s)               \
  X(v128_load16x4_u, LOAD_THEN, load64, v128_un, WSIMD_i32x4_extend_low_i16x8_u)               \
  X(v128_load32x2_s, LOAD_THEN, load64, v128_un, WSIMD_i64x2_extend_low_i32x4_s)               \
  X(v128_load32x2_u, LOAD_THEN, load64, v128_un, WSIMD_i64x2_extend_low_i32x4_u)               \
  X(v128_load8_splat, LOAD_THEN, load8_u, v128_splat8, 0)                                      \
  X(v128_load16_splat, LOAD_THEN, load16_u, v128_splat16, 0)                                   \
  X(v128_load32_splat, LOAD_THEN, load32_u, v128_splat32, 0)                                   \
  X(v128_load64_splat, LOAD_THEN, load64, v128_splat64, 0)                                     \
  X(v128_load32_zero, LOAD_THEN, load32_u, v128_extend, 0)                                     \
  X(v128_load64_zero, LOAD_THEN, load64, v128_extend, 0)                                       \
  X(v128_load8_lane, LOAD_LANE, load8_u, v128_put8)                                            \
  X(v128_load16_lane, LOAD_LANE, load16_u, v128_put16)                                         \
  X(v128_load32_lane, LOAD_LANE, load32_u, v128_put32)                                         \
  X(v128_load64_lane, LOAD_LANE, load64, v128_put64)                                           \
  X(v128_store8_lane, STORE_LANE, v128_get8_u, store8)                                         \
  X(v128_store16_lane, STORE_LANE, v128_get16_u, store16)                                      \
  X(v128_store32_lane, STORE_LANE, v128_get32, store32)                                        \
  X(v128_store64_lane, STORE_LANE, v128_get64, store64)

/* Atomic instructions: X(id, how, ...), as in flatten_atomic.c. */
#define FLATTEN_RMW(X, op)                                                                     \
  X(i32_atomic_rmw_##op, RMW, op, 4) X(i64_atomic_rmw_##op, RMW, op, 8)                        \
  X(i32_atomic_rmw8_##op##_u, RMW, op, 1) X(i32_atomic_rmw16_##op##_u, RMW, op, 2)             \
  X(i64_atomic_rmw8_##op##_u, RMW, op, 1) X(i64_atomic_rmw16_##op##_u, RMW, op, 2)             \
  X(i64_atomic_rmw32_##op##_u, RMW, op, 4)
#define FLATTEN_ATOMICS(X)                                                                     \
  X(memory_atomic_notify, NOTIFY, 4) X(memory_atomic_wait32, WAIT, 4)                          \
  X(memory_atomic_wait64, WAIT, 8) X(i32_atomic_load, LOAD, load32_u, 4)                       \
  X(i64_atomic_load, LOAD, load64, 8) X(i32_atomic_load8_u, LOAD, load8_u, 1)                  \
  X(i32_atomic_load16_u, LOAD, load16_u, 2) X(i64_atomic_load8_u, LOAD, load8_u, 1)            \
  X(i64_atomic_load16_u, LOAD, load16_u, 2) X(i64_atomic_load32_u, LOAD, load32_u, 4)          \
  X(i32_atomic_store, STORE, store32, 4) X(i64_atomic_store, STORE, store64, 8)                \
  X(i32_atomic_store8, STORE, store8, 1) X(i32_atomic_store16, STORE, store16, 2)              \
  X(i64_atomic_store8, STORE, store8, 1) X(i64_atomic_store16, STORE, store16, 2)              \
  X(i64_atomic_store32, STORE, store32, 4)                                                     \
  FLATTEN_RMW(X, add) FLATTEN_RMW(X, sub) FLATTEN_RMW(X, and) FLATTEN_RMW(X, or)               \
  FLATTEN_RMW(X, xor) FLATTEN_RMW(X, xchg)                                                     \
  X(i32_atomic_rmw_cmpxchg, CMPXCHG, 4) X(i64_atomic_rmw_cmpxchg, CMPXCHG, 8)                  \
  X(i32_atomic_rmw8_cmpxchg_u, CMPXCHG, 1) X(i32_atomic_rmw16_cmpxchg_u, CMPXCHG, 2)           \
  X(i64_atomic_rmw8_cmpxchg_u, CMPXCHG, 1) X(i64_atomic_rmw16_cmpxchg_u, CMPXCHG, 2)           \
  X(i64_atomic_rmw32_cmpxchg_u, CMPXCHG, 4)

#define FLATTEN_DECLARE(id) void wfx__fl_##id(struct fl *f, const struct inst *in);
FLATTEN_CTL(FLATTEN_DECLARE)
FLATTEN_REF(FLATTEN_DECLARE)
#undef FLATTEN_DECLARE

/* Return the newest n_results operands; what stubs and the function's end need of
 * flatten_ctl.c. */
/* dst = whether the reference at a is of type. */
void wfx__fl_emit_test(struct fl *f, uint32_t dst, uint32_t a, wfx_valtype type);
void wfx__fl_emit_return(struct fl *f);
void wfx__fl_emit_return_slots(struct fl *f, uint32_t from, uint32_t n);
void wfx__fl_load(struct fl *f, const struct inst *in, enum flat_op op);
void wfx__fl_store(struct fl *f, const struct inst *in, enum flat_op op);
/* The same with operands already popped: load to dst; store what is in slot from. */
void wfx__fl_load_to(struct fl *f, const struct inst *in, enum flat_op op, struct entry address,
                     uint32_t dst);
void wfx__fl_store_from(struct fl *f, const struct inst *in, enum flat_op op,
                        struct entry address, uint32_t from);
/* An access whose operands the caller adds: op with dst, address and offset; then, behind its
 * last operand, the end. */
void wfx__fl_access(struct fl *f, const struct inst *in, enum flat_op op, struct entry address,
                    uint32_t dst);
void wfx__fl_access_end(struct fl *f, const struct inst *in);
/* flatten_atomic.c: all atomic instructions. */
void wfx__fl_atomic(struct fl *f, const struct inst *in);
/* flatten_simd.c: all vector instructions. */
void wfx__fl_simd(struct fl *f, const struct inst *in);

#endif
