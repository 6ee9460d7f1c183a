/* cg_call.c: calls, returns, and how words travel: rt_layout.h. */
#include "codegen/cg.h"

#include <assert.h>

/* Push n result words, the first of them in an aggregate, the others at base. */
static bool push_results(struct cg_func *f, LLVMValueRef from, uint32_t n) {
  for (uint32_t i = 0; i < n; i++)
    TRY(cg_push(f, i < RT_REG_WORDS
                       ? LLVMBuildExtractValue(f->b, from, i, "")
                       : cg_load(f, f->u->i64, f->slot, RT_SLOT_RET + i * sizeof(slot))));
  return true;
}

void cg_return(struct cg_func *f, uint32_t n) {
  LLVMValueRef result = LLVMGetPoison(f->u->result);
  const LLVMValueRef *from = f->stack.data + f->stack.n - n;
  for (uint32_t i = 0; i < n; i++)
    if (i < RT_REG_WORDS) result = LLVMBuildInsertValue(f->b, result, from[i], i, "");
    else cg_store(f, from[i], f->slot, RT_SLOT_RET + i * sizeof(slot));
  LLVMBuildRet(f->b, result);
}

/* Take n words off and call with them. */
static LLVMValueRef build_call(struct cg_func *f, LLVMValueRef callee, uint32_t n) {
  struct cg_unit *u = f->u;
  LLVMValueRef args[1 + RT_REG_ARGS + CG_N_VECTORS] = {f->slot};
  f->stack.n -= n;
  const LLVMValueRef *from = f->stack.data + f->stack.n;
  for (uint32_t i = 0; i < RT_REG_ARGS; i++)
    args[1 + i] = i < n ? from[i] : LLVMGetPoison(u->i64);
  for (uint32_t i = RT_REG_ARGS; i < n; i++)
    cg_store(f, from[i], f->slot, RT_SLOT_ARGS + i * sizeof(slot));
  for (uint32_t i = 0; i < CG_N_VECTORS; i++)
    args[1 + RT_REG_ARGS + i] = LLVMGetPoison(u->vector);
  return LLVMBuildCall2(f->b, u->fn, callee, args, 1 + RT_REG_ARGS + CG_N_VECTORS, "");
}

static bool do_call(struct cg_func *f, const struct inst *in) {
  struct cg_unit *u = f->u;
  uint32_t id = imm_lo(in), n_params, n_results;
  const struct type *t = type_at(&u->m->types, u->m->funcs.data[id].type);
  TRY(cg_words(f, t->vals, t->n_params, &n_params));
  TRY(cg_words(f, type_results(t), t->n_results, &n_results));
  LLVMValueRef callee = u->funcs[id];
  if (!callee) {
    const void *entry = u->in->funcs[id]->entry;
    if (!entry) return cg_unsupported(f, "calls of host functions");
    callee = cg_address(u, entry);
  }
  LLVMValueRef result = build_call(f, callee, n_params);
  if (in->op == WFX_OP_call) {
    cg_read_owner(f);
    return push_results(f, result, n_results);
  }
  LLVMSetTailCallKind(result, LLVMTailCallKindMustTail);
  LLVMBuildRet(f->b, result);
  f->is_dead = true;
  return true;
}

bool cg_call(struct cg_func *f, const struct inst *in, bool *is_mine) {
  switch (in->op) {
  case WFX_OP_call: case WFX_OP_return_call: return do_call(f, in);
  }
  *is_mine = false;
  return false;
}
