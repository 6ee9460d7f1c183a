/* check_bulk.c: tables, and copying between memories. Spec: Validation, Table and Memory
 * Instructions. What is none of these is passed on to the next chapter. */
#include "valid/check.h"

static const struct table *table_of(struct checker *c, uint32_t i) {
  if (i < c->m->tables.n) return &c->m->tables.data[i];
  wfx__check_fail(c, "unknown table %u", i);
  return NULL;
}

/* Copies between address spaces of different width take the smaller for the length. */
static wfx_valtype smaller(bool a_is_64, bool b_is_64) {
  return address_type(a_is_64 && b_is_64);
}

static bool check_table(struct checker *c, const struct inst *in) {
  const struct table *t = table_of(c, imm_lo(in));
  if (!t) return false;
  wfx_valtype at = address_type(t->limits.is_64);
  const wfx_valtype set[] = {at, t->type}, grow[] = {t->type, at}, fill[] = {at, t->type, at};
  switch (in->op) {
  case WFX_OP_table_get: return wfx__pop(c, at) && wfx__push(c, t->type);
  case WFX_OP_table_set: return wfx__pop_vals(c, set, 2);
  case WFX_OP_table_grow: return wfx__pop_vals(c, grow, 2) && wfx__push(c, at);
  }
  return wfx__pop_vals(c, fill, 3); /* table.fill */
}

static bool check_table_copy(struct checker *c, const struct inst *in) {
  const struct table *to = table_of(c, imm_lo(in)), *from = table_of(c, imm_hi(in));
  if (!to || !from) return false;
  if (!wfx__match_val(c->ts, from->type, to->type))
    return wfx__check_mismatch(c, &to->type, 1, 0, from->type, in->pos);
  const wfx_valtype vals[] = {address_type(to->limits.is_64),
                              address_type(from->limits.is_64),
                              smaller(to->limits.is_64, from->limits.is_64)};
  return wfx__pop_vals(c, vals, 3);
}

static bool check_table_init(struct checker *c, const struct inst *in) {
  const struct table *t = table_of(c, imm_lo(in));
  if (!t) return false;
  if (imm_hi(in) >= c->m->elems.n)
    return wfx__check_fail(c, "unknown elem segment %u", imm_hi(in));
  wfx_valtype from = c->m->elems.data[imm_hi(in)].type;
  if (!wfx__match_val(c->ts, from, t->type))
    return wfx__check_mismatch(c, &t->type, 1, 0, from, in->pos);
  const wfx_valtype vals[] = {address_type(t->limits.is_64), WFX_I32, WFX_I32};
  return wfx__pop_vals(c, vals, 3);
}

static bool check_memory_copy(struct checker *c, const struct inst *in) {
  uint32_t to = imm_lo(in), from = imm_hi(in);
  if (to >= c->m->mems.n || from >= c->m->mems.n)
    return wfx__check_fail(c, "unknown memory %u", to >= c->m->mems.n ? to : from);
  bool to_64 = c->m->mems.data[to].limits.is_64, from_64 = c->m->mems.data[from].limits.is_64;
  const wfx_valtype vals[] = {address_type(to_64), address_type(from_64),
                              smaller(to_64, from_64)};
  return wfx__pop_vals(c, vals, 3);
}

bool wfx__check_bulk(struct checker *c, const struct inst *in) {
  switch (in->op) {
  case WFX_OP_table_get: case WFX_OP_table_set: case WFX_OP_table_grow: case WFX_OP_table_fill:
    return check_table(c, in);
  case WFX_OP_table_copy: return check_table_copy(c, in);
  case WFX_OP_table_init: return check_table_init(c, in);
  case WFX_OP_memory_copy: return check_memory_copy(c, in);
  }
  return wfx__check_cont(c, in);
}
