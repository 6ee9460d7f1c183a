/* print_inst.c: instructions and their immediates; flat bodies. Spec: Text Format,
 * Instructions. */
#include "text/print.h"

#include "base/number.h"
#include "base/utf8.h"

/* ---- Pieces of immediates ---------------------------------------------------------------- */

static void out_space_ref(struct printer *p, enum ref_space space, uint32_t handle) {
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

static void out_optional(struct printer *p, enum ref_space space, uint32_t handle) {
  if (!is_default(p, space, handle)) out_space_ref(p, space, handle);
}

static void out_both(struct printer *p, enum ref_space space, uint32_t lo, uint32_t hi) {
  if (is_default(p, space, lo) && is_default(p, space, hi)) return;
  out_space_ref(p, space, lo);
  out_space_ref(p, space, hi);
}

static void out_label(struct printer *p, uint64_t depth) {
  wfx_str name = wfx__labels_name(&p->labels, depth);
  wfx__out(p, " ");
  if (name.data) wfx__out_name_id(p, name);
  else wfx__out_uint(p, depth);
}

static void out_local(struct printer *p, uint64_t index) {
  wfx_str id = {NULL, 0};
  if (index <= UINT32_MAX) id = wfx__find_id(&p->locals, (uint32_t)index);
  wfx__out(p, " ");
  if (id.data) wfx__out_bytes(p, id.data, id.n);
  else wfx__out_uint(p, index);
}

static void out_field_index(struct printer *p, uint32_t type, uint32_t field) {
  wfx_str id = {NULL, 0};
  if (wfx__print_type(p, type)) id = wfx__find_id(&p->fields[type], field);
  wfx__out(p, " ");
  if (id.data) wfx__out_bytes(p, id.data, id.n);
  else wfx__out_uint(p, field);
}

static void out_memarg(struct printer *p, const struct inst *in) {
  struct imm_memarg m = imm_memarg(p->code, in);
  out_optional(p, SPACE_MEM, m.mem);
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

static void out_br_table(struct printer *p, const uint32_t *w) {
  for (uint32_t i = 0; i <= w[0] && !is_stopped(p); i++) out_label(p, w[1 + i]);
}

static void out_shuffle(struct printer *p, const uint32_t *w) {
  for (unsigned i = 0; i < 16; i++) {
    wfx__out(p, " ");
    wfx__out_uint(p, w[i / 4] >> i % 4 * 8 & 0xff);
  }
}

static void out_v128(struct printer *p, const uint32_t *w) {
  static const char digits[] = "0123456789abcdef";
  wfx__out(p, " i32x4");
  for (unsigned i = 0; i < 4; i++) {
    char s[11] = " 0x";
    for (unsigned k = 0; k < 8; k++) s[3 + k] = digits[w[i] >> (28 - 4 * k) & 15];
    wfx__out_bytes(p, s, sizeof s);
  }
}

static void out_result_types(struct printer *p, const uint32_t *w) {
  wfx__out(p, " (result");
  for (uint32_t i = 0; i < w[0] && !is_stopped(p); i++) {
    wfx__out(p, " ");
    wfx__out_valtype(p, w[1 + i]);
  }
  wfx__out(p, ")");
}

static void out_catches(struct printer *p, struct imm_clauses c) {
  static const char *const texts[] = {
      [CATCH] = " (catch", [CATCH_REF] = " (catch_ref", [CATCH_ALL] = " (catch_all",
      [CATCH_ALL_REF] = " (catch_all_ref",
  };
  for (uint32_t i = 0; i < c.n && !is_stopped(p); i++) {
    const uint32_t *w = c.clauses + 3 * (size_t)i;
    wfx__out(p, texts[w[0] & 3]);
    if (w[0] == CATCH || w[0] == CATCH_REF) out_space_ref(p, SPACE_TAG, w[1]);
    out_label(p, w[2]);
    wfx__out(p, ")");
  }
}

static void out_resume(struct printer *p, struct imm_clauses c, bool has_tag) {
  out_space_ref(p, SPACE_TYPE, c.type);
  if (has_tag) out_space_ref(p, SPACE_TAG, c.tag);
  for (uint32_t i = 0; i < c.n && !is_stopped(p); i++) {
    const uint32_t *w = c.clauses + 3 * (size_t)i;
    bool is_ref = w[0] == CLAUSE_ON_REF;
    wfx__out(p, is_ref ? " (on_ref" : " (on");
    out_space_ref(p, is_ref ? SPACE_TYPE : SPACE_TAG, w[1]);
    if (w[0] == CLAUSE_SWITCH) wfx__out(p, " switch");
    else out_label(p, w[2]);
    wfx__out(p, ")");
  }
}

/* ---- All kinds --------------------------------------------------------------------------- */

static void out_types_imm(struct printer *p, const struct inst *in) {
  bool is_null = in->op == WFX_OP_ref_test_null || in->op == WFX_OP_ref_cast_null;
  wfx__out(p, " ");
  if (in->op == WFX_OP_ref_null) {
    wfx__out_heaptype(p, imm_lo(in));
  } else if (wfx__ops[in->op].imm == WFX_IMM_CAST) {
    wfx__out_valtype(p, is_null ? wfx_ref_null(imm_lo(in)) : wfx_ref(imm_lo(in)));
  } else {
    wfx__out_valtype(p, imm_pool(p->code, in)[1]);
    wfx__out(p, " ");
    wfx__out_valtype(p, imm_pool(p->code, in)[2]);
  }
}

static void out_number(struct printer *p, const struct inst *in) {
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

static void out_imm(struct printer *p, const struct inst *in) {
  uint32_t lo = imm_lo(in), hi = imm_hi(in);
  switch ((wfx_imm)wfx__ops[in->op].imm) {
  case WFX_IMM_NONE: case WFX_IMM_FENCE: return;
  case WFX_IMM_BLOCK: wfx__out_blocktype(p, in->imm); return;
  case WFX_IMM_LABEL: out_label(p, in->imm); return;
  case WFX_IMM_BR_TABLE: out_br_table(p, imm_pool(p->code, in)); return;
  case WFX_IMM_FUNC: out_space_ref(p, SPACE_FUNC, lo); return;
  case WFX_IMM_CALL_INDIRECT:
    out_optional(p, SPACE_TABLE, hi);
    wfx__out_typeuse(p, lo, TYPEUSE_SHORT);
    return;
  case WFX_IMM_TYPE: out_space_ref(p, SPACE_TYPE, lo); return;
  case WFX_IMM_LOCAL: out_local(p, in->imm); return;
  case WFX_IMM_GLOBAL: out_space_ref(p, SPACE_GLOBAL, lo); return;
  case WFX_IMM_TABLE: out_optional(p, SPACE_TABLE, lo); return;
  case WFX_IMM_TABLE_TABLE: out_both(p, SPACE_TABLE, lo, hi); return;
  case WFX_IMM_ELEM_TABLE:
    out_optional(p, SPACE_TABLE, lo);
    out_space_ref(p, SPACE_ELEM, hi);
    return;
  case WFX_IMM_ELEM: out_space_ref(p, SPACE_ELEM, lo); return;
  case WFX_IMM_MEMORY: out_optional(p, SPACE_MEM, lo); return;
  case WFX_IMM_MEMORY_MEMORY: out_both(p, SPACE_MEM, lo, hi); return;
  case WFX_IMM_DATA_MEMORY:
    out_optional(p, SPACE_MEM, lo);
    out_space_ref(p, SPACE_DATA, hi);
    return;
  case WFX_IMM_DATA: out_space_ref(p, SPACE_DATA, lo); return;
  case WFX_IMM_MEMARG: out_memarg(p, in); return;
  case WFX_IMM_MEMARG_LANE:
    out_memarg(p, in);
    wfx__out(p, " ");
    wfx__out_uint(p, imm_memarg(p->code, in).lane);
    return;
  case WFX_IMM_LANE:
    wfx__out(p, " ");
    wfx__out_uint(p, in->imm);
    return;
  case WFX_IMM_SHUFFLE: out_shuffle(p, imm_pool(p->code, in)); return;
  case WFX_IMM_V128: out_v128(p, imm_pool(p->code, in)); return;
  case WFX_IMM_I32: case WFX_IMM_I64: case WFX_IMM_F32: case WFX_IMM_F64:
    out_number(p, in);
    return;
  case WFX_IMM_HEAP: case WFX_IMM_CAST: out_types_imm(p, in); return;
  case WFX_IMM_BR_ON_CAST:
    out_label(p, imm_pool(p->code, in)[0]);
    out_types_imm(p, in);
    return;
  case WFX_IMM_TYPES: out_result_types(p, imm_pool(p->code, in)); return;
  case WFX_IMM_TYPE_FIELD:
    out_space_ref(p, SPACE_TYPE, lo);
    out_field_index(p, lo, hi);
    return;
  case WFX_IMM_TYPE_N:
    out_space_ref(p, SPACE_TYPE, lo);
    wfx__out(p, " ");
    wfx__out_uint(p, hi);
    return;
  case WFX_IMM_TYPE_DATA:
    out_space_ref(p, SPACE_TYPE, lo);
    out_space_ref(p, SPACE_DATA, hi);
    return;
  case WFX_IMM_TYPE_ELEM:
    out_space_ref(p, SPACE_TYPE, lo);
    out_space_ref(p, SPACE_ELEM, hi);
    return;
  case WFX_IMM_TYPE_TYPE:
    out_space_ref(p, SPACE_TYPE, lo);
    out_space_ref(p, SPACE_TYPE, hi);
    return;
  case WFX_IMM_TAG: out_space_ref(p, SPACE_TAG, lo); return;
  case WFX_IMM_TRY_TABLE:
    wfx__out_blocktype(p, imm_block(p->code, in));
    out_catches(p, imm_clauses(p->code, in));
    return;
  case WFX_IMM_RESUME: out_resume(p, imm_clauses(p->code, in), false); return;
  case WFX_IMM_RESUME_THROW: out_resume(p, imm_clauses(p->code, in), true); return;
  case WFX_IMM_TYPE_TAG:
    out_space_ref(p, SPACE_TYPE, lo);
    out_space_ref(p, SPACE_TAG, hi);
    return;
  }
}

void wfx__out_hint(struct printer *p, const struct inst *in) {
  if (in->aux == WFX_HINT_NONE || !op_takes_hint(in->op)) return;
  bool is_likely = in->aux == WFX_HINT_LIKELY;
  wfx__out(p, is_likely ? "(@metadata.code.branch_hint \"\\01\") "
                        : "(@metadata.code.branch_hint \"\\00\") ");
}

void wfx__out_inst(struct printer *p, const struct inst *in, wfx_str label) {
  wfx__out(p, wfx__ops[in->op].text);
  if (label.data) wfx__out(p, label.n != 0 ? " " : " (@name \"\")");
  if (label.n != 0) wfx__out_name_id(p, label);
  out_imm(p, in);
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
  return wfx__utf8_is_valid(name.data, name.n) ? name : none;
}

static bool has_label(const struct inst *in) {
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
    wfx_str label = has_label(in) ? wfx__next_label(p) : none;
    wfx__out_line(p);
    wfx__out_hint(p, in);
    wfx__out_inst(p, in, label);
    if (is_end && is_inside) wfx__labels_pop(&p->labels);
    if (has_label(in)) wfx__labels_push(&p->errs, &p->labels, label);
    if (has_label(in) || (is_left && !is_end)) p->indent++;
  }
}
