/* number.c: numbers to and from text.
 *
 * Decimal floats are rounded with exact integers of fixed size: 800 significant digits decide
 * any rounding (a point half way between two doubles has at most 768), what follows only counts
 * as zero or not. Printing is the free-format algorithm of Steele and White ("How to Print
 * Floating-Point Numbers Accurately"): the fewest digits that lie closer to the number than to
 * its neighbours. No tables, no locale, no use of the C library's conversions.
 * Spec: Text Format, Values, Integers and Floating-Point. */
#include "base/number.h"

#include <assert.h>
#include <string.h>

/* ---- Natural numbers of up to BIG_WORDS words -------------------------------------------- */

/* Room for 801 decimal digits, and for 5^1146, the least scale that matters to a double. */
enum { BIG_WORDS = 96, MAX_DIGITS = 800 };

/* w[0] is the lowest word; w[n - 1] is not zero. */
struct big {
  uint32_t n;
  uint32_t w[BIG_WORDS];
};

static void big_set(struct big *b, uint64_t x) {
  b->w[0] = (uint32_t)x;
  b->w[1] = (uint32_t)(x >> 32);
  b->n = b->w[1] != 0 ? 2 : b->w[0] != 0;
}

static void big_copy(struct big *to, const struct big *from) {
  to->n = from->n;
  memcpy(to->w, from->w, from->n * sizeof from->w[0]);
}

/* b = b * factor + addend */
static void big_mul_add(struct big *b, uint32_t factor, uint32_t addend) {
  uint64_t carry = addend;
  for (uint32_t i = 0; i < b->n; i++) {
    carry += (uint64_t)b->w[i] * factor;
    b->w[i] = (uint32_t)carry;
    carry >>= 32;
  }
  if (carry == 0) return;
  assert(b->n < BIG_WORDS);
  b->w[b->n++] = (uint32_t)carry;
}

static void big_mul_pow5(struct big *b, uint32_t power) {
  for (; power >= 13; power -= 13) big_mul_add(b, 1220703125u, 0);
  for (; power > 0; power--) big_mul_add(b, 5, 0);
}

static void big_shl(struct big *b, uint32_t count) {
  if (b->n == 0) return;
  const uint32_t words = count / 32, bits = count % 32;
  assert(b->n + words < BIG_WORDS);
  if (words > 0) {
    memmove(b->w + words, b->w, b->n * sizeof b->w[0]);
    memset(b->w, 0, words * sizeof b->w[0]);
    b->n += words;
  }
  if (bits > 0) big_mul_add(b, UINT32_C(1) << bits, 0);
}

static void big_mul_pow10(struct big *b, uint32_t power) {
  big_mul_pow5(b, power);
  big_shl(b, power);
}

static int big_cmp(const struct big *a, const struct big *b) {
  if (a->n != b->n) return a->n < b->n ? -1 : 1;
  for (uint32_t i = a->n; i-- > 0;)
    if (a->w[i] != b->w[i]) return a->w[i] < b->w[i] ? -1 : 1;
  return 0;
}

/* a = a - b, where a >= b */
static void big_sub(struct big *a, const struct big *b) {
  uint64_t borrow = 0;
  for (uint32_t i = 0; i < a->n; i++) {
    const uint64_t take = (i < b->n ? b->w[i] : 0) + borrow;
    borrow = a->w[i] < take;
    a->w[i] = (uint32_t)(a->w[i] - take);
  }
  assert(borrow == 0);
  while (a->n > 0 && a->w[a->n - 1] == 0) a->n--;
}

/* How a + b compares with c. */
static int big_cmp_sum(const struct big *a, const struct big *b, const struct big *c) {
  struct big sum;
  const struct big *longer = a->n >= b->n ? a : b, *shorter = a->n >= b->n ? b : a;
  uint64_t carry = 0;
  for (uint32_t i = 0; i < longer->n; i++) {
    carry += (uint64_t)longer->w[i] + (i < shorter->n ? shorter->w[i] : 0);
    sum.w[i] = (uint32_t)carry;
    carry >>= 32;
  }
  sum.n = longer->n;
  if (carry != 0) {
    assert(sum.n < BIG_WORDS);
    sum.w[sum.n++] = (uint32_t)carry;
  }
  return big_cmp(&sum, c);
}

static uint32_t log2_u64(uint64_t x) { return 63u - (uint32_t)__builtin_clzll(x); }

static uint32_t big_bits(const struct big *b) {
  return b->n == 0 ? 0 : b->n * 32 - 31 + log2_u64(b->w[b->n - 1]);
}

/* ---- Digits ------------------------------------------------------------------------------ */

/* The value of c in the given base, or -1. */
static int digit_value(char c, unsigned base) {
  int value = -1;
  if (c >= '0' && c <= '9') value = c - '0';
  if (base == 16 && c >= 'a' && c <= 'f') value = c - 'a' + 10;
  if (base == 16 && c >= 'A' && c <= 'F') value = c - 'A' + 10;
  return value;
}

/* What is left of the text. */
struct number_scan {
  const char *at, *end;
};

static bool scan_char(struct number_scan *s, char c) {
  if (s->at == s->end || *s->at != c) return false;
  s->at++;
  return true;
}

static bool scan_word(struct number_scan *s, const char *word) {
  const size_t n = strlen(word);
  if ((size_t)(s->end - s->at) < n || memcmp(s->at, word, n) != 0) return false;
  s->at += n;
  return true;
}

static bool scan_sign(struct number_scan *s) {
  if (scan_char(s, '-')) return true;
  scan_char(s, '+');
  return false;
}

/* The next digit of a run, passing an underscore between two digits; -1 at the end of the run.
 * is_first: a run begins with a digit. */
static int scan_digit(struct number_scan *s, unsigned base, bool is_first) {
  const char *at = s->at;
  if (!is_first && at != s->end && *at == '_') at++;
  if (at == s->end) return -1;
  const int value = digit_value(*at, base);
  if (value >= 0) s->at = at + 1;
  return value;
}

/* A whole run of digits as a number, held at max when greater; false if there is none. */
static bool scan_number(struct number_scan *s, unsigned base, uint64_t max, uint64_t *out,
                        bool *is_over) {
  uint64_t value = 0;
  *is_over = false;
  int digit = scan_digit(s, base, true);
  if (digit < 0) return false;
  for (; digit >= 0; digit = scan_digit(s, base, false)) {
    if (*is_over || value > (max - (uint64_t)digit) / base) {
      *is_over = true;
      value = max;
    } else {
      value = value * base + (uint64_t)digit;
    }
  }
  *out = value;
  return true;
}

/* ---- Integers ---------------------------------------------------------------------------- */

static enum number_result number_magnitude(struct number_scan *s, uint64_t *out) {
  const unsigned base = scan_word(s, "0x") ? 16 : 10;
  bool is_over;
  if (!scan_number(s, base, UINT64_MAX, out, &is_over)) return NUMBER_MALFORMED;
  if (s->at != s->end) return NUMBER_MALFORMED;
  return is_over ? NUMBER_OUT_OF_RANGE : NUMBER_OK;
}

enum number_result wfx__number_read_int(const char *text, size_t n, unsigned n_bits,
                                        uint64_t *out) {
  assert(n_bits >= 8 && n_bits <= 64);
  struct number_scan s = {text, text + n};
  const bool is_negative = scan_sign(&s);
  uint64_t value;
  const enum number_result result = number_magnitude(&s, &value);
  if (result != NUMBER_OK) return result;
  const uint64_t mask = UINT64_MAX >> (64 - n_bits);
  if (value > (is_negative ? UINT64_C(1) << (n_bits - 1) : mask)) return NUMBER_OUT_OF_RANGE;
  *out = (is_negative ? -value : value) & mask;
  return NUMBER_OK;
}

enum number_result wfx__number_read_uint(const char *text, size_t n, unsigned n_bits,
                                         uint64_t *out) {
  assert(n_bits >= 1 && n_bits <= 64);
  struct number_scan s = {text, text + n};
  uint64_t value;
  const enum number_result result = number_magnitude(&s, &value);
  if (result != NUMBER_OK) return result;
  if (value > UINT64_MAX >> (64 - n_bits)) return NUMBER_OUT_OF_RANGE;
  *out = value;
  return NUMBER_OK;
}

/* ---- Reading floats ---------------------------------------------------------------------- */

/* An IEEE 754 format. */
struct float_format {
  unsigned n_bits;
  unsigned precision; /* bits of a significand, the hidden one included */
  int min_exp;        /* power of two of the lowest bit of a subnormal number */
};
static const struct float_format format_f32 = {32, 24, -149};
static const struct float_format format_f64 = {64, 53, -1074};

static uint64_t sign_bit(const struct float_format *f) {
  return UINT64_C(1) << (f->n_bits - 1);
}
static uint64_t infinity_bits(const struct float_format *f) {
  return sign_bit(f) - (UINT64_C(1) << (f->precision - 1));
}
static uint64_t payload_mask(const struct float_format *f) {
  return (UINT64_C(1) << (f->precision - 1)) - 1;
}

/* Round sig * 2^exp to the format; is_inexact: the number is greater by less than 2^exp, and
 * sig has 60 bits at least, so that nothing near the rounding position is missing. */
static enum number_result round_bits(const struct float_format *f, uint64_t sig, int64_t exp,
                                     bool is_inexact, uint64_t *out) {
  *out = 0;
  if (sig == 0) return NUMBER_OK;
  const uint32_t shift = 63 - log2_u64(sig);
  sig <<= shift;
  exp -= shift;
  if (exp + 63 > -f->min_exp) return NUMBER_OUT_OF_RANGE;
  if (exp + 64 < f->min_exp) return NUMBER_OK;
  int64_t low_exp = exp + 64 - f->precision;
  if (low_exp < f->min_exp) low_exp = f->min_exp;
  const uint32_t n_dropped = (uint32_t)(low_exp - exp);
  assert(n_dropped >= 1 && n_dropped <= 64);
  uint64_t kept = n_dropped == 64 ? 0 : sig >> n_dropped;
  const uint64_t half = UINT64_C(1) << (n_dropped - 1);
  const uint64_t rest = sig & (half - 1);
  if ((sig & half) != 0 && (rest != 0 || is_inexact || (kept & 1) != 0)) kept++;
  /* A carry out of the significand moves into the exponent, as it should. */
  *out = ((uint64_t)(low_exp - f->min_exp) << (f->precision - 1)) + kept;
  return *out >= infinity_bits(f) ? NUMBER_OUT_OF_RANGE : NUMBER_OK;
}

/* The exponent behind one of the two letters; 0 if there is none. Held to a range that no text
 * can make up for by its digits. */
static bool scan_exponent(struct number_scan *s, char lower, char upper, int64_t *out) {
  *out = 0;
  if (!scan_char(s, lower) && !scan_char(s, upper)) return true;
  const bool is_negative = scan_sign(s);
  uint64_t value;
  bool is_over;
  if (!scan_number(s, 10, UINT64_C(1) << 60, &value, &is_over)) return false;
  *out = is_negative ? -(int64_t)value : (int64_t)value;
  return true;
}

static enum number_result number_hex(const struct float_format *f, struct number_scan *s,
                                     uint64_t *out) {
  uint64_t sig = 0;
  int64_t exp = 0, written_exp;
  bool is_inexact = false;
  for (int part = 0; part < 2; part++) {
    bool is_first = true;
    for (int d; (d = scan_digit(s, 16, is_first)) >= 0; is_first = false) {
      if (sig >> 60 == 0) {
        sig = sig << 4 | (uint64_t)d;
        exp -= part * 4;
      } else {
        is_inexact = is_inexact || d != 0;
        exp += 4 - part * 4;
      }
    }
    if (part == 0 && is_first) return NUMBER_MALFORMED;
    if (part == 0 && !scan_char(s, '.')) break;
  }
  if (!scan_exponent(s, 'p', 'P', &written_exp) || s->at != s->end) return NUMBER_MALFORMED;
  return round_bits(f, sig, exp + written_exp, is_inexact, out);
}

/* Digits of a decimal number: the number is digits * 10^exp. */
struct decimal {
  struct big digits;
  int64_t exp;
  uint32_t n_digits; /* leading zeros not counted */
};

/* The run of digits before or behind the point; false if there is none. */
static bool scan_decimal(struct number_scan *s, bool is_fraction, struct decimal *d,
                         bool *is_inexact) {
  bool is_first = true;
  for (int digit; (digit = scan_digit(s, 10, is_first)) >= 0; is_first = false) {
    if (d->n_digits < MAX_DIGITS) {
      big_mul_add(&d->digits, 10, (uint32_t)digit);
      d->n_digits += d->digits.n != 0;
      d->exp -= is_fraction;
    } else {
      *is_inexact = *is_inexact || digit != 0;
      d->exp += !is_fraction;
    }
  }
  return !is_first;
}

/* Round num / den * 2^exp, where both are at least 1. */
static enum number_result round_quotient(const struct float_format *f, struct big *num,
                                         struct big *den, int64_t exp, uint64_t *out) {
  const uint32_t num_bits = big_bits(num), den_bits = big_bits(den);
  exp += (int64_t)num_bits - (int64_t)den_bits;
  if (num_bits > den_bits) big_shl(den, num_bits - den_bits);
  if (den_bits > num_bits) big_shl(num, den_bits - num_bits);
  /* The quotient is now between 1/2 and 2. */
  uint64_t sig = 0;
  for (int i = 0; i < 64; i++) {
    sig <<= 1;
    if (big_cmp(num, den) >= 0) {
      big_sub(num, den);
      sig |= 1;
    }
    big_shl(num, 1);
  }
  return round_bits(f, sig, exp - 63, num->n != 0, out);
}

static enum number_result number_decimal(const struct float_format *f, struct number_scan *s,
                                         uint64_t *out) {
  struct decimal d = {.exp = 0, .n_digits = 0};
  int64_t written_exp;
  bool is_inexact = false;
  big_set(&d.digits, 0);
  if (!scan_decimal(s, false, &d, &is_inexact)) return NUMBER_MALFORMED;
  if (scan_char(s, '.')) scan_decimal(s, true, &d, &is_inexact);
  if (!scan_exponent(s, 'e', 'E', &written_exp) || s->at != s->end) return NUMBER_MALFORMED;
  *out = 0;
  if (d.digits.n == 0) return NUMBER_OK;
  d.exp += written_exp;
  if (is_inexact) {
    big_mul_add(&d.digits, 10, 1);
    d.exp--;
    d.n_digits++;
  }
  /* The number is less than 10^(exp + n_digits), and not less than a tenth of that. */
  if (d.exp + d.n_digits > 310) return NUMBER_OUT_OF_RANGE;
  if (d.exp + d.n_digits < -330) return NUMBER_OK;
  struct big den;
  big_set(&den, 1);
  if (d.exp >= 0)
    big_mul_pow5(&d.digits, (uint32_t)d.exp);
  else
    big_mul_pow5(&den, (uint32_t)-d.exp);
  return round_quotient(f, &d.digits, &den, d.exp, out);
}

static enum number_result number_nan(const struct float_format *f, struct number_scan *s,
                                     uint64_t *out) {
  uint64_t payload = UINT64_C(1) << (f->precision - 2);
  bool is_over = false;
  if (scan_word(s, ":0x") && !scan_number(s, 16, UINT64_MAX, &payload, &is_over))
    return NUMBER_MALFORMED;
  if (s->at != s->end) return NUMBER_MALFORMED;
  if (is_over || payload == 0 || payload > payload_mask(f)) return NUMBER_OUT_OF_RANGE;
  *out = infinity_bits(f) | payload;
  return NUMBER_OK;
}

static enum number_result number_unsigned(const struct float_format *f, struct number_scan *s,
                                          uint64_t *out) {
  if (scan_word(s, "0x")) return number_hex(f, s, out);
  if (scan_word(s, "nan")) return number_nan(f, s, out);
  if (scan_word(s, "inf")) {
    *out = infinity_bits(f);
    return s->at == s->end ? NUMBER_OK : NUMBER_MALFORMED;
  }
  return number_decimal(f, s, out);
}

static enum number_result read_any_float(const struct float_format *f, const char *text,
                                         size_t n, uint64_t *out) {
  struct number_scan s = {text, text + n};
  const uint64_t sign = scan_sign(&s) ? sign_bit(f) : 0;
  uint64_t bits = 0;
  const enum number_result result = number_unsigned(f, &s, &bits);
  if (result == NUMBER_OK) *out = bits | sign;
  return result;
}

enum number_result wfx__number_read_f32(const char *text, size_t n, uint32_t *bits) {
  uint64_t wide = 0;
  const enum number_result result = read_any_float(&format_f32, text, n, &wide);
  if (result == NUMBER_OK) *bits = (uint32_t)wide;
  return result;
}

enum number_result wfx__number_read_f64(const char *text, size_t n, uint64_t *bits) {
  return read_any_float(&format_f64, text, n, bits);
}

/* ---- Writing floats ---------------------------------------------------------------------- */

enum { MAX_SHORTEST = 17 };

/* The digits of a number in (0, 1) times 10^point. */
struct shortest {
  char digits[MAX_SHORTEST];
  unsigned n;
  int point;
};

/* num / den is the number over 10^point; below and above, over den, are the distances to the
 * points half way to its neighbours, which belong to the number too if it is even. */
struct steele {
  struct big num, den, below, above;
  bool is_even;
};

static bool reaches_above(const struct steele *t, const struct big *limit) {
  const int c = big_cmp_sum(&t->num, &t->above, limit);
  return t->is_even ? c >= 0 : c > 0;
}

static void times_ten(struct steele *t) {
  big_mul_add(&t->num, 10, 0);
  big_mul_add(&t->below, 10, 0);
  big_mul_add(&t->above, 10, 0);
}

/* Set up t for sig * 2^exp and scale it so that the first digit comes next; the place of the
 * point. */
static int steele_start(struct steele *t, const struct float_format *f, uint64_t sig, int exp) {
  /* Below a power of two, numbers lie twice as dense. */
  const bool is_uneven = sig == UINT64_C(1) << (f->precision - 1) && exp > f->min_exp;
  const uint32_t scale = is_uneven ? 2 : 1;
  const uint32_t up = exp > 0 ? (uint32_t)exp : 0, down = exp < 0 ? (uint32_t)-exp : 0;
  t->is_even = (sig & 1) == 0;
  big_set(&t->num, sig);
  big_shl(&t->num, up + scale);
  big_set(&t->den, 1);
  big_shl(&t->den, down + scale);
  big_set(&t->below, 1);
  big_shl(&t->below, up);
  big_copy(&t->above, &t->below);
  big_shl(&t->above, scale - 1);

  int point = (exp + (int)log2_u64(sig)) * 30103 / 100000;
  if (point >= 0) {
    big_mul_pow10(&t->den, (uint32_t)point);
  } else {
    big_mul_pow10(&t->num, (uint32_t)-point);
    big_mul_pow10(&t->below, (uint32_t)-point);
    big_mul_pow10(&t->above, (uint32_t)-point);
  }
  while (reaches_above(t, &t->den)) {
    big_mul_add(&t->den, 10, 0);
    point++;
  }
  for (;;) {
    struct steele next = *t;
    times_ten(&next);
    if (reaches_above(&next, &next.den)) return point;
    *t = next;
    point--;
  }
}

static void find_shortest(const struct float_format *f, uint64_t sig, int exp,
                          struct shortest *out) {
  struct steele t;
  out->point = steele_start(&t, f, sig, exp);
  out->n = 0;
  for (;;) {
    times_ten(&t);
    int digit = 0;
    for (; big_cmp(&t.num, &t.den) >= 0; digit++) big_sub(&t.num, &t.den);
    const int low = big_cmp(&t.num, &t.below);
    const bool may_stop = t.is_even ? low <= 0 : low < 0;
    const bool may_round_up = reaches_above(&t, &t.den);
    if (may_round_up && (!may_stop || big_cmp_sum(&t.num, &t.num, &t.den) >= 0)) digit++;
    assert(digit <= 9 && out->n < MAX_SHORTEST);
    out->digits[out->n++] = (char)('0' + digit);
    if (may_stop || may_round_up) return;
  }
}

/* Text being written; the longest has a sign, 17 digits, zeros, a point and an exponent. */
struct text_out {
  char *buf;
  size_t n;
};

static void out_char(struct text_out *o, char c) {
  assert(o->n < NUMBER_TEXT_MAX - 1);
  o->buf[o->n++] = c;
}

static void out_text(struct text_out *o, const char *text) {
  for (; *text != 0; text++) out_char(o, *text);
}

static void out_uint(struct text_out *o, uint64_t value, unsigned base) {
  char digits[20];
  unsigned n = 0;
  do {
    digits[n++] = "0123456789abcdef"[value % base];
    value /= base;
  } while (value != 0);
  while (n > 0) out_char(o, digits[--n]);
}

static void out_plain(struct text_out *o, const struct shortest *d) {
  if (d->point <= 0) {
    out_text(o, "0.");
    for (int i = d->point; i < 0; i++) out_char(o, '0');
  }
  for (unsigned i = 0; i < d->n; i++) {
    if (i > 0 && (int)i == d->point) out_char(o, '.');
    out_char(o, d->digits[i]);
  }
  for (int i = (int)d->n; i < d->point; i++) out_char(o, '0');
}

static void out_scientific(struct text_out *o, const struct shortest *d) {
  out_char(o, d->digits[0]);
  if (d->n > 1) out_char(o, '.');
  for (unsigned i = 1; i < d->n; i++) out_char(o, d->digits[i]);
  const int exp = d->point - 1;
  out_char(o, 'e');
  out_char(o, exp < 0 ? '-' : '+');
  out_uint(o, (uint64_t)(exp < 0 ? -exp : exp), 10);
}

static void out_finite(struct text_out *o, const struct float_format *f, uint64_t bits) {
  const uint64_t field = bits >> (f->precision - 1);
  const uint64_t hidden = field == 0 ? 0 : UINT64_C(1) << (f->precision - 1);
  struct shortest d;
  const int exp = f->min_exp + (field > 1 ? (int)field - 1 : 0);
  find_shortest(f, (bits & payload_mask(f)) | hidden, exp, &d);
  if (d.point > -4 && d.point <= MAX_SHORTEST)
    out_plain(o, &d);
  else
    out_scientific(o, &d);
}

static size_t write_float(const struct float_format *f, char *buf, uint64_t bits) {
  struct text_out o = {buf, 0};
  if ((bits & sign_bit(f)) != 0) out_char(&o, '-');
  bits &= sign_bit(f) - 1;
  const uint64_t infinity = infinity_bits(f);
  if (bits == 0) {
    out_char(&o, '0');
  } else if (bits < infinity) {
    out_finite(&o, f, bits);
  } else if (bits == infinity) {
    out_text(&o, "inf");
  } else {
    out_text(&o, "nan");
    const uint64_t payload = bits & payload_mask(f);
    if (payload != UINT64_C(1) << (f->precision - 2)) {
      out_text(&o, ":0x");
      out_uint(&o, payload, 16);
    }
  }
  buf[o.n] = 0;
  return o.n;
}

size_t wfx__number_write_f32(char buf[NUMBER_TEXT_MAX], uint32_t bits) {
  return write_float(&format_f32, buf, bits);
}

size_t wfx__number_write_f64(char buf[NUMBER_TEXT_MAX], uint64_t bits) {
  return write_float(&format_f64, buf, bits);
}
