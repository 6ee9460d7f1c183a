/* run.h: the interpreter's own state: continuations, their stacks, traces. */
#ifndef ENGINE_RUN_H
#define ENGINE_RUN_H

#include <stdatomic.h>

#include <wasmfx/cont.h>

#include "engine/code.h"
#include "store/native.h"

#if defined(__GNUC__)
#define LIKELY(x) __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)
#else
#define LIKELY(x) (x)
#define UNLIKELY(x) (x)
#endif

/* A run of records at one address; [0, n) have been used, [0, n_committed) can be. */
struct cont_segment {
  struct cont *records;
  uint32_t cap, n_committed, n;
};

enum {
  N_SEGMENTS = 20,       /* each twice as large as the one before */
  SEGMENT_RECORDS = 8192,
  N_STACK_CLASSES = 28,  /* of stacks: MIN_STACK_SLOTS << class */
  MIN_STACK_SLOTS = 16,
  KEEP_STACK_SLOTS = 64, /* a record in the pool keeps a stack up to this size */
  ENTRY_SLOTS = 256,     /* stack that a call from the host starts with */
  MAX_HOST_DEPTH = 200,  /* calls from the host inside calls from the host */
  MAX_TRACE = 1000,
  MAX_TRACED = 16        /* operands of one instruction that are shown */
};

/* Records and stacks, used and free. */
struct conts {
  struct cont_segment segments[N_SEGMENTS];
  uint32_t n_segments;
  struct cont *free;              /* linked by link */
  slot *stacks[N_STACK_CLASSES];  /* free stacks, linked by their first slot */
  uint64_t n_live, n_peak, n_made;
  uint64_t live_bytes;            /* of live records and their stacks */
  uint64_t n_stacks_made, n_stacks_grown;
  uint64_t stack_bytes;           /* of all stacks */
  uint64_t pooled_bytes;          /* of stacks in the lists above */
  uint64_t collect_at;            /* collect when live_bytes gets there */
  struct cont *marked;            /* to be scanned, linked by link */
};

/* One frame of the last failure. */
struct trace_frame {
  const struct func_obj *func;
  uint32_t pos;
  bool is_resume;
};

/* Who looks at each instruction, if fn is set when code is made. */
struct tracer {
  void (*fn)(void *ud, wfx_store *s, const wfx_trace_event *event);
  void *ud;
};

/* Who looks at the stack now and then. */
struct profile {
  wfx_sample_fn fn;  /* NULL: nobody */
  void *ud;
  uint64_t period;
  bool is_timed;     /* the period is in nanoseconds, else in units */
  uint64_t left;     /* units of the period when the slice began */
  uint64_t last;     /* the last sample: time, or units spent then */
};

/* What stops running code: see control.c. All but is_interrupted is the store's thread's. */
struct control {
  int64_t slice;             /* units left until the next look; below 0 when overdrawn */
  int64_t slice_units;       /* what it began with */
  uint64_t fuel;             /* when the slice began; UINT64_MAX: no limit */
  uint64_t spent;            /* before the slice */
  uint64_t deadline_ns;      /* on the monotonic clock; 0: none */
  const struct tag_obj *preempt; /* tag to suspend with, or NULL */
  uint64_t quantum, quantum_left; /* of preemption, 0: none; left when the slice began */
  struct profile profile;
  bool is_on;                /* code is made with ticks */
  atomic_bool is_interrupted;
};

/* A resume by the host that is under way. */
struct host_run {
  const struct cont *entry;       /* its record */
  const wfx_tag *const *tags;     /* n_tags of them; NULL: any */
  size_t n_tags;
  struct clause clause;           /* of the tag that it was left with, tag NULL: none so far */
  struct host_run *outer;
};

struct engine {
  wfx_store *store;
  const struct native_runner *native; /* runs functions as machine code; NULL: interpreted */
  void *native_run;                   /* its own */
  const void *const *handlers;   /* addresses of the interpreter's handlers; NULL: numbers */
  struct cont *current;          /* running record, its fields as of the last save; or NULL */
  bool is_stress;                /* collect at every cont.new */
  uint32_t depth;                /* calls from the host that are active */
  slot exn;                      /* exception on its way through a host function, or that ended
                                    the last call */
  struct host_run *host_run;     /* innermost */
  wfx_cont *held;                /* handles of the host, linked */
  struct conts conts;
  struct control control;
  struct tracer trace;
  struct mem_obj no_mem;         /* of code without a memory */
  uint64_t n_suspends, n_resumes, n_switches;
  uint64_t trap_index;           /* of the element a trap is about */
  VEC(struct flat *) flats;      /* of all functions translated */
  VEC(struct trace_frame) frames; /* of a failure: the last one while n_forgotten stays */
  uint64_t n_forgotten;           /* the store's, then */
  struct flat stub_host, stub_cont, stub_run_host; /* code below the first frame */
  word stub_words[3][1 + OP_WORDS];
};

/* The clause that takes a suspension of from with tag, and the outermost record that it
 * captures; or NULL. */
static inline const struct clause *find_on(struct engine *e, struct cont *from,
                                           const struct tag_obj *tag, struct cont **at) {
  int64_t n_missed = 0;
  for (struct cont *c = from;; c = c->parent) {
    const struct handlers *h = c->handlers;
    if (!h) return NULL;
    for (uint32_t i = 0; i < h->n_on; i++)
      if (h->clauses[i].tag == tag) {
        /* Long searches are paid for. */
        if (c != from) e->control.slice -= n_missed;
        *at = c;
        return &h->clauses[i];
      }
    n_missed += 1 + (int64_t)h->n_on;
  }
}

static inline struct engine *engine_of(const wfx_store *s) { return s->run; }

/* ---- cont.c ------------------------------------------------------------------------------ */

void wfx__conts_free(struct engine *e);
/* A record in no state yet with a stack of at least n_slots. NULL after a failure, with the
 * trap in *trap. may_collect: everything live is where the collector sees it. */
struct cont *wfx__cont_get(struct engine *e, size_t n_slots, bool may_collect, enum trap *trap);
/* Put a record and its stack back. References to it go stale. */
void wfx__cont_put(struct engine *e, struct cont *k);
/* Make the stack larger: at least need slots, the first used ones kept. */
enum trap wfx__cont_grow(struct engine *e, struct cont *k, size_t need, size_t used);
/* cont.new of a function that has been translated or is the host's. */
struct cont *wfx__cont_new(struct engine *e, struct func_obj *f, enum trap *trap);
/* The record that a word is the address of, or NULL. */
struct cont *wfx__cont_find(const struct engine *e, uintptr_t at);
struct heap_owner wfx__conts_heap_owner(wfx_store *s);

/* What a continuation that can be resumed takes and gives: types of the store. */
struct cont_sig {
  const wfx_valtype *params, *results;
  uint32_t n_params, n_results;
};
struct cont_sig wfx__cont_sig(const struct engine *e, const struct cont *k);
bool wfx__cont_matches(const wfx_store *s, struct contref c, wfx_valtype type);
bool wfx__cont_is(const wfx_store *s, slot ref);

/* ---- embed_cont.c ------------------------------------------------------------------------ */

/* find_on has found nothing: the clause of a resume by the host that takes the suspension, with
 * room for it there; or NULL with *trap set. */
const struct clause *wfx__host_clause(struct engine *e, struct cont *from,
                                      const struct tag_obj *tag, struct cont **at,
                                      enum trap *trap);
/* Mark what handles refer to; free them all. */
void wfx__held_mark(const struct engine *e, struct heap *h);
void wfx__held_free(struct engine *e);

/* ---- unwind.c ---------------------------------------------------------------------------- */

/* Find who catches exn, thrown at the saved state of e->current, take back all continuations that
 * it leaves, and put what the catch clause takes into its place. Returns the record whose saved
 * state is where to go on. NULL when nobody catches before the host: e->exn keeps it, nothing has
 * been undone. */
struct cont *wfx__unwind(struct engine *e, slot exn);
/* Record why the program stops, at the saved state of e->current. Returns the status. */
wfx_status wfx__run_trap(struct engine *e, enum trap trap);
wfx_status wfx__run_unsupported(struct engine *e, uint32_t op);
/* The same for native code, which says itself where it was. */
wfx_status wfx__run_native_stop(struct engine *e, const struct native_stop *stop);
/* The same where the error has been recorded already. */
wfx_status wfx__run_stop(struct engine *e, wfx_status status);
/* The instance whose code runs in the innermost frame, or NULL. */
wfx_instance *wfx__run_instance(const struct engine *e);

/* ---- control.c --------------------------------------------------------------------------- */

void wfx__control_init(struct control *c, bool is_on);
/* The slice is used up, at the saved state of e->current: why to stop, or TRAP_NONE; then go on
 * at the saved state of e->current, another one when this one has been preempted. */
enum trap wfx__control_poll(struct engine *e);
/* Whether a deadline is over, or an interrupt is to stop code. */
bool wfx__control_is_due(const wfx_store *s);
/* Begin or end a profile; fn, period and is_timed are set. */
wfx_status wfx__control_profile(wfx_store *s, const struct profile *p);

/* A frame as the host sees it. */
void wfx__frame_fill(const struct trace_frame *t, wfx_frame *out);

/* ---- watch.c ----------------------------------------------------------------------------- */

/* An instruction of code comes, whose description stands at w. */
void wfx__trace_step(struct engine *e, const struct flat *code, const slot *fp, const word *w);

/* ---- interp.c ---------------------------------------------------------------------------- */

/* Run from the saved state of k, the record of a host entry, until its function has returned
 * (results in the first slots of its stack) or the program stops. */
wfx_status wfx__interp(struct engine *e, struct cont *k);
/* Addresses of the handlers by number, or NULL in the switch form. */
const void *const *wfx__interp_handlers(void);

/* ---- engine.c ---------------------------------------------------------------------------- */

/* Make sure that f has code. False with the error in the store. */
bool wfx__engine_translate(struct engine *e, struct func_obj *f);
/* Enter: a record for a call from the host, its stack of at least n_slots; NULL: status is
 * recorded. Then put arguments into its first slots and call. Leave takes back the record and,
 * after a failure, all that ran on it. */
struct cont *wfx__engine_enter(struct engine *e, size_t n_slots);
wfx_status wfx__engine_call(struct engine *e, struct cont *k, struct func_obj *f,
                            wfx_instance *caller);
wfx_status wfx__engine_eval(struct engine *e, struct cont *k, const struct flat *code);
void wfx__engine_leave(struct engine *e, struct cont *k);
/* A call from the host: begin forgets the last failure; invoke checks, enters, calls and leaves,
 * results with types of the store. */
void wfx__engine_begin(struct engine *e);
wfx_status wfx__engine_invoke(struct engine *e, struct func_obj *f, wfx_instance *caller,
                              const wfx_value *args, size_t n_args, wfx_value *results,
                              size_t n_results);

#endif
