/* 05_generator.c: a continuation, suspended and resumed by hand.
 *
 * A generator is a function that suspends with the tag $yield : [i32] -> [] for each number.
 * Prints 55, the sum of those that a generator of 1 to 10 yields. */
#include <stdio.h>
#include <string.h>

#include <wasmfx.h>

#define HERE (wfx_body_at(b, __FILE__, __LINE__, 0), b)

struct decls {
  wfx_type_id func, cont; /* [] -> [], and a continuation of it */
  wfx_tag_id yield;
};

static wfx_func_id build_numbers(wfx_module *m, struct decls d) {
  wfx_func_id numbers = wfx_module_add_func(m, "numbers", d.func);
  wfx_body *b = wfx_body_open(m, numbers, WFX_CHECKED);
  wfx_local_id i = wfx_body_add_local(b, WFX_I32, "i");
  wfx_label next = wfx_emit_loop(HERE, wfx_bt_none());
  wfx_emit_local_get(HERE, i);
  wfx_emit_i32_const(HERE, 1);
  wfx_emit_i32_add(HERE);
  wfx_emit_local_tee(HERE, i);
  wfx_emit_suspend(HERE, d.yield);
  wfx_emit_local_get(HERE, i);
  wfx_emit_i32_const(HERE, 10);
  wfx_emit_i32_lt_u(HERE);
  wfx_emit_br_if(HERE, next);
  wfx_emit_end(HERE);
  wfx_body_close(b);
  return numbers;
}

/* `resume` runs the generator. When it suspends, control goes to the end of the block $on_yield
 * with the number and the rest of the generator; when it ends, control goes on behind `resume`.
 */
static void build_main(wfx_module *m, struct decls d, wfx_func_id numbers) {
  const wfx_valtype i32[] = {WFX_I32}, yielded[] = {WFX_I32, wfx_ref_to(d.cont)};
  wfx_func_id main_func = wfx_module_add_func(m, "main", wfx_type_func(m, NULL, 0, i32, 1));
  wfx_export_func(m, "main", main_func);
  wfx_body *b = wfx_body_open(m, main_func, WFX_CHECKED);
  wfx_local_id rest = wfx_body_add_local(b, wfx_ref_null_to(d.cont), "rest");
  wfx_local_id sum = wfx_body_add_local(b, WFX_I32, "sum");

  wfx_emit_ref_func(HERE, numbers);
  wfx_emit_cont_new(HERE, d.cont);
  wfx_emit_local_set(HERE, rest);
  wfx_label done = wfx_emit_block(HERE, wfx_bt_none());
  wfx_body_name_label(b, done, "done");
  wfx_label next = wfx_emit_loop(HERE, wfx_bt_none());
  wfx_body_name_label(b, next, "next");
  wfx_label on_yield = wfx_emit_block(HERE, wfx_bt(m, NULL, 0, yielded, 2));
  wfx_body_name_label(b, on_yield, "on_yield");
  const wfx_on clauses[] = {{WFX_ON, d.yield, {WFX_NO_ID}, on_yield}};
  wfx_emit_local_get(HERE, rest);
  wfx_emit_resume(HERE, d.cont, clauses, 1);
  wfx_emit_br(HERE, done);
  wfx_emit_end(HERE);
  wfx_emit_local_set(HERE, rest);
  wfx_emit_local_get(HERE, sum);
  wfx_emit_i32_add(HERE);
  wfx_emit_local_set(HERE, sum);
  wfx_emit_br(HERE, next);
  wfx_emit_end(HERE);
  wfx_emit_end(HERE);
  wfx_emit_local_get(HERE, sum);
  wfx_body_close(b);
}

static void build(wfx_module *m) {
  const wfx_valtype i32[] = {WFX_I32};
  struct decls d;
  d.func = wfx_type_func(m, NULL, 0, NULL, 0);
  d.cont = wfx_type_cont(m, "generator", d.func);
  d.yield = wfx_module_add_tag(m, "yield", wfx_type_func(m, i32, 1, NULL, 0));
  build_main(m, d, build_numbers(m, d));
}

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
