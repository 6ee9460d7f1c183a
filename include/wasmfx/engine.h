/* engine.h: run modules. Spec: Execution, and Appendix, Embedding.
 *
 * A store holds instances, the heap and all continuations; freeing it frees everything made in
 * it. A store is used by one thread at a time; stores share nothing. */
#ifndef WASMFX_ENGINE_H
#define WASMFX_ENGINE_H

#include "module.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct wfx_store wfx_store;
typedef struct wfx_trace_event wfx_trace_event;
typedef struct wfx_instance wfx_instance;

/* A value at the border between host and module. */
typedef struct wfx_value {
  wfx_valtype type; /* numeric type, or any reference type */
  union {
    int32_t i32;
    int64_t i64;
    float f32;
    double f64;
    uint8_t v128[16];
    /* A reference: opaque words, good until the next call into the store unless it is an
     * argument of that call. Both 0: null. */
    uint64_t ref[2];
  } of;
} wfx_value;

static inline wfx_value wfx_i32(int32_t x) {
  wfx_value v;
  v.type = WFX_I32;
  v.of.ref[1] = v.of.ref[0] = 0;
  v.of.i32 = x;
  return v;
}
static inline wfx_value wfx_i64(int64_t x) {
  wfx_value v;
  v.type = WFX_I64;
  v.of.ref[1] = v.of.ref[0] = 0;
  v.of.i64 = x;
  return v;
}
static inline wfx_value wfx_f64(double x) {
  wfx_value v;
  v.type = WFX_F64;
  v.of.ref[1] = v.of.ref[0] = 0;
  v.of.f64 = x;
  return v;
}

/* ---- Stores ------------------------------------------------------------------------------ */

/* A store without control: its code runs fastest, and nothing stops it but its limits.
 * NULL when memory is out. Owned by the caller: wfx_store_free. */
WFX_API WFX_OWN wfx_store *wfx_store_new(const wfx_ctx *ctx);
WFX_API void wfx_store_free(wfx_store *s);

/* How to make a store: size is sizeof(wfx_store_options), zero takes the default of each. */
typedef struct wfx_store_options {
  size_t size;
  bool is_controlled; /* fuel, deadline, interrupt and preemption work (see Control) */
  /* Called before each instruction (see Watching); code runs some ten times slower. */
  void (*trace)(void *ud, wfx_store *s, const wfx_trace_event *event);
  void *trace_ud;
} wfx_store_options;
/* The same, made to options, which may be NULL. */
WFX_API WFX_OWN wfx_store *wfx_store_new_with(const wfx_ctx *ctx,
                                              const wfx_store_options *options);

/* What the last failed call ran into: class (trap, exception, suspension, exhaustion, ...) and
 * message, in the words of the official suite. NULL after success. */
WFX_API const wfx_diag *wfx_store_diag(const wfx_store *s);

/* What the last failed call ran into, as data: a row of trap.def, or WFX_CAUSE_NONE after
 * success and when it was none of these. Limits are WFX_CAUSE_STACK, _HEAP, _CONTS,
 * _MEMORY_LIMIT, _TABLE_LIMIT, _FUEL, _DEADLINE and _INTERRUPT, all of class WFX_EXHAUSTION;
 * after any of them the store can go on being used. */
typedef enum wfx_cause {
  WFX_CAUSE_NONE,
#define WFX_TRAP_ROW(id, status, text) WFX_CAUSE_##id,
#include "trap.def"
#undef WFX_TRAP_ROW
  WFX_CAUSE_COUNT
} wfx_cause;
WFX_API wfx_cause wfx_store_cause(const wfx_store *s);

/* One frame of the stack trace of the last failure, innermost first, across continuations. */
typedef struct wfx_frame {
  wfx_str func;           /* name, or "" */
  uint32_t func_index;    /* in its module */
  wfx_loc loc;            /* of the instruction */
  bool is_resume;         /* the frame resumed the continuation that the frames before ran in */
} wfx_frame;
WFX_API size_t wfx_store_n_frames(const wfx_store *s);
WFX_API bool wfx_store_frame(const wfx_store *s, size_t i, wfx_frame *out);
/* The frames of what runs now, in the same order, up to the room given: for host functions and the
 * functions of Watching. Returns how many. Only those since the newest call from the host. */
WFX_API size_t wfx_store_stack(const wfx_store *s, wfx_frame *frames, size_t room);

/* ---- Tags -------------------------------------------------------------------------------- */

/* A tag instance; its address is its identity. Good as long as its store. */
typedef struct wfx_tag wfx_tag;
/* An exported tag, or NULL. */
WFX_API wfx_tag *wfx_instance_tag(const wfx_instance *inst, const char *export_name);

/* ---- References -------------------------------------------------------------------------- */

/* An externref that holds a pointer of the host, and the pointer in one. False for null and for
 * references that are not of this kind (an anyref converted to externref). Passed as anyref it
 * is the same reference converted. */
WFX_API wfx_status wfx_extern_new(wfx_store *s, void *host, wfx_value *out);
WFX_API bool wfx_extern_get(const wfx_value *ref, void **host);
/* The least abstract heap type of what a reference refers to: WFX_HEAP_I31, STRUCT, ARRAY,
 * FUNC, EXN, CONT, TAG or EXTERN; WFX_HEAP_BOT for null. */
WFX_API wfx_heaptype wfx_ref_heap(const wfx_store *s, const wfx_value *ref);
/* A place that keeps what a reference refers to alive, and the reference good, until it is
 * freed. Any number may be in use; freed ones are used again. */
typedef struct wfx_root { uint32_t i; } wfx_root;
WFX_API wfx_status wfx_root_new(wfx_store *s, const wfx_value *ref, wfx_root *out);
WFX_API void wfx_root_free(wfx_store *s, wfx_root root);
/* The reference that a root keeps, with the type it was given. */
WFX_API void wfx_root_get(const wfx_store *s, wfx_root root, wfx_value *out);
/* The value of an i31, sign-extended. */
static inline int32_t wfx_ref_i31(const wfx_value *ref) {
  return (int32_t)(uint32_t)ref->of.ref[0] >> 1;
}

/* ---- Host functions ---------------------------------------------------------------------- */

/* A host function: args has the parameters, results room for the results, already typed.
 * Returns
 * WFX_OK, or WFX_TRAP after wfx_store_trap. It may call back into the store; a suspension does
 * not pass through it. */
typedef wfx_status (*wfx_host_fn)(void *ud, wfx_store *s, wfx_instance *caller,
                                  const wfx_value *args, wfx_value *results);
/* Give modules instantiated later a function to import. Types are numbers and abstract
 * references. */
WFX_API wfx_status wfx_store_define_func(wfx_store *s, const char *module, const char *field,
                                         const wfx_valtype *params, size_t n_params,
                                         const wfx_valtype *results, size_t n_results,
                                         wfx_host_fn fn, void *ud);
/* Say why a host function fails; returns WFX_TRAP. */
WFX_API wfx_status wfx_store_trap(wfx_store *s, const char *message);

/* The code that the program gave to proc_exit (wasi.h), when a call returned WFX_EXIT. */
WFX_API uint32_t wfx_store_exit_code(const wfx_store *s);

/* ---- Instances --------------------------------------------------------------------------- */

/* Instantiate a module: validate it if need be, resolve its imports from what the store has
 * defined, initialise, run the start function. The instance belongs to the store and m must
 * outlive it. name, when not NULL, makes its exports importable by later modules.
 * Errors  WFX_INVALID, WFX_UNLINKABLE, and what running can give; *out is NULL then */
WFX_API wfx_status wfx_instantiate(wfx_store *s, wfx_module *m, const char *name,
                                   wfx_instance **out);

/* Let modules instantiated later import inst's exports from name. */
WFX_API wfx_status wfx_instance_register(wfx_instance *inst, const char *name);

/* Call an exported function. args must be of its parameter types (WFX_MISUSE otherwise);
 * results has room for all its results. */
WFX_API wfx_status wfx_call(wfx_instance *inst, const char *export_name, const wfx_value *args,
                            size_t n_args, wfx_value *results, size_t n_results);
/* The function type of an exported function, copied out: counts always, types up to the room
 * given. False when there is no such function. */
WFX_API bool wfx_instance_func_type(wfx_instance *inst, const char *export_name,
                                    wfx_valtype *params, size_t *n_params, wfx_valtype *results,
                                    size_t *n_results);

/* An exported function as a reference, good as long as the store. The name may hold any bytes.
 * False when there is no such function. */
WFX_API bool wfx_instance_func(wfx_instance *inst, wfx_str export_name, wfx_value *out);
/* Call what a reference of type func refers to; the host function sees no caller. Results and
 * errors are those of wfx_call; null traps. */
WFX_API wfx_status wfx_call_ref(wfx_store *s, const wfx_value *func, const wfx_value *args,
                                size_t n_args, wfx_value *results, size_t n_results);
/* The function's type, copied out as by wfx_instance_func_type, but with abstract heap types
 * above declared ones. False for null and for what is no function. */
WFX_API bool wfx_ref_func_type(const wfx_store *s, const wfx_value *func, wfx_valtype *params,
                               size_t *n_params, wfx_valtype *results, size_t *n_results);

/* Bytes of an exported memory, or of the only memory when export_name is NULL: borrowed until
 * the next call into the store. NULL when there is none. */
WFX_API uint8_t *wfx_instance_memory(wfx_instance *inst, const char *export_name, size_t *n);
/* The value of an exported global, and setting a mutable one (WFX_MISUSE otherwise). */
WFX_API bool wfx_instance_global(wfx_instance *inst, const char *export_name, wfx_value *out);
WFX_API wfx_status wfx_instance_set_global(wfx_instance *inst, const char *export_name,
                                           wfx_value value);

/* ---- Control -----------------------------------------------------------------------------
 *
 * For stores made with is_controlled; others answer WFX_MISUSE. Code of such a store counts
 * units: one for each instruction that stands in the function (when it is entered) or in the
 * loop (for each round), inner loops excepted; one for each 64 bytes or 8 elements that a bulk
 * instruction moves, for 8 locals of a function, for 512 bytes of the stack that cont.new makes, for
 * each clause that a search for a handler misses beyond the nearest handler, each clause of a
 * try_table that does not take an exception, and each frame that one leaves. Counting is exact and
 * the same on every run and machine. Deadlines and interrupts are looked for every 65536 units; host
 * functions are not interrupted. */

/* How many units the store may spend from now on; UINT64_MAX: no limit, as at first. The code
 * that would spend more fails with WFX_EXHAUSTION, cause WFX_CAUSE_FUEL, and so does everything
 * after it until there is more fuel. */
WFX_API wfx_status wfx_store_set_fuel(wfx_store *s, uint64_t n_units);
/* What is left of it, UINT64_MAX when there is no limit; and what all calls spent together. */
WFX_API uint64_t wfx_store_fuel(const wfx_store *s);
WFX_API uint64_t wfx_store_fuel_spent(const wfx_store *s);

/* Code that still runs so many nanoseconds from now fails, cause WFX_CAUSE_DEADLINE, until the
 * next call of this function. 0: no deadline. */
WFX_API wfx_status wfx_store_set_deadline(wfx_store *s, uint64_t from_now_ns);

/* Stop what is running, or what runs next if nothing is: it fails once, cause
 * WFX_CAUSE_INTERRUPT. The one call allowed from other threads and from signal handlers, while
 * the store lives. Without effect when the store is not controlled. */
WFX_API void wfx_store_interrupt(wfx_store *s);
/* Forget an interrupt that nothing has met yet. */
WFX_API void wfx_store_clear_interrupt(wfx_store *s);

/* Preempt instead: each time that quantum units have been spent (0: never by itself), and at an
 * interrupt, the running code suspends with a tag of type [] -> [], which whoever schedules it
 * handles as any other. Where no handler would take it, because there is none up to the nearest
 * host function or barrier, nothing happens, and it is tried again later; an interrupt then
 * stops nothing. tag NULL ends preemption.
 * Errors  WFX_MISUSE   a tag of another type */
WFX_API wfx_status wfx_store_set_preempt(wfx_store *s, const wfx_tag *tag, uint64_t quantum);

/* ---- Watching ----------------------------------------------------------------------------
 *
 * What is called here must not call into the store, but for wfx_store_stack and statistics. */

/* An instruction that is about to be executed; end, else and instructions that are never reached
 * are not shown. */
struct wfx_trace_event {
  wfx_frame frame;            /* where it stands */
  wfx_op op;
  /* The newest last; of a constant or local.get, its value. A reference has type WFX_ANYREF, and
   * only whether it is null (of.ref[0] is 0) means anything; type 0 is not known. */
  const wfx_value *operands;
  size_t n_operands;
};

typedef enum wfx_profile_mode {
  WFX_PROFILE_UNITS, /* weights are units as fuel counts them: the same on every run */
  WFX_PROFILE_TIME,  /* weights are nanoseconds */
} wfx_profile_mode;
/* A sample: the stack (wfx_store_stack) is taken to have been so for weight. */
typedef void (*wfx_sample_fn)(void *ud, wfx_store *s, uint64_t weight);
/* Call fn about each period, in units or nanoseconds, from now on; period 0 ends that. Costs what
 * control costs, and nothing else between samples.
 * Errors  WFX_MISUSE   the store is not controlled */
WFX_API wfx_status wfx_store_profile(wfx_store *s, wfx_profile_mode mode, uint64_t period,
                                     wfx_sample_fn fn, void *ud);

/* ---- Statistics -------------------------------------------------------------------------- */

typedef struct wfx_stats {
  uint64_t n_suspends, n_resumes, n_switches, n_conts_made;
  uint64_t n_conts_live, n_conts_peak; /* records not taken back yet */
  uint64_t stack_bytes;                /* held by stacks, pooled ones included */
  uint64_t heap_bytes, heap_peak_bytes;
  uint64_t n_collections, collection_ns;
  uint64_t collection_max_ns;          /* the longest pause */
  uint64_t n_stacks_made;              /* stacks allocated, not taken from the pool */
  uint64_t n_stacks_grown;             /* times a continuation got a larger stack */
} wfx_stats;
/* What the store did and what it holds now. Cost: constant. */
WFX_API void wfx_store_stats(const wfx_store *s, wfx_stats *out);
/* Collect garbage now. */
WFX_API void wfx_store_collect(wfx_store *s);
/* Collect at every allocation of an object or a continuation, and overwrite what is free: slow, to
 * find references that the collector does not see, a host's first of all. */
WFX_API void wfx_store_set_gc_stress(wfx_store *s, bool is_on);

#ifdef __cplusplus
}
#endif
#endif
