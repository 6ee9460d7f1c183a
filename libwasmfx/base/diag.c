/* diag.c: recording and showing errors.
 *
 * The library has no stdio: messages are formatted here, with the few conversions they use. */
#include "base/diag.h"

#include <assert.h>
#include <stdarg.h>
#include <string.h>

/* An error and the text its strings point into. */
struct diag_block {
  wfx_diag diag;
  size_t n_text;
  char text[];
};

static const wfx_diag nomem_diag = {
    .status = WFX_NOMEM,
    .loc = {NULL, UINT64_MAX, 0, 0},
    .message = "out of memory",
    .origin = {NULL, UINT64_MAX, 0, 0},
};

/* Text that counts what does not fit. */
struct diag_text {
  char *buf;
  size_t cap, n;
};

static void diag_put_bytes(struct diag_text *o, const char *s, size_t n) {
  if (o->n < o->cap) {
    size_t room = o->cap - o->n;
    memcpy(o->buf + o->n, s, n < room ? n : room);
  }
  o->n += n;
}

static void diag_put_str(struct diag_text *o, const char *s) { diag_put_bytes(o, s, strlen(s)); }

static void diag_put_uint(struct diag_text *o, uint64_t x, unsigned base, unsigned width) {
  char digits[24];
  unsigned n = 0;
  do {
    digits[sizeof digits - ++n] = "0123456789abcdef"[x % base];
    x /= base;
  } while (x != 0 || n < width);
  diag_put_bytes(o, digits + sizeof digits - n, n);
}

/* One conversion: %s %.*s %c %u %d %x %02x %zu %llu %lld %%. */
static const char *put_conversion(struct diag_text *o, const char *f, va_list *args) {
  unsigned width = 0, n_long = 0;
  int precision = -1;
  bool is_size = false;
  for (;; f++) {
    if (*f >= '0' && *f <= '9') width = width * 10 + (unsigned)(*f - '0');
    else if (f[0] == '.' && f[1] == '*') precision = va_arg(*args, int), f++;
    else if (*f == 'l') n_long++;
    else if (*f == 'z') is_size = true;
    else break;
  }
  switch (*f) {
  case 's': {
    const char *s = va_arg(*args, const char *);
    if (precision >= 0) diag_put_bytes(o, s, (size_t)precision);
    else diag_put_str(o, s ? s : "(none)");
    break;
  }
  case 'c': {
    char c = (char)va_arg(*args, int);
    diag_put_bytes(o, &c, 1);
    break;
  }
  case 'd': {
    long long x = n_long == 2 ? va_arg(*args, long long)
                  : n_long    ? va_arg(*args, long)
                              : va_arg(*args, int);
    if (x < 0) diag_put_bytes(o, "-", 1);
    diag_put_uint(o, x < 0 ? 0 - (uint64_t)x : (uint64_t)x, 10, width);
    break;
  }
  case 'u':
  case 'x': {
    uint64_t x = n_long == 2 ? va_arg(*args, unsigned long long)
                 : n_long    ? va_arg(*args, unsigned long)
                 : is_size   ? va_arg(*args, size_t)
                             : va_arg(*args, unsigned);
    diag_put_uint(o, x, *f == 'x' ? 16 : 10, width);
    break;
  }
  default: /* %% and, in release builds, a conversion that is not in the list above */
    assert(*f == '%');
    diag_put_bytes(o, f, 1);
    break;
  }
  return f + 1;
}

static void put_format(struct diag_text *o, const char *fmt, va_list *args) {
  while (*fmt) {
    const char *next = strchr(fmt, '%');
    if (!next) {
      diag_put_str(o, fmt);
      return;
    }
    diag_put_bytes(o, fmt, (size_t)(next - fmt));
    fmt = put_conversion(o, next + 1, args);
  }
}

void wfx__errs_init(struct errs *e, const wfx_ctx *ctx) {
  e->ctx = ctx;
  e->block = NULL;
  e->is_nomem = false;
}

void wfx__errs_free(struct errs *e) {
  if (e->block) wfx__free(e->ctx, e->block, sizeof *e->block + e->block->n_text);
  e->block = NULL;
  e->is_nomem = false;
}

const wfx_diag *wfx__errs_diag(const struct errs *e) {
  if (e->block) return &e->block->diag;
  return e->is_nomem ? &nomem_diag : NULL;
}

bool (wfx__fail_nomem)(struct errs *e) {
  if (!errs_is_set(e)) e->is_nomem = true;
  return false;
}

/* Copy s behind the text so far; NULL stays NULL. */
static const char *keep_text(struct diag_text *o, const char *s) {
  if (!s) return NULL;
  const char *at = o->buf + o->n;
  diag_put_bytes(o, s, strlen(s) + 1);
  return at;
}

static size_t text_size(const char *s) { return s ? strlen(s) + 1 : 0; }

static bool record(struct errs *e, const wfx_diag *d, const char *fmt, va_list *args) {
  if (errs_is_set(e)) return false;
  va_list again;
  va_copy(again, *args);
  struct diag_text count = {NULL, 0, 0};
  put_format(&count, fmt, &again);
  va_end(again);
  size_t n_text = count.n + 1 + text_size(d->loc.file) + text_size(d->call) +
                  text_size(d->func) + text_size(d->instruction) + text_size(d->expected) +
                  text_size(d->found) + text_size(d->stack) + text_size(d->origin.file);
  struct diag_block *b = wfx__alloc(e->ctx, sizeof *b + n_text);
  if (!b) {
    e->is_nomem = true;
    return false;
  }
  struct diag_text o = {b->text, n_text, 0};
  b->diag = *d;
  b->n_text = n_text;
  b->diag.message = b->text;
  put_format(&o, fmt, args);
  diag_put_bytes(&o, "", 1);
  b->diag.loc.file = keep_text(&o, d->loc.file);
  b->diag.call = keep_text(&o, d->call);
  b->diag.func = keep_text(&o, d->func);
  b->diag.instruction = keep_text(&o, d->instruction);
  b->diag.expected = keep_text(&o, d->expected);
  b->diag.found = keep_text(&o, d->found);
  b->diag.stack = keep_text(&o, d->stack);
  b->diag.origin.file = keep_text(&o, d->origin.file);
  e->block = b;
  return false;
}

bool (wfx__fail)(struct errs *e, wfx_status status, wfx_loc loc, const char *fmt, ...) {
  wfx_diag d = {.status = status, .loc = loc, .origin = loc_none()};
  va_list args;
  va_start(args, fmt);
  record(e, &d, fmt, &args);
  va_end(args);
  return false;
}

bool wfx__vfail_more(struct errs *e, wfx_status status, wfx_loc loc, const struct diag_more *more,
                     const char *fmt, va_list *args) {
  wfx_diag d = {.status = status, .loc = loc, .call = more->call, .func = more->func,
                .instruction = more->instruction, .expected = more->expected,
                .found = more->found, .stack = more->stack, .origin = more->origin};
  return record(e, &d, fmt, args);
}

bool (wfx__fail_more)(struct errs *e, wfx_status status, wfx_loc loc,
                      const struct diag_more *more, const char *fmt, ...) {
  va_list args;
  va_start(args, fmt);
  wfx__vfail_more(e, status, loc, more, fmt, &args);
  va_end(args);
  return false;
}

/* Record d, whose message may hold any text. */
static bool record_diag(struct errs *e, const wfx_diag *d, const char *fmt, ...) {
  va_list args;
  va_start(args, fmt);
  record(e, d, fmt, &args);
  va_end(args);
  return false;
}

bool (wfx__fail_copy)(struct errs *dst, const struct errs *src) {
  const wfx_diag *d = wfx__errs_diag(src);
  assert(d);
  if (src->is_nomem) return wfx__fail_nomem(dst);
  return record_diag(dst, d, "%s", d->message);
}

static void diag_put_loc(struct diag_text *o, wfx_loc loc) {
  diag_put_str(o, loc.file ? loc.file : "input");
  if (loc.line != 0) {
    diag_put_bytes(o, ":", 1);
    diag_put_uint(o, loc.line, 10, 1);
    if (loc.column != 0) {
      diag_put_bytes(o, ":", 1);
      diag_put_uint(o, loc.column, 10, 1);
    }
  } else if (loc.offset != UINT64_MAX) {
    diag_put_str(o, ": at offset 0x");
    diag_put_uint(o, loc.offset, 16, 1);
  }
}

static void diag_put_detail(struct diag_text *o, const char *label, const char *text) {
  if (!text) return;
  diag_put_str(o, "\n  ");
  diag_put_str(o, label);
  diag_put_str(o, text);
}

size_t wfx_diag_format(const wfx_diag *diag, char *buf, size_t n_bytes) {
  struct diag_text o = {buf, n_bytes > 0 ? n_bytes - 1 : 0, 0};
  if (!loc_is_none(diag->loc) || diag->loc.file) {
    diag_put_loc(&o, diag->loc);
    diag_put_str(&o, ": ");
  }
  diag_put_str(&o, diag->message);
  diag_put_detail(&o, "in function ", diag->func);
  diag_put_detail(&o, "at instruction ", diag->instruction);
  diag_put_detail(&o, "in call ", diag->call);
  diag_put_detail(&o, "expected ", diag->expected);
  diag_put_detail(&o, "found ", diag->found);
  if (!loc_is_none(diag->origin)) {
    diag_put_str(&o, "\n  pushed at ");
    diag_put_loc(&o, diag->origin);
  }
  diag_put_detail(&o, "operand stack ", diag->stack);
  if (n_bytes > 0) buf[o.n < n_bytes ? o.n : n_bytes - 1] = '\0';
  return o.n;
}
