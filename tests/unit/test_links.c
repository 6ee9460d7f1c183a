/* test_links.c: the Links-like front end: the reference interpreter of the core agrees with
 * what the programs of examples/ and tests/ print (tests/links.sh and tests/examples.sh run
 * them compiled), and code generation when memory runs out. */
#include "unit.h"

#include <glob.h>
#include <stdio.h>

#include "common/fe_eval.h"
#include "common/fe_gen.h"
#include "links/links.h"

enum { MAX_TEXT = 1 << 16 };

/* The content of a file, in text; false when it is not there. */
static bool read_text(const char *path, char text[MAX_TEXT], size_t *n) {
  FILE *f = fopen(path, "rb");
  if (f == NULL) return false;
  *n = fread(text, 1, MAX_TEXT, f);
  fclose(f);
  assert_true(*n < MAX_TEXT);
  return true;
}

static fe_program *compile(fe_session *s, const char *path) {
  static char text[MAX_TEXT];
  size_t n;
  assert_true(read_text(path, text, &n));
  return links_compile(s, path, text, n, (links_options){0});
}

/* ---- The oracle -------------------------------------------------------------------------- */

/* The interpreter keeps all it makes: programs that run long are left out. */
enum { MAX_EVAL_BYTES = 256 << 20, OUT_OF_MEMORY = 2 };

static void eval_program(const char *path, const char *want_path) {
  static char want[MAX_TEXT], got[MAX_TEXT];
  size_t n_want, n_got;
  if (!read_text(want_path, want, &n_want)) return;
  fe_session s;
  fe_session_init(&s, MAX_EVAL_BYTES);
  fe_program *p = compile(&s, path);
  assert_non_null(p);
  FILE *out = tmpfile(), *err = tmpfile();
  assert_non_null(out);
  assert_non_null(err);
  int status = fe_eval_program(p, out, err);
  fclose(err);
  rewind(out);
  n_got = fread(got, 1, MAX_TEXT, out);
  fclose(out);
  fe_session_free(&s);
  if (status == OUT_OF_MEMORY) return;
  assert_int_equal(status, 0);
  if (n_got != n_want || memcmp(got, want, n_got) != 0) fail_msg("%s: differs", path);
}

static void oracle_agrees(void **state) {
  (void)state;
  glob_t files;
  assert_int_equal(glob("examples/links/*.links", 0, NULL, &files), 0);
  assert_int_equal(glob("tests/links/*.links", GLOB_APPEND, NULL, &files), 0);
  for (size_t i = 0; i < files.gl_pathc; i++) {
    char want[500];
    size_t n = strlen(files.gl_pathv[i]) - strlen(".links");
    snprintf(want, sizeof want, "%.*s.out", (int)n, files.gl_pathv[i]);
    eval_program(files.gl_pathv[i], want);
  }
  globfree(&files);
}

/* ---- Memory ------------------------------------------------------------------------------ */

static const char example[] = "examples/links/threads-sheep.links";

static wfx_status generate(fe_session *s, const wfx_ctx *ctx, const fe_program *p) {
  wfx_module *m = wfx_module_new(ctx);
  if (m == NULL) return WFX_NOMEM;
  bool is_ok = fe_generate(s, p, m);
  assert_int_equal(s->n_errors, 0);
  assert_true(is_ok != s->is_out_of_memory);
  wfx_status status = is_ok ? wfx_module_validate(m) : WFX_NOMEM;
  wfx_module_free(m);
  return status;
}

static wfx_status generate_example(wfx_ctx *ctx) {
  fe_session s;
  fe_session_init(&s, SIZE_MAX);
  fe_program *p = compile(&s, example);
  assert_non_null(p);
  wfx_status status = generate(&s, ctx, p);
  fe_session_free(&s);
  return status;
}

static void library_runs_out_of_memory(void **state) {
  (void)state;
  unit_sweep(generate_example);
}

static void session_runs_out_of_memory(void **state) {
  (void)state;
  wfx_ctx *ctx = wfx_ctx_new(NULL);
  wfx_status status = WFX_NOMEM;
  for (size_t fail_at = 1; status != WFX_OK; fail_at++) {
    fe_session s;
    fe_session_init(&s, SIZE_MAX);
    fe_program *p = compile(&s, example);
    s.arena.n_until_fail = fail_at;
    status = generate(&s, ctx, p);
    assert_true(status == WFX_OK || status == WFX_NOMEM);
    fe_session_free(&s);
  }
  wfx_ctx_free(ctx);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(oracle_agrees),
      cmocka_unit_test(library_runs_out_of_memory),
      cmocka_unit_test(session_runs_out_of_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
