/* wfx_host.c: what wfx run gives to programs through WASI. Output is not buffered, so that it
 * keeps its order with what wfx itself prints. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wfx/cli.h"

/* first, between and second as one string; malloc. */
static char *join(const char *first, size_t n_first, const char *between, const char *second) {
  size_t n = n_first + strlen(between) + strlen(second) + 1;
  char *text = malloc(n);
  if (text) snprintf(text, n, "%.*s%s%s", (int)n_first, first, between, second);
  return text;
}

/* HOST or HOST::GUEST. */
static bool add_dir(cli_world *w, const char *text) {
  const char *split = strstr(text, "::");
  wfx_wasi_dir *d = &w->dirs[w->wasi.n_dirs];
  d->host = join(text, split ? (size_t)(split - text) : strlen(text), "", "");
  d->guest = split ? split + 2 : text;
  if (d->host) w->wasi.n_dirs++;
  return d->host != NULL;
}

/* NAME=VALUE; or NAME, for what wfx has in its own environment, if it is there. */
static bool add_env(cli_world *w, const char *text) {
  bool has_value = strchr(text, '=') != NULL;
  const char *own = has_value ? "" : getenv(text);
  if (!own) return true;
  char *both = join(text, strlen(text), has_value ? "" : "=", own);
  if (both) w->env[w->wasi.n_env++] = both;
  return both != NULL;
}

bool cli_world_make(const cli *c, cli_world *w) {
  static const char *const no_args[] = {"-"};
  bool has_args = c->n_operands > 0;
  *w = (cli_world){.wasi = {.size = sizeof w->wasi, .use_process = true}};
  w->wasi.args = has_args ? (const char *const *)c->operands : no_args;
  w->wasi.n_args = has_args ? (size_t)c->n_operands : 1;
  w->dirs = calloc(c->n_given + 1, sizeof *w->dirs);
  w->env = calloc(c->n_given + 1, sizeof *w->env);
  w->wasi.dirs = w->dirs;
  w->wasi.env = (const char *const *)w->env;
  bool is_ok = w->dirs && w->env;
  const char *text;
  for (size_t i = 0; is_ok && (text = cli_option_value(c, CLI_OPTION_dir, i)); i++)
    is_ok = add_dir(w, text);
  for (size_t i = 0; is_ok && (text = cli_option_value(c, CLI_OPTION_env, i)); i++)
    is_ok = add_env(w, text);
  if (!is_ok) cli_error("out of memory");
  return is_ok;
}

void cli_world_free(cli_world *w) {
  for (size_t i = 0; i < w->wasi.n_dirs; i++) free((void *)(uintptr_t)w->dirs[i].host);
  for (size_t i = 0; i < w->wasi.n_env; i++) free(w->env[i]);
  free(w->dirs);
  free(w->env);
}
