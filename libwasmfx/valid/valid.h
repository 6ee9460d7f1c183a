/* valid.h: validation of declarations. */
#ifndef VALID_VALID_H
#define VALID_VALID_H

#include "ir/module.h"

/* Check the types of a recursion group that is complete. Errors go to m->errs. */
bool wfx__valid_group(struct wfx_module *m, uint32_t group);

#endif
