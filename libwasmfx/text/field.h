/* field.h: the fields of a module, one function each. Each begins at the parenthesis that opens
 * the field and ends behind the one that closes it. */
#ifndef TEXT_FIELD_H
#define TEXT_FIELD_H

#include "text/parse.h"

bool wfx__parse_func(struct parser *p);
bool wfx__parse_table(struct parser *p);
bool wfx__parse_memory(struct parser *p);
bool wfx__parse_global(struct parser *p);
bool wfx__parse_tag(struct parser *p);
bool wfx__parse_elem(struct parser *p);
bool wfx__parse_data(struct parser *p);
bool wfx__parse_import(struct parser *p);
bool wfx__parse_export(struct parser *p);
bool wfx__parse_start(struct parser *p);

#endif
