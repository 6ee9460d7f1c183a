/* build.h: function bodies, instruction by instruction.
 *
 * Open the body of a function, emit instructions, close it. Any number of bodies may be open at
 * once. Emitters are sticky: after the first error in a body they do nothing, and wfx_body_close
 * reports it. With WFX_CHECKED every emit runs the type checker, so that an error names the very
 * call. Different threads may build different bodies of one module while its declarations stay as
 * they are. */
#ifndef WASMFX_BUILD_H
#define WASMFX_BUILD_H

#include "module.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct wfx_body wfx_body;

enum {
  WFX_UNCHECKED = 0, /* only record; wfx_module_validate checks later */
  WFX_CHECKED = 1    /* check types at each emit */
};

/* A block of an open body, as a branch target. Never a depth: it stays good whatever is opened
 * inside, until its block ends. */
typedef struct wfx_label { uint32_t i; } wfx_label;

/* A NULL body is taken by every call here and does nothing. */

/* ---- Bodies ------------------------------------------------------------------------------ */

/* Open the body of a function that has none yet. NULL when memory is out (recorded in m). The
 * body belongs to the module until it is closed or abandoned. */
WFX_API wfx_body *wfx_body_open(wfx_module *m, wfx_func_id f, uint32_t flags);
/* Emit the final `end`, finish the body. Returns the status of its first error; the diagnostic
 * stays with the module. b is gone. */
WFX_API wfx_status wfx_body_close(wfx_body *b);
/* Throw the body away; the function is as before wfx_body_open. */
WFX_API void wfx_body_abandon(wfx_body *b);
/* The first error so far, or NULL. */
WFX_API const wfx_diag *wfx_body_diag(const wfx_body *b);
WFX_API wfx_module *wfx_body_module(const wfx_body *b);

/* A constant expression: opened with the type it must have, closed to a value for module.h. An
 * error goes to the module. */
WFX_API wfx_body *wfx_body_open_const(wfx_module *m, wfx_valtype type);
WFX_API wfx_const wfx_body_close_const(wfx_body *b);

/* The place in the client's source of what is emitted next. file may be NULL; its name is copied
 * once per module, so the first use of a new name counts as a declaration where several threads
 * build. Unknown numbers are 0. */
WFX_API void wfx_body_at(wfx_body *b, const char *file, uint32_t line, uint32_t column);

/* Which way the next instruction, an if or br_if, will mostly go, for engines that look at the
 * custom section metadata.code.branch_hint. With another instruction next that one is
 * WFX_INVALID. */
WFX_API void wfx_body_hint(wfx_body *b, wfx_hint hint);

/* Parameter i of the function. */
WFX_API wfx_local_id wfx_body_param(const wfx_body *b, uint32_t i);
/* A new local, at any time. name may be NULL. */
WFX_API wfx_local_id wfx_body_add_local(wfx_body *b, wfx_valtype type, const char *name);
WFX_API void wfx_body_name_local(wfx_body *b, wfx_local_id local, const char *name);
/* The label of the function itself: a branch to it returns. */
WFX_API wfx_label wfx_body_label(const wfx_body *b);
WFX_API void wfx_body_name_label(wfx_body *b, wfx_label label, const char *name);
/* Whether the next instruction can be reached (false behind br, return, unreachable, ...). */
WFX_API bool wfx_body_is_reachable(const wfx_body *b);

/* ---- Immediates -------------------------------------------------------------------------- */

/* The type of a block. */
typedef struct wfx_blocktype {
  wfx_valtype result; /* one result, or WFX_BOT for none */
  uint32_t type;      /* function type handle + 1, or 0 */
} wfx_blocktype;

static inline wfx_blocktype wfx_bt_none(void) {
  wfx_blocktype bt = {0, 0};
  return bt;
}
static inline wfx_blocktype wfx_bt_result(wfx_valtype result) {
  wfx_blocktype bt = {result, 0};
  return bt;
}
static inline wfx_blocktype wfx_bt_type(wfx_type_id func_type) {
  wfx_blocktype bt = {0, func_type.i + 1};
  return bt;
}
/* The shortest form for these parameters and results; adds a function type when one is needed. */
WFX_API wfx_blocktype wfx_bt(wfx_module *m, const wfx_valtype *params, size_t n_params,
                             const wfx_valtype *results, size_t n_results);

/* Access to memory: offset in bytes, align as log2 (WFX_ALIGN_NATURAL: that of the access). */
typedef struct wfx_memarg {
  uint64_t offset;
  wfx_mem_id mem;
  uint32_t align;
} wfx_memarg;
enum { WFX_ALIGN_NATURAL = 0xff };

typedef struct wfx_v128 { uint8_t bytes[16]; } wfx_v128;

/* A catch clause of try_table. */
typedef enum wfx_catch_kind {
  WFX_CATCH, WFX_CATCH_REF, WFX_CATCH_ALL, WFX_CATCH_ALL_REF
} wfx_catch_kind;
typedef struct wfx_catch {
  wfx_catch_kind kind;
  wfx_tag_id tag; /* WFX_CATCH, WFX_CATCH_REF */
  wfx_label label;
} wfx_catch;

/* A handler clause of resume. */
typedef enum wfx_on_kind {
  WFX_ON,        /* (on $tag $label) */
  WFX_ON_SWITCH, /* (on $tag switch) */
  WFX_ON_REF     /* (on_ref $tag_type $label) */
} wfx_on_kind;
typedef struct wfx_on {
  wfx_on_kind kind;
  wfx_tag_id tag;
  wfx_type_id tag_type; /* WFX_ON_REF */
  wfx_label label;      /* WFX_ON, WFX_ON_REF */
} wfx_on;

/* ---- Emitters ---------------------------------------------------------------------------- */

/* One function for each row of opcode.def, wfx_emit_ and the mnemonic with dots as underscores:
 *   void wfx_emit_i32_add(wfx_body *b);
 *   void wfx_emit_call(wfx_body *b, wfx_func_id func);
 *   wfx_label wfx_emit_block(wfx_body *b, wfx_blocktype type);
 * Immediates are in the order of the text format. The type rule is that of the row. Labels must
 * be open, else WFX_INVALID "unknown label". Cost: amortised constant. */
#define WFX_PARAMS_NONE
#define WFX_PARAMS_BLOCK , wfx_blocktype type
#define WFX_PARAMS_LABEL , wfx_label label
#define WFX_PARAMS_BR_TABLE , const wfx_label *labels, size_t n_labels, wfx_label otherwise
#define WFX_PARAMS_FUNC , wfx_func_id func
#define WFX_PARAMS_CALL_INDIRECT , wfx_type_id type, wfx_table_id table
#define WFX_PARAMS_TYPE , wfx_type_id type
#define WFX_PARAMS_LOCAL , wfx_local_id local
#define WFX_PARAMS_GLOBAL , wfx_global_id global
#define WFX_PARAMS_TABLE , wfx_table_id table
#define WFX_PARAMS_TABLE_TABLE , wfx_table_id to, wfx_table_id from
#define WFX_PARAMS_ELEM_TABLE , wfx_table_id table, wfx_elem_id elem
#define WFX_PARAMS_ELEM , wfx_elem_id elem
#define WFX_PARAMS_MEMORY , wfx_mem_id mem
#define WFX_PARAMS_MEMORY_MEMORY , wfx_mem_id to, wfx_mem_id from
#define WFX_PARAMS_DATA_MEMORY , wfx_mem_id mem, wfx_data_id data
#define WFX_PARAMS_DATA , wfx_data_id data
#define WFX_PARAMS_MEMARG , wfx_memarg memarg
#define WFX_PARAMS_MEMARG_LANE , wfx_memarg memarg, uint8_t lane
#define WFX_PARAMS_LANE , uint8_t lane
#define WFX_PARAMS_SHUFFLE , wfx_v128 lanes
#define WFX_PARAMS_V128 , wfx_v128 value
#define WFX_PARAMS_I32 , int32_t value
#define WFX_PARAMS_I64 , int64_t value
#define WFX_PARAMS_F32 , float value
#define WFX_PARAMS_F64 , double value
#define WFX_PARAMS_HEAP , wfx_heaptype heap
#define WFX_PARAMS_CAST , wfx_heaptype heap
#define WFX_PARAMS_BR_ON_CAST , wfx_label label, wfx_valtype from, wfx_valtype to
#define WFX_PARAMS_TYPES , const wfx_valtype *types, size_t n_types
#define WFX_PARAMS_TYPE_FIELD , wfx_type_id type, uint32_t field
#define WFX_PARAMS_TYPE_N , wfx_type_id type, uint32_t n
#define WFX_PARAMS_TYPE_DATA , wfx_type_id type, wfx_data_id data
#define WFX_PARAMS_TYPE_ELEM , wfx_type_id type, wfx_elem_id elem
#define WFX_PARAMS_TYPE_TYPE , wfx_type_id type, wfx_type_id type2
#define WFX_PARAMS_TAG , wfx_tag_id tag
#define WFX_PARAMS_TRY_TABLE , wfx_blocktype type, const wfx_catch *catches, size_t n_catches
#define WFX_PARAMS_RESUME , wfx_type_id type, const wfx_on *clauses, size_t n_clauses
#define WFX_PARAMS_RESUME_THROW \
  , wfx_type_id type, wfx_tag_id tag, const wfx_on *clauses, size_t n_clauses
#define WFX_PARAMS_TYPE_TAG , wfx_type_id type, wfx_tag_id tag
#define WFX_PARAMS_FENCE

#define WFX_RESULT_NONE void
#define WFX_RESULT_BLOCK wfx_label
#define WFX_RESULT_LABEL void
#define WFX_RESULT_BR_TABLE void
#define WFX_RESULT_FUNC void
#define WFX_RESULT_CALL_INDIRECT void
#define WFX_RESULT_TYPE void
#define WFX_RESULT_LOCAL void
#define WFX_RESULT_GLOBAL void
#define WFX_RESULT_TABLE void
#define WFX_RESULT_TABLE_TABLE void
#define WFX_RESULT_ELEM_TABLE void
#define WFX_RESULT_ELEM void
#define WFX_RESULT_MEMORY void
#define WFX_RESULT_MEMORY_MEMORY void
#define WFX_RESULT_DATA_MEMORY void
#define WFX_RESULT_DATA void
#define WFX_RESULT_MEMARG void
#define WFX_RESULT_MEMARG_LANE void
#define WFX_RESULT_LANE void
#define WFX_RESULT_SHUFFLE void
#define WFX_RESULT_V128 void
#define WFX_RESULT_I32 void
#define WFX_RESULT_I64 void
#define WFX_RESULT_F32 void
#define WFX_RESULT_F64 void
#define WFX_RESULT_HEAP void
#define WFX_RESULT_CAST void
#define WFX_RESULT_BR_ON_CAST void
#define WFX_RESULT_TYPES void
#define WFX_RESULT_TYPE_FIELD void
#define WFX_RESULT_TYPE_N void
#define WFX_RESULT_TYPE_DATA void
#define WFX_RESULT_TYPE_ELEM void
#define WFX_RESULT_TYPE_TYPE void
#define WFX_RESULT_TAG void
#define WFX_RESULT_TRY_TABLE wfx_label
#define WFX_RESULT_RESUME void
#define WFX_RESULT_RESUME_THROW void
#define WFX_RESULT_TYPE_TAG void
#define WFX_RESULT_FENCE void

#define WFX_OP(id, text, prefix, code, imm, sig, feature) \
  WFX_API WFX_RESULT_##imm wfx_emit_##id(wfx_body *b WFX_PARAMS_##imm);
#include "opcode.def"
#undef WFX_OP

#ifdef __cplusplus
}
#endif
#endif
