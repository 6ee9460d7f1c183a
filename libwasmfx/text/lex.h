/* lex.h: text into tokens. Spec: Text Format, Lexical Format; Annotations.
 *
 * All tokens of an input are made at once. A lexical error ends them: it is kept in errs, and
 * becomes the error of whoever comes to the last token, so that errors appear in the order of
 * the text. */
#ifndef TEXT_LEX_H
#define TEXT_LEX_H

#include <string.h>

#include "base/map.h"
#include "base/vec.h"

enum token_kind {
  TOKEN_OPEN, TOKEN_CLOSE,
  TOKEN_WORD,     /* a keyword or number, known or not */
  TOKEN_ID,       /* $x or $"x" */
  TOKEN_STRING,
  TOKEN_RESERVED, /* characters that make no token of the language */
  TOKEN_END
};

struct token {
  uint32_t at, n; /* its text */
  uint8_t kind;   /* enum token_kind */
};

/* Annotations that mean something: (@name ...), (@custom ...), (@metadata.code.branch_hint ...).
 * Others are left out, and so are those inside of another. */
enum annot_kind { ANNOT_NAME, ANNOT_CUSTOM, ANNOT_HINT, ANNOT_COUNT };
struct annot {
  uint32_t at;       /* the token it stands before */
  uint32_t first, n; /* its own tokens, in annot_tokens, without id and closing parenthesis */
  uint8_t kind;      /* enum annot_kind */
  uint32_t text_at;
};
extern const char *const wfx__annot_words[ANNOT_COUNT];

struct tokens {
  const wfx_ctx *ctx;
  const char *text;
  size_t n_text;
  const char *file;
  VEC(struct token) list; /* the last is TOKEN_END */
  VEC(struct token) annot_tokens;
  VEC(struct annot) annots; /* by at */
  vec_u32 lines;          /* where each line begins */
  struct strmap ops;      /* mnemonics, for all modules of the text */
  struct errs errs;       /* the lexical error */
};

/* Make the tokens of text, which is borrowed, as is file. False, with the error in e, only when
 * memory is out. wfx__tokens_free in every case. Cost: the text. */
bool wfx__lex(struct tokens *t, struct errs *e, const char *text, size_t n, const char *file);
void wfx__tokens_free(struct tokens *t);

/* Where a byte of the text is. Cost: a binary search. */
wfx_loc wfx__tokens_loc(const struct tokens *t, uint32_t offset);

/* Append the bytes that a string token, or the quoted part of an id, stands for. */
bool wfx__token_bytes(const struct tokens *t, struct token tok, struct errs *e, vec_u8 *out);

static inline const char *token_text(const struct tokens *t, struct token tok) {
  return t->text + tok.at;
}
static inline bool token_is(const struct tokens *t, struct token tok, const char *word,
                            size_t n) {
  return tok.kind == TOKEN_WORD && tok.n == n && memcmp(t->text + tok.at, word, n) == 0;
}

/* Whether c may be part of an id or word. */
bool wfx__is_idchar(char c);

#endif
