/* program.h: what the short programs for wasm.h share. Each is called with the module that stands
 * beside it in text form, and prints what NAME.out says. */
#ifndef CAPI_PROGRAM_H
#define CAPI_PROGRAM_H

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <wasm-c-api/wasm.h>

#define CHECK(e) ((e) ? (void)0 : program_fail(__FILE__, __LINE__, #e))

static inline void program_fail(const char *file, int line, const char *what) {
  fprintf(stderr, "%s:%d: not so: %s\n", file, line, what);
  exit(1);
}

struct program {
  wasm_engine_t *engine;
  wasm_store_t *store;
  wasm_byte_vec_t binary;
  wasm_module_t *module;
  wasm_instance_t *instance;
  wasm_extern_vec_t exports;
};

static inline void read_binary(const char *path, wasm_byte_vec_t *out) {
  FILE *f = fopen(path, "rb");
  char bytes[4096];
  CHECK(f);
  size_t n = fread(bytes, 1, sizeof bytes, f);
  CHECK(n > 0 && n < sizeof bytes);
  fclose(f);
  wasm_byte_vec_new(out, n, bytes);
}

static inline void program_open(struct program *p, int argc, char **argv) {
  CHECK(argc == 2);
  memset(p, 0, sizeof *p);
  CHECK(p->engine = wasm_engine_new());
  CHECK(p->store = wasm_store_new(p->engine));
  read_binary(argv[1], &p->binary);
  CHECK(p->module = wasm_module_new(p->store, &p->binary));
}

static inline void print_message(const wasm_trap_t *trap) {
  wasm_message_t message;
  wasm_trap_message(trap, &message);
  CHECK(message.size > 0 && message.data[message.size - 1] == 0);
  printf("trap: %s\n", message.data);
  wasm_message_t empty = WASM_EMPTY_VEC;
  wasm_name_delete(&message);
  CHECK(message.size == empty.size);
}

static inline void program_run(struct program *p, const wasm_extern_vec_t *imports) {
  wasm_trap_t *trap = NULL;
  p->instance = wasm_instance_new(p->store, p->module, imports, &trap);
  if (trap) print_message(trap);
  CHECK(p->instance);
  wasm_instance_exports(p->instance, &p->exports);
}

static inline void program_close(struct program *p) {
  if (p->instance) wasm_extern_vec_delete(&p->exports);
  wasm_instance_delete(p->instance);
  wasm_module_delete(p->module);
  wasm_byte_vec_delete(&p->binary);
  wasm_store_delete(p->store);
  wasm_engine_delete(p->engine);
}

static inline wasm_func_t *export_func(const struct program *p, size_t i) {
  CHECK(i < p->exports.size);
  wasm_func_t *f = wasm_extern_as_func(p->exports.data[i]);
  CHECK(f);
  return f;
}

/* Call with i32s; the result if there is one. */
static inline int32_t call(const wasm_func_t *f, int32_t a, int32_t b) {
  wasm_val_t args[2] = {WASM_I32_VAL(a), WASM_I32_VAL(b)}, results[1] = {WASM_INIT_VAL};
  wasm_val_vec_t in = {wasm_func_param_arity(f), args}, out = {wasm_func_result_arity(f), results};
  wasm_trap_t *trap = wasm_func_call(f, &in, &out);
  if (trap) {
    print_message(trap);
    wasm_trap_delete(trap);
    return -1;
  }
  return out.size > 0 ? results[0].of.i32 : 0;
}

#endif
