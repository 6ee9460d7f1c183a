/* test_gen.c: the generator of modules: what it makes is valid, goes through every format and
 * back unchanged, and leaves no instruction and no form of a type out. */
#include "unit/unit.h"

#include "gen/gen.h"

enum { N_LOOPS = 40, N_COVER = 250 };

static wfx_ctx *ctx_for(enum gen_mode mode) {
  wfx_options options = {.size = sizeof options, .features = gen_features(mode)};
  wfx_ctx *ctx = wfx_ctx_new(&options);
  assert_non_null(ctx);
  return ctx;
}

static void must(wfx_module *m, wfx_status status, uint64_t seed, const char *what) {
  char text[2048];
  if (status == WFX_OK) return;
  wfx_diag_format(wfx_module_diag(m, 0), text, sizeof text);
  fail_msg("seed %llu: %s: %s", (unsigned long long)seed, what, text);
}

static wfx_module *generate(const wfx_ctx *ctx, uint64_t seed, enum gen_mode mode) {
  wfx_module *m = wfx_module_new(ctx);
  assert_non_null(m);
  must(m, gen_module(m, seed, mode, UINT32_MAX, NULL), seed, "generate");
  return m;
}

static wfx_bytes encode(wfx_module *m, uint64_t seed) {
  wfx_bytes bytes;
  must(m, wfx_module_encode(m, WFX_ENCODE_CANONICAL, &bytes), seed, "encode");
  return bytes;
}

static void must_be_same(const wfx_ctx *ctx, wfx_module *m, const wfx_bytes *want,
                         uint64_t seed, const char *what) {
  wfx_bytes bytes = encode(m, seed);
  if (bytes.n != want->n || memcmp(bytes.data, want->data, bytes.n) != 0)
    fail_msg("seed %llu: %s: other bytes", (unsigned long long)seed, what);
  wfx_bytes_free(ctx, &bytes);
}

static void test_same(void **state) {
  (void)state;
  wfx_ctx *ctx = ctx_for(GEN_EXT);
  for (uint64_t seed = 0; seed < 5; seed++) {
    wfx_module *a = generate(ctx, seed, GEN_EXT), *b = generate(ctx, seed, GEN_EXT);
    wfx_bytes bytes = encode(a, seed);
    must_be_same(ctx, b, &bytes, seed, "again");
    wfx_bytes_free(ctx, &bytes);
    wfx_module_free(a);
    wfx_module_free(b);
  }
  wfx_ctx_free(ctx);
}

/* Print, parse, encode. */
static void through_text(const wfx_ctx *ctx, wfx_module *m, uint32_t flags,
                         const wfx_bytes *want, uint64_t seed) {
  wfx_bytes text;
  must(m, wfx_module_print(m, flags, &text), seed, "print");
  wfx_module *parsed = wfx_module_new(ctx);
  must(parsed, wfx_module_parse(parsed, (const char *)text.data, text.n, NULL), seed, "parse");
  must_be_same(ctx, parsed, want, seed, "text");
  wfx_module_free(parsed);
  wfx_bytes_free(ctx, &text);
}

static void run_loops(enum gen_mode mode) {
  wfx_ctx *ctx = ctx_for(mode);
  for (uint64_t seed = 1; seed <= N_LOOPS; seed++) {
    wfx_module *m = generate(ctx, seed, mode), *decoded = wfx_module_new(ctx);
    wfx_bytes bytes = encode(m, seed);
    must(decoded, wfx_module_decode(decoded, bytes.data, bytes.n), seed, "decode");
    must(decoded, wfx_module_validate(decoded), seed, "validate");
    must_be_same(ctx, decoded, &bytes, seed, "binary");
    through_text(ctx, decoded, 0, &bytes, seed);
    through_text(ctx, decoded, WFX_PRINT_FOLDED, &bytes, seed);
    wfx_bytes_free(ctx, &bytes);
    wfx_module_free(m);
    wfx_module_free(decoded);
  }
  wfx_ctx_free(ctx);
}

static void test_loops_validate(void **state) {
  (void)state;
  run_loops(GEN_VALIDATE);
}
static void test_loops_run(void **state) {
  (void)state;
  run_loops(GEN_RUN);
}
static void test_loops_ext(void **state) {
  (void)state;
  run_loops(GEN_EXT);
}

/* ---- Coverage ---------------------------------------------------------------------------- */

static const uint8_t op_feature[WFX_OP_COUNT] = {
#define WFX_OP(id, text, prefix, code, imm, sig, feature) WFX_FEATURE_##feature,
#include <wasmfx/opcode.def>
#undef WFX_OP
};

struct cover {
  uint32_t ops[WFX_OP_COUNT];
  uint32_t block_none, block_result, block_type, catches[4], clauses[3], offset64, dead;
  uint32_t kinds[WFX_TYPE_TAG + 1], subtypes, open_types, groups;
  uint32_t nulls[WFX_HEAP_TYPE0 + 1], non_nulls[WFX_HEAP_TYPE0 + 1];
};

static void count_type(struct cover *c, wfx_valtype t) {
  if (!wfx_is_ref(t)) return;
  wfx_heaptype h =
      wfx_heap_of(t) < WFX_HEAP_TYPE0 ? wfx_heap_of(t) : (wfx_heaptype)WFX_HEAP_TYPE0;
  if (wfx_is_nullable(t)) c->nulls[h]++;
  else c->non_nulls[h]++;
}

static void count_types(struct cover *c, const wfx_module *m) {
  wfx_type_info info;
  wfx_group_id last = {WFX_NO_ID};
  for (uint32_t i = 0; i < wfx_module_n_types(m); i++) {
    wfx_type_get(m, (wfx_type_id){i}, &info);
    c->kinds[info.kind]++;
    c->subtypes += info.super.i != WFX_NO_ID;
    c->open_types += !info.is_final;
    c->groups += info.group.i == last.i;
    last = info.group;
    for (size_t k = 0; k < info.n_params; k++) count_type(c, info.params[k]);
    for (size_t k = 0; k < info.n_results; k++) count_type(c, info.results[k]);
    for (size_t k = 0; k < info.n_fields; k++) count_type(c, info.fields[k].type);
  }
}

static void count_inst(struct cover *c, const wfx_inst *in) {
  c->ops[in->op]++;
  c->dead += !in->is_reachable;
  switch (wfx_op_imm(in->op)) {
  case WFX_IMM_BLOCK:
    if (in->imm.block.type) c->block_type++;
    else if (in->imm.block.result) c->block_result++;
    else c->block_none++;
    break;
  case WFX_IMM_MEMARG: c->offset64 += in->imm.memarg.memarg.offset > UINT32_MAX; break;
  case WFX_IMM_TRY_TABLE:
    for (size_t i = 0; i < in->imm.try_table.n_catches; i++)
      c->catches[in->imm.try_table.catches[i].kind]++;
    break;
  case WFX_IMM_RESUME: case WFX_IMM_RESUME_THROW:
    for (size_t i = 0; i < in->imm.resume.n_clauses; i++)
      c->clauses[in->imm.resume.clauses[i].kind]++;
    break;
  default: break;
  }
}

static void count_bodies(struct cover *c, wfx_module *m) {
  wfx_inst in;
  for (uint32_t f = 0; f < wfx_module_count(m, WFX_EXTERN_FUNC); f++) {
    if (wfx_module_decl_import(m, WFX_EXTERN_FUNC, f) != WFX_NO_ID) continue;
    wfx_reader *r = wfx_reader_open(m, (wfx_func_id){f}, WFX_READ_TYPES);
    assert_non_null(r);
    while (wfx_reader_next(r, &in)) count_inst(c, &in);
    assert_null(wfx_reader_diag(r));
    wfx_reader_close(r);
  }
}

/* Whether a row is made in a mode. */
static bool is_wanted(uint32_t op, enum gen_mode mode) {
  return gen_features(mode) >> op_feature[op] & 1;
}

static void cover(enum gen_mode mode) {
  struct cover c = {.dead = 0};
  wfx_ctx *ctx = ctx_for(mode);
  for (uint64_t seed = 0; seed < N_COVER; seed++) {
    wfx_module *m = generate(ctx, seed, mode);
    count_types(&c, m);
    count_bodies(&c, m);
    wfx_module_free(m);
  }
  wfx_ctx_free(ctx);
  uint32_t n_missing = 0;
  for (uint32_t op = 0; op < WFX_OP_COUNT; op++) {
    if (!is_wanted(op, mode) || c.ops[op]) continue;
    print_message("never made: %s\n", wfx_op_text((wfx_op)op));
    n_missing++;
  }
  assert_int_equal(n_missing, 0);
  assert_true(c.block_none && c.block_result && c.block_type && c.offset64 && c.dead);
  assert_true(c.subtypes && c.open_types && c.groups);
  for (int i = 0; i < 4; i++) assert_true(c.catches[i]);
  for (int i = WFX_ON; i <= WFX_ON_SWITCH; i++) assert_true(c.clauses[i]);
  for (int i = WFX_TYPE_FUNC; i <= WFX_TYPE_CONT; i++) assert_true(c.kinds[i]);
  for (int h = 0; h < WFX_HEAP_HANDLER; h++) {
    assert_true(c.nulls[h]);
    bool is_bottom = h == WFX_HEAP_NOFUNC || h == WFX_HEAP_NOEXTERN || h == WFX_HEAP_NONE ||
                     h == WFX_HEAP_NOEXN || h == WFX_HEAP_NOCONT;
    if (!is_bottom) assert_true(c.non_nulls[h]);
  }
  assert_true(c.nulls[WFX_HEAP_TYPE0] && c.non_nulls[WFX_HEAP_TYPE0]);
}

static void test_cover_validate(void **state) {
  (void)state;
  cover(GEN_VALIDATE);
}
static void test_cover_run(void **state) {
  (void)state;
  cover(GEN_RUN);
}

/* ---- Changes ----------------------------------------------------------------------------- */

/* Of modules with something wrong where they are built many are invalid, none is trouble. */
static void test_breaks(void **state) {
  (void)state;
  wfx_ctx *ctx = ctx_for(GEN_VALIDATE);
  uint32_t n_invalid = 0;
  for (uint64_t seed = 0; seed < 100; seed++) {
    wfx_module *m = wfx_module_new(ctx);
    assert_non_null(m);
    gen_module(m, seed, GEN_VALIDATE, (uint32_t)(seed * 37), NULL);
    n_invalid += wfx_module_validate(m) != WFX_OK;
    wfx_module_free(m);
  }
  assert_in_range(n_invalid, 30, 100);
  wfx_ctx_free(ctx);
}

static void test_bytes(void **state) {
  (void)state;
  static const uint8_t empty[8] = {0, 'a', 's', 'm', 1, 0, 0, 0};
  for (uint64_t seed = 0; seed < 1000; seed++) {
    uint8_t bytes[16] = {0};
    memcpy(bytes, empty, sizeof empty);
    assert_in_range(gen_mutate_bytes(bytes, sizeof empty, sizeof bytes, seed), 1, sizeof bytes);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_same),           cmocka_unit_test(test_loops_validate),
      cmocka_unit_test(test_loops_run),      cmocka_unit_test(test_loops_ext),
      cmocka_unit_test(test_cover_validate), cmocka_unit_test(test_cover_run),
      cmocka_unit_test(test_breaks),         cmocka_unit_test(test_bytes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
