/* test_tooling.c: the sections producers and target_features. */
#include "unit/text_unit.h"

#include <stdio.h>

static void expect(wfx_module *m, const char *want) {
  char *text = text_print(m->ctx, m, 0);
  if (!strstr(text, want)) fail_msg("%s", text);
  free(text);
}

static void expect_str(wfx_str s, const char *want) {
  assert_int_equal(s.n, strlen(want));
  assert_memory_equal(s.data, want, s.n);
}

static void producers(void **state) {
  wfx_module *m = text_parse(text_ctx(state), "(@custom \"producers\" (before code) "
      "\"\\02\\08language\\01\\01C\\0211\\03sdk\\01\\01E\\00\")");
  wfx_str field, name, version;
  assert_true(wfx_module_producer(m, 1, &field, &name, &version));
  expect_str(field, "sdk");
  expect_str(name, "E");
  expect_str(version, "");
  assert_false(wfx_module_producer(m, 2, &field, &name, &version));
  assert_true(wfx_module_add_producer(m, "language", "C", "17"));
  assert_true(wfx_module_add_producer(m, "language", "D", "2"));
  assert_true(wfx_module_add_producer(m, "processed-by", "x", "1"));
  expect(m, "(@custom \"producers\" (after datacount)");
  assert_true(wfx_module_producer(m, 0, &field, &name, &version));
  expect_str(name, "C");
  expect_str(version, "17");
  assert_true(wfx_module_producer(m, 1, &field, &name, &version));
  expect_str(field, "language");
  expect_str(name, "D");
  assert_true(wfx_module_producer(m, 3, &field, &name, &version));
  expect_str(field, "processed-by");
  assert_false(wfx_module_producer(m, 4, &field, &name, &version));
  wfx_module_free(m);
}

static void target_features(void **state) {
  wfx_module *m = text_parse(text_ctx(state), "");
  char prefix;
  wfx_str name;
  assert_false(wfx_module_target_feature(m, 0, &prefix, &name));
  assert_true(wfx_module_add_target_feature(m, '+', "a"));
  assert_true(wfx_module_add_target_feature(m, '+', "bc"));
  assert_true(wfx_module_add_target_feature(m, '-', "a"));
  expect(m, "(@custom \"target_features\" \"\\02+\\02bc-\\01a\")");
  assert_true(wfx_module_target_feature(m, 1, &prefix, &name));
  assert_int_equal(prefix, '-');
  expect_str(name, "a");
  assert_false(wfx_module_target_feature(m, 2, &prefix, &name));
  assert_false(wfx_module_target_feature(m, UINT32_MAX, &prefix, &name));
  wfx_module_free(m);
}

static void malformed_sections_stay(void **state) {
  static const char *const bytes[] = {"", "\\01", "\\ff\\ff\\ff\\ff\\0f", "\\01\\05ab", "\\00x",
                                      "\\01\\01\\ff\\00", "\\01\\01a\\ff\\ff\\ff\\ff\\0f"};
  for (size_t i = 0; i < sizeof bytes / sizeof *bytes; i++) {
    char text[200];
    snprintf(text, sizeof text, "(@custom \"producers\" \"%s\") (@custom \"target_features\" \"%s\")",
             bytes[i], bytes[i]);
    wfx_module *m = text_parse(text_ctx(state), text);
    char *before = text_print(m->ctx, m, 0), prefix;
    wfx_str a, b, c;
    assert_false(wfx_module_add_producer(m, "sdk", "x", "1"));
    assert_false(wfx_module_add_target_feature(m, '+', "x"));
    wfx_module_producer(m, 0, &a, &b, &c);
    wfx_module_target_feature(m, 0, &prefix, &a);
    expect(m, before);
    assert_int_equal(wfx_module_status(m), WFX_OK);
    free(before);
    wfx_module_free(m);
  }
}

static wfx_status add_both(wfx_ctx *ctx) {
  wfx_module *m = wfx_module_new(ctx);
  if (!m) return WFX_NOMEM;
  bool ok = wfx_module_add_producer(m, "sdk", "x", "1") &&
            wfx_module_add_producer(m, "language", "y", "2") &&
            wfx_module_add_target_feature(m, '+', "z");
  wfx_status status = wfx_module_status(m);
  assert_int_equal(ok, status == WFX_OK);
  wfx_module_free(m);
  return status;
}

static void memory_runs_out(void **state) {
  (void)state;
  unit_sweep(add_both);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(producers), cmocka_unit_test(target_features),
      cmocka_unit_test(malformed_sections_stay), cmocka_unit_test(memory_runs_out),
  };
  return cmocka_run_group_tests(tests, text_setup, text_teardown);
}
