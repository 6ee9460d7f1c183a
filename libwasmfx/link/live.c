/* live.c: what can be reached from the program's exports and from the start functions.
 *
 * A worklist over declarations. A body that is not reached is not decoded. Active segments are
 * reached with the table or memory they fill, and so is what they hold. */
#include "link/object.h"

/* ---- Reaching ---------------------------------------------------------------------------- */

/* t is a type of job.types. */
static bool reach_type(struct job *j, uint32_t t) {
  if (j->live_types[t]) return true;
  j->live_types[t] = 1;
  struct item item = {0, SPACE_TYPE, t};
  return vec_push(j->errs, &j->work, item);
}

bool wfx__link_reach(struct job *j, uint32_t part, enum ref_space space, uint32_t id) {
  static const char *const space_words[SPACE_COUNT] = {
      "type", "function", "table", "memory", "global", "tag", "elem segment", "data segment"};
  struct part *p = &j->l->parts.data[part];
  if (id >= wfx__space_count(p->m, space))
    return wfx__fail(j->errs, WFX_INVALID, loc_none(), "unknown %s %u in module \"%.*s\"",
                     space_words[space], id, STR_ARG(p->name));
  if (space == SPACE_TYPE) return reach_type(j, p->map[SPACE_TYPE][id]);
  if (p->live[space][id]) return true;
  p->live[space][id] = 1;
  struct target t = wfx__link_target(j, part, space, id);
  uint8_t *live = &j->l->parts.data[t.part].live[space][t.id];
  if ((t.part != part || t.id != id) && *live) return true;
  *live = 1;
  struct item item = {t.part, space, t.id};
  return vec_push(j->errs, &j->work, item);
}

/* A visitor cannot stop its walk: after a failure it does nothing more. */
struct reacher {
  struct job *j;
  uint32_t part;
  bool is_object, is_ok;
};

static void reach_handle(void *ud, enum ref_space space, uint32_t *id) {
  struct reacher *r = ud;
  if (r->is_object && (space == SPACE_DATA || space == SPACE_ELEM))
    r->is_ok = r->is_ok && wfx__fail(r->j->errs, WFX_UNSUPPORTED, loc_none(),
                                     "code of object \"%.*s\" names a segment",
                                     STR_ARG(r->j->l->parts.data[r->part].name));
  r->is_ok = r->is_ok && wfx__link_reach(r->j, r->part, space, *id);
}

static bool reach_code(struct job *j, uint32_t part, struct code *c, size_t first, size_t n) {
  struct reacher r = {j, part, j->l->parts.data[part].object != NULL, true};
  for (size_t i = first; i < first + n && r.is_ok; i++)
    wfx__imm_visit(c, &c->insts.data[i], reach_handle, &r);
  return r.is_ok;
}

static bool reach_expr(struct job *j, uint32_t part, struct expr e) {
  return reach_code(j, part, &j->l->parts.data[part].m->const_code, e.first, e.n);
}

static bool reach_val(struct job *j, uint32_t part, wfx_valtype v) {
  if (!wfx_is_ref(v) || !wfx_heap_is_type(wfx_heap_of(v))) return true;
  return wfx__link_reach(j, part, SPACE_TYPE, wfx_heap_type(wfx_heap_of(v)).i);
}

/* ---- Reached already --------------------------------------------------------------------- */

static bool is_reached(const struct job *j, uint32_t part, enum ref_space space, uint32_t id) {
  const struct part *p = &j->l->parts.data[part];
  if (id >= wfx__space_count(p->m, space)) return false;
  return space == SPACE_TYPE ? j->live_types[p->map[SPACE_TYPE][id]] : p->live[space][id];
}

static void check_handle(void *ud, enum ref_space space, uint32_t *id) {
  struct reacher *r = ud;
  r->is_ok = r->is_ok && is_reached(r->j, r->part, space, *id);
}

bool wfx__link_is_reached(struct job *j, uint32_t part, struct body *b) {
  struct reacher r = {j, part, true, true};
  for (size_t i = 0; i < b->runs.n && r.is_ok; i++) {
    wfx_valtype v = b->runs.data[i].type;
    if (wfx_is_ref(v) && wfx_heap_is_type(wfx_heap_of(v)))
      r.is_ok = is_reached(j, part, SPACE_TYPE, wfx_heap_type(wfx_heap_of(v)).i);
  }
  for (size_t i = 0; i < b->code.insts.n && r.is_ok; i++)
    wfx__imm_visit(&b->code, &b->code.insts.data[i], check_handle, &r);
  return r.is_ok;
}

/* ---- Segments and types ------------------------------------------------------------------ */

/* The active segments of a table or memory. */
static bool reach_segments(struct job *j, uint32_t part, enum ref_space space, uint32_t id) {
  bool is_table = space == SPACE_TABLE;
  uint32_t i = j->l->parts.data[part].segments[is_table ? 0 : 1][id];
  for (; i != WFX_NO_ID; i = j->segments.data[i].next)
    TRY(wfx__link_reach(j, j->segments.data[i].part, is_table ? SPACE_ELEM : SPACE_DATA,
              j->segments.data[i].id));
  return true;
}

/* ---- Looking into what was reached ------------------------------------------------------- */

static bool look_into_func(struct job *j, uint32_t part, uint32_t id) {
  struct part *p = &j->l->parts.data[part];
  struct func *f = &p->m->funcs.data[id];
  TRY(wfx__link_reach(j, part, SPACE_TYPE, f->type));
  if (f->decl.import != WFX_NO_ID) return true;
  if (p->object) TRY(wfx__object_reach_func(j, part, id));
  struct body *b = wfx__module_body(p->m, id);
  if (!b && f->body != WFX_NO_ID) {
    const struct errs *errs = &p->m->bodies.data[f->body]->errs;
    return wfx__fail_copy(j->errs, errs_is_set(errs) ? errs : &p->m->errs);
  }
  if (!b || !b->is_finished)
    return wfx__fail(j->errs, WFX_MISUSE, f->decl.loc,
                     "function %u \"%.*s\" of module \"%.*s\" has no finished body", id,
                     STR_ARG(f->decl.name), STR_ARG(p->name));
  if (errs_is_set(&b->errs)) return wfx__fail_copy(j->errs, &b->errs);
  for (size_t i = 0; i < b->runs.n; i++) TRY(reach_val(j, part, b->runs.data[i].type));
  return reach_code(j, part, &b->code, 0, b->code.insts.n);
}

static bool look_into_elem(struct job *j, uint32_t part, const struct elem *e) {
  TRY(reach_val(j, part, e->type));
  if (e->mode == SEGMENT_ACTIVE) {
    TRY(wfx__link_reach(j, part, SPACE_TABLE, e->table));
    TRY(reach_expr(j, part, e->offset));
  }
  for (size_t i = 0; i < e->funcs.n; i++)
    TRY(wfx__link_reach(j, part, SPACE_FUNC, e->funcs.data[i]));
  for (size_t i = 0; i < e->exprs.n; i++) TRY(reach_expr(j, part, e->exprs.data[i]));
  return true;
}

/* A type keeps its whole group. */
static bool look_into_type(struct job *j, uint32_t i) {
  const struct types *ts = &j->types;
  const struct type *t = type_at(ts, i);
  uint32_t k = ts->groups.data[t->group].first;
  for (; k != WFX_NO_ID; k = type_at(ts, k)->next) TRY(reach_type(j, k));
  if (t->super != WFX_NO_ID) TRY(reach_type(j, t->super));
  if (t->target != WFX_NO_ID) TRY(reach_type(j, t->target));
  for (k = 0; k < t->n_params + t->n_results + t->n_fields; k++) {
    uint32_t n_vals = t->n_params + t->n_results;
    wfx_valtype v = k < n_vals ? t->vals[k] : t->fields[k - n_vals].type;
    if (wfx_is_ref(v) && wfx_heap_is_type(wfx_heap_of(v)))
      TRY(reach_type(j, wfx_heap_type(wfx_heap_of(v)).i));
  }
  return true;
}

static bool look_into(struct job *j, struct item item) {
  const struct wfx_module *m = j->l->parts.data[item.part].m;
  switch (item.space) {
  case SPACE_TYPE: return look_into_type(j, item.id);
  case SPACE_FUNC: return look_into_func(j, item.part, item.id);
  case SPACE_TABLE: {
    const struct table *t = &m->tables.data[item.id];
    TRY(reach_val(j, item.part, t->type));
    if (t->has_init) TRY(reach_expr(j, item.part, t->init));
    return reach_segments(j, item.part, SPACE_TABLE, item.id);
  }
  case SPACE_MEM: return reach_segments(j, item.part, SPACE_MEM, item.id);
  case SPACE_GLOBAL: {
    const struct global *g = &m->globals.data[item.id];
    TRY(reach_val(j, item.part, g->type));
    return g->decl.import != WFX_NO_ID || reach_expr(j, item.part, g->init);
  }
  case SPACE_TAG: return wfx__link_reach(j, item.part, SPACE_TYPE, m->tags.data[item.id].type);
  case SPACE_ELEM: return look_into_elem(j, item.part, &m->elems.data[item.id]);
  case SPACE_DATA: {
    const struct data *d = &m->datas.data[item.id];
    if (j->l->parts.data[item.part].object)
      return wfx__object_reach_data(j, item.part, item.id);
    if (d->mode != SEGMENT_ACTIVE) return true;
    TRY(wfx__link_reach(j, item.part, SPACE_MEM, d->mem));
    return reach_expr(j, item.part, d->offset);
  }
  case SPACE_COUNT: break;
  }
  return true;
}

/* ---- Roots ------------------------------------------------------------------------------- */

/* Note that segment id of a part fills a table or memory (objects' are reached by address, and
 * slots given anew); a wrong one is found when the segment
 * is reached, which it then never is. */
static bool note_segment(struct job *j, uint32_t part, enum ref_space space, uint32_t of,
                        uint32_t id) {
  if (of >= wfx__space_count(j->l->parts.data[part].m, space)) return true;
  struct target t = wfx__link_target(j, part, space, of);
  uint32_t *head = &j->l->parts.data[t.part].segments[space == SPACE_TABLE ? 0 : 1][t.id];
  struct segment s = {part, id, *head};
  *head = (uint32_t)j->segments.n;
  return vec_push(j->errs, &j->segments, s);
}

static bool note_segments(struct job *j, uint32_t part) {
  const struct wfx_module *m = j->l->parts.data[part].m;
  if (j->l->parts.data[part].object) return true;
  for (uint32_t i = 0; i < m->elems.n; i++)
    if (m->elems.data[i].mode == SEGMENT_ACTIVE)
      TRY(note_segment(j, part, SPACE_TABLE, m->elems.data[i].table, i));
  for (uint32_t i = 0; i < m->datas.n; i++)
    if (m->datas.data[i].mode == SEGMENT_ACTIVE)
      TRY(note_segment(j, part, SPACE_MEM, m->datas.data[i].mem, i));
  return true;
}

static bool reach_roots(struct job *j, uint32_t part) {
  const struct wfx_module *m = j->l->parts.data[part].m;
  if (j->l->parts.data[part].object) return wfx__object_roots(j, part);
  if (m->start != WFX_NO_ID) TRY(wfx__link_reach(j, part, SPACE_FUNC, m->start));
  for (size_t i = 0; part == 0 && i < m->exports.n; i++)
    TRY(wfx__link_reach(j, part, (enum ref_space)(m->exports.data[i].kind + 1),
                        m->exports.data[i].id));
  if (!(j->flags & WFX_LINK_KEEP_ALL)) return true;
  for (unsigned s = SPACE_FUNC; s < SPACE_COUNT; s++)
    for (uint32_t i = 0; i < wfx__space_count(m, (enum ref_space)s); i++)
      TRY(wfx__link_reach(j, part, (enum ref_space)s, i));
  return true;
}

static bool mark_reached(struct job *j) {
  while (j->work.n != 0) {
    struct item item = j->work.data[--j->work.n];
    TRY(look_into(j, item));
  }
  return true;
}

bool wfx__link_mark(struct job *j) {
  j->live_types = wfx__arena_alloc(&j->arena, j->types.types.n);
  if (!j->live_types) return wfx__fail_nomem(j->errs);
  for (uint32_t i = 0; i < j->l->parts.n; i++) TRY(note_segments(j, i));
  for (uint32_t i = 0; i < j->l->parts.n; i++) TRY(reach_roots(j, i));
  for (uint32_t i = 0; (j->flags & WFX_LINK_KEEP_ALL) && i < j->types.types.n; i++)
    TRY(reach_type(j, i));
  return mark_reached(j) && wfx__objects_reach_start(j) && mark_reached(j);
}
