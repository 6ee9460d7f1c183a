/* test_host_object.c: memories, tables, globals, tags, functions, structs, arrays and exceptions of
 * the host. */
#include "run_unit.h"

static const char text[] =
    "(module\n"
    "  (type $point (struct (field $x (mut i8)) (field $y i64) (field $next (mut anyref))))\n"
    "  (type $bytes (array (mut i8)))\n"
    "  (type $refs (array (mut anyref)))\n"
    "  (type $strict (struct (field (ref $point))))\n"
    "  (type $fixed (array i32))\n"
    "  (import \"host\" \"throw\" (func $throw (param i32)))\n"
    "  (import \"host\" \"mem\" (memory $mem 1 4))\n"
    "  (import \"host\" \"table\" (table $table 2 funcref))\n"
    "  (import \"host\" \"global\" (global $global (mut i64)))\n"
    "  (import \"host\" \"oops\" (tag $oops (param i32 externref)))\n"
    "  (export \"again\" (global $global))\n"
    "  (export \"mem\" (memory $mem)) (export \"table\" (table $table))\n"
    "  (export \"oops\" (tag $oops))\n"
    "  (func (export \"load\") (param i32) (result i32) (i32.load8_u (local.get 0)))\n"
    "  (func (export \"pages\") (result i32) (memory.size))\n"
    "  (func (export \"call\") (param i32) (result i32)\n"
    "    (call_indirect (param i32) (result i32) (local.get 0) (i32.const 1)))\n"
    "  (func (export \"double\") (param i32) (result i32)\n"
    "    (i32.mul (local.get 0) (i32.const 2)))\n"
    "  (func (export \"bump\")\n"
    "    (global.set $global (i64.add (global.get $global) (i64.const 1))))\n"
    "  (func (export \"x\") (param anyref) (result i32)\n"
    "    (struct.get_s $point $x (ref.cast (ref $point) (local.get 0))))\n"
    "  (func (export \"len\") (param arrayref) (result i32) (array.len (local.get 0)))\n"
    /* Calls the host, which throws, and catches it; gives the payload. */
    "  (func (export \"catch\") (param i32) (result i32)\n"
    "    (block $h (result i32 externref)\n"
    "      (try_table (catch $oops $h) (call $throw (local.get 0)))\n"
    "      (return (i32.const -1)))\n"
    "    (drop))\n"
    "  (func (export \"through\") (param i32) (call $throw (local.get 0)))\n"
    "  (func (export \"raise\") (throw $oops (i32.const 9) (ref.null extern)))\n"
    "  (func (export \"f64\") (param f64 f32 i64) (result f64)\n"
    "    (f64.add (local.get 0) (f64.add (f64.promote_f32 (local.get 1))\n"
    "      (f64.convert_i64_s (local.get 2))))))\n";

enum { POINT, BYTES, REFS, STRICT, FIXED };
static wfx_type_id type(uint32_t i) { return (wfx_type_id){i}; }

struct host {
  struct world w;
  wfx_store *s;
  wfx_instance *inst;
  wfx_tag *oops;
  wfx_mem *mem;
  wfx_table *table;
  wfx_global *global;
  int n_finalized;
};

static wfx_status throw_it(void *ud, wfx_store *s, wfx_instance *caller, const wfx_value *args,
                           wfx_value *results) {
  struct host *h = ud;
  (void)caller;
  (void)results;
  if (args[0].of.i32 == 0) return wfx_store_trap(s, "the host does not want to");
  if (args[0].of.i32 == 1) return wfx_store_throw(s, &args[0]);
  wfx_value payload[2] = {args[0], wfx_null(WFX_EXTERNREF)}, exn;
  assert_int_equal(wfx_extern_new(s, h, &payload[1]), WFX_OK);
  assert_int_equal(wfx_exn_new(s, h->oops, payload, 2, &exn), WFX_OK);
  return wfx_store_throw(s, &exn);
}

static void finalize(void *ud) { ((struct host *)ud)->n_finalized++; }

static void define(struct host *h, const char *name, wfx_external x) {
  assert_int_equal(wfx_store_define(h->s, "host", name, &x), WFX_OK);
}

static void host_open(struct host *h) {
  memset(h, 0, sizeof *h);
  world_open(&h->w, NULL);
  h->s = h->w.store;
  const wfx_valtype i32 = WFX_I32, payload[2] = {WFX_I32, WFX_EXTERNREF};
  wfx_external x = {.kind = WFX_EXTERN_FUNC};
  assert_int_equal(wfx_func_new(h->s, &i32, 1, NULL, 0, throw_it, h, finalize, &x.of.func),
                   WFX_OK);
  define(h, "throw", x);
  wfx_size_limits limits = {.min = 1, .max = 3, .has_max = true};
  assert_int_equal(wfx_mem_new(h->s, &limits, &h->mem), WFX_OK);
  define(h, "mem", (wfx_external){.kind = WFX_EXTERN_MEM, .of.mem = h->mem});
  limits = (wfx_size_limits){.min = 2};
  assert_int_equal(wfx_table_new(h->s, WFX_FUNCREF, &limits, NULL, &h->table), WFX_OK);
  define(h, "table", (wfx_external){.kind = WFX_EXTERN_TABLE, .of.table = h->table});
  wfx_value v = wfx_i64(40);
  assert_int_equal(wfx_global_new(h->s, WFX_I64, true, &v, &h->global), WFX_OK);
  define(h, "global", (wfx_external){.kind = WFX_EXTERN_GLOBAL, .of.global = h->global});
  assert_int_equal(wfx_tag_new(h->s, payload, 2, NULL, 0, &h->oops), WFX_OK);
  define(h, "oops", (wfx_external){.kind = WFX_EXTERN_TAG, .of.tag = h->oops});
  h->inst = world_add(&h->w, text, NULL);
  wfx_store_set_gc_stress(h->s, true);
}

static void host_close(struct host *h) {
  assert_int_equal(h->n_finalized, 0);
  world_close(&h->w);
  assert_int_equal(h->n_finalized, 1);
}

static wfx_external export_of(struct host *h, const char *name) {
  wfx_external x;
  assert_true(wfx_instance_export(h->inst, (wfx_str){name, strlen(name)}, &x));
  return x;
}

static void memories(void **state) {
  (void)state;
  struct host h;
  host_open(&h);
  wfx_size_limits limits;
  size_t n;
  uint8_t bytes[4] = {1, 2, 3, 4}, back[4];
  assert_ptr_equal(export_of(&h, "mem").of.mem, h.mem);
  assert_true(wfx_mem_write(h.mem, 65532, bytes, 4));
  assert_runs(h.inst, "load", 65534, 0, 3);
  assert_true(wfx_mem_read(h.mem, 65532, back, 4));
  assert_memory_equal(bytes, back, 4);
  assert_false(wfx_mem_write(h.mem, 65533, bytes, 4));
  assert_false(wfx_mem_read(h.mem, UINT64_MAX, back, 4));
  assert_true(wfx_mem_read(h.mem, 65536, back, 0));
  assert_int_equal(wfx_mem_grow(h.s, h.mem, 2), WFX_OK);
  assert_runs(h.inst, "pages", 0, 0, 3);
  assert_int_equal(wfx_mem_grow(h.s, h.mem, 1), WFX_EXHAUSTION);
  assert_int_equal(wfx_store_cause(h.s), WFX_CAUSE_MEMORY_LIMIT);
  wfx_mem_limits(h.mem, &limits);
  assert_int_equal(limits.min, 3);
  assert_true(limits.has_max && limits.max == 3);
  assert_non_null(wfx_mem_data(h.mem, &n));
  assert_int_equal(n, 3 * 65536);
  wfx_mem *no;
  limits = (wfx_size_limits){.min = 2, .max = 1, .has_max = true};
  assert_int_equal(wfx_mem_new(h.s, &limits, &no), WFX_MISUSE);
  limits = (wfx_size_limits){.min = 1, .is_shared = true};
  assert_int_equal(wfx_mem_new(h.s, &limits, &no), WFX_MISUSE);
  host_close(&h);
}

static void tables(void **state) {
  (void)state;
  struct host h;
  host_open(&h);
  wfx_value f = export_of(&h, "double").of.func, v, wrong = wfx_null(WFX_EXTERNREF);
  wfx_size_limits limits;
  assert_fails(&h.w, h.inst, "call", 21, 0, WFX_TRAP, "uninitialized element 1");
  assert_int_equal(wfx_table_write(h.s, h.table, 1, &f), WFX_OK);
  assert_runs(h.inst, "call", 21, 0, 42);
  assert_int_equal(wfx_table_read(h.s, h.table, 1, &v), WFX_OK);
  assert_true(wfx_ref_eq(&v, &f));
  assert_int_equal(wfx_table_write(h.s, h.table, 2, &f), WFX_TRAP);
  assert_string_equal(wfx_store_diag(h.s)->message, "out of bounds table access");
  assert_int_equal(wfx_table_read(h.s, h.table, UINT64_MAX, &v), WFX_TRAP);
  assert_int_equal(wfx_table_grow(h.s, h.table, 3, &f), WFX_OK);
  limits = (wfx_size_limits){.min = 1, .max = (uint64_t)1 << 32, .has_max = true};
  wfx_table *no;
  assert_int_equal(wfx_table_new(h.s, WFX_FUNCREF, &limits, NULL, &no), WFX_MISUSE);
  assert_int_equal(wfx_table_grow(h.s, h.table, 100000000, NULL), WFX_EXHAUSTION);
  assert_int_equal(wfx_store_cause(h.s), WFX_CAUSE_TABLE_LIMIT);
  assert_int_equal(wfx_table_type(h.s, h.table, &limits), WFX_FUNCREF);
  assert_int_equal(limits.min, 5);
  assert_int_equal(wfx_extern_new(h.s, &h, &wrong), WFX_OK);
  assert_int_equal(wfx_table_write(h.s, h.table, 0, &wrong), WFX_MISUSE);
  assert_int_equal(wfx_table_write(h.s, h.table, 1, NULL), WFX_OK);
  assert_fails(&h.w, h.inst, "call", 21, 0, WFX_TRAP, "uninitialized element 1");
  /* What a table of the host's holds stays. */
  wfx_table *kept;
  wfx_value x;
  void *host;
  limits = (wfx_size_limits){.min = 1};
  assert_int_equal(wfx_extern_new(h.s, &limits, &x), WFX_OK);
  assert_int_equal(wfx_table_new(h.s, WFX_EXTERNREF, &limits, &x, &kept), WFX_OK);
  wfx_store_collect(h.s);
  assert_int_equal(wfx_table_read(h.s, kept, 0, &v), WFX_OK);
  assert_true(wfx_extern_get(&v, &host));
  assert_ptr_equal(host, &limits);
  assert_int_equal(wfx_table_new(h.s, WFX_I32, &limits, NULL, &kept), WFX_MISUSE);
  host_close(&h);
}

static void globals(void **state) {
  (void)state;
  struct host h;
  host_open(&h);
  wfx_value v, wrong = wfx_i32(1);
  bool is_mutable;
  assert_int_equal(wfx_call(h.inst, "bump", NULL, 0, NULL, 0), WFX_OK);
  wfx_global_read(h.s, export_of(&h, "again").of.global, &v);
  assert_int_equal(v.of.i64, 41);
  v = wfx_i64(50);
  assert_int_equal(wfx_global_write(h.s, h.global, &v), WFX_OK);
  assert_int_equal(wfx_call(h.inst, "bump", NULL, 0, NULL, 0), WFX_OK);
  wfx_global_read(h.s, h.global, &v);
  assert_int_equal(v.of.i64, 51);
  assert_int_equal(wfx_global_write(h.s, h.global, &wrong), WFX_MISUSE);
  assert_int_equal(wfx_global_type(h.s, h.global, &is_mutable), WFX_I64);
  assert_true(is_mutable);
  wfx_global *fixed;
  assert_int_equal(wfx_global_new(h.s, WFX_I32, false, &wrong, &fixed), WFX_OK);
  assert_int_equal(wfx_global_write(h.s, fixed, &wrong), WFX_MISUSE);
  assert_int_equal(wfx_global_new(h.s, WFX_F64, false, &wrong, &fixed), WFX_MISUSE);
  assert_int_equal(wfx_global_new(h.s, wfx_ref_to(type(0)), false, &wrong, &fixed), WFX_MISUSE);
  host_close(&h);
}

static void structs(void **state) {
  (void)state;
  struct host h;
  host_open(&h);
  wfx_value fields[3] = {wfx_i32(0x1ff), wfx_i64(-5), wfx_null(WFX_ANYREF)}, p, q, v;
  assert_int_equal(wfx_struct_new(h.inst, type(POINT), fields, 3, &p), WFX_OK);
  assert_int_equal(wfx_ref_heap(h.s, &p), WFX_HEAP_STRUCT);
  /* The first lives through the making of the second, which refers to it. */
  fields[2] = p;
  assert_int_equal(wfx_struct_new(h.inst, type(POINT), fields, 3, &q), WFX_OK);
  wfx_root root;
  assert_int_equal(wfx_root_new(h.s, &q, &root), WFX_OK);
  wfx_store_collect(h.s);
  wfx_root_get(h.s, root, &q);
  assert_int_equal(wfx_struct_get(h.s, &q, 0, &v), WFX_OK);
  assert_int_equal(v.of.i32, 0xff);
  assert_int_equal(wfx_struct_get(h.s, &q, 1, &v), WFX_OK);
  assert_int_equal(v.of.i64, -5);
  assert_int_equal(wfx_struct_get(h.s, &q, 2, &p), WFX_OK);
  assert_true(wfx_ref_is(h.inst, &p, wfx_ref_to(type(POINT))));
  assert_false(wfx_ref_is(h.inst, &p, wfx_ref_to(type(BYTES))));
  assert_false(wfx_ref_is(h.inst, &p, wfx_ref_to(type(1000))));
  assert_true(wfx_ref_is(h.inst, &p, WFX_EQREF));
  v = wfx_i32(-2);
  assert_int_equal(wfx_struct_set(h.s, &p, 0, &v), WFX_OK);
  assert_int_equal(wfx_call(h.inst, "x", &p, 1, &v, 1), WFX_OK);
  assert_int_equal(v.of.i32, -2);
  /* All that is wrong. */
  assert_int_equal(wfx_struct_set(h.s, &p, 1, &v), WFX_MISUSE);
  assert_string_equal(wfx_store_diag(h.s)->message, "field is immutable");
  v = wfx_i64(1);
  assert_int_equal(wfx_struct_set(h.s, &p, 0, &v), WFX_MISUSE);
  assert_int_equal(wfx_struct_get(h.s, &p, 3, &v), WFX_MISUSE);
  assert_int_equal(wfx_struct_new(h.inst, type(POINT), fields, 2, &q), WFX_MISUSE);
  assert_int_equal(wfx_struct_new(h.inst, type(BYTES), NULL, 0, &q), WFX_MISUSE);
  assert_int_equal(wfx_struct_new(h.inst, type(1000), NULL, 0, &q), WFX_MISUSE);
  assert_int_equal(wfx_struct_new(h.inst, type(STRICT), NULL, 0, &q), WFX_MISUSE);
  assert_int_equal(wfx_struct_new(h.inst, type(POINT), NULL, 0, &q), WFX_OK);
  q = wfx_null(WFX_ANYREF);
  assert_int_equal(wfx_struct_get(h.s, &q, 0, &v), WFX_TRAP);
  assert_string_equal(wfx_store_diag(h.s)->message, "null structure reference");
  q = wfx_i31(7);
  assert_int_equal(wfx_struct_get(h.s, &q, 0, &v), WFX_MISUSE);
  assert_int_equal(wfx_ref_i31(&q), 7);
  q = wfx_i32(7);
  assert_int_equal(wfx_struct_get(h.s, &q, 0, &v), WFX_MISUSE);
  host_close(&h);
}

static void arrays(void **state) {
  (void)state;
  struct host h;
  host_open(&h);
  wfx_value item = wfx_i32(7), a, v, refs;
  size_t n;
  assert_int_equal(wfx_array_new(h.inst, type(BYTES), &item, 100, &a), WFX_OK);
  assert_int_equal(wfx_array_len(h.s, &a), 100);
  uint8_t *data = wfx_array_data(h.s, &a, &n);
  assert_int_equal(n, 100);
  assert_int_equal(data[99], 7);
  data[3] = 200;
  assert_int_equal(wfx_array_get(h.s, &a, 3, &v), WFX_OK);
  assert_int_equal(v.of.i32, 200);
  assert_int_equal(wfx_array_set(h.s, &a, 4, &v), WFX_OK);
  assert_int_equal(data[4], 200);
  assert_int_equal(wfx_array_get(h.s, &a, 100, &v), WFX_TRAP);
  assert_string_equal(wfx_store_diag(h.s)->message, "out of bounds array access");
  assert_int_equal(wfx_array_set(h.s, &a, UINT32_MAX, &v), WFX_TRAP);
  /* The element lives through the making of the array. */
  assert_int_equal(wfx_array_new(h.inst, type(REFS), &a, 3, &refs), WFX_OK);
  assert_int_equal(wfx_array_get(h.s, &refs, 2, &v), WFX_OK);
  assert_int_equal(wfx_array_len(h.s, &v), 100);
  assert_null(wfx_array_data(h.s, &refs, &n));
  assert_int_equal(wfx_call(h.inst, "len", &refs, 1, &v, 1), WFX_OK);
  assert_int_equal(v.of.i32, 3);
  assert_int_equal(wfx_array_new(h.inst, type(FIXED), NULL, 3, &a), WFX_OK);
  assert_int_equal(wfx_array_set(h.s, &a, 0, &item), WFX_MISUSE);
  assert_int_equal(wfx_array_new(h.inst, type(POINT), NULL, 3, &a), WFX_MISUSE);
  assert_int_equal(wfx_array_new(h.inst, type(FIXED), NULL, UINT32_MAX, &a), WFX_EXHAUSTION);
  assert_int_equal(wfx_store_cause(h.s), WFX_CAUSE_HEAP);
  assert_int_equal(wfx_array_len(h.s, &item), 0);
  host_close(&h);
}

static void exceptions(void **state) {
  (void)state;
  struct host h;
  host_open(&h);
  wfx_value exn, payload[2], arg = wfx_i32(5);
  size_t n = 2;
  void *host;
  /* The module catches what the host throws. */
  assert_runs(h.inst, "catch", 33, 0, 33);
  assert_fails(&h.w, h.inst, "catch", 0, 0, WFX_TRAP, "the host does not want to");
  assert_fails(&h.w, h.inst, "catch", 1, 0, WFX_MISUSE, "not an exception");
  /* It passes through the module; the payload is alive. */
  assert_int_equal(wfx_call(h.inst, "through", &arg, 1, NULL, 0), WFX_EXCEPTION);
  wfx_store_collect(h.s);
  assert_true(wfx_store_exception(h.s, &exn));
  assert_ptr_equal(wfx_exn_get(h.s, &exn, payload, &n), h.oops);
  assert_int_equal(n, 2);
  assert_int_equal(payload[0].of.i32, 5);
  assert_true(wfx_extern_get(&payload[1], &host));
  assert_ptr_equal(host, &h);
  /* The module throws. */
  assert_int_equal(wfx_call(h.inst, "raise", NULL, 0, NULL, 0), WFX_EXCEPTION);
  assert_true(wfx_store_exception(h.s, &exn));
  n = 1;
  assert_non_null(wfx_exn_get(h.s, &exn, payload, &n));
  assert_int_equal(n, 2);
  assert_int_equal(payload[0].of.i32, 9);
  assert_runs(h.inst, "pages", 0, 0, 1);
  assert_false(wfx_store_exception(h.s, &exn));
  /* Payloads that do not fit, and tags with results. */
  assert_int_equal(wfx_exn_new(h.s, h.oops, payload, 1, &exn), WFX_MISUSE);
  payload[1] = wfx_i32(1);
  assert_int_equal(wfx_exn_new(h.s, h.oops, payload, 2, &exn), WFX_MISUSE);
  const wfx_valtype i32 = WFX_I32;
  wfx_tag *control;
  assert_int_equal(wfx_tag_new(h.s, NULL, 0, &i32, 1, &control), WFX_OK);
  assert_int_equal(wfx_exn_new(h.s, control, NULL, 0, &exn), WFX_MISUSE);
  wfx_valtype params[2], results[2];
  size_t n_params = 2, n_results = 2;
  wfx_tag_type(h.s, h.oops, params, &n_params, results, &n_results);
  assert_int_equal(n_params, 2);
  assert_int_equal(n_results, 0);
  assert_int_equal(params[1], WFX_EXTERNREF);
  host_close(&h);
}

static wfx_status typed_sum(void *ud, wfx_store *s, wfx_instance *caller, uint64_t *slots) {
  (void)ud;
  (void)s;
  (void)caller;
  slots[0] = slots[0] + slots[1] + ((uint64_t)1 << 40); /* the upper half does not count */
  return WFX_OK;
}

static void typed_functions(void **state) {
  (void)state;
  struct host h;
  host_open(&h);
  const wfx_valtype f[3] = {WFX_F64, WFX_F32, WFX_I64}, i32[2] = {WFX_I32, WFX_I32};
  wfx_value func = export_of(&h, "f64").of.func;
  wfx_typed_func typed;
  assert_int_equal(wfx_func_typed(h.s, &func, f, 3, f, 1, &typed), WFX_OK);
  assert_int_equal(typed.n_slots, 3);
  double x = 1.5, sum;
  float y = 0.25f;
  uint64_t slots[3] = {0, 0xffffffff00000000u, 10};
  memcpy(&slots[0], &x, sizeof x);
  memcpy(&slots[1], &y, sizeof y);
  assert_int_equal(wfx_call_typed(&typed, slots), WFX_OK);
  memcpy(&sum, &slots[0], sizeof sum);
  assert_true(sum == 11.75);
  assert_int_equal(wfx_func_typed(h.s, &func, f, 2, f, 1, &typed), WFX_MISUSE);
  assert_int_equal(wfx_func_typed(h.s, &func, f, 3, i32, 1, &typed), WFX_MISUSE);
  const wfx_valtype ref = WFX_EXTERNREF;
  assert_int_equal(wfx_func_typed(h.s, &func, &ref, 1, f, 1, &typed), WFX_MISUSE);
  /* One of the host's. */
  assert_int_equal(wfx_func_new_typed(h.s, i32, 2, i32, 1, typed_sum, NULL, &func), WFX_OK);
  wfx_value args[2] = {wfx_i32(40), wfx_i32(2)}, r;
  assert_int_equal(wfx_call_ref(h.s, &func, args, 2, &r, 1), WFX_OK);
  assert_int_equal(r.of.i32, 42);
  assert_int_equal(r.of.i64, 42);
  assert_int_equal(wfx_func_typed(h.s, &func, i32, 2, i32, 1, &typed), WFX_OK);
  slots[0] = UINT32_MAX;
  slots[1] = 3;
  assert_int_equal(wfx_call_typed(&typed, slots), WFX_OK);
  assert_int_equal(slots[0], 2);
  host_close(&h);
}

static void imports_by_position(void **state) {
  (void)state;
  struct host h;
  host_open(&h);
  wfx_module *m = world_parse(
      &h.w,
      "(module (import \"\" \"\" (func $f (param i32) (result i32)))\n"
      "  (import \"\" \"\" (memory 1)) (import \"\" \"\" (global (mut i64)))\n"
      "  (export \"f\" (func $f)) (func (export \"g\") (result i32)\n"
      "    (call $f (i32.const 4))))");
  wfx_external given[3] = {export_of(&h, "double"), export_of(&h, "mem"), export_of(&h, "again")};
  wfx_instance *inst = NULL;
  assert_int_equal(wfx_instantiate_with(h.s, m, given, 3, &inst), WFX_OK);
  assert_runs(inst, "g", 0, 0, 8);
  assert_int_equal(wfx_instance_n_exports(inst), 2);
  wfx_str name;
  wfx_external x;
  assert_true(wfx_instance_export_at(inst, 0, &name, &x));
  assert_string_equal(name.data, "f");
  assert_true(wfx_ref_eq(&x.of.func, &given[0].of.func));
  assert_false(wfx_instance_export_at(inst, 2, &name, &x));
  assert_int_equal(wfx_instantiate_with(h.s, m, given, 2, &inst), WFX_UNLINKABLE);
  assert_null(inst);
  wfx_external swapped[3] = {given[0], given[2], given[1]};
  assert_int_equal(wfx_instantiate_with(h.s, m, swapped, 3, &inst), WFX_UNLINKABLE);
  given[0].of.func = wfx_null(WFX_FUNCREF);
  assert_int_equal(wfx_instantiate_with(h.s, m, given, 3, &inst), WFX_MISUSE);
  assert_int_equal(wfx_store_define(h.s, "x", "y", &given[0]), WFX_MISUSE);
  host_close(&h);
}

/* A valid module is not validated again, until something is added. */
static void validated_once(void **state) {
  (void)state;
  struct world w;
  world_open(&w, NULL);
  wfx_module *m = world_parse(&w, "(module (func (export \"f\")))");
  wfx_instance *inst;
  assert_int_equal(wfx_instantiate(w.store, m, NULL, &inst), WFX_OK);
  uint64_t before = w.alloc.n_calls;
  assert_int_equal(wfx_module_validate(m), WFX_OK);
  assert_int_equal(w.alloc.n_calls, before);
  /* The body written anew. */
  wfx_body *again = wfx_body_reopen(m, (wfx_func_id){0}, 0);
  wfx_emit_nop(again);
  wfx_body_close(again);
  assert_int_equal(wfx_module_validate(m), WFX_OK);
  assert_true(w.alloc.n_calls > before);
  wfx_func_id f = wfx_module_add_func(m, "late", wfx_type_func(m, NULL, 0, NULL, 0));
  wfx_body *b = wfx_body_open(m, f, 0);
  wfx_emit_i32_const(b, 1);
  wfx_body_close(b);
  assert_int_equal(wfx_module_validate(m), WFX_INVALID);
  world_close(&w);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(memories),   cmocka_unit_test(tables),
      cmocka_unit_test(globals),    cmocka_unit_test(structs),
      cmocka_unit_test(arrays),     cmocka_unit_test(exceptions),
      cmocka_unit_test(typed_functions), cmocka_unit_test(imports_by_position),
      cmocka_unit_test(validated_once),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
