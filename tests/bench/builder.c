/* builder.c: how fast code is built with the type checker running at each emit.
 *
 * Builds large functions of mixed instructions: locals, constants, arithmetic of three types,
 * blocks, branches, loops, calls, memory. builder REPEATS prints REPEATS lines, each millions of
 * checked instructions a second; what is timed is everything from the first to the last call for
 * the bodies, opening and closing them included. */
#define _DEFAULT_SOURCE /* clock_gettime */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <wasmfx.h>

enum { N_FUNCS = 8, N_ROUNDS = 6000 };

static uint64_t now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

struct locals {
  wfx_local_id a, b, wide, real;
};

/* One round of what compilers emit. Returns the number of instructions. */
static uint32_t emit_round(wfx_body *b, struct locals l, wfx_func_id callee, wfx_mem_id mem,
                           uint32_t line) {
  wfx_memarg at = {16, mem, WFX_ALIGN_NATURAL};
  wfx_body_at(b, "program.src", line, 1);

  wfx_label out = wfx_emit_block(b, wfx_bt_none());
  wfx_emit_local_get(b, l.a);
  wfx_emit_i32_const(b, 7);
  wfx_emit_i32_and(b);
  wfx_emit_i32_eqz(b);
  wfx_emit_br_if(b, out);
  wfx_emit_local_get(b, l.a);
  wfx_emit_i32_const(b, 3);
  wfx_emit_i32_mul(b);
  wfx_emit_local_get(b, l.b);
  wfx_emit_i32_add(b);
  wfx_emit_local_tee(b, l.b);
  wfx_emit_i64_extend_i32_s(b);
  wfx_emit_local_get(b, l.wide);
  wfx_emit_i64_xor(b);
  wfx_emit_local_set(b, l.wide);
  wfx_emit_end(b); /* 17 */

  wfx_emit_local_get(b, l.a);
  wfx_emit_local_get(b, l.wide);
  wfx_emit_call(b, callee);
  wfx_emit_local_set(b, l.a); /* 21 */

  wfx_body_at(b, "program.src", line, 9);
  wfx_emit_local_get(b, l.a);
  wfx_emit_if(b, wfx_bt_result(WFX_I32));
  wfx_emit_local_get(b, l.b);
  wfx_emit_i32_load(b, at);
  wfx_emit_else(b);
  wfx_emit_local_get(b, l.real);
  wfx_emit_f64_const(b, 0.5);
  wfx_emit_f64_mul(b);
  wfx_emit_local_tee(b, l.real);
  wfx_emit_i32_trunc_sat_f64_s(b);
  wfx_emit_end(b);
  wfx_emit_local_set(b, l.b); /* 33 */

  wfx_label again = wfx_emit_loop(b, wfx_bt_none());
  wfx_emit_local_get(b, l.b);
  wfx_emit_local_get(b, l.a);
  wfx_emit_i32_store(b, at);
  wfx_emit_local_get(b, l.a);
  wfx_emit_i32_const(b, 1);
  wfx_emit_i32_sub(b);
  wfx_emit_local_tee(b, l.a);
  wfx_emit_br_if(b, again);
  wfx_emit_end(b); /* 43 */
  return 43;
}

/* Build the bodies of one module; 0 when something went wrong. */
static double build(const wfx_ctx *ctx) {
  wfx_module *m = wfx_module_new(ctx);
  if (m == NULL) return 0;
  const wfx_valtype params[] = {WFX_I32, WFX_I64}, results[] = {WFX_I32};
  wfx_type_id type = wfx_type_func(m, params, 2, results, 1);
  wfx_size_limits pages = {1, 0, false, false, false};
  wfx_mem_id mem = wfx_module_add_mem(m, NULL, pages);
  wfx_func_id funcs[N_FUNCS];
  for (size_t i = 0; i < N_FUNCS; i++) funcs[i] = wfx_module_add_func(m, NULL, type);

  uint64_t n = 0, start = now_ns();
  for (size_t i = 0; i < N_FUNCS; i++) {
    wfx_body *b = wfx_body_open(m, funcs[i], WFX_CHECKED);
    struct locals l = {wfx_body_param(b, 0), wfx_body_add_local(b, WFX_I32, NULL),
                       wfx_body_param(b, 1), wfx_body_add_local(b, WFX_F64, NULL)};
    for (uint32_t r = 0; r < N_ROUNDS; r++)
      n += emit_round(b, l, funcs[(i + 1) % N_FUNCS], mem, r + 1);
    wfx_emit_local_get(b, l.a);
    n += 2; /* and the end that closing emits */
    if (wfx_body_close(b) != WFX_OK) break;
  }
  uint64_t ns = now_ns() - start;

  bool is_ok = wfx_module_status(m) == WFX_OK;
  if (!is_ok) {
    char text[1024] = "out of memory";
    if (wfx_module_n_diags(m) != 0) wfx_diag_format(wfx_module_diag(m, 0), text, sizeof text);
    fprintf(stderr, "builder: %s\n", text);
  }
  wfx_module_free(m);
  return is_ok ? (double)n * 1e3 / (double)ns : 0;
}

int main(int argc, char **argv) {
  long repeats = argc > 1 ? atol(argv[1]) : 5;
  wfx_ctx *ctx = wfx_ctx_new(NULL);
  if (ctx == NULL) return 1;
  bool is_ok = true;
  for (long i = 0; i < repeats && is_ok; i++) {
    double rate = build(ctx);
    is_ok = rate > 0;
    if (is_ok) printf("%.3f\n", rate);
  }
  wfx_ctx_free(ctx);
  return is_ok ? 0 : 1;
}
