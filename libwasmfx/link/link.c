/* link.c: linkers: adding modules, fetching the runtime's, one link from start to end. */
#include <string.h>

#include <wasmfx/binary.h>

#include "link/archive.h"
#include "link/object.h"

wfx_linker *wfx_linker_new(const wfx_ctx *ctx) {
  wfx_linker *l = wfx__alloc_zero(ctx, sizeof *l);
  if (!l) return NULL;
  l->ctx = ctx;
  l->stack_bytes = WFX_LINK_STACK_BYTES;
  wfx__errs_init(&l->errs, ctx);
  wfx__arena_init(&l->arena, ctx);
  return l;
}

void wfx_linker_free(wfx_linker *l) {
  if (!l) return;
  const wfx_ctx *ctx = l->ctx;
  for (size_t i = 0; i < l->parts.n; i++) {
    if (l->parts.data[i].is_owned) wfx_module_free(l->parts.data[i].m);
    if (l->parts.data[i].object) wfx__object_free(ctx, l->parts.data[i].object);
  }
  vec_free(ctx, &l->parts);
  vec_free(ctx, &l->members);
  wfx__strmap_free(ctx, &l->member_names);
  wfx__strmap_free(ctx, &l->by_name);
  wfx_bytes_free(ctx, &l->packed);
  wfx__arena_free(&l->arena);
  wfx__errs_free(&l->errs);
  wfx__free(ctx, l, sizeof *l);
}

const wfx_diag *wfx_linker_diag(const wfx_linker *l) { return wfx__errs_diag(&l->errs); }

static bool add_part(wfx_linker *l, const char *name, wfx_module *m, bool is_owned) {
  struct part p;
  memset(&p, 0, sizeof p);
  p.m = m;
  p.is_owned = is_owned;
  bool is_new;
  TRY(wfx__arena_str(&l->arena, &l->errs, name, strlen(name), &p.name));
  TRY(vec_reserve(&l->errs, &l->parts, 1));
  TRY(wfx__strmap_add(&l->errs, &l->by_name, p.name.data, p.name.n, (uint32_t)l->parts.n,
                      &is_new));
  if (!is_new)
    return wfx__fail(&l->errs, WFX_UNLINKABLE, loc_none(),
                     "ambiguous import: two modules are named \"%s\"", name);
  l->parts.data[l->parts.n++] = p;
  return true;
}

void wfx_linker_add(wfx_linker *l, const char *name, wfx_module *m) {
  if (!errs_is_set(&l->errs)) add_part(l, name, m, false);
}

/* ---- The runtime on demand --------------------------------------------------------------- */

static bool decode_runtime(wfx_linker *l, const char *name, size_t first, size_t n_bytes) {
  if (!l->packed.data) TRY(wfx__runtime_unpack(&l->errs, &l->packed));
  wfx_module *m = wfx_module_new(l->ctx);
  if (!m) return wfx__fail_nomem(&l->errs);
  if (wfx_module_decode(m, l->packed.data + first, n_bytes) != WFX_OK)
    wfx__fail_copy(&l->errs, &m->errs);
  else if (add_part(l, name, m, true))
    return true;
  wfx_module_free(m);
  return false;
}

/* Add the runtime module that an import asks for, if it does. */
static bool add_runtime(wfx_linker *l, const struct part *p, const struct import *im) {
  const char *name = im->module.data, *ours;
  size_t first, n_bytes;
  if (strlen(name) != im->module.n || !wfx__runtime_other_major(name, &ours)) return true;
  if (wfx__strmap_get(l->ctx, &l->by_name, name, im->module.n) != WFX_NO_ID) return true;
  if (wfx__runtime_find(name, &first, &n_bytes)) return decode_runtime(l, name, first, n_bytes);
  if (ours)
    return wfx__fail(
        &l->errs, WFX_UNLINKABLE, im->loc,
        "incompatible runtime: module \"%.*s\" imports \"%.*s\" \"%.*s\", there is "
        "\"%s\"",
        STR_ARG(p->name), STR_ARG(im->module), STR_ARG(im->field), ours);
  return wfx__fail(
      &l->errs, WFX_UNLINKABLE, im->loc,
      "unknown import: module \"%.*s\" imports \"%.*s\" \"%.*s\", and the runtime has "
      "no such module",
      STR_ARG(p->name), STR_ARG(im->module), STR_ARG(im->field));
}

static bool add_runtimes(wfx_linker *l) {
  for (size_t i = 0; i < l->parts.n; i++)
    for (size_t k = 0; k < l->parts.data[i].m->imports.n; k++) {
      struct part p = l->parts.data[i]; /* parts may move */
      TRY(add_runtime(l, &p, &p.m->imports.data[k]));
    }
  return true;
}

/* ---- One link ---------------------------------------------------------------------------- */

static bool run_job(struct job *j) {
  wfx_linker *l = j->l;
  if (l->parts.n == 0 && l->members.n != 0)
    return wfx__fail(&l->errs, WFX_UNLINKABLE, loc_none(),
                     "no input is a program or an object: archives only give what others need");
  if (l->parts.n == 0 || !wfx__module_is_empty(j->out))
    return wfx__fail(&l->errs, WFX_MISUSE, loc_none(),
                     "linking needs a program and an empty module to link into");
  TRY(wfx__objects_begin(j));
  if (!(j->flags & WFX_LINK_NO_RUNTIME)) TRY(add_runtimes(l));
  TRY(wfx__link_resolve(j));
  TRY(wfx__link_mark(j));
  TRY(wfx__objects_layout(j));
  return wfx__link_merge(j);
}

wfx_status wfx_linker_link(wfx_linker *l, uint32_t flags, wfx_module *out) {
  if (errs_is_set(&l->errs)) return errs_status(&l->errs);
  struct job j;
  memset(&j, 0, sizeof j);
  j.l = l;
  j.errs = &l->errs;
  j.out = out;
  j.flags = flags;
  wfx__arena_init(&j.arena, l->ctx);
  wfx__types_init(&j.types, &j.arena);
  if (!errs_is_set(&out->errs) && !run_job(&j) && !errs_is_set(&out->errs))
    wfx__fail_copy(&out->errs, &l->errs); /* so that nobody takes it for a module */
  if (errs_is_set(&out->errs)) wfx__fail_copy(&l->errs, &out->errs);
  for (size_t i = 0; i < l->parts.n; i++) wfx__strmap_free(l->ctx, &l->parts.data[i].exports);
  wfx__objects_end(&j);
  vec_free(l->ctx, &j.work);
  vec_free(l->ctx, &j.segments);
  wfx__types_free(&j.types);
  wfx__arena_free(&j.arena);
  return errs_status(&l->errs);
}
