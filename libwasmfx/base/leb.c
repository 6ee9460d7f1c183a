/* leb.c: LEB128. Spec: Binary Format, Values, Integers. */
#include "base/leb.h"

enum leb_result wfx__leb_read_u(const uint8_t **at, const uint8_t *end, unsigned n_bits,
                                uint64_t *out) {
  const uint8_t *p = *at;
  uint64_t x = 0;
  for (unsigned shift = 0;; shift += 7) {
    if (p == end) return LEB_END;
    uint8_t byte = *p++;
    if (shift + 7 > n_bits) {
      unsigned left = n_bits - shift; /* bits that may be set in the last byte */
      if (byte & 0x80) return LEB_TOO_LONG;
      if (byte >> left != 0) return LEB_TOO_LARGE;
    }
    x |= (uint64_t)(byte & 0x7f) << shift;
    if (!(byte & 0x80)) break;
    if (shift + 7 >= n_bits) return LEB_TOO_LONG;
  }
  *at = p;
  *out = x;
  return LEB_OK;
}

enum leb_result wfx__leb_read_s(const uint8_t **at, const uint8_t *end, unsigned n_bits,
                                int64_t *out) {
  const uint8_t *p = *at;
  uint64_t x = 0;
  for (unsigned shift = 0;; shift += 7) {
    if (p == end) return LEB_END;
    uint8_t byte = *p++;
    if (shift + 7 > n_bits) {
      /* All bits from the sign bit on must agree. */
      unsigned left = n_bits - shift;
      if (byte & 0x80) return LEB_TOO_LONG;
      unsigned sign = ((unsigned)byte << 1 & 0xfeu) >> left;
      unsigned all = 0xfeu >> left;
      if (sign != 0 && sign != all) return LEB_TOO_LARGE;
    }
    x |= (uint64_t)(byte & 0x7f) << shift;
    if (!(byte & 0x80)) {
      if (shift + 7 < 64 && (byte & 0x40)) x |= ~(uint64_t)0 << (shift + 7);
      break;
    }
    if (shift + 7 >= n_bits) return LEB_TOO_LONG;
  }
  *at = p;
  *out = (int64_t)x;
  return LEB_OK;
}

bool wfx__leb_write_u(struct errs *e, vec_u8 *out, uint64_t value) {
  TRY(vec_reserve(e, out, 10));
  for (; value >= 0x80; value >>= 7) out->data[out->n++] = (uint8_t)(value | 0x80);
  out->data[out->n++] = (uint8_t)value;
  return true;
}

bool wfx__leb_write_s(struct errs *e, vec_u8 *out, int64_t value) {
  TRY(vec_reserve(e, out, 10));
  uint64_t x = (uint64_t)value;
  uint64_t sign = value < 0 ? ~(uint64_t)0 : 0;
  while ((x ^ sign) >= 0x40) {
    out->data[out->n++] = (uint8_t)(x | 0x80);
    x = x >> 7 | sign << 57;
  }
  out->data[out->n++] = (uint8_t)(x & 0x7f);
  return true;
}

size_t wfx__leb_size_u(uint64_t value) {
  size_t n = 1;
  for (; value >= 0x80; value >>= 7) n++;
  return n;
}
