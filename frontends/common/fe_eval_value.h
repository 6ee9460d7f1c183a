/* Values of the reference interpreter, and its primitives (fe_eval_prim.c). */
#ifndef FE_EVAL_VALUE_H
#define FE_EVAL_VALUE_H

#include "common/fe_core.h"

typedef enum {
  FE_V_UNIT, FE_V_BOOL, FE_V_INT, FE_V_CHAR, FE_V_FLOAT, FE_V_STRING, FE_V_NIL, FE_V_CONS,
  FE_V_RECORD, FE_V_VARIANT, FE_V_CLOSURE, FE_V_RESUMPTION
} fe_value_kind;

typedef struct fe_value {
  fe_value_kind kind;      /* 0, the unit value, also stands for "not set" */
  union {
    int64_t i;
    double f;
    const fe_text *text;
    struct fe_cell *cell;
    struct fe_record *record;
    struct fe_variant *variant;
    struct fe_closure *closure;
    struct fe_resumption *resumption;
  } u;
} fe_value;

typedef struct fe_cell { fe_value head, tail; } fe_cell;

typedef struct fe_record {
  uint32_t n;
  fe_label **labels;       /* sorted as in a shape */
  fe_value *fields;
} fe_record;

typedef struct fe_variant { fe_label *label; fe_value payload; } fe_variant;

typedef struct fe_closure { fe_func *func; fe_value *captures; } fe_closure;

typedef struct fe_eval {
  fe_program *p;
  fe_session *s;
  fe_arena *a;
  FILE *out, *err;
  bool has_failed;
  int64_t n_fresh;
  uint64_t seed;
} fe_eval;

/* Report a run-time error; evaluation ends. */
void fe_eval_fail(fe_eval *ev, fe_pos pos, const char *fmt, ...) FE_PRINTF(3, 4);

/* False with an error when a value is of another kind. */
bool fe_eval_expect(fe_eval *ev, const fe_value *v, fe_value_kind kind, fe_pos pos);

fe_value fe_eval_prim(fe_eval *ev, fe_prim prim, const fe_value *args, fe_pos pos);
/* Structural; *order is negative, 0 or positive. False after an error (functions). */
bool fe_eval_compare(fe_eval *ev, fe_value a, fe_value b, int *order, fe_pos pos);

#endif
