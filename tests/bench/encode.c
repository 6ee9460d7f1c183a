/* encode.c FILE: how fast a module whose bodies are all open is written: MB of binary a second, by
 * processor time. */
#define _DEFAULT_SOURCE /* clock_gettime */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <wasmfx.h>

static double now_s(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static wfx_bytes read_file(const char *path) {
  wfx_bytes file = {NULL, 0};
  FILE *f = fopen(path, "rb");
  if (!f || fseek(f, 0, SEEK_END) != 0) exit(2);
  long n = ftell(f);
  rewind(f);
  file.data = malloc((size_t)n);
  if (!file.data) exit(2);
  file.n = fread(file.data, 1, (size_t)n, f);
  fclose(f);
  return file;
}

int main(int argc, char **argv) {
  if (argc != 2) return 2;
  wfx_bytes in = read_file(argv[1]), out = {NULL, 0};
  wfx_ctx *ctx = wfx_ctx_new(NULL);
  wfx_module *m = wfx_module_new(ctx);
  /* Validation opens all bodies. */
  bool is_ok = m && wfx_module_decode(m, in.data, in.n) == WFX_OK && wfx_module_validate(m) == WFX_OK;
  double begin = now_s();
  is_ok = is_ok && wfx_module_encode(m, 0, &out) == WFX_OK;
  double end = now_s();
  if (is_ok) printf("%.1f\n", (double)out.n / 1e6 / (end - begin));
  else fprintf(stderr, "encode: %s: failed\n", argv[1]);
  wfx_bytes_free(ctx, &out);
  wfx_module_free(m);
  wfx_ctx_free(ctx);
  free(in.data);
  return is_ok ? 0 : 1;
}
