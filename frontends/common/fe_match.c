/* Compiling patterns to tests; the method is told in fe_match.h. */
#include "common/fe_match.h"

#include <assert.h>
#include <string.h>

typedef struct row {
  fe_pat **pats;           /* by column; NULL is ANY */
  uint32_t index;          /* of the row in the source */
} row;

typedef struct matrix {
  fe_atom *on;             /* by column */
  uint32_t n_columns;
  row *rows;
  uint32_t n_rows;
} matrix;

static fe_expr *compile(const fe_match *m, matrix *x, fe_otherwise otherwise);

static fe_arena *arena_of(const fe_match *m) {
  return &m->program->session->arena;
}

static fe_expr *otherwise_expr(const fe_match *m, fe_otherwise o) {
  if (!o.target)
    return fe_expr_fail(m->program, o.fail, o.pos);
  fe_expr *e = fe_expr_new(m->program, FE_NEXT, o.pos);
  e->u.next.target = o.target;
  e->u.next.arm = o.arm;
  return e;
}

/* Peel names off a pattern, binding them to the atom. NULL for a pattern that always
 * matches. */
static fe_pat *strip(fe_pat *pat, fe_atom on) {
  for (;;) {
    if (!pat)
      return NULL;
    switch (pat->kind) {
    case FE_PAT_ANY:
      return NULL;
    case FE_PAT_VAR:
      pat->binder->atom = on;
      return NULL;
    case FE_PAT_AS:
      pat->binder->atom = on;
      pat = pat->sub;
      continue;
    case FE_PAT_RECORD:
      return pat->n || pat->sub ? pat : NULL;
    case FE_PAT_BOOL: case FE_PAT_LITERAL: case FE_PAT_VARIANT: case FE_PAT_NIL:
    case FE_PAT_CONS:
      return pat;
    }
  }
}

static void strip_all(matrix *x) {
  for (uint32_t r = 0; r < x->n_rows; r++)
    for (uint32_t c = 0; c < x->n_columns; c++)
      x->rows[r].pats[c] = strip(x->rows[r].pats[c], x->on[c]);
}

static fe_atom fresh(const fe_match *m, fe_block *b, fe_expr *rhs) {
  fe_var *v = fe_var_new(m->program, m->owner, NULL, rhs->pos);
  fe_block_let(b, v, rhs);
  return fe_atom_var(v);
}

static fe_atom select_field(const fe_match *m, fe_block *b, fe_atom from, fe_label *label,
                            fe_pos pos) {
  fe_expr *e = fe_expr_new(m->program, FE_SELECT, pos);
  e->u.select.from = from;
  e->u.select.label = label;
  return fresh(m, b, e);
}

static fe_atom other_fields(const fe_match *m, fe_block *b, fe_atom from, const fe_pat *pat) {
  if (!pat->n)
    return from;
  fe_expr *e = fe_expr_new(m->program, FE_RESTRICT, pat->pos);
  e->u.drop.base = from;
  e->u.drop.n = pat->n;
  e->u.drop.labels = fe_alloc_n(arena_of(m), pat->n, sizeof(fe_label *));
  for (uint32_t i = 0; i < pat->n; i++)
    e->u.drop.labels[i] = fe_label_of(m->program, pat->labels[i]);
  return fresh(m, b, e);
}

/* Records. One column becomes one column for each field named in any row, and one more for each
 * row that names the other fields. */

typedef struct field_columns {
  FE_VEC(fe_label *) labels;
  fe_atom *atoms;
} field_columns;

static uint32_t find_label(const field_columns *f, const fe_label *label) {
  uint32_t i = 0;
  while (i < f->labels.n && f->labels.data[i] != label)
    i++;
  return i;
}

static void collect_fields(const fe_match *m, const matrix *x, uint32_t c, field_columns *f) {
  for (uint32_t r = 0; r < x->n_rows; r++) {
    fe_pat *pat = x->rows[r].pats[c];
    if (!pat || pat->kind != FE_PAT_RECORD)
      continue;
    /* Rows mostly name the same fields in the same order: look at the same place first. */
    for (uint32_t i = 0; i < pat->n; i++) {
      fe_label *label = fe_label_of(m->program, pat->labels[i]);
      if (i < f->labels.n && f->labels.data[i] == label)
        continue;
      if (find_label(f, label) == f->labels.n)
        fe_push(arena_of(m), &f->labels, label);
    }
  }
}

static void open_records(const fe_match *m, fe_block *b, matrix *x, uint32_t c, fe_pos pos) {
  fe_arena *a = arena_of(m);
  field_columns f = {0};
  collect_fields(m, x, c, &f);
  uint32_t n_fields = f.labels.n;
  fe_atom *on = fe_alloc_n(a, (size_t)x->n_columns + n_fields, sizeof *on);
  for (uint32_t i = 0; i < x->n_columns; i++)
    on[i] = x->on[i];
  for (uint32_t i = 0; i < n_fields; i++)
    on[x->n_columns + i] = select_field(m, b, x->on[c], f.labels.data[i], pos);
  for (uint32_t r = 0; r < x->n_rows; r++) {
    fe_pat **pats = fe_alloc_n(a, (size_t)x->n_columns + n_fields, sizeof *pats);
    memcpy(pats, x->rows[r].pats, x->n_columns * sizeof *pats);
    fe_pat *pat = pats[c];
    pats[c] = NULL;
    for (uint32_t i = 0; pat && i < pat->n; i++) {
      fe_label *label = fe_label_of(m->program, pat->labels[i]);
      uint32_t at = i < n_fields && f.labels.data[i] == label ? i : find_label(&f, label);
      pats[x->n_columns + at] = pat->subs[i];
    }
    if (pat && pat->sub) {
      fe_pat *rest = strip(pat->sub, other_fields(m, b, x->on[c], pat));
      /* A pattern inside the rest would need a column of its own; front ends refuse it. */
      assert(!rest);
      (void)rest;
    }
    x->rows[r].pats = pats;
  }
  x->on = on;
  x->n_columns += n_fields;
}

/* Groups. */

typedef enum { KIND_BOOL, KIND_LITERAL, KIND_VARIANT, KIND_LIST } test_kind;

static test_kind kind_of(const fe_pat *pat) {
  switch (pat->kind) {
  case FE_PAT_BOOL:
    return KIND_BOOL;
  case FE_PAT_LITERAL:
    return KIND_LITERAL;
  case FE_PAT_VARIANT:
    return KIND_VARIANT;
  case FE_PAT_NIL: case FE_PAT_CONS:
    return KIND_LIST;
  case FE_PAT_ANY: case FE_PAT_VAR: case FE_PAT_AS: case FE_PAT_RECORD:
    break;
  }
  assert(false);
  return KIND_LIST;
}

static fe_test test_of(const fe_pat *pat) {
  if (pat->kind == FE_PAT_VARIANT)
    return FE_TEST_VARIANT;
  if (pat->kind != FE_PAT_LITERAL)
    return FE_TEST_LIST;
  switch (pat->literal.kind) {
  case FE_ATOM_CHAR:
    return FE_TEST_CHAR;
  case FE_ATOM_FLOAT:
    return FE_TEST_FLOAT;
  case FE_ATOM_STRING:
    return FE_TEST_STRING;
  case FE_ATOM_INT: case FE_ATOM_VAR: case FE_ATOM_CAPTURE: case FE_ATOM_SELF:
  case FE_ATOM_GLOBAL: case FE_ATOM_FUNC: case FE_ATOM_UNIT: case FE_ATOM_BOOL:
  case FE_ATOM_NIL:
    break;
  }
  return FE_TEST_INT;
}

static bool same_literal(const fe_atom *a, const fe_atom *b) {
  if (a->kind != b->kind)
    return false;
  if (a->kind == FE_ATOM_STRING)
    return a->u.text->n_bytes == b->u.text->n_bytes &&
           memcmp(a->u.text->bytes, b->u.text->bytes, a->u.text->n_bytes) == 0;
  if (a->kind == FE_ATOM_FLOAT)
    return a->u.f <= b->u.f && a->u.f >= b->u.f;
  return a->u.i == b->u.i;
}

static bool same_constructor(const fe_pat *a, const fe_pat *b) {
  if (a->kind != b->kind)
    return false;
  if (a->kind == FE_PAT_BOOL || a->kind == FE_PAT_LITERAL)
    return same_literal(&a->literal, &b->literal);
  return a->kind != FE_PAT_VARIANT || a->label == b->label;
}

/* The rows of a group with the constructor of its first row, the tested column replaced by
 * columns for its parts. They are taken out of the group. */
static matrix specialise(const fe_match *m, matrix *group, uint32_t c, const fe_atom *parts,
                         uint32_t n_parts) {
  fe_arena *a = arena_of(m);
  const fe_pat *head = group->rows[0].pats[c];
  uint32_t n_columns = group->n_columns - 1 + n_parts;
  matrix x = {.n_columns = n_columns, .on = fe_alloc_n(a, n_columns, sizeof *x.on)};
  for (uint32_t i = 0; i < n_parts; i++)
    x.on[i] = parts[i];
  memcpy(x.on + n_parts, group->on, c * sizeof *x.on);
  memcpy(x.on + n_parts + c, group->on + c + 1, (group->n_columns - c - 1) * sizeof *x.on);
  for (uint32_t r = 0; r < group->n_rows; r++)
    x.n_rows += same_constructor(group->rows[r].pats[c], head);
  x.rows = fe_alloc_n(a, x.n_rows, sizeof *x.rows);
  uint32_t n = 0, kept = 0;
  for (uint32_t r = 0; r < group->n_rows; r++) {
    row *old = &group->rows[r];
    fe_pat *pat = old->pats[c];
    if (!same_constructor(pat, head)) {
      group->rows[kept++] = *old;
      continue;
    }
    fe_pat **pats = fe_alloc_n(a, n_columns, sizeof *pats);
    if (n_parts)
      pats[0] = pat->sub;
    if (n_parts == 2)
      pats[1] = pat->tail;
    memcpy(pats + n_parts, old->pats, c * sizeof *pats);
    memcpy(pats + n_parts + c, old->pats + c + 1, (group->n_columns - c - 1) * sizeof *pats);
    x.rows[n++] = (row){pats, old->index};
  }
  group->n_rows = kept;
  return x;
}

static fe_expr *compile_bool(const fe_match *m, matrix *group, uint32_t c, fe_otherwise o) {
  fe_pat *pat = group->rows[0].pats[c];
  fe_expr *e = fe_expr_new(m->program, FE_IF, pat->pos);
  e->u.cond.cond = group->on[c];
  bool is_true = pat->literal.u.i != 0;
  matrix first = specialise(m, group, c, NULL, 0);
  fe_expr *same = compile(m, &first, o);
  fe_expr *different;
  if (group->n_rows) {
    matrix second = specialise(m, group, c, NULL, 0);
    different = compile(m, &second, o);
  } else {
    different = otherwise_expr(m, o);
  }
  e->u.cond.then = is_true ? same : different;
  e->u.cond.other = is_true ? different : same;
  return e;
}

static fe_var *part_var(const fe_match *m, const fe_pat *pat) {
  fe_name *name = pat && pat->binder ? pat->binder->name : NULL;
  return fe_var_new(m->program, m->owner, name, pat ? pat->pos : 0);
}

static fe_case compile_case(const fe_match *m, matrix *group, uint32_t c, fe_otherwise o) {
  const fe_pat *pat = group->rows[0].pats[c];
  fe_case k = {.literal = pat->literal};
  fe_atom parts[2];
  uint32_t n_parts = 0;
  if (pat->kind == FE_PAT_VARIANT) {
    k.label = fe_label_of(m->program, pat->label);
    k.var1 = part_var(m, pat->sub);
    parts[n_parts++] = fe_atom_var(k.var1);
  } else if (pat->kind == FE_PAT_CONS) {
    k.var1 = part_var(m, pat->sub);
    k.var2 = part_var(m, pat->tail);
    parts[n_parts++] = fe_atom_var(k.var1);
    parts[n_parts++] = fe_atom_var(k.var2);
  } else if (pat->kind == FE_PAT_NIL) {
    k.literal = fe_atom_plain(FE_ATOM_NIL);
  }
  matrix x = specialise(m, group, c, parts, n_parts);
  k.body = compile(m, &x, o);
  return k;
}

static fe_expr *compile_group(const fe_match *m, matrix *group, uint32_t c, fe_otherwise o) {
  fe_pat *pat = group->rows[0].pats[c];
  if (pat->kind == FE_PAT_BOOL)
    return compile_bool(m, group, c, o);
  fe_expr *e = fe_expr_new(m->program, FE_SWITCH, pat->pos);
  e->u.sw.on = group->on[c];
  e->u.sw.test = test_of(pat);
  FE_VEC(fe_case) cases = {0};
  while (group->n_rows) {
    fe_case k = compile_case(m, group, c, o);
    fe_push(arena_of(m), &cases, k);
  }
  e->u.sw.cases = cases.data;
  e->u.sw.n = cases.n;
  e->u.sw.other = otherwise_expr(m, o);
  return e;
}

/* The first column of row 0 that has a pattern; n_columns when there is none. */
static uint32_t first_column(const matrix *x, uint32_t r) {
  uint32_t c = 0;
  while (c < x->n_columns && !x->rows[r].pats[c])
    c++;
  return c;
}

static uint32_t group_length(const matrix *x, uint32_t r, uint32_t c) {
  const fe_pat *head = x->rows[r].pats[c];
  uint32_t n = 1;
  while (r + n < x->n_rows) {
    const fe_pat *pat = x->rows[r + n].pats[c];
    if (!pat || kind_of(pat) != kind_of(head) || test_of(pat) != test_of(head))
      break;
    n++;
  }
  return n;
}

static fe_expr *compile_rows(const fe_match *m, matrix *x, uint32_t r, uint32_t n, uint32_t c,
                             fe_otherwise o) {
  if (c == x->n_columns)
    return m->body(m->ud, x->rows[r].index);
  matrix group = *x;
  group.rows = x->rows + r;
  group.n_rows = n;
  return compile_group(m, &group, c, o);
}

/* All columns are stripped and hold no records. A row without a pattern left is the last. */
static fe_expr *compile_groups(const fe_match *m, matrix *x, fe_otherwise o) {
  fe_expr *e = fe_expr_new(m->program, FE_ARMS, o.pos);
  FE_VEC(fe_expr *) arms = {0};
  uint32_t r = 0;
  bool is_open = true;     /* the last arm so far may fall through */
  while (r < x->n_rows && is_open) {
    uint32_t c = first_column(x, r);
    uint32_t n = c == x->n_columns ? 1 : group_length(x, r, c);
    is_open = c != x->n_columns;
    fe_otherwise next = o;
    if (r + n < x->n_rows)
      next = (fe_otherwise){.target = e, .arm = arms.n + 1, .pos = o.pos};
    fe_expr *arm = compile_rows(m, x, r, n, c, next);
    fe_push(arena_of(m), &arms, arm);
    r += n;
  }
  if (arms.n == 1)
    return arms.data[0];
  e->u.arms.arms = arms.data;
  e->u.arms.n = arms.n;
  return e;
}

static fe_expr *compile(const fe_match *m, matrix *x, fe_otherwise o) {
  if (x->n_rows == 0)
    return otherwise_expr(m, o);
  if (!fe_enter(m->program, 2, o.pos)) {
    fe_leave(m->program, 2);
    return otherwise_expr(m, o);
  }
  fe_block b;
  fe_block_open(&b, m->program);
  strip_all(x);
  for (uint32_t c = 0; c < x->n_columns; c++) {
    const fe_pat *record = NULL;
    for (uint32_t r = 0; r < x->n_rows && !record; r++)
      if (x->rows[r].pats[c] && x->rows[r].pats[c]->kind == FE_PAT_RECORD)
        record = x->rows[r].pats[c];
    if (!record)
      continue;
    open_records(m, &b, x, c, record->pos);
    strip_all(x);
  }
  fe_expr *e = fe_block_close(&b, compile_groups(m, x, o));
  fe_leave(m->program, 2);
  return e;
}

fe_expr *fe_match_compile(const fe_match *m, fe_atom on, fe_pat *const *pats, uint32_t n_rows,
                          fe_otherwise otherwise, fe_pos pos) {
  fe_arena *a = arena_of(m);
  matrix x = {.n_columns = 1, .n_rows = n_rows};
  x.on = FE_NEW(a, fe_atom);
  x.on[0] = on;
  x.rows = fe_alloc_n(a, n_rows, sizeof *x.rows);
  for (uint32_t r = 0; r < n_rows; r++) {
    x.rows[r].pats = FE_NEW(a, fe_pat *);
    x.rows[r].pats[0] = pats[r];
    x.rows[r].index = r;
  }
  otherwise.pos = otherwise.pos ? otherwise.pos : pos;
  return compile(m, &x, otherwise);
}

/* One pattern, in a block. */

static fe_case *bind_case(const fe_match *m, fe_block *b, fe_atom on, fe_pat *pat) {
  fe_expr *e = fe_expr_new(m->program, FE_SWITCH, pat->pos);
  fe_case *k = FE_NEW(arena_of(m), fe_case);
  e->u.sw.on = on;
  e->u.sw.test = test_of(pat);
  e->u.sw.n = 1;
  e->u.sw.cases = k;
  e->u.sw.other = fe_expr_fail(m->program, FE_FAIL_MATCH, pat->pos);
  k->literal = pat->kind == FE_PAT_NIL ? fe_atom_plain(FE_ATOM_NIL) : pat->literal;
  if (pat->kind == FE_PAT_VARIANT)
    k->label = fe_label_of(m->program, pat->label);
  if (pat->kind == FE_PAT_VARIANT || pat->kind == FE_PAT_CONS)
    k->var1 = part_var(m, pat->sub);
  if (pat->kind == FE_PAT_CONS)
    k->var2 = part_var(m, pat->tail);
  fe_block_deepen(b, pat->pos);
  fe_block_put(b, e, &k->body);
  return k;
}

static void bind_bool(const fe_match *m, fe_block *b, fe_atom on, const fe_pat *pat) {
  fe_expr *e = fe_expr_new(m->program, FE_IF, pat->pos);
  fe_expr *fail = fe_expr_fail(m->program, FE_FAIL_MATCH, pat->pos);
  e->u.cond.cond = on;
  e->u.cond.then = e->u.cond.other = fail;
  fe_block_deepen(b, pat->pos);
  fe_block_put(b, e, pat->literal.u.i ? &e->u.cond.then : &e->u.cond.other);
}

static void bind_record(const fe_match *m, fe_block *b, fe_atom on, const fe_pat *pat) {
  for (uint32_t i = 0; i < pat->n; i++) {
    fe_label *label = fe_label_of(m->program, pat->labels[i]);
    fe_match_bind(m, b, select_field(m, b, on, label, pat->pos), pat->subs[i]);
  }
  if (pat->sub)
    fe_match_bind(m, b, other_fields(m, b, on, pat), pat->sub);
}

void fe_match_bind(const fe_match *m, fe_block *b, fe_atom on, fe_pat *pat) {
  while ((pat = strip(pat, on)) != NULL) {
    if (pat->kind == FE_PAT_RECORD) {
      bind_record(m, b, on, pat);
      return;
    }
    if (pat->kind == FE_PAT_BOOL) {
      bind_bool(m, b, on, pat);
      return;
    }
    fe_case *k = bind_case(m, b, on, pat);
    if (!k->var1)
      return;
    if (k->var2)
      fe_match_bind(m, b, fe_atom_var(k->var1), pat->sub);
    on = fe_atom_var(k->var2 ? k->var2 : k->var1);
    pat = k->var2 ? pat->tail : pat->sub;
  }
}

static uint32_t count_tests(const fe_pat *pat, uint32_t n) {
  while (pat && n <= FE_MAX_TESTS) {
    switch (pat->kind) {
    case FE_PAT_ANY: case FE_PAT_VAR:
      return n;
    case FE_PAT_AS:
      pat = pat->sub;
      continue;
    case FE_PAT_BOOL: case FE_PAT_LITERAL: case FE_PAT_NIL:
      return n + 1;
    case FE_PAT_VARIANT:
      n++;
      pat = pat->sub;
      continue;
    case FE_PAT_CONS:
      n = count_tests(pat->sub, n + 1);
      pat = pat->tail;
      continue;
    case FE_PAT_RECORD:
      n++;
      for (uint32_t i = 0; i < pat->n && n <= FE_MAX_TESTS; i++)
        n = count_tests(pat->subs[i], n);
      return n;
    }
  }
  return n;
}

bool fe_pat_check(fe_session *s, const fe_pat *pat) {
  if (count_tests(pat, 0) <= FE_MAX_TESTS)
    return true;
  fe_error(s, pat->pos, "pattern is too large: more than %d parts", FE_MAX_TESTS);
  return false;
}
