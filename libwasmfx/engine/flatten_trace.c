/* flatten_trace.c: in a store that is traced, an instruction in front of each of the module's that
 * says which one comes and where its operands are. Its words:
 *
 *   instruction, position, n, then n times: slot or WFX_NO_ID, type or 0, the constant (2 words)
 *   or what is to be added to the i32 in the slot
 *
 * Constants and local.get show what they bring. Other stores have none of this, so tracing costs
 * them nothing. */
#include "engine/flatten.h"
#include "ir/op.h"

/* What is known of an instruction's operands: how many, and the types of the newest ones. */
struct operands {
  uint32_t n;
  wfx_valtype types[MAX_TRACED]; /* 0: not known */
};

static wfx_valtype traced_letter(char c) {
  switch (c) {
  case 'i': return WFX_I32;
  case 'l': return WFX_I64;
  case 'f': return WFX_F32;
  case 'd': return WFX_F64;
  case 'v': return WFX_V128;
  default: return 0;
  }
}

/* As the host sees it: all references are alike. */
static wfx_valtype shown_type(wfx_valtype t) { return wfx_is_ref(t) ? WFX_ANYREF : t; }

/* The newest of n types. */
static void of_types(struct operands *o, const wfx_valtype *types, uint32_t n) {
  o->n = n < MAX_TRACED ? n : MAX_TRACED;
  for (uint32_t i = 0; i < o->n; i++) {
    o->types[i] = shown_type(types[n - o->n + i]);
  }
}

static void of_letters(struct operands *o, const char *sig) {
  for (o->n = 0; sig[o->n] && sig[o->n] != ':'; o->n++) o->types[o->n] = traced_letter(sig[o->n]);
}

static wfx_valtype local_type(const struct fl *f, uint32_t local) {
  const struct type *t = type_at(f->ts, f->m->funcs.data[f->func->index].type);
  const struct body *b = wfx__module_body(f->m, f->func->index);
  if (local < t->n_params) return t->vals[local];
  local -= t->n_params;
  size_t r = 0;
  while (local >= b->runs.data[r].n) local -= b->runs.data[r++].n;
  return b->runs.data[r].type;
}

/* there: how many operands the block has. */
static void describe(const struct fl *f, const struct inst *in, uint32_t there,
                     struct operands *o) {
  enum { MAX_OTHER = 3 }; /* operands shown of instructions not known here */
  const char *sig = wfx__ops[in->op].sig;
  wfx_valtype type = 0;
  const struct type *t;
  memset(o, 0, sizeof *o);
  if (sig[0] != '?') {
    of_letters(o, sig);
    return;
  }
  switch ((int)in->op) {
  case WFX_OP_local_get: case WFX_OP_global_get: case WFX_OP_i32_const: case WFX_OP_i64_const:
  case WFX_OP_f32_const: case WFX_OP_f64_const: case WFX_OP_v128_const: case WFX_OP_ref_null:
  case WFX_OP_ref_func: case WFX_OP_block: case WFX_OP_loop: case WFX_OP_try_table:
  case WFX_OP_br: case WFX_OP_unreachable: case WFX_OP_nop: return;
  case WFX_OP_local_set: case WFX_OP_local_tee:
    type = local_type(f, (uint32_t)in->imm);
    of_types(o, &type, 1);
    return;
  case WFX_OP_global_set:
    type = f->inst->globals[in->imm]->type;
    of_types(o, &type, 1);
    return;
  case WFX_OP_if: case WFX_OP_br_if: case WFX_OP_br_table:
    type = WFX_I32;
    of_types(o, &type, 1);
    return;
  case WFX_OP_drop: o->n = 1; return;
  case WFX_OP_return: of_types(o, f->results, f->n_results); return;
  case WFX_OP_call:
    t = type_at(f->ts, f->m->funcs.data[in->imm].type);
    of_types(o, t->vals, t->n_params);
    return;
  case WFX_OP_suspend:
    t = type_at(f->ts, f->m->tags.data[in->imm].type);
    of_types(o, t->vals, t->n_params);
    return;
  default: o->n = there < MAX_OTHER ? there : MAX_OTHER; return;
  }
}

/* at: a slot, to which value is added if it is a sum; or WFX_NO_ID. */
static void add_operand(struct fl *f, uint32_t at, wfx_valtype type, uint64_t value) {
  wfx__fl_word(f, at);
  wfx__fl_word(f, type);
  wfx__fl_word64(f, value);
}

/* What an instruction without operands brings: a constant, the value of a local. */
static void add_traced_source(struct fl *f, const struct inst *in) {
  switch ((int)in->op) {
  case WFX_OP_i32_const: add_operand(f, WFX_NO_ID, WFX_I32, (uint32_t)in->imm); break;
  case WFX_OP_i64_const: add_operand(f, WFX_NO_ID, WFX_I64, in->imm); break;
  case WFX_OP_f32_const: add_operand(f, WFX_NO_ID, WFX_F32, (uint32_t)in->imm); break;
  case WFX_OP_f64_const: add_operand(f, WFX_NO_ID, WFX_F64, in->imm); break;
  case WFX_OP_local_get: {
    wfx_valtype type = shown_type(local_type(f, (uint32_t)in->imm));
    add_operand(f, f->local_slots[in->imm], type, 0);
    break;
  }
  }
}

static bool has_source(const struct inst *in) {
  switch ((int)in->op) {
  case WFX_OP_i32_const: case WFX_OP_i64_const: case WFX_OP_f32_const: case WFX_OP_f64_const:
  case WFX_OP_local_get: return true;
  default: return false;
  }
}

void wfx__fl_trace(struct fl *f, const struct inst *in) {
  if (!f->e->trace.fn || !f->func || in->op == WFX_OP_end || in->op == WFX_OP_else) return;
  struct operands o;
  uint32_t there = (uint32_t)f->stack.n - vec_last(&f->ctls).base;
  describe(f, in, there, &o);
  if (o.n > there) o.n = there;
  wfx__fl_op(f, FL_trace);
  wfx__fl_word(f, in->op);
  wfx__fl_word(f, in->pos);
  wfx__fl_word(f, has_source(in) ? 1 : o.n);
  add_traced_source(f, in);
  for (uint32_t i = 0; i < o.n && !f->is_failed; i++) {
    const struct entry *v = &f->stack.data[f->stack.n - o.n + i];
    switch ((enum entry_kind)v->kind) {
    case ENTRY_CONST: add_operand(f, WFX_NO_ID, o.types[i], v->value); break;
    case ENTRY_TEMP: add_operand(f, fl_canon(f, v->at), o.types[i], 0); break;
    case ENTRY_LOCAL: add_operand(f, f->local_slots[v->local], o.types[i], 0); break;
    case ENTRY_SUM: add_operand(f, f->local_slots[v->local], WFX_I32, (uint32_t)v->value); break;
    }
  }
  wfx__fl_cut(f);
}
