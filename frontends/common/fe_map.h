/* A hash map from bytes to numbers, in an arena. */
#ifndef FE_MAP_H
#define FE_MAP_H

#include "common/fe_arena.h"

typedef struct fe_map {
  struct fe_map_entry *entries;  /* open addressing; cap is 0 or a power of two */
  uint32_t n, cap;
} fe_map;

/* The number kept under a key, which is copied; 0 and *is_new when it was not there. The
 * pointer is good until the next call. Only inside fe_guard. Cost: hashing the key. */
uint32_t *fe_map_at(fe_arena *a, fe_map *m, const void *key, size_t n_bytes, bool *is_new);

#endif
