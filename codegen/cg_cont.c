/* cg_cont.c: continuations: cont.new, suspend, resume. The switch itself is in cg_unit.c, what
 * it passes in rt_layout.h, the ends of a stack in runtime/native. */
#include "codegen/cg.h"

#include <assert.h>

/* ---- Switching --------------------------------------------------------------------------- */

/* Build a switch with the n newest words, which it takes off; those that go in no register lie
 * at offset of the slot at base. Gives what the switch back brings. */
static LLVMValueRef build_switch(struct cg_func *f, LLVMValueRef from, LLVMValueRef to,
                                 LLVMValueRef index, uint32_t n, LLVMValueRef base,
                                 uint64_t offset) {
  struct cg_unit *u = f->u;
  LLVMValueRef ins[1 + CG_SW_COUNT] = {from}, *passed = ins + 1;
  passed[CG_SW_TO] = to;
  passed[CG_SW_INDEX] = index;
  passed[CG_SW_CONT] = from;
  f->stack.n -= n;
  const LLVMValueRef *words = f->stack.data + f->stack.n;
  for (uint32_t i = 0; i < RT_REG_WORDS; i++)
    passed[CG_SW_WORDS + i] = i < n ? words[i] : LLVMGetPoison(u->i64);
  for (uint32_t i = RT_REG_WORDS; i < n; i++)
    cg_store(f, words[i], base, offset + i * sizeof(slot));
  LLVMValueRef outs = LLVMBuildCall2(f->b, u->sw, u->sw_asm, ins, 1 + CG_SW_COUNT, "");
  LLVMBuildStore(f->b, LLVMBuildExtractValue(f->b, outs, CG_SW_TO, ""), f->owner);
  return outs;
}

/* Push n words that a switch back brought. */
static bool push_switched(struct cg_func *f, LLVMValueRef outs, uint32_t n, LLVMValueRef base,
                          uint64_t offset) {
  for (uint32_t i = 0; i < n; i++)
    TRY(cg_push(f, i < RT_REG_WORDS
                       ? LLVMBuildExtractValue(f->b, outs, CG_SW_WORDS + i, "")
                       : cg_load(f, f->u->i64, base, offset + i * sizeof(slot))));
  return true;
}

static LLVMValueRef is_zero(struct cg_func *f, LLVMValueRef word) {
  return LLVMBuildICmp(f->b, LLVMIntEQ, word, LLVMConstNull(LLVMTypeOf(word)), "");
}

static LLVMValueRef owner(struct cg_func *f) {
  return LLVMBuildLoad2(f->b, f->u->ptr, f->owner, "");
}

/* Push the reference to a record that nobody has used. */
static bool push_ref(struct cg_func *f, LLVMValueRef k) {
  return cg_push(f, LLVMBuildPtrToInt(f->b, k, f->u->i64, "")) &&
         cg_push(f, cg_load(f, f->u->i64, k, RT_CONT_REVISION));
}

/* ---- cont.new ---------------------------------------------------------------------------- */

/* A record from the pool, or from the runtime when that is empty. */
static LLVMValueRef take_record(struct cg_func *f) {
  struct cg_unit *u = f->u;
  LLVMValueRef run = cg_load(f, u->ptr, f->slot, RT_SLOT_RUN);
  LLVMValueRef pooled = cg_load(f, u->ptr, run, RT_RUN_FREE);
  LLVMBasicBlockRef has = cg_block(f), none = cg_block(f), no_more = cg_block(f),
                    on = cg_block(f);
  LLVMBuildCondBr(f->b, is_zero(f, pooled), none, has);
  cg_at(f, none);
  LLVMValueRef more =
      LLVMBuildCall2(f->b, u->rt_types[CG_RT_more], u->rt[CG_RT_more], &f->slot, 1, "");
  LLVMBuildCondBr(f->b, is_zero(f, more), no_more, on);
  cg_at(f, no_more);
  cg_trap(f, cg_load(f, u->i64, f->slot, RT_SLOT_RET));
  cg_at(f, has);
  cg_store(f, cg_load(f, u->ptr, pooled, RT_CONT_LINK), run, RT_RUN_FREE);
  LLVMBuildBr(f->b, on);
  cg_at(f, on);
  LLVMValueRef k = LLVMBuildPhi(f->b, u->ptr, "");
  LLVMValueRef values[] = {more, pooled};
  LLVMBasicBlockRef blocks[] = {none, has};
  LLVMAddIncoming(k, values, blocks, 2);
  return k;
}

static bool do_cont_new(struct cg_func *f) {
  struct cg_unit *u = f->u;
  LLVMValueRef word = cg_pop(f);
  cg_trap_if(f, is_zero(f, word), TRAP_NULL_FUNC);
  LLVMValueRef func = LLVMBuildIntToPtr(f->b, word, u->ptr, "");
  cg_trap_if(f, is_zero(f, cg_load(f, u->ptr, func, RT_FUNC_ENTRY)), TRAP_NO_CODE);
  LLVMValueRef k = take_record(f);
  LLVMValueRef stack = cg_load(f, u->ptr, k, RT_CONT_SLOT);
  cg_store(f, func, k, RT_CONT_FUNC);
  cg_store(f, k, k, RT_CONT_OUTER);
  cg_store(f, cg_load(f, u->ptr, stack, RT_SLOT_TOP), k, RT_CONT_SP);
  cg_store(f, u->rt[CG_RT_start], k, RT_CONT_PC);
  return push_ref(f, k);
}

/* ---- suspend ----------------------------------------------------------------------------- */

/* Where a search for a tag ended: the record resumed under it, and the number of the clause. */
struct found {
  LLVMValueRef outer, clause;
};

/* Walk outwards from the running record. */
static struct found find_clause(struct cg_func *f, LLVMValueRef first, LLVMValueRef tag) {
  struct cg_unit *u = f->u;
  LLVMBasicBlockRef here = LLVMGetInsertBlock(f->b), record = cg_block(f), clause = cg_block(f),
                    no_match = cg_block(f), next_clause = cg_block(f), next = cg_block(f),
                    none = cg_block(f), hit = cg_block(f);
  LLVMBuildBr(f->b, record);
  cg_at(f, record);
  LLVMValueRef k = LLVMBuildPhi(f->b, u->ptr, "");
  LLVMValueRef table = cg_load(f, u->ptr, k, RT_CONT_HANDLERS);
  LLVMBuildCondBr(f->b, is_zero(f, table), none, clause);
  cg_at(f, clause);
  LLVMValueRef i = LLVMBuildPhi(f->b, u->i64, "");
  LLVMValueRef entry = LLVMBuildLoad2(
      f->b, u->ptr, LLVMBuildGEP2(f->b, u->ptr, table, &i, 1, ""), "");
  LLVMValueRef number = LLVMBuildAdd(f->b, i, cg_const(u, 1), "");
  LLVMBuildCondBr(f->b, LLVMBuildICmp(f->b, LLVMIntEQ, entry, tag, ""), hit, no_match);
  cg_at(f, no_match);
  LLVMBuildCondBr(f->b, is_zero(f, entry), next, next_clause);
  cg_at(f, next_clause);
  LLVMBuildBr(f->b, clause);
  cg_at(f, next);
  LLVMValueRef parent = cg_load(f, u->ptr, k, RT_CONT_PARENT);
  LLVMBuildBr(f->b, record);
  LLVMAddIncoming(k, (LLVMValueRef[]){first, parent}, (LLVMBasicBlockRef[]){here, next}, 2);
  LLVMAddIncoming(i, (LLVMValueRef[]){cg_const(u, 0), number},
                  (LLVMBasicBlockRef[]){record, next_clause}, 2);
  cg_at(f, none);
  cg_trap(f, cg_const(u, TRAP_UNHANDLED_TAG));
  cg_at(f, hit);
  return (struct found){k, number};
}

static bool do_suspend(struct cg_func *f, const struct inst *in) {
  struct cg_unit *u = f->u;
  uint32_t id = imm_lo(in), n_params, n_results;
  const struct type *t = type_at(&u->m->types, u->m->tags.data[id].type);
  TRY(cg_words(f, t->vals, t->n_params, &n_params));
  TRY(cg_words(f, type_results(t), t->n_results, &n_results));
  LLVMValueRef k = owner(f);
  struct found found = find_clause(f, k, cg_address(u, u->in->tags[id]));
  cg_store(f, found.outer, k, RT_CONT_OUTER);
  LLVMValueRef to = cg_load(f, u->ptr, found.outer, RT_CONT_PARENT);
  LLVMValueRef outs = build_switch(f, k, to, found.clause, n_params, f->slot, RT_SLOT_RET);
  return push_switched(f, outs, n_results, f->slot, RT_SLOT_ARGS);
}

/* ---- resume ------------------------------------------------------------------------------ */

/* The table of tags of one resume. */
static bool clause_table(struct cg_func *f, const struct imm_clauses *r, LLVMValueRef *out) {
  struct cg_unit *u = f->u;
  LLVMValueRef *tags = wfx__alloc(u->cg->ctx, (r->n + (size_t)1) * sizeof *tags);
  if (!tags) return wfx__fail_nomem(u->errs);
  bool is_ok = true;
  for (uint32_t i = 0; i < r->n && is_ok; i++) {
    is_ok = r->clauses[3 * i] == CLAUSE_ON || cg_unsupported(f, "clauses other than on");
    if (is_ok) tags[i] = cg_address(u, u->in->tags[r->clauses[3 * i + 1]]);
  }
  if (is_ok) {
    tags[r->n] = LLVMConstNull(u->ptr);
    *out = LLVMAddGlobal(u->lm, LLVMArrayType2(u->ptr, r->n + (uint64_t)1), "");
    LLVMSetInitializer(*out, LLVMConstArray2(u->ptr, tags, r->n + (uint64_t)1));
    LLVMSetGlobalConstant(*out, true);
    LLVMSetLinkage(*out, LLVMPrivateLinkage);
  }
  wfx__free(u->cg->ctx, tags, (r->n + (size_t)1) * sizeof *tags);
  return is_ok;
}

/* A clause took over: payload and the rest of the continuation go to its label. */
static bool enter_clause(struct cg_func *f, LLVMValueRef outs, uint32_t tag, uint32_t depth) {
  struct cg_unit *u = f->u;
  const struct type *t = type_at(&u->m->types, u->m->tags.data[tag].type);
  size_t height = f->stack.n;
  uint32_t n_params;
  TRY(cg_words(f, t->vals, t->n_params, &n_params));
  LLVMValueRef k = LLVMBuildExtractValue(f->b, outs, CG_SW_CONT, "");
  LLVMValueRef stack = n_params > RT_REG_WORDS ? cg_load(f, u->ptr, k, RT_CONT_SLOT) : NULL;
  TRY(push_switched(f, outs, n_params, stack, RT_SLOT_RET) && push_ref(f, k));
  TRY(cg_branch(f, depth));
  f->is_dead = false;
  f->stack.n = height;
  return true;
}

/* After the switch back: to a clause, or on with the results. */
static bool come_back(struct cg_func *f, LLVMValueRef outs, const struct imm_clauses *r,
                      uint32_t n_results) {
  struct cg_unit *u = f->u;
  LLVMBasicBlockRef returned = cg_block(f);
  LLVMValueRef which =
      LLVMBuildSwitch(f->b, LLVMBuildExtractValue(f->b, outs, CG_SW_INDEX, ""), returned, r->n);
  for (uint32_t i = 0; i < r->n; i++) {
    LLVMBasicBlockRef clause = cg_block(f);
    LLVMAddCase(which, cg_const(u, i + (uint64_t)1), clause);
    cg_at(f, clause);
    TRY(enter_clause(f, outs, r->clauses[3 * i + 1], r->clauses[3 * i + 2]));
  }
  cg_at(f, returned);
  LLVMValueRef stack = NULL;
  if (n_results > RT_REG_WORDS)
    stack = cg_load(f, u->ptr, LLVMBuildExtractValue(f->b, outs, CG_SW_CONT, ""), RT_CONT_SLOT);
  return push_switched(f, outs, n_results, stack, RT_SLOT_RET);
}

static bool do_resume(struct cg_func *f, const struct inst *in) {
  struct cg_unit *u = f->u;
  struct imm_clauses r = imm_clauses(&f->body->code, in);
  const struct type *t =
      type_at(&u->m->types, type_at(&u->m->types, r.type)->target);
  uint32_t n_params, n_results;
  LLVMValueRef table;
  TRY(cg_words(f, t->vals, t->n_params, &n_params));
  TRY(cg_words(f, type_results(t), t->n_results, &n_results));
  TRY(clause_table(f, &r, &table));
  LLVMValueRef revision = cg_pop(f), word = cg_pop(f);
  cg_trap_if(f, is_zero(f, word), TRAP_NULL_CONT);
  LLVMValueRef k = LLVMBuildIntToPtr(f->b, word, u->ptr, "");
  LLVMValueRef now = cg_load(f, u->i64, k, RT_CONT_REVISION);
  cg_trap_if(f, LLVMBuildICmp(f->b, LLVMIntNE, now, revision, ""), TRAP_CONT_CONSUMED);
  cg_store(f, LLVMBuildAdd(f->b, revision, cg_const(u, 1), ""), k, RT_CONT_REVISION);
  LLVMValueRef current = owner(f), outer = cg_load(f, u->ptr, k, RT_CONT_OUTER);
  cg_store(f, current, outer, RT_CONT_PARENT);
  cg_store(f, table, outer, RT_CONT_HANDLERS);
  LLVMValueRef stack = n_params > RT_REG_WORDS ? cg_load(f, u->ptr, k, RT_CONT_SLOT) : NULL;
  LLVMValueRef outs =
      build_switch(f, current, k, cg_const(u, 0), n_params, stack, RT_SLOT_ARGS);
  return come_back(f, outs, &r, n_results);
}

bool cg_cont(struct cg_func *f, const struct inst *in, bool *is_mine) {
  switch (in->op) {
  case WFX_OP_cont_new: return do_cont_new(f);
  case WFX_OP_suspend: return do_suspend(f, in);
  case WFX_OP_resume: return do_resume(f, in);
  }
  *is_mine = false;
  return false;
}
