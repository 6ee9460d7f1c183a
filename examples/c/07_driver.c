/* 07_driver.c: a deep handler that does something after it resumed, as a driver function.
 *
 * A clause gets its resumption as a value: it can use it anywhere, keep it, pass it on, but use
 * it only once. The client is ask(10) + ask(20), and its handler answers each ask with the
 * double, and adds one to what the resumption gives: prints 62. Another handler uses a
 * resumption twice: prints the line in this file where it does. */
#include <stdio.h>
#include <string.h>

#include <wasmfx.h>

#define HERE (wfx_body_at(b, __FILE__, __LINE__, 0), b)

struct decls {
  wfx_driver_types types;
  wfx_tag_id ask;        /* [i32] -> [i32] */
  wfx_tag_id reused;     /* exception [i32]: a second use of a resumption, and where */
  wfx_func_id on_reused; /* throws it */
  wfx_func_id client;
};

static void build_client(wfx_module *m, struct decls *d) {
  d->client = wfx_module_add_func(m, "client", d->types.func);
  wfx_body *b = wfx_body_open(m, d->client, WFX_CHECKED);
  wfx_emit_i32_const(HERE, 10);
  wfx_emit_suspend(HERE, d->ask);
  wfx_emit_i32_const(HERE, 20);
  wfx_emit_suspend(HERE, d->ask);
  wfx_emit_i32_add(HERE);
  wfx_body_close(b);
}

static void build_on_reused(wfx_module *m, struct decls *d) {
  const wfx_valtype i32[] = {WFX_I32};
  wfx_type_id type = wfx_type_func(m, i32, 1, NULL, 0);
  d->reused = wfx_module_add_tag(m, "reused", type);
  d->on_reused = wfx_module_add_func(m, "on_reused", type);
  wfx_body *b = wfx_body_open(m, d->on_reused, WFX_CHECKED);
  wfx_emit_local_get(HERE, wfx_body_param(b, 0));
  wfx_emit_throw(HERE, d->reused);
  wfx_body_close(b);
}

/* The clause for ask: 1 + resumption(2 * question), or the same with two uses. There is no
 * return clause: the client's result is the handler's. */
static wfx_func_id build_driver(wfx_module *m, const struct decls *d, bool is_twice) {
  wfx_driver dr;
  memset(&dr, 0, sizeof dr);
  dr.size = sizeof dr;
  dr.func = wfx_module_add_func(m, is_twice ? "twice" : "once", d->types.drive);
  dr.types = &d->types;
  dr.kind = WFX_DEEP;
  dr.tags = &d->ask;
  dr.n_tags = 1;
  dr.flags = WFX_CHECKED;
  wfx_driver_begin(m, &dr);
  wfx_body *b = dr.body;
  wfx_local_id question = wfx_body_add_local(b, WFX_I32, "question");
  wfx_local_id r = wfx_body_add_local(b, wfx_ref_null_to(d->types.resumption), "r");

  wfx_driver_clause(&dr, 0); /* [] -> [i32 (ref $resumption)] */
  wfx_emit_local_set(HERE, r);
  wfx_emit_local_set(HERE, question);
  wfx_emit_local_get(HERE, question);
  wfx_emit_i32_const(HERE, 2);
  wfx_emit_i32_mul(HERE);
  wfx_emit_local_get(HERE, r);
  wfx_emit_resumption_use(HERE, &d->types, d->on_reused, __LINE__, false);
  if (is_twice) {
    wfx_emit_local_get(HERE, r);
    wfx_emit_resumption_use(HERE, &d->types, d->on_reused, __LINE__, false);
  }
  wfx_emit_i32_const(HERE, 1);
  wfx_emit_i32_add(HERE);
  wfx_driver_end(&dr);
  return dr.func;
}

/* [] -> [i32]: run the client under a handler: no environment, no first value. */
static void emit_handle(wfx_body *b, const struct decls *d, wfx_func_id driver) {
  wfx_emit_ref_null(HERE, wfx_heap_of(d->types.env));
  wfx_emit_i32_const(HERE, 0);
  wfx_emit_ref_func(HERE, d->client);
  wfx_emit_cont_new(HERE, d->types.cont);
  wfx_emit_call(HERE, driver);
}

static void build(wfx_module *m) {
  const wfx_valtype i32[] = {WFX_I32, WFX_I32};
  struct decls d;
  d.types = wfx_driver_types_add(m, WFX_I32, WFX_EQREF);
  d.ask = wfx_module_add_tag(m, "ask", d.types.func);
  build_client(m, &d);
  build_on_reused(m, &d);
  wfx_func_id once = build_driver(m, &d, false), twice = build_driver(m, &d, true);

  wfx_func_id main_func = wfx_module_add_func(m, "main", wfx_type_func(m, NULL, 0, i32, 2));
  wfx_export_func(m, "main", main_func);
  wfx_body *b = wfx_body_open(m, main_func, WFX_CHECKED);
  emit_handle(b, &d, once);
  wfx_label line = wfx_emit_block(HERE, wfx_bt_result(WFX_I32));
  const wfx_catch catches[] = {{WFX_CATCH, d.reused, line}};
  wfx_emit_try_table(HERE, wfx_bt_result(WFX_I32), catches, 1);
  emit_handle(b, &d, twice);
  wfx_emit_end(HERE);
  wfx_emit_end(HERE);
  wfx_body_close(b);
}

static bool run(wfx_store *s, wfx_module *m) {
  wfx_instance *inst;
  wfx_value results[2];
  if (wfx_instantiate(s, m, NULL, &inst) != WFX_OK) return false;
  if (wfx_call(inst, "main", NULL, 0, results, 2) != WFX_OK) return false;
  printf("%d\n%d\n", results[0].of.i32, results[1].of.i32);
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
