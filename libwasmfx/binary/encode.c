/* encode.c: the module as a whole: header, order of sections, declarations, segments. Types
 * are in encode_types.c, code in encode_code.c, the name section in names.c. Spec: Binary
 * Format, Modules.
 *
 * Everything is written once, into one buffer, the module left as it is. What a decoded binary
 * had chosen where the format has a choice is chosen again, unless canonical form is asked
 * for. */
#include <string.h>

#include <wasmfx/binary.h>

#include "binary/decode.h"
#include "binary/encode.h"
#include "binary/form.h"

enum { LEN_MAX = 5 }; /* bytes of a u32 */

size_t wfx__sized_begin(struct writer *w) {
  static const uint8_t room[LEN_MAX] = {0};
  enc_bytes(w, room, LEN_MAX);
  return w->out.n;
}

void wfx__sized_end(struct writer *w, size_t begin) {
  if (errs_is_set(w->errs)) return;
  size_t n = w->out.n - begin, n_len = wfx__leb_size_u(n);
  if (n > UINT32_MAX) {
    wfx__fail_nomem(w->errs);
    return;
  }
  memmove(w->out.data + begin - LEN_MAX + n_len, w->out.data + begin, n);
  w->out.n = begin - LEN_MAX;
  enc_u(w, n); /* fits into the room there was */
  w->out.n += n;
}

bool wfx__write_limit(struct writer *w, wfx_loc loc, const struct diag_more *more, uint64_t n,
                      uint64_t limit, const char *what) {
  const struct diag_more none = {.origin = loc_none()};
  return n <= limit ||
         wfx__fail_more(w->errs, WFX_UNSUPPORTED, loc, more ? more : &none,
                        "too many %s: the limit is %llu", what, (unsigned long long)limit);
}

/* ---- Declarations ------------------------------------------------------------------------ */

static void enc_limits(struct writer *w, const wfx_size_limits *l) {
  enc_byte(w, (uint8_t)((l->has_max ? LIMITS_MAX : 0) | (l->is_shared ? LIMITS_SHARED : 0) |
                        (l->is_64 ? LIMITS_64 : 0)));
  enc_u(w, l->min);
  if (l->has_max) enc_u(w, l->max);
}

static void enc_table_type(struct writer *w, const struct table *t) {
  wfx__put_valtype(w, t->type);
  enc_limits(w, &t->limits);
}

static void enc_global_type(struct writer *w, const struct global *g) {
  wfx__put_valtype(w, g->type);
  enc_byte(w, g->is_mutable);
}

static void enc_tag_type(struct writer *w, const struct tag *t) {
  enc_byte(w, 0);
  enc_index(w, SPACE_TYPE, t->type);
}

bool wfx__write_imports(struct writer *w) {
  const struct wfx_module *m = w->m;
  enc_u(w, m->imports.n);
  for (size_t i = 0; i < m->imports.n; i++) {
    const struct import *im = &m->imports.data[i];
    enc_name(w, im->module);
    enc_name(w, im->field);
    enc_byte(w, (uint8_t)im->kind);
    switch ((wfx_extern_kind)im->kind) {
    case WFX_EXTERN_FUNC: enc_index(w, SPACE_TYPE, m->funcs.data[im->id].type); break;
    case WFX_EXTERN_TABLE: enc_table_type(w, &m->tables.data[im->id]); break;
    case WFX_EXTERN_MEM: enc_limits(w, &m->mems.data[im->id].limits); break;
    case WFX_EXTERN_GLOBAL: enc_global_type(w, &m->globals.data[im->id]); break;
    case WFX_EXTERN_TAG: enc_tag_type(w, &m->tags.data[im->id]); break;
    }
  }
  return m->imports.n != 0;
}

/* Write how many declarations of a kind are not imported; the index of the first. */
static uint32_t enc_defined(struct writer *w, enum ref_space space, wfx_extern_kind kind) {
  uint32_t n_imported = 0;
  for (size_t i = 0; i < w->m->imports.n; i++)
    n_imported += w->m->imports.data[i].kind == (uint32_t)kind;
  enc_u(w, w->map.n[space] - n_imported);
  return n_imported;
}

bool wfx__write_funcs(struct writer *w) {
  uint32_t first = enc_defined(w, SPACE_FUNC, WFX_EXTERN_FUNC), n = w->map.n[SPACE_FUNC];
  for (uint32_t i = first; i < n; i++)
    enc_index(w, SPACE_TYPE, w->m->funcs.data[w->map.ids[SPACE_FUNC][i]].type);
  return first != n;
}

bool wfx__write_tables(struct writer *w) {
  uint32_t first = enc_defined(w, SPACE_TABLE, WFX_EXTERN_TABLE), n = w->map.n[SPACE_TABLE];
  for (uint32_t i = first; i < n; i++) {
    const struct table *t = &w->m->tables.data[w->map.ids[SPACE_TABLE][i]];
    if (t->has_init) {
      enc_byte(w, TABLE_INIT);
      enc_byte(w, 0);
    }
    enc_table_type(w, t);
    if (t->has_init) wfx__put_const(w, t->init);
  }
  return first != n;
}

bool wfx__write_mems(struct writer *w) {
  uint32_t first = enc_defined(w, SPACE_MEM, WFX_EXTERN_MEM), n = w->map.n[SPACE_MEM];
  for (uint32_t i = first; i < n; i++)
    enc_limits(w, &w->m->mems.data[w->map.ids[SPACE_MEM][i]].limits);
  return first != n;
}

bool wfx__write_tags(struct writer *w) {
  uint32_t first = enc_defined(w, SPACE_TAG, WFX_EXTERN_TAG), n = w->map.n[SPACE_TAG];
  for (uint32_t i = first; i < n; i++)
    enc_tag_type(w, &w->m->tags.data[w->map.ids[SPACE_TAG][i]]);
  return first != n;
}

bool wfx__write_globals(struct writer *w) {
  uint32_t first = enc_defined(w, SPACE_GLOBAL, WFX_EXTERN_GLOBAL), n = w->map.n[SPACE_GLOBAL];
  for (uint32_t i = first; i < n; i++) {
    const struct global *g = &w->m->globals.data[w->map.ids[SPACE_GLOBAL][i]];
    enc_global_type(w, g);
    wfx__put_const(w, g->init);
  }
  return first != n;
}

bool wfx__write_exports(struct writer *w) {
  static const uint8_t spaces[] = {
      [WFX_EXTERN_FUNC] = SPACE_FUNC, [WFX_EXTERN_TABLE] = SPACE_TABLE,
      [WFX_EXTERN_MEM] = SPACE_MEM, [WFX_EXTERN_GLOBAL] = SPACE_GLOBAL,
      [WFX_EXTERN_TAG] = SPACE_TAG};
  const struct wfx_module *m = w->m;
  enc_u(w, m->exports.n);
  for (size_t i = 0; i < m->exports.n; i++) {
    const struct export *ex = &m->exports.data[i];
    enc_name(w, ex->name);
    enc_byte(w, (uint8_t)ex->kind);
    enc_index(w, (enum ref_space)spaces[ex->kind], ex->id);
  }
  return m->exports.n != 0;
}

bool wfx__write_start(struct writer *w) {
  enc_index(w, SPACE_FUNC, w->m->start);
  return w->m->start != WFX_NO_ID;
}

/* ---- Segments ---------------------------------------------------------------------------- */

/* The flags for an element segment: those it was read with if they still say what it is. */
static unsigned elem_form(const struct writer *w, const struct elem *e) {
  bool has_exprs = e->has_exprs || wfx_heap_of(e->type) != WFX_HEAP_FUNC;
  /* Whether table and type go without saying. */
  bool is_plain = index_of(w, SPACE_TABLE, e->table) == 0 &&
                  (!has_exprs || wfx_valtype_strip(e->type) == WFX_FUNCREF);
  unsigned form = has_exprs ? ELEM_EXPRS : 0;
  switch ((enum segment_mode)e->mode) {
  case SEGMENT_ACTIVE: form |= is_plain ? 0 : ELEM_EXPLICIT; break;
  case SEGMENT_PASSIVE: form |= ELEM_NOT_ACTIVE; break;
  case SEGMENT_DECLARATIVE: form |= ELEM_DECLARATIVE; break;
  }
  bool was_explicit = e->form != ELEM_FORM_ANY && e->mode == SEGMENT_ACTIVE &&
                      (e->form & ELEM_DECLARATIVE) == ELEM_EXPLICIT;
  return was_explicit && !w->is_canonical ? form | ELEM_EXPLICIT : form;
}

static void enc_elem_items(struct writer *w, const struct elem *e, bool has_exprs) {
  enc_u(w, e->has_exprs ? e->exprs.n : e->funcs.n);
  for (size_t i = 0; i < e->exprs.n && e->has_exprs; i++) wfx__put_const(w, e->exprs.data[i]);
  for (size_t i = 0; i < e->funcs.n && !e->has_exprs; i++) {
    if (has_exprs) enc_byte(w, (uint8_t)wfx__ops[WFX_OP_ref_func].code);
    enc_index(w, SPACE_FUNC, e->funcs.data[i]);
    if (has_exprs) enc_byte(w, (uint8_t)wfx__ops[WFX_OP_end].code);
  }
}

static void enc_elem(struct writer *w, const struct elem *e) {
  unsigned form = elem_form(w, e);
  enc_u(w, form);
  if (!(form & ELEM_NOT_ACTIVE)) {
    if (form & ELEM_EXPLICIT) enc_index(w, SPACE_TABLE, e->table);
    wfx__put_const(w, e->offset);
  }
  if (form & ELEM_DECLARATIVE) {
    if (form & ELEM_EXPRS) wfx__put_valtype(w, e->type);
    else enc_byte(w, 0);
  }
  enc_elem_items(w, e, (form & ELEM_EXPRS) != 0);
}

/* The segment that declares functions which only bodies refer to. */
static void enc_undeclared(struct writer *w) {
  enc_byte(w, ELEM_DECLARATIVE);
  enc_byte(w, 0);
  enc_u(w, w->n_undeclared);
  for (uint32_t i = 0; i < w->map.n[SPACE_FUNC]; i++)
    if (w->func_flags[w->map.ids[SPACE_FUNC][i]] == FUNC_NAMED) enc_u(w, i);
}

bool wfx__write_elems(struct writer *w) {
  const struct wfx_module *m = w->m;
  size_t n = m->elems.n + (w->n_undeclared != 0);
  uint64_t n_undeclared = w->n_undeclared != 0 ? 1 + (uint64_t)w->n_undeclared : 0;
  TRY(wfx__write_limit(w, loc_none(), NULL, wfx__module_n_elems(m) + n_undeclared, m->ctx->limits.n_elems,
                       "element segments and initialisers"));
  enc_u(w, n);
  for (size_t i = 0; i < m->elems.n; i++) enc_elem(w, &m->elems.data[i]);
  if (w->n_undeclared != 0) enc_undeclared(w);
  return n != 0;
}

bool wfx__write_data_count(struct writer *w) {
  enc_u(w, w->m->datas.n);
  return w->needs_data_count;
}

bool wfx__write_datas(struct writer *w) {
  const struct wfx_module *m = w->m;
  enc_u(w, m->datas.n);
  for (size_t i = 0; i < m->datas.n; i++) {
    const struct data *d = &m->datas.data[i];
    if (d->mode == SEGMENT_PASSIVE) {
      enc_u(w, DATA_PASSIVE);
    } else {
      uint32_t mem = index_of(w, SPACE_MEM, d->mem);
      bool is_explicit = mem != 0 || (d->form == DATA_EXPLICIT && !w->is_canonical);
      enc_u(w, is_explicit ? DATA_EXPLICIT : DATA_ACTIVE);
      if (is_explicit) enc_u(w, mem);
      wfx__put_const(w, d->offset);
    }
    enc_u(w, d->n_bytes);
    enc_bytes(w, d->bytes, d->n_bytes);
  }
  return m->datas.n != 0;
}

/* ---- The module -------------------------------------------------------------------------- */

static bool (*const writers[SECTION_COUNT])(struct writer *) = {
    NULL,
#define WFX_SECTION(name, id, feature) wfx__write_##name,
#include "binary/section.def"
#undef WFX_SECTION
};

/* Whether a section that is not needed is written because the decoded module had it. */
static bool is_kept(const struct writer *w, enum section place) {
  if (w->is_canonical || place == SECTION_start) return false;
  if (place == SECTION_data_count && w->m->has_data_count) return true;
  return (w->m->sections_present >> wfx__sections[place].id & 1) != 0;
}

static void write_section(struct writer *w, enum section place) {
  size_t before = w->out.n;
  enc_byte(w, wfx__sections[place].id);
  size_t begin = wfx__sized_begin(w);
  bool is_needed = writers[place](w);
  size_t n = w->out.n - begin;
  wfx__sized_end(w, begin);
  bool is_written = is_needed || is_kept(w, place);
  if (place == SECTION_code) {
    w->code_at = w->out.n - n;
    w->n_code = is_written ? n : 0;
  }
  if (!is_written) w->out.n = before;
}

unsigned wfx__custom_offsets(wfx_str name) {
  static const struct {
    const char *name;
    bool is_prefix;
    unsigned offsets;
  } known[] = {{".debug_", true, OFFSETS_IN_CODE},
               {"external_debug_info", false, OFFSETS_IN_CODE},
               {"sourceMappingURL", false, OFFSETS_IN_MODULE}};
  for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
    size_t n = strlen(known[i].name);
    if ((name.n == n || (known[i].is_prefix && name.n > n)) &&
        memcmp(name.data, known[i].name, n) == 0)
      return known[i].offsets;
  }
  return 0;
}

static bool is_input(const struct wfx_module *m, const struct custom *c) {
  return m->input && c->bytes >= m->input && c->bytes <= m->input + m->n_input;
}

/* Whether a section says where code is that is not there, or is about to be replaced. */
static bool is_misleading(struct writer *w, const struct custom *c) {
  unsigned offsets = wfx__custom_offsets(c->name);
  if (offsets & w->replaced) return true;
  if (!is_input(w->m, c)) return false;
  if (offsets & w->stale) return true;
  w->kept |= offsets;
  return false;
}

static void write_custom(struct writer *w, const struct custom *c) {
  enc_byte(w, 0);
  size_t begin = wfx__sized_begin(w);
  enc_name(w, c->name);
  enc_bytes(w, c->bytes, c->n_bytes);
  wfx__sized_end(w, begin);
}

/* Names without a place of their own stand before the custom sections that are behind all. */
static size_t names_place(const struct wfx_module *m) {
  size_t i = 0;
  while (i < m->customs.n && m->customs.data[i].after < SECTION_COUNT) i++;
  return i;
}

/* The custom sections that follow a place, names and branch hints among them: where they were, or
 * else behind the last section and just before the code. */
static void write_customs(struct writer *w, enum section place) {
  const struct wfx_module *m = w->m;
  const uint32_t last = SECTION_COUNT - 1;
  bool has_names_place = m->names.bytes && !w->is_canonical;
  bool has_hints_place = m->hints.bytes && !w->is_canonical;
  uint32_t names_after = has_names_place ? m->names.after : last;
  uint32_t hints_after = has_hints_place ? m->hints.after : SECTION_data_count;
  size_t names_at = has_names_place ? m->names_at : names_place(m);
  size_t hints_at = has_hints_place ? m->hints_at : m->customs.n;
  for (size_t i = 0; i <= m->customs.n; i++) {
    bool is_hints = i == hints_at && hints_after == (uint32_t)place;
    if (is_hints && !m->names_before_hints) w->hints_at = w->out.n;
    if (i == names_at && names_after == (uint32_t)place && w->has_names) wfx__write_names(w);
    if (is_hints && m->names_before_hints) w->hints_at = w->out.n;
    if (i == m->customs.n) break;
    const struct custom *c = &m->customs.data[i];
    uint32_t after = c->after < last ? c->after : last;
    bool is_left_out = !w->has_names && c->name.n == 4 && memcmp(c->name.data, "name", 4) == 0;
    if (after == (uint32_t)place && !is_left_out && !is_misleading(w, c)) write_custom(w, c);
  }
}

static bool is_identity_map(const struct index_map *map) {
  for (int space = 0; space < SPACE_COUNT; space++)
    for (uint32_t i = 0; i < map->n[space]; i++)
      if (map->of[space][i] != i) return false;
  return true;
}

static bool write_sections(struct writer *w) {
  static const uint8_t header[8] = {0, 'a', 's', 'm', 1, 0, 0, 0};
  enc_bytes(w, header, sizeof header);
  for (int place = SECTION_NONE; place < SECTION_COUNT; place++) {
    if (place != SECTION_NONE) write_section(w, (enum section)place);
    write_customs(w, (enum section)place);
    TRY(!errs_is_set(w->errs));
  }
  wfx__insert_hints(w);
  if (w->places) w->places->section = w->code_at;
  return !errs_is_set(w->errs);
}

/* Which offsets of the input do not hold for what was written. */
static unsigned changed_offsets(const struct writer *w) {
  const struct wfx_module *m = w->m;
  wfx_section s;
  for (size_t at = 0; wfx_section_next(m->input, m->n_input, &at, &s);) {
    if (s.id != wfx__sections[SECTION_code].id) continue;
    if (s.end - s.content != w->n_code ||
        memcmp(m->input + s.content, w->out.data + w->code_at, w->n_code) != 0)
      break;
    return s.content == w->code_at ? 0 : OFFSETS_IN_MODULE;
  }
  return w->n_code == 0 ? 0 : OFFSETS_IN_CODE | OFFSETS_IN_MODULE;
}

static bool encode_module(struct writer *w) {
  struct wfx_module *m = w->m;
  w->func_flags = wfx__arena_alloc(&w->arena, m->funcs.n + 1);
  if (!w->func_flags) return wfx__fail_nomem(w->errs);
  TRY(wfx__index_map(m, &w->arena, w->errs, &w->map));
  w->is_identity = is_identity_map(&w->map);
  TRY(wfx__scan_code(w));
  TRY(write_sections(w));
  w->stale = w->kept ? changed_offsets(w) : 0;
  if (!(w->kept & w->stale)) return true;
  /* Rare enough to be written again, without. */
  w->out.n = w->hints.n = 0;
  if (w->places) w->places->funcs.n = w->places->places.n = 0;
  return write_sections(w);
}

/* Hand out a block of exactly the bytes written: the caller frees by length. */
static bool give_out(struct writer *w, wfx_bytes *out) {
  uint64_t limit = w->m->ctx->limits.module_bytes;
  if (limit > UINT32_MAX) limit = UINT32_MAX;
  TRY(wfx__write_limit(w, loc_none(), NULL, w->out.n, limit, "bytes in a module"));
  uint8_t *data = wfx__realloc(w->m->ctx, w->out.data, w->out.cap, w->out.n);
  if (!data) return wfx__fail_nomem(w->errs);
  out->data = data;
  out->n = w->out.n;
  w->out.data = NULL;
  w->out.n = w->out.cap = 0;
  return true;
}

wfx_status wfx__encode(struct wfx_module *m, uint32_t flags, unsigned replaced,
                       struct places *places, wfx_bytes *out) {
  out->data = NULL;
  out->n = 0;
  wfx_status status = wfx_module_status(m);
  if (status != WFX_OK) return status;
  struct writer w = {.m = m,
                     .errs = &m->errs,
                     .is_canonical = (flags & WFX_ENCODE_CANONICAL) != 0,
                     .has_names = !(flags & WFX_ENCODE_NO_NAMES),
                     .places = places,
                     .replaced = replaced};
  wfx__arena_init(&w.arena, m->ctx);
  wfx__body_init(&w.scratch, m->ctx);
  if (encode_module(&w)) give_out(&w, out);
  wfx__body_free(m->ctx, &w.scratch);
  wfx__arena_free(&w.arena);
  vec_free(m->ctx, &w.hints);
  vec_free(m->ctx, &w.out);
  return errs_status(&m->errs);
}

wfx_status wfx_module_encode(wfx_module *m, uint32_t flags, wfx_bytes *out) {
  return wfx__encode(m, flags, 0, NULL, out);
}

void wfx__places_free(const wfx_ctx *ctx, struct places *p) {
  vec_free(ctx, &p->funcs);
  vec_free(ctx, &p->places);
}
