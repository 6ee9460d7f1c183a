/* What the parts of code generation share. All of it runs inside fe_guard. */
#ifndef FE_GEN_PARTS_H
#define FE_GEN_PARTS_H

#include "common/fe_gen.h"
#include "common/fe_map.h"

#include <wasmfx/handler.h>

typedef enum {
#define FE_RT(id, module, field, params, results) FE_RT_##id,
#include "common/fe_gen_rt.def"
#undef FE_RT
  FE_N_RT
} fe_rt;

/* Kinds of values, as wfxrt:lang@1 numbers them. ORDER KIND */
typedef enum {
  FE_KIND_INT, FE_KIND_FLOAT, FE_KIND_CHAR, FE_KIND_BOOL, FE_KIND_STRING, FE_KIND_LIST,
  FE_KIND_RECORD, FE_KIND_VARIANT
} fe_kind;

/* What an expression leaves on the stack, and what a local holds. */
typedef enum {
  FE_REP_ANY,              /* nothing: it does not return */
  FE_REP_NONE,             /* nothing: its value is unit, or is not wanted */
  FE_REP_VALUE,            /* (ref null eq) */
  FE_REP_BOOL,             /* i32 */
  FE_REP_FLOAT,            /* f64 */
  FE_REP_LIST,             /* (ref null $cons) */
  FE_REP_STRING,           /* (ref $string) */
  FE_REP_CLOSURE,          /* a (ref null) of a closure type; only locals */
  FE_REP_RESUMPTION        /* (ref null $resumption); only locals */
} fe_rep;

typedef struct fe_gen_func {
  const char *name;
  wfx_func_id code;        /* the function with the code */
  wfx_global_id object;    /* the closure or handler without captures; WFX_NO_ID: none yet */
  bool is_delay;           /* its closure is a $delay (wfxrt:lang@1) */
} fe_gen_func;

typedef struct fe_site { uint32_t file, line, column; } fe_site;

/* The module being generated. */
typedef struct fe_gen {
  fe_session *s;
  fe_arena *a;
  const fe_program *p;
  wfx_module *m;
  /* Types of the runtime, and of closures, handlers and drivers; see wfxrt:lang@1. */
  wfx_type_id string, int64, float64, chr, boolean, cons, label, shape, fields, record, variant;
  wfx_type_id closure, closure_0, delay, handler;
  wfx_driver_types driver;
  fe_map types;            /* those with numbers in them; see fe_gen_type.c */
  wfx_func_id rt[FE_N_RT]; /* WFX_NO_ID: not imported yet */
  wfx_global_id unit, true_value, false_value, site, locate;
  wfx_global_id unset;     /* what globals hold before their definition; WFX_NO_ID: null */
  fe_gen_func *funcs;      /* by function id */
  wfx_global_id *globals;  /* by global id */
  wfx_global_id *labels;   /* by label id; WFX_NO_ID: none yet */
  wfx_global_id *shapes;   /* by shape id; so too */
  wfx_tag_id *tags;        /* by operation id */
  fe_map texts;            /* string literals -> data segment */
  fe_map site_of;          /* position -> site */
  FE_VEC(fe_site) sites;   /* site 0 is nowhere */
  FE_VEC(const fe_source *) files;
  FE_VEC(wfx_func_id) apply;   /* $apply_N; WFX_NO_ID: not used yet */
  FE_VEC(wfx_func_id) states;  /* $state_N: new parameters of a resumed handler; so too */
  bool has_drivers;        /* there may be resumptions as values */
  bool has_shallow;        /* some of shallow handlers */
  struct { fe_pos pos; fe_location at; } last; /* the last place looked up */
  wfx_body *open[2];       /* bodies not closed yet, for when memory runs out meanwhile */
  uint32_t n_open;
} fe_gen;

/* Where a core variable is. */
typedef struct fe_gen_local {
  wfx_local_id local;
  fe_rep rep;              /* FE_REP_ANY: not bound yet */
  bool is_temp;            /* free again when n_left is 0 */
  bool is_on_stack;        /* not in a local: its one use comes next */
  uint32_t n_left;         /* uses still to come */
  const fe_expr *fix;      /* the FE_FIX that binds it, and its place there */
  uint32_t order;
} fe_gen_local;

/* The arms of an FE_ARMS that is being generated. */
typedef struct fe_gen_arms {
  const fe_expr *e;
  wfx_label next;          /* the end of the arm now open: where the next begins */
  struct fe_gen_arms *outer;
} fe_gen_arms;

typedef struct fe_temp { wfx_valtype type; wfx_local_id local; } fe_temp;

/* A function being generated. */
typedef struct fe_fn {
  fe_gen *g;
  wfx_body *b;
  const fe_func *f;
  fe_gen_local *locals;    /* by slot */
  fe_gen_arms *arms;
  FE_VEC(fe_temp) temps;   /* free ones */
  /* With captures: the closure or environment with its own type. */
  wfx_local_id self;
  wfx_type_id self_type;
  uint32_t first_capture;  /* field of capture 0 */
  /* In the clauses of a loop: */
  wfx_handler *loop;       /* NULL: not in one */
  wfx_local_id value;      /* what the continuation is resumed with next */
} fe_fn;

/* ---- Bodies (fe_gen.c) ------------------------------------------------------------------- */

wfx_body *fe_open_body(fe_gen *g, wfx_func_id f);
void fe_close_body(fe_gen *g, wfx_body *b);
wfx_body *fe_open_const(fe_gen *g, wfx_valtype type);
wfx_const fe_close_const(fe_gen *g, wfx_body *b);
/* The same for a body that the library opens and closes. */
void fe_body_opened(fe_gen *g, wfx_body *b);
void fe_body_closed(fe_gen *g);

/* ---- Types, imports, constants (fe_gen_type.c) ------------------------------------------- */

void fe_gen_types(fe_gen *g);
wfx_valtype fe_rep_type(const fe_gen *g, fe_rep rep);
/* [(ref $closure) eqref * n] -> [eqref], and [eqref * n] -> [eqref]. */
wfx_type_id fe_code_type(fe_gen *g, uint32_t n);
wfx_type_id fe_direct_type(fe_gen *g, uint32_t n);
/* The closures of functions of n parameters; those with so many captures; the environment of a
 * thunk; handlers with n captures; handlers with n parameters. */
wfx_type_id fe_closure_type(fe_gen *g, uint32_t n_params);
wfx_type_id fe_captures_type(fe_gen *g, uint32_t n_params, uint32_t n_captures);
wfx_type_id fe_env_type(fe_gen *g, uint32_t n_captures);
wfx_type_id fe_handler_type(fe_gen *g, uint32_t n_captures);
wfx_type_id fe_state_type(fe_gen *g, uint32_t n_params);
enum { FE_CLOSURE_CODE = 1, FE_CLOSURE_CAPTURES = 2 };
enum { FE_HANDLER_DRIVE = 2, FE_HANDLER_CAPTURES = 3 };
enum { FE_STATE_HANDLER = 3, FE_STATE_PARAMS = 4 };
enum { FE_RESUMPTION_ENV = 1, FE_RESUMPTION_DRIVE = 2 };

wfx_func_id fe_rt_func(fe_gen *g, fe_rt id);
wfx_global_id fe_rt_global(fe_gen *g, const char *module, const char *field, wfx_valtype type,
                           bool is_mutable);
wfx_global_id fe_label_global(fe_gen *g, const fe_label *label);
wfx_global_id fe_shape_global(fe_gen *g, const fe_shape *shape);
/* The static closure or handler of a function without captures. */
wfx_global_id fe_object_global(fe_gen *g, const fe_func *f);
wfx_data_id fe_text_data(fe_gen *g, const char *bytes, uint32_t n_bytes);
/* The location of a position; its source is NULL for 0. */
fe_location fe_gen_locate(fe_gen *g, fe_pos pos);
uint32_t fe_site_number(fe_gen *g, fe_pos pos);
/* The body of $locate, which knows all sites made so far. */
void fe_gen_places(fe_gen *g, wfx_func_id locate);

/* ---- Atoms and locals (fe_gen_atom.c) ---------------------------------------------------- */

void fe_at(fe_fn *fn, fe_pos pos);
void fe_call_rt(fe_fn *fn, fe_rt id);
/* [] -> []: what follows can fail here. */
void fe_set_site(fe_fn *fn, fe_pos pos);
/* A string constant on the stack. */
void fe_push_text(fe_fn *fn, const char *bytes, uint32_t n_bytes);
/* A local for use within straight code, and giving it back. */
wfx_local_id fe_temp_take(fe_fn *fn, wfx_valtype type);
void fe_temp_give(fe_fn *fn, wfx_valtype type, wfx_local_id local);
/* Bind a variable (NULL: drop it) to what is on the stack. */
void fe_bind(fe_fn *fn, const fe_var *var, fe_rep rep);
/* Let what is on the stack stay there as a variable, which is pushed next and never again. */
void fe_bind_on_stack(fe_fn *fn, const fe_var *var, fe_rep rep);
/* The atoms of an expression node itself have been used. */
void fe_done_atoms(fe_fn *fn, const fe_expr *e);

fe_rep fe_atom_rep(const fe_fn *fn, const fe_atom *a);
bool fe_atom_is_small(const fe_atom *a);      /* a literal that is an i31 */
void fe_push_atom(fe_fn *fn, const fe_atom *a, fe_pos pos);
void fe_push_atoms(fe_fn *fn, const fe_atom *atoms, uint32_t n, fe_pos pos);
/* Checked: a run-time error at pos when it is of another kind. */
void fe_push_cast(fe_fn *fn, const fe_atom *a, wfx_type_id to, fe_kind kind, fe_pos pos);
void fe_push_string(fe_fn *fn, const fe_atom *a, fe_pos pos);
void fe_push_list(fe_fn *fn, const fe_atom *a, fe_pos pos);
void fe_push_bool(fe_fn *fn, const fe_atom *a, fe_pos pos);   /* i32 */
void fe_push_char(fe_fn *fn, const fe_atom *a, fe_pos pos);   /* i32 */
void fe_push_float(fe_fn *fn, const fe_atom *a, fe_pos pos);  /* f64 */
/* From one representation to another on the stack. */
void fe_convert(fe_fn *fn, fe_rep have, fe_rep want);
wfx_blocktype fe_rep_block(const fe_gen *g, fe_rep rep);

/* ---- Expressions (fe_gen_expr.c, fe_gen_switch.c, fe_gen_prim.c) ------------------------- */

/* Generate an expression; what is wanted is VALUE or NONE, or what fe_rep_of says. */
void fe_gen_expr(fe_fn *fn, const fe_expr *e, fe_rep want);
fe_rep fe_rep_of(const fe_fn *fn, const fe_expr *e);
/* Open a body for f and set up its parameters from Wasm parameter `first` on. */
void fe_fn_open(fe_fn *fn, fe_gen *g, const fe_func *f);
void fe_fn_params(fe_fn *fn, uint32_t first);
/* Make self of the closure or environment that is on the stack. */
void fe_fn_self(fe_fn *fn, wfx_type_id type, uint32_t first_capture);
/* The atoms that f captures, at the place where its closure is made. */
void fe_push_captures(fe_fn *fn, const fe_func *f, fe_pos pos);

void fe_gen_switch(fe_fn *fn, const fe_expr *e, fe_rep want);

fe_rep fe_prim_rep(fe_prim prim);
/* Returns what it leaves. */
fe_rep fe_gen_prim(fe_fn *fn, const fe_expr *e);

/* ---- Functions and handlers (fe_gen_handle.c) -------------------------------------------- */

void fe_gen_driver(fe_gen *g, const fe_func *f);
/* A handler as a value, on the stack. */
void fe_push_handler(fe_fn *fn, const fe_func *driver, fe_pos pos);
fe_rep fe_gen_handle(fe_fn *fn, const fe_expr *e);
fe_rep fe_gen_resume(fe_fn *fn, const fe_expr *e);
fe_rep fe_gen_perform(fe_fn *fn, const fe_expr *e);
/* Whether f's closure is a $delay: its body calls a captured value with one argument. */
bool fe_is_delay(const fe_func *f);
/* $apply_N: [callee eqref * N, site] -> [eqref], for callees that are no closures of N. */
wfx_func_id fe_apply_func(fe_gen *g, uint32_t n);
void fe_gen_helpers(fe_gen *g);
/* The body of _start: run the program under a handler of all its operations. */
void fe_gen_start(fe_gen *g, wfx_func_id start, wfx_func_id locate);

#endif
