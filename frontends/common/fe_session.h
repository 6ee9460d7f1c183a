/* A compilation: its memory, names, source texts, positions and diagnostics.
 *
 * A session owns all that a front end makes for one program, and fe_session_free frees it at
 * once. Nothing here prints but fe_diags_print, nothing exits. */
#ifndef FE_SESSION_H
#define FE_SESSION_H

#include "common/fe_arena.h"

#include <stdio.h>

#if defined(__GNUC__)
#define FE_PRINTF(fmt, first) __attribute__((format(printf, fmt, first)))
#else
#define FE_PRINTF(fmt, first)
#endif

enum {
  FE_MAX_ERRORS = 50,                    /* more are counted, not kept */
  FE_MAX_SOURCE_BYTES = 64 * 1024 * 1024, /* of one file */
  FE_MARK_BYTES = 256
};

/* An interned name: equal names are the same pointer. Zero-terminated; UTF-8. */
typedef struct fe_name {
  const char *text;
  uint32_t n_bytes;
  uint32_t hash;
  uint32_t id;             /* 0, 1, ... in order of first use */
  struct fe_name *chain;
} fe_name;

/* A place in a source text; 0 is nowhere. All files of a session share one line of numbers. */
typedef uint32_t fe_pos;

typedef struct fe_source {
  const char *name;        /* as given by the user */
  const char *text;        /* zero-terminated copy */
  uint32_t n_bytes;
  fe_pos base;             /* position of the first byte */
  uint32_t *lines;         /* offset of each line's first byte */
  uint32_t n_lines;
  uint32_t *marks;         /* how many code points begin before byte FE_MARK_BYTES * i */
} fe_source;

typedef struct fe_location {
  const fe_source *source; /* NULL for position 0 */
  uint32_t line, column;   /* from 1; the column counts code points */
  const char *line_text;   /* the line, not terminated */
  uint32_t line_bytes;
} fe_location;

typedef enum { FE_ERROR, FE_WARNING, FE_NOTE } fe_severity;

typedef struct fe_diag {
  fe_severity severity;
  fe_pos pos;
  fe_pos order;            /* diagnostics are kept sorted by it; of a note, that of its error */
  const char *text;
} fe_diag;

typedef struct fe_session {
  fe_arena arena;
  FE_VEC(fe_source *) sources;
  FE_VEC(fe_diag) diags;
  FE_VEC(fe_name *) names;   /* by id */
  fe_name **buckets;
  uint32_t n_buckets;
  uint32_t last_diag;        /* where the last one was put */
  uint32_t n_errors;         /* all errors, also those not kept */
  bool is_out_of_memory;     /* set by whoever called fe_guard */
} fe_session;

void fe_session_init(fe_session *s, size_t limit_bytes);
void fe_session_free(fe_session *s);

/* The functions below allocate: call them inside fe_guard(&s->arena, ...). */

/* Add a source text (copied). NULL with an error when it is larger than FE_MAX_SOURCE_BYTES. */
const fe_source *fe_source_add(fe_session *s, const char *name, const char *text,
                               size_t n_bytes);

fe_name *fe_intern(fe_session *s, const char *text, size_t n_bytes);
fe_name *fe_intern_text(fe_session *s, const char *text);

/* A formatted string in the arena. */
const char *fe_format(fe_session *s, const char *fmt, ...) FE_PRINTF(2, 3);

/* Record a diagnostic. A note belongs to the error recorded before it. A second error at the
 * same place is dropped: it is nearly always an echo of the first. False when it was
 * dropped. */
bool fe_error(fe_session *s, fe_pos pos, const char *fmt, ...) FE_PRINTF(3, 4);
void fe_note(fe_session *s, fe_pos pos, const char *fmt, ...) FE_PRINTF(3, 4);

/* These do not allocate. */
/* Cost: logarithmic in the lines; a column in a long line is no dearer. */
fe_location fe_locate(const fe_session *s, fe_pos pos);
/* file:line:column: error: text, then the source line and a caret below the place. */
void fe_diags_print(const fe_session *s, FILE *out);

#endif
