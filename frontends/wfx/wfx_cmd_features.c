/* wfx_cmd_features.c: wfx features: what a module uses, and which targets take it. */
#include <stdio.h>

#include "wfx/cli.h"

/* The names of a set of features, each with a word before it. */
static void print_features(uint64_t features, const char *before) {
  for (unsigned i = 0; features >> i != 0; i++)
    if (features >> i & 1) printf("%s%s", before, wfx_feature_text((wfx_feature)i));
}

static void print_target(wfx_target target, uint64_t features) {
  bool is_taken = wfx_target_takes(target, features);
  printf("target %s: %s", wfx_target_text(target), is_taken ? "yes" : "no,");
  print_features(features & ~wfx_target_features(target), " ");
  printf("  # %s\n", wfx_target_about(target));
}

/* What the module itself says: who made it, and with which features. */
static void print_tooling(const wfx_module *m) {
  wfx_str field, name, version;
  char prefix;
  for (uint32_t i = 0; wfx_module_producer(m, i, &field, &name, &version); i++)
    printf("producer %.*s: %.*s %.*s\n", (int)field.n, field.data, (int)name.n, name.data,
           (int)version.n, version.data);
  for (uint32_t i = 0; wfx_module_target_feature(m, i, &prefix, &name); i++)
    printf("compiled with %c%.*s\n", prefix, (int)name.n, name.data);
}

int cli_cmd_features(cli *c) {
  const char *path = c->n_operands > 0 ? c->operands[0] : "-";
  uint64_t features;
  wfx_module *m = cli_load(c, path);
  bool is_ok = m != NULL;
  if (is_ok && wfx_module_features(m, &features) != WFX_OK)
    is_ok = cli_module_diags(c, cli_input_name(path), m);
  if (!is_ok) {
    wfx_module_free(m);
    return CLI_FAILED;
  }
  for (uint64_t rest = features; rest != 0; rest &= rest - 1) {
    print_features(rest & ~(rest - 1), "feature ");
    putchar('\n');
  }
  for (int i = 0; i < WFX_TARGET_COUNT; i++) print_target((wfx_target)i, features);
  print_tooling(m);
  wfx_module_free(m);
  return CLI_OK;
}
