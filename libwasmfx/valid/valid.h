/* valid.h: parts of validation. */
#ifndef VALID_VALID_H
#define VALID_VALID_H

#include "valid/check.h"

/* Check all but the bodies. Errors go to the module. */
bool wfx__valid_decls(struct checker *c);
/* Check one body of a function. Errors go to the body's errs. */
bool wfx__valid_body(struct checker *c, uint32_t func, struct body *b);
/* Check the types of a recursion group that is complete. Errors go to m->errs. */
bool wfx__valid_group(struct wfx_module *m, uint32_t group);

#endif
