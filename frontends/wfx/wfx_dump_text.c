/* wfx_dump_text.c: names, types and limits in wfx objdump. */
#include <inttypes.h>
#include <stdio.h>

#include "wfx/dump.h"

void dump_str(wfx_str s) {
  for (size_t i = 0; i < s.n; i++) {
    unsigned char c = (unsigned char)s.data[i];
    if (c < ' ' || c == 0x7f || c == '\\' || c == '"') printf("\\%02x", c);
    else putchar(c);
  }
}

void dump_name(wfx_str s) {
  if (!s.data) return;
  fputs(" <", stdout);
  dump_str(s);
  putchar('>');
}

void dump_ref(const dump *d, wfx_extern_kind kind, uint32_t id) {
  printf(" %" PRIu32, id);
  if (id < wfx_module_count(d->m, kind)) dump_name(wfx_module_decl_name(d->m, kind, id));
}

void dump_type_ref(const dump *d, wfx_type_id t) {
  wfx_type_info info;
  printf(" %" PRIu32, t.i);
  if (t.i >= wfx_module_n_types(d->m)) return;
  wfx_type_get(d->m, t, &info);
  dump_name(info.name);
}

/* ---- Types ------------------------------------------------------------------------------- */

void dump_heap(wfx_heaptype heap) {
  static const char *const texts[] = {
#define WFX_HEAP(id, text, shorthand, code, feature, above) [WFX_HEAP_##id] = text,
#include <wasmfx/heap.def>
#undef WFX_HEAP
      [WFX_HEAP_BOT] = "bot",
  };
  if (wfx_heap_is_type(heap)) printf("%" PRIu32, wfx_heap_type(heap).i);
  else if (heap < WFX_HEAP_COUNT) fputs(texts[heap], stdout);
}

void dump_val(wfx_valtype t) {
  static const char *const texts[] = {
      [WFX_BOT] = "bot", [WFX_I32] = "i32",   [WFX_I64] = "i64", [WFX_F32] = "f32",
      [WFX_F64] = "f64", [WFX_V128] = "v128", [WFX_I8] = "i8",   [WFX_I16] = "i16",
  };
  if (!wfx_is_ref(t)) {
    fputs(texts[t & 7u], stdout);
    return;
  }
  fputs(wfx_is_nullable(t) ? "(ref null " : "(ref ", stdout);
  dump_heap(wfx_heap_of(t));
  putchar(')');
}

void dump_vals(const wfx_valtype *ts, size_t n) {
  putchar('[');
  for (size_t i = 0; i < n; i++) {
    if (i > 0) putchar(' ');
    dump_val(ts[i]);
  }
  putchar(']');
}

static void dump_fields(const dump *d, wfx_type_id t, const wfx_type_info *info) {
  for (size_t i = 0; i < info->n_fields; i++) {
    fputs(info->fields[i].is_mutable ? " (mut " : " ", stdout);
    dump_val(info->fields[i].type);
    if (info->fields[i].is_mutable) putchar(')');
    dump_name(wfx_type_get_field_name(d->m, t, (uint32_t)i));
  }
}

void dump_type(const dump *d, wfx_type_id t) {
  wfx_type_info info;
  wfx_type_get(d->m, t, &info);
  if (!info.is_final || info.super.i != WFX_NO_ID) {
    fputs(info.is_final ? "sub final" : "sub", stdout);
    if (info.super.i != WFX_NO_ID) dump_type_ref(d, info.super);
    putchar(' ');
  }
  switch (info.kind) {
  case WFX_TYPE_UNDEFINED: fputs("undefined", stdout); break;
  case WFX_TYPE_FUNC:
    fputs("func ", stdout);
    dump_vals(info.params, info.n_params);
    fputs(" -> ", stdout);
    dump_vals(info.results, info.n_results);
    break;
  case WFX_TYPE_STRUCT:
  case WFX_TYPE_ARRAY:
    fputs(info.kind == WFX_TYPE_STRUCT ? "struct" : "array", stdout);
    dump_fields(d, t, &info);
    break;
  case WFX_TYPE_CONT:
  case WFX_TYPE_TAG:
    fputs(info.kind == WFX_TYPE_CONT ? "cont" : "tag", stdout);
    dump_type_ref(d, info.target);
    break;
  case WFX_TYPE_HANDLER:
    fputs("handler ", stdout);
    dump_vals(info.results, info.n_results);
    break;
  }
  dump_name(info.name);
}

void dump_limits(const wfx_size_limits *l) {
  printf("min %" PRIu64, l->min);
  if (l->has_max) printf(" max %" PRIu64, l->max);
  if (l->is_64) fputs(" i64", stdout);
  if (l->is_shared) fputs(" shared", stdout);
}
