/* test_build.c: the builder, and through it the checker: each case builds one body and says what
 * the first error must be, or that there is none. */
#include "unit.h"

struct fixture {
  struct unit_alloc a;
  wfx_ctx *ctx;
  wfx_module *m;
  wfx_type_id void_type, ii_i, list, cont;
  wfx_func_id f;
  wfx_tag_id yield, ask;
  wfx_mem_id mem;
  wfx_body *b;
};

static int setup(void **state) {
  static struct fixture f;
  memset(&f, 0, sizeof f);
  f.a.fail_at = UINT64_MAX;
  f.ctx = unit_ctx(&f.a, wfx_features_all());
  f.m = wfx_module_new(f.ctx);
  const wfx_valtype ii[] = {WFX_I32, WFX_I32}, i = WFX_I32;
  f.void_type = wfx_type_func(f.m, NULL, 0, NULL, 0);
  f.ii_i = wfx_type_func(f.m, ii, 2, &i, 1);
  f.cont = wfx_type_cont(f.m, "ct", f.void_type);
  wfx_group_id g = wfx_group_begin(f.m);
  f.list = wfx_type_declare(f.m, g, "list");
  wfx_field fields[] = {{WFX_I32, false}, {wfx_ref_null_to(f.list), true}};
  wfx_type_define_struct(f.m, f.list, fields, 2);
  wfx_group_end(f.m, g);
  f.yield = wfx_module_add_tag(f.m, "yield", f.void_type);
  f.ask = wfx_module_add_tag(f.m, "ask", wfx_type_func(f.m, &i, 1, &i, 1));
  wfx_size_limits limits = {.min = 1};
  f.mem = wfx_module_add_mem(f.m, NULL, limits);
  f.f = wfx_module_add_func(f.m, "f", f.ii_i);
  f.b = wfx_body_open(f.m, f.f, WFX_CHECKED);
  *state = &f;
  return f.b == NULL;
}

static int teardown(void **state) {
  struct fixture *f = *state;
  wfx_module_free(f->m);
  wfx_ctx_free(f->ctx);
  return f->a.n_blocks != 0;
}

/* Close the body; its message must begin with want, or there must be none. */
static void expect(struct fixture *f, const char *want) {
  wfx_status status = wfx_body_close(f->b);
  if (!want) {
    if (status != WFX_OK) print_message("# %s\n", wfx_module_diag(f->m, 0)->message);
    assert_int_equal(status, WFX_OK);
    assert_int_equal(wfx_module_validate(f->m), WFX_OK);
    return;
  }
  assert_int_equal(status, WFX_INVALID);
  const char *message = wfx_module_diag(f->m, 0)->message;
  if (strncmp(message, want, strlen(want)) != 0) fail_msg("want \"%s\", got \"%s\"", want, message);
}

static void operands_are_checked(void **state) {
  struct fixture *f = *state;
  wfx_body_at(f->b, "a.c", 1, 2);
  wfx_emit_i64_const(f->b, 1);
  wfx_body_at(f->b, "a.c", 3, 4);
  wfx_emit_i32_const(f->b, 1);
  wfx_emit_i32_add(f->b);
  expect(f, "type mismatch: expected i32, found i64");
  const wfx_diag *d = wfx_module_diag(f->m, 0);
  assert_string_equal(d->call, "wfx_emit_i32_add");
  assert_string_equal(d->instruction, "i32.add");
  assert_string_equal(d->func, "$f");
  assert_string_equal(d->expected, "[i32 i32]");
  assert_string_equal(d->found, "i64");
  assert_string_equal(d->stack, "[i64 i32]");
  assert_string_equal(d->origin.file, "a.c");
  assert_int_equal(d->origin.line, 1);
  assert_int_equal(d->loc.line, 3);
  assert_int_equal(d->loc.column, 4);
}

static void good_body(void **state) {
  struct fixture *f = *state;
  wfx_local_id n = wfx_body_add_local(f->b, WFX_I32, "n");
  wfx_label out = wfx_emit_block(f->b, wfx_bt_result(WFX_I32));
  wfx_label again = wfx_emit_loop(f->b, wfx_bt_none());
  wfx_emit_local_get(f->b, n);
  wfx_emit_i32_const(f->b, 1);
  wfx_emit_i32_add(f->b);
  wfx_emit_local_tee(f->b, n);
  wfx_emit_local_get(f->b, wfx_body_param(f->b, 0));
  wfx_emit_i32_lt_u(f->b);
  wfx_emit_br_if(f->b, again);
  wfx_emit_local_get(f->b, n);
  wfx_emit_br(f->b, out);
  assert_false(wfx_body_is_reachable(f->b));
  wfx_emit_end(f->b);
  assert_true(wfx_body_is_reachable(f->b));
  wfx_emit_unreachable(f->b);
  wfx_emit_end(f->b);
  expect(f, NULL);
}

static void closed_labels_are_unknown(void **state) {
  struct fixture *f = *state;
  wfx_label l = wfx_emit_block(f->b, wfx_bt_none());
  wfx_emit_end(f->b);
  wfx_emit_block(f->b, wfx_bt_none());
  wfx_emit_br(f->b, l);
  expect(f, "unknown label");
}

static void too_many_ends(void **state) {
  struct fixture *f = *state;
  wfx_emit_i32_const(f->b, 1);
  wfx_emit_end(f->b);
  expect(f, "unexpected end");
}

static void too_few_ends(void **state) {
  struct fixture *f = *state;
  wfx_emit_block(f->b, wfx_bt_none());
  expect(f, "END opcode expected");
}

static void missing_result(void **state) {
  struct fixture *f = *state;
  expect(f, "type mismatch: expected i32, found nothing");
}

static void extra_value(void **state) {
  struct fixture *f = *state;
  wfx_emit_i32_const(f->b, 1);
  wfx_emit_i32_const(f->b, 1);
  expect(f, "type mismatch: expected nothing, found i32");
}

static void uninitialised_local(void **state) {
  struct fixture *f = *state;
  wfx_local_id l = wfx_body_add_local(f->b, wfx_ref_to(f->list), NULL);
  wfx_emit_local_get(f->b, l);
  expect(f, "uninitialized local 2");
}

static void initialised_in_a_block_only(void **state) {
  struct fixture *f = *state;
  wfx_local_id l = wfx_body_add_local(f->b, wfx_ref_to(f->list), NULL);
  wfx_emit_block(f->b, wfx_bt_none());
  wfx_emit_struct_new_default(f->b, f->list);
  wfx_emit_local_set(f->b, l);
  wfx_emit_local_get(f->b, l);
  wfx_emit_drop(f->b);
  wfx_emit_end(f->b);
  wfx_emit_local_get(f->b, l);
  expect(f, "uninitialized local 2");
}

static void alignment(void **state) {
  struct fixture *f = *state;
  wfx_memarg a = {0, f->mem, 3};
  wfx_emit_i32_const(f->b, 0);
  wfx_emit_i32_load(f->b, a);
  expect(f, "alignment must not be larger than natural");
}

static void undefined_type_inside(void **state) {
  struct fixture *f = *state;
  wfx_group_id g = wfx_group_begin(f->m);
  wfx_type_id t = wfx_type_declare(f->m, g, "later");
  wfx_local_id l = wfx_body_add_local(f->b, wfx_ref_null_to(t), NULL);
  wfx_emit_ref_null(f->b, wfx_heap(t));
  wfx_emit_local_tee(f->b, l);
  wfx_emit_struct_get(f->b, t, 0);
  expect(f, "type $later is declared but not defined");
}

static void declared_type_may_be_named(void **state) {
  struct fixture *f = *state;
  wfx_group_id g = wfx_group_begin(f->m);
  wfx_type_id t = wfx_type_declare(f->m, g, "later");
  wfx_local_id l = wfx_body_add_local(f->b, wfx_ref_null_to(t), NULL);
  wfx_emit_ref_null(f->b, wfx_heap(t));
  wfx_emit_local_set(f->b, l);
  wfx_emit_local_get(f->b, l);
  wfx_emit_ref_is_null(f->b);
  wfx_field field = {WFX_I32, false};
  wfx_type_define_struct(f->m, t, &field, 1);
  wfx_emit_local_get(f->b, l);
  wfx_emit_struct_get(f->b, t, 0);
  wfx_emit_i32_add(f->b);
  wfx_group_end(f->m, g);
  expect(f, NULL);
}

static void resume_needs_the_right_label(void **state) {
  struct fixture *f = *state;
  wfx_label l = wfx_emit_block(f->b, wfx_bt_none());
  wfx_on on = {WFX_ON, f->yield, {0}, l};
  wfx_emit_ref_null(f->b, wfx_heap(f->cont));
  wfx_emit_resume(f->b, f->cont, &on, 1);
  expect(f, "type mismatch: the handler's label takes no continuation");
}

static void resume_is_checked_against_the_tag(void **state) {
  struct fixture *f = *state;
  /* $ask resumes with an i32, so the continuation must take one. */
  const wfx_valtype payload[] = {WFX_I32, wfx_ref_to(f->cont)};
  wfx_label l = wfx_emit_block(f->b, wfx_bt(f->m, NULL, 0, payload, 2));
  wfx_on on = {WFX_ON, f->ask, {0}, l};
  wfx_emit_ref_null(f->b, wfx_heap(f->cont));
  wfx_emit_resume(f->b, f->cont, &on, 1);
  expect(f, "type mismatch in continuation type");
}

static void switch_clause_needs_equal_results(void **state) {
  struct fixture *f = *state;
  wfx_on on = {WFX_ON_SWITCH, f->ask, {0}, {0}};
  wfx_emit_ref_null(f->b, wfx_heap(f->cont));
  wfx_emit_resume(f->b, f->cont, &on, 1);
  expect(f, "type mismatch in switch tag");
}

static void continuations_are_not_castable(void **state) {
  struct fixture *f = *state;
  wfx_emit_ref_null(f->b, wfx_heap(f->cont));
  wfx_emit_ref_test(f->b, wfx_heap(f->cont));
  expect(f, "invalid cast");
}

static void throwing_a_control_tag(void **state) {
  struct fixture *f = *state;
  wfx_emit_i32_const(f->b, 0);
  wfx_emit_throw(f->b, f->ask);
  expect(f, "non-empty tag result type");
}

static void each_body_has_its_own_error(void **state) {
  struct fixture *f = *state;
  wfx_func_id g = wfx_module_add_func(f->m, "g", f->ii_i);
  wfx_func_id h = wfx_module_add_func(f->m, "h", f->ii_i);
  wfx_body *bg = wfx_body_open(f->m, g, WFX_CHECKED), *bh = wfx_body_open(f->m, h, WFX_CHECKED);
  wfx_emit_i64_const(f->b, 0);
  wfx_emit_i32_const(bg, 0);
  wfx_emit_f32_const(bh, 0);
  assert_int_equal(wfx_body_close(bh), WFX_INVALID);
  assert_int_equal(wfx_body_close(f->b), WFX_INVALID);
  assert_int_equal(wfx_body_close(bg), WFX_OK);
  assert_int_equal(wfx_module_n_diags(f->m), 2);
  assert_string_equal(wfx_module_diag(f->m, 0)->func, "$f");
  assert_string_equal(wfx_module_diag(f->m, 1)->func, "$h");
}

static void abandoned_body_leaves_no_trace(void **state) {
  struct fixture *f = *state;
  wfx_emit_i64_const(f->b, 0);
  wfx_emit_i32_eqz(f->b);
  assert_non_null(wfx_body_diag(f->b));
  wfx_body_abandon(f->b);
  assert_int_equal(wfx_module_status(f->m), WFX_OK);
  f->b = wfx_body_open(f->m, f->f, WFX_CHECKED);
  wfx_emit_i32_const(f->b, 0);
  expect(f, NULL);
}

static void open_bodies_go_with_the_module(void **state) {
  struct fixture *f = *state; /* whose own body stays open */
  wfx_emit_i32_const(f->b, 1);
  wfx_emit_block(f->b, wfx_bt_none());
  for (int32_t i = 0; i < 3; i++) wfx_emit_i32_const(wfx_body_open_const(f->m, WFX_I32), i);
  wfx_body_abandon(wfx_body_open_const(f->m, WFX_I32));
}

static void unchecked_is_checked_by_validation(void **state) {
  struct fixture *f = *state;
  wfx_body_abandon(f->b);
  f->b = wfx_body_open(f->m, f->f, WFX_UNCHECKED);
  wfx_emit_i64_const(f->b, 0);
  assert_int_equal(wfx_body_close(f->b), WFX_OK);
  assert_int_equal(wfx_module_validate(f->m), WFX_INVALID);
}

static void null_body_is_taken(void **state) {
  struct fixture *f = *state;
  wfx_emit_nop(NULL);
  wfx_emit_end(wfx_emit_block(NULL, wfx_bt_none()).i == WFX_NO_ID ? NULL : f->b);
  wfx_body_at(NULL, "x", 1, 1);
  assert_int_equal(wfx_body_close(NULL), WFX_NOMEM);
  wfx_emit_i32_const(f->b, 0);
  expect(f, NULL);
}

static void constants(void **state) {
  struct fixture *f = *state;
  wfx_body *c = wfx_body_open_const(f->m, wfx_ref_to(f->list));
  wfx_emit_i32_const(c, 7);
  wfx_emit_ref_null(c, wfx_heap(f->list));
  wfx_emit_struct_new(c, f->list);
  wfx_const init = wfx_body_close_const(c);
  assert_int_equal(init.n, 3);
  wfx_module_add_global(f->m, "g", wfx_ref_to(f->list), false, init);
  wfx_emit_i32_const(f->b, 0);
  expect(f, NULL);
  c = wfx_body_open_const(f->m, WFX_I32);
  wfx_emit_i32_const(c, 7);
  wfx_emit_i32_clz(c);
  wfx_body_close_const(c);
  assert_int_equal(wfx_module_status(f->m), WFX_INVALID);
  assert_string_equal(wfx_module_diag(f->m, 0)->message, "constant expression required");
}

static void feature_switched_off(void **state) {
  (void)state;
  struct unit_alloc a = {.fail_at = UINT64_MAX};
  wfx_ctx *ctx = unit_ctx(&a, (uint64_t)1 << WFX_FEATURE_MVP);
  wfx_module *m = wfx_module_new(ctx);
  wfx_func_id f = wfx_module_add_func(m, "f", wfx_type_func(m, NULL, 0, NULL, 0));
  wfx_body *b = wfx_body_open(m, f, WFX_CHECKED);
  wfx_emit_i32_const(b, 1);
  wfx_emit_i32_extend8_s(b);
  wfx_emit_drop(b);
  assert_int_equal(wfx_body_close(b), WFX_UNSUPPORTED);
  assert_non_null(strstr(wfx_module_diag(m, 0)->message, "sign-ext"));
  wfx_module_free(m);
  wfx_ctx_free(ctx);
  assert_int_equal(a.n_blocks, 0);
}

/* A module with a bit of everything, for the sweep. */
static wfx_status build_all(wfx_ctx *ctx) {
  wfx_module *m = wfx_module_new(ctx);
  if (!m) return WFX_NOMEM;
  const wfx_valtype i = WFX_I32;
  wfx_type_id t = wfx_type_func(m, &i, 1, &i, 1), ct = wfx_type_cont(m, "ct", t);
  wfx_tag_id e = wfx_module_add_tag(m, "e", t);
  wfx_size_limits limits = {.min = 1};
  wfx_mem_id mem = wfx_module_add_mem(m, "mem", limits);
  wfx_module_add_data(m, NULL, mem, wfx_const_i32(m, 0), "abc", 3);
  wfx_func_id f = wfx_module_add_func(m, "f", t);
  wfx_export_func(m, "f", f);
  wfx_body *b = wfx_body_open(m, f, WFX_CHECKED);
  wfx_body_at(b, "sweep.c", 1, 1);
  wfx_local_id l = wfx_body_add_local(b, wfx_ref_null_to(ct), "k");
  wfx_handler_clause_spec clause = {e, {WFX_NO_ID}, false, "on_e"};
  wfx_handler_spec spec;
  memset(&spec, 0, sizeof spec);
  spec.size = sizeof spec;
  spec.kind = WFX_DEEP;
  spec.cont = ct;
  spec.clauses = &clause;
  spec.n_clauses = 1;
  spec.results = &i;
  spec.n_results = 1;
  wfx_handler h;
  wfx_emit_ref_func(b, f);
  wfx_emit_cont_new(b, ct);
  wfx_emit_local_set(b, l);
  wfx_handler_begin(b, &h, &spec);
  wfx_handler_blocks(b, &h);
  wfx_emit_i32_const(b, 1);
  wfx_emit_local_get(b, l);
  wfx_handler_resume(b, &h);
  wfx_handler_finish(b, &h);
  wfx_handler_clause(b, &h, 0);
  wfx_emit_local_set(b, l);
  wfx_emit_drop(b);
  wfx_handler_again(b, &h);
  wfx_handler_end(b, &h);
  wfx_body_close(b);
  wfx_status status = wfx_module_status(m);
  if (status == WFX_OK) status = wfx_module_validate(m);
  wfx_module_free(m);
  return status;
}

static void every_allocation_may_fail(void **state) {
  (void)state;
  unit_sweep(build_all);
}

int main(void) {
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
  const struct CMUnitTest tests[] = {
      TEST(operands_are_checked),
      TEST(good_body),
      TEST(closed_labels_are_unknown),
      TEST(too_many_ends),
      TEST(too_few_ends),
      TEST(missing_result),
      TEST(extra_value),
      TEST(uninitialised_local),
      TEST(initialised_in_a_block_only),
      TEST(alignment),
      TEST(undefined_type_inside),
      TEST(declared_type_may_be_named),
      TEST(resume_needs_the_right_label),
      TEST(resume_is_checked_against_the_tag),
      TEST(switch_clause_needs_equal_results),
      TEST(continuations_are_not_castable),
      TEST(throwing_a_control_tag),
      TEST(each_body_has_its_own_error),
      TEST(abandoned_body_leaves_no_trace),
      TEST(open_bodies_go_with_the_module),
      TEST(unchecked_is_checked_by_validation),
      TEST(null_body_is_taken),
      TEST(constants),
      cmocka_unit_test(feature_switched_off),
      cmocka_unit_test(every_allocation_may_fail),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
