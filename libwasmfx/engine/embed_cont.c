/* embed_cont.c: continuations in the hands of the host (cont.h).
 *
 * A resume by the host is a host entry, as any call from the host is, under which the captured
 * chain is put. The entry has no clauses, so that a search ends there as it does under any call;
 * only then wfx__host_clause looks whether the innermost entry is such a resume and takes the
 * tag. */
#include "engine/run.h"
#include "store/inst.h"

struct wfx_cont {
  wfx_store *store;
  struct contref ref;
  wfx_cont *next, *prev;
  wfx_value *values; /* of the last event */
  size_t n_values, cap_values;
  uint32_t n_running; /* resumes by the host that have not returned */
  bool is_let_go;     /* free it when they have */
};

/* The record, if there is something left to run. */
static struct cont *left_to_run(const wfx_cont *k) {
  return k->ref.cont && k->ref.cont->revision == k->ref.revision ? k->ref.cont : NULL;
}

/* ---- Handles ----------------------------------------------------------------------------- */

static wfx_status hold(wfx_store *s, struct contref ref, wfx_cont **out) {
  wfx_cont *k = wfx__alloc_zero(s->ctx, sizeof *k);
  if (!k) {
    wfx__fail_nomem(&s->errs);
    return WFX_NOMEM;
  }
  struct engine *e = engine_of(s);
  k->store = s;
  k->ref = ref;
  k->next = e->held;
  if (e->held) e->held->prev = k;
  e->held = k;
  *out = k;
  return WFX_OK;
}

static void let_go(wfx_cont *k) {
  const wfx_ctx *ctx = k->store->ctx;
  if (k->prev) k->prev->next = k->next;
  else engine_of(k->store)->held = k->next;
  if (k->next) k->next->prev = k->prev;
  wfx__free(ctx, k->values, k->cap_values * sizeof *k->values);
  wfx__free(ctx, k, sizeof *k);
}

void wfx_cont_free(wfx_cont *k) {
  if (!k) return;
  k->is_let_go = true;
  if (k->n_running == 0) let_go(k);
}

void wfx__held_free(struct engine *e) {
  while (e->held) let_go(e->held);
}

void wfx__held_mark(const struct engine *e, struct heap *h) {
  for (const wfx_cont *k = e->held; k; k = k->next) {
    if (k->ref.cont) wfx__heap_mark_cont(h, k->ref);
    for (size_t i = 0; i < k->n_values; i++)
      if (wfx_is_ref(k->values[i].type)) wfx__heap_mark_range(h, k->values[i].of.ref, 2);
  }
}

static wfx_status no_native(wfx_store *s) {
  wfx__store_fail(s, WFX_UNSUPPORTED, "unsupported: continuations of the host in a native store");
  return WFX_UNSUPPORTED;
}

wfx_status wfx_cont_new(wfx_store *s, const wfx_value *func, wfx_cont **out) {
  struct engine *e = engine_of(s);
  struct func_obj *f = wfx__func_of(s, func);
  enum trap trap;
  wfx__engine_begin(e);
  if (!f) {
    bool is_null = wfx_is_ref(func->type) && func->of.ref[0] == 0;
    if (is_null) wfx__store_fail_trap(s, TRAP_NULL_FUNC);
    else wfx__store_fail(s, WFX_MISUSE, "not a function of this store");
    return errs_status(&s->errs);
  }
  if (e->native) return no_native(s);
  if (!f->entry && f->instance && !wfx__engine_translate(e, f)) return errs_status(&s->errs);
  struct cont *k = wfx__cont_new(e, f, &trap);
  if (!k) {
    wfx__store_fail_trap(s, trap);
    return errs_status(&s->errs);
  }
  struct contref ref = {k, k->revision};
  wfx_status status = hold(s, ref, out);
  if (status != WFX_OK) wfx__cont_put(e, k);
  return status;
}

wfx_status wfx_cont_hold(wfx_store *s, const wfx_value *ref, wfx_cont **out) {
  struct contref c = {slot_ptr(ref->of.ref[0]), ref->of.ref[1]};
  wfx__store_clear(s);
  if (wfx_is_ref(ref->type) && !c.cont) {
    wfx__store_fail_trap(s, TRAP_NULL_CONT);
    return WFX_TRAP;
  }
  if (engine_of(s)->native) return no_native(s);
  if (wfx_is_ref(ref->type) && wfx__cont_is(s, ref->of.ref[0])) return hold(s, c, out);
  wfx__store_fail(s, WFX_MISUSE, "not a continuation of this store");
  return WFX_MISUSE;
}

wfx_value wfx_cont_ref(const wfx_cont *k) {
  wfx_value v;
  memset(&v, 0, sizeof v);
  v.type = WFX_CONTREF;
  if (!left_to_run(k)) return v;
  v.of.ref[0] = ptr_slot(k->ref.cont);
  v.of.ref[1] = k->ref.revision;
  return v;
}

bool wfx_cont_type(const wfx_cont *k, wfx_valtype *params, size_t *n_params,
                   wfx_valtype *results, size_t *n_results) {
  const struct cont *c = left_to_run(k);
  if (!c) return false;
  struct cont_sig sig = wfx__cont_sig(engine_of(k->store), c);
  wfx__types_out(k->store, sig.params, sig.n_params, params, n_params);
  wfx__types_out(k->store, sig.results, sig.n_results, results, n_results);
  return true;
}

/* ---- Searches that reach the host ---------------------------------------------------------- */

static bool host_takes(const struct host_run *run, const struct tag_obj *tag) {
  if (!run->tags) return true;
  for (size_t i = 0; i < run->n_tags; i++)
    if ((const void *)run->tags[i] == (const void *)tag) return true;
  return false;
}

const struct clause *wfx__host_clause(struct engine *e, struct cont *from,
                                      const struct tag_obj *tag, struct cont **at,
                                      enum trap *trap) {
  struct host_run *run = e->host_run;
  struct cont *outer = from;
  *trap = TRAP_UNHANDLED_TAG;
  if (!run || !from->handlers) return NULL;
  for (; outer->parent->handlers; outer = outer->parent) {
    const struct handlers *missed = outer->handlers;
    e->control.slice -= 1 + (int64_t)missed->n_on;
  }
  struct cont *entry = outer->parent;
  if (entry != run->entry || !host_takes(run, tag)) return NULL;
  const size_t need = tag->n_param_slots + 2u;
  if (entry->n_slots < need && (*trap = wfx__cont_grow(e, entry, need, 0)) != TRAP_NONE)
    return NULL;
  run->clause = (struct clause){tag, e->stub_host.words, 0};
  *at = outer;
  return &run->clause;
}

/* ---- Resuming ---------------------------------------------------------------------------- */

/* The values of an event, from slots. */
static wfx_status event_values(wfx_cont *k, const wfx_valtype *types, uint32_t n,
                               const slot *slots) {
  const wfx_ctx *ctx = k->store->ctx;
  k->n_values = 0;
  if (n > k->cap_values) {
    wfx_value *values = wfx__realloc(ctx, k->values, k->cap_values * sizeof *values,
                                     n * sizeof *values);
    if (!values) {
      wfx__fail_nomem(&k->store->errs);
      return WFX_NOMEM;
    }
    k->values = values;
    k->cap_values = n;
  }
  wfx__values_from_slots(k->store, types, n, slots, k->values);
  k->n_values = n;
  return WFX_OK;
}

/* What happened, from the stack of the entry. */
static wfx_status event_out(wfx_cont *k, const struct host_run *run, const struct cont_sig *sig,
                            wfx_event *out) {
  const slot *slots = run->entry->stack;
  const struct tag_obj *tag = run->clause.tag;
  wfx_status status;
  if (tag) {
    const struct type *t = type_at(&k->store->types, tag->type);
    const slot *ref = slots + tag->n_param_slots;
    k->ref = (struct contref){slot_ptr(ref[0]), ref[1]};
    status = event_values(k, t->vals, t->n_params, slots);
  } else {
    status = event_values(k, sig->results, sig->n_results, slots);
  }
  out->tag = (const wfx_tag *)(const void *)tag;
  out->values = k->values;
  out->n_values = k->n_values;
  return status;
}

/* Put c under the entry and run it; with exn, throw that where c stands. */
static wfx_status run_under(struct engine *e, struct cont *entry, struct cont *c, slot exn) {
  static const struct handlers none = {0, 0, NULL};
  const bool is_fresh = c->state == CONT_FRESH;
  c->revision++;
  e->n_resumes++;
  if (exn && is_fresh) {
    wfx__cont_put(e, c);
    e->exn = exn;
    return wfx__run_stop(e, WFX_EXCEPTION);
  }
  c->outer->parent = entry;
  c->outer->handlers = &none;
  c->state = CONT_RUNNING;
  e->current = c;
  if (!exn) return wfx__interp(e, c);
  c = wfx__unwind(e, exn);
  return c ? wfx__interp(e, c) : wfx__run_stop(e, WFX_EXCEPTION);
}

/* Resume c, which holds its arguments from sp on, from a new entry. */
static wfx_status resume(wfx_cont *k, struct cont *c, const struct cont_sig *sig, slot exn,
                         struct host_run *run, wfx_event *out) {
  struct engine *e = engine_of(k->store);
  const uint32_t n = wfx__vals_slots(&k->store->types, sig->results, sig->n_results);
  /* Where the continuation's function returns to: the code behind a resume, which says where the
   * results go and how many slots they are, and the end of the entry. */
  word code[2 + OP_WORDS] = {0, n};
  memcpy(code + 2, e->stub_host.words, OP_WORDS * sizeof *code);
  struct cont *entry = wfx__engine_enter(e, n);
  if (!entry) return errs_status(&k->store->errs);
  entry->pc = code + 2;
  run->entry = entry;
  run->outer = e->host_run;
  e->host_run = run;
  k->n_running++;
  wfx_status status = run_under(e, entry, c, exn);
  e->host_run = run->outer;
  if (status == WFX_OK) status = event_out(k, run, sig, out);
  wfx__engine_leave(e, entry);
  if (--k->n_running == 0 && k->is_let_go) {
    let_go(k);
    out->values = NULL;
    out->n_values = 0;
  }
  return status == WFX_OK || !errs_is_set(&e->store->errs) ? status
                                                           : errs_status(&e->store->errs);
}

static struct cont *begin_resume(wfx_cont *k) {
  wfx__engine_begin(engine_of(k->store));
  struct cont *c = left_to_run(k);
  if (!c) wfx__store_fail_trap(k->store, TRAP_CONT_CONSUMED);
  return c;
}

wfx_status wfx_cont_resume(wfx_cont *k, const wfx_tag *const *tags, size_t n_tags,
                           const wfx_value *args, size_t n_args, wfx_event *out) {
  struct host_run run = {.tags = tags, .n_tags = n_tags};
  struct cont *c = begin_resume(k);
  if (!c) return WFX_TRAP;
  struct cont_sig sig = wfx__cont_sig(engine_of(k->store), c);
  if (n_args != sig.n_params ||
      !wfx__values_to_slots(k->store, sig.params, sig.n_params, args, c->stack + c->sp)) {
    wfx__store_fail(k->store, WFX_MISUSE, "not what the continuation takes");
    return WFX_MISUSE;
  }
  return resume(k, c, &sig, 0, &run, out);
}

wfx_status wfx_cont_cancel(wfx_cont *k, const wfx_tag *const *tags, size_t n_tags,
                           const wfx_value *exn, wfx_event *out) {
  struct host_run run = {.tags = tags, .n_tags = n_tags};
  size_t n = 0;
  struct cont *c = begin_resume(k);
  if (!c) return WFX_TRAP;
  if (!wfx_exn_get(k->store, exn, NULL, &n)) {
    wfx__store_fail(k->store, WFX_MISUSE, "not an exception");
    return WFX_MISUSE;
  }
  struct cont_sig sig = wfx__cont_sig(engine_of(k->store), c);
  return resume(k, c, &sig, exn->of.ref[0], &run, out);
}
