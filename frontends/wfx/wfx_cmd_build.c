/* wfx_cmd_build.c: wfx build, print, validate and link: what makes modules and looks at them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wfx/cli.h"

static const char *input_of(const cli *c) { return c->n_operands > 0 ? c->operands[0] : "-"; }

static bool validate(const cli *c, const char *path, wfx_module *m) {
  return wfx_module_validate(m) == WFX_OK || cli_module_diags(c, cli_input_name(path), m);
}

/* ---- build ------------------------------------------------------------------------------- */

int cli_cmd_build(cli *c) {
  if (!c->options[CLI_OPTION_output]) return cli_usage(c, "no output given: -o FILE");
  const char *path = input_of(c);
  wfx_module *m = cli_load(c, path);
  bool is_ok = m && validate(c, path, m);
  if (is_ok && !c->options[CLI_OPTION_no_link])
    is_ok = cli_link_runtime(c, path, &m) && validate(c, path, m);
  is_ok = is_ok && cli_save(c, m, path);
  wfx_module_free(m);
  return is_ok ? CLI_OK : CLI_FAILED;
}

/* ---- validate ---------------------------------------------------------------------------- */

static bool validate_file(cli *c, const char *path) {
  bool is_ok = cli_check(c, path);
  cli_free_inputs(c);
  return is_ok;
}

int cli_cmd_validate(cli *c) {
  if (c->n_operands == 0) return validate_file(c, "-") ? CLI_OK : CLI_FAILED;
  int code = CLI_OK;
  for (int i = 0; i < c->n_operands; i++)
    if (!validate_file(c, c->operands[i])) code = CLI_FAILED;
  return code;
}

/* ---- print ------------------------------------------------------------------------------- */

static bool print_module(cli *c, const char *path, wfx_module *m) {
  uint32_t flags = (c->options[CLI_OPTION_fold] ? WFX_PRINT_FOLDED : 0u) |
                   (c->options[CLI_OPTION_no_names] ? WFX_PRINT_NO_NAMES : 0u);
  const char *func = c->options[CLI_OPTION_func], *output = c->options[CLI_OPTION_output];
  wfx_bytes text = {NULL, 0};
  wfx_status status;
  if (func) {
    wfx_func_id f = {cli_find_func(m, func)};
    if (f.i == WFX_NO_ID) {
      cli_error("%s: no function '%s'", cli_input_name(path), func);
      return false;
    }
    status = wfx_func_print(m, f, flags, &text);
  } else {
    status = wfx_module_print(m, flags, &text);
  }
  bool is_ok = status == WFX_OK ? cli_write_file(output ? output : "-", text.data, text.n)
                                : cli_module_diags(c, cli_input_name(path), m);
  wfx_bytes_free(c->ctx, &text);
  return is_ok;
}

int cli_cmd_print(cli *c) {
  const char *path = input_of(c);
  wfx_module *m = cli_load(c, path);
  bool is_ok = m && print_module(c, path, m);
  wfx_module_free(m);
  return is_ok ? CLI_OK : CLI_FAILED;
}

/* ---- link -------------------------------------------------------------------------------- */

/* Modules to be merged; the linker borrows them. */
struct link_job {
  cli *c;
  wfx_linker *linker;
  wfx_module **modules;
  int n_modules;
  wfx_module *out;
};

/* Split NAME=FILE, where NAME has no slash. Without NAME=, the name is the file's, without folder
 * and extensions. It is n bytes at *name. */
static const char *split_operand(const char *operand, const char **name, size_t *n) {
  const char *equals = strchr(operand, '='), *slash = strrchr(operand, '/');
  *name = operand;
  if (equals && !memchr(operand, '/', (size_t)(equals - operand))) {
    *n = (size_t)(equals - operand);
    return equals + 1;
  }
  if (slash) *name = slash + 1;
  *n = strcspn(*name, ".");
  return operand;
}

static bool add_module(struct link_job *j, cli_input *in, const char *path, const char *name,
                       size_t n) {
  wfx_module *m = cli_load_input(j->c, in);
  if (!m) return false;
  j->modules[j->n_modules++] = m;
  if (!validate(j->c, path, m)) return false;
  char *copy = malloc(n + 1);
  if (!copy) {
    cli_error("out of memory");
    return false;
  }
  memcpy(copy, name, n);
  copy[n] = '\0';
  wfx_linker_add(j->linker, copy, m);
  free(copy);
  return true;
}

/* Objects and archives are known by their content, unless --from says what the inputs are. */
static bool add_input(struct link_job *j, const char *operand) {
  const char *name;
  size_t n;
  const char *path = split_operand(operand, &name, &n);
  cli_input *in = cli_read(j->c, path);
  if (!in) return false;
  bool is_plain = j->c->options[CLI_OPTION_from] != NULL;
  if (!is_plain && wfx_is_archive(in->bytes, in->n))
    wfx_linker_add_archive(j->linker, in->name, in->bytes, in->n);
  else if (!is_plain && wfx_is_object(in->bytes, in->n))
    wfx_linker_add_object(j->linker, in->name, in->bytes, in->n);
  else return add_module(j, in, path, name, n);
  const wfx_diag *diag = wfx_linker_diag(j->linker);
  if (diag) cli_diag(j->c, in->name, diag);
  return diag == NULL;
}

static bool link_all(struct link_job *j) {
  const cli *c = j->c;
  uint32_t flags = (c->options[CLI_OPTION_no_link] ? WFX_LINK_NO_RUNTIME : 0u) |
                   (c->options[CLI_OPTION_keep_all] ? WFX_LINK_KEEP_ALL : 0u) |
                   (c->options[CLI_OPTION_closed] ? WFX_LINK_CLOSED : 0u) |
                   (c->options[CLI_OPTION_allow_undefined] ? WFX_LINK_UNDEFINED : 0u);
  if (wfx_linker_link(j->linker, flags, j->out) == WFX_OK) return true;
  const wfx_diag *diag = wfx_linker_diag(j->linker);
  if (diag) cli_diag(c, "link", diag);
  else cli_module_diags(c, "link", j->out);
  return false;
}

int cli_cmd_link(cli *c) {
  if (!c->options[CLI_OPTION_output]) return cli_usage(c, "no output given: -o FILE");
  uint64_t n_stack_bytes = 0;
  if (!cli_option_number(c, CLI_OPTION_stack_size, 1, &n_stack_bytes)) return CLI_USAGE;
  struct link_job j = {.c = c};
  j.linker = wfx_linker_new(c->ctx);
  j.out = wfx_module_new(c->ctx);
  j.modules = calloc((size_t)c->n_operands, sizeof *j.modules);
  bool is_ok = j.linker && j.out && j.modules;
  if (!is_ok) cli_error("out of memory");
  if (is_ok && c->options[CLI_OPTION_stack_size])
    wfx_linker_set_stack(j.linker, n_stack_bytes);
  for (int i = 0; is_ok && i < c->n_operands; i++) is_ok = add_input(&j, c->operands[i]);
  is_ok = is_ok && link_all(&j) && validate(c, "link", j.out) && cli_save(c, j.out, "link");
  wfx_linker_free(j.linker);
  for (int i = 0; i < j.n_modules; i++) wfx_module_free(j.modules[i]);
  free(j.modules);
  wfx_module_free(j.out);
  return is_ok ? CLI_OK : CLI_FAILED;
}
