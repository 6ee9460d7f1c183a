/* main.c: gen --seed N [--mode validate|run|ext] [--break N] -o FILE: one module of the
 * generator. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gen/gen.h"

static int usage(void) {
  fputs("usage: gen --seed N [--mode validate|run|ext] [--break N] -o FILE\n", stderr);
  return 2;
}

static int complain(wfx_module *m) {
  char text[4096];
  for (size_t i = 0; i < wfx_module_n_diags(m); i++) {
    wfx_diag_format(wfx_module_diag(m, i), text, sizeof text);
    fprintf(stderr, "%s\n", text);
  }
  return 1;
}

static int save(wfx_module *m, const wfx_ctx *ctx, const char *path) {
  wfx_bytes bytes;
  if (wfx_module_encode(m, 0, &bytes) != WFX_OK) return complain(m);
  FILE *f = fopen(path, "wb");
  bool is_written = f && fwrite(bytes.data, 1, bytes.n, f) == bytes.n;
  if (f) is_written = fclose(f) == 0 && is_written;
  wfx_bytes_free(ctx, &bytes);
  if (!is_written) perror(path);
  return is_written ? 0 : 1;
}

int main(int argc, char **argv) {
  static const char *const modes[] = {"validate", "run", "ext"};
  uint64_t seed = 0;
  uint32_t break_at = UINT32_MAX;
  unsigned mode = GEN_VALIDATE;
  const char *path = NULL;
  for (int i = 1; i + 1 < argc; i += 2) {
    if (strcmp(argv[i], "--seed") == 0) seed = strtoull(argv[i + 1], NULL, 10);
    else if (strcmp(argv[i], "--break") == 0)
      break_at = (uint32_t)strtoul(argv[i + 1], NULL, 10);
    else if (strcmp(argv[i], "-o") == 0) path = argv[i + 1];
    else if (strcmp(argv[i], "--mode") == 0)
      for (mode = 0; mode < 3 && strcmp(argv[i + 1], modes[mode]) != 0;) mode++;
    else return usage();
  }
  if (argc % 2 == 0 || !path || mode == 3) return usage();
  wfx_options options = {.size = sizeof options, .features = gen_features((enum gen_mode)mode)};
  wfx_ctx *ctx = wfx_ctx_new(&options);
  wfx_module *m = ctx ? wfx_module_new(ctx) : NULL;
  int code = 1;
  if (m) {
    gen_module(m, seed, (enum gen_mode)mode, break_at, NULL);
    code = save(m, ctx, path);
  }
  wfx_module_free(m);
  wfx_ctx_free(ctx);
  return code;
}
