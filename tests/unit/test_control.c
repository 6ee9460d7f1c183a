/* test_control.c: fuel, deadlines, interrupts, preemption, and the limits of a store. */
#include "run_unit.h"

#include <signal.h>
#include <unistd.h>

static const char text[] =
    "(module (memory (export \"m\") 1 10) (table $t (export \"t\") 1 funcref)\n"
    "  (type $f (func)) (type $k (cont $f)) (type $list (struct (field (ref null $list))))\n"
    "  (type $big (array i64))\n"
    "  (tag $yield (export \"yield\")) (tag $typed (export \"typed\") (param i32))\n"
    "  (global $keep (mut (ref null $list)) (ref.null $list))\n"
    "  (global $a (mut i32) (i32.const 0)) (global $b (mut i32) (i32.const 0))\n"
    "  (func (export \"count\") (param $n i32) (result i32) (local $i i32)\n"
    "    (loop $again\n"
    "      (local.set $i (i32.add (local.get $i) (i32.const 1)))\n"
    "      (br_if $again (i32.lt_u (local.get $i) (local.get $n))))\n"
    "    (local.get $i))\n"
    "  (func (export \"forever\") (loop $again (br $again)))\n"
    "  (func $tail (export \"tail\") (return_call $tail))\n"
    "  (func $deep (export \"deep\") (call $deep))\n"
    "  (func (export \"fill\") (param i32)\n"
    "    (memory.fill (i32.const 0) (i32.const 1) (local.get 0)))\n"
    "  (func (export \"grow\") (param i32) (result i32) (memory.grow (local.get 0)))\n"
    "  (func (export \"grow_table\") (param i32) (result i32)\n"
    "    (table.grow $t (ref.null func) (local.get 0)))\n"
    "  (func (export \"hoard\") (loop $again\n"
    "    (global.set $keep (struct.new $list (global.get $keep))) (br $again)))\n"
    "  (func $idle)\n"
    "  (func (export \"conts\") (local $k (ref null $k)) (local $i i32)\n"
    "    (loop $again (call $hold (cont.new $k (ref.func $idle))) (br $again)))\n"
    "  (table $held 100 (ref null $k)) (global $n (mut i32) (i32.const 0))\n"
    "  (func $hold (param (ref $k)) (table.set $held (global.get $n) (local.get 0))\n"
    "    (global.set $n (i32.add (global.get $n) (i32.const 1))))\n"
    "  (elem declare func $idle $count_a $count_b)\n"
    /* Two threads that never suspend by themselves, run by turns. */
    "  (func $count_a (loop $again (global.set $a (i32.add (global.get $a) (i32.const 1)))\n"
    "    (br_if $again (i32.lt_u (global.get $a) (i32.const 30000)))))\n"
    "  (func $count_b (loop $again (global.set $b (i32.add (global.get $b) (i32.const 1)))\n"
    "    (br_if $again (i32.lt_u (global.get $b) (i32.const 30000)))))\n"
    "  (func (export \"turns\") (result i32) (local $x (ref null $k)) (local $y (ref null $k))\n"
    "    (local $z (ref null $k)) (local $turns i32)\n"
    "    (local.set $x (cont.new $k (ref.func $count_a)))\n"
    "    (local.set $y (cont.new $k (ref.func $count_b)))\n"
    "    (loop $again\n"
    "      (local.set $turns (i32.add (local.get $turns) (i32.const 1)))\n"
    "      (block $on (result (ref $k)) (resume $k (on $yield $on) (local.get $x))\n"
    "        (return (local.get $turns)))\n"
    "      (local.set $z) (local.set $x (local.get $y)) (local.set $y (local.get $z))\n"
    "      (br $again))\n"
    "    (unreachable))\n"
    "  (func (export \"a\") (result i32) (global.get $a))\n"
    "  (func (export \"b\") (result i32) (global.get $b)))\n";

static const wfx_store_options controlled = {.size = sizeof controlled, .is_controlled = true};

static uint64_t cost(struct world *w, wfx_instance *inst, const char *name, int32_t a) {
  uint64_t before = wfx_store_fuel_spent(w->store);
  assert_int_equal(call_i32(inst, name, a, 0, NULL), WFX_OK);
  return wfx_store_fuel_spent(w->store) - before;
}

static void fuel_is_exact(void **state) {
  (void)state;
  struct world w;
  world_open_with(&w, NULL, &controlled);
  wfx_instance *inst = world_add(&w, text, NULL);
  uint64_t ten = cost(&w, inst, "count", 10), hundred = cost(&w, inst, "count", 100);
  /* 9 instructions stand in the loop. */
  assert_int_equal(hundred - ten, 90 * 9);
  assert_int_equal(cost(&w, inst, "count", 1000000), ten + (1000000 - 10) * 9);
  assert_int_equal(cost(&w, inst, "fill", 6400) - cost(&w, inst, "fill", 0), 100);
  /* Enough to the unit, and one too few; what is left; and more of it. */
  assert_int_equal(wfx_store_set_fuel(w.store, ten), WFX_OK);
  assert_runs(inst, "count", 10, 0, 10);
  assert_int_equal(wfx_store_fuel(w.store), 0);
  assert_int_equal(wfx_store_set_fuel(w.store, ten - 1), WFX_OK);
  assert_fails(&w, inst, "count", 10, 0, WFX_EXHAUSTION, "out of fuel");
  assert_int_equal(wfx_store_cause(w.store), WFX_CAUSE_FUEL);
  assert_int_equal(wfx_store_n_frames(w.store), 1);
  assert_fails(&w, inst, "count", 1, 0, WFX_EXHAUSTION, "out of fuel");
  assert_int_equal(wfx_store_set_fuel(w.store, 1000), WFX_OK);
  assert_runs(inst, "count", 10, 0, 10);
  assert_int_equal(wfx_store_cause(w.store), WFX_CAUSE_NONE);
  assert_int_equal(wfx_store_fuel(w.store), 1000 - ten);
  /* Every way to go on and on is paid for. */
  static const char *const ways[] = {"forever", "tail", "deep", "hoard"};
  for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
    assert_int_equal(wfx_store_set_fuel(w.store, 100000), WFX_OK);
    assert_fails(&w, inst, ways[i], 0, 0, WFX_EXHAUSTION, "out of fuel");
  }
  world_close(&w);
}

static void deadlines_pass(void **state) {
  (void)state;
  struct world w;
  world_open_with(&w, NULL, &controlled);
  wfx_instance *inst = world_add(&w, text, NULL);
  assert_int_equal(wfx_store_set_deadline(w.store, 2000000), WFX_OK);
  assert_fails(&w, inst, "forever", 0, 0, WFX_EXHAUSTION, "deadline passed");
  assert_int_equal(wfx_store_cause(w.store), WFX_CAUSE_DEADLINE);
  assert_int_equal(wfx_store_set_deadline(w.store, 0), WFX_OK);
  assert_runs(inst, "count", 200000, 0, 200000);
  assert_int_equal(wfx_store_set_deadline(w.store, UINT64_MAX), WFX_OK);
  assert_runs(inst, "count", 200000, 0, 200000);
  world_close(&w);
}

static wfx_store *alarmed;
static void on_alarm(int signal) {
  (void)signal;
  wfx_store_interrupt(alarmed);
}

static void signals_interrupt(void **state) {
  (void)state;
  struct world w;
  world_open_with(&w, NULL, &controlled);
  wfx_instance *inst = world_add(&w, text, NULL);
  alarmed = w.store;
  signal(SIGALRM, on_alarm);
  ualarm(2000, 0);
  assert_fails(&w, inst, "forever", 0, 0, WFX_EXHAUSTION, "interrupted");
  assert_int_equal(wfx_store_cause(w.store), WFX_CAUSE_INTERRUPT);
  assert_runs(inst, "count", 200000, 0, 200000);
  /* One that comes early waits; it can be forgotten. */
  wfx_store_interrupt(w.store);
  wfx_store_clear_interrupt(w.store);
  assert_runs(inst, "count", 200000, 0, 200000);
  wfx_store_interrupt(w.store);
  assert_fails(&w, inst, "forever", 0, 0, WFX_EXHAUSTION, "interrupted");
  signal(SIGALRM, SIG_DFL);
  world_close(&w);
}

static void code_is_preempted(void **state) {
  (void)state;
  struct world w;
  world_open_with(&w, NULL, &controlled);
  wfx_instance *inst = world_add(&w, text, NULL);
  wfx_tag *yield = wfx_instance_tag(inst, "yield");
  assert_non_null(yield);
  assert_null(wfx_instance_tag(inst, "count"));
  assert_int_equal(wfx_store_set_preempt(w.store, wfx_instance_tag(inst, "typed"), 100),
                   WFX_MISUSE);
  /* Each thread needs 270000 units, so takes 27 turns. */
  assert_int_equal(wfx_store_set_preempt(w.store, yield, 10000), WFX_OK);
  int32_t turns, again;
  assert_int_equal(call_i32(inst, "turns", 0, 0, &turns), WFX_OK);
  assert_in_range(turns, 50, 60);
  int32_t a, b;
  assert_int_equal(call_i32(inst, "a", 0, 0, &a), WFX_OK);
  assert_int_equal(call_i32(inst, "b", 0, 0, &b), WFX_OK);
  assert_true((a == 30000 && b > 25000) || (b == 30000 && a > 25000));
  /* The same on every run: a new instance of the same module starts from the same state. */
  assert_int_equal(wfx_store_set_preempt(w.store, yield, 10000), WFX_OK);
  wfx_instance *other = world_add(&w, text, NULL);
  assert_int_equal(wfx_store_set_preempt(w.store, wfx_instance_tag(other, "yield"), 10000),
                   WFX_OK);
  assert_int_equal(call_i32(other, "turns", 0, 0, &again), WFX_OK);
  assert_int_equal(turns, again);
  /* Without a handler nothing happens, to a signal neither. */
  wfx_store_interrupt(w.store);
  assert_runs(inst, "count", 200000, 0, 200000);
  assert_int_equal(wfx_store_set_preempt(w.store, NULL, 0), WFX_OK);
  assert_fails(&w, inst, "forever", 0, 0, WFX_EXHAUSTION, "interrupted");
  world_close(&w);
}

/* An interrupt while $count_a runs hands over to $count_b, which then runs to its end. */
static void interrupts_preempt(void **state) {
  (void)state;
  struct world w;
  world_open_with(&w, NULL, &controlled);
  wfx_instance *inst = world_add(&w, text, NULL);
  assert_int_equal(wfx_store_set_preempt(w.store, wfx_instance_tag(inst, "yield"), 0), WFX_OK);
  wfx_store_interrupt(w.store);
  assert_runs(inst, "turns", 0, 0, 2);
  assert_runs(inst, "b", 0, 0, 30000);
  world_close(&w);
}

static void others_refuse(void **state) {
  (void)state;
  struct world w;
  world_open(&w, NULL);
  wfx_instance *inst = world_add(&w, text, NULL);
  assert_int_equal(wfx_store_set_fuel(w.store, 1), WFX_MISUSE);
  assert_string_equal(wfx_store_diag(w.store)->message, "store is not controlled");
  assert_int_equal(wfx_store_set_deadline(w.store, 1), WFX_MISUSE);
  assert_int_equal(wfx_store_set_preempt(w.store, NULL, 1), WFX_MISUSE);
  wfx_store_interrupt(w.store);
  assert_runs(inst, "count", 200000, 0, 200000);
  assert_int_equal(wfx_store_fuel(w.store), UINT64_MAX);
  assert_int_equal(wfx_store_fuel_spent(w.store), 0);
  world_close(&w);
}

static void limits_hold(void **state) {
  (void)state;
  struct world w;
  wfx_limits limits;
  memset(&limits, 0, sizeof limits);
  limits.memory_bytes = 5 * 65536 + 16384;
  limits.table_size = 1000;
  limits.stack_bytes = 65536;
  limits.heap_bytes = (uint64_t)4 << 20;
  limits.n_continuations = 50;
  world_open(&w, &limits);
  wfx_instance *inst = world_add(&w, text, NULL), *more = NULL;
  assert_runs(inst, "grow", 4, 0, 1);
  assert_runs(inst, "grow", 1, 0, -1);
  assert_runs(inst, "grow_table", 998, 0, 1);
  assert_runs(inst, "grow_table", 2, 0, -1);
  assert_fails(&w, inst, "deep", 0, 0, WFX_EXHAUSTION, "call stack exhausted");
  assert_int_equal(wfx_store_cause(w.store), WFX_CAUSE_STACK);
  assert_fails(&w, inst, "hoard", 0, 0, WFX_EXHAUSTION, "heap exhausted");
  assert_int_equal(wfx_store_cause(w.store), WFX_CAUSE_HEAP);
  assert_fails(&w, inst, "conts", 0, 0, WFX_EXHAUSTION, "too many continuations");
  assert_int_equal(wfx_store_cause(w.store), WFX_CAUSE_CONTS);
  assert_runs(inst, "count", 10, 0, 10);
  /* All memories of a store together. */
  assert_int_equal(wfx_instantiate(w.store, world_parse(&w, "(module (memory 1))"), NULL, &more),
                   WFX_EXHAUSTION);
  assert_string_equal(wfx_store_diag(w.store)->message, "memory size limit reached");
  assert_int_equal(wfx_store_cause(w.store), WFX_CAUSE_MEMORY_LIMIT);
  assert_int_equal(wfx_instantiate(w.store, world_parse(&w, "(module (table 1001 funcref))"),
                                   NULL, &more),
                   WFX_EXHAUSTION);
  assert_int_equal(wfx_store_cause(w.store), WFX_CAUSE_TABLE_LIMIT);
  /* And all tables. */
  assert_int_equal(
      wfx_instantiate(w.store, world_parse(&w, "(module (table 900 funcref) (table 900 funcref))"),
                      NULL, &more),
      WFX_EXHAUSTION);
  assert_int_equal(wfx_store_cause(w.store), WFX_CAUSE_TABLE_LIMIT);
  wfx_value x;
  for (int i = 0; i < 100000 && wfx_extern_new(w.store, NULL, &x) == WFX_OK; i++) {
    wfx_root root;
    if (wfx_root_new(w.store, &x, &root) != WFX_OK) break;
  }
  assert_int_equal(wfx_store_cause(w.store), WFX_CAUSE_HEAP);
  assert_int_equal(wfx_store_diag(w.store)->status, WFX_EXHAUSTION);
  world_close(&w);
}

static void indices_are_said_whole(void **state) {
  (void)state;
  struct world w;
  world_open(&w, NULL);
  wfx_instance *inst = world_add(
      &w,
      "(module (type $f (func)) (table i64 10 funcref)\n"
      "  (func (export \"f\") (param i32 i32) (result i32)\n"
      "    (call_indirect (type $f) (i64.const 0x100000001)) (i32.const 0)))\n",
      NULL);
  assert_fails(&w, inst, "f", 0, 0, WFX_TRAP, "undefined element 4294967297");
  world_close(&w);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(fuel_is_exact),      cmocka_unit_test(deadlines_pass),
      cmocka_unit_test(signals_interrupt),  cmocka_unit_test(code_is_preempted),
      cmocka_unit_test(interrupts_preempt), cmocka_unit_test(others_refuse),
      cmocka_unit_test(limits_hold),        cmocka_unit_test(indices_are_said_whole),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
