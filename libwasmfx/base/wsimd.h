/* wsimd.h: what the numeric vector instructions compute, once for interpreter, passes and
 * runtime.
 *
 * A v128 is two 64-bit words as it lies in memory, lane 0 first; its lanes are read and written
 * by memcpy. Results may lie where operands do. Instructions are numbered by kind, and a table
 * for each kind has their functions; wsimd.def lists them. Relaxed instructions are
 * deterministic. Not here: constants, shuffle, splats, moves of single lanes, memory. Spec:
 * Execution, Numerics. */
#ifndef BASE_WSIMD_H
#define BASE_WSIMD_H

#include <stdint.h>

enum wsimd_un {
#define VUN(id, ...) WSIMD_##id,
#include "base/wsimd.def"
  WSIMD_UN_COUNT
};
enum wsimd_bin {
#define VBIN(id, ...) WSIMD_##id,
#include "base/wsimd.def"
  WSIMD_BIN_COUNT
};
enum wsimd_tern {
#define VTERN(id, ...) WSIMD_##id,
#include "base/wsimd.def"
  WSIMD_TERN_COUNT
};
enum wsimd_shift {
#define VSHIFT(id, ...) WSIMD_##id,
#include "base/wsimd.def"
  WSIMD_SHIFT_COUNT
};
enum wsimd_test {
#define VTEST(id, ...) WSIMD_##id,
#include "base/wsimd.def"
  WSIMD_TEST_COUNT
};

typedef void (*wsimd_un_fn)(const uint64_t *a, uint64_t *out);
typedef void (*wsimd_bin_fn)(const uint64_t *a, const uint64_t *b, uint64_t *out);
typedef void (*wsimd_tern_fn)(const uint64_t *a, const uint64_t *b, const uint64_t *c,
                              uint64_t *out);
typedef void (*wsimd_shift_fn)(const uint64_t *a, uint32_t n, uint64_t *out);
typedef uint32_t (*wsimd_test_fn)(const uint64_t *a);

extern const wsimd_un_fn wfx__simd_un[WSIMD_UN_COUNT];
extern const wsimd_bin_fn wfx__simd_bin[WSIMD_BIN_COUNT];
extern const wsimd_tern_fn wfx__simd_tern[WSIMD_TERN_COUNT];
extern const wsimd_shift_fn wfx__simd_shift[WSIMD_SHIFT_COUNT];
extern const wsimd_test_fn wfx__simd_test[WSIMD_TEST_COUNT];

/* i8x16.shuffle: byte i of the result is byte lanes[i] of a and b, one behind the other. */
void wfx__simd_shuffle(const uint64_t *a, const uint64_t *b, const uint8_t lanes[16],
                       uint64_t *out);

#endif
