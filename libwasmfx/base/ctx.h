/* ctx.h: the context, and the only way to memory. */
#ifndef BASE_CTX_H
#define BASE_CTX_H

#include <wasmfx/base.h>

/* Read-only once made. */
struct wfx_ctx {
  wfx_alloc_fn alloc;
  wfx_pages pages;
  void *ud;
  uint64_t features;
  wfx_limits limits;
  wfx_dialect dialect;
  uint64_t hash_seed; /* keys the hash tables; never visible in output */
};

/* Resize as wfx_alloc_fn does. NULL on failure, also for sizes that overflow. */
void *wfx__alloc(const wfx_ctx *ctx, size_t size_bytes);
void *wfx__alloc_zero(const wfx_ctx *ctx, size_t size_bytes);
void *wfx__realloc(const wfx_ctx *ctx, void *ptr, size_t old_bytes, size_t new_bytes);
void wfx__free(const wfx_ctx *ctx, void *ptr, size_t size_bytes);

/* Nanoseconds of a clock that only goes forwards. */
uint64_t wfx__clock_ns(void);

static inline bool ctx_has(const wfx_ctx *ctx, wfx_feature feature) {
  return (ctx->features >> feature & 1) != 0;
}

#endif
