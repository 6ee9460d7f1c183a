/* memory.c: bytes and size of a memory, from both sides. */
#include "program.h"

int main(int argc, char **argv) {
  struct program p;
  wasm_extern_vec_t none = WASM_EMPTY_VEC;
  program_open(&p, argc, argv);
  program_run(&p, &none);
  wasm_memory_t *memory = wasm_extern_as_memory(p.exports.data[0]);
  wasm_func_t *load = export_func(&p, 1), *store = export_func(&p, 2);
  CHECK(wasm_memory_size(memory) == 1);
  CHECK(wasm_memory_data_size(memory) == MEMORY_PAGE_SIZE);
  printf("%.5s\n", wasm_memory_data(memory) + 8);
  wasm_memory_data(memory)[100] = 33;
  printf("%" PRId32 "\n", call(load, 100, 0));
  call(store, 101, 44);
  printf("%d\n", wasm_memory_data(memory)[101]);
  printf("%" PRId32 "\n", call(load, 0x10000, 0));
  CHECK(wasm_memory_grow(memory, 1) && !wasm_memory_grow(memory, 2));
  printf("%" PRId32 "\n", call(load, 0x10000, 0));
  wasm_memorytype_t *type = wasm_memory_type(memory);
  printf("%" PRIu32 " to %" PRIu32 "\n", wasm_memorytype_limits(type)->min,
         wasm_memorytype_limits(type)->max);
  wasm_memory_t *own = wasm_memory_new(p.store, type);
  wasm_memorytype_delete(type);
  CHECK(wasm_memory_size(own) == 2 && !wasm_memory_same(own, memory));
  wasm_memory_delete(own);
  program_close(&p);
  return 0;
}
