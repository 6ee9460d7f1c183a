/* pack.c: wfx-pack, which assembles the modules of runtime/wasm/ and packs them into a C file.
 *
 *   wfx-pack -o OUT.c FILE.wat...
 *
 * FILE sched@1.wat becomes the module "wfxrt:sched@1". Each is parsed, validated and encoded;
 * the format of the result is described in libwasmfx/link/archive.h. It is made by the library
 * without its packed runtime, in the first stage of a build. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <wasmfx/binary.h>
#include <wasmfx/link.h>
#include <wasmfx/text.h>
#include <wasmfx/valid.h>

struct packed {
  char *name;
  wfx_bytes bytes;
};

static void *allocate(size_t n_bytes) {
  void *p = malloc(n_bytes ? n_bytes : 1);
  if (!p) {
    fputs("wfx-pack: out of memory\n", stderr);
    exit(1);
  }
  return p;
}

static bool read_file(const char *path, char **text, size_t *n_bytes) {
  FILE *in = fopen(path, "rb");
  size_t cap = 1 << 16;
  *text = allocate(cap);
  *n_bytes = 0;
  size_t n = 0;
  while (in && (n = fread(*text + *n_bytes, 1, cap - *n_bytes, in)) != 0) {
    *n_bytes += n;
    if (*n_bytes < cap) continue;
    char *bigger = allocate(cap * 2);
    memcpy(bigger, *text, cap);
    free(*text);
    *text = bigger;
    cap *= 2;
  }
  bool is_ok = in && !ferror(in);
  if (in) fclose(in);
  if (!is_ok) perror(path);
  return is_ok;
}

/* "dir/sched@1.wat" -> "wfxrt:sched@1". */
static char *module_name(const char *path) {
  const char *base = strrchr(path, '/');
  base = base ? base + 1 : path;
  const char *dot = strrchr(base, '.');
  size_t n = dot ? (size_t)(dot - base) : strlen(base);
  char *name = allocate(n + 7);
  memcpy(name, "wfxrt:", 6);
  memcpy(name + 6, base, n);
  name[n + 6] = '\0';
  return name;
}

static void report(const wfx_module *m, const char *path) {
  for (size_t i = 0; i < wfx_module_n_diags(m); i++) {
    char text[2048];
    wfx_diag_format(wfx_module_diag(m, i), text, sizeof text);
    fprintf(stderr, "wfx-pack: %s: %s\n", path, text);
  }
}

static bool assemble(const wfx_ctx *ctx, const char *path, wfx_bytes *out) {
  char *text;
  size_t n_bytes;
  bool is_ok = false;
  wfx_module *m = wfx_module_new(ctx);
  if (m && read_file(path, &text, &n_bytes)) {
    is_ok = wfx_module_parse(m, text, n_bytes, path) == WFX_OK &&
            wfx_module_validate(m) == WFX_OK && wfx_module_encode(m, 0, out) == WFX_OK;
    if (!is_ok) report(m, path);
    free(text);
  }
  wfx_module_free(m);
  return is_ok;
}

static int by_name(const void *a, const void *b) {
  const struct packed *x = a, *y = b;
  return strcmp(x->name, y->name);
}

static unsigned char *put_u32(unsigned char *at, size_t x) {
  for (int shift = 0; shift < 32; shift += 8) *at++ = (unsigned char)(x >> shift & 0xff);
  return at;
}

static unsigned char *put_bytes(unsigned char *at, const void *bytes, size_t n) {
  if (n != 0) memcpy(at, bytes, n);
  return at + n;
}

/* The directory, then all modules behind each other. */
static void write_c(FILE *out, const unsigned char *dir, size_t n_dir, const wfx_bytes *body) {
  size_t n = n_dir + body->n;
  fputs("#include <stddef.h>\n"
        "extern const unsigned char wfx__runtime_bytes[];\n"
        "extern const size_t wfx__runtime_n_bytes;\n"
        "const unsigned char wfx__runtime_bytes[] = {",
        out);
  for (size_t i = 0; i < n; i++)
    fprintf(out, "%s%u,", i % 20 ? "" : "\n  ",
            (unsigned)(i < n_dir ? dir[i] : body->data[i - n_dir]));
  fprintf(out, "\n};\nconst size_t wfx__runtime_n_bytes = %zu;\n", n);
}

static bool write_all(const char *path, const unsigned char *dir, size_t n_dir,
                      const wfx_bytes *body) {
  size_t n = strlen(path);
  char *beside = allocate(n + 5);
  memcpy(beside, path, n);
  memcpy(beside + n, ".tmp", 5);
  FILE *out = fopen(beside, "w");
  bool is_ok = out != NULL;
  if (out) {
    write_c(out, dir, n_dir, body);
    is_ok = !ferror(out);
    is_ok = fclose(out) == 0 && is_ok && rename(beside, path) == 0;
  }
  if (!is_ok) perror(path);
  free(beside);
  return is_ok;
}

static bool pack(const wfx_ctx *ctx, const char *path, const struct packed *all, size_t n_all) {
  size_t n_dir = 8, n_body = 0;
  for (size_t i = 0; i < n_all; i++) {
    n_dir += 4 + strlen(all[i].name) + 1;
    n_body += all[i].bytes.n;
  }
  unsigned char *dir = allocate(n_dir), *body = allocate(n_body);
  unsigned char *d = put_u32(put_bytes(dir, "wfxp", 4), n_all), *b = body;
  for (size_t i = 0; i < n_all; i++) {
    d = put_u32(d, all[i].bytes.n);
    d = put_bytes(d, all[i].name, strlen(all[i].name) + 1);
    b = put_bytes(b, all[i].bytes.data, all[i].bytes.n);
  }
  wfx_bytes packed;
  bool is_ok = wfx_gzip(ctx, body, n_body, &packed) == WFX_OK;
  if (!is_ok) fputs("wfx-pack: cannot compress\n", stderr);
  is_ok = is_ok && write_all(path, dir, n_dir, &packed);
  wfx_bytes_free(ctx, &packed);
  free(dir);
  free(body);
  return is_ok;
}

int main(int argc, char **argv) {
  if (argc < 3 || strcmp(argv[1], "-o") != 0) {
    fputs("usage: wfx-pack -o OUT.c FILE.wat...\n", stderr);
    return 2;
  }
  wfx_ctx *ctx = wfx_ctx_new(NULL);
  if (!ctx) return 1;
  size_t n = (size_t)argc - 3;
  struct packed *all = allocate(n * sizeof *all);
  bool is_ok = true;
  for (size_t i = 0; i < n; i++) {
    all[i].name = module_name(argv[i + 3]);
    all[i].bytes = (wfx_bytes){NULL, 0};
    is_ok = assemble(ctx, argv[i + 3], &all[i].bytes) && is_ok;
  }
  qsort(all, n, sizeof *all, by_name);
  is_ok = is_ok && pack(ctx, argv[2], all, n);
  for (size_t i = 0; i < n; i++) {
    free(all[i].name);
    wfx_bytes_free(ctx, &all[i].bytes);
  }
  free(all);
  wfx_ctx_free(ctx);
  return is_ok ? 0 : 1;
}
