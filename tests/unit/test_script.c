/* test_script.c: commands of test scripts as data, their modules, errors and hostile texts. */
#include "text_unit.h"

static wfx_script *open_script(const wfx_ctx *ctx, const char *text) {
  wfx_script *s = wfx_script_open(ctx, text, strlen(text), "test.wast");
  assert_non_null(s);
  return s;
}

static void assert_str(wfx_str s, const char *want) {
  assert_non_null(s.data);
  assert_int_equal(s.n, strlen(want));
  assert_memory_equal(s.data, want, s.n);
}

/* The next command, which there must be. */
static wfx_command next(wfx_script *s, wfx_command_kind kind) {
  wfx_command c;
  if (!wfx_script_next(s, &c))
    fail_msg("%s", wfx_script_diag(s) ? wfx_script_diag(s)->message : "no more commands");
  assert_int_equal(c.kind, kind);
  return c;
}

static void assert_done(wfx_script *s) {
  wfx_command c;
  assert_false(wfx_script_next(s, &c));
  if (wfx_script_diag(s)) fail_msg("%s", wfx_script_diag(s)->message);
  assert_false(wfx_script_next(s, &c));
  wfx_script_close(s);
}

/* ---- Modules ----------------------------------------------------------------------------- */

static void modules_have_forms(void **state) {
  wfx_script *s = open_script(text_ctx(state),
                              "(module)\n(module $a (func $f (export \"f\")))"
                              "(module $b binary \"\\00asm\" \"\\01\\00\\00\\00\")"
                              "(module quote \"(func\" \" $g)\")"
                              "(module definition $d (memory 1))"
                              "(module definition binary)"
                              "(module instance $i $d) (module instance $i) (module instance)");
  wfx_command c = next(s, WFX_COMMAND_MODULE);
  assert_null(c.name.data);
  assert_str(c.word, "module");
  assert_int_equal(c.module.form, WFX_SCRIPT_TEXT);
  c = next(s, WFX_COMMAND_MODULE);
  assert_str(c.name, "a");
  assert_int_equal(c.loc.line, 2);
  assert_int_equal(c.loc.column, 1);
  assert_string_equal(c.loc.file, "test.wast");
  c = next(s, WFX_COMMAND_MODULE);
  assert_str(c.name, "b");
  assert_int_equal(c.module.form, WFX_SCRIPT_BINARY);
  assert_int_equal(c.module.n_bytes, 8);
  assert_memory_equal(c.module.bytes, "\0asm\1\0\0\0", 8);
  c = next(s, WFX_COMMAND_MODULE);
  assert_int_equal(c.module.form, WFX_SCRIPT_QUOTE);
  assert_memory_equal(c.module.bytes, "(func $g)", c.module.n_bytes);
  assert_false(c.is_definition);
  c = next(s, WFX_COMMAND_MODULE);
  assert_true(c.is_definition);
  assert_str(c.name, "d");
  c = next(s, WFX_COMMAND_MODULE);
  assert_true(c.is_definition);
  assert_int_equal(c.module.n_bytes, 0);
  c = next(s, WFX_COMMAND_INSTANCE);
  assert_str(c.name, "i");
  assert_str(c.of, "d");
  c = next(s, WFX_COMMAND_INSTANCE);
  assert_str(c.name, "i");
  assert_null(c.of.data);
  c = next(s, WFX_COMMAND_INSTANCE);
  assert_null(c.name.data);
  assert_done(s);
}

static wfx_status parse_next(wfx_script *s, const wfx_ctx *ctx, wfx_module **m) {
  wfx_command c = next(s, WFX_COMMAND_MODULE);
  *m = wfx_module_new(ctx);
  assert_non_null(*m);
  return wfx_script_parse(s, &c.module, *m);
}

static void modules_are_parsed_when_asked(void **state) {
  const wfx_ctx *ctx = text_ctx(state);
  wfx_script *s = open_script(ctx,
                              "(@custom \"not\" \"here\")\n"
                              "(module $\"a b\" (@custom \"c\" \"x\") (func $f (result i32)\n"
                              "  (i32.const 1)))\n"
                              "(module (func)) (module (@name \"other\") (func\n  (nop) (nope)))\n"
                              "(module definition $d (global i32 (i32.const 7)))"
                              "(module quote \"(func\\n bad)\") (module binary \"\")");
  wfx_module *m;
  assert_int_equal(parse_next(s, ctx, &m), WFX_OK);
  assert_string_equal(m->name.data, "a b");
  assert_int_equal(m->funcs.n, 1);
  assert_int_equal(m->customs.n, 1);
  assert_string_equal(m->customs.data[0].name.data, "c");
  /* One module is not parsed into another. */
  wfx_command c = next(s, WFX_COMMAND_MODULE);
  assert_int_equal(wfx_script_parse(s, &c.module, m), WFX_MISUSE);
  wfx_module_free(m);
  /* A wrong module is its own affair. */
  assert_int_equal(parse_next(s, ctx, &m), WFX_MALFORMED);
  const wfx_diag *d = wfx_module_diag(m, 0);
  assert_string_equal(d->message, "unknown operator nope");
  assert_string_equal(d->loc.file, "test.wast");
  assert_int_equal(d->loc.line, 5);
  assert_int_equal(d->loc.column, 10);
  assert_string_equal(m->name.data, "other");
  wfx_module_free(m);
  assert_int_equal(parse_next(s, ctx, &m), WFX_OK);
  assert_int_equal(m->globals.n, 1);
  wfx_module_free(m);
  assert_int_equal(parse_next(s, ctx, &m), WFX_MALFORMED);
  assert_int_equal(wfx_module_diag(m, 0)->loc.line, 2);
  wfx_module_free(m);
  assert_int_equal(parse_next(s, ctx, &m), WFX_MISUSE);
  wfx_module_free(m);
  assert_done(s);
}

static void fields_alone_are_a_module(void **state) {
  const wfx_ctx *ctx = text_ctx(state);
  wfx_module *m;
  wfx_script *s = open_script(ctx, " (func) (memory 0)\n(func (export \"f\"))");
  assert_int_equal(parse_next(s, ctx, &m), WFX_OK);
  assert_int_equal(m->funcs.n, 2);
  wfx_module_free(m);
  assert_done(s);
  s = open_script(ctx, "(func) (memory 0)) (func)");
  assert_int_equal(parse_next(s, ctx, &m), WFX_MALFORMED);
  assert_string_equal(wfx_module_diag(m, 0)->message, "unexpected token )");
  wfx_module_free(m);
  assert_done(s);
  assert_done(open_script(ctx, " ;; nothing\n (; at all ;)"));
}

/* ---- Actions and assertions -------------------------------------------------------------- */

static void actions(void **state) {
  wfx_script *s = open_script(text_ctx(state),
                              "(register \"M\" $m) (register \"\")"
                              "(invoke \"f\") (invoke $m \"g\\00h\" (i32.const -1) (ref.null))"
                              "(get $m \"x\") (assert_return (get \"y\") (i64.const 2))");
  wfx_command c = next(s, WFX_COMMAND_REGISTER);
  assert_str(c.name, "M");
  assert_str(c.of, "m");
  c = next(s, WFX_COMMAND_REGISTER);
  assert_str(c.name, "");
  assert_null(c.of.data);
  c = next(s, WFX_COMMAND_ACTION);
  assert_false(c.action.is_get);
  assert_str(c.action.name, "f");
  assert_null(c.action.instance.data);
  assert_int_equal(c.action.n_args, 0);
  c = next(s, WFX_COMMAND_ACTION);
  assert_str(c.action.instance, "m");
  assert_int_equal(c.action.name.n, 3);
  assert_int_equal(c.action.n_args, 2);
  assert_int_equal(c.action.args[0].type, WFX_I32);
  assert_memory_equal(c.action.args[0].bits, "\xff\xff\xff\xff\0\0\0\0", 8);
  assert_int_equal(c.action.args[1].kind, WFX_PATTERN_NULL);
  assert_int_equal(c.action.args[1].type, WFX_BOT);
  c = next(s, WFX_COMMAND_ACTION);
  assert_true(c.action.is_get);
  assert_str(c.action.name, "x");
  c = next(s, WFX_COMMAND_ASSERT_ACTION);
  assert_true(c.action.is_get);
  assert_int_equal(c.status, WFX_OK);
  assert_int_equal(c.n_results, 1);
  assert_done(s);
}

static void assertions_say_how_things_end(void **state) {
  static const struct {
    const char *text, *word;
    wfx_command_kind kind;
    wfx_status status;
    bool is_custom;
  } rows[] = {
      {"(assert_return (invoke \"f\"))", "assert_return", WFX_COMMAND_ASSERT_ACTION, WFX_OK,
       false},
      {"(assert_trap (invoke \"f\") \"why\")", "assert_trap", WFX_COMMAND_ASSERT_ACTION,
       WFX_TRAP, false},
      {"(assert_trap (module $m (func)) \"why\")", "assert_trap", WFX_COMMAND_ASSERT_MODULE,
       WFX_TRAP, false},
      {"(assert_exhaustion (invoke \"f\") \"why\")", "assert_exhaustion",
       WFX_COMMAND_ASSERT_ACTION, WFX_EXHAUSTION, false},
      {"(assert_exception (invoke \"f\"))", "assert_exception", WFX_COMMAND_ASSERT_ACTION,
       WFX_EXCEPTION, false},
      {"(assert_suspension (invoke \"f\") \"why\")", "assert_suspension",
       WFX_COMMAND_ASSERT_ACTION, WFX_SUSPENSION, false},
      {"(assert_malformed (module quote \"x\") \"why\")", "assert_malformed",
       WFX_COMMAND_ASSERT_MODULE, WFX_MALFORMED, false},
      {"(assert_malformed_custom (module quote \"x\") \"why\")", "assert_malformed_custom",
       WFX_COMMAND_ASSERT_MODULE, WFX_MALFORMED, true},
      {"(assert_invalid (module (func)) \"why\")", "assert_invalid",
       WFX_COMMAND_ASSERT_MODULE, WFX_INVALID, false},
      {"(assert_invalid (module definition (func)) \"why\")", "assert_invalid",
       WFX_COMMAND_ASSERT_MODULE, WFX_INVALID, false},
      {"(assert_invalid_custom (module) \"why\")", "assert_invalid_custom",
       WFX_COMMAND_ASSERT_MODULE, WFX_INVALID, true},
      {"(assert_unlinkable (module binary \"x\") \"why\")", "assert_unlinkable",
       WFX_COMMAND_ASSERT_MODULE, WFX_UNLINKABLE, false},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    wfx_script *s = open_script(text_ctx(state), rows[i].text);
    wfx_command c = next(s, rows[i].kind);
    assert_str(c.word, rows[i].word);
    assert_int_equal(c.status, rows[i].status);
    assert_int_equal(c.is_custom, rows[i].is_custom);
    if (strstr(rows[i].text, "why")) assert_str(c.message, "why");
    else assert_int_equal(c.message.n, 0);
    assert_done(s);
  }
}

/* ---- Patterns ---------------------------------------------------------------------------- */

/* The only result of the next command. */
static wfx_pattern result(wfx_script *s) {
  wfx_command c = next(s, WFX_COMMAND_ASSERT_ACTION);
  assert_int_equal(c.n_results, 1);
  return c.results[0];
}

#define RETURN(result) "(assert_return (invoke \"f\") " result ")\n"

static void numbers(void **state) {
  wfx_script *s = open_script(
      text_ctx(state),
      RETURN("(i32.const 0xffff_ffff)") RETURN("(i64.const -0x8000000000000000)")
      RETURN("(f32.const nan:0x200000)") RETURN("(f64.const -0x1p-1074)")
      RETURN("(f32.const nan:canonical)") RETURN("(f64.const nan:arithmetic)"));
  wfx_pattern p = result(s);
  assert_int_equal(p.kind, WFX_PATTERN_BITS);
  assert_int_equal(p.type, WFX_I32);
  assert_int_equal(p.lane, WFX_I32);
  assert_memory_equal(p.bits, "\xff\xff\xff\xff\0\0\0\0\0\0\0\0\0\0\0\0", 16);
  p = result(s);
  assert_int_equal(p.type, WFX_I64);
  assert_memory_equal(p.bits, "\0\0\0\0\0\0\0\x80", 8);
  p = result(s);
  assert_int_equal(p.type, WFX_F32);
  assert_int_equal(p.nan[0], WFX_NAN_EXACT);
  assert_memory_equal(p.bits, "\0\0\xa0\x7f\0\0\0\0", 8);
  p = result(s);
  assert_memory_equal(p.bits, "\1\0\0\0\0\0\0\x80", 8);
  assert_int_equal(result(s).nan[0], WFX_NAN_CANONICAL);
  p = result(s);
  assert_int_equal(p.type, WFX_F64);
  assert_int_equal(p.nan[0], WFX_NAN_ARITHMETIC);
  assert_done(s);
}

static void vectors(void **state) {
  wfx_script *s = open_script(
      text_ctx(state),
      RETURN("(v128.const i16x8 1 -1 0x102 0 0 0 0 65535)")
      RETURN("(v128.const f64x2 1 nan:canonical)")
      RETURN("(v128.const f32x4 nan:arithmetic 0 nan:canonical nan)"));
  wfx_pattern p = result(s);
  assert_int_equal(p.type, WFX_V128);
  assert_int_equal(p.lane, WFX_I16);
  assert_memory_equal(p.bits, "\1\0\xff\xff\2\1\0\0\0\0\0\0\0\0\xff\xff", 16);
  p = result(s);
  assert_int_equal(p.lane, WFX_F64);
  assert_int_equal(p.nan[0], WFX_NAN_EXACT);
  assert_int_equal(p.nan[1], WFX_NAN_CANONICAL);
  assert_memory_equal(p.bits, "\0\0\0\0\0\0\xf0\x3f\0\0\0\0\0\0\0\0", 16);
  p = result(s);
  assert_int_equal(p.lane, WFX_F32);
  assert_int_equal(p.nan[0], WFX_NAN_ARITHMETIC);
  assert_int_equal(p.nan[2], WFX_NAN_CANONICAL);
  assert_int_equal(p.nan[3], WFX_NAN_EXACT);
  assert_memory_equal(p.bits + 12, "\0\0\xc0\x7f", 4);
  assert_done(s);
}

static void references(void **state) {
  static const struct {
    const char *text;
    wfx_pattern_kind kind;
    wfx_heaptype heap; /* BOT: any type */
    uint32_t host;
  } rows[] = {
      {RETURN("(ref.null)"), WFX_PATTERN_NULL, WFX_HEAP_BOT, 0},
      {RETURN("(ref.null $t)"), WFX_PATTERN_NULL, WFX_HEAP_BOT, 0},
      {RETURN("(ref.null func)"), WFX_PATTERN_NULL, WFX_HEAP_FUNC, 0},
      {RETURN("(ref.null nocont)"), WFX_PATTERN_NULL, WFX_HEAP_NOCONT, 0},
      {RETURN("(ref.extern 7)"), WFX_PATTERN_HOST, WFX_HEAP_EXTERN, 7},
      {RETURN("(ref.host 8)"), WFX_PATTERN_HOST, WFX_HEAP_ANY, 8},
      {RETURN("(ref.extern)"), WFX_PATTERN_REF, WFX_HEAP_EXTERN, 0},
      {RETURN("(ref.func)"), WFX_PATTERN_REF, WFX_HEAP_FUNC, 0},
      {RETURN("(ref.any)"), WFX_PATTERN_REF, WFX_HEAP_ANY, 0},
      {RETURN("(ref.eq)"), WFX_PATTERN_REF, WFX_HEAP_EQ, 0},
      {RETURN("(ref.i31)"), WFX_PATTERN_REF, WFX_HEAP_I31, 0},
      {RETURN("(ref.struct)"), WFX_PATTERN_REF, WFX_HEAP_STRUCT, 0},
      {RETURN("(ref.array)"), WFX_PATTERN_REF, WFX_HEAP_ARRAY, 0},
      {RETURN("(ref.exn)"), WFX_PATTERN_REF, WFX_HEAP_EXN, 0},
      {RETURN("(ref.cont)"), WFX_PATTERN_REF, WFX_HEAP_CONT, 0},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    wfx_script *s = open_script(text_ctx(state), rows[i].text);
    wfx_pattern p = result(s);
    assert_int_equal(p.kind, rows[i].kind);
    bool is_null = p.kind == WFX_PATTERN_NULL;
    wfx_valtype type = is_null ? wfx_ref_null(rows[i].heap) : wfx_ref(rows[i].heap);
    assert_int_equal(p.type, rows[i].heap == WFX_HEAP_BOT ? (wfx_valtype)WFX_BOT : type);
    assert_int_equal(p.host, rows[i].host);
    assert_done(s);
  }
}

static void alternatives(void **state) {
  wfx_script *s = open_script(
      text_ctx(state),
      "(assert_return (invoke \"f\") (i32.const 1)"
      " (either (i32.const 2) (f32.const nan:canonical) (ref.null)) (either (i64.const 3)))");
  wfx_command c = next(s, WFX_COMMAND_ASSERT_ACTION);
  assert_int_equal(c.n_results, 3);
  assert_int_equal(c.results[0].bits[0], 1);
  assert_int_equal(c.results[1].kind, WFX_PATTERN_EITHER);
  assert_int_equal(c.results[1].n_either, 3);
  assert_int_equal(c.results[1].either[0].bits[0], 2);
  assert_int_equal(c.results[1].either[1].nan[0], WFX_NAN_CANONICAL);
  assert_int_equal(c.results[1].either[2].kind, WFX_PATTERN_NULL);
  assert_int_equal(c.results[2].n_either, 1);
  assert_int_equal(c.results[2].either[0].bits[0], 3);
  assert_done(s);
}

/* ---- Errors ------------------------------------------------------------------------------ */

static void errors_end_a_script(void **state) {
  static const struct {
    const char *text, *message;
    uint32_t line, column;
    wfx_status status;
  } rows[] = {
      {"(module", "unexpected token: the text ends here", 1, 8, WFX_MALFORMED},
      {"(module (func)", "unexpected token: the text ends here", 1, 15, WFX_MALFORMED},
      {"(module) )", "unexpected token )", 1, 10, WFX_MALFORMED},
      {"(module) module", "unexpected token module", 1, 10, WFX_MALFORMED},
      {"(module) (func)", "unknown command func", 1, 10, WFX_MALFORMED},
      {"(thread $t)", "command thread", 1, 1, WFX_UNSUPPORTED},
      {"(assert_retrun (invoke \"f\"))", "unknown command assert_retrun", 1, 1, WFX_MALFORMED},
      {"(module binary $x)", "unexpected token $x", 1, 16, WFX_MALFORMED},
      {"(module quote \"x\" (func))", "unexpected token (", 1, 19, WFX_MALFORMED},
      {"(module)\n(invoke f)", "unknown operator f", 2, 9, WFX_MALFORMED},
      {"(invoke \"f\" (i32.const 4294967296))", "constant out of range", 1, 24,
       WFX_MALFORMED},
      {"(invoke \"f\" (i32.const))", "unexpected token )", 1, 23, WFX_MALFORMED},
      {"(invoke \"f\" (f32.const nan:canonical))", "unexpected token nan:canonical", 1, 24,
       WFX_MALFORMED},
      {"(invoke \"f\" (ref.func))", "unexpected token ref.func", 1, 14, WFX_MALFORMED},
      {"(invoke \"f\" (either (i32.const 1)))", "unknown operator either", 1, 14,
       WFX_MALFORMED},
      {"(invoke \"f\" (v128.const i7x3 1))", "unknown operator i7x3", 1, 25, WFX_MALFORMED},
      {"(invoke \"f\" (v128.const i64x2 1))", "unexpected token )", 1, 32, WFX_MALFORMED},
      {"(invoke \"f\" (v128.const i64x2 1 2 3))", "unexpected token 3", 1, 35, WFX_MALFORMED},
      {"(assert_return (invoke \"f\") (either))", "unexpected token )", 1, 36, WFX_MALFORMED},
      {"(assert_return (invoke \"f\") (either (either (i32.const 1))))",
       "unknown operator either", 1, 38, WFX_MALFORMED},
      {"(assert_return (module))", "unexpected token module", 1, 17, WFX_MALFORMED},
      {"(assert_invalid (invoke \"f\") \"\")", "unknown operator invoke", 1, 18,
       WFX_MALFORMED},
      {"(register \"m\" 0)", "unexpected token 0", 1, 15, WFX_MALFORMED},
      {"(module) \"open", "unclosed string", 1, 15, WFX_MALFORMED},
      {"(module) (; open", "unclosed comment", 1, 10, WFX_MALFORMED},
      {"(func) (; open", "unclosed comment", 1, 8, WFX_MALFORMED},
      {"(module \xff)", "malformed UTF-8 encoding", 1, 9, WFX_MALFORMED},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    wfx_script *s = open_script(text_ctx(state), rows[i].text);
    wfx_command c;
    while (wfx_script_next(s, &c)) continue;
    const wfx_diag *d = wfx_script_diag(s);
    if (!d) fail_msg("no error: %s", rows[i].text);
    assert_string_equal(d->message, rows[i].message);
    assert_int_equal(d->status, rows[i].status);
    assert_int_equal(d->loc.line, rows[i].line);
    assert_int_equal(d->loc.column, rows[i].column);
    assert_false(wfx_script_next(s, &c));
    wfx_script_close(s);
  }
}

/* ---- Hostile ----------------------------------------------------------------------------- */

static const char sample[] =
    "(@custom \"x\") (module $m (@name \"n\") (func (export \"f\") (param i32)))\n"
    "(module definition $d binary \"\\00asm\" \"\\01\\00\\00\\00\") (module instance $i $d)\n"
    "(register \"r\" $m) (invoke $m \"f\" (i32.const -1) (ref.extern 1) (ref.null func))\n"
    "(assert_return (get \"g\") (either (f32.const nan:canonical) (ref.i31)))\n"
    "(assert_return (invoke \"v\") (v128.const f32x4 nan:arithmetic 0x1.8p3 inf -nan:0x1))\n"
    "(assert_malformed (module quote \"(func\") \"unexpected\") (; end ;)\n";

/* Read all of it, modules too. */
static void read_all(const wfx_ctx *ctx, const char *text, size_t n) {
  char *copy = malloc(n == 0 ? 1 : n);
  memcpy(copy, text, n);
  wfx_script *s = wfx_script_open(ctx, copy, n, NULL);
  free(copy);
  assert_non_null(s);
  wfx_command c;
  while (wfx_script_next(s, &c)) {
    if (c.kind != WFX_COMMAND_MODULE && c.kind != WFX_COMMAND_ASSERT_MODULE) continue;
    wfx_module *m = wfx_module_new(ctx);
    wfx_script_parse(s, &c.module, m);
    wfx_module_free(m);
  }
  wfx_script_close(s);
}

static void any_text_is_read(void **state) {
  const wfx_ctx *ctx = text_ctx(state);
  const size_t n = sizeof sample - 1;
  for (size_t i = 0; i <= n; i++) read_all(ctx, sample, i);
  uint32_t seed = 12345;
  for (int round = 0; round < 3000; round++) {
    char text[sizeof sample];
    memcpy(text, sample, sizeof sample);
    for (int k = 0; k < 3; k++) {
      seed = seed * 1664525 + 1013904223;
      text[(seed >> 8) % n] = "()\"$;0x \\\xff"[(seed >> 20) % 11];
    }
    read_all(ctx, text, n);
  }
}

static void depth_does_not_matter(void **state) {
  enum { DEPTH = 1000000 };
  char *text = malloc(2 * DEPTH + 16);
  memcpy(text, "(module ", 8);
  memset(text + 8, '(', DEPTH);
  memset(text + 8 + DEPTH, ')', DEPTH);
  text[8 + 2 * DEPTH] = ')';
  read_all(text_ctx(state), text, 8 + 2 * DEPTH + 1);
  read_all(text_ctx(state), text, 8 + DEPTH);
  free(text);
}

static wfx_status read_sample(wfx_ctx *ctx) {
  wfx_script *s = wfx_script_open(ctx, sample, sizeof sample - 1, "s.wast");
  if (!s) return WFX_NOMEM;
  wfx_status status = WFX_OK;
  wfx_command c;
  while (status == WFX_OK && wfx_script_next(s, &c)) {
    if (c.kind != WFX_COMMAND_MODULE || c.module.form != WFX_SCRIPT_TEXT) continue;
    wfx_module *m = wfx_module_new(ctx);
    status = m ? wfx_script_parse(s, &c.module, m) : WFX_NOMEM;
    wfx_module_free(m);
  }
  if (status == WFX_OK && wfx_script_diag(s)) status = wfx_script_diag(s)->status;
  wfx_script_close(s);
  return status;
}

static void memory_runs_out(void **state) {
  (void)state;
  unit_sweep(read_sample);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(modules_have_forms, text_setup, text_teardown),
      cmocka_unit_test_setup_teardown(modules_are_parsed_when_asked, text_setup, text_teardown),
      cmocka_unit_test_setup_teardown(fields_alone_are_a_module, text_setup, text_teardown),
      cmocka_unit_test_setup_teardown(actions, text_setup, text_teardown),
      cmocka_unit_test_setup_teardown(assertions_say_how_things_end, text_setup, text_teardown),
      cmocka_unit_test_setup_teardown(numbers, text_setup, text_teardown),
      cmocka_unit_test_setup_teardown(vectors, text_setup, text_teardown),
      cmocka_unit_test_setup_teardown(references, text_setup, text_teardown),
      cmocka_unit_test_setup_teardown(alternatives, text_setup, text_teardown),
      cmocka_unit_test_setup_teardown(errors_end_a_script, text_setup, text_teardown),
      cmocka_unit_test_setup_teardown(any_text_is_read, text_setup, text_teardown),
      cmocka_unit_test_setup_teardown(depth_does_not_matter, text_setup, text_teardown),
      cmocka_unit_test(memory_runs_out),
  };
  return cmocka_run_group_tests_name("script", tests, NULL, NULL);
}
