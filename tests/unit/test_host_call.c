/* test_host_call.c: what calls of host functions do to the program that makes them: memories that grow
 * under it, tail calls, failures that the host keeps to itself. */
#include "run_unit.h"

struct host {
  struct world w;
  wfx_instance *inst;
  wfx_mem *mem;
  wfx_cont *k;
};

static wfx_status grow(void *ud, wfx_store *s, wfx_instance *caller, const wfx_value *args,
                       wfx_value *results) {
  struct host *h = ud;
  (void)caller;
  (void)results;
  assert_int_equal(wfx_mem_grow(s, h->mem, (uint64_t)args[0].of.i64), WFX_OK);
  return WFX_OK;
}

static wfx_status throw_it(void *ud, wfx_store *s, wfx_instance *caller, const wfx_value *args,
                           wfx_value *results) {
  struct host *h = ud;
  wfx_value exn;
  (void)args;
  (void)results;
  assert_ptr_equal(caller, h->inst);
  assert_int_equal(wfx_exn_new(s, wfx_instance_tag(h->inst, "e"), NULL, 0, &exn), WFX_OK);
  return wfx_store_throw(s, &exn);
}

/* Many arguments and results by a tail call. */
static wfx_status turn_round(void *ud, wfx_store *s, wfx_instance *caller, const wfx_value *args,
                             wfx_value *results) {
  (void)ud;
  (void)caller;
  wfx_store_collect(s);
  for (int i = 0; i < 6; i++) results[i].of.i32 = args[5 - i].of.i32;
  return WFX_OK;
}

/* Call the export that is named by the number, and say nothing of how it ended. */
static wfx_status swallow(void *ud, wfx_store *s, wfx_instance *caller, const wfx_value *args,
                          wfx_value *results) {
  static const char *const names[] = {"trap", "throw"};
  (void)ud;
  (void)results;
  const wfx_status status = wfx_call(caller, names[args[0].of.i32], NULL, 0, NULL, 0);
  assert_int_equal(status, args[0].of.i32 == 0 ? WFX_TRAP : WFX_EXCEPTION);
  assert_true(wfx_store_n_frames(s) > 0);
  return WFX_OK;
}

static wfx_status free_it(void *ud, wfx_store *s, wfx_instance *caller, const wfx_value *args,
                          wfx_value *results) {
  struct host *h = ud;
  (void)s;
  (void)caller;
  (void)args;
  (void)results;
  wfx_cont_free(h->k);
  h->k = NULL;
  return WFX_OK;
}

static const char text[] =
    "(module (type $f (func)) (type $six (func (param i32 i32 i32 i32 i32 i32)\n"
    "    (result i32 i32 i32 i32 i32 i32)))\n"
    "  (import \"h\" \"grow\" (func $grow (param i64)))\n"
    "  (import \"h\" \"throw\" (func $throw (type $f)))\n"
    "  (import \"h\" \"turn\" (func $turn (type $six)))\n"
    "  (import \"h\" \"swallow\" (func $swallow (param i32)))\n"
    "  (import \"h\" \"free\" (func $free (type $f)))\n"
    "  (memory (export \"m\") i64 1)\n"
    "  (tag $e (export \"e\")) (tag $yield (param i32))\n"
    "  (table $t 1 funcref) (elem (i32.const 0) $throw) (elem declare func $throw)\n"
    "  (func $grow_tail (param i64) (return_call $grow (local.get 0)))\n"
    "  (func (export \"f\") (param i32 i32) (result i32)\n"
    "    (call $grow_tail (i64.extend_i32_u (local.get 0)))\n"
    "    (i32.store (i64.const 65536) (local.get 1)) (i32.load (i64.const 65536)))\n"
    "  (func $direct (block $h (try_table (catch_all $h) (return_call $throw))))\n"
    "  (func $indirect (block $h (try_table (catch_all $h)\n"
    "    (return_call_indirect (type $f) (i32.const 0)))))\n"
    "  (func $by_ref (block $h (try_table (catch_all $h)\n"
    "    (return_call_ref $f (ref.func $throw)))))\n"
    "  (func (export \"caught\") (param i32 i32) (result i32)\n"
    "    (block $h (try_table (catch_all $h)\n"
    "      (if (i32.eqz (local.get 0)) (then (call $direct)))\n"
    "      (if (i32.eq (local.get 0) (i32.const 1)) (then (call $indirect)))\n"
    "      (if (i32.eq (local.get 0) (i32.const 2)) (then (call $by_ref)))\n"
    "      (return (i32.const 1))))\n"
    "    (i32.const 2))\n"
    "  (func $turn_tail (result i32 i32 i32 i32 i32 i32)\n"
    "    (return_call $turn (i32.const 1) (i32.const 2) (i32.const 3) (i32.const 4)\n"
    "      (i32.const 5) (i32.const 6)))\n"
    "  (func (export \"turn\") (param i32 i32) (result i32) (local i32)\n"
    "    (local.get 0) (call $turn_tail)\n"
    "    (local.set 2)\n"
    "    (drop) (drop) (drop) (drop)\n"
    "    (i32.mul (i32.const 10)) (local.get 2) (i32.add) (i32.add))\n"
    "  (func (export \"trap\") (unreachable))\n"
    "  (func (export \"throw\") (throw $e))\n"
    "  (func (export \"outer\") (param i32 i32) (result i32)\n"
    "    (call $swallow (local.get 0)) (i32.div_s (i32.const 8) (local.get 1)))\n"
    "  (func (export \"frees\") (call $free) (suspend $yield (i32.const 7))))\n";

static void host_open(struct host *h) {
  static const wfx_valtype i64 = WFX_I64, i32 = WFX_I32;
  static const wfx_valtype six[] = {WFX_I32, WFX_I32, WFX_I32, WFX_I32, WFX_I32, WFX_I32};
  memset(h, 0, sizeof *h);
  world_open(&h->w, NULL);
  wfx_store *s = h->w.store;
  assert_int_equal(wfx_store_define_func(s, "h", "grow", &i64, 1, NULL, 0, grow, h), WFX_OK);
  assert_int_equal(wfx_store_define_func(s, "h", "throw", NULL, 0, NULL, 0, throw_it, h), WFX_OK);
  assert_int_equal(wfx_store_define_func(s, "h", "turn", six, 6, six, 6, turn_round, h), WFX_OK);
  assert_int_equal(wfx_store_define_func(s, "h", "swallow", &i32, 1, NULL, 0, swallow, h), WFX_OK);
  assert_int_equal(wfx_store_define_func(s, "h", "free", NULL, 0, NULL, 0, free_it, h), WFX_OK);
  h->inst = world_add(&h->w, text, NULL);
  wfx_external x;
  wfx_str name = {"m", 1};
  assert_true(wfx_instance_export(h->inst, name, &x));
  h->mem = x.of.mem;
}

static void memory_grows_in_a_tail_call(void **state) {
  (void)state;
  struct host h;
  host_open(&h);
  assert_runs(h.inst, "f", 1, 5, 5);
  /* So far that it moves. */
  assert_runs(h.inst, "f", 70000, 6, 6);
  world_close(&h.w);
}

static void frames_go_in_a_tail_call(void **state) {
  (void)state;
  struct host h;
  host_open(&h);
  for (int i = 0; i < 3; i++) assert_runs(h.inst, "caught", i, 0, 2);
  assert_runs(h.inst, "turn", 100, 0, 100 + 60 + 1);
  world_close(&h.w);
}

static void swallowed_failures_leave_nothing(void **state) {
  (void)state;
  struct host h;
  wfx_value exn;
  wfx_frame frame;
  host_open(&h);
  for (int i = 0; i < 2; i++) {
    assert_runs(h.inst, "outer", i, 2, 4);
    assert_int_equal(wfx_store_n_frames(h.w.store), 0);
    assert_false(wfx_store_exception(h.w.store, &exn));
    assert_fails(&h.w, h.inst, "outer", i, 0, WFX_TRAP, "integer divide by zero");
    assert_int_equal(wfx_store_n_frames(h.w.store), 1);
    assert_true(wfx_store_frame(h.w.store, 0, &frame));
    assert_int_equal(frame.func_index, 15);
    assert_false(wfx_store_exception(h.w.store, &exn));
  }
  /* A later failure without frames has none. */
  assert_int_equal(wfx_call(h.inst, "throw", NULL, 0, NULL, 0), WFX_EXCEPTION);
  assert_true(wfx_store_exception(h.w.store, &exn));
  assert_int_equal(wfx_mem_grow(h.w.store, h.mem, UINT64_MAX), WFX_EXHAUSTION);
  assert_int_equal(wfx_store_n_frames(h.w.store), 0);
  assert_false(wfx_store_exception(h.w.store, &exn));
  world_close(&h.w);
}

static void continuations_freed_while_they_run(void **state) {
  (void)state;
  struct host h;
  wfx_value f;
  wfx_event event;
  wfx_str name = {"frees", 5};
  host_open(&h);
  assert_true(wfx_instance_func(h.inst, name, &f));
  assert_int_equal(wfx_cont_new(h.w.store, &f, &h.k), WFX_OK);
  assert_int_equal(wfx_cont_resume(h.k, NULL, 0, NULL, 0, &event), WFX_OK);
  assert_non_null(event.tag);
  assert_int_equal(event.n_values, 0);
  wfx_store_collect(h.w.store);
  wfx_stats stats;
  wfx_store_stats(h.w.store, &stats);
  assert_int_equal(stats.n_conts_live, 0);
  world_close(&h.w);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(memory_grows_in_a_tail_call),
      cmocka_unit_test(frames_go_in_a_tail_call),
      cmocka_unit_test(swallowed_failures_leave_nothing),
      cmocka_unit_test(continuations_freed_while_they_run),
  };
  cmocka_set_message_output(CM_OUTPUT_TAP);
  return cmocka_run_group_tests(tests, NULL, NULL);
}
