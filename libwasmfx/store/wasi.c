/* wasi.c: module "wasi_snapshot_preview1", as far as programs on standard streams need it.
 * Spec: WASI preview 1, witx. The host's callbacks do all input and output. */
#include <string.h>

#include "store/store.h"

enum { WASI_OK = 0, WASI_BADF = 8, WASI_FAULT = 21, WASI_IO = 29, WASI_NOSYS = 52,
       WASI_SPIPE = 70 };

/* The memory of the caller, as bytes. */
struct view {
  uint8_t *bytes;
  uint64_t n;
};

static struct view view_of(wfx_instance *caller) {
  struct view v = {NULL, 0};
  if (caller && caller->n_mems > 0) {
    v.bytes = caller->mems[0]->base;
    v.n = caller->mems[0]->size_bytes;
  }
  return v;
}

static bool in_view(const struct view *v, uint64_t at, uint64_t n) {
  return at <= v->n && n <= v->n - at && v->bytes;
}

static bool put_mem(const struct view *v, uint64_t at, const void *data, size_t n) {
  if (!in_view(v, at, n)) return false;
  memcpy(v->bytes + at, data, n);
  return true;
}

static bool put_mem_u32(const struct view *v, uint64_t at, uint32_t x) {
  return put_mem(v, at, &x, sizeof x);
}

static bool get_mem_u32(const struct view *v, uint64_t at, uint32_t *x) {
  if (!in_view(v, at, sizeof *x)) return false;
  memcpy(x, v->bytes + at, sizeof *x);
  return true;
}

static uint32_t arg(const wfx_value *args, unsigned i) { return (uint32_t)args[i].of.i32; }

static wfx_status answer(wfx_value *results, int code) {
  results[0].of.i32 = code;
  return WFX_OK;
}

/* One buffer of a vector of them. */
static bool get_iovec(const struct view *v, uint32_t iovs, uint32_t i, uint32_t *at,
                      uint32_t *n) {
  uint64_t where = iovs + (uint64_t)i * 8;
  return get_mem_u32(v, where, at) && get_mem_u32(v, where + 4, n) && in_view(v, *at, *n);
}

static wfx_status fd_write(void *ud, wfx_store *s, wfx_instance *caller, const wfx_value *args,
                           wfx_value *results) {
  (void)s;
  const wfx_wasi *w = ud;
  struct view v = view_of(caller);
  uint32_t fd = arg(args, 0), n = arg(args, 2), total = 0;
  if (!w->write) return answer(results, WASI_NOSYS);
  if (fd != 1 && fd != 2) return answer(results, WASI_BADF);
  for (uint32_t i = 0; i < n; i++) {
    uint32_t at, n_bytes;
    if (!get_iovec(&v, arg(args, 1), i, &at, &n_bytes)) return answer(results, WASI_FAULT);
    int64_t done = n_bytes == 0 ? 0 : w->write(w->ud, fd, v.bytes + at, n_bytes);
    if (done < 0 || done > n_bytes) return answer(results, WASI_IO);
    total += (uint32_t)done;
    if (done < n_bytes) break;
  }
  return answer(results, put_mem_u32(&v, arg(args, 3), total) ? WASI_OK : WASI_FAULT);
}

static wfx_status fd_read(void *ud, wfx_store *s, wfx_instance *caller, const wfx_value *args,
                          wfx_value *results) {
  (void)s;
  const wfx_wasi *w = ud;
  struct view v = view_of(caller);
  uint32_t n = arg(args, 2), total = 0;
  if (!w->read) return answer(results, WASI_NOSYS);
  if (arg(args, 0) != 0) return answer(results, WASI_BADF);
  for (uint32_t i = 0; i < n; i++) {
    uint32_t at, n_bytes;
    if (!get_iovec(&v, arg(args, 1), i, &at, &n_bytes)) return answer(results, WASI_FAULT);
    int64_t done = n_bytes == 0 ? 0 : w->read(w->ud, 0, v.bytes + at, n_bytes);
    if (done < 0 || done > n_bytes) return answer(results, WASI_IO);
    total += (uint32_t)done;
    if (done < n_bytes) break;
  }
  return answer(results, put_mem_u32(&v, arg(args, 3), total) ? WASI_OK : WASI_FAULT);
}

static wfx_status fd_close(void *ud, wfx_store *s, wfx_instance *caller, const wfx_value *args,
                           wfx_value *results) {
  (void)ud;
  (void)s;
  (void)caller;
  return answer(results, arg(args, 0) <= 2 ? WASI_OK : WASI_BADF);
}

/* A character device without flags, with all rights. */
static wfx_status fd_fdstat_get(void *ud, wfx_store *s, wfx_instance *caller,
                                const wfx_value *args, wfx_value *results) {
  (void)ud;
  (void)s;
  struct view v = view_of(caller);
  uint8_t stat[24] = {2};
  memset(stat + 8, 0xff, 16);
  if (arg(args, 0) > 2) return answer(results, WASI_BADF);
  return answer(results, put_mem(&v, arg(args, 1), stat, sizeof stat) ? WASI_OK : WASI_FAULT);
}

static wfx_status fd_seek(void *ud, wfx_store *s, wfx_instance *caller, const wfx_value *args,
                          wfx_value *results) {
  (void)ud;
  (void)s;
  (void)caller;
  return answer(results, arg(args, 0) <= 2 ? WASI_SPIPE : WASI_BADF);
}

static wfx_status args_sizes_get(void *ud, wfx_store *s, wfx_instance *caller,
                                 const wfx_value *args, wfx_value *results) {
  (void)s;
  const wfx_wasi *w = ud;
  struct view v = view_of(caller);
  size_t n_bytes = 0;
  for (size_t i = 0; i < w->n_args; i++) n_bytes += strlen(w->args[i]) + 1;
  bool ok = put_mem_u32(&v, arg(args, 0), (uint32_t)w->n_args) &&
            put_mem_u32(&v, arg(args, 1), (uint32_t)n_bytes);
  return answer(results, ok ? WASI_OK : WASI_FAULT);
}

static wfx_status args_get(void *ud, wfx_store *s, wfx_instance *caller, const wfx_value *args,
                           wfx_value *results) {
  (void)s;
  const wfx_wasi *w = ud;
  struct view v = view_of(caller);
  uint64_t at = arg(args, 1);
  for (size_t i = 0; i < w->n_args; i++) {
    size_t n = strlen(w->args[i]) + 1;
    if (!put_mem_u32(&v, arg(args, 0) + (uint64_t)i * 4, (uint32_t)at) ||
        !put_mem(&v, at, w->args[i], n))
      return answer(results, WASI_FAULT);
    at += n;
  }
  return answer(results, WASI_OK);
}

static wfx_status environ_sizes_get(void *ud, wfx_store *s, wfx_instance *caller,
                                    const wfx_value *args, wfx_value *results) {
  (void)ud;
  (void)s;
  struct view v = view_of(caller);
  bool ok = put_mem_u32(&v, arg(args, 0), 0) && put_mem_u32(&v, arg(args, 1), 0);
  return answer(results, ok ? WASI_OK : WASI_FAULT);
}

static wfx_status environ_get(void *ud, wfx_store *s, wfx_instance *caller,
                              const wfx_value *args,
                              wfx_value *results) {
  (void)ud;
  (void)s;
  (void)caller;
  (void)args;
  return answer(results, WASI_OK);
}

static wfx_status clock_time_get(void *ud, wfx_store *s, wfx_instance *caller,
                                 const wfx_value *args, wfx_value *results) {
  (void)s;
  const wfx_wasi *w = ud;
  struct view v = view_of(caller);
  if (!w->clock || arg(args, 0) > 1) return answer(results, WASI_NOSYS);
  uint64_t now = w->clock(w->ud, arg(args, 0));
  return answer(results, put_mem(&v, arg(args, 2), &now, sizeof now) ? WASI_OK : WASI_FAULT);
}

static wfx_status random_get(void *ud, wfx_store *s, wfx_instance *caller,
                             const wfx_value *args,
                             wfx_value *results) {
  (void)s;
  const wfx_wasi *w = ud;
  struct view v = view_of(caller);
  if (!w->random) return answer(results, WASI_NOSYS);
  if (!in_view(&v, arg(args, 0), arg(args, 1))) return answer(results, WASI_FAULT);
  bool ok = w->random(w->ud, v.bytes + arg(args, 0), arg(args, 1));
  return answer(results, ok ? WASI_OK : WASI_IO);
}

static wfx_status sched_yield(void *ud, wfx_store *s, wfx_instance *caller,
                              const wfx_value *args,
                              wfx_value *results) {
  return environ_get(ud, s, caller, args, results);
}

static wfx_status proc_exit(void *ud, wfx_store *s, wfx_instance *caller, const wfx_value *args,
                            wfx_value *results) {
  (void)ud;
  (void)caller;
  (void)results;
  s->exit_code = arg(args, 0);
  return WFX_EXIT;
}

/* Parameters as letters: i i32, l i64. All but proc_exit return an errno. */
static const struct {
  const char *name, *params;
  wfx_host_fn fn;
} calls[] = {
    {"fd_write", "iiii", fd_write},
    {"fd_read", "iiii", fd_read},
    {"fd_close", "i", fd_close},
    {"fd_fdstat_get", "ii", fd_fdstat_get},
    {"fd_seek", "ilii", fd_seek},
    {"args_sizes_get", "ii", args_sizes_get},
    {"args_get", "ii", args_get},
    {"environ_sizes_get", "ii", environ_sizes_get},
    {"environ_get", "ii", environ_get},
    {"clock_time_get", "ili", clock_time_get},
    {"random_get", "ii", random_get},
    {"sched_yield", "", sched_yield},
    {"proc_exit", "i", proc_exit},
};

wfx_status wfx_store_define_wasi(wfx_store *s, const wfx_wasi *wasi) {
  wfx__store_clear(s);
  wfx_wasi *w = wfx__store_alloc(s, 1, sizeof *w);
  if (!w) return WFX_NOMEM;
  memcpy(w, wasi, wasi->size < sizeof *w ? wasi->size : sizeof *w);
  static const wfx_valtype errno_type[1] = {WFX_I32};
  for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
    wfx_valtype params[4];
    size_t n_params = strlen(calls[i].params);
    for (size_t p = 0; p < n_params; p++)
      params[p] = calls[i].params[p] == 'l' ? WFX_I64 : WFX_I32;
    wfx_status status = wfx_store_define_func(
        s, "wasi_snapshot_preview1", calls[i].name, params, n_params, errno_type,
        calls[i].fn == proc_exit ? 0 : 1, calls[i].fn, w);
    if (status != WFX_OK) return status;
  }
  return WFX_OK;
}
