/* archive.c: the runtime modules packed into the library. What writes them: runtime/pack.c. */
#include "link/archive.h"

#include <wasmfx/binary.h>
#include <wasmfx/link.h>

#include <string.h>

#include "ir/module.h"

/* The archive's directory, read front to back. */
struct dir {
  const unsigned char *at, *end;
  uint32_t n_left;
  size_t first; /* of the next module in the unpacked bytes */
};

/* One entry of it. */
struct dir_entry {
  const char *name;
  size_t first, n_bytes;
};

static uint32_t dir_u32(const unsigned char *p) {
  return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static bool dir_open(struct dir *d) {
  d->at = wfx__runtime_bytes;
  d->end = wfx__runtime_bytes + wfx__runtime_n_bytes;
  d->n_left = 0;
  d->first = 0;
  if (wfx__runtime_n_bytes < 8 || memcmp(d->at, "wfxp", 4) != 0) return false;
  d->n_left = dir_u32(d->at + 4);
  d->at += 8;
  return true;
}

static bool dir_next(struct dir *d, struct dir_entry *e) {
  if (d->n_left == 0 || d->end - d->at < 5) return false;
  const unsigned char *name = d->at + 4;
  const unsigned char *nul = memchr(name, 0, (size_t)(d->end - name));
  if (!nul) return false;
  e->n_bytes = dir_u32(d->at);
  e->name = (const char *)name;
  e->first = d->first;
  d->first += e->n_bytes;
  d->at = nul + 1;
  d->n_left--;
  return true;
}

const char *wfx_runtime_name(size_t i) {
  struct dir d;
  struct dir_entry e;
  dir_open(&d);
  while (dir_next(&d, &e))
    if (i-- == 0) return e.name;
  return NULL;
}

bool wfx__runtime_find(const char *name, size_t *first, size_t *n_bytes) {
  struct dir d;
  struct dir_entry e;
  dir_open(&d);
  while (dir_next(&d, &e)) {
    if (strcmp(e.name, name) != 0) continue;
    *first = e.first;
    *n_bytes = e.n_bytes;
    return true;
  }
  return false;
}

bool wfx__runtime_unpack(struct errs *e, wfx_bytes *out) {
  struct dir d;
  struct dir_entry entry;
  out->data = NULL;
  out->n = 0;
  if (!dir_open(&d)) return true;
  while (dir_next(&d, &entry)) continue;
  wfx_status status =
      wfx_gunzip(e->ctx, (const uint8_t *)d.at, (size_t)(d.end - d.at), d.first, out);
  if (status == WFX_NOMEM) return wfx__fail_nomem(e);
  if (status == WFX_OK && d.n_left == 0 && out->n == d.first) return true;
  wfx_bytes_free(e->ctx, out);
  return wfx__fail(e, WFX_IO, loc_none(), "the packed runtime is damaged");
}

/* The length of the "wfxrt:NAME@" part of a runtime module's name, or 0. */
static size_t stem_length(const char *name) {
  if (strncmp(name, "wfxrt:", 6) != 0) return 0;
  const char *at = strrchr(name, '@');
  return at ? (size_t)(at - name) + 1 : 0;
}

bool wfx__runtime_other_major(const char *name, const char **ours) {
  *ours = NULL;
  size_t n = stem_length(name);
  struct dir d;
  struct dir_entry e;
  dir_open(&d);
  while (n != 0 && dir_next(&d, &e))
    if (strncmp(e.name, name, n) == 0) *ours = e.name;
  return strncmp(name, "wfxrt:", 6) == 0;
}

/* No such module. Always false. */
static bool fail_absent(struct errs *e, const char *name) {
  const char *ours;
  wfx__runtime_other_major(name, &ours);
  if (ours)
    return wfx__fail(e, WFX_UNLINKABLE, loc_none(),
                     "incompatible runtime: \"%s\", there is \"%s\"", name, ours);
  return wfx__fail(e, WFX_UNLINKABLE, loc_none(), "unknown runtime module \"%s\"", name);
}

wfx_status wfx_runtime_module(wfx_module *m, const char *name) {
  if (errs_is_set(&m->errs)) return errs_status(&m->errs);
  size_t first, n_bytes;
  wfx_bytes all;
  if (!wfx__runtime_find(name, &first, &n_bytes)) {
    fail_absent(&m->errs, name);
  } else if (wfx__runtime_unpack(&m->errs, &all)) {
    wfx_module_decode(m, all.data + first, n_bytes);
    wfx_bytes_free(m->ctx, &all);
  }
  return wfx_module_status(m);
}
