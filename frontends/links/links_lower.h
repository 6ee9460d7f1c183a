/* From the resolved tree to core. */
#ifndef LINKS_LOWER_H
#define LINKS_LOWER_H

#include "links/links_resolve.h"

/* The prelude's functions that syntax stands for. */
typedef struct links_known {
  fe_binder *concat_map;   /* for (p <- list) e */
  fe_binder *range;        /* [a .. b] */
} links_known;

/* Make core of a prelude and a program, both resolved and without errors. With print_result the
 * value of the program's last expression is printed as `show` writes it. Errors (nesting, wrong
 * use of resumptions) are recorded; the result is complete only without any. Inside
 * fe_guard. */
fe_program *links_lower(fe_session *s, const links_program *prelude,
                        const links_program *program, links_known known, bool print_result);

#endif
