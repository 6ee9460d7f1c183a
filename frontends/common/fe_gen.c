/* Code generation: the module as a whole; see fe_gen.h. */
#include "common/fe_gen_parts.h"

#include <wasmfx/build.h>

#include <assert.h>
#include <string.h>

/* Bodies. */

void fe_body_opened(fe_gen *g, wfx_body *b) {
  assert(g->n_open < sizeof g->open / sizeof *g->open);
  g->open[g->n_open++] = b;
}

void fe_body_closed(fe_gen *g) {
  assert(g->n_open > 0);
  g->n_open--;
}

wfx_body *fe_open_body(fe_gen *g, wfx_func_id f) {
  wfx_body *b = wfx_body_open(g->m, f, WFX_CHECKED);
  fe_body_opened(g, b);
  return b;
}

void fe_close_body(fe_gen *g, wfx_body *b) {
  wfx_body_close(b);
  fe_body_closed(g);
}

wfx_body *fe_open_const(fe_gen *g, wfx_valtype type) {
  wfx_body *b = wfx_body_open_const(g->m, type);
  fe_body_opened(g, b);
  return b;
}

wfx_const fe_close_const(fe_gen *g, wfx_body *b) {
  fe_body_closed(g);
  return wfx_body_close_const(b);
}

/* Names. */

/* Functions without a name are called after the one with a name that they stand in. */
static const char *func_name(fe_gen *g, const fe_func *f) {
  static const char *const parts[] = {
    [FE_FN_PLAIN] = "fun", [FE_FN_THUNK] = "body", [FE_FN_DRIVER] = "handler",
    [FE_FN_MAIN] = "toplevel"};
  if (f->kind == FE_FN_MAIN)
    return parts[FE_FN_MAIN];
  if (f->name)
    return f->name->text;
  const fe_func *outer = f->parent;
  while (outer && !outer->name)
    outer = outer->parent;
  if (!outer || outer->kind == FE_FN_MAIN)
    return parts[f->kind];
  return fe_format(g->s, "%s.%s", outer->name->text, parts[f->kind]);
}

/* Declarations. */

static wfx_type_id code_type(fe_gen *g, const fe_func *f) {
  switch (f->kind) {
  case FE_FN_PLAIN:
    return f->n_captures ? fe_code_type(g, f->n_params) : fe_direct_type(g, f->n_params);
  case FE_FN_THUNK: case FE_FN_MAIN:
    return g->driver.func;
  case FE_FN_DRIVER:
    return g->driver.drive;
  }
  return g->driver.func;
}

static void declare_funcs(fe_gen *g) {
  g->funcs = fe_alloc_n(g->a, g->p->funcs.n, sizeof *g->funcs);
  for (uint32_t i = 0; i < g->p->funcs.n; i++) {
    const fe_func *f = g->p->funcs.data[i];
    fe_gen_func *gf = &g->funcs[i];
    gf->object.i = WFX_NO_ID;
    gf->code.i = WFX_NO_ID;
    if (!f->is_reachable)
      continue;
    gf->name = func_name(g, f);
    gf->code = wfx_module_add_func(g->m, gf->name, code_type(g, f));
    gf->is_delay = fe_is_delay(f);
    if (f->kind != FE_FN_DRIVER)
      continue;
    g->has_drivers = g->has_drivers || !f->handler->is_loop;
    g->has_shallow = g->has_shallow || f->handler->depth == FE_SHALLOW;
  }
}

static wfx_const unset_value(fe_gen *g) {
  if (g->unset.i == WFX_NO_ID)
    return wfx_const_ref_null(g->m, WFX_HEAP_NONE);
  return wfx_const_global(g->m, g->unset);
}

static void declare_globals(fe_gen *g) {
  g->unset.i = WFX_NO_ID;
  if (g->p->has_forward_refs) {
    wfx_type_id type = wfx_type_struct(g->m, "unset", NULL, 0);
    wfx_body *b = fe_open_const(g, wfx_ref_to(type));
    wfx_emit_struct_new(b, type);
    g->unset = wfx_module_add_global(g->m, "unset", wfx_ref_to(type), false,
                                     fe_close_const(g, b));
  }
  g->globals = fe_alloc_n(g->a, g->p->globals.n, sizeof *g->globals);
  for (uint32_t i = 0; i < g->p->globals.n; i++) {
    const fe_global *global = g->p->globals.data[i];
    if (global->is_used)
      g->globals[i] = wfx_module_add_global(g->m, global->name->text, WFX_EQREF, true,
                                            unset_value(g));
  }
}

static void declare_tags(fe_gen *g) {
  g->tags = fe_alloc_n(g->a, g->p->ops.n, sizeof *g->tags);
  for (uint32_t i = 0; i < g->p->ops.n; i++)
    if (g->p->ops.data[i]->is_used)
      g->tags[i] =
        wfx_module_add_tag(g->m, g->p->ops.data[i]->name->text, g->driver.func);
}

static wfx_global_id *no_globals(fe_gen *g, uint32_t n) {
  wfx_global_id *ids = fe_alloc_n(g->a, n, sizeof *ids);
  for (uint32_t i = 0; i < n; i++)
    ids[i].i = WFX_NO_ID;
  return ids;
}

static void import_globals(fe_gen *g) {
  for (uint32_t i = 0; i < FE_N_RT; i++)
    g->rt[i].i = WFX_NO_ID;
  g->unit = fe_rt_global(g, "wfxrt:value@1", "unit", wfx_ref_to(g->record), false);
  g->true_value = fe_rt_global(g, "wfxrt:value@1", "true", wfx_ref_to(g->boolean), false);
  g->false_value = fe_rt_global(g, "wfxrt:value@1", "false", wfx_ref_to(g->boolean), false);
  g->site = fe_rt_global(g, "wfxrt:io@1", "site", WFX_I32, true);
}

/* Function bodies. */

static void gen_func(fe_gen *g, const fe_func *f) {
  if (f->kind == FE_FN_DRIVER) {
    fe_gen_driver(g, f);
    return;
  }
  fe_fn fn;
  fe_fn_open(&fn, g, f);
  fn.b = fe_open_body(g, g->funcs[f->id].code);
  fe_at(&fn, f->pos);
  bool has_closure = f->kind == FE_FN_PLAIN && f->n_captures > 0;
  if (f->kind == FE_FN_PLAIN)
    fe_fn_params(&fn, has_closure ? 1 : 0);
  if (f->n_captures > 0) {
    wfx_type_id type = f->kind == FE_FN_THUNK  ? fe_env_type(g, f->n_captures)
                       : g->funcs[f->id].is_delay ? g->delay
                                                  : fe_captures_type(g, f->n_params,
                                                                     f->n_captures);
    wfx_body_name_local(fn.b, wfx_body_param(fn.b, 0), has_closure ? "closure" : "env");
    wfx_emit_local_get(fn.b, wfx_body_param(fn.b, 0));
    fe_fn_self(&fn, type, has_closure ? FE_CLOSURE_CAPTURES : 0);
  }
  fe_gen_expr(&fn, f->body, FE_REP_VALUE);
  fe_close_body(g, fn.b);
}

static void gen_module(fe_gen *g) {
  fe_gen_types(g);
  import_globals(g);
  const wfx_valtype i32 = WFX_I32, string = wfx_ref_to(g->string);
  wfx_type_id locate_type = wfx_type_func(g->m, &i32, 1, &string, 1);
  g->locate = fe_rt_global(g, "wfxrt:io@1", "locate", wfx_ref_null_to(locate_type), true);
  wfx_mem_id memory =
    wfx_import_mem(g->m, "wfxrt:io@1", "memory", (wfx_size_limits){.min = 1});
  g->labels = no_globals(g, g->p->labels.n);
  g->shapes = no_globals(g, g->p->shapes.n);
  declare_tags(g);
  declare_globals(g);
  declare_funcs(g);
  wfx_func_id locate = wfx_module_add_func(g->m, "locate", locate_type);
  wfx_func_id start =
    wfx_module_add_func(g->m, "_start", wfx_type_func(g->m, NULL, 0, NULL, 0));
  for (uint32_t i = 0; i < g->p->funcs.n; i++)
    if (g->p->funcs.data[i]->is_reachable)
      gen_func(g, g->p->funcs.data[i]);
  fe_gen_start(g, start, locate);
  fe_gen_helpers(g);
  fe_gen_places(g, locate);
  wfx_export_func(g->m, "_start", start);
  wfx_export_mem(g->m, "memory", memory);
}

/* Errors of the library. */

static void report(fe_gen *g) {
  wfx_status status = wfx_module_status(g->m);
  if (status == WFX_OK)
    return;
  if (status == WFX_NOMEM) {
    g->s->is_out_of_memory = true;
    return;
  }
  for (size_t i = 0; i < wfx_module_n_diags(g->m); i++) {
    const wfx_diag *d = wfx_module_diag(g->m, i);
    /* Limits of the library are the only errors that a program can bring about. */
    bool is_limit = strncmp(d->message, "too many", 8) == 0;
    char text[2000];
    wfx_diag_format(d, text, sizeof text);
    fe_error(g->s, 0, "%s: %s", is_limit ? "the program is too large" : "internal error", text);
  }
}

static void run(void *ud) {
  fe_gen *g = ud;
  gen_module(g);
  report(g);
}

bool fe_generate(fe_session *s, const fe_program *p, wfx_module *m) {
  fe_gen g = {.s = s, .a = &s->arena, .p = p, .m = m};
  if (!fe_guard(&s->arena, run, &g)) {
    s->is_out_of_memory = true;
    while (g.n_open > 0)
      wfx_body_abandon(g.open[--g.n_open]);
  }
  return s->n_errors == 0 && !s->is_out_of_memory;
}
