/* rt_native.c: what a native store does where another would interpret. */
#include <string.h>

#include "native/rt_run.h"

uint32_t wfxrt_enter(struct rt_cont *host, struct rt_cont *k, uint64_t out[4]);

static void close_run(void *run) {
  struct rt_run *r = run;
  if (r->cg) r->codegen->close(r->cg);
  wfxrt_slots_free(r);
  wfx__free(r->store->ctx, r, sizeof *r);
}

static void *open_run(wfx_store *s, const struct native_codegen *codegen,
                      const wfx_native_options *options) {
  struct rt_run *r = wfx__alloc_zero(s->ctx, sizeof *r);
  if (!r) {
    wfx__fail_nomem(&s->errs);
    return NULL;
  }
  r->store = s;
  r->codegen = codegen;
  if (!wfxrt_slots_init(r)) wfx__fail_nomem(&s->errs);
  else r->cg = codegen->open(s->ctx, options, &s->errs);
  if (r->cg) return r;
  close_run(r);
  return NULL;
}

static bool prepare(void *run, wfx_instance *inst) {
  const struct rt_run *r = run;
  slot **globals = wfx__store_alloc(inst->store, inst->n_globals, sizeof *globals);
  if (!globals) return false;
  for (uint32_t i = 0; i < inst->n_globals; i++) globals[i] = inst->globals[i]->value;
  struct native_unit unit = {.module = inst->module, .funcs = inst->funcs, .tags = inst->tags,
                             .globals = globals};
  return r->codegen->compile(r->cg, &unit, &inst->store->errs);
}

/* The words of a type are its slots. Three of the results came in registers. */
static void take_results(const struct func_obj *f, const struct rt_slot *s, const uint64_t *out,
                         slot *io) {
  for (uint32_t i = 0; i < f->n_result_slots; i++)
    io[i] = i < RT_REG_WORDS ? out[i] : s->ret[i];
}

static bool call(void *run, const struct func_obj *f, slot *io, struct native_stop *stop) {
  struct rt_run *r = run;
  stop->func = f;
  stop->pos = WFX_NO_ID;
  struct rt_cont *k = wfxrt_cont_get(r, f, &stop->trap);
  if (!k) return false;
  struct rt_slot *s = k->slot;
  struct rt_cont host = {.handlers = NULL}, *outer_host = r->head.host;
  k->parent = &host;
  k->handlers = NULL;
  memcpy(s->args, io, f->n_param_slots * sizeof *io);
  uint64_t out[4];
  r->head.host = &host;
  stop->trap = (enum trap)wfxrt_enter(&host, k, out);
  r->head.host = outer_host;
  if (stop->trap == TRAP_NONE) {
    take_results(f, s, out, io);
    return true;
  }
  stop->pos = (uint32_t)out[0];
  memcpy(&stop->func, &out[1], sizeof stop->func);
  struct rt_cont *gone;
  memcpy(&gone, &out[3], sizeof gone);
  while (gone != &host) {
    struct rt_cont *parent = gone->parent;
    wfxrt_cont_put(r, gone);
    gone = parent;
  }
  return false;
}

static bool is_cont(const void *run, uintptr_t ref) {
  const struct rt_run *r = run;
  return ref - (uintptr_t)r->conts < r->n * sizeof *r->conts;
}

static void stats(const void *run, wfx_stats *out) {
  const struct rt_run *r = run;
  out->n_conts_peak = r->n;
  for (const struct rt_cont *k = r->head.free; k; k = k->link) out->n_conts_live--;
  out->n_conts_live += r->n;
  out->stack_bytes = (uint64_t)r->n * r->stack_bytes;
}

const struct native_runner wfxrt_runner = {open_run, close_run, prepare, call, is_cont, stats};
