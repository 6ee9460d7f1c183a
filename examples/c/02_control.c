/* 02_control.c: locals, blocks, loops and branches, and running the result.
 *
 * Builds fac : [i32] -> [i32] as a loop and main, which calls it, and prints 10! = 3628800. */
#include <stdio.h>
#include <string.h>

#include <wasmfx.h>

#define HERE (wfx_body_at(b, __FILE__, __LINE__, 0), b)

/* block $done
 *   loop $next
 *     leave when n is 0; product *= n; n -= 1; go on
 * Labels are handles: they stay the same whatever is opened between them and a branch. */
static wfx_func_id build_fac(wfx_module *m) {
  const wfx_valtype i32[] = {WFX_I32};
  wfx_func_id fac = wfx_module_add_func(m, "fac", wfx_type_func(m, i32, 1, i32, 1));
  wfx_body *b = wfx_body_open(m, fac, WFX_CHECKED);
  wfx_local_id n = wfx_body_param(b, 0);
  wfx_local_id product = wfx_body_add_local(b, WFX_I32, "product");
  wfx_body_name_local(b, n, "n");

  wfx_emit_i32_const(HERE, 1);
  wfx_emit_local_set(HERE, product);
  wfx_label done = wfx_emit_block(HERE, wfx_bt_none());
  wfx_body_name_label(b, done, "done");
  wfx_label next = wfx_emit_loop(HERE, wfx_bt_none());
  wfx_body_name_label(b, next, "next");
  wfx_emit_local_get(HERE, n);
  wfx_emit_i32_eqz(HERE);
  wfx_body_hint(b, WFX_HINT_UNLIKELY); /* the loop goes on more often than it ends */
  wfx_emit_br_if(HERE, done);
  wfx_emit_local_get(HERE, product);
  wfx_emit_local_get(HERE, n);
  wfx_emit_i32_mul(HERE);
  wfx_emit_local_set(HERE, product);
  wfx_emit_local_get(HERE, n);
  wfx_emit_i32_const(HERE, 1);
  wfx_emit_i32_sub(HERE);
  wfx_emit_local_set(HERE, n);
  wfx_emit_br(HERE, next);
  wfx_emit_end(HERE);
  wfx_emit_end(HERE);
  wfx_emit_local_get(HERE, product);
  wfx_body_close(b);
  return fac;
}

static void build(wfx_module *m) {
  const wfx_valtype i32[] = {WFX_I32};
  wfx_func_id fac = build_fac(m);
  wfx_func_id main_func = wfx_module_add_func(m, "main", wfx_type_func(m, NULL, 0, i32, 1));
  wfx_export_func(m, "main", main_func);
  wfx_body *b = wfx_body_open(m, main_func, WFX_CHECKED);
  wfx_emit_i32_const(HERE, 10);
  wfx_emit_call(HERE, fac);
  wfx_body_close(b);
}

/* A store holds instances, and all that running them makes. */
static bool run(wfx_store *s, wfx_module *m) {
  wfx_instance *inst;
  wfx_value result;
  if (wfx_instantiate(s, m, NULL, &inst) != WFX_OK) return false;
  if (wfx_call(inst, "main", NULL, 0, &result, 1) != WFX_OK) return false;
  printf("%d\n", result.of.i32);
  return true;
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
