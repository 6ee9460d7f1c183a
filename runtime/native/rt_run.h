/* rt_run.h: the runtime's own state, one for each native store. */
#ifndef NATIVE_RT_RUN_H
#define NATIVE_RT_RUN_H

#include "native/rt_layout.h"
#include "store/native.h"
#include "store/store.h"

/* Records, slots and stacks are three arrays of cap elements; the first n of each are in use or
 * in the pool. Record i runs on stack i, which lies at stacks + i * stack_bytes and can be
 * touched above the guard at its lower end. */
struct rt_run {
  struct rt_run_head head; /* first: code finds the run here */
  wfx_store *store;
  const struct native_codegen *codegen;
  void *cg;
  struct rt_cont *conts;
  struct rt_slot *slots;
  char *stacks;
  size_t stack_bytes;
  uint32_t cap, n;
};

/* Reserve the arrays; false when there is no address space. Free gives all back. */
bool wfxrt_slots_init(struct rt_run *r);
void wfxrt_slots_free(struct rt_run *r);
/* A record that has never been used; NULL with the trap in *trap. */
struct rt_cont *wfxrt_slot_new(struct rt_run *r, enum trap *trap);
/* Take a record from the pool or a new one, to run f. */
struct rt_cont *wfxrt_cont_get(struct rt_run *r, const struct func_obj *f, enum trap *trap);
/* Put a record back; references to it go stale. */
void wfxrt_cont_put(struct rt_run *r, struct rt_cont *k);

#endif
