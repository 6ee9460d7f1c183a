/* wfx_cmd_wast.c: wfx wast: test scripts as TAP, and their counts. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <wasmfx/text.h>

#include "wfx/wast.h"

enum {
  MAX_WORDS = 24,
  WORD_BYTES = 32,
  STACK_BYTES = 64 << 20 /* scripts run out of it on purpose: better not large */
};

/* All scripts of one run of the command. */
typedef struct report {
  wfx_ctx *ctx;
  uint64_t features;
  bool is_stress;          /* collect garbage at every allocation */
  uint64_t n_tests;
  wast_count all;
  struct {
    char word[WORD_BYTES];
    wast_count count;
  } words[MAX_WORDS]; /* by command */
  size_t n_words;
} report;

/* ---- Counting ---------------------------------------------------------------------------- */

static void add(wast_count *count, const wast_verdict *v) {
  count->passed += v->outcome == WAST_PASSED;
  count->failed += v->outcome == WAST_FAILED;
  count->unsupported += v->outcome == WAST_UNSUPPORTED;
  count->reworded += v->is_reworded;
}

static void print_count(const char *name, const wast_count *count) {
  printf("# %s: %" PRIu64 " passed, %" PRIu64 " failed, %" PRIu64 " unsupported, %" PRIu64
         " reworded\n",
         name, count->passed, count->failed, count->unsupported, count->reworded);
}

static wast_count *count_of(report *r, wfx_str word) {
  size_t i = 0;
  for (; i < r->n_words; i++)
    if (strlen(r->words[i].word) == word.n && memcmp(r->words[i].word, word.data, word.n) == 0)
      return &r->words[i].count;
  if (i == MAX_WORDS || word.n >= WORD_BYTES) return NULL;
  memcpy(r->words[i].word, word.data, word.n);
  r->n_words++;
  return &r->words[i].count;
}

static void report_test(report *r, wfx_str word, wfx_loc loc, const wast_verdict *v,
                        wast_count *file) {
  wast_count *count = count_of(r, word);
  add(file, v);
  add(&r->all, v);
  if (count) add(count, v);
  printf("%s %" PRIu64 " - %s:%" PRIu32 " %.*s", v->outcome == WAST_FAILED ? "not ok" : "ok",
         ++r->n_tests, loc.file, loc.line, (int)word.n, word.data);
  if (v->outcome == WAST_UNSUPPORTED) printf(" # SKIP unsupported: %s", v->why);
  putchar('\n');
  if (v->outcome == WAST_FAILED || v->is_reworded) printf("#   %s\n", v->why);
}

/* ---- Files ------------------------------------------------------------------------------- */

/* A text that is no script is one more failed test. */
static void report_script(report *r, const char *name, const wfx_diag *diag, wast_count *file) {
  wast_verdict v = {WAST_FAILED, false, ""};
  wfx_loc loc = diag->loc;
  loc.file = name;
  if (diag->status == WFX_UNSUPPORTED) v.outcome = WAST_UNSUPPORTED;
  snprintf(v.why, sizeof v.why, "%s", diag->message);
  report_test(r, (wfx_str){"script", 6}, loc, &v, file);
}

static bool run_script(report *r, const char *name, wfx_script *script) {
  wast w;
  wfx_command command;
  wast_verdict verdict;
  wast_count file = {0, 0, 0, 0};
  if (!wast_open(&w, r->ctx, r->features, script)) return false;
  wfx_store_set_gc_stress(w.store, r->is_stress);
  while (wfx_script_next(script, &command)) {
    command.loc.file = name;
    wast_run(&w, &command, &verdict);
    report_test(r, command.word, command.loc, &verdict, &file);
  }
  const wfx_diag *diag = wfx_script_diag(script);
  if (diag) report_script(r, name, diag, &file);
  print_count(name, &file);
  wast_close(&w);
  return file.failed == 0;
}

static bool run_file(report *r, const char *path) {
  const char *name = cli_input_name(path);
  uint8_t *text;
  size_t n;
  if (!cli_read_file(path, wfx_ctx_limits(r->ctx)->module_bytes, &text, &n)) return false;
  wfx_script *script = wfx_script_open(r->ctx, (const char *)text, n, name);
  free(text);
  if (!script) {
    cli_error("%s: out of memory", name);
    return false;
  }
  bool is_good = run_script(r, name, script);
  wfx_script_close(script);
  return is_good;
}

int cli_cmd_wast(cli *c) {
  report r = {.ctx = NULL};
  wfx_options options = {.size = sizeof options};
  if (!cli_features(c, &options.features)) return CLI_USAGE;
  options.limits.stack_bytes = STACK_BYTES;
  r.is_stress = c->options[CLI_OPTION_gc_stress] != NULL;
  r.features = options.features ? options.features : wfx_features_default();
  r.ctx = wfx_ctx_new(&options);
  if (!r.ctx) {
    cli_error("out of memory");
    return CLI_FAILED;
  }
  bool is_good = true;
  for (int i = 0; i < c->n_operands; i++)
    if (!run_file(&r, c->operands[i])) is_good = false;
  for (size_t i = 0; i < r.n_words; i++) print_count(r.words[i].word, &r.words[i].count);
  print_count("all", &r.all);
  printf("1..%" PRIu64 "\n", r.n_tests);
  wfx_ctx_free(r.ctx);
  return is_good ? CLI_OK : CLI_FAILED;
}
