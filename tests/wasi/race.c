/* race.c: read flip/secret again and again while flip.c changes what flip is: there is nothing in
 * the folder, and a secret where the link leads. */
#include <fcntl.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

int main(void) {
  unsigned n = 0, n_found = 0, n_other = 0;
  for (time_t end = time(NULL) + 2; time(NULL) < end;)
    for (int i = 0; i < 100; i++, n++) {
      int fd = open("/flip/../flip/./secret", O_RDONLY);
      if (fd >= 0) n_found++, close(fd);
      fd = open("/flip/inside", O_RDONLY);
      if (fd >= 0) n_other++, close(fd);
    }
  printf("found %u; tried enough %d; both states seen %d\n", n_found, n > 1000,
         n_other > 0 && n_other < n);
  return 0;
}
