/* handler.c: handlers in place: a nest of blocks around one resume.
 *
 * Labels are numbered as they are opened, so the blocks of one handler are found by counting from
 * the first. */
#include <wasmfx/handler.h>

#include <assert.h>

#include "build/builder.h"

static const struct type *target_of(const wfx_module *m, wfx_type_id cont) {
  const struct type *ct = type_at(&m->types, cont.i);
  if (ct->kind != WFX_TYPE_CONT) return NULL;
  const struct type *ft = type_at(&m->types, ct->target);
  return ft->kind == WFX_TYPE_FUNC ? ft : NULL;
}

wfx_type_id wfx_handler_clause_cont(wfx_module *m, const wfx_handler_spec *spec, size_t clause) {
  const wfx_handler_clause_spec *cl = &spec->clauses[clause];
  if (cl->cont.i != WFX_NO_ID || errs_is_set(&m->errs)) return cl->cont;
  const struct type *handled = target_of(m, spec->cont);
  const struct type *tag = type_at(&m->types, m->tags.data[cl->tag.i].type);
  wfx_type_id cont = spec->cont;
  /* Without the types the resume itself reports what is wrong. */
  if (!handled || tag->kind != WFX_TYPE_FUNC) return cont;
  uint32_t func;
  if (!wfx__types_func(&m->types, &m->errs, type_results(tag), tag->n_results,
                       type_results(handled), handled->n_results, &func))
    return cont;
  uint32_t handled_func = type_at(&m->types, spec->cont.i)->target;
  if (type_at(&m->types, func)->canon == type_at(&m->types, handled_func)->canon) return cont;
  wfx__types_cont(&m->types, &m->errs, func, &cont.i);
  return cont;
}

/* The block type of a clause: its payload, then the continuation. */
static wfx_blocktype clause_type(wfx_body *b, const wfx_handler_spec *spec, size_t clause) {
  wfx_module *m = b->m;
  wfx_type_id cont = wfx_handler_clause_cont(m, spec, clause);
  const struct type *tag = type_at(&m->types, m->tags.data[spec->clauses[clause].tag.i].type);
  if (tag->kind != WFX_TYPE_FUNC || tag->n_params == 0) return wfx_bt_result(wfx_ref_to(cont));
  size_t n_bytes = (tag->n_params + (size_t)1) * sizeof(wfx_valtype);
  wfx_valtype *types = wfx__alloc(m->ctx, n_bytes);
  if (!types) {
    wfx__fail_nomem(&b->body->errs);
    return wfx_bt_none();
  }
  for (uint32_t i = 0; i < tag->n_params; i++) types[i] = tag->vals[i];
  types[tag->n_params] = wfx_ref_to(cont);
  wfx_blocktype bt = wfx_bt(m, NULL, 0, types, tag->n_params + (size_t)1);
  wfx__free(m->ctx, types, n_bytes);
  return bt;
}

void wfx_handler_begin(wfx_body *b, wfx_handler *h, const wfx_handler_spec *spec) {
  *h = (wfx_handler){spec, {WFX_NO_ID}, {WFX_NO_ID}, {WFX_NO_ID}};
  if (!b) return;
  wfx_blocktype bt = wfx_bt(b->m, NULL, 0, spec->results, spec->n_results);
  if (!spec->is_tail) h->done = wfx_emit_block(b, bt);
  if (spec->kind != WFX_DEEP) return;
  h->loop = wfx_emit_loop(b, bt);
  wfx_body_name_label(b, h->loop, spec->loop_label);
}

void wfx_handler_blocks(wfx_body *b, wfx_handler *h) {
  if (!b) return;
  h->first.i = b->n_labels;
  for (size_t i = 0; i < h->spec->n_clauses; i++) {
    if (h->spec->clauses[i].is_switch) continue;
    wfx_label l = wfx_emit_block(b, clause_type(b, h->spec, i));
    wfx_body_name_label(b, l, h->spec->clauses[i].label);
  }
}

enum resume_how { RESUME_PLAIN, RESUME_THROW, RESUME_THROW_REF };

static void emit_resume(wfx_body *b, wfx_handler *h, enum resume_how how, wfx_tag_id exception) {
  if (!b) return;
  const wfx_handler_spec *spec = h->spec;
  size_t n = spec->n_clauses;
  wfx_on *clauses = wfx__alloc(b->m->ctx, (n + 1) * sizeof *clauses);
  if (!clauses) {
    wfx__fail_nomem(&b->body->errs);
    return;
  }
  uint32_t next = h->first.i;
  for (size_t i = 0; i < n; i++) {
    bool is_switch = spec->clauses[i].is_switch;
    clauses[i] = (wfx_on){is_switch ? WFX_ON_SWITCH : WFX_ON, spec->clauses[i].tag,
                          {WFX_NO_ID}, {is_switch ? WFX_NO_ID : next++}};
  }
  switch (how) {
  case RESUME_PLAIN: wfx_emit_resume(b, spec->cont, clauses, n); break;
  case RESUME_THROW: wfx_emit_resume_throw(b, spec->cont, exception, clauses, n); break;
  case RESUME_THROW_REF: wfx_emit_resume_throw_ref(b, spec->cont, clauses, n); break;
  }
  wfx__free(b->m->ctx, clauses, (n + 1) * sizeof *clauses);
}

void wfx_handler_resume(wfx_body *b, wfx_handler *h) {
  emit_resume(b, h, RESUME_PLAIN, (wfx_tag_id){0});
}

void wfx_handler_resume_throw(wfx_body *b, wfx_handler *h, wfx_tag_id exception) {
  emit_resume(b, h, RESUME_THROW, exception);
}

void wfx_handler_resume_throw_ref(wfx_body *b, wfx_handler *h) {
  emit_resume(b, h, RESUME_THROW_REF, (wfx_tag_id){0});
}

void wfx_handler_clause(wfx_body *b, wfx_handler *h, size_t clause) {
  assert(clause < h->spec->n_clauses && !h->spec->clauses[clause].is_switch);
  (void)clause;
  (void)h;
  wfx_emit_end(b);
}

void wfx_handler_end(wfx_body *b, wfx_handler *h) {
  if (h->spec->kind == WFX_DEEP) wfx_emit_end(b);
  if (!h->spec->is_tail) wfx_emit_end(b);
}

void wfx_handler_again(wfx_body *b, wfx_handler *h) {
  assert(h->spec->kind == WFX_DEEP);
  wfx_emit_br(b, h->loop);
}

void wfx_handler_finish(wfx_body *b, wfx_handler *h) {
  if (h->spec->is_tail) wfx_emit_return(b);
  else wfx_emit_br(b, h->done);
}
