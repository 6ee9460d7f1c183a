/* place.h: where code came to lie in an encoded module, and where it came from. */
#ifndef BINARY_PLACE_H
#define BINARY_PLACE_H

#include <wasmfx/base.h>

#include "ir/module.h"

/* The instructions from offset on come from pos, up to the next place of their function. There
 * is one for the first instruction, and one wherever the position changes. */
struct place {
  uint32_t offset; /* from the begin of the function */
  struct pos pos;
};

/* One function of the code section: its locals and code, without the length before them. Offsets
 * count from the content of the section, as DWARF has them. */
struct func_place {
  uint32_t func;       /* handle */
  uint32_t begin, end;
  size_t first, n;     /* its places; none when its body came with no positions */
};

/* All functions, in the order of the section. */
struct places {
  size_t section; /* where the content of the code section begins in the module */
  VEC(struct func_place) funcs;
  VEC(struct place) places;
};

/* What the bytes of a custom section count offsets in. */
enum { OFFSETS_IN_CODE = 1, OFFSETS_IN_MODULE = 2 };
/* These bits for the custom sections known to do so: debug information, and the name of a source
 * map; 0 for others. */
unsigned wfx__custom_offsets(wfx_str name);

/* As wfx_module_encode. places is filled unless it is NULL; freed by the caller with
 * wfx__places_free, also after an error. Custom sections with the bits `replaced` are left out. */
wfx_status wfx__encode(struct wfx_module *m, uint32_t flags, unsigned replaced,
                       struct places *places, wfx_bytes *out);
void wfx__places_free(const wfx_ctx *ctx, struct places *p);

#endif
