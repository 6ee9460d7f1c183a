/* Names, source texts, positions and diagnostics of a compilation; see the header. */
#include "common/fe_session.h"

#include <assert.h>
#include <stdarg.h>
#include <string.h>

void fe_session_init(fe_session *s, size_t limit_bytes) {
  *s = (fe_session){0};
  fe_arena_init(&s->arena, limit_bytes);
}

void fe_session_free(fe_session *s) {
  fe_arena_free(&s->arena);
  *s = (fe_session){.arena = s->arena};
}

/* Names. */

static uint32_t hash_bytes(const char *text, size_t n_bytes) {
  uint32_t h = 2166136261u;
  for (size_t i = 0; i < n_bytes; i++)
    h = (h ^ (uint8_t)text[i]) * 16777619u;
  return h;
}

static void grow_buckets(fe_session *s) {
  uint32_t n = s->n_buckets ? s->n_buckets * 2 : 256;
  fe_name **buckets = fe_alloc_n(&s->arena, n, sizeof *buckets);
  for (uint32_t i = 0; i < s->names.n; i++) {
    fe_name *name = s->names.data[i];
    name->chain = buckets[name->hash & (n - 1)];
    buckets[name->hash & (n - 1)] = name;
  }
  s->buckets = buckets;
  s->n_buckets = n;
}

fe_name *fe_intern(fe_session *s, const char *text, size_t n_bytes) {
  assert(n_bytes <= UINT32_MAX);
  if (s->names.n >= s->n_buckets)
    grow_buckets(s);
  uint32_t h = hash_bytes(text, n_bytes);
  fe_name **bucket = &s->buckets[h & (s->n_buckets - 1)];
  for (fe_name *name = *bucket; name; name = name->chain)
    if (name->hash == h && name->n_bytes == n_bytes && memcmp(name->text, text, n_bytes) == 0)
      return name;
  fe_name *name = FE_NEW(&s->arena, fe_name);
  name->text = fe_copy(&s->arena, text, n_bytes);
  name->n_bytes = (uint32_t)n_bytes;
  name->hash = h;
  name->id = s->names.n;
  name->chain = *bucket;
  *bucket = name;
  fe_push(&s->arena, &s->names, name);
  return name;
}

fe_name *fe_intern_text(fe_session *s, const char *text) {
  return fe_intern(s, text, strlen(text));
}

/* Sources and positions. */

/* Of UTF-8: bytes that go on with one are no beginning. */
static bool begins_code_point(char byte) {
  return ((uint8_t)byte & 0xC0) != 0x80;
}

const fe_source *fe_source_add(fe_session *s, const char *name, const char *text,
                               size_t n_bytes) {
  fe_pos base = 1;
  if (s->sources.n) {
    const fe_source *last = s->sources.data[s->sources.n - 1];
    base = last->base + last->n_bytes + 1;
  }
  if (n_bytes > FE_MAX_SOURCE_BYTES || n_bytes >= UINT32_MAX - base) {
    fe_error(s, 0, "%s: source text is too large", name);
    return NULL;
  }
  FE_VEC(uint32_t) lines = {0}, marks = {0};
  uint32_t n_points = 0;
  fe_push(&s->arena, &lines, 0);
  for (size_t i = 0; i < n_bytes; i++) {
    if (i % FE_MARK_BYTES == 0)
      fe_push(&s->arena, &marks, n_points);
    n_points += begins_code_point(text[i]);
    if (text[i] == '\n')
      fe_push(&s->arena, &lines, (uint32_t)(i + 1));
  }
  if (n_bytes % FE_MARK_BYTES == 0)
    fe_push(&s->arena, &marks, n_points);
  fe_source *source = FE_NEW(&s->arena, fe_source);
  *source = (fe_source){
    .name = fe_copy(&s->arena, name, strlen(name)),
    .text = fe_copy(&s->arena, text, n_bytes),
    .n_bytes = (uint32_t)n_bytes,
    .base = base,
    .lines = lines.data,
    .n_lines = lines.n,
    .marks = marks.data,
  };
  fe_push(&s->arena, &s->sources, source);
  return source;
}

static const fe_source *source_of(const fe_session *s, fe_pos pos) {
  for (uint32_t i = s->sources.n; i-- > 0;)
    if (pos >= s->sources.data[i]->base)
      return s->sources.data[i];
  return NULL;
}

static uint32_t line_of(const fe_source *source, uint32_t offset) {
  uint32_t low = 0, high = source->n_lines;
  while (high - low > 1) {
    uint32_t middle = low + (high - low) / 2;
    if (source->lines[middle] <= offset)
      low = middle;
    else
      high = middle;
  }
  return low;
}

static uint32_t points_before(const fe_source *source, uint32_t offset) {
  uint32_t n = source->marks[offset / FE_MARK_BYTES];
  for (uint32_t i = offset - offset % FE_MARK_BYTES; i < offset; i++)
    n += begins_code_point(source->text[i]);
  return n;
}

fe_location fe_locate(const fe_session *s, fe_pos pos) {
  const fe_source *source = pos ? source_of(s, pos) : NULL;
  if (!source)
    return (fe_location){0};
  uint32_t offset = pos - source->base;
  if (offset > source->n_bytes)
    offset = source->n_bytes;
  uint32_t line = line_of(source, offset);
  uint32_t start = source->lines[line];
  uint32_t end = line + 1 < source->n_lines ? source->lines[line + 1] - 1 : source->n_bytes;
  return (fe_location){
    .source = source,
    .line = line + 1,
    .column = points_before(source, offset) - points_before(source, start) + 1,
    .line_text = source->text + start,
    .line_bytes = end - start,
  };
}

/* Diagnostics. */

static const char *format_list(fe_session *s, const char *fmt, va_list args) {
  va_list again;
  va_copy(again, args);
  int n = vsnprintf(NULL, 0, fmt, again);
  va_end(again);
  if (n < 0)
    return "";
  char *text = fe_alloc(&s->arena, (size_t)n + 1);
  vsnprintf(text, (size_t)n + 1, fmt, args);
  return text;
}

const char *fe_format(fe_session *s, const char *fmt, ...) {
  va_list args;
  va_start(args, fmt);
  const char *text = format_list(s, fmt, args);
  va_end(args);
  return text;
}

/* Keep them in the order of the source, the earlier first among equals. */
static void add_diag(fe_session *s, fe_diag d) {
  fe_push(&s->arena, &s->diags, d);
  uint32_t at = s->diags.n - 1;
  for (; at > 0 && s->diags.data[at - 1].order > d.order; at--)
    s->diags.data[at] = s->diags.data[at - 1];
  s->diags.data[at] = d;
  s->last_diag = at;
}

bool fe_error(fe_session *s, fe_pos pos, const char *fmt, ...) {
  for (uint32_t i = 0; i < s->diags.n; i++)
    if (pos && s->diags.data[i].pos == pos && s->diags.data[i].severity == FE_ERROR)
      return false;
  if (++s->n_errors > FE_MAX_ERRORS)
    return false;
  va_list args;
  va_start(args, fmt);
  fe_diag d = {FE_ERROR, pos, pos, format_list(s, fmt, args)};
  va_end(args);
  add_diag(s, d);
  return true;
}

void fe_note(fe_session *s, fe_pos pos, const char *fmt, ...) {
  if (s->n_errors > FE_MAX_ERRORS || s->diags.n == 0)
    return;
  va_list args;
  va_start(args, fmt);
  fe_diag d = {FE_NOTE, pos, s->diags.data[s->last_diag].order, format_list(s, fmt, args)};
  va_end(args);
  add_diag(s, d);
}

/* Tabs are repeated below the line, so that the caret stands under its place. Control
 * characters of a hostile source are not sent to the terminal. */
static void print_line(const fe_location *at, FILE *out) {
  enum { MAX_SHOWN = 160 };
  uint32_t column = 1, i = 0;
  fputs("  ", out);
  for (; i < at->line_bytes && i < MAX_SHOWN; i++) {
    uint8_t c = (uint8_t)at->line_text[i];
    fputc(c == '\t' || (c >= ' ' && c != 0x7f) ? c : '?', out);
  }
  if (at->column > MAX_SHOWN) {
    fputs(" ...\n", out);
    return;
  }
  fputs("\n  ", out);
  for (i = 0; i < at->line_bytes && column < at->column; i++) {
    uint8_t c = (uint8_t)at->line_text[i];
    if ((c & 0xC0) == 0x80)
      continue;
    fputc(c == '\t' ? '\t' : ' ', out);
    column++;
  }
  fputs("^\n", out);
}

void fe_diags_print(const fe_session *s, FILE *out) {
  static const char *const words[] = {
    [FE_ERROR] = "error", [FE_WARNING] = "warning", [FE_NOTE] = "note"};
  for (uint32_t i = 0; i < s->diags.n; i++) {
    const fe_diag *d = &s->diags.data[i];
    fe_location at = fe_locate(s, d->pos);
    if (at.source)
      fprintf(out, "%s:%u:%u: ", at.source->name, at.line, at.column);
    fprintf(out, "%s: %s\n", words[d->severity], d->text);
    if (at.source)
      print_line(&at, out);
  }
  if (s->n_errors > FE_MAX_ERRORS)
    fprintf(out, "%u more errors\n", s->n_errors - FE_MAX_ERRORS);
  if (s->is_out_of_memory)
    fputs("error: out of memory\n", out);
}
