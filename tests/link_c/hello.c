/* hello.c: with the C library: output, the heap, sorting, arguments. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int by_length(const void *a, const void *b) {
  size_t m = strlen(*(const char *const *)a), n = strlen(*(const char *const *)b);
  return (m > n) - (m < n);
}

int main(int argc, char **argv) {
  const char *words[] = {"continuation", "of", "a", "program"};
  qsort(words, 4, sizeof *words, by_length);
  size_t n = 300000;
  char *p = malloc(n);
  if (!p) return 1;
  memset(p, 'x', n - 1);
  p[n - 1] = '\0';
  printf("hello, %s %s %s %s: %zu %.3f %x\n", words[0], words[1], words[2], words[3], strlen(p),
         2.0 / 3, 48879);
  free(p);
  for (int i = 1; i < argc; i++) printf("argument %s\n", argv[i]);
  fprintf(stderr, "to the other one\n");
  return 3;
}
