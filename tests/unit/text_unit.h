/* text_unit.h: modules from text and back, for the tests of text/. */
#ifndef UNIT_TEXT_UNIT_H
#define UNIT_TEXT_UNIT_H

#include "unit.h"

#include "ir/imm.h"
#include "ir/module.h"

/* A large number, smaller where arrays move at every growth. */
#ifdef WFX_DEBUG
#define TEXT_MANY(n) ((n) / 50)
#else
#define TEXT_MANY(n) (n)
#endif

struct text_fixture {
  struct unit_alloc a;
  wfx_ctx *ctx;
};

static inline int text_setup(void **state) {
  static struct text_fixture f;
  memset(&f, 0, sizeof f);
  f.a.fail_at = UINT64_MAX;
  f.ctx = unit_ctx(&f.a, wfx_features_all());
  *state = &f;
  return f.ctx == NULL;
}

static inline int text_teardown(void **state) {
  struct text_fixture *f = *state;
  wfx_ctx_free(f->ctx);
  return f->a.n_blocks != 0;
}

static inline wfx_ctx *text_ctx(void **state) { return ((struct text_fixture *)*state)->ctx; }

/* A module from n bytes of text, which are moved to a block of their own so that reading beyond
 * them shows. The status is that of parsing. */
static inline wfx_module *text_parse_n(const wfx_ctx *ctx, const char *text, size_t n,
                                       wfx_status *status) {
  char *copy = malloc(n == 0 ? 1 : n);
  memcpy(copy, text, n);
  wfx_module *m = wfx_module_new(ctx);
  assert_non_null(m);
  *status = wfx_module_parse(m, copy, n, "test.wat");
  free(copy);
  return m;
}

/* A module from good text. */
static inline wfx_module *text_parse(const wfx_ctx *ctx, const char *text) {
  wfx_status status;
  wfx_module *m = text_parse_n(ctx, text, strlen(text), &status);
  if (status != WFX_OK) {
    char message[512];
    wfx_diag_format(wfx_module_diag(m, 0), message, sizeof message);
    print_message("%s\n%.2000s\n", message, text);
  }
  assert_int_equal(status, WFX_OK);
  return m;
}

/* The text of a module, ended by NUL; freed with free. */
static inline char *text_print(const wfx_ctx *ctx, wfx_module *m, uint32_t flags) {
  wfx_bytes out;
  assert_int_equal(wfx_module_print(m, flags, &out), WFX_OK);
  char *s = malloc(out.n + 1);
  if (out.n != 0) memcpy(s, out.data, out.n);
  s[out.n] = '\0';
  wfx_bytes_free(ctx, &out);
  return s;
}

/* The instructions of a function. */
static inline const struct code *text_code(wfx_module *m, uint32_t func) {
  return &wfx__module_body(m, func)->code;
}

/* A bit of everything; not valid. */
static const char text_sample[] =
    "(module $m (type $ft (func (param i32) (result i64)))\n"
    "(rec (type $s (sub (struct (field $x i32) (field (mut (ref null $s))))))"
    " (type $a (sub final (array (mut i16)))))\n"
    "(type $ct (cont $ft)) (type $h (handler i32)) (type $tt (tag $ft))\n"
    "(import \"m\" \"f\" (func $i (type $ft))) (import \"m\" \"t\" (table 1 funcref))\n"
    "(tag $e (param i32)) (memory $mem (export \"mem\") 1 2) (table $t funcref (elem $f $f))\n"
    "(global $g (mut i32) (i32.add (i32.const 1) (i32.const 2))) (start $v)\n"
    "(elem $el (table $t) (offset (i32.const 0)) funcref (item ref.func $f) (ref.null func))\n"
    "(elem declare func $f) (data $d (i32.const 1) \"a\\00\\u{e9}\" \"b\")\n"
    "(@custom \"c\" \"x\") (export \"v\" (func $v))\n"
    "(func $v)\n"
    "(func $f (param $p i32) (result i64) (local $l f32) (local i32 v128)\n"
    "  (block $b (result i32) (loop $lo (br_if $lo (i32.eqz (local.get $p))))\n"
    "    (br_table $b 0 $b (i32.const 1) (i32.const 2)) unreachable)\n"
    "  (@metadata.code.branch_hint \"\\01\") if (param) (result i64) i64.const -0x8000_0000_0000_0000 else (call $f (i32.const "
    "0)) end\n"
    "  (drop (f32.const nan:0x200000)) (drop (f64.const 0x1.8p-3))\n"
    "  (drop (v128.const i16x8 1 2 3 4 5 6 7 -8))\n"
    "  (drop (i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 31\n"
    "    (local.get 3) (v128.load8_lane offset=4 align=1 2 (i32.const 0) (local.get 3))))\n"
    "  (try_table (catch $e 0) (catch_all_ref 0) (throw $e (i32.const 1)))\n"
    "  (drop (call_indirect $t (param i32) (result i64) (i32.const 1) (i32.const 0)))\n"
    "  (drop (select (result i32) (i32.const 1) (i32.const 2) (i32.const 3)))\n"
    "  (drop (struct.get $s $x (struct.new_default $s))) (table.copy $t 0) (memory.init $d)\n"
    "  (drop (ref.test (ref null $s) (ref.null none)))\n"
    "  (drop (br_on_cast 0 anyref (ref i31) (ref.null any)))\n"
    "  (resume $ct (on $e 0) (on $e switch) (i32.const 0) (cont.new $ct (ref.func $f)))\n"
    "))\n";

#endif
