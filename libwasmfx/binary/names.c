/* names.c: the name section, read and written. Spec: Appendix, Custom Sections, Name Section.
 *
 * A section that keeps to the specification (subsections and indices in order, each once)
 * gives its names to the declarations. Its bytes are kept and written back for as long as they
 * say the same as the module, so that what the module has no place for is not lost: empty
 * subsections, names of locals of imported functions. */
#include <string.h>

#include "binary/decode.h"
#include "binary/encode.h"

enum { NAMES_MODULE = 0, NAMES_LOCALS = 2, NAMES_LABELS = 3, NAMES_FIELDS = 10,
       NAMES_COUNT = 12 };

/* Subsections after the first, by id: what their outer index counts, and whether each index
 * has a map of its own. */
static const struct subsection {
  uint8_t space;
  bool is_indirect;
} subsections[NAMES_COUNT] = {
    [1] = {SPACE_FUNC, false},          [NAMES_LOCALS] = {SPACE_FUNC, true},
    [NAMES_LABELS] = {SPACE_FUNC, true}, [4] = {SPACE_TYPE, false},
    [5] = {SPACE_TABLE, false},         [6] = {SPACE_MEM, false},
    [7] = {SPACE_GLOBAL, false},        [8] = {SPACE_ELEM, false},
    [9] = {SPACE_DATA, false},          [NAMES_FIELDS] = {SPACE_TYPE, true},
    [11] = {SPACE_TAG, false},
};

/* The names of locals or labels of a function; NULL when it has no body. */
static vec_names *body_names(const struct wfx_module *m, uint8_t id, uint32_t func) {
  uint32_t i = m->funcs.data[func].body;
  if (i == WFX_NO_ID) return NULL;
  struct body *b = m->bodies.data[i];
  return id == NAMES_LOCALS ? &b->local_names : &b->label_names;
}

/* ---- Reading ----------------------------------------------------------------------------- */

enum names_mode { NAMES_CHECK, NAMES_TAKE, NAMES_MATCH };

struct names_reader {
  struct wfx_module *m;
  const struct index_map *map; /* when matching */
  enum names_mode mode;
  size_t n_matched;
};

static bool take_name(struct wfx_module *m, wfx_str name, wfx_str *slot) {
  return wfx__module_str(m, name.data, name.n, slot);
}

static bool match_name(struct names_reader *nr, wfx_str name, const wfx_str *slot) {
  nr->n_matched++;
  return slot->data && slot->n == name.n && memcmp(slot->data, name.data, name.n) == 0;
}

static bool use_name(struct names_reader *nr, wfx_str name, wfx_str *slot) {
  return nr->mode == NAMES_TAKE ? take_name(nr->m, name, slot) : match_name(nr, name, slot);
}

/* A handle for an index of the section; false when nothing has that index. */
static bool find_id(const struct names_reader *nr, enum ref_space space, uint32_t index,
                    uint32_t *id) {
  if (index >= wfx__space_count(nr->m, space)) return false;
  *id = nr->map ? nr->map->ids[space][index] : index;
  return true;
}

static bool use_field_name(struct names_reader *nr, uint32_t type, uint32_t field,
                           wfx_str name) {
  struct type *t = type_at(&nr->m->types, type);
  if (field >= t->n_fields) return true;
  if (!t->field_names) {
    if (nr->mode == NAMES_MATCH) return false;
    t->field_names = wfx__arena_alloc(&nr->m->arena, t->n_fields * sizeof *t->field_names);
    if (!t->field_names) return wfx__fail_nomem(&nr->m->errs);
  }
  return use_name(nr, name, &t->field_names[field]);
}

static bool use_body_name(struct names_reader *nr, uint8_t id, uint32_t func, uint32_t index,
                          wfx_str name) {
  vec_names *names = body_names(nr->m, id, func);
  if (!names) return true;
  if (nr->mode == NAMES_TAKE) {
    struct index_name in = {.index = index};
    TRY(take_name(nr->m, name, &in.name));
    return vec_push(&nr->m->errs, names, in);
  }
  size_t low = 0, high = names->n;
  while (low < high) {
    size_t mid = low + (high - low) / 2;
    if (names->data[mid].index < index) low = mid + 1;
    else high = mid;
  }
  return low < names->n && names->data[low].index == index &&
         match_name(nr, name, &names->data[low].name);
}

/* One name: of outer, or of inner within outer. */
static bool use_entry(struct names_reader *nr, uint8_t id, uint32_t outer, uint32_t inner,
                      wfx_str name) {
  enum ref_space space = (enum ref_space)subsections[id].space;
  uint32_t handle;
  if (nr->mode == NAMES_CHECK || !find_id(nr, space, outer, &handle)) return true;
  if (!subsections[id].is_indirect)
    return use_name(nr, name, wfx__space_name(nr->m, space, handle));
  if (id == NAMES_FIELDS) return use_field_name(nr, handle, inner, name);
  return use_body_name(nr, id, handle, inner, name);
}

static bool fail_order(struct reader *r) {
  return wfx__fail(r->errs, WFX_MALFORMED, read_loc(r, r->at), "name section out of order");
}

/* The next index of a map, above the one before. */
static bool read_map_index(struct reader *r, uint64_t *next, uint32_t *out) {
  TRY(read_leb32(r, out));
  if (*out < *next) return fail_order(r);
  *next = (uint64_t)*out + 1;
  return true;
}

static bool read_name_map(struct names_reader *nr, struct reader *r, uint8_t id,
                          uint32_t outer) {
  uint32_t n, index;
  uint64_t next = 0;
  TRY(wfx__read_len(r, &n));
  for (uint32_t i = 0; i < n; i++) {
    wfx_str name;
    TRY(read_map_index(r, &next, &index));
    TRY(wfx__read_name(r, &name));
    bool is_inner = subsections[id].is_indirect;
    TRY(use_entry(nr, id, is_inner ? outer : index, index, name));
  }
  return true;
}

static bool read_subsection(struct names_reader *nr, struct reader *r, uint8_t id) {
  if (id == NAMES_MODULE) {
    wfx_str name;
    TRY(wfx__read_name(r, &name));
    return nr->mode == NAMES_CHECK || use_name(nr, name, &nr->m->name);
  }
  if (id >= NAMES_COUNT) { /* of a later version */
    r->at = r->end;
    return true;
  }
  if (!subsections[id].is_indirect) return read_name_map(nr, r, id, 0);
  uint32_t n, outer;
  uint64_t next = 0;
  TRY(wfx__read_len(r, &n));
  for (uint32_t i = 0; i < n; i++) {
    TRY(read_map_index(r, &next, &outer));
    TRY(read_name_map(nr, r, id, outer));
  }
  return true;
}

static bool read_names(struct names_reader *nr, struct errs *errs) {
  const struct custom *c = &nr->m->names;
  struct reader all = wfx__reader(errs, c->bytes, c->n_bytes, 0);
  int last = -1;
  while (all.at != all.end) {
    uint8_t id;
    uint32_t size;
    const uint8_t *bytes;
    TRY(read_byte(&all, &id));
    if (id <= last) return fail_order(&all);
    last = id;
    TRY(read_leb32(&all, &size));
    TRY(wfx__read_bytes(&all, size, &bytes));
    struct reader r = wfx__reader(errs, bytes, size, 0);
    TRY(read_subsection(nr, &r, id));
    if (r.at != r.end) return fail_order(&r);
  }
  return true;
}

bool wfx__names_check(struct wfx_module *m) {
  struct names_reader nr = {.m = m, .mode = NAMES_CHECK};
  struct errs errs;
  wfx__errs_init(&errs, m->ctx);
  bool ok = read_names(&nr, &errs);
  if (errs_status(&errs) == WFX_NOMEM) wfx__fail_nomem(&m->errs);
  wfx__errs_free(&errs);
  return ok;
}

bool wfx__names_take(struct wfx_module *m) {
  struct names_reader nr = {.m = m, .mode = NAMES_TAKE};
  return read_names(&nr, &m->errs);
}

/* ---- What the module holds now ----------------------------------------------------------- */

/* The names inside one function or type, of which a subsection makes a map. */
struct inner {
  const struct index_name *list; /* n of them, or NULL */
  const wfx_str *fields;         /* n slots, some empty */
  size_t n;
};

static struct inner inner_names(const struct wfx_module *m, uint8_t id, uint32_t handle) {
  struct inner in = {NULL, NULL, 0};
  if (id == NAMES_FIELDS) {
    const struct type *t = type_at(&m->types, handle);
    in.fields = t->field_names;
    in.n = t->field_names ? t->n_fields : 0;
  } else {
    const vec_names *names = body_names(m, id, handle);
    in.list = names ? names->data : NULL;
    in.n = names ? names->n : 0;
  }
  return in;
}

static size_t count_inner(const struct inner *in) {
  if (!in->fields) return in->n;
  size_t n = 0;
  for (size_t i = 0; i < in->n; i++) n += in->fields[i].data != NULL;
  return n;
}

/* How many entries a subsection would have, and how many names are in them. */
struct count {
  size_t n_entries, n_names;
};

static struct count count_names(const struct wfx_module *m, uint8_t id) {
  enum ref_space space = (enum ref_space)subsections[id].space;
  struct count c = {0, 0};
  for (uint32_t h = 0; h < wfx__space_count(m, space); h++) {
    size_t n = 0;
    if (subsections[id].is_indirect) {
      struct inner in = inner_names(m, id, h);
      n = count_inner(&in);
    } else {
      n = wfx__space_name(m, space, h)->data != NULL;
    }
    c.n_entries += n != 0;
    c.n_names += n;
  }
  return c;
}

bool wfx__names_match(struct wfx_module *m, const struct index_map *map) {
  struct names_reader nr = {.m = m, .map = map, .mode = NAMES_MATCH};
  struct errs errs;
  wfx__errs_init(&errs, m->ctx);
  bool ok = read_names(&nr, &errs);
  wfx__errs_free(&errs);
  size_t n = m->name.data != NULL;
  for (uint8_t id = 1; id < NAMES_COUNT; id++) n += count_names(m, id).n_names;
  return ok && n == nr.n_matched;
}

/* ---- Writing ----------------------------------------------------------------------------- */

static void enc_inner(struct writer *w, const struct inner *in) {
  enc_u(w, count_inner(in));
  for (size_t i = 0; i < in->n; i++) {
    if (in->fields && !in->fields[i].data) continue;
    enc_u(w, in->fields ? i : in->list[i].index);
    enc_name(w, in->fields ? in->fields[i] : in->list[i].name);
  }
}

static void enc_subsection(struct writer *w, uint8_t id) {
  enum ref_space space = (enum ref_space)subsections[id].space;
  struct count c = count_names(w->m, id);
  if (c.n_entries == 0) return;
  enc_byte(w, id);
  size_t begin = wfx__sized_begin(w);
  enc_u(w, c.n_entries);
  for (uint32_t index = 0; index < w->map.n[space]; index++) {
    uint32_t handle = w->map.ids[space][index];
    if (subsections[id].is_indirect) {
      struct inner in = inner_names(w->m, id, handle);
      if (count_inner(&in) == 0) continue;
      enc_u(w, index);
      enc_inner(w, &in);
    } else if (wfx__space_name(w->m, space, handle)->data) {
      enc_u(w, index);
      enc_name(w, *wfx__space_name(w->m, space, handle));
    }
  }
  wfx__sized_end(w, begin);
}

static void enc_all_names(struct writer *w) {
  const struct wfx_module *m = w->m;
  if (m->name.data) {
    enc_byte(w, NAMES_MODULE);
    size_t begin = wfx__sized_begin(w);
    enc_name(w, m->name);
    wfx__sized_end(w, begin);
  }
  for (uint8_t id = 1; id < NAMES_COUNT; id++) enc_subsection(w, id);
}

void wfx__write_names(struct writer *w) {
  const struct custom *kept = &w->m->names;
  bool is_kept = kept->bytes && !w->is_canonical && wfx__names_match(w->m, &w->map);
  size_t before = w->out.n;
  enc_byte(w, 0);
  size_t begin = wfx__sized_begin(w);
  wfx_str name = {"name", 4};
  enc_name(w, name);
  size_t empty = w->out.n;
  if (is_kept) enc_bytes(w, kept->bytes, kept->n_bytes);
  else enc_all_names(w);
  bool is_empty_section = w->out.n == empty && !is_kept;
  wfx__sized_end(w, begin);
  if (is_empty_section) w->out.n = before;
}
