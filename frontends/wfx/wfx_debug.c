/* wfx_debug.c: -g and --source-map: a module encoded with its positions, and the file of the
 * source map beside it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wfx/cli.h"

bool cli_has_debug(const cli *c) {
  return c->options[CLI_OPTION_debug] || c->options[CLI_OPTION_source_map];
}

static bool fail_memory(void) {
  cli_error("out of memory");
  return false;
}

/* ---- Names ------------------------------------------------------------------------------- */

/* The bytes of path that are folders, up to and with the last slash. */
static size_t n_folders(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash ? (size_t)(slash - path) + 1 : 0;
}

static const char *skip_here(const char *path) {
  while (path[0] == '.' && path[1] == '/') path += 2;
  return path;
}

/* How the file `from` may call the file `to`: by the way from its folder, or by `to` itself where
 * that cannot be told from the names. Freed with free; NULL when memory is out. */
static char *relative_name(const char *from, const char *to) {
  from = skip_here(from);
  const char *whole = skip_here(to), *rest = whole;
  bool is_open = (from[0] == '/') == (whole[0] == '/') && whole[0] != '<';
  size_t n_from = n_folders(from), n_common = 0, n_up = 0;
  for (size_t i = 0; is_open && i < n_from && whole[i] == from[i]; i++)
    if (from[i] == '/') n_common = i + 1;
  for (size_t i = n_common; i < n_from; i++) n_up += from[i] == '/';
  if (strstr(from + n_common, "..") && n_up != 0) is_open = false;
  if (is_open) rest = whole + n_common;
  else n_up = 0;
  char *name = malloc(3 * n_up + strlen(rest) + 1);
  if (!name) return NULL;
  for (size_t i = 0; i < n_up; i++) memcpy(name + 3 * i, "../", 3);
  strcpy(name + 3 * n_up, rest);
  return name;
}

/* The same as a URL. */
static char *relative_url(const char *from, const char *to) {
  static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
  char *name = relative_name(from, to);
  char *url = name ? malloc(3 * strlen(name) + 1) : NULL;
  size_t n = 0;
  for (const char *at = name; url && *at; at++) {
    if (strchr(plain, *at)) url[n++] = *at;
    else n += (size_t)snprintf(url + n, 4, "%%%02X", (unsigned char)*at);
  }
  if (url) url[n] = '\0';
  free(name);
  return url;
}

/* ---- The source map ---------------------------------------------------------------------- */

/* What is needed to write one: all strings are owned. */
struct map_job {
  const cli *c;
  char *path, *url;
  wfx_source *sources;
  size_t n_sources;
};

/* The file that --source-map names, or else the output's name and ".map". */
static bool find_path(struct map_job *j) {
  const char *said = j->c->options[CLI_OPTION_source_map];
  const char *output = j->c->options[CLI_OPTION_output];
  const char *base = said[0] != '\0' ? said : output;
  if (strcmp(base, "-") == 0) {
    cli_error("--source-map: no name for the source map: --source-map=FILE");
    return false;
  }
  j->path = malloc(strlen(base) + sizeof ".map");
  if (!j->path) return fail_memory();
  strcpy(j->path, base);
  if (base == output) strcat(j->path, ".map");
  j->url = relative_url(output, j->path);
  return j->url || fail_memory();
}

/* The inputs, in the order of the operands: they are kept newest first. */
static bool find_sources(struct map_job *j) {
  for (const cli_input *in = j->c->inputs; in; in = in->next) j->n_sources++;
  j->sources = calloc(j->n_sources + 1, sizeof *j->sources);
  if (!j->sources) return fail_memory();
  size_t i = j->n_sources;
  for (const cli_input *in = j->c->inputs; in; in = in->next) {
    wfx_source *s = &j->sources[--i];
    s->file = in->name;
    s->content = (const char *)in->bytes;
    s->n_content = in->n;
    if (j->path && !(s->url = relative_url(j->path, in->name))) return fail_memory();
  }
  return true;
}

static void free_job(struct map_job *j) {
  for (size_t i = 0; j->sources && i < j->n_sources; i++) free((void *)j->sources[i].url);
  free(j->sources);
  free(j->path);
  free(j->url);
}

bool cli_encode_debug(cli *c, wfx_module *m, uint32_t flags, const char *path, wfx_bytes *out) {
  struct map_job j = {.c = c};
  bool has_map = c->options[CLI_OPTION_source_map] != NULL;
  bool is_ok = (!has_map || find_path(&j)) && find_sources(&j);
  wfx_bytes map = {NULL, 0};
  if (is_ok) {
    const char *output = c->options[CLI_OPTION_output];
    wfx_debug_options o = {.size = sizeof o,
                           .flags = flags,
                           .sources = j.sources,
                           .n_sources = j.n_sources,
                           .map_url = j.url,
                           .map_file = output + n_folders(output),
                           .embeds_sources = c->options[CLI_OPTION_embed_sources] != NULL,
                           .has_dwarf = c->options[CLI_OPTION_debug] != NULL};
    is_ok = wfx_module_encode_debug(m, &o, out, has_map ? &map : NULL) == WFX_OK ||
            cli_module_diags(c, cli_input_name(path), m);
    if (is_ok && has_map) is_ok = cli_write_file(j.path, map.data, map.n);
  }
  wfx_bytes_free(c->ctx, &map);
  free_job(&j);
  return is_ok;
}
