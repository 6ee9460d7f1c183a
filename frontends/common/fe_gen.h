/* Code generation: from finished core to a WasmFX module.
 *
 * Values are those of the runtime's module value@1, all of type (ref null eq).
 *
 *   - A function without captured variables is a Wasm function of its parameters; where it is
 *     used as a value it gets an entry that takes the closure first, and one static closure. A
 *     function with captured variables takes its closure first and reads them from it.
 *   - Calls of known functions are direct. Others cast the callee to the closure type of so
 *     many parameters; when that fails, a function $apply_N sorts out resumptions and errors.
 *   - Calls, resumptions and handlers in tail position are tail calls.
 *   - A handler is a function (a driver, <wasmfx/handler.h>) from environment, value and
 *     continuation to result; the computation it handles is a function of one value, its
 *     environment. A handler whose clauses all resume in tail position is a loop inside it.
 *     Environments of handlers are $handler structs: what a driver is to be told at run time
 *     (wfxrt:lang@1), then captures; those with parameters are in a $state around it.
 *   - One tag per operation, [eqref] -> [eqref]. _start runs the program under a handler of all
 *     of them, which reports an unhandled operation.
 *   - Run-time errors have places: a number, the site, is stored in the runtime's module io@1
 *     before what can fail; $locate turns it into text.
 *
 * Locals hold comparisons, floats and lists unboxed as far as one definition shows it
 * (fe_rep). */
#ifndef FE_GEN_H
#define FE_GEN_H

#include "common/fe_core.h"

#include <wasmfx/module.h>

/* Fill m, an empty module, with a command program: it exports _start and memory, and imports
 * modules "wfxrt:..." and nothing else. Names and source positions are in it; it is
 * type-checked as it is built.
 *
 * False after an error, which the session then has: what the library refuses (a limit; anything
 * else is reported as internal), or is_out_of_memory.
 * Cost    linear in the program. */
bool fe_generate(fe_session *s, const fe_program *p, wfx_module *m);

#endif
