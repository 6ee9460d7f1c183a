/* match.c: subtyping. Spec: Validation, Matching. */
#include "ir/match.h"

/* The least abstract type above all declared types of a kind. */
static const uint8_t kind_heap[] = {
    [WFX_TYPE_UNDEFINED] = WFX_HEAP_BOT, [WFX_TYPE_FUNC] = WFX_HEAP_FUNC,
    [WFX_TYPE_STRUCT] = WFX_HEAP_STRUCT, [WFX_TYPE_ARRAY] = WFX_HEAP_ARRAY,
    [WFX_TYPE_CONT] = WFX_HEAP_CONT,     [WFX_TYPE_HANDLER] = WFX_HEAP_HANDLER,
    [WFX_TYPE_TAG] = WFX_HEAP_TAG,
};

static wfx_heaptype abstract_of(const struct types *ts, wfx_heaptype heap) {
  if (!wfx_heap_is_type(heap)) return heap;
  return kind_heap[type_at(ts, wfx_heap_type(heap).i)->kind];
}

wfx_heaptype wfx__heap_top(const struct types *ts, wfx_heaptype heap) {
  heap = abstract_of(ts, heap);
  while (wfx__heaps[heap].above != WFX_HEAP_BOT) heap = wfx__heaps[heap].above;
  return heap;
}

wfx_heaptype wfx__heap_bottom(const struct types *ts, wfx_heaptype heap) {
  switch (wfx__heap_top(ts, heap)) {
  case WFX_HEAP_FUNC: return WFX_HEAP_NOFUNC;
  case WFX_HEAP_EXTERN: return WFX_HEAP_NOEXTERN;
  case WFX_HEAP_ANY: return WFX_HEAP_NONE;
  case WFX_HEAP_EXN: return WFX_HEAP_NOEXN;
  case WFX_HEAP_CONT: return WFX_HEAP_NOCONT;
  case WFX_HEAP_HANDLER: return WFX_HEAP_NOHANDLER;
  case WFX_HEAP_TAG: return WFX_HEAP_NOTAG;
  }
  return WFX_HEAP_BOT;
}

bool wfx__match_type(const struct types *ts, uint32_t sub, uint32_t super) {
  uint32_t canon = type_at(ts, super)->canon;
  /* Validation refuses a chain that is longer, cycles among them, but not before it matched others. */
  uint32_t limit = ts->arena->ctx->limits.subtype_depth;
  for (uint32_t steps = 0; sub != WFX_NO_ID && steps <= limit; steps++) {
    if (type_at(ts, sub)->canon == canon) return true;
    sub = type_at(ts, sub)->super;
  }
  return false;
}

bool wfx__match_heap(const struct types *ts, wfx_heaptype sub, wfx_heaptype super) {
  if (sub == super || sub == WFX_HEAP_BOT) return true;
  if (wfx_heap_is_type(super)) {
    if (wfx_heap_is_type(sub))
      return wfx__match_type(ts, wfx_heap_type(sub).i, wfx_heap_type(super).i);
    wfx_heaptype bottom = wfx__heap_bottom(ts, super);
    return sub == bottom && bottom != WFX_HEAP_BOT;
  }
  if (sub == WFX_HEAP_NONE && super != WFX_HEAP_BOT) return wfx__heap_top(ts, super) == WFX_HEAP_ANY;
  for (sub = abstract_of(ts, sub); sub != WFX_HEAP_BOT; sub = wfx__heaps[sub].above)
    if (sub == super) return true;
  return false;
}

bool wfx__match_val(const struct types *ts, wfx_valtype sub, wfx_valtype super) {
  sub = wfx_valtype_strip(sub);
  super = wfx_valtype_strip(super);
  if (sub == super || sub == WFX_BOT) return true;
  if (!wfx_is_ref(sub) || !wfx_is_ref(super)) return false;
  if (wfx_is_nullable(sub) && !wfx_is_nullable(super)) return false;
  return wfx__match_heap(ts, wfx_heap_of(sub), wfx_heap_of(super));
}

bool wfx__match_vals(const struct types *ts, const wfx_valtype *sub, const wfx_valtype *super,
                     size_t n) {
  for (size_t i = 0; i < n; i++)
    if (!wfx__match_val(ts, sub[i], super[i])) return false;
  return true;
}

bool wfx__equal_val(const struct types *ts, wfx_valtype a, wfx_valtype b) {
  a = wfx_valtype_strip(a);
  b = wfx_valtype_strip(b);
  if (a == b) return true;
  if (!wfx_is_ref(a) || !wfx_is_ref(b) || wfx_is_nullable(a) != wfx_is_nullable(b)) return false;
  wfx_heaptype ha = wfx_heap_of(a), hb = wfx_heap_of(b);
  return wfx_heap_is_type(ha) && wfx_heap_is_type(hb) &&
         type_at(ts, wfx_heap_type(ha).i)->canon == type_at(ts, wfx_heap_type(hb).i)->canon;
}

bool wfx__match_func(const struct types *ts, const wfx_valtype *params1, size_t n_params1,
                     const wfx_valtype *results1, size_t n_results1, const wfx_valtype *params2,
                     size_t n_params2, const wfx_valtype *results2, size_t n_results2) {
  return n_params1 == n_params2 && n_results1 == n_results2 &&
         wfx__match_vals(ts, params2, params1, n_params1) &&
         wfx__match_vals(ts, results1, results2, n_results1);
}

wfx_valtype wfx__diff_val(wfx_valtype sup, wfx_valtype sub) {
  if (wfx_is_nullable(sub)) return wfx_valtype_strip(sup) & ~(uint32_t)WFX_NULLABLE;
  return wfx_valtype_strip(sup);
}

unsigned wfx__val_slots(const struct types *ts, wfx_valtype t) {
  t = wfx_valtype_strip(t);
  if (t == WFX_V128) return 2;
  if (!wfx_is_ref(t)) return 1;
  wfx_heaptype heap = abstract_of(ts, wfx_heap_of(t));
  return heap == WFX_HEAP_CONT || heap == WFX_HEAP_NOCONT ? 2 : 1;
}

bool wfx__is_defaultable(wfx_valtype t) { return !wfx_is_ref(t) || wfx_is_nullable(t); }
