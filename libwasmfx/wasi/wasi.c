/* wasi.c: module "wasi_snapshot_preview1": its definition, and the calls that have nothing to do
 * with files. Spec: WASI preview 1, witx.
 *
 * This room alone of the library reaches files, and only those below folders that the host has
 * named; the standard streams, clocks and random numbers of the process only when the host says
 * so. Files are kept from programs by resolving paths here (wasi_path.c), so that embedders need
 * not do that once more. */
#include "wasi/wasi.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* ---- Arguments and environment ----------------------------------------------------------- */

static uint32_t put_sizes(const struct wasi_call *c, const char *const *strings, size_t n) {
  uint64_t n_bytes = 0;
  for (size_t i = 0; i < n; i++) n_bytes += strlen(strings[i]) + 1;
  if (n > UINT32_MAX || n_bytes > UINT32_MAX) return WASI_OVERFLOW;
  PASS(mem_put32(c, arg32(c, 0), (uint32_t)n));
  return mem_put32(c, arg32(c, 1), (uint32_t)n_bytes);
}

static uint32_t put_strings(const struct wasi_call *c, const char *const *strings, size_t n) {
  uint64_t at = arg32(c, 1);
  for (size_t i = 0; i < n; i++) {
    size_t n_bytes = strlen(strings[i]) + 1;
    PASS(mem_put32(c, arg32(c, 0) + (uint64_t)i * 4, (uint32_t)at));
    PASS(mem_put(c, at, strings[i], n_bytes));
    at += n_bytes;
  }
  return WASI_OK;
}

uint32_t wfx__wasi_args_sizes_get(struct wasi_call *c) {
  return put_sizes(c, c->w->host.args, c->w->host.n_args);
}
uint32_t wfx__wasi_args_get(struct wasi_call *c) {
  return put_strings(c, c->w->host.args, c->w->host.n_args);
}
uint32_t wfx__wasi_environ_sizes_get(struct wasi_call *c) {
  return put_sizes(c, c->w->host.env, c->w->host.n_env);
}
uint32_t wfx__wasi_environ_get(struct wasi_call *c) {
  return put_strings(c, c->w->host.env, c->w->host.n_env);
}

/* ---- Clocks and chance ------------------------------------------------------------------- */

static uint64_t time_ns(const struct timespec *t) {
  return (uint64_t)t->tv_sec * 1000000000u + (uint64_t)t->tv_nsec;
}

static uint32_t machine_clock(uint32_t id, clockid_t *out) {
  static const clockid_t clocks[] = {CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_PROCESS_CPUTIME_ID,
                                     CLOCK_THREAD_CPUTIME_ID};
  if (id >= sizeof clocks / sizeof *clocks) return WASI_INVAL;
  *out = clocks[id];
  return WASI_OK;
}

uint32_t wfx__wasi_clock_res_get(struct wasi_call *c) {
  const wfx_wasi *host = &c->w->host;
  uint32_t id = arg32(c, 0);
  clockid_t clock;
  struct timespec res;
  PASS(machine_clock(id, &clock));
  if (host->clock) return id <= 1 ? mem_put64(c, arg32(c, 1), 1) : WASI_NOSYS;
  if (!host->use_process) return WASI_NOSYS;
  if (clock_getres(clock, &res) != 0) return wfx__wasi_failed();
  return mem_put64(c, arg32(c, 1), time_ns(&res));
}

uint32_t wfx__wasi_clock_time_get(struct wasi_call *c) {
  const wfx_wasi *host = &c->w->host;
  uint32_t id = arg32(c, 0);
  clockid_t clock;
  struct timespec now;
  PASS(machine_clock(id, &clock));
  if (host->clock)
    return id <= 1 ? mem_put64(c, arg32(c, 2), host->clock(host->ud, id)) : WASI_NOSYS;
  if (!host->use_process) return WASI_NOSYS;
  if (clock_gettime(clock, &now) != 0) return wfx__wasi_failed();
  return mem_put64(c, arg32(c, 2), time_ns(&now));
}

uint32_t wfx__wasi_random_get(struct wasi_call *c) {
  enum { MAX_AT_ONCE = 256 }; /* of getentropy */
  const wfx_wasi *host = &c->w->host;
  uint32_t n = arg32(c, 1);
  uint8_t *bytes = mem_at(c, arg32(c, 0), n);
  if (!host->random && !host->use_process) return WASI_NOSYS;
  if (!bytes) return WASI_FAULT;
  if (host->random) return host->random(host->ud, bytes, n) ? WASI_OK : WASI_IO;
  while (n > 0) {
    uint32_t part = n < MAX_AT_ONCE ? n : MAX_AT_ONCE;
    if (getentropy(bytes, part) != 0) return wfx__wasi_failed();
    bytes += part;
    n -= part;
  }
  return WASI_OK;
}

/* ---- The program itself ------------------------------------------------------------------ */

uint32_t wfx__wasi_sched_yield(struct wasi_call *c) {
  (void)c;
  return WASI_OK;
}

uint32_t wfx__wasi_proc_exit(struct wasi_call *c) {
  c->store->exit_code = arg32(c, 0);
  c->status = WFX_EXIT;
  return WASI_OK;
}

/* Signals end the program as shells report it; 0 is none. */
uint32_t wfx__wasi_proc_raise(struct wasi_call *c) {
  enum { N_SIGNALS = 31, EXIT_SIGNAL = 128 };
  uint32_t signal = arg32(c, 0);
  if (signal >= N_SIGNALS) return WASI_INVAL;
  if (signal == 0) return WASI_OK;
  c->store->exit_code = EXIT_SIGNAL + signal;
  c->status = WFX_EXIT;
  return WASI_OK;
}

/* ---- Sockets ----------------------------------------------------------------------------- */

static uint32_t no_sockets(const struct wasi_call *c) {
  struct wasi_fd *f;
  PASS(wfx__wasi_fd(c, 0, 0, &f));
  return WASI_NOTSUP;
}
uint32_t wfx__wasi_sock_accept(struct wasi_call *c) { return no_sockets(c); }
uint32_t wfx__wasi_sock_recv(struct wasi_call *c) { return no_sockets(c); }
uint32_t wfx__wasi_sock_send(struct wasi_call *c) { return no_sockets(c); }
uint32_t wfx__wasi_sock_shutdown(struct wasi_call *c) { return no_sockets(c); }

/* ---- Definition -------------------------------------------------------------------------- */

static const struct {
  const char *name, *params;
  wasi_fn fn;
} wasi_calls[] = {
#define WASI_CALL(id, params) {#id, params, wfx__wasi_##id},
#include "wasi/call.def"
#undef WASI_CALL
};
enum { N_WASI_CALLS = sizeof wasi_calls / sizeof *wasi_calls };

/* What a host function needs: the state, and which call it is. */
struct wasi_binding {
  struct wasi *w;
  wasi_fn fn;
};

static wfx_status wasi_call_host(void *ud, wfx_store *s, wfx_instance *caller,
                                 const wfx_value *args, wfx_value *results) {
  const struct wasi_binding *b = ud;
  struct wasi_call c = {.w = b->w, .store = s, .args = args, .status = WFX_OK};
  if (caller && caller->n_mems > 0) {
    c.mem = caller->mems[0]->base;
    c.mem_n = caller->mems[0]->size_bytes;
  }
  uint32_t answer = b->fn(&c);
  if (c.status == WFX_OK) results[0].of.i32 = (int32_t)answer;
  return c.status;
}

static wfx_status define_calls(wfx_store *s, struct wasi *w) {
  enum { MAX_PARAMS = 9 };
  static const wfx_valtype errno_type[1] = {WFX_I32};
  struct wasi_binding *bindings = wfx__store_alloc(s, N_WASI_CALLS, sizeof *bindings);
  if (!bindings) return WFX_NOMEM;
  for (size_t i = 0; i < N_WASI_CALLS; i++) {
    wfx_valtype params[MAX_PARAMS];
    size_t n_params = strlen(wasi_calls[i].params);
    for (size_t p = 0; p < n_params; p++)
      params[p] = wasi_calls[i].params[p] == 'l' ? WFX_I64 : WFX_I32;
    bindings[i] = (struct wasi_binding){w, wasi_calls[i].fn};
    wfx_status status = wfx_store_define_func(
        s, "wasi_snapshot_preview1", wasi_calls[i].name, params, n_params, errno_type,
        wasi_calls[i].fn == wfx__wasi_proc_exit ? 0 : 1, wasi_call_host, &bindings[i]);
    if (status != WFX_OK) return status;
  }
  return WFX_OK;
}

/* ---- What is open at the start ------------------------------------------------------------ */

/* A standard stream: the host's function, or this process's own. Terminals cannot seek, which is
 * also how programs know them. */
static uint32_t add_stream(struct wasi *w, int stream) {
  struct wasi_fd f = {.kind = FD_HOST, .filetype = FILETYPE_CHAR, .fd = stream};
  struct stat st;
  bool has_fn = stream == 0 ? w->host.read != NULL : w->host.write != NULL;
  f.rights = wfx__wasi_rights(false);
  if (!has_fn && w->host.use_process) {
    f.kind = FD_STREAM;
    f.filetype = fstat(stream, &st) == 0 ? wfx__wasi_filetype(st.st_mode) : FILETYPE_UNKNOWN;
  }
  if (f.filetype != FILETYPE_FILE) f.rights &= ~(RIGHT(FD_SEEK) | RIGHT(FD_TELL));
  f.rights &= stream == 0 ? ~RIGHT(FD_WRITE) : ~RIGHT(FD_READ);
  uint32_t fd;
  return wfx__wasi_fd_add(w, &f, &fd);
}

static bool add_dir(wfx_store *s, struct wasi *w, const wfx_wasi_dir *dir) {
  struct wasi_fd f = {.kind = FD_FILE, .filetype = FILETYPE_DIR};
  uint32_t fd;
  f.rights = wfx__wasi_rights(true);
  f.inheriting = f.rights | wfx__wasi_rights(false);
  f.preopen = dir->guest ? dir->guest : dir->host;
  f.fd = open(dir->host, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (f.fd < 0)
    return wfx__fail(&s->errs, WFX_IO, loc_none(), "cannot open the folder %s", dir->host);
  if (wfx__wasi_fd_add(w, &f, &fd) == WASI_OK) return true;
  close(f.fd);
  return wfx__fail_nomem(&s->errs);
}

static void wasi_free(void *ud) {
  struct wasi *w = ud;
  for (size_t i = 0; i < w->fds.n; i++) wfx__wasi_fd_close_entry(w, &w->fds.data[i]);
  vec_free(w->ctx, &w->fds);
}

wfx_status wfx_store_define_wasi(wfx_store *s, const wfx_wasi *wasi) {
  wfx__store_clear(s);
  struct wasi *w = wfx__store_alloc(s, 1, sizeof *w);
  if (!w || !wfx__store_at_end(s, wasi_free, w)) return WFX_NOMEM;
  w->ctx = s->ctx;
  memcpy(&w->host, wasi, wasi->size < sizeof w->host ? wasi->size : sizeof w->host);
  for (int stream = 0; stream <= 2; stream++)
    if (add_stream(w, stream) != WASI_OK) {
      wfx__fail_nomem(&s->errs);
      return WFX_NOMEM;
    }
  for (size_t i = 0; i < w->host.n_dirs; i++)
    if (!add_dir(s, w, &w->host.dirs[i])) return errs_status(&s->errs);
  return define_calls(s, w);
}
