/* flatten_ref.c: translation of memory, table, reference and aggregate instructions. */
#include "engine/flatten.h"
#include "ir/match.h"

/* Pop n operands; at[0] is the slot of the lowest. */
static void pop_n(struct fl *f, uint32_t *at, uint32_t n) {
  struct entry v[8];
  for (uint32_t i = n; i-- > 0;) v[i] = wfx__fl_pop(f);
  for (uint32_t i = 0; i < n; i++) at[i] = wfx__fl_src(f, &v[i]);
}

/* A bulk instruction, whose last operand is its length, or whose result is an array of it, is
 * paid for once it has done its work. */
static void note_bulk(struct fl *f, enum flat_op op, uint32_t at) {
  enum { BYTES_SHIFT = 6, ELEMS_SHIFT = 3 };
  switch ((int)op) {
  case FL_memory_fill: case FL_memory_copy: case FL_memory_init:
    f->bulk = (struct bulk){at, BYTES_SHIFT, false};
    break;
  case FL_table_fill: case FL_table_copy: case FL_table_init: case FL_array_fill:
  case FL_array_copy: case FL_array_init_data: case FL_array_init_elem:
    f->bulk = (struct bulk){at, ELEMS_SHIFT, false};
    break;
  case FL_array_new: case FL_array_new_default: case FL_array_new_data: case FL_array_new_elem:
    f->bulk = (struct bulk){at, ELEMS_SHIFT, true};
    break;
  }
}

/* An instruction of n operands without a result. */
static void effect(struct fl *f, enum flat_op op, uint32_t n) {
  uint32_t at[8];
  pop_n(f, at, n);
  if (n > 0) note_bulk(f, op, at[n - 1]);
  wfx__fl_op(f, op);
  for (uint32_t i = 0; i < n; i++) wfx__fl_word(f, at[i]);
}

/* An instruction of n operands with a result of n_slots. */
static void value(struct fl *f, enum flat_op op, uint32_t n, unsigned n_slots) {
  uint32_t at[8];
  pop_n(f, at, n);
  uint32_t dst = wfx__fl_push(f, n_slots);
  note_bulk(f, op, dst);
  wfx__fl_op_dst(f, op, dst);
  for (uint32_t i = 0; i < n; i++) wfx__fl_word(f, at[i]);
}

/* ---- Memory ------------------------------------------------------------------------------ */

/* Accesses use memory 0 unless told otherwise for one of them. */
static void select_mem(struct fl *f, uint32_t mem) {
  wfx__fl_op(f, FL_set_mem);
  wfx__fl_ptr(f, f->inst->mems[mem]);
}

/* The address in slot a as an access takes it: for 64 bits, with the offset added. */
static uint32_t access_slot(struct fl *f, const struct imm_memarg *m, const struct entry *v) {
  uint32_t a = wfx__fl_src(f, v);
  if (m->mem != 0) select_mem(f, m->mem);
  if (!f->inst->mems[m->mem]->is_64 && m->offset <= UINT32_MAX) return a;
  uint32_t dst = fl_canon(f, v->at);
  wfx__fl_op(f, FL_addr64);
  wfx__fl_word(f, dst);
  wfx__fl_word(f, a);
  wfx__fl_word64(f, m->offset);
  return dst;
}

/* ORDER FLAT_ACCESS: the forms of a load or store stand behind it in this order. */
enum { FORM_X = 1, FORM_C, FORM_T, FORM_S, FORM_I };
_Static_assert(FL_load64_x == FL_load64 + FORM_X && FL_load64_c == FL_load64 + FORM_C &&
               FL_load64_t == FL_load64 + FORM_T && FL_load64_s == FL_load64 + FORM_S &&
               FL_load64_i == FL_load64 + FORM_I && FL_store64_x == FL_store64 + FORM_X &&
               FL_store64_c == FL_store64 + FORM_C, "FLAT_ACCESS");

static void access_op(struct fl *f, enum flat_op op, unsigned form, const uint32_t *dst) {
  if (dst) wfx__fl_op_dst(f, op + form, *dst);
  else wfx__fl_op(f, op + form);
}

/* The address is a sum or a constant: the form for that. False when there is none. */
static bool simple_form(struct fl *f, const struct imm_memarg *m, enum flat_op op,
                        const struct entry *address, const uint32_t *dst,
                        const uint32_t *from) {
  const uint64_t at = address->value + m->offset;
  if (address->kind == ENTRY_SUM) {
    access_op(f, op, FORM_X, dst);
    wfx__fl_word(f, f->local_slots[address->local]);
    wfx__fl_word(f, (word)address->value);
    if (from) wfx__fl_word(f, *from);
    wfx__fl_word(f, (word)m->offset);
    return true;
  }
  if (address->kind != ENTRY_CONST || at > UINT32_MAX) return false;
  access_op(f, op, FORM_C, dst);
  wfx__fl_word(f, (word)at);
  if (from) wfx__fl_word(f, *from);
  return true;
}

/* A load whose address the newest instruction made: both in one. False when there is none. */
static bool fused_form(struct fl *f, const struct imm_memarg *m, enum flat_op op,
                       const struct entry *address, uint32_t dst) {
  enum { ADD_WORDS = OP_WORDS + 3 };
  word *w = f->words.data;
  if (address->kind == ENTRY_LOCAL && wfx__fl_newest_is(f, FL_i32_add_k, ADD_WORDS) &&
      w[f->newest + OP_WORDS] == f->local_slots[address->local]) {
    const uint32_t sum = w[f->newest + OP_WORDS];
    wfx__fl_retype_newest(f, op + FORM_T);
    w[f->newest + OP_WORDS] = dst;
    wfx__fl_word(f, sum);
    wfx__fl_word(f, (word)m->offset);
    return true;
  }
  if (!wfx__fl_is_last(f, address)) return false;
  const bool is_s = f->last_op == FL_i32_shl_k_i32_add_k;
  if (!is_s && f->last_op != FL_i32_shl_k_i32_add) return false;
  const word *operands = w + f->last + OP_WORDS + 1;
  const uint32_t a = operands[0], shift = operands[1], base = operands[2];
  wfx__fl_undo_last(f);
  wfx__fl_op_dst(f, op + (is_s ? FORM_S : FORM_I), dst);
  wfx__fl_word(f, a);
  wfx__fl_word(f, shift);
  wfx__fl_word(f, base);
  wfx__fl_word(f, (word)m->offset);
  return true;
}

/* A load to *dst or a store of *from that makes its address by itself. False when there is
 * none. */
static bool fused_access(struct fl *f, const struct imm_memarg *m, enum flat_op op,
                         const struct entry *address, const uint32_t *dst,
                         const uint32_t *from) {
  if (f->is_failed || op < FL_load8_u || op > FL_store64) return false;
  if (f->inst->mems[m->mem]->is_64 || m->offset > UINT32_MAX || m->mem != 0) return false;
  return simple_form(f, m, op, address, dst, from) ||
         (dst && fused_form(f, m, op, address, *dst));
}

static uint32_t offset_word(const struct fl *f, const struct imm_memarg *m) {
  return f->inst->mems[m->mem]->is_64 || m->offset > UINT32_MAX ? 0 : (uint32_t)m->offset;
}

void wfx__fl_access(struct fl *f, const struct inst *in, enum flat_op op, struct entry address,
                    uint32_t dst) {
  struct imm_memarg m = imm_memarg(f->code, in);
  uint32_t a = access_slot(f, &m, &address);
  wfx__fl_op_dst(f, op, dst);
  wfx__fl_word(f, a);
  wfx__fl_word(f, offset_word(f, &m));
}

void wfx__fl_access_end(struct fl *f, const struct inst *in) {
  if (imm_memarg(f->code, in).mem != 0) select_mem(f, 0);
}

void wfx__fl_load_to(struct fl *f, const struct inst *in, enum flat_op op, struct entry address,
                     uint32_t dst) {
  struct imm_memarg m = imm_memarg(f->code, in);
  if (fused_access(f, &m, op, &address, &dst, NULL)) return;
  wfx__fl_access(f, in, op, address, dst);
  wfx__fl_access_end(f, in);
}

void wfx__fl_store_from(struct fl *f, const struct inst *in, enum flat_op op,
                        struct entry address, uint32_t from) {
  struct imm_memarg m = imm_memarg(f->code, in);
  if (fused_access(f, &m, op, &address, NULL, &from)) return;
  uint32_t a = access_slot(f, &m, &address);
  wfx__fl_op(f, op);
  wfx__fl_word(f, a);
  wfx__fl_word(f, from);
  wfx__fl_word(f, offset_word(f, &m));
  if (m.mem != 0) select_mem(f, 0);
}

void wfx__fl_load(struct fl *f, const struct inst *in, enum flat_op op) {
  struct entry address = wfx__fl_pop(f);
  wfx__fl_load_to(f, in, op, address, wfx__fl_push(f, 1));
}

void wfx__fl_store(struct fl *f, const struct inst *in, enum flat_op op) {
  struct entry b = wfx__fl_pop(f), address = wfx__fl_pop(f);
  wfx__fl_store_from(f, in, op, address, wfx__fl_src(f, &b));
}

void wfx__fl_memory_size(struct fl *f, const struct inst *in) {
  value(f, FL_memory_size, 0, 1);
  wfx__fl_ptr(f, f->inst->mems[in->imm]);
}

void wfx__fl_memory_grow(struct fl *f, const struct inst *in) {
  value(f, FL_memory_grow, 1, 1);
  wfx__fl_ptr(f, f->inst->mems[in->imm]);
}

void wfx__fl_memory_fill(struct fl *f, const struct inst *in) {
  effect(f, FL_memory_fill, 3);
  wfx__fl_ptr(f, f->inst->mems[in->imm]);
}

void wfx__fl_memory_copy(struct fl *f, const struct inst *in) {
  effect(f, FL_memory_copy, 3);
  wfx__fl_ptr(f, f->inst->mems[imm_lo(in)]);
  wfx__fl_ptr(f, f->inst->mems[imm_hi(in)]);
}

/* The immediates of memory.init, table.init: ORDER IMM_TEXT, memory or table first. */
void wfx__fl_memory_init(struct fl *f, const struct inst *in) {
  effect(f, FL_memory_init, 3);
  wfx__fl_ptr(f, f->inst->mems[imm_lo(in)]);
  wfx__fl_ptr(f, &f->inst->datas[imm_hi(in)]);
}

void wfx__fl_data_drop(struct fl *f, const struct inst *in) {
  effect(f, FL_data_drop, 0);
  wfx__fl_ptr(f, &f->inst->datas[in->imm]);
}

/* ---- Tables ------------------------------------------------------------------------------ */

void wfx__fl_table_get(struct fl *f, const struct inst *in) {
  const struct table_obj *t = f->inst->tables[in->imm];
  value(f, t->n_slots == 2 ? FL_table_get2 : FL_table_get, 1, t->n_slots);
  wfx__fl_ptr(f, t);
}

void wfx__fl_table_set(struct fl *f, const struct inst *in) {
  const struct table_obj *t = f->inst->tables[in->imm];
  effect(f, t->n_slots == 2 ? FL_table_set2 : FL_table_set, 2);
  wfx__fl_ptr(f, t);
}

void wfx__fl_table_size(struct fl *f, const struct inst *in) {
  value(f, FL_table_size, 0, 1);
  wfx__fl_ptr(f, f->inst->tables[in->imm]);
}

void wfx__fl_table_grow(struct fl *f, const struct inst *in) {
  value(f, FL_table_grow, 2, 1);
  wfx__fl_ptr(f, f->inst->tables[in->imm]);
}

void wfx__fl_table_fill(struct fl *f, const struct inst *in) {
  effect(f, FL_table_fill, 3);
  wfx__fl_ptr(f, f->inst->tables[in->imm]);
}

void wfx__fl_table_copy(struct fl *f, const struct inst *in) {
  effect(f, FL_table_copy, 3);
  wfx__fl_ptr(f, f->inst->tables[imm_lo(in)]);
  wfx__fl_ptr(f, f->inst->tables[imm_hi(in)]);
}

void wfx__fl_table_init(struct fl *f, const struct inst *in) {
  effect(f, FL_table_init, 3);
  wfx__fl_ptr(f, f->inst->tables[imm_lo(in)]);
  wfx__fl_ptr(f, &f->inst->elems[imm_hi(in)]);
}

void wfx__fl_elem_drop(struct fl *f, const struct inst *in) {
  effect(f, FL_elem_drop, 0);
  wfx__fl_ptr(f, &f->inst->elems[in->imm]);
}

/* ---- References -------------------------------------------------------------------------- */

void wfx__fl_ref_null(struct fl *f, const struct inst *in) {
  wfx__fl_push_const(f, 0, wfx__val_slots(f->ts, wfx_ref_null((wfx_heaptype)in->imm)));
}

/* The first slot of every null reference is 0, and of no other. */
void wfx__fl_ref_is_null(struct fl *f, const struct inst *in) {
  (void)in;
  uint32_t a = wfx__fl_pop_src(f);
  wfx__fl_op_dst(f, FL_i64_eq_k, wfx__fl_push(f, 1));
  wfx__fl_word(f, a);
  wfx__fl_word(f, 0);
}

void wfx__fl_ref_func(struct fl *f, const struct inst *in) {
  wfx__fl_push_const(f, ptr_slot(f->inst->funcs[in->imm]), 1);
}

void wfx__fl_ref_eq(struct fl *f, const struct inst *in) {
  (void)in;
  value(f, FL_i64_eq, 2, 1);
}

/* The operand stays where it is. */
void wfx__fl_ref_as_non_null(struct fl *f, const struct inst *in) {
  (void)in;
  if (f->is_failed) return;
  uint32_t i = (uint32_t)f->stack.n - 1;
  if (f->stack.data[i].kind == ENTRY_CONST) wfx__fl_settle(f, i);
  uint32_t a = wfx__fl_src(f, &f->stack.data[i]);
  wfx__fl_op(f, FL_ref_as_non_null);
  wfx__fl_word(f, a);
}

static void test(struct fl *f, wfx_valtype type) {
  uint32_t a = wfx__fl_pop_src(f);
  wfx__fl_emit_test(f, wfx__fl_push(f, 1), a, type);
}

void wfx__fl_ref_test(struct fl *f, const struct inst *in) {
  test(f, wfx_ref((wfx_heaptype)in->imm));
}
void wfx__fl_ref_test_null(struct fl *f, const struct inst *in) {
  test(f, wfx_ref_null((wfx_heaptype)in->imm));
}

static void cast(struct fl *f, wfx_valtype type) {
  if (f->is_failed) return;
  uint32_t i = (uint32_t)f->stack.n - 1;
  if (f->stack.data[i].kind == ENTRY_CONST) wfx__fl_settle(f, i);
  uint32_t a = wfx__fl_src(f, &f->stack.data[i]);
  wfx_heaptype heap = wfx_heap_of(type);
  bool is_type = wfx_heap_is_type(heap);
  wfx__fl_op(f, is_type ? FL_ref_cast : FL_ref_cast_abs);
  wfx__fl_word(f, a);
  wfx__fl_word(f, wfx_is_nullable(type));
  if (is_type) wfx__fl_ptr(f, fl_rtt(f, wfx_heap_type(heap).i));
  else wfx__fl_word(f, heap);
}

void wfx__fl_ref_cast(struct fl *f, const struct inst *in) {
  cast(f, wfx_ref((wfx_heaptype)in->imm));
}
void wfx__fl_ref_cast_null(struct fl *f, const struct inst *in) {
  cast(f, wfx_ref_null((wfx_heaptype)in->imm));
}

void wfx__fl_ref_i31(struct fl *f, const struct inst *in) {
  (void)in;
  value(f, FL_ref_i31, 1, 1);
}
void wfx__fl_i31_get_s(struct fl *f, const struct inst *in) {
  (void)in;
  value(f, FL_i31_get_s, 1, 1);
}
void wfx__fl_i31_get_u(struct fl *f, const struct inst *in) {
  (void)in;
  value(f, FL_i31_get_u, 1, 1);
}

/* ---- Structs ----------------------------------------------------------------------------- */

/* The newest n operands as a run of slots that become one reference there. */
static uint32_t take_run(struct fl *f, uint32_t n) {
  uint32_t at = wfx__fl_settle_top(f, n);
  wfx__fl_drop(f, n);
  return at;
}

void wfx__fl_struct_new(struct fl *f, const struct inst *in) {
  const struct rtt *rtt = fl_rtt(f, (uint32_t)in->imm);
  uint32_t at = take_run(f, rtt->n_fields);
  wfx__fl_op_dst(f, FL_struct_new, wfx__fl_push(f, 1));
  wfx__fl_word(f, at);
  wfx__fl_ptr(f, rtt);
}

void wfx__fl_struct_new_default(struct fl *f, const struct inst *in) {
  value(f, FL_struct_new_default, 0, 1);
  wfx__fl_ptr(f, fl_rtt(f, (uint32_t)in->imm));
}

/* ORDER FLAT_FIELD: what reads or writes a field, from the variant for packed 8 bits on. */
static enum flat_op get_op(enum flat_op get8_s, uint8_t kind, bool is_signed) {
  switch ((enum store_kind)kind) {
  case STORE_I8: return (enum flat_op)(get8_s + !is_signed);
  case STORE_I16: return (enum flat_op)(get8_s + 2 + !is_signed);
  case STORE_I32: case STORE_F32: return (enum flat_op)(get8_s + 4);
  case STORE_I64: case STORE_F64: case STORE_REF: return (enum flat_op)(get8_s + 5);
  case STORE_V128: case STORE_CONT: return (enum flat_op)(get8_s + 6);
  }
  return get8_s;
}

static enum flat_op set_op(enum flat_op set8, uint8_t kind) {
  switch ((enum store_kind)kind) {
  case STORE_I8: return set8;
  case STORE_I16: return (enum flat_op)(set8 + 1);
  case STORE_I32: case STORE_F32: return (enum flat_op)(set8 + 2);
  case STORE_I64: case STORE_F64: case STORE_REF: return (enum flat_op)(set8 + 3);
  case STORE_V128: case STORE_CONT: return (enum flat_op)(set8 + 4);
  }
  return set8;
}
_Static_assert(FL_struct_get128 == FL_struct_get8_s + 6 &&
               FL_struct_set128 == FL_struct_set8 + 4 &&
               FL_array_get128 == FL_array_get8_s + 6 && FL_array_set128 == FL_array_set8 + 4,
               "FLAT_FIELD");

static unsigned kind_slots(uint8_t kind) { return kind == STORE_V128 ||
    kind == STORE_CONT ? 2 : 1; }

static void struct_get(struct fl *f, const struct inst *in, bool is_signed) {
  const struct rtt_field *field = &fl_rtt(f, imm_lo(in))->fields[imm_hi(in)];
  value(f, get_op(FL_struct_get8_s, field->store, is_signed), 1, kind_slots(field->store));
  wfx__fl_word(f, field->offset);
}

void wfx__fl_struct_get(struct fl *f, const struct inst *in) { struct_get(f, in, false); }
void wfx__fl_struct_get_s(struct fl *f, const struct inst *in) { struct_get(f, in, true); }
void wfx__fl_struct_get_u(struct fl *f, const struct inst *in) { struct_get(f, in, false); }

void wfx__fl_struct_set(struct fl *f, const struct inst *in) {
  const struct rtt_field *field = &fl_rtt(f, imm_lo(in))->fields[imm_hi(in)];
  effect(f, set_op(FL_struct_set8, field->store), 2);
  wfx__fl_word(f, field->offset);
}

/* ---- Arrays ------------------------------------------------------------------------------ */

void wfx__fl_array_new(struct fl *f, const struct inst *in) {
  value(f, FL_array_new, 2, 1);
  wfx__fl_ptr(f, fl_rtt(f, (uint32_t)in->imm));
}

void wfx__fl_array_new_default(struct fl *f, const struct inst *in) {
  value(f, FL_array_new_default, 1, 1);
  wfx__fl_ptr(f, fl_rtt(f, (uint32_t)in->imm));
}

void wfx__fl_array_new_fixed(struct fl *f, const struct inst *in) {
  uint32_t at = take_run(f, imm_hi(in));
  wfx__fl_op_dst(f, FL_array_new_fixed, wfx__fl_push(f, 1));
  wfx__fl_word(f, at);
  wfx__fl_word(f, imm_hi(in));
  wfx__fl_ptr(f, fl_rtt(f, imm_lo(in)));
}

void wfx__fl_array_new_data(struct fl *f, const struct inst *in) {
  value(f, FL_array_new_data, 2, 1);
  wfx__fl_ptr(f, fl_rtt(f, imm_lo(in)));
  wfx__fl_ptr(f, &f->inst->datas[imm_hi(in)]);
}

void wfx__fl_array_new_elem(struct fl *f, const struct inst *in) {
  value(f, FL_array_new_elem, 2, 1);
  wfx__fl_ptr(f, fl_rtt(f, imm_lo(in)));
  wfx__fl_ptr(f, &f->inst->elems[imm_hi(in)]);
}

static void array_get(struct fl *f, const struct inst *in, bool is_signed) {
  uint8_t kind = fl_rtt(f, (uint32_t)in->imm)->elem;
  value(f, get_op(FL_array_get8_s, kind, is_signed), 2, kind_slots(kind));
}

void wfx__fl_array_get(struct fl *f, const struct inst *in) { array_get(f, in, false); }
void wfx__fl_array_get_s(struct fl *f, const struct inst *in) { array_get(f, in, true); }
void wfx__fl_array_get_u(struct fl *f, const struct inst *in) { array_get(f, in, false); }

void wfx__fl_array_set(struct fl *f, const struct inst *in) {
  effect(f, set_op(FL_array_set8, fl_rtt(f, (uint32_t)in->imm)->elem), 3);
}

void wfx__fl_array_len(struct fl *f, const struct inst *in) {
  (void)in;
  value(f, FL_array_len, 1, 1);
}

void wfx__fl_array_fill(struct fl *f, const struct inst *in) {
  (void)in;
  effect(f, FL_array_fill, 4);
}

void wfx__fl_array_copy(struct fl *f, const struct inst *in) {
  (void)in;
  effect(f, FL_array_copy, 5);
}

void wfx__fl_array_init_data(struct fl *f, const struct inst *in) {
  effect(f, FL_array_init_data, 4);
  wfx__fl_ptr(f, &f->inst->datas[imm_hi(in)]);
}

void wfx__fl_array_init_elem(struct fl *f, const struct inst *in) {
  effect(f, FL_array_init_elem, 4);
  wfx__fl_ptr(f, &f->inst->elems[imm_hi(in)]);
}
