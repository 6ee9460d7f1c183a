/* test_object.c: linking relocatable objects: names, groups, archives, data, tables,
 * constructors; malformed objects; memory running out. */
#include "run_unit.h"

#include "ir/module.h"
#include "object_unit.h"

/* ---- One link ---------------------------------------------------------------------------- */

struct fixture {
  struct world w;
  wfx_linker *l;
  wfx_module *out;
  wfx_instance *inst;
};

static int setup(void **state) {
  static struct fixture f;
  memset(&f, 0, sizeof f);
  world_open(&f.w, NULL);
  f.l = wfx_linker_new(f.w.ctx);
  f.out = wfx_module_new(f.w.ctx);
  *state = &f;
  return f.out == NULL;
}

static int teardown(void **state) {
  struct fixture *f = *state;
  wfx_store_free(f->w.store);
  f->w.store = NULL;
  wfx_linker_free(f->l);
  wfx_module_free(f->out);
  world_close(&f->w);
  return 0;
}

static void add_text(struct fixture *f, const char *name, const char *text) {
  wfx_linker_add(f->l, name, world_parse(&f->w, text));
}

static void add_obj(struct fixture *f, const char *name, const struct obj *o) {
  struct buf bytes;
  obj_bytes(o, &bytes);
  assert_true(wfx_is_object(bytes.data, bytes.n));
  wfx_linker_add_object(f->l, name, bytes.data, bytes.n);
  if (wfx_linker_diag(f->l)) fail_msg("%s", wfx_linker_diag(f->l)->message);
}

static void link_flags(struct fixture *f, uint32_t flags) {
  if (wfx_linker_link(f->l, flags, f->out) != WFX_OK)
    fail_msg("%s", wfx_linker_diag(f->l)->message);
  if (wfx_module_validate(f->out) != WFX_OK)
    fail_msg("%s", wfx_module_diag(f->out, 0)->message);
}

static void link_and_run(struct fixture *f, const char *name, int32_t a, int32_t want) {
  link_flags(f, 0);
  if (wfx_instantiate(f->w.store, f->out, "main", &f->inst) != WFX_OK)
    fail_msg("%s", wfx_store_diag(f->w.store)->message);
  assert_runs(f->inst, name, a, 0, want);
}

static void link_fails(struct fixture *f, uint32_t flags, wfx_status status,
                       const char *words) {
  assert_int_equal(wfx_linker_link(f->l, flags, f->out), status);
  if (!strstr(wfx_linker_diag(f->l)->message, words))
    fail_msg("message \"%s\"", wfx_linker_diag(f->l)->message);
}

static const char prog_text[] =
    "(module (import \"env\" \"work\" (func $work (param i32) (result i32)))"
    " (func (export \"back\") (param i32) (result i32) (i32.mul (local.get 0) (i32.const 10)))"
    " (func (export \"run\") (param i32) (result i32) (call $work (local.get 0))))";

/* Whether the merged module has a function of this name. */
static bool has_func(const struct fixture *f, const char *name) {
  for (uint32_t i = 0; i < wfx_module_count(f->out, WFX_EXTERN_FUNC); i++) {
    wfx_str s = wfx_module_decl_name(f->out, WFX_EXTERN_FUNC, i);
    if (s.data && strcmp(s.data, name) == 0) return true;
  }
  return false;
}

/* ---- Names ------------------------------------------------------------------------------- */

static void test_calls(void **state) {
  struct fixture *f = *state;
  struct obj a, b;
  obj_init(&a);
  unsigned helper = import_func(&a, "helper", T_I_I, 0);
  import_func(&a, "nowhere", T_VOID, 0);
  char code[40];
  snprintf(code, sizeof code, "g0;c%u;k1;+", helper);
  def(&a, "work", 0, T_I_I, code);
  def(&a, "unused", 0, T_VOID, "c1");
  obj_init(&b);
  unsigned back = import_func(&b, "back", T_I_I, 0);
  snprintf(code, sizeof code, "g0;c%u;k7;+", back);
  def(&b, "helper", HIDDEN, T_I_I, code);
  add_text(f, "main", prog_text);
  add_obj(f, "a.o", &a);
  add_obj(f, "b.o", &b);
  link_and_run(f, "run", 4, 48);
  assert_true(has_func(f, "helper"));
  assert_false(has_func(f, "unused"));
  assert_int_equal(f->out->imports.n, 0);
  assert_int_equal(f->out->mems.n, 0); /* nobody uses it */
}

static void add_answer(struct fixture *f, const char *file, unsigned flags, const char *code) {
  struct obj o;
  obj_init(&o);
  def(&o, "answer", flags, T_I, code);
  add_obj(f, file, &o);
}

/* work(x) = answer() + x */
static void add_asker(struct fixture *f, unsigned flags) {
  struct obj o;
  obj_init(&o);
  import_func(&o, "answer", T_I, flags);
  def(&o, "work", 0, T_I_I, "c0;g0;+");
  add_obj(f, "asker.o", &o);
}

static void test_weak(void **state) {
  struct fixture *f = *state;
  add_text(f, "main", prog_text);
  add_asker(f, 0);
  add_answer(f, "weak.o", WEAK, "k1");
  add_answer(f, "strong.o", 0, "k2");
  add_answer(f, "late.o", WEAK, "k3");
  link_and_run(f, "run", 40, 42);
}

/* The object that has the weak definition calls the other one as well. */
static void test_weak_inside(void **state) {
  struct fixture *f = *state;
  struct obj o;
  obj_init(&o);
  def(&o, "answer", WEAK, T_I, "k1");
  unsigned alias = symbol(&o, S_FUNC, 0, 0, "first_answer");
  char code[60];
  snprintf(code, sizeof code, "c0;c%u;k10;*;+;g0;+", alias);
  def(&o, "work", 0, T_I_I, code);
  add_text(f, "main", prog_text);
  add_obj(f, "a.o", &o);
  add_answer(f, "strong.o", 0, "k5");
  link_and_run(f, "run", 100, 115);
}

static void test_duplicate(void **state) {
  struct fixture *f = *state;
  add_text(f, "main", prog_text);
  add_answer(f, "one.o", 0, "k1");
  add_answer(f, "two.o", 0, "k2");
  link_fails(f, 0, WFX_UNLINKABLE, "duplicate symbol: \"answer\" is defined in \"one.o\"");
  assert_string_equal(wfx_linker_diag(f->l)->loc.file, "two.o");
  assert_true(wfx_linker_diag(f->l)->loc.offset != UINT64_MAX);
}

static void test_undefined(void **state) {
  struct fixture *f = *state;
  add_text(f, "main", prog_text);
  add_asker(f, 0);
  link_fails(f, 0, WFX_UNLINKABLE, "undefined symbol: \"answer\"");
  assert_string_equal(wfx_linker_diag(f->l)->loc.file, "asker.o");
}

static void test_allow_undefined(void **state) {
  struct fixture *f = *state;
  add_text(f, "main", prog_text);
  add_asker(f, 0);
  link_flags(f, WFX_LINK_UNDEFINED);
  assert_int_equal(f->out->imports.n, 1);
  assert_string_equal(f->out->imports.data[0].field.data, "answer");
}

static void test_weak_undefined(void **state) {
  struct fixture *f = *state;
  struct obj o;
  obj_init(&o);
  import_func(&o, "answer", T_I, WEAK);
  data_symbol(&o, UNDEF | WEAK, "absent", 0, 0);
  /* Null as an address and in the table; a call would trap. */
  def(&o, "work", 0, T_I_I, "a1 8;t0;+;g0;+");
  def(&o, "call", EXPORTED, T_I, "c0");
  add_text(f, "main", prog_text);
  add_obj(f, "a.o", &o);
  link_and_run(f, "run", 40, 40);
  assert_int_equal(call_i32(f->inst, "call", 0, 0, NULL), WFX_TRAP);
}

static void test_types_differ(void **state) {
  struct fixture *f = *state;
  struct obj o;
  obj_init(&o);
  import_func(&o, "answer", T_I_I, 0);
  def(&o, "work", 0, T_I_I, "g0;c0");
  add_text(f, "main", prog_text);
  add_obj(f, "a.o", &o);
  add_answer(f, "b.o", 0, "k1");
  link_fails(f, 0, WFX_UNLINKABLE, "incompatible import type");
  assert_string_equal(wfx_linker_diag(f->l)->loc.file, "a.o");
  assert_string_equal(wfx_linker_diag(f->l)->found, "(func (result i32))");
}

static void test_other_kind(void **state) {
  struct fixture *f = *state;
  struct obj o;
  obj_init(&o);
  data_symbol(&o, 0, "answer", segment(&o, ".data", 0, "x", 1), 0);
  add_text(f, "main", prog_text);
  add_asker(f, 0);
  add_obj(f, "b.o", &o);
  link_fails(f, 0, WFX_UNLINKABLE, "another kind");
}

/* The result imports what an object imports by another name, once. */
static void test_import_names(void **state) {
  struct fixture *f = *state;
  struct obj a, b;
  obj_init(&a);
  symbol(&a, S_FUNC, UNDEF | EXPLICIT, import_from(&a, "host", "ask", T_I), "answer");
  def(&a, "work", 0, T_I_I, "c0;g0;+");
  obj_init(&b);
  import_func(&b, "answer", T_I, 0);
  def(&b, "other", EXPORTED, T_I, "c0");
  add_text(f, "main", prog_text);
  add_obj(f, "a.o", &a);
  add_obj(f, "b.o", &b);
  link_flags(f, 0);
  assert_int_equal(f->out->imports.n, 1);
  assert_string_equal(f->out->imports.data[0].module.data, "host");
  assert_string_equal(f->out->imports.data[0].field.data, "ask");
}

/* ... or finds it in a module of that name. */
static void test_import_module(void **state) {
  struct fixture *f = *state;
  struct obj a;
  obj_init(&a);
  symbol(&a, S_FUNC, UNDEF | EXPLICIT, import_from(&a, "host", "ask", T_I), "answer");
  def(&a, "work", 0, T_I_I, "c0;g0;+");
  add_text(f, "main", prog_text);
  add_obj(f, "a.o", &a);
  add_text(f, "host", "(module (func (export \"ask\") (result i32) (i32.const 30)))");
  link_and_run(f, "run", 3, 33);
}

static void test_ambiguous(void **state) {
  struct fixture *f = *state;
  add_text(f, "main", prog_text);
  add_asker(f, 0);
  add_text(f, "x", "(module (func (export \"answer\") (result i32) (i32.const 30)))");
  add_text(f, "y", "(module (func (export \"answer\") (result i32) (i32.const 40)))");
  link_fails(f, 0, WFX_UNLINKABLE, "ambiguous import");
}

/* ---- Groups ------------------------------------------------------------------------------ */

static void add_grouped(struct fixture *f, const char *file, const char *user, int value) {
  struct obj o;
  obj_init(&o);
  char code[20];
  int32_t bytes = value;
  unsigned seg = segment(&o, ".data.inline_var", 2, &bytes, 4);
  data_symbol(&o, WEAK, "inline_var", seg, 0);
  def(&o, "inline_func", WEAK, T_I, "l0");
  group(&o, "inline_func", 0, seg);
  snprintf(code, sizeof code, "c1;g0;+");
  def(&o, user, EXPORTED, T_I_I, code);
  add_obj(f, file, &o);
}

static void test_groups(void **state) {
  struct fixture *f = *state;
  add_text(f, "main", prog_text);
  add_grouped(f, "a.o", "work", 100);
  add_grouped(f, "b.o", "work2", 200);
  link_and_run(f, "run", 1, 101);
  assert_runs(f->inst, "work2", 2, 0, 102);
  assert_int_equal(f->out->funcs.n, 5);
}

/* ---- Data -------------------------------------------------------------------------------- */

static void test_data(void **state) {
  struct fixture *f = *state;
  struct obj a, b;
  obj_init(&a);
  unsigned s = segment(&a, ".data.table", 4, "\1\0\0\0\2\0\0\0\3\0\0\0\4\0\0\0", 16);
  data_symbol(&a, LOCAL, "table", s, 0);
  data_symbol(&a, UNDEF, "there", 0, 0);
  unsigned t = segment(&a, ".data.pointer", 2, "\0\0\0\0\0\0\0\0", 8);
  unsigned pointer = data_symbol(&a, 0, "pointer", t, 0);
  add_reloc(&a, 1, R_ADDR_I32, a.data_at[t], 0, 12);
  add_reloc(&a, 1, R_LOCREL, a.data_at[t] + 4, 0, 2);
  segment(&a, ".rodata.unused", 0, "UNUSED", 6);
  /* table[1] + *there + the pointer's distances: pointer - table = 12, and 2 - 20 */
  def(&a, "work", 0, T_I_I, "l0 4;l1;+;l2;+;a0;k-1;*;+;l2 4;+");
  obj_init(&b);
  data_symbol(&b, 0, "there", segment(&b, ".bss.there", 0, "\0\0\0\0\0\0\0", 7), 3);
  assert_int_equal(pointer, 2);
  add_text(f, "main", prog_text);
  add_obj(f, "a.o", &a);
  add_obj(f, "b.o", &b);
  link_and_run(f, "run", 0, 2 + 0 + 12 + 2 - 20);
  assert_int_equal(f->out->datas.n, 1);
  assert_int_equal(f->out->datas.data[0].n_bytes, 24);
  assert_int_equal(f->out->mems.n, 1);
  assert_int_equal(wfx_module_find_export(f->out, WFX_EXTERN_MEM, "memory"), 0);
}

/* The linker's own addresses, and the stack. */
static void test_addresses(void **state) {
  struct fixture *f = *state;
  static const char *const names[] = {"__stack_low", "__stack_high", "__global_base",
                                      "__data_end", "__heap_base", "__heap_end"};
  struct obj o;
  obj_init(&o);
  for (unsigned i = 0; i < 6; i++) data_symbol(&o, UNDEF, names[i], 0, 0);
  data_symbol(&o, LOCAL, "d", segment(&o, ".data", 0, "abc", 3), 0);
  import_sp(&o);
  static const char *const funcs[] = {"f0", "f1", "f2", "f3", "f4", "f5"};
  for (unsigned i = 0; i < 6; i++) {
    char code[20];
    snprintf(code, sizeof code, "a%u", i);
    def(&o, funcs[i], EXPORTED, T_I, code);
  }
  def(&o, "sp", EXPORTED, T_I, "p7");
  def(&o, "text", EXPORTED, T_I, "a6");
  wfx_linker_set_stack(f->l, 1000);
  add_text(f, "main", "(module)");
  add_obj(f, "a.o", &o);
  link_and_run(f, "f0", 0, 0);
  static const int32_t want[] = {0, 1008, 1008, 1011, 1024, 65536};
  for (unsigned i = 0; i < 6; i++) assert_runs(f->inst, funcs[i], 0, 0, want[i]);
  assert_runs(f->inst, "sp", 0, 0, 1008);
  assert_runs(f->inst, "text", 0, 0, 1008);
}

/* Without a stack nothing lies at NULL either. */
static void test_no_stack(void **state) {
  struct fixture *f = *state;
  struct obj o;
  obj_init(&o);
  data_symbol(&o, LOCAL, "d", segment(&o, ".data", 2, "\5\0\0\0", 4), 0);
  def(&o, "where", EXPORTED, T_I, "a0");
  wfx_linker_set_stack(f->l, 0);
  add_text(f, "main", "(module)");
  add_obj(f, "a.o", &o);
  link_and_run(f, "where", 0, 16);
}

static void test_sections(void **state) {
  struct fixture *f = *state;
  struct obj a, b;
  obj_init(&a);
  data_symbol(&a, UNDEF, "__start_hooks", 0, 0);
  data_symbol(&a, UNDEF, "__stop_hooks", 0, 0);
  segment(&a, "hooks", 0, "ab", 2);
  def(&a, "work", 0, T_I_I, "a1;a0;k-1;*;+");
  obj_init(&b);
  segment(&b, "hooks", 2, "cdef", 4);
  add_text(f, "main", prog_text);
  add_obj(f, "a.o", &a);
  add_obj(f, "b.o", &b);
  link_and_run(f, "run", 0, 8);
}

/* A program that exports a memory of its own shares it. */
static void test_shared_memory(void **state) {
  struct fixture *f = *state;
  struct obj o;
  obj_init(&o);
  data_symbol(&o, LOCAL, "d", segment(&o, ".data", 2, "\5\0\0\0", 4), 0);
  def(&o, "work", 0, T_I_I, "l0;g0;+");
  def(&o, "where", EXPORTED, T_I, "a0");
  wfx_linker_set_stack(f->l, 0);
  add_text(f, "main",
           "(module (import \"env\" \"work\" (func $work (param i32) (result i32)))"
           " (import \"env\" \"memory\" (memory $other 1))"
           " (import \"mem\" \"m\" (memory $mine 1)) (export \"memory\" (memory $mine))"
           " (func (export \"run\") (param i32) (result i32)"
           "  (i32.store $other (i32.const 131072) (i32.const 6))"
           "  (i32.add (call $work (local.get 0)) (i32.load $mine (i32.const 131072)))))");
  add_text(f, "mem", "(module (memory (export \"m\") 2 8) (data (i32.const 0) \"mem\"))");
  add_obj(f, "a.o", &o);
  link_and_run(f, "run", 1, 13);
  assert_runs(f->inst, "where", 0, 0, 131072);
  assert_int_equal(f->out->mems.n, 1);
  assert_int_equal(f->out->mems.data[0].limits.min, 3);
}

static void test_full_memory(void **state) {
  struct fixture *f = *state;
  struct obj o;
  obj_init(&o);
  data_symbol(&o, LOCAL, "d", segment(&o, ".data", 2, "\5\0\0\0", 4), 0);
  def(&o, "work", 0, T_I_I, "l0;g0;+");
  add_text(f, "main",
           "(module (import \"env\" \"work\" (func $work (param i32) (result i32)))"
           " (memory (export \"memory\") 1 1) (func (export \"run\") (param i32) (result i32)"
           "  (call $work (local.get 0))))");
  add_obj(f, "a.o", &o);
  link_fails(f, 0, WFX_UNLINKABLE, "does not fit into memory");
}

/* A module's own wishes for the objects' memory and table. */
static void test_adapted(void **state) {
  struct fixture *f = *state;
  struct obj o;
  obj_init(&o);
  import_table(&o);
  def(&o, "one", LOCAL, T_I, "k1");
  def(&o, "work", 0, T_I_I, "t1;x2 0;g0;+");
  add_text(f, "main",
           "(module (import \"env\" \"work\" (func $work (param i32) (result i32)))"
           " (import \"env\" \"memory\" (memory 5 9)) (export \"mem\" (memory 0))"
           " (import \"env\" \"__indirect_function_table\" (table $t 4 funcref))"
           " (func (export \"run\") (param i32) (result i32)"
           "  (drop (table.grow $t (ref.null func) (i32.const 3)))"
           "  (i32.add (table.size $t) (call $work (local.get 0)))))");
  add_obj(f, "a.o", &o);
  link_and_run(f, "run", 0, 8);
  assert_int_equal(f->out->mems.data[0].limits.min, 5);
  assert_int_equal(f->out->mems.data[0].limits.max, 9);
}

/* ---- Tables ------------------------------------------------------------------------------ */

static void test_table(void **state) {
  struct fixture *f = *state;
  struct obj o;
  obj_init(&o);
  unsigned table = import_table(&o);
  unsigned back = import_func(&o, "back", T_I_I, 0);
  unsigned seg = segment(&o, ".data.fp", 2, "\0\0\0\0", 4);
  unsigned fp = data_symbol(&o, 0, "fp", seg, 0);
  unsigned plus = def(&o, "plus", LOCAL, T_I_I, "g0;k3;+");
  add_reloc(&o, 1, R_SLOT_I32, o.data_at[seg], plus, 0);
  char code[60];
  snprintf(code, sizeof code, "g0;l%u;x1 %u;t%u;x1 %u", fp, table, back, table);
  def(&o, "work", 0, T_I_I, code);
  add_text(f, "main", prog_text);
  add_obj(f, "a.o", &o);
  link_and_run(f, "run", 4, 70);
  assert_int_equal(f->out->tables.data[0].limits.min, 3);
}

/* ---- Constructors ------------------------------------------------------------------------ */

/* work(x) = x + what the constructors left: each does d = d * 4 + its number. */
static void add_ctors(struct obj *o) {
  obj_init(o);
  data_symbol(o, LOCAL, "d", segment(o, ".bss.d", 2, "\0\0\0\0", 4), 0);
  unsigned first = def(o, "c1", LOCAL, T_VOID, "k0;l0;k4;*;k1;+;s0");
  unsigned second = def(o, "c2", LOCAL, T_I, "k0;l0;k4;*;k2;+;s0;k9");
  unsigned third = def(o, "c3", LOCAL, T_VOID, "k0;l0;k4;*;k3;+;s0");
  init(o, 65535, first);
  init(o, 100, second);
  init(o, 65535, third);
  def(o, "work", 0, T_I_I, "l0;g0;+");
}

static void test_ctors_start(void **state) {
  struct fixture *f = *state;
  struct obj o;
  add_ctors(&o);
  add_text(f, "main", prog_text);
  add_obj(f, "a.o", &o);
  link_and_run(f, "run", 0, (2 * 4 + 1) * 4 + 3);
  assert_true(f->out->start != WFX_NO_ID);
}

static void test_ctors_called(void **state) {
  struct fixture *f = *state;
  struct obj o;
  obj_init(&o);
  add_ctors(&o);
  add_text(f, "main",
           "(module (import \"env\" \"work\" (func $work (param i32) (result i32)))"
           " (import \"env\" \"__wasm_call_ctors\" (func $ctors))"
           " (func (export \"run\") (param i32) (result i32)"
           "  (call $ctors) (call $work (local.get 0))))");
  add_obj(f, "a.o", &o);
  link_and_run(f, "run", 0, (2 * 4 + 1) * 4 + 3);
  assert_int_equal(f->out->start, WFX_NO_ID);
}

/* ---- The program is an object ------------------------------------------------------------ */

static void test_program(void **state) {
  struct fixture *f = *state;
  struct obj o;
  obj_init(&o);
  def(&o, "_start", 0, T_VOID, "");
  def(&o, "shown", EXPORTED, T_I, "k6");
  def(&o, "hidden", 0, T_I, "k7");
  put_name(&o.exports.b, "renamed");
  put(&o.exports.b, "\0\1", 2);
  o.exports.n = 1;
  feature(&o, '+', "sign-ext");
  feature(&o, '-', "shared-mem");
  add_obj(f, "a.o", &o);
  link_and_run(f, "renamed", 0, 6);
  assert_int_equal(f->out->exports.n, 3);
  assert_int_equal(f->out->funcs.n, 2);
  assert_int_equal(f->out->mems.n, 1);
  assert_int_equal(f->out->customs.n, 1);
  assert_int_equal(f->out->customs.data[0].n_bytes, 11);
}

static void test_features(void **state) {
  struct fixture *f = *state;
  struct obj a, b;
  obj_init(&a);
  feature(&a, '+', "atomics");
  obj_init(&b);
  feature(&b, '-', "atomics");
  add_obj(f, "a.o", &a);
  add_obj(f, "b.o", &b);
  link_fails(f, 0, WFX_UNLINKABLE, "incompatible target features");
}

static void test_keep_all(void **state) {
  struct fixture *f = *state;
  struct obj o;
  obj_init(&o);
  import_func(&o, "nowhere", T_VOID, 0);
  def(&o, "dead", 0, T_I, "k1");
  segment(&o, ".data", 0, "dead", 4);
  add_obj(f, "a.o", &o);
  link_flags(f, WFX_LINK_KEEP_ALL);
  assert_true(has_func(f, "dead"));
  assert_int_equal(f->out->datas.n, 1);
  assert_int_equal(f->out->imports.n, 0);
}

/* A linker can link again, also after more was added. */
static void test_again(void **state) {
  struct fixture *f = *state;
  add_text(f, "main", prog_text);
  add_asker(f, 0);
  add_answer(f, "weak.o", WEAK, "k1");
  link_flags(f, 0);
  add_answer(f, "strong.o", 0, "k2");
  for (int i = 0; i < 2; i++) {
    wfx_module_free(f->out);
    f->out = wfx_module_new(f->w.ctx);
    link_and_run(f, "run", 40, 42);
  }
}

/* ---- Archives ---------------------------------------------------------------------------- */

static void answer_member(struct buf *ar, const char *file, const char *name,
                          const char *needs) {
  struct obj o;
  struct buf bytes;
  obj_init(&o);
  if (needs) import_func(&o, needs, T_I, 0);
  def(&o, name, 0, T_I, needs ? "c0;k1;+" : "k1");
  obj_bytes(&o, &bytes);
  ar_member(ar, file, &bytes);
}

static void make_archive(struct buf *ar) {
  ar->n = 0;
  put(ar, "!<arch>\n", 8);
  ar_text(ar, "/", "index of symbols, not read");
  ar_text(ar, "//", "a_rather_long_member_name.o/\nodd\n");
  ar_text(ar, "readme.txt/", "no object");
  answer_member(ar, "/0", "answer", "deeper");
  answer_member(ar, "unused.o/", "unused", "missing");
  answer_member(ar, "deeper.o/", "deeper", NULL);
  answer_member(ar, "late.o/", "deeper", NULL);
}

static void test_archive(void **state) {
  struct fixture *f = *state;
  struct buf ar;
  make_archive(&ar);
  assert_true(wfx_is_archive(ar.data, ar.n));
  add_text(f, "main", prog_text);
  wfx_linker_add_archive(f->l, "lib.a", ar.data, ar.n);
  add_asker(f, 0);
  link_and_run(f, "run", 40, 42);
  assert_false(has_func(f, "unused"));
}

/* A weak reference takes no member; a module's import does. */
static void test_archive_weak(void **state) {
  struct fixture *f = *state;
  struct buf ar;
  make_archive(&ar);
  add_text(f, "main", "(module (import \"env\" \"deeper\" (func (result i32)))"
                      " (func (export \"run\") (result i32) (call 0)))");
  struct obj o;
  obj_init(&o);
  import_func(&o, "unused", T_I, WEAK);
  def(&o, "work", EXPORTED, T_I, "c0");
  add_obj(f, "a.o", &o);
  wfx_linker_add_archive(f->l, "lib.a", ar.data, ar.n);
  link_and_run(f, "run", 0, 1);
}

/* A mistake in a member is shown with both names. */
static void test_archive_name(void **state) {
  struct fixture *f = *state;
  struct buf ar, bytes;
  struct obj o;
  obj_init(&o);
  def(&o, "answer", 0, T_I, "c7");
  obj_bytes(&o, &bytes);
  ar.n = 0;
  put(&ar, "!<arch>\n", 8);
  ar_member(&ar, "bad.o/", &bytes);
  add_text(f, "main", prog_text);
  add_asker(f, 0);
  wfx_linker_add_archive(f->l, "lib.a", ar.data, ar.n);
  link_fails(f, 0, WFX_MALFORMED, "names symbol 7 of 1");
  assert_string_equal(wfx_linker_diag(f->l)->loc.file, "lib.a(bad.o)");
}

/* ---- What is refused --------------------------------------------------------------------- */

static void refused(void **state, const struct obj *o, wfx_status status, const char *words) {
  struct fixture *f = *state;
  struct buf bytes;
  obj_bytes(o, &bytes);
  wfx_linker_add_object(f->l, "a.o", bytes.data, bytes.n);
  wfx_linker_link(f->l, WFX_LINK_KEEP_ALL, f->out);
  const wfx_diag *d = wfx_linker_diag(f->l);
  assert_non_null(d);
  if (d->status != status || !strstr(d->message, words))
    fail_msg("%s: %s", wfx_status_text(d->status), d->message);
  assert_string_equal(d->loc.file, "a.o");
  assert_true(d->loc.offset != UINT64_MAX);
  teardown(state);
  setup(state);
}

static void test_refused(void **state) {
  struct obj o;
  static const unsigned pic[] = {11, 12, 17, 24}, tls[] = {21, 25},
                        debug[] = {8, 9, 13, 22, 26};
#define REFUSED_RELOC(list, words)                                  \
  for (size_t i = 0; i < sizeof list / sizeof *list; i++) {         \
    obj_init(&o);                                                   \
    def(&o, "f", 0, T_I, "k1");                                     \
    add_reloc(&o, 0, list[i], 2, 0, 0);                             \
    refused(state, &o, WFX_UNSUPPORTED, words);                     \
  }
  REFUSED_RELOC(pic, "position-independent code is not supported: R_WASM_")
  REFUSED_RELOC(tls, "thread-local storage is not supported: R_WASM_")
  REFUSED_RELOC(debug, "debug information only")
  static const unsigned unknown[] = {27, 1000};
  REFUSED_RELOC(unknown, "unknown relocation type")

  obj_init(&o);
  data_symbol(&o, 0x100, "t", segment(&o, ".tdata", 0, "x", 1), 0);
  refused(state, &o, WFX_UNSUPPORTED, "thread-local storage is not supported: symbol \"t\"");

  obj_init(&o);
  import_sp(&o);
  data_symbol(&o, LOCAL, "d", segment(&o, ".data", 0, "x", 1), 0);
  def(&o, "f", 0, T_I, "p1");
  refused(state, &o, WFX_UNSUPPORTED, "position-independent code");

  obj_init(&o);
  data_symbol(&o, UNDEF, "__memory_base", 0, 0);
  def(&o, "f", EXPORTED, T_I, "a0");
  refused(state, &o, WFX_UNSUPPORTED, "position-independent code");
}

static void test_malformed(void **state) {
  struct obj o;
  /* Relocations: outside of functions, out of order, over one another, not on a padded integer,
   * of the wrong kind, of what is not there. */
  static const struct {
    unsigned type, at, index;
    const char *words;
  } wrong[] = {{R_FUNC, 100, 0, "not inside a function"}, {R_FUNC, 0, 0, "out of order"},
               {R_FUNC, 5, 0, "out of order"}, {R_FUNC, 14, 0, "not at an integer"},
               {R_FUNC, 12, 0, "not at an integer"}, {R_ADDR_I32, 12, 0, "cannot be in code"},
               {R_ADDR, 10, 0, "another kind"}, {R_GLOBAL, 10, 0, "position-independent"},
               {R_FUNC, 10, 9, "names symbol 9 of 1"}, {R_TYPE, 10, 9, "names type 9"}};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    obj_init(&o);
    def(&o, "f", 0, T_I, "c0;v0;+;+;d;d;d;k1");
    /* 1 length, 2 locals, 3 call, 4 to 8 its function, 9 call: here a padded integer as well */
    o.code.b.data[8] = 0x10;
    memcpy(o.code.b.data + 9, "\x80\x80\x80\x80\0", 5);
    add_reloc(&o, 0, wrong[i].type, wrong[i].at, wrong[i].index, 0);
    refused(state, &o, i == 7 ? WFX_UNSUPPORTED : WFX_MALFORMED, wrong[i].words);
  }
  obj_init(&o);
  def(&o, "f", 0, T_I, "k1");
  symbol(&o, S_FUNC, 0, 5, "far");
  refused(state, &o, WFX_MALFORMED, "index out of range");
  obj_init(&o);
  symbol(&o, S_FUNC, 0, import_from(&o, "env", "f", T_I), "f");
  refused(state, &o, WFX_MALFORMED, "defined, but an import");
  obj_init(&o);
  symbol(&o, S_FUNC, UNDEF, func(&o, T_I, "k1"), NULL);
  refused(state, &o, WFX_MALFORMED, "undefined, but not an import");
  obj_init(&o);
  data_symbol(&o, 0, "d", 3, 0);
  refused(state, &o, WFX_MALFORMED, "segment out of range");
  obj_init(&o);
  data_symbol(&o, 0, "d", segment(&o, "", 0, "x", 1), 2);
  refused(state, &o, WFX_MALFORMED, "behind the end");
  obj_init(&o);
  def(&o, "f", 0, T_I, "k1");
  init(&o, 1, 4);
  refused(state, &o, WFX_MALFORMED, "malformed init function");
  obj_init(&o);
  group(&o, "g", 8, WFX_NO_ID);
  def(&o, "f", 0, T_I, "k1");
  refused(state, &o, WFX_MALFORMED, "malformed group");
  obj_init(&o);
  segment(&o, "d", 40, "x", 1);
  def(&o, "f", 0, T_I, "k1");
  refused(state, &o, WFX_MALFORMED, "malformed alignment");
  obj_init(&o);
  symbol(&o, 9, 0, 0, "");
  refused(state, &o, WFX_MALFORMED, "malformed symbol kind");
  obj_init(&o);
  data_symbol(&o, LOCAL, "d", segment(&o, "", 0, "x", 1), 0);
  def(&o, "f", 0, T_I, "v0;+;+;d;d;d;k1");
  memcpy(o.code.b.data + 3, "\x80\x80\x80\x80\0", 5);
  add_reloc(&o, 0, R_ADDR, 4, 0, 0);
  refused(state, &o, WFX_MALFORMED, "in place of an index");
}

static void test_bad_archives(void **state) {
  static const char *const bad[] = {
      "!<arch>\nx", "!<arch>\n%60s", "!<thin>\n", "!<arc"};
  struct buf ar;
  for (size_t i = 0; i < 4; i++) {
    struct fixture *f = *state;
    char text[200];
    snprintf(text, sizeof text, bad[i], "");
    wfx_linker_add_archive(f->l, "lib.a", (const uint8_t *)text, strlen(text));
    assert_non_null(wfx_linker_diag(f->l));
    assert_string_equal(wfx_linker_diag(f->l)->loc.file, "lib.a");
    teardown(state);
    setup(state);
  }
  make_archive(&ar);
  for (size_t n = 9; n < ar.n; n++) {
    struct fixture *f = *state;
    wfx_linker_add_archive(f->l, "lib.a", ar.data, n);
    teardown(state);
    setup(state);
  }
}

/* ---- Hostile input ----------------------------------------------------------------------- */

/* An object with a bit of everything. */
static void make_rich(struct buf *out) {
  struct obj o;
  obj_init(&o);
  unsigned table = import_table(&o), sp = import_sp(&o);
  unsigned back = import_func(&o, "back", T_I_I, 0), weak = import_func(&o, "weak", T_I, WEAK);
  unsigned seg = segment(&o, ".data.x", 3, "\1\0\0\0\0\0\0\0\0\0\0\0", 12);
  unsigned x = data_symbol(&o, 0, "x", seg, 4);
  unsigned bss = data_symbol(&o, WEAK, "y", segment(&o, ".bss.y", 4, "\0\0\0\0", 4), 0);
  unsigned heap = data_symbol(&o, UNDEF, "__heap_base", 0, 0);
  unsigned in = def(&o, "in", WEAK, T_I_I, "g0;k1;+");
  group(&o, "in", 2, WFX_NO_ID);
  add_reloc(&o, 1, R_SLOT_I32, o.data_at[seg], in, 0);
  add_reloc(&o, 1, R_ADDR_I32, o.data_at[seg] + 4, bss, 4);
  add_reloc(&o, 1, R_LOCREL, o.data_at[seg] + 8, x, 0);
  char code[120];
  snprintf(code, sizeof code, "p%u;q%u;g0;c%u;l%u 4;+;a%u;+;t%u;x1 %u", sp, sp, back, x, heap,
           in, table);
  def(&o, "work", 0, T_I_I, code);
  snprintf(code, sizeof code, "k0;k5;s%u;t%u;d", bss, weak);
  init(&o, 1000, def(&o, "ctor", LOCAL, T_VOID, code));
  def(&o, "shown", EXPORTED, T_I, "k1");
  feature(&o, '+', "sign-ext");
  obj_bytes(&o, out);
}

/* Link hostile bytes: whatever they are, an error is positioned or names its object, and a
 * result that validates can be encoded. */
static void try_bytes(wfx_ctx *ctx, wfx_module *prog, const uint8_t *bytes, size_t n,
                      bool is_archive) {
  wfx_linker *l = wfx_linker_new(ctx);
  wfx_module *out = wfx_module_new(ctx);
  wfx_linker_add(l, "main", prog);
  if (is_archive) wfx_linker_add_archive(l, "a.o", bytes, n);
  else wfx_linker_add_object(l, "a.o", bytes, n);
  if (wfx_linker_link(l, 0, out) == WFX_OK) {
    wfx_bytes encoded = {NULL, 0};
    if (wfx_module_validate(out) == WFX_OK && wfx_module_encode(out, 0, &encoded) == WFX_OK)
      wfx_bytes_free(ctx, &encoded);
  } else {
    const wfx_diag *d = wfx_linker_diag(l);
    bool says_where = (d->loc.file && strncmp(d->loc.file, "a.o", 3) == 0) ||
                      strstr(d->message, "a.o") || strstr(d->message, "main") ||
                      strstr(d->message, "object");
    if (!says_where) fail_msg("%s: %s", wfx_status_text(d->status), d->message);
  }
  wfx_linker_free(l);
  wfx_module_free(out);
}

static void mutate(const struct buf *from, bool is_archive) {
  static const uint8_t values[] = {0x00, 0x01, 0x7f, 0x80, 0xff, 0x10, 0x0b};
  wfx_ctx *ctx = wfx_ctx_new(NULL);
  wfx_module *prog = wfx_module_new(ctx);
  assert_int_equal(wfx_module_parse(prog, prog_text, strlen(prog_text), "t.wat"), WFX_OK);
  struct buf b = *from;
  for (size_t i = 0; i < b.n; i++) {
    uint8_t was = b.data[i];
    for (size_t k = 0; k < sizeof values + 8; k++) {
      unsigned flipped = was ^ 1u << (k >= sizeof values ? k - sizeof values : 0);
      b.data[i] = (uint8_t)(k < sizeof values ? values[k] : flipped);
      try_bytes(ctx, prog, b.data, b.n, is_archive);
    }
    b.data[i] = was;
    try_bytes(ctx, prog, b.data, i, is_archive);
  }
  wfx_module_free(prog);
  wfx_ctx_free(ctx);
}

static void test_hostile(void **state) {
  (void)state;
  struct buf rich;
  make_rich(&rich);
  mutate(&rich, false);
}

static void test_hostile_archive(void **state) {
  (void)state;
  struct buf rich, ar = {.n = 0};
  make_rich(&rich);
  put(&ar, "!<arch>\n", 8);
  ar_text(&ar, "//", "a_rather_long_member_name.o/\n");
  ar_member(&ar, "/0", &rich);
  answer_member(&ar, "weak.o/", "weak", NULL);
  mutate(&ar, true);
}

/* Two and more bytes at once, by a fixed sequence of random numbers. */
static void test_random(void **state) {
  (void)state;
  struct buf rich;
  make_rich(&rich);
  wfx_ctx *ctx = wfx_ctx_new(NULL);
  wfx_module *prog = wfx_module_new(ctx);
  assert_int_equal(wfx_module_parse(prog, prog_text, strlen(prog_text), "t.wat"), WFX_OK);
  uint32_t seed = 1;
  for (int round = 0; round < 3000; round++) {
    struct buf b = rich;
    for (int k = 0; k < 1 + round % 5; k++) {
      seed = seed * 1664525 + 1013904223;
      b.data[8 + (seed >> 8) % (b.n - 8)] = (uint8_t)(seed >> 3 & (round & 1 ? 0x8f : 0x0f));
    }
    try_bytes(ctx, prog, b.data, b.n, false);
  }
  wfx_module_free(prog);
  wfx_ctx_free(ctx);
}

/* ---- Out of memory ----------------------------------------------------------------------- */

static wfx_status task_link(wfx_ctx *ctx) {
  struct buf rich, ar;
  make_rich(&rich);
  make_archive(&ar);
  answer_member(&ar, "weak.o/", "weak", "answer");
  wfx_linker *l = wfx_linker_new(ctx);
  wfx_module *prog = wfx_module_new(ctx), *out = wfx_module_new(ctx);
  wfx_status status = WFX_NOMEM;
  if (l && prog && out) {
    static const char text[] =
        "(module (import \"env\" \"work\" (func $work (param i32) (result i32)))"
        " (import \"env\" \"weak\" (func $weak (result i32)))"
        " (func (export \"back\") (param i32) (result i32) (call $weak))"
        " (func (export \"run\") (param i32) (result i32) (call $work (local.get 0))))";
    status = wfx_module_parse(prog, text, sizeof text - 1, "t.wat");
    if (status == WFX_OK) {
      wfx_linker_add(l, "main", prog);
      wfx_linker_add_object(l, "rich.o", rich.data, rich.n);
      wfx_linker_add_archive(l, "lib.a", ar.data, ar.n);
      status = wfx_linker_link(l, 0, out);
    }
  }
  wfx_linker_free(l);
  wfx_module_free(prog);
  wfx_module_free(out);
  return status;
}

static void test_nomem(void **state) {
  (void)state;
  unit_sweep(task_link);
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, setup, teardown)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(calls), TEST(weak), TEST(weak_inside), TEST(duplicate), TEST(undefined),
      TEST(allow_undefined), TEST(weak_undefined), TEST(types_differ), TEST(other_kind),
      TEST(import_names), TEST(import_module), TEST(ambiguous), TEST(groups), TEST(data),
      TEST(addresses), TEST(no_stack), TEST(sections), TEST(shared_memory),
      TEST(full_memory), TEST(adapted),
      TEST(table), TEST(ctors_start), TEST(ctors_called), TEST(program), TEST(features),
      TEST(keep_all), TEST(again), TEST(archive), TEST(archive_weak), TEST(archive_name),
      TEST(refused), TEST(malformed), TEST(bad_archives), cmocka_unit_test(test_hostile),
      cmocka_unit_test(test_hostile_archive), cmocka_unit_test(test_random),
      cmocka_unit_test(test_nomem),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
