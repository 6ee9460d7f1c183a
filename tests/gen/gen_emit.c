/* gen_emit.c: chance; instructions and parts of declarations on their way to the builder, one
 * of which goes wrong when that is asked for. */
#include "gen/gen_state.h"

/* ---- Chance: splitmix64 ------------------------------------------------------------------ */

uint64_t gen_random(struct gen *g) {
  uint64_t z = g->random += UINT64_C(0x9e3779b97f4a7c15);
  z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
  z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
  return z ^ z >> 31;
}

uint32_t gen_below(struct gen *g, uint32_t n) {
  return n ? (uint32_t)((gen_random(g) >> 32) * n >> 32) : 0;
}

uint64_t gen_number(struct gen *g) {
  static const uint64_t special[] = {0,
                                     1,
                                     2,
                                     3,
                                     7,
                                     8,
                                     15,
                                     16,
                                     31,
                                     32,
                                     63,
                                     64,
                                     127,
                                     128,
                                     255,
                                     256,
                                     0x7fff,
                                     0x8000,
                                     0xffff,
                                     0x10000,
                                     0x7fffffff,
                                     0x80000000,
                                     0xffffffff,
                                     0x100000000,
                                     0x7fffffffffffffff,
                                     0x8000000000000000};
  uint64_t n = special[gen_below(g, sizeof special / sizeof special[0])];
  switch (gen_below(g, 6)) {
  case 0: return 0 - n;
  case 1: return n - 1;
  case 2: return gen_random(g);
  case 3: return gen_below(g, 100);
  default: return n;
  }
}

/* ---- What goes wrong --------------------------------------------------------------------- */

bool gen_breaks(struct gen *g) { return g->point++ == g->break_at; }

wfx_valtype gen_twist(struct gen *g, wfx_valtype t) {
  if (!gen_breaks(g)) return t;
  if (wfx_is_ref(t) && gen_chance(g, 50)) return t ^ (uint32_t)WFX_NULLABLE;
  return gen_valtype(g, wfx_module_n_types(g->m));
}

uint32_t gen_twist_below(struct gen *g, uint32_t i, uint32_t n) {
  return gen_breaks(g) && n ? gen_below(g, n) : i;
}

wfx_size_limits gen_twist_limits(struct gen *g, wfx_size_limits limits) {
  if (!gen_breaks(g)) return limits;
  switch (gen_below(g, 4)) {
  case 0: limits.min = gen_number(g); break;
  case 1: limits.max = gen_number(g); limits.has_max = true; break;
  case 2: limits.has_max = false; limits.is_shared = true; break;
  case 3: limits.is_64 = !limits.is_64; break;
  }
  return limits;
}

static bool opens_or_ends(wfx_op op) {
  wfx_imm imm = wfx_op_imm(op);
  return imm == WFX_IMM_BLOCK || imm == WFX_IMM_TRY_TABLE || op == WFX_OP_end ||
         op == WFX_OP_else;
}

/* An op with the same kind of immediates. */
static wfx_op sibling(struct gen *g, wfx_op op) {
  uint32_t first = gen_below(g, WFX_OP_COUNT);
  for (uint32_t k = 0; k < WFX_OP_COUNT; k++) {
    wfx_op x = (wfx_op)((first + k) % WFX_OP_COUNT);
    if (x != op && wfx_op_imm(x) == wfx_op_imm(op) && x != WFX_OP_end && x != WFX_OP_else)
      return x;
  }
  return op;
}

static wfx_label other_label(struct gen *g) { return g->labels[gen_below(g, g->n_labels)].id; }

/* Change one immediate to another that exists. */
static void twist_imm(struct gen *g, wfx_inst *in) {
  wfx_imms *imm = &in->imm;
  uint32_t type = gen_below(g, g->n_types);
  switch (wfx_op_imm(in->op)) {
  case WFX_IMM_LABEL: imm->label = other_label(g); break;
  case WFX_IMM_BR_TABLE: imm->br_table.otherwise = other_label(g); break;
  case WFX_IMM_BR_ON_CAST:
    switch (gen_below(g, 3)) {
    case 0: imm->br_on_cast.label = other_label(g); break;
    case 1: imm->br_on_cast.from = gen_valtype(g, g->n_types) | (uint32_t)WFX_REF; break;
    case 2: imm->br_on_cast.to ^= (uint32_t)WFX_NULLABLE; break;
    }
    break;
  case WFX_IMM_BLOCK: imm->block = wfx_bt_result(gen_valtype(g, g->n_types)); break;
  case WFX_IMM_FUNC: imm->func = g->funcs[gen_below(g, g->n_funcs)].id; break;
  case WFX_IMM_TYPE: imm->type.i = type; break;
  case WFX_IMM_CALL_INDIRECT: imm->call_indirect.type.i = type; break;
  case WFX_IMM_LOCAL: imm->local = g->locals[gen_below(g, g->n_locals)].id; break;
  case WFX_IMM_GLOBAL: imm->global = g->globals[gen_below(g, g->n_globals)].id; break;
  case WFX_IMM_TABLE: imm->table = g->tables[gen_below(g, g->n_tables)].id; break;
  case WFX_IMM_TABLE_TABLE:
    imm->table_table.from = g->tables[gen_below(g, g->n_tables)].id;
    break;
  case WFX_IMM_ELEM_TABLE: imm->elem_table.elem = g->elems[gen_below(g, g->n_elems)].id; break;
  case WFX_IMM_MEMORY: imm->memory = g->mems[gen_below(g, g->n_mems)].id; break;
  case WFX_IMM_MEMORY_MEMORY:
    imm->memory_memory.to = g->mems[gen_below(g, g->n_mems)].id;
    break;
  case WFX_IMM_DATA_MEMORY: imm->data_memory.mem = g->mems[gen_below(g, g->n_mems)].id; break;
  case WFX_IMM_MEMARG: case WFX_IMM_MEMARG_LANE:
    switch (gen_below(g, 3)) {
    case 0: imm->memarg.memarg.align = gen_below(g, 9); break;
    case 1: imm->memarg.memarg.mem = g->mems[gen_below(g, g->n_mems)].id; break;
    case 2: imm->memarg.lane = (uint8_t)gen_number(g); break;
    }
    break;
  case WFX_IMM_LANE: imm->lane = (uint8_t)gen_number(g); break;
  case WFX_IMM_SHUFFLE: imm->v128.bytes[gen_below(g, 16)] = (uint8_t)gen_number(g); break;
  case WFX_IMM_HEAP: case WFX_IMM_CAST:
    imm->heap = wfx_heap_of(gen_valtype(g, g->n_types) | (uint32_t)WFX_REF);
    break;
  case WFX_IMM_TYPES: {
    static const wfx_valtype two[] = {WFX_I32, WFX_I32};
    imm->types.types = two;
    imm->types.n_types = gen_below(g, 3);
    break;
  }
  case WFX_IMM_TYPE_FIELD:
    if (gen_chance(g, 50)) imm->type_field.type.i = type;
    else imm->type_field.field = gen_below(g, MAX_VALS);
    break;
  case WFX_IMM_TYPE_N: imm->type_n.n = gen_below(g, 4); break;
  case WFX_IMM_TYPE_DATA: imm->type_data.type.i = type; break;
  case WFX_IMM_TYPE_ELEM:
    if (gen_chance(g, 50)) imm->type_elem.type.i = type;
    else imm->type_elem.elem = g->elems[gen_below(g, g->n_elems)].id;
    break;
  case WFX_IMM_TYPE_TYPE:
    if (gen_chance(g, 50)) imm->type_type.type.i = type;
    else imm->type_type.type2.i = type;
    break;
  case WFX_IMM_TAG: imm->tag = g->tags[gen_below(g, g->n_tags)].id; break;
  case WFX_IMM_TRY_TABLE: imm->try_table.n_catches = 0; break;
  case WFX_IMM_RESUME: case WFX_IMM_RESUME_THROW:
    switch (gen_below(g, 3)) {
    case 0: imm->resume.type.i = type; break;
    case 1: imm->resume.tag = g->tags[gen_below(g, g->n_tags)].id; break;
    case 2: imm->resume.n_clauses /= 2; break;
    }
    break;
  case WFX_IMM_TYPE_TAG:
    if (gen_chance(g, 50)) imm->type_tag.type.i = type;
    else imm->type_tag.tag = g->tags[gen_below(g, g->n_tags)].id;
    break;
  case WFX_IMM_NONE: case WFX_IMM_ELEM: case WFX_IMM_DATA: case WFX_IMM_V128: case WFX_IMM_I32:
  case WFX_IMM_I64: case WFX_IMM_F32: case WFX_IMM_F64: case WFX_IMM_FENCE:
    break;
  }
}

/* One more instruction before another. */
static void put_stray(struct gen *g) {
  wfx_inst in = {.op = WFX_OP_drop, .imm = {.i32 = 0}};
  switch (gen_below(g, 5)) {
  case 0: break;
  case 1: in.op = WFX_OP_i32_const; break;
  case 2: in.op = WFX_OP_ref_as_non_null; break;
  case 3: in.op = WFX_OP_unreachable; break;
  case 4:
    in.op = gen_chance(g, 50) ? WFX_OP_local_get : WFX_OP_local_set;
    if (g->n_locals == 0) in.op = WFX_OP_f64_eq;
    else in.imm.local = g->locals[gen_below(g, g->n_locals)].id;
    break;
  }
  wfx_body_emit(g->b, &in);
}

wfx_label gen_put(struct gen *g, const wfx_inst *in) {
  g->budget--;
  wfx_label label = {WFX_NO_ID};
  if (!gen_breaks(g)) return wfx_body_emit(g->b, in);
  wfx_inst changed = *in;
  switch (gen_below(g, 8)) {
  case 0: put_stray(g); break;
  case 1:
    if (opens_or_ends(in->op)) break;
    return label; /* left out */
  case 2:
    if (opens_or_ends(in->op)) break;
    wfx_body_emit(g->b, in); /* twice */
    break;
  case 3: case 4:
    if (in->op != WFX_OP_end && in->op != WFX_OP_else) changed.op = sibling(g, in->op);
    break;
  default: twist_imm(g, &changed); break;
  }
  return wfx_body_emit(g->b, &changed);
}
