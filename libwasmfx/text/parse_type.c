/* parse_type.c: types, type definitions, type uses. Spec: Text Format, Types; Modules, Type
 * Uses. */
#include "text/parse.h"

#include <assert.h>

/* ---- Heap, reference and value types ----------------------------------------------------- */

struct type_word {
  const char *word;
  uint32_t type;
  wfx_feature feature;
};

static const struct type_word heap_words[] = {
#define WFX_HEAP(id, text, shorthand, code, feature, above) \
  {text, WFX_HEAP_##id, WFX_FEATURE_##feature},
#include <wasmfx/heap.def>
#undef WFX_HEAP
};

/* funcref and its like; those without are NULL. */
static const struct type_word ref_words[] = {
#define WFX_HEAP(id, text, shorthand, code, feature, above) \
  {shorthand, WFX_REF_NULL_CONST(WFX_HEAP_##id), WFX_FEATURE_##feature},
#include <wasmfx/heap.def>
#undef WFX_HEAP
};

static const struct type_word num_words[] = {
    {"i32", WFX_I32, WFX_FEATURE_MVP}, {"i64", WFX_I64, WFX_FEATURE_MVP},
    {"f32", WFX_F32, WFX_FEATURE_MVP}, {"f64", WFX_F64, WFX_FEATURE_MVP},
    {"v128", WFX_V128, WFX_FEATURE_SIMD},
};

static const struct type_word pack_words[] = {
    {"i8", WFX_I8, WFX_FEATURE_GC},
    {"i16", WFX_I16, WFX_FEATURE_GC},
};

#define COUNT(a) (sizeof(a) / sizeof *(a))

static const struct type_word *find_word(const struct parser *p, const struct type_word *words,
                                         size_t n) {
  for (size_t i = 0; i < n; i++)
    if (words[i].word && tok_is(p, 0, words[i].word)) return &words[i];
  return NULL;
}

static bool take_type_word(struct parser *p, const struct type_word *w, uint32_t *out) {
  p->at++;
  *out = w->type;
  return wfx__parse_need(p, w->feature);
}

bool wfx__parse_type_index(struct parser *p, uint32_t *out) {
  /* The largest that fits into a value type. */
  const uint32_t max = (UINT32_C(1) << 26) - 1 - WFX_HEAP_TYPE0;
  struct token tok = tok_at(p, 0);
  TRY(wfx__parse_index(p, SPACE_TYPE, out));
  return *out <= max ||
         wfx__fail(p->e, WFX_INVALID, tok_loc(p, tok), "unknown type %u", *out);
}

bool wfx__parse_heaptype(struct parser *p, wfx_heaptype *out) {
  const struct type_word *w = find_word(p, heap_words, COUNT(heap_words));
  if (w) return take_type_word(p, w, out);
  wfx_type_id t;
  TRY(wfx__parse_type_index(p, &t.i));
  *out = wfx_heap(t);
  return true;
}

bool wfx__parse_is_reftype(const struct parser *p) {
  return open_is(p, "ref") || find_word(p, ref_words, COUNT(ref_words)) != NULL;
}

bool wfx__parse_reftype(struct parser *p, wfx_valtype *out) {
  const struct type_word *w = find_word(p, ref_words, COUNT(ref_words));
  if (w) return take_type_word(p, w, out);
  if (!take_open(p, "ref")) return wfx__parse_unexpected(p, 0);
  bool is_nullable = take_word(p, "null");
  wfx_heaptype heap;
  TRY(wfx__parse_heaptype(p, &heap));
  *out = is_nullable ? wfx_ref_null(heap) : wfx_ref(heap);
  return wfx__parse_close(p);
}

bool wfx__parse_valtype(struct parser *p, wfx_valtype *out) {
  const struct type_word *w = find_word(p, num_words, COUNT(num_words));
  return w ? take_type_word(p, w, out) : wfx__parse_reftype(p, out);
}

/* A storage type, perhaps inside (mut ...). */
static bool parse_field(struct parser *p, wfx_field *out) {
  out->is_mutable = take_open(p, "mut");
  const struct type_word *w = find_word(p, pack_words, COUNT(pack_words));
  TRY(w ? take_type_word(p, w, &out->type) : wfx__parse_valtype(p, &out->type));
  return !out->is_mutable || wfx__parse_close(p);
}

/* ---- Function types ---------------------------------------------------------------------- */

enum param_ids { IDS_NONE, IDS_IGNORE, IDS_BIND };

static bool push_vals(struct parser *p, size_t base, uint32_t limit, const char *what) {
  while (!close_is(p)) {
    wfx_valtype t;
    TRY(wfx__parse_valtype(p, &t));
    TRY(vec_push(p->e, &p->vals, t));
    TRY(wfx__parse_limit(p, p->vals.n - base, limit, what));
  }
  p->at++;
  return true;
}

/* The inside of one (param ...). */
static bool parse_param(struct parser *p, enum param_ids ids) {
  uint32_t limit = p->m->ctx->limits.n_params;
  struct token tok = tok_at(p, 0);
  bool is_one = tok.kind == TOKEN_ID || wfx__annots_is_name(p);
  if (!is_one || ids == IDS_NONE) return push_vals(p, 0, limit, "parameters");
  wfx_str id;
  struct index_name name = {(uint32_t)p->vals.n, {NULL, 0}};
  wfx_valtype t;
  TRY(wfx__parse_id(p, &id, &name.name));
  if (ids == IDS_BIND) {
    if (id.data) TRY(wfx__parse_bind(p, &p->locals, tok, id, name.index, "local"));
    TRY(vec_push(p->e, &p->names, name));
  }
  TRY(wfx__parse_valtype(p, &t));
  TRY(vec_push(p->e, &p->vals, t));
  TRY(wfx__parse_limit(p, p->vals.n, limit, "parameters"));
  return wfx__parse_close(p);
}

/* (param ...)* (result ...)* into p->vals. */
static bool parse_signature(struct parser *p, enum param_ids ids, uint32_t *n_params,
                            uint32_t *n_results) {
  p->vals.n = p->names.n = 0;
  while (take_open(p, "param")) TRY(parse_param(p, ids));
  *n_params = (uint32_t)p->vals.n;
  while (take_open(p, "result"))
    TRY(push_vals(p, *n_params, p->m->ctx->limits.n_results, "results"));
  *n_results = (uint32_t)p->vals.n - *n_params;
  if (open_is(p, "param"))
    return wfx__fail(p->e, WFX_MALFORMED, tok_loc(p, tok_at(p, 1)),
                     "unexpected token param: result before parameter");
  return true;
}

bool wfx__parse_typeuse(struct parser *p, bool with_names, struct typeuse *out) {
  out->tok = tok_at(p, 0);
  out->type = WFX_NO_ID;
  out->has_type = take_open(p, "type");
  if (out->has_type) {
    out->tok = tok_at(p, 0);
    TRY(wfx__parse_type_index(p, &out->type));
    TRY(wfx__parse_close(p));
  }
  return parse_signature(p, with_names ? IDS_BIND : IDS_NONE, &out->n_params, &out->n_results);
}

static bool check_inline(struct parser *p, const struct typeuse *use) {
  const struct types *ts = &p->m->types;
  if (use->n_params + use->n_results == 0) return true;
  if (use->type >= ts->types.n)
    return wfx__fail(p->e, WFX_MALFORMED, tok_loc(p, use->tok), "unknown type %u", use->type);
  const struct type *t = type_at(ts, use->type);
  bool ok = t->kind == WFX_TYPE_FUNC && t->n_params == use->n_params &&
            t->n_results == use->n_results;
  for (uint32_t i = 0; ok && i < use->n_params + use->n_results; i++)
    ok = wfx__equal_val(ts, t->vals[i], p->vals.data[i]);
  return ok || wfx__fail(p->e, WFX_MALFORMED, tok_loc(p, use->tok),
                         "inline function type differs from that of type %u", use->type);
}

bool wfx__parse_typeuse_type(struct parser *p, const struct typeuse *use, uint32_t *type) {
  struct types *ts = &p->m->types;
  *type = use->type;
  if (use->has_type) return check_inline(p, use);
  size_t n_before = ts->types.n;
  TRY(wfx__types_func(ts, p->e, p->vals.data, use->n_params, p->vals.data + use->n_params,
                      use->n_results, type));
  if (ts->types.n == n_before) return true;
  type_at(ts, *type)->loc = tok_loc(p, use->tok);
  return wfx__parse_limit(p, ts->types.n, p->m->ctx->limits.n_types, "types");
}

bool wfx__parse_blocktype(struct parser *p, uint64_t *out) {
  struct typeuse use;
  TRY(wfx__parse_typeuse(p, false, &use));
  *out = 0;
  if (!use.has_type && use.n_params == 0 && use.n_results <= 1) {
    if (use.n_results == 1) *out = p->vals.data[0];
    return true;
  }
  uint32_t type;
  TRY(wfx__parse_typeuse_type(p, &use, &type));
  *out = imm_pair(0, type + 1);
  return true;
}

/* ---- Struct types ------------------------------------------------------------------------ */

static uint64_t field_hash(const struct parser *p, uint32_t type, wfx_str id) {
  return wfx__hash_mix(wfx__hash_bytes(p->m->ctx, id.data, id.n), type);
}

/* The field of this id that a struct type has. */
static uint32_t find_field(const struct parser *p, uint32_t type, wfx_str id) {
  uint32_t it = 0, i;
  while ((i = wfx__multimap_next(&p->fields, field_hash(p, type, id), &it)) != WFX_NO_ID) {
    const struct field_id *f = &p->field_ids.data[i];
    if (f->type == type && f->id.n == id.n && memcmp(f->id.data, id.data, id.n) == 0)
      return f->field;
  }
  return WFX_NO_ID;
}

bool wfx__parse_field_index(struct parser *p, uint32_t type, uint32_t *out) {
  struct token tok = tok_at(p, 0);
  if (tok.kind != TOKEN_ID) return wfx__parse_u32(p, out);
  wfx_str id;
  TRY(wfx__parse_id_text(p, tok, &id));
  p->at++;
  *out = type < p->m->types.types.n ? find_field(p, type, id) : WFX_NO_ID;
  return *out != WFX_NO_ID || wfx__fail(p->e, WFX_MALFORMED, tok_loc(p, tok),
                                        "unknown field $%.*s", (int)id.n, id.data);
}

static bool push_field(struct parser *p) {
  wfx_field f;
  TRY(parse_field(p, &f));
  TRY(vec_push(p->e, &p->field_list, f));
  return wfx__parse_limit(p, p->field_list.n, p->m->ctx->limits.n_fields, "fields");
}

/* The inside of one (field ...). */
static bool parse_fields(struct parser *p, uint32_t type) {
  struct token tok = tok_at(p, 0);
  if (tok.kind == TOKEN_ID || wfx__annots_is_name(p)) {
    struct field_id f = {.type = type, .field = (uint32_t)p->field_list.n, .at = tok.at};
    TRY(wfx__parse_id(p, &f.id, &f.name));
    TRY(vec_push(p->e, &p->field_ids, f));
    TRY(push_field(p));
    return wfx__parse_close(p);
  }
  while (!close_is(p)) TRY(push_field(p));
  p->at++;
  return true;
}

/* Give the fields of a type their names, and bind their ids: field_ids from first on. */
static bool name_fields(struct parser *p, uint32_t type, size_t first) {
  if (p->field_ids.n == first) return true;
  uint32_t n_fields = (uint32_t)p->field_list.n;
  wfx_str *names = wfx__arena_alloc(&p->m->arena, n_fields * sizeof *names);
  if (!names) return wfx__fail_nomem(p->e);
  type_at(&p->m->types, type)->field_names = names;
  for (size_t i = first; i < p->field_ids.n; i++) {
    struct field_id f = p->field_ids.data[i];
    names[f.field] = f.name;
    if (!f.id.data) continue;
    if (find_field(p, type, f.id) != WFX_NO_ID)
      return wfx__fail(p->e, WFX_MALFORMED, wfx__tokens_loc(p->toks, f.at),
                       "duplicate field $%.*s", (int)f.id.n, f.id.data);
    TRY(wfx__multimap_put(p->e, &p->fields, field_hash(p, type, f.id), (uint32_t)i));
  }
  return true;
}

static bool parse_struct(struct parser *p, uint32_t type) {
  size_t first = p->field_ids.n;
  p->field_list.n = 0;
  while (take_open(p, "field")) TRY(parse_fields(p, type));
  TRY(wfx__types_define_fields(&p->m->types, p->e, type, WFX_TYPE_STRUCT, p->field_list.data,
                               p->field_list.n));
  return name_fields(p, type, first);
}

/* ---- Type definitions -------------------------------------------------------------------- */

static bool parse_target(struct parser *p, uint32_t type, wfx_type_kind kind) {
  uint32_t target;
  TRY(wfx__parse_type_index(p, &target));
  wfx__types_define_target(&p->m->types, type, kind, target);
  return true;
}

/* The inside of a composite type behind its keyword. */
static bool parse_comptype(struct parser *p, uint32_t type) {
  struct types *ts = &p->m->types;
  if (take_open(p, "func")) {
    uint32_t n_params, n_results;
    TRY(parse_signature(p, IDS_IGNORE, &n_params, &n_results));
    TRY(wfx__types_define_func(ts, p->e, type, p->vals.data, n_params, p->vals.data + n_params,
                               n_results));
  } else if (take_open(p, "struct")) {
    TRY(wfx__parse_need(p, WFX_FEATURE_GC));
    TRY(parse_struct(p, type));
  } else if (take_open(p, "array")) {
    wfx_field element;
    TRY(wfx__parse_need(p, WFX_FEATURE_GC));
    TRY(parse_field(p, &element));
    TRY(wfx__types_define_fields(ts, p->e, type, WFX_TYPE_ARRAY, &element, 1));
  } else if (take_open(p, "cont")) {
    TRY(wfx__parse_need(p, WFX_FEATURE_STACK_SWITCHING));
    TRY(parse_target(p, type, WFX_TYPE_CONT));
  } else if (take_open(p, "tag")) {
    TRY(wfx__parse_need(p, WFX_FEATURE_TAG_REFS));
    TRY(parse_target(p, type, WFX_TYPE_TAG));
  } else if (take_open(p, "handler")) {
    TRY(wfx__parse_need(p, WFX_FEATURE_NAMED_HANDLERS));
    p->vals.n = 0;
    TRY(push_vals(p, 0, p->m->ctx->limits.n_results, "results"));
    return wfx__types_define_handler(ts, p->e, type, p->vals.data, p->vals.n);
  } else {
    return wfx__parse_unexpected(p, tok_at(p, 0).kind == TOKEN_OPEN);
  }
  return wfx__parse_close(p);
}

/* (type $x ...), whose number is next. */
static bool parse_type_def(struct parser *p) {
  struct types *ts = &p->m->types;
  struct token tok = tok_at(p, 0);
  if (!take_open(p, "type")) return wfx__parse_unexpected(p, tok.kind == TOKEN_OPEN);
  uint32_t type = p->n_types_defined++;
  assert(type < ts->types.n);
  wfx_str id, name;
  TRY(wfx__parse_id(p, &id, &name));
  type_at(ts, type)->name = name;
  type_at(ts, type)->loc = tok_loc(p, tok);
  if (take_open(p, "sub")) {
    TRY(wfx__parse_need(p, WFX_FEATURE_GC));
    enum sub_form form = take_word(p, "final") ? SUB_FINAL : SUB_OPEN;
    uint32_t super = WFX_NO_ID;
    if (wfx__parse_is_index(p, 0)) TRY(wfx__parse_type_index(p, &super));
    TRY(parse_comptype(p, type));
    /* Final and without supertype is what a type is anyway. */
    if (form == SUB_FINAL && super == WFX_NO_ID) form = SUB_BARE;
    wfx__types_set_super(ts, type, form, super);
    TRY(wfx__parse_close(p));
  } else {
    TRY(parse_comptype(p, type));
  }
  return wfx__parse_close(p);
}

bool wfx__parse_define_types(struct parser *p) {
  size_t at = p->at;
  for (size_t i = 0; i < p->type_fields.n; i++) {
    p->at = p->type_fields.data[i];
    if (take_open(p, "rec")) {
      while (!close_is(p)) TRY(parse_type_def(p));
      p->at++;
    } else {
      TRY(parse_type_def(p));
    }
    TRY(wfx__types_end_group(&p->m->types, p->e, (uint32_t)i));
  }
  p->at = at;
  return true;
}

/* Declare the type that begins at p->at. */
static bool declare_type(struct parser *p, uint32_t group) {
  uint32_t type;
  TRY(wfx__parse_limit(p, p->m->types.types.n + 1, p->m->ctx->limits.n_types, "types"));
  TRY(wfx__types_declare(&p->m->types, p->e, group, &type));
  p->n[SPACE_TYPE]++;
  struct token tok = tok_at(p, 2);
  if (tok.kind != TOKEN_ID) return true;
  wfx_str id;
  TRY(wfx__parse_id_text(p, tok, &id));
  return wfx__parse_bind(p, &p->ids[SPACE_TYPE], tok, id, type, "type");
}

bool wfx__parse_declare_types(struct parser *p) {
  size_t at = p->at, depth = 0;
  bool is_rec = open_is(p, "rec");
  uint32_t group;
  TRY(wfx__types_add_group(&p->m->types, p->e, is_rec, &group));
  TRY(vec_push(p->e, &p->type_fields, (uint32_t)at));
  if (!is_rec) return declare_type(p, group);
  for (;; p->at++) {
    if (depth == 1 && open_is(p, "type")) TRY(declare_type(p, group));
    enum token_kind kind = (enum token_kind)tok_at(p, 0).kind;
    if (kind == TOKEN_OPEN) depth++;
    if (kind == TOKEN_END || (kind == TOKEN_CLOSE && --depth == 0)) break;
  }
  p->at = at;
  return true;
}
