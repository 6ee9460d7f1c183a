/* emit.c: one emitter for each row of opcode.def, by immediate kind. */
#include <assert.h>
#include <string.h>

#include "build/builder.h"

static void emit_fail(wfx_body *b, const char *call, wfx_op op, const char *message, uint32_t i) {
  wfx_loc loc = wfx__pos_loc(b->m, b->at);
  struct diag_more more = {.call = call, .instruction = wfx__ops[op].text,
                           .origin = loc_none()};
  wfx__fail_more(&b->body->errs, WFX_INVALID, loc, &more, "%s %u", message, i);
}

/* Whether b takes more instructions. */
static bool body_is_good(const wfx_body *b) { return b && !errs_is_set(&b->body->errs); }

/* Append the instruction and check it. */
static void emit_inst(wfx_body *b, const char *call, wfx_op op, unsigned aux, uint64_t imm) {
  if (!body_is_good(b)) return;
  struct body *body = b->body;
  if (b->at_is_new) {
    if (!vec_push(&body->errs, &body->positions, b->at)) return;
    b->at_is_new = false;
  }
  if (b->hint != WFX_HINT_NONE && !op_takes_hint(op)) {
    emit_fail(b, call, op, "invalid target of a branch hint, instruction", (uint32_t)body->code.insts.n);
    return;
  }
  aux |= (unsigned)b->hint;
  b->hint = WFX_HINT_NONE;
  struct inst in = {(uint16_t)op, (uint16_t)aux, (uint32_t)body->positions.n - 1, imm};
  if (!wfx__code_push(&body->errs, &body->code, in)) return;
  if (!b->is_checked) return;
  b->check.call = call;
  wfx__check_step(&b->check, (uint32_t)body->code.insts.n - 1);
}

/* The depth of an open label; false with "unknown label". */
static bool depth_of(wfx_body *b, const char *call, wfx_op op, wfx_label label, uint32_t *depth) {
  size_t lo = 0, hi = b->open_labels.n;
  while (lo < hi) {
    size_t mid = lo + (hi - lo) / 2;
    if (b->open_labels.data[mid] < label.i) lo = mid + 1;
    else hi = mid;
  }
  if (lo < b->open_labels.n && b->open_labels.data[lo] == label.i) {
    *depth = (uint32_t)(b->open_labels.n - 1 - lo);
    return true;
  }
  emit_fail(b, call, op, "unknown label: its block is not open:", label.i);
  return false;
}

static uint32_t pool_words(wfx_body *b, const uint32_t *words, size_t n) {
  uint32_t at = 0;
  wfx__pool_push(&b->body->errs, &b->body->code, words, n, &at);
  return at;
}

static wfx_label open_label(wfx_body *b) {
  wfx_label label = {WFX_NO_ID};
  if (!b) return label;
  label.i = b->n_labels++;
  if (body_is_good(b)) (void)vec_push(&b->body->errs, &b->open_labels, label.i);
  return label;
}

static void put_none(wfx_body *b, const char *call, wfx_op op) {
  if (op == WFX_OP_end && body_is_good(b)) {
    if (b->open_labels.n <= 1) {
      emit_fail(b, call, op, "unexpected end: wfx_body_close ends the function; open blocks:", 0);
      return;
    }
    b->open_labels.n--;
  }
  emit_inst(b, call, op, 0, 0);
}

static wfx_label put_block(wfx_body *b, const char *call, wfx_op op, wfx_blocktype type) {
  emit_inst(b, call, op, 0, imm_pair(type.result, type.type));
  return open_label(b);
}

static void put_label(wfx_body *b, const char *call, wfx_op op, wfx_label label) {
  uint32_t depth;
  if (body_is_good(b) && depth_of(b, call, op, label, &depth)) emit_inst(b, call, op, 0, depth);
}

static void put_br_table(wfx_body *b, const char *call, wfx_op op, const wfx_label *labels,
                         size_t n, wfx_label otherwise) {
  if (!body_is_good(b)) return;
  uint32_t at = pool_words(b, &(uint32_t){(uint32_t)n}, 1), depth;
  for (size_t i = 0; i <= n; i++) {
    if (!depth_of(b, call, op, i < n ? labels[i] : otherwise, &depth)) return;
    pool_words(b, &depth, 1);
  }
  emit_inst(b, call, op, 0, at);
}

static void put_memarg(wfx_body *b, const char *call, wfx_op op, wfx_memarg a, uint8_t lane) {
  if (!body_is_good(b)) return;
  unsigned align = a.align == WFX_ALIGN_NATURAL ? wfx__op_natural_align(op) : a.align;
  if (align >= 64) {
    emit_fail(b, call, op, "alignment must not be larger than natural:", a.align);
    return;
  }
  unsigned aux = align | (unsigned)lane << MEMARG_LANE_SHIFT;
  uint32_t lo = (uint32_t)a.offset;
  if (a.offset > UINT32_MAX) {
    const uint32_t words[] = {lo, (uint32_t)(a.offset >> 32)};
    lo = pool_words(b, words, 2);
    aux |= MEMARG_POOL;
  }
  emit_inst(b, call, op, aux, imm_pair(lo, a.mem.i));
}

static void put_v128(wfx_body *b, const char *call, wfx_op op, wfx_v128 v) {
  if (!body_is_good(b)) return;
  uint32_t words[4];
  for (unsigned i = 0; i < 4; i++)
    words[i] = (uint32_t)v.bytes[4 * i] | (uint32_t)v.bytes[4 * i + 1] << 8 |
               (uint32_t)v.bytes[4 * i + 2] << 16 | (uint32_t)v.bytes[4 * i + 3] << 24;
  emit_inst(b, call, op, 0, pool_words(b, words, 4));
}

static void put_br_on_cast(wfx_body *b, const char *call, wfx_op op, wfx_label label,
                           wfx_valtype from, wfx_valtype to) {
  uint32_t words[3] = {0, from, to};
  if (!body_is_good(b) || !depth_of(b, call, op, label, &words[0])) return;
  emit_inst(b, call, op, 0, pool_words(b, words, 3));
}

static void put_types(wfx_body *b, const char *call, wfx_op op, const wfx_valtype *types,
                      size_t n) {
  if (!body_is_good(b)) return;
  uint32_t at = pool_words(b, &(uint32_t){(uint32_t)n}, 1);
  pool_words(b, types, n);
  emit_inst(b, call, op, 0, at);
}

static wfx_label put_try_table(wfx_body *b, const char *call, wfx_op op, wfx_blocktype type,
                               const wfx_catch *catches, size_t n) {
  if (body_is_good(b)) {
    const uint32_t head[] = {type.result, type.type, (uint32_t)n};
    uint32_t at = pool_words(b, head, 3);
    for (size_t i = 0; i < n && body_is_good(b); i++) {
      bool has_tag = catches[i].kind == WFX_CATCH || catches[i].kind == WFX_CATCH_REF;
      uint32_t words[3] = {(uint32_t)catches[i].kind, has_tag ? catches[i].tag.i : WFX_NO_ID, 0};
      if (depth_of(b, call, op, catches[i].label, &words[2])) pool_words(b, words, 3);
    }
    emit_inst(b, call, op, 0, at);
  }
  return open_label(b);
}

static void put_resume(wfx_body *b, const char *call, wfx_op op, wfx_type_id type, uint32_t tag,
                       const wfx_on *clauses, size_t n) {
  if (!body_is_good(b)) return;
  const uint32_t head[] = {type.i, tag, (uint32_t)n};
  uint32_t at = pool_words(b, head, 3);
  for (size_t i = 0; i < n; i++) {
    uint32_t words[3] = {CLAUSE_ON, clauses[i].tag.i, WFX_NO_ID};
    if (clauses[i].kind == WFX_ON_SWITCH) words[0] = CLAUSE_SWITCH;
    if (clauses[i].kind == WFX_ON_REF) {
      words[0] = CLAUSE_ON_REF;
      words[1] = clauses[i].tag_type.i;
    }
    if (clauses[i].kind != WFX_ON_SWITCH && !depth_of(b, call, op, clauses[i].label, &words[2]))
      return;
    pool_words(b, words, 3);
  }
  emit_inst(b, call, op, 0, at);
}

static uint64_t f32_bits(float x) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

static uint64_t f64_bits(double x) {
  uint64_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

/* How the parameters of each kind become an instruction. */
#define PUT_NONE(c, op) put_none(b, c, op)
#define PUT_FENCE(c, op) emit_inst(b, c, op, 0, 0)
#define PUT_BLOCK(c, op) return put_block(b, c, op, type)
#define PUT_LABEL(c, op) put_label(b, c, op, label)
#define PUT_BR_TABLE(c, op) put_br_table(b, c, op, labels, n_labels, otherwise)
#define PUT_FUNC(c, op) emit_inst(b, c, op, 0, func.i)
#define PUT_CALL_INDIRECT(c, op) emit_inst(b, c, op, 0, imm_pair(type.i, table.i))
#define PUT_TYPE(c, op) emit_inst(b, c, op, 0, type.i)
#define PUT_LOCAL(c, op) emit_inst(b, c, op, 0, local.i)
#define PUT_GLOBAL(c, op) emit_inst(b, c, op, 0, global.i)
#define PUT_TABLE(c, op) emit_inst(b, c, op, 0, table.i)
#define PUT_TABLE_TABLE(c, op) emit_inst(b, c, op, 0, imm_pair(to.i, from.i))
#define PUT_ELEM_TABLE(c, op) emit_inst(b, c, op, 0, imm_pair(table.i, elem.i))
#define PUT_ELEM(c, op) emit_inst(b, c, op, 0, elem.i)
#define PUT_MEMORY(c, op) emit_inst(b, c, op, 0, mem.i)
#define PUT_MEMORY_MEMORY(c, op) emit_inst(b, c, op, 0, imm_pair(to.i, from.i))
#define PUT_DATA_MEMORY(c, op) emit_inst(b, c, op, 0, imm_pair(mem.i, data.i))
#define PUT_DATA(c, op) emit_inst(b, c, op, 0, data.i)
#define PUT_MEMARG(c, op) put_memarg(b, c, op, memarg, 0)
#define PUT_MEMARG_LANE(c, op) put_memarg(b, c, op, memarg, lane)
#define PUT_LANE(c, op) emit_inst(b, c, op, 0, lane)
#define PUT_SHUFFLE(c, op) put_v128(b, c, op, lanes)
#define PUT_V128(c, op) put_v128(b, c, op, value)
#define PUT_I32(c, op) emit_inst(b, c, op, 0, (uint32_t)value)
#define PUT_I64(c, op) emit_inst(b, c, op, 0, (uint64_t)value)
#define PUT_F32(c, op) emit_inst(b, c, op, 0, f32_bits(value))
#define PUT_F64(c, op) emit_inst(b, c, op, 0, f64_bits(value))
#define PUT_HEAP(c, op) emit_inst(b, c, op, 0, heap)
#define PUT_CAST(c, op) emit_inst(b, c, op, 0, heap)
#define PUT_BR_ON_CAST(c, op) put_br_on_cast(b, c, op, label, from, to)
#define PUT_TYPES(c, op) put_types(b, c, op, types, n_types)
#define PUT_TYPE_FIELD(c, op) emit_inst(b, c, op, 0, imm_pair(type.i, field))
#define PUT_TYPE_N(c, op) emit_inst(b, c, op, 0, imm_pair(type.i, n))
#define PUT_TYPE_DATA(c, op) emit_inst(b, c, op, 0, imm_pair(type.i, data.i))
#define PUT_TYPE_ELEM(c, op) emit_inst(b, c, op, 0, imm_pair(type.i, elem.i))
#define PUT_TYPE_TYPE(c, op) emit_inst(b, c, op, 0, imm_pair(type.i, type2.i))
#define PUT_TAG(c, op) emit_inst(b, c, op, 0, tag.i)
#define PUT_TRY_TABLE(c, op) return put_try_table(b, c, op, type, catches, n_catches)
#define PUT_RESUME(c, op) put_resume(b, c, op, type, WFX_NO_ID, clauses, n_clauses)
#define PUT_RESUME_THROW(c, op) put_resume(b, c, op, type, tag.i, clauses, n_clauses)
#define PUT_TYPE_TAG(c, op) emit_inst(b, c, op, 0, imm_pair(type.i, tag.i))

#define WFX_OP(id, text, prefix, code, imm, sig, feature)         \
  WFX_RESULT_##imm wfx_emit_##id(wfx_body *b WFX_PARAMS_##imm) {  \
    PUT_##imm("wfx_emit_" #id, WFX_OP_##id);                      \
  }
#include <wasmfx/opcode.def>
#undef WFX_OP

/* ---- Any instruction --------------------------------------------------------------------- */

static uint64_t float_bits(const wfx_imms *imm, wfx_imm kind) {
  uint32_t f32;
  uint64_t f64;
  memcpy(&f32, &imm->f32, sizeof f32);
  memcpy(&f64, &imm->f64, sizeof f64);
  return kind == WFX_IMM_F32 ? f32 : f64;
}

/* The immediates of kinds that are one word or two; others are 0. */
static uint64_t plain_imm(wfx_imm kind, const wfx_imms *imm) {
  switch (kind) {
  case WFX_IMM_FUNC: return imm->func.i;
  case WFX_IMM_CALL_INDIRECT:
    return imm_pair(imm->call_indirect.type.i, imm->call_indirect.table.i);
  case WFX_IMM_TYPE: return imm->type.i;
  case WFX_IMM_LOCAL: return imm->local.i;
  case WFX_IMM_GLOBAL: return imm->global.i;
  case WFX_IMM_TABLE: return imm->table.i;
  case WFX_IMM_TABLE_TABLE: return imm_pair(imm->table_table.to.i, imm->table_table.from.i);
  case WFX_IMM_ELEM_TABLE: return imm_pair(imm->elem_table.table.i, imm->elem_table.elem.i);
  case WFX_IMM_ELEM: return imm->elem.i;
  case WFX_IMM_MEMORY: return imm->memory.i;
  case WFX_IMM_MEMORY_MEMORY:
    return imm_pair(imm->memory_memory.to.i, imm->memory_memory.from.i);
  case WFX_IMM_DATA_MEMORY: return imm_pair(imm->data_memory.mem.i, imm->data_memory.data.i);
  case WFX_IMM_DATA: return imm->data.i;
  case WFX_IMM_LANE: return imm->lane;
  case WFX_IMM_I32: return (uint32_t)imm->i32;
  case WFX_IMM_I64: return (uint64_t)imm->i64;
  case WFX_IMM_F32: case WFX_IMM_F64: return float_bits(imm, kind);
  case WFX_IMM_HEAP: case WFX_IMM_CAST: return imm->heap;
  case WFX_IMM_TYPE_FIELD: return imm_pair(imm->type_field.type.i, imm->type_field.field);
  case WFX_IMM_TYPE_N: return imm_pair(imm->type_n.type.i, imm->type_n.n);
  case WFX_IMM_TYPE_DATA: return imm_pair(imm->type_data.type.i, imm->type_data.data.i);
  case WFX_IMM_TYPE_ELEM: return imm_pair(imm->type_elem.type.i, imm->type_elem.elem.i);
  case WFX_IMM_TYPE_TYPE: return imm_pair(imm->type_type.type.i, imm->type_type.type2.i);
  case WFX_IMM_TYPE_TAG: return imm_pair(imm->type_tag.type.i, imm->type_tag.tag.i);
  case WFX_IMM_TAG: return imm->tag.i;
  case WFX_IMM_NONE: case WFX_IMM_BLOCK: case WFX_IMM_LABEL: case WFX_IMM_BR_TABLE:
  case WFX_IMM_MEMARG: case WFX_IMM_MEMARG_LANE: case WFX_IMM_SHUFFLE: case WFX_IMM_V128:
  case WFX_IMM_BR_ON_CAST: case WFX_IMM_TYPES: case WFX_IMM_TRY_TABLE: case WFX_IMM_RESUME:
  case WFX_IMM_RESUME_THROW: case WFX_IMM_FENCE:
    break;
  }
  return 0;
}

wfx_label wfx_body_emit(wfx_body *b, const wfx_inst *in) {
  static const char call[] = "wfx_body_emit";
  const wfx_label none = {WFX_NO_ID};
  const wfx_imms *imm = &in->imm;
  wfx_imm kind = wfx_op_imm(in->op);
  if (in->hint != WFX_HINT_NONE) wfx_body_hint(b, in->hint);
  switch (kind) {
  case WFX_IMM_NONE: put_none(b, call, in->op); break;
  case WFX_IMM_BLOCK: return put_block(b, call, in->op, imm->block);
  case WFX_IMM_LABEL: put_label(b, call, in->op, imm->label); break;
  case WFX_IMM_BR_TABLE:
    put_br_table(b, call, in->op, imm->br_table.labels, imm->br_table.n_labels,
                 imm->br_table.otherwise);
    break;
  case WFX_IMM_MEMARG: put_memarg(b, call, in->op, imm->memarg.memarg, 0); break;
  case WFX_IMM_MEMARG_LANE:
    put_memarg(b, call, in->op, imm->memarg.memarg, imm->memarg.lane);
    break;
  case WFX_IMM_SHUFFLE: case WFX_IMM_V128: put_v128(b, call, in->op, imm->v128); break;
  case WFX_IMM_BR_ON_CAST:
    put_br_on_cast(b, call, in->op, imm->br_on_cast.label, imm->br_on_cast.from,
                   imm->br_on_cast.to);
    break;
  case WFX_IMM_TYPES: put_types(b, call, in->op, imm->types.types, imm->types.n_types); break;
  case WFX_IMM_TRY_TABLE:
    return put_try_table(b, call, in->op, imm->try_table.type, imm->try_table.catches,
                         imm->try_table.n_catches);
  case WFX_IMM_RESUME: case WFX_IMM_RESUME_THROW: {
    uint32_t tag = kind == WFX_IMM_RESUME ? WFX_NO_ID : imm->resume.tag.i;
    put_resume(b, call, in->op, imm->resume.type, tag, imm->resume.clauses,
               imm->resume.n_clauses);
    break;
  }
  case WFX_IMM_FUNC: case WFX_IMM_CALL_INDIRECT: case WFX_IMM_TYPE: case WFX_IMM_LOCAL:
  case WFX_IMM_GLOBAL: case WFX_IMM_TABLE: case WFX_IMM_TABLE_TABLE: case WFX_IMM_ELEM_TABLE:
  case WFX_IMM_ELEM: case WFX_IMM_MEMORY: case WFX_IMM_MEMORY_MEMORY:
  case WFX_IMM_DATA_MEMORY: case WFX_IMM_DATA: case WFX_IMM_LANE: case WFX_IMM_I32:
  case WFX_IMM_I64: case WFX_IMM_F32: case WFX_IMM_F64: case WFX_IMM_HEAP: case WFX_IMM_CAST:
  case WFX_IMM_TYPE_FIELD: case WFX_IMM_TYPE_N: case WFX_IMM_TYPE_DATA:
  case WFX_IMM_TYPE_ELEM: case WFX_IMM_TYPE_TYPE: case WFX_IMM_TYPE_TAG: case WFX_IMM_TAG:
  case WFX_IMM_FENCE:
    emit_inst(b, call, in->op, 0, plain_imm(kind, imm));
    break;
  }
  return none;
}
