/* Resolving names; see links_resolve.h. */
#include "links/links_resolve.h"

#include <string.h>

static void resolve_exp(links_scope *sc, links_exp *e);

/* The scope. */

fe_binder *links_lookup(const links_scope *sc, const fe_name *name) {
  return name->id < sc->current.n ? sc->current.data[name->id] : NULL;
}

static void bind(links_scope *sc, fe_binder *b) {
  fe_arena *a = &sc->s->arena;
  while (sc->current.n <= b->name->id)
    fe_push(a, &sc->current, NULL);
  links_undo undo = {b->name, sc->current.data[b->name->id]};
  fe_push(a, &sc->undo, undo);
  sc->current.data[b->name->id] = b;
}

static void unbind_to(links_scope *sc, uint32_t mark) {
  while (sc->undo.n > mark) {
    links_undo *u = &sc->undo.data[--sc->undo.n];
    sc->current.data[u->name->id] = u->hidden;
  }
}

void links_scope_init(links_scope *sc, fe_session *s) {
  static const struct {
    const char *name;
    fe_prim prim;
  } rows[] = {
#define LINKS_PRIM(name, prim) {name, FE_PRIM_##prim},
#include "links/links_prim.def"
#undef LINKS_PRIM
  };
  *sc = (links_scope){.s = s};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    fe_binder *b = FE_NEW(&s->arena, fe_binder);
    b->name = fe_intern_text(s, rows[i].name);
    b->prim = (int32_t)rows[i].prim;
    b->n_params = fe_prim_arity(rows[i].prim);
    bind(sc, b);
  }
}

/* Binders. A set is a stamp: all binders with it must have different names. */

static void bind_in_set(links_scope *sc, fe_binder *b, const char *what) {
  while (sc->stamps.n <= b->name->id)
    fe_push(&sc->s->arena, &sc->stamps, 0);
  if (sc->stamps.data[b->name->id] == sc->stamp)
    fe_error(sc->s, b->pos, "'%s' is bound twice in %s", b->name->text, what);
  sc->stamps.data[b->name->id] = sc->stamp;
  bind(sc, b);
}

static void bind_pattern(links_scope *sc, fe_pat *pat, const char *what) {
  while (pat) {
    switch (pat->kind) {
    case FE_PAT_VAR:
      bind_in_set(sc, pat->binder, what);
      return;
    case FE_PAT_AS:
      bind_in_set(sc, pat->binder, what);
      pat = pat->sub;
      continue;
    case FE_PAT_VARIANT:
      pat = pat->sub;
      continue;
    case FE_PAT_CONS:
      bind_pattern(sc, pat->sub, what);
      pat = pat->tail;
      continue;
    case FE_PAT_RECORD:
      for (uint32_t i = 0; i < pat->n; i++)
        bind_pattern(sc, pat->subs[i], what);
      pat = pat->sub;
      continue;
    case FE_PAT_ANY: case FE_PAT_BOOL: case FE_PAT_LITERAL: case FE_PAT_NIL:
      return;
    }
  }
}

static void bind_patterns(links_scope *sc, fe_pat **pats, uint32_t n, const char *what) {
  sc->stamp++;
  for (uint32_t i = 0; i < n; i++)
    if (!pats[i] || fe_pat_check(sc->s, pats[i]))
      bind_pattern(sc, pats[i], what);
}

/* Names that are not bound. */

static uint32_t least(uint32_t a, uint32_t b) {
  return a < b ? a : b;
}

/* Insertions, deletions and replacements that make one name the other (Levenshtein). */
static uint32_t distance(const fe_name *a, const fe_name *b) {
  enum { MAX_BYTES = 40 };
  uint32_t row[MAX_BYTES + 1];
  if (a->n_bytes > MAX_BYTES || b->n_bytes > MAX_BYTES)
    return UINT32_MAX;
  for (uint32_t j = 0; j <= b->n_bytes; j++)
    row[j] = j;
  for (uint32_t i = 1; i <= a->n_bytes; i++) {
    uint32_t diagonal = row[0];
    row[0] = i;
    for (uint32_t j = 1; j <= b->n_bytes; j++) {
      uint32_t replace = diagonal + (a->text[i - 1] != b->text[j - 1]);
      diagonal = row[j];
      row[j] = least(replace, least(row[j], row[j - 1]) + 1);
    }
  }
  return row[b->n_bytes];
}

static void fail_unbound(links_scope *sc, const fe_name *name, fe_pos pos) {
  const fe_name *nearest = NULL;
  uint32_t best = name->n_bytes < 4 ? 2 : 3;  /* less than this is near */
  if (name->n_bytes < 2)
    best = 1;
  for (uint32_t i = 0; i < sc->current.n; i++) {
    const fe_name *other = sc->s->names.data[i];
    uint32_t longer = other->n_bytes > name->n_bytes ? other->n_bytes - name->n_bytes
                                                     : name->n_bytes - other->n_bytes;
    if (!sc->current.data[i] || longer >= best)
      continue;
    uint32_t d = distance(name, other);
    if (d < best) {
      best = d;
      nearest = other;
    }
  }
  if (nearest)
    fe_error(sc->s, pos, "'%s' is not defined; do you mean '%s'?", name->text, nearest->text);
  else
    fe_error(sc->s, pos, "'%s' is not defined", name->text);
}

static void resolve_name(links_scope *sc, links_exp *e) {
  fe_name *name = e->u.name.name;
  fe_binder *b = links_lookup(sc, name);
  if (!b && name->id < sc->later.n && sc->later.data[name->id]) {
    b = sc->later.data[name->id];
    sc->has_forward_refs = true;
  }
  if (!b)
    fail_unbound(sc, name, e->pos);
  e->u.name.binder = b;
}

/* Functions. */

static void resolve_fun(links_scope *sc, links_fun *f) {
  uint32_t mark = sc->undo.n;
  bind_patterns(sc, f->params, f->n_params, "the parameters");
  resolve_exp(sc, f->body);
  unbind_to(sc, mark);
}

static void resolve_funs(links_scope *sc, links_decl *d) {
  sc->stamp++;
  for (uint32_t i = 0; i < d->n_funs; i++) {
    d->funs[i]->binder->n_params = d->funs[i]->n_params;
    bind_in_set(sc, d->funs[i]->binder, "one 'mutual'");
  }
  for (uint32_t i = 0; i < d->n_funs; i++)
    resolve_fun(sc, d->funs[i]);
}

static void resolve_decl(links_scope *sc, links_decl *d) {
  switch (d->kind) {
  case LINKS_D_VAR:
    resolve_exp(sc, d->exp);
    bind_patterns(sc, &d->pat, 1, "the pattern");
    return;
  case LINKS_D_FUNS:
    resolve_funs(sc, d);
    return;
  case LINKS_D_EXP:
    resolve_exp(sc, d->exp);
    return;
  }
}

static const char *plural(uint32_t n) {
  return n == 1 ? "" : "s";
}

static void resolve_apply(links_scope *sc, links_exp *e) {
  resolve_exp(sc, e->u.apply.callee);
  for (uint32_t i = 0; i < e->u.apply.n; i++)
    resolve_exp(sc, e->u.apply.args[i]);
  if (e->kind == LINKS_E_RESUME_WITH) {
    resolve_exp(sc, e->u.apply.with);
    return;
  }
  links_exp *callee = e->u.apply.callee;
  fe_binder *b = callee->kind == LINKS_E_NAME ? callee->u.name.binder : NULL;
  if (!b || b->n_params == FE_NO_ARITY || b->n_params == e->u.apply.n)
    return;
  if (fe_error(sc->s, callee->pos, "'%s' takes %u argument%s but is given %u", b->name->text,
               b->n_params, plural(b->n_params), e->u.apply.n) &&
      b->pos)
    fe_note(sc->s, b->pos, "it is defined here");
}

/* Cases and handlers. */

static void resolve_cases(links_scope *sc, links_case *cases, uint32_t n) {
  for (uint32_t i = 0; i < n; i++) {
    uint32_t mark = sc->undo.n;
    bind_patterns(sc, &cases[i].pat, 1, "the pattern");
    resolve_exp(sc, cases[i].body);
    unbind_to(sc, mark);
  }
}

static void resolve_handler(links_scope *sc, links_handler *h) {
  uint32_t outer = sc->undo.n;
  bind_patterns(sc, h->params, h->n_params, "the parameters");
  for (uint32_t i = 0; i < h->n_clauses; i++) {
    links_clause *c = &h->clauses[i];
    uint32_t mark = sc->undo.n;
    fe_pat *pats[] = {c->payload, c->resumption};
    bind_patterns(sc, pats, 2, "the operation pattern");
    resolve_exp(sc, c->body);
    unbind_to(sc, mark);
  }
  resolve_cases(sc, h->values, h->n_values);
  unbind_to(sc, outer);
}

static void resolve_handle(links_scope *sc, links_exp *e) {
  resolve_exp(sc, e->u.handle.computation);
  if (e->u.handle.with)
    resolve_exp(sc, e->u.handle.with);
  if (!e->u.handle.handler)
    return;
  for (uint32_t i = 0; i < e->u.handle.handler->n_params; i++)
    resolve_exp(sc, e->u.handle.inits[i]);
  resolve_handler(sc, e->u.handle.handler);
}

static void resolve_for(links_scope *sc, links_exp *e) {
  uint32_t mark = sc->undo.n;
  for (uint32_t i = 0; i < e->u.loop.n; i++) {
    resolve_exp(sc, e->u.loop.generators[i].list);
    bind_patterns(sc, &e->u.loop.generators[i].pat, 1, "the pattern");
  }
  if (e->u.loop.where)
    resolve_exp(sc, e->u.loop.where);
  resolve_exp(sc, e->u.loop.body);
  unbind_to(sc, mark);
}

static void resolve_block(links_scope *sc, links_exp *e) {
  uint32_t mark = sc->undo.n;
  for (uint32_t i = 0; i < e->u.block.n; i++)
    resolve_decl(sc, &e->u.block.decls[i]);
  if (e->u.block.last)
    resolve_exp(sc, e->u.block.last);
  unbind_to(sc, mark);
}

static void resolve_parts(links_scope *sc, links_exp *e) {
  switch (e->kind) {
  case LINKS_E_BAD: case LINKS_E_LITERAL:
    return;
  case LINKS_E_NAME:
    resolve_name(sc, e);
    return;
  case LINKS_E_FUN:
    resolve_fun(sc, e->u.fun);
    return;
  case LINKS_E_APPLY: case LINKS_E_RESUME_WITH:
    resolve_apply(sc, e);
    return;
  case LINKS_E_PROJECT:
    resolve_exp(sc, e->u.project.from);
    return;
  case LINKS_E_RECORD: case LINKS_E_UPDATE:
    for (uint32_t i = 0; i < e->u.record.n; i++)
      resolve_exp(sc, e->u.record.fields[i]);
    if (e->u.record.base)
      resolve_exp(sc, e->u.record.base);
    return;
  case LINKS_E_VARIANT:
    if (e->u.variant.payload)
      resolve_exp(sc, e->u.variant.payload);
    return;
  case LINKS_E_LIST:
    for (uint32_t i = 0; i < e->u.list.n; i++)
      resolve_exp(sc, e->u.list.items[i]);
    return;
  case LINKS_E_RANGE: case LINKS_E_CONS: case LINKS_E_AND: case LINKS_E_OR:
    resolve_exp(sc, e->u.pair.left);
    resolve_exp(sc, e->u.pair.right);
    return;
  case LINKS_E_IF:
    resolve_exp(sc, e->u.cond.cond);
    resolve_exp(sc, e->u.cond.then);
    resolve_exp(sc, e->u.cond.other);
    return;
  case LINKS_E_SWITCH:
    resolve_exp(sc, e->u.sw.on);
    resolve_cases(sc, e->u.sw.cases, e->u.sw.n);
    return;
  case LINKS_E_FOR:
    resolve_for(sc, e);
    return;
  case LINKS_E_DO:
    for (uint32_t i = 0; i < e->u.perform.n; i++)
      resolve_exp(sc, e->u.perform.args[i]);
    return;
  case LINKS_E_HANDLE:
    resolve_handle(sc, e);
    return;
  case LINKS_E_HANDLER:
    resolve_handler(sc, e->u.handler);
    return;
  case LINKS_E_BLOCK:
    resolve_block(sc, e);
    return;
  }
}

static void resolve_exp(links_scope *sc, links_exp *e) {
  if (!e)
    return;
  if (++sc->depth > FE_MAX_DEPTH)
    fe_error(sc->s, e->pos, "nesting is too deep");
  else
    resolve_parts(sc, e);
  sc->depth--;
}

/* Programs. */

static void collect_later(links_scope *sc, const links_program *program) {
  for (uint32_t i = 0; i < sc->later.n; i++)
    sc->later.data[i] = NULL;
  for (uint32_t i = 0; i < program->n_decls; i++) {
    const links_decl *d = &program->decls[i];
    for (uint32_t f = 0; d->kind == LINKS_D_FUNS && f < d->n_funs; f++) {
      fe_binder *b = d->funs[f]->binder;
      while (sc->later.n <= b->name->id)
        fe_push(&sc->s->arena, &sc->later, NULL);
      b->n_params = d->funs[f]->n_params;
      if (!sc->later.data[b->name->id])
        sc->later.data[b->name->id] = b;
    }
  }
}

void links_resolve(links_scope *sc, links_program *program) {
  collect_later(sc, program);
  for (uint32_t i = 0; i < program->n_decls; i++)
    resolve_decl(sc, &program->decls[i]);
  if (program->last)
    resolve_exp(sc, program->last);
}
