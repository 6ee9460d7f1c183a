/* test_threads.c: stores on threads of their own, over one context and one module, and interrupts
 * from another thread. `make check-tsan` runs it under ThreadSanitizer. */
#include "run_unit.h"

#include <pthread.h>
#include <stdatomic.h>

static const char text[] =
    "(module (type $f (func (param i32))) (type $k (cont $f))\n"
    "  (type $g (func)) (type $gk (cont $g)) (type $l (struct (field (ref null $l))))\n"
    "  (import \"host\" \"started\" (func $started)) (tag $yield (param i32)) (memory 1)\n"
    "  (func $count (type $f)\n"
    "    (loop $again (suspend $yield (local.get 0))\n"
    "      (br_if $again (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))\n"
    "  (elem declare func $count)\n"
    "  (func (export \"sum\") (param i32) (result i32) (local $s i32) (local $k (ref null $gk))\n"
    "      (local $l (ref null $l))\n"
    "    (block $y (result i32 (ref $gk))\n"
    "      (resume $k (on $yield $y) (local.get 0) (cont.new $k (ref.func $count)))\n"
    "      (return (local.get $s)))\n"
    "    (local.set $k) (local.set $s)\n"
    "    (loop $again\n"
    "      (local.set $l (struct.new $l (ref.null $l)))\n"
    "      (block $y (result i32 (ref $gk))\n"
    "        (resume $gk (on $yield $y) (local.get $k)) (return (local.get $s)))\n"
    "      (local.set $k) (local.set $s (i32.add (local.get $s)))\n"
    "      (br $again))\n"
    "    (unreachable))\n"
    "  (func (export \"forever\") (call $started) (loop $again (br $again))))\n";

struct worker {
  const wfx_ctx *ctx;
  wfx_module *module;
  wfx_store *store;
  wfx_instance *inst;
  pthread_t thread;
  atomic_bool has_started;
  wfx_status status;
  wfx_cause cause;
  int32_t sum;
};

static wfx_status started(void *ud, wfx_store *s, wfx_instance *caller, const wfx_value *args,
                          wfx_value *results) {
  struct worker *w = ud;
  (void)s;
  (void)caller;
  (void)args;
  (void)results;
  atomic_store(&w->has_started, true);
  return WFX_OK;
}

static wfx_status open_worker(struct worker *w) {
  const wfx_store_options controlled = {.size = sizeof controlled, .is_controlled = true};
  w->store = wfx_store_new_with(w->ctx, &controlled);
  if (!w->store) return WFX_NOMEM;
  wfx_status status =
      wfx_store_define_func(w->store, "host", "started", NULL, 0, NULL, 0, started, w);
  return status == WFX_OK ? wfx_instantiate(w->store, w->module, NULL, &w->inst) : status;
}

static void *sum_up(void *ud) {
  struct worker *w = ud;
  w->status = open_worker(w);
  for (int i = 0; w->status == WFX_OK && i < 3; i++) {
    w->status = call_i32(w->inst, "sum", 2000, 0, &w->sum);
    wfx_store_collect(w->store);
  }
  wfx_store_free(w->store);
  return NULL;
}

/* The context's allocator is malloc: that of the other tests counts, on one thread. */
static void shared_open(wfx_ctx **ctx, wfx_module **m) {
  wfx_options o;
  memset(&o, 0, sizeof o);
  o.size = sizeof o;
  o.features = wfx_features_all();
  *ctx = wfx_ctx_new(&o);
  *m = wfx_module_new(*ctx);
  assert_int_equal(wfx_module_parse(*m, text, strlen(text), "threads.wat"), WFX_OK);
  assert_int_equal(wfx_module_validate(*m), WFX_OK);
}

static void stores_share_nothing(void **state) {
  (void)state;
  enum { N = 4 };
  wfx_ctx *ctx;
  wfx_module *m;
  struct worker ws[N];
  shared_open(&ctx, &m);
  for (int i = 0; i < N; i++) {
    memset(&ws[i], 0, sizeof ws[i]);
    ws[i].ctx = ctx;
    ws[i].module = m;
    assert_int_equal(pthread_create(&ws[i].thread, NULL, sum_up, &ws[i]), 0);
  }
  for (int i = 0; i < N; i++) {
    assert_int_equal(pthread_join(ws[i].thread, NULL), 0);
    assert_int_equal(ws[i].status, WFX_OK);
    assert_int_equal(ws[i].sum, 2000 * 2001 / 2);
  }
  wfx_module_free(m);
  wfx_ctx_free(ctx);
}

static void *run_forever(void *ud) {
  struct worker *w = ud;
  w->status = call_i32(w->inst, "forever", 0, 0, NULL);
  w->cause = wfx_store_cause(w->store);
  if (w->cause == WFX_CAUSE_INTERRUPT && call_i32(w->inst, "sum", 100, 0, &w->sum) != WFX_OK)
    w->sum = -1;
  return NULL;
}

static void threads_interrupt(void **state) {
  (void)state;
  wfx_ctx *ctx;
  wfx_module *m;
  shared_open(&ctx, &m);
  for (int i = 0; i < 5; i++) {
    struct worker w;
    memset(&w, 0, sizeof w);
    w.ctx = ctx;
    w.module = m;
    assert_int_equal(open_worker(&w), WFX_OK);
    assert_int_equal(pthread_create(&w.thread, NULL, run_forever, &w), 0);
    while (!atomic_load(&w.has_started)) continue;
    wfx_store_interrupt(w.store);
    assert_int_equal(pthread_join(w.thread, NULL), 0);
    assert_int_equal(w.status, WFX_EXHAUSTION);
    assert_int_equal(w.cause, WFX_CAUSE_INTERRUPT);
    assert_int_equal(w.sum, 100 * 101 / 2);
    wfx_store_free(w.store);
  }
  wfx_module_free(m);
  wfx_ctx_free(ctx);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(stores_share_nothing),
      cmocka_unit_test(threads_interrupt),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
