/* print.c: modules as text: the fields, in the order of the index spaces. Spec: Text Format,
 * Modules. */
#include "text/print.h"

/* ---- Declarations ------------------------------------------------------------------------ */

/* "(word $id", on a line. */
static void open_field(struct printer *p, const char *word, enum ref_space space, uint32_t id) {
  wfx__out_line(p);
  wfx__out(p, "(");
  wfx__out(p, word);
  wfx__out_id(p, space, id);
}

static void out_limits(struct printer *p, wfx_size_limits limits) {
  wfx__out(p, limits.is_64 ? " i64 " : " ");
  wfx__out_uint(p, limits.min);
  if (limits.has_max) {
    wfx__out(p, " ");
    wfx__out_uint(p, limits.max);
  }
  if (limits.is_shared) wfx__out(p, " shared");
}

static void out_table_type(struct printer *p, uint32_t id) {
  const struct table *t = &p->m->tables.data[id];
  out_limits(p, t->limits);
  wfx__out(p, " ");
  wfx__out_valtype(p, t->type);
}

static void out_global_type(struct printer *p, uint32_t id) {
  const struct global *g = &p->m->globals.data[id];
  wfx__out(p, g->is_mutable ? " (mut " : " ");
  wfx__out_valtype(p, g->type);
  if (g->is_mutable) wfx__out(p, ")");
}

/* What an export or import of a kind is about. */
static enum ref_space kind_space(uint32_t kind) {
  switch ((wfx_extern_kind)kind) {
  case WFX_EXTERN_FUNC: return SPACE_FUNC;
  case WFX_EXTERN_TABLE: return SPACE_TABLE;
  case WFX_EXTERN_MEM: return SPACE_MEM;
  case WFX_EXTERN_GLOBAL: return SPACE_GLOBAL;
  case WFX_EXTERN_TAG: return SPACE_TAG;
  }
  return SPACE_COUNT;
}

static const char *const extern_words[] = {
    [WFX_EXTERN_FUNC] = "func",     [WFX_EXTERN_TABLE] = "table", [WFX_EXTERN_MEM] = "memory",
    [WFX_EXTERN_GLOBAL] = "global", [WFX_EXTERN_TAG] = "tag",
};

static void print_import(struct printer *p, const struct import *im) {
  const struct wfx_module *m = p->m;
  wfx__out_line(p);
  wfx__out(p, "(import ");
  wfx__out_string(p, im->module.data, im->module.n, true);
  wfx__out(p, " ");
  wfx__out_string(p, im->field.data, im->field.n, true);
  wfx__out(p, " (");
  wfx__out(p, extern_words[im->kind]);
  wfx__out_id(p, kind_space(im->kind), im->id);
  switch ((wfx_extern_kind)im->kind) {
  case WFX_EXTERN_FUNC: wfx__out_typeuse(p, m->funcs.data[im->id].type, TYPEUSE_SHORT); break;
  case WFX_EXTERN_TABLE: out_table_type(p, im->id); break;
  case WFX_EXTERN_MEM: out_limits(p, m->mems.data[im->id].limits); break;
  case WFX_EXTERN_GLOBAL: out_global_type(p, im->id); break;
  case WFX_EXTERN_TAG: wfx__out_typeuse(p, m->tags.data[im->id].type, TYPEUSE_SHORT); break;
  }
  wfx__out(p, "))");
}

static void print_tag(struct printer *p, uint32_t id) {
  open_field(p, "tag", SPACE_TAG, id);
  wfx__out_typeuse(p, p->m->tags.data[id].type, TYPEUSE_SHORT);
  wfx__out(p, ")");
}

static void print_memory(struct printer *p, uint32_t id) {
  open_field(p, "memory", SPACE_MEM, id);
  out_limits(p, p->m->mems.data[id].limits);
  wfx__out(p, ")");
}

static void print_table(struct printer *p, uint32_t id) {
  const struct table *t = &p->m->tables.data[id];
  open_field(p, "table", SPACE_TABLE, id);
  out_table_type(p, id);
  if (t->has_init) wfx__out_expr(p, t->init, NULL);
  wfx__out(p, ")");
}

static void print_global(struct printer *p, uint32_t id) {
  open_field(p, "global", SPACE_GLOBAL, id);
  out_global_type(p, id);
  wfx__out_expr(p, p->m->globals.data[id].init, NULL);
  wfx__out(p, ")");
}

static void print_export(struct printer *p, const struct export *ex) {
  wfx__out_line(p);
  wfx__out(p, "(export ");
  wfx__out_string(p, ex->name.data, ex->name.n, true);
  wfx__out(p, " (");
  wfx__out(p, extern_words[ex->kind]);
  wfx__out(p, " ");
  wfx__out_ref(p, kind_space(ex->kind), ex->id);
  wfx__out(p, "))");
}

/* ---- Segments ---------------------------------------------------------------------------- */

/* A space, or a new line when the line is full. */
static void out_break(struct printer *p) {
  if (wfx__column(p) < PRINT_WIDTH) {
    wfx__out(p, " ");
    return;
  }
  p->indent += 2;
  wfx__out_line(p);
  p->indent -= 2;
}

static bool is_index_0(const struct printer *p, enum ref_space space, uint32_t handle) {
  return handle < p->map.n[space] ? p->map.of[space][handle] == 0 : handle == 0;
}

/* The table or memory of an active segment, unless it is the first. */
static void out_place(struct printer *p, const char *word, enum ref_space space, uint32_t id) {
  if (is_index_0(p, space, id)) return;
  wfx__out(p, " (");
  wfx__out(p, word);
  wfx__out(p, " ");
  wfx__out_ref(p, space, id);
  wfx__out(p, ")");
}

static void print_elem(struct printer *p, uint32_t id) {
  const struct elem *e = &p->m->elems.data[id];
  open_field(p, "elem", SPACE_ELEM, id);
  switch ((enum segment_mode)e->mode) {
  case SEGMENT_ACTIVE:
    out_place(p, "table", SPACE_TABLE, e->table);
    wfx__out_expr(p, e->offset, "offset");
    break;
  case SEGMENT_PASSIVE: break;
  case SEGMENT_DECLARATIVE: wfx__out(p, " declare"); break;
  }
  wfx__out(p, " ");
  if (e->has_exprs) wfx__out_valtype(p, e->type);
  else wfx__out(p, "func");
  for (size_t i = 0; e->has_exprs && i < e->exprs.n && !is_stopped(p); i++) {
    if (wfx__column(p) >= PRINT_WIDTH) out_break(p);
    wfx__out_expr(p, e->exprs.data[i], "item");
  }
  for (size_t i = 0; !e->has_exprs && i < e->funcs.n && !is_stopped(p); i++) {
    out_break(p);
    wfx__out_ref(p, SPACE_FUNC, e->funcs.data[i]);
  }
  wfx__out(p, ")");
}

/* ---- Functions that only bodies name ----------------------------------------------------- */

/* Flags of functions. */
enum { NAMED_OUTSIDE = 1, NAMED_INSIDE = 2 };

static void flag_code(struct printer *p, const struct code *c, size_t first, size_t n,
                      uint8_t *flags, uint8_t flag) {
  size_t last = first + n < c->insts.n ? first + n : c->insts.n;
  for (size_t i = first; i < last; i++)
    if (c->insts.data[i].op == WFX_OP_ref_func && imm_lo(&c->insts.data[i]) < p->m->funcs.n)
      flags[imm_lo(&c->insts.data[i])] |= flag;
}

/* The functions that occur outside bodies and inside. Spec: Validation, Modules, C.refs. */
static void flag_funcs(struct printer *p, uint8_t *flags) {
  const struct wfx_module *m = p->m;
  flag_code(p, &m->const_code, 0, m->const_code.insts.n, flags, NAMED_OUTSIDE);
  for (size_t i = 0; i < m->exports.n; i++)
    if (m->exports.data[i].kind == WFX_EXTERN_FUNC && m->exports.data[i].id < m->funcs.n)
      flags[m->exports.data[i].id] |= NAMED_OUTSIDE;
  for (size_t i = 0; i < m->elems.n; i++)
    for (size_t k = 0; k < m->elems.data[i].funcs.n; k++)
      if (m->elems.data[i].funcs.data[k] < m->funcs.n)
        flags[m->elems.data[i].funcs.data[k]] |= NAMED_OUTSIDE;
  for (size_t i = 0; i < m->bodies.n; i++) {
    const struct body *b = m->bodies.data[i];
    if (b && !b->bytes && (m->infers_refs || b->is_built))
      flag_code(p, &b->code, 0, b->code.insts.n, flags, NAMED_INSIDE);
  }
}

/* The declarative segment that the encoder adds as well. */
static void print_undeclared(struct printer *p) {
  uint32_t n = p->map.n[SPACE_FUNC];
  uint8_t *flags = wfx__arena_alloc(&p->arena, n);
  if (!flags) wfx__fail_nomem(&p->errs);
  if (!flags) return;
  flag_funcs(p, flags);
  bool is_open = false;
  for (uint32_t i = 0; i < n && !is_stopped(p); i++) {
    uint32_t id = p->map.ids[SPACE_FUNC][i];
    if (flags[id] != NAMED_INSIDE) continue;
    if (!is_open) {
      wfx__out_line(p);
      wfx__out(p, "(elem declare func");
    }
    is_open = true;
    out_break(p);
    wfx__out_ref(p, SPACE_FUNC, id);
  }
  if (is_open) wfx__out(p, ")");
}

/* ---- Data and custom sections ------------------------------------------------------------ */

static void print_data(struct printer *p, uint32_t id) {
  const struct data *d = &p->m->datas.data[id];
  open_field(p, "data", SPACE_DATA, id);
  if (d->mode == SEGMENT_ACTIVE) {
    out_place(p, "memory", SPACE_MEM, d->mem);
    wfx__out_expr(p, d->offset, "offset");
  }
  wfx__out_strings(p, d->bytes, d->n_bytes);
  wfx__out(p, ")");
}

/* ORDER section.def */
static void print_custom(struct printer *p, const struct custom *c) {
  static const char *const places[] = {
      "before first", "after type", "after import", "after func", "after table", "after memory",
      "after tag", "after global", "after export", "after start", "after elem",
      "after datacount", "after code", "after data",
  };
  wfx__out_line(p);
  wfx__out(p, "(@custom ");
  wfx__out_string(p, c->name.data, c->name.n, true);
  if (c->after < sizeof places / sizeof *places) {
    wfx__out(p, " (");
    wfx__out(p, places[c->after]);
    wfx__out(p, ")");
  }
  wfx__out_strings(p, c->bytes, c->n_bytes);
  wfx__out(p, ")");
}

/* ---- Functions --------------------------------------------------------------------------- */

/* One "(local ...)" with all neighbours that have no name, or one with a name. */
static void print_locals(struct printer *p, const struct body *b, uint32_t n_params) {
  uint32_t index = n_params;
  bool is_open = false, is_first = true;
  for (size_t r = 0; r < b->runs.n; r++)
    for (uint32_t i = 0; i < b->runs.data[r].n && !is_stopped(p); i++, index++) {
      bool has_name = wfx__has_name(&p->locals, index);
      if (is_open && (has_name || wfx__column(p) >= PRINT_WIDTH)) {
        wfx__out(p, ")");
        is_open = false;
      }
      if (!is_open) {
        if (is_first || wfx__column(p) >= PRINT_WIDTH) wfx__out_line(p);
        else wfx__out(p, " ");
        wfx__out(p, "(local");
        is_open = true;
        is_first = false;
      }
      wfx__out(p, " ");
      wfx__out_list_id(p, &p->locals, index);
      wfx__out_valtype(p, b->runs.data[r].type);
      if (!has_name) continue;
      wfx__out(p, ")");
      is_open = false;
    }
  if (is_open) wfx__out(p, ")");
}

/* The body, opened by now. */
static void print_body(struct printer *p, const struct body *b) {
  const struct type *t = wfx__print_type(p, p->type);
  p->body = b;
  p->code = &b->code;
  p->n_blocks = 0;
  p->next_label = 0;
  wfx__labels_clear(p->m->ctx, &p->labels);
  p->indent++;
  uint32_t indent = p->indent;
  print_locals(p, b, t && t->kind == WFX_TYPE_FUNC ? t->n_params : 0);
  if (p->flags & WFX_PRINT_FOLDED) wfx__print_folded(p);
  else wfx__print_flat(p);
  p->indent = indent - 1;
  if (b->code.insts.n > 1 || b->runs.n != 0) wfx__out_line(p);
}

static void print_func(struct printer *p, uint32_t id) {
  static const struct id_list no_ids;
  struct body *b = wfx__module_body(p->m, id);
  uint32_t body = p->m->funcs.data[id].body;
  if (!b && body != WFX_NO_ID) {
    wfx__fail_copy(&p->errs, &p->m->bodies.data[body]->errs);
    return;
  }
  p->locals = no_ids;
  p->type = p->m->funcs.data[id].type;
  wfx__arena_reset(&p->func_arena);
  if (b && !wfx__make_ids(p, &p->func_arena, b->local_names.data, b->local_names.n, &p->locals))
    return;
  open_field(p, "func", SPACE_FUNC, id);
  wfx__out_typeuse(p, p->type, TYPEUSE_FUNC);
  if (b) print_body(p, b);
  wfx__out(p, ")");
  p->locals = no_ids;
}

/* ---- Modules ----------------------------------------------------------------------------- */

/* Whether a type refers only to types before it. */
static bool looks_back(const struct printer *p, uint32_t index, const struct type *t) {
  for (uint32_t i = 0; i < t->n_params + t->n_results; i++) {
    wfx_valtype val = t->vals[i];
    if (!wfx_is_ref(val) || !wfx_heap_is_type(wfx_heap_of(val))) continue;
    uint32_t id = wfx_heap_type(wfx_heap_of(val)).i;
    if (id >= p->map.n[SPACE_TYPE] || p->map.of[SPACE_TYPE][id] >= index) return false;
  }
  return true;
}

/* Which types an inline signature finds when the text is parsed: the first of each kind that is
 * a function type alone in its group, final, without supertype and not recursive. */
static bool find_implied(struct printer *p) {
  const struct types *ts = &p->m->types;
  size_t n = ts->types.n;
  bool *is_taken = wfx__arena_alloc(&p->arena, n * sizeof *is_taken);
  p->is_implied = wfx__arena_alloc(&p->arena, n * sizeof *p->is_implied);
  if (!is_taken || !p->is_implied) return wfx__fail_nomem(&p->errs);
  for (uint32_t i = 0; i < n; i++) {
    uint32_t id = p->map.ids[SPACE_TYPE][i];
    const struct type *t = type_at(ts, id);
    const struct group *g = &ts->groups.data[t->group];
    if (t->kind != WFX_TYPE_FUNC || g->n != 1 || !g->is_ended || !type_is_final(t) ||
        t->super != WFX_NO_ID || is_taken[t->canon] || !looks_back(p, i, t))
      continue;
    p->is_implied[id] = is_taken[t->canon] = true;
  }
  return true;
}

static bool init_printer(struct printer *p, wfx_module *m, uint32_t flags) {
  memset(p, 0, sizeof *p);
  p->m = m;
  p->flags = flags;
  wfx__errs_init(&p->errs, m->ctx);
  wfx__arena_init(&p->arena, m->ctx);
  wfx__arena_init(&p->func_arena, m->ctx);
  return wfx__index_map(m, &p->arena, &p->errs, &p->map) && wfx__print_ids(p) &&
         find_implied(p);
}

/* End printing: hand out what was printed, without the first line break. */
static wfx_status finish_print(struct printer *p, wfx_bytes *out) {
  const wfx_ctx *ctx = p->m->ctx;
  *out = (wfx_bytes){NULL, 0};
  wfx__out(p, "\n");
  if (!is_stopped(p)) {
    out->n = p->out.n - 1;
    out->data = wfx__alloc(ctx, out->n);
    if (out->data) memcpy(out->data, p->out.data + 1, out->n);
    else wfx__fail_nomem(&p->errs);
  }
  wfx_status status = errs_status(&p->errs);
  if (status != WFX_OK) out->n = 0;
  wfx__labels_free(ctx, &p->labels);
  vec_free(ctx, &p->out);
  wfx__errs_free(&p->errs);
  wfx__arena_free(&p->func_arena);
  wfx__arena_free(&p->arena);
  return status;
}

/* Call print for every definition of a space, in the order of indices. */
static void print_space(struct printer *p, enum ref_space space, uint32_t n_imported,
                        void (*print)(struct printer *p, uint32_t id)) {
  for (uint32_t i = n_imported; i < p->map.n[space] && !is_stopped(p); i++)
    print(p, p->map.ids[space][i]);
}

static void print_fields(struct printer *p) {
  const struct wfx_module *m = p->m;
  uint32_t n_imported[SPACE_COUNT + 1] = {0};
  wfx__print_types(p);
  for (size_t i = 0; i < m->imports.n && !is_stopped(p); i++) {
    print_import(p, &m->imports.data[i]);
    n_imported[kind_space(m->imports.data[i].kind)]++;
  }
  print_space(p, SPACE_TAG, n_imported[SPACE_TAG], print_tag);
  print_space(p, SPACE_MEM, n_imported[SPACE_MEM], print_memory);
  print_space(p, SPACE_TABLE, n_imported[SPACE_TABLE], print_table);
  print_space(p, SPACE_GLOBAL, n_imported[SPACE_GLOBAL], print_global);
  for (size_t i = 0; i < m->exports.n && !is_stopped(p); i++)
    print_export(p, &m->exports.data[i]);
  if (m->start != WFX_NO_ID) {
    wfx__out_line(p);
    wfx__out(p, "(start ");
    wfx__out_ref(p, SPACE_FUNC, m->start);
    wfx__out(p, ")");
  }
  print_space(p, SPACE_ELEM, 0, print_elem);
  print_undeclared(p);
  print_space(p, SPACE_FUNC, n_imported[SPACE_FUNC], print_func);
  print_space(p, SPACE_DATA, 0, print_data);
  for (size_t i = 0; i < m->customs.n && !is_stopped(p); i++)
    print_custom(p, &m->customs.data[i]);
}

wfx_status wfx_module_print(wfx_module *m, uint32_t flags, wfx_bytes *out) {
  struct printer p;
  if (init_printer(&p, m, flags)) {
    wfx__out(&p, "\n(module");
    if (m->name.data && !(flags & WFX_PRINT_NO_NAMES)) {
      wfx__out(&p, m->name.n != 0 ? " " : " (@name \"\")");
      if (m->name.n != 0) wfx__out_name_id(&p, m->name);
    }
    p.indent = 1;
    print_fields(&p);
    p.indent = 0;
    if (p.out.n > 0 && wfx__column(&p) != p.out.n - 1) wfx__out_line(&p);
    wfx__out(&p, ")");
  }
  return finish_print(&p, out);
}

wfx_status wfx_func_print(wfx_module *m, wfx_func_id f, uint32_t flags, wfx_bytes *out) {
  struct printer p;
  if (init_printer(&p, m, flags)) print_func(&p, f.i);
  return finish_print(&p, out);
}
