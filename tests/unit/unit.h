/* unit.h: what every unit test starts from: cmocka, and an allocator that counts and fails.
 *
 * Include it first. A test binary prints TAP (the Makefile sets CMOCKA_MESSAGE_OUTPUT). */
#ifndef UNIT_UNIT_H
#define UNIT_UNIT_H

#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */
#endif

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

#include <wasmfx.h>

/* Counts blocks, bytes and reserved pages, and fails the allocation number fail_at (from 0) and all
 * later ones. UINT64_MAX: never. A shrinking or freeing call is not counted and does not fail. */
struct unit_alloc {
  uint64_t n_calls, fail_at;
  uint64_t n_blocks, n_bytes; /* live */
  uint64_t n_reserved_bytes;  /* live */
};

static inline void *unit_alloc_fn(void *ud, void *ptr, size_t old_size, size_t new_size) {
  struct unit_alloc *a = ud;
  if (new_size == 0) {
    if (ptr != NULL) {
      a->n_blocks--;
      a->n_bytes -= old_size;
    }
    free(ptr);
    return NULL;
  }
  if (new_size > old_size && a->n_calls++ >= a->fail_at) return NULL;
  void *p = realloc(ptr, new_size);
  if (p == NULL) return NULL;
  if (ptr == NULL) a->n_blocks++;
  a->n_bytes += new_size - old_size;
  return p;
}

static inline void *unit_reserve(void *ud, size_t size_bytes) {
  struct unit_alloc *a = ud;
  if (a->n_calls++ >= a->fail_at) return NULL;
  int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
  void *p = mmap(NULL, size_bytes, PROT_NONE, flags, -1, 0);
  if (p == MAP_FAILED) return NULL;
  a->n_reserved_bytes += size_bytes;
  return p;
}

static inline bool unit_commit(void *ud, void *ptr, size_t size_bytes) {
  struct unit_alloc *a = ud;
  if (a->n_calls++ >= a->fail_at) return false;
  return mprotect(ptr, size_bytes, PROT_READ | PROT_WRITE) == 0;
}

static inline void unit_decommit(void *ud, void *ptr, size_t size_bytes) {
  (void)ud;
  madvise(ptr, size_bytes, MADV_DONTNEED);
  mprotect(ptr, size_bytes, PROT_NONE);
}

static inline void unit_release(void *ud, void *ptr, size_t size_bytes) {
  struct unit_alloc *a = ud;
  a->n_reserved_bytes -= size_bytes;
  munmap(ptr, size_bytes);
}

/* A context over a, with the given features on (0: the default ones). NULL when a fails it. */
static inline wfx_ctx *unit_ctx(struct unit_alloc *a, uint64_t features) {
  wfx_options o;
  memset(&o, 0, sizeof o);
  o.size = sizeof o;
  o.alloc = unit_alloc_fn;
  o.pages = (wfx_pages){unit_reserve, unit_commit, unit_decommit, unit_release};
  o.ud = a;
  o.features = features;
  return wfx_ctx_new(&o);
}

/* Run task with allocation 0, 1, 2, ... failing, until it succeeds. task makes what it needs with
 * ctx, frees it all, and returns the status it ended with, which must be WFX_NOMEM for as long as
 * memory fails. Nothing may be left behind, ever. */
static inline void unit_sweep(wfx_status (*task)(wfx_ctx *ctx)) {
  for (uint64_t fail_at = 0;; fail_at++) {
    struct unit_alloc a = {.fail_at = fail_at};
    wfx_ctx *ctx = unit_ctx(&a, 0);
    wfx_status status = ctx == NULL ? WFX_NOMEM : task(ctx);
    wfx_ctx_free(ctx);
    assert_int_equal(a.n_blocks, 0);
    assert_int_equal(a.n_bytes, 0);
    assert_int_equal(a.n_reserved_bytes, 0);
    if (a.n_calls <= fail_at) { /* nothing failed */
      assert_int_equal(status, WFX_OK);
      return;
    }
    assert_int_equal(status, WFX_NOMEM);
  }
}

#endif
