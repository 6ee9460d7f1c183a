/* capi.h: what the files of the wasm-c-api share.
 *
 * A type (struct wasm_externtype_t) is seen as functype, globaltype, ... by its first member, and
 * so is a reference (struct wasm_ref_t) as func, global, ...: every wasm_X_t of these two families
 * is the same struct under another name. */
#ifndef CAPI_CAPI_H
#define CAPI_CAPI_H

#include <stdatomic.h>

#include <wasmfx.h>

#include <wasm-c-api/wasm.h>

/* ---- Types ------------------------------------------------------------------------------- */

struct wasm_valtype_t {
  wasm_valkind_t kind;
};

struct wasm_externtype_t {
  wasm_externkind_t kind;
  wasm_mutability_t mutability;        /* global */
  wasm_limits_t limits;                /* table, memory */
  wasm_valtype_t *value;               /* global, table */
  wasm_valtype_vec_t params, results;  /* function */
};
struct wasm_functype_t { struct wasm_externtype_t type; };
struct wasm_globaltype_t { struct wasm_externtype_t type; };
struct wasm_tabletype_t { struct wasm_externtype_t type; };
struct wasm_memorytype_t { struct wasm_externtype_t type; };

wasm_valkind_t capi_kind(const wfx_module *m, wfx_valtype t);
wfx_valtype capi_valtype(wasm_valkind_t kind);
wasm_limits_t capi_limits(const wfx_size_limits *l);
wfx_size_limits capi_size_limits(const wasm_limits_t *l);
wasm_externtype_t *capi_functype(const wfx_module *m, const wfx_valtype *params, size_t n_params,
                                 const wfx_valtype *results, size_t n_results);
wasm_externtype_t *capi_globaltype(const wfx_module *m, wfx_valtype t, bool is_mutable);
wasm_externtype_t *capi_tabletype(const wfx_module *m, wfx_valtype t, const wfx_size_limits *l);
wasm_externtype_t *capi_memorytype(const wfx_size_limits *l);

/* ---- Engines and stores ------------------------------------------------------------------ */

/* Counted by the stores and modules made with it. */
struct wasm_engine_t {
  atomic_size_t n_uses;
  wfx_ctx *ctx;
};
void capi_engine_release(wasm_engine_t *e);

/* Counted by the references made in it. */
struct wasm_store_t {
  size_t n_uses;
  wasm_engine_t *engine;
  wfx_store *store;
  struct shared **modules;      /* that instances were made of */
  size_t n_modules;
  struct wasm_ref_t *kept;      /* those that objects of the collector have pointed to */
  struct wasm_ref_t *trap;      /* on its way through the engine: from a host function */
};
void capi_store_release(wasm_store_t *s);

/* ---- References -------------------------------------------------------------------------- */

/* A valid module, which threads may share. */
struct shared {
  atomic_size_t n_uses;
  wasm_engine_t *engine;
  wfx_module *m;
  wasm_byte_vec_t binary;
};
struct wasm_shared_module_t { struct shared *shared; };
void capi_shared_release(struct shared *s);

struct wasm_frame_t {
  uint32_t func_index;
  size_t module_offset;
};

enum ref_kind { REF_FUNC, REF_GLOBAL, REF_TABLE, REF_MEMORY, REF_TAG, REF_INSTANCE, REF_MODULE,
                REF_TRAP, REF_FOREIGN, REF_OTHER };

/* Counted; a copy is one more use. */
struct wasm_ref_t {
  enum ref_kind kind;
  size_t n_uses;
  wasm_store_t *store;
  void *info;
  void (*finalizer)(void *info);
  struct wasm_ref_t *next; /* in the store's list of those kept */
  bool is_kept;
  union {
    wfx_value func;
    wfx_global *global;
    wfx_table *table;
    wfx_mem *memory;
    wfx_tag *tag;
    wfx_instance *instance;
    struct shared *module;
    struct {
      wasm_message_t message;
      wasm_frame_t **frames;
      size_t n_frames;
    } trap;
    wfx_root root;           /* other: a reference of WebAssembly 3.0 */
  } of;
};
struct wasm_func_t { struct wasm_ref_t ref; };
struct wasm_global_t { struct wasm_ref_t ref; };
struct wasm_table_t { struct wasm_ref_t ref; };
struct wasm_memory_t { struct wasm_ref_t ref; };
struct wasm_extern_t { struct wasm_ref_t ref; };
struct wasm_instance_t { struct wasm_ref_t ref; };
struct wasm_module_t { struct wasm_ref_t ref; };
struct wasm_trap_t { struct wasm_ref_t ref; };
struct wasm_foreign_t { struct wasm_ref_t ref; };

/* A new reference, used once; NULL when memory is out. */
wasm_ref_t *capi_ref_new(wasm_store_t *s, enum ref_kind kind);
wasm_ref_t *capi_ref_copy(const wasm_ref_t *r);
void capi_ref_release(wasm_ref_t *r);
/* The trap for the last failure of the store. */
wasm_trap_t *capi_trap(wasm_store_t *s);

/* The values of the API and the engine's. False when memory is out. */
bool capi_value_in(wasm_store_t *s, const wasm_val_t *v, wfx_value *out);
bool capi_value_out(wasm_store_t *s, const wfx_value *v, wasm_val_t *out);
bool capi_ref_in(wasm_store_t *s, const wasm_ref_t *r, wfx_valtype type, wfx_value *out);
/* NULL for null, too; then *is_ok is true. */
wasm_ref_t *capi_ref_out(wasm_store_t *s, const wfx_value *v, bool *is_ok);

#endif
