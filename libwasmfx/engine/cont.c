/* cont.c: continuation records and their stacks: where they come from and who takes them back.
 *
 * Records lie densely in a few segments of reserved address space, so that a word in a stack
 * can be recognised as one by its address. A record that returns goes back at once; one that
 * nobody can resume any more is found by the collector, also in cycles: a record is no root.
 * Stacks are in size classes of powers of two, begin small, grow by moving, and are trimmed in a
 * collection; frames hold no address of their stack. Nothing here recurs, however long a chain of
 * resumes is: marking goes by a list through the records.
 *
 * All state of a stack is in its record, and moves with it at each switch: pc, code and fp of the
 * frame to go on in, the end of what is live, the clauses it was resumed under (handlers), who
 * resumed it (parent), the barriers on it. What belongs to the thread of execution and not to a
 * stack is in struct engine: the running record, the depth of calls from the host, an exception
 * on its way through a host function, and what control.c counts. The loop's own copies (fp, limit,
 * code, memory) are loaded anew at each switch (LOAD_STATE). */
#include <assert.h>

#include "engine/run.h"
#include "ir/match.h"

enum { PAGES_STEP = 65536 };

/* ---- Stacks ------------------------------------------------------------------------------ */

static size_t class_slots(unsigned c) { return (size_t)MIN_STACK_SLOTS << c; }

static unsigned class_of(size_t n_slots) {
  unsigned c = 0;
  while (class_slots(c) < n_slots) c++;
  return c;
}

/* Keep no more free stacks than this, or than what is in use. */
enum { POOL_BYTES = 16 << 20 };

static void stack_put(struct engine *e, slot *stack, size_t n_slots) {
  struct conts *p = &e->conts;
  if (n_slots == 0) return;
  size_t bytes = n_slots * sizeof *stack;
  if (p->pooled_bytes + bytes > POOL_BYTES && p->pooled_bytes + bytes > p->live_bytes) {
    p->stack_bytes -= bytes;
    wfx__free(e->store->ctx, stack, bytes);
    return;
  }
  unsigned c = class_of(n_slots);
  stack[0] = ptr_slot(p->stacks[c]);
  p->stacks[c] = stack;
  p->pooled_bytes += bytes;
}

/* New stacks are zero so that the collector never reads what nobody wrote. */
static slot *stack_get(struct engine *e, unsigned c) {
  struct conts *p = &e->conts;
  size_t bytes = class_slots(c) * sizeof(slot);
  slot *stack = p->stacks[c];
  if (stack) {
    p->stacks[c] = slot_ptr(stack[0]);
    p->pooled_bytes -= bytes;
    return stack;
  }
  stack = wfx__alloc_zero(e->store->ctx, bytes);
  if (!stack) return NULL;
  p->stack_bytes += bytes;
  p->n_stacks_made++;
  return stack;
}

/* Give k a stack of at least need slots; of the old one, keep the first used slots. */
static enum trap restack(struct engine *e, struct cont *k, size_t need, size_t used) {
  const uint64_t limit = e->store->ctx->limits.stack_bytes / sizeof(slot);
  if (need > limit || need > class_slots(N_STACK_CLASSES - 1)) return TRAP_STACK;
  unsigned c = class_of(need);
  slot *stack = stack_get(e, c);
  if (!stack) return TRAP_NOMEM;
  if (used != 0) memcpy(stack, k->stack, used * sizeof *stack);
  stack_put(e, k->stack, k->n_slots);
  k->stack = stack;
  k->n_slots = (uint32_t)class_slots(c);
  return TRAP_NONE;
}

/* Stacks count against the heap's limit, but for one: else the depth of plain calls would. */
enum trap wfx__cont_grow(struct engine *e, struct cont *k, size_t need, size_t used) {
  uint64_t old = k->n_slots;
  const wfx_limits *limits = &e->store->ctx->limits;
  if (e->conts.live_bytes > limits->heap_bytes &&
      e->conts.live_bytes - limits->heap_bytes > limits->stack_bytes)
    return TRAP_STACK;
  enum trap trap = restack(e, k, need, used);
  e->conts.n_stacks_grown += trap == TRAP_NONE;
  e->conts.live_bytes += (k->n_slots - old) * sizeof(slot);
  return trap;
}

/* ---- Records ----------------------------------------------------------------------------- */

static bool commit_more(struct engine *e, struct cont_segment *g) {
  const wfx_ctx *ctx = e->store->ctx;
  size_t done = (size_t)g->n_committed * sizeof *g->records;
  size_t from = (done + PAGES_STEP - 1) / PAGES_STEP * PAGES_STEP;
  if (!ctx->pages.commit(ctx->ud, (char *)g->records + from, PAGES_STEP)) return false;
  size_t n = (from + PAGES_STEP) / sizeof *g->records;
  g->n_committed = n < g->cap ? (uint32_t)n : g->cap;
  return true;
}

static size_t segment_bytes(uint32_t cap) {
  return ((size_t)cap * sizeof(struct cont) + PAGES_STEP - 1) / PAGES_STEP * PAGES_STEP;
}

static bool add_segment(struct engine *e) {
  const wfx_ctx *ctx = e->store->ctx;
  struct conts *p = &e->conts;
  if (p->n_segments == N_SEGMENTS) return false;
  struct cont_segment *g = &p->segments[p->n_segments];
  uint32_t cap = (uint32_t)SEGMENT_RECORDS << p->n_segments;
  g->records = ctx->pages.reserve(ctx->ud, segment_bytes(cap));
  if (!g->records) return false;
  g->cap = cap;
  p->n_segments++;
  return true;
}

static struct cont *new_record(struct engine *e) {
  struct conts *p = &e->conts;
  if (p->n_segments == 0 ||
      p->segments[p->n_segments - 1].n == p->segments[p->n_segments - 1].cap)
    if (!add_segment(e)) return NULL;
  struct cont_segment *g = &p->segments[p->n_segments - 1];
  if (g->n == g->n_committed && !commit_more(e, g)) return NULL;
  return &g->records[g->n++];
}

void wfx__conts_free(struct engine *e) {
  const wfx_ctx *ctx = e->store->ctx;
  struct conts *p = &e->conts;
  for (uint32_t s = 0; s < p->n_segments; s++) {
    struct cont_segment *g = &p->segments[s];
    for (uint32_t i = 0; i < g->n; i++)
      wfx__free(ctx, g->records[i].stack, g->records[i].n_slots * sizeof(slot));
    ctx->pages.release(ctx->ud, g->records, segment_bytes(g->cap));
  }
  for (unsigned c = 0; c < N_STACK_CLASSES; c++)
    for (slot *s = p->stacks[c], *next; s; s = next) {
      next = slot_ptr(s[0]);
      wfx__free(ctx, s, class_slots(c) * sizeof *s);
    }
}

struct cont *wfx__cont_find(const struct engine *e, uintptr_t at) {
  const struct conts *p = &e->conts;
  for (uint32_t s = p->n_segments; s-- > 0;) {
    const struct cont_segment *g = &p->segments[s];
    uintptr_t from = (uintptr_t)g->records, offset = at - from;
    if (at < from || offset >= (size_t)g->n * sizeof(struct cont)) continue;
    return offset % sizeof(struct cont) == 0 ? &g->records[offset / sizeof(struct cont)] : NULL;
  }
  return NULL;
}

struct cont *wfx__cont_get(struct engine *e, size_t n_slots, bool may_collect,
                           enum trap *trap) {
  struct conts *p = &e->conts;
  const wfx_limits *limits = &e->store->ctx->limits;
  if (may_collect && (p->live_bytes >= p->collect_at || p->n_live >= limits->n_continuations ||
                      e->is_stress)) {
    wfx__heap_collect(e->store->heap);
    *trap = p->n_live >= limits->n_continuations  ? TRAP_CONTS
            : p->live_bytes >= limits->heap_bytes ? TRAP_HEAP
                                                  : TRAP_NONE;
    if (*trap != TRAP_NONE) return NULL;
  }
  struct cont *k = p->free;
  if (k) p->free = k->link;
  else k = new_record(e);
  if (!k) {
    *trap = TRAP_NOMEM;
    return NULL;
  }
  if (k->n_slots < n_slots && (*trap = restack(e, k, n_slots, 0)) != TRAP_NONE) {
    k->link = p->free;
    p->free = k;
    return NULL;
  }
  p->live_bytes += sizeof *k + k->n_slots * sizeof(slot);
  p->n_made++;
  if (++p->n_live > p->n_peak) p->n_peak = p->n_live;
  return k;
}

void wfx__cont_put(struct engine *e, struct cont *k) {
  struct conts *p = &e->conts;
  p->live_bytes -= sizeof *k + k->n_slots * sizeof(slot);
  p->n_live--;
  k->revision++;
  k->state = CONT_FREE;
  if (k->n_slots > KEEP_STACK_SLOTS) {
    stack_put(e, k->stack, k->n_slots);
    k->stack = NULL;
    k->n_slots = 0;
  }
  k->link = p->free;
  p->free = k;
}

/* A frame that looks as if its function had just been called, from the stub behind it. */
struct cont *wfx__cont_new(struct engine *e, struct func_obj *f, enum trap *trap) {
  const struct flat *code = f->entry;
  bool is_host = f->instance == NULL;
  uint32_t n_io = f->n_param_slots > f->n_result_slots ? f->n_param_slots : f->n_result_slots;
  struct cont *k = wfx__cont_get(e, is_host ? n_io : code->n_slots, true, trap);
  if (!k) return NULL;
  k->outer = k;
  k->parent = NULL;
  k->func = f;
  k->fp = k->sp = 0;
  k->state = CONT_FRESH;
  k->is_marked = false;
  k->n_barriers = 0;
  if (is_host) {
    k->code = &e->stub_run_host;
    k->pc = e->stub_run_host.words;
    return k;
  }
  e->control.slice -= code->n_slots >> 6;
  for (uint32_t i = code->n_params; i < code->n_locals; i++) k->stack[i] = 0;
  k->stack[code->n_locals] = ptr_slot(e->stub_cont.words);
  k->stack[code->n_locals + 1] = ptr_slot(&e->stub_cont);
  k->code = code;
  k->pc = code->words;
  return k;
}

/* ---- Types ------------------------------------------------------------------------------- */

static const struct flat_point *find_point(const struct cont *k) {
  const struct flat *code = k->code;
  const word *pc = k->pc;
  uint32_t at = (uint32_t)(pc - code->words), low = 0, high = code->n_points;
  while (low < high) {
    uint32_t mid = low + (high - low) / 2;
    if (code->points[mid].at < at) low = mid + 1;
    else high = mid;
  }
  return low < code->n_points && code->points[low].at == at ? &code->points[low] : NULL;
}

/* What it would take if nothing were bound yet, and in *n_bound how many slots are. */
static struct cont_sig sig_unbound(const struct engine *e, const struct cont *k,
                                   uint32_t *n_bound) {
  const struct types *ts = &e->store->types;
  const struct type *t = type_at(ts, k->outer->func->type);
  struct cont_sig sig = {t->vals, type_results(t), t->n_params, t->n_results};
  *n_bound = k->sp;
  if (k->state == CONT_FRESH) return sig;
  *n_bound = sig.n_params = 0;
  const struct flat_point *p = find_point(k);
  if (!p) return sig;
  t = type_at(ts, p->type);
  sig.params = p->is_params ? t->vals : type_results(t);
  sig.n_params = p->is_params ? t->n_params : t->n_results;
  *n_bound = k->sp - (k->fp + p->dst);
  return sig;
}

struct cont_sig wfx__cont_sig(const struct engine *e, const struct cont *k) {
  uint32_t n_bound;
  struct cont_sig sig = sig_unbound(e, k, &n_bound);
  while (n_bound > 0) {
    n_bound -= wfx__val_slots(&e->store->types, *sig.params++);
    sig.n_params--;
  }
  return sig;
}

bool wfx__cont_is(const wfx_store *s, slot ref) {
  const struct engine *e = engine_of(s);
  if (e->native) return e->native->is_cont(e->native_run, (uintptr_t)ref);
  return wfx__cont_find(e, (uintptr_t)ref) != NULL;
}

bool wfx__cont_matches(const wfx_store *s, struct contref c, wfx_valtype type) {
  const struct types *ts = &s->types;
  wfx_heaptype heap = wfx_heap_of(type);
  if (!wfx_heap_is_type(heap)) return heap == WFX_HEAP_CONT;
  if (engine_of(s)->native) return false; /* records of native code do not tell their type */
  if (c.revision != c.cont->revision) return true;
  const struct type *want = type_at(ts, type_at(ts, wfx_heap_type(heap).i)->target);
  struct cont_sig is = wfx__cont_sig(engine_of(s), c.cont);
  return wfx__match_func(ts, is.params, is.n_params, is.results, is.n_results, want->vals,
                         want->n_params, type_results(want), want->n_results);
}

/* ---- Collection -------------------------------------------------------------------------- */

static void push_marked(struct conts *p, struct cont *k) {
  k->is_marked = true;
  k->link = p->marked;
  p->marked = k;
}

/* Everything on the active chain, nested calls from the host included, is in use. */
static void roots(void *ud, struct heap *h) {
  wfx_store *s = ud;
  wfx__store_mark(s, h);
  struct engine *e = s->run;
  if (!e) return;
  if (e->exn) wfx__heap_mark(h, e->exn);
  wfx__held_mark(e, h);
  for (struct cont *k = e->current; k; k = k->parent)
    if (!k->is_marked) push_marked(&e->conts, k);
}

/* A reference to a suspended record keeps the whole captured chain. Those of native code are kept
 * whatever refers to them. */
static void mark_cont(void *ud, struct heap *h, struct cont *k, uint64_t revision) {
  (void)h;
  struct engine *e = ((wfx_store *)ud)->run;
  if (!e || e->native) return;
  if (revision == UINT64_MAX) k = wfx__cont_find(e, (uintptr_t)k);
  if (!k || (revision != UINT64_MAX && revision != k->revision)) return;
  if (k->is_marked || (k->state != CONT_FRESH && k->state != CONT_SUSPENDED)) return;
  for (struct cont *c = k;; c = c->parent) {
    if (!c->is_marked) push_marked(&e->conts, c);
    if (c == k->outer) break;
  }
}

static bool drain(void *ud, struct heap *h) {
  struct engine *e = ((wfx_store *)ud)->run;
  if (!e || !e->conts.marked) return false;
  struct cont *k;
  while ((k = e->conts.marked) != NULL) {
    e->conts.marked = k->link;
    if (k->sp != 0) wfx__heap_mark_range(h, k->stack, k->sp);
  }
  return true;
}

/* Where the frames of a suspended continuation end: a caller may need more room than its callee. */
static size_t frames_end(const struct cont *k) {
  size_t end = k->sp;
  uint32_t fp = k->fp;
  for (const struct flat *code = k->code; code->func;) {
    if (end < (size_t)fp + code->n_slots) end = (size_t)fp + code->n_slots;
    const slot *link = k->stack + fp + code->n_locals;
    code = slot_ptr(link[1]);
    fp -= ((const word *)slot_ptr(link[0]))[-1];
  }
  return end;
}

/* A suspended continuation that was deeper once gets a stack that fits. Without memory it keeps
 * the large one. */
static void trim(struct engine *e, struct cont *k) {
  enum { TRIM_PART = 4 };
  const size_t old = k->n_slots;
  if (k->state != CONT_SUSPENDED || old <= KEEP_STACK_SLOTS || k->sp > old / TRIM_PART) return;
  const size_t need = frames_end(k);
  if (class_slots(class_of(need)) > old / TRIM_PART) return;
  if (restack(e, k, need, k->sp) == TRAP_NONE)
    e->conts.live_bytes -= (old - k->n_slots) * sizeof(slot);
}

static void sweep(void *ud, struct heap *h) {
  (void)h;
  struct engine *e = ((wfx_store *)ud)->run;
  if (!e) return;
  struct conts *p = &e->conts;
  for (uint32_t s = 0; s < p->n_segments; s++) {
    struct cont_segment *g = &p->segments[s];
    for (uint32_t i = 0; i < g->n; i++) {
      struct cont *k = &g->records[i];
      if (k->state != CONT_FREE && !k->is_marked) wfx__cont_put(e, k);
      else trim(e, k);
      k->is_marked = false;
    }
  }
  enum { LEAST = 32 << 20 };
  const uint64_t most = e->store->ctx->limits.heap_bytes;
  p->collect_at = p->live_bytes * 2 > LEAST ? p->live_bytes * 2 : LEAST;
  if (p->collect_at > most) p->collect_at = most;
}

struct heap_owner wfx__conts_heap_owner(wfx_store *s) {
  struct heap_owner o = {s, roots, mark_cont, drain, sweep};
  return o;
}
