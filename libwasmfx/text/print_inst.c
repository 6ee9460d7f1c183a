/* print_inst.c: instructions and their immediates; flat bodies. Spec: Text Format, Instructions. */
#include "text/print.h"

#include "base/number.h"
#include "base/utf8.h"

/* ---- Pieces of immediates ---------------------------------------------------------------- */

static void put_space_ref(struct printer *p, enum ref_space space, uint32_t handle) {
  wfx__out(p, " ");
  wfx__out_ref(p, space, handle);
}

/* Whether a table or memory is the one meant when none is written. With several, one that has a
 * name is written out. */
static bool is_default(const struct printer *p, enum ref_space space, uint32_t handle) {
  if (handle >= p->map.n[space]) return handle == 0;
  if (p->map.of[space][handle] != 0) return false;
  return p->map.n[space] == 1 || !p->ids[space][handle].data;
}

static void put_optional(struct printer *p, enum ref_space space, uint32_t handle) {
  if (!is_default(p, space, handle)) put_space_ref(p, space, handle);
}

static void put_both(struct printer *p, enum ref_space space, uint32_t lo, uint32_t hi) {
  if (is_default(p, space, lo) && is_default(p, space, hi)) return;
  put_space_ref(p, space, lo);
  put_space_ref(p, space, hi);
}

static void put_label(struct printer *p, uint64_t depth) {
  wfx_str name = wfx__labels_name(&p->labels, depth);
  wfx__out(p, " ");
  if (name.data) wfx__out_name_id(p, name);
  else wfx__out_uint(p, depth);
}

static void put_local(struct printer *p, uint64_t index) {
  wfx_str id = {NULL, 0};
  if (index <= UINT32_MAX) id = wfx__find_id(&p->locals, (uint32_t)index);
  wfx__out(p, " ");
  if (id.data) wfx__out_bytes(p, id.data, id.n);
  else wfx__out_uint(p, index);
}

static void put_field_index(struct printer *p, uint32_t type, uint32_t field) {
  wfx_str id = {NULL, 0};
  if (wfx__print_type(p, type)) id = wfx__find_id(&p->fields[type], field);
  wfx__out(p, " ");
  if (id.data) wfx__out_bytes(p, id.data, id.n);
  else wfx__out_uint(p, field);
}

static void put_memarg(struct printer *p, const struct inst *in) {
  struct imm_memarg m = imm_memarg(p->code, in);
  put_optional(p, SPACE_MEM, m.mem);
  if (m.offset != 0) {
    wfx__out(p, " offset=");
    wfx__out_uint(p, m.offset);
  }
  if (m.align != wfx__op_natural_align((wfx_op)in->op)) {
    wfx__out(p, " align=");
    wfx__out_uint(p, UINT64_C(1) << m.align);
  }
}

/* ---- Immediates in the pool -------------------------------------------------------------- */

static void put_br_table(struct printer *p, const uint32_t *w) {
  for (uint32_t i = 0; i <= w[0] && !is_stopped(p); i++) put_label(p, w[1 + i]);
}

static void put_shuffle(struct printer *p, const uint32_t *w) {
  for (unsigned i = 0; i < 16; i++) {
    wfx__out(p, " ");
    wfx__out_uint(p, w[i / 4] >> i % 4 * 8 & 0xff);
  }
}

static void put_v128(struct printer *p, const uint32_t *w) {
  static const char digits[] = "0123456789abcdef";
  wfx__out(p, " i32x4");
  for (unsigned i = 0; i < 4; i++) {
    char s[11] = " 0x";
    for (unsigned k = 0; k < 8; k++) s[3 + k] = digits[w[i] >> (28 - 4 * k) & 15];
    wfx__out_bytes(p, s, sizeof s);
  }
}

static void put_result_types(struct printer *p, const uint32_t *w) {
  wfx__out(p, " (result");
  for (uint32_t i = 0; i < w[0] && !is_stopped(p); i++) {
    wfx__out(p, " ");
    wfx__out_valtype(p, w[1 + i]);
  }
  wfx__out(p, ")");
}

static void put_catches(struct printer *p, struct imm_clauses c) {
  static const char *const texts[] = {
      [CATCH] = " (catch", [CATCH_REF] = " (catch_ref", [CATCH_ALL] = " (catch_all",
      [CATCH_ALL_REF] = " (catch_all_ref",
  };
  for (uint32_t i = 0; i < c.n && !is_stopped(p); i++) {
    const uint32_t *w = c.clauses + 3 * (size_t)i;
    wfx__out(p, texts[w[0] & 3]);
    if (w[0] == CATCH || w[0] == CATCH_REF) put_space_ref(p, SPACE_TAG, w[1]);
    put_label(p, w[2]);
    wfx__out(p, ")");
  }
}

static void put_resume(struct printer *p, struct imm_clauses c, bool has_tag) {
  put_space_ref(p, SPACE_TYPE, c.type);
  if (has_tag) put_space_ref(p, SPACE_TAG, c.tag);
  for (uint32_t i = 0; i < c.n && !is_stopped(p); i++) {
    const uint32_t *w = c.clauses + 3 * (size_t)i;
    bool is_ref = w[0] == CLAUSE_ON_REF;
    wfx__out(p, is_ref ? " (on_ref" : " (on");
    put_space_ref(p, is_ref ? SPACE_TYPE : SPACE_TAG, w[1]);
    if (w[0] == CLAUSE_SWITCH) wfx__out(p, " switch");
    else put_label(p, w[2]);
    wfx__out(p, ")");
  }
}

/* ---- All kinds --------------------------------------------------------------------------- */

static void put_types_imm(struct printer *p, const struct inst *in) {
  const uint32_t *pool = p->code->pool.data + imm_lo(in); /* used by pool kinds only */
  bool is_null = in->op == WFX_OP_ref_test_null || in->op == WFX_OP_ref_cast_null;
  wfx__out(p, " ");
  if (in->op == WFX_OP_ref_null) {
    wfx__out_heaptype(p, imm_lo(in));
  } else if (wfx__ops[in->op].imm == WFX_IMM_CAST) {
    wfx__out_valtype(p, is_null ? wfx_ref_null(imm_lo(in)) : wfx_ref(imm_lo(in)));
  } else {
    wfx__out_valtype(p, pool[1]);
    wfx__out(p, " ");
    wfx__out_valtype(p, pool[2]);
  }
}

static void put_number(struct printer *p, const struct inst *in) {
  char buf[NUMBER_TEXT_MAX];
  wfx__out(p, " ");
  if (in->op == WFX_OP_i32_const) {
    int32_t x;
    memcpy(&x, &(uint32_t){imm_lo(in)}, sizeof x);
    wfx__out_int(p, x);
  } else if (in->op == WFX_OP_i64_const) {
    int64_t x;
    memcpy(&x, &in->imm, sizeof x);
    wfx__out_int(p, x);
  } else if (in->op == WFX_OP_f32_const) {
    wfx__out_bytes(p, buf, wfx__number_write_f32(buf, imm_lo(in)));
  } else {
    wfx__out_bytes(p, buf, wfx__number_write_f64(buf, in->imm));
  }
}

static void put_imm(struct printer *p, const struct inst *in) {
  const uint32_t *pool = p->code->pool.data + imm_lo(in); /* used by pool kinds only */
  uint32_t lo = imm_lo(in), hi = imm_hi(in);
  switch ((wfx_imm)wfx__ops[in->op].imm) {
  case WFX_IMM_NONE: case WFX_IMM_FENCE: return;
  case WFX_IMM_BLOCK: wfx__out_blocktype(p, in->imm); return;
  case WFX_IMM_LABEL: put_label(p, in->imm); return;
  case WFX_IMM_BR_TABLE: put_br_table(p, pool); return;
  case WFX_IMM_FUNC: put_space_ref(p, SPACE_FUNC, lo); return;
  case WFX_IMM_CALL_INDIRECT:
    put_optional(p, SPACE_TABLE, hi);
    wfx__out_typeuse(p, lo, TYPEUSE_SHORT);
    return;
  case WFX_IMM_TYPE: put_space_ref(p, SPACE_TYPE, lo); return;
  case WFX_IMM_LOCAL: put_local(p, in->imm); return;
  case WFX_IMM_GLOBAL: put_space_ref(p, SPACE_GLOBAL, lo); return;
  case WFX_IMM_TABLE: put_optional(p, SPACE_TABLE, lo); return;
  case WFX_IMM_TABLE_TABLE: put_both(p, SPACE_TABLE, lo, hi); return;
  case WFX_IMM_ELEM_TABLE:
    put_optional(p, SPACE_TABLE, lo);
    put_space_ref(p, SPACE_ELEM, hi);
    return;
  case WFX_IMM_ELEM: put_space_ref(p, SPACE_ELEM, lo); return;
  case WFX_IMM_MEMORY: put_optional(p, SPACE_MEM, lo); return;
  case WFX_IMM_MEMORY_MEMORY: put_both(p, SPACE_MEM, lo, hi); return;
  case WFX_IMM_DATA_MEMORY:
    put_optional(p, SPACE_MEM, lo);
    put_space_ref(p, SPACE_DATA, hi);
    return;
  case WFX_IMM_DATA: put_space_ref(p, SPACE_DATA, lo); return;
  case WFX_IMM_MEMARG: put_memarg(p, in); return;
  case WFX_IMM_MEMARG_LANE:
    put_memarg(p, in);
    wfx__out(p, " ");
    wfx__out_uint(p, imm_memarg(p->code, in).lane);
    return;
  case WFX_IMM_LANE:
    wfx__out(p, " ");
    wfx__out_uint(p, in->imm);
    return;
  case WFX_IMM_SHUFFLE: put_shuffle(p, pool); return;
  case WFX_IMM_V128: put_v128(p, pool); return;
  case WFX_IMM_I32: case WFX_IMM_I64: case WFX_IMM_F32: case WFX_IMM_F64:
    put_number(p, in);
    return;
  case WFX_IMM_HEAP: case WFX_IMM_CAST: put_types_imm(p, in); return;
  case WFX_IMM_BR_ON_CAST:
    put_label(p, pool[0]);
    put_types_imm(p, in);
    return;
  case WFX_IMM_TYPES: put_result_types(p, pool); return;
  case WFX_IMM_TYPE_FIELD:
    put_space_ref(p, SPACE_TYPE, lo);
    put_field_index(p, lo, hi);
    return;
  case WFX_IMM_TYPE_N:
    put_space_ref(p, SPACE_TYPE, lo);
    wfx__out(p, " ");
    wfx__out_uint(p, hi);
    return;
  case WFX_IMM_TYPE_DATA:
    put_space_ref(p, SPACE_TYPE, lo);
    put_space_ref(p, SPACE_DATA, hi);
    return;
  case WFX_IMM_TYPE_ELEM:
    put_space_ref(p, SPACE_TYPE, lo);
    put_space_ref(p, SPACE_ELEM, hi);
    return;
  case WFX_IMM_TYPE_TYPE:
    put_space_ref(p, SPACE_TYPE, lo);
    put_space_ref(p, SPACE_TYPE, hi);
    return;
  case WFX_IMM_TAG: put_space_ref(p, SPACE_TAG, lo); return;
  case WFX_IMM_TRY_TABLE:
    wfx__out_blocktype(p, imm_block(p->code, in));
    put_catches(p, imm_clauses(p->code, in));
    return;
  case WFX_IMM_RESUME: put_resume(p, imm_clauses(p->code, in), false); return;
  case WFX_IMM_RESUME_THROW: put_resume(p, imm_clauses(p->code, in), true); return;
  case WFX_IMM_TYPE_TAG:
    put_space_ref(p, SPACE_TYPE, lo);
    put_space_ref(p, SPACE_TAG, hi);
    return;
  }
}

void wfx__out_inst(struct printer *p, const struct inst *in, wfx_str label) {
  wfx__out(p, wfx__ops[in->op].text);
  if (label.data) {
    wfx__out(p, " ");
    wfx__out_name_id(p, label);
  }
  put_imm(p, in);
}

/* ---- Flat bodies ------------------------------------------------------------------------- */

wfx_str wfx__next_label(struct printer *p) {
  wfx_str none = {NULL, 0};
  uint32_t block = p->n_blocks++;
  if (!p->body || (p->flags & WFX_PRINT_NO_NAMES)) return none;
  const vec_names *names = &p->body->label_names;
  while (p->next_label < names->n && names->data[p->next_label].index < block) p->next_label++;
  if (p->next_label >= names->n || names->data[p->next_label].index != block) return none;
  wfx_str name = names->data[p->next_label].name;
  return name.n != 0 && wfx__utf8_is_valid(name.data, name.n) ? name : none;
}

static bool opens_block(const struct inst *in) {
  wfx_imm imm = (wfx_imm)wfx__ops[in->op].imm;
  return imm == WFX_IMM_BLOCK || imm == WFX_IMM_TRY_TABLE;
}

void wfx__print_flat(struct printer *p) {
  const wfx_str none = {NULL, 0};
  for (size_t i = 0; i < p->code->insts.n && !is_stopped(p); i++) {
    const struct inst *in = &p->code->insts.data[i];
    bool is_end = in->op == WFX_OP_end, is_inside = p->labels.stack.n != 0;
    /* The function's own end is its closing parenthesis. */
    if (is_end && !is_inside && i + 1 == p->code->insts.n) break;
    bool is_left = is_inside && (is_end || in->op == WFX_OP_else);
    if (is_left) p->indent--;
    wfx_str label = opens_block(in) ? wfx__next_label(p) : none;
    wfx__out_line(p);
    wfx__out_inst(p, in, label);
    if (is_end && is_inside) wfx__labels_pop(&p->labels);
    if (opens_block(in)) wfx__labels_push(&p->errs, &p->labels, label);
    if (opens_block(in) || (is_left && !is_end)) p->indent++;
  }
}
