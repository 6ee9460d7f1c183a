/* The hash map; see fe_map.h. */
#include "common/fe_map.h"

#include <string.h>

struct fe_map_entry {
  const char *key;         /* NULL: free */
  size_t n_bytes;
  uint32_t hash, value;
};

/* FNV-1a. */
static uint32_t hash_of(const void *key, size_t n_bytes) {
  const uint8_t *bytes = key;
  uint32_t hash = 2166136261u;
  for (size_t i = 0; i < n_bytes; i++)
    hash = (hash ^ bytes[i]) * 16777619u;
  return hash;
}

static struct fe_map_entry *slot_of(const fe_map *m, const void *key, size_t n_bytes,
                                    uint32_t hash) {
  for (uint32_t i = hash;; i++) {
    struct fe_map_entry *e = &m->entries[i & (m->cap - 1)];
    if (!e->key || (e->hash == hash && e->n_bytes == n_bytes &&
                    (n_bytes == 0 || memcmp(e->key, key, n_bytes) == 0)))
      return e;
  }
}

static void grow(fe_arena *a, fe_map *m) {
  fe_map old = *m;
  m->cap = old.cap ? old.cap * 2 : 64;
  m->entries = fe_alloc_n(a, m->cap, sizeof *m->entries);
  for (uint32_t i = 0; i < old.cap; i++) {
    const struct fe_map_entry *e = &old.entries[i];
    if (e->key)
      *slot_of(m, e->key, e->n_bytes, e->hash) = *e;
  }
}

uint32_t *fe_map_at(fe_arena *a, fe_map *m, const void *key, size_t n_bytes, bool *is_new) {
  if (m->n >= m->cap / 2)
    grow(a, m);
  uint32_t hash = hash_of(key, n_bytes);
  struct fe_map_entry *e = slot_of(m, key, n_bytes, hash);
  *is_new = !e->key;
  if (*is_new) {
    *e = (struct fe_map_entry){fe_copy(a, key, n_bytes), n_bytes, hash, 0};
    m->n++;
  }
  return &e->value;
}
