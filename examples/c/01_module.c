/* 01_module.c: a context, a module, a type, a function.
 *
 * Builds a module with one function, add, and prints it in the text format, then the size that
 * it has in the binary format. The later examples print their module when they are run with
 * --wat. */
#include <stdio.h>

#include <wasmfx.h>

/* Gives an emitter its body after telling it the line it is called from, so that a type error
 * names that line. */
#define HERE (wfx_body_at(b, __FILE__, __LINE__, 0), b)

static void build_add(wfx_module *m) {
  const wfx_valtype params[] = {WFX_I32, WFX_I32}, results[] = {WFX_I32};
  wfx_type_id type = wfx_type_func(m, params, 2, results, 1);
  wfx_func_id add = wfx_module_add_func(m, "add", type);
  wfx_export_func(m, "add", add);

  wfx_body *b = wfx_body_open(m, add, WFX_CHECKED);
  wfx_body_name_local(b, wfx_body_param(b, 0), "x");
  wfx_body_name_local(b, wfx_body_param(b, 1), "y");
  wfx_emit_local_get(HERE, wfx_body_param(b, 0));
  wfx_emit_local_get(HERE, wfx_body_param(b, 1));
  wfx_emit_i32_add(HERE);
  wfx_body_close(b);
}

/* The text format is for people; the binary format is what other engines take. */
static bool print(const wfx_ctx *ctx, wfx_module *m) {
  wfx_bytes text, binary;
  if (wfx_module_print(m, 0, &text) != WFX_OK) return false;
  fwrite(text.data, 1, text.n, stdout);
  wfx_bytes_free(ctx, &text);
  if (wfx_module_encode(m, 0, &binary) != WFX_OK) return false;
  printf(";; %u bytes as a binary\n", (unsigned)binary.n);
  wfx_bytes_free(ctx, &binary);
  return true;
}

/* No call above was asked whether it went well: a module keeps its first error, and so does
 * every body. Here they all come out. */
static void report(const wfx_module *m) {
  char text[1000];
  for (size_t i = 0; i < wfx_module_n_diags(m); i++) {
    wfx_diag_format(wfx_module_diag(m, i), text, sizeof text);
    fprintf(stderr, "%s\n", text);
  }
}

int main(void) {
  wfx_ctx *ctx = wfx_ctx_new(NULL);
  wfx_module *m = ctx ? wfx_module_new(ctx) : NULL;
  if (m) build_add(m);
  bool is_ok = m && wfx_module_validate(m) == WFX_OK && print(ctx, m);
  if (m && !is_ok) report(m);
  wfx_module_free(m);
  wfx_ctx_free(ctx);
  return is_ok ? 0 : 1;
}
