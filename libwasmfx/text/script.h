/* script.h: what the files that read scripts share. */
#ifndef TEXT_SCRIPT_H
#define TEXT_SCRIPT_H

#include <wasmfx/text.h>

#include "text/parse.h"

/* The parser walks over the tokens of the script; its module keeps strings and the error. */
struct wfx_script {
  const wfx_ctx *ctx;
  struct wfx_module *m;
  char *text;
  size_t n_text;
  struct tokens toks;
  struct parser p;
  VEC(wfx_pattern) patterns; /* scratch */
};

/* Patterns up to what is none, in the arena. Only results may be more than a value. */
bool wfx__script_patterns(struct wfx_script *s, bool are_results, const wfx_pattern **out,
                          size_t *n);

#endif
