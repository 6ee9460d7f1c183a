/* Memory of a front end: one arena for everything a compilation makes.
 *
 * Nothing here is freed by itself; fe_arena_free gives all of it back at once. Memory that runs
 * out is handled in one place: fe_guard runs a function, and an allocation that fails inside it
 * ends that function at once and makes fe_guard return false. So callers of fe_alloc need no
 * test, and functions that allocate must hold nothing but arena memory. */
#ifndef FE_ARENA_H
#define FE_ARENA_H

#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct fe_arena {
  struct fe_chunk *chunks;  /* newest first */
  char *next, *end;         /* the free part of the newest chunk */
  size_t n_bytes;           /* taken from the system so far */
  size_t limit_bytes;       /* never take more than this */
  size_t n_until_fail;      /* for tests: the allocation that fails, counted from 1; 0: none */
  jmp_buf *escape;          /* set while fe_guard runs */
} fe_arena;

/* Make an empty arena that never takes more than limit_bytes from the system. */
void fe_arena_init(fe_arena *a, size_t limit_bytes);
void fe_arena_free(fe_arena *a);

/* Run `run(ud)`. False when memory ran out in it; the arena can then only be freed. Guards
 * nest; an inner one passes the failure to its own caller only. */
bool fe_guard(fe_arena *a, void (*run)(void *ud), void *ud);

/* n_bytes zeroed bytes, aligned for any type. Only inside fe_guard. Never NULL. */
void *fe_alloc(fe_arena *a, size_t n_bytes);
/* n zeroed elements; the product is checked. */
void *fe_alloc_n(fe_arena *a, size_t n, size_t size_bytes);
/* A copy of n_bytes with a zero byte after it. */
char *fe_copy(fe_arena *a, const char *bytes, size_t n_bytes);

/* Room for one more element after n of them: the same array, or a larger copy. */
void *fe_reserve(fe_arena *a, void *data, size_t size_bytes, uint32_t n, uint32_t *cap);

#define FE_NEW(a, T) ((T *)fe_alloc((a), sizeof(T)))
#define FE_VEC(T)    struct { T *data; uint32_t n, cap; }
/* The parts are evaluated more than once. */
#define fe_push(a, v, item)                                                            \
  ((v)->data = fe_reserve((a), (v)->data, sizeof *(v)->data, (v)->n, &(v)->cap),       \
   (v)->data[(v)->n++] = (item))

#endif
