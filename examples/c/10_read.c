/* 10_read.c: looking at a module: its types, and for each tag who suspends with it and what
 * with.
 *
 * Prints the module, and behind it what was read, as comments. */
#include <stdio.h>
#include <string.h>

#include <wasmfx.h>

static const char program[] =
    "(module\n"
    "  (type $task (func))\n"
    "  (type $k (cont $task))\n"
    "  (type $pair (struct (field $first i32) (field $rest (mut (ref null $k)))))\n"
    "  (tag $yield (param i32) (result i64))\n"
    "  (tag $stop)\n"
    "  (func $one (type $task)\n"
    "    (drop (suspend $yield (i32.const 1))))\n"
    "  (func $two (type $task)\n"
    "    (drop (suspend $yield (i32.const 2)))\n"
    "    (suspend $stop)))\n";

/* What is noted of a type and of a tag, by way of their pointers. */
struct note {
  const char *what;
  unsigned n_suspends;
};
enum { MAX_NOTES = 16 };

static const char *kind_text(wfx_type_kind kind) {
  switch (kind) {
  case WFX_TYPE_UNDEFINED: break;
  case WFX_TYPE_FUNC: return "func";
  case WFX_TYPE_STRUCT: return "struct";
  case WFX_TYPE_ARRAY: return "array";
  case WFX_TYPE_CONT: return "cont";
  case WFX_TYPE_HANDLER: return "handler";
  case WFX_TYPE_TAG: return "tag";
  }
  return "undefined";
}

static void read_types(wfx_module *m, struct note *notes) {
  uint32_t n = wfx_module_n_types(m);
  for (uint32_t i = 0; i < n && i < MAX_NOTES; i++) {
    wfx_type_id t = {i};
    wfx_type_info info;
    wfx_type_get(m, t, &info);
    notes[i].what = kind_text(info.kind);
    wfx_type_set_user(m, t, &notes[i]);
  }
  for (uint32_t i = 0; i < n && i < MAX_NOTES; i++) {
    wfx_type_id t = {i};
    wfx_type_info info;
    wfx_type_get(m, t, &info);
    printf(";; type %u $%s: %s", i, info.name.data ? info.name.data : "",
           ((const struct note *)wfx_type_get_user(m, t))->what);
    if (info.kind == WFX_TYPE_CONT)
      printf(" of %s %u", ((const struct note *)wfx_type_get_user(m, info.target))->what,
             info.target.i);
    for (uint32_t k = 0; k < info.n_fields; k++)
      printf(" $%s", wfx_type_get_field_name(m, t, k).data);
    printf("\n");
  }
}

static const char *number_text(wfx_valtype t) {
  switch (t) {
  case WFX_I32: return "i32";
  case WFX_I64: return "i64";
  case WFX_F32: return "f32";
  case WFX_F64: return "f64";
  }
  return "?";
}

/* Types come with the instructions: what each one takes from the stack and what it leaves. */
static bool read_func(wfx_module *m, wfx_func_id f) {
  wfx_reader *r = wfx_reader_open(m, f, WFX_READ_TYPES);
  wfx_inst in;
  if (!r) return false;
  while (wfx_reader_next(r, &in)) {
    if (in.op != WFX_OP_suspend) continue;
    ((struct note *)wfx_tag_get_user(m, in.imm.tag))->n_suspends++;
    printf(";; $%s, line %u: suspend $%s [",
           wfx_module_decl_name(m, WFX_EXTERN_FUNC, f.i).data, (unsigned)in.loc.line,
           wfx_module_decl_name(m, WFX_EXTERN_TAG, in.imm.tag.i).data);
    for (size_t i = 0; i < in.n_operands; i++) printf("%s", number_text(in.operands[i]));
    printf("] -> [");
    for (size_t i = 0; i < in.n_results; i++) printf("%s", number_text(in.results[i]));
    printf("]\n");
  }
  bool is_ok = wfx_reader_diag(r) == NULL;
  wfx_reader_close(r);
  return is_ok;
}

static bool read_suspends(wfx_module *m, struct note *notes) {
  uint32_t n_tags = wfx_module_count(m, WFX_EXTERN_TAG);
  for (uint32_t i = 0; i < n_tags && i < MAX_NOTES; i++) {
    wfx_tag_id t = {i};
    wfx_tag_set_user(m, t, &notes[i]);
  }
  for (uint32_t i = 0; i < wfx_module_count(m, WFX_EXTERN_FUNC); i++) {
    wfx_func_id f = {i};
    if (!read_func(m, f)) return false;
  }
  for (uint32_t i = 0; i < n_tags; i++)
    printf(";; tag $%s: %u suspends\n", wfx_module_decl_name(m, WFX_EXTERN_TAG, i).data,
           notes[i].n_suspends);
  return true;
}

/* Say who made the module, and look who else did. */
static bool sign(wfx_module *m) {
  wfx_str field, name, version;
  char prefix;
  bool is_ok = wfx_module_add_producer(m, "processed-by", "10_read", "1") &&
               wfx_module_add_target_feature(m, '+', "exception-handling");
  for (uint32_t i = 0; wfx_module_producer(m, i, &field, &name, &version); i++)
    printf(";; %.*s: %.*s %.*s\n", (int)field.n, field.data, (int)name.n, name.data, (int)version.n,
           version.data);
  for (uint32_t i = 0; wfx_module_target_feature(m, i, &prefix, &name); i++)
    printf(";; compiled with %c%.*s\n", prefix, (int)name.n, name.data);
  return is_ok;
}

static bool print(const wfx_ctx *ctx, wfx_module *m) {
  wfx_bytes text;
  if (wfx_module_print(m, 0, &text) != WFX_OK) return false;
  fwrite(text.data, 1, text.n, stdout);
  wfx_bytes_free(ctx, &text);
  return true;
}

int main(void) {
  struct note types[MAX_NOTES] = {{NULL, 0}}, tags[MAX_NOTES] = {{NULL, 0}};
  char message[1000];
  wfx_ctx *ctx = wfx_ctx_new(NULL);
  wfx_module *m = ctx ? wfx_module_new(ctx) : NULL;
  bool is_ok = m && wfx_module_parse(m, program, strlen(program), NULL) == WFX_OK &&
               wfx_module_validate(m) == WFX_OK && print(ctx, m);
  if (is_ok) {
    read_types(m, types);
    is_ok = read_suspends(m, tags) && sign(m);
  } else if (m && wfx_module_diag(m, 0)) {
    wfx_diag_format(wfx_module_diag(m, 0), message, sizeof message);
    fprintf(stderr, "%s\n", message);
  }
  wfx_module_free(m);
  wfx_ctx_free(ctx);
  return is_ok ? 0 : 1;
}
