/* floor.c: what this machine asks for a switch between two stacks and back, at the least.
 *
 * One side saves stack pointer, frame pointer and address, loads the other's and jumps through
 * memory; the other side does the same. The native design is measured against this number, and
 * other figures are scaled by it so that machines and noisy hours compare. Prints REPEATS lines of
 * nanoseconds. x86-64 only. */
#define _DEFAULT_SOURCE /* clock_gettime */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#if defined(__x86_64__)

struct side {
  void *sp, *pc, *bp;
};

static void ping(struct side *a, struct side *b, uint64_t n) {
  __asm__ volatile(
      "leaq 3f(%%rip), %%r8\n\t"
      "movq %%r8, 8(%%rcx)\n"
      "1:\n\t" /* this side: save, load the other, jump */
      "leaq 2f(%%rip), %%r8\n\t"
      "movq %%r8, 8(%%rax)\n\t"
      "movq %%rsp, (%%rax)\n\t"
      "movq %%rbp, 16(%%rax)\n\t"
      "movq (%%rcx), %%rsp\n\t"
      "movq 16(%%rcx), %%rbp\n\t"
      "jmpq *8(%%rcx)\n"
      "3:\n\t" /* the other side, over and over */
      "leaq 3b(%%rip), %%r8\n\t"
      "movq %%r8, 8(%%rcx)\n\t"
      "movq %%rsp, (%%rcx)\n\t"
      "movq %%rbp, 16(%%rcx)\n\t"
      "movq (%%rax), %%rsp\n\t"
      "movq 16(%%rax), %%rbp\n\t"
      "jmpq *8(%%rax)\n"
      "2:\n\t"
      "decq %%rdx\n\t"
      "jnz 1b\n"
      : "+d"(n)
      : "a"(a), "c"(b)
      : "r8", "memory", "cc");
}

int main(int argc, char **argv) {
  long repeats = argc > 1 ? atol(argv[1]) : 5;
  uint64_t n = 20000000;
  size_t stack_bytes = 65536;
  char *stack = malloc(stack_bytes);
  if (stack == NULL) return 1;
  struct side a = {NULL, NULL, NULL};
  struct side b = {stack + stack_bytes - 64, NULL, NULL};
  ping(&a, &b, n / 10);
  for (long i = 0; i < repeats; i++) {
    struct timespec start, end;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &start);
    ping(&a, &b, n);
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &end);
    double ns = (double)(end.tv_sec - start.tv_sec) * 1e9 + (double)(end.tv_nsec - start.tv_nsec);
    printf("%.3f\n", ns / (double)n);
  }
  free(stack);
  return 0;
}

#else

int main(void) {
  fputs("floor: only written for x86-64\n", stderr);
  return 3;
}

#endif
