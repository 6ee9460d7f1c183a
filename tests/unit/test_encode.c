/* test_encode.c: the encoder: the same bytes back, canonical form, every instruction, and what
 * it adds by itself. */
#include "binary_unit.h"

#include "ir/imm.h"

#define ALL_FEATURES wfx_features_all()

static wfx_module *decode(const wfx_ctx *ctx, const struct hex *h) {
  wfx_module *m = wfx_module_new(ctx);
  assert_non_null(m);
  wfx_module_decode(m, h->data, h->n);
  if (wfx_module_status(m) != WFX_OK) fail_msg("%s", wfx_module_diag(m, 0)->message);
  return m;
}

static void expect_bytes(wfx_module *m, uint32_t flags, const struct hex *h) {
  const wfx_ctx *ctx = m->ctx;
  wfx_bytes out;
  wfx_module_encode(m, flags, &out);
  if (out.data == NULL) fail_msg("%s", wfx_module_diag(m, 0)->message);
  assert_int_equal(out.n, h->n);
  assert_memory_equal(out.data, h->data, h->n);
  wfx_bytes_free(ctx, &out);
}

/* ---- The same bytes back ----------------------------------------------------------------- */

/* from, decoded and encoded, with bodies unopened and opened, is to. */
static void expect_text(const char *from, const char *to, uint32_t flags) {
  struct unit_alloc a = {.fail_at = UINT64_MAX};
  wfx_ctx *ctx = unit_ctx(&a, ALL_FEATURES);
  struct hex h = hex_module(from), want = hex_module(to);
  wfx_module *m = decode(ctx, &h);
  expect_bytes(m, flags, &want);
  assert_true(open_bodies(m));
  expect_bytes(m, flags, &want);
  wfx_module_free(m);
  wfx_ctx_free(ctx);
  assert_int_equal(a.n_blocks, 0);
  assert_int_equal(a.n_bytes, 0);
}

/* All choices that the format leaves: what was written is written again. */
static void test_same_bytes(void **state) {
  (void)state;
  static const char *const rows[] = {
      "",
      sink_text,
      /* empty sections */
      "01[00] 02[00] 03[00] 04[00] 05[00] 0d[00] 06[00] 07[00] 09[00] 0c[00] 0a[00] 0b[00]",
      /* types: bare, rec of none, of one and of two, sub and sub final without supertype */
      "01[06 60 00 00  4e 00  4e 01 60 00 00  4e 02 60 00 00 60 00 00  50 00 60 00 00"
      "   4f 00 60 00 00]",
      /* short and long reference types, all heap types, extensions */
      "01[01 60 10 70 63 70 64 70 6f 6e 6d 6c 6b 6a 71 72 73 69 74 68 75"
      "   09 64 00 63 6e 64 6e 63 ff 7e 63 fe 7e 63 fd 7e 63 fc 7e 64 ff 7e 64 71]",
      "01[05 60 00 00  5d 00  5c 02 7f 7e  5b 00  5f 02 78 00 77 01]",
      /* limits */
      "02[02 00 00 01 70 05 00 01  00 00 02 06 00]",
      "05[06 00 01  01 01 02  03 01 02  04 01  05 01 02  07 00 09]",
      "04[03 70 00 00  64 70 01 00 05  40 00 70 00 01 d0 70 0b]",
      /* element segments of all flags, table 0 written out */
      "04[01 70 00 00]"
      "09[0a 00 41 00 0b 00  01 00 00  02 00 41 00 0b 00 00  03 00 00  04 41 00 0b 00"
      "   05 70 01 d0 70 0b  06 00 41 00 0b 70 00  07 70 00  02 01 41 00 0b 00 01 02"
      "   05 63 70 01 d0 70 0b]",
      /* data segments of all flags */
      "05[01 00 01] 0b[03 00 41 00 0b 01 61  01 01 62  02 00 41 00 0b 00]",
      "0c[00]",
      /* runs of locals, empty ones too; memory 0 written out */
      "01[01 60 00 00] 03[01 00] 0a[01 [04 01 7f 01 7f 00 7e 02 7e 0b]]",
      "01[01 60 00 00] 03[01 00] 05[01 00 01] 0a[01 [00 41 00 28 42 00 08 1a 0b]] 00[01 61]",
      /* custom sections in every place, equal names too */
      "00[01 61] 01[00] 00[01 62] 02[00] 00[01 62] 00[01 63] 0b[00] 00[01 64]",
      /* name sections: none inside, empty subsections, unknown ones, no such thing, anywhere */
      "00[04 6e616d65]",
      "00[04 6e616d65 01[00]]",
      "00[04 6e616d65 01[00] 63[00 00] 64[00]]",
      "00[04 6e616d65 01[01 05 02 61 62]]",
      "00[04 6e616d65 00[01 61]] 01[00] 00[01 62]",
      "01[00] 00[01 62] 00[04 6e616d65 00[01 61]] 00[01 62]",
      "00[04 6e616d65 01[05]]", /* malformed */
      "00[04 6e616d65 00[01 61]] 00[04 6e616d65 00[01 62]]",
      /* names of locals of an imported function, and of a function without names */
      "01[01 60 00 00] 02[01 00 00 00 00] 03[01 00] 0a[01 [00 0b]]"
      "00[04 6e616d65 02[02 00 01 00 01 61 01 00]]",
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    expect_text(rows[i], rows[i], 0);
  }
}

static void test_minimal(void **state) {
  (void)state;
  expect_text("01 85 80 00 01 60 80 00 00", "01[01 60 00 00]", 0);
}

static void test_canonical(void **state) {
  (void)state;
  static const struct {
    const char *from, *to;
  } rows[] = {
      {"01[00] 0c[00] 0a[00]", ""},
      {"01[03 4e 00  4e 01 60 00 00  4f 00 60 00 00]", "01[03 4e 00  60 00 00  60 00 00]"},
      {"01[01 60 03 63 70 64 70 63 71 00]", "01[01 60 03 70 64 70 71 00]"},
      {"04[01 70 00 00] 09[01 02 00 41 00 0b 00 00]", "04[01 70 00 00] 09[01 00 41 00 0b 00]"},
      {"04[01 70 00 00] 09[01 06 00 41 00 0b 70 00]", "04[01 70 00 00] 09[01 04 41 00 0b 00]"},
      {"05[01 00 01] 0b[01 02 00 41 00 0b 00]", "05[01 00 01] 0b[01 00 41 00 0b 00]"},
      {"01[01 60 00 00] 03[01 00] 0a[01 [05 01 7f 02 7f 00 7e 02 7e 01 7f 0b]]",
       "01[01 60 00 00] 03[01 00] 0a[01 [03 03 7f 02 7e 01 7f 0b]]"},
      {"01[01 60 00 00] 03[01 00] 05[01 00 01] 0a[01 [00 41 80 00 28 42 00 08 1a 0b]]",
       "01[01 60 00 00] 03[01 00] 05[01 00 01] 0a[01 [00 41 00 28 02 08 1a 0b]]"},
      {"00[04 6e616d65 00[01 61] 01[00]]", "00[04 6e616d65 00[01 61]]"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    expect_text(rows[i].from, rows[i].to, WFX_ENCODE_CANONICAL);
  }
  expect_text("00[01 61] 00[04 6e616d65 00[01 61]] 00[04 6e616d65 01[05]]", "00[01 61]",
              WFX_ENCODE_NO_NAMES);
}

/* ---- Modules made by hand ---------------------------------------------------------------- */

static uint32_t add_type(wfx_module *m) {
  uint32_t type;
  assert_true(wfx__types_func(&m->types, &m->errs, NULL, 0, NULL, 0, &type));
  return type;
}

static uint32_t add_func(wfx_module *m, uint32_t type) {
  struct func f = {.decl = {.import = WFX_NO_ID}, .type = type, .body = WFX_NO_ID};
  assert_true(vec_push(&m->errs, &m->funcs, f));
  return (uint32_t)m->funcs.n - 1;
}

static void add_import(wfx_module *m, uint32_t func) {
  wfx_str s = {"m", 1};
  assert_true(wfx__module_add_import(m, s, s, WFX_EXTERN_FUNC, func));
}

static struct body *add_body(wfx_module *m, uint32_t func) {
  struct body *b;
  assert_true(wfx__module_new_body(m, func, &b));
  b->is_finished = true;
  return b;
}

static void push(struct body *b, wfx_op op, uint64_t imm) {
  struct inst in = {.op = (uint16_t)op, .imm = imm};
  assert_true(wfx__code_push(&b->errs, &b->code, in));
}

static uint32_t pool(struct body *b, const uint32_t *words, size_t n) {
  uint32_t index;
  assert_true(wfx__pool_push(&b->errs, &b->code, words, n, &index));
  return index;
}

/* ---- Every instruction ------------------------------------------------------------------- */

/* An instruction with large immediates and small ones: variant 0 and 1. */
static void push_row(struct body *b, wfx_op op, int variant) {
  const uint32_t big = variant ? 300 : 3;
  const wfx_heaptype heap = variant ? WFX_HEAP_HANDLER : wfx_heap((wfx_type_id){70});
  const wfx_valtype val = variant ? wfx_ref_null(WFX_HEAP_ANY) : wfx_ref_to((wfx_type_id){200});
  struct inst in = {.op = (uint16_t)op, .imm = imm_pair(big, big + 1)};
  switch (wfx_op_imm(op)) {
  case WFX_IMM_NONE: case WFX_IMM_FENCE: in.imm = 0; break;
  case WFX_IMM_BLOCK:
    in.imm = variant ? imm_pair(val | WFX_LONG_FORM, 0) : imm_pair(0, 71);
    break;
  case WFX_IMM_LABEL: case WFX_IMM_FUNC: case WFX_IMM_TYPE: case WFX_IMM_LOCAL:
  case WFX_IMM_GLOBAL: case WFX_IMM_TABLE: case WFX_IMM_ELEM: case WFX_IMM_MEMORY:
  case WFX_IMM_DATA: case WFX_IMM_TAG:
    in.imm = big;
    break;
  case WFX_IMM_CALL_INDIRECT: case WFX_IMM_TABLE_TABLE: case WFX_IMM_ELEM_TABLE:
  case WFX_IMM_MEMORY_MEMORY: case WFX_IMM_DATA_MEMORY: case WFX_IMM_TYPE_FIELD:
  case WFX_IMM_TYPE_N: case WFX_IMM_TYPE_DATA: case WFX_IMM_TYPE_ELEM:
  case WFX_IMM_TYPE_TYPE: case WFX_IMM_TYPE_TAG:
    break;
  case WFX_IMM_MEMARG_LANE: in.aux = 7 << MEMARG_LANE_SHIFT; /* fall through */
  case WFX_IMM_MEMARG:
    in.aux |= 2;
    in.imm = imm_pair(big, big);
    if (variant) break;
    in.aux |= MEMARG_POOL | MEMARG_EXPLICIT;
    in.imm = imm_pair(pool(b, (uint32_t[]){5, 6}, 2), 0);
    break;
  case WFX_IMM_LANE: in.imm = 200; break;
  case WFX_IMM_SHUFFLE: case WFX_IMM_V128:
    in.imm = pool(b, (uint32_t[]){1, 0xffffffff, 0x80000000, 7}, 4);
    break;
  case WFX_IMM_I32: case WFX_IMM_F32: in.imm = variant ? 0x80000000 : 0x7fffffff; break;
  case WFX_IMM_I64: case WFX_IMM_F64: in.imm = variant ? (uint64_t)1 << 63 : 64; break;
  case WFX_IMM_HEAP: case WFX_IMM_CAST: in.imm = heap; break;
  case WFX_IMM_BR_TABLE:
    in.imm = variant ? pool(b, (uint32_t[]){0, 7}, 2) : pool(b, (uint32_t[]){2, 200, 1, 0}, 4);
    break;
  case WFX_IMM_BR_ON_CAST:
    in.imm = pool(b, (uint32_t[]){big, wfx_ref_null(WFX_HEAP_ANY), wfx_ref(heap)}, 3);
    break;
  case WFX_IMM_TYPES:
    in.imm = variant ? pool(b, (uint32_t[]){0}, 1) : pool(b, (uint32_t[]){2, val, WFX_V128}, 3);
    break;
  case WFX_IMM_TRY_TABLE:
    in.imm = pool(b, (uint32_t[]){variant ? val : 0, variant ? 0 : 5, 4,
                                  CATCH, big, 1, CATCH_REF, 2, big,
                                  CATCH_ALL, WFX_NO_ID, 0, CATCH_ALL_REF, WFX_NO_ID, big}, 15);
    break;
  case WFX_IMM_RESUME: case WFX_IMM_RESUME_THROW: {
    uint32_t tag = wfx_op_imm(op) == WFX_IMM_RESUME ? WFX_NO_ID : big;
    in.imm = variant ? pool(b, (uint32_t[]){big, tag, 0}, 3)
                     : pool(b, (uint32_t[]){big, tag, 3, CLAUSE_ON, big, 9, CLAUSE_SWITCH,
                                            200, 0, CLAUSE_ON_REF, 201, 202}, 12);
    break;
  }
  }
  assert_true(wfx__code_push(&b->errs, &b->code, in));
}

/* One row in a block of its own, so that whatever it is, blocks nest. */
static void push_whole(struct body *b, wfx_op op, int variant) {
  if (op == WFX_OP_end) push(b, WFX_OP_block, 0);
  if (op == WFX_OP_else) push(b, WFX_OP_if, 0);
  push_row(b, op, variant);
  wfx_imm imm = wfx_op_imm(op);
  if (imm == WFX_IMM_BLOCK || imm == WFX_IMM_TRY_TABLE || op == WFX_OP_else)
    push(b, WFX_OP_end, 0);
}

static void expect_code(const struct code *got, const struct code *want) {
  assert_int_equal(got->insts.n, want->insts.n);
  for (size_t i = 0; i < want->insts.n; i++) {
    const struct inst *g = &got->insts.data[i], *w = &want->insts.data[i];
    if (g->op != w->op || g->aux != w->aux || g->imm != w->imm)
      fail_msg("%s differs", wfx_op_text((wfx_op)w->op));
  }
  assert_int_equal(got->pool.n, want->pool.n);
  if (want->pool.n != 0)
    assert_memory_equal(got->pool.data, want->pool.data, want->pool.n * sizeof(uint32_t));
}

static void test_every_op(void **state) {
  (void)state;
  struct unit_alloc a = {.fail_at = UINT64_MAX};
  wfx_ctx *ctx = unit_ctx(&a, ALL_FEATURES);
  wfx_module *m = wfx_module_new(ctx);
  uint32_t type = add_type(m);
  for (int op = 0; op < WFX_OP_COUNT; op++)
    for (int variant = 0; variant < 2; variant++) {
      struct body *b = add_body(m, add_func(m, type));
      push_whole(b, (wfx_op)op, variant);
      push_whole(b, (wfx_op)op, !variant);
      push(b, WFX_OP_end, 0);
    }
  wfx_bytes out;
  assert_int_equal(wfx_module_encode(m, 0, &out), WFX_OK);
  wfx_module *again = wfx_module_new(ctx);
  assert_int_equal(wfx_module_decode(again, out.data, out.n), WFX_OK);
  for (uint32_t i = 0; i < m->funcs.n; i++) {
    struct body *b = wfx__module_body(again, i);
    if (b == NULL) fail_msg("%s", wfx_module_diag(again, 0)->message);
    expect_code(&b->code, &m->bodies.data[m->funcs.data[i].body]->code);
  }
  wfx_bytes_free(ctx, &out);
  wfx_module_free(again);
  wfx_module_free(m);
  wfx_ctx_free(ctx);
}

/* ---- What appears by itself -------------------------------------------------------------- */

static void test_declared(void **state) {
  (void)state;
  struct unit_alloc a = {.fail_at = UINT64_MAX};
  wfx_ctx *ctx = unit_ctx(&a, ALL_FEATURES);
  wfx_module *m = wfx_module_new(ctx);
  uint32_t type = add_type(m);
  uint32_t f = add_func(m, type), g = add_func(m, type), late = add_func(m, type);
  add_import(m, late); /* index 0: f becomes 1, g 2 */
  struct body *b = add_body(m, f);
  push(b, WFX_OP_ref_func, g);
  push(b, WFX_OP_drop, 0);
  push(b, WFX_OP_ref_func, f);
  push(b, WFX_OP_drop, 0);
  push(b, WFX_OP_call, late);
  push(b, WFX_OP_data_drop, 0);
  push(b, WFX_OP_end, 0);
  push(add_body(m, g), WFX_OP_end, 0);
  struct data d = {.decl = {.import = WFX_NO_ID}, .mode = SEGMENT_PASSIVE,
                   .form = ELEM_FORM_ANY};
  assert_true(vec_push(&m->errs, &m->datas, d));
  wfx_str name = {"f", 1};
  assert_true(wfx__module_add_export(m, name, WFX_EXTERN_FUNC, f));
  struct hex want = hex_module(
      "01[01 60 00 00] 02[01 01 6d 01 6d 00 00] 03[02 00 00] 07[01 01 66 00 01]"
      "09[01 03 00 01 02] 0c[01]"
      "0a[02 [00 d2 02 1a d2 01 1a 10 00 fc 09 00 0b] [00 0b]] 0b[01 01 00]");
  expect_bytes(m, 0, &want);
  wfx_module_free(m);
  wfx_ctx_free(ctx);
}

/* What a module had declared and no longer does is declared again, but in a decoded one only when
 * whoever changed it says so: else a missing declaration is an error that stays one. */
static void test_undeclared(void **state) {
  (void)state;
  struct unit_alloc a = {.fail_at = UINT64_MAX};
  wfx_ctx *ctx = unit_ctx(&a, ALL_FEATURES);
  struct hex h = hex_module("01[01 60 00 00] 03[01 00] 07[01 01 66 00 00]"
                            "0a[01 [00 d2 00 1a 0b]]");
  struct hex want = hex_module("01[01 60 00 00] 03[01 00] 07[00] 09[01 03 00 01 00]"
                               "0a[01 [00 d2 00 1a 0b]]");
  struct hex same = hex_module("01[01 60 00 00] 03[01 00] 07[00] 0a[01 [00 d2 00 1a 0b]]");
  wfx_module *m = decode(ctx, &h);
  m->exports.n = 0;
  expect_bytes(m, 0, &same);
  m->infers_refs = true;
  expect_bytes(m, 0, &want);
  wfx_module_free(m);
  wfx_ctx_free(ctx);
}

/* Changed names replace the name section; an import moves indices everywhere. */
static void test_changed(void **state) {
  (void)state;
  struct unit_alloc a = {.fail_at = UINT64_MAX};
  wfx_ctx *ctx = unit_ctx(&a, ALL_FEATURES);
  struct hex h = hex_module("00[04 6e616d65 01[01 00 01 66] 63[00]]"
                            "01[01 60 00 00] 03[01 00] 08[00] 0a[01 [00 10 00 0b]]");
  wfx_module *m = decode(ctx, &h);
  expect_bytes(m, 0, &h);
  assert_true(wfx__module_str(m, "g", 1, &m->funcs.data[0].decl.name));
  add_import(m, add_func(m, 0));
  struct hex want = hex_module(
      "00[04 6e616d65 01[01 01 01 67]]"
      "01[01 60 00 00] 02[01 01 6d 01 6d 00 00] 03[01 00] 08[01] 0a[01 [00 10 01 0b]]");
  expect_bytes(m, 0, &want);
  wfx_module_free(m);
  wfx_ctx_free(ctx);
}

/* ---- Errors ------------------------------------------------------------------------------ */

static void expect_error(wfx_module *m, wfx_status status, const char *message) {
  wfx_bytes out;
  assert_int_equal(wfx_module_encode(m, 0, &out), status);
  assert_null(out.data);
  assert_string_equal(wfx_module_diag(m, 0)->message, message);
  wfx_module_free(m);
}

static void test_errors(void **state) {
  (void)state;
  struct unit_alloc a = {.fail_at = UINT64_MAX};
  wfx_ctx *ctx = unit_ctx(&a, ALL_FEATURES);
  wfx_module *m = wfx_module_new(ctx);
  uint32_t f = add_func(m, add_type(m));
  assert_true(wfx__module_str(m, "f", 1, &m->funcs.data[f].decl.name));
  expect_error(m, WFX_MISUSE, "function $f has no body");
  m = wfx_module_new(ctx);
  add_body(m, add_func(m, add_type(m)))->is_finished = false;
  expect_error(m, WFX_MISUSE, "function 0 has an open body");
  m = wfx_module_new(ctx);
  uint32_t group, type;
  assert_true(wfx__types_add_group(&m->types, &m->errs, false, &group));
  assert_true(wfx__types_declare(&m->types, &m->errs, group, &type));
  expect_error(m, WFX_MISUSE, "type 0 is declared but not defined");
  struct hex h = hex_module("01");
  m = wfx_module_new(ctx);
  wfx_module_decode(m, h.data, h.n);
  expect_error(m, WFX_MALFORMED, "unexpected end of section or function");
  wfx_ctx_free(ctx);
}

static wfx_status sweep(wfx_ctx *ctx, bool is_opened, uint32_t flags) {
  struct hex h = hex_module(sink_text);
  wfx_options o = {.size = sizeof o, .alloc = ctx->alloc, .ud = ctx->ud};
  o.features = ALL_FEATURES;
  wfx_ctx *all = wfx_ctx_new(&o);
  wfx_module *m = all == NULL ? NULL : wfx_module_new(all);
  wfx_status status = WFX_NOMEM;
  wfx_bytes out = {NULL, 0};
  if (m != NULL) {
    if (wfx_module_decode(m, h.data, h.n) == WFX_OK && is_opened) open_bodies(m);
    status = wfx_module_encode(m, flags, &out);
    wfx_bytes_free(all, &out);
    wfx_module_free(m);
  }
  wfx_ctx_free(all);
  return status;
}

static wfx_status unopened_task(wfx_ctx *ctx) { return sweep(ctx, false, 0); }
static wfx_status canonical_task(wfx_ctx *ctx) {
  return sweep(ctx, false, WFX_ENCODE_CANONICAL);
}
static wfx_status opened_task(wfx_ctx *ctx) { return sweep(ctx, true, 0); }

/* With the limit n the text is encoded, and read back; with one less it is not. */
static void expect_limit(size_t at, uint64_t n, const char *text, const char *what) {
  for (uint32_t less = 0; less < 2; less++) {
    wfx_options o = {.size = sizeof o, .features = ALL_FEATURES};
    uint64_t wide = n - less;
    uint32_t narrow = (uint32_t)wide;
    if (at == offsetof(wfx_limits, module_bytes)) o.limits.module_bytes = wide;
    else memcpy((char *)&o.limits + at, &narrow, sizeof narrow);
    wfx_ctx *ctx = wfx_ctx_new(&o);
    wfx_module *m = wfx_module_new(ctx), *again = wfx_module_new(ctx);
    wfx_bytes out;
    if (wfx_module_parse(m, text, strlen(text), NULL) == WFX_OK) wfx_module_encode(m, 0, &out);
    const wfx_diag *d = wfx_module_diag(m, 0);
    if (less == 0) {
      if (d) fail_msg("%s: %s", text, d->message);
      assert_int_equal(wfx_module_decode(again, out.data, out.n), WFX_OK);
      assert_int_equal(wfx_module_validate(again), WFX_OK);
      wfx_bytes_free(ctx, &out);
    } else {
      if (!d || !strstr(d->message, what)) fail_msg("%s: %s", text, d ? d->message : "encoded");
      assert_int_equal(d->status, WFX_UNSUPPORTED);
    }
    wfx_module_free(again);
    wfx_module_free(m);
    wfx_ctx_free(ctx);
  }
}

#define LIMIT(member) offsetof(wfx_limits, member)

/* What the decoder would refuse is not written. */
static void test_limits(void **state) {
  (void)state;
  expect_limit(LIMIT(body_bytes), 5, "(func $f i32.const 1 drop)",
               "too many bytes in a function: the limit is 4");
  expect_limit(LIMIT(module_bytes), 24, "(func)", "too many bytes in a module: the limit is 23");
  expect_limit(LIMIT(nesting), 3, "(func block block block end end end)", "nesting too deep");
  /* A segment and an item. */
  expect_limit(LIMIT(n_elems), 2, "(elem funcref (ref.null func))", "too many elements");
  struct unit_alloc a = {.fail_at = UINT64_MAX};
  wfx_options o = {.size = sizeof o, .alloc = unit_alloc_fn, .ud = &a};
  o.limits.body_bytes = 4;
  wfx_ctx *ctx = wfx_ctx_new(&o);
  wfx_module *m = wfx_module_new(ctx);
  static const char text[] = "(module (func)\n (func $f i32.const 1 drop))";
  wfx_bytes out;
  assert_int_equal(wfx_module_parse(m, text, strlen(text), NULL), WFX_OK);
  assert_int_equal(wfx_module_encode(m, 0, &out), WFX_UNSUPPORTED);
  assert_null(out.data);
  assert_string_equal(wfx_module_diag(m, 0)->func, "$f");
  assert_int_equal(wfx_module_diag(m, 0)->loc.line, 2);
  wfx_module_free(m);
  wfx_ctx_free(ctx);
  assert_int_equal(a.n_blocks, 0);
}

/* The segment that the encoder adds counts, and names of custom sections do. */
static void test_limits_built(void **state) {
  (void)state;
  wfx_options o = {.size = sizeof o};
  o.limits.n_elems = 1;
  o.limits.name_bytes = 3;
  wfx_ctx *ctx = wfx_ctx_new(&o);
  wfx_module *m = wfx_module_new(ctx);
  wfx_bytes out;
  wfx_func_id f = wfx_module_add_func(m, "f", wfx_type_func(m, NULL, 0, NULL, 0));
  wfx_body *b = wfx_body_open(m, f, WFX_CHECKED);
  wfx_emit_ref_func(b, f);
  wfx_emit_drop(b);
  assert_int_equal(wfx_body_close(b), WFX_OK);
  assert_int_equal(wfx_module_validate(m), WFX_OK);
  assert_int_equal(wfx_module_encode(m, 0, &out), WFX_UNSUPPORTED);
  assert_non_null(strstr(wfx_module_diag(m, 0)->message, "too many element segments"));
  wfx_module_free(m);
  m = wfx_module_new(ctx);
  wfx_module_add_func(m, "long", wfx_type_func(m, NULL, 0, NULL, 0));
  b = wfx_body_open(m, (wfx_func_id){0}, WFX_CHECKED);
  assert_int_equal(wfx_body_close(b), WFX_OK);
  assert_int_equal(wfx_module_encode(m, WFX_ENCODE_NO_NAMES, &out), WFX_OK);
  wfx_bytes_free(ctx, &out);
  assert_int_equal(wfx_module_encode(m, 0, &out), WFX_UNSUPPORTED);
  assert_non_null(strstr(wfx_module_diag(m, 0)->message, "too many bytes in a name"));
  wfx_module_free(m);
  wfx_ctx_free(ctx);
}

static void test_nomem(void **state) {
  (void)state;
  unit_sweep(unopened_task);
  unit_sweep(canonical_task);
  unit_sweep(opened_task);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_same_bytes), cmocka_unit_test(test_minimal),
      cmocka_unit_test(test_canonical),  cmocka_unit_test(test_every_op),
      cmocka_unit_test(test_declared),   cmocka_unit_test(test_undeclared),
      cmocka_unit_test(test_changed),    cmocka_unit_test(test_errors),
      cmocka_unit_test(test_limits),     cmocka_unit_test(test_limits_built),
      cmocka_unit_test(test_nomem),
  };
  cmocka_set_message_output(CM_OUTPUT_TAP);
  return cmocka_run_group_tests(tests, NULL, NULL);
}
