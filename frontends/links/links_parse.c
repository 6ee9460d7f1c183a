/* Parsing expressions, and the parser's small parts; see links_parse.h and links_parser.h. */
#include "links/links_parse.h"

#include <assert.h>
#include <string.h>

typedef FE_VEC(links_exp *) links_exp_vec;

static links_exp *parse_binary(links_parser *p, uint32_t level);

/* Tokens. */

links_token_kind links_peek(const links_parser *p) {
  return p->panic ? LINKS_END : p->tokens[p->at].kind;
}

links_token_kind links_peek_at(const links_parser *p, uint32_t ahead) {
  for (uint32_t i = 0; i < ahead; i++)
    if (p->tokens[p->at + i].kind == LINKS_END)
      return LINKS_END;
  return p->panic ? LINKS_END : p->tokens[p->at + ahead].kind;
}

const links_token *links_next(links_parser *p) {
  const links_token *t = &p->tokens[p->at];
  if (t->kind != LINKS_END && !p->panic)
    p->at++;
  return t;
}

fe_pos links_pos(const links_parser *p) {
  return p->tokens[p->at].pos;
}

bool links_accept(links_parser *p, links_token_kind kind) {
  if (p->panic || p->tokens[p->at].kind != kind || kind == LINKS_END)
    return false;
  p->at++;
  return true;
}

bool links_expect(links_parser *p, links_token_kind kind) {
  if (links_accept(p, kind))
    return true;
  links_fail_expected(p, links_token_text(kind));
  return false;
}

bool links_is_operator(const links_parser *p, const char *text) {
  const links_token *t = &p->tokens[p->at];
  return !p->panic && t->kind == LINKS_OPERATOR && strcmp(t->u.name->text, text) == 0;
}

void links_fail(links_parser *p, fe_pos pos, const char *text) {
  if (p->panic)
    return;
  fe_error(p->s, pos, "%s", text);
  p->panic = true;
}

void links_fail_expected(links_parser *p, const char *what) {
  if (p->panic)
    return;
  const links_token *t = &p->tokens[p->at];
  if (t->kind == LINKS_NAME || t->kind == LINKS_CONSTRUCTOR || t->kind == LINKS_OPERATOR)
    fe_error(p->s, t->pos, "expected %s but found '%s'", what, t->u.name->text);
  else
    fe_error(p->s, t->pos, "expected %s but found %s", what, links_token_text(t->kind));
  p->panic = true;
}

bool links_deeper(links_parser *p) {
  if (++p->depth <= LINKS_MAX_NESTING)
    return true;
  links_fail(p, links_pos(p), "nesting is too deep");
  p->is_lost = true;
  return false;
}

/* Labels and sets of names. */

bool links_is_label(const links_parser *p) {
  links_token_kind kind = links_peek(p);
  return kind == LINKS_NAME || kind == LINKS_CONSTRUCTOR || kind == LINKS_INT ||
         kind == LINKS_STRING;
}

fe_name *links_label(links_parser *p) {
  static const char empty[] = "";
  if (!links_is_label(p)) {
    links_fail_expected(p, "a field name");
    return fe_intern(p->s, empty, 0);
  }
  const links_token *t = links_next(p);
  if (t->kind == LINKS_INT)
    return t->digits;
  if (t->kind == LINKS_STRING)
    return fe_intern(p->s, t->u.text->bytes, t->u.text->n_bytes);
  return t->u.name;
}

fe_name *links_number_name(links_parser *p, uint32_t n) {
  char text[16];
  int n_bytes = snprintf(text, sizeof text, "%u", n);
  return fe_intern(p->s, text, (size_t)n_bytes);
}

void links_new_set(links_parser *p) {
  p->stamp++;
}

bool links_add_to_set(links_parser *p, const fe_name *name) {
  while (p->stamps.n <= name->id)
    fe_push(p->a, &p->stamps, 0);
  if (p->stamps.data[name->id] == p->stamp)
    return false;
  p->stamps.data[name->id] = p->stamp;
  return true;
}

/* Making expressions. */

links_exp *links_new_exp(links_parser *p, links_exp_kind kind, fe_pos pos) {
  links_exp *e = FE_NEW(p->a, links_exp);
  e->kind = kind;
  e->pos = pos;
  return e;
}

static links_exp *name_exp(links_parser *p, fe_name *name, fe_pos pos) {
  links_exp *e = links_new_exp(p, LINKS_E_NAME, pos);
  e->u.name.name = name;
  return e;
}

static links_exp *pair_exp(links_parser *p, links_exp_kind kind, links_exp *left,
                           links_exp *right, fe_pos pos) {
  links_exp *e = links_new_exp(p, kind, pos);
  e->u.pair.left = left;
  e->u.pair.right = right;
  return e;
}

static links_exp *apply_exp(links_parser *p, links_exp *callee, links_exp *const *args,
                            uint32_t n, fe_pos pos) {
  links_exp *e = links_new_exp(p, LINKS_E_APPLY, pos);
  e->u.apply.callee = callee;
  e->u.apply.args = fe_alloc_n(p->a, n, sizeof *args);
  if (n)
    memcpy(e->u.apply.args, args, n * sizeof *args);
  e->u.apply.n = n;
  return e;
}

links_fun *links_new_fun(links_parser *p, fe_pat **params, uint32_t n, links_exp *body,
                          fe_pos pos) {
  links_fun *f = FE_NEW(p->a, links_fun);
  *f = (links_fun){.pos = pos, .params = params, .n_params = n, .body = body};
  return f;
}

static links_exp *fun_exp(links_parser *p, links_fun *fun) {
  links_exp *e = links_new_exp(p, LINKS_E_FUN, fun->pos);
  e->u.fun = fun;
  return e;
}

/* The binary operator `name` applied to two expressions. */
static links_exp *operator_exp(links_parser *p, const links_token *op, links_exp *left,
                               links_exp *right) {
  if (op->kind == LINKS_CONS)
    return pair_exp(p, LINKS_E_CONS, left, right, op->pos);
  if (strcmp(op->u.name->text, "&&") == 0)
    return pair_exp(p, LINKS_E_AND, left, right, op->pos);
  if (strcmp(op->u.name->text, "||") == 0)
    return pair_exp(p, LINKS_E_OR, left, right, op->pos);
  links_exp *args[] = {left, right};
  return apply_exp(p, name_exp(p, op->u.name, op->pos), args, 2, op->pos);
}

/* Functions. */

static void param_list(links_parser *p, fe_pat ***params, uint32_t *n) {
  FE_VEC(fe_pat *) list = {0};
  links_expect(p, LINKS_LPAREN);
  if (!links_accept(p, LINKS_RPAREN)) {
    do {
      fe_pat *pat = links_pattern(p);
      fe_push(p->a, &list, pat);
    } while (links_accept(p, LINKS_COMMA));
    links_expect(p, LINKS_RPAREN);
  }
  *params = list.data;
  *n = list.n;
}


/* { case p -> e case p -> e }. With a handler, also operation cases. */
static void parse_cases(links_parser *p, links_case **cases, uint32_t *n_cases,
                        links_handler *handler) {
  FE_VEC(links_case) list = {0};
  FE_VEC(links_clause) clauses = {0};
  links_expect(p, LINKS_LBRACE);
  while (links_accept(p, LINKS_CASE)) {
    links_clause clause = {0};
    links_case value = {0};
    bool is_operation = handler && links_is_operator(p, "<");
    if (is_operation)
      links_operation(p, &clause);
    else
      value.pat = links_pattern(p);
    links_expect(p, LINKS_ARROW);
    links_decl_vec decls = {0};
    value.body = clause.body = p->panic ? NULL : links_statements(p, false, &decls);
    if (p->panic)
      links_recover(p, LINKS_IN_CASES);
    else if (is_operation)
      fe_push(p->a, &clauses, clause);
    else
      fe_push(p->a, &list, value);
  }
  if (links_peek(p) != LINKS_RBRACE)
    links_fail_expected(p, "'case' or '}'");
  links_accept(p, LINKS_RBRACE);
  *cases = list.data;
  *n_cases = list.n;
  if (handler) {
    handler->clauses = clauses.data;
    handler->n_clauses = clauses.n;
  }
}

/* `switch { cases }` as a function body: the parameters, as a tuple unless there is one. */
static links_exp *switch_body(links_parser *p, fe_pat **params, uint32_t n_params) {
  fe_pos pos = links_pos(p);
  links_next(p);
  links_exp *sw = links_new_exp(p, LINKS_E_SWITCH, pos);
  parse_cases(p, &sw->u.sw.cases, &sw->u.sw.n, NULL);
  links_exp *tuple = links_new_exp(p, LINKS_E_RECORD, pos);
  tuple->u.record.n = n_params;
  tuple->u.record.fields = fe_alloc_n(p->a, n_params, sizeof(links_exp *));
  tuple->u.record.labels = fe_alloc_n(p->a, n_params, sizeof(fe_name *));
  for (uint32_t i = 0; i < n_params; i++) {
    /* The name cannot be written in a program; `as` keeps the pattern. */
    fe_name *name = fe_intern_text(p->s, fe_format(p->s, "%u.", i + 1));
    fe_pat *as = FE_NEW(p->a, fe_pat);
    *as = (fe_pat){.kind = FE_PAT_AS, .pos = pos, .sub = params[i]};
    as->binder = links_binder(p, name, pos);
    params[i] = as;
    tuple->u.record.labels[i] = links_number_name(p, i + 1);
    tuple->u.record.fields[i] = name_exp(p, name, pos);
  }
  sw->u.sw.on = n_params == 1 ? tuple->u.record.fields[0] : tuple;
  return sw;
}

/* (a, b)(c) { body }: a function that returns a function. */
links_fun *links_fun_rest(links_parser *p, fe_pos pos) {
  FE_VEC(links_fun *) nest = {0};
  do {
    fe_pat **params;
    uint32_t n;
    param_list(p, &params, &n);
    links_fun *f = links_new_fun(p, params, n, NULL, pos);
    fe_push(p->a, &nest, f);
  } while (links_peek(p) == LINKS_LPAREN);
  if (nest.n > LINKS_MAX_NESTING / 2)
    links_fail(p, pos, "nesting is too deep");
  links_fun *inner = nest.data[nest.n - 1];
  inner->body = links_peek(p) == LINKS_SWITCH ? switch_body(p, inner->params, inner->n_params)
                                              : links_block(p);
  for (uint32_t i = nest.n - 1; i-- > 0;)
    nest.data[i]->body = fun_exp(p, nest.data[i + 1]);
  return nest.data[0];
}

static links_exp *lambda(links_parser *p) {
  fe_pos pos = links_pos(p);
  links_next(p);
  return fun_exp(p, links_fun_rest(p, pos));
}

/* fun(x, y) { x OP y } */
static links_exp *operator_section(links_parser *p) {
  const links_token *op = links_next(p);
  links_expect(p, LINKS_RPAREN);
  if (op->kind != LINKS_CONS && strcmp(op->u.name->text, "&&") != 0 &&
      strcmp(op->u.name->text, "||") != 0)
    return name_exp(p, op->u.name, op->pos);
  fe_pat **params = fe_alloc_n(p->a, 2, sizeof *params);
  links_exp *args[2];
  for (uint32_t i = 0; i < 2; i++) {
    fe_name *name = fe_intern_text(p->s, i ? "2." : "1.");
    params[i] = links_var_pattern(p, name, op->pos);
    args[i] = name_exp(p, name, op->pos);
  }
  links_exp *body = operator_exp(p, op, args[0], args[1]);
  return fun_exp(p, links_new_fun(p, params, 2, body, op->pos));
}

/* (.l), after `(`. */
static links_exp *field_section(links_parser *p) {
  fe_pos pos = links_pos(p);
  links_next(p);
  fe_pat **params = FE_NEW(p->a, fe_pat *);
  fe_name *name = fe_intern_text(p->s, "1.");
  params[0] = links_var_pattern(p, name, pos);
  links_exp *body = links_new_exp(p, LINKS_E_PROJECT, pos);
  body->u.project.from = name_exp(p, name, pos);
  body->u.project.label = links_label(p);
  links_expect(p, LINKS_RPAREN);
  return fun_exp(p, links_new_fun(p, params, 1, body, pos));
}

/* Parentheses. */

static bool at_labelled(const links_parser *p, uint32_t ahead) {
  links_token_kind kind = links_peek_at(p, ahead);
  if (kind == LINKS_EQUALS)
    return true;
  return (kind == LINKS_NAME || kind == LINKS_CONSTRUCTOR || kind == LINKS_INT ||
          kind == LINKS_STRING) &&
         links_peek_at(p, ahead + 1) == LINKS_EQUALS;
}

static void labelled_exps(links_parser *p, links_exp *out) {
  FE_VEC(fe_name *) labels = {0};
  links_exp_vec fields = {0};
  fe_pos pos = links_pos(p);
  do {
    fe_name *label;
    links_exp *field;
    if (links_accept(p, LINKS_EQUALS)) {
      fe_pos name_pos = links_pos(p);
      if (links_peek(p) != LINKS_NAME)
        links_fail_expected(p, "a name");
      label = p->panic ? links_label(p) : links_next(p)->u.name;
      field = name_exp(p, label, name_pos);
    } else {
      label = links_label(p);
      links_expect(p, LINKS_EQUALS);
      field = links_expression(p);
    }
    fe_push(p->a, &labels, label);
    fe_push(p->a, &fields, field);
  } while (links_accept(p, LINKS_COMMA));
  out->u.record.labels = labels.data;
  out->u.record.fields = fields.data;
  out->u.record.n = labels.n;
  links_new_set(p);
  for (uint32_t i = 0; i < labels.n && !p->panic; i++)
    if (!links_add_to_set(p, labels.data[i]))
      links_fail(p, fields.data[i]->pos ? fields.data[i]->pos : pos,
                 "the record has this field twice");
}

static links_exp *tuple_exp(links_parser *p, links_exp_vec items, fe_pos pos) {
  links_exp *e = links_new_exp(p, LINKS_E_RECORD, pos);
  e->u.record.fields = items.data;
  e->u.record.n = items.n;
  e->u.record.labels = fe_alloc_n(p->a, items.n, sizeof(fe_name *));
  for (uint32_t i = 0; i < items.n; i++)
    e->u.record.labels[i] = links_number_name(p, i + 1);
  return e;
}

static links_exp *parse_parens(links_parser *p) {
  fe_pos pos = links_pos(p);
  links_next(p);
  links_token_kind kind = links_peek(p);
  if (links_accept(p, LINKS_RPAREN))
    return links_new_exp(p, LINKS_E_RECORD, pos);
  if ((kind == LINKS_OPERATOR || kind == LINKS_CONS) && links_peek_at(p, 1) == LINKS_RPAREN)
    return operator_section(p);
  if (kind == LINKS_DOT)
    return field_section(p);
  if (at_labelled(p, 0)) {
    links_exp *record = links_new_exp(p, LINKS_E_RECORD, pos);
    labelled_exps(p, record);
    if (links_accept(p, LINKS_BAR))
      record->u.record.base = links_expression(p);
    links_expect(p, LINKS_RPAREN);
    return record;
  }
  links_exp_vec items = {0};
  do {
    links_exp *item = links_expression(p);
    fe_push(p->a, &items, item);
  } while (links_accept(p, LINKS_COMMA));
  if (items.n == 1 && links_accept(p, LINKS_WITH)) {
    links_exp *update = links_new_exp(p, LINKS_E_UPDATE, pos);
    labelled_exps(p, update);
    update->u.record.base = items.data[0];
    links_expect(p, LINKS_RPAREN);
    return update;
  }
  links_expect(p, LINKS_RPAREN);
  return items.n == 1 ? items.data[0] : tuple_exp(p, items, pos);
}

/* Lists and arguments. */

static void exps_until(links_parser *p, links_token_kind end, links_exp_vec *out) {
  if (links_accept(p, end))
    return;
  do {
    links_exp *e = links_expression(p);
    fe_push(p->a, out, e);
  } while (links_accept(p, LINKS_COMMA));
  links_expect(p, end);
}

static links_exp *parse_list(links_parser *p) {
  fe_pos pos = links_pos(p);
  links_next(p);
  links_exp_vec items = {0};
  links_exp *list = links_new_exp(p, LINKS_E_LIST, pos);
  if (links_accept(p, LINKS_RBRACKET))
    return list;
  links_exp *first = links_expression(p);
  if (links_accept(p, LINKS_DOTDOT)) {
    links_exp *last = links_expression(p);
    links_expect(p, LINKS_RBRACKET);
    return pair_exp(p, LINKS_E_RANGE, first, last, pos);
  }
  fe_push(p->a, &items, first);
  if (links_accept(p, LINKS_COMMA))
    exps_until(p, LINKS_RBRACKET, &items);
  else
    links_expect(p, LINKS_RBRACKET);
  list->u.list.items = items.data;
  list->u.list.n = items.n;
  return list;
}

/* Handlers. */

static links_handler *handler_cases(links_parser *p, fe_depth depth, fe_pos pos) {
  links_handler *h = FE_NEW(p->a, links_handler);
  h->depth = depth;
  h->pos = pos;
  parse_cases(p, &h->values, &h->n_values, h);
  return h;
}

/* (p <- init, ...), after the computation. */
static void handler_params(links_parser *p, links_exp *e, fe_pat ***params, uint32_t *n) {
  FE_VEC(fe_pat *) pats = {0};
  links_exp_vec inits = {0};
  links_next(p);
  do {
    fe_pat *pat = links_pattern(p);
    links_expect(p, LINKS_LEFT_ARROW);
    links_exp *init = links_expression(p);
    fe_push(p->a, &pats, pat);
    fe_push(p->a, &inits, init);
  } while (links_accept(p, LINKS_COMMA));
  links_expect(p, LINKS_RPAREN);
  e->u.handle.inits = inits.data;
  *params = pats.data;
  *n = pats.n;
}

static links_exp *parse_handle(links_parser *p) {
  links_exp *e = links_new_exp(p, LINKS_E_HANDLE, links_pos(p));
  links_token_kind word = links_next(p)->kind;
  fe_depth depth = word == LINKS_HANDLE          ? FE_DEEP
                   : word == LINKS_SHALLOWHANDLE ? FE_SHALLOW
                                                 : FE_SHEEP;
  links_expect(p, LINKS_LPAREN);
  e->u.handle.computation = links_expression(p);
  links_expect(p, LINKS_RPAREN);
  if (depth == FE_DEEP && links_accept(p, LINKS_WITH)) {
    e->u.handle.with = parse_binary(p, 10);
    return e;
  }
  fe_pat **params = NULL;
  uint32_t n_params = 0;
  fe_pos params_pos = links_pos(p);
  if (links_peek(p) == LINKS_LPAREN)
    handler_params(p, e, &params, &n_params);
  if (n_params && depth != FE_DEEP)
    links_fail(p, params_pos, "only deep handlers can have parameters");
  e->u.handle.handler = handler_cases(p, depth, e->pos);
  e->u.handle.handler->params = params;
  e->u.handle.handler->n_params = n_params;
  return e;
}

/* handler { cases } and its forms are values. The words are not reserved: they are names unless
 * a brace follows. */
static bool handler_depth(const links_parser *p, fe_depth *depth) {
  if (links_peek(p) != LINKS_NAME || links_peek_at(p, 1) != LINKS_LBRACE)
    return false;
  const char *text = p->tokens[p->at].u.name->text;
  if (strcmp(text, "handler") == 0)
    *depth = FE_DEEP;
  else if (strcmp(text, "shallowhandler") == 0)
    *depth = FE_SHALLOW;
  else if (strcmp(text, "sheephandler") == 0)
    *depth = FE_SHEEP;
  else
    return false;
  return true;
}

/* Expressions that begin with a word. */

static links_exp *parse_if(links_parser *p) {
  links_exp *e = links_new_exp(p, LINKS_E_IF, links_pos(p));
  links_next(p);
  links_expect(p, LINKS_LPAREN);
  e->u.cond.cond = links_expression(p);
  links_expect(p, LINKS_RPAREN);
  e->u.cond.then = links_expression(p);
  links_expect(p, LINKS_ELSE);
  e->u.cond.other = links_expression(p);
  return e;
}

static links_exp *parse_switch(links_parser *p) {
  links_exp *e = links_new_exp(p, LINKS_E_SWITCH, links_pos(p));
  links_next(p);
  links_expect(p, LINKS_LPAREN);
  e->u.sw.on = links_expression(p);
  links_expect(p, LINKS_RPAREN);
  parse_cases(p, &e->u.sw.cases, &e->u.sw.n, NULL);
  return e;
}

static links_exp *parse_for(links_parser *p) {
  links_exp *e = links_new_exp(p, LINKS_E_FOR, links_pos(p));
  FE_VEC(links_generator) generators = {0};
  links_next(p);
  links_expect(p, LINKS_LPAREN);
  if (!links_accept(p, LINKS_RPAREN)) {
    do {
      links_generator g;
      g.pat = links_pattern(p);
      if (links_peek(p) == LINKS_TABLE_ARROW)
        links_fail(p, links_pos(p), "database tables are not supported");
      links_expect(p, LINKS_LEFT_ARROW);
      g.list = links_expression(p);
      fe_push(p->a, &generators, g);
    } while (links_accept(p, LINKS_COMMA));
    links_expect(p, LINKS_RPAREN);
  }
  e->u.loop.generators = generators.data;
  e->u.loop.n = generators.n;
  if (links_accept(p, LINKS_WHERE)) {
    links_expect(p, LINKS_LPAREN);
    e->u.loop.where = links_expression(p);
    links_expect(p, LINKS_RPAREN);
  }
  if (links_peek(p) == LINKS_ORDERBY)
    links_fail(p, links_pos(p), "'orderby' is not supported");
  e->u.loop.body = links_expression(p);
  return e;
}

static links_exp *parse_do(links_parser *p) {
  links_exp *e = links_new_exp(p, LINKS_E_DO, links_pos(p));
  links_next(p);
  e->u.perform.op = p->tokens[p->at].u.name;
  if (!links_expect(p, LINKS_CONSTRUCTOR))
    return links_new_exp(p, LINKS_E_BAD, e->pos);
  links_exp_vec args = {0};
  if (links_accept(p, LINKS_LPAREN))
    exps_until(p, LINKS_RPAREN, &args);
  e->u.perform.args = args.data;
  e->u.perform.n = args.n;
  return e;
}

static links_exp *parse_constructor(links_parser *p) {
  fe_pos pos = links_pos(p);
  fe_name *label = links_next(p)->u.name;
  if (links_peek(p) == LINKS_DOT && (links_peek_at(p, 1) == LINKS_NAME ||
                                     links_peek_at(p, 1) == LINKS_CONSTRUCTOR)) {
    links_fail(p, pos, "modules are not supported");
    return links_new_exp(p, LINKS_E_BAD, pos);
  }
  links_exp *e = links_new_exp(p, LINKS_E_VARIANT, pos);
  e->u.variant.label = label;
  if (links_peek(p) == LINKS_LPAREN)
    e->u.variant.payload = parse_parens(p);
  return e;
}

/* Primary and postfix expressions. */

static links_exp *parse_primary(links_parser *p) {
  fe_pos pos = links_pos(p);
  links_token_kind kind = links_peek(p);
  fe_depth depth;
  if (links_is_literal(kind)) {
    links_exp *e = links_new_exp(p, LINKS_E_LITERAL, pos);
    e->u.literal = links_literal(links_next(p));
    return e;
  }
  if (handler_depth(p, &depth)) {
    links_next(p);
    links_exp *e = links_new_exp(p, LINKS_E_HANDLER, pos);
    e->u.handler = handler_cases(p, depth, pos);
    return e;
  }
  if (kind == LINKS_NAME)
    return name_exp(p, links_next(p)->u.name, pos);
  if (kind == LINKS_LPAREN)
    return parse_parens(p);
  if (kind == LINKS_LBRACE)
    return links_block(p);
  if (kind == LINKS_LBRACKET)
    return parse_list(p);
  if (kind == LINKS_FUN || kind == LINKS_LINFUN)
    return lambda(p);
  if (links_is_keyword(kind) && kind >= LINKS_ALIEN)
    links_fail(p, pos, fe_format(p->s, "%s is not supported", links_token_text(kind)));
  else
    links_fail_expected(p, "an expression");
  return links_new_exp(p, LINKS_E_BAD, pos);
}

static links_exp *parse_postfix(links_parser *p) {
  /* ~f only says that f is not instantiated. */
  links_accept(p, LINKS_TILDE);
  links_exp *e = parse_primary(p);
  for (uint32_t n = 0;; n++) {
    fe_pos pos = links_pos(p);
    if (n > LINKS_MAX_NESTING)
      links_fail(p, pos, "nesting is too deep");
    if (links_accept(p, LINKS_LPAREN)) {
      links_exp_vec args = {0};
      exps_until(p, LINKS_RPAREN, &args);
      e = apply_exp(p, e, args.data, args.n, pos);
    } else if (links_accept(p, LINKS_DOT)) {
      links_exp *from = e;
      e = links_new_exp(p, LINKS_E_PROJECT, pos);
      e->u.project.from = from;
      e->u.project.label = links_label(p);
    } else if (links_peek(p) == LINKS_LBRACKET) {
      links_skip_balanced(p);  /* type arguments */
    } else if (!links_accept(p, LINKS_AT)) {
      break;
    }
  }
  if (e->kind == LINKS_E_APPLY && links_peek(p) == LINKS_WITH && !at_labelled(p, 1)) {
    links_next(p);
    e->kind = LINKS_E_RESUME_WITH;
    e->u.apply.with = parse_binary(p, 10);
  }
  return e;
}

/* Operators. */

static links_exp *negation(links_parser *p, const links_token *op) {
  links_exp *e = parse_binary(p, 10);
  bool is_float = op->u.name->n_bytes == 2;
  if (e->kind == LINKS_E_LITERAL && e->u.literal.kind == FE_ATOM_INT && !is_float) {
    e->u.literal.u.i = -e->u.literal.u.i;
    return e;
  }
  if (e->kind == LINKS_E_LITERAL && e->u.literal.kind == FE_ATOM_FLOAT) {
    e->u.literal.u.f = -e->u.literal.u.f;
    return e;
  }
  fe_name *name = fe_intern_text(p->s, is_float ? "negatef" : "negate");
  return apply_exp(p, name_exp(p, name, op->pos), &e, 1, op->pos);
}

static links_exp *parse_prefix(links_parser *p) {
  const links_token *op = links_next(p);
  const char *text = op->u.name->text;
  if (!op->is_quoted && (strcmp(text, "-") == 0 || strcmp(text, "-.") == 0))
    return negation(p, op);
  links_exp *e = parse_binary(p, 10);
  if (strcmp(text, "$") == 0)
    return e;  /* only asks for generalisation */
  return apply_exp(p, name_exp(p, op->u.name, op->pos), &e, 1, op->pos);
}

static links_exp *parse_unary(links_parser *p) {
  links_token_kind kind = links_peek(p);
  if (kind == LINKS_OPERATOR)
    return parse_prefix(p);
  if (kind == LINKS_CONSTRUCTOR)
    return parse_constructor(p);
  if (kind == LINKS_IF)
    return parse_if(p);
  if (kind == LINKS_SWITCH)
    return parse_switch(p);
  if (kind == LINKS_FOR)
    return parse_for(p);
  if (kind == LINKS_HANDLE || kind == LINKS_SHALLOWHANDLE || kind == LINKS_SHEEPHANDLE)
    return parse_handle(p);
  if (kind == LINKS_DO || kind == LINKS_LINDO)
    return parse_do(p);
  return parse_postfix(p);
}

static links_fixity fixity_of(const links_parser *p, const links_token *op) {
  if (op->kind == LINKS_CONS)
    return (links_fixity){true, 5, LINKS_RIGHT};
  uint32_t id = op->u.name->id;
  if (id < p->fixities->n && p->fixities->data[id].is_set)
    return p->fixities->data[id];
  return (links_fixity){true, 9, LINKS_LEFT};
}

static bool at_binary_operator(const links_parser *p) {
  return links_peek(p) == LINKS_OPERATOR || links_peek(p) == LINKS_CONS;
}

/* Operators of at least this level; 10 is a unary expression. */
static links_exp *parse_binary(links_parser *p, uint32_t level) {
  if (!links_deeper(p)) {
    p->depth--;
    return links_new_exp(p, LINKS_E_BAD, links_pos(p));
  }
  links_exp *left = parse_unary(p);
  for (uint32_t n = 0; at_binary_operator(p); n++) {
    const links_token *op = &p->tokens[p->at];
    links_fixity f = fixity_of(p, op);
    if (f.level < level)
      break;
    if (n > LINKS_MAX_NESTING)
      links_fail(p, op->pos, "nesting is too deep");
    links_next(p);
    links_exp *right = parse_binary(p, f.associativity == LINKS_RIGHT ? f.level : f.level + 1u);
    left = operator_exp(p, op, left, right);
  }
  p->depth--;
  return left;
}

links_exp *links_expression(links_parser *p) {
  links_exp *e = parse_binary(p, 0);
  while (links_accept(p, LINKS_COLON)) {
    links_skip_type(p);
    if (links_accept(p, LINKS_LEFT_ARROW))
      links_skip_type(p);
  }
  return e;
}

/* The operators that are there from the beginning. */
static void initial_fixities(links_parser *p) {
  static const struct {
    const char text[4];
    uint8_t level;
    links_associativity associativity;
  } rows[] = {
    {"!", 9, LINKS_NONE},   {"^", 8, LINKS_RIGHT}, {"^^", 8, LINKS_RIGHT},
    {"**", 8, LINKS_RIGHT}, {"*", 7, LINKS_LEFT},  {"/", 7, LINKS_LEFT},
    {"*.", 7, LINKS_LEFT},  {"/.", 7, LINKS_LEFT}, {"+", 6, LINKS_LEFT},
    {"-", 6, LINKS_LEFT},   {"+.", 6, LINKS_LEFT}, {"-.", 6, LINKS_LEFT},
    {"++", 5, LINKS_RIGHT}, {"==", 4, LINKS_NONE}, {"<>", 4, LINKS_NONE},
    {"<", 4, LINKS_NONE},   {"<=", 4, LINKS_NONE}, {">=", 4, LINKS_NONE},
    {">", 4, LINKS_NONE},   {"&&", 3, LINKS_RIGHT}, {"||", 2, LINKS_RIGHT},
    {">>", 1, LINKS_LEFT},  {"$", 0, LINKS_RIGHT},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    fe_name *name = fe_intern_text(p->s, rows[i].text);
    while (p->fixities->n <= name->id)
      fe_push(p->a, p->fixities, ((links_fixity){0}));
    p->fixities->data[name->id] =
      (links_fixity){true, rows[i].level, rows[i].associativity};
  }
}

links_program links_parse(fe_session *s, const fe_source *source, links_fixities *fixities) {
  links_parser p = {.s = s, .a = &s->arena, .fixities = fixities};
  p.tokens = links_lex(s, source).data;
  if (fixities->n == 0)
    initial_fixities(&p);
  links_decl_vec decls = {0};
  links_exp *last = links_statements(&p, true, &decls);
  return (links_program){decls.data, decls.n, last};
}
