/* cg.h: the code generator: from checked bodies and their facts to LLVM's terms.
 *
 * A value is as many words of 64 bits as it has slots (store/layout.h); i32 has zeros above.
 * The operand stack is kept at translation time and holds words, so that no types are needed:
 * labels take the words that block types say, and facts say how many words an operand of
 * unknown type has. LLVM aborts the process over what it does not like: all limits are checked
 * here, and each module goes through its verifier before it is compiled. */
#ifndef CODEGEN_CG_H
#define CODEGEN_CG_H

#include <llvm-c/Analysis.h>
#include <llvm-c/Core.h>
#include <llvm-c/LLJIT.h>
#include <llvm-c/Orc.h>
#include <llvm-c/TargetMachine.h>
#include <llvm-c/Transforms/PassBuilder.h>

#include "base/vec.h"
#include "ir/imm.h"
#include "ir/match.h"
#include "ir/module.h"
#include "native/rt_layout.h"
#include "store/native.h"
#include "valid/facts.h"

/* The generator of one store. */
struct cg {
  const wfx_ctx *ctx;
  wfx_native_options options;
  LLVMOrcLLJITRef jit;
  LLVMTargetMachineRef machine; /* for the passes; the JIT has its own */
  uint32_t n_units;
};

enum cg_runtime {
#define WFXRT_CALL(id, about) CG_RT_##id,
#include "native/rt_abi.def"
#undef WFXRT_CALL
  CG_RT_COUNT
};

enum { CG_N_VECTORS = 8, CG_N_RESULT_VECTORS = 4 };

/* What a switch passes, in the order of its operands, behind the record it leaves. */
enum { CG_SW_TO, CG_SW_INDEX, CG_SW_CONT, CG_SW_WORDS,
       CG_SW_COUNT = CG_SW_WORDS + RT_REG_WORDS };

/* One instance as one module of LLVM's. */
struct cg_unit {
  struct cg *cg;
  const struct native_unit *in;
  struct wfx_module *m;
  struct errs *errs;
  uint32_t serial;            /* in the names of functions */
  LLVMContextRef lc;
  LLVMModuleRef lm;
  LLVMTypeRef i1, i8, i32, i64, ptr, vector;
  LLVMTypeRef fn, result;     /* the one prototype */
  LLVMTypeRef sw, sw_result;  /* of the switch */
  LLVMValueRef sw_asm, stack_pointer;
  LLVMTypeRef rt_types[CG_RT_COUNT];
  LLVMValueRef rt[CG_RT_COUNT];
  LLVMValueRef *funcs;        /* by handle; NULL: imported */
};

/* An open block; the first is the function itself. */
struct cg_ctl {
  uint16_t op;               /* of the block; else behind an else; end: the function */
  uint32_t end, other;       /* as in its fact */
  uint32_t height;           /* words below its parameters */
  uint32_t n_params, n_results, n_label; /* words; n_label: what a branch takes */
  LLVMBasicBlockRef label;   /* where branches go: begins with n_label phis */
  LLVMBasicBlockRef without; /* if: where a false condition goes */
  uint32_t first_saved;      /* if: its parameters in saved */
  bool is_reached;           /* something branches to label */
  uint32_t table;            /* newest br_table that goes here, and by which block */
  LLVMBasicBlockRef table_block;
};

/* One function. */
struct cg_func {
  struct cg_unit *u;
  uint32_t id;
  const struct func_obj *obj;
  struct body *body;
  const struct type *type;
  LLVMBuilderRef b;
  LLVMValueRef fn, slot;     /* slot: struct rt_slot of the stack it runs on */
  const struct inst *in;     /* being translated */
  uint32_t at;               /* its number */
  uint32_t next_fact;
  bool is_dead;              /* what follows cannot be reached */
  uint32_t n_tables;
  uint64_t frame_bytes;      /* at most this, without any optimisation */
  LLVMValueRef owner;        /* variable with the record that runs, true at each instruction:
                                after a call it is read from the slot, since the frame may be
                                another's by then, and a switch brings it. (Read anew at each
                                switch, it would wait for the stack pointer of the last.) */
  LLVMValueRef *locals;      /* by word */
  uint32_t *local_words;     /* by local: its first word; one more at the end */
  uint32_t n_locals;
  VEC(LLVMValueRef) stack, saved;
  VEC(struct cg_ctl) ctls;
};

/* ---- cg_llvm.c --------------------------------------------------------------------------- */

/* Record what LLVM says, and free it. False. */
bool cg_fail(struct errs *errs, LLVMErrorRef error);

/* ---- cg_unit.c --------------------------------------------------------------------------- */

/* Refuse what native code does not have yet; what is NULL: the instruction itself. False. */
bool cg_unsupported(struct cg_func *f, const char *what);
bool cg_compile_unit(void *cg, const struct native_unit *in, struct errs *errs);

/* ---- cg_func.c: a function, its operands ------------------------------------------------- */

bool cg_func(struct cg_unit *u, uint32_t id);
bool cg_push(struct cg_func *f, LLVMValueRef word);
LLVMValueRef cg_pop(struct cg_func *f);
LLVMValueRef cg_const(const struct cg_unit *u, uint64_t value);
LLVMValueRef cg_address(const struct cg_unit *u, const void *p); /* as a constant pointer */
LLVMValueRef cg_load(struct cg_func *f, LLVMTypeRef type, LLVMValueRef base, uint64_t offset);
void cg_store(struct cg_func *f, LLVMValueRef value, LLVMValueRef base, uint64_t offset);
LLVMBasicBlockRef cg_block(struct cg_func *f);
void cg_at(struct cg_func *f, LLVMBasicBlockRef block);
/* Stop when the condition (i1) holds; otherwise go on. */
void cg_trap_if(struct cg_func *f, LLVMValueRef condition, enum trap trap);
void cg_trap(struct cg_func *f, LLVMValueRef trap);
/* How many words values take; false when that is more than RT_MAX_WORDS, or some are floats. */
bool cg_words(struct cg_func *f, const wfx_valtype *types, uint32_t n, uint32_t *n_words);
const struct fact *cg_fact(struct cg_func *f);
/* After what may have switched out of sight. */
void cg_read_owner(struct cg_func *f);

/* ---- cg_control.c, cg_num.c, cg_call.c, cg_cont.c: instructions -------------------------- */

/* Open the function's own block. Translate in; is_mine cleared: it is not of this chapter. */
bool cg_open_func(struct cg_func *f, uint32_t n_results);
bool cg_control(struct cg_func *f, const struct inst *in, bool *is_mine);
bool cg_num(struct cg_func *f, const struct inst *in, bool *is_mine);
bool cg_call(struct cg_func *f, const struct inst *in, bool *is_mine);
bool cg_cont(struct cg_func *f, const struct inst *in, bool *is_mine);
/* Branch to a label with the newest words; what follows is dead. */
bool cg_branch(struct cg_func *f, uint32_t depth);
/* Return the newest n words, which stay. */
void cg_return(struct cg_func *f, uint32_t n);

#endif
