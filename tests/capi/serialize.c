/* serialize.c: a module written out and read again; bytes that are no module. */
#include "program.h"

int main(int argc, char **argv) {
  struct program p;
  wasm_extern_vec_t none = WASM_EMPTY_VEC;
  wasm_byte_vec_t bytes;
  program_open(&p, argc, argv);
  CHECK(wasm_module_validate(p.store, &p.binary));
  wasm_module_serialize(p.module, &bytes);
  wasm_module_delete(p.module);
  p.module = wasm_module_deserialize(p.store, &bytes);
  CHECK(p.module);
  program_run(&p, &none);
  printf("%" PRId32 "\n", call(export_func(&p, 0), 20, 22));
  bytes.data[bytes.size - 1] ^= 0x55;
  CHECK(!wasm_module_deserialize(p.store, &bytes) && !wasm_module_validate(p.store, &bytes));
  wasm_byte_vec_delete(&bytes);
  wasm_name_new_from_string(&bytes, "no module");
  CHECK(!wasm_module_new(p.store, &bytes));
  wasm_name_delete(&bytes);
  program_close(&p);
  return 0;
}
