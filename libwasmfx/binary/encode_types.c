/* encode_types.c: value types, and the type section. Spec: Binary Format, Types. */
#include <assert.h>

#include "binary/encode.h"
#include "binary/form.h"

void wfx__put_heaptype(struct writer *w, wfx_heaptype heap) {
  assert(heap != WFX_HEAP_BOT);
  if (wfx_heap_is_type(heap)) enc_s(w, index_of(w, SPACE_TYPE, wfx_heap_type(heap).i));
  else enc_s(w, wfx__heaps[heap].code);
}

static void enc_reftype(struct writer *w, wfx_valtype t) {
  wfx_heaptype heap = wfx_heap_of(t);
  bool is_long = (t & WFX_LONG_FORM) && !w->is_canonical;
  bool has_short = wfx_is_nullable(t) && !wfx_heap_is_type(heap) && heap_is_short(heap);
  if (has_short && !is_long) {
    wfx__put_heaptype(w, heap);
    return;
  }
  enc_byte(w, wfx_is_nullable(t) ? FORM_REF_NULL : FORM_REF);
  wfx__put_heaptype(w, heap);
}

void wfx__put_valtype(struct writer *w, wfx_valtype t) {
  static const uint8_t forms[] = {[WFX_I32] = FORM_I32, [WFX_I64] = FORM_I64,
                                  [WFX_F32] = FORM_F32, [WFX_F64] = FORM_F64,
                                  [WFX_V128] = FORM_V128, [WFX_I8] = FORM_I8,
                                  [WFX_I16] = FORM_I16};
  assert(t != WFX_BOT);
  if (wfx_is_ref(t)) enc_reftype(w, t);
  else enc_byte(w, forms[t]);
}

static void enc_valtypes(struct writer *w, const wfx_valtype *vals, uint32_t n) {
  enc_u(w, n);
  for (uint32_t i = 0; i < n; i++) wfx__put_valtype(w, vals[i]);
}

static void enc_field(struct writer *w, wfx_field f) {
  wfx__put_valtype(w, f.type);
  enc_byte(w, f.is_mutable);
}

static void enc_composite(struct writer *w, const struct type *t) {
  switch ((wfx_type_kind)t->kind) {
  case WFX_TYPE_UNDEFINED: break;
  case WFX_TYPE_FUNC:
    enc_byte(w, FORM_FUNC);
    enc_valtypes(w, t->vals, t->n_params);
    enc_valtypes(w, type_results(t), t->n_results);
    break;
  case WFX_TYPE_STRUCT:
    enc_byte(w, FORM_STRUCT);
    enc_u(w, t->n_fields);
    for (uint32_t i = 0; i < t->n_fields; i++) enc_field(w, t->fields[i]);
    break;
  case WFX_TYPE_ARRAY:
    enc_byte(w, FORM_ARRAY);
    enc_field(w, t->fields[0]);
    break;
  case WFX_TYPE_CONT: case WFX_TYPE_TAG:
    enc_byte(w, t->kind == WFX_TYPE_CONT ? FORM_CONT : FORM_TAG);
    enc_s(w, index_of(w, SPACE_TYPE, t->target));
    break;
  case WFX_TYPE_HANDLER:
    enc_byte(w, FORM_HANDLER);
    enc_valtypes(w, type_results(t), t->n_results);
    break;
  }
}

static void enc_subtype(struct writer *w, const struct type *t) {
  bool has_super = t->super != WFX_NO_ID;
  bool is_bare = !has_super && (t->form == SUB_BARE || (w->is_canonical && type_is_final(t)));
  if (!is_bare) {
    enc_byte(w, type_is_final(t) ? FORM_SUB_FINAL : FORM_SUB);
    enc_u(w, has_super);
    if (has_super) enc_index(w, SPACE_TYPE, t->super);
  }
  enc_composite(w, t);
}

static bool fail_undefined(struct writer *w, const struct type *t, uint32_t id) {
  if (t->name.data)
    return wfx__fail(w->errs, WFX_MISUSE, t->loc, "type $%s is declared but not defined",
                     t->name.data);
  return wfx__fail(w->errs, WFX_MISUSE, t->loc, "type %u is declared but not defined", id);
}

bool wfx__write_types(struct writer *w) {
  const struct types *ts = &w->m->types;
  enc_u(w, ts->groups.n);
  for (size_t g = 0; g < ts->groups.n; g++) {
    const struct group *group = &ts->groups.data[g];
    if (group->n != 1 || (group->is_explicit && !w->is_canonical)) {
      enc_byte(w, FORM_REC);
      enc_u(w, group->n);
    }
    for (uint32_t i = group->first; i != WFX_NO_ID; i = type_at(ts, i)->next) {
      const struct type *t = type_at(ts, i);
      if (t->kind == WFX_TYPE_UNDEFINED) return fail_undefined(w, t, i);
      enc_subtype(w, t);
    }
  }
  return ts->groups.n != 0;
}
