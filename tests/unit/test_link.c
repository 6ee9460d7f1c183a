/* test_link.c: the linker: resolving, type errors, what is kept, order, the runtime. */
#include "unit/unit.h"

#include <stdio.h>

#include "ir/imm.h"
#include "ir/module.h"

/* A link being made: modules from texts, the first one the program. */
struct fixture {
  wfx_ctx *ctx;
  wfx_linker *l;
  wfx_module *parts[8], *out;
  size_t n_parts;
};

static int setup(void **state) {
  static struct fixture f;
  memset(&f, 0, sizeof f);
  f.ctx = wfx_ctx_new(NULL);
  f.l = wfx_linker_new(f.ctx);
  f.out = wfx_module_new(f.ctx);
  *state = &f;
  return f.out == NULL;
}

static int teardown(void **state) {
  struct fixture *f = *state;
  wfx_linker_free(f->l);
  for (size_t i = 0; i < f->n_parts; i++) wfx_module_free(f->parts[i]);
  wfx_module_free(f->out);
  wfx_ctx_free(f->ctx);
  return 0;
}

static void add(struct fixture *f, const char *name, const char *text) {
  wfx_module *m = wfx_module_new(f->ctx);
  if (wfx_module_parse(m, text, strlen(text), "t.wat") != WFX_OK)
    fail_msg("%s", wfx_module_diag(m, 0)->message);
  f->parts[f->n_parts++] = m;
  wfx_linker_add(f->l, name, m);
}

/* The result must be valid and encode. */
static void link_ok(struct fixture *f, uint32_t flags) {
  wfx_bytes bytes;
  if (wfx_linker_link(f->l, flags, f->out) != WFX_OK)
    fail_msg("%s", wfx_linker_diag(f->l)->message);
  if (wfx_module_validate(f->out) != WFX_OK)
    fail_msg("%s", wfx_module_diag(f->out, 0)->message);
  assert_int_equal(wfx_module_encode(f->out, 0, &bytes), WFX_OK);
  wfx_bytes_free(f->ctx, &bytes);
}

static void link_fails(struct fixture *f, uint32_t flags, wfx_status status, const char *words,
                       const char *names1, const char *names2) {
  assert_int_equal(wfx_linker_link(f->l, flags, f->out), status);
  const char *message = wfx_linker_diag(f->l)->message;
  if (strncmp(message, words, strlen(words)) != 0 || !strstr(message, names1) ||
      !strstr(message, names2))
    fail_msg("message \"%s\"", message);
  assert_int_equal(wfx_module_status(f->out), status);
}

static const char *name_of(const wfx_module *m, wfx_extern_kind kind, uint32_t id) {
  const char *name = wfx_module_decl_name(m, kind, id).data;
  return name ? name : "";
}

/* The names of all functions, in order of their handles. */
static void check_funcs(const wfx_module *m, const char *names) {
  char all[1000] = "";
  for (uint32_t i = 0; i < wfx_module_count(m, WFX_EXTERN_FUNC); i++) {
    strcat(all, i ? " " : "");
    strcat(all, name_of(m, WFX_EXTERN_FUNC, i));
  }
  assert_string_equal(all, names);
}

/* ---- Resolving --------------------------------------------------------------------------- */

static void test_resolve(void **state) {
  struct fixture *f = *state;
  add(f, "main",
      "(module $prog (import \"lib\" \"twice\" (func $t (param i32) (result i32)))"
      " (func $run (export \"run\") (result i32) (call $t (i32.const 21)))"
      " (func $dead (call $dead)))");
  add(f, "lib",
      "(module (func $unused (export \"unused\") (call $unused2)) (func $unused2)"
      " (global $g (mut i32) (i32.const 2)) (global $h i32 (i32.const 3))"
      " (func $mul (export \"twice\") (param i32) (result i32)"
      "  (i32.mul (local.get 0) (global.get $g))))");
  link_ok(f, WFX_LINK_CLOSED);
  check_funcs(f->out, "run mul");
  assert_int_equal(wfx_module_count(f->out, WFX_EXTERN_GLOBAL), 1);
  assert_int_equal(f->out->imports.n, 0);
  assert_int_equal(f->out->exports.n, 1);
  assert_int_equal(f->out->types.types.n, 2);
  assert_string_equal(f->out->name.data, "prog");
  assert_int_not_equal(wfx_module_find_export(f->out, WFX_EXTERN_FUNC, "run"), WFX_NO_ID);
}

static void test_keep_all(void **state) {
  struct fixture *f = *state;
  add(f, "main",
      "(module (import \"lib\" \"a\" (func $a)) (func $dead) (elem declare func $dead))");
  add(f, "lib", "(module (type (struct)) (func $lib (export \"a\")) (memory 1) (tag $t)"
                " (data \"x\") (table 1 funcref))");
  link_ok(f, WFX_LINK_KEEP_ALL);
  check_funcs(f->out, "dead lib");
  assert_int_equal(wfx_module_count(f->out, WFX_EXTERN_MEM), 1);
  assert_int_equal(wfx_module_count(f->out, WFX_EXTERN_TAG), 1);
  assert_int_equal(f->out->datas.n, 1);
  assert_int_equal(f->out->elems.n, 1);
  assert_int_equal(f->out->types.types.n, 2);
}

/* Modules may import from each other, pass imports on, and import from themselves. */
static void test_passed_on(void **state) {
  struct fixture *f = *state;
  add(f, "main",
      "(module (import \"a\" \"f\" (func $f)) (import \"main\" \"g\" (func $me))"
      " (func $g (export \"g\") (call $f) (call $me)))");
  add(f, "a", "(module (import \"b\" \"f\" (func $f)) (export \"f\" (func $f))"
              " (import \"env\" \"x\" (func $x)) (export \"x\" (func $x)))");
  add(f, "b",
      "(module (import \"main\" \"g\" (func $g)) (import \"a\" \"x\" (func $x))"
      " (func $real (export \"f\") (call $g) (call $x)))");
  link_ok(f, 0);
  check_funcs(f->out, "x g real");
  assert_int_equal(f->out->imports.n, 1);
}

static void test_circle(void **state) {
  struct fixture *f = *state;
  add(f, "main", "(module (import \"a\" \"f\" (func $f)) (export \"f\" (func $f)))");
  add(f, "a", "(module (import \"main\" \"f\" (func $f)) (export \"f\" (func $f)))");
  link_fails(f, 0, WFX_UNLINKABLE, "unknown import", "circle", "\"f\"");
}

/* An import that stays is there once, unless the types differ. */
static void test_shared_import(void **state) {
  struct fixture *f = *state;
  add(f, "main",
      "(module (import \"env\" \"f\" (func $f (param i32))) (import \"env\" \"t\" (tag $t))"
      " (import \"lib\" \"g\" (func $g)) (export \"t\" (tag $t))"
      " (func $run (export \"run\") (call $f (i32.const 1)) (call $g)))");
  add(f, "lib",
      "(module (import \"env\" \"f\" (func $f (param i32)))"
      " (import \"env\" \"f\" (func $f2 (param i64))) (import \"env\" \"t\" (tag $t))"
      " (import \"env\" \"unused\" (func $unused))"
      " (func $lib (export \"g\") (call $f (i32.const 1)) (call $f2 (i64.const 1)) (throw "
      "$t)))");
  link_ok(f, 0);
  check_funcs(f->out, "f f2 run lib");
  assert_int_equal(f->out->imports.n, 3);
  assert_int_equal(wfx_module_count(f->out, WFX_EXTERN_TAG), 1);
}

static void test_closed(void **state) {
  struct fixture *f = *state;
  add(f, "main",
      "(module (import \"wasi_snapshot_preview1\" \"proc_exit\" (func $exit (param i32)))"
      " (import \"env\" \"dead\" (func)) (import \"env\" \"f\" (func $f))"
      " (func (export \"run\") (call $f) (call $exit (i32.const 0))))");
  link_fails(f, WFX_LINK_CLOSED, WFX_UNLINKABLE, "unknown import", "\"env\" \"f\"", "\"main\"");
}

static void test_unknown(void **state) {
  struct fixture *f = *state;
  add(f, "main", "(module\n (import \"lib\" \"f\" (func)))");
  add(f, "lib", "(module (func (export \"g\")))");
  link_fails(f, 0, WFX_UNLINKABLE, "unknown import", "\"main\"", "\"lib\" \"f\"");
  assert_int_equal(wfx_linker_diag(f->l)->loc.line, 2);
}

static void test_ambiguous(void **state) {
  struct fixture *f = *state;
  add(f, "main", "(module)");
  add(f, "lib", "(module)");
  add(f, "lib", "(module)");
  assert_int_equal(wfx_linker_link(f->l, 0, f->out), WFX_UNLINKABLE);
  assert_non_null(strstr(wfx_linker_diag(f->l)->message, "ambiguous"));
}

static void test_misuse(void **state) {
  struct fixture *f = *state;
  assert_int_equal(wfx_linker_link(f->l, 0, f->out), WFX_MISUSE);
}

/* ---- Types ------------------------------------------------------------------------------- */

/* Whether an import of the program fits an export of the library. */
static bool fits(const char *import, const char *lib) {
  struct fixture f;
  void *state;
  char text[1000] = "(module ";
  setup(&state);
  f = *(struct fixture *)state;
  add(&f, "main", strcat(strcat(text, import), ")"));
  strcpy(text, "(module ");
  add(&f, "lib", strcat(strcat(text, lib), ")"));
  wfx_status status = wfx_linker_link(f.l, WFX_LINK_KEEP_ALL, f.out);
  if (status == WFX_OK) {
    assert_int_equal(wfx_module_validate(f.out), WFX_OK);
  } else {
    const wfx_diag *d = wfx_linker_diag(f.l);
    assert_int_equal(status, WFX_UNLINKABLE);
    assert_int_equal(strncmp(d->message, "incompatible import type", 24), 0);
    assert_non_null(d->expected);
    assert_non_null(d->found);
  }
  state = &f;
  teardown(&state);
  return status == WFX_OK;
}

#define FITS(a, b) assert_true(fits(a, b))
#define DIFFERS(a, b) assert_false(fits(a, b))

static void test_func_types(void **state) {
  (void)state;
  FITS("(import \"lib\" \"x\" (func (param i32) (result i64)))",
       "(func (export \"x\") (param i32) (result i64) (i64.const 0))");
  DIFFERS("(import \"lib\" \"x\" (func (param i32)))", "(func (export \"x\") (param i64))");
  DIFFERS("(import \"lib\" \"x\" (func))", "(memory (export \"x\") 1)");
  /* Types are compared by structure, also inside recursion groups. */
  FITS("(type $a (struct (field i32 (ref null $a)))) (import \"lib\" \"x\" (func (param (ref "
       "$a))))",
       "(type (array i8)) (type $b (struct (field i32 (ref null $b))))"
       "(func (export \"x\") (param (ref $b)))");
  DIFFERS("(rec (type $a (struct)) (type $c (array i8)))"
          " (import \"lib\" \"x\" (func (param (ref $a))))",
          "(type $b (struct)) (func (export \"x\") (param (ref $b)))");
  /* A declared subtype will do. */
  FITS("(type $s (sub (func (result anyref)))) (import \"lib\" \"x\" (func (type $s)))",
       "(type $s (sub (func (result anyref)))) (type $t (sub $s (func (result eqref))))"
       " (func (export \"x\") (type $t) (ref.null eq))");
  DIFFERS(
      "(type $s (sub (func (result anyref)))) (type $t (sub $s (func (result eqref))))"
      " (import \"lib\" \"x\" (func (type $t)))",
      "(type $s (sub (func (result anyref)))) (func (export \"x\") (type $s) (ref.null any))");
}

static void test_other_types(void **state) {
  (void)state;
  FITS("(import \"lib\" \"x\" (global anyref))", "(global (export \"x\") eqref (ref.null eq))");
  DIFFERS("(import \"lib\" \"x\" (global eqref))",
          "(global (export \"x\") anyref (ref.null any))");
  DIFFERS("(import \"lib\" \"x\" (global (mut anyref)))",
          "(global (export \"x\") (mut eqref) (ref.null eq))");
  DIFFERS("(import \"lib\" \"x\" (global i32))",
          "(global (export \"x\") (mut i32) (i32.const 0))");
  FITS("(import \"lib\" \"x\" (memory 1 3))", "(memory (export \"x\") 2 3)");
  DIFFERS("(import \"lib\" \"x\" (memory 1 3))", "(memory (export \"x\") 2 4)");
  DIFFERS("(import \"lib\" \"x\" (memory 1 3))", "(memory (export \"x\") 2)");
  DIFFERS("(import \"lib\" \"x\" (memory 2))", "(memory (export \"x\") 1)");
  DIFFERS("(import \"lib\" \"x\" (memory 1))", "(memory (export \"x\") i64 1)");
  FITS("(import \"lib\" \"x\" (table 1 funcref))", "(table (export \"x\") 2 funcref)");
  DIFFERS("(import \"lib\" \"x\" (table 1 funcref))", "(table (export \"x\") 2 externref)");
  FITS("(import \"lib\" \"x\" (tag (param i32)))", "(tag (export \"x\") (param i32))");
  DIFFERS("(import \"lib\" \"x\" (tag (param i32)))", "(tag (export \"x\") (param i64))");
  /* Tags do not have subtypes. */
  DIFFERS("(type $s (sub (func))) (import \"lib\" \"x\" (tag (type $s)))",
          "(type $s (sub (func))) (type $t (sub $s (func))) (tag (export \"x\") (type $t))");
}

static void test_type_message(void **state) {
  struct fixture *f = *state;
  add(f, "main", "(module (type $pair (struct))"
                 " (import \"lib\" \"f\" (func (param (ref null $pair) i32) (result f64))))");
  add(f, "lib", "(module (func (export \"f\") (param externref)))");
  link_fails(f, 0, WFX_UNLINKABLE, "incompatible import type", "\"main\"", "\"lib\" \"f\"");
  const wfx_diag *d = wfx_linker_diag(f->l);
  assert_string_equal(d->expected, "(func (param (ref null $pair) i32) (result f64))");
  assert_string_equal(d->found, "(func (param (ref null extern)))");
}

/* ---- What is made of it ------------------------------------------------------------------ */

/* The functions that the start function calls. */
static void check_starts(const wfx_module *m, const char *names) {
  char all[200] = "";
  const struct body *b = m->bodies.data[m->funcs.data[m->start].body];
  for (size_t i = 0; i + 1 < b->code.insts.n; i++) {
    assert_int_equal(b->code.insts.data[i].op, WFX_OP_call);
    strcat(all, i ? " " : "");
    strcat(all, name_of(m, WFX_EXTERN_FUNC, imm_lo(&b->code.insts.data[i])));
  }
  assert_string_equal(all, names);
}

static void test_start(void **state) {
  struct fixture *f = *state;
  add(f, "main", "(module (import \"a\" \"x\" (func)) (import \"b\" \"x\" (func))"
                 " (func $main) (start $main))");
  add(f, "b",
      "(module (import \"c\" \"x\" (func)) (func (export \"x\")) (func $b) (start $b))");
  add(f, "a", "(module (import \"b\" \"x\" (func)) (func (export \"x\")))");
  add(f, "c",
      "(module (import \"main\" \"none\" (func)) (func (export \"x\")) (func $c) (start $c))");
  assert_int_equal(wfx_linker_link(f->l, 0, f->out), WFX_UNLINKABLE); /* no export "none" */
  teardown(state);
  setup(state);
  f = *state;
  add(f, "main", "(module (import \"a\" \"x\" (func)) (import \"b\" \"x\" (func))"
                 " (func $main (export \"main\")) (start $main))");
  add(f, "b",
      "(module (import \"c\" \"x\" (func)) (func (export \"x\")) (func $b) (start $b))");
  add(f, "a", "(module (import \"b\" \"x\" (func)) (func (export \"x\")))");
  add(f, "c",
      "(module (import \"main\" \"main\" (func)) (func (export \"x\")) (func $c) (start $c))");
  link_ok(f, 0);
  check_starts(f->out, "c b main");
  check_funcs(f->out, "main b c start");
}

static void test_one_start(void **state) {
  struct fixture *f = *state;
  add(f, "main", "(module (import \"a\" \"x\" (func)))");
  add(f, "a", "(module (func (export \"x\")) (func $a) (start $a))");
  link_ok(f, 0);
  check_funcs(f->out, "a");
  assert_int_equal(f->out->start, 0);
}

/* Globals come behind those their values are made of, whichever module they are in. */
static void test_global_order(void **state) {
  struct fixture *f = *state;
  add(f, "main",
      "(module (import \"a\" \"x\" (global $x i32)) (global $y i32 (global.get $x))"
      " (global $z (export \"z\") i32 (i32.add (global.get $y) (global.get $x)))"
      " (global $one i32 (i32.const 1)) (export \"one\" (global $one)))");
  add(f, "a", "(module (import \"main\" \"one\" (global $o i32))"
              " (global $a (export \"x\") i32 (global.get $o)))");
  link_ok(f, 0);
  static const char *const order[] = {"one", "a", "y", "z"};
  for (uint32_t i = 0; i < 4; i++)
    assert_string_equal(name_of(f->out, WFX_EXTERN_GLOBAL, i), order[i]);
}

static void test_global_circle(void **state) {
  struct fixture *f = *state;
  add(f, "main", "(module (import \"a\" \"x\" (global $x i32))"
                 " (global $y (export \"y\") i32 (global.get $x)))");
  add(f, "a", "(module (import \"main\" \"y\" (global $y i32))"
              " (global $x (export \"x\") i32 (global.get $y)))");
  link_fails(f, 0, WFX_UNLINKABLE, "global", "made from itself", "");
}

/* A table's value sees imported globals alone: a global that is none any more is written out,
 * through those it reads in turn. */
static void test_table_value(void **state) {
  struct fixture *f = *state;
  add(f, "main",
      "(module (type $t (func (result i32))) (import \"b\" \"g\" (global $g (ref $t)))"
      " (import \"c\" \"i\" (global $i (ref i31))) (import \"env\" \"x\" (global $x externref))"
      " (table $f (export \"f\") 3 (ref $t) (global.get $g))"
      " (table $n (export \"n\") 3 i31ref (global.get $i))"
      " (table $x (export \"x\") 3 externref (global.get $x)))");
  add(f, "b",
      "(module (type $t (func (result i32))) (import \"c\" \"h\" (global $h (ref $t)))"
      " (global (export \"g\") (ref $t) (global.get $h)))");
  add(f, "c",
      "(module (type $t (func (result i32))) (func $f (type $t) (i32.const 7))"
      " (global (export \"h\") (ref $t) (ref.func $f)) (global $one i32 (i32.const 1))"
      " (global (export \"i\") (ref i31) (ref.i31 (i32.add (global.get $one)"
      "  (global.get $one)))))");
  link_ok(f, 0);
  static const struct {
    uint32_t n;
    uint16_t last;
  } want[] = {{1, WFX_OP_ref_func}, {4, WFX_OP_ref_i31}, {1, WFX_OP_global_get}};
  for (uint32_t i = 0; i < 3; i++) {
    struct expr e = f->out->tables.data[i].init;
    assert_int_equal(e.n, want[i].n);
    assert_int_equal(f->out->const_code.insts.data[e.first + e.n - 1].op, want[i].last);
  }
}

static const char table_text[] =
    "(module (import \"b\" \"g\" (global $g anyref)) (table $t 3 anyref (global.get $g))"
    " (export \"t\" (table $t)))";

/* Written out, it would be another object. */
static void test_table_object(void **state) {
  struct fixture *f = *state;
  add(f, "main", table_text);
  add(f, "b", "(module (type $s (struct)) (global (export \"g\") anyref (struct.new $s)))");
  link_fails(f, 0, WFX_UNLINKABLE, "the initial value of table 0 \"t\"", "\"main\"", "object");
}

/* Written out, it would be 2^30 instructions. */
static void test_table_growth(void **state) {
  struct fixture *f = *state;
  char text[4000] = "(module (global $g0 i32 (i32.const 1))";
  for (unsigned i = 1; i <= 30; i++)
    sprintf(text + strlen(text), "(global $g%u i32 (i32.add (global.get %u) (global.get %u)))", i,
            i - 1, i - 1);
  strcat(text, "(global (export \"g\") anyref (ref.i31 (global.get 30))))");
  add(f, "main", table_text);
  add(f, "b", text);
  link_fails(f, 0, WFX_UNLINKABLE, "the initial value of table 0", "too many", "");
}

/* Segments go with the table or memory they fill, and reach what they hold. */
static void test_segments(void **state) {
  struct fixture *f = *state;
  add(f, "main",
      "(module (import \"a\" \"t\" (table $t 2 funcref)) (memory $m (export \"memory\") 1)"
      " (memory $dead 1) (data $dead (memory $dead) (i32.const 0) \"dead\")"
      " (data $kept (memory $m) (i32.const 0) \"kept\") (data $passive \"dead\")"
      " (elem (table $t) (i32.const 1) func $in_table)"
      " (func $in_table (drop (i32.load $m (i32.const 0))))"
      " (func $run (export \"run\") (call_indirect $t (i32.const 1))))");
  add(f, "a",
      "(module (table $t (export \"t\") 2 funcref) (elem (i32.const 0) func $f)"
      " (memory $own 1) (data $bytes \"passive\")"
      " (func $f (memory.init $own $bytes (i32.const 0) (i32.const 0) (i32.const 1)))"
      " (table $dead 1 funcref) (elem (table $dead) (i32.const 0) func $g) (func $g))");
  link_ok(f, 0);
  check_funcs(f->out, "in_table run f");
  assert_int_equal(f->out->elems.n, 2);
  assert_int_equal(f->out->datas.n, 2);
  assert_int_equal(f->out->mems.n, 2);
  assert_int_equal(f->out->tables.n, 1);
  /* The library's segment comes first, as if it had been instantiated before. */
  assert_string_equal(name_of(f->out, WFX_EXTERN_FUNC, f->out->elems.data[0].funcs.data[0]),
                      "f");
}

/* ---- Order of starting ------------------------------------------------------------------- */

/* Start the result; `main` returns `want`, or with -1 starting traps. */
static void check_run(struct fixture *f, int32_t want) {
  link_ok(f, 0);
  wfx_store *s = wfx_store_new(f->ctx);
  wfx_instance *inst;
  wfx_value v;
  wfx_status status = wfx_instantiate(s, f->out, NULL, &inst);
  if (want == -1) {
    assert_int_equal(status, WFX_TRAP);
  } else {
    assert_int_equal(status, WFX_OK);
    assert_int_equal(wfx_call(inst, "main", NULL, 0, &v, 1), WFX_OK);
    assert_int_equal(v.of.i32, want);
  }
  wfx_store_free(s);
}

/* What a start function wrote into another's memory, that one's segment comes over, as when
 * they are instantiated one by one; what it writes after that stays. */
static void test_late_data(void **state) {
  struct fixture *f = *state;
  add(f, "a",
      "(module (import \"b\" \"m\" (memory 1)) (import \"b\" \"two\" (global $two i32))"
      " (memory $own 1) (data $early (memory $own) (i32.const 65535) \"\\04\")"
      " (data $l1 (i32.const 0) \"\\02\\02\\02\")"
      " (data $l2 (i32.sub (global.get $two) (i32.const 1)) \"\\03\\03\")"
      " (data $l3 (memory $own) (i32.const 0) \"\\05\")"
      " (func $s (i32.store8 (global.get $two) (i32.const 1))) (start $s)"
      " (func (export \"main\") (result i32)"
      "  (i32.add (i32.load (i32.const 0)) (i32.load8_u $own (i32.const 65535)))))");
  add(f, "b",
      "(module (memory (export \"m\") 1) (global (export \"two\") i32 (i32.const 2))"
      " (data $b (i32.const 0) \"\\09\\09\\09\\09\")"
      " (func $i (i32.store (i32.const 0) (i32.add (i32.load (i32.const 0)) (i32.const 1))))"
      " (start $i))");
  check_run(f, 0x09010302 + 4);
  static const uint8_t modes[] = {SEGMENT_ACTIVE, SEGMENT_ACTIVE, SEGMENT_PASSIVE,
                                  SEGMENT_PASSIVE, SEGMENT_PASSIVE};
  assert_int_equal(f->out->datas.n, 5); /* b, early, l1, l2, l3 */
  for (size_t i = 0; i < 5; i++) assert_int_equal(f->out->datas.data[i].mode, modes[i]);
}

static void test_late_elem(void **state) {
  struct fixture *f = *state;
  add(f, "a",
      "(module (import \"b\" \"t\" (table $t i64 4 funcref)) (type $f (func (result i32)))"
      " (elem (table $t) (i64.const 0) func $one) (elem (table $t) (i64.const 3) funcref"
      "  (ref.func $two) ) (func $one (result i32) (i32.const 20))"
      " (func $two (result i32) (i32.const 300))"
      " (func (export \"main\") (result i32) (i32.add (i32.add"
      "  (call_indirect $t (type $f) (i64.const 0)) (call_indirect $t (type $f) (i64.const 1)))"
      "  (call_indirect $t (type $f) (i64.const 3)))))");
  add(f, "b",
      "(module (table $t (export \"t\") i64 4 funcref) (elem declare func $f)"
      " (func $f (result i32) (i32.const 1)) (func $s (table.set $t (i64.const 0)"
      " (ref.func $f)) (table.set $t (i64.const 1) (ref.func $f))) (start $s))");
  check_run(f, 321);
}

static void test_late_memory64(void **state) {
  struct fixture *f = *state;
  add(f, "a",
      "(module (import \"b\" \"m\" (memory i64 1)) (data (i64.const 0x10) \"\\02\")"
      " (func (export \"main\") (result i32) (i32.load (i64.const 0x10))))");
  add(f, "b", "(module (memory (export \"m\") i64 1)"
              " (func $i (i32.store (i64.const 0x10) (i32.const 1))) (start $i))");
  check_run(f, 2);
}

/* A segment that does not fit traps when its module's turn has come: not before the start
 * functions before. */
static void test_late_trap(void **state) {
  struct fixture *f = *state;
  add(f, "a",
      "(module (import \"b\" \"x\" (func)) (memory 1) (data (i32.const 65535) \"ab\")"
      " (func (export \"main\") (result i32) (i32.load (i32.const 0))))");
  add(f, "b", "(module (func (export \"x\")) (func $i) (start $i))");
  check_run(f, -1);
  const struct body *b = f->out->bodies.data[f->out->funcs.data[f->out->start].body];
  assert_int_equal(b->code.insts.data[0].op, WFX_OP_call);
  assert_int_equal(b->code.insts.data[4].op, WFX_OP_memory_init);
}

static void test_customs(void **state) {
  struct fixture *f = *state;
  add(f, "main", "(module (import \"a\" \"x\" (func)))");
  add(f, "a", "(module (func (export \"x\")))");
  wfx_module_add_custom(f->parts[0], "note", "abc", 3);
  wfx_module_add_custom(f->parts[1], "other", "abc", 3);
  link_ok(f, 0);
  assert_int_equal(f->out->customs.n, 1);
  assert_string_equal(f->out->customs.data[0].name.data, "note");
}

/* Modules that were not validated may name what is not there. */
static void test_invalid(void **state) {
  struct fixture *f = *state;
  add(f, "main", "(module (func (export \"run\") (call 7)))");
  link_fails(f, 0, WFX_INVALID, "unknown function 7", "main", "");
}

/* ---- The runtime ------------------------------------------------------------------------- */

static const char show_text[] =
    "(module (type $s (array (mut i8)))"
    " (import \"wfxrt:show@1\" \"show\" (func $show (param (ref null eq)) (result (ref $s))))"
    " (import \"wfxrt:io@1\" \"print\" (func $print (param (ref $s))))"
    " (import \"wfxrt:io@1\" \"memory\" (memory 1)) (export \"memory\" (memory 0))"
    " (func (export \"_start\") (call $print (call $show (ref.i31 (i32.const 42))))))";

static void test_runtime(void **state) {
  struct fixture *f = *state;
  add(f, "main", show_text);
  link_ok(f, WFX_LINK_CLOSED);
  assert_int_equal(f->out->mems.n, 1);
  for (size_t i = 0; i < f->out->imports.n; i++)
    assert_string_equal(f->out->imports.data[i].module.data, "wasi_snapshot_preview1");
}

static void test_no_runtime(void **state) {
  struct fixture *f = *state;
  add(f, "main", show_text);
  link_ok(f, WFX_LINK_NO_RUNTIME);
  assert_int_equal(f->out->imports.n, 3);
}

static void test_other_major(void **state) {
  struct fixture *f = *state;
  add(f, "main", "(module (import \"wfxrt:sched@2\" \"run\" (func)))");
  link_fails(f, 0, WFX_UNLINKABLE, "incompatible runtime", "\"main\"", "wfxrt:sched@1");
}

static void test_unknown_runtime(void **state) {
  struct fixture *f = *state;
  add(f, "main", "(module (import \"wfxrt:nothing@1\" \"run\" (func)))");
  link_fails(f, 0, WFX_UNLINKABLE, "unknown import", "\"main\"", "wfxrt:nothing@1");
}

static void test_runtime_modules(void **state) {
  struct fixture *f = *state;
  const char *name, *last = "";
  size_t n = 0;
  while ((name = wfx_runtime_name(n)) != NULL) {
    assert_true(strcmp(last, name) < 0);
    last = name;
    wfx_module *m = wfx_module_new(f->ctx);
    assert_int_equal(wfx_runtime_module(m, name), WFX_OK);
    assert_int_equal(wfx_module_validate(m), WFX_OK);
    wfx_module_free(m);
    n++;
  }
  assert_true(n >= 9);
  assert_int_equal(wfx_runtime_module(f->out, "wfxrt:sched@3"), WFX_UNLINKABLE);
}

/* The same modules give the same bytes, whatever the hash seed. */
static void link_bytes(wfx_bytes *out, wfx_ctx *ctx) {
  wfx_module *prog = wfx_module_new(ctx), *merged = wfx_module_new(ctx);
  wfx_linker *l = wfx_linker_new(ctx);
  assert_int_equal(wfx_module_parse(prog, show_text, strlen(show_text), NULL), WFX_OK);
  wfx_linker_add(l, "main", prog);
  assert_int_equal(wfx_linker_link(l, 0, merged), WFX_OK);
  assert_int_equal(wfx_module_encode(merged, 0, out), WFX_OK);
  wfx_linker_free(l);
  wfx_module_free(prog);
  wfx_module_free(merged);
}

static void test_same_bytes(void **state) {
  (void)state;
  wfx_ctx *c1 = wfx_ctx_new(NULL), *c2 = wfx_ctx_new(NULL);
  wfx_bytes b1, b2;
  link_bytes(&b1, c1);
  link_bytes(&b2, c2);
  assert_int_equal(b1.n, b2.n);
  assert_memory_equal(b1.data, b2.data, b1.n);
  wfx_bytes_free(c1, &b1);
  wfx_bytes_free(c2, &b2);
  wfx_ctx_free(c1);
  wfx_ctx_free(c2);
}

static const char oom_text[] =
    "(module (import \"wfxrt:list@1\" \"length\" (func $f (param (ref null $c)) (result i32)))"
    " (import \"env\" \"x\" (func $x)) (import \"a\" \"g\" (global $g i32))"
    " (import \"a\" \"m\" (memory 1)) (data (global.get $g) \"y\") (start $s) (func $s)"
    " (type $c (struct (field (ref null eq)) (field (mut (ref null $c)))))"
    " (global (export \"h\") i32 (global.get $g))"
    " (func (export \"f\") (drop (call $f (ref.null $c))) (call $x)))";
static const char oom_lib_text[] =
    "(module (global (export \"g\") i32 (i32.const 1)) (func $s) (start $s)"
    " (table 1 funcref) (elem (i32.const 0) func $s) (memory (export \"m\") 1)"
    " (data (i32.const 0) \"x\"))";

static wfx_status oom_task(wfx_ctx *ctx) {
  wfx_module *prog = wfx_module_new(ctx), *lib = wfx_module_new(ctx),
             *out = wfx_module_new(ctx);
  wfx_linker *l = wfx_linker_new(ctx);
  wfx_status status = WFX_NOMEM;
  if (prog && lib && out && l) {
    status = wfx_module_parse(prog, oom_text, strlen(oom_text), NULL);
    if (status == WFX_OK)
      status = wfx_module_parse(lib, oom_lib_text, strlen(oom_lib_text), NULL);
    if (status == WFX_OK) {
      wfx_linker_add(l, "main", prog);
      wfx_linker_add(l, "a", lib);
      status = wfx_linker_link(l, WFX_LINK_KEEP_ALL, out);
    }
  }
  wfx_linker_free(l);
  wfx_module_free(prog);
  wfx_module_free(lib);
  wfx_module_free(out);
  return status;
}

static void test_oom(void **state) {
  (void)state;
  unit_sweep(oom_task);
}

#define LINK_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void) {
  const struct CMUnitTest tests[] = {
      LINK_TEST(test_resolve),       LINK_TEST(test_keep_all),
      LINK_TEST(test_passed_on),     LINK_TEST(test_circle),
      LINK_TEST(test_shared_import), LINK_TEST(test_closed),
      LINK_TEST(test_unknown),       LINK_TEST(test_ambiguous),
      LINK_TEST(test_misuse),        cmocka_unit_test(test_func_types),
      cmocka_unit_test(test_other_types), LINK_TEST(test_type_message),
      LINK_TEST(test_start),         LINK_TEST(test_one_start),
      LINK_TEST(test_global_order),  LINK_TEST(test_global_circle),
      LINK_TEST(test_segments),      LINK_TEST(test_customs),
      LINK_TEST(test_table_value),   LINK_TEST(test_table_object),
      LINK_TEST(test_table_growth),
      LINK_TEST(test_late_data),     LINK_TEST(test_late_elem),
      LINK_TEST(test_late_memory64), LINK_TEST(test_late_trap),
      LINK_TEST(test_invalid),       LINK_TEST(test_runtime),
      LINK_TEST(test_no_runtime),    LINK_TEST(test_other_major),
      LINK_TEST(test_unknown_runtime), LINK_TEST(test_runtime_modules),
      cmocka_unit_test(test_same_bytes), cmocka_unit_test(test_oom),
  };
  cmocka_set_message_output(CM_OUTPUT_TAP);
  return cmocka_run_group_tests(tests, NULL, NULL);
}
