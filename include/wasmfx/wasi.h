/* wasi.h: what a program reaches of the world, as module "wasi_snapshot_preview1".
 *
 * Every call of WASI preview 1 is there. The host says what the program gets: arguments,
 * environment, folders, and either functions of its own for streams, clocks and random numbers
 * or those of this process. Sockets are not supported (errno 58); proc_raise ends the program
 * as proc_exit(128 + signal) does, and never raises a signal in the host.
 *
 * A program reaches nothing outside its folders: no symbolic link, no "..", no absolute path
 * and no rename that happens meanwhile leads out (errno 63). Spec: WASI preview 1, witx. */
#ifndef WASMFX_WASI_H
#define WASMFX_WASI_H

#include "engine.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A folder that the program may use, with everything below it. */
typedef struct wfx_wasi_dir {
  const char *host;  /* its path */
  const char *guest; /* the name that the program knows it by; NULL: the same */
} wfx_wasi_dir;

typedef struct wfx_wasi {
  size_t size; /* sizeof(wfx_wasi) */
  void *ud;
  const char *const *args; /* n_args strings, args[0] the program's name */
  size_t n_args;
  /* Write to 1 (output) or 2 (error); read from 0. Return the number of bytes, or -1. They must
   * not call into the store. */
  int64_t (*write)(void *ud, uint32_t fd, const uint8_t *bytes, size_t n);
  int64_t (*read)(void *ud, uint32_t fd, uint8_t *bytes, size_t n);
  /* Nanoseconds of clock 0 (wall) or 1 (monotonic). poll_oneoff waits in real time. */
  uint64_t (*clock)(void *ud, uint32_t clock);
  bool (*random)(void *ud, uint8_t *bytes, size_t n);
  const char *const *env; /* n_env strings "NAME=VALUE" */
  size_t n_env;
  const wfx_wasi_dir *dirs; /* n_dirs folders: file descriptors from 3 on */
  size_t n_dirs;
  /* What has no function above is this process's own: its standard streams (not buffered),
   * clocks and random numbers. Otherwise it answers with errno 52 (ENOSYS). */
  bool use_process;
} wfx_wasi;

/* Define module "wasi_snapshot_preview1" in the store, for instances made later; the last one
 * defined counts. wasi is copied, its strings are borrowed until the store is freed, which also
 * closes the folders and all files that the program left open.
 * Errors  WFX_IO      a folder cannot be opened: the diagnostic names it
 *         WFX_NOMEM */
WFX_API wfx_status wfx_store_define_wasi(wfx_store *s, const wfx_wasi *wasi);

#ifdef __cplusplus
}
#endif
#endif
