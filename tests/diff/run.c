/* run.c: run generated programs on our engine, for comparison with another.
 *
 *   run FIRST N MODULES RESULTS   programs of seeds FIRST to FIRST + N - 1, each as its length
 *                                 in four bytes and its bytes in MODULES; a line each in
 *       RESULTS: SEED w0=ok/FUEL w1=trap(WHY)/FUEL .. dump=ok/FUEL memory=HASH
 * run_v8.js prints the same of MODULES, without WHY. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gen/gen.h"

enum { FUEL = 60 };

/* host.id; its argument 77 traps. */
static wfx_status host_id(void *ud, wfx_store *s, wfx_instance *caller, const wfx_value *args,
                          wfx_value *results) {
  (void)ud, (void)caller;
  int32_t x = args[0].of.i32;
  if (x == 77) return wfx_store_trap(s, "77");
  results[0] = wfx_i32((int32_t)((uint32_t)x * 7 + 1));
  return WFX_OK;
}

/* FNV-1a over the words of all memories, and their sizes. */
static uint32_t hash_memories(wfx_instance *inst) {
  uint32_t h = 2166136261u;
  char name[16];
  for (unsigned i = 0;; i++) {
    size_t n = 0;
    snprintf(name, sizeof name, "m%u", i);
    const uint8_t *bytes = wfx_instance_memory(inst, name, &n);
    if (!bytes) return h;
    h = (h ^ (uint32_t)n) * 16777619u;
    for (size_t k = 0; k + 4 <= n; k += 4) {
      uint32_t word = bytes[k] | (uint32_t)bytes[k + 1] << 8 | (uint32_t)bytes[k + 2] << 16 |
                      (uint32_t)bytes[k + 3] << 24;
      h = (h ^ word) * 16777619u;
    }
  }
}

/* The message in parentheses, without spaces: for differs.txt, not compared. */
static void print_why(const wfx_diag *diag, FILE *out) {
  fputc('(', out);
  for (const char *at = diag->message; *at; at++)
    fputc(*at == ' ' || *at == '/' ? '-' : *at, out);
  fputc(')', out);
}

static void call(wfx_store *s, wfx_instance *inst, const char *name, FILE *out) {
  wfx_instance_set_global(inst, "fuel", wfx_i32(FUEL));
  wfx_status status = wfx_call(inst, name, NULL, 0, NULL, 0);
  wfx_value fuel;
  wfx_instance_global(inst, "fuel", &fuel);
  fprintf(out, " %s=%s", name, wfx_status_text(status));
  if (status == WFX_TRAP) print_why(wfx_store_diag(s), out);
  fprintf(out, "/%d", fuel.of.i32);
}

static void run(const wfx_ctx *ctx, wfx_module *m, FILE *out) {
  static const wfx_valtype i32 = WFX_I32;
  wfx_store *s = wfx_store_new(ctx);
  wfx_instance *inst = NULL;
  wfx_store_define_func(s, "host", "id", &i32, 1, &i32, 1, host_id, NULL);
  wfx_status status = wfx_instantiate(s, m, NULL, &inst);
  if (status != WFX_OK) {
    fprintf(out, " instantiate=%s\n", wfx_status_text(status));
  } else {
    wfx_str name;
    wfx_extern_kind kind;
    uint32_t id;
    for (uint32_t i = 0; wfx_module_export(m, i, &name, &kind, &id); i++)
      if (kind == WFX_EXTERN_FUNC) call(s, inst, name.data, out);
    fprintf(out, " memory=%08x\n", hash_memories(inst));
  }
  wfx_store_free(s);
}

static bool make_and_run(const wfx_ctx *ctx, uint64_t seed, FILE *modules, FILE *out) {
  wfx_module *m = wfx_module_new(ctx);
  wfx_bytes bytes = {NULL, 0};
  bool is_ok = m && gen_module(m, seed, GEN_RUN, UINT32_MAX, NULL) == WFX_OK &&
               wfx_module_encode(m, 0, &bytes) == WFX_OK;
  if (is_ok) {
    uint8_t head[4] = {(uint8_t)bytes.n, (uint8_t)(bytes.n >> 8), (uint8_t)(bytes.n >> 16), 0};
    fwrite(head, 1, sizeof head, modules);
    fwrite(bytes.data, 1, bytes.n, modules);
    fprintf(out, "%llu", (unsigned long long)seed);
    run(ctx, m, out);
  } else {
    char text[2048] = "";
    if (m && wfx_module_n_diags(m)) wfx_diag_format(wfx_module_diag(m, 0), text, sizeof text);
    fprintf(stderr, "seed %llu is not valid: %s\n", (unsigned long long)seed, text);
  }
  wfx_bytes_free(ctx, &bytes);
  wfx_module_free(m);
  return is_ok;
}

int main(int argc, char **argv) {
  if (argc != 5) {
    fputs("usage: run FIRST N MODULES RESULTS\n", stderr);
    return 2;
  }
  uint64_t first = strtoull(argv[1], NULL, 10), n = strtoull(argv[2], NULL, 10);
  wfx_options options = {.size = sizeof options, .features = gen_features(GEN_RUN)};
  wfx_ctx *ctx = wfx_ctx_new(&options);
  FILE *modules = fopen(argv[3], "wb"), *out = fopen(argv[4], "wb");
  if (!ctx || !modules || !out) {
    perror("run");
    return 2;
  }
  int code = 0;
  for (uint64_t seed = first; seed < first + n; seed++)
    if (!make_and_run(ctx, seed, modules, out)) code = 1;
  if (fclose(modules) != 0 || fclose(out) != 0) code = 2;
  wfx_ctx_free(ctx);
  return code;
}
