/* section.c: a binary cut into its sections, without a look inside. Spec: Binary Format,
 * Modules. */
#include <string.h>

#include <wasmfx/binary.h>

#include "base/leb.h"

enum { HEADER_BYTES = 8 };

static wfx_str section_word(uint8_t id) {
  static const struct {
    uint8_t id;
    const char *word;
  } words[] = {
#define WFX_SECTION(name, id, feature) {id, #name},
#include "binary/section.def"
#undef WFX_SECTION
  };
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (words[i].id == id) return (wfx_str){words[i].word, strlen(words[i].word)};
  return (wfx_str){"", 0};
}

/* A length at *at, which is within [*at, end). */
static bool read_size(const uint8_t **at, const uint8_t *end, size_t *n) {
  uint64_t x;
  if (wfx__leb_read_u(at, end, 32, &x) != LEB_OK || x > (uint64_t)(end - *at)) return false;
  *n = (size_t)x;
  return true;
}

bool wfx_section_next(const uint8_t *bytes, size_t n_bytes, size_t *at, wfx_section *out) {
  size_t n, begin = *at < HEADER_BYTES ? HEADER_BYTES : *at;
  if (begin >= n_bytes) {
    if (begin == n_bytes) *at = n_bytes;
    return false;
  }
  const uint8_t *p = bytes + begin;
  out->id = *p++;
  out->offset = begin;
  out->name = section_word(out->id);
  if (!read_size(&p, bytes + n_bytes, &n)) return false;
  out->end = (size_t)(p - bytes) + n;
  if (out->id == 0) {
    if (!read_size(&p, bytes + out->end, &n)) return false;
    out->name = (wfx_str){(const char *)p, n};
    p += n;
  }
  out->content = (size_t)(p - bytes);
  *at = out->end;
  return true;
}
