/* test_embed.c: functions and references as values of the host. */
#include "run_unit.h"

static wfx_str str(const char *text, size_t n) { return (wfx_str){text, n}; }

static const char text[] =
    "(module (type $s (struct (field i32))) (type $f (func)) (type $k (cont $f))\n"
    "  (rec (type $pair (struct (field (ref $s)))) (type $array (array i8)))\n"
    "  (func (export \"a\\00b\") (result i32) (i32.const 7))\n"
    "  (func (export \"a\") (result i32) (i32.const 8))\n"
    "  (func (export \"add\") (param i32 i64) (result i64)\n"
    "    (i64.add (i64.extend_i32_s (local.get 0)) (local.get 1)))\n"
    "  (func (export \"types\")\n"
    "    (param (ref $s) (ref null $array) (ref null $k) (ref null $f))\n"
    "    (result (ref null $pair) externref) (ref.null $pair) (ref.null extern))\n"
    "  (func (export \"self\") (param externref) (result externref) (local.get 0))\n"
    "  (func (export \"in\") (param externref) (result anyref)\n"
    "    (any.convert_extern (local.get 0)))\n"
    "  (func (export \"out\") (param anyref) (result externref)\n"
    "    (extern.convert_any (local.get 0)))\n"
    "  (func (export \"make\") (result (ref $s)) (struct.new $s (i32.const 5)))\n"
    "  (func (export \"read\") (param (ref null struct)) (result i32)\n"
    "    (struct.get $s 0 (ref.cast (ref $s) (local.get 0))))\n"
    "  (func $do) (elem declare func $do)\n"
    "  (func (export \"cont\") (result contref) (cont.new $k (ref.func $do)))\n"
    "  (func (export \"trap\") (unreachable))\n"
    "  (func (export \"get\") (result funcref) (ref.func $do)))\n";

static wfx_value func(wfx_instance *inst, const char *name) {
  wfx_value f;
  assert_true(wfx_instance_func(inst, str(name, strlen(name)), &f));
  return f;
}

static void functions_are_values(void **state) {
  (void)state;
  struct world w;
  world_open(&w, NULL);
  wfx_instance *inst = world_add(&w, text, NULL);
  wfx_value f, r, args[2] = {wfx_i32(-1), wfx_i64(3)};
  /* Names may be any bytes. */
  assert_true(wfx_instance_func(inst, str("a\0b", 3), &f));
  assert_int_equal(wfx_call_ref(w.store, &f, NULL, 0, &r, 1), WFX_OK);
  assert_int_equal(r.of.i32, 7);
  assert_false(wfx_instance_func(inst, str("a\0c", 3), &f));
  f = func(inst, "a");
  assert_int_equal(wfx_call_ref(w.store, &f, NULL, 0, &r, 1), WFX_OK);
  assert_int_equal(r.of.i32, 8);
  f = func(inst, "add");
  assert_int_equal(wfx_call_ref(w.store, &f, args, 2, &r, 1), WFX_OK);
  assert_int_equal(r.type, WFX_I64);
  assert_int_equal(r.of.i64, 2);
  /* Results are functions that can be called. */
  f = func(inst, "get");
  assert_int_equal(wfx_call_ref(w.store, &f, NULL, 0, &r, 1), WFX_OK);
  assert_int_equal(wfx_call_ref(w.store, &r, NULL, 0, NULL, 0), WFX_OK);
  world_close(&w);
}

static void wrong_calls_are_refused(void **state) {
  (void)state;
  struct world w;
  world_open(&w, NULL);
  wfx_instance *inst = world_add(&w, text, NULL);
  wfx_value f = func(inst, "add"), r, args[2] = {wfx_i32(1), wfx_i32(1)};
  assert_int_equal(wfx_call_ref(w.store, &f, args, 2, &r, 1), WFX_MISUSE);
  assert_string_equal(wfx_store_diag(w.store)->message, "argument of another type");
  assert_int_equal(wfx_call_ref(w.store, &f, args, 1, &r, 1), WFX_MISUSE);
  assert_int_equal(wfx_call_ref(w.store, &f, args, 2, &r, 0), WFX_MISUSE);
  f = func(inst, "trap");
  assert_int_equal(wfx_call_ref(w.store, &f, NULL, 0, NULL, 0), WFX_TRAP);
  assert_string_equal(wfx_store_diag(w.store)->message, "unreachable");
  assert_int_equal(wfx_store_n_frames(w.store), 1);
  f = wfx_i64(0);
  assert_int_equal(wfx_call_ref(w.store, &f, NULL, 0, NULL, 0), WFX_MISUSE);
  f.type = WFX_FUNCREF;
  assert_int_equal(wfx_call_ref(w.store, &f, NULL, 0, NULL, 0), WFX_TRAP);
  assert_string_equal(wfx_store_diag(w.store)->message, "null function reference");
  assert_int_equal(wfx_extern_new(w.store, &w, &f), WFX_OK);
  assert_int_equal(wfx_call_ref(w.store, &f, NULL, 0, NULL, 0), WFX_MISUSE);
  world_close(&w);
}

static void types_are_abstract(void **state) {
  (void)state;
  struct world w;
  world_open(&w, NULL);
  wfx_instance *inst = world_add(&w, text, NULL);
  wfx_value f = func(inst, "types"), r[2], args[4];
  wfx_valtype params[4], results[2];
  size_t n_params = 4, n_results = 2;
  assert_true(wfx_ref_func_type(w.store, &f, params, &n_params, results, &n_results));
  assert_int_equal(n_params, 4);
  assert_int_equal(n_results, 2);
  assert_int_equal(params[0], wfx_ref(WFX_HEAP_STRUCT));
  assert_int_equal(params[1], WFX_ARRAYREF);
  assert_int_equal(params[2], WFX_CONTREF);
  assert_int_equal(params[3], WFX_FUNCREF);
  assert_int_equal(results[0], WFX_STRUCTREF);
  assert_int_equal(results[1], WFX_EXTERNREF);
  memset(args, 0, sizeof args);
  for (size_t i = 0; i < 4; i++) args[i].type = WFX_ANYREF;
  /* A null where none may be. */
  assert_int_equal(wfx_call_ref(w.store, &f, args, 4, r, 2), WFX_MISUSE);
  wfx_value make = func(inst, "make");
  assert_int_equal(wfx_call_ref(w.store, &make, NULL, 0, &args[0], 1), WFX_OK);
  assert_int_equal(args[0].type, wfx_ref(WFX_HEAP_STRUCT));
  assert_int_equal(wfx_call_ref(w.store, &f, args, 4, r, 2), WFX_OK);
  assert_int_equal(r[0].type, WFX_STRUCTREF);
  assert_int_equal(r[1].type, WFX_EXTERNREF);
  f.of.ref[0] = 0;
  assert_false(wfx_ref_func_type(w.store, &f, NULL, &n_params, NULL, &n_results));
  world_close(&w);
}

static void hosts_pass_both_ways(void **state) {
  (void)state;
  struct world w;
  int here;
  void *host;
  world_open(&w, NULL);
  wfx_instance *inst = world_add(&w, text, NULL);
  wfx_value x, r;
  assert_int_equal(wfx_extern_new(w.store, &here, &x), WFX_OK);
  assert_int_equal(wfx_call(inst, "in", &x, 1, &r, 1), WFX_OK);
  assert_int_equal(r.type, WFX_ANYREF);
  assert_int_equal(wfx_ref_heap(w.store, &r), WFX_HEAP_EXTERN);
  assert_int_equal(wfx_call(inst, "out", &r, 1, &r, 1), WFX_OK);
  assert_true(wfx_extern_get(&r, &host));
  assert_ptr_equal(host, &here);
  assert_int_equal(wfx_extern_new(w.store, NULL, &x), WFX_OK);
  x.type = WFX_ANYREF;
  assert_int_equal(wfx_call(inst, "out", &x, 1, &r, 1), WFX_OK);
  assert_true(wfx_extern_get(&r, &host));
  assert_null(host);
  /* Not of this kind: a continuation, a function, a struct, a number. */
  static const char *const others[] = {"cont", "get", "make", "a"};
  for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
    assert_int_equal(wfx_call(inst, others[i], NULL, 0, &r, 1), WFX_OK);
    assert_false(wfx_extern_get(&r, &host));
  }
  world_close(&w);
}

static void roots_keep_what_they_refer_to(void **state) {
  (void)state;
  struct world w;
  world_open(&w, NULL);
  wfx_instance *inst = world_add(&w, text, NULL);
  enum { N = 200 };
  wfx_value refs[N], conts[N], r;
  wfx_root roots[N], cont_roots[N];
  for (size_t i = 0; i < N; i++) {
    assert_int_equal(wfx_extern_new(w.store, (void *)(uintptr_t)(i + 1), &refs[i]), WFX_OK);
    assert_int_equal(wfx_root_new(w.store, &refs[i], &roots[i]), WFX_OK);
    assert_int_equal(wfx_call(inst, "cont", NULL, 0, &conts[i], 1), WFX_OK);
    assert_int_equal(wfx_root_new(w.store, &conts[i], &cont_roots[i]), WFX_OK);
  }
  for (int round = 0; round < 3; round++) {
    for (size_t i = 0; i < 5000; i++)
      assert_int_equal(wfx_extern_new(w.store, NULL, &r), WFX_OK);
    wfx_store_collect(w.store);
    for (size_t i = 0; i < N; i++) {
      void *host;
      assert_int_equal(wfx_call(inst, "self", &refs[i], 1, &r, 1), WFX_OK);
      assert_true(wfx_extern_get(&r, &host));
      assert_int_equal((uintptr_t)host, i + 1);
      assert_int_equal(wfx_ref_heap(w.store, &conts[i]), WFX_HEAP_CONT);
    }
  }
  wfx_stats stats;
  wfx_store_stats(w.store, &stats);
  assert_int_equal(stats.n_conts_live, N);
  uint64_t before = stats.heap_bytes;
  for (size_t i = 0; i < N; i++) {
    wfx_root_free(w.store, roots[i]);
    wfx_root_free(w.store, cont_roots[i]);
  }
  wfx_store_collect(w.store);
  wfx_store_stats(w.store, &stats);
  assert_int_equal(stats.n_conts_live, 0);
  assert_true(stats.heap_bytes < before);
  /* Freed ones are used again. */
  assert_int_equal(wfx_extern_new(w.store, &w, &r), WFX_OK);
  for (size_t i = 0; i < 2 * N; i++) {
    wfx_root root;
    assert_int_equal(wfx_root_new(w.store, &r, &root), WFX_OK);
    assert_true(root.i < 2 * N);
  }
  world_close(&w);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(functions_are_values),   cmocka_unit_test(wrong_calls_are_refused),
      cmocka_unit_test(types_are_abstract),     cmocka_unit_test(hosts_pass_both_ways),
      cmocka_unit_test(roots_keep_what_they_refer_to),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
