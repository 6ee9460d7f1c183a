/* arena.c: bump allocation in chunks that double up to a bound. */
#include "base/arena.h"

#include <string.h>

struct arena_chunk {
  struct arena_chunk *next;
  size_t size_bytes; /* with this header */
};
enum { CHUNK_HEADER = (sizeof(struct arena_chunk) + 15) & ~15u, CHUNK_FIRST = 1024,
       CHUNK_MAX = 256 * 1024 };

void wfx__arena_init(struct arena *a, const wfx_ctx *ctx) {
  a->ctx = ctx;
  a->chunks = NULL;
  a->at = a->end = NULL;
}

static void free_chunks(struct arena *a, struct arena_chunk *c) {
  while (c) {
    struct arena_chunk *next = c->next;
    wfx__free(a->ctx, c, c->size_bytes);
    c = next;
  }
}

void wfx__arena_free(struct arena *a) {
  free_chunks(a, a->chunks);
  wfx__arena_init(a, a->ctx);
}

void wfx__arena_reset(struct arena *a) {
  if (!a->chunks) return;
  free_chunks(a, a->chunks->next);
  a->chunks->next = NULL;
  a->at = (char *)a->chunks + CHUNK_HEADER;
  a->end = (char *)a->chunks + a->chunks->size_bytes;
}

static bool add_chunk(struct arena *a, size_t needed) {
  size_t size = a->chunks ? a->chunks->size_bytes * 2 : CHUNK_FIRST;
  if (size > CHUNK_MAX) size = CHUNK_MAX;
  if (needed > SIZE_MAX - CHUNK_HEADER) return false;
  if (size < needed + CHUNK_HEADER) size = needed + CHUNK_HEADER;
  struct arena_chunk *c = wfx__alloc(a->ctx, size);
  if (!c) return false;
  c->next = a->chunks;
  c->size_bytes = size;
  a->chunks = c;
  a->at = (char *)c + CHUNK_HEADER;
  a->end = (char *)c + size;
  return true;
}

void *wfx__arena_alloc(struct arena *a, size_t size_bytes) {
  if (size_bytes > PTRDIFF_MAX) return NULL;
  size_t size = size_bytes == 0 ? 16 : (size_bytes + 15) & ~(size_t)15;
  /* An empty arena has no address to give, not even to nothing. */
  if ((!a->chunks || (size_t)(a->end - a->at) < size) && !add_chunk(a, size)) return NULL;
  void *p = a->at;
  a->at += size;
  if (size_bytes != 0) memset(p, 0, size_bytes);
  return p;
}

char *wfx__arena_copy(struct arena *a, const void *data, size_t n) {
  char *p = wfx__arena_alloc(a, n + 1);
  if (!p) return NULL;
  if (n != 0) memcpy(p, data, n);
  p[n] = '\0';
  return p;
}

bool wfx__arena_str(struct arena *a, struct errs *e, const char *data, size_t n, wfx_str *out) {
  out->data = wfx__arena_copy(a, data, n);
  out->n = n;
  return out->data || wfx__fail_nomem(e);
}
