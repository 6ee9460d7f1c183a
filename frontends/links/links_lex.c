/* Reading tokens; see links_lex.h. */
#include "links/links_lex.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

typedef struct lexer {
  fe_session *s;
  const fe_source *source;
  const char *text;
  uint32_t at, end;
  FE_VEC(links_token) tokens;
  FE_VEC(char) bytes;      /* of the string being read */
  fe_name *keywords[LINKS_TOKEN_COUNT];
  links_token_kind *keyword_of;  /* by name id, below n_keyword_ids; END: none */
  uint32_t n_keyword_ids;
  bool is_line_start;
} lexer;

static const char *const token_texts[] = {
#define LINKS_TOKEN(id, text) text,
#define LINKS_KEYWORD(id, text) "'" text "'",
#include "links/links_token.def"
#undef LINKS_TOKEN
#undef LINKS_KEYWORD
};

static const char *const keyword_texts[LINKS_TOKEN_COUNT] = {
#define LINKS_TOKEN(id, text)
#define LINKS_KEYWORD(id, text) [LINKS_##id] = text,
#include "links/links_token.def"
#undef LINKS_TOKEN
#undef LINKS_KEYWORD
};

const char *links_token_text(links_token_kind kind) {
  return kind < LINKS_TOKEN_COUNT ? token_texts[kind] : "";
}

bool links_is_keyword(links_token_kind kind) {
  return kind < LINKS_TOKEN_COUNT && keyword_texts[kind];
}

static void intern_keywords(lexer *lx) {
  for (int k = 0; k < LINKS_TOKEN_COUNT; k++)
    if (keyword_texts[k])
      lx->keywords[k] = fe_intern_text(lx->s, keyword_texts[k]);
  for (int k = 0; k < LINKS_TOKEN_COUNT; k++)
    if (lx->keywords[k] && lx->keywords[k]->id >= lx->n_keyword_ids)
      lx->n_keyword_ids = lx->keywords[k]->id + 1;
  lx->keyword_of = fe_alloc_n(&lx->s->arena, lx->n_keyword_ids, sizeof *lx->keyword_of);
  for (int k = 0; k < LINKS_TOKEN_COUNT; k++)
    if (lx->keywords[k])
      lx->keyword_of[lx->keywords[k]->id] = (links_token_kind)k;
}

static char peek(const lexer *lx, uint32_t ahead) {
  return ahead < lx->end - lx->at ? lx->text[lx->at + ahead] : '\0';
}

static fe_pos pos_of(const lexer *lx, uint32_t offset) {
  return lx->source->base + offset;
}

static bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

static bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_name_char(char c) {
  return is_letter(c) || is_digit(c) || c == '_' || c == '\'';
}

static bool is_operator_char(char c) {
  return c && strchr(".!$&*+/<=>@\\^-|", c);
}

static links_token *add(lexer *lx, links_token_kind kind, uint32_t start) {
  links_token t = {
    .kind = kind, .is_first_in_line = lx->is_line_start, .pos = pos_of(lx, start)};
  lx->is_line_start = false;
  fe_push(&lx->s->arena, &lx->tokens, t);
  return &lx->tokens.data[lx->tokens.n - 1];
}

/* Characters and escapes. */

static void add_code_point(lexer *lx, uint32_t c) {
  fe_arena *a = &lx->s->arena;
  if (c < 0x80) {
    fe_push(a, &lx->bytes, (char)c);
  } else if (c < 0x800) {
    fe_push(a, &lx->bytes, (char)(0xC0 | c >> 6));
    fe_push(a, &lx->bytes, (char)(0x80 | (c & 0x3F)));
  } else {
    if (c < 0x10000) {
      fe_push(a, &lx->bytes, (char)(0xE0 | c >> 12));
    } else {
      fe_push(a, &lx->bytes, (char)(0xF0 | c >> 18));
      fe_push(a, &lx->bytes, (char)(0x80 | (c >> 12 & 0x3F)));
    }
    fe_push(a, &lx->bytes, (char)(0x80 | (c >> 6 & 0x3F)));
    fe_push(a, &lx->bytes, (char)(0x80 | (c & 0x3F)));
  }
}

/* Read one code point of the source; an error for bytes that are none. */
static uint32_t read_code_point(lexer *lx) {
  uint8_t first = (uint8_t)lx->text[lx->at];
  uint32_t start = lx->at++;
  if (first < 0x80)
    return first;
  uint32_t n = first >= 0xF0 && first < 0xF5 ? 3 : first >= 0xE0 ? 2 : first >= 0xC2 ? 1 : 0;
  uint32_t c = first & (n == 3 ? 0x07u : n == 2 ? 0x0Fu : 0x1Fu);
  bool ok = n > 0 && first < 0xF5 && n <= lx->end - lx->at;
  for (uint32_t i = 0; i < n && ok; i++, lx->at++) {
    uint8_t next = (uint8_t)lx->text[lx->at];
    ok = (next & 0xC0) == 0x80;
    c = c << 6 | (next & 0x3F);
  }
  static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
  if (ok && c >= least[n] && c <= 0x10FFFF && (c < 0xD800 || c > 0xDFFF))
    return c;
  lx->at = start + 1;
  fe_error(lx->s, pos_of(lx, start), "malformed UTF-8");
  return '?';
}

static int digit_value(char c) {
  if (is_digit(c))
    return c - '0';
  if (c >= 'a' && c <= 'f')
    return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : 99;
}

/* After a backslash: \n \r \t \b \" \' \\ \ooo \xhh. */
static uint32_t read_escape(lexer *lx) {
  uint32_t start = lx->at - 1;
  char c = peek(lx, 0);
  uint32_t n_digits = 0, base = 0;
  if (c >= '0' && c <= '3') {
    n_digits = 3;
    base = 8;
  } else if (c == 'x' || c == 'X') {
    lx->at++;
    n_digits = 2;
    base = 16;
  }
  if (base) {
    uint32_t value = 0;
    for (uint32_t i = 0; i < n_digits; i++) {
      int digit = digit_value(peek(lx, 0));
      if (digit >= (int)base) {
        fe_error(lx->s, pos_of(lx, start), "malformed escape: expected %u digits of base %u",
                 n_digits, base);
        return value;
      }
      value = value * base + (uint32_t)digit;
      lx->at++;
    }
    return value;
  }
  static const char from[] = "nrtb\"'\\", to[] = "\n\r\t\b\"'\\";
  const char *at = c ? strchr(from, c) : NULL;
  if (!at) {
    fe_error(lx->s, pos_of(lx, start), "unknown escape in a string or character");
    return '\\';
  }
  lx->at++;
  return (uint8_t)to[at - from];
}

static uint32_t read_char(lexer *lx) {
  if (peek(lx, 0) == '\\') {
    lx->at++;
    return read_escape(lx);
  }
  return read_code_point(lx);
}

static void lex_string(lexer *lx) {
  uint32_t start = lx->at++;
  uint32_t line_end = 0;
  lx->bytes.n = 0;
  while (lx->at < lx->end && lx->text[lx->at] != '"') {
    if (lx->text[lx->at] == '\n' && !line_end)
      line_end = lx->at;
    add_code_point(lx, read_char(lx));
  }
  if (lx->at == lx->end) {
    /* Go on after the line the string began in: most likely only a quote is missing there. */
    fe_error(lx->s, pos_of(lx, start), "unterminated string");
    lx->at = line_end ? line_end : lx->end;
    lx->bytes.n = 0;
  } else {
    lx->at++;
  }
  fe_text *text = FE_NEW(&lx->s->arena, fe_text);
  text->n_bytes = lx->bytes.n;
  text->bytes = fe_copy(&lx->s->arena, lx->bytes.n ? lx->bytes.data : "", lx->bytes.n);
  add(lx, LINKS_STRING, start)->u.text = text;
}

static void lex_char(lexer *lx) {
  uint32_t start = lx->at++;
  uint32_t c = ' ';
  if (lx->at < lx->end && lx->text[lx->at] != '\n')
    c = read_char(lx);
  if (peek(lx, 0) == '\'')
    lx->at++;
  else
    fe_error(lx->s, pos_of(lx, start), "unterminated character: expected a closing '");
  add(lx, LINKS_CHAR, start)->u.i = c;
}

/* Names and numbers. */

static void lex_name(lexer *lx) {
  uint32_t start = lx->at;
  while (is_name_char(peek(lx, 0)))
    lx->at++;
  fe_name *name = fe_intern(lx->s, lx->text + start, lx->at - start);
  links_token_kind kind = LINKS_END;
  if (name->id < lx->n_keyword_ids)
    kind = lx->keyword_of[name->id];
  if (kind == LINKS_END)
    kind = name->text[0] >= 'A' && name->text[0] <= 'Z' ? LINKS_CONSTRUCTOR : LINKS_NAME;
  add(lx, kind, start)->u.name = name;
}

static void lex_int(lexer *lx, uint32_t start) {
  uint64_t value = 0;
  bool fits = true;
  for (uint32_t i = start; i < lx->at; i++) {
    uint64_t digit = (uint64_t)(lx->text[i] - '0');
    fits = fits && value <= (INT64_MAX - digit) / 10;
    value = fits ? value * 10 + digit : 0;
  }
  if (!fits)
    fe_error(lx->s, pos_of(lx, start), "integer literal is too large: at most %lld",
             (long long)INT64_MAX);
  fe_name *digits = fe_intern(lx->s, lx->text + start, lx->at - start);
  links_token *t = add(lx, LINKS_INT, start);
  t->u.i = (int64_t)value;
  t->digits = digits;
}

static bool is_after_dot(const lexer *lx) {
  return lx->tokens.n && lx->tokens.data[lx->tokens.n - 1].kind == LINKS_DOT;
}

/* 1, 1.5, 1.5e-3. After a dot only digits are taken, so that r.1.2 reads as (r.1).2. */
static void lex_number(lexer *lx) {
  uint32_t start = lx->at;
  while (is_digit(peek(lx, 0)))
    lx->at++;
  if (peek(lx, 0) != '.' || !is_digit(peek(lx, 1)) || is_after_dot(lx)) {
    lex_int(lx, start);
    return;
  }
  lx->at++;
  while (is_digit(peek(lx, 0)))
    lx->at++;
  uint32_t sign = peek(lx, 1) == '-' || peek(lx, 1) == '+';
  if ((peek(lx, 0) == 'e' || peek(lx, 0) == 'E') && is_digit(peek(lx, 1 + sign))) {
    lx->at += 1 + sign;
    while (is_digit(peek(lx, 0)))
      lx->at++;
  }
  const char *digits = fe_copy(&lx->s->arena, lx->text + start, lx->at - start);
  add(lx, LINKS_FLOAT, start)->u.f = strtod(digits, NULL);
}

/* Operators and signs. */

static const struct {
  const char text[4];
  links_token_kind kind;
} signs[] = {
  {"=", LINKS_EQUALS},      {"->", LINKS_ARROW},       {"-@", LINKS_LINEAR_ARROW},
  {"=>", LINKS_FAT_ARROW},  {"=@", LINKS_FAT_LINEAR_ARROW}, {"<-", LINKS_LEFT_ARROW},
  {"<--", LINKS_TABLE_ARROW}, {"|", LINKS_BAR},        {"@", LINKS_AT},
};

static void lex_operator(lexer *lx) {
  uint32_t start = lx->at;
  while (is_operator_char(peek(lx, 0)))
    lx->at++;
  uint32_t n = lx->at - start;
  if (n == 1 && lx->text[start] == '|' && peek(lx, 0) == ']') {
    lx->at++;
    add(lx, LINKS_RVARIANT, start);
    return;
  }
  fe_name *name = fe_intern(lx->s, lx->text + start, n);
  links_token_kind kind = LINKS_OPERATOR;
  for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
    if (strcmp(name->text, signs[i].text) == 0)
      kind = signs[i].kind;
  add(lx, kind, start)->u.name = name;
}

static void lex_quoted_operator(lexer *lx) {
  uint32_t start = lx->at++;
  uint32_t first = lx->at;
  while (is_name_char(peek(lx, 0)))
    lx->at++;
  uint32_t n = lx->at - first;
  if (n == 0 || peek(lx, 0) != '`' || !is_letter(lx->text[first])) {
    fe_error(lx->s, pos_of(lx, start), "malformed operator: expected `name`");
    return;
  }
  lx->at++;
  fe_name *name = fe_intern(lx->s, lx->text + first, n);
  links_token *t = add(lx, LINKS_OPERATOR, start);
  t->u.name = name;
  t->is_quoted = true;
}

static bool lex_sign(lexer *lx) {
  static const struct {
    char first, second;    /* second 0: one character */
    links_token_kind kind;
  } fixed[] = {
    {'[', '|', LINKS_LVARIANT}, {'.', '.', LINKS_DOTDOT},      {':', ':', LINKS_CONS},
    {'~', '>', LINKS_WILD_ARROW}, {'~', '@', LINKS_WILD_LINEAR_ARROW},
    {'(', 0, LINKS_LPAREN},     {')', 0, LINKS_RPAREN},        {'{', 0, LINKS_LBRACE},
    {'}', 0, LINKS_RBRACE},     {'[', 0, LINKS_LBRACKET},      {']', 0, LINKS_RBRACKET},
    {';', 0, LINKS_SEMICOLON},  {',', 0, LINKS_COMMA},         {'.', 0, LINKS_DOT},
    {':', 0, LINKS_COLON},      {'_', 0, LINKS_UNDERSCORE},    {'~', 0, LINKS_TILDE},
    {'?', 0, LINKS_QUESTION},
  };
  for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++) {
    if (peek(lx, 0) != fixed[i].first || (fixed[i].second && peek(lx, 1) != fixed[i].second))
      continue;
    uint32_t start = lx->at;
    lx->at += fixed[i].second ? 2 : 1;
    add(lx, fixed[i].kind, start);
    return true;
  }
  return false;
}

static void lex_type_variable(lexer *lx) {
  uint32_t start = lx->at++;
  bool is_named = is_letter(peek(lx, 0));
  while (is_named && is_name_char(peek(lx, 0)))
    lx->at++;
  add(lx, is_named ? LINKS_TYPE_VAR : LINKS_PERCENT, start);
}

static void lex_bad(lexer *lx) {
  uint32_t start = lx->at;
  uint32_t n_errors = lx->s->n_errors;
  uint32_t c = read_code_point(lx);
  if (lx->s->n_errors == n_errors)
    fe_error(lx->s, pos_of(lx, start), "unexpected character U+%04X", c);
  /* One message for a run of them. */
  while (lx->at < lx->end && ((uint8_t)lx->text[lx->at] >= 0x7F ||
                              (uint8_t)lx->text[lx->at] < '\t'))
    lx->at++;
}

static void lex_one(lexer *lx) {
  char c = lx->text[lx->at];
  if (c == '\n') {
    lx->is_line_start = true;
    lx->at++;
  } else if (c == ' ' || c == '\t' || c == '\r') {
    /* A declaration word counts as first in its line only at the left margin. */
    lx->is_line_start = false;
    lx->at++;
  } else if (c == '#') {
    while (lx->at < lx->end && lx->text[lx->at] != '\n')
      lx->at++;
  } else if (is_letter(c)) {
    lex_name(lx);
  } else if (is_digit(c)) {
    lex_number(lx);
  } else if (c == '"') {
    lex_string(lx);
  } else if (c == '\'') {
    lex_char(lx);
  } else if (c == '`') {
    lex_quoted_operator(lx);
  } else if (c == '%') {
    lex_type_variable(lx);
  } else if (!lex_sign(lx)) {
    if (is_operator_char(c))
      lex_operator(lx);
    else
      lex_bad(lx);
  }
}

links_tokens links_lex(fe_session *s, const fe_source *source) {
  lexer lx = {.s = s, .source = source, .text = source->text, .end = source->n_bytes,
              .is_line_start = true};
  intern_keywords(&lx);
  while (lx.at < lx.end)
    lex_one(&lx);
  add(&lx, LINKS_END, lx.end);
  return (links_tokens){lx.tokens.data, lx.tokens.n};
}
