/* table.c: tables and element segments. Spec: Execution, Table Instances. */
#include "store/store.h"

#include <string.h>

#include "ir/match.h"

/* Whether the limit on all memories and tables lets this one have n elements more than it has room
 * for. */
static bool has_room_for_slots(const wfx_store *s, const struct table_obj *t, uint64_t n) {
  const uint64_t limit = s->ctx->limits.memory_bytes;
  return s->memory_bytes <= limit &&
         n <= (limit - s->memory_bytes) / (t->n_slots * sizeof(slot));
}

bool wfx__table_new(wfx_store *s, wfx_valtype type, const wfx_size_limits *limits,
                    struct table_obj **out) {
  struct table_obj *t = wfx__store_alloc(s, 1, sizeof *t);
  if (!t) return false;
  *out = t;
  uint64_t most = limits->is_64 ? UINT64_MAX : UINT32_MAX;
  t->has_max = limits->has_max;
  t->is_64 = limits->is_64;
  t->max = limits->has_max && limits->max < most ? limits->max : most;
  t->type = type;
  t->n_slots = wfx__val_slots(&s->types, type);
  if (limits->min > s->ctx->limits.table_size)
    return wfx__store_fail_trap(s, TRAP_TABLE_LIMIT);
  const slot null[2] = {0, 0};
  if (!wfx__table_grow(s, t, limits->min, null))
    return has_room_for_slots(s, t, limits->min) ? wfx__fail_nomem(&s->errs)
                                                 : wfx__store_fail_trap(s, TRAP_TABLE_LIMIT);
  return true;
}

void wfx__table_free(const wfx_ctx *ctx, struct table_obj *t) {
  wfx__free(ctx, t->items, (size_t)t->cap * t->n_slots * sizeof(slot));
  t->items = NULL;
  t->size = t->cap = 0;
}

static void fill(struct table_obj *t, uint64_t at, const slot *value, uint64_t n) {
  if (t->n_slots == 1)
    for (uint64_t i = 0; i < n; i++) t->items[at + i] = value[0];
  else
    for (uint64_t i = 0; i < n; i++) memcpy(&t->items[(at + i) * 2], value, 2 * sizeof *value);
}

bool wfx__table_grow(wfx_store *s, struct table_obj *t, uint64_t n, const slot *init) {
  const wfx_ctx *ctx = s->ctx;
  if (n > t->max - t->size || n > ctx->limits.table_size ||
      t->size > ctx->limits.table_size - n)
    return false;
  uint64_t size = t->size + n;
  if (size > t->cap) {
    uint64_t cap = t->size == 0 || size > t->cap * 2 ? size : t->cap * 2;
    size_t slot_bytes = t->n_slots * sizeof(slot);
    if (!has_room_for_slots(s, t, cap - t->cap)) cap = size;
    if (!has_room_for_slots(s, t, cap - t->cap) || cap > SIZE_MAX / slot_bytes) return false;
    slot *items =
        wfx__realloc(ctx, t->items, (size_t)t->cap * slot_bytes, (size_t)cap * slot_bytes);
    if (!items) return false;
    s->memory_bytes += (cap - t->cap) * slot_bytes;
    t->items = items;
    t->cap = cap;
  }
  fill(t, t->size, init, n);
  t->size = size;
  return true;
}

enum trap wfx__table_fill(struct table_obj *t, uint64_t at, const slot *value, uint64_t n) {
  if (!range_fits(t->size, at, n)) return TRAP_TABLE;
  fill(t, at, value, n);
  return TRAP_NONE;
}

static void move_slots(slot *to, const slot *from, uint64_t n_slots) {
  if (n_slots != 0) memmove(to, from, (size_t)n_slots * sizeof *to);
}

enum trap wfx__table_copy(struct table_obj *to, uint64_t at, struct table_obj *from,
                          uint64_t from_at, uint64_t n) {
  if (!range_fits(to->size, at, n) || !range_fits(from->size, from_at, n)) return TRAP_TABLE;
  const uint32_t n_slots = to->n_slots;
  if (n != 0) move_slots(to->items + at * n_slots, from->items + from_at * n_slots,
                         n * n_slots);
  return TRAP_NONE;
}

enum trap wfx__table_init(struct table_obj *t, uint64_t at, const struct elem_obj *e,
                          uint64_t from, uint64_t n) {
  if (!range_fits(t->size, at, n) || !range_fits(e->n, from, n)) return TRAP_TABLE;
  if (n != 0) move_slots(t->items + at * t->n_slots, e->items + from * t->n_slots,
                         n * t->n_slots);
  return TRAP_NONE;
}
