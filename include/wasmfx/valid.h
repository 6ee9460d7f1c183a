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

/* Decode and validate a binary in one pass, body by body in one reused buffer: the way to check
 * large modules. bytes are used during the call only. m must be empty; afterwards it holds the
 * error, if there is one, and is good for nothing else: free it.
 * Returns as wfx_module_decode and wfx_module_validate do; stops at the first wrong body.
 * Cost    memory for the declarations and the largest body. */
WFX_API wfx_status wfx_validate_bytes(wfx_module *m, const uint8_t *bytes, size_t n_bytes);

#ifdef __cplusplus
}
#endif
#endif
