/* script.c: the commands of test scripts. Values are read in script_value.c. The language is
 * that of the specification's reference interpreter (interpreter/README.md, Scripts); commands
 * for threads and for files outside the script are not part of it here. */
#include "text/script.h"

/* ---- Opening ----------------------------------------------------------------------------- */

static bool open_text(struct wfx_script *s, const char *text, size_t n, const char *file) {
  struct errs *e = &s->m->errs;
  s->text = wfx__alloc(s->ctx, n + 1);
  if (!s->text) return wfx__fail_nomem(e);
  s->n_text = n;
  if (n != 0) memcpy(s->text, text, n);
  s->text[n] = '\0';
  wfx_str name = {NULL, 0};
  if (file) TRY(wfx__module_str(s->m, file, strlen(file), &name));
  s->p.m = s->m;
  s->p.e = e;
  s->p.toks = &s->toks;
  s->p.file_name = name.data;
  TRY(vec_reserve(e, &s->p.bytes, 1));
  return wfx__lex(&s->toks, e, s->text, n, name.data);
}

wfx_script *wfx_script_open(const wfx_ctx *ctx, const char *text, size_t n_bytes,
                            const char *file) {
  struct wfx_script *s = wfx__alloc_zero(ctx, sizeof *s);
  if (!s) return NULL;
  s->ctx = s->toks.ctx = ctx;
  wfx__errs_init(&s->toks.errs, ctx);
  wfx__arena_init(&s->p.arena, ctx);
  s->m = wfx_module_new(ctx);
  if (s->m && (open_text(s, text, n_bytes, file) || !s->m->errs.is_nomem)) return s;
  wfx_script_close(s);
  return NULL;
}

void wfx_script_close(wfx_script *s) {
  if (!s) return;
  const wfx_ctx *ctx = s->ctx;
  wfx__tokens_free(&s->toks);
  vec_free(ctx, &s->patterns);
  vec_free(ctx, &s->p.bytes);
  wfx__arena_free(&s->p.arena);
  wfx_module_free(s->m);
  if (s->text) wfx__free(ctx, s->text, s->n_text + 1);
  wfx__free(ctx, s, sizeof *s);
}

const wfx_diag *wfx_script_diag(const wfx_script *s) { return wfx__errs_diag(&s->m->errs); }

/* ---- Modules ----------------------------------------------------------------------------- */

/* The strings that follow, joined. */
static bool read_bytes(struct wfx_script *s, wfx_script_module *out) {
  wfx_str bytes;
  TRY(wfx__parse_strings(&s->p));
  TRY(wfx__module_str(s->m, (const char *)s->p.bytes.data, s->p.bytes.n, &bytes));
  out->bytes = (const uint8_t *)bytes.data;
  out->n_bytes = bytes.n;
  return wfx__parse_close(&s->p);
}

/* Move behind the closing parenthesis of the form that is open. */
static bool skip_rest(struct parser *p) {
  for (size_t depth = 1; depth != 0; p->at++) {
    enum token_kind kind = (enum token_kind)tok_at(p, 0).kind;
    if (kind == TOKEN_END) return wfx__parse_unexpected(p, 0);
    depth += kind == TOKEN_OPEN;
    depth -= kind == TOKEN_CLOSE;
  }
  return true;
}

/* A module; "(module" and perhaps "definition" have been taken. */
static bool read_module(struct wfx_script *s, wfx_command *out) {
  struct parser *p = &s->p;
  out->module.at = p->at;
  TRY(wfx__parse_id(p, &out->name, NULL));
  if (take_word(p, "binary")) out->module.form = WFX_SCRIPT_BINARY;
  else if (take_word(p, "quote")) out->module.form = WFX_SCRIPT_QUOTE;
  else return skip_rest(p);
  return read_bytes(s, &out->module);
}

static bool read_instance(struct wfx_script *s, wfx_command *out) {
  out->kind = WFX_COMMAND_INSTANCE;
  return wfx__parse_id(&s->p, &out->name, NULL) && wfx__parse_id(&s->p, &out->of, NULL) &&
         wfx__parse_close(&s->p);
}

wfx_status wfx_script_parse(wfx_script *s, const wfx_script_module *module, wfx_module *m) {
  if (module->form == WFX_SCRIPT_QUOTE)
    return wfx_module_parse(m, (const char *)module->bytes, module->n_bytes, NULL);
  if (module->form == WFX_SCRIPT_BINARY) {
    wfx__fail(&m->errs, WFX_MISUSE, loc_none(), "a binary module has no text");
    return WFX_MISUSE;
  }
  if (!wfx__module_begin_read(m, "parsing")) return errs_status(&m->errs);
  struct parser p = {.m = m, .e = &m->errs, .toks = &s->toks, .at = module->at,
                     .file_name = s->p.file_name};
  wfx__arena_init(&p.arena, m->ctx);
  enum token_kind last = module->at == 0 ? TOKEN_END : TOKEN_CLOSE;
  if (vec_reserve(p.e, &p.bytes, 1) &&
      (module->at == 0 || wfx__parse_module_id(&p, &m->name)) &&
      wfx__parse_fields(m, &s->toks, &p.at) && tok_at(&p, 0).kind != last)
    wfx__parse_unexpected(&p, 0);
  vec_free(m->ctx, &p.bytes);
  wfx__arena_free(&p.arena);
  return errs_status(&m->errs);
}

/* Whether the whole text is the fields of a module. */
static bool is_inline_module(const struct parser *p) {
  static const char *const fields[] = {"type",   "rec",    "import", "func", "table", "memory",
                                       "global", "export", "start",  "elem", "data",  "tag"};
  for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
    if (open_is(p, fields[i])) return true;
  return false;
}

/* ---- Actions ----------------------------------------------------------------------------- */

/* A string of any bytes. */
static bool read_string(struct wfx_script *s, wfx_str *out) {
  struct parser *p = &s->p;
  struct token tok = tok_at(p, 0);
  if (tok.kind != TOKEN_STRING) return wfx__parse_unexpected(p, 0);
  p->bytes.n = 0;
  TRY(wfx__token_bytes(&s->toks, tok, p->e, &p->bytes));
  p->at++;
  return wfx__module_str(s->m, (const char *)p->bytes.data, p->bytes.n, out);
}

static bool action_is(const struct parser *p) {
  return open_is(p, "invoke") || open_is(p, "get");
}

static bool read_action(struct wfx_script *s, wfx_script_action *out) {
  struct parser *p = &s->p;
  if (!action_is(p)) return wfx__parse_unexpected(p, tok_at(p, 0).kind == TOKEN_OPEN);
  out->is_get = open_is(p, "get");
  p->at += 2;
  TRY(wfx__parse_id(p, &out->instance, NULL));
  TRY(read_string(s, &out->name));
  if (!out->is_get) TRY(wfx__script_patterns(s, false, &out->args, &out->n_args));
  return wfx__parse_close(p);
}

/* ---- Assertions -------------------------------------------------------------------------- */

struct assertion {
  const char *word;
  wfx_status status;
  bool of_action, of_module, is_custom;
};

static const struct assertion assertions[] = {
    {"assert_return", WFX_OK, true, false, false},
    {"assert_trap", WFX_TRAP, true, true, false},
    {"assert_exhaustion", WFX_EXHAUSTION, true, false, false},
    {"assert_exception", WFX_EXCEPTION, true, false, false},
    {"assert_suspension", WFX_SUSPENSION, true, false, false},
    {"assert_malformed", WFX_MALFORMED, false, true, false},
    {"assert_malformed_custom", WFX_MALFORMED, false, true, true},
    {"assert_invalid", WFX_INVALID, false, true, false},
    {"assert_invalid_custom", WFX_INVALID, false, true, true},
    {"assert_unlinkable", WFX_UNLINKABLE, false, true, false},
};

static const struct assertion *find_assertion(const struct parser *p) {
  for (size_t i = 0; i < sizeof assertions / sizeof *assertions; i++)
    if (open_is(p, assertions[i].word)) return &assertions[i];
  return NULL;
}

static bool read_assertion(struct wfx_script *s, const struct assertion *a, wfx_command *out) {
  struct parser *p = &s->p;
  p->at += 2;
  out->status = a->status;
  out->is_custom = a->is_custom;
  if (a->of_module && (!a->of_action || open_is(p, "module"))) {
    out->kind = WFX_COMMAND_ASSERT_MODULE;
    if (!take_open(p, "module"))
      return wfx__parse_unexpected(p, tok_at(p, 0).kind == TOKEN_OPEN);
    take_word(p, "definition");
    TRY(read_module(s, out));
  } else {
    out->kind = WFX_COMMAND_ASSERT_ACTION;
    TRY(read_action(s, &out->action));
  }
  if (a->status == WFX_OK) TRY(wfx__script_patterns(s, true, &out->results, &out->n_results));
  else if (tok_at(p, 0).kind == TOKEN_STRING) TRY(read_string(s, &out->message));
  return wfx__parse_close(p);
}

/* ---- Commands ---------------------------------------------------------------------------- */

static bool read_register(struct wfx_script *s, wfx_command *out) {
  out->kind = WFX_COMMAND_REGISTER;
  s->p.at += 2;
  return read_string(s, &out->name) && wfx__parse_id(&s->p, &out->of, NULL) &&
         wfx__parse_close(&s->p);
}

static bool read_module_command(struct wfx_script *s, wfx_command *out) {
  s->p.at += 2;
  if (take_word(&s->p, "instance")) return read_instance(s, out);
  out->is_definition = take_word(&s->p, "definition");
  return read_module(s, out);
}

static bool read_command(struct wfx_script *s, wfx_command *out) {
  struct parser *p = &s->p;
  struct token word = tok_at(p, 1);
  out->loc = tok_loc(p, tok_at(p, 0));
  if (p->at == 0 && is_inline_module(p)) {
    out->word = (wfx_str){"module", 6};
    p->at = s->toks.list.n - 1;
    return !errs_is_set(&s->toks.errs) || wfx__parse_unexpected(p, 0);
  }
  out->word = (wfx_str){token_text(&s->toks, word), word.n};
  const struct assertion *a = find_assertion(p);
  if (a) return read_assertion(s, a, out);
  if (open_is(p, "module")) return read_module_command(s, out);
  if (open_is(p, "register")) return read_register(s, out);
  if (action_is(p)) {
    out->kind = WFX_COMMAND_ACTION;
    return read_action(s, &out->action);
  }
  if (tok_at(p, 0).kind == TOKEN_OPEN && word.kind == TOKEN_WORD) {
    /* The scripts of the threads proposal. */
    bool is_known = tok_is(p, 1, "thread") || tok_is(p, 1, "wait");
    return wfx__fail(p->e, is_known ? WFX_UNSUPPORTED : WFX_MALFORMED, out->loc,
                     is_known ? "command %.*s" : "unknown command %.*s",
                     (int)(word.n < 60 ? word.n : 60), out->word.data);
  }
  return wfx__parse_unexpected(p, tok_at(p, 0).kind == TOKEN_OPEN);
}

bool wfx_script_next(wfx_script *s, wfx_command *out) {
  memset(out, 0, sizeof *out);
  if (errs_is_set(&s->m->errs)) return false;
  if (tok_at(&s->p, 0).kind == TOKEN_END) {
    if (errs_is_set(&s->toks.errs)) wfx__parse_unexpected(&s->p, 0);
    return false;
  }
  return read_command(s, out);
}
