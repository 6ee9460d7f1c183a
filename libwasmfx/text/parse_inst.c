/* parse_inst.c: instructions, flat and folded, with a stack of its own. Immediates are in
 * parse_imm.c. Spec: Text Format, Instructions. */
#include "text/parse.h"

#include <assert.h>

/* What a frame is:
 *   FLAT       block ... end, also the first arm of an if; label open
 *   FLAT_ELSE  the second arm; label open
 *   FOLD       (op operands: the instruction is emitted at the end
 *   FOLD_BLOCK (block instructions; label open
 *   FOLD_IF    (if operands (then ...) (else ...): the label is open from then on
 *   FOLD_ARM   (then instructions and (else instructions */
enum frame_kind { FLAT, FLAT_ELSE, FOLD, FOLD_BLOCK, FOLD_IF, FOLD_ARM };

static const struct block_id no_id;

int wfx__parse_find_op(const struct parser *p, struct token tok) {
  if (tok.kind != TOKEN_WORD) return -1;
  uint32_t op = wfx__strmap_get(p->toks->ctx, &p->toks->ops, token_text(p->toks, tok), tok.n);
  return op == WFX_NO_ID ? -1 : (int)op;
}

/* ---- Emitting ---------------------------------------------------------------------------- */

static struct pos tok_pos(const struct parser *p, struct token tok) {
  wfx_loc loc = tok_loc(p, tok);
  return (struct pos){p->file, loc.line, loc.column};
}

bool wfx__parse_emit(struct parser *p, struct inst in, struct token tok) {
  struct pos pos = tok_pos(p, tok);
  if (p->body) {
    struct body *b = p->body;
    if (b->positions.n == 0 || !pos_equal(vec_last(&b->positions), pos))
      TRY(vec_push(p->e, &b->positions, pos));
    in.pos = (uint32_t)b->positions.n - 1;
  } else {
    struct wfx_module *m = p->m;
    if (m->const_positions.n == 0 || !pos_equal(vec_last(&m->const_positions), pos))
      TRY(vec_push(p->e, &m->const_positions, pos));
    in.pos = (uint32_t)m->const_positions.n - 1;
  }
  return wfx__code_push(p->e, p->code, in);
}

/* ---- Labels ------------------------------------------------------------------------------ */

bool wfx__parse_label(struct parser *p, uint32_t *depth) {
  struct token tok = tok_at(p, 0);
  if (tok.kind != TOKEN_ID) return wfx__parse_u32(p, depth);
  wfx_str id;
  TRY(wfx__parse_id_text(p, tok, &id));
  *depth = wfx__labels_find(p->m->ctx, &p->labels, id);
  if (*depth == WFX_NO_ID)
    return wfx__fail(p->e, WFX_MALFORMED, tok_loc(p, tok), "unknown label $%.*s", (int)id.n,
                     id.data);
  p->at++;
  return true;
}

/* Emit what opens a block, and open its label. */
static bool begin_label(struct parser *p, struct inst in, struct token tok,
                        const struct block_id *id) {
  TRY(wfx__parse_emit(p, in, tok));
  if (id->name.data && p->body) {
    struct index_name name = {p->n_blocks, id->name};
    TRY(vec_push(p->e, &p->body->label_names, name));
  }
  p->n_blocks++;
  return wfx__labels_push(p->e, &p->labels, id->label);
}

/* An id behind end or else must be that of the block. */
static bool check_label(struct parser *p, wfx_str label) {
  struct token tok = tok_at(p, 0);
  wfx_str id;
  TRY(wfx__parse_id(p, &id, NULL));
  if (!id.data || (label.data && id.n == label.n && memcmp(id.data, label.data, id.n) == 0))
    return true;
  return wfx__fail(p->e, WFX_MALFORMED, tok_loc(p, tok), "mismatching label $%.*s", (int)id.n,
                   id.data);
}

/* ---- Frames ------------------------------------------------------------------------------ */

static bool push_frame(struct parser *p, enum frame_kind kind, size_t tok, struct inst in,
                       struct block_id id) {
  if (p->frames.n >= p->m->ctx->limits.nesting)
    return wfx__fail(p->e, WFX_UNSUPPORTED, tok_loc(p, p->toks->list.data[tok]),
                     "nesting too deep: the limit is %u", p->m->ctx->limits.nesting);
  struct form f = {(uint8_t)kind, false, false, (uint32_t)tok, in, id};
  return vec_push(p->e, &p->frames, f);
}

static struct token frame_tok(const struct parser *p, const struct form *f) {
  return p->toks->list.data[f->tok];
}

static struct inst plain(wfx_op op) {
  struct inst in = {.op = (uint16_t)op};
  return in;
}

/* Close the innermost frame at a closing parenthesis. */
static bool close_frame(struct parser *p) {
  struct form f = vec_last(&p->frames);
  struct token tok = tok_at(p, 0);
  switch ((enum frame_kind)f.kind) {
  case FLAT: case FLAT_ELSE: return wfx__parse_unexpected(p, 0);
  case FOLD: TRY(wfx__parse_emit(p, f.in, frame_tok(p, &f))); break;
  case FOLD_IF:
    if (!f.has_then) return wfx__parse_unexpected(p, 0);
    /* fall through */
  case FOLD_BLOCK:
    TRY(wfx__parse_emit(p, plain(WFX_OP_end), tok));
    wfx__labels_pop(&p->labels);
    break;
  case FOLD_ARM: break;
  }
  p->frames.n--;
  p->at++;
  return true;
}

/* ---- Instructions ------------------------------------------------------------------------ */

/* Label and block type behind a keyword; try_table has clauses as well, in which its own label
 * is not yet in scope. */
static bool parse_block_head(struct parser *p, struct inst *in, struct block_id *id) {
  TRY(wfx__parse_id(p, &id->label, &id->name));
  uint64_t block;
  TRY(wfx__parse_blocktype(p, &block));
  if (in->op == WFX_OP_try_table) return wfx__parse_catches(p, block, in);
  in->imm = block;
  return true;
}

/* The instruction that the next token names, which began at token first. */
static bool take_op(struct parser *p, size_t first, struct inst *in) {
  int op = wfx__parse_find_op(p, tok_at(p, 0));
  if (op < 0) return wfx__parse_unexpected(p, 0);
  p->at++;
  *in = plain((wfx_op)op);
  return wfx__parse_need(p, (wfx_feature)wfx__ops[op].feature) &&
         wfx__annots_hint(p, first, p->at - 1, in);
}

static bool is_block_op(struct inst in) {
  wfx_imm imm = (wfx_imm)wfx__ops[in.op].imm;
  return imm == WFX_IMM_BLOCK || imm == WFX_IMM_TRY_TABLE;
}

/* else and end of flat blocks. */
static bool parse_delimiter(struct parser *p, struct inst in, struct token tok) {
  struct form *f = p->frames.n == 0 ? NULL : &vec_last(&p->frames);
  bool fits = f && (f->kind == FLAT || (f->kind == FLAT_ELSE && in.op == WFX_OP_end));
  if (fits && in.op == WFX_OP_else) fits = f->in.op == WFX_OP_if;
  if (!fits) {
    p->at--;
    return wfx__parse_unexpected(p, 0);
  }
  TRY(check_label(p, f->id.label));
  TRY(wfx__parse_emit(p, in, tok));
  if (in.op == WFX_OP_else) {
    f->kind = FLAT_ELSE;
    return true;
  }
  wfx__labels_pop(&p->labels);
  p->frames.n--;
  return true;
}

static bool parse_flat(struct parser *p) {
  size_t at = p->at;
  struct token tok = tok_at(p, 0);
  struct inst in;
  TRY(take_op(p, at, &in));
  if (in.op == WFX_OP_end || in.op == WFX_OP_else) return parse_delimiter(p, in, tok);
  if (!is_block_op(in)) {
    TRY(wfx__parse_imm(p, &in));
    return wfx__parse_emit(p, in, tok);
  }
  struct block_id id;
  TRY(parse_block_head(p, &in, &id));
  TRY(begin_label(p, in, tok, &id));
  return push_frame(p, FLAT, at, in, id);
}

static bool parse_folded(struct parser *p) {
  size_t at = ++p->at;
  struct token tok = tok_at(p, 0);
  struct inst in;
  struct block_id id = no_id;
  TRY(take_op(p, at - 1, &in));
  if (in.op == WFX_OP_end || in.op == WFX_OP_else) {
    p->at--;
    return wfx__parse_unexpected(p, 0);
  }
  if (!is_block_op(in)) {
    TRY(wfx__parse_imm(p, &in));
    return push_frame(p, FOLD, at, in, id);
  }
  TRY(parse_block_head(p, &in, &id));
  if (in.op == WFX_OP_if) return push_frame(p, FOLD_IF, at, in, id);
  TRY(begin_label(p, in, tok, &id));
  return push_frame(p, FOLD_BLOCK, at, in, id);
}

/* "(then" or "(else" inside a folded if. */
static bool parse_arm(struct parser *p) {
  struct form *f = &vec_last(&p->frames);
  size_t at = p->at + 1;
  struct token tok = tok_at(p, 1);
  if (take_open(p, "then") && !f->has_then) {
    f->has_then = true;
    TRY(begin_label(p, f->in, frame_tok(p, f), &f->id));
  } else if (take_open(p, "else") && f->has_then && !f->has_else) {
    f->has_else = true;
    TRY(wfx__parse_emit(p, plain(WFX_OP_else), tok));
  } else {
    p->at = at;
    return wfx__parse_unexpected(p, 0);
  }
  return push_frame(p, FOLD_ARM, at, plain(WFX_OP_nop), no_id);
}

/* What an opening parenthesis begins. */
static bool parse_open(struct parser *p) {
  const struct form *f = p->frames.n == 0 ? NULL : &vec_last(&p->frames);
  if (f && f->kind == FOLD_IF && (f->has_then || open_is(p, "then"))) return parse_arm(p);
  return parse_folded(p);
}

static bool insts_loop(struct parser *p, bool only_one) {
  for (;;) {
    enum frame_kind kind =
        p->frames.n == 0 ? FLAT : (enum frame_kind)vec_last(&p->frames).kind;
    switch ((enum token_kind)tok_at(p, 0).kind) {
    case TOKEN_CLOSE:
      if (p->frames.n == 0) return !only_one || wfx__parse_unexpected(p, 0);
      TRY(close_frame(p));
      if (only_one && p->frames.n == 0) return true;
      break;
    case TOKEN_OPEN: TRY(parse_open(p)); break;
    case TOKEN_WORD:
      if (kind == FOLD || kind == FOLD_IF || (only_one && p->frames.n == 0))
        return wfx__parse_unexpected(p, 0);
      TRY(parse_flat(p));
      break;
    case TOKEN_ID: case TOKEN_STRING: case TOKEN_RESERVED: case TOKEN_END:
      return wfx__parse_unexpected(p, 0);
    }
  }
}

bool wfx__parse_insts(struct parser *p, bool only_one) {
  assert(p->frames.n == 0);
  wfx__labels_clear(p->m->ctx, &p->labels);
  return insts_loop(p, only_one);
}

bool wfx__parse_expr(struct parser *p, bool only_one, struct expr *out) {
  p->code = &p->m->const_code;
  p->body = NULL;
  /* A local in a constant expression has no name. */
  wfx__strmap_free(p->m->ctx, &p->locals);
  out->first = (uint32_t)p->code->insts.n;
  TRY(wfx__parse_insts(p, only_one));
  out->n = (uint32_t)p->code->insts.n - out->first;
  return true;
}
