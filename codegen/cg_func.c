/* cg_func.c: one function: prologue, operands, the walk over its body. */
#include "codegen/cg.h"

#include <assert.h>
#include <string.h>

/* What an instruction can add to a frame beside the words it pushes: temporaries, spilled. */
enum { INST_FRAME_BYTES = 64, WORD_FRAME_BYTES = 16 };

/* ---- Operands and memory ----------------------------------------------------------------- */

bool cg_push(struct cg_func *f, LLVMValueRef word) {
  f->frame_bytes += WORD_FRAME_BYTES;
  return vec_push(f->u->errs, &f->stack, word);
}

LLVMValueRef cg_pop(struct cg_func *f) {
  assert(f->stack.n > 0);
  return f->stack.data[--f->stack.n];
}

LLVMValueRef cg_const(const struct cg_unit *u, uint64_t value) {
  return LLVMConstInt(u->i64, value, false);
}

LLVMValueRef cg_address(const struct cg_unit *u, const void *p) {
  return LLVMConstIntToPtr(cg_const(u, (uintptr_t)p), u->ptr);
}

static LLVMValueRef place(struct cg_func *f, LLVMValueRef base, uint64_t offset) {
  LLVMValueRef at = cg_const(f->u, offset);
  return offset == 0 ? base : LLVMBuildGEP2(f->b, f->u->i8, base, &at, 1, "");
}

LLVMValueRef cg_load(struct cg_func *f, LLVMTypeRef type, LLVMValueRef base, uint64_t offset) {
  return LLVMBuildLoad2(f->b, type, place(f, base, offset), "");
}

void cg_store(struct cg_func *f, LLVMValueRef value, LLVMValueRef base, uint64_t offset) {
  LLVMBuildStore(f->b, value, place(f, base, offset));
}

LLVMBasicBlockRef cg_block(struct cg_func *f) {
  return LLVMAppendBasicBlockInContext(f->u->lc, f->fn, "");
}

void cg_at(struct cg_func *f, LLVMBasicBlockRef block) {
  LLVMPositionBuilderAtEnd(f->b, block);
}

void cg_trap(struct cg_func *f, LLVMValueRef trap) {
  struct cg_unit *u = f->u;
  LLVMValueRef args[] = {f->slot, trap, cg_const(u, f->in->pos), cg_address(u, f->obj)};
  LLVMBuildCall2(f->b, u->rt_types[CG_RT_trap], u->rt[CG_RT_trap], args, 4, "");
  LLVMBuildUnreachable(f->b);
}

void cg_trap_if(struct cg_func *f, LLVMValueRef condition, enum trap trap) {
  LLVMBasicBlockRef trapped = cg_block(f), on = cg_block(f);
  LLVMBuildCondBr(f->b, condition, trapped, on);
  cg_at(f, trapped);
  cg_trap(f, cg_const(f->u, (uint64_t)trap));
  cg_at(f, on);
}

bool cg_words(struct cg_func *f, const wfx_valtype *types, uint32_t n, uint32_t *n_words) {
  *n_words = 0;
  for (uint32_t i = 0; i < n; i++) {
    wfx_valtype t = wfx_valtype_strip(types[i]);
    if (t == WFX_F32 || t == WFX_F64 || t == WFX_V128)
      return cg_unsupported(f, "floats and vectors as parameters and results");
    *n_words += wfx__val_slots(&f->u->m->types, t);
  }
  return *n_words <= RT_MAX_WORDS || cg_unsupported(f, "so many parameters or results");
}

const struct fact *cg_fact(struct cg_func *f) {
  while (f->body->facts[f->next_fact].inst < f->at) f->next_fact++;
  assert(f->body->facts[f->next_fact].inst == f->at);
  return &f->body->facts[f->next_fact];
}

/* ---- The prologue ------------------------------------------------------------------------ */

static bool number_locals(struct cg_func *f) {
  const struct types *ts = &f->u->m->types;
  const wfx_ctx *ctx = f->u->cg->ctx;
  uint32_t local = 0, word = 0;
  f->n_locals = f->type->n_params + f->body->n_locals;
  f->local_words = wfx__alloc(ctx, (f->n_locals + 1) * sizeof *f->local_words);
  if (!f->local_words) return wfx__fail_nomem(f->u->errs);
  for (uint32_t i = 0; i < f->type->n_params; i++) {
    f->local_words[local++] = word;
    word += wfx__val_slots(ts, f->type->vals[i]);
  }
  for (size_t r = 0; r < f->body->runs.n; r++)
    for (uint32_t i = 0; i < f->body->runs.data[r].n; i++) {
      f->local_words[local++] = word;
      word += wfx__val_slots(ts, f->body->runs.data[r].type);
    }
  f->local_words[local] = word;
  f->frame_bytes += (uint64_t)word * WORD_FRAME_BYTES;
  f->locals = wfx__alloc(ctx, (word + 1) * sizeof *f->locals);
  return f->locals != NULL || wfx__fail_nomem(f->u->errs);
}

void cg_read_owner(struct cg_func *f) {
  LLVMBuildStore(f->b, cg_load(f, f->u->ptr, f->slot, RT_SLOT_OWNER), f->owner);
}

/* All words of locals lie in memory here; the first pass brings them to registers. */
static void make_locals(struct cg_func *f, uint32_t n_param_words) {
  uint32_t n = f->local_words[f->n_locals];
  f->owner = LLVMBuildAlloca(f->b, f->u->ptr, "");
  for (uint32_t i = 0; i < n; i++) f->locals[i] = LLVMBuildAlloca(f->b, f->u->i64, "");
  for (uint32_t i = 0; i < n; i++) {
    LLVMValueRef value = cg_const(f->u, 0);
    if (i < n_param_words)
      value = i < RT_REG_ARGS
                  ? LLVMGetParam(f->fn, 1 + i)
                  : cg_load(f, f->u->i64, f->slot, RT_SLOT_ARGS + i * sizeof(slot));
    LLVMBuildStore(f->b, value, f->locals[i]);
  }
  cg_read_owner(f);
}

/* The frame has been made when this runs: a stack has room for one more below its limit. */
static void check_stack(struct cg_func *f) {
  struct cg_unit *u = f->u;
  unsigned id = LLVMLookupIntrinsicID("llvm.read_register", 18);
  LLVMValueRef read = LLVMGetIntrinsicDeclaration(u->lm, id, &u->i64, 1);
  LLVMValueRef sp = LLVMBuildCall2(f->b, LLVMIntrinsicGetType(u->lc, id, &u->i64, 1), read,
                                   &u->stack_pointer, 1, "");
  LLVMValueRef limit = cg_load(f, u->i64, f->slot, RT_SLOT_LIMIT);
  cg_trap_if(f, LLVMBuildICmp(f->b, LLVMIntULT, sp, limit, ""), TRAP_STACK);
}

/* ---- The body ---------------------------------------------------------------------------- */

static bool step(struct cg_func *f, const struct inst *in) {
  static bool (*const chapters[])(struct cg_func *, const struct inst *, bool *) = {
      cg_control, cg_num, cg_call, cg_cont};
  f->frame_bytes += INST_FRAME_BYTES;
  if (f->frame_bytes > RT_MAX_FRAME_BYTES) return cg_unsupported(f, "so large a function");
  for (size_t i = 0; i < sizeof chapters / sizeof *chapters; i++) {
    bool is_mine = true, is_ok = chapters[i](f, in, &is_mine);
    if (is_mine) return is_ok;
  }
  return cg_unsupported(f, NULL);
}

/* Where the innermost block goes on: its else, or its end. */
static uint32_t next_alive(const struct cg_func *f) {
  const struct cg_ctl *c = &vec_last(&f->ctls);
  return c->op == WFX_OP_if && c->other != WFX_NO_ID ? c->other : c->end;
}

static bool walk_body(struct cg_func *f) {
  const struct code *code = &f->body->code;
  f->in = code->insts.data;
  uint32_t n_params, n_results;
  TRY(cg_words(f, f->type->vals, f->type->n_params, &n_params));
  TRY(cg_words(f, type_results(f->type), f->type->n_results, &n_results));
  TRY(number_locals(f));
  if (f->frame_bytes > RT_MAX_FRAME_BYTES) return cg_unsupported(f, "so many locals");
  cg_at(f, cg_block(f));
  make_locals(f, n_params);
  check_stack(f);
  TRY(cg_open_func(f, n_results));
  while (f->ctls.n != 0) {
    f->in = &code->insts.data[f->at];
    TRY(step(f, f->in));
    if (f->ctls.n == 0) break;
    f->at = f->is_dead ? next_alive(f) : f->at + 1;
  }
  return true;
}

static void free_state(struct cg_func *f) {
  const wfx_ctx *ctx = f->u->cg->ctx;
  if (f->locals)
    wfx__free(ctx, f->locals, (f->local_words[f->n_locals] + 1u) * sizeof *f->locals);
  wfx__free(ctx, f->local_words, (f->n_locals + 1u) * sizeof *f->local_words);
  vec_free(ctx, &f->stack);
  vec_free(ctx, &f->saved);
  vec_free(ctx, &f->ctls);
  LLVMDisposeBuilder(f->b);
}

bool cg_func(struct cg_unit *u, uint32_t id) {
  struct body *body = wfx__module_body(u->m, id);
  if (!body || !wfx__valid_facts(u->m, id))
    return body ? wfx__fail_copy(u->errs, &body->errs) : wfx__fail_nomem(u->errs);
  struct cg_func f = {.u = u, .id = id, .obj = u->in->funcs[id], .body = body};
  f.type = type_at(&u->m->types, u->m->funcs.data[id].type);
  f.b = LLVMCreateBuilderInContext(u->lc);
  f.fn = u->funcs[id];
  f.slot = LLVMGetParam(f.fn, 0);
  /* So that pointers to nothing are pointers all the same. */
  bool is_ok = vec_reserve(u->errs, &f.stack, 1) && vec_reserve(u->errs, &f.saved, 1) &&
               walk_body(&f);
  free_state(&f);
  return is_ok;
}
