/* type.c: the type section; canonical recursion groups.
 *
 * Two groups are equal when their types agree one by one, references inside the group compared by
 * position and references outside by canonical type. A hash table finds the first group equal to a
 * new one, so equality of types is afterwards equality of two numbers. */
#include "ir/type.h"

#include <assert.h>
#include <string.h>

const struct heap_info wfx__heaps[WFX_HEAP_COUNT] = {
#define WFX_HEAP(id, text, shorthand, code, feature, above) \
  [WFX_HEAP_##id] = {text, shorthand, code, WFX_FEATURE_##feature, WFX_HEAP_##above},
#include <wasmfx/heap.def>
#undef WFX_HEAP
    [WFX_HEAP_BOT] = {"bot", NULL, 0, WFX_FEATURE_MVP, WFX_HEAP_BOT},
};

void wfx__types_init(struct types *ts, struct arena *arena) {
  memset(ts, 0, sizeof *ts);
  ts->arena = arena;
}

void wfx__types_free(struct types *ts) {
  const wfx_ctx *ctx = ts->arena->ctx;
  vec_free(ctx, &ts->types);
  vec_free(ctx, &ts->groups);
  wfx__map_free(ctx, &ts->by_hash);
}

bool wfx__types_add_group(struct types *ts, struct errs *e, bool is_explicit, uint32_t *group) {
  struct group g = {WFX_NO_ID, WFX_NO_ID, 0, false, is_explicit};
  *group = (uint32_t)ts->groups.n;
  TRY(vec_push(e, &ts->groups, g));
  ts->n_open++;
  return true;
}

bool wfx__types_declare(struct types *ts, struct errs *e, uint32_t group, uint32_t *type) {
  struct group *g = &ts->groups.data[group];
  assert(!g->is_ended);
  struct type t;
  memset(&t, 0, sizeof t);
  uint32_t i = (uint32_t)ts->types.n;
  t.super = t.next = t.target = WFX_NO_ID;
  t.group = group;
  t.rel = g->n;
  t.canon = i;
  t.loc = loc_none();
  TRY(vec_push(e, &ts->types, t));
  if (g->n == 0) g->first = i;
  else type_at(ts, g->last)->next = i;
  g->last = i;
  g->n++;
  *type = i;
  return true;
}

static wfx_valtype *copy_vals(struct types *ts, struct errs *e, const wfx_valtype *a, size_t n_a,
                              const wfx_valtype *b, size_t n_b) {
  wfx_valtype *vals = wfx__arena_alloc(ts->arena, (n_a + n_b) * sizeof *vals);
  if (!vals) {
    wfx__fail_nomem(e);
    return NULL;
  }
  if (n_a != 0) memcpy(vals, a, n_a * sizeof *vals);
  if (n_b != 0) memcpy(vals + n_a, b, n_b * sizeof *vals);
  return vals;
}

bool wfx__types_define_func(struct types *ts, struct errs *e, uint32_t type,
                            const wfx_valtype *params, size_t n_params,
                            const wfx_valtype *results, size_t n_results) {
  wfx_valtype *vals = copy_vals(ts, e, params, n_params, results, n_results);
  if (!vals) return false;
  struct type *t = type_at(ts, type);
  t->vals = vals;
  t->n_params = (uint32_t)n_params;
  t->n_results = (uint32_t)n_results;
  t->kind = WFX_TYPE_FUNC;
  return true;
}

bool wfx__types_define_handler(struct types *ts, struct errs *e, uint32_t type,
                               const wfx_valtype *ts_star, size_t n) {
  TRY(wfx__types_define_func(ts, e, type, NULL, 0, ts_star, n));
  type_at(ts, type)->kind = WFX_TYPE_HANDLER;
  return true;
}

bool wfx__types_define_fields(struct types *ts, struct errs *e, uint32_t type,
                              wfx_type_kind kind, const wfx_field *fields, size_t n_fields) {
  wfx_field *copy = wfx__arena_alloc(ts->arena, n_fields * sizeof *copy);
  if (!copy) return wfx__fail_nomem(e);
  if (n_fields != 0) memcpy(copy, fields, n_fields * sizeof *copy);
  struct type *t = type_at(ts, type);
  t->fields = copy;
  t->n_fields = (uint32_t)n_fields;
  t->kind = (uint8_t)kind;
  return true;
}

void wfx__types_define_target(struct types *ts, uint32_t type, wfx_type_kind kind,
                              uint32_t func_type) {
  struct type *t = type_at(ts, type);
  t->target = func_type;
  t->kind = (uint8_t)kind;
}

void wfx__types_set_super(struct types *ts, uint32_t type, enum sub_form form, uint32_t super) {
  struct type *t = type_at(ts, type);
  t->form = (uint8_t)form;
  t->super = super;
}

/* ---- Canonical groups -------------------------------------------------------------------- */

/* A reference to type t from inside group, as a number that is the same in equal groups. */
static uint64_t ref_key(const struct types *ts, uint32_t group, uint32_t t) {
  if (t == WFX_NO_ID) return UINT64_MAX;
  if (t >= ts->types.n) return (uint64_t)2 << 40 | t;
  const struct type *type = type_at(ts, t);
  if (type->group == group) return (uint64_t)1 << 40 | type->rel;
  return type->canon;
}

static uint64_t val_key(const struct types *ts, uint32_t group, wfx_valtype t) {
  t = wfx_valtype_strip(t);
  if (!wfx_is_ref(t) || !wfx_heap_is_type(wfx_heap_of(t))) return t;
  uint64_t key = ref_key(ts, group, wfx_heap_type(wfx_heap_of(t)).i);
  return (key << 5) | (t & 31u) | (uint64_t)1 << 60;
}

static uint64_t hash_group(const struct types *ts, uint32_t group) {
  const struct group *g = &ts->groups.data[group];
  uint64_t h = wfx__hash_mix(ts->arena->ctx->hash_seed, g->n);
  for (uint32_t i = g->first; i != WFX_NO_ID; i = type_at(ts, i)->next) {
    const struct type *t = type_at(ts, i);
    h = wfx__hash_mix(h, (uint64_t)t->kind << 1 | type_is_final(t));
    h = wfx__hash_mix(h, ref_key(ts, group, t->super));
    h = wfx__hash_mix(h, (uint64_t)t->n_params << 32 | t->n_results);
    h = wfx__hash_mix(h, ref_key(ts, group, t->target));
    for (uint32_t k = 0; k < t->n_params + t->n_results; k++)
      h = wfx__hash_mix(h, val_key(ts, group, t->vals[k]));
    for (uint32_t k = 0; k < t->n_fields; k++)
      h = wfx__hash_mix(h, val_key(ts, group, t->fields[k].type) << 1 |
                               t->fields[k].is_mutable);
  }
  return h;
}

static bool equal_types(const struct types *ts, const struct type *a, const struct type *b) {
  uint32_t ga = a->group, gb = b->group;
  if (a->kind != b->kind || type_is_final(a) != type_is_final(b) ||
      a->n_params != b->n_params || a->n_results != b->n_results ||
      a->n_fields != b->n_fields || ref_key(ts, ga, a->super) != ref_key(ts, gb, b->super) ||
      ref_key(ts, ga, a->target) != ref_key(ts, gb, b->target))
    return false;
  for (uint32_t k = 0; k < a->n_params + a->n_results; k++)
    if (val_key(ts, ga, a->vals[k]) != val_key(ts, gb, b->vals[k])) return false;
  for (uint32_t k = 0; k < a->n_fields; k++)
    if (a->fields[k].is_mutable != b->fields[k].is_mutable ||
        val_key(ts, ga, a->fields[k].type) != val_key(ts, gb, b->fields[k].type))
      return false;
  return true;
}

static bool equal_groups(const struct types *ts, uint32_t a, uint32_t b) {
  if (ts->groups.data[a].n != ts->groups.data[b].n) return false;
  uint32_t i = ts->groups.data[a].first, j = ts->groups.data[b].first;
  for (; i != WFX_NO_ID; i = type_at(ts, i)->next, j = type_at(ts, j)->next)
    if (!equal_types(ts, type_at(ts, i), type_at(ts, j))) return false;
  return true;
}

/* Find the canonical form of an ended group, all groups before it having theirs. */
static bool find_canon(struct types *ts, struct errs *e, uint32_t group) {
  struct group *g = &ts->groups.data[group];
  for (uint32_t i = g->first; i != WFX_NO_ID; i = type_at(ts, i)->next) {
    struct type *t = type_at(ts, i);
    t->n_supers = 0;
    if (t->super < ts->types.n && type_at(ts, t->super)->n_supers < UINT16_MAX)
      t->n_supers = (uint16_t)(type_at(ts, t->super)->n_supers + 1);
  }
  uint64_t hash = hash_group(ts, group);
  uint32_t it = 0, other;
  while ((other = wfx__multimap_next(&ts->by_hash, hash, &it)) != WFX_NO_ID) {
    if (!equal_groups(ts, other, group)) continue;
    uint32_t i = g->first, j = ts->groups.data[other].first;
    for (; i != WFX_NO_ID; i = type_at(ts, i)->next, j = type_at(ts, j)->next)
      type_at(ts, i)->canon = j;
    return true;
  }
  return wfx__multimap_put(e, &ts->by_hash, hash, group);
}

/* Do all ended groups anew, in order: groups that ended before one they refer to had its types
 * as equal to themselves only. */
static bool find_all_canons(struct types *ts, struct errs *e) {
  wfx__map_free(e->ctx, &ts->by_hash);
  for (uint32_t i = 0; i < ts->types.n; i++) type_at(ts, i)->canon = i;
  for (uint32_t g = 0; g < ts->groups.n; g++)
    if (ts->groups.data[g].n != 0) TRY(find_canon(ts, e, g));
  return true;
}

bool wfx__types_end_group(struct types *ts, struct errs *e, uint32_t group) {
  assert(!ts->groups.data[group].is_ended);
  ts->groups.data[group].is_ended = true;
  ts->n_open--;
  if (ts->n_open != 0 || !ts->is_out_of_order) {
    ts->is_out_of_order = ts->n_open != 0;
    return find_canon(ts, e, group);
  }
  ts->is_out_of_order = false;
  return find_all_canons(ts, e);
}

/* ---- Types on demand --------------------------------------------------------------------- */

/* The last group as it was before it was added. */
struct undo {
  size_t n_types, n_groups;
  uint32_t n_open;
  struct arena_chunk *chunk;
  char *at;
};

static struct undo undo_point(const struct types *ts) {
  struct undo u = {ts->types.n, ts->groups.n, ts->n_open, ts->arena->chunks, ts->arena->at};
  return u;
}

static void undo_to(struct types *ts, struct undo u) {
  ts->types.n = u.n_types;
  ts->groups.n = u.n_groups;
  ts->n_open = u.n_open;
  if (ts->arena->chunks == u.chunk) ts->arena->at = u.at;
}

/* End the last group, of one type t; *type is t, or the type equal to it that was there before. */
static bool end_or_undo(struct types *ts, struct errs *e, struct undo before, uint32_t t,
                        uint32_t *type) {
  if (!wfx__types_end_group(ts, e, (uint32_t)before.n_groups)) {
    undo_to(ts, before);
    return false;
  }
  *type = type_at(ts, t)->canon;
  if (*type != t) undo_to(ts, before);
  return true;
}

/* Add a type in a group of its own. */
static bool declare_alone(struct types *ts, struct errs *e, uint32_t *t) {
  uint32_t group;
  return wfx__types_add_group(ts, e, false, &group) && wfx__types_declare(ts, e, group, t);
}

bool wfx__types_func(struct types *ts, struct errs *e, const wfx_valtype *params, size_t n_params,
                     const wfx_valtype *results, size_t n_results, uint32_t *type) {
  struct undo before = undo_point(ts);
  uint32_t t;
  if (!declare_alone(ts, e, &t) ||
      !wfx__types_define_func(ts, e, t, params, n_params, results, n_results)) {
    undo_to(ts, before);
    return false;
  }
  return end_or_undo(ts, e, before, t, type);
}

bool wfx__types_cont(struct types *ts, struct errs *e, uint32_t func_type, uint32_t *type) {
  struct undo before = undo_point(ts);
  uint32_t t;
  if (!declare_alone(ts, e, &t)) {
    undo_to(ts, before);
    return false;
  }
  wfx__types_define_target(ts, t, WFX_TYPE_CONT, func_type);
  return end_or_undo(ts, e, before, t, type);
}

wfx_valtype wfx__valtype_map(wfx_valtype t, const uint32_t *map) {
  if (!wfx_is_ref(t) || !wfx_heap_is_type(wfx_heap_of(t))) return t;
  wfx_type_id to = {map[wfx_heap_type(wfx_heap_of(t)).i]};
  return (t & (15u | (uint32_t)WFX_NULLABLE)) | wfx_heap(to) << WFX_HEAP_SHIFT;
}

/* Copy type i of src, whose group has all its members in map. */
static bool merge_type(struct types *dst, struct errs *e, const struct types *src, uint32_t i,
                       const uint32_t *map) {
  const struct type *from = type_at(src, i);
  uint32_t n_vals = from->n_params + from->n_results;
  wfx_valtype *vals = wfx__arena_alloc(dst->arena, n_vals * sizeof *vals);
  wfx_field *fields = wfx__arena_alloc(dst->arena, from->n_fields * sizeof *fields);
  if (!vals || !fields) return wfx__fail_nomem(e);
  struct type *to = type_at(dst, map[i]);
  for (uint32_t k = 0; k < n_vals; k++) vals[k] = wfx__valtype_map(from->vals[k], map);
  for (uint32_t k = 0; k < from->n_fields; k++) {
    fields[k] = from->fields[k];
    fields[k].type = wfx__valtype_map(fields[k].type, map);
  }
  to->kind = from->kind;
  to->form = from->form;
  to->n_params = from->n_params;
  to->n_results = from->n_results;
  to->n_fields = from->n_fields;
  to->vals = vals;
  to->fields = fields;
  to->super = from->super == WFX_NO_ID ? WFX_NO_ID : map[from->super];
  to->target = from->target == WFX_NO_ID ? WFX_NO_ID : map[from->target];
  if (!from->name.data) return true;
  return wfx__arena_str(dst->arena, e, from->name.data, from->name.n, &to->name);
}

static bool merge_field_names(struct types *dst, struct errs *e, const struct type *from,
                              uint32_t to_id) {
  if (!from->field_names) return true;
  wfx_str *names = wfx__arena_alloc(dst->arena, from->n_fields * sizeof *names);
  if (!names) return wfx__fail_nomem(e);
  for (uint32_t k = 0; k < from->n_fields; k++)
    if (from->field_names[k].data)
      TRY(wfx__arena_str(dst->arena, e, from->field_names[k].data, from->field_names[k].n,
                         &names[k]));
  type_at(dst, to_id)->field_names = names;
  return true;
}

static bool merge_group(struct types *dst, struct errs *e, const struct types *src,
                        const struct group *g, uint32_t *map) {
  uint32_t group;
  TRY(wfx__types_add_group(dst, e, g->is_explicit, &group));
  for (uint32_t i = g->first; i != WFX_NO_ID; i = type_at(src, i)->next)
    TRY(wfx__types_declare(dst, e, group, &map[i]));
  for (uint32_t i = g->first; i != WFX_NO_ID; i = type_at(src, i)->next) {
    TRY(merge_type(dst, e, src, i, map));
    TRY(merge_field_names(dst, e, type_at(src, i), map[i]));
  }
  return wfx__types_end_group(dst, e, group);
}

bool wfx__types_merge(struct types *dst, struct errs *e, const struct types *src, uint32_t *map) {
  for (size_t k = 0; k < src->groups.n; k++) {
    const struct group *g = &src->groups.data[k];
    if (g->n == 0) continue;
    struct undo before = undo_point(dst);
    if (!merge_group(dst, e, src, g, map)) {
      undo_to(dst, before);
      return false;
    }
    if (type_at(dst, map[g->first])->canon == map[g->first]) continue;
    for (uint32_t i = g->first; i != WFX_NO_ID; i = type_at(src, i)->next)
      map[i] = type_at(dst, map[i])->canon;
    undo_to(dst, before);
  }
  return true;
}
