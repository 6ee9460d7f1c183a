/* gen.c: one module, from seed to bodies. */
#include <string.h>

#include "gen/gen_state.h"

uint64_t gen_features(enum gen_mode mode) {
  const uint64_t threads = (uint64_t)1 << WFX_FEATURE_THREADS;
  const uint64_t relaxed = (uint64_t)1 << WFX_FEATURE_RELAXED_SIMD;
  switch (mode) {
  case GEN_VALIDATE: return wfx_features_default() | threads;
  case GEN_RUN: return wfx_features_default() & ~relaxed;
  case GEN_EXT: break;
  }
  return wfx_features_all();
}

static uint32_t flags(const struct gen *g) {
  return g->break_at == UINT32_MAX ? WFX_CHECKED : WFX_UNCHECKED;
}

void gen_open_const(struct gen *g, wfx_valtype t) {
  g->b = wfx_body_open_const(g->m, t);
  g->n_locals = g->n_labels = 0;
}

void gen_open_body(struct gen *g, uint32_t i) {
  const struct gtype *t = &g->types[g->funcs[i].type];
  g->b = wfx_body_open(g->m, g->funcs[i].id, flags(g));
  g->results = t->results;
  g->is_coroutine = g->funcs[i].is_coroutine;
  g->n_locals = 0;
  for (uint32_t k = 0; k < t->params.n; k++)
    g->locals[g->n_locals++] = (struct glocal){wfx_body_param(g->b, k), t->params.t[k], true};
  g->labels[0] = (struct glabel){wfx_body_label(g->b), t->results, false};
  g->n_labels = 1;
  g->depth = 0;
}

void gen_enter(struct gen *g) {
  if (g->mode != GEN_RUN) return;
  const struct vals none = {.n = 0};
  gen_burn_fuel(g);
  gen_has_fuel(g);
  EMIT0(i32_eqz);
  gen_open(g, WFX_OP_if, &none, &none, NULL, 0);
  for (uint32_t k = 0; k < g->results.n; k++) gen_simple(g, g->results.t[k]);
  EMIT0(return);
  gen_close(g, 1);
}

static void gen_body(struct gen *g, uint32_t i) {
  gen_open_body(g, i);
  g->budget = i < 12 ? 40 + (int32_t)gen_below(g, 160) : (int32_t)gen_below(g, 40);
  gen_enter(g);
  for (uint32_t n = gen_below(g, 4); n > 0; n--) gen_local(g, gen_valtype(g, g->n_types));
  for (uint32_t n = g->is_coroutine ? 1 + gen_below(g, 2) : 0; n > 0; n--)
    gen_suspension(g, NULL);
  gen_effects(g, 6);
  for (uint32_t n = g->is_coroutine && i < 20 ? gen_below(g, 3) : 0; n > 0; n--) {
    gen_suspension(g, NULL);
    gen_effects(g, 2);
  }
  gen_values(g, &g->results);
  wfx_body_close(g->b);
}

static void gen_bodies(struct gen *g) {
  if (g->mode == GEN_RUN) gen_run_bodies(g);
  /* Bodies may ask for more functions. */
  for (uint32_t i = 0; i < g->n_funcs; i++)
    if (!g->funcs[i].has_body) gen_body(g, i);
}

wfx_status gen_module(wfx_module *m, uint64_t seed, enum gen_mode mode, uint32_t break_at,
                      uint32_t *n_points) {
  struct gen g = {.random = seed * 4 + mode,
                  .mode = mode,
                  .features = gen_features(mode),
                  .m = m,
                  .break_at = break_at,
                  .handler_type = WFX_NO_ID,
                  .tag_type = WFX_NO_ID};
  gen_rows(&g);
  gen_types(&g);
  if (wfx_module_status(m) == WFX_OK) gen_decls(&g);
  if (wfx_module_status(m) == WFX_OK) gen_bodies(&g); /* or what was to go wrong did already */
  if (n_points) *n_points = g.point;
  return wfx_module_status(m);
}
