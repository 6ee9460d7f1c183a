/* 03_imports.c: a function of the host, memory and data.
 *
 * Imports env.print : [i32 i32] -> [], address and size of a text, gives it this C function,
 * and prints "hello from the module". */
#include <stdio.h>
#include <string.h>

#include <wasmfx.h>

#define HERE (wfx_body_at(b, __FILE__, __LINE__, 0), b)

static const char greeting[] = "hello from the module\n";

static void build(wfx_module *m) {
  const wfx_valtype i32[] = {WFX_I32, WFX_I32};
  wfx_func_id print = wfx_import_func(m, "env", "print", wfx_type_func(m, i32, 2, NULL, 0));

  /* One page of 64 KiB, exported so that the host can read it, with the text at address 16. */
  const int32_t address = 16, n_bytes = (int32_t)sizeof greeting - 1;
  const wfx_size_limits one_page = {1, 1, true, false, false};
  wfx_mem_id memory = wfx_module_add_mem(m, "memory", one_page);
  wfx_export_mem(m, "memory", memory);
  wfx_module_add_data(m, "greeting", memory, wfx_const_i32(m, address), greeting,
                      sizeof greeting - 1);

  wfx_func_id main_func = wfx_module_add_func(m, "main", wfx_type_func(m, NULL, 0, NULL, 0));
  wfx_export_func(m, "main", main_func);
  wfx_body *b = wfx_body_open(m, main_func, WFX_CHECKED);
  wfx_emit_i32_const(HERE, address);
  wfx_emit_i32_const(HERE, n_bytes);
  wfx_emit_call(HERE, print);
  wfx_body_close(b);
}

/* What the module calls as env.print. The module is not to be trusted: its address may be
 * wrong. */
static wfx_status print_text(void *ud, wfx_store *s, wfx_instance *caller,
                             const wfx_value *args, wfx_value *results) {
  FILE *out = (FILE *)ud;
  size_t n_memory, address = (uint32_t)args[0].of.i32, n = (uint32_t)args[1].of.i32;
  const uint8_t *memory = wfx_instance_memory(caller, NULL, &n_memory);
  (void)results;
  if (!memory || address > n_memory || n > n_memory - address)
    return wfx_store_trap(s, "out of bounds memory access");
  fwrite(memory + address, 1, n, out);
  return WFX_OK;
}

static bool run(wfx_store *s, wfx_module *m) {
  const wfx_valtype i32[] = {WFX_I32, WFX_I32};
  wfx_instance *inst;
  return wfx_store_define_func(s, "env", "print", i32, 2, NULL, 0, print_text,
                               stdout) == WFX_OK &&
         wfx_instantiate(s, m, NULL, &inst) == WFX_OK &&
         wfx_call(inst, "main", NULL, 0, NULL, 0) == WFX_OK;
}

static bool print(const wfx_ctx *ctx, wfx_module *m) {
  wfx_bytes text;
  if (wfx_module_print(m, 0, &text) != WFX_OK) return false;
  fwrite(text.data, 1, text.n, stdout);
  wfx_bytes_free(ctx, &text);
  return true;
}

/* What is wrong with the module, or else why it failed when it ran. */
static void report(const wfx_module *m, const wfx_store *s) {
  char text[1000];
  size_t n = wfx_module_n_diags(m);
  for (size_t i = 0; i < n; i++) {
    wfx_diag_format(wfx_module_diag(m, i), text, sizeof text);
    fprintf(stderr, "%s\n", text);
  }
  if (n == 0 && wfx_store_diag(s)) fprintf(stderr, "%s\n", wfx_store_diag(s)->message);
}

int main(int argc, char **argv) {
  bool wants_wat = argc > 1 && strcmp(argv[1], "--wat") == 0;
  wfx_ctx *ctx = wfx_ctx_new(NULL);
  wfx_module *m = ctx ? wfx_module_new(ctx) : NULL;
  wfx_store *s = ctx ? wfx_store_new(ctx) : NULL;
  bool is_ok = m && s;
  if (is_ok) {
    build(m);
    is_ok = wfx_module_validate(m) == WFX_OK && (wants_wat ? print(ctx, m) : run(s, m));
    if (!is_ok) report(m, s);
  }
  wfx_store_free(s);
  wfx_module_free(m);
  wfx_ctx_free(ctx);
  return is_ok ? 0 : 1;
}
