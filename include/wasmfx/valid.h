/* valid.h: validation. Spec: Validation. */
#ifndef WASMFX_VALID_H
#define WASMFX_VALID_H

#include "module.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Check every rule. Returns WFX_OK, or the status of the first error in module order; every
 * function body keeps its own first error (wfx_module_diag). A body of which a builder checked
 * every step is not checked again, nor is a module that is valid already and has got nothing new:
 * then nothing is written, so that threads may share it.
 * Cost    one pass over the code. */
WFX_API wfx_status wfx_module_validate(wfx_module *m);

/* Decode and validate a binary in one pass, body by body in one reused buffer: the way to check
 * large modules. bytes are used during the call only. m must be empty; afterwards it holds the
 * error, if there is one, and is good for nothing else: free it.
 * Returns as wfx_module_decode and wfx_module_validate do; stops at the first wrong body.
 * Cost    memory for the declarations and the largest body. */
WFX_API wfx_status wfx_validate_bytes(wfx_module *m, const uint8_t *bytes, size_t n_bytes);

/* ---- On several threads ------------------------------------------------------------------ */

/* The validation of one binary, its bodies checked by as many threads as the client has: make a
 * validator, call wfx_validator_run on each thread, and when all have returned
 * wfx_validator_finish. wfx_validate_bytes does the same on the calling thread. */
typedef struct wfx_validator wfx_validator;

/* Decode and check all but the bodies. m must be empty; it and the bytes, which are not copied, stay
 * as they are until the end. NULL when memory is out; any other error shows at the end.
 * Owned by the caller: wfx_validator_finish. */
WFX_API WFX_OWN wfx_validator *wfx_validator_new(wfx_module *m, const uint8_t *bytes,
                                                 size_t n_bytes);
/* Check bodies that no other call has taken, until none is left or one is wrong. May run on several
 * threads at once if the allocator of the context may.
 * Cost    memory for the largest body, freed at the return. */
WFX_API void wfx_validator_run(wfx_validator *v);
/* Check what is left, free the validator, and return as wfx_validate_bytes does. The error is the
 * first in the order of functions, whatever the threads did. */
WFX_API wfx_status wfx_validator_finish(wfx_validator *v);

#ifdef __cplusplus
}
#endif
#endif
