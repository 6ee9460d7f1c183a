/* inline1.cc */
#include "inline.h"

static int late_value(int n) { return other(n) + 1; }
static int set_by_constructor = late_value(3);

extern "C" __attribute__((export_name("run"))) int run(int n) {
  square s;
  const shape *volatile p = &s;
  box<int> a(n), b(n + 1);
  counter() += 10;
  int before = other(n);
  return set_by_constructor * 100000 + before * 1000 + p->area(n) + other_shape()->area(n) +
         box<int>::made + a.value + b.value + counter();
}

void operator delete(void *, unsigned long) noexcept {}
