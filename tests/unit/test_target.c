/* test_target.c: targets, and the features that modules use. */
#include "unit/binary_unit.h"

#define F(id) (UINT64_C(1) << WFX_FEATURE_##id)

/* ---- Targets ----------------------------------------------------------------------------- */

static void test_targets(void **state) {
  (void)state;
  assert_int_equal(wfx_target_find("standard"), WFX_TARGET_STANDARD);
  assert_int_equal(wfx_target_find("v8-15"), WFX_TARGET_V8_15);
  assert_int_equal(wfx_target_find("wasmtime-50"), WFX_TARGET_WASMTIME_50);
  assert_int_equal(wfx_target_find("v8"), -1);
  assert_int_equal(wfx_target_find(""), -1);
  for (int i = 0; i < WFX_TARGET_COUNT; i++) {
    wfx_target t = (wfx_target)i;
    assert_int_equal(wfx_target_find(wfx_target_text(t)), i);
    assert_true(strlen(wfx_target_about(t)) > 0);
    assert_true(wfx_target_takes(t, wfx_target_features(t)));
    assert_true(wfx_target_takes(t, F(MVP) | F(GC) | F(EXCEPTIONS)));
    assert_int_equal(wfx_target_takes(t, F(STACK_SWITCHING)), t != WFX_TARGET_PLAIN);
    assert_int_equal(wfx_target_takes(t, F(MULTI_SHOT)), t == WFX_TARGET_EXT);
  }
  assert_true(wfx_target_features(WFX_TARGET_STANDARD) == wfx_features_default());
}

static void test_options(void **state) {
  (void)state;
  wfx_options o = {.size = sizeof o, .alloc = unit_alloc_fn};
  o.limits.n_params = 7;
  wfx_target_options(WFX_TARGET_V8_15, &o);
  assert_true(o.alloc == unit_alloc_fn);
  assert_true(o.features == (wfx_features_default() | F(THREADS)));
  assert_int_equal(o.limits.n_params, 0);
  assert_int_equal(o.limits.n_clauses, 1000);
  o.alloc = NULL;
  wfx_ctx *ctx = wfx_ctx_new(&o);
  assert_int_equal(wfx_ctx_limits(ctx)->n_clauses, 1000);
  assert_int_equal(wfx_ctx_limits(ctx)->n_params, 1000);
  wfx_ctx_free(ctx);
  wfx_target_options(WFX_TARGET_STANDARD, &o);
  assert_int_equal(o.limits.n_clauses, 0);
}

/* A context for a target refuses what the target does not take. */
static void test_target_refuses(void **state) {
  (void)state;
  static const char text[] = "(module (tag $t (param i32)) (func (suspend $t (i32.const 1))))";
  for (int i = 0; i < WFX_TARGET_COUNT; i++) {
    wfx_options o = {.size = sizeof o};
    wfx_target_options((wfx_target)i, &o);
    wfx_ctx *ctx = wfx_ctx_new(&o);
    wfx_module *m = wfx_module_new(ctx);
    wfx_status status = wfx_module_parse(m, text, strlen(text), NULL);
    if (status == WFX_OK) status = wfx_module_validate(m);
    assert_int_equal(status, i == WFX_TARGET_PLAIN ? WFX_UNSUPPORTED : WFX_OK);
    wfx_module_free(m);
    wfx_ctx_free(ctx);
  }
}

/* ---- Features ---------------------------------------------------------------------------- */

static const struct {
  const char *fields;
  uint64_t features; /* beside MVP */
} cases[] = {
    {"", 0},
    {"(func (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))", 0},
    {"(memory 1) (func (drop (i32.load (i32.const 0)))) (data (i32.const 0) \"a\")", 0},
    {"(table 1 funcref) (elem (i32.const 0) func 0) (func)", 0},
    {"(func (result i32 i32) (i32.const 1) (i32.const 2))", F(MULTI_VALUE)},
    {"(func (block (param) (result i32) (i32.const 1)) (drop))", 0},
    {"(func (i32.const 1) (block (param i32) (drop)))", F(MULTI_VALUE)},
    {"(func (drop (i32.extend8_s (i32.const 1))))", F(SIGN_EXT)},
    {"(func (drop (i32.trunc_sat_f32_s (f32.const 1))))", F(SAT_FLOAT)},
    {"(global (export \"g\") (mut i32) (i32.const 0))", F(MUTABLE_GLOBALS)},
    {"(global (mut i32) (i32.const 0))", 0},
    {"(global i32 (i32.add (i32.const 0) (i32.const 1)))", F(EXTENDED_CONST)},
    {"(global i32 (i32.const 0)) (global i32 (global.get 0))", F(GC)},
    {"(import \"m\" \"g\" (global i32)) (global i32 (global.get 0))", 0},
    {"(memory 1) (func (memory.fill (i32.const 0) (i32.const 0) (i32.const 0)))", F(BULK)},
    {"(data \"x\")", F(BULK)},
    {"(memory 1) (memory 1)", F(MULTI_MEMORY)},
    {"(memory i64 1)", F(MEMORY64)},
    {"(table i64 1 funcref)", F(MEMORY64)},
    {"(memory 1 1 shared)", F(THREADS)},
    {"(table 1 externref)", F(REF_TYPES)},
    {"(table 1 funcref) (table 1 funcref)", F(REF_TYPES)},
    {"(func (param funcref))", F(REF_TYPES)},
    {"(func (local v128))", F(SIMD)},
    {"(func (drop (v128.const i32x4 0 0 0 0)))", F(SIMD)},
    {"(func (return_call 0))", F(TAIL_CALLS)},
    {"(type $f (func)) (func (param (ref $f)))", F(REF_TYPES) | F(FUNC_REFS)},
    {"(type $f (func)) (func (param (ref null $f)))", F(REF_TYPES) | F(FUNC_REFS)},
    {"(table 1 (ref null func))", 0},
    {"(type (struct))", F(GC)},
    {"(type (sub (func)))", F(GC)},
    {"(rec (type (func)))", F(GC)},
    {"(func (param anyref))", F(GC) | F(REF_TYPES)},
    {"(tag)", F(EXCEPTIONS)},
    {"(func (local exnref))", F(EXCEPTIONS) | F(REF_TYPES)},
    {"(tag (result i32))", F(EXCEPTIONS) | F(STACK_SWITCHING)},
    {"(type $f (func)) (type (cont $f))", F(STACK_SWITCHING)},
    {"(func (local contref))", F(STACK_SWITCHING) | F(REF_TYPES)},
    {"(type (handler i32))", F(NAMED_HANDLERS)},
    {"(func (barrier))", F(BARRIER)},
    {"(type $f (func)) (type (tag $f))", F(TAG_REFS)},
    {"(type $f (func)) (type $k (cont $f)) (func (param (ref $k)) (result (ref $k))\n"
     " (cont.clone $k (local.get 0)))",
     F(STACK_SWITCHING) | F(REF_TYPES) | F(FUNC_REFS) | F(MULTI_SHOT)},
};

static wfx_ctx *ctx_with(uint64_t features) {
  wfx_options o = {.size = sizeof o, .features = features};
  wfx_ctx *ctx = wfx_ctx_new(&o);
  assert_non_null(ctx);
  return ctx;
}

static wfx_status validate_with(uint64_t features, const uint8_t *bytes, size_t n) {
  wfx_ctx *ctx = ctx_with(features);
  wfx_module *m = wfx_module_new(ctx);
  wfx_status status = wfx_validate_bytes(m, bytes, n);
  wfx_module_free(m);
  wfx_ctx_free(ctx);
  return status;
}

/* The features must be enough for the bytes. */
static uint64_t features_of_bytes(const uint8_t *bytes, size_t n) {
  wfx_ctx *ctx = ctx_with(wfx_features_all());
  wfx_module *m = wfx_module_new(ctx);
  uint64_t features = 0;
  assert_int_equal(wfx_module_decode(m, bytes, n), WFX_OK);
  assert_int_equal(wfx_module_features(m, &features), WFX_OK);
  wfx_module_free(m);
  wfx_ctx_free(ctx);
  assert_true(features & F(MVP));
  return features;
}

static void test_features(void **state) {
  (void)state;
  wfx_ctx *ctx = ctx_with(wfx_features_all());
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    wfx_module *m = wfx_module_new(ctx);
    wfx_bytes bytes;
    uint64_t parsed = 0;
    if (wfx_module_parse(m, cases[i].fields, strlen(cases[i].fields), NULL) != WFX_OK)
      fail_msg("%s: %s", cases[i].fields, wfx_module_diag(m, 0)->message);
    assert_int_equal(wfx_module_features(m, &parsed), WFX_OK);
    assert_int_equal(wfx_module_encode(m, 0, &bytes), WFX_OK);
    uint64_t decoded = features_of_bytes(bytes.data, bytes.n);
    uint64_t want = cases[i].features | F(MVP);
    if (parsed != want || decoded != want)
      fail_msg("%s: parsed %llx, decoded %llx", cases[i].fields, (unsigned long long)parsed,
               (unsigned long long)decoded);
    assert_int_equal(validate_with(decoded, bytes.data, bytes.n), WFX_OK);
    wfx_bytes_free(ctx, &bytes);
    wfx_module_free(m);
  }
  wfx_ctx_free(ctx);
}

static wfx_status validate_text(uint64_t features, const char *text) {
  wfx_ctx *ctx = ctx_with(features);
  wfx_module *m = wfx_module_new(ctx);
  wfx_status status = wfx_module_parse(m, text, strlen(text), NULL);
  if (status == WFX_OK) status = wfx_module_validate(m);
  wfx_module_free(m);
  wfx_ctx_free(ctx);
  return status;
}

/* A module is valid with what it uses, and is refused without any of it: as text, and as the binary
 * made of it. */
static void expect_needs(const char *text, uint64_t used) {
  wfx_ctx *ctx = ctx_with(wfx_features_all());
  wfx_module *m = wfx_module_new(ctx);
  wfx_bytes bytes;
  if (wfx_module_parse(m, text, strlen(text), NULL) != WFX_OK ||
      wfx_module_validate(m) != WFX_OK || wfx_module_encode(m, 0, &bytes) != WFX_OK)
    fail_msg("%s: %s", text, wfx_module_diag(m, 0)->message);
  if (validate_text(used | F(MVP), text) != WFX_OK) fail_msg("%s: needs more", text);
  for (uint64_t rest = used; rest != 0; rest &= rest - 1) {
    uint64_t without = wfx_features_all() & ~(rest & ~(rest - 1));
    if (validate_text(without, text) == WFX_OK)
      fail_msg("%s: valid with %llx", text, (unsigned long long)without);
    if (validate_with(without, bytes.data, bytes.n) == WFX_OK)
      fail_msg("%s: valid bytes with %llx", text, (unsigned long long)without);
  }
  wfx_bytes_free(ctx, &bytes);
  wfx_module_free(m);
  wfx_ctx_free(ctx);
}

static void test_needs(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    expect_needs(cases[i].fields, cases[i].features);
  expect_needs("(func (block (result i32 i64) (i32.const 1) (i64.const 1)) drop drop)",
               F(MULTI_VALUE));
  expect_needs("(func) (elem func 0)", F(BULK));
  expect_needs("(func $f) (func (drop (ref.func $f))) (elem declare func $f)",
               F(BULK) | F(REF_TYPES));
  expect_needs("(func (param (ref func)))", F(REF_TYPES) | F(FUNC_REFS));
  expect_needs("(func (local (ref null func)))", F(REF_TYPES));
  expect_needs("(table 1 funcref (ref.null func))", F(FUNC_REFS) | F(REF_TYPES));
  expect_needs("(import \"m\" \"g\" (global (mut i32)))", F(MUTABLE_GLOBALS));
  expect_needs("(type $a (array i8)) (data $d (i32.const 0) \"\") (memory 1)\n"
               "(func (drop (array.new_data $a $d (i32.const 0) (i32.const 0))))",
               F(GC) | F(BULK));
}

/* Also what is built, and where in a module it is. */
static void test_needs_built(void **state) {
  (void)state;
  wfx_ctx *ctx = ctx_with(wfx_features_all() & ~F(MULTI_VALUE));
  wfx_module *m = wfx_module_new(ctx);
  const wfx_valtype two[] = {WFX_I32, WFX_I64};
  wfx_type_func(m, NULL, 0, two, 2);
  assert_int_equal(wfx_module_validate(m), WFX_UNSUPPORTED);
  wfx_module_free(m);
  m = wfx_module_new(ctx);
  static const char text[] = "(module\n (func $f\n  i32.const 1\n  (block (param i32) drop)))";
  assert_int_equal(wfx_module_parse(m, text, strlen(text), NULL), WFX_OK);
  assert_int_equal(wfx_module_validate(m), WFX_UNSUPPORTED);
  assert_int_equal(wfx_module_diag(m, 0)->loc.line, 4);
  assert_non_null(strstr(wfx_module_diag(m, 0)->message, "multivalue"));
  wfx_module_free(m);
  wfx_ctx_free(ctx);
  /* A local is where its function is. */
  ctx = ctx_with(wfx_features_all() & ~F(REF_TYPES));
  m = wfx_module_new(ctx);
  static const char local[] = "(module\n\n (func\n  (local funcref)))";
  assert_int_equal(wfx_module_parse(m, local, strlen(local), NULL), WFX_OK);
  assert_int_equal(wfx_module_validate(m), WFX_UNSUPPORTED);
  assert_int_equal(wfx_module_diag(m, 0)->loc.line, 3);
  wfx_module_free(m);
  wfx_ctx_free(ctx);
}

/* A module with everything in it validates with the features found, and with none of them less. */
static void test_sink(void **state) {
  (void)state;
  struct hex h = hex_module(sink_text);
  uint64_t features = features_of_bytes(h.data, h.n);
  assert_int_equal(validate_with(features, h.data, h.n), WFX_OK);
  for (uint64_t rest = features & ~F(MVP); rest != 0; rest &= rest - 1) {
    uint64_t one = rest & ~(rest - 1);
    assert_int_not_equal(validate_with(features & ~one, h.data, h.n), WFX_OK);
  }
  assert_true(wfx_target_takes(WFX_TARGET_V8_15, features));
  assert_false(wfx_target_takes(WFX_TARGET_STANDARD, features)); /* threads */
}

static void test_errors(void **state) {
  (void)state;
  wfx_ctx *ctx = ctx_with(0);
  wfx_module *m = wfx_module_new(ctx);
  uint64_t features = 1;
  /* A body that is cut short is found when it is opened. */
  struct hex h = hex_module("01[01 60 00 00] 03[01 00] 0a[01 [00 41]]");
  assert_int_equal(wfx_module_decode(m, h.data, h.n), WFX_OK);
  assert_int_equal(wfx_module_features(m, &features), WFX_MALFORMED);
  assert_true(features == 0);
  wfx_module_free(m);
  wfx_ctx_free(ctx);
}

static wfx_status features_task(wfx_ctx *ctx) {
  struct hex h = hex_module("01[01 60 00 00] 03[02 00 00] 0a[02 [00 0b] [00 41 00 1a 0b]]");
  wfx_module *m = wfx_module_new(ctx);
  if (m == NULL) return WFX_NOMEM;
  uint64_t features;
  wfx_status status = wfx_module_decode(m, h.data, h.n);
  if (status == WFX_OK) status = wfx_module_features(m, &features);
  wfx_module_free(m);
  return status;
}
static void test_oom(void **state) {
  (void)state;
  unit_sweep(features_task);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_targets),  cmocka_unit_test(test_options),
      cmocka_unit_test(test_target_refuses), cmocka_unit_test(test_features),
      cmocka_unit_test(test_needs),    cmocka_unit_test(test_needs_built),
      cmocka_unit_test(test_sink),     cmocka_unit_test(test_errors),
      cmocka_unit_test(test_oom),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
