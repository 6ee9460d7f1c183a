/* array.c: fields of structs and arrays, and what works on many elements at once.
 * Spec: Execution, Aggregate Instructions. */
#include "store/store.h"

#include <string.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the low bytes of a slot come first");

/* Copies of constant size, which compile to one store. */
void wfx__field_put(void *at, enum store_kind kind, const slot *value) {
  switch (kind) {
  case STORE_I8: memcpy(at, value, 1); return;
  case STORE_I16: memcpy(at, value, 2); return;
  case STORE_I32: case STORE_F32: memcpy(at, value, 4); return;
  case STORE_I64: case STORE_F64: case STORE_REF: memcpy(at, value, 8); return;
  case STORE_V128: case STORE_CONT: memcpy(at, value, 16); return;
  }
}

void wfx__field_get(const void *at, enum store_kind kind, slot *value) {
  value[0] = 0;
  memcpy(value, at, wfx__store_kind_bytes(kind));
}

struct array_obj *wfx__array_new(wfx_store *s, const struct rtt *rtt, uint32_t n) {
  uint64_t bytes = ARRAY_ITEMS_OFFSET + (uint64_t)n * rtt->size_bytes;
  if (bytes > SIZE_MAX) return NULL;
  struct array_obj *a = (struct array_obj *)(void *)wfx__heap_alloc(s->heap, rtt,
                                                                    (size_t)bytes);
  if (a) a->n = n;
  return a;
}

enum trap wfx__array_fill(struct array_obj *a, uint32_t at, const slot *value, uint32_t n) {
  if (!range_fits(a->n, at, n)) return TRAP_ARRAY;
  const size_t bytes = a->obj.rtt->size_bytes;
  uint8_t *item = array_item(a, at);
  for (uint32_t i = 0; i < n; i++, item += bytes) memcpy(item, value, bytes);
  return TRAP_NONE;
}

enum trap wfx__array_copy(struct array_obj *to, uint32_t at, struct array_obj *from,
                          uint32_t from_at, uint32_t n) {
  if (!range_fits(to->n, at, n) || !range_fits(from->n, from_at, n)) return TRAP_ARRAY;
  memmove(array_item(to, at), array_item(from, from_at), (size_t)n * to->obj.rtt->size_bytes);
  return TRAP_NONE;
}

enum trap wfx__array_init_data(struct array_obj *a, uint32_t at, const struct data_obj *d,
                               uint32_t from, uint32_t n) {
  uint64_t bytes = (uint64_t)n * a->obj.rtt->size_bytes;
  if (!range_fits(a->n, at, n)) return TRAP_ARRAY;
  if (!range_fits(d->n, from, bytes)) return TRAP_MEMORY;
  if (bytes != 0) memcpy(array_item(a, at), d->bytes + from, (size_t)bytes);
  return TRAP_NONE;
}

enum trap wfx__array_init_elem(struct array_obj *a, uint32_t at, const struct elem_obj *e,
                               uint32_t from, uint32_t n) {
  if (!range_fits(a->n, at, n)) return TRAP_ARRAY;
  if (!range_fits(e->n, from, n)) return TRAP_TABLE;
  if (n != 0)
    memcpy(array_item(a, at), e->items + (size_t)from * e->n_slots,
           (size_t)n * e->n_slots * sizeof *e->items);
  return TRAP_NONE;
}
