/* rt_slot.c: stacks and records: one reservation, cut into equal slots, that never moves.
 *
 * Only address space is taken for all of them at once; a stack can be touched from when its
 * record is first used. Between two stacks lies a guard that cannot. */
#include "native/rt_run.h"

#include <string.h>

enum {
  MAX_SLOTS = 4096,
  MIN_SLOTS = 16,
  PAGES_STEP = 65536,
  GUARD_BYTES = PAGES_STEP,
  /* Of each stack, kept below the limit: for the frame that is about to find out, and for
   * functions in C. */
  RESERVE_BYTES = RT_MAX_FRAME_BYTES + (1 << 20),
  MAX_STACK_BYTES = 64 << 20,
  COLOUR_BYTES = 64, N_COLOURS = 61
};

static size_t round_up(size_t n) { return (n + PAGES_STEP - 1) / PAGES_STEP * PAGES_STEP; }

static size_t table_bytes(const struct rt_run *r) {
  return round_up(r->cap * (sizeof *r->conts + sizeof *r->slots));
}

/* Halve the number of stacks until the system grants the address space. */
static bool reserve_stacks(struct rt_run *r) {
  const wfx_ctx *ctx = r->store->ctx;
  for (; r->cap >= MIN_SLOTS; r->cap /= 2) {
    r->stacks = ctx->pages.reserve(ctx->ud, r->cap * r->stack_bytes);
    if (r->stacks) return true;
  }
  return false;
}

bool wfxrt_slots_init(struct rt_run *r) {
  const wfx_ctx *ctx = r->store->ctx;
  uint64_t bytes = ctx->limits.stack_bytes;
  if (bytes > MAX_STACK_BYTES) bytes = MAX_STACK_BYTES;
  r->stack_bytes = round_up((size_t)bytes) + RESERVE_BYTES + GUARD_BYTES;
  r->cap = MAX_SLOTS;
  TRY(reserve_stacks(r));
  void *tables = ctx->pages.reserve(ctx->ud, table_bytes(r));
  if (!tables) return false;
  r->conts = tables;
  r->slots = (struct rt_slot *)(void *)(r->conts + r->cap);
  return ctx->pages.commit(ctx->ud, tables, table_bytes(r));
}

void wfxrt_slots_free(struct rt_run *r) {
  const wfx_ctx *ctx = r->store->ctx;
  if (r->conts) ctx->pages.release(ctx->ud, r->conts, table_bytes(r));
  if (r->stacks) ctx->pages.release(ctx->ud, r->stacks, r->cap * r->stack_bytes);
}

struct rt_cont *wfxrt_slot_new(struct rt_run *r, enum trap *trap) {
  const wfx_ctx *ctx = r->store->ctx;
  *trap = TRAP_CONTS;
  if (r->n == r->cap || r->n >= ctx->limits.n_continuations) return NULL;
  *trap = TRAP_NOMEM;
  char *bottom = r->stacks + r->n * r->stack_bytes;
  if (!ctx->pages.commit(ctx->ud, bottom + GUARD_BYTES, r->stack_bytes - GUARD_BYTES))
    return NULL;
  struct rt_cont *k = &r->conts[r->n];
  struct rt_slot *s = &r->slots[r->n];
  k->slot = s;
  s->owner = k;
  s->run = r;
  s->limit = bottom + GUARD_BYTES + RESERVE_BYTES;
  /* Tops at one distance would share sets of the caches. */
  s->top = bottom + r->stack_bytes - r->n % N_COLOURS * COLOUR_BYTES;
  r->n++;
  return k;
}

struct rt_cont *wfxrt_cont_get(struct rt_run *r, const struct func_obj *f, enum trap *trap) {
  struct rt_cont *k = r->head.free;
  if (k) r->head.free = k->link;
  else k = wfxrt_slot_new(r, trap);
  if (!k) return NULL;
  k->func = f;
  k->outer = k;
  k->sp = k->slot->top;
  void (*start)(void) = wfxrt_start;
  memcpy(&k->pc, &start, sizeof start);
  return k;
}

void wfxrt_cont_put(struct rt_run *r, struct rt_cont *k) {
  k->revision++;
  k->link = r->head.free;
  r->head.free = k;
}

struct rt_cont *wfxrt_more(struct rt_slot *s) {
  enum trap trap = TRAP_NONE;
  struct rt_cont *k = wfxrt_slot_new(s->run, &trap);
  s->ret[0] = (slot)trap;
  return k;
}
