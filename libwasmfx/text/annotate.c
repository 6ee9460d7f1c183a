/* annotate.c: annotations that mean something: names, custom sections, branch hints. Spec: Text
 * Format, Annotations; Appendix, Name Section; custom annotations and branch hints (proposals).
 *
 * The lexer has set them apart from the tokens, each with the token that it stands before. Whoever
 * comes to a place for an annotation takes it; what is left over is misplaced. */
#include "base/utf8.h"
#include "text/parse.h"

/* The first annotation that is not before a token. */
static size_t find_annot(const struct parser *p, size_t at) {
  size_t low = 0, high = p->toks->annots.n;
  while (low < high) {
    size_t mid = low + (high - low) / 2;
    if (p->toks->annots.data[mid].at < at) low = mid + 1;
    else high = mid;
  }
  return low;
}

static bool fail_annot(struct parser *p, const struct annot *a, wfx_status status,
                       const char *message) {
  wfx_loc loc = wfx__tokens_loc(p->toks, a->text_at);
  loc.file = p->file_name;
  return wfx__fail(p->e, status, loc, "@%s annotation: %s", wfx__annot_words[a->kind], message);
}

static bool fail_misplaced(struct parser *p, const struct annot *a) {
  if (a->kind == ANNOT_HINT) return fail_annot(p, a, WFX_MALFORMED, "not in a function");
  wfx_loc loc = wfx__tokens_loc(p->toks, a->text_at);
  loc.file = p->file_name;
  return wfx__fail(p->e, WFX_MALFORMED, loc, "misplaced @%s annotation",
                   wfx__annot_words[a->kind]);
}

bool wfx__annots_none(struct parser *p, size_t first, size_t end) {
  size_t i = find_annot(p, first);
  if (i == p->toks->annots.n || p->toks->annots.data[i].at >= end) return true;
  return fail_misplaced(p, &p->toks->annots.data[i]);
}

static void mark_taken(struct parser *p, size_t i) {
  if (p->is_taken) p->is_taken[i - p->first_annot] = true;
}

bool wfx__annots_begin(struct parser *p) {
  size_t n = p->toks->annots.n;
  p->first_annot = find_annot(p, p->at);
  if (p->first_annot == n) return true;
  p->is_taken = wfx__arena_alloc(&p->arena, n - p->first_annot);
  if (!p->is_taken) return wfx__fail_nomem(p->e);
  for (size_t i = p->first_annot; i < n; i++) {
    const struct annot *a = &p->toks->annots.data[i];
    p->has_hints |= a->kind == ANNOT_HINT;
    /* The module's own name has been taken; before fields alone there is none. */
    p->is_taken[i - p->first_annot] = a->kind == ANNOT_NAME && a->at == p->at && p->at != 0;
  }
  return true;
}

bool wfx__annots_end(struct parser *p) {
  for (size_t i = p->first_annot; i < p->toks->annots.n; i++) {
    const struct annot *a = &p->toks->annots.data[i];
    if (a->at > p->at) break;
    if (!p->is_taken[i - p->first_annot]) return fail_misplaced(p, a);
  }
  return true;
}

/* ---- Names ------------------------------------------------------------------------------- */

bool wfx__annots_is_name(const struct parser *p) {
  const struct tokens *toks = p->toks;
  if (toks->annots.n == 0) return false;
  for (size_t i = find_annot(p, p->at); i < toks->annots.n; i++) {
    if (toks->annots.data[i].at != p->at) break;
    if (toks->annots.data[i].kind == ANNOT_NAME) return true;
  }
  return false;
}

bool wfx__annots_name(struct parser *p, const char *what, wfx_str *name) {
  const struct tokens *toks = p->toks;
  bool has_one = false;
  if (toks->annots.n == 0) return true;
  for (size_t i = find_annot(p, p->at); i < toks->annots.n; i++) {
    const struct annot *a = &toks->annots.data[i];
    if (a->at != p->at) break;
    if (a->kind != ANNOT_NAME) continue;
    if (has_one) {
      wfx_loc loc = wfx__tokens_loc(toks, a->text_at);
      loc.file = p->file_name;
      return wfx__fail(p->e, WFX_MALFORMED, loc, "@name annotation: multiple %snames", what);
    }
    if (a->n != 1 || toks->annot_tokens.data[a->first].kind != TOKEN_STRING)
      return fail_annot(p, a, WFX_MALFORMED, "unexpected token: one string expected");
    TRY(wfx__parse_utf8(p, toks->annot_tokens.data[a->first], &p->m->arena, "@name annotation: ",
                        name));
    TRY(wfx__parse_limit(p, name->n, p->m->ctx->limits.name_bytes, "bytes in a name"));
    has_one = true;
    mark_taken(p, i);
  }
  return true;
}

/* ---- Branch hints ------------------------------------------------------------------------ */

/* The strings of an annotation, joined in p->bytes. */
static bool join_strings(struct parser *p, const struct annot *a) {
  p->bytes.n = 0;
  for (uint32_t i = 0; i < a->n; i++) {
    struct token tok = p->toks->annot_tokens.data[a->first + i];
    if (tok.kind != TOKEN_STRING) return fail_annot(p, a, WFX_MALFORMED, "unexpected token");
    TRY(wfx__token_bytes(p->toks, tok, p->e, &p->bytes));
  }
  return true;
}

bool wfx__annots_hint(struct parser *p, size_t first, size_t last, struct inst *in) {
  if (!p->has_hints) return true;
  bool has_one = false;
  for (size_t i = find_annot(p, first); i < p->toks->annots.n; i++) {
    const struct annot *a = &p->toks->annots.data[i];
    if (a->at > last) break;
    if (a->kind != ANNOT_HINT) continue;
    TRY(join_strings(p, a));
    if (p->bytes.n != 1 || p->bytes.data[0] > 1)
      return fail_annot(p, a, WFX_MALFORMED, "malformed hint: \"\\00\" or \"\\01\" expected");
    if (has_one) return fail_annot(p, a, WFX_MALFORMED, "duplicate annotation");
    if (!op_takes_hint(in->op)) return fail_annot(p, a, WFX_INVALID, "invalid target");
    in->aux = (uint16_t)(WFX_HINT_UNLIKELY + p->bytes.data[0]);
    has_one = true;
    mark_taken(p, i);
  }
  return true;
}

bool wfx__annots_end_func(struct parser *p, size_t first) {
  if (!p->has_hints) return true;
  for (size_t i = find_annot(p, first + 1); i < p->toks->annots.n; i++) {
    const struct annot *a = &p->toks->annots.data[i];
    if (a->at >= p->at) break;
    if (a->kind == ANNOT_HINT && !p->is_taken[i - p->first_annot])
      return fail_annot(p, a, WFX_INVALID, "invalid target");
  }
  return true;
}

/* ---- Custom sections --------------------------------------------------------------------- */

/* Sections by place; custom sections count in these. ORDER section.def */
static const char *const section_words[] = {
    "first", "type", "import", "func", "table", "memory", "tag", "global", "export", "start",
    "elem", "datacount", "code", "data", "last",
};
enum { PLACE_LAST = sizeof section_words / sizeof *section_words - 1 };

static bool fail_custom(struct parser *p, const char *message) {
  return wfx__fail(p->e, WFX_MALFORMED, tok_loc(p, tok_at(p, 0)), "@custom annotation: %s",
                   message);
}

static bool parse_place(struct parser *p, uint32_t *after) {
  *after = WFX_NO_ID;
  if (tok_at(p, 0).kind != TOKEN_OPEN) return true;
  bool is_before = take_open(p, "before");
  if (!is_before && !take_open(p, "after")) return fail_custom(p, "malformed placement");
  uint32_t i = 0;
  while (i <= PLACE_LAST && !tok_is(p, 0, section_words[i])) i++;
  if (i > PLACE_LAST || (is_before && i == PLACE_LAST) || (!is_before && i == 0))
    return fail_custom(p, "malformed section kind");
  p->at++;
  if (i < PLACE_LAST) *after = is_before && i > 0 ? i - 1 : i;
  if (!close_is(p)) return fail_custom(p, "unexpected token");
  p->at++;
  return true;
}

/* The inside of one (@custom ...), p being over its tokens. */
static bool parse_custom(struct parser *p) {
  struct custom c;
  memset(&c, 0, sizeof c);
  struct token tok = tok_at(p, 0);
  if (tok.kind != TOKEN_STRING) return fail_custom(p, "missing section name");
  TRY(wfx__parse_utf8(p, tok, &p->m->arena, "@custom annotation: ", &c.name));
  p->at++;
  TRY(wfx__parse_limit(p, c.name.n, p->m->ctx->limits.name_bytes, "bytes in a name"));
  TRY(parse_place(p, &c.after));
  TRY(wfx__parse_strings(p));
  if (tok_at(p, 0).kind != TOKEN_END) return fail_custom(p, "unexpected token");
  wfx_str s;
  TRY(wfx__module_str(p->m, (const char *)p->bytes.data, p->bytes.n, &s));
  c.bytes = (const uint8_t *)s.data;
  c.n_bytes = s.n;
  return vec_push(p->e, &p->m->customs, c);
}

/* Parse the annotation as if its tokens were the text. */
static bool enter_custom(struct parser *p, const struct annot *a) {
  const struct tokens *outer = p->toks;
  size_t at = p->at;
  struct tokens inner = *outer;
  struct token last = {a->text_at, 0, TOKEN_END};
  memset(&inner.list, 0, sizeof inner.list);
  TRY(vec_reserve(p->e, &inner.list, a->n + 1u));
  if (a->n != 0)
    memcpy(inner.list.data, outer->annot_tokens.data + a->first, a->n * sizeof last);
  inner.list.n = a->n;
  inner.list.data[inner.list.n++] = last;
  wfx__errs_init(&inner.errs, outer->ctx);
  p->toks = &inner;
  p->at = 0;
  bool ok = parse_custom(p);
  p->toks = outer;
  p->at = at;
  vec_free(outer->ctx, &inner.list);
  return ok;
}

bool wfx__annots_customs(struct parser *p, size_t *annot) {
  const struct tokens *toks = p->toks;
  for (; *annot < toks->annots.n && toks->annots.data[*annot].at <= p->at; ++*annot) {
    const struct annot *a = &toks->annots.data[*annot];
    if (a->kind != ANNOT_CUSTOM || a->at != p->at) continue;
    mark_taken(p, *annot);
    TRY(enter_custom(p, a));
  }
  return true;
}

bool wfx__annots_sort_customs(struct parser *p) {
  size_t n = p->m->customs.n, at = 0;
  if (n < 2) return true;
  struct custom *sorted = wfx__arena_alloc(&p->arena, n * sizeof *sorted);
  if (!sorted) return wfx__fail_nomem(p->e);
  for (uint32_t place = 0; place <= PLACE_LAST; place++)
    for (size_t i = 0; i < n; i++) {
      uint32_t after = p->m->customs.data[i].after;
      if ((after < PLACE_LAST ? after : PLACE_LAST) == place)
        sorted[at++] = p->m->customs.data[i];
    }
  memcpy(p->m->customs.data, sorted, n * sizeof *sorted);
  return true;
}
