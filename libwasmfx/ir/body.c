/* body.c: growing code. */
#include "ir/body.h"

#include <string.h>

void wfx__body_init(struct body *b, const wfx_ctx *ctx) {
  memset(b, 0, sizeof *b);
  wfx__errs_init(&b->errs, ctx);
}

void wfx__body_free(const wfx_ctx *ctx, struct body *b) {
  wfx__body_drop_facts(ctx, b);
  vec_free(ctx, &b->code.insts);
  vec_free(ctx, &b->code.pool);
  vec_free(ctx, &b->runs);
  vec_free(ctx, &b->positions);
  vec_free(ctx, &b->local_names);
  vec_free(ctx, &b->label_names);
  wfx__errs_free(&b->errs);
}

bool wfx__code_push(struct errs *e, struct code *c, struct inst in) {
  if (c->insts.n >= UINT32_MAX - 1) return wfx__fail_nomem(e);
  return vec_push(e, &c->insts, in);
}

bool wfx__pool_push(struct errs *e, struct code *c, const uint32_t *words, size_t n,
                    uint32_t *index) {
  if (c->pool.n + n >= UINT32_MAX) return wfx__fail_nomem(e);
  TRY(vec_reserve(e, &c->pool, n));
  *index = (uint32_t)c->pool.n;
  if (n != 0) memcpy(c->pool.data + c->pool.n, words, n * sizeof *words);
  c->pool.n += n;
  return true;
}

bool wfx__body_add_locals(struct errs *e, struct body *b, uint32_t n, wfx_valtype type) {
  if (b->runs.n > 0 && vec_last(&b->runs).type == type) vec_last(&b->runs).n += n;
  else TRY(vec_push(e, &b->runs, ((struct local_run){n, type})));
  b->n_locals += n;
  return true;
}

void wfx__body_drop_facts(const wfx_ctx *ctx, struct body *b) {
  wfx__free(ctx, b->facts, b->cap_facts * sizeof *b->facts);
  b->facts = NULL;
  b->n_facts = b->cap_facts = 0;
}
