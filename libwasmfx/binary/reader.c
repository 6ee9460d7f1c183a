/* reader.c: bytes, integers, names. Spec: Binary Format, Values. */
#include "binary/reader.h"

#include "base/utf8.h"

struct reader wfx__reader(struct errs *errs, const uint8_t *bytes, size_t n, uint64_t offset) {
  const uint8_t *end = n == 0 ? bytes : bytes + n;
  struct reader r = {errs, bytes, end, bytes, offset, end};
  return r;
}

bool (wfx__read_fail_end)(struct reader *r) {
  return wfx__fail(r->errs, WFX_MALFORMED, read_loc(r, r->end),
                   "unexpected end of section or function");
}

static bool fail_leb(struct reader *r, enum leb_result result) {
  const char *message = "";
  switch (result) {
  case LEB_OK: case LEB_END: return wfx__read_fail_end(r);
  case LEB_TOO_LONG: message = "integer representation too long"; break;
  case LEB_TOO_LARGE: message = "integer too large"; break;
  }
  return wfx__fail(r->errs, WFX_MALFORMED, read_loc(r, r->at), "%s", message);
}

bool wfx__read_leb_u(struct reader *r, unsigned n_bits, uint64_t *out) {
  enum leb_result result = wfx__leb_read_u(&r->at, r->end, n_bits, out);
  if (result == LEB_OK) return true;
  const uint8_t *at = r->at;
  if (result == LEB_END) result = wfx__leb_read_u(&at, r->input_end, n_bits, out);
  return fail_leb(r, result);
}

bool wfx__read_leb_s(struct reader *r, unsigned n_bits, int64_t *out) {
  enum leb_result result = wfx__leb_read_s(&r->at, r->end, n_bits, out);
  if (result == LEB_OK) return true;
  const uint8_t *at = r->at;
  if (result == LEB_END) result = wfx__leb_read_s(&at, r->input_end, n_bits, out);
  return fail_leb(r, result);
}

bool wfx__read_bytes(struct reader *r, size_t n, const uint8_t **out) {
  if (n > read_left(r)) return wfx__read_fail_end(r);
  *out = r->at;
  r->at += n;
  return true;
}

static bool fail_name_length(struct reader *r, const uint8_t *at, uint64_t n, size_t left) {
  return wfx__fail(r->errs, WFX_MALFORMED, read_loc(r, at),
                   "length out of bounds: name of %llu bytes, %zu left", (unsigned long long)n,
                   left);
}

/* There is not even a length. */
static bool fail_no_name(struct reader *r) {
  const uint8_t *at = r->end;
  uint64_t n;
  if (wfx__leb_read_u(&at, r->input_end, 32, &n) == LEB_OK && n > (size_t)(r->input_end - at))
    return fail_name_length(r, r->end, n, 0);
  return wfx__read_fail_end(r);
}

bool wfx__read_name(struct reader *r, wfx_str *out) {
  const uint8_t *at = r->at, *data;
  uint32_t n;
  if (at == r->end) return fail_no_name(r);
  TRY(read_leb32(r, &n));
  if (n > read_left(r)) return fail_name_length(r, at, n, read_left(r));
  TRY(wfx__read_limit(r, at, n, r->errs->ctx->limits.name_bytes, "bytes in a name"));
  TRY(wfx__read_bytes(r, n, &data));
  out->data = (const char *)data;
  out->n = n;
  if (!wfx__utf8_is_valid(out->data, n))
    return wfx__fail(r->errs, WFX_MALFORMED, read_loc(r, data), "malformed UTF-8 encoding");
  return true;
}

bool wfx__read_len(struct reader *r, uint32_t *out) {
  TRY(read_leb32(r, out));
  return *out <= read_left(r) || wfx__read_fail_end(r);
}

bool wfx__read_zero(struct reader *r) {
  const uint8_t *at = r->at;
  uint8_t byte;
  TRY(read_byte(r, &byte));
  return byte == 0 || wfx__fail(r->errs, WFX_MALFORMED, read_loc(r, at),
                                "zero byte expected, found %02x", byte);
}

bool wfx__read_fail_need(struct reader *r, const uint8_t *at, wfx_feature feature,
                         const char *what) {
  return wfx__fail(r->errs, WFX_UNSUPPORTED, read_loc(r, at), "%s needs the feature %s", what,
                   wfx_feature_text(feature));
}

bool wfx__read_limit(struct reader *r, const uint8_t *at, uint64_t n, uint64_t limit,
                     const char *what) {
  return n <= limit || wfx__fail(r->errs, WFX_UNSUPPORTED, read_loc(r, at),
                                 "too many %s: the limit is %llu", what,
                                 (unsigned long long)limit);
}
