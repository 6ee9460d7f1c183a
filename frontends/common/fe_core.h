/* The core language: what a front end makes of a program, and what code generation reads.
 *
 * One untyped call-by-value language in let-normal form for all front ends:
 *
 *   - Operands are atoms: variables and literals. A let's right side may be any expression,
 *     also a branching one, so there are no join points: what follows a branch is the let's
 *     body. In a Wasm body a let is "right side; local.set", a branch a block with one result.
 *   - Pattern matching is compiled to tests (FE_IF, FE_SWITCH) with fall-through (FE_ARMS,
 *     FE_NEXT); see fe_match.h.
 *   - Every fe_var is bound once in the whole program. Variables are never assigned.
 *   - Functions are a flat list. After fe_finish (fe_finish.h) each lists its captured
 *     variables, each local variable has a slot, atoms say local, capture or own closure, and
 *     reachable functions and calls in tail position are marked.
 *   - A run-time error carries a position; so does every expression.
 *
 * Handlers. `handle M with H` is a FE_HANDLE: M is a function without parameters (the thunk), H
 * a function of kind FE_FN_DRIVER. A driver has no body but a fe_handler: its clauses and
 * return clause are expressions that run as part of the driver function. The driver scheme:
 *
 *   drive(k, v, params...) = resume k with v; if it ends with x, run the return clause with x;
 *   if it performs an operation of a clause with payload p and resumption k', run the clause
 *   with p and k'.
 *
 * FE_HANDLE is drive(continuation of the thunk, unit, params...). Inside a clause, the
 * resumption is a variable of kind FE_VAR_RESUMPTION, and calling it is a FE_RESUME:
 *
 *   deep     resume(v, params...) = drive(k, v, params...) of the same driver closure
 *   shallow  resume(v)            = resume k with v and no clauses
 *   sheep    resume(v) with h     = drive_h(k, v), h any handler value without parameters
 *
 * In a clause with is_tail_resumptive set, every use of the resumption is a FE_RESUME in tail
 * position of the clause: for a deep handler that is a jump to the start of the driver
 * (handler.is_loop when it holds for all clauses). Otherwise, when the resumption is only ever
 * called directly from the clause itself (!escapes), it needs no heap object. An escaping
 * resumption is a value that can be called as a function of 1 + n_params arguments.
 *
 * Resumptions are one-shot: a second use is the run-time error "resumption used twice" at the
 * position of the FE_RESUME or FE_CALL.
 *
 * An operation takes one payload: unit for no arguments, the argument itself for one, a tuple
 * for more. Handler search is by operation name; the innermost handler with a clause for it
 * wins. */
#ifndef FE_CORE_H
#define FE_CORE_H

#include "common/fe_session.h"

typedef struct fe_var fe_var;
typedef struct fe_func fe_func;
typedef struct fe_expr fe_expr;
typedef struct fe_handler fe_handler;
typedef struct fe_program fe_program;

/* Names of record fields, variant constructors and operations, numbered per program. */
typedef struct fe_label {
  fe_name *name;
  uint32_t id;             /* index in program.labels (fields, constructors) or program.ops;
                              fe_finish sorts labels, so that ids ascend as shapes are sorted */
  uint32_t number;         /* 1, 2, ... when the name is a tuple position, else 0 */
  bool is_used;            /* by a function that can be reached; set by fe_finish */
} fe_label;

/* The fields of a record, sorted: positions by number, then names by text. */
typedef struct fe_shape {
  uint32_t id;             /* index in program.shapes */
  uint32_t n_fields;
  fe_label **fields;
  bool is_tuple;           /* fields are 1, ..., n with n >= 2 */
  bool is_used;            /* as fe_label.is_used */
  struct fe_shape *chain;
} fe_shape;

typedef struct fe_text {   /* the bytes of a string literal: UTF-8, may contain zero bytes */
  const char *bytes;
  uint32_t n_bytes;
} fe_text;

/* Variables. */

typedef enum {
  FE_VAR_LOCAL,            /* let, parameter or pattern variable */
  FE_VAR_RESUMPTION        /* the resumption of a clause */
} fe_var_kind;

struct fe_var {
  uint32_t id;             /* unique in the program */
  fe_var_kind kind;
  fe_name *name;           /* NULL for a temporary */
  fe_pos pos;
  fe_func *owner;          /* the function whose local it is */
  fe_func *func;           /* the function it is bound to by FE_FIX, if so */
  fe_func *driver;         /* FE_VAR_RESUMPTION: whose */
  struct fe_clause *clause; /* fe_finish: FE_VAR_RESUMPTION: of which clause */
  uint32_t slot;           /* fe_finish: index in owner->locals; parameters come first */
  uint32_t n_uses;         /* fe_finish: atoms of its own function that are it */
  bool is_captured;        /* fe_finish: by a closure */
};

typedef struct fe_global { /* a top-level variable; FE_SET_GLOBAL is its one assignment */
  uint32_t id;
  fe_name *name;
  fe_pos pos;
  bool is_used;            /* fe_finish */
} fe_global;

/* Atoms. */

typedef enum {
  FE_ATOM_VAR,             /* before fe_finish any variable, after it a local: slot of u.var */
  FE_ATOM_CAPTURE,         /* after fe_finish: u.capture, an index in the function's captures */
  FE_ATOM_SELF,            /* after fe_finish: the closure of the function itself */
  FE_ATOM_GLOBAL,          /* checked when program.has_forward_refs: it may not be set yet */
  FE_ATOM_FUNC,            /* a function without captures, as a value */
  FE_ATOM_UNIT,
  FE_ATOM_BOOL,            /* u.i */
  FE_ATOM_INT,
  FE_ATOM_CHAR,            /* u.i, a code point */
  FE_ATOM_FLOAT,
  FE_ATOM_STRING,
  FE_ATOM_NIL
} fe_atom_kind;

typedef struct fe_atom {
  fe_atom_kind kind;
  union {
    fe_var *var;
    fe_global *global;
    fe_func *func;
    uint32_t capture;
    int64_t i;
    double f;
    const fe_text *text;
  } u;
} fe_atom;

/* Expressions. */

typedef enum {
#define FE_PRIM(id, n_args) FE_PRIM_##id,
#include "common/fe_prim.def"
#undef FE_PRIM
} fe_prim;

typedef enum {
  FE_ATOM,                 /* an atom's value */
  FE_LET,                  /* var may be NULL: value not used */
  FE_FIX,                  /* closures of one or more functions that may refer to each other;
                              those not reachable, or without captures, need no code */
  FE_IF,
  FE_SWITCH,
  FE_ARMS,                 /* run arm 0; a FE_NEXT in arm i goes on with arm i + 1 */
  FE_NEXT,
  FE_CALL,
  FE_PRIMITIVE,
  FE_CLOSURE,              /* of a function or a driver (a handler value) */
  FE_RECORD,               /* also tuples; never the empty one, which is FE_ATOM_UNIT */
  FE_VARIANT,
  FE_CONS,
  FE_SELECT,               /* error when the operand is no record or lacks the field */
  FE_EXTEND,               /* fields added, or replaced when is_update; error when one is there
                              already, or missing */
  FE_RESTRICT,             /* fields taken away; error when one is missing */
  FE_PERFORM,
  FE_HANDLE,
  FE_RESUME,
  FE_SET_GLOBAL,           /* gives () */
  FE_FAIL                  /* a run-time error */
} fe_expr_kind;

typedef enum {
  FE_TEST_INT, FE_TEST_CHAR, FE_TEST_FLOAT, FE_TEST_STRING,
  FE_TEST_VARIANT, FE_TEST_LIST
} fe_test;

typedef enum {
  FE_FAIL_MATCH,           /* "no case matches" */
  FE_FAIL_SWITCH_EMPTY     /* the value of an operation that cannot return has returned */
} fe_fail;

typedef struct fe_case {
  fe_atom literal;         /* INT, CHAR, FLOAT, STRING; NIL for the empty list; else unused */
  fe_label *label;         /* VARIANT */
  fe_var *var1, *var2;     /* VARIANT: payload; LIST, not nil: head and tail; NULL: not used */
  fe_expr *body;
} fe_case;

struct fe_expr {
  fe_expr_kind kind;
  bool is_tail;            /* fe_finish: a CALL, RESUME or HANDLE in tail position */
  fe_pos pos;
  union {
    fe_atom atom;
    struct { fe_var *var; fe_expr *rhs, *body; } let;
    struct { fe_var **vars; uint32_t n; fe_expr *body; } fix;   /* of function vars[i]->func */
    struct { fe_atom cond; fe_expr *then, *other; } cond;
    struct { fe_atom on; fe_test test; uint32_t n; fe_case *cases; fe_expr *other; } sw;
    struct { fe_expr **arms; uint32_t n; } arms;
    struct { fe_expr *target; uint32_t arm; } next;  /* goes on with target's arms[arm] */
    struct {
      fe_atom callee;
      fe_func *known;      /* the callee is a closure of this function; else NULL. The number of
                              arguments is then right; else the callee and it are checked */
      fe_atom *args;
      uint32_t n;
    } call;
    struct { fe_prim prim; fe_atom *args; uint32_t n; } prim;
    fe_func *closure;
    struct { fe_shape *shape; fe_atom *fields; } record;        /* in the order of the shape */
    struct { fe_label *label; fe_atom payload; } variant;
    struct { fe_atom head, tail; } cons;
    struct { fe_atom from; fe_label *label; } select;
    struct {
      fe_atom base;
      fe_label **labels;
      fe_atom *fields;
      uint32_t n;
      bool is_update;
    } extend;
    struct { fe_atom base; fe_label **labels; uint32_t n; } drop;
    struct { fe_label *op; fe_atom payload; } perform;
    struct {
      fe_func *thunk;      /* its closure is made here */
      fe_func *driver;     /* its closure is made here; NULL: `handler` is a handler value */
      fe_atom handler;
      fe_atom *params;     /* initial values of the driver's parameters */
      uint32_t n_params;
    } handle;
    struct {
      fe_atom k;
      fe_func *driver;     /* k is a resumption of this driver; NULL: any value, checked, and
                              has_with is true */
      fe_atom *args;       /* the value, then new parameters */
      uint32_t n;
      bool has_with;
      fe_atom with;        /* sheep: the handler that goes on */
    } resume;
    struct { fe_global *global; fe_atom value; } set;
    fe_fail fail;
  } u;
};

/* Functions and handlers. */

typedef enum {
  FE_FN_PLAIN,
  FE_FN_THUNK,             /* the computation of a FE_HANDLE: no parameters */
  FE_FN_DRIVER,            /* handler instead of body */
  FE_FN_MAIN               /* the whole program: no parameters; gives the program's value */
} fe_func_kind;

struct fe_func {
  uint32_t id;             /* index in program.funcs */
  fe_func_kind kind;
  fe_name *name;           /* NULL for a function without name */
  fe_pos pos;
  fe_func *parent;         /* the function it stands in; NULL for a top-level one */
  fe_var **params;         /* DRIVER: those of its handler */
  uint32_t n_params;
  fe_expr *body;           /* NULL for a driver */
  fe_handler *handler;
  /* The rest is set by fe_finish. */
  bool is_reachable;       /* others need no code */
  bool is_value;           /* used as a value, or with captures: needs a closure object */
  fe_var **captures;       /* variables of enclosing functions, in the order of first use; a
                              resumption among them is captured as an object */
  fe_atom *capture_atoms;  /* the same as atoms of `parent`, where the closure is made; members
                              of one FE_FIX may refer to each other before they are filled in */
  uint32_t n_captures;     /* 0: one static closure does */
  fe_var **locals;         /* by slot: parameters first */
  uint32_t n_locals;
};

typedef enum { FE_DEEP, FE_SHALLOW, FE_SHEEP } fe_depth;

typedef struct fe_clause {
  fe_label *op;            /* one clause per operation */
  fe_var *payload;
  fe_var *resumption;
  fe_expr *body;
  fe_pos pos;
  /* Set by fe_finish. */
  uint32_t n_resumes;      /* FE_RESUME nodes for it, in the clause or in inner functions */
  bool escapes;            /* used in an inner function, or as a value */
  bool is_tail_resumptive; /* !escapes and all n_resumes are in tail position (also when 0) */
} fe_clause;

struct fe_handler {
  fe_depth depth;
  fe_clause *clauses;
  uint32_t n_clauses;
  fe_var *result;          /* of the return clause */
  fe_expr *ret;            /* NULL: the result is the value */
  bool is_loop;            /* fe_finish: FE_DEEP and all clauses tail-resumptive */
};

struct fe_program {
  fe_session *session;
  FE_VEC(fe_func *) funcs;
  FE_VEC(fe_global *) globals;
  FE_VEC(fe_label *) labels;
  FE_VEC(fe_label *) ops;
  FE_VEC(fe_shape *) shapes;
  FE_VEC(fe_label *) label_of_name;  /* by name id; NULL: none */
  FE_VEC(fe_label *) op_of_name;
  fe_shape *shape_buckets[1024];
  fe_func *main;
  uint32_t n_vars;
  uint32_t depth;          /* while lowering: see fe_enter */
  bool has_forward_refs;   /* a function refers to a global that is defined after it */
};

/* Expressions nest at most this deep, not counting bodies of FE_LET and FE_FIX; so a pass may
 * recurse on parts if it loops on those bodies. Functions do not nest: they are in a list. */
enum { FE_MAX_DEPTH = 2000 };

/* Making core. All allocate in the session's arena (inside fe_guard). */

/* Lowering is about to go n levels deeper; false with an error when that is too deep. Undo with
 * fe_leave in either case. */
bool fe_enter(fe_program *p, uint32_t n, fe_pos pos);
void fe_leave(fe_program *p, uint32_t n);

fe_program *fe_program_new(fe_session *s);
fe_func *fe_func_new(fe_program *p, fe_func_kind kind, fe_name *name, fe_func *parent,
                     fe_pos pos);
fe_var *fe_var_new(fe_program *p, fe_func *owner, fe_name *name, fe_pos pos);
fe_global *fe_global_new(fe_program *p, fe_name *name, fe_pos pos);
fe_label *fe_label_of(fe_program *p, fe_name *name);
fe_label *fe_op_of(fe_program *p, fe_name *name);
/* The label of tuple position n, from 1. */
fe_label *fe_label_number(fe_program *p, uint32_t n);
/* The order of fields in a shape: negative, 0 or positive. */
int fe_label_compare(const fe_label *a, const fe_label *b);
/* The shape of n different fields; sorts `fields` in place. n >= 1. */
fe_shape *fe_shape_of(fe_program *p, fe_label **fields, uint32_t n);
fe_expr *fe_expr_new(fe_program *p, fe_expr_kind kind, fe_pos pos);
fe_expr *fe_expr_atom(fe_program *p, fe_atom atom, fe_pos pos);
fe_expr *fe_expr_fail(fe_program *p, fe_fail fail, fe_pos pos);
fe_expr *fe_expr_prim(fe_program *p, fe_prim prim, const fe_atom *args, uint32_t n, fe_pos pos);

fe_atom fe_atom_var(fe_var *var);
fe_atom fe_atom_plain(fe_atom_kind kind);           /* UNIT, NIL */
fe_atom fe_atom_int(fe_atom_kind kind, int64_t i);  /* BOOL, INT, CHAR */

uint32_t fe_prim_arity(fe_prim prim);
const char *fe_prim_name(fe_prim prim);

/* A chain of lets being built: `hole` is where the next expression goes. */
typedef struct fe_block {
  fe_program *program;
  fe_expr *first;
  fe_expr **hole;
  uint32_t n_deeper;       /* levels entered since it was opened */
} fe_block;

void fe_block_open(fe_block *b, fe_program *p);
/* Append "let var = rhs"; var may be NULL. */
void fe_block_let(fe_block *b, fe_var *var, fe_expr *rhs);
/* Append any expression; building goes on at `hole` inside it. */
void fe_block_put(fe_block *b, fe_expr *e, fe_expr **hole);
/* What follows in the block is one level deeper: fe_enter, undone by fe_block_close. */
void fe_block_deepen(fe_block *b, fe_pos pos);
/* Append the last expression and return the whole. */
fe_expr *fe_block_close(fe_block *b, fe_expr *last);

/* The whole program as text: one line per let, functions in order. For reading and for
 * tests. */
void fe_core_print(const fe_program *p, FILE *out);

#endif
