/* 04_gc.c: structs and arrays on the garbage-collected heap, in types that refer to each other.
 *
 *     $tree   struct (field $value i32) (field $children (ref null $trees))
 *     $trees  array (mut (ref null $tree))
 *
 * Both are declared before they are defined. Prints 10, the sum of a tree of 1, 2, 3 and 4. */
#include <stdio.h>
#include <string.h>

#include <wasmfx.h>

#define HERE (wfx_body_at(b, __FILE__, __LINE__, 0), b)

struct types {
  wfx_type_id tree, trees;
};
enum { VALUE, CHILDREN }; /* fields of a tree */

/* A declared type can be used at once, also in signatures; it is to be defined before its group
 * ends. */
static struct types add_types(wfx_module *m) {
  struct types t;
  wfx_group_id group = wfx_group_begin(m);
  t.tree = wfx_type_declare(m, group, "tree");
  t.trees = wfx_type_declare(m, group, "trees");
  const wfx_field fields[] = {{WFX_I32, false}, {wfx_ref_null_to(t.trees), false}};
  const wfx_field element = {wfx_ref_null_to(t.tree), true};
  wfx_type_define_struct(m, t.tree, fields, 2);
  wfx_type_set_field_name(m, t.tree, VALUE, "value");
  wfx_type_set_field_name(m, t.tree, CHILDREN, "children");
  wfx_type_define_array(m, t.trees, element);
  wfx_group_end(m, group);
  return t;
}

/* sum(tree) = value + sum(children[0]) + sum(children[1]) + ... */
static wfx_func_id build_sum(wfx_module *m, struct types t) {
  const wfx_valtype params[] = {wfx_ref_to(t.tree)}, results[] = {WFX_I32};
  wfx_func_id sum = wfx_module_add_func(m, "sum", wfx_type_func(m, params, 1, results, 1));
  wfx_body *b = wfx_body_open(m, sum, WFX_CHECKED);
  wfx_local_id tree = wfx_body_param(b, 0);
  wfx_local_id children = wfx_body_add_local(b, wfx_ref_null_to(t.trees), "children");
  wfx_local_id i = wfx_body_add_local(b, WFX_I32, "i");
  wfx_local_id total = wfx_body_add_local(b, WFX_I32, "total");
  wfx_body_name_local(b, tree, "tree");

  wfx_emit_local_get(HERE, tree);
  wfx_emit_struct_get(HERE, t.tree, VALUE);
  wfx_emit_local_set(HERE, total);
  wfx_label done = wfx_emit_block(HERE, wfx_bt_none());
  wfx_emit_local_get(HERE, tree);
  wfx_emit_struct_get(HERE, t.tree, CHILDREN);
  wfx_emit_local_tee(HERE, children);
  wfx_emit_ref_is_null(HERE);
  wfx_emit_br_if(HERE, done);
  wfx_label next = wfx_emit_loop(HERE, wfx_bt_none());
  wfx_emit_local_get(HERE, i);
  wfx_emit_local_get(HERE, children);
  wfx_emit_array_len(HERE);
  wfx_emit_i32_ge_u(HERE);
  wfx_emit_br_if(HERE, done);
  wfx_emit_local_get(HERE, children);
  wfx_emit_local_get(HERE, i);
  wfx_emit_array_get(HERE, t.trees);
  wfx_emit_ref_as_non_null(HERE);
  wfx_emit_call(HERE, sum);
  wfx_emit_local_get(HERE, total);
  wfx_emit_i32_add(HERE);
  wfx_emit_local_set(HERE, total);
  wfx_emit_local_get(HERE, i);
  wfx_emit_i32_const(HERE, 1);
  wfx_emit_i32_add(HERE);
  wfx_emit_local_set(HERE, i);
  wfx_emit_br(HERE, next);
  wfx_emit_end(HERE);
  wfx_emit_end(HERE);
  wfx_emit_local_get(HERE, total);
  wfx_body_close(b);
  return sum;
}

static void emit_leaf(wfx_body *b, struct types t, int32_t value) {
  wfx_emit_i32_const(HERE, value);
  wfx_emit_ref_null(HERE, wfx_heap(t.trees));
  wfx_emit_struct_new(HERE, t.tree);
}

static void build(wfx_module *m) {
  const wfx_valtype results[] = {WFX_I32};
  struct types t = add_types(m);
  wfx_func_id sum = build_sum(m, t);
  wfx_func_id main_func = wfx_module_add_func(m, "main", wfx_type_func(m, NULL, 0, results, 1));
  wfx_export_func(m, "main", main_func);
  wfx_body *b = wfx_body_open(m, main_func, WFX_CHECKED);
  wfx_emit_i32_const(HERE, 1);
  emit_leaf(b, t, 2);
  wfx_emit_i32_const(HERE, 3);
  emit_leaf(b, t, 4);
  wfx_emit_array_new_fixed(HERE, t.trees, 1);
  wfx_emit_struct_new(HERE, t.tree);
  wfx_emit_array_new_fixed(HERE, t.trees, 2);
  wfx_emit_struct_new(HERE, t.tree);
  wfx_emit_call(HERE, sum);
  wfx_body_close(b);
}

static bool run(wfx_store *s, wfx_module *m) {
  wfx_instance *inst;
  wfx_value result;
  if (wfx_instantiate(s, m, NULL, &inst) != WFX_OK) return false;
  if (wfx_call(inst, "main", NULL, 0, &result, 1) != WFX_OK) return false;
  printf("%d\n", result.of.i32);
  return true;
}

static bool print(const wfx_ctx *ctx, wfx_module *m) {
  wfx_bytes text;
  if (wfx_module_print(m, 0, &text) != WFX_OK) return false;
  fwrite(text.data, 1, text.n, stdout);
  wfx_bytes_free(ctx, &text);
  return true;
}

/* What is wrong with the module, or else why it failed when it ran. */
static void report(const wfx_module *m, const wfx_store *s) {
  char text[1000];
  size_t n = wfx_module_n_diags(m);
  for (size_t i = 0; i < n; i++) {
    wfx_diag_format(wfx_module_diag(m, i), text, sizeof text);
    fprintf(stderr, "%s\n", text);
  }
  if (n == 0 && wfx_store_diag(s)) fprintf(stderr, "%s\n", wfx_store_diag(s)->message);
}

int main(int argc, char **argv) {
  bool wants_wat = argc > 1 && strcmp(argv[1], "--wat") == 0;
  wfx_ctx *ctx = wfx_ctx_new(NULL);
  wfx_module *m = ctx ? wfx_module_new(ctx) : NULL;
  wfx_store *s = ctx ? wfx_store_new(ctx) : NULL;
  bool is_ok = m && s;
  if (is_ok) {
    build(m);
    is_ok = wfx_module_validate(m) == WFX_OK && (wants_wat ? print(ctx, m) : run(s, m));
    if (!is_ok) report(m, s);
  }
  wfx_store_free(s);
  wfx_module_free(m);
  wfx_ctx_free(ctx);
  return is_ok ? 0 : 1;
}
