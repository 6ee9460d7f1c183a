/* test_valid.c: what validation checks and only modules made through the builder can break: limits
 * and features, which the readers of text and binaries see to first, and unfinished modules. The
 * rules of typing are in tests/spec/ and the official scripts. */
#include "unit.h"

struct fixture {
  struct unit_alloc a;
  wfx_ctx *ctx;
  wfx_module *m;
};

/* New memory is zero, so that reading what nobody wrote shows. */
static void *zero_alloc(void *ud, void *ptr, size_t old_size, size_t new_size) {
  char *p = unit_alloc_fn(ud, ptr, old_size, new_size);
  if (p && new_size > old_size) memset(p + old_size, 0, new_size - old_size);
  return p;
}

static void open_module(struct fixture *f, uint64_t features, const wfx_limits *limits) {
  memset(f, 0, sizeof *f);
  f->a.fail_at = UINT64_MAX;
  wfx_options o = {.size = sizeof o, .alloc = zero_alloc, .ud = &f->a, .features = features};
  if (limits) o.limits = *limits;
  f->ctx = wfx_ctx_new(&o);
  f->m = wfx_module_new(f->ctx);
  assert_non_null(f->m);
}

static void close_module(struct fixture *f) {
  wfx_module_free(f->m);
  wfx_ctx_free(f->ctx);
  assert_int_equal(f->a.n_blocks, 0);
}

/* Validate; the message must begin with want, or all must be well. */
static void expect(struct fixture *f, wfx_status status, const char *want) {
  wfx_status found = wfx_module_validate(f->m);
  const wfx_diag *d = wfx_module_diag(f->m, 0);
  if (found != status) fail_msg("%s: %s", wfx_status_text(found), d ? d->message : "");
  if (!want) return;
  if (strncmp(d->message, want, strlen(want)) != 0)
    fail_msg("want \"%s\", got \"%s\"", want, d->message);
}

static wfx_type_id void_type(wfx_module *m) { return wfx_type_func(m, NULL, 0, NULL, 0); }

/* A function [] -> [] whose body is opened unchecked. */
static wfx_body *open_func(wfx_module *m) {
  return wfx_body_open(m, wfx_module_add_func(m, "f", void_type(m)), WFX_UNCHECKED);
}

static const wfx_valtype many_i32[4] = {WFX_I32, WFX_I32, WFX_I32, WFX_I32};

/* ---- Limits ------------------------------------------------------------------------------ */

/* Fill a module with n of something; there may be at most 3. */
typedef void fill_fn(wfx_module *m, uint32_t n);

static void fill_types(wfx_module *m, uint32_t n) {
  for (uint32_t i = 0; i < n; i++) wfx_type_array(m, NULL, (wfx_field){WFX_I32, false});
}
static void fill_funcs(wfx_module *m, uint32_t n) {
  for (uint32_t i = 0; i < n; i++) wfx_import_func(m, "m", "f", void_type(m));
}
static void fill_tables(wfx_module *m, uint32_t n) {
  for (uint32_t i = 0; i < n; i++)
    wfx_module_add_table(m, NULL, WFX_FUNCREF, (wfx_size_limits){.min = 1}, NULL);
}
static void fill_mems(wfx_module *m, uint32_t n) {
  for (uint32_t i = 0; i < n; i++) wfx_module_add_mem(m, NULL, (wfx_size_limits){.min = 1});
}
static void fill_globals(wfx_module *m, uint32_t n) {
  for (uint32_t i = 0; i < n; i++)
    wfx_module_add_global(m, NULL, WFX_I32, false, wfx_const_i32(m, 1));
}
static void fill_tags(wfx_module *m, uint32_t n) {
  for (uint32_t i = 0; i < n; i++) wfx_module_add_tag(m, NULL, void_type(m));
}
static void fill_imports(wfx_module *m, uint32_t n) { fill_funcs(m, n); }
static void fill_exports(wfx_module *m, uint32_t n) {
  static const char *const names[] = {"a", "b", "c", "d"};
  wfx_func_id f = wfx_import_func(m, "m", "f", void_type(m));
  for (uint32_t i = 0; i < n; i++) wfx_export_func(m, names[i], f);
}
static void fill_elems(wfx_module *m, uint32_t n) {
  for (uint32_t i = 0; i < n; i++) wfx_module_add_elem_passive(m, NULL, WFX_FUNCREF, NULL, 0);
}
static void fill_items(wfx_module *m, uint32_t n) {
  wfx_const items[3];
  for (uint32_t i = 0; i < n - 1; i++) items[i] = wfx_const_ref_null(m, WFX_HEAP_FUNC);
  wfx_module_add_elem_passive(m, NULL, WFX_FUNCREF, items, n - 1); /* itself counts */
}
static void fill_groups(wfx_module *m, uint32_t n) {
  for (uint32_t i = 0; i < n; i++) wfx_group_end(m, wfx_group_begin(m));
}
static void fill_name(wfx_module *m, uint32_t n) {
  wfx_import_func(m, n > 3 ? "mmmm" : "mmm", "f", void_type(m));
}
static void fill_field_name(wfx_module *m, uint32_t n) {
  wfx_import_func(m, "m", n > 3 ? "ffff" : "fff", void_type(m));
}
static void fill_export_name(wfx_module *m, uint32_t n) {
  wfx_func_id f = wfx_import_func(m, "m", "f", void_type(m));
  wfx_export_func(m, n > 3 ? "mmmm" : "mmm", f);
}
static void fill_datas(wfx_module *m, uint32_t n) {
  for (uint32_t i = 0; i < n; i++) wfx_module_add_data_passive(m, NULL, "x", 1);
}
static void fill_params(wfx_module *m, uint32_t n) { wfx_type_func(m, many_i32, n, NULL, 0); }
static void fill_results(wfx_module *m, uint32_t n) { wfx_type_func(m, NULL, 0, many_i32, n); }
static void fill_fields(wfx_module *m, uint32_t n) {
  wfx_field fields[4] = {{WFX_I32, 0}, {WFX_I32, 0}, {WFX_I32, 0}, {WFX_I32, 0}};
  wfx_type_struct(m, NULL, fields, n);
}
static void fill_locals(wfx_module *m, uint32_t n) {
  wfx_body *b = open_func(m);
  for (uint32_t i = 0; i < n; i++) wfx_body_add_local(b, WFX_I32, NULL);
  wfx_body_close(b);
}
static void fill_clauses(wfx_module *m, uint32_t n) {
  wfx_on on[4];
  wfx_tag_id tag = wfx_module_add_tag(m, NULL, void_type(m));
  for (int i = 0; i < 4; i++) on[i] = (wfx_on){.kind = WFX_ON_SWITCH, .tag = tag};
  wfx_type_id ct = wfx_type_cont(m, NULL, void_type(m));
  wfx_body *b = open_func(m);
  wfx_emit_ref_null(b, wfx_heap(ct));
  wfx_emit_resume(b, ct, on, n);
  wfx_body_close(b);
}
static void fill_catches(wfx_module *m, uint32_t n) {
  wfx_body *b = open_func(m);
  wfx_catch catches[4];
  for (int i = 0; i < 4; i++)
    catches[i] = (wfx_catch){.kind = WFX_CATCH_ALL, .label = wfx_body_label(b)};
  wfx_emit_try_table(b, wfx_bt_none(), catches, n);
  wfx_emit_end(b);
  wfx_body_close(b);
}
static void fill_nesting(wfx_module *m, uint32_t n) {
  wfx_body *b = open_func(m);
  for (uint32_t i = 0; i < n; i++) wfx_emit_block(b, wfx_bt_none()); /* the body is none */
  for (uint32_t i = 0; i < n; i++) wfx_emit_end(b);
  wfx_body_close(b);
}
static void fill_operands(wfx_module *m, uint32_t n) {
  wfx_type_id t = wfx_type_array(m, NULL, (wfx_field){WFX_I32, false});
  wfx_body *b = open_func(m);
  for (uint32_t i = 0; i < n; i++) wfx_emit_i32_const(b, 1);
  wfx_emit_array_new_fixed(b, t, n);
  wfx_emit_drop(b);
  wfx_body_close(b);
}
static void fill_supers(wfx_module *m, uint32_t n) {
  wfx_type_id last = {0};
  for (uint32_t i = 0; i <= n; i++) {
    wfx_group_id g = wfx_group_begin(m);
    wfx_type_id t = wfx_type_declare(m, g, NULL);
    wfx_type_set_sub(m, t, false, i == 0 ? (wfx_type_id){WFX_NO_ID} : last);
    wfx_type_define_struct(m, t, NULL, 0);
    wfx_group_end(m, g);
    last = t;
  }
}

#define LIMIT(member, what, fill) {offsetof(wfx_limits, member), what, fill}
static const struct {
  size_t at;
  const char *what;
  fill_fn *fill;
} limit_cases[] = {
    LIMIT(n_types, "too many types", fill_types),
    LIMIT(n_funcs, "too many functions", fill_funcs),
    LIMIT(n_tables, "too many tables", fill_tables),
    LIMIT(n_memories, "too many memories", fill_mems),
    LIMIT(n_globals, "too many globals", fill_globals),
    LIMIT(n_tags, "too many tags", fill_tags),
    LIMIT(n_imports, "too many imports", fill_imports),
    LIMIT(n_exports, "too many exports", fill_exports),
    LIMIT(n_elems, "too many element segments", fill_elems),
    LIMIT(n_elems, "too many element segments and initialisers", fill_items),
    LIMIT(n_types, "too many recursion groups", fill_groups),
    LIMIT(name_bytes, "too many bytes in a name", fill_name),
    LIMIT(name_bytes, "too many bytes in a name", fill_field_name),
    LIMIT(name_bytes, "too many bytes in a name", fill_export_name),
    LIMIT(n_datas, "too many data segments", fill_datas),
    LIMIT(n_params, "too many parameters", fill_params),
    LIMIT(n_results, "too many parameters, results", fill_results),
    LIMIT(n_fields, "too many parameters, results or fields", fill_fields),
    LIMIT(n_locals, "too many locals", fill_locals),
    LIMIT(n_clauses, "too many handler clauses", fill_clauses),
    LIMIT(n_clauses, "too many catch clauses", fill_catches),
    LIMIT(nesting, "nesting too deep", fill_nesting),
    LIMIT(n_fields, "too many operands", fill_operands),
    LIMIT(subtype_depth, "subtyping depth exceeded", fill_supers),
};

static void limits_are_kept(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof limit_cases / sizeof *limit_cases; i++) {
    for (uint32_t n = 3; n <= 4; n++) {
      wfx_limits limits;
      const uint32_t three = 3;
      memset(&limits, 0, sizeof limits);
      memcpy((char *)&limits + limit_cases[i].at, &three, sizeof three);
      struct fixture f;
      open_module(&f, wfx_features_all(), &limits);
      limit_cases[i].fill(f.m, n);
      expect(&f, n > 3 ? WFX_INVALID : WFX_OK, n > 3 ? limit_cases[i].what : NULL);
      close_module(&f);
    }
  }
}

/* ---- Features ---------------------------------------------------------------------------- */

typedef void make_fn(wfx_module *m);

static void make_struct(wfx_module *m) { wfx_type_struct(m, NULL, NULL, 0); }
static void make_array(wfx_module *m) {
  wfx_type_array(m, NULL, (wfx_field){WFX_I32, false});
}
static void make_cont(wfx_module *m) { wfx_type_cont(m, NULL, void_type(m)); }
static void make_handler(wfx_module *m) {
  wfx_group_id g = wfx_group_begin(m);
  wfx_type_define_handler(m, wfx_type_declare(m, g, NULL), NULL, 0);
  wfx_group_end(m, g);
}
static wfx_type_id tag_type(wfx_module *m) {
  wfx_type_id ft = void_type(m);
  wfx_group_id g = wfx_group_begin(m);
  wfx_type_id t = wfx_type_declare(m, g, NULL);
  wfx_type_define_tag(m, t, ft);
  wfx_group_end(m, g);
  return t;
}
static void make_tag_type(wfx_module *m) { tag_type(m); }
static void make_tag_with_results(wfx_module *m) {
  wfx_module_add_tag(m, NULL, wfx_type_func(m, NULL, 0, many_i32, 1));
}
static void make_mem64(wfx_module *m) {
  wfx_module_add_mem(m, NULL, (wfx_size_limits){.min = 1, .is_64 = true});
}
static void make_table64(wfx_module *m) {
  wfx_module_add_table(m, NULL, WFX_FUNCREF, (wfx_size_limits){.min = 1, .is_64 = true}, NULL);
}
static void make_shared(wfx_module *m) {
  wfx_module_add_mem(m, NULL, (wfx_size_limits){1, 2, true, false, true});
}
static void make_two_mems(wfx_module *m) { fill_mems(m, 2); }
static void make_one_mem(wfx_module *m) { fill_mems(m, 1); }
static void make_nothing(wfx_module *m) { (void)m; }
static void make_sign_ext(wfx_module *m) {
  wfx_body *b = open_func(m);
  wfx_emit_i32_const(b, 1);
  wfx_emit_i32_extend8_s(b);
  wfx_emit_drop(b);
  wfx_body_close(b);
}
/* Of a type that there may be without the feature; with it, it is the wrong one. */
static void make_on_ref(wfx_module *m) {
  wfx_type_id ct = wfx_type_cont(m, NULL, void_type(m));
  wfx_body *b = open_func(m);
  wfx_on on = {.kind = WFX_ON_REF, .tag_type = void_type(m), .label = wfx_body_label(b)};
  wfx_emit_ref_null(b, wfx_heap(ct));
  wfx_emit_resume(b, ct, &on, 1);
  wfx_body_close(b);
}
static void make_extended_const(wfx_module *m) {
  wfx_body *b = wfx_body_open_const(m, WFX_I32);
  wfx_emit_i32_const(b, 1);
  wfx_emit_i32_const(b, 2);
  wfx_emit_i32_add(b);
  wfx_module_add_global(m, NULL, WFX_I32, false, wfx_body_close_const(b));
}

static const struct {
  wfx_feature feature;
  make_fn *make;
  wfx_status status;
  const char *what;
  bool is_good; /* with the feature */
} feature_cases[] = {
    {WFX_FEATURE_GC, make_struct, WFX_UNSUPPORTED, "unsupported: type 0", true},
    {WFX_FEATURE_GC, make_array, WFX_UNSUPPORTED, "unsupported: type 0", true},
    {WFX_FEATURE_STACK_SWITCHING, make_cont, WFX_UNSUPPORTED, "unsupported: type 1", true},
    {WFX_FEATURE_NAMED_HANDLERS, make_handler, WFX_UNSUPPORTED, "unsupported: type 0", true},
    {WFX_FEATURE_TAG_REFS, make_tag_type, WFX_UNSUPPORTED, "unsupported: type 1", true},
    {WFX_FEATURE_STACK_SWITCHING, make_tag_with_results, WFX_INVALID,
     "non-empty tag result type", true},
    {WFX_FEATURE_MEMORY64, make_mem64, WFX_UNSUPPORTED, "unsupported", true},
    {WFX_FEATURE_MEMORY64, make_table64, WFX_UNSUPPORTED, "unsupported", true},
    {WFX_FEATURE_THREADS, make_shared, WFX_UNSUPPORTED, "unsupported: shared memory", true},
    {WFX_FEATURE_MULTI_MEMORY, make_two_mems, WFX_INVALID, "multiple memories", true},
    {WFX_FEATURE_MULTI_MEMORY, make_one_mem, WFX_OK, NULL, true},
    {WFX_FEATURE_MULTI_MEMORY, make_nothing, WFX_OK, NULL, true},
    {WFX_FEATURE_MEMORY64, make_one_mem, WFX_OK, NULL, true},
    {WFX_FEATURE_SIGN_EXT, make_sign_ext, WFX_UNSUPPORTED, "unsupported: i32.extend8_s", true},
    {WFX_FEATURE_TAG_REFS, make_on_ref, WFX_INVALID, "on_ref needs", false},
    {WFX_FEATURE_EXTENDED_CONST, make_extended_const, WFX_INVALID,
     "constant expression required", true},
};

static void features_are_needed(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof feature_cases / sizeof *feature_cases; i++) {
    struct fixture f;
    open_module(&f, wfx_features_all() & ~(UINT64_C(1) << feature_cases[i].feature), NULL);
    feature_cases[i].make(f.m);
    expect(&f, feature_cases[i].status, feature_cases[i].what);
    close_module(&f);
    open_module(&f, wfx_features_all(), NULL);
    feature_cases[i].make(f.m);
    expect(&f, feature_cases[i].is_good ? WFX_OK : WFX_INVALID, NULL);
    close_module(&f);
  }
}

/* ---- What is unfinished ------------------------------------------------------------------ */

static void a_function_has_a_body(void **state) {
  (void)state;
  struct fixture f;
  open_module(&f, 0, NULL);
  wfx_module_add_func(f.m, "g", void_type(f.m));
  expect(&f, WFX_MISUSE, "function $g has no body");
  close_module(&f);
}

static void a_group_has_an_end(void **state) {
  (void)state;
  struct fixture f;
  open_module(&f, 0, NULL);
  wfx_group_id g = wfx_group_begin(f.m);
  wfx_type_define_struct(f.m, wfx_type_declare(f.m, g, "s"), NULL, 0);
  expect(&f, WFX_MISUSE, "recursion group 0 has not ended");
  close_module(&f);
}

static void a_type_is_defined(void **state) {
  (void)state;
  struct fixture f;
  open_module(&f, 0, NULL);
  wfx_group_id g = wfx_group_begin(f.m);
  wfx_type_define_struct(f.m, wfx_type_declare(f.m, g, "s"), NULL, 0);
  wfx_type_declare(f.m, g, "t");
  expect(&f, WFX_INVALID, "type is declared but not defined: 1");
  close_module(&f);
}

static void expect_in_body(wfx_body *b, const char *want) {
  const wfx_diag *d = wfx_body_diag(b);
  assert_non_null(d);
  assert_string_equal(d->message, want);
  wfx_body_abandon(b);
}

/* Bodies may be built while a group is open, but not with types that lack their definition. */
static void a_body_uses_defined_types(void **state) {
  (void)state;
  struct fixture f;
  open_module(&f, 0, NULL);
  wfx_func_id func = wfx_module_add_func(f.m, "f", void_type(f.m));
  wfx_group_id g = wfx_group_begin(f.m);
  wfx_type_id t = wfx_type_declare(f.m, g, "t"), ct = wfx_type_declare(f.m, g, "ct");
  wfx_type_define_cont(f.m, ct, t);
  wfx_body *b = wfx_body_open(f.m, func, WFX_CHECKED);
  wfx_emit_struct_new_default(b, t);
  expect_in_body(b, "type $t is declared but not defined");
  b = wfx_body_open(f.m, func, WFX_CHECKED);
  wfx_emit_unreachable(b);
  wfx_emit_resume(b, ct, NULL, 0);
  expect_in_body(b, "type $t is declared but not defined");
  close_module(&f);
}

/* Declarations of a wrong type are found in the bodies that use them, before validation. */
static void a_body_uses_sound_declarations(void **state) {
  (void)state;
  struct fixture f;
  open_module(&f, 0, NULL);
  wfx_type_id s = wfx_type_struct(f.m, "s", NULL, 0), none = {77};
  wfx_func_id func = wfx_module_add_func(f.m, "f", void_type(f.m));
  wfx_func_id bad = wfx_module_add_func(f.m, "bad", s);
  wfx_func_id lost = wfx_module_add_func(f.m, "lost", none);
  wfx_tag_id tag = wfx_module_add_tag(f.m, "tag", s);
  wfx_body *b = wfx_body_open(f.m, func, WFX_CHECKED);
  wfx_emit_call(b, bad);
  expect_in_body(b, "non-function type $s");
  b = wfx_body_open(f.m, func, WFX_CHECKED);
  wfx_emit_suspend(b, tag);
  expect_in_body(b, "non-function type $s");
  b = wfx_body_open(f.m, bad, WFX_CHECKED);
  expect_in_body(b, "non-function type $s");
  b = wfx_body_open(f.m, lost, WFX_CHECKED);
  expect_in_body(b, "unknown type 77");
  close_module(&f);
}

static void an_else_has_an_if(void **state) {
  (void)state;
  for (int i = 0; i < 2; i++) {
    struct fixture f;
    open_module(&f, 0, NULL);
    wfx_body *b = open_func(f.m);
    if (i == 0) wfx_emit_block(b, wfx_bt_none());
    else wfx_emit_i32_const(b, 1), wfx_emit_if(b, wfx_bt_none()), wfx_emit_else(b);
    wfx_emit_else(b);
    wfx_emit_end(b);
    wfx_body_close(b);
    expect(&f, WFX_INVALID, "else without if");
    close_module(&f);
  }
}

/* A largest size that is not there does not count. */
static void sizes_without_maximum(void **state) {
  (void)state;
  struct fixture f;
  open_module(&f, 0, NULL);
  wfx_module_add_mem(f.m, NULL, (wfx_size_limits){.min = 1, .max = UINT64_MAX});
  wfx_module_add_mem(f.m, NULL, (wfx_size_limits){.min = 2, .max = 1});
  expect(&f, WFX_OK, NULL);
  close_module(&f);
}

/* Bodies that are built may name any function, in a module that was read as well; what was read
 * may not. Validating again looks at what has been added. */
static void functions_are_declared(void **state) {
  (void)state;
  static const char text[] = "(module (type $t (func)) (func $f) (func (drop (ref.func $f))))";
  struct fixture f;
  open_module(&f, 0, NULL);
  assert_int_equal(wfx_module_parse(f.m, text, strlen(text), "text"), WFX_OK);
  expect(&f, WFX_INVALID, "undeclared function reference 0");
  close_module(&f);

  static const char text2[] = "(module (type $t (func)) (func $f))";
  open_module(&f, 0, NULL);
  assert_int_equal(wfx_module_parse(f.m, text2, strlen(text2), "text"), WFX_OK);
  expect(&f, WFX_OK, NULL);
  wfx_body *b = open_func(f.m);
  wfx_emit_ref_func(b, (wfx_func_id){0});
  wfx_emit_drop(b);
  wfx_body_close(b);
  expect(&f, WFX_OK, NULL);
  close_module(&f);

  open_module(&f, 0, NULL);
  expect(&f, WFX_OK, NULL);
  for (int i = 0; i < 400000; i++) wfx_module_add_func(f.m, NULL, void_type(f.m));
  expect(&f, WFX_MISUSE, "function 0 has no body");
  close_module(&f);
}

/* Parse text into a new module. */
static wfx_module *parse(struct fixture *f, const char *text) {
  wfx_module *m = wfx_module_new(f->ctx);
  assert_int_equal(wfx_module_parse(m, text, strlen(text), "text"), WFX_OK);
  return m;
}

/* Linking drops the export that declared a function. */
static void linked_functions_are_declared(void **state) {
  (void)state;
  struct fixture f;
  open_module(&f, 0, NULL);
  wfx_module *program = parse(&f, "(module (import \"lib\" \"get\" (func $get (result funcref)))"
                                  "  (export \"get\" (func $get)))");
  wfx_module *lib = parse(&f, "(module (func $f) (export \"f\" (func $f))"
                              "  (func (export \"get\") (result funcref) (ref.func $f)))");
  wfx_linker *l = wfx_linker_new(f.ctx);
  wfx_linker_add(l, "program", program);
  wfx_linker_add(l, "lib", lib);
  assert_int_equal(wfx_linker_link(l, 0, f.m), WFX_OK);
  wfx_linker_free(l);
  expect(&f, WFX_OK, NULL);
  wfx_module_free(program);
  wfx_module_free(lib);
  close_module(&f);
}

/* The first type that is not there. */
static void a_type_is_there(void **state) {
  (void)state;
  struct fixture f;
  open_module(&f, 0, NULL);
  wfx_valtype next = wfx_ref_to((wfx_type_id){1});
  wfx_type_func(f.m, &next, 1, NULL, 0);
  expect(&f, WFX_INVALID, "unknown type 1");
  close_module(&f);
}

static void blocks_end(void **state) {
  (void)state;
  struct fixture f;
  open_module(&f, 0, NULL);
  wfx_body *b = open_func(f.m);
  wfx_emit_block(b, wfx_bt_none());
  wfx_body_close(b);
  expect(&f, WFX_INVALID, "END opcode expected");
  close_module(&f);
}

/* The first instruction of a module pops two operands: nothing has been pushed ever. */
static void a_first_instruction_has_operands(void **state) {
  (void)state;
  static const uint8_t bytes[] = {0, 'a', 's', 'm', 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0,
                                  5, 3, 1, 0, 1, 10, 7, 1, 5, 0, 0x36, 2, 0, 0x0b};
  wfx_ctx *ctx = wfx_ctx_new(NULL);
  wfx_module *m = wfx_module_new(ctx);
  assert_non_null(m);
  assert_int_equal(wfx_validate_bytes(m, bytes, sizeof bytes), WFX_INVALID);
  wfx_module_free(m);
  wfx_ctx_free(ctx);
}

/* What was found wrong stays wrong, and a valid module is no longer when an error is added. */
static void a_verdict_stays(void **state) {
  (void)state;
  struct fixture f;
  open_module(&f, 0, NULL);
  wfx_emit_drop(open_func(f.m));
  for (int i = 0; i < 2; i++) expect(&f, WFX_INVALID, "type mismatch");
  close_module(&f);
  open_module(&f, 0, NULL);
  assert_int_equal(wfx_body_close(open_func(f.m)), WFX_OK);
  for (int i = 0; i < 2; i++) expect(&f, WFX_OK, NULL);
  wfx_body_open(f.m, (wfx_func_id){0}, WFX_UNCHECKED); /* it has one */
  for (int i = 0; i < 2; i++) expect(&f, WFX_MISUSE, NULL);
  close_module(&f);
  open_module(&f, 0, NULL);
  expect(&f, WFX_OK, NULL);
  wfx_group_begin(f.m);
  expect(&f, WFX_MISUSE, "recursion group 0 has not ended");
  close_module(&f);
}

/* After an error handles go on being good to use, though they are of no type. */
static void handles_after_an_error(void **state) {
  (void)state;
  struct fixture f;
  open_module(&f, 0, NULL);
  assert_int_equal(wfx_module_decode(f.m, (const uint8_t *)"?", 1), WFX_MALFORMED);
  wfx_type_id t = wfx_type_array(f.m, NULL, (wfx_field){WFX_I32, false});
  wfx_type_info info;
  assert_int_equal(wfx_module_n_types(f.m), 0);
  assert_true(wfx_type_equal(f.m, t, t));
  assert_int_equal(wfx_type_get_kind(f.m, t), WFX_TYPE_UNDEFINED);
  wfx_type_get(f.m, t, &info);
  assert_int_equal(info.kind, WFX_TYPE_UNDEFINED);
  assert_int_equal(info.n_fields, 0);
  close_module(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(limits_are_kept),
      cmocka_unit_test(a_verdict_stays),
      cmocka_unit_test(handles_after_an_error),
      cmocka_unit_test(features_are_needed),
      cmocka_unit_test(a_function_has_a_body),
      cmocka_unit_test(a_group_has_an_end),
      cmocka_unit_test(a_type_is_defined),
      cmocka_unit_test(a_body_uses_defined_types),
      cmocka_unit_test(a_body_uses_sound_declarations),
      cmocka_unit_test(an_else_has_an_if),
      cmocka_unit_test(sizes_without_maximum),
      cmocka_unit_test(functions_are_declared),
      cmocka_unit_test(linked_functions_are_declared),
      cmocka_unit_test(a_type_is_there),
      cmocka_unit_test(blocks_end),
      cmocka_unit_test(a_first_instruction_has_operands),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
