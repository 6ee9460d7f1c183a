/* Resolving names: every use of a name in a program gets the binder it refers to.
 *
 * Scope is that of Links: declarations follow each other, a later one of the same name hides
 * the earlier; a function sees itself, those of a `mutual` see each other. Beyond Links, a
 * top-level function can be used before its declaration when nothing else has its name there.
 *
 * Errors: a name that is not bound (with the nearest one that is), a name bound twice in one
 * pattern, parameter list or `mutual`, and a wrong number of arguments where the function is
 * known. */
#ifndef LINKS_RESOLVE_H
#define LINKS_RESOLVE_H

#include "links/links_ast.h"

typedef struct links_undo {
  fe_name *name;
  fe_binder *hidden;
} links_undo;

typedef struct links_scope {
  fe_session *s;
  FE_VEC(fe_binder *) current;  /* by name id; NULL: not bound */
  FE_VEC(fe_binder *) later;    /* by name id: top-level functions of the program */
  FE_VEC(uint32_t) stamps;      /* by name id, for finding duplicates */
  FE_VEC(links_undo) undo;
  uint32_t stamp;
  uint32_t depth;
  bool has_forward_refs;
} links_scope;

/* A scope with the primitives in it. Call inside fe_guard. */
void links_scope_init(links_scope *sc, fe_session *s);

/* Resolve a program; what it declares stays in the scope. Call inside fe_guard. */
void links_resolve(links_scope *sc, links_program *program);

/* What a name means at the top level now; NULL: nothing. */
fe_binder *links_lookup(const links_scope *sc, const fe_name *name);

#endif
