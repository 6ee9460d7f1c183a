/* map.h: hash tables with keyed hashes, so that no input can choose its collisions.
 *
 * Iteration order is never used for output. */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include "base/vec.h"

/* From 64-bit keys to 32-bit values. */
struct map {
  struct map_slot *slots; /* cap slots, linear probing; value WFX_NO_ID marks a free one */
  uint32_t n, cap;
};
struct map_slot {
  uint64_t key;
  uint32_t value;
};

void wfx__map_free(const wfx_ctx *ctx, struct map *m);
/* The value under key, or WFX_NO_ID. */
uint32_t wfx__map_get(const wfx_ctx *ctx, const struct map *m, uint64_t key);
/* Set it; value is not WFX_NO_ID. */
bool wfx__map_put(struct errs *e, struct map *m, uint64_t key, uint32_t value);

/* From hashes to 32-bit values, several values a hash: the caller compares the things meant.
 * Walk with it = 0; (v = wfx__multimap_next(...)) != WFX_NO_ID. */
uint32_t wfx__multimap_next(const struct map *m, uint64_t hash, uint32_t *it);
bool wfx__multimap_put(struct errs *e, struct map *m, uint64_t hash, uint32_t value);

/* From strings to 32-bit values. Keys are borrowed and must outlive the map. */
struct strmap {
  struct map map;
  VEC(wfx_str) keys; /* by entry */
  vec_u32 values;
};
void wfx__strmap_free(const wfx_ctx *ctx, struct strmap *m);
uint32_t wfx__strmap_get(const wfx_ctx *ctx, const struct strmap *m, const char *key, size_t n);
/* Add; an existing key keeps its first value and *is_new is false. is_new may be NULL. */
bool wfx__strmap_add(struct errs *e, struct strmap *m, const char *key, size_t n, uint32_t value,
                     bool *is_new);

uint64_t wfx__hash_bytes(const wfx_ctx *ctx, const void *data, size_t n);
uint64_t wfx__hash_mix(uint64_t hash, uint64_t x);

#endif
