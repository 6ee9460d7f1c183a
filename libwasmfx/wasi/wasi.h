/* wasi.h: what the parts of WASI preview 1 share.
 *
 * A call gets its arguments as numbers; addresses among them mean the caller's memory 0 and go
 * through the functions here, which check them. It answers with an errno. Files of this room
 * include this first: it says which functions of the machine there are. */
#ifndef WASI_WASI_H
#define WASI_WASI_H

#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE /* getentropy, preadv, O_NOFOLLOW */
#endif

#include <string.h>
#include <wasmfx/wasi.h>

#include "base/vec.h"
#include "store/store.h"

enum {
  WASI_OK = 0,
#define WASI_ERRNO(id, number, host) WASI_##id = number,
#include "wasi/errno.def"
#undef WASI_ERRNO
  WASI_NOTCAPABLE = 76
};
/* The errno of the machine as WASI's. Calls use wfx__wasi_failed behind a call of the machine. */
uint32_t wfx__wasi_errno(int host);
uint32_t wfx__wasi_failed(void);

/* ---- File descriptors -------------------------------------------------------------------- */

enum wasi_right_bit {
#define WASI_RIGHT(id, of) RIGHT_BIT_##id,
#include "wasi/right.def"
#undef WASI_RIGHT
  N_RIGHTS
};
#define RIGHT(id) ((uint64_t)1 << RIGHT_BIT_##id)

enum wasi_filetype { FILETYPE_UNKNOWN, FILETYPE_BLOCK, FILETYPE_CHAR, FILETYPE_DIR, FILETYPE_FILE,
                     FILETYPE_DGRAM, FILETYPE_STREAM, FILETYPE_LINK };
enum { FDFLAG_APPEND = 1, FDFLAG_DSYNC = 2, FDFLAG_NONBLOCK = 4, FDFLAG_RSYNC = 8,
       FDFLAG_SYNC = 16 };
enum { LOOKUP_FOLLOW = 1 };

enum wasi_fd_kind {
  FD_FREE,
  FD_HOST,   /* a stream that the host's functions serve */
  FD_STREAM, /* a standard stream of this process; not closed */
  FD_FILE,   /* a file of its own, or a folder */
};
struct wasi_dir_reader;
struct wasi_fd {
  uint8_t kind;      /* enum wasi_fd_kind */
  uint8_t filetype;
  uint16_t flags;    /* FDFLAG_* */
  int fd;            /* the machine's; FD_HOST: 0, 1 or 2 */
  uint64_t rights, inheriting;
  const char *preopen;             /* a folder given at the start: its name */
  struct wasi_dir_reader *reader;  /* a folder that is being read */
};

struct wasi {
  wfx_wasi host;
  const wfx_ctx *ctx;
  VEC(struct wasi_fd) fds;
};

/* The rights that files or folders can have. */
uint64_t wfx__wasi_rights(bool is_dir);
/* The lowest free descriptor gets f. */
uint32_t wfx__wasi_fd_add(struct wasi *w, const struct wasi_fd *f, uint32_t *fd);
void wfx__wasi_fd_close_entry(struct wasi *w, struct wasi_fd *f);
void wfx__wasi_reader_free(struct wasi *w, struct wasi_dir_reader *r);
uint8_t wfx__wasi_filetype(uint32_t mode);

/* ---- Calls ------------------------------------------------------------------------------- */

struct wasi_call {
  struct wasi *w;
  wfx_store *store;
  const wfx_value *args;
  uint8_t *mem;      /* the caller's memory; NULL: none */
  uint64_t mem_n;
  wfx_status status; /* other than WFX_OK ends the program */
};
typedef uint32_t (*wasi_fn)(struct wasi_call *c);
#define WASI_CALL(id, params) uint32_t wfx__wasi_##id(struct wasi_call *c);
#include "wasi/call.def"
#undef WASI_CALL

static inline uint32_t arg32(const struct wasi_call *c, unsigned i) {
  return (uint32_t)c->args[i].of.i32;
}
static inline uint64_t arg64(const struct wasi_call *c, unsigned i) {
  return (uint64_t)c->args[i].of.i64;
}
/* n bytes of memory at an address, or NULL when they are not all there. */
static inline uint8_t *mem_at(const struct wasi_call *c, uint64_t at, uint64_t n) {
  return c->mem && range_fits(c->mem_n, at, n) ? c->mem + at : NULL;
}
static inline uint32_t mem_put(const struct wasi_call *c, uint64_t at, const void *data,
                               size_t n) {
  uint8_t *to = mem_at(c, at, n);
  if (!to) return WASI_FAULT;
  memcpy(to, data, n);
  return WASI_OK;
}
static inline uint32_t mem_put32(const struct wasi_call *c, uint64_t at, uint32_t x) {
  return mem_put(c, at, &x, sizeof x);
}
static inline uint32_t mem_put64(const struct wasi_call *c, uint64_t at, uint64_t x) {
  return mem_put(c, at, &x, sizeof x);
}
static inline uint32_t mem_get(const struct wasi_call *c, uint64_t at, void *data, size_t n) {
  const uint8_t *from = mem_at(c, at, n);
  if (!from) return WASI_FAULT;
  memcpy(data, from, n);
  return WASI_OK;
}
/* Whether the program is to be stopped, which the runner does when a call comes back. */
static inline bool wasi_is_due(const wfx_store *s) {
  return s->runner->is_due && s->runner->is_due(s);
}
/* Leave with the errno of a part, if it has one. */
#define PASS(e)                              \
  do {                                       \
    uint32_t errno_ = (e);                   \
    if (errno_ != WASI_OK) return errno_;    \
  } while (0)

/* The descriptor that argument i names, which must have these rights. Good until one is added. */
uint32_t wfx__wasi_fd(const struct wasi_call *c, unsigned i, uint64_t rights,
                      struct wasi_fd **out);
struct stat;
struct timespec;
/* The two times that fst_flags (ATIM 1, ATIM_NOW 2, MTIM 4, MTIM_NOW 8) ask for, as utimensat
 * takes them. */
uint32_t wfx__wasi_times(uint64_t atim, uint64_t mtim, uint32_t flags, struct timespec *out);
uint32_t wfx__wasi_put_stat(const struct wasi_call *c, uint64_t at, const struct stat *st);

/* ---- Paths: wasi_path.c ------------------------------------------------------------------ */

enum { WASI_MAX_PATH = 4096, WASI_MAX_NAME = 255 };
/* Where a path leads: a name in a folder, neither of them a symbolic link unless that was asked
 * for, and no slash in it. "." is the folder itself. */
struct wasi_place {
  int dir;         /* opened for this place, or the descriptor's own */
  bool is_own;     /* to be closed */
  bool is_slashed; /* the path ended in a slash: it means a folder */
  char name[WASI_MAX_NAME + 1];
};
/* What a symbolic link at the end of a path means. */
enum wasi_last { LAST_STAYS, LAST_FOLLOWED, LAST_FOLLOWED_IF_SLASHED };
/* Resolve the path of n bytes at address at, below the folder that argument i names, which must
 * have these rights. Free the place afterwards, also after an error. */
uint32_t wfx__wasi_resolve(const struct wasi_call *c, unsigned i, uint64_t rights, uint32_t at,
                           uint32_t n, enum wasi_last last, struct wasi_place *out);
void wfx__wasi_place_free(struct wasi_place *p);
/* WASI_OK unless the path ended in a slash and does not lead to a folder. */
uint32_t wfx__wasi_place_check(const struct wasi_place *p);
/* The same for what is to be made: behind a slash, only a folder can be. */
uint32_t wfx__wasi_place_check_new(const struct wasi_place *p);

#endif
