/* merge.c: the merged module, from parts that fit and marks of what is live.
 *
 * Declarations get their handles first: imports that stay, then definitions, the program's
 * before those of other parts; code is copied when all handles are known.
 *
 * What starting the result does is what instantiating the modules one by one would have done:
 * each one's element segments, data segments, start function. Segments of a module that comes
 * behind one with a start function become passive, and the merged start function applies them
 * in their place, unless nobody can tell (is_early). Objects are as if they were there before
 * all: their constructors run first in the start function, and make nothing late. */
#include "link/object.h"

#include <assert.h>
#include <string.h>

#include "binary/place.h"

/* All errors here are the merged module's. */
#define ERRS(j) (&(j)->out->errs)

static struct part *part_at(const struct job *j, uint32_t part) {
  return &j->l->parts.data[part];
}

/* ---- Types ------------------------------------------------------------------------------- */

static bool merge_types(struct job *j) {
  struct types *ts = &j->types;
  uint32_t *map = wfx__arena_alloc(&j->arena, ts->types.n * sizeof *map);
  if (!map) return wfx__fail_nomem(ERRS(j));
  for (uint32_t i = 0; i < ts->types.n; i++) map[i] = WFX_NO_ID;
  /* j->types serves for this alone from here on: groups without types are passed over. */
  for (size_t g = 0; g < ts->groups.n; g++)
    if (ts->groups.data[g].n != 0 && !j->live_types[ts->groups.data[g].first])
      ts->groups.data[g].n = 0;
  TRY(wfx__types_merge(&j->out->types, ERRS(j), ts, map));
  for (uint32_t i = 0; i < j->l->parts.n; i++) {
    struct part *p = part_at(j, i);
    for (uint32_t t = 0; t < p->m->types.types.n; t++)
      p->map[SPACE_TYPE][t] = map[p->map[SPACE_TYPE][t]];
  }
  return true;
}

/* ---- Positions and names ----------------------------------------------------------------- */

static bool merge_files(struct job *j, struct part *p) {
  for (size_t i = 0; i < p->m->files.n; i++)
    TRY(wfx__module_file(j->out, p->m->files.data[i].data, &p->files[i]));
  return true;
}

static struct pos map_pos(const struct part *p, struct pos at) {
  if (at.file != WFX_NO_ID) at.file = p->files[at.file];
  return at;
}

static bool merged_loc(struct job *j, wfx_loc *loc) {
  uint32_t file;
  TRY(wfx__module_file(j->out, loc->file, &file));
  if (file != WFX_NO_ID) loc->file = j->out->files.data[file].data;
  return true;
}

static bool merged_str(struct job *j, wfx_str *s) {
  return !s->data || wfx__module_str(j->out, s->data, s->n, s);
}

static bool copy_decl(struct job *j, struct decl *d) {
  d->import = WFX_NO_ID;
  return merged_str(j, &d->name) && merged_loc(j, &d->loc);
}

static bool merged_names(struct job *j, const vec_names *from, vec_names *to) {
  TRY(vec_reserve(ERRS(j), to, from->n));
  for (size_t i = 0; i < from->n; i++) {
    struct index_name name = from->data[i];
    TRY(merged_str(j, &name.name));
    to->data[to->n++] = name;
  }
  return true;
}

/* ---- Declarations ------------------------------------------------------------------------ */

static wfx_valtype merged_val(const struct part *p, wfx_valtype v) {
  return wfx__valtype_map(v, p->map[SPACE_TYPE]);
}

/* Add a declaration of a part to the merged module, without what refers to others. */
static bool merge_decl(struct job *j, struct part *p, uint32_t kind, uint32_t id) {
  struct wfx_module *out = j->out;
  p->map[kind + 1][id] = wfx__module_count(out, kind);
  switch ((wfx_extern_kind)kind) {
  case WFX_EXTERN_FUNC: {
    struct func f = p->m->funcs.data[id];
    f.type = p->map[SPACE_TYPE][f.type];
    f.body = WFX_NO_ID;
    return copy_decl(j, &f.decl) && vec_push(ERRS(j), &out->funcs, f);
  }
  case WFX_EXTERN_TABLE: {
    struct table t = p->m->tables.data[id];
    t.type = merged_val(p, t.type);
    return copy_decl(j, &t.decl) && vec_push(ERRS(j), &out->tables, t);
  }
  case WFX_EXTERN_MEM: {
    struct mem m = p->m->mems.data[id];
    return copy_decl(j, &m.decl) && vec_push(ERRS(j), &out->mems, m);
  }
  case WFX_EXTERN_GLOBAL: {
    struct global g = p->m->globals.data[id];
    g.type = merged_val(p, g.type);
    return copy_decl(j, &g.decl) && vec_push(ERRS(j), &out->globals, g);
  }
  case WFX_EXTERN_TAG: {
    struct tag t = p->m->tags.data[id];
    t.type = p->map[SPACE_TYPE][t.type];
    return copy_decl(j, &t.decl) && vec_push(ERRS(j), &out->tags, t);
  }
  }
  return false;
}

/* ---- Imports that stay ------------------------------------------------------------------- */

static bool limits_equal(const wfx_size_limits *a, const wfx_size_limits *b) {
  return a->min == b->min && a->has_max == b->has_max && (!a->has_max || a->max == b->max) &&
         a->is_64 == b->is_64 && a->is_shared == b->is_shared;
}

/* Whether declaration id of p has the type of import `have` of the merged module. */
static bool same_type(const struct job *j, const struct part *p, uint32_t kind, uint32_t id,
                      uint32_t have) {
  const struct wfx_module *out = j->out, *m = p->m;
  switch ((wfx_extern_kind)kind) {
  case WFX_EXTERN_FUNC:
    return out->funcs.data[have].type == p->map[SPACE_TYPE][m->funcs.data[id].type];
  case WFX_EXTERN_TABLE:
    return wfx_valtype_strip(out->tables.data[have].type) ==
               wfx_valtype_strip(merged_val(p, m->tables.data[id].type)) &&
           limits_equal(&out->tables.data[have].limits, &m->tables.data[id].limits);
  case WFX_EXTERN_MEM:
    return limits_equal(&out->mems.data[have].limits, &m->mems.data[id].limits);
  case WFX_EXTERN_GLOBAL:
    return out->globals.data[have].is_mutable == m->globals.data[id].is_mutable &&
           wfx_valtype_strip(out->globals.data[have].type) ==
               wfx_valtype_strip(merged_val(p, m->globals.data[id].type));
  case WFX_EXTERN_TAG:
    return out->tags.data[have].type == p->map[SPACE_TYPE][m->tags.data[id].type];
  }
  return false;
}

static bool same_str(wfx_str a, wfx_str b) {
  return a.n == b.n && (a.n == 0 || memcmp(a.data, b.data, a.n) == 0);
}

static bool is_wasi(wfx_str module) {
  return module.n >= 5 && memcmp(module.data, "wasi_", 5) == 0;
}

/* Add an import, or share an equal one that is there. by_name finds those by hash. */
static bool merge_import(struct job *j, struct part *p, const struct import *im,
                       struct map *by_name) {
  const wfx_ctx *ctx = j->out->ctx;
  uint64_t hash = wfx__hash_mix(wfx__hash_bytes(ctx, im->module.data, im->module.n),
                                wfx__hash_bytes(ctx, im->field.data, im->field.n));
  uint32_t it = 0, i;
  while ((i = wfx__multimap_next(by_name, hash, &it)) != WFX_NO_ID) {
    const struct import *have = &j->out->imports.data[i];
    if (have->kind != im->kind || !same_str(have->module, im->module) ||
        !same_str(have->field, im->field) || !same_type(j, p, im->kind, im->id, have->id))
      continue;
    p->map[im->kind + 1][im->id] = have->id;
    return true;
  }
  if ((j->flags & WFX_LINK_CLOSED) && !is_wasi(im->module))
    return wfx__fail(
        ERRS(j), WFX_UNLINKABLE, wfx__link_import_loc(p, im),
        "unknown import: module \"%.*s\" imports \"%.*s\" \"%.*s\", and there is no "
        "such module",
        STR_ARG(p->name), STR_ARG(im->module), STR_ARG(im->field));
  i = (uint32_t)j->out->imports.n;
  TRY(merge_decl(j, p, im->kind, im->id));
  TRY(wfx__module_add_import(j->out, im->module, im->field, im->kind,
                             p->map[im->kind + 1][im->id]));
  j->out->imports.data[i].loc = im->loc;
  TRY(merged_loc(j, &j->out->imports.data[i].loc));
  return wfx__multimap_put(ERRS(j), by_name, hash, i);
}

static bool merge_imports(struct job *j, struct map *by_name) {
  for (uint32_t i = 0; i < j->l->parts.n; i++) {
    struct part *p = part_at(j, i);
    for (size_t k = 0; k < p->m->imports.n; k++) {
      const struct import *im = &p->m->imports.data[k];
      if (p->targets[k].part == WFX_NO_ID && p->live[im->kind + 1][im->id])
        TRY(merge_import(j, p, im, by_name));
    }
  }
  return true;
}

/* ---- Definitions ------------------------------------------------------------------------- */

/* A constant expression reads only globals before it: those a global's value is made of are
 * added first, depth first with a stack of our own. Marks in live[SPACE_GLOBAL]: */
enum { GLOBAL_LIVE = 1, GLOBAL_WAITING = 2, GLOBAL_ADDED = 3 };

/* A global whose expression is looked through up to instruction next. */
struct waiting {
  uint32_t part, id, next;
};
struct global_stack {
  VEC(struct waiting) items;
};

static bool wait_for_global(struct job *j, struct global_stack *s, uint32_t part, uint32_t id) {
  struct target t = wfx__link_target(j, part, SPACE_GLOBAL, id);
  struct part *p = part_at(j, t.part);
  if (p->m->globals.data[t.id].decl.import != WFX_NO_ID) return true;
  uint8_t *mark = &p->live[SPACE_GLOBAL][t.id];
  if (*mark == GLOBAL_ADDED) return true;
  if (*mark == GLOBAL_WAITING)
    return wfx__fail(ERRS(j), WFX_UNLINKABLE, p->m->globals.data[t.id].decl.loc,
                     "global %u \"%.*s\" of module \"%.*s\" is made from itself", t.id,
                     STR_ARG(p->m->globals.data[t.id].decl.name), STR_ARG(p->name));
  *mark = GLOBAL_WAITING;
  struct waiting w = {t.part, t.id, 0};
  return vec_push(ERRS(j), &s->items, w);
}

static bool merge_global(struct job *j, struct global_stack *s, uint32_t part, uint32_t id) {
  TRY(wait_for_global(j, s, part, id));
  while (s->items.n != 0) {
    struct waiting *w = &vec_last(&s->items);
    struct part *p = part_at(j, w->part);
    struct expr init = p->m->globals.data[w->id].init;
    if (w->next == init.n) {
      p->live[SPACE_GLOBAL][w->id] = GLOBAL_ADDED;
      TRY(merge_decl(j, p, WFX_EXTERN_GLOBAL, w->id));
      s->items.n--;
      continue;
    }
    const struct inst *in = &p->m->const_code.insts.data[init.first + w->next++];
    if (in->op == WFX_OP_global_get) TRY(wait_for_global(j, s, w->part, imm_lo(in)));
  }
  return true;
}

static bool merge_globals(struct job *j, struct global_stack *s) {
  for (uint32_t i = 0; i < j->l->parts.n; i++)
    for (uint32_t id = 0; id < part_at(j, i)->m->globals.n; id++)
      if (part_at(j, i)->live[SPACE_GLOBAL][id] == GLOBAL_LIVE) TRY(merge_global(j, s, i, id));
  return true;
}

static bool add_definitions(struct job *j, uint32_t part, uint32_t kind) {
  struct part *p = part_at(j, part);
  for (uint32_t id = 0; id < wfx__module_count(p->m, kind); id++)
    if (p->live[kind + 1][id] && wfx__module_decl(p->m, kind, id)->import == WFX_NO_ID)
      TRY(merge_decl(j, p, kind, id));
  return true;
}

/* Imports that are resolved get the handle of what they mean. */
static bool map_resolved(struct job *j, uint32_t part) {
  struct part *p = part_at(j, part);
  for (size_t k = 0; k < p->m->imports.n; k++) {
    const struct import *im = &p->m->imports.data[k];
    struct target t = p->targets[k];
    if (t.part == WFX_NO_ID || !p->live[im->kind + 1][im->id]) continue;
    p->map[im->kind + 1][im->id] = part_at(j, t.part)->map[im->kind + 1][t.id];
    /* A definition without a name takes that of an import. */
    struct decl *d = wfx__module_decl(j->out, im->kind, p->map[im->kind + 1][im->id]);
    if (d->name.data) continue;
    d->name = wfx__module_decl(p->m, im->kind, im->id)->name;
    TRY(merged_str(j, &d->name));
  }
  return true;
}

static bool add_declarations(struct job *j) {
  struct map by_name = {NULL, 0, 0};
  bool ok = merge_imports(j, &by_name);
  wfx__map_free(j->out->ctx, &by_name);
  TRY(ok);
  for (uint32_t i = 0; i < j->l->parts.n; i++) {
    TRY(add_definitions(j, i, WFX_EXTERN_FUNC));
    TRY(add_definitions(j, i, WFX_EXTERN_TABLE));
    TRY(add_definitions(j, i, WFX_EXTERN_MEM));
    TRY(add_definitions(j, i, WFX_EXTERN_TAG));
  }
  struct global_stack stack = {{NULL, 0, 0}};
  ok = merge_globals(j, &stack);
  vec_free(j->out->ctx, &stack.items);
  TRY(ok);
  for (uint32_t i = 0; i < j->l->parts.n; i++) TRY(map_resolved(j, i));
  return true;
}

/* ---- Code -------------------------------------------------------------------------------- */

static void map_handle(void *ud, enum ref_space space, uint32_t *id) {
  const struct part *p = ud;
  *id = p->map[space][*id];
  assert(*id != WFX_NO_ID);
}

static bool uses_pool(const struct inst *in) {
  unsigned kind = wfx__ops[in->op].imm;
  if (kind == WFX_IMM_MEMARG || kind == WFX_IMM_MEMARG_LANE) return in->aux & MEMARG_POOL;
  return kind == WFX_IMM_BR_TABLE || kind == WFX_IMM_V128 || kind == WFX_IMM_SHUFFLE ||
         kind == WFX_IMM_BR_ON_CAST || kind == WFX_IMM_TYPES || kind == WFX_IMM_TRY_TABLE ||
         kind == WFX_IMM_RESUME || kind == WFX_IMM_RESUME_THROW;
}

/* Before any expression of the part is copied. */
static bool copy_const_pool(struct job *j, struct part *p) {
  const vec_u32 *pool = &p->m->const_code.pool;
  TRY(wfx__pool_push(ERRS(j), &j->out->const_code, pool->data, pool->n, &p->const_pool));
  p->const_pos = (uint32_t)j->out->const_positions.n;
  for (size_t i = 0; i < p->m->const_positions.n; i++)
    TRY(vec_push(ERRS(j), &j->out->const_positions, map_pos(p, p->m->const_positions.data[i])));
  return true;
}

static bool merge_const(struct job *j, struct part *p, struct inst in) {
  struct code *c = &j->out->const_code;
  if (uses_pool(&in)) in.imm += p->const_pool;
  in.pos = in.pos < p->m->const_positions.n ? p->const_pos + in.pos : WFX_NO_ID;
  TRY(wfx__code_push(ERRS(j), c, in));
  wfx__imm_visit(c, &vec_last(&c->insts), map_handle, p);
  return true;
}

static bool merge_expr(struct job *j, struct part *p, struct expr *e) {
  uint32_t first = (uint32_t)j->out->const_code.insts.n;
  for (uint32_t i = 0; i < e->n; i++)
    TRY(merge_const(j, p, p->m->const_code.insts.data[e->first + i]));
  e->first = first;
  return true;
}

static bool merge_body(struct job *j, uint32_t part, uint32_t func) {
  struct part *p = part_at(j, part);
  const struct body *from = wfx__module_body(p->m, func);
  assert(from && from->is_finished);
  struct body *to;
  TRY(wfx__module_new_body(j->out, p->map[SPACE_FUNC][func], &to));
  size_t n = from->code.insts.n;
  uint32_t at;
  TRY(wfx__pool_push(ERRS(j), &to->code, from->code.pool.data, from->code.pool.n, &at));
  TRY(vec_reserve(ERRS(j), &to->code.insts, n));
  if (n != 0) memcpy(to->code.insts.data, from->code.insts.data, n * sizeof(struct inst));
  to->code.insts.n = n;
  for (size_t i = 0; i < n; i++) {
    struct inst *in = &to->code.insts.data[i];
    wfx__imm_visit(&to->code, in, map_handle, p);
    /* Offsets into other inputs than the program's would mislead. */
    if (part != 0 && from->positions.n == 0) in->pos = WFX_NO_ID;
  }
  for (size_t i = 0; i < from->runs.n; i++)
    TRY(wfx__body_add_locals(ERRS(j), to, from->runs.data[i].n,
                             merged_val(p, from->runs.data[i].type)));
  TRY(vec_reserve(ERRS(j), &to->positions, from->positions.n));
  for (size_t i = 0; i < from->positions.n; i++)
    to->positions.data[to->positions.n++] = map_pos(p, from->positions.data[i]);
  TRY(merged_names(j, &from->local_names, &to->local_names));
  TRY(merged_names(j, &from->label_names, &to->label_names));
  to->is_finished = true;
  return true;
}

static bool copy_bodies(struct job *j, uint32_t part) {
  struct part *p = part_at(j, part);
  for (uint32_t i = 0; i < p->m->funcs.n; i++)
    if (p->live[SPACE_FUNC][i] && p->m->funcs.data[i].decl.import == WFX_NO_ID)
      TRY(merge_body(j, part, i));
  return true;
}

/* ---- Values ------------------------------------------------------------------------------ */

/* The value of a table reads imported globals only. Where one is resolved, what it is made of
 * stands in its place, through all that this reads. Instructions that give the same value
 * wherever they stand: */
static bool is_repeatable(uint16_t op) {
  switch (op) {
  case WFX_OP_i32_const: case WFX_OP_i64_const: case WFX_OP_f32_const: case WFX_OP_f64_const:
  case WFX_OP_v128_const: case WFX_OP_ref_null: case WFX_OP_ref_func: case WFX_OP_ref_i31:
  case WFX_OP_global_get: case WFX_OP_i32_add: case WFX_OP_i32_sub: case WFX_OP_i32_mul:
  case WFX_OP_i64_add: case WFX_OP_i64_sub: case WFX_OP_i64_mul:
  case WFX_OP_any_convert_extern: case WFX_OP_extern_convert_any: return true;
  }
  return false;
}

/* A part's expression, being copied: from instruction at on. */
struct inlining {
  uint32_t part, at, end;
};
struct inline_stack {
  VEC(struct inlining) items;
};
enum { MAX_INLINED = 10000 }; /* sums of sums grow fast */

static bool fail_inline(struct job *j, const struct part *p, uint32_t table, const char *why) {
  const struct decl *d = &p->m->tables.data[table].decl;
  return wfx__fail(ERRS(j), WFX_UNLINKABLE, d->loc,
                   "the initial value of table %u \"%.*s\" of module \"%.*s\" cannot be linked: "
                   "it reads a global %s",
                   table, STR_ARG(d->name), STR_ARG(p->name), why);
}

/* Copy the next instruction, or go into the global that it reads. */
static bool inline_step(struct job *j, struct inline_stack *s, uint32_t part, uint32_t table) {
  struct inlining *top = &vec_last(&s->items);
  uint32_t from = top->part;
  struct part *p = part_at(j, from);
  const struct inst *in = &p->m->const_code.insts.data[top->at++];
  if (s->items.n > 1 && !is_repeatable(in->op))
    return fail_inline(j, part_at(j, part), table, "that holds a new object");
  if (in->op != WFX_OP_global_get) return merge_const(j, p, *in);
  struct target t = wfx__link_target(j, from, SPACE_GLOBAL, imm_lo(in));
  const struct global *g = &part_at(j, t.part)->m->globals.data[t.id];
  if (g->decl.import != WFX_NO_ID) return merge_const(j, p, *in);
  if (g->is_mutable) return fail_inline(j, part_at(j, part), table, "that may change");
  struct inlining next = {t.part, g->init.first, g->init.first + g->init.n};
  return vec_push(ERRS(j), &s->items, next);
}

static bool merge_table_value(struct job *j, uint32_t part, uint32_t table, struct expr *e) {
  struct inline_stack s = {{NULL, 0, 0}};
  size_t first = j->out->const_code.insts.n;
  struct inlining top = {part, e->first, e->first + e->n};
  bool ok = vec_push(ERRS(j), &s.items, top);
  for (uint32_t n_steps = 0; ok && s.items.n != 0; n_steps++) {
    if (n_steps == e->n + MAX_INLINED)
      ok = fail_inline(j, part_at(j, part), table, "that is made of too many others");
    else if (vec_last(&s.items).at == vec_last(&s.items).end)
      s.items.n--;
    else
      ok = inline_step(j, &s, part, table);
  }
  e->n = (uint32_t)(j->out->const_code.insts.n - first);
  e->first = (uint32_t)first;
  vec_free(j->out->ctx, &s.items);
  return ok;
}

static bool copy_values(struct job *j, uint32_t part) {
  struct part *p = part_at(j, part);
  for (uint32_t i = 0; i < p->m->globals.n; i++)
    if (p->live[SPACE_GLOBAL][i] && p->m->globals.data[i].decl.import == WFX_NO_ID)
      TRY(merge_expr(j, p, &j->out->globals.data[p->map[SPACE_GLOBAL][i]].init));
  for (uint32_t i = 0; i < p->m->tables.n; i++) {
    const struct table *t = &p->m->tables.data[i];
    if (p->live[SPACE_TABLE][i] && t->decl.import == WFX_NO_ID && t->has_init)
      TRY(merge_table_value(j, part, i, &j->out->tables.data[p->map[SPACE_TABLE][i]].init));
  }
  return true;
}

/* ---- Start ------------------------------------------------------------------------------- */

/* The start function being made. */
struct start {
  struct code code;
  uint32_t n_calls, n_segments;
  uint32_t func;       /* the last one called */
  bool has_modules;    /* one of them is a module's, not the objects' */
};

static bool push_start(struct job *j, struct start *s, uint16_t op, uint64_t imm) {
  return wfx__code_push(ERRS(j), &s->code, (struct inst){op, 0, WFX_NO_ID, imm});
}

static bool call_start(struct job *j, const struct part *p, struct start *s) {
  if (p->m->start == WFX_NO_ID) return true;
  s->func = p->map[SPACE_FUNC][p->m->start];
  s->n_calls++;
  s->has_modules = s->has_modules || !p->object;
  return push_start(j, s, WFX_OP_call, s->func);
}

/* Begin to apply a late segment: the address. */
static bool begin_late(struct job *j, struct part *p, struct expr offset, struct start *s) {
  if (!ctx_has(j->out->ctx, WFX_FEATURE_BULK))
    return wfx__fail(ERRS(j), WFX_UNSUPPORTED, loc_none(),
                     "unsupported: segments of module \"%.*s\" come after a start function, "
                     "which needs the feature %s",
                     STR_ARG(p->name), wfx_feature_text(WFX_FEATURE_BULK));
  for (uint32_t i = 0; i < offset.n; i++) {
    const struct inst *in = &p->m->const_code.insts.data[offset.first + i];
    if (uses_pool(in))
      return wfx__fail(ERRS(j), WFX_INVALID, loc_none(),
                       "type mismatch: the offset of a segment of module \"%.*s\"",
                       STR_ARG(p->name));
    TRY(push_start(j, s, in->op, in->imm));
    wfx__imm_visit(&s->code, &vec_last(&s->code.insts), map_handle, p);
  }
  return true;
}

/* End to apply it: all n of segment id go to table or memory `to`. */
static bool end_late(struct job *j, uint16_t init, uint16_t drop, uint32_t to, uint32_t id,
                     size_t n, struct start *s) {
  s->n_segments++;
  return push_start(j, s, WFX_OP_i32_const, 0) &&
         push_start(j, s, WFX_OP_i32_const, (uint32_t)n) &&
         push_start(j, s, init, imm_pair(to, id)) && push_start(j, s, drop, id);
}

/* One call needs no function of its own. */
static bool finish_start(struct job *j, struct start *s) {
  struct wfx_module *out = j->out;
  out->start = s->func;
  if (s->n_calls + s->n_segments < 2) return true;
  struct func f = {.decl = {.name = {"start", 5}, .import = WFX_NO_ID, .loc = loc_none()},
                   .body = WFX_NO_ID};
  struct body *b;
  out->start = (uint32_t)out->funcs.n;
  TRY(merged_str(j, &f.decl.name));
  TRY(wfx__types_func(&out->types, ERRS(j), NULL, 0, NULL, 0, &f.type));
  TRY(vec_push(ERRS(j), &out->funcs, f));
  TRY(wfx__module_new_body(out, out->start, &b));
  TRY(push_start(j, s, WFX_OP_end, 0));
  b->code = s->code;
  memset(&s->code, 0, sizeof s->code);
  b->is_finished = true;
  return true;
}

/* ---- Segments ---------------------------------------------------------------------------- */

/* Whether it makes no difference when a segment is applied: it fills what its own part defines,
 * so that nobody before it could touch that, and cannot trap. Sizes are in units. */
static bool is_early(const struct part *p, const struct decl *of, uint64_t n_min, uint64_t unit,
                     struct expr offset, uint64_t n) {
  if (of->import != WFX_NO_ID || offset.n != 1) return false;
  const struct inst *in = &p->m->const_code.insts.data[offset.first];
  if (in->op != WFX_OP_i32_const && in->op != WFX_OP_i64_const) return false;
  uint64_t at = in->op == WFX_OP_i32_const ? (uint32_t)in->imm : in->imm;
  if (at > UINT64_MAX - n) return false;
  return (at + n) / unit + ((at + n) % unit != 0) <= n_min;
}

static bool merge_elem(struct job *j, struct part *p, const struct elem *from, bool *is_late,
                       struct start *s) {
  size_t n = from->has_exprs ? from->exprs.n : from->funcs.n;
  struct elem e = *from;
  memset(&e.funcs, 0, sizeof e.funcs);
  memset(&e.exprs, 0, sizeof e.exprs);
  e.form = ELEM_FORM_ANY;
  e.type = merged_val(p, e.type);
  TRY(copy_decl(j, &e.decl));
  if (from->mode == SEGMENT_ACTIVE) {
    const struct table *t = &p->m->tables.data[from->table];
    e.table = p->map[SPACE_TABLE][from->table];
    if (s->has_modules && !is_early(p, &t->decl, t->limits.min, 1, from->offset, n))
      *is_late = true;
    if (*is_late) {
      e.mode = SEGMENT_PASSIVE;
      e.offset = (struct expr){0, 0};
      TRY(begin_late(j, p, from->offset, s));
      TRY(end_late(j, WFX_OP_table_init, WFX_OP_elem_drop, e.table, (uint32_t)j->out->elems.n,
                   n, s));
    } else {
      TRY(merge_expr(j, p, &e.offset));
    }
  }
  TRY(vec_push(ERRS(j), &j->out->elems, e));
  struct elem *to = &vec_last(&j->out->elems);
  TRY(vec_reserve(ERRS(j), &to->funcs, from->funcs.n));
  for (size_t i = 0; i < from->funcs.n; i++)
    to->funcs.data[to->funcs.n++] = p->map[SPACE_FUNC][from->funcs.data[i]];
  TRY(vec_reserve(ERRS(j), &to->exprs, from->exprs.n));
  for (size_t i = 0; i < from->exprs.n; i++) {
    struct expr x = from->exprs.data[i];
    TRY(merge_expr(j, p, &x));
    to->exprs.data[to->exprs.n++] = x;
  }
  return true;
}

static bool merge_data(struct job *j, struct part *p, const struct data *from, bool *is_late,
                       struct start *s) {
  struct data d = *from;
  d.form = ELEM_FORM_ANY;
  d.bytes = (const uint8_t *)wfx__arena_copy(&j->out->arena, from->bytes, from->n_bytes);
  if (!d.bytes) return wfx__fail_nomem(ERRS(j));
  TRY(copy_decl(j, &d.decl));
  if (from->mode == SEGMENT_ACTIVE) {
    const struct mem *m = &p->m->mems.data[from->mem];
    d.mem = p->map[SPACE_MEM][from->mem];
    if (s->has_modules &&
        !is_early(p, &m->decl, m->limits.min, 65536, from->offset, d.n_bytes))
      *is_late = true;
    if (*is_late) {
      d.mode = SEGMENT_PASSIVE;
      d.offset = (struct expr){0, 0};
      TRY(begin_late(j, p, from->offset, s));
      TRY(end_late(j, WFX_OP_memory_init, WFX_OP_data_drop, d.mem, (uint32_t)j->out->datas.n,
                   d.n_bytes, s));
    } else {
      TRY(merge_expr(j, p, &d.offset));
    }
  }
  return vec_push(ERRS(j), &j->out->datas, d);
}

/* Those of objects are laid out apart. Once one is late those behind it are, which may fill the
 * same place. */
static bool copy_part_segments(struct job *j, struct part *p, struct start *s) {
  bool is_late = false;
  if (p->object) return true;
  for (uint32_t i = 0; i < p->m->elems.n; i++) {
    if (!p->live[SPACE_ELEM][i]) continue;
    p->map[SPACE_ELEM][i] = (uint32_t)j->out->elems.n;
    TRY(merge_elem(j, p, &p->m->elems.data[i], &is_late, s));
  }
  for (uint32_t i = 0; i < p->m->datas.n; i++) {
    if (!p->live[SPACE_DATA][i]) continue;
    p->map[SPACE_DATA][i] = (uint32_t)j->out->datas.n;
    TRY(merge_data(j, p, &p->m->datas.data[i], &is_late, s));
  }
  return true;
}

/* Segments and start functions, in the order of instantiating. */
static bool copy_segments(struct job *j) {
  struct start s;
  memset(&s, 0, sizeof s);
  s.func = WFX_NO_ID;
  bool ok = true;
  for (uint32_t i = 0; ok && i < j->l->parts.n; i++) {
    struct part *p = part_at(j, j->order[i]);
    ok = copy_part_segments(j, p, &s) && call_start(j, p, &s);
  }
  ok = ok && finish_start(j, &s);
  vec_free(j->out->ctx, &s.code.insts);
  vec_free(j->out->ctx, &s.code.pool);
  return ok;
}

/* ---- Exports, the rest ------------------------------------------------------------------- */

static bool copy_program(struct job *j) {
  const struct part *p = part_at(j, 0);
  struct wfx_module *out = j->out;
  for (size_t i = 0; !p->object && i < p->m->exports.n; i++) {
    const struct export *ex = &p->m->exports.data[i];
    TRY(wfx__module_add_export(out, ex->name, ex->kind, p->map[ex->kind + 1][ex->id]));
    vec_last(&out->exports).loc = ex->loc;
    TRY(merged_loc(j, &vec_last(&out->exports).loc));
  }
  for (size_t i = 0; i < p->m->customs.n; i++) {
    struct custom c = p->m->customs.data[i];
    if (p->object && !same_str(c.name, (wfx_str){"producers", 9})) continue;
    if (wfx__custom_offsets(c.name) != 0) continue; /* they hold for the program alone */
    if (p->object) c.after = WFX_NO_ID;
    TRY(merged_str(j, &c.name));
    c.bytes = (const uint8_t *)wfx__arena_copy(&out->arena, c.bytes, c.n_bytes);
    if (!c.bytes) return wfx__fail_nomem(ERRS(j));
    TRY(vec_push(ERRS(j), &out->customs, c));
  }
  out->name = p->m->name;
  return merged_str(j, &out->name);
}

bool wfx__link_merge(struct job *j) {
  TRY(merge_types(j));
  for (uint32_t i = 0; i < j->l->parts.n; i++) TRY(merge_files(j, part_at(j, i)));
  TRY(add_declarations(j));
  for (uint32_t i = 0; i < j->l->parts.n; i++) TRY(copy_const_pool(j, part_at(j, i)));
  for (uint32_t i = 0; i < j->l->parts.n; i++) TRY(copy_values(j, i));
  TRY(copy_segments(j));
  for (uint32_t i = 0; i < j->l->parts.n; i++) TRY(copy_bodies(j, i));
  TRY(wfx__objects_finish(j));
  return copy_program(j) && wfx__objects_export(j);
}
