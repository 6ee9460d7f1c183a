/* soak.c: run soak.wat in a store with a heap limit and look at what is left afterwards.
 *
 *   soak MODULE THREADS TURNS SEED HEAP_MIB [stress]
 *
 * stress collects garbage at every allocation. Prints what was counted; exit code 0 when the
 * module's own checks held, every thread came to one end, and no continuation is left. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <wasmfx.h>

static int fail(const char *what, const wfx_diag *diag) {
  char text[2048] = "";
  if (diag != NULL) wfx_diag_format(diag, text, sizeof text);
  fprintf(stderr, "soak: %s: %s\n", what, text);
  return 1;
}

static uint8_t *read_file(const char *path, size_t *n_bytes) {
  enum { MOST_BYTES = 1 << 20 };
  FILE *f = fopen(path, "rb");
  if (f == NULL) return NULL;
  uint8_t *bytes = malloc(MOST_BYTES);
  if (bytes != NULL) *n_bytes = fread(bytes, 1, MOST_BYTES, f);
  fclose(f);
  return bytes;
}

static int64_t count(wfx_instance *inst, const char *name) {
  wfx_value x = wfx_i64(-1);
  return wfx_instance_global(inst, name, &x) ? x.of.i64 : -1;
}

/* Run and report. */
static int soak(wfx_store *s, wfx_instance *inst, char **argv) {
  const int64_t n_turns = atoll(argv[3]);
  const wfx_value args[3] = {wfx_i32(atoi(argv[2])), wfx_i64(n_turns), wfx_i64(atoll(argv[4]))};
  wfx_value done = wfx_i64(0);
  if (wfx_call(inst, "run", args, 3, &done, 1) != WFX_OK) return fail("run", wfx_store_diag(s));
  wfx_store_collect(s);
  wfx_stats st;
  wfx_store_stats(s, &st);
  const int64_t finished = count(inst, "finished"), failed = count(inst, "failed"),
                cancelled = count(inst, "cancelled"), started = count(inst, "started");
  printf("%s threads, %" PRId64 " turns, %" PRIu64 " by switch, seed %s: %" PRId64 " started, %" PRId64 " finished, %" PRId64
         " failed, %" PRId64 " cancelled; %" PRIu64 " collections in %" PRIu64
         " ms, heap peak %" PRIu64 " MiB, %" PRIu64 " continuations left\n",
         argv[2], done.of.i64, st.n_switches, argv[4], started, finished, failed, cancelled, st.n_collections,
         st.collection_ns / 1000000, st.heap_peak_bytes >> 20, st.n_conts_live);
  if (done.of.i64 < n_turns) return fail("too few turns", NULL);
  if (started != finished + failed + cancelled) return fail("a thread without an end", NULL);
  if (st.n_suspends < (uint64_t)n_turns / 3) return fail("too few suspensions", NULL);
  if (st.n_switches < (uint64_t)n_turns / 3) return fail("too few switches", NULL);
  return st.n_conts_live == 0 ? 0 : fail("continuations are left", NULL);
}

int main(int argc, char **argv) {
  if (argc < 6 || argc > 7 || (argc == 7 && strcmp(argv[6], "stress") != 0)) {
    fputs("usage: soak MODULE THREADS TURNS SEED HEAP_MIB [stress]\n", stderr);
    return 2;
  }
  size_t n_bytes = 0;
  uint8_t *bytes = read_file(argv[1], &n_bytes);
  wfx_options options = {.size = sizeof options};
  options.limits.heap_bytes = (uint64_t)atoll(argv[5]) << 20;
  wfx_ctx *ctx = wfx_ctx_new(&options);
  wfx_module *m = wfx_module_new(ctx);
  wfx_store *s = wfx_store_new(ctx);
  if (bytes == NULL || ctx == NULL || m == NULL || s == NULL) return fail("start", NULL);
  wfx_store_set_gc_stress(s, argc == 7);
  wfx_instance *inst = NULL;
  int code = 1;
  if (wfx_module_decode(m, bytes, n_bytes) != WFX_OK) fail("decode", wfx_module_diag(m, 0));
  else if (wfx_instantiate(s, m, NULL, &inst) != WFX_OK) fail("instantiate", wfx_store_diag(s));
  else code = soak(s, inst, argv);
  wfx_store_free(s);
  wfx_module_free(m);
  wfx_ctx_free(ctx);
  free(bytes);
  return code;
}
