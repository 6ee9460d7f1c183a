/* test_wnum.c: the numeric instructions, at their edges. */
#include "unit.h"

#include "base/wnum.h"

static const uint32_t BAD32 = 0xdeadbeef;
static const uint64_t BAD64 = UINT64_C(0xdeadbeefdeadbeef);

static uint32_t bits_f32(float x) { return num_i32_reinterpret_f32(x); }
static uint64_t bits_f64(double x) { return num_i64_reinterpret_f64(x); }

static void test_i32(void **state) {
  (void)state;
  uint32_t out = BAD32;
  assert_int_equal(num_i32_div_s(1, 0, &out), NUM_DIVIDE_BY_ZERO);
  assert_int_equal(num_i32_div_u(1, 0, &out), NUM_DIVIDE_BY_ZERO);
  assert_int_equal(num_i32_rem_s(1, 0, &out), NUM_DIVIDE_BY_ZERO);
  assert_int_equal(num_i32_rem_u(1, 0, &out), NUM_DIVIDE_BY_ZERO);
  assert_int_equal(num_i32_div_s(0x80000000, UINT32_MAX, &out), NUM_OVERFLOW);
  assert_int_equal(out, BAD32);
  assert_int_equal(num_i32_rem_s(0x80000000, UINT32_MAX, &out), NUM_OK);
  assert_int_equal(out, 0);
  assert_int_equal(num_i32_div_s((uint32_t)-7, 2, &out), NUM_OK);
  assert_int_equal(out, (uint32_t)-3);
  assert_int_equal(num_i32_rem_s((uint32_t)-7, 2, &out), NUM_OK);
  assert_int_equal(out, (uint32_t)-1);
  assert_int_equal(num_i32_div_u(0x80000000, UINT32_MAX, &out), NUM_OK);
  assert_int_equal(out, 0);
  assert_int_equal(num_i32_rem_u(0x80000000, UINT32_MAX, &out), NUM_OK);
  assert_int_equal(out, 0x80000000);
  assert_int_equal(num_i32_shl(1, 32), 1);
  assert_int_equal(num_i32_shr_s(0x80000000, 63), UINT32_MAX);
  assert_int_equal(num_i32_shr_u(0x80000000, 31), 1);
  assert_int_equal(num_i32_rotl(0x80000001, 1), 3);
  assert_int_equal(num_i32_rotl(0xabcd9876, 32), 0xabcd9876);
  assert_int_equal(num_i32_rotr(1, 1), 0x80000000);
  assert_int_equal(num_i32_rotr(0xabcd9876, 0), 0xabcd9876);
  assert_int_equal(num_i32_clz(0), 32);
  assert_int_equal(num_i32_ctz(0), 32);
  assert_int_equal(num_i32_clz(1), 31);
  assert_int_equal(num_i32_ctz(0x80000000), 31);
  assert_int_equal(num_i32_popcnt(UINT32_MAX), 32);
  assert_int_equal(num_i32_mul(0xffff, 0x10001), UINT32_MAX);
  assert_int_equal(num_i32_extend8_s(0x180), 0xffffff80);
  assert_int_equal(num_i32_extend16_s(0x17fff), 0x7fff);
  assert_int_equal(num_i32_lt_s(UINT32_MAX, 0), 1);
  assert_int_equal(num_i32_lt_u(UINT32_MAX, 0), 0);
  assert_int_equal(num_i32_wrap_i64(UINT64_C(0x1234567890)), 0x34567890);
}

static void test_i64(void **state) {
  (void)state;
  const uint64_t min = UINT64_C(1) << 63;
  uint64_t out = BAD64;
  assert_int_equal(num_i64_div_s(1, 0, &out), NUM_DIVIDE_BY_ZERO);
  assert_int_equal(num_i64_div_u(1, 0, &out), NUM_DIVIDE_BY_ZERO);
  assert_int_equal(num_i64_rem_s(1, 0, &out), NUM_DIVIDE_BY_ZERO);
  assert_int_equal(num_i64_rem_u(1, 0, &out), NUM_DIVIDE_BY_ZERO);
  assert_int_equal(num_i64_div_s(min, UINT64_MAX, &out), NUM_OVERFLOW);
  assert_true(out == BAD64);
  assert_int_equal(num_i64_rem_s(min, UINT64_MAX, &out), NUM_OK);
  assert_true(out == 0);
  assert_int_equal(num_i64_div_s((uint64_t)-7, 2, &out), NUM_OK);
  assert_true(out == (uint64_t)-3);
  assert_int_equal(num_i64_rem_u((uint64_t)-7, 16, &out), NUM_OK);
  assert_true(out == 9);
  assert_true(num_i64_shl(1, 64) == 1);
  assert_true(num_i64_shr_s(min, 127) == UINT64_MAX);
  assert_true(num_i64_rotl(min | 1, 65) == 3);
  assert_true(num_i64_rotr(1, 1) == min);
  assert_true(num_i64_rotl(7, 0) == 7);
  assert_true(num_i64_clz(0) == 64 && num_i64_ctz(0) == 64 && num_i64_popcnt(min | 1) == 2);
  assert_true(num_i64_extend_i32_s(0x80000000) == UINT64_C(0xffffffff80000000));
  assert_true(num_i64_extend_i32_u(0x80000000) == 0x80000000);
  assert_true(num_i64_extend8_s(0xff) == UINT64_MAX);
  assert_true(num_i64_extend16_s(0x8000) == UINT64_C(0xffffffffffff8000));
  assert_true(num_i64_extend32_s(UINT64_C(0x17fffffff)) == 0x7fffffff);
  assert_int_equal(num_i64_ge_s(min, 0), 0);
  assert_int_equal(num_i64_ge_u(min, 0), 1);
}

static void test_f32(void **state) {
  (void)state;
  const float snan = num_f32_reinterpret_i32(0x7fa00001);
  const float nan = num_f32_reinterpret_i32(0x7fc00000);
  const float inf = num_f32_reinterpret_i32(0x7f800000), minus_zero = num_f32_neg(0);
  assert_int_equal(bits_f32(num_f32_min(0, minus_zero)), 0x80000000);
  assert_int_equal(bits_f32(num_f32_min(minus_zero, 0)), 0x80000000);
  assert_int_equal(bits_f32(num_f32_max(0, minus_zero)), 0);
  assert_int_equal(bits_f32(num_f32_max(minus_zero, 0)), 0);
  assert_int_equal(bits_f32(num_f32_min(1, 1)), 0x3f800000);
  assert_int_equal(bits_f32(num_f32_max(-inf, -1)), 0xbf800000);
  assert_int_equal(bits_f32(num_f32_min(snan, 1)), 0x7fe00001);
  assert_int_equal(bits_f32(num_f32_max(1, nan)), 0x7fc00000);
  assert_int_equal(bits_f32(num_f32_abs(num_f32_neg(snan))), 0x7fa00001);
  assert_int_equal(bits_f32(num_f32_copysign(snan, -1)), 0xffa00001);
  static const struct {
    float x, nearest;
  } rows[] = {{0.5f, 0}, {1.5f, 2}, {2.5f, 2}, {-0.5f, -0.0f}, {-1.5f, -2}, {0.75f, 1},
              {0.49999997f, 0}, {8388607.5f, 8388608}, {4194304.5f, 4194304},
              {-8388609, -8388609}, {1e30f, 1e30f}, {-0.0f, -0.0f}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    assert_int_equal(bits_f32(num_f32_nearest(rows[i].x)), bits_f32(rows[i].nearest));
  assert_int_equal(bits_f32(num_f32_nearest(-inf)), bits_f32(-inf));
  assert_int_equal(bits_f32(num_f32_nearest(snan)), 0x7fe00001);
  assert_int_equal(bits_f32(num_f32_ceil(snan)), 0x7fe00001);
  assert_int_equal(bits_f32(num_f32_floor(snan)), 0x7fe00001);
  assert_int_equal(bits_f32(num_f32_trunc(snan)), 0x7fe00001);
  assert_int_equal(bits_f32(num_f32_sqrt(snan)), 0x7fe00001);
  assert_int_equal(bits_f32(num_f32_ceil(-0.5f)), 0x80000000);
  assert_int_equal(bits_f32(num_f32_floor(-0.5f)), bits_f32(-1));
  assert_int_equal(bits_f32(num_f32_trunc(-0.5f)), 0x80000000);
  assert_int_equal(bits_f32(num_f32_sqrt(-0.0f)), 0x80000000);
  assert_int_equal(bits_f32(num_f32_sqrt(-1)) & 0x7fffffff, 0x7fc00000);
  assert_int_equal(bits_f32(num_f32_div(1, 0)), 0x7f800000);
  assert_int_equal(num_f32_ne(nan, nan), 1);
  assert_int_equal(num_f32_le(nan, nan), 0);
  assert_int_equal(bits_f32(num_f32_demote_f64(1e300)), 0x7f800000);
  assert_int_equal(bits_f32(num_f32_convert_i32_s(0x80000000)), 0xcf000000);
  assert_int_equal(bits_f32(num_f32_convert_i32_u(0x80000000)), 0x4f000000);
  assert_int_equal(bits_f32(num_f32_convert_i64_u(UINT64_C(0x8000008000000001))), 0x5f000001);
  assert_int_equal(bits_f32(num_f32_convert_i64_u(UINT64_C(0x8000008000000000))), 0x5f000000);
  assert_int_equal(bits_f32(num_f32_convert_i64_s(UINT64_MAX)), 0xbf800000);
}

static void test_f64(void **state) {
  (void)state;
  const double snan = num_f64_reinterpret_i64(UINT64_C(0x7ff4000000000001));
  const uint64_t quiet = UINT64_C(0x7ffc000000000001), sign = UINT64_C(1) << 63;
  assert_true(bits_f64(num_f64_min(0, -0.0)) == sign);
  assert_true(bits_f64(num_f64_max(-0.0, 0)) == 0);
  assert_true(bits_f64(num_f64_min(1, snan)) == quiet);
  assert_true(num_f64_min(1, 2) == 1 && num_f64_max(1, 2) == 2);
  assert_true(bits_f64(num_f64_neg(snan)) == (bits_f64(snan) | sign));
  assert_true(bits_f64(num_f64_copysign(1, -0.0)) == bits_f64(-1));
  static const struct {
    double x, nearest;
  } rows[] = {{0.5, 0}, {1.5, 2}, {2.5, 2}, {-0.5, -0.0}, {-3.5, -4},
              {0.49999999999999994, 0}, {4503599627370495.5, 4503599627370496},
              {2251799813685248.5, 2251799813685248}, {4503599627370497, 4503599627370497},
              {-1e300, -1e300}, {-0.0, -0.0}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    assert_true(bits_f64(num_f64_nearest(rows[i].x)) == bits_f64(rows[i].nearest));
  assert_true(bits_f64(num_f64_nearest(snan)) == quiet);
  assert_true(bits_f64(num_f64_ceil(snan)) == quiet);
  assert_true(bits_f64(num_f64_floor(snan)) == quiet);
  assert_true(bits_f64(num_f64_trunc(snan)) == quiet);
  assert_true(bits_f64(num_f64_sqrt(snan)) == quiet);
  assert_true(num_f64_ceil(1.25) == 2 && num_f64_floor(-1.25) == -2);
  assert_true(num_f64_trunc(-1.75) == -1 && num_f64_trunc(1.75) == 1);
  assert_true(num_f64_convert_i64_u(UINT64_MAX) == 0x1p64);
  assert_true(num_f64_convert_i64_u(UINT64_C(0x8000000000000400)) == 0x1p63);
  assert_true(num_f64_convert_i64_u(UINT64_C(0x8000000000000401)) == 0x1.0000000000001p63);
  assert_true(num_f64_convert_i64_s(sign) == -0x1p63);
  assert_true(num_f64_convert_i32_u(UINT32_MAX) == 4294967295.0);
  assert_true(num_f64_promote_f32(1.5f) == 1.5);
}

/* Each row: what truncation gives for x, as trap, value and saturated value. */
#define TRUNC_ROWS(ti, tf, name, sat, ...)                                              \
  do {                                                                                  \
    const struct {                                                                      \
      tf x;                                                                             \
      enum num_trap trap;                                                               \
      ti value;                                                                         \
    } rows[] = {__VA_ARGS__};                                                           \
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {                           \
      ti out = 0;                                                                       \
      assert_int_equal(name(rows[i].x, &out), rows[i].trap);                            \
      assert_true(rows[i].trap == NUM_OK ? out == rows[i].value : out == 0);            \
      assert_true(sat(rows[i].x) == rows[i].value);                                     \
    }                                                                                   \
  } while (0)

static void test_trunc(void **state) {
  (void)state;
  const float nan = num_f32_reinterpret_i32(0x7fc00000);
  const float inf = num_f32_reinterpret_i32(0x7f800000);
  const uint64_t max_s = INT64_MAX, min_s = UINT64_C(1) << 63;
  TRUNC_ROWS(uint32_t, float, num_i32_trunc_f32_s, num_i32_trunc_sat_f32_s,
             {-1.9f, NUM_OK, UINT32_MAX}, {-0x1p31f, NUM_OK, 0x80000000},
             {-0x1.000002p31f, NUM_OVERFLOW, 0x80000000}, {0x1p31f, NUM_OVERFLOW, 0x7fffffff},
             {0x1.fffffep30f, NUM_OK, 0x7fffff80}, {nan, NUM_INVALID_CONVERSION, 0},
             {inf, NUM_OVERFLOW, 0x7fffffff}, {-inf, NUM_OVERFLOW, 0x80000000});
  TRUNC_ROWS(uint32_t, float, num_i32_trunc_f32_u, num_i32_trunc_sat_f32_u,
             {-0.99f, NUM_OK, 0}, {-1.0f, NUM_OVERFLOW, 0}, {0x1p32f, NUM_OVERFLOW, UINT32_MAX},
             {0x1.fffffep31f, NUM_OK, 0xffffff00}, {nan, NUM_INVALID_CONVERSION, 0},
             {inf, NUM_OVERFLOW, UINT32_MAX}, {-inf, NUM_OVERFLOW, 0});
  TRUNC_ROWS(uint32_t, double, num_i32_trunc_f64_s, num_i32_trunc_sat_f64_s,
             {-2147483648.9, NUM_OK, 0x80000000}, {-2147483649.0, NUM_OVERFLOW, 0x80000000},
             {2147483647.9, NUM_OK, 0x7fffffff}, {2147483648.0, NUM_OVERFLOW, 0x7fffffff},
             {nan, NUM_INVALID_CONVERSION, 0});
  TRUNC_ROWS(uint32_t, double, num_i32_trunc_f64_u, num_i32_trunc_sat_f64_u,
             {-0.99, NUM_OK, 0}, {-1.0, NUM_OVERFLOW, 0}, {4294967295.9, NUM_OK, UINT32_MAX},
             {4294967296.0, NUM_OVERFLOW, UINT32_MAX}, {nan, NUM_INVALID_CONVERSION, 0});
  TRUNC_ROWS(uint64_t, float, num_i64_trunc_f32_s, num_i64_trunc_sat_f32_s,
             {-0x1p63f, NUM_OK, min_s}, {-0x1.000002p63f, NUM_OVERFLOW, min_s},
             {0x1p63f, NUM_OVERFLOW, max_s}, {-1.5f, NUM_OK, UINT64_MAX},
             {nan, NUM_INVALID_CONVERSION, 0}, {inf, NUM_OVERFLOW, max_s});
  TRUNC_ROWS(uint64_t, float, num_i64_trunc_f32_u, num_i64_trunc_sat_f32_u,
             {-0.5f, NUM_OK, 0}, {-1.0f, NUM_OVERFLOW, 0}, {0x1p63f, NUM_OK, min_s},
             {0x1p64f, NUM_OVERFLOW, UINT64_MAX}, {nan, NUM_INVALID_CONVERSION, 0});
  TRUNC_ROWS(uint64_t, double, num_i64_trunc_f64_s, num_i64_trunc_sat_f64_s,
             {-0x1p63, NUM_OK, min_s}, {-0x1.0000000000001p63, NUM_OVERFLOW, min_s},
             {0x1p63, NUM_OVERFLOW, max_s}, {0x1.fffffffffffffp62, NUM_OK, 0x7ffffffffffffc00},
             {nan, NUM_INVALID_CONVERSION, 0}, {-inf, NUM_OVERFLOW, min_s});
  TRUNC_ROWS(uint64_t, double, num_i64_trunc_f64_u, num_i64_trunc_sat_f64_u,
             {-0.99, NUM_OK, 0}, {-1.0, NUM_OVERFLOW, 0}, {0x1p63, NUM_OK, min_s},
             {0x1.fffffffffffffp63, NUM_OK, UINT64_C(0xfffffffffffff800)},
             {0x1p64, NUM_OVERFLOW, UINT64_MAX}, {nan, NUM_INVALID_CONVERSION, 0});
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_i32), cmocka_unit_test(test_i64),   cmocka_unit_test(test_f32),
      cmocka_unit_test(test_f64), cmocka_unit_test(test_trunc),
  };
  cmocka_set_message_output(CM_OUTPUT_TAP);
  return cmocka_run_group_tests(tests, NULL, NULL);
}
