/* validate_bytes.c: binaries decoded and checked body by body, keeping none, on one thread or more.
 *
 * Bodies are handed out in order. The first wrong one is remembered by its number only: the end
 * decodes and checks it again for the error, so that which is reported does not depend on threads,
 * and the passes before need not keep what diagnostics show. */
#include <stdatomic.h>

#include <wasmfx/valid.h>

#include "load/load.h"
#include "valid/valid.h"

/* So many bodies a thread takes at a time. */
enum { N_TAKEN = 16 };

struct wfx_validator {
  struct wfx_module *m;
  struct decoder d;
  struct step steps[256];
  atomic_size_t next;      /* body that nobody has taken */
  atomic_size_t first_bad; /* the least number of one that did not pass, or their count */
};

static uint32_t body_func(const struct wfx_validator *v, size_t i) {
  return (uint32_t)(v->m->funcs.n - v->d.ranges.n + i);
}

static void note_bad(struct wfx_validator *v, size_t i) {
  size_t least = atomic_load(&v->first_bad);
  while (i < least && !atomic_compare_exchange_weak(&v->first_bad, &least, i)) continue;
}

wfx_validator *wfx_validator_new(wfx_module *m, const uint8_t *bytes, size_t n_bytes) {
  struct wfx_validator *v = wfx__alloc_zero(m->ctx, sizeof *v);
  if (!v) {
    (void)wfx__fail_nomem(&m->errs);
    return NULL;
  }
  struct checker c;
  v->m = m;
  wfx__check_init(&c, m);
  bool is_ok = wfx__decode_decls(&v->d, m, bytes, n_bytes) && wfx__valid_decls(&c);
  wfx__check_free(&c);
  atomic_init(&v->next, is_ok ? 0 : v->d.ranges.n);
  atomic_init(&v->first_bad, v->d.ranges.n);
  wfx__load_steps(m->ctx, v->steps);
  return v;
}

void wfx_validator_run(wfx_validator *v) {
  struct checker c;
  struct body b;
  wfx__check_init(&c, v->m);
  wfx__body_init(&b, v->m->ctx);
  bool is_ok = true;
  while (is_ok) {
    size_t i = atomic_fetch_add(&v->next, N_TAKEN), end = i + N_TAKEN;
    for (; is_ok && i < end && i < atomic_load(&v->first_bad); i++) {
      is_ok = wfx__load_body(&c, &b, v->steps, body_func(v, i), &v->d.ranges.data[i]);
      if (!is_ok) note_bad(v, i);
    }
    is_ok = is_ok && i == end;
  }
  wfx__body_free(v->m->ctx, &b);
  wfx__check_free(&c);
}

/* Check bodies from i on the long way; the first is wrong but for memory that was out. */
static void check_again(struct wfx_validator *v, size_t i) {
  struct wfx_module *m = v->m;
  struct checker c;
  struct body b;
  wfx__check_init(&c, m);
  wfx__body_init(&b, m->ctx);
  for (bool is_ok = true; is_ok && i < v->d.ranges.n; i++) {
    const struct body_range *range = &v->d.ranges.data[i];
    is_ok = wfx__decode_body(m, &b, range->bytes, range->n_bytes, range->offset) &&
            wfx__valid_body(&c, body_func(v, i), &b);
  }
  if (errs_is_set(&b.errs)) (void)wfx__fail_copy(&m->errs, &b.errs);
  wfx__body_free(m->ctx, &b);
  wfx__check_free(&c);
}

wfx_status wfx_validator_finish(wfx_validator *v) {
  struct wfx_module *m = v->m;
  if (!errs_is_set(&m->errs)) {
    wfx_validator_run(v);
    check_again(v, atomic_load(&v->first_bad));
  }
  vec_free(m->ctx, &v->d.ranges);
  m->input = NULL;
  m->n_input = 0;
  wfx__free(m->ctx, v, sizeof *v);
  return errs_status(&m->errs);
}

wfx_status wfx_validate_bytes(wfx_module *m, const uint8_t *bytes, size_t n_bytes) {
  wfx_validator *v = wfx_validator_new(m, bytes, n_bytes);
  return v ? wfx_validator_finish(v) : errs_status(&m->errs);
}
