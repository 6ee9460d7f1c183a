/* flatten_simd.c: translation of vector instructions. Those that compute become one instruction
 * for each number of operands, with the number of the function (base/wsimd.h). Accesses to part
 * of a vector become an access to a number and an instruction on lanes. */
#include "base/wsimd.h"
#include "engine/flatten.h"

/* Pop n operands, push a result, emit the op with its slots. */
static void lanes_op(struct fl *f, enum flat_op op, uint32_t n, unsigned n_slots) {
  struct entry v[3];
  uint32_t at[3];
  for (uint32_t i = n; i-- > 0;) v[i] = wfx__fl_pop(f);
  for (uint32_t i = 0; i < n; i++) at[i] = wfx__fl_src(f, &v[i]);
  wfx__fl_op_dst(f, op, wfx__fl_push(f, n_slots));
  for (uint32_t i = 0; i < n; i++) wfx__fl_word(f, at[i]);
}

static void lanes_op_k(struct fl *f, enum flat_op op, uint32_t n, unsigned n_slots, word k) {
  lanes_op(f, op, n, n_slots);
  wfx__fl_word(f, k);
}

static void lanes_bytes(struct fl *f, const struct inst *in, enum flat_op op, uint32_t n) {
  const uint32_t *pool = imm_pool(f->code, in);
  lanes_op(f, op, n, 2);
  for (unsigned i = 0; i < 4; i++) wfx__fl_word(f, pool[i]);
}

/* Load a number to where the vector goes, then make the vector of it. */
static void lanes_load_then(struct fl *f, const struct inst *in, enum flat_op load,
                            enum flat_op then, word k) {
  struct entry address = wfx__fl_pop(f);
  uint32_t dst = wfx__fl_push(f, 2);
  wfx__fl_load_to(f, in, load, address, dst);
  wfx__fl_op_dst(f, then, dst);
  wfx__fl_word(f, dst);
  if (then == FL_v128_un) wfx__fl_word(f, k);
}

/* The number goes to the slot of the address, below the vector. */
static void lanes_load_lane(struct fl *f, const struct inst *in, enum flat_op load,
                            enum flat_op put) {
  struct entry v = wfx__fl_pop(f), address = wfx__fl_pop(f);
  uint32_t at = fl_canon(f, address.at), v_at = wfx__fl_src(f, &v);
  wfx__fl_load_to(f, in, load, address, at);
  wfx__fl_op_dst(f, put, wfx__fl_push(f, 2));
  wfx__fl_word(f, v_at);
  wfx__fl_word(f, at);
  wfx__fl_word(f, imm_memarg(f->code, in).lane);
}

/* The number goes to the slot of the vector, above the address. */
static void lanes_store_lane(struct fl *f, const struct inst *in, enum flat_op get,
                             enum flat_op store) {
  struct entry v = wfx__fl_pop(f), address = wfx__fl_pop(f);
  uint32_t at = fl_canon(f, v.at), v_at = wfx__fl_src(f, &v);
  wfx__fl_op_dst(f, get, at);
  wfx__fl_word(f, v_at);
  wfx__fl_word(f, imm_memarg(f->code, in).lane);
  wfx__fl_store_from(f, in, store, address, at);
}

static void lanes_load(struct fl *f, const struct inst *in, enum flat_op op) {
  struct entry address = wfx__fl_pop(f);
  wfx__fl_load_to(f, in, op, address, wfx__fl_push(f, 2));
}

#define FL_CASE(id, ...) case WFX_OP_##id: __VA_ARGS__; return;
#define VUN(id, ...) FL_CASE(id, lanes_op_k(f, FL_v128_un, 1, 2, WSIMD_##id))
#define VBIN(id, ...) FL_CASE(id, lanes_op_k(f, FL_v128_bin, 2, 2, WSIMD_##id))
#define VTERN(id, ...) FL_CASE(id, lanes_op_k(f, FL_v128_tern, 3, 2, WSIMD_##id))
#define VSHIFT(id, ...) FL_CASE(id, lanes_op_k(f, FL_v128_shift, 2, 2, WSIMD_##id))
#define VTEST(id, ...) FL_CASE(id, lanes_op_k(f, FL_v128_test, 1, 1, WSIMD_##id))
#define BYTES(n, op) lanes_bytes(f, in, FL_##op, n)
#define SPLAT(op) lanes_op(f, FL_##op, 1, 2)
#define GET(op) lanes_op_k(f, FL_##op, 1, 1, (word)in->imm)
#define PUT(op) lanes_op_k(f, FL_##op, 2, 2, (word)in->imm)
#define LOAD(op) lanes_load(f, in, FL_##op)
#define STORE(op) wfx__fl_store(f, in, FL_##op)
#define LOAD_THEN(load, op, k) lanes_load_then(f, in, FL_##load, FL_##op, k)
#define LOAD_LANE(load, put) lanes_load_lane(f, in, FL_##load, FL_##put)
#define STORE_LANE(get, store) lanes_store_lane(f, in, FL_##get, FL_##store)
#define LANES_CASE(id, how, ...) FL_CASE(id, how(__VA_ARGS__))

void wfx__fl_simd(struct fl *f, const struct inst *in) {
  switch ((int)in->op) {
#include "base/wsimd.def"
    FLATTEN_LANES(LANES_CASE)
  }
}

#undef FL_CASE
#undef BYTES
#undef SPLAT
#undef GET
#undef PUT
#undef LOAD
#undef STORE
#undef LOAD_THEN
#undef LOAD_LANE
#undef STORE_LANE
#undef LANES_CASE
