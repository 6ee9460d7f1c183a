/* leb.h: variable-length integers, read and written. Spec: Binary Format, Values, Integers. */
#ifndef BASE_LEB_H
#define BASE_LEB_H

#include "base/vec.h"

enum leb_result { LEB_OK, LEB_END, LEB_TOO_LONG, LEB_TOO_LARGE };

/* Read an n_bits wide integer at *at, not going past end; *at moves behind it. LEB_END is
 * "unexpected end", LEB_TOO_LONG "integer representation too long", LEB_TOO_LARGE "integer too
 * large" (unused bits set). */
enum leb_result wfx__leb_read_u(const uint8_t **at, const uint8_t *end, unsigned n_bits,
                                uint64_t *out);
enum leb_result wfx__leb_read_s(const uint8_t **at, const uint8_t *end, unsigned n_bits,
                                int64_t *out);
bool wfx__leb_write_u(struct errs *e, vec_u8 *out, uint64_t value);
bool wfx__leb_write_s(struct errs *e, vec_u8 *out, int64_t value);
/* The number of bytes that wfx__leb_write_u writes. */
size_t wfx__leb_size_u(uint64_t value);

#endif
