/* host.c: functions of the host, and values at the border. */
#include <string.h>

#include "ir/match.h"
#include "store/store.h"

enum { N_VALUES_INLINE = 16 };

/* ---- Values ------------------------------------------------------------------------------ */

void wfx__values_from_slots(const wfx_store *s, const wfx_valtype *types, uint32_t n,
                            const slot *slots, wfx_value *out) {
  for (uint32_t i = 0; i < n; i++) {
    unsigned n_slots = wfx__val_slots(&s->types, types[i]);
    memset(&out[i], 0, sizeof out[i]);
    out[i].type = wfx__val_abstract(s, types[i]);
    memcpy(out[i].of.ref, slots, n_slots * sizeof *slots);
    slots += n_slots;
  }
}

bool wfx__values_to_slots(const wfx_store *s, const wfx_valtype *types, uint32_t n,
                          const wfx_value *values, slot *out) {
  for (uint32_t i = 0; i < n; i++) {
    wfx_valtype want = wfx_valtype_strip(types[i]);
    if (wfx_is_ref(want) != wfx_is_ref(values[i].type)) return false;
    if (wfx_is_ref(want) ? !wfx__ref_matches(s, values[i].of.ref, want)
                         : values[i].type != want)
      return false;
    unsigned n_slots = wfx__val_slots(&s->types, want);
    memcpy(out, values[i].of.ref, n_slots * sizeof *out);
    if (want == WFX_I32 || want == WFX_F32) out[0] &= UINT32_MAX;
    out += n_slots;
  }
  return true;
}

/* ---- Types ------------------------------------------------------------------------------- */

wfx_valtype wfx__val_abstract(const wfx_store *s, wfx_valtype t) {
  t = wfx_valtype_strip(t);
  if (!wfx_is_ref(t) || !wfx_heap_is_type(wfx_heap_of(t))) return t;
  wfx_heaptype heap = wfx__heap_top(&s->types, wfx_heap_of(t));
  switch (type_at(&s->types, wfx_heap_type(wfx_heap_of(t)).i)->kind) {
  case WFX_TYPE_STRUCT: heap = WFX_HEAP_STRUCT; break;
  case WFX_TYPE_ARRAY: heap = WFX_HEAP_ARRAY; break;
  case WFX_TYPE_UNDEFINED: case WFX_TYPE_FUNC: case WFX_TYPE_CONT: case WFX_TYPE_HANDLER:
  case WFX_TYPE_TAG: break;
  }
  return wfx_is_nullable(t) ? wfx_ref_null(heap) : wfx_ref(heap);
}

void wfx__types_out(const wfx_store *s, const wfx_valtype *types, uint32_t n, wfx_valtype *out,
                    size_t *n_out) {
  size_t room = out ? *n_out : 0;
  *n_out = n;
  for (size_t i = 0; i < n && i < room; i++) out[i] = wfx__val_abstract(s, types[i]);
}

bool wfx__host_type(wfx_store *s, const wfx_valtype *params, size_t n_params,
                    const wfx_valtype *results, size_t n_results, uint32_t *type) {
  for (size_t i = 0; i < n_params + n_results; i++) {
    wfx_valtype t = i < n_params ? params[i] : results[i - n_params];
    if (wfx_is_ref(t) && wfx_heap_is_type(wfx_heap_of(t)))
      return wfx__store_fail(s, WFX_MISUSE, "a type of the host's names a declared type");
  }
  TRY(wfx__types_func(&s->types, &s->errs, params, n_params, results, n_results, type));
  *type = type_at(&s->types, *type)->canon;
  return wfx__store_make_rtts(s);
}

/* ---- Definitions ------------------------------------------------------------------------- */

/* The key "module NUL field" in the arena, and its place in definitions, a new one if need be. */
static bool definition_place(wfx_store *s, wfx_str module, wfx_str field, uint32_t *place) {
  size_t n = module.n + 1 + field.n;
  char *key = wfx__store_alloc(s, n, 1);
  if (!key) return false;
  memcpy(key, module.data, module.n);
  memcpy(key + module.n + 1, field.data, field.n);
  bool is_new;
  TRY(vec_reserve(&s->errs, &s->definitions, 1));
  *place = (uint32_t)s->definitions.n;
  TRY(wfx__strmap_add(&s->errs, &s->host_names, key, n, *place, &is_new));
  if (is_new) s->definitions.n++;
  else *place = wfx__strmap_get(s->ctx, &s->host_names, key, n);
  return true;
}

bool wfx__host_define(wfx_store *s, wfx_str module, wfx_str field, struct definition d) {
  uint32_t place;
  TRY(definition_place(s, module, field, &place));
  s->definitions.data[place] = d;
  return true;
}

const struct definition *wfx__host_find(wfx_store *s, wfx_str module, wfx_str field) {
  if (s->definitions.n == 0) return NULL;
  size_t n = module.n + 1 + field.n;
  char small[256], *key = n <= sizeof small ? small : wfx__alloc(s->ctx, n);
  if (!key) return NULL;
  memcpy(key, module.data, module.n);
  key[module.n] = 0;
  memcpy(key + module.n + 1, field.data, field.n);
  uint32_t place = wfx__strmap_get(s->ctx, &s->host_names, key, n);
  if (key != small) wfx__free(s->ctx, key, n);
  return place == WFX_NO_ID ? NULL : &s->definitions.data[place];
}

/* ---- Functions --------------------------------------------------------------------------- */

/* A host function of a canonical type, without anything to call yet; NULL is recorded. */
static struct host_func *new_host_func(wfx_store *s, const wfx_valtype *params, size_t n_params,
                                       const wfx_valtype *results, size_t n_results) {
  uint32_t type;
  if (!wfx__host_type(s, params, n_params, results, n_results, &type) ||
      !vec_reserve(&s->errs, &s->hosts, 1))
    return NULL;
  struct host_func *h = wfx__store_alloc(s, 1, sizeof *h);
  if (!h) return NULL;
  const struct type *t = type_at(&s->types, type);
  h->func.obj.rtt = s->rtts.data[type];
  h->func.type = type;
  h->func.index = (uint32_t)s->hosts.n;
  h->func.n_param_slots = wfx__vals_slots(&s->types, t->vals, t->n_params);
  h->func.n_result_slots = wfx__vals_slots(&s->types, type_results(t), t->n_results);
  s->hosts.data[s->hosts.n++] = h;
  return h;
}

static void func_out(const struct host_func *h, wfx_value *out) {
  memset(out, 0, sizeof *out);
  out->type = wfx_ref(WFX_HEAP_FUNC);
  out->of.ref[0] = ptr_slot(&h->func);
}

wfx_status wfx_func_new(wfx_store *s, const wfx_valtype *params, size_t n_params,
                        const wfx_valtype *results, size_t n_results, wfx_host_fn fn, void *ud,
                        void (*finalize)(void *ud), wfx_value *out) {
  wfx__store_clear(s);
  struct host_func *h = new_host_func(s, params, n_params, results, n_results);
  if (!h || (finalize && !wfx__store_at_end(s, finalize, ud))) return errs_status(&s->errs);
  h->fn = fn;
  h->ud = ud;
  func_out(h, out);
  return WFX_OK;
}

wfx_status wfx_store_define_func(wfx_store *s, const char *module, const char *field,
                                 const wfx_valtype *params, size_t n_params,
                                 const wfx_valtype *results, size_t n_results, wfx_host_fn fn,
                                 void *ud) {
  wfx_value f;
  wfx_status status =
      wfx_func_new(s, params, n_params, results, n_results, fn, ud, NULL, &f);
  if (status != WFX_OK) return status;
  struct definition d = {WFX_EXTERN_FUNC, slot_ptr(f.of.ref[0])};
  wfx_str m = {module, strlen(module)}, name = {field, strlen(field)};
  return wfx__host_define(s, m, name, d) ? WFX_OK : errs_status(&s->errs);
}

struct func_obj *wfx__func_of(const wfx_store *s, const wfx_value *ref) {
  enum obj_kind kind;
  if (!wfx__ref_kind(s, ref, &kind) || kind != OBJ_FUNC) return NULL;
  struct func_obj *f = slot_ptr(ref->of.ref[0]);
  if (f->instance) return f->instance->store == s ? f : NULL;
  return f->index < s->hosts.n && &s->hosts.data[f->index]->func == f ? f : NULL;
}

/* ---- Typed functions --------------------------------------------------------------------- */

static bool are_numbers(wfx_store *s, const wfx_valtype *types, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (wfx_is_ref(types[i]))
      return wfx__store_fail(s, WFX_MISUSE, "a typed function takes and gives numbers only");
  return true;
}

wfx_status wfx_func_new_typed(wfx_store *s, const wfx_valtype *params, size_t n_params,
                              const wfx_valtype *results, size_t n_results, wfx_typed_fn fn,
                              void *ud, wfx_value *out) {
  wfx__store_clear(s);
  struct host_func *h = NULL;
  if (are_numbers(s, params, n_params) && are_numbers(s, results, n_results))
    h = new_host_func(s, params, n_params, results, n_results);
  if (!h) return errs_status(&s->errs);
  h->typed = fn;
  h->ud = ud;
  func_out(h, out);
  return WFX_OK;
}

wfx_status wfx_func_typed(wfx_store *s, const wfx_value *func, const wfx_valtype *params,
                          size_t n_params, const wfx_valtype *results, size_t n_results,
                          wfx_typed_func *out) {
  wfx__store_clear(s);
  struct func_obj *f = wfx__func_of(s, func);
  uint32_t type;
  if (!are_numbers(s, params, n_params) || !are_numbers(s, results, n_results) ||
      !wfx__host_type(s, params, n_params, results, n_results, &type))
    return errs_status(&s->errs);
  const struct type *want = type_at(&s->types, type);
  const struct type *is = f ? type_at(&s->types, f->type) : NULL;
  if (!is || is->n_params != n_params || is->n_results != n_results ||
      memcmp(is->vals, want->vals, (n_params + n_results) * sizeof *is->vals) != 0) {
    wfx__store_fail(s, WFX_MISUSE, "not a function of this type");
    return WFX_MISUSE;
  }
  out->store = s;
  out->func = f;
  out->n_slots = f->n_param_slots > f->n_result_slots ? f->n_param_slots : f->n_result_slots;
  return WFX_OK;
}

void wfx__slots_trim(const wfx_valtype *types, uint32_t n, slot *slots) {
  for (uint32_t i = 0; i < n; i++) {
    if (types[i] == WFX_I32 || types[i] == WFX_F32) *slots &= UINT32_MAX;
    slots += types[i] == WFX_V128 ? 2 : 1;
  }
}

/* ---- Calls ------------------------------------------------------------------------------- */

/* Why a host function that has returned something else than WFX_OK has failed. */
static wfx_status host_status(wfx_store *s, wfx_status status) {
  if (status != WFX_EXCEPTION && status != WFX_EXIT && !errs_is_set(&s->errs))
    wfx__store_fail(s, status, "host function failed");
  return status;
}

static wfx_status call_typed(wfx_store *s, const struct host_func *h, wfx_instance *caller,
                             slot *slots) {
  wfx_status status = h->typed(h->ud, s, caller, slots);
  if (status != WFX_OK) return host_status(s, status);
  wfx__store_clear(s);
  const struct type *t = type_at(&s->types, h->func.type);
  wfx__slots_trim(type_results(t), t->n_results, slots);
  return WFX_OK;
}

static wfx_status call_with(wfx_store *s, const struct host_func *h, wfx_instance *caller,
                            slot *slots, wfx_value *values) {
  uint32_t type = h->func.type;
  const struct type *t = type_at(&s->types, type);
  uint32_t n_params = t->n_params, n_results = t->n_results;
  const wfx_valtype *results = type_results(t);
  wfx__values_from_slots(s, t->vals, n_params, slots, values);
  for (uint32_t i = 0; i < n_results; i++) {
    memset(&values[n_params + i], 0, sizeof *values);
    values[n_params + i].type = wfx__val_abstract(s, results[i]);
  }
  wfx_status status = h->fn(h->ud, s, caller, values, values + n_params);
  if (status != WFX_OK) return host_status(s, status);
  wfx__store_clear(s);
  if (wfx__values_to_slots(s, results, n_results, values + n_params, slots)) return WFX_OK;
  wfx__store_fail(s, WFX_MISUSE, "host function gave a result of another type");
  return WFX_MISUSE;
}

wfx_status wfx__host_call(wfx_store *s, const struct func_obj *f, wfx_instance *caller,
                          slot *slots) {
  const struct host_func *h = s->hosts.data[f->index];
  if (h->typed) return call_typed(s, h, caller, slots);
  const struct type *t = type_at(&s->types, f->type);
  size_t n = (size_t)t->n_params + t->n_results;
  if (n <= N_VALUES_INLINE) {
    wfx_value values[N_VALUES_INLINE];
    return call_with(s, h, caller, slots, values);
  }
  wfx_value *values = wfx__alloc(s->ctx, n * sizeof *values);
  if (!values) {
    wfx__fail_nomem(&s->errs);
    return WFX_NOMEM;
  }
  wfx_status status = call_with(s, h, caller, slots, values);
  wfx__free(s->ctx, values, n * sizeof *values);
  return status;
}
