/* The tokens of the Links-like language.
 *
 * Longest match, as in Links: a run of operator characters is one operator unless it is a
 * reserved sign. `<` is always an operator here; the parser takes it for the bracket of an
 * operation pattern where one can stand, and splits `>->` there. XML is not read. */
#ifndef LINKS_LEX_H
#define LINKS_LEX_H

#include "common/fe_core.h"

typedef enum {
#define LINKS_TOKEN(id, text) LINKS_##id,
#define LINKS_KEYWORD(id, text) LINKS_##id,
#include "links/links_token.def"
#undef LINKS_TOKEN
#undef LINKS_KEYWORD
  LINKS_TOKEN_COUNT
} links_token_kind;

typedef struct links_token {
  links_token_kind kind;
  bool is_first_in_line;
  bool is_quoted;          /* OPERATOR: a name in back quotes */
  fe_pos pos;
  union {
    fe_name *name;         /* NAME, CONSTRUCTOR, OPERATOR; INT after a dot: the digits */
    int64_t i;             /* CHAR, INT */
    double f;
    const fe_text *text;
  } u;
  fe_name *digits;         /* INT: as written */
} links_token;

typedef struct links_tokens {
  links_token *data;       /* ends with LINKS_END */
  uint32_t n;
} links_tokens;

/* Read all tokens. Errors are recorded and skipped over. Call inside fe_guard. */
links_tokens links_lex(fe_session *s, const fe_source *source);

/* What a token is called in messages. */
const char *links_token_text(links_token_kind kind);
bool links_is_keyword(links_token_kind kind);

#endif
