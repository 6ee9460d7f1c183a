/* fuzz.h: what fuzz targets share. A target that finds something wrong says so and aborts. */
#ifndef FUZZ_FUZZ_H
#define FUZZ_FUZZ_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <wasmfx.h>

#include "gen/gen.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);
size_t LLVMFuzzerMutate(uint8_t *bytes, size_t n, size_t room);
size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t n, size_t room, unsigned seed);

/* Stop when what must hold does not; m, when it is not NULL, has a diagnostic. */
static inline void must(bool holds, const char *what, const wfx_module *m) {
  if (holds) return;
  char text[4096] = "";
  if (m && wfx_module_n_diags(m)) wfx_diag_format(wfx_module_diag(m, 0), text, sizeof text);
  fprintf(stderr, "fuzz: %s\n%s\n", what, text);
  abort();
}

/* A context for small inputs: every feature, and limits that keep each of them short. */
static inline wfx_ctx *fuzz_ctx(void) {
  wfx_options options = {.size = sizeof options, .features = wfx_features_all()};
  options.limits.memory_bytes = 16u << 20;
  options.limits.heap_bytes = 16u << 20;
  options.limits.stack_bytes = 1u << 20;
  options.limits.n_continuations = 10000;
  options.limits.table_size = 100000;
  wfx_ctx *ctx = wfx_ctx_new(&options);
  if (!ctx) abort();
  return ctx;
}

static inline wfx_module *fuzz_module(const wfx_ctx *ctx) {
  wfx_module *m = wfx_module_new(ctx);
  if (!m) abort();
  return m;
}

static inline wfx_bytes fuzz_encode(wfx_module *m, uint32_t flags) {
  wfx_bytes bytes;
  must(wfx_module_encode(m, flags, &bytes) == WFX_OK, "encode", m);
  return bytes;
}

static inline void must_be_same(const wfx_bytes *a, const wfx_bytes *b, const char *what) {
  must(a->n == b->n && memcmp(a->data, b->data, a->n) == 0, what, NULL);
}

/* A mutator of binary modules: now and then a module of the generator takes the place of the
 * input, and bytes change with an eye to the format. */
static inline size_t fuzz_mutate_module(uint8_t *bytes, size_t n, size_t room, unsigned seed,
                                        enum gen_mode mode) {
  if (seed % 16 == 0) {
    wfx_options options = {.size = sizeof options, .features = wfx_features_all()};
    wfx_ctx *ctx = wfx_ctx_new(&options);
    wfx_module *m = ctx ? wfx_module_new(ctx) : NULL;
    wfx_bytes made;
    if (!m) abort();
    gen_module(m, seed / 16, mode, seed % 32 ? UINT32_MAX : seed % 1000, NULL);
    if (wfx_module_encode(m, 0, &made) == WFX_OK && made.n <= room) {
      memcpy(bytes, made.data, made.n);
      n = made.n;
    }
    wfx_bytes_free(ctx, &made);
    wfx_module_free(m);
    wfx_ctx_free(ctx);
    return n;
  }
  if (seed % 16 < 6 && n > 8) return gen_mutate_bytes(bytes, n, room, seed);
  return LLVMFuzzerMutate(bytes, n, room);
}

#endif
