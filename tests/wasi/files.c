/* files.c: reading, writing and asking about open files, in the empty folder 3. */
#include <stdbool.h>

#include "say.h"

enum { ROOT = 3 };
static const __wasi_rights_t ALL = (1 << 30) - 1;
static uint8_t buffer[4096];

static unsigned open_file(const char *path, unsigned oflags, __wasi_rights_t rights,
                          unsigned fdflags, __wasi_fd_t *fd) {
  return __wasi_path_open(ROOT, 0, path, oflags, rights, ALL, fdflags, fd);
}
static unsigned put(__wasi_fd_t fd, const char *text) {
  __wasi_ciovec_t v = {(const uint8_t *)text, strlen(text)};
  __wasi_size_t n = 0;
  unsigned e = __wasi_fd_write(fd, &v, 1, &n);
  if (e == 0) printf("  %u bytes\n", (unsigned)n);
  return e;
}
static unsigned put_at(__wasi_fd_t fd, const char *text, __wasi_filesize_t at) {
  __wasi_ciovec_t v = {(const uint8_t *)text, strlen(text)};
  __wasi_size_t n = 0;
  unsigned e = __wasi_fd_pwrite(fd, &v, 1, at, &n);
  if (e == 0) printf("  %u bytes\n", (unsigned)n);
  return e;
}
static unsigned get(__wasi_fd_t fd, __wasi_size_t max) {
  __wasi_iovec_t v = {buffer, max};
  __wasi_size_t n = 0;
  unsigned e = __wasi_fd_read(fd, &v, 1, &n);
  if (e == 0) printf("  [%.*s]\n", (int)n, (char *)buffer);
  return e;
}
static unsigned get_at(__wasi_fd_t fd, __wasi_size_t max, __wasi_filesize_t at) {
  __wasi_iovec_t v = {buffer, max};
  __wasi_size_t n = 0;
  unsigned e = __wasi_fd_pread(fd, &v, 1, at, &n);
  if (e == 0) printf("  [%.*s]\n", (int)n, (char *)buffer);
  return e;
}
static unsigned seek(__wasi_fd_t fd, long long offset, unsigned whence) {
  __wasi_filesize_t at = 0;
  unsigned e = __wasi_fd_seek(fd, offset, whence, &at);
  if (e == 0) printf("  at %llu\n", (unsigned long long)at);
  return e;
}
static unsigned tell(__wasi_fd_t fd) {
  __wasi_filesize_t at = 0;
  unsigned e = __wasi_fd_tell(fd, &at);
  if (e == 0) printf("  at %llu\n", (unsigned long long)at);
  return e;
}
static unsigned status(__wasi_fd_t fd) {
  __wasi_filestat_t st;
  unsigned e = __wasi_fd_filestat_get(fd, &st);
  if (e == 0)
    printf("  type %d size %llu links %llu\n", st.filetype, (unsigned long long)st.size,
           (unsigned long long)st.nlink);
  return e;
}
static unsigned times(__wasi_fd_t fd) {
  __wasi_filestat_t st;
  unsigned e = __wasi_fd_filestat_get(fd, &st);
  if (e == 0)
    printf("  %llu %llu\n", (unsigned long long)st.atim, (unsigned long long)st.mtim);
  return e;
}
static unsigned flags(__wasi_fd_t fd) {
  __wasi_fdstat_t st;
  unsigned e = __wasi_fd_fdstat_get(fd, &st);
  if (e == 0) printf("  type %d flags %d\n", st.fs_filetype, st.fs_flags);
  return e;
}

static void reading_and_writing(void) {
  __wasi_fd_t f;
  SAY(open_file("a", __WASI_OFLAGS_CREAT, ALL, 0, &f));
  SAY(flags(f));
  SAY(put(f, "hello, world"));
  SAY(put(f, ""));
  SAY(tell(f));
  SAY(seek(f, 0, __WASI_WHENCE_SET));
  SAY(get(f, 5));
  SAY(tell(f));
  SAY(get(f, 100));
  SAY(get(f, 100));
  SAY(get(f, 0));
  SAY(seek(f, -5, __WASI_WHENCE_END));
  SAY(get(f, 100));
  SAY(seek(f, 2, __WASI_WHENCE_CUR));
  SAY(seek(f, -100, __WASI_WHENCE_CUR));
  SAY(get_at(f, 5, 7));
  SAY(get_at(f, 5, 700));
  SAY(put_at(f, "WORLD", 7));
  SAY(tell(f));
  SAY(get_at(f, 100, 0));
  SAY(put_at(f, "!", 20));
  SAY(status(f));
  SAY(__wasi_fd_filestat_set_size(f, 5));
  SAY(status(f));
  SAY(get_at(f, 100, 0));
  SAY(__wasi_fd_filestat_set_size(f, ~0ull));
  SAY(__wasi_fd_filestat_set_times(f, 1000000001, 2000000002,
                                   __WASI_FSTFLAGS_ATIM | __WASI_FSTFLAGS_MTIM));
  SAY(times(f));
  SAY(__wasi_fd_filestat_set_times(f, 0, 3000000003, __WASI_FSTFLAGS_MTIM));
  SAY(times(f));
  SAY(__wasi_fd_filestat_set_times(f, 0, 0,
                                   __WASI_FSTFLAGS_MTIM | __WASI_FSTFLAGS_MTIM_NOW));
  SAY(__wasi_fd_sync(f));
  SAY(__wasi_fd_datasync(f));
  SAY(__wasi_fd_advise(f, 0, 5, __WASI_ADVICE_SEQUENTIAL));
  OWN(__wasi_fd_allocate(f, 0, 100));
  OWN(status(f));
  OWN(__wasi_fd_allocate(f, 0, 0));
  OWN(__wasi_fd_allocate(f, 1, ~0ull));
  SAY(__wasi_fd_close(f));
  SAY(__wasi_fd_close(f));
  SAY(get(f, 1));
  SAY(status(f));
}

static void opening(void) {
  __wasi_fd_t f, g;
  SAY(open_file("b", __WASI_OFLAGS_CREAT, __WASI_RIGHTS_FD_WRITE, __WASI_FDFLAGS_APPEND, &f));
  SAY(flags(f));
  SAY(put(f, "one "));
  SAY(open_file("b", 0, __WASI_RIGHTS_FD_READ, 0, &g));
  SAY(put(f, "two"));
  SAY(get(g, 100));
  SAY(put(g, "x"));
  SAY(get(f, 1));
  OWN(__wasi_fd_fdstat_set_flags(f, 0));
  OWN(flags(f));
  OWN(__wasi_fd_fdstat_set_flags(f, __WASI_FDFLAGS_SYNC));
  OWN(__wasi_fd_filestat_set_size(g, 1));
  SAY(__wasi_fd_close(g));
  SAY(open_file("b", __WASI_OFLAGS_TRUNC, __WASI_RIGHTS_FD_WRITE | __WASI_RIGHTS_FD_READ, 0, &g));
  SAY(get(g, 100));
  SAY(__wasi_fd_close(g));
  SAY(open_file("b", 0, ALL, __WASI_FDFLAGS_NONBLOCK, &g));
  SAY(__wasi_fd_renumber(g, f));
  SAY(__wasi_fd_close(g));
  SAY(status(f));
  SAY(__wasi_fd_renumber(f, 77));
  SAY(__wasi_fd_renumber(77, f));
  OWN(__wasi_fd_fdstat_set_rights(f, __WASI_RIGHTS_FD_READ, 0));
  OWN(get(f, 10));
  OWN(seek(f, 0, __WASI_WHENCE_SET));
  OWN(__wasi_fd_fdstat_set_rights(f, ALL, 0));
  SAY(__wasi_fd_close(f));
  SAY(open_file(".", __WASI_OFLAGS_DIRECTORY, __WASI_RIGHTS_FD_READ, 0, &f));
  SAY(flags(f));
  SAY(get(f, 1));
  SAY(put(f, "x"));
  SAY(seek(f, 0, __WASI_WHENCE_SET));
  OWN(__wasi_fd_sync(f));
  SAY(__wasi_fd_close(f));
}

/* Names in an order of their own, whatever the folder's is. */
static unsigned n_entries(const __wasi_size_t room, unsigned *sum) {
  __wasi_dircookie_t cookie = 0;
  unsigned n = 0;
  *sum = 0;
  for (;;) {
    __wasi_size_t used = 0;
    unsigned e = __wasi_fd_readdir(ROOT, buffer, room, cookie, &used);
    if (e != 0) return 1000 + e;
    __wasi_size_t at = 0;
    for (__wasi_dirent_t d; at + sizeof d <= used; at += sizeof d + d.d_namlen) {
      memcpy(&d, buffer + at, sizeof d);
      if (at + sizeof d + d.d_namlen > used) break;
      for (unsigned i = 0; i < d.d_namlen; i++) *sum += buffer[at + sizeof d + i] * (i + 1);
      *sum += d.d_type;
      cookie = d.d_next;
      n++;
    }
    if (used < room) return n;
  }
}

static void folders(void) {
  char name[] = "many-000";
  __wasi_fd_t f;
  for (unsigned i = 0; i < 200; i++) {
    name[5] = '0' + i / 100, name[6] = '0' + i / 10 % 10, name[7] = '0' + i % 10;
    if (open_file(name, __WASI_OFLAGS_CREAT, ALL, 0, &f) != 0 || __wasi_fd_close(f) != 0)
      printf("cannot make %s\n", name);
  }
  unsigned sum;
  printf("%u entries", n_entries(4096, &sum));
  printf(" %u\n", sum);
  printf("%u entries", n_entries(40, &sum));
  printf(" %u\n", sum);
  __wasi_size_t used = 7;
  SAY(__wasi_fd_readdir(ROOT, buffer, 10, 0, &used));
  printf("%u of 10 bytes\n", (unsigned)used);
  SAY(__wasi_fd_readdir(ROOT, buffer, 4096, 100000, &used));
  printf("%u bytes beyond the end\n", (unsigned)used);
  for (unsigned i = 0; i < 200; i++) {
    name[5] = '0' + i / 100, name[6] = '0' + i / 10 % 10, name[7] = '0' + i % 10;
    if (__wasi_path_unlink_file(ROOT, name) != 0) printf("cannot remove %s\n", name);
  }
  printf("%u entries", n_entries(4096, &sum));
  printf(" %u\n", sum);
}

/* Some engines trap where we answer: with has_own only. */
static void addresses(bool has_own) {
  uint8_t *const nowhere = (uint8_t *)0xfffffff0;
  __wasi_iovec_t v[2] = {{buffer, 4}, {nowhere, 100}};
  __wasi_size_t n;
  __wasi_fd_t f;
  SAY(open_file("c", __WASI_OFLAGS_CREAT, ALL, 0, &f));
  SAY(put(f, "12345678"));
  v[0].buf_len = 0;
  v[1] = (__wasi_iovec_t){buffer, 3};
  SAY(__wasi_fd_pread(f, v, 2, 0, &n));
  printf("%u bytes\n", (unsigned)n);
  v[0].buf_len = 4;
  v[1] = (__wasi_iovec_t){nowhere, 100};
  if (!has_own) return;
  printf("wrong addresses\n");
  OWN(__wasi_fd_pread(f, v, 2, 0, &n));
  OWN(__wasi_fd_pread(f, (__wasi_iovec_t *)nowhere, 1, 0, &n));
  OWN(__wasi_fd_pread(f, v, 0xffffffff, 0, &n));
  OWN(__wasi_fd_pread(f, v, 1, 0, (__wasi_size_t *)nowhere));
  OWN(__wasi_fd_readdir(ROOT, nowhere, 100, 0, &n));
  OWN(__wasi_random_get(nowhere, 100));
  OWN(__wasi_fd_filestat_get(f, (__wasi_filestat_t *)nowhere));
  OWN(__wasi_clock_time_get(0, 0, (__wasi_timestamp_t *)nowhere));
  OWN(__wasi_fd_close(f));
}

int main(int argc, char **argv) {
  (void)argv;
  reading_and_writing();
  opening();
  folders();
  __wasi_prestat_t stat;
  SAY(__wasi_fd_prestat_get(3, &stat));
  printf("name of %u bytes\n", (unsigned)stat.u.dir.pr_name_len);
  SAY(__wasi_fd_prestat_dir_name(3, buffer, 1));
  printf("[%c]\n", buffer[0]);
  SAY(__wasi_fd_prestat_dir_name(3, buffer, 0));
  SAY(__wasi_fd_prestat_get(4, &stat));
  SAY(__wasi_fd_prestat_get(1, &stat));
  addresses(argc > 1);
  return 0;
}
