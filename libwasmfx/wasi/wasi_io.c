/* wasi_io.c: reading, writing and seeking. */
#include "wasi/wasi.h"

#include <errno.h>
#include <poll.h>
#include <sys/uio.h>
#include <unistd.h>

/* One call moves no more than this; what is left is for the next call. */
enum { MAX_IOVECS = 128, MAX_IO_BYTES = 1 << 30 };

struct iovecs {
  struct iovec data[MAX_IOVECS];
  int n;
};

/* The buffers that arguments i and i + 1 name: an array of pairs of an address and a length. */
static uint32_t get_iovecs(const struct wasi_call *c, unsigned i, struct iovecs *out) {
  uint64_t at = arg32(c, i), left = MAX_IO_BYTES;
  uint32_t n = arg32(c, i + 1);
  if (!mem_at(c, at, (uint64_t)n * 8)) return WASI_FAULT;
  out->n = 0;
  for (; n > 0 && left > 0 && out->n < MAX_IOVECS; n--, at += 8) {
    uint32_t buffer[2];
    PASS(mem_get(c, at, buffer, sizeof buffer));
    uint8_t *base = mem_at(c, buffer[0], buffer[1]);
    if (!base) return WASI_FAULT;
    if (buffer[1] == 0) continue;
    uint64_t part = buffer[1] < left ? buffer[1] : left;
    out->data[out->n++] = (struct iovec){base, (size_t)part};
    left -= part;
  }
  return WASI_OK;
}

/* Give the number of bytes, or say what went wrong, to argument i. */
static uint32_t put_count(const struct wasi_call *c, unsigned i, int64_t n) {
  return n < 0 ? wfx__wasi_failed() : mem_put32(c, arg32(c, i), (uint32_t)n);
}

/* Through the host's functions, buffer by buffer, until one comes back not full. */
static uint32_t host_io(const struct wasi_call *c, int stream, const struct iovecs *v,
                        uint64_t *total) {
  const wfx_wasi *host = &c->w->host;
  if (stream == 0 ? !host->read : !host->write) return WASI_NOSYS;
  *total = 0;
  for (int i = 0; i < v->n; i++) {
    uint8_t *base = v->data[i].iov_base;
    size_t n = v->data[i].iov_len;
    int64_t done = stream == 0 ? host->read(host->ud, 0, base, n)
                               : host->write(host->ud, (uint32_t)stream, base, n);
    if (done < 0 || (uint64_t)done > n) return WASI_IO;
    *total += (uint64_t)done;
    if ((uint64_t)done < n) break;
  }
  return WASI_OK;
}

/* Wait until a standard stream or a pipe of the folder's can be read or written, unless the program
 * is to be stopped meanwhile. */
static uint32_t wait_for_stream(const struct wasi_call *c, const struct wasi_fd *f,
                                short events) {
  enum { SLICE_MS = 20 };
  struct pollfd p = {.fd = f->fd, .events = events};
  if (f->filetype == FILETYPE_FILE || f->filetype == FILETYPE_DIR) return WASI_OK;
  if (f->flags & FDFLAG_NONBLOCK) return poll(&p, 1, 0) == 0 ? WASI_AGAIN : WASI_OK;
  for (int ms = 0; poll(&p, 1, ms) == 0; ms = SLICE_MS)
    if (wasi_is_due(c->store)) return WASI_INTR;
  return WASI_OK;
}

uint32_t wfx__wasi_fd_read(struct wasi_call *c) {
  struct wasi_fd *f;
  struct iovecs v;
  uint64_t total;
  PASS(wfx__wasi_fd(c, 0, RIGHT(FD_READ), &f));
  PASS(get_iovecs(c, 1, &v));
  if (f->kind == FD_HOST) {
    PASS(host_io(c, f->fd, &v, &total));
    return mem_put32(c, arg32(c, 3), (uint32_t)total);
  }
  PASS(wait_for_stream(c, f, POLLIN));
  ssize_t n;
  do n = readv(f->fd, v.data, v.n);
  while (n < 0 && errno == EINTR);
  return put_count(c, 3, n);
}

uint32_t wfx__wasi_fd_write(struct wasi_call *c) {
  struct wasi_fd *f;
  struct iovecs v;
  uint64_t total;
  PASS(wfx__wasi_fd(c, 0, RIGHT(FD_WRITE), &f));
  PASS(get_iovecs(c, 1, &v));
  if (f->kind == FD_HOST) {
    PASS(host_io(c, f->fd, &v, &total));
    return mem_put32(c, arg32(c, 3), (uint32_t)total);
  }
  PASS(wait_for_stream(c, f, POLLOUT));
  ssize_t n;
  do n = writev(f->fd, v.data, v.n);
  while (n < 0 && errno == EINTR);
  return put_count(c, 3, n);
}

/* The parts of fd_pread and fd_pwrite that are one. */
static uint32_t begin_at(const struct wasi_call *c, uint64_t right, struct wasi_fd **f,
                         struct iovecs *v) {
  PASS(wfx__wasi_fd(c, 0, right | RIGHT(FD_SEEK), f));
  PASS(get_iovecs(c, 1, v));
  return arg64(c, 3) > INT64_MAX ? WASI_INVAL : WASI_OK;
}

uint32_t wfx__wasi_fd_pread(struct wasi_call *c) {
  struct wasi_fd *f;
  struct iovecs v;
  ssize_t n;
  PASS(begin_at(c, RIGHT(FD_READ), &f, &v));
  do n = preadv(f->fd, v.data, v.n, (off_t)arg64(c, 3));
  while (n < 0 && errno == EINTR);
  return put_count(c, 4, n);
}

uint32_t wfx__wasi_fd_pwrite(struct wasi_call *c) {
  struct wasi_fd *f;
  struct iovecs v;
  ssize_t n;
  PASS(begin_at(c, RIGHT(FD_WRITE), &f, &v));
  do n = pwritev(f->fd, v.data, v.n, (off_t)arg64(c, 3));
  while (n < 0 && errno == EINTR);
  return put_count(c, 4, n);
}

static uint32_t seek_to(const struct wasi_call *c, const struct wasi_fd *f, int64_t offset,
                        int whence, unsigned out) {
  off_t at = lseek(f->fd, (off_t)offset, whence);
  return at < 0 ? wfx__wasi_failed() : mem_put64(c, arg32(c, out), (uint64_t)at);
}

/* FD_TELL alone allows to ask where one is. */
uint32_t wfx__wasi_fd_seek(struct wasi_call *c) {
  static const int whences[] = {SEEK_SET, SEEK_CUR, SEEK_END};
  struct wasi_fd *f;
  uint32_t whence = arg32(c, 2);
  bool asks = whence == 1 && arg64(c, 1) == 0;
  PASS(wfx__wasi_fd(c, 0, asks ? RIGHT(FD_TELL) : RIGHT(FD_SEEK), &f));
  if (whence >= sizeof whences / sizeof *whences) return WASI_INVAL;
  return seek_to(c, f, (int64_t)arg64(c, 1), whences[whence], 3);
}

uint32_t wfx__wasi_fd_tell(struct wasi_call *c) {
  struct wasi_fd *f;
  PASS(wfx__wasi_fd(c, 0, RIGHT(FD_TELL), &f));
  return seek_to(c, f, 0, SEEK_CUR, 1);
}
