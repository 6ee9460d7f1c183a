/* valid_type.c: the type section. Spec: Validation, Types. */
#include "ir/match.h"
#include "ir/name.h"
#include "valid/valid.h"

struct type_check {
  struct wfx_module *m;
  uint32_t type; /* being checked */
};

static bool type_fail(const struct type_check *k, const char *what, uint32_t other) {
  const struct types *ts = &k->m->types;
  struct text_buf name = {.n = 0}, name2 = {.n = 0};
  wfx__text_name(&name, type_at(ts, k->type)->name, k->type);
  if (other < ts->types.n) wfx__text_name(&name2, type_at(ts, other)->name, other);
  else wfx__text_uint(&name2, other);
  return wfx__fail(&k->m->errs, WFX_INVALID, type_at(ts, k->type)->loc, "%s %s in type %s", what,
                   name2.text, name.text);
}

/* A type may name types of its own group and of groups before it. */
static bool check_type_id(const struct type_check *k, uint32_t id) {
  const struct types *ts = &k->m->types;
  if (id < ts->types.n && type_at(ts, id)->group <= type_at(ts, k->type)->group) return true;
  return type_fail(k, "unknown type", id);
}

static bool check_type_val(const struct type_check *k, wfx_valtype t) {
  return val_type(t) == WFX_NO_ID || check_type_id(k, val_type(t));
}

static bool check_type_parts(const struct type_check *k, const struct type *t) {
  const wfx_limits *limits = &k->m->ctx->limits;
  if (t->n_params > limits->n_params || t->n_results > limits->n_results ||
      t->n_fields > limits->n_fields)
    return type_fail(k, "too many parameters, results or fields:", k->type);
  for (uint32_t i = 0; i < t->n_params + t->n_results; i++) TRY(check_type_val(k, t->vals[i]));
  for (uint32_t i = 0; i < t->n_fields; i++) TRY(check_type_val(k, t->fields[i].type));
  if (t->kind != WFX_TYPE_CONT && t->kind != WFX_TYPE_TAG) return true;
  TRY(check_type_id(k, t->target));
  /* Within the group the target may still lack its definition: its kind is checked at the end. */
  if (type_at(&k->m->types, t->target)->kind != WFX_TYPE_FUNC)
    return type_fail(k, "non-function type", t->target);
  return true;
}

static bool match_field(const struct types *ts, wfx_field sub, wfx_field super) {
  if (sub.is_mutable != super.is_mutable) return false;
  wfx_valtype a = wfx_valtype_strip(sub.type), b = wfx_valtype_strip(super.type);
  return sub.is_mutable ? wfx__equal_val(ts, a, b) : wfx__match_val(ts, a, b);
}

/* Spec: Validation, Matching, Composite Types. */
static bool match_comp(const struct types *ts, const struct type *sub, const struct type *super) {
  if (sub->kind != super->kind) return false;
  switch ((wfx_type_kind)sub->kind) {
  case WFX_TYPE_UNDEFINED: return false;
  case WFX_TYPE_FUNC:
    return wfx__match_func(ts, sub->vals, sub->n_params, type_results(sub), sub->n_results,
                           super->vals, super->n_params, type_results(super),
                           super->n_results);
  case WFX_TYPE_STRUCT:
  case WFX_TYPE_ARRAY:
    if (sub->n_fields < super->n_fields) return false;
    for (uint32_t i = 0; i < super->n_fields; i++)
      if (!match_field(ts, sub->fields[i], super->fields[i])) return false;
    return true;
  case WFX_TYPE_CONT: return wfx__match_type(ts, sub->target, super->target);
  case WFX_TYPE_TAG:
    return type_at(ts, sub->target)->canon == type_at(ts, super->target)->canon;
  case WFX_TYPE_HANDLER:
    if (sub->n_results != super->n_results) return false;
    for (uint32_t i = 0; i < sub->n_results; i++)
      if (!wfx__equal_val(ts, sub->vals[i], super->vals[i])) return false;
    return true;
  }
  return false;
}

static bool check_super(const struct type_check *k, const struct type *t) {
  const struct types *ts = &k->m->types;
  if (t->super == WFX_NO_ID) return true;
  TRY(check_type_id(k, t->super));
  const struct type *super = type_at(ts, t->super);
  if (super->group == t->group && super->rel >= t->rel) return type_fail(k, "unknown type", t->super);
  if (t->n_supers > k->m->ctx->limits.subtype_depth)
    return type_fail(k, "subtyping depth exceeded: super type", t->super);
  if (type_is_final(super)) return type_fail(k, "sub type: final super type", t->super);
  return match_comp(ts, t, super) || type_fail(k, "sub type does not match super type", t->super);
}

/* The features that kinds of types need. */
static bool check_type_feature(const struct type_check *k, const struct type *t) {
  wfx_feature f = WFX_FEATURE_MVP;
  switch ((wfx_type_kind)t->kind) {
  case WFX_TYPE_UNDEFINED: case WFX_TYPE_FUNC: break;
  case WFX_TYPE_STRUCT: case WFX_TYPE_ARRAY: f = WFX_FEATURE_GC; break;
  case WFX_TYPE_CONT: f = WFX_FEATURE_STACK_SWITCHING; break;
  case WFX_TYPE_HANDLER: f = WFX_FEATURE_NAMED_HANDLERS; break;
  case WFX_TYPE_TAG: f = WFX_FEATURE_TAG_REFS; break;
  }
  if (ctx_has(k->m->ctx, f)) return true;
  return wfx__fail(&k->m->errs, WFX_UNSUPPORTED, t->loc, "unsupported: type %u needs the feature %s",
                   k->type, wfx_feature_text(f));
}

bool wfx__valid_group(struct wfx_module *m, uint32_t group) {
  const struct types *ts = &m->types;
  struct type_check k = {m, WFX_NO_ID};
  const struct group *g = &ts->groups.data[group];
  for (k.type = g->first; k.type != WFX_NO_ID; k.type = type_at(ts, k.type)->next) {
    const struct type *t = type_at(ts, k.type);
    TRY(check_type_feature(&k, t));
    TRY(check_type_parts(&k, t));
  }
  for (k.type = g->first; k.type != WFX_NO_ID; k.type = type_at(ts, k.type)->next)
    TRY(check_super(&k, type_at(ts, k.type)));
  return true;
}
