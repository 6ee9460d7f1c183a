/* finalize.c: host info is finalized once with its object, at the latest with the store. */
#include "program.h"

static int n_live;

static void finalize(void *info) {
  CHECK((intptr_t)info > 0);
  n_live--;
}

int main(int argc, char **argv) {
  enum { N = 1000 };
  struct program p;
  wasm_extern_vec_t none = WASM_EMPTY_VEC;
  program_open(&p, argc, argv);
  for (intptr_t i = 1; i <= N; i++) {
    wasm_instance_t *instance = wasm_instance_new(p.store, p.module, &none, NULL);
    CHECK(instance);
    wasm_instance_set_host_info_with_finalizer(instance, (void *)i, finalize);
    n_live++;
    wasm_instance_t *copy = wasm_instance_copy(instance);
    wasm_instance_delete(instance);
    CHECK(n_live == 1 && wasm_instance_get_host_info(copy) == (void *)i);
    wasm_instance_delete(copy);
    CHECK(n_live == 0);
  }
  /* What a table has had is kept by the store. */
  wasm_tabletype_t *type = wasm_tabletype_new(wasm_valtype_new_anyref(), &(wasm_limits_t){1, 1});
  wasm_table_t *table = wasm_table_new(p.store, type, NULL);
  wasm_tabletype_delete(type);
  for (intptr_t i = 1; i <= N; i++) {
    wasm_foreign_t *foreign = wasm_foreign_new(p.store);
    wasm_foreign_set_host_info_with_finalizer(foreign, (void *)i, finalize);
    n_live++;
    if (i % 2) CHECK(wasm_table_set(table, 0, wasm_foreign_as_ref(foreign)));
    wasm_foreign_delete(foreign);
  }
  wasm_table_delete(table);
  printf("%d live before the store is deleted\n", n_live);
  program_close(&p);
  printf("%d after\n", n_live);
  return 0;
}
