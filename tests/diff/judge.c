/* judge.c: modules for others to judge, and our own verdicts.
 *
 *   judge FIRST N WAST VERDICTS   modules of seeds FIRST to FIRST + N - 1: a line
 *                                 (module binary "..") each in WAST, a line "SEED ok" or
 *                                 "SEED STATUS MESSAGE" each in VERDICTS
 *   judge FIRST 1 -o FILE         the module of one seed
 *
 * Of four modules one is valid, one has something wrong in it where it was built, in one bytes
 * were changed, in one both. Both ways to validate, in one pass and in two, must agree. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gen/gen.h"

enum { MAX_BYTES = 1 << 18 };

struct module { uint8_t bytes[MAX_BYTES]; size_t n; };

/* Build module number seed. */
static bool make(const wfx_ctx *ctx, uint64_t seed, struct module *out) {
  uint32_t n_points = 0, break_at = UINT32_MAX;
  bool is_ok = true;
  /* A place that is there: counted in the valid one. */
  for (int pass = seed & 1 ? 0 : 1; pass < 2 && is_ok; pass++) {
    wfx_module *m = wfx_module_new(ctx);
    wfx_bytes bytes = {NULL, 0};
    if (!m) return false;
    gen_module(m, seed, GEN_VALIDATE, break_at, &n_points);
    is_ok = wfx_module_encode(m, 0, &bytes) == WFX_OK && bytes.n <= MAX_BYTES;
    if (is_ok) {
      memcpy(out->bytes, bytes.data, bytes.n);
      out->n = bytes.n;
    } else if (break_at == UINT32_MAX) {
      char text[2048];
      wfx_diag_format(wfx_module_diag(m, 0), text, sizeof text);
      fprintf(stderr, "seed %llu: %s\n", (unsigned long long)seed, text);
    } else {
      is_ok = true; /* the builder itself refused: leave the valid one */
    }
    wfx_bytes_free(ctx, &bytes);
    wfx_module_free(m);
    break_at = (uint32_t)((seed * 2654435761u >> 7) % (n_points + 1));
  }
  if (is_ok && seed & 2) out->n = gen_mutate_bytes(out->bytes, out->n, MAX_BYTES, seed);
  return is_ok;
}

static void print_status(FILE *out, wfx_module *m, wfx_status status) {
  if (status == WFX_OK) {
    fputs(" ok\n", out);
    return;
  }
  const wfx_diag *diag = wfx_module_diag(m, 0);
  fprintf(out, " %s ", wfx_status_text(status));
  for (const char *at = diag->message; *at && *at != '\n'; at++) fputc(*at, out);
  fprintf(out, " (at offset 0x%llx)\n", (unsigned long long)diag->loc.offset);
}

/* Our verdict on a line of out. False when the two ways differ. */
static bool judge(const wfx_ctx *ctx, uint64_t seed, const struct module *x, FILE *out) {
  wfx_module *one = wfx_module_new(ctx), *two = wfx_module_new(ctx);
  bool is_same = false;
  if (one && two) {
    wfx_status status = wfx_validate_bytes(one, x->bytes, x->n);
    wfx_status second = wfx_module_decode(two, x->bytes, x->n);
    if (second == WFX_OK) second = wfx_module_validate(two);
    is_same = status == second;
    fprintf(out, "%llu", (unsigned long long)seed);
    print_status(out, one, status);
    if (!is_same) {
      fprintf(stderr, "seed %llu: in one pass %s, in two", (unsigned long long)seed,
              wfx_status_text(status));
      print_status(stderr, two, second);
    }
  }
  wfx_module_free(one);
  wfx_module_free(two);
  return is_same;
}

static void print_binary(FILE *out, const struct module *x) {
  static char line[3 * MAX_BYTES];
  static const char digits[] = "0123456789abcdef";
  size_t n = 0;
  for (size_t i = 0; i < x->n; i++) {
    line[n++] = '\\';
    line[n++] = digits[x->bytes[i] >> 4];
    line[n++] = digits[x->bytes[i] & 15];
  }
  fputs("(module binary \"", out);
  fwrite(line, 1, n, out);
  fputs("\")\n", out);
}

int main(int argc, char **argv) {
  static struct module x;
  if (argc != 5) {
    fputs("usage: judge FIRST N WAST VERDICTS | judge FIRST 1 -o FILE\n", stderr);
    return 2;
  }
  uint64_t first = strtoull(argv[1], NULL, 10), n = strtoull(argv[2], NULL, 10);
  bool is_one = strcmp(argv[3], "-o") == 0;
  wfx_options options = {.size = sizeof options, .features = gen_features(GEN_VALIDATE)};
  wfx_ctx *ctx = wfx_ctx_new(&options);
  FILE *wast = is_one ? NULL : fopen(argv[3], "wb"), *out = fopen(argv[4], "wb");
  if (!ctx || !out || (!wast && !is_one)) {
    perror("judge");
    return 2;
  }
  int code = 0;
  for (uint64_t seed = first; seed < first + n; seed++) {
    if (!make(ctx, seed, &x)) {
      code = 1;
      continue;
    }
    if (is_one) {
      fwrite(x.bytes, 1, x.n, out);
      continue;
    }
    print_binary(wast, &x);
    if (!judge(ctx, seed, &x, out)) code = 1;
  }
  if ((wast && fclose(wast) != 0) || fclose(out) != 0) code = 2;
  wfx_ctx_free(ctx);
  return code;
}
