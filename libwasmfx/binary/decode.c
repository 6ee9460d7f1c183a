/* decode.c: the module as a whole: header, order of sections, custom sections, and the
 * sections of functions. Types are in decode_types.c, other declarations and segments in
 * decode_decls.c, code in decode_code.c, the name section in names.c. Spec: Binary Format,
 * Modules. */
#include <string.h>

#include <wasmfx/binary.h>

#include "binary/decode.h"
#include "binary/form.h"

const struct section_form wfx__sections[SECTION_COUNT] = {
    {0, WFX_FEATURE_MVP},
#define WFX_SECTION(name, id, feature) {id, WFX_FEATURE_##feature},
#include "binary/section.def"
#undef WFX_SECTION
};

/* ---- Sections of functions --------------------------------------------------------------- */

bool wfx__read_funcs(struct decoder *d) {
  struct reader *r = &d->r;
  struct wfx_module *m = d->m;
  const uint8_t *at = r->at;
  TRY(wfx__read_len(r, &d->n_defined));
  TRY(wfx__read_limit(r, at, (uint64_t)m->funcs.n + d->n_defined, m->ctx->limits.n_funcs,
                      "functions"));
  for (uint32_t i = 0; i < d->n_defined; i++) {
    struct func f = {.decl = {.import = WFX_NO_ID, .loc = read_loc(r, r->at)},
                     .body = WFX_NO_ID};
    TRY(read_leb32(r, &f.type));
    TRY(vec_push(r->errs, &m->funcs, f));
  }
  return true;
}

bool wfx__read_start(struct decoder *d) { return read_leb32(&d->r, &d->m->start); }

bool wfx__read_data_count(struct decoder *d) {
  d->m->has_data_count = true;
  return read_leb32(&d->r, &d->n_data_count);
}

static bool read_body(struct decoder *d, const uint8_t **bytes, uint32_t *n,
                      uint64_t *offset) {
  struct reader *r = &d->r;
  const uint8_t *at = r->at;
  TRY(read_leb32(r, n));
  if (*n > read_left(r))
    return wfx__fail(r->errs, WFX_MALFORMED, read_loc(r, at),
                     "length out of bounds: function of %u bytes, %zu left", *n, read_left(r));
  TRY(wfx__read_limit(r, at, *n, d->m->ctx->limits.body_bytes, "bytes in a function"));
  *offset = read_pos(r);
  return wfx__read_bytes(r, *n, bytes);
}

/* Bodies without a function are passed over; the lengths are compared at the end. */
bool wfx__read_code(struct decoder *d) {
  TRY(wfx__read_len(&d->r, &d->n_bodies));
  uint32_t first = (uint32_t)d->m->funcs.n - d->n_defined;
  for (uint32_t i = 0; i < d->n_bodies; i++) {
    const uint8_t *bytes;
    uint32_t n;
    uint64_t offset;
    struct body *b;
    TRY(read_body(d, &bytes, &n, &offset));
    if (i >= d->n_defined) continue;
    if (d->is_borrowing) {
      struct body_range range = {bytes, n, (uint32_t)offset};
      TRY(vec_push(d->r.errs, &d->ranges, range));
      continue;
    }
    TRY(wfx__module_new_body(d->m, first + i, &b));
    b->bytes = bytes;
    b->n_bytes = n;
    b->offset = offset;
    b->is_finished = true;
  }
  return true;
}

/* ---- Custom sections --------------------------------------------------------------------- */

static bool read_custom(struct decoder *d, uint32_t after) {
  struct reader *r = &d->r;
  struct wfx_module *m = d->m;
  wfx_str name;
  TRY(wfx__read_name(r, &name));
  struct custom c = {.bytes = r->at, .n_bytes = read_left(r), .after = after};
  r->at = r->end;
  if (d->is_borrowing) return true;
  TRY(wfx__module_str(m, name.data, name.n, &c.name));
  if (name.n == 4 && memcmp(name.data, "name", 4) == 0 && !m->names.bytes) {
    m->names = c;
    m->names_at = (uint32_t)m->customs.n;
    m->names_before_hints = !m->hints.bytes;
    return true;
  }
  if (wfx__hints_is(name) && !m->hints.bytes) {
    m->hints = c;
    m->hints_at = (uint32_t)m->customs.n;
    return true;
  }
  return vec_push(r->errs, &m->customs, c);
}

/* Put a section that is malformed back among those that are kept as bytes. */
static bool keep_as_bytes(struct wfx_module *m, struct custom *special, uint32_t place) {
  TRY(!errs_is_set(&m->errs));
  TRY(vec_reserve(&m->errs, &m->customs, 1));
  struct custom *at = m->customs.data + place;
  memmove(at + 1, at, (m->customs.n - place) * sizeof *at);
  *at = *special;
  m->customs.n++;
  special->bytes = NULL;
  return true;
}

/* Names and hints are taken once everything they are for is there. */
static bool take_names(struct wfx_module *m) {
  bool has_both = m->names.bytes && m->hints.bytes;
  if (m->hints.bytes && !wfx__hints_take(m)) {
    TRY(keep_as_bytes(m, &m->hints, m->hints_at));
    m->names_at += has_both && (m->names_at > m->hints_at ||
                                (m->names_at == m->hints_at && !m->names_before_hints));
  }
  if (!m->names.bytes) return true;
  if (wfx__names_check(m)) return wfx__names_take(m);
  TRY(keep_as_bytes(m, &m->names, m->names_at));
  m->hints_at += m->hints.bytes && (m->hints_at > m->names_at ||
                                    (m->hints_at == m->names_at && m->names_before_hints));
  return true;
}

/* ---- The module -------------------------------------------------------------------------- */

static bool (*const readers[SECTION_COUNT])(struct decoder *) = {
    NULL,
#define WFX_SECTION(name, id, feature) wfx__read_##name,
#include "binary/section.def"
#undef WFX_SECTION
};

/* The place of the section with this id, or SECTION_COUNT. */
static enum section find_section(uint8_t id) {
  int place = SECTION_NONE;
  while (place < SECTION_COUNT && wfx__sections[place].id != id) place++;
  return (enum section)place;
}

/* One section at all; *last is the place of the last one that was not custom. */
static bool read_section(struct decoder *d, struct reader *all, enum section *last) {
  const uint8_t *at = all->at, *bytes;
  uint8_t id;
  uint32_t size;
  TRY(read_byte(all, &id));
  enum section place = find_section(id);
  if (place == SECTION_COUNT)
    return wfx__fail(all->errs, WFX_MALFORMED, read_loc(all, at),
                     "malformed section id, found %u", id);
  const uint8_t *size_at = all->at;
  TRY(read_leb32(all, &size));
  if (size > read_left(all))
    return wfx__fail(all->errs, WFX_MALFORMED, read_loc(all, size_at),
                     "length out of bounds: section of %u bytes, %zu left", size,
                     read_left(all));
  if (place != SECTION_NONE && place <= *last)
    return wfx__fail(all->errs, WFX_MALFORMED, read_loc(all, at),
                     "unexpected content after last section: section %u is out of order", id);
  TRY(read_need(all, at, (wfx_feature)wfx__sections[place].feature, "this section"));
  uint64_t offset = read_pos(all);
  TRY(wfx__read_bytes(all, size, &bytes));
  d->r = wfx__reader(all->errs, bytes, size, offset);
  d->r.input_end = all->end;
  if (place == SECTION_NONE) return read_custom(d, (uint32_t)*last);
  *last = place;
  d->m->sections_present |= 1u << id;
  TRY(readers[place](d));
  return d->r.at == d->r.end || wfx__fail(all->errs, WFX_MALFORMED, read_loc(&d->r, d->r.at),
                                          "section size mismatch: %zu bytes are left",
                                          read_left(&d->r));
}

static bool fail_lengths(struct reader *r, const char *what) {
  return wfx__fail(r->errs, WFX_MALFORMED, read_loc(r, r->end),
                   "%s have inconsistent lengths", what);
}

/* Custom sections at the end stay behind the names, whatever becomes of those. */
static void place_behind(struct wfx_module *m, enum section last) {
  if (m->hints.bytes && m->hints.after == (uint32_t)last) return;
  for (size_t i = m->customs.n; i > (m->names.bytes ? m->names_at : 0); i--) {
    if (m->customs.data[i - 1].after != (uint32_t)last) return;
    m->customs.data[i - 1].after = WFX_NO_ID;
  }
}

static bool read_sections(struct decoder *d, struct reader *all) {
  struct wfx_module *m = d->m;
  enum section last = SECTION_NONE;
  while (all->at != all->end) TRY(read_section(d, all, &last));
  if (d->n_bodies != d->n_defined) return fail_lengths(all, "function and code section");
  if (m->has_data_count && d->n_data_count != m->datas.n)
    return fail_lengths(all, "data count and data section");
  place_behind(m, last);
  return true;
}

/* The first error in the order of the module is to be reported: when the module is malformed,
 * look for one in the bodies, which come before whatever was found behind them. */
static void prefer_body_errors(struct decoder *d) {
  struct wfx_module *m = d->m;
  struct errs late = m->errs;
  struct body b;
  wfx__body_init(&b, m->ctx);
  bool ok = true;
  for (size_t i = 0; ok && i < m->bodies.n; i++) {
    const struct body *from = m->bodies.data[i];
    ok = wfx__decode_body(m, &b, from->bytes, from->n_bytes, from->offset);
  }
  for (size_t i = 0; ok && i < d->ranges.n; i++) {
    const struct body_range *from = &d->ranges.data[i];
    ok = wfx__decode_body(m, &b, from->bytes, from->n_bytes, from->offset);
  }
  if (!ok && errs_status(&b.errs) != WFX_NOMEM) {
    wfx__errs_init(&m->errs, m->ctx);
    (void)wfx__fail_copy(&m->errs, &b.errs);
    wfx__errs_free(&late);
  }
  wfx__body_free(m->ctx, &b);
}

static bool read_header(struct reader *r) {
  static const uint8_t magic[4] = {0, 'a', 's', 'm'}, version[4] = {1, 0, 0, 0};
  const uint8_t *at = r->at, *p;
  TRY(wfx__read_bytes(r, 4, &p));
  if (memcmp(p, magic, 4) != 0)
    return wfx__fail(r->errs, WFX_MALFORMED, read_loc(r, at), "magic header not detected");
  at = r->at;
  TRY(wfx__read_bytes(r, 4, &p));
  if (memcmp(p, version, 4) != 0)
    return wfx__fail(r->errs, WFX_MALFORMED, read_loc(r, at), "unknown binary version");
  return true;
}

static bool decode_module(struct decoder *d, const uint8_t *bytes, size_t n) {
  struct wfx_module *m = d->m;
  struct reader all = wfx__reader(&m->errs, bytes, n, 0);
  /* Instructions keep their offsets in 32 bits. */
  uint64_t limit = m->ctx->limits.module_bytes;
  if (limit > UINT32_MAX) limit = UINT32_MAX;
  TRY(wfx__read_limit(&all, bytes, n, limit, "bytes in a module"));
  TRY(read_header(&all));
  m->input = bytes;
  if (!d->is_borrowing) m->input = (const uint8_t *)wfx__arena_copy(&m->arena, bytes, n);
  if (!m->input) return wfx__fail_nomem(&m->errs);
  m->n_input = n;
  m->open_body = wfx__open_body;
  all = wfx__reader(&m->errs, m->input, n, 0);
  all.at += 8;
  bool ok = read_sections(d, &all) && take_names(m);
  if (!ok && errs_status(&m->errs) == WFX_MALFORMED) prefer_body_errors(d);
  return ok;
}

static bool decode_into(struct decoder *d, const uint8_t *bytes, size_t n) {
  struct wfx_module *m = d->m;
  TRY(wfx__module_begin_read(m, "decoding"));
  bool ok = decode_module(d, bytes, n);
  vec_free(m->ctx, &d->vals);
  vec_free(m->ctx, &d->fields);
  return ok;
}

wfx_status wfx_module_decode(wfx_module *m, const uint8_t *bytes, size_t n_bytes) {
  struct decoder d = {.m = m};
  decode_into(&d, bytes, n_bytes);
  return errs_status(&m->errs);
}

bool wfx__decode_decls(struct decoder *d, struct wfx_module *m, const uint8_t *bytes, size_t n) {
  memset(d, 0, sizeof *d);
  d->m = m;
  d->is_borrowing = true;
  return decode_into(d, bytes, n);
}
