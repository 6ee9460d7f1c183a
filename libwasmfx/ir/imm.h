/* imm.h: how the immediates of each kind lie in a 16-byte instruction.
 *
 *   BLOCK                    lo: value type (0 none), hi: type + 1 (0 none); both 0: [] -> [];
 *                            aux of if: wfx_hint
 *   LABEL                    imm: depth; aux of br_if: wfx_hint
 *   BR_TABLE                 pool: n, n depths, default depth
 *   FUNC .. DATA, TAG, TYPE  imm: handle
 *   two handles              lo: the one named first in the kind (CALL_INDIRECT: type, table;
 *                            ELEM_TABLE, DATA_MEMORY: table or memory first), hi: the other
 *   TYPE_FIELD, TYPE_N       lo: type, hi: number
 *   MEMARG, MEMARG_LANE      aux: MEMARG_* bits, lane in the high byte; lo: offset, hi: memory;
 *                            with MEMARG_POOL lo is a pool index of offset low, offset high
 *   LANE                     imm: lane
 *   I32 I64 F32 F64          imm: bits
 *   V128, SHUFFLE            pool: 4 words, low first
 *   HEAP, CAST               imm: heap type
 *   BR_ON_CAST               pool: depth, source value type, target value type
 *   TYPES                    pool: n, n value types
 *   TRY_TABLE                pool: lo and hi of BLOCK, n, n times (kind, tag or WFX_NO_ID, depth)
 *   RESUME, RESUME_THROW     pool: type, tag or WFX_NO_ID, n, n times (kind, tag or type, depth)
 * "pool" means that imm is an index into the pool of the code. */
#ifndef IR_IMM_H
#define IR_IMM_H

#include <assert.h>

#include "ir/body.h"

enum {
  MEMARG_ALIGN = 0x3f,    /* log2 of the alignment */
  MEMARG_EXPLICIT = 0x40, /* memory 0 written out */
  MEMARG_POOL = 0x80,
  MEMARG_LANE_SHIFT = 8
};

/* Whether an instruction can carry a hint, in aux. */
static inline bool op_takes_hint(unsigned op) { return op == WFX_OP_if || op == WFX_OP_br_if; }

enum { CATCH, CATCH_REF, CATCH_ALL, CATCH_ALL_REF };              /* as in the binary format */
enum { CLAUSE_ON = 0, CLAUSE_SWITCH = 1, CLAUSE_ON_REF = 0xff };  /* as in the binary format */

static inline uint64_t imm_pair(uint32_t lo, uint32_t hi) { return (uint64_t)hi << 32 | lo; }
static inline uint32_t imm_lo(const struct inst *in) { return (uint32_t)in->imm; }
static inline uint32_t imm_hi(const struct inst *in) { return (uint32_t)(in->imm >> 32); }

/* Words of the pool, for instructions that have some there. */
static inline const uint32_t *imm_pool(const struct code *c, const struct inst *in) {
  assert(imm_lo(in) < c->pool.n);
  return c->pool.data + imm_lo(in);
}

struct imm_memarg {
  uint64_t offset;
  uint32_t mem;
  uint8_t align, lane;
};
static inline struct imm_memarg imm_memarg(const struct code *c, const struct inst *in) {
  struct imm_memarg m = {imm_lo(in), imm_hi(in), (uint8_t)(in->aux & MEMARG_ALIGN),
                         (uint8_t)(in->aux >> MEMARG_LANE_SHIFT)};
  if (in->aux & MEMARG_POOL) {
    const uint32_t *p = imm_pool(c, in);
    m.offset = (uint64_t)p[1] << 32 | p[0];
  }
  return m;
}

/* A vector of clauses (TRY_TABLE, RESUME, RESUME_THROW): three words each. */
struct imm_clauses {
  uint32_t type, tag; /* RESUME kinds */
  uint32_t n;
  const uint32_t *clauses; /* kind, tag or type, depth */
};
static inline struct imm_clauses imm_clauses(const struct code *c, const struct inst *in) {
  const uint32_t *p = imm_pool(c, in);
  struct imm_clauses r = {p[0], p[1], p[2], p + 3};
  return r;
}

/* The block type of BLOCK and TRY_TABLE kinds, as lo and hi of BLOCK. */
static inline uint64_t imm_block(const struct code *c, const struct inst *in) {
  if (in->op != WFX_OP_try_table) return in->imm;
  const uint32_t *p = imm_pool(c, in);
  return imm_pair(p[0], p[1]);
}

/* What a handle inside an instruction refers to. */
enum ref_space { SPACE_TYPE, SPACE_FUNC, SPACE_TABLE, SPACE_MEM, SPACE_GLOBAL, SPACE_TAG,
                 SPACE_ELEM, SPACE_DATA, SPACE_COUNT };
/* Called with each handle, types inside value and heap types included; may change it. */
typedef void (*imm_visit_fn)(void *ud, enum ref_space space, uint32_t *id);
/* Visit all handles of one instruction (its pool words as well). */
void wfx__imm_visit(struct code *c, struct inst *in, imm_visit_fn visit, void *ud);

/* The value types of a block type: parameters and results, borrowed. one is room for a single
 * result. */
struct block_types {
  const wfx_valtype *params, *results;
  uint32_t n_params, n_results;
};
static inline struct block_types block_types(const struct types *ts, uint64_t block,
                                             wfx_valtype *one) {
  uint32_t lo = (uint32_t)block, hi = (uint32_t)(block >> 32);
  struct block_types r = {NULL, NULL, 0, 0};
  if (hi != 0) {
    const struct type *t = type_at(ts, hi - 1);
    r.params = t->vals;
    r.n_params = t->n_params;
    r.results = type_results(t);
    r.n_results = t->n_results;
  } else if (lo != 0) {
    *one = wfx_valtype_strip(lo);
    r.results = one;
    r.n_results = 1;
  }
  return r;
}

#endif
