/* wfx_io.c: whole files in, whole files out. */
#define _XOPEN_SOURCE 700

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "wfx/cli.h"

static bool fail(const char *path, const char *what) {
  cli_error("%s: %s", path, what);
  return false;
}

/* ---- Reading ----------------------------------------------------------------------------- */

/* Read to the end. errno is EFBIG past the limit. */
static bool read_all(int fd, uint64_t limit, uint8_t **bytes, size_t *n) {
  size_t cap = 0;
  for (;;) {
    if (*n == cap) {
      size_t bigger = cap == 0 ? (size_t)1 << 16 : cap * 2;
      uint8_t *moved = bigger > cap ? realloc(*bytes, bigger) : NULL;
      if (!moved) {
        errno = ENOMEM;
        return false;
      }
      *bytes = moved;
      cap = bigger;
    }
    ssize_t got = read(fd, *bytes + *n, cap - *n);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return false;
    if (got == 0) return true;
    *n += (size_t)got;
    if (*n > limit) {
      errno = EFBIG;
      return false;
    }
  }
}

bool cli_read_file(const char *path, uint64_t limit, uint8_t **bytes, size_t *n) {
  *bytes = NULL;
  *n = 0;
  bool is_stdin = strcmp(path, "-") == 0;
  int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return fail(path, strerror(errno));
  bool is_ok = read_all(fd, limit, bytes, n);
  int error = errno;
  if (!is_stdin) close(fd);
  if (is_ok) return true;
  free(*bytes);
  *bytes = NULL;
  return fail(cli_input_name(path), strerror(error));
}

/* Smaller files are read. */
enum { MIN_MAPPED_BYTES = 1 << 20 };

void *cli_map_file(const char *path, uint64_t limit, size_t *n) {
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return NULL;
  struct stat st;
  void *bytes = MAP_FAILED;
  if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size >= MIN_MAPPED_BYTES &&
      (uint64_t)st.st_size <= limit && (uint64_t)st.st_size <= SIZE_MAX) {
    *n = (size_t)st.st_size;
    bytes = mmap(NULL, *n, PROT_READ, MAP_PRIVATE, fd, 0);
  }
  close(fd);
  return bytes == MAP_FAILED ? NULL : bytes;
}

void cli_unmap_file(void *bytes, size_t n) { (void)munmap(bytes, n); }

/* ---- Writing ----------------------------------------------------------------------------- */

bool cli_write_fd(int fd, const void *bytes, size_t n) {
  const char *at = bytes;
  while (n > 0) {
    ssize_t done = write(fd, at, n);
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) return false;
    at += done;
    n -= (size_t)done;
  }
  return true;
}

/* Write to a device, a pipe, or what else cannot be replaced. */
static bool write_directly(const char *path, const void *bytes, size_t n) {
  int fd = open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0) return false;
  bool is_ok = cli_write_fd(fd, bytes, n);
  int error = errno;
  if (close(fd) != 0 && is_ok) return false;
  errno = error;
  return is_ok;
}

/* The name of a new file in the folder of path, for mkstemp. */
static char *name_beside(const char *path) {
  static const char base[] = ".wfx-XXXXXX";
  const char *slash = strrchr(path, '/');
  size_t n_dir = slash ? (size_t)(slash - path) + 1 : 0;
  char *name = malloc(n_dir + sizeof base);
  if (!name) return NULL;
  memcpy(name, path, n_dir);
  memcpy(name + n_dir, base, sizeof base);
  return name;
}

/* Write beside path, then rename. mode is that of the new file. */
static bool replace(const char *path, mode_t mode, const void *bytes, size_t n) {
  char *beside = name_beside(path);
  int fd = beside ? mkstemp(beside) : -1;
  if (fd < 0) {
    free(beside);
    return false;
  }
  bool is_ok = cli_write_fd(fd, bytes, n) && fchmod(fd, mode) == 0;
  int error = errno;
  if (close(fd) != 0 && is_ok) {
    error = errno;
    is_ok = false;
  }
  if (is_ok && rename(beside, path) != 0) {
    error = errno;
    is_ok = false;
  }
  if (!is_ok) unlink(beside);
  free(beside);
  errno = error;
  return is_ok;
}

static mode_t new_file_mode(void) {
  mode_t mask = umask(0);
  umask(mask);
  return 0666 & ~mask;
}

/* An existing plain file, behind links if there are some, keeps its place and mode. */
static bool write_existing(const char *path, mode_t mode, const void *bytes, size_t n) {
  if (access(path, W_OK) != 0) return false;
  char *real = realpath(path, NULL);
  if (!real) return false;
  bool is_ok = replace(real, mode & 07777, bytes, n);
  int error = errno;
  free(real);
  errno = error;
  return is_ok;
}

bool cli_write_file(const char *path, const void *bytes, size_t n) {
  struct stat st;
  bool is_ok;
  if (strcmp(path, "-") == 0 || strcmp(path, "/dev/stdout") == 0)
    is_ok = fflush(stdout) == 0 && cli_write_fd(STDOUT_FILENO, bytes, n);
  else if (strncmp(path, "/dev/", 5) == 0)
    is_ok = write_directly(path, bytes, n);
  else if (stat(path, &st) != 0)
    is_ok = replace(path, new_file_mode(), bytes, n);
  else if (S_ISREG(st.st_mode))
    is_ok = write_existing(path, st.st_mode, bytes, n);
  else
    is_ok = write_directly(path, bytes, n);
  return is_ok || fail(strcmp(path, "-") == 0 ? "<stdout>" : path, strerror(errno));
}
