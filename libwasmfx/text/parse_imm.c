/* parse_imm.c: immediates, by their kind. Spec: Text Format, Instructions. */
#include "base/number.h"
#include "text/parse.h"

/* ---- Numbers ----------------------------------------------------------------------------- */

static bool check_number(struct parser *p, enum number_result result) {
  switch (result) {
  case NUMBER_OK: p->at++; return true;
  case NUMBER_MALFORMED: return wfx__parse_unexpected(p, 0);
  case NUMBER_OUT_OF_RANGE: break;
  }
  return wfx__fail(p->e, WFX_MALFORMED, tok_loc(p, tok_at(p, 0)), "constant out of range");
}

static bool parse_int(struct parser *p, unsigned n_bits, uint64_t *out) {
  struct token tok = tok_at(p, 0);
  if (tok.kind != TOKEN_WORD) return wfx__parse_unexpected(p, 0);
  return check_number(p, wfx__number_read_int(token_text(p->toks, tok), tok.n, n_bits, out));
}

/* A float of 32 or 64 bits. */
static bool parse_float(struct parser *p, unsigned n_bits, uint64_t *out) {
  struct token tok = tok_at(p, 0);
  const char *text = token_text(p->toks, tok);
  if (tok.kind != TOKEN_WORD) return wfx__parse_unexpected(p, 0);
  if (n_bits == 64) return check_number(p, wfx__number_read_f64(text, tok.n, out));
  uint32_t bits = 0;
  bool ok = check_number(p, wfx__number_read_f32(text, tok.n, &bits));
  *out = bits;
  return ok;
}

static bool parse_lane(struct parser *p, uint8_t *out) {
  struct token tok = tok_at(p, 0);
  uint64_t x = 0;
  if (tok.kind != TOKEN_WORD) return wfx__parse_unexpected(p, 0);
  switch (wfx__number_read_uint(token_text(p->toks, tok), tok.n, 8, &x)) {
  case NUMBER_OK: break;
  case NUMBER_MALFORMED: return wfx__parse_unexpected(p, 0);
  case NUMBER_OUT_OF_RANGE:
    return wfx__fail(p->e, WFX_MALFORMED, tok_loc(p, tok), "malformed lane index");
  }
  *out = (uint8_t)x;
  p->at++;
  return true;
}

/* Whether a number comes next, or ahead tokens later. */
static bool number_is(const struct parser *p, size_t ahead) {
  struct token tok = tok_at(p, ahead);
  if (tok.kind != TOKEN_WORD) return false;
  const char *text = token_text(p->toks, tok);
  return (*text >= '0' && *text <= '9') || *text == '+' || *text == '-' ||
         (tok.n >= 3 && (memcmp(text, "nan", 3) == 0 || memcmp(text, "inf", 3) == 0));
}

/* Push 16 bytes to the pool as four words. */
static bool push_bytes16(struct parser *p, const uint8_t bytes[16], struct inst *in) {
  uint32_t w[4], index;
  for (size_t i = 0; i < 4; i++)
    w[i] = (uint32_t)bytes[4 * i] | (uint32_t)bytes[4 * i + 1] << 8 |
           (uint32_t)bytes[4 * i + 2] << 16 | (uint32_t)bytes[4 * i + 3] << 24;
  TRY(wfx__pool_push(p->e, p->code, w, 4, &index));
  in->imm = index;
  return true;
}

static bool parse_shuffle(struct parser *p, struct inst *in) {
  uint8_t lanes[16];
  for (size_t i = 0; i < 16; i++) {
    struct token tok = tok_at(p, 0);
    uint64_t x;
    if (tok.kind != TOKEN_WORD)
      return wfx__fail(p->e, WFX_MALFORMED, tok_loc(p, tok),
                       "invalid lane length: 16 lane indices expected, %zu found", i);
    if (wfx__number_read_uint(token_text(p->toks, tok), tok.n, 8, &x) != NUMBER_OK)
      return wfx__fail(p->e, WFX_MALFORMED, tok_loc(p, tok), "malformed lane index");
    lanes[i] = (uint8_t)x;
    p->at++;
  }
  if (number_is(p, 0))
    return wfx__fail(p->e, WFX_MALFORMED, tok_loc(p, tok_at(p, 0)),
                     "invalid lane length: more than 16 lane indices");
  return push_bytes16(p, lanes, in);
}

static bool parse_v128(struct parser *p, struct inst *in) {
  static const struct shape {
    const char *word;
    uint8_t n_bits;
    bool is_float;
  } shapes[] = {{"i8x16", 8, false}, {"i16x8", 16, false}, {"i32x4", 32, false},
                {"i64x2", 64, false}, {"f32x4", 32, true}, {"f64x2", 64, true}};
  enum { N_SHAPES = sizeof shapes / sizeof *shapes };
  size_t s = 0;
  while (s < N_SHAPES && !take_word(p, shapes[s].word)) s++;
  if (s == N_SHAPES) return wfx__parse_unexpected(p, 0);
  unsigned n_bits = shapes[s].n_bits, n_lanes = 128 / n_bits, n = 0;
  uint8_t bytes[16];
  /* Their number is wrong before any of them is. */
  while (n <= n_lanes && number_is(p, n)) n++;
  if (n > n_lanes || (n < n_lanes && tok_at(p, n).kind != TOKEN_WORD))
    return wfx__fail(p->e, WFX_MALFORMED, tok_loc(p, tok_at(p, n < n_lanes ? n : n_lanes)),
                     "wrong number of lane literals: %u expected, %s%u found", n_lanes,
                     n > n_lanes ? "at least " : "", n);
  for (unsigned i = 0; i < n_lanes; i++) {
    uint64_t x = 0;
    TRY(shapes[s].is_float ? parse_float(p, n_bits, &x) : parse_int(p, n_bits, &x));
    for (unsigned k = 0; k < n_bits / 8; k++)
      bytes[i * (n_bits / 8) + k] = (uint8_t)(x >> 8 * k);
  }
  return push_bytes16(p, bytes, in);
}

/* ---- Memory arguments -------------------------------------------------------------------- */

/* "key" and a number in one word, if it is next. */
static bool take_keyed(struct parser *p, const char *key, bool *found, uint64_t *out) {
  struct token tok = tok_at(p, 0);
  const char *text = token_text(p->toks, tok);
  size_t n = strlen(key);
  *found = tok.kind == TOKEN_WORD && tok.n > n && memcmp(text, key, n) == 0;
  if (!*found) return true;
  return check_number(p, wfx__number_read_uint(text + n, tok.n - n, 64, out));
}

static bool parse_memarg(struct parser *p, struct inst *in, bool has_lane) {
  uint64_t offset = 0, align = 0;
  uint32_t mem = 0;
  bool has_offset, has_align;
  /* A lone number before the end is the lane. */
  bool has_mem = wfx__parse_is_index(p, 0);
  if (has_mem && has_lane && tok_at(p, 0).kind != TOKEN_ID) {
    struct token next = tok_at(p, 1);
    has_mem = wfx__parse_is_index(p, 1) ||
              (next.kind == TOKEN_WORD && memchr(token_text(p->toks, next), '=', next.n));
  }
  if (has_mem) TRY(wfx__parse_index(p, SPACE_MEM, &mem));
  TRY(take_keyed(p, "offset=", &has_offset, &offset));
  struct token tok = tok_at(p, 0);
  TRY(take_keyed(p, "align=", &has_align, &align));
  unsigned log2 = wfx__op_natural_align((wfx_op)in->op);
  if (has_align) {
    if (align == 0 || (align & (align - 1)) != 0)
      return wfx__fail(p->e, WFX_MALFORMED, tok_loc(p, tok),
                       "alignment must be a power of two");
    for (log2 = 0; align >> log2 != 1;) log2++;
  }
  in->aux = (uint16_t)log2;
  in->imm = imm_pair((uint32_t)offset, mem);
  if (offset > UINT32_MAX) {
    uint32_t w[2] = {(uint32_t)offset, (uint32_t)(offset >> 32)}, index;
    TRY(wfx__pool_push(p->e, p->code, w, 2, &index));
    in->aux |= MEMARG_POOL;
    in->imm = imm_pair(index, mem);
  }
  if (!has_lane) return true;
  uint8_t lane;
  TRY(parse_lane(p, &lane));
  in->aux = (uint16_t)(in->aux | lane << MEMARG_LANE_SHIFT);
  return true;
}

/* ---- Pool immediates --------------------------------------------------------------------- */

/* Push p->words to the pool. */
static bool push_words(struct parser *p, struct inst *in) {
  uint32_t index;
  TRY(wfx__pool_push(p->e, p->code, p->words.data, p->words.n, &index));
  in->imm = index;
  return true;
}

static bool add_words(struct parser *p, const uint32_t *w, size_t n) {
  for (size_t i = 0; i < n; i++) TRY(vec_push(p->e, &p->words, w[i]));
  return true;
}

static bool parse_br_table(struct parser *p, struct inst *in) {
  p->words.n = 0;
  TRY(vec_push(p->e, &p->words, 0));
  do {
    uint32_t depth;
    TRY(wfx__parse_label(p, &depth));
    TRY(vec_push(p->e, &p->words, depth));
  } while (wfx__parse_is_index(p, 0));
  p->words.data[0] = (uint32_t)p->words.n - 2;
  return push_words(p, in);
}

static bool parse_br_on_cast(struct parser *p, struct inst *in) {
  uint32_t w[3];
  p->words.n = 0;
  return wfx__parse_label(p, &w[0]) && wfx__parse_reftype(p, &w[1]) &&
         wfx__parse_reftype(p, &w[2]) && add_words(p, w, 3) && push_words(p, in);
}

/* The result types of select, if it has any. */
static bool parse_select(struct parser *p, struct inst *in) {
  if (!open_is(p, "result")) return true;
  in->op = WFX_OP_select_t;
  p->words.n = 0;
  TRY(vec_push(p->e, &p->words, 0));
  while (take_open(p, "result")) {
    while (!close_is(p)) {
      wfx_valtype t;
      TRY(wfx__parse_valtype(p, &t));
      TRY(vec_push(p->e, &p->words, t));
    }
    p->at++;
  }
  p->words.data[0] = (uint32_t)p->words.n - 1;
  return push_words(p, in);
}

static bool count_clause(struct parser *p) {
  return wfx__parse_limit(p, ++p->words.data[2], p->m->ctx->limits.n_clauses, "clauses");
}

bool wfx__parse_catches(struct parser *p, uint64_t block, struct inst *in) {
  static const char *const texts[] = {
      [CATCH] = "catch", [CATCH_REF] = "catch_ref", [CATCH_ALL] = "catch_all",
      [CATCH_ALL_REF] = "catch_all_ref",
  };
  uint32_t head[3] = {(uint32_t)block, (uint32_t)(block >> 32), 0};
  p->words.n = 0;
  TRY(add_words(p, head, 3));
  for (;;) {
    uint32_t w[3] = {CATCH, WFX_NO_ID, 0};
    while (w[0] <= CATCH_ALL_REF && !take_open(p, texts[w[0]])) w[0]++;
    if (w[0] > CATCH_ALL_REF) break;
    TRY(count_clause(p));
    if (w[0] == CATCH || w[0] == CATCH_REF) TRY(wfx__parse_index(p, SPACE_TAG, &w[1]));
    TRY(wfx__parse_label(p, &w[2]));
    TRY(wfx__parse_close(p));
    TRY(add_words(p, w, 3));
  }
  return push_words(p, in);
}

/* (on $e $l), (on $e switch), (on_ref $tt $l): what is behind the keyword. */
static bool parse_clause(struct parser *p, bool is_ref) {
  uint32_t w[3] = {is_ref ? CLAUSE_ON_REF : CLAUSE_ON, 0, 0};
  TRY(count_clause(p));
  if (is_ref) TRY(wfx__parse_need(p, WFX_FEATURE_TAG_REFS));
  TRY(is_ref ? wfx__parse_type_index(p, &w[1]) : wfx__parse_index(p, SPACE_TAG, &w[1]));
  if (!is_ref && take_word(p, "switch")) w[0] = CLAUSE_SWITCH;
  else TRY(wfx__parse_label(p, &w[2]));
  return wfx__parse_close(p) && add_words(p, w, 3);
}

static bool parse_resume(struct parser *p, bool has_tag, struct inst *in) {
  uint32_t head[3] = {0, WFX_NO_ID, 0};
  TRY(wfx__parse_type_index(p, &head[0]));
  if (has_tag) TRY(wfx__parse_index(p, SPACE_TAG, &head[1]));
  p->words.n = 0;
  TRY(add_words(p, head, 3));
  for (;;) {
    bool is_ref = open_is(p, "on_ref");
    if (!is_ref && !open_is(p, "on")) break;
    p->at += 2;
    TRY(parse_clause(p, is_ref));
  }
  return push_words(p, in);
}

/* ---- Indices ----------------------------------------------------------------------------- */

/* A local, by name or number. */
static bool parse_local(struct parser *p, uint32_t *out) {
  struct token tok = tok_at(p, 0);
  if (tok.kind != TOKEN_ID) return wfx__parse_u32(p, out);
  wfx_str id;
  TRY(wfx__parse_id_text(p, tok, &id));
  *out = wfx__strmap_get(p->m->ctx, &p->locals, id.data, id.n);
  if (*out == WFX_NO_ID)
    return wfx__fail(p->e, WFX_MALFORMED, tok_loc(p, tok), "unknown local $%.*s", (int)id.n,
                     id.data);
  p->at++;
  return true;
}

/* An index that may be left out when it is 0. */
static bool parse_index_or_0(struct parser *p, enum ref_space space, uint32_t *out) {
  *out = 0;
  return !wfx__parse_is_index(p, 0) || wfx__parse_index(p, space, out);
}

/* Two indices of a space, both there or both left out. */
static bool parse_both(struct parser *p, enum ref_space space, uint32_t *lo, uint32_t *hi) {
  *lo = *hi = 0;
  if (!wfx__parse_is_index(p, 0)) return true;
  return wfx__parse_index(p, space, lo) && wfx__parse_index(p, space, hi);
}

/* A table or memory that may be left out, then a segment. */
static bool parse_segment(struct parser *p, enum ref_space space, enum ref_space segments,
                          uint32_t *lo, uint32_t *hi) {
  *lo = 0;
  if (wfx__parse_is_index(p, 1)) TRY(wfx__parse_index(p, space, lo));
  return wfx__parse_index(p, segments, hi);
}

static bool parse_type_and(struct parser *p, enum ref_space space, uint32_t *lo, uint32_t *hi) {
  TRY(wfx__parse_type_index(p, lo));
  return space == SPACE_TYPE ? wfx__parse_type_index(p, hi) : wfx__parse_index(p, space, hi);
}

static bool parse_call_indirect(struct parser *p, uint32_t *type, uint32_t *table) {
  struct typeuse use;
  return parse_index_or_0(p, SPACE_TABLE, table) && wfx__parse_typeuse(p, false, &use) &&
         wfx__parse_typeuse_type(p, &use, type);
}

/* The type of a cast; the twin of the instruction takes the nullable ones. */
static bool parse_cast(struct parser *p, struct inst *in) {
  _Static_assert(WFX_OP_ref_test_null == WFX_OP_ref_test + 1, "the twin comes next");
  _Static_assert(WFX_OP_ref_cast_null == WFX_OP_ref_cast + 1, "the twin comes next");
  wfx_valtype t;
  TRY(wfx__parse_reftype(p, &t));
  if (wfx_is_nullable(t)) in->op++;
  in->imm = wfx_heap_of(t);
  return true;
}

/* ---- All kinds --------------------------------------------------------------------------- */

bool wfx__parse_imm(struct parser *p, struct inst *in) {
  uint32_t lo = 0, hi = 0;
  uint64_t x = 0;
  uint8_t lane = 0;
  switch ((wfx_imm)wfx__ops[in->op].imm) {
  case WFX_IMM_NONE: return in->op != WFX_OP_select || parse_select(p, in);
  case WFX_IMM_BLOCK: case WFX_IMM_TRY_TABLE: return wfx__parse_unexpected(p, 0);
  case WFX_IMM_LABEL: TRY(wfx__parse_label(p, &lo)); break;
  case WFX_IMM_BR_TABLE: return parse_br_table(p, in);
  case WFX_IMM_FUNC: TRY(wfx__parse_index(p, SPACE_FUNC, &lo)); break;
  case WFX_IMM_CALL_INDIRECT: TRY(parse_call_indirect(p, &lo, &hi)); break;
  case WFX_IMM_TYPE: TRY(wfx__parse_type_index(p, &lo)); break;
  case WFX_IMM_LOCAL: TRY(parse_local(p, &lo)); break;
  case WFX_IMM_GLOBAL: TRY(wfx__parse_index(p, SPACE_GLOBAL, &lo)); break;
  case WFX_IMM_TABLE: TRY(parse_index_or_0(p, SPACE_TABLE, &lo)); break;
  case WFX_IMM_TABLE_TABLE: TRY(parse_both(p, SPACE_TABLE, &lo, &hi)); break;
  case WFX_IMM_ELEM_TABLE: TRY(parse_segment(p, SPACE_TABLE, SPACE_ELEM, &lo, &hi)); break;
  case WFX_IMM_ELEM: TRY(wfx__parse_index(p, SPACE_ELEM, &lo)); break;
  case WFX_IMM_MEMORY: TRY(parse_index_or_0(p, SPACE_MEM, &lo)); break;
  case WFX_IMM_MEMORY_MEMORY: TRY(parse_both(p, SPACE_MEM, &lo, &hi)); break;
  case WFX_IMM_DATA_MEMORY: TRY(parse_segment(p, SPACE_MEM, SPACE_DATA, &lo, &hi)); break;
  case WFX_IMM_DATA: TRY(wfx__parse_index(p, SPACE_DATA, &lo)); break;
  case WFX_IMM_MEMARG: return parse_memarg(p, in, false);
  case WFX_IMM_MEMARG_LANE: return parse_memarg(p, in, true);
  case WFX_IMM_LANE: TRY(parse_lane(p, &lane)); lo = lane; break;
  case WFX_IMM_SHUFFLE: return parse_shuffle(p, in);
  case WFX_IMM_V128: return parse_v128(p, in);
  case WFX_IMM_I32: TRY(parse_int(p, 32, &x)); in->imm = x; return true;
  case WFX_IMM_I64: TRY(parse_int(p, 64, &x)); in->imm = x; return true;
  case WFX_IMM_F32: TRY(parse_float(p, 32, &x)); in->imm = x; return true;
  case WFX_IMM_F64: TRY(parse_float(p, 64, &x)); in->imm = x; return true;
  case WFX_IMM_HEAP: TRY(wfx__parse_heaptype(p, &lo)); break;
  case WFX_IMM_CAST: return parse_cast(p, in);
  case WFX_IMM_BR_ON_CAST: return parse_br_on_cast(p, in);
  case WFX_IMM_TYPES: return parse_select(p, in);
  case WFX_IMM_TYPE_FIELD:
    TRY(wfx__parse_type_index(p, &lo));
    TRY(wfx__parse_field_index(p, lo, &hi));
    break;
  case WFX_IMM_TYPE_N:
    TRY(wfx__parse_type_index(p, &lo));
    TRY(wfx__parse_u32(p, &hi));
    break;
  case WFX_IMM_TYPE_DATA: TRY(parse_type_and(p, SPACE_DATA, &lo, &hi)); break;
  case WFX_IMM_TYPE_ELEM: TRY(parse_type_and(p, SPACE_ELEM, &lo, &hi)); break;
  case WFX_IMM_TYPE_TYPE: TRY(parse_type_and(p, SPACE_TYPE, &lo, &hi)); break;
  case WFX_IMM_TAG: TRY(wfx__parse_index(p, SPACE_TAG, &lo)); break;
  case WFX_IMM_RESUME: return parse_resume(p, false, in);
  case WFX_IMM_RESUME_THROW: return parse_resume(p, true, in);
  case WFX_IMM_TYPE_TAG: TRY(parse_type_and(p, SPACE_TAG, &lo, &hi)); break;
  case WFX_IMM_FENCE: break;
  }
  in->imm = imm_pair(lo, hi);
  return true;
}
