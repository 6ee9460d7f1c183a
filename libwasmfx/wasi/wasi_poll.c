/* wasi_poll.c: poll_oneoff: wait for clocks and file descriptors. */
#include "wasi/wasi.h"

#include <errno.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { EVENT_CLOCK, EVENT_READ, EVENT_WRITE };
enum {
  SUBSCRIPTION_BYTES = 48,
  EVENT_BYTES = 32,
  MAX_SUBSCRIPTIONS = 1 << 16,
  CLOCK_ABSOLUTE = 1,
  HANGUP = 1,
  SLICE_NS = 20000000, /* an interrupt is noticed as soon */
};

/* One subscription. */
struct subscription {
  uint64_t userdata;
  uint64_t at_ns;   /* EVENT_CLOCK: when, by the monotonic clock of the machine */
  uint64_t n_bytes; /* that can be read at once */
  uint32_t failed;  /* errno */
  uint16_t flags;
  uint8_t type;
  bool is_ready;
  int fd;           /* to be polled; -1: not */
};

static uint64_t wall_ns(void) {
  struct timespec t = {0, 0};
  clock_gettime(CLOCK_REALTIME, &t);
  return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* ---- Reading subscriptions ----------------------------------------------------------------- */

static uint64_t add_saturated(uint64_t a, uint64_t b) {
  return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

static void read_clock(const struct wasi_call *c, const uint8_t *sub, struct subscription *out) {
  const wfx_wasi *host = &c->w->host;
  uint32_t clock;
  uint64_t timeout, clock_now;
  uint16_t flags;
  memcpy(&clock, sub + 16, 4);
  memcpy(&timeout, sub + 24, 8);
  memcpy(&flags, sub + 40, 2);
  if (clock > 1) {
    out->failed = clock > 3 ? WASI_INVAL : WASI_NOTSUP;
    out->is_ready = true;
    return;
  }
  if (flags & CLOCK_ABSOLUTE) {
    clock_now = host->clock ? host->clock(host->ud, clock)
                : clock == 0 ? wall_ns()
                             : wfx__clock_ns();
    timeout = timeout > clock_now ? timeout - clock_now : 0;
  }
  out->at_ns = add_saturated(wfx__clock_ns(), timeout);
}

/* What is left of a file; nothing waits for one. */
static uint64_t file_left(int fd) {
  struct stat st;
  off_t at = lseek(fd, 0, SEEK_CUR);
  return at >= 0 && fstat(fd, &st) == 0 && st.st_size > at ? (uint64_t)(st.st_size - at) : 0;
}

static void read_fd(const struct wasi_call *c, const uint8_t *sub, struct subscription *out) {
  uint32_t fd;
  memcpy(&fd, sub + 16, 4);
  uint64_t right = out->type == EVENT_READ ? RIGHT(FD_READ) : RIGHT(FD_WRITE);
  out->is_ready = true;
  out->failed = WASI_BADF;
  if (fd >= c->w->fds.n || c->w->fds.data[fd].kind == FD_FREE) return;
  const struct wasi_fd *f = &c->w->fds.data[fd];
  if (!(f->rights & right)) return;
  out->failed = WASI_OK;
  if (f->kind == FD_HOST) return;
  if (f->filetype == FILETYPE_FILE) {
    if (out->type == EVENT_READ) out->n_bytes = file_left(f->fd);
    return;
  }
  out->is_ready = false;
  out->fd = f->fd;
}

static uint32_t read_subscription(const struct wasi_call *c, uint64_t at,
                                  struct subscription *out) {
  uint8_t sub[SUBSCRIPTION_BYTES];
  PASS(mem_get(c, at, sub, sizeof sub));
  *out = (struct subscription){.type = sub[8], .fd = -1};
  memcpy(&out->userdata, sub, 8);
  if (out->type > EVENT_WRITE) return WASI_INVAL;
  if (out->type == EVENT_CLOCK) read_clock(c, sub, out);
  else read_fd(c, sub, out);
  return WASI_OK;
}

/* ---- Waiting ----------------------------------------------------------------------------- */

static void set_polled(struct subscription *w, short revents) {
  int n = 0;
  if (revents == 0) return;
  w->is_ready = true;
  if (revents & POLLNVAL) w->failed = WASI_BADF;
  else if (revents & POLLERR) w->failed = WASI_IO;
  if (revents & POLLHUP) w->flags = HANGUP;
  if (w->type == EVENT_READ && (revents & POLLIN) && ioctl(w->fd, FIONREAD, &n) == 0 && n > 0)
    w->n_bytes = (uint64_t)n;
}

/* Sleep until something may be ready, at most for a slice. */
static uint32_t wait_slice(struct subscription *all, struct pollfd *fds, uint32_t n,
                           uint64_t ns) {
  nfds_t n_fds = 0;
  if (ns > SLICE_NS) ns = SLICE_NS;
  for (uint32_t i = 0; i < n; i++)
    if (all[i].fd >= 0) {
      short events = all[i].type == EVENT_READ ? POLLIN : POLLOUT;
      fds[n_fds++] = (struct pollfd){.fd = all[i].fd, .events = events};
    }
  if (n_fds == 0) {
    struct timespec t = {0, (long)ns};
    if (ns > 0) nanosleep(&t, NULL);
    return WASI_OK;
  }
  if (poll(fds, n_fds, (int)((ns + 999999) / 1000000)) < 0)
    return errno == EINTR ? WASI_OK : wfx__wasi_failed();
  n_fds = 0;
  for (uint32_t i = 0; i < n; i++)
    if (all[i].fd >= 0) set_polled(&all[i], fds[n_fds++].revents);
  return WASI_OK;
}

/* Wait until one is ready, or the program is to be stopped. */
static uint32_t wait_for_one(const wfx_store *s, struct subscription *all, struct pollfd *fds,
                             uint32_t n) {
  bool is_over = false;
  for (uint32_t i = 0; i < n; i++) is_over |= all[i].is_ready;
  do {
    if (wasi_is_due(s)) return WASI_INTR;
    uint64_t now = wfx__clock_ns(), first = UINT64_MAX;
    for (uint32_t i = 0; i < n; i++)
      if (all[i].type == EVENT_CLOCK && all[i].at_ns < first) first = all[i].at_ns;
    PASS(wait_slice(all, fds, n, is_over || first <= now ? 0 : first - now));
    now = wfx__clock_ns();
    for (uint32_t i = 0; i < n; i++) {
      if (all[i].type == EVENT_CLOCK && all[i].at_ns <= now) all[i].is_ready = true;
      is_over |= all[i].is_ready;
    }
  } while (!is_over);
  return WASI_OK;
}

static uint32_t put_event(const struct wasi_call *c, uint64_t at, const struct subscription *w) {
  uint8_t event[EVENT_BYTES] = {0};
  uint16_t failed = (uint16_t)w->failed;
  memcpy(event, &w->userdata, 8);
  memcpy(event + 8, &failed, 2);
  event[10] = w->type;
  memcpy(event + 16, &w->n_bytes, 8);
  memcpy(event + 24, &w->flags, 2);
  return mem_put(c, at, event, sizeof event);
}

static uint32_t poll_all(const struct wasi_call *c, struct subscription *all, struct pollfd *fds,
                         uint32_t n) {
  uint32_t n_events = 0;
  for (uint32_t i = 0; i < n; i++)
    PASS(read_subscription(c, arg32(c, 0) + (uint64_t)i * SUBSCRIPTION_BYTES, &all[i]));
  PASS(wait_for_one(c->store, all, fds, n));
  for (uint32_t i = 0; i < n; i++)
    if (all[i].is_ready)
      PASS(put_event(c, arg32(c, 1) + (uint64_t)n_events++ * EVENT_BYTES, &all[i]));
  return mem_put32(c, arg32(c, 3), n_events);
}

uint32_t wfx__wasi_poll_oneoff(struct wasi_call *c) {
  const wfx_ctx *ctx = c->w->ctx;
  uint32_t n = arg32(c, 2);
  if (n == 0 || n > MAX_SUBSCRIPTIONS) return WASI_INVAL;
  if (!mem_at(c, arg32(c, 0), (uint64_t)n * SUBSCRIPTION_BYTES) ||
      !mem_at(c, arg32(c, 1), (uint64_t)n * EVENT_BYTES))
    return WASI_FAULT;
  struct subscription *all = wfx__alloc(ctx, n * sizeof *all);
  struct pollfd *fds = wfx__alloc(ctx, n * sizeof *fds);
  uint32_t answer = all && fds ? poll_all(c, all, fds, n) : WASI_NOMEM;
  wfx__free(ctx, all, n * sizeof *all);
  wfx__free(ctx, fds, n * sizeof *fds);
  return answer;
}
