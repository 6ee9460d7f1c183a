/* match.h: subtyping and equality. Spec: Validation, Matching.
 *
 * None of these fail or allocate. A type whose group has not ended equals only itself. */
#ifndef IR_MATCH_H
#define IR_MATCH_H

#include "ir/type.h"

bool wfx__match_heap(const struct types *ts, wfx_heaptype sub, wfx_heaptype super);
bool wfx__match_val(const struct types *ts, wfx_valtype sub, wfx_valtype super);
bool wfx__match_vals(const struct types *ts, const wfx_valtype *sub, const wfx_valtype *super,
                     size_t n);
bool wfx__equal_val(const struct types *ts, wfx_valtype a, wfx_valtype b);
/* Declared types: the same or reached by supertypes. */
bool wfx__match_type(const struct types *ts, uint32_t sub, uint32_t super);
/* Function types by structure: parameters contravariant, results covariant. */
bool wfx__match_func(const struct types *ts, const wfx_valtype *params1, size_t n_params1,
                     const wfx_valtype *results1, size_t n_results1, const wfx_valtype *params2,
                     size_t n_params2, const wfx_valtype *results2, size_t n_results2);
/* The top of the hierarchy that heap is in: func, extern, any, exn, cont, handler or tag. */
wfx_heaptype wfx__heap_top(const struct types *ts, wfx_heaptype heap);
wfx_heaptype wfx__heap_bottom(const struct types *ts, wfx_heaptype heap);
/* The type of a value that is in sup but did not pass a cast to sub (sup - sub). */
wfx_valtype wfx__diff_val(wfx_valtype sup, wfx_valtype sub);
/* How many 8-byte slots a value takes: 2 for v128 and continuation references, 1 for others. */
unsigned wfx__val_slots(const struct types *ts, wfx_valtype t);
/* Whether a local of this type has a default value. */
bool wfx__is_defaultable(wfx_valtype t);
/* The value type of a field read from memory: i8 and i16 become i32. */
static inline wfx_valtype unpack_val(wfx_valtype t) {
  t = wfx_valtype_strip(t);
  return t == WFX_I8 || t == WFX_I16 ? (wfx_valtype)WFX_I32 : t;
}

#endif
