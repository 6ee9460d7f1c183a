/* unwind.c: walking frames: exceptions, traps, stack traces. */
#include "engine/run.h"

/* One frame: at pc, a return address, code of k's stack at fp. The first frame of a record is
 * below all others and belongs to a stub. */
struct walk {
  struct cont *k;
  uint32_t fp;
  const struct flat *code;
  const word *pc;
};

static struct walk top_of(struct cont *k) {
  struct walk f = {k, k->fp, k->code, k->pc};
  return f;
}

static bool is_stub(const struct walk *f) { return f->code->func == NULL; }

/* The caller on the same stack; at its end, a frame of a stub. */
static void to_caller(struct walk *f) {
  const slot *link = f->k->stack + f->fp + f->code->n_locals;
  f->pc = slot_ptr(link[0]);
  f->code = slot_ptr(link[1]);
  f->fp -= f->pc[-1];
}

/* ---- Exceptions -------------------------------------------------------------------------- */

static const struct catch_clause *match_catch(const struct flat *code,
                                              const struct try_range *r,
                                        const struct tag_obj *tag) {
  for (uint32_t i = 0; i < r->n; i++) {
    const struct catch_clause *c = &code->catches[r->first + i];
    if (c->kind == CATCH_ALL || c->kind == CATCH_ALL_REF || c->tag == tag) return c;
  }
  return NULL;
}

/* Clauses that do not take it are paid for. */
static const struct catch_clause *find_catch(struct engine *e, const struct walk *f,
                                             const struct tag_obj *tag) {
  uint32_t at = (uint32_t)(f->pc - f->code->words);
  for (uint32_t i = 0; i < f->code->n_tries; i++) {
    const struct try_range *r = &f->code->tries[i];
    if (at <= r->start || at > r->end) continue;
    const struct catch_clause *c = match_catch(f->code, r, tag);
    if (c) return c;
    e->control.slice -= r->n;
  }
  return NULL;
}

/* Set k's state to where a clause of the frame f goes, with what it takes. */
static void land(struct cont *k, const struct walk *f, const struct catch_clause *c, slot exn) {
  slot *dst = k->stack + f->fp + c->dst;
  if (c->kind == CATCH || c->kind == CATCH_REF) {
    const uint32_t n = c->tag->n_param_slots;
    if (n != 0) memcpy(dst, exn_slots(exn), n * sizeof *dst);
    dst += n;
  }
  if (c->kind == CATCH_REF || c->kind == CATCH_ALL_REF) *dst = exn;
  k->code = f->code;
  k->fp = f->fp;
  k->pc = c->pc;
}

struct cont *wfx__unwind(struct engine *e, slot exn) {
  const struct exn_obj *x = slot_ptr(exn);
  struct walk f = top_of(e->current);
  const struct catch_clause *clause;
  while (!(clause = is_stub(&f) ? NULL : find_catch(e, &f, x->tag))) {
    e->control.slice -= 1 + (int64_t)f.code->n_tries;
    if (!is_stub(&f)) {
      to_caller(&f);
    } else if (f.k->handlers) {
      f = top_of(f.k->parent);
    } else {
      e->exn = exn;
      return NULL;
    }
  }
  while (e->current != f.k) {
    struct cont *gone = e->current;
    e->current = gone->parent;
    wfx__cont_put(e, gone);
  }
  land(f.k, &f, clause, exn);
  return f.k;
}

/* ---- Traces ------------------------------------------------------------------------------ */

static uint32_t position(const struct flat *code, const word *pc) {
  uint32_t at = (uint32_t)(pc - code->words), low = 0, high = code->n_positions;
  while (low < high) {
    uint32_t mid = low + (high - low) / 2;
    if (code->positions[mid].at < at) low = mid + 1;
    else high = mid;
  }
  return low == 0 ? WFX_NO_ID : code->positions[low - 1].pos;
}

/* The next frame of the innermost call from the host, outwards across continuations; f moves
 * behind it. False at the end. */
static bool next_frame(struct walk *f, struct trace_frame *out) {
  out->is_resume = false;
  while (is_stub(f)) {
    if (!f->k->handlers) return false;
    *f = top_of(f->k->parent);
    out->is_resume = true;
  }
  out->func = f->code->func;
  out->pos = position(f->code, f->pc);
  to_caller(f);
  return true;
}

static bool has_trace(const struct engine *e) {
  return e->n_forgotten == e->store->n_forgotten;
}

/* Append to the trace of the last failure. Lack of memory cuts it short. */
static bool push_traced(struct engine *e, const struct trace_frame *t) {
  struct errs errs;
  wfx__errs_init(&errs, e->store->ctx);
  if (!has_trace(e)) e->frames.n = 0;
  e->n_forgotten = e->store->n_forgotten;
  bool ok = e->frames.n < MAX_TRACE && vec_push(&errs, &e->frames, *t);
  wfx__errs_free(&errs);
  return ok;
}

/* Append the frames of the innermost call from the host. */
static void add_trace(struct engine *e) {
  struct trace_frame t;
  struct walk f = top_of(e->current);
  while (next_frame(&f, &t) && push_traced(e, &t)) continue;
}

wfx_instance *wfx__run_instance(const struct engine *e) {
  if (!e->current) return NULL;
  struct walk f = top_of(e->current);
  for (;;) {
    if (!is_stub(&f)) return f.code->func->instance;
    if (!f.k->handlers) return NULL;
    f = top_of(f.k->parent);
  }
}

size_t wfx_store_n_frames(const wfx_store *s) {
  return has_trace(engine_of(s)) ? engine_of(s)->frames.n : 0;
}

static wfx_loc frame_loc(const struct trace_frame *t) {
  wfx_module *m = t->func->instance->module;
  struct body *b = wfx__module_body(m, t->func->index);
  return b ? wfx__module_pos(m, b, t->pos) : loc_none();
}

bool wfx_store_frame(const wfx_store *s, size_t i, wfx_frame *out) {
  const struct engine *e = engine_of(s);
  if (i >= wfx_store_n_frames(s)) return false;
  wfx__frame_fill(&e->frames.data[i], out);
  return true;
}

size_t wfx_store_stack(const wfx_store *s, wfx_frame *frames, size_t room) {
  const struct engine *e = engine_of(s);
  struct trace_frame t;
  size_t n = 0;
  if (!e->current) return 0;
  struct walk f = top_of(e->current);
  while (n < room && next_frame(&f, &t)) wfx__frame_fill(&t, &frames[n++]);
  return n;
}

void wfx__frame_fill(const struct trace_frame *t, wfx_frame *out) {
  out->func = t->func->instance->module->funcs.data[t->func->index].decl.name;
  if (!out->func.data) out->func = (wfx_str){"", 0};
  out->func_index = t->func->index;
  out->loc = frame_loc(t);
  out->is_resume = t->is_resume;
}

/* ---- Failures ---------------------------------------------------------------------------- */

/* Record a failure at the innermost frame of its trace, if there is one. */
static wfx_status fail_first(struct engine *e, wfx_status status, const char *text,
                             const char *detail) {
  struct diag_more more = {.origin = loc_none()};
  wfx_loc loc = loc_none();
  if (wfx_store_n_frames(e->store) > 0) {
    const struct trace_frame *t = &e->frames.data[0];
    more.func = t->func->instance->module->funcs.data[t->func->index].decl.name.data;
    loc = frame_loc(t);
  }
  wfx__fail_more(&e->store->errs, status, loc, &more, "%s%s", text, detail);
  return status;
}

/* Record a failure where the running record stands. */
static wfx_status fail_at(struct engine *e, wfx_status status, const char *text,
                          const char *detail) {
  wfx__store_clear(e->store);
  if (status != WFX_EXCEPTION) e->exn = 0;
  add_trace(e);
  return fail_first(e, status, text, detail);
}

/* The trace is of one frame: native code does not keep where its callers are. */
wfx_status wfx__run_native_stop(struct engine *e, const struct native_stop *stop) {
  const struct trace_frame t = {stop->func, stop->pos, false};
  wfx__store_clear(e->store);
  push_traced(e, &t);
  wfx_status status =
      fail_first(e, wfx__trap_status(stop->trap), wfx__trap_text(stop->trap), "");
  e->store->cause = stop->trap;
  return status;
}

wfx_status wfx__run_trap(struct engine *e, enum trap trap) {
  char index[24] = "";
  if (trap == TRAP_UNDEFINED_ELEM || trap == TRAP_UNINIT_ELEM) {
    char digits[20];
    size_t n = 0, k = 0;
    uint64_t x = e->trap_index;
    do digits[n++] = (char)('0' + x % 10);
    while ((x /= 10) != 0);
    index[k++] = ' ';
    while (n > 0) index[k++] = digits[--n];
    index[k] = 0;
  }
  wfx_status status = fail_at(e, wfx__trap_status(trap), wfx__trap_text(trap), index);
  e->store->cause = trap;
  return status;
}

wfx_status wfx__run_unsupported(struct engine *e, uint32_t op) {
  return fail_at(e, WFX_UNSUPPORTED, "unsupported: ", wfx_op_text((wfx_op)op));
}

wfx_status wfx__run_stop(struct engine *e, wfx_status status) {
  if (status == WFX_EXCEPTION && !errs_is_set(&e->store->errs))
    return fail_at(e, status, "uncaught exception", "");
  if (status == WFX_EXIT && !errs_is_set(&e->store->errs))
    wfx__store_fail(e->store, WFX_EXIT, "exit");
  add_trace(e);
  return status;
}
