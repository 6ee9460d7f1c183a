/* wfx_cmd_tool.c: wfx parse, strip and gc: from one module to another. */
#include <string.h>

#include "wfx/cli.h"

static const char *input_of(const cli *c) { return c->n_operands > 0 ? c->operands[0] : "-"; }

/* Read the input of a command that needs an output. NULL after an error; *code is then set. */
static wfx_module *load_input(cli *c, int *code) {
  *code = CLI_FAILED;
  if (c->options[CLI_OPTION_output]) return cli_load(c, input_of(c));
  *code = cli_usage(c, "no output given: -o FILE");
  return NULL;
}

/* ---- parse ------------------------------------------------------------------------------- */

int cli_cmd_parse(cli *c) {
  int code;
  wfx_module *m = load_input(c, &code);
  if (m && cli_save(c, m, input_of(c))) code = CLI_OK;
  wfx_module_free(m);
  return code;
}

/* ---- strip ------------------------------------------------------------------------------- */

/* Whether a name is one of a list with commas between. */
static bool is_in_list(const char *list, wfx_str name) {
  while (list) {
    size_t n = strcspn(list, ",");
    if (n == name.n && memcmp(list, name.data, n) == 0) return true;
    list = list[n] == ',' ? list + n + 1 : NULL;
  }
  return false;
}

static bool is_dropped(const cli *c, wfx_str name) {
  const char *only = c->options[CLI_OPTION_only];
  return (!only || is_in_list(only, name)) && !is_in_list(c->options[CLI_OPTION_keep], name);
}

static void strip(const cli *c, wfx_module *m) {
  const wfx_str names = {"name", 4}, hints = {"metadata.code.branch_hint", 25};
  wfx_str name;
  const uint8_t *bytes;
  size_t n_bytes;
  for (uint32_t i = 0; wfx_module_custom(m, i, &name, &bytes, &n_bytes);) {
    if (is_dropped(c, name)) wfx_module_drop_custom(m, i);
    else i++;
  }
  if (is_dropped(c, names)) wfx_module_drop_names(m);
  if (is_dropped(c, hints)) wfx_module_drop_hints(m);
}

int cli_cmd_strip(cli *c) {
  int code;
  wfx_module *m = load_input(c, &code);
  if (m) strip(c, m);
  if (m && cli_save(c, m, input_of(c))) code = CLI_OK;
  wfx_module_free(m);
  return code;
}

/* ---- gc ---------------------------------------------------------------------------------- */

/* A link of one module is that module without what its exports and start do not reach. */
static bool collect(const cli *c, wfx_module *m, wfx_linker *l, wfx_module *out) {
  const char *name = cli_input_name(input_of(c));
  if (wfx_module_validate(m) != WFX_OK) return cli_module_diags(c, name, m);
  wfx_linker_add(l, "", m);
  if (wfx_linker_link(l, WFX_LINK_NO_RUNTIME, out) == WFX_OK) return true;
  cli_diag(c, name, wfx_linker_diag(l));
  return false;
}

int cli_cmd_gc(cli *c) {
  int code;
  wfx_module *m = load_input(c, &code);
  if (!m) return code;
  wfx_linker *l = wfx_linker_new(c->ctx);
  wfx_module *out = wfx_module_new(c->ctx);
  if (!l || !out) cli_error("out of memory");
  else if (collect(c, m, l, out) && cli_save(c, out, input_of(c))) code = CLI_OK;
  wfx_linker_free(l);
  wfx_module_free(out);
  wfx_module_free(m);
  return code;
}
