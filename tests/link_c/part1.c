/* part1.c, part2.c: two objects that need each other, for tests/link_c.sh. run(n) adds up what
 * all kinds of references give; any of them going wrong changes the sum. */
#include <stdarg.h>

typedef int (*fn)(int);
struct pair {
  long a, b;
};

extern int shared_data[4];
extern const char *const shared_text;
extern fn shared_table[3];
int weak_both(int x);
int weak_here(int x);
int far_call(struct pair p, fn f);
int counted(void);
__attribute__((weak)) int absent(int x);
__attribute__((weak)) extern int absent_data;

static int bss[1000];
static int own_data = 7;
int *const into_bss = &bss[500];

__attribute__((weak)) int weak_both(int x) { return x + 1; }
__attribute__((weak, noinline)) int weak_here(int x) { return x * 5; }
static int original(int x) { return x ^ 85; }
int alias_of(int x) __attribute__((alias("original")));

static int sum(int n, ...) {
  va_list args;
  int s = 0;
  va_start(args, n);
  while (n-- > 0) s += va_arg(args, int);
  va_end(args);
  return s;
}

/* A dense switch, which becomes a table. */
static int pick(int x) {
  switch (x & 7) {
  case 0: return 11;
  case 1: return shared_data[1];
  case 2: return alias_of(x);
  case 3: return weak_here(x);
  case 4: return *into_bss;
  case 5: return own_data;
  case 6: return shared_text[x & 3];
  default: return -1;
  }
}

/* Names of sections that are C identifiers have a beginning and an end. */
__attribute__((section("numbers"), used)) static const int number1 = 1000;
extern const int __start_numbers[], __stop_numbers[];

__attribute__((constructor(200))) static void second(void) { own_data = own_data * 3 + 1; }
__attribute__((constructor(100))) static void first(void) { own_data = own_data * 2; }

int dead_code(int x) {
  extern int nobody_has_this(int);
  return nobody_has_this(x);
}

__attribute__((export_name("run"))) int run(int n) {
  int s = 0;
  *into_bss = n * 3;
  for (int i = 0; i < 16; i++) s = s * 3 + pick(i + n);
  for (int i = 0; i < 3; i++) s = s * 7 + shared_table[i](i + n);
  struct pair p = {n, s};
  s += far_call(p, original) + weak_both(n) + sum(4, n, s, 3, 4);
  if (absent) s += absent(1);
  if (&absent_data) s += absent_data;
  for (const int *at = __start_numbers; at != __stop_numbers; at++) s = s * 2 + *at;
  return s + counted() + counted();
}
