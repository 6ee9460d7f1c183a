/* print_id.c: names into ids: quoted where they must be, and each used once. Spec: Text Format,
 * Identifiers. */
#include "text/print.h"

#include "base/utf8.h"
#include "text/lex.h"

/* Ids of one index space as they are made. */
struct id_maker {
  struct printer *p;
  struct arena *arena;
  struct strmap used;  /* id text -> slot in next */
  vec_u32 next;        /* the number to try next behind an id */
};

static void free_maker(struct id_maker *k) {
  wfx__strmap_free(k->p->m->ctx, &k->used);
  vec_free(k->p->m->ctx, &k->next);
}

static bool is_plain(wfx_str name) {
  for (size_t i = 0; i < name.n; i++)
    if (!wfx__is_idchar(name.data[i])) return false;
  return true;
}

/* name followed by _number, in the arena; number 0: alone. */
static bool numbered(struct id_maker *k, wfx_str name, uint32_t number, wfx_str *out) {
  char digits[12];
  size_t n = 0;
  for (uint32_t x = number; x != 0; x /= 10) digits[sizeof digits - ++n] = (char)('0' + x % 10);
  if (n != 0) digits[sizeof digits - ++n] = '_';
  char *s = wfx__arena_alloc(k->arena, name.n + n + 1);
  if (!s) return wfx__fail_nomem(&k->p->errs);
  memcpy(s, name.data, name.n);
  if (n != 0) memcpy(s + name.n, digits + sizeof digits - n, n);
  *out = (wfx_str){s, name.n + n};
  return true;
}

/* "$name" or "$\"name\"" in the arena. */
static bool spell(struct id_maker *k, wfx_str name, wfx_str *out) {
  struct printer *p = k->p;
  size_t mark = p->out.n;
  wfx__out_name_id(p, name);
  if (is_stopped(p)) return false;
  const char *id = (const char *)p->out.data + mark;
  bool ok = wfx__arena_str(k->arena, &p->errs, id, p->out.n - mark, out);
  p->out.n = mark;
  return ok;
}

/* An id for a name; data NULL when no id can carry it. */
static bool make_id(struct id_maker *k, wfx_str name, wfx_str *out) {
  *out = (wfx_str){NULL, 0};
  struct printer *p = k->p;
  if (!name.data || name.n == 0 || !wfx__utf8_is_valid(name.data, name.n)) return true;
  bool is_new;
  uint32_t slot = (uint32_t)k->next.n;
  TRY(vec_push(&p->errs, &k->next, 1));
  TRY(wfx__strmap_add(&p->errs, &k->used, name.data, name.n, slot, &is_new));
  wfx_str unique = name;
  if (!is_new) {
    uint32_t first = wfx__strmap_get(p->m->ctx, &k->used, name.data, name.n);
    while (!is_new) {
      TRY(numbered(k, name, k->next.data[first]++, &unique));
      TRY(wfx__strmap_add(&p->errs, &k->used, unique.data, unique.n, slot, &is_new));
    }
  }
  return spell(k, unique, out);
}

void wfx__out_name_id(struct printer *p, wfx_str name) {
  wfx__out(p, "$");
  if (is_plain(name)) wfx__out_bytes(p, name.data, name.n);
  else wfx__out_string(p, name.data, name.n, true);
}

bool wfx__make_ids(struct printer *p, struct arena *arena, const struct index_name *names,
                   size_t n, struct id_list *out) {
  memset(out, 0, sizeof *out);
  if (n == 0 || (p->flags & WFX_PRINT_NO_NAMES)) return true;
  struct index_name *ids = wfx__arena_alloc(arena, n * sizeof *ids);
  if (!ids) return wfx__fail_nomem(&p->errs);
  struct id_maker k = {.p = p, .arena = arena};
  bool ok = true;
  for (size_t i = 0; ok && i < n; i++) {
    ids[i].index = names[i].index;
    ok = make_id(&k, names[i].name, &ids[i].name);
  }
  free_maker(&k);
  out->ids = ids;
  out->names = names;
  out->n = n;
  return ok;
}

/* Where an index is in a list, or its length. */
static size_t find_entry(const struct id_list *list, uint32_t index) {
  size_t low = 0, high = list->n;
  while (low < high) {
    size_t mid = low + (high - low) / 2;
    if (list->ids[mid].index < index) low = mid + 1;
    else high = mid;
  }
  return low < list->n && list->ids[low].index == index ? low : list->n;
}

wfx_str wfx__find_id(const struct id_list *list, uint32_t index) {
  size_t i = find_entry(list, index);
  return i < list->n ? list->ids[i].name : (wfx_str){NULL, 0};
}

bool wfx__has_name(const struct id_list *list, uint32_t index) {
  size_t i = find_entry(list, index);
  return i < list->n && list->names[i].name.data;
}

/* Whether the name of an id is that name. */
static bool says(struct printer *p, wfx_str id, wfx_str name) {
  size_t mark = p->out.n;
  wfx__out_name_id(p, name);
  if (is_stopped(p)) return true;
  bool is_same = p->out.n - mark == id.n && memcmp(p->out.data + mark, id.data, id.n) == 0;
  p->out.n = mark;
  return is_same;
}

void wfx__out_name_annot(struct printer *p, wfx_str id, wfx_str name) {
  if (!name.data || !wfx__utf8_is_valid(name.data, name.n)) return;
  if (p->flags & WFX_PRINT_NO_NAMES || (id.data && says(p, id, name))) return;
  wfx__out(p, "(@name ");
  wfx__out_string(p, name.data, name.n, true);
  wfx__out(p, ") ");
}

void wfx__out_list_id(struct printer *p, const struct id_list *ids, uint32_t index) {
  size_t i = find_entry(ids, index);
  if (i == ids->n) return;
  wfx_str id = ids->ids[i].name;
  wfx__out_bytes(p, id.data, id.n);
  if (id.data) wfx__out(p, " ");
  wfx__out_name_annot(p, id, ids->names[i].name);
}

/* ---- Declarations ------------------------------------------------------------------------ */

static bool make_space_ids(struct printer *p, enum ref_space space) {
  uint32_t n = p->map.n[space];
  p->ids[space] = wfx__arena_alloc(&p->arena, n * sizeof(wfx_str));
  if (!p->ids[space]) return wfx__fail_nomem(&p->errs);
  if (p->flags & WFX_PRINT_NO_NAMES) return true;
  struct id_maker k = {.p = p, .arena = &p->arena};
  bool ok = true;
  /* In the order of indices, so that printing what was printed changes nothing. */
  for (uint32_t i = 0; ok && i < n; i++) {
    uint32_t id = p->map.ids[space][i];
    ok = make_id(&k, *wfx__space_name(p->m, space, id), &p->ids[space][id]);
  }
  free_maker(&k);
  return ok;
}

static bool make_fields(struct printer *p) {
  size_t n_types = p->m->types.types.n;
  p->fields = wfx__arena_alloc(&p->arena, n_types * sizeof *p->fields);
  if (!p->fields) return wfx__fail_nomem(&p->errs);
  for (size_t i = 0; i < n_types; i++) {
    const struct type *t = type_at(&p->m->types, (uint32_t)i);
    if (!t->field_names || t->kind != WFX_TYPE_STRUCT) continue;
    struct index_name *names = wfx__arena_alloc(&p->arena, t->n_fields * sizeof *names);
    if (!names) return wfx__fail_nomem(&p->errs);
    for (uint32_t k = 0; k < t->n_fields; k++)
      names[k] = (struct index_name){k, t->field_names[k]};
    TRY(wfx__make_ids(p, &p->arena, names, t->n_fields, &p->fields[i]));
  }
  return true;
}

bool wfx__print_ids(struct printer *p) {
  for (int space = 0; space < SPACE_COUNT; space++)
    TRY(make_space_ids(p, (enum ref_space)space));
  return make_fields(p);
}

void wfx__out_ref(struct printer *p, enum ref_space space, uint32_t handle) {
  if (handle >= p->map.n[space]) {
    wfx__out_uint(p, handle);
    return;
  }
  wfx_str id = p->ids[space][handle];
  if (id.data) wfx__out_bytes(p, id.data, id.n);
  else wfx__out_uint(p, p->map.of[space][handle]);
}

void wfx__out_id(struct printer *p, enum ref_space space, uint32_t handle) {
  wfx_str id = p->ids[space][handle], name = *wfx__space_name(p->m, space, handle);
  if (id.data) {
    wfx__out(p, " ");
    wfx__out_bytes(p, id.data, id.n);
  }
  if (!name.data) return;
  size_t mark = p->out.n;
  wfx__out(p, " ");
  wfx__out_name_annot(p, id, name);
  if (!is_stopped(p)) p->out.n = p->out.n == mark + 1 ? mark : p->out.n - 1; /* no space behind */
}
