/* decode_decls.c: imports, tables, memories, tags, globals, exports, segments.
 * Spec: Binary Format, Modules. */
#include "binary/decode.h"
#include "binary/form.h"

static struct decl new_decl(const struct reader *r) {
  struct decl decl = {.import = WFX_NO_ID, .loc = read_loc(r, r->at)};
  return decl;
}

/* The length of the section's vector, with n_now declarations of its kind there already. */
static bool read_count(struct decoder *d, size_t n_now, uint64_t limit, const char *what,
                       uint32_t *n) {
  const uint8_t *at = d->r.at;
  TRY(wfx__read_len(&d->r, n));
  return wfx__read_limit(&d->r, at, (uint64_t)n_now + *n, limit, what);
}

/* ---- Declarations ------------------------------------------------------------------------ */

static bool read_limits_flags(struct reader *r, bool is_mem, uint8_t *flags) {
  const uint8_t *at = r->at;
  TRY(read_byte(r, flags));
  uint8_t known = LIMITS_MAX | LIMITS_64 | (is_mem ? LIMITS_SHARED : 0);
  if (*flags & ~known)
    return wfx__fail(r->errs, WFX_MALFORMED, read_loc(r, at),
                     "malformed limits flags, found %02x", *flags);
  if (*flags & LIMITS_SHARED)
    TRY(read_need(r, at, WFX_FEATURE_THREADS, "a shared memory"));
  if (*flags & LIMITS_64)
    TRY(read_need(r, at, WFX_FEATURE_MEMORY64, "a 64-bit address type"));
  return true;
}

static bool read_limits(struct reader *r, bool is_mem, wfx_size_limits *out) {
  uint8_t flags;
  TRY(read_limits_flags(r, is_mem, &flags));
  out->has_max = (flags & LIMITS_MAX) != 0;
  out->is_shared = (flags & LIMITS_SHARED) != 0;
  out->is_64 = (flags & LIMITS_64) != 0;
  out->max = 0;
  unsigned n_bits = ctx_has(r->errs->ctx, WFX_FEATURE_MEMORY64) ? 64 : 32;
  TRY(wfx__read_leb_u(r, n_bits, &out->min));
  return !out->has_max || wfx__read_leb_u(r, n_bits, &out->max);
}

static bool read_table_type(struct reader *r, struct table *out) {
  return wfx__read_reftype(r, &out->type) && read_limits(r, false, &out->limits);
}

static bool read_global_type(struct reader *r, struct global *out) {
  return wfx__read_valtype(r, &out->type) && wfx__read_mutability(r, &out->is_mutable);
}

static bool read_tag_type(struct reader *r, struct tag *out) {
  if (r->errs->ctx->dialect == WFX_DIALECT_2021 && r->at != r->end && *r->at == 1) r->at++;
  else TRY(wfx__read_zero(r));
  return read_leb32(r, &out->type);
}

/* The declaration behind an import of this kind, its handle in *id. */
static bool read_import_desc(struct decoder *d, uint8_t kind, uint32_t *id) {
  struct reader *r = &d->r;
  struct wfx_module *m = d->m;
  const uint8_t *at = r->at;
  const wfx_limits *limits = &m->ctx->limits;
  *id = wfx__module_count(m, kind);
  switch ((wfx_extern_kind)kind) {
  case WFX_EXTERN_FUNC: {
    struct func f = {.decl = new_decl(r), .body = WFX_NO_ID};
    TRY(read_leb32(r, &f.type));
    TRY(wfx__read_limit(r, at, *id + 1u, limits->n_funcs, "functions"));
    return vec_push(r->errs, &m->funcs, f);
  }
  case WFX_EXTERN_TABLE: {
    struct table t = {.decl = new_decl(r)};
    TRY(read_table_type(r, &t));
    TRY(wfx__read_limit(r, at, *id + 1u, limits->n_tables, "tables"));
    return vec_push(r->errs, &m->tables, t);
  }
  case WFX_EXTERN_MEM: {
    struct mem mem = {.decl = new_decl(r)};
    TRY(read_limits(r, true, &mem.limits));
    TRY(wfx__read_limit(r, at, *id + 1u, limits->n_memories, "memories"));
    return vec_push(r->errs, &m->mems, mem);
  }
  case WFX_EXTERN_GLOBAL: {
    struct global g = {.decl = new_decl(r)};
    TRY(read_global_type(r, &g));
    TRY(wfx__read_limit(r, at, *id + 1u, limits->n_globals, "globals"));
    return vec_push(r->errs, &m->globals, g);
  }
  case WFX_EXTERN_TAG: {
    struct tag tag = {.decl = new_decl(r)};
    TRY(read_tag_type(r, &tag));
    TRY(wfx__read_limit(r, at, *id + 1u, limits->n_tags, "tags"));
    return vec_push(r->errs, &m->tags, tag);
  }
  }
  return false;
}

static bool read_import(struct decoder *d) {
  struct reader *r = &d->r;
  wfx_loc loc = read_loc(r, r->at);
  wfx_str module, field;
  TRY(wfx__read_name(r, &module));
  TRY(wfx__read_name(r, &field));
  const uint8_t *at = r->at;
  uint8_t kind;
  uint32_t id;
  TRY(read_byte(r, &kind));
  if (kind > WFX_EXTERN_TAG)
    return wfx__fail(r->errs, WFX_MALFORMED, read_loc(r, at),
                     "malformed import kind, found %02x", kind);
  if (kind == WFX_EXTERN_TAG)
    TRY(read_need(r, at, WFX_FEATURE_EXCEPTIONS, "a tag"));
  TRY(read_import_desc(d, kind, &id));
  TRY(wfx__module_add_import(d->m, module, field, kind, id));
  vec_last(&d->m->imports).loc = loc;
  return true;
}

bool wfx__read_imports(struct decoder *d) {
  uint32_t n;
  TRY(read_count(d, 0, d->m->ctx->limits.n_imports, "imports", &n));
  for (uint32_t i = 0; i < n; i++) TRY(read_import(d));
  return true;
}

bool wfx__read_tables(struct decoder *d) {
  struct reader *r = &d->r;
  struct wfx_module *m = d->m;
  uint32_t n;
  TRY(read_count(d, m->tables.n, m->ctx->limits.n_tables, "tables", &n));
  for (uint32_t i = 0; i < n; i++) {
    struct table t = {.decl = new_decl(r)};
    const uint8_t *at = r->at;
    t.has_init = at != r->end && *at == TABLE_INIT;
    if (t.has_init) {
      r->at++;
      TRY(read_need(r, at, WFX_FEATURE_FUNC_REFS, "a table with an initialiser"));
      TRY(wfx__read_zero(r));
    }
    TRY(read_table_type(r, &t));
    if (t.has_init) TRY(wfx__read_const(d, &t.init));
    TRY(vec_push(r->errs, &m->tables, t));
  }
  return true;
}

bool wfx__read_mems(struct decoder *d) {
  struct reader *r = &d->r;
  struct wfx_module *m = d->m;
  uint32_t n;
  TRY(read_count(d, m->mems.n, m->ctx->limits.n_memories, "memories", &n));
  for (uint32_t i = 0; i < n; i++) {
    struct mem mem = {.decl = new_decl(r)};
    TRY(read_limits(r, true, &mem.limits));
    TRY(vec_push(r->errs, &m->mems, mem));
  }
  return true;
}

bool wfx__read_tags(struct decoder *d) {
  struct reader *r = &d->r;
  struct wfx_module *m = d->m;
  uint32_t n;
  TRY(read_count(d, m->tags.n, m->ctx->limits.n_tags, "tags", &n));
  for (uint32_t i = 0; i < n; i++) {
    struct tag tag = {.decl = new_decl(r)};
    TRY(read_tag_type(r, &tag));
    TRY(vec_push(r->errs, &m->tags, tag));
  }
  return true;
}

bool wfx__read_globals(struct decoder *d) {
  struct reader *r = &d->r;
  struct wfx_module *m = d->m;
  uint32_t n;
  TRY(read_count(d, m->globals.n, m->ctx->limits.n_globals, "globals", &n));
  for (uint32_t i = 0; i < n; i++) {
    struct global g = {.decl = new_decl(r)};
    TRY(read_global_type(r, &g));
    TRY(wfx__read_const(d, &g.init));
    TRY(vec_push(r->errs, &m->globals, g));
  }
  return true;
}

bool wfx__read_exports(struct decoder *d) {
  struct reader *r = &d->r;
  uint32_t n;
  TRY(read_count(d, 0, d->m->ctx->limits.n_exports, "exports", &n));
  for (uint32_t i = 0; i < n; i++) {
    wfx_loc loc = read_loc(r, r->at);
    wfx_str name;
    uint8_t kind;
    uint32_t id;
    TRY(wfx__read_name(r, &name));
    const uint8_t *at = r->at;
    TRY(read_byte(r, &kind));
    if (kind > WFX_EXTERN_TAG)
      return wfx__fail(r->errs, WFX_MALFORMED, read_loc(r, at),
                       "malformed export kind, found %02x", kind);
    TRY(read_leb32(r, &id));
    TRY(wfx__module_add_export(d->m, name, kind, id));
    vec_last(&d->m->exports).loc = loc;
  }
  return true;
}

/* ---- Segments ---------------------------------------------------------------------------- */

/* Element segments and their items share one limit. */
static bool count_items(struct decoder *d, const uint8_t *at, uint32_t n) {
  d->n_items += n;
  return wfx__read_limit(&d->r, at, d->n_items, d->m->ctx->limits.n_elems,
                         "element segments and initialisers");
}

static bool read_elem_kind(struct reader *r, struct elem *e) {
  if (e->form & ELEM_EXPRS) return wfx__read_reftype(r, &e->type);
  const uint8_t *at = r->at;
  uint8_t kind;
  TRY(read_byte(r, &kind));
  return kind == 0 || wfx__fail(r->errs, WFX_MALFORMED, read_loc(r, at),
                                "malformed element kind, found %02x", kind);
}

static bool read_elem_items(struct decoder *d, struct elem *e) {
  struct reader *r = &d->r;
  const uint8_t *at = r->at;
  uint32_t n;
  TRY(wfx__read_len(r, &n));
  TRY(count_items(d, at, n));
  if (e->has_exprs) {
    TRY(vec_reserve(r->errs, &e->exprs, n));
    for (; e->exprs.n < n; e->exprs.n++)
      TRY(wfx__read_const(d, &e->exprs.data[e->exprs.n]));
    return true;
  }
  TRY(vec_reserve(r->errs, &e->funcs, n));
  for (; e->funcs.n < n; e->funcs.n++) TRY(read_leb32(r, &e->funcs.data[e->funcs.n]));
  return true;
}

/* The segment is in the module already, so that it is freed whatever happens. */
static bool read_elem(struct decoder *d, struct elem *e) {
  struct reader *r = &d->r;
  const uint8_t *at = r->at;
  uint32_t form;
  TRY(read_leb32(r, &form));
  if (form > 7)
    return wfx__fail(r->errs, WFX_MALFORMED, read_loc(r, at),
                     "malformed elements segment kind, found %u", form);
  if (form != 0) TRY(read_need(r, at, WFX_FEATURE_BULK, "this element segment"));
  e->form = (uint8_t)form;
  e->has_exprs = (form & ELEM_EXPRS) != 0;
  e->type = form == ELEM_EXPRS ? WFX_FUNCREF : wfx_ref(WFX_HEAP_FUNC);
  if (!(form & ELEM_NOT_ACTIVE)) {
    e->mode = SEGMENT_ACTIVE;
    if (form & ELEM_EXPLICIT) TRY(read_leb32(r, &e->table));
    TRY(wfx__read_const(d, &e->offset));
  } else {
    e->mode = form & ELEM_EXPLICIT ? SEGMENT_DECLARATIVE : SEGMENT_PASSIVE;
  }
  if (form & ELEM_DECLARATIVE) TRY(read_elem_kind(r, e));
  return read_elem_items(d, e);
}

bool wfx__read_elems(struct decoder *d) {
  struct wfx_module *m = d->m;
  const uint8_t *at = d->r.at;
  uint32_t n;
  TRY(wfx__read_len(&d->r, &n));
  TRY(count_items(d, at, n));
  for (uint32_t i = 0; i < n; i++) {
    struct elem e = {.decl = new_decl(&d->r)};
    TRY(vec_push(d->r.errs, &m->elems, e));
    TRY(read_elem(d, &vec_last(&m->elems)));
  }
  return true;
}

static bool read_data(struct decoder *d, struct data *out) {
  struct reader *r = &d->r;
  const uint8_t *at = r->at;
  uint32_t form, n;
  TRY(read_leb32(r, &form));
  if (form > DATA_EXPLICIT)
    return wfx__fail(r->errs, WFX_MALFORMED, read_loc(r, at),
                     "malformed data segment kind, found %u", form);
  if (form != DATA_ACTIVE) TRY(read_need(r, at, WFX_FEATURE_BULK, "this data segment"));
  out->form = (uint8_t)form;
  out->mode = form == DATA_PASSIVE ? SEGMENT_PASSIVE : SEGMENT_ACTIVE;
  if (form == DATA_EXPLICIT) TRY(read_leb32(r, &out->mem));
  if (form != DATA_PASSIVE) TRY(wfx__read_const(d, &out->offset));
  TRY(read_leb32(r, &n));
  TRY(wfx__read_bytes(r, n, &out->bytes));
  out->n_bytes = n;
  return true;
}

bool wfx__read_datas(struct decoder *d) {
  struct wfx_module *m = d->m;
  uint32_t n;
  TRY(read_count(d, 0, m->ctx->limits.n_datas, "data segments", &n));
  for (uint32_t i = 0; i < n; i++) {
    struct data data = {.decl = new_decl(&d->r)};
    TRY(read_data(d, &data));
    TRY(vec_push(d->r.errs, &m->datas, data));
  }
  return true;
}
