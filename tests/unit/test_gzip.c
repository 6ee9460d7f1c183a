/* test_gzip.c: gzip streams: round trips, limits, damage. */
#include "unit/unit.h"

static wfx_ctx *ctx;

static int setup(void **state) {
  (void)state;
  ctx = wfx_ctx_new(NULL);
  return ctx == NULL;
}

static int teardown(void **state) {
  (void)state;
  wfx_ctx_free(ctx);
  return 0;
}

/* n bytes that do not compress well, the same each time. */
static uint8_t *noise(size_t n) {
  uint8_t *p = malloc(n + 1);
  uint64_t x = 88172645463325252u;
  assert_non_null(p);
  for (size_t i = 0; i < n; i++) {
    x ^= x << 13, x ^= x >> 7, x ^= x << 17;
    p[i] = (uint8_t)(x >> 32);
  }
  return p;
}

static void check_round_trip(const uint8_t *bytes, size_t n) {
  wfx_bytes packed, again, same;
  assert_int_equal(wfx_gzip(ctx, bytes, n, &packed), WFX_OK);
  assert_int_equal(wfx_gzip(ctx, bytes, n, &again), WFX_OK);
  assert_int_equal(packed.n, again.n);
  assert_memory_equal(packed.data, again.data, packed.n);
  assert_int_equal(wfx_gunzip(ctx, packed.data, packed.n, n, &same), WFX_OK);
  assert_int_equal(same.n, n);
  if (n != 0) assert_memory_equal(same.data, bytes, n);
  wfx_bytes_free(ctx, &same);
  if (n != 0) assert_int_equal(wfx_gunzip(ctx, packed.data, packed.n, n - 1, &same), WFX_IO);
  assert_null(same.data);
  wfx_bytes_free(ctx, &packed);
  wfx_bytes_free(ctx, &again);
}

static void test_round_trip(void **state) {
  (void)state;
  static const size_t sizes[] = {0, 1, 2, 100, 4095, 4096, 4097, 65536, 300000};
  uint8_t *bytes = noise(300000), *zeros = calloc(300000, 1);
  assert_non_null(zeros);
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    check_round_trip(bytes, sizes[i]);
    check_round_trip(zeros, sizes[i]);
  }
  free(bytes);
  free(zeros);
}

static void test_bomb(void **state) {
  (void)state;
  size_t n = (size_t)64 << 20;
  uint8_t *zeros = calloc(n, 1);
  wfx_bytes packed, out;
  assert_non_null(zeros);
  assert_int_equal(wfx_gzip(ctx, zeros, n, &packed), WFX_OK);
  free(zeros);
  assert_true(packed.n < 100000);
  struct unit_alloc a = {.fail_at = UINT64_MAX};
  wfx_ctx *counted = unit_ctx(&a, 0);
  assert_int_equal(wfx_gunzip(counted, packed.data, packed.n, 1 << 20, &out), WFX_IO);
  wfx_ctx_free(counted);
  assert_int_equal(a.n_bytes, 0);
  wfx_bytes_free(ctx, &packed);
}

/* Streams behind each other are one; anything else behind a stream is damage. */
static void test_several(void **state) {
  (void)state;
  wfx_bytes a, b, out;
  assert_int_equal(wfx_gzip(ctx, (const uint8_t *)"hello ", 6, &a), WFX_OK);
  assert_int_equal(wfx_gzip(ctx, (const uint8_t *)"world", 5, &b), WFX_OK);
  uint8_t *both = malloc(a.n + b.n);
  assert_non_null(both);
  memcpy(both, a.data, a.n);
  memcpy(both + a.n, b.data, b.n);
  assert_int_equal(wfx_gunzip(ctx, both, a.n + b.n, 100, &out), WFX_OK);
  assert_int_equal(out.n, 11);
  assert_memory_equal(out.data, "hello world", 11);
  wfx_bytes_free(ctx, &out);
  assert_int_equal(wfx_gunzip(ctx, both, a.n + b.n, 11, &out), WFX_OK);
  wfx_bytes_free(ctx, &out);
  assert_int_equal(wfx_gunzip(ctx, both, a.n + b.n, 10, &out), WFX_IO);
  for (size_t n = 1; n < b.n; n++)
    assert_int_equal(wfx_gunzip(ctx, both, a.n + n, 100, &out), WFX_IO);
  both[a.n] = 'x';
  assert_int_equal(wfx_gunzip(ctx, both, a.n + b.n, 100, &out), WFX_IO);
  free(both);
  wfx_bytes_free(ctx, &a);
  wfx_bytes_free(ctx, &b);
}

static void test_damage(void **state) {
  (void)state;
  uint8_t *bytes = noise(1000);
  wfx_bytes packed, out;
  assert_int_equal(wfx_gzip(ctx, bytes, 1000, &packed), WFX_OK);
  for (size_t n = 0; n < packed.n; n++)
    assert_int_equal(wfx_gunzip(ctx, packed.data, n, 10000, &out), WFX_IO);
  /* A changed bit is damage, but for those of the header and of padding, which do not matter.
   */
  for (size_t bit = 0; bit < packed.n * 8; bit++) {
    packed.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
    wfx_status status = wfx_gunzip(ctx, packed.data, packed.n, 10000, &out);
    assert_true(status == WFX_IO || status == WFX_OK);
    if (status == WFX_OK) {
      assert_int_equal(out.n, 1000);
      assert_memory_equal(out.data, bytes, 1000);
    }
    wfx_bytes_free(ctx, &out);
    packed.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
  }
  wfx_bytes_free(ctx, &packed);
  free(bytes);
}

static wfx_status oom_task(wfx_ctx *c) {
  wfx_bytes packed, out;
  static uint8_t bytes[20000];
  wfx_status status = wfx_gzip(c, bytes, sizeof bytes, &packed);
  if (status == WFX_OK) status = wfx_gunzip(c, packed.data, packed.n, sizeof bytes, &out);
  if (status == WFX_OK) wfx_bytes_free(c, &out);
  wfx_bytes_free(c, &packed);
  return status;
}

static void test_oom(void **state) {
  (void)state;
  unit_sweep(oom_task);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(test_round_trip, setup, teardown),
      cmocka_unit_test_setup_teardown(test_bomb, setup, teardown),
      cmocka_unit_test_setup_teardown(test_several, setup, teardown),
      cmocka_unit_test_setup_teardown(test_damage, setup, teardown),
      cmocka_unit_test(test_oom),
  };
  cmocka_set_message_output(CM_OUTPUT_TAP);
  return cmocka_run_group_tests(tests, NULL, NULL);
}
