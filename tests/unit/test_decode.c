/* test_decode.c: the decoder, against good, wrong, cut and damaged binaries. */
#include "binary_unit.h"

#include <stdio.h>

#include "binary/decode.h"

#define ALL_FEATURES wfx_features_all()

/* Decode h and open all bodies; the module, which keeps the first error. */
static wfx_module *decode(const wfx_ctx *ctx, const struct hex *h) {
  wfx_module *m = wfx_module_new(ctx);
  assert_non_null(m);
  if (wfx_module_decode(m, h->data, h->n) == WFX_OK) open_bodies(m);
  return m;
}

/* ---- Errors ------------------------------------------------------------------------------ */

struct wrong {
  const char *hex; /* without the header */
  const char *message;
  uint64_t offset;
};

static void expect(const wfx_ctx *ctx, const struct hex *h, wfx_status status, uint64_t offset,
                   const char *message) {
  wfx_module *m = decode(ctx, h);
  const wfx_diag *d = wfx_module_diag(m, 0);
  if (d == NULL) fail_msg("no error, but %s at %llu", message, (unsigned long long)offset);
  if (d->status != status || d->loc.offset != offset ||
      strncmp(d->message, message, strlen(message)) != 0)
    fail_msg("%s at %llu, not %s at %llu", d->message, (unsigned long long)d->loc.offset,
             message, (unsigned long long)offset);
  wfx_module_free(m);
}

static void test_header(void **state) {
  (void)state;
  struct unit_alloc a = {.fail_at = UINT64_MAX};
  wfx_ctx *ctx = unit_ctx(&a, 0);
  static const struct wrong rows[] = {
      {"", "unexpected end", 0},
      {"00", "unexpected end", 1},
      {"61736d00", "magic header not detected", 0},
      {"00 61 73 6d", "unexpected end", 4},
      {"00 61 73 6d 01 00 00", "unexpected end", 7},
      {"00 61 73 6d 0d 00 01 00", "unknown binary version", 4},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct hex h = {.n = 0};
    hex_add(&h, rows[i].hex);
    expect(ctx, &h, WFX_MALFORMED, rows[i].offset, rows[i].message);
  }
  wfx_ctx_free(ctx);
}

/* A function type, a function, and a code section of one body with these bytes behind it. */
#define BODY(size, body_size, body) \
  "01 04 01 60 00 00  03 02 01 00  0a " size " 01 " body_size " " body
enum { BODY_AT = 8 + 6 + 4 + 4 };

static const struct wrong malformed[] = {
    /* sections */
    {"0e 01 00", "malformed section id", 8},
    {"80 01 00", "malformed section id", 8},
    {"01 07 02 60 00 00", "length out of bounds", 9},
    {"01", "unexpected end", 9},
    {"01 01 00 01 01 00", "unexpected content after last section", 11},
    {"02 01 00 01 01 00", "unexpected content after last section", 11},
    {"0d 01 00 05 01 00", "unexpected content after last section", 11},
    {"0a 01 00 0c 01 01", "unexpected content after last section", 11},
    {"01 07 01 60 00 00 60 00 00", "section size mismatch", 14},
    {"01 03 02 60 00", "unexpected end of section or function", 13},
    {"00 01 01", "length out of bounds", 10},
    {"00 00", "unexpected end", 10},
    {"00 02 01 ff", "malformed UTF-8 encoding", 11},
    {"00 83 80 80 80 80 00 01 31 32", "integer representation too long", 9},
    {"00 83 80 80 80 10 01 31 32", "integer too large", 9},
    {"05 08 01 00 82 80 80 80 80 80 80 80 80 80 00", "integer representation too long", 12},
    {"0b 01 00 0c 01 01", "unexpected content after last section", 11},
    {"0c 01 01", "data count and data section have inconsistent lengths", 11},
    {"0c 01 01 0b 01 00", "data count and data section have inconsistent lengths", 14},
    {"03 02 01 00", "function and code section have inconsistent lengths", 12},
    {"0a 04 01 02 00 0b", "function and code section have inconsistent lengths", 14},
    /* types */
    {"01 05 01 e0 7f 00 00", "integer representation too long", 11},
    {"01 02 01 40", "malformed definition type", 11},
    {"01 05 01 60 01 41 00", "malformed value type", 13},
    {"01 05 01 60 01 78 00", "malformed value type", 13},
    {"01 06 01 60 01 63 40 00", "malformed heap type", 14},
    {"01 07 01 60 01 63 f0 7f 00", "malformed heap type", 14},
    {"01 04 01 5e 7f 02", "malformed mutability", 13},
    {"01 03 01 5d 7f", "malformed heap type", 12},
    /* declarations */
    {"02 04 01 00 00 05", "malformed import kind", 13},
    {"04 04 01 70 08 00", "malformed limits flags", 12},
    {"04 04 01 70 02 00", "malformed limits flags", 12},
    {"04 04 01 7f 00 00", "malformed reference type", 11},
    {"04 07 01 40 01 70 00 00 0b", "zero byte expected", 12},
    {"05 03 01 08 00", "malformed limits flags", 11},
    {"06 06 01 7f 02 41 00 0b", "malformed mutability", 12},
    {"06 05 01 7f 00 41 00 0a 01 00", "unexpected end of section or function", 15},
    {"07 04 01 00 05 00", "malformed export kind", 12},
    {"0d 03 01 01 00", "zero byte expected", 11},
    {"09 02 01 08", "malformed elements segment kind", 11},
    {"09 04 01 01 01 00", "malformed element kind", 12},
    {"09 07 01 05 7f 01 d2 00 0b", "malformed reference type", 12},
    {"0b 02 01 03", "malformed data segment kind", 11},
    {"0b 06 01 00 41 00 0b 01", "unexpected end of section or function", 16},
    /* bodies, wherever a later section may be wrong too */
    {BODY("06", "04", "00 41 01 1a"), "unexpected end of section or function", BODY_AT + 4},
    {BODY("06", "04", "00 41 01 1a 0b 03 01 01 00"), "section size mismatch", BODY_AT + 4},
    {BODY("06", "04", "00 41 01 1a 07 01 00"), "END opcode expected", BODY_AT + 4},
    {BODY("05", "03", "00 0b 0b"), "section size mismatch", BODY_AT + 2},
    {BODY("05", "03", "00 05 0b"), "END opcode expected", BODY_AT + 1},
    {BODY("0a", "08", "00 04 40 05 05 0b 0b 0b"), "END opcode expected", BODY_AT + 4},
    {BODY("05", "03", "00 06 0b"), "illegal opcode 06: legacy exception", BODY_AT + 1},
    {BODY("05", "03", "00 07 0b"), "illegal opcode 07: legacy exception", BODY_AT + 1},
    {BODY("05", "03", "00 09 0b"), "illegal opcode 09: legacy exception", BODY_AT + 1},
    {BODY("05", "03", "00 18 0b"), "illegal opcode 18: legacy exception", BODY_AT + 1},
    {BODY("05", "03", "00 19 0b"), "illegal opcode 19: legacy exception", BODY_AT + 1},
    {BODY("06", "04", "00 ff 00 0b"), "illegal opcode ff", BODY_AT + 1},
    {BODY("06", "04", "00 fc 7f 0b"), "illegal opcode fc 7f", BODY_AT + 1},
    {BODY("0c", "0a", "02 ff ff ff ff 0f 7f 01 7f 0b"), "too many locals", BODY_AT},
    {BODY("0c", "0a", "00 41 00 28 80 01 00 1a 0b 0b"), "malformed memop flags", BODY_AT + 4},
    {BODY("08", "06", "00 fc 09 00 0b 0b"), "data count section required", BODY_AT + 1},
    {BODY("07", "05", "00 02 ff 7f 0b"), "malformed block type", BODY_AT + 2},
    {BODY("0a", "08", "00 fb 18 04 00 6e 6e 0b"), "malformed br_on_cast flags", BODY_AT + 3},
    {BODY("09", "07", "00 1f 40 01 04 00 0b"), "malformed catch clause", BODY_AT + 4},
    {BODY("08", "06", "00 e3 00 01 02 0b"), "malformed handler clause", BODY_AT + 4},
    {BODY("06", "04", "00 0e ff 0b"), "unexpected end", BODY_AT + 4},
    {BODY("04", "02", "00 02"), "unexpected end of section or function", BODY_AT + 2},
};

static void test_malformed(void **state) {
  (void)state;
  struct unit_alloc a = {.fail_at = UINT64_MAX};
  wfx_ctx *ctx = unit_ctx(&a, 0);
  for (size_t i = 0; i < sizeof malformed / sizeof *malformed; i++) {
    struct hex h = hex_module(malformed[i].hex);
    expect(ctx, &h, WFX_MALFORMED, malformed[i].offset, malformed[i].message);
  }
  wfx_ctx_free(ctx);
  assert_int_equal(a.n_blocks, 0);
}

static void test_unknown_types(void **state) {
  (void)state;
  struct unit_alloc a = {.fail_at = UINT64_MAX};
  wfx_ctx *ctx = unit_ctx(&a, 0);
  /* Too large for a value type. */
  struct hex h = hex_module("01 0a 01 60 01 63 80 80 80 80 01 00");
  expect(ctx, &h, WFX_INVALID, 14, "unknown type 268435456");
  h = hex_module(BODY("0a", "08", "00 02 80 80 80 80 01 0b"));
  expect(ctx, &h, WFX_INVALID, BODY_AT + 2, "unknown type 268435456");
  h = hex_module("01 07 01 50 02 00 00 60 00");
  expect(ctx, &h, WFX_INVALID, 11, "sub type");
  /* Others are left for validation. */
  h = hex_module("01 09 01 50 01 33 60 01 63 07 00  03 02 01 55  0a 04 01 02 00 0b");
  wfx_module *m = decode(ctx, &h);
  assert_int_equal(wfx_module_status(m), WFX_OK);
  assert_int_equal(m->types.types.data[0].super, 0x33);
  assert_int_equal(m->funcs.data[0].type, 0x55);
  wfx_module_free(m);
  wfx_ctx_free(ctx);
}

/* ---- Features and limits ----------------------------------------------------------------- */

static void test_features(void **state) {
  (void)state;
  static const struct {
    wfx_feature off;
    const char *hex;
    uint64_t offset;
  } rows[] = {
      {WFX_FEATURE_EXCEPTIONS, "0d 03 01 00 00", 8},
      {WFX_FEATURE_EXCEPTIONS, "02 06 01 00 00 04 00 00", 13},
      {WFX_FEATURE_BULK, "0c 01 00", 8},
      {WFX_FEATURE_BULK, "0b 03 01 01 00", 11},
      {WFX_FEATURE_BULK, "09 04 01 01 00 00", 11},
      {WFX_FEATURE_GC, "01 02 01 4e", 11},
      {WFX_FEATURE_GC, "01 06 01 50 00 60 00 00", 11},
      {WFX_FEATURE_GC, "01 03 01 5f 00", 11},
      {WFX_FEATURE_GC, "01 05 01 60 01 6e 00", 13},
      {WFX_FEATURE_STACK_SWITCHING, "01 03 01 5d 00", 11},
      {WFX_FEATURE_STACK_SWITCHING, "01 05 01 60 01 68 00", 13},
      {WFX_FEATURE_NAMED_HANDLERS, "01 03 01 5c 00", 11},
      {WFX_FEATURE_NAMED_HANDLERS, "01 07 01 60 01 63 ff 7e 00", 14},
      {WFX_FEATURE_TAG_REFS, "01 03 01 5b 00", 11},
      {WFX_FEATURE_TAG_REFS, "01 07 01 60 01 64 fd 7e 00", 14},
      {WFX_FEATURE_SIMD, "01 05 01 60 01 7b 00", 13},
      {WFX_FEATURE_REF_TYPES, "01 05 01 60 01 70 00", 13},
      {WFX_FEATURE_REF_TYPES, "04 04 01 6f 00 00", 11},
      {WFX_FEATURE_FUNC_REFS, "04 05 01 64 70 00 00", 11},
      {WFX_FEATURE_FUNC_REFS, "04 09 01 40 00 70 00 00 d0 70 0b", 11},
      {WFX_FEATURE_THREADS, "05 04 01 03 00 01", 11},
      {WFX_FEATURE_MEMORY64, "05 03 01 04 00", 11},
      {WFX_FEATURE_SIGN_EXT, BODY("05", "03", "00 c0 0b"), BODY_AT + 1},
      {WFX_FEATURE_THREADS, BODY("07", "05", "00 fe 03 00 0b"), BODY_AT + 1},
      {WFX_FEATURE_MULTI_SHOT, BODY("07", "05", "00 ff 04 00 0b"), BODY_AT + 1},
      {WFX_FEATURE_MULTI_VALUE, BODY("07", "05", "00 02 00 0b 0b"), BODY_AT + 2},
      {WFX_FEATURE_MULTI_MEMORY, BODY("08", "06", "00 28 40 00 00 0b"), BODY_AT + 2},
      {WFX_FEATURE_TAG_REFS, BODY("09", "07", "00 e3 00 01 ff 00 0b"), BODY_AT + 4},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct unit_alloc a = {.fail_at = UINT64_MAX};
    wfx_ctx *ctx = unit_ctx(&a, ALL_FEATURES & ~((uint64_t)1 << rows[i].off));
    struct hex h = hex_module(rows[i].hex);
    expect(ctx, &h, WFX_UNSUPPORTED, rows[i].offset, "");
    wfx_module *m = decode(ctx, &h);
    assert_non_null(strstr(wfx_module_diag(m, 0)->message, wfx_feature_text(rows[i].off)));
    wfx_module_free(m);
    wfx_ctx_free(ctx);
  }
}

/* Where later versions have an index, the first has a zero byte. */
static void test_zero_bytes(void **state) {
  (void)state;
  struct unit_alloc a = {.fail_at = UINT64_MAX};
  wfx_ctx *ctx = unit_ctx(&a, (uint64_t)1 << WFX_FEATURE_MVP);
  struct hex h = hex_module(BODY("06", "04", "00 3f 01 0b"));
  expect(ctx, &h, WFX_MALFORMED, BODY_AT + 2, "zero byte expected");
  h = hex_module(BODY("07", "05", "00 11 00 01 0b"));
  expect(ctx, &h, WFX_MALFORMED, BODY_AT + 3, "zero byte expected");
  h = hex_module(BODY("06", "04", "00 3f 00 0b"));
  wfx_module *m = decode(ctx, &h);
  assert_int_equal(wfx_module_status(m), WFX_OK);
  wfx_module_free(m);
  wfx_ctx_free(ctx);
}

static void expect_limit(wfx_limits limits, const char *hex) {
  struct hex h = hex_module(hex);
  for (int is_tight = 0; is_tight < 2; is_tight++) {
    wfx_options o = {.size = sizeof o, .features = ALL_FEATURES};
    if (is_tight) o.limits = limits;
    wfx_ctx *ctx = wfx_ctx_new(&o);
    wfx_module *m = decode(ctx, &h);
    const wfx_diag *d = wfx_module_diag(m, 0);
    if (is_tight && d == NULL) fail_msg("no error in %s", hex);
    if (!is_tight && d != NULL) fail_msg("%s", d->message);
    if (is_tight) {
      assert_int_equal(d->status, WFX_UNSUPPORTED);
      assert_memory_equal(d->message, "too many ", 9);
    }
    wfx_module_free(m);
    wfx_ctx_free(ctx);
  }
}

static void test_limits(void **state) {
  (void)state;
  expect_limit((wfx_limits){.module_bytes = 9}, "01 01 00");
  expect_limit((wfx_limits){.n_types = 1}, "01 07 02 60 00 00 60 00 00");
  expect_limit((wfx_limits){.n_types = 1}, "01 09 01 4e 02 60 00 00 60 00 00");
  expect_limit((wfx_limits){.n_params = 1}, "01 06 01 60 02 7f 7f 00");
  expect_limit((wfx_limits){.n_results = 1}, "01 06 01 60 00 02 7f 7f");
  expect_limit((wfx_limits){.n_fields = 1}, "01 07 01 5f 02 7f 00 7f 00");
  expect_limit((wfx_limits){.n_imports = 1}, "02 09 02 00 00 00 00 00 00 00 00");
  expect_limit((wfx_limits){.n_funcs = 1},
               "02 05 01 00 00 00 00  03 02 01 00  0a 04 01 02 00 0b");
  expect_limit((wfx_limits){.n_tables = 1}, "04 07 02 70 00 00 70 00 00");
  expect_limit((wfx_limits){.n_memories = 1}, "05 05 02 00 00 00 00");
  expect_limit((wfx_limits){.n_tags = 1}, "0d 05 02 00 00 00 00");
  expect_limit((wfx_limits){.n_globals = 1}, "06 0b 02 7f 00 41 00 0b 7f 00 41 00 0b");
  expect_limit((wfx_limits){.n_exports = 1}, "07 09 02 01 61 00 00 01 62 00 00");
  expect_limit((wfx_limits){.n_elems = 3}, "09 09 02 01 00 01 00 01 00 01 00");
  expect_limit((wfx_limits){.n_datas = 1}, "0b 05 02 01 00 01 00");
  expect_limit((wfx_limits){.name_bytes = 2}, "00 04 03 61 62 63");
  expect_limit((wfx_limits){.body_bytes = 1}, BODY("04", "02", "00 0b"));
  expect_limit((wfx_limits){.n_locals = 4}, BODY("08", "06", "02 03 7f 02 7e 0b"));
  expect_limit((wfx_limits){.nesting = 1}, BODY("0a", "08", "00 02 40 02 40 0b 0b 0b"));
  expect_limit((wfx_limits){.n_clauses = 1},
               BODY("0c", "0a", "00 1f 40 02 02 00 02 00 0b 0b"));
  expect_limit((wfx_limits){.n_clauses = 1},
               BODY("0b", "09", "00 e3 00 02 01 00 01 00 0b"));
}

/* ---- A module with everything in it ------------------------------------------------------ */

static void expect_name(wfx_str name, const char *text) {
  assert_non_null(name.data);
  assert_string_equal(name.data, text);
  assert_int_equal(name.n, strlen(text));
}

static void check_types(const wfx_module *m) {
  const struct types *ts = &m->types;
  expect_name(type_at(ts, 0)->name, "ft");
  assert_int_equal(type_at(ts, 0)->n_params, 2);
  assert_int_equal(ts->groups.data[1].n, 2);
  assert_true(ts->groups.data[1].is_explicit);
  const struct type *list = type_at(ts, 1), *pair = type_at(ts, 2);
  assert_int_equal(list->form, SUB_OPEN);
  assert_int_equal(pair->form, SUB_FINAL);
  assert_int_equal(pair->super, 1);
  assert_int_equal(pair->n_fields, 3);
  assert_int_equal(pair->fields[2].type, WFX_I8);
  assert_int_equal(list->fields[1].type, wfx_ref_null_to((wfx_type_id){1}));
  expect_name(list->field_names[0], "head");
  expect_name(pair->field_names[2], "b");
  assert_null(pair->field_names[0].data);
}

static void check_decls(const wfx_module *m) {
  expect_name(m->name, "sink");
  assert_int_equal(m->imports.n, 5);
  expect_name(m->imports.data[4].field, "e");
  expect_name(m->funcs.data[0].decl.name, "imp");
  assert_int_equal(m->funcs.data[0].decl.import, 0);
  expect_name(m->funcs.data[2].decl.name, "loop");
  assert_int_equal(m->funcs.data[2].decl.import, WFX_NO_ID);
  assert_true(m->mems.data[0].limits.is_shared);
  assert_true(m->mems.data[1].limits.is_64);
  assert_true(m->tables.data[1].has_init);
  assert_int_equal(m->tables.data[1].init.n, 1);
  assert_true(m->globals.data[1].is_mutable);
  assert_int_equal(m->globals.data[3].init.n, 3);
  assert_int_equal(m->start, 1);
  assert_int_equal(m->elems.n, 8);
  assert_int_equal(m->datas.n, 3);
  assert_memory_equal(m->datas.data[0].bytes, "hello", 5);
  assert_int_equal(m->datas.data[1].mode, SEGMENT_PASSIVE);
  assert_true(m->has_data_count);
  assert_int_equal(m->customs.n, 3);
  assert_int_equal(m->customs.data[0].after, 0);
  assert_int_equal(m->customs.data[1].after, 1);
  assert_int_equal(m->customs.data[2].after, 13);
  expect_name(m->elems.data[5].decl.name, "e5");
  expect_name(m->datas.data[2].decl.name, "d2");
  expect_name(m->tags.data[2].decl.name, "sw");
}

static void check_body(wfx_module *m) {
  struct body *b = m->bodies.data[1];
  assert_non_null(b->bytes);
  const uint64_t offset = b->offset;
  assert_ptr_equal(wfx__module_body(m, 2), b);
  assert_null(b->bytes);
  assert_int_equal(b->n_locals, 5);
  assert_int_equal(b->runs.n, 4);
  assert_int_equal(b->runs.data[0].n, 2);
  assert_int_equal(b->code.insts.data[0].op, WFX_OP_block);
  assert_int_equal(b->code.insts.data[0].imm, WFX_I64);
  assert_int_equal(b->code.insts.data[0].pos, offset + 10);
  assert_int_equal(b->code.insts.data[b->code.insts.n - 1].op, WFX_OP_end);
  assert_int_equal(b->code.insts.data[4].op, WFX_OP_i32_const);
  assert_int_equal(b->code.insts.data[4].imm, (uint32_t)-5);
  assert_int_equal(b->local_names.n, 4);
  assert_int_equal(b->local_names.data[3].index, 4);
  expect_name(b->local_names.data[3].name, "c");
  expect_name(b->label_names.data[0].name, "out");
  expect_name(b->label_names.data[1].name, "again");
}

static void test_sink(void **state) {
  (void)state;
  struct unit_alloc a = {.fail_at = UINT64_MAX};
  wfx_ctx *ctx = unit_ctx(&a, ALL_FEATURES);
  struct hex h = hex_module(sink_text);
  wfx_module *m = wfx_module_new(ctx);
  assert_int_equal(wfx_module_decode(m, h.data, h.n), WFX_OK);
  memset(h.data, 0xaa, h.n); /* the module has its own copy */
  check_types(m);
  check_decls(m);
  check_body(m);
  assert_true(open_bodies(m));
  assert_int_equal(wfx_module_status(m), WFX_OK);
  assert_int_equal(wfx_module_decode(m, h.data, h.n), WFX_MISUSE);
  wfx_module_free(m);
  wfx_ctx_free(ctx);
  assert_int_equal(a.n_blocks, 0);
}

/* A wrong body is found when it is opened, and leaves the others alone. */
static void test_wrong_body(void **state) {
  (void)state;
  struct unit_alloc a = {.fail_at = UINT64_MAX};
  wfx_ctx *ctx = unit_ctx(&a, 0);
  struct hex h = hex_module("01 04 01 60 00 00  03 03 02 00 00  0a 08 02 03 00 06 0b 02 00 0b");
  wfx_module *m = wfx_module_new(ctx);
  assert_int_equal(wfx_module_decode(m, h.data, h.n), WFX_OK);
  assert_int_equal(wfx_module_status(m), WFX_OK);
  assert_null(wfx__module_body(m, 0));
  assert_null(wfx__module_body(m, 0));
  assert_non_null(wfx__module_body(m, 1));
  assert_int_equal(wfx_module_status(m), WFX_MALFORMED);
  assert_int_equal(wfx_module_n_diags(m), 1);
  wfx_module_free(m);
  wfx_ctx_free(ctx);
}

/* One body is decoded again and again in the same memory. */
static void test_decode_body(void **state) {
  (void)state;
  static const uint8_t first[] = {1, 2, 0x7f, 0x41, 0, 0x0e, 1, 0, 0, 0x0b};
  static const uint8_t second[] = {0, 0x0b};
  struct unit_alloc a = {.fail_at = UINT64_MAX};
  wfx_ctx *ctx = unit_ctx(&a, 0);
  wfx_module *m = wfx_module_new(ctx);
  struct body b;
  wfx__body_init(&b, ctx);
  for (int i = 0; i < 3; i++) {
    assert_true(wfx__decode_body(m, &b, first, sizeof first, 100));
    assert_int_equal(b.n_locals, 2);
    assert_int_equal(b.code.insts.n, 3);
    assert_int_equal(b.code.insts.data[0].pos, 103);
    assert_int_equal(b.code.pool.n, 3);
    assert_true(wfx__decode_body(m, &b, second, sizeof second, 100));
    assert_int_equal(b.n_locals, 0);
    assert_int_equal(b.code.insts.n, 1);
    assert_int_equal(b.code.pool.n, 0);
  }
  assert_false(wfx__decode_body(m, &b, second, 1, 100));
  assert_int_equal(errs_status(&b.errs), WFX_MALFORMED);
  wfx__body_free(ctx, &b);
  wfx_module_free(m);
  wfx_ctx_free(ctx);
}

/* ---- Names ------------------------------------------------------------------------------- */

static void test_names(void **state) {
  (void)state;
  static const char *const kept[] = {
      "00 08 04 6e616d65 00 02 05",             /* subsection too long */
      "00 09 04 6e616d65 00 02 01 ff",          /* not UTF-8 */
      "00 0e 04 6e616d65 01 07 02 01 01 61 00 01 62", /* indices not in order */
      "00 0e 04 6e616d65 01 07 02 01 01 61 01 01 62", /* an index twice */
      "00 0d 04 6e616d65 01 01 00 01 03 00 00 00",    /* a subsection twice */
      "00 0b 04 6e616d65 01 04 00 00 00 00",          /* bytes left */
      "00 08 04 6e616d65 01 01 05",             /* too few names */
  };
  struct unit_alloc a = {.fail_at = UINT64_MAX};
  wfx_ctx *ctx = unit_ctx(&a, 0);
  for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
    struct hex h = hex_module(kept[i]);
    wfx_module *m = decode(ctx, &h);
    assert_int_equal(wfx_module_status(m), WFX_OK);
    assert_int_equal(m->customs.n, 1);
    expect_name(m->customs.data[0].name, "name");
    assert_null(m->names.bytes);
    assert_null(m->name.data);
    wfx_module_free(m);
  }
  /* Before what it names, and with names for what is not there. */
  struct hex h = hex_module("00 11 04 6e616d65 01 0a 03 00 01 61 01 01 62 07 01 63"
                            "01 04 01 60 00 00  03 02 01 00  0a 04 01 02 00 0b");
  wfx_module *m = decode(ctx, &h);
  assert_int_equal(wfx_module_status(m), WFX_OK);
  assert_int_equal(m->customs.n, 0);
  expect_name(m->funcs.data[0].decl.name, "a");
  wfx_module_free(m);
  wfx_ctx_free(ctx);
}

/* ---- Hostile input ----------------------------------------------------------------------- */

static uint64_t next_random(uint64_t *state) {
  *state ^= *state << 13;
  *state ^= *state >> 7;
  *state ^= *state << 17;
  return *state * UINT64_C(0x2545f4914f6cdd1d);
}

static void test_truncated(void **state) {
  (void)state;
  struct unit_alloc a = {.fail_at = UINT64_MAX};
  wfx_ctx *ctx = unit_ctx(&a, ALL_FEATURES);
  struct hex h = hex_module(sink_text);
  const size_t n = h.n;
  for (h.n = 0; h.n < n; h.n++) {
    uint8_t *exact = malloc(h.n + (h.n == 0)); /* so that reading past the end is seen */
    memcpy(exact, h.data, h.n);
    wfx_module *m = wfx_module_new(ctx);
    if (wfx_module_decode(m, exact, h.n) == WFX_OK) open_bodies(m);
    const wfx_diag *d = wfx_module_diag(m, 0);
    assert_true(d == NULL || d->status == WFX_MALFORMED);
    assert_true(d == NULL || d->loc.offset <= h.n);
    wfx_module_free(m);
    free(exact);
  }
  wfx_ctx_free(ctx);
  assert_int_equal(a.n_blocks, 0);
}

/* Damage a few bytes; whatever decodes is encoded, and that decodes again. */
static void test_damaged(void **state) {
  (void)state;
  uint64_t seed = UINT64_C(0x9e3779b97f4a7c15);
  struct unit_alloc a = {.fail_at = UINT64_MAX};
  wfx_ctx *ctx = unit_ctx(&a, ALL_FEATURES);
  const struct hex sink = hex_module(sink_text);
  size_t n_good = 0;
  for (int i = 0; i < 20000; i++) {
    struct hex h = sink;
    const uint64_t n_changes = 1 + next_random(&seed) % 4;
    for (uint64_t k = 0; k < n_changes; k++) {
      const uint64_t r = next_random(&seed);
      uint8_t *at = &h.data[8 + r % (h.n - 8)];
      *at = (uint8_t)(r >> 32 & 1 ? r >> 40 : *at ^ 1u << (r >> 40 & 7));
    }
    wfx_module *m = decode(ctx, &h);
    wfx_bytes out;
    if (wfx_module_encode(m, i & 1 ? WFX_ENCODE_CANONICAL : 0, &out) == WFX_OK) {
      n_good++;
      wfx_module *again = wfx_module_new(ctx);
      assert_int_equal(wfx_module_decode(again, out.data, out.n), WFX_OK);
      assert_true(open_bodies(again));
      wfx_module_free(again);
      wfx_bytes_free(ctx, &out);
    }
    wfx_module_free(m);
  }
  wfx_ctx_free(ctx);
  assert_true(n_good > 1000);
  assert_int_equal(a.n_blocks, 0);
}

/* Counts that promise more than the bytes can hold must not be believed. */
static void test_counts(void **state) {
  (void)state;
  static const char *const rows[] = {
      "01 06 01 60 ff ff ff 7f", "01 05 ff ff ff ff 0f",          "02 05 ff ff ff ff 0f",
      "03 05 ff ff ff ff 0f",    "09 08 01 01 00 ff ff ff ff 0f", "07 05 ff ff ff ff 0f",
      BODY("0a", "08", "00 0e ff ff ff ff 0f 0b"), BODY("08", "06", "ff ff ff ff 0f 7f"),
  };
  struct unit_alloc a = {.fail_at = UINT64_MAX};
  wfx_options o = {.size = sizeof o, .alloc = unit_alloc_fn, .ud = &a};
  memset(&o.limits, 0xff, sizeof o.limits);
  wfx_ctx *ctx = wfx_ctx_new(&o);
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct hex h = hex_module(rows[i]);
    wfx_module *m = decode(ctx, &h);
    assert_int_equal(wfx_module_status(m), WFX_MALFORMED);
    assert_true(a.n_bytes < 100000);
    wfx_module_free(m);
  }
  wfx_ctx_free(ctx);
}

static wfx_status decode_task(wfx_ctx *ctx) {
  struct hex h = hex_module(sink_text);
  wfx_options o = {.size = sizeof o, .alloc = ctx->alloc, .ud = ctx->ud};
  o.features = ALL_FEATURES;
  wfx_ctx *all = wfx_ctx_new(&o);
  if (all == NULL) return WFX_NOMEM;
  wfx_module *m = wfx_module_new(all);
  if (m == NULL) {
    wfx_ctx_free(all);
    return WFX_NOMEM;
  }
  if (wfx_module_decode(m, h.data, h.n) == WFX_OK) open_bodies(m);
  wfx_status status = wfx_module_status(m);
  wfx_module_free(m);
  wfx_ctx_free(all);
  return status;
}

static void test_nomem(void **state) {
  (void)state;
  unit_sweep(decode_task);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_header),     cmocka_unit_test(test_malformed),
      cmocka_unit_test(test_features),   cmocka_unit_test(test_unknown_types),
      cmocka_unit_test(test_zero_bytes), cmocka_unit_test(test_limits),
      cmocka_unit_test(test_sink),       cmocka_unit_test(test_wrong_body),
      cmocka_unit_test(test_names),      cmocka_unit_test(test_decode_body),
      cmocka_unit_test(test_truncated),  cmocka_unit_test(test_damaged),
      cmocka_unit_test(test_counts),     cmocka_unit_test(test_nomem),
  };
  cmocka_set_message_output(CM_OUTPUT_TAP);
  return cmocka_run_group_tests(tests, NULL, NULL);
}
