/* handler.h: effect handlers as blocks, loops and functions around `resume`.
 *
 * From a list of tags the library builds the nest of blocks that `resume` needs; the client writes
 * only what each clause does. One block is opened per clause, the first clause outermost, and the
 * `resume` stands in the innermost:
 *
 *     wfx_handler_begin(b, &h, &spec);        loop
 *       ... what comes before each resumption ...
 *     wfx_handler_blocks(b, &h);              block, block, ...
 *       ... push the arguments and the continuation ...
 *     wfx_handler_resume(b, &h);              resume $ct (on $e0 $l0) (on $e1 $l1)
 *       ... the return clause: the results of the continuation are on the stack ...
 *     wfx_handler_clause(b, &h, 1);           innermost block ends: payload of $e1, continuation
 *       ... the clause ...
 *     wfx_handler_clause(b, &h, 0);           payload of $e0, continuation
 *       ... the clause ...
 *     wfx_handler_end(b, &h);                 the results of the whole
 *
 * Clauses are written last first, as their blocks end. The return clause and every clause leave by
 * wfx_handler_again, wfx_handler_finish or a branch, return or tail call of the client; only the
 * one written last may also run into the end with the results of the whole.
 *
 * Kinds (Hillerstrom and Lindley, "Shallow effect handlers"; sheep handlers are those of the
 * WasmFX design):
 *   WFX_DEEP     every resumption runs under the same clauses. In place: all clauses resume in
 *                tail position, by wfx_handler_again. Otherwise: a driver, below.
 *   WFX_SHALLOW  a clause gets the bare continuation; resuming it installs nothing
 *   WFX_SHEEP    a clause gets a continuation that is resumed under a handler given there
 * In place the last two are the same code; they differ in what the client's clauses do. */
#ifndef WASMFX_HANDLER_H
#define WASMFX_HANDLER_H

#include "build.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Handlers in place ------------------------------------------------------------------- */

typedef enum wfx_handler_kind { WFX_DEEP, WFX_SHALLOW, WFX_SHEEP } wfx_handler_kind;

/* A clause: $e : [p*] -> [r*]. Its block leaves p* and (ref $k), $k = cont [r*] -> [t*], where t*
 * are the results of the handled continuation. */
typedef struct wfx_handler_clause_spec {
  wfx_tag_id tag;
  wfx_type_id cont;  /* $k, or {WFX_NO_ID}: the handled type if it fits, else found or added */
  bool is_switch;    /* (on $e switch): a clause without block and body */
  const char *label; /* name of the block, or NULL */
} wfx_handler_clause_spec;

/* Set size to sizeof(wfx_handler_spec) and zero what is not needed. */
typedef struct wfx_handler_spec {
  size_t size;
  wfx_handler_kind kind;
  wfx_type_id cont;            /* of the continuations resumed: cont [a*] -> [t*] */
  const wfx_handler_clause_spec *clauses;
  size_t n_clauses;
  const wfx_valtype *results;  /* of the whole */
  size_t n_results;
  bool is_tail;                /* the handler ends its function: no block around it, and
                                  wfx_handler_finish is a return */
  const char *loop_label;      /* WFX_DEEP: name of the loop, or NULL */
} wfx_handler_spec;

/* A handler that is being emitted. spec is borrowed until wfx_handler_end. */
typedef struct wfx_handler {
  const wfx_handler_spec *spec;
  wfx_label done;  /* block around everything, unless is_tail */
  wfx_label loop;  /* WFX_DEEP */
  wfx_label first; /* block of the first clause with a body; the others follow */
} wfx_handler;

/* Open the block around it (unless is_tail) and the loop (WFX_DEEP). Values on the stack here
 * cannot be reached inside: keep what clauses need in locals. */
WFX_API void wfx_handler_begin(wfx_body *b, wfx_handler *h, const wfx_handler_spec *spec);
/* Open the blocks of the clauses. What the client emits before, inside the loop, runs before each
 * resumption. */
WFX_API void wfx_handler_blocks(wfx_body *b, wfx_handler *h);
/* [a* (ref null $cont)] -> [t*]: resume under the clauses. */
WFX_API void wfx_handler_resume(wfx_body *b, wfx_handler *h);
/* The same by resume_throw, [x* (ref null $cont)] -> [t*] for a tag $exception : [x*] -> [], and
 * by resume_throw_ref, [exnref (ref null $cont)] -> [t*]. */
WFX_API void wfx_handler_resume_throw(wfx_body *b, wfx_handler *h, wfx_tag_id exception);
WFX_API void wfx_handler_resume_throw_ref(wfx_body *b, wfx_handler *h);
/* End the block of a clause: [] -> [p* (ref $k)]. */
WFX_API void wfx_handler_clause(wfx_body *b, wfx_handler *h, size_t clause);
/* End the handler: [results*] -> [results*]. */
WFX_API void wfx_handler_end(wfx_body *b, wfx_handler *h);

/* [] -> unreachable: go back to the loop, to resume again. WFX_DEEP only. */
WFX_API void wfx_handler_again(wfx_body *b, wfx_handler *h);
/* [results*] -> unreachable: leave with the results of the whole. */
WFX_API void wfx_handler_finish(wfx_body *b, wfx_handler *h);
/* The type of the continuation that a clause gets. */
WFX_API wfx_type_id wfx_handler_clause_cont(wfx_module *m, const wfx_handler_spec *spec,
                                            size_t clause);

/* ---- Drivers: handlers with first-class resumptions --------------------------------------- */

/* A deep handler that resumes other than in tail position, or keeps its resumptions, is a function
 *     $drive : [env value (ref null $cont)] -> [value]
 * that resumes the continuation with the value under its clauses, and is called again for every
 * resumption. Representation is uniform: payloads, answers and results have one type `value`, the
 * tags are [value] -> [value]; env is the environment that the clauses captured.
 *
 * A clause gets its resumption as a struct of continuation, environment and driver. It is one-shot:
 * a use empties it, and a second use calls on_reused, [i32] -> [], with a number of the client's
 * (say, of the place in its source) and does not return. */
typedef struct wfx_driver_types {
  wfx_valtype value;
  wfx_valtype env;        /* a nullable reference */
  wfx_type_id func;       /* [value] -> [value]: what continuations run */
  wfx_type_id cont;       /* cont func */
  wfx_type_id drive;      /* [env value (ref null cont)] -> [value] */
  wfx_type_id resumption; /* struct (mut (ref null cont)) (mut env) (ref null drive); the first two
                             are null once it was used, the driver where resuming installs
                             nothing */
} wfx_driver_types;
/* Find or add them. value is a number or a nullable reference. */
WFX_API wfx_driver_types wfx_driver_types_add(wfx_module *m, wfx_valtype value, wfx_valtype env);

/* A driver being built; set size to sizeof(wfx_driver) and fill the first part.
 *
 *     wfx_driver_begin(m, &d);          opens the body of d.func: d.body
 *       ... the return clause: [value] -> [value] (WFX_SHALLOW has one too: leave it out by
 *           emitting nothing) ...
 *     wfx_driver_clause(&d, i);         [] -> [value (ref $resumption)], i = n_tags - 1, ..., 0
 *       ... the clause: leaves the result of the handler, [] -> [value], or has returned ...
 *     wfx_driver_end(&d);               closes the body; its status
 *
 * The resumptions of a WFX_DEEP driver come back to it, those of a WFX_SHALLOW one install
 * nothing, and those of a WFX_SHEEP one are used with wfx_emit_resumption_use_with. A clause should
 * end in wfx_emit_resumption_use with is_tail where it can: then the stack does not grow. */
typedef struct wfx_driver {
  size_t size;
  wfx_func_id func;              /* declared with type types->drive; has no body yet */
  const wfx_driver_types *types; /* borrowed, like tags, until the end */
  wfx_handler_kind kind;
  const wfx_tag_id *tags;        /* each [value] -> [value] */
  size_t n_tags;
  const char *const *labels;     /* names of the clauses' blocks, or NULL */
  uint32_t flags;                /* of wfx_body_open */
  wfx_loc loc;                   /* where wfx_driver_begin says that its instructions are */
  /* Set by wfx_driver_begin. */
  wfx_body *body;
  wfx_local_id env, value, cont; /* parameters of the function */
  wfx_label first;
} wfx_driver;
WFX_API void wfx_driver_begin(wfx_module *m, wfx_driver *d);
WFX_API void wfx_driver_clause(wfx_driver *d, size_t clause);
WFX_API wfx_status wfx_driver_end(wfx_driver *d);

/* Use a resumption, in any body: [value (ref null $resumption)] -> [value], or with is_tail
 * -> unreachable, a tail call. site is what on_reused is given. */
WFX_API void wfx_emit_resumption_use(wfx_body *b, const wfx_driver_types *types,
                                     wfx_func_id on_reused, int32_t site, bool is_tail);
/* Use it under another handler: [value (ref null $resumption) env (ref null $drive)] -> [value]. */
WFX_API void wfx_emit_resumption_use_with(wfx_body *b, const wfx_driver_types *types,
                                          wfx_func_id on_reused, int32_t site, bool is_tail);

#ifdef __cplusplus
}
#endif
#endif
