/* tooling.c: the custom sections "producers" and "target_features" of the tool conventions.
 *
 * producers is a vector of fields, each a name and a vector of pairs of a name and a version;
 * target_features a vector of a prefix and a name. Both are kept as bytes and read when asked for. */
#include <string.h>

#include "base/leb.h"
#include "base/utf8.h"
#include "ir/module.h"

struct notes {
  const uint8_t *at, *end;
};

static bool notes_u32(struct notes *n, uint32_t *out) {
  uint64_t x;
  if (wfx__leb_read_u(&n->at, n->end, 32, &x) != LEB_OK) return false;
  *out = (uint32_t)x;
  return true;
}

static bool notes_str(struct notes *n, wfx_str *out) {
  uint32_t n_bytes;
  TRY(notes_u32(n, &n_bytes));
  if (n_bytes > (size_t)(n->end - n->at)) return false;
  *out = (wfx_str){(const char *)n->at, n_bytes};
  n->at += n_bytes;
  return wfx__utf8_is_valid(out->data, out->n);
}

static bool str_equal(wfx_str a, wfx_str b) {
  return a.n == b.n && memcmp(a.data, b.data, a.n) == 0;
}

/* The first custom section of a name, or NULL; its content to read. */
static struct custom *find_custom(const wfx_module *m, const char *name, struct notes *out) {
  for (size_t i = 0; i < m->customs.n; i++) {
    struct custom *c = &m->customs.data[i];
    if (!str_equal(c->name, (wfx_str){name, strlen(name)})) continue;
    *out = (struct notes){c->bytes, c->bytes + c->n_bytes};
    return c;
  }
  return NULL;
}

/* Give a custom section the content in out, or add it at the end; out is freed. */
static bool finish_notes(wfx_module *m, struct custom *c, const char *name, vec_u8 *out) {
  struct custom new = {.after = UINT32_MAX};
  bool ok = !errs_is_set(&m->errs) && (c || wfx__module_str(m, name, strlen(name), &new.name));
  const uint8_t *bytes = NULL;
  if (ok) bytes = (const uint8_t *)wfx__arena_copy(&m->arena, out->data, out->n);
  if (ok && !bytes) ok = wfx__fail_nomem(&m->errs);
  struct custom *to = c ? c : &new;
  if (ok) {
    to->bytes = bytes;
    to->n_bytes = out->n;
  }
  vec_free(m->ctx, out);
  return ok && (c || vec_push(&m->errs, &m->customs, new));
}

static void put_str(wfx_module *m, vec_u8 *out, wfx_str s) {
  (void)wfx__leb_write_u(&m->errs, out, s.n);
  (void)wfx__bytes_push(&m->errs, out, s.data, s.n);
}

/* ---- Producers --------------------------------------------------------------------------- */

/* One field, whose values are left to be read. */
static bool next_field(struct notes *n, wfx_str *field, uint32_t *n_values) {
  return notes_str(n, field) && notes_u32(n, n_values);
}

static bool next_value(struct notes *n, wfx_str *name, wfx_str *version) {
  return notes_str(n, name) && notes_str(n, version);
}

bool wfx_module_producer(const wfx_module *m, uint32_t i, wfx_str *field, wfx_str *name,
                         wfx_str *version) {
  struct notes n;
  uint32_t n_fields, n_values;
  if (!find_custom(m, "producers", &n) || !notes_u32(&n, &n_fields)) return false;
  while (n_fields-- != 0) {
    TRY(next_field(&n, field, &n_values));
    while (n_values-- != 0) {
      TRY(next_value(&n, name, version));
      if (i-- == 0) return true;
    }
  }
  return false;
}

/* Whether what is to be read is well-formed; whether a field, and a name in it, are there. */
static bool look_for(struct notes n, wfx_str field, wfx_str name, bool *has_field,
                     bool *has_name) {
  uint32_t n_fields, n_values;
  wfx_str f, value, version;
  TRY(notes_u32(&n, &n_fields));
  while (n_fields-- != 0) {
    TRY(next_field(&n, &f, &n_values));
    bool is_it = str_equal(f, field);
    *has_field |= is_it;
    while (n_values-- != 0) {
      TRY(next_value(&n, &value, &version));
      *has_name |= is_it && str_equal(value, name);
    }
  }
  return n.at == n.end;
}

bool wfx_module_add_producer(wfx_module *m, const char *field, const char *name,
                             const char *version) {
  const uint8_t none = 0;
  struct notes n = {&none, &none + 1};
  struct custom *c = find_custom(m, "producers", &n);
  wfx_str new_field = {field, strlen(field)}, new_name = {name, strlen(name)};
  wfx_str new_version = {version, strlen(version)}, f, value, old;
  uint32_t n_fields = 0, n_values = 0;
  bool has_field = false, has_name = false;
  vec_u8 out = {NULL, 0, 0};
  TRY(look_for(n, new_field, new_name, &has_field, &has_name));
  (void)notes_u32(&n, &n_fields);
  (void)wfx__leb_write_u(&m->errs, &out, (uint64_t)n_fields + !has_field);
  for (; n_fields != 0 && next_field(&n, &f, &n_values); n_fields--) {
    bool is_it = str_equal(f, new_field), adds = is_it && !has_name;
    put_str(m, &out, f);
    (void)wfx__leb_write_u(&m->errs, &out, (uint64_t)n_values + adds);
    for (; n_values != 0 && next_value(&n, &value, &old); n_values--) {
      put_str(m, &out, value);
      put_str(m, &out, is_it && str_equal(value, new_name) ? new_version : old);
    }
    if (adds) put_str(m, &out, new_name);
    if (adds) put_str(m, &out, new_version);
  }
  if (!has_field) {
    put_str(m, &out, new_field);
    (void)wfx__leb_write_u(&m->errs, &out, 1);
    put_str(m, &out, new_name);
    put_str(m, &out, new_version);
  }
  return finish_notes(m, c, "producers", &out);
}

/* ---- Target features --------------------------------------------------------------------- */

static bool next_feature(struct notes *n, char *prefix, wfx_str *name) {
  if (n->at == n->end) return false;
  *prefix = (char)*n->at++;
  return notes_str(n, name);
}

bool wfx_module_target_feature(const wfx_module *m, uint32_t i, char *prefix, wfx_str *name) {
  struct notes n;
  uint32_t count;
  if (!find_custom(m, "target_features", &n) || !notes_u32(&n, &count) || i >= count) return false;
  do TRY(next_feature(&n, prefix, name));
  while (i-- != 0);
  return true;
}

bool wfx_module_add_target_feature(wfx_module *m, char prefix, const char *name) {
  const uint8_t none = 0;
  struct notes n = {&none, &none + 1};
  struct custom *c = find_custom(m, "target_features", &n);
  wfx_str new_name = {name, strlen(name)}, old;
  uint32_t count, n_same = 0;
  char p;
  TRY(notes_u32(&n, &count));
  struct notes start = n;
  for (uint32_t i = 0; i < count; i++) {
    TRY(next_feature(&n, &p, &old));
    n_same += str_equal(old, new_name);
  }
  if (n.at != n.end) return false;
  vec_u8 out = {NULL, 0, 0};
  (void)wfx__leb_write_u(&m->errs, &out, (uint64_t)count - n_same + 1);
  while (next_feature(&start, &p, &old)) {
    if (str_equal(old, new_name)) continue;
    (void)vec_push(&m->errs, &out, (uint8_t)p);
    put_str(m, &out, old);
  }
  (void)vec_push(&m->errs, &out, (uint8_t)prefix);
  put_str(m, &out, new_name);
  return finish_notes(m, c, "target_features", &out);
}
