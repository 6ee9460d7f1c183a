/* trap.c: traps of the host and of the module, with their traces. */
#include "program.h"

static wasm_trap_t *fail(void *env, const wasm_val_vec_t *args, wasm_val_vec_t *results) {
  wasm_message_t message;
  (void)args;
  (void)results;
  wasm_name_new_from_string_nt(&message, "the host has had enough");
  wasm_trap_t *trap = wasm_trap_new(env, &message);
  wasm_trap_set_host_info(trap, env);
  wasm_name_delete(&message);
  return trap;
}

static void run(const struct program *p, size_t i) {
  wasm_val_vec_t none = WASM_EMPTY_VEC;
  wasm_trap_t *trap = wasm_func_call(export_func(p, i), &none, &none);
  CHECK(trap);
  print_message(trap);
  printf("of the host: %d\n", wasm_trap_get_host_info(trap) == p->store);
  wasm_frame_t *origin = wasm_trap_origin(trap);
  if (origin) printf("origin %" PRIu32 "\n", wasm_frame_func_index(origin));
  wasm_frame_delete(origin);
  wasm_frame_vec_t trace;
  wasm_trap_trace(trap, &trace);
  for (size_t k = 0; k < trace.size; k++) {
    CHECK(wasm_frame_module_offset(trace.data[k]) > 0);
    printf("in %" PRIu32 "\n", wasm_frame_func_index(trace.data[k]));
  }
  wasm_frame_vec_delete(&trace);
  wasm_trap_delete(trap);
}

int main(int argc, char **argv) {
  struct program p;
  program_open(&p, argc, argv);
  wasm_functype_t *type = wasm_functype_new_0_0();
  wasm_func_t *f = wasm_func_new_with_env(p.store, type, fail, p.store, NULL);
  wasm_functype_delete(type);
  wasm_extern_t *externs[] = {wasm_func_as_extern(f)};
  wasm_extern_vec_t imports = WASM_ARRAY_VEC(externs);
  program_run(&p, &imports);
  wasm_func_delete(f);
  for (size_t i = 0; i < p.exports.size; i++) run(&p, i);
  program_close(&p);
  return 0;
}
