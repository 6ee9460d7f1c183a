/* test_host_cont.c: continuations that the host makes, resumes, cancels and handles. */
#include "run_unit.h"

static const char text[] =
    "(module\n"
    "  (type $f (func)) (type $k (cont $f))\n"
    "  (type $gen (func (param i32) (result i64))) (type $gen_k (cont $gen))\n"
    "  (type $j (func (param i64))) (type $j_k (cont $j))\n"
    "  (type $two (func (param i32 i64) (result i64))) (type $two_k (cont $two))\n"
    "  (type $one (func (param i64) (result i64))) (type $one_k (cont $one))\n"
    "  (import \"host\" \"call\" (func $call (param i32)))\n"
    "  (tag $yield (export \"yield\") (param i32 i64))\n"
    "  (tag $ask (export \"ask\") (param i32) (result i64))\n"
    "  (tag $cancel (export \"cancel\") (param i32))\n"
    "  (tag $swap)\n"
    "  (global $cleaned (mut i32) (i32.const 0))\n"
    "  (func (export \"cleaned\") (result i32) (global.get $cleaned))\n"
    "  (func $sum (export \"sum\") (type $gen) (local $total i64)\n"
    "    (block $done (loop $again\n"
    "      (br_if $done (i32.eqz (local.get 0)))\n"
    "      (suspend $yield (local.get 0) (local.get $total))\n"
    "      (local.set $total (i64.add (local.get $total)\n"
    "        (suspend $ask (local.get 0))))\n"
    "      (local.set 0 (i32.sub (local.get 0) (i32.const 1)))\n"
    "      (br $again)))\n"
    "    (local.get $total))\n"
    /* Suspends from three frames down, inside a handler of its own for another tag. */
    "  (func $leaf (suspend $yield (i32.const 7) (i64.const 8)))\n"
    "  (func $mid (call $leaf) (call $leaf))\n"
    "  (func (export \"deep\") (block $on (result i32 (ref $j_k))\n"
    "      (resume $k (on $ask $on) (cont.new $k (ref.func $mid))) (return))\n"
    "    (unreachable))\n"
    /* Cleanup on every way out; the second catches and goes on. */
    "  (func (export \"careful\") (block $h (result exnref)\n"
    "      (try_table (catch_all_ref $h) (suspend $yield (i32.const 1) (i64.const 2)))\n"
    "      (return))\n"
    "    (global.set $cleaned (i32.add (global.get $cleaned) (i32.const 1))) (throw_ref))\n"
    "  (func (export \"stubborn\") (result i32) (block $h (result i32)\n"
    "      (try_table (result i32) (catch $cancel $h)\n"
    "        (suspend $yield (i32.const 1) (i64.const 2)) (i32.const -1)))\n"
    "    (drop (suspend $ask (i32.const 3))))\n"
    "  (func (export \"trap\") (suspend $yield (i32.const 0) (i64.const 0)) (unreachable))\n"
    "  (func (export \"calls\") (call $call (i32.const 5)))\n"
    "  (func (export \"yields\") (suspend $yield (i32.const 5) (i64.const 6)))\n"
    "  (func $mine (type $two) (i64.add (i64.extend_i32_s (local.get 0)) (local.get 1)))\n"
    "  (elem declare func $sum $mid $mine)\n"
    "  (func (export \"bound\") (result contref)\n"
    "    (cont.bind $two_k $one_k (i32.const 40) (cont.new $two_k (ref.func $mine))))\n"
    "  (func (export \"plain\") (result contref) (cont.new $k (ref.func $mid)))\n"
    "  (func (export \"run_one\") (param (ref null $one_k)) (result i64)\n"
    "    (resume $one_k (i64.const 2) (local.get 0)))\n"
    "  (func (export \"run_plain\") (param (ref null $k)) (resume $k (local.get 0)))\n"
    "  (func (export \"id\") (param contref) (result contref) (local.get 0)))\n";

struct host {
  struct world w;
  wfx_instance *inst;
  const wfx_tag *yield, *ask, *cancel;
  wfx_status nested; /* what the call that the host function makes has given */
};

static wfx_value func(struct host *h, const char *name) {
  wfx_value f;
  wfx_str s = {name, strlen(name)};
  assert_true(wfx_instance_func(h->inst, s, &f));
  return f;
}

static wfx_status call_back(void *ud, wfx_store *s, wfx_instance *caller, const wfx_value *args,
                            wfx_value *results) {
  struct host *h = ud;
  (void)caller;
  (void)args;
  (void)results;
  wfx_value f = func(h, "yields");
  h->nested = wfx_call_ref(s, &f, NULL, 0, NULL, 0);
  return WFX_OK;
}

static void host_open(struct host *h, bool is_stress) {
  world_open(&h->w, NULL);
  const wfx_valtype i32 = WFX_I32;
  assert_int_equal(
      wfx_store_define_func(h->w.store, "host", "call", &i32, 1, NULL, 0, call_back, h), WFX_OK);
  h->inst = world_add(&h->w, text, NULL);
  h->yield = wfx_instance_tag(h->inst, "yield");
  h->ask = wfx_instance_tag(h->inst, "ask");
  h->cancel = wfx_instance_tag(h->inst, "cancel");
  wfx_store_set_gc_stress(h->w.store, is_stress);
}

static wfx_cont *start(struct host *h, const char *name) {
  wfx_value f = func(h, name);
  wfx_cont *k = NULL;
  assert_int_equal(wfx_cont_new(h->w.store, &f, &k), WFX_OK);
  return k;
}

static wfx_value exn_i32(struct host *h, int32_t x) {
  wfx_value payload = wfx_i32(x), exn;
  assert_int_equal(wfx_exn_new(h->w.store, h->cancel, &payload, 1, &exn), WFX_OK);
  return exn;
}

#define assert_message(h, text) \
  assert_string_equal(wfx_store_diag((h)->w.store)->message, text)

/* From start to end, the answers of the host adding up. */
static void drive(struct host *h, const wfx_tag *const *tags, size_t n_tags) {
  wfx_cont *k = start(h, "sum");
  wfx_event ev;
  wfx_value arg = wfx_i32(3);
  assert_int_equal(wfx_cont_resume(k, tags, n_tags, &arg, 1, &ev), WFX_OK);
  int64_t total = 0;
  for (int32_t i = 3; i > 0; i--) {
    assert_ptr_equal(ev.tag, h->yield);
    assert_int_equal(ev.n_values, 2);
    assert_int_equal(ev.values[0].of.i32, i);
    assert_int_equal(ev.values[1].type, WFX_I64);
    assert_int_equal(ev.values[1].of.i64, total);
    assert_int_equal(wfx_cont_resume(k, tags, n_tags, NULL, 0, &ev), WFX_OK);
    assert_ptr_equal(ev.tag, h->ask);
    wfx_store_collect(h->w.store);
    wfx_value answer = wfx_i64((int64_t)i << 40);
    total += answer.of.i64;
    assert_int_equal(wfx_cont_resume(k, tags, n_tags, &answer, 1, &ev), WFX_OK);
  }
  assert_null(ev.tag);
  assert_int_equal(ev.n_values, 1);
  assert_int_equal(ev.values[0].of.i64, total);
  assert_int_equal(wfx_cont_resume(k, tags, n_tags, NULL, 0, &ev), WFX_TRAP);
  assert_message(h, "continuation already consumed");
  assert_false(wfx_cont_type(k, NULL, &(size_t){0}, NULL, &(size_t){0}));
  assert_int_equal(wfx_cont_ref(k).of.ref[0], 0);
  wfx_cont_free(k);
}

static void host_drives(void **state) {
  (void)state;
  for (int is_stress = 0; is_stress < 2; is_stress++) {
    struct host h;
    host_open(&h, is_stress != 0);
    const wfx_tag *both[] = {h.ask, h.yield};
    drive(&h, both, 2);
    drive(&h, NULL, 0);
    wfx_stats stats;
    wfx_store_stats(h.w.store, &stats);
    assert_int_equal(stats.n_conts_live, 0);
    world_close(&h.w);
  }
}

/* Two at once, and more handles than are used to the end. */
static void many_at_once(void **state) {
  (void)state;
  struct host h;
  host_open(&h, false);
  enum { N = 100 };
  wfx_cont *ks[N];
  wfx_event ev;
  for (int32_t i = 0; i < N; i++) {
    ks[i] = start(&h, "sum");
    wfx_value arg = wfx_i32(i + 1);
    assert_int_equal(wfx_cont_resume(ks[i], NULL, 0, &arg, 1, &ev), WFX_OK);
  }
  wfx_store_collect(h.w.store);
  for (int32_t i = 0; i < N; i++) {
    assert_int_equal(wfx_cont_resume(ks[i], NULL, 0, NULL, 0, &ev), WFX_OK);
    assert_ptr_equal(ev.tag, h.ask);
    assert_int_equal(ev.values[0].of.i32, i + 1);
  }
  wfx_stats stats;
  wfx_store_stats(h.w.store, &stats);
  assert_int_equal(stats.n_conts_live, N);
  for (size_t i = 0; i < N; i += 2) wfx_cont_free(ks[i]);
  wfx_store_collect(h.w.store);
  wfx_store_stats(h.w.store, &stats);
  assert_int_equal(stats.n_conts_live, N / 2);
  world_close(&h.w); /* frees the others */
}

static void deep_suspensions_arrive(void **state) {
  (void)state;
  struct host h;
  host_open(&h, true);
  wfx_cont *k = start(&h, "deep");
  wfx_event ev;
  for (int i = 0; i < 2; i++) {
    assert_int_equal(wfx_cont_resume(k, &h.yield, 1, NULL, 0, &ev), WFX_OK);
    assert_ptr_equal(ev.tag, h.yield);
    assert_int_equal(ev.values[1].of.i64, 8);
    size_t n_params = 9, n_results = 9;
    assert_true(wfx_cont_type(k, NULL, &n_params, NULL, &n_results));
    assert_int_equal(n_params, 0);
    assert_int_equal(n_results, 0);
  }
  assert_int_equal(wfx_cont_resume(k, &h.yield, 1, NULL, 0, &ev), WFX_OK);
  assert_null(ev.tag);
  world_close(&h.w);
}

static void searches_end_at_the_host(void **state) {
  (void)state;
  struct host h;
  host_open(&h, false);
  wfx_event ev;
  /* A tag that the resume does not name. */
  wfx_cont *k = start(&h, "yields");
  assert_int_equal(wfx_cont_resume(k, &h.ask, 1, NULL, 0, &ev), WFX_SUSPENSION);
  assert_message(&h, "unhandled tag");
  assert_int_equal(wfx_store_cause(h.w.store), WFX_CAUSE_UNHANDLED_TAG);
  assert_int_equal(wfx_cont_resume(k, NULL, 0, NULL, 0, &ev), WFX_TRAP);
  const wfx_tag *none[1] = {NULL};
  k = start(&h, "yields");
  assert_int_equal(wfx_cont_resume(k, none, 0, NULL, 0, &ev), WFX_SUSPENSION);
  /* A call by a host function in between. */
  k = start(&h, "calls");
  assert_int_equal(wfx_cont_resume(k, NULL, 0, NULL, 0, &ev), WFX_OK);
  assert_null(ev.tag);
  assert_int_equal(h.nested, WFX_SUSPENSION);
  /* A plain call from the host is no handler. */
  assert_int_equal(wfx_call(h.inst, "yields", NULL, 0, NULL, 0), WFX_SUSPENSION);
  world_close(&h.w);
}

static void cancel_runs_cleanup(void **state) {
  (void)state;
  struct host h;
  host_open(&h, true);
  wfx_event ev;
  wfx_cont *k = start(&h, "careful");
  assert_int_equal(wfx_cont_resume(k, &h.yield, 1, NULL, 0, &ev), WFX_OK);
  wfx_value exn = exn_i32(&h, 77), back, payload;
  size_t n = 1;
  assert_int_equal(wfx_cont_cancel(k, &h.yield, 1, &exn, &ev), WFX_EXCEPTION);
  assert_true(wfx_store_exception(h.w.store, &back));
  assert_true(wfx_ref_eq(&back, &exn));
  assert_ptr_equal(wfx_exn_get(h.w.store, &back, &payload, &n), h.cancel);
  assert_int_equal(payload.of.i32, 77);
  assert_runs(h.inst, "cleaned", 0, 0, 1);
  assert_false(wfx_store_exception(h.w.store, &back));
  /* Nothing left. */
  exn = exn_i32(&h, 1);
  assert_int_equal(wfx_cont_cancel(k, NULL, 0, &exn, &ev), WFX_TRAP);
  /* One that has not begun never runs. */
  k = start(&h, "careful");
  exn = exn_i32(&h, 2);
  assert_int_equal(wfx_cont_cancel(k, NULL, 0, &exn, &ev), WFX_EXCEPTION);
  assert_runs(h.inst, "cleaned", 0, 0, 1);
  /* One that catches goes on: suspends, then returns. */
  k = start(&h, "stubborn");
  assert_int_equal(wfx_cont_resume(k, NULL, 0, NULL, 0, &ev), WFX_OK);
  exn = exn_i32(&h, 5);
  assert_int_equal(wfx_cont_cancel(k, NULL, 0, &exn, &ev), WFX_OK);
  assert_ptr_equal(ev.tag, h.ask);
  wfx_value answer = wfx_i64(0);
  assert_int_equal(wfx_cont_resume(k, NULL, 0, &answer, 1, &ev), WFX_OK);
  assert_null(ev.tag);
  assert_int_equal(ev.values[0].of.i32, 5);
  world_close(&h.w);
}

static void traps_end_it(void **state) {
  (void)state;
  struct host h;
  host_open(&h, false);
  wfx_event ev;
  wfx_cont *k = start(&h, "trap");
  assert_int_equal(wfx_cont_resume(k, NULL, 0, NULL, 0, &ev), WFX_OK);
  assert_int_equal(wfx_cont_resume(k, NULL, 0, NULL, 0, &ev), WFX_TRAP);
  assert_message(&h, "unreachable");
  assert_int_equal(wfx_cont_resume(k, NULL, 0, NULL, 0, &ev), WFX_TRAP);
  assert_message(&h, "continuation already consumed");
  wfx_stats stats;
  wfx_store_stats(h.w.store, &stats);
  assert_int_equal(stats.n_conts_live, 0);
  world_close(&h.w);
}

static void misuse_is_refused(void **state) {
  (void)state;
  struct host h, other;
  host_open(&h, false);
  host_open(&other, false);
  wfx_event ev;
  wfx_cont *k = start(&h, "sum"), *k2;
  wfx_value arg = wfx_i64(3), args[2] = {wfx_i32(1), wfx_i32(2)};
  /* Wrong type, too many, too few: nothing has happened. */
  assert_int_equal(wfx_cont_resume(k, NULL, 0, &arg, 1, &ev), WFX_MISUSE);
  assert_message(&h, "not what the continuation takes");
  assert_int_equal(wfx_cont_resume(k, NULL, 0, args, 2, &ev), WFX_MISUSE);
  assert_int_equal(wfx_cont_resume(k, NULL, 0, NULL, 0, &ev), WFX_MISUSE);
  assert_int_equal(wfx_cont_resume(k, NULL, 0, args, 1, &ev), WFX_OK);
  assert_int_equal(wfx_cont_resume(k, NULL, 0, args, 1, &ev), WFX_MISUSE);
  assert_int_equal(wfx_cont_resume(k, NULL, 0, NULL, 0, &ev), WFX_OK);
  assert_int_equal(wfx_cont_resume(k, NULL, 0, args, 1, &ev), WFX_MISUSE);
  /* Functions, continuations and exceptions of another store. */
  wfx_value f = func(&other, "sum"), ref = wfx_cont_ref(k);
  assert_int_equal(wfx_cont_new(h.w.store, &f, &k2), WFX_MISUSE);
  assert_int_equal(wfx_cont_hold(other.w.store, &ref, &k2), WFX_MISUSE);
  assert_int_equal(wfx_call(other.inst, "id", &ref, 1, &arg, 1), WFX_MISUSE);
  assert_int_equal(wfx_call_ref(h.w.store, &f, args, 1, &arg, 1), WFX_MISUSE);
  /* Not functions, not continuations, not exceptions. */
  f = wfx_i32(1);
  assert_int_equal(wfx_cont_new(h.w.store, &f, &k2), WFX_MISUSE);
  f = wfx_null(WFX_FUNCREF);
  assert_int_equal(wfx_cont_new(h.w.store, &f, &k2), WFX_TRAP);
  assert_message(&h, "null function reference");
  f = func(&h, "sum");
  assert_int_equal(wfx_cont_hold(h.w.store, &f, &k2), WFX_MISUSE);
  assert_int_equal(wfx_cont_cancel(k, NULL, 0, &f, &ev), WFX_MISUSE);
  f = wfx_null(WFX_CONTREF);
  assert_int_equal(wfx_cont_hold(h.w.store, &f, &k2), WFX_TRAP);
  world_close(&h.w);
  world_close(&other.w);
}

/* A module gets a continuation as a declared type only when it is of that type. */
static void exact_types(void **state) {
  (void)state;
  struct host h;
  host_open(&h, false);
  wfx_value bound, plain, r;
  wfx_cont *k;
  wfx_event ev;
  wfx_valtype params[2], results[2];
  size_t n_params = 2, n_results = 2;
  assert_int_equal(wfx_call(h.inst, "bound", NULL, 0, &bound, 1), WFX_OK);
  assert_int_equal(wfx_cont_hold(h.w.store, &bound, &k), WFX_OK);
  assert_true(wfx_cont_type(k, params, &n_params, results, &n_results));
  assert_int_equal(n_params, 1);
  assert_int_equal(params[0], WFX_I64);
  assert_int_equal(results[0], WFX_I64);
  assert_int_equal(wfx_call(h.inst, "run_plain", &bound, 1, NULL, 0), WFX_MISUSE);
  assert_int_equal(wfx_call(h.inst, "run_one", &bound, 1, &r, 1), WFX_OK);
  assert_int_equal(r.of.i64, 42);
  /* Consumed: no type any more, and every use traps. */
  assert_int_equal(wfx_call(h.inst, "run_one", &bound, 1, &r, 1), WFX_TRAP);
  assert_message(&h, "continuation already consumed");
  assert_int_equal(wfx_cont_resume(k, NULL, 0, NULL, 0, &ev), WFX_TRAP);
  assert_int_equal(wfx_call(h.inst, "plain", NULL, 0, &plain, 1), WFX_OK);
  assert_int_equal(wfx_call(h.inst, "run_one", &plain, 1, &r, 1), WFX_MISUSE);
  assert_int_equal(wfx_call(h.inst, "run_plain", &plain, 1, NULL, 0), WFX_SUSPENSION);
  /* A continuation where something else is wanted. */
  wfx_value made = wfx_cont_ref(start(&h, "sum"));
  made.type = WFX_ANYREF;
  assert_int_equal(wfx_call(h.inst, "id", &made, 1, &r, 1), WFX_OK);
  assert_int_equal(wfx_array_len(h.w.store, &made), 0);
  /* Suspended ones, by what they wait for: nothing after yield, an i64 after ask. */
  k = start(&h, "sum");
  wfx_value arg = wfx_i32(1), ref;
  assert_int_equal(wfx_cont_resume(k, NULL, 0, &arg, 1, &ev), WFX_OK);
  ref = wfx_cont_ref(k);
  assert_int_equal(wfx_call(h.inst, "run_one", &ref, 1, &r, 1), WFX_MISUSE);
  assert_int_equal(wfx_call(h.inst, "run_plain", &ref, 1, NULL, 0), WFX_MISUSE);
  assert_int_equal(wfx_cont_resume(k, NULL, 0, NULL, 0, &ev), WFX_OK);
  assert_ptr_equal(ev.tag, h.ask);
  ref = wfx_cont_ref(k);
  assert_int_equal(wfx_call(h.inst, "run_one", &ref, 1, &r, 1), WFX_OK);
  assert_int_equal(r.of.i64, 2);
  world_close(&h.w);
}

/* A host function runs as a continuation, too. */
static wfx_status add_one(void *ud, wfx_store *s, wfx_instance *caller, const wfx_value *args,
                          wfx_value *results) {
  (void)ud;
  (void)s;
  assert_null(caller);
  results[0] = wfx_i64(args[0].of.i64 + 1);
  return WFX_OK;
}

static void host_functions_run(void **state) {
  (void)state;
  struct host h;
  host_open(&h, false);
  const wfx_valtype i64 = WFX_I64;
  wfx_value f, arg = wfx_i64(41);
  wfx_cont *k;
  wfx_event ev;
  assert_int_equal(wfx_func_new(h.w.store, &i64, 1, &i64, 1, add_one, NULL, NULL, &f), WFX_OK);
  assert_int_equal(wfx_cont_new(h.w.store, &f, &k), WFX_OK);
  assert_int_equal(wfx_cont_resume(k, NULL, 0, &arg, 1, &ev), WFX_OK);
  assert_null(ev.tag);
  assert_int_equal(ev.values[0].of.i64, 42);
  world_close(&h.w);
}

/* The host preempts what it runs. */
static void host_preempts(void **state) {
  (void)state;
  const wfx_store_options controlled = {.size = sizeof controlled, .is_controlled = true};
  struct world w;
  world_open_with(&w, NULL, &controlled);
  wfx_instance *inst = world_add(
      &w,
      "(module (tag (export \"tick\")) (func (export \"count\") (param i32) (result i32)\n"
      "  (local i32) (loop $again\n"
      "    (local.set 1 (i32.add (local.get 1) (i32.const 1)))\n"
      "    (br_if $again (i32.lt_u (local.get 1) (local.get 0)))) (local.get 1)))",
      NULL);
  const wfx_tag *tick = wfx_instance_tag(inst, "tick");
  wfx_value f, arg = wfx_i32(10000);
  wfx_cont *k;
  wfx_event ev;
  assert_true(wfx_instance_func(inst, (wfx_str){"count", 5}, &f));
  assert_int_equal(wfx_store_set_preempt(w.store, tick, 9000), WFX_OK);
  assert_int_equal(wfx_cont_new(w.store, &f, &k), WFX_OK);
  assert_int_equal(wfx_cont_resume(k, &tick, 1, &arg, 1, &ev), WFX_OK);
  size_t n = 0;
  for (; ev.tag; n++) assert_int_equal(wfx_cont_resume(k, &tick, 1, NULL, 0, &ev), WFX_OK);
  assert_int_equal(n, 9);
  assert_int_equal(ev.values[0].of.i32, 10000);
  world_close(&w);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(host_drives),         cmocka_unit_test(many_at_once),
      cmocka_unit_test(deep_suspensions_arrive),
      cmocka_unit_test(searches_end_at_the_host),
      cmocka_unit_test(cancel_runs_cleanup), cmocka_unit_test(traps_end_it),
      cmocka_unit_test(misuse_is_refused),   cmocka_unit_test(exact_types),
      cmocka_unit_test(host_functions_run),  cmocka_unit_test(host_preempts),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
