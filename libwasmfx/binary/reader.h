/* reader.h: reading bytes, integers, names and vector lengths from a binary.
 *
 * A reader never goes past its end, which is that of the section or body it reads; every
 * failure is recorded in its errs with the offset in the whole input. The official test suite
 * names errors as a decoder does that notices the end of a section only behind it: where that
 * makes another message than running out of bytes, what follows is looked at for it. Spec:
 * Binary Format, Values. */
#ifndef BINARY_READER_H
#define BINARY_READER_H

#include "base/leb.h"

struct reader {
  struct errs *errs;
  const uint8_t *at, *end;
  const uint8_t *start;
  uint64_t offset;          /* of start in the input */
  const uint8_t *input_end; /* how far the input goes on behind end, for better messages */
};

struct reader wfx__reader(struct errs *errs, const uint8_t *bytes, size_t n, uint64_t offset);

/* The position of a byte that the reader passed or is at. */
static inline wfx_loc read_loc(const struct reader *r, const uint8_t *at) {
  return loc_offset(r->offset + (uint64_t)(at - r->start));
}
static inline uint32_t read_pos(const struct reader *r) {
  return (uint32_t)(r->offset + (uint64_t)(r->at - r->start));
}
static inline size_t read_left(const struct reader *r) { return (size_t)(r->end - r->at); }

/* Always false: there are not enough bytes. */
bool wfx__read_fail_end(struct reader *r);
#define wfx__read_fail_end(r) errs_failed(wfx__read_fail_end(r))
bool wfx__read_leb_u(struct reader *r, unsigned n_bits, uint64_t *out);
bool wfx__read_leb_s(struct reader *r, unsigned n_bits, int64_t *out);

static inline bool read_byte(struct reader *r, uint8_t *out) {
  if (r->at == r->end) return wfx__read_fail_end(r);
  *out = *r->at++;
  return true;
}

static inline bool read_leb32(struct reader *r, uint32_t *out) {
  if (r->at != r->end && *r->at < 0x80) {
    *out = *r->at++;
    return true;
  }
  uint64_t x;
  TRY(wfx__read_leb_u(r, 32, &x));
  *out = (uint32_t)x;
  return true;
}

/* n bytes, borrowed from the input. */
bool wfx__read_bytes(struct reader *r, size_t n, const uint8_t **out);
/* A UTF-8 name, borrowed from the input and without a NUL behind it. */
bool wfx__read_name(struct reader *r, wfx_str *out);
/* The length of a vector whose elements take a byte or more each. */
bool wfx__read_len(struct reader *r, uint32_t *out);
/* A byte that must be zero. */
bool wfx__read_zero(struct reader *r);

/* Whether the feature that the byte at stands for is on; what names the construct. */
bool wfx__read_fail_need(struct reader *r, const uint8_t *at, wfx_feature feature,
                         const char *what);
static inline bool read_need(struct reader *r, const uint8_t *at, wfx_feature feature,
                             const char *what) {
  return ctx_has(r->errs->ctx, feature) || wfx__read_fail_need(r, at, feature, what);
}
/* Whether n is within a limit of the context; what is a plural. */
bool wfx__read_limit(struct reader *r, const uint8_t *at, uint64_t n, uint64_t limit,
                     const char *what);

#endif
