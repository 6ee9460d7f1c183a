/* diag.h: how an error is recorded.
 *
 * A fallible function returns bool; false means that an error has been recorded in the struct
 * errs of the object being worked on. The first error wins. */
#ifndef BASE_DIAG_H
#define BASE_DIAG_H

#include <stdarg.h>

#include "base/ctx.h"

#define TRY(e) do { if (!(e)) return false; } while (0)

/* The first error of one object. Zero but for ctx when there is none. */
struct errs {
  const wfx_ctx *ctx;
  struct diag_block *block; /* owned; NULL with is_nomem set when it could not be allocated */
  bool is_nomem;
};

/* Details of an error beyond class, place and sentence. Strings are copied. */
struct diag_more {
  const char *call, *func, *instruction, *expected, *found, *stack;
  wfx_loc origin;
};

#if defined(__GNUC__)
#define WFX_PRINTF(f, a) __attribute__((format(printf, f, a)))
#else
#define WFX_PRINTF(f, a)
#endif

void wfx__errs_init(struct errs *e, const wfx_ctx *ctx);
void wfx__errs_free(struct errs *e);

/* Record an error, unless one is there already. Always false. The breakpoint for every error. */
bool wfx__fail(struct errs *e, wfx_status status, wfx_loc loc, const char *fmt, ...)
    WFX_PRINTF(4, 5);
bool wfx__fail_more(struct errs *e, wfx_status status, wfx_loc loc, const struct diag_more *more,
                    const char *fmt, ...) WFX_PRINTF(5, 6);
bool wfx__vfail_more(struct errs *e, wfx_status status, wfx_loc loc, const struct diag_more *more,
                     const char *fmt, va_list *args);
bool wfx__fail_nomem(struct errs *e);
/* Copy src's error into dst, unless dst has one. Always false. */
bool wfx__fail_copy(struct errs *dst, const struct errs *src);

/* Lets the compiler see that the result is false, so that it follows what a failure skips. */
static inline bool errs_failed(bool recorded) { return recorded && false; }
#define wfx__fail(...) errs_failed(wfx__fail(__VA_ARGS__))
#define wfx__fail_more(...) errs_failed(wfx__fail_more(__VA_ARGS__))
#define wfx__fail_nomem(e) errs_failed(wfx__fail_nomem(e))
#define wfx__fail_copy(dst, src) errs_failed(wfx__fail_copy(dst, src))

/* The error, or NULL. */
const wfx_diag *wfx__errs_diag(const struct errs *e);

static inline bool errs_is_set(const struct errs *e) { return e->block != NULL || e->is_nomem; }
static inline wfx_status errs_status(const struct errs *e) {
  if (!errs_is_set(e)) return WFX_OK;
  return wfx__errs_diag(e)->status;
}

static inline wfx_loc loc_none(void) {
  wfx_loc loc = {NULL, UINT64_MAX, 0, 0};
  return loc;
}
static inline wfx_loc loc_offset(uint64_t offset) {
  wfx_loc loc = {NULL, offset, 0, 0};
  return loc;
}
static inline bool loc_is_none(wfx_loc loc) { return loc.offset == UINT64_MAX && loc.line == 0; }

#endif
