/* link.h: static merge of modules, and the runtime that comes with the library. */
#ifndef WASMFX_LINK_H
#define WASMFX_LINK_H

#include "module.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Collects modules, then merges them into one: imports are resolved by module and field name
 * against the exports of the module added under that name, types that are equal become one, and
 * what cannot be reached from the first module's exports and start function is dropped. Imports
 * of modules that nobody added stay imports.
 *
 * Runtime modules are named "wfxrt:NAME@MAJOR" and are added by themselves when they are
 * imported. Another major than the library's is WFX_UNLINKABLE "incompatible runtime". */
typedef struct wfx_linker wfx_linker;

WFX_API WFX_OWN wfx_linker *wfx_linker_new(const wfx_ctx *ctx); /* wfx_linker_free */
WFX_API void wfx_linker_free(wfx_linker *l);

/* Add a module under the name by which others import from it. The first one added is the program:
 * its exports are the result's. m is borrowed until the linker is freed and is not changed, but
 * for opening its bodies. Two modules of one name: WFX_UNLINKABLE "ambiguous". */
WFX_API void wfx_linker_add(wfx_linker *l, const char *name, wfx_module *m);

enum {
  WFX_LINK_KEEP_ALL = 1,   /* drop nothing */
  WFX_LINK_NO_RUNTIME = 2, /* leave imports of the runtime as they are */
  WFX_LINK_CLOSED = 4      /* an import that stays is an error, but for WASI's */
};
/* Merge into out, an empty module. Every error names the importing module, the import, and both
 * types where they differ.
 * Errors  WFX_UNLINKABLE  "unknown import", "incompatible import type", "ambiguous import" */
WFX_API wfx_status wfx_linker_link(wfx_linker *l, uint32_t flags, wfx_module *out);
/* The first error, or NULL. */
WFX_API const wfx_diag *wfx_linker_diag(const wfx_linker *l);

/* The names of the runtime modules, in alphabetical order; NULL past the last. */
WFX_API const char *wfx_runtime_name(size_t i);
/* Decode a runtime module into m, which must be empty. WFX_UNLINKABLE when there is none. */
WFX_API wfx_status wfx_runtime_module(wfx_module *m, const char *name);

/* Compress as gzip, and decompress (zlib); out is freed with wfx_bytes_free. Decompression stops
 * with WFX_IO on a damaged stream or past max_bytes. */
WFX_API wfx_status wfx_gzip(const wfx_ctx *ctx, const uint8_t *bytes, size_t n_bytes,
                            wfx_bytes *out);
WFX_API wfx_status wfx_gunzip(const wfx_ctx *ctx, const uint8_t *bytes, size_t n_bytes,
                              size_t max_bytes, wfx_bytes *out);

#ifdef __cplusplus
}
#endif
#endif
