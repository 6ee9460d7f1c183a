/* wfx_wast_run.c: running the commands of a test script over the public calls. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <wasmfx/binary.h>
#include <wasmfx/text.h>
#include <wasmfx/valid.h>

#include "wfx/wast.h"

/* ---- Verdicts ---------------------------------------------------------------------------- */

static void say(wast_verdict *out, wast_outcome outcome, const char *fmt, ...) {
  out->outcome = outcome;
  va_list args;
  va_start(args, fmt);
  vsnprintf(out->why, sizeof out->why, fmt, args);
  va_end(args);
  for (char *at = out->why; *at != '\0'; at++)
    if ((unsigned char)*at < ' ' || *at == 0x7f) *at = '?';
}

/* The message of a failure, or the word for its class. */
static const char *message_of(const wfx_diag *diag, wfx_status status) {
  return diag && diag->message ? diag->message : wfx_status_text(status);
}

/* Compare how something ended with what the command asks for. */
static void judge(const wfx_command *cmd, wfx_status status, const wfx_diag *diag,
                  wast_verdict *out) {
  const char *message = message_of(diag, status);
  if (status == WFX_UNSUPPORTED) {
    say(out, WAST_UNSUPPORTED, "%s", message);
  } else if (status != cmd->status) {
    say(out, WAST_FAILED, "wanted %s%s%.*s; found %s%s%s", wfx_status_text(cmd->status),
        cmd->message.n ? ": " : "", (int)cmd->message.n,
        cmd->message.n ? cmd->message.data : "", wfx_status_text(status),
        status == WFX_OK ? "" : ": ", status == WFX_OK ? "" : message);
  } else if (status != WFX_OK && cmd->message.n > 0 &&
             strncmp(message, cmd->message.data, cmd->message.n) != 0) {
    out->is_reworded = true;
    say(out, WAST_PASSED, "message: %s; the script says: %.*s", message, (int)cmd->message.n,
        cmd->message.data);
  }
}

/* ---- Lists ------------------------------------------------------------------------------- */

static bool list_add(wast_list *list, wast_named item) {
  if (list->n == list->cap) {
    size_t cap = list->cap ? 2 * list->cap : 16;
    wast_named *items = realloc(list->items, cap * sizeof *items);
    if (!items) return false;
    list->items = items;
    list->cap = cap;
  }
  list->items[list->n++] = item;
  return true;
}

/* The latest one of a name, or the latest of all. */
static const wast_named *list_find(const wast_list *list, wfx_str name) {
  for (size_t i = list->n; i > 0; i--) {
    const wast_named *item = &list->items[i - 1];
    if (!name.data || (item->name.data && item->name.n == name.n &&
                       memcmp(item->name.data, name.data, name.n) == 0))
      return item;
  }
  return NULL;
}

bool wast_open(wast *w, const wfx_ctx *ctx, uint64_t features, wfx_script *script) {
  memset(w, 0, sizeof *w);
  w->ctx = ctx;
  w->script = script;
  w->store = wfx_store_new(ctx);
  wast_named spectest = {{NULL, 0}, NULL, NULL, false};
  if (w->store) spectest.m = wast_spectest(ctx, features, w->store);
  if (spectest.m && list_add(&w->others, spectest)) return true;
  wfx_module_free(spectest.m);
  wast_close(w);
  return false;
}

static void list_free(wast_list *list) {
  for (size_t i = 0; i < list->n; i++) wfx_module_free(list->items[i].m);
  free(list->items);
}

void wast_close(wast *w) {
  wfx_store_free(w->store);
  list_free(&w->modules);
  list_free(&w->instances);
  list_free(&w->others);
}

/* ---- Modules ----------------------------------------------------------------------------- */

/* Read and check the module of a command; the errors stay in it. */
static wfx_status load(wast *w, const wfx_script_module *from, wfx_module *m) {
  wfx_status status = from->form == WFX_SCRIPT_BINARY
                          ? wfx_module_decode(m, from->bytes, from->n_bytes)
                          : wfx_script_parse(w->script, from, m);
  return status == WFX_OK ? wfx_module_validate(m) : status;
}

/* Make a module that the list owns. NULL when memory is out. */
static wast_named *new_module(wast *w, wast_list *list, wfx_str name) {
  wast_named item = {name, wfx_module_new(w->ctx), NULL, false};
  if (item.m && list_add(list, item)) return &list->items[list->n - 1];
  wfx_module_free(item.m);
  return NULL;
}

static void instantiate(wast *w, const wfx_command *cmd, const wast_named *from,
                        wast_verdict *out) {
  wast_named item = {cmd->name, NULL, NULL, from->is_unsupported};
  if (item.is_unsupported) {
    say(out, WAST_UNSUPPORTED, "its module is unsupported");
  } else {
    wfx_status status = wfx_instantiate(w->store, from->m, NULL, &item.inst);
    if (status == WFX_UNLINKABLE && w->lacks_exports) status = WFX_UNSUPPORTED;
    item.is_unsupported = status == WFX_UNSUPPORTED;
    judge(cmd, status, wfx_store_diag(w->store), out);
  }
  if (!list_add(&w->instances, item)) say(out, WAST_FAILED, "out of memory");
}

static void run_module(wast *w, const wfx_command *cmd, wast_verdict *out) {
  wast_named *item = new_module(w, &w->modules, cmd->name);
  if (!item) {
    say(out, WAST_FAILED, "out of memory");
    return;
  }
  wfx_status status = load(w, &cmd->module, item->m);
  item->is_unsupported = status == WFX_UNSUPPORTED;
  if (status == WFX_OK && !cmd->is_definition) {
    instantiate(w, cmd, item, out);
    return;
  }
  judge(cmd, status, wfx_module_diag(item->m, 0), out);
  wast_named none = {cmd->name, NULL, NULL, item->is_unsupported};
  if (!cmd->is_definition && !list_add(&w->instances, none))
    say(out, WAST_FAILED, "out of memory");
}

static void run_instance(wast *w, const wfx_command *cmd, wast_verdict *out) {
  const wast_named *from = list_find(&w->modules, cmd->of);
  if (from) instantiate(w, cmd, from, out);
  else say(out, WAST_FAILED, "no module of this name");
}

static void run_register(wast *w, const wfx_command *cmd, wast_verdict *out) {
  const wast_named *item = list_find(&w->instances, cmd->of);
  if (item && item->inst)
    judge(cmd, wfx_instance_register(item->inst, cmd->name.data), wfx_store_diag(w->store),
          out);
  else if (item && item->is_unsupported)
    say(out, WAST_UNSUPPORTED, "its module is unsupported");
  else say(out, WAST_FAILED, "no instance of this name");
  if (out->outcome == WAST_UNSUPPORTED) w->lacks_exports = true;
}

static void run_assert_module(wast *w, const wfx_command *cmd, wast_verdict *out) {
  /* A failed instance may have left references to itself: its module stays. */
  const wast_named *item = new_module(w, &w->others, cmd->name);
  if (!item) {
    say(out, WAST_FAILED, "out of memory");
    return;
  }
  wfx_status status = load(w, &cmd->module, item->m);
  const wfx_diag *diag = wfx_module_diag(item->m, 0);
  if (status == WFX_OK && (cmd->status == WFX_UNLINKABLE || cmd->status == WFX_TRAP)) {
    status = wfx_instantiate(w->store, item->m, NULL, NULL);
    diag = wfx_store_diag(w->store);
  }
  judge(cmd, status, diag, out);
}

/* ---- Actions ----------------------------------------------------------------------------- */

/* Arguments and results of one call. */
typedef struct wast_call {
  wfx_value *args, *results; /* in one block */
  wfx_root *roots;
  size_t n_args, n_results, n_roots;
} wast_call;

static void free_call(wast *w, wast_call *call) {
  for (size_t i = 0; i < call->n_roots; i++) wfx_root_free(w->store, call->roots[i]);
  free(call->args);
  free(call->roots);
}

static bool new_call(wast_call *call, size_t n_args, size_t n_results) {
  memset(call, 0, sizeof *call);
  call->args = calloc(n_args + n_results + 1, sizeof *call->args);
  call->roots = calloc(n_args + 1, sizeof *call->roots);
  if (!call->args || !call->roots) return false;
  call->results = call->args + n_args;
  call->n_args = n_args;
  call->n_results = n_results;
  return true;
}

static wfx_status invoke(wast *w, wfx_instance *inst, const wfx_script_action *a,
                         wast_call *call, const char **why) {
  wfx_value func;
  size_t n_params, n_results;
  if (!wfx_instance_func(inst, a->name, &func) ||
      !wfx_ref_func_type(w->store, &func, NULL, &n_params, NULL, &n_results)) {
    *why = "no exported function of this name";
    return WFX_MISUSE;
  }
  if (!new_call(call, a->n_args, n_results)) return WFX_NOMEM;
  for (size_t i = 0; i < a->n_args; i++) {
    bool has_root;
    wfx_status status = wast_value(w->store, &a->args[i], &call->args[i],
                                   &call->roots[call->n_roots], &has_root);
    if (status != WFX_OK) return status;
    call->n_roots += has_root;
  }
  return wfx_call_ref(w->store, &func, call->args, a->n_args, call->results, n_results);
}

/* Do an action; call has its results. *why is set instead of the store's diagnostic. */
static wfx_status act(wast *w, const wfx_script_action *a, wast_call *call, const char **why) {
  const wast_named *item = list_find(&w->instances, a->instance);
  if (!item || !item->inst) {
    *why = item && item->is_unsupported ? "its module is unsupported" : "no instance";
    return item && item->is_unsupported ? WFX_UNSUPPORTED : WFX_MISUSE;
  }
  if (!a->is_get) return invoke(w, item->inst, a, call, why);
  if (!new_call(call, 0, 1)) return WFX_NOMEM;
  if (wfx_instance_global(item->inst, a->name.data, call->results)) return WFX_OK;
  *why = "no exported global of this name";
  return WFX_MISUSE;
}

static void judge_results(wast *w, const wfx_command *cmd, const wast_call *call,
                          wast_verdict *out) {
  if (call->n_results != cmd->n_results) {
    say(out, WAST_FAILED, "wanted %zu results; found %zu", cmd->n_results, call->n_results);
    return;
  }
  for (size_t i = 0; i < call->n_results; i++) {
    if (wast_matches(w->store, &cmd->results[i], &call->results[i])) continue;
    char want[160], got[80];
    wast_print_pattern(&cmd->results[i], want, sizeof want);
    wast_print_value(w->store, &call->results[i], got, sizeof got);
    say(out, WAST_FAILED, "result %zu: wanted %s; found %s", i, want, got);
    return;
  }
}

static void run_action(wast *w, const wfx_command *cmd, wast_verdict *out) {
  wast_call call = {NULL, NULL, NULL, 0, 0, 0};
  const char *why = NULL;
  wfx_status status = act(w, &cmd->action, &call, &why);
  if (why) say(out, status == WFX_UNSUPPORTED ? WAST_UNSUPPORTED : WAST_FAILED, "%s", why);
  else judge(cmd, status, wfx_store_diag(w->store), out);
  bool has_results = cmd->kind == WFX_COMMAND_ASSERT_ACTION && cmd->status == WFX_OK;
  if (has_results && out->outcome == WAST_PASSED) judge_results(w, cmd, &call, out);
  free_call(w, &call);
}

void wast_run(wast *w, const wfx_command *command, wast_verdict *out) {
  memset(out, 0, sizeof *out);
  switch (command->kind) {
  case WFX_COMMAND_MODULE: run_module(w, command, out); break;
  case WFX_COMMAND_INSTANCE: run_instance(w, command, out); break;
  case WFX_COMMAND_REGISTER: run_register(w, command, out); break;
  case WFX_COMMAND_ACTION: case WFX_COMMAND_ASSERT_ACTION: run_action(w, command, out); break;
  case WFX_COMMAND_ASSERT_MODULE: run_assert_module(w, command, out); break;
  }
}
