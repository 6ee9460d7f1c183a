/* hello.c: a function of the host without arguments. */
#include "program.h"

static wasm_trap_t *hello(const wasm_val_vec_t *args, wasm_val_vec_t *results) {
  CHECK(args->size == 0 && results->size == 0);
  printf("hello\n");
  return NULL;
}

int main(int argc, char **argv) {
  struct program p;
  program_open(&p, argc, argv);
  wasm_functype_t *type = wasm_functype_new_0_0();
  wasm_func_t *f = wasm_func_new(p.store, type, hello);
  wasm_functype_delete(type);
  wasm_extern_t *externs[] = {wasm_func_as_extern(f)};
  wasm_extern_vec_t imports = WASM_ARRAY_VEC(externs);
  program_run(&p, &imports);
  wasm_func_delete(f);
  call(export_func(&p, 0), 0, 0);
  program_close(&p);
  return 0;
}
