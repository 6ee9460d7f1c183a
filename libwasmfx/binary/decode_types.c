/* decode_types.c: value types, and the type section. Spec: Binary Format, Types.
 *
 * Type indices are kept as read: whether the types exist is for validation. Only those that do
 * not fit into a value type are refused here, as unknown. */
#include "binary/decode.h"
#include "binary/form.h"

/* A type index that is to go into a value type or a type definition. */
static bool fits_type_id(struct reader *r, const uint8_t *at, int64_t x) {
  return x <= TYPE_ID_MAX ||
         wfx__fail(r->errs, WFX_INVALID, read_loc(r, at), "unknown type %lld", (long long)x);
}

bool wfx__read_heaptype(struct reader *r, wfx_heaptype *out) {
  const uint8_t *at = r->at;
  int64_t x;
  TRY(wfx__read_leb_s(r, 33, &x));
  if (x >= 0) {
    TRY(read_need(r, at, WFX_FEATURE_FUNC_REFS, "a declared type as heap type"));
    *out = (wfx_heaptype)(WFX_HEAP_TYPE0 + x);
    return fits_type_id(r, at, x);
  }
  /* Codes are bytes of the format, not integers: padding is not allowed. */
  size_t n_bytes = (size_t)(r->at - at);
  for (wfx_heaptype heap = 0; heap < WFX_HEAP_BOT; heap++)
    if (wfx__heaps[heap].code == x && n_bytes == (heap_is_short(heap) ? 1 : 2)) {
      *out = heap;
      return read_need(r, at, (wfx_feature)wfx__heaps[heap].feature, "this heap type");
    }
  return wfx__fail(r->errs, WFX_MALFORMED, read_loc(r, at), "malformed heap type");
}

bool wfx__read_reftype(struct reader *r, wfx_valtype *out) {
  const uint8_t *at = r->at;
  uint8_t byte;
  TRY(read_byte(r, &byte));
  wfx_heaptype heap;
  byte = wfx__dialect_form(r->errs->ctx, byte);
  if (byte == FORM_REF || byte == FORM_REF_NULL) {
    TRY(read_need(r, at, WFX_FEATURE_FUNC_REFS, "this reference type"));
    TRY(wfx__read_heaptype(r, &heap));
    *out = wfx_ref(heap);
    if (byte == FORM_REF) return true;
    *out = wfx_ref_null(heap);
    if (!wfx_heap_is_type(heap) && heap_is_short(heap)) *out |= WFX_LONG_FORM;
    return true;
  }
  for (heap = 0; heap < WFX_HEAP_BOT; heap++)
    if (heap_is_short(heap) && wfx__heaps[heap].code + 0x80 == byte) {
      *out = wfx_ref_null(heap);
      return read_need(r, at, (wfx_feature)wfx__heaps[heap].feature,
                            "this reference type");
    }
  return wfx__fail(r->errs, WFX_MALFORMED, read_loc(r, at),
                   "malformed reference type, found %02x", byte);
}

bool wfx__read_valtype(struct reader *r, wfx_valtype *out) {
  if (r->at == r->end) return wfx__read_fail_end(r);
  const uint8_t *at = r->at;
  wfx_valtype t = WFX_BOT;
  switch (*at) {
  case FORM_I32: t = WFX_I32; break;
  case FORM_I64: t = WFX_I64; break;
  case FORM_F32: t = WFX_F32; break;
  case FORM_F64: t = WFX_F64; break;
  case FORM_V128: t = WFX_V128; break;
  }
  if (t == WFX_BOT) {
    if (*at < FORM_REF_NULL || *at >= FORM_I16)
      return wfx__fail(r->errs, WFX_MALFORMED, read_loc(r, at),
                       "malformed value type, found %02x", *at);
    return read_need(r, at, WFX_FEATURE_REF_TYPES, "a reference as value") &&
           wfx__read_reftype(r, out);
  }
  r->at++;
  *out = t;
  return t != WFX_V128 || read_need(r, at, WFX_FEATURE_SIMD, "v128");
}

bool wfx__read_blocktype(struct reader *r, uint32_t *lo, uint32_t *hi) {
  if (r->at == r->end) return wfx__read_fail_end(r);
  const uint8_t *at = r->at;
  *lo = *hi = 0;
  if (*at == FORM_NO_BLOCK_TYPE) {
    r->at++;
    return true;
  }
  if ((*at & 0xc0) == 0x40) return wfx__read_valtype(r, lo);
  int64_t x;
  TRY(wfx__read_leb_s(r, 33, &x));
  if (x < 0) return wfx__fail(r->errs, WFX_MALFORMED, read_loc(r, at), "malformed block type");
  TRY(read_need(r, at, WFX_FEATURE_MULTI_VALUE, "a type index as block type"));
  *hi = (uint32_t)x + 1;
  return fits_type_id(r, at, x);
}

/* ---- The type section -------------------------------------------------------------------- */

/* A vector of value types, appended to d->vals. */
static bool read_valtypes(struct decoder *d, uint32_t limit, const char *what, uint32_t *n) {
  struct reader *r = &d->r;
  const uint8_t *at = r->at;
  TRY(wfx__read_len(r, n));
  TRY(wfx__read_limit(r, at, *n, limit, what));
  TRY(vec_reserve(r->errs, &d->vals, *n));
  for (uint32_t i = 0; i < *n; i++) {
    TRY(wfx__read_valtype(r, &d->vals.data[d->vals.n]));
    d->vals.n++;
  }
  return true;
}

static bool read_func_type(struct decoder *d, uint32_t type) {
  const wfx_limits *limits = &d->m->ctx->limits;
  uint32_t n_params, n_results;
  d->vals.n = 0;
  TRY(read_valtypes(d, limits->n_params, "parameters", &n_params));
  TRY(read_valtypes(d, limits->n_results, "results", &n_results));
  const wfx_valtype *vals = d->vals.data;
  return wfx__types_define_func(&d->m->types, d->r.errs, type, vals, n_params,
                                n_params == 0 ? vals : vals + n_params, n_results);
}

static bool read_handler_type(struct decoder *d, uint32_t type) {
  uint32_t n;
  d->vals.n = 0;
  TRY(read_valtypes(d, d->m->ctx->limits.n_results, "results", &n));
  return wfx__types_define_handler(&d->m->types, d->r.errs, type, d->vals.data, n);
}

bool wfx__read_mutability(struct reader *r, bool *out) {
  const uint8_t *at = r->at;
  uint8_t byte;
  TRY(read_byte(r, &byte));
  *out = byte == 1;
  return byte <= 1 || wfx__fail(r->errs, WFX_MALFORMED, read_loc(r, at),
                                "malformed mutability, found %02x", byte);
}

static bool read_field(struct decoder *d, wfx_field *out) {
  struct reader *r = &d->r;
  if (r->at != r->end && (*r->at == FORM_I8 || *r->at == FORM_I16))
    out->type = *r->at++ == FORM_I8 ? WFX_I8 : WFX_I16;
  else
    TRY(wfx__read_valtype(r, &out->type));
  return wfx__read_mutability(r, &out->is_mutable);
}

static bool read_fields(struct decoder *d, uint32_t type, wfx_type_kind kind) {
  struct reader *r = &d->r;
  const uint8_t *at = r->at;
  uint32_t n = 1;
  if (kind == WFX_TYPE_STRUCT) TRY(wfx__read_len(r, &n));
  TRY(wfx__read_limit(r, at, n, d->m->ctx->limits.n_fields, "fields"));
  d->fields.n = 0;
  TRY(vec_reserve(r->errs, &d->fields, n));
  for (uint32_t i = 0; i < n; i++) TRY(read_field(d, &d->fields.data[i]));
  return wfx__types_define_fields(&d->m->types, r->errs, type, kind, d->fields.data, n);
}

static bool read_target(struct decoder *d, uint32_t type, wfx_type_kind kind) {
  struct reader *r = &d->r;
  const uint8_t *at = r->at;
  int64_t x;
  TRY(wfx__read_leb_s(r, 33, &x));
  if (x < 0) return wfx__fail(r->errs, WFX_MALFORMED, read_loc(r, at), "malformed heap type");
  TRY(fits_type_id(r, at, x));
  wfx__types_define_target(&d->m->types, type, kind, (uint32_t)x);
  return true;
}

static bool read_composite(struct decoder *d, uint32_t type) {
  struct reader *r = &d->r;
  const uint8_t *at = r->at;
  uint8_t form;
  TRY(read_byte(r, &form));
  form = wfx__dialect_form(r->errs->ctx, form);
  switch (form) {
  case FORM_FUNC: return read_func_type(d, type);
  case FORM_STRUCT:
    return read_need(r, at, WFX_FEATURE_GC, "struct") &&
           read_fields(d, type, WFX_TYPE_STRUCT);
  case FORM_ARRAY:
    return read_need(r, at, WFX_FEATURE_GC, "array") &&
           read_fields(d, type, WFX_TYPE_ARRAY);
  case FORM_CONT:
    return read_need(r, at, WFX_FEATURE_STACK_SWITCHING, "cont") &&
           read_target(d, type, WFX_TYPE_CONT);
  case FORM_HANDLER:
    return read_need(r, at, WFX_FEATURE_NAMED_HANDLERS, "handler") &&
           read_handler_type(d, type);
  case FORM_TAG:
    return read_need(r, at, WFX_FEATURE_TAG_REFS, "tag") &&
           read_target(d, type, WFX_TYPE_TAG);
  }
  if (form & 0x80)
    return wfx__fail(r->errs, WFX_MALFORMED, read_loc(r, at),
                     "integer representation too long");
  return wfx__fail(r->errs, WFX_MALFORMED, read_loc(r, at),
                   "malformed definition type, found %02x", form);
}

static bool read_subtype(struct decoder *d, uint32_t group) {
  struct reader *r = &d->r;
  const uint8_t *at = r->at;
  uint32_t type;
  TRY(wfx__read_limit(r, at, d->m->types.types.n + 1, d->m->ctx->limits.n_types, "types"));
  TRY(wfx__types_declare(&d->m->types, r->errs, group, &type));
  type_at(&d->m->types, type)->loc = read_loc(r, at);
  if (r->at != r->end && (*r->at == FORM_SUB || *r->at == FORM_SUB_FINAL)) {
    enum sub_form form = *r->at++ == FORM_SUB ? SUB_OPEN : SUB_FINAL;
    uint32_t n, super = WFX_NO_ID;
    TRY(read_need(r, at, WFX_FEATURE_GC, "sub"));
    TRY(wfx__read_len(r, &n));
    if (n > 1)
      return wfx__fail(r->errs, WFX_INVALID, read_loc(r, at), "sub type with %u supertypes", n);
    if (n == 1) {
      const uint8_t *super_at = r->at;
      TRY(read_leb32(r, &super));
      TRY(fits_type_id(r, super_at, super));
    }
    wfx__types_set_super(&d->m->types, type, form, super);
  }
  return read_composite(d, type);
}

static bool read_group(struct decoder *d) {
  struct reader *r = &d->r;
  const uint8_t *at = r->at;
  uint32_t n = 1, group;
  bool is_explicit = r->at != r->end && *r->at == FORM_REC;
  if (is_explicit) {
    r->at++;
    TRY(read_need(r, at, WFX_FEATURE_GC, "rec"));
    TRY(wfx__read_len(r, &n));
  }
  TRY(wfx__types_add_group(&d->m->types, r->errs, is_explicit, &group));
  for (uint32_t i = 0; i < n; i++) TRY(read_subtype(d, group));
  return wfx__types_end_group(&d->m->types, r->errs, group);
}

bool wfx__read_types(struct decoder *d) {
  uint32_t n;
  TRY(wfx__read_len(&d->r, &n));
  TRY(wfx__read_limit(&d->r, d->r.start, n, d->m->ctx->limits.n_types, "types"));
  for (uint32_t i = 0; i < n; i++) TRY(read_group(d));
  return true;
}
