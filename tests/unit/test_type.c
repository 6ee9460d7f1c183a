/* test_type.c: recursion groups, canonical equality, subtyping, numbering, merging. */
#include "unit.h"

#include "ir/imm.h"
#include "ir/index.h"
#include "ir/match.h"
#include "ir/name.h"

struct fixture {
  struct unit_alloc a;
  wfx_ctx *ctx;
  wfx_module *m;
};

static int setup(void **state) {
  static struct fixture f;
  memset(&f, 0, sizeof f);
  f.a.fail_at = UINT64_MAX;
  f.ctx = unit_ctx(&f.a, wfx_features_all());
  f.m = wfx_module_new(f.ctx);
  *state = &f;
  return f.m == NULL;
}

static int teardown(void **state) {
  struct fixture *f = *state;
  wfx_module_free(f->m);
  wfx_ctx_free(f->ctx);
  return f->a.n_blocks != 0;
}

/* (rec (type $node (struct i32 (ref null $list))) (type $list (array (ref null $node)))) */
static wfx_type_id add_tree(wfx_module *m, wfx_valtype label) {
  wfx_group_id g = wfx_group_begin(m);
  wfx_type_id node = wfx_type_declare(m, g, "node"), list = wfx_type_declare(m, g, "list");
  wfx_field fields[] = {{label, false}, {wfx_ref_null_to(list), true}};
  wfx_field item = {wfx_ref_null_to(node), true};
  wfx_type_define_struct(m, node, fields, 2);
  wfx_type_define_array(m, list, item);
  wfx_group_end(m, g);
  return node;
}

static void groups_of_one_shape_are_equal(void **state) {
  wfx_module *m = ((struct fixture *)*state)->m;
  wfx_type_id a = add_tree(m, WFX_I32), b = add_tree(m, WFX_I32), c = add_tree(m, WFX_I64);
  assert_true(wfx_type_equal(m, a, b));
  assert_false(wfx_type_equal(m, a, c));
  assert_true(wfx__match_val(&m->types, wfx_ref_to(a), wfx_ref_null_to(b)));
  assert_false(wfx__match_val(&m->types, wfx_ref_null_to(a), wfx_ref_to(b)));
  assert_false(wfx__match_val(&m->types, wfx_ref_to(a), wfx_ref_to(c)));
  assert_true(wfx__match_val(&m->types, wfx_ref_to(a), WFX_STRUCTREF));
  assert_true(wfx__match_val(&m->types, wfx_ref(WFX_HEAP_NONE), wfx_ref_to(a)));
  assert_int_equal(wfx_module_status(m), WFX_OK);
}

static void same_function_type_is_found(void **state) {
  wfx_module *m = ((struct fixture *)*state)->m;
  const wfx_valtype p[] = {WFX_I32, WFX_F64}, r[] = {WFX_I64};
  wfx_type_id a = wfx_type_func(m, p, 2, r, 1);
  wfx_type_id b = wfx_type_func(m, p, 2, r, 1), c = wfx_type_func(m, p, 1, r, 1);
  assert_int_equal(a.i, b.i);
  assert_int_not_equal(a.i, c.i);
  assert_int_equal(wfx_module_n_types(m), 2);
}

static void groups_may_be_open_side_by_side(void **state) {
  wfx_module *m = ((struct fixture *)*state)->m;
  wfx_group_id g1 = wfx_group_begin(m);
  wfx_type_id t1 = wfx_type_declare(m, g1, "t1");
  /* Two types that refer to the open one, equal only once it is known. */
  wfx_field f1 = {wfx_ref_null_to(t1), false};
  wfx_type_id a = wfx_type_struct(m, "a", &f1, 1), b = wfx_type_struct(m, "b", &f1, 1);
  assert_true(wfx_type_equal(m, a, b));
  wfx_field i = {WFX_I32, false};
  wfx_type_define_struct(m, t1, &i, 1);
  wfx_group_end(m, g1);
  wfx_type_id t2 = wfx_type_struct(m, "t2", &i, 1);
  wfx_field f2 = {wfx_ref_null_to(t2), false};
  wfx_type_id c = wfx_type_struct(m, "c", &f2, 1);
  assert_int_equal(wfx_module_status(m), WFX_OK);
  assert_false(wfx_type_equal(m, t1, t2) && !wfx_type_equal(m, a, c));
}

static void undefined_types_are_reported(void **state) {
  wfx_module *m = ((struct fixture *)*state)->m;
  wfx_group_id g = wfx_group_begin(m);
  wfx_type_declare(m, g, "hole");
  wfx_group_end(m, g);
  assert_int_equal(wfx_module_status(m), WFX_INVALID);
  assert_string_equal(wfx_module_diag(m, 0)->message,
                      "type $hole is declared but not defined");
}

static void subtypes_follow_declarations(void **state) {
  wfx_module *m = ((struct fixture *)*state)->m;
  wfx_group_id g = wfx_group_begin(m);
  wfx_type_id base = wfx_type_declare(m, g, "base"), sub = wfx_type_declare(m, g, "sub");
  wfx_type_id none = {WFX_NO_ID};
  wfx_field f[] = {{WFX_I32, false}, {WFX_I32, true}};
  wfx_type_set_sub(m, base, false, none);
  wfx_type_define_struct(m, base, f, 1);
  wfx_type_set_sub(m, sub, true, base);
  wfx_type_define_struct(m, sub, f, 2);
  wfx_group_end(m, g);
  assert_int_equal(wfx_module_status(m), WFX_OK);
  assert_true(wfx__match_type(&m->types, sub.i, base.i));
  assert_false(wfx__match_type(&m->types, base.i, sub.i));
}

static void bad_supertypes_are_reported(void **state) {
  wfx_module *m = ((struct fixture *)*state)->m;
  wfx_field f = {WFX_I32, false};
  wfx_type_id final = wfx_type_struct(m, "final", &f, 1);
  wfx_group_id g = wfx_group_begin(m);
  wfx_type_id sub = wfx_type_declare(m, g, "sub");
  wfx_type_set_sub(m, sub, true, final);
  wfx_type_define_struct(m, sub, &f, 1);
  wfx_group_end(m, g);
  assert_int_equal(wfx_module_status(m), WFX_INVALID);
  assert_non_null(strstr(wfx_module_diag(m, 0)->message, "final super type $final"));
}

static void continuation_types_are_covariant(void **state) {
  wfx_module *m = ((struct fixture *)*state)->m;
  wfx_type_id none = {WFX_NO_ID};
  const wfx_valtype any = WFX_ANYREF, eq = WFX_EQREF;
  wfx_group_id g = wfx_group_begin(m);
  wfx_type_id f1 = wfx_type_declare(m, g, "f1"), f2 = wfx_type_declare(m, g, "f2");
  wfx_type_id c1 = wfx_type_declare(m, g, "c1"), c2 = wfx_type_declare(m, g, "c2");
  wfx_type_set_sub(m, f1, false, none);
  wfx_type_define_func(m, f1, NULL, 0, &any, 1);
  wfx_type_set_sub(m, f2, true, f1);
  wfx_type_define_func(m, f2, NULL, 0, &eq, 1);
  wfx_type_set_sub(m, c1, false, none);
  wfx_type_define_cont(m, c1, f1);
  wfx_type_set_sub(m, c2, true, c1);
  wfx_type_define_cont(m, c2, f2);
  wfx_group_end(m, g);
  assert_int_equal(wfx_module_status(m), WFX_OK);
  assert_true(wfx__match_val(&m->types, wfx_ref_to(c2), wfx_ref_to(c1)));
  assert_int_equal(wfx__val_slots(&m->types, wfx_ref_to(c1)), 2);
  assert_int_equal(wfx__val_slots(&m->types, WFX_ANYREF), 1);
  assert_int_equal(wfx__heap_top(&m->types, wfx_heap(c2)), WFX_HEAP_CONT);
}

static void merging_finds_equal_groups(void **state) {
  struct fixture *f = *state;
  wfx_module *other = wfx_module_new(f->ctx);
  wfx_type_id a = add_tree(f->m, WFX_I32);
  wfx_type_func(other, NULL, 0, NULL, 0);
  wfx_type_id b = add_tree(other, WFX_I32), c = add_tree(other, WFX_F32);
  uint32_t map[8];
  assert_true(wfx__types_merge(&f->m->types, &f->m->errs, &other->types, map));
  assert_int_equal(map[b.i], a.i);
  assert_int_not_equal(map[c.i], a.i);
  assert_int_equal(f->m->types.types.n, 2 + 1 + 2);
  assert_int_equal(wfx__valtype_map(wfx_ref_null_to(b), map), wfx_ref_null_to(a));
  wfx_module_free(other);
}

static void imports_are_numbered_first(void **state) {
  struct fixture *f = *state;
  wfx_type_id t = wfx_type_func(f->m, NULL, 0, NULL, 0);
  wfx_func_id own = wfx_module_add_func(f->m, "own", t);
  wfx_func_id imported = wfx_import_func(f->m, "env", "f", t);
  struct arena arena;
  struct index_map map;
  wfx__arena_init(&arena, f->ctx);
  assert_true(wfx__index_map(f->m, &arena, &f->m->errs, &map));
  assert_int_equal(map.of[SPACE_FUNC][imported.i], 0);
  assert_int_equal(map.of[SPACE_FUNC][own.i], 1);
  assert_int_equal(map.ids[SPACE_FUNC][0], imported.i);
  wfx__arena_free(&arena);
}

static void every_instruction_is_found_again(void **state) {
  (void)state;
  for (int i = 0; i < WFX_OP_COUNT; i++) {
    const struct op_info *info = &wfx__ops[i];
    assert_int_equal(wfx__op_find(info->prefix, info->code), i);
    int first = wfx__op_find_text(info->text, strlen(info->text));
    assert_true(first >= 0 && strcmp(wfx__ops[first].text, info->text) == 0);
  }
  assert_int_equal(wfx__op_find(PREFIX_CORE, 0xff), -1);
  assert_int_equal(wfx__op_find(PREFIX_SIMD, 100000), -1);
  assert_int_equal(wfx__op_find_text("i32.ad", 6), -1);
  assert_int_equal(wfx__op_natural_align(WFX_OP_i64_load32_u), 2);
  assert_int_equal(wfx__op_natural_align(WFX_OP_v128_store), 4);
}

static void long_type_texts_are_cut(void **state) {
  wfx_module *m = ((struct fixture *)*state)->m;
  wfx_valtype many[200];
  for (size_t i = 0; i < 200; i++) many[i] = WFX_I32;
  struct text_buf t = {.n = 0};
  wfx__text_vals(&t, &m->types, many, 200);
  assert_true(t.n < sizeof t.text);
  assert_string_equal(t.text + t.n - 3, "...");
}

int main(void) {
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
  const struct CMUnitTest tests[] = {
      TEST(groups_of_one_shape_are_equal),    TEST(same_function_type_is_found),
      TEST(groups_may_be_open_side_by_side),  TEST(undefined_types_are_reported),
      TEST(subtypes_follow_declarations),     TEST(bad_supertypes_are_reported),
      TEST(continuation_types_are_covariant), TEST(merging_finds_equal_groups),
      TEST(imports_are_numbered_first),       TEST(every_instruction_is_found_again),
      TEST(long_type_texts_are_cut),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
