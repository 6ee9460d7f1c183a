/* fuzz_text.c: the text of a module, and of a script. What parses prints to text that parses
 * to the same. */
#include "fuzz/fuzz.h"

static void print_and_parse(const wfx_ctx *ctx, wfx_module *m, uint32_t flags) {
  wfx_bytes first, second;
  must(wfx_module_print(m, flags, &first) == WFX_OK, "print", m);
  wfx_module *again = fuzz_module(ctx);
  must(wfx_module_parse(again, (const char *)first.data, first.n, NULL) == WFX_OK, "parse",
       again);
  must(wfx_module_print(again, flags, &second) == WFX_OK, "print again", again);
  must_be_same(&first, &second, "text changes from print to print");
  wfx_bytes_free(ctx, &first);
  wfx_bytes_free(ctx, &second);
  wfx_module_free(again);
}

static void try_module(const wfx_ctx *ctx, const uint8_t *bytes, size_t n) {
  wfx_module *m = fuzz_module(ctx);
  if (wfx_module_parse(m, (const char *)bytes, n, "fuzz.wat") == WFX_OK) {
    print_and_parse(ctx, m, 0);
    if (wfx_module_validate(m) == WFX_OK) print_and_parse(ctx, m, WFX_PRINT_FOLDED);
  }
  wfx_module_free(m);
}

static void try_script(const wfx_ctx *ctx, const uint8_t *bytes, size_t n) {
  wfx_script *s = wfx_script_open(ctx, (const char *)bytes, n, "fuzz.wast");
  if (!s) abort();
  wfx_command c;
  while (wfx_script_next(s, &c)) {
    bool has_text = (c.kind == WFX_COMMAND_MODULE || c.kind == WFX_COMMAND_ASSERT_MODULE) &&
                    c.module.form != WFX_SCRIPT_BINARY;
    if (!has_text) continue;
    wfx_module *m = fuzz_module(ctx);
    if (wfx_script_parse(s, &c.module, m) == WFX_OK) wfx_module_validate(m);
    wfx_module_free(m);
  }
  wfx_script_close(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
  wfx_ctx *ctx = fuzz_ctx();
  try_module(ctx, bytes, n);
  try_script(ctx, bytes, n);
  wfx_ctx_free(ctx);
  return 0;
}
