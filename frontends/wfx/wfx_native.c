/* wfx_native.c: the code generator, if wfx was built with one. */
#include "wfx/cli.h"

#ifdef CLI_HAS_NATIVE
wfx_store *cli_native_store(const cli *c) {
  wfx_store *s = wfx_store_new_native(c->ctx, wfx_native_llvm(), NULL);
  if (!s) cli_error("out of memory");
  return s;
}
#else
wfx_store *cli_native_store(const cli *c) {
  (void)c;
  cli_error("--native: this wfx was built without LLVM 19, or on a machine other than x86-64");
  return NULL;
}
#endif
