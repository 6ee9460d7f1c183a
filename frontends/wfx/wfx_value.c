/* wfx_value.c: values as words. Numbers are read as in C, with whole bytes' worth of range: an
 * i32 may be given as -1 or 4294967295. */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wfx/cli.h"

/* An integer from -2^(bits - 1) to 2^bits - 1. */
static bool parse_int(const char *word, unsigned bits, uint64_t *out) {
  bool is_negative = word[0] == '-';
  const char *digits = word + (word[0] == '-' || word[0] == '+');
  if (digits[0] < '0' || digits[0] > '9') return false;
  int base = digits[0] == '0' && (digits[1] == 'x' || digits[1] == 'X') ? 16 : 10;
  char *end;
  errno = 0;
  unsigned long long n = strtoull(digits, &end, base);
  uint64_t max = UINT64_MAX >> (64 - bits);
  if (is_negative) max = max / 2 + 1;
  if (errno != 0 || *end != '\0' || n > max) return false;
  *out = is_negative ? 0 - (uint64_t)n : (uint64_t)n;
  return true;
}

static bool parse_float(const char *word, double *out) {
  char *end;
  if (word[0] == '\0' || word[0] == ' ') return false;
  *out = strtod(word, &end);
  return *end == '\0';
}

bool cli_parse_value(const char *word, wfx_valtype type, wfx_value *out) {
  uint64_t bits;
  double x;
  char *end;
  *out = wfx_i64(0);
  out->type = type;
  switch (type) {
  case WFX_I32:
    if (!parse_int(word, 32, &bits)) break;
    out->of.i32 = (int32_t)(uint32_t)bits;
    return true;
  case WFX_I64:
    if (!parse_int(word, 64, &bits)) break;
    out->of.i64 = (int64_t)bits;
    return true;
  case WFX_F32:
    if (!parse_float(word, &x)) break;
    out->of.f32 = strtof(word, &end);
    return true;
  case WFX_F64:
    if (!parse_float(word, &x)) break;
    out->of.f64 = x;
    return true;
  }
  static const char *const names[] = {
      [WFX_I32] = "i32", [WFX_I64] = "i64", [WFX_F32] = "f32", [WFX_F64] = "f64"};
  if (type >= WFX_I32 && type <= WFX_F64) cli_error("'%s' is no %s", word, names[type]);
  else cli_error("'%s': the function takes what is no number", word);
  return false;
}

/* The shortest digits that read back as the same number. */
static void print_float(double x, bool is_f32) {
  char text[40];
  if (isnan(x)) {
    puts(signbit(x) ? "-nan" : "nan");
    return;
  }
  for (int digits = 1; digits <= 17; digits++) {
    snprintf(text, sizeof text, "%.*g", digits, x);
    if (is_f32 ? strtof(text, NULL) == (float)x : strtod(text, NULL) == x) break;
  }
  puts(text);
}

bool cli_print_value(const wfx_value *v) {
  switch (v->type) {
  case WFX_I32: printf("%" PRId32 "\n", v->of.i32); break;
  case WFX_I64: printf("%" PRId64 "\n", v->of.i64); break;
  case WFX_F32: print_float((double)v->of.f32, true); break;
  case WFX_F64: print_float(v->of.f64, false); break;
  case WFX_V128:
    fputs("0x", stdout);
    for (int i = 15; i >= 0; i--) printf("%02x", v->of.v128[i]);
    putchar('\n');
    break;
  default: puts(v->of.ref[0] == 0 && v->of.ref[1] == 0 ? "null" : "reference"); break;
  }
  if (fflush(stdout) == 0) return true;
  cli_error("cannot write to standard output");
  return false;
}
