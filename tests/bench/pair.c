/* pair.c: one suspend and resume on our engine. pair MODULE N REPEATS prints REPEATS lines, each the
 * nanoseconds of one pair of pair.wat. */
#define _DEFAULT_SOURCE /* clock_gettime */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <wasmfx.h>

/* pair_native.c makes another kind of store, and measures as floor.c does. */
#ifndef PAIR_STORE
#define PAIR_STORE(ctx) wfx_store_new(ctx)
#define PAIR_CLOCK CLOCK_MONOTONIC
#endif

static uint64_t now_ns(void) {
  struct timespec t;
  clock_gettime(PAIR_CLOCK, &t);
  return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static int fail(const char *what, const wfx_diag *diag) {
  char text[1024] = "out of memory";
  if (diag != NULL) wfx_diag_format(diag, text, sizeof text);
  fprintf(stderr, "pair: %s: %s\n", what, text);
  return 1;
}

static uint8_t *read_file(const char *path, size_t *n_bytes) {
  FILE *f = fopen(path, "rb");
  if (f == NULL) return NULL;
  size_t cap = 1 << 20;
  uint8_t *bytes = malloc(cap);
  if (bytes != NULL) *n_bytes = fread(bytes, 1, cap, f);
  fclose(f);
  return bytes;
}

int main(int argc, char **argv) {
  if (argc != 4) {
    fputs("usage: pair MODULE N REPEATS\n", stderr);
    return 2;
  }
  int64_t n = atoll(argv[2]);
  long repeats = atol(argv[3]);
  size_t n_bytes = 0;
  uint8_t *bytes = read_file(argv[1], &n_bytes);
  if (bytes == NULL) return fail("cannot read the module", NULL);

  wfx_ctx *ctx = wfx_ctx_new(NULL);
  wfx_module *m = wfx_module_new(ctx);
  wfx_store *s = PAIR_STORE(ctx);
  if (ctx == NULL || m == NULL || s == NULL) return fail("start", NULL);
  if (wfx_module_decode(m, bytes, n_bytes) != WFX_OK) return fail("decode", wfx_module_diag(m, 0));
  wfx_instance *inst = NULL;
  if (wfx_instantiate(s, m, NULL, &inst) != WFX_OK) return fail("instantiate", wfx_store_diag(s));

  for (long i = 0; i < repeats; i++) {
    wfx_value arg = wfx_i64(n), sum = wfx_i64(0);
    uint64_t start = now_ns();
    if (wfx_call(inst, "run", &arg, 1, &sum, 1) != WFX_OK) return fail("run", wfx_store_diag(s));
    uint64_t ns = now_ns() - start;
    if (sum.of.i64 != n * (n + 1) / 2) return fail("wrong sum", NULL);
    printf("%.3f\n", (double)ns / (double)n);
  }
  wfx_store_free(s);
  wfx_module_free(m);
  wfx_ctx_free(ctx);
  free(bytes);
  return 0;
}
