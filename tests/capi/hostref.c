/* hostref.c: objects of the host as externref, through globals, tables, calls and callbacks. */
#include "program.h"

static wasm_trap_t *pass(const wasm_val_vec_t *args, wasm_val_vec_t *results) {
  wasm_val_copy(&results->data[0], &args->data[0]);
  printf("passed %s\n", args->data[0].of.ref ? (char *)wasm_ref_get_host_info(args->data[0].of.ref)
                                             : "null");
  return NULL;
}

static wasm_ref_t *new_host(wasm_store_t *s, const char *name) {
  wasm_ref_t *r = wasm_foreign_as_ref(wasm_foreign_new(s));
  wasm_ref_set_host_info(r, (void *)(uintptr_t)name);
  CHECK(wasm_ref_as_foreign(r) && !wasm_ref_as_func(r));
  return r;
}

static wasm_ref_t *call_ref(wasm_func_t *f, wasm_ref_t *r) {
  wasm_val_t arg = WASM_REF_VAL(r), result = WASM_INIT_VAL;
  wasm_val_vec_t in = {1, &arg}, out = {1, &result};
  CHECK(!wasm_func_call(f, &in, &out));
  CHECK(result.kind == WASM_ANYREF);
  return result.of.ref;
}

int main(int argc, char **argv) {
  struct program p;
  program_open(&p, argc, argv);
  wasm_functype_t *type = wasm_functype_new_1_1(wasm_valtype_new_anyref(),
                                                wasm_valtype_new_anyref());
  wasm_func_t *f = wasm_func_new(p.store, type, pass);
  wasm_functype_delete(type);
  wasm_extern_t *externs[] = {wasm_func_as_extern(f)};
  wasm_extern_vec_t imports = WASM_ARRAY_VEC(externs);
  program_run(&p, &imports);
  wasm_func_delete(f);
  wasm_global_t *global = wasm_extern_as_global(p.exports.data[0]);
  wasm_table_t *table = wasm_extern_as_table(p.exports.data[1]);
  wasm_ref_t *a = new_host(p.store, "a"), *b = new_host(p.store, "b");
  CHECK(!wasm_ref_same(a, b));
  /* Through the module, which calls back. */
  wasm_ref_t *r = call_ref(export_func(&p, 2), a);
  CHECK(wasm_ref_same(r, a));
  wasm_ref_delete(r);
  CHECK(!call_ref(export_func(&p, 2), NULL));
  /* In a global and in a table. */
  wasm_val_t v = WASM_REF_VAL(b);
  wasm_global_set(global, &v);
  wasm_global_get(global, &v);
  CHECK(wasm_ref_same(v.of.ref, b));
  printf("global %s\n", (char *)wasm_ref_get_host_info(v.of.ref));
  wasm_val_delete(&v);
  CHECK(wasm_table_set(table, 1, a));
  r = wasm_table_get(table, 1);
  CHECK(wasm_ref_same(r, a));
  wasm_ref_delete(r);
  /* What is let go of while a table has it. */
  wasm_memorytype_t *pages = wasm_memorytype_new(&(wasm_limits_t){1, 2});
  wasm_memory_t *memory = wasm_memory_new(p.store, pages);
  wasm_memorytype_delete(pages);
  wasm_name_t text;
  wasm_name_new_from_string_nt(&text, "kept");
  wasm_trap_t *trap = wasm_trap_new(p.store, &text);
  wasm_name_delete(&text);
  CHECK(wasm_table_set(table, 0, wasm_memory_as_ref(memory)));
  CHECK(wasm_table_set(table, 1, wasm_trap_as_ref(trap)));
  wasm_memory_delete(memory);
  wasm_trap_delete(trap);
  r = wasm_table_get(table, 0);
  CHECK(wasm_ref_as_memory(r) && wasm_memory_size(wasm_ref_as_memory(r)) == 1);
  wasm_ref_delete(r);
  r = wasm_table_get(table, 1);
  wasm_trap_message(wasm_ref_as_trap(r), &text);
  printf("trap %s\n", text.data);
  wasm_name_delete(&text);
  wasm_ref_delete(r);
  wasm_name_t nothing = WASM_EMPTY_VEC;
  trap = wasm_trap_new(p.store, &nothing);
  wasm_trap_message(trap, &text);
  CHECK(text.size == 1);
  wasm_name_delete(&text);
  wasm_trap_delete(trap);
  /* What the module has made itself passes through, too. */
  r = call_ref(export_func(&p, 3), NULL);
  CHECK(r && !wasm_ref_as_foreign(r));
  wasm_ref_t *same = call_ref(export_func(&p, 4), r);
  CHECK(wasm_ref_same(r, same));
  wasm_ref_delete(same);
  wasm_ref_delete(r);
  wasm_ref_delete(a);
  wasm_ref_delete(b);
  program_close(&p);
  return 0;
}
