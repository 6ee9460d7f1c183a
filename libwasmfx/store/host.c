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
    out[i].type = wfx_valtype_strip(types[i]);
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

/* ---- Definitions ------------------------------------------------------------------------- */

static bool host_type(wfx_store *s, const wfx_valtype *params, size_t n_params,
                      const wfx_valtype *results, size_t n_results, uint32_t *type) {
  for (size_t i = 0; i < n_params + n_results; i++) {
    wfx_valtype t = i < n_params ? params[i] : results[i - n_params];
    if (wfx_is_ref(t) && wfx_heap_is_type(wfx_heap_of(t)))
      return wfx__store_fail(s, WFX_MISUSE, "a host function's type names a declared type");
  }
  TRY(wfx__types_func(&s->types, &s->errs, params, n_params, results, n_results, type));
  *type = type_at(&s->types, *type)->canon;
  return wfx__store_make_rtts(s);
}

/* The key "module NUL field", in the arena when keep is set. */
static bool host_slot(wfx_store *s, wfx_str module, wfx_str field, uint32_t *place) {
  size_t n = module.n + 1 + field.n;
  char *key = wfx__store_alloc(s, n, 1);
  if (!key) return false;
  memcpy(key, module.data, module.n);
  memcpy(key + module.n + 1, field.data, field.n);
  uint32_t next = (uint32_t)s->host_slots.n;
  bool is_new;
  TRY(vec_push(&s->errs, &s->host_slots, WFX_NO_ID));
  if (!wfx__strmap_add(&s->errs, &s->host_names, key, n, next, &is_new)) {
    s->host_slots.n--;
    return false;
  }
  *place = next;
  if (is_new) return true;
  s->host_slots.n--;
  *place = wfx__strmap_get(s->ctx, &s->host_names, key, n);
  return true;
}

static bool define(wfx_store *s, wfx_str module, wfx_str field, uint32_t type, wfx_host_fn fn,
                   void *ud) {
  struct host_func *h = wfx__store_alloc(s, 1, sizeof *h);
  if (!h) return false;
  const struct type *t = type_at(&s->types, type);
  h->func.obj.rtt = s->rtts.data[type];
  h->func.type = type;
  h->func.index = (uint32_t)s->hosts.n;
  h->func.n_param_slots = wfx__vals_slots(&s->types, t->vals, t->n_params);
  h->func.n_result_slots = wfx__vals_slots(&s->types, type_results(t), t->n_results);
  h->fn = fn;
  h->ud = ud;
  uint32_t place;
  TRY(vec_reserve(&s->errs, &s->hosts, 1));
  TRY(host_slot(s, module, field, &place));
  s->host_slots.data[place] = h->func.index;
  s->hosts.data[s->hosts.n++] = h;
  return true;
}

wfx_status wfx_store_define_func(wfx_store *s, const char *module, const char *field,
                                 const wfx_valtype *params, size_t n_params,
                                 const wfx_valtype *results, size_t n_results, wfx_host_fn fn,
                                 void *ud) {
  wfx__store_clear(s);
  uint32_t type;
  wfx_str m = {module, strlen(module)}, f = {field, strlen(field)};
  if (!host_type(s, params, n_params, results, n_results, &type) ||
      !define(s, m, f, type, fn, ud))
    return errs_status(&s->errs);
  return WFX_OK;
}

struct func_obj *wfx__host_find(wfx_store *s, wfx_str module, wfx_str field) {
  if (s->host_slots.n == 0) return NULL;
  size_t n = module.n + 1 + field.n;
  char small[256], *key = n <= sizeof small ? small : wfx__alloc(s->ctx, n);
  if (!key) return NULL;
  memcpy(key, module.data, module.n);
  key[module.n] = 0;
  memcpy(key + module.n + 1, field.data, field.n);
  uint32_t place = wfx__strmap_get(s->ctx, &s->host_names, key, n);
  if (key != small) wfx__free(s->ctx, key, n);
  if (place == WFX_NO_ID || s->host_slots.data[place] == WFX_NO_ID) return NULL;
  return &s->hosts.data[s->host_slots.data[place]]->func;
}

/* ---- Calls ------------------------------------------------------------------------------- */

static wfx_status call_with(wfx_store *s, const struct host_func *h, wfx_instance *caller,
                            slot *slots, wfx_value *values) {
  uint32_t type = h->func.type;
  const struct type *t = type_at(&s->types, type);
  uint32_t n_params = t->n_params, n_results = t->n_results;
  const wfx_valtype *results = type_results(t);
  wfx__values_from_slots(s, t->vals, n_params, slots, values);
  for (uint32_t i = 0; i < n_results; i++) {
    memset(&values[n_params + i], 0, sizeof *values);
    values[n_params + i].type = wfx_valtype_strip(results[i]);
  }
  wfx_status status = h->fn(h->ud, s, caller, values, values + n_params);
  if (status != WFX_OK) {
    if (status != WFX_EXCEPTION && status != WFX_EXIT && !errs_is_set(&s->errs))
      wfx__store_fail(s, status, "host function failed");
    return status;
  }
  wfx__store_clear(s);
  if (wfx__values_to_slots(s, results, n_results, values + n_params, slots)) return WFX_OK;
  wfx__store_fail(s, WFX_MISUSE, "host function gave a result of another type");
  return WFX_MISUSE;
}

wfx_status wfx__host_call(wfx_store *s, const struct func_obj *f, wfx_instance *caller,
                          slot *slots) {
  const struct host_func *h = s->hosts.data[f->index];
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
