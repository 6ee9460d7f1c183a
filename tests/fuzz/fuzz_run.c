/* fuzz_run.c: instantiate what is valid and call its exports, with little fuel, memory and
 * stack. The store goes on being used after each failure. */
#include "fuzz/fuzz.h"

enum { MAX_ARGS = 8, MAX_CALLS = 8, UNITS = 20000 };

/* Call an export with zeros. */
static void call(wfx_store *s, wfx_instance *inst, const char *name) {
  wfx_valtype params[MAX_ARGS], types[MAX_ARGS];
  size_t n_params = MAX_ARGS, n_results = MAX_ARGS;
  if (!wfx_instance_func_type(inst, name, params, &n_params, types, &n_results)) return;
  if (n_params > MAX_ARGS || n_results > MAX_ARGS) return;
  wfx_value args[MAX_ARGS], results[MAX_ARGS];
  for (size_t i = 0; i < n_params; i++) {
    memset(&args[i], 0, sizeof args[i]);
    args[i].type = params[i];
  }
  wfx_store_set_fuel(s, UNITS);
  wfx_call(inst, name, args, n_params, results, n_results);
}

/* Something for every function that is imported. */
static wfx_status answer(void *ud, wfx_store *s, wfx_instance *caller, const wfx_value *args,
                         wfx_value *results) {
  (void)ud, (void)caller;
  results[0] = wfx_i32((int32_t)((uint32_t)args[0].of.i32 * 7 + 1));
  return args[0].of.i32 == 77 ? wfx_store_trap(s, "77") : WFX_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
  static const wfx_valtype i32 = WFX_I32;
  wfx_ctx *ctx = fuzz_ctx();
  wfx_module *m = fuzz_module(ctx);
  if (wfx_module_decode(m, bytes, n) == WFX_OK && wfx_module_validate(m) == WFX_OK) {
    wfx_store_options options = {.size = sizeof options, .is_controlled = true};
    wfx_store *s = wfx_store_new_with(ctx, &options);
    if (!s) abort();
    wfx_store_define_func(s, "host", "id", &i32, 1, &i32, 1, answer, NULL);
    wfx_store_set_fuel(s, UNITS);
    wfx_store_set_gc_stress(s, bytes[n - 1] & 1);
    wfx_instance *inst = NULL;
    wfx_instantiate(s, m, NULL, &inst);
    wfx_str name;
    wfx_extern_kind kind;
    uint32_t id;
    for (uint32_t i = 0; inst && i < MAX_CALLS && wfx_module_export(m, i, &name, &kind, &id);
         i++)
      if (kind == WFX_EXTERN_FUNC && strlen(name.data) == name.n) call(s, inst, name.data);
    wfx_store_collect(s);
    wfx_store_free(s);
  }
  wfx_module_free(m);
  wfx_ctx_free(ctx);
  return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t n, size_t room, unsigned seed) {
  return fuzz_mutate_module(bytes, n, room, seed, GEN_RUN);
}
