/* The Links-like language: from source text to core.
 *
 * The language is the core of Links, untyped: signatures, type declarations and annotations are
 * read and dropped. Comments begin with `#`. A program is a list of declarations and at last,
 * maybe, an expression.
 *
 *   declarations   fun f(p, ..)(q, ..) { .. }, var p = e;, mutual { fun .. fun .. },
 *                  op x + y { .. }, infixl 6 +;, sig, typename
 *   expressions    fun(p, ..) { .. }, f(e, ..), { declarations; e }, if (e) e else e,
 *                  switch (e) { case p -> .. }, for (p <- e, ..) where (e) e,
 *                  C, C(e, ..), (e, ..), (l = e, ..), (l = e | r), (r with l = e), e.l, e.1,
 *                  [e, ..], [e .. e], e :: e, && ||, operators, `f`, (+), (.l)
 *   patterns       x, _, literals, C(p, ..), (p, ..), (l = p | r), [p, ..], p :: p, p as x
 *   effects        do Op, do Op(e, ..)
 *                  handle (e) { case <Op(p, ..) => k> -> .. case p -> .. }
 *                  handle (e) (p <- e, ..) { .. }         k(v, new values, ..)
 *                  shallowhandle (e) { case <Op(p) -> k> -> .. }
 *
 * and, not in Links, sheep handlers, whose resumptions are given the handler to go on under,
 * and handlers as values:
 *
 *   sheephandle (e) { case <Op(p) => r> -> .. r(v) with h .. }
 *   handler { cases }, shallowhandler { cases }, sheephandler { cases }    a handler value
 *   handle (e) with h                                                      run e under it
 *
 * Calls, and operands, are evaluated from left to right. Several cases may be given for one
 * operation; the first whose patterns match is taken, and it is an error when none does. Not
 * taken: modules, XML, message passing, queries. */
#ifndef LINKS_H
#define LINKS_H

#include "common/fe_core.h"

typedef struct links_options {
  bool print_result;       /* print the value of the program's last expression */
  bool has_no_prelude;     /* only primitives; [a .. b] and `for` then need own definitions of
                              `range` and `concatMap` */
} links_options;

/* Compile a program to finished core (fe_finish has run).
 *
 * name, text     shown in messages, and the source; both are copied.
 * Returns the program, owned by the session, or NULL: then the session has errors
 * (fe_diags_print), or is_out_of_memory is set.
 * Cost           linear in the text but for pattern matching, which is linear in practice. */
fe_program *links_compile(fe_session *s, const char *name, const char *text, size_t n_bytes,
                          links_options options);

/* The library that every program begins with (prelude.links). */
const char *const *links_prelude_lines(size_t *n_lines);

#endif
