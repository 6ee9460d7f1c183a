/* module.h: modules: types, imports, declarations, exports.
 *
 * A module is made empty with wfx_module_new and filled by the calls below, by wfx_module_decode
 * (binary.h), by wfx_module_parse (text.h) or by a linker (link.h). It keeps the first error that
 * met it; each function body keeps one of its own. Calls that add something return its handle,
 * which is good to use even after an error: they do nothing more then. Strings and arrays given are
 * copied. Handles of declarations must be the module's own: another is a broken precondition. */
#ifndef WASMFX_MODULE_H
#define WASMFX_MODULE_H

#include "type.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Instructions ------------------------------------------------------------------------ */

typedef enum wfx_op {
#define WFX_OP(id, text, prefix, code, imm, sig, feature) WFX_OP_##id,
#include "opcode.def"
#undef WFX_OP
} wfx_op;

enum { WFX_OP_COUNT = 0
#define WFX_OP(id, text, prefix, code, imm, sig, feature) + 1
#include "opcode.def"
#undef WFX_OP
};

/* Kinds of immediates: see the head of opcode.def. */
typedef enum wfx_imm {
  WFX_IMM_NONE, WFX_IMM_BLOCK, WFX_IMM_LABEL, WFX_IMM_BR_TABLE, WFX_IMM_FUNC,
  WFX_IMM_CALL_INDIRECT, WFX_IMM_TYPE, WFX_IMM_LOCAL, WFX_IMM_GLOBAL, WFX_IMM_TABLE,
  WFX_IMM_TABLE_TABLE, WFX_IMM_ELEM_TABLE, WFX_IMM_ELEM, WFX_IMM_MEMORY, WFX_IMM_MEMORY_MEMORY,
  WFX_IMM_DATA_MEMORY, WFX_IMM_DATA, WFX_IMM_MEMARG, WFX_IMM_MEMARG_LANE, WFX_IMM_LANE,
  WFX_IMM_SHUFFLE, WFX_IMM_V128, WFX_IMM_I32, WFX_IMM_I64, WFX_IMM_F32, WFX_IMM_F64,
  WFX_IMM_HEAP, WFX_IMM_CAST, WFX_IMM_BR_ON_CAST, WFX_IMM_TYPES, WFX_IMM_TYPE_FIELD,
  WFX_IMM_TYPE_N, WFX_IMM_TYPE_DATA, WFX_IMM_TYPE_ELEM, WFX_IMM_TYPE_TYPE, WFX_IMM_TAG,
  WFX_IMM_TRY_TABLE, WFX_IMM_RESUME, WFX_IMM_RESUME_THROW, WFX_IMM_TYPE_TAG, WFX_IMM_FENCE
} wfx_imm;

/* Which way an if or br_if will mostly go. */
typedef enum wfx_hint {
  WFX_HINT_NONE,
  WFX_HINT_UNLIKELY, /* the condition is mostly false */
  WFX_HINT_LIKELY    /* mostly true */
} wfx_hint;

/* The mnemonic of an instruction, as in text. */
WFX_API const char *wfx_op_text(wfx_op op);
WFX_API wfx_imm wfx_op_imm(wfx_op op);

/* ---- Modules ----------------------------------------------------------------------------- */

typedef struct wfx_module wfx_module;

/* An empty module. NULL when memory is out. Owned by the caller: wfx_module_free. */
WFX_API WFX_OWN wfx_module *wfx_module_new(const wfx_ctx *ctx);
WFX_API void wfx_module_free(wfx_module *m);

/* The name that the name section carries. */
WFX_API void wfx_module_set_name(wfx_module *m, const char *name);

/* The status of the first error, in the module's declarations or else in the first function body
 * that has one; WFX_OK when there is none. */
WFX_API wfx_status wfx_module_status(const wfx_module *m);
/* All errors: that of the declarations first, then one for each wrong body, in the order of their
 * functions. Borrowed until the module changes. */
WFX_API size_t wfx_module_n_diags(const wfx_module *m);
WFX_API const wfx_diag *wfx_module_diag(const wfx_module *m, size_t i);

/* ---- Types ------------------------------------------------------------------------------- */

/* Open a recursion group: types that may refer to each other. Types are declared in it, may be
 * used at once, and are defined at any time before the group ends. Groups may be open side by
 * side; a type can refer to types of its own group and of groups begun before it. */
WFX_API wfx_group_id wfx_group_begin(wfx_module *m);
/* All its types must be defined, else WFX_INVALID "type $t is declared but not defined". From now
 * on its types equal those of any group of the same shape. */
WFX_API void wfx_group_end(wfx_module *m, wfx_group_id group);
/* Declare a type; name may be NULL. */
WFX_API wfx_type_id wfx_type_declare(wfx_module *m, wfx_group_id group, const char *name);

/* Define a declared type, once. */
WFX_API void wfx_type_define_func(wfx_module *m, wfx_type_id t, const wfx_valtype *params,
                                  size_t n_params, const wfx_valtype *results,
                                  size_t n_results);
WFX_API void wfx_type_define_struct(wfx_module *m, wfx_type_id t, const wfx_field *fields,
                                    size_t n_fields);
WFX_API void wfx_type_define_array(wfx_module *m, wfx_type_id t, wfx_field element);
WFX_API void wfx_type_define_cont(wfx_module *m, wfx_type_id t, wfx_type_id func_type);
/* Extensions (features named-handlers and tag-refs): (handler t...) and (tag $ft). */
WFX_API void wfx_type_define_handler(wfx_module *m, wfx_type_id t, const wfx_valtype *results,
                                     size_t n_results);
WFX_API void wfx_type_define_tag(wfx_module *m, wfx_type_id t, wfx_type_id func_type);
/* Before defining: make it open to subtypes or final, and give it a supertype
 * ({WFX_NO_ID}: none). Types are final without a supertype unless this is called. */
WFX_API void wfx_type_set_sub(wfx_module *m, wfx_type_id t, bool is_final, wfx_type_id super);
WFX_API void wfx_type_set_field_name(wfx_module *m, wfx_type_id t, uint32_t field,
                                     const char *name);

/* A type in a group of its own, in one call. wfx_type_func returns the existing one when the
 * module has an equal type already. */
WFX_API wfx_type_id wfx_type_func(wfx_module *m, const wfx_valtype *params, size_t n_params,
                                  const wfx_valtype *results, size_t n_results);
WFX_API wfx_type_id wfx_type_struct(wfx_module *m, const char *name, const wfx_field *fields,
                                    size_t n_fields);
WFX_API wfx_type_id wfx_type_array(wfx_module *m, const char *name, wfx_field element);
WFX_API wfx_type_id wfx_type_cont(wfx_module *m, const char *name, wfx_type_id func_type);

WFX_API uint32_t wfx_module_n_types(const wfx_module *m);
/* WFX_TYPE_UNDEFINED also for a handle that was given after an error. */
WFX_API wfx_type_kind wfx_type_get_kind(const wfx_module *m, wfx_type_id t);
/* Whether two types are equal as the specification has it. */
WFX_API bool wfx_type_equal(const wfx_module *m, wfx_type_id a, wfx_type_id b);

/* ---- Imports ----------------------------------------------------------------------------- */

/* Imports may be added at any time, also behind definitions. Names are NUL-ended UTF-8. */
WFX_API wfx_func_id wfx_import_func(wfx_module *m, const char *module, const char *field,
                                    wfx_type_id func_type);
WFX_API wfx_table_id wfx_import_table(wfx_module *m, const char *module, const char *field,
                                      wfx_valtype type, wfx_size_limits limits);
WFX_API wfx_mem_id wfx_import_mem(wfx_module *m, const char *module, const char *field,
                                  wfx_size_limits limits);
WFX_API wfx_global_id wfx_import_global(wfx_module *m, const char *module, const char *field,
                                        wfx_valtype type, bool is_mutable);
WFX_API wfx_tag_id wfx_import_tag(wfx_module *m, const char *module, const char *field,
                                  wfx_type_id func_type);

/* Give any declaration a name for the name section and messages; a later one replaces it. */
WFX_API void wfx_module_name_decl(wfx_module *m, wfx_extern_kind kind, uint32_t id,
                                  const char *name);

/* ---- Definitions ------------------------------------------------------------------------- */

/* A constant expression of the module, made by the calls below or by wfx_body_close_const
 * (build.h). Its instructions are used once. */
typedef struct wfx_const {
  uint32_t first, n;
} wfx_const;

WFX_API wfx_const wfx_const_i32(wfx_module *m, int32_t value);
WFX_API wfx_const wfx_const_i64(wfx_module *m, int64_t value);
WFX_API wfx_const wfx_const_f32(wfx_module *m, float value);
WFX_API wfx_const wfx_const_f64(wfx_module *m, double value);
WFX_API wfx_const wfx_const_ref_null(wfx_module *m, wfx_heaptype heap);
WFX_API wfx_const wfx_const_ref_func(wfx_module *m, wfx_func_id f);
WFX_API wfx_const wfx_const_global(wfx_module *m, wfx_global_id g);

/* A function whose body is built later (build.h); it can be called and referred to at once. */
WFX_API wfx_func_id wfx_module_add_func(wfx_module *m, const char *name, wfx_type_id func_type);
WFX_API wfx_tag_id wfx_module_add_tag(wfx_module *m, const char *name, wfx_type_id func_type);
WFX_API wfx_global_id wfx_module_add_global(wfx_module *m, const char *name, wfx_valtype type,
                                            bool is_mutable, wfx_const init);
WFX_API wfx_mem_id wfx_module_add_mem(wfx_module *m, const char *name, wfx_size_limits limits);
/* A table whose elements start as null, or as init (NULL: null). */
WFX_API wfx_table_id wfx_module_add_table(wfx_module *m, const char *name, wfx_valtype type,
                                          wfx_size_limits limits, const wfx_const *init);
/* Bytes copied to memory when the module is instantiated; passive ones wait for memory.init. */
WFX_API wfx_data_id wfx_module_add_data(wfx_module *m, const char *name, wfx_mem_id mem,
                                        wfx_const offset, const void *bytes, size_t n_bytes);
WFX_API wfx_data_id wfx_module_add_data_passive(wfx_module *m, const char *name,
                                                const void *bytes, size_t n_bytes);
/* Functions put into a table of type funcref when the module is instantiated. The declarative
 * segment for functions named by ref.func appears by itself. */
WFX_API wfx_elem_id wfx_module_add_elem(wfx_module *m, const char *name, wfx_table_id table,
                                        wfx_const offset, const wfx_func_id *funcs,
                                        size_t n_funcs);
/* Constant expressions of a reference type, waiting for table.init or array.new_elem. */
WFX_API wfx_elem_id wfx_module_add_elem_passive(wfx_module *m, const char *name,
                                                wfx_valtype type, const wfx_const *items,
                                                size_t n_items);

WFX_API void wfx_module_set_start(wfx_module *m, wfx_func_id f);
/* A custom section, written behind all others. */
WFX_API void wfx_module_add_custom(wfx_module *m, const char *name, const void *bytes,
                                   size_t n_bytes);
/* Custom section i, in order; false past the last. Names and branch hints are not among them, unless
 * they were malformed: they are attributes of what they are about. */
WFX_API bool wfx_module_custom(const wfx_module *m, uint32_t i, wfx_str *name,
                               const uint8_t **bytes, size_t *n_bytes);
/* Take it away; those behind it move up. */
WFX_API void wfx_module_drop_custom(wfx_module *m, uint32_t i);
/* Who made a module: the custom section "producers". field is "language", "processed-by" or "sdk"; a
 * name that the field has already gets the new version. False when memory is out (recorded in m), or
 * when the section there is malformed: then it stays as it is. Cost: the section. */
WFX_API bool wfx_module_add_producer(wfx_module *m, const char *field, const char *name,
                                     const char *version);
/* Entry i, in order of fields; false past the last, and where the section is malformed. */
WFX_API bool wfx_module_producer(const wfx_module *m, uint32_t i, wfx_str *field, wfx_str *name,
                                 wfx_str *version);
/* What code was compiled with: the custom section "target_features". prefix is '+' (used) or '-' (must
 * not be linked with what uses it); the entry of that name, if there is one, is replaced. The results
 * are as for producers. */
WFX_API bool wfx_module_add_target_feature(wfx_module *m, char prefix, const char *name);
WFX_API bool wfx_module_target_feature(const wfx_module *m, uint32_t i, char *prefix,
                                       wfx_str *name);
/* Take all names away: of the module, its declarations, types, fields, locals and labels. */
WFX_API void wfx_module_drop_names(wfx_module *m);
/* Take all branch hints away. */
WFX_API void wfx_module_drop_hints(wfx_module *m);

/* ---- Exports ----------------------------------------------------------------------------- */

/* Give a declaration to the outside under a name, NUL-ended UTF-8. A declaration may have several;
 * a name used twice is WFX_INVALID "duplicate export name", found by validation. */
WFX_API void wfx_export_func(wfx_module *m, const char *name, wfx_func_id f);
WFX_API void wfx_export_table(wfx_module *m, const char *name, wfx_table_id t);
WFX_API void wfx_export_mem(wfx_module *m, const char *name, wfx_mem_id mem);
WFX_API void wfx_export_global(wfx_module *m, const char *name, wfx_global_id g);
WFX_API void wfx_export_tag(wfx_module *m, const char *name, wfx_tag_id t);

/* ---- Reading ----------------------------------------------------------------------------- */

/* How many declarations of a kind there are; their handles are 0 to count - 1. */
WFX_API uint32_t wfx_module_count(const wfx_module *m, wfx_extern_kind kind);
/* The name of a declaration; data is NULL when it has none. */
WFX_API wfx_str wfx_module_decl_name(const wfx_module *m, wfx_extern_kind kind, uint32_t id);
/* The exported declaration of this name and kind, or WFX_NO_ID. */
WFX_API uint32_t wfx_module_find_export(const wfx_module *m, wfx_extern_kind kind,
                                        const char *name);
/* One import, in order; false past the last. */
WFX_API bool wfx_module_import(const wfx_module *m, uint32_t i, wfx_str *module, wfx_str *field,
                               wfx_extern_kind *kind, uint32_t *id);
/* The function type of a function or tag. */
WFX_API wfx_type_id wfx_func_get_type(const wfx_module *m, wfx_func_id f);
WFX_API wfx_type_id wfx_tag_get_type(const wfx_module *m, wfx_tag_id t);

/* ---- Pointers of the client's ------------------------------------------------------------ */

/* A pointer for what the client knows of a function, tag or type; NULL until it is set. The library
 * only keeps it, through clones as well. */
WFX_API void wfx_func_set_user(wfx_module *m, wfx_func_id f, void *user);
WFX_API void *wfx_func_get_user(const wfx_module *m, wfx_func_id f);
WFX_API void wfx_tag_set_user(wfx_module *m, wfx_tag_id t, void *user);
WFX_API void *wfx_tag_get_user(const wfx_module *m, wfx_tag_id t);
WFX_API void wfx_type_set_user(wfx_module *m, wfx_type_id t, void *user);
WFX_API void *wfx_type_get_user(const wfx_module *m, wfx_type_id t);

#ifdef __cplusplus
}
#endif
#endif
