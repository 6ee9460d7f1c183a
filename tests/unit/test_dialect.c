/* test_dialect.c: binaries of older stack switching. */
#include "unit/binary_unit.h"

#include <stdio.h>

/* $0 = func [] -> [], $1 = cont $0, and a tag of type $0 */
#define TYPES "01[02 60 00 00 5d 00] "
#define HEAD TYPES "03[01 00] 0d[01 00 00] "
/* resume $1 (on $0 0) of null, in a block; kinds of clauses before 2024-09 had no byte */
#define RESUME_NEW "0a[01 [00 02 63 01 d0 01 e3 01 01 00 00 00 d0 01 0b 1a 0b]]"
#define RESUME_OLD "0a[01 [00 02 63 01 d0 01 e3 01 01 00 00 d0 01 0b 1a 0b]]"
#define SWITCH(byte) "0a[01 [00 d0 01 " byte " 01 00 0b]]"
#define BARRIER(bytes) "0a[01 [00 " bytes " 40 0b 0b]]"
#define THROW_REF "0a[01 [00 d0 69 d0 01 e5 01 00 0b]]"

/* from, decoded in a dialect, encoded: current bytes, whether bodies are opened or not. NULL: it is
 * refused with that status and message. */
static void expect(wfx_dialect dialect, const char *from, const char *to, wfx_status status,
                   const char *message) {
  for (int is_opened = 0; is_opened < 2; is_opened++) {
    struct unit_alloc a = {.fail_at = UINT64_MAX};
    wfx_options o = {.size = sizeof o, .alloc = unit_alloc_fn, .ud = &a, .dialect = dialect};
    o.features = wfx_features_all();
    wfx_ctx *ctx = wfx_ctx_new(&o);
    struct hex h = hex_module(from);
    wfx_module *m = wfx_module_new(ctx);
    wfx_bytes out = {NULL, 0};
    if (wfx_module_decode(m, h.data, h.n) == WFX_OK && (!is_opened || open_bodies(m)))
      wfx_module_encode(m, 0, &out);
    if (to) {
      struct hex want = hex_module(to);
      if (wfx_module_n_diags(m) != 0) fail_msg("%s", wfx_module_diag(m, 0)->message);
      assert_int_equal(out.n, want.n);
      assert_memory_equal(out.data, want.data, want.n);
    } else {
      assert_int_equal(wfx_module_status(m), status);
      assert_non_null(strstr(wfx_module_diag(m, 0)->message, message));
    }
    wfx_bytes_free(ctx, &out);
    wfx_module_free(m);
    wfx_ctx_free(ctx);
    assert_int_equal(a.n_blocks, 0);
  }
}

static void current_bytes(void **state) {
  (void)state;
  const wfx_dialect now = WFX_DIALECT_CURRENT;
  expect(now, HEAD RESUME_NEW, HEAD RESUME_NEW, WFX_OK, NULL);
  expect(now, HEAD SWITCH("e6"), HEAD SWITCH("e6"), WFX_OK, NULL);
  expect(now, HEAD THROW_REF, HEAD THROW_REF, WFX_OK, NULL);
  expect(now, HEAD BARRIER("ff 03"), HEAD BARRIER("ff 03"), WFX_OK, NULL);
}

static void bytes_of_2024(void **state) {
  (void)state;
  const wfx_dialect then = WFX_DIALECT_2024;
  expect(then, HEAD RESUME_NEW, HEAD RESUME_NEW, WFX_OK, NULL);
  expect(then, HEAD SWITCH("e5"), HEAD SWITCH("e6"), WFX_OK, NULL);
  expect(then, HEAD SWITCH("e6"), NULL, WFX_MALFORMED, "illegal opcode e6");
  /* what is resume_throw_ref today was switch then */
  expect(then, HEAD THROW_REF, HEAD "0a[01 [00 d0 69 d0 01 e6 01 00 0b]]", WFX_OK, NULL);
}

static void bytes_of_2023(void **state) {
  (void)state;
  const wfx_dialect then = WFX_DIALECT_2023;
  expect(then, HEAD RESUME_OLD, HEAD RESUME_NEW, WFX_OK, NULL);
  expect(then, HEAD BARRIER("e5"), HEAD BARRIER("ff 03"), WFX_OK, NULL);
  expect(then, HEAD SWITCH("e6"), NULL, WFX_MALFORMED, "illegal opcode e6");
  /* resume_throw with two clauses; cont.bind */
  expect(then, HEAD "0a[01 [00 d0 01 e4 01 00 02 00 00 00 00 0b]]",
         HEAD "0a[01 [00 d0 01 e4 01 00 02 00 00 00 00 00 00 0b]]", WFX_OK, NULL);
  expect(then, HEAD "0a[01 [00 d0 01 e1 01 01 1a 0b]]", HEAD "0a[01 [00 d0 01 e1 01 01 1a 0b]]",
         WFX_OK, NULL);
  /* the clauses of today are too long */
  expect(then, HEAD "0a[01 [00 d0 01 e3 01 01 00 00 00 0b]]",
         HEAD "0a[01 [00 d0 01 e3 01 01 00 00 00 00 0b]]", WFX_OK, NULL);
}

static void bytes_of_2021(void **state) {
  (void)state;
  const wfx_dialect then = WFX_DIALECT_2021;
  /* $1 = cont $0; a function of (ref $0), (ref null $0), an exception and a control tag */
  expect(then, "01[03 60 00 00 5f 00 60 02 6b 00 6c 00 00] 03[01 00] 0d[02 00 00 01 00]"
               "0a[01 [00 d2 00 e0 01 d3 1a d0 00 d4 00 1a e5 40 e2 01 0b 0b]]",
         "01[03 60 00 00 5d 00 60 02 64 00 63 00 00] 03[01 00] 0d[02 00 00 00 00]"
         "0a[01 [00 d2 00 e0 01 d4 1a d0 00 d5 00 1a ff 03 40 e2 01 0b 0b]]", WFX_OK, NULL);
  static const char *const untyped[] = {"14", "15", "16", "17", "e1", "e3", "e4"};
  for (size_t i = 0; i < sizeof untyped / sizeof *untyped; i++) {
    char text[100];
    snprintf(text, sizeof text, "01[01 60 00 00] 03[01 00] 0a[01 [00 %s 00 0b]]", untyped[i]);
    expect(then, text, NULL, WFX_UNSUPPORTED, "of 2021 does not say the types");
  }
  expect(then, "01[01 60 00 00] 03[01 00] 0a[01 [00 d5 00 0b]]", NULL, WFX_MALFORMED,
         "illegal opcode d5");
  expect(then, "01[01 60 00 00] 0d[01 02 00]", NULL, WFX_MALFORMED, "");
}

static void names_of_dialects(void **state) {
  (void)state;
  assert_int_equal(wfx_dialect_find("current"), WFX_DIALECT_CURRENT);
  assert_int_equal(wfx_dialect_find("2024"), WFX_DIALECT_2024);
  assert_int_equal(wfx_dialect_find("2023"), WFX_DIALECT_2023);
  assert_int_equal(wfx_dialect_find("2021"), WFX_DIALECT_2021);
  assert_int_equal(wfx_dialect_find("2022"), -1);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(current_bytes), cmocka_unit_test(bytes_of_2024),
      cmocka_unit_test(bytes_of_2023), cmocka_unit_test(bytes_of_2021),
      cmocka_unit_test(names_of_dialects),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
