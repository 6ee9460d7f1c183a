/* positions.h: what the writers of source maps and DWARF start from. */
#ifndef DEBUG_POSITIONS_H
#define DEBUG_POSITIONS_H

#include <wasmfx/debug.h>

#include "binary/place.h"
#include "debug/sink.h"

/* A source file that is named by some position. */
struct source {
  wfx_str file;
  const wfx_source *given; /* by the client, or NULL */
};

/* One module being written. */
struct positions {
  struct wfx_module *m;
  struct errs *errs;            /* the module's */
  const wfx_debug_options *options;
  struct arena arena;
  struct places places;
  VEC(struct source) sources;
  uint32_t *numbers;            /* by file of the module: its source, or WFX_NO_ID */
  struct strmap files;          /* by name: files of the module */
};

/* A position in numbers of sources; line 0 when there is none. */
struct source_pos {
  uint32_t source, line, column;
};

struct source_pos wfx__source_pos(const struct positions *p, struct pos pos);
/* Where the function is declared, if that is known. */
struct source_pos wfx__decl_pos(const struct positions *p, uint32_t func);
/* Where a function begins: its declaration, or else its first place. */
struct source_pos wfx__begin_pos(const struct positions *p, const struct func_place *f);

/* columns.c */

/* A character that is shorter in UTF-16: where it ends in the text, and how many bytes more than
 * code units there are up to there. */
struct column_shift {
  size_t at, n_less;
};

/* The columns of one source; empty when its text is not known. */
struct columns {
  VEC(size_t) lines; /* where each begins */
  VEC(struct column_shift) shifts;
};

bool wfx__columns_read(struct errs *e, struct columns *c, const char *text, size_t n);
void wfx__columns_free(const wfx_ctx *ctx, struct columns *c);
/* A column in code units, from one in bytes; both from 0. */
uint32_t wfx__columns_find(const struct columns *c, uint32_t line, uint32_t column);

/* source_map.c */
void wfx__put_source_map(struct positions *p, struct sink *s);

/* dwarf_line.c: the line table for all functions, and the offset of each file name in strings. */
void wfx__put_dwarf_lines(const struct positions *p, struct sink *line,
                          const uint32_t *names, uint32_t dir);

/* dwarf.c: the sections, as custom sections behind out. */
bool wfx__put_dwarf(struct positions *p, struct sink *out);

/* A custom section. */
void wfx__put_custom(struct sink *out, const char *name, const void *bytes, size_t n_bytes);

#endif
