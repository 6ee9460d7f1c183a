/* wasi_path.c: where a path leads, without ever leaving the folder that it starts from.
 *
 * The machine is only asked for one component at a time, relative to an open folder and never
 * through a symbolic link (O_NOFOLLOW, and no slash in a name: a slash would make it follow).
 * Links are read and followed here. The folders walked through are therefore plain names below
 * the start; ".." walks that list of names again from the start, one shorter, so that a folder
 * that is moved away meanwhile cannot take us outside. The price is a call for each component. */
#include "wasi/wasi.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/utf8.h"

enum {
  MAX_LINKS = 40,    /* symbolic links followed */
  MAX_STEPS = 10000, /* folders opened, those for ".." included */
};

struct path_walk {
  struct wasi_place *place; /* dir is where the walk is */
  int start;                /* the folder that the path starts from */
  enum wasi_last last;
  uint32_t n_links, n_steps;
  size_t n_done;            /* of done: the names walked through, each with a 0 behind it */
  size_t n_rest;            /* of rest: what is still to go, with a 0 behind it */
  char done[WASI_MAX_PATH], rest[2 * WASI_MAX_PATH];
};

void wfx__wasi_place_free(struct wasi_place *p) {
  if (p->is_own) close(p->dir);
  p->is_own = false;
}

/* ---- Steps ------------------------------------------------------------------------------- */

/* Go into the folder name. */
static uint32_t step_in(struct path_walk *w, const char *name) {
  if (++w->n_steps > MAX_STEPS) return WASI_LOOP;
  int fd = openat(w->place->dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) return wfx__wasi_failed();
  wfx__wasi_place_free(w->place);
  w->place->dir = fd;
  w->place->is_own = true;
  return WASI_OK;
}

static uint32_t step_down(struct path_walk *w, const char *name) {
  size_t n = strlen(name) + 1;
  if (n > sizeof w->done - w->n_done) return WASI_NAMETOOLONG;
  PASS(step_in(w, name));
  memcpy(w->done + w->n_done, name, n);
  w->n_done += n;
  return WASI_OK;
}

static uint32_t step_up(struct path_walk *w) {
  if (w->n_done == 0) return WASI_PERM;
  do w->n_done--;
  while (w->n_done > 0 && w->done[w->n_done - 1] != 0);
  wfx__wasi_place_free(w->place);
  w->place->dir = w->start;
  for (size_t at = 0; at < w->n_done; at += strlen(w->done + at) + 1)
    PASS(step_in(w, w->done + at));
  return WASI_OK;
}

/* If name is a symbolic link, put what it holds before the rest. */
static uint32_t expand_link(struct path_walk *w, const char *name, bool *is_link) {
  char target[WASI_MAX_PATH];
  ssize_t n_read = readlinkat(w->place->dir, name, target, sizeof target);
  *is_link = n_read >= 0;
  if (!*is_link) return WASI_OK;
  size_t n = (size_t)n_read;
  bool has_more = w->n_rest > 0 || w->place->is_slashed;
  if (++w->n_links > MAX_LINKS) return WASI_LOOP;
  if (n == 0) return WASI_NOENT;
  if (target[0] == '/') return WASI_PERM;
  if (n == sizeof target || n + 1 + w->n_rest >= sizeof w->rest) return WASI_NAMETOOLONG;
  memmove(w->rest + n + has_more, w->rest, w->n_rest + 1);
  memcpy(w->rest, target, n);
  if (has_more) w->rest[n] = '/';
  w->n_rest += n + has_more;
  return WASI_OK;
}

/* Move the first component of the rest to the place's name; its slashes go with it. */
static uint32_t take_component(struct path_walk *w) {
  size_t n = strcspn(w->rest, "/"), n_slashes = strspn(w->rest + n, "/");
  if (n > WASI_MAX_NAME) return WASI_NAMETOOLONG;
  memcpy(w->place->name, w->rest, n);
  w->place->name[n] = 0;
  w->n_rest -= n + n_slashes;
  memmove(w->rest, w->rest + n + n_slashes, w->n_rest + 1);
  w->place->is_slashed = n_slashes > 0;
  return WASI_OK;
}

static bool follows_last(const struct path_walk *w) {
  return w->last == LAST_FOLLOWED ||
         (w->last == LAST_FOLLOWED_IF_SLASHED && w->place->is_slashed);
}

/* Take one component. *is_done: the place is found. */
static uint32_t take_step(struct path_walk *w, bool *is_done) {
  const char *name = w->place->name;
  bool is_link = false;
  PASS(take_component(w));
  bool is_last = w->n_rest == 0, is_up = strcmp(name, "..") == 0;
  if (is_up || strcmp(name, ".") == 0) {
    if (is_up) PASS(step_up(w));
    *is_done = is_last;
    strcpy(w->place->name, ".");
    return WASI_OK;
  }
  if (is_last && follows_last(w)) PASS(expand_link(w, name, &is_link));
  if (is_link) return WASI_OK;
  *is_done = is_last;
  if (is_last) return WASI_OK;
  uint32_t failed = step_down(w, name);
  if (failed != WASI_NOTDIR && failed != WASI_LOOP) return failed;
  PASS(expand_link(w, name, &is_link));
  return is_link ? WASI_OK : failed;
}

/* ---- Places ------------------------------------------------------------------------------ */

uint32_t wfx__wasi_resolve(const struct wasi_call *c, unsigned i, uint64_t rights, uint32_t at,
                           uint32_t n, enum wasi_last last, struct wasi_place *out) {
  struct wasi_fd *f;
  struct path_walk w = {.place = out, .last = last};
  const uint8_t *path = mem_at(c, at, n);
  memset(out, 0, sizeof *out);
  PASS(wfx__wasi_fd(c, i, rights, &f));
  if (f->filetype != FILETYPE_DIR) return WASI_NOTDIR;
  if (!path) return WASI_FAULT;
  if (n >= WASI_MAX_PATH) return WASI_NAMETOOLONG;
  if (n == 0) return WASI_NOENT;
  if (memchr(path, 0, n)) return WASI_INVAL;
  if (!wfx__utf8_is_valid((const char *)path, n)) return WASI_ILSEQ;
  if (path[0] == '/') return WASI_PERM;
  memcpy(w.rest, path, n);
  w.rest[n] = 0;
  w.n_rest = n;
  w.start = out->dir = f->fd;
  bool is_done = false;
  while (!is_done) PASS(take_step(&w, &is_done));
  return WASI_OK;
}

static uint32_t place_is_dir(const struct wasi_place *p, bool *is_dir) {
  struct stat st;
  if (fstatat(p->dir, p->name, &st, AT_SYMLINK_NOFOLLOW) != 0) return wfx__wasi_failed();
  *is_dir = S_ISDIR(st.st_mode);
  return WASI_OK;
}

uint32_t wfx__wasi_place_check(const struct wasi_place *p) {
  bool is_dir = true;
  if (p->is_slashed) PASS(place_is_dir(p, &is_dir));
  return is_dir ? WASI_OK : WASI_NOTDIR;
}

uint32_t wfx__wasi_place_check_new(const struct wasi_place *p) {
  bool is_dir = false;
  if (!p->is_slashed) return WASI_OK;
  PASS(place_is_dir(p, &is_dir));
  return is_dir ? WASI_EXIST : WASI_NOTDIR;
}
