/* test_read.c: reading modules, rewriting bodies, copies. */
#include "unit/text_unit.h"
#include "unit/binary_unit.h"

#include <stdio.h>

#include "ir/name.h"

static wfx_module *decode(const wfx_ctx *ctx, const uint8_t *bytes, size_t n) {
  wfx_module *m = wfx_module_new(ctx);
  assert_non_null(m);
  assert_int_equal(wfx_module_decode(m, bytes, n), WFX_OK);
  return m;
}

static wfx_module *decode_sink(const wfx_ctx *ctx) {
  struct hex h = hex_module(sink_text);
  return decode(ctx, h.data, h.n);
}

static wfx_bytes encode(wfx_module *m, uint32_t flags) {
  wfx_bytes bytes;
  if (wfx_module_encode(m, flags, &bytes) != WFX_OK)
    fail_msg("%s", wfx_module_diag(m, 0)->message);
  return bytes;
}

static void assert_same_bytes(const wfx_ctx *ctx, wfx_bytes a, wfx_bytes b) {
  assert_int_equal(a.n, b.n);
  assert_memory_equal(a.data, b.data, a.n);
  wfx_bytes_free(ctx, &a);
  wfx_bytes_free(ctx, &b);
}

static void assert_str(wfx_str s, const char *want) {
  assert_non_null(s.data);
  assert_int_equal(s.n, strlen(want));
  assert_memory_equal(s.data, want, s.n);
}

/* ---- Declarations ------------------------------------------------------------------------ */

static const char decls_text[] =
    "(module $mod (type $f (sub (func (param i32) (result i64 f32))))\n"
    "(rec (type $s (struct (field $x i8) (field (mut (ref null $s))))))\n"
    "(type $a (array (mut f64)))"
    "(type $f2 (sub final $f (func (param i32) (result i64 f32))))\n"
    "(type $k (cont $f)) (type $h (handler i32)) (type $t (tag $f))\n"
    "(import \"m\" \"mem\" (memory $mem i64 1 2)) (import \"m\" \"i\" (func $i (type $f)))\n"
    "(table $tab 3 9 anyref (ref.null any)) (global $g (mut i32) (i32.const 7))\n"
    "(export \"e\" (global $g)) (export \"e2\" (memory $mem))\n"
    "(elem $passive func $i $v)"
    "(elem $exprs (table $tab) (i32.const 1) anyref (ref.null any))\n"
    "(data $d (memory $mem) (i64.const 5) \"abc\") (data \"x\") (start $v) (func $v))";

static void test_types(void **state) {
  wfx_module *m = text_parse(text_ctx(state), decls_text);
  wfx_type_info t;
  wfx_type_get(m, (wfx_type_id){0}, &t);
  assert_int_equal(t.kind, WFX_TYPE_FUNC);
  assert_false(t.is_final);
  assert_int_equal(t.super.i, WFX_NO_ID);
  assert_str(t.name, "f");
  assert_int_equal(t.n_params, 1);
  assert_int_equal(t.params[0], WFX_I32);
  assert_int_equal(t.n_results, 2);
  assert_int_equal(t.results[1], WFX_F32);
  assert_int_equal(t.n_fields, 0);
  assert_int_equal(t.target.i, WFX_NO_ID);
  wfx_type_get(m, (wfx_type_id){1}, &t);
  assert_int_equal(t.kind, WFX_TYPE_STRUCT);
  assert_int_equal(t.n_fields, 2);
  assert_int_equal(t.fields[0].type, WFX_I8);
  assert_true(t.fields[1].is_mutable);
  assert_int_equal(t.n_params, 0);
  assert_str(wfx_type_get_field_name(m, (wfx_type_id){1}, 0), "x");
  assert_null(wfx_type_get_field_name(m, (wfx_type_id){1}, 1).data);
  wfx_type_get(m, (wfx_type_id){2}, &t);
  assert_int_equal(t.kind, WFX_TYPE_ARRAY);
  assert_int_equal(t.n_fields, 1);
  assert_null(wfx_type_get_field_name(m, (wfx_type_id){2}, 0).data);
  wfx_type_get(m, (wfx_type_id){3}, &t);
  assert_true(t.is_final);
  assert_int_equal(t.super.i, 0);
  assert_int_equal(t.group.i, 3);
  wfx_type_get(m, (wfx_type_id){4}, &t);
  assert_int_equal(t.kind, WFX_TYPE_CONT);
  assert_int_equal(t.target.i, 0);
  wfx_type_get(m, (wfx_type_id){5}, &t);
  assert_int_equal(t.kind, WFX_TYPE_HANDLER);
  assert_int_equal(t.n_results, 1);
  assert_int_equal(t.n_params, 0);
  wfx_type_get(m, (wfx_type_id){6}, &t);
  assert_int_equal(t.kind, WFX_TYPE_TAG);
  wfx_module_free(m);
}

static void test_decls(void **state) {
  wfx_module *m = text_parse(text_ctx(state), decls_text);
  assert_str(wfx_module_get_name(m), "mod");
  assert_int_equal(wfx_module_decl_import(m, WFX_EXTERN_FUNC, 0), 1);
  assert_int_equal(wfx_module_decl_import(m, WFX_EXTERN_FUNC, 1), WFX_NO_ID);
  assert_int_equal(wfx_module_get_start(m).i, 1);
  wfx_table_info t;
  wfx_table_get(m, (wfx_table_id){0}, &t);
  assert_int_equal(t.type, WFX_ANYREF);
  assert_int_equal(t.limits.min, 3);
  assert_int_equal(t.limits.max, 9);
  assert_true(t.has_init);
  assert_int_equal(t.init.n, 1);
  wfx_size_limits l = wfx_mem_get_limits(m, (wfx_mem_id){0});
  assert_true(l.is_64 && l.has_max && l.max == 2);
  wfx_global_info g;
  wfx_global_get(m, (wfx_global_id){0}, &g);
  assert_true(g.is_mutable);
  wfx_reader *r = wfx_reader_open_const(m, g.init);
  wfx_inst in;
  assert_true(wfx_reader_next(r, &in));
  assert_int_equal(in.op, WFX_OP_i32_const);
  assert_int_equal(in.imm.i32, 7);
  assert_int_equal(in.index, 0);
  assert_int_equal(in.loc.line, 6);
  assert_false(wfx_reader_next(r, &in));
  assert_null(wfx_reader_diag(r));
  wfx_reader_close(r);
  wfx_str name;
  wfx_extern_kind kind;
  uint32_t id;
  assert_true(wfx_module_export(m, 1, &name, &kind, &id));
  assert_str(name, "e2");
  assert_int_equal(kind, WFX_EXTERN_MEM);
  assert_false(wfx_module_export(m, 2, &name, &kind, &id));
  uint64_t offset, n_bytes;
  assert_false(wfx_func_get_range(m, (wfx_func_id){1}, &offset, &n_bytes));
  assert_false(wfx_func_get_range(m, (wfx_func_id){0}, &offset, &n_bytes));
  wfx_module_free(m);
}

static void test_segments(void **state) {
  wfx_module *m = text_parse(text_ctx(state), decls_text);
  wfx_elem_info e;
  assert_true(wfx_elem_get(m, (wfx_elem_id){0}, &e));
  assert_int_equal(e.mode, WFX_SEGMENT_PASSIVE);
  assert_str(e.name, "passive");
  assert_false(e.has_exprs);
  assert_int_equal(e.n_items, 2);
  assert_int_equal(wfx_elem_get_func(m, (wfx_elem_id){0}, 1).i, 1);
  assert_true(wfx_elem_get(m, (wfx_elem_id){1}, &e));
  assert_int_equal(e.mode, WFX_SEGMENT_ACTIVE);
  assert_true(e.has_exprs);
  assert_int_equal(wfx_elem_get_expr(m, (wfx_elem_id){1}, 0).n, 1);
  assert_false(wfx_elem_get(m, (wfx_elem_id){2}, &e));
  wfx_data_info d;
  assert_true(wfx_data_get(m, (wfx_data_id){0}, &d));
  assert_int_equal(d.mode, WFX_SEGMENT_ACTIVE);
  assert_int_equal(d.n_bytes, 3);
  assert_memory_equal(d.bytes, "abc", 3);
  wfx_reader *r = wfx_reader_open_const(m, d.offset);
  wfx_inst in;
  assert_true(wfx_reader_next(r, &in));
  assert_true(in.imm.i64 == 5);
  wfx_reader_close(r);
  assert_true(wfx_data_get(m, (wfx_data_id){1}, &d));
  assert_int_equal(d.mode, WFX_SEGMENT_PASSIVE);
  assert_false(wfx_data_get(m, (wfx_data_id){2}, &d));
  wfx_module_free(m);
}

static void test_customs(void **state) {
  wfx_module *m = text_parse(text_ctx(state), "(@custom \"a\" \"1\") (@custom \"b\" \"22\")\n"
                                              "(func $f (param $p i32) (block $b))");
  wfx_str name;
  const uint8_t *bytes;
  size_t n;
  assert_true(wfx_module_custom(m, 1, &name, &bytes, &n));
  assert_str(name, "b");
  assert_int_equal(n, 2);
  wfx_module_drop_custom(m, 0);
  assert_true(wfx_module_custom(m, 0, &name, &bytes, &n));
  assert_str(name, "b");
  assert_false(wfx_module_custom(m, 1, &name, &bytes, &n));
  wfx_module_drop_names(m);
  char *text = text_print(text_ctx(state), m, 0);
  assert_null(strchr(text, '$'));
  free(text);
  wfx_module_free(m);
}

/* The customs around a name section keep their places. */
static void test_strip_binary(void **state) {
  const wfx_ctx *ctx = text_ctx(state);
  wfx_module *m = decode_sink(ctx);
  wfx_module_drop_names(m);
  wfx_bytes with = encode(m, 0), without = encode(m, WFX_ENCODE_NO_NAMES);
  assert_same_bytes(ctx, with, without);
  wfx_str name;
  const uint8_t *bytes;
  size_t n;
  while (wfx_module_custom(m, 0, &name, &bytes, &n)) wfx_module_drop_custom(m, 0);
  wfx_bytes none = encode(m, 0);
  wfx_module *again = decode(ctx, none.data, none.n);
  assert_false(wfx_module_custom(again, 0, &name, &bytes, &n));
  assert_int_equal(wfx_module_validate(again), WFX_OK);
  wfx_bytes_free(ctx, &none);
  wfx_module_free(again);
  wfx_module_free(m);
}

static void test_sections(void **state) {
  (void)state;
  struct hex h = hex_module(sink_text);
  wfx_section s;
  size_t at = 0, n = 0, end = 8;
  while (wfx_section_next(h.data, h.n, &at, &s)) {
    assert_true(s.offset == end && s.content > s.offset && s.content <= s.end && s.end == at);
    if (n++ == 0) {
      assert_int_equal(s.id, 0);
      assert_str(s.name, "first");
    }
    if (s.id == 10) assert_str(s.name, "code");
    end = s.end;
  }
  assert_int_equal(end, h.n);
  assert_int_equal(at, h.n);
  assert_true(n > 12);
  /* Cut short anywhere, it ends with a whole section. */
  for (size_t cut = 0; cut < h.n; cut++) {
    uint8_t *copy = malloc(cut + 1);
    memcpy(copy, h.data, cut);
    for (at = 0, end = 0; wfx_section_next(copy, cut, &at, &s);) end = s.end;
    assert_true(at <= cut && (at == end || at == 8));
    free(copy);
  }
  struct hex unknown = hex_module("7f[00]");
  at = 0;
  assert_true(wfx_section_next(unknown.data, unknown.n, &at, &s));
  assert_int_equal(s.name.n, 0);
}

/* ---- Operand types ----------------------------------------------------------------------- */

/* "mnemonic [operands] -> [results]", as many lines as there are instructions. */
static void describe(wfx_module *m, uint32_t func, char *out) {
  wfx_reader *r = wfx_reader_open(m, (wfx_func_id){func}, WFX_READ_TYPES);
  wfx_inst in;
  out[0] = '\0';
  while (wfx_reader_next(r, &in)) {
    struct text_buf t = {.n = 0};
    wfx__text_vals(&t, &m->types, in.operands, in.n_operands);
    wfx__text_str(&t, in.is_reachable ? " -> " : " >> ", 4);
    wfx__text_vals(&t, &m->types, in.results, in.n_results);
    sprintf(out + strlen(out), "%u/%u %s %s\n", in.depth, in.block.i, wfx_op_text(in.op),
            t.text);
  }
  if (wfx_reader_diag(r)) fail_msg("%s", wfx_reader_diag(r)->message);
  wfx_reader_close(r);
}

static void check_types(void **state, const char *text, const char *want) {
  static char got[10000];
  wfx_module *m = text_parse(text_ctx(state), text);
  if (wfx_module_validate(m) != WFX_OK) fail_msg("%s", wfx_module_diag(m, 0)->message);
  describe(m, 0, got);
  assert_string_equal(got, want);
  wfx_module_free(m);
}

static void test_operands(void **state) {
  check_types(state,
              "(func (param i32 i64) (result i32) (local f32)\n"
              "  local.get 0 i32.const 1 i32.add local.tee 0 drop\n"
              "  local.get 1 local.get 0 if (param i64) (result i32) drop i32.const 1\n"
              "  else i32.wrap_i64 end)",
              "0/0 local.get [] -> [i32]\n0/0 i32.const [] -> [i32]\n"
              "0/0 i32.add [i32 i32] -> [i32]\n0/0 local.tee [i32] -> [i32]\n"
              "0/0 drop [i32] -> []\n0/0 local.get [] -> [i64]\n0/0 local.get [] -> [i32]\n"
              "0/0 if [i64 i32] -> [i64]\n1/1 drop [i64] -> []\n1/1 i32.const [] -> [i32]\n"
              "0/1 else [i32] -> [i64]\n1/1 i32.wrap_i64 [i64] -> [i32]\n"
              "0/1 end [i32] -> [i32]\n0/0 end [i32] -> []\n");
}

/* Branches take their operands and no more. */
static void test_branch_operands(void **state) {
  check_types(state,
              "(func (result i32)\n"
              "  f32.const 0 i32.const 1 block (result i32) i64.const 1 i32.const 2 br 0 end\n"
              "  i32.add i32.const 3 br_if 0\n"
              "  block (param i32) (result i32)\n"
              "    f64.const 1 i32.const 4 i32.const 5 br_table 0 1 0 i32.add drop end return\n"
              "  nop)",
              "0/0 f32.const [] -> [f32]\n0/0 i32.const [] -> [i32]\n0/0 block [] -> []\n"
              "1/1 i64.const [] -> [i64]\n1/1 i32.const [] -> [i32]\n1/1 br [i32] -> []\n"
              "0/1 end [] >> [i32]\n"
              "0/0 i32.add [i32 i32] -> [i32]\n0/0 i32.const [] -> [i32]\n"
              "0/0 br_if [i32 i32] -> [i32]\n0/0 block [i32] -> [i32]\n"
              "1/2 f64.const [] -> [f64]\n"
              "1/2 i32.const [] -> [i32]\n1/2 i32.const [] -> [i32]\n"
              "1/2 br_table [i32 i32] -> []\n1/2 i32.add [] >> [i32]\n1/2 drop [i32] >> []\n"
              "0/2 end [] >> [i32]\n0/0 return [i32] -> []\n"
              "0/0 nop [] >> []\n0/0 end [] >> []\n");
}

static void test_call_operands(void **state) {
  check_types(state,
              "(type $f (func (param i32) (result i64))) (type $k (cont $f))\n"
              "(tag $e (param f32))\n"
              "(table 1 funcref) (tag $y (param i32) (result i32)) (elem declare func $g)\n"
              "(func (result i64) (local (ref null $k))\n"
              "  i32.const 1 call $g drop\n"
              "  i32.const 1 i32.const 0 call_indirect (type $f) drop\n"
              "  ref.func $g cont.new $k local.set 0 block $b (result i32 (ref $k))\n"
              "    i32.const 9 local.get 0 resume $k (on $y $b) return end drop drop\n"
              "  i32.const 1 suspend $y drop\n"
              "  block (result f32) try_table (catch $e 0) f32.const 1 throw $e end\n"
              "  unreachable end drop\n"
              "  i32.const 2 ref.func $g return_call_ref $f)\n"
              "(func $g (type $f) unreachable)",
              "0/0 i32.const [] -> [i32]\n0/0 call [i32] -> [i64]\n0/0 drop [i64] -> []\n"
              "0/0 i32.const [] -> [i32]\n0/0 i32.const [] -> [i32]\n"
              "0/0 call_indirect [i32 i32] -> [i64]\n0/0 drop [i64] -> []\n"
              "0/0 ref.func [] -> [(ref $f)]\n0/0 cont.new [(ref $f)] -> [(ref $k)]\n"
              "0/0 local.set [(ref $k)] -> []\n0/0 block [] -> []\n1/1 i32.const [] -> [i32]\n"
              "1/1 local.get [] -> [(ref null $k)]\n"
              "1/1 resume [i32 (ref null $k)] -> [i64]\n1/1 return [i64] -> []\n"
              "0/1 end [] >> [i32 (ref $k)]\n0/0 drop [(ref $k)] -> []\n0/0 drop [i32] -> []\n"
              "0/0 i32.const [] -> [i32]\n0/0 suspend [i32] -> [i32]\n0/0 drop [i32] -> []\n"
              "0/0 block [] -> []\n1/2 try_table [] -> []\n2/3 f32.const [] -> [f32]\n"
              "2/3 throw [f32] -> []\n1/3 end [] >> []\n1/2 unreachable [] -> []\n"
              "0/2 end [] >> [f32]\n0/0 drop [f32] -> []\n"
              "0/0 i32.const [] -> [i32]\n0/0 ref.func [] -> [(ref $f)]\n"
              "0/0 return_call_ref [i32 (ref $f)] -> []\n0/0 end [] >> []\n");
}

/* Results lie where operands do; in a deep stack each instruction costs the same. */
static void test_deep_stack(void **state) {
  enum { N = TEXT_MANY(200000) };
  wfx_module *m = wfx_module_new(text_ctx(state));
  wfx_func_id f = wfx_module_add_func(m, NULL, wfx_type_func(m, NULL, 0, NULL, 0));
  wfx_body *b = wfx_body_open(m, f, WFX_UNCHECKED);
  for (int i = 0; i < N; i++) wfx_emit_i32_const(b, i);
  for (int i = 0; i < N; i++) wfx_emit_drop(b);
  assert_int_equal(wfx_body_close(b), WFX_OK);
  assert_int_equal(wfx_module_validate(m), WFX_OK);
  wfx_reader *r = wfx_reader_open(m, f, WFX_READ_TYPES);
  wfx_inst in;
  size_t n = 0;
  while (wfx_reader_next(r, &in)) {
    assert_int_equal(in.n_operands, in.op == WFX_OP_drop);
    assert_int_equal(in.n_results, in.op == WFX_OP_i32_const);
    n++;
  }
  assert_null(wfx_reader_diag(r));
  assert_int_equal(n, 2 * N + 1);
  wfx_reader_close(r);
  wfx_module_free(m);
}

static void test_locals(void **state) {
  wfx_module *m = text_parse(text_ctx(state),
                             "(func (param $p i32) (local $l f32) (local i64 i64)\n"
                             "  (local $q f64)"
                             "  (block $a (block (loop $c))))");
  wfx_reader *r = wfx_reader_open(m, (wfx_func_id){0}, 0);
  assert_int_equal(wfx_reader_n_locals(r), 5);
  static const wfx_valtype types[] = {WFX_I32, WFX_F32, WFX_I64, WFX_I64, WFX_F64, WFX_BOT};
  for (uint32_t i = 0; i < 6; i++)
    assert_int_equal(wfx_reader_local_type(r, (wfx_local_id){i}), types[i]);
  assert_str(wfx_reader_local_name(r, (wfx_local_id){0}), "p");
  assert_str(wfx_reader_local_name(r, (wfx_local_id){4}), "q");
  assert_null(wfx_reader_local_name(r, (wfx_local_id){2}).data);
  assert_null(wfx_reader_label_name(r, (wfx_label){0}).data);
  assert_str(wfx_reader_label_name(r, (wfx_label){1}), "a");
  assert_null(wfx_reader_label_name(r, (wfx_label){2}).data);
  assert_str(wfx_reader_label_name(r, (wfx_label){3}), "c");
  wfx_inst in;
  assert_true(wfx_reader_next(r, &in));
  assert_int_equal(in.opens.i, 1);
  assert_int_equal(in.block.i, 0);
  assert_true(in.is_reachable);
  assert_int_equal(in.n_operands, 0);
  wfx_reader_close(r);
  wfx_module_free(m);
}

/* Bodies that are wrong are read as far as they go. */
static void test_wrong_bodies(void **state) {
  wfx_module *m = text_parse(text_ctx(state), "(import \"\" \"\" (func)) (func (br 7)) "
                                              "(func (i32.add))");
  wfx_inst in;
  wfx_reader *r = wfx_reader_open(m, (wfx_func_id){1}, 0);
  assert_true(wfx_reader_next(r, &in));
  assert_int_equal(in.imm.label.i, WFX_NO_ID);
  wfx_reader_close(r);
  r = wfx_reader_open(m, (wfx_func_id){2}, WFX_READ_TYPES);
  assert_false(wfx_reader_next(r, &in));
  assert_int_equal(wfx_reader_diag(r)->status, WFX_INVALID);
  assert_false(wfx_reader_next(r, &in));
  wfx_reader_close(r);
  assert_int_equal(wfx_module_status(m), WFX_OK);
  r = wfx_reader_open(m, (wfx_func_id){0}, WFX_READ_TYPES);
  assert_false(wfx_reader_next(r, &in));
  assert_null(wfx_reader_diag(r));
  wfx_reader_close(r);
  wfx_module_free(m);

  struct hex h = hex_module("01[01 60 00 00] 03[01 00] 0a[01 [00 41]]");
  m = decode(text_ctx(state), h.data, h.n);
  r = wfx_reader_open(m, (wfx_func_id){0}, 0);
  assert_false(wfx_reader_next(r, &in));
  assert_int_equal(wfx_reader_diag(r)->status, WFX_MALFORMED);
  wfx_reader_close(r);
  wfx_module_free(m);
}

static void test_offsets(void **state) {
  struct hex h = hex_module("01[01 60 00 00] 03[01 00] 0a[01 [00 41 00 1a 0b]]");
  wfx_module *m = decode(text_ctx(state), h.data, h.n);
  uint64_t offset = 0, n_bytes = 0;
  assert_true(wfx_func_get_range(m, (wfx_func_id){0}, &offset, &n_bytes));
  assert_int_equal(offset, 22);
  assert_int_equal(n_bytes, 5);
  wfx_reader *r = wfx_reader_open(m, (wfx_func_id){0}, 0);
  wfx_inst in;
  static const uint64_t offsets[] = {23, 25, 26};
  for (size_t i = 0; i < 3; i++) {
    assert_true(wfx_reader_next(r, &in));
    assert_true(in.loc.offset == offsets[i]);
    assert_int_equal(in.loc.line, 0);
  }
  wfx_reader_close(r);
  wfx_module_free(m);
}

/* ---- Rewriting --------------------------------------------------------------------------- */

/* Write every body anew as it is. */
static wfx_status rewrite_all(wfx_module *m, uint32_t flags, uint32_t read_flags) {
  wfx_status status = WFX_OK;
  for (uint32_t i = 0; i < wfx_module_count(m, WFX_EXTERN_FUNC); i++) {
    wfx_func_id f = {i};
    if (wfx_module_decl_import(m, WFX_EXTERN_FUNC, i) != WFX_NO_ID) continue;
    wfx_reader *r = wfx_reader_open(m, f, read_flags);
    if (!r) return WFX_NOMEM;
    wfx_body *b = wfx_body_reopen(m, f, flags);
    wfx_inst in;
    while (wfx_reader_next(r, &in)) wfx_reader_copy(r, b, &in);
    const wfx_diag *diag = wfx_reader_diag(r);
    if (diag) status = diag->status;
    wfx_reader_close(r);
    if (status == WFX_OK) status = wfx_body_close(b);
    else wfx_body_abandon(b);
    if (status != WFX_OK) return status;
  }
  return WFX_OK;
}

static void test_rewrite_binary(void **state) {
  const wfx_ctx *ctx = text_ctx(state);
  wfx_module *m = decode_sink(ctx);
  assert_int_equal(wfx_module_validate(m), WFX_OK);
  wfx_bytes before = encode(m, WFX_ENCODE_CANONICAL);
  if (rewrite_all(m, WFX_CHECKED, WFX_READ_TYPES) != WFX_OK)
    fail_msg("%s", wfx_module_diag(m, 0)->message);
  assert_int_equal(wfx_module_validate(m), WFX_OK);
  assert_same_bytes(ctx, before, encode(m, WFX_ENCODE_CANONICAL));
  wfx_module_free(m);
}

static void test_rewrite_text(void **state) {
  const wfx_ctx *ctx = text_ctx(state);
  wfx_module *m = text_parse(ctx, text_sample);
  char *before = text_print(ctx, m, 0);
  assert_int_equal(rewrite_all(m, WFX_UNCHECKED, 0), WFX_OK);
  char *after = text_print(ctx, m, 0);
  assert_string_equal(after, before);
  free(before);
  free(after);
  wfx_reader *r = wfx_reader_open(m, (wfx_func_id){2}, 0);
  wfx_inst in;
  assert_true(wfx_reader_next(r, &in));
  assert_int_equal(in.loc.line, 12);
  assert_string_equal(in.loc.file, "test.wat");
  wfx_reader_close(r);
  wfx_module_free(m);
}

/* Every function in a block that is branched to for returning, and with one more local. */
static void test_wrap(void **state) {
  const wfx_ctx *ctx = text_ctx(state);
  wfx_module *m = text_parse(ctx, "(func $f (param i32) (result i32) (local i64)\n"
                                  "  (block $a (br_if $a (local.get 0))\n"
                                  "    (drop (br_if 1 (i32.const 5) (i32.const 0))) (br_table $a $a (i32.const 1)))\n"
                                  "  (loop $l (br_if $l (i32.const 0)))\n"
                                  "  (return (i32.const 3)))");
  wfx_func_id f = {0};
  wfx_reader *r = wfx_reader_open(m, f, 0);
  wfx_body *b = wfx_body_reopen(m, f, WFX_CHECKED);
  wfx_local_id local = wfx_body_add_local(b, WFX_F64, "new");
  assert_int_equal(local.i, 2);
  wfx_label out = wfx_emit_block(b, wfx_bt_result(WFX_I32));
  wfx_reader_set_label(r, (wfx_label){0}, out);
  wfx_inst in;
  while (wfx_reader_next(r, &in)) {
    if (in.op == WFX_OP_return)
      wfx_emit_br(b, out);
    else if (in.op == WFX_OP_loop)
      wfx_reader_set_label(r, in.opens, wfx_emit_loop(b, in.imm.block));
    else
      wfx_reader_copy(r, b, &in);
  }
  assert_int_equal(wfx_reader_get_label(r, (wfx_label){1}).i, 2);
  assert_int_equal(wfx_reader_get_label(r, (wfx_label){9}).i, WFX_NO_ID);
  wfx_reader_close(r);
  wfx_emit_end(b);
  if (wfx_body_close(b) != WFX_OK) fail_msg("%s", wfx_module_diag(m, 0)->message);
  char *text = text_print(ctx, m, 0);
  assert_string_equal(text, "(module\n"
                            "  (type (func (param i32) (result i32)))\n"
                            "  (func $f (param i32) (result i32)\n"
                            "    (local i64) (local $new f64)\n"
                            "    block (result i32)\n"
                            "      block $a\n"
                            "        local.get 0\n"
                            "        br_if $a\n"
                            "        i32.const 5\n"
                            "        i32.const 0\n"
                            "        br_if 1\n"
                            "        drop\n"
                            "        i32.const 1\n"
                            "        br_table $a $a\n"
                            "      end\n"
                            "      loop\n"
                            "        i32.const 0\n"
                            "        br_if 0\n"
                            "      end\n"
                            "      i32.const 3\n"
                            "      br 0\n"
                            "    end\n"
                            "  )\n"
                            ")\n");
  free(text);
  wfx_module_free(m);
}

/* A new body that is thrown away leaves the old one. */
static void test_abandon(void **state) {
  const wfx_ctx *ctx = text_ctx(state);
  wfx_module *m = decode_sink(ctx);
  wfx_bytes before = encode(m, 0);
  wfx_func_id f = {wfx_module_count(m, WFX_EXTERN_FUNC) - 1};
  wfx_reader *r = wfx_reader_open(m, f, 0);
  wfx_body *b = wfx_body_reopen(m, f, WFX_CHECKED);
  wfx_body_add_local(b, WFX_I32, "x");
  wfx_emit_i32_add(b);
  assert_non_null(wfx_body_diag(b));
  wfx_reader *twice = wfx_reader_open(m, f, 0);
  assert_int_equal(wfx_reader_diag(twice)->status, WFX_MISUSE);
  wfx_reader_close(twice);
  wfx_body_abandon(b);
  wfx_inst in;
  size_t n = 0;
  while (wfx_reader_next(r, &in)) n++;
  assert_true(n > 0);
  wfx_reader_close(r);
  assert_same_bytes(ctx, before, encode(m, 0));
  /* Freeing the module frees what is still open. */
  wfx_body_reopen(m, f, WFX_CHECKED);
  wfx_module_free(m);
}

static void test_reopen_misuse(void **state) {
  wfx_module *m = text_parse(text_ctx(state), "(import \"\" \"\" (func)) (func)");
  assert_null(wfx_body_reopen(m, (wfx_func_id){0}, 0));
  assert_int_equal(wfx_module_status(m), WFX_MISUSE);
  wfx_module_free(m);
}

/* Functions that only a new body refers to are declared by the encoder; those of decoded bodies
 * still are not. */
static void test_new_refs(void **state) {
  const wfx_ctx *ctx = text_ctx(state);
  struct hex h = hex_module("01[01 60 00 00] 03[02 00 00] 0a[02 [00 0b] [00 0b]]");
  wfx_module *m = decode(ctx, h.data, h.n);
  assert_int_equal(wfx_module_validate(m), WFX_OK);
  wfx_func_id added = wfx_module_add_func(m, "added", wfx_func_get_type(m, (wfx_func_id){0}));
  assert_int_equal(wfx_body_close(wfx_body_open(m, added, WFX_CHECKED)), WFX_OK);
  wfx_func_id f = {0};
  wfx_body *b = wfx_body_reopen(m, f, WFX_CHECKED);
  wfx_emit_ref_func(b, added);
  wfx_emit_drop(b);
  wfx_emit_ref_func(b, (wfx_func_id){1});
  wfx_emit_drop(b);
  if (wfx_body_close(b) != WFX_OK) fail_msg("%s", wfx_module_diag(m, 0)->message);
  assert_int_equal(wfx_module_validate(m), WFX_OK);
  wfx_bytes bytes = encode(m, 0);
  wfx_module *again = decode(ctx, bytes.data, bytes.n);
  assert_int_equal(wfx_module_validate(again), WFX_OK);
  wfx_elem_info e;
  assert_true(wfx_elem_get(again, (wfx_elem_id){0}, &e));
  assert_int_equal(e.mode, WFX_SEGMENT_DECLARATIVE);
  assert_int_equal(e.n_items, 2);
  wfx_bytes_free(ctx, &bytes);
  char *text = text_print(ctx, m, 0);
  wfx_module *parsed = text_parse(ctx, text);
  assert_int_equal(wfx_module_validate(parsed), WFX_OK);
  free(text);
  wfx_module_free(parsed);
  wfx_module_free(again);
  wfx_module_free(m);

  struct hex bad = hex_module("01[01 60 00 00] 03[01 00] 0a[01 [00 d2 00 1a 0b]]");
  m = decode(ctx, bad.data, bad.n);
  assert_int_equal(wfx_module_validate(m), WFX_INVALID);
  wfx_module_free(m);
}

/* ---- Copies ------------------------------------------------------------------------------ */

static void test_clone(void **state) {
  const wfx_ctx *ctx = text_ctx(state);
  for (int is_open = 0; is_open < 2; is_open++) {
    wfx_module *m = decode_sink(ctx);
    if (is_open) assert_int_equal(wfx_module_validate(m), WFX_OK);
    wfx_module *copy = wfx_module_clone(m);
    assert_non_null(copy);
    wfx_bytes bytes = encode(m, 0);
    wfx_module_free(m);
    assert_int_equal(wfx_module_validate(copy), WFX_OK);
    assert_same_bytes(ctx, bytes, encode(copy, 0));
    wfx_module_free(copy);
  }
  wfx_module *m = text_parse(ctx, text_sample);
  wfx_module *copy = wfx_module_clone(m);
  char *want = text_print(ctx, m, 0);
  wfx_module_free(m);
  char *got = text_print(ctx, copy, 0);
  assert_string_equal(got, want);
  free(want);
  free(got);
  wfx_reader *r = wfx_reader_open(copy, (wfx_func_id){2}, 0);
  wfx_inst in;
  assert_true(wfx_reader_next(r, &in));
  assert_string_equal(in.loc.file, "test.wat");
  wfx_reader_close(r);
  /* Types go on as they were: an equal one is found. */
  const wfx_valtype i32[] = {WFX_I32}, i64[] = {WFX_I64};
  assert_int_equal(wfx_type_func(copy, i32, 1, i64, 1).i, 0);
  wfx_module_free(copy);
}

static void test_clone_is_apart(void **state) {
  const wfx_ctx *ctx = text_ctx(state);
  wfx_module *m = wfx_module_new(ctx);
  int of_func, of_tag, of_type;
  wfx_type_id t = wfx_type_func(m, NULL, 0, NULL, 0);
  wfx_func_id f = wfx_module_add_func(m, "f", t), open = wfx_module_add_func(m, "open", t);
  wfx_tag_id tag = wfx_module_add_tag(m, "t", t);
  assert_null(wfx_func_get_user(m, f));
  wfx_func_set_user(m, f, &of_func);
  wfx_tag_set_user(m, tag, &of_tag);
  wfx_type_set_user(m, t, &of_type);
  assert_int_equal(wfx_body_close(wfx_body_open(m, f, WFX_CHECKED)), WFX_OK);
  wfx_body *b = wfx_body_open(m, open, WFX_CHECKED);
  wfx_module *copy = wfx_module_clone(m);
  assert_ptr_equal(wfx_func_get_user(copy, f), &of_func);
  assert_ptr_equal(wfx_tag_get_user(copy, tag), &of_tag);
  assert_ptr_equal(wfx_type_get_user(copy, t), &of_type);
  wfx_func_set_user(copy, f, NULL);
  assert_ptr_equal(wfx_func_get_user(m, f), &of_func);
  /* What was open has no body in the copy and can be given one. */
  assert_int_equal(wfx_body_close(wfx_body_open(copy, open, WFX_CHECKED)), WFX_OK);
  assert_int_equal(wfx_module_validate(copy), WFX_OK);
  wfx_emit_nop(b);
  assert_int_equal(wfx_body_close(b), WFX_OK);
  wfx_module_free(copy);
  assert_int_equal(wfx_module_validate(m), WFX_OK);
  /* Errors are copied as well. */
  wfx_body *wrong = wfx_body_open(m, wfx_module_add_func(m, "wrong", t), WFX_CHECKED);
  wfx_emit_i32_add(wrong);
  assert_int_equal(wfx_body_close(wrong), WFX_INVALID);
  copy = wfx_module_clone(m);
  assert_int_equal(wfx_module_status(copy), WFX_INVALID);
  assert_string_equal(wfx_module_diag(copy, 0)->message, wfx_module_diag(m, 0)->message);
  wfx_module_free(copy);
  wfx_module_free(m);
}

/* ---- Lack of memory ---------------------------------------------------------------------- */

static wfx_status decode_task(wfx_ctx *ctx, wfx_module **m) {
  struct hex h = hex_module(
      "01[03 60 01 7f 01 7f 60 00 00 60 01 7f 00] 03[02 00 01] 0d[01 00 02]"
      "07[01 01 66 00 00] 0a[02 [01 01 7e 02 40 20 00 0e 02 00 00 00 0b 20 00 0f 0b]"
      "[00 1f 40 01 02 00 41 01 08 00 0b 0b]] 00[04 6e 61 6d 65 02[01 00 01 01 01 78]]");
  *m = wfx_module_new(ctx);
  return *m ? wfx_module_decode(*m, h.data, h.n) : WFX_NOMEM;
}

static wfx_status rewrite_task(wfx_ctx *ctx) {
  wfx_module *m;
  wfx_status status = decode_task(ctx, &m);
  if (status == WFX_OK) status = wfx_module_validate(m);
  if (status == WFX_OK) status = rewrite_all(m, WFX_CHECKED, WFX_READ_TYPES);
  if (status == WFX_OK) status = wfx_module_validate(m);
  wfx_module_free(m);
  return status;
}

static wfx_status clone_task(wfx_ctx *ctx) {
  wfx_module *m;
  wfx_status status = decode_task(ctx, &m);
  if (status == WFX_OK) status = wfx_module_validate(m);
  wfx_module *copy = status == WFX_OK ? wfx_module_clone(m) : NULL;
  wfx_module_free(m);
  if (status == WFX_OK) status = copy ? wfx_module_validate(copy) : WFX_NOMEM;
  wfx_module_free(copy);
  return status;
}

static void test_oom(void **state) {
  (void)state;
  unit_sweep(rewrite_task);
  unit_sweep(clone_task);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_types),          cmocka_unit_test(test_decls),
      cmocka_unit_test(test_segments),       cmocka_unit_test(test_customs),
      cmocka_unit_test(test_sections),       cmocka_unit_test(test_strip_binary),
      cmocka_unit_test(test_operands),
      cmocka_unit_test(test_branch_operands), cmocka_unit_test(test_call_operands),
      cmocka_unit_test(test_deep_stack),     cmocka_unit_test(test_locals),
      cmocka_unit_test(test_wrong_bodies),   cmocka_unit_test(test_offsets),
      cmocka_unit_test(test_rewrite_binary), cmocka_unit_test(test_rewrite_text),
      cmocka_unit_test(test_wrap),           cmocka_unit_test(test_abandon),
      cmocka_unit_test(test_reopen_misuse),  cmocka_unit_test(test_new_refs),
      cmocka_unit_test(test_clone),          cmocka_unit_test(test_clone_is_apart),
      cmocka_unit_test(test_oom),
  };
  return cmocka_run_group_tests(tests, text_setup, text_teardown);
}
