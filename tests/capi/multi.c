/* multi.c: several results, of all kinds of numbers. */
#include "program.h"

static wasm_trap_t *reverse(const wasm_val_vec_t *args, wasm_val_vec_t *results) {
  CHECK(args->size == 4 && results->size == 4);
  for (size_t i = 0; i < 4; i++) wasm_val_copy(&results->data[i], &args->data[3 - i]);
  return NULL;
}

int main(int argc, char **argv) {
  static const wasm_valkind_t kinds[4] = {WASM_I32, WASM_I64, WASM_F32, WASM_F64};
  struct program p;
  program_open(&p, argc, argv);
  wasm_valtype_vec_t params, results;
  wasm_valtype_vec_new_uninitialized(&params, 4);
  wasm_valtype_vec_new_uninitialized(&results, 4);
  for (size_t i = 0; i < 4; i++) {
    params.data[i] = wasm_valtype_new(kinds[i]);
    results.data[3 - i] = wasm_valtype_new(kinds[i]);
  }
  wasm_functype_t *type = wasm_functype_new(&params, &results);
  wasm_func_t *f = wasm_func_new(p.store, type, reverse);
  wasm_functype_delete(type);
  wasm_extern_t *externs[] = {wasm_func_as_extern(f)};
  wasm_extern_vec_t imports = WASM_ARRAY_VEC(externs);
  program_run(&p, &imports);
  wasm_func_delete(f);
  wasm_val_t args[4] = {WASM_I32_VAL(1), WASM_I64_VAL((int64_t)1 << 40), WASM_F32_VAL(0.5f),
                        WASM_F64_VAL(2.25)};
  wasm_val_t got[4] = {WASM_INIT_VAL, WASM_INIT_VAL, WASM_INIT_VAL, WASM_INIT_VAL};
  wasm_val_vec_t in = WASM_ARRAY_VEC(args), out = WASM_ARRAY_VEC(got);
  CHECK(!wasm_func_call(export_func(&p, 0), &in, &out));
  printf("%g %g %" PRId64 " %" PRId32 "\n", got[0].of.f64, got[1].of.f32, got[2].of.i64,
         got[3].of.i32);
  in.size = 3;
  wasm_trap_t *trap = wasm_func_call(export_func(&p, 0), &in, &out);
  CHECK(trap);
  print_message(trap);
  wasm_trap_delete(trap);
  program_close(&p);
  return 0;
}
