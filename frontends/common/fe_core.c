/* Making core: constructors and the tables of labels, operations and shapes; see fe_core.h. */
#include "common/fe_core.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static const struct {
  const char *name;
  uint32_t n_args;
} prims[] = {
#define FE_PRIM(id, n_args) {#id, n_args},
#include "common/fe_prim.def"
#undef FE_PRIM
};

uint32_t fe_prim_arity(fe_prim prim) {
  return prims[prim].n_args;
}

const char *fe_prim_name(fe_prim prim) {
  return prims[prim].name;
}

fe_program *fe_program_new(fe_session *s) {
  fe_program *p = FE_NEW(&s->arena, fe_program);
  p->session = s;
  return p;
}

bool fe_enter(fe_program *p, uint32_t n, fe_pos pos) {
  p->depth += n;
  if (p->depth <= FE_MAX_DEPTH)
    return true;
  fe_error(p->session, pos, "nesting is too deep");
  return false;
}

void fe_leave(fe_program *p, uint32_t n) {
  assert(p->depth >= n);
  p->depth -= n;
}

fe_func *fe_func_new(fe_program *p, fe_func_kind kind, fe_name *name, fe_func *parent,
                     fe_pos pos) {
  fe_func *f = FE_NEW(&p->session->arena, fe_func);
  *f = (fe_func){.id = p->funcs.n, .kind = kind, .name = name, .parent = parent, .pos = pos};
  fe_push(&p->session->arena, &p->funcs, f);
  return f;
}

fe_var *fe_var_new(fe_program *p, fe_func *owner, fe_name *name, fe_pos pos) {
  fe_var *v = FE_NEW(&p->session->arena, fe_var);
  *v = (fe_var){.id = p->n_vars++, .name = name, .owner = owner, .pos = pos};
  return v;
}

fe_global *fe_global_new(fe_program *p, fe_name *name, fe_pos pos) {
  fe_global *g = FE_NEW(&p->session->arena, fe_global);
  *g = (fe_global){.id = p->globals.n, .name = name, .pos = pos};
  fe_push(&p->session->arena, &p->globals, g);
  return g;
}

/* Labels. */

/* The tuple position a name stands for; 0: none. A leading zero makes it a plain name. */
static uint32_t number_of(const fe_name *name) {
  uint32_t n = 0;
  if (name->n_bytes == 0 || name->n_bytes > 9 || name->text[0] == '0')
    return 0;
  for (uint32_t i = 0; i < name->n_bytes; i++) {
    if (name->text[i] < '0' || name->text[i] > '9')
      return 0;
    n = n * 10 + (uint32_t)(name->text[i] - '0');
  }
  return n;
}

static fe_label *label_new(fe_program *p, fe_name *name, uint32_t id) {
  fe_label *label = FE_NEW(&p->session->arena, fe_label);
  *label = (fe_label){.name = name, .id = id, .number = number_of(name)};
  return label;
}

fe_label *fe_label_of(fe_program *p, fe_name *name) {
  fe_arena *a = &p->session->arena;
  while (p->label_of_name.n <= name->id)
    fe_push(a, &p->label_of_name, NULL);
  fe_label **entry = &p->label_of_name.data[name->id];
  if (!*entry) {
    *entry = label_new(p, name, p->labels.n);
    fe_push(a, &p->labels, *entry);
  }
  return *entry;
}

fe_label *fe_op_of(fe_program *p, fe_name *name) {
  fe_arena *a = &p->session->arena;
  while (p->op_of_name.n <= name->id)
    fe_push(a, &p->op_of_name, NULL);
  fe_label **entry = &p->op_of_name.data[name->id];
  if (!*entry) {
    *entry = label_new(p, name, p->ops.n);
    fe_push(a, &p->ops, *entry);
  }
  return *entry;
}

fe_label *fe_label_number(fe_program *p, uint32_t n) {
  char text[16];
  int n_bytes = snprintf(text, sizeof text, "%u", n);
  return fe_label_of(p, fe_intern(p->session, text, (size_t)n_bytes));
}

int fe_label_compare(const fe_label *a, const fe_label *b) {
  if (a->number != b->number)
    return a->number == 0 ? 1 : b->number == 0 ? -1 : a->number < b->number ? -1 : 1;
  return strcmp(a->name->text, b->name->text);
}

static int compare_entries(const void *a, const void *b) {
  return fe_label_compare(*(fe_label *const *)a, *(fe_label *const *)b);
}

fe_shape *fe_shape_of(fe_program *p, fe_label **fields, uint32_t n) {
  assert(n >= 1);
  fe_arena *a = &p->session->arena;
  qsort(fields, n, sizeof *fields, compare_entries);
  uint32_t hash = n;
  for (uint32_t i = 0; i < n; i++)
    hash = hash * 31 + fields[i]->id;
  fe_shape **bucket = &p->shape_buckets[hash % (sizeof p->shape_buckets / sizeof *bucket)];
  for (fe_shape *known = *bucket; known; known = known->chain)
    if (known->n_fields == n && memcmp(known->fields, fields, n * sizeof *fields) == 0)
      return known;
  fe_shape *shape = FE_NEW(a, fe_shape);
  *shape = (fe_shape){.id = p->shapes.n, .n_fields = n, .is_tuple = n >= 2, .chain = *bucket};
  *bucket = shape;
  shape->fields = fe_alloc_n(a, n, sizeof *fields);
  memcpy(shape->fields, fields, n * sizeof *fields);
  for (uint32_t i = 0; i < n; i++)
    shape->is_tuple = shape->is_tuple && fields[i]->number == i + 1;
  fe_push(a, &p->shapes, shape);
  return shape;
}

/* Expressions and atoms. */

fe_expr *fe_expr_new(fe_program *p, fe_expr_kind kind, fe_pos pos) {
  fe_expr *e = FE_NEW(&p->session->arena, fe_expr);
  e->kind = kind;
  e->pos = pos;
  return e;
}

fe_expr *fe_expr_atom(fe_program *p, fe_atom atom, fe_pos pos) {
  fe_expr *e = fe_expr_new(p, FE_ATOM, pos);
  e->u.atom = atom;
  return e;
}

fe_expr *fe_expr_fail(fe_program *p, fe_fail fail, fe_pos pos) {
  fe_expr *e = fe_expr_new(p, FE_FAIL, pos);
  e->u.fail = fail;
  return e;
}

fe_expr *fe_expr_prim(fe_program *p, fe_prim prim, const fe_atom *args, uint32_t n,
                      fe_pos pos) {
  assert(n == fe_prim_arity(prim));
  fe_expr *e = fe_expr_new(p, FE_PRIMITIVE, pos);
  e->u.prim.prim = prim;
  e->u.prim.n = n;
  e->u.prim.args = fe_alloc_n(&p->session->arena, n, sizeof *args);
  if (n)
    memcpy(e->u.prim.args, args, n * sizeof *args);
  return e;
}

fe_atom fe_atom_var(fe_var *var) {
  return (fe_atom){.kind = FE_ATOM_VAR, .u.var = var};
}

fe_atom fe_atom_plain(fe_atom_kind kind) {
  return (fe_atom){.kind = kind};
}

fe_atom fe_atom_int(fe_atom_kind kind, int64_t i) {
  return (fe_atom){.kind = kind, .u.i = i};
}

/* Blocks. */

void fe_block_open(fe_block *b, fe_program *p) {
  b->program = p;
  b->first = NULL;
  b->hole = &b->first;
  b->n_deeper = 0;
}

void fe_block_deepen(fe_block *b, fe_pos pos) {
  b->n_deeper++;
  fe_enter(b->program, 1, pos);
}

void fe_block_put(fe_block *b, fe_expr *e, fe_expr **hole) {
  *b->hole = e;
  b->hole = hole;
}

void fe_block_let(fe_block *b, fe_var *var, fe_expr *rhs) {
  fe_expr *e = fe_expr_new(b->program, FE_LET, rhs->pos);
  e->u.let.var = var;
  e->u.let.rhs = rhs;
  fe_block_put(b, e, &e->u.let.body);
}

fe_expr *fe_block_close(fe_block *b, fe_expr *last) {
  *b->hole = last;
  b->hole = NULL;
  fe_leave(b->program, b->n_deeper);
  return b->first;
}
