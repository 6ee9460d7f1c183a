/* gen_state.h: what the parts of the generator share: the state of one module in the making. */
#ifndef GEN_GEN_STATE_H
#define GEN_GEN_STATE_H

#include "gen/gen.h"

enum {
  MAX_VALS = 8,    /* parameters, results and fields of a generated type */
  MAX_TYPES = 300, MAX_FUNCS = 60, MAX_ENTRIES = 8, MAX_DECLS = 12,
  MAX_LOCALS = 200, MAX_LABELS = 64, /* of one body */
  MAX_DEPTH = 7    /* of expressions in each other */
};

struct vals { uint32_t n; wfx_valtype t[MAX_VALS]; };

/* A declared type; its place in gen.types is its handle. */
struct gtype {
  wfx_type_kind kind;
  bool is_final;
  uint32_t super;           /* WFX_NO_ID: none */
  struct vals params, results;
  wfx_field fields[MAX_VALS];
  uint32_t n_fields;
  uint32_t target;
};

struct gfunc {
  wfx_func_id id;
  uint32_t type;
  bool is_import, is_coroutine; /* one that suspends, and is best run in a continuation */
  bool has_body;
};
struct gglobal { wfx_global_id id; wfx_valtype type; bool is_mutable, is_import; };
struct gtable { wfx_table_id id; wfx_valtype type; bool is_64; uint32_t size; };
struct gmem { wfx_mem_id id; bool is_64, is_shared; };
struct gtag { wfx_tag_id id; uint32_t type; };
struct gelem { wfx_elem_id id; wfx_valtype type; uint32_t n; };
struct gdata { wfx_data_id id; uint32_t n; };
struct glocal { wfx_local_id id; wfx_valtype type; bool is_set; };
struct glabel { wfx_label id; struct vals types; bool is_loop; };
/* For switch: $cont = cont [args* (ref null $cont)] -> [results*], tag : [] -> [results*]. */
struct gpeers { uint32_t cont, tag; };

struct gen {
  uint64_t random;
  enum gen_mode mode;
  uint64_t features;
  wfx_module *m;
  uint32_t point, break_at;  /* see gen_module */

  struct gtype types[MAX_TYPES];
  uint32_t n_types;
  struct gfunc funcs[MAX_FUNCS + MAX_ENTRIES + 1];
  uint32_t n_funcs;
  struct gglobal globals[MAX_DECLS + 1];
  struct gtable tables[MAX_DECLS];
  struct gmem mems[MAX_DECLS];
  struct gtag tags[MAX_DECLS];
  struct gelem elems[MAX_DECLS];
  struct gdata datas[MAX_DECLS];
  struct gpeers peers[MAX_DECLS];
  uint32_t n_globals, n_tables, n_mems, n_tags, n_elems, n_datas, n_peers;
  uint32_t handler_type, tag_type; /* GEN_EXT; WFX_NO_ID otherwise */

  /* Rows of opcode.def whose signature is of letters, by result: i l f d v, then none. */
  uint16_t rows[6][WFX_OP_COUNT];
  uint32_t n_rows[6];

  /* The body at hand. */
  bool is_of_table; /* the constant expression of a table */
  wfx_body *b;
  struct vals results;
  bool is_coroutine;
  struct glocal locals[MAX_LOCALS];
  uint32_t n_locals;
  struct glabel labels[MAX_LABELS];
  uint32_t n_labels;
  int32_t budget;  /* instructions until only the simplest ones are made */
  uint32_t depth;
};

/* ---- Chance ------------------------------------------------------------------------------ */

uint64_t gen_random(struct gen *g);
/* From 0 to n - 1; 0 for 0. */
uint32_t gen_below(struct gen *g, uint32_t n);
static inline bool gen_chance(struct gen *g, uint32_t percent) {
  return gen_below(g, 100) < percent;
}
/* Whether to keep away from what would likely trap. */
static inline bool gen_careful(struct gen *g) {
  return g->mode == GEN_RUN ? gen_chance(g, 97) : gen_chance(g, 30);
}
uint64_t gen_number(struct gen *g); /* one of many small and special ones */
wfx_valtype gen_numtype(struct gen *g);

/* ---- gen_emit.c: instructions on their way to the builder, and what goes wrong there ----- */

wfx_label gen_put(struct gen *g, const wfx_inst *in);
#define EMIT(id, ...) gen_put(g, &(wfx_inst){.op = WFX_OP_##id, .imm = {__VA_ARGS__}})
#define EMIT0(id) EMIT(id, .i32 = 0)

/* Whether this is the place where something goes wrong. */
bool gen_breaks(struct gen *g);
/* A type, a number below n, limits as they are to be, or wrong. */
wfx_valtype gen_twist(struct gen *g, wfx_valtype t);
uint32_t gen_twist_below(struct gen *g, uint32_t i, uint32_t n);
wfx_size_limits gen_twist_limits(struct gen *g, wfx_size_limits limits);

/* ---- gen_type.c -------------------------------------------------------------------------- */

/* Types that every module has, each in a group of its own: [] -> [], a continuation of it, an
 * empty struct, an array of i8, [i32] -> [i32]. */
enum { FIRST_FUNC, FIRST_CONT, FIRST_STRUCT, FIRST_ARRAY, FIRST_ID };
void gen_types(struct gen *g);
/* Any value type, of references to declared types below n_types only. */
wfx_valtype gen_valtype(struct gen *g, uint32_t n_types);
struct vals gen_vals(struct gen *g, uint32_t max, uint32_t n_types);
bool gen_is_sub(const struct gen *g, wfx_valtype a, wfx_valtype b);
bool gen_heap_is_sub(const struct gen *g, wfx_heaptype a, wfx_heaptype b);
bool gen_vals_are_sub(const struct gen *g, const struct vals *a, const struct vals *b);
bool gen_vals_equal(const struct vals *a, const struct vals *b);
/* A type of this form, made when there is none; WFX_NO_ID when there are too many. */
uint32_t gen_func_type(struct gen *g, const struct vals *params, const struct vals *results);
uint32_t gen_cont_type(struct gen *g, const struct vals *params, const struct vals *results);
/* cont $ft. */
uint32_t gen_cont_of(struct gen *g, uint32_t ft);
/* A random declared type of this kind, or WFX_NO_ID. */
uint32_t gen_pick_type(struct gen *g, wfx_type_kind kind);
/* A random heap type below h, perhaps h; and above it. */
wfx_heaptype gen_heap_below(struct gen *g, wfx_heaptype h);
wfx_heaptype gen_heap_above(struct gen *g, wfx_heaptype h);
wfx_heaptype gen_heap_top(const struct gen *g, wfx_heaptype h);
wfx_heaptype gen_heap_bottom(const struct gen *g, wfx_heaptype h);
/* The function type of a continuation type. */
static inline const struct gtype *gen_target(const struct gen *g, uint32_t cont) {
  return &g->types[g->types[cont].target];
}
static inline wfx_valtype gen_unpack(wfx_valtype t) {
  return t == WFX_I8 || t == WFX_I16 ? (wfx_valtype)WFX_I32 : t;
}
static inline wfx_type_id gen_id(uint32_t i) {
  wfx_type_id t = {i};
  return t;
}
static inline bool gen_is_defaultable(wfx_valtype t) {
  return !wfx_is_ref(t) || wfx_is_nullable(t);
}

/* ---- gen_decl.c -------------------------------------------------------------------------- */

void gen_decls(struct gen *g);
wfx_const gen_const_expr(struct gen *g, wfx_valtype t); /* of a type that has one */
bool gen_has_const(const struct gen *g, wfx_valtype t);
/* A function of exactly this type, made when there is none; UINT32_MAX when there are too
 * many. */
uint32_t gen_func_of(struct gen *g, uint32_t type);
uint32_t gen_add_func(struct gen *g, uint32_t type);

/* ---- gen_row.c: instructions with a signature of letters --------------------------------- */

void gen_rows(struct gen *g);
bool gen_row_value(struct gen *g, wfx_valtype t);
bool gen_row_effect(struct gen *g);
void gen_const(struct gen *g, wfx_valtype t);
/* An address into memory, an index into a table, a small number, of type i64 or i32. */
void gen_address(struct gen *g, bool is_64, uint32_t below);

/* ---- gen_value.c ------------------------------------------------------------------------- */

/* Push a value of type t, or of a subtype; the simplest one. */
void gen_value(struct gen *g, wfx_valtype t);
void gen_simple(struct gen *g, wfx_valtype t);
void gen_values(struct gen *g, const struct vals *ts);
/* Do something and leave the operand stack as it is. */
void gen_effect(struct gen *g);
void gen_effects(struct gen *g, uint32_t max);
/* Drop values, or keep them in locals; keep the first only. */
void gen_drop(struct gen *g, const struct vals *ts);
void gen_keep_first(struct gen *g, const struct vals *ts);
/* A local of just this type, new or not. */
uint32_t gen_local(struct gen *g, wfx_valtype t);
void gen_set_local(struct gen *g, uint32_t local);
/* A value whose type is not prescribed: numeric or reference. Returns the type. */
wfx_valtype gen_any(struct gen *g);
bool gen_call(struct gen *g, const wfx_valtype *want, bool is_tail);

/* ---- gen_ref.c: references, structs, arrays, tables -------------------------------------- */

bool gen_is_castable(const struct gen *g, wfx_heaptype h);
bool gen_ref_value(struct gen *g, wfx_valtype t);
bool gen_ref_number(struct gen *g, wfx_valtype t);
bool gen_field_value(struct gen *g, wfx_valtype t);
bool gen_ref_effect(struct gen *g);
bool gen_table_effect(struct gen *g);

/* ---- gen_control.c ----------------------------------------------------------------------- */

wfx_label gen_open(struct gen *g, wfx_op op, const struct vals *params,
                   const struct vals *results, const wfx_catch *catches, size_t n_catches);
void gen_close(struct gen *g, uint32_t n_labels);
/* Locals set inside a block are not set behind it. */
struct set_locals { bool is_set[MAX_LOCALS]; uint32_t n; };
void gen_save_set(const struct gen *g, struct set_locals *s);
void gen_restore_set(struct gen *g, const struct set_locals *s);
bool gen_block(struct gen *g, const struct vals *results);
bool gen_branch_value(struct gen *g, wfx_valtype t);
bool gen_branch_effect(struct gen *g);
/* Something after which nothing is reached. */
bool gen_leave(struct gen *g);
void gen_burn_fuel(struct gen *g);
void gen_has_fuel(struct gen *g); /* push 1 while there is fuel */

/* ---- gen_cont.c -------------------------------------------------------------------------- */

bool gen_cont_value(struct gen *g, wfx_valtype t); /* a continuation */
bool gen_resumption(struct gen *g, const struct vals *results);
/* Push results: resume a continuation, in a local if there is one, under clauses. */
void gen_resume(struct gen *g, uint32_t cont, uint32_t local, const struct vals *results);
bool gen_suspension(struct gen *g, const wfx_valtype *want);
bool gen_try(struct gen *g, const struct vals *results);

/* ---- gen_run.c: what a program of GEN_RUN shows to the outside --------------------------- */

void gen_run_decls(struct gen *g);
void gen_run_bodies(struct gen *g);

/* ---- gen.c ------------------------------------------------------------------------------- */

/* Begin the body of function i, or a constant expression. */
void gen_open_body(struct gen *g, uint32_t i);
void gen_open_const(struct gen *g, wfx_valtype t);
/* Without fuel a function gives the simplest results. */
void gen_enter(struct gen *g);

/* ---- gen_ext.c --------------------------------------------------------------------------- */

void gen_ext_types(struct gen *g);
bool gen_ext_effect(struct gen *g);

#endif
