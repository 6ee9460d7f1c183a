/* test_cont.c: continuations: all seven instructions, their limits, and the collector. */
#include "run_unit.h"

#include <stdio.h>

#include "engine/run.h"

/* Types and tags that most programs here use: k0 [] -> [i32], k1 [i32] -> [i32]. */
#define PRELUDE                                   \
  "(module\n"                                     \
  "  (type $f0 (func (result i32)))\n"            \
  "  (type $f1 (func (param i32) (result i32)))\n" \
  "  (type $f2 (func (param i32 i32) (result i32)))\n" \
  "  (type $k0 (cont $f0))\n"                     \
  "  (type $k1 (cont $f1))\n"                     \
  "  (type $k2 (cont $f2))\n"                     \
  "  (tag $ask (param i32) (result i32))\n"       \
  "  (tag $tell (param i32))\n"                   \
  "  (tag $exn (param i32))\n"

static uint64_t n_live(const struct world *w) {
  wfx_stats stats;
  wfx_store_stats(w->store, &stats);
  return stats.n_conts_live;
}

/* Run one program: f(a, b) gives want, and no record is left but those the program keeps. */
static void run_program(const char *text, int32_t a, int32_t b, int32_t want, bool is_stressed) {
  struct world w;
  world_open(&w, NULL);
  wfx_instance *inst = world_add(&w, text, NULL);
  wfx__heap_set_stress(w.store->heap, is_stressed);
  assert_runs(inst, "f", a, b, want);
  wfx_store_collect(w.store);
  assert_int_equal(n_live(&w), 0);
  assert_runs(inst, "f", a, b, want);
  world_close(&w);
}

static void test_ask(void **state) {
  (void)state;
  /* The body asks twice from inside a helper; the handler answers n + 10 and n + 20. */
  run_program(
      PRELUDE
      "  (func $help (param i32) (result i32)\n"
      "    (i32.mul (suspend $ask (local.get 0)) (suspend $ask (i32.const 2))))\n"
      "  (func $body (type $f1) (i32.add (i32.const 1) (call $help (local.get 0))))\n"
      "  (elem declare func $body)\n"
      "  (func (export \"f\") (param i32 i32) (result i32)\n"
      "    (local $k (ref null $k1)) (local $n i32) (local $add i32)\n"
      "    (block $on (result i32 (ref $k1))\n"
      "      (return (resume $k1 (on $ask $on) (local.get 0) (cont.new $k1 (ref.func $body)))))\n"
      "    (loop $again (param i32 (ref $k1))\n"
      "      (local.set $k) (local.set $n)\n"
      "      (local.set $add (i32.add (local.get $add) (i32.const 10)))\n"
      "      (block $on2 (result i32 (ref $k1))\n"
      "        (return (resume $k1 (on $ask $on2)\n"
      "          (i32.add (local.get $n) (local.get $add)) (local.get $k))))\n"
      "      (br $again))\n"
      "    (unreachable)))\n",
      5, 0, 1 + 15 * 22, false);
}

static void test_nested(void **state) {
  (void)state;
  /* The inner handler takes $tell only; $ask goes through it to the outer one, and the captured
   * chain of two continuations is resumed as a whole. */
  run_program(
      PRELUDE
      "  (func $leaf (type $f0)\n"
      "    (suspend $tell (i32.const 3))\n"
      "    (i32.add (suspend $ask (i32.const 7)) (i32.const 100)))\n"
      "  (func $mid (type $f0) (local $k (ref null $k0)) (local $t i32)\n"
      "    (local.set $k (cont.new $k0 (ref.func $leaf)))\n"
      "    (loop $again\n"
      "      (block $tell (result i32 (ref $k0))\n"
      "        (return (i32.add (local.get $t) (resume $k0 (on $tell $tell) (local.get $k)))))\n"
      "      (local.set $k) (local.set $t)\n"
      "      (br $again))\n"
      "    (unreachable))\n"
      "  (elem declare func $leaf $mid)\n"
      "  (func (export \"f\") (param i32 i32) (result i32) (local $k (ref null $k1))\n"
      "    (block $ask (result i32 (ref $k1))\n"
      "      (return (resume $k0 (on $ask $ask) (on $ask $ask)\n"
      "        (cont.new $k0 (ref.func $mid)))))\n"
      "    (local.set $k)\n"
      "    (resume $k1 (i32.mul (i32.const 1000)) (local.get $k))))\n",
      0, 0, 3 + 7000 + 100, true);
}

static void test_bind(void **state) {
  (void)state;
  /* Bind a fresh continuation in two steps, and a suspended one of two results. */
  run_program(
      PRELUDE
      "  (type $f3 (func (param i32 i32 i32) (result i32)))\n"
      "  (type $k3 (cont $f3))\n"
      "  (tag $two (result i32 i32))\n"
      "  (func $body (type $f3)\n"
      "    (i32.add (i32.add (i32.mul (local.get 0) (i32.const 100))\n"
      "                      (i32.mul (local.get 1) (i32.const 10)))\n"
      "             (i32.add (local.get 2) (i32.sub (suspend $two)))))\n"
      "  (elem declare func $body)\n"
      "  (func (export \"f\") (param i32 i32) (result i32) (local $k (ref null $k2))\n"
      "    (block $on (result (ref $k2))\n"
      "      (return (resume $k0 (on $two $on)\n"
      "        (cont.bind $k1 $k0 (i32.const 3)\n"
      "          (cont.bind $k3 $k1 (i32.const 1) (i32.const 2)\n"
      "            (cont.new $k3 (ref.func $body)))))))\n"
      "    (local.set $k)\n"
      "    (resume $k1 (local.get 1)\n"
      "      (cont.bind $k2 $k1 (local.get 0) (local.get $k)))))\n",
      50, 8, 123 + 42, true);
}

static void test_switch(void **state) {
  (void)state;
  /* Two tasks hand a counter to each other; the handler stays where it is. */
  run_program(
      "(module\n"
      "  (rec (type $f (func (param i32 (ref null $k)) (result i32))) (type $k (cont $f)))\n"
      "  (type $f0 (func (result i32)))\n"
      "  (type $k0 (cont $f0))\n"
      "  (type $kb (cont $f0))\n"
      "  (tag $swap (result i32))\n"
      "  (tag $out (param i32) (result i32))\n"
      "  (func $task (type $f)\n"
      "    (loop $again\n"
      "      (if (i32.ge_s (local.get 0) (i32.const 100)) (then (return (local.get 0))))\n"
      "      (switch $k $swap (i32.add (local.get 0) (i32.const 1)) (local.get 1))\n"
      "      (local.set 1) (local.set 0)\n"
      "      (br $again))\n"
      "    (unreachable))\n"
      "  (func $first (type $f0) (local $k (ref null $k)) (local $n i32)\n"
      "    (switch $k $swap (i32.const 0) (cont.new $k (ref.func $task)))\n"
      "    (local.set $k) (local.set $n)\n"
      "    (call $task (local.get $n) (local.get $k)))\n"
      "  (elem declare func $task $first)\n"
      "  (func (export \"f\") (param i32 i32) (result i32)\n"
      "    (resume $k0 (on $swap switch) (cont.new $k0 (ref.func $first)))))\n",
      0, 0, 100, false);
}

static void test_consumed(void **state) {
  (void)state;
  static const char *const uses[] = {
      "(resume $k0 (local.get $k))",
      "(resume $k0 (cont.bind $k0 $k0 (local.get $k)))",
      "(resume_throw $k0 $exn (i32.const 1) (local.get $k))",
  };
  for (size_t first = 0; first < 3; first++)
    for (size_t second = 0; second < 3; second++) {
      char text[4096];
      snprintf(text, sizeof text,
               PRELUDE
               "  (func $body (type $f0) (i32.const 1))\n"
               "  (elem declare func $body)\n"
               "  (func (export \"null\") (local $k (ref null $k0)) (drop %s))\n"
               "  (func (export \"twice\") (local $k (ref null $k0))\n"
               "    (local.set $k (cont.new $k0 (ref.func $body)))\n"
               "    (block $l (result i32) (try_table (catch $exn $l) (drop %s)) (i32.const 0))\n"
               "    (drop)\n"
               "    (drop %s)))\n",
               uses[first], uses[first], uses[second]);
      struct world w;
      world_open(&w, NULL);
      wfx_instance *inst = world_add(&w, text, NULL);
      assert_fails(&w, inst, "null", 0, 0, WFX_TRAP, "null continuation reference");
      assert_fails(&w, inst, "twice", 0, 0, WFX_TRAP, "continuation already consumed");
      wfx_store_collect(w.store);
      assert_int_equal(n_live(&w), 0);
      world_close(&w);
    }
}

static void test_throw(void **state) {
  (void)state;
  struct world w;
  world_open(&w, NULL);
  wfx_instance *inst = world_add(
      &w,
      PRELUDE
      "  (func $plain (type $f0) (suspend $ask (i32.const 1)))\n"
      "  (func $careful (type $f0)\n"
      "    (block $l (result i32)\n"
      "      (try_table (result i32) (catch $exn $l) (suspend $ask (i32.const 1)))))\n"
      "  (func $thrower (type $f0) (throw $exn (i32.const 9)))\n"
      "  (func $outer (type $f0) (resume $k0 (cont.new $k0 (ref.func $plain))))\n"
      "  (func $fresh (type $f1) (unreachable))\n"
      "  (elem declare func $plain $careful $thrower $outer $fresh)\n"
      "  (func $start (param (ref $f0)) (result (ref null $k1)) (local $k (ref null $k1))\n"
      "    (block $on (result i32 (ref $k1))\n"
      "      (drop (resume $k0 (on $ask $on) (cont.new $k0 (local.get 0))))\n"
      "      (unreachable))\n"
      "    (local.set $k) (drop) (local.get $k))\n"
      "  (func (export \"careful\") (param i32) (result i32)\n"
      "    (resume_throw $k1 $exn (local.get 0) (call $start (ref.func $careful))))\n"
      "  (func (export \"plain\") (param i32) (result i32)\n"
      "    (block $l (result i32) (try_table (result i32) (catch $exn $l)\n"
      "      (resume_throw $k1 $exn (local.get 0) (call $start (ref.func $plain))))))\n"
      "  (func (export \"chain\") (param i32) (result i32)\n"
      "    (block $l (result i32) (try_table (result i32) (catch $exn $l)\n"
      "      (resume_throw $k1 $exn (local.get 0) (call $start (ref.func $outer))))))\n"
      "  (func (export \"fresh\") (param i32) (result i32)\n"
      "    (block $l (result i32) (try_table (result i32) (catch $exn $l)\n"
      "      (resume_throw $k1 $exn (local.get 0) (cont.new $k1 (ref.func $fresh))))))\n"
      "  (func (export \"leaves\") (param i32) (result i32)\n"
      "    (block $l (result i32) (try_table (result i32) (catch $exn $l)\n"
      "      (resume $k0 (cont.new $k0 (ref.func $thrower))))))\n"
      "  (func (export \"ref\") (param i32) (result i32) (local $x exnref)\n"
      "    (local.set $x (block $r (result exnref)\n"
      "      (try_table (catch_all_ref $r) (throw $exn (local.get 0))) (unreachable)))\n"
      "    (block $l (result i32) (try_table (result i32) (catch $exn $l)\n"
      "      (resume_throw_ref $k1 (local.get $x) (call $start (ref.func $plain))))))\n"
      "  (func (export \"null\") (result i32)\n"
      "    (resume_throw_ref $k1 (ref.null exn) (call $start (ref.func $plain))))\n"
      "  (func (export \"lost\") (result i32)\n"
      "    (resume $k0 (cont.new $k0 (ref.func $thrower)))))\n",
      NULL);
  for (int is_stressed = 0; is_stressed < 2; is_stressed++) {
    wfx__heap_set_stress(w.store->heap, is_stressed);
    assert_runs(inst, "careful", 5, 0, 5);
    assert_runs(inst, "plain", 6, 0, 6);
    assert_runs(inst, "chain", 7, 0, 7);
    assert_runs(inst, "fresh", 8, 0, 8);
    assert_runs(inst, "leaves", 0, 0, 9);
    assert_runs(inst, "ref", 10, 0, 10);
    assert_int_equal(n_live(&w), 0);
    assert_fails(&w, inst, "lost", 0, 0, WFX_EXCEPTION, "uncaught exception");
    assert_int_equal(wfx_store_n_frames(w.store), 2);
    assert_int_equal(n_live(&w), 0);
    assert_fails(&w, inst, "null", 0, 0, WFX_TRAP, "null exception reference");
    wfx_store_collect(w.store);
    assert_int_equal(n_live(&w), 0);
  }
  world_close(&w);
}

static void test_unhandled(void **state) {
  (void)state;
  struct world w;
  world_open(&w, NULL);
  wfx_instance *inst = world_add(
      &w,
      PRELUDE
      "  (func $body (type $f0) (suspend $ask (i32.const 1)))\n"
      "  (elem declare func $body)\n"
      "  (func (export \"bare\") (result i32) (suspend $ask (i32.const 1)))\n"
      "  (func (export \"other\") (result i32)\n"
      "    (block $on (result i32 (ref $k0))\n"
      "      (return (resume $k0 (on $tell $on) (cont.new $k0 (ref.func $body)))))\n"
      "    (unreachable)))\n",
      NULL);
  assert_fails(&w, inst, "bare", 0, 0, WFX_SUSPENSION, "unhandled tag");
  assert_fails(&w, inst, "other", 0, 0, WFX_SUSPENSION, "unhandled tag");
  wfx_frame f;
  assert_int_equal(wfx_store_n_frames(w.store), 2);
  assert_true(wfx_store_frame(w.store, 0, &f));
  assert_string_equal(f.func.data, "body");
  assert_false(f.is_resume);
  assert_true(wfx_store_frame(w.store, 1, &f));
  assert_true(f.is_resume);
  assert_int_equal(n_live(&w), 0);
  world_close(&w);
}

/* ---- Host functions ---------------------------------------------------------------------- */

static wfx_status call_g(void *ud, wfx_store *s, wfx_instance *caller, const wfx_value *args,
                         wfx_value *results) {
  (void)ud;
  (void)s;
  return wfx_call(caller, "g", args, 1, results, 1);
}

static wfx_status add_one(void *ud, wfx_store *s, wfx_instance *caller, const wfx_value *args,
                          wfx_value *results) {
  (void)ud;
  (void)caller;
  wfx_store_collect(s);
  results[0].of.i32 = args[0].of.i32 + 1;
  return WFX_OK;
}

static void test_host(void **state) {
  (void)state;
  struct world w;
  world_open(&w, NULL);
  const wfx_valtype i32[] = {WFX_I32};
  wfx_store_define_func(w.store, "env", "call_g", i32, 1, i32, 1, call_g, NULL);
  wfx_store_define_func(w.store, "env", "add_one", i32, 1, i32, 1, add_one, NULL);
  wfx_instance *inst = world_add(
      &w,
      "(module\n"
      "  (type $f0 (func (result i32)))\n"
      "  (type $f1 (func (param i32) (result i32)))\n"
      "  (type $k0 (cont $f0)) (type $k1 (cont $f1))\n"
      "  (import \"env\" \"call_g\" (func $call_g (type $f1)))\n"
      "  (import \"env\" \"add_one\" (func $add_one (type $f1)))\n"
      "  (tag $ask (param i32) (result i32))\n"
      "  (elem declare func $add_one $call_g $through $local)\n"
      "  (func $through (type $f1) (call $call_g (local.get 0)))\n"
      "  (func $local (type $f1) (i32.add (local.get 0) (suspend $ask (i32.const 7))))\n"
      "  (func (export \"g\") (type $f1)\n"
      "    (if (result i32) (local.get 0) (then (suspend $ask (i32.const 1)))\n"
      "      (else (block $on (result i32 (ref $k1))\n"
      "        (return (resume $k1 (on $ask $on) (i32.const 3)\n"
      "          (cont.new $k1 (ref.func $local))))) (drop))))\n"
      "  (func (export \"new\") (param i32) (result i32)\n"
      "    (resume $k0 (cont.bind $k1 $k0 (local.get 0) (cont.new $k1 (ref.func $add_one)))))\n"
      "  (func (export \"tail\") (param i32) (result i32)\n"
      "    (resume $k1 (local.get 0) (cont.new $k1 (ref.func $call_g))))\n"
      "  (func (export \"across\") (param i32) (result i32)\n"
      "    (block $on (result i32 (ref $k1))\n"
      "      (return (resume $k1 (on $ask $on) (local.get 0)\n"
      "        (cont.new $k1 (ref.func $through)))))\n"
      "    (unreachable)))\n",
      NULL);
  assert_runs(inst, "new", 41, 0, 42);
  assert_runs(inst, "tail", 0, 0, 7);
  assert_runs(inst, "across", 0, 0, 7);
  assert_fails(&w, inst, "across", 1, 0, WFX_SUSPENSION, "unhandled tag");
  wfx_store_collect(w.store);
  assert_int_equal(n_live(&w), 0);
  world_close(&w);
}

/* ---- Instances --------------------------------------------------------------------------- */

static void test_instances(void **state) {
  (void)state;
  static const char lib[] =
      PRELUDE
      "  (export \"ask\" (tag $ask))\n"
      "  (func (export \"do\") (type $f0) (suspend $ask (i32.const 5))))\n";
  struct world w;
  world_open(&w, NULL);
  world_add(&w, lib, "a");
  world_add(&w, lib, "b");
  wfx_instance *inst = world_add(
      &w,
      "(module\n"
      "  (type $f0 (func (result i32))) (type $f1 (func (param i32) (result i32)))\n"
      "  (type $k0 (cont $f0)) (type $k1 (cont $f1))\n"
      "  (import \"a\" \"ask\" (tag $a (param i32) (result i32)))\n"
      "  (import \"b\" \"ask\" (tag $b (param i32) (result i32)))\n"
      "  (import \"a\" \"do\" (func $do_a (type $f0)))\n"
      "  (import \"b\" \"do\" (func $do_b (type $f0)))\n"
      "  (elem declare func $do_a $do_b)\n"
      "  (func $try (param (ref $f0)) (result i32)\n"
      "    (block $on_b (result i32 (ref $k1))\n"
      "      (block $on_a (result i32 (ref $k1))\n"
      "        (return (resume $k0 (on $a $on_a) (on $b $on_b) (cont.new $k0 (local.get 0)))))\n"
      "      (return (drop) (i32.add (i32.const 100))))\n"
      "    (drop) (i32.add (i32.const 200)))\n"
      "  (func (export \"a\") (result i32) (call $try (ref.func $do_a)))\n"
      "  (func (export \"b\") (result i32) (call $try (ref.func $do_b)))\n"
      "  (func (export \"wrong\") (result i32)\n"
      "    (block $on (result i32 (ref $k1))\n"
      "      (return (resume $k0 (on $a $on) (cont.new $k0 (ref.func $do_b)))))\n"
      "    (unreachable)))\n",
      NULL);
  assert_runs(inst, "a", 0, 0, 105);
  assert_runs(inst, "b", 0, 0, 205);
  assert_fails(&w, inst, "wrong", 0, 0, WFX_SUSPENSION, "unhandled tag");
  world_close(&w);
}

/* ---- Depth and number -------------------------------------------------------------------- */

static void test_tail_calls(void **state) {
  (void)state;
  /* A continuation that is a loop of tail calls and suspends now and then. */
  struct world w;
  wfx_limits limits = {.stack_bytes = 1 << 16};
  world_open(&w, &limits);
  wfx_instance *inst = world_add(
      &w,
      PRELUDE
      "  (func $count (type $f1)\n"
      "    (if (i32.eqz (local.get 0)) (then (return (i32.const 77))))\n"
      "    (if (i32.eqz (i32.rem_u (local.get 0) (i32.const 1000)))\n"
      "      (then (suspend $tell (local.get 0))))\n"
      "    (return_call $count (i32.sub (local.get 0) (i32.const 1))))\n"
      "  (elem declare func $count)\n"
      "  (func (export \"f\") (param i32) (result i32) (local $k (ref null $k0)) (local $n i32)\n"
      "    (local.set $k (cont.bind $k1 $k0 (local.get 0) (cont.new $k1 (ref.func $count))))\n"
      "    (loop $again\n"
      "      (block $on (result i32 (ref $k0))\n"
      "        (return (i32.add (local.get $n) (resume $k0 (on $tell $on) (local.get $k)))))\n"
      "      (local.set $k) (drop) (local.set $n (i32.add (local.get $n) (i32.const 1)))\n"
      "      (br $again)) (unreachable)))\n",
      NULL);
  assert_runs(inst, "f", 1000000, 0, 1000 + 77);
  assert_int_equal(n_live(&w), 0);
  world_close(&w);
}

static void test_deep(void **state) {
  (void)state;
  /* n continuations inside each other; the innermost asks the outermost, over and over. */
  struct world w;
  world_open(&w, NULL);
  wfx_instance *inst = world_add(
      &w,
      PRELUDE
      "  (func $down (type $f1)\n"
      "    (if (result i32) (local.get 0)\n"
      "      (then (i32.add (i32.const 1)\n"
      "        (resume $k1 (i32.sub (local.get 0) (i32.const 1))\n"
      "          (cont.new $k1 (ref.func $down)))))\n"
      "      (else (i32.add (suspend $ask (i32.const 1)) (suspend $ask (i32.const 2))))))\n"
      "  (elem declare func $down)\n"
      "  (func (export \"f\") (param i32) (result i32) (local $k (ref null $k1)) (local $n i32)\n"
      "    (local.set $k (cont.new $k1 (ref.func $down)))\n"
      "    (local.set $n (local.get 0))\n"
      "    (loop $again\n"
      "      (block $on (result i32 (ref $k1))\n"
      "        (return (resume $k1 (on $ask $on) (local.get $n) (local.get $k))))\n"
      "      (local.set $k) (local.set $n (i32.mul (i32.const 1000000)))\n"
      "      (br $again)) (unreachable)))\n",
      NULL);
  assert_runs(inst, "f", 100000, 0, 3000000 + 100000);
  wfx_stats stats;
  wfx_store_stats(w.store, &stats);
  assert_int_equal(stats.n_conts_live, 0);
  assert_true(stats.n_conts_peak >= 100000);
  world_close(&w);
}

static void test_abandoned(void **state) {
  (void)state;
  /* Continuations that nobody will resume are taken back, fresh and suspended ones. */
  struct world w;
  wfx_limits limits = {.n_continuations = 1000};
  world_open(&w, &limits);
  wfx_instance *inst = world_add(
      &w,
      PRELUDE
      "  (table $t 0 (ref null $k0))\n"
      "  (func $body (type $f0) (drop (suspend $ask (i32.const 1))) (unreachable))\n"
      "  (elem declare func $body)\n"
      "  (func (export \"fresh\") (param i32)\n"
      "    (loop $l (drop (cont.new $k0 (ref.func $body)))\n"
      "      (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))\n"
      "  (func (export \"suspended\") (param i32)\n"
      "    (loop $l\n"
      "      (block $on (result i32 (ref $k1))\n"
      "        (drop (resume $k0 (on $ask $on) (cont.new $k0 (ref.func $body)))) (return))\n"
      "      (drop) (drop)\n"
      "      (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))\n"
      "  (func (export \"keep\") (param i32)\n"
      "    (loop $l\n"
      "      (drop (table.grow $t (cont.new $k0 (ref.func $body)) (i32.const 1)))\n"
      "      (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))))\n",
      NULL);
  assert_int_equal(call_i32(inst, "fresh", 100000, 0, NULL), WFX_OK);
  assert_int_equal(call_i32(inst, "suspended", 100000, 0, NULL), WFX_OK);
  assert_int_equal(call_i32(inst, "keep", 900, 0, NULL), WFX_OK);
  wfx_store_collect(w.store);
  assert_int_equal(n_live(&w), 900);
  assert_fails(&w, inst, "keep", 1000, 0, WFX_EXHAUSTION, "too many continuations");
  assert_true(n_live(&w) <= 1000);
  world_close(&w);
}

/* ---- Collection -------------------------------------------------------------------------- */

static void test_collect(void **state) {
  (void)state;
  /* References live only in frames of suspended continuations, which are themselves only in a
   * struct, an array, a table and a global; every allocation collects. */
  run_program(
      "(module\n"
      "  (type $box (struct (field i32)))\n"
      "  (type $f0 (func (result i32))) (type $f1 (func (param (ref $box)) (result i32)))\n"
      "  (type $fu (func (param (ref $box)) (result i32)))\n"
      "  (type $k0 (cont $f0)) (type $k1 (cont $f1))\n"
      "  (type $hold (struct (field (mut (ref null $k0))) (field i32)))\n"
      "  (type $holds (array (mut (ref null $k0))))\n"
      "  (tag $stop)\n"
      "  (table $t 1 (ref null $k0))\n"
      "  (global $g (mut (ref null $k0)) (ref.null $k0))\n"
      "  (func $body (type $f1) (local $b (ref null $box))\n"
      "    (local.set $b (struct.new $box (i32.const 7)))\n"
      "    (suspend $stop)\n"
      "    (i32.add (struct.get $box 0 (local.get 0)) (struct.get $box 0 (local.get $b))))\n"
      "  (elem declare func $body)\n"
      "  (func $make (param i32) (result (ref null $k0)) (local $k (ref null $k0))\n"
      "    (block $on (result (ref $k0))\n"
      "      (drop (resume $k1 (on $stop $on) (struct.new $box (local.get 0))\n"
      "        (cont.new $k1 (ref.func $body)))) (unreachable))\n"
      "    (local.set $k) (local.get $k))\n"
      "  (func (export \"f\") (param i32 i32) (result i32)\n"
      "    (local $h (ref null $hold)) (local $a (ref null $holds)) (local $k (ref null $k0))\n"
      "    (local.set $h (struct.new $hold (call $make (i32.const 10)) (i32.const 0)))\n"
      "    (local.set $a (array.new $holds (ref.null $k0) (i32.const 3)))\n"
      "    (array.set $holds (local.get $a) (i32.const 1) (call $make (i32.const 100)))\n"
      "    (table.set $t (i32.const 0) (call $make (i32.const 1000)))\n"
      "    (global.set $g (call $make (i32.const 10000)))\n"
      "    (local.set $k (cont.bind $k1 $k0 (struct.new $box (i32.const 3))\n"
      "      (cont.new $k1 (ref.func $body))))\n"
      "    (drop (struct.new $box (i32.const 0)))\n"
      "    (drop (call $make (i32.const 5)))\n"
      "    (drop (struct.new $box (i32.const 0)))\n"
      "    (block $on (result (ref $k0))\n"
      "      (drop (resume $k0 (on $stop $on) (local.get $k))) (unreachable))\n"
      "    (local.set $k)\n"
      "    (i32.add (resume $k0 (local.get $k))\n"
      "     (i32.add\n"
      "      (i32.add (resume $k0 (struct.get $hold 0 (local.get $h)))\n"
      "               (resume $k0 (array.get $holds (local.get $a) (i32.const 1))))\n"
      "      (i32.add (resume $k0 (table.get $t (i32.const 0)))\n"
      "               (resume $k0 (global.get $g)))))))\n",
      0, 0, 11110 + 5 * 7 + 3, true);
}

static void test_payload(void **state) {
  (void)state;
  /* Many values both ways, continuations among them, to labels with operands below; and to the
   * label of the function. */
  run_program(
      "(module\n"
      "  (type $r (func (result i64 f32 i32)))\n"
      "  (type $f0 (func (result i32)))\n"
      "  (type $k0 (cont $f0))\n"
      "  (type $back (func (param i64 (ref $k0) f64) (result i32)))\n"
      "  (type $kb (cont $back))\n"
      "  (tag $big (param i32 i64 (ref $k0) f64) (result i64 (ref $k0) f64))\n"
      "  (func $five (type $f0) (i32.const 5))\n"
      "  (func $body (type $f0) (local $k (ref null $k0)) (local $x f64)\n"
      "    (suspend $big (i32.const 1) (i64.const 20) (cont.new $k0 (ref.func $five))\n"
      "      (f64.const 300))\n"
      "    (local.set $x) (local.set $k)\n"
      "    (i32.add (i32.wrap_i64)\n"
      "      (i32.add (i32.trunc_f64_s (local.get $x)) (resume $k0 (local.get $k)))))\n"
      "  (elem declare func $five $body)\n"
      "  (func $start (result i32 i64 (ref $k0) f64 (ref $kb))\n"
      "    (resume $k0 (on $big 0) (cont.new $k0 (ref.func $body)))\n"
      "    (unreachable))\n"
      "  (func (export \"f\") (param i32 i32) (result i32)\n"
      "    (local $k (ref null $kb)) (local $c (ref null $k0)) (local $x f64) (local $l i64)\n"
      "    (local.get 0) (i32.const 7)\n"
      "    (block (result i32)\n"
      "      (call $start)\n"
      "      (local.set $k) (local.set $x) (local.set $c) (local.set $l)\n"
      "      (drop)\n"
      "      (resume $kb (i64.add (local.get $l) (i64.const 1))\n"
      "        (ref.as_non_null (local.get $c)) (f64.add (local.get $x) (f64.const 1))\n"
      "        (local.get $k)))\n"
      "    (i32.add) (i32.add)))\n",
      1000, 0, 1007 + 21 + 301 + 5, true);
}

/* Writes format n times, each time with the number of the turn. */
static char *put_words(char *at, const char *format, int n) {
  for (int i = 1; i <= n; i++) at += sprintf(at, format, i);
  return at;
}

static void test_many(void **state) {
  (void)state;
  /* 600 parameters, 598 of them bound, to a stack that was made for a few; then 600 values out with
   * a suspension, to a handler that keeps all, and 600 back. The same by a switch. */
  enum { N = 600 };
  char *text = malloc(100000), *at = text;
  assert_non_null(text);
  at += sprintf(at, "(module (type $many (func (param");
  at = put_words(at, " i32", N);
  at += sprintf(at, ") (result i32))) (type $kmany (cont $many))\n"
                    "  (type $two (func (param i32 i32) (result i32))) (type $ktwo (cont $two))\n"
                    "  (type $f0 (func (result i32))) (type $k0 (cont $f0))\n"
                    "  (type $in (func (param (ref null $k0)) (result i32))) (type $kin (cont $in))\n"
                    "  (type $to (func (param");
  at = put_words(at, " i32", N);
  at += sprintf(at, " (ref null $kin)) (result i32))) (type $kto (cont $to))\n"
                    "  (tag $t (param");
  at = put_words(at, " i32", N);
  at += sprintf(at, ") (result");
  at = put_words(at, " i32", N);
  at += sprintf(at, ")) (tag $s (result i32)) (elem declare func $body $peer $first)\n"
                    "  (func $body (type $many)\n");
  at = put_words(at, "    (i32.add (local.get %d) (i32.const -1))\n", N - 1);
  at += sprintf(at, "    (local.get 0) (suspend $t)\n");
  at = put_words(at, "    i32.add", N - 1);
  at += sprintf(at, ")\n"
                    "  (func $peer (type $to) (local.get 0)\n");
  at = put_words(at, "    (i32.add (local.get %d))\n", N - 1);
  at += sprintf(at, ")\n"
                    "  (func $first (type $in)\n");
  at = put_words(at, "    (i32.const %d)\n", N);
  at += sprintf(at, "    (switch $kto $s (cont.new $kto (ref.func $peer))) (drop) (i32.const 0))\n"
                    "  (func (export \"f\") (param i32 i32) (result i32)\n"
                    "    (local $k (ref null $kmany))\n"
                    "    (i32.add\n"
                    "      (block (result i32) (block $on (result");
  at = put_words(at, " i32", N);
  at += sprintf(at, " (ref $kmany))\n"
                    "        (br 1 (resume $ktwo (on $t $on) (local.get 0) (local.get 1)\n"
                    "          (cont.bind $kmany $ktwo\n");
  at = put_words(at, "            (i32.const %d)\n", N - 2);
  at += sprintf(at, "            (cont.new $kmany (ref.func $body))))))\n"
                    "        (local.set $k) (resume $kmany (local.get $k)))\n"
                    "      (resume $kin (on $s switch) (ref.null $k0)\n"
                    "        (cont.new $kin (ref.func $first))))))\n");
  run_program(text, 5000, 7000, (N - 2) * (N - 1) / 2 + 12000 - (N - 1) + N * (N + 1) / 2, true);
  free(text);
}

static void test_growth(void **state) {
  (void)state;
  /* Recursion inside a continuation, suspended at the bottom, with small stacks first. */
  run_program(
      PRELUDE
      "  (func $down (type $f1)\n"
      "    (if (result i32) (local.get 0)\n"
      "      (then (i32.add (i32.const 1) (call $down (i32.sub (local.get 0) (i32.const 1)))))\n"
      "      (else (suspend $ask (i32.const 0)))))\n"
      "  (elem declare func $down)\n"
      "  (func (export \"f\") (param i32 i32) (result i32) (local $k (ref null $k1))\n"
      "    (block $on (result i32 (ref $k1))\n"
      "      (return (resume $k1 (on $ask $on) (local.get 0) (cont.new $k1 (ref.func $down)))))\n"
      "    (local.set $k) (drop)\n"
      "    (resume $k1 (local.get 1) (local.get $k))))\n",
      20000, 5, 20005, false);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_ask),       cmocka_unit_test(test_nested),
      cmocka_unit_test(test_bind),      cmocka_unit_test(test_switch),
      cmocka_unit_test(test_consumed),  cmocka_unit_test(test_throw),
      cmocka_unit_test(test_unhandled), cmocka_unit_test(test_host),
      cmocka_unit_test(test_instances), cmocka_unit_test(test_tail_calls),
      cmocka_unit_test(test_deep),      cmocka_unit_test(test_abandoned),
      cmocka_unit_test(test_collect),   cmocka_unit_test(test_payload),
      cmocka_unit_test(test_many),     cmocka_unit_test(test_growth),
  };
  cmocka_set_message_output(CM_OUTPUT_TAP);
  return cmocka_run_group_tests(tests, NULL, NULL);
}
