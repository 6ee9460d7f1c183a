/* test_print.c: modules as text, and back: the same module, each instruction, names, modules
 * that are not valid. */
#include "text_unit.h"

#include <stdio.h>

/* ---- Golden texts ------------------------------------------------------------------------ */

static const char scheduler[] =
    "(module $sched\n"
    "  (type $ft (func))\n"
    "  (type $ct (cont $ft))\n"
    "  (type (func (param (ref $ct))))\n"
    "  (type (func (result (ref null $ct))))\n"
    "  (type (func (param (ref null $ct))))\n"
    "  (type (func (result (ref $ct) (ref $ct))))\n"
    "  (import \"queue\" \"push\" (func $enqueue (param (ref $ct))))\n"
    "  (import \"queue\" \"pop\" (func $dequeue (result (ref null $ct))))\n"
    "  (tag $yield (type $ft))\n"
    "  (tag $fork (param (ref $ct)))\n"
    "  (export \"run\" (func $run))\n"
    "  (func $run (param $next (ref null $ct))\n"
    "    loop $l\n"
    "      local.get $next\n"
    "      ref.is_null\n"
    "      if\n"
    "        return\n"
    "      end\n"
    "      block $on_yield (result (ref $ct))\n"
    "        block $on_fork (result (ref $ct) (ref $ct))\n"
    "          local.get $next\n"
    "          resume $ct (on $yield $on_yield) (on $fork $on_fork)\n"
    "          call $dequeue\n"
    "          local.set $next\n"
    "          br $l\n"
    "        end\n"
    "        local.set $next\n"
    "        call $enqueue\n"
    "        br $l\n"
    "      end\n"
    "      call $enqueue\n"
    "      call $dequeue\n"
    "      local.set $next\n"
    "      br $l\n"
    "    end\n"
    "  )\n"
    ")\n";

static const char scheduler_folded[] =
    "    (loop $l\n"
    "      (if (ref.is_null (local.get $next))\n"
    "        (then\n"
    "          (return)))\n"
    "      (block $on_yield (result (ref $ct))\n"
    "        (block $on_fork (result (ref $ct) (ref $ct))\n"
    "          (resume $ct (on $yield $on_yield) (on $fork $on_fork)\n"
    "            (local.get $next))\n"
    "          (local.set $next (call $dequeue))\n"
    "          (br $l))\n"
    "        (local.set $next)\n"
    "        (call $enqueue)\n"
    "        (br $l))\n"
    "      (call $enqueue)\n"
    "      (local.set $next (call $dequeue))\n"
    "      (br $l))\n"
    "  )\n";

static void a_scheduler_reads_well(void **state) {
  wfx_module *m = text_parse(text_ctx(state), scheduler);
  char *s = text_print(text_ctx(state), m, 0);
  assert_string_equal(s, scheduler);
  free(s);
  s = text_print(text_ctx(state), m, WFX_PRINT_FOLDED);
  assert_non_null(strstr(s, scheduler_folded));
  free(s);
  wfx_bytes out;
  assert_int_equal(wfx_func_print(m, (wfx_func_id){2}, 0, &out), WFX_OK);
  static const char begin[] = "(func $run (param $next (ref null $ct))\n  loop $l\n    "
                              "local.get";
  assert_memory_equal(out.data, begin, sizeof begin - 1);
  wfx_bytes_free(text_ctx(state), &out);
  assert_int_equal(wfx_func_print(m, (wfx_func_id){0}, 0, &out), WFX_OK);
  assert_memory_equal(out.data, "(func $enqueue (param (ref $ct)))\n", out.n);
  wfx_bytes_free(text_ctx(state), &out);
  wfx_module_free(m);
}

/* text is printed as expected. */
static void check_print(void **state, const char *text, uint32_t flags, const char *expected) {
  wfx_module *m = text_parse(text_ctx(state), text);
  char *s = text_print(text_ctx(state), m, flags);
  assert_string_equal(s, expected);
  free(s);
  wfx_module_free(m);
}

static void fields(void **state) {
  check_print(state, "", 0, "(module)\n");
  check_print(state,
              "(memory $m i64 1 2) (memory 1 1 shared) (table 1 anyref (ref.null any))"
              "(table $t i64 0 9 funcref) (global $g (mut i32) (i32.sub (i32.const 1) "
              "(i32.const 2)))"
              "(data) (data $d (memory 1) (offset nop i32.const 1) \"\\t\\\"\\\\\\c3\\a9\\7f\")"
              "(elem $e (table $t) (i64.const 0) funcref (ref.func 0) (item (ref.null func) "
              "nop))"
              "(elem declare func 0) (elem anyref) (func) (start 0) (export "
              "\"\\c3\\a9\\00\" (func 0))"
              "(@custom \"c\" (before code) \"x\")",
              0,
              "(module\n"
              "  (type (func))\n"
              "  (memory $m i64 1 2)\n"
              "  (memory 1 1 shared)\n"
              "  (table 1 anyref (ref.null any))\n"
              "  (table $t i64 0 9 funcref)\n"
              "  (global $g (mut i32) (i32.sub (i32.const 1) (i32.const 2)))\n"
              "  (export \"\xc3\xa9\\00\" (func 0))\n"
              "  (start 0)\n"
              "  (elem $e (table $t) (i64.const 0) funcref (ref.func 0) (item (ref.null "
              "func) (nop)))\n"
              "  (elem declare func 0)\n"
              "  (elem anyref)\n"
              "  (func)\n"
              "  (data \"\")\n"
              "  (data $d (memory 1) (offset (nop) (i32.const 1)) "
              "\"\\t\\\"\\\\\\c3\\a9\\7f\")\n"
              "  (@custom \"c\" (after datacount) \"x\")\n"
              ")\n");
}

static void types(void **state) {
  static const char text[] =
      "(module\n"
      "  (type $f (func (param i32 i64) (result f32 v128)))\n"
      "  (rec)\n"
      "  (rec\n"
      "    (type $s (sub (struct (field $x i8) (field (mut (ref null $s))))))\n"
      "    (type (sub final $s (struct\n"
      "        (field i8)\n"
      "        (field (mut (ref null $s)))\n"
      "        (field $y f64)\n"
      "        (field (mut i16))))))\n"
      "  (rec\n"
      "    (type (array (mut exnref))))\n"
      "  (type (cont $f))\n"
      "  (type $h (handler i32 (ref $h)))\n"
      "  (type (tag $f))\n"
      "  (type (func (param (ref handler) (ref null nohandler) (ref null tag) (ref notag))))\n"
      "  (type (func (param nullfuncref nullexternref nullref nullexnref nullcontref)))\n"
      "  (type (func (param funcref externref anyref eqref i31ref structref arrayref "
      "contref)))\n"
      ")\n";
  check_print(state, text, 0, text);
}

static void signatures_are_left_out_where_they_can(void **state) {
  check_print(state,
              "(type (func (param i32))) (type (func (param i32))) (type $n (func (result "
              "i32)))"
              "(type (sub (func (param i64)))) (type (func (result (ref 4))))"
              "(func (type 0)) (func (type 1)) (func (type $n) i32.const 0) (func (type 3))"
              "(func (type 4) unreachable) (tag (type 0)) (tag (type 1)) (tag (type $n))"
              "(func (type 0) block (type 0) drop end block (type 1) drop end"
              " block (type $n) unreachable end (block (type 5)) (call_indirect (type 1))"
              " (call_indirect (type 0)) (call_indirect (type $n)) unreachable) (type (func))"
              "(table 0 funcref)",
              0,
              "(module\n"
              "  (type (func (param i32)))\n"
              "  (type (func (param i32)))\n"
              "  (type $n (func (result i32)))\n"
              "  (type (sub (func (param i64))))\n"
              "  (type (func (result (ref 4))))\n"
              "  (type (func))\n"
              "  (tag (param i32))\n"
              "  (tag (type 1))\n"
              "  (tag (type $n))\n"
              "  (table 0 funcref)\n"
              "  (func (param i32))\n"
              "  (func (type 1) (param i32))\n"
              "  (func (type $n) (result i32)\n"
              "    i32.const 0\n"
              "  )\n"
              "  (func (type 3) (param i64))\n"
              "  (func (type 4) (result (ref 4))\n"
              "    unreachable\n"
              "  )\n"
              "  (func (param i32)\n"
              "    block (param i32)\n"
              "      drop\n"
              "    end\n"
              "    block (type 1) (param i32)\n"
              "      drop\n"
              "    end\n"
              "    block (type $n) (result i32)\n"
              "      unreachable\n"
              "    end\n"
              "    block (type 5)\n"
              "    end\n"
              "    call_indirect (type 1)\n"
              "    call_indirect (param i32)\n"
              "    call_indirect (type $n)\n"
              "    unreachable\n"
              "  )\n"
              ")\n");
}

static void names_become_ids(void **state) {
  static const char text[] = "(func $x (param $a i32) (param $\"a b\" i32) (local "
                             "$\"\\\"\\00\" f32)"
                             "  block $l block $l br 1 br $l end br $l end"
                             "  (block $\"\\u{e9}\" (br $\"\\u{e9}\")))"
                             "(func $y (@name \"x\")) (func $z (@name \"x\")) (func $x_1)"
                             "(func $e (@name \"\"))";
  static const char expected[] = "(module\n"
                                 "  (type (func (param i32 i32)))\n"
                                 "  (type (func))\n"
                                 "  (func $x (param $a i32) (param $\"a b\" i32)\n"
                                 "    (local $\"\\\"\\00\" f32)\n"
                                 "    block $l\n"
                                 "      block $l\n"
                                 "        br 1\n"
                                 "        br $l\n"
                                 "      end\n"
                                 "      br $l\n"
                                 "    end\n"
                                 "    block $\"\xc3\xa9\"\n"
                                 "      br $\"\xc3\xa9\"\n"
                                 "    end\n"
                                 "  )\n"
                                 "  (func $x_1 (@name \"x\"))\n"
                                 "  (func $x_2 (@name \"x\"))\n"
                                 "  (func $x_1_1 (@name \"x_1\"))\n"
                                 "  (func (@name \"\"))\n"
                                 ")\n";
  check_print(state, text, 0, expected);
  check_print(state, expected, 0, expected);
  check_print(state, "(func $f (param $a i32) block $l br $l end (local.set $a (i32.const 1)))",
              WFX_PRINT_NO_NAMES | WFX_PRINT_FOLDED,
              "(module\n"
              "  (type (func (param i32)))\n"
              "  (func (param i32)\n"
              "    (block\n"
              "      (br 0))\n"
              "    (local.set 0 (i32.const 1))\n"
              "  )\n"
              ")\n");
}

/* Names cannot make a text look other than it is. */
static void bidi_controls_are_escaped(void **state) {
  static const char text[] = "(import \"\xe2\x81\xa6\" \"\xe2\x81\xaa\" (func $\"a\xe2\x80\xae\"))"
                             "(func $\"\xe2\x80\xaa\xe2\x80\xa9\xd8\x9c\" (@name \"\xe2\x80\x8f\")"
                             "  (export \"\xe2\x80\x8d\xe2\x80\x8e\xe2\x81\xa9\"))";
  static const char expected[] = "(module\n"
                                 "  (type (func))\n"
                                 "  (import \"\\u{2066}\" \"\xe2\x81\xaa\" (func $\"a\\u{202e}\"))\n"
                                 "  (export \"\xe2\x80\x8d\\u{200e}\\u{2069}\" (func $\"\\u{200f}\"))\n"
                                 "  (func $\"\\u{200f}\")\n"
                                 ")\n";
  check_print(state, text, 0, expected);
  check_print(state, expected, 0, expected);
  check_print(state, "(func $\"\xe2\x80\xaa\xe2\x80\xa9\xd8\x9c\")", 0,
              "(module\n  (type (func))\n  (func $\"\\u{202a}\xe2\x80\xa9\\u{61c}\")\n)\n");
}

static void numbers_come_back(void **state) {
  check_print(state,
              "(func i32.const 0x80000000 i64.const 0xffff_ffff_ffff_ffff f32.const "
              "-nan:0x200001"
              " f32.const nan f64.const -inf f64.const 0x1p-1074 f32.const -0 f64.const 0.1"
              " v128.const f64x2 -0 1 i64.const -0x8000000000000000)",
              0,
              "(module\n"
              "  (type (func))\n"
              "  (func\n"
              "    i32.const -2147483648\n"
              "    i64.const -1\n"
              "    f32.const -nan:0x200001\n"
              "    f32.const nan\n"
              "    f64.const -inf\n"
              "    f64.const 5e-324\n"
              "    f32.const -0\n"
              "    f64.const 0.1\n"
              "    v128.const i32x4 0x00000000 0x80000000 0x00000000 0x3ff00000\n"
              "    i64.const -9223372036854775808\n"
              "  )\n"
              ")\n");
}

/* ---- There and back ---------------------------------------------------------------------- */

/* Printing, parsing and encoding in any order give the same text and bytes. */
static void check_round(void **state, wfx_module *m) {
  wfx_ctx *ctx = text_ctx(state);
  wfx_bytes bytes, again;
  assert_int_equal(wfx_module_encode(m, WFX_ENCODE_NO_NAMES, &bytes), WFX_OK);
  char *plain = text_print(ctx, m, 0);
  for (uint32_t flags = 0; flags < 4; flags++) {
    char *s = text_print(ctx, m, flags);
    wfx_module *m2 = text_parse(ctx, s);
    char *s2 = text_print(ctx, m2, flags), *plain2 = text_print(ctx, m2, 0);
    assert_string_equal(s, s2);
    if (!(flags & WFX_PRINT_NO_NAMES)) assert_string_equal(plain, plain2);
    assert_int_equal(wfx_module_encode(m2, WFX_ENCODE_NO_NAMES, &again), WFX_OK);
    assert_int_equal(bytes.n, again.n);
    assert_memory_equal(bytes.data, again.data, bytes.n);
    wfx_bytes_free(ctx, &again);
    free(s);
    free(s2);
    free(plain2);
    wfx_module_free(m2);
  }
  /* A decoded module prints alike, but for names. */
  wfx_module *decoded = wfx_module_new(ctx);
  assert_int_equal(wfx_module_decode(decoded, bytes.data, bytes.n), WFX_OK);
  char *s = text_print(ctx, decoded, 0), *nameless = text_print(ctx, m, WFX_PRINT_NO_NAMES);
  assert_string_equal(s, nameless);
  free(s);
  free(nameless);
  free(plain);
  wfx_module_free(decoded);
  wfx_bytes_free(ctx, &bytes);
}

static void everything_comes_back(void **state) {
  wfx_module *m = text_parse(text_ctx(state), text_sample);
  check_round(state, m);
  wfx_module_free(m);
}

/* Immediates for an instruction of each kind, as they are printed. */
static const char *immediates(wfx_op op) {
  switch (wfx_op_imm(op)) {
  case WFX_IMM_NONE: case WFX_IMM_FENCE: return "";
  case WFX_IMM_BLOCK: return " $l (type $ft) (param i32) (result i64)";
  case WFX_IMM_LABEL: return " 0";
  case WFX_IMM_BR_TABLE: return " 0 1 0 2";
  case WFX_IMM_FUNC: return " $f";
  case WFX_IMM_CALL_INDIRECT: return " $t1 (type $ft)";
  case WFX_IMM_TYPE: return " $s";
  case WFX_IMM_LOCAL: return " $x";
  case WFX_IMM_GLOBAL: return " $g";
  case WFX_IMM_TABLE: return " $t1";
  case WFX_IMM_TABLE_TABLE: return " $t1 $t0";
  case WFX_IMM_ELEM_TABLE: return " $t1 $e";
  case WFX_IMM_ELEM: return " $e";
  case WFX_IMM_MEMORY: return " $m1";
  case WFX_IMM_MEMORY_MEMORY: return " $m1 $m0";
  case WFX_IMM_DATA_MEMORY: return " $m1 $d";
  case WFX_IMM_DATA: return " $d";
  case WFX_IMM_MEMARG: return " $m1 offset=4294967296 align=32";
  case WFX_IMM_MEMARG_LANE: return " $m1 offset=7 align=32 5";
  case WFX_IMM_LANE: return " 255";
  case WFX_IMM_SHUFFLE: return " 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 31";
  case WFX_IMM_V128: return " i32x4 0x00000001 0x00000000 0x89abcdef 0xffffffff";
  case WFX_IMM_I32: return " -7";
  case WFX_IMM_I64: return " -9223372036854775808";
  case WFX_IMM_F32: return " nan:0x1";
  case WFX_IMM_F64: return " 1.5";
  case WFX_IMM_HEAP: return " $s";
  case WFX_IMM_CAST:
    return op == WFX_OP_ref_test || op == WFX_OP_ref_cast ? " (ref i31)" : " (ref null $s)";
  case WFX_IMM_BR_ON_CAST: return " 0 anyref (ref $s)";
  case WFX_IMM_TYPES: return " (result i32 (ref null $s))";
  case WFX_IMM_TYPE_FIELD: return " $s $y";
  case WFX_IMM_TYPE_N: return " $s 9";
  case WFX_IMM_TYPE_DATA: return " $s $d";
  case WFX_IMM_TYPE_ELEM: return " $s $e";
  case WFX_IMM_TYPE_TYPE: return " $ct $ft";
  case WFX_IMM_TAG: return " $tag";
  case WFX_IMM_TRY_TABLE:
    return " $l (result i32) (catch $tag 0) (catch_ref $tag 1) (catch_all 0) (catch_all_ref 0)";
  case WFX_IMM_RESUME: return " $ct (on $tag 0) (on $tag switch) (on_ref $tt 1)";
  case WFX_IMM_RESUME_THROW: return " $ct $tag (on $tag 0)";
  case WFX_IMM_TYPE_TAG: return " $ct $tag";
  }
  return NULL;
}

/* Whether an instruction cannot stand alone in a body. */
static bool is_delimiter(wfx_op op) { return op == WFX_OP_else || op == WFX_OP_end; }

static void every_instruction(void **state) {
  static const char begin[] =
      "(type $ft (func (param i32) (result i64))) (type $ct (cont $ft)) (type $tt (tag $ft))"
      "(type $s (struct (field $x i32) (field $y i32))) (tag $tag) (memory $m0 1) (memory "
      "$m1 1)"
      "(table $t0 1 funcref) (table $t1 1 funcref) (global $g i32 (i32.const 0)) (elem $e func)"
      "(data $d) (func $f (param $x i32) (result i64) ";
  for (int i = 0; i < WFX_OP_COUNT; i++) {
    wfx_op op = (wfx_op)i;
    char inst[256], text[1024];
    if (is_delimiter(op)) continue;
    snprintf(inst, sizeof inst, "%s%s", wfx_op_text(op), immediates(op));
    bool is_block = wfx_op_imm(op) == WFX_IMM_BLOCK || wfx_op_imm(op) == WFX_IMM_TRY_TABLE;
    snprintf(text, sizeof text, "%s%s%s)", begin, inst, is_block ? " end" : "");
    wfx_module *m = text_parse(text_ctx(state), text);
    assert_int_equal(text_code(m, 0)->insts.data[0].op, op);
    char *s = text_print(text_ctx(state), m, 0);
    char line[300];
    snprintf(line, sizeof line, "\n    %s\n", inst);
    if (!strstr(s, line)) fail_msg("%s is not in %s", inst, s);
    free(s);
    check_round(state, m);
    wfx_module_free(m);
  }
}

/* ---- Modules from elsewhere -------------------------------------------------------------- */

static void imports_come_first(void **state) {
  wfx_module *m = wfx_module_new(text_ctx(state));
  wfx_type_id t = wfx_type_func(m, NULL, 0, NULL, 0);
  wfx_func_id f = wfx_module_add_func(m, "f", t);
  wfx_import_func(m, "env", "g", t);
  wfx_export_func(m, "x", f);
  struct body *b;
  assert_true(wfx__module_new_body(m, f.i, &b));
  struct inst code[] = {{.op = WFX_OP_call, .imm = 0}, {.op = WFX_OP_call, .imm = 1},
                        {.op = WFX_OP_ref_func, .imm = 1}, {.op = WFX_OP_ref_func, .imm = 0},
                        {.op = WFX_OP_end}};
  for (size_t i = 0; i < 5; i++) assert_true(wfx__code_push(&b->errs, &b->code, code[i]));
  b->is_finished = true;
  m->funcs.data[1].decl.name = (wfx_str){NULL, 0};
  char *s = text_print(text_ctx(state), m, 0);
  assert_string_equal(s, "(module\n"
                         "  (type (func))\n"
                         "  (import \"env\" \"g\" (func))\n"
                         "  (export \"x\" (func $f))\n"
                         "  (elem declare func 0)\n"
                         "  (func $f\n"
                         "    call $f\n"
                         "    call 0\n"
                         "    ref.func 0\n"
                         "    ref.func $f\n"
                         "  )\n"
                         ")\n");
  free(s);
  wfx_module_free(m);
}

/* Code that no text gives. */
static void wrong_modules_are_printed(void **state) {
  wfx_ctx *ctx = text_ctx(state);
  wfx_module *m = wfx_module_new(ctx);
  wfx_type_id t = wfx_type_func(m, NULL, 0, NULL, 0);
  wfx_group_id g = wfx_group_begin(m);
  wfx_type_declare(m, g, "open");
  wfx_module_add_func(m, "\xff", t);
  wfx_module_add_func(m, "", (wfx_type_id){77});
  wfx_module_add_tag(m, "a", (wfx_type_id){77});
  static const uint16_t ops[] = {WFX_OP_end, WFX_OP_else, WFX_OP_end, WFX_OP_if, WFX_OP_block,
                                 WFX_OP_else, WFX_OP_br, WFX_OP_call, WFX_OP_local_get,
                                 WFX_OP_struct_get, WFX_OP_array_new_fixed,
                                 WFX_OP_call_indirect,
                                 WFX_OP_cont_bind, WFX_OP_struct_new, WFX_OP_ref_null,
                                 WFX_OP_i32_load, WFX_OP_else, WFX_OP_i32_add};
  struct body *b;
  assert_true(wfx__module_new_body(m, 0, &b));
  for (size_t i = 0; i < sizeof ops / sizeof *ops; i++) {
    struct inst in = {.op = ops[i], .imm = imm_pair(99, 99)};
    assert_true(wfx__code_push(&b->errs, &b->code, in));
  }
  struct export ex = {{"x", 1}, WFX_EXTERN_GLOBAL, 5, loc_none()};
  assert_true(vec_push(&m->errs, &m->exports, ex));
  m->start = 99;
  for (uint32_t flags = 0; flags < 4; flags++) free(text_print(ctx, m, flags));
  wfx_bytes out;
  assert_int_equal(wfx_func_print(m, (wfx_func_id){1}, 0, &out), WFX_OK);
  wfx_bytes_free(ctx, &out);
  wfx_module_free(m);
}

static void deep_trees_are_cut(void **state) {
  enum { DEPTH = TEXT_MANY(3000) };
  char *text = malloc(DEPTH * 40 + 100), *at = text;
  at += sprintf(at, "(func (drop ");
  for (int i = 0; i < DEPTH; i++) at += sprintf(at, "(i32.eqz ");
  at += sprintf(at, "(i32.const 0)");
  for (int i = 0; i < DEPTH + 1; i++) *at++ = ')';
  for (int i = 0; i < DEPTH; i++) at += sprintf(at, "(block ");
  for (int i = 0; i < DEPTH + 1; i++) *at++ = ')';
  *at = '\0';
  wfx_module *m = text_parse(text_ctx(state), text);
  check_round(state, m);
  wfx_module_free(m);
  free(text);
}

/* Through text and back: around the names, where compilers put custom sections, and elsewhere. */
static void custom_sections_keep_their_places(void **state) {
  static const char *const texts[] = {
      "(module $m (func) (@custom \"t\" (before type) \"0\") (@custom \"a\" (after code) \"1\")"
      "  (@custom \"z\" \"2\") (@custom \"y\" (after last)))",
      "(module $m (func) (memory 1) (data \"\") (@custom \"a\" (after data) \"1\")"
      "  (@custom \"b\" (after code)) (@custom \"z\" \"2\") (@custom \"c\" (after data) \"3\"))",
      "(module $m (@custom \"z\" \"2\"))",
  };
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    wfx_bytes bytes, again;
    wfx_module *m = text_parse(text_ctx(state), texts[i]);
    assert_int_equal(wfx_module_encode(m, 0, &bytes), WFX_OK);
    wfx_module_free(m);
    m = wfx_module_new(text_ctx(state));
    assert_int_equal(wfx_module_decode(m, bytes.data, bytes.n), WFX_OK);
    char *s = text_print(text_ctx(state), m, 0);
    wfx_module_free(m);
    m = text_parse(text_ctx(state), s);
    assert_int_equal(wfx_module_encode(m, 0, &again), WFX_OK);
    assert_int_equal(again.n, bytes.n);
    assert_memory_equal(again.data, bytes.data, bytes.n);
    wfx_bytes_free(text_ctx(state), &bytes);
    wfx_bytes_free(text_ctx(state), &again);
    wfx_module_free(m);
    free(s);
  }
}

static wfx_status print_task(wfx_ctx *ctx) {
  wfx_module *m = wfx_module_new(ctx);
  if (!m) return WFX_NOMEM;
  static const char text[] =
      "(module $m (type $s (struct (field $x i32) (field $\"y z\" i32)))"
      "(func $f (@name \"f\") (param $p i32) (local $q i32) (block $b (br $b)"
      "  (drop (i32.add (local.get $p) (local.get $q))) (if (i32.const 1) (then (br $b)))))"
      "(func $g (@name \"f\")) (global i32 (i32.const 1)) (data \"abc\"))";
  wfx_status status = wfx_module_parse(m, text, sizeof text - 1, NULL);
  for (uint32_t flags = 0; status == WFX_OK && flags < 2; flags++) {
    wfx_bytes out;
    status = wfx_module_print(m, flags, &out);
    assert_true(status == WFX_OK || (out.data == NULL && out.n == 0));
    wfx_bytes_free(ctx, &out);
  }
  wfx_module_free(m);
  return status;
}

static void memory_runs_out(void **state) {
  (void)state;
  unit_sweep(print_task);
}

int main(void) {
#define TEST(f) cmocka_unit_test_setup_teardown(f, text_setup, text_teardown)
  const struct CMUnitTest tests[] = {
      TEST(a_scheduler_reads_well), TEST(fields), TEST(types),
      TEST(signatures_are_left_out_where_they_can), TEST(names_become_ids),
      TEST(bidi_controls_are_escaped),
      TEST(numbers_come_back), TEST(everything_comes_back), TEST(every_instruction),
      TEST(imports_come_first), TEST(wrong_modules_are_printed), TEST(deep_trees_are_cut),
      TEST(custom_sections_keep_their_places),
      TEST(memory_runs_out),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
