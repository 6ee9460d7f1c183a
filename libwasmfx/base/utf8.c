/* utf8.c: UTF-8. Spec: Values, Names. */
#include "base/utf8.h"

bool wfx__utf8_next(const char **at, const char *end, uint32_t *out) {
  const unsigned char *p = (const unsigned char *)*at;
  size_t n = (size_t)(end - *at);
  if (n == 0) return false;
  uint32_t c = p[0];
  size_t more = c < 0x80 ? 0 : c >= 0xc2 && c < 0xe0 ? 1 : c >= 0xe0 && c < 0xf0 ? 2
              : c >= 0xf0 && c < 0xf5 ? 3 : 4;
  if (more == 4 || n <= more) return false;
  if (more != 0) c &= 0x3fu >> more;
  for (size_t i = 1; i <= more; i++) {
    if ((p[i] & 0xc0) != 0x80) return false;
    c = c << 6 | (p[i] & 0x3fu);
  }
  if ((more == 2 && c < 0x800) || (more == 3 && (c < 0x10000 || c > 0x10ffff))) return false;
  if (c >= 0xd800 && c < 0xe000) return false;
  *at += more + 1;
  *out = c;
  return true;
}

bool wfx__utf8_is_valid(const char *data, size_t n) {
  const char *at = data, *end = data + n;
  uint32_t c;
  while (at < end)
    if (!wfx__utf8_next(&at, end, &c)) return false;
  return true;
}

size_t wfx__utf8_put(char buf[4], uint32_t c) {
  if (c < 0x80) {
    buf[0] = (char)c;
    return 1;
  }
  size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
  for (size_t i = n - 1; i > 0; i--, c >>= 6) buf[i] = (char)(0x80 | (c & 0x3f));
  buf[0] = (char)((n == 2 ? 0xc0 : n == 3 ? 0xe0 : 0xf0) | c);
  return n;
}
