/* columns.c: from columns in bytes to those of source maps, which count UTF-16 code units.
 *
 * Each source whose text is known has a list of its lines and one of the characters that are
 * shorter in UTF-16, so that a column is found by binary search however long its line is. Lines end
 * as in the text format: at \n, \r or \r\n. */
#include "debug/positions.h"

#include "base/utf8.h"

bool wfx__columns_read(struct errs *e, struct columns *c, const char *text, size_t n) {
  size_t n_less = 0;
  TRY(vec_push(e, &c->lines, 0));
  for (const char *at = text, *end = text + n; at != end;) {
    const char *from = at;
    uint32_t code_point;
    if (!wfx__utf8_next(&at, end, &code_point)) at = from + 1;
    size_t n_bytes = (size_t)(at - from), n_units = n_bytes == 4 ? 2 : 1;
    n_less += n_bytes - n_units;
    struct column_shift shift = {(size_t)(at - text), n_less};
    if (n_bytes != n_units) TRY(vec_push(e, &c->shifts, shift));
    if (*from == '\n' || (*from == '\r' && (at == end || *at != '\n')))
      TRY(vec_push(e, &c->lines, shift.at));
  }
  return true;
}

void wfx__columns_free(const wfx_ctx *ctx, struct columns *c) {
  vec_free(ctx, &c->lines);
  vec_free(ctx, &c->shifts);
}

/* How many bytes more than code units there are before an offset of the text. */
static size_t less_before(const struct columns *c, size_t at) {
  size_t low = 0, high = c->shifts.n;
  while (low < high) {
    size_t mid = low + (high - low) / 2;
    if (c->shifts.data[mid].at <= at) low = mid + 1;
    else high = mid;
  }
  return low == 0 ? 0 : c->shifts.data[low - 1].n_less;
}

uint32_t wfx__columns_find(const struct columns *c, uint32_t line, uint32_t column) {
  if (c->shifts.n == 0 || line > c->lines.n) return column;
  size_t begin = c->lines.data[line - 1];
  return column - (uint32_t)(less_before(c, begin + column) - less_before(c, begin));
}
