/* embed.c: functions and references as values of the host. Calls by name are in engine.c. */
#include <assert.h>

#include "ir/match.h"

#include "engine/run.h"
#include "store/inst.h"

/* ---- Roots ------------------------------------------------------------------------------- */

wfx_status wfx_root_new(wfx_store *s, const wfx_value *ref, wfx_root *out) {
  wfx__store_clear(s);
  uint32_t n_slots = wfx_ref_heap(s, ref) == WFX_HEAP_CONT ? 2 : 1;
  struct root root = {{ref->of.ref[0], ref->of.ref[1]}, n_slots, WFX_NO_ID};
  assert(wfx_is_ref(ref->type));
  if (s->free_root != WFX_NO_ID) {
    out->i = s->free_root;
    s->free_root = s->roots.data[out->i].next;
    s->roots.data[out->i] = root;
    return WFX_OK;
  }
  out->i = (uint32_t)s->roots.n;
  return vec_push(&s->errs, &s->roots, root) ? WFX_OK : WFX_NOMEM;
}

void wfx_root_free(wfx_store *s, wfx_root root) {
  assert(root.i < s->roots.n);
  struct root *r = &s->roots.data[root.i];
  memset(r, 0, sizeof *r);
  r->n_slots = 1;
  r->next = s->free_root;
  s->free_root = root.i;
}

/* ---- Functions --------------------------------------------------------------------------- */

bool wfx_instance_func(wfx_instance *inst, wfx_str export_name, wfx_value *out) {
  const struct func_obj *f =
      wfx__inst_export(inst, export_name.data, export_name.n, WFX_EXTERN_FUNC);
  if (!f) return false;
  memset(out, 0, sizeof *out);
  out->type = wfx_ref(WFX_HEAP_FUNC);
  out->of.ref[0] = ptr_slot(f);
  return true;
}

/* The function that a reference refers to, or NULL. */
static struct func_obj *func_of(const wfx_value *ref) {
  slot r = ref->of.ref[0];
  if (!wfx_is_ref(ref->type) || r == 0 || slot_is_i31(r)) return NULL;
  return ref_rtt(r)->kind == OBJ_FUNC ? slot_ptr(r) : NULL;
}

/* The type with the abstract heap type above a declared one. */
static wfx_valtype abstract_val(const wfx_store *s, wfx_valtype t) {
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

bool wfx_ref_func_type(const wfx_store *s, const wfx_value *func, wfx_valtype *params,
                       size_t *n_params, wfx_valtype *results, size_t *n_results) {
  const struct func_obj *f = func_of(func);
  if (!f) return false;
  const struct type *t = type_at(&s->types, f->type);
  size_t room_params = params ? *n_params : 0, room_results = results ? *n_results : 0;
  *n_params = t->n_params;
  *n_results = t->n_results;
  for (size_t i = 0; i < t->n_params && i < room_params; i++)
    params[i] = abstract_val(s, t->vals[i]);
  for (size_t i = 0; i < t->n_results && i < room_results; i++)
    results[i] = abstract_val(s, type_results(t)[i]);
  return true;
}

wfx_status wfx_call_ref(wfx_store *s, const wfx_value *func, const wfx_value *args,
                        size_t n_args, wfx_value *results, size_t n_results) {
  struct func_obj *f = func_of(func);
  wfx__engine_begin(engine_of(s));
  if (!f) {
    bool is_null = wfx_is_ref(func->type) && func->of.ref[0] == 0;
    if (is_null) wfx__store_fail_trap(s, TRAP_NULL_FUNC);
    else wfx__store_fail(s, WFX_MISUSE, "not a function");
    return errs_status(&s->errs);
  }
  wfx_status status =
      wfx__engine_invoke(engine_of(s), f, NULL, args, n_args, results, n_results);
  if (status != WFX_OK) return status;
  /* The run may have added types. */
  const struct type *t = type_at(&s->types, f->type);
  for (uint32_t i = 0; i < t->n_results; i++)
    results[i].type = abstract_val(s, results[i].type);
  return WFX_OK;
}
