/* instantiate.c: from a module to an instance. Spec: Execution, Modules, Instantiation. */
#include <wasmfx/valid.h>

#include "engine/run.h"
#include "store/inst.h"

/* ---- The table of declarations ----------------------------------------------------------- */

struct maker {
  struct engine *e;
  wfx_store *s;
  struct wfx_module *m;
  struct decls d;
  const wfx_external *imports; /* given one by one, or NULL */
  wfx_instance *inst;
  struct cont *k;  /* where constant expressions run */
};

static wfx_valtype map_val(const struct maker *mk, wfx_valtype t) {
  return wfx__valtype_map(wfx_valtype_strip(t), mk->d.types);
}

static bool declare_imports(struct maker *mk) {
  struct import_decl *to = wfx__store_alloc(mk->s, mk->m->imports.n, sizeof *to);
  if (!to) return false;
  for (size_t i = 0; i < mk->m->imports.n; i++) {
    to[i].module = mk->m->imports.data[i].module;
    to[i].field = mk->m->imports.data[i].field;
    if (!mk->imports) continue;
    const wfx_external *x = &mk->imports[i];
    to[i].given = (struct definition){x->kind, wfx__external_object(x)};
    if (!to[i].given.object ||
        (x->kind == WFX_EXTERN_FUNC && !wfx__func_of(mk->s, &x->of.func)))
      return wfx__store_fail(mk->s, WFX_MISUSE, "nothing given to import");
  }
  mk->d.imports = to;
  mk->d.n_imports = (uint32_t)mk->m->imports.n;
  struct export_decl *ex = wfx__store_alloc(mk->s, mk->m->exports.n, sizeof *ex);
  if (!ex) return false;
  for (size_t i = 0; i < mk->m->exports.n; i++) {
    ex[i].name = mk->m->exports.data[i].name;
    ex[i].kind = mk->m->exports.data[i].kind;
    ex[i].id = mk->m->exports.data[i].id;
  }
  mk->d.exports = ex;
  mk->d.n_exports = (uint32_t)mk->m->exports.n;
  return true;
}

static bool declare_funcs(struct maker *mk) {
  struct func_decl *to = wfx__store_alloc(mk->s, mk->m->funcs.n, sizeof *to);
  if (!to) return false;
  for (size_t i = 0; i < mk->m->funcs.n; i++) {
    to[i].type = mk->d.types[mk->m->funcs.data[i].type];
    to[i].import = mk->m->funcs.data[i].decl.import;
  }
  mk->d.funcs = to;
  mk->d.n_funcs = (uint32_t)mk->m->funcs.n;
  struct tag_decl *tags = wfx__store_alloc(mk->s, mk->m->tags.n, sizeof *tags);
  if (!tags) return false;
  for (size_t i = 0; i < mk->m->tags.n; i++) {
    tags[i].type = mk->d.types[mk->m->tags.data[i].type];
    tags[i].import = mk->m->tags.data[i].decl.import;
  }
  mk->d.tags = tags;
  mk->d.n_tags = (uint32_t)mk->m->tags.n;
  return true;
}

static bool declare_tables(struct maker *mk) {
  struct table_decl *to = wfx__store_alloc(mk->s, mk->m->tables.n, sizeof *to);
  if (!to) return false;
  for (size_t i = 0; i < mk->m->tables.n; i++) {
    to[i].type = map_val(mk, mk->m->tables.data[i].type);
    to[i].limits = mk->m->tables.data[i].limits;
    to[i].import = mk->m->tables.data[i].decl.import;
  }
  mk->d.tables = to;
  mk->d.n_tables = (uint32_t)mk->m->tables.n;
  struct mem_decl *mems = wfx__store_alloc(mk->s, mk->m->mems.n, sizeof *mems);
  if (!mems) return false;
  for (size_t i = 0; i < mk->m->mems.n; i++) {
    mems[i].limits = mk->m->mems.data[i].limits;
    mems[i].import = mk->m->mems.data[i].decl.import;
  }
  mk->d.mems = mems;
  mk->d.n_mems = (uint32_t)mk->m->mems.n;
  return true;
}

static bool declare_globals(struct maker *mk) {
  struct global_decl *to = wfx__store_alloc(mk->s, mk->m->globals.n, sizeof *to);
  if (!to) return false;
  for (size_t i = 0; i < mk->m->globals.n; i++) {
    to[i].type = map_val(mk, mk->m->globals.data[i].type);
    to[i].is_mutable = mk->m->globals.data[i].is_mutable;
    to[i].import = mk->m->globals.data[i].decl.import;
  }
  mk->d.globals = to;
  mk->d.n_globals = (uint32_t)mk->m->globals.n;
  return true;
}

static bool declare_segments(struct maker *mk) {
  struct elem_decl *to = wfx__store_alloc(mk->s, mk->m->elems.n, sizeof *to);
  if (!to) return false;
  for (size_t i = 0; i < mk->m->elems.n; i++) {
    const struct elem *el = &mk->m->elems.data[i];
    to[i].type = map_val(mk, el->type);
    to[i].n = el->has_exprs ? el->exprs.n : el->funcs.n;
  }
  mk->d.elems = to;
  mk->d.n_elems = (uint32_t)mk->m->elems.n;
  struct data_obj *datas = wfx__store_alloc(mk->s, mk->m->datas.n, sizeof *datas);
  if (!datas) return false;
  for (size_t i = 0; i < mk->m->datas.n; i++) {
    datas[i].bytes = mk->m->datas.data[i].bytes;
    datas[i].n = mk->m->datas.data[i].n_bytes;
  }
  mk->d.datas = datas;
  mk->d.n_datas = (uint32_t)mk->m->datas.n;
  return true;
}

static bool declare_all(struct maker *mk) {
  TRY(wfx__store_types(mk->s, &mk->m->types, &mk->d.types));
  mk->d.n_types = (uint32_t)mk->m->types.types.n;
  return declare_imports(mk) && declare_funcs(mk) && declare_tables(mk) &&
      declare_globals(mk) &&
         declare_segments(mk);
}

/* ---- Constant expressions ---------------------------------------------------------------- */

/* The common forms of one instruction; false when it is another. */
static bool eval_simple(const struct maker *mk, const struct inst *in, slot *out) {
  out[0] = out[1] = 0;
  switch ((int)in->op) {
  case WFX_OP_i32_const: case WFX_OP_f32_const: out[0] = (uint32_t)in->imm; return true;
  case WFX_OP_i64_const: case WFX_OP_f64_const: out[0] = in->imm; return true;
  case WFX_OP_ref_null: return true;
  case WFX_OP_ref_func: out[0] = ptr_slot(mk->inst->funcs[in->imm]); return true;
  case WFX_OP_global_get: memcpy(out, mk->inst->globals[in->imm]->value, 16); return true;
  }
  return false;
}

/* out has two slots; the collector need not see it, since it is used at once. */
static bool eval(struct maker *mk, struct expr expr, wfx_valtype type, slot *out) {
  if (expr.n == 1 && eval_simple(mk, &mk->m->const_code.insts.data[expr.first],
                                 out)) return true;
  struct flat *code = wfx__flatten_expr(mk->e, mk->inst, expr, type);
  if (!code) return false;
  wfx_status status = wfx__engine_eval(mk->e, mk->k, code);
  if (status == WFX_OK) memcpy(out, mk->k->stack, 2 * sizeof *out);
  wfx__flat_free(mk->s->ctx, code);
  return status == WFX_OK;
}

/* ---- Initial values ---------------------------------------------------------------------- */

static bool init_globals(struct maker *mk) {
  for (uint32_t i = 0; i < mk->d.n_globals; i++) {
    const struct global *g = &mk->m->globals.data[i];
    slot value[2];
    if (g->decl.import != WFX_NO_ID) continue;
    TRY(eval(mk, g->init, g->type, value));
    memcpy(mk->inst->globals[i]->value, value, mk->inst->globals[i]->n_slots * sizeof *value);
  }
  return true;
}

static bool init_tables(struct maker *mk) {
  for (uint32_t i = 0; i < mk->d.n_tables; i++) {
    const struct table *t = &mk->m->tables.data[i];
    slot value[2];
    if (t->decl.import != WFX_NO_ID || !t->has_init) continue;
    TRY(eval(mk, t->init, t->type, value));
    wfx__table_fill(mk->inst->tables[i], 0, value, mk->inst->tables[i]->size);
  }
  return true;
}

static bool eval_elem(struct maker *mk, uint32_t i) {
  const struct elem *el = &mk->m->elems.data[i];
  struct elem_obj *to = &mk->inst->elems[i];
  if (!el->has_exprs) {
    for (size_t k = 0; k < el->funcs.n; k++)
      to->items[k] = ptr_slot(mk->inst->funcs[el->funcs.data[k]]);
    return true;
  }
  for (size_t k = 0; k < el->exprs.n; k++) {
    slot value[2];
    TRY(eval(mk, el->exprs.data[k], el->type, value));
    memcpy(to->items + k * to->n_slots, value, to->n_slots * sizeof *value);
  }
  return true;
}

static bool init_elems(struct maker *mk) {
  for (uint32_t i = 0; i < mk->d.n_elems; i++)
    if (mk->m->elems.data[i].mode != SEGMENT_DECLARATIVE) TRY(eval_elem(mk, i));
  for (uint32_t i = 0; i < mk->d.n_elems; i++) {
    const struct elem *el = &mk->m->elems.data[i];
    struct elem_obj *from = &mk->inst->elems[i];
    if (el->mode == SEGMENT_ACTIVE) {
      struct table_obj *t = mk->inst->tables[el->table];
      slot at[2];
      TRY(eval(mk, el->offset, t->is_64 ? WFX_I64 : WFX_I32, at));
      enum trap trap = wfx__table_init(t, at[0], from, 0, from->n);
      if (trap != TRAP_NONE) return wfx__store_fail_trap(mk->s, trap);
    }
    if (el->mode != SEGMENT_PASSIVE) from->n = 0;
  }
  return true;
}

static bool init_datas(struct maker *mk) {
  for (uint32_t i = 0; i < mk->d.n_datas; i++) {
    const struct data *d = &mk->m->datas.data[i];
    struct data_obj *from = &mk->inst->datas[i];
    if (d->mode != SEGMENT_ACTIVE) continue;
    struct mem_obj *m = mk->inst->mems[d->mem];
    slot at[2];
    TRY(eval(mk, d->offset, m->is_64 ? WFX_I64 : WFX_I32, at));
    enum trap trap = wfx__mem_init(m, at[0], from, 0, from->n);
    if (trap != TRAP_NONE) return wfx__store_fail_trap(mk->s, trap);
    from->n = 0;
  }
  return true;
}

static bool run_start(struct maker *mk) {
  if (mk->m->start == WFX_NO_ID) return true;
  return wfx__engine_call(mk->e, mk->k, mk->inst->funcs[mk->m->start], mk->inst) == WFX_OK;
}

static bool initialise(struct maker *mk) {
  mk->k = wfx__engine_enter(mk->e, 0);
  if (!mk->k) return false;
  bool is_ok = init_globals(mk) && init_tables(mk) && init_elems(mk) && init_datas(mk) &&
               run_start(mk);
  wfx__engine_leave(mk->e, mk->k);
  return is_ok;
}

/* ---- The call ---------------------------------------------------------------------------- */

/* The module's first error becomes the store's. */
static bool validate(struct maker *mk) {
  if (wfx_module_validate(mk->m) == WFX_OK) return true;
  if (errs_is_set(&mk->m->errs)) return wfx__fail_copy(&mk->s->errs, &mk->m->errs);
  for (size_t i = 0; i < mk->m->bodies.n; i++)
    if (mk->m->bodies.data[i] && errs_is_set(&mk->m->bodies.data[i]->errs))
      return wfx__fail_copy(&mk->s->errs, &mk->m->bodies.data[i]->errs);
  return wfx__store_fail(mk->s, WFX_INVALID, "invalid module");
}

static bool instantiate(struct maker *mk) {
  TRY(validate(mk));
  TRY(declare_all(mk));
  struct decls *d = wfx__store_alloc(mk->s, 1, sizeof *d);
  if (!d) return false;
  *d = mk->d;
  TRY(wfx__inst_new(mk->s, d, &mk->inst));
  mk->inst->module = mk->m;
  if (mk->e->native) TRY(mk->e->native->prepare(mk->e->native_run, mk->inst));
  return initialise(mk);
}

static wfx_status finish_instance(struct maker *mk, const char *name, wfx_instance **out) {
  wfx_store *s = mk->s;
  if (out) *out = NULL;
  wfx__engine_begin(mk->e);
  if (!instantiate(mk) || (name && !wfx__store_register(s, name, strlen(name), mk->inst)))
    return errs_status(&s->errs);
  if (out) *out = mk->inst;
  return WFX_OK;
}

wfx_status wfx_instantiate(wfx_store *s, wfx_module *m, const char *name, wfx_instance **out) {
  struct maker mk = {.e = engine_of(s), .s = s, .m = m};
  return finish_instance(&mk, name, out);
}

wfx_status wfx_instantiate_with(wfx_store *s, wfx_module *m, const wfx_external *imports,
                                size_t n_imports, wfx_instance **out) {
  static const wfx_external none;
  struct maker mk = {.e = engine_of(s), .s = s, .m = m, .imports = imports ? imports : &none};
  if (n_imports == m->imports.n) return finish_instance(&mk, NULL, out);
  if (out) *out = NULL;
  wfx__store_clear(s);
  wfx__store_fail(s, WFX_UNLINKABLE, "wrong number of imports");
  return WFX_UNLINKABLE;
}
