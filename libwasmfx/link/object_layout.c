/* object_layout.c: addresses and table slots of what is live, and what the linker adds itself.
 *
 * The memory: whatever a module that defines it has there, then the stack, growing down, then
 * the data, then the heap. The stack comes first so that running out of it traps, or at least
 * meets no data. Zeros at the end of all data take no bytes in the module. */
#include "link/object.h"

#include <assert.h>
#include <string.h>

#include "base/leb.h"

#define LINK_PAGE_BYTES 65536u
enum { STACK_ALIGN = 16, RUN_GAP = 32, FIRST_SLOT = 1 };

static struct part *laid_part(const struct job *j, uint32_t part) {
  return &j->l->parts.data[part];
}

/* ---- Table slots ------------------------------------------------------------------------- */

/* The slot of a function; it gets one when it has none. 0: null. */
static bool slot_of(struct job *j, const struct referent *to, uint64_t *slot) {
  struct objects *os = j->objects;
  *slot = 0;
  if (to->is_null) return true;
  struct target t = wfx__link_target(j, to->part, SPACE_FUNC, to->id);
  uint64_t key = (uint64_t)t.part << 32 | t.id;
  uint32_t i = wfx__map_get(j->l->ctx, &os->slot_of, key);
  if (i == WFX_NO_ID) {
    i = (uint32_t)os->slots.n;
    TRY(vec_push(j->errs, &os->slots, t));
    TRY(wfx__map_put(j->errs, &os->slot_of, key, i));
  }
  *slot = (uint64_t)i + FIRST_SLOT;
  return true;
}

/* ---- Where data lies --------------------------------------------------------------------- */

enum { RANK_RODATA, RANK_DATA, RANK_OTHER, RANK_BSS, RANK_COUNT };

/* Segments of functions' and variables' own sections go together. */
static wfx_str output_name(wfx_str name, uint8_t *rank) {
  static const char *const prefixes[] = {
      [RANK_RODATA] = ".rodata", [RANK_DATA] = ".data", [RANK_BSS] = ".bss"};
  for (uint8_t i = 0; i < RANK_COUNT; i++) {
    if (i == RANK_OTHER) continue;
    size_t n = strlen(prefixes[i]);
    if (name.n < n || memcmp(name.data, prefixes[i], n) != 0) continue;
    *rank = i;
    return name.n > n && name.data[n] == '.' ? (wfx_str){name.data, n} : name;
  }
  *rank = RANK_OTHER;
  return name;
}

static bool group_segment(struct job *j, uint32_t part, uint32_t id) {
  struct objects *os = j->objects;
  struct data_group g = {.head = WFX_NO_ID, .tail = WFX_NO_ID};
  g.name = output_name(laid_part(j, part)->object->segments.data[id].name, &g.rank);
  uint32_t group = (uint32_t)os->groups_out.n, at = (uint32_t)os->placed.n;
  bool is_new;
  TRY(vec_reserve(j->errs, &os->groups_out, 1));
  TRY(wfx__strmap_add(j->errs, &os->group_names, g.name.data, g.name.n, group, &is_new));
  if (is_new) os->groups_out.data[os->groups_out.n++] = g;
  else group = wfx__strmap_get(j->l->ctx, &os->group_names, g.name.data, g.name.n);
  struct placed p = {part, id, WFX_NO_ID};
  TRY(vec_push(j->errs, &os->placed, p));
  struct data_group *to = &os->groups_out.data[group];
  if (to->tail == WFX_NO_ID) to->head = at;
  else os->placed.data[to->tail].next = at;
  to->tail = at;
  return true;
}

/* Addresses so far. */
struct ground {
  uint64_t at, limit;
};

static bool take_ground(struct job *j, struct ground *g, uint64_t align, uint64_t n,
                        uint64_t *address) {
  uint64_t at = (g->at + align - 1) & ~(align - 1);
  if (at > g->limit || n > g->limit - at)
    return wfx__fail(j->errs, WFX_UNLINKABLE, loc_none(),
                     "the data of the objects does not fit into memory");
  *address = at;
  g->at = at + n;
  return true;
}

static bool place_group(struct job *j, struct ground *ground, struct data_group *g) {
  bool is_first = true;
  for (uint32_t i = g->head; i != WFX_NO_ID; i = j->objects->placed.data[i].next) {
    const struct placed *p = &j->objects->placed.data[i];
    struct object_segment *s = &laid_part(j, p->part)->object->segments.data[p->id];
    TRY(take_ground(j, ground, (uint64_t)1 << s->align_log2,
                    laid_part(j, p->part)->m->datas.data[p->id].n_bytes, &s->address));
    if (is_first) g->first = s->address;
    is_first = false;
  }
  g->end = ground->at;
  return true;
}

static bool place_data(struct job *j, struct ground *ground) {
  struct objects *os = j->objects;
  for (uint32_t part = 0; part < j->l->parts.n; part++) {
    const struct part *p = laid_part(j, part);
    for (uint32_t i = 0; p->object && i < p->m->datas.n; i++)
      if (p->live[SPACE_DATA][i]) TRY(group_segment(j, part, i));
  }
  for (uint8_t rank = 0; rank < RANK_COUNT; rank++)
    for (size_t i = 0; i < os->groups_out.n; i++)
      if (os->groups_out.data[i].rank == rank)
        TRY(place_group(j, ground, &os->groups_out.data[i]));
  return true;
}

static void set_address(struct job *j, const char *name, uint64_t address) {
  struct objects *os = j->objects;
  uint32_t i = wfx__strmap_get(j->l->ctx, &os->by_name, name, strlen(name));
  if (i != WFX_NO_ID && os->meanings.data[i].state == MEANING_LINKER &&
      os->meanings.data[i].kind == SYMBOL_DATA)
    os->meanings.data[i].address = address;
}

static void set_bounds(struct job *j) {
  struct objects *os = j->objects;
  for (size_t i = 0; i < os->meanings.n; i++) {
    struct meaning *m = &os->meanings.data[i];
    wfx_str section;
    if (m->state != MEANING_LINKER || m->kind != SYMBOL_DATA) continue;
    if (!wfx__object_bound(m->name, &section)) continue;
    uint32_t g = wfx__strmap_get(j->l->ctx, &os->group_names, section.data, section.n);
    if (g == WFX_NO_ID) continue;
    bool is_start = section.n + 8 == m->name.n;
    m->address = is_start ? os->groups_out.data[g].first : os->groups_out.data[g].end;
  }
}

/* The size in pages of the memory that the objects share, before they come. */
static uint64_t base_pages(const struct job *j, bool *is_64) {
  struct target mem = j->objects->mem;
  const wfx_size_limits *limits = &laid_part(j, mem.part)->m->mems.data[mem.id].limits;
  *is_64 = limits->is_64;
  return mem.part == j->objects->own ? 0 : limits->min;
}

/* Whether anything of the objects is in memory; else a module's own stays as it is. */
static bool needs_memory(const struct job *j) {
  uint32_t own = j->objects->own;
  return j->objects->mem.part == own || j->objects->placed.n != 0 ||
         laid_part(j, own)->live[SPACE_GLOBAL][0];
}

static bool set_size(struct job *j, uint64_t end) {
  struct target mem = j->objects->mem;
  struct part *p = laid_part(j, mem.part);
  wfx_size_limits *limits = &p->m->mems.data[mem.id].limits;
  uint64_t n_pages = (end + LINK_PAGE_BYTES - 1) / LINK_PAGE_BYTES;
  if (n_pages < limits->min || !needs_memory(j)) n_pages = limits->min;
  if (limits->has_max && n_pages > limits->max)
    return wfx__fail(j->errs, WFX_UNLINKABLE, loc_none(),
                     "the data of the objects does not fit into memory: %llu pages are needed, "
                     "and the maximum is %llu", (unsigned long long)n_pages,
                     (unsigned long long)limits->max);
  j->objects->memory_pages = n_pages;
  if (mem.part == j->objects->own) limits->min = n_pages; /* others' are changed when copied */
  return true;
}

static bool lay_out_memory(struct job *j) {
  bool is_64;
  uint64_t base = base_pages(j, &is_64), stack, data, stack_top;
  struct ground ground = {.limit = is_64 ? (uint64_t)1 << 48 : (uint64_t)1 << 32};
  if (base > ground.limit / LINK_PAGE_BYTES) base = ground.limit / LINK_PAGE_BYTES;
  ground.at = base * LINK_PAGE_BYTES;
  TRY(take_ground(j, &ground, STACK_ALIGN, j->l->stack_bytes, &stack));
  TRY(take_ground(j, &ground, STACK_ALIGN, 0, &stack_top));
  if (ground.at == 0) ground.at = STACK_ALIGN; /* nothing is at NULL, even without a stack */
  data = ground.at;
  TRY(place_data(j, &ground));
  set_address(j, "__stack_low", stack);
  set_address(j, "__stack_high", stack_top);
  set_address(j, "__global_base", data);
  set_address(j, "__dso_handle", data);
  set_address(j, "__data_end", ground.at);
  uint64_t heap;
  TRY(take_ground(j, &ground, STACK_ALIGN, 0, &heap));
  TRY(set_size(j, heap));
  set_address(j, "__heap_base", heap);
  set_address(j, "__heap_end", j->objects->memory_pages * LINK_PAGE_BYTES);
  set_bounds(j);
  struct wfx_module *own = laid_part(j, j->objects->own)->m;
  own->const_code.insts.data[0].imm =
      own->globals.data[0].type == WFX_I64 ? stack_top : (uint32_t)stack_top;
  return true;
}

/* ---- Values of relocations --------------------------------------------------------------- */

/* place is the address of what is relocated, for those that are relative to it. */
static bool reloc_value(struct job *j, uint32_t part, const struct object_reloc *r,
                        uint64_t place, uint64_t *value) {
  const struct reloc_info *info = &wfx__relocs[r->type];
  struct referent to;
  TRY(wfx__object_refer(j, part, r, &to));
  if (info->what == RELOC_SLOT) return slot_of(j, &to, value);
  *value = 0;
  if (to.is_null) return true;
  *value = to.offset + (uint64_t)r->addend;
  if (to.kind == REFERS_SEGMENT)
    *value += laid_part(j, to.part)->object->segments.data[to.id].address;
  if (info->what == RELOC_PLACE) *value -= place;
  return true;
}

static bool is_laid_out(const struct object_reloc *r) {
  uint8_t what = wfx__relocs[r->type].what;
  return what == RELOC_SLOT || what == RELOC_ADDRESS || what == RELOC_PLACE;
}

static bool relocate_func(struct job *j, uint32_t part, uint32_t func) {
  struct part *p = laid_part(j, part);
  const struct object *o = p->object;
  bool is_changed = false;
  for (uint32_t i = o->first_reloc[0][func]; i < o->first_reloc[0][func + 1]; i++) {
    const struct object_reloc *r = &o->relocs[0].data[i];
    uint64_t value;
    if (!is_laid_out(r)) continue;
    TRY(reloc_value(j, part, r, 0, &value));
    wfx__object_patch(p, r, value);
    is_changed = true;
  }
  if (!is_changed) return true;
  TRY(wfx__object_decode(j, part, func));
  /* Only numbers may have changed: an address is no index. */
  struct body *b = p->m->bodies.data[p->m->funcs.data[func].body];
  wfx_loc loc = loc_offset(b->offset);
  loc.file = p->name.data;
  return wfx__link_is_reached(j, part, b) ||
         wfx__fail(j->errs, WFX_MALFORMED, loc,
                   "malformed relocation: an address or a table slot in place of an index");
}

/* ---- The memory's image ------------------------------------------------------------------ */

static bool is_zero(const uint8_t *bytes, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (bytes[i] != 0) return false;
  return true;
}

static bool relocate_data(struct job *j, uint32_t part, uint32_t segment, uint8_t *bytes) {
  const struct part *p = laid_part(j, part);
  const struct object *o = p->object;
  uint64_t first = (uint64_t)(p->m->datas.data[segment].bytes - p->m->input);
  for (uint32_t i = o->first_reloc[1][segment]; i < o->first_reloc[1][segment + 1]; i++) {
    const struct object_reloc *r = &o->relocs[1].data[i];
    uint64_t offset = r->at - first, value;
    TRY(reloc_value(j, part, r, o->segments.data[segment].address + offset, &value));
    for (size_t k = 0; k < wfx__relocs[r->type].n_bytes; k++)
      bytes[offset + k] = (uint8_t)(value >> 8 * k);
  }
  return true;
}

/* Add a segment to the image: to the last run when it lies close behind it. */
static bool add_to_image(struct job *j, uint32_t part, uint32_t segment) {
  struct objects *os = j->objects;
  const struct part *p = laid_part(j, part);
  const struct data *d = &p->m->datas.data[segment];
  const struct object *o = p->object;
  uint64_t address = o->segments.data[segment].address;
  bool has_relocs = o->first_reloc[1][segment] != o->first_reloc[1][segment + 1];
  if (!has_relocs && is_zero(d->bytes, d->n_bytes)) return true;
  struct data_run *last = os->runs.n != 0 ? &vec_last(&os->runs) : NULL;
  if (!last || address - (last->address + last->n) > RUN_GAP) {
    struct data_run run = {address, os->image.n, 0};
    TRY(vec_push(j->errs, &os->runs, run));
    last = &vec_last(&os->runs);
  }
  static const uint8_t zeros[RUN_GAP];
  size_t gap = (size_t)(address - (last->address + last->n)), at = os->image.n + gap;
  TRY(wfx__bytes_push(j->errs, &os->image, zeros, gap));
  TRY(wfx__bytes_push(j->errs, &os->image, d->bytes, d->n_bytes));
  last->n += gap + d->n_bytes;
  return relocate_data(j, part, segment, os->image.data + at);
}

static bool make_image(struct job *j) {
  struct objects *os = j->objects;
  for (uint8_t rank = 0; rank < RANK_COUNT; rank++)
    for (size_t g = 0; g < os->groups_out.n; g++) {
      if (os->groups_out.data[g].rank != rank) continue;
      uint32_t i = os->groups_out.data[g].head;
      for (; i != WFX_NO_ID; i = os->placed.data[i].next)
        TRY(add_to_image(j, os->placed.data[i].part, os->placed.data[i].id));
    }
  return true;
}

static bool set_table(struct job *j) {
  wfx_size_limits *limits = &laid_part(j, j->objects->own)->m->tables.data[0].limits;
  uint64_t n = j->objects->slots.n + FIRST_SLOT;
  if (limits->has_max && n > limits->max)
    return wfx__fail(j->errs, WFX_UNLINKABLE, loc_none(),
                     "the functions of the objects do not fit into the table: %llu elements "
                     "are needed, and the maximum is %llu", (unsigned long long)n,
                     (unsigned long long)limits->max);
  if (limits->min < n) limits->min = n;
  return true;
}

bool wfx__objects_layout(struct job *j) {
  if (!j->objects) return true;
  TRY(lay_out_memory(j));
  for (uint32_t part = 0; part < j->l->parts.n; part++) {
    const struct part *p = laid_part(j, part);
    for (uint32_t i = 0; p->object && i < p->object->n_funcs; i++)
      if (p->live[SPACE_FUNC][i] && p->m->funcs.data[i].decl.import == WFX_NO_ID)
        TRY(relocate_func(j, part, i));
  }
  return make_image(j) && set_table(j);
}

/* ---- Into the merged module -------------------------------------------------------------- */

static struct errs *out_errs(struct job *j) { return &j->out->errs; }

static bool const_address(struct job *j, bool is_64, uint64_t value, struct expr *out) {
  *out = (struct expr){(uint32_t)j->out->const_code.insts.n, 1};
  struct inst in = {is_64 ? WFX_OP_i64_const : WFX_OP_i32_const, 0, WFX_NO_ID,
                    is_64 ? value : (uint32_t)value};
  return wfx__code_push(out_errs(j), &j->out->const_code, in);
}

static uint32_t merged_id(const struct job *j, struct target t, enum ref_space space) {
  return laid_part(j, t.part)->map[space][t.id];
}

static bool finish_memory(struct job *j) {
  struct objects *os = j->objects;
  uint32_t mem = merged_id(j, os->mem, SPACE_MEM);
  if (mem == WFX_NO_ID) return true;
  wfx_size_limits *limits = &j->out->mems.data[mem].limits;
  limits->min = os->memory_pages;
  bool is_64 = limits->is_64;
  for (size_t i = 0; i < os->runs.n; i++) {
    const struct data_run *run = &os->runs.data[i];
    struct data d = {.decl = {.import = WFX_NO_ID, .loc = loc_none()}, .mode = SEGMENT_ACTIVE,
                     .form = ELEM_FORM_ANY, .mem = mem, .n_bytes = run->n};
    d.bytes =
        (const uint8_t *)wfx__arena_copy(&j->out->arena, os->image.data + run->first, run->n);
    if (!d.bytes) return wfx__fail_nomem(out_errs(j));
    TRY(const_address(j, is_64, run->address, &d.offset));
    TRY(vec_push(out_errs(j), &j->out->datas, d));
  }
  return true;
}

static bool finish_table(struct job *j) {
  struct objects *os = j->objects;
  const struct part *own = laid_part(j, os->own);
  uint32_t table = own->map[SPACE_TABLE][0];
  if (table == WFX_NO_ID || os->slots.n == 0) return true;
  struct elem e = {.decl = {.import = WFX_NO_ID, .loc = loc_none()}, .mode = SEGMENT_ACTIVE,
                   .form = ELEM_FORM_ANY, .type = wfx_ref(WFX_HEAP_FUNC), .table = table};
  TRY(const_address(j, own->m->tables.data[0].limits.is_64, FIRST_SLOT, &e.offset));
  TRY(vec_push(out_errs(j), &j->out->elems, e));
  struct elem *to = &vec_last(&j->out->elems);
  TRY(vec_reserve(out_errs(j), &to->funcs, os->slots.n));
  for (size_t i = 0; i < os->slots.n; i++)
    to->funcs.data[to->funcs.n++] = merged_id(j, os->slots.data[i], SPACE_FUNC);
  return true;
}

static bool init_is_before(const struct init_call *a, const struct init_call *b) {
  uint64_t x = a->key >> 32, y = b->key >> 32;
  if (x != y) return x < y;
  if (a->part != b->part) return a->part < b->part;
  return a->key < b->key;
}

/* Heapsort: no two are equal, and no input is bad for it. */
static void sift_init(struct init_call *a, size_t i, size_t n) {
  for (size_t child; (child = 2 * i + 1) < n; i = child) {
    if (child + 1 < n && init_is_before(&a[child], &a[child + 1])) child++;
    if (!init_is_before(&a[i], &a[child])) return;
    struct init_call t = a[i];
    a[i] = a[child];
    a[child] = t;
  }
}

static void sort_inits(struct init_call *a, size_t n) {
  for (size_t i = n / 2; i-- > 0;) sift_init(a, i, n);
  for (size_t end = n; end-- > 1;) {
    struct init_call t = a[0];
    a[0] = a[end];
    a[end] = t;
    sift_init(a, 0, end);
  }
}

/* The body of __wasm_call_ctors: calls in order of priority, their results dropped. */
static bool finish_ctors(struct job *j) {
  struct objects *os = j->objects;
  struct wfx_module *out = j->out;
  uint32_t func = laid_part(j, os->own)->map[SPACE_FUNC][OWN_CTORS];
  if (func == WFX_NO_ID) return true;
  struct body *b = out->bodies.data[out->funcs.data[func].body];
  b->code.insts.n = 0;
  sort_inits(os->inits.data, os->inits.n);
  for (size_t i = 0; i < os->inits.n; i++) {
    const struct init_call *call = &os->inits.data[i];
    struct target t = wfx__link_target(j, call->part, SPACE_FUNC, call->id);
    uint32_t callee = merged_id(j, t, SPACE_FUNC);
    const struct type *ft = type_at(&out->types, out->funcs.data[callee].type);
    if (ft->n_params != 0)
      return wfx__fail(out_errs(j), WFX_UNLINKABLE, loc_none(),
                       "a constructor of \"%.*s\" has parameters",
                       STR_ARG(laid_part(j, call->part)->name));
    TRY(wfx__code_push(out_errs(j), &b->code,
                       (struct inst){WFX_OP_call, 0, WFX_NO_ID, callee}));
    for (uint32_t k = 0; k < ft->n_results; k++)
      TRY(wfx__code_push(out_errs(j), &b->code, (struct inst){WFX_OP_drop, 0, WFX_NO_ID, 0}));
  }
  return wfx__code_push(out_errs(j), &b->code, (struct inst){WFX_OP_end, 0, WFX_NO_ID, 0});
}

bool wfx__objects_finish(struct job *j) {
  return !j->objects || (finish_memory(j) && finish_table(j) && finish_ctors(j));
}

/* ---- Exports and features ---------------------------------------------------------------- */

/* The name under which the object itself exports a function, or its symbol's. */
static wfx_str export_name(const struct job *j, uint32_t part, const struct object_symbol *s) {
  const struct part *p = laid_part(j, part);
  uint32_t i = s->flags & SYMBOL_EXPORTED ? p->object->func_export[s->id] : WFX_NO_ID;
  return i == WFX_NO_ID ? s->name : p->m->exports.data[i].name;
}

/* names holds the exports so far. */
static bool export_once(struct job *j, struct strmap *names, wfx_str name, uint32_t kind,
                        uint32_t id, bool is_optional) {
  bool is_new;
  TRY(wfx__strmap_add(out_errs(j), names, name.data, name.n, id, &is_new));
  if (!is_new && is_optional) return true;
  if (!is_new)
    return wfx__fail(out_errs(j), WFX_UNLINKABLE, loc_none(),
                     "duplicate export name \"%.*s\" of an object", STR_ARG(name));
  return wfx__module_add_export(j->out, name, kind, id);
}

static bool export_symbols(struct job *j, struct strmap *names, uint32_t part) {
  const struct part *p = laid_part(j, part);
  for (uint32_t i = 0; i < p->object->symbols.n; i++) {
    const struct object_symbol *s = &p->object->symbols.data[i];
    if (wfx__object_is_exported(j, part, i))
      TRY(export_once(j, names, export_name(j, part, s), WFX_EXTERN_FUNC,
                      p->map[SPACE_FUNC][s->id], false));
  }
  return true;
}

static bool export_all(struct job *j, struct strmap *names) {
  uint32_t mem = merged_id(j, j->objects->mem, SPACE_MEM);
  for (size_t i = 0; i < j->out->exports.n; i++) {
    const struct export *ex = &j->out->exports.data[i];
    TRY(wfx__strmap_add(out_errs(j), names, ex->name.data, ex->name.n, 0, NULL));
  }
  if (mem != WFX_NO_ID)
    TRY(export_once(j, names, (wfx_str){"memory", 6}, WFX_EXTERN_MEM, mem, true));
  for (uint32_t i = 0; i < j->l->parts.n; i++)
    if (laid_part(j, i)->object) TRY(export_symbols(j, names, i));
  return true;
}

/* When all is made of objects they know which features it uses. */
static bool write_features(struct job *j) {
  const struct objects *os = j->objects;
  vec_u8 bytes = {NULL, 0, 0};
  uint32_t n = 0;
  for (uint32_t i = 0; i < j->l->parts.n; i++)
    if (!laid_part(j, i)->object) return true;
  for (size_t i = 0; i < os->features.n; i++) n += os->features.data[i].prefix == '+';
  if (n == 0) return true;
  bool ok = wfx__leb_write_u(out_errs(j), &bytes, n);
  for (size_t i = 0; ok && i < os->features.n; i++) {
    const struct object_feature *f = &os->features.data[i];
    if (f->prefix != '+') continue;
    ok = wfx__bytes_push(out_errs(j), &bytes, &f->prefix, 1) &&
         wfx__leb_write_u(out_errs(j), &bytes, f->name.n) &&
         wfx__bytes_push(out_errs(j), &bytes, f->name.data, f->name.n);
  }
  struct custom c = {.n_bytes = bytes.n, .after = WFX_NO_ID};
  ok = ok && wfx__module_str(j->out, "target_features", 15, &c.name);
  if (ok) {
    c.bytes = (const uint8_t *)wfx__arena_copy(&j->out->arena, bytes.data, bytes.n);
    ok = c.bytes ? vec_push(out_errs(j), &j->out->customs, c) : wfx__fail_nomem(out_errs(j));
  }
  vec_free(j->l->ctx, &bytes);
  return ok;
}

bool wfx__objects_export(struct job *j) {
  struct strmap names;
  memset(&names, 0, sizeof names);
  if (!j->objects) return true;
  bool ok = export_all(j, &names);
  wfx__strmap_free(j->l->ctx, &names);
  return ok && write_features(j);
}
