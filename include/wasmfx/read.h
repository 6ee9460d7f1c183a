/* read.h: reading modules: declarations, and bodies instruction by instruction; copying
 * modules, and rewriting bodies.
 *
 * What is read belongs to the module: strings and arrays are borrowed until it changes. Handles
 * of declarations are 0 to count - 1 (wfx_module_count, wfx_module_n_types, ...). */
#ifndef WASMFX_READ_H
#define WASMFX_READ_H

#include "build.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Types ------------------------------------------------------------------------------- */

/* A declared type. What does not belong to its kind is zero. */
typedef struct wfx_type_info {
  wfx_type_kind kind;
  bool is_final;
  wfx_type_id super;     /* {WFX_NO_ID}: none */
  wfx_group_id group;    /* its recursion group */
  wfx_str name;
  const wfx_valtype *params, *results; /* FUNC; HANDLER has results */
  size_t n_params, n_results;
  const wfx_field *fields;             /* STRUCT; ARRAY has one */
  size_t n_fields;
  wfx_type_id target;    /* CONT and TAG: the function type */
} wfx_type_info;
WFX_API void wfx_type_get(const wfx_module *m, wfx_type_id t, wfx_type_info *out);
/* The name of a field; data is NULL when it has none. */
WFX_API wfx_str wfx_type_get_field_name(const wfx_module *m, wfx_type_id t, uint32_t field);

/* ---- Declarations ------------------------------------------------------------------------ */

/* The number of the import (wfx_module_import) that a declaration is, or WFX_NO_ID. */
WFX_API uint32_t wfx_module_decl_import(const wfx_module *m, wfx_extern_kind kind, uint32_t id);

typedef struct wfx_table_info {
  wfx_valtype type;
  wfx_size_limits limits;
  bool has_init;  /* init is the first value of its elements, instead of null */
  wfx_const init;
} wfx_table_info;
WFX_API void wfx_table_get(const wfx_module *m, wfx_table_id t, wfx_table_info *out);
/* Sizes in pages of 64 KiB. */
WFX_API wfx_size_limits wfx_mem_get_limits(const wfx_module *m, wfx_mem_id mem);
typedef struct wfx_global_info {
  wfx_valtype type;
  bool is_mutable;
  wfx_const init; /* not of an import */
} wfx_global_info;
WFX_API void wfx_global_get(const wfx_module *m, wfx_global_id g, wfx_global_info *out);

/* One export, in order; false past the last. */
WFX_API bool wfx_module_export(const wfx_module *m, uint32_t i, wfx_str *name,
                               wfx_extern_kind *kind, uint32_t *id);
/* The start function, or {WFX_NO_ID}. */
WFX_API wfx_func_id wfx_module_get_start(const wfx_module *m);
/* data is NULL when the module has no name. */
WFX_API wfx_str wfx_module_get_name(const wfx_module *m);

/* ---- Segments ---------------------------------------------------------------------------- */

typedef enum wfx_segment_mode {
  WFX_SEGMENT_ACTIVE, WFX_SEGMENT_PASSIVE, WFX_SEGMENT_DECLARATIVE
} wfx_segment_mode;

typedef struct wfx_data_info {
  wfx_str name;
  wfx_segment_mode mode;
  wfx_mem_id mem;        /* ACTIVE */
  wfx_const offset;      /* ACTIVE */
  const uint8_t *bytes;
  size_t n_bytes;
} wfx_data_info;
/* A segment; false past the last. */
WFX_API bool wfx_data_get(const wfx_module *m, wfx_data_id d, wfx_data_info *out);

typedef struct wfx_elem_info {
  wfx_str name;
  wfx_segment_mode mode;
  wfx_table_id table;    /* ACTIVE */
  wfx_const offset;      /* ACTIVE */
  wfx_valtype type;
  size_t n_items;
  bool has_exprs;        /* items are constant expressions; otherwise functions */
} wfx_elem_info;
WFX_API bool wfx_elem_get(const wfx_module *m, wfx_elem_id e, wfx_elem_info *out);
/* Item i of a segment of functions, and of one of expressions. */
WFX_API wfx_func_id wfx_elem_get_func(const wfx_module *m, wfx_elem_id e, size_t i);
WFX_API wfx_const wfx_elem_get_expr(const wfx_module *m, wfx_elem_id e, size_t i);

/* ---- Instructions ------------------------------------------------------------------------ */

/* The immediates of an instruction, a member for each kind (wfx_op_imm). Parts are as in the
 * emitters; arrays are borrowed. Handles exist if the module is valid. */
typedef union wfx_imms {
  wfx_blocktype block;
  wfx_label label;
  struct { const wfx_label *labels; size_t n_labels; wfx_label otherwise; } br_table;
  wfx_func_id func;
  struct { wfx_type_id type; wfx_table_id table; } call_indirect;
  wfx_type_id type;
  wfx_local_id local;
  wfx_global_id global;
  wfx_table_id table;
  struct { wfx_table_id to, from; } table_table;
  struct { wfx_table_id table; wfx_elem_id elem; } elem_table;
  wfx_elem_id elem;
  wfx_mem_id memory;
  struct { wfx_mem_id to, from; } memory_memory;
  struct { wfx_mem_id mem; wfx_data_id data; } data_memory;
  wfx_data_id data;
  struct { wfx_memarg memarg; uint8_t lane; } memarg; /* lane of MEMARG_LANE */
  uint8_t lane;
  wfx_v128 v128;                                      /* V128, SHUFFLE */
  int32_t i32;
  int64_t i64;
  float f32;
  double f64;
  wfx_heaptype heap;                                  /* HEAP, CAST */
  struct { wfx_label label; wfx_valtype from, to; } br_on_cast;
  struct { const wfx_valtype *types; size_t n_types; } types;
  struct { wfx_type_id type; uint32_t field; } type_field;
  struct { wfx_type_id type; uint32_t n; } type_n;
  struct { wfx_type_id type; wfx_data_id data; } type_data;
  struct { wfx_type_id type; wfx_elem_id elem; } type_elem;
  struct { wfx_type_id type, type2; } type_type;
  struct { wfx_type_id type; wfx_tag_id tag; } type_tag;
  wfx_tag_id tag;
  struct { wfx_blocktype type; const wfx_catch *catches; size_t n_catches; } try_table;
  /* RESUME; RESUME_THROW has the tag. */
  struct { wfx_type_id type; wfx_tag_id tag; const wfx_on *clauses; size_t n_clauses; } resume;
} wfx_imms;

/* An instruction as it was read. Labels are numbers of blocks in the order in which the body
 * opens them, from 1; {0} is the function. */
typedef struct wfx_inst {
  wfx_op op;
  wfx_imms imm;
  wfx_hint hint;     /* of if and br_if */
  uint32_t index;    /* among the instructions of the body */
  wfx_loc loc;       /* byte offset in a decoded module, or the client's position */
  uint32_t depth;    /* how many blocks are open around it; else, end: around their block */
  wfx_label block;   /* the innermost block around it; for else and end, their own block */
  wfx_label opens;   /* the block that it opens, or {WFX_NO_ID} */
  /* With WFX_READ_TYPES. Where control cannot come operands that nothing has pushed are left
   * out, and types may be WFX_BOT. */
  bool is_reachable;
  const wfx_valtype *operands, *results; /* bottom to top; borrowed until the next is read */
  size_t n_operands, n_results;
} wfx_inst;

/* Reads one body, or one constant expression. */
typedef struct wfx_reader wfx_reader;

enum {
  WFX_READ_TYPES = 1 /* with operand types; the module must have been validated */
};

/* Read the body of a function, up to and with its last `end`; an import has none. The body must
 * not be open in a builder, nor change while it is read, but for wfx_body_reopen.
 * Owned by the caller: wfx_reader_close. NULL when memory is out. */
WFX_API WFX_OWN wfx_reader *wfx_reader_open(wfx_module *m, wfx_func_id f, uint32_t flags);
/* Read a constant expression, without types. */
WFX_API WFX_OWN wfx_reader *wfx_reader_open_const(wfx_module *m, wfx_const expr);
WFX_API void wfx_reader_close(wfx_reader *r);
/* The next instruction; false at the end, and at an error: then there is a diagnostic.
 * Errors  WFX_MALFORMED    in a body that was not looked at before
 *         WFX_INVALID      with WFX_READ_TYPES in a body that is not valid
 * Cost    amortised constant; with types that of checking the instruction */
WFX_API bool wfx_reader_next(wfx_reader *r, wfx_inst *out);
WFX_API const wfx_diag *wfx_reader_diag(const wfx_reader *r);

/* Parameters and locals; the type of one past the last is WFX_BOT. Cost: its runs of locals. */
WFX_API uint32_t wfx_reader_n_locals(const wfx_reader *r);
WFX_API wfx_valtype wfx_reader_local_type(const wfx_reader *r, wfx_local_id local);
/* Names of locals and blocks; data is NULL when there is none. */
WFX_API wfx_str wfx_reader_local_name(const wfx_reader *r, wfx_local_id local);
WFX_API wfx_str wfx_reader_label_name(const wfx_reader *r, wfx_label label);

/* Where the body of a function lay in the binary it was decoded from: its locals and code,
 * without the length before them. False for others, and once it was rewritten. */
WFX_API bool wfx_func_get_range(const wfx_module *m, wfx_func_id f, uint64_t *offset,
                                uint64_t *n_bytes);

/* ---- Rewriting --------------------------------------------------------------------------- */

/* A pass from outside: read a body and write it anew.
 *
 *     wfx_reader *r = wfx_reader_open(m, f, 0);
 *     wfx_body *b = wfx_body_reopen(m, f, WFX_CHECKED);
 *     while (wfx_reader_next(r, &in)) {
 *       ... emit what comes before; change in, or emit something else instead ...
 *       wfx_reader_copy(r, b, &in);
 *     }
 *     wfx_reader_close(r);
 *     wfx_body_close(b);
 */

/* Open the body of a function that has one, to write it anew: it is empty, but for its locals
 * and their names. A reader of it that is open goes on reading what was there before, until b
 * is closed or abandoned. wfx_body_abandon leaves the function as it was. NULL with the error
 * in m. */
WFX_API wfx_body *wfx_body_reopen(wfx_module *m, wfx_func_id f, uint32_t flags);

/* Emit any instruction by its op, immediates and hint; labels are those of b, and other members do
 * not matter. The label of the block that it opens, or {WFX_NO_ID}. */
WFX_API wfx_label wfx_body_emit(wfx_body *b, const wfx_inst *in);

/* Emit an instruction that was read by r, perhaps changed since, at the position it had; one that
 * was decoded from a binary has none, and goes to that of wfx_body_at. Labels become those of the
 * copies of their blocks; names of blocks are kept. The last `end` of the body is left out:
 * wfx_body_close emits it. The label of the copy, or {WFX_NO_ID}. */
WFX_API wfx_label wfx_reader_copy(wfx_reader *r, wfx_body *b, const wfx_inst *in);
/* Which label of the new body stands for one of the old: that of the copy, {WFX_NO_ID} before
 * there is one. Set it for a block that is not copied but replaced. */
WFX_API wfx_label wfx_reader_get_label(const wfx_reader *r, wfx_label label);
WFX_API void wfx_reader_set_label(wfx_reader *r, wfx_label label, wfx_label to);

/* ---- Copies ------------------------------------------------------------------------------ */

/* A copy of a module in the same context, with equal handles and pointers of the client's.
 * Bodies that are open in a builder are not there in the copy.
 * Owned by the caller: wfx_module_free. NULL when memory is out.
 * Cost    the size of the module */
WFX_API WFX_OWN wfx_module *wfx_module_clone(const wfx_module *m);

#ifdef __cplusplus
}
#endif
#endif
