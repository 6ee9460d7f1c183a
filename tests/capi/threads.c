/* threads.c: one module, shared by threads that have a store each. */
#include <pthread.h>

#include "program.h"

enum { N_THREADS = 4, N_ROUNDS = 10 };

struct worker {
  wasm_engine_t *engine;
  const wasm_shared_module_t *module;
  int32_t id, sum;
  pthread_t thread;
};

static wasm_trap_t *note(void *env, const wasm_val_vec_t *args, wasm_val_vec_t *results) {
  struct worker *w = env;
  (void)results;
  w->sum += args->data[0].of.i32;
  return NULL;
}

static void *work(void *ud) {
  struct worker *w = ud;
  struct program p;
  memset(&p, 0, sizeof p);
  CHECK(p.store = wasm_store_new(w->engine));
  CHECK(p.module = wasm_module_obtain(p.store, w->module));
  wasm_functype_t *type = wasm_functype_new_1_0(wasm_valtype_new_i32());
  wasm_func_t *f = wasm_func_new_with_env(p.store, type, note, w, NULL);
  wasm_functype_delete(type);
  wasm_extern_t *externs[] = {wasm_func_as_extern(f)};
  wasm_extern_vec_t imports = WASM_ARRAY_VEC(externs);
  for (int i = 0; i < N_ROUNDS; i++) {
    program_run(&p, &imports);
    call(export_func(&p, 0), w->id, 0);
    wasm_extern_vec_delete(&p.exports);
    wasm_instance_delete(p.instance);
  }
  wasm_func_delete(f);
  wasm_module_delete(p.module);
  wasm_store_delete(p.store);
  return NULL;
}

int main(int argc, char **argv) {
  struct program p;
  struct worker workers[N_THREADS];
  program_open(&p, argc, argv);
  wasm_shared_module_t *shared = wasm_module_share(p.module);
  for (int32_t i = 0; i < N_THREADS; i++) {
    workers[i] = (struct worker){.engine = p.engine, .module = shared, .id = i + 1};
    CHECK(pthread_create(&workers[i].thread, NULL, work, &workers[i]) == 0);
  }
  for (int i = 0; i < N_THREADS; i++) {
    CHECK(pthread_join(workers[i].thread, NULL) == 0);
    printf("%" PRId32 "\n", workers[i].sum);
  }
  wasm_shared_module_delete(shared);
  program_close(&p);
  return 0;
}
