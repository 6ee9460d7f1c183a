/* object_reach.c: what code and data of objects refer to, and with it what of them is live.
 *
 * Code is decoded when it is reached, with the handles that its relocations name written into
 * its bytes; table slots and addresses come later (object_layout.c). */
#include "link/object.h"

#include <string.h>

#include "binary/decode.h"

static struct part *reach_part(const struct job *j, uint32_t part) {
  return &j->l->parts.data[part];
}

/* ---- What a relocation refers to --------------------------------------------------------- */

static bool is_one_of(wfx_str name, const char *const *names, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (name.n == strlen(names[i]) && memcmp(name.data, names[i], name.n) == 0) return true;
  return false;
}

/* Nobody defines a symbol that live code or data needs. */
static bool fail_no_symbol(struct job *j, uint32_t part, const struct object_reloc *r,
                           wfx_str name) {
  static const char *const pic[] = {"__memory_base", "__table_base", "__memory_base32",
                                    "__table_base32"};
  static const char *const tls[] = {"__tls_base", "__tls_size", "__tls_align",
                                    "__wasm_init_tls"};
  wfx_loc loc = loc_offset(r->at);
  loc.file = reach_part(j, part)->name.data;
  if (is_one_of(name, pic, sizeof pic / sizeof *pic))
    return wfx__fail(j->errs, WFX_UNSUPPORTED, loc,
                     "position-independent code is not supported: \"%.*s\"", STR_ARG(name));
  if (is_one_of(name, tls, sizeof tls / sizeof *tls))
    return wfx__fail(j->errs, WFX_UNSUPPORTED, loc,
                     "thread-local storage is not supported: \"%.*s\"", STR_ARG(name));
  return wfx__fail(j->errs, WFX_UNLINKABLE, loc,
                   "undefined symbol: \"%.*s\", which \"%.*s\" needs", STR_ARG(name),
                   STR_ARG(reach_part(j, part)->name));
}

static void refer_to_data(uint32_t part, const struct object_symbol *s, struct referent *out) {
  bool is_absolute = (s->flags & SYMBOL_ABSOLUTE) != 0;
  *out = (struct referent){.kind = is_absolute ? REFERS_ADDRESS : REFERS_SEGMENT,
                           .part = part, .id = s->id, .offset = s->offset};
}

bool wfx__object_refer(struct job *j, uint32_t part, const struct object_reloc *r,
                       struct referent *out) {
  const struct object_symbol *s = &reach_part(j, part)->object->symbols.data[r->index];
  const struct meaning *m =
      s->meaning == WFX_NO_ID ? NULL : &j->objects->meanings.data[s->meaning];
  if (m && m->state == MEANING_NONE) return fail_no_symbol(j, part, r, s->name);
  if (s->kind == SYMBOL_DATA) {
    if (!m) refer_to_data(part, s, out);
    else if (m->state == MEANING_DEFINED)
      refer_to_data(m->part, &reach_part(j, m->part)->object->symbols.data[m->symbol], out);
    else
      *out = (struct referent){.kind = REFERS_ADDRESS, .offset = m->address,
                               .is_null = m->state == MEANING_NULL};
    return true;
  }
  bool is_other = m && !(s->flags & SYMBOL_UNDEFINED) &&
                  !(m->state == MEANING_DEFINED && m->part == part && m->symbol == r->index);
  *out = (struct referent){.kind = REFERS_DECL, .part = part, .id = is_other ? s->other : s->id,
                           .is_null = m && m->state == MEANING_NULL};
  return true;
}

/* ---- Writing into code ------------------------------------------------------------------- */

static void put_leb(uint8_t *at, size_t n, uint64_t value, bool is_signed) {
  uint64_t sign = is_signed && value >> 63 ? ~(uint64_t)0 : 0;
  for (size_t i = 0; i < n; i++) {
    at[i] = (uint8_t)((value & 0x7f) | (i + 1 < n ? 0x80 : 0));
    value = value >> 7 | (sign << 57);
  }
}

/* The place and its length were checked when the object was added. */
void wfx__object_patch(struct part *p, const struct object_reloc *r, uint64_t value) {
  const struct reloc_info *info = &wfx__relocs[r->type];
  uint8_t *at = (uint8_t *)p->m->input + r->at; /* the module's own copy */
  switch ((enum reloc_form)info->form) {
  case RELOC_LEB: put_leb(at, 5, (uint32_t)value, false); break;
  case RELOC_SLEB: put_leb(at, 5, (uint64_t)(int64_t)(int32_t)(uint32_t)value, true); break;
  case RELOC_LEB64: put_leb(at, 10, value, false); break;
  case RELOC_SLEB64: put_leb(at, 10, value, true); break;
  case RELOC_I32: case RELOC_I64: break; /* never in code */
  }
}

bool wfx__object_decode(struct job *j, uint32_t part, uint32_t func) {
  struct part *p = reach_part(j, part);
  struct body *b = p->m->bodies.data[p->m->funcs.data[func].body];
  b->bytes = NULL;
  if (!errs_is_set(&b->errs) &&
      wfx__decode_body(p->m, b, p->m->input + b->offset, b->n_bytes, b->offset))
    return true;
  return wfx__object_fail(j->errs, p->name, &b->errs);
}

/* ---- Reaching ---------------------------------------------------------------------------- */

/* The address of a section's bound keeps all of the section. */
static bool reach_section(struct job *j, uint32_t meaning) {
  struct objects *os = j->objects;
  struct meaning *m = meaning == WFX_NO_ID ? NULL : &os->meanings.data[meaning];
  wfx_str section;
  if (!m || m->is_reached || m->state != MEANING_LINKER) return true;
  if (!wfx__object_bound(m->name, &section)) return true;
  m->is_reached = true;
  uint32_t i = wfx__strmap_get(j->l->ctx, &os->sections, section.data, section.n);
  for (; i != WFX_NO_ID; i = os->in_sections.data[i].next)
    TRY(wfx__link_reach(j, os->in_sections.data[i].part, SPACE_DATA,
                        os->in_sections.data[i].id));
  return true;
}

static bool reach_reloc(struct job *j, uint32_t part, const struct object_reloc *r) {
  static const uint8_t spaces[SYMBOL_KIND_COUNT] = {
      [SYMBOL_FUNC] = SPACE_FUNC, [SYMBOL_GLOBAL] = SPACE_GLOBAL, [SYMBOL_TAG] = SPACE_TAG,
      [SYMBOL_TABLE] = SPACE_TABLE};
  struct part *p = reach_part(j, part);
  const struct reloc_info *info = &wfx__relocs[r->type];
  if (info->what == RELOC_TYPE) {
    wfx__object_patch(p, r, r->index);
    return true;
  }
  const struct object_symbol *s = &p->object->symbols.data[r->index];
  struct referent to;
  TRY(wfx__object_refer(j, part, r, &to));
  switch (to.kind) {
  case REFERS_ADDRESS: return reach_section(j, s->meaning);
  case REFERS_SEGMENT: return wfx__link_reach(j, to.part, SPACE_DATA, to.id);
  case REFERS_DECL: break;
  }
  if (info->what != RELOC_SLOT) wfx__object_patch(p, r, to.id);
  else if (to.is_null) return true;
  return wfx__link_reach(j, part, (enum ref_space)spaces[s->kind], to.id);
}

static bool reach_relocs(struct job *j, uint32_t part, unsigned which, uint32_t id) {
  const struct object *o = reach_part(j, part)->object;
  for (uint32_t i = o->first_reloc[which][id]; i < o->first_reloc[which][id + 1]; i++)
    TRY(reach_reloc(j, part, &o->relocs[which].data[i]));
  return true;
}

static bool reach_init(struct job *j, uint32_t part, const struct object_init *init) {
  const struct object *o = reach_part(j, part)->object;
  const struct object_symbol *s = &o->symbols.data[init->symbol];
  if (wfx__object_is_dropped(o, s)) return true;
  /* Priority first, then the order of objects and of their lists. */
  struct init_call call = {(uint64_t)init->priority << 32 | (uint32_t)(init - o->inits.data),
                           part, s->id};
  return vec_push(j->errs, &j->objects->inits, call) &&
         wfx__link_reach(j, part, SPACE_FUNC, s->id);
}

/* An object of which something is live brings its constructors and what must be kept. */
static bool activate(struct job *j, uint32_t part) {
  struct object *o = reach_part(j, part)->object;
  if (o->is_active || o->is_own) return true;
  o->is_active = true;
  for (size_t i = 0; i < o->inits.n; i++) TRY(reach_init(j, part, &o->inits.data[i]));
  for (uint32_t i = 0; i < o->segments.n; i++)
    if (o->segments.data[i].flags & SEGMENT_RETAIN)
      TRY(wfx__link_reach(j, part, SPACE_DATA, i));
  for (uint32_t i = 0; i < o->symbols.n; i++) {
    const struct object_symbol *s = &o->symbols.data[i];
    if (!(s->flags & SYMBOL_NO_STRIP) || (s->flags & SYMBOL_UNDEFINED)) continue;
    if (wfx__object_is_dropped(o, s)) continue;
    if (s->kind == SYMBOL_FUNC)
      TRY(wfx__link_reach(j, part, SPACE_FUNC, s->id));
    if (s->kind == SYMBOL_DATA && !(s->flags & SYMBOL_ABSOLUTE))
      TRY(wfx__link_reach(j, part, SPACE_DATA, s->id));
  }
  return true;
}

bool wfx__object_reach_func(struct job *j, uint32_t part, uint32_t func) {
  const struct part *p = reach_part(j, part);
  TRY(activate(j, part));
  if (func >= p->object->n_funcs || p->m->funcs.data[func].body == WFX_NO_ID) return true;
  return reach_relocs(j, part, 0, func) && wfx__object_decode(j, part, func);
}

bool wfx__object_reach_data(struct job *j, uint32_t part, uint32_t segment) {
  struct target mem = j->objects->mem;
  return activate(j, part) && wfx__link_reach(j, mem.part, SPACE_MEM, mem.id) &&
         reach_relocs(j, part, 1, segment);
}

/* ---- Roots ------------------------------------------------------------------------------- */

static bool reach_all(struct job *j, uint32_t part) {
  const struct part *p = reach_part(j, part);
  const struct object *o = p->object;
  for (uint32_t i = 0; i < o->n_funcs; i++) {
    bool is_dropped_here =
        o->func_group[i] != WFX_NO_ID && o->groups.data[o->func_group[i]].is_dropped;
    if (p->m->funcs.data[i].decl.import == WFX_NO_ID && !is_dropped_here)
      TRY(wfx__link_reach(j, part, SPACE_FUNC, i));
  }
  for (uint32_t i = 0; i < o->segments.n; i++) {
    uint32_t group = o->segments.data[i].group;
    if (group == WFX_NO_ID || !o->groups.data[group].is_dropped)
      TRY(wfx__link_reach(j, part, SPACE_DATA, i));
  }
  return true;
}

bool wfx__object_is_exported(const struct job *j, uint32_t part, uint32_t symbol) {
  const struct object_symbol *s = &reach_part(j, part)->object->symbols.data[symbol];
  if (s->kind != SYMBOL_FUNC || (s->flags & SYMBOL_UNDEFINED) || s->meaning == WFX_NO_ID)
    return false;
  const struct meaning *m = &j->objects->meanings.data[s->meaning];
  bool is_start = reach_part(j, 0)->object && s->name.n == 6 &&
                  memcmp(s->name.data, "_start", 6) == 0;
  return (is_start || (s->flags & SYMBOL_EXPORTED)) && m->state == MEANING_DEFINED &&
         m->part == part && m->symbol == symbol;
}

bool wfx__object_roots(struct job *j, uint32_t part) {
  const struct object *o = reach_part(j, part)->object;
  struct target mem = j->objects->mem;
  if (o->is_own)
    return !reach_part(j, 0)->object || wfx__link_reach(j, mem.part, SPACE_MEM, mem.id);
  if (!o->is_member) TRY(activate(j, part));
  for (uint32_t i = 0; i < o->symbols.n; i++)
    if (wfx__object_is_exported(j, part, i))
      TRY(wfx__link_reach(j, part, SPACE_FUNC, o->symbols.data[i].id));
  return !(j->flags & WFX_LINK_KEEP_ALL) || reach_all(j, part);
}

bool wfx__objects_reach_start(struct job *j) {
  if (!j->objects || j->objects->inits.n == 0) return true;
  struct part *own = reach_part(j, j->objects->own);
  if (own->live[SPACE_FUNC][OWN_CTORS]) return true;
  own->m->start = OWN_CTORS;
  return wfx__link_reach(j, j->objects->own, SPACE_FUNC, OWN_CTORS);
}
