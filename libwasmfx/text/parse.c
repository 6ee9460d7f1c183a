/* parse.c: tokens, ids and the two walks over the fields of a module. The fields themselves are
 * in parse_field.c. Spec: Text Format, Modules. */
#include "text/parse.h"

#include <wasmfx/binary.h>
#include <wasmfx/text.h>

#include "base/number.h"
#include "base/utf8.h"
#include "text/field.h"

/* ---- Errors ------------------------------------------------------------------------------ */

/* Words of the language that are no instructions. */
static const char *const words[] = {
    "module", "type", "rec", "sub", "final", "func", "struct", "array", "cont", "handler",
    "tag", "field", "mut", "param", "result", "local", "import", "export", "global", "table",
    "memory", "elem", "data", "start", "offset", "item", "declare", "then", "catch",
    "catch_ref", "catch_all", "catch_all_ref", "on", "on_ref", "ref", "null", "nofunc",
    "extern", "noextern", "any", "eq", "i31", "none", "exn", "noexn", "nocont", "nohandler",
    "notag", "funcref", "nullfuncref", "externref", "nullexternref", "anyref", "eqref",
    "i31ref", "structref", "arrayref", "nullref", "exnref", "nullexnref", "contref",
    "nullcontref", "i8", "i16", "i32", "i64", "f32", "f64", "v128", "i8x16", "i16x8", "i32x4",
    "i64x2", "f32x4", "f64x2", "shared", "binary", "quote", "definition", "instance",
    "nan:canonical", "nan:arithmetic",
};

static bool is_number(const char *text, size_t n) {
  uint64_t bits;
  return wfx__number_read_int(text, n, 64, &bits) != NUMBER_MALFORMED ||
         wfx__number_read_f64(text, n, &bits) != NUMBER_MALFORMED;
}

/* Whether a word is one of the language, though perhaps in a wrong place. */
static bool is_known(const struct parser *p, struct token tok) {
  const char *text = token_text(p->toks, tok), *value = memchr(text, '=', tok.n);
  uint64_t bits;
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (token_is(p->toks, tok, words[i], strlen(words[i]))) return true;
  if (wfx__parse_find_op(p, tok) >= 0 || is_number(text, tok.n)) return true;
  size_t n = value ? (size_t)(value - text) + 1 : 0;
  return value && ((n == 6 && memcmp(text, "align=", n) == 0) ||
                   (n == 7 && memcmp(text, "offset=", n) == 0)) &&
         wfx__number_read_uint(value + 1, tok.n - n, 64, &bits) != NUMBER_MALFORMED;
}

/* Words of proposals that are not here, so that a text that needs one is refused for what it
 * is. */
static const struct {
  const char *word, *proposal;
} other_words[] = {
    {"i64.add128", "wide-arithmetic"},     {"i64.sub128", "wide-arithmetic"},
    {"i64.mul_wide_s", "wide-arithmetic"}, {"i64.mul_wide_u", "wide-arithmetic"},
    {"pagesize", "custom-page-sizes"},
};

/* The proposal that the word ahead, or in the parenthesis there, belongs to; or NULL. */
static const char *find_proposal(const struct parser *p, size_t ahead) {
  ahead += tok_at(p, ahead).kind == TOKEN_OPEN;
  for (size_t i = 0; i < sizeof other_words / sizeof *other_words; i++)
    if (tok_is(p, ahead, other_words[i].word)) return other_words[i].proposal;
  return NULL;
}

bool wfx__parse_unexpected(struct parser *p, size_t ahead) {
  struct token tok = tok_at(p, ahead);
  if (tok.kind == TOKEN_END && errs_is_set(&p->toks->errs))
    return wfx__fail_copy(p->e, &p->toks->errs);
  const char *proposal = find_proposal(p, ahead);
  if (proposal)
    return wfx__fail(p->e, WFX_UNSUPPORTED, tok_loc(p, tok),
                     "the proposal %s is not supported", proposal);
  const char *text = token_text(p->toks, tok);
  /* A piece of it, ending between characters. */
  uint32_t n = tok.n < 60 ? tok.n : 60;
  while (n < tok.n && n > 0 && (text[n] & 0xc0) == 0x80) n--;
  switch ((enum token_kind)tok.kind) {
  case TOKEN_END:
    return wfx__fail(p->e, WFX_MALFORMED, tok_loc(p, tok),
                     "unexpected token: the text ends here");
  case TOKEN_WORD:
    if (is_known(p, tok)) break;
    /* fall through */
  case TOKEN_RESERVED:
    return wfx__fail(p->e, WFX_MALFORMED, tok_loc(p, tok), "unknown operator %.*s", (int)n,
                     text);
  case TOKEN_OPEN: case TOKEN_CLOSE: case TOKEN_ID: case TOKEN_STRING: break;
  }
  return wfx__fail(p->e, WFX_MALFORMED, tok_loc(p, tok), "unexpected token %.*s", (int)n, text);
}

bool wfx__parse_close(struct parser *p) {
  if (!close_is(p)) return wfx__parse_unexpected(p, 0);
  p->at++;
  return true;
}

bool wfx__parse_limit(struct parser *p, uint64_t n, uint64_t limit, const char *what) {
  return n <= limit || wfx__fail(p->e, WFX_UNSUPPORTED, tok_loc(p, tok_at(p, 0)),
                                 "too many %s: the limit is %llu", what,
                                 (unsigned long long)limit);
}

bool wfx__parse_need(struct parser *p, wfx_feature feature) {
  if (ctx_has(p->m->ctx, feature)) return true;
  struct token tok = p->toks->list.data[p->at - 1];
  return wfx__fail(p->e, WFX_UNSUPPORTED, tok_loc(p, tok), "%.*s needs the feature %s",
                   (int)(tok.n < 60 ? tok.n : 60), token_text(p->toks, tok),
                   wfx_feature_text(feature));
}

/* ---- Numbers and indices ----------------------------------------------------------------- */

bool wfx__parse_uint(struct parser *p, unsigned n_bits, const char *what, uint64_t *out) {
  struct token tok = tok_at(p, 0);
  if (tok.kind != TOKEN_WORD) return wfx__parse_unexpected(p, 0);
  switch (wfx__number_read_uint(token_text(p->toks, tok), tok.n, n_bits, out)) {
  case NUMBER_OK: break;
  case NUMBER_MALFORMED: return wfx__parse_unexpected(p, 0);
  case NUMBER_OUT_OF_RANGE:
    return wfx__fail(p->e, WFX_MALFORMED, tok_loc(p, tok), "%sconstant out of range", what);
  }
  p->at++;
  return true;
}

bool wfx__parse_u32(struct parser *p, uint32_t *out) {
  uint64_t x;
  TRY(wfx__parse_uint(p, 32, "i32 ", &x));
  *out = (uint32_t)x;
  return true;
}

bool wfx__parse_is_index(const struct parser *p, size_t ahead) {
  struct token tok = tok_at(p, ahead);
  if (tok.kind != TOKEN_WORD) return tok.kind == TOKEN_ID;
  char c = *token_text(p->toks, tok);
  return c >= '0' && c <= '9';
}

bool wfx__parse_index(struct parser *p, enum ref_space space, uint32_t *out) {
  static const char *const texts[SPACE_COUNT] = {
      [SPACE_TYPE] = "type",     [SPACE_FUNC] = "function", [SPACE_TABLE] = "table",
      [SPACE_MEM] = "memory",    [SPACE_GLOBAL] = "global", [SPACE_TAG] = "tag",
      [SPACE_ELEM] = "elem segment", [SPACE_DATA] = "data segment",
  };
  struct token tok = tok_at(p, 0);
  if (tok.kind != TOKEN_ID) return wfx__parse_u32(p, out);
  wfx_str id;
  TRY(wfx__parse_id_text(p, tok, &id));
  *out = wfx__strmap_get(p->m->ctx, &p->ids[space], id.data, id.n);
  if (*out == WFX_NO_ID)
    return wfx__fail(p->e, WFX_MALFORMED, tok_loc(p, tok), "unknown %s $%.*s", texts[space],
                     (int)id.n, id.data);
  p->at++;
  return true;
}

/* ---- Ids and names ----------------------------------------------------------------------- */

bool wfx__parse_utf8(struct parser *p, struct token tok, struct arena *arena, const char *what,
                     wfx_str *out) {
  p->bytes.n = 0;
  TRY(wfx__token_bytes(p->toks, tok, p->e, &p->bytes));
  TRY(wfx__arena_str(arena, p->e, (const char *)p->bytes.data, p->bytes.n, out));
  return wfx__utf8_is_valid(out->data, out->n) ||
         wfx__fail(p->e, WFX_MALFORMED, tok_loc(p, tok), "%smalformed UTF-8 encoding", what);
}

bool wfx__parse_id_text(struct parser *p, struct token tok, wfx_str *out) {
  const char *text = token_text(p->toks, tok);
  if (text[1] == '"') return wfx__parse_utf8(p, tok, &p->arena, "", out);
  *out = (wfx_str){text + 1, tok.n - 1};
  return true;
}

bool wfx__parse_id(struct parser *p, wfx_str *id, wfx_str *name) {
  struct token tok = tok_at(p, 0);
  *id = (wfx_str){NULL, 0};
  if (name) *name = *id;
  if (tok.kind == TOKEN_ID) {
    TRY(wfx__parse_id_text(p, tok, id));
    p->at++;
    TRY(wfx__parse_limit(p, id->n, p->m->ctx->limits.name_bytes, "bytes in a name"));
    if (name) TRY(wfx__module_str(p->m, id->data, id->n, name));
  }
  return !name || wfx__annots_name(p, "", name);
}

bool wfx__parse_module_id(struct parser *p, wfx_str *name) {
  wfx_str id;
  size_t first = p->at;
  TRY(wfx__parse_id(p, &id, NULL));
  TRY(wfx__annots_none(p, first, p->at));
  if (id.data) TRY(wfx__module_str(p->m, id.data, id.n, name));
  return wfx__annots_name(p, "module ", name);
}

bool wfx__parse_name(struct parser *p, wfx_str *out) {
  struct token tok = tok_at(p, 0);
  if (tok.kind != TOKEN_STRING) return wfx__parse_unexpected(p, 0);
  TRY(wfx__parse_utf8(p, tok, &p->m->arena, "", out));
  p->at++;
  return wfx__parse_limit(p, out->n, p->m->ctx->limits.name_bytes, "bytes in a name");
}

bool wfx__parse_strings(struct parser *p) {
  p->bytes.n = 0;
  while (tok_at(p, 0).kind == TOKEN_STRING) {
    TRY(wfx__token_bytes(p->toks, tok_at(p, 0), p->e, &p->bytes));
    p->at++;
  }
  return true;
}

bool wfx__parse_bind(struct parser *p, struct strmap *map, struct token tok, wfx_str id,
                     uint32_t index, const char *what) {
  bool is_new;
  TRY(wfx__strmap_add(p->e, map, id.data, id.n, index, &is_new));
  return is_new || wfx__fail(p->e, WFX_MALFORMED, tok_loc(p, tok), "duplicate %s $%.*s", what,
                             (int)id.n, id.data);
}

/* ---- The first walk ---------------------------------------------------------------------- */

struct field_word {
  const char *word;
  enum ref_space space; /* SPACE_COUNT: declares nothing */
  const char *segment;  /* an inline segment that it may have */
  enum ref_space segment_space;
  bool (*parse)(struct parser *p);
};

static const struct field_word field_words[] = {
    {"func", SPACE_FUNC, NULL, SPACE_COUNT, wfx__parse_func},
    {"table", SPACE_TABLE, "elem", SPACE_ELEM, wfx__parse_table},
    {"memory", SPACE_MEM, "data", SPACE_DATA, wfx__parse_memory},
    {"global", SPACE_GLOBAL, NULL, SPACE_COUNT, wfx__parse_global},
    {"tag", SPACE_TAG, NULL, SPACE_COUNT, wfx__parse_tag},
    {"elem", SPACE_ELEM, NULL, SPACE_COUNT, wfx__parse_elem},
    {"data", SPACE_DATA, NULL, SPACE_COUNT, wfx__parse_data},
    {"import", SPACE_COUNT, NULL, SPACE_COUNT, wfx__parse_import},
    {"export", SPACE_COUNT, NULL, SPACE_COUNT, wfx__parse_export},
    {"start", SPACE_COUNT, NULL, SPACE_COUNT, wfx__parse_start},
};
enum { N_FIELD_WORDS = sizeof field_words / sizeof *field_words };

/* The row of the field that begins at the next token. */
static const struct field_word *find_field_word(const struct parser *p) {
  for (size_t i = 0; i < N_FIELD_WORDS; i++)
    if (open_is(p, field_words[i].word)) return &field_words[i];
  return NULL;
}

/* Move behind the form that begins here, or to the end. *segment tells whether "(word" is
 * directly inside. */
static void skip_form(struct parser *p, const char *word, bool *segment) {
  size_t depth = 0;
  for (;; p->at++) {
    enum token_kind kind = (enum token_kind)tok_at(p, 0).kind;
    if (kind == TOKEN_END) return;
    if (kind == TOKEN_OPEN && depth++ == 1 && word && tok_is(p, 1, word)) *segment = true;
    if (kind == TOKEN_CLOSE && --depth == 0) break;
  }
  p->at++;
}

/* Give the declaration that begins here its index, and bind its id. */
static bool bind_decl(struct parser *p, const struct field_word *w) {
  uint32_t index = p->n[w->space]++;
  struct token tok = tok_at(p, 2);
  if (tok.kind != TOKEN_ID) return true;
  wfx_str id;
  TRY(wfx__parse_id_text(p, tok, &id));
  return wfx__parse_bind(p, &p->ids[w->space], tok, id, index, w->word);
}

static bool bind_import(struct parser *p) {
  if (tok_at(p, 2).kind != TOKEN_STRING || tok_at(p, 3).kind != TOKEN_STRING) return true;
  size_t at = p->at;
  p->at += 4;
  const struct field_word *w = find_field_word(p);
  if (w && w->space <= SPACE_TAG) TRY(bind_decl(p, w));
  p->at = at;
  return true;
}

static bool first_walk(struct parser *p) {
  size_t at = p->at;
  while (tok_at(p, 0).kind != TOKEN_END && !close_is(p)) {
    if (tok_at(p, 0).kind != TOKEN_OPEN) {
      p->at++;
      continue;
    }
    const struct field_word *w = find_field_word(p);
    bool has_segment = false;
    if (open_is(p, "type") || open_is(p, "rec")) TRY(wfx__parse_declare_types(p));
    else if (open_is(p, "import")) TRY(bind_import(p));
    else if (w && w->space != SPACE_COUNT) TRY(bind_decl(p, w));
    skip_form(p, w ? w->segment : NULL, &has_segment);
    if (has_segment) p->n[w->segment_space]++;
  }
  p->at = at;
  return true;
}

/* ---- The second walk --------------------------------------------------------------------- */

static bool second_walk(struct parser *p) {
  size_t annot = p->first_annot;
  for (;;) {
    TRY(wfx__annots_customs(p, &annot));
    if (tok_at(p, 0).kind == TOKEN_END || close_is(p)) return true;
    if (open_is(p, "type") || open_is(p, "rec")) {
      bool ignored;
      skip_form(p, NULL, &ignored);
      continue;
    }
    const struct field_word *w = find_field_word(p);
    if (!w) return wfx__parse_unexpected(p, tok_at(p, 0).kind == TOKEN_OPEN);
    TRY(w->parse(p));
  }
}

static bool init_parser(struct parser *p, struct wfx_module *m, const struct tokens *toks,
                        size_t at) {
  memset(p, 0, sizeof *p);
  p->m = m;
  p->e = &m->errs;
  p->toks = toks;
  p->at = at;
  wfx__arena_init(&p->arena, m->ctx);
  /* So that pointers to nothing are pointers all the same. */
  TRY(vec_reserve(p->e, &p->vals, 1) && vec_reserve(p->e, &p->field_list, 1) &&
      vec_reserve(p->e, &p->bytes, 1));
  TRY(wfx__module_file(m, toks->file, &p->file));
  if (toks->file) p->file_name = m->files.data[p->file].data;
  return true;
}

static void free_parser(struct parser *p) {
  const wfx_ctx *ctx = p->m->ctx;
  for (size_t i = 0; i < SPACE_COUNT; i++) wfx__strmap_free(ctx, &p->ids[i]);
  wfx__strmap_free(ctx, &p->locals);
  wfx__map_free(ctx, &p->fields);
  wfx__labels_free(ctx, &p->labels);
  vec_free(ctx, &p->type_fields);
  vec_free(ctx, &p->field_ids);
  vec_free(ctx, &p->frames);
  vec_free(ctx, &p->vals);
  vec_free(ctx, &p->field_list);
  vec_free(ctx, &p->names);
  vec_free(ctx, &p->words);
  vec_free(ctx, &p->bytes);
  wfx__arena_free(&p->arena);
}

bool wfx__parse_fields(struct wfx_module *m, const struct tokens *toks, size_t *at) {
  struct parser p;
  bool ok = init_parser(&p, m, toks, *at) && wfx__annots_begin(&p) && first_walk(&p) &&
            wfx__parse_define_types(&p) && second_walk(&p) && wfx__annots_end(&p) &&
            wfx__annots_sort_customs(&p);
  *at = p.at;
  free_parser(&p);
  return ok;
}

static bool parse_end(struct parser *p) {
  return tok_at(p, 0).kind == TOKEN_END || wfx__parse_unexpected(p, 0);
}

/* The module is what the bytes say: its id counts for nothing, and there is no place for
 * annotations. */
static bool parse_binary(struct parser *p) {
  TRY(wfx__parse_strings(p) && wfx__parse_close(p));
  TRY(wfx__annots_none(p, 0, p->at + 1) && parse_end(p));
  return wfx_module_decode(p->m, p->bytes.data, p->bytes.n) == WFX_OK;
}

/* "(module $id? ...)", or fields, and then the end of the text. */
static bool parse_text(struct parser *p) {
  struct wfx_module *m = p->m;
  bool is_wrapped = take_open(p, "module");
  if (is_wrapped) {
    wfx_str name = {NULL, 0};
    TRY(wfx__annots_none(p, 0, p->at) && wfx__parse_module_id(p, &name));
    if (take_word(p, "binary")) return parse_binary(p);
    if (name.data) m->name = name;
  }
  TRY(wfx__parse_fields(m, p->toks, &p->at));
  if (is_wrapped) {
    TRY(wfx__parse_close(p));
    TRY(wfx__annots_none(p, p->at, p->at + 1));
  }
  return parse_end(p);
}

wfx_status wfx_module_parse(wfx_module *m, const char *text, size_t n_bytes, const char *file) {
  if (!wfx__module_begin_read(m, "parsing")) return errs_status(&m->errs);
  struct tokens toks;
  struct parser p = {.m = m, .e = &m->errs, .toks = &toks, .file_name = file};
  wfx__arena_init(&p.arena, m->ctx);
  if (n_bytes == 0) text = "";
  if (wfx__lex(&toks, &m->errs, text, n_bytes, file) && vec_reserve(p.e, &p.bytes, 1))
    parse_text(&p);
  vec_free(m->ctx, &p.bytes);
  wfx__arena_free(&p.arena);
  if (!errs_is_set(&m->errs) && errs_is_set(&toks.errs)) wfx__fail_copy(&m->errs, &toks.errs);
  wfx__tokens_free(&toks);
  return errs_status(&m->errs);
}
