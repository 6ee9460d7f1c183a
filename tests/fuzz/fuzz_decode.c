/* fuzz_decode.c: binary modules. One pass and two give the same verdict; what decodes encodes
 * to bytes that decode to the same; what is valid goes through text as well. */
#include "fuzz/fuzz.h"

/* Print, parse, encode: as from the binary. Names may change: in text they are unique. */
enum { WITHOUT_NAMES = WFX_ENCODE_CANONICAL | WFX_ENCODE_NO_NAMES };

static void through_text(const wfx_ctx *ctx, wfx_module *m, uint32_t flags) {
  wfx_bytes text, want = fuzz_encode(m, WITHOUT_NAMES);
  must(wfx_module_print(m, flags, &text) == WFX_OK, "print", m);
  wfx_module *parsed = fuzz_module(ctx);
  must(wfx_module_parse(parsed, (const char *)text.data, text.n, NULL) == WFX_OK, "parse",
       parsed);
  wfx_bytes got = fuzz_encode(parsed, WITHOUT_NAMES);
  must_be_same(&want, &got, "text gives another module");
  wfx_bytes_free(ctx, &got);
  wfx_bytes_free(ctx, &want);
  wfx_bytes_free(ctx, &text);
  wfx_module_free(parsed);
}

static void through_binary(const wfx_ctx *ctx, wfx_module *m) {
  wfx_bytes first = fuzz_encode(m, 0);
  wfx_module *again = fuzz_module(ctx);
  must(wfx_module_decode(again, first.data, first.n) == WFX_OK, "decode what was encoded",
       again);
  wfx_bytes second = fuzz_encode(again, 0);
  must_be_same(&first, &second, "encode gives other bytes");
  wfx_bytes_free(ctx, &second);
  wfx_bytes_free(ctx, &first);
  wfx_module_free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
  wfx_ctx *ctx = fuzz_ctx();
  wfx_module *one = fuzz_module(ctx), *two = fuzz_module(ctx);
  wfx_status in_one = wfx_validate_bytes(one, bytes, n);
  wfx_status decoded = wfx_module_decode(two, bytes, n);
  wfx_status in_two = decoded == WFX_OK ? wfx_module_validate(two) : decoded;
  must(in_one == in_two, "one pass and two differ", in_one == WFX_OK ? two : one);
  if (in_two == WFX_OK) {
    through_binary(ctx, two);
    through_text(ctx, two, 0);
    through_text(ctx, two, WFX_PRINT_FOLDED);
  } else if (decoded == WFX_OK) {
    /* Not valid: it can be written all the same, or it says why not. */
    wfx_bytes out;
    wfx_module_encode(two, 0, &out);
    wfx_bytes_free(ctx, &out);
    wfx_module_print(two, bytes[n - 1] & 1 ? WFX_PRINT_FOLDED : 0, &out);
    wfx_bytes_free(ctx, &out);
  }
  wfx_module_free(one);
  wfx_module_free(two);
  wfx_ctx_free(ctx);
  return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t n, size_t room, unsigned seed) {
  return fuzz_mutate_module(bytes, n, room, seed, GEN_EXT);
}
