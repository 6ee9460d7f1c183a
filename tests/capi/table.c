/* table.c: a table of functions: reading, writing, growing; calls through it. */
#include "program.h"

static wasm_trap_t *negate(const wasm_val_vec_t *args, wasm_val_vec_t *results) {
  results->data[0].of.i32 = -args->data[0].of.i32;
  return NULL;
}

int main(int argc, char **argv) {
  struct program p;
  wasm_extern_vec_t none = WASM_EMPTY_VEC;
  program_open(&p, argc, argv);
  program_run(&p, &none);
  wasm_table_t *table = wasm_extern_as_table(p.exports.data[0]);
  wasm_func_t *through = export_func(&p, 1), *twice = export_func(&p, 2);
  CHECK(wasm_table_size(table) == 2);
  CHECK(!wasm_table_get(table, 0) && !wasm_table_get(table, 2));
  printf("%" PRId32 "\n", call(through, 0, 5));
  wasm_functype_t *type = wasm_functype_new_1_1(wasm_valtype_new_i32(), wasm_valtype_new_i32());
  wasm_func_t *f = wasm_func_new(p.store, type, negate);
  wasm_functype_delete(type);
  CHECK(wasm_table_set(table, 0, wasm_func_as_ref(f)));
  CHECK(!wasm_table_set(table, 2, wasm_func_as_ref(f)));
  printf("%" PRId32 "\n", call(through, 0, 5));
  wasm_ref_t *got = wasm_table_get(table, 0);
  CHECK(wasm_ref_same(got, wasm_func_as_ref(f)) && wasm_ref_as_func(got));
  wasm_ref_delete(got);
  CHECK(wasm_table_grow(table, 3, wasm_func_as_ref(twice)));
  CHECK(!wasm_table_grow(table, 100, NULL));
  printf("%" PRId32 " of %" PRIu32 "\n", call(through, 4, 5), wasm_table_size(table));
  CHECK(wasm_table_set(table, 4, NULL));
  printf("%" PRId32 "\n", call(through, 4, 5));
  /* One of the host's own. */
  wasm_limits_t limits = {3, 5};
  wasm_tabletype_t *t = wasm_tabletype_new(wasm_valtype_new_funcref(), &limits);
  wasm_table_t *own = wasm_table_new(p.store, t, wasm_func_as_ref(f));
  wasm_tabletype_delete(t);
  t = wasm_table_type(own);
  printf("%" PRIu32 " to %" PRIu32 "\n", wasm_tabletype_limits(t)->min,
         wasm_tabletype_limits(t)->max);
  wasm_tabletype_delete(t);
  wasm_table_delete(own);
  wasm_func_delete(f);
  program_close(&p);
  return 0;
}
