/* reflect.c: the types of imports and exports, of a module and of what an instance exports. */
#include "program.h"

static void print_kind(wasm_valkind_t kind) {
  static const char *const nums[] = {"i32", "i64", "f32", "f64"};
  printf(" %s", kind < 4 ? nums[kind] : kind == WASM_FUNCREF ? "funcref" : "anyref");
}

static void print_types(const wasm_valtype_vec_t *types) {
  for (size_t i = 0; i < types->size; i++) print_kind(wasm_valtype_kind(types->data[i]));
}

static void print_limits(const wasm_limits_t *l) {
  printf(" %" PRIu32, l->min);
  if (l->max != wasm_limits_max_default) printf(" %" PRIu32, l->max);
}

static void print_type(const wasm_externtype_t *type) {
  switch (wasm_externtype_kind(type)) {
  case WASM_EXTERN_FUNC: {
    const wasm_functype_t *t = wasm_externtype_as_functype_const(type);
    printf(" func");
    print_types(wasm_functype_params(t));
    printf(" ->");
    print_types(wasm_functype_results(t));
    break;
  }
  case WASM_EXTERN_GLOBAL: {
    const wasm_globaltype_t *t = wasm_externtype_as_globaltype_const(type);
    printf(" global%s", wasm_globaltype_mutability(t) == WASM_VAR ? " var" : "");
    print_kind(wasm_valtype_kind(wasm_globaltype_content(t)));
    break;
  }
  case WASM_EXTERN_TABLE: {
    const wasm_tabletype_t *t = wasm_externtype_as_tabletype_const(type);
    printf(" table");
    print_limits(wasm_tabletype_limits(t));
    print_kind(wasm_valtype_kind(wasm_tabletype_element(t)));
    break;
  }
  case WASM_EXTERN_MEMORY:
    printf(" memory");
    print_limits(wasm_memorytype_limits(wasm_externtype_as_memorytype_const(type)));
    break;
  case WASM_EXTERN_TAG: printf(" tag"); break;
  }
  CHECK(!wasm_externtype_as_memorytype_const(type) == (wasm_externtype_kind(type) !=
                                                       WASM_EXTERN_MEMORY));
  printf("\n");
}

static void print_name(const wasm_name_t *name) { printf("%.*s", (int)name->size, name->data); }

int main(int argc, char **argv) {
  struct program p;
  wasm_importtype_vec_t imports;
  wasm_exporttype_vec_t exports, copies;
  program_open(&p, argc, argv);
  wasm_module_imports(p.module, &imports);
  for (size_t i = 0; i < imports.size; i++) {
    print_name(wasm_importtype_module(imports.data[i]));
    printf(".");
    print_name(wasm_importtype_name(imports.data[i]));
    print_type(wasm_importtype_type(imports.data[i]));
  }
  wasm_importtype_vec_delete(&imports);
  wasm_module_exports(p.module, &exports);
  wasm_exporttype_vec_copy(&copies, &exports);
  wasm_exporttype_vec_delete(&exports);
  for (size_t i = 0; i < copies.size; i++) {
    print_name(wasm_exporttype_name(copies.data[i]));
    print_type(wasm_exporttype_type(copies.data[i]));
  }
  wasm_exporttype_vec_delete(&copies);
  /* A global for the one import. */
  wasm_globaltype_t *type = wasm_globaltype_new(wasm_valtype_new_i64(), WASM_VAR);
  wasm_val_t zero = WASM_I64_VAL(0);
  wasm_global_t *g = wasm_global_new(p.store, type, &zero);
  wasm_globaltype_delete(type);
  wasm_extern_t *externs[] = {wasm_global_as_extern(g)};
  wasm_extern_vec_t given = WASM_ARRAY_VEC(externs);
  program_run(&p, &given);
  wasm_global_delete(g);
  for (size_t i = 0; i < p.exports.size; i++) {
    wasm_externtype_t *t = wasm_extern_type(p.exports.data[i]);
    printf("%zu", i);
    if (t) print_type(t);
    else printf(" no type\n");
    wasm_externtype_delete(t);
  }
  program_close(&p);
  return 0;
}
