/* store.c: making and freeing a store, its roots, and what it says when something fails. */
#include "store/store.h"

#include <string.h>

#include "store/inst.h"

static const struct {
  wfx_status status;
  const char *text;
} traps[TRAP_COUNT] = {
    [TRAP_NONE] = {WFX_OK, ""},
#define WFX_TRAP_ROW(id, status, text) [TRAP_##id] = {WFX_##status, text},
#include <wasmfx/trap.def>
#undef WFX_TRAP_ROW
};

const char *wfx__trap_text(enum trap trap) { return traps[trap].text; }
wfx_status wfx__trap_status(enum trap trap) { return traps[trap].status; }

wfx_store *wfx__store_new(const wfx_ctx *ctx, const struct runner *runner) {
  wfx_store *s = wfx__alloc_zero(ctx, sizeof *s);
  if (!s) return NULL;
  s->ctx = ctx;
  s->runner = runner;
  s->free_root = WFX_NO_ID;
  wfx__errs_init(&s->errs, ctx);
  wfx__arena_init(&s->arena, ctx);
  wfx__types_init(&s->types, &s->arena);
  s->heap = wfx__heap_new(ctx, runner->heap_owner(s));
  if (!s->heap) {
    wfx_store_free(s);
    return NULL;
  }
  return s;
}

void wfx_store_free(wfx_store *s) {
  if (!s) return;
  const wfx_ctx *ctx = s->ctx;
  if (s->run) s->runner->free(s);
  for (size_t i = 0; i < s->at_ends.n; i++) s->at_ends.data[i].free(s->at_ends.data[i].ud);
  for (size_t i = 0; i < s->instances.n; i++) wfx__inst_free(s->instances.data[i]);
  if (s->heap) wfx__heap_free(s->heap);
  wfx__types_free(&s->types);
  vec_free(ctx, &s->rtts);
  vec_free(ctx, &s->instances);
  vec_free(ctx, &s->hosts);
  vec_free(ctx, &s->definitions);
  vec_free(ctx, &s->registrations);
  vec_free(ctx, &s->roots);
  vec_free(ctx, &s->at_ends);
  wfx__strmap_free(ctx, &s->host_names);
  wfx__strmap_free(ctx, &s->names);
  wfx__errs_free(&s->errs);
  wfx__arena_free(&s->arena);
  wfx__free(ctx, s, sizeof *s);
}

const wfx_diag *wfx_store_diag(const wfx_store *s) { return wfx__errs_diag(&s->errs); }

uint32_t wfx_store_exit_code(const wfx_store *s) { return s->exit_code; }

wfx_cause wfx_store_cause(const wfx_store *s) { return (wfx_cause)s->cause; }

void wfx__store_clear(wfx_store *s) {
  wfx__errs_free(&s->errs);
  s->cause = TRAP_NONE;
  s->n_forgotten++;
}

bool wfx__store_fail(wfx_store *s, wfx_status status, const char *text) {
  if (status == WFX_NOMEM) return wfx__fail_nomem(&s->errs);
  return wfx__fail(&s->errs, status, loc_none(), "%s", text);
}

bool wfx__store_fail_trap(wfx_store *s, enum trap trap) {
  if (!errs_is_set(&s->errs)) s->cause = trap;
  return wfx__store_fail(s, wfx__trap_status(trap), wfx__trap_text(trap));
}

wfx_status wfx_store_trap(wfx_store *s, const char *message) {
  wfx__store_clear(s);
  wfx__store_fail(s, WFX_TRAP, message);
  return WFX_TRAP;
}

void *wfx__store_alloc(wfx_store *s, size_t n, size_t elem_bytes) {
  void *p = n > SIZE_MAX / elem_bytes ? NULL : wfx__arena_alloc(&s->arena, n * elem_bytes);
  if (!p) wfx__fail_nomem(&s->errs);
  return p;
}

bool wfx__store_at_end(wfx_store *s, void (*free)(void *ud), void *ud) {
  struct at_end end = {free, ud};
  return vec_push(&s->errs, &s->at_ends, end);
}

/* ---- Roots ------------------------------------------------------------------------------- */

static void mark_slots(struct heap *h, const slot *items, uint64_t n, uint32_t n_slots) {
  if (n_slots == 1) {
    for (uint64_t i = 0; i < n; i++)
      if (items[i]) wfx__heap_mark(h, items[i]);
    return;
  }
  for (uint64_t i = 0; i < n; i++) {
    struct contref c = {slot_ptr(items[2 * i]), items[2 * i + 1]};
    if (c.cont) wfx__heap_mark_cont(h, c);
  }
}

static void mark_instance(struct heap *h, const wfx_instance *inst) {
  for (uint32_t i = 0; i < inst->n_globals; i++) {
    const struct global_obj *g = inst->globals[i];
    if (g && g->is_ref) mark_slots(h, g->value, 1, g->n_slots);
  }
  for (uint32_t i = 0; i < inst->n_tables; i++) {
    const struct table_obj *t = inst->tables[i];
    if (t) mark_slots(h, t->items, t->size, t->n_slots);
  }
  for (uint32_t i = 0; i < inst->n_elems; i++)
    mark_slots(h, inst->elems[i].items, inst->elems[i].n, inst->elems[i].n_slots);
}

/* A table that several instances share is visited for each: marking twice is cheap enough. */
void wfx__store_mark(wfx_store *s, struct heap *h) {
  for (size_t i = 0; i < s->instances.n; i++) mark_instance(h, s->instances.data[i]);
  for (size_t i = 0; i < s->roots.n; i++)
    mark_slots(h, s->roots.data[i].ref, 1, s->roots.data[i].n_slots);
  for (const struct pinned *p = s->pinned; p; p = p->outer)
    wfx__heap_mark_range(h, p->slots, p->n);
}
