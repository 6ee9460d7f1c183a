/* wfx_message.c: what is said on standard error. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wfx/cli.h"

void cli_error(const char *fmt, ...) {
  fputs("wfx: ", stderr);
  va_list args;
  va_start(args, fmt);
  vfprintf(stderr, fmt, args);
  va_end(args);
  fputc('\n', stderr);
}

/* ---- Source lines ------------------------------------------------------------------------ */

enum { MAX_SHOWN = 160 };

/* Line number line of a text. False when it has fewer. */
static bool find_line(const cli_input *in, uint32_t line, const uint8_t **text, size_t *n) {
  const uint8_t *at = in->bytes, *end = at + in->n;
  for (; line > 1; line--) {
    const uint8_t *newline = memchr(at, '\n', (size_t)(end - at));
    if (!newline) return false;
    at = newline + 1;
  }
  const uint8_t *newline = memchr(at, '\n', (size_t)(end - at));
  *text = at;
  *n = (size_t)((newline ? newline : end) - at);
  if (*n > 0 && (*text)[*n - 1] == '\r') --*n;
  return true;
}

/* The line that loc is in, and a caret below its column. */
static void print_line(const cli *c, wfx_loc loc) {
  if (loc.line == 0 || !loc.file) return;
  const cli_input *in = c->inputs;
  while (in && strcmp(in->name, loc.file) != 0) in = in->next;
  const uint8_t *text;
  size_t n;
  if (!in || !in->bytes || !find_line(in, loc.line, &text, &n)) return;
  fputs("  ", stderr);
  for (size_t i = 0; i < n && i < MAX_SHOWN; i++) {
    bool is_shown = text[i] == '\t' || (text[i] >= ' ' && text[i] != 0x7f);
    fputc(is_shown ? text[i] : '?', stderr);
  }
  if (n > MAX_SHOWN) fputs(" ...", stderr);
  fputc('\n', stderr);
  if (loc.column == 0 || loc.column > MAX_SHOWN || loc.column > n + 1) return;
  fputs("  ", stderr);
  for (size_t i = 0; i + 1 < loc.column; i++)
    if ((text[i] & 0xc0) != 0x80) fputc(text[i] == '\t' ? '\t' : ' ', stderr);
  fputs("^\n", stderr);
}

/* ---- Diagnostics ------------------------------------------------------------------------- */

void cli_diag(const cli *c, const char *name, const wfx_diag *diag) {
  wfx_diag d = *diag;
  if (!d.loc.file) d.loc.file = name;
  if (!d.origin.file) d.origin.file = name;
  char room[1024], *text = room;
  size_t n = wfx_diag_format(&d, room, sizeof room);
  if (n >= sizeof room) {
    text = malloc(n + 1);
    if (text) wfx_diag_format(&d, text, n + 1);
    else text = room;
  }
  /* The source line belongs behind the first line of the message. */
  size_t n_first = strcspn(text, "\n");
  fprintf(stderr, "%.*s\n", (int)n_first, text);
  print_line(c, d.loc);
  if (text[n_first] != '\0') fprintf(stderr, "%s\n", text + n_first + 1);
  if (text != room) free(text);
}

bool cli_module_diags(const cli *c, const char *name, const wfx_module *m) {
  size_t n = wfx_module_n_diags(m);
  for (size_t i = 0; i < n; i++) cli_diag(c, name, wfx_module_diag(m, i));
  return false;
}

/* ---- Failures at run time ---------------------------------------------------------------- */

static void print_frame(const wfx_frame *f) {
  fputs(f->is_resume ? "  resumed by " : "  at ", stderr);
  if (f->func.n > 0) fprintf(stderr, "$%s", f->func.data);
  else fprintf(stderr, "function %" PRIu32, f->func_index);
  const char *file = f->loc.file ? f->loc.file : "";
  if (f->loc.line != 0 && f->loc.column != 0)
    fprintf(stderr, " (%s:%" PRIu32 ":%" PRIu32 ")", file, f->loc.line, f->loc.column);
  else if (f->loc.line != 0)
    fprintf(stderr, " (%s:%" PRIu32 ")", file, f->loc.line);
  else if (f->loc.offset != UINT64_MAX)
    fprintf(stderr, " (offset 0x%" PRIx64 ")", f->loc.offset);
  fputc('\n', stderr);
}

void cli_failure(const cli *c, const char *name, const wfx_store *s) {
  enum { MAX_INNER = 24, MAX_OUTER = 8 };
  const wfx_diag *diag = wfx_store_diag(s);
  if (!diag) return;
  fprintf(stderr, "%s: %s: %s\n", name, wfx_status_text(diag->status), diag->message);
  print_line(c, diag->loc);
  if (diag->expected) fprintf(stderr, "  expected %s\n", diag->expected);
  if (diag->found) fprintf(stderr, "  found %s\n", diag->found);
  if (c->options[CLI_OPTION_no_trace]) return;
  size_t n = wfx_store_n_frames(s);
  for (size_t i = 0; i < n; i++) {
    if (i == MAX_INNER && n > MAX_INNER + MAX_OUTER) {
      i = n - MAX_OUTER;
      fprintf(stderr, "  ... %zu more\n", i - MAX_INNER);
    }
    wfx_frame frame;
    if (wfx_store_frame(s, i, &frame)) print_frame(&frame);
  }
}
