/* pair.c: one suspend and resume on our engine. pair MODULE N REPEATS prints REPEATS lines, each the
 * nanoseconds of one pair of pair.wat, or of one step of another module whose run(n) does n steps
 * and returns n * (n + 1) / 2. With EXPORT, of that function, after a call with WARM; then a line
 * goes on with the bytes by which the peak of the process's memory grew. */
#define _DEFAULT_SOURCE /* clock_gettime */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
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

static int64_t peak_bytes(void) {
  struct rusage used;
  getrusage(RUSAGE_SELF, &used);
  return (int64_t)used.ru_maxrss * 1024;
}

static int call(wfx_instance *inst, wfx_store *s, const char *name, int64_t n) {
  wfx_value arg = wfx_i64(n), sum = wfx_i64(0);
  if (wfx_call(inst, name, &arg, 1, &sum, 1) != WFX_OK) return fail(name, wfx_store_diag(s));
  return sum.of.i64 == n * (n + 1) / 2 ? 0 : fail("wrong sum", NULL);
}

int main(int argc, char **argv) {
  if (argc != 4 && argc != 6) {
    fputs("usage: pair MODULE N REPEATS [EXPORT WARM]\n", stderr);
    return 2;
  }
  int64_t n = atoll(argv[2]);
  long repeats = atol(argv[3]);
  const char *name = argc == 6 ? argv[4] : "run";
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

  if (argc == 6 && call(inst, s, name, atoll(argv[5])) != 0) return 1;
  for (long i = 0; i < repeats; i++) {
    int64_t before = peak_bytes();
    uint64_t start = now_ns();
    if (call(inst, s, name, n) != 0) return 1;
    printf("%.3f", (double)(now_ns() - start) / (double)n);
    if (argc == 6) printf(" %lld", (long long)(peak_bytes() - before));
    putchar('\n');
  }
  wfx_store_free(s);
  wfx_module_free(m);
  wfx_ctx_free(ctx);
  free(bytes);
  return 0;
}
