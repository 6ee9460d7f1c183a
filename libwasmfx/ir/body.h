/* body.h: code: instructions, their pool, their positions, the locals of a function. */
#ifndef IR_BODY_H
#define IR_BODY_H

#include "ir/op.h"
#include "ir/type.h"

/* One instruction. What aux and imm hold depends on the immediate kind: ir/imm.h. */
struct inst {
  uint16_t op;
  uint16_t aux;
  uint32_t pos; /* byte offset, or index into the positions of the body */
  uint64_t imm;
};
_Static_assert(sizeof(struct inst) == 16, "bodies are arrays of 16-byte instructions");

struct code {
  VEC(struct inst) insts;
  vec_u32 pool; /* large immediates */
};

/* A place in a client's source. */
struct pos {
  uint32_t file; /* index into the module's files */
  uint32_t line, column;
};
static inline bool pos_equal(struct pos a, struct pos b) {
  return a.file == b.file && a.line == b.line && a.column == b.column;
}

/* A run of locals of one type, as the binary format groups them. */
struct local_run {
  uint32_t n;
  wfx_valtype type;
};

/* Names of numbered things: locals, labels. Sorted by index once complete. */
struct index_name {
  uint32_t index;
  wfx_str name;
};
typedef VEC(struct index_name) vec_names;

/* What validation found about one instruction, for the engine and code generation. There is one
 * for each control instruction and each whose meaning depends on the type of an operand, in the
 * order of instructions: a reader walks both lists side by side. Heights count slots of 8 bytes
 * (wfx__val_slots), locals not included.
 *   block loop if try_table barrier   end, other = else or WFX_NO_ID, height below parameters
 *   else end                          other = the opening instruction (WFX_NO_ID: the function's
 *                                     own), height as there; end: is_reachable tells whether the
 *                                     code before it falls into it
 *   drop select ref.is_null ref.as_non_null br_on_null ref.eq
 *                                     type of the operand (of the reference)
 * is_reachable is false where control cannot come; the type may be WFX_BOT there. */
struct fact {
  uint32_t inst;
  uint32_t end, other;
  uint32_t height;
  wfx_valtype type;
  bool is_reachable;
};

/* The body of one function. Instructions end with the function's own `end`. */
struct body {
  struct code code;
  VEC(struct local_run) runs;
  uint32_t n_locals;             /* without parameters */
  VEC(struct pos) positions;     /* empty: inst.pos is a byte offset */
  vec_names local_names;         /* by index, parameters first */
  vec_names label_names;         /* by number of the block in the order of opening */
  const uint8_t *bytes;          /* undecoded body (locals and code), or NULL once open */
  size_t n_bytes;
  uint64_t offset;               /* of bytes in the input */
  struct errs errs;              /* first error of this body */
  struct fact *facts;            /* left by validation on request, n_facts of them; else NULL */
  size_t n_facts, cap_facts;
  uint32_t max_height;           /* of the operand stack in slots; comes with the facts */
  bool is_checked;               /* every step was type-checked */
  bool is_finished;              /* false while a builder has it open */
  struct wfx_body *builder;      /* that has it open, or NULL */
  bool is_built;                 /* by calls: the encoder declares what its ref.func names */
};

void wfx__body_init(struct body *b, const wfx_ctx *ctx);
void wfx__body_free(const wfx_ctx *ctx, struct body *b);
/* Free the facts, as every change to the code must. */
void wfx__body_drop_facts(const wfx_ctx *ctx, struct body *b);
/* Append an instruction. */
bool wfx__code_push(struct errs *e, struct code *c, struct inst in);
/* Append n words to the pool; *index is where. */
bool wfx__pool_push(struct errs *e, struct code *c, const uint32_t *words, size_t n,
                    uint32_t *index);
/* Append n locals of a type, joining the last run when it has the same. */
bool wfx__body_add_locals(struct errs *e, struct body *b, uint32_t n, wfx_valtype type);

#endif
