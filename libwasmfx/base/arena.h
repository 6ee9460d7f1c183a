/* arena.h: memory that is freed all at once. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/diag.h"

struct arena_chunk;

/* chunks is a list, newest first; [at, end) is what is left of the newest. */
struct arena {
  const wfx_ctx *ctx;
  struct arena_chunk *chunks;
  char *at, *end;
};

void wfx__arena_init(struct arena *a, const wfx_ctx *ctx);
/* Free everything. The arena can be used again. */
void wfx__arena_free(struct arena *a);
/* Empty it, keeping its newest chunk for reuse. */
void wfx__arena_reset(struct arena *a);
/* size_bytes of zeroed memory, aligned to 16; NULL when memory is out. */
void *wfx__arena_alloc(struct arena *a, size_t size_bytes);
/* A copy of n bytes followed by a NUL; NULL when memory is out. */
char *wfx__arena_copy(struct arena *a, const void *data, size_t n);
/* The same as wfx_str. */
bool wfx__arena_str(struct arena *a, struct errs *e, const char *data, size_t n, wfx_str *out);

#endif
