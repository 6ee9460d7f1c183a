/* 11_positions.c: source positions, on to debuggers: a source map and DWARF.
 *
 * Compiles a program of lines "x = y * z" and prints the module, and as comments the source map and
 * the names of its sections. With a file name, writes the module there instead, with area.src and
 * the source map beside it. */
#include <stdio.h>
#include <string.h>

#include <wasmfx.h>

#define SOURCE "area.src"
#define MAP "area.map"

static const char program[] =
    "w = 6\n"
    "h = w + 1\n"
    "a = w * h\n";

/* ---- The compiler ------------------------------------------------------------------------ */

/* One function: variables are locals, named as in the source. */
struct compiler {
  wfx_body *b;
  wfx_local_id locals[26];
  bool is_known[26];
};

static wfx_local_id local_of(struct compiler *c, char letter) {
  size_t i = (size_t)(letter - 'a');
  if (!c->is_known[i]) {
    const char name[2] = {letter, '\0'};
    c->locals[i] = wfx_body_add_local(c->b, WFX_I32, name);
    c->is_known[i] = true;
  }
  return c->locals[i];
}

static void operand(struct compiler *c, const char *line, uint32_t n, uint32_t column) {
  char letter = line[column - 1];
  wfx_body_at(c->b, SOURCE, n, column);
  if (letter >= '0' && letter <= '9') wfx_emit_i32_const(c->b, letter - '0');
  else wfx_emit_local_get(c->b, local_of(c, letter));
}

/* Line number n: each instruction gets the place of what it computes. */
static void compile_line(struct compiler *c, const char *line, uint32_t n) {
  wfx_local_id to = local_of(c, line[0]);
  operand(c, line, n, 5);
  if (line[5] == ' ') {
    operand(c, line, n, 9);
    wfx_body_at(c->b, SOURCE, n, 7);
    if (line[6] == '*') wfx_emit_i32_mul(c->b);
    else wfx_emit_i32_add(c->b);
  }
  wfx_body_at(c->b, SOURCE, n, 3);
  wfx_emit_local_set(c->b, to);
}

static void compile(wfx_module *m) {
  const wfx_valtype i32 = WFX_I32;
  wfx_func_id f = wfx_module_add_func(m, "area", wfx_type_func(m, NULL, 0, &i32, 1));
  wfx_export_func(m, "area", f);
  struct compiler c;
  memset(&c, 0, sizeof c);
  c.b = wfx_body_open(m, f, WFX_CHECKED);
  uint32_t n = 0;
  for (const char *at = program; *at; at = strchr(at, '\n') + 1) compile_line(&c, at, ++n);
  wfx_emit_local_get(c.b, local_of(&c, 'a'));
  wfx_body_close(c.b);
}

/* ---- What comes out ---------------------------------------------------------------------- */

static bool show(const wfx_ctx *ctx, wfx_module *m, wfx_bytes module, wfx_bytes map) {
  wfx_bytes text;
  wfx_section s;
  if (wfx_module_print(m, 0, &text) != WFX_OK) return false;
  fwrite(text.data, 1, text.n, stdout);
  wfx_bytes_free(ctx, &text);
  printf(";; %.*s", (int)map.n, (const char *)map.data);
  for (size_t at = 0; wfx_section_next(module.data, module.n, &at, &s);)
    if (s.id == 0) printf(";; section %.*s\n", (int)s.name.n, s.name.data);
  return true;
}

static bool save(const char *path, const char *name, const void *data, size_t n) {
  char full[1000];
  const char *slash = strrchr(path, '/');
  int n_dir = slash && name ? (int)(slash - path) + 1 : 0;
  snprintf(full, sizeof full, "%.*s%s", n_dir, path, name ? name : path);
  FILE *f = fopen(full, "wb");
  bool is_ok = f && fwrite(data, 1, n, f) == n;
  return f && fclose(f) == 0 && is_ok;
}

static bool write_all(const char *path, wfx_bytes module, wfx_bytes map) {
  return save(path, NULL, module.data, module.n) && save(path, MAP, map.data, map.n) &&
         save(path, SOURCE, program, strlen(program));
}

int main(int argc, char **argv) {
  wfx_ctx *ctx = wfx_ctx_new(NULL);
  wfx_module *m = ctx ? wfx_module_new(ctx) : NULL;
  if (m) compile(m);
  const wfx_source source = {SOURCE, NULL, program, strlen(program)};
  wfx_debug_options options;
  memset(&options, 0, sizeof options);
  options.size = sizeof options;
  options.sources = &source;
  options.n_sources = 1;
  options.map_url = MAP;
  options.embeds_sources = true;
  options.has_dwarf = true;
  options.producer = "example";
  wfx_bytes module = {NULL, 0}, map = {NULL, 0};
  bool is_ok = m && wfx_module_validate(m) == WFX_OK &&
               wfx_module_encode_debug(m, &options, &module, &map) == WFX_OK &&
               (argc > 1 ? write_all(argv[1], module, map) : show(ctx, m, module, map));
  if (!is_ok) fprintf(stderr, "11_positions failed\n");
  if (ctx) {
    wfx_bytes_free(ctx, &module);
    wfx_bytes_free(ctx, &map);
  }
  wfx_module_free(m);
  wfx_ctx_free(ctx);
  return is_ok ? 0 : 1;
}
