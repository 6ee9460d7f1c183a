/* object_read.c: the form of one object: the custom sections "linking", "reloc.*" and
 * "target_features", and that they fit the module they are in. What names mean is for
 * object_symbol.c. Format: WebAssembly tool conventions, Linking. */
#include "link/object.h"

#include <string.h>

#include <wasmfx/binary.h>

#include "binary/reader.h"

#define RELOC_BYTES_LEB 5
#define RELOC_BYTES_SLEB 5
#define RELOC_BYTES_I32 4
#define RELOC_BYTES_LEB64 10
#define RELOC_BYTES_SLEB64 10
#define RELOC_BYTES_I64 8
const struct reloc_info wfx__relocs[RELOC_COUNT] = {
#define WFX_RELOC(name, what, form, has_addend) \
  {"R_WASM_" #name, RELOC_##what, RELOC_##form, RELOC_BYTES_##form, has_addend},
#include "link/reloc.def"
#undef WFX_RELOC
};

static bool is_text(wfx_str s, const char *text) {
  return s.n == strlen(text) && memcmp(s.data, text, s.n) == 0;
}

/* ---- Sections ---------------------------------------------------------------------------- */

enum { SECTION_ID_CUSTOM = 0, SECTION_ID_CODE = 10, SECTION_ID_DATA = 11 };

static bool has_module_header(const uint8_t *bytes, size_t n) {
  return n >= 8 && memcmp(bytes, "\0asm\1\0\0\0", 8) == 0;
}

/* What a compiler writes for something else: which, or NULL. */
static const char *foreign_object(const uint8_t *bytes, size_t n) {
  static const struct {
    const char *magic, *what;
  } formats[] = {
      {"\x7f" "ELF", "machine code (ELF)"},
      {"BC\xc0\xde", "LLVM bitcode, as of -flto"},
      {"\xde\xc0\x17\x0b", "LLVM bitcode, as of -flto"},
  };
  for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
    if (n >= 4 && memcmp(bytes, formats[i].magic, 4) == 0) return formats[i].what;
  return NULL;
}

bool wfx__object_format(struct errs *e, const uint8_t *bytes, size_t n) {
  const char *what = foreign_object(bytes, n);
  return !what || wfx__fail(e, WFX_UNSUPPORTED, loc_offset(0), "%s is not supported", what);
}

bool wfx_is_object(const uint8_t *bytes, size_t n_bytes) {
  if (!has_module_header(bytes, n_bytes)) return foreign_object(bytes, n_bytes) != NULL;
  wfx_section s;
  for (size_t at = 0; wfx_section_next(bytes, n_bytes, &at, &s);)
    if (s.id == SECTION_ID_CUSTOM && is_text(s.name, "linking")) return true;
  return false;
}

/* ---- The linking section ----------------------------------------------------------------- */

static bool read_symbol(struct object *o, struct reader *r) {
  const uint8_t *at = r->at;
  struct object_symbol s = {.id = WFX_NO_ID, .at = read_pos(r), .other = WFX_NO_ID,
                            .meaning = WFX_NO_ID};
  TRY(read_byte(r, &s.kind));
  if (s.kind >= SYMBOL_KIND_COUNT)
    return wfx__fail(r->errs, WFX_MALFORMED, read_loc(r, at), "malformed symbol kind, found %u",
                     s.kind);
  TRY(read_leb32(r, &s.flags));
  bool is_defined = !(s.flags & SYMBOL_UNDEFINED);
  switch ((enum symbol_kind)s.kind) {
  case SYMBOL_DATA: {
    uint64_t n_bytes;
    TRY(wfx__read_name(r, &s.name));
    if (is_defined)
      TRY(read_leb32(r, &s.id) && wfx__read_leb_u(r, 64, &s.offset) &&
          wfx__read_leb_u(r, 64, &n_bytes));
    break;
  }
  case SYMBOL_SECTION: TRY(read_leb32(r, &s.id)); break;
  case SYMBOL_FUNC: case SYMBOL_GLOBAL: case SYMBOL_TAG: case SYMBOL_TABLE:
    TRY(read_leb32(r, &s.id));
    if (is_defined || (s.flags & SYMBOL_EXPLICIT)) TRY(wfx__read_name(r, &s.name));
    break;
  case SYMBOL_KIND_COUNT: break;
  }
  if (!is_defined && (s.flags & SYMBOL_LOCAL))
    return wfx__fail(r->errs, WFX_MALFORMED, read_loc(r, at),
                     "malformed symbol: local and undefined");
  if (s.flags & SYMBOL_TLS)
    return wfx__fail(r->errs, WFX_UNSUPPORTED, read_loc(r, at),
                     "thread-local storage is not supported: symbol \"%.*s\"", STR_ARG(s.name));
  return vec_push(r->errs, &o->symbols, s);
}

static bool read_symbols(struct object *o, struct reader *r) {
  uint32_t n;
  TRY(wfx__read_len(r, &n));
  if (o->symbols.n != 0)
    return wfx__fail(r->errs, WFX_MALFORMED, read_loc(r, r->at), "a second symbol table");
  TRY(vec_reserve(r->errs, &o->symbols, n));
  for (uint32_t i = 0; i < n; i++) TRY(read_symbol(o, r));
  return true;
}

static bool read_segment_info(struct object *o, struct reader *r) {
  uint32_t n;
  TRY(wfx__read_len(r, &n));
  for (uint32_t i = 0; i < n; i++) {
    struct object_segment s = {.group = WFX_NO_ID};
    uint32_t align;
    TRY(wfx__read_name(r, &s.name));
    const uint8_t *at = r->at;
    TRY(read_leb32(r, &align));
    if (align >= 32)
      return wfx__fail(r->errs, WFX_MALFORMED, read_loc(r, at),
                       "malformed alignment: 2 to the power of %u", align);
    s.align_log2 = (uint8_t)align;
    at = r->at;
    TRY(read_leb32(r, &s.flags));
    if (s.flags & SEGMENT_TLS)
      return wfx__fail(r->errs, WFX_UNSUPPORTED, read_loc(r, at),
                       "thread-local storage is not supported: segment \"%.*s\"",
                       STR_ARG(s.name));
    TRY(vec_push(r->errs, &o->segments, s));
  }
  return true;
}

static bool read_inits(struct object *o, struct reader *r) {
  uint32_t n;
  TRY(wfx__read_len(r, &n));
  for (uint32_t i = 0; i < n; i++) {
    struct object_init init;
    const uint8_t *at = r->at;
    TRY(read_leb32(r, &init.priority) && read_leb32(r, &init.symbol));
    if (init.symbol >= o->symbols.n || o->symbols.data[init.symbol].kind != SYMBOL_FUNC)
      return wfx__fail(r->errs, WFX_MALFORMED, read_loc(r, at),
                       "malformed init function: symbol %u is no function", init.symbol);
    TRY(vec_push(r->errs, &o->inits, init));
  }
  return true;
}

static bool read_group_members(struct object *o, struct reader *r, uint32_t group) {
  uint32_t n;
  TRY(wfx__read_len(r, &n));
  for (uint32_t i = 0; i < n; i++) {
    struct object_member m = {.group = group, .at = read_pos(r)};
    TRY(read_byte(r, &m.kind) && read_leb32(r, &m.index));
    TRY(vec_push(r->errs, &o->members, m));
  }
  return true;
}

static bool read_groups(struct object *o, struct reader *r) {
  uint32_t n, flags;
  TRY(wfx__read_len(r, &n));
  for (uint32_t i = 0; i < n; i++) {
    struct object_group g = {.is_dropped = false};
    TRY(wfx__read_name(r, &g.name) && read_leb32(r, &flags));
    TRY(vec_push(r->errs, &o->groups, g));
    TRY(read_group_members(o, r, (uint32_t)o->groups.n - 1));
  }
  return true;
}

/* Subsections of other kinds are passed over. */
static bool read_linking_part(struct object *o, struct reader *r) {
  enum { SEGMENT_INFO = 5, INIT_FUNCS = 6, COMDAT_INFO = 7, SYMBOLS = 8 };
  uint8_t kind;
  uint32_t size;
  const uint8_t *bytes;
  TRY(read_byte(r, &kind) && read_leb32(r, &size));
  uint64_t offset = read_pos(r);
  TRY(wfx__read_bytes(r, size, &bytes));
  struct reader sub = wfx__reader(r->errs, bytes, size, offset);
  if (kind == SEGMENT_INFO) TRY(read_segment_info(o, &sub));
  else if (kind == INIT_FUNCS) TRY(read_inits(o, &sub));
  else if (kind == COMDAT_INFO) TRY(read_groups(o, &sub));
  else if (kind == SYMBOLS) TRY(read_symbols(o, &sub));
  else return true;
  return sub.at == sub.end || wfx__fail(r->errs, WFX_MALFORMED, read_loc(&sub, sub.at),
                                        "section size mismatch: %zu bytes are left in part %u "
                                        "of the linking section", read_left(&sub), kind);
}

static bool read_linking(struct object *o, struct reader *r) {
  enum { LINKING_VERSION = 2 };
  const uint8_t *at = r->at;
  uint32_t version;
  TRY(read_leb32(r, &version));
  if (version != LINKING_VERSION)
    return wfx__fail(r->errs, WFX_UNSUPPORTED, read_loc(r, at),
                     "the linking section has version %u, not %d", version, LINKING_VERSION);
  while (r->at != r->end) TRY(read_linking_part(o, r));
  return true;
}

/* ---- Relocations ------------------------------------------------------------------------- */

/* Which sections there were so far. */
struct seen {
  vec_u8 ids;
  uint64_t code_at, data_at; /* where their content begins */
  bool has_linking;
};

static bool check_reloc_kind(struct reader *r, const uint8_t *at, const struct reloc_info *info,
                             unsigned which) {
  wfx_loc loc = read_loc(r, at);
  bool is_leb = info->form != RELOC_I32 && info->form != RELOC_I64;
  switch ((enum reloc_what)info->what) {
  case RELOC_PIC:
    return wfx__fail(r->errs, WFX_UNSUPPORTED, loc,
                     "position-independent code is not supported: %s", info->name);
  case RELOC_TLS:
    return wfx__fail(r->errs, WFX_UNSUPPORTED, loc,
                     "thread-local storage is not supported: %s", info->name);
  case RELOC_DEBUG:
    return wfx__fail(r->errs, WFX_UNSUPPORTED, loc,
                     "%s is supported in debug information only", info->name);
  case RELOC_FUNC: case RELOC_SLOT: case RELOC_ADDRESS: case RELOC_TYPE: case RELOC_GLOBAL:
  case RELOC_TAG: case RELOC_TABLE: case RELOC_PLACE: break;
  }
  return is_leb == (which == 0) || wfx__fail(r->errs, WFX_MALFORMED, loc,
                                             "malformed relocation: %s cannot be in %s",
                                             info->name, which == 0 ? "code" : "data");
}

static bool read_reloc(struct object *o, struct reader *r, unsigned which, uint64_t base,
                       uint64_t *last_end) {
  const uint8_t *at = r->at;
  struct object_reloc reloc = {.addend = 0};
  uint32_t type, offset;
  TRY(read_leb32(r, &type));
  if (type >= RELOC_COUNT)
    return wfx__fail(r->errs, WFX_UNSUPPORTED, read_loc(r, at), "unknown relocation type %u",
                     type);
  const struct reloc_info *info = &wfx__relocs[type];
  TRY(check_reloc_kind(r, at, info, which));
  TRY(read_leb32(r, &offset) && read_leb32(r, &reloc.index));
  if (info->has_addend) TRY(wfx__read_leb_s(r, info->n_bytes < 8 ? 32 : 64, &reloc.addend));
  uint64_t place = base + offset;
  if (place < *last_end || place > UINT32_MAX - 16)
    return wfx__fail(r->errs, WFX_MALFORMED, read_loc(r, at),
                     "malformed relocation: offset %u is out of order or out of bounds",
                     offset);
  *last_end = place + info->n_bytes;
  reloc.type = (uint8_t)type;
  reloc.at = (uint32_t)place;
  return vec_push(r->errs, &o->relocs[which], reloc);
}

/* Those of debug information are passed over, as that is dropped. */
static bool read_relocs(struct object *o, struct reader *r, const struct seen *seen) {
  const uint8_t *at = r->at;
  uint32_t section, n;
  TRY(read_leb32(r, &section));
  if (section >= seen->ids.n)
    return wfx__fail(r->errs, WFX_MALFORMED, read_loc(r, at),
                     "malformed relocations: there is no section %u before them", section);
  uint8_t id = seen->ids.data[section];
  if (id == SECTION_ID_CUSTOM) return true;
  if (id != SECTION_ID_CODE && id != SECTION_ID_DATA)
    return wfx__fail(r->errs, WFX_MALFORMED, read_loc(r, at),
                     "malformed relocations: section %u is neither code nor data", section);
  unsigned which = id == SECTION_ID_DATA;
  TRY(wfx__read_len(r, &n));
  uint64_t base = which ? seen->data_at : seen->code_at, last_end = base;
  if (o->relocs[which].n != 0)
    return wfx__fail(r->errs, WFX_MALFORMED, read_loc(r, at),
                     "malformed relocations: section %u has some already", section);
  for (uint32_t i = 0; i < n; i++) TRY(read_reloc(o, r, which, base, &last_end));
  return true;
}

static bool read_features(struct object *o, struct reader *r) {
  uint32_t n;
  TRY(wfx__read_len(r, &n));
  for (uint32_t i = 0; i < n; i++) {
    const uint8_t *at = r->at;
    struct object_feature f;
    TRY(read_byte(r, &f.prefix) && wfx__read_name(r, &f.name));
    if (f.prefix == '=') f.prefix = '+';
    if (f.prefix != '+' && f.prefix != '-')
      return wfx__fail(r->errs, WFX_MALFORMED, read_loc(r, at),
                       "malformed target feature: prefix %02x", f.prefix);
    TRY(vec_push(r->errs, &o->features, f));
  }
  return true;
}

static bool read_custom_of_object(struct object *o, struct reader *r, wfx_str name,
                                  struct seen *seen, bool names_only) {
  static const char reloc[] = "reloc.";
  if (is_text(name, "linking")) {
    seen->has_linking = true;
    return read_linking(o, r);
  }
  if (names_only) return true;
  if (is_text(name, "dylink.0") || is_text(name, "dylink"))
    return wfx__fail(r->errs, WFX_UNSUPPORTED, read_loc(r, r->at),
                     "position-independent code is not supported: a dynamic library");
  if (name.n >= sizeof reloc - 1 && memcmp(name.data, reloc, sizeof reloc - 1) == 0)
    return read_relocs(o, r, seen);
  return !is_text(name, "target_features") || read_features(o, r);
}

static bool read_object(struct object *o, struct errs *e, const uint8_t *bytes, size_t n,
                        bool names_only, struct seen *seen) {
  if (!has_module_header(bytes, n))
    return wfx__fail(e, WFX_MALFORMED, loc_offset(0), "magic header not detected");
  wfx_section s;
  size_t at = 0;
  while (wfx_section_next(bytes, n, &at, &s)) {
    if (s.id == SECTION_ID_CODE) seen->code_at = s.content;
    if (s.id == SECTION_ID_DATA) seen->data_at = s.content;
    struct reader r = wfx__reader(e, bytes + s.content, s.end - s.content, s.content);
    if (s.id == SECTION_ID_CUSTOM) TRY(read_custom_of_object(o, &r, s.name, seen, names_only));
    TRY(vec_push(e, &seen->ids, s.id));
  }
  if (at != n) return wfx__fail(e, WFX_MALFORMED, loc_offset(at), "malformed section");
  return seen->has_linking ||
         wfx__fail(e, WFX_MALFORMED, loc_offset(n),
                   "not a relocatable object: it has no linking section");
}

bool wfx__object_read(struct object *o, struct errs *e, const uint8_t *bytes, size_t n,
                      bool names_only) {
  struct seen seen = {.has_linking = false};
  bool ok = read_object(o, e, bytes, n, names_only, &seen);
  vec_free(e->ctx, &seen.ids);
  return ok;
}

void wfx__object_free(const wfx_ctx *ctx, struct object *o) {
  vec_free(ctx, &o->symbols);
  vec_free(ctx, &o->relocs[0]);
  vec_free(ctx, &o->relocs[1]);
  vec_free(ctx, &o->segments);
  vec_free(ctx, &o->groups);
  vec_free(ctx, &o->members);
  vec_free(ctx, &o->inits);
  vec_free(ctx, &o->features);
  wfx__free(ctx, o, sizeof *o);
}

/* ---- Against the module ------------------------------------------------------------------ */

static bool fail_symbol(struct wfx_module *m, const struct object_symbol *s, const char *what) {
  return wfx__fail(&m->errs, WFX_MALFORMED, loc_offset(s->at), "malformed symbol \"%.*s\": %s",
                   STR_ARG(s->name), what);
}

static bool bind_declared(struct wfx_module *m, struct object_symbol *s) {
  static const uint8_t kinds[SYMBOL_KIND_COUNT] = {
      [SYMBOL_FUNC] = WFX_EXTERN_FUNC, [SYMBOL_GLOBAL] = WFX_EXTERN_GLOBAL,
      [SYMBOL_TAG] = WFX_EXTERN_TAG, [SYMBOL_TABLE] = WFX_EXTERN_TABLE};
  uint32_t kind = kinds[s->kind];
  if (s->id >= wfx__module_count(m, kind)) return fail_symbol(m, s, "index out of range");
  struct decl *d = wfx__module_decl(m, kind, s->id);
  bool is_undefined = (s->flags & SYMBOL_UNDEFINED) != 0;
  if (is_undefined != (d->import != WFX_NO_ID))
    return fail_symbol(m, s, is_undefined ? "undefined, but not an import"
                                          : "defined, but an import");
  if (is_undefined && !(s->flags & SYMBOL_EXPLICIT))
    s->name = m->imports.data[d->import].field;
  return d->name.data || wfx__module_str(m, s->name.data, s->name.n, &d->name);
}

static bool bind_data(struct wfx_module *m, const struct object_symbol *s) {
  if (s->flags & (SYMBOL_UNDEFINED | SYMBOL_ABSOLUTE)) return true;
  if (s->id >= m->datas.n) return fail_symbol(m, s, "segment out of range");
  return s->offset <= m->datas.data[s->id].n_bytes ||
         fail_symbol(m, s, "offset behind the end of its segment");
}

static bool bind_symbols(struct object *o, struct wfx_module *m) {
  for (size_t i = 0; i < o->symbols.n; i++) {
    struct object_symbol *s = &o->symbols.data[i];
    switch ((enum symbol_kind)s->kind) {
    case SYMBOL_DATA: TRY(bind_data(m, s)); break;
    case SYMBOL_FUNC: case SYMBOL_GLOBAL: case SYMBOL_TAG: case SYMBOL_TABLE:
      TRY(bind_declared(m, s));
      break;
    case SYMBOL_SECTION: case SYMBOL_KIND_COUNT: break;
    }
  }
  return true;
}

static bool bind_segments(struct object *o, struct wfx_module *m) {
  if (o->segments.n > m->datas.n)
    return wfx__fail(&m->errs, WFX_MALFORMED, loc_none(),
                     "malformed segment information: %zu for %zu segments", o->segments.n,
                     m->datas.n);
  struct object_segment none = {.group = WFX_NO_ID};
  while (o->segments.n < m->datas.n) TRY(vec_push(&m->errs, &o->segments, none));
  for (size_t i = 0; i < m->datas.n; i++)
    if (m->datas.data[i].mode != SEGMENT_ACTIVE)
      return wfx__fail(&m->errs, WFX_UNSUPPORTED, m->datas.data[i].decl.loc,
                       "passive data segments of objects are not supported");
  return true;
}

static bool bind_groups(struct object *o, struct wfx_module *m) {
  enum { MEMBER_DATA = 0, MEMBER_FUNC = 1, MEMBER_SECTION = 5 };
  for (size_t i = 0; i < o->members.n; i++) {
    const struct object_member *member = &o->members.data[i];
    uint32_t *group = NULL;
    if (member->kind == MEMBER_SECTION) continue;
    if (member->kind == MEMBER_DATA && member->index < o->segments.n)
      group = &o->segments.data[member->index].group;
    if (member->kind == MEMBER_FUNC && member->index < o->n_funcs)
      group = &o->func_group[member->index];
    if (!group || *group != WFX_NO_ID)
      return wfx__fail(&m->errs, WFX_MALFORMED, loc_offset(member->at),
                       "malformed group \"%.*s\": member of kind %u, index %u",
                       STR_ARG(o->groups.data[member->group].name), member->kind,
                       member->index);
    *group = member->group;
  }
  return true;
}

/* The symbol of a relocation is of the kind that it needs. */
static bool check_reloc_symbol(const struct object *o, struct wfx_module *m,
                               const struct object_reloc *r) {
  static const uint8_t wants[] = {
      [RELOC_FUNC] = SYMBOL_FUNC,     [RELOC_SLOT] = SYMBOL_FUNC, [RELOC_ADDRESS] = SYMBOL_DATA,
      [RELOC_GLOBAL] = SYMBOL_GLOBAL, [RELOC_TAG] = SYMBOL_TAG,   [RELOC_TABLE] = SYMBOL_TABLE,
      [RELOC_PLACE] = SYMBOL_DATA};
  const struct reloc_info *info = &wfx__relocs[r->type];
  if (info->what == RELOC_TYPE)
    return r->index < m->types.types.n ||
           wfx__fail(&m->errs, WFX_MALFORMED, loc_offset(r->at),
                     "malformed relocation: %s names type %u", info->name, r->index);
  if (r->index >= o->symbols.n)
    return wfx__fail(&m->errs, WFX_MALFORMED, loc_offset(r->at),
                     "malformed relocation: %s names symbol %u of %zu", info->name, r->index,
                     o->symbols.n);
  const struct object_symbol *s = &o->symbols.data[r->index];
  if (s->kind == wants[info->what]) return true;
  if (info->what == RELOC_GLOBAL && (s->kind == SYMBOL_FUNC || s->kind == SYMBOL_DATA))
    return wfx__fail(&m->errs, WFX_UNSUPPORTED, loc_offset(r->at),
                     "position-independent code is not supported: the address of \"%.*s\" in a "
                     "global", STR_ARG(s->name));
  return wfx__fail(&m->errs, WFX_MALFORMED, loc_offset(r->at),
                   "malformed relocation: %s names symbol \"%.*s\", which is of another kind",
                   info->name, STR_ARG(s->name));
}

/* A LEB128 that fills its place, whatever its value. */
static bool is_padded(const uint8_t *at, size_t n) {
  for (size_t i = 0; i + 1 < n; i++)
    if (!(at[i] & 0x80)) return false;
  return !(at[n - 1] & 0x80);
}

static bool check_reloc_place(struct wfx_module *m, const struct object_reloc *r,
                              uint64_t offset, size_t n) {
  const struct reloc_info *info = &wfx__relocs[r->type];
  if (r->at < offset || (uint64_t)r->at + info->n_bytes > offset + n)
    return wfx__fail(&m->errs, WFX_MALFORMED, loc_offset(r->at),
                     "malformed relocation: %s is not inside a function or segment",
                     info->name);
  return info->form == RELOC_I32 || info->form == RELOC_I64 ||
         is_padded(m->input + r->at, info->n_bytes) ||
         wfx__fail(&m->errs, WFX_MALFORMED, loc_offset(r->at),
                   "malformed relocation: %s is not at an integer of full length", info->name);
}

/* Where the bytes of function or data segment i lie, when it has any. */
static bool find_range(const struct wfx_module *m, unsigned which, size_t i, uint64_t *offset,
                       size_t *n) {
  if (which == 1) {
    *offset = (uint64_t)(m->datas.data[i].bytes - m->input);
    *n = m->datas.data[i].n_bytes;
    return true;
  }
  uint32_t body = m->funcs.data[i].body;
  if (body == WFX_NO_ID) return false;
  *offset = m->bodies.data[body]->offset;
  *n = m->bodies.data[body]->n_bytes;
  return true;
}

/* Both relocations and what they are in ascend. */
static bool bind_relocs(struct object *o, struct wfx_module *m, unsigned which) {
  size_t n = which == 0 ? m->funcs.n : m->datas.n, k = 0, n_bytes;
  uint64_t offset;
  o->first_reloc[which] = wfx__arena_alloc(&m->arena, (n + 1) * sizeof **o->first_reloc);
  if (!o->first_reloc[which]) return wfx__fail_nomem(&m->errs);
  for (size_t i = 0; i < n; i++) {
    o->first_reloc[which][i] = (uint32_t)k;
    if (!find_range(m, which, i, &offset, &n_bytes)) continue;
    for (; k < o->relocs[which].n && o->relocs[which].data[k].at < offset + n_bytes; k++) {
      TRY(check_reloc_place(m, &o->relocs[which].data[k], offset, n_bytes));
      TRY(check_reloc_symbol(o, m, &o->relocs[which].data[k]));
    }
  }
  o->first_reloc[which][n] = (uint32_t)k;
  return k == o->relocs[which].n ||
         check_reloc_place(m, &o->relocs[which].data[k], UINT64_MAX, 0);
}

bool wfx__object_bind(struct object *o, struct wfx_module *m) {
  if (m->start != WFX_NO_ID)
    return wfx__fail(&m->errs, WFX_MALFORMED, loc_none(), "an object with a start function");
  o->n_funcs = (uint32_t)m->funcs.n;
  o->func_group = wfx__arena_alloc(&m->arena, m->funcs.n * sizeof *o->func_group);
  o->func_export = wfx__arena_alloc(&m->arena, m->funcs.n * sizeof *o->func_export);
  if (!o->func_group || !o->func_export) return wfx__fail_nomem(&m->errs);
  for (uint32_t i = 0; i < o->n_funcs; i++) o->func_group[i] = o->func_export[i] = WFX_NO_ID;
  for (size_t i = m->exports.n; i-- > 0;)
    if (m->exports.data[i].kind == WFX_EXTERN_FUNC && m->exports.data[i].id < o->n_funcs)
      o->func_export[m->exports.data[i].id] = (uint32_t)i;
  return bind_symbols(o, m) && bind_segments(o, m) && bind_groups(o, m) &&
         bind_relocs(o, m, 0) && bind_relocs(o, m, 1);
}
