/* vec.h: growing arrays.
 *
 * An array in struct s is declared `VEC(T) items;` and has items.data, items.n and items.cap.
 * Elements move when it grows: keep indices. The owner frees it with vec_free. */
#ifndef BASE_VEC_H
#define BASE_VEC_H

#include "base/diag.h"

#define VEC(T) struct { T *data; size_t n, cap; }

/* Make room for one more element beyond n. Records NOMEM. */
bool wfx__vec_reserve(struct errs *e, void **data, size_t *cap, size_t n, size_t elem_bytes);

/* Make room for extra elements. */
#define vec_reserve(e, v, extra)                                                        \
  ((v)->cap - (v)->n >= (size_t)(extra) ||                                              \
   wfx__vec_reserve(e, (void **)(void *)&(v)->data, &(v)->cap, (v)->n + (size_t)(extra), \
                    sizeof *(v)->data))
/* Append x; false when memory is out. */
#define vec_push(e, v, x) (vec_reserve(e, v, 1) && ((v)->data[(v)->n++] = (x), true))
#define vec_last(v) ((v)->data[(v)->n - 1])
#define vec_free(ctx, v)                                                  \
  do {                                                                    \
    wfx__free(ctx, (v)->data, (v)->cap * sizeof *(v)->data);              \
    (v)->data = NULL;                                                     \
    (v)->n = (v)->cap = 0;                                                \
  } while (0)

typedef VEC(uint32_t) vec_u32;
typedef VEC(uint8_t) vec_u8;

/* Append n bytes. */
bool wfx__bytes_push(struct errs *e, vec_u8 *v, const void *data, size_t n);

#endif
