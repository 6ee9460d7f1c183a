/* 09_pass.c: a pass from outside: a module is copied, and the bodies of the copy are written
 * anew.
 *
 * The pass counts how often each function is called and how often it returns, in globals of its
 * own, and turns multiplications by powers of two into shifts. The copy then gets a function
 * main that calls $work and returns its result and the counts for $fac: 3628810, 11, 11. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <wasmfx.h>

static const char program[] =
    "(module\n"
    "  (func $work (result i32)\n"
    "    (i32.add (call $fac (i32.const 10)) (i32.const 10)))\n"
    "  (func $fac (param $n i32) (result i32)\n"
    "    (if (i32.eqz (local.get $n)) (then (return (i32.const 1))))\n"
    "    (i32.mul\n"
    "      (i32.div_u (i32.mul (local.get $n) (i32.const 8)) (i32.const 8))\n"
    "      (call $fac (i32.sub (local.get $n) (i32.const 1))))))\n";

/* What the pass knows of a function; the function has a pointer to it. */
struct counter {
  wfx_global_id calls, returns;
};
enum { MAX_FUNCS = 16 };

/* ---- The pass ---------------------------------------------------------------------------- */

static void add_counters(wfx_module *m, struct counter *counters) {
  uint32_t n = wfx_module_count(m, WFX_EXTERN_FUNC);
  for (uint32_t i = 0; i < n && i < MAX_FUNCS; i++) {
    wfx_func_id f = {i};
    counters[i].calls = wfx_module_add_global(m, NULL, WFX_I64, true, wfx_const_i64(m, 0));
    counters[i].returns = wfx_module_add_global(m, NULL, WFX_I64, true, wfx_const_i64(m, 0));
    wfx_func_set_user(m, f, &counters[i]);
  }
}

/* count += 1 */
static void emit_count(wfx_body *b, wfx_global_id count) {
  wfx_emit_global_get(b, count);
  wfx_emit_i64_const(b, 1);
  wfx_emit_i64_add(b);
  wfx_emit_global_set(b, count);
}

/* A block around the whole body: what left the function leaves the block instead. */
static void emit_wrapper(wfx_module *m, wfx_func_id f, wfx_reader *r, wfx_body *b) {
  const wfx_label whole = {0};
  wfx_type_info type;
  wfx_type_get(m, wfx_func_get_type(m, f), &type);
  wfx_blocktype bt = wfx_bt(m, NULL, 0, type.results, type.n_results);
  wfx_reader_set_label(r, whole, wfx_emit_block(b, bt));
}

/* The power of two that an instruction pushes, or -1. */
static int power_of_two(const wfx_inst *in) {
  if (in->op != WFX_OP_i32_const || in->imm.i32 <= 0) return -1;
  for (int k = 0; k < 31; k++)
    if (in->imm.i32 == INT32_C(1) << k) return k;
  return -1;
}

/* An instruction as it was, but for return. */
static void copy_inst(wfx_reader *r, wfx_body *b, const wfx_inst *in) {
  const wfx_label whole = {0};
  if (in->op == WFX_OP_return) wfx_emit_br(b, wfx_reader_get_label(r, whole));
  else wfx_reader_copy(r, b, in);
}

/* Write f anew. A constant waits for what follows it: before a multiplication it may become the
 * operand of a shift. */
static wfx_status rewrite(wfx_module *m, wfx_func_id f) {
  const struct counter *counter = (const struct counter *)wfx_func_get_user(m, f);
  wfx_reader *r = wfx_reader_open(m, f, 0);
  wfx_body *b = wfx_body_reopen(m, f, WFX_CHECKED);
  wfx_inst in, waiting;
  bool is_waiting = false;
  if (!r) {
    wfx_body_abandon(b);
    return WFX_NOMEM;
  }
  emit_count(b, counter->calls);
  emit_wrapper(m, f, r, b);
  while (wfx_reader_next(r, &in)) {
    if (is_waiting && in.op == WFX_OP_i32_mul) {
      waiting.imm.i32 = power_of_two(&waiting);
      in.op = WFX_OP_i32_shl;
    }
    if (is_waiting) wfx_body_emit(b, &waiting);
    is_waiting = power_of_two(&in) >= 0;
    waiting = in;
    if (!is_waiting) copy_inst(r, b, &in);
  }
  wfx_emit_end(b);
  emit_count(b, counter->returns);
  const wfx_diag *diag = wfx_reader_diag(r);
  wfx_status status = diag ? diag->status : WFX_OK;
  wfx_reader_close(r);
  if (status == WFX_OK) return wfx_body_close(b);
  wfx_body_abandon(b);
  return status;
}

/* main : [] -> [i32 i64 i64] */
static void add_main(wfx_module *m) {
  const wfx_valtype results[] = {WFX_I32, WFX_I64, WFX_I64};
  const wfx_func_id work = {0}, fac = {1};
  wfx_func_id f = wfx_module_add_func(m, "main", wfx_type_func(m, NULL, 0, results, 3));
  wfx_export_func(m, "main", f);
  wfx_body *b = wfx_body_open(m, f, WFX_CHECKED);
  wfx_emit_call(b, work);
  const struct counter *counter = (const struct counter *)wfx_func_get_user(m, fac);
  wfx_emit_global_get(b, counter->calls);
  wfx_emit_global_get(b, counter->returns);
  wfx_body_close(b);
}

/* The copy has pointers to the counters for as long as it lives. */
static wfx_module *transform(const wfx_module *original, struct counter *counters) {
  wfx_module *m = wfx_module_clone(original);
  if (!m) return NULL;
  uint32_t n = wfx_module_count(m, WFX_EXTERN_FUNC);
  add_counters(m, counters);
  wfx_status status = WFX_OK;
  for (uint32_t i = 0; i < n && status == WFX_OK; i++) {
    wfx_func_id f = {i};
    status = rewrite(m, f);
  }
  add_main(m);
  return m;
}

/* ---- Showing what came of it ------------------------------------------------------------- */

static bool run(wfx_store *s, wfx_module *m) {
  wfx_instance *inst;
  wfx_value results[3];
  if (wfx_instantiate(s, m, NULL, &inst) != WFX_OK) return false;
  if (wfx_call(inst, "main", NULL, 0, results, 3) != WFX_OK) return false;
  printf("%" PRId32 "\n%" PRId64 "\n%" PRId64 "\n", results[0].of.i32, results[1].of.i64,
         results[2].of.i64);
  return true;
}

static bool print(const wfx_ctx *ctx, wfx_module *m) {
  wfx_bytes text;
  if (wfx_module_print(m, 0, &text) != WFX_OK) return false;
  fwrite(text.data, 1, text.n, stdout);
  wfx_bytes_free(ctx, &text);
  return true;
}

/* What is wrong with the module, or else why it failed when it ran. */
static void report(const wfx_module *m, const wfx_store *s) {
  char text[1000];
  size_t n = wfx_module_n_diags(m);
  for (size_t i = 0; i < n; i++) {
    wfx_diag_format(wfx_module_diag(m, i), text, sizeof text);
    fprintf(stderr, "%s\n", text);
  }
  if (n == 0 && wfx_store_diag(s)) fprintf(stderr, "%s\n", wfx_store_diag(s)->message);
}

int main(int argc, char **argv) {
  bool wants_wat = argc > 1 && strcmp(argv[1], "--wat") == 0;
  struct counter counters[MAX_FUNCS];
  wfx_ctx *ctx = wfx_ctx_new(NULL);
  wfx_module *original = ctx ? wfx_module_new(ctx) : NULL, *m = NULL;
  wfx_store *s = ctx ? wfx_store_new(ctx) : NULL;
  bool is_ok = original && s &&
               wfx_module_parse(original, program, strlen(program), "09_pass.wat") == WFX_OK &&
               wfx_module_validate(original) == WFX_OK;
  if (is_ok) m = transform(original, counters);
  is_ok = m && wfx_module_validate(m) == WFX_OK && (wants_wat ? print(ctx, m) : run(s, m));
  if (!is_ok && (m || original)) report(m ? m : original, s);
  wfx_store_free(s);
  wfx_module_free(m);
  wfx_module_free(original);
  wfx_ctx_free(ctx);
  return is_ok ? 0 : 1;
}
