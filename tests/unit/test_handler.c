/* test_handler.c: the shapes that the handler layer gives to its nests, as text. */
#include "unit.h"

struct fixture {
  struct unit_alloc a;
  wfx_ctx *ctx;
  wfx_module *m;
  wfx_type_id thunk, cont;
  wfx_tag_id yield, ask, stop;
};

static int setup(void **state) {
  static struct fixture f;
  memset(&f, 0, sizeof f);
  f.a.fail_at = UINT64_MAX;
  f.ctx = unit_ctx(&f.a, 0);
  f.m = wfx_module_new(f.ctx);
  const wfx_valtype i = WFX_I32, l = WFX_I64;
  f.thunk = wfx_type_func(f.m, NULL, 0, &l, 1);
  f.cont = wfx_type_cont(f.m, "ct", f.thunk);
  f.yield = wfx_module_add_tag(f.m, "yield", wfx_type_func(f.m, &i, 1, NULL, 0));
  f.ask = wfx_module_add_tag(f.m, "ask", wfx_type_func(f.m, NULL, 0, &i, 1));
  f.stop = wfx_module_add_tag(f.m, "stop", wfx_type_func(f.m, NULL, 0, NULL, 0));
  *state = &f;
  return f.m == NULL;
}

static int teardown(void **state) {
  struct fixture *f = *state;
  wfx_module_free(f->m);
  wfx_ctx_free(f->ctx);
  return f->a.n_blocks != 0;
}

static void expect_text(struct fixture *f, wfx_func_id func, const char *want) {
  if (wfx_module_status(f->m) != WFX_OK) fail_msg("%s", wfx_module_diag(f->m, 0)->message);
  assert_int_equal(wfx_module_validate(f->m), WFX_OK);
  wfx_bytes out = {NULL, 0};
  assert_int_equal(wfx_func_print(f->m, func, 0, &out), WFX_OK);
  bool is_same = out.n == strlen(want) && memcmp(out.data, want, out.n) == 0;
  if (!is_same) print_message("%.*s", (int)out.n, (const char *)out.data);
  wfx_bytes_free(f->ctx, &out);
  assert_true(is_same);
}

/* A handler whose clauses have continuations of different types, in the middle of a function. */
static void shallow_in_the_middle(void **state) {
  struct fixture *f = *state;
  const wfx_valtype k = wfx_ref_null_to(f->cont), l = WFX_I64;
  wfx_func_id func = wfx_module_add_func(f->m, "once", wfx_type_func(f->m, &k, 1, &l, 1));
  wfx_body *b = wfx_body_open(f->m, func, WFX_CHECKED);
  wfx_handler_clause_spec clauses[] = {{f->yield, {WFX_NO_ID}, false, "on_yield"},
                                       {f->stop, {WFX_NO_ID}, true, NULL},
                                       {f->ask, {WFX_NO_ID}, false, "on_ask"}};
  /* (on $stop switch) needs a tag with the results of the continuation. */
  clauses[1].tag = wfx_module_add_tag(f->m, "swap", f->thunk);
  wfx_handler_spec spec = {.size = sizeof spec, .kind = WFX_SHALLOW, .cont = f->cont,
                           .clauses = clauses, .n_clauses = 3, .results = &l, .n_results = 1};
  wfx_handler h;
  wfx_handler_begin(b, &h, &spec);
  wfx_handler_blocks(b, &h);
  wfx_emit_local_get(b, wfx_body_param(b, 0));
  wfx_handler_resume(b, &h);
  wfx_handler_finish(b, &h);
  wfx_handler_clause(b, &h, 2);
  wfx_emit_drop(b);
  wfx_emit_i64_const(b, 2);
  wfx_handler_finish(b, &h);
  wfx_handler_clause(b, &h, 0);
  wfx_emit_drop(b);
  wfx_emit_i64_extend_i32_s(b);
  wfx_handler_end(b, &h);
  wfx_emit_i64_const(b, 1);
  wfx_emit_i64_add(b);
  assert_int_equal(wfx_body_close(b), WFX_OK);
  /* The clause of $yield gets a continuation of the handled type; that of $ask needs one that
   * takes an i32, which is added. */
  wfx_type_id ask_cont = wfx_handler_clause_cont(f->m, &spec, 2);
  assert_int_not_equal(ask_cont.i, f->cont.i);
  assert_int_equal(wfx_handler_clause_cont(f->m, &spec, 0).i, f->cont.i);
  assert_int_equal(wfx_handler_clause_cont(f->m, &spec, 2).i, ask_cont.i);
  expect_text(f, func,
              "(func $once (param (ref null $ct)) (result i64)\n"
              "  block (result i64)\n"
              "    block $on_yield (result i32 (ref $ct))\n"
              "      block $on_ask (result (ref 8))\n"
              "        local.get 0\n"
              "        resume $ct (on $yield $on_yield) (on $swap switch) (on $ask $on_ask)\n"
              "        br 2\n"
              "      end\n"
              "      drop\n"
              "      i64.const 2\n"
              "      br 1\n"
              "    end\n"
              "    drop\n"
              "    i64.extend_i32_s\n"
              "  end\n"
              "  i64.const 1\n"
              "  i64.add\n"
              ")\n");
}

/* The loop form: the deep handler that ends its function. */
static void deep_at_the_tail(void **state) {
  struct fixture *f = *state;
  const wfx_valtype k = wfx_ref_null_to(f->cont), l = WFX_I64;
  wfx_func_id func = wfx_module_add_func(f->m, "run", wfx_type_func(f->m, &k, 1, &l, 1));
  wfx_body *b = wfx_body_open(f->m, func, WFX_CHECKED);
  wfx_local_id next = wfx_body_param(b, 0);
  wfx_body_name_local(b, next, "next");
  wfx_handler_clause_spec clause = {f->stop, {WFX_NO_ID}, false, "on_stop"};
  wfx_handler_spec spec = {.size = sizeof spec, .kind = WFX_DEEP, .cont = f->cont,
                           .clauses = &clause, .n_clauses = 1, .results = &l, .n_results = 1,
                           .is_tail = true, .loop_label = "again"};
  wfx_handler h;
  wfx_handler_begin(b, &h, &spec);
  wfx_handler_blocks(b, &h);
  wfx_emit_local_get(b, next);
  wfx_handler_resume(b, &h);
  wfx_handler_finish(b, &h);
  wfx_handler_clause(b, &h, 0);
  wfx_emit_local_set(b, next);
  wfx_handler_again(b, &h);
  wfx_handler_end(b, &h);
  assert_int_equal(wfx_body_close(b), WFX_OK);
  expect_text(f, func,
              "(func $run (param $next (ref null $ct)) (result i64)\n"
              "  loop $again (result i64)\n"
              "    block $on_stop (result (ref $ct))\n"
              "      local.get $next\n"
              "      resume $ct (on $stop $on_stop)\n"
              "      return\n"
              "    end\n"
              "    local.set $next\n"
              "    br $again\n"
              "  end\n"
              ")\n");
}

/* A wrong clause is the body's error, at the call that found it. */
static void wrong_clause(void **state) {
  struct fixture *f = *state;
  const wfx_valtype k = wfx_ref_null_to(f->cont), l = WFX_I64;
  wfx_func_id func = wfx_module_add_func(f->m, "bad", wfx_type_func(f->m, &k, 1, &l, 1));
  wfx_body *b = wfx_body_open(f->m, func, WFX_CHECKED);
  /* The clause of $ask is given a continuation that takes nothing. */
  wfx_handler_clause_spec clause = {f->ask, f->cont, false, NULL};
  wfx_handler_spec spec = {.size = sizeof spec, .kind = WFX_SHEEP, .cont = f->cont,
                           .clauses = &clause, .n_clauses = 1, .results = &l, .n_results = 1};
  wfx_handler h;
  wfx_handler_begin(b, &h, &spec);
  wfx_handler_blocks(b, &h);
  wfx_emit_local_get(b, wfx_body_param(b, 0));
  wfx_handler_resume(b, &h);
  assert_int_equal(wfx_body_close(b), WFX_INVALID);
  assert_string_equal(wfx_module_diag(f->m, 0)->instruction, "resume");
}

static wfx_status build_drivers(wfx_ctx *ctx) {
  wfx_module *m = wfx_module_new(ctx);
  if (!m) return WFX_NOMEM;
  wfx_driver_types types = wfx_driver_types_add(m, WFX_EQREF, WFX_EQREF);
  wfx_driver_types again = wfx_driver_types_add(m, WFX_EQREF, WFX_EQREF);
  wfx_status status = wfx_module_status(m);
  if (status == WFX_OK) assert_int_equal(types.resumption.i, again.resumption.i);
  const wfx_valtype i = WFX_I32;
  wfx_func_id reused = wfx_import_func(m, "host", "reused", wfx_type_func(m, &i, 1, NULL, 0));
  wfx_tag_id tags[] = {wfx_module_add_tag(m, "a", types.func),
                       wfx_module_add_tag(m, "b", types.func)};
  for (int kind = WFX_DEEP; kind <= WFX_SHEEP; kind++) {
    wfx_driver d;
    memset(&d, 0, sizeof d);
    d.size = sizeof d;
    d.func = wfx_module_add_func(m, NULL, types.drive);
    d.types = &types;
    d.kind = (wfx_handler_kind)kind;
    d.tags = tags;
    d.n_tags = 2;
    d.flags = WFX_CHECKED;
    wfx_driver_begin(m, &d);
    wfx_driver_clause(&d, 1);
    wfx_emit_drop(d.body); /* the resumption: the payload is the result */
    wfx_driver_clause(&d, 0);
    if (kind == WFX_SHEEP) {
      wfx_emit_local_get(d.body, d.env);
      wfx_emit_ref_func(d.body, d.func);
      wfx_emit_resumption_use_with(d.body, &types, reused, 7, true);
    } else {
      wfx_emit_resumption_use(d.body, &types, reused, 7, kind == WFX_DEEP);
    }
    wfx_driver_end(&d);
  }
  status = wfx_module_status(m);
  if (status == WFX_OK) status = wfx_module_validate(m);
  if (status != WFX_OK && status != WFX_NOMEM) print_message("# %s\n", wfx_module_diag(m, 0)->message);
  wfx_module_free(m);
  return status;
}

static void drivers_of_all_kinds(void **state) {
  (void)state;
  unit_sweep(build_drivers);
}

int main(void) {
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
  const struct CMUnitTest tests[] = {
      TEST(shallow_in_the_middle),
      TEST(deep_at_the_tail),
      TEST(wrong_clause),
      cmocka_unit_test(drivers_of_all_kinds),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
