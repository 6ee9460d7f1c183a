/* A reference interpreter of finished core: the oracle that code generation is tested against.
 *
 * A machine with an explicit continuation: a list of frames, some of which are handlers. What
 * an operation captures is the part of the list down to its handler. No typing, no
 * optimisation, and no part of the compilers themselves. */
#ifndef FE_EVAL_H
#define FE_EVAL_H

#include "common/fe_core.h"

/* Run a program. What it prints goes to `out`, a run-time error as "file:line:column: error:
 * ..." to `err`.
 *
 * Returns 0, or 1 after a run-time error, or 2 when memory ran out. Values live in the
 * session's arena and are not freed before it: meant for tests. Integers have 64 bits here, and
 * leaving them is an error. */
int fe_eval_program(fe_program *p, FILE *out, FILE *err);

#endif
