/* prelude.links as data. The lines are made into string literals when the front end is built:
 *
 *   sed -e 's|[\\"]|\\&|g' -e 's|^.*$|"&\\n",|' prelude.links > links_prelude.inc
 *
 * The directory of the result is on the include path. */
#include "links/links.h"

static const char *const lines[] = {
#include "links_prelude.inc"
};

const char *const *links_prelude_lines(size_t *n_lines) {
  *n_lines = sizeof lines / sizeof *lines;
  return lines;
}
