/* cg_unit.c: one instance from declarations to entries. */
#include "codegen/cg.h"

#include <stdio.h>
#include <string.h>

#define TEXT2(x) #x
#define TEXT(x) TEXT2(x)

/* Save where one record stands, go on where the other does: rt_layout.h. LLVM keeps what is
 * live in the frame, since everything counts as overwritten. The frame pointer does not: with a
 * frame pointer LLVM would ignore that without a word, so it is saved here. */
static const char switch_text[] =
    "leaq 1f(%rip), %r11\n\t"
    "movq %r11, " TEXT(RT_CONT_PC) "(%rax)\n\t"
    "movq %rsp, " TEXT(RT_CONT_SP) "(%rax)\n\t"
    "movq %rbp, " TEXT(RT_CONT_FP) "(%rax)\n\t"
    "movq " TEXT(RT_CONT_SP) "(%rcx), %rsp\n\t"
    "movq " TEXT(RT_CONT_FP) "(%rcx), %rbp\n\t"
    "jmpq *" TEXT(RT_CONT_PC) "(%rcx)\n"
    "1:";
static const char switch_constraints[] =
    "={rcx},={rdi},={r8},={rsi},={rdx},={r9},{rax},0,1,2,3,4,5,"
    "~{rax},~{rbx},~{r10},~{r11},~{r12},~{r13},~{r14},~{r15},"
    "~{xmm0},~{xmm1},~{xmm2},~{xmm3},~{xmm4},~{xmm5},~{xmm6},~{xmm7},"
    "~{xmm8},~{xmm9},~{xmm10},~{xmm11},~{xmm12},~{xmm13},~{xmm14},~{xmm15},"
    "~{memory},~{flags},~{dirflag},~{fpsr}";

/* ---- Errors ------------------------------------------------------------------------------ */

bool cg_unsupported(struct cg_func *f, const char *what) {
  struct diag_more more = {.origin = loc_none()};
  const char *op = wfx_op_text((wfx_op)f->in->op);
  more.func = f->u->m->funcs.data[f->id].decl.name.data;
  more.instruction = op;
  return wfx__fail_more(f->u->errs, WFX_UNSUPPORTED,
                        wfx__module_pos(f->u->m, f->body, f->in->pos), &more,
                        "unsupported in native code: %s", what ? what : op);
}

/* ---- Types and declarations -------------------------------------------------------------- */

static LLVMAttributeRef attribute(const struct cg_unit *u, const char *name) {
  return LLVMCreateEnumAttribute(u->lc, LLVMGetEnumAttributeKindForName(name, strlen(name)), 0);
}

static void add_attribute(const struct cg_unit *u, LLVMValueRef fn, const char *name) {
  LLVMAddAttributeAtIndex(fn, (LLVMAttributeIndex)LLVMAttributeFunctionIndex,
                          attribute(u, name));
}

static void make_types(struct cg_unit *u) {
  u->i1 = LLVMInt1TypeInContext(u->lc);
  u->i8 = LLVMInt8TypeInContext(u->lc);
  u->i32 = LLVMInt32TypeInContext(u->lc);
  u->i64 = LLVMInt64TypeInContext(u->lc);
  u->ptr = LLVMPointerTypeInContext(u->lc, 0);
  u->vector = LLVMVectorType(LLVMFloatTypeInContext(u->lc), 4);
  LLVMTypeRef results[RT_REG_WORDS + CG_N_RESULT_VECTORS];
  LLVMTypeRef params[1 + RT_REG_ARGS + CG_N_VECTORS] = {u->ptr};
  for (unsigned i = 0; i < RT_REG_WORDS + CG_N_RESULT_VECTORS; i++)
    results[i] = i < RT_REG_WORDS ? u->i64 : u->vector;
  for (unsigned i = 0; i < RT_REG_ARGS + CG_N_VECTORS; i++)
    params[1 + i] = i < RT_REG_ARGS ? u->i64 : u->vector;
  u->result =
      LLVMStructTypeInContext(u->lc, results, RT_REG_WORDS + CG_N_RESULT_VECTORS, false);
  u->fn = LLVMFunctionType(u->result, params, 1 + RT_REG_ARGS + CG_N_VECTORS, false);
}

static void make_switch(struct cg_unit *u) {
  LLVMTypeRef outs[CG_SW_COUNT] = {u->ptr, u->i64, u->ptr, u->i64, u->i64, u->i64};
  LLVMTypeRef ins[1 + CG_SW_COUNT] = {u->ptr};
  memcpy(ins + 1, outs, sizeof outs);
  u->sw_result = LLVMStructTypeInContext(u->lc, outs, CG_SW_COUNT, false);
  u->sw = LLVMFunctionType(u->sw_result, ins, 1 + CG_SW_COUNT, false);
  u->sw_asm = LLVMGetInlineAsm(u->sw, switch_text, sizeof switch_text - 1, switch_constraints,
                               sizeof switch_constraints - 1, true, false,
                               LLVMInlineAsmDialectATT, false);
  LLVMMetadataRef name = LLVMMDStringInContext2(u->lc, "rsp", 3);
  u->stack_pointer =
      LLVMMetadataAsValue(u->lc, LLVMMDNodeInContext2(u->lc, &name, 1));
}

static void declare_runtime(struct cg_unit *u) {
  LLVMTypeRef none = LLVMVoidTypeInContext(u->lc);
  LLVMTypeRef trap[] = {u->ptr, u->i64, u->i64, u->ptr};
  u->rt_types[CG_RT_start] = LLVMFunctionType(none, NULL, 0, false);
  u->rt_types[CG_RT_trap] = LLVMFunctionType(none, trap, 4, false);
  u->rt_types[CG_RT_more] = LLVMFunctionType(u->ptr, &u->ptr, 1, false);
#define WFXRT_CALL(id, about) \
  u->rt[CG_RT_##id] = LLVMAddFunction(u->lm, "wfxrt_" #id, u->rt_types[CG_RT_##id]);
#include "native/rt_abi.def"
#undef WFXRT_CALL
  add_attribute(u, u->rt[CG_RT_trap], "noreturn");
  add_attribute(u, u->rt[CG_RT_trap], "cold");
  add_attribute(u, u->rt[CG_RT_more], "cold");
}

static void func_name(const struct cg_unit *u, uint32_t id, char name[32]) {
  snprintf(name, 32, "wfx.%u.%u", u->serial, id);
}

static bool declare_funcs(struct cg_unit *u) {
  size_t n = u->m->funcs.n;
  u->funcs = wfx__alloc_zero(u->cg->ctx, n * sizeof *u->funcs);
  if (!u->funcs && n != 0) return wfx__fail_nomem(u->errs);
  for (uint32_t i = 0; i < n; i++) {
    if (u->m->funcs.data[i].decl.import != WFX_NO_ID) continue;
    char name[32];
    func_name(u, i, name);
    LLVMValueRef fn = u->funcs[i] = LLVMAddFunction(u->lm, name, u->fn);
    /* A captured stack holds all that is live: nothing below the stack pointer. */
    add_attribute(u, fn, "noredzone");
    add_attribute(u, fn, "nounwind");
    if (u->cg->options.keeps_frame_pointers)
      LLVMAddAttributeAtIndex(fn, (LLVMAttributeIndex)LLVMAttributeFunctionIndex,
                              LLVMCreateStringAttribute(u->lc, "frame-pointer", 13, "all", 3));
  }
  return true;
}

static bool translate(struct cg_unit *u) {
  make_types(u);
  make_switch(u);
  declare_runtime(u);
  TRY(declare_funcs(u));
  for (uint32_t i = 0; i < u->m->funcs.n; i++)
    if (u->funcs[i]) TRY(cg_func(u, i));
  return true;
}

/* ---- Compiling --------------------------------------------------------------------------- */

static bool verify(struct cg_unit *u) {
  char *text = NULL;
  bool is_ok = !LLVMVerifyModule(u->lm, LLVMReturnStatusAction, &text);
  if (!is_ok)
    wfx__fail(u->errs, WFX_UNSUPPORTED, loc_none(), "LLVM's verifier: %.300s", text);
  LLVMDisposeMessage(text);
  return is_ok;
}

static bool optimise(struct cg_unit *u) {
  if (u->cg->options.effort == WFX_NATIVE_QUICK) return true;
  LLVMPassBuilderOptionsRef options = LLVMCreatePassBuilderOptions();
  LLVMErrorRef error = LLVMRunPasses(u->lm,
                                     "function(sroa,early-cse<memssa>,"
                                     "instcombine<no-verify-fixpoint>,simplifycfg,"
                                     "loop-mssa(licm),gvn,dse,adce,simplifycfg)",
                                     u->cg->machine, options);
  LLVMDisposePassBuilderOptions(options);
  return !error || cg_fail(u->errs, error);
}

/* Functions without an entry stay so until all have one. */
static bool take_entries(struct cg_unit *u) {
  for (uint32_t i = 0; i < u->m->funcs.n; i++) {
    if (!u->funcs[i]) continue;
    char name[32];
    func_name(u, i, name);
    LLVMOrcExecutorAddress address;
    LLVMErrorRef error = LLVMOrcLLJITLookup(u->cg->jit, &address, name);
    if (error) return cg_fail(u->errs, error);
    uintptr_t entry = (uintptr_t)address;
    memcpy(&u->in->funcs[i]->entry, &entry, sizeof entry);
  }
  return true;
}

/* Hand the module to the JIT, which owns it from then on. */
static bool hand_over(struct cg_unit *u, LLVMOrcThreadSafeContextRef context) {
  LLVMOrcThreadSafeModuleRef module = LLVMOrcCreateNewThreadSafeModule(u->lm, context);
  u->lm = NULL;
  LLVMErrorRef error = LLVMOrcLLJITAddLLVMIRModule(
      u->cg->jit, LLVMOrcLLJITGetMainJITDylib(u->cg->jit), module);
  return (!error || cg_fail(u->errs, error)) && take_entries(u);
}

bool cg_compile_unit(void *ud, const struct native_unit *in, struct errs *errs) {
  struct cg *cg = ud;
  struct cg_unit u = {.cg = cg, .in = in, .m = in->module, .errs = errs};
  u.serial = cg->n_units++;
  LLVMOrcThreadSafeContextRef context = LLVMOrcCreateNewThreadSafeContext();
  u.lc = LLVMOrcThreadSafeContextGetContext(context);
  u.lm = LLVMModuleCreateWithNameInContext("wfx", u.lc);
  char *triple = LLVMGetTargetMachineTriple(cg->machine);
  LLVMTargetDataRef layout = LLVMCreateTargetDataLayout(cg->machine);
  LLVMSetTarget(u.lm, triple);
  LLVMSetModuleDataLayout(u.lm, layout);
  LLVMDisposeTargetData(layout);
  LLVMDisposeMessage(triple);
  bool is_ok = translate(&u) && verify(&u) && optimise(&u) && hand_over(&u, context);
  wfx__free(cg->ctx, u.funcs, u.m->funcs.n * sizeof *u.funcs);
  if (u.lm) LLVMDisposeModule(u.lm);
  LLVMOrcDisposeThreadSafeContext(context);
  return is_ok;
}
