/* wfx_host.c: the machine as programs see it through WASI. Output is not buffered, so that it
 * keeps its order with what wfx itself prints. */
#define _DEFAULT_SOURCE

#include <errno.h>
#include <time.h>
#include <unistd.h>

#include "wfx/cli.h"

static int64_t write_fd(void *ud, uint32_t fd, const uint8_t *bytes, size_t n) {
  (void)ud;
  return cli_write_fd((int)fd, bytes, n) ? (int64_t)n : -1;
}

static int64_t read_fd(void *ud, uint32_t fd, uint8_t *bytes, size_t n) {
  (void)ud;
  ssize_t got;
  do got = read((int)fd, bytes, n);
  while (got < 0 && errno == EINTR);
  return got;
}

static uint64_t read_clock(void *ud, uint32_t clock) {
  (void)ud;
  struct timespec t = {0, 0};
  clock_gettime(clock == 0 ? CLOCK_REALTIME : CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static bool read_random(void *ud, uint8_t *bytes, size_t n) {
  enum { MAX_AT_ONCE = 256 };
  (void)ud;
  while (n > 0) {
    size_t part = n < MAX_AT_ONCE ? n : MAX_AT_ONCE;
    if (getentropy(bytes, part) != 0) return false;
    bytes += part;
    n -= part;
  }
  return true;
}

wfx_wasi cli_wasi(const char *const *args, size_t n_args) {
  wfx_wasi w = {.size = sizeof w, .args = args, .n_args = n_args};
  w.write = write_fd;
  w.read = read_fd;
  w.clock = read_clock;
  w.random = read_random;
  return w;
}
