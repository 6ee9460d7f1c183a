/* hints.c: branch hints, the custom section metadata.code.branch_hint, read and written. Spec:
 * branch hinting (a proposal).
 *
 * For each function that has some, in order: its index, and for each hint, in order, the offset of
 * an if or br_if from the beginning of the locals, a one, and 0 (unlikely) or 1 (likely).
 * Like names, a well-formed section becomes part of the instructions, and its bytes are kept for
 * as long as they say the same; another stays a custom section that nobody looks into. */
#include <string.h>

#include "binary/decode.h"
#include "binary/encode.h"

static const wfx_str section_name = {"metadata.code.branch_hint", 25};

/* ---- Reading ----------------------------------------------------------------------------- */

bool wfx__hints_is(wfx_str name) {
  return name.n == section_name.n && memcmp(name.data, section_name.data, name.n) == 0;
}

static bool fail_hints(struct reader *r) {
  return wfx__fail(r->errs, WFX_MALFORMED, read_loc(r, r->at), "malformed branch hints");
}

/* A number above the one before. */
static bool read_above(struct reader *r, uint64_t *next, uint32_t *out) {
  TRY(read_leb32(r, out));
  if (*out < *next) return fail_hints(r);
  *next = (uint64_t)*out + 1;
  return true;
}

static bool read_func_hints(struct wfx_module *m, struct reader *r, uint32_t func) {
  uint32_t n, size;
  uint64_t next = 0;
  TRY(wfx__read_len(r, &n));
  for (uint32_t i = 0; i < n; i++) {
    struct hint h = {.func = func};
    TRY(read_above(r, &next, &h.offset) && read_leb32(r, &size) && read_byte(r, &h.hint));
    if (size != 1 || h.hint > 1) return fail_hints(r);
    h.hint += WFX_HINT_UNLIKELY;
    TRY(vec_push(&m->errs, &m->hint_list, h));
  }
  return true;
}

static bool read_all_hints(struct wfx_module *m, struct reader *r) {
  uint32_t n, func;
  uint64_t next = 0;
  TRY(wfx__read_len(r, &n));
  for (uint32_t i = 0; i < n; i++) {
    TRY(read_above(r, &next, &func));
    if (func >= m->funcs.n || m->funcs.data[func].decl.import != WFX_NO_ID) return fail_hints(r);
    TRY(read_func_hints(m, r, func));
  }
  return r->at == r->end || fail_hints(r);
}

bool wfx__hints_take(struct wfx_module *m) {
  struct errs errs;
  wfx__errs_init(&errs, m->ctx);
  struct reader r = wfx__reader(&errs, m->hints.bytes, m->hints.n_bytes, 0);
  bool ok = read_all_hints(m, &r);
  if (!ok) m->hint_list.n = 0;
  if (errs_status(&errs) == WFX_NOMEM) wfx__fail_nomem(&m->errs);
  wfx__errs_free(&errs);
  return ok;
}

/* The first of the module's hints that is not of a function before this one. */
static size_t find_hints(const struct wfx_module *m, uint32_t func) {
  size_t low = 0, high = m->hint_list.n;
  while (low < high) {
    size_t mid = low + (high - low) / 2;
    if (m->hint_list.data[mid].func < func) low = mid + 1;
    else high = mid;
  }
  return low;
}

void wfx__hints_apply(const struct wfx_module *m, uint32_t func, struct body *b,
                      uint64_t offset) {
  size_t k = 0;
  for (size_t i = find_hints(m, func); i < m->hint_list.n; i++) {
    const struct hint *h = &m->hint_list.data[i];
    if (h->func != func) break;
    while (k < b->code.insts.n && b->code.insts.data[k].pos < offset + h->offset) k++;
    if (k == b->code.insts.n) break;
    struct inst *in = &b->code.insts.data[k];
    if (in->pos == offset + h->offset && op_takes_hint(in->op)) in->aux = h->hint;
  }
}

/* ---- Writing ----------------------------------------------------------------------------- */

void wfx__hints_keep(struct writer *w, uint32_t func) {
  const struct wfx_module *m = w->m;
  for (size_t i = find_hints(m, func); i < m->hint_list.n; i++) {
    if (m->hint_list.data[i].func != func) break;
    (void)vec_push(w->errs, &w->hints, m->hint_list.data[i]);
  }
}

/* Whether the bytes that were read say what is to be written. */
static bool is_same(const struct writer *w) {
  const struct wfx_module *m = w->m;
  if (!m->hints.bytes || w->is_canonical || w->hints.n != m->hint_list.n) return false;
  for (size_t i = 0; i < w->hints.n; i++) {
    const struct hint *a = &w->hints.data[i], *b = &m->hint_list.data[i];
    if (a->func != b->func || a->offset != b->offset || a->hint != b->hint) return false;
  }
  return true;
}

static void enc_hints(struct writer *w) {
  const struct hint *h = w->hints.data, *end = h + w->hints.n;
  uint32_t n_funcs = 0;
  for (const struct hint *p = h; p != end; p++) n_funcs += p == h || p->func != p[-1].func;
  enc_u(w, n_funcs);
  while (h != end) {
    const struct hint *last = h;
    while (last != end && last->func == h->func) last++;
    enc_u(w, h->func);
    enc_u(w, (uint64_t)(last - h));
    for (; h != last; h++) {
      enc_u(w, h->offset);
      enc_u(w, 1);
      enc_byte(w, (uint8_t)(h->hint - WFX_HINT_UNLIKELY));
    }
  }
}

/* The section is written behind everything, where offsets are known, and then moved. */
void wfx__insert_hints(struct writer *w) {
  bool is_kept = is_same(w);
  if (!is_kept && w->hints.n == 0) return;
  size_t n_before = w->out.n;
  enc_byte(w, 0);
  size_t begin = wfx__sized_begin(w);
  enc_name(w, section_name);
  if (is_kept) enc_bytes(w, w->m->hints.bytes, w->m->hints.n_bytes);
  else enc_hints(w);
  wfx__sized_end(w, begin);
  if (errs_is_set(w->errs)) return;
  size_t n = w->out.n - n_before;
  uint8_t *at = w->out.data + w->hints_at;
  char *section = wfx__arena_copy(&w->arena, w->out.data + n_before, n);
  if (!section) {
    wfx__fail_nomem(w->errs);
    return;
  }
  memmove(at + n, at, n_before - w->hints_at);
  memcpy(at, section, n);
  if (w->code_at >= w->hints_at) w->code_at += n;
}
