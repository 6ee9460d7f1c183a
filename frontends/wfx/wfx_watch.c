/* wfx_watch.c: what wfx run shows of a running program: a line for each instruction (--trace), and
 * where the time goes (--profile): folded stacks, functions, handlers. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wfx/cli.h"

/* ---- Names ------------------------------------------------------------------------------- */

enum { NAME_ROOM = 200 };

static size_t put_func(char *to, const wfx_frame *f) {
  int n = f->func.n > 0 ? snprintf(to, NAME_ROOM, "$%s", f->func.data)
                        : snprintf(to, NAME_ROOM, "function %" PRIu32, f->func_index);
  return n < NAME_ROOM ? (size_t)n : NAME_ROOM - 1;
}

static size_t put_place(char *to, const wfx_frame *f) {
  int n;
  if (f->loc.line != 0)
    n = snprintf(to, NAME_ROOM, "%s:%" PRIu32, f->loc.file ? f->loc.file : "", f->loc.line);
  else if (f->loc.offset != UINT64_MAX)
    n = snprintf(to, NAME_ROOM, "0x%" PRIx64, f->loc.offset);
  else n = snprintf(to, NAME_ROOM, "?");
  return n < NAME_ROOM ? (size_t)n : NAME_ROOM - 1;
}

/* ---- Trace ------------------------------------------------------------------------------- */

enum { OPERAND_ROOM = 48 };

static size_t put_operand(char *to, const wfx_value *v) {
  int n = 0;
  switch (v->type) {
  case WFX_I32: n = snprintf(to, OPERAND_ROOM, " %" PRId32, v->of.i32); break;
  case WFX_I64: n = snprintf(to, OPERAND_ROOM, " %" PRId64, v->of.i64); break;
  case WFX_F32: n = snprintf(to, OPERAND_ROOM, " %.9g", (double)v->of.f32); break;
  case WFX_F64: n = snprintf(to, OPERAND_ROOM, " %.17g", v->of.f64); break;
  case WFX_V128:
    n = snprintf(to, OPERAND_ROOM, " 0x%016" PRIx64 "%016" PRIx64, v->of.ref[1], v->of.ref[0]);
    break;
  case WFX_ANYREF: n = snprintf(to, OPERAND_ROOM, v->of.ref[0] == 0 ? " null" : " ref"); break;
  default: n = snprintf(to, OPERAND_ROOM, " _"); break;
  }
  return (size_t)n;
}

/* Standard error is not buffered, so a line is written at once. */
void cli_trace(void *ud, wfx_store *s, const wfx_trace_event *event) {
  enum { MAX_SHOWN_OPERANDS = 16 };
  char line[3 * NAME_ROOM + MAX_SHOWN_OPERANDS * OPERAND_ROOM];
  (void)ud;
  (void)s;
  size_t n = put_func(line, &event->frame);
  line[n++] = ' ';
  n += put_place(line + n, &event->frame);
  n += (size_t)snprintf(line + n, NAME_ROOM, ": %s", wfx_op_text(event->op));
  for (size_t i = 0; i < event->n_operands && i < MAX_SHOWN_OPERANDS; i++)
    n += put_operand(line + n, &event->operands[i]);
  line[n++] = '\n';
  fwrite(line, 1, n, stderr);
}

/* ---- Tallies: weights by name ------------------------------------------------------------- */

typedef struct tally {
  char *name; /* NULL: no entry */
  uint64_t self, total;
  uint64_t last_sample; /* that was added to the total: recursion counts once */
} tally;

/* Open addressing; the size is a power of two, at most half full. */
typedef struct tallies {
  tally *rows;
  size_t n, size;
} tallies;

struct cli_profile {
  tallies stacks, funcs, handlers;
  uint64_t n_samples, weight;
  bool is_full; /* memory was out: what follows is not counted */
};

static size_t find_row(const tallies *t, const char *name) {
  uint64_t hash = UINT64_C(0xcbf29ce484222325);
  for (const char *c = name; *c; c++) hash = (hash ^ (unsigned char)*c) * UINT64_C(0x100000001b3);
  size_t i = (size_t)(hash ^ hash >> 32) & (t->size - 1);
  while (t->rows[i].name && strcmp(t->rows[i].name, name) != 0) i = (i + 1) & (t->size - 1);
  return i;
}

static bool grow(tallies *t) {
  enum { FIRST_SIZE = 256 };
  tallies larger = {NULL, t->n, t->size ? t->size * 2 : FIRST_SIZE};
  larger.rows = calloc(larger.size, sizeof *larger.rows);
  if (!larger.rows) return false;
  for (size_t i = 0; i < t->size; i++)
    if (t->rows[i].name) larger.rows[find_row(&larger, t->rows[i].name)] = t->rows[i];
  free(t->rows);
  *t = larger;
  return true;
}

static tally *row_of(tallies *t, const char *name) {
  if (t->n * 2 >= t->size && !grow(t)) return NULL;
  tally *row = &t->rows[find_row(t, name)];
  if (row->name) return row;
  size_t n = strlen(name) + 1;
  row->name = malloc(n);
  if (!row->name) return NULL;
  memcpy(row->name, name, n);
  t->n++;
  return row;
}

static void add(cli_profile *p, tallies *t, const char *name, uint64_t weight, bool is_self) {
  tally *row = row_of(t, name);
  if (!row) {
    p->is_full = true;
    return;
  }
  if (is_self) row->self += weight;
  if (row->last_sample != p->n_samples) row->total += weight;
  row->last_sample = p->n_samples;
}

/* ---- Samples ----------------------------------------------------------------------------- */

enum { MAX_FRAMES = 250 };

/* The name of a handler: where its continuations are resumed. */
static void put_handler(char *to, const wfx_frame *f) {
  size_t n = (size_t)sprintf(to, "resume at ");
  n += put_place(to + n, f);
  to[n] = '\0';
}

/* Outermost first, ";" between. A frame that resumes is followed by its handler. */
static void add_stack(cli_profile *p, const wfx_frame *frames, size_t n, uint64_t weight) {
  static const char cut[] = "...;";
  char text[MAX_FRAMES * (2 * NAME_ROOM + 32)];
  size_t at = 0;
  if (n == MAX_FRAMES) at = (size_t)sprintf(text, "%s", cut);
  for (size_t i = n; i-- > 0;) {
    at += put_func(text + at, &frames[i]);
    if (frames[i].is_resume) {
      text[at++] = ';';
      put_handler(text + at, &frames[i]);
      at += strlen(text + at);
    }
    if (i > 0) text[at++] = ';';
  }
  text[at] = '\0';
  add(p, &p->stacks, text, weight, true);
}

void cli_sample(void *ud, wfx_store *s, uint64_t weight) {
  cli_profile *p = ud;
  wfx_frame frames[MAX_FRAMES];
  char name[2 * NAME_ROOM];
  size_t n = wfx_store_stack(s, frames, MAX_FRAMES);
  p->n_samples++;
  p->weight += weight;
  for (size_t i = 0; i < n; i++) {
    put_func(name, &frames[i]);
    add(p, &p->funcs, name, weight, i == 0);
    if (!frames[i].is_resume) continue;
    put_handler(name, &frames[i]);
    add(p, &p->handlers, name, weight, false);
  }
  add_stack(p, frames, n, weight);
}

/* ---- Results ----------------------------------------------------------------------------- */

static int by_name(const void *a, const void *b) {
  const tally *x = a, *y = b;
  return strcmp(x->name, y->name);
}

static int by_weight(const void *a, const void *b) {
  const tally *x = a, *y = b;
  if (x->total != y->total) return x->total < y->total ? 1 : -1;
  return strcmp(x->name, y->name);
}

/* Move the entries to the front and sort them. */
static void sort_rows(tallies *t, int (*order)(const void *, const void *)) {
  size_t n = 0;
  for (size_t i = 0; i < t->size; i++)
    if (t->rows[i].name) {
      tally row = t->rows[i];
      t->rows[i].name = NULL;
      t->rows[n++] = row;
    }
  if (n > 1) qsort(t->rows, n, sizeof *t->rows, order);
}

static double share(const cli_profile *p, uint64_t weight) {
  return p->weight ? 100.0 * (double)weight / (double)p->weight : 0;
}

static bool write_stacks(cli_profile *p, const char *path) {
  FILE *out = fopen(path, "w");
  if (out) {
    for (size_t i = 0; i < p->stacks.n; i++)
      fprintf(out, "%s %" PRIu64 "\n", p->stacks.rows[i].name, p->stacks.rows[i].self);
    if (fclose(out) == 0) return true;
  }
  cli_error("cannot write %s", path);
  return false;
}

cli_profile *cli_profile_new(void) {
  cli_profile *p = calloc(1, sizeof *p);
  if (!p) cli_error("out of memory");
  return p;
}

bool cli_profile_show(cli_profile *p, const char *path, const char *unit) {
  enum { MAX_ROWS = 30 };
  sort_rows(&p->stacks, by_name);
  sort_rows(&p->funcs, by_weight);
  sort_rows(&p->handlers, by_weight);
  fprintf(stderr, "profile: %" PRIu64 " samples, %" PRIu64 " %s%s\n", p->n_samples, p->weight,
          unit, p->is_full ? ", cut short: out of memory" : "");
  fprintf(stderr, "%7s %7s  function\n", "total%", "self%");
  for (size_t i = 0; i < p->funcs.n && i < MAX_ROWS; i++)
    fprintf(stderr, "%7.2f %7.2f  %s\n", share(p, p->funcs.rows[i].total),
            share(p, p->funcs.rows[i].self), p->funcs.rows[i].name);
  if (p->handlers.n > 0) fprintf(stderr, "%7s %7s  handler\n", "under%", "");
  for (size_t i = 0; i < p->handlers.n && i < MAX_ROWS; i++)
    fprintf(stderr, "%7.2f %7s  %s\n", share(p, p->handlers.rows[i].total), "",
            p->handlers.rows[i].name);
  return path[0] == '\0' || write_stacks(p, path);
}

void cli_profile_free(cli_profile *p) {
  if (!p) return;
  tallies *all[] = {&p->stacks, &p->funcs, &p->handlers};
  for (size_t a = 0; a < sizeof all / sizeof *all; a++) {
    for (size_t i = 0; i < all[a]->size; i++) free(all[a]->rows[i].name);
    free(all[a]->rows);
  }
  free(p);
}
