/* test_number.c: numbers to and from text, against tables of cases and the C library. */
#include "unit.h"

#include <stdio.h>

#include "base/number.h"

/* Per property; -DN_RANDOM=1000000 for a long run. */
#ifndef N_RANDOM
#define N_RANDOM 60000
#endif

static uint64_t next_random(uint64_t *state) {
  *state ^= *state << 13;
  *state ^= *state >> 7;
  *state ^= *state << 17;
  return *state * UINT64_C(0x2545f4914f6cdd1d);
}

static uint64_t bits_of(double x) {
  uint64_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

static uint32_t bits_of_float(float x) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

static enum number_result read_f64(const char *text, uint64_t *bits) {
  return wfx__number_read_f64(text, strlen(text), bits);
}

static enum number_result read_f32(const char *text, uint32_t *bits) {
  return wfx__number_read_f32(text, strlen(text), bits);
}

/* ---- Integers ---------------------------------------------------------------------------- */

static void test_ints(void **state) {
  (void)state;
  static const struct {
    const char *text;
    unsigned n_bits;
    enum number_result result;
    uint64_t value;
  } rows[] = {
      {"0", 32, NUMBER_OK, 0},
      {"-0", 32, NUMBER_OK, 0},
      {"+7", 32, NUMBER_OK, 7},
      {"-1", 32, NUMBER_OK, 0xffffffff},
      {"4294967295", 32, NUMBER_OK, 0xffffffff},
      {"4294967296", 32, NUMBER_OUT_OF_RANGE, 0},
      {"-2147483648", 32, NUMBER_OK, 0x80000000},
      {"-2147483649", 32, NUMBER_OUT_OF_RANGE, 0},
      {"-0x80000000", 32, NUMBER_OK, 0x80000000},
      {"0xffff_ffff", 32, NUMBER_OK, 0xffffffff},
      {"0x1_0000_0000", 32, NUMBER_OUT_OF_RANGE, 0},
      {"1_000", 32, NUMBER_OK, 1000},
      {"0xAbCdEf", 32, NUMBER_OK, 0xabcdef},
      {"255", 8, NUMBER_OK, 255},
      {"-128", 8, NUMBER_OK, 128},
      {"-129", 8, NUMBER_OUT_OF_RANGE, 0},
      {"256", 8, NUMBER_OUT_OF_RANGE, 0},
      {"18446744073709551615", 64, NUMBER_OK, UINT64_MAX},
      {"18446744073709551616", 64, NUMBER_OUT_OF_RANGE, 0},
      {"99999999999999999999999999999999999", 64, NUMBER_OUT_OF_RANGE, 0},
      {"-9223372036854775808", 64, NUMBER_OK, UINT64_C(1) << 63},
      {"-9223372036854775809", 64, NUMBER_OUT_OF_RANGE, 0},
      {"000000000000000000000000000000000000000001", 64, NUMBER_OK, 1},
      {"", 32, NUMBER_MALFORMED, 0},
      {"-", 32, NUMBER_MALFORMED, 0},
      {"+-1", 32, NUMBER_MALFORMED, 0},
      {"0x", 32, NUMBER_MALFORMED, 0},
      {"0X1", 32, NUMBER_MALFORMED, 0},
      {"_1", 32, NUMBER_MALFORMED, 0},
      {"1_", 32, NUMBER_MALFORMED, 0},
      {"1__0", 32, NUMBER_MALFORMED, 0},
      {"0x_1", 32, NUMBER_MALFORMED, 0},
      {"0_x1", 32, NUMBER_MALFORMED, 0},
      {"1g", 32, NUMBER_MALFORMED, 0},
      {"a", 32, NUMBER_MALFORMED, 0},
      {"1 ", 32, NUMBER_MALFORMED, 0},
      {"99999999999999999999x", 32, NUMBER_MALFORMED, 0},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    uint64_t value = 0;
    const enum number_result result =
        wfx__number_read_int(rows[i].text, strlen(rows[i].text), rows[i].n_bits, &value);
    if (result != rows[i].result || value != rows[i].value) fail_msg("%s", rows[i].text);
  }
  uint64_t value = 0;
  assert_int_equal(wfx__number_read_uint("+1", 2, 32, &value), NUMBER_MALFORMED);
  assert_int_equal(wfx__number_read_uint("-1", 2, 32, &value), NUMBER_MALFORMED);
  assert_int_equal(wfx__number_read_uint("65536", 5, 16, &value), NUMBER_OUT_OF_RANGE);
  assert_int_equal(wfx__number_read_uint("0xffff", 6, 16, &value), NUMBER_OK);
  assert_int_equal(value, 0xffff);
}

/* ---- Floats ------------------------------------------------------------------------------ */

static void test_f64_table(void **state) {
  (void)state;
  static const struct {
    const char *text;
    enum number_result result;
    uint64_t bits;
  } rows[] = {
      {"0", NUMBER_OK, 0},
      {"-0", NUMBER_OK, UINT64_C(1) << 63},
      {"-0.0e99999999999999999999", NUMBER_OK, UINT64_C(1) << 63},
      {"1", NUMBER_OK, UINT64_C(0x3ff0000000000000)},
      {"1.", NUMBER_OK, UINT64_C(0x3ff0000000000000)},
      {"1.e0", NUMBER_OK, UINT64_C(0x3ff0000000000000)},
      {"1_0.2_5E-0_1", NUMBER_OK, UINT64_C(0x3ff0666666666666)},
      {"0x1.8p1", NUMBER_OK, UINT64_C(0x4008000000000000)},
      {"0x1_8.P-3", NUMBER_OK, UINT64_C(0x4008000000000000)},
      {"0x1.fffffffffffff7fffffffffp0", NUMBER_OK, UINT64_C(0x3fffffffffffffff)},
      {"0x1.fffffffffffff8p0", NUMBER_OK, UINT64_C(0x4000000000000000)},
      {"0x1.00000000000008p0", NUMBER_OK, UINT64_C(0x3ff0000000000000)},
      {"0x1.000000000000080000000000001p0", NUMBER_OK, UINT64_C(0x3ff0000000000001)},
      {"0x0.0000000000000000000000000000001p124", NUMBER_OK, UINT64_C(0x3ff0000000000000)},
      {"0x10000000000000000000000000000000p-124", NUMBER_OK, UINT64_C(0x3ff0000000000000)},
      {"0x1p-1074", NUMBER_OK, 1},
      {"0x1p-1075", NUMBER_OK, 0},
      {"0x1.0000000000000000001p-1075", NUMBER_OK, 1},
      {"0x0.8p-1075", NUMBER_OK, 0},
      {"0x1.fffffffffffff7ffp1023", NUMBER_OK, UINT64_C(0x7fefffffffffffff)},
      {"0x1.fffffffffffff8p1023", NUMBER_OUT_OF_RANGE, 0},
      {"0x1p1024", NUMBER_OUT_OF_RANGE, 0},
      {"0x1p99999999999999999999", NUMBER_OUT_OF_RANGE, 0},
      {"0x1p-99999999999999999999", NUMBER_OK, 0},
      {"1e99999999999999999999", NUMBER_OUT_OF_RANGE, 0},
      {"1e-99999999999999999999", NUMBER_OK, 0},
      {"1.7976931348623157e308", NUMBER_OK, UINT64_C(0x7fefffffffffffff)},
      {"1.797693134862315807e308", NUMBER_OK, UINT64_C(0x7fefffffffffffff)},
      {"1.797693134862315808e308", NUMBER_OUT_OF_RANGE, 0},
      {"1e309", NUMBER_OUT_OF_RANGE, 0},
      {"2.4703282292062328e-324", NUMBER_OK, 1},
      {"2.4703282292062327e-324", NUMBER_OK, 0},
      {"2.2250738585072011e-308", NUMBER_OK, UINT64_C(0x000fffffffffffff)},
      {"9007199254740993", NUMBER_OK, UINT64_C(0x4340000000000000)},
      {"9007199254740993.00000000000000000000000000001", NUMBER_OK,
       UINT64_C(0x4340000000000001)},
      {"inf", NUMBER_OK, UINT64_C(0x7ff0000000000000)},
      {"-inf", NUMBER_OK, UINT64_C(0xfff0000000000000)},
      {"nan", NUMBER_OK, UINT64_C(0x7ff8000000000000)},
      {"+nan:0x1", NUMBER_OK, UINT64_C(0x7ff0000000000001)},
      {"-nan:0xf_ffff_ffff_ffff", NUMBER_OK, UINT64_C(0xffffffffffffffff)},
      {"nan:0x10000000000000", NUMBER_OUT_OF_RANGE, 0},
      {"nan:0x100000000000000000000", NUMBER_OUT_OF_RANGE, 0},
      {"nan:0x0", NUMBER_OUT_OF_RANGE, 0},
      {"nan:", NUMBER_MALFORMED, 0},
      {"nan:1", NUMBER_MALFORMED, 0},
      {"nan:0x", NUMBER_MALFORMED, 0},
      {"nan:canonical", NUMBER_MALFORMED, 0},
      {"nanx", NUMBER_MALFORMED, 0},
      {"infinity", NUMBER_MALFORMED, 0},
      {"Inf", NUMBER_MALFORMED, 0},
      {"", NUMBER_MALFORMED, 0},
      {"+", NUMBER_MALFORMED, 0},
      {".5", NUMBER_MALFORMED, 0},
      {".", NUMBER_MALFORMED, 0},
      {"1e", NUMBER_MALFORMED, 0},
      {"1e+", NUMBER_MALFORMED, 0},
      {"1._5", NUMBER_MALFORMED, 0},
      {"1_.5", NUMBER_MALFORMED, 0},
      {"1.5_", NUMBER_MALFORMED, 0},
      {"1.5e_1", NUMBER_MALFORMED, 0},
      {"1p1", NUMBER_MALFORMED, 0},
      {"0x", NUMBER_MALFORMED, 0},
      {"0x.1", NUMBER_MALFORMED, 0},
      {"0x1p", NUMBER_MALFORMED, 0},
      {"0x1p1e", NUMBER_MALFORMED, 0},
      {"1 ", NUMBER_MALFORMED, 0},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    uint64_t bits = 0;
    const enum number_result result = read_f64(rows[i].text, &bits);
    if (result != rows[i].result || bits != rows[i].bits) fail_msg("%s", rows[i].text);
  }
}

static void test_f32_table(void **state) {
  (void)state;
  static const struct {
    const char *text;
    enum number_result result;
    uint32_t bits;
  } rows[] = {
      {"1.5", NUMBER_OK, 0x3fc00000},
      {"0x1.00000100000000000p-50", NUMBER_OK, 0x26800000},
      {"0x1.00000100000000001p-50", NUMBER_OK, 0x26800001},
      {"0x1.000003p-50", NUMBER_OK, 0x26800002},
      {"8.8817847263968443573e-16", NUMBER_OK, 0x26800000},
      {"8.8817847263968443574e-16", NUMBER_OK, 0x26800001},
      {"340282356779733623858607532500980858880", NUMBER_OK, 0x7f7fffff},
      {"340282356779733661637539395458142568447", NUMBER_OK, 0x7f7fffff},
      {"340282356779733661637539395458142568448", NUMBER_OUT_OF_RANGE, 0},
      {"0x1.fffffefp127", NUMBER_OK, 0x7f7fffff},
      {"0x1.ffffffp127", NUMBER_OUT_OF_RANGE, 0},
      {"1e39", NUMBER_OUT_OF_RANGE, 0},
      {"0x1p-149", NUMBER_OK, 1},
      {"0x1p-150", NUMBER_OK, 0},
      {"1e-46", NUMBER_OK, 0},
      {"nan", NUMBER_OK, 0x7fc00000},
      {"-nan:0x200000", NUMBER_OK, 0xffa00000},
      {"nan:0x80_0000", NUMBER_OUT_OF_RANGE, 0},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    uint32_t bits = 0;
    const enum number_result result = read_f32(rows[i].text, &bits);
    if (result != rows[i].result || bits != rows[i].bits) fail_msg("%s", rows[i].text);
  }
}

static void test_write_table(void **state) {
  (void)state;
  static const struct {
    uint64_t bits;
    const char *text;
  } rows[] = {
      {0, "0"},
      {UINT64_C(1) << 63, "-0"},
      {1, "5e-324"},
      {UINT64_C(0x7fefffffffffffff), "1.7976931348623157e+308"},
      {UINT64_C(0x0010000000000000), "2.2250738585072014e-308"},
      {UINT64_C(0x7ff0000000000000), "inf"},
      {UINT64_C(0xfff0000000000000), "-inf"},
      {UINT64_C(0x7ff8000000000000), "nan"},
      {UINT64_C(0xfff8000000000001), "-nan:0x8000000000001"},
      {UINT64_C(0x7ff0000000000001), "nan:0x1"},
  };
  static const struct {
    double x;
    const char *text;
  } plain[] = {{1.5, "1.5"}, {-100, "-100"}, {0.1, "0.1"}, {0.001, "0.001"},
               {0.0001, "0.0001"}, {0.00001, "1e-5"}, {1e16, "10000000000000000"},
               {1e17, "1e+17"}, {1e100, "1e+100"}, {123456.789, "123456.789"},
               {9007199254740993.0, "9007199254740992"}, {5e-324, "5e-324"},
               {1e23, "1e+23"}, {0.3, "0.3"}, {2.0 / 3, "0.6666666666666666"}};
  char buf[NUMBER_TEXT_MAX];
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    assert_int_equal(wfx__number_write_f64(buf, rows[i].bits), strlen(rows[i].text));
    assert_string_equal(buf, rows[i].text);
  }
  for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) {
    assert_int_equal(wfx__number_write_f64(buf, bits_of(plain[i].x)), strlen(plain[i].text));
    assert_string_equal(buf, plain[i].text);
  }
  wfx__number_write_f32(buf, bits_of_float(0.1f));
  assert_string_equal(buf, "0.1");
  wfx__number_write_f32(buf, bits_of_float(3.4028235e38f));
  assert_string_equal(buf, "3.4028235e+38");
  wfx__number_write_f32(buf, 1);
  assert_string_equal(buf, "1e-45");
  wfx__number_write_f32(buf, 0x7fa00000);
  assert_string_equal(buf, "nan:0x200000");
}

/* ---- Against the C library --------------------------------------------------------------- */

static bool is_nan_f64(uint64_t bits) { return bits << 1 > UINT64_C(0xffe0000000000000); }

/* Writing reads back to the same bits, here and by strtod, and no shorter text does. */
static void test_f64_random(void **state) {
  (void)state;
  uint64_t seed = 88172645463325252;
  for (int i = 0; i < N_RANDOM; i++) {
    uint64_t bits = next_random(&seed), again = 0;
    if (i % 8 == 0) bits &= UINT64_C(0xfff0000000000003); /* near powers of two */
    if (i % 8 == 1) bits &= UINT64_C(0x800fffffffffffff) >> (i / 8 % 40); /* subnormal */
    if (i % 8 == 2) bits = bits_of((double)(bits >> (i / 8 % 64)));
    char buf[NUMBER_TEXT_MAX], check[64];
    const size_t n_text = wfx__number_write_f64(buf, bits);
    assert_int_equal(n_text, strlen(buf));
    assert_int_equal(read_f64(buf, &again), NUMBER_OK);
    if (again != bits) fail_msg("%s %llx", buf, (unsigned long long)bits);
    if (is_nan_f64(bits)) continue;
    double x, y;
    memcpy(&x, &bits, sizeof x);
    if (bits_of(strtod(buf, NULL)) != bits) fail_msg("%s %llx", buf, (unsigned long long)bits);
    int precision = 0;
    do {
      snprintf(check, sizeof check, "%.*e", precision++, x);
      y = strtod(check, NULL);
    } while (i % 16 == 0 && bits_of(y) != bits);
    size_t n_digits = 0;
    bool is_zero = true;
    for (const char *c = buf; *c != 0 && *c != 'e'; c++) {
      if (*c >= '1' && *c <= '9') is_zero = false;
      n_digits += *c >= '0' && *c <= '9' && !is_zero;
    }
    if (strchr(buf, '.') == NULL && strchr(buf, 'e') == NULL)
      for (const char *c = buf + strlen(buf); c > buf && c[-1] == '0' && n_digits > 1; c--)
        n_digits--;
    /* Beside a power of two the nearest text of some length may miss where another one hits. */
    if (i % 16 == 0 && x - x == 0 && x != 0) assert_in_range(n_digits, 1, precision);
  }
}

static void test_f32_random(void **state) {
  (void)state;
  uint64_t seed = 362436069362436069;
  for (int i = 0; i < N_RANDOM; i++) {
    uint32_t bits = (uint32_t)next_random(&seed), again = 0;
    if (i % 8 == 0) bits &= 0xff800003;
    if (i % 8 == 1) bits &= 0x807fffff;
    char buf[NUMBER_TEXT_MAX];
    const size_t n_text = wfx__number_write_f32(buf, bits);
    assert_int_equal(n_text, strlen(buf));
    assert_int_equal(read_f32(buf, &again), NUMBER_OK);
    if (again != bits) fail_msg("%s %x", buf, bits);
    if (bits << 1 > 0xff000000u) continue;
    if (bits_of_float(strtof(buf, NULL)) != bits) fail_msg("%s %x", buf, bits);
  }
}

/* What the C library makes of the same text; it takes overflow for infinity. */
static void compare_read(const char *text) {
  uint64_t bits = 0;
  uint32_t bits32 = 0;
  enum number_result result = read_f64(text, &bits);
  const double x = strtod(text, NULL);
  if (x - x != 0 ? result != NUMBER_OUT_OF_RANGE : result != NUMBER_OK || bits != bits_of(x))
    fail_msg("f64 %s", text);
  result = read_f32(text, &bits32);
  const float y = strtof(text, NULL);
  if (y - y != 0 ? result != NUMBER_OUT_OF_RANGE
                 : result != NUMBER_OK || bits32 != bits_of_float(y))
    fail_msg("f32 %s", text);
}

static void put_digits(char **at, uint64_t *seed, size_t n, bool is_hex) {
  while (n-- > 0)
    *(*at)++ = "0123456789abcdef"[next_random(seed) % (is_hex ? 16 : 10)];
}

static void test_read_random(void **state) {
  (void)state;
  uint64_t seed = 521288629521288629;
  for (int i = 0; i < N_RANDOM; i++) {
    char text[200], *at = text;
    const bool is_hex = i % 4 == 0;
    if (i % 3 == 0) *at++ = '-';
    if (is_hex) at += sprintf(at, "0x");
    put_digits(&at, &seed, 1 + next_random(&seed) % 24, is_hex);
    if (i % 5 != 0) {
      *at++ = '.';
      put_digits(&at, &seed, next_random(&seed) % 40, is_hex);
    }
    if (i % 7 != 0) {
      const int range = is_hex ? (i % 2 == 0 ? 1100 : 160) : i % 2 == 0 ? 340 : 50;
      sprintf(at, "%c%d", is_hex ? 'p' : 'e',
              (int)(next_random(&seed) % (unsigned)(2 * range)) - range);
    } else {
      *at = 0;
    }
    compare_read(text);
  }
}

/* Points half way between neighbours, written in full, and the least bit more or less. */
static void test_read_halfway(void **state) {
  (void)state;
  uint64_t seed = 77777777;
  for (int i = 0; i < N_RANDOM / 20; i++) {
    static char text[2000], longer[4000];
    uint64_t bits = next_random(&seed) >> 1;
    if (i % 2 == 0) bits %= UINT64_C(1) << 56;
    if (bits >= UINT64_C(0x7fe0000000000000)) continue;
    double x, next;
    memcpy(&x, &bits, sizeof x);
    bits++;
    memcpy(&next, &bits, sizeof next);
    snprintf(text, sizeof text, "%.1100Lf", ((long double)x + (long double)next) / 2);
    compare_read(text);
    snprintf(longer, sizeof longer, "%s%0*d1", text, i % 900, 0);
    compare_read(longer);
    for (char *c = text + strlen(text) - 1; *c == '0' || *c == '.'; c--) {
      if (*c == '0') *c = '9';
    }
    compare_read(text);
  }
}

/* Digits by the million cost time in proportion and are exact. */
static void test_long(void **state) {
  (void)state;
  const size_t n = 1000000;
  char *text = malloc(n + 16);
  memset(text, '0', n);
  text[0] = '1';
  memcpy(text + n, "e-999999", 9);
  uint64_t bits = 0;
  assert_int_equal(read_f64(text, &bits), NUMBER_OK);
  assert_int_equal(bits, bits_of(1));
  text[0] = '0';
  text[1] = '.';
  memcpy(text + n, "1e999999", 9);
  assert_int_equal(read_f64(text, &bits), NUMBER_OK);
  assert_int_equal(bits, bits_of(1));
  memcpy(text, "9007199254740993.", 17);
  assert_int_equal(wfx__number_read_f64(text, n, &bits), NUMBER_OK);
  assert_int_equal(bits, bits_of(9007199254740992.0));
  assert_int_equal(wfx__number_read_f64(text, n + 1, &bits), NUMBER_OK);
  assert_int_equal(bits, bits_of(9007199254740994.0));
  free(text);
}

static void test_garbage(void **state) {
  (void)state;
  static const char alphabet[] = "0123456789abcdefxXpPeE+-._naif:0x \t";
  uint64_t seed = 99991;
  for (int i = 0; i < N_RANDOM; i++) {
    char text[24];
    const size_t n = next_random(&seed) % sizeof text;
    for (size_t j = 0; j < n; j++) {
      const uint64_t r = next_random(&seed);
      text[j] = i % 16 == 0 ? (char)r : alphabet[r % (sizeof alphabet - 1)];
    }
    uint64_t bits = 0, again = 0;
    uint32_t bits32;
    wfx__number_read_int(text, n, 32, &bits);
    wfx__number_read_uint(text, n, 64, &bits);
    wfx__number_read_f32(text, n, &bits32);
    if (wfx__number_read_f64(text, n, &bits) != NUMBER_OK) continue;
    char buf[NUMBER_TEXT_MAX];
    wfx__number_write_f64(buf, bits);
    assert_int_equal(read_f64(buf, &again), NUMBER_OK);
    assert_true(bits == again);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_ints),        cmocka_unit_test(test_f64_table),
      cmocka_unit_test(test_f32_table),   cmocka_unit_test(test_write_table),
      cmocka_unit_test(test_f64_random),  cmocka_unit_test(test_f32_random),
      cmocka_unit_test(test_read_random), cmocka_unit_test(test_read_halfway),
      cmocka_unit_test(test_long),        cmocka_unit_test(test_garbage),
  };
  cmocka_set_message_output(CM_OUTPUT_TAP);
  return cmocka_run_group_tests(tests, NULL, NULL);
}
