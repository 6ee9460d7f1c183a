/* test_watch.c: the stack as data, samples, traces, statistics. */
#include "run_unit.h"

/* $main resumes $gen, which calls the host, spins, and suspends. */
static const char program[] =
    "(module\n"
    "  (type $f (func (param i32))) (type $k (cont $f)) (type $f0 (func)) (type $k0 (cont $f0))\n"
    "  (import \"env\" \"look\" (func $look))\n"
    "  (tag $t)\n"
    "  (func $spin (param $n i32)\n"
    "    (loop $l (local.set $n (i32.sub (local.get $n) (i32.const 1)))\n"
    "      (br_if $l (i32.gt_s (local.get $n) (i32.const 0)))))\n"
    "  (func $gen (param $n i32)\n"
    "    (call $look) (call $spin (local.get $n)) (suspend $t) (call $spin (local.get $n)))\n"
    "  (elem declare func $gen)\n"
    "  (func $main (export \"main\") (param $n i32) (local $c (ref null $k0))\n"
    "    (block $on (result (ref $k0))\n"
    "      (resume $k (on $t $on) (local.get $n) (cont.new $k (ref.func $gen)))\n"
    "      (unreachable))\n"
    "    (local.set $c)\n"
    "    (call $spin (local.get $n))\n"
    "    (resume $k0 (local.get $c)))\n"
    "  (func (export \"add\") (param f64 i64) (result i32)\n"
    "    (i32.add (i32.const 5) (i32.wrap_i64 (i64.mul (local.get 1) (i64.const -3))))))";


/* ---- Stack ------------------------------------------------------------------------------- */

struct looked {
  wfx_frame frames[8];
  size_t n;
};

static wfx_status look(void *ud, wfx_store *s, wfx_instance *caller, const wfx_value *args,
                       wfx_value *results) {
  (void)caller;
  (void)args;
  (void)results;
  struct looked *l = ud;
  l->n = wfx_store_stack(s, l->frames, 8);
  assert_int_equal(wfx_store_stack(s, l->frames, 1), 1);
  wfx_store_stack(s, l->frames, 8);
  return WFX_OK;
}

static wfx_instance *open_program(struct world *w, const wfx_store_options *options,
                                  struct looked *l) {
  world_open_with(w, NULL, options);
  wfx_store_define_func(w->store, "env", "look", NULL, 0, NULL, 0, look, l);
  return world_add(w, program, NULL);
}

static void test_stack(void **state) {
  (void)state;
  struct world w;
  struct looked l = {.n = 0};
  wfx_instance *inst = open_program(&w, NULL, &l);
  assert_int_equal(wfx_store_stack(w.store, l.frames, 8), 0);
  assert_int_equal(call_i32(inst, "main", 5, 0, NULL), WFX_OK);
  assert_int_equal(l.n, 2);
  assert_string_equal(l.frames[0].func.data, "gen");
  assert_false(l.frames[0].is_resume);
  assert_int_equal(l.frames[0].loc.line, 9);
  assert_string_equal(l.frames[1].func.data, "main");
  assert_true(l.frames[1].is_resume);
  assert_int_equal(l.frames[1].loc.line, 13);
  world_close(&w);
}

/* ---- Samples ----------------------------------------------------------------------------- */

struct samples {
  uint64_t n, weight, n_in_gen, hash;
};

static void take(void *ud, wfx_store *s, uint64_t weight) {
  struct samples *p = ud;
  wfx_frame frames[8];
  size_t n = wfx_store_stack(s, frames, 8);
  assert_true(n >= 2);
  assert_string_equal(frames[0].func.data, "spin");
  p->n++;
  p->weight += weight;
  p->hash = p->hash * 31 + weight;
  p->n_in_gen += n == 3 && frames[2].is_resume;
}

static struct samples profile(wfx_profile_mode mode, uint64_t period) {
  struct world w;
  struct looked l = {.n = 0};
  struct samples p = {0};
  wfx_store_options o = {.size = sizeof o, .is_controlled = true};
  wfx_instance *inst = open_program(&w, &o, &l);
  assert_int_equal(wfx_store_profile(w.store, mode, period, take, &p), WFX_OK);
  assert_int_equal(call_i32(inst, "main", 100000, 0, NULL), WFX_OK);
  assert_int_equal(wfx_store_profile(w.store, mode, 0, NULL, NULL), WFX_OK);
  const uint64_t n = p.n;
  assert_int_equal(call_i32(inst, "main", 100000, 0, NULL), WFX_OK);
  assert_int_equal(p.n, n);
  world_close(&w);
  return p;
}

static void test_profile(void **state) {
  (void)state;
  struct samples a = profile(WFX_PROFILE_UNITS, 5000), b = profile(WFX_PROFILE_UNITS, 5000);
  assert_memory_equal(&a, &b, sizeof a);
  /* Three spins of some 800,000 units, two of them under the handler. */
  assert_true(a.weight > 3 * 600000 && a.weight < 3 * 1100000);
  assert_true(a.n_in_gen * 3 > a.n * 2 - 5 && a.n_in_gen * 3 < a.n * 2 + 5);
  assert_true(a.n >= a.weight / 5100 && a.n <= a.weight / 5000);
  struct samples t = profile(WFX_PROFILE_TIME, 20000);
  assert_true(t.n > 3 && t.weight >= t.n * 20000);
}

static void test_profile_misuse(void **state) {
  (void)state;
  struct world w;
  world_open(&w, NULL);
  assert_int_equal(wfx_store_profile(w.store, WFX_PROFILE_UNITS, 100, take, NULL), WFX_MISUSE);
  assert_string_equal(wfx_store_diag(w.store)->message, "store is not controlled");
  world_close(&w);
}

/* ---- Traces ------------------------------------------------------------------------------ */

struct traced {
  size_t n;
  struct {
    wfx_op op;
    uint32_t line;
    size_t n_operands;
    wfx_value operands[2];
  } events[64];
};

static void record(void *ud, wfx_store *s, const wfx_trace_event *event) {
  struct traced *t = ud;
  (void)s;
  assert_true(t->n < 64);
  assert_true(event->n_operands <= 2);
  t->events[t->n].op = event->op;
  t->events[t->n].line = event->frame.loc.line;
  t->events[t->n].n_operands = event->n_operands;
  for (size_t i = 0; i < event->n_operands; i++) t->events[t->n].operands[i] = event->operands[i];
  t->n++;
}

static void test_trace(void **state) {
  (void)state;
  static struct traced t;
  struct world w;
  struct looked l = {.n = 0};
  wfx_store_options o = {.size = sizeof o, .trace = record, .trace_ud = &t};
  wfx_instance *inst = open_program(&w, &o, &l);
  t.n = 0;
  wfx_value args[2] = {wfx_f64(0), wfx_i64(7)}, result = wfx_i32(0);
  assert_int_equal(wfx_call(inst, "add", args, 2, &result, 1), WFX_OK);
  assert_int_equal(result.of.i32, 5 - 21);
  const wfx_op want[] = {WFX_OP_i32_const, WFX_OP_local_get, WFX_OP_i64_const, WFX_OP_i64_mul,
                         WFX_OP_i32_wrap_i64, WFX_OP_i32_add};
  assert_int_equal(t.n, 6);
  for (size_t i = 0; i < t.n; i++) assert_int_equal(t.events[i].op, want[i]);
  assert_int_equal(t.events[0].operands[0].of.i32, 5);
  assert_int_equal(t.events[1].operands[0].type, WFX_I64);
  assert_int_equal(t.events[1].operands[0].of.i64, 7);
  assert_int_equal(t.events[3].n_operands, 2);
  assert_int_equal(t.events[3].operands[0].of.i64, 7);
  assert_int_equal(t.events[3].operands[1].of.i64, -3);
  assert_int_equal(t.events[5].operands[0].type, WFX_I32);
  assert_int_equal(t.events[5].operands[0].of.i32, 5);
  assert_int_equal(t.events[5].operands[1].of.i32, -21);
  assert_int_equal(t.events[5].line, 19);
  world_close(&w);
}

/* What a traced program does is the same, across continuations too. */
static void test_trace_conts(void **state) {
  (void)state;
  static struct traced t;
  struct world w;
  struct looked l = {.n = 0};
  wfx_store_options o = {.size = sizeof o, .trace = record, .trace_ud = &t};
  wfx_instance *inst = open_program(&w, &o, &l);
  t.n = 0;
  assert_int_equal(call_i32(inst, "main", 1, 0, NULL), WFX_OK);
  size_t n_suspends = 0, n_resumes = 0;
  for (size_t i = 0; i < t.n; i++) {
    n_suspends += t.events[i].op == WFX_OP_suspend;
    n_resumes += t.events[i].op == WFX_OP_resume;
  }
  assert_int_equal(n_suspends, 1);
  assert_int_equal(n_resumes, 2);
  world_close(&w);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_stack),          cmocka_unit_test(test_profile),
      cmocka_unit_test(test_profile_misuse), cmocka_unit_test(test_trace),
      cmocka_unit_test(test_trace_conts),
  };
  cmocka_set_message_output(CM_OUTPUT_TAP);
  return cmocka_run_group_tests(tests, NULL, NULL);
}
