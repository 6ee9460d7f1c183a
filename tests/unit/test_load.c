/* test_load.c [SCRIPT...]: wfx_validate_bytes against decoding and validating in two steps: the same
 * verdict and the same error for the modules of the scripts (by default our own), for what becomes
 * of them when bytes change, and on several threads. */
#include "unit.h"

#include <glob.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "large.h"

enum { N_THREADS = 4 };

static struct {
  wfx_ctx *ctx;
  char **scripts;
  size_t n_scripts;
  unsigned n_modules, n_wrong; /* compared so far */
  uint64_t seed;
} all;

/* ---- Comparing --------------------------------------------------------------------------- */

static bool same_str(const char *a, const char *b) {
  return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool same_diag(const wfx_diag *a, const wfx_diag *b) {
  if (!a || !b) return a == b;
  return a->status == b->status && a->loc.offset == b->loc.offset &&
         a->origin.offset == b->origin.offset && same_str(a->message, b->message) &&
         same_str(a->func, b->func) && same_str(a->instruction, b->instruction) &&
         same_str(a->expected, b->expected) && same_str(a->found, b->found) &&
         same_str(a->stack, b->stack);
}

static void *run_thread(void *v) {
  wfx_validator_run(v);
  return NULL;
}

static void validate_on_threads(wfx_module *m, const uint8_t *bytes, size_t n) {
  pthread_t threads[N_THREADS];
  wfx_validator *v = wfx_validator_new(m, bytes, n);
  assert_non_null(v);
  for (size_t i = 0; i < N_THREADS; i++)
    assert_int_equal(pthread_create(&threads[i], NULL, run_thread, v), 0);
  for (size_t i = 0; i < N_THREADS; i++) pthread_join(threads[i], NULL);
  wfx_validator_finish(v);
}

/* The first error of the module, without the names of functions. */
static const wfx_diag *in_two_steps(wfx_module *m, const uint8_t *bytes, size_t n) {
  if (wfx_module_decode(m, bytes, n) == WFX_OK) {
    wfx_module_drop_names(m);
    wfx_module_validate(m);
  }
  return wfx_module_diag(m, 0);
}

static void compare_once(const uint8_t *bytes, size_t n, bool on_threads) {
  wfx_module *two = wfx_module_new(all.ctx), *one = wfx_module_new(all.ctx);
  assert_true(two && one);
  const wfx_diag *want = in_two_steps(two, bytes, n);
  if (on_threads) validate_on_threads(one, bytes, n);
  else wfx_validate_bytes(one, bytes, n);
  const wfx_diag *found = wfx_module_diag(one, 0);
  if (!same_diag(want, found))
    fail_msg("module %u: want \"%s\" at %llx, got \"%s\" at %llx", all.n_modules,
             want ? want->message : "", want ? (unsigned long long)want->loc.offset : 0,
             found ? found->message : "", found ? (unsigned long long)found->loc.offset : 0);
  all.n_modules++;
  all.n_wrong += want != NULL;
  wfx_module_free(one);
  wfx_module_free(two);
}

/* Also with a custom section behind: near the end of the input the loop takes the long way. */
static void compare(const uint8_t *bytes, size_t n, bool on_threads) {
  static const uint8_t custom[34] = {0, 32, 1, 'x'};
  uint8_t *padded = malloc(n + sizeof custom);
  assert_non_null(padded);
  if (n != 0) memcpy(padded, bytes, n);
  memcpy(padded + n, custom, sizeof custom);
  compare_once(padded, n + sizeof custom, on_threads);
  free(padded);
  compare_once(bytes, n, on_threads);
}

/* ---- Modules of scripts ------------------------------------------------------------------ */

typedef void module_fn(const uint8_t *bytes, size_t n);

static void visit_module(wfx_script *s, const wfx_script_module *module, module_fn *visit) {
  if (module->form == WFX_SCRIPT_BINARY) {
    visit(module->bytes, module->n_bytes);
    return;
  }
  wfx_module *m = wfx_module_new(all.ctx);
  wfx_bytes bytes = {NULL, 0};
  if (wfx_script_parse(s, module, m) == WFX_OK &&
      wfx_module_encode(m, 0, &bytes) == WFX_OK)
    visit(bytes.data, bytes.n);
  wfx_bytes_free(all.ctx, &bytes);
  wfx_module_free(m);
}

static void visit_script(const char *path, module_fn *visit) {
  FILE *f = fopen(path, "rb");
  if (!f) fail_msg("%s: cannot be read", path);
  size_t n = 0, cap = (size_t)1 << 24;
  char *text = malloc(cap);
  assert_non_null(text);
  n = fread(text, 1, cap, f);
  fclose(f);
  wfx_script *s = wfx_script_open(all.ctx, text, n, path);
  free(text);
  assert_non_null(s);
  wfx_command c;
  while (wfx_script_next(s, &c))
    if (c.kind == WFX_COMMAND_MODULE || c.kind == WFX_COMMAND_ASSERT_MODULE)
      visit_module(s, &c.module, visit);
  wfx_script_close(s);
}

static void visit_all(module_fn *visit) {
  all.n_modules = all.n_wrong = 0;
  for (size_t i = 0; i < all.n_scripts; i++) visit_script(all.scripts[i], visit);
  print_message("# %u modules, %u of them wrong\n", all.n_modules, all.n_wrong);
  assert_true(all.n_modules > 100);
  assert_true(all.n_wrong > 100);
}

static void compare_plain(const uint8_t *bytes, size_t n) { compare(bytes, n, false); }

static void modules_of_scripts(void **state) {
  (void)state;
  visit_all(compare_plain);
}

/* ---- Changed bytes ----------------------------------------------------------------------- */

static uint32_t next_random(void) {
  all.seed = all.seed * 6364136223846793005u + 1442695040888963407u;
  return (uint32_t)(all.seed >> 33);
}

/* Change a few bytes of the second half, where code is: any byte, or a likely opcode. */
static void compare_changed(const uint8_t *bytes, size_t n) {
  static const uint8_t likely[] = {0x00, 0x01, 0x02, 0x0b, 0x0c, 0x0d, 0x0f, 0x1a, 0x1b, 0x20, 0x21,
                                   0x22, 0x23, 0x28, 0x37, 0x40, 0x41, 0x42, 0x44, 0x6a, 0x7c, 0x80};
  if (n < 16) return;
  uint8_t *copy = malloc(n);
  assert_non_null(copy);
  for (unsigned k = 0; k < 8; k++) {
    memcpy(copy, bytes, n);
    for (unsigned i = next_random() % 3 + 1; i > 0; i--)
      copy[n - 1 - next_random() % (n - n / 4)] =
          next_random() % 2 ? likely[next_random() % sizeof likely] : (uint8_t)next_random();
    compare(copy, next_random() % 16 == 0 ? n - next_random() % (n / 2) : n, false);
  }
  free(copy);
}

static void changed_modules(void **state) {
  (void)state;
  visit_all(compare_changed);
}

/* ---- Threads ----------------------------------------------------------------------------- */

enum { N_FUNCS = 1000 };

/* N_FUNCS functions that add numbers; those in wrong drop a value too many. */
static wfx_bytes many_funcs(const uint32_t *wrong, size_t n_wrong) {
  wfx_module *m = wfx_module_new(all.ctx);
  wfx_type_id type = wfx_type_func(m, NULL, 0, NULL, 0);
  for (uint32_t i = 0; i < N_FUNCS; i++) {
    wfx_body *b = wfx_body_open(m, wfx_module_add_func(m, NULL, type), WFX_UNCHECKED);
    for (uint32_t k = 0; k < i % 50 + 5; k++) {
      wfx_emit_i32_const(b, (int32_t)k);
      wfx_emit_i32_const(b, (int32_t)(k << 20));
      wfx_emit_i32_add(b);
      wfx_emit_drop(b);
    }
    for (size_t k = 0; k < n_wrong; k++)
      if (wrong[k] == i) wfx_emit_drop(b);
    wfx_body_close(b);
  }
  wfx_bytes bytes = {NULL, 0};
  assert_int_equal(wfx_module_encode(m, 0, &bytes), WFX_OK);
  wfx_module_free(m);
  return bytes;
}

static void first_error_on_threads(void **state) {
  (void)state;
  static const uint32_t none[1], last[] = {N_FUNCS - 1}, first[] = {0, 1, 999},
                        some[] = {999, 500, 499, 501, 17, 18, 650};
  static const struct { const uint32_t *wrong; size_t n; } cases[] = {
      {none, 0}, {last, 1}, {first, 3}, {some, 7}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    wfx_bytes bytes = many_funcs(cases[i].wrong, cases[i].n);
    for (int k = 0; k < 10; k++) compare(bytes.data, bytes.n, true);
    wfx_bytes_free(all.ctx, &bytes);
  }
}

static void declarations_on_threads(void **state) {
  (void)state;
  static const uint8_t unknown_type[] = {0, 'a', 's', 'm', 1, 0, 0, 0, 3, 2, 1, 9, 10, 4, 1, 2, 0, 11};
  compare(unknown_type, sizeof unknown_type, true);
  compare(unknown_type, 6, true);
}

/* A body that goes on behind its end. */
static void bytes_behind_the_end(void **state) {
  (void)state;
  uint8_t module[70] = {0, 'a', 's', 'm', 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0,
                        10, 50, 1, 48, 0, 0x0b};
  static const uint8_t more[] = {0x6a, 0x1a, 0x0b, 0x0c, 0x36, 0x1b, 0x02, 0x21, 0x0f};
  for (size_t k = 0; k < sizeof more; k++) {
    memset(module + 24, more[k], sizeof module - 24);
    compare(module, sizeof module, false);
  }
}

/* ---- Sizes ------------------------------------------------------------------------------- */

/* What grows without bound in tests/bench/growth.c, here in a size that takes no time. */
static void large_modules(void **state) {
  (void)state;
  for (size_t i = 0; i < N_LARGE_CASES; i++) {
    large_bytes bytes = {NULL, 0, 0};
    large_cases[i].make(&bytes, large_cases[i].n / 200);
    wfx_module *m = wfx_module_new(all.ctx);
    if (wfx_validate_bytes(m, bytes.data, bytes.n) != WFX_OK)
      fail_msg("%s: %s", large_cases[i].name, wfx_module_diag(m, 0)->message);
    wfx_module_free(m);
    bytes.data[bytes.n - 1] ^= 0x0f; /* and wrong at its end */
    compare(bytes.data, bytes.n, true);
    free(bytes.data);
  }
}

int main(int argc, char **argv) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(modules_of_scripts),
      cmocka_unit_test(changed_modules),
      cmocka_unit_test(first_error_on_threads),
      cmocka_unit_test(declarations_on_threads),
      cmocka_unit_test(bytes_behind_the_end),
      cmocka_unit_test(large_modules),
  };
  wfx_options o = {.size = sizeof o, .features = wfx_features_all()};
  all.ctx = wfx_ctx_new(&o);
  all.seed = 1;
  glob_t found = {0};
  all.scripts = argv + 1;
  all.n_scripts = (size_t)argc - 1;
  if (argc == 1 && glob("tests/spec/*.wast", 0, NULL, &found) == 0) {
    all.scripts = found.gl_pathv;
    all.n_scripts = found.gl_pathc;
  }
  int code = cmocka_run_group_tests(tests, NULL, NULL);
  globfree(&found);
  wfx_ctx_free(all.ctx);
  return code;
}
