/* print_type.c: types. Spec: Text Format, Types. */
#include "text/print.h"

const struct type *wfx__print_type(const struct printer *p, uint32_t type) {
  return type < p->m->types.types.n ? type_at(&p->m->types, type) : NULL;
}

void wfx__out_heaptype(struct printer *p, wfx_heaptype heap) {
  if (wfx_heap_is_type(heap)) wfx__out_ref(p, SPACE_TYPE, wfx_heap_type(heap).i);
  else wfx__out(p, heap < WFX_HEAP_COUNT ? wfx__heaps[heap].text : "bot");
}

void wfx__out_valtype(struct printer *p, wfx_valtype t) {
  static const char *const texts[] = {
      [WFX_BOT] = "bot", [WFX_I32] = "i32",   [WFX_I64] = "i64", [WFX_F32] = "f32",
      [WFX_F64] = "f64", [WFX_V128] = "v128", [WFX_I8] = "i8",   [WFX_I16] = "i16",
  };
  t = wfx_valtype_strip(t);
  if (!wfx_is_ref(t)) {
    wfx__out(p, texts[t & 7u]);
    return;
  }
  wfx_heaptype heap = wfx_heap_of(t);
  if (wfx_is_nullable(t) && heap < WFX_HEAP_COUNT && wfx__heaps[heap].shorthand) {
    wfx__out(p, wfx__heaps[heap].shorthand);
    return;
  }
  wfx__out(p, wfx_is_nullable(t) ? "(ref null " : "(ref ");
  wfx__out_heaptype(p, heap);
  wfx__out(p, ")");
}

/* ---- Signatures -------------------------------------------------------------------------- */

/* " (word t*)", or nothing. */
static void out_vals(struct printer *p, const char *word, const wfx_valtype *vals, uint32_t n) {
  if (n == 0) return;
  wfx__out(p, " (");
  wfx__out(p, word);
  for (uint32_t i = 0; i < n && !is_stopped(p); i++) {
    wfx__out(p, " ");
    wfx__out_valtype(p, vals[i]);
  }
  wfx__out(p, ")");
}

/* Parameters, those with names in parentheses of their own. */
static void out_params(struct printer *p, const struct type *t, const struct id_list *ids) {
  uint32_t i = 0;
  while (i < t->n_params && !is_stopped(p)) {
    uint32_t first = i;
    if (!wfx__has_name(ids, i)) {
      do i++;
      while (i < t->n_params && !wfx__has_name(ids, i));
      out_vals(p, "param", t->vals + first, i - first);
      continue;
    }
    wfx__out(p, " (param ");
    wfx__out_list_id(p, ids, i);
    wfx__out_valtype(p, t->vals[i++]);
    wfx__out(p, ")");
  }
}

void wfx__out_typeuse(struct printer *p, uint32_t type, enum typeuse_form form) {
  static const struct id_list no_ids;
  const struct type *t = wfx__print_type(p, type);
  bool is_func = t && t->kind == WFX_TYPE_FUNC;
  bool is_named = t && p->ids[SPACE_TYPE][type].data;
  bool is_implied = is_func && p->is_implied[type] && !is_named;
  /* A signature that short would mean a block type of another form. */
  if (form == TYPEUSE_BLOCK && is_func && t->n_params == 0 && t->n_results <= 1)
    is_implied = false;
  if (!is_implied) {
    wfx__out(p, " (type ");
    wfx__out_ref(p, SPACE_TYPE, type);
    wfx__out(p, ")");
  }
  if (!is_func || (form == TYPEUSE_SHORT && !is_implied)) return;
  out_params(p, t, form == TYPEUSE_FUNC ? &p->locals : &no_ids);
  out_vals(p, "result", type_results(t), t->n_results);
}

void wfx__out_blocktype(struct printer *p, uint64_t block) {
  uint32_t lo = (uint32_t)block, hi = (uint32_t)(block >> 32);
  if (hi != 0) wfx__out_typeuse(p, hi - 1, TYPEUSE_BLOCK);
  else if (lo != 0) out_vals(p, "result", &lo, 1);
}

/* ---- Definitions ------------------------------------------------------------------------- */

static void out_field(struct printer *p, wfx_field f) {
  if (f.is_mutable) wfx__out(p, "(mut ");
  wfx__out_valtype(p, f.type);
  if (f.is_mutable) wfx__out(p, ")");
}

/* Fields on one line, or on lines of their own when there are many. */
static void out_struct(struct printer *p, uint32_t type) {
  enum { ONE_LINE = 3 };
  const struct type *t = type_at(&p->m->types, type);
  wfx__out(p, "(struct");
  p->indent += 2;
  for (uint32_t i = 0; i < t->n_fields && !is_stopped(p); i++) {
    if (t->n_fields > ONE_LINE) wfx__out_line(p);
    else wfx__out(p, " ");
    wfx__out(p, "(field ");
    wfx__out_list_id(p, &p->fields[type], i);
    out_field(p, t->fields[i]);
    wfx__out(p, ")");
  }
  p->indent -= 2;
  wfx__out(p, ")");
}

static void out_target(struct printer *p, const char *word, uint32_t target) {
  wfx__out(p, word);
  wfx__out_ref(p, SPACE_TYPE, target);
  wfx__out(p, ")");
}

static void out_comptype(struct printer *p, uint32_t type) {
  static const struct id_list no_ids;
  const struct type *t = type_at(&p->m->types, type);
  switch ((wfx_type_kind)t->kind) {
  case WFX_TYPE_UNDEFINED: wfx__out(p, "(; not defined ;)"); return;
  case WFX_TYPE_FUNC:
    wfx__out(p, "(func");
    out_params(p, t, &no_ids);
    out_vals(p, "result", type_results(t), t->n_results);
    wfx__out(p, ")");
    return;
  case WFX_TYPE_STRUCT: out_struct(p, type); return;
  case WFX_TYPE_ARRAY:
    wfx__out(p, "(array ");
    out_field(p, t->fields[0]);
    wfx__out(p, ")");
    return;
  case WFX_TYPE_CONT: out_target(p, "(cont ", t->target); return;
  case WFX_TYPE_TAG: out_target(p, "(tag ", t->target); return;
  case WFX_TYPE_HANDLER:
    wfx__out(p, "(handler");
    for (uint32_t i = 0; i < t->n_results; i++) {
      wfx__out(p, " ");
      wfx__out_valtype(p, type_results(t)[i]);
    }
    wfx__out(p, ")");
    return;
  }
}

static void print_type(struct printer *p, uint32_t type) {
  const struct type *t = type_at(&p->m->types, type);
  wfx__out_line(p);
  wfx__out(p, "(type");
  wfx__out_id(p, SPACE_TYPE, type);
  wfx__out(p, " ");
  bool is_sub = t->form == SUB_OPEN || t->super != WFX_NO_ID;
  if (is_sub) {
    wfx__out(p, t->form == SUB_OPEN ? "(sub " : "(sub final ");
    if (t->super != WFX_NO_ID) {
      wfx__out_ref(p, SPACE_TYPE, t->super);
      wfx__out(p, " ");
    }
  }
  out_comptype(p, type);
  wfx__out(p, is_sub ? "))" : ")");
}

void wfx__print_types(struct printer *p) {
  const struct types *ts = &p->m->types;
  for (size_t g = 0; g < ts->groups.n && !is_stopped(p); g++) {
    const struct group *group = &ts->groups.data[g];
    bool is_rec = group->is_explicit || group->n != 1;
    if (is_rec) {
      wfx__out_line(p);
      wfx__out(p, "(rec");
      p->indent++;
    }
    for (uint32_t i = group->first; i != WFX_NO_ID && !is_stopped(p); i = type_at(ts, i)->next)
      print_type(p, i);
    if (is_rec) {
      p->indent--;
      wfx__out(p, ")");
    }
  }
}
