/* resolve.c: which declaration each import means, and whether the types fit.
 *
 * Spec: Execution, Modules, External Typing and Instantiation. Tags match only when equal. */
#include "link/object.h"

#include <string.h>

#include "ir/match.h"

/* ---- Handles in range -------------------------------------------------------------------- */

/* Modules need not be validated: what the rest of the linker indexes with is checked here,
 * handles inside code in live.c. */

static bool fail_handle(struct job *j, const struct part *p, const char *what, uint32_t id) {
  return wfx__fail(j->errs, WFX_INVALID, loc_none(), "unknown %s %u in module \"%.*s\"", what,
                   id, STR_ARG(p->name));
}

/* Type t may be named from group: it is the group's or of a group before. */
static bool check_link_ref(struct job *j, const struct part *p, uint32_t t, uint32_t group) {
  const struct types *ts = &p->m->types;
  if (t < ts->types.n && type_at(ts, t)->group <= group) return true;
  return fail_handle(j, p, "type", t);
}

static bool check_link_val(struct job *j, const struct part *p, wfx_valtype v, uint32_t group) {
  if (!wfx_is_ref(v) || !wfx_heap_is_type(wfx_heap_of(v))) return true;
  return check_link_ref(j, p, wfx_heap_type(wfx_heap_of(v)).i, group);
}

static bool check_link_type(struct job *j, const struct part *p, uint32_t i) {
  const struct type *t = type_at(&p->m->types, i);
  if (t->kind == WFX_TYPE_UNDEFINED || !p->m->types.groups.data[t->group].is_ended)
    return wfx__fail(j->errs, WFX_INVALID, t->loc, "type %u is declared but not defined", i);
  if (t->super != WFX_NO_ID) TRY(check_link_ref(j, p, t->super, t->group));
  if (t->target != WFX_NO_ID) TRY(check_link_ref(j, p, t->target, t->group));
  for (uint32_t k = 0; k < t->n_params + t->n_results; k++)
    TRY(check_link_val(j, p, t->vals[k], t->group));
  for (uint32_t k = 0; k < t->n_fields; k++)
    TRY(check_link_val(j, p, t->fields[k].type, t->group));
  return true;
}

static bool check_link_func(struct job *j, const struct part *p, uint32_t t) {
  if (t < p->m->types.types.n && type_at(&p->m->types, t)->kind == WFX_TYPE_FUNC) return true;
  return fail_handle(j, p, "function type", t);
}

static bool check_link_handles(struct job *j, const struct part *p) {
  const struct wfx_module *m = p->m;
  for (uint32_t i = 0; i < m->types.types.n; i++) TRY(check_link_type(j, p, i));
  for (size_t i = 0; i < m->funcs.n; i++) TRY(check_link_func(j, p, m->funcs.data[i].type));
  for (size_t i = 0; i < m->tags.n; i++) TRY(check_link_func(j, p, m->tags.data[i].type));
  for (size_t i = 0; i < m->tables.n; i++)
    TRY(check_link_val(j, p, m->tables.data[i].type, UINT32_MAX));
  for (size_t i = 0; i < m->globals.n; i++)
    TRY(check_link_val(j, p, m->globals.data[i].type, UINT32_MAX));
  for (size_t i = 0; i < m->exports.n; i++) {
    const struct export *ex = &m->exports.data[i];
    if (ex->id >= wfx__module_count(m, ex->kind))
      return fail_handle(j, p, "declaration in an export", ex->id);
  }
  return true;
}

/* ---- Parts ------------------------------------------------------------------------------- */

static void *link_alloc(struct job *j, size_t n, size_t size) {
  void *p = n > SIZE_MAX / 32 ? NULL : wfx__arena_alloc(&j->arena, (n + 1) * size);
  if (!p) wfx__fail_nomem(j->errs);
  return p;
}

static bool index_exports(struct job *j, struct part *p) {
  for (size_t i = 0; i < p->m->exports.n; i++) {
    wfx_str name = p->m->exports.data[i].name;
    bool is_new;
    TRY(wfx__strmap_add(j->errs, &p->exports, name.data, name.n, (uint32_t)i, &is_new));
    if (!is_new)
      return wfx__fail(j->errs, WFX_UNLINKABLE, p->m->exports.data[i].loc,
                       "ambiguous import: module \"%.*s\" exports \"%.*s\" twice",
                       STR_ARG(p->name), STR_ARG(name));
  }
  return true;
}

static bool open_part(struct job *j, uint32_t part) {
  struct part *p = &j->l->parts.data[part];
  struct wfx_module *m = p->m;
  if (errs_is_set(&m->errs)) return wfx__fail_copy(j->errs, &m->errs);
  TRY(check_link_handles(j, p));
  p->targets = link_alloc(j, m->imports.n, sizeof *p->targets);
  p->files = link_alloc(j, m->files.n, sizeof *p->files);
  TRY(p->targets && p->files);
  for (unsigned s = 0; s < SPACE_COUNT; s++) {
    uint32_t n = wfx__space_count(m, (enum ref_space)s);
    p->live[s] = link_alloc(j, n, 1);
    p->map[s] = link_alloc(j, n, sizeof **p->map);
    TRY(p->live[s] && p->map[s]);
    for (uint32_t i = 0; i < n; i++) p->map[s][i] = WFX_NO_ID;
  }
  for (unsigned k = 0; k < 2; k++) {
    uint32_t n = wfx__space_count(m, k == 0 ? SPACE_TABLE : SPACE_MEM);
    p->segments[k] = link_alloc(j, n, sizeof **p->segments);
    TRY(p->segments[k]);
    for (uint32_t i = 0; i < n; i++) p->segments[k][i] = WFX_NO_ID;
  }
  TRY(index_exports(j, p));
  return wfx__types_merge(&j->types, j->errs, &m->types, p->map[SPACE_TYPE]);
}

/* ---- Do the types fit -------------------------------------------------------------------- */

static bool limits_fit(const wfx_size_limits *have, const wfx_size_limits *want) {
  return have->is_64 == want->is_64 && have->is_shared == want->is_shared &&
         have->min >= want->min &&
         (!want->has_max || (have->has_max && have->max <= want->max));
}

static bool globals_fit(const struct job *j, const struct part *p, const struct global *have,
                        const struct part *q, const struct global *want) {
  if (have->is_mutable != want->is_mutable) return false;
  wfx_valtype a = wfx__valtype_map(have->type, p->map[SPACE_TYPE]);
  wfx_valtype b = wfx__valtype_map(want->type, q->map[SPACE_TYPE]);
  return want->is_mutable ? wfx__equal_val(&j->types, a, b) : wfx__match_val(&j->types, a, b);
}

static bool tables_fit(const struct job *j, const struct part *p, const struct table *have,
                       const struct part *q, const struct table *want) {
  return limits_fit(&have->limits, &want->limits) &&
         wfx__equal_val(&j->types, wfx__valtype_map(have->type, p->map[SPACE_TYPE]),
                        wfx__valtype_map(want->type, q->map[SPACE_TYPE]));
}

/* Whether declaration `have` of p may stand in for declaration `want` of q. */
static bool decls_fit(const struct job *j, const struct part *p, uint32_t have,
                      const struct part *q, uint32_t want, uint32_t kind) {
  const struct wfx_module *a = p->m, *b = q->m;
  const uint32_t *types_a = p->map[SPACE_TYPE], *types_b = q->map[SPACE_TYPE];
  switch ((wfx_extern_kind)kind) {
  case WFX_EXTERN_FUNC:
    return wfx__match_type(&j->types, types_a[a->funcs.data[have].type],
                           types_b[b->funcs.data[want].type]);
  case WFX_EXTERN_TAG:
    return type_at(&j->types, types_a[a->tags.data[have].type])->canon ==
           type_at(&j->types, types_b[b->tags.data[want].type])->canon;
  case WFX_EXTERN_TABLE:
    return tables_fit(j, p, &a->tables.data[have], q, &b->tables.data[want]);
  case WFX_EXTERN_MEM:
    return limits_fit(&a->mems.data[have].limits, &b->mems.data[want].limits);
  case WFX_EXTERN_GLOBAL:
    return globals_fit(j, p, &a->globals.data[have], q, &b->globals.data[want]);
  }
  return false;
}

bool wfx__link_fits(const struct job *j, struct target have, uint32_t part, uint32_t id,
                    uint32_t kind) {
  const struct part *parts = j->l->parts.data;
  return decls_fit(j, &parts[have.part], have.id, &parts[part], id, kind);
}

/* ---- Resolving --------------------------------------------------------------------------- */

static uint32_t find_part(const struct job *j, wfx_str name) {
  return wfx__strmap_get(j->l->ctx, &j->l->by_name, name.data, name.n);
}

wfx_loc wfx__link_import_loc(const struct part *p, const struct import *im) {
  wfx_loc loc = im->loc;
  if (p->object && !loc_is_none(loc)) loc.file = p->name.data;
  return loc;
}

static bool fail_type(struct job *j, const struct part *p, const struct import *im,
                      const struct part *q, uint32_t kind, uint32_t id, wfx_loc origin) {
  char want[512], have[512];
  wfx__link_describe(p->m, im->kind, im->id, want, sizeof want);
  wfx__link_describe(q->m, kind, id, have, sizeof have);
  struct diag_more more = {.expected = want, .found = have, .origin = origin};
  return wfx__fail_more(j->errs, WFX_UNLINKABLE, wfx__link_import_loc(p, im), &more,
                        "incompatible import type: module \"%.*s\" imports \"%.*s\" \"%.*s\"",
                        STR_ARG(p->name), STR_ARG(im->module), STR_ARG(im->field));
}

bool wfx__link_fail_type(struct job *j, uint32_t part, const struct import *im,
                         struct target have) {
  const struct part *q = &j->l->parts.data[have.part];
  wfx_loc origin = wfx__module_decl(q->m, im->kind, have.id)->loc;
  if (q->object && !loc_is_none(origin)) origin.file = q->name.data;
  return fail_type(j, &j->l->parts.data[part], im, q, im->kind, have.id, origin);
}

/* Follow one import to the export it names. part WFX_NO_ID: nobody added that module. */
static bool follow(struct job *j, uint32_t part, uint32_t import, struct target *out) {
  const struct part *p = &j->l->parts.data[part];
  const struct import *im = &p->m->imports.data[import];
  out->part = find_part(j, im->module);
  out->id = import;
  if (out->part == WFX_NO_ID) return wfx__objects_import(j, part, im, out);
  const struct part *q = &j->l->parts.data[out->part];
  uint32_t i = wfx__strmap_get(j->l->ctx, &q->exports, im->field.data, im->field.n);
  if (i == WFX_NO_ID)
    return wfx__fail(
        j->errs, WFX_UNLINKABLE, wfx__link_import_loc(p, im),
        "unknown import: module \"%.*s\" imports \"%.*s\" \"%.*s\", which that module "
        "does not export",
        STR_ARG(p->name), STR_ARG(im->module), STR_ARG(im->field));
  const struct export *ex = &q->m->exports.data[i];
  if (ex->kind != im->kind || !decls_fit(j, q, ex->id, p, im->id, im->kind))
    return fail_type(j, p, im, q, ex->kind, ex->id, ex->loc);
  out->id = ex->id;
  return true;
}

/* Resolve one import through all modules that only pass it on. A chain as long as all imports
 * together goes in a circle. */
static bool resolve_import(struct job *j, uint32_t part, uint32_t import) {
  struct target *result = &j->l->parts.data[part].targets[import], t, next;
  uint32_t kind = j->l->parts.data[part].m->imports.data[import].kind;
  TRY(follow(j, part, import, &t));
  *result = t;
  for (size_t steps = 0; t.part != WFX_NO_ID; steps++) {
    const struct wfx_module *m = j->l->parts.data[t.part].m;
    uint32_t passed_on = wfx__module_decl(m, kind, t.id)->import;
    *result = t;
    if (passed_on == WFX_NO_ID) return true;
    if (steps > j->n_imports) {
      const struct import *im = &j->l->parts.data[part].m->imports.data[import];
      return wfx__fail(
          j->errs, WFX_UNLINKABLE, im->loc,
          "unknown import: module \"%.*s\" imports \"%.*s\" \"%.*s\", which is only "
          "passed on in a circle",
          STR_ARG(j->l->parts.data[part].name), STR_ARG(im->module), STR_ARG(im->field));
    }
    TRY(follow(j, t.part, passed_on, &next));
    t = next;
  }
  return true;
}

bool wfx__link_follow(struct job *j, uint32_t part, uint32_t import) {
  return resolve_import(j, part, import);
}

struct target wfx__link_target(const struct job *j, uint32_t part, enum ref_space space,
                               uint32_t id) {
  struct target self = {part, id};
  if (space < SPACE_FUNC || space > SPACE_TAG) return self;
  const struct part *p = &j->l->parts.data[part];
  uint32_t import = wfx__module_decl(p->m, (uint32_t)space - 1, id)->import;
  if (import == WFX_NO_ID || p->targets[import].part == WFX_NO_ID) return self;
  return p->targets[import];
}

/* Order parts so that a module comes behind those it imports from; in a circle, behind those
 * that are not waiting for it. Objects come first of all: everyone may call them. */
static bool order_parts(struct job *j) {
  size_t n = j->l->parts.n, n_done = 0, n_stack = 0;
  uint8_t *is_seen = link_alloc(j, n, 1);
  struct target *stack =
      link_alloc(j, n, sizeof *stack); /* part, and its next import to look at */
  j->order = link_alloc(j, n, sizeof *j->order);
  TRY(is_seen && stack && j->order);
  for (uint32_t i = 0; i < n; i++) {
    if (!j->l->parts.data[i].object) continue;
    is_seen[i] = 1;
    j->order[n_done++] = i;
  }
  for (uint32_t root = 0; root < n; root++) {
    if (is_seen[root]) continue;
    is_seen[root] = 1;
    stack[n_stack++] = (struct target){root, 0};
    while (n_stack != 0) {
      struct target *top = &stack[n_stack - 1];
      const struct wfx_module *m = j->l->parts.data[top->part].m;
      if (top->id == m->imports.n) {
        j->order[n_done++] = top->part;
        n_stack--;
        continue;
      }
      uint32_t next = find_part(j, m->imports.data[top->id++].module);
      if (next == WFX_NO_ID || is_seen[next]) continue;
      is_seen[next] = 1;
      stack[n_stack++] = (struct target){next, 0};
    }
  }
  return true;
}

bool wfx__link_resolve(struct job *j) {
  for (uint32_t i = 0; i < j->l->parts.n; i++) {
    TRY(open_part(j, i));
    j->n_imports += j->l->parts.data[i].m->imports.n;
  }
  wfx__objects_prepare(j);
  for (uint32_t i = 0; i < j->l->parts.n; i++)
    for (uint32_t k = 0; k < j->l->parts.data[i].m->imports.n; k++)
      if (!j->l->parts.data[i].object) TRY(resolve_import(j, i, k));
  return wfx__objects_targets(j) && order_parts(j);
}
