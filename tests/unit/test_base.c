/* test_base.c: arenas, arrays, hash tables, LEB128, UTF-8. */
#include "unit.h"

#include "base/arena.h"
#include "base/leb.h"
#include "base/map.h"
#include "base/utf8.h"

struct fixture {
  struct unit_alloc a;
  wfx_ctx *ctx;
  struct errs e;
};

static int setup(void **state) {
  static struct fixture f;
  memset(&f, 0, sizeof f);
  f.a.fail_at = UINT64_MAX;
  f.ctx = unit_ctx(&f.a, 0);
  wfx__errs_init(&f.e, f.ctx);
  *state = &f;
  return f.ctx == NULL;
}

static int teardown(void **state) {
  struct fixture *f = *state;
  wfx__errs_free(&f->e);
  wfx_ctx_free(f->ctx);
  return f->a.n_blocks != 0 || f->a.n_bytes != 0;
}

static void arena_is_aligned_and_zeroed(void **state) {
  struct fixture *f = *state;
  struct arena a;
  wfx__arena_init(&a, f->ctx);
  for (size_t n = 0; n < 3000; n += 7) {
    unsigned char *p = wfx__arena_alloc(&a, n);
    assert_non_null(p);
    assert_int_equal((uintptr_t)p % 16, 0);
    for (size_t i = 0; i < n; i++) assert_int_equal(p[i], 0);
    memset(p, 0xff, n);
  }
  assert_string_equal(wfx__arena_copy(&a, "abc", 3), "abc");
  assert_null(wfx__arena_alloc(&a, SIZE_MAX));
  wfx__arena_reset(&a);
  unsigned char *p = wfx__arena_alloc(&a, 64);
  for (size_t i = 0; i < 64; i++) assert_int_equal(p[i], 0);
  wfx__arena_free(&a);
}

static void vec_grows(void **state) {
  struct fixture *f = *state;
  vec_u32 v = {0};
  for (uint32_t i = 0; i < 1000; i++) assert_true(vec_push(&f->e, &v, i * 3));
  for (uint32_t i = 0; i < 1000; i++) assert_int_equal(v.data[i], i * 3);
  f->a.fail_at = 0;
  while (v.n < v.cap) assert_true(vec_push(&f->e, &v, 0));
  assert_false(vec_push(&f->e, &v, 0));
  assert_int_equal(errs_status(&f->e), WFX_NOMEM);
  vec_free(f->ctx, &v);
}

static void map_finds_what_was_put(void **state) {
  struct fixture *f = *state;
  struct map m = {0};
  for (uint64_t k = 0; k < 5000; k++)
    assert_true(wfx__map_put(&f->e, &m, k << 40 | k, (uint32_t)k));
  assert_true(wfx__map_put(&f->e, &m, 7ull << 40 | 7, 70));
  for (uint64_t k = 0; k < 5000; k++)
    assert_int_equal(wfx__map_get(f->ctx, &m, k << 40 | k), k == 7 ? 70 : k);
  assert_int_equal(wfx__map_get(f->ctx, &m, 12345), WFX_NO_ID);
  assert_int_equal(m.n, 5000);
  wfx__map_free(f->ctx, &m);
}

static void multimap_walks_all_values(void **state) {
  struct fixture *f = *state;
  struct map m = {0};
  for (uint32_t i = 0; i < 300; i++) assert_true(wfx__multimap_put(&f->e, &m, i % 3, i));
  uint32_t it = 0, v, n = 0;
  uint64_t sum = 0;
  while ((v = wfx__multimap_next(&m, 1, &it)) != WFX_NO_ID) n++, sum += v;
  assert_int_equal(n, 100);
  assert_int_equal(sum, 14950);
  wfx__map_free(f->ctx, &m);
}

static void strmap_keeps_the_first(void **state) {
  struct fixture *f = *state;
  struct strmap m = {0};
  bool is_new;
  assert_true(wfx__strmap_add(&f->e, &m, "a", 1, 1, &is_new));
  assert_true(is_new);
  assert_true(wfx__strmap_add(&f->e, &m, "a", 1, 2, &is_new));
  assert_false(is_new);
  assert_true(wfx__strmap_add(&f->e, &m, "a\0b", 3, 3, NULL));
  assert_true(wfx__strmap_add(&f->e, &m, "", 0, 4, NULL));
  assert_int_equal(wfx__strmap_get(f->ctx, &m, "a", 1), 1);
  assert_int_equal(wfx__strmap_get(f->ctx, &m, "a\0b", 3), 3);
  assert_int_equal(wfx__strmap_get(f->ctx, &m, "", 0), 4);
  assert_int_equal(wfx__strmap_get(f->ctx, &m, "b", 1), WFX_NO_ID);
  wfx__strmap_free(f->ctx, &m);
}

static void leb_round_trips(void **state) {
  struct fixture *f = *state;
  const uint64_t values[] = {0, 1, 63, 64, 127, 128, 8191, 8192, UINT32_MAX, (uint64_t)1 << 32,
                             INT64_MAX, UINT64_MAX};
  for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
    vec_u8 v = {0};
    assert_true(wfx__leb_write_u(&f->e, &v, values[i]));
    assert_int_equal(v.n, wfx__leb_size_u(values[i]));
    const uint8_t *at = v.data;
    uint64_t u;
    assert_int_equal(wfx__leb_read_u(&at, v.data + v.n, 64, &u), LEB_OK);
    assert_true(u == values[i] && at == v.data + v.n);
    for (int sign = 0; sign < 2; sign++) {
      int64_t want = (int64_t)(sign ? 0 - values[i] : values[i]), got;
      v.n = 0;
      assert_true(wfx__leb_write_s(&f->e, &v, want));
      at = v.data;
      assert_int_equal(wfx__leb_read_s(&at, v.data + v.n, 64, &got), LEB_OK);
      assert_true(got == want && at == v.data + v.n);
    }
    vec_free(f->ctx, &v);
  }
}

static void leb_rejects_what_does_not_fit(void **state) {
  (void)state;
  static const struct {
    uint8_t bytes[11];
    size_t n;
    unsigned n_bits;
    bool is_signed;
    enum leb_result want;
  } cases[] = {
      {{0x80}, 1, 32, false, LEB_END},
      {{0x80, 0x80, 0x80, 0x80, 0x80, 0}, 6, 32, false, LEB_TOO_LONG},
      {{0xff, 0xff, 0xff, 0xff, 0x0f}, 5, 32, false, LEB_OK},
      {{0xff, 0xff, 0xff, 0xff, 0x1f}, 5, 32, false, LEB_TOO_LARGE},
      {{0xff, 0xff, 0xff, 0xff, 0x7f}, 5, 32, true, LEB_OK},
      {{0xff, 0xff, 0xff, 0xff, 0x77}, 5, 32, true, LEB_TOO_LARGE},
      {{0xff, 0xff, 0xff, 0xff, 0x07}, 5, 32, true, LEB_OK},
      {{0xff, 0xff, 0xff, 0xff, 0x0f}, 5, 32, true, LEB_TOO_LARGE},
      {{0xff, 0xff, 0xff, 0xff, 0x0f}, 5, 33, true, LEB_OK},
      {{0xff, 0xff, 0xff, 0xff, 0xff}, 5, 32, true, LEB_TOO_LONG},
      {{0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01}, 10, 64, false, LEB_OK},
      {{0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x02}, 10, 64, false,
       LEB_TOO_LARGE},
      {{0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7f}, 10, 64, true, LEB_OK},
      {{0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7e}, 10, 64, true,
       LEB_TOO_LARGE},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    const uint8_t *at = cases[i].bytes;
    uint64_t u;
    int64_t s;
    enum leb_result got =
        cases[i].is_signed
            ? wfx__leb_read_s(&at, cases[i].bytes + cases[i].n, cases[i].n_bits, &s)
            : wfx__leb_read_u(&at, cases[i].bytes + cases[i].n, cases[i].n_bits, &u);
    assert_int_equal(got, cases[i].want);
  }
}

static void utf8_is_strict(void **state) {
  (void)state;
  assert_true(wfx__utf8_is_valid("a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", 10));
  assert_true(wfx__utf8_is_valid("", 0));
  static const char *const bad[] = {"\x80", "\xc0\x80", "\xc1\xbf", "\xe0\x80\x80",
                                    "\xed\xa0\x80", "\xf0\x80\x80\x80", "\xf4\x90\x80\x80",
                                    "\xf5\x80\x80\x80", "\xff", "\xe2\x82", "a\xc3"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    assert_false(wfx__utf8_is_valid(bad[i], strlen(bad[i])));
  const uint32_t points[] = {0, 0x7f, 0x80, 0x7ff, 0x800, 0xffff, 0x10000, 0x10ffff};
  for (size_t i = 0; i < sizeof points / sizeof *points; i++) {
    char buf[4];
    size_t n = wfx__utf8_put(buf, points[i]);
    const char *at = buf;
    uint32_t c;
    assert_true(wfx__utf8_next(&at, buf + n, &c));
    assert_int_equal(c, points[i]);
    assert_ptr_equal(at, buf + n);
  }
}

static void features_and_limits(void **state) {
  struct fixture *f = *state;
  assert_int_equal(wfx_feature_find("stack-switching"), WFX_FEATURE_STACK_SWITCHING);
  assert_int_equal(wfx_feature_find("nothing"), -1);
  assert_true(wfx_features_default() & (uint64_t)1 << WFX_FEATURE_GC);
  assert_false(wfx_features_default() & (uint64_t)1 << WFX_FEATURE_BARRIER);
  assert_int_equal(wfx_ctx_limits(f->ctx)->n_types, 1000000);
  assert_string_equal(wfx_status_text(WFX_SUSPENSION), "suspension");
}

int main(void) {
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
  const struct CMUnitTest tests[] = {
      TEST(arena_is_aligned_and_zeroed),   TEST(vec_grows),
      TEST(map_finds_what_was_put),        TEST(multimap_walks_all_values),
      TEST(strmap_keeps_the_first),        TEST(leb_round_trips),
      TEST(leb_rejects_what_does_not_fit), TEST(utf8_is_strict),
      TEST(features_and_limits),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
