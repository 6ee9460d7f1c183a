/* test_diag.c: recording and formatting of errors. */
#include "unit.h"

#include "base/diag.h"

static void first_error_wins(void **state) {
  (void)state;
  struct unit_alloc a = {.fail_at = UINT64_MAX};
  wfx_ctx *ctx = unit_ctx(&a, 0);
  struct errs e;
  wfx__errs_init(&e, ctx);
  assert_null(wfx__errs_diag(&e));
  assert_int_equal(errs_status(&e), WFX_OK);
  assert_false(wfx__fail(&e, WFX_INVALID, loc_offset(16), "unknown type %u", 7u));
  assert_false(wfx__fail(&e, WFX_TRAP, loc_none(), "second"));
  assert_int_equal(errs_status(&e), WFX_INVALID);
  assert_string_equal(wfx__errs_diag(&e)->message, "unknown type 7");
  char buf[100];
  wfx_diag_format(wfx__errs_diag(&e), buf, sizeof buf);
  assert_string_equal(buf, "input: at offset 0x10: unknown type 7");
  wfx__errs_free(&e);
  wfx_ctx_free(ctx);
  assert_int_equal(a.n_blocks, 0);
}

static void conversions(void **state) {
  (void)state;
  struct unit_alloc a = {.fail_at = UINT64_MAX};
  wfx_ctx *ctx = unit_ctx(&a, 0);
  struct errs e;
  wfx__errs_init(&e, ctx);
  wfx__fail(&e, WFX_INVALID, loc_none(), "%s|%.*s|%c|%u|%d|%x|%02x|%zu|%llu|%lld|%%", "s", 2,
            "abc", 'c', 4000000000u, -5, 0xabcu, 5u, (size_t)6, 18446744073709551615ull,
            -9223372036854775807ll - 1);
  assert_string_equal(wfx__errs_diag(&e)->message,
                      "s|ab|c|4000000000|-5|abc|05|6|18446744073709551615|"
                      "-9223372036854775808|%");
  wfx__errs_free(&e);
  wfx_ctx_free(ctx);
}

static void details_are_copied(void **state) {
  (void)state;
  struct unit_alloc a = {.fail_at = UINT64_MAX};
  wfx_ctx *ctx = unit_ctx(&a, 0);
  struct errs e, copy;
  wfx__errs_init(&e, ctx);
  wfx__errs_init(&copy, ctx);
  char call[] = "wfx_emit_i32_add";
  struct diag_more more = {.call = call, .func = "$f", .instruction = "i32.add",
                           .expected = "[i32 i32]", .found = "i64", .stack = "[i64]",
                           .origin = {"a.c", UINT64_MAX, 3, 4}};
  wfx_loc loc = {"b.c", UINT64_MAX, 9, 0};
  wfx__fail_more(&e, WFX_INVALID, loc, &more, "type mismatch");
  call[0] = 'x';
  wfx__fail_copy(&copy, &e);
  wfx__errs_free(&e);
  char buf[400];
  size_t n = wfx_diag_format(wfx__errs_diag(&copy), buf, sizeof buf);
  assert_string_equal(buf, "b.c:9: type mismatch\n  in function $f\n  at instruction i32.add\n"
                           "  in call wfx_emit_i32_add\n  expected [i32 i32]\n  found i64\n"
                           "  pushed at a.c:3:4\n  operand stack [i64]");
  char small[8];
  assert_int_equal(wfx_diag_format(wfx__errs_diag(&copy), small, sizeof small), n);
  assert_string_equal(small, "b.c:9: ");
  wfx__errs_free(&copy);
  wfx_ctx_free(ctx);
}

static void no_memory_is_an_error_too(void **state) {
  (void)state;
  struct unit_alloc a = {.fail_at = 1};
  wfx_ctx *ctx = unit_ctx(&a, 0);
  struct errs e;
  wfx__errs_init(&e, ctx);
  wfx__fail(&e, WFX_INVALID, loc_none(), "no room for this");
  assert_int_equal(errs_status(&e), WFX_NOMEM);
  assert_string_equal(wfx__errs_diag(&e)->message, "out of memory");
  wfx__errs_free(&e);
  wfx_ctx_free(ctx);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(first_error_wins),
      cmocka_unit_test(conversions),
      cmocka_unit_test(details_are_copied),
      cmocka_unit_test(no_memory_is_an_error_too),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
