/* validate_bytes.c: decode and check body by body, keeping none. */
#include <wasmfx/valid.h>

#include "binary/decode.h"
#include "valid/valid.h"

static bool check_ranges(struct decoder *d) {
  struct wfx_module *m = d->m;
  struct checker c;
  struct body b;
  wfx__check_init(&c, m);
  wfx__body_init(&b, m->ctx);
  bool ok = wfx__valid_decls(&c);
  uint32_t func = (uint32_t)(m->funcs.n - d->ranges.n);
  for (size_t i = 0; ok && i < d->ranges.n; i++, func++) {
    const struct body_range *range = &d->ranges.data[i];
    ok = wfx__decode_body(m, &b, range->bytes, range->n_bytes, range->offset) &&
         wfx__valid_body(&c, func, &b);
  }
  if (errs_is_set(&b.errs)) wfx__fail_copy(&m->errs, &b.errs);
  wfx__body_free(m->ctx, &b);
  wfx__check_free(&c);
  return ok;
}

wfx_status wfx_validate_bytes(wfx_module *m, const uint8_t *bytes, size_t n_bytes) {
  struct decoder d;
  if (wfx__decode_decls(&d, m, bytes, n_bytes)) check_ranges(&d);
  vec_free(m->ctx, &d.ranges);
  m->input = NULL;
  m->n_input = 0;
  return errs_status(&m->errs);
}
