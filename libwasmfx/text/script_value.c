/* script_value.c: arguments and results in test scripts. */
#include "base/number.h"
#include "text/script.h"

/* ---- Numbers and vectors ----------------------------------------------------------------- */

struct shape {
  const char *word;
  wfx_valtype type, lane;
  uint8_t n_bits; /* of a lane */
  uint8_t n_lanes;
};

static const struct shape shapes[] = {
    {"i32.const", WFX_I32, WFX_I32, 32, 1}, {"i64.const", WFX_I64, WFX_I64, 64, 1},
    {"f32.const", WFX_F32, WFX_F32, 32, 1}, {"f64.const", WFX_F64, WFX_F64, 64, 1},
    {"i8x16", WFX_V128, WFX_I8, 8, 16},     {"i16x8", WFX_V128, WFX_I16, 16, 8},
    {"i32x4", WFX_V128, WFX_I32, 32, 4},    {"i64x2", WFX_V128, WFX_I64, 64, 2},
    {"f32x4", WFX_V128, WFX_F32, 32, 4},    {"f64x2", WFX_V128, WFX_F64, 64, 2},
};
enum { N_SCALARS = 4, N_SHAPES = sizeof shapes / sizeof *shapes };

/* The shape whose word is next, among [first, end). */
static const struct shape *take_shape(struct parser *p, size_t first, size_t end) {
  for (size_t i = first; i < end; i++)
    if (take_word(p, shapes[i].word)) return &shapes[i];
  return NULL;
}

static bool read_literal(struct parser *p, const struct shape *shape, uint64_t *out) {
  struct token tok = tok_at(p, 0);
  const char *text = token_text(p->toks, tok);
  if (tok.kind != TOKEN_WORD) return wfx__parse_unexpected(p, 0);
  enum number_result result;
  uint32_t bits = 0;
  if (shape->lane == WFX_F64) result = wfx__number_read_f64(text, tok.n, out);
  else if (shape->lane == WFX_F32) result = wfx__number_read_f32(text, tok.n, &bits);
  else result = wfx__number_read_int(text, tok.n, shape->n_bits, out);
  if (shape->lane == WFX_F32) *out = bits;
  switch (result) {
  case NUMBER_OK: p->at++; return true;
  case NUMBER_MALFORMED: return wfx__parse_unexpected(p, 0);
  case NUMBER_OUT_OF_RANGE: break;
  }
  return wfx__fail(p->e, WFX_MALFORMED, tok_loc(p, tok), "constant out of range");
}

static bool read_lanes(struct parser *p, const struct shape *shape, bool is_result,
                       wfx_pattern *out) {
  out->kind = WFX_PATTERN_BITS;
  out->type = shape->type;
  out->lane = shape->lane;
  bool has_nans = is_result && (shape->lane == WFX_F32 || shape->lane == WFX_F64);
  for (unsigned i = 0; i < shape->n_lanes; i++) {
    uint64_t bits = 0;
    if (has_nans && take_word(p, "nan:canonical")) out->nan[i] = WFX_NAN_CANONICAL;
    else if (has_nans && take_word(p, "nan:arithmetic")) out->nan[i] = WFX_NAN_ARITHMETIC;
    else TRY(read_literal(p, shape, &bits));
    unsigned n_bytes = shape->n_bits / 8u;
    for (unsigned k = 0; k < n_bytes; k++)
      out->bits[i * n_bytes + k] = (uint8_t)(bits >> 8 * k);
  }
  return true;
}

/* ---- References -------------------------------------------------------------------------- */

static const struct {
  const char *word;
  wfx_heaptype heap;
} ref_kinds[] = {
    {"ref.any", WFX_HEAP_ANY},     {"ref.eq", WFX_HEAP_EQ},         {"ref.i31", WFX_HEAP_I31},
    {"ref.func", WFX_HEAP_FUNC},   {"ref.struct", WFX_HEAP_STRUCT}, {"ref.exn", WFX_HEAP_EXN},
    {"ref.array", WFX_HEAP_ARRAY}, {"ref.extern", WFX_HEAP_EXTERN},
    {"ref.cont", WFX_HEAP_CONT},
};

/* What follows ref.null. A declared type is of a module that is not known here. */
static bool read_null(struct parser *p, wfx_pattern *out) {
  wfx_heaptype heap;
  out->kind = WFX_PATTERN_NULL;
  out->type = WFX_BOT;
  if (close_is(p)) return true;
  if (wfx__parse_is_index(p, 0)) {
    p->at++;
    return true;
  }
  TRY(wfx__parse_heaptype(p, &heap));
  out->type = wfx_ref_null(heap);
  return true;
}

static bool read_ref(struct parser *p, bool is_result, bool *found, wfx_pattern *out) {
  *found = true;
  if (take_word(p, "ref.null")) return read_null(p, out);
  out->type = wfx_ref(WFX_HEAP_ANY);
  out->kind = WFX_PATTERN_HOST;
  if (take_word(p, "ref.host")) return wfx__parse_u32(p, &out->host);
  for (size_t i = 0; i < sizeof ref_kinds / sizeof *ref_kinds; i++) {
    out->type = wfx_ref(ref_kinds[i].heap);
    if (!take_word(p, ref_kinds[i].word)) continue;
    if (ref_kinds[i].heap == WFX_HEAP_EXTERN && !close_is(p))
      return wfx__parse_u32(p, &out->host);
    out->kind = WFX_PATTERN_REF;
    if (is_result) return true;
    p->at--;
    return wfx__parse_unexpected(p, 0);
  }
  *found = false;
  return true;
}

/* ---- Patterns ---------------------------------------------------------------------------- */

/* One pattern but for either, behind its opening parenthesis. */
static bool read_pattern(struct parser *p, bool is_result, wfx_pattern *out) {
  memset(out, 0, sizeof *out);
  bool found;
  const struct shape *shape = take_shape(p, 0, N_SCALARS);
  if (!shape && take_word(p, "v128.const")) {
    shape = take_shape(p, N_SCALARS, N_SHAPES);
    if (!shape) return wfx__parse_unexpected(p, 0);
  }
  if (shape) return read_lanes(p, shape, is_result, out) && wfx__parse_close(p);
  TRY(read_ref(p, is_result, &found, out));
  return found ? wfx__parse_close(p) : wfx__parse_unexpected(p, 0);
}

/* Move the scratch patterns from first on into the arena. */
static bool keep(struct wfx_script *s, size_t first, const wfx_pattern **out, size_t *n) {
  *n = s->patterns.n - first;
  *out = NULL;
  if (*n != 0) {
    wfx_pattern *to = wfx__arena_alloc(&s->m->arena, *n * sizeof *to);
    if (!to) return wfx__fail_nomem(s->p.e);
    memcpy(to, s->patterns.data + first, *n * sizeof *to);
    *out = to;
  }
  s->patterns.n = first;
  return true;
}

/* (either pattern+), in which there is no other either. */
static bool read_either(struct wfx_script *s, wfx_pattern *out) {
  size_t first = s->patterns.n;
  wfx_pattern pattern;
  memset(out, 0, sizeof *out);
  out->kind = WFX_PATTERN_EITHER;
  do {
    if (tok_at(&s->p, 0).kind != TOKEN_OPEN) return wfx__parse_unexpected(&s->p, 0);
    s->p.at++;
    TRY(read_pattern(&s->p, true, &pattern));
    TRY(vec_push(s->p.e, &s->patterns, pattern));
  } while (!close_is(&s->p));
  s->p.at++;
  return keep(s, first, &out->either, &out->n_either);
}

bool wfx__script_patterns(struct wfx_script *s, bool are_results, const wfx_pattern **out,
                          size_t *n) {
  struct parser *p = &s->p;
  s->patterns.n = 0;
  while (tok_at(p, 0).kind == TOKEN_OPEN) {
    wfx_pattern pattern;
    p->at++;
    if (are_results && take_word(p, "either")) TRY(read_either(s, &pattern));
    else TRY(read_pattern(p, are_results, &pattern));
    TRY(vec_push(p->e, &s->patterns, pattern));
  }
  return keep(s, 0, out, n);
}
