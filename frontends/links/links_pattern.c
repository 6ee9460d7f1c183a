/* Parsing patterns and operation patterns, and reading over types; see links_parser.h. */
#include "links/links_parser.h"

#include <string.h>

fe_binder *links_binder(links_parser *p, fe_name *name, fe_pos pos) {
  fe_binder *b = FE_NEW(p->a, fe_binder);
  *b = (fe_binder){.name = name, .pos = pos, .prim = -1, .n_params = FE_NO_ARITY};
  return b;
}

bool links_is_literal(links_token_kind kind) {
  return kind == LINKS_INT || kind == LINKS_FLOAT || kind == LINKS_STRING ||
         kind == LINKS_CHAR || kind == LINKS_TRUE || kind == LINKS_FALSE;
}

fe_atom links_literal(const links_token *t) {
  if (t->kind == LINKS_FLOAT)
    return (fe_atom){.kind = FE_ATOM_FLOAT, .u.f = t->u.f};
  if (t->kind == LINKS_STRING)
    return (fe_atom){.kind = FE_ATOM_STRING, .u.text = t->u.text};
  if (t->kind == LINKS_CHAR)
    return fe_atom_int(FE_ATOM_CHAR, t->u.i);
  if (t->kind == LINKS_INT)
    return fe_atom_int(FE_ATOM_INT, t->u.i);
  return fe_atom_int(FE_ATOM_BOOL, t->kind == LINKS_TRUE);
}

/* Patterns. */

static fe_pat *new_pattern(links_parser *p, fe_pat_kind kind, fe_pos pos) {
  fe_pat *pat = FE_NEW(p->a, fe_pat);
  pat->kind = kind;
  pat->pos = pos;
  return pat;
}

fe_pat *links_var_pattern(links_parser *p, fe_name *name, fe_pos pos) {
  fe_pat *pat = new_pattern(p, FE_PAT_VAR, pos);
  pat->binder = links_binder(p, name, pos);
  return pat;
}

fe_pat *links_tuple_pattern(links_parser *p, fe_pat **subs, uint32_t n, fe_pos pos) {
  fe_pat *pat = new_pattern(p, FE_PAT_RECORD, pos);
  pat->n = n;
  pat->subs = subs;
  pat->labels = fe_alloc_n(p->a, n, sizeof *pat->labels);
  for (uint32_t i = 0; i < n; i++)
    pat->labels[i] = links_number_name(p, i + 1);
  return pat;
}

typedef FE_VEC(fe_pat *) pat_vec;

static void patterns_until(links_parser *p, pat_vec *out, links_token_kind end) {
  if (!links_accept(p, end)) {
    do {
      fe_pat *pat = links_pattern(p);
      fe_push(p->a, out, pat);
    } while (links_accept(p, LINKS_COMMA));
    links_expect(p, end);
  }
}

static fe_pat *list_pattern(links_parser *p) {
  fe_pos pos = links_pos(p);
  links_next(p);
  pat_vec items = {0};
  patterns_until(p, &items, LINKS_RBRACKET);
  fe_pat *list = new_pattern(p, FE_PAT_NIL, pos);
  for (uint32_t i = items.n; i-- > 0;) {
    fe_pat *cons = new_pattern(p, FE_PAT_CONS, items.data[i]->pos);
    cons->sub = items.data[i];
    cons->tail = list;
    list = cons;
  }
  return list;
}

/* After `(`: l=p, =x, ... | rest) */
static fe_pat *record_pattern(links_parser *p, fe_pos pos) {
  fe_pat *pat = new_pattern(p, FE_PAT_RECORD, pos);
  FE_VEC(fe_name *) labels = {0};
  pat_vec subs = {0};
  do {
    fe_pos label_pos = links_pos(p);
    if (links_accept(p, LINKS_EQUALS)) {
      if (links_peek(p) != LINKS_NAME)
        break;
      fe_name *name = links_next(p)->u.name;
      fe_pat *sub = links_var_pattern(p, name, label_pos);
      fe_push(p->a, &labels, name);
      fe_push(p->a, &subs, sub);
    } else {
      fe_name *label = links_label(p);
      links_expect(p, LINKS_EQUALS);
      fe_pat *sub = links_pattern(p);
      fe_push(p->a, &labels, label);
      fe_push(p->a, &subs, sub);
    }
  } while (links_accept(p, LINKS_COMMA));
  if (links_accept(p, LINKS_BAR)) {
    pat->sub = links_pattern(p);
    if (pat->sub->kind != FE_PAT_VAR && pat->sub->kind != FE_PAT_ANY)
      links_fail(p, pat->sub->pos, "the rest of a record pattern must be a variable or _");
  }
  links_expect(p, LINKS_RPAREN);
  pat->labels = labels.data;
  pat->subs = subs.data;
  pat->n = labels.n;
  links_new_set(p);
  for (uint32_t i = 0; i < pat->n && !p->panic; i++)
    if (!links_add_to_set(p, pat->labels[i]))
      links_fail(p, pat->subs[i]->pos, "the record pattern names a field twice");
  return pat;
}

static fe_pat *paren_pattern(links_parser *p) {
  fe_pos pos = links_pos(p);
  links_next(p);
  if (links_peek(p) == LINKS_EQUALS ||
      (links_is_label(p) && links_peek_at(p, 1) == LINKS_EQUALS))
    return record_pattern(p, pos);
  pat_vec subs = {0};
  patterns_until(p, &subs, LINKS_RPAREN);
  return subs.n == 1 ? subs.data[0] : links_tuple_pattern(p, subs.data, subs.n, pos);
}

static fe_pat *literal_pattern(links_parser *p, bool is_negative) {
  fe_pos pos = links_pos(p);
  const links_token *t = links_next(p);
  fe_pat *pat = new_pattern(p, FE_PAT_LITERAL, pos);
  pat->literal = links_literal(t);
  if (pat->literal.kind == FE_ATOM_BOOL)
    pat->kind = FE_PAT_BOOL;
  else if (is_negative && pat->literal.kind == FE_ATOM_FLOAT)
    pat->literal.u.f = -pat->literal.u.f;
  else if (is_negative)
    pat->literal.u.i = -pat->literal.u.i;
  return pat;
}

static fe_pat *negative_pattern(links_parser *p) {
  fe_pos pos = links_pos(p);
  links_next(p);
  if (links_peek(p) == LINKS_INT || links_peek(p) == LINKS_FLOAT)
    return literal_pattern(p, true);
  if (links_peek(p) == LINKS_CONSTRUCTOR || links_peek(p) == LINKS_LPAREN)
    links_fail(p, pos, "negative patterns are not supported");
  else
    links_fail_expected(p, "a number");
  return new_pattern(p, FE_PAT_ANY, pos);
}

static fe_pat *primary_pattern(links_parser *p) {
  fe_pos pos = links_pos(p);
  links_token_kind kind = links_peek(p);
  if (kind == LINKS_NAME)
    return links_var_pattern(p, links_next(p)->u.name, pos);
  if (links_is_literal(kind))
    return literal_pattern(p, false);
  if (kind == LINKS_LPAREN)
    return paren_pattern(p);
  if (kind == LINKS_LBRACKET)
    return list_pattern(p);
  if (kind == LINKS_CONSTRUCTOR) {
    fe_pat *pat = new_pattern(p, FE_PAT_VARIANT, pos);
    pat->label = links_next(p)->u.name;
    if (links_peek(p) == LINKS_LPAREN)
      pat->sub = paren_pattern(p);
    return pat;
  }
  if (links_is_operator(p, "-") || links_is_operator(p, "-."))
    return negative_pattern(p);
  if (!links_accept(p, LINKS_UNDERSCORE))
    links_fail_expected(p, "a pattern");
  return new_pattern(p, FE_PAT_ANY, pos);
}

/* p1 :: p2 :: ... with the last as the tail; a loop, so that length costs no stack. */
static fe_pat *cons_pattern(links_parser *p) {
  fe_pat *first = primary_pattern(p);
  fe_pat **hole = &first;
  while (links_peek(p) == LINKS_CONS) {
    fe_pat *cons = new_pattern(p, FE_PAT_CONS, links_pos(p));
    links_next(p);
    cons->sub = *hole;
    cons->tail = primary_pattern(p);
    *hole = cons;
    hole = &cons->tail;
  }
  return first;
}

fe_pat *links_pattern(links_parser *p) {
  fe_pos pos = links_pos(p);
  if (!links_deeper(p)) {
    p->depth--;
    return new_pattern(p, FE_PAT_ANY, pos);
  }
  fe_pat *pat = cons_pattern(p);
  if (links_accept(p, LINKS_AS)) {
    fe_pat *as = new_pattern(p, FE_PAT_AS, pos);
    as->sub = pat;
    fe_pos name_pos = links_pos(p);
    if (links_peek(p) == LINKS_NAME)
      as->binder = links_binder(p, links_next(p)->u.name, name_pos);
    else
      links_fail_expected(p, "a name");
    pat = as->binder ? as : pat;
  }
  if (links_accept(p, LINKS_COLON))
    links_skip_primary_type(p);
  p->depth--;
  return pat;
}

/* Operation patterns. */

/* The closing bracket; the lexer may have read `>->` as one operator. */
static void close_operation(links_parser *p) {
  if (links_is_operator(p, ">")) {
    links_next(p);
    return;
  }
  if (links_is_operator(p, ">->")) {
    links_token *t = &p->tokens[p->at];
    t->kind = LINKS_ARROW;
    t->pos++;
    return;
  }
  links_fail_expected(p, "'>' at the end of the operation pattern");
}

static bool is_variable(const fe_pat *pat) {
  while (pat->kind == FE_PAT_AS)
    pat = pat->sub;
  return pat->kind == FE_PAT_VAR || pat->kind == FE_PAT_ANY;
}

void links_operation(links_parser *p, links_clause *out) {
  out->pos = links_pos(p);
  links_next(p);
  if (links_peek(p) != LINKS_CONSTRUCTOR) {
    links_fail_expected(p, "the name of an operation");
    return;
  }
  out->op = links_next(p)->u.name;
  fe_pos pos = links_pos(p);
  if (links_accept(p, LINKS_LPAREN)) {
    pat_vec subs = {0};
    patterns_until(p, &subs, LINKS_RPAREN);
    if (subs.n == 1)
      out->payload = subs.data[0];
    else if (subs.n)
      out->payload = links_tuple_pattern(p, subs.data, subs.n, pos);
  }
  if (links_accept(p, LINKS_FAT_ARROW) || links_accept(p, LINKS_FAT_LINEAR_ARROW) ||
      links_accept(p, LINKS_ARROW) || links_accept(p, LINKS_LINEAR_ARROW)) {
    out->resumption = links_pattern(p);
    if (!is_variable(out->resumption))
      links_fail(p, out->resumption->pos, "the resumption must be a variable or _");
  }
  close_operation(p);
  if (links_accept(p, LINKS_COLON))
    links_skip_primary_type(p);
}

/* Types. They are not kept: read over them. */

static bool is_opening(links_token_kind kind) {
  return kind == LINKS_LPAREN || kind == LINKS_LBRACE || kind == LINKS_LBRACKET ||
         kind == LINKS_LVARIANT;
}

static bool is_closing(links_token_kind kind) {
  return kind == LINKS_RPAREN || kind == LINKS_RBRACE || kind == LINKS_RBRACKET ||
         kind == LINKS_RVARIANT;
}

/* Offset from p->at to behind the bracket that closes the one at p->at; 0: it is not closed. */
static uint32_t balanced_length(const links_parser *p) {
  uint32_t depth = 0;
  for (uint32_t i = 0;; i++) {
    links_token_kind kind = p->tokens[p->at + i].kind;
    if (kind == LINKS_END || kind == LINKS_SEMICOLON)
      return 0;
    depth += is_opening(kind);
    depth -= is_closing(kind);
    if (depth == 0)
      return i + 1;
  }
}

void links_skip_balanced(links_parser *p) {
  uint32_t n = p->panic ? 0 : balanced_length(p);
  if (n == 0)
    links_fail(p, links_pos(p), "unclosed bracket in a type");
  p->at += n;
}

static bool is_type_var(links_token_kind kind) {
  return kind == LINKS_NAME || kind == LINKS_TYPE_VAR || kind == LINKS_PERCENT ||
         kind == LINKS_UNDERSCORE;
}

static void skip_kind(links_parser *p) {
  if (links_peek(p) != LINKS_CONS)
    return;
  links_token_kind after = links_peek_at(p, 1);
  if (after != LINKS_CONSTRUCTOR && after != LINKS_LPAREN)
    return;
  links_next(p);
  links_accept(p, LINKS_CONSTRUCTOR);
  if (links_peek(p) == LINKS_LPAREN)
    links_skip_balanced(p);
}

void links_skip_primary_type(links_parser *p) {
  while (links_accept(p, LINKS_TILDE))
    continue;
  links_token_kind kind = links_peek(p);
  if (is_opening(kind)) {
    links_skip_balanced(p);
  } else if (is_type_var(kind)) {
    links_next(p);
    skip_kind(p);
  } else if (links_accept(p, LINKS_CONSTRUCTOR)) {
    while (links_peek(p) == LINKS_DOT && links_peek_at(p, 1) == LINKS_CONSTRUCTOR) {
      links_next(p);
      links_next(p);
    }
    if (links_peek(p) == LINKS_LPAREN)
      links_skip_balanced(p);
  } else {
    links_fail_expected(p, "a type");
  }
}

/* forall a, b::Kind. and mu a. */
static void skip_quantifiers(links_parser *p) {
  while (links_accept(p, LINKS_FORALL) || links_accept(p, LINKS_MU)) {
    do {
      if (is_type_var(links_peek(p)))
        links_next(p);
      else
        links_fail_expected(p, "a type variable");
      skip_kind(p);
    } while (links_accept(p, LINKS_COMMA));
    links_expect(p, LINKS_DOT);
  }
}

static bool is_arrow(links_token_kind kind) {
  return kind == LINKS_ARROW || kind == LINKS_LINEAR_ARROW || kind == LINKS_WILD_ARROW ||
         kind == LINKS_WILD_LINEAR_ARROW || kind == LINKS_FAT_ARROW ||
         kind == LINKS_FAT_LINEAR_ARROW;
}

/* An arrow with its effects: ->, {..}~>, -e->, ~e~>. False, reading nothing, when there is
 * none. */
static bool skip_arrow(links_parser *p) {
  if (p->panic)
    return false;
  uint32_t start = p->at;
  if (links_peek(p) == LINKS_LBRACE) {
    p->at += balanced_length(p);
  } else if (links_is_operator(p, "-") || links_peek(p) == LINKS_TILDE) {
    links_next(p);
    if (is_type_var(links_peek(p)))
      links_next(p);
    skip_kind(p);
  }
  if (is_arrow(links_peek(p))) {
    links_next(p);
    return true;
  }
  p->at = start;
  return false;
}

void links_skip_type(links_parser *p) {
  do {
    skip_quantifiers(p);
    links_skip_primary_type(p);
  } while (skip_arrow(p));
}
