/* source_map.c: source maps, revision 3. Source: ECMA-426, Source map format.
 *
 * To a source map a module is one line, in which the column is the offset in bytes. A segment of
 * the mappings holds up to the next one; one of a single number says that its code comes from
 * nowhere. */
#include "debug/positions.h"

#include "base/utf8.h"

/* ---- JSON -------------------------------------------------------------------------------- */

static void put_escape(struct sink *s, uint32_t unit) {
  static const char digits[] = "0123456789abcdef";
  put_text(s, "\\u");
  for (unsigned shift = 16; shift != 0;) put_u8(s, (uint8_t)digits[unit >> (shift -= 4) & 15]);
}

/* A string of n bytes. What is no UTF-8 becomes U+FFFD, a byte each. */
static void put_json(struct sink *s, const char *text, size_t n) {
  enum { REPLACEMENT = 0xfffd };
  put_u8(s, '"');
  for (const char *at = text, *end = text + n; at != end;) {
    const char *from = at;
    uint32_t c;
    if (!wfx__utf8_next(&at, end, &c)) {
      at = from + 1;
      put_escape(s, REPLACEMENT);
    } else if (c == '\n') {
      put_text(s, "\\n");
    } else if (c < 0x20) {
      put_escape(s, c);
    } else {
      if (c == '"' || c == '\\') put_u8(s, '\\');
      put_bytes(s, from, (size_t)(at - from));
    }
  }
  put_u8(s, '"');
}

static void put_sources(const struct positions *p, struct sink *s) {
  put_text(s, "\"sources\":[");
  for (size_t i = 0; i < p->sources.n; i++) {
    const struct source *source = &p->sources.data[i];
    const char *url = source->given ? source->given->url : NULL;
    if (i != 0) put_u8(s, ',');
    put_json(s, url ? url : source->file.data, url ? strlen(url) : source->file.n);
  }
  put_text(s, "],");
}

static bool has_content(const struct source *s) { return s->given && s->given->content; }

static void put_contents(const struct positions *p, struct sink *s) {
  if (!p->options->embeds_sources) return;
  put_text(s, "\"sourcesContent\":[");
  for (size_t i = 0; i < p->sources.n; i++) {
    const struct source *source = &p->sources.data[i];
    if (i != 0) put_u8(s, ',');
    if (has_content(source)) put_json(s, source->given->content, source->given->n_content);
    else put_text(s, "null");
  }
  put_text(s, "],");
}

/* ---- Mappings ---------------------------------------------------------------------------- */

/* A number in base 64, five bits a digit, the lowest first; the very lowest is the sign. */
static void put_vlq(struct sink *s, int64_t x) {
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  uint64_t bits = x < 0 ? (uint64_t)-x << 1 | 1 : (uint64_t)x << 1;
  do {
    unsigned digit = bits & 31;
    bits >>= 5;
    put_u8(s, (uint8_t)digits[digit | (bits != 0 ? 32u : 0u)]);
  } while (bits != 0);
}

/* The segment before: each number is written as the difference to its own last one. */
struct mapping {
  const struct columns *columns; /* by source */
  int64_t at, source, line, column;
  bool is_first, is_mapped;
};

/* From offset `at` of the module on code comes from pos. Readers hold lines and columns in 31
 * bits. */
static void put_segment(struct sink *s, struct mapping *last, size_t at, struct source_pos pos) {
  bool is_mapped = pos.line != 0 && pos.line <= INT32_MAX && pos.column <= INT32_MAX;
  if (!is_mapped && !last->is_mapped) return;
  if (!last->is_first) put_u8(s, ',');
  put_vlq(s, (int64_t)at - last->at);
  last->at = (int64_t)at;
  last->is_first = false;
  last->is_mapped = is_mapped;
  if (!is_mapped) return;
  int64_t line = (int64_t)pos.line - 1, column = 0;
  if (pos.column != 0)
    column = wfx__columns_find(&last->columns[pos.source], pos.line, pos.column - 1);
  put_vlq(s, (int64_t)pos.source - last->source);
  put_vlq(s, line - last->line);
  put_vlq(s, column - last->column);
  last->source = pos.source;
  last->line = line;
  last->column = column;
}

static void put_mappings(const struct positions *p, const struct columns *columns,
                         struct sink *s) {
  const struct source_pos none = {0, 0, 0};
  struct mapping last = {.columns = columns, .is_first = true};
  size_t end = 0;
  for (size_t i = 0; i < p->places.funcs.n; i++) {
    const struct func_place *f = &p->places.funcs.data[i];
    size_t begin = p->places.section + f->begin;
    put_segment(s, &last, begin, wfx__begin_pos(p, f));
    for (size_t k = f->first; k < f->first + f->n; k++) {
      const struct place *at = &p->places.places.data[k];
      put_segment(s, &last, begin + at->offset, wfx__source_pos(p, at->pos));
    }
    end = p->places.section + f->end;
  }
  put_segment(s, &last, end, none);
}

/* ---- The map ----------------------------------------------------------------------------- */

static void put_map(const struct positions *p, const struct columns *columns, struct sink *s) {
  const char *file = p->options->map_file;
  put_text(s, "{\"version\":3,");
  if (file) {
    put_text(s, "\"file\":");
    put_json(s, file, strlen(file));
    put_u8(s, ',');
  }
  put_sources(p, s);
  put_contents(p, s);
  put_text(s, "\"names\":[],\"mappings\":\"");
  put_mappings(p, columns, s);
  put_text(s, "\"}\n");
}

static bool read_columns(const struct positions *p, struct columns *columns) {
  for (size_t i = 0; i < p->sources.n; i++) {
    const struct source *source = &p->sources.data[i];
    if (has_content(source))
      TRY(wfx__columns_read(p->errs, &columns[i], source->given->content,
                            source->given->n_content));
  }
  return true;
}

void wfx__put_source_map(struct positions *p, struct sink *s) {
  struct columns *columns = wfx__arena_alloc(&p->arena, (p->sources.n + 1) * sizeof *columns);
  if (!columns) {
    wfx__fail_nomem(p->errs);
    return;
  }
  if (read_columns(p, columns)) put_map(p, columns, s);
  for (size_t i = 0; i < p->sources.n; i++) wfx__columns_free(p->m->ctx, &columns[i]);
}
