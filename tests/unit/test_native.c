/* test_native.c: native code against the interpreter: the same programs, the same outcomes,
 * with and without optimisation, with and without frame pointers. */
#include "native_unit.h"

#define PRELUDE                                  \
  "(module\n"                                    \
  "  (type $f0 (func (result i32)))\n"           \
  "  (type $f1 (func (param i32) (result i32)))\n" \
  "  (type $g (func (param i32)))\n"             \
  "  (type $n (func))\n"                         \
  "  (type $k0 (cont $f0))\n"                    \
  "  (type $k1 (cont $f1))\n"                    \
  "  (type $kg (cont $g))\n"                     \
  "  (type $kn (cont $n))\n"                     \
  "  (tag $yield (param i32))\n"                 \
  "  (tag $ask (param i32) (result i32))\n"

/* ---- Plain code -------------------------------------------------------------------------- */

static void test_integers(void **state) {
  (void)state;
  static const char *const binary[] = {
      "add", "sub", "mul", "and", "or", "xor", "shl", "shr_s", "shr_u", "rotl", "rotr", "div_s",
      "div_u", "rem_s", "rem_u", "eq", "ne", "lt_s", "lt_u", "gt_s", "gt_u", "le_s", "le_u",
      "ge_s", "ge_u"};
  int32_t values[MAX_CALLS][2] = {{7, 3},          {-7, 3},         {7, -3},         {0, 0},
                                  {INT32_MIN, -1}, {INT32_MIN, 33}, {INT32_MAX, 31}, {-1, 64}};
  for (size_t i = 0; i < 2 * (sizeof binary / sizeof *binary); i++) {
    const char *op = binary[i / 2];
    char text[400];
    if (i % 2 == 0)
      snprintf(text, sizeof text,
               "(module (func (export \"f\") (param i32 i32) (result i32)\n"
               "  (i32.%s (local.get 0) (local.get 1))))\n", op);
    else
      snprintf(text, sizeof text,
               "(module (func (export \"f\") (param i32 i32) (result i32)\n"
               "  (i64.%s (i64.shl (i64.extend_i32_s (local.get 0)) (i64.const 32))\n"
               "    (i64.extend_i32_s (local.get 1)))%s))\n",
               op, i / 2 >= 15 ? "" : " (i64.const 7) (i64.rotl) (i32.wrap_i64)");
    run_calls(text, values, MAX_CALLS);
  }
  static const char *const unary[] = {"clz", "ctz", "popcnt", "eqz", "extend8_s", "extend16_s"};
  for (size_t i = 0; i < sizeof unary / sizeof *unary; i++) {
    char text[400];
    snprintf(
        text, sizeof text,
        "(module (func (export \"f\") (param i32 i32) (result i32)\n"
        " (i32.add (i32.%s (local.get 0)) (%s (i64.%s (i64.extend_i32_u (local.get 1)))))))",
        unary[i], i == 3 ? "i32.sub (i32.const 5)" : "i32.wrap_i64", unary[i]);
    int32_t words[3][2] = {{0, 0x8180}, {0x00ff8081, -1}, {INT32_MIN, 0}};
    run_calls(text, words, 3);
  }
}

static void test_control(void **state) {
  (void)state;
  /* Blocks with parameters and results, a loop, both forms of if, a table, dead code. */
  run_both(
      "(module\n"
      "  (global $g (mut i32) (i32.const 3))\n"
      "  (func $pick (param i32) (result i32)\n"
      "    (block $c (block $b (block $a\n"
      "      (br_table $a $b $c $b $a (local.get 0)) (drop) (unreachable))\n"
      "      (return (i32.const 11))) (return (i32.const 22))) (i32.const 33))\n"
      "  (func $two (param i32) (result i32 i32) (local.get 0)\n"
      "    (block (param i32) (result i32 i32) (i32.const 1)\n"
      "      (if (param i32 i32) (result i32 i32) (i32.gt_s (local.get 0) (i32.const 5))\n"
      "        (then (i32.const 2) (i32.mul)) (else (br 1)))))\n"
      "  (func $many (param i32 i32 i32 i32 i32 i64 i64 i32) (result i32 i64 i32 i32 i64)\n"
      "    (local.get 7) (local.get 6) (local.get 0) (local.get 4) (local.get 5))\n"
      "  (func $count (param $n i32) (param $sum i32) (result i32)\n"
      "    (if (i32.eqz (local.get $n)) (then (return (local.get $sum))))\n"
      "    (return_call $count (i32.sub (local.get $n) (i32.const 1))\n"
      "      (i32.add (local.get $sum) (local.get $n))))\n"
      "  (func (export \"f\") (param $n i32) (param $m i32) (result i32) (local $sum i32)\n"
      "    (loop $next\n"
      "      (local.set $sum (i32.add (i32.mul (local.get $sum) (i32.const 7))\n"
      "        (call $pick (local.get $n))))\n"
      "      (local.set $sum (i32.add (local.get $sum) (i32.sub (call $two (local.get $n)))))\n"
      "      (if (i32.and (local.get $n) (i32.const 1))\n"
      "        (then (global.set $g (i32.add (global.get $g) (local.get $sum)))))\n"
      "      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))\n"
      "    (call $many (i32.const 1) (i32.const 2) (i32.const 3) (i32.const 4) (i32.const 5)\n"
      "      (i64.const 6) (i64.const 7) (local.get $sum))\n"
      "    (i32.wrap_i64) (i32.sub) (i32.sub) (i64.extend_i32_s) (i64.sub) (i32.wrap_i64)\n"
      "    (i32.add) (i32.add (select (i32.const 5) (local.get $n) (local.get $m)))\n"
      "    (i32.add (call $count (i32.const 1000000) (i32.const 0)))))\n",
      9, 1);
}

/* ---- Continuations ----------------------------------------------------------------------- */

static void test_generator(void **state) {
  (void)state;
  assert_int_equal(
      run_both(PRELUDE
               "  (func $numbers (type $g) (local $i i32)\n"
               "    (loop $next\n"
               "      (suspend $yield (local.tee $i (i32.add (local.get $i) (i32.const 1))))\n"
               "      (br_if $next (i32.lt_u (local.get $i) (local.get 0)))))\n"
               "  (elem declare func $numbers)\n"
               "  (func (export \"f\") (param i32 i32) (result i32)\n"
               "    (local $k (ref null $kn)) (local $sum i32)\n"
               "    (block $on (result i32 (ref $kn))\n"
               "      (resume $kg (on $yield $on) (local.get 0)\n"
               "        (cont.new $kg (ref.func $numbers)))\n"
               "      (return (i32.const -1)))\n"
               "    (loop $next (param i32 (ref $kn))\n"
               "      (local.set $k) (local.set $sum (i32.add (local.get $sum)))\n"
               "      (block $on (result i32 (ref $kn))\n"
               "        (resume $kn (on $yield $on) (local.get $k))\n"
               "        (return (local.get $sum)))\n"
               "      (br $next))\n"
               "    (unreachable)))\n",
               10000, 0),
      50005000);
}

/* The body asks from four calls deep; the handlers between take another tag, or none.
 * Each answer is the question doubled; the chain of three records is captured and resumed as a
 * whole. */
static void test_nested(void **state) {
  (void)state;
  assert_int_equal(
      run_both(
          PRELUDE
          "  (tag $other (param i64 i32))\n"
          "  (func $deep (param $n i32) (param $x i32) (result i32)\n"
          "    (if (result i32) (i32.eqz (local.get $n))\n"
          "      (then (i32.add (suspend $ask (local.get $x)) (suspend $ask (i32.const 2))))\n"
          "      (else (i32.add (local.get $n)\n"
          "        (call $deep (i32.sub (local.get $n) (i32.const 1)) (local.get $x))))))\n"
          "  (func $leaf (type $f1) (call $deep (i32.const 4) (local.get 0)))\n"
          "  (func $mid (type $f1)\n"
          "    (block $on (result i64 i32 (ref $k0))\n"
          "      (return (i32.add (i32.const 1000)\n"
          "        (resume $k1 (on $other $on) (local.get 0) (cont.new $k1 (ref.func "
          "$leaf))))))\n"
          "    (unreachable))\n"
          "  (func $outer (type $f1)\n"
          "    (i32.mul (i32.const 3)\n"
          "      (resume $k1 (local.get 0) (cont.new $k1 (ref.func $mid)))))\n"
          "  (elem declare func $leaf $mid $outer)\n"
          "  (func (export \"f\") (param i32 i32) (result i32)\n"
          "    (local $k (ref null $k1)) (local $q i32)\n"
          "    (block $on (result i32 (ref $k1))\n"
          "      (return (resume $k1 (on $ask $on) (on $ask $on)\n"
          "        (local.get 0) (cont.new $k1 (ref.func $outer)))))\n"
          "    (loop $again (param i32 (ref $k1))\n"
          "      (local.set $k) (local.set $q)\n"
          "      (block $on2 (result i32 (ref $k1))\n"
          "        (return (resume $k1 (on $ask $on2)\n"
          "          (i32.mul (i32.const 2) (local.get $q)) (local.get $k))))\n"
          "      (br $again))\n"
          "    (unreachable)))\n",
          50, 0),
      3 * (1000 + 10 + 100 + 4));
}

/* Payload, answers, arguments and results of more words than registers take, references among
 * them. */
static void test_many_words(void **state) {
  (void)state;
  run_both(
      "(module\n"
      "  (type $f (func (param i32 i64 i64 i32 i32 i64 i64) (result i32 i64 i32 i64 i32)))\n"
      "  (type $k (cont $f))\n"
      "  (type $r (func (param i64 i64 i32 i32 i64) (result i32 i64 i32 i64 i32)))\n"
      "  (type $kr (cont $r))\n"
      "  (type $n (func)) (type $kn (cont $n))\n"
      "  (tag $t (param i32 (ref null $kn) i64 i32 i64) (result i64 i64 i32 i32 i64))\n"
      "  (func $nothing)\n"
      "  (func $body (type $f)\n"
      "    (local $a i64) (local $b i64) (local $c i32) (local $d i32) (local $e i64)\n"
      "    (suspend $t (local.get 0) (cont.new $kn (ref.func $nothing)) (local.get 1)\n"
      "      (local.get 3) (local.get 6))\n"
      "    (local.set $e) (local.set $d) (local.set $c) (local.set $b) (local.set $a)\n"
      "    (local.get $d) (i64.sub (local.get $a) (local.get $b)) (local.get $c)\n"
      "    (local.get $e) (local.get 4))\n"
      "  (elem declare func $body $nothing)\n"
      "  (func (export \"f\") (param $x i32) (param i32) (result i32)\n"
      "    (local $a i32) (local $kn (ref null $kn)) (local $b i64) (local $c i32)\n"
      "    (local $d i64) (local $k (ref null $kr))\n"
      "    (block $on (result i32 (ref null $kn) i64 i32 i64 (ref $kr))\n"
      "      (resume $k (on $t $on) (local.get $x) (i64.const 2) (i64.const 3) (i32.const 4)\n"
      "        (i32.const 5) (i64.const 6) (i64.const 7) (cont.new $k (ref.func $body)))\n"
      "      (unreachable))\n"
      "    (local.set $k) (local.set $d) (local.set $c) (local.set $b) (local.set $kn)\n"
      "    (local.set $a)\n"
      "    (resume $kn (local.get $kn))\n"
      "    (resume $kr (local.get $b) (i64.const 100) (local.get $c) (local.get $a)\n"
      "      (local.get $d) (local.get $k))\n"
      "    (i64.extend_i32_s) (i64.sub) (i32.wrap_i64) (i32.sub) (i64.extend_i32_s) (i64.mul)\n"
      "    (i32.wrap_i64) (i32.sub)))\n",
      1234, 0);
}

#define BODIES                                                                    \
  "  (func $one (type $f0) (i32.const 1))\n"                                      \
  "  (func $asks (type $f0) (suspend $ask (i32.const 5)))\n"                      \
  "  (func $traps (type $f0) (i32.div_u (i32.const 1) (suspend $ask (i32.const 5))))\n" \
  "  (func $falls (type $f0) (call $falls) (i32.const 1) (i32.add))\n"             \
  "  (elem declare func $one $asks $traps $falls)\n"

static void test_traps(void **state) {
  (void)state;
  static const char *const bodies[] = {
      "(resume $k0 (local.get $k))",
      "(resume $k0 (cont.new $k0 (local.get $f)))",
      "(resume $k0 (local.tee $k (cont.new $k0 (ref.func $one)))) (resume $k0 (local.get $k))",
      "(resume $k0 (on $yield $y) (cont.new $k0 (ref.func $asks)))",
      "(suspend $ask (i32.const 1))",
      "(resume $k0 (cont.new $k0 (ref.func $falls)))",
      "(call $falls)",
      "(unreachable)",
      "(ref.as_non_null (local.get $f)) (drop) (i32.const 1)",
      "(i32.add (ref.is_null (local.get $k)) (ref.is_null (ref.func $one)))",
  };
  for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
    char text[2048];
    snprintf(text, sizeof text,
             PRELUDE BODIES
             "  (func (export \"f\") (param i32 i32) (result i32)\n"
             "    (local $k (ref null $k0)) (local $f (ref null $f0))\n"
             "    (block $y (result i32 (ref $k0)) (return %s)) (unreachable)))\n",
             bodies[i]);
    run_both(text, 0, 0);
  }
}

/* A trap inside a continuation gives back what ran; what is suspended stays good. */
static void test_after_trap(void **state) {
  (void)state;
  static const char text[] =
      PRELUDE BODIES "  (global $kept (mut (ref null $k1)) (ref.null $k1))\n"
                     "  (func $suspend (param $k (ref $k0)) (result i32)\n"
                     "    (block $on (result i32 (ref $k1))\n"
                     "      (return (resume $k0 (on $ask $on) (local.get $k))))\n"
                     "    (global.set $kept))\n"
                     "  (func (export \"traps\") (result i32) (call $suspend (cont.new $k0 "
                     "(ref.func $traps))))\n"
                     "  (func (export \"asks\") (result i32) (call $suspend (cont.new $k0 "
                     "(ref.func $asks))))\n"
                     "  (func (export \"answer\") (param i32) (result i32)\n"
                     "    (resume $k1 (local.get 0) (global.get $kept))))\n";
  for (int mode = 0; mode < N_MODES; mode++) {
    struct world w;
    native_open(&w, NULL, mode);
    wfx_instance *inst = world_add(&w, text, NULL);
    for (int i = 0; i < 5000; i++) {
      assert_runs(inst, "traps", 0, 0, 5);
      assert_fails(&w, inst, "answer", 0, 0, WFX_TRAP, "integer divide by zero");
      assert_fails(&w, inst, "answer", 0, 0, WFX_TRAP, "continuation already consumed");
    }
    assert_runs(inst, "asks", 0, 0, 5);
    wfx_store_collect(w.store);
    assert_runs(inst, "answer", 42, 0, 42);
    wfx_stats stats;
    wfx_store_stats(w.store, &stats);
    assert_int_equal(stats.n_conts_live, 0);
    assert_true(stats.n_conts_peak < 5);
    world_close(&w);
  }
}

/* Records are used again; so many that slots could not last otherwise. */
static void test_reuse(void **state) {
  (void)state;
  run_both(PRELUDE BODIES
           "  (func (export \"f\") (param $n i32) (param i32) (result i32) (local $sum i32)\n"
           "    (loop $again\n"
           "      (local.set $sum (i32.add (local.get $sum)\n"
           "        (resume $k0 (cont.new $k0 (ref.func $one)))))\n"
           "      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))\n"
           "    (local.get $sum)))\n",
           200000, 0);
}

/* ---- Limits and refusals ----------------------------------------------------------------- */

static void test_limits(void **state) {
  (void)state;
  wfx_limits limits;
  memset(&limits, 0, sizeof limits);
  limits.n_continuations = 100;
  limits.stack_bytes = 65536;
  for (int mode = 0; mode < N_MODES; mode++) {
    struct world w;
    native_open(&w, &limits, mode);
    wfx_instance *inst = world_add(
        &w,
        PRELUDE BODIES
        "  (func (export \"drop\") (loop $l (drop (cont.new $k0 (ref.func $one))) (br $l)))\n"
        "  (func $nest (type $f1)\n"
        "    (if (result i32) (local.get 0)\n"
        "      (then (resume $k1 (i32.sub (local.get 0) (i32.const 1))\n"
        "        (cont.new $k1 (ref.func $nest))))\n"
        "      (else (i32.const 7))))\n"
        "  (elem declare func $nest)\n"
        "  (func (export \"nest\") (param i32) (result i32) (call $nest (local.get 0)))\n"
        "  (func (export \"fall\") (result i32) (call $falls)))\n",
        NULL);
    assert_runs(inst, "nest", 99, 0, 7);
    assert_fails(&w, inst, "nest", 100, 0, WFX_EXHAUSTION, "too many continuations");
    assert_fails(&w, inst, "fall", 0, 0, WFX_EXHAUSTION, "call stack exhausted");
    assert_runs(inst, "nest", 99, 0, 7);
    assert_fails(&w, inst, "drop", 0, 0, WFX_EXHAUSTION, "too many continuations");
    world_close(&w);
  }
}

static wfx_status no_op(void *ud, wfx_store *s, wfx_instance *caller, const wfx_value *args,
                        wfx_value *results) {
  (void)ud, (void)s, (void)caller, (void)args, (void)results;
  return WFX_OK;
}

/* What there is no native code for is named, with its place; nothing runs. */
static void test_refused(void **state) {
  (void)state;
  static const char *const rows[][2] = {
      {"(func $bad (drop (f64.const 1)))", "f64.const"},
      {"(memory 1) (func $bad (drop (i32.load (i32.const 0))))", "i32.load"},
      {"(tag $t (result i32)) (func $bad (drop (resume $k0 (on $t switch) (ref.null $k0))))",
       "clauses other than on"},
      {"(func $bad (drop (cont.bind $k1 $k0 (i32.const 1) (ref.null $k1))))", "cont.bind"},
      {"(func $bad (param f32))", "floats and vectors as parameters and results"},
      {"(func $bad (call $host))", "calls of host functions"},
  };
  struct world w;
  native_open(&w, NULL, 0);
  assert_int_equal(
      wfx_store_define_func(w.store, "env", "host", NULL, 0, NULL, 0, no_op, NULL), WFX_OK);
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    char text[1024], want[100];
    snprintf(text, sizeof text,
             "(module (import \"env\" \"host\" (func $host))\n"
             "(type $f0 (func (result i32))) (type $f1 (func (param i32) (result i32)))\n"
             "(type $k0 (cont $f0)) (type $k1 (cont $f1))\n%s)\n",
             rows[i][0]);
    snprintf(want, sizeof want, "unsupported in native code: %s", rows[i][1]);
    wfx_instance *inst;
    assert_int_equal(wfx_instantiate(w.store, world_parse(&w, text), NULL, &inst),
                     WFX_UNSUPPORTED);
    const wfx_diag *diag = wfx_store_diag(w.store);
    assert_string_equal(diag->message, want);
    assert_string_equal(diag->func, "bad");
    assert_int_equal(diag->loc.line, 4);
  }
  wfx_instance *inst = world_add(
      &w,
      "(module (import \"env\" \"host\" (func $host)) (type $f (func)) (type $k (cont $f))\n"
      "  (elem declare func $host)\n"
      "  (func (export \"f\") (resume $k (cont.new $k (ref.func $host)))))\n",
      NULL);
  assert_fails(&w, inst, "f", 0, 0, WFX_UNSUPPORTED,
               "unsupported: a host function as a native continuation");
  world_close(&w);
}

/* Functions, tags and globals of another instance. */
static void test_instances(void **state) {
  (void)state;
  for (int mode = 0; mode < N_MODES; mode++) {
    struct world w;
    native_open(&w, NULL, mode);
    world_add(&w,
              "(module (tag (export \"t\") (param i32) (result i32))\n"
              "  (global (export \"g\") (mut i32) (i32.const 40))\n"
              "  (func (export \"ask\") (param i32) (result i32)\n"
              "    (suspend 0 (i32.add (local.get 0) (global.get 0)))))\n",
              "lib");
    wfx_instance *inst = world_add(
        &w,
        "(module\n"
        "  (type $f1 (func (param i32) (result i32))) (type $k1 (cont $f1))\n"
        "  (import \"lib\" \"t\" (tag $t (param i32) (result i32)))\n"
        "  (import \"lib\" \"g\" (global $g (mut i32)))\n"
        "  (import \"lib\" \"ask\" (func $ask (param i32) (result i32)))\n"
        "  (elem declare func $ask)\n"
        "  (func (export \"f\") (param i32 i32) (result i32) (local $k (ref null $k1))\n"
        "    (block $on (result i32 (ref $k1))\n"
        "      (return (resume $k1 (on $t $on) (local.get 0) (cont.new $k1 (ref.func "
        "$ask)))))\n"
        "    (local.set $k)\n"
        "    (global.set $g (i32.const 50))\n"
        "    (i32.add (resume $k1 (local.get 1) (local.get $k)))))\n",
        NULL);
    assert_runs(inst, "f", 2, 1000, 1042);
    assert_runs(inst, "f", 2, 1000, 1052);
    world_close(&w);
  }
}

/* No memory: an error, and nothing left behind. LLVM's own memory cannot fail. */
static wfx_status make_and_run(wfx_ctx *ctx) {
  wfx_module *m = wfx_module_new(ctx);
  wfx_store *s = wfx_store_new_native(ctx, wfx_native_llvm(), NULL);
  wfx_status status = WFX_NOMEM;
  static const char text[] =
      PRELUDE BODIES
      "  (func (export \"f\") (result i32)\n"
      "    (resume $k0 (cont.new $k0 (ref.func $one)))))\n";
  if (m && s) {
    wfx_instance *inst;
    wfx_value result;
    status = wfx_module_parse(m, text, strlen(text), "test.wat");
    if (status == WFX_OK) status = wfx_instantiate(s, m, NULL, &inst);
    if (status == WFX_OK) status = wfx_call(inst, "f", NULL, 0, &result, 1);
    if (status == WFX_OK) assert_int_equal(result.of.i32, 1);
  }
  wfx_store_free(s);
  wfx_module_free(m);
  return status;
}

static void test_no_memory(void **state) {
  (void)state;
  unit_sweep(make_and_run);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_integers),
      cmocka_unit_test(test_control),
      cmocka_unit_test(test_generator),
      cmocka_unit_test(test_nested),
      cmocka_unit_test(test_many_words),
      cmocka_unit_test(test_traps),
      cmocka_unit_test(test_after_trap),
      cmocka_unit_test(test_reuse),
      cmocka_unit_test(test_limits),
      cmocka_unit_test(test_refused),
      cmocka_unit_test(test_instances),
      cmocka_unit_test(test_no_memory),
  };
  return cmocka_run_group_tests_name("native", tests, NULL, NULL);
}
