/* facts.h: asking validation for facts (struct fact in ir/body.h). */
#ifndef VALID_FACTS_H
#define VALID_FACTS_H

#include "ir/module.h"

/* Leave facts in the body of a function, checking it again. Errors go to the body's errs. */
bool wfx__valid_facts(struct wfx_module *m, uint32_t func);

#endif
