/* compat.h: what SQLite's layer for Unix wants and wasi-libc does not have. Included before its
 * source. Locks are never asked for: sql.c opens databases without them. */
#include <fcntl.h>
#include <sys/types.h>

enum { F_RDLCK, F_WRLCK, F_UNLCK, F_GETLK = 100, F_SETLK };

static inline int fchmod(int fd, mode_t mode) {
  (void)fd;
  (void)mode;
  return 0;
}
static inline int fchown(int fd, uid_t user, gid_t group) {
  (void)fd;
  (void)user;
  (void)group;
  return 0;
}
static inline uid_t geteuid(void) { return 1; }
