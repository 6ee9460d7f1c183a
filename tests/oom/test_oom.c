/* test_oom.c: memory runs out at every place. Each task is run with allocation 0, 1, 2, ... and all
 * later ones failing, until it succeeds: every failure reports WFX_NOMEM and leaves nothing behind.
 * Pages (memories, heap, stacks) fail as malloc does. */
#include "unit/unit.h"

/* What the tasks read: made once, with memory. */
static wfx_bytes program;

static const char generator_text[] =
    "(module $generator\n"
    "  (rec (type $list (sub (struct (field $head i32) (field $tail (ref null $list)))))\n"
    "       (type $pair (sub $list (struct (field i32) (field (ref null $list)) (field i64)))))\n"
    "  (type $array (array (mut i8)))\n"
    "  (type $from (func (param i64)))\n"
    "  (type $from_k (cont $from))\n"
    "  (type $step (func))\n"
    "  (type $step_k (cont $step))\n"
    "  (tag $yield (export \"yield\") (param i64))\n"
    "  (tag $stop)\n"
    "  (memory (export \"memory\") 1)\n"
    "  (data (i32.const 8) \"some bytes\")\n"
    "  (data $later \"more bytes\")\n"
    "  (table $t 3 funcref)\n"
    "  (elem (i32.const 0) $generate $run)\n"
    "  (global $total (mut i64) (i64.const 0))\n"
    "  (func $generate (export \"generate\") (type $from) (param $n i64)\n"
    "    (loop $again\n"
    "      (if (i64.eqz (local.get $n)) (then (return)))\n"
    "      (suspend $yield (local.get $n))\n"
    "      (local.set $n (i64.sub (local.get $n) (i64.const 1)))\n"
    "      (br $again)))\n"
    "  (func $run (export \"run\") (param $n i64) (result i64)\n"
    "    (local $list (ref null $list)) (local $k (ref null $step_k))\n"
    "    (local.set $k (cont.bind $from_k $step_k (local.get $n)\n"
    "      (cont.new $from_k (ref.func $generate))))\n"
    "    (loop $again\n"
    "      (block $on_yield (result i64 (ref $step_k))\n"
    "        (resume $step_k (on $yield $on_yield) (local.get $k))\n"
    "        (return (global.get $total)))\n"
    "      (local.set $k)\n"
    "      (global.set $total (i64.add (global.get $total)))\n"
    "      (local.set $list (struct.new $pair (i32.const 1) (local.get $list) (i64.const 2)))\n"
    "      (br $again))\n"
    "    (unreachable))\n"
    "  (func (export \"br\") (param i32) (result i32)\n"
    "    (block $a (block $b (block $c (br_table $a $b $c (local.get 0)))))\n"
    "    (block $caught (try_table (catch $stop $caught) (throw $stop)))\n"
    "    (array.len (array.new_data $array $later (i32.const 0) (i32.const 4)))))\n";

static const char client_text[] =
    "(module\n"
    "  (import \"generator\" \"run\" (func $sum (param i64) (result i64)))\n"
    "  (import \"generator\" \"yield\" (tag $yield (param i64)))\n"
    "  (func (export \"run\") (param i64) (result i64) (call $sum (local.get 0))))\n";

/* ---- Tasks ------------------------------------------------------------------------------- */

static wfx_status parse(wfx_module *m, const char *text) {
  return wfx_module_parse(m, text, strlen(text), "oom.wat");
}

/* The bodies of the built module: a loop that adds up, with a handler around a resume. */
static void build_bodies(wfx_module *m, wfx_func_id sum, wfx_func_id start, wfx_tag_id tag,
                         wfx_type_id ct) {
  wfx_body *b = wfx_body_open(m, sum, WFX_CHECKED);
  if (b == NULL) return;
  wfx_body_at(b, "oom.src", 1, 1);
  wfx_local_id n = wfx_body_param(b, 0), total = wfx_body_add_local(b, WFX_I32, "total");
  wfx_label again = wfx_emit_loop(b, wfx_bt_none());
  wfx_body_name_label(b, again, "again");
  wfx_emit_local_get(b, total);
  wfx_emit_local_get(b, n);
  wfx_emit_i32_add(b);
  wfx_emit_local_set(b, total);
  wfx_emit_local_get(b, n);
  wfx_emit_suspend(b, tag);
  wfx_emit_local_tee(b, n);
  wfx_emit_br_if(b, again);
  wfx_emit_end(b);
  wfx_emit_local_get(b, total);
  (void)wfx_body_close(b);

  b = wfx_body_open(m, start, WFX_CHECKED);
  if (b == NULL) return;
  const wfx_valtype results[] = {WFX_I32, wfx_ref_to(ct)};
  wfx_label out = wfx_emit_block(b, wfx_bt_result(WFX_I32));
  wfx_label on = wfx_emit_block(b, wfx_bt(m, NULL, 0, results, 2));
  wfx_on clause = {WFX_ON, tag, {WFX_NO_ID}, on};
  wfx_emit_i32_const(b, 3);
  wfx_emit_ref_func(b, sum);
  wfx_emit_cont_new(b, ct);
  wfx_emit_resume(b, ct, &clause, 1);
  wfx_emit_br(b, out);
  wfx_emit_end(b);
  wfx_emit_drop(b);
  wfx_emit_end(b);
  wfx_emit_drop(b);
  (void)wfx_body_close(b);
}

static wfx_status task_build(wfx_ctx *ctx) {
  wfx_module *m = wfx_module_new(ctx);
  if (m == NULL) return WFX_NOMEM;
  wfx_module_set_name(m, "oom");
  const wfx_valtype i32[] = {WFX_I32};
  wfx_type_id unary = wfx_type_func(m, i32, 1, i32, 1);
  wfx_type_id nullary = wfx_type_func(m, NULL, 0, NULL, 0);
  wfx_type_id ct = wfx_type_cont(m, "k", unary);
  wfx_group_id group = wfx_group_begin(m);
  wfx_type_id list = wfx_type_declare(m, group, "list");
  const wfx_field fields[] = {{WFX_I32, false}, {wfx_ref_null_to(list), true}};
  wfx_type_define_struct(m, list, fields, 2);
  wfx_group_end(m, group);
  wfx_tag_id tag = wfx_module_add_tag(m, "ask", unary);
  wfx_func_id sum = wfx_module_add_func(m, "sum", unary);
  wfx_func_id start = wfx_module_add_func(m, "start", nullary);
  wfx_import_func(m, "env", "log", unary);
  wfx_size_limits size = {1, 2, true, false, false};
  wfx_mem_id mem = wfx_module_add_mem(m, NULL, size);
  wfx_module_add_data(m, NULL, mem, wfx_const_i32(m, 0), "bytes", 5);
  wfx_module_add_global(m, "g", WFX_F64, true, wfx_const_f64(m, 1.5));
  wfx_table_id table = wfx_module_add_table(m, "t", WFX_FUNCREF, size, NULL);
  wfx_module_add_elem(m, NULL, table, wfx_const_i32(m, 0), &sum, 1);
  wfx_module_set_start(m, start);
  wfx_export_func(m, "sum", sum);
  wfx_export_mem(m, "memory", mem);
  build_bodies(m, sum, start, tag, ct);

  wfx_bytes bytes = {NULL, 0};
  wfx_status status = wfx_module_validate(m);
  if (status == WFX_OK) status = wfx_module_encode(m, 0, &bytes);
  wfx_bytes_free(ctx, &bytes);
  wfx_module_free(m);
  return status;
}

static wfx_status task_decode(wfx_ctx *ctx) {
  wfx_module *m = wfx_module_new(ctx);
  if (m == NULL) return WFX_NOMEM;
  wfx_bytes bytes = {NULL, 0};
  wfx_status status = wfx_module_decode(m, program.data, program.n);
  if (status == WFX_OK) status = wfx_module_validate(m);
  if (status == WFX_OK) status = wfx_module_encode(m, 0, &bytes);
  if (status == WFX_OK) assert_int_equal(bytes.n, program.n);
  wfx_bytes_free(ctx, &bytes);
  wfx_module_free(m);
  return status;
}

static wfx_status task_text(wfx_ctx *ctx) {
  wfx_module *m = wfx_module_new(ctx);
  if (m == NULL) return WFX_NOMEM;
  wfx_bytes text = {NULL, 0};
  wfx_status status = parse(m, generator_text);
  if (status == WFX_OK) status = wfx_module_print(m, WFX_PRINT_FOLDED, &text);
  wfx_bytes_free(ctx, &text);
  wfx_module_free(m);
  return status;
}

/* With positions from text, or without from a binary. */
static wfx_status encode_debug(wfx_ctx *ctx, wfx_module *m, wfx_status status) {
  const wfx_source source = {"oom.wat", "../oom.wat", "t\xc3\xa4xt\n", 6};
  wfx_debug_options o = {.size = sizeof o, .sources = &source, .n_sources = 1,
                         .map_url = "oom.map", .map_file = "oom.wasm",
                         .embeds_sources = true, .has_dwarf = true};
  wfx_bytes bytes = {NULL, 0}, map = {NULL, 0};
  if (status == WFX_OK) status = wfx_module_encode_debug(m, &o, &bytes, &map);
  assert_int_equal(bytes.data != NULL, status == WFX_OK);
  assert_int_equal(map.data != NULL, status == WFX_OK);
  wfx_bytes_free(ctx, &bytes);
  wfx_bytes_free(ctx, &map);
  wfx_module_free(m);
  return status;
}

static wfx_status task_debug_text(wfx_ctx *ctx) {
  wfx_module *m = wfx_module_new(ctx);
  return m == NULL ? WFX_NOMEM : encode_debug(ctx, m, parse(m, generator_text));
}

static wfx_status task_debug_binary(wfx_ctx *ctx) {
  wfx_module *m = wfx_module_new(ctx);
  return m == NULL ? WFX_NOMEM
                   : encode_debug(ctx, m, wfx_module_decode(m, program.data, program.n));
}

static wfx_status task_link(wfx_ctx *ctx) {
  wfx_module *client = wfx_module_new(ctx), *generator = wfx_module_new(ctx);
  wfx_module *linked = wfx_module_new(ctx);
  wfx_linker *l = wfx_linker_new(ctx);
  wfx_status status = WFX_NOMEM;
  if (client != NULL && generator != NULL && linked != NULL && l != NULL) {
    status = parse(client, client_text);
    if (status == WFX_OK) status = parse(generator, generator_text);
    if (status == WFX_OK) {
      wfx_linker_add(l, "client", client);
      wfx_linker_add(l, "generator", generator);
      status = wfx_linker_link(l, WFX_LINK_CLOSED, linked);
    }
    if (status == WFX_OK) status = wfx_module_validate(linked);
  }
  wfx_linker_free(l);
  wfx_module_free(linked);
  wfx_module_free(generator);
  wfx_module_free(client);
  return status;
}

static wfx_status task_run(wfx_ctx *ctx) {
  wfx_module *m = wfx_module_new(ctx);
  wfx_store *s = wfx_store_new(ctx);
  wfx_status status = WFX_NOMEM;
  if (m != NULL && s != NULL) {
    wfx_instance *inst = NULL;
    wfx_value arg = wfx_i64(10), sum = wfx_i64(0);
    status = wfx_module_decode(m, program.data, program.n);
    if (status == WFX_OK) status = wfx_instantiate(s, m, NULL, &inst);
    if (status == WFX_OK) status = wfx_call(inst, "run", &arg, 1, &sum, 1);
    if (status == WFX_OK) {
      assert_int_equal(sum.of.i64, 55);
      wfx_store_collect(s);
    }
  }
  wfx_store_free(s);
  wfx_module_free(m);
  return status;
}

/* The host's own objects, and a continuation that it drives and cancels. */
static wfx_status host_objects(wfx_store *s, wfx_instance *inst) {
  const wfx_valtype i64 = WFX_I64;
  wfx_size_limits limits = {.min = 1};
  wfx_value init = wfx_i64(1), x, y;
  wfx_mem *mem;
  wfx_table *table;
  wfx_global *global;
  wfx_tag *tag;
  wfx_root root;
  wfx_status status = wfx_mem_new(s, &limits, &mem);
  if (status == WFX_OK) status = wfx_table_new(s, WFX_EXTERNREF, &limits, NULL, &table);
  if (status == WFX_OK) status = wfx_global_new(s, WFX_I64, true, &init, &global);
  if (status == WFX_OK) status = wfx_tag_new(s, &i64, 1, NULL, 0, &tag);
  if (status == WFX_OK) status = wfx_exn_new(s, tag, &init, 1, &x);
  if (status == WFX_OK) status = wfx_root_new(s, &x, &root);
  if (status == WFX_OK) status = wfx_extern_new(s, s, &y);
  if (status == WFX_OK) status = wfx_table_write(s, table, 0, &y);
  /* $pair and $array of the module. */
  if (status == WFX_OK) status = wfx_struct_new(inst, (wfx_type_id){1}, NULL, 0, &y);
  if (status == WFX_OK) status = wfx_array_new(inst, (wfx_type_id){2}, NULL, 100, &y);
  wfx_external external = {.kind = WFX_EXTERN_MEM};
  if (status != WFX_OK) return status;
  external.of.mem = mem;
  return wfx_store_define(s, "host", "mem", &external);
}

static wfx_status host_drives(wfx_store *s, wfx_instance *inst) {
  const wfx_tag *yield = wfx_instance_tag(inst, "yield");
  wfx_value f, arg = wfx_i64(2), exn;
  wfx_cont *k = NULL;
  wfx_event ev = {NULL, NULL, 0};
  assert_true(wfx_instance_func(inst, (wfx_str){"generate", 8}, &f));
  wfx_status status = wfx_cont_new(s, &f, &k);
  if (status == WFX_OK) status = wfx_cont_resume(k, &yield, 1, &arg, 1, &ev);
  if (status == WFX_OK) assert_int_equal(ev.values[0].of.i64, 2);
  if (status == WFX_OK) status = wfx_cont_resume(k, NULL, 0, NULL, 0, &ev);
  if (status == WFX_OK) assert_int_equal(ev.values[0].of.i64, 1);
  if (status == WFX_OK) status = wfx_exn_new(s, yield, &arg, 1, &exn);
  if (status == WFX_OK) {
    status = wfx_cont_cancel(k, NULL, 0, &exn, &ev);
    if (status == WFX_EXCEPTION) status = WFX_OK;
  }
  wfx_cont_free(k);
  return status;
}

static wfx_status task_host(wfx_ctx *ctx) {
  const wfx_store_options controlled = {.size = sizeof controlled, .is_controlled = true};
  wfx_module *m = wfx_module_new(ctx);
  wfx_store *s = wfx_store_new_with(ctx, &controlled);
  wfx_status status = WFX_NOMEM;
  if (m != NULL && s != NULL) {
    wfx_instance *inst = NULL;
    status = wfx_module_decode(m, program.data, program.n);
    if (status == WFX_OK) status = wfx_instantiate_with(s, m, NULL, 0, &inst);
    if (status == WFX_OK) status = host_objects(s, inst);
    if (status == WFX_OK) status = host_drives(s, inst);
  }
  wfx_store_free(s);
  wfx_module_free(m);
  return status;
}

/* ---- Tests ------------------------------------------------------------------------------- */

static wfx_ctx *setup_ctx;

static int setup(void **state) {
  (void)state;
  setup_ctx = wfx_ctx_new(NULL);
  wfx_module *m = wfx_module_new(setup_ctx);
  if (m == NULL || parse(m, generator_text) != WFX_OK ||
      wfx_module_encode(m, 0, &program) != WFX_OK) {
    char text[512] = "no memory";
    if (m != NULL && wfx_module_n_diags(m) != 0)
      wfx_diag_format(wfx_module_diag(m, 0), text, sizeof text);
    print_error("%s\n", text);
    return 1;
  }
  wfx_module_free(m);
  return 0;
}

static int teardown(void **state) {
  (void)state;
  wfx_bytes_free(setup_ctx, &program);
  wfx_ctx_free(setup_ctx);
  return 0;
}

static void oom_build(void **state) { (void)state; unit_sweep(task_build); }
static void oom_decode(void **state) { (void)state; unit_sweep(task_decode); }
static void oom_text(void **state) { (void)state; unit_sweep(task_text); }
static void oom_debug(void **state) {
  (void)state;
  unit_sweep(task_debug_text);
  unit_sweep(task_debug_binary);
}
static void oom_link(void **state) { (void)state; unit_sweep(task_link); }
static void oom_run(void **state) { (void)state; unit_sweep(task_run); }
static void oom_host(void **state) { (void)state; unit_sweep(task_host); }

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(oom_build), cmocka_unit_test(oom_decode), cmocka_unit_test(oom_text),
      cmocka_unit_test(oom_debug), cmocka_unit_test(oom_link),   cmocka_unit_test(oom_run),
      cmocka_unit_test(oom_host),
  };
  return cmocka_run_group_tests(tests, setup, teardown);
}
