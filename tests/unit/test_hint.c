/* test_hint.c: branch hints: built, read, rewritten, in binaries and in text. */
#include "unit/binary_unit.h"
#include "unit/text_unit.h"

/* The custom section metadata.code.branch_hint with some content. */
#define HINTS(content) "00[19 6d657461646174612e636f64652e6272616e63685f68696e74 " content "] "
#define TYPE_AND_FUNC "01[01 60 00 00] 03[01 00] "
/* i32.const 0, br_if 0 at 3, i32.const 1, if end at 7 */
#define CODE "0a[01 [00 4100 0d00 4101 0440 0b 0b]]"
#define NAMES "00[04 6e616d65 00[01 61]] "

static wfx_module *decode(const wfx_ctx *ctx, const struct hex *h) {
  wfx_module *m = wfx_module_new(ctx);
  assert_non_null(m);
  assert_int_equal(wfx_module_decode(m, h->data, h->n), WFX_OK);
  return m;
}

static void expect_bytes(wfx_module *m, uint32_t flags, const char *want) {
  struct hex h = hex_module(want);
  wfx_bytes out;
  assert_int_equal(wfx_module_encode(m, flags, &out), WFX_OK);
  assert_int_equal(out.n, h.n);
  assert_memory_equal(out.data, h.data, h.n);
  wfx_bytes_free(m->ctx, &out);
}

/* from becomes to, its bodies unopened and opened. */
static void expect(void **state, const char *from, const char *to, uint32_t flags) {
  struct hex h = hex_module(from);
  wfx_module *m = decode(text_ctx(state), &h);
  expect_bytes(m, flags, to);
  assert_true(open_bodies(m));
  expect_bytes(m, flags, to);
  wfx_module_free(m);
}

static void binaries_stay(void **state) {
  static const char *const rows[] = {
      TYPE_AND_FUNC HINTS("01 00 02  03 01 01  07 01 00") CODE,
      /* none at all, none of a function */
      TYPE_AND_FUNC HINTS("00") CODE,
      TYPE_AND_FUNC HINTS("01 00 00") CODE,
      /* among other sections, and names on either side */
      TYPE_AND_FUNC "00[01 61] " HINTS("01 00 01 07 01 01") "00[01 62] " CODE "00[01 63]",
      TYPE_AND_FUNC NAMES HINTS("01 00 01 07 01 01") CODE,
      TYPE_AND_FUNC HINTS("01 00 01 07 01 01") NAMES CODE,
      "00[01 61]" HINTS("01 00 01 07 01 01") TYPE_AND_FUNC CODE,
      TYPE_AND_FUNC CODE HINTS("01 00 01 07 01 01") "00[01 61]",
      /* malformed: no such function, no hint of that value or size, out of order, too short, long */
      TYPE_AND_FUNC HINTS("01 01 01 03 01 01") CODE,
      TYPE_AND_FUNC HINTS("01 00 01 03 01 02") CODE,
      TYPE_AND_FUNC HINTS("01 00 01 03 02 01 01") CODE,
      TYPE_AND_FUNC HINTS("01 00 02 07 01 01 03 01 01") CODE,
      TYPE_AND_FUNC HINTS("02 00 01 07 01 01 00 01 03 01 01") CODE,
      TYPE_AND_FUNC HINTS("01 00 01 03 01") CODE,
      TYPE_AND_FUNC HINTS("01 00 01 03 01 01 00") CODE,
      TYPE_AND_FUNC HINTS("ff ff ff ff 0f") CODE,
      TYPE_AND_FUNC HINTS("") CODE,
      TYPE_AND_FUNC NAMES HINTS("05") "00[01 61] " CODE,
      TYPE_AND_FUNC HINTS("05") "00[04 6e616d65 00[05 61]] " "00[01 61] " CODE,
      TYPE_AND_FUNC "00[04 6e616d65 00[05 61]] " HINTS("01 00 01 03 01 01") CODE,
      /* the second one is an ordinary section */
      TYPE_AND_FUNC HINTS("01 00 01 03 01 01") HINTS("01 00 01 07 01 01") CODE,
      /* of an import */
      "01[01 60 00 00] 02[01 00 00 00 00] " HINTS("01 00 01 03 01 01"),
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) expect(state, rows[i], rows[i], 0);
}

static void canonical_form(void **state) {
  const char *want = TYPE_AND_FUNC "00[01 61] " HINTS("01 00 01 07 01 01") CODE;
  const uint32_t canonical = WFX_ENCODE_CANONICAL;
  expect(state, TYPE_AND_FUNC HINTS("01 00 01 87 00 01 01") "00[01 61] " CODE, want, canonical);
  /* a longer body: the offset is that in the shorter one */
  expect(state, TYPE_AND_FUNC "00[01 61] " HINTS("01 00 01 08 01 01")
                "0a[01 [00 418000 0d00 4101 0440 0b 0b]]", want, canonical);
  /* what is no branch, or no instruction */
  expect(state, TYPE_AND_FUNC HINTS("01 00 03 01 01 00 02 01 00 63 01 00") CODE,
         TYPE_AND_FUNC CODE, canonical);
}

static wfx_hint hint_at(wfx_module *m, uint32_t func, uint32_t index) {
  wfx_reader *r = wfx_reader_open(m, (wfx_func_id){func}, 0);
  wfx_inst in = {.op = WFX_OP_nop};
  while (wfx_reader_next(r, &in) && in.index != index) continue;
  assert_int_equal(in.index, index);
  wfx_reader_close(r);
  return in.hint;
}

static void readers_see_them(void **state) {
  struct hex h = hex_module(TYPE_AND_FUNC HINTS("01 00 02  03 01 01  07 01 00") CODE);
  wfx_module *m = decode(text_ctx(state), &h);
  assert_int_equal(hint_at(m, 0, 0), WFX_HINT_NONE);
  assert_int_equal(hint_at(m, 0, 1), WFX_HINT_LIKELY);
  assert_int_equal(hint_at(m, 0, 3), WFX_HINT_UNLIKELY);
  wfx_str name;
  const uint8_t *bytes;
  size_t n;
  assert_false(wfx_module_custom(m, 0, &name, &bytes, &n));

  wfx_module *copy = wfx_module_clone(m);
  expect_bytes(copy, 0, TYPE_AND_FUNC HINTS("01 00 02  03 01 01  07 01 00") CODE);
  assert_int_equal(hint_at(copy, 0, 3), WFX_HINT_UNLIKELY);
  wfx_module_drop_hints(copy);
  assert_int_equal(hint_at(copy, 0, 3), WFX_HINT_NONE);
  expect_bytes(copy, 0, TYPE_AND_FUNC CODE);
  wfx_module_free(copy);
  wfx_module_free(m);

  m = decode(text_ctx(state), &h); /* not opened */
  wfx_module_drop_hints(m);
  expect_bytes(m, 0, TYPE_AND_FUNC CODE);
  wfx_module_free(m);
}

/* A new first instruction moves them all; the copy of one has another hint. */
static void rewriting_keeps_them(void **state) {
  struct hex h = hex_module(TYPE_AND_FUNC HINTS("01 00 02  03 01 01  07 01 00") CODE);
  wfx_module *m = decode(text_ctx(state), &h);
  wfx_reader *r = wfx_reader_open(m, (wfx_func_id){0}, 0);
  wfx_body *b = wfx_body_reopen(m, (wfx_func_id){0}, WFX_CHECKED);
  wfx_inst in;
  wfx_emit_nop(b);
  while (wfx_reader_next(r, &in)) {
    if (in.op == WFX_OP_if) in.hint = WFX_HINT_LIKELY;
    wfx_reader_copy(r, b, &in);
  }
  wfx_reader_close(r);
  assert_int_equal(wfx_body_close(b), WFX_OK);
  expect_bytes(m, 0, TYPE_AND_FUNC HINTS("01 00 02  04 01 01  08 01 01")
               "0a[01 [00 01 4100 0d00 4101 0440 0b 0b]]");
  wfx_module_free(m);
}

static wfx_body *open_func(wfx_module *m) {
  wfx_func_id f = wfx_module_add_func(m, NULL, wfx_type_func(m, NULL, 0, NULL, 0));
  return wfx_body_open(m, f, WFX_CHECKED);
}

/* An import that comes late moves the index of the function. */
static void builders_make_them(void **state) {
  wfx_module *m = wfx_module_new(text_ctx(state));
  wfx_body_hint(NULL, WFX_HINT_LIKELY);
  wfx_body *b = open_func(m);
  wfx_emit_i32_const(b, 0);
  wfx_body_hint(b, WFX_HINT_LIKELY);
  wfx_emit_br_if(b, wfx_body_label(b));
  wfx_emit_i32_const(b, 1);
  wfx_body_hint(b, WFX_HINT_LIKELY);
  wfx_body_hint(b, WFX_HINT_UNLIKELY);
  wfx_emit_if(b, wfx_bt_none());
  wfx_emit_end(b);
  assert_int_equal(wfx_body_close(b), WFX_OK);
  expect_bytes(m, 0, TYPE_AND_FUNC HINTS("01 00 02  03 01 01  07 01 00") CODE);
  wfx_import_func(m, "", "", (wfx_type_id){0});
  expect_bytes(m, 0, "01[01 60 00 00] 02[01 00 00 00 00] 03[01 00] "
               HINTS("01 01 02  03 01 01  07 01 00") CODE);
  wfx_module_free(m);

  m = wfx_module_new(text_ctx(state));
  b = open_func(m);
  wfx_body_hint(b, WFX_HINT_LIKELY);
  wfx_emit_nop(b);
  assert_int_equal(wfx_body_close(b), WFX_INVALID);
  assert_non_null(strstr(wfx_module_diag(m, 0)->message, "invalid target of a branch hint"));
  wfx_module_free(m);
}

static void text_has_them(void **state) {
  static const char text[] =
      "(func (local i32) local.get 0 (@metadata.code.branch_hint \"\" \"\\00\") if end\n"
      " (@metadata.code.branch_hint \"\\01\") (br_if 0 (local.get 0)))";
  wfx_module *m = text_parse(text_ctx(state), text);
  assert_int_equal(hint_at(m, 0, 1), WFX_HINT_UNLIKELY);
  assert_int_equal(hint_at(m, 0, 4), WFX_HINT_LIKELY);
  char *flat = text_print(text_ctx(state), m, 0);
  char *folded = text_print(text_ctx(state), m, WFX_PRINT_FOLDED);
  assert_non_null(strstr(flat, "    (@metadata.code.branch_hint \"\\00\") if\n"));
  assert_non_null(strstr(flat, "    (@metadata.code.branch_hint \"\\01\") br_if 0\n"));
  assert_non_null(strstr(folded, "    (@metadata.code.branch_hint \"\\00\") (if (local.get 0)\n"));
  assert_non_null(strstr(folded, "    (@metadata.code.branch_hint \"\\01\") (br_if 0 (local"));
  free(flat);
  free(folded);
  wfx_module_free(m);
}

static wfx_status loop(wfx_ctx *ctx) {
  struct hex h = hex_module(TYPE_AND_FUNC HINTS("01 00 02  03 01 01  07 01 00") CODE);
  wfx_module *m = wfx_module_new(ctx), *copy = NULL;
  wfx_bytes out = {NULL, 0};
  wfx_status status = m ? wfx_module_decode(m, h.data, h.n) : WFX_NOMEM;
  if (status == WFX_OK) copy = wfx_module_clone(m);
  if (status == WFX_OK) status = copy ? wfx_module_encode(copy, 0, &out) : WFX_NOMEM;
  wfx_bytes_free(ctx, &out);
  if (status == WFX_OK) status = wfx_module_encode(copy, WFX_ENCODE_CANONICAL, &out);
  wfx_bytes_free(ctx, &out);
  wfx_module_free(copy);
  wfx_module_free(m);
  return status;
}

static void memory_runs_out(void **state) {
  (void)state;
  unit_sweep(loop);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(binaries_stay),    cmocka_unit_test(canonical_form),
      cmocka_unit_test(readers_see_them), cmocka_unit_test(rewriting_keeps_them),
      cmocka_unit_test(builders_make_them), cmocka_unit_test(text_has_them),
      cmocka_unit_test(memory_runs_out),
  };
  return cmocka_run_group_tests(tests, text_setup, text_teardown);
}
