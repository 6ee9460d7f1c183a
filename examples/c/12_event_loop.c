/* 12_event_loop.c: the host as scheduler: an event loop that drives a module's functions as
 * continuations.
 *
 * A task of the module counts to a number and sleeps between: it suspends with $sleep, and gets
 * the time at which it was woken as the suspension's result. The loop keeps each task's
 * continuation until its time has come. The last task would sleep for ever: the loop cancels it
 * with an exception, so that its cleanup runs. */
#include <stdio.h>
#include <string.h>

#include <wasmfx.h>

static const char text[] =
    "(module\n"
    "  (tag $sleep (export \"sleep\") (param i32) (result i32)) ;; ms -> the time then\n"
    "  (tag $stop (export \"stop\"))\n"
    "  ;; Sleeps $n times for $ms and returns when it was woken last; -1 when it is stopped.\n"
    "  (func (export \"task\") (param $ms i32) (param $n i32) (result i32) (local $now i32)\n"
    "    (block $stopped\n"
    "      (try_table (catch $stop $stopped)\n"
    "        (loop $again\n"
    "          (local.set $now (suspend $sleep (local.get $ms)))\n"
    "          (local.set $n (i32.sub (local.get $n) (i32.const 1)))\n"
    "          (br_if $again (local.get $n))))\n"
    "      (return (local.get $now)))\n"
    "    (i32.const -1)))\n";

enum { N_TASKS = 3 };

struct task {
  wfx_cont *k; /* what is left of it; NULL: done */
  int32_t wake_ms;
};

struct loop {
  wfx_store *store;
  const wfx_tag *sleep, *stop;
  struct task tasks[N_TASKS];
  int32_t now_ms;
};

/* What a task did: it sleeps, or it is done. */
static void note(struct loop *l, size_t i, const wfx_event *ev) {
  struct task *t = &l->tasks[i];
  if (ev->tag == l->sleep) {
    t->wake_ms = l->now_ms + ev->values[0].of.i32;
    return;
  }
  printf("%3d ms: task %zu is done: %d\n", l->now_ms, i, ev->values[0].of.i32);
  wfx_cont_free(t->k);
  t->k = NULL;
}

static bool start(struct loop *l, wfx_instance *inst, size_t i, int32_t ms, int32_t n) {
  wfx_value func, args[2] = {wfx_i32(ms), wfx_i32(n)};
  wfx_event ev;
  wfx_str name = {"task", 4};
  if (!wfx_instance_func(inst, name, &func) ||
      wfx_cont_new(l->store, &func, &l->tasks[i].k) != WFX_OK ||
      wfx_cont_resume(l->tasks[i].k, &l->sleep, 1, args, 2, &ev) != WFX_OK)
    return false;
  note(l, i, &ev);
  return true;
}

/* Wake the tasks in their order until the time is over. */
static bool run_until(struct loop *l, int32_t end_ms) {
  for (;;) {
    size_t next = N_TASKS;
    for (size_t i = 0; i < N_TASKS; i++)
      if (l->tasks[i].k && (next == N_TASKS || l->tasks[i].wake_ms < l->tasks[next].wake_ms))
        next = i;
    if (next == N_TASKS || l->tasks[next].wake_ms > end_ms) break;
    l->now_ms = l->tasks[next].wake_ms;
    printf("%3d ms: task %zu wakes\n", l->now_ms, next);
    wfx_value now = wfx_i32(l->now_ms);
    wfx_event ev;
    if (wfx_cont_resume(l->tasks[next].k, &l->sleep, 1, &now, 1, &ev) != WFX_OK) return false;
    note(l, next, &ev);
  }
  l->now_ms = end_ms;
  return true;
}

/* Stop what is still asleep. A task that did not catch the exception would give it back here, as
 * WFX_EXCEPTION. */
static bool stop_all(struct loop *l) {
  wfx_value exn;
  wfx_event ev;
  for (size_t i = 0; i < N_TASKS; i++) {
    if (!l->tasks[i].k) continue;
    if (wfx_exn_new(l->store, l->stop, NULL, 0, &exn) != WFX_OK ||
        wfx_cont_cancel(l->tasks[i].k, &l->sleep, 1, &exn, &ev) != WFX_OK)
      return false;
    note(l, i, &ev);
  }
  return true;
}

static bool run(wfx_store *s, wfx_module *m) {
  wfx_instance *inst;
  if (wfx_instantiate(s, m, NULL, &inst) != WFX_OK) return false;
  struct loop l;
  memset(&l, 0, sizeof l);
  l.store = s;
  l.sleep = wfx_instance_tag(inst, "sleep");
  l.stop = wfx_instance_tag(inst, "stop");
  return start(&l, inst, 0, 30, 3) && start(&l, inst, 1, 20, 4) &&
         start(&l, inst, 2, 1000000, 1) && run_until(&l, 500) && stop_all(&l);
}

static bool print(const wfx_ctx *ctx, wfx_module *m) {
  wfx_bytes out;
  if (wfx_module_print(m, 0, &out) != WFX_OK) return false;
  fwrite(out.data, 1, out.n, stdout);
  wfx_bytes_free(ctx, &out);
  return true;
}

int main(int argc, char **argv) {
  bool wants_wat = argc > 1 && strcmp(argv[1], "--wat") == 0;
  wfx_ctx *ctx = wfx_ctx_new(NULL);
  wfx_module *m = ctx ? wfx_module_new(ctx) : NULL;
  wfx_store *s = ctx ? wfx_store_new(ctx) : NULL;
  bool is_ok = m && s && wfx_module_parse(m, text, strlen(text), "task.wat") == WFX_OK &&
               (wants_wat ? print(ctx, m) : run(s, m));
  const wfx_diag *diag = m && wfx_module_n_diags(m) > 0 ? wfx_module_diag(m, 0)
                         : s                            ? wfx_store_diag(s)
                                                        : NULL;
  if (!is_ok) fprintf(stderr, "%s\n", diag ? diag->message : "out of memory");
  wfx_store_free(s);
  wfx_module_free(m);
  wfx_ctx_free(ctx);
  return is_ok ? 0 : 1;
}
