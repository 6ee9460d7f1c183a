/* cg_llvm.c: the generator as the runtime sees it: LLVM's targets, its JIT, the symbols of the
 * runtime. */
#include "codegen/cg.h"

#include <string.h>

static bool fail_llvm(struct errs *errs, const char *text) {
  return wfx__fail(errs, WFX_UNSUPPORTED, loc_none(), "LLVM: %.300s", text);
}

bool cg_fail(struct errs *errs, LLVMErrorRef error) {
  char *text = LLVMGetErrorMessage(error);
  fail_llvm(errs, text);
  LLVMDisposeErrorMessage(text);
  return false;
}

static LLVMTargetMachineRef new_machine(const struct cg *cg, struct errs *errs) {
  char *triple = LLVMGetDefaultTargetTriple(), *text = NULL;
  LLVMTargetRef target;
  LLVMTargetMachineRef machine = NULL;
  if (LLVMGetTargetFromTriple(triple, &target, &text)) fail_llvm(errs, text);
  else
    /* The plain architecture: the switch names the registers of no extension. */
    machine = LLVMCreateTargetMachine(
        target, triple, "x86-64", "",
        cg->options.effort == WFX_NATIVE_QUICK ? LLVMCodeGenLevelNone : LLVMCodeGenLevelDefault,
        LLVMRelocPIC, LLVMCodeModelSmall);
  if (!machine) fail_llvm(errs, "no machine of this target");
  LLVMDisposeMessage(triple);
  if (text) LLVMDisposeMessage(text);
  return machine;
}

/* Tell the JIT where the functions of rt_abi.def are. */
static bool define_runtime(struct cg *cg, struct errs *errs) {
  LLVMOrcCSymbolMapPair pairs[CG_RT_COUNT];
#define WFXRT_CALL(id, about)                                                   \
  pairs[CG_RT_##id].Name = LLVMOrcLLJITMangleAndIntern(cg->jit, "wfxrt_" #id);  \
  pairs[CG_RT_##id].Sym.Address = (uintptr_t)wfxrt_##id;                        \
  pairs[CG_RT_##id].Sym.Flags.GenericFlags = LLVMJITSymbolGenericFlagsExported | \
                                             LLVMJITSymbolGenericFlagsCallable; \
  pairs[CG_RT_##id].Sym.Flags.TargetFlags = 0;
#include "native/rt_abi.def"
#undef WFXRT_CALL
  LLVMErrorRef error = LLVMOrcJITDylibDefine(LLVMOrcLLJITGetMainJITDylib(cg->jit),
                                             LLVMOrcAbsoluteSymbols(pairs, CG_RT_COUNT));
  return !error || cg_fail(errs, error);
}

static bool open_jit(struct cg *cg, struct errs *errs) {
  cg->machine = new_machine(cg, errs);
  LLVMTargetMachineRef machine = cg->machine ? new_machine(cg, errs) : NULL;
  if (!machine) return false;
  LLVMOrcLLJITBuilderRef builder = LLVMOrcCreateLLJITBuilder();
  LLVMOrcLLJITBuilderSetJITTargetMachineBuilder(
      builder, LLVMOrcJITTargetMachineBuilderCreateFromTargetMachine(machine));
  LLVMErrorRef error = LLVMOrcCreateLLJIT(&cg->jit, builder);
  if (error) {
    cg->jit = NULL;
    return cg_fail(errs, error);
  }
  return define_runtime(cg, errs);
}

static void close_cg(void *ud) {
  struct cg *cg = ud;
  /* An error while code is freed leaves nothing to be done about it. */
  LLVMErrorRef error = cg->jit ? LLVMOrcDisposeLLJIT(cg->jit) : NULL;
  if (error) LLVMConsumeError(error);
  if (cg->machine) LLVMDisposeTargetMachine(cg->machine);
  wfx__free(cg->ctx, cg, sizeof *cg);
}

static void *open_cg(const wfx_ctx *ctx, const wfx_native_options *options, struct errs *errs) {
  struct cg *cg = wfx__alloc_zero(ctx, sizeof *cg);
  if (!cg) {
    wfx__fail_nomem(errs);
    return NULL;
  }
  cg->ctx = ctx;
  cg->options = *options;
  if (open_jit(cg, errs)) return cg;
  close_cg(cg);
  return NULL;
}

static const struct native_codegen codegen = {open_cg, close_cg, cg_compile_unit};
static const wfx_native native = {&wfxrt_runner, &codegen};

const wfx_native *wfx_native_llvm(void) {
#if defined(__x86_64__) && defined(__ELF__)
  return LLVMInitializeNativeTarget() || LLVMInitializeNativeAsmPrinter() ||
                 LLVMInitializeNativeAsmParser()
             ? NULL
             : &native;
#else
  return NULL;
#endif
}
