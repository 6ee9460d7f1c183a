/* driver.c: handlers with first-class resumptions, as functions.
 *
 * Scheme: a driver resumes its continuation under its clauses; a clause packs the continuation it
 * is given into a resumption struct; using that calls the driver again. */
#include <wasmfx/handler.h>

#include <assert.h>

#include "build/builder.h"

enum { RESUMPTION_CONT, RESUMPTION_ENV, RESUMPTION_DRIVE };

wfx_driver_types wfx_driver_types_add(wfx_module *m, wfx_valtype value, wfx_valtype env) {
  wfx_driver_types t = {.value = value, .env = env};
  t.func = wfx_type_func(m, &value, 1, &value, 1);
  if (!errs_is_set(&m->errs)) wfx__types_cont(&m->types, &m->errs, t.func.i, &t.cont.i);
  const wfx_valtype params[] = {env, value, wfx_ref_null_to(t.cont)};
  t.drive = wfx_type_func(m, params, 3, &value, 1);
  const wfx_field fields[] = {
      [RESUMPTION_CONT] = {wfx_ref_null_to(t.cont), true},
      [RESUMPTION_ENV] = {env, true},
      [RESUMPTION_DRIVE] = {wfx_ref_null_to(t.drive), false},
  };
  t.resumption = wfx_type_struct(m, "resumption", fields, 3);
  if (!errs_is_set(&m->errs)) t.resumption.i = type_at(&m->types, t.resumption.i)->canon;
  return t;
}

void wfx_driver_begin(wfx_module *m, wfx_driver *d) {
  wfx_body *b = d->body = wfx_body_open(m, d->func, d->flags);
  d->env = wfx_body_param(b, 0);
  d->value = wfx_body_param(b, 1);
  d->cont = wfx_body_param(b, 2);
  d->first.i = WFX_NO_ID;
  if (!b) return;
  wfx_body_at(b, d->loc.file, d->loc.line, d->loc.column);
  const wfx_driver_types *t = d->types;
  const wfx_valtype clause[] = {t->value, wfx_ref_to(t->cont)};
  wfx_blocktype bt = wfx_bt(m, NULL, 0, clause, 2);
  d->first.i = b->n_labels;
  for (size_t i = 0; i < d->n_tags; i++) {
    wfx_label l = wfx_emit_block(b, bt);
    if (d->labels) wfx_body_name_label(b, l, d->labels[i]);
  }
  wfx_emit_local_get(b, d->value);
  wfx_emit_local_get(b, d->cont);
  size_t n_bytes = (d->n_tags + 1) * sizeof(wfx_on);
  wfx_on *clauses = wfx__alloc(m->ctx, n_bytes);
  if (!clauses) {
    wfx__fail_nomem(&b->body->errs);
    return;
  }
  for (size_t i = 0; i < d->n_tags; i++)
    clauses[i] = (wfx_on){WFX_ON, d->tags[i], {WFX_NO_ID}, {d->first.i + (uint32_t)i}};
  wfx_emit_resume(b, t->cont, clauses, d->n_tags);
  wfx__free(m->ctx, clauses, n_bytes);
}

/* What came before leaves the function: its value is the result of the handler. */
static void leave(wfx_driver *d) {
  if (wfx_body_is_reachable(d->body) || !d->body->is_checked) wfx_emit_return(d->body);
}

void wfx_driver_clause(wfx_driver *d, size_t clause) {
  assert(clause < d->n_tags);
  (void)clause;
  wfx_body *b = d->body;
  if (!b) return;
  const wfx_driver_types *t = d->types;
  leave(d);
  wfx_emit_end(b);
  /* [value (ref $cont)] -> [value (ref $resumption)] */
  wfx_emit_local_get(b, d->env);
  if (d->kind == WFX_DEEP) wfx_emit_ref_func(b, d->func);
  else wfx_emit_ref_null(b, wfx_heap(t->drive));
  wfx_emit_struct_new(b, t->resumption);
}

wfx_status wfx_driver_end(wfx_driver *d) {
  if (!d->body) return WFX_NOMEM;
  return wfx_body_close(d->body);
}

/* ---- Using a resumption ------------------------------------------------------------------ */

/* [] -> [(ref $cont)]: empty the resumption in local r, with its environment into local env if
 * that is wanted; where there is nothing in it any more, on_reused. An emptied resumption keeps
 * nothing alive: chains of those that were used would grow without end. */
static void take_cont(wfx_body *b, const wfx_driver_types *t, wfx_local_id r,
                      const wfx_local_id *env, wfx_func_id on_reused, int32_t site) {
  wfx_label full = wfx_emit_block(b, wfx_bt_result(wfx_ref_to(t->cont)));
  wfx_emit_local_get(b, r);
  wfx_emit_struct_get(b, t->resumption, RESUMPTION_CONT);
  wfx_emit_br_on_non_null(b, full);
  wfx_emit_i32_const(b, site);
  wfx_emit_call(b, on_reused);
  wfx_emit_unreachable(b);
  wfx_emit_end(b);
  wfx_emit_local_get(b, r);
  wfx_emit_ref_null(b, wfx_heap(t->cont));
  wfx_emit_struct_set(b, t->resumption, RESUMPTION_CONT);
  if (env) {
    wfx_emit_local_get(b, r);
    wfx_emit_struct_get(b, t->resumption, RESUMPTION_ENV);
    wfx_emit_local_set(b, *env);
  }
  wfx_emit_local_get(b, r);
  wfx_emit_ref_null(b, wfx_heap_of(t->env));
  wfx_emit_struct_set(b, t->resumption, RESUMPTION_ENV);
}

/* [env value cont (ref null $drive)] -> [value] */
static void call_drive(wfx_body *b, const wfx_driver_types *t, bool is_tail) {
  if (is_tail) wfx_emit_return_call_ref(b, t->drive);
  else wfx_emit_call_ref(b, t->drive);
}

void wfx_emit_resumption_use(wfx_body *b, const wfx_driver_types *types, wfx_func_id on_reused,
                             int32_t site, bool is_tail) {
  const wfx_driver_types *t = types;
  wfx_local_id r = wfx_body_add_local(b, wfx_ref_null_to(t->resumption), NULL);
  wfx_local_id value = wfx_body_add_local(b, t->value, NULL);
  wfx_local_id env = wfx_body_add_local(b, t->env, NULL);
  wfx_local_id k = wfx_body_add_local(b, wfx_ref_null_to(t->cont), NULL);
  wfx_emit_local_set(b, r);
  wfx_emit_local_set(b, value);
  take_cont(b, t, r, &env, on_reused, site);
  wfx_emit_local_set(b, k);
  /* A resumption without a driver resumes under nothing. */
  wfx_emit_local_get(b, r);
  wfx_emit_struct_get(b, t->resumption, RESUMPTION_DRIVE);
  wfx_emit_ref_is_null(b);
  wfx_emit_if(b, wfx_bt_result(t->value));
  wfx_emit_local_get(b, value);
  wfx_emit_local_get(b, k);
  wfx_emit_resume(b, t->cont, NULL, 0);
  wfx_emit_else(b);
  wfx_emit_local_get(b, env);
  wfx_emit_local_get(b, value);
  wfx_emit_local_get(b, k);
  wfx_emit_local_get(b, r);
  wfx_emit_struct_get(b, t->resumption, RESUMPTION_DRIVE);
  call_drive(b, t, is_tail);
  wfx_emit_end(b);
  if (is_tail) wfx_emit_return(b);
}

void wfx_emit_resumption_use_with(wfx_body *b, const wfx_driver_types *types,
                                  wfx_func_id on_reused, int32_t site, bool is_tail) {
  const wfx_driver_types *t = types;
  wfx_local_id drive = wfx_body_add_local(b, wfx_ref_null_to(t->drive), NULL);
  wfx_local_id env = wfx_body_add_local(b, t->env, NULL);
  wfx_local_id r = wfx_body_add_local(b, wfx_ref_null_to(t->resumption), NULL);
  wfx_local_id value = wfx_body_add_local(b, t->value, NULL);
  wfx_emit_local_set(b, drive);
  wfx_emit_local_set(b, env);
  wfx_emit_local_set(b, r);
  wfx_emit_local_set(b, value);
  wfx_emit_local_get(b, env);
  wfx_emit_local_get(b, value);
  take_cont(b, t, r, NULL, on_reused, site);
  wfx_emit_local_get(b, drive);
  call_drive(b, t, is_tail);
}
