/* wnum.h: what the numeric instructions compute, once for interpreter, passes and runtime.
 *
 * num_ + mnemonic, for every numeric instruction on i32, i64, f32 and f64. Integers are
 * unsigned here, as they are in slots; comparisons and tests give 0 or 1. An instruction that
 * can trap returns enum num_trap and leaves *out alone unless that is NUM_OK.
 * NaNs: abs, neg and copysign move bits; every other operation gives a quiet NaN with the
 * payload of an operand that was one, else the machine's default NaN. Both are what the
 * specification allows. Rounding is to nearest even, which is the mode C programs start in.
 * Not here: vectors (wsimd.h). Spec: Execution, Numerics. */
#ifndef BASE_WNUM_H
#define BASE_WNUM_H

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

_Static_assert(FLT_EVAL_METHOD == 0, "operations round to the type of their operands");
_Static_assert(sizeof(float) == 4 && sizeof(double) == 8, "IEEE 754 widths");

enum num_trap { NUM_OK, NUM_DIVIDE_BY_ZERO, NUM_OVERFLOW, NUM_INVALID_CONVERSION };

/* The words the official test suite expects. */
static inline const char *num_trap_text(enum num_trap trap) {
  switch (trap) {
  case NUM_OK: return "";
  case NUM_DIVIDE_BY_ZERO: return "integer divide by zero";
  case NUM_OVERFLOW: return "integer overflow";
  case NUM_INVALID_CONVERSION: return "invalid conversion to integer";
  }
  return "";
}

/* ---- Bits -------------------------------------------------------------------------------- */

static inline uint32_t num_i32_reinterpret_f32(float x) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}
static inline uint64_t num_i64_reinterpret_f64(double x) {
  uint64_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}
static inline float num_f32_reinterpret_i32(uint32_t bits) {
  float x;
  memcpy(&x, &bits, sizeof x);
  return x;
}
static inline double num_f64_reinterpret_i64(uint64_t bits) {
  double x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

/* ---- i32 --------------------------------------------------------------------------------- */

static inline uint32_t num_i32_eqz(uint32_t a) { return a == 0; }
static inline uint32_t num_i32_eq(uint32_t a, uint32_t b) { return a == b; }
static inline uint32_t num_i32_ne(uint32_t a, uint32_t b) { return a != b; }
static inline uint32_t num_i32_lt_s(uint32_t a, uint32_t b) { return (int32_t)a < (int32_t)b; }
static inline uint32_t num_i32_lt_u(uint32_t a, uint32_t b) { return a < b; }
static inline uint32_t num_i32_gt_s(uint32_t a, uint32_t b) { return (int32_t)a > (int32_t)b; }
static inline uint32_t num_i32_gt_u(uint32_t a, uint32_t b) { return a > b; }
static inline uint32_t num_i32_le_s(uint32_t a, uint32_t b) { return (int32_t)a <= (int32_t)b; }
static inline uint32_t num_i32_le_u(uint32_t a, uint32_t b) { return a <= b; }
static inline uint32_t num_i32_ge_s(uint32_t a, uint32_t b) { return (int32_t)a >= (int32_t)b; }
static inline uint32_t num_i32_ge_u(uint32_t a, uint32_t b) { return a >= b; }

static inline uint32_t num_i32_clz(uint32_t a) {
  return a == 0 ? 32 : (uint32_t)__builtin_clz(a);
}
static inline uint32_t num_i32_ctz(uint32_t a) {
  return a == 0 ? 32 : (uint32_t)__builtin_ctz(a);
}
static inline uint32_t num_i32_popcnt(uint32_t a) { return (uint32_t)__builtin_popcount(a); }

static inline uint32_t num_i32_add(uint32_t a, uint32_t b) { return a + b; }
static inline uint32_t num_i32_sub(uint32_t a, uint32_t b) { return a - b; }
static inline uint32_t num_i32_mul(uint32_t a, uint32_t b) { return a * b; }
static inline uint32_t num_i32_and(uint32_t a, uint32_t b) { return a & b; }
static inline uint32_t num_i32_or(uint32_t a, uint32_t b) { return a | b; }
static inline uint32_t num_i32_xor(uint32_t a, uint32_t b) { return a ^ b; }
static inline uint32_t num_i32_shl(uint32_t a, uint32_t b) { return a << (b & 31); }
static inline uint32_t num_i32_shr_s(uint32_t a, uint32_t b) {
  return (uint32_t)((int32_t)a >> (b & 31));
}
static inline uint32_t num_i32_shr_u(uint32_t a, uint32_t b) { return a >> (b & 31); }
static inline uint32_t num_i32_rotl(uint32_t a, uint32_t b) {
  return a << (b & 31) | a >> (-b & 31);
}
static inline uint32_t num_i32_rotr(uint32_t a, uint32_t b) {
  return a >> (b & 31) | a << (-b & 31);
}

static inline enum num_trap num_i32_div_s(uint32_t a, uint32_t b, uint32_t *out) {
  if (b == 0) return NUM_DIVIDE_BY_ZERO;
  if (a == UINT32_C(0x80000000) && b == UINT32_MAX) return NUM_OVERFLOW;
  *out = (uint32_t)((int32_t)a / (int32_t)b);
  return NUM_OK;
}
static inline enum num_trap num_i32_div_u(uint32_t a, uint32_t b, uint32_t *out) {
  if (b == 0) return NUM_DIVIDE_BY_ZERO;
  *out = a / b;
  return NUM_OK;
}
static inline enum num_trap num_i32_rem_s(uint32_t a, uint32_t b, uint32_t *out) {
  if (b == 0) return NUM_DIVIDE_BY_ZERO;
  *out = b == UINT32_MAX ? 0 : (uint32_t)((int32_t)a % (int32_t)b);
  return NUM_OK;
}
static inline enum num_trap num_i32_rem_u(uint32_t a, uint32_t b, uint32_t *out) {
  if (b == 0) return NUM_DIVIDE_BY_ZERO;
  *out = a % b;
  return NUM_OK;
}

static inline uint32_t num_i32_wrap_i64(uint64_t a) { return (uint32_t)a; }
static inline uint32_t num_i32_extend8_s(uint32_t a) { return (uint32_t)(int32_t)(int8_t)a; }
static inline uint32_t num_i32_extend16_s(uint32_t a) { return (uint32_t)(int32_t)(int16_t)a; }

/* ---- i64 --------------------------------------------------------------------------------- */

static inline uint32_t num_i64_eqz(uint64_t a) { return a == 0; }
static inline uint32_t num_i64_eq(uint64_t a, uint64_t b) { return a == b; }
static inline uint32_t num_i64_ne(uint64_t a, uint64_t b) { return a != b; }
static inline uint32_t num_i64_lt_s(uint64_t a, uint64_t b) { return (int64_t)a < (int64_t)b; }
static inline uint32_t num_i64_lt_u(uint64_t a, uint64_t b) { return a < b; }
static inline uint32_t num_i64_gt_s(uint64_t a, uint64_t b) { return (int64_t)a > (int64_t)b; }
static inline uint32_t num_i64_gt_u(uint64_t a, uint64_t b) { return a > b; }
static inline uint32_t num_i64_le_s(uint64_t a, uint64_t b) { return (int64_t)a <= (int64_t)b; }
static inline uint32_t num_i64_le_u(uint64_t a, uint64_t b) { return a <= b; }
static inline uint32_t num_i64_ge_s(uint64_t a, uint64_t b) { return (int64_t)a >= (int64_t)b; }
static inline uint32_t num_i64_ge_u(uint64_t a, uint64_t b) { return a >= b; }

static inline uint64_t num_i64_clz(uint64_t a) {
  return a == 0 ? 64 : (uint64_t)__builtin_clzll(a);
}
static inline uint64_t num_i64_ctz(uint64_t a) {
  return a == 0 ? 64 : (uint64_t)__builtin_ctzll(a);
}
static inline uint64_t num_i64_popcnt(uint64_t a) { return (uint64_t)__builtin_popcountll(a); }

static inline uint64_t num_i64_add(uint64_t a, uint64_t b) { return a + b; }
static inline uint64_t num_i64_sub(uint64_t a, uint64_t b) { return a - b; }
static inline uint64_t num_i64_mul(uint64_t a, uint64_t b) { return a * b; }
static inline uint64_t num_i64_and(uint64_t a, uint64_t b) { return a & b; }
static inline uint64_t num_i64_or(uint64_t a, uint64_t b) { return a | b; }
static inline uint64_t num_i64_xor(uint64_t a, uint64_t b) { return a ^ b; }
static inline uint64_t num_i64_shl(uint64_t a, uint64_t b) { return a << (b & 63); }
static inline uint64_t num_i64_shr_s(uint64_t a, uint64_t b) {
  return (uint64_t)((int64_t)a >> (b & 63));
}
static inline uint64_t num_i64_shr_u(uint64_t a, uint64_t b) { return a >> (b & 63); }
static inline uint64_t num_i64_rotl(uint64_t a, uint64_t b) {
  return a << (b & 63) | a >> (-b & 63);
}
static inline uint64_t num_i64_rotr(uint64_t a, uint64_t b) {
  return a >> (b & 63) | a << (-b & 63);
}

static inline enum num_trap num_i64_div_s(uint64_t a, uint64_t b, uint64_t *out) {
  if (b == 0) return NUM_DIVIDE_BY_ZERO;
  if (a == UINT64_C(1) << 63 && b == UINT64_MAX) return NUM_OVERFLOW;
  *out = (uint64_t)((int64_t)a / (int64_t)b);
  return NUM_OK;
}
static inline enum num_trap num_i64_div_u(uint64_t a, uint64_t b, uint64_t *out) {
  if (b == 0) return NUM_DIVIDE_BY_ZERO;
  *out = a / b;
  return NUM_OK;
}
static inline enum num_trap num_i64_rem_s(uint64_t a, uint64_t b, uint64_t *out) {
  if (b == 0) return NUM_DIVIDE_BY_ZERO;
  *out = b == UINT64_MAX ? 0 : (uint64_t)((int64_t)a % (int64_t)b);
  return NUM_OK;
}
static inline enum num_trap num_i64_rem_u(uint64_t a, uint64_t b, uint64_t *out) {
  if (b == 0) return NUM_DIVIDE_BY_ZERO;
  *out = a % b;
  return NUM_OK;
}

static inline uint64_t num_i64_extend_i32_s(uint32_t a) {
  return (uint64_t)(int64_t)(int32_t)a;
}
static inline uint64_t num_i64_extend_i32_u(uint32_t a) { return a; }
static inline uint64_t num_i64_extend8_s(uint64_t a) { return (uint64_t)(int64_t)(int8_t)a; }
static inline uint64_t num_i64_extend16_s(uint64_t a) { return (uint64_t)(int64_t)(int16_t)a; }
static inline uint64_t num_i64_extend32_s(uint64_t a) { return (uint64_t)(int64_t)(int32_t)a; }

/* ---- f32 --------------------------------------------------------------------------------- */

static inline uint32_t num_f32_eq(float a, float b) { return a == b; }
static inline uint32_t num_f32_ne(float a, float b) { return a != b; }
static inline uint32_t num_f32_lt(float a, float b) { return a < b; }
static inline uint32_t num_f32_gt(float a, float b) { return a > b; }
static inline uint32_t num_f32_le(float a, float b) { return a <= b; }
static inline uint32_t num_f32_ge(float a, float b) { return a >= b; }

static inline float num_f32_quiet(float nan) {
  return num_f32_reinterpret_i32(num_i32_reinterpret_f32(nan) | UINT32_C(0x400000));
}
static inline float num_f32_abs(float a) {
  return num_f32_reinterpret_i32(num_i32_reinterpret_f32(a) & UINT32_C(0x7fffffff));
}
static inline float num_f32_neg(float a) {
  return num_f32_reinterpret_i32(num_i32_reinterpret_f32(a) ^ UINT32_C(0x80000000));
}
static inline float num_f32_copysign(float a, float b) {
  return num_f32_reinterpret_i32((num_i32_reinterpret_f32(a) & UINT32_C(0x7fffffff)) |
                                 (num_i32_reinterpret_f32(b) & UINT32_C(0x80000000)));
}
static inline float num_f32_ceil(float a) { return a != a ? num_f32_quiet(a) : ceilf(a); }
static inline float num_f32_floor(float a) { return a != a ? num_f32_quiet(a) : floorf(a); }
static inline float num_f32_trunc(float a) { return a != a ? num_f32_quiet(a) : truncf(a); }
/* Adding 2^23 leaves no bits for a fraction, so the addition rounds to nearest even. */
static inline float num_f32_nearest(float a) {
  if (a != a) return num_f32_quiet(a);
  if (!(num_f32_abs(a) < 0x1p23f)) return a;
  const float big = num_f32_copysign(0x1p23f, a);
  return num_f32_copysign((a + big) - big, a);
}
static inline float num_f32_sqrt(float a) { return a != a ? num_f32_quiet(a) : sqrtf(a); }
static inline float num_f32_add(float a, float b) { return a + b; }
static inline float num_f32_sub(float a, float b) { return a - b; }
static inline float num_f32_mul(float a, float b) { return a * b; }
static inline float num_f32_div(float a, float b) { return a / b; }
/* Equal operands may still be zeros of two signs: min keeps either minus, max either plus. */
static inline float num_f32_min(float a, float b) {
  if (a != a) return num_f32_quiet(a);
  if (b != b) return num_f32_quiet(b);
  if (a == b)
    return num_f32_reinterpret_i32(num_i32_reinterpret_f32(a) | num_i32_reinterpret_f32(b));
  return a < b ? a : b;
}
static inline float num_f32_max(float a, float b) {
  if (a != a) return num_f32_quiet(a);
  if (b != b) return num_f32_quiet(b);
  if (a == b)
    return num_f32_reinterpret_i32(num_i32_reinterpret_f32(a) & num_i32_reinterpret_f32(b));
  return a > b ? a : b;
}

/* ---- f64 --------------------------------------------------------------------------------- */

static inline uint32_t num_f64_eq(double a, double b) { return a == b; }
static inline uint32_t num_f64_ne(double a, double b) { return a != b; }
static inline uint32_t num_f64_lt(double a, double b) { return a < b; }
static inline uint32_t num_f64_gt(double a, double b) { return a > b; }
static inline uint32_t num_f64_le(double a, double b) { return a <= b; }
static inline uint32_t num_f64_ge(double a, double b) { return a >= b; }

static inline double num_f64_quiet(double nan) {
  return num_f64_reinterpret_i64(num_i64_reinterpret_f64(nan) | UINT64_C(1) << 51);
}
static inline double num_f64_abs(double a) {
  return num_f64_reinterpret_i64(num_i64_reinterpret_f64(a) & ~(UINT64_C(1) << 63));
}
static inline double num_f64_neg(double a) {
  return num_f64_reinterpret_i64(num_i64_reinterpret_f64(a) ^ UINT64_C(1) << 63);
}
static inline double num_f64_copysign(double a, double b) {
  const uint64_t sign = UINT64_C(1) << 63;
  return num_f64_reinterpret_i64((num_i64_reinterpret_f64(a) & ~sign) |
                                 (num_i64_reinterpret_f64(b) & sign));
}
static inline double num_f64_ceil(double a) { return a != a ? num_f64_quiet(a) : ceil(a); }
static inline double num_f64_floor(double a) { return a != a ? num_f64_quiet(a) : floor(a); }
static inline double num_f64_trunc(double a) { return a != a ? num_f64_quiet(a) : trunc(a); }
/* As num_f32_nearest. */
static inline double num_f64_nearest(double a) {
  if (a != a) return num_f64_quiet(a);
  if (!(num_f64_abs(a) < 0x1p52)) return a;
  const double big = num_f64_copysign(0x1p52, a);
  return num_f64_copysign((a + big) - big, a);
}
static inline double num_f64_sqrt(double a) { return a != a ? num_f64_quiet(a) : sqrt(a); }
static inline double num_f64_add(double a, double b) { return a + b; }
static inline double num_f64_sub(double a, double b) { return a - b; }
static inline double num_f64_mul(double a, double b) { return a * b; }
static inline double num_f64_div(double a, double b) { return a / b; }
static inline double num_f64_min(double a, double b) {
  if (a != a) return num_f64_quiet(a);
  if (b != b) return num_f64_quiet(b);
  if (a == b)
    return num_f64_reinterpret_i64(num_i64_reinterpret_f64(a) | num_i64_reinterpret_f64(b));
  return a < b ? a : b;
}
static inline double num_f64_max(double a, double b) {
  if (a != a) return num_f64_quiet(a);
  if (b != b) return num_f64_quiet(b);
  if (a == b)
    return num_f64_reinterpret_i64(num_i64_reinterpret_f64(a) & num_i64_reinterpret_f64(b));
  return a > b ? a : b;
}

/* ---- Conversions between floats and from integers ---------------------------------------- */

static inline float num_f32_demote_f64(double a) { return (float)a; }
static inline double num_f64_promote_f32(float a) { return (double)a; }
static inline float num_f32_convert_i32_s(uint32_t a) { return (float)(int32_t)a; }
static inline float num_f32_convert_i32_u(uint32_t a) { return (float)a; }
static inline float num_f32_convert_i64_s(uint64_t a) { return (float)(int64_t)a; }
static inline float num_f32_convert_i64_u(uint64_t a) { return (float)a; }
static inline double num_f64_convert_i32_s(uint32_t a) { return (double)(int32_t)a; }
static inline double num_f64_convert_i32_u(uint32_t a) { return (double)a; }
static inline double num_f64_convert_i64_s(uint64_t a) { return (double)(int64_t)a; }
static inline double num_f64_convert_i64_u(uint64_t a) { return (double)a; }

/* ---- Truncation to integers --------------------------------------------------------------
 * The bounds are the nearest floats whose truncation no longer fits (exclusive), or, where the
 * float has too few bits for that one, the smallest integer itself (inclusive). */

static inline enum num_trap num_i32_trunc_f32_s(float a, uint32_t *out) {
  if (a != a) return NUM_INVALID_CONVERSION;
  if (!(a >= -0x1p31f && a < 0x1p31f)) return NUM_OVERFLOW;
  *out = (uint32_t)(int32_t)a;
  return NUM_OK;
}
static inline enum num_trap num_i32_trunc_f32_u(float a, uint32_t *out) {
  if (a != a) return NUM_INVALID_CONVERSION;
  if (!(a > -1.0f && a < 0x1p32f)) return NUM_OVERFLOW;
  *out = (uint32_t)a;
  return NUM_OK;
}
static inline enum num_trap num_i32_trunc_f64_s(double a, uint32_t *out) {
  if (a != a) return NUM_INVALID_CONVERSION;
  if (!(a > -0x1p31 - 1 && a < 0x1p31)) return NUM_OVERFLOW;
  *out = (uint32_t)(int32_t)a;
  return NUM_OK;
}
static inline enum num_trap num_i32_trunc_f64_u(double a, uint32_t *out) {
  if (a != a) return NUM_INVALID_CONVERSION;
  if (!(a > -1.0 && a < 0x1p32)) return NUM_OVERFLOW;
  *out = (uint32_t)a;
  return NUM_OK;
}
static inline enum num_trap num_i64_trunc_f32_s(float a, uint64_t *out) {
  if (a != a) return NUM_INVALID_CONVERSION;
  if (!(a >= -0x1p63f && a < 0x1p63f)) return NUM_OVERFLOW;
  *out = (uint64_t)(int64_t)a;
  return NUM_OK;
}
static inline enum num_trap num_i64_trunc_f32_u(float a, uint64_t *out) {
  if (a != a) return NUM_INVALID_CONVERSION;
  if (!(a > -1.0f && a < 0x1p64f)) return NUM_OVERFLOW;
  *out = (uint64_t)a;
  return NUM_OK;
}
static inline enum num_trap num_i64_trunc_f64_s(double a, uint64_t *out) {
  if (a != a) return NUM_INVALID_CONVERSION;
  if (!(a >= -0x1p63 && a < 0x1p63)) return NUM_OVERFLOW;
  *out = (uint64_t)(int64_t)a;
  return NUM_OK;
}
static inline enum num_trap num_i64_trunc_f64_u(double a, uint64_t *out) {
  if (a != a) return NUM_INVALID_CONVERSION;
  if (!(a > -1.0 && a < 0x1p64)) return NUM_OVERFLOW;
  *out = (uint64_t)a;
  return NUM_OK;
}

static inline uint32_t num_i32_trunc_sat_f32_s(float a) {
  uint32_t out = a < 0 ? UINT32_C(0x80000000) : UINT32_C(0x7fffffff);
  return num_i32_trunc_f32_s(a, &out) == NUM_INVALID_CONVERSION ? 0 : out;
}
static inline uint32_t num_i32_trunc_sat_f32_u(float a) {
  uint32_t out = a < 0 ? 0 : UINT32_MAX;
  return num_i32_trunc_f32_u(a, &out) == NUM_INVALID_CONVERSION ? 0 : out;
}
static inline uint32_t num_i32_trunc_sat_f64_s(double a) {
  uint32_t out = a < 0 ? UINT32_C(0x80000000) : UINT32_C(0x7fffffff);
  return num_i32_trunc_f64_s(a, &out) == NUM_INVALID_CONVERSION ? 0 : out;
}
static inline uint32_t num_i32_trunc_sat_f64_u(double a) {
  uint32_t out = a < 0 ? 0 : UINT32_MAX;
  return num_i32_trunc_f64_u(a, &out) == NUM_INVALID_CONVERSION ? 0 : out;
}
static inline uint64_t num_i64_trunc_sat_f32_s(float a) {
  uint64_t out = a < 0 ? UINT64_C(1) << 63 : UINT64_MAX >> 1;
  return num_i64_trunc_f32_s(a, &out) == NUM_INVALID_CONVERSION ? 0 : out;
}
static inline uint64_t num_i64_trunc_sat_f32_u(float a) {
  uint64_t out = a < 0 ? 0 : UINT64_MAX;
  return num_i64_trunc_f32_u(a, &out) == NUM_INVALID_CONVERSION ? 0 : out;
}
static inline uint64_t num_i64_trunc_sat_f64_s(double a) {
  uint64_t out = a < 0 ? UINT64_C(1) << 63 : UINT64_MAX >> 1;
  return num_i64_trunc_f64_s(a, &out) == NUM_INVALID_CONVERSION ? 0 : out;
}
static inline uint64_t num_i64_trunc_sat_f64_u(double a) {
  uint64_t out = a < 0 ? 0 : UINT64_MAX;
  return num_i64_trunc_f64_u(a, &out) == NUM_INVALID_CONVERSION ? 0 : out;
}

#endif
