/* lex.c: the lexer. Spec: Text Format, Lexical Format; Annotations. */
#include "text/lex.h"

#include <assert.h>

#include "base/number.h"
#include "base/utf8.h"
#include "ir/op.h"

/* at moves through [0, end), the well-formed part of the text. */
struct lexer {
  struct tokens *t;
  struct errs *e; /* lack of memory */
  uint32_t at, end;
  bool in_annot;  /* tokens go to annot_tokens */
  bool is_silent; /* or nowhere */
  vec_u8 bytes;   /* scratch */
};

bool wfx__is_idchar(char c) {
  if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z')) return true;
  switch (c) {
  case '!': case '#': case '$': case '%': case '&': case '\'': case '*': case '+': case '-':
  case '.': case '/': case ':': case '<': case '=': case '>': case '?': case '@': case '\\':
  case '^': case '_': case '`': case '|': case '~':
    return true;
  default: return false;
  }
}

/* Record a lexical error; false. */
static bool fail(struct lexer *x, uint32_t at, const char *message) {
  if (at >= x->end && x->end < x->t->n_text) message = "malformed UTF-8 encoding";
  return wfx__fail(&x->t->errs, WFX_MALFORMED, wfx__tokens_loc(x->t, at), "%s", message);
}

static bool add_token(struct lexer *x, enum token_kind kind, uint32_t at) {
  if (x->is_silent) return true;
  struct token tok = {at, x->at - at, (uint8_t)kind};
  if (x->in_annot) return vec_push(x->e, &x->t->annot_tokens, tok);
  return vec_push(x->e, &x->t->list, tok);
}

static char peek(const struct lexer *x, uint32_t ahead) {
  return ahead < x->end - x->at ? x->t->text[x->at + ahead] : '\0';
}

static bool is_hex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static uint32_t hex_value(char c) {
  return (uint32_t)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
}

/* ---- Strings ----------------------------------------------------------------------------- */

/* The code point of \u{...}; at is behind the brace and moves behind the other one. */
static bool read_code_point(const char *text, uint32_t *at, uint32_t end, uint32_t *out) {
  uint32_t i = *at, c = 0;
  bool after_digit = false;
  for (; i < end && text[i] != '}'; i++) {
    if (text[i] == '_' ? !after_digit : !is_hex(text[i])) return false;
    after_digit = text[i] != '_';
    if (after_digit) c = c << 4 | hex_value(text[i]);
    if (c > 0x10ffff) return false;
  }
  if (i == end || !after_digit || (c >= 0xd800 && c < 0xe000)) return false;
  *at = i + 1;
  *out = c;
  return true;
}

/* The bytes of an escape, 0 if malformed. at goes from behind the backslash behind it all. */
static size_t read_escape(const char *text, uint32_t *at, uint32_t end, char buf[4]) {
  if (*at >= end) return 0;
  char c = text[(*at)++];
  switch (c) {
  case 't': buf[0] = '\t'; return 1;
  case 'n': buf[0] = '\n'; return 1;
  case 'r': buf[0] = '\r'; return 1;
  case '"': case '\'': case '\\': buf[0] = c; return 1;
  case 'u': {
    uint32_t code;
    if (*at >= end || text[*at] != '{') return 0;
    ++*at;
    return read_code_point(text, at, end, &code) ? wfx__utf8_put(buf, code) : 0;
  }
  default:
    if (*at >= end || !is_hex(c) || !is_hex(text[*at])) return 0;
    buf[0] = (char)(hex_value(c) << 4 | hex_value(text[(*at)++]));
    return 1;
  }
}

/* Move behind a string. */
static bool skip_string(struct lexer *x) {
  uint32_t start = x->at++;
  for (;;) {
    if (x->at >= x->end) return fail(x, x->at, "unclosed string");
    char c = x->t->text[x->at];
    if (c == '"') break;
    if (c == '\n' || c == '\r') return fail(x, start, "unclosed string");
    if ((unsigned char)c < 0x20 || c == 0x7f)
      return fail(x, x->at, "illegal character in string");
    x->at++;
    char buf[4];
    uint32_t at = x->at;
    if (c == '\\' && read_escape(x->t->text, &x->at, x->end, buf) == 0)
      return fail(x, at - 1, "illegal escape");
  }
  x->at++;
  return true;
}

bool wfx__token_bytes(const struct tokens *t, struct token tok, struct errs *e, vec_u8 *out) {
  uint32_t at = tok.at + 1, end = tok.at + tok.n - 1;
  if (tok.kind == TOKEN_ID) at++;
  TRY(vec_reserve(e, out, tok.n));
  while (at < end) {
    const char *plain = memchr(t->text + at, '\\', end - at);
    uint32_t stop = plain ? (uint32_t)(plain - t->text) : end;
    TRY(wfx__bytes_push(e, out, t->text + at, stop - at));
    at = stop;
    if (!plain) break;
    char buf[4];
    at++;
    size_t n = read_escape(t->text, &at, end, buf);
    assert(n != 0);
    TRY(wfx__bytes_push(e, out, buf, n));
  }
  return true;
}

/* A $"..." that ends here: its bytes must be a name. */
static bool check_quoted(struct lexer *x, struct token tok, const char *empty) {
  x->bytes.n = 0;
  if (!wfx__token_bytes(x->t, tok, x->e, &x->bytes)) return false;
  if (x->bytes.n == 0) return fail(x, tok.at, empty);
  return wfx__utf8_is_valid((const char *)x->bytes.data, x->bytes.n) ||
         fail(x, tok.at, "malformed UTF-8 encoding");
}

/* ---- Runs -------------------------------------------------------------------------------- */

struct char_run {
  uint32_t n_chars, n_strings;
  bool is_reserved;
};

/* Move behind the longest run of characters that may stand together. */
static bool skip_run(struct lexer *x, struct char_run *r) {
  memset(r, 0, sizeof *r);
  for (;; x->at++) {
    char c = peek(x, 0);
    if (c == '"') {
      TRY(skip_string(x));
      r->n_strings++;
      x->at--;
    } else if (c == ',' || c == '[' || c == ']' || c == '{' || c == '}' ||
               (c == ';' && peek(x, 1) != ';')) {
      r->is_reserved = true;
    } else if (wfx__is_idchar(c)) {
      r->n_chars++;
    } else {
      return true;
    }
  }
}

static bool lex_run(struct lexer *x) {
  uint32_t start = x->at;
  char first = peek(x, 0);
  if (first == '$' && peek(x, 1) == '"') {
    /* A broken string here is a broken id. */
    uint32_t i = 2;
    while (peek(x, i) != '"' && (unsigned char)peek(x, i) >= 0x20 && peek(x, i) != 0x7f) i++;
    if (i < x->end - start && peek(x, i) != '"') return fail(x, start, "empty identifier");
  }
  struct char_run r;
  TRY(skip_run(x, &r));
  if (x->at == start) return fail(x, start, "illegal character");
  enum token_kind kind = TOKEN_RESERVED;
  if (!r.is_reserved && r.n_strings == 1 && r.n_chars == 0) kind = TOKEN_STRING;
  if (!r.is_reserved && r.n_strings == 0) kind = first == '$' ? TOKEN_ID : TOKEN_WORD;
  if (!r.is_reserved && r.n_strings == 1 && r.n_chars == 1 && first == '$') {
    kind = TOKEN_ID;
    struct token tok = {start, x->at - start, TOKEN_ID};
    if (x->t->text[start + 1] != '"') kind = TOKEN_RESERVED;
    else TRY(x->is_silent || check_quoted(x, tok, "empty identifier"));
  }
  if (kind == TOKEN_ID && x->at - start == 1 && !x->is_silent)
    return fail(x, start, "empty identifier");
  return add_token(x, kind, start);
}

/* ---- Space and comments ------------------------------------------------------------------ */

static void skip_line_comment(struct lexer *x) {
  while (x->at < x->end && x->t->text[x->at] != '\n' && x->t->text[x->at] != '\r') x->at++;
}

static bool skip_block_comment(struct lexer *x) {
  uint32_t start = x->at, depth = 0;
  do {
    if (x->at >= x->end)
      return fail(x, x->end < x->t->n_text ? x->end : start, "unclosed comment");
    if (peek(x, 0) == '(' && peek(x, 1) == ';') {
      depth++;
      x->at++;
    } else if (peek(x, 0) == ';' && peek(x, 1) == ')') {
      depth--;
      x->at++;
    }
    x->at++;
  } while (depth != 0);
  return true;
}

static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

static bool skip_space(struct lexer *x) {
  while (x->at < x->end) {
    if (is_space(peek(x, 0))) x->at++;
    else if (peek(x, 0) == ';' && peek(x, 1) == ';') skip_line_comment(x);
    else if (peek(x, 0) == '(' && peek(x, 1) == ';') TRY(skip_block_comment(x));
    else break;
  }
  return true;
}

/* ---- Annotations ------------------------------------------------------------------------- */

/* The id of an annotation, good up to the next string; at is behind the @. */
static bool lex_annot_id(struct lexer *x, uint32_t open, wfx_str *id) {
  uint32_t start = x->at;
  if (peek(x, 0) == '"') {
    uint32_t i = 1;
    while (peek(x, i) != '"' && (unsigned char)peek(x, i) >= 0x20 && peek(x, i) != 0x7f) i++;
    if (i < x->end - start && peek(x, i) != '"') return fail(x, open, "empty annotation id");
    TRY(skip_string(x));
    struct token tok = {start, x->at - start, TOKEN_STRING};
    TRY(check_quoted(x, tok, "empty annotation id"));
    *id = (wfx_str){(const char *)x->bytes.data, x->bytes.n};
    return true;
  }
  while (wfx__is_idchar(peek(x, 0))) x->at++;
  *id = (wfx_str){x->t->text + start, x->at - start};
  return id->n != 0 || fail(x, open, "empty annotation id");
}

const char *const wfx__annot_words[ANNOT_COUNT] = {
    [ANNOT_NAME] = "name",
    [ANNOT_CUSTOM] = "custom",
    [ANNOT_HINT] = "metadata.code.branch_hint",
};

/* The kind of annotation that has this id; ANNOT_COUNT: none. */
static uint8_t annot_kind_of(wfx_str id) {
  uint8_t kind = 0;
  while (kind < ANNOT_COUNT && (id.n != strlen(wfx__annot_words[kind]) ||
                                memcmp(id.data, wfx__annot_words[kind], id.n) != 0))
    kind++;
  return kind;
}

/* The tokens of an annotation up to its closing parenthesis. Annotations in it are passed over,
 * known ones too: they stand where nothing can take them. */
static bool lex_annot_body(struct lexer *x, uint32_t open) {
  uint32_t inner = 0; /* the depth around the annotation being passed over */
  for (uint32_t depth = 1;;) {
    TRY(skip_space(x));
    if (x->at >= x->end)
      return fail(x, x->end < x->t->n_text ? x->end : open, "unclosed annotation");
    char c = peek(x, 0);
    uint32_t start = x->at;
    if (c == '(' && peek(x, 1) == '@' && !x->is_silent) {
      wfx_str id;
      x->at += 2;
      TRY(lex_annot_id(x, start, &id));
      inner = depth++;
      x->is_silent = true;
    } else if (c == '(' || c == ')') {
      x->at++;
      depth += c == '(' ? 1u : -1u;
      if (depth == 0) return true;
      if (depth == inner) {
        x->is_silent = false;
        inner = 0;
        continue;
      }
      TRY(add_token(x, c == '(' ? TOKEN_OPEN : TOKEN_CLOSE, start));
    } else {
      TRY(lex_run(x));
    }
  }
}

static bool lex_annot(struct lexer *x) {
  uint32_t open = x->at;
  x->at += 2;
  wfx_str id;
  TRY(lex_annot_id(x, open, &id));
  struct annot a = {(uint32_t)x->t->list.n, (uint32_t)x->t->annot_tokens.n, 0, annot_kind_of(id),
                    open};
  bool is_known = a.kind != ANNOT_COUNT;
  x->in_annot = true;
  x->is_silent = !is_known;
  bool ok = lex_annot_body(x, open);
  x->in_annot = x->is_silent = false;
  TRY(ok);
  a.n = (uint32_t)x->t->annot_tokens.n - a.first;
  return !is_known || vec_push(x->e, &x->t->annots, a);
}

/* ---- The whole --------------------------------------------------------------------------- */

static bool find_lines(struct tokens *t, struct errs *e) {
  TRY(vec_push(e, &t->lines, 0));
  for (size_t i = 0; i < t->n_text; i++)
    if (t->text[i] == '\n' ||
        (t->text[i] == '\r' && (i + 1 == t->n_text || t->text[i + 1] != '\n')))
      TRY(vec_push(e, &t->lines, (uint32_t)(i + 1)));
  return true;
}

wfx_loc wfx__tokens_loc(const struct tokens *t, uint32_t offset) {
  wfx_loc loc = {t->file, offset, 1, 1};
  if (t->lines.n == 0) return loc;
  size_t low = 0, high = t->lines.n;
  while (high - low > 1) {
    size_t mid = low + (high - low) / 2;
    if (t->lines.data[mid] <= offset) low = mid;
    else high = mid;
  }
  loc.line = (uint32_t)(low + 1);
  loc.column = offset - t->lines.data[low] + 1;
  return loc;
}

static bool lex_all(struct lexer *x) {
  for (;;) {
    TRY(skip_space(x));
    if (x->at >= x->end) return x->end == x->t->n_text || fail(x, x->end, "");
    uint32_t start = x->at;
    char c = peek(x, 0);
    if (c == '(' && peek(x, 1) == '@') {
      TRY(lex_annot(x));
    } else if (c == '(' || c == ')') {
      x->at++;
      TRY(add_token(x, c == '(' ? TOKEN_OPEN : TOKEN_CLOSE, start));
    } else {
      TRY(lex_run(x));
    }
  }
}

bool wfx__lex(struct tokens *t, struct errs *e, const char *text, size_t n, const char *file) {
  memset(t, 0, sizeof *t);
  t->ctx = e->ctx;
  t->text = text;
  t->file = file;
  wfx__errs_init(&t->errs, e->ctx);
  struct lexer x = {.t = t, .e = e};
  if (n > e->ctx->limits.module_bytes || n >= UINT32_MAX) {
    wfx__fail(&t->errs, WFX_UNSUPPORTED, wfx__tokens_loc(t, 0),
              "too many bytes in a module: the limit is %llu",
              (unsigned long long)e->ctx->limits.module_bytes);
  } else {
    t->n_text = n;
    TRY(find_lines(t, e));
    const char *good = text;
    uint32_t code;
    while (good < text + n && wfx__utf8_next(&good, text + n, &code)) continue;
    x.end = (uint32_t)(good - text);
    lex_all(&x);
  }
  for (size_t i = 0; i < WFX_OP_COUNT && !errs_is_set(e); i++)
    wfx__strmap_add(e, &t->ops, wfx__ops[i].text, strlen(wfx__ops[i].text), (uint32_t)i, NULL);
  x.in_annot = x.is_silent = false;
  uint32_t at = errs_is_set(&t->errs) ? x.at : (uint32_t)t->n_text;
  bool ok = !errs_is_set(e) && add_token(&x, TOKEN_END, at);
  vec_free(e->ctx, &x.bytes);
  if (ok && t->errs.is_nomem) ok = wfx__fail_nomem(e);
  return ok;
}

void wfx__tokens_free(struct tokens *t) {
  vec_free(t->ctx, &t->list);
  vec_free(t->ctx, &t->annot_tokens);
  vec_free(t->ctx, &t->annots);
  vec_free(t->ctx, &t->lines);
  wfx__strmap_free(t->ctx, &t->ops);
  wfx__errs_free(&t->errs);
}
