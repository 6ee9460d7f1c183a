/* hot.h: the rules of the instructions that modules are full of: numbers, memory, locals, globals.
 *
 * Inline, so that a loop over whole modules (load/) and the checker's step make the same checks. */
#ifndef VALID_HOT_H
#define VALID_HOT_H

#include "valid/check.h"

/* Count a pushed value in slots. */
void wfx__check_grow_slots(struct checker *c, wfx_valtype t);
/* A local that is not filled in yet; NULL with "unknown local". */
struct local_state *wfx__check_find_local(struct checker *c, uint32_t i);
/* Set an unset local until the block ends. */
bool wfx__check_set_local(struct checker *c, uint32_t i);

/* Push a stripped type. */
static inline bool check_push(struct checker *c, wfx_valtype t) {
  if (c->wants_facts) wfx__check_grow_slots(c, t);
  TRY(vec_reserve(c->errs, &c->stack, 1));
  struct operand *o = &c->stack.data[c->stack.n++];
  o->type = t;
  o->pos = c->pos;
  return true;
}

/* Pop a value that matches t. Nearly always it is t. */
static inline bool check_pop(struct checker *c, wfx_valtype t) {
  size_t n = c->stack.n;
  if (n == c->height || c->stack.data[n - 1].type != t || c->wants_facts) return wfx__pop(c, t);
  c->stack.n = n - 1;
  return true;
}

/* Pop two, b above a. */
static inline bool check_pop_two(struct checker *c, wfx_valtype a, wfx_valtype b) {
  size_t n = c->stack.n;
  const struct operand *data = c->stack.data;
  const wfx_valtype both[] = {a, b};
  if (n - c->height < 2 || data[n - 1].type != b || data[n - 2].type != a || c->wants_facts)
    return wfx__pop_vals(c, both, 2);
  c->stack.n = n - 2;
  return true;
}

static inline wfx_valtype mem_address(const struct checker *c, uint32_t mem) {
  return address_type(c->m->mems.data[mem].limits.is_64);
}

static inline bool check_mem(struct checker *c, uint32_t mem) {
  return mem < c->m->mems.n || wfx__check_fail(c, "unknown memory %u", mem);
}

static inline bool check_memarg(struct checker *c, struct imm_memarg a, unsigned natural,
                                bool is_atomic) {
  TRY(check_mem(c, a.mem));
  if (is_atomic ? a.align != natural : a.align > natural)
    return wfx__check_fail(c, is_atomic ? "atomic alignment must be natural"
                                        : "alignment must not be larger than natural");
  if (a.offset > UINT32_MAX && !c->m->mems.data[a.mem].limits.is_64)
    return wfx__check_fail(c, "offset out of range");
  if (a.lane >= 16u >> natural) /* 0 for those without */
    return wfx__check_fail(c, "invalid lane index %u", a.lane);
  return true;
}

static inline struct local_state *check_local(struct checker *c, uint32_t i) {
  if (i < c->locals.n && c->locals.data[i].filled == c->n_bodies) return &c->locals.data[i];
  return wfx__check_find_local(c, i);
}

static inline bool check_local_get(struct checker *c, uint32_t i) {
  const struct local_state *local = check_local(c, i);
  if (!local) return false;
  if (local->type & LOCAL_UNSET) return wfx__check_fail(c, "uninitialized local %u", i);
  return check_push(c, local->type);
}

static inline bool check_local_set(struct checker *c, uint32_t i, bool is_tee) {
  const struct local_state *local = check_local(c, i);
  if (!local) return false;
  wfx_valtype t = local->type & ~LOCAL_UNSET;
  bool is_set = !(local->type & LOCAL_UNSET);
  TRY(check_pop(c, t));
  if (!is_set) TRY(wfx__check_set_local(c, i));
  return !is_tee || check_push(c, t);
}

static inline bool check_global_get(struct checker *c, uint32_t i) {
  if (i >= c->m->globals.n) return wfx__check_fail(c, "unknown global %u", i);
  return check_push(c, wfx_valtype_strip(c->m->globals.data[i].type));
}

static inline bool check_global_set(struct checker *c, uint32_t i) {
  if (i >= c->m->globals.n) return wfx__check_fail(c, "unknown global %u", i);
  const struct global *g = &c->m->globals.data[i];
  if (!g->is_mutable) return wfx__check_fail(c, "immutable global");
  return check_pop(c, wfx_valtype_strip(g->type));
}

static inline bool check_drop(struct checker *c) {
  struct operand o;
  return wfx__pop_any(c, &o) && check_fact(c, (struct fact){.type = o.type});
}

/* The open block at a depth; NULL with "unknown label". */
static inline struct frame *frame_at(struct checker *c, uint32_t depth) {
  if (depth < c->frames.n) return &c->frames.data[c->frames.n - 1 - depth];
  wfx__check_fail(c, "unknown label %u", depth);
  return NULL;
}

static inline bool check_br(struct checker *c, uint32_t depth, bool is_if) {
  if (is_if) TRY(check_pop(c, WFX_I32));
  struct frame *f = frame_at(c, depth);
  if (!f) return false;
  struct block_types t = check_label_types(c, f);
  if (t.n_results != 0) TRY(wfx__pop_vals(c, t.results, t.n_results));
  if (is_if) return t.n_results == 0 || wfx__push_vals(c, t.results, t.n_results);
  wfx__check_unreachable(c);
  return true;
}

#endif
