/* wasi_errno.c: errors of the machine as WASI's. */
#include <errno.h>

#include "wasi/wasi.h"

uint32_t wfx__wasi_errno(int host) {
  switch (host) {
  case 0: return WASI_OK;
#define WASI_ERRNO(id, number, host) case host: return number;
#include "wasi/errno.def"
#undef WASI_ERRNO
  default: return WASI_IO;
  }
}

uint32_t wfx__wasi_failed(void) { return wfx__wasi_errno(errno); }
