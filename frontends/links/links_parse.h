/* Parsing a Links-like program.
 *
 * Taken: everything of the core language without modules, queries, XML and message passing; see
 * links.h for the whole language. Words of the full language that are left out give the error
 * "not supported", and the parser goes on with the next declaration or statement. */
#ifndef LINKS_PARSE_H
#define LINKS_PARSE_H

#include "links/links_parser.h"

/* Parse one file. Errors are recorded in the session. The operators it declares are added to
 * `fixities`. Call inside fe_guard. */
links_program links_parse(fe_session *s, const fe_source *source, links_fixities *fixities);

#endif
