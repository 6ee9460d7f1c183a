/* native.h: run modules as machine code. Experimental: the first slice of native code.
 *
 * A store is interpreted or native, chosen when it is made; all else is as engine.h says. The
 * code generator is a library of its own, libwasmfx-native.a, which needs LLVM 19; link it in
 * front of libwasmfx.a. It hands out a table of functions, by which the store reaches it, so
 * that programs that do not ask for native code never link LLVM.
 *
 * What there is: x86-64 under System V; i32 and i64 with their arithmetic, traps included;
 * locals and globals, all control, direct calls of functions of modules (tail calls too),
 * ref.func, cont.new, suspend, and resume with `on` clauses. Everything else is refused by name
 * with WFX_UNSUPPORTED when a module that has it in a body is instantiated.
 *
 * What to know: a continuation that was dropped is given back when its store is freed, not
 * before; as many as the limits of the context allow, and at most 4096, may live at once. A
 * native store is not controlled: no fuel, no deadline, no interrupt. Statistics count no
 * suspensions and resumes, and a stack trace has one frame. Compiling takes memory that the
 * allocator of the context does not see, and LLVM ends the process when there is none. */
#ifndef WASMFX_NATIVE_H
#define WASMFX_NATIVE_H

#include "engine.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A code generator. */
typedef struct wfx_native wfx_native;

/* The one made of LLVM, in libwasmfx-native.a; NULL on a machine that it makes no code for.
 * LLVM registers its targets for the whole process when it is first called: call it once before
 * there are threads. */
WFX_API const wfx_native *wfx_native_llvm(void);

typedef enum wfx_native_effort {
  WFX_NATIVE_OPTIMIZED, /* about 1.3 ms for a function of 60 instructions */
  WFX_NATIVE_QUICK      /* no optimisation: about 0.2 ms */
} wfx_native_effort;

/* Zero every field and set size to sizeof(wfx_native_options) for the defaults. */
typedef struct wfx_native_options {
  size_t size;
  wfx_native_effort effort;
  bool keeps_frame_pointers; /* in all functions, for profilers */
} wfx_native_options;

/* A store whose functions run as machine code. Each module is compiled as a whole when it is
 * instantiated. Constant expressions are still interpreted. options may be NULL. NULL when
 * memory or address space is out, or native is NULL.
 * Owned by the caller: wfx_store_free.
 * Cost    address space for the stacks of all continuations, 64 MiB each if the system grants
 *         it; memory only for what they touch */
WFX_API WFX_OWN wfx_store *wfx_store_new_native(const wfx_ctx *ctx, const wfx_native *native,
                                                const wfx_native_options *options);

#ifdef __cplusplus
}
#endif
#endif
