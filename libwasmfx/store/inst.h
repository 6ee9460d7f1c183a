/* inst.h: making an instance from a plain table of declarations.
 *
 * The interpreter fills the table from a module, code compiled ahead of time carries it as
 * data. Here imports are resolved and objects made; initial values are the runner's affair.
 * Spec: Execution, Modules, Instantiation. */
#ifndef STORE_INST_H
#define STORE_INST_H

#include "store/store.h"

/* Types are canonical types of the store; import is a place in imports, or WFX_NO_ID. */
struct import_decl {
  wfx_str module, field;
  struct definition given; /* object NULL: to be found by the names */
};
struct func_decl {
  uint32_t type, import;
};
struct table_decl {
  wfx_valtype type;
  wfx_size_limits limits;
  uint32_t import;
};
struct mem_decl {
  wfx_size_limits limits;
  uint32_t import;
};
struct global_decl {
  wfx_valtype type;
  bool is_mutable;
  uint32_t import;
};
struct tag_decl {
  uint32_t type, import;
};
struct elem_decl {
  wfx_valtype type;
  uint64_t n;
};
struct export_decl {
  wfx_str name;
  uint32_t kind, id; /* wfx_extern_kind */
};

struct decls {
  const uint32_t *types;
  const struct import_decl *imports;
  const struct func_decl *funcs;
  const struct table_decl *tables;
  const struct mem_decl *mems;
  const struct global_decl *globals;
  const struct tag_decl *tags;
  const struct elem_decl *elems;
  const struct data_obj *datas;
  const struct export_decl *exports;
  uint32_t n_types, n_imports, n_funcs, n_tables, n_mems, n_globals, n_tags, n_elems, n_datas,
      n_exports;
};

/* An instance with its imports bound, memories and tables at their first size and null, globals
 * zero, functions without code. d and what it points to must live as long as the store. It
 * belongs to the store, also when something fails later.
 * Errors  WFX_UNLINKABLE "unknown import", "incompatible import type"; WFX_NOMEM,
 * WFX_EXHAUSTION */
bool wfx__inst_new(wfx_store *s, const struct decls *d, wfx_instance **out);
void wfx__inst_free(wfx_instance *inst);
/* The object exported under name, or NULL. */
void *wfx__inst_export(const wfx_instance *inst, const char *name, size_t n,
                       wfx_extern_kind kind);
/* Give an instance a name that later modules import from; the last one counts. */
bool wfx__store_register(wfx_store *s, const char *name, size_t n, wfx_instance *inst);

#endif
