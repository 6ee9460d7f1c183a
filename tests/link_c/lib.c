/* lib.c: called by a module, and calls it back. */
#include <stdio.h>
#include <string.h>

int callback(int x, const char *text);

static int calls;

static int each(int (*f)(int, const char *), int n) {
  int s = 0;
  for (int i = 0; i < n; i++) {
    char text[16];
    snprintf(text, sizeof text, "item %d", i);
    s += f(i, text);
  }
  return s;
}

int work(int n) {
  calls++;
  int s = each(callback, n);
  printf("work %d: %d calls, sum %d\n", n, calls, s);
  fflush(stdout);
  return s;
}
