/* cont.h: continuations in the hands of the host.
 *
 * The host can do what a module does with `cont.new`, `resume` and `resume_throw`: make a
 * continuation from a function, run it until it suspends, see the tag and the payload, go on with
 * it later from an event loop, or cancel it. A resume of the host's is a handler like any other:
 * a search that reaches it ends there, with the tags it names or with "unhandled tag"; host
 * functions and calls from the host inside end a search as ever. Interpreted stores only: a native
 * one answers WFX_UNSUPPORTED. */
#ifndef WASMFX_CONT_H
#define WASMFX_CONT_H

#include "object.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A continuation that the host holds. The handle stays the same from one suspension to the next:
 * it always stands for what is left to run, and keeps it alive. It belongs to the store, and is
 * freed with it or earlier by wfx_cont_free. */
typedef struct wfx_cont wfx_cont;

/* What a continuation did when it was resumed. */
typedef struct wfx_event {
  const wfx_tag *tag;      /* it suspended with this tag; NULL: its function has returned */
  const wfx_value *values; /* payload of the tag, or results of the function: borrowed, and kept */
  size_t n_values;         /* alive, until the handle is next used */
} wfx_event;

/* A continuation that will call a function, as cont.new. Null traps. Cost: a small stack, and no
 * code is run. */
WFX_API wfx_status wfx_cont_new(wfx_store *s, const wfx_value *func, wfx_cont **out);
/* Hold a continuation that a module gave away: a reference of type cont. Null traps.
 * Errors  WFX_MISUSE   not a continuation of this store */
WFX_API wfx_status wfx_cont_hold(wfx_store *s, const wfx_value *ref, wfx_cont **out);
/* The reference, to give to a module, whose resume then leaves the handle without anything to
 * run. Null when there is nothing. Whoever receives it as a declared type gets it only if the
 * continuation is of that type: WFX_MISUSE otherwise. */
WFX_API wfx_value wfx_cont_ref(const wfx_cont *k);
/* Let go of it. What is left to run will not run, nor any cleanup in it: see wfx_cont_cancel. While
 * it runs, resumed by the host, it is let go of when that resume returns, whose event then has no
 * values. */
WFX_API void wfx_cont_free(wfx_cont *k);

/* What it takes when resumed and what its function returns: counts always, types up to the room
 * given. False when there is nothing left to run. */
WFX_API bool wfx_cont_type(const wfx_cont *k, wfx_valtype *params, size_t *n_params,
                           wfx_valtype *results, size_t *n_results);

/* Go on with it, giving it args: the parameters of its function at first, then the results of
 * the tag it suspended with. It runs until it returns, suspends with one of tags (NULL: with any
 * tag that no handler inside takes) or fails. *out says which.
 * Errors  WFX_TRAP "continuation already consumed": nothing is left to run
 *         WFX_MISUSE   wrong number or types of arguments; nothing has happened
 *         WFX_EXHAUSTION, cause STACK, when the host is inside too many calls; nothing has happened
 *         what running can give; then nothing is left */
WFX_API wfx_status wfx_cont_resume(wfx_cont *k, const wfx_tag *const *tags, size_t n_tags,
                                   const wfx_value *args, size_t n_args, wfx_event *out);
/* Throw an exception (wfx_exn_new) where it stands, as resume_throw_ref, so that its cleanup runs.
 * Uncaught, it comes back as WFX_EXCEPTION, which is how a cancel usually ends; caught inside, the
 * continuation goes on, and *out says how far. */
WFX_API wfx_status wfx_cont_cancel(wfx_cont *k, const wfx_tag *const *tags, size_t n_tags,
                                   const wfx_value *exn, wfx_event *out);

#ifdef __cplusplus
}
#endif
#endif
