/* wast.h: what the parts of wfx wast share. */
#ifndef WAST_H
#define WAST_H

#include "wfx/cli.h"

/* What came of commands. */
typedef struct wast_count {
  uint64_t passed, failed;
  uint64_t unsupported; /* needs what this library has not or was told not to use */
  uint64_t reworded;    /* passed, but the message does not begin as the script says */
} wast_count;

typedef enum wast_outcome { WAST_PASSED, WAST_FAILED, WAST_UNSUPPORTED } wast_outcome;

/* What came of one command. */
typedef struct wast_verdict {
  wast_outcome outcome;
  bool is_reworded;
  char why[400]; /* one line; empty when all is as the script says */
} wast_verdict;

/* A module or instance that later commands can name. Names belong to the script. */
typedef struct wast_named {
  wfx_str name;       /* no data: none */
  wfx_module *m;      /* NULL in the list of instances */
  wfx_instance *inst; /* NULL: there was an error */
  bool is_unsupported;
} wast_named;

typedef struct wast_list {
  wast_named *items;
  size_t n, cap;
} wast_list;

/* A script being run. */
typedef struct wast {
  const wfx_ctx *ctx;
  wfx_script *script;
  wfx_store *store;
  wast_list modules, instances; /* in the order of the script */
  wast_list others;             /* modules that no command can name */
  bool lacks_exports;           /* an unsupported instance was to be registered */
} wast;

/* ---- wfx_wast_run.c ---------------------------------------------------------------------- */

/* A store with the module spectest. False after an error. */
bool wast_open(wast *w, const wfx_ctx *ctx, uint64_t features, wfx_script *script);
void wast_close(wast *w);
void wast_run(wast *w, const wfx_command *command, wast_verdict *out);

/* ---- wfx_wast_value.c -------------------------------------------------------------------- */

/* The value that an argument stands for; a new reference is rooted. */
wfx_status wast_value(wfx_store *s, const wfx_pattern *p, wfx_value *out, wfx_root *root,
                      bool *has_root);
bool wast_matches(const wfx_store *s, const wfx_pattern *p, const wfx_value *v);
/* As text into buf, at most n bytes, always ended by NUL. */
void wast_print_value(const wfx_store *s, const wfx_value *v, char *buf, size_t n);
void wast_print_pattern(const wfx_pattern *p, char *buf, size_t n);

/* ---- wfx_wast_host.c --------------------------------------------------------------------- */

/* Define the functions of module spectest, and make the module of its other exports. NULL after
 * an error. */
wfx_module *wast_spectest(const wfx_ctx *ctx, uint64_t features, wfx_store *s);

#endif
