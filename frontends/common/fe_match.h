/* Patterns, and their compilation to tests.
 *
 * The method is that of backtracking automata (Wadler, in Peyton Jones, "The Implementation of
 * Functional Programming Languages", ch. 5): rows are taken in groups whose first refutable
 * column is refutable in all of them; a group becomes one FE_SWITCH, groups follow each other
 * as FE_ARMS. Every row's body appears once, so code stays as small as the source; a value may
 * be tested twice when groups alternate. Pattern variables cost nothing: they are other names
 * of what was tested.
 *
 * Records are opened without a test (FE_SELECT checks), as in a typed language. */
#ifndef FE_MATCH_H
#define FE_MATCH_H

#include "common/fe_core.h"

enum { FE_MAX_TESTS = 1000 };  /* parts of one pattern that are no variable or _ */

/* A name that a pattern, parameter or declaration binds. Names resolve to binders; lowering
 * sets the atom before it lowers any use. Variables are never assigned, so an alias is just the
 * same atom. */
typedef struct fe_binder {
  fe_name *name;
  fe_pos pos;
  fe_atom atom;
  int32_t prim;            /* it names this fe_prim; -1: none, and the atom counts */
  uint32_t n_params;       /* of a function whose declaration was seen; FE_NO_ARITY: unknown */
} fe_binder;

#define FE_NO_ARITY UINT32_MAX

typedef enum {
  FE_PAT_ANY,
  FE_PAT_VAR,
  FE_PAT_AS,               /* sub, and a variable for the whole */
  FE_PAT_BOOL,
  FE_PAT_LITERAL,          /* INT, CHAR, FLOAT, STRING */
  FE_PAT_VARIANT,
  FE_PAT_NIL,
  FE_PAT_CONS,
  FE_PAT_RECORD            /* also tuples and () */
} fe_pat_kind;

typedef struct fe_pat fe_pat;
struct fe_pat {
  fe_pat_kind kind;
  fe_pos pos;
  fe_binder *binder;       /* VAR, AS */
  fe_atom literal;         /* BOOL, LITERAL */
  fe_name *label;          /* VARIANT */
  fe_pat *sub;             /* AS; VARIANT: payload or NULL for any; CONS: head;
                              RECORD: the other fields, or NULL: not looked at */
  fe_pat *tail;            /* CONS */
  fe_name **labels;        /* RECORD, all different */
  fe_pat **subs;
  uint32_t n;
};

/* What happens when nothing matches: go on with an arm of target, or (NULL) fail at pos. */
typedef struct fe_otherwise {
  fe_expr *target;
  uint32_t arm;
  fe_fail fail;
  fe_pos pos;
} fe_otherwise;

typedef struct fe_match {
  fe_program *program;
  fe_func *owner;          /* the function new variables belong to */
  /* Make the body of a row. Called once for each row that can be reached, with the row's
   * binders set. */
  fe_expr *(*body)(void *ud, uint32_t row);
  void *ud;
} fe_match;

/* Compile `switch (on) { pats[0] -> body(0) ... }`. */
fe_expr *fe_match_compile(const fe_match *m, fe_atom on, fe_pat *const *pats, uint32_t n_rows,
                          fe_otherwise otherwise, fe_pos pos);

/* Append to b what takes `on` apart by one pattern; what follows in b runs when it matches, and
 * it fails at run time when not. Each test makes what follows one level deeper. */
void fe_match_bind(const fe_match *m, fe_block *b, fe_atom on, fe_pat *pat);

/* Check FE_MAX_TESTS; false with an error. */
bool fe_pat_check(fe_session *s, const fe_pat *pat);

#endif
