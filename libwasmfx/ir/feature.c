/* feature.c: the features that a module uses.
 *
 * A question of form alone: each instruction has its feature in the table, and of the rest the
 * types, counts and forms tell, no operand need be looked at. So this needs nothing of valid/,
 * and holds for invalid modules as well. By the same rules validation refuses what is switched
 * off, and the decoder what it cannot read without. */
#include <wasmfx/target.h>

#include "ir/feature.h"
#include "ir/imm.h"

#define FEATURE(id) (UINT64_C(1) << WFX_FEATURE_##id)

static void use(struct feature_uses *u, uint64_t features, wfx_loc loc) {
  u->found |= features;
  if (u->refused != 0 || (features & ~u->allowed) == 0) return;
  u->refused = features & ~u->allowed;
  u->loc = loc;
}

wfx_feature wfx__feature_first(uint64_t set) {
  wfx_feature f = WFX_FEATURE_MVP;
  while (!(set >> f & 1)) f++;
  return f;
}

uint64_t wfx__heap_features(wfx_heaptype heap) {
  if (wfx_heap_is_type(heap)) return FEATURE(FUNC_REFS);
  return heap < WFX_HEAP_COUNT ? UINT64_C(1) << wfx__heaps[heap].feature : 0;
}

/* Whether a nullable reference to it has a code of one byte. */
static bool has_shorthand(wfx_heaptype heap) {
  return !wfx_heap_is_type(heap) && heap < WFX_HEAP_COUNT && wfx__heaps[heap].shorthand;
}

static uint64_t ref_features(wfx_valtype t) {
  wfx_heaptype heap = wfx_heap_of(t);
  bool is_short = wfx_is_nullable(t) && !(t & WFX_LONG_FORM) && has_shorthand(heap);
  return wfx__heap_features(heap) | (is_short ? 0 : FEATURE(FUNC_REFS));
}

/* Of a type of values; that of a table's elements is ref_features alone. */
uint64_t wfx__val_features(wfx_valtype t) {
  if (wfx_is_ref(t)) return FEATURE(REF_TYPES) | ref_features(t);
  return wfx_valtype_strip(t) == WFX_V128 ? FEATURE(SIMD) : 0;
}

static uint64_t vals_features(const wfx_valtype *ts, size_t n) {
  uint64_t features = 0;
  for (size_t i = 0; i < n; i++) features |= wfx__val_features(ts[i]);
  return features;
}

/* ---- Types ------------------------------------------------------------------------------- */

static uint64_t type_features(const struct type *t) {
  uint64_t features = vals_features(t->vals, (size_t)t->n_params + t->n_results);
  for (uint32_t i = 0; i < t->n_fields; i++) features |= wfx__val_features(t->fields[i].type);
  if (t->form != SUB_BARE || t->super != WFX_NO_ID) features |= FEATURE(GC);
  switch ((wfx_type_kind)t->kind) {
  case WFX_TYPE_UNDEFINED: break;
  case WFX_TYPE_FUNC:
    if (t->n_results > 1) features |= FEATURE(MULTI_VALUE);
    break;
  case WFX_TYPE_STRUCT: case WFX_TYPE_ARRAY: features |= FEATURE(GC); break;
  case WFX_TYPE_CONT: features |= FEATURE(STACK_SWITCHING); break;
  case WFX_TYPE_HANDLER: features |= FEATURE(NAMED_HANDLERS); break;
  case WFX_TYPE_TAG: features |= FEATURE(TAG_REFS); break;
  }
  return features;
}

static void use_types(const struct types *ts, struct feature_uses *u) {
  for (size_t i = 0; i < ts->types.n; i++)
    use(u, type_features(&ts->types.data[i]), ts->types.data[i].loc);
  for (size_t i = 0; i < ts->groups.n; i++) {
    const struct group *g = &ts->groups.data[i];
    if (g->is_explicit || g->n != 1)
      use(u, FEATURE(GC), g->first == WFX_NO_ID ? loc_none() : type_at(ts, g->first)->loc);
  }
}

/* ---- Instructions ------------------------------------------------------------------------ */

static uint64_t block_features(uint64_t block) {
  if (block >> 32 != 0) return FEATURE(MULTI_VALUE);
  return wfx__val_features((uint32_t)block);
}

static uint64_t memarg_features(const struct code *c, const struct inst *in) {
  struct imm_memarg a = imm_memarg(c, in);
  return (a.mem != 0 || (in->aux & MEMARG_EXPLICIT) ? FEATURE(MULTI_MEMORY) : 0) |
         (a.offset > UINT32_MAX ? FEATURE(MEMORY64) : 0);
}

static uint64_t resume_features(struct imm_clauses cl) {
  for (uint32_t i = 0; i < cl.n; i++)
    if (cl.clauses[3 * (size_t)i] == CLAUSE_ON_REF) return FEATURE(TAG_REFS);
  return 0;
}

/* What the immediates need beside the instruction itself. */
static uint64_t imm_features(const struct code *c, const struct inst *in) {
  switch ((wfx_imm)wfx__ops[in->op].imm) {
  case WFX_IMM_NONE: case WFX_IMM_LABEL: case WFX_IMM_BR_TABLE: case WFX_IMM_FUNC:
  case WFX_IMM_TYPE: case WFX_IMM_LOCAL: case WFX_IMM_GLOBAL: case WFX_IMM_TABLE:
  case WFX_IMM_TABLE_TABLE: case WFX_IMM_ELEM: case WFX_IMM_LANE: case WFX_IMM_SHUFFLE:
  case WFX_IMM_V128: case WFX_IMM_I32: case WFX_IMM_I64: case WFX_IMM_F32: case WFX_IMM_F64:
  case WFX_IMM_TYPE_FIELD: case WFX_IMM_TYPE_N: case WFX_IMM_TYPE_ELEM:
  case WFX_IMM_TYPE_TYPE: case WFX_IMM_TAG: case WFX_IMM_TYPE_TAG: case WFX_IMM_FENCE:
    return 0;
  case WFX_IMM_BLOCK: return block_features(in->imm);
  case WFX_IMM_TRY_TABLE:
    return block_features(imm_pair(imm_pool(c, in)[0], imm_pool(c, in)[1]));
  case WFX_IMM_CALL_INDIRECT: return imm_hi(in) != 0 ? FEATURE(REF_TYPES) : 0;
  case WFX_IMM_ELEM_TABLE: return imm_lo(in) != 0 ? FEATURE(REF_TYPES) : 0;
  case WFX_IMM_MEMORY: case WFX_IMM_MEMORY_MEMORY:
    return in->imm != 0 ? FEATURE(MULTI_MEMORY) : 0;
  /* These need the section of the data count. */
  case WFX_IMM_DATA_MEMORY:
    return FEATURE(BULK) | (imm_lo(in) != 0 ? FEATURE(MULTI_MEMORY) : 0);
  case WFX_IMM_DATA: case WFX_IMM_TYPE_DATA: return FEATURE(BULK);
  case WFX_IMM_MEMARG: case WFX_IMM_MEMARG_LANE: return memarg_features(c, in);
  case WFX_IMM_HEAP: case WFX_IMM_CAST: return wfx__heap_features((wfx_heaptype)in->imm);
  case WFX_IMM_BR_ON_CAST:
    return wfx__heap_features(wfx_heap_of(imm_pool(c, in)[1])) |
           wfx__heap_features(wfx_heap_of(imm_pool(c, in)[2]));
  case WFX_IMM_TYPES: return vals_features(imm_pool(c, in) + 1, imm_pool(c, in)[0]);
  case WFX_IMM_RESUME: case WFX_IMM_RESUME_THROW: return resume_features(imm_clauses(c, in));
  }
  return 0;
}

static uint64_t code_features(const struct code *c, size_t first, size_t n) {
  uint64_t features = 0;
  for (size_t i = first; i < first + n; i++) {
    const struct inst *in = &c->insts.data[i];
    features |= UINT64_C(1) << wfx__ops[in->op].feature;
    features |= imm_features(c, in);
  }
  return features;
}

static uint64_t body_features(const struct wfx_module *m, const struct body *b) {
  uint64_t features = code_features(&b->code, 0, b->code.insts.n);
  for (size_t i = 0; i < b->runs.n; i++) features |= wfx__val_features(b->runs.data[i].type);
  /* The encoder may have to add a declarative segment. */
  bool is_declaring = m->infers_refs || b->is_built;
  for (size_t i = 0; is_declaring && i < b->code.insts.n; i++)
    if (b->code.insts.data[i].op == WFX_OP_ref_func) return features | FEATURE(BULK);
  return features;
}

static uint64_t const_features(const struct wfx_module *m, struct expr e) {
  uint64_t features = code_features(&m->const_code, e.first, e.n);
  for (uint32_t i = 0; i < e.n; i++) {
    const struct inst *in = &m->const_code.insts.data[e.first + i];
    switch (in->op) {
    case WFX_OP_i32_add: case WFX_OP_i32_sub: case WFX_OP_i32_mul:
    case WFX_OP_i64_add: case WFX_OP_i64_sub: case WFX_OP_i64_mul:
      features |= FEATURE(EXTENDED_CONST);
      break;
    case WFX_OP_global_get: /* of one that is not imported */
      if (imm_lo(in) < m->globals.n &&
          m->globals.data[imm_lo(in)].decl.import == WFX_NO_ID)
        features |= FEATURE(GC);
      break;
    }
  }
  return features;
}

/* ---- Declarations ------------------------------------------------------------------------ */

static uint64_t limits_features(const wfx_size_limits *l) {
  return (l->is_64 ? FEATURE(MEMORY64) : 0) | (l->is_shared ? FEATURE(THREADS) : 0);
}

static void use_tables(const struct wfx_module *m, struct feature_uses *u) {
  for (size_t i = 0; i < m->tables.n; i++) {
    const struct table *t = &m->tables.data[i];
    uint64_t features = ref_features(t->type) | limits_features(&t->limits);
    if (i != 0) features |= FEATURE(REF_TYPES);
    if (t->has_init) features |= FEATURE(FUNC_REFS) | const_features(m, t->init);
    use(u, features, t->decl.loc);
  }
}

static void use_mems(const struct wfx_module *m, struct feature_uses *u) {
  for (size_t i = 0; i < m->mems.n; i++)
    use(u, limits_features(&m->mems.data[i].limits) | (i != 0 ? FEATURE(MULTI_MEMORY) : 0),
        m->mems.data[i].decl.loc);
}

static void use_globals(const struct wfx_module *m, struct feature_uses *u) {
  for (size_t i = 0; i < m->globals.n; i++) {
    const struct global *g = &m->globals.data[i];
    uint64_t features = wfx__val_features(g->type);
    if (g->decl.import == WFX_NO_ID) features |= const_features(m, g->init);
    else if (g->is_mutable) features |= FEATURE(MUTABLE_GLOBALS);
    use(u, features, g->decl.loc);
  }
  for (size_t i = 0; i < m->exports.n; i++) {
    const struct export *ex = &m->exports.data[i];
    if (ex->kind == WFX_EXTERN_GLOBAL && ex->id < m->globals.n &&
        m->globals.data[ex->id].is_mutable)
      use(u, FEATURE(MUTABLE_GLOBALS), ex->loc);
  }
}

static void use_tags(const struct wfx_module *m, struct feature_uses *u) {
  enum { TAG_SECTION = 13 }; /* may be there and empty */
  if (m->sections_present >> TAG_SECTION & 1) use(u, FEATURE(EXCEPTIONS), loc_none());
  for (size_t i = 0; i < m->tags.n; i++) {
    uint32_t type = m->tags.data[i].type;
    bool has_results = type < m->types.types.n && type_at(&m->types, type)->n_results != 0;
    use(u, FEATURE(EXCEPTIONS) | (has_results ? FEATURE(STACK_SWITCHING) : 0),
        m->tags.data[i].decl.loc);
  }
}

/* An element segment of the first form: active in table 0, of functions. */
static bool is_first_form(const struct elem *e) {
  bool was_explicit = e->form != ELEM_FORM_ANY && (e->form & 2) != 0;
  return e->mode == SEGMENT_ACTIVE && e->table == 0 && !e->has_exprs && !was_explicit &&
         wfx_heap_of(e->type) == WFX_HEAP_FUNC;
}

static uint64_t elem_features(const struct wfx_module *m, const struct elem *e) {
  uint64_t features = e->mode == SEGMENT_ACTIVE ? const_features(m, e->offset) : 0;
  if (is_first_form(e)) return features;
  features |= FEATURE(BULK);
  if (e->has_exprs || wfx_heap_of(e->type) != WFX_HEAP_FUNC) features |= ref_features(e->type);
  for (size_t k = 0; k < e->exprs.n; k++) features |= const_features(m, e->exprs.data[k]);
  return features;
}

static uint64_t data_features(const struct wfx_module *m, const struct data *d) {
  bool was_explicit = d->form != ELEM_FORM_ANY && d->form > 1;
  bool is_first = d->mode == SEGMENT_ACTIVE && d->mem == 0 && !was_explicit;
  return (d->mode == SEGMENT_ACTIVE ? const_features(m, d->offset) : 0) |
         (is_first ? 0 : FEATURE(BULK));
}

static void use_segments(const struct wfx_module *m, struct feature_uses *u) {
  if (m->has_data_count) use(u, FEATURE(BULK), loc_none());
  for (size_t i = 0; i < m->elems.n; i++)
    use(u, elem_features(m, &m->elems.data[i]), m->elems.data[i].decl.loc);
  for (size_t i = 0; i < m->datas.n; i++)
    use(u, data_features(m, &m->datas.data[i]), m->datas.data[i].decl.loc);
}

void wfx__decl_features(const struct wfx_module *m, struct feature_uses *u) {
  use_types(&m->types, u);
  use_tables(m, u);
  use_mems(m, u);
  use_globals(m, u);
  use_tags(m, u);
  use_segments(m, u);
}

wfx_status wfx_module_features(wfx_module *m, uint64_t *features) {
  *features = 0;
  wfx_status status = wfx_module_status(m);
  if (status != WFX_OK) return status;
  struct feature_uses u = {.allowed = UINT64_MAX, .found = FEATURE(MVP), .loc = loc_none()};
  wfx__decl_features(m, &u);
  for (uint32_t i = 0; i < m->funcs.n; i++) {
    if (m->funcs.data[i].body == WFX_NO_ID) continue;
    const struct body *b = wfx__module_body(m, i);
    if (!b) return wfx_module_status(m);
    u.found |= body_features(m, b);
  }
  *features = u.found;
  return WFX_OK;
}
