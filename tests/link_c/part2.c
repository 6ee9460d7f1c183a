/* part2.c: see part1.c. */
typedef int (*fn)(int);
struct pair {
  long a, b;
};

int alias_of(int x);
int weak_here(int x);

int shared_data[4] = {5, -6, 7, -8};
const char *const shared_text = "text";
static int twice(int x) { return 2 * x; }
fn shared_table[3] = {twice, alias_of, weak_here};

/* The strong one of two. */
int weak_both(int x) { return x + 100; }

/* The arguments and the frame are on the stack in memory. */
__attribute__((noinline)) static void fill(int *a, int n, int x) {
  for (int i = 0; i < n; i++) a[i] = x + i;
}
int far_call(struct pair p, fn f) {
  int frame[50];
  fill(frame, 50, (int)p.a);
  return f(frame[20]) + frame[49] + (int)p.b;
}

int counted(void) {
  static int count = 40;
  return ++count;
}

__attribute__((section("numbers"), used)) static const int number2[2] = {2000, 3000};
