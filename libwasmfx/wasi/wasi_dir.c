/* wasi_dir.c: fd_readdir.
 *
 * A cookie is the number of entries before it: "." and ".." come first, then what is there, in
 * the machine's order. A reader stays open between calls, so that reading on costs nothing; going
 * back starts again. Nothing is shown of what lies outside: ".." has the inode of the folder. */
#include "wasi/wasi.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

struct wasi_dir_reader {
  DIR *dir;
  uint64_t next;     /* entries before the one that comes now */
  uint64_t self_ino;
  bool has_entry;    /* that one has been read: the fields below */
  uint8_t filetype;
  uint32_t n_name;
  uint64_t ino;
  char name[WASI_MAX_NAME + 1];
};

void wfx__wasi_reader_free(struct wasi *w, struct wasi_dir_reader *r) {
  closedir(r->dir);
  wfx__free(w->ctx, r, sizeof *r);
}

static uint32_t reader_open(struct wasi *w, struct wasi_fd *f) {
  struct stat st;
  if (f->reader) return WASI_OK;
  struct wasi_dir_reader *r = wfx__alloc_zero(w->ctx, sizeof *r);
  if (!r) return WASI_NOMEM;
  int fd = openat(f->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  r->dir = fd < 0 ? NULL : fdopendir(fd);
  if (!r->dir || fstat(fd, &st) != 0) {
    uint32_t failed = wfx__wasi_failed();
    if (r->dir) closedir(r->dir);
    else if (fd >= 0) close(fd);
    wfx__free(w->ctx, r, sizeof *r);
    return failed;
  }
  r->self_ino = (uint64_t)st.st_ino;
  f->reader = r;
  return WASI_OK;
}

static uint8_t entry_type(const struct wasi_fd *f, const struct dirent *entry) {
  struct stat st;
  switch (entry->d_type) {
  case DT_REG: return FILETYPE_FILE;
  case DT_DIR: return FILETYPE_DIR;
  case DT_LNK: return FILETYPE_LINK;
  case DT_CHR: return FILETYPE_CHAR;
  case DT_BLK: return FILETYPE_BLOCK;
  case DT_SOCK: return FILETYPE_STREAM;
  case DT_UNKNOWN:
    if (fstatat(f->fd, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0)
      return wfx__wasi_filetype(st.st_mode);
  }
  return FILETYPE_UNKNOWN;
}

static void set_entry(struct wasi_dir_reader *r, const char *name, uint64_t ino,
                      uint8_t filetype) {
  r->n_name = (uint32_t)strnlen(name, WASI_MAX_NAME);
  memcpy(r->name, name, r->n_name);
  r->ino = ino;
  r->filetype = filetype;
  r->has_entry = true;
}

/* Read the entry that comes now, unless that is done. *is_end: there is none. */
static uint32_t reader_load(const struct wasi_fd *f, bool *is_end) {
  struct wasi_dir_reader *r = f->reader;
  *is_end = false;
  if (r->has_entry) return WASI_OK;
  if (r->next < 2) {
    set_entry(r, r->next == 0 ? "." : "..", r->self_ino, FILETYPE_DIR);
    return WASI_OK;
  }
  const struct dirent *entry;
  do {
    errno = 0;
    entry = readdir(r->dir);
  } while (entry && (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0));
  if (entry) set_entry(r, entry->d_name, (uint64_t)entry->d_ino, entry_type(f, entry));
  *is_end = !entry;
  return errno == 0 || entry ? WASI_OK : wfx__wasi_failed();
}

static void reader_skip(struct wasi_dir_reader *r) {
  r->has_entry = false;
  r->next++;
}

static uint32_t reader_seek(const struct wasi_fd *f, uint64_t cookie, bool *is_end) {
  struct wasi_dir_reader *r = f->reader;
  *is_end = false;
  if (cookie == 0 || cookie < r->next) {
    rewinddir(r->dir);
    r->next = 0;
    r->has_entry = false;
  }
  while (r->next < cookie && !*is_end) {
    PASS(reader_load(f, is_end));
    if (!*is_end) reader_skip(r);
  }
  return WASI_OK;
}

static uint32_t put_part(uint8_t *to, uint32_t room, const void *data, uint32_t n) {
  uint32_t part = n < room ? n : room;
  memcpy(to, data, part);
  return part;
}

uint32_t wfx__wasi_fd_readdir(struct wasi_call *c) {
  struct wasi_fd *f;
  uint32_t room = arg32(c, 2), used = 0;
  uint8_t *buffer = mem_at(c, arg32(c, 1), room);
  bool is_end;
  PASS(wfx__wasi_fd(c, 0, RIGHT(FD_READDIR), &f));
  if (!buffer) return WASI_FAULT;
  PASS(reader_open(c->w, f));
  PASS(reader_seek(f, arg64(c, 3), &is_end));
  while (!is_end && used < room) {
    struct wasi_dir_reader *r = f->reader;
    PASS(reader_load(f, &is_end));
    if (is_end) break;
    uint8_t head[24] = {0};
    uint64_t next = r->next + 1;
    memcpy(head, &next, 8);
    memcpy(head + 8, &r->ino, 8);
    memcpy(head + 16, &r->n_name, 4);
    head[20] = r->filetype;
    uint32_t whole = (uint32_t)sizeof head + r->n_name, before = used;
    used += put_part(buffer + used, room - used, head, sizeof head);
    used += put_part(buffer + used, room - used, r->name, r->n_name);
    if (used - before < whole) break;
    reader_skip(r);
  }
  return mem_put32(c, arg32(c, 4), used);
}
