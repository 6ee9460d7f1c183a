/* flatten_atomic.c: translation of atomic instructions: a check of the alignment, then a plain
 * access or a call of store/atomic.c. */
#include "engine/flatten.h"

/* Trap unless address and offset together are a multiple of n_bytes. */
static void check_alignment(struct fl *f, const struct inst *in, uint32_t address,
                            uint32_t n_bytes) {
  if (n_bytes == 1) return;
  wfx__fl_op(f, FL_atomic_align);
  wfx__fl_word(f, address);
  wfx__fl_word(f, (word)imm_memarg(f->code, in).offset & (n_bytes - 1));
  wfx__fl_word(f, n_bytes - 1);
}

static void fl_atomic_load(struct fl *f, const struct inst *in, enum flat_op op,
                           uint32_t n_bytes) {
  struct entry address = wfx__fl_pop(f);
  check_alignment(f, in, wfx__fl_src(f, &address), n_bytes);
  wfx__fl_load_to(f, in, op, address, wfx__fl_push(f, 1));
}

static void fl_atomic_store(struct fl *f, const struct inst *in, enum flat_op op,
                            uint32_t n_bytes) {
  struct entry x = wfx__fl_pop(f), address = wfx__fl_pop(f);
  uint32_t from = wfx__fl_src(f, &x);
  check_alignment(f, in, wfx__fl_src(f, &address), n_bytes);
  wfx__fl_store_from(f, in, op, address, from);
}

/* An instruction of an address and n more operands with a result; k, if any, goes last. */
static void fl_atomic(struct fl *f, const struct inst *in, enum flat_op op, uint32_t n_bytes,
                      uint32_t n, word k) {
  struct entry v[2], address;
  uint32_t at[2];
  for (uint32_t i = n; i-- > 0;) v[i] = wfx__fl_pop(f);
  address = wfx__fl_pop(f);
  for (uint32_t i = 0; i < n; i++) at[i] = wfx__fl_src(f, &v[i]);
  check_alignment(f, in, wfx__fl_src(f, &address), n_bytes);
  wfx__fl_access(f, in, op, address, wfx__fl_push(f, 1));
  for (uint32_t i = 0; i < n; i++) wfx__fl_word(f, at[i]);
  wfx__fl_word(f, k);
  wfx__fl_access_end(f, in);
}

#define NOTIFY(n_bytes) fl_atomic(f, in, FL_atomic_notify, n_bytes, 1, 0)
#define WAIT(n_bytes) fl_atomic(f, in, FL_atomic_wait, n_bytes, 2, n_bytes)
#define LOAD(op, n_bytes) fl_atomic_load(f, in, FL_##op, n_bytes)
#define STORE(op, n_bytes) fl_atomic_store(f, in, FL_##op, n_bytes)
#define RMW(op, n_bytes) \
  fl_atomic(f, in, FL_atomic_rmw, n_bytes, 1, (word)ATOMIC_##op << 8 | n_bytes)
#define CMPXCHG(n_bytes) fl_atomic(f, in, FL_atomic_cmpxchg, n_bytes, 2, n_bytes)
#define ATOMIC_CASE(id, how, ...) case WFX_OP_##id: how(__VA_ARGS__); return;

void wfx__fl_atomic(struct fl *f, const struct inst *in) {
  switch ((int)in->op) {
    FLATTEN_ATOMICS(ATOMIC_CASE)
  }
}

#undef NOTIFY
#undef WAIT
#undef LOAD
#undef STORE
#undef RMW
#undef CMPXCHG
#undef ATOMIC_CASE
