/* wfx_load.c: a file of any form becomes a module.
 *
 * Compressed files are unpacked. What is inside is known by --from, by the first bytes, by the
 * name, or else by how the text begins. */
#include <stdlib.h>
#include <string.h>

#include "wfx/cli.h"

const char *cli_input_name(const char *path) {
  return strcmp(path, "-") == 0 ? "<stdin>" : path;
}

/* ---- Inputs ------------------------------------------------------------------------------ */

static void free_raw(cli_input *in) {
  if (in->is_mapped) cli_unmap_file(in->raw, in->n_raw);
  else free(in->raw);
  in->raw = NULL;
  in->is_mapped = false;
}

static void free_content(cli *c, cli_input *in) {
  wfx_bytes_free(c->ctx, &in->unpacked);
  free_raw(in);
  in->bytes = NULL;
  in->n = 0;
}

void cli_free_inputs(cli *c) {
  while (c->inputs) {
    cli_input *in = c->inputs;
    c->inputs = in->next;
    free_content(c, in);
    free(in->name);
    free(in);
  }
}

static bool is_gzip(const uint8_t *bytes, size_t n) {
  return n >= 2 && bytes[0] == 0x1f && bytes[1] == 0x8b;
}

static bool unpack(cli *c, cli_input *in) {
  uint64_t limit = wfx_ctx_limits(c->ctx)->module_bytes;
  size_t max_bytes = limit < SIZE_MAX ? (size_t)limit : SIZE_MAX;
  wfx_status status = wfx_gunzip(c->ctx, in->raw, in->n_raw, max_bytes, &in->unpacked);
  if (status != WFX_OK) {
    cli_error("%s: %s: the compressed file is damaged or too large", in->name,
              wfx_status_text(status));
    return false;
  }
  free_raw(in);
  in->bytes = in->unpacked.data;
  in->n = in->unpacked.n;
  return true;
}

/* Read a file and keep it with c. */
cli_input *cli_read(cli *c, const char *path) {
  const char *name = cli_input_name(path);
  cli_input *in = calloc(1, sizeof *in);
  char *copy = malloc(strlen(name) + 1);
  if (!in || !copy) {
    free(in);
    free(copy);
    cli_error("%s: out of memory", name);
    return NULL;
  }
  in->name = strcpy(copy, name);
  in->next = c->inputs;
  c->inputs = in;
  uint64_t limit = wfx_ctx_limits(c->ctx)->module_bytes;
  in->raw = cli_map_file(path, limit, &in->n_raw);
  in->is_mapped = in->raw != NULL;
  if (!in->raw && !cli_read_file(path, limit, &in->raw, &in->n_raw)) return NULL;
  in->bytes = in->raw;
  in->n = in->n_raw;
  if (is_gzip(in->bytes, in->n) && !unpack(c, in)) return NULL;
  return in;
}

/* ---- Forms ------------------------------------------------------------------------------- */

enum form { FORM_BINARY, FORM_TEXT, FORM_LINKS };

static bool ends_with(const char *name, size_t n, const char *end) {
  size_t n_end = strlen(end);
  return n >= n_end && memcmp(name + n - n_end, end, n_end) == 0;
}

/* Whether the text begins as modules in the text format do. */
static bool begins_as_wat(const uint8_t *at, size_t n) {
  size_t i = 0;
  while (i < n && (at[i] == ' ' || at[i] == '\t' || at[i] == '\r' || at[i] == '\n')) i++;
  return i < n && (at[i] == '(' || (at[i] == ';' && i + 1 < n && at[i + 1] == ';'));
}

static enum form guess_form(const cli_input *in) {
  enum { N_SNIFFED = 512 };
  const char *name = in->name;
  size_t n = strlen(name);
  if (in->n >= 4 && memcmp(in->bytes, "\0asm", 4) == 0) return FORM_BINARY;
  if (ends_with(name, n, ".gz")) n -= 3;
  if (ends_with(name, n, ".links")) return FORM_LINKS;
  if (ends_with(name, n, ".wat")) return FORM_TEXT;
  if (ends_with(name, n, ".wasm") || in->n == 0) return FORM_BINARY;
  if (begins_as_wat(in->bytes, in->n)) return FORM_TEXT;
  if (memchr(in->bytes, '\0', in->n < N_SNIFFED ? in->n : N_SNIFFED)) return FORM_BINARY;
  return FORM_LINKS;
}

static enum form form_of(const cli *c, const cli_input *in) {
  const char *from = c->options[CLI_OPTION_from];
  if (!from) return guess_form(in);
  if (strcmp(from, "links") == 0) return FORM_LINKS;
  return strcmp(from, "wat") == 0 ? FORM_TEXT : FORM_BINARY;
}

static bool read_module(cli *c, cli_input *in, wfx_module *m) {
  switch (form_of(c, in)) {
  case FORM_BINARY:
    if (wfx_module_decode(m, in->bytes, in->n) != WFX_OK) break;
    free_content(c, in);
    return true;
  case FORM_TEXT:
    if (wfx_module_parse(m, (const char *)in->bytes, in->n, in->name) != WFX_OK) break;
    return true;
  case FORM_LINKS: return cli_compile_links(c, in, m);
  }
  return cli_module_diags(c, in->name, m);
}

wfx_module *cli_load_input(cli *c, cli_input *in) {
  wfx_module *m = wfx_module_new(c->ctx);
  if (!m) cli_error("%s: out of memory", in->name);
  else if (read_module(c, in, m)) return m;
  wfx_module_free(m);
  return NULL;
}

wfx_module *cli_load(cli *c, const char *path) {
  cli_input *in = cli_read(c, path);
  return in ? cli_load_input(c, in) : NULL;
}

bool cli_make_binary(cli *c, cli_input *in) {
  if (form_of(c, in) == FORM_BINARY) return true;
  wfx_bytes bytes = {NULL, 0};
  wfx_module *m = cli_load_input(c, in);
  bool is_ok = m && (wfx_module_encode(m, 0, &bytes) == WFX_OK ||
                     cli_module_diags(c, in->name, m));
  wfx_module_free(m);
  if (!is_ok) return false;
  free_content(c, in);
  in->unpacked = bytes;
  in->bytes = bytes.data;
  in->n = bytes.n;
  return true;
}

/* Binaries are checked in one pass; only one that is wrong is made into a module, for all its
 * errors. */
bool cli_check(cli *c, const char *path) {
  cli_input *in = cli_read(c, path);
  if (!in) return false;
  if (form_of(c, in) == FORM_BINARY) {
    wfx_module *m = wfx_module_new(c->ctx);
    bool is_ok = m && wfx_validate_bytes(m, in->bytes, in->n) == WFX_OK;
    wfx_module_free(m);
    if (is_ok) return true;
  }
  wfx_module *m = cli_load_input(c, in);
  bool is_ok = m && (wfx_module_validate(m) == WFX_OK || cli_module_diags(c, in->name, m));
  wfx_module_free(m);
  return is_ok;
}

/* ---- Functions of a module --------------------------------------------------------------- */

static bool is_named(wfx_str name, const char *wanted) {
  return name.data && name.n == strlen(wanted) && memcmp(name.data, wanted, name.n) == 0;
}

uint32_t cli_find_func(const wfx_module *m, const char *wanted) {
  uint32_t n = wfx_module_count(m, WFX_EXTERN_FUNC);
  const char *plain = wanted[0] == '$' ? wanted + 1 : wanted;
  for (uint32_t i = 0; i < n; i++)
    if (is_named(wfx_module_decl_name(m, WFX_EXTERN_FUNC, i), plain)) return i;
  uint32_t exported = wfx_module_find_export(m, WFX_EXTERN_FUNC, wanted);
  if (exported != WFX_NO_ID) return exported;
  char *end;
  unsigned long i = strtoul(wanted, &end, 10);
  bool is_index = wanted[0] >= '0' && wanted[0] <= '9' && *end == '\0' && i < n;
  return is_index ? (uint32_t)i : WFX_NO_ID;
}

/* ---- The runtime ------------------------------------------------------------------------- */

static bool imports_runtime(const wfx_module *m) {
  static const char prefix[] = "wfxrt:";
  const size_t n = sizeof prefix - 1;
  wfx_str module, field;
  wfx_extern_kind kind;
  uint32_t id;
  for (uint32_t i = 0; wfx_module_import(m, i, &module, &field, &kind, &id); i++)
    if (module.n >= n && memcmp(module.data, prefix, n) == 0) return true;
  return false;
}

bool cli_link_runtime(cli *c, const char *path, wfx_module **m) {
  if (!imports_runtime(*m)) return true;
  const char *name = cli_input_name(path);
  wfx_linker *l = wfx_linker_new(c->ctx);
  wfx_module *out = wfx_module_new(c->ctx);
  bool is_ok = false;
  if (l && out) {
    wfx_linker_add(l, "", *m);
    is_ok = wfx_linker_link(l, 0, out) == WFX_OK;
    if (!is_ok && wfx_linker_diag(l)) cli_diag(c, name, wfx_linker_diag(l));
  } else {
    cli_error("%s: out of memory", name);
  }
  wfx_linker_free(l);
  if (!is_ok) {
    wfx_module_free(out);
    return false;
  }
  wfx_module_free(*m);
  *m = out;
  return true;
}
