/* engine.c: stores run by the interpreter, and calls from the host. */
#include "ir/match.h"

#include "engine/run.h"
#include "store/inst.h"

/* ---- Stores ------------------------------------------------------------------------------ */

static void free_engine(wfx_store *s) {
  struct engine *e = engine_of(s);
  if (e->native_run) e->native->close(e->native_run);
  wfx__held_free(e);
  wfx__conts_free(e);
  for (size_t i = 0; i < e->flats.n; i++) wfx__flat_free(s->ctx, e->flats.data[i]);
  vec_free(s->ctx, &e->flats);
  vec_free(s->ctx, &e->frames);
  wfx__free(s->ctx, e, sizeof *e);
  s->run = NULL;
}

static const struct runner interpreter = {free_engine, wfx__conts_heap_owner,
                                          wfx__control_is_due, wfx__cont_is, wfx__cont_matches};

/* The code that a first frame returns to: one word in front, by which its frame lies higher. */
static void make_stub(struct engine *e, struct flat *stub, unsigned i, enum flat_op op) {
  uint64_t handler = e->handlers ? ptr_slot(e->handlers[op]) : (uint64_t)op;
  e->stub_words[i][0] = 0;
  words_put64(e->stub_words[i] + 1, handler);
  stub->words = e->stub_words[i] + 1;
  stub->mem = &e->no_mem;
}

static struct engine *make_engine(wfx_store *s, const wfx_store_options *o) {
  struct engine *e = wfx__alloc_zero(s->ctx, sizeof *e);
  if (!e) return NULL;
  e->store = s;
  e->handlers = wfx__interp_handlers();
  wfx__control_init(&e->control, o->is_controlled);
  e->trace = (struct tracer){o->trace, o->trace_ud};
  e->conts.collect_at = (uint64_t)32 << 20;
  if (e->conts.collect_at > s->ctx->limits.heap_bytes)
    e->conts.collect_at = s->ctx->limits.heap_bytes;
  make_stub(e, &e->stub_host, 0, FL_exit_host);
  make_stub(e, &e->stub_cont, 1, FL_exit_cont);
  make_stub(e, &e->stub_run_host, 2, FL_run_host);
  return e;
}

wfx_store *wfx_store_new(const wfx_ctx *ctx) { return wfx_store_new_with(ctx, NULL); }

wfx_store *wfx_store_new_with(const wfx_ctx *ctx, const wfx_store_options *options) {
  wfx_store_options o;
  memset(&o, 0, sizeof o);
  if (options) memcpy(&o, options, options->size < sizeof o ? options->size : sizeof o);
  wfx_store *s = wfx__store_new(ctx, &interpreter);
  if (!s) return NULL;
  s->run = make_engine(s, &o);
  if (s->run) return s;
  wfx_store_free(s);
  return NULL;
}

wfx_store *wfx_store_new_native(const wfx_ctx *ctx, const wfx_native *native,
                                const wfx_native_options *options) {
  wfx_native_options o;
  memset(&o, 0, sizeof o);
  if (options) memcpy(&o, options, options->size < sizeof o ? options->size : sizeof o);
  wfx_store *s = native ? wfx_store_new(ctx) : NULL;
  if (!s) return NULL;
  struct engine *e = engine_of(s);
  e->native = native->runner;
  e->native_run = e->native->open(s, native->codegen, &o);
  if (e->native_run) return s;
  wfx_store_free(s);
  return NULL;
}

void wfx_store_collect(wfx_store *s) { wfx__heap_collect(s->heap); }

void wfx_store_set_gc_stress(wfx_store *s, bool is_on) {
  wfx__heap_set_stress(s->heap, is_on);
  engine_of(s)->is_stress = is_on;
}

void wfx_store_stats(const wfx_store *s, wfx_stats *out) {
  const struct engine *e = engine_of(s);
  struct heap_stats h;
  wfx__heap_stats(s->heap, &h);
  memset(out, 0, sizeof *out);
  out->n_suspends = e->n_suspends;
  out->n_resumes = e->n_resumes;
  out->n_switches = e->n_switches;
  out->n_conts_made = e->conts.n_made;
  out->n_conts_live = e->conts.n_live;
  out->n_conts_peak = e->conts.n_peak;
  out->stack_bytes = e->conts.stack_bytes;
  out->heap_bytes = h.live_bytes;
  out->heap_peak_bytes = h.peak_bytes;
  out->n_collections = h.n_collections;
  out->collection_ns = h.collection_ns;
  out->collection_max_ns = h.collection_max_ns;
  out->n_stacks_made = e->conts.n_stacks_made;
  out->n_stacks_grown = e->conts.n_stacks_grown;
  if (e->native) e->native->stats(e->native_run, out);
}

/* ---- Running ----------------------------------------------------------------------------- */

bool wfx__engine_translate(struct engine *e, struct func_obj *f) {
  TRY(vec_reserve(&e->store->errs, &e->flats, 1));
  struct flat *code = wfx__flatten_func(e, f);
  if (!code) return false;
  e->flats.data[e->flats.n++] = code;
  f->entry = code;
  return true;
}

struct cont *wfx__engine_enter(struct engine *e, size_t n_slots) {
  enum trap trap = TRAP_STACK;
  struct cont *k = NULL;
  if (e->depth < MAX_HOST_DEPTH)
    k = wfx__cont_get(e, n_slots > ENTRY_SLOTS ? n_slots : ENTRY_SLOTS, false, &trap);
  if (!k) {
    wfx__store_fail_trap(e->store, trap);
    return NULL;
  }
  /* What an earlier call left there would keep garbage alive. */
  memset(k->stack, 0, (n_slots > ENTRY_SLOTS ? n_slots : ENTRY_SLOTS) * sizeof *k->stack);
  k->parent = e->current;
  k->handlers = NULL;
  k->pc = e->stub_host.words;
  k->code = &e->stub_host;
  k->fp = k->sp = 0;
  k->outer = k;
  k->func = NULL;
  k->n_barriers = 0;
  k->state = CONT_RUNNING;
  k->is_marked = false;
  e->current = k;
  e->depth++;
  return k;
}

void wfx__engine_leave(struct engine *e, struct cont *k) {
  while (e->current != k) {
    struct cont *gone = e->current;
    e->current = gone->parent;
    wfx__cont_put(e, gone);
  }
  e->current = k->parent;
  wfx__cont_put(e, k);
  e->depth--;
}

/* Run code in a first frame on k, where its arguments are. */
static wfx_status run_code(struct engine *e, struct cont *k, const struct flat *code) {
  if (k->n_slots < code->n_slots) {
    enum trap trap = wfx__cont_grow(e, k, code->n_slots, k->n_slots);
    if (trap != TRAP_NONE) return wfx__run_trap(e, trap);
  }
  for (uint32_t i = code->n_params; i < code->n_locals; i++) k->stack[i] = 0;
  k->stack[code->n_locals] = ptr_slot(e->stub_host.words);
  k->stack[code->n_locals + 1] = ptr_slot(&e->stub_host);
  k->code = code;
  k->pc = code->words;
  k->fp = 0;
  return wfx__interp(e, k);
}

wfx_status wfx__engine_eval(struct engine *e, struct cont *k, const struct flat *code) {
  return run_code(e, k, code);
}

wfx_status wfx__engine_call(struct engine *e, struct cont *k, struct func_obj *f,
                            wfx_instance *caller) {
  if (!f->instance) {
    k->sp = f->n_param_slots;
    wfx_status status = wfx__host_call(e->store, f, caller, k->stack);
    e->current = k;
    return status == WFX_OK ? status : wfx__run_stop(e, status);
  }
  if (e->native) {
    struct native_stop stop;
    if (e->native->call(e->native_run, f, k->stack, &stop)) return WFX_OK;
    return wfx__run_native_stop(e, &stop);
  }
  if (!f->entry && !wfx__engine_translate(e, f)) return errs_status(&e->store->errs);
  return run_code(e, k, f->entry);
}

/* ---- Calls from the host ----------------------------------------------------------------- */

/* The type of an exported function as its module declares it, and the types it is in. */
static const struct type *declared_type(const wfx_instance *inst, const char *name) {
  if (!wfx__inst_export(inst, name, strlen(name), WFX_EXTERN_FUNC)) return NULL;
  uint32_t place = wfx__strmap_get(inst->store->ctx, &inst->exports, name, strlen(name));
  const struct wfx_module *m = inst->module;
  return type_at(&m->types, m->funcs.data[inst->export_list[place].id].type);
}

static wfx_status call_entered(struct engine *e, struct cont *k, struct func_obj *f,
                               wfx_instance *caller, const wfx_value *args,
                               wfx_value *results) {
  wfx_store *s = e->store;
  const struct type *t = type_at(&s->types, f->type);
  uint32_t n_results = t->n_results;
  const wfx_valtype *types = type_results(t);
  if (!wfx__values_to_slots(s, t->vals, t->n_params, args, k->stack)) {
    wfx__store_fail(s, WFX_MISUSE, "argument of another type");
    return WFX_MISUSE;
  }
  wfx_status status = wfx__engine_call(e, k, f, caller);
  if (status == WFX_OK) wfx__values_from_slots(s, types, n_results, k->stack, results);
  return status;
}

wfx_status wfx__engine_invoke(struct engine *e, struct func_obj *f, wfx_instance *caller,
                              const wfx_value *args, size_t n_args, wfx_value *results,
                              size_t n_results) {
  wfx_store *s = e->store;
  const struct type *t = type_at(&s->types, f->type);
  if (t->n_params != n_args || t->n_results > n_results) {
    wfx__store_fail(s, WFX_MISUSE, "wrong number of arguments or results");
    return WFX_MISUSE;
  }
  size_t n_io = f->n_param_slots > f->n_result_slots ? f->n_param_slots : f->n_result_slots;
  struct cont *k = wfx__engine_enter(e, n_io);
  if (!k) return errs_status(&s->errs);
  wfx_status status = call_entered(e, k, f, caller, args, results);
  wfx__engine_leave(e, k);
  return status == WFX_OK || !errs_is_set(&s->errs) ? status : errs_status(&s->errs);
}

void wfx__engine_begin(struct engine *e) {
  wfx__store_clear(e->store);
  e->exn = 0;
}

wfx_status wfx_call(wfx_instance *inst, const char *export_name, const wfx_value *args,
                    size_t n_args, wfx_value *results, size_t n_results) {
  wfx_store *s = inst->store;
  struct func_obj *f = wfx__inst_export(inst, export_name, strlen(export_name),
                                        WFX_EXTERN_FUNC);
  wfx__engine_begin(engine_of(s));
  if (!f) {
    wfx__store_fail(s, WFX_MISUSE, "no exported function of this name");
    return WFX_MISUSE;
  }
  const struct type *declared = declared_type(inst, export_name);
  wfx_status status =
      wfx__engine_invoke(engine_of(s), f, inst, args, n_args, results, n_results);
  if (status != WFX_OK) return status;
  for (uint32_t i = 0; i < declared->n_results; i++)
    results[i].type = wfx_valtype_strip(type_results(declared)[i]);
  return WFX_OK;
}

bool wfx_instance_func_type(wfx_instance *inst, const char *export_name, wfx_valtype *params,
                            size_t *n_params, wfx_valtype *results, size_t *n_results) {
  const struct type *t = declared_type(inst, export_name);
  if (!t) return false;
  size_t room_params = params ? *n_params : 0, room_results = results ? *n_results : 0;
  *n_params = t->n_params;
  *n_results = t->n_results;
  for (size_t i = 0; i < t->n_params && i < room_params; i++)
    params[i] = wfx_valtype_strip(t->vals[i]);
  for (size_t i = 0; i < t->n_results && i < room_results; i++)
    results[i] = wfx_valtype_strip(type_results(t)[i]);
  return true;
}

wfx_tag *wfx_instance_tag(const wfx_instance *inst, const char *export_name) {
  return wfx__inst_export(inst, export_name, strlen(export_name), WFX_EXTERN_TAG);
}

uint8_t *wfx_instance_memory(wfx_instance *inst, const char *export_name, size_t *n) {
  struct mem_obj *m = NULL;
  if (export_name) m = wfx__inst_export(inst, export_name, strlen(export_name), WFX_EXTERN_MEM);
  else if (inst->n_mems == 1) m = inst->mems[0];
  if (n) *n = m ? (size_t)m->size_bytes : 0;
  return m ? m->base : NULL;
}

bool wfx_instance_global(wfx_instance *inst, const char *export_name, wfx_value *out) {
  const struct global_obj *g =
      wfx__inst_export(inst, export_name, strlen(export_name), WFX_EXTERN_GLOBAL);
  if (!g) return false;
  wfx__values_from_slots(inst->store, &g->type, 1, g->value, out);
  return true;
}

wfx_status wfx_instance_set_global(wfx_instance *inst, const char *export_name,
                                   wfx_value value) {
  wfx_store *s = inst->store;
  wfx__store_clear(s);
  struct global_obj *g =
      wfx__inst_export(inst, export_name, strlen(export_name), WFX_EXTERN_GLOBAL);
  slot slots[2];
  if (g && g->is_mutable && wfx__values_to_slots(s, &g->type, 1, &value, slots)) {
    memcpy(g->value, slots, g->n_slots * sizeof *slots);
    return WFX_OK;
  }
  wfx__store_fail(s, WFX_MISUSE, "no mutable global of this name and type");
  return WFX_MISUSE;
}

wfx_status wfx_instance_register(wfx_instance *inst, const char *name) {
  wfx_store *s = inst->store;
  wfx__store_clear(s);
  return wfx__store_register(s, name, strlen(name), inst) ? WFX_OK : errs_status(&s->errs);
}

/* ---- References -------------------------------------------------------------------------- */

wfx_status wfx_extern_new(wfx_store *s, void *host, wfx_value *out) {
  wfx__store_clear(s);
  struct extern_obj *x =
      (struct extern_obj *)(void *)wfx__heap_alloc(s->heap, &wfx__rtt_extern, sizeof *x);
  if (!x) {
    wfx__store_fail_trap(s, wfx__heap_trap(s, sizeof *x));
    return errs_status(&s->errs);
  }
  x->host = host;
  memset(out, 0, sizeof *out);
  out->type = WFX_EXTERNREF;
  out->of.ref[0] = ptr_slot(x);
  return WFX_OK;
}

bool wfx_extern_get(const wfx_value *ref, void **host) {
  /* References of other types are not looked into: a continuation is no object. */
  const wfx_heaptype heap = wfx_is_ref(ref->type) ? wfx_heap_of(ref->type) : WFX_HEAP_BOT;
  if (heap != WFX_HEAP_EXTERN && heap != WFX_HEAP_ANY) return false;
  slot r = ref->of.ref[0];
  if (r == 0 || slot_is_i31(r) || ref_rtt(r)->kind != OBJ_EXTERN) return false;
  *host = ((const struct extern_obj *)slot_ptr(r))->host;
  return true;
}

wfx_heaptype wfx_ref_heap(const wfx_store *s, const wfx_value *ref) {
  slot r = ref->of.ref[0];
  if (r == 0) return WFX_HEAP_BOT;
  if (wfx__cont_is(s, r)) return WFX_HEAP_CONT;
  if (slot_is_i31(r)) return WFX_HEAP_I31;
  switch ((enum obj_kind)ref_rtt(r)->kind) {
  case OBJ_STRUCT: return WFX_HEAP_STRUCT;
  case OBJ_ARRAY: return WFX_HEAP_ARRAY;
  case OBJ_FUNC: return WFX_HEAP_FUNC;
  case OBJ_EXN: return WFX_HEAP_EXN;
  case OBJ_EXTERN: return WFX_HEAP_EXTERN;
  case OBJ_TAG: return WFX_HEAP_TAG;
  }
  return WFX_HEAP_BOT;
}
