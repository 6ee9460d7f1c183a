/* large.h: valid modules of one thing in any number, written byte by byte: what the test of sizes and
 * the bench of growth share. */
#ifndef TESTS_LARGE_H
#define TESTS_LARGE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef struct large_bytes {
  uint8_t *data;
  size_t n, cap;
} large_bytes;

static inline void large_put(large_bytes *b, const void *data, size_t n) {
  if (b->cap - b->n < n) {
    b->cap = 2 * (b->cap + n);
    b->data = realloc(b->data, b->cap);
    if (!b->data) abort();
  }
  memcpy(b->data + b->n, data, n);
  b->n += n;
}
#define LARGE_PUT(b, ...) \
  large_put(b, (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}))

static inline void large_u(large_bytes *b, uint64_t x) {
  for (; x >= 0x80; x >>= 7) LARGE_PUT(b, (uint8_t)(x | 0x80));
  LARGE_PUT(b, (uint8_t)x);
}
/* A type index where a heap type may stand: signed. */
static inline void large_heap(large_bytes *b, uint64_t x) {
  for (; x >= 0x40; x >>= 7) LARGE_PUT(b, (uint8_t)(x | 0x80));
  LARGE_PUT(b, (uint8_t)x);
}
/* Append the length of part and part, which is freed. */
static inline void large_sized(large_bytes *b, large_bytes *part) {
  large_u(b, part->n);
  if (part->n != 0) large_put(b, part->data, part->n);
  free(part->data);
  memset(part, 0, sizeof *part);
}
static inline void large_section(large_bytes *m, uint8_t id, large_bytes *content) {
  if (m->n == 0) LARGE_PUT(m, 0, 'a', 's', 'm', 1, 0, 0, 0);
  LARGE_PUT(m, id);
  large_sized(m, content);
}

/* n functions of type 0 with the same body: all behind the locals' count included, but no end. */
static inline void large_funcs(large_bytes *m, uint32_t n, const large_bytes *body) {
  large_bytes s = {NULL, 0, 0};
  large_u(&s, n);
  for (uint32_t i = 0; i < n; i++) large_u(&s, 0);
  large_section(m, 3, &s);
  large_u(&s, n);
  for (uint32_t i = 0; i < n; i++) {
    large_u(&s, body->n + 1);
    large_put(&s, body->data, body->n);
    LARGE_PUT(&s, 0x0b);
  }
  large_section(m, 10, &s);
}

static inline void large_one_func(large_bytes *m, large_bytes *body) {
  large_bytes s = {NULL, 0, 0};
  LARGE_PUT(&s, 1, 0x60, 1, 0x64, 0x6f, 0); /* [(ref extern)] -> [] */
  large_section(m, 1, &s);
  large_funcs(m, 1, body);
  free(body->data);
}

/* Function types that all differ. */
static inline void large_types(large_bytes *m, uint32_t n) {
  large_bytes s = {NULL, 0, 0};
  large_u(&s, n);
  for (uint32_t i = 0; i < n; i++) {
    LARGE_PUT(&s, 0x60, 20);
    for (int k = 0; k < 20; k++) LARGE_PUT(&s, (uint8_t)(i >> k & 1 ? 0x7f : 0x7e));
    LARGE_PUT(&s, 0);
  }
  large_section(m, 1, &s);
}

/* Recursion groups of 10 types, all equal. */
static inline void large_equal_groups(large_bytes *m, uint32_t n) {
  large_bytes s = {NULL, 0, 0};
  large_u(&s, n / 10);
  for (uint32_t i = 0; i < n / 10 * 10; i++) {
    if (i % 10 == 0) LARGE_PUT(&s, 0x4e, 10);
    LARGE_PUT(&s, 0x5f, 1, 0x63); /* (struct (field (ref null NEXT))) */
    large_heap(&s, i / 10 * 10 + (i + 1) % 10);
    LARGE_PUT(&s, 0);
  }
  large_section(m, 1, &s);
}

/* One recursion group. */
static inline void large_group(large_bytes *m, uint32_t n) {
  large_bytes s = {NULL, 0, 0};
  LARGE_PUT(&s, 1, 0x4e);
  large_u(&s, n);
  for (uint32_t i = 0; i < n; i++) {
    LARGE_PUT(&s, 0x5f, 1, 0x63);
    large_heap(&s, (i + 1) % n);
    LARGE_PUT(&s, 0);
  }
  large_section(m, 1, &s);
}

/* Chains of subtypes as long as they may be, each with a field that refers to the end of the chain
 * before, where its supertype refers to the beginning. */
static inline void large_chains(large_bytes *m, uint32_t n) {
  enum { LENGTH = 63 };
  large_bytes s = {NULL, 0, 0};
  large_u(&s, n);
  for (uint32_t i = 0; i < n; i++) {
    uint32_t first = i - i % LENGTH;
    LARGE_PUT(&s, 0x50);
    if (i == first) LARGE_PUT(&s, 0);
    else LARGE_PUT(&s, 1), large_u(&s, i - 1);
    LARGE_PUT(&s, 0x5f);
    large_u(&s, first != 0);
    if (first == 0) continue;
    LARGE_PUT(&s, 0x63);
    large_heap(&s, i == first ? first - LENGTH : first - 1);
    LARGE_PUT(&s, 0);
  }
  large_section(m, 1, &s);
}

/* One br_table over 100 labels. */
static inline void large_br_table(large_bytes *m, uint32_t n) {
  large_bytes b = {NULL, 0, 0};
  LARGE_PUT(&b, 0);
  for (int i = 0; i < 100; i++) LARGE_PUT(&b, 0x02, 0x40);
  LARGE_PUT(&b, 0x41, 0, 0x0e);
  large_u(&b, n);
  for (uint32_t i = 0; i <= n; i++) LARGE_PUT(&b, (uint8_t)(i % 100));
  for (int i = 0; i < 100; i++) LARGE_PUT(&b, 0x0b);
  large_one_func(m, &b);
}

/* Blocks in blocks, each with a branch to the outermost. */
static inline void large_nesting(large_bytes *m, uint32_t n) {
  large_bytes b = {NULL, 0, 0};
  LARGE_PUT(&b, 0);
  for (uint32_t i = 0; i < n; i++) {
    LARGE_PUT(&b, 0x02, 0x40, 0x41, 0, 0x0d);
    large_u(&b, i);
  }
  for (uint32_t i = 0; i < n; i++) LARGE_PUT(&b, 0x0b);
  large_one_func(m, &b);
}

/* Functions with 45000 locals in three runs, of which one behind the first run is read. */
static inline void large_locals(large_bytes *m, uint32_t n) {
  large_bytes s = {NULL, 0, 0}, b = {NULL, 0, 0};
  LARGE_PUT(&s, 1, 0x60, 0, 0);
  large_section(m, 1, &s);
  LARGE_PUT(&b, 3);
  large_u(&b, 15000), LARGE_PUT(&b, 0x7f);
  large_u(&b, 15000), LARGE_PUT(&b, 0x7e);
  large_u(&b, 15000), LARGE_PUT(&b, 0x7d);
  LARGE_PUT(&b, 0x20);
  large_u(&b, 29999);
  LARGE_PUT(&b, 0x50, 0x1a);
  large_funcs(m, n, &b);
  free(b.data);
}

/* Blocks that set a local of no default value, which is unset at their end. */
static inline void large_inits(large_bytes *m, uint32_t n) {
  large_bytes b = {NULL, 0, 0};
  LARGE_PUT(&b, 1, 1, 0x64, 0x6f);
  for (uint32_t i = 0; i < n; i++)
    LARGE_PUT(&b, 0x02, 0x40, 0x20, 0, 0x21, 1, 0x20, 1, 0x1a, 0x0b);
  large_one_func(m, &b);
}

/* Exports of one function under names that all differ. */
static inline void large_exports(large_bytes *m, uint32_t n) {
  large_bytes s = {NULL, 0, 0}, b = {NULL, 0, 0};
  LARGE_PUT(&s, 1, 0x60, 0, 0);
  large_section(m, 1, &s);
  LARGE_PUT(&s, 1, 0);
  large_section(m, 3, &s);
  large_u(&s, n);
  for (uint32_t i = 0; i < n; i++) {
    LARGE_PUT(&s, 8);
    for (int k = 0; k < 8; k++) LARGE_PUT(&s, (uint8_t)('a' + (i >> 4 * k & 15)));
    LARGE_PUT(&s, 0, 0);
  }
  large_section(m, 7, &s);
  LARGE_PUT(&b, 1, 2, 0, 0x0b);
  large_section(m, 10, &b);
}

/* What grows, how, and how far: within the limits of a context. */
static const struct large_case {
  const char *name;
  void (*make)(large_bytes *m, uint32_t n);
  uint32_t n;
} large_cases[] = {
    {"types", large_types, 1000000},   {"equal_groups", large_equal_groups, 1000000},
    {"group", large_group, 1000000},   {"chains", large_chains, 500000},
    {"br_table", large_br_table, 4000000}, {"nesting", large_nesting, 99000},
    {"locals", large_locals, 400000},  {"inits", large_inits, 700000},
    {"exports", large_exports, 100000},
};
enum { N_LARGE_CASES = sizeof large_cases / sizeof *large_cases };

#endif
