/* sort.c: memory and branches: run(n) sorts n pseudo-random numbers, once by quicksort and once by
 * heapsort, and returns a hash of the order. */
#include <stdint.h>

enum { MOST = 1 << 20 };
static uint32_t items[MOST];

static void fill(uint32_t n) {
  uint32_t x = 2463534242u;
  for (uint32_t i = 0; i < n; i++) {
    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    items[i] = x;
  }
}

static void swap(uint32_t *a, uint32_t *b) {
  uint32_t x = *a;
  *a = *b;
  *b = x;
}

static void quicksort(uint32_t *a, int32_t low, int32_t high) {
  while (low < high) {
    uint32_t pivot = a[low + (high - low) / 2];
    int32_t i = low, j = high;
    while (i <= j) {
      while (a[i] < pivot) i++;
      while (a[j] > pivot) j--;
      if (i <= j) swap(&a[i++], &a[j--]);
    }
    if (j - low < high - i) {
      quicksort(a, low, j);
      low = i;
    } else {
      quicksort(a, i, high);
      high = j;
    }
  }
}

static void sink(uint32_t *a, uint32_t root, uint32_t n) {
  for (uint32_t child; (child = root * 2 + 1) < n; root = child) {
    if (child + 1 < n && a[child + 1] > a[child]) child++;
    if (a[child] <= a[root]) return;
    swap(&a[child], &a[root]);
  }
}

static void heapsort(uint32_t *a, uint32_t n) {
  for (uint32_t i = n / 2; i-- > 0;) sink(a, i, n);
  for (uint32_t i = n; i-- > 1;) {
    swap(&a[0], &a[i]);
    sink(a, 0, i);
  }
}

static uint32_t hash(uint32_t n) {
  uint32_t h = 2166136261u;
  for (uint32_t i = 0; i < n; i++) h = (h ^ items[i]) * 16777619u;
  return h;
}

__attribute__((export_name("run"))) uint32_t run(uint32_t n) {
  if (n > MOST) n = MOST;
  fill(n);
  quicksort(items, 0, (int32_t)n - 1);
  uint32_t h = hash(n);
  fill(n);
  heapsort(items, n);
  return h == hash(n) ? h : 0;
}
