/* print_text.c: the output of the printer: characters, numbers, strings. Spec: Text Format,
 * Values. */
#include "text/print.h"

#include "base/utf8.h"

void wfx__out_bytes(struct printer *p, const char *s, size_t n) {
  if (!is_stopped(p)) wfx__bytes_push(&p->errs, &p->out, s, n);
}

void wfx__out(struct printer *p, const char *s) { wfx__out_bytes(p, s, strlen(s)); }

void wfx__out_uint(struct printer *p, uint64_t x) {
  char digits[20];
  size_t n = 0;
  do digits[sizeof digits - ++n] = (char)('0' + x % 10);
  while ((x /= 10) != 0);
  wfx__out_bytes(p, digits + sizeof digits - n, n);
}

void wfx__out_int(struct printer *p, int64_t x) {
  if (x < 0) wfx__out(p, "-");
  wfx__out_uint(p, x < 0 ? 0 - (uint64_t)x : (uint64_t)x);
}

void wfx__out_line(struct printer *p) {
  /* Deeper code stands below each other, or space would grow with the square of the depth. */
  enum { INDENT_MAX = 40 };
  wfx__out(p, "\n");
  for (uint32_t i = 0; i < p->indent && i < INDENT_MAX; i++) wfx__out(p, "  ");
}

size_t wfx__column(const struct printer *p) {
  size_t n = 0;
  while (n < p->out.n && p->out.data[p->out.n - 1 - n] != '\n') n++;
  return n;
}

static void out_hex_byte(struct printer *p, unsigned char c) {
  static const char digits[] = "0123456789abcdef";
  char s[3] = {'\\', digits[c >> 4], digits[c & 15]};
  wfx__out_bytes(p, s, sizeof s);
}

/* Whether a character changes the direction of the text around it, so that a reader may see another
 * text than there is. */
static bool is_bidi_control(uint32_t c) {
  return c == 0x061c || c == 0x200e || c == 0x200f || (c >= 0x202a && c <= 0x202e) ||
         (c >= 0x2066 && c <= 0x2069);
}

static void out_code_point(struct printer *p, uint32_t c) {
  char s[16];
  size_t n = sizeof s;
  s[--n] = '}';
  do s[--n] = "0123456789abcdef"[c & 15];
  while ((c >>= 4) != 0);
  wfx__out(p, "\\u{");
  wfx__out_bytes(p, s + n, sizeof s - n);
}

/* One byte of a string, or the first of several that make a character. */
static void out_one_char(struct printer *p, const char **at, const char *end, bool is_name) {
  char c = *(*at)++;
  switch (c) {
  case '\t': wfx__out(p, "\\t"); return;
  case '\n': wfx__out(p, "\\n"); return;
  case '\r': wfx__out(p, "\\r"); return;
  case '"': wfx__out(p, "\\\""); return;
  case '\\': wfx__out(p, "\\\\"); return;
  default: break;
  }
  if (c >= 0x20 && c < 0x7f) {
    wfx__out_bytes(p, &c, 1);
    return;
  }
  const char *start = *at - 1;
  uint32_t code;
  *at = start;
  if (is_name && (c & 0x80) != 0 && wfx__utf8_next(at, end, &code)) {
    if (is_bidi_control(code)) out_code_point(p, code);
    else wfx__out_bytes(p, start, (size_t)(*at - start));
    return;
  }
  *at = start + 1;
  out_hex_byte(p, (unsigned char)c);
}

void wfx__out_string(struct printer *p, const void *data, size_t n, bool is_name) {
  const char *at = n == 0 ? "" : data, *end = at + n;
  wfx__out(p, "\"");
  while (at < end && !is_stopped(p)) out_one_char(p, &at, end, is_name);
  wfx__out(p, "\"");
}

void wfx__out_strings(struct printer *p, const void *data, size_t n) {
  enum { LINE_BYTES = 64 };
  const char *at = data;
  if (n <= LINE_BYTES) {
    wfx__out(p, " ");
    wfx__out_string(p, at, n, false);
    return;
  }
  p->indent++;
  while (n != 0 && !is_stopped(p)) {
    size_t part = n < LINE_BYTES ? n : LINE_BYTES;
    wfx__out_line(p);
    wfx__out_string(p, at, part, false);
    at += part;
    n -= part;
  }
  p->indent--;
}
