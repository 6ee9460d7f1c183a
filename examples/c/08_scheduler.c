/* 08_scheduler.c: a scheduler of threads that fork and yield, over a queue of the runtime.
 *
 * The scheduler is the loop in emit_scheduler. Its queue is module "wfxrt:fifo@1" and printing
 * is "wfxrt:io@1", both linked in from the library. Three threads print two words each and
 * yield in between: prints "A1 B1 C1 A2 B2 C2". */
#include <stdio.h>
#include <string.h>

#include <wasmfx.h>

#define HERE (wfx_body_at(b, __FILE__, __LINE__, 0), b)

static const char words[] = "A1 A2 B1 B2 C1 C2 \n";
enum { N_THREADS = 3, WORD_BYTES = 3, NEWLINE = 2 * N_THREADS * WORD_BYTES };
enum { YIELD, FORK, N_OPS };

struct decls {
  wfx_type_id func, thread; /* [] -> [], and a continuation of it */
  wfx_type_id fifo, string;
  wfx_func_id fifo_new, fifo_enqueue, fifo_dequeue, io_print;
  wfx_tag_id ops[N_OPS];
  wfx_global_id queue;
  wfx_func_id enqueue, dequeue, scheduler, threads[N_THREADS], fork_all;
  wfx_data_id words;
};

/* ---- Declarations ------------------------------------------------------------------------ */

/* Types have no names across modules: those that are built alike are equal. So the queue is
 * declared as in runtime/wasm/fifo@1.wat. */
static void add_types(wfx_module *m, struct decls *d) {
  d->func = wfx_type_func(m, NULL, 0, NULL, 0);
  d->thread = wfx_type_cont(m, "thread", d->func);
  const wfx_field element = {wfx_ref_null_to(d->thread), true}, byte = {WFX_I8, true};
  wfx_type_id ring = wfx_type_array(m, "ring", element);
  const wfx_field fields[] = {{wfx_ref_to(ring), true}, {WFX_I32, true}, {WFX_I32, true}};
  d->fifo = wfx_type_struct(m, "fifo", fields, 3);
  d->string = wfx_type_array(m, "string", byte);
}

static void add_imports(wfx_module *m, struct decls *d) {
  const wfx_valtype fifo[] = {wfx_ref_to(d->fifo), wfx_ref_null_to(d->thread)};
  const wfx_valtype string[] = {wfx_ref_to(d->string)};
  const char *queues = "wfxrt:fifo@1", *io = "wfxrt:io@1";
  d->fifo_new = wfx_import_func(m, queues, "new", wfx_type_func(m, NULL, 0, fifo, 1));
  d->fifo_enqueue = wfx_import_func(m, queues, "enqueue", wfx_type_func(m, fifo, 2, NULL, 0));
  d->fifo_dequeue =
      wfx_import_func(m, queues, "dequeue", wfx_type_func(m, fifo, 1, fifo + 1, 1));
  d->io_print = wfx_import_func(m, io, "print", wfx_type_func(m, string, 1, NULL, 0));
  /* WASI looks for the memory under this name. */
  const wfx_size_limits one_page = {1, 0, false, false, false};
  wfx_export_mem(m, "memory", wfx_import_mem(m, io, "memory", one_page));
}

static void add_decls(wfx_module *m, struct decls *d) {
  const wfx_valtype thread[] = {wfx_ref_to(d->thread)}, maybe[] = {wfx_ref_null_to(d->thread)};
  wfx_type_id takes_maybe = wfx_type_func(m, maybe, 1, NULL, 0);
  d->ops[YIELD] = wfx_module_add_tag(m, "yield", d->func);
  d->ops[FORK] = wfx_module_add_tag(m, "fork", wfx_type_func(m, thread, 1, NULL, 0));
  d->queue = wfx_module_add_global(m, "queue", wfx_ref_null_to(d->fifo), true,
                                   wfx_const_ref_null(m, wfx_heap(d->fifo)));
  d->words = wfx_module_add_data_passive(m, "words", words, sizeof words - 1);
  d->enqueue = wfx_module_add_func(m, "enqueue", takes_maybe);
  d->dequeue = wfx_module_add_func(m, "dequeue", wfx_type_func(m, NULL, 0, maybe, 1));
  d->scheduler = wfx_module_add_func(m, "scheduler", takes_maybe);
  for (int i = 0; i < N_THREADS; i++) d->threads[i] = wfx_module_add_func(m, NULL, d->func);
  d->fork_all = wfx_module_add_func(m, "fork_all", d->func);
}

/* ---- The scheduler ----------------------------------------------------------------------- */

/* Run a thread, and then what is in the queue, until there is nothing: [(ref null $thread)] ->
 * [] */
static void emit_scheduler(wfx_body *b, const struct decls *d) {
  wfx_handler_clause_spec clauses[N_OPS];
  memset(clauses, 0, sizeof clauses);
  clauses[YIELD].label = "on_yield";
  clauses[FORK].label = "on_fork";
  for (int i = 0; i < N_OPS; i++) {
    clauses[i].tag = d->ops[i];
    clauses[i].cont = d->thread;
  }
  wfx_handler_spec spec;
  memset(&spec, 0, sizeof spec);
  spec.size = sizeof spec;
  spec.kind = WFX_DEEP;
  spec.cont = d->thread;
  spec.clauses = clauses;
  spec.n_clauses = N_OPS;
  spec.is_tail = true;
  spec.loop_label = "schedule";

  wfx_handler h;
  wfx_local_id next = wfx_body_param(b, 0);
  wfx_body_name_local(b, next, "next");
  wfx_handler_begin(HERE, &h, &spec);
  wfx_emit_local_get(HERE, next);
  wfx_emit_ref_is_null(HERE);
  wfx_emit_if(HERE, wfx_bt_none());
  wfx_emit_return(HERE);
  wfx_emit_end(HERE);
  wfx_handler_blocks(HERE, &h);
  wfx_emit_local_get(HERE, next);
  wfx_handler_resume(HERE, &h);
  /* The thread has ended. */
  wfx_emit_call(HERE, d->dequeue);
  wfx_emit_local_set(HERE, next);
  wfx_handler_again(HERE, &h);

  wfx_handler_clause(HERE, &h, FORK); /* [] -> [new thread, the one that forked it] */
  wfx_emit_local_set(HERE, next);
  wfx_emit_call(HERE, d->enqueue);
  wfx_handler_again(HERE, &h);

  wfx_handler_clause(HERE, &h, YIELD); /* [] -> [the thread that yields] */
  wfx_emit_call(HERE, d->enqueue);
  wfx_emit_call(HERE, d->dequeue);
  wfx_emit_local_set(HERE, next);
  wfx_handler_again(HERE, &h);
  wfx_handler_end(HERE, &h);
}

static void build_scheduler(wfx_module *m, const struct decls *d) {
  wfx_body *b = wfx_body_open(m, d->enqueue, WFX_CHECKED);
  wfx_emit_global_get(HERE, d->queue);
  wfx_emit_ref_as_non_null(HERE);
  wfx_emit_local_get(HERE, wfx_body_param(b, 0));
  wfx_emit_call(HERE, d->fifo_enqueue);
  wfx_body_close(b);

  b = wfx_body_open(m, d->dequeue, WFX_CHECKED);
  wfx_emit_global_get(HERE, d->queue);
  wfx_emit_ref_as_non_null(HERE);
  wfx_emit_call(HERE, d->fifo_dequeue);
  wfx_body_close(b);

  b = wfx_body_open(m, d->scheduler, WFX_CHECKED);
  emit_scheduler(b, d);
  wfx_body_close(b);
}

/* ---- The program ------------------------------------------------------------------------- */

static void emit_print(wfx_body *b, const struct decls *d, int32_t at, int32_t n_bytes) {
  wfx_emit_i32_const(HERE, at);
  wfx_emit_i32_const(HERE, n_bytes);
  wfx_emit_array_new_data(HERE, d->string, d->words);
  wfx_emit_call(HERE, d->io_print);
}

static void build_program(wfx_module *m, const struct decls *d) {
  wfx_body *b;
  for (int i = 0; i < N_THREADS; i++) {
    b = wfx_body_open(m, d->threads[i], WFX_CHECKED);
    emit_print(b, d, 2 * i * WORD_BYTES, WORD_BYTES);
    wfx_emit_suspend(HERE, d->ops[YIELD]);
    emit_print(b, d, (2 * i + 1) * WORD_BYTES, WORD_BYTES);
    wfx_body_close(b);
  }

  b = wfx_body_open(m, d->fork_all, WFX_CHECKED);
  for (int i = 0; i < N_THREADS; i++) {
    wfx_emit_ref_func(HERE, d->threads[i]);
    wfx_emit_cont_new(HERE, d->thread);
    wfx_emit_suspend(HERE, d->ops[FORK]);
  }
  wfx_body_close(b);

  wfx_func_id start = wfx_module_add_func(m, "start", d->func);
  wfx_export_func(m, "_start", start);
  b = wfx_body_open(m, start, WFX_CHECKED);
  wfx_emit_call(HERE, d->fifo_new);
  wfx_emit_global_set(HERE, d->queue);
  wfx_emit_ref_func(HERE, d->fork_all);
  wfx_emit_cont_new(HERE, d->thread);
  wfx_emit_call(HERE, d->scheduler);
  emit_print(b, d, NEWLINE, 1);
  wfx_body_close(b);
}

static void build(wfx_module *m) {
  struct decls d;
  add_types(m, &d);
  add_imports(m, &d);
  add_decls(m, &d);
  build_scheduler(m, &d);
  build_program(m, &d);
}

/* ---- Linking and running ----------------------------------------------------------------- */

static int64_t write_output(void *ud, uint32_t fd, const uint8_t *bytes, size_t n) {
  FILE *out = (FILE *)ud;
  return fd == 1 ? (int64_t)fwrite(bytes, 1, n, out) : -1;
}

/* Runtime modules are added by themselves when they are imported. */
static bool link_runtime(wfx_linker *l, wfx_module *m, wfx_module *linked) {
  wfx_linker_add(l, "program", m);
  return wfx_linker_link(l, 0, linked) == WFX_OK;
}

static bool run(wfx_store *s, wfx_module *linked) {
  wfx_wasi wasi;
  wfx_instance *inst;
  memset(&wasi, 0, sizeof wasi);
  wasi.size = sizeof wasi;
  wasi.ud = stdout;
  wasi.write = write_output;
  return wfx_store_define_wasi(s, &wasi) == WFX_OK &&
         wfx_instantiate(s, linked, NULL, &inst) == WFX_OK &&
         wfx_call(inst, "_start", NULL, 0, NULL, 0) == WFX_OK;
}

static bool print(const wfx_ctx *ctx, wfx_module *m) {
  wfx_bytes text;
  if (wfx_module_print(m, 0, &text) != WFX_OK) return false;
  fwrite(text.data, 1, text.n, stdout);
  wfx_bytes_free(ctx, &text);
  return true;
}

/* What is wrong with the module, or else with linking, or else why it failed when it ran. */
static void report(const wfx_module *m, const wfx_linker *l, const wfx_store *s) {
  char text[1000];
  size_t n = wfx_module_n_diags(m);
  for (size_t i = 0; i < n; i++) {
    wfx_diag_format(wfx_module_diag(m, i), text, sizeof text);
    fprintf(stderr, "%s\n", text);
  }
  const wfx_diag *diag = wfx_linker_diag(l) ? wfx_linker_diag(l) : wfx_store_diag(s);
  if (n == 0 && diag) fprintf(stderr, "%s\n", diag->message);
}

int main(int argc, char **argv) {
  bool wants_wat = argc > 1 && strcmp(argv[1], "--wat") == 0;
  wfx_ctx *ctx = wfx_ctx_new(NULL);
  wfx_module *m = ctx ? wfx_module_new(ctx) : NULL, *linked = ctx ? wfx_module_new(ctx) : NULL;
  wfx_linker *l = ctx ? wfx_linker_new(ctx) : NULL;
  wfx_store *s = ctx ? wfx_store_new(ctx) : NULL;
  bool is_ok = m && linked && l && s;
  if (is_ok) {
    build(m);
    is_ok = wfx_module_validate(m) == WFX_OK &&
            (wants_wat ? print(ctx, m) : link_runtime(l, m, linked) && run(s, linked));
    if (!is_ok) report(m, l, s);
  }
  wfx_store_free(s);
  wfx_linker_free(l);
  wfx_module_free(linked);
  wfx_module_free(m);
  wfx_ctx_free(ctx);
  return is_ok ? 0 : 1;
}
