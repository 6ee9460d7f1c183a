/* label.c: scopes of labels. Spec: Text Format, Instructions, Labels. */
#include "text/label.h"

#include <assert.h>

void wfx__labels_free(const wfx_ctx *ctx, struct labels *ls) {
  wfx__strmap_free(ctx, &ls->slots);
  vec_free(ctx, &ls->top);
  vec_free(ctx, &ls->stack);
}

void wfx__labels_clear(const wfx_ctx *ctx, struct labels *ls) {
  if (ls->top.n != 0) wfx__strmap_free(ctx, &ls->slots);
  ls->top.n = ls->stack.n = 0;
}

bool wfx__labels_push(struct errs *e, struct labels *ls, wfx_str name) {
  struct label label = {WFX_NO_ID, WFX_NO_ID};
  TRY(vec_reserve(e, &ls->stack, 1));
  if (name.n != 0) {
    bool is_new;
    uint32_t slot = (uint32_t)ls->top.n;
    TRY(vec_reserve(e, &ls->top, 1));
    TRY(wfx__strmap_add(e, &ls->slots, name.data, name.n, slot, &is_new));
    if (is_new) ls->top.data[ls->top.n++] = WFX_NO_ID;
    else slot = wfx__strmap_get(e->ctx, &ls->slots, name.data, name.n);
    label.slot = slot;
    label.shadowed = ls->top.data[slot];
    ls->top.data[slot] = (uint32_t)ls->stack.n;
  }
  ls->stack.data[ls->stack.n++] = label;
  return true;
}

void wfx__labels_pop(struct labels *ls) {
  assert(ls->stack.n > 0);
  struct label label = ls->stack.data[--ls->stack.n];
  if (label.slot != WFX_NO_ID) ls->top.data[label.slot] = label.shadowed;
}

uint32_t wfx__labels_find(const wfx_ctx *ctx, const struct labels *ls, wfx_str name) {
  uint32_t slot = wfx__strmap_get(ctx, &ls->slots, name.data, name.n);
  if (slot == WFX_NO_ID || ls->top.data[slot] == WFX_NO_ID) return WFX_NO_ID;
  return (uint32_t)ls->stack.n - 1 - ls->top.data[slot];
}

wfx_str wfx__labels_name(const struct labels *ls, uint64_t depth) {
  wfx_str none = {NULL, 0};
  if (depth >= ls->stack.n) return none;
  uint32_t at = (uint32_t)(ls->stack.n - 1 - depth), slot = ls->stack.data[at].slot;
  return slot != WFX_NO_ID && ls->top.data[slot] == at ? ls->slots.keys.data[slot] : none;
}
