/* wfx_wast_host.c: the module spectest, which test scripts import from. What its functions
 * print goes to standard output as comments of TAP. */
#include <stdio.h>
#include <string.h>

#include "wfx/wast.h"

static wfx_status print_values(void *ud, wfx_store *s, wfx_instance *caller,
                               const wfx_value *args, wfx_value *results) {
  (void)caller;
  (void)results;
  const size_t n = *(const size_t *)ud;
  fputs("# print", stdout);
  for (size_t i = 0; i < n; i++) {
    char text[80];
    wast_print_value(s, &args[i], text, sizeof text);
    printf(" %s", text);
  }
  putchar('\n');
  return WFX_OK;
}

static bool define_functions(wfx_store *s) {
  static const struct {
    const char *name;
    wfx_valtype params[2];
    size_t n;
  } functions[] = {
      {"print", {WFX_BOT, WFX_BOT}, 0},         {"print_i32", {WFX_I32, WFX_BOT}, 1},
      {"print_i64", {WFX_I64, WFX_BOT}, 1},     {"print_f32", {WFX_F32, WFX_BOT}, 1},
      {"print_f64", {WFX_F64, WFX_BOT}, 1},     {"print_i32_f32", {WFX_I32, WFX_F32}, 2},
      {"print_f64_f64", {WFX_F64, WFX_F64}, 2},
  };
  for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
    void *n = (void *)(uintptr_t)&functions[i].n;
    if (wfx_store_define_func(s, "spectest", functions[i].name, functions[i].params,
                              functions[i].n, NULL, 0, print_values, n) != WFX_OK)
      return false;
  }
  return true;
}

wfx_module *wast_spectest(const wfx_ctx *ctx, uint64_t features, wfx_store *s) {
  static const char head[] = "(module $spectest"
                             " (global (export \"global_i32\") i32 (i32.const 666))"
                             " (global (export \"global_i64\") i64 (i64.const 666))"
                             " (global (export \"global_f32\") f32 (f32.const 666.6))"
                             " (global (export \"global_f64\") f64 (f64.const 666.6))"
                             " (memory (export \"memory\") 1 2)"
                             " (table (export \"table\") 10 20 funcref)";
  static const char table64[] = " (table (export \"table64\") i64 10 20 funcref)";
  static const char shared[] = " (memory (export \"shared_memory\") 1 2 shared)";
  char text[sizeof head + sizeof table64 + sizeof shared];
  strcpy(text, head);
  if ((features >> WFX_FEATURE_MEMORY64 & 1) != 0) strcat(text, table64);
  if ((features >> WFX_FEATURE_THREADS & 1) != 0) strcat(text, shared);
  strcat(text, ")");
  wfx_module *m = wfx_module_new(ctx);
  if (m && wfx_module_parse(m, text, strlen(text), "spectest") == WFX_OK &&
      define_functions(s) && wfx_instantiate(s, m, "spectest", NULL) == WFX_OK)
    return m;
  cli_error("cannot make the module spectest");
  wfx_module_free(m);
  return NULL;
}
