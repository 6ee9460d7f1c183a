/* wasi_path_call.c: the calls that take a path. Each resolves it (wasi_path.c), then asks the
 * machine for one name in one folder. */
#include "wasi/wasi.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/utf8.h"

static enum wasi_last last_of(uint32_t lookup_flags) {
  return lookup_flags & LOOKUP_FOLLOW ? LAST_FOLLOWED : LAST_FOLLOWED_IF_SLASHED;
}

/* The answer of a call of the machine, once it is done with the place. */
static uint32_t done_at(struct wasi_place *p, uint32_t resolved, int result) {
  uint32_t answer = resolved != WASI_OK ? resolved : result == 0 ? WASI_OK : wfx__wasi_failed();
  wfx__wasi_place_free(p);
  return answer;
}

/* ---- Opening ----------------------------------------------------------------------------- */

enum { OFLAG_CREAT = 1, OFLAG_DIRECTORY = 2, OFLAG_EXCL = 4, OFLAG_TRUNC = 8 };

struct open_how {
  uint32_t oflags, fdflags;
  uint64_t rights;     /* asked for */
  uint64_t inheriting; /* that the folder passes on */
};

/* Whether writing has been asked for; a folder is opened to be read. */
static bool wants_write(const struct open_how *how) {
  uint64_t write = RIGHT(FD_WRITE) | RIGHT(FD_ALLOCATE) | RIGHT(FD_FILESTAT_SET_SIZE);
  return !(how->oflags & OFLAG_DIRECTORY) &&
         ((how->rights & write) || (how->oflags & OFLAG_TRUNC));
}

/* Nothing waits in opening: reading and writing do, as far as the program may (wasi_io.c). */
static int open_flags(const struct open_how *how) {
  bool reads = (how->rights & (RIGHT(FD_READ) | RIGHT(FD_READDIR))) != 0;
  int flags = O_NOFOLLOW | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
  flags |= !wants_write(how) ? O_RDONLY : reads ? O_RDWR : O_WRONLY;
  if (how->oflags & OFLAG_CREAT) flags |= O_CREAT;
  if (how->oflags & OFLAG_DIRECTORY) flags |= O_DIRECTORY;
  if (how->oflags & OFLAG_EXCL) flags |= O_EXCL;
  if (how->oflags & OFLAG_TRUNC) flags |= O_TRUNC;
  if (how->fdflags & FDFLAG_APPEND) flags |= O_APPEND;
  if (how->fdflags & FDFLAG_DSYNC) flags |= O_DSYNC;
  if (how->fdflags & (FDFLAG_RSYNC | FDFLAG_SYNC)) flags |= O_SYNC;
  return flags;
}

/* Of the rights asked for, those to read and to write count: programs are not exact about others,
 * and about those that what they open is to pass on. */
static uint64_t granted(const struct open_how *how, bool is_dir) {
  uint64_t rights = how->inheriting & wfx__wasi_rights(is_dir);
  const uint64_t changing = RIGHT(FD_ALLOCATE) | RIGHT(FD_FILESTAT_SET_SIZE);
  if (!(how->rights & RIGHT(FD_READ))) rights &= ~RIGHT(FD_READ);
  if (!(how->rights & RIGHT(FD_WRITE)))
    rights &= ~(RIGHT(FD_WRITE) | (changing & ~how->rights));
  return rights;
}

/* What a slash at the end means for opening: a folder, which is never made. */
static uint32_t open_slashed(const struct wasi_place *p, struct open_how *how) {
  if (!p->is_slashed) return WASI_OK;
  uint32_t failed = wfx__wasi_place_check(p);
  if (failed == WASI_NOENT && (how->oflags & OFLAG_CREAT)) return WASI_ISDIR;
  if (failed == WASI_OK && (how->oflags & OFLAG_CREAT) && (how->oflags & OFLAG_EXCL))
    return WASI_EXIST;
  how->oflags |= OFLAG_DIRECTORY;
  how->oflags &= ~(uint32_t)OFLAG_CREAT;
  return failed;
}

static uint32_t open_at(const struct wasi_call *c, const struct wasi_place *p,
                        struct open_how *how, uint32_t *fd) {
  struct wasi_fd f = {.kind = FD_FILE, .flags = (uint16_t)how->fdflags};
  struct stat st;
  PASS(open_slashed(p, how));
  f.fd = openat(p->dir, p->name, open_flags(how), 0666);
  if (f.fd < 0) return wfx__wasi_failed();
  uint32_t failed = WASI_OK;
  if (fstat(f.fd, &st) != 0) failed = wfx__wasi_failed();
  f.filetype = wfx__wasi_filetype(st.st_mode);
  bool is_dir = f.filetype == FILETYPE_DIR;
  f.rights = granted(how, is_dir);
  f.inheriting = is_dir ? how->inheriting : 0;
  if (failed == WASI_OK) failed = wfx__wasi_fd_add(c->w, &f, fd);
  if (failed != WASI_OK) close(f.fd);
  return failed;
}

uint32_t wfx__wasi_path_open(struct wasi_call *c) {
  struct wasi_place p;
  struct wasi_fd *base;
  struct open_how how = {arg32(c, 4), arg32(c, 7), arg64(c, 5), 0};
  uint32_t fd = 0, max_oflags = 15, max_fdflags = 31;
  PASS(wfx__wasi_fd(c, 0, RIGHT(PATH_OPEN), &base));
  how.inheriting = base->inheriting;
  how.rights &= base->inheriting;
  if (how.oflags > max_oflags || how.fdflags > max_fdflags) return WASI_INVAL;
  if ((how.oflags & OFLAG_CREAT) && (how.oflags & OFLAG_DIRECTORY)) return WASI_INVAL;
  if (!mem_at(c, arg32(c, 8), 4)) return WASI_FAULT;
  uint64_t rights = RIGHT(PATH_OPEN);
  if (how.oflags & OFLAG_CREAT) rights |= RIGHT(PATH_CREATE_FILE);
  if (how.oflags & OFLAG_TRUNC) rights |= RIGHT(PATH_FILESTAT_SET_SIZE);
  bool is_new = (how.oflags & OFLAG_CREAT) && (how.oflags & OFLAG_EXCL);
  enum wasi_last last = is_new ? LAST_STAYS : last_of(arg32(c, 1));
  uint32_t failed = wfx__wasi_resolve(c, 0, rights, arg32(c, 2), arg32(c, 3), last, &p);
  if (failed == WASI_OK) failed = open_at(c, &p, &how, &fd);
  wfx__wasi_place_free(&p);
  return failed != WASI_OK ? failed : mem_put32(c, arg32(c, 8), fd);
}

/* ---- Status ------------------------------------------------------------------------------ */

uint32_t wfx__wasi_path_filestat_get(struct wasi_call *c) {
  struct wasi_place p;
  struct stat st;
  uint32_t failed = wfx__wasi_resolve(c, 0, RIGHT(PATH_FILESTAT_GET), arg32(c, 2), arg32(c, 3),
                                      last_of(arg32(c, 1)), &p);
  if (failed == WASI_OK) failed = wfx__wasi_place_check(&p);
  int result = failed != WASI_OK ? 0 : fstatat(p.dir, p.name, &st, AT_SYMLINK_NOFOLLOW);
  failed = done_at(&p, failed, result);
  return failed != WASI_OK ? failed : wfx__wasi_put_stat(c, arg32(c, 4), &st);
}

uint32_t wfx__wasi_path_filestat_set_times(struct wasi_call *c) {
  struct wasi_place p;
  struct timespec times[2];
  PASS(wfx__wasi_times(arg64(c, 4), arg64(c, 5), arg32(c, 6), times));
  uint32_t failed = wfx__wasi_resolve(c, 0, RIGHT(PATH_FILESTAT_SET_TIMES), arg32(c, 2),
                                      arg32(c, 3), last_of(arg32(c, 1)), &p);
  if (failed == WASI_OK) failed = wfx__wasi_place_check(&p);
  int result = failed != WASI_OK ? 0 : utimensat(p.dir, p.name, times, AT_SYMLINK_NOFOLLOW);
  return done_at(&p, failed, result);
}

uint32_t wfx__wasi_path_readlink(struct wasi_call *c) {
  struct wasi_place p;
  char target[WASI_MAX_PATH];
  uint32_t room = arg32(c, 4);
  uint8_t *to = mem_at(c, arg32(c, 3), room);
  if (!to) return WASI_FAULT;
  uint32_t failed = wfx__wasi_resolve(c, 0, RIGHT(PATH_READLINK), arg32(c, 1), arg32(c, 2),
                                      LAST_FOLLOWED_IF_SLASHED, &p);
  if (failed == WASI_OK) failed = wfx__wasi_place_check(&p);
  ssize_t n = failed != WASI_OK ? 0 : readlinkat(p.dir, p.name, target, sizeof target);
  failed = done_at(&p, failed, n < 0 ? -1 : 0);
  if (failed != WASI_OK) return failed;
  uint32_t used = (uint32_t)n < room ? (uint32_t)n : room;
  memcpy(to, target, used);
  return mem_put32(c, arg32(c, 5), used);
}

/* ---- Making and removing ----------------------------------------------------------------- */

uint32_t wfx__wasi_path_create_directory(struct wasi_call *c) {
  struct wasi_place p;
  uint32_t failed = wfx__wasi_resolve(c, 0, RIGHT(PATH_CREATE_DIRECTORY), arg32(c, 1),
                                      arg32(c, 2), LAST_STAYS, &p);
  return done_at(&p, failed, failed != WASI_OK ? 0 : mkdirat(p.dir, p.name, 0777));
}

uint32_t wfx__wasi_path_remove_directory(struct wasi_call *c) {
  struct wasi_place p;
  uint32_t failed = wfx__wasi_resolve(c, 0, RIGHT(PATH_REMOVE_DIRECTORY), arg32(c, 1),
                                      arg32(c, 2), LAST_STAYS, &p);
  return done_at(&p, failed, failed != WASI_OK ? 0 : unlinkat(p.dir, p.name, AT_REMOVEDIR));
}

uint32_t wfx__wasi_path_unlink_file(struct wasi_call *c) {
  struct wasi_place p;
  uint32_t failed = wfx__wasi_resolve(c, 0, RIGHT(PATH_UNLINK_FILE), arg32(c, 1), arg32(c, 2),
                                      LAST_STAYS, &p);
  if (failed == WASI_OK) failed = wfx__wasi_place_check(&p);
  return done_at(&p, failed, failed != WASI_OK ? 0 : unlinkat(p.dir, p.name, 0));
}

/* The content of a link is not looked at when it is made, only when it is followed; but an absolute
 * one, which no program here could follow, is not made. */
uint32_t wfx__wasi_path_symlink(struct wasi_call *c) {
  struct wasi_place p;
  char target[WASI_MAX_PATH];
  uint32_t n = arg32(c, 1);
  const uint8_t *from = mem_at(c, arg32(c, 0), n);
  if (!from) return WASI_FAULT;
  if (n == 0) return WASI_NOENT;
  if (n >= sizeof target) return WASI_NAMETOOLONG;
  if (memchr(from, 0, n)) return WASI_INVAL;
  if (!wfx__utf8_is_valid((const char *)from, n)) return WASI_ILSEQ;
  if (from[0] == '/') return WASI_PERM;
  memcpy(target, from, n);
  target[n] = 0;
  uint32_t failed = wfx__wasi_resolve(c, 2, RIGHT(PATH_SYMLINK), arg32(c, 3), arg32(c, 4),
                                      LAST_STAYS, &p);
  if (failed == WASI_OK) failed = wfx__wasi_place_check_new(&p);
  return done_at(&p, failed, failed != WASI_OK ? 0 : symlinkat(target, p.dir, p.name));
}

/* ---- Two paths --------------------------------------------------------------------------- */

uint32_t wfx__wasi_path_link(struct wasi_call *c) {
  struct wasi_place from, to;
  uint32_t failed = wfx__wasi_resolve(c, 0, RIGHT(PATH_LINK_SOURCE), arg32(c, 2), arg32(c, 3),
                                      last_of(arg32(c, 1)), &from);
  if (failed == WASI_OK) failed = wfx__wasi_place_check(&from);
  if (failed != WASI_OK) return done_at(&from, failed, 0);
  failed = wfx__wasi_resolve(c, 4, RIGHT(PATH_LINK_TARGET), arg32(c, 5), arg32(c, 6),
                             LAST_STAYS, &to);
  if (failed == WASI_OK) failed = wfx__wasi_place_check_new(&to);
  int result = failed != WASI_OK ? 0 : linkat(from.dir, from.name, to.dir, to.name, 0);
  failed = done_at(&to, failed, result);
  wfx__wasi_place_free(&from);
  return failed;
}

uint32_t wfx__wasi_path_rename(struct wasi_call *c) {
  struct wasi_place from, to;
  uint32_t failed = wfx__wasi_resolve(c, 0, RIGHT(PATH_RENAME_SOURCE), arg32(c, 1), arg32(c, 2),
                                      LAST_STAYS, &from);
  if (failed == WASI_OK) failed = wfx__wasi_place_check(&from);
  if (failed != WASI_OK) return done_at(&from, failed, 0);
  failed = wfx__wasi_resolve(c, 3, RIGHT(PATH_RENAME_TARGET), arg32(c, 4), arg32(c, 5),
                             LAST_STAYS, &to);
  if (failed == WASI_OK && to.is_slashed) {
    from.is_slashed = true;
    failed = wfx__wasi_place_check(&from);
  }
  int result = failed != WASI_OK ? 0 : renameat(from.dir, from.name, to.dir, to.name);
  failed = done_at(&to, failed, result);
  wfx__wasi_place_free(&from);
  return failed;
}
