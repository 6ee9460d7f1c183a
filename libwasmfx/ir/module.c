/* module.c: the module as a whole: making, freeing, names, positions, errors. */
#include "ir/module.h"

#include <assert.h>
#include <string.h>

wfx_module *wfx_module_new(const wfx_ctx *ctx) {
  wfx_module *m = wfx__alloc_zero(ctx, sizeof *m);
  if (!m) return NULL;
  m->ctx = ctx;
  m->start = WFX_NO_ID;
  m->infers_refs = true;
  wfx__arena_init(&m->arena, ctx);
  wfx__errs_init(&m->errs, ctx);
  wfx__types_init(&m->types, &m->arena);
  return m;
}

static void free_module_body(const wfx_ctx *ctx, struct body *b) {
  wfx__body_free(ctx, b);
  wfx__free(ctx, b, sizeof *b);
}

void wfx_module_free(wfx_module *m) {
  if (!m) return;
  const wfx_ctx *ctx = m->ctx;
  while (m->open_consts) m->free_builder(m->open_consts);
  for (size_t i = 0; i < m->bodies.n; i++) {
    if (!m->bodies.data[i]) continue;
    if (m->bodies.data[i]->builder) m->free_builder(m->bodies.data[i]->builder);
    free_module_body(ctx, m->bodies.data[i]);
  }
  for (size_t i = 0; i < m->elems.n; i++) {
    vec_free(ctx, &m->elems.data[i].funcs);
    vec_free(ctx, &m->elems.data[i].exprs);
  }
  wfx__types_free(&m->types);
  vec_free(ctx, &m->imports);
  vec_free(ctx, &m->funcs);
  vec_free(ctx, &m->tables);
  vec_free(ctx, &m->mems);
  vec_free(ctx, &m->globals);
  vec_free(ctx, &m->tags);
  vec_free(ctx, &m->exports);
  vec_free(ctx, &m->elems);
  vec_free(ctx, &m->datas);
  vec_free(ctx, &m->customs);
  vec_free(ctx, &m->hint_list);
  vec_free(ctx, &m->bodies);
  vec_free(ctx, &m->const_code.insts);
  vec_free(ctx, &m->const_code.pool);
  vec_free(ctx, &m->const_positions);
  vec_free(ctx, &m->files);
  wfx__errs_free(&m->errs);
  wfx__arena_free(&m->arena);
  wfx__free(ctx, m, sizeof *m);
}

uint64_t wfx__module_n_elems(const struct wfx_module *m) {
  uint64_t n = m->elems.n;
  for (size_t i = 0; i < m->elems.n; i++)
    n += m->elems.data[i].funcs.n + m->elems.data[i].exprs.n;
  return n;
}

bool wfx__module_is_empty(const struct wfx_module *m) {
  return m->types.groups.n == 0 && m->types.types.n == 0 && m->imports.n == 0 &&
         m->funcs.n == 0 && m->tables.n == 0 && m->mems.n == 0 && m->globals.n == 0 &&
         m->tags.n == 0 && m->exports.n == 0 && m->elems.n == 0 && m->datas.n == 0 &&
         m->customs.n == 0 && !m->input;
}

bool wfx__module_begin_read(struct wfx_module *m, const char *what) {
  TRY(!errs_is_set(&m->errs));
  if (!wfx__module_is_empty(m))
    return wfx__fail(&m->errs, WFX_MISUSE, loc_none(), "%s into a module that is not empty", what);
  m->infers_refs = false;
  return true;
}

struct body *wfx__module_body(struct wfx_module *m, uint32_t func) {
  uint32_t i = m->funcs.data[func].body;
  if (i == WFX_NO_ID) return NULL;
  struct body *b = m->bodies.data[i];
  if (b->bytes && !m->open_body(m, func)) return NULL;
  return b;
}

bool wfx__module_new_body(struct wfx_module *m, uint32_t func, struct body **out) {
  assert(m->funcs.data[func].body == WFX_NO_ID);
  TRY(vec_reserve(&m->errs, &m->bodies, 1));
  struct body *b = wfx__alloc(m->ctx, sizeof *b);
  if (!b) return wfx__fail_nomem(&m->errs);
  wfx__body_init(b, m->ctx);
  m->funcs.data[func].body = (uint32_t)m->bodies.n;
  m->bodies.data[m->bodies.n++] = b;
  *out = b;
  return true;
}

void wfx__module_drop_body(struct wfx_module *m, uint32_t func) {
  uint32_t i = m->funcs.data[func].body;
  if (i == WFX_NO_ID) return;
  m->valid_stamp = 0;
  free_module_body(m->ctx, m->bodies.data[i]);
  m->bodies.data[i] = NULL;
  m->funcs.data[func].body = WFX_NO_ID;
}

bool wfx__module_str(struct wfx_module *m, const char *data, size_t n, wfx_str *out) {
  return wfx__arena_str(&m->arena, &m->errs, data, n, out);
}

bool wfx__module_add_import(struct wfx_module *m, wfx_str module, wfx_str field, uint32_t kind,
                            uint32_t id) {
  struct import im = {.kind = kind, .id = id, .loc = loc_none()};
  TRY(wfx__module_str(m, module.data, module.n, &im.module));
  TRY(wfx__module_str(m, field.data, field.n, &im.field));
  wfx__module_decl(m, kind, id)->import = (uint32_t)m->imports.n;
  return vec_push(&m->errs, &m->imports, im);
}

bool wfx__module_add_export(struct wfx_module *m, wfx_str name, uint32_t kind, uint32_t id) {
  struct export ex = {.kind = kind, .id = id, .loc = loc_none()};
  TRY(wfx__module_str(m, name.data, name.n, &ex.name));
  return vec_push(&m->errs, &m->exports, ex);
}

bool wfx__module_file(struct wfx_module *m, const char *name, uint32_t *index) {
  *index = WFX_NO_ID;
  if (!name) return true;
  /* Clients stay in one file for long: look at the newest first. */
  for (size_t i = m->files.n; i-- > 0;)
    if (strcmp(m->files.data[i].data, name) == 0) {
      *index = (uint32_t)i;
      return true;
    }
  wfx_str s;
  TRY(wfx__module_str(m, name, strlen(name), &s));
  *index = (uint32_t)m->files.n;
  return vec_push(&m->errs, &m->files, s);
}

wfx_loc wfx__pos_loc(const struct wfx_module *m, struct pos p) {
  wfx_loc loc = loc_none();
  if (p.file != WFX_NO_ID) loc.file = m->files.data[p.file].data;
  loc.line = p.line;
  loc.column = p.column;
  return loc;
}

wfx_loc wfx__module_pos(const struct wfx_module *m, const struct body *b, uint32_t pos) {
  size_t n = b ? b->positions.n : m->const_positions.n;
  if (n == 0) return pos == WFX_NO_ID ? loc_none() : loc_offset(pos);
  if (pos >= n) return loc_none();
  return wfx__pos_loc(m, b ? b->positions.data[pos] : m->const_positions.data[pos]);
}

struct decl *wfx__module_decl(const struct wfx_module *m, uint32_t kind, uint32_t id) {
  switch ((wfx_extern_kind)kind) {
  case WFX_EXTERN_FUNC: return &m->funcs.data[id].decl;
  case WFX_EXTERN_TABLE: return &m->tables.data[id].decl;
  case WFX_EXTERN_MEM: return &m->mems.data[id].decl;
  case WFX_EXTERN_GLOBAL: return &m->globals.data[id].decl;
  case WFX_EXTERN_TAG: return &m->tags.data[id].decl;
  }
  return NULL;
}

uint32_t wfx__module_count(const struct wfx_module *m, uint32_t kind) {
  switch ((wfx_extern_kind)kind) {
  case WFX_EXTERN_FUNC: return (uint32_t)m->funcs.n;
  case WFX_EXTERN_TABLE: return (uint32_t)m->tables.n;
  case WFX_EXTERN_MEM: return (uint32_t)m->mems.n;
  case WFX_EXTERN_GLOBAL: return (uint32_t)m->globals.n;
  case WFX_EXTERN_TAG: return (uint32_t)m->tags.n;
  }
  return 0;
}

/* ---- Errors ------------------------------------------------------------------------------ */

/* The error of the i-th function's body, or NULL. */
static const wfx_diag *body_diag(const wfx_module *m, size_t func) {
  uint32_t body = m->funcs.data[func].body;
  return body == WFX_NO_ID ? NULL : wfx__errs_diag(&m->bodies.data[body]->errs);
}

wfx_status wfx_module_status(const wfx_module *m) {
  const wfx_diag *d = wfx_module_diag(m, 0);
  return d ? d->status : WFX_OK;
}

size_t wfx_module_n_diags(const wfx_module *m) {
  size_t n = errs_is_set(&m->errs) ? 1 : 0;
  for (size_t f = 0; f < m->funcs.n; f++) n += body_diag(m, f) != NULL;
  return n;
}

const wfx_diag *wfx_module_diag(const wfx_module *m, size_t i) {
  if (errs_is_set(&m->errs) && i-- == 0) return wfx__errs_diag(&m->errs);
  for (size_t f = 0; f < m->funcs.n; f++) {
    const wfx_diag *d = body_diag(m, f);
    if (d && i-- == 0) return d;
  }
  return NULL;
}
