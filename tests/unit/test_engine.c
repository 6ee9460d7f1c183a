/* test_engine.c: instances, calls, traps, limits, the host's side of the interpreter. */
#include "run_unit.h"

#include "engine/run.h"

static const char basic_text[] =
    "(module\n"
    "  (memory (export \"memory\") 1 3)\n"
    "  (data (i32.const 8) \"\\2a\\00\\00\\00\")\n"
    "  (table $t (export \"table\") 4 8 funcref)\n"
    "  (type $unary (func (param i32) (result i32)))\n"
    "  (elem (i32.const 0) $neg $add)\n"
    "  (global $g (export \"g\") (mut i64) (i64.const 7))\n"
    "  (func $neg (type $unary) (i32.sub (i32.const 0) (local.get 0)))\n"
    "  (func $add (export \"add\") (param i32 i32) (result i32)\n"
    "    (i32.add (local.get 0) (local.get 1)))\n"
    "  (func (export \"load\") (param i32) (result i32) (i32.load (local.get 0)))\n"
    "  (func (export \"div\") (param i32 i32) (result i32)\n"
    "    (i32.div_s (local.get 0) (local.get 1)))\n"
    "  (func (export \"indirect\") (param i32 i32) (result i32)\n"
    "    (call_indirect (type $unary) (local.get 1) (local.get 0)))\n"
    "  (func $fib (export \"fib\") (param i32) (result i32)\n"
    "    (if (result i32) (i32.lt_s (local.get 0) (i32.const 2)) (then (local.get 0))\n"
    "      (else (i32.add (call $fib (i32.sub (local.get 0) (i32.const 1)))\n"
    "                     (call $fib (i32.sub (local.get 0) (i32.const 2)))))))\n"
    "  (func $deep (export \"deep\") (param i32) (result i32)\n"
    "    (if (result i32) (local.get 0)\n"
    "      (then (i32.add (i32.const 1) (call $deep (i32.sub (local.get 0) (i32.const 1)))))\n"
    "      (else (i32.const 0))))\n"
    "  (func $even (export \"even\") (param i32) (result i32)\n"
    "    (if (local.get 0)\n"
    "      (then (return_call $odd (i32.sub (local.get 0) (i32.const 1)))))\n"
    "    (i32.const 1))\n"
    "  (func $odd (param i32) (result i32)\n"
    "    (if (local.get 0)\n"
    "      (then (return_call $even (i32.sub (local.get 0) (i32.const 1)))))\n"
    "    (i32.const 0))\n"
    "  (func (export \"swap\") (param i32 i32) (result i32 i32)\n"
    "    (local.get 1) (local.get 0)))\n";

static void test_calls(void **state) {
  (void)state;
  struct world w;
  world_open(&w, NULL);
  wfx_instance *inst = world_add(&w, basic_text, NULL);
  assert_runs(inst, "add", 40, 2, 42);
  assert_runs(inst, "load", 8, 0, 42);
  assert_runs(inst, "fib", 20, 0, 6765);
  assert_runs(inst, "even", 1000000, 0, 1);
  assert_runs(inst, "indirect", 0, 5, -5);
  wfx_value args[2] = {wfx_i32(1), wfx_i32(2)}, r[2];
  assert_int_equal(wfx_call(inst, "swap", args, 2, r, 2), WFX_OK);
  assert_int_equal(r[0].of.i32, 2);
  assert_int_equal(r[1].of.i32, 1);
  assert_null(wfx_store_diag(w.store));
  world_close(&w);
}

static void test_traps(void **state) {
  (void)state;
  struct world w;
  world_open(&w, NULL);
  wfx_instance *inst = world_add(&w, basic_text, NULL);
  assert_fails(&w, inst, "div", 1, 0, WFX_TRAP, "integer divide by zero");
  assert_fails(&w, inst, "div", INT32_MIN, -1, WFX_TRAP, "integer overflow");
  assert_fails(&w, inst, "load", 65533, 0, WFX_TRAP, "out of bounds memory access");
  assert_fails(&w, inst, "load", -1, 0, WFX_TRAP, "out of bounds memory access");
  assert_fails(&w, inst, "indirect", 9, 0, WFX_TRAP, "undefined element 9");
  assert_fails(&w, inst, "indirect", 2, 0, WFX_TRAP, "uninitialized element 2");
  assert_fails(&w, inst, "indirect", 1, 0, WFX_TRAP, "indirect call type mismatch");
  assert_runs(inst, "add", 40, 2, 42);
  world_close(&w);
}

static void test_trace(void **state) {
  (void)state;
  struct world w;
  world_open(&w, NULL);
  wfx_instance *inst = world_add(&w,
                                 "(module\n"
                                 "  (func $a (export \"a\") (param i32) (result i32)\n"
                                 "    (call $b (local.get 0)))\n"
                                 "  (func $b (param i32) (result i32)\n"
                                 "    (i32.div_u (i32.const 1) (local.get 0))))\n",
                                 NULL);
  assert_fails(&w, inst, "a", 0, 0, WFX_TRAP, "integer divide by zero");
  assert_int_equal(wfx_store_diag(w.store)->loc.line, 5);
  assert_string_equal(wfx_store_diag(w.store)->func, "b");
  assert_int_equal(wfx_store_n_frames(w.store), 2);
  wfx_frame f;
  assert_true(wfx_store_frame(w.store, 0, &f));
  assert_string_equal(f.func.data, "b");
  assert_int_equal(f.loc.line, 5);
  assert_true(wfx_store_frame(w.store, 1, &f));
  assert_string_equal(f.func.data, "a");
  assert_int_equal(f.loc.line, 3);
  assert_false(f.is_resume);
  assert_false(wfx_store_frame(w.store, 2, &f));
  assert_runs(inst, "a", 1, 0, 1);
  assert_int_equal(wfx_store_n_frames(w.store), 0);
  world_close(&w);
}

static void test_stack_limit(void **state) {
  (void)state;
  struct world w;
  wfx_limits limits = {.stack_bytes = 1 << 20};
  world_open(&w, &limits);
  wfx_instance *inst = world_add(&w, basic_text, NULL);
  assert_runs(inst, "deep", 5000, 0, 5000);
  assert_fails(&w, inst, "deep", 10000000, 0, WFX_EXHAUSTION, "call stack exhausted");
  assert_true(wfx_store_n_frames(w.store) >= 100);
  assert_runs(inst, "deep", 5000, 0, 5000);
  wfx_stats stats;
  wfx_store_stats(w.store, &stats);
  assert_true(stats.stack_bytes <= 3 << 20);
  assert_int_equal(stats.n_conts_live, 0);
  world_close(&w);
}

static void test_misuse(void **state) {
  (void)state;
  struct world w;
  world_open(&w, NULL);
  wfx_instance *inst = world_add(&w, basic_text, NULL);
  wfx_value args[3] = {wfx_i32(1), wfx_i64(2), wfx_i32(3)}, r;
  assert_int_equal(wfx_call(inst, "none", args, 0, &r, 1), WFX_MISUSE);
  assert_int_equal(wfx_call(inst, "memory", args, 0, &r, 1), WFX_MISUSE);
  assert_int_equal(wfx_call(inst, "add", args, 1, &r, 1), WFX_MISUSE);
  assert_int_equal(wfx_call(inst, "add", args, 3, &r, 1), WFX_MISUSE);
  assert_int_equal(wfx_call(inst, "add", args, 2, &r, 1), WFX_MISUSE);
  args[1] = wfx_i32(2);
  assert_int_equal(wfx_call(inst, "add", args, 2, &r, 0), WFX_MISUSE);
  assert_int_equal(wfx_call(inst, "add", args, 2, &r, 1), WFX_OK);
  world_close(&w);
}

static void test_globals_and_memory(void **state) {
  (void)state;
  struct world w;
  world_open(&w, NULL);
  wfx_instance *inst = world_add(&w, basic_text, NULL);
  wfx_value v;
  assert_true(wfx_instance_global(inst, "g", &v));
  assert_int_equal(v.type, WFX_I64);
  assert_int_equal(v.of.i64, 7);
  assert_int_equal(wfx_instance_set_global(inst, "g", wfx_i64(8)), WFX_OK);
  assert_int_equal(wfx_instance_set_global(inst, "g", wfx_i32(8)), WFX_MISUSE);
  assert_int_equal(wfx_instance_set_global(inst, "h", wfx_i64(8)), WFX_MISUSE);
  assert_true(wfx_instance_global(inst, "g", &v));
  assert_int_equal(v.of.i64, 8);
  size_t n;
  uint8_t *bytes = wfx_instance_memory(inst, NULL, &n);
  assert_int_equal(n, 65536);
  assert_int_equal(bytes[8], 42);
  bytes[8] = 43;
  assert_runs(inst, "load", 8, 0, 43);
  assert_null(wfx_instance_memory(inst, "add", &n));
  world_close(&w);
}

/* ---- Imports ----------------------------------------------------------------------------- */

static wfx_status twice(void *ud, wfx_store *s, wfx_instance *caller, const wfx_value *args,
                        wfx_value *results) {
  (void)s;
  (void)caller;
  ++*(int *)ud;
  results[0].of.i32 = 2 * args[0].of.i32;
  return args[0].of.i32 < 0 ? wfx_store_trap(s, "negative") : WFX_OK;
}

/* Call export "again" of the calling instance. */
static wfx_status reenter(void *ud, wfx_store *s, wfx_instance *caller, const wfx_value *args,
                          wfx_value *results) {
  (void)ud;
  (void)s;
  return wfx_call(caller, "again", args, 1, results, 1);
}

static const wfx_valtype i32_type[] = {WFX_I32};

static void test_host(void **state) {
  (void)state;
  struct world w;
  world_open(&w, NULL);
  int n_calls = 0;
  assert_int_equal(wfx_store_define_func(w.store, "env", "twice", i32_type, 1, i32_type, 1,
                                         twice, &n_calls),
                   WFX_OK);
  wfx_instance *inst = world_add(
      &w,
      "(module (import \"env\" \"twice\" (func $twice (param i32) (result i32)))\n"
      "  (table funcref (elem $twice))\n"
      "  (export \"direct\" (func $twice))\n"
      "  (func (export \"call\") (param i32) (result i32)\n"
      "    (i32.add (i32.const 1) (call $twice (local.get 0))))\n"
      "  (func (export \"tail\") (param i32) (result i32) (return_call $twice (local.get 0)))\n"
      "  (func (export \"table\") (param i32) (result i32)\n"
      "    (call_indirect (param i32) (result i32) (local.get 0) (i32.const 0))))",
      NULL);
  assert_runs(inst, "call", 4, 0, 9);
  assert_runs(inst, "tail", 4, 0, 8);
  assert_runs(inst, "table", 5, 0, 10);
  assert_runs(inst, "direct", 6, 0, 12);
  assert_int_equal(n_calls, 4);
  assert_fails(&w, inst, "call", -1, 0, WFX_TRAP, "negative");
  assert_int_equal(wfx_store_n_frames(w.store), 1);
  assert_fails(&w, inst, "direct", -1, 0, WFX_TRAP, "negative");
  world_close(&w);
}

static void test_host_reentry(void **state) {
  (void)state;
  struct world w;
  world_open(&w, NULL);
  assert_int_equal(wfx_store_define_func(w.store, "env", "reenter", i32_type, 1, i32_type, 1,
                                         reenter, NULL),
                   WFX_OK);
  wfx_instance *inst = world_add(
      &w,
      "(module (import \"env\" \"reenter\" (func $reenter (param i32) (result i32)))\n"
      "  (tag $e (param i32))\n"
      "  (func (export \"again\") (param i32) (result i32)\n"
      "    (if (i32.eq (local.get 0) (i32.const 77)) (then (throw $e (i32.const 5))))\n"
      "    (if (i32.eq (local.get 0) (i32.const 66)) (then (unreachable)))\n"
      "    (if (result i32) (i32.eqz (local.get 0)) (then (i32.const 0))\n"
      "      (else (i32.add (i32.const 1)\n"
      "              (call $reenter (i32.sub (local.get 0) (i32.const 1)))))))\n"
      "  (func (export \"catch\") (param i32) (result i32)\n"
      "    (block $l (result i32)\n"
      "      (try_table (result i32) (catch $e $l) (call $reenter (local.get 0))))))",
      NULL);
  assert_runs(inst, "again", 50, 0, 50);
  assert_fails(&w, inst, "again", 1000, 0, WFX_EXHAUSTION, "call stack exhausted");
  assert_runs(inst, "catch", 77, 0, 5); /* through the host */
  assert_fails(&w, inst, "again", 76 + 1, 0, WFX_EXCEPTION, "uncaught exception");
  assert_fails(&w, inst, "again", 65 + 3, 0, WFX_TRAP, "unreachable");
  assert_true(wfx_store_n_frames(w.store) >= 3);
  assert_runs(inst, "again", 10, 0, 10);
  wfx_stats stats;
  wfx_store_stats(w.store, &stats);
  assert_int_equal(stats.n_conts_live, 0);
  world_close(&w);
}

static void assert_unlinkable(struct world *w, const char *text, const char *message) {
  wfx_instance *inst;
  assert_int_equal(wfx_instantiate(w->store, world_parse(w, text), NULL, &inst),
                   WFX_UNLINKABLE);
  assert_null(inst);
  assert_memory_equal(wfx_store_diag(w->store)->message, message, strlen(message));
  wfx_module_free(w->modules[--w->n_modules]);
}

static void test_linking(void **state) {
  (void)state;
  struct world w;
  world_open(&w, NULL);
  wfx_instance *inst = world_add(&w, basic_text, "lib");
  wfx_instance *user = world_add(
      &w,
      "(module (import \"lib\" \"add\" (func $add (param i32 i32) (result i32)))\n"
      "  (import \"lib\" \"memory\" (memory 1))\n"
      "  (import \"lib\" \"g\" (global $g (mut i64)))\n"
      "  (func (export \"use\") (param i32) (result i32)\n"
      "    (global.set $g (i64.const 9))\n"
      "    (i32.store (i32.const 8) (local.get 0))\n"
      "    (drop (memory.grow (i32.const 1)))\n"
      "    (call $add (i32.load (i32.const 8)) (memory.size)))\n"
      "  (export \"again\" (func $add)))",
      NULL);
  assert_runs(user, "use", 10, 0, 12);
  assert_runs(inst, "load", 8, 0, 10);
  assert_runs(inst, "load", 100000, 0, 0);
  assert_runs(user, "again", 1, 2, 3);
  wfx_value v;
  assert_true(wfx_instance_global(inst, "g", &v));
  assert_int_equal(v.of.i64, 9);
  assert_unlinkable(&w, "(module (import \"lib\" \"none\" (func)))", "unknown import");
  assert_unlinkable(&w, "(module (import \"none\" \"add\" (func)))", "unknown import");
  assert_unlinkable(&w, "(module (import \"lib\" \"add\" (func)))", "incompatible import type");
  assert_unlinkable(&w, "(module (import \"lib\" \"add\" (memory 1)))",
                    "incompatible import type");
  assert_unlinkable(&w, "(module (import \"lib\" \"memory\" (memory 1 2)))",
                    "incompatible import type");
  assert_unlinkable(&w, "(module (import \"lib\" \"g\" (global i64)))",
                    "incompatible import type");
  assert_unlinkable(&w, "(module (import \"lib\" \"table\" (table 5 funcref)))",
                    "incompatible import type");
  world_close(&w);
}

static void test_failed_start(void **state) {
  (void)state;
  struct world w;
  world_open(&w, NULL);
  wfx_instance *inst;
  wfx_module *m = world_parse(&w, "(module (func $f unreachable) (start $f))");
  assert_int_equal(wfx_instantiate(w.store, m, "a", &inst), WFX_TRAP);
  assert_null(inst);
  m = world_parse(&w, "(module (memory 1) (data (i32.const 65535) \"ab\"))");
  assert_int_equal(wfx_instantiate(w.store, m, "a", &inst), WFX_TRAP);
  assert_string_equal(wfx_store_diag(w.store)->message, "out of bounds memory access");
  m = world_parse(&w, "(module (func (result i32) (i64.const 0)))");
  assert_int_equal(wfx_instantiate(w.store, m, "a", &inst), WFX_INVALID);
  world_close(&w);
}

/* ---- References -------------------------------------------------------------------------- */

static void test_references(void **state) {
  (void)state;
  struct world w;
  world_open(&w, NULL);
  wfx_instance *inst = world_add(
      &w,
      "(module\n"
      "  (type $s (struct (field (mut i32)) (field i8) (field (mut f64))))\n"
      "  (type $a (array (mut i16)))\n"
      "  (func (export \"struct\") (result anyref)\n"
      "    (struct.new $s (i32.const 1) (i32.const 2) (f64.const 3)))\n"
      "  (func (export \"array\") (result anyref)\n"
      "    (array.new $a (i32.const 1) (i32.const 2)))\n"
      "  (func (export \"i31\") (result anyref) (ref.i31 (i32.const -5)))\n"
      "  (func (export \"null\") (result anyref) (ref.null any))\n"
      "  (func $f (export \"func\") (result funcref) (ref.func $f))\n"
      "  (func (export \"same\") (param externref) (result externref) (local.get 0))\n"
      "  (func (export \"get\") (param (ref $s)) (result i32)\n"
      "    (struct.get $s 0 (local.get 0))))",
      NULL);
  static const struct {
    const char *name;
    wfx_heaptype heap;
  } cases[] = {{"struct", WFX_HEAP_STRUCT}, {"array", WFX_HEAP_ARRAY}, {"i31", WFX_HEAP_I31},
               {"null", WFX_HEAP_BOT},      {"func", WFX_HEAP_FUNC}};
  wfx_value v, r;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    assert_int_equal(wfx_call(inst, cases[i].name, NULL, 0, &v, 1), WFX_OK);
    assert_int_equal(wfx_ref_heap(w.store, &v), cases[i].heap);
  }
  assert_int_equal(wfx_call(inst, "i31", NULL, 0, &v, 1), WFX_OK);
  assert_int_equal(wfx_ref_i31(&v), -5);
  assert_int_equal(wfx_call(inst, "get", &v, 1, &r, 1), WFX_MISUSE);
  assert_int_equal(wfx_call(inst, "array", NULL, 0, &v, 1), WFX_OK);
  assert_int_equal(wfx_call(inst, "get", &v, 1, &r, 1), WFX_MISUSE);
  assert_int_equal(wfx_call(inst, "struct", NULL, 0, &v, 1), WFX_OK);
  assert_int_equal(wfx_call(inst, "get", &v, 1, &r, 1), WFX_OK);
  assert_int_equal(r.of.i32, 1);
  int x;
  void *p;
  assert_int_equal(wfx_extern_new(w.store, &x, &v), WFX_OK);
  assert_int_equal(wfx_call(inst, "same", &v, 1, &r, 1), WFX_OK);
  assert_int_equal(wfx_ref_heap(w.store, &r), WFX_HEAP_EXTERN);
  assert_true(wfx_extern_get(&r, &p));
  assert_ptr_equal(p, &x);
  world_close(&w);
}

/* Lists that are dropped and one that is kept, with a collection at every allocation. */
static void test_collect_stress(void **state) {
  (void)state;
  struct world w;
  world_open(&w, NULL);
  wfx_instance *inst = world_add(
      &w,
      "(module\n"
      "  (type $l (struct (field i32) (field (ref null $l))))\n"
      "  (type $a (array (mut (ref null $l))))\n"
      "  (tag $e (param (ref $l)))\n"
      "  (global $kept (mut (ref null $l)) (ref.null $l))\n"
      "  (table $t 2 (ref null $l))\n"
      "  (func $list (param i32) (result (ref null $l)) (local $l (ref null $l))\n"
      "    (loop $again\n"
      "      (local.set $l (struct.new $l (local.get 0) (local.get $l)))\n"
      "      (br_if $again (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))\n"
      "    (local.get $l))\n"
      "  (func $sum (param $l (ref null $l)) (result i32) (local i32)\n"
      "    (block $out (loop $again\n"
      "      (local.set 1 (i32.add (local.get 1) (struct.get $l 0\n"
      "        (br_on_null $out (local.get $l)))))\n"
      "      (local.set $l (struct.get $l 1 (local.get $l)))\n"
      "      (br $again)))\n"
      "    (local.get 1))\n"
      "  (func (export \"run\") (param i32) (result i32) (local $a (ref null $a))\n"
      "    (global.set $kept (call $list (local.get 0)))\n"
      "    (table.set $t (i32.const 1) (call $list (local.get 0)))\n"
      "    (local.set $a (array.new_fixed $a 2 (call $list (local.get 0))\n"
      "      (call $list (local.get 0))))\n"
      "    (i32.add\n"
      "      (call $sum (block $h (result (ref $l))\n"
      "        (try_table (catch $e $h)\n"
      "          (throw $e (ref.as_non_null (call $list (local.get 0)))))\n"
      "        (unreachable)))\n"
      "      (i32.add (i32.add (call $sum (global.get $kept))\n"
      "                        (call $sum (table.get $t (i32.const 1))))\n"
      "               (i32.add (call $sum (array.get $a (local.get $a) (i32.const 0)))\n"
      "                        (call $sum (array.get $a (local.get $a) (i32.const 1))))))))",
      NULL);
  wfx__heap_set_stress(w.store->heap, true);
  assert_runs(inst, "run", 20, 0, 5 * 210);
  world_close(&w);
}

static void test_heap_limit(void **state) {
  (void)state;
  struct world w;
  wfx_limits limits = {.heap_bytes = 16 << 20};
  world_open(&w, &limits);
  wfx_instance *inst = world_add(
      &w,
      "(module (type $l (struct (field (ref null $l)) (field i64 i64 i64)))\n"
      "  (type $a (array i64))\n"
      "  (func (export \"fill\") (local $l (ref null $l))\n"
      "    (loop $again\n"
      "      (local.set $l (struct.new $l (local.get $l) (i64.const 0) (i64.const 0)\n"
      "        (i64.const 0)))\n"
      "      (br $again)))\n"
      "  (func (export \"array\") (param i32) (result i32)\n"
      "    (array.len (array.new_default $a (local.get 0))))\n"
      "  (func (export \"garbage\") (param i32)\n"
      "    (loop $again\n"
      "      (drop (array.new_default $a (i32.const 1000)))\n"
      "      (br_if $again (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))))",
      NULL);
  assert_fails(&w, inst, "fill", 0, 0, WFX_EXHAUSTION, "heap exhausted");
  assert_fails(&w, inst, "array", -1, 0, WFX_EXHAUSTION, "heap exhausted");
  assert_runs(inst, "array", 1000, 0, 1000);
  assert_int_equal(call_i32(inst, "garbage", 100000, 0, NULL), WFX_OK);
  world_close(&w);
}

static void test_unsupported(void **state) {
  (void)state;
  struct world w;
  world_open(&w, NULL);
  wfx_instance *inst = world_add(&w,
                                 "(module (type $f (func)) (type $c (cont $f))\n"
                                 "  (func (export \"f\") (param i32)\n"
                                 "    (if (local.get 0) (then\n"
                                 "      (drop (cont.clone $c (ref.null $c)))))))",
                                 NULL);
  assert_int_equal(call_i32(inst, "f", 0, 0, NULL), WFX_OK);
  assert_fails(&w, inst, "f", 1, 0, WFX_UNSUPPORTED, "unsupported: cont.clone");
  world_close(&w);
}

/* ---- WASI -------------------------------------------------------------------------------- */

struct output {
  char text[64];
  size_t n;
};

static int64_t write_output(void *ud, uint32_t fd, const uint8_t *bytes, size_t n) {
  struct output *o = ud;
  if (fd != 1 || n > sizeof o->text - o->n) return -1;
  memcpy(o->text + o->n, bytes, n);
  o->n += n;
  return (int64_t)n;
}

static void test_wasi(void **state) {
  (void)state;
  struct world w;
  world_open(&w, NULL);
  struct output out = {{0}, 0};
  const char *args[] = {"prog", "x"};
  wfx_wasi wasi = {.size = sizeof wasi, .ud = &out, .args = args, .n_args = 2,
                   .write = write_output};
  assert_int_equal(wfx_store_define_wasi(w.store, &wasi), WFX_OK);
  wfx_instance *inst = world_add(
      &w,
      "(module\n"
      "  (import \"wasi_snapshot_preview1\" \"fd_write\"\n"
      "    (func $write (param i32 i32 i32 i32) (result i32)))\n"
      "  (import \"wasi_snapshot_preview1\" \"args_sizes_get\"\n"
      "    (func $sizes (param i32 i32) (result i32)))\n"
      "  (import \"wasi_snapshot_preview1\" \"args_get\"\n"
      "    (func $args (param i32 i32) (result i32)))\n"
      "  (import \"wasi_snapshot_preview1\" \"random_get\"\n"
      "    (func $random (param i32 i32) (result i32)))\n"
      "  (import \"wasi_snapshot_preview1\" \"proc_exit\" (func $exit (param i32)))\n"
      "  (memory 1)\n"
      "  (data (i32.const 0) \"\\08\\00\\00\\00\\03\\00\\00\\00hi\\n\")\n"
      "  (func (export \"write\") (param i32 i32) (result i32)\n"
      "    (call $write (local.get 0) (local.get 1) (i32.const 1) (i32.const 100)))\n"
      "  (func (export \"args\") (result i32)\n"
      "    (drop (call $sizes (i32.const 200) (i32.const 204)))\n"
      "    (drop (call $args (i32.const 300) (i32.const 400)))\n"
      "    (i32.add (i32.load (i32.const 204))\n"
      "      (i32.load8_u (i32.load (i32.const 304)))))\n"
      "  (func (export \"random\") (result i32) (call $random (i32.const 0) (i32.const 1)))\n"
      "  (func (export \"exit\") (param i32) (call $exit (local.get 0)) (unreachable)))",
      NULL);
  assert_runs(inst, "write", 1, 0, 0);
  assert_int_equal(out.n, 3);
  assert_memory_equal(out.text, "hi\n", 3);
  assert_runs(inst, "write", 3, 0, 8);
  assert_runs(inst, "write", 1, 65535, 21);
  assert_runs(inst, "args", 0, 0, 7 + 'x');
  assert_runs(inst, "random", 0, 0, 52);
  assert_int_equal(call_i32(inst, "exit", 3, 0, NULL), WFX_EXIT);
  assert_int_equal(wfx_store_exit_code(w.store), 3);
  world_close(&w);
}

/* ---- Many results and locals --------------------------------------------------------------- */

/* Values that travel in blocks, branches and tables of branches, with aliases of locals below. */
static void test_operands(void **state) {
  (void)state;
  struct world w;
  world_open(&w, NULL);
  wfx_instance *inst = world_add(
      &w,
      "(module\n"
      "  (func (export \"alias\") (param i32 i32) (result i32)\n"
      "    (local.get 0) (local.set 0 (i32.const 100)) (local.get 0) (i32.sub))\n"
      "  (func (export \"tee\") (param i32 i32) (result i32)\n"
      "    (local.get 0) (local.tee 0 (i32.add (local.get 0) (local.get 1)))\n"
      "    (i32.mul) (local.get 0) (i32.add))\n"
      "  (func (export \"table\") (param i32 i32) (result i32)\n"
      "    (i32.const 1000)\n"
      "    (block $b (result i32)\n"
      "      (drop (block $a (result i32)\n"
      "        (i32.add (i32.const 1)\n"
      "          (block $c (result i32)\n"
      "            (i32.const 7) (local.get 1)\n"
      "            (br_table $a $b $c (local.get 0))))))\n"
      "      (i32.const 50))\n"
      "    (i32.add))\n"
      "  (func (export \"br_if\") (param i32 i32) (result i32)\n"
      "    (local.get 1)\n"
      "    (block $a (result i32)\n"
      "      (i32.const 5)\n"
      "      (br_if $a (local.get 1) (local.get 0))\n"
      "      (i32.sub))\n"
      "    (i32.mul))\n"
      "  (func (export \"loop\") (param i32 i32) (result i32)\n"
      "    (local.get 1) (local.get 0)\n"
      "    (loop $l (param i32 i32) (result i32)\n"
      "      (local.set 0) (i32.add (i32.const 3))\n"
      "      (i32.sub (local.get 0) (i32.const 1))\n"
      "      (br_if $l (i32.ne (local.tee 1 (i32.sub (local.get 0) (i32.const 1)))\n"
      "        (i32.const 0)))\n"
      "      (drop)))\n"
      "  (func $many (result i32 i32 i32) (i32.const 1) (i32.const 2) (i32.const 3))\n"
      "  (func (export \"many\") (param i32 i32) (result i32)\n"
      "    (call $many)\n"
      "    (if (param i32 i32 i32) (result i32 i32) (local.get 0)\n"
      "      (then (i32.sub)) (else (drop)))\n"
      "    (i32.sub (local.get 1)) (i32.mul))\n"
      "  (func (export \"float\") (param i32 i32) (result i32)\n"
      "    (local $x f64) (local.set $x (f64.convert_i32_s (local.get 0)))\n"
      "    (if (result i32) (f64.lt (local.get $x) (f64.const 0))\n"
      "      (then (i32.const -1))\n"
      "      (else (i32.trunc_f64_s (f64.mul (local.get $x) (f64.const 1.5)))))))",
      NULL);
  assert_runs(inst, "alias", 7, 0, -93);
  assert_runs(inst, "tee", 3, 4, 3 * 7 + 7);
  assert_runs(inst, "table", 0, 9, 1050);
  assert_runs(inst, "table", 1, 9, 1009);
  assert_runs(inst, "table", 2, 9, 1050);
  assert_runs(inst, "br_if", 1, 6, 36);
  assert_runs(inst, "br_if", 0, 6, -6);
  assert_runs(inst, "loop", 4, 10, 22);
  assert_runs(inst, "many", 1, 10, 1 * (-1 - 10));
  assert_runs(inst, "many", 0, 10, 1 * (2 - 10));
  assert_runs(inst, "float", -3, 0, -1);
  assert_runs(inst, "float", 3, 0, 4);
  world_close(&w);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_calls),
      cmocka_unit_test(test_traps),
      cmocka_unit_test(test_trace),
      cmocka_unit_test(test_stack_limit),
      cmocka_unit_test(test_misuse),
      cmocka_unit_test(test_globals_and_memory),
      cmocka_unit_test(test_host),
      cmocka_unit_test(test_host_reentry),
      cmocka_unit_test(test_linking),
      cmocka_unit_test(test_failed_start),
      cmocka_unit_test(test_references),
      cmocka_unit_test(test_collect_stress),
      cmocka_unit_test(test_heap_limit),
      cmocka_unit_test(test_unsupported),
      cmocka_unit_test(test_wasi),
      cmocka_unit_test(test_operands),
  };
  cmocka_set_message_output(CM_OUTPUT_TAP);
  return cmocka_run_group_tests(tests, NULL, NULL);
}
