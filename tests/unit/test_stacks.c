/* test_stacks.c: all state of a stack moves when continuations change: where engines have been
 * wrong. See TOUR.md, "What belongs to a stack". */
#include "run_unit.h"

#include <stdio.h>

/* ---- Traps and what comes after ------------------------------------------------------------ */

static const char traps[] =
    "(module\n"
    "  (type $f (func)) (type $k (cont $f))\n"
    "  (tag $t)\n"
    "  (memory 1)\n"
    "  (func $at_once (unreachable))\n"
    "  (func $later (suspend $t) (drop (i32.load (i32.const -4))))\n"
    "  (func $fine (suspend $t))\n"
    "  (elem declare func $at_once $later $fine)\n"
    "  (func $go (param $c (ref $k)) (result (ref $k))\n"
    "    (block $on (result (ref $k))\n"
    "      (resume $k (on $t $on) (local.get $c)) (return (local.get $c))))\n"
    "  (func (export \"first\") (drop (call $go (cont.new $k (ref.func $at_once)))))\n"
    "  (func (export \"inside\")\n"
    "    (resume $k (call $go (cont.new $k (ref.func $later)))))\n"
    "  (func (export \"after\") (local $c (ref null $k))\n"
    "    (local.set $c (call $go (cont.new $k (ref.func $fine))))\n"
    "    (resume $k (local.get $c))\n"
    "    (unreachable)))\n";

static void assert_trace(const struct world *w, const char *want) {
  char text[200] = "";
  wfx_frame f;
  for (size_t i = 0; wfx_store_frame(w->store, i, &f); i++) {
    size_t n = strlen(text);
    snprintf(text + n, sizeof text - n, "%s%s:%u", f.is_resume ? " <- " : i ? " " : "",
             f.func.data, (unsigned)f.loc.line);
  }
  assert_string_equal(text, want);
}

static void test_traps(void **state) {
  (void)state;
  struct world w;
  wfx_stats stats;
  world_open(&w, NULL);
  wfx_instance *inst = world_add(&w, traps, NULL);
  for (int round = 0; round < 3; round++) {
    assert_fails(&w, inst, "first", 0, 0, WFX_TRAP, "unreachable");
    assert_trace(&w, "at_once:5 <- go:11 :12");
    assert_fails(&w, inst, "inside", 0, 0, WFX_TRAP, "out of bounds memory access");
    assert_trace(&w, "later:6 <- :14");
    assert_fails(&w, inst, "after", 0, 0, WFX_TRAP, "unreachable");
    assert_trace(&w, ":18");
  }
  wfx_store_collect(w.store);
  wfx_store_stats(w.store, &stats);
  assert_int_equal(stats.n_conts_live, 0);
  world_close(&w);
}

/* ---- Host calls ----------------------------------------------------------------------------- */

/* Grow the caller's memory, and run another continuation meanwhile. */
static wfx_status meddle(void *ud, wfx_store *s, wfx_instance *caller, const wfx_value *args,
                         wfx_value *results) {
  (void)ud;
  (void)s;
  (void)args;
  (void)results;
  int32_t sum;
  assert_int_equal(call_i32(caller, "grow", 0, 0, NULL), WFX_OK);
  assert_int_equal(call_i32(caller, "other", 0, 0, &sum), WFX_OK);
  assert_int_equal(sum, 77);
  return WFX_OK;
}

static void test_host_calls(void **state) {
  (void)state;
  struct world w;
  world_open(&w, NULL);
  wfx_store_define_func(w.store, "env", "meddle", NULL, 0, NULL, 0, meddle, NULL);
  wfx_instance *inst = world_add(
      &w,
      "(module\n"
      "  (type $f (func (param i32) (result i32))) (type $k (cont $f))\n"
      "  (type $r (func (param i32) (result i32))) (type $kr (cont $r))\n"
      "  (import \"env\" \"meddle\" (func $meddle))\n"
      "  (tag $t (param i32) (result i32))\n"
      "  (memory 1)\n"
      "  (func (export \"grow\") (drop (memory.grow (i32.const 1))))\n"
      "  (func $small (type $f) (suspend $t (i32.const 7)))\n"
      "  (func (export \"other\") (result i32)\n"
      "    (block $on (result i32 (ref $kr))\n"
      "      (return (resume $k (on $t $on) (i32.const 0) (cont.new $k (ref.func $small)))))\n"
      "    (drop) (i32.add (i32.const 70)))\n"
      /* Locals, operands and memory of the continuation stay as they are around host calls. */
      "  (func $body (type $f) (local $x i32)\n"
      "    (local.set $x (i32.const 1000))\n"
      "    (i32.add (local.get 0)\n"
      "      (i32.add (suspend $t (i32.const 1))\n"
      "        (block (result i32)\n"
      "          (call $meddle)\n"
      "          (i32.store (i32.const 65536) (i32.const 20))\n"
      "          (call $meddle)\n"
      "          (i32.add (local.get $x) (i32.load (i32.const 65536)))))))\n"
      "  (elem declare func $body $small)\n"
      "  (func (export \"run\") (result i32) (local $c (ref null $kr))\n"
      "    (block $on (result i32 (ref $kr))\n"
      "      (return (resume $k (on $t $on) (i32.const 3) (cont.new $k (ref.func $body)))))\n"
      "    (local.set $c) (drop)\n"
      "    (call $meddle)\n"
      "    (resume $kr (i32.const 40000) (local.get $c))))\n",
      NULL);
  assert_runs(inst, "run", 0, 0, 41023);
  world_close(&w);
}

/* Two instances with memories of their own, taking turns: each sees its own. */
static void test_memories(void **state) {
  (void)state;
  struct world w;
  world_open(&w, NULL);
  world_add(&w,
            "(module\n"
            "  (memory 1) (data (i32.const 8) \"\\05\")\n"
            "  (tag (export \"t\") (param i32))\n"
            "  (func (export \"five\") (param i32) (result i32)\n"
            "    (i32.mul (i32.const 10) (i32.load8_u (i32.const 8)))))\n",
            "a");
  wfx_instance *inst = world_add(
      &w,
      "(module\n"
      "  (type $f (func (param i32) (result i32))) (type $k (cont $f))\n"
      "  (type $f0 (func (result i32))) (type $k0 (cont $f0))\n"
      "  (import \"a\" \"t\" (tag $t (param i32)))\n"
      "  (import \"a\" \"five\" (func $five (type $f)))\n"
      "  (memory 1) (data (i32.const 8) \"\\03\")\n"
      "  (func $own (type $f)\n"
      "    (suspend $t (i32.load8_u (i32.const 8)))\n"
      "    (i32.add (call $five (i32.const 0)) (i32.load8_u (i32.const 8))))\n"
      "  (elem declare func $own $five)\n"
      "  (func (export \"run\") (result i32) (local $c (ref null $k0)) (local $x i32)\n"
      "    (local.set $x (resume $k (i32.const 0) (cont.new $k (ref.func $five))))\n"
      "    (block $on (result i32 (ref $k0))\n"
      "      (return (resume $k (on $t $on) (i32.const 0) (cont.new $k (ref.func $own)))))\n"
      "    (local.set $c)\n"
      "    (i32.mul (i32.const 1000))\n"
      "    (i32.add (resume $k0 (local.get $c)))\n"
      "    (i32.add (local.get $x))\n"
      "    (i32.add (i32.mul (i32.const 10000) (i32.load8_u (i32.const 8))))))\n",
      NULL);
  assert_runs(inst, "run", 0, 0, 30000 + 3000 + 53 + 50);
  world_close(&w);
}

/* ---- Many values ---------------------------------------------------------------------------- */

struct text {
  char data[200000];
  size_t n;
};

static void put(struct text *t, const char *what, unsigned times) {
  size_t n = strlen(what);
  for (unsigned i = 0; i < times; i++) {
    assert_true(t->n + n < sizeof t->data);
    memcpy(t->data + t->n, what, n + 1);
    t->n += n;
  }
}

static void put_numbered(struct text *t, const char *format, unsigned from, unsigned to) {
  char one[64];
  for (unsigned i = from; i < to; i++) {
    snprintf(one, sizeof one, format, i);
    put(t, one, 1);
  }
}

/* (type $NAME (func (param i64 ...) (result i64 ...))) (type $kNAME (cont $NAME)) */
static void put_type(struct text *t, const char *name, unsigned n_params, unsigned n_results) {
  char end[64];
  snprintf(end, sizeof end, "))) (type $k%s (cont $%s))\n", name, name);
  put(t, "  (type $", 1);
  put(t, name, 1);
  put(t, " (func (param", 1);
  put(t, " i64", n_params);
  put(t, ") (result", 1);
  put(t, " i64", n_results);
  put(t, end, 1);
}

/* A continuation of n parameters, n_bound of which are bound, suspends with all n, is resumed with
 * the triple of each, and returns those. */
static void put_many(struct text *t, unsigned n, unsigned n_bound) {
  put(t, "(module\n", 1);
  put_type(t, "f", n, n);
  put_type(t, "h", n - n_bound, n);
  put(t, "  (tag $t (type $f))\n  (func $body (type $f)", 1);
  put_numbered(t, " (local.get %u)", 0, n);
  put(t, " (suspend $t))\n  (elem declare func $body)\n  (func $triple (type $f)", 1);
  put_numbered(t, " (i64.mul (local.get %u) (i64.const 3))", 0, n);
  put(t, ")\n  (func $step (param i64 i64) (result i64)\n"
         "    (i64.add (i64.mul (local.get 0) (i64.const 31)) (local.get 1)))\n"
         "  (func (export \"run\") (result i64) (local $c (ref null $kf))\n"
         "    (block $on (result", 1);
  put(t, " i64", n);
  put(t, " (ref $kf))\n     ", 1);
  put_numbered(t, " (i64.const %u)", n_bound, n);
  put_numbered(t, " (i64.const %u)", 0, n_bound);
  put(t, "\n      (cont.new $kf (ref.func $body)) (cont.bind $kf $kh)\n"
         "      (resume $kh (on $t $on)) (unreachable))\n"
         "    (local.set $c) (call $triple) (local.get $c) (resume $kf)", 1);
  put(t, " (call $step)", n - 1);
  put(t, "))\n", 1);
}

static void run_many(unsigned n, unsigned n_bound, wfx_stats *stats) {
  static struct text t;
  struct world w;
  t.n = 0;
  put_many(&t, n, n_bound);
  world_open(&w, NULL);
  wfx_instance *inst = world_add(&w, t.data, NULL);
  uint64_t want = 3 * (uint64_t)(n - 1);
  for (unsigned i = n - 1; i-- > 0;) want += 3 * (uint64_t)i * 31;
  for (int round = 0; round < 2; round++) {
    wfx_value result = wfx_i64(0);
    assert_int_equal(wfx_call(inst, "run", NULL, 0, &result, 1), WFX_OK);
    assert_int_equal(result.of.i64, want);
  }
  wfx_store_stats(w.store, stats);
  assert_int_equal(stats->n_conts_live, 0);
  world_close(&w);
}

static void test_many_values(void **state) {
  (void)state;
  wfx_stats stats;
  run_many(600, 0, &stats);
  run_many(600, 300, &stats);
  run_many(900, 899, &stats);
  run_many(33, 32, &stats);
}

/* Binding up to 4 values takes no memory beyond the continuation's own. */
static void test_bind_is_free(void **state) {
  (void)state;
  wfx_stats without, with;
  run_many(4, 0, &without);
  for (unsigned n_bound = 1; n_bound <= 4; n_bound++) {
    run_many(4, n_bound, &with);
    assert_int_equal(with.n_conts_made, without.n_conts_made);
    assert_int_equal(with.n_stacks_made, without.n_stacks_made);
    assert_int_equal(with.n_stacks_grown, 0);
    assert_int_equal(with.heap_peak_bytes, without.heap_peak_bytes);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_traps),       cmocka_unit_test(test_host_calls),
      cmocka_unit_test(test_memories),    cmocka_unit_test(test_many_values),
      cmocka_unit_test(test_bind_is_free),
  };
  cmocka_set_message_output(CM_OUTPUT_TAP);
  return cmocka_run_group_tests(tests, NULL, NULL);
}
