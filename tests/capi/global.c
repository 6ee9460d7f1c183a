/* global.c: globals of the host and of the module, read and written on both sides. */
#include "program.h"

static wasm_global_t *new_global(wasm_store_t *s, wasm_mutability_t mutability, float x) {
  wasm_globaltype_t *type = wasm_globaltype_new(wasm_valtype_new_f32(), mutability);
  wasm_val_t v = WASM_F32_VAL(x);
  wasm_global_t *g = wasm_global_new(s, type, &v);
  wasm_globaltype_delete(type);
  CHECK(g);
  return g;
}

static float get(const wasm_global_t *g) {
  wasm_val_t v;
  wasm_global_get(g, &v);
  CHECK(v.kind == WASM_F32);
  return v.of.f32;
}

int main(int argc, char **argv) {
  struct program p;
  program_open(&p, argc, argv);
  wasm_global_t *fixed = new_global(p.store, WASM_CONST, 1.5f);
  wasm_global_t *open = new_global(p.store, WASM_VAR, 2);
  wasm_extern_t *externs[] = {wasm_global_as_extern(fixed), wasm_global_as_extern(open)};
  wasm_extern_vec_t imports = WASM_ARRAY_VEC(externs);
  program_run(&p, &imports);
  wasm_global_t *own = wasm_extern_as_global(p.exports.data[0]);
  CHECK(own && !wasm_extern_as_func(p.exports.data[0]));
  printf("%g %g %g\n", get(fixed), get(open), get(own));
  call(export_func(&p, 1), 0, 0);
  printf("%g %g %g\n", get(fixed), get(open), get(own));
  wasm_val_t ten = WASM_F32_VAL(10);
  wasm_global_set(open, &ten);
  wasm_global_set(fixed, &ten); /* does nothing */
  call(export_func(&p, 1), 0, 0);
  printf("%g %g %g\n", get(fixed), get(open), get(own));
  wasm_extern_t *again = wasm_extern_copy(p.exports.data[2]);
  CHECK(wasm_extern_same(again, wasm_global_as_extern(open)));
  CHECK(!wasm_extern_same(again, wasm_global_as_extern(fixed)));
  wasm_extern_delete(again);
  wasm_global_delete(fixed);
  wasm_global_delete(open);
  program_close(&p);
  return 0;
}
