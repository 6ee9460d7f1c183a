/* mem.c: linear memories. Spec: Execution, Memory Instances. */
#include "store/store.h"

#include <string.h>

/* Address space taken at first, so that growing rarely moves: what 32 bits can address. */
enum { PAGES_RESERVED = 65536 };

static bool reserve(const wfx_ctx *ctx, struct mem_obj *m, uint64_t want, uint64_t least) {
  for (;; want = want / 2 > least ? want / 2 : least) {
    if (want > SIZE_MAX / WFX_PAGE_BYTES) return false;
    m->base = ctx->pages.reserve(ctx->ud, (size_t)want * WFX_PAGE_BYTES);
    if (m->base) {
      m->reserved_bytes = want * WFX_PAGE_BYTES;
      return true;
    }
    if (want == least) return false;
  }
}

static bool has_room_for(const wfx_store *s, uint64_t more_pages) {
  const uint64_t limit = s->ctx->limits.memory_bytes;
  return s->memory_bytes <= limit && more_pages <= (limit - s->memory_bytes) / WFX_PAGE_BYTES;
}

bool wfx__mem_new(wfx_store *s, const wfx_size_limits *limits, struct mem_obj **out) {
  struct mem_obj *m = wfx__store_alloc(s, 1, sizeof *m);
  if (!m) return false;
  *out = m;
  uint64_t most = limits->is_64 ? (uint64_t)1 << 48 : 65536;
  m->has_max = limits->has_max;
  m->is_64 = limits->is_64;
  m->is_shared = limits->is_shared;
  m->max_pages = limits->has_max && limits->max < most ? limits->max : most;
  if (limits->has_max && limits->max == 0) return true;
  uint64_t want = m->max_pages < PAGES_RESERVED ? m->max_pages : PAGES_RESERVED;
  if (want < limits->min) want = limits->min;
  if (!has_room_for(s, limits->min)) return wfx__store_fail_trap(s, TRAP_MEMORY_LIMIT);
  if (limits->min > most || !reserve(s->ctx, m, want, limits->min ? limits->min : 1) ||
      !wfx__mem_grow(s, m, limits->min))
    return wfx__fail_nomem(&s->errs);
  return true;
}

void wfx__mem_free(const wfx_ctx *ctx, struct mem_obj *m) {
  if (m->base) ctx->pages.release(ctx->ud, m->base, (size_t)m->reserved_bytes);
  m->base = NULL;
  m->size_bytes = m->reserved_bytes = 0;
}

/* Move to a larger reservation. */
static bool move_mem(const wfx_ctx *ctx, struct mem_obj *m, uint64_t n_pages) {
  struct mem_obj to = *m;
  uint64_t want = n_pages > m->max_pages / 2 ? m->max_pages : n_pages * 2;
  if (!reserve(ctx, &to, want, n_pages)) return false;
  if (m->size_bytes != 0) {
    if (!ctx->pages.commit(ctx->ud, to.base, (size_t)m->size_bytes)) {
      ctx->pages.release(ctx->ud, to.base, (size_t)to.reserved_bytes);
      return false;
    }
    memcpy(to.base, m->base, (size_t)m->size_bytes);
  }
  uint64_t size_bytes = m->size_bytes;
  wfx__mem_free(ctx, m);
  *m = to;
  m->size_bytes = size_bytes;
  return true;
}

bool wfx__mem_grow(wfx_store *s, struct mem_obj *m, uint64_t n_pages) {
  const wfx_ctx *ctx = s->ctx;
  if (n_pages == 0) return true;
  uint64_t old = m->size_bytes / WFX_PAGE_BYTES;
  if (n_pages > m->max_pages - old || !has_room_for(s, n_pages)) return false;
  uint64_t pages = old + n_pages;
  if (pages > m->reserved_bytes / WFX_PAGE_BYTES && !move_mem(ctx, m, pages)) return false;
  if (!ctx->pages.commit(ctx->ud, m->base + m->size_bytes, (size_t)n_pages * WFX_PAGE_BYTES))
    return false;
  m->size_bytes = pages * WFX_PAGE_BYTES;
  s->memory_bytes += n_pages * WFX_PAGE_BYTES;
  return true;
}

enum trap wfx__mem_fill(struct mem_obj *m, uint64_t at, uint8_t value, uint64_t n) {
  if (!range_fits(m->size_bytes, at, n)) return TRAP_MEMORY;
  if (n != 0) memset(m->base + at, value, (size_t)n);
  return TRAP_NONE;
}

enum trap wfx__mem_copy(struct mem_obj *to, uint64_t at, struct mem_obj *from, uint64_t from_at,
                        uint64_t n) {
  if (!range_fits(to->size_bytes, at, n) || !range_fits(from->size_bytes, from_at,
                                                        n)) return TRAP_MEMORY;
  if (n != 0) memmove(to->base + at, from->base + from_at, (size_t)n);
  return TRAP_NONE;
}

enum trap wfx__mem_init(struct mem_obj *m, uint64_t at, const struct data_obj *d, uint64_t from,
                        uint64_t n) {
  if (!range_fits(m->size_bytes, at, n) || !range_fits(d->n, from, n)) return TRAP_MEMORY;
  if (n != 0) memcpy(m->base + at, d->bytes + from, (size_t)n);
  return TRAP_NONE;
}
