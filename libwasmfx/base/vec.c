/* vec.c: growth. */
#include "base/vec.h"

#include <string.h>

bool wfx__vec_reserve(struct errs *e, void **data, size_t *cap, size_t n, size_t elem_bytes) {
#ifdef WFX_DEBUG
  /* Move at every growth, so that stale pointers show; large arrays would take quadratic time. */
  size_t new_cap = n < 1000 ? n : n + n / 4;
#else
  size_t new_cap = *cap < 8 ? 8 : *cap + *cap / 2;
  if (new_cap < n) new_cap = n;
#endif
  if (n > SIZE_MAX / elem_bytes / 2) return wfx__fail_nomem(e);
  void *p = wfx__realloc(e->ctx, *data, *cap * elem_bytes, new_cap * elem_bytes);
  if (!p) return wfx__fail_nomem(e);
  *data = p;
  *cap = new_cap;
  return true;
}

bool wfx__bytes_push(struct errs *e, vec_u8 *v, const void *data, size_t n) {
  TRY(vec_reserve(e, v, n));
  if (n != 0) memcpy(v->data + v->n, data, n);
  v->n += n;
  return true;
}
