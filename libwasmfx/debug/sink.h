/* sink.h: bytes being written: numbers, strings, lengths filled in later.
 *
 * Sticky, as the encoder's writer: after an error in errs the bytes are of no use. */
#ifndef DEBUG_SINK_H
#define DEBUG_SINK_H

#include <string.h>

#include "base/leb.h"

struct sink {
  struct errs *errs;
  vec_u8 out;
};

/* n low bytes of x, the lowest first. */
static inline void put_bits(struct sink *s, uint64_t x, unsigned n) {
  for (unsigned i = 0; i < n; i++) (void)vec_push(s->errs, &s->out, (uint8_t)(x >> 8 * i));
}
static inline void put_u8(struct sink *s, unsigned x) { put_bits(s, x, 1); }
static inline void put_u16(struct sink *s, unsigned x) { put_bits(s, x, 2); }
static inline void put_u32(struct sink *s, uint64_t x) { put_bits(s, x, 4); }
static inline void put_uleb(struct sink *s, uint64_t x) {
  wfx__leb_write_u(s->errs, &s->out, x);
}
static inline void put_sleb(struct sink *s, int64_t x) {
  wfx__leb_write_s(s->errs, &s->out, x);
}
static inline void put_bytes(struct sink *s, const void *data, size_t n) {
  wfx__bytes_push(s->errs, &s->out, data, n);
}
static inline void put_text(struct sink *s, const char *text) {
  put_bytes(s, text, strlen(text));
}

/* A length of 4 bytes: room for it, and what was written since. */
static inline size_t put_length(struct sink *s) {
  put_u32(s, 0);
  return s->out.n;
}
static inline void set_length(struct sink *s, size_t begin) {
  if (errs_is_set(s->errs)) return;
  size_t n = s->out.n - begin;
  for (unsigned i = 0; i < 4; i++) s->out.data[begin - 4 + i] = (uint8_t)(n >> 8 * i);
}

#endif
