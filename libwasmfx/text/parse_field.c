/* parse_field.c: the fields of a module but for types. Spec: Text Format, Modules. */
#include "text/field.h"

/* ---- What fields have in common ---------------------------------------------------------- */

/* A field being parsed: id, inline exports and inline import, which most kinds may have. */
struct head {
  struct decl decl;
  bool is_import;
  wfx_str module, field;
};

static bool add_export(struct parser *p, wfx_str name, uint32_t kind, uint32_t id,
                       struct token tok) {
  struct export ex = {name, kind, id, tok_loc(p, tok)};
  TRY(wfx__parse_limit(p, p->m->exports.n + 1, p->m->ctx->limits.n_exports, "exports"));
  return vec_push(p->e, &p->m->exports, ex);
}

/* The begin of a field: "(word id?". Skips both words. */
static bool parse_id_head(struct parser *p, struct head *h) {
  memset(h, 0, sizeof *h);
  h->decl.import = WFX_NO_ID;
  h->decl.loc = tok_loc(p, tok_at(p, 0));
  p->at += 2;
  wfx_str id;
  return wfx__parse_id(p, &id, &h->decl.name);
}

/* "module" "field" of an import. */
static bool parse_import_names(struct parser *p, struct head *h) {
  h->is_import = true;
  return wfx__parse_name(p, &h->module) && wfx__parse_name(p, &h->field);
}

/* Inline exports of the declaration that comes next, then perhaps an inline import. */
static bool parse_head(struct parser *p, wfx_extern_kind kind, struct head *h) {
  TRY(parse_id_head(p, h));
  uint32_t id = wfx__module_count(p->m, (uint32_t)kind);
  for (;;) {
    struct token tok = tok_at(p, 1);
    wfx_str name;
    if (!take_open(p, "export")) break;
    TRY(wfx__parse_name(p, &name));
    TRY(add_export(p, name, (uint32_t)kind, id, tok));
    TRY(wfx__parse_close(p));
  }
  if (!take_open(p, "import")) return true;
  TRY(parse_import_names(p, h));
  return wfx__parse_close(p);
}

/* Note the import or definition whose declaration has just been made. */
static bool finish_decl(struct parser *p, wfx_extern_kind kind, const struct head *h) {
  static const char *const texts[] = {
      [WFX_EXTERN_FUNC] = "function", [WFX_EXTERN_TABLE] = "table", [WFX_EXTERN_MEM] = "memory",
      [WFX_EXTERN_GLOBAL] = "global", [WFX_EXTERN_TAG] = "tag",
  };
  if (!h->is_import) {
    if (!p->defined) p->defined = texts[kind];
    return true;
  }
  if (p->defined)
    return wfx__fail(p->e, WFX_MALFORMED, h->decl.loc, "import after %s", p->defined);
  struct wfx_module *m = p->m;
  uint32_t id = wfx__module_count(m, (uint32_t)kind) - 1;
  struct import im = {h->module, h->field, (uint32_t)kind, id, h->decl.loc};
  TRY(wfx__parse_limit(p, m->imports.n + 1, m->ctx->limits.n_imports, "imports"));
  wfx__module_decl(m, (uint32_t)kind, id)->import = (uint32_t)m->imports.n;
  return vec_push(p->e, &m->imports, im);
}

static bool parse_typeuse_type(struct parser *p, uint32_t *type) {
  struct typeuse use;
  wfx__strmap_free(p->m->ctx, &p->locals);
  return wfx__parse_typeuse(p, true, &use) && wfx__parse_typeuse_type(p, &use, type);
}

/* i32 or i64, if it is there. */
static bool take_addrtype(struct parser *p) {
  return !take_word(p, "i32") && take_word(p, "i64");
}

static bool parse_limits(struct parser *p, bool is_64, wfx_size_limits *out) {
  memset(out, 0, sizeof *out);
  out->is_64 = is_64;
  /* Whether they fit the address type is for validation to say. */
  TRY(wfx__parse_uint(p, 64, "i64 ", &out->min));
  if (!wfx__parse_is_index(p, 0)) return true;
  out->has_max = true;
  return wfx__parse_uint(p, 64, "i64 ", &out->max);
}

/* (offset expr), or an instruction in parentheses. */
static bool parse_offset(struct parser *p, struct expr *out) {
  if (!take_open(p, "offset")) return wfx__parse_expr(p, true, out);
  return wfx__parse_expr(p, false, out) && wfx__parse_close(p);
}

/* The offset zero of a segment written inside a table or memory. */
static bool zero_offset(struct parser *p, bool is_64, struct token tok, struct expr *out) {
  struct inst in = {.op = is_64 ? WFX_OP_i64_const : WFX_OP_i32_const};
  p->code = &p->m->const_code;
  p->body = NULL;
  out->first = (uint32_t)p->code->insts.n;
  out->n = 1;
  return wfx__parse_emit(p, in, tok);
}

/* ---- Functions --------------------------------------------------------------------------- */

static bool push_func(struct parser *p, const struct head *h, uint32_t type) {
  struct func f = {h->decl, type, WFX_NO_ID};
  TRY(wfx__parse_limit(p, p->m->funcs.n + 1, p->m->ctx->limits.n_funcs, "functions"));
  TRY(vec_push(p->e, &p->m->funcs, f));
  return finish_decl(p, WFX_EXTERN_FUNC, h);
}

/* (local ...)* */
static bool parse_locals(struct parser *p, struct body *b, uint32_t n_params) {
  while (take_open(p, "local")) {
    struct token tok = tok_at(p, 0);
    struct index_name name = {n_params + b->n_locals, {NULL, 0}};
    wfx_str id;
    wfx_valtype t;
    bool is_one = tok.kind == TOKEN_ID || wfx__annots_is_name(p);
    if (is_one) {
      TRY(wfx__parse_id(p, &id, &name.name));
      if (id.data) TRY(wfx__parse_bind(p, &p->locals, tok, id, name.index, "local"));
      TRY(vec_push(p->e, &b->local_names, name));
    }
    while (is_one || !close_is(p)) {
      TRY(wfx__parse_limit(p, (uint64_t)b->n_locals + 1, p->m->ctx->limits.n_locals, "locals"));
      TRY(wfx__parse_valtype(p, &t));
      TRY(wfx__body_add_locals(p->e, b, 1, t));
      if (is_one) break;
    }
    TRY(wfx__parse_close(p));
  }
  return true;
}

static bool parse_body(struct parser *p, uint32_t func, uint32_t n_params) {
  struct body *b;
  TRY(wfx__module_new_body(p->m, func, &b));
  for (size_t i = 0; i < p->names.n; i++)
    TRY(vec_push(p->e, &b->local_names, p->names.data[i]));
  p->body = b;
  p->code = &b->code;
  p->n_blocks = 0;
  TRY(parse_locals(p, b, n_params));
  TRY(wfx__parse_insts(p, false));
  struct inst end = {.op = WFX_OP_end};
  TRY(wfx__parse_emit(p, end, tok_at(p, 0)));
  b->is_finished = true;
  return true;
}

bool wfx__parse_func(struct parser *p) {
  struct head h;
  struct typeuse use;
  uint32_t type, func = (uint32_t)p->m->funcs.n;
  size_t first = p->at;
  TRY(parse_head(p, WFX_EXTERN_FUNC, &h));
  wfx__strmap_free(p->m->ctx, &p->locals);
  TRY(wfx__parse_typeuse(p, true, &use));
  TRY(wfx__parse_typeuse_type(p, &use, &type));
  TRY(push_func(p, &h, type));
  if (!h.is_import) {
    uint32_t n_params = use.n_params;
    if (n_params == 0 && type < p->m->types.types.n &&
        type_at(&p->m->types, type)->kind == WFX_TYPE_FUNC)
      n_params = type_at(&p->m->types, type)->n_params;
    TRY(parse_body(p, func, n_params));
  }
  return wfx__parse_close(p) && wfx__annots_end_func(p, first);
}

/* ---- Tables and element segments --------------------------------------------------------- */

static bool push_table(struct parser *p, const struct head *h, struct table *t) {
  t->decl = h->decl;
  TRY(wfx__parse_limit(p, p->m->tables.n + 1, p->m->ctx->limits.n_tables, "tables"));
  TRY(vec_push(p->e, &p->m->tables, *t));
  return finish_decl(p, WFX_EXTERN_TABLE, h);
}

/* Function indices, as many as there are. */
static bool parse_elem_funcs(struct parser *p, struct elem *e) {
  e->type = wfx_ref(WFX_HEAP_FUNC);
  while (!close_is(p)) {
    uint32_t func;
    TRY(wfx__parse_limit(p, ++p->n_elem_items, p->m->ctx->limits.n_elems, "elements"));
    TRY(wfx__parse_index(p, SPACE_FUNC, &func));
    TRY(vec_push(p->e, &e->funcs, func));
  }
  return true;
}

/* Functions where the table wants references of a type of its own. */
static bool parse_elem_refs(struct parser *p, struct elem *e) {
  e->has_exprs = true;
  p->code = &p->m->const_code;
  p->body = NULL;
  while (!close_is(p)) {
    struct token tok = tok_at(p, 0);
    uint32_t func;
    TRY(wfx__parse_limit(p, ++p->n_elem_items, p->m->ctx->limits.n_elems, "elements"));
    TRY(wfx__parse_index(p, SPACE_FUNC, &func));
    struct expr item = {(uint32_t)p->code->insts.n, 1};
    struct inst in = {.op = WFX_OP_ref_func, .imm = func};
    TRY(wfx__parse_emit(p, in, tok));
    TRY(vec_push(p->e, &e->exprs, item));
  }
  return true;
}

/* Items of e->type. */
static bool parse_elem_items(struct parser *p, struct elem *e) {
  e->has_exprs = true;
  while (!close_is(p)) {
    struct expr item;
    TRY(wfx__parse_limit(p, ++p->n_elem_items, p->m->ctx->limits.n_elems, "elements"));
    if (take_open(p, "item")) {
      TRY(wfx__parse_expr(p, false, &item));
      TRY(wfx__parse_close(p));
    } else {
      TRY(wfx__parse_expr(p, true, &item));
    }
    TRY(vec_push(p->e, &e->exprs, item));
  }
  return true;
}

/* A new segment, owned by the module from the start. */
static bool add_elem(struct parser *p, const struct decl *decl, struct elem **out) {
  struct elem e = {.decl = *decl, .mode = SEGMENT_PASSIVE, .form = ELEM_FORM_ANY};
  TRY(wfx__parse_limit(p, ++p->n_elem_items, p->m->ctx->limits.n_elems, "elements"));
  TRY(vec_push(p->e, &p->m->elems, e));
  *out = &vec_last(&p->m->elems);
  return true;
}

/* (elem ...) inside the table that comes next. */
static bool parse_inline_elem(struct parser *p, struct table *t) {
  struct decl decl = {.import = WFX_NO_ID, .loc = tok_loc(p, tok_at(p, 0))};
  struct token tok = tok_at(p, 1);
  struct elem *e;
  p->at += 2;
  TRY(add_elem(p, &decl, &e));
  e->mode = SEGMENT_ACTIVE;
  e->table = (uint32_t)p->m->tables.n;
  TRY(zero_offset(p, t->limits.is_64, tok, &e->offset));
  bool are_funcs = wfx__parse_is_index(p, 0) || close_is(p);
  bool is_funcref = wfx_heap_of(t->type) == WFX_HEAP_FUNC;
  if (!are_funcs || !is_funcref) e->type = t->type;
  TRY(are_funcs ? is_funcref ? parse_elem_funcs(p, e) : parse_elem_refs(p, e)
                : parse_elem_items(p, e));
  t->limits.min = e->has_exprs ? e->exprs.n : e->funcs.n;
  t->limits.max = t->limits.min;
  t->limits.has_max = true;
  return wfx__parse_close(p);
}

bool wfx__parse_table(struct parser *p) {
  struct head h;
  struct table t;
  memset(&t, 0, sizeof t);
  TRY(parse_head(p, WFX_EXTERN_TABLE, &h));
  bool is_64 = take_addrtype(p);
  if (!h.is_import && wfx__parse_is_reftype(p)) {
    t.limits.is_64 = is_64;
    TRY(wfx__parse_reftype(p, &t.type));
    if (!open_is(p, "elem")) return wfx__parse_unexpected(p, tok_at(p, 0).kind == TOKEN_OPEN);
    TRY(parse_inline_elem(p, &t));
  } else {
    TRY(parse_limits(p, is_64, &t.limits));
    TRY(wfx__parse_reftype(p, &t.type));
    if (!h.is_import && !close_is(p)) {
      t.has_init = true;
      TRY(wfx__parse_expr(p, false, &t.init));
    }
  }
  TRY(push_table(p, &h, &t));
  return wfx__parse_close(p);
}

/* Whether the offset of an active segment begins here, not a list of items. */
static bool offset_is(const struct parser *p) {
  return tok_at(p, 0).kind == TOKEN_OPEN && !tok_is(p, 1, "ref") && !tok_is(p, 1, "item");
}

bool wfx__parse_elem(struct parser *p) {
  struct head h;
  struct elem *e;
  TRY(parse_id_head(p, &h));
  TRY(add_elem(p, &h.decl, &e));
  bool has_table = false;
  if (take_word(p, "declare")) {
    e->mode = SEGMENT_DECLARATIVE;
  } else if (take_open(p, "table")) {
    has_table = true;
    TRY(wfx__parse_index(p, SPACE_TABLE, &e->table));
    TRY(wfx__parse_close(p));
  }
  if (has_table || (e->mode == SEGMENT_PASSIVE && offset_is(p))) {
    e->mode = SEGMENT_ACTIVE;
    TRY(parse_offset(p, &e->offset));
  }
  if (wfx__parse_is_reftype(p)) {
    TRY(wfx__parse_reftype(p, &e->type));
    TRY(parse_elem_items(p, e));
  } else {
    bool may_omit = e->mode == SEGMENT_ACTIVE && !has_table;
    if (!take_word(p, "func") && !may_omit) return wfx__parse_unexpected(p, 0);
    TRY(parse_elem_funcs(p, e));
  }
  return wfx__parse_close(p);
}

/* ---- Memories and data segments ---------------------------------------------------------- */

static bool push_memory(struct parser *p, const struct head *h, wfx_size_limits limits) {
  struct mem mem = {h->decl, limits};
  TRY(wfx__parse_limit(p, p->m->mems.n + 1, p->m->ctx->limits.n_memories, "memories"));
  TRY(vec_push(p->e, &p->m->mems, mem));
  return finish_decl(p, WFX_EXTERN_MEM, h);
}

/* Strings of a segment, into the module's arena. */
static bool parse_data_bytes(struct parser *p, struct data *d) {
  TRY(wfx__parse_strings(p));
  wfx_str s;
  TRY(wfx__module_str(p->m, (const char *)p->bytes.data, p->bytes.n, &s));
  d->bytes = (const uint8_t *)s.data;
  d->n_bytes = s.n;
  return true;
}

static bool push_data(struct parser *p, const struct data *d) {
  TRY(wfx__parse_limit(p, p->m->datas.n + 1, p->m->ctx->limits.n_datas, "data segments"));
  return vec_push(p->e, &p->m->datas, *d);
}

/* (data ...) inside the memory that comes next. */
static bool parse_inline_data(struct parser *p, wfx_size_limits *limits) {
  struct data d = {.decl = {.import = WFX_NO_ID, .loc = tok_loc(p, tok_at(p, 0))},
                   .mode = SEGMENT_ACTIVE, .form = ELEM_FORM_ANY,
                   .mem = (uint32_t)p->m->mems.n};
  struct token tok = tok_at(p, 1);
  p->at += 2;
  TRY(zero_offset(p, limits->is_64, tok, &d.offset));
  TRY(parse_data_bytes(p, &d));
  TRY(push_data(p, &d));
  const uint64_t page_bytes = 65536;
  limits->min = limits->max = (d.n_bytes + page_bytes - 1) / page_bytes;
  limits->has_max = true;
  return wfx__parse_close(p);
}

static bool parse_memtype(struct parser *p, bool is_64, wfx_size_limits *limits) {
  TRY(parse_limits(p, is_64, limits));
  limits->is_shared = take_word(p, "shared");
  return !limits->is_shared || wfx__parse_need(p, WFX_FEATURE_THREADS);
}

bool wfx__parse_memory(struct parser *p) {
  struct head h;
  wfx_size_limits limits;
  memset(&limits, 0, sizeof limits);
  TRY(parse_head(p, WFX_EXTERN_MEM, &h));
  limits.is_64 = take_addrtype(p);
  if (!h.is_import && open_is(p, "data")) TRY(parse_inline_data(p, &limits));
  else TRY(parse_memtype(p, limits.is_64, &limits));
  TRY(push_memory(p, &h, limits));
  return wfx__parse_close(p);
}

bool wfx__parse_data(struct parser *p) {
  struct head h;
  TRY(parse_id_head(p, &h));
  struct data d = {.decl = h.decl, .mode = SEGMENT_PASSIVE, .form = ELEM_FORM_ANY};
  if (tok_at(p, 0).kind == TOKEN_OPEN) {
    d.mode = SEGMENT_ACTIVE;
    if (take_open(p, "memory")) {
      TRY(wfx__parse_index(p, SPACE_MEM, &d.mem));
      TRY(wfx__parse_close(p));
    }
    TRY(parse_offset(p, &d.offset));
  }
  TRY(parse_data_bytes(p, &d));
  TRY(push_data(p, &d));
  return wfx__parse_close(p);
}

/* ---- Globals and tags -------------------------------------------------------------------- */

static bool parse_globaltype(struct parser *p, struct global *g) {
  g->is_mutable = take_open(p, "mut");
  TRY(wfx__parse_valtype(p, &g->type));
  return !g->is_mutable || wfx__parse_close(p);
}

static bool push_global(struct parser *p, const struct head *h, struct global *g) {
  g->decl = h->decl;
  TRY(wfx__parse_limit(p, p->m->globals.n + 1, p->m->ctx->limits.n_globals, "globals"));
  TRY(vec_push(p->e, &p->m->globals, *g));
  return finish_decl(p, WFX_EXTERN_GLOBAL, h);
}

bool wfx__parse_global(struct parser *p) {
  struct head h;
  struct global g;
  memset(&g, 0, sizeof g);
  TRY(parse_head(p, WFX_EXTERN_GLOBAL, &h));
  TRY(parse_globaltype(p, &g));
  if (!h.is_import) TRY(wfx__parse_expr(p, false, &g.init));
  TRY(push_global(p, &h, &g));
  return wfx__parse_close(p);
}

static bool push_tag(struct parser *p, const struct head *h, uint32_t type) {
  struct tag t = {h->decl, type};
  TRY(wfx__parse_limit(p, p->m->tags.n + 1, p->m->ctx->limits.n_tags, "tags"));
  TRY(vec_push(p->e, &p->m->tags, t));
  return finish_decl(p, WFX_EXTERN_TAG, h);
}

bool wfx__parse_tag(struct parser *p) {
  struct head h;
  uint32_t type;
  TRY(parse_head(p, WFX_EXTERN_TAG, &h));
  TRY(parse_typeuse_type(p, &type));
  TRY(push_tag(p, &h, type));
  return wfx__parse_close(p);
}

/* ---- Imports, exports, start ------------------------------------------------------------- */

static bool parse_kind(struct parser *p, wfx_extern_kind *out) {
  static const char *const texts[] = {
      [WFX_EXTERN_FUNC] = "func",     [WFX_EXTERN_TABLE] = "table", [WFX_EXTERN_MEM] = "memory",
      [WFX_EXTERN_GLOBAL] = "global", [WFX_EXTERN_TAG] = "tag",
  };
  for (unsigned i = 0; i < sizeof texts / sizeof *texts; i++)
    if (open_is(p, texts[i])) {
      *out = (wfx_extern_kind)i;
      return true;
    }
  return wfx__parse_unexpected(p, tok_at(p, 0).kind == TOKEN_OPEN);
}

bool wfx__parse_import(struct parser *p) {
  struct head h, names;
  struct table table;
  struct global global;
  wfx_size_limits limits;
  wfx_extern_kind kind;
  uint32_t type;
  wfx_loc loc = tok_loc(p, tok_at(p, 0));
  memset(&table, 0, sizeof table);
  memset(&global, 0, sizeof global);
  p->at += 2;
  TRY(parse_import_names(p, &names));
  TRY(parse_kind(p, &kind));
  TRY(parse_id_head(p, &h));
  h.is_import = true;
  h.module = names.module;
  h.field = names.field;
  h.decl.loc = loc;
  switch (kind) {
  case WFX_EXTERN_FUNC:
    TRY(parse_typeuse_type(p, &type));
    TRY(push_func(p, &h, type));
    break;
  case WFX_EXTERN_TABLE: {
    bool is_64 = take_addrtype(p);
    TRY(parse_limits(p, is_64, &table.limits));
    TRY(wfx__parse_reftype(p, &table.type));
    TRY(push_table(p, &h, &table));
    break;
  }
  case WFX_EXTERN_MEM: {
    bool is_64 = take_addrtype(p);
    TRY(parse_memtype(p, is_64, &limits));
    TRY(push_memory(p, &h, limits));
    break;
  }
  case WFX_EXTERN_GLOBAL:
    TRY(parse_globaltype(p, &global));
    TRY(push_global(p, &h, &global));
    break;
  case WFX_EXTERN_TAG:
    TRY(parse_typeuse_type(p, &type));
    TRY(push_tag(p, &h, type));
    break;
  }
  return wfx__parse_close(p) && wfx__parse_close(p);
}

bool wfx__parse_export(struct parser *p) {
  static const enum ref_space spaces[] = {
      [WFX_EXTERN_FUNC] = SPACE_FUNC,     [WFX_EXTERN_TABLE] = SPACE_TABLE,
      [WFX_EXTERN_MEM] = SPACE_MEM,       [WFX_EXTERN_GLOBAL] = SPACE_GLOBAL,
      [WFX_EXTERN_TAG] = SPACE_TAG,
  };
  struct token tok = tok_at(p, 0);
  wfx_str name;
  wfx_extern_kind kind;
  uint32_t id;
  p->at += 2;
  TRY(wfx__parse_name(p, &name));
  TRY(parse_kind(p, &kind));
  p->at += 2;
  TRY(wfx__parse_index(p, spaces[kind], &id));
  TRY(add_export(p, name, (uint32_t)kind, id, tok));
  return wfx__parse_close(p) && wfx__parse_close(p);
}

bool wfx__parse_start(struct parser *p) {
  struct token tok = tok_at(p, 0);
  p->at += 2;
  if (p->has_start)
    return wfx__fail(p->e, WFX_MALFORMED, tok_loc(p, tok), "multiple start sections");
  p->has_start = true;
  TRY(wfx__parse_index(p, SPACE_FUNC, &p->m->start));
  return wfx__parse_close(p);
}
