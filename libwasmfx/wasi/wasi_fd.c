/* wasi_fd.c: the table of file descriptors, and the calls that ask about one or change it.
 *
 * Rights: a descriptor has those that its kind of file can have and the folder it was opened
 * through passes on, but reading and writing only if they were asked for; they can be given up and
 * not won back. */
#include "wasi/wasi.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { MAX_FDS = 4096 };

uint64_t wfx__wasi_rights(bool is_dir) {
  static const char *const of[N_RIGHTS] = {
#define WASI_RIGHT(id, of) of,
#include "wasi/right.def"
#undef WASI_RIGHT
  };
  uint64_t rights = 0;
  for (unsigned i = 0; i < N_RIGHTS; i++)
    if (strchr(of[i], is_dir ? 'd' : 'f')) rights |= (uint64_t)1 << i;
  return rights;
}

/* ---- The table --------------------------------------------------------------------------- */

uint32_t wfx__wasi_fd_add(struct wasi *w, const struct wasi_fd *f, uint32_t *fd) {
  size_t i = 0;
  while (i < w->fds.n && w->fds.data[i].kind != FD_FREE) i++;
  if (i == MAX_FDS) return WASI_MFILE;
  if (i < w->fds.n) {
    w->fds.data[i] = *f;
  } else {
    struct errs errs;
    wfx__errs_init(&errs, w->ctx);
    bool has_room = vec_push(&errs, &w->fds, *f);
    wfx__errs_free(&errs);
    if (!has_room) return WASI_NOMEM;
  }
  *fd = (uint32_t)i;
  return WASI_OK;
}

void wfx__wasi_fd_close_entry(struct wasi *w, struct wasi_fd *f) {
  if (f->reader) wfx__wasi_reader_free(w, f->reader);
  if (f->kind == FD_FILE) close(f->fd);
  memset(f, 0, sizeof *f);
}

uint32_t wfx__wasi_fd(const struct wasi_call *c, unsigned i, uint64_t rights,
                      struct wasi_fd **out) {
  uint32_t fd = arg32(c, i);
  if (fd >= c->w->fds.n || c->w->fds.data[fd].kind == FD_FREE) return WASI_BADF;
  *out = &c->w->fds.data[fd];
  uint64_t missing = rights & ~(*out)->rights;
  if (missing == 0) return WASI_OK;
  bool is_dir = (*out)->filetype == FILETYPE_DIR;
  /* What this kind of file can never do has an errno of its own. */
  if ((missing & wfx__wasi_rights(is_dir)) == 0)
    return is_dir ? WASI_BADF : WASI_NOTDIR;
  if (missing & (RIGHT(FD_READ) | RIGHT(FD_WRITE))) return WASI_BADF;
  if (missing & (RIGHT(FD_SEEK) | RIGHT(FD_TELL))) return WASI_SPIPE;
  return WASI_NOTCAPABLE;
}

uint32_t wfx__wasi_fd_close(struct wasi_call *c) {
  struct wasi_fd *f;
  PASS(wfx__wasi_fd(c, 0, 0, &f));
  wfx__wasi_fd_close_entry(c->w, f);
  return WASI_OK;
}

uint32_t wfx__wasi_fd_renumber(struct wasi_call *c) {
  struct wasi_fd *from, *to;
  PASS(wfx__wasi_fd(c, 0, 0, &from));
  PASS(wfx__wasi_fd(c, 1, 0, &to));
  if (from == to) return WASI_OK;
  wfx__wasi_fd_close_entry(c->w, to);
  *to = *from;
  memset(from, 0, sizeof *from);
  return WASI_OK;
}

/* ---- Folders given at the start ----------------------------------------------------------- */

static uint32_t preopen_of(const struct wasi_call *c, const char **name) {
  struct wasi_fd *f;
  PASS(wfx__wasi_fd(c, 0, 0, &f));
  *name = f->preopen;
  return f->preopen ? WASI_OK : WASI_BADF;
}

uint32_t wfx__wasi_fd_prestat_get(struct wasi_call *c) {
  const char *name;
  PASS(preopen_of(c, &name));
  uint32_t prestat[2] = {0, (uint32_t)strlen(name)};
  return mem_put(c, arg32(c, 1), prestat, sizeof prestat);
}

uint32_t wfx__wasi_fd_prestat_dir_name(struct wasi_call *c) {
  const char *name;
  PASS(preopen_of(c, &name));
  if (arg32(c, 2) < strlen(name)) return WASI_NAMETOOLONG;
  return mem_put(c, arg32(c, 1), name, strlen(name));
}

/* ---- Flags and rights -------------------------------------------------------------------- */

uint32_t wfx__wasi_fd_fdstat_get(struct wasi_call *c) {
  struct wasi_fd *f;
  uint8_t stat[24] = {0};
  PASS(wfx__wasi_fd(c, 0, 0, &f));
  stat[0] = f->filetype;
  memcpy(stat + 2, &f->flags, 2);
  memcpy(stat + 8, &f->rights, 8);
  memcpy(stat + 16, &f->inheriting, 8);
  return mem_put(c, arg32(c, 1), stat, sizeof stat);
}

/* The flags of a standard stream are those of whoever shares it: they change in our table only,
 * where reading looks. */
uint32_t wfx__wasi_fd_fdstat_set_flags(struct wasi_call *c) {
  struct wasi_fd *f;
  uint32_t flags = arg32(c, 1), fixed = FDFLAG_DSYNC | FDFLAG_RSYNC | FDFLAG_SYNC;
  PASS(wfx__wasi_fd(c, 0, RIGHT(FD_FDSTAT_SET_FLAGS), &f));
  if (flags > (FDFLAG_SYNC << 1) - 1 || ((flags ^ f->flags) & fixed)) return WASI_INVAL;
  if (f->kind == FD_FILE) {
    int set = (flags & FDFLAG_APPEND ? O_APPEND : 0) | O_NONBLOCK;
    if (fcntl(f->fd, F_SETFL, set) != 0) return wfx__wasi_failed();
  }
  f->flags = (uint16_t)flags;
  return WASI_OK;
}

uint32_t wfx__wasi_fd_fdstat_set_rights(struct wasi_call *c) {
  struct wasi_fd *f;
  uint64_t rights = arg64(c, 1), inheriting = arg64(c, 2);
  PASS(wfx__wasi_fd(c, 0, 0, &f));
  if ((rights & ~f->rights) || (inheriting & ~f->inheriting)) return WASI_NOTCAPABLE;
  f->rights = rights;
  f->inheriting = inheriting;
  return WASI_OK;
}

/* ---- Status ------------------------------------------------------------------------------ */

uint8_t wfx__wasi_filetype(uint32_t mode) {
  switch (mode & S_IFMT) {
  case S_IFREG: return FILETYPE_FILE;
  case S_IFDIR: return FILETYPE_DIR;
  case S_IFCHR: return FILETYPE_CHAR;
  case S_IFBLK: return FILETYPE_BLOCK;
  case S_IFLNK: return FILETYPE_LINK;
  case S_IFSOCK: return FILETYPE_STREAM;
  default: return FILETYPE_UNKNOWN;
  }
}

static uint64_t stat_ns(const struct timespec *t) {
  return t->tv_sec < 0 ? 0 : (uint64_t)t->tv_sec * 1000000000u + (uint64_t)t->tv_nsec;
}

uint32_t wfx__wasi_put_stat(const struct wasi_call *c, uint64_t at, const struct stat *st) {
  uint64_t fields[8] = {
      [0] = (uint64_t)st->st_dev,
      [1] = (uint64_t)st->st_ino,
      [3] = (uint64_t)st->st_nlink,
      [4] = (uint64_t)st->st_size,
      [5] = stat_ns(&st->st_atim),
      [6] = stat_ns(&st->st_mtim),
      [7] = stat_ns(&st->st_ctim),
  };
  uint8_t filetype = wfx__wasi_filetype(st->st_mode);
  memcpy(&fields[2], &filetype, 1);
  return mem_put(c, at, fields, sizeof fields);
}

uint32_t wfx__wasi_fd_filestat_get(struct wasi_call *c) {
  struct wasi_fd *f;
  struct stat st;
  PASS(wfx__wasi_fd(c, 0, RIGHT(FD_FILESTAT_GET), &f));
  memset(&st, 0, sizeof st);
  st.st_mode = S_IFCHR;
  if (f->kind != FD_HOST && fstat(f->fd, &st) != 0) return wfx__wasi_failed();
  return wfx__wasi_put_stat(c, arg32(c, 1), &st);
}

uint32_t wfx__wasi_times(uint64_t atim, uint64_t mtim, uint32_t flags, struct timespec *out) {
  if (flags > 15) return WASI_INVAL;
  const uint64_t ns[2] = {atim, mtim};
  for (int i = 0; i < 2; i++) {
    uint32_t wants = flags >> (2 * i) & 3;
    if (wants == 3) return WASI_INVAL;
    out[i].tv_sec = (time_t)(ns[i] / 1000000000u);
    out[i].tv_nsec = wants == 0 ? UTIME_OMIT : wants == 2 ? UTIME_NOW : (long)(ns[i] % 1000000000u);
  }
  return WASI_OK;
}

uint32_t wfx__wasi_fd_filestat_set_times(struct wasi_call *c) {
  struct wasi_fd *f;
  struct timespec times[2];
  PASS(wfx__wasi_fd(c, 0, RIGHT(FD_FILESTAT_SET_TIMES), &f));
  PASS(wfx__wasi_times(arg64(c, 1), arg64(c, 2), arg32(c, 3), times));
  if (f->kind != FD_FILE) return WASI_NOTSUP;
  return futimens(f->fd, times) == 0 ? WASI_OK : wfx__wasi_failed();
}

/* A file whose content may be changed as a whole; not a stream. */
static uint32_t file_of(const struct wasi_call *c, uint64_t right, struct wasi_fd **f) {
  PASS(wfx__wasi_fd(c, 0, right, f));
  return (*f)->kind == FD_FILE ? WASI_OK : WASI_INVAL;
}

uint32_t wfx__wasi_fd_filestat_set_size(struct wasi_call *c) {
  struct wasi_fd *f;
  PASS(file_of(c, RIGHT(FD_FILESTAT_SET_SIZE), &f));
  if (arg64(c, 1) > INT64_MAX) return WASI_INVAL;
  return ftruncate(f->fd, (off_t)arg64(c, 1)) == 0 ? WASI_OK : wfx__wasi_failed();
}

uint32_t wfx__wasi_fd_allocate(struct wasi_call *c) {
  struct wasi_fd *f;
  uint64_t at = arg64(c, 1), n = arg64(c, 2);
  PASS(file_of(c, RIGHT(FD_ALLOCATE), &f));
  if (at > INT64_MAX || n > INT64_MAX - at) return WASI_FBIG;
  if (n == 0) return WASI_INVAL;
  return wfx__wasi_errno(posix_fallocate(f->fd, (off_t)at, (off_t)n));
}

uint32_t wfx__wasi_fd_advise(struct wasi_call *c) {
  static const int advice[] = {POSIX_FADV_NORMAL,   POSIX_FADV_SEQUENTIAL, POSIX_FADV_RANDOM,
                               POSIX_FADV_WILLNEED, POSIX_FADV_DONTNEED,   POSIX_FADV_NOREUSE};
  struct wasi_fd *f;
  uint64_t at = arg64(c, 1), n = arg64(c, 2);
  PASS(file_of(c, RIGHT(FD_ADVISE), &f));
  if (arg32(c, 3) >= sizeof advice / sizeof *advice || at > INT64_MAX || n > INT64_MAX)
    return WASI_INVAL;
  return wfx__wasi_errno(posix_fadvise(f->fd, (off_t)at, (off_t)n, advice[arg32(c, 3)]));
}

/* Streams cannot be brought to a disk, and need not be. */
static uint32_t flush_with(const struct wasi_call *c, uint64_t right, int (*sync_fd)(int fd)) {
  struct wasi_fd *f;
  PASS(wfx__wasi_fd(c, 0, right, &f));
  if (f->kind != FD_FILE) return WASI_OK;
  return sync_fd(f->fd) == 0 ? WASI_OK : wfx__wasi_failed();
}
uint32_t wfx__wasi_fd_sync(struct wasi_call *c) { return flush_with(c, RIGHT(FD_SYNC), fsync); }
uint32_t wfx__wasi_fd_datasync(struct wasi_call *c) {
  return flush_with(c, RIGHT(FD_DATASYNC), fdatasync);
}
