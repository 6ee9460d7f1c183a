/* imm.c: walking the handles inside an instruction. */
#include "ir/imm.h"

static void visit_val(imm_visit_fn visit, void *ud, uint32_t *val) {
  wfx_valtype t = *val;
  if (!wfx_is_ref(t) || !wfx_heap_is_type(wfx_heap_of(t))) return;
  wfx_type_id id = wfx_heap_type(wfx_heap_of(t));
  visit(ud, SPACE_TYPE, &id.i);
  uint32_t low = (1u << WFX_HEAP_SHIFT) - 1;
  *val = (t & (low | WFX_LONG_FORM)) | wfx_heap(id) << WFX_HEAP_SHIFT;
}

static void visit_block(imm_visit_fn visit, void *ud, uint32_t *lo, uint32_t *hi) {
  visit_val(visit, ud, lo);
  if (*hi == 0) return;
  uint32_t type = *hi - 1;
  visit(ud, SPACE_TYPE, &type);
  *hi = type + 1;
}

static void visit_pair(struct inst *in, imm_visit_fn visit, void *ud, enum ref_space lo_space,
                       enum ref_space hi_space) {
  uint32_t lo = imm_lo(in), hi = imm_hi(in);
  visit(ud, lo_space, &lo);
  if (hi_space != SPACE_COUNT) visit(ud, hi_space, &hi);
  in->imm = imm_pair(lo, hi);
}

static void visit_one(struct inst *in, imm_visit_fn visit, void *ud, enum ref_space space) {
  visit_pair(in, visit, ud, space, SPACE_COUNT);
}

static void visit_resume(uint32_t *p, imm_visit_fn visit, void *ud) {
  visit(ud, SPACE_TYPE, &p[0]);
  if (p[1] != WFX_NO_ID) visit(ud, SPACE_TAG, &p[1]);
  for (uint32_t i = 0; i < p[2]; i++)
    visit(ud, p[3 + 3 * i] == CLAUSE_ON_REF ? SPACE_TYPE : SPACE_TAG, &p[4 + 3 * i]);
}

static void visit_catches(uint32_t *p, imm_visit_fn visit, void *ud) {
  visit_block(visit, ud, &p[0], &p[1]);
  for (uint32_t i = 0; i < p[2]; i++)
    if (p[4 + 3 * i] != WFX_NO_ID) visit(ud, SPACE_TAG, &p[4 + 3 * i]);
}

void wfx__imm_visit(struct code *c, struct inst *in, imm_visit_fn visit, void *ud) {
  /* Used by pool kinds only, which have words there. */
  uint32_t *pool = imm_lo(in) < c->pool.n ? c->pool.data + imm_lo(in) : NULL;
  switch ((wfx_imm)wfx__ops[in->op].imm) {
  case WFX_IMM_NONE: case WFX_IMM_LABEL: case WFX_IMM_BR_TABLE: case WFX_IMM_LOCAL:
  case WFX_IMM_LANE: case WFX_IMM_SHUFFLE: case WFX_IMM_V128: case WFX_IMM_I32:
  case WFX_IMM_I64: case WFX_IMM_F32: case WFX_IMM_F64: case WFX_IMM_FENCE:
    return;
  case WFX_IMM_BLOCK: {
    uint32_t lo = imm_lo(in), hi = imm_hi(in);
    visit_block(visit, ud, &lo, &hi);
    in->imm = imm_pair(lo, hi);
    return;
  }
  case WFX_IMM_FUNC: visit_one(in, visit, ud, SPACE_FUNC); return;
  case WFX_IMM_CALL_INDIRECT: visit_pair(in, visit, ud, SPACE_TYPE, SPACE_TABLE); return;
  case WFX_IMM_TYPE: case WFX_IMM_TYPE_FIELD: case WFX_IMM_TYPE_N:
    visit_one(in, visit, ud, SPACE_TYPE);
    return;
  case WFX_IMM_GLOBAL: visit_one(in, visit, ud, SPACE_GLOBAL); return;
  case WFX_IMM_TABLE: visit_one(in, visit, ud, SPACE_TABLE); return;
  case WFX_IMM_TABLE_TABLE: visit_pair(in, visit, ud, SPACE_TABLE, SPACE_TABLE); return;
  case WFX_IMM_ELEM_TABLE: visit_pair(in, visit, ud, SPACE_TABLE, SPACE_ELEM); return;
  case WFX_IMM_ELEM: visit_one(in, visit, ud, SPACE_ELEM); return;
  case WFX_IMM_MEMORY: visit_one(in, visit, ud, SPACE_MEM); return;
  case WFX_IMM_MEMORY_MEMORY: visit_pair(in, visit, ud, SPACE_MEM, SPACE_MEM); return;
  case WFX_IMM_DATA_MEMORY: visit_pair(in, visit, ud, SPACE_MEM, SPACE_DATA); return;
  case WFX_IMM_DATA: visit_one(in, visit, ud, SPACE_DATA); return;
  case WFX_IMM_MEMARG: case WFX_IMM_MEMARG_LANE: {
    uint32_t mem = imm_hi(in);
    visit(ud, SPACE_MEM, &mem);
    in->imm = imm_pair(imm_lo(in), mem);
    return;
  }
  case WFX_IMM_HEAP: case WFX_IMM_CAST: {
    uint32_t val = wfx_ref(imm_lo(in));
    visit_val(visit, ud, &val);
    in->imm = wfx_heap_of(val);
    return;
  }
  case WFX_IMM_BR_ON_CAST:
    visit_val(visit, ud, &pool[1]);
    visit_val(visit, ud, &pool[2]);
    return;
  case WFX_IMM_TYPES:
    for (uint32_t i = 0; i < pool[0]; i++) visit_val(visit, ud, &pool[1 + i]);
    return;
  case WFX_IMM_TYPE_DATA: visit_pair(in, visit, ud, SPACE_TYPE, SPACE_DATA); return;
  case WFX_IMM_TYPE_ELEM: visit_pair(in, visit, ud, SPACE_TYPE, SPACE_ELEM); return;
  case WFX_IMM_TYPE_TYPE: visit_pair(in, visit, ud, SPACE_TYPE, SPACE_TYPE); return;
  case WFX_IMM_TYPE_TAG: visit_pair(in, visit, ud, SPACE_TYPE, SPACE_TAG); return;
  case WFX_IMM_TAG: visit_one(in, visit, ud, SPACE_TAG); return;
  case WFX_IMM_TRY_TABLE: visit_catches(pool, visit, ud); return;
  case WFX_IMM_RESUME: case WFX_IMM_RESUME_THROW: visit_resume(pool, visit, ud); return;
  }
}
