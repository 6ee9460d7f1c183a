/* link.h: static merge of modules and of objects compiled from C, and the runtime that comes
 * with the library. */
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
 * The result starts as if its modules had been instantiated one by one, those imported from
 * first: segments of a module that comes behind one with a start function are applied by the
 * merged start function (WFX_UNSUPPORTED without the feature of bulk memory), but for those of
 * which it makes no difference.
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

/* ---- Objects compiled from C ------------------------------------------------------------- */

/* Add a relocatable object, as `clang --target=wasm32 -c` writes it; the bytes are copied and
 * name stands for it in messages. When it is the first input, it is the program.
 *
 * Functions of objects and of modules find each other by name: a module imports a C function
 * (or the global __stack_pointer, or the table __indirect_function_table) from "env", unless a
 * module of that name was added; a function that no object defines is an export of that name of
 * an added module, or a member of an archive. What objects export themselves (attribute
 * export_name; with an object as the program also _start) is exported from the result.
 *
 * All objects share one memory: what the program exports as "memory" when it or another module
 * defines that, behind what it says it needs; else a new one, exported as "memory", that
 * modules import from "env" as "memory". In it are a stack, growing down, the data and the
 * heap. A C function that keeps variables on that stack must not be suspended while others use
 * it, unless someone saves and restores __stack_pointer and what is above it.
 *
 * Constructors are called by __wasm_call_ctors, which crt1.o calls; when nobody does, it
 * becomes part of the start function. Debug information is dropped. Position-independent code
 * and thread-local storage are WFX_UNSUPPORTED.
 * Errors  WFX_MALFORMED   with the offset in bytes
 *         WFX_UNLINKABLE  when linking: "undefined symbol", "duplicate symbol", "incompatible
 *                         target features", and those of imports
 * Cost    one pass over the object, then what is live of it. */
WFX_API void wfx_linker_add_object(wfx_linker *l, const char *name, const uint8_t *bytes,
                                   size_t n_bytes);
/* Add an archive of objects (`ar rcs`). Of its members those are linked that define a name
 * which is needed and not defined elsewhere, wherever the archive comes in the order. Its index
 * of symbols is not used. Thin archives are WFX_UNSUPPORTED. */
WFX_API void wfx_linker_add_archive(wfx_linker *l, const char *name, const uint8_t *bytes,
                                    size_t n_bytes);
/* The size of the stack that objects keep in memory, WFX_LINK_STACK_BYTES when not set. */
WFX_API void wfx_linker_set_stack(wfx_linker *l, uint64_t n_bytes);
#define WFX_LINK_STACK_BYTES 65536

/* Whether bytes begin as one of these, for choosing the call. Objects for other machines are
 * objects as well: wfx_linker_add_object says what they are. */
WFX_API bool wfx_is_object(const uint8_t *bytes, size_t n_bytes);
WFX_API bool wfx_is_archive(const uint8_t *bytes, size_t n_bytes);

/* ---- Linking ----------------------------------------------------------------------------- */

enum {
  WFX_LINK_KEEP_ALL = 1,   /* drop nothing */
  WFX_LINK_NO_RUNTIME = 2, /* leave imports of the runtime as they are */
  WFX_LINK_CLOSED = 4,     /* an import that stays is an error, but for WASI's */
  WFX_LINK_UNDEFINED = 8   /* undefined functions of objects stay imports from "env" */
};
/* Merge into out, an empty module. Custom sections are the program's, without those that say where
 * its code was (binary.h). Every error names the importing module, the import, and both
 * types where they differ.
 * Errors  WFX_UNLINKABLE  "unknown import", "incompatible import type", "ambiguous import"; a
 *                         table whose initial value reads another module's new object */
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
