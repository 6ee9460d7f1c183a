/* start.c: instances that do not come to be: a start function that traps, imports that are not
 * those of the module. */
#include "program.h"

static void attempt(const struct program *p, const wasm_extern_vec_t *imports) {
  wasm_trap_t *trap = NULL;
  CHECK(!wasm_instance_new(p->store, p->module, imports, &trap));
  CHECK(trap);
  print_message(trap);
  wasm_trap_delete(trap);
}

int main(int argc, char **argv) {
  struct program p;
  wasm_extern_vec_t none = WASM_EMPTY_VEC;
  program_open(&p, argc, argv);
  wasm_globaltype_t *type = wasm_globaltype_new(wasm_valtype_new_i32(), WASM_CONST);
  wasm_val_t v = WASM_I32_VAL(0), w = WASM_I32_VAL(7);
  wasm_global_t *zero = wasm_global_new(p.store, type, &v);
  wasm_global_t *seven = wasm_global_new(p.store, type, &w);
  wasm_globaltype_delete(type);
  wasm_limits_t limits = {1, 1};
  wasm_memorytype_t *memory_type = wasm_memorytype_new(&limits);
  wasm_memory_t *memory = wasm_memory_new(p.store, memory_type);
  wasm_memorytype_delete(memory_type);
  wasm_extern_t *externs[] = {wasm_global_as_extern(zero)};
  wasm_extern_vec_t imports = WASM_ARRAY_VEC(externs);
  attempt(&p, &imports);
  attempt(&p, &none);
  externs[0] = wasm_memory_as_extern(memory);
  attempt(&p, &imports);
  externs[0] = wasm_global_as_extern(seven);
  program_run(&p, &imports);
  printf("%" PRId32 "\n", call(export_func(&p, 0), 0, 0));
  wasm_global_delete(zero);
  wasm_global_delete(seven);
  wasm_memory_delete(memory);
  program_close(&p);
  return 0;
}
