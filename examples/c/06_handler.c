/* 06_handler.c: the handler layer: state as a deep handler whose clauses resume last of all.
 *
 * The operations are $get : [] -> [i32] and $put : [i32] -> []; the state is a local of the
 * function that handles them. Prints 42: from 20, put(get() + 1), put(get() * 2), get(). */
#include <stdio.h>
#include <string.h>

#include <wasmfx.h>

#define HERE (wfx_body_at(b, __FILE__, __LINE__, 0), b)

enum { GET, PUT, N_OPS };

static wfx_func_id build_client(wfx_module *m, wfx_type_id type, const wfx_tag_id *ops) {
  wfx_func_id client = wfx_module_add_func(m, "client", type);
  wfx_body *b = wfx_body_open(m, client, WFX_CHECKED);
  wfx_emit_suspend(HERE, ops[GET]);
  wfx_emit_i32_const(HERE, 1);
  wfx_emit_i32_add(HERE);
  wfx_emit_suspend(HERE, ops[PUT]);
  wfx_emit_suspend(HERE, ops[GET]);
  wfx_emit_i32_const(HERE, 2);
  wfx_emit_i32_mul(HERE);
  wfx_emit_suspend(HERE, ops[PUT]);
  wfx_emit_suspend(HERE, ops[GET]);
  wfx_body_close(b);
  return client;
}

/* The library opens a loop, a block for each clause, and resumes; here is what each clause
 * does. What the loop resumes is a continuation $rest : [] -> [i32]. That of a $put is one
 * already; that of a $get wants the state first, which cont.bind gives it. */
static void emit_handler(wfx_body *b, wfx_type_id cont, const wfx_tag_id *ops,
                         wfx_local_id rest) {
  const wfx_valtype results[] = {WFX_I32};
  wfx_handler_clause_spec clauses[N_OPS];
  memset(clauses, 0, sizeof clauses);
  for (int i = 0; i < N_OPS; i++) {
    clauses[i].tag = ops[i];
    clauses[i].cont.i = WFX_NO_ID; /* let the library find its type */
    clauses[i].label = i == GET ? "on_get" : "on_put";
  }
  wfx_handler_spec spec;
  memset(&spec, 0, sizeof spec);
  spec.size = sizeof spec;
  spec.kind = WFX_DEEP;
  spec.cont = cont;
  spec.clauses = clauses;
  spec.n_clauses = N_OPS;
  spec.results = results;
  spec.n_results = 1;
  spec.is_tail = true;
  spec.loop_label = "again";
  wfx_type_id get_cont = wfx_handler_clause_cont(wfx_body_module(b), &spec, GET);
  wfx_local_id k = wfx_body_add_local(b, wfx_ref_null_to(get_cont), "k");
  wfx_local_id state = wfx_body_add_local(b, WFX_I32, "state");

  wfx_emit_i32_const(HERE, 20);
  wfx_emit_local_set(HERE, state);
  wfx_handler h;
  wfx_handler_begin(HERE, &h, &spec);
  wfx_handler_blocks(HERE, &h);
  wfx_emit_local_get(HERE, rest);
  wfx_handler_resume(HERE, &h);
  wfx_handler_finish(HERE, &h); /* the return clause: the client's result is the handler's */

  wfx_handler_clause(HERE, &h, PUT); /* [] -> [i32 (ref $rest)] */
  wfx_emit_local_set(HERE, rest);
  wfx_emit_local_set(HERE, state);
  wfx_handler_again(HERE, &h);

  wfx_handler_clause(HERE, &h, GET); /* [] -> [(ref $get_cont)] */
  wfx_emit_local_set(HERE, k);
  wfx_emit_local_get(HERE, state);
  wfx_emit_local_get(HERE, k);
  wfx_emit_cont_bind(HERE, get_cont, cont);
  wfx_emit_local_set(HERE, rest);
  wfx_handler_again(HERE, &h);
  wfx_handler_end(HERE, &h);
}

static void build(wfx_module *m) {
  const wfx_valtype i32[] = {WFX_I32};
  wfx_type_id type = wfx_type_func(m, NULL, 0, i32, 1);
  wfx_type_id cont = wfx_type_cont(m, "rest", type);
  wfx_tag_id ops[N_OPS];
  ops[GET] = wfx_module_add_tag(m, "get", type);
  ops[PUT] = wfx_module_add_tag(m, "put", wfx_type_func(m, i32, 1, NULL, 0));
  wfx_func_id client = build_client(m, type, ops);

  wfx_func_id main_func = wfx_module_add_func(m, "main", type);
  wfx_export_func(m, "main", main_func);
  wfx_body *b = wfx_body_open(m, main_func, WFX_CHECKED);
  wfx_local_id rest = wfx_body_add_local(b, wfx_ref_null_to(cont), "rest");
  wfx_emit_ref_func(HERE, client);
  wfx_emit_cont_new(HERE, cont);
  wfx_emit_local_set(HERE, rest);
  emit_handler(b, cont, ops, rest);
  wfx_body_close(b);
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
