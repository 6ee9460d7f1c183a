/* test_parse.c: what the parser makes of a text, its errors and their places, hostile texts. */
#include "text_unit.h"

/* ---- What is made ------------------------------------------------------------------------ */

static void handles_equal_indices(void **state) {
  wfx_module *m = text_parse(text_ctx(state),
                             "(module $m"
                             "  (func $a (call $b) (call 7) (ref.func $c) (drop))"
                             "  (memory $mem (data \"x\"))"
                             "  (data $d \"y\") (table $t funcref (elem $a)) (elem $e func $b)"
                             "  (func $b (export \"b\") (data.drop $d) (elem.drop $e))"
                             "  (func $c))");
  assert_string_equal(m->name.data, "m");
  assert_int_equal(m->funcs.n, 3);
  const struct code *a = text_code(m, 0), *b = text_code(m, 1);
  assert_int_equal(a->insts.data[0].imm, 1);
  assert_int_equal(a->insts.data[1].imm, 7);
  assert_int_equal(a->insts.data[2].imm, 2);
  assert_int_equal(b->insts.data[0].imm, 1);
  assert_int_equal(b->insts.data[1].imm, 1);
  assert_int_equal(m->datas.data[0].mode, SEGMENT_ACTIVE);
  assert_int_equal(m->datas.data[1].mode, SEGMENT_PASSIVE);
  assert_int_equal(m->tables.data[0].limits.max, 1);
  assert_int_equal(m->mems.data[0].limits.min, 1);
  assert_string_equal(m->funcs.data[1].decl.name.data, "b");
  assert_int_equal(m->exports.data[0].id, 1);
  wfx_module_free(m);
}

static void implicit_types_come_last(void **state) {
  wfx_module *m = text_parse(text_ctx(state),
                             "(func (param i64) (block (param i32) (result f32)))"
                             "(func (param i32))"
                             "(type $t (func (param i32)))"
                             "(func (result i64) (block (result i64)))"
                             "(rec (type $r (func (param i64))))");
  assert_int_equal(m->types.types.n, 4);
  assert_int_equal(m->funcs.data[0].type, 1); /* a rec of one type is as good as none */
  assert_int_equal(m->funcs.data[1].type, 0);
  assert_int_equal(m->funcs.data[2].type, 3);
  assert_int_equal(imm_hi(&text_code(m, 0)->insts.data[0]), 3);
  assert_int_equal(imm_lo(&text_code(m, 2)->insts.data[0]), WFX_I64);
  wfx_module_free(m);
}

static void block_types_are_short(void **state) {
  wfx_module *m = text_parse(text_ctx(state),
                             "(type $v (func)) (func"
                             "  block end  block (param) (result) end  block (result f64) end"
                             "  block (type $v) end  block (type $v) (param) end)");
  static const uint64_t blocks[] = {0, 0, WFX_F64, (uint64_t)1 << 32, (uint64_t)1 << 32};
  for (size_t i = 0; i < 5; i++)
    assert_int_equal(text_code(m, 0)->insts.data[2 * i].imm, blocks[i]);
  wfx_module_free(m);
}

static void labels_become_depths(void **state) {
  wfx_module *m = text_parse(text_ctx(state),
                             "(func block $a (block $b (loop $a (br $a) (br $b) (br 2) (br 9))"
                             "  (br $a)) br $a end $a"
                             "  (try_table $t (catch_all 0) (br $t))"
                             "  i32.const 0 if $x br $x else $x br 0 end $x)");
  static const uint32_t depths[] = {0, 1, 2, 9, 1, 0, 0, 0, 0};
  const struct code *c = text_code(m, 0);
  size_t n = 0;
  for (size_t i = 0; i < c->insts.n; i++)
    if (c->insts.data[i].op == WFX_OP_br) assert_int_equal(c->insts.data[i].imm, depths[n++]);
  assert_int_equal(n, 9);
  const vec_names *names = &wfx__module_body(m, 0)->label_names;
  static const char *const texts[] = {"a", "b", "a", "t", "x"};
  assert_int_equal(names->n, 5);
  for (uint32_t i = 0; i < 5; i++) {
    assert_int_equal(names->data[i].index, i);
    assert_string_equal(names->data[i].name.data, texts[i]);
  }
  wfx_module_free(m);
}

static void check_ops(wfx_module *m, uint32_t func, const wfx_op *ops, size_t n) {
  const struct code *c = text_code(m, func);
  assert_int_equal(c->insts.n, n);
  for (size_t i = 0; i < n; i++) assert_int_equal(c->insts.data[i].op, ops[i]);
}

static void folded_forms_unfold(void **state) {
  wfx_module *m = text_parse(text_ctx(state),
                             "(func (result i32)"
                             "  (if (result i32) (i32.eqz (i32.const 1))"
                             "    (then (nop) i32.const 2) (else (i32.add (i32.const 3)"
                             "      (block (result i32) (i32.const 4)))))"
                             "  (if (i32.const 0) (then)))");
  static const wfx_op ops[] = {
      WFX_OP_i32_const, WFX_OP_i32_eqz, WFX_OP_if, WFX_OP_nop, WFX_OP_i32_const, WFX_OP_else,
      WFX_OP_i32_const, WFX_OP_block, WFX_OP_i32_const, WFX_OP_end, WFX_OP_i32_add, WFX_OP_end,
      WFX_OP_i32_const, WFX_OP_if, WFX_OP_end, WFX_OP_end};
  check_ops(m, 0, ops, sizeof ops / sizeof *ops);
  wfx_module_free(m);
}

static void names_are_kept(void **state) {
  wfx_module *m = text_parse(text_ctx(state),
                             "(type $p (struct (field $x i32) (field i64 (mut i8)) (field "
                             "$y f32)))"
                             "(func $f (@name \"a b\") (param $a i32) (param i32) (local i32)"
                             "  (local $z i32) (local $\"q\\\"\" i64)"
                             "  (drop (struct.get $p $y (struct.new $p)))"
                             "  (local.set $z (local.get $a)) (drop (local.get $\"q\\22\")))");
  const struct type *p = type_at(&m->types, 0);
  assert_string_equal(p->name.data, "p");
  assert_string_equal(p->field_names[0].data, "x");
  assert_null(p->field_names[1].data);
  assert_string_equal(p->field_names[3].data, "y");
  assert_int_equal(imm_hi(&text_code(m, 0)->insts.data[1]), 3);
  assert_string_equal(m->funcs.data[0].decl.name.data, "a b");
  const vec_names *names = &wfx__module_body(m, 0)->local_names;
  assert_int_equal(names->n, 3);
  assert_int_equal(names->data[1].index, 3);
  assert_string_equal(names->data[2].name.data, "q\"");
  assert_int_equal(wfx__module_body(m, 0)->runs.n, 2);
  wfx_module_free(m);
}

static void instructions_have_places(void **state) {
  wfx_module *m = text_parse(text_ctx(state), "(func\n  (drop\n    (i32.const 1))\n  nop)");
  struct body *b = wfx__module_body(m, 0);
  static const uint32_t places[][2] = {{3, 6}, {2, 4}, {4, 3}, {4, 6}};
  assert_int_equal(b->code.insts.n, 4);
  for (size_t i = 0; i < 4; i++) {
    wfx_loc loc = wfx__module_pos(m, b, b->code.insts.data[i].pos);
    assert_string_equal(loc.file, "test.wat");
    assert_int_equal(loc.line, places[i][0]);
    assert_int_equal(loc.column, places[i][1]);
  }
  wfx_module_free(m);
}

static void stack_switching(void **state) {
  wfx_module *m = text_parse(
      text_ctx(state),
      "(type $ft (func)) (type $ct (cont $ft)) (type $h (handler i32 i64)) (type $tt (tag $ft))"
      "(tag $e) (tag $x (param i32))"
      "(func (param $k (ref null $ct)) (param contref nullcontref (ref null handler) (ref tag))"
      "  block $l (result (ref $ct))"
      "    (resume $ct (on $e $l) (on $x switch) (on_ref $tt $l) (local.get $k))"
      "    (resume_throw $ct $x (on $e 0)) (resume_throw_ref $ct) (switch $ct $e)"
      "    (cont.bind $ct $ct) (suspend_to $h $e) (barrier $b (br $b)) unreachable"
      "  end drop)");
  assert_int_equal(type_at(&m->types, 1)->kind, WFX_TYPE_CONT);
  assert_int_equal(type_at(&m->types, 1)->target, 0);
  assert_int_equal(type_at(&m->types, 2)->n_results, 2);
  assert_int_equal(type_at(&m->types, 3)->kind, WFX_TYPE_TAG);
  const struct code *c = text_code(m, 0);
  struct imm_clauses r = imm_clauses(c, &c->insts.data[2]);
  static const uint32_t clauses[] = {CLAUSE_ON, 0, 0, CLAUSE_SWITCH, 1, 0, CLAUSE_ON_REF, 3, 0};
  assert_int_equal(r.type, 1);
  assert_int_equal(r.tag, WFX_NO_ID);
  assert_int_equal(r.n, 3);
  assert_memory_equal(r.clauses, clauses, sizeof clauses);
  assert_int_equal(imm_clauses(c, &c->insts.data[3]).tag, 1);
  assert_int_equal(c->insts.data[8].op, WFX_OP_barrier);
  wfx_module_free(m);
}

static void custom_sections(void **state) {
  wfx_module *m = text_parse(text_ctx(state),
                             "(module (@custom \"z\" \"end\") (memory 1)"
                             "  (@custom \"a\" (after code) \"1\" \"2\")"
                             "  (@custom \"b\" (before first)) (@custom \"c\" (before code)))");
  assert_int_equal(m->customs.n, 4);
  static const char *const names[] = {"b", "c", "a", "z"};
  static const uint32_t after[] = {0, 11, 12, WFX_NO_ID};
  for (size_t i = 0; i < 4; i++) {
    assert_string_equal(m->customs.data[i].name.data, names[i]);
    assert_int_equal(m->customs.data[i].after, after[i]);
  }
  assert_memory_equal(m->customs.data[2].bytes, "12", 2);
  wfx_module_free(m);
}

static void memory_arguments(void **state) {
  wfx_module *m = text_parse(text_ctx(state),
                             "(memory 1) (memory $m i64 1) (func"
                             "  i32.load i32.load offset=3 align=1 i64.load $m "
                             "offset=0x1_0000_0000"
                             "  v128.load8_lane 3 v128.load8_lane 1 3 v128.load16_lane $m "
                             "align=1 7"
                             "  memory.copy memory.copy 1 0 memory.init 0 memory.init $m 0)"
                             "(data)");
  const struct code *c = text_code(m, 0);
  static const struct imm_memarg args[] = {{0, 0, 2, 0},          {3, 0, 0, 0},
                                           {0x100000000, 1, 3, 0}, {0, 0, 0, 3},
                                           {0, 1, 0, 3},          {0, 1, 0, 7}};
  for (size_t i = 0; i < 6; i++) {
    struct imm_memarg found = imm_memarg(c, &c->insts.data[i]);
    assert_int_equal(found.offset, args[i].offset);
    assert_int_equal(found.mem, args[i].mem);
    assert_int_equal(found.align, args[i].align);
    assert_int_equal(found.lane, args[i].lane);
  }
  assert_int_equal(c->insts.data[6].imm, 0);
  assert_int_equal(c->insts.data[7].imm, 1);
  assert_int_equal(c->insts.data[8].imm, 0);
  assert_int_equal(c->insts.data[9].imm, 1);
  wfx_module_free(m);
}

/* (module binary ...) is the module that its bytes are. */
static void binary_modules(void **state) {
  static const char text[] = "(module $id binary \"\\00asm\" \"\\01\\00\\00\\00\""
                             " \"\\01\\04\\01\\60\\00\\00\\03\\02\\01\\00\\0a\\04\\01\\02\\00\\0b\")";
  wfx_module *m = text_parse(text_ctx(state), text);
  assert_int_equal(m->funcs.n, 1);
  assert_null(m->name.data);
  assert_int_equal(text_code(m, 0)->insts.n, 1);
  wfx_module_free(m);
}

/* ---- Errors ------------------------------------------------------------------------------ */

/* A second text does not go on where the first one ended. */
static void one_text_a_module(void **state) {
  wfx_module *m = text_parse(text_ctx(state), "(type (func (param i32))) (func (type 0))");
  static const char text[] = "(module (type (func)) (func (type 0)))";
  assert_int_equal(wfx_module_parse(m, text, strlen(text), NULL), WFX_MISUSE);
  assert_string_equal(wfx_module_diag(m, 0)->message, "parsing into a module that is not empty");
  assert_int_equal(m->funcs.n, 1);
  wfx_module_free(m);
  /* A name that the client gave stays where the text has none. */
  m = wfx_module_new(text_ctx(state));
  wfx_module_set_name(m, "given");
  assert_int_equal(wfx_module_parse(m, text, strlen(text), NULL), WFX_OK);
  assert_string_equal(m->name.data, "given");
  wfx_module_free(m);
}

struct bad_text {
  const char *text, *message; /* how the message begins */
  uint32_t line, column;      /* 0: no place in the text */
  wfx_status status;
};

static const struct bad_text bad_texts[] = {
    {"(module", "unexpected token", 1, 8, WFX_MALFORMED},
    {"(module))", "unexpected token )", 1, 9, WFX_MALFORMED},
    {"(module) (func)", "unexpected token (", 1, 10, WFX_MALFORMED},
    {"(funk)", "unknown operator funk", 1, 2, WFX_MALFORMED},
    {"(func) func", "unexpected token func", 1, 8, WFX_MALFORMED},
    {"(func\n  foo)", "unknown operator foo", 2, 3, WFX_MALFORMED},
    {"(func i32)", "unexpected token i32", 1, 7, WFX_MALFORMED},
    {"(func (end))", "unexpected token end", 1, 8, WFX_MALFORMED},
    {"(func end)", "unexpected token end", 1, 7, WFX_MALFORMED},
    {"(func block else end)", "unexpected token else", 1, 13, WFX_MALFORMED},
    {"(func block)", "unexpected token )", 1, 12, WFX_MALFORMED},
    {"(func (if (i32.const 0)))", "unexpected token )", 1, 24, WFX_MALFORMED},
    {"(func (if (then) (else) (nop)))", "unexpected token nop", 1, 26, WFX_MALFORMED},
    {"(func (i32.eqz nop))", "unexpected token nop", 1, 16, WFX_MALFORMED},
    {"(func (call $f))", "unknown function $f", 1, 13, WFX_MALFORMED},
    {"(func (call 1x))", "unknown operator 1x", 1, 13, WFX_MALFORMED},
    {"(func (local.get $x))", "unknown local $x", 1, 18, WFX_MALFORMED},
    {"(func br $l)", "unknown label $l", 1, 10, WFX_MALFORMED},
    {"(func block $a end $b)", "mismatching label $b", 1, 20, WFX_MALFORMED},
    {"(func block end $b)", "mismatching label $b", 1, 17, WFX_MALFORMED},
    {"(func (param (ref $t)))", "unknown type $t", 1, 19, WFX_MALFORMED},
    {"(func $f)\n(func $f)", "duplicate func $f", 2, 7, WFX_MALFORMED},
    {"(func (param $x i32) (local $x i32))", "duplicate local $x", 1, 29, WFX_MALFORMED},
    {"(type (struct (field $x i32) (field $x i32)))", "duplicate field $x", 1, 37,
     WFX_MALFORMED},
    {"(type $s (struct)) (func (struct.get $s $x))", "unknown field $x", 1, 41, WFX_MALFORMED},
    {"(func) (import \"a\" \"b\" (func))", "import after function", 1, 8, WFX_MALFORMED},
    {"(tag) (memory (import \"a\" \"b\") 1)", "import after tag", 1, 7, WFX_MALFORMED},
    {"(type $t (func)) (func (type $t) (param i32))", "inline function type", 1, 30,
     WFX_MALFORMED},
    {"(func (type 2) (param i32))", "unknown type", 1, 13, WFX_MALFORMED},
    {"(type (func (result i32) (param i32)))", "unexpected token param", 1, 27, WFX_MALFORMED},
    {"(func (block (param $x i32)))", "unexpected token $x", 1, 21, WFX_MALFORMED},
    {"(func (i32.const 0x1_0000_0000))", "constant out of range", 1, 18, WFX_MALFORMED},
    {"(func (i32.const 1.0))", "unexpected token 1.0", 1, 18, WFX_MALFORMED},
    {"(func (f32.const 1e99))", "constant out of range", 1, 18, WFX_MALFORMED},
    {"(func (f64.const nan:0x0))", "constant out of range", 1, 18, WFX_MALFORMED},
    {"(memory 0x1_0000_0000_0000_0000)", "i64 constant out of range", 1, 9, WFX_MALFORMED},
    {"(func (i32.load align=3))", "alignment must be a power of two", 1, 17, WFX_MALFORMED},
    {"(func (i32.load align=1 offset=1))", "unexpected token offset=1", 1, 25, WFX_MALFORMED},
    {"(func (i8x16.extract_lane_s 256))", "malformed lane index", 1, 29, WFX_MALFORMED},
    {"(func (v128.const i32x4 1 2 3))", "wrong number of lane literals", 1, 30, WFX_MALFORMED},
    {"(func (v128.const i32x4 1 2 3 4 5))", "wrong number of lane literals", 1, 33,
     WFX_MALFORMED},
    {"(func (i8x16.shuffle 1 2))", "invalid lane length", 1, 25, WFX_MALFORMED},
    {"(start 0) (start 0)", "multiple start sections", 1, 11, WFX_MALFORMED},
    {"(func (export \"\\ff\"))", "malformed UTF-8 encoding", 1, 15, WFX_MALFORMED},
    {"(elem (i32.const 0) (table 0) func)", "unexpected token (", 1, 21, WFX_MALFORMED},
    {"(elem $f)", "unexpected token )", 1, 9, WFX_MALFORMED},
    {"(table funcref)", "unexpected token )", 1, 15, WFX_MALFORMED},
    {"(global i32 (i32.const 0)\n(func", "unexpected token func", 2, 2, WFX_MALFORMED},
    {"(func \"a\" \x01", "unexpected token \"a\"", 1, 7, WFX_MALFORMED},
    {"(func) \"", "unclosed string", 1, 9, WFX_MALFORMED},
    {"(@custom 3)", "@custom annotation: missing section name", 1, 10, WFX_MALFORMED},
    {"(@custom \"a\" (before last))", "@custom annotation: malformed section kind", 1, 22, WFX_MALFORMED},
    {"(func $f (@name))", "@name annotation: unexpected token", 1, 10, WFX_MALFORMED},
    {" (@custom \"x\" \"y\") (module)", "misplaced @custom annotation", 1, 2, WFX_MALFORMED},
    {"(module) (@custom \"x\" \"y\")", "misplaced @custom annotation", 1, 10, WFX_MALFORMED},
    {"((@custom \"x\") module)", "misplaced @custom annotation", 1, 2, WFX_MALFORMED},
    {"(module\n (@custom \"x\") $m)", "misplaced @custom annotation", 2, 2, WFX_MALFORMED},
    {"(module (func))\n(@metadata.code.branch_hint \"\\00\")",
     "@metadata.code.branch_hint annotation: not in a function", 2, 1, WFX_MALFORMED},
    {"(@name \"x\") (func)", "misplaced @name annotation", 1, 1, WFX_MALFORMED},
    {"(@name \"x\") (module)", "misplaced @name annotation", 1, 1, WFX_MALFORMED},
    {"(module) (@name \"x\") (func)", "misplaced @name annotation", 1, 10, WFX_MALFORMED},
    {"(module binary \"\\00asm\\01\\00\\00\\00\" x)", "unknown operator x", 1, 37, WFX_MALFORMED},
    {"(module binary \"\\00asm\\01\\00\\00\\00\") x", "unknown operator x", 1, 38, WFX_MALFORMED},
    {"(module binary)", "unexpected end", 0, 0, WFX_MALFORMED},
    {"(module binary (@custom \"x\") \"\")", "misplaced @custom annotation", 1, 16, WFX_MALFORMED},
    {"(func $f\n (nop (@name \"x\")))", "misplaced @name annotation", 2, 7, WFX_MALFORMED},
    {"(func (drop (i32.const 0))\n (@metadata.code.branch_hint \"\\01\") nop)",
     "@metadata.code.branch_hint annotation: invalid target", 2, 2, WFX_INVALID},
    {"(func (ref.null 4294967295))", "unknown type", 1, 17, WFX_INVALID},
};

static void errors_and_their_places(void **state) {
  for (size_t i = 0; i < sizeof bad_texts / sizeof *bad_texts; i++) {
    const struct bad_text *b = &bad_texts[i];
    wfx_status status;
    wfx_module *m = text_parse_n(text_ctx(state), b->text, strlen(b->text), &status);
    const wfx_diag *d = wfx_module_diag(m, 0);
    assert_non_null(d);
    if (status != b->status || strncmp(d->message, b->message, strlen(b->message)) != 0 ||
        d->loc.line != b->line || d->loc.column != b->column)
      fail_msg("%s: %s at %u:%u", b->text, d->message, d->loc.line, d->loc.column);
    if (b->line != 0) assert_string_equal(d->loc.file, "test.wat");
    wfx_module_free(m);
  }
}

static void features_that_are_off(void **state) {
  static const char *const texts[] = {
      "(func tag.new 0)", "(type (handler))", "(type (tag 0))", "(memory 1 1 shared)",
      "(func (param (ref null notag)))", "(func (i32.atomic.load (i32.const 0)))",
      "(type (func)) (type (cont 0)) (func (resume 1 (on_ref 0 0)))",
  };
  (void)state;
  struct unit_alloc a = {.fail_at = UINT64_MAX};
  wfx_ctx *ctx = unit_ctx(&a, 0);
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    wfx_status status;
    wfx_module_free(text_parse_n(ctx, texts[i], strlen(texts[i]), &status));
    assert_int_equal(status, WFX_UNSUPPORTED);
  }
  wfx_ctx_free(ctx);
}

/* ---- Hostile texts ----------------------------------------------------------------------- */

/* text n times, between begin and end; freed with free. */
static char *repeat(const char *begin, const char *text, size_t n, const char *end) {
  size_t n_text = strlen(text), n_begin = strlen(begin);
  char *s = malloc(n_begin + n * n_text + strlen(end) + 1);
  strcpy(s, begin);
  for (size_t i = 0; i < n; i++) memcpy(s + n_begin + i * n_text, text, n_text);
  strcpy(s + n_begin + n * n_text, end);
  return s;
}

static void nesting_is_limited(void **state) {
  (void)state;
  static const char *const forms[] = {"(block ", "block ", "(i32.eqz ", "(if ",
                                      "(if (then "};
  struct unit_alloc a = {.fail_at = UINT64_MAX};
  wfx_options o = {.size = sizeof o, .alloc = unit_alloc_fn, .ud = &a};
  o.limits.nesting = 1000;
  wfx_ctx *ctx = wfx_ctx_new(&o);
  for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
    char *s = repeat("(func ", forms[i], 1001, "");
    wfx_status status;
    wfx_module *m = text_parse_n(ctx, s, strlen(s), &status);
    assert_int_equal(status, WFX_UNSUPPORTED);
    assert_non_null(strstr(wfx_module_diag(m, 0)->message, "nesting too deep"));
    wfx_module_free(m);
    free(s);
  }
  wfx_ctx_free(ctx);
}

static void large_and_unfinished(void **state) {
  static const struct {
    const char *begin, *text, *end;
    size_t n;
  } texts[] = {
      {"", "(", "", 100000},
      {"", ")", "", 100000},
      {"(@a ", "(", "", 100000},
      {"", "(; ", "", 100000},
      {"(func $", "x", ")", 200000},
      {"(func ", "x", ")", 100000},
      {"(func i32.const ", "1", ")", 100000},
      {"(func f64.const 0.", "3", ")", 5000},
      {"(import \"", "a", "\" \"\" (func))", 200000},
      {"(data \"", "\\u{1f600}", "\")", 20000},
      {"(rec ", "(type $t ", "", 20000},
      {"(func (local ", "i32 ", "))", 50001},
      {"(type (func (param ", "i32 ", ")))", 1001},
      {"(type (struct (field ", "i32 ", ")))", 10001},
      {"(func (br_table ", "0 ", "))", 50000},
      {"(func (resume 0 ", "(on 0 0) ", "))", 10001},
  };
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    char *s = repeat(texts[i].begin, texts[i].text, TEXT_MANY(texts[i].n), texts[i].end);
    wfx_status status;
    wfx_module_free(text_parse_n(text_ctx(state), s, strlen(s), &status));
    free(s);
  }
}

static uint32_t next_random(uint32_t *seed) {
  *seed ^= *seed << 13;
  *seed ^= *seed >> 17;
  return *seed ^= *seed << 5;
}

static void random_changes(void **state) {
  uint32_t seed = 2463534242u;
  static const char spice[] = "()\"$;@\\ 0x_-.=a";
  char text[sizeof text_sample + 64];
  wfx_module_free(text_parse(text_ctx(state), text_sample));
  for (int round = 0; round < TEXT_MANY(4000); round++) {
    size_t n = sizeof text_sample - 1;
    memcpy(text, text_sample, n);
    for (uint32_t k = next_random(&seed) % 3 + 1; k > 0; k--) {
      size_t at = next_random(&seed) % n, len = next_random(&seed) % 12;
      if (at + len > n) len = n - at;
      switch (next_random(&seed) % 4) {
      case 0: text[at] = spice[next_random(&seed) % (sizeof spice - 1)]; break;
      case 1: text[at] = (char)next_random(&seed); break;
      case 2:
        memmove(text + at, text + at + len, n - at - len);
        n -= len;
        break;
      case 3:
        if (n + len > sizeof text) break;
        memmove(text + at + len, text + at, n - at);
        n += len;
        break;
      }
    }
    wfx_status status;
    wfx_module *m = text_parse_n(text_ctx(state), text, n, &status);
    /* What half a module holds can be printed as well. */
    for (uint32_t flags = 0; flags < 4; flags++) free(text_print(text_ctx(state), m, flags));
    wfx_module_free(m);
  }
}

static void every_beginning(void **state) {
  for (size_t n = 0; n < sizeof text_sample - 2; n++) {
    wfx_status status;
    wfx_module_free(text_parse_n(text_ctx(state), text_sample, n, &status));
    if (n > 0) assert_int_equal(status, WFX_MALFORMED);
  }
}

static void random_bytes(void **state) {
  uint32_t seed = 88675123u;
  char text[200];
  for (int round = 0; round < TEXT_MANY(4000); round++) {
    size_t n = next_random(&seed) % sizeof text;
    for (size_t i = 0; i < n; i++)
      text[i] = (char)(round % 2 ? next_random(&seed) : next_random(&seed) % 96 + 32);
    wfx_status status;
    wfx_module_free(text_parse_n(text_ctx(state), text, n, &status));
  }
}

static wfx_status parse_task(wfx_ctx *ctx) {
  wfx_module *m = wfx_module_new(ctx);
  if (!m) return WFX_NOMEM;
  static const char text[] =
      "(module $m (type $ft (func (param i32) (result i64)))"
      "(type $s (sub (struct (field $x i32)))) (type $ct (cont $ft))"
      "(import \"m\" \"f\" (func $i (type $ft))) (tag $e (param i32)) (memory 1)"
      "(table $t funcref (elem $f)) (global i32 (i32.const 1)) (data (i32.const 0) \"a\")"
      "(@custom \"c\" \"x\") (@custom \"d\" (before first)) (export \"f\" (func $f))"
      "(func $f (@name \"g\") (param $p i32) (result i64) (local $l i32)"
      "  (block $b (br_table $b 0 (i32.const 0))) (drop (v128.const i64x2 1 2))"
      "  (try_table (catch_all 0)) (resume $ct (on $e 0)) unreachable))";
  wfx_status status = wfx_module_parse(m, text, sizeof text - 1, "f");
  wfx_module_free(m);
  return status;
}

static wfx_status malformed_task(wfx_ctx *ctx) {
  wfx_module *m = wfx_module_new(ctx);
  if (!m) return WFX_NOMEM;
  wfx_status status = wfx_module_parse(m, "(func \"", 7, "f");
  wfx_module_free(m);
  return status == WFX_MALFORMED ? WFX_OK : status;
}

static void memory_runs_out(void **state) {
  (void)state;
  unit_sweep(parse_task);
  unit_sweep(malformed_task);
}

int main(void) {
#define TEST(f) cmocka_unit_test_setup_teardown(f, text_setup, text_teardown)
  const struct CMUnitTest tests[] = {
      TEST(handles_equal_indices),   TEST(implicit_types_come_last),
      TEST(block_types_are_short),   TEST(labels_become_depths),
      TEST(folded_forms_unfold),     TEST(names_are_kept),
      TEST(instructions_have_places), TEST(stack_switching),
      TEST(custom_sections),         TEST(memory_arguments),
      TEST(errors_and_their_places), TEST(features_that_are_off),
      TEST(one_text_a_module),       TEST(binary_modules),
      TEST(nesting_is_limited),      TEST(large_and_unfinished),
      TEST(random_changes),          TEST(every_beginning),
      TEST(random_bytes),            TEST(memory_runs_out),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
