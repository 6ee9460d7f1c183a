/* The stages of the Links-like front end, in order; see links.h. */
#include "links/links.h"

#include "common/fe_finish.h"
#include "links/links_lower.h"
#include "links/links_parse.h"

#include <string.h>

typedef struct compilation {
  fe_session *s;
  const char *name, *text;
  size_t n_bytes;
  links_options options;
  fe_program *result;
} compilation;

static const fe_source *prelude_source(fe_session *s) {
  size_t n_lines, n_bytes = 0;
  const char *const *lines = links_prelude_lines(&n_lines);
  for (size_t i = 0; i < n_lines; i++)
    n_bytes += strlen(lines[i]);
  char *text = fe_alloc(&s->arena, n_bytes + 1);
  size_t at = 0;
  for (size_t i = 0; i < n_lines; i++) {
    size_t n = strlen(lines[i]);
    memcpy(text + at, lines[i], n);
    at += n;
  }
  return fe_source_add(s, "prelude.links", text, n_bytes);
}

static fe_binder *needed(links_scope *sc, const char *name) {
  fe_binder *b = links_lookup(sc, fe_intern_text(sc->s, name));
  if (!b)
    fe_error(sc->s, 0, "the prelude does not define '%s'", name);
  return b;
}

static void run(void *ud) {
  compilation *c = ud;
  fe_session *s = c->s;
  links_scope scope;
  links_fixities fixities = {0};
  links_program prelude = {0}, program;
  links_known known = {0};
  links_scope_init(&scope, s);
  if (!c->options.has_no_prelude) {
    const fe_source *source = prelude_source(s);
    if (!source)
      return;
    prelude = links_parse(s, source, &fixities);
    links_resolve(&scope, &prelude);
    known.concat_map = needed(&scope, "concatMap");
    known.range = needed(&scope, "range");
  }
  const fe_source *source = fe_source_add(s, c->name, c->text, c->n_bytes);
  if (!source)
    return;
  program = links_parse(s, source, &fixities);
  if (s->n_errors)
    return;
  links_resolve(&scope, &program);
  if (c->options.has_no_prelude) {
    known.concat_map = needed(&scope, "concatMap");
    known.range = needed(&scope, "range");
  }
  if (s->n_errors)
    return;
  fe_program *p = links_lower(s, &prelude, &program, known, c->options.print_result);
  p->has_forward_refs = scope.has_forward_refs;
  if (s->n_errors)
    return;
  fe_finish(p);
  c->result = p;
}

fe_program *links_compile(fe_session *s, const char *name, const char *text, size_t n_bytes,
                          links_options options) {
  compilation c = {
    .s = s, .name = name, .text = text, .n_bytes = n_bytes, .options = options};
  if (!fe_guard(&s->arena, run, &c)) {
    s->is_out_of_memory = true;
    return NULL;
  }
  return c.result;
}
