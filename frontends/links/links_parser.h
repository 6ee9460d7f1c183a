/* The parser's state and the functions its files share: links_parse.c has expressions,
 * links_statement.c statements and declarations, links_pattern.c patterns and types.
 *
 * Errors. The first error sets `panic`; from then on the parser sees only the end of the file,
 * so every loop ends and every function returns at once with something. Whoever parses a list
 * of statements or cases then skips to the next one and clears `panic` (links_recover). */
#ifndef LINKS_PARSER_H
#define LINKS_PARSER_H

#include "links/links_ast.h"
#include "links/links_lex.h"

enum { LINKS_MAX_NESTING = 800 };

typedef enum { LINKS_LEFT, LINKS_RIGHT, LINKS_NONE } links_associativity;

typedef struct links_fixity {
  bool is_set;
  uint8_t level;           /* 0 to 9; 9 binds tightest */
  links_associativity associativity;
} links_fixity;

/* The operators known so far; kept from the prelude to the program. */
typedef FE_VEC(links_fixity) links_fixities;  /* by name id */

typedef struct links_parser {
  fe_session *s;
  fe_arena *a;
  links_token *tokens;
  uint32_t at;
  uint32_t depth;          /* of nested constructs */
  bool panic;
  bool is_lost;            /* panic that only the top level ends */
  links_fixities *fixities;
  FE_VEC(uint32_t) stamps; /* by name id, for finding duplicates */
  uint32_t stamp;
} links_parser;

/* Looking at tokens. */
links_token_kind links_peek(const links_parser *p);
links_token_kind links_peek_at(const links_parser *p, uint32_t ahead);
const links_token *links_next(links_parser *p);
fe_pos links_pos(const links_parser *p);
bool links_accept(links_parser *p, links_token_kind kind);
bool links_expect(links_parser *p, links_token_kind kind);
/* The next token is this operator. */
bool links_is_operator(const links_parser *p, const char *text);
/* Record "expected WHAT but found ..." and panic. */
void links_fail_expected(links_parser *p, const char *what);
void links_fail(links_parser *p, fe_pos pos, const char *text);
/* One level deeper; false, with an error, when that is too deep. Undo with p->depth--. */
bool links_deeper(links_parser *p);

/* Field labels: a name, constructor, integer or string. NULL after an error. */
bool links_is_label(const links_parser *p);
fe_name *links_label(links_parser *p);
fe_name *links_number_name(links_parser *p, uint32_t n);
/* Begin a set of names that must differ, and add one to it; false when it is there already. */
void links_new_set(links_parser *p);
bool links_add_to_set(links_parser *p, const fe_name *name);

/* links_parse.c */
links_exp *links_new_exp(links_parser *p, links_exp_kind kind, fe_pos pos);
links_fun *links_new_fun(links_parser *p, fe_pat **params, uint32_t n, links_exp *body,
                         fe_pos pos);
/* Parameter lists and body: (a, b)(c) { .. }, as functions that return functions. */
links_fun *links_fun_rest(links_parser *p, fe_pos pos);
links_exp *links_expression(links_parser *p);

/* links_statement.c */
typedef FE_VEC(links_decl) links_decl_vec;
typedef enum { LINKS_IN_FILE, LINKS_IN_BLOCK, LINKS_IN_CASES } links_place;
/* Statements up to a closing brace or `case`. With is_top, up to the end of the file, and the
 * result is the last expression or NULL; else it is all of them as one expression. */
links_exp *links_statements(links_parser *p, bool is_top, links_decl_vec *decls);
/* { statements } */
links_exp *links_block(links_parser *p);
/* After an error: skip to the next statement or case and end the panic; or, at a declaration at
 * the left margin, leave that to the top level. */
void links_recover(links_parser *p, links_place where);

/* links_pattern.c */
fe_binder *links_binder(links_parser *p, fe_name *name, fe_pos pos);
fe_atom links_literal(const links_token *t);
bool links_is_literal(links_token_kind kind);
fe_pat *links_pattern(links_parser *p);
fe_pat *links_var_pattern(links_parser *p, fe_name *name, fe_pos pos);
fe_pat *links_tuple_pattern(links_parser *p, fe_pat **subs, uint32_t n, fe_pos pos);
/* `<Op(p, ...) => k>` and its forms, after `case`. */
void links_operation(links_parser *p, links_clause *out);
/* Read over a type; _primary over one that is no bare arrow. */
void links_skip_type(links_parser *p);
void links_skip_primary_type(links_parser *p);
void links_skip_balanced(links_parser *p);

#endif
