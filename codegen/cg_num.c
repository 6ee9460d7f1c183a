/* cg_num.c: constants, locals, globals, integers. Spec: Execution, Numerics. */
#include "codegen/cg.h"

#include <assert.h>
#include <string.h>

/* ---- Integers of 32 and 64 bits ---------------------------------------------------------- */

static LLVMTypeRef int_type(const struct cg_unit *u, unsigned bits) {
  return LLVMIntTypeInContext(u->lc, bits);
}

static LLVMValueRef pop_int(struct cg_func *f, unsigned bits) {
  LLVMValueRef word = cg_pop(f);
  return bits == 64 ? word : LLVMBuildTrunc(f->b, word, int_type(f->u, bits), "");
}

static bool push_int(struct cg_func *f, LLVMValueRef value) {
  return cg_push(f, LLVMBuildZExt(f->b, value, f->u->i64, ""));
}

static LLVMValueRef int_const(struct cg_func *f, unsigned bits, uint64_t value) {
  return LLVMConstInt(int_type(f->u, bits), value, false);
}

static LLVMValueRef intrinsic(struct cg_func *f, const char *name, LLVMTypeRef type,
                              LLVMValueRef *args, unsigned n) {
  unsigned id = LLVMLookupIntrinsicID(name, strlen(name));
  LLVMValueRef fn = LLVMGetIntrinsicDeclaration(f->u->lm, id, &type, 1);
  return LLVMBuildCall2(f->b, LLVMIntrinsicGetType(f->u->lc, id, &type, 1), fn, args, n, "");
}

static bool shift(struct cg_func *f, unsigned bits, LLVMOpcode op) {
  LLVMValueRef by = LLVMBuildAnd(f->b, pop_int(f, bits), int_const(f, bits, bits - 1), "");
  return push_int(f, LLVMBuildBinOp(f->b, op, pop_int(f, bits), by, ""));
}

static bool rotate(struct cg_func *f, unsigned bits, const char *name) {
  LLVMValueRef by = pop_int(f, bits), a = pop_int(f, bits), args[] = {a, a, by};
  return push_int(f, intrinsic(f, name, int_type(f->u, bits), args, 3));
}

/* LLVM leaves division by zero undefined, and the one quotient, and its remainder, that do not
 * fit. */
static bool divide(struct cg_func *f, unsigned bits, LLVMOpcode op) {
  LLVMValueRef b = pop_int(f, bits), a = pop_int(f, bits);
  cg_trap_if(f, LLVMBuildICmp(f->b, LLVMIntEQ, b, int_const(f, bits, 0), ""),
             TRAP_DIVIDE_BY_ZERO);
  LLVMValueRef least = int_const(f, bits, (uint64_t)1 << (bits - 1));
  LLVMValueRef is_minus_1 =
      LLVMBuildICmp(f->b, LLVMIntEQ, b, int_const(f, bits, UINT64_MAX), "");
  if (op == LLVMSDiv) {
    LLVMValueRef is_least = LLVMBuildICmp(f->b, LLVMIntEQ, a, least, "");
    cg_trap_if(f, LLVMBuildAnd(f->b, is_least, is_minus_1, ""), TRAP_INT_OVERFLOW);
  } else if (op == LLVMSRem) {
    b = LLVMBuildSelect(f->b, is_minus_1, int_const(f, bits, 1), b, "");
  }
  return push_int(f, LLVMBuildBinOp(f->b, op, a, b, ""));
}

static bool compare(struct cg_func *f, unsigned bits, LLVMIntPredicate predicate) {
  LLVMValueRef b = pop_int(f, bits), a = pop_int(f, bits);
  return push_int(f, LLVMBuildICmp(f->b, predicate, a, b, ""));
}

static bool equal_zero(struct cg_func *f, unsigned bits) {
  LLVMValueRef a = pop_int(f, bits);
  return push_int(f, LLVMBuildICmp(f->b, LLVMIntEQ, a, int_const(f, bits, 0), ""));
}

static bool unary(struct cg_func *f, unsigned bits, const char *name, bool has_flag) {
  LLVMValueRef args[] = {pop_int(f, bits), LLVMConstInt(f->u->i1, 0, false)};
  return push_int(f, intrinsic(f, name, int_type(f->u, bits), args, has_flag ? 2 : 1));
}

static bool extend(struct cg_func *f, unsigned bits, unsigned from) {
  LLVMValueRef low = LLVMBuildTrunc(f->b, cg_pop(f), int_type(f->u, from), "");
  return push_int(f, LLVMBuildSExt(f->b, low, int_type(f->u, bits), ""));
}

static bool convert(struct cg_func *f, LLVMOpcode op, unsigned from, unsigned to) {
  LLVMValueRef a = pop_int(f, from);
  return push_int(f, LLVMBuildCast(f->b, op, a, int_type(f->u, to), ""));
}

/* ---- Variables --------------------------------------------------------------------------- */

static bool local_get(struct cg_func *f, uint32_t local) {
  for (uint32_t w = f->local_words[local]; w < f->local_words[local + 1]; w++)
    TRY(cg_push(f, LLVMBuildLoad2(f->b, f->u->i64, f->locals[w], "")));
  return true;
}

/* Without taking the value off. */
static bool local_put(struct cg_func *f, uint32_t local) {
  uint32_t n = f->local_words[local + 1] - f->local_words[local];
  const LLVMValueRef *from = f->stack.data + f->stack.n - n;
  for (uint32_t i = 0; i < n; i++)
    LLVMBuildStore(f->b, from[i], f->locals[f->local_words[local] + i]);
  return true;
}

static bool local_set(struct cg_func *f, uint32_t local) {
  local_put(f, local);
  f->stack.n -= f->local_words[local + 1] - f->local_words[local];
  return true;
}

static uint32_t global_words(const struct cg_func *f, uint32_t id) {
  return wfx__val_slots(&f->u->m->types, f->u->m->globals.data[id].type);
}

static bool global_get(struct cg_func *f, uint32_t id) {
  LLVMValueRef at = cg_address(f->u, f->u->in->globals[id]);
  for (uint32_t i = 0; i < global_words(f, id); i++)
    TRY(cg_push(f, cg_load(f, f->u->i64, at, i * sizeof(slot))));
  return true;
}

static bool global_set(struct cg_func *f, uint32_t id) {
  LLVMValueRef at = cg_address(f->u, f->u->in->globals[id]);
  for (uint32_t i = global_words(f, id); i-- > 0;)
    cg_store(f, cg_pop(f), at, i * sizeof(slot));
  return true;
}

/* ---- References -------------------------------------------------------------------------- */

static bool ref_null(struct cg_func *f, wfx_heaptype heap) {
  for (uint32_t n = wfx__val_slots(&f->u->m->types, wfx_ref_null(heap)); n > 0; n--)
    TRY(cg_push(f, cg_const(f->u, 0)));
  return true;
}

/* The first word of a null reference is 0, and of no other. */
static LLVMValueRef is_null(struct cg_func *f, uint32_t *n_words) {
  *n_words = wfx__val_slots(&f->u->m->types, cg_fact(f)->type);
  LLVMValueRef first = f->stack.data[f->stack.n - *n_words];
  return LLVMBuildICmp(f->b, LLVMIntEQ, first, cg_const(f->u, 0), "");
}

static bool ref_is_null(struct cg_func *f) {
  uint32_t n_words;
  LLVMValueRef result = is_null(f, &n_words);
  f->stack.n -= n_words;
  return push_int(f, result);
}

static bool ref_as_non_null(struct cg_func *f) {
  uint32_t n_words;
  cg_trap_if(f, is_null(f, &n_words), TRAP_NULL_REF);
  return true;
}

static bool ref_func(struct cg_func *f, uint32_t id) {
  return cg_push(f, cg_const(f->u, (uintptr_t)f->u->in->funcs[id]));
}

/* ---- The table --------------------------------------------------------------------------- */

bool cg_num(struct cg_func *f, const struct inst *in, bool *is_mine) {
  LLVMValueRef b;
  switch (in->op) {
#define CG_BIN(id, bits, op)                                             \
  case WFX_OP_##id:                                                      \
    b = pop_int(f, bits);                                                \
    return push_int(f, LLVMBuild##op(f->b, pop_int(f, bits), b, ""));
#define CG_SHIFT(id, bits, op) case WFX_OP_##id: return shift(f, bits, LLVM##op);
#define CG_ROT(id, bits, name) case WFX_OP_##id: return rotate(f, bits, name);
#define CG_DIV(id, bits, op) case WFX_OP_##id: return divide(f, bits, LLVM##op);
#define CG_CMP(id, bits, pred) case WFX_OP_##id: return compare(f, bits, LLVMInt##pred);
#define CG_UN(id, bits, name, flag) case WFX_OP_##id: return unary(f, bits, name, flag);
#define CG_EXT(id, bits, from) case WFX_OP_##id: return extend(f, bits, from);
#define CG_CONV(id, op, from, to) case WFX_OP_##id: return convert(f, LLVM##op, from, to);
#include "cg_num.def"
  case WFX_OP_i32_eqz: return equal_zero(f, 32);
  case WFX_OP_i64_eqz: return equal_zero(f, 64);
  case WFX_OP_i32_const: return cg_push(f, cg_const(f->u, imm_lo(in)));
  case WFX_OP_i64_const: return cg_push(f, cg_const(f->u, in->imm));
  case WFX_OP_local_get: return local_get(f, imm_lo(in));
  case WFX_OP_local_set: return local_set(f, imm_lo(in));
  case WFX_OP_local_tee: return local_put(f, imm_lo(in));
  case WFX_OP_global_get: return global_get(f, imm_lo(in));
  case WFX_OP_global_set: return global_set(f, imm_lo(in));
  case WFX_OP_ref_null: return ref_null(f, imm_lo(in));
  case WFX_OP_ref_is_null: return ref_is_null(f);
  case WFX_OP_ref_as_non_null: return ref_as_non_null(f);
  case WFX_OP_ref_func: return ref_func(f, imm_lo(in));
  }
  *is_mine = false;
  return false;
}
