/* paths.c: every way to name a file, and every way out of a folder. The folder 3 holds
 *   dir/file  dir/nested/  link_in -> dir/file  link_dir -> dir  dangling -> nowhere
 *   up -> ..  out -> ../secret  out_dir -> ..  abs -> /etc/passwd  dir/back -> ../dir/file
 *   dir/out -> ../../secret  loop -> pool  pool -> loop  self -> self/x */
#include "say.h"

enum { ROOT = 3, FOLLOW = 1 };
static const __wasi_rights_t ALL = (1 << 30) - 1, READ = __WASI_RIGHTS_FD_READ;

static unsigned open_as(int fd, unsigned lookup, const char *path, unsigned oflags,
                        __wasi_rights_t rights) {
  __wasi_fd_t out;
  unsigned e = __wasi_path_open(fd, lookup, path, oflags, rights, ALL, 0, &out);
  return e == 0 ? __wasi_fd_close(out) : e;
}
static unsigned nofollow(const char *path) { return open_as(ROOT, 0, path, 0, READ); }
static unsigned follow(const char *path) { return open_as(ROOT, FOLLOW, path, 0, READ); }
static unsigned make(const char *path) {
  return open_as(ROOT, 0, path, __WASI_OFLAGS_CREAT, READ | __WASI_RIGHTS_FD_WRITE);
}
static unsigned make_new(const char *path) {
  return open_as(ROOT, 0, path, __WASI_OFLAGS_CREAT | __WASI_OFLAGS_EXCL,
                 READ | __WASI_RIGHTS_FD_WRITE);
}
static unsigned make_follow(const char *path) {
  return open_as(ROOT, FOLLOW, path, __WASI_OFLAGS_CREAT, READ | __WASI_RIGHTS_FD_WRITE);
}
static unsigned folder(const char *path) {
  return open_as(ROOT, 0, path, __WASI_OFLAGS_DIRECTORY, __WASI_RIGHTS_FD_READDIR);
}
static unsigned stat_type(const char *path, unsigned lookup) {
  __wasi_filestat_t st;
  unsigned e = __wasi_path_filestat_get(ROOT, lookup, path, &st);
  if (e == 0) printf("  type %d\n", st.filetype);
  return e;
}
static unsigned touch(const char *path, unsigned lookup) {
  return __wasi_path_filestat_set_times(ROOT, lookup, path, 1000000000, 2000000000,
                                        __WASI_FSTFLAGS_ATIM | __WASI_FSTFLAGS_MTIM);
}
static unsigned read_link(const char *path) {
  uint8_t text[64];
  __wasi_size_t n = 0;
  unsigned e = __wasi_path_readlink(ROOT, path, text, sizeof text, &n);
  if (e == 0) printf("  to %.*s\n", (int)n, (char *)text);
  return e;
}
static unsigned rename_to(const char *from, const char *to) {
  return __wasi_path_rename(ROOT, from, ROOT, to);
}
static unsigned link_to(const char *from, const char *to) {
  return __wasi_path_link(ROOT, 0, from, ROOT, to);
}
static unsigned symlink_to(const char *text, const char *to) {
  return __wasi_path_symlink(text, ROOT, to);
}
static unsigned make_dir(const char *path) { return __wasi_path_create_directory(ROOT, path); }
static unsigned remove_dir(const char *path) { return __wasi_path_remove_directory(ROOT, path); }
static unsigned unlink_file(const char *path) { return __wasi_path_unlink_file(ROOT, path); }

static void plain(void) {
  SAY(follow("dir/file"));
  SAY(follow("dir/../dir/file"));
  SAY(follow("./dir/.//nested/../file"));
  SAY(follow("dir/nested/../../dir/file"));
  SAY(folder("."));
  SAY(folder("dir/"));
  SAY(folder("dir/nested/.."));
  SAY(folder("dir/file"));
  SAY(follow("dir/file/"));
  SAY(follow("dir/file/x"));
  SAY(follow("nowhere"));
  SAY(follow("nowhere/file"));
  SAY(follow("nowhere/../dir/file"));
  SAY(follow(""));
  SAY(nofollow("link_in"));
  SAY(follow("link_in"));
  SAY(follow("link_dir/file"));
  SAY(nofollow("link_dir/file"));
  SAY(follow("dir/back"));
  SAY(follow("link_dir/../dir/file"));
  SAY(nofollow("dangling"));
  SAY(follow("dangling"));
}

static void escapes(void) {
  SAY(follow(".."));
  SAY(follow("../secret"));
  SAY(follow("dir/../../secret"));
  SAY(follow("/etc/passwd"));
  SAY(follow("/"));
  SAY(folder("dir/../.."));
  SAY(follow("up/secret"));
  SAY(follow("out"));
  SAY(nofollow("out"));
  SAY(follow("out_dir/secret"));
  SAY(folder("out_dir/"));
  SAY(follow("abs"));
  SAY(follow("dir/out"));
  SAY(follow("link_dir/out"));
  SAY(follow("loop"));
  SAY(follow("loop/x"));
  SAY(follow("self"));
  SAY(make("../new"));
  SAY(make_follow("out_dir/new"));
  SAY(stat_type("../secret", 0));
  SAY(stat_type("out", FOLLOW));
  SAY(stat_type("out", 0));
  SAY(stat_type("abs", FOLLOW));
  SAY(touch("out", FOLLOW));
  SAY(touch("../secret", 0));
  SAY(read_link("../link"));
  SAY(read_link("out"));
  SAY(read_link("out_dir/secret"));
  SAY(rename_to("dir/file", "../stolen"));
  SAY(rename_to("../secret", "stolen"));
  SAY(rename_to("dir/file", "out_dir/stolen"));
  SAY(rename_to("out_dir/secret", "stolen"));
  SAY(rename_to("/etc/passwd", "stolen"));
  SAY(link_to("../secret", "stolen"));
  SAY(link_to("out_dir/secret", "stolen"));
  SAY(link_to("dir/file", "../stolen"));
  OWN(__wasi_path_link(ROOT, FOLLOW, "out", ROOT, "stolen"));
  SAY(symlink_to("/etc/passwd", "stolen"));
  SAY(symlink_to("x", "../stolen"));
  SAY(make_dir("../stolen"));
  SAY(make_dir("out_dir/stolen"));
  SAY(remove_dir("../box"));
  SAY(remove_dir("out_dir/box"));
  SAY(unlink_file("../secret"));
  SAY(unlink_file("out_dir/secret"));
  SAY(unlink_file("/etc/passwd"));
}

static void making(void) {
  SAY(make("new"));
  SAY(make_new("new"));
  SAY(make_new("new2"));
  SAY(make_new("dangling"));
  SAY(make_follow("dangling"));
  SAY(stat_type("nowhere", 0));
  SAY(unlink_file("nowhere"));
  SAY(make_dir("made"));
  SAY(make_dir("made"));
  SAY(make_dir("made/deep/"));
  SAY(make_dir("nowhere/deep"));
  SAY(remove_dir("made"));
  OWN(remove_dir("made/deep/"));
  OWN(remove_dir("made/"));
  SAY(remove_dir("new"));
  SAY(remove_dir("nowhere"));
  SAY(symlink_to("new", "ln"));
  SAY(symlink_to("new", "ln"));
  SAY(symlink_to("../secret", "ln_out"));
  SAY(follow("ln"));
  SAY(follow("ln_out"));
  SAY(read_link("ln"));
  SAY(read_link("new"));
  SAY(read_link("nowhere"));
  SAY(symlink_to("new", "nowhere/"));
  SAY(link_to("new", "hard"));
  SAY(link_to("new", "hard"));
  SAY(link_to("nowhere", "hard2"));
  SAY(link_to("dir", "hard2"));
  SAY(link_to("ln", "hard_ln"));
  SAY(stat_type("hard_ln", 0));
  SAY(link_to("new", "hard2/"));
  SAY(touch("new", 0));
  SAY(touch("nowhere", 0));
  SAY(rename_to("new", "renamed"));
  SAY(rename_to("new", "renamed"));
  SAY(rename_to("renamed", "dir"));
  SAY(rename_to("dir", "renamed"));
  SAY(rename_to("renamed", "nowhere/"));
  SAY(rename_to("renamed/", "again"));
  SAY(make_dir("empty"));
  SAY(rename_to("empty", "dir"));
  SAY(rename_to("empty/", "moved/"));
  SAY(rename_to("moved", "moved/inside"));
  SAY(rename_to("ln", "ln_moved"));
  SAY(unlink_file("dir"));
  SAY(unlink_file("renamed/"));
  SAY(unlink_file("nowhere"));
  SAY(unlink_file("ln_moved"));
  SAY(unlink_file("hard"));
  SAY(remove_dir("link_dir"));
  OWN(remove_dir("link_dir/"));
  SAY(stat_type("dir/file", 0));
}

static void odd(void) {
  static char many[5000];
  SAY(open_as(99, 0, "dir", 0, READ));
  OWN(open_as(1, 0, "dir", 0, READ));
  memset(many, 'a', 300);
  SAY(follow(many));
  for (int i = 0; i < 2500; i++) memcpy(many + 2 * i, "./", 2);
  many[4000] = 0;
  SAY(folder(many));
  many[4000] = '.', many[4999] = 0;
  SAY(folder(many));
  SAY(follow("dir/\xff"));
  SAY(open_as(ROOT, 0, "x", __WASI_OFLAGS_CREAT | __WASI_OFLAGS_DIRECTORY, READ));
  OWN(open_as(ROOT, 0, "dir", __WASI_OFLAGS_DIRECTORY, ALL));
  __wasi_fd_t sub;
  SAY(__wasi_path_open(ROOT, 0, "dir", __WASI_OFLAGS_DIRECTORY, READ, ALL, 0, &sub));
  SAY(open_as(sub, FOLLOW, "file", 0, READ));
  SAY(open_as(sub, FOLLOW, "..", 0, READ));
  SAY(open_as(sub, FOLLOW, "back", 0, READ));
  SAY(open_as(sub, FOLLOW, "nested/../../dir/file", 0, READ));
  SAY(__wasi_path_rename(ROOT, "renamed", sub, "file2"));
  SAY(__wasi_path_rename(sub, "file2", sub, "nested/file3"));
  SAY(__wasi_path_rename(sub, "nested/file3", ROOT, "renamed"));
  SAY(__wasi_fd_close(sub));
}

int main(void) {
  plain();
  escapes();
  making();
  odd();
  return 0;
}
