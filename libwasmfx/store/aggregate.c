/* aggregate.c: structs, arrays and exceptions in the hands of the host. */
#include <string.h>

#include "ir/match.h"
#include "store/store.h"

enum { N_SLOTS_INLINE = 64, SLACK_BYTES = 1 << 20 };

enum trap wfx__heap_trap(const wfx_store *s, uint64_t size_bytes) {
  struct heap_stats stats;
  wfx__heap_stats(s->heap, &stats);
  const uint64_t limit = s->ctx->limits.heap_bytes;
  bool is_full = size_bytes > limit || stats.live_bytes + SLACK_BYTES > limit - size_bytes;
  return is_full ? TRAP_HEAP : TRAP_NOMEM;
}

slot wfx__exn_new(wfx_store *s, struct tag_obj *tag) {
  size_t bytes = sizeof(struct exn_obj) + tag->n_param_slots * sizeof(slot);
  struct exn_obj *x = (struct exn_obj *)(void *)wfx__heap_alloc(s->heap, &wfx__rtt_exn, bytes);
  if (!x) return 0;
  x->tag = tag;
  x->n_slots = tag->n_param_slots;
  return ptr_slot(x);
}

static void ref_out(slot ref, wfx_heaptype heap, wfx_value *out) {
  memset(out, 0, sizeof *out);
  out->type = wfx_ref(heap);
  out->of.ref[0] = ref;
}

static wfx_status failed(const wfx_store *s) { return errs_status(&s->errs); }

static bool wrong(wfx_store *s, const char *text) {
  return wfx__store_fail(s, WFX_MISUSE, text);
}

/* ---- Values on their way into an object ---------------------------------------------------- */

/* Slots that stay alive while the object is made. */
struct values_in {
  struct pinned pin;
  slot few[N_SLOTS_INLINE], *slots;
  size_t n_slots;
};

static bool values_open(wfx_store *s, struct values_in *v, size_t n_values) {
  v->n_slots = n_values * 2;
  v->slots = v->few;
  if (v->n_slots > N_SLOTS_INLINE)
    v->slots = wfx__alloc(s->ctx, v->n_slots * sizeof *v->slots);
  if (!v->slots) return wfx__fail_nomem(&s->errs);
  memset(v->slots, 0, v->n_slots * sizeof *v->slots);
  v->pin = (struct pinned){v->slots, v->n_slots, s->pinned};
  s->pinned = &v->pin;
  return true;
}

static void values_close(wfx_store *s, struct values_in *v) {
  if (!v->slots) return;
  s->pinned = v->pin.outer;
  if (v->slots != v->few) wfx__free(s->ctx, v->slots, v->n_slots * sizeof *v->slots);
}

/* ---- Structs ----------------------------------------------------------------------------- */

/* The store's type that a module's type is, when it is of this kind. */
static bool own_type(const wfx_instance *inst, wfx_type_id id, wfx_type_kind kind,
                     uint32_t *type) {
  if (id.i >= inst->n_types ||
      type_at(&inst->store->types, inst->types[id.i])->kind != (uint8_t)kind)
    return wrong(inst->store, "not such a type");
  *type = inst->types[id.i];
  return true;
}

static bool take_field(wfx_store *s, const wfx_field *field, const wfx_value *v, slot *slots) {
  wfx_valtype type = unpack_val(field->type);
  if (!v)
    return wfx__is_defaultable(type) || wrong(s, "a field has no default");
  return wfx__values_to_slots(s, &type, 1, v, slots) || wrong(s, "value of another type");
}

static bool struct_new(wfx_store *s, uint32_t type, const wfx_value *fields,
                       struct values_in *in, slot *out) {
  const struct type *t = type_at(&s->types, type);
  const struct rtt *rtt = s->rtts.data[type];
  TRY(values_open(s, in, t->n_fields));
  for (uint32_t i = 0; i < t->n_fields; i++)
    TRY(take_field(s, &t->fields[i], fields ? &fields[i] : NULL, in->slots + i * 2));
  char *o = (char *)(void *)wfx__heap_alloc(s->heap, rtt, rtt->size_bytes);
  if (!o) return wfx__store_fail_trap(s, wfx__heap_trap(s, rtt->size_bytes));
  for (uint32_t i = 0; i < rtt->n_fields; i++)
    wfx__field_put(o + rtt->fields[i].offset, (enum store_kind)rtt->fields[i].store,
                   in->slots + i * 2);
  *out = ptr_slot(o);
  return true;
}

wfx_status wfx_struct_new(wfx_instance *inst, wfx_type_id id, const wfx_value *fields,
                          size_t n_fields, wfx_value *out) {
  wfx_store *s = inst->store;
  uint32_t type = 0;
  wfx__store_clear(s);
  if (!own_type(inst, id, WFX_TYPE_STRUCT, &type)) return WFX_MISUSE;
  if (fields && n_fields != type_at(&s->types, type)->n_fields) {
    wrong(s, "wrong number of fields");
    return WFX_MISUSE;
  }
  struct values_in in = {.slots = NULL};
  slot ref = 0;
  bool is_ok = struct_new(s, type, fields, &in, &ref);
  values_close(s, &in);
  if (!is_ok) return failed(s);
  ref_out(ref, WFX_HEAP_STRUCT, out);
  return WFX_OK;
}

/* The object of a kind behind a reference, or NULL with the error recorded. */
static void *object_of(wfx_store *s, const wfx_value *ref, enum obj_kind kind, enum trap null) {
  wfx__store_clear(s);
  slot r = ref->of.ref[0];
  if (wfx_is_ref(ref->type) && r == 0) {
    wfx__store_fail_trap(s, null);
    return NULL;
  }
  enum obj_kind is;
  if (wfx__ref_kind(s, ref, &is) && is == kind) return slot_ptr(r);
  wrong(s, kind == OBJ_STRUCT ? "not a struct" : "not an array");
  return NULL;
}

/* A field, or NULL with the error recorded. */
static const wfx_field *field_of(wfx_store *s, const struct obj *o, uint32_t i, bool is_set) {
  const struct type *t = type_at(&s->types, o->rtt->type);
  if (i >= t->n_fields) {
    wrong(s, "no such field");
    return NULL;
  }
  if (!is_set || t->fields[i].is_mutable) return &t->fields[i];
  wrong(s, "field is immutable");
  return NULL;
}

static void field_out(const wfx_store *s, const void *at, const wfx_field *field,
                      enum store_kind kind, wfx_value *out) {
  wfx_valtype type = unpack_val(field->type);
  slot value[2] = {0, 0};
  wfx__field_get(at, kind, value);
  wfx__values_from_slots(s, &type, 1, value, out);
}

wfx_status wfx_struct_get(wfx_store *s, const wfx_value *ref, uint32_t field, wfx_value *out) {
  const struct obj *o = object_of(s, ref, OBJ_STRUCT, TRAP_NULL_STRUCT);
  const wfx_field *f = o ? field_of(s, o, field, false) : NULL;
  if (!f) return failed(s);
  const struct rtt_field *at = &o->rtt->fields[field];
  field_out(s, (const char *)o + at->offset, f, (enum store_kind)at->store, out);
  return WFX_OK;
}

wfx_status wfx_struct_set(wfx_store *s, const wfx_value *ref, uint32_t field,
                          const wfx_value *v) {
  struct obj *o = object_of(s, ref, OBJ_STRUCT, TRAP_NULL_STRUCT);
  const wfx_field *f = o ? field_of(s, o, field, true) : NULL;
  slot value[2];
  if (!f || !take_field(s, f, v, value)) return failed(s);
  const struct rtt_field *at = &o->rtt->fields[field];
  wfx__field_put((char *)o + at->offset, (enum store_kind)at->store, value);
  return WFX_OK;
}

/* ---- Arrays ------------------------------------------------------------------------------ */

static bool array_new(wfx_store *s, uint32_t type, const wfx_value *item, uint32_t n,
                      struct values_in *in, slot *out) {
  const struct rtt *rtt = s->rtts.data[type];
  TRY(values_open(s, in, 1));
  TRY(take_field(s, &type_at(&s->types, type)->fields[0], item, in->slots));
  struct array_obj *a = wfx__array_new(s, rtt, n);
  if (!a) {
    uint64_t bytes = ARRAY_ITEMS_OFFSET + (uint64_t)n * rtt->size_bytes;
    return wfx__store_fail_trap(s, wfx__heap_trap(s, bytes));
  }
  wfx__array_fill(a, 0, in->slots, n);
  *out = ptr_slot(a);
  return true;
}

wfx_status wfx_array_new(wfx_instance *inst, wfx_type_id id, const wfx_value *item, uint32_t n,
                         wfx_value *out) {
  wfx_store *s = inst->store;
  uint32_t type = 0;
  wfx__store_clear(s);
  if (!own_type(inst, id, WFX_TYPE_ARRAY, &type)) return WFX_MISUSE;
  struct values_in in = {.slots = NULL};
  slot ref = 0;
  bool is_ok = array_new(s, type, item, n, &in, &ref);
  values_close(s, &in);
  if (!is_ok) return failed(s);
  ref_out(ref, WFX_HEAP_ARRAY, out);
  return WFX_OK;
}

/* The element, or NULL with the error recorded. */
static void *item_of(wfx_store *s, struct array_obj *a, uint32_t i) {
  if (i < a->n) return array_item(a, i);
  wfx__store_fail_trap(s, TRAP_ARRAY);
  return NULL;
}

wfx_status wfx_array_get(wfx_store *s, const wfx_value *ref, uint32_t i, wfx_value *out) {
  struct array_obj *a = object_of(s, ref, OBJ_ARRAY, TRAP_NULL_ARRAY);
  const void *at = a ? item_of(s, a, i) : NULL;
  if (!at) return failed(s);
  field_out(s, at, field_of(s, &a->obj, 0, false), (enum store_kind)a->obj.rtt->elem, out);
  return WFX_OK;
}

wfx_status wfx_array_set(wfx_store *s, const wfx_value *ref, uint32_t i, const wfx_value *v) {
  struct array_obj *a = object_of(s, ref, OBJ_ARRAY, TRAP_NULL_ARRAY);
  const wfx_field *f = a ? field_of(s, &a->obj, 0, true) : NULL;
  void *at = f ? item_of(s, a, i) : NULL;
  slot value[2];
  if (!at || !take_field(s, f, v, value)) return failed(s);
  wfx__field_put(at, (enum store_kind)a->obj.rtt->elem, value);
  return WFX_OK;
}

static struct array_obj *array_or_null(const wfx_store *s, const wfx_value *ref) {
  enum obj_kind kind;
  return wfx__ref_kind(s, ref, &kind) && kind == OBJ_ARRAY ? slot_ptr(ref->of.ref[0]) : NULL;
}

uint32_t wfx_array_len(const wfx_store *s, const wfx_value *ref) {
  const struct array_obj *a = array_or_null(s, ref);
  return a ? a->n : 0;
}

void *wfx_array_data(const wfx_store *s, const wfx_value *ref, size_t *n_bytes) {
  struct array_obj *a = array_or_null(s, ref);
  bool is_ref = a && (a->obj.rtt->elem == STORE_REF || a->obj.rtt->elem == STORE_CONT);
  if (!a || is_ref) {
    *n_bytes = 0;
    return NULL;
  }
  *n_bytes = (size_t)a->n * a->obj.rtt->size_bytes;
  return array_item(a, 0);
}

bool wfx_ref_is(const wfx_instance *inst, const wfx_value *ref, wfx_valtype type) {
  if (!wfx_is_ref(type) || !wfx_is_ref(ref->type)) return false;
  type = wfx_valtype_strip(type);
  wfx_heaptype heap = wfx_heap_of(type);
  if (wfx_heap_is_type(heap) && wfx_heap_type(heap).i >= inst->n_types) return false;
  return wfx__ref_matches(inst->store, ref->of.ref, wfx__valtype_map(type, inst->types));
}

/* ---- Exceptions -------------------------------------------------------------------------- */

static bool exn_new(wfx_store *s, struct tag_obj *tag, const wfx_value *payload,
                    struct values_in *in, slot *out) {
  const struct type *t = type_at(&s->types, tag->type);
  TRY(values_open(s, in, t->n_params));
  if (!wfx__values_to_slots(s, t->vals, t->n_params, payload, in->slots))
    return wrong(s, "value of another type");
  *out = wfx__exn_new(s, tag);
  if (!*out) return wfx__store_fail_trap(s, wfx__heap_trap(s, 0));
  if (tag->n_param_slots != 0)
    memcpy(exn_slots(*out), in->slots, tag->n_param_slots * sizeof *in->slots);
  return true;
}

wfx_status wfx_exn_new(wfx_store *s, const wfx_tag *tag, const wfx_value *payload, size_t n,
                       wfx_value *out) {
  struct tag_obj *t = (struct tag_obj *)(uintptr_t)tag;
  const struct type *type = type_at(&s->types, t->type);
  wfx__store_clear(s);
  if (type->n_params != n || type->n_results != 0) {
    wrong(s, "not the payload of this tag");
    return WFX_MISUSE;
  }
  struct values_in in = {.slots = NULL};
  slot ref = 0;
  bool is_ok = exn_new(s, t, payload, &in, &ref);
  values_close(s, &in);
  if (!is_ok) return failed(s);
  ref_out(ref, WFX_HEAP_EXN, out);
  return WFX_OK;
}

const wfx_tag *wfx_exn_get(const wfx_store *s, const wfx_value *exn, wfx_value *payload,
                           size_t *n) {
  slot r = exn->of.ref[0];
  enum obj_kind kind;
  if (!wfx__ref_kind(s, exn, &kind) || kind != OBJ_EXN) return NULL;
  const struct exn_obj *x = slot_ptr(r);
  const struct type *t = type_at(&s->types, x->tag->type);
  size_t room = payload ? *n : 0;
  *n = t->n_params;
  wfx__values_from_slots(s, t->vals, room < *n ? (uint32_t)room : t->n_params, exn_slots(r),
                         payload);
  return (const wfx_tag *)(const void *)x->tag;
}
