/* The surface tree of the Links-like language, as the parser makes it and lowering takes it.
 *
 * The parser has already removed signatures, type declarations and annotations, turned
 * operators into applications of their names, curried functions into functions that return
 * functions, and sections into functions. Names are resolved by links_resolve, which fills in
 * the binder fields. */
#ifndef LINKS_AST_H
#define LINKS_AST_H

#include "common/fe_match.h"

typedef struct links_exp links_exp;
typedef struct links_fun links_fun;
typedef struct links_decl links_decl;
typedef struct links_handler links_handler;

typedef enum {
  LINKS_E_BAD,             /* after a syntax error */
  LINKS_E_LITERAL,
  LINKS_E_NAME,
  LINKS_E_FUN,
  LINKS_E_APPLY,
  LINKS_E_RESUME_WITH,     /* e(args) with h */
  LINKS_E_PROJECT,
  LINKS_E_RECORD,          /* also tuples and (); (l=e | base) */
  LINKS_E_UPDATE,          /* (base with l=e) */
  LINKS_E_VARIANT,
  LINKS_E_LIST,
  LINKS_E_RANGE,
  LINKS_E_CONS,
  LINKS_E_AND,
  LINKS_E_OR,
  LINKS_E_IF,
  LINKS_E_SWITCH,
  LINKS_E_FOR,
  LINKS_E_DO,
  LINKS_E_HANDLE,
  LINKS_E_HANDLER,         /* a handler value */
  LINKS_E_BLOCK
} links_exp_kind;

typedef struct links_case {
  fe_pat *pat;
  links_exp *body;
} links_case;

typedef struct links_generator {
  fe_pat *pat;
  links_exp *list;
} links_generator;

struct links_exp {
  links_exp_kind kind;
  fe_pos pos;
  union {
    fe_atom literal;
    struct { fe_name *name; fe_binder *binder; } name;
    links_fun *fun;
    struct { links_exp *callee, **args; uint32_t n; links_exp *with; } apply;
    struct { links_exp *from; fe_name *label; } project;
    struct { fe_name **labels; links_exp **fields; uint32_t n; links_exp *base; } record;
    struct { fe_name *label; links_exp *payload; } variant;      /* payload NULL: () */
    struct { links_exp **items; uint32_t n; } list;
    struct { links_exp *left, *right; } pair;                    /* RANGE, CONS, AND, OR */
    struct { links_exp *cond, *then, *other; } cond;
    struct { links_exp *on; links_case *cases; uint32_t n; } sw;
    struct { links_generator *generators; uint32_t n; links_exp *where, *body; } loop;
    struct { fe_name *op; links_exp **args; uint32_t n; } perform;
    struct {
      links_exp *computation;
      links_handler *handler;                                    /* or */
      links_exp *with;
      links_exp **inits;                                         /* of handler->params */
    } handle;
    links_handler *handler;
    struct { links_decl *decls; uint32_t n; links_exp *last; } block;  /* last NULL: () */
  } u;
};

struct links_fun {
  fe_binder *binder;       /* NULL: a function without name */
  fe_pos pos;
  fe_pat **params;
  uint32_t n_params;
  links_exp *body;
  fe_func *func;           /* lowering */
};

typedef enum { LINKS_D_VAR, LINKS_D_FUNS, LINKS_D_EXP } links_decl_kind;

struct links_decl {
  links_decl_kind kind;
  fe_pos pos;
  fe_pat *pat;             /* VAR */
  links_exp *exp;          /* VAR, EXP */
  links_fun **funs;        /* FUNS: one function, or those of a `mutual` */
  uint32_t n_funs;
};

typedef struct links_clause {
  fe_name *op;
  fe_pos pos;
  fe_pat *payload;         /* NULL: any; a tuple pattern for two and more */
  fe_pat *resumption;      /* a variable pattern, or NULL */
  links_exp *body;
} links_clause;

struct links_handler {
  fe_depth depth;
  fe_pos pos;
  fe_pat **params;         /* of `handle (e) (p <- init, ...)` */
  uint32_t n_params;
  links_clause *clauses;   /* in the order of the source */
  uint32_t n_clauses;
  links_case *values;      /* the return clause */
  uint32_t n_values;
};

typedef struct links_program {
  links_decl *decls;
  uint32_t n_decls;
  links_exp *last;         /* NULL: none */
} links_program;

#endif
