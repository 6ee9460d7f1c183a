/* valid.h: validation. Spec: Validation. */
#ifndef WASMFX_VALID_H
#define WASMFX_VALID_H

#include "module.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Check every rule. Returns WFX_OK, or the status of the first error in module order; every
 * function body keeps its own first error (wfx_module_diag). A body of which a builder checked
 * every step is not checked again.
 * Cost    one pass over the code. */
WFX_API wfx_status wfx_module_validate(wfx_module *m);

#ifdef __cplusplus
}
#endif
#endif
