/* clone.c: a module copied, array by array. What lies in the arena or in the input of the one
 * is put into those of the other. */
#include <string.h>

#include <wasmfx/read.h>

#include "ir/module.h"

struct cloner {
  const struct wfx_module *from;
  struct wfx_module *to; /* all errors are its own */
};

/* Copy an array of elements as they are. */
#define CLONE_VEC(e, to, from)                                                          \
  (vec_reserve(e, to, (from)->n) &&                                                     \
   ((from)->n == 0 || memcpy((to)->data, (from)->data, (from)->n * sizeof *(to)->data)) && \
   ((to)->n = (from)->n, true))

/* ---- What is not owned by arrays --------------------------------------------------------- */

static bool clone_str(struct cloner *c, wfx_str *s) {
  return !s->data || wfx__module_str(c->to, s->data, s->n, s);
}

static bool clone_bytes(struct cloner *c, const uint8_t **bytes, size_t n) {
  const uint8_t *input = c->from->input;
  if (!*bytes) return true;
  if (input && *bytes >= input && *bytes <= input + c->from->n_input) {
    *bytes = c->to->input + (*bytes - input);
    return true;
  }
  *bytes = (const uint8_t *)wfx__arena_copy(&c->to->arena, *bytes, n);
  return *bytes || wfx__fail_nomem(&c->to->errs);
}

/* Names of files are those of the list of files. */
static bool clone_loc(struct cloner *c, wfx_loc *loc) {
  uint32_t file;
  TRY(wfx__module_file(c->to, loc->file, &file));
  if (file != WFX_NO_ID) loc->file = c->to->files.data[file].data;
  return true;
}

static bool clone_decl(struct cloner *c, struct decl *d) {
  return clone_str(c, &d->name) && clone_loc(c, &d->loc);
}

static bool clone_files(struct cloner *c) {
  for (size_t i = 0; i < c->from->files.n; i++) {
    wfx_str file = c->from->files.data[i];
    TRY(clone_str(c, &file) && vec_push(&c->to->errs, &c->to->files, file));
  }
  return true;
}

static bool clone_input(struct cloner *c) {
  const struct wfx_module *from = c->from;
  if (!from->input) return true;
  c->to->input = (const uint8_t *)wfx__arena_copy(&c->to->arena, from->input, from->n_input);
  c->to->n_input = from->n_input;
  return c->to->input || wfx__fail_nomem(&c->to->errs);
}

/* ---- Types ------------------------------------------------------------------------------- */

static bool clone_array(struct cloner *c, const void *from, size_t n, size_t elem_bytes,
                        void **to) {
  *to = NULL;
  if (!from) return true;
  *to = wfx__arena_alloc(&c->to->arena, n * elem_bytes);
  if (!*to) return wfx__fail_nomem(&c->to->errs);
  if (n != 0) memcpy(*to, from, n * elem_bytes);
  return true;
}

static bool clone_type(struct cloner *c, struct type *t) {
  void *vals, *fields, *names;
  TRY(clone_array(c, t->vals, (size_t)t->n_params + t->n_results, sizeof *t->vals, &vals));
  TRY(clone_array(c, t->fields, t->n_fields, sizeof *t->fields, &fields));
  TRY(clone_array(c, t->field_names, t->n_fields, sizeof *t->field_names, &names));
  t->vals = vals;
  t->fields = fields;
  t->field_names = names;
  for (uint32_t i = 0; names && i < t->n_fields; i++) TRY(clone_str(c, &t->field_names[i]));
  return clone_str(c, &t->name) && clone_loc(c, &t->loc);
}

static bool clone_types(struct cloner *c) {
  const struct types *from = &c->from->types;
  struct types *to = &c->to->types;
  struct errs *e = &c->to->errs;
  TRY(CLONE_VEC(e, &to->groups, &from->groups));
  TRY(vec_reserve(e, &to->types, from->types.n));
  for (size_t i = 0; i < from->types.n; i++) {
    struct type t = from->types.data[i];
    TRY(clone_type(c, &t));
    to->types.data[to->types.n++] = t;
  }
  to->n_open = from->n_open;
  to->is_out_of_order = from->is_out_of_order;
  /* The context and with it the keys of hashes are the same. */
  if (from->by_hash.cap == 0) return true;
  size_t n_bytes = from->by_hash.cap * sizeof *from->by_hash.slots;
  to->by_hash.slots = wfx__alloc(e->ctx, n_bytes);
  if (!to->by_hash.slots) return wfx__fail_nomem(e);
  memcpy(to->by_hash.slots, from->by_hash.slots, n_bytes);
  to->by_hash.n = from->by_hash.n;
  to->by_hash.cap = from->by_hash.cap;
  return true;
}

/* ---- Declarations ------------------------------------------------------------------------ */

/* Copy an array of declarations, then what each of them points to. */
#define CLONE_DECLS(c, field)                                                \
  do {                                                                       \
    TRY(CLONE_VEC(&(c)->to->errs, &(c)->to->field, &(c)->from->field));      \
    for (size_t i = 0; i < (c)->to->field.n; i++)                            \
      TRY(clone_decl(c, &(c)->to->field.data[i].decl));                      \
  } while (0)

static bool clone_segments(struct cloner *c) {
  const struct wfx_module *from = c->from;
  struct wfx_module *to = c->to;
  struct errs *e = &to->errs;
  TRY(vec_reserve(e, &to->elems, from->elems.n));
  for (size_t i = 0; i < from->elems.n; i++) {
    struct elem *elem = &to->elems.data[to->elems.n++];
    *elem = from->elems.data[i];
    memset(&elem->funcs, 0, sizeof elem->funcs);
    memset(&elem->exprs, 0, sizeof elem->exprs);
    TRY(clone_decl(c, &elem->decl));
    TRY(CLONE_VEC(e, &elem->funcs, &from->elems.data[i].funcs));
    TRY(CLONE_VEC(e, &elem->exprs, &from->elems.data[i].exprs));
  }
  CLONE_DECLS(c, datas);
  for (size_t i = 0; i < to->datas.n; i++)
    TRY(clone_bytes(c, &to->datas.data[i].bytes, to->datas.data[i].n_bytes));
  return true;
}

static bool clone_borders(struct cloner *c) {
  struct wfx_module *to = c->to;
  TRY(CLONE_VEC(&to->errs, &to->imports, &c->from->imports));
  for (size_t i = 0; i < to->imports.n; i++) {
    struct import *im = &to->imports.data[i];
    TRY(clone_str(c, &im->module) && clone_str(c, &im->field) && clone_loc(c, &im->loc));
  }
  TRY(CLONE_VEC(&to->errs, &to->exports, &c->from->exports));
  for (size_t i = 0; i < to->exports.n; i++) {
    struct export *ex = &to->exports.data[i];
    TRY(clone_str(c, &ex->name) && clone_loc(c, &ex->loc));
  }
  return true;
}

static bool clone_custom(struct cloner *c, struct custom *custom) {
  return clone_str(c, &custom->name) && clone_bytes(c, &custom->bytes, custom->n_bytes);
}

static bool clone_customs(struct cloner *c) {
  struct wfx_module *to = c->to;
  TRY(CLONE_VEC(&to->errs, &to->customs, &c->from->customs));
  for (size_t i = 0; i < to->customs.n; i++) TRY(clone_custom(c, &to->customs.data[i]));
  to->names = c->from->names;
  to->names_at = c->from->names_at;
  to->hints = c->from->hints;
  to->hints_at = c->from->hints_at;
  to->names_before_hints = c->from->names_before_hints;
  return clone_custom(c, &to->names) && clone_custom(c, &to->hints) &&
         CLONE_VEC(&to->errs, &to->hint_list, &c->from->hint_list);
}

/* ---- Code -------------------------------------------------------------------------------- */

static bool clone_names(struct cloner *c, const vec_names *from, vec_names *to) {
  TRY(CLONE_VEC(&c->to->errs, to, from));
  for (size_t i = 0; i < to->n; i++) TRY(clone_str(c, &to->data[i].name));
  return true;
}

static bool clone_code(struct cloner *c, const struct code *from, struct code *to) {
  return CLONE_VEC(&c->to->errs, &to->insts, &from->insts) &&
         CLONE_VEC(&c->to->errs, &to->pool, &from->pool);
}

/* Facts are found again when they are needed. */
static bool clone_body(struct cloner *c, const struct body *from, struct body *to) {
  struct errs *e = &c->to->errs;
  to->n_locals = from->n_locals;
  to->bytes = from->bytes;
  to->n_bytes = from->n_bytes;
  to->offset = from->offset;
  to->max_height = from->max_height;
  to->is_checked = from->is_checked;
  to->is_finished = from->is_finished;
  to->is_built = from->is_built;
  if (errs_is_set(&from->errs)) wfx__fail_copy(&to->errs, &from->errs);
  return clone_code(c, &from->code, &to->code) && CLONE_VEC(e, &to->runs, &from->runs) &&
         CLONE_VEC(e, &to->positions, &from->positions) &&
         clone_names(c, &from->local_names, &to->local_names) &&
         clone_names(c, &from->label_names, &to->label_names) &&
         clone_bytes(c, &to->bytes, to->n_bytes);
}

static bool clone_bodies(struct cloner *c) {
  const struct wfx_module *from = c->from;
  struct wfx_module *to = c->to;
  TRY(vec_reserve(&to->errs, &to->bodies, from->bodies.n));
  for (size_t i = 0; i < from->bodies.n; i++) {
    const struct body *b = from->bodies.data[i];
    to->bodies.data[to->bodies.n++] = NULL;
    if (!b || !b->is_finished) continue;
    struct body *copy = wfx__alloc(to->ctx, sizeof *copy);
    if (!copy) return wfx__fail_nomem(&to->errs);
    wfx__body_init(copy, to->ctx);
    to->bodies.data[i] = copy;
    TRY(clone_body(c, b, copy));
  }
  for (size_t i = 0; i < to->funcs.n; i++) {
    uint32_t body = to->funcs.data[i].body;
    if (body != WFX_NO_ID && !to->bodies.data[body]) to->funcs.data[i].body = WFX_NO_ID;
  }
  return true;
}

/* ---- The module -------------------------------------------------------------------------- */

static bool clone_declared(struct cloner *c) {
  void *bits;
  TRY(clone_array(c, c->from->is_declared, c->from->n_declared / 8 + 1, 1, &bits));
  c->to->is_declared = bits;
  c->to->n_declared = c->from->n_declared;
  return true;
}

static bool clone_all(struct cloner *c) {
  const struct wfx_module *from = c->from;
  struct wfx_module *to = c->to;
  to->name = from->name;
  to->start = from->start;
  to->has_data_count = from->has_data_count;
  to->infers_refs = from->infers_refs;
  to->sections_present = from->sections_present;
  to->open_body = from->open_body;
  TRY(clone_str(c, &to->name) && clone_files(c) && clone_input(c));
  TRY(clone_types(c) && clone_borders(c));
  CLONE_DECLS(c, funcs);
  CLONE_DECLS(c, tables);
  CLONE_DECLS(c, mems);
  CLONE_DECLS(c, globals);
  CLONE_DECLS(c, tags);
  TRY(clone_segments(c) && clone_customs(c) && clone_declared(c));
  TRY(clone_code(c, &from->const_code, &to->const_code));
  TRY(CLONE_VEC(&to->errs, &to->const_positions, &from->const_positions));
  return clone_bodies(c);
}

wfx_module *wfx_module_clone(const wfx_module *m) {
  struct cloner c = {m, wfx_module_new(m->ctx)};
  if (!c.to) return NULL;
  if (!clone_all(&c)) {
    wfx_module_free(c.to);
    return NULL;
  }
  if (errs_is_set(&m->errs)) wfx__fail_copy(&c.to->errs, &m->errs);
  return c.to;
}
