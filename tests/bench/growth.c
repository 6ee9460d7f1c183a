/* growth.c: whether the time of validation grows with size and not with its square. For each case of
 * large.h: its name, and how much longer four times the size takes, by the size: 1 is linear, 4
 * quadratic. The least of some rounds of processor time. */
#define _DEFAULT_SOURCE /* clock_gettime */
#include <stdio.h>
#include <time.h>

#include <wasmfx.h>

#include "large.h"

enum { N_ROUNDS = 5 };

static double now_s(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Seconds, or less than 0 when the module is not valid. */
static double time_of(const struct large_case *c, uint32_t n) {
  large_bytes bytes = {NULL, 0, 0};
  c->make(&bytes, n);
  double least = 1e9;
  for (int i = 0; i < N_ROUNDS; i++) {
    wfx_ctx *ctx = wfx_ctx_new(NULL);
    wfx_module *m = wfx_module_new(ctx);
    double begin = now_s();
    wfx_status status = m ? wfx_validate_bytes(m, bytes.data, bytes.n) : WFX_NOMEM;
    double seconds = now_s() - begin;
    if (status != WFX_OK) {
      const wfx_diag *d = m ? wfx_module_diag(m, 0) : NULL;
      fprintf(stderr, "growth: %s of %u: %s\n", c->name, n, d ? d->message : "out of memory");
      seconds = -1;
    }
    if (seconds < least) least = seconds;
    wfx_module_free(m);
    wfx_ctx_free(ctx);
  }
  free(bytes.data);
  return least;
}

int main(void) {
  int code = 0;
  for (size_t i = 0; i < N_LARGE_CASES; i++) {
    const struct large_case *c = &large_cases[i];
    double small = time_of(c, c->n / 4), large = time_of(c, c->n);
    if (small < 0 || large < 0) code = 1;
    printf("%s %.2f %.1f\n", c->name, large / small / 4, large * 1e3);
  }
  return code;
}
