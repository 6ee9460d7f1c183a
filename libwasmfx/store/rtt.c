/* rtt.c: types at run time, and which references belong to them.
 *
 * Every descriptor carries the display of its supertypes, so that a cast is one load and one
 * compare (Cohen, "Type-extension type tests can be performed in constant time", 1991). */
#include "store/store.h"

#include "ir/match.h"

const struct rtt wfx__rtt_exn = {.kind = OBJ_EXN};
const struct rtt wfx__rtt_extern = {.kind = OBJ_EXTERN};
const struct rtt wfx__rtt_tag = {.kind = OBJ_TAG};

enum store_kind wfx__store_kind(const struct types *ts, wfx_valtype t) {
  switch (wfx_valtype_strip(t)) {
  case WFX_I8: return STORE_I8;
  case WFX_I16: return STORE_I16;
  case WFX_I32: return STORE_I32;
  case WFX_I64: return STORE_I64;
  case WFX_F32: return STORE_F32;
  case WFX_F64: return STORE_F64;
  case WFX_V128: return STORE_V128;
  }
  return wfx__val_slots(ts, t) == 2 ? STORE_CONT : STORE_REF;
}

unsigned wfx__store_kind_bytes(enum store_kind kind) {
  switch (kind) {
  case STORE_I8: return 1;
  case STORE_I16: return 2;
  case STORE_I32: case STORE_F32: return 4;
  case STORE_I64: case STORE_F64: case STORE_REF: return 8;
  case STORE_V128: case STORE_CONT: return 16;
  }
  return 0;
}

uint32_t wfx__vals_slots(const struct types *ts, const wfx_valtype *vals, uint32_t n) {
  uint32_t n_slots = 0;
  for (uint32_t i = 0; i < n; i++) n_slots += wfx__val_slots(ts, vals[i]);
  return n_slots;
}

/* ---- Descriptors ------------------------------------------------------------------------- */

/* Fields follow each other as declared, each on a multiple of its size, but at most of 8. */
static bool lay_out_struct(wfx_store *s, const struct type *t, struct rtt *rtt) {
  struct rtt_field *fields = wfx__store_alloc(s, t->n_fields, sizeof *fields);
  if (!fields) return false;
  uint32_t at = STRUCT_FIELDS_OFFSET;
  for (uint32_t i = 0; i < t->n_fields; i++) {
    enum store_kind kind = wfx__store_kind(&s->types, t->fields[i].type);
    uint32_t bytes = wfx__store_kind_bytes(kind), align = bytes < 8 ? bytes : 8;
    at = (at + align - 1) & ~(align - 1);
    fields[i].offset = at;
    fields[i].store = (uint8_t)kind;
    at += bytes;
    rtt->n_refs += kind == STORE_REF;
    rtt->n_conts += kind == STORE_CONT;
  }
  uint32_t *offsets = wfx__store_alloc(s, rtt->n_refs + rtt->n_conts, sizeof *offsets);
  if (!offsets) return false;
  uint32_t ref = 0, cont = rtt->n_refs;
  for (uint32_t i = 0; i < t->n_fields; i++) {
    if (fields[i].store == STORE_REF) offsets[ref++] = fields[i].offset;
    if (fields[i].store == STORE_CONT) offsets[cont++] = fields[i].offset;
  }
  rtt->size_bytes = (at + 7) & ~7u;
  rtt->n_fields = t->n_fields;
  rtt->fields = fields;
  rtt->ref_offsets = offsets;
  return true;
}

static bool link_supers(wfx_store *s, const struct type *t, struct rtt *rtt) {
  const struct rtt *super = NULL;
  if (t->super != WFX_NO_ID) super = s->rtts.data[type_at(&s->types, t->super)->canon];
  rtt->depth = super ? (uint16_t)(super->depth + 1) : 0;
  const struct rtt **supers = wfx__store_alloc(s, rtt->depth + 1u, sizeof *supers);
  if (!supers) return false;
  for (uint32_t i = 0; i < rtt->depth; i++) supers[i] = super->supers[i];
  supers[rtt->depth] = rtt;
  rtt->supers = supers;
  return true;
}

static bool make_rtt(wfx_store *s, uint32_t i, struct rtt **out) {
  const struct type *t = type_at(&s->types, i);
  *out = NULL;
  if (t->canon != i) return true;
  if (t->kind != WFX_TYPE_FUNC && t->kind != WFX_TYPE_STRUCT && t->kind != WFX_TYPE_ARRAY)
    return true;
  struct rtt *rtt = wfx__store_alloc(s, 1, sizeof *rtt);
  if (!rtt) return false;
  rtt->type = i;
  TRY(link_supers(s, t, rtt));
  rtt->kind = t->kind == WFX_TYPE_FUNC    ? OBJ_FUNC
              : t->kind == WFX_TYPE_ARRAY ? OBJ_ARRAY
                                          : OBJ_STRUCT;
  if (t->kind == WFX_TYPE_STRUCT) TRY(lay_out_struct(s, t, rtt));
  if (t->kind == WFX_TYPE_ARRAY) {
    enum store_kind kind = wfx__store_kind(&s->types, t->fields[0].type);
    rtt->elem = (uint8_t)kind;
    rtt->size_bytes = wfx__store_kind_bytes(kind);
  }
  *out = rtt;
  return true;
}

bool wfx__store_make_rtts(wfx_store *s) {
  while (s->rtts.n < s->types.types.n) {
    struct rtt *rtt;
    TRY(vec_reserve(&s->errs, &s->rtts, 1));
    TRY(make_rtt(s, (uint32_t)s->rtts.n, &rtt));
    s->rtts.data[s->rtts.n++] = rtt;
  }
  return true;
}

bool wfx__store_types(wfx_store *s, const struct types *types, const uint32_t **out) {
  uint32_t *map = wfx__store_alloc(s, types->types.n, sizeof *map);
  if (!map) return false;
  TRY(wfx__types_merge(&s->types, &s->errs, types, map));
  TRY(wfx__store_make_rtts(s));
  for (size_t i = 0; i < types->types.n; i++) map[i] = type_at(&s->types, map[i])->canon;
  *out = map;
  return true;
}

/* ---- References -------------------------------------------------------------------------- */

bool wfx__ref_is_abstract(slot ref, wfx_heaptype heap) {
  bool is_i31 = slot_is_i31(ref);
  enum obj_kind kind = is_i31 ? OBJ_STRUCT : (enum obj_kind)ref_rtt(ref)->kind;
  switch (heap) {
  case WFX_HEAP_ANY: case WFX_HEAP_EXTERN: case WFX_HEAP_FUNC: case WFX_HEAP_EXN: return true;
  case WFX_HEAP_EQ: return is_i31 || kind == OBJ_STRUCT || kind == OBJ_ARRAY;
  case WFX_HEAP_I31: return is_i31;
  case WFX_HEAP_STRUCT: return !is_i31 && kind == OBJ_STRUCT;
  case WFX_HEAP_ARRAY: return !is_i31 && kind == OBJ_ARRAY;
  }
  return false;
}

/* Whether an object could be in the hierarchy under top at all. */
static bool is_under(slot ref, wfx_heaptype top) {
  if (slot_is_i31(ref)) return top == WFX_HEAP_ANY || top == WFX_HEAP_EXTERN;
  switch ((enum obj_kind)ref_rtt(ref)->kind) {
  case OBJ_STRUCT: case OBJ_ARRAY: case OBJ_EXTERN:
    return top == WFX_HEAP_ANY || top == WFX_HEAP_EXTERN;
  case OBJ_FUNC: return top == WFX_HEAP_FUNC;
  case OBJ_EXN: return top == WFX_HEAP_EXN;
  case OBJ_TAG: return top == WFX_HEAP_TAG;
  }
  return false;
}

bool wfx__ref_kind(const wfx_store *s, const wfx_value *ref, enum obj_kind *kind) {
  slot r = ref->of.ref[0];
  if (!wfx_is_ref(ref->type) || r == 0 || slot_is_i31(r) || s->runner->is_cont(s, r))
    return false;
  *kind = (enum obj_kind)ref_rtt(r)->kind;
  return true;
}

bool wfx__ref_matches(const wfx_store *s, const slot *ref, wfx_valtype type) {
  if (ref[0] == 0) return wfx_is_nullable(type);
  wfx_heaptype heap = wfx_heap_of(type);
  wfx_heaptype top = wfx__heap_top(&s->types, heap);
  const bool is_cont = s->runner->is_cont(s, ref[0]);
  if (top == WFX_HEAP_CONT) {
    struct contref c = {slot_ptr(ref[0]), ref[1]};
    return is_cont && s->runner->cont_matches(s, c, type);
  }
  if (is_cont || !is_under(ref[0], top)) return false;
  if (!wfx_heap_is_type(heap)) return wfx__ref_is_abstract(ref[0], heap);
  const struct rtt *want = s->rtts.data[type_at(&s->types, wfx_heap_type(heap).i)->canon];
  return !slot_is_i31(ref[0]) && want && rtt_is(ref_rtt(ref[0]), want);
}
