/* body_api.c: opening and closing bodies, locals, labels, positions. */
#include <assert.h>
#include <string.h>

#include "build/builder.h"

/* Take b off the module's list of open constant expressions. */
static void unlink_const(wfx_body *b) {
  wfx_body **at = &b->m->open_consts;
  while (*at && *at != b) at = &(*at)->next;
  if (*at) *at = b->next;
}

static void free_old(wfx_body *b) {
  if (!b->old) return;
  wfx__body_free(b->m->ctx, b->old);
  wfx__free(b->m->ctx, b->old, sizeof *b->old);
}

static void free_builder(wfx_body *b) {
  wfx__check_free(&b->check);
  free_old(b);
  vec_free(b->m->ctx, &b->open_labels);
  if (b->body == &b->own) {
    unlink_const(b);
    wfx__body_free(b->m->ctx, &b->own);
  } else if (b->body) {
    b->body->builder = NULL;
  }
  wfx__free(b->m->ctx, b, sizeof *b);
}

static wfx_body *new_body(wfx_module *m, uint32_t func) {
  wfx_body *b = wfx__alloc_zero(m->ctx, sizeof *b);
  if (!b) {
    wfx__fail_nomem(&m->errs);
    return NULL;
  }
  b->m = m;
  b->func = func;
  b->at = (struct pos){WFX_NO_ID, 0, 0};
  b->at_is_new = true;
  b->n_labels = 1;
  m->free_builder = free_builder;
  wfx__check_init(&b->check, m);
  return b;
}

/* Begin to emit into b->body. */
static void begin_body(wfx_body *b, uint32_t flags) {
  wfx_module *m = b->m;
  m->valid_stamp = 0;
  uint32_t type = m->funcs.data[b->func].type;
  b->body->builder = b;
  b->body->is_built = true;
  const bool is_func =
      type < m->types.types.n && type_at(&m->types, type)->kind == WFX_TYPE_FUNC;
  b->n_params = is_func ? type_at(&m->types, type)->n_params : 0;
  b->is_checked = (flags & WFX_CHECKED) != 0;
  if (b->is_checked) wfx__check_begin(&b->check, b->func, b->body);
  else if (!is_func)
    wfx__fail(&b->body->errs, WFX_INVALID, loc_none(), "non-function type %u", type);
  (void)vec_push(&b->body->errs, &b->open_labels, 0);
}

wfx_body *wfx_body_open(wfx_module *m, wfx_func_id f, uint32_t flags) {
  if (errs_is_set(&m->errs)) return NULL;
  assert(f.i < m->funcs.n);
  if (m->funcs.data[f.i].body != WFX_NO_ID || m->funcs.data[f.i].decl.import != WFX_NO_ID) {
    wfx__fail(&m->errs, WFX_MISUSE, loc_none(), "function %u has a body already", f.i);
    return NULL;
  }
  wfx_body *b = new_body(m, f.i);
  if (!b) return NULL;
  if (!wfx__module_new_body(m, f.i, &b->body)) {
    free_builder(b);
    return NULL;
  }
  begin_body(b, flags);
  return b;
}

/* Move the body to b->old, leaving an empty one with the same locals. */
static bool set_aside(wfx_body *b, struct body *body) {
  struct errs *e = &b->m->errs;
  struct body *old = wfx__alloc(b->m->ctx, sizeof *old);
  if (!old) return wfx__fail_nomem(e);
  *old = *body;
  wfx__body_init(body, b->m->ctx);
  b->old = old;
  b->body = body;
  body->n_locals = old->n_locals;
  TRY(vec_reserve(e, &body->runs, old->runs.n));
  TRY(vec_reserve(e, &body->local_names, old->local_names.n));
  for (size_t i = 0; i < old->runs.n; i++) body->runs.data[body->runs.n++] = old->runs.data[i];
  for (size_t i = 0; i < old->local_names.n; i++)
    body->local_names.data[body->local_names.n++] = old->local_names.data[i];
  return true;
}

/* The opposite. */
static void put_back(wfx_body *b) {
  wfx__body_free(b->m->ctx, b->body);
  *b->body = *b->old;
  wfx__free(b->m->ctx, b->old, sizeof *b->old);
  b->old = NULL;
}

wfx_body *wfx_body_reopen(wfx_module *m, wfx_func_id f, uint32_t flags) {
  if (errs_is_set(&m->errs)) return NULL;
  assert(f.i < m->funcs.n);
  struct body *body = wfx__module_body(m, f.i);
  if (!body || !body->is_finished) {
    const struct errs *e =
        m->funcs.data[f.i].body == WFX_NO_ID
            ? &m->errs
            : &m->bodies.data[m->funcs.data[f.i].body]->errs;
    if (errs_is_set(e)) wfx__fail_copy(&m->errs, e);
    else wfx__fail(&m->errs, WFX_MISUSE, loc_none(), "function %u has no finished body", f.i);
    return NULL;
  }
  wfx_body *b = new_body(m, f.i);
  if (!b) return NULL;
  if (!set_aside(b, body)) {
    if (b->old) put_back(b);
    b->body = NULL;
    free_builder(b);
    return NULL;
  }
  begin_body(b, flags);
  return b;
}

wfx_status wfx_body_close(wfx_body *b) {
  if (!b) return WFX_NOMEM;
  struct body *body = b->body;
  b->open_labels.n = b->open_labels.n > 1 ? b->open_labels.n : 2; /* lets the last end through */
  if (!errs_is_set(&body->errs) && b->check.frames.n > 1)
    wfx__check_fail(&b->check, "END opcode expected: %zu blocks are still open",
                    b->check.frames.n - 1);
  wfx_emit_end(b);
  body->is_checked = b->is_checked;
  body->is_finished = true;
  wfx_status status = errs_status(&body->errs);
  free_builder(b);
  return status;
}

void wfx_body_abandon(wfx_body *b) {
  if (!b) return;
  wfx_module *m = b->m;
  uint32_t func = b->old ? WFX_NO_ID : b->func;
  if (b->old) put_back(b);
  free_builder(b);
  if (func != WFX_NO_ID) wfx__module_drop_body(m, func);
}

const wfx_diag *wfx_body_diag(const wfx_body *b) { return wfx__errs_diag(&b->body->errs); }
wfx_module *wfx_body_module(const wfx_body *b) { return b->m; }

/* ---- Constant expressions ---------------------------------------------------------------- */

wfx_body *wfx_body_open_const(wfx_module *m, wfx_valtype type) {
  if (errs_is_set(&m->errs)) return NULL;
  wfx_body *b = new_body(m, WFX_NO_ID);
  if (!b) return NULL;
  wfx__body_init(&b->own, m->ctx);
  b->body = &b->own;
  b->next = m->open_consts;
  m->open_consts = b;
  b->is_checked = true;
  if (wfx__check_begin_const(&b->check, &b->own.code, type, (uint32_t)m->globals.n)) {
    b->check.errs = &b->own.errs;
    b->check.pos_body = &b->own;
  }
  (void)vec_push(&b->own.errs, &b->open_labels, 0);
  return b;
}

/* Move the expression behind those of the module. */
static bool add_const(wfx_module *m, const struct body *from, wfx_const *out) {
  struct code *to = &m->const_code;
  uint32_t pool = (uint32_t)to->pool.n, pos = (uint32_t)m->const_positions.n, at;
  out->first = (uint32_t)to->insts.n;
  TRY(wfx__pool_push(&m->errs, to, from->code.pool.data, from->code.pool.n, &at));
  for (size_t i = 0; i < from->positions.n; i++)
    TRY(vec_push(&m->errs, &m->const_positions, from->positions.data[i]));
  for (size_t i = 0; i < from->code.insts.n; i++) {
    struct inst in = from->code.insts.data[i];
    in.pos += pos;
    if (in.op == WFX_OP_v128_const) in.imm += pool; /* the one constant row with pool words */
    TRY(wfx__code_push(&m->errs, to, in));
  }
  out->n = (uint32_t)from->code.insts.n;
  return true;
}

wfx_const wfx_body_close_const(wfx_body *b) {
  wfx_const c = {0, 0};
  if (!b) return c;
  wfx_module *m = b->m;
  if (!errs_is_set(&b->own.errs)) wfx__check_end_const(&b->check);
  if (errs_is_set(&b->own.errs)) wfx__fail_copy(&m->errs, &b->own.errs);
  else add_const(m, &b->own, &c);
  free_builder(b);
  return c;
}

static wfx_const one_const(wfx_module *m, wfx_op op, uint64_t imm) {
  wfx_const c = {(uint32_t)m->const_code.insts.n, 1};
  struct inst in = {(uint16_t)op, 0, WFX_NO_ID, imm};
  if (errs_is_set(&m->errs) || !wfx__code_push(&m->errs, &m->const_code, in)) c.n = 0;
  return c;
}

wfx_const wfx_const_i32(wfx_module *m, int32_t value) {
  return one_const(m, WFX_OP_i32_const, (uint32_t)value);
}
wfx_const wfx_const_i64(wfx_module *m, int64_t value) {
  return one_const(m, WFX_OP_i64_const, (uint64_t)value);
}
wfx_const wfx_const_f32(wfx_module *m, float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  return one_const(m, WFX_OP_f32_const, bits);
}
wfx_const wfx_const_f64(wfx_module *m, double value) {
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
  return one_const(m, WFX_OP_f64_const, bits);
}
wfx_const wfx_const_ref_null(wfx_module *m, wfx_heaptype heap) {
  return one_const(m, WFX_OP_ref_null, heap);
}
wfx_const wfx_const_ref_func(wfx_module *m, wfx_func_id f) {
  return one_const(m, WFX_OP_ref_func, f.i);
}
wfx_const wfx_const_global(wfx_module *m, wfx_global_id g) {
  return one_const(m, WFX_OP_global_get, g.i);
}

/* ---- Positions, locals, labels ----------------------------------------------------------- */

void wfx_body_at(wfx_body *b, const char *file, uint32_t line, uint32_t column) {
  if (!b) return;
  struct pos at = {b->at.file, line, column};
  if (file != b->last_file || !file) {
    if (!wfx__module_file(b->m, file, &at.file)) return;
    b->last_file = file;
  }
  if (pos_equal(at, b->at)) return;
  b->at = at;
  b->at_is_new = true;
}

void wfx_body_hint(wfx_body *b, wfx_hint hint) {
  if (b) b->hint = hint;
}

wfx_local_id wfx_body_param(const wfx_body *b, uint32_t i) {
  assert(!b || i < b->n_params);
  (void)b;
  wfx_local_id local = {i};
  return local;
}

wfx_local_id wfx_body_add_local(wfx_body *b, wfx_valtype type, const char *name) {
  wfx_local_id local = {0};
  if (!b) return local;
  local.i = b->n_params + b->body->n_locals;
  if (errs_is_set(&b->body->errs)) return local;
  if (b->body->n_locals >= b->m->ctx->limits.n_locals) {
    wfx__fail(&b->body->errs, WFX_INVALID, wfx__pos_loc(b->m, b->at), "too many locals");
    return local;
  }
  if (!wfx__body_add_locals(&b->body->errs, b->body, 1, type)) return local;
  if (b->is_checked && !wfx__check_add_local(&b->check, type)) return local;
  wfx_body_name_local(b, local, name);
  return local;
}

/* Names lie in the order of their indices; one given last is nearly always the last. */
static void add_name(wfx_body *b, vec_names *names, uint32_t index, wfx_str name) {
  if (errs_is_set(&b->body->errs)) return;
  struct index_name n = {index, {NULL, 0}};
  if (!wfx__arena_str(&b->m->arena, &b->body->errs, name.data, name.n, &n.name)) return;
  size_t at = names->n;
  while (at > 0 && names->data[at - 1].index > index) at--;
  if (at > 0 && names->data[at - 1].index == index) {
    names->data[at - 1] = n;
  } else if (vec_push(&b->body->errs, names, n)) {
    memmove(names->data + at + 1, names->data + at, (names->n - 1 - at) * sizeof n);
    names->data[at] = n;
  }
}

void wfx_body_name_local(wfx_body *b, wfx_local_id local, const char *name) {
  if (b && name) add_name(b, &b->body->local_names, local.i, (wfx_str){name, strlen(name)});
}

wfx_label wfx_body_label(const wfx_body *b) {
  (void)b;
  wfx_label label = {0};
  return label;
}

void wfx__body_name_label(wfx_body *b, wfx_label label, wfx_str name) {
  /* Names count blocks, without the function's own label. */
  if (label.i != 0) add_name(b, &b->body->label_names, label.i - 1, name);
}

void wfx_body_name_label(wfx_body *b, wfx_label label, const char *name) {
  if (b && name) wfx__body_name_label(b, label, (wfx_str){name, strlen(name)});
}

bool wfx_body_is_reachable(const wfx_body *b) {
  return b && b->check.frames.n != 0 && !vec_last(&b->check.frames).is_unreachable;
}
