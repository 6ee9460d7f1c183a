/* callback.c: arguments and results of the host's functions, and an environment. */
#include "program.h"

static wasm_trap_t *print(const wasm_val_vec_t *args, wasm_val_vec_t *results) {
  printf("print %" PRId32 "\n", args->data[0].of.i32);
  wasm_val_copy(&results->data[0], &args->data[0]);
  return NULL;
}

static wasm_trap_t *counter(void *env, const wasm_val_vec_t *args, wasm_val_vec_t *results) {
  int *n = env;
  (void)args;
  CHECK(results->data[0].kind == WASM_I32);
  results->data[0].of.i32 = ++*n;
  return NULL;
}

static void finalize(void *env) { printf("finalized at %d\n", *(int *)env); }

int main(int argc, char **argv) {
  static int n = 40;
  struct program p;
  program_open(&p, argc, argv);
  wasm_functype_t *print_type = wasm_functype_new_1_1(wasm_valtype_new_i32(),
                                               wasm_valtype_new_i32());
  wasm_functype_t *counter_type = wasm_functype_new_0_1(wasm_valtype_new_i32());
  wasm_func_t *f = wasm_func_new(p.store, print_type, print);
  wasm_func_t *g = wasm_func_new_with_env(p.store, counter_type, counter, &n, finalize);
  wasm_functype_delete(print_type);
  wasm_functype_delete(counter_type);
  wasm_extern_t *externs[] = {wasm_func_as_extern(f), wasm_func_as_extern(g)};
  wasm_extern_vec_t imports = WASM_ARRAY_VEC(externs);
  program_run(&p, &imports);
  wasm_func_delete(f);
  wasm_func_delete(g);
  printf("sum %" PRId32 "\n", call(export_func(&p, 0), 3, 4));
  program_close(&p);
  return 0;
}
