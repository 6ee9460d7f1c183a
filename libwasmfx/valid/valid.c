/* valid.c: whole modules. Spec: Validation, Modules. */
#include "valid/valid.h"

#include <wasmfx/valid.h>

#include <string.h>

#include "ir/feature.h"
#include "ir/match.h"
#include "ir/name.h"
#include "valid/check.h"
#include "valid/facts.h"

static bool invalid(struct wfx_module *m, wfx_loc loc, const char *what, uint32_t i) {
  return wfx__fail(&m->errs, WFX_INVALID, loc, "%s %u", what, i);
}

static bool too_many(struct wfx_module *m, const char *what, size_t n, uint32_t limit) {
  return n <= limit || wfx__fail(&m->errs, WFX_INVALID, loc_none(), "too many %s: %zu", what, n);
}

/* Element segments and what is in them share one limit. */
static bool check_n_elems(struct wfx_module *m) {
  return too_many(m, "element segments and initialisers", wfx__module_n_elems(m),
                  m->ctx->limits.n_elems);
}

static bool check_name_sizes(struct wfx_module *m) {
  uint32_t limit = m->ctx->limits.name_bytes;
  for (size_t i = 0; i < m->imports.n; i++)
    TRY(too_many(m, "bytes in a name", m->imports.data[i].module.n, limit) &&
        too_many(m, "bytes in a name", m->imports.data[i].field.n, limit));
  for (size_t i = 0; i < m->exports.n; i++)
    TRY(too_many(m, "bytes in a name", m->exports.data[i].name.n, limit));
  return true;
}

static bool check_counts(struct wfx_module *m) {
  const wfx_limits *l = &m->ctx->limits;
  return too_many(m, "types", m->types.types.n, l->n_types) &&
         too_many(m, "recursion groups", m->types.groups.n, l->n_types) &&
         too_many(m, "functions", m->funcs.n, l->n_funcs) &&
         too_many(m, "tables", m->tables.n, l->n_tables) &&
         too_many(m, "memories", m->mems.n, l->n_memories) &&
         too_many(m, "globals", m->globals.n, l->n_globals) &&
         too_many(m, "tags", m->tags.n, l->n_tags) &&
         too_many(m, "imports", m->imports.n, l->n_imports) &&
         too_many(m, "exports", m->exports.n, l->n_exports) &&
         too_many(m, "data segments", m->datas.n, l->n_datas) && check_n_elems(m) &&
         check_name_sizes(m);
}

static bool check_types(struct wfx_module *m) {
  for (uint32_t g = 0; g < m->types.groups.n; g++) {
    const struct group *group = &m->types.groups.data[g];
    if (!group->is_ended) {
      uint32_t t = group->first;
      for (; t != WFX_NO_ID; t = type_at(&m->types, t)->next)
        if (type_at(&m->types, t)->kind == WFX_TYPE_UNDEFINED)
          return invalid(m, type_at(&m->types, t)->loc, "type is declared but not defined:", t);
      return wfx__fail(&m->errs, WFX_MISUSE, loc_none(), "recursion group %u has not ended", g);
    }
    TRY(wfx__valid_group(m, g));
  }
  return true;
}

static bool check_func_type(struct wfx_module *m, uint32_t type, wfx_loc loc) {
  if (type >= m->types.types.n) return invalid(m, loc, "unknown type", type);
  if (type_at(&m->types, type)->kind != WFX_TYPE_FUNC)
    return invalid(m, loc, "non-function type", type);
  return true;
}

static bool check_valtype(struct wfx_module *m, wfx_valtype t, wfx_loc loc) {
  uint32_t i = val_type(t);
  return i == WFX_NO_ID || i < m->types.types.n || invalid(m, loc, "unknown type", i);
}

static bool check_const(struct checker *c, struct expr expr, wfx_valtype type,
                        uint32_t n_globals) {
  TRY(wfx__check_begin_const(c, &c->m->const_code, type, n_globals));
  for (uint32_t i = 0; i < expr.n; i++) TRY(wfx__check_step(c, expr.first + i));
  return wfx__check_end_const(c);
}

static bool check_limits(struct wfx_module *m, const wfx_size_limits *l, uint64_t bound,
                         wfx_loc loc, const char *too_large) {
  if (l->min > bound || (l->has_max && l->max > bound))
    return wfx__fail(&m->errs, WFX_INVALID, loc, "%s", too_large);
  if (l->has_max && l->min > l->max)
    return wfx__fail(&m->errs, WFX_INVALID, loc, "size minimum must not be greater than maximum");
  return true;
}

static bool check_mems(struct wfx_module *m) {
  for (size_t i = 0; i < m->mems.n; i++) {
    const struct mem *mem = &m->mems.data[i];
    uint64_t bound = mem->limits.is_64 ? (uint64_t)1 << 48 : 65536;
    TRY(check_limits(m, &mem->limits, bound, mem->decl.loc,
                     mem->limits.is_64 ? "memory size must be at most 2^48 pages"
                                       : "memory size must be at most 65536 pages (4GiB)"));
    if (mem->limits.is_shared && !ctx_has(m->ctx, WFX_FEATURE_THREADS))
      return wfx__fail(&m->errs, WFX_UNSUPPORTED, mem->decl.loc,
                       "unsupported: shared memory needs the feature %s",
                       wfx_feature_text(WFX_FEATURE_THREADS));
    if (mem->limits.is_shared && !mem->limits.has_max)
      return wfx__fail(&m->errs, WFX_INVALID, mem->decl.loc,
                       "shared memory must have maximum");
  }
  if (m->mems.n > 1 && !ctx_has(m->ctx, WFX_FEATURE_MULTI_MEMORY))
    return wfx__fail(&m->errs, WFX_INVALID, m->mems.data[1].decl.loc, "multiple memories");
  return true;
}

static bool check_tables(struct checker *c) {
  struct wfx_module *m = c->m;
  for (size_t i = 0; i < m->tables.n; i++) {
    const struct table *t = &m->tables.data[i];
    uint64_t bound = t->limits.is_64 ? UINT64_MAX : UINT32_MAX;
    TRY(check_limits(m, &t->limits, bound, t->decl.loc,
                     "table size must be at most 2^32 - 1"));
    TRY(check_valtype(m, t->type, t->decl.loc));
    if (t->has_init) {
      TRY(check_const(c, t->init, t->type, 0)); /* sees imported globals only */
    } else if (t->decl.import == WFX_NO_ID && !wfx__is_defaultable(t->type)) {
      return wfx__fail(&m->errs, WFX_INVALID, t->decl.loc,
                       "type mismatch: a table of non-null references needs an initial value");
    }
  }
  return true;
}

static bool check_globals(struct checker *c) {
  struct wfx_module *m = c->m;
  /* A global sees those before it in the order of indices: all imports, and earlier definitions. */
  for (uint32_t i = 0; i < m->globals.n; i++) {
    const struct global *g = &m->globals.data[i];
    TRY(check_valtype(m, g->type, g->decl.loc));
    if (g->decl.import != WFX_NO_ID) continue;
    TRY(check_const(c, g->init, g->type, i));
  }
  return true;
}

static bool check_elems(struct checker *c) {
  struct wfx_module *m = c->m;
  uint32_t n_globals = (uint32_t)m->globals.n;
  for (size_t i = 0; i < m->elems.n; i++) {
    const struct elem *e = &m->elems.data[i];
    TRY(check_valtype(m, e->type, e->decl.loc));
    for (size_t k = 0; k < e->funcs.n; k++)
      if (e->funcs.data[k] >= m->funcs.n)
        return invalid(m, e->decl.loc, "unknown function", e->funcs.data[k]);
    for (size_t k = 0; k < e->exprs.n; k++)
      TRY(check_const(c, e->exprs.data[k], e->type, n_globals));
    if (e->mode != SEGMENT_ACTIVE) continue;
    if (e->table >= m->tables.n) return invalid(m, e->decl.loc, "unknown table", e->table);
    const struct table *t = &m->tables.data[e->table];
    if (!wfx__match_val(&m->types, e->type, t->type)) {
      struct text_buf want = {.n = 0}, got = {.n = 0};
      wfx__text_val(&want, &m->types, t->type);
      wfx__text_val(&got, &m->types, e->type);
      return wfx__fail(&m->errs, WFX_INVALID, e->decl.loc,
                       "type mismatch: the table holds %s, the segment %s", want.text, got.text);
    }
    TRY(check_const(c, e->offset, address_type(t->limits.is_64), n_globals));
  }
  return true;
}

static bool check_datas(struct checker *c) {
  struct wfx_module *m = c->m;
  for (size_t i = 0; i < m->datas.n; i++) {
    const struct data *d = &m->datas.data[i];
    if (d->mode != SEGMENT_ACTIVE) continue;
    if (d->mem >= m->mems.n) return invalid(m, d->decl.loc, "unknown memory", d->mem);
    TRY(check_const(c, d->offset, address_type(m->mems.data[d->mem].limits.is_64),
                    (uint32_t)m->globals.n));
  }
  return true;
}

static bool check_tags(struct wfx_module *m) {
  for (size_t i = 0; i < m->tags.n; i++) {
    const struct tag *t = &m->tags.data[i];
    TRY(check_func_type(m, t->type, t->decl.loc));
    if (type_at(&m->types, t->type)->n_results != 0 &&
        !ctx_has(m->ctx, WFX_FEATURE_STACK_SWITCHING))
      return wfx__fail(&m->errs, WFX_INVALID, t->decl.loc, "non-empty tag result type");
  }
  return true;
}

static bool check_exports(struct wfx_module *m) {
  static const char *const texts[] = {"unknown function", "unknown table", "unknown memory",
                                      "unknown global", "unknown tag"};
  struct strmap names = {0};
  bool is_ok = true;
  for (size_t i = 0; is_ok && i < m->exports.n; i++) {
    const struct export *ex = &m->exports.data[i];
    bool is_new;
    if (ex->id >= wfx__module_count(m, ex->kind)) {
      is_ok = invalid(m, ex->loc, texts[ex->kind], ex->id);
    } else if (!wfx__strmap_add(&m->errs, &names, ex->name.data, ex->name.n, 0, &is_new)) {
      is_ok = false;
    } else if (!is_new) {
      is_ok = wfx__fail(&m->errs, WFX_INVALID, ex->loc, "duplicate export name %.*s",
                        (int)(ex->name.n < 100 ? ex->name.n : 100), ex->name.data);
    }
  }
  wfx__strmap_free(m->ctx, &names);
  return is_ok;
}

static bool check_start(struct wfx_module *m) {
  if (m->start == WFX_NO_ID) return true;
  if (m->start >= m->funcs.n) return invalid(m, loc_none(), "unknown function", m->start);
  const struct type *t = type_at(&m->types, m->funcs.data[m->start].type);
  return (t->n_params == 0 && t->n_results == 0) ||
         wfx__fail(&m->errs, WFX_INVALID, m->funcs.data[m->start].decl.loc, "start function");
}

/* ---- Functions named outside bodies ------------------------------------------------------ */

/* Mark what declarations mention. */
static bool collect_declared(struct wfx_module *m) {
  size_t n_bytes = m->funcs.n / 8 + 1;
  if (!m->is_declared || m->n_declared != m->funcs.n)
    m->is_declared = wfx__arena_alloc(&m->arena, n_bytes);
  if (!m->is_declared) return wfx__fail_nomem(&m->errs);
  m->n_declared = m->funcs.n;
  memset(m->is_declared, 0, n_bytes);
  for (size_t i = 0; i < m->const_code.insts.n; i++) {
    const struct inst *in = &m->const_code.insts.data[i];
    if (in->op == WFX_OP_ref_func && in->imm < m->funcs.n)
      m->is_declared[in->imm / 8] |= (uint8_t)(1u << in->imm % 8);
  }
  for (size_t i = 0; i < m->elems.n; i++)
    for (size_t k = 0; k < m->elems.data[i].funcs.n; k++) {
      uint32_t f = m->elems.data[i].funcs.data[k];
      if (f < m->funcs.n) m->is_declared[f / 8] |= (uint8_t)(1u << f % 8);
    }
  for (size_t i = 0; i < m->exports.n; i++) {
    const struct export *ex = &m->exports.data[i];
    if (ex->kind == WFX_EXTERN_FUNC && ex->id < m->funcs.n)
      m->is_declared[ex->id / 8] |= (uint8_t)(1u << ex->id % 8);
  }
  return true;
}

bool wfx__is_declared(const struct wfx_module *m, uint32_t func) {
  return func < m->n_declared && (m->is_declared[func / 8] >> func % 8 & 1);
}

/* ---- Bodies ------------------------------------------------------------------------------ */

bool wfx__valid_body(struct checker *c, uint32_t func, struct body *b) {
  TRY(wfx__check_begin(c, func, b));
  size_t n = b->code.insts.n;
  for (size_t i = 0; i < n; i++) TRY(wfx__check_step(c, (uint32_t)i));
  if (!check_is_done(c)) return wfx__check_fail(c, "END opcode expected");
  if (c->wants_facts) b->max_height = c->max_slots;
  return true;
}

static bool check_func(struct checker *c, uint32_t func) {
  struct wfx_module *m = c->m;
  struct func *f = &m->funcs.data[func];
  if (f->decl.import != WFX_NO_ID) return true;
  if (f->body == WFX_NO_ID) {
    struct text_buf name = {.n = 0};
    wfx__text_name(&name, f->decl.name, func);
    return wfx__fail(&m->errs, WFX_MISUSE, f->decl.loc, "function %s has no body", name.text);
  }
  struct body *b = wfx__module_body(m, func);
  if (!b || errs_is_set(&b->errs)) return false;
  if (!b->is_checked) b->is_checked = wfx__valid_body(c, func, b);
  return b->is_checked;
}

/* What declarations use must be on. */
static bool check_features(struct wfx_module *m) {
  struct feature_uses u = {.allowed = m->ctx->features | 1u << WFX_FEATURE_MVP,
                           .loc = loc_none()};
  wfx__decl_features(m, &u);
  if (u.refused == 0) return true;
  return wfx__fail(&m->errs, WFX_UNSUPPORTED, u.loc,
                   "unsupported: this declaration needs the feature %s",
                   wfx_feature_text(wfx__feature_first(u.refused)));
}

bool wfx__valid_decls(struct checker *c) {
  struct wfx_module *m = c->m;
  TRY(check_counts(m));
  TRY(check_types(m));
  for (size_t i = 0; i < m->funcs.n; i++)
    TRY(check_func_type(m, m->funcs.data[i].type, m->funcs.data[i].decl.loc));
  TRY(check_mems(m));
  TRY(check_tags(m));
  TRY(collect_declared(m));
  return check_globals(c) && check_tables(c) && check_exports(m) && check_start(m) &&
         check_elems(c) && check_datas(c) && check_features(m);
}

/* Declarations are only ever added, so that their number tells whether there have been any since;
 * a body that is taken away resets the stamp kept. */
static uint64_t count_all(const struct wfx_module *m) {
  return 1 + (uint64_t)m->types.types.n + m->types.groups.n + m->imports.n + m->funcs.n +
         m->tables.n + m->mems.n + m->globals.n + m->tags.n + m->exports.n + m->elems.n +
         m->datas.n + m->bodies.n + m->const_code.insts.n + ((uint64_t)m->start << 32);
}

wfx_status wfx_module_validate(wfx_module *m) {
  /* Reads only: a valid module may be used by several threads. */
  if (errs_is_set(&m->errs)) return wfx_module_status(m);
  if (m->valid_stamp == count_all(m)) return WFX_OK;
  struct checker c;
  wfx__check_init(&c, m);
  if (wfx__valid_decls(&c))
    for (uint32_t i = 0; i < m->funcs.n; i++) (void)check_func(&c, i); /* each has its own errors */
  wfx__check_free(&c);
  wfx_status status = wfx_module_status(m);
  if (status == WFX_OK) m->valid_stamp = count_all(m);
  return status;
}

bool wfx__valid_facts(struct wfx_module *m, uint32_t func) {
  struct body *b = wfx__module_body(m, func);
  if (!b) return false;
  if (b->n_facts != 0) return true;
  struct checker c;
  wfx__check_init(&c, m);
  c.wants_facts = true;
  bool is_ok = wfx__valid_body(&c, func, b);
  if (!is_ok) wfx__body_drop_facts(m->ctx, b);
  wfx__check_free(&c);
  return is_ok;
}
