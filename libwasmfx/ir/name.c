/* name.c: types as text. Spec: Text Format, Types. */
#include "ir/name.h"

#include <string.h>

void wfx__text_str(struct text_buf *t, const char *s, size_t n) {
  enum { LAST = sizeof t->text - 4 };
  if (t->n > LAST) return;
  if (n > LAST - t->n) {
    memcpy(t->text + t->n, s, LAST - t->n);
    memcpy(t->text + LAST, "...", 4);
    t->n = LAST + 3;
    return;
  }
  memcpy(t->text + t->n, s, n);
  t->n += n;
  t->text[t->n] = '\0';
}

static void text_add(struct text_buf *t, const char *s) { wfx__text_str(t, s, strlen(s)); }

void wfx__text_uint(struct text_buf *t, uint64_t x) {
  char digits[20];
  size_t n = 0;
  do digits[sizeof digits - ++n] = (char)('0' + x % 10);
  while ((x /= 10) != 0);
  wfx__text_str(t, digits + sizeof digits - n, n);
}

void wfx__text_name(struct text_buf *t, wfx_str name, uint32_t id) {
  if (name.data) {
    text_add(t, "$");
    wfx__text_str(t, name.data, name.n);
  } else {
    wfx__text_uint(t, id);
  }
}

void wfx__text_val(struct text_buf *t, const struct types *ts, wfx_valtype val) {
  static const char *const texts[] = {
      [WFX_BOT] = "bot", [WFX_I32] = "i32",   [WFX_I64] = "i64", [WFX_F32] = "f32",
      [WFX_F64] = "f64", [WFX_V128] = "v128", [WFX_I8] = "i8",   [WFX_I16] = "i16",
  };
  val = wfx_valtype_strip(val);
  if (!wfx_is_ref(val)) {
    text_add(t, texts[val & 7u]);
    return;
  }
  text_add(t, wfx_is_nullable(val) ? "(ref null " : "(ref ");
  wfx_heaptype heap = wfx_heap_of(val);
  uint32_t type = wfx_heap_is_type(heap) ? wfx_heap_type(heap).i : 0;
  if (!wfx_heap_is_type(heap)) text_add(t, heap < WFX_HEAP_COUNT ? wfx__heaps[heap].text : "?");
  else if (type < ts->types.n) wfx__text_name(t, type_at(ts, type)->name, type);
  else wfx__text_uint(t, type);
  text_add(t, ")");
}

void wfx__text_vals(struct text_buf *t, const struct types *ts, const wfx_valtype *vals,
                    size_t n) {
  text_add(t, "[");
  for (size_t i = 0; i < n; i++) {
    if (i != 0) text_add(t, " ");
    wfx__text_val(t, ts, vals[i]);
  }
  text_add(t, "]");
}

void wfx__text_type(struct text_buf *t, const struct types *ts, uint32_t type) {
  const struct type *ty = type_at(ts, type);
  switch ((wfx_type_kind)ty->kind) {
  case WFX_TYPE_UNDEFINED: text_add(t, "undefined"); return;
  case WFX_TYPE_FUNC:
    wfx__text_vals(t, ts, ty->vals, ty->n_params);
    text_add(t, " -> ");
    wfx__text_vals(t, ts, type_results(ty), ty->n_results);
    return;
  case WFX_TYPE_STRUCT:
  case WFX_TYPE_ARRAY:
    text_add(t, ty->kind == WFX_TYPE_STRUCT ? "(struct" : "(array");
    for (uint32_t i = 0; i < ty->n_fields; i++) {
      text_add(t, ty->fields[i].is_mutable ? " (mut " : " ");
      wfx__text_val(t, ts, ty->fields[i].type);
      if (ty->fields[i].is_mutable) text_add(t, ")");
    }
    text_add(t, ")");
    return;
  case WFX_TYPE_HANDLER:
    text_add(t, "handler ");
    wfx__text_vals(t, ts, ty->vals, ty->n_results);
    return;
  case WFX_TYPE_CONT:
  case WFX_TYPE_TAG:
    text_add(t, ty->kind == WFX_TYPE_CONT ? "cont " : "tag ");
    if (ty->target < ts->types.n && type_at(ts, ty->target)->kind == WFX_TYPE_FUNC)
      wfx__text_type(t, ts, ty->target);
    return;
  }
}
