/* wfx_native.c: the code generator, which is in a program of its own, wfx-native: the same command
 * line linked with LLVM. So only those who ask for native code wait until LLVM is loaded. */
#define _POSIX_C_SOURCE 200809L /* readlink */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "wfx/cli.h"

#ifdef CLI_HAS_NATIVE
bool cli_native_begin(const cli *c) {
  (void)c;
  return true;
}

wfx_store *cli_native_store(const cli *c) {
  wfx_store *s = wfx_store_new_native(c->ctx, wfx_native_llvm(), NULL);
  if (!s) cli_error("out of memory");
  return s;
}
#else
bool cli_native_begin(const cli *c) {
  static const char suffix[] = "-native";
  char path[4096];
  ssize_t n = readlink("/proc/self/exe", path, sizeof path - sizeof suffix);
  if (n < 0) n = 0;
  memcpy(path + n, suffix, sizeof suffix);
  execv(path, c->argv);
  if (errno == ENOENT)
    cli_error("--native: this wfx was built without LLVM 19, or on a machine other than x86-64");
  else
    cli_error("--native: %s: %s", path, strerror(errno));
  return false;
}

wfx_store *cli_native_store(const cli *c) {
  (void)c;
  return NULL;
}
#endif
