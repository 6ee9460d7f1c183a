/* object_symbol.c: what each global name of the objects stands for.
 *
 * In this order: a definition in an object (a strong one before weak ones, then the first), an
 * export of an added module, a member of an archive, the linker's own, an import with a name of
 * its own. A member is taken when a reference that is not weak asks for it. */
#include "link/object.h"

#include <string.h>

static struct part *object_part(const struct job *j, uint32_t part) {
  return &j->l->parts.data[part];
}

static struct object_symbol *symbol_at(const struct job *j, uint32_t part, uint32_t symbol) {
  return &object_part(j, part)->object->symbols.data[symbol];
}

static wfx_loc object_loc(const struct job *j, uint32_t part, uint32_t at) {
  wfx_loc loc = loc_offset(at);
  loc.file = object_part(j, part)->name.data;
  return loc;
}

static bool equals(wfx_str s, const char *text) {
  return s.n == strlen(text) && memcmp(s.data, text, s.n) == 0;
}

static bool has_prefix(wfx_str s, const char *prefix) {
  size_t n = strlen(prefix);
  return s.n > n && memcmp(s.data, prefix, n) == 0;
}

/* The kind of declaration that a symbol is of; none for data. */
static bool extern_of(uint8_t symbol_kind, uint32_t *kind) {
  switch ((enum symbol_kind)symbol_kind) {
  case SYMBOL_FUNC: *kind = WFX_EXTERN_FUNC; return true;
  case SYMBOL_GLOBAL: *kind = WFX_EXTERN_GLOBAL; return true;
  case SYMBOL_TAG: *kind = WFX_EXTERN_TAG; return true;
  case SYMBOL_TABLE: *kind = WFX_EXTERN_TABLE; return true;
  case SYMBOL_DATA: case SYMBOL_SECTION: case SYMBOL_KIND_COUNT: break;
  }
  return false;
}

/* ---- Names the linker gives a meaning itself --------------------------------------------- */

/* "__start_x" and "__stop_x" stand around the segments called x, if there are any. */
bool wfx__object_bound(wfx_str name, wfx_str *section) {
  size_t n = has_prefix(name, "__start_") ? 8 : has_prefix(name, "__stop_") ? 7 : 0;
  *section = (wfx_str){name.data + n, name.n - n};
  return n != 0;
}

static bool is_linker_data(const struct job *j, wfx_str name) {
  static const char *const names[] = {"__heap_base",   "__heap_end",  "__data_end",
                                      "__global_base", "__stack_low", "__stack_high",
                                      "__dso_handle"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (equals(name, names[i])) return true;
  wfx_str section;
  const struct strmap *sections = &j->objects->sections;
  return wfx__object_bound(name, &section) &&
         wfx__strmap_get(j->l->ctx, sections, section.data, section.n) != WFX_NO_ID;
}

static bool is_linker_name(const struct job *j, wfx_str name, uint8_t kind) {
  switch ((enum symbol_kind)kind) {
  case SYMBOL_FUNC: return equals(name, "__wasm_call_ctors");
  case SYMBOL_GLOBAL: return equals(name, "__stack_pointer");
  case SYMBOL_TABLE: return equals(name, "__indirect_function_table");
  case SYMBOL_DATA: return is_linker_data(j, name);
  case SYMBOL_TAG: case SYMBOL_SECTION: case SYMBOL_KIND_COUNT: break;
  }
  return false;
}

static struct target own_target(const struct job *j) {
  struct target t = {j->objects->own, 0};
  return t;
}

/* ---- Entering an object's names ---------------------------------------------------------- */

static bool find_or_add(struct job *j, wfx_str name, uint8_t kind, uint32_t part,
                        uint32_t symbol, uint32_t *out) {
  struct objects *os = j->objects;
  bool is_new;
  *out = (uint32_t)os->meanings.n;
  struct meaning m = {.name = name, .kind = kind, .part = part, .symbol = symbol,
                      .import_part = WFX_NO_ID};
  TRY(vec_reserve(j->errs, &os->meanings, 1));
  TRY(wfx__strmap_add(j->errs, &os->by_name, name.data, name.n, *out, &is_new));
  if (is_new) os->meanings.data[os->meanings.n++] = m;
  else *out = wfx__strmap_get(j->l->ctx, &os->by_name, name.data, name.n);
  return true;
}

static bool fail_twice(struct job *j, const struct meaning *m, uint32_t part, uint32_t symbol,
                       const char *what) {
  wfx_str first = object_part(j, m->part)->name;
  return wfx__fail(j->errs, WFX_UNLINKABLE, object_loc(j, part, symbol_at(j, part, symbol)->at),
                   "duplicate symbol: \"%.*s\" is %s in \"%.*s\"", STR_ARG(m->name), what,
                   STR_ARG(first));
}

static bool want_meaning(struct job *j, uint32_t i) {
  struct meaning *m = &j->objects->meanings.data[i];
  if (m->is_wanted) return true;
  m->is_wanted = true;
  return vec_push(j->errs, &j->objects->wanted, i);
}

static bool define_meaning(struct job *j, struct meaning *m, uint32_t part, uint32_t symbol) {
  bool is_weak = (symbol_at(j, part, symbol)->flags & SYMBOL_WEAK) != 0;
  if (m->state == MEANING_DEFINED && is_weak) return true;
  if (m->state == MEANING_DEFINED && !m->is_weak)
    return fail_twice(j, m, part, symbol, "defined");
  m->state = MEANING_DEFINED;
  m->is_weak = is_weak;
  m->part = part;
  m->symbol = symbol;
  return true;
}

bool wfx__object_is_dropped(const struct object *o, const struct object_symbol *s) {
  uint32_t group = WFX_NO_ID;
  if (s->kind == SYMBOL_FUNC && s->id < o->n_funcs) group = o->func_group[s->id];
  if (s->kind == SYMBOL_DATA && s->id < o->segments.n) group = o->segments.data[s->id].group;
  return group != WFX_NO_ID && o->groups.data[group].is_dropped;
}

/* The first reference that says from which module it is to be imported. */
static void note_import_name(struct job *j, struct meaning *m, uint32_t part, uint32_t symbol) {
  const struct object_symbol *s = symbol_at(j, part, symbol);
  uint32_t kind;
  if (m->import_part != WFX_NO_ID || !extern_of(s->kind, &kind)) return;
  const struct wfx_module *module = object_part(j, part)->m;
  wfx_str from = module->imports.data[wfx__module_decl(module, kind, s->id)->import].module;
  if (!(s->flags & SYMBOL_EXPLICIT) && equals(from, "env")) return;
  m->import_part = part;
  m->import_symbol = symbol;
}

static bool enter_symbol(struct job *j, uint32_t part, uint32_t symbol) {
  struct object_symbol *s = symbol_at(j, part, symbol);
  s->meaning = WFX_NO_ID;
  if (s->kind == SYMBOL_SECTION || (s->flags & SYMBOL_LOCAL)) return true;
  TRY(find_or_add(j, s->name, s->kind, part, symbol, &s->meaning));
  struct meaning *m = &j->objects->meanings.data[s->meaning];
  if (m->kind != s->kind) return fail_twice(j, m, part, symbol, "of another kind");
  if (s->flags & SYMBOL_UNDEFINED) note_import_name(j, m, part, symbol);
  else if (!wfx__object_is_dropped(object_part(j, part)->object, s))
    return define_meaning(j, m, part, symbol);
  return (s->flags & SYMBOL_WEAK) || want_meaning(j, s->meaning);
}

/* What one object forbids no other may use. */
static bool enter_features(struct job *j, uint32_t part) {
  struct objects *os = j->objects;
  const struct object *o = object_part(j, part)->object;
  for (size_t i = 0; i < o->features.n; i++) {
    const struct object_feature *f = &o->features.data[i];
    uint32_t id = (uint32_t)os->features.n;
    bool is_new;
    TRY(vec_reserve(j->errs, &os->features, 1));
    TRY(vec_reserve(j->errs, &os->feature_parts, 1));
    TRY(wfx__strmap_add(j->errs, &os->feature_names, f->name.data, f->name.n, id, &is_new));
    if (is_new) {
      os->features.data[os->features.n++] = *f;
      os->feature_parts.data[os->feature_parts.n++] = part;
      continue;
    }
    id = wfx__strmap_get(j->l->ctx, &os->feature_names, f->name.data, f->name.n);
    if (os->features.data[id].prefix == f->prefix) continue;
    wfx_str one = object_part(j, os->feature_parts.data[id])->name;
    wfx_str other = object_part(j, part)->name;
    return wfx__fail(j->errs, WFX_UNLINKABLE, loc_none(),
                     "incompatible target features: of \"%.*s\" and \"%.*s\" one uses %.*s and "
                     "the other forbids it", STR_ARG(one), STR_ARG(other), STR_ARG(f->name));
  }
  return true;
}

/* Lists of segments by name. */
static bool enter_segments(struct job *j, uint32_t part) {
  struct objects *os = j->objects;
  const struct object *o = object_part(j, part)->object;
  for (uint32_t i = 0; i < o->segments.n; i++) {
    wfx_str name = o->segments.data[i].name;
    struct placed segment = {part, i, WFX_NO_ID};
    uint32_t at = (uint32_t)os->in_sections.n;
    bool is_new;
    TRY(vec_reserve(j->errs, &os->in_sections, 1));
    TRY(wfx__strmap_add(j->errs, &os->sections, name.data, name.n, at, &is_new));
    if (!is_new) { /* behind the first */
      uint32_t first = wfx__strmap_get(j->l->ctx, &os->sections, name.data, name.n);
      segment.next = os->in_sections.data[first].next;
      os->in_sections.data[first].next = at;
    }
    os->in_sections.data[os->in_sections.n++] = segment;
  }
  return true;
}

static bool enter_object(struct job *j, uint32_t part) {
  struct object *o = object_part(j, part)->object;
  o->is_active = false;
  for (size_t i = 0; i < o->groups.n; i++) {
    struct object_group *g = &o->groups.data[i];
    bool is_new;
    TRY(wfx__strmap_add(j->errs, &j->objects->groups, g->name.data, g->name.n, part, &is_new));
    /* A group named twice in one object is one group. */
    g->is_dropped = !is_new && wfx__strmap_get(j->l->ctx, &j->objects->groups, g->name.data,
                                               g->name.n) != part;
  }
  for (uint32_t i = 0; i < o->symbols.n; i++) TRY(enter_symbol(j, part, i));
  return enter_segments(j, part) && enter_features(j, part);
}

/* ---- What modules offer and ask for ------------------------------------------------------ */

static bool offer_exports(struct job *j, uint32_t part) {
  struct objects *os = j->objects;
  const struct wfx_module *m = object_part(j, part)->m;
  for (uint32_t i = 0; i < m->exports.n; i++) {
    const struct export *ex = &m->exports.data[i];
    struct target t = {part, i};
    bool is_new;
    TRY(vec_reserve(j->errs, &os->offered, 1));
    TRY(wfx__strmap_add(j->errs, &os->offers[ex->kind], ex->name.data, ex->name.n,
                        (uint32_t)os->offered.n, &is_new));
    if (is_new) {
      os->offered.data[os->offered.n++] = t;
      continue;
    }
    uint32_t first =
        wfx__strmap_get(j->l->ctx, &os->offers[ex->kind], ex->name.data, ex->name.n);
    if (os->offered.data[first].part != part) os->offered.data[first].id = WFX_NO_ID;
  }
  return true;
}

/* The place in offered, or WFX_NO_ID. */
static uint32_t find_offer(const struct job *j, const struct meaning *m) {
  uint32_t kind;
  if (!extern_of(m->kind, &kind)) return WFX_NO_ID;
  return wfx__strmap_get(j->l->ctx, &j->objects->offers[kind], m->name.data, m->name.n);
}

/* Whether modules mean the objects by "env": nobody added a module of that name. */
static bool is_objects_module(const struct job *j, wfx_str module) {
  return equals(module, "env") &&
         wfx__strmap_get(j->l->ctx, &j->l->by_name, module.data, module.n) == WFX_NO_ID;
}

static bool want_imports(struct job *j, uint32_t part) {
  static const uint8_t kinds[] = {
      [WFX_EXTERN_FUNC] = SYMBOL_FUNC, [WFX_EXTERN_TABLE] = SYMBOL_TABLE,
      [WFX_EXTERN_MEM] = SYMBOL_KIND_COUNT, [WFX_EXTERN_GLOBAL] = SYMBOL_GLOBAL,
      [WFX_EXTERN_TAG] = SYMBOL_TAG};
  const struct wfx_module *m = object_part(j, part)->m;
  for (size_t i = 0; i < m->imports.n; i++) {
    const struct import *im = &m->imports.data[i];
    uint32_t meaning;
    if (im->kind == WFX_EXTERN_MEM || !is_objects_module(j, im->module)) continue;
    TRY(find_or_add(j, im->field, kinds[im->kind], part, WFX_NO_ID, &meaning));
    TRY(vec_push(j->errs, &j->objects->wanted, meaning));
  }
  return true;
}

/* Members may want other members. */
static bool take_members(struct job *j) {
  wfx_linker *l = j->l;
  for (size_t i = 0; i < j->objects->wanted.n; i++) {
    const struct meaning *m = &j->objects->meanings.data[j->objects->wanted.data[i]];
    if (m->state != MEANING_NONE || is_linker_name(j, m->name, m->kind)) continue;
    if (m->symbol != WFX_NO_ID && find_offer(j, m) != WFX_NO_ID) continue;
    uint32_t member = wfx__strmap_get(l->ctx, &l->member_names, m->name.data, m->name.n);
    if (member == WFX_NO_ID || l->members.data[member].is_taken) continue;
    TRY(wfx__object_take(l, member));
    TRY(enter_object(j, (uint32_t)l->parts.n - 1));
  }
  return true;
}

/* ---- Meanings without a definition ------------------------------------------------------- */

/* A function in the module of a weak reference that traps, as nobody defines it. */
static bool add_trap(struct job *j, uint32_t part, struct object_symbol *s) {
  struct wfx_module *m = object_part(j, part)->m;
  struct func f = {.decl = {.import = WFX_NO_ID, .loc = loc_none(), .name = s->name},
                   .type = m->funcs.data[s->id].type, .body = WFX_NO_ID};
  struct body *b;
  if (s->other != WFX_NO_ID) return true;
  uint32_t id = (uint32_t)m->funcs.n;
  bool ok = wfx__module_str(m, s->name.data, s->name.n, &f.decl.name) &&
            vec_push(&m->errs, &m->funcs, f) && wfx__module_new_body(m, id, &b) &&
            wfx__code_push(&m->errs, &b->code,
                           (struct inst){WFX_OP_unreachable, 0, WFX_NO_ID, 0}) &&
            wfx__code_push(&m->errs, &b->code, (struct inst){WFX_OP_end, 0, WFX_NO_ID, 0});
  if (!ok) return wfx__fail_copy(j->errs, &m->errs);
  b->is_finished = true;
  s->other = id;
  return true;
}

static bool settle_module(struct job *j, struct meaning *m, uint32_t offer) {
  struct target t = j->objects->offered.data[offer];
  if (t.id == WFX_NO_ID)
    return wfx__fail(j->errs, WFX_UNLINKABLE,
                     object_loc(j, m->part, symbol_at(j, m->part, m->symbol)->at),
                     "ambiguous import: several modules export \"%.*s\"", STR_ARG(m->name));
  m->state = MEANING_MODULE;
  m->t = t;
  return true;
}

/* Give a meaning to what no object defines. Only modules ask for one with symbol WFX_NO_ID, and
 * to them what is left means an import that stays. */
static bool settle_meaning(struct job *j, struct meaning *m) {
  if (m->state == MEANING_DEFINED) return true;
  bool is_asked = m->symbol != WFX_NO_ID;
  bool is_import = is_asked && (symbol_at(j, m->part, m->symbol)->flags & SYMBOL_UNDEFINED);
  uint32_t offer = is_asked ? find_offer(j, m) : WFX_NO_ID;
  if (offer != WFX_NO_ID) return settle_module(j, m, offer);
  if (is_linker_name(j, m->name, m->kind)) {
    m->state = MEANING_LINKER;
    m->t = own_target(j);
  } else if (m->import_part != WFX_NO_ID) {
    m->state = MEANING_IMPORT;
    m->part = m->import_part;
    m->symbol = m->import_symbol;
  } else if (is_asked && !m->is_wanted && (m->kind == SYMBOL_FUNC || m->kind == SYMBOL_DATA)) {
    m->state = MEANING_NULL;
    if (m->kind == SYMBOL_FUNC) TRY(add_trap(j, m->part, symbol_at(j, m->part, m->symbol)));
  } else if (is_import && m->kind == SYMBOL_FUNC && (j->flags & WFX_LINK_UNDEFINED)) {
    m->state = MEANING_IMPORT;
  }
  return true;
}

/* The reference that a meaning was made for may have been a module's: let an object's stand for
 * it, and count only what objects want. */
static bool settle_asked(struct job *j) {
  struct objects *os = j->objects;
  for (uint32_t part = 0; part < j->l->parts.n; part++) {
    const struct object *o = object_part(j, part)->object;
    for (uint32_t i = 0; o && i < o->symbols.n; i++) {
      const struct object_symbol *s = &o->symbols.data[i];
      if (s->meaning == WFX_NO_ID) continue;
      struct meaning *m = &os->meanings.data[s->meaning];
      if (m->state != MEANING_NONE || m->symbol != WFX_NO_ID) continue;
      m->part = part;
      m->symbol = i;
    }
  }
  for (size_t i = 0; i < os->meanings.n; i++) TRY(settle_meaning(j, &os->meanings.data[i]));
  return true;
}

/* ---- Definitions that were not taken ----------------------------------------------------- */

/* References to a name go by the handle of its definition here; where another one is taken they
 * go by an import, added behind the object's own. */
static bool add_other(struct job *j, uint32_t part, uint32_t symbol) {
  struct object_symbol *s = symbol_at(j, part, symbol);
  struct wfx_module *m = object_part(j, part)->m;
  uint32_t kind;
  if (s->meaning == WFX_NO_ID || (s->flags & SYMBOL_UNDEFINED) || !extern_of(s->kind, &kind))
    return true;
  const struct meaning *g = &j->objects->meanings.data[s->meaning];
  bool is_taken = g->state == MEANING_DEFINED && g->part == part && g->symbol == symbol;
  if (is_taken || s->other != WFX_NO_ID) return true;
  struct decl none = {.import = WFX_NO_ID, .loc = loc_none()};
  uint32_t id = wfx__module_count(m, kind);
  bool ok = true;
  if (kind == WFX_EXTERN_FUNC) {
    struct func f = {.decl = none, .type = m->funcs.data[s->id].type, .body = WFX_NO_ID};
    ok = vec_push(&m->errs, &m->funcs, f);
  } else if (kind == WFX_EXTERN_GLOBAL) {
    struct global copy = m->globals.data[s->id];
    copy.decl = none;
    ok = vec_push(&m->errs, &m->globals, copy);
  } else if (kind == WFX_EXTERN_TAG) {
    struct tag copy = m->tags.data[s->id];
    copy.decl = none;
    ok = vec_push(&m->errs, &m->tags, copy);
  } else {
    struct table copy = m->tables.data[s->id];
    copy.decl = none;
    copy.has_init = false;
    ok = vec_push(&m->errs, &m->tables, copy);
  }
  ok = ok && wfx__module_add_import(m, (wfx_str){"env", 3}, s->name, kind, id);
  if (!ok) return wfx__fail_copy(j->errs, &m->errs);
  s->other = id;
  return true;
}

/* ---- The linker's own declarations ------------------------------------------------------- */

static bool make_own(struct wfx_module *m) {
  struct decl none = {.import = WFX_NO_ID, .loc = loc_none()};
  struct mem mem = {.decl = none};
  struct table table = {.decl = none, .type = WFX_FUNCREF};
  struct global sp = {.decl = none, .type = WFX_I32, .is_mutable = true, .init = {0, 1}};
  struct func ctors = {.decl = none, .body = WFX_NO_ID};
  struct body *b;
  TRY(wfx__module_str(m, "__stack_pointer", 15, &sp.decl.name));
  TRY(wfx__module_str(m, "__indirect_function_table", 25, &table.decl.name));
  TRY(wfx__module_str(m, "__wasm_call_ctors", 17, &ctors.decl.name));
  TRY(wfx__types_func(&m->types, &m->errs, NULL, 0, NULL, 0, &ctors.type));
  TRY(vec_push(&m->errs, &m->mems, mem) && vec_push(&m->errs, &m->tables, table));
  TRY(vec_push(&m->errs, &m->globals, sp) && vec_push(&m->errs, &m->funcs, ctors));
  TRY(wfx__code_push(&m->errs, &m->const_code,
                     (struct inst){WFX_OP_i32_const, 0, WFX_NO_ID, 0}));
  TRY(wfx__module_new_body(m, OWN_CTORS, &b));
  TRY(wfx__code_push(&m->errs, &b->code, (struct inst){WFX_OP_end, 0, WFX_NO_ID, 0}));
  b->is_finished = true;
  return true;
}

/* The part of these, made by the first link of objects. */
static bool add_own(wfx_linker *l, uint32_t *out) {
  for (uint32_t i = 0; i < l->parts.n; i++)
    if (l->parts.data[i].object && l->parts.data[i].object->is_own) {
      *out = i;
      return true;
    }
  struct part p;
  memset(&p, 0, sizeof p);
  p.name = (wfx_str){"linker", 6};
  p.is_owned = true;
  p.m = wfx_module_new(l->ctx);
  p.object = wfx__alloc_zero(l->ctx, sizeof *p.object);
  *out = (uint32_t)l->parts.n;
  if (p.object) p.object->is_own = true;
  bool ok = p.m && p.object;
  if (!ok) wfx__fail_nomem(&l->errs);
  else if (!make_own(p.m)) ok = wfx__fail_copy(&l->errs, &p.m->errs);
  if (ok && vec_push(&l->errs, &l->parts, p)) return true;
  if (p.object) wfx__object_free(l->ctx, p.object);
  wfx_module_free(p.m);
  return false;
}

static void set_own(struct job *j) {
  struct wfx_module *own = object_part(j, j->objects->own)->m;
  bool is_64 = false, is_table_64 = false;
  for (size_t i = j->l->parts.n; i-- > 0;) { /* the first object counts */
    const struct part *p = object_part(j, (uint32_t)i);
    if (!p->object || p->object->is_own) continue;
    if (p->m->mems.n != 0) is_64 = p->m->mems.data[0].limits.is_64;
    if (p->m->tables.n != 0) is_table_64 = p->m->tables.data[0].limits.is_64;
  }
  own->start = WFX_NO_ID;
  own->mems.data[0].limits = (wfx_size_limits){.is_64 = is_64};
  own->tables.data[0].limits = (wfx_size_limits){.is_64 = is_table_64};
  own->globals.data[0].type = is_64 ? WFX_I64 : WFX_I32;
  own->const_code.insts.data[0].op = is_64 ? WFX_OP_i64_const : WFX_OP_i32_const;
}

bool wfx__objects_begin(struct job *j) {
  wfx_linker *l = j->l;
  bool has_objects = l->members.n != 0;
  for (size_t i = 0; i < l->parts.n; i++) has_objects |= l->parts.data[i].object != NULL;
  if (!has_objects) return true;
  j->objects = wfx__arena_alloc(&j->arena, sizeof *j->objects);
  if (!j->objects) return wfx__fail_nomem(j->errs);
  TRY(add_own(l, &j->objects->own));
  for (uint32_t i = 0; i < l->parts.n; i++) {
    const struct part *p = object_part(j, i);
    if (p->object) TRY(enter_object(j, i));
    else if (!p->is_owned) TRY(offer_exports(j, i));
  }
  for (uint32_t i = 0; i < l->parts.n; i++)
    if (!object_part(j, i)->object) TRY(want_imports(j, i));
  if (l->parts.n != 0 && object_part(j, 0)->object) {
    uint32_t start;
    TRY(find_or_add(j, (wfx_str){"_start", 6}, SYMBOL_FUNC, 0, WFX_NO_ID, &start));
    TRY(vec_push(j->errs, &j->objects->wanted, start));
  }
  TRY(take_members(j));
  TRY(settle_asked(j));
  for (uint32_t part = 0; part < l->parts.n; part++)
    for (uint32_t i = 0; object_part(j, part)->object &&
                         i < object_part(j, part)->object->symbols.n; i++)
      TRY(add_other(j, part, i));
  set_own(j);
  return true;
}

void wfx__objects_end(struct job *j) {
  const wfx_ctx *ctx = j->l->ctx;
  struct objects *os = j->objects;
  if (!os) return;
  vec_free(ctx, &os->meanings);
  wfx__strmap_free(ctx, &os->by_name);
  wfx__strmap_free(ctx, &os->groups);
  for (int i = 0; i < 5; i++) wfx__strmap_free(ctx, &os->offers[i]);
  vec_free(ctx, &os->offered);
  vec_free(ctx, &os->wanted);
  vec_free(ctx, &os->features);
  wfx__strmap_free(ctx, &os->feature_names);
  vec_free(ctx, &os->feature_parts);
  wfx__strmap_free(ctx, &os->sections);
  vec_free(ctx, &os->in_sections);
  vec_free(ctx, &os->inits);
  vec_free(ctx, &os->slots);
  wfx__map_free(ctx, &os->slot_of);
  vec_free(ctx, &os->groups_out);
  wfx__strmap_free(ctx, &os->group_names);
  vec_free(ctx, &os->placed);
  vec_free(ctx, &os->image);
  vec_free(ctx, &os->runs);
}

/* ---- The memory -------------------------------------------------------------------------- */

/* The export of this name in an opened part, or WFX_NO_ID. */
static uint32_t find_mem_export(const struct job *j, uint32_t part, wfx_str name) {
  const struct part *p = object_part(j, part);
  uint32_t i = wfx__strmap_get(j->l->ctx, &p->exports, name.data, name.n);
  if (i == WFX_NO_ID || p->m->exports.data[i].kind != WFX_EXTERN_MEM) return WFX_NO_ID;
  return p->m->exports.data[i].id;
}

/* Where objects live: in what the program exports as "memory", when some module defines it, so
 * that whoever calls the program sees one memory; else in one of their own. */
static struct target find_memory(const struct job *j) {
  struct target own = own_target(j), t = {0, WFX_NO_ID};
  if (object_part(j, 0)->object) return own;
  t.id = find_mem_export(j, 0, (wfx_str){"memory", 6});
  for (size_t left = j->n_imports + 1; t.id != WFX_NO_ID && left-- != 0;) {
    const struct wfx_module *m = object_part(j, t.part)->m;
    uint32_t import = m->mems.data[t.id].decl.import;
    if (import == WFX_NO_ID) return t;
    const struct import *im = &m->imports.data[import];
    t.part = wfx__strmap_get(j->l->ctx, &j->l->by_name, im->module.data, im->module.n);
    if (t.part == WFX_NO_ID) return own;
    t.id = find_mem_export(j, t.part, im->field);
  }
  return own;
}

void wfx__objects_prepare(struct job *j) {
  if (j->objects) j->objects->mem = find_memory(j);
}

static bool is_own_target(const struct job *j, struct target t) {
  return t.part == j->objects->own;
}

/* Make the linker's own memory or table what an importing module wants it to be. */
static bool suit_limits(wfx_size_limits *own, const wfx_size_limits *want) {
  if (want->is_64 != own->is_64 || want->is_shared) return false;
  if (want->min > own->min) own->min = want->min;
  if (want->has_max && (!own->has_max || want->max < own->max)) {
    own->has_max = true;
    own->max = want->max;
  }
  return true;
}

static bool suits_own(struct job *j, uint32_t part, uint32_t kind, uint32_t id) {
  struct wfx_module *own = object_part(j, j->objects->own)->m;
  const struct wfx_module *m = object_part(j, part)->m;
  bool is_object = object_part(j, part)->object != NULL;
  if (kind == WFX_EXTERN_MEM) {
    wfx_size_limits want = m->mems.data[id].limits;
    if (is_object) want.min = 0; /* what it needs is laid out anew */
    return suit_limits(&own->mems.data[0].limits, &want);
  }
  const struct table *t = &m->tables.data[id];
  wfx_size_limits want = t->limits;
  if (is_object) want.min = 0;
  return wfx_valtype_strip(t->type) == WFX_FUNCREF &&
         suit_limits(&own->tables.data[0].limits, &want);
}

/* ---- Imports ----------------------------------------------------------------------------- */

/* Check an import's type against what it means among the objects. */
static bool check_object_import(struct job *j, uint32_t part, const struct import *im,
                                struct target t) {
  bool is_adapted = im->kind == WFX_EXTERN_MEM || im->kind == WFX_EXTERN_TABLE, fits;
  if (is_adapted && is_own_target(j, t)) {
    fits = suits_own(j, part, im->kind, im->id);
  } else if (im->kind == WFX_EXTERN_MEM && object_part(j, part)->object) {
    const wfx_size_limits *want = &object_part(j, part)->m->mems.data[im->id].limits;
    const wfx_size_limits *have = &object_part(j, t.part)->m->mems.data[t.id].limits;
    fits = want->is_64 == have->is_64 && !want->is_shared && !have->is_shared;
  } else {
    fits = wfx__link_fits(j, t, part, im->id, im->kind);
  }
  return fits || wfx__link_fail_type(j, part, im, t);
}

static bool meaning_target(const struct job *j, const struct meaning *m, struct target *out) {
  if (m->kind == SYMBOL_DATA || m->kind == SYMBOL_SECTION) return false;
  if (m->state == MEANING_LINKER) *out = m->t;
  else if (m->state == MEANING_DEFINED)
    *out = (struct target){m->part, symbol_at(j, m->part, m->symbol)->id};
  else return false;
  return true;
}

bool wfx__objects_import(struct job *j, uint32_t part, const struct import *im,
                         struct target *out) {
  if (!j->objects || !is_objects_module(j, im->module)) return true;
  struct target t;
  if (im->kind == WFX_EXTERN_MEM) {
    if (!equals(im->field, "memory") && !equals(im->field, "__linear_memory")) return true;
    t = j->objects->mem;
  } else {
    uint32_t i =
        wfx__strmap_get(j->l->ctx, &j->objects->by_name, im->field.data, im->field.n);
    uint32_t kind;
    if (i == WFX_NO_ID) return true;
    const struct meaning *m = &j->objects->meanings.data[i];
    if (!meaning_target(j, m, &t)) return true;
    if (!extern_of(m->kind, &kind) || kind != im->kind) return true;
  }
  *out = t;
  return check_object_import(j, part, im, t);
}

/* What the meaning's name stands for, in the end. */
static bool final_target(struct job *j, struct meaning *m) {
  uint32_t kind;
  if (!extern_of(m->kind, &kind) || m->symbol == WFX_NO_ID) return true;
  enum ref_space space = (enum ref_space)(kind + 1);
  const struct object_symbol *s;
  switch ((enum meaning_state)m->state) {
  case MEANING_DEFINED: meaning_target(j, m, &m->t); break;
  case MEANING_MODULE: {
    /* t is part and export, until here. */
    const struct export *ex = &object_part(j, m->t.part)->m->exports.data[m->t.id];
    m->t = wfx__link_target(j, m->t.part, space, ex->id);
    break;
  }
  case MEANING_IMPORT: {
    s = symbol_at(j, m->part, m->symbol);
    uint32_t import = wfx__module_decl(object_part(j, m->part)->m, kind, s->id)->import;
    TRY(wfx__link_follow(j, m->part, import));
    m->t = wfx__link_target(j, m->part, space, s->id);
    break;
  }
  case MEANING_NULL:
    s = symbol_at(j, m->part, m->symbol);
    m->t = (struct target){m->part, s->other};
    break;
  case MEANING_LINKER: case MEANING_NONE: break;
  }
  return true;
}

/* Imports that no symbol is about: the memory, in old objects the table, and others. */
static bool set_plain_import(struct job *j, uint32_t part, uint32_t import) {
  struct part *p = object_part(j, part);
  const struct import *im = &p->m->imports.data[import];
  struct target t = own_target(j);
  if (im->kind == WFX_EXTERN_MEM) t = j->objects->mem;
  else if (im->kind != WFX_EXTERN_TABLE || !equals(im->field, "__indirect_function_table"))
    return wfx__link_follow(j, part, import);
  p->targets[import] = t;
  return check_object_import(j, part, im, t);
}

static bool set_symbol_import(struct job *j, uint32_t part, const struct object_symbol *s) {
  struct part *p = object_part(j, part);
  uint32_t kind;
  if (s->meaning == WFX_NO_ID || !extern_of(s->kind, &kind)) return true;
  const struct meaning *m = &j->objects->meanings.data[s->meaning];
  uint32_t id = s->flags & SYMBOL_UNDEFINED ? s->id : s->other;
  if (id == WFX_NO_ID || m->state == MEANING_NONE) return true;
  uint32_t import = wfx__module_decl(p->m, kind, id)->import;
  bool is_itself = m->t.part == part && m->t.id == id;
  if (import == WFX_NO_ID || is_itself) return true;
  p->targets[import] = m->t;
  return check_object_import(j, part, &p->m->imports.data[import], m->t);
}

static bool set_imports(struct job *j, uint32_t part) {
  struct part *p = object_part(j, part);
  uint8_t *has_symbol = wfx__arena_alloc(&j->arena, p->m->imports.n + 1);
  if (!has_symbol) return wfx__fail_nomem(j->errs);
  for (size_t i = 0; i < p->object->symbols.n; i++) {
    const struct object_symbol *s = &p->object->symbols.data[i];
    uint32_t kind;
    if (!extern_of(s->kind, &kind)) continue;
    uint32_t id = s->flags & SYMBOL_UNDEFINED ? s->id : s->other;
    if (id == WFX_NO_ID) continue;
    uint32_t import = wfx__module_decl(p->m, kind, id)->import;
    if (import != WFX_NO_ID) has_symbol[import] = 1;
  }
  for (uint32_t i = 0; i < p->m->imports.n; i++)
    if (!has_symbol[i]) TRY(set_plain_import(j, part, i));
  for (size_t i = 0; i < p->object->symbols.n; i++)
    TRY(set_symbol_import(j, part, &p->object->symbols.data[i]));
  return true;
}

bool wfx__objects_targets(struct job *j) {
  if (!j->objects) return true;
  for (uint32_t i = 0; i < j->l->parts.n; i++) /* staying ones, for those that follow them */
    for (size_t k = 0; object_part(j, i)->object && k < object_part(j, i)->m->imports.n; k++)
      object_part(j, i)->targets[k].part = WFX_NO_ID;
  for (size_t i = 0; i < j->objects->meanings.n; i++)
    TRY(final_target(j, &j->objects->meanings.data[i]));
  for (uint32_t i = 0; i < j->l->parts.n; i++)
    if (object_part(j, i)->object) TRY(set_imports(j, i));
  return true;
}
