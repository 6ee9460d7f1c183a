/* mutate.c: bytes of a module changed here and there, with an eye to LEB128 numbers, sections
 * and opcodes. */
#include <string.h>

#include "gen/gen_state.h"

/* Make room for n_new bytes in place of n_old at at. */
static size_t splice(uint8_t *bytes, size_t n, size_t room, size_t at, size_t n_old,
                     size_t n_new) {
  if (at + n_old > n || n - n_old + n_new > room) return n;
  memmove(bytes + at + n_new, bytes + at + n_old, n - at - n_old);
  return n - n_old + n_new;
}

/* Where section number k of the module begins and ends. */
static bool find_section(const uint8_t *bytes, size_t n, uint32_t k, wfx_section *out) {
  size_t at = 0;
  for (uint32_t i = 0; wfx_section_next(bytes, n, &at, out); i++)
    if (i == k) return true;
  return false;
}

/* Leave a section out, or write it twice. */
static size_t change_section(struct gen *g, uint8_t *bytes, size_t n, size_t room) {
  wfx_section s;
  if (!find_section(bytes, n, gen_below(g, 12), &s)) return n;
  if (gen_chance(g, 50)) return splice(bytes, n, room, s.offset, s.end - s.offset, 0);
  size_t n_more = s.end - s.offset, grown = splice(bytes, n, room, s.end, 0, n_more);
  if (grown != n) memcpy(bytes + s.end, bytes + s.offset, n_more);
  return grown;
}

/* Change bytes inside one section, keeping its size right when it has one byte more or less. */
static size_t change_in_section(struct gen *g, uint8_t *bytes, size_t n, size_t room) {
  wfx_section s;
  if (!find_section(bytes, n, gen_below(g, 12), &s) || s.end == s.content) return n;
  size_t at = s.content + gen_below(g, (uint32_t)(s.end - s.content));
  bool is_longer = gen_chance(g, 50);
  size_t changed = splice(bytes, n, room, at, is_longer ? 0 : 1, is_longer ? 1 : 0);
  if (changed == n) return n;
  if (is_longer) bytes[at] = (uint8_t)gen_number(g);
  /* The size, when it stays as many bytes long. */
  size_t size = s.end - s.content + (is_longer ? 1 : (size_t)0 - 1);
  if (s.id == 0) return changed;
  for (size_t i = s.offset + 1; i < s.content; i++) {
    bytes[i] = (uint8_t)((size & 0x7f) | (i + 1 < s.content ? 0x80 : 0));
    size >>= 7;
  }
  return changed;
}

static size_t change_byte(struct gen *g, uint8_t *bytes, size_t n, size_t room) {
  size_t at = gen_below(g, (uint32_t)n);
  switch (gen_below(g, 8)) {
  case 0: bytes[at] ^= (uint8_t)(1u << gen_below(g, 8)); return n;
  case 1: bytes[at] = (uint8_t)gen_random(g); return n;
  case 2: bytes[at]++; return n;
  case 3: bytes[at]--; return n;
  case 4: bytes[at] = (uint8_t)(0x60 + gen_below(g, 0x20)); return n; /* a type */
  case 5: {
    size_t grown = splice(bytes, n, room, at, 0, 1);
    if (grown != n) bytes[at] |= 0x80; /* a longer LEB128 of the same number */
    return grown;
  }
  case 6: return splice(bytes, n, room, at, 1, 0);
  default: return at > 8 ? at : n; /* cut short */
  }
}

size_t gen_mutate_bytes(uint8_t *bytes, size_t n, size_t room, uint64_t seed) {
  struct gen g = {.random = seed};
  for (uint32_t k = 1 + gen_below(&g, 4); k > 0 && n > 8; k--) {
    switch (gen_below(&g, 8)) {
    case 0: n = change_section(&g, bytes, n, room); break;
    case 1: case 2: case 3: n = change_in_section(&g, bytes, n, room); break;
    default: n = change_byte(&g, bytes, n, room); break;
    }
  }
  return n;
}
