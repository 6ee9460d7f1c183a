/* object_add.c: objects and archives given to a linker. A member of an archive becomes a part
 * when object_symbol.c finds that it is needed. */
#include "link/object.h"

#include <string.h>

#include <wasmfx/binary.h>

bool (wfx__object_fail)(struct errs *to, wfx_str name, const struct errs *from) {
  const wfx_diag *d = wfx__errs_diag(from);
  if (d->status == WFX_NOMEM) return wfx__fail_nomem(to);
  wfx_loc loc = d->loc;
  loc.file = name.data;
  struct diag_more more = {.func = d->func, .instruction = d->instruction,
                           .expected = d->expected, .found = d->found, .origin = loc_none()};
  return wfx__fail_more(to, d->status, loc, &more, "%s", d->message);
}

/* name is in the linker's arena. */
static bool push_object(wfx_linker *l, wfx_str name, struct wfx_module *m, struct object *o) {
  struct part p;
  memset(&p, 0, sizeof p);
  p.name = name;
  p.m = m;
  p.object = o;
  p.is_owned = true;
  return vec_push(&l->errs, &l->parts, p);
}

static bool add_object(wfx_linker *l, wfx_str name, const uint8_t *bytes, size_t n,
                       bool is_member) {
  struct wfx_module *m = wfx_module_new(l->ctx);
  struct object *o = wfx__alloc_zero(l->ctx, sizeof *o);
  bool ok = m && o;
  if (!ok) {
    wfx__fail_nomem(&l->errs);
  } else {
    o->is_member = is_member;
    ok = wfx__object_format(&m->errs, bytes, n) && wfx_module_decode(m, bytes, n) == WFX_OK &&
         wfx__object_read(o, &m->errs, m->input, n, false) && wfx__object_bind(o, m);
    ok = ok ? push_object(l, name, m, o) : wfx__object_fail(&l->errs, name, &m->errs);
  }
  if (!ok && o) wfx__object_free(l->ctx, o);
  if (!ok) wfx_module_free(m);
  return ok;
}

void wfx_linker_add_object(wfx_linker *l, const char *name, const uint8_t *bytes,
                           size_t n_bytes) {
  wfx_str s;
  if (errs_is_set(&l->errs) || !wfx__arena_str(&l->arena, &l->errs, name, strlen(name), &s))
    return;
  add_object(l, s, bytes, n_bytes, false);
}

bool wfx__object_take(wfx_linker *l, uint32_t member) {
  struct lazy_member *lazy = &l->members.data[member];
  lazy->is_taken = true;
  return add_object(l, lazy->name, lazy->bytes, lazy->n, true);
}

/* ---- Archives ---------------------------------------------------------------------------- */

static bool member_name(wfx_linker *l, wfx_str archive, wfx_str name, wfx_str *out) {
  out->n = archive.n + name.n + 2;
  char *text = wfx__arena_alloc(&l->arena, out->n + 1);
  if (!text) return wfx__fail_nomem(&l->errs);
  memcpy(text, archive.data, archive.n);
  text[archive.n] = '(';
  if (name.n != 0) memcpy(text + archive.n + 1, name.data, name.n);
  text[out->n - 1] = ')';
  out->data = text;
  return true;
}

/* Note what a member defines; what another one defined before stays with that. */
static bool offer_member(wfx_linker *l, const struct lazy_member *lazy, uint32_t id) {
  struct object *o = wfx__alloc_zero(l->ctx, sizeof *o);
  if (!o) return wfx__fail_nomem(&l->errs);
  struct errs e;
  wfx__errs_init(&e, l->ctx);
  bool ok = (wfx__object_format(&e, lazy->bytes, lazy->n) &&
             wfx__object_read(o, &e, lazy->bytes, lazy->n, true)) ||
            wfx__object_fail(&l->errs, lazy->name, &e);
  for (size_t i = 0; ok && i < o->symbols.n; i++) {
    const struct object_symbol *s = &o->symbols.data[i];
    if (s->kind != SYMBOL_SECTION && !(s->flags & (SYMBOL_UNDEFINED | SYMBOL_LOCAL)))
      ok = wfx__strmap_add(&l->errs, &l->member_names, s->name.data, s->name.n, id, NULL);
  }
  wfx__errs_free(&e);
  wfx__object_free(l->ctx, o);
  return ok;
}

/* Members that are no code are passed over. */
static bool offer_members(wfx_linker *l, wfx_str archive, struct ar_reader *r) {
  for (;;) {
    struct ar_member m;
    struct lazy_member lazy = {.is_taken = false};
    if (!wfx__ar_next(r, &m)) return wfx__object_fail(&l->errs, archive, r->e);
    if (!m.bytes) return true;
    bool is_module = m.n >= 4 && memcmp(m.bytes, "\0asm", 4) == 0;
    if (!is_module && !wfx_is_object(m.bytes, m.n)) continue;
    TRY(member_name(l, archive, m.name, &lazy.name));
    lazy.bytes = m.bytes;
    lazy.n = m.n;
    uint32_t id = (uint32_t)l->members.n;
    TRY(vec_push(&l->errs, &l->members, lazy));
    TRY(offer_member(l, &lazy, id));
  }
}

static bool add_archive(wfx_linker *l, const char *name, const uint8_t *bytes, size_t n) {
  wfx_str s;
  TRY(wfx__arena_str(&l->arena, &l->errs, name, strlen(name), &s));
  const uint8_t *copy = (const uint8_t *)wfx__arena_copy(&l->arena, bytes, n);
  if (!copy) return wfx__fail_nomem(&l->errs);
  struct errs e;
  wfx__errs_init(&e, l->ctx);
  struct ar_reader r;
  bool ok = wfx__ar_open(&r, &e, copy, n) ? offer_members(l, s, &r)
                                          : wfx__object_fail(&l->errs, s, &e);
  wfx__errs_free(&e);
  return ok;
}

void wfx_linker_add_archive(wfx_linker *l, const char *name, const uint8_t *bytes,
                            size_t n_bytes) {
  if (!errs_is_set(&l->errs)) add_archive(l, name, bytes, n_bytes);
}

void wfx_linker_set_stack(wfx_linker *l, uint64_t n_bytes) { l->stack_bytes = n_bytes; }
