/* check_ref.c: references, structures, arrays. Spec: Validation, Reference and Aggregate
 * Instructions. What is none of these is passed on to the next chapter. */
#include "valid/check.h"

static bool check_ref_func(struct checker *c, const struct inst *in) {
  uint32_t f = imm_lo(in);
  if (f >= c->m->funcs.n) return wfx__check_fail(c, "unknown function %u", f);
  bool is_inferred = c->m->infers_refs || !c->body || c->body->is_built;
  if (c->body && !wfx__is_declared(c->m, f)) {
    if (!is_inferred) return wfx__check_fail(c, "undeclared function reference %u", f);
    /* The encoder will declare it, by a segment. */
    TRY(wfx__check_need(c, UINT64_C(1) << WFX_FEATURE_BULK, "an undeclared function reference"));
  }
  return wfx__push(c, wfx_ref_to((wfx_type_id){c->m->funcs.data[f].type}));
}

bool wfx__check_castable(struct checker *c, wfx_valtype t) {
  switch (wfx__heap_top(c->ts, wfx_heap_of(t))) {
  case WFX_HEAP_CONT: case WFX_HEAP_HANDLER: case WFX_HEAP_TAG:
    return wfx__check_fail(c, "invalid cast: references to continuations, handlers and tags "
                              "cannot be cast");
  }
  return true;
}

/* ref.test, ref.cast: the operand may be anything of the same hierarchy. */
static bool check_cast(struct checker *c, const struct inst *in) {
  wfx_heaptype heap = imm_lo(in);
  wfx_valtype to = in->op == WFX_OP_ref_cast_null ? wfx_ref_null(heap) : wfx_ref(heap);
  TRY(wfx__check_heap(c, heap));
  TRY(wfx__check_castable(c, to));
  TRY(wfx__pop(c, wfx_ref_null(wfx__heap_top(c->ts, heap))));
  bool is_test = in->op == WFX_OP_ref_test || in->op == WFX_OP_ref_test_null;
  return wfx__push(c, is_test ? (wfx_valtype)WFX_I32 : to);
}

/* any.convert_extern and back keep nullability. */
static bool check_convert(struct checker *c, wfx_heaptype from, wfx_heaptype to) {
  struct operand o = {WFX_BOT, WFX_NO_ID};
  if (c->stack.n > vec_last(&c->frames).height) o = vec_last(&c->stack);
  TRY(wfx__pop(c, wfx_ref_null(from)));
  return wfx__push(c, wfx_is_nullable(o.type) ? wfx_ref_null(to) : wfx_ref(to));
}

static bool check_ref_eq(struct checker *c) {
  const wfx_valtype both[] = {WFX_EQREF, WFX_EQREF};
  return wfx__pop_vals(c, both, 2) &&
         check_fact(c, (struct fact){.type = WFX_EQREF}) && wfx__push(c, WFX_I32);
}

/* ---- Structures -------------------------------------------------------------------------- */

static bool all_defaultable(struct checker *c, const struct type *t) {
  for (uint32_t i = 0; i < t->n_fields; i++)
    if (!wfx__is_defaultable(t->fields[i].type))
      return wfx__check_fail(c, "type mismatch: field %u has no default value", i);
  return true;
}

static bool check_struct_new(struct checker *c, const struct inst *in) {
  const struct type *t = wfx__check_type(c, imm_lo(in), WFX_TYPE_STRUCT);
  if (!t) return false;
  if (in->op == WFX_OP_struct_new_default) {
    TRY(all_defaultable(c, t));
  } else {
    if (t->n_fields <= 8) {
      wfx_valtype vals[8];
      for (uint32_t i = 0; i < t->n_fields; i++) vals[i] = unpack_val(t->fields[i].type);
      TRY(wfx__pop_vals(c, vals, t->n_fields));
    } else {
      for (uint32_t i = t->n_fields; i-- > 0;)
        TRY(wfx__pop(c, unpack_val(t->fields[i].type)));
    }
  }
  return wfx__push(c, wfx_ref_to((wfx_type_id){imm_lo(in)}));
}

/* A get with or without sign extension fits the field or not. */
static bool check_packed(struct checker *c, wfx_field field, bool is_extending) {
  bool is_packed = unpack_val(field.type) != wfx_valtype_strip(field.type);
  if (is_packed == is_extending) return true;
  return wfx__check_fail(c, is_packed ? "type mismatch: the field is packed"
                                      : "type mismatch: the field is not packed");
}

static bool check_struct_field(struct checker *c, const struct inst *in) {
  const struct type *t = wfx__check_type(c, imm_lo(in), WFX_TYPE_STRUCT);
  if (!t) return false;
  if (imm_hi(in) >= t->n_fields) return wfx__check_fail(c, "unknown field %u", imm_hi(in));
  wfx_field field = t->fields[imm_hi(in)];
  wfx_valtype ref = wfx_ref_null_to((wfx_type_id){imm_lo(in)});
  if (in->op == WFX_OP_struct_set) {
    if (!field.is_mutable) return wfx__check_fail(c, "immutable field %u", imm_hi(in));
    const wfx_valtype vals[] = {ref, unpack_val(field.type)};
    return wfx__pop_vals(c, vals, 2);
  }
  TRY(check_packed(c, field, in->op != WFX_OP_struct_get));
  return wfx__pop(c, ref) && wfx__push(c, unpack_val(field.type));
}

/* ---- Arrays ------------------------------------------------------------------------------ */

static bool check_data(struct checker *c, uint32_t i) {
  if (i >= c->m->datas.n) return wfx__check_fail(c, "unknown data segment %u", i);
  /* For the count of segments, which comes before the code. */
  return wfx__check_need(c, UINT64_C(1) << WFX_FEATURE_BULK, "a data segment in code");
}

static bool check_elem(struct checker *c, uint32_t i, wfx_valtype type) {
  if (i >= c->m->elems.n) return wfx__check_fail(c, "unknown elem segment %u", i);
  wfx_valtype found = c->m->elems.data[i].type;
  return wfx__match_val(c->ts, found, type) ||
         wfx__check_mismatch(c, &type, 1, 0, found, c->in->pos);
}

static bool check_numeric(struct checker *c, wfx_field field) {
  return !wfx_is_ref(field.type) ||
         wfx__check_fail(c, "array type is not numeric or vector");
}

static bool check_mutable(struct checker *c, wfx_field field) {
  return field.is_mutable || wfx__check_fail(c, "immutable array");
}

static bool check_array_new(struct checker *c, const struct inst *in) {
  uint32_t type = imm_lo(in);
  const struct type *t = wfx__check_type(c, type, WFX_TYPE_ARRAY);
  if (!t) return false;
  wfx_field field = t->fields[0];
  wfx_valtype val = unpack_val(field.type);
  const wfx_valtype with_val[] = {val, WFX_I32}, offset_n[] = {WFX_I32, WFX_I32};
  switch (in->op) {
  case WFX_OP_array_new: TRY(wfx__pop_vals(c, with_val, 2)); break;
  case WFX_OP_array_new_default:
    TRY(all_defaultable(c, t));
    TRY(wfx__pop(c, WFX_I32));
    break;
  case WFX_OP_array_new_fixed:
    if (imm_hi(in) > c->m->ctx->limits.n_fields)
      return wfx__check_fail(c, "too many operands: %u", imm_hi(in));
    for (uint32_t i = 0; i < imm_hi(in); i++) TRY(wfx__pop(c, val));
    break;
  case WFX_OP_array_new_data:
    TRY(check_numeric(c, field));
    TRY(check_data(c, imm_hi(in)));
    TRY(wfx__pop_vals(c, offset_n, 2));
    break;
  case WFX_OP_array_new_elem:
    TRY(check_elem(c, imm_hi(in), field.type));
    TRY(wfx__pop_vals(c, offset_n, 2));
    break;
  }
  return wfx__push(c, wfx_ref_to((wfx_type_id){type}));
}

static bool check_array_item(struct checker *c, const struct inst *in) {
  const struct type *t = wfx__check_type(c, imm_lo(in), WFX_TYPE_ARRAY);
  if (!t) return false;
  wfx_field field = t->fields[0];
  wfx_valtype ref = wfx_ref_null_to((wfx_type_id){imm_lo(in)}), val = unpack_val(field.type);
  const wfx_valtype get[] = {ref, WFX_I32};
  const wfx_valtype set[] = {ref, WFX_I32, val};
  const wfx_valtype fill[] = {ref, WFX_I32, val, WFX_I32};
  if (in->op == WFX_OP_array_set) return check_mutable(c, field) && wfx__pop_vals(c, set, 3);
  if (in->op == WFX_OP_array_fill) return check_mutable(c, field) && wfx__pop_vals(c, fill, 4);
  TRY(check_packed(c, field, in->op != WFX_OP_array_get));
  return wfx__pop_vals(c, get, 2) && wfx__push(c, val);
}

static bool check_array_copy(struct checker *c, const struct inst *in) {
  const struct type *to = wfx__check_type(c, imm_lo(in), WFX_TYPE_ARRAY);
  if (!to) return false;
  const struct type *from = wfx__check_type(c, imm_hi(in), WFX_TYPE_ARRAY);
  if (!from) return false;
  TRY(check_mutable(c, to->fields[0]));
  if (!wfx__match_val(c->ts, from->fields[0].type, to->fields[0].type))
    return wfx__check_fail(c, "array types do not match");
  const wfx_valtype vals[] = {wfx_ref_null_to((wfx_type_id){imm_lo(in)}), WFX_I32,
                              wfx_ref_null_to((wfx_type_id){imm_hi(in)}), WFX_I32, WFX_I32};
  return wfx__pop_vals(c, vals, 5);
}

static bool check_array_init(struct checker *c, const struct inst *in) {
  const struct type *t = wfx__check_type(c, imm_lo(in), WFX_TYPE_ARRAY);
  if (!t) return false;
  TRY(check_mutable(c, t->fields[0]));
  if (in->op == WFX_OP_array_init_data)
    TRY(check_numeric(c, t->fields[0]) && check_data(c, imm_hi(in)));
  else TRY(check_elem(c, imm_hi(in), t->fields[0].type));
  const wfx_valtype vals[] = {wfx_ref_null_to((wfx_type_id){imm_lo(in)}), WFX_I32, WFX_I32,
                              WFX_I32};
  return wfx__pop_vals(c, vals, 4);
}

bool wfx__check_ref(struct checker *c, const struct inst *in) {
  wfx_valtype ref;
  switch (in->op) {
  case WFX_OP_ref_null:
    return wfx__check_heap(c, imm_lo(in)) && wfx__push(c, wfx_ref_null(imm_lo(in)));
  case WFX_OP_ref_is_null:
    return wfx__pop_ref(c, &ref) && check_fact(c, (struct fact){.type = ref}) &&
           wfx__push(c, WFX_I32);
  case WFX_OP_ref_as_non_null:
    return wfx__pop_ref(c, &ref) && check_fact(c, (struct fact){.type = ref}) &&
           wfx__push(c, ref & ~(uint32_t)WFX_NULLABLE);
  case WFX_OP_ref_func: return check_ref_func(c, in);
  case WFX_OP_ref_eq: return check_ref_eq(c);
  case WFX_OP_ref_test: case WFX_OP_ref_test_null: case WFX_OP_ref_cast:
  case WFX_OP_ref_cast_null:
    return check_cast(c, in);
  case WFX_OP_ref_i31: return wfx__pop(c, WFX_I32) && wfx__push(c, wfx_ref(WFX_HEAP_I31));
  case WFX_OP_i31_get_s: case WFX_OP_i31_get_u:
    return wfx__pop(c, WFX_I31REF) && wfx__push(c, WFX_I32);
  case WFX_OP_any_convert_extern: return check_convert(c, WFX_HEAP_EXTERN, WFX_HEAP_ANY);
  case WFX_OP_extern_convert_any: return check_convert(c, WFX_HEAP_ANY, WFX_HEAP_EXTERN);
  case WFX_OP_struct_new: case WFX_OP_struct_new_default: return check_struct_new(c, in);
  case WFX_OP_struct_get: case WFX_OP_struct_get_s: case WFX_OP_struct_get_u:
  case WFX_OP_struct_set:
    return check_struct_field(c, in);
  case WFX_OP_array_new: case WFX_OP_array_new_default: case WFX_OP_array_new_fixed:
  case WFX_OP_array_new_data: case WFX_OP_array_new_elem:
    return check_array_new(c, in);
  case WFX_OP_array_get: case WFX_OP_array_get_s: case WFX_OP_array_get_u:
  case WFX_OP_array_set: case WFX_OP_array_fill:
    return check_array_item(c, in);
  case WFX_OP_array_len: return wfx__pop(c, WFX_ARRAYREF) && wfx__push(c, WFX_I32);
  case WFX_OP_array_copy: return check_array_copy(c, in);
  case WFX_OP_array_init_data: case WFX_OP_array_init_elem: return check_array_init(c, in);
  }
  return wfx__check_bulk(c, in);
}
