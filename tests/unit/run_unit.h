/* run_unit.h: running small programs in text form, for the tests of store and engine. */
#ifndef UNIT_RUN_UNIT_H
#define UNIT_RUN_UNIT_H

#include "unit.h"

/* A store with its context and the modules made in it. */
struct world {
  struct unit_alloc alloc;
  wfx_ctx *ctx;
  wfx_store *store;
  wfx_module *modules[8];
  size_t n_modules;
};

/* store: NULL, or how to make the store. */
static inline void world_open_with(struct world *w, const wfx_limits *limits,
                                   const wfx_store_options *store) {
  memset(w, 0, sizeof *w);
  w->alloc.fail_at = UINT64_MAX;
  wfx_options o;
  memset(&o, 0, sizeof o);
  o.size = sizeof o;
  o.alloc = unit_alloc_fn;
  o.ud = &w->alloc;
  o.features = wfx_features_all();
  if (limits != NULL) o.limits = *limits;
  w->ctx = wfx_ctx_new(&o);
  assert_non_null(w->ctx);
  w->store = wfx_store_new_with(w->ctx, store);
  assert_non_null(w->store);
}

static inline void world_open(struct world *w, const wfx_limits *limits) {
  world_open_with(w, limits, NULL);
}

/* Free everything; nothing may be left. */
static inline void world_close(struct world *w) {
  wfx_store_free(w->store);
  for (size_t i = 0; i < w->n_modules; i++) wfx_module_free(w->modules[i]);
  wfx_ctx_free(w->ctx);
  assert_int_equal(w->alloc.n_blocks, 0);
  assert_int_equal(w->alloc.n_bytes, 0);
}

static inline wfx_module *world_parse(struct world *w, const char *text) {
  wfx_module *m = wfx_module_new(w->ctx);
  assert_non_null(m);
  assert_true(w->n_modules < sizeof w->modules / sizeof *w->modules);
  w->modules[w->n_modules++] = m;
  if (wfx_module_parse(m, text, strlen(text), "test.wat") != WFX_OK)
    fail_msg("parse: %s", wfx_module_diag(m, 0)->message);
  return m;
}

/* Instantiate the module with this text; its exports can be imported from name. */
static inline wfx_instance *world_add(struct world *w, const char *text, const char *name) {
  wfx_instance *inst = NULL;
  if (wfx_instantiate(w->store, world_parse(w, text), name, &inst) != WFX_OK)
    fail_msg("instantiate: %s", wfx_store_diag(w->store)->message);
  return inst;
}

/* Call a function of i32 parameters and at most one result, an i32. */
static inline wfx_status call_i32(wfx_instance *inst, const char *name, int32_t a, int32_t b,
                                  int32_t *result) {
  size_t n_params = 0, n_results = 0;
  assert_true(wfx_instance_func_type(inst, name, NULL, &n_params, NULL, &n_results));
  wfx_value args[2] = {wfx_i32(a), wfx_i32(b)}, r = wfx_i32(0);
  wfx_status status = wfx_call(inst, name, args, n_params, &r, 1);
  if (result != NULL) *result = r.of.i32;
  return status;
}

#define assert_runs(inst, name, a, b, want)                                        \
  do {                                                                             \
    int32_t result_;                                                               \
    assert_int_equal(call_i32(inst, name, a, b, &result_), WFX_OK);                \
    assert_int_equal(result_, want);                                               \
  } while (0)
#define assert_fails(w, inst, name, a, b, want, text)                              \
  do {                                                                             \
    assert_int_equal(call_i32(inst, name, a, b, NULL), want);                      \
    assert_int_equal(wfx_store_diag((w)->store)->status, want);                    \
    assert_string_equal(wfx_store_diag((w)->store)->message, text);                \
  } while (0)

#endif
