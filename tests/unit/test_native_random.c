/* test_native_random.c: random programs of what native code has, run by both kinds of store.
 * NATIVE_PROGRAMS says how many (12), NATIVE_SEED where they begin. */
#include "native_unit.h"

#include <inttypes.h>

/* A program as text, and what it is made of. */
struct gen {
  uint64_t random;
  char text[1 << 16];
  size_t n;
  unsigned func;  /* being written: calls go to earlier ones */
  unsigned depth; /* of expressions */
  unsigned n_loops;
};

static uint32_t pick(struct gen *g, uint32_t n) {
  g->random ^= g->random << 13;
  g->random ^= g->random >> 7;
  g->random ^= g->random << 17;
  return (uint32_t)(g->random >> 33) % n;
}

static void put(struct gen *g, const char *fmt, ...) {
  va_list args;
  va_start(args, fmt);
  int n = vsnprintf(g->text + g->n, sizeof g->text - g->n, fmt, args);
  va_end(args);
  assert_true(n >= 0 && (size_t)n < sizeof g->text - g->n);
  g->n += (size_t)n;
}

/* Locals: 0 (i32) and 1 (i64) are parameters, 2 and 3 the same types; 4 to 7 count loops, 8 is
 * scratch. */
static void put_expr(struct gen *g, bool is_64);

static const char *type_text(bool is_64) { return is_64 ? "i64" : "i32"; }
static unsigned any_local(struct gen *g, bool is_64) { return 2 * pick(g, 2) + is_64; }

static void put_const(struct gen *g, bool is_64) {
  static const char *const values[] = {"0", "1", "-1", "2", "31", "33", "63", "0x7fffffff",
                                       "0x80000000", "-7", "1000003"};
  put(g, "(%s.const %s) ", type_text(is_64), values[pick(g, 11)]);
}

static void put_binary(struct gen *g, bool is_64) {
  static const char *const ops[] = {"add",   "sub",   "mul",  "and",  "or",    "xor",   "shl",
                                    "shr_s", "shr_u", "rotl", "rotr", "div_s", "div_u", "rem_s",
                                    "rem_u"};
  /* Division seldom, or nothing gets far. */
  uint32_t op = pick(g, pick(g, 6) == 0 ? 15 : 11);
  put(g, "(%s.%s ", type_text(is_64), ops[op]);
  put_expr(g, is_64);
  put_expr(g, is_64);
  put(g, ") ");
}

static void put_compare(struct gen *g) {
  static const char *const ops[] = {"eq",   "ne",   "lt_s", "lt_u", "gt_s",
                                    "gt_u", "le_s", "le_u", "ge_s", "ge_u"};
  bool is_64 = pick(g, 2) == 0;
  put(g, "(%s.%s ", type_text(is_64), ops[pick(g, 10)]);
  put_expr(g, is_64);
  put_expr(g, is_64);
  put(g, ") ");
}

static void put_unary(struct gen *g, bool is_64) {
  static const char *const ops[] = {"clz", "ctz", "popcnt", "extend8_s", "extend16_s"};
  put(g, "(%s.%s ", type_text(is_64), ops[pick(g, 5)]);
  put_expr(g, is_64);
  put(g, ") ");
}

static void put_convert(struct gen *g, bool is_64) {
  put(g, "(%s ",
      !is_64       ? "i32.wrap_i64"
      : pick(g, 2) ? "i64.extend_i32_s"
                   : "i64.extend_i32_u");
  put_expr(g, !is_64);
  put(g, ") ");
}

/* A block that is left from the middle, with a value underneath that stays. */
static void put_block(struct gen *g, bool is_64) {
  put(g, "(block (result %s) ", type_text(is_64));
  put_expr(g, is_64);
  put(g, "(br_if 0 ");
  put_expr(g, false);
  put(g, ") (drop) ");
  if (pick(g, 3) == 0) {
    put(g, "(block ");
    put_expr(g, is_64);
    put(g, "(br_table 1 1 ");
    put_expr(g, false);
    put(g, ")) ");
  }
  put_expr(g, is_64);
  if (pick(g, 4) == 0) put(g, "(br 0) (i32.const 1) (drop) ");
  put(g, ") ");
}

static void put_if(struct gen *g, bool is_64) {
  put(g, "(if (result %s) ", type_text(is_64));
  put_expr(g, false);
  put(g, "(then ");
  put_expr(g, is_64);
  put(g, ") (else ");
  if (pick(g, 8) == 0) {
    put(g, "(return ");
    put_expr(g, false);
    put_expr(g, true);
    put(g, ")");
  } else {
    put_expr(g, is_64);
  }
  put(g, ")) ");
}

/* A few rounds over a value that the loop carries. */
static void put_loop(struct gen *g, bool is_64) {
  unsigned counter = 4 + g->n_loops++ % 4;
  unsigned local = any_local(g, is_64);
  put(g, "(local.set %u (i32.const %u)) ", counter, 1 + pick(g, 5));
  put_expr(g, is_64);
  put(g, "(loop (param %s) (result %s) (local.set %u) (local.set %u ", type_text(is_64),
      type_text(is_64), local, local);
  put_expr(g, is_64);
  put(g, ") (local.get %u) ", local);
  put(g, "(br_if 0 (i32.gt_s (local.tee %u (i32.sub (local.get %u) (i32.const 1))) "
         "(i32.const 0)))) ",
      counter, counter);
}

/* [i32 i64] -> [i32 i64], of an earlier function: plainly, or in a continuation of its own. */
static void put_call(struct gen *g, bool is_64) {
  bool is_cont = pick(g, 2) == 0;
  if (is_cont) put(g, "(resume $k %s", pick(g, 2) ? "(on $other $never) " : "");
  unsigned callee = pick(g, g->func);
  if (!is_cont) put(g, "(call $f%u ", callee);
  put_expr(g, false);
  put_expr(g, true);
  if (is_cont) put(g, "(cont.new $k (ref.func $f%u))", callee);
  put(g, ") %s ", is_64 ? "(local.set 8) (drop) (local.get 8)" : "(drop)");
}

static void put_suspend(struct gen *g, bool is_64) {
  put(g, "(suspend $ask ");
  put_expr(g, false);
  put_expr(g, true);
  put(g, ") %s ", is_64 ? "(local.set 8) (drop) (local.get 8)" : "(drop)");
}

static void put_expr(struct gen *g, bool is_64) {
  g->depth++;
  uint32_t what = g->depth > 5 || g->n > sizeof g->text / 4 ? pick(g, 2) : pick(g, 16);
  switch (what) {
  case 0: put_const(g, is_64); break;
  case 1: put(g, "(local.get %u) ", any_local(g, is_64)); break;
  case 2: case 3: put_binary(g, is_64); break;
  case 4: put_unary(g, is_64); break;
  case 5: put_convert(g, is_64); break;
  case 6: case 7: put_block(g, is_64); break;
  case 8: case 9: put_if(g, is_64); break;
  case 10: put_loop(g, is_64); break;
  case 11: case 12:
    if (g->func != 0) put_call(g, is_64);
    else put_unary(g, is_64);
    break;
  case 13: put_suspend(g, is_64); break;
  case 14:
    if (is_64) put_binary(g, is_64);
    else put_compare(g);
    break;
  default: {
    unsigned local = any_local(g, is_64);
    put(g, "(local.tee %u ", local);
    put_expr(g, is_64);
    put(g, ") ");
  }
  }
  g->depth--;
}

enum { N_FUNCS = 4 };

/* f(a, b) runs the last function in a continuation, and answers each question with three times
 * its number and its other half plus one. */
static void put_program(struct gen *g) {
  put(g, "(module (type $f (func (param i32 i64) (result i32 i64))) (type $k (cont $f))\n"
         "  (tag $ask (type $f)) (tag $other (type $f))\n");
  for (g->func = 0; g->func < N_FUNCS; g->func++) {
    put(g, "  (func $f%u (type $f) (local i32 i64 i32 i32 i32 i32 i64)\n", g->func);
    put(g, "    (block $never (result i32 i64 (ref $k))\n      ");
    put_expr(g, false);
    put_expr(g, true);
    put(g, "(return))\n    (drop))\n");
  }
  put(g, "  (elem declare func");
  for (unsigned i = 0; i < N_FUNCS; i++) put(g, " $f%u", i);
  put(g, ")\n"
         "  (func (export \"f\") (param i32 i32) (result i32)\n"
         "    (local $k (ref null $k)) (local $a i32) (local $b i64)\n"
         "    (local.set $k (cont.new $k (ref.func $f%u)))\n"
         "    (local.set $a (local.get 0)) (local.set $b (i64.extend_i32_s (local.get 1)))\n"
         "    (loop $next\n"
         "      (block $on (result i32 i64 (ref $k))\n"
         "        (resume $k (on $ask $on) (local.get $a) (local.get $b) (local.get $k))\n"
         "        (return (i32.xor (i32.wrap_i64))))\n"
         "      (local.set $k) (local.set $b (i64.add (i64.const 1)))\n"
         "      (local.set $a (i32.mul (i32.const 3)))\n"
         "      (br $next))\n"
         "    (unreachable)))\n",
      N_FUNCS - 1);
}

static uint64_t number_of(const char *name, uint64_t other) {
  const char *text = getenv(name);
  return text ? strtoull(text, NULL, 10) : other;
}

static void test_random(void **state) {
  (void)state;
  struct gen *g = malloc(sizeof *g);
  assert_non_null(g);
  uint64_t first = number_of("NATIVE_SEED", 1), n = number_of("NATIVE_PROGRAMS", 12);
  for (uint64_t seed = first; seed < first + n; seed++) {
    memset(g, 0, sizeof *g);
    g->random = (seed + 1) * 0x9e3779b97f4a7c15u;
    for (int i = 0; i < 10; i++) pick(g, 2);
    put_program(g);
    int32_t args[4][2] = {{0, 0}, {1, -1}, {INT32_MIN, 77}, {12345, INT32_MAX}};
    print_message("# seed %" PRIu64 ", %zu bytes\n", seed, g->n);
    run_calls(g->text, args, 4);
  }
  free(g);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_random)};
  return cmocka_run_group_tests_name("native_random", tests, NULL, NULL);
}
