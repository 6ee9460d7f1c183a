/* debug.c: a module written with its positions: the files they name, and the sections behind the
 * module. Source maps are in source_map.c, DWARF in dwarf.c and dwarf_line.c. */
#include "debug/positions.h"

/* ---- Positions --------------------------------------------------------------------------- */

struct source_pos wfx__source_pos(const struct positions *p, struct pos pos) {
  struct source_pos none = {0, 0, 0};
  if (pos.line == 0 || pos.file == WFX_NO_ID) return none;
  return (struct source_pos){p->numbers[pos.file], pos.line, pos.column};
}

/* The file of a declaration, as a file of the module. */
static struct pos decl_pos(const struct positions *p, uint32_t func) {
  wfx_loc loc = p->m->funcs.data[func].decl.loc;
  struct pos pos = {WFX_NO_ID, loc.line, loc.column};
  if (loc.file)
    pos.file = wfx__strmap_get(p->m->ctx, &p->files, loc.file, strlen(loc.file));
  return pos;
}

struct source_pos wfx__decl_pos(const struct positions *p, uint32_t func) {
  return wfx__source_pos(p, decl_pos(p, func));
}

struct source_pos wfx__begin_pos(const struct positions *p, const struct func_place *f) {
  struct source_pos pos = wfx__decl_pos(p, f->func);
  if (pos.line == 0 && f->n != 0)
    pos = wfx__source_pos(p, p->places.places.data[f->first].pos);
  return pos;
}

/* ---- Sources ----------------------------------------------------------------------------- */

enum { IS_USED = 0 }; /* any number but WFX_NO_ID */

static void use_pos(struct positions *p, struct pos pos) {
  if (pos.line != 0 && pos.file != WFX_NO_ID) p->numbers[pos.file] = IS_USED;
}

static bool add_source(struct positions *p, uint32_t file, const wfx_source *given) {
  struct source s = {p->m->files.data[file], given};
  p->numbers[file] = (uint32_t)p->sources.n;
  return vec_push(p->errs, &p->sources, s);
}

/* Number the files that positions name: first those that the client told of, in its order. */
static bool find_sources(struct positions *p) {
  const struct wfx_module *m = p->m;
  const wfx_debug_options *o = p->options;
  size_t n = m->files.n;
  p->numbers = wfx__arena_alloc(&p->arena, (n + 1) * sizeof *p->numbers);
  bool *is_taken = wfx__arena_alloc(&p->arena, n + 1);
  if (!p->numbers || !is_taken) return wfx__fail_nomem(p->errs);
  for (size_t i = 0; i < n; i++) {
    p->numbers[i] = WFX_NO_ID;
    TRY(wfx__strmap_add(p->errs, &p->files, m->files.data[i].data, m->files.data[i].n,
                        (uint32_t)i, NULL));
  }
  for (size_t i = 0; i < p->places.places.n; i++) use_pos(p, p->places.places.data[i].pos);
  for (size_t i = 0; i < p->places.funcs.n; i++)
    use_pos(p, decl_pos(p, p->places.funcs.data[i].func));
  for (size_t i = 0; i < o->n_sources; i++) {
    const wfx_source *given = &o->sources[i];
    uint32_t file = wfx__strmap_get(m->ctx, &p->files, given->file, strlen(given->file));
    if (file == WFX_NO_ID || p->numbers[file] == WFX_NO_ID || is_taken[file]) continue;
    is_taken[file] = true;
    TRY(add_source(p, file, given));
  }
  for (uint32_t i = 0; i < n; i++)
    if (p->numbers[i] != WFX_NO_ID && !is_taken[i]) TRY(add_source(p, i, NULL));
  return true;
}

/* ---- The module -------------------------------------------------------------------------- */

void wfx__put_custom(struct sink *out, const char *name, const void *bytes, size_t n_bytes) {
  size_t n_name = strlen(name);
  put_u8(out, 0);
  put_uleb(out, wfx__leb_size_u(n_name) + n_name + n_bytes);
  put_uleb(out, n_name);
  put_bytes(out, name, n_name);
  put_bytes(out, bytes, n_bytes);
}

static void put_map_url(struct sink *out, const char *url) {
  struct sink s = {.errs = out->errs};
  put_uleb(&s, strlen(url));
  put_text(&s, url);
  wfx__put_custom(out, "sourceMappingURL", s.out.data, s.out.n);
  vec_free(out->errs->ctx, &s.out);
}

/* Hand out a block of exactly the bytes written, or nothing after an error. */
static void give_bytes(struct sink *s, wfx_bytes *out) {
  const wfx_ctx *ctx = s->errs->ctx;
  uint8_t *data = NULL;
  if (!errs_is_set(s->errs)) {
    data = wfx__realloc(ctx, s->out.data, s->out.cap, s->out.n);
    if (!data) wfx__fail_nomem(s->errs);
  }
  out->data = data;
  out->n = data ? s->out.n : 0;
  if (!data) vec_free(ctx, &s->out);
}

static void write_debug(struct positions *p, wfx_bytes *out, wfx_bytes *map) {
  const wfx_debug_options *o = p->options;
  struct sink module = {p->errs, {out->data, out->n, out->n}}, json = {.errs = p->errs};
  out->data = NULL;
  if (find_sources(p)) {
    if (map) wfx__put_source_map(p, &json);
    if (o->map_url) put_map_url(&module, o->map_url);
    if (o->has_dwarf) wfx__put_dwarf(p, &module);
  }
  give_bytes(&module, out);
  if (map) give_bytes(&json, map);
  if (errs_is_set(p->errs)) wfx_bytes_free(p->m->ctx, out);
}

wfx_status wfx_module_encode_debug(wfx_module *m, const wfx_debug_options *options,
                                   wfx_bytes *out, wfx_bytes *map) {
  wfx_debug_options o = {.size = sizeof o};
  if (options) memcpy(&o, options, options->size < sizeof o ? options->size : sizeof o);
  if (map) *map = (wfx_bytes){NULL, 0};
  unsigned replaced = (o.has_dwarf ? OFFSETS_IN_CODE : 0u) |
                      (o.map_url ? OFFSETS_IN_MODULE : 0u);
  struct positions p = {.m = m, .errs = &m->errs, .options = &o};
  wfx__arena_init(&p.arena, m->ctx);
  if (wfx__encode(m, o.flags, replaced, &p.places, out) == WFX_OK) write_debug(&p, out, map);
  wfx__places_free(m->ctx, &p.places);
  wfx__strmap_free(m->ctx, &p.files);
  vec_free(m->ctx, &p.sources);
  wfx__arena_free(&p.arena);
  return errs_status(&m->errs);
}
