/* atomic.c: atomic instructions on memories. Spec: the threads proposal.
 *
 * A store runs on one thread, so that every access is atomic as it is. Nobody else can notify: a
 * wait that would block ends at once as timed out, and one without a timeout, which would never
 * end, traps. */
#include <string.h>

#include "store/store.h"

static uint64_t atomic_read(const struct mem_obj *m, uint64_t at, unsigned n_bytes) {
  uint8_t x8;
  uint16_t x16;
  uint32_t x32;
  uint64_t x64;
  switch (n_bytes) {
  case 1: memcpy(&x8, m->base + at, 1); return x8;
  case 2: memcpy(&x16, m->base + at, 2); return x16;
  case 4: memcpy(&x32, m->base + at, 4); return x32;
  }
  memcpy(&x64, m->base + at, 8);
  return x64;
}

static void atomic_write(struct mem_obj *m, uint64_t at, unsigned n_bytes, uint64_t x) {
  uint8_t x8 = (uint8_t)x;
  uint16_t x16 = (uint16_t)x;
  uint32_t x32 = (uint32_t)x;
  switch (n_bytes) {
  case 1: memcpy(m->base + at, &x8, 1); return;
  case 2: memcpy(m->base + at, &x16, 2); return;
  case 4: memcpy(m->base + at, &x32, 4); return;
  }
  memcpy(m->base + at, &x, 8);
}

enum trap wfx__atomic_rmw(struct mem_obj *m, uint64_t at, enum atomic_op op, unsigned n_bytes,
                          slot x, slot expected, slot *old) {
  if (!range_fits(m->size_bytes, at, n_bytes)) return TRAP_MEMORY;
  uint64_t was = atomic_read(m, at, n_bytes), now = x;
  switch (op) {
  case ATOMIC_add: now = was + x; break;
  case ATOMIC_sub: now = was - x; break;
  case ATOMIC_and: now = was & x; break;
  case ATOMIC_or: now = was | x; break;
  case ATOMIC_xor: now = was ^ x; break;
  case ATOMIC_xchg: break;
  case ATOMIC_cmpxchg: now = was == expected ? x : was; break;
  }
  atomic_write(m, at, n_bytes, now);
  *old = was;
  return TRAP_NONE;
}

enum trap wfx__atomic_wait(const struct mem_obj *m, uint64_t at, unsigned n_bytes, slot expected,
                           int64_t timeout_ns, slot *result) {
  enum { NOT_EQUAL = 1, TIMED_OUT = 2 };
  if (!range_fits(m->size_bytes, at, n_bytes)) return TRAP_MEMORY;
  if (!m->is_shared) return TRAP_NOT_SHARED;
  bool is_equal = atomic_read(m, at, n_bytes) == expected;
  if (is_equal && timeout_ns < 0) return TRAP_DEADLOCK;
  *result = is_equal ? TIMED_OUT : NOT_EQUAL;
  return TRAP_NONE;
}
