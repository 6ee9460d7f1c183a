/* dwarf.c: DWARF 5 in custom sections: one compile unit with types, functions, parameters and
 * locals. The line table is in dwarf_line.c. Source: DWARF 5; DWARF for WebAssembly, which has
 * addresses count in the content of the code section. */
#include "debug/dwarf.h"
#include "debug/positions.h"

#include "binary/decode.h"
#include "ir/name.h"

/* A table of strings, each written once. */
struct strings {
  struct sink s;
  struct strmap at; /* offsets */
};

struct dwarf {
  const struct positions *p;
  struct arena arena;      /* of texts in the tables of strings */
  struct sink abbrev, info, line;
  struct strings str, line_str;
  struct map types;        /* by type_key: offset in the unit */
  wfx_str *exports;        /* by function: the first name that it is exported under */
  bool *has_abbrev;        /* by code: declared already */
  struct body scratch;     /* for bodies that were never opened */
};

/* The offset of a string. One with a NUL in it ends there. */
static uint32_t put_string(struct strings *t, const char *text, size_t n) {
  const char *nul = n != 0 ? memchr(text, '\0', n) : NULL;
  if (nul) n = (size_t)(nul - text);
  const wfx_ctx *ctx = t->s.errs->ctx;
  uint32_t at = wfx__strmap_get(ctx, &t->at, text, n);
  if (at != WFX_NO_ID) return at;
  at = (uint32_t)t->s.out.n;
  (void)wfx__strmap_add(t->s.errs, &t->at, text, n, at, NULL);
  put_bytes(&t->s, text, n);
  put_u8(&t->s, 0);
  return at;
}

static uint32_t put_c_string(struct strings *t, const char *text) {
  return put_string(t, text, strlen(text));
}

/* ---- Forms of entries -------------------------------------------------------------------- */

/* Codes of abbreviations. ABBREV_FUNC is the first of those of functions, which have FUNC_* bits
 * added. */
enum {
  ABBREV_UNIT = 1, ABBREV_BASE, ABBREV_OPAQUE, ABBREV_PARAM, ABBREV_NAMED_PARAM, ABBREV_LOCAL,
  ABBREV_FUNC = 16
};
enum { FUNC_NAMED_BIT = 1, FUNC_TYPE_BIT = 2, FUNC_EXTERNAL_BIT = 4, FUNC_DECL_BIT = 8,
       FUNC_CHILDREN_BIT = 16, ABBREV_COUNT = ABBREV_FUNC + 32 };

static void begin_abbrev(struct dwarf *d, unsigned code, unsigned tag, bool has_children) {
  put_uleb(&d->abbrev, code);
  put_uleb(&d->abbrev, tag);
  put_u8(&d->abbrev, has_children);
}
static void put_attr(struct dwarf *d, unsigned name, unsigned form) {
  put_uleb(&d->abbrev, name);
  put_uleb(&d->abbrev, form);
}
static void end_abbrev(struct dwarf *d) { put_attr(d, 0, 0); }

static void declare_fixed(struct dwarf *d) {
  begin_abbrev(d, ABBREV_BASE, DW_TAG_base_type, false);
  put_attr(d, DW_AT_name, DW_FORM_strp);
  put_attr(d, DW_AT_encoding, DW_FORM_data1);
  put_attr(d, DW_AT_byte_size, DW_FORM_data1);
  end_abbrev(d);
  begin_abbrev(d, ABBREV_OPAQUE, DW_TAG_unspecified_type, false);
  put_attr(d, DW_AT_name, DW_FORM_strp);
  end_abbrev(d);
  for (unsigned code = ABBREV_PARAM; code <= ABBREV_LOCAL; code++) {
    begin_abbrev(d, code, code == ABBREV_LOCAL ? DW_TAG_variable : DW_TAG_formal_parameter,
                 false);
    if (code != ABBREV_PARAM) put_attr(d, DW_AT_name, DW_FORM_strp);
    put_attr(d, DW_AT_type, DW_FORM_ref4);
    put_attr(d, DW_AT_location, DW_FORM_exprloc);
    end_abbrev(d);
  }
}

static void declare_func(struct dwarf *d, unsigned bits) {
  if (d->has_abbrev[ABBREV_FUNC + bits]) return;
  d->has_abbrev[ABBREV_FUNC + bits] = true;
  begin_abbrev(d, ABBREV_FUNC + bits, DW_TAG_subprogram, (bits & FUNC_CHILDREN_BIT) != 0);
  put_attr(d, DW_AT_low_pc, DW_FORM_addr);
  put_attr(d, DW_AT_high_pc, DW_FORM_data4);
  if (bits & FUNC_NAMED_BIT) put_attr(d, DW_AT_name, DW_FORM_strp);
  if (bits & FUNC_TYPE_BIT) put_attr(d, DW_AT_type, DW_FORM_ref4);
  if (bits & FUNC_EXTERNAL_BIT) put_attr(d, DW_AT_external, DW_FORM_flag_present);
  if (bits & FUNC_DECL_BIT) {
    put_attr(d, DW_AT_decl_file, DW_FORM_udata);
    put_attr(d, DW_AT_decl_line, DW_FORM_udata);
  }
  end_abbrev(d);
}

/* ---- Types ------------------------------------------------------------------------------- */

static void put_base(struct dwarf *d, const char *name, unsigned encoding, unsigned n_bytes) {
  put_uleb(&d->info, ABBREV_BASE);
  put_u32(&d->info, put_c_string(&d->str, name));
  put_u8(&d->info, encoding);
  put_u8(&d->info, n_bytes);
}

static void put_opaque(struct dwarf *d, const struct text_buf *name) {
  const char *text = wfx__arena_copy(&d->arena, name->text, name->n);
  if (!text) {
    wfx__fail_nomem(d->info.errs);
    return;
  }
  put_uleb(&d->info, ABBREV_OPAQUE);
  put_u32(&d->info, put_string(&d->str, text, name->n));
}

static void put_type(struct dwarf *d, wfx_valtype type) {
  switch (type) {
  case WFX_I32: put_base(d, "i32", DW_ATE_signed, 4); return;
  case WFX_I64: put_base(d, "i64", DW_ATE_signed, 8); return;
  case WFX_F32: put_base(d, "f32", DW_ATE_float, 4); return;
  case WFX_F64: put_base(d, "f64", DW_ATE_float, 8); return;
  case WFX_V128: put_base(d, "v128", DW_ATE_unsigned, 16); return;
  default: break;
  }
  struct text_buf name = {.n = 0};
  wfx__text_val(&name, &d->p->m->types, type);
  put_opaque(d, &name);
}

/* The offset of a type's entry in the unit, which is written when it is new: between functions,
 * not inside one. */
static uint32_t type_entry(struct dwarf *d, wfx_valtype type) {
  const wfx_ctx *ctx = d->info.errs->ctx;
  type = wfx_valtype_strip(type);
  uint32_t at = wfx__map_get(ctx, &d->types, type);
  if (at != WFX_NO_ID) return at;
  at = (uint32_t)d->info.out.n;
  put_type(d, type);
  (void)wfx__map_put(d->info.errs, &d->types, type, at);
  return at;
}

/* What a function returns, when it returns anything; several results are one opaque type. */
static uint32_t result_entry(struct dwarf *d, uint32_t func_type) {
  const uint64_t key = (uint64_t)1 << 32 | func_type;
  const struct types *ts = &d->p->m->types;
  const struct type *t = type_at(ts, func_type);
  if (t->n_results == 1) return type_entry(d, type_results(t)[0]);
  uint32_t at = wfx__map_get(d->info.errs->ctx, &d->types, key);
  if (at != WFX_NO_ID) return at;
  at = (uint32_t)d->info.out.n;
  struct text_buf name = {.n = 0};
  wfx__text_vals(&name, ts, type_results(t), t->n_results);
  put_opaque(d, &name);
  (void)wfx__map_put(d->info.errs, &d->types, key, at);
  return at;
}

/* ---- Functions --------------------------------------------------------------------------- */

/* Walks the parameters and then the locals of one function. */
struct local_walk {
  const struct type *t;
  const struct body *b;
  uint32_t i;           /* the next local */
  size_t run, name;     /* where it is in the runs and in the names */
  uint64_t run_end;     /* the first local behind that run */
};

/* What is written of a local. */
struct local {
  uint32_t i;
  wfx_valtype type;
  wfx_str name;
  bool is_param;
};

static struct local_walk walk_locals(const struct type *t, const struct body *b) {
  struct local_walk w = {.t = t, .b = b, .run_end = t->n_params};
  return w;
}

/* The next parameter, or local with a name. Cost: runs and names, not unnamed locals. */
static bool next_local(struct local_walk *w, struct local *out) {
  const vec_names *names = &w->b->local_names;
  while (w->name < names->n && names->data[w->name].index < w->i) w->name++;
  if (w->i >= w->t->n_params) {
    if (w->name == names->n) return false;
    w->i = names->data[w->name].index;
  }
  *out = (struct local){.i = w->i, .is_param = w->i < w->t->n_params};
  if (w->name < names->n && names->data[w->name].index == w->i)
    out->name = names->data[w->name].name;
  if (out->is_param) {
    out->type = w->t->vals[w->i];
  } else {
    while (w->run_end <= w->i && w->run < w->b->runs.n)
      w->run_end += w->b->runs.data[w->run++].n;
    if (w->run_end <= w->i) return false; /* a name for what is not there */
    out->type = w->b->runs.data[w->run - 1].type;
  }
  w->i++;
  return true;
}

static void put_local(struct dwarf *d, const struct local *l) {
  struct sink *s = &d->info;
  unsigned named = l->name.data ? ABBREV_NAMED_PARAM : ABBREV_PARAM;
  put_uleb(s, l->is_param ? named : (unsigned)ABBREV_LOCAL);
  if (l->name.data) put_u32(s, put_string(&d->str, l->name.data, l->name.n));
  put_u32(s, type_entry(d, l->type));
  put_uleb(s, 3 + wfx__leb_size_u(l->i));
  put_u8(s, DW_OP_WASM_location);
  put_u8(s, WASM_LOCATION_LOCAL);
  put_uleb(s, l->i);
  put_u8(s, DW_OP_stack_value);
}

static wfx_str func_name(const struct dwarf *d, uint32_t func) {
  wfx_str name = d->p->m->funcs.data[func].decl.name;
  return name.data ? name : d->exports[func];
}

static void put_func_entry(struct dwarf *d, const struct func_place *f, unsigned bits,
                           uint32_t result, struct source_pos decl) {
  struct sink *s = &d->info;
  put_uleb(s, ABBREV_FUNC + bits);
  put_u32(s, f->begin);
  put_u32(s, f->end - f->begin);
  if (bits & FUNC_NAMED_BIT) {
    wfx_str name = func_name(d, f->func);
    put_u32(s, put_string(&d->str, name.data, name.n));
  }
  if (bits & FUNC_TYPE_BIT) put_u32(s, result);
  if (bits & FUNC_DECL_BIT) {
    put_uleb(s, decl.source);
    put_uleb(s, decl.line);
  }
}

static bool put_function(struct dwarf *d, const struct func_place *f) {
  struct wfx_module *m = d->p->m;
  const struct func *func = &m->funcs.data[f->func];
  const struct body *b = m->bodies.data[func->body];
  struct body typed = *b; /* names are here in any case, the runs of locals once decoded */
  if (b->bytes && b->local_names.n != 0) {
    if (!wfx__decode_body(m, &d->scratch, b->bytes, b->n_bytes, b->offset))
      return wfx__fail_copy(d->info.errs, &d->scratch.errs);
    typed = d->scratch;
    typed.local_names = b->local_names;
  }
  static const struct type unknown = {.kind = WFX_TYPE_FUNC}; /* when it is not valid */
  const struct type *t = func->type < m->types.types.n ? type_at(&m->types, func->type) : &unknown;
  if (t->kind != WFX_TYPE_FUNC) t = &unknown;
  bool has_children = false;
  struct local l;
  struct local_walk w = walk_locals(t, &typed);
  for (; next_local(&w, &l); has_children = true) type_entry(d, l.type);
  uint32_t result = t->n_results != 0 ? result_entry(d, func->type) : 0;
  struct source_pos decl = wfx__decl_pos(d->p, f->func);
  unsigned bits = (func_name(d, f->func).data ? FUNC_NAMED_BIT : 0u) |
                  (t->n_results != 0 ? FUNC_TYPE_BIT : 0u) |
                  (d->exports[f->func].data ? FUNC_EXTERNAL_BIT : 0u) |
                  (decl.line != 0 ? FUNC_DECL_BIT : 0u) |
                  (has_children ? FUNC_CHILDREN_BIT : 0u);
  declare_func(d, bits);
  put_func_entry(d, f, bits, result, decl);
  if (!has_children) return true;
  w = walk_locals(t, &typed);
  while (next_local(&w, &l)) put_local(d, &l);
  put_u8(&d->info, 0);
  return !errs_is_set(d->info.errs);
}

/* ---- The unit ---------------------------------------------------------------------------- */

static bool find_exports(struct dwarf *d) {
  const struct wfx_module *m = d->p->m;
  d->exports = wfx__arena_alloc(&d->arena, (m->funcs.n + 1) * sizeof *d->exports);
  d->has_abbrev = wfx__arena_alloc(&d->arena, ABBREV_COUNT * sizeof *d->has_abbrev);
  if (!d->exports || !d->has_abbrev) return wfx__fail_nomem(d->info.errs);
  for (size_t i = m->exports.n; i-- > 0;) {
    const struct export *ex = &m->exports.data[i];
    if (ex->kind == WFX_EXTERN_FUNC && ex->id < m->funcs.n) d->exports[ex->id] = ex->name;
  }
  return true;
}

static void put_producer(struct dwarf *d) {
  static const char us[] = "libwasmfx ";
  const char *producer = d->p->options->producer;
  if (!producer) {
    struct text_buf text = {.n = 0};
    wfx__text_str(&text, us, sizeof us - 1);
    wfx__text_str(&text, wfx_version(), strlen(wfx_version()));
    producer = wfx__arena_copy(&d->arena, text.text, text.n);
  }
  if (!producer) wfx__fail_nomem(d->info.errs);
  else put_u32(&d->info, put_c_string(&d->str, producer));
}

/* The entry of the unit, whose abbreviation is made with it. */
static void put_unit(struct dwarf *d, uint32_t first_name) {
  const struct positions *p = d->p;
  const wfx_debug_options *o = p->options;
  begin_abbrev(d, ABBREV_UNIT, DW_TAG_compile_unit, true);
  put_uleb(&d->info, ABBREV_UNIT);
  put_attr(d, DW_AT_producer, DW_FORM_strp);
  put_producer(d);
  if (o->language) {
    put_attr(d, DW_AT_language, DW_FORM_data2);
    put_u16(&d->info, o->language);
  }
  if (p->sources.n != 0) {
    put_attr(d, DW_AT_name, DW_FORM_line_strp);
    put_u32(&d->info, first_name);
    put_attr(d, DW_AT_stmt_list, DW_FORM_sec_offset);
    put_u32(&d->info, 0);
  } else if (p->m->name.data) {
    put_attr(d, DW_AT_name, DW_FORM_strp);
    put_u32(&d->info, put_string(&d->str, p->m->name.data, p->m->name.n));
  }
  if (o->dir) {
    put_attr(d, DW_AT_comp_dir, DW_FORM_line_strp);
    put_u32(&d->info, put_c_string(&d->line_str, o->dir));
  }
  if (p->places.funcs.n != 0) {
    uint32_t begin = p->places.funcs.data[0].begin;
    put_attr(d, DW_AT_low_pc, DW_FORM_addr);
    put_u32(&d->info, begin);
    put_attr(d, DW_AT_high_pc, DW_FORM_data4);
    put_u32(&d->info, vec_last(&p->places.funcs).end - begin);
  }
  end_abbrev(d);
}

static bool put_sections(struct dwarf *d) {
  const struct positions *p = d->p;
  uint32_t *names = wfx__arena_alloc(&d->arena, (p->sources.n + 1) * sizeof *names);
  if (!names) return wfx__fail_nomem(d->info.errs);
  TRY(find_exports(d));
  for (size_t i = 0; i < p->sources.n; i++)
    names[i] = put_string(&d->line_str, p->sources.data[i].file.data, p->sources.data[i].file.n);
  if (p->sources.n != 0)
    wfx__put_dwarf_lines(p, &d->line, names,
                         put_c_string(&d->line_str, p->options->dir ? p->options->dir : "."));
  size_t begin = put_length(&d->info);
  put_u16(&d->info, DWARF_VERSION);
  put_u8(&d->info, DW_UT_compile);
  put_u8(&d->info, DWARF_ADDRESS_BYTES);
  put_u32(&d->info, 0); /* of the abbreviations */
  put_unit(d, names[0]);
  declare_fixed(d);
  for (size_t i = 0; i < p->places.funcs.n; i++)
    TRY(put_function(d, &p->places.funcs.data[i]));
  put_u8(&d->info, 0);
  put_u8(&d->abbrev, 0);
  set_length(&d->info, begin);
  return !errs_is_set(d->info.errs);
}

/* The five sections, if each of them fits into 32 bits. */
static bool append_sections(struct dwarf *d, struct sink *out) {
  const struct {
    const char *name;
    const struct sink *s;
  } sections[] = {{".debug_abbrev", &d->abbrev},
                  {".debug_info", &d->info},
                  {".debug_line", &d->line},
                  {".debug_str", &d->str.s},
                  {".debug_line_str", &d->line_str.s}};
  const size_t max_bytes = UINT32_MAX - 64; /* with lengths and name */
  for (size_t i = 0; i < sizeof sections / sizeof *sections; i++) {
    const vec_u8 *bytes = &sections[i].s->out;
    if (bytes->n > max_bytes) return wfx__fail_nomem(out->errs);
    if (bytes->n != 0) wfx__put_custom(out, sections[i].name, bytes->data, bytes->n);
  }
  return !errs_is_set(out->errs);
}

static void free_strings(const wfx_ctx *ctx, struct strings *t) {
  wfx__strmap_free(ctx, &t->at);
  vec_free(ctx, &t->s.out);
}

bool wfx__put_dwarf(struct positions *p, struct sink *out) {
  const wfx_ctx *ctx = p->m->ctx;
  struct sink empty = {.errs = p->errs};
  struct dwarf d = {.p = p, .abbrev = empty, .info = empty, .line = empty,
                    .str = {.s = empty}, .line_str = {.s = empty}};
  wfx__arena_init(&d.arena, ctx);
  wfx__body_init(&d.scratch, ctx);
  bool ok = put_sections(&d) && append_sections(&d, out);
  vec_free(ctx, &d.abbrev.out);
  vec_free(ctx, &d.info.out);
  vec_free(ctx, &d.line.out);
  free_strings(ctx, &d.str);
  free_strings(ctx, &d.line_str);
  wfx__map_free(ctx, &d.types);
  wfx__body_free(ctx, &d.scratch);
  wfx__arena_free(&d.arena);
  return ok;
}
