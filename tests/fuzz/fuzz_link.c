/* fuzz_link.c: modules, objects and archives, linked. The input is a byte of flags, then
 * parts: two bytes of length each. What links encodes; where all inputs are modules,
 * the result is valid. */
#include "fuzz/fuzz.h"

enum { MAX_PARTS = 6 };

/* A part as a module under the name of its place. False when it is no valid one. */
static bool add_module(wfx_linker *l, const wfx_ctx *ctx, const uint8_t *bytes, size_t n,
                       const char *name, wfx_module **out) {
  *out = fuzz_module(ctx);
  if (wfx_module_decode(*out, bytes, n) != WFX_OK) return false;
  wfx_module *copy = fuzz_module(ctx);
  wfx_status status = wfx_validate_bytes(copy, bytes, n);
  wfx_module_free(copy);
  if (status != WFX_OK) return false;
  wfx_linker_add(l, name, *out);
  return true;
}

static void check_result(const wfx_ctx *ctx, wfx_module *out, bool must_be_valid) {
  wfx_bytes bytes = fuzz_encode(out, 0);
  wfx_module *again = fuzz_module(ctx);
  wfx_status status = wfx_validate_bytes(again, bytes.data, bytes.n);
  must(status == WFX_OK || !must_be_valid, "the result is not valid", again);
  wfx_module_free(again);
  wfx_bytes_free(ctx, &bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
  static const char *const names[MAX_PARTS] = {"main", "host", "env", "a", "b", "c"};
  if (n == 0) return 0;
  wfx_ctx *ctx = fuzz_ctx();
  wfx_linker *l = wfx_linker_new(ctx);
  if (!l) abort();
  wfx_module *modules[MAX_PARTS] = {NULL};
  uint32_t flags = bytes[0];
  bool is_valid = true;
  size_t at = 1;
  for (uint32_t k = 0; k < MAX_PARTS && at + 2 <= n; k++) {
    size_t size = bytes[at] | (size_t)bytes[at + 1] << 8;
    at += 2;
    if (size > n - at) size = n - at;
    /* Nobody validates what an object holds. */
    if (wfx_is_archive(bytes + at, size) || wfx_is_object(bytes + at, size)) is_valid = false;
    if (wfx_is_archive(bytes + at, size)) wfx_linker_add_archive(l, names[k], bytes + at, size);
    else if (wfx_is_object(bytes + at, size))
      wfx_linker_add_object(l, names[k], bytes + at, size);
    else add_module(l, ctx, bytes + at, size, names[k], &modules[k]);
    at += size;
  }
  wfx_module *out = fuzz_module(ctx);
  if (wfx_linker_link(l, flags & 15, out) == WFX_OK) check_result(ctx, out, is_valid);
  wfx_module_free(out);
  wfx_linker_free(l);
  for (uint32_t k = 0; k < MAX_PARTS; k++) wfx_module_free(modules[k]);
  wfx_ctx_free(ctx);
  return 0;
}

/* Inside one part, its length kept right. */
size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t n, size_t room, unsigned seed) {
  size_t starts[MAX_PARTS], sizes[MAX_PARTS], at = 1;
  uint32_t n_parts = 0;
  while (n_parts < MAX_PARTS && at + 2 <= n) {
    size_t size = bytes[at] | (size_t)bytes[at + 1] << 8;
    if (at + 2 + size > n) break;
    starts[n_parts] = at + 2;
    sizes[n_parts++] = size;
    at += 2 + size;
  }
  if (n_parts == 0 || seed % 8 == 0) return LLVMFuzzerMutate(bytes, n, room);
  uint32_t k = seed / 8 % n_parts;
  uint8_t *part = malloc(room + 1);
  if (!part) abort();
  memcpy(part, bytes + starts[k], sizes[k]);
  size_t space = room - (n - sizes[k]), limit = space < 0xffff ? space : 0xffff;
  size_t size = fuzz_mutate_module(part, sizes[k], limit, seed / 64, GEN_VALIDATE);
  if (size <= limit) {
    size_t rest = n - starts[k] - sizes[k];
    memmove(bytes + starts[k] + size, bytes + starts[k] + sizes[k], rest);
    memcpy(bytes + starts[k], part, size);
    bytes[starts[k] - 2] = (uint8_t)size;
    bytes[starts[k] - 1] = (uint8_t)(size >> 8);
    n = starts[k] + size + rest;
  }
  free(part);
  return n;
}
