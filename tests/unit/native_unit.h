/* native_unit.h: the same program in an interpreted store and in native ones. */
#ifndef UNIT_NATIVE_UNIT_H
#define UNIT_NATIVE_UNIT_H

#include "run_unit.h"

#include <stdio.h>

enum { N_MODES = 4 };

static inline wfx_native_options mode_options(int mode) {
  wfx_native_options o;
  memset(&o, 0, sizeof o);
  o.size = sizeof o;
  o.effort = mode & 1 ? WFX_NATIVE_QUICK : WFX_NATIVE_OPTIMIZED;
  o.keeps_frame_pointers = (mode & 2) != 0;
  return o;
}

/* A world whose store is native. */
static inline void native_open(struct world *w, const wfx_limits *limits, int mode) {
  world_open(w, limits);
  wfx_store_free(w->store);
  wfx_native_options o = mode_options(mode);
  w->store = wfx_store_new_native(w->ctx, wfx_native_llvm(), &o);
  assert_non_null(w->store);
}

/* How a call of f(a, b) ended. */
struct outcome {
  wfx_status status;
  int32_t result;
  uint32_t line;
  char message[100];
};

static inline struct outcome call_f(const struct world *w, wfx_instance *inst,
                                    const int32_t *args) {
  struct outcome o;
  memset(&o, 0, sizeof o);
  o.status = call_i32(inst, "f", args[0], args[1], &o.result);
  if (o.status == WFX_OK) return o;
  const wfx_diag *diag = wfx_store_diag(w->store);
  o.result = 0;
  o.line = diag->loc.line;
  snprintf(o.message, sizeof o.message, "%s", diag->message);
  return o;
}

enum { MAX_CALLS = 8 };

/* Both kinds of store end f alike for each pair of arguments, and again in the same store.
 * Returns the first result. */
static inline int32_t run_calls(const char *text, int32_t (*args)[2], size_t n_calls) {
  struct world w;
  struct outcome want[MAX_CALLS];
  wfx_limits limits;
  memset(&limits, 0, sizeof limits);
  limits.stack_bytes = 1 << 20;
  assert_true(n_calls <= MAX_CALLS);
  for (int mode = -1; mode < N_MODES; mode++) {
    if (mode < 0) world_open(&w, &limits);
    else native_open(&w, &limits, mode);
    wfx_instance *inst = world_add(&w, text, NULL);
    for (size_t i = 0; i < 2 * n_calls; i++) {
      struct outcome got = call_f(&w, inst, args[i % n_calls]);
      if (mode < 0 && i < n_calls) want[i] = got;
      assert_int_equal(got.status, want[i % n_calls].status);
      assert_int_equal(got.result, want[i % n_calls].result);
      assert_int_equal(got.line, want[i % n_calls].line);
      assert_string_equal(got.message, want[i % n_calls].message);
    }
    world_close(&w);
  }
  return want[0].result;
}

static inline int32_t run_both(const char *text, int32_t a, int32_t b) {
  int32_t args[1][2] = {{a, b}};
  return run_calls(text, args, 1);
}

#endif
