/* The arena of a front end; see the header. The only malloc of the front ends' compilers. */
#include "common/fe_arena.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK_BYTES ((size_t)64 * 1024)
#define ALIGN_BYTES (sizeof(max_align_t))

struct fe_chunk {
  struct fe_chunk *older;
  max_align_t first;
};

void fe_arena_init(fe_arena *a, size_t limit_bytes) {
  *a = (fe_arena){.limit_bytes = limit_bytes};
}

void fe_arena_free(fe_arena *a) {
  struct fe_chunk *c = a->chunks;
  while (c) {
    struct fe_chunk *older = c->older;
    free(c);
    c = older;
  }
  fe_arena_init(a, a->limit_bytes);
}

bool fe_guard(fe_arena *a, void (*run)(void *ud), void *ud) {
  jmp_buf here;
  jmp_buf *const outer = a->escape;
  if (setjmp(here) == 0) {
    a->escape = &here;
    run(ud);
    a->escape = outer;
    return true;
  }
  a->escape = outer;
  return false;
}

_Noreturn static void out_of_memory(fe_arena *a) {
  assert(a->escape);
  longjmp(*a->escape, 1);
}

static void add_chunk(fe_arena *a, size_t n_bytes) {
  size_t size = n_bytes > CHUNK_BYTES ? n_bytes : CHUNK_BYTES;
  size_t total = size + offsetof(struct fe_chunk, first);
  if (total < size || total > a->limit_bytes - a->n_bytes)
    out_of_memory(a);
  struct fe_chunk *c = malloc(total);
  if (!c)
    out_of_memory(a);
  c->older = a->chunks;
  a->chunks = c;
  a->n_bytes += total;
  a->next = (char *)c + offsetof(struct fe_chunk, first);
  a->end = a->next + size;
}

void *fe_alloc(fe_arena *a, size_t n_bytes) {
  if (n_bytes > SIZE_MAX - 2 * ALIGN_BYTES - CHUNK_BYTES)
    out_of_memory(a);
  if (a->n_until_fail && --a->n_until_fail == 0)
    out_of_memory(a);
  n_bytes = (n_bytes + ALIGN_BYTES - 1) / ALIGN_BYTES * ALIGN_BYTES;
  if ((size_t)(a->end - a->next) < n_bytes)
    add_chunk(a, n_bytes);
  char *p = a->next;
  a->next += n_bytes;
  memset(p, 0, n_bytes);
  return p;
}

void *fe_alloc_n(fe_arena *a, size_t n, size_t size_bytes) {
  if (size_bytes && n > SIZE_MAX / size_bytes)
    out_of_memory(a);
  return fe_alloc(a, n * size_bytes);
}

char *fe_copy(fe_arena *a, const char *bytes, size_t n_bytes) {
  if (n_bytes == SIZE_MAX)
    out_of_memory(a);
  char *p = fe_alloc(a, n_bytes + 1);
  if (n_bytes)
    memcpy(p, bytes, n_bytes);
  return p;
}

void *fe_reserve(fe_arena *a, void *data, size_t size_bytes, uint32_t n, uint32_t *cap) {
  if (n < *cap)
    return data;
  if (*cap > UINT32_MAX / 2)
    out_of_memory(a);
  uint32_t larger = *cap ? *cap * 2 : 4;
  void *moved = fe_alloc_n(a, larger, size_bytes);
  if (n)
    memcpy(moved, data, n * size_bytes);
  *cap = larger;
  return moved;
}
