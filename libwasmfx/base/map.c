/* map.c: open addressing with linear probing, at most three quarters full. */
#include "base/map.h"

#include <string.h>

uint64_t wfx__hash_mix(uint64_t hash, uint64_t x) {
  hash = (hash ^ x) * 0xbf58476d1ce4e5b9u;
  hash ^= hash >> 29;
  hash *= 0x94d049bb133111ebu;
  return hash ^ hash >> 32;
}

uint64_t wfx__hash_bytes(const wfx_ctx *ctx, const void *data, size_t n) {
  const uint8_t *p = data;
  uint64_t hash = wfx__hash_mix(ctx->hash_seed, n);
  for (; n >= 8; n -= 8, p += 8) {
    uint64_t x;
    memcpy(&x, p, 8);
    hash = wfx__hash_mix(hash, x);
  }
  uint64_t rest = 0;
  if (n != 0) memcpy(&rest, p, n);
  return wfx__hash_mix(hash, rest);
}

void wfx__map_free(const wfx_ctx *ctx, struct map *m) {
  wfx__free(ctx, m->slots, m->cap * sizeof *m->slots);
  m->slots = NULL;
  m->n = m->cap = 0;
}

static void insert(struct map *m, uint64_t hash, uint64_t key, uint32_t value) {
  uint32_t mask = m->cap - 1, i = (uint32_t)hash & mask;
  while (m->slots[i].value != WFX_NO_ID) i = (i + 1) & mask;
  m->slots[i].key = key;
  m->slots[i].value = value;
}

/* hash_of(key) is mixed with the seed for maps, the key itself for multimaps. */
static uint64_t slot_hash(const wfx_ctx *ctx, uint64_t key) {
  return ctx ? wfx__hash_mix(ctx->hash_seed, key) : key;
}

static bool grow(struct errs *e, const wfx_ctx *seed, struct map *m) {
  if (m->cap != 0 && m->n < m->cap - m->cap / 4) return true;
  if (m->cap > UINT32_MAX / 4) return wfx__fail_nomem(e);
  struct map bigger = {NULL, m->n, m->cap ? m->cap * 2 : 16};
  bigger.slots = wfx__alloc(e->ctx, bigger.cap * sizeof *bigger.slots);
  if (!bigger.slots) return wfx__fail_nomem(e);
  for (uint32_t i = 0; i < bigger.cap; i++) bigger.slots[i].value = WFX_NO_ID;
  for (uint32_t i = 0; i < m->cap; i++)
    if (m->slots[i].value != WFX_NO_ID)
      insert(&bigger, slot_hash(seed, m->slots[i].key), m->slots[i].key, m->slots[i].value);
  uint32_t n = m->n;
  wfx__map_free(e->ctx, m);
  *m = bigger;
  m->n = n;
  return true;
}

static struct map_slot *find(const wfx_ctx *ctx, const struct map *m, uint64_t key) {
  if (m->cap == 0) return NULL;
  uint32_t mask = m->cap - 1, i = (uint32_t)slot_hash(ctx, key) & mask;
  for (; m->slots[i].value != WFX_NO_ID; i = (i + 1) & mask)
    if (m->slots[i].key == key) return &m->slots[i];
  return NULL;
}

uint32_t wfx__map_get(const wfx_ctx *ctx, const struct map *m, uint64_t key) {
  struct map_slot *s = find(ctx, m, key);
  return s ? s->value : WFX_NO_ID;
}

bool wfx__map_put(struct errs *e, struct map *m, uint64_t key, uint32_t value) {
  struct map_slot *s = find(e->ctx, m, key);
  if (s) {
    s->value = value;
    return true;
  }
  TRY(grow(e, e->ctx, m));
  insert(m, slot_hash(e->ctx, key), key, value);
  m->n++;
  return true;
}

uint32_t wfx__multimap_next(const struct map *m, uint64_t hash, uint32_t *it) {
  if (m->cap == 0) return WFX_NO_ID;
  uint32_t mask = m->cap - 1;
  while (*it < m->cap) {
    const struct map_slot *s = &m->slots[((uint32_t)hash + (*it)++) & mask];
    if (s->value == WFX_NO_ID) break;
    if (s->key == hash) return s->value;
  }
  return WFX_NO_ID;
}

bool wfx__multimap_put(struct errs *e, struct map *m, uint64_t hash, uint32_t value) {
  TRY(grow(e, NULL, m));
  insert(m, hash, hash, value);
  m->n++;
  return true;
}

void wfx__strmap_free(const wfx_ctx *ctx, struct strmap *m) {
  wfx__map_free(ctx, &m->map);
  vec_free(ctx, &m->keys);
  vec_free(ctx, &m->values);
}

static uint32_t find_str(const struct strmap *m, uint64_t hash, const char *key, size_t n) {
  uint32_t it = 0, i;
  while ((i = wfx__multimap_next(&m->map, hash, &it)) != WFX_NO_ID)
    if (m->keys.data[i].n == n && (n == 0 || memcmp(m->keys.data[i].data, key, n) == 0)) return i;
  return WFX_NO_ID;
}

uint32_t wfx__strmap_get(const wfx_ctx *ctx, const struct strmap *m, const char *key, size_t n) {
  uint32_t i = find_str(m, wfx__hash_bytes(ctx, key, n), key, n);
  return i == WFX_NO_ID ? WFX_NO_ID : m->values.data[i];
}

bool wfx__strmap_add(struct errs *e, struct strmap *m, const char *key, size_t n, uint32_t value,
                     bool *is_new) {
  uint64_t hash = wfx__hash_bytes(e->ctx, key, n);
  bool is_absent = find_str(m, hash, key, n) == WFX_NO_ID;
  if (is_new) *is_new = is_absent;
  if (!is_absent) return true;
  wfx_str s = {key, n};
  uint32_t i = (uint32_t)m->keys.n;
  TRY(vec_reserve(e, &m->keys, 1));
  TRY(vec_push(e, &m->values, value));
  m->keys.data[m->keys.n++] = s;
  if (!wfx__multimap_put(e, &m->map, hash, i)) {
    m->keys.n--;
    m->values.n--;
    return false;
  }
  return true;
}
