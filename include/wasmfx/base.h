/* base.h: contexts, memory, positions and diagnostics.
 *
 * A context (wfx_ctx) holds the allocator, limits and options and never changes once made, so any
 * number of threads may use one. Everything else belongs to the object being worked on: a module,
 * a body, a linker, a store. Each such object keeps the first error that met it. */
#ifndef WASMFX_BASE_H
#define WASMFX_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define WFX_API __attribute__((visibility("default")))
#else
#define WFX_API
#endif

/* No handle, no index. */
#define WFX_NO_ID UINT32_MAX

/* Marks a result that the caller owns; the comment names the function that frees it. */
#define WFX_OWN

#define WFX_VERSION_MAJOR 0
#define WFX_VERSION_MINOR 1
#define WFX_VERSION_PATCH 0

/* The version of the library that is linked in, "MAJOR.MINOR.PATCH". */
WFX_API const char *wfx_version(void);

/* ---- Status ------------------------------------------------------------------------------ */

typedef enum wfx_status {
#define WFX_STATUS(id, text, meaning) WFX_##id,
#include "status.def"
#undef WFX_STATUS
} wfx_status;

/* The word for a status, as in status.def. */
WFX_API const char *wfx_status_text(wfx_status status);

/* ---- Strings ----------------------------------------------------------------------------- */

/* UTF-8 text of n bytes, borrowed from its owner. What the library returns is followed by a NUL
 * that n does not count; the text may hold NULs of its own. */
typedef struct wfx_str {
  const char *data;
  size_t n;
} wfx_str;

/* Bytes that the caller owns and frees with wfx_bytes_free. */
typedef struct wfx_bytes {
  uint8_t *data;
  size_t n;
} wfx_bytes;

/* ---- Positions and diagnostics ----------------------------------------------------------- */

/* Where something is in an input. Unknown parts are NULL, 0, and UINT64_MAX for offset. */
typedef struct wfx_loc {
  const char *file;  /* the name given by the client */
  uint64_t offset;   /* byte offset in a binary or text input */
  uint32_t line;     /* from 1 */
  uint32_t column;   /* from 1, in bytes */
} wfx_loc;

/* One error. All strings are borrowed from the object that keeps it; absent ones are NULL. */
typedef struct wfx_diag {
  wfx_status status;
  wfx_loc loc;              /* where the error is */
  const char *message;      /* a sentence; begins with the words of the official test suite */
  const char *call;         /* the library call that failed, such as "wfx_emit_i32_add" */
  const char *func;         /* the function it is in */
  const char *instruction;  /* its mnemonic */
  const char *expected;     /* type or types expected, in text format */
  const char *found;        /* type or types found */
  const char *stack;        /* operand types in the current block, bottom to top */
  wfx_loc origin;           /* where the wrong operand was pushed */
} wfx_diag;

/* Write "FILE:LINE:COL: message" with every known detail on lines of its own into buf (at most
 * n_bytes, always ended by NUL). Returns the length of the whole text, as snprintf does. */
WFX_API size_t wfx_diag_format(const wfx_diag *diag, char *buf, size_t n_bytes);

/* ---- Contexts ---------------------------------------------------------------------------- */

/* Resize ptr (NULL for a new block) from old_size to new_size bytes; new_size 0 frees and
 * returns NULL. Returns NULL when memory is out, with ptr unchanged. Blocks are aligned as by
 * malloc. */
typedef void *(*wfx_alloc_fn)(void *ud, void *ptr, size_t old_size, size_t new_size);

/* Address space for linear memories, heap and stacks. Any function may fail with NULL or false.
 * Reserved pages cannot be touched; committed ones read as zero. Sizes are multiples of 64 KiB. */
typedef struct wfx_pages {
  void *(*reserve)(void *ud, size_t size_bytes);
  bool (*commit)(void *ud, void *ptr, size_t size_bytes);
  void (*decommit)(void *ud, void *ptr, size_t size_bytes);
  void (*release)(void *ud, void *ptr, size_t size_bytes);
} wfx_pages;

/* Bits of wfx_options.features: 1 << WFX_FEATURE_x. */
typedef enum wfx_feature {
#define WFX_FEATURE(id, text, is_default, doc) WFX_FEATURE_##id,
#include "feature.def"
#undef WFX_FEATURE
} wfx_feature;

/* The features on by default, and all there are. */
WFX_API uint64_t wfx_features_default(void);
WFX_API uint64_t wfx_features_all(void);
/* The feature called text ("stack-switching"), or -1. */
WFX_API int wfx_feature_find(const char *text);
WFX_API const char *wfx_feature_text(wfx_feature feature);

/* What hostile input is held to. A zero takes the library's default. */
typedef struct wfx_limits {
  uint64_t module_bytes;
  uint32_t n_types, n_funcs, n_globals, n_tags, n_tables, n_memories;
  uint32_t n_imports, n_exports, n_datas, n_elems;
  uint32_t n_params, n_results, n_locals, n_fields;
  uint32_t n_clauses;        /* handlers of one resume, catches of one try_table */
  uint32_t subtype_depth;
  uint32_t body_bytes;
  uint32_t name_bytes;
  uint32_t nesting;          /* of blocks, and of parentheses in text */
  uint64_t table_size;       /* when a table is made or grown */
  uint64_t memory_bytes;     /* of all memories and tables of one store */
  uint64_t heap_bytes;       /* of one store */
  uint64_t stack_bytes;      /* of one continuation */
  uint64_t n_continuations;  /* live in one store */
} wfx_limits;

/* Which bytes stack switching has in binaries that are decoded. They have changed, and a binary does
 * not say which it was made with; what is encoded is current. */
typedef enum wfx_dialect {
  WFX_DIALECT_CURRENT, /* "current" */
  WFX_DIALECT_2024,    /* "2024": 2024-09 to 2025-10, e5 is switch */
  WFX_DIALECT_2023,    /* "2023": until 2024-09, e5 is barrier (the feature of that name), clauses have
                          no byte for their kind */
  WFX_DIALECT_2021,    /* "2021": the first drafts; what resumes is refused, for it lacks types */
  WFX_DIALECT_COUNT
} wfx_dialect;

/* Zero every field and set size to sizeof(wfx_options) for the defaults. */
typedef struct wfx_options {
  size_t size;
  wfx_alloc_fn alloc;  /* NULL: malloc */
  wfx_pages pages;     /* all NULL: mmap */
  void *ud;            /* passed to both */
  uint64_t features;   /* 0: wfx_features_default() */
  wfx_limits limits;
  wfx_dialect dialect; /* of what is decoded */
} wfx_options;

typedef struct wfx_ctx wfx_ctx;

/* Make a context. options may be NULL. Returns NULL when memory is out.
 * Owned by the caller: wfx_ctx_free, after everything made with it. */
WFX_API WFX_OWN wfx_ctx *wfx_ctx_new(const wfx_options *options);
WFX_API void wfx_ctx_free(wfx_ctx *ctx);

/* The limits in force, defaults filled in. */
WFX_API const wfx_limits *wfx_ctx_limits(const wfx_ctx *ctx);

/* Free what a function handed out as wfx_bytes, and empty it. */
WFX_API void wfx_bytes_free(const wfx_ctx *ctx, wfx_bytes *bytes);

#ifdef __cplusplus
}
#endif
#endif
