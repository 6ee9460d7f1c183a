/* Code generation: types, imports and constants of the module; each is made when it is first
 * used. */
#include "common/fe_gen_parts.h"

#include <wasmfx/build.h>

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* Types. */

static wfx_type_id struct_type(fe_gen *g, const char *name, const wfx_field *fields,
                               uint32_t n) {
  return wfx_type_struct(g->m, name, fields, n);
}

/* A struct type with a supertype (WFX_NO_ID: none), open or final. */
static wfx_type_id sub_type(fe_gen *g, const char *name, bool is_final, wfx_type_id super,
                            const wfx_field *fields, uint32_t n) {
  wfx_group_id group = wfx_group_begin(g->m);
  wfx_type_id t = wfx_type_declare(g->m, group, name);
  wfx_type_set_sub(g->m, t, is_final, super);
  wfx_type_define_struct(g->m, t, fields, n);
  wfx_group_end(g->m, group);
  return t;
}

static void name_fields(fe_gen *g, wfx_type_id t, const char *const *names, uint32_t n) {
  for (uint32_t i = 0; i < n; i++)
    wfx_type_set_field_name(g->m, t, i, names[i]);
}

static void data_types(fe_gen *g) {
  wfx_module *m = g->m;
  g->string = wfx_type_array(m, "string", (wfx_field){WFX_I8, true});
  g->int64 = struct_type(g, "int64", &(wfx_field){WFX_I64, false}, 1);
  g->float64 = struct_type(g, "float", &(wfx_field){WFX_F64, false}, 1);
  g->chr = struct_type(g, "char", &(wfx_field){WFX_I32, false}, 1);
  g->boolean = struct_type(g, "bool", &(wfx_field){WFX_I8, false}, 1);
  wfx_group_id group = wfx_group_begin(m);
  g->cons = wfx_type_declare(m, group, "cons");
  const wfx_field cons[] = {{WFX_EQREF, false}, {wfx_ref_null_to(g->cons), true}};
  wfx_type_define_struct(m, g->cons, cons, 2);
  wfx_group_end(m, group);
  name_fields(g, g->cons, (const char *const[]){"head", "tail"}, 2);
  const wfx_field label[] = {{WFX_I32, false}, {wfx_ref_to(g->string), false}};
  g->label = struct_type(g, "label", label, 2);
  name_fields(g, g->label, (const char *const[]){"id", "name"}, 2);
  g->shape = wfx_type_array(m, "shape", (wfx_field){wfx_ref_to(g->label), true});
  g->fields = wfx_type_array(m, "fields", (wfx_field){WFX_EQREF, true});
  const wfx_field record[] = {{wfx_ref_to(g->shape), false}, {wfx_ref_to(g->fields), false}};
  g->record = struct_type(g, "record", record, 2);
  name_fields(g, g->record, (const char *const[]){"shape", "fields"}, 2);
  const wfx_field variant[] = {{wfx_ref_to(g->label), false}, {WFX_EQREF, false}};
  g->variant = struct_type(g, "variant", variant, 2);
  name_fields(g, g->variant, (const char *const[]){"label", "payload"}, 2);
}

/* A function type with a name, in a group of its own. */
static wfx_type_id func_type(fe_gen *g, const char *name, const wfx_valtype *params, size_t n) {
  const wfx_valtype result = WFX_EQREF;
  wfx_group_id group = wfx_group_begin(g->m);
  wfx_type_id t = wfx_type_declare(g->m, group, name);
  wfx_type_define_func(g->m, t, params, n, &result, 1);
  wfx_group_end(g->m, group);
  return t;
}

/* The library finds these when it looks for them; made here, they have names. */
static void driver_types(fe_gen *g) {
  const wfx_valtype value = WFX_EQREF;
  wfx_type_id ct = wfx_type_cont(g->m, "ct", func_type(g, "ft", &value, 1));
  const wfx_valtype drive[] = {WFX_EQREF, WFX_EQREF, wfx_ref_null_to(ct)};
  func_type(g, "drive", drive, 3);
  g->driver = wfx_driver_types_add(g->m, WFX_EQREF, WFX_EQREF);
  name_fields(g, g->driver.resumption, (const char *const[]){"cont", "env", "drive"}, 3);
}

static void function_types(fe_gen *g) {
  const wfx_type_id none = {WFX_NO_ID};
  const wfx_field n_params = {WFX_I32, false};
  g->closure = sub_type(g, "closure", false, none, &n_params, 1);
  name_fields(g, g->closure, (const char *const[]){"n_params"}, 1);
  g->closure_0 = fe_closure_type(g, 0);
  const wfx_field delay[] = {n_params,
                             {wfx_ref_to(fe_code_type(g, 0)), false},
                             {WFX_EQREF, false},
                             {WFX_EQREF, false}};
  g->delay = sub_type(g, "delay", true, g->closure_0, delay, 4);
  name_fields(g, g->delay,
              (const char *const[]){"n_params", "code", "callee", "argument"}, 4);
  driver_types(g);
  const wfx_field handler[] = {
    n_params, {WFX_I32, false}, {wfx_ref_to(g->driver.drive), false}};
  g->handler = sub_type(g, "handler", false, none, handler, 3);
  name_fields(g, g->handler, (const char *const[]){"n_params", "depth", "drive"}, 3);
}

void fe_gen_types(fe_gen *g) {
  data_types(g);
  function_types(g);
}

/* Function types only differ in the number of parameters. */
static wfx_type_id code_type(fe_gen *g, bool has_closure, uint32_t n) {
  size_t n_all = (size_t)n + has_closure;
  wfx_valtype *params = fe_alloc_n(g->a, n_all, sizeof *params);
  for (size_t i = 0; i < n_all; i++)
    params[i] = i == 0 && has_closure ? wfx_ref_to(g->closure) : WFX_EQREF;
  return func_type(g, fe_format(g->s, has_closure ? "code_%u" : "func_%u", n), params, n_all);
}

enum type_kind { CODE, DIRECT, CLOSURE, CAPTURES, ENV, HANDLER, STATE };

/* A struct type of `head`, then n fields that hold values. */
static wfx_type_id extended_type(fe_gen *g, const char *name, bool is_final, wfx_type_id super,
                                 const wfx_field *head, uint32_t n_head, uint32_t n,
                                 bool is_mutable) {
  wfx_field *fields = fe_alloc_n(g->a, (size_t)n_head + n, sizeof *fields);
  if (n_head)
    memcpy(fields, head, n_head * sizeof *fields);
  for (uint32_t i = 0; i < n; i++)
    fields[n_head + i] = (wfx_field){WFX_EQREF, is_mutable};
  return sub_type(g, name, is_final, super, fields, n_head + n);
}

static wfx_type_id make_type(fe_gen *g, enum type_kind kind, uint32_t a, uint32_t b) {
  const wfx_type_id none = {WFX_NO_ID};
  const wfx_field i32 = {WFX_I32, false};
  switch (kind) {
  case CODE:
    return code_type(g, true, a);
  case DIRECT:
    return code_type(g, false, a);
  case CLOSURE: {
    const wfx_field fields[] = {i32, {wfx_ref_to(fe_code_type(g, a)), false}};
    return extended_type(g, fe_format(g->s, "closure_%u", a), false, g->closure, fields, 2, 0,
                         false);
  }
  case CAPTURES: {
    const wfx_field fields[] = {i32, {wfx_ref_to(fe_code_type(g, a)), false}};
    /* Mutable: closures that refer to each other are filled in later. */
    return extended_type(g, fe_format(g->s, "closure_%u_%u", a, b), true,
                         fe_closure_type(g, a), fields, 2, b, true);
  }
  case ENV:
    return extended_type(g, fe_format(g->s, "env_%u", a), true, none, NULL, 0, a, false);
  case HANDLER: {
    const wfx_field fields[] = {i32, i32, {wfx_ref_to(g->driver.drive), false}};
    return extended_type(g, fe_format(g->s, "handler_%u", a), true, g->handler, fields, 3, a,
                         false);
  }
  case STATE: {
    const wfx_field fields[] = {
      i32, i32, {wfx_ref_to(g->driver.drive), false}, {wfx_ref_to(g->handler), false}};
    return extended_type(g, fe_format(g->s, "state_%u", a), true, g->handler, fields, 4, a,
                         false);
  }
  }
  assert(false);
  return none;
}

/* Names for the fields before those that all hold values. */
static void name_head(fe_gen *g, enum type_kind kind, wfx_type_id t) {
  static const char *const closure[] = {"n_params", "code"};
  static const char *const handler[] = {"n_params", "depth", "drive", "handler"};
  switch (kind) {
  case CLOSURE: case CAPTURES:
    name_fields(g, t, closure, 2);
    return;
  case HANDLER:
    name_fields(g, t, handler, 3);
    return;
  case STATE:
    name_fields(g, t, handler, 4);
    return;
  case CODE: case DIRECT: case ENV:
    return;
  }
}

static wfx_type_id numbered_type(fe_gen *g, enum type_kind kind, uint32_t a, uint32_t b) {
  const uint32_t key[] = {kind, a, b};
  bool is_new;
  uint32_t *known = fe_map_at(g->a, &g->types, key, sizeof key, &is_new);
  if (!is_new)
    return (wfx_type_id){*known};
  wfx_type_id t = make_type(g, kind, a, b);
  name_head(g, kind, t);
  *fe_map_at(g->a, &g->types, key, sizeof key, &is_new) = t.i;
  return t;
}

wfx_type_id fe_code_type(fe_gen *g, uint32_t n) { return numbered_type(g, CODE, n, 0); }
wfx_type_id fe_direct_type(fe_gen *g, uint32_t n) { return numbered_type(g, DIRECT, n, 0); }
wfx_type_id fe_closure_type(fe_gen *g, uint32_t n) { return numbered_type(g, CLOSURE, n, 0); }
wfx_type_id fe_captures_type(fe_gen *g, uint32_t n_params, uint32_t n_captures) {
  return numbered_type(g, CAPTURES, n_params, n_captures);
}
wfx_type_id fe_env_type(fe_gen *g, uint32_t n) { return numbered_type(g, ENV, n, 0); }
wfx_type_id fe_handler_type(fe_gen *g, uint32_t n) {
  return n ? numbered_type(g, HANDLER, n, 0) : g->handler;
}
wfx_type_id fe_state_type(fe_gen *g, uint32_t n) { return numbered_type(g, STATE, n, 0); }

wfx_valtype fe_rep_type(const fe_gen *g, fe_rep rep) {
  switch (rep) {
  case FE_REP_ANY: case FE_REP_NONE:
    return WFX_BOT;
  case FE_REP_VALUE:
    return WFX_EQREF;
  case FE_REP_BOOL:
    return WFX_I32;
  case FE_REP_FLOAT:
    return WFX_F64;
  case FE_REP_LIST:
    return wfx_ref_null_to(g->cons);
  case FE_REP_STRING:
    return wfx_ref_to(g->string);
  case FE_REP_CLOSURE:
    return wfx_ref_null_to(g->closure);
  case FE_REP_RESUMPTION:
    return wfx_ref_null_to(g->driver.resumption);
  }
  return WFX_BOT;
}

/* Imports. */

static wfx_valtype letter_type(const fe_gen *g, char letter) {
  switch (letter) {
  case 's': return wfx_ref_to(g->string);
  case 'i': return WFX_I32;
  case 'l': return WFX_I64;
  case 'd': return WFX_F64;
  case 'c': return wfx_ref_null_to(g->cons);
  case 'r': return wfx_ref_to(g->record);
  case 'L': return wfx_ref_to(g->label);
  case 'B': return wfx_ref_to(g->boolean);
  case 'C': return wfx_ref_to(g->chr);
  case 'h': return wfx_ref_to(g->handler);
  case 'K': return wfx_ref_to(g->driver.resumption);
  case 'k': return wfx_ref_null_to(g->driver.resumption);
  }
  return WFX_EQREF;
}

wfx_func_id fe_rt_func(fe_gen *g, fe_rt id) {
  static const struct {
    const char *module, *field, *name, *params, *results;
  } rows[] = {
#define FE_RT(row, module, field, params, results) \
  {"wfxrt:" #module "@1", #field, #module "." #field, params, results},
#include "common/fe_gen_rt.def"
#undef FE_RT
  };
  wfx_func_id *f = &g->rt[id];
  if (f->i != WFX_NO_ID)
    return *f;
  wfx_valtype params[4], result = 0;
  size_t n = strlen(rows[id].params), n_results = strlen(rows[id].results);
  assert(n <= 4 && n_results <= 1);
  for (size_t i = 0; i < n; i++)
    params[i] = letter_type(g, rows[id].params[i]);
  if (n_results)
    result = letter_type(g, rows[id].results[0]);
  wfx_type_id t = wfx_type_func(g->m, params, n, &result, n_results);
  *f = wfx_import_func(g->m, rows[id].module, rows[id].field, t);
  wfx_module_name_decl(g->m, WFX_EXTERN_FUNC, f->i, rows[id].name);
  return *f;
}

wfx_global_id fe_rt_global(fe_gen *g, const char *module, const char *field, wfx_valtype type,
                           bool is_mutable) {
  wfx_global_id id = wfx_import_global(g->m, module, field, type, is_mutable);
  wfx_module_name_decl(g->m, WFX_EXTERN_GLOBAL, id.i, field);
  return id;
}

/* Constants. */

/* What V8 and other engines take as operands of array.new_fixed. */
enum { MAX_FIXED = 10000 };

wfx_global_id fe_label_global(fe_gen *g, const fe_label *label) {
  wfx_global_id *id = &g->labels[label->id];
  if (id->i != WFX_NO_ID)
    return *id;
  const fe_name *name = label->name;
  uint32_t n = name->n_bytes < MAX_FIXED ? name->n_bytes : MAX_FIXED;
  if (n < name->n_bytes)
    fe_error(g->s, 0, "the name of a field or constructor is longer than %u bytes", n);
  wfx_valtype type = wfx_ref_to(g->label);
  wfx_body *b = fe_open_const(g, type);
  wfx_emit_i32_const(b, (int32_t)label->id);
  for (uint32_t i = 0; i < n; i++)
    wfx_emit_i32_const(b, (uint8_t)name->text[i]);
  wfx_emit_array_new_fixed(b, g->string, n);
  wfx_emit_struct_new(b, g->label);
  wfx_const init = fe_close_const(g, b);
  *id = wfx_module_add_global(g->m, fe_format(g->s, "label.%s", name->text), type, false, init);
  return *id;
}

/* "shape.NAME.NAME..." for the first few fields. */
static const char *shape_name(fe_gen *g, const fe_shape *shape) {
  enum { N_NAMED = 4 };
  const char *name = "shape";
  for (uint32_t i = 0; i < shape->n_fields && i < N_NAMED; i++)
    name = fe_format(g->s, "%s.%s", name, shape->fields[i]->name->text);
  return name;
}

wfx_global_id fe_shape_global(fe_gen *g, const fe_shape *shape) {
  wfx_global_id *id = &g->shapes[shape->id];
  if (id->i != WFX_NO_ID)
    return *id;
  if (shape->n_fields > MAX_FIXED)
    fe_error(g->s, 0, "a record has more than %d fields", MAX_FIXED);
  for (uint32_t i = 0; i < shape->n_fields; i++)
    fe_label_global(g, shape->fields[i]);
  wfx_valtype type = wfx_ref_to(g->shape);
  wfx_body *b = fe_open_const(g, type);
  for (uint32_t i = 0; i < shape->n_fields; i++)
    wfx_emit_global_get(b, fe_label_global(g, shape->fields[i]));
  wfx_emit_array_new_fixed(b, g->shape, shape->n_fields);
  wfx_const init = fe_close_const(g, b);
  *id = wfx_module_add_global(g->m, shape_name(g, shape), type, false, init);
  return *id;
}

wfx_global_id fe_object_global(fe_gen *g, const fe_func *f) {
  fe_gen_func *gf = &g->funcs[f->id];
  if (gf->object.i != WFX_NO_ID)
    return gf->object;
  assert(f->n_captures == 0);
  bool is_handler = f->kind == FE_FN_DRIVER;
  wfx_func_id code = gf->code;
  if (!is_handler) {
    /* The entry: the closure, which it does not need, then the parameters. */
    code = wfx_module_add_func(g->m, fe_format(g->s, "%s.entry", gf->name),
                               fe_code_type(g, f->n_params));
    wfx_body *b = fe_open_body(g, code);
    for (uint32_t i = 0; i < f->n_params; i++)
      wfx_emit_local_get(b, wfx_body_param(b, i + 1));
    wfx_emit_return_call(b, gf->code);
    fe_close_body(g, b);
  }
  wfx_type_id type = is_handler ? g->handler : fe_closure_type(g, f->n_params);
  wfx_body *b = fe_open_const(g, wfx_ref_to(type));
  wfx_emit_i32_const(b, (int32_t)f->n_params);
  if (is_handler)
    wfx_emit_i32_const(b, (int32_t)f->handler->depth);
  wfx_emit_ref_func(b, code);
  wfx_emit_struct_new(b, type);
  wfx_const init = fe_close_const(g, b);
  gf->object = wfx_module_add_global(g->m, gf->name, wfx_ref_to(type), false, init);
  return gf->object;
}

wfx_data_id fe_text_data(fe_gen *g, const char *bytes, uint32_t n_bytes) {
  bool is_new;
  uint32_t *known = fe_map_at(g->a, &g->texts, bytes, n_bytes, &is_new);
  if (is_new)
    *known = wfx_module_add_data_passive(g->m, NULL, bytes, n_bytes).i;
  return (wfx_data_id){*known};
}

/* Places in the source. */

fe_location fe_gen_locate(fe_gen *g, fe_pos pos) {
  if (pos != g->last.pos) {
    g->last.pos = pos;
    g->last.at = fe_locate(g->s, pos);
  }
  return g->last.at;
}

static uint32_t file_number(fe_gen *g, const fe_source *source) {
  for (uint32_t i = 0; i < g->files.n; i++)
    if (g->files.data[i] == source)
      return i;
  fe_push(g->a, &g->files, source);
  return g->files.n - 1;
}

uint32_t fe_site_number(fe_gen *g, fe_pos pos) {
  if (g->sites.n == 0)
    fe_push(g->a, &g->sites, (fe_site){0});
  fe_location at = fe_gen_locate(g, pos);
  if (!at.source)
    return 0;
  bool is_new;
  uint32_t *number = fe_map_at(g->a, &g->site_of, &pos, sizeof pos, &is_new);
  if (is_new) {
    *number = g->sites.n;
    fe_site site = {file_number(g, at.source), at.line, at.column};
    fe_push(g->a, &g->sites, site);
  }
  return *number;
}

/* The sites as wfxrt:lang@1's place takes them. */
static char *site_bytes(fe_gen *g, size_t *n_bytes) {
  *n_bytes = g->sites.n * (size_t)12;
  char *bytes = fe_alloc(g->a, *n_bytes), *at = bytes;
  for (uint32_t i = 0; i < g->sites.n; i++) {
    const fe_site *s = &g->sites.data[i];
    const uint32_t words[] = {s->file, s->line, s->column};
    for (uint32_t w = 0; w < 3; w++)
      for (uint32_t shift = 0; shift < 32; shift += 8)
        *at++ = (char)(words[w] >> shift & 0xFF);
  }
  return bytes;
}

static char *file_names(fe_gen *g, size_t *n_bytes) {
  *n_bytes = 0;
  for (uint32_t i = 0; i < g->files.n; i++)
    *n_bytes += strlen(g->files.data[i]->name) + 1;
  char *bytes = fe_alloc(g->a, *n_bytes + 1), *at = bytes;
  for (uint32_t i = 0; i < g->files.n; i++) {
    size_t n = strlen(g->files.data[i]->name) + 1;
    memcpy(at, g->files.data[i]->name, n);
    at += n;
  }
  return bytes;
}

void fe_gen_places(fe_gen *g, wfx_func_id locate) {
  fe_site_number(g, 0);
  size_t n_sites, n_names;
  const char *sites = site_bytes(g, &n_sites), *names = file_names(g, &n_names);
  wfx_data_id site_data = wfx_module_add_data_passive(g->m, "sites", sites, n_sites);
  wfx_data_id name_data = wfx_module_add_data_passive(g->m, "files", names, n_names);
  wfx_body *b = fe_open_body(g, locate);
  wfx_body_name_local(b, wfx_body_param(b, 0), "site");
  wfx_emit_local_get(b, wfx_body_param(b, 0));
  wfx_emit_i32_const(b, 12);
  wfx_emit_i32_mul(b);
  wfx_emit_i32_const(b, 12);
  wfx_emit_array_new_data(b, g->string, site_data);
  wfx_emit_i32_const(b, 0);
  wfx_emit_i32_const(b, (int32_t)n_names);
  wfx_emit_array_new_data(b, g->string, name_data);
  wfx_emit_return_call(b, fe_rt_func(g, FE_RT_place));
  fe_close_body(g, b);
}
