/* cg_control.c: blocks and branches. Spec: Execution, Instructions, Control Instructions.
 *
 * A label is a basic block that begins with a phi for each word that branches bring. Dead code
 * is never translated: the walk goes on at the next else or end, which facts name. */
#include "codegen/cg.h"

#include <assert.h>

/* ---- Labels ------------------------------------------------------------------------------ */

static LLVMBasicBlockRef new_label(struct cg_func *f, uint32_t n_words) {
  LLVMBasicBlockRef here = LLVMGetInsertBlock(f->b), label = cg_block(f);
  cg_at(f, label);
  for (uint32_t i = 0; i < n_words; i++) LLVMBuildPhi(f->b, f->u->i64, "");
  cg_at(f, here);
  return label;
}

/* Go to a label from here with the words at from. */
static void go(struct cg_func *f, struct cg_ctl *c, const LLVMValueRef *from) {
  LLVMBasicBlockRef here = LLVMGetInsertBlock(f->b);
  LLVMValueRef phi = LLVMGetFirstInstruction(c->label);
  for (uint32_t i = 0; i < c->n_label; i++, phi = LLVMGetNextInstruction(phi)) {
    LLVMValueRef value = from[i];
    LLVMAddIncoming(phi, &value, &here, 1);
  }
  LLVMBuildBr(f->b, c->label);
  f->frame_bytes += (uint64_t)c->n_label * sizeof(slot);
  c->is_reached = true;
}

static void go_with_top(struct cg_func *f, struct cg_ctl *c) {
  assert(f->stack.n >= c->n_label);
  go(f, c, f->stack.data + f->stack.n - c->n_label);
}

static struct cg_ctl *ctl_at(struct cg_func *f, uint32_t depth) {
  assert(depth < f->ctls.n);
  return &f->ctls.data[f->ctls.n - 1 - depth];
}

bool cg_branch(struct cg_func *f, uint32_t depth) {
  go_with_top(f, ctl_at(f, depth));
  f->is_dead = true;
  return true;
}

/* Push what a label's phis give. */
static bool push_phis(struct cg_func *f, const struct cg_ctl *c) {
  LLVMValueRef phi = LLVMGetFirstInstruction(c->label);
  for (uint32_t i = 0; i < c->n_label; i++, phi = LLVMGetNextInstruction(phi))
    TRY(cg_push(f, phi));
  return true;
}

/* ---- Blocks ------------------------------------------------------------------------------ */

static LLVMValueRef pop_condition(struct cg_func *f) {
  return LLVMBuildICmp(f->b, LLVMIntNE, cg_pop(f), cg_const(f->u, 0), "");
}

static bool save_params(struct cg_func *f, const struct cg_ctl *c) {
  for (uint32_t i = 0; i < c->n_params; i++)
    TRY(vec_push(f->u->errs, &f->saved, f->stack.data[c->height + i]));
  return true;
}

static bool open_block(struct cg_func *f, const struct inst *in) {
  const struct fact *fact = cg_fact(f);
  wfx_valtype one;
  struct block_types t = block_types(&f->u->m->types, imm_block(&f->body->code, in), &one);
  struct cg_ctl c = {.op = in->op, .end = fact->end, .other = fact->other,
                     .height = fact->height, .first_saved = (uint32_t)f->saved.n};
  TRY(cg_words(f, t.params, t.n_params, &c.n_params));
  TRY(cg_words(f, t.results, t.n_results, &c.n_results));
  LLVMValueRef condition = in->op == WFX_OP_if ? pop_condition(f) : NULL;
  assert(f->stack.n == c.height + c.n_params);
  c.n_label = in->op == WFX_OP_loop ? c.n_params : c.n_results;
  c.label = new_label(f, c.n_label);
  if (in->op == WFX_OP_loop) {
    go_with_top(f, &c);
    cg_at(f, c.label);
    f->stack.n = c.height;
    TRY(push_phis(f, &c));
  } else if (in->op == WFX_OP_if) {
    TRY(save_params(f, &c));
    LLVMBasicBlockRef then = cg_block(f);
    c.without = cg_block(f);
    LLVMBuildCondBr(f->b, condition, then, c.without);
    cg_at(f, then);
  }
  return vec_push(f->u->errs, &f->ctls, c);
}

bool cg_open_func(struct cg_func *f, uint32_t n_results) {
  struct cg_ctl c = {.op = WFX_OP_end, .end = (uint32_t)f->body->code.insts.n - 1,
                     .other = WFX_NO_ID, .n_results = n_results, .n_label = n_results};
  c.label = new_label(f, n_results);
  return vec_push(f->u->errs, &f->ctls, c);
}

static bool do_else(struct cg_func *f) {
  struct cg_ctl *c = &vec_last(&f->ctls);
  if (!f->is_dead) go_with_top(f, c);
  f->is_dead = false;
  c->op = WFX_OP_else;
  cg_at(f, c->without);
  f->stack.n = c->height;
  for (uint32_t i = 0; i < c->n_params; i++)
    TRY(cg_push(f, f->saved.data[c->first_saved + i]));
  f->saved.n = c->first_saved;
  return true;
}

static bool do_end(struct cg_func *f) {
  struct cg_ctl c = vec_last(&f->ctls);
  if (c.op == WFX_OP_loop) {
    f->ctls.n--;
    return true;
  }
  if (!f->is_dead) go_with_top(f, &c);
  if (c.op == WFX_OP_if) {
    cg_at(f, c.without);
    go(f, &c, f->saved.data + c.first_saved);
    f->saved.n = c.first_saved;
  }
  f->ctls.n--;
  f->stack.n = c.height;
  f->is_dead = !c.is_reached;
  if (f->is_dead) {
    LLVMDeleteBasicBlock(c.label);
    return true;
  }
  cg_at(f, c.label);
  TRY(push_phis(f, &c));
  if (f->ctls.n == 0) cg_return(f, c.n_results);
  return true;
}

/* ---- Branches ---------------------------------------------------------------------------- */

static bool do_br_if(struct cg_func *f, const struct inst *in) {
  LLVMValueRef condition = pop_condition(f);
  LLVMBasicBlockRef taken = cg_block(f), on = cg_block(f);
  LLVMBuildCondBr(f->b, condition, taken, on);
  cg_at(f, taken);
  go_with_top(f, ctl_at(f, imm_lo(in)));
  cg_at(f, on);
  return true;
}

/* A block that goes to a label, one for each label of a table. */
static LLVMBasicBlockRef table_block(struct cg_func *f, uint32_t depth) {
  struct cg_ctl *c = ctl_at(f, depth);
  if (c->table == f->n_tables) return c->table_block;
  LLVMBasicBlockRef here = LLVMGetInsertBlock(f->b);
  c->table = f->n_tables;
  c->table_block = cg_block(f);
  cg_at(f, c->table_block);
  go_with_top(f, c);
  cg_at(f, here);
  return c->table_block;
}

static bool do_br_table(struct cg_func *f, const struct inst *in) {
  const uint32_t *p = imm_pool(&f->body->code, in), n = p[0];
  LLVMValueRef index = cg_pop(f);
  f->n_tables++;
  LLVMBasicBlockRef other = table_block(f, p[1 + n]);
  LLVMValueRef table = LLVMBuildSwitch(f->b, index, other, n);
  LLVMBasicBlockRef here = LLVMGetInsertBlock(f->b);
  for (uint32_t i = 0; i < n; i++) {
    LLVMBasicBlockRef to = table_block(f, p[1 + i]);
    if (to != other) LLVMAddCase(table, cg_const(f->u, i), to);
  }
  cg_at(f, here);
  f->is_dead = true;
  return true;
}

/* ---- Choices ----------------------------------------------------------------------------- */

static uint32_t fact_words(struct cg_func *f) {
  return wfx__val_slots(&f->u->m->types, cg_fact(f)->type);
}

static bool do_select(struct cg_func *f) {
  uint32_t n = fact_words(f);
  LLVMValueRef condition = pop_condition(f);
  f->stack.n -= n;
  LLVMValueRef *a = f->stack.data + f->stack.n - n, *b = f->stack.data + f->stack.n;
  for (uint32_t i = 0; i < n; i++) a[i] = LLVMBuildSelect(f->b, condition, a[i], b[i], "");
  return true;
}

static bool do_unreachable(struct cg_func *f) {
  cg_trap(f, cg_const(f->u, TRAP_UNREACHABLE));
  f->is_dead = true;
  return true;
}

bool cg_control(struct cg_func *f, const struct inst *in, bool *is_mine) {
  switch (in->op) {
  case WFX_OP_nop: return true;
  case WFX_OP_unreachable: return do_unreachable(f);
  case WFX_OP_block: case WFX_OP_loop: case WFX_OP_if: return open_block(f, in);
  case WFX_OP_else: return do_else(f);
  case WFX_OP_end: return do_end(f);
  case WFX_OP_br: return cg_branch(f, imm_lo(in));
  case WFX_OP_br_if: return do_br_if(f, in);
  case WFX_OP_br_table: return do_br_table(f, in);
  case WFX_OP_return: return cg_branch(f, (uint32_t)f->ctls.n - 1);
  case WFX_OP_drop: f->stack.n -= fact_words(f); return true;
  case WFX_OP_select: case WFX_OP_select_t: return do_select(f);
  }
  *is_mine = false;
  return false;
}
