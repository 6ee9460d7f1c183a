/* Parsing statements and declarations, and finding the next one after an error; see
 * links_parser.h. */
#include "links/links_parser.h"

static bool begins_declaration(const links_token *t) {
  static const links_token_kind words[] = {
    LINKS_FUN, LINKS_LINFUN, LINKS_VAR, LINKS_SIG, LINKS_TYPENAME, LINKS_MUTUAL, LINKS_OP,
    LINKS_MODULE, LINKS_OPEN, LINKS_IMPORT, LINKS_ALIEN, LINKS_EFFECTNAME};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (t->kind == words[i])
      return t->is_first_in_line;
  return false;
}

void links_recover(links_parser *p, links_place where) {
  if (p->is_lost && where != LINKS_IN_FILE)
    return;
  if (p->s->n_errors > FE_MAX_ERRORS)
    while (p->tokens[p->at].kind != LINKS_END)
      p->at++;
  uint32_t depth = 0;
  bool is_found = false;
  for (; !is_found; p->at += !is_found) {
    const links_token *t = &p->tokens[p->at];
    if (t->kind == LINKS_END || begins_declaration(t)) {
      p->is_lost = p->panic = where != LINKS_IN_FILE;
      return;
    }
    if (p->is_lost)
      continue;
    if (t->kind == LINKS_LBRACE)
      depth++;
    else if (t->kind == LINKS_RBRACE && depth)
      depth--;
    else if (depth == 0 && (t->kind == LINKS_RBRACE || t->kind == LINKS_CASE))
      is_found = where != LINKS_IN_FILE;
    else if (depth == 0 && t->kind == LINKS_SEMICOLON)
      is_found = where != LINKS_IN_CASES;
  }
  p->panic = false;
}

static void add_funs(links_parser *p, links_decl_vec *decls, links_fun **funs, uint32_t n) {
  links_decl d = {.kind = LINKS_D_FUNS, .pos = funs[0]->pos, .funs = funs, .n_funs = n};
  fe_push(p->a, decls, d);
}

static void add_fun(links_parser *p, links_decl_vec *decls, links_fun *fun, fe_name *name,
                    fe_pos pos) {
  fun->binder = links_binder(p, name, pos);
  links_fun **funs = FE_NEW(p->a, links_fun *);
  funs[0] = fun;
  add_funs(p, decls, funs, 1);
}

static void fun_declaration(links_parser *p, links_decl_vec *decls) {
  links_next(p);
  fe_pos pos = links_pos(p);
  if (links_peek(p) != LINKS_NAME) {
    links_fail_expected(p, "the name of a function, which cannot be a reserved word,");
    return;
  }
  fe_name *name = links_next(p)->u.name;
  links_fun *fun = links_fun_rest(p, pos);
  add_fun(p, decls, fun, name, pos);
}

/* op x + y {..}, op - x {..}, op x ! {..} */
static void op_declaration(links_parser *p, links_decl_vec *decls) {
  links_next(p);
  FE_VEC(fe_pat *) params = {0};
  const links_token *op = NULL;
  fe_pos pos = links_pos(p);
  for (uint32_t i = 0; i < 3 && links_peek(p) != LINKS_LBRACE; i++) {
    if (!op && links_peek(p) == LINKS_OPERATOR) {
      pos = links_pos(p);
      op = links_next(p);
    } else {
      fe_pat *pat = links_pattern(p);
      fe_push(p->a, &params, pat);
    }
  }
  if (!op)
    links_fail_expected(p, "an operator");
  if (op && params.n == 0)
    links_fail_expected(p, "an operand");
  links_exp *body = links_block(p);
  if (!op || p->panic)
    return;
  add_fun(p, decls, links_new_fun(p, params.data, params.n, body, pos), op->u.name, pos);
}

static void var_declaration(links_parser *p, links_decl_vec *decls) {
  links_decl d = {.kind = LINKS_D_VAR, .pos = links_pos(p)};
  links_next(p);
  d.pat = links_pattern(p);
  links_expect(p, LINKS_EQUALS);
  d.exp = links_expression(p);
  links_expect(p, LINKS_SEMICOLON);
  fe_push(p->a, decls, d);
}

static void skip_signature(links_parser *p) {
  links_accept(p, LINKS_UNSAFE);
  links_expect(p, LINKS_SIG);
  if (!links_accept(p, LINKS_NAME) && !links_accept(p, LINKS_OPERATOR))
    links_fail_expected(p, "a name");
  links_expect(p, LINKS_COLON);
  links_skip_type(p);
}

static void skip_type_declaration(links_parser *p) {
  links_next(p);
  links_expect(p, LINKS_CONSTRUCTOR);
  if (links_peek(p) == LINKS_LPAREN)
    links_skip_balanced(p);
  links_expect(p, LINKS_EQUALS);
  links_skip_type(p);
  links_expect(p, LINKS_SEMICOLON);
}

static void fixity_declaration(links_parser *p) {
  links_token_kind word = links_next(p)->kind;
  links_fixity f = {.is_set = true, .level = 9};
  f.associativity = word == LINKS_INFIXR ? LINKS_RIGHT
                    : word == LINKS_INFIXL ? LINKS_LEFT
                                           : LINKS_NONE;
  if (links_peek(p) == LINKS_INT) {
    fe_pos pos = links_pos(p);
    int64_t level = links_next(p)->u.i;
    if (level > 9)
      links_fail(p, pos, "the level of an operator is 0 to 9");
    else
      f.level = (uint8_t)level;
  }
  const links_token *op = &p->tokens[p->at];
  if (!links_expect(p, LINKS_OPERATOR))
    return;
  while (p->fixities->n <= op->u.name->id)
    fe_push(p->a, p->fixities, ((links_fixity){0}));
  p->fixities->data[op->u.name->id] = f;
  links_expect(p, LINKS_SEMICOLON);
}

static bool parse_declaration(links_parser *p, links_decl_vec *decls);

static void mutual_declaration(links_parser *p, links_decl_vec *decls) {
  links_next(p);
  links_expect(p, LINKS_LBRACE);
  links_decl_vec inner = {0};
  FE_VEC(links_fun *) funs = {0};
  while (!p->panic && links_peek(p) != LINKS_RBRACE)
    if (!parse_declaration(p, &inner) && !links_accept(p, LINKS_SEMICOLON))
      links_fail_expected(p, "a function or '}'");
  links_expect(p, LINKS_RBRACE);
  for (uint32_t i = 0; i < inner.n; i++) {
    links_decl *d = &inner.data[i];
    if (d->kind != LINKS_D_FUNS)
      links_fail(p, d->pos, "only functions can be mutually recursive");
    for (uint32_t f = 0; f < d->n_funs; f++)
      fe_push(p->a, &funs, d->funs[f]);
  }
  if (funs.n)
    add_funs(p, decls, funs.data, funs.n);
}

/* False when the next tokens begin no declaration. */
static bool parse_declaration(links_parser *p, links_decl_vec *decls) {
  links_token_kind kind = links_peek(p);
  if (kind == LINKS_TILDE &&
      (links_peek_at(p, 1) == LINKS_FUN || links_peek_at(p, 1) == LINKS_LINFUN)) {
    links_next(p);
    kind = links_peek(p);
  }
  if ((kind == LINKS_FUN || kind == LINKS_LINFUN) && links_peek_at(p, 1) != LINKS_LPAREN)
    fun_declaration(p, decls);
  else if (kind == LINKS_OP)
    op_declaration(p, decls);
  else if (kind == LINKS_VAR)
    var_declaration(p, decls);
  else if (kind == LINKS_SIG || kind == LINKS_UNSAFE)
    skip_signature(p);
  else if (kind == LINKS_TYPENAME || kind == LINKS_EFFECTNAME)
    skip_type_declaration(p);
  else if (kind == LINKS_INFIX || kind == LINKS_INFIXL || kind == LINKS_INFIXR)
    fixity_declaration(p);
  else if (kind == LINKS_MUTUAL)
    mutual_declaration(p, decls);
  else if (kind == LINKS_XLIN)
    links_next(p);
  else
    return false;
  return true;
}

static bool ends_statements(links_token_kind kind, bool is_top) {
  return kind == LINKS_END || (!is_top && (kind == LINKS_RBRACE || kind == LINKS_CASE));
}

/* One statement; an expression without a semicolon goes to *last. */
static void parse_statement(links_parser *p, bool is_top, links_decl_vec *decls,
                            links_exp **last) {
  if (links_accept(p, LINKS_SEMICOLON) || parse_declaration(p, decls))
    return;
  links_decl d = {.kind = LINKS_D_EXP, .pos = links_pos(p)};
  d.exp = links_expression(p);
  if (links_accept(p, LINKS_SEMICOLON))
    fe_push(p->a, decls, d);
  else if (ends_statements(links_peek(p), is_top))
    *last = d.exp;
  else
    links_fail_expected(p, is_top ? "';'" : "';' or '}'");
}

links_exp *links_statements(links_parser *p, bool is_top, links_decl_vec *decls) {
  fe_pos pos = links_pos(p);
  links_exp *last = NULL;
  while (!ends_statements(links_peek(p), is_top) && !last) {
    uint32_t start = p->at;
    uint32_t depth = p->depth;
    parse_statement(p, is_top, decls, &last);
    if (!p->panic)
      continue;
    last = NULL;
    p->depth = depth;
    if (p->at == start && p->tokens[p->at].kind != LINKS_END)
      p->at++;
    links_recover(p, is_top ? LINKS_IN_FILE : LINKS_IN_BLOCK);
  }
  if (is_top || (last && decls->n == 0))
    return last;
  links_exp *block = links_new_exp(p, LINKS_E_BLOCK, pos);
  block->u.block.decls = decls->data;
  block->u.block.n = decls->n;
  block->u.block.last = last;
  return block;
}

links_exp *links_block(links_parser *p) {
  links_decl_vec decls = {0};
  if (!links_expect(p, LINKS_LBRACE))
    return links_new_exp(p, LINKS_E_BAD, links_pos(p));
  links_exp *e = links_statements(p, false, &decls);
  links_expect(p, LINKS_RBRACE);
  return e;
}
