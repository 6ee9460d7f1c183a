/* op.c: the instruction table as data, and its reverse. */
#include "ir/op.h"

#include <string.h>

enum { PREFIX_SIMD_CODES = 512, PREFIX_CODES = 256 };

const struct op_info wfx__ops[WFX_OP_COUNT] = {
#define WFX_OP(id, text, prefix, code, imm, sig, feature) \
  [WFX_OP_##id] = {text, sig, code, PREFIX_##prefix, WFX_IMM_##imm, WFX_FEATURE_##feature},
#include <wasmfx/opcode.def>
#undef WFX_OP
};

/* From codes to instruction + 1, a table for each prefix. */
#define ROW(id, code) [code] = WFX_OP_##id + 1,
#define SKIP(id, code)

#define ROW_CORE ROW
#define ROW_GC SKIP
#define ROW_MISC SKIP
#define ROW_SIMD SKIP
#define ROW_ATOMIC SKIP
#define ROW_EXT SKIP
#define WFX_OP(id, text, prefix, code, imm, sig, feature) ROW_##prefix(id, code)
static const uint16_t core_ops[PREFIX_CODES] = {
#include <wasmfx/opcode.def>
};
#undef ROW_CORE
#undef ROW_GC
#define ROW_CORE SKIP
#define ROW_GC ROW
static const uint16_t gc_ops[PREFIX_CODES] = {
#include <wasmfx/opcode.def>
};
#undef ROW_GC
#undef ROW_MISC
#define ROW_GC SKIP
#define ROW_MISC ROW
static const uint16_t misc_ops[PREFIX_CODES] = {
#include <wasmfx/opcode.def>
};
#undef ROW_MISC
#undef ROW_SIMD
#define ROW_MISC SKIP
#define ROW_SIMD ROW
static const uint16_t simd_ops[PREFIX_SIMD_CODES] = {
#include <wasmfx/opcode.def>
};
#undef ROW_SIMD
#undef ROW_ATOMIC
#define ROW_SIMD SKIP
#define ROW_ATOMIC ROW
static const uint16_t atomic_ops[PREFIX_CODES] = {
#include <wasmfx/opcode.def>
};
#undef ROW_ATOMIC
#undef ROW_EXT
#define ROW_ATOMIC SKIP
#define ROW_EXT ROW
static const uint16_t ext_ops[PREFIX_CODES] = {
#include <wasmfx/opcode.def>
};
#undef WFX_OP
#undef ROW_CORE
#undef ROW_GC
#undef ROW_MISC
#undef ROW_SIMD
#undef ROW_ATOMIC
#undef ROW_EXT
#undef ROW
#undef SKIP

int wfx__op_find(uint8_t prefix, uint32_t code) {
  uint32_t n = PREFIX_CODES;
  const uint16_t *ops = core_ops;
  switch (prefix) {
  case PREFIX_GC: ops = gc_ops; break;
  case PREFIX_MISC: ops = misc_ops; break;
  case PREFIX_SIMD: ops = simd_ops, n = PREFIX_SIMD_CODES; break;
  case PREFIX_ATOMIC: ops = atomic_ops; break;
  case PREFIX_EXT: ops = ext_ops; break;
  }
  return code < n ? (int)ops[code] - 1 : -1;
}

int wfx__op_find_text(const char *text, size_t n) {
  for (int i = 0; i < WFX_OP_COUNT; i++)
    if (strncmp(wfx__ops[i].text, text, n) == 0 && wfx__ops[i].text[n] == '\0') return i;
  return -1;
}

unsigned wfx__op_natural_align(wfx_op op) {
  static const uint8_t aligns[WFX_OP_COUNT] = {
#define A(id, align) [WFX_OP_##id] = align,
    /* 1 byte */
    A(i32_load8_s, 0) A(i32_load8_u, 0) A(i64_load8_s, 0) A(i64_load8_u, 0) A(i32_store8, 0)
    A(i64_store8, 0) A(v128_load8_splat, 0) A(v128_load8_lane, 0) A(v128_store8_lane, 0)
    A(i32_atomic_load8_u, 0) A(i64_atomic_load8_u, 0) A(i32_atomic_store8, 0)
    A(i64_atomic_store8, 0) A(i32_atomic_rmw8_add_u, 0) A(i64_atomic_rmw8_add_u, 0)
    A(i32_atomic_rmw8_sub_u, 0) A(i64_atomic_rmw8_sub_u, 0) A(i32_atomic_rmw8_and_u, 0)
    A(i64_atomic_rmw8_and_u, 0) A(i32_atomic_rmw8_or_u, 0) A(i64_atomic_rmw8_or_u, 0)
    A(i32_atomic_rmw8_xor_u, 0) A(i64_atomic_rmw8_xor_u, 0) A(i32_atomic_rmw8_xchg_u, 0)
    A(i64_atomic_rmw8_xchg_u, 0) A(i32_atomic_rmw8_cmpxchg_u, 0) A(i64_atomic_rmw8_cmpxchg_u, 0)
    /* 2 bytes */
    A(i32_load16_s, 1) A(i32_load16_u, 1) A(i64_load16_s, 1) A(i64_load16_u, 1)
    A(i32_store16, 1) A(i64_store16, 1) A(v128_load16_splat, 1) A(v128_load16_lane, 1)
    A(v128_store16_lane, 1) A(i32_atomic_load16_u, 1) A(i64_atomic_load16_u, 1)
    A(i32_atomic_store16, 1) A(i64_atomic_store16, 1) A(i32_atomic_rmw16_add_u, 1)
    A(i64_atomic_rmw16_add_u, 1) A(i32_atomic_rmw16_sub_u, 1) A(i64_atomic_rmw16_sub_u, 1)
    A(i32_atomic_rmw16_and_u, 1) A(i64_atomic_rmw16_and_u, 1) A(i32_atomic_rmw16_or_u, 1)
    A(i64_atomic_rmw16_or_u, 1) A(i32_atomic_rmw16_xor_u, 1) A(i64_atomic_rmw16_xor_u, 1)
    A(i32_atomic_rmw16_xchg_u, 1) A(i64_atomic_rmw16_xchg_u, 1) A(i32_atomic_rmw16_cmpxchg_u, 1)
    A(i64_atomic_rmw16_cmpxchg_u, 1)
    /* 4 bytes */
    A(i32_load, 2) A(f32_load, 2) A(i64_load32_s, 2) A(i64_load32_u, 2) A(i32_store, 2)
    A(f32_store, 2) A(i64_store32, 2) A(v128_load32_splat, 2) A(v128_load32_zero, 2)
    A(v128_load32_lane, 2) A(v128_store32_lane, 2) A(memory_atomic_notify, 2)
    A(memory_atomic_wait32, 2) A(i32_atomic_load, 2) A(i64_atomic_load32_u, 2)
    A(i32_atomic_store, 2) A(i64_atomic_store32, 2) A(i32_atomic_rmw_add, 2)
    A(i64_atomic_rmw32_add_u, 2) A(i32_atomic_rmw_sub, 2) A(i64_atomic_rmw32_sub_u, 2)
    A(i32_atomic_rmw_and, 2) A(i64_atomic_rmw32_and_u, 2) A(i32_atomic_rmw_or, 2)
    A(i64_atomic_rmw32_or_u, 2) A(i32_atomic_rmw_xor, 2) A(i64_atomic_rmw32_xor_u, 2)
    A(i32_atomic_rmw_xchg, 2) A(i64_atomic_rmw32_xchg_u, 2) A(i32_atomic_rmw_cmpxchg, 2)
    A(i64_atomic_rmw32_cmpxchg_u, 2)
    /* 8 bytes */
    A(i64_load, 3) A(f64_load, 3) A(i64_store, 3) A(f64_store, 3) A(v128_load8x8_s, 3)
    A(v128_load8x8_u, 3) A(v128_load16x4_s, 3) A(v128_load16x4_u, 3) A(v128_load32x2_s, 3)
    A(v128_load32x2_u, 3) A(v128_load64_splat, 3) A(v128_load64_zero, 3) A(v128_load64_lane, 3)
    A(v128_store64_lane, 3) A(memory_atomic_wait64, 3) A(i64_atomic_load, 3)
    A(i64_atomic_store, 3) A(i64_atomic_rmw_add, 3) A(i64_atomic_rmw_sub, 3)
    A(i64_atomic_rmw_and, 3) A(i64_atomic_rmw_or, 3) A(i64_atomic_rmw_xor, 3)
    A(i64_atomic_rmw_xchg, 3) A(i64_atomic_rmw_cmpxchg, 3)
    /* 16 bytes */
    A(v128_load, 4) A(v128_store, 4)
#undef A
  };
  return aligns[op];
}

const char *wfx_op_text(wfx_op op) { return wfx__ops[op].text; }
wfx_imm wfx_op_imm(wfx_op op) { return (wfx_imm)wfx__ops[op].imm; }
