/* roundtrip.c FILE...: closed loops over modules. FILE is a binary, or a test script (.wast), of
 * which every module is taken that can be read. For each module:
 *
 *   decode, encode: the same bytes, but for numbers that were longer than need be
 *   the same with every body decoded to instructions and written anew
 *   canonical form, decoded and encoded, is the same bytes
 *   print, parse: the same bytes in canonical form; flat, and folded
 *
 * Canonical form leaves out what text cannot say: how locals are grouped, a data count that is
 * not needed, flags of segments. A binary must also be valid, by standard features and atomics.
 * TAP, a line for each file. Padded numbers are not taken on trust: differs() walks both encodings
 * side by side. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <wasmfx.h>

/* The bytes of a module as they came, and what is found out about them. */
struct loop {
  const wfx_ctx *ctx;
  const uint8_t *bytes;
  size_t n_bytes;
  size_t n_padded;  /* LEB128s longer than need be */
  size_t n_canonical; /* bytes in canonical form */
  char why[400];
};

static bool fail(struct loop *l, const char *what, const wfx_diag *diag) {
  char text[256] = "";
  if (diag) wfx_diag_format(diag, text, sizeof text);
  snprintf(l->why, sizeof l->why, "%s%s%s", what, diag ? ": " : "", text);
  return false;
}

/* ---- Two encodings that differ in the length of numbers only ----------------------------- */

struct span {
  const uint8_t *at, *end;
};

/* Pass over a number of at most 64 bits. */
static bool skip_leb(struct span *s) {
  for (int i = 0; i < 10 && s->at != s->end; i++)
    if (!(*s->at++ & 0x80)) return true;
  return false;
}

static bool read_size(struct span *s, size_t *size) {
  uint64_t x = 0;
  for (unsigned shift = 0; shift < 35 && s->at != s->end; shift += 7) {
    uint8_t byte = *s->at++;
    x |= (uint64_t)(byte & 0x7f) << shift;
    if (byte & 0x80) continue;
    *size = (size_t)x;
    return x <= (size_t)(s->end - s->at);
  }
  return false;
}

/* The long form of a number whose last short byte is here in both: more bytes that say the same. */
static bool skip_padding(struct span *old, struct span *new) {
  uint8_t last = *new->at++;
  if ((last & 0x80) || *old->at++ != (last | 0x80)) return false;
  const uint8_t *start = old->at;
  uint8_t fill = old->at != old->end && (*old->at & 0x7f) == 0x7f ? 0x7f : 0;
  while (old->at != old->end && *old->at == (fill | 0x80)) old->at++;
  return old->at != old->end && *old->at++ == fill && old->at - start < 10;
}

/* Whether new says in every place what old says. */
static bool differs(struct loop *l, struct span old, struct span new) {
  while (old.at != old.end && new.at != new.end) {
    if (*old.at == *new.at) {
      old.at++;
      new.at++;
      continue;
    }
    if (!skip_padding(&old, &new)) return true;
    l->n_padded++;
  }
  return old.at != old.end || new.at != new.end;
}

/* A span with its length in front, in both. */
static bool sized_differs(struct loop *l, struct span *old, struct span *new) {
  size_t n_old, n_new;
  struct span a = *old, b = *new;
  if (!read_size(old, &n_old) || !read_size(new, &n_new)) return true;
  l->n_padded += old->at - a.at > new->at - b.at && n_old == n_new;
  a = (struct span){old->at, old->at + n_old};
  b = (struct span){new->at, new->at + n_new};
  old->at = a.end;
  new->at = b.end;
  return differs(l, a, b);
}

/* The code section: bodies with their lengths. */
static bool code_differs(struct loop *l, struct span old, struct span new) {
  struct span a = old, b = new;
  if (!skip_leb(&old) || !skip_leb(&new)) return true;
  if (differs(l, (struct span){a.at, old.at}, (struct span){b.at, new.at})) return true;
  while (old.at != old.end && new.at != new.end)
    if (sized_differs(l, &old, &new)) return true;
  return old.at != old.end || new.at != new.end;
}

/* Whether a section speaks of offsets in the module. The encoder leaves it out when they no longer
 * hold, as when a number before was padded. */
static bool has_offsets(wfx_str name) {
  static const char *const names[] = {"sourceMappingURL", "external_debug_info", ".debug_"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (name.n >= strlen(names[i]) && memcmp(name.data, names[i], strlen(names[i])) == 0)
      return true;
  return false;
}

/* Whether other is not the module, numbers written shorter apart. */
static bool module_differs(struct loop *l, wfx_bytes other) {
  enum { CODE = 10 };
  size_t at = 0, other_at = 0;
  wfx_section a, b;
  l->n_padded = 0;
  if (other.n == l->n_bytes && memcmp(other.data, l->bytes, other.n) == 0) return false;
  while (wfx_section_next(l->bytes, l->n_bytes, &at, &a)) {
    if (a.id == 0 && has_offsets(a.name) && l->n_padded != 0) continue;
    if (!wfx_section_next(other.data, other.n, &other_at, &b) || a.id != b.id) return true;
    struct span old = {l->bytes + a.content, l->bytes + a.end};
    struct span new = {other.data + b.content, other.data + b.end};
    size_t n_head = a.content - a.offset, n_other = b.content - b.offset;
    l->n_padded += a.id != 0 && n_head > n_other;
    if (a.id == CODE ? code_differs(l, old, new) : differs(l, old, new)) return true;
  }
  return other_at != other.n;
}

/* ---- The loops --------------------------------------------------------------------------- */

static wfx_module *decode(struct loop *l, const uint8_t *bytes, size_t n) {
  wfx_module *m = wfx_module_new(l->ctx);
  if (m && wfx_module_decode(m, bytes, n) == WFX_OK) return m;
  fail(l, "decode", m ? wfx_module_diag(m, 0) : NULL);
  wfx_module_free(m);
  return NULL;
}

static bool encode(struct loop *l, wfx_module *m, uint32_t flags, wfx_bytes *out) {
  return wfx_module_encode(m, flags, out) == WFX_OK || fail(l, "encode", wfx_module_diag(m, 0));
}

static bool open_bodies(struct loop *l, wfx_module *m) {
  uint32_t n = wfx_module_count(m, WFX_EXTERN_FUNC);
  for (uint32_t i = 0; i < n; i++) {
    wfx_reader *r = wfx_reader_open(m, (wfx_func_id){i}, 0);
    const wfx_diag *diag = r ? wfx_reader_diag(r) : NULL;
    bool ok = r && (!diag || fail(l, "body", diag));
    wfx_reader_close(r);
    if (!ok) return false;
  }
  return true;
}

static bool same(wfx_bytes a, const uint8_t *bytes, size_t n) {
  return a.n == n && memcmp(a.data, bytes, n) == 0;
}

/* Print m, parse that, and compare its canonical form. */
static bool loop_text(struct loop *l, wfx_module *m, uint32_t flags, wfx_bytes canonical) {
  const char *what = flags & WFX_PRINT_FOLDED ? "folded" : "flat";
  wfx_bytes text = {NULL, 0}, bytes = {NULL, 0};
  wfx_module *parsed = wfx_module_new(l->ctx);
  bool ok = parsed != NULL;
  if (ok && wfx_module_print(m, flags, &text) != WFX_OK) ok = fail(l, what, NULL);
  if (ok && wfx_module_parse(parsed, (const char *)text.data, text.n, what) != WFX_OK)
    ok = fail(l, what, wfx_module_diag(parsed, 0));
  wfx_bytes_free(l->ctx, &text);
  ok = ok && encode(l, parsed, WFX_ENCODE_CANONICAL, &bytes);
  if (ok && !same(bytes, canonical.data, canonical.n))
    ok = fail(l, flags & WFX_PRINT_FOLDED ? "folded text reads back to other bytes"
                                          : "text reads back to other bytes", NULL);
  wfx_bytes_free(l->ctx, &bytes);
  wfx_module_free(parsed);
  return ok;
}

static bool loop_canonical(struct loop *l, wfx_module *m, wfx_bytes *canonical) {
  wfx_bytes again = {NULL, 0};
  if (!encode(l, m, WFX_ENCODE_CANONICAL, canonical)) return false;
  l->n_canonical = canonical->n;
  wfx_module *n = decode(l, canonical->data, canonical->n);
  bool ok = n && encode(l, n, 0, &again);
  if (ok && !same(again, canonical->data, canonical->n))
    ok = fail(l, "canonical form does not stay", NULL);
  wfx_bytes_free(l->ctx, &again);
  wfx_module_free(n);
  return ok;
}

/* Canonical form is shorter, so that no offset holds. */
static void drop_offsets(wfx_module *m) {
  wfx_str name;
  const uint8_t *bytes;
  size_t n;
  for (uint32_t i = 0; wfx_module_custom(m, i, &name, &bytes, &n);)
    if (has_offsets(name)) wfx_module_drop_custom(m, i);
    else i++;
}

static bool loop_encode(struct loop *l, wfx_module *m, const char *what) {
  wfx_bytes bytes = {NULL, 0};
  bool ok = encode(l, m, 0, &bytes);
  if (ok && module_differs(l, bytes)) ok = fail(l, what, NULL);
  wfx_bytes_free(l->ctx, &bytes);
  return ok;
}

static bool loop_all(struct loop *l, bool is_valid) {
  wfx_bytes canonical = {NULL, 0};
  wfx_module *m = decode(l, l->bytes, l->n_bytes);
  bool ok = m != NULL;
  if (ok && is_valid && wfx_module_validate(m) != WFX_OK)
    ok = fail(l, "validate", wfx_module_diag(m, 0));
  wfx_module_free(m);
  if (!ok) return false;
  m = decode(l, l->bytes, l->n_bytes);
  ok = m && loop_encode(l, m, "decoded and encoded: other bytes") && open_bodies(l, m) &&
       loop_encode(l, m, "opened and encoded: other bytes");
  if (ok) drop_offsets(m);
  ok = ok && loop_canonical(l, m, &canonical) && loop_text(l, m, 0, canonical) &&
       loop_text(l, m, WFX_PRINT_FOLDED, canonical);
  wfx_module_free(m);
  wfx_bytes_free(l->ctx, &canonical);
  return ok;
}

/* ---- Files ------------------------------------------------------------------------------- */

static uint8_t *read_file(const char *path, size_t *n) {
  FILE *f = fopen(path, "rb");
  if (!f) return NULL;
  fseek(f, 0, SEEK_END);
  long size = ftell(f);
  rewind(f);
  uint8_t *bytes = malloc((size_t)size + 1);
  *n = bytes ? fread(bytes, 1, (size_t)size, f) : 0;
  fclose(f);
  return bytes;
}

static int n_done;

static bool show(const char *path, bool ok, const char *what) {
  printf("%sok %d - %s: %s\n", ok ? "" : "not ", ++n_done, path, what);
  fflush(stdout);
  return ok;
}

static bool run_binary(const char *path, const wfx_ctx *ctx, const uint8_t *bytes, size_t n) {
  struct loop l = {.ctx = ctx, .bytes = bytes, .n_bytes = n};
  char what[128];
  if (!loop_all(&l, true)) return show(path, false, l.why);
  snprintf(what, sizeof what, "%zu bytes, %zu padded numbers, %zu bytes in canonical form", n,
           l.n_padded, l.n_canonical);
  return show(path, true, what);
}

/* One module of a script, if it can be read: encoded first when it is text. */
static bool run_command(struct loop *l, wfx_script *s, const wfx_command *c, size_t *n_modules) {
  const wfx_script_module *from = &c->module;
  wfx_bytes bytes = {NULL, 0};
  wfx_module *m = wfx_module_new(l->ctx);
  bool is_binary = from->form == WFX_SCRIPT_BINARY, ok = true;
  wfx_status status = is_binary ? wfx_module_decode(m, from->bytes, from->n_bytes)
                                : wfx_script_parse(s, from, m);
  if (status == WFX_OK && is_binary && !open_bodies(l, m)) status = WFX_MALFORMED;
  if (status == WFX_OK && !is_binary) status = wfx_module_encode(m, 0, &bytes);
  if (status == WFX_OK) {
    l->bytes = is_binary ? from->bytes : bytes.data;
    l->n_bytes = is_binary ? from->n_bytes : bytes.n;
    ok = loop_all(l, false);
    ++*n_modules;
  }
  wfx_bytes_free(l->ctx, &bytes);
  wfx_module_free(m);
  return ok;
}

static bool run_script(const char *path, const wfx_ctx *ctx, const uint8_t *bytes, size_t n) {
  struct loop l = {.ctx = ctx};
  wfx_script *s = wfx_script_open(ctx, (const char *)bytes, n, path);
  wfx_command c;
  size_t n_modules = 0, n_failed = 0;
  char what[512];
  while (s && wfx_script_next(s, &c)) {
    bool has_module = c.kind == WFX_COMMAND_MODULE || c.kind == WFX_COMMAND_ASSERT_MODULE;
    if (!has_module || run_command(&l, s, &c, &n_modules)) continue;
    printf("# %s:%" PRIu32 ": %s\n", path, c.loc.line, l.why);
    n_failed++;
  }
  snprintf(what, sizeof what, "%zu modules", n_modules);
  if (s && wfx_script_diag(s)) {
    wfx_diag_format(wfx_script_diag(s), what, sizeof what);
    n_failed++;
  }
  wfx_script_close(s);
  return show(path, n_failed == 0, what);
}

int main(int argc, char **argv) {
  wfx_options options = {.size = sizeof options, .features = wfx_features_all()};
  wfx_ctx *all = wfx_ctx_new(&options);
  options.features = wfx_features_default() | UINT64_C(1) << WFX_FEATURE_THREADS;
  wfx_ctx *standard = wfx_ctx_new(&options);
  bool ok = true;
  for (int i = 1; i < argc; i++) {
    size_t n = 0, n_name = strlen(argv[i]);
    uint8_t *bytes = read_file(argv[i], &n);
    bool is_script = n_name > 5 && strcmp(argv[i] + n_name - 5, ".wast") == 0;
    if (!bytes) ok = show(argv[i], false, "cannot be read");
    else if (is_script) ok &= run_script(argv[i], all, bytes, n);
    else ok &= run_binary(argv[i], standard, bytes, n);
    free(bytes);
  }
  wfx_ctx_free(all);
  wfx_ctx_free(standard);
  printf("1..%d\n", n_done);
  return ok ? 0 : 1;
}
