/* mark.c: what embedded code does: a linked list sorted, searched and reversed, integer matrices, a
 * state machine over text, and a CRC over all of their results. run(n) does n rounds and returns
 * the CRC. */
#include <stdint.h>

enum { N_NODES = 200, N_MATRIX = 10, N_TEXT = 512 };

/* ---- CRC ---- */

static uint16_t crc_byte(uint16_t crc, uint8_t byte) {
  for (int i = 0; i < 8; i++) {
    unsigned bit = (crc ^ byte) & 1u;
    crc = (uint16_t)(crc >> 1);
    byte = (uint8_t)(byte >> 1);
    if (bit) crc ^= 0xa001;
  }
  return crc;
}

static uint16_t crc_word(uint16_t crc, uint32_t x) {
  for (int i = 0; i < 4; i++, x >>= 8) crc = crc_byte(crc, (uint8_t)x);
  return crc;
}

/* ---- Lists ---- */

struct node {
  struct node *next;
  int16_t key, value;
};
static struct node nodes[N_NODES];

static struct node *list_make(uint32_t seed) {
  for (int i = 0; i < N_NODES; i++) {
    seed = seed * 1664525u + 1013904223u;
    nodes[i].next = i + 1 < N_NODES ? &nodes[i + 1] : 0;
    nodes[i].key = (int16_t)(seed >> 16);
    nodes[i].value = (int16_t)i;
  }
  return nodes;
}

static struct node *list_reverse(struct node *list) {
  struct node *out = 0;
  while (list) {
    struct node *next = list->next;
    list->next = out;
    out = list;
    list = next;
  }
  return out;
}

static struct node *list_find(struct node *list, int16_t key) {
  while (list && list->key < key) list = list->next;
  return list;
}

typedef int compare_fn(const struct node *, const struct node *);
static int by_key(const struct node *a, const struct node *b) { return a->key - b->key; }
static int by_value(const struct node *a, const struct node *b) { return a->value - b->value; }

/* Merge sort from the bottom up. */
static struct node *list_sort(struct node *list, compare_fn *compare) {
  for (int size = 1;; size *= 2) {
    struct node *p = list, *tail = 0;
    int n_merges = 0;
    list = 0;
    while (p) {
      n_merges++;
      struct node *q = p;
      int n_p = 0, n_q = size;
      while (n_p < size && q) {
        n_p++;
        q = q->next;
      }
      while (n_p > 0 || (n_q > 0 && q)) {
        struct node *next;
        if (n_p > 0 && (n_q == 0 || !q || compare(p, q) <= 0)) {
          next = p;
          p = p->next;
          n_p--;
        } else {
          next = q;
          q = q->next;
          n_q--;
        }
        if (tail) tail->next = next;
        else list = next;
        tail = next;
      }
      p = q;
    }
    tail->next = 0;
    if (n_merges <= 1) return list;
  }
}

static uint16_t do_list(uint16_t crc, uint32_t seed) {
  struct node *list = list_sort(list_make(seed), by_key);
  for (int i = 0; i < 20; i++) {
    struct node *found = list_find(list, (int16_t)(seed * (uint32_t)i));
    crc = crc_word(crc, found ? (uint16_t)found->value : 0);
  }
  list = list_reverse(list);
  crc = crc_word(crc, (uint16_t)list->key);
  list = list_sort(list, by_value);
  return crc_word(crc, (uint16_t)list->key);
}

/* ---- Matrices ---- */

static int16_t left[N_MATRIX][N_MATRIX], right[N_MATRIX][N_MATRIX];
static int32_t product[N_MATRIX][N_MATRIX];

static uint16_t do_matrix(uint16_t crc, uint32_t seed) {
  for (int i = 0; i < N_MATRIX; i++)
    for (int j = 0; j < N_MATRIX; j++) {
      left[i][j] = (int16_t)(seed + (uint32_t)(i * j));
      right[i][j] = (int16_t)(seed ^ (uint32_t)(i + 3 * j));
    }
  int32_t sum = 0;
  for (int i = 0; i < N_MATRIX; i++)
    for (int j = 0; j < N_MATRIX; j++) {
      int32_t x = 0;
      for (int k = 0; k < N_MATRIX; k++) x += left[i][k] * right[k][j];
      product[i][j] = x;
      sum += (x >> 2 & 15) * (x >> 5 & 127);
    }
  for (int i = 0; i < N_MATRIX; i++) crc = crc_word(crc, (uint32_t)product[i][i]);
  return crc_word(crc, (uint32_t)sum);
}

/* ---- A state machine ---- */

enum state { START, SIGN, INT, POINT, FRACTION, EXPONENT, SCALE, INVALID, N_STATES };
static uint8_t text[N_TEXT];

static void make_text(uint32_t seed) {
  static const char pieces[4][9] = {"5012,", "-1.25e3,", "+0.77,", "T3.xyz,"};
  int at = 0;
  while (at < N_TEXT - 9) {
    const char *piece = pieces[(seed = seed * 22695477u + 1) >> 30];
    while (*piece) text[at++] = (uint8_t)*piece++;
  }
  while (at < N_TEXT) text[at++] = ',';
}

static int is_digit(uint8_t c) { return c >= '0' && c <= '9'; }

static enum state step(enum state s, uint8_t c) {
  switch (s) {
  case START:
    if (is_digit(c)) return INT;
    return c == '+' || c == '-' ? SIGN : c == '.' ? POINT : INVALID;
  case SIGN: return is_digit(c) ? INT : c == '.' ? POINT : INVALID;
  case INT: return is_digit(c) ? INT : c == '.' ? POINT : INVALID;
  case POINT:
  case FRACTION: return is_digit(c) ? FRACTION : c == 'e' || c == 'E' ? EXPONENT : INVALID;
  case EXPONENT: return is_digit(c) ? SCALE : INVALID;
  case SCALE: return is_digit(c) ? SCALE : INVALID;
  default: return INVALID;
  }
}

static uint16_t do_states(uint16_t crc, uint32_t seed) {
  uint32_t ends[N_STATES] = {0}, steps[N_STATES] = {0};
  make_text(seed);
  enum state s = START;
  for (int i = 0; i < N_TEXT; i++) {
    if (text[i] == ',') {
      ends[s]++;
      s = START;
      continue;
    }
    s = step(s, text[i]);
    steps[s]++;
  }
  for (int i = 0; i < N_STATES; i++) crc = crc_word(crc_word(crc, ends[i]), steps[i]);
  return crc;
}

__attribute__((export_name("run"))) uint32_t run(uint32_t n) {
  uint16_t crc = 0;
  for (uint32_t i = 0; i < n; i++) {
    crc = do_list(crc, i + 1);
    crc = do_matrix(crc, i * 7 + 3);
    crc = do_states(crc, i * 13 + 5);
  }
  return crc;
}
