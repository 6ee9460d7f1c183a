/* wfx_cmd_run.c: wfx run. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wfx/cli.h"

/* A program being run. */
struct run {
  cli *c;
  const char *name;    /* in messages */
  wfx_module *m;
  cli_world world;
  wfx_store *store;
  wfx_instance *inst;
  cli_profile *profile; /* NULL: none */
  wfx_profile_mode profile_mode;
};

/* The exit code after a call that did not end well. */
static int failed(const struct run *r, wfx_status status) {
  if (status == WFX_EXIT) {
    uint32_t code = wfx_store_exit_code(r->store);
    return code <= 255 ? (int)code : 255;
  }
  const wfx_diag *diag = wfx_store_diag(r->store);
  if (wfx_module_n_diags(r->m) > 0) cli_module_diags(r->c, r->name, r->m);
  else if (diag) cli_failure(r->c, r->name, r->store);
  else cli_error("%s: %s", r->name, wfx_status_text(status));
  return CLI_FAILED;
}

/* Call an export with words as arguments and print its results. */
static int call(const struct run *r, const char *export_name, char **words, size_t n_words) {
  size_t n_params = 0, n_results = 0;
  if (!wfx_instance_func_type(r->inst, export_name, NULL, &n_params, NULL, &n_results)) {
    cli_error("%s: no exported function '%s'", r->name, export_name);
    return CLI_FAILED;
  }
  if (n_params != n_words) {
    cli_error("%s: '%s' takes %zu arguments, not %zu", r->name, export_name, n_params, n_words);
    return CLI_FAILED;
  }
  int code = CLI_FAILED;
  wfx_valtype *types = calloc(n_params + n_results + 1, sizeof *types);
  wfx_value *values = calloc(n_params + n_results + 1, sizeof *values);
  bool is_ok = types && values;
  if (is_ok)
    wfx_instance_func_type(r->inst, export_name, types, &n_params, types + n_params,
                           &n_results);
  else cli_error("out of memory");
  for (size_t i = 0; is_ok && i < n_params; i++)
    is_ok = cli_parse_value(words[i], types[i], &values[i]);
  if (is_ok) {
    wfx_value *results = values + n_params;
    wfx_status status = wfx_call(r->inst, export_name, values, n_params, results, n_results);
    code = status == WFX_OK ? CLI_OK : failed(r, status);
    for (size_t i = 0; code == CLI_OK && i < n_results; i++)
      if (!cli_print_value(&results[i])) code = CLI_FAILED;
  }
  free(types);
  free(values);
  return code;
}

static bool has_export(const struct run *r, const char *name) {
  return wfx_module_find_export(r->m, WFX_EXTERN_FUNC, name) != WFX_NO_ID;
}

static int start(const struct run *r) {
  const char *invoked = r->c->options[CLI_OPTION_invoke];
  char **words = r->c->operands + 1;
  size_t n_words = r->c->n_operands > 1 ? (size_t)r->c->n_operands - 1 : 0;
  if (invoked) return call(r, invoked, words, n_words);
  if (has_export(r, "_start")) return call(r, "_start", NULL, 0);
  if (has_export(r, "main")) return call(r, "main", NULL, 0);
  cli_error("%s: exports neither _start nor main: it was only instantiated", r->name);
  return CLI_OK;
}

static void print_stats(const wfx_store *s) {
  wfx_stats st;
  wfx_store_stats(s, &st);
  const struct {
    const char *name;
    uint64_t value;
    const char *unit;
  } rows[] = {
      {"continuations_made", st.n_conts_made, "count"},
      {"continuations_live", st.n_conts_live, "count"},
      {"continuations_peak", st.n_conts_peak, "count"},
      {"suspends", st.n_suspends, "count"},
      {"resumes", st.n_resumes, "count"},
      {"switches", st.n_switches, "count"},
      {"stacks_made", st.n_stacks_made, "count"},
      {"stacks_grown", st.n_stacks_grown, "count"},
      {"stack", st.stack_bytes, "bytes"},
      {"heap", st.heap_bytes, "bytes"},
      {"heap_peak", st.heap_peak_bytes, "bytes"},
      {"collections", st.n_collections, "count"},
      {"collection_time", st.collection_ns, "ns"},
      {"collection_longest", st.collection_max_ns, "ns"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    fprintf(stderr, "%s %" PRIu64 " %s\n", rows[i].name, rows[i].value, rows[i].unit);
}

/* ---- Control and watching ---------------------------------------------------------------- */

enum { PROFILE_NS = 100000, PROFILE_UNITS = 10000 };

/* What --profile-by says. */
static bool read_profile(struct run *r) {
  const char *by = r->c->options[CLI_OPTION_profile_by];
  r->profile_mode = by && strcmp(by, "units") == 0 ? WFX_PROFILE_UNITS : WFX_PROFILE_TIME;
  if (!by || r->profile_mode == WFX_PROFILE_UNITS || strcmp(by, "time") == 0) return true;
  cli_usage(r->c, "option --profile-by takes time or units, not '%s'", by);
  return false;
}

/* Set what --fuel, --timeout and --profile ask for. A timeout of 0 is over at once. */
static bool set_control(struct run *r, uint64_t fuel, uint64_t timeout_ns) {
  const cli *c = r->c;
  if (c->options[CLI_OPTION_fuel]) wfx_store_set_fuel(r->store, fuel);
  if (c->options[CLI_OPTION_timeout])
    wfx_store_set_deadline(r->store, timeout_ns == 0 ? 1 : timeout_ns);
  if (!c->options[CLI_OPTION_profile]) return true;
  r->profile = cli_profile_new();
  if (!r->profile) return false;
  wfx_store_profile(r->store, r->profile_mode,
                    r->profile_mode == WFX_PROFILE_TIME ? PROFILE_NS : PROFILE_UNITS, cli_sample,
                    r->profile);
  return true;
}

/* Make the store that the options ask for. CLI_OK, or an exit code after saying why not. */
static int open_store(struct run *r) {
  const cli *c = r->c;
  uint64_t fuel = 0, timeout_ns = 0;
  if (!cli_option_number(c, CLI_OPTION_fuel, 1, &fuel) ||
      !cli_option_number(c, CLI_OPTION_timeout, 1e9, &timeout_ns) || !read_profile(r))
    return CLI_USAGE;
  wfx_store_options o = {.size = sizeof o};
  o.is_controlled = c->options[CLI_OPTION_fuel] || c->options[CLI_OPTION_timeout] ||
                    c->options[CLI_OPTION_profile];
  if (c->options[CLI_OPTION_trace]) o.trace = cli_trace;
  bool is_native = c->options[CLI_OPTION_native] != NULL;
  if (is_native && (o.is_controlled || o.trace))
    return cli_usage(c, "--native goes with none of --fuel, --timeout, --trace and --profile");
  r->store = is_native ? cli_native_store(c) : wfx_store_new_with(c->ctx, &o);
  if (!r->store && !is_native) cli_error("out of memory");
  if (!r->store || !set_control(r, fuel, timeout_ns)) return CLI_FAILED;
  wfx_store_set_gc_stress(r->store, c->options[CLI_OPTION_gc_stress] != NULL);
  return CLI_OK;
}

static int run_module(struct run *r) {
  int code = open_store(r);
  if (code != CLI_OK) return code;
  wfx_status status = wfx_store_define_wasi(r->store, &r->world.wasi);
  if (status == WFX_OK) status = wfx_instantiate(r->store, r->m, NULL, &r->inst);
  code = status == WFX_OK ? start(r) : failed(r, status);
  if (r->c->options[CLI_OPTION_stats]) print_stats(r->store);
  const char *unit = r->profile_mode == WFX_PROFILE_TIME ? "ns" : "units";
  if (r->profile && !cli_profile_show(r->profile, r->c->options[CLI_OPTION_profile], unit))
    return CLI_FAILED;
  return code;
}

int cli_cmd_run(cli *c) {
  const char *path = c->n_operands > 0 ? c->operands[0] : "-";
  struct run r = {.c = c, .name = cli_input_name(path)};
  int code = CLI_FAILED;
  if (c->options[CLI_OPTION_native] && !cli_native_begin(c)) return code;
  r.m = cli_load(c, path);
  if (r.m && cli_link_runtime(c, path, &r.m) && cli_world_make(c, &r.world))
    code = run_module(&r);
  wfx_store_free(r.store);
  cli_profile_free(r.profile);
  cli_world_free(&r.world);
  wfx_module_free(r.m);
  return code;
}
