/* check.h: the type checker: one abstract run over the instructions of a body.
 *
 * The builder steps it at each emit, validation over finished bodies. Spec: Appendix, Validation
 * Algorithm. */
#ifndef VALID_CHECK_H
#define VALID_CHECK_H

#include "ir/imm.h"
#include "ir/match.h"
#include "ir/module.h"

/* A value on the abstract stack and the position of the instruction that pushed it. */
struct operand {
  wfx_valtype type;
  uint32_t pos;
};

/* An open block; the first is the function itself. */
struct frame {
  uint16_t op;         /* WFX_OP_block, ..., WFX_OP_else behind an else; FRAME_FUNC */
  bool is_unreachable; /* behind an instruction that never goes on */
  uint32_t label;      /* number in the order of opening; 0 is the function */
  uint32_t height;     /* of the operand stack below the block */
  uint32_t n_inits;    /* of the log of initialised locals */
  uint32_t slots;      /* height in slots, below parameters */
  uint32_t inst;       /* the opening instruction */
  uint32_t fact;       /* its fact */
  wfx_valtype one;     /* room for a single result */
  uint64_t block;      /* block type as in ir/imm.h */
};
enum { FRAME_FUNC = 0xffff };

/* A local: its type, with LOCAL_UNSET while it must not be read. Bodies may declare far more locals
 * than they use, so those behind the first few are filled in when they are met. */
struct local_state {
  wfx_valtype type;
  uint32_t filled; /* number of the body for which type was filled in */
};
#define LOCAL_UNSET WFX_LONG_FORM

/* State of one run. Reused from body to body. */
struct checker {
  struct wfx_module *m;
  const struct types *ts;
  struct body *body;        /* NULL for a constant expression */
  const struct body *pos_body; /* whose positions instructions have; NULL: the module's */
  const struct code *code;
  struct errs *errs;        /* of the body, or of the module */
  uint32_t func;            /* WFX_NO_ID for a constant expression */
  uint32_t n_globals;       /* constant expressions see globals below this one */
  bool wants_facts;
  VEC(struct operand) stack;
  VEC(struct frame) frames;
  uint32_t height;          /* of the innermost frame, as there */
  uint32_t n_bodies;        /* begun so far: the number of this body */
  VEC(struct local_state) locals;
  vec_u32 run_ends;         /* by run of locals: the first local behind it */
  vec_u32 inits;            /* locals set since, in order */
  uint32_t n_labels;
  uint32_t slots, max_slots; /* with facts only */
  uint32_t dropped_from;    /* height of the stack when the rest of it became unreachable */
  const char *call;         /* the library call that emits, or NULL */
  uint32_t inst;            /* index of the instruction being checked */
  uint32_t pos;             /* and its position */
  const struct inst *in;
};

void wfx__check_init(struct checker *c, struct wfx_module *m);
void wfx__check_free(struct checker *c);
/* Begin with a function's body, its parameters and the locals it has so far. */
bool wfx__check_begin(struct checker *c, uint32_t func, struct body *body);
/* Begin with a constant expression of the given type. */
bool wfx__check_begin_const(struct checker *c, const struct code *code, wfx_valtype type,
                            uint32_t n_globals);
bool wfx__check_add_local(struct checker *c, wfx_valtype type);
/* Check the next instruction, number index of the code. */
bool wfx__check_step(struct checker *c, uint32_t index);
/* All frames are closed. */
static inline bool check_is_done(const struct checker *c) { return c->frames.n == 0; }
/* The last value must be on the stack of a constant expression. */
bool wfx__check_end_const(struct checker *c);

/* ---- For the rules in check*.c ----------------------------------------------------------- */

/* Record an error at the current instruction; false. */
bool wfx__check_fail(struct checker *c, const char *fmt, ...) WFX_PRINTF(2, 3);
/* "type mismatch" for the operands of the current instruction: what it takes, what there is. */
bool wfx__check_mismatch(struct checker *c, const wfx_valtype *expected, size_t n_expected,
                         size_t which, wfx_valtype found, uint32_t pos);
bool wfx__push(struct checker *c, wfx_valtype t);
bool wfx__push_vals(struct checker *c, const wfx_valtype *ts, size_t n);
/* Pop a value that matches t. */
bool wfx__pop(struct checker *c, wfx_valtype t);
/* Pop values that match, last first. */
bool wfx__pop_vals(struct checker *c, const wfx_valtype *ts, size_t n);
bool wfx__pop_any(struct checker *c, struct operand *out);
/* Pop a reference of any type; (ref bot) in unreachable code. */
bool wfx__pop_ref(struct checker *c, wfx_valtype *out);
/* Nothing behind this instruction can be reached. */
void wfx__check_unreachable(struct checker *c);
/* What the end of a block leaves. */
static inline struct block_types check_frame_types(const struct checker *c, struct frame *f) {
  return block_types(c->ts, f->block, &f->one);
}
/* The types a branch to it takes. */
static inline struct block_types check_label_types(const struct checker *c, struct frame *f) {
  struct block_types t = check_frame_types(c, f);
  if (f->op == WFX_OP_loop) {
    t.results = t.params;
    t.n_results = t.n_params;
  }
  return t;
}
/* The declared type i if it is of a kind; NULL with an error. */
const struct type *wfx__check_type(struct checker *c, uint32_t i, wfx_type_kind kind);
/* The function type of a continuation or tag type i; NULL with an error. */
const struct type *wfx__check_target(struct checker *c, uint32_t i, wfx_type_kind kind);
const struct type *wfx__check_tag(struct checker *c, uint32_t tag);
bool wfx__check_val(struct checker *c, wfx_valtype t);
bool wfx__check_heap(struct checker *c, wfx_heaptype heap);
/* Features that something of the instruction needs must be on. */
bool wfx__check_need(struct checker *c, uint64_t features, const char *what);
bool wfx__check_block(struct checker *c, uint64_t block);
/* Open a frame: pop its parameters and push them inside. */
bool wfx__check_open(struct checker *c, uint16_t op, uint64_t block);
/* Close the innermost: what is left is popped by the caller. */
void wfx__check_close(struct checker *c);
/* Add a fact about the current instruction, if wanted. */
bool wfx__check_add_fact(struct checker *c, struct fact f);
static inline bool check_fact(struct checker *c, struct fact f) {
  return !c->wants_facts || wfx__check_add_fact(c, f);
}
static inline wfx_valtype address_type(bool is_64) { return is_64 ? WFX_I64 : WFX_I32; }
/* The declared type that a value refers to, or WFX_NO_ID. It may be out of range. */
static inline uint32_t val_type(wfx_valtype t) {
  wfx_heaptype heap = wfx_heap_of(t);
  return wfx_heap_is_type(heap) ? wfx_heap_type(heap).i : WFX_NO_ID;
}

/* Whether references of type t may be the target of a cast. */
bool wfx__check_castable(struct checker *c, wfx_valtype t);
/* Whether a function may be named by ref.func: it occurs outside bodies (spec: C.refs). */
bool wfx__is_declared(const struct wfx_module *m, uint32_t func);

/* Rules that a loop over many instructions comes to directly (load/). */
bool wfx__check_select(struct checker *c);
bool wfx__check_if(struct checker *c, uint64_t block);
bool wfx__check_end(struct checker *c);
bool wfx__check_return(struct checker *c);
bool wfx__check_call(struct checker *c, uint32_t func, bool is_tail);

/* The rules by chapter, each passing on what is not its own to the next. */
bool wfx__check_control(struct checker *c, const struct inst *in);
bool wfx__check_ref(struct checker *c, const struct inst *in);   /* references, GC */
bool wfx__check_bulk(struct checker *c, const struct inst *in);  /* tables, memory.copy */
bool wfx__check_cont(struct checker *c, const struct inst *in);  /* exceptions, continuations */

#endif
