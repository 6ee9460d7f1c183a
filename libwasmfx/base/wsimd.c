/* wsimd.c: the vector instructions of wsimd.def, expanded to a function each. Spec: Execution,
 * Numerics. */
#include "base/wsimd.h"

#include "base/wnum.h"

/* ---- Lanes ------------------------------------------------------------------------------- */

#define LANE_u8 uint8_t
#define LANE_u16 uint16_t
#define LANE_u32 uint32_t
#define LANE_u64 uint64_t
#define LANE_i8 int8_t
#define LANE_i16 int16_t
#define LANE_i32 int32_t
#define LANE_i64 int64_t
#define LANE_f32 float
#define LANE_f64 double
/* What a lane is while it is computed with: narrow ones are extended to 32 bits. */
#define WIDE_u8 uint32_t
#define WIDE_u16 uint32_t
#define WIDE_u32 uint32_t
#define WIDE_u64 uint64_t
#define WIDE_i8 uint32_t
#define WIDE_i16 uint32_t
#define WIDE_i32 uint32_t
#define WIDE_i64 uint64_t
#define WIDE_f32 float
#define WIDE_f64 double

/* ---- One lane: what wnum.h has not, since no instruction does it to a scalar ------------- */

static inline uint32_t lane_same(uint32_t a) { return a; }
static inline uint32_t lane_neg32(uint32_t a) { return 0 - a; }
static inline uint64_t lane_neg64(uint64_t a) { return 0 - a; }
static inline uint32_t lane_abs32(uint32_t a) { return (int32_t)a < 0 ? 0 - a : a; }
static inline uint64_t lane_abs64(uint64_t a) { return (int64_t)a < 0 ? 0 - a : a; }
static inline uint64_t lane_not(uint64_t a) { return ~a; }
static inline uint64_t lane_andnot(uint64_t a, uint64_t b) { return a & ~b; }
static inline uint64_t lane_select(uint64_t a, uint64_t b, uint64_t mask) {
  return (a & mask) | (b & ~mask);
}
static inline uint32_t lane_min_s(uint32_t a, uint32_t b) {
  return (int32_t)a < (int32_t)b ? a : b;
}
static inline uint32_t lane_max_s(uint32_t a, uint32_t b) {
  return (int32_t)a > (int32_t)b ? a : b;
}
static inline uint32_t lane_min_u(uint32_t a, uint32_t b) { return a < b ? a : b; }
static inline uint32_t lane_max_u(uint32_t a, uint32_t b) { return a > b ? a : b; }
static inline uint32_t lane_avgr_u(uint32_t a, uint32_t b) { return (a + b + 1) >> 1; }
static inline uint32_t lane_q15mulr(uint32_t a, uint32_t b) {
  return num_i32_shr_s(a * b + 0x4000, 15);
}
/* A signed number to the nearest one of so many bits. */
static inline uint32_t lane_clamp(uint32_t a, int32_t min, int32_t max) {
  return (uint32_t)((int32_t)a < min ? min : (int32_t)a > max ? max : (int32_t)a);
}
static inline uint32_t lane_sat_s8(uint32_t a) { return lane_clamp(a, INT8_MIN, INT8_MAX); }
static inline uint32_t lane_sat_u8(uint32_t a) { return lane_clamp(a, 0, UINT8_MAX); }
static inline uint32_t lane_sat_s16(uint32_t a) { return lane_clamp(a, INT16_MIN, INT16_MAX); }
static inline uint32_t lane_sat_u16(uint32_t a) { return lane_clamp(a, 0, UINT16_MAX); }
/* Moves bits: a NaN operand, or a zero of either sign, is given back as it is. */
static inline float lane_pmin32(float a, float b) { return b < a ? b : a; }
static inline float lane_pmax32(float a, float b) { return a < b ? b : a; }
static inline double lane_pmin64(double a, double b) { return b < a ? b : a; }
static inline double lane_pmax64(double a, double b) { return a < b ? b : a; }
/* With two roundings. */
static inline float lane_madd32(float a, float b, float c) {
  return num_f32_add(num_f32_mul(a, b), c);
}
static inline double lane_madd64(double a, double b, double c) {
  return num_f64_add(num_f64_mul(a, b), c);
}
static inline float lane_nmadd32(float a, float b, float c) {
  return lane_madd32(num_f32_neg(a), b, c);
}
static inline double lane_nmadd64(double a, double b, double c) {
  return lane_madd64(num_f64_neg(a), b, c);
}

/* ---- Forms: T a lane of the operands, R of the result ------------------------------------ */

/* Lanes of the operands, as x and y. */
#define LANES(T, x, from)         \
  LANE_##T x[16 / sizeof(LANE_##T)]; \
  memcpy(x, from, 16)
#define RESULT(R) LANE_##R r[16 / sizeof(LANE_##R)]
#define DONE() memcpy(out, r, 16)
#define N_LANES(T) (16 / sizeof(LANE_##T))
#define FUNC_UN(id) static void wsimd_##id(const uint64_t *a, uint64_t *out)
#define FUNC_BIN(id) static void wsimd_##id(const uint64_t *a, const uint64_t *b, uint64_t *out)
#define FUNC_TERN(id) \
  static void wsimd_##id(const uint64_t *a, const uint64_t *b, const uint64_t *c, uint64_t *out)
#define LOW(n) 0
#define HIGH(n) (n)

/* Lane by lane. Of lanes of two sizes the low ones correspond; the others of R are zero. */
#define MAP_1(id, T, R, f)                                            \
  FUNC_UN(id) {                                                       \
    LANES(T, x, a);                                                   \
    RESULT(R);                                                        \
    for (unsigned i = 0; i < N_LANES(R); i++)                         \
      r[i] = i < N_LANES(T) ? (LANE_##R)f((WIDE_##T)x[i]) : 0;        \
    DONE();                                                           \
  }
#define MAP_2(id, T, R, f)                                            \
  FUNC_BIN(id) {                                                      \
    LANES(T, x, a);                                                   \
    LANES(T, y, b);                                                   \
    RESULT(R);                                                        \
    for (unsigned i = 0; i < N_LANES(R); i++)                         \
      r[i] = (LANE_##R)f((WIDE_##T)x[i], (WIDE_##T)y[i]);             \
    DONE();                                                           \
  }
#define MAP_3(id, T, f)                                               \
  FUNC_TERN(id) {                                                     \
    LANES(T, x, a);                                                   \
    LANES(T, y, b);                                                   \
    LANES(T, z, c);                                                   \
    RESULT(T);                                                        \
    for (unsigned i = 0; i < N_LANES(T); i++) r[i] = f(x[i], y[i], z[i]); \
    DONE();                                                           \
  }
#define COMPARE(id, T, R, f)                                          \
  FUNC_BIN(id) {                                                      \
    LANES(T, x, a);                                                   \
    LANES(T, y, b);                                                   \
    RESULT(R);                                                        \
    for (unsigned i = 0; i < N_LANES(R); i++)                         \
      r[i] = (LANE_##R)(f((WIDE_##T)x[i], (WIDE_##T)y[i]) ? -1 : 0);  \
    DONE();                                                           \
  }
/* f without overflow, then to the nearest number that R can hold. */
#define SATURATE(id, T, R, f, sat)                                    \
  FUNC_BIN(id) {                                                      \
    LANES(T, x, a);                                                   \
    LANES(T, y, b);                                                   \
    RESULT(R);                                                        \
    for (unsigned i = 0; i < N_LANES(R); i++)                         \
      r[i] = (LANE_##R)sat(f((WIDE_##T)x[i], (WIDE_##T)y[i]));        \
    DONE();                                                           \
  }
#define SHIFT(id, T, R, f)                                            \
  static void wsimd_##id(const uint64_t *a, uint32_t n, uint64_t *out) { \
    LANES(T, x, a);                                                   \
    RESULT(R);                                                        \
    n &= 8 * sizeof(LANE_##T) - 1;                                    \
    for (unsigned i = 0; i < N_LANES(R); i++)                         \
      r[i] = (LANE_##R)f((WIDE_##T)x[i], n);                          \
    DONE();                                                           \
  }
/* The lanes of a, then those of b. */
#define NARROW(id, T, R, sat)                                         \
  FUNC_BIN(id) {                                                      \
    LANES(T, x, a);                                                   \
    LANES(T, y, b);                                                   \
    RESULT(R);                                                        \
    for (unsigned i = 0; i < N_LANES(T); i++) {                       \
      r[i] = (LANE_##R)sat((WIDE_##T)x[i]);                           \
      r[i + N_LANES(T)] = (LANE_##R)sat((WIDE_##T)y[i]);              \
    }                                                                 \
    DONE();                                                           \
  }
#define EXTEND(id, T, R, HALF)                                        \
  FUNC_UN(id) {                                                       \
    LANES(T, x, a);                                                   \
    RESULT(R);                                                        \
    for (unsigned i = 0; i < N_LANES(R); i++)                         \
      r[i] = (LANE_##R)x[i + HALF(N_LANES(R))];                       \
    DONE();                                                           \
  }
#define EXTMUL(id, T, R, HALF)                                        \
  FUNC_BIN(id) {                                                      \
    LANES(T, x, a);                                                   \
    LANES(T, y, b);                                                   \
    RESULT(R);                                                        \
    for (unsigned i = 0; i < N_LANES(R); i++)                         \
      r[i] = (LANE_##R)((WIDE_##R)x[i + HALF(N_LANES(R))] *           \
                        (WIDE_##R)y[i + HALF(N_LANES(R))]);           \
    DONE();                                                           \
  }
#define ADD_PAIRS(id, T, R)                                           \
  FUNC_UN(id) {                                                       \
    LANES(T, x, a);                                                   \
    RESULT(R);                                                        \
    for (unsigned i = 0; i < N_LANES(R); i++)                         \
      r[i] = (LANE_##R)((WIDE_##R)x[2 * i] + (WIDE_##R)x[2 * i + 1]); \
    DONE();                                                           \
  }
#define DOT(id, T, R, sat)                                            \
  FUNC_BIN(id) {                                                      \
    LANES(T, x, a);                                                   \
    LANES(T, y, b);                                                   \
    RESULT(R);                                                        \
    for (unsigned i = 0; i < N_LANES(R); i++)                         \
      r[i] = (LANE_##R)sat(                                           \
          (WIDE_##R)x[2 * i] * (WIDE_##R)y[2 * i] +                   \
          (WIDE_##R)x[2 * i + 1] * (WIDE_##R)y[2 * i + 1]);           \
    DONE();                                                           \
  }
/* DOT to lanes half as wide as R, their pairs added, and c. */
#define DOT_ADD(id, T, R)                                             \
  FUNC_TERN(id) {                                                     \
    uint64_t dots[2], sums[2];                                        \
    wsimd_i16x8_relaxed_dot_i8x16_i7x16_s(a, b, dots);                \
    wsimd_i32x4_extadd_pairwise_i16x8_s(dots, sums);                  \
    wsimd_i32x4_add(sums, c, out);                                    \
  }
#define SWIZZLE(id, T)                                                \
  FUNC_BIN(id) {                                                      \
    LANES(T, x, a);                                                   \
    LANES(T, y, b);                                                   \
    RESULT(T);                                                        \
    for (unsigned i = 0; i < N_LANES(T); i++)                         \
      r[i] = y[i] < N_LANES(T) ? x[y[i]] : 0;                         \
    DONE();                                                           \
  }
#define ANY_TRUE(id, T) \
  static uint32_t wsimd_##id(const uint64_t *a) { return (a[0] | a[1]) != 0; }
#define ALL_TRUE(id, T)                                               \
  static uint32_t wsimd_##id(const uint64_t *a) {                     \
    LANES(T, x, a);                                                   \
    uint32_t all = 1;                                                 \
    for (unsigned i = 0; i < N_LANES(T); i++) all &= x[i] != 0;       \
    return all;                                                       \
  }
#define BITMASK(id, T)                                                \
  static uint32_t wsimd_##id(const uint64_t *a) {                     \
    LANES(T, x, a);                                                   \
    uint32_t mask = 0;                                                \
    for (unsigned i = 0; i < N_LANES(T); i++) mask |= (uint32_t)(x[i] < 0) << i; \
    return mask;                                                      \
  }

#define VUN(id, form, ...) form(id, __VA_ARGS__)
#define VBIN(id, form, ...) form(id, __VA_ARGS__)
#define VTERN(id, form, ...) form(id, __VA_ARGS__)
#define VSHIFT(id, form, ...) form(id, __VA_ARGS__)
#define VTEST(id, form, ...) form(id, __VA_ARGS__)
#include "base/wsimd.def"

void wfx__simd_shuffle(const uint64_t *a, const uint64_t *b, const uint8_t lanes[16],
                       uint64_t *out) {
  uint8_t x[32], r[16];
  memcpy(x, a, 16);
  memcpy(x + 16, b, 16);
  for (unsigned i = 0; i < 16; i++) r[i] = x[lanes[i] & 31];
  DONE();
}

/* ---- Tables ------------------------------------------------------------------------------ */

#define ENTRY(id) [WSIMD_##id] = wsimd_##id,
#define VUN(id, ...) ENTRY(id)
const wsimd_un_fn wfx__simd_un[WSIMD_UN_COUNT] = {
#include "base/wsimd.def"
};
#define VBIN(id, ...) ENTRY(id)
const wsimd_bin_fn wfx__simd_bin[WSIMD_BIN_COUNT] = {
#include "base/wsimd.def"
};
#define VTERN(id, ...) ENTRY(id)
const wsimd_tern_fn wfx__simd_tern[WSIMD_TERN_COUNT] = {
#include "base/wsimd.def"
};
#define VSHIFT(id, ...) ENTRY(id)
const wsimd_shift_fn wfx__simd_shift[WSIMD_SHIFT_COUNT] = {
#include "base/wsimd.def"
};
#define VTEST(id, ...) ENTRY(id)
const wsimd_test_fn wfx__simd_test[WSIMD_TEST_COUNT] = {
#include "base/wsimd.def"
};
#undef ADD_PAIRS
#undef ALL_TRUE
#undef ANY_TRUE
#undef BITMASK
#undef COMPARE
#undef DONE
#undef DOT
#undef DOT_ADD
#undef ENTRY
#undef EXTEND
#undef EXTMUL
#undef FUNC_BIN
#undef FUNC_TERN
#undef FUNC_UN
#undef HIGH
#undef LANES
#undef LANE_f32
#undef LANE_f64
#undef LANE_i16
#undef LANE_i32
#undef LANE_i64
#undef LANE_i8
#undef LANE_u16
#undef LANE_u32
#undef LANE_u64
#undef LANE_u8
#undef LOW
#undef MAP_1
#undef MAP_2
#undef MAP_3
#undef NARROW
#undef N_LANES
#undef RESULT
#undef SATURATE
#undef SHIFT
#undef SWIZZLE
#undef WIDE_f32
#undef WIDE_f64
#undef WIDE_i16
#undef WIDE_i32
#undef WIDE_i64
#undef WIDE_i8
#undef WIDE_u16
#undef WIDE_u32
#undef WIDE_u64
#undef WIDE_u8
