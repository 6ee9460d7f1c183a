/* The passes over a whole core program after lowering: closure conversion and facts for code
 * generation. */
#ifndef FE_FINISH_H
#define FE_FINISH_H

#include "common/fe_core.h"

/* Fill in every field that fe_core.h says fe_finish sets:
 *
 *   1. reachability from main (of functions, labels, operations, shapes, globals);
 *   2. tail positions;
 *   3. free variables; a function that refers to no variables of other functions, but for
 *      functions that do not either, has no captures and needs no closure;
 *   4. atoms to local, capture, own closure or static function; slots;
 *   5. for each clause, how its resumption is used;
 *   6. labels are renumbered so that ids ascend in the order of fe_label_compare.
 *
 * Call once. Cost: linear in the program, times the depth of function nesting for captures. */
void fe_finish(fe_program *p);

#endif
