/* native.h: between a store, the code that its functions become, and who makes that.
 *
 * Three tables of functions. The engine calls a native_runner (runtime/native) where it would
 * interpret; that calls a native_codegen (codegen) to compile; a wfx_native is one of each. So
 * neither the library nor the runtime links a code generator. */
#ifndef STORE_NATIVE_H
#define STORE_NATIVE_H

#include <wasmfx/native.h>

#include "base/diag.h"
#include "store/layout.h"

/* One instance to compile: arrays by handle of its module, which is valid. */
struct native_unit {
  wfx_module *module;
  struct func_obj *const *funcs; /* those that are not imported get their entry */
  struct tag_obj *const *tags;
  slot *const *globals;          /* where the value of each is */
};

struct native_codegen {
  /* A generator of one store. NULL with the error in errs. */
  void *(*open)(const wfx_ctx *ctx, const wfx_native_options *options, struct errs *errs);
  /* Free it, and all code that it made. */
  void (*close)(void *cg);
  /* Make code for all functions of a unit, or for none.
   * Errors  WFX_UNSUPPORTED  with the function and the instruction */
  bool (*compile)(void *cg, const struct native_unit *unit, struct errs *errs);
};

/* Why code stopped: what, and where. */
struct native_stop {
  enum trap trap;
  const struct func_obj *func;
  uint32_t pos; /* struct inst's */
};

struct native_runner {
  /* Begin for a store; all options filled in. NULL with the error in the store. */
  void *(*open)(wfx_store *s, const struct native_codegen *codegen,
                const wfx_native_options *options);
  void (*close)(void *run);
  /* Compile the functions of an instance whose imports are bound. */
  bool (*prepare)(void *run, wfx_instance *inst);
  /* Call a function: arguments in the first slots of io, where the results go. False when it
   * stopped before its end. */
  bool (*call)(void *run, const struct func_obj *f, slot *io, struct native_stop *stop);
  /* Whether a reference is to a continuation. */
  bool (*is_cont)(const void *run, uintptr_t ref);
  /* Fill in what is counted of continuations. */
  void (*stats)(const void *run, wfx_stats *out);
};

struct wfx_native {
  const struct native_runner *runner;
  const struct native_codegen *codegen;
};

#endif
