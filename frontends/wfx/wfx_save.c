/* wfx_save.c: a module becomes a file, in binary or text form, compressed or not. */
#include <string.h>

#include "wfx/cli.h"

struct format {
  bool is_text, is_packed;
};

static bool ends_with(const char *name, const char *end) {
  size_t n = strlen(name), n_end = strlen(end);
  return n >= n_end && strcmp(name + n - n_end, end) == 0;
}

/* The form that --to names, or else the end of the output's name. */
static struct format format_of(const cli *c) {
  const char *to = c->options[CLI_OPTION_to], *name = c->options[CLI_OPTION_output];
  const char *said = to ? to : name;
  struct format f = {.is_packed = ends_with(said, ".gz")};
  f.is_text = ends_with(said, f.is_packed ? "wat.gz" : to ? "wat" : ".wat");
  return f;
}

static bool write_form(cli *c, wfx_module *m, struct format f, const char *path,
                       wfx_bytes *out) {
  bool has_names = !c->options[CLI_OPTION_no_names];
  uint32_t flags = has_names ? 0 : WFX_ENCODE_NO_NAMES;
  if (c->options[CLI_OPTION_canonical]) flags |= WFX_ENCODE_CANONICAL;
  if (!f.is_text && cli_has_debug(c)) return cli_encode_debug(c, m, flags, path, out);
  wfx_status status = f.is_text ? wfx_module_print(m, has_names ? 0 : WFX_PRINT_NO_NAMES, out)
                                : wfx_module_encode(m, flags, out);
  return status == WFX_OK || cli_module_diags(c, cli_input_name(path), m);
}

bool cli_save(cli *c, wfx_module *m, const char *path) {
  const struct format f = format_of(c);
  wfx_bytes plain = {NULL, 0}, packed = {NULL, 0};
  if (f.is_text && cli_has_debug(c)) {
    cli_error("-g and --source-map are for binaries");
    return false;
  }
  bool is_ok = write_form(c, m, f, path, &plain);
  if (is_ok && f.is_packed) {
    wfx_status status = wfx_gzip(c->ctx, plain.data, plain.n, &packed);
    is_ok = status == WFX_OK;
    if (!is_ok) cli_error("cannot compress: %s", wfx_status_text(status));
  }
  const wfx_bytes *out = f.is_packed ? &packed : &plain;
  is_ok = is_ok && cli_write_file(c->options[CLI_OPTION_output], out->data, out->n);
  wfx_bytes_free(c->ctx, &plain);
  wfx_bytes_free(c->ctx, &packed);
  return is_ok;
}
