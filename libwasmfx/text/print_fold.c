/* print_fold.c: folded instructions.
 *
 * Code is read in order. An instruction takes as children as many of the values before it as it
 * has operands and there are; one that makes a value waits for a taker, and is written as a
 * line of its own when none comes before the next control instruction. Whatever is folded, the
 * order of the instructions stays, so that wrong guesses (in unreachable or invalid code) do no
 * harm.
 * Spec: Text Format, Instructions, Folded Instructions. */
#include "text/print.h"

/* A folded instruction: children are kids[first_kid, first_kid + n_kids). */
struct node {
  uint32_t inst;
  uint32_t first_kid, n_kids;
  uint32_t depth; /* 1 with no children */
};

/* Deeper trees are not built, so that functions over them may recurse. */
enum { DEPTH_MAX = 40 };

struct fold {
  struct printer *p;
  VEC(struct node) nodes;
  vec_u32 kids;
  vec_u32 waiting; /* nodes that made a value, bottom to top */
  vec_u8 blocks;   /* enum opened, a byte a block */
};

enum opened { OPENED_BLOCK, OPENED_THEN, OPENED_ELSE };

static void free_fold(struct fold *f) {
  const wfx_ctx *ctx = f->p->m->ctx;
  vec_free(ctx, &f->nodes);
  vec_free(ctx, &f->kids);
  vec_free(ctx, &f->waiting);
  vec_free(ctx, &f->blocks);
}

/* ---- How many operands and results ------------------------------------------------------- */

/* MANY: not known, or not to be folded. */
static const uint32_t MANY = UINT32_MAX;
struct arity {
  uint32_t n_in, n_out;
};

static struct arity func_arity(const struct printer *p, uint32_t type, uint32_t more) {
  const struct type *t = wfx__print_type(p, type);
  if (!t || t->kind != WFX_TYPE_FUNC) return (struct arity){0, MANY};
  return (struct arity){t->n_params + more, t->n_results};
}

/* Of the function type that a continuation or tag type is about. */
static struct arity target_arity(const struct printer *p, uint32_t type, uint32_t more) {
  const struct type *t = wfx__print_type(p, type);
  if (!t || (t->kind != WFX_TYPE_CONT && t->kind != WFX_TYPE_TAG))
    return (struct arity){0, MANY};
  return func_arity(p, t->target, more);
}

static uint32_t tag_func_type(const struct printer *p, uint32_t tag) {
  return tag < p->m->tags.n ? p->m->tags.data[tag].type : WFX_NO_ID;
}

/* Operands of a resume below the continuation that come from its clauses. */
static uint32_t n_ref_clauses(struct imm_clauses c) {
  uint32_t n = 0;
  for (uint32_t i = 0; i < c.n; i++) n += c.clauses[3 * (size_t)i] == CLAUSE_ON_REF;
  return n;
}

static uint32_t n_fields(const struct printer *p, uint32_t type) {
  const struct type *t = wfx__print_type(p, type);
  return t && t->kind == WFX_TYPE_STRUCT ? t->n_fields : 0;
}

static struct arity resume_arity(const struct printer *p, const struct inst *in) {
  struct imm_clauses c = imm_clauses(p->code, in);
  struct arity a = target_arity(p, c.type, 1);
  if (in->op == WFX_OP_resume_throw)
    a.n_in = func_arity(p, tag_func_type(p, c.tag), 1).n_in;
  if (in->op == WFX_OP_resume_throw_ref) a.n_in = 2;
  if (in->op == WFX_OP_resume_with && a.n_in != 0) a.n_in--;
  a.n_in += n_ref_clauses(c);
  return a;
}

static struct arity call_arity(const struct printer *p, const struct inst *in) {
  uint32_t lo = imm_lo(in);
  switch ((wfx_imm)wfx__ops[in->op].imm) {
  case WFX_IMM_FUNC:
    if (in->op == WFX_OP_ref_func) return (struct arity){0, 1};
    return func_arity(p, lo < p->m->funcs.n ? p->m->funcs.data[lo].type : WFX_NO_ID, 0);
  case WFX_IMM_CALL_INDIRECT: return func_arity(p, lo, 1);
  case WFX_IMM_TAG: return func_arity(p, tag_func_type(p, lo), 0);
  default: return resume_arity(p, in);
  }
}

/* Of instructions whose signature the table does not have. */
static struct arity rule_arity(const struct printer *p, const struct inst *in) {
#define ARITY(in_, out_) return (struct arity){(in_), (out_)}
  uint32_t lo = imm_lo(in);
  switch (in->op) {
  case WFX_OP_drop: ARITY(1, 0);
  case WFX_OP_select: case WFX_OP_select_t: ARITY(3, 1);
  case WFX_OP_local_get: case WFX_OP_global_get: case WFX_OP_ref_null: ARITY(0, 1);
  case WFX_OP_local_set: case WFX_OP_global_set: case WFX_OP_br_if: case WFX_OP_br_table:
  case WFX_OP_throw_ref:
    ARITY(1, 0);
  case WFX_OP_local_tee: case WFX_OP_ref_is_null: case WFX_OP_ref_as_non_null:
  case WFX_OP_ref_test: case WFX_OP_ref_test_null: case WFX_OP_ref_cast:
  case WFX_OP_ref_cast_null: case WFX_OP_ref_i31: case WFX_OP_i31_get_s: case WFX_OP_i31_get_u:
  case WFX_OP_any_convert_extern: case WFX_OP_extern_convert_any: case WFX_OP_array_len:
  case WFX_OP_struct_get: case WFX_OP_struct_get_s: case WFX_OP_struct_get_u:
  case WFX_OP_array_new_default: case WFX_OP_table_get: case WFX_OP_br_on_null:
  case WFX_OP_cont_new: case WFX_OP_cont_clone: case WFX_OP_br_on_cast:
  case WFX_OP_br_on_cast_fail:
    ARITY(1, 1);
  case WFX_OP_br_on_non_null: ARITY(1, 0);
  case WFX_OP_ref_eq: case WFX_OP_array_new: case WFX_OP_array_new_data:
  case WFX_OP_array_new_elem: case WFX_OP_array_get: case WFX_OP_array_get_s:
  case WFX_OP_array_get_u: case WFX_OP_table_grow:
    ARITY(2, 1);
  case WFX_OP_struct_set: case WFX_OP_table_set: ARITY(2, 0);
  case WFX_OP_array_set: case WFX_OP_table_fill: case WFX_OP_table_copy: case WFX_OP_table_init:
  case WFX_OP_memory_copy:
    ARITY(3, 0);
  case WFX_OP_array_fill: case WFX_OP_array_init_data: case WFX_OP_array_init_elem: ARITY(4, 0);
  case WFX_OP_array_copy: ARITY(5, 0);
  case WFX_OP_struct_new_default: case WFX_OP_tag_new: case WFX_OP_tag_ref: ARITY(0, 1);
  case WFX_OP_struct_new: ARITY(n_fields(p, lo), 1);
  case WFX_OP_array_new_fixed: ARITY(imm_hi(in), 1);
  case WFX_OP_call_ref: case WFX_OP_return_call_ref: return func_arity(p, lo, 1);
  case WFX_OP_suspend_ref: return target_arity(p, lo, 1);
  case WFX_OP_return: return (struct arity){func_arity(p, p->type, 0).n_out, 0};
  case WFX_OP_throw: case WFX_OP_suspend: case WFX_OP_call: case WFX_OP_return_call:
  case WFX_OP_call_indirect: case WFX_OP_return_call_indirect: case WFX_OP_ref_func:
  case WFX_OP_resume: case WFX_OP_resume_throw: case WFX_OP_resume_throw_ref:
  case WFX_OP_resume_with:
    return call_arity(p, in);
  case WFX_OP_cont_bind: {
    struct arity from = target_arity(p, lo, 1), to = target_arity(p, imm_hi(in), 0);
    if (from.n_out == MANY || to.n_out == MANY || from.n_in < to.n_in) ARITY(0, 1);
    ARITY(from.n_in - to.n_in, 1);
  }
  default: ARITY(0, MANY);
  }
#undef ARITY
}

static struct arity arity_of(const struct printer *p, const struct inst *in) {
  const char *sig = wfx__ops[in->op].sig, *colon = strchr(sig, ':');
  if (!colon) {
    struct arity a = rule_arity(p, in);
    return a;
  }
  return (struct arity){(uint32_t)(colon - sig), (uint32_t)strlen(colon + 1)};
}

/* ---- Trees ------------------------------------------------------------------------------- */

/* Make a node of an instruction, taking waiting values. */
static bool add_node(struct fold *f, uint32_t inst, uint32_t n_in, uint32_t *out) {
  struct errs *e = &f->p->errs;
  struct node node = {inst, (uint32_t)f->kids.n, 0, 1};
  size_t n = n_in < f->waiting.n ? n_in : f->waiting.n, first = f->waiting.n - n;
  for (size_t i = f->waiting.n; i > first; i--)
    if (f->nodes.data[f->waiting.data[i - 1]].depth >= DEPTH_MAX) first = i;
  for (size_t i = first; i < f->waiting.n; i++) {
    const struct node *kid = &f->nodes.data[f->waiting.data[i]];
    if (kid->depth >= node.depth) node.depth = kid->depth + 1;
    TRY(vec_push(e, &f->kids, f->waiting.data[i]));
    node.n_kids++;
  }
  f->waiting.n = first;
  *out = (uint32_t)f->nodes.n;
  return vec_push(e, &f->nodes, node);
}

static const struct inst *node_inst(const struct fold *f, const struct node *node) {
  return &f->p->code->insts.data[node->inst];
}

/* Write a tree on the rest of the line; false when it goes beyond limit bytes of output. */
static bool out_one_line(struct fold *f, uint32_t index, size_t limit) {
  const wfx_str none = {NULL, 0};
  struct printer *p = f->p;
  struct node node = f->nodes.data[index];
  wfx__out_hint(p, node_inst(f, &node));
  wfx__out(p, "(");
  wfx__out_inst(p, node_inst(f, &node), none);
  for (uint32_t i = 0; i < node.n_kids; i++) {
    wfx__out(p, " ");
    if (p->out.n > limit || !out_one_line(f, f->kids.data[node.first_kid + i], limit))
      return false;
  }
  wfx__out(p, ")");
  return p->out.n <= limit;
}

/* Write a tree on one line if it fits, else with a line for each child. */
static void out_tree(struct fold *f, uint32_t index) {
  const wfx_str none = {NULL, 0};
  struct printer *p = f->p;
  struct node node = f->nodes.data[index];
  size_t start = p->out.n, column = wfx__column(p);
  size_t room = column + 20 < PRINT_WIDTH ? PRINT_WIDTH - column : 20;
  if (out_one_line(f, index, start + room) || is_stopped(p)) return;
  p->out.n = start;
  wfx__out_hint(p, node_inst(f, &node));
  wfx__out(p, "(");
  wfx__out_inst(p, node_inst(f, &node), none);
  p->indent++;
  for (uint32_t i = 0; i < node.n_kids && !is_stopped(p); i++) {
    wfx__out_line(p);
    out_tree(f, f->kids.data[node.first_kid + i]);
  }
  p->indent--;
  wfx__out(p, ")");
}

/* Write the condition of an `if`, if it is a tree, behind the keyword where it fits. */
static void out_condition(struct fold *f) {
  struct printer *p = f->p;
  if (f->waiting.n == 0) return;
  size_t start = p->out.n, column = wfx__column(p);
  wfx__out(p, " ");
  if (column >= PRINT_WIDTH ||
      !out_one_line(f, f->waiting.data[0], start + PRINT_WIDTH - column)) {
    if (is_stopped(p)) return;
    p->out.n = start;
    wfx__out_line(p);
    out_tree(f, f->waiting.data[0]);
  }
  f->waiting.n = f->nodes.n = f->kids.n = 0;
}

/* Write the waiting values but for the last n_kept, each on a line. */
static void flush(struct fold *f, size_t n_kept) {
  if (n_kept > f->waiting.n) n_kept = f->waiting.n;
  size_t n = f->waiting.n - n_kept;
  for (size_t i = 0; i < n && !is_stopped(f->p); i++) {
    wfx__out_line(f->p);
    out_tree(f, f->waiting.data[i]);
  }
  if (n != 0 && n_kept != 0)
    memmove(f->waiting.data, f->waiting.data + n, n_kept * sizeof *f->waiting.data);
  f->waiting.n = n_kept;
  if (n_kept == 0) f->nodes.n = f->kids.n = 0;
}

static void add_plain(struct fold *f, uint32_t inst) {
  struct arity a = arity_of(f->p, &f->p->code->insts.data[inst]);
  uint32_t node;
  if (!add_node(f, inst, a.n_in, &node)) return;
  vec_push(&f->p->errs, &f->waiting, node);
  if (a.n_out != 1) flush(f, 0);
}

/* ---- Blocks ------------------------------------------------------------------------------ */

static void fold_open(struct fold *f, const struct inst *in) {
  struct printer *p = f->p;
  bool is_if = in->op == WFX_OP_if;
  flush(f, is_if ? 1 : 0);
  wfx_str label = wfx__next_label(p);
  wfx__out_line(p);
  wfx__out_hint(p, in);
  wfx__out(p, "(");
  wfx__out_inst(p, in, label);
  p->indent++;
  if (is_if) {
    out_condition(f);
    wfx__out_line(p);
    wfx__out(p, "(then");
    p->indent++;
  }
  vec_push(&p->errs, &f->blocks, (uint8_t)(is_if ? OPENED_THEN : OPENED_BLOCK));
  wfx__labels_push(&p->errs, &p->labels, label);
}

/* Write `else` or `end` of the innermost block; false when they do not belong to one. */
static bool fold_close(struct fold *f, const struct inst *in) {
  struct printer *p = f->p;
  flush(f, 0);
  if (f->blocks.n == 0) return false;
  uint8_t *opened = &vec_last(&f->blocks);
  if (in->op == WFX_OP_else) {
    if (*opened != OPENED_THEN) return false;
    *opened = OPENED_ELSE;
    p->indent--;
    wfx__out(p, ")");
    wfx__out_line(p);
    wfx__out(p, "(else");
    p->indent++;
    return true;
  }
  p->indent -= *opened == OPENED_BLOCK ? 1 : 2;
  wfx__out(p, *opened == OPENED_BLOCK ? ")" : "))");
  f->blocks.n--;
  wfx__labels_pop(&p->labels);
  return true;
}

/* Fold the instruction at i. */
static void fold_inst(struct fold *f, size_t i) {
  const wfx_str none = {NULL, 0};
  struct printer *p = f->p;
  const struct inst *in = &p->code->insts.data[i];
  wfx_imm imm = (wfx_imm)wfx__ops[in->op].imm;
  if (imm == WFX_IMM_BLOCK || imm == WFX_IMM_TRY_TABLE) {
    fold_open(f, in);
  } else if (in->op != WFX_OP_end && in->op != WFX_OP_else) {
    add_plain(f, (uint32_t)i);
  } else if (!fold_close(f, in)) {
    wfx__out_line(p);
    wfx__out_inst(p, in, none);
  }
}

void wfx__print_folded(struct printer *p) {
  struct fold f = {.p = p};
  size_t n = p->code->insts.n;
  uint32_t indent = p->indent;
  for (size_t i = 0; i < n && !is_stopped(p); i++) {
    bool is_own_end = i + 1 == n && f.blocks.n == 0 && p->code->insts.data[i].op == WFX_OP_end;
    if (!is_own_end) fold_inst(&f, i);
  }
  if (!is_stopped(p)) flush(&f, 0);
  /* Blocks that invalid code left open. */
  while (f.blocks.n != 0) wfx__out(p, f.blocks.data[--f.blocks.n] == OPENED_BLOCK ? ")" : "))");
  p->indent = indent;
  free_fold(&f);
}

/* ---- Constant expressions ---------------------------------------------------------------- */

/* Write instructions [first, last) flat on the line. */
static void out_flat_expr(struct printer *p, size_t first, size_t last) {
  for (size_t i = first; i < last && !is_stopped(p); i++) {
    const struct inst *in = &p->code->insts.data[i];
    const wfx_str none = {NULL, 0};
    wfx__out(p, " ");
    wfx__out_inst(p, in, none);
  }
}

void wfx__out_expr(struct printer *p, struct expr e, const char *word) {
  struct fold f = {.p = p};
  p->code = &p->m->const_code;
  p->body = NULL;
  p->type = WFX_NO_ID;
  wfx__labels_clear(p->m->ctx, &p->labels);
  size_t n = p->code->insts.n, first = e.first < n ? e.first : n;
  size_t last = e.n < n - first ? first + e.n : n;
  bool is_flat = false;
  for (size_t i = first; i < last; i++) {
    const struct inst *in = &p->code->insts.data[i];
    wfx_imm imm = (wfx_imm)wfx__ops[in->op].imm;
    is_flat |= imm == WFX_IMM_BLOCK || imm == WFX_IMM_TRY_TABLE || in->op == WFX_OP_end ||
               in->op == WFX_OP_else;
    uint32_t node;
    if (is_flat || !add_node(&f, (uint32_t)i, arity_of(p, in).n_in, &node) ||
        !vec_push(&p->errs, &f.waiting, node))
      break;
  }
  bool is_wrapped = word && (is_flat || f.waiting.n != 1);
  if (is_wrapped) {
    wfx__out(p, " (");
    wfx__out(p, word);
  }
  if (is_flat) out_flat_expr(p, first, last);
  for (size_t i = 0; !is_flat && i < f.waiting.n && !is_stopped(p); i++) {
    wfx__out(p, " ");
    out_one_line(&f, f.waiting.data[i], SIZE_MAX);
  }
  if (is_wrapped) wfx__out(p, ")");
  free_fold(&f);
}
