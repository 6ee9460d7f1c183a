/* embed.c: functions and references as values of the host. Calls by name are in engine.c. */
#include <assert.h>

#include "engine/run.h"
#include "store/inst.h"

/* ---- Roots ------------------------------------------------------------------------------- */

wfx_status wfx_root_new(wfx_store *s, const wfx_value *ref, wfx_root *out) {
  wfx__store_clear(s);
  uint32_t n_slots = wfx_ref_heap(s, ref) == WFX_HEAP_CONT ? 2 : 1;
  struct root root = {{ref->of.ref[0], ref->of.ref[1]}, n_slots, WFX_NO_ID, ref->type};
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

void wfx_root_get(const wfx_store *s, wfx_root root, wfx_value *out) {
  assert(root.i < s->roots.n);
  const struct root *r = &s->roots.data[root.i];
  memset(out, 0, sizeof *out);
  out->type = r->type;
  memcpy(out->of.ref, r->ref, sizeof r->ref);
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

bool wfx_ref_func_type(const wfx_store *s, const wfx_value *func, wfx_valtype *params,
                       size_t *n_params, wfx_valtype *results, size_t *n_results) {
  const struct func_obj *f = wfx__func_of(s, func);
  if (!f) return false;
  const struct type *t = type_at(&s->types, f->type);
  wfx__types_out(s, t->vals, t->n_params, params, n_params);
  wfx__types_out(s, type_results(t), t->n_results, results, n_results);
  return true;
}

wfx_status wfx_call_ref(wfx_store *s, const wfx_value *func, const wfx_value *args,
                        size_t n_args, wfx_value *results, size_t n_results) {
  struct func_obj *f = wfx__func_of(s, func);
  wfx__engine_begin(engine_of(s));
  if (!f) {
    bool is_null = wfx_is_ref(func->type) && func->of.ref[0] == 0;
    if (is_null) wfx__store_fail_trap(s, TRAP_NULL_FUNC);
    else wfx__store_fail(s, WFX_MISUSE, "not a function");
    return errs_status(&s->errs);
  }
  return wfx__engine_invoke(engine_of(s), f, NULL, args, n_args, results, n_results);
}

wfx_status wfx_call_typed(const wfx_typed_func *f, uint64_t *slots) {
  wfx_store *s = f->store;
  struct engine *e = engine_of(s);
  struct func_obj *func = f->func;
  const struct type *t = type_at(&s->types, func->type);
  wfx__engine_begin(e);
  struct cont *k = wfx__engine_enter(e, f->n_slots);
  if (!k) return errs_status(&s->errs);
  wfx__slots_trim(t->vals, t->n_params, slots);
  if (f->n_slots != 0) memcpy(k->stack, slots, func->n_param_slots * sizeof *slots);
  wfx_status status = wfx__engine_call(e, k, func, NULL);
  if (status == WFX_OK && f->n_slots != 0)
    memcpy(slots, k->stack, func->n_result_slots * sizeof *slots);
  wfx__engine_leave(e, k);
  return status == WFX_OK || !errs_is_set(&s->errs) ? status : errs_status(&s->errs);
}

/* ---- Exceptions -------------------------------------------------------------------------- */

static void exn_out(slot exn, wfx_value *out) {
  memset(out, 0, sizeof *out);
  out->type = wfx_ref(WFX_HEAP_EXN);
  out->of.ref[0] = exn;
}

bool wfx_store_exception(const wfx_store *s, wfx_value *out) {
  const struct engine *e = engine_of(s);
  const wfx_diag *diag = wfx_store_diag(s);
  if (!e->exn || (diag && diag->status != WFX_EXCEPTION)) return false;
  exn_out(e->exn, out);
  return true;
}

wfx_status wfx_store_throw(wfx_store *s, const wfx_value *exn) {
  size_t n = 0;
  wfx__store_clear(s);
  if (!wfx_exn_get(s, exn, NULL, &n)) {
    wfx__store_fail(s, WFX_MISUSE, "not an exception");
    return WFX_MISUSE;
  }
  engine_of(s)->exn = exn->of.ref[0];
  return WFX_EXCEPTION;
}
