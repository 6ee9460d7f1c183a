/* hostile.c: modules that mean harm, each of which must end as it says within fixed limits.
 *
 * hostile FOLDER: reads every NAME.wat and NAME.hex there. A line ";; expect: STATUS MESSAGE" says
 * how it must end, wherever that is: read, validated, instantiated or in its export "run"; the
 * message begins so. Larger ones are made here. Memory is held to CAP_BYTES by the allocator, time
 * to MOST_SECONDS each. TAP. */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include <wasmfx.h>

enum { MOST_SECONDS = 20, N_PATH = 512, N_WANT = 200 };
static const uint64_t CAP_BYTES = (uint64_t)192 << 20, FUEL = 20000000;

static uint64_t held_bytes, peak_bytes;
static unsigned n_done, n_failed;

/* ---- Memory ------------------------------------------------------------------------------ */

static bool take(uint64_t n) {
  if (n > CAP_BYTES - held_bytes) return false;
  held_bytes += n;
  if (held_bytes > peak_bytes) peak_bytes = held_bytes;
  return true;
}

static void *alloc(void *ud, void *ptr, size_t old_size, size_t new_size) {
  (void)ud;
  if (new_size > old_size && !take(new_size - old_size)) return NULL;
  if (new_size == 0) {
    held_bytes -= old_size;
    free(ptr);
    return NULL;
  }
  void *p = realloc(ptr, new_size);
  if (!p) held_bytes -= new_size > old_size ? new_size - old_size : 0;
  else if (new_size < old_size) held_bytes -= old_size - new_size;
  return p;
}

/* Address space is free, what is committed counts until the case is over. */
static void *reserve(void *ud, size_t n) {
  (void)ud;
  void *p = mmap(NULL, n, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return p == MAP_FAILED ? NULL : p;
}
static bool commit(void *ud, void *ptr, size_t n) {
  (void)ud;
  return take(n) && mprotect(ptr, n, PROT_READ | PROT_WRITE) == 0;
}
static void decommit(void *ud, void *ptr, size_t n) {
  (void)ud;
  held_bytes -= n;
  madvise(ptr, n, MADV_DONTNEED);
  mprotect(ptr, n, PROT_NONE);
}
static void release(void *ud, void *ptr, size_t n) {
  (void)ud;
  munmap(ptr, n);
}

/* ---- One case ---------------------------------------------------------------------------- */

struct input {
  const char *data;
  size_t n;
  bool is_text;
};

/* How it ended: "STATUS MESSAGE". */
static void outcome(char *out, wfx_status status, const wfx_diag *diag) {
  if (status == WFX_OK) snprintf(out, N_WANT, "ok");
  else snprintf(out, N_WANT, "%s %s", wfx_status_text(status), diag ? diag->message : "");
}

static wfx_status run_store(wfx_store *s, wfx_module *m) {
  wfx_instance *inst;
  wfx_store_set_fuel(s, FUEL);
  wfx_status status = wfx_instantiate(s, m, NULL, &inst);
  if (status != WFX_OK || wfx_module_find_export(m, WFX_EXTERN_FUNC, "run") == WFX_NO_ID)
    return status;
  wfx_value results[4];
  return wfx_call(inst, "run", NULL, 0, results, 4);
}

/* Whether a store goes on after a failure: an innocent module runs in it. */
static bool is_usable(wfx_store *s, wfx_module *m) {
  static const char text[] =
      "(module (type $f (func (result i32))) (type $k (cont $f)) (tag $t (result i32))\n"
      "  (type $b (func (param i32) (result i32))) (type $kb (cont $b))\n"
      "  (func $f (type $f) (i32.add (suspend $t) (i32.const 1))) (elem declare func $f)\n"
      "  (func (export \"run\") (result i32) (local $k (ref null $kb))\n"
      "    (block $on (result (ref $kb))\n"
      "      (return (resume $k (on $t $on) (cont.new $k (ref.func $f)))))\n"
      "    (local.set $k) (resume $kb (i32.const 41) (local.get $k))))";
  wfx_instance *inst;
  wfx_value r = wfx_i32(0);
  wfx_store_set_fuel(s, 1000);
  return wfx_module_parse(m, text, strlen(text), "innocent.wat") == WFX_OK &&
         wfx_instantiate(s, m, NULL, &inst) == WFX_OK &&
         wfx_call(inst, "run", NULL, 0, &r, 1) == WFX_OK && r.of.i32 == 42;
}

static void run_case(const struct input *in, char *out) {
  wfx_options o;
  memset(&o, 0, sizeof o);
  o.size = sizeof o;
  o.alloc = alloc;
  o.pages = (wfx_pages){reserve, commit, decommit, release};
  o.features = wfx_features_all();
  o.limits.memory_bytes = (uint64_t)32 << 20;
  o.limits.table_size = 100000;
  o.limits.heap_bytes = (uint64_t)16 << 20;
  o.limits.stack_bytes = (uint64_t)1 << 20;
  o.limits.n_continuations = 20000;
  wfx_ctx *ctx = wfx_ctx_new(&o);
  wfx_module *m = wfx_module_new(ctx), *innocent = wfx_module_new(ctx);
  wfx_status status = in->is_text
                          ? wfx_module_parse(m, in->data, in->n, "hostile.wat")
                          : wfx_module_decode(m, (const uint8_t *)in->data, in->n);
  if (status == WFX_OK) status = wfx_module_validate(m);
  if (status != WFX_OK) {
    outcome(out, status, wfx_module_n_diags(m) > 0 ? wfx_module_diag(m, 0) : NULL);
  } else {
    const wfx_store_options how = {.size = sizeof how, .is_controlled = true};
    wfx_store *s = wfx_store_new_with(ctx, &how);
    status = run_store(s, m);
    outcome(out, status, wfx_store_diag(s));
    if (!is_usable(s, innocent)) snprintf(out, N_WANT, "a store that is of no use any more");
    wfx_store_free(s);
  }
  wfx_module_free(m);
  wfx_module_free(innocent);
  wfx_ctx_free(ctx);
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void check(const char *name, const struct input *in, const char *want) {
  char got[N_WANT];
  held_bytes = 0;
  double start = now();
  run_case(in, got);
  double seconds = now() - start;
  bool is_ok = strncmp(got, want, strlen(want)) == 0 && seconds < (double)MOST_SECONDS;
  n_done++;
  n_failed += !is_ok;
  printf("%sok %u - %s: %s\n", is_ok ? "" : "not ", n_done, name, want);
  if (!is_ok) printf("#   got: %s, after %.1f s\n", got, seconds);
}

/* ---- Files ------------------------------------------------------------------------------- */

/* A whole file, ended by NUL; the caller frees it. */
static char *read_file(const char *path, size_t *n) {
  FILE *f = fopen(path, "rb");
  char *data = f ? malloc(1 << 20) : NULL;
  if (!data) {
    if (f) fclose(f);
    return NULL;
  }
  *n = fread(data, 1, (1 << 20) - 1, f);
  data[*n] = 0;
  fclose(f);
  return data;
}

/* Hexadecimal digits to bytes in place; ";;" begins a comment. */
static size_t from_hex(char *text) {
  size_t n = 0;
  int digit[2], n_digits = 0;
  for (const char *p = text; *p; p++) {
    if (*p == ';') {
      while (p[1] && *p != '\n') p++;
      continue;
    }
    const char *at = strchr("0123456789abcdef", *p);
    if (!at) continue;
    digit[n_digits++] = (int)(at - "0123456789abcdef");
    if (n_digits == 2) text[n++] = (char)(digit[0] * 16 + digit[1]), n_digits = 0;
  }
  return n;
}

static int by_name(const void *a, const void *b) {
  return strcmp(*(char *const *)a, *(char *const *)b);
}

static void check_file(const char *folder, const char *name) {
  char path[N_PATH], want[N_WANT] = "an expectation";
  struct input in = {.is_text = strstr(name, ".wat") != NULL};
  snprintf(path, sizeof path, "%s/%s", folder, name);
  char *data = read_file(path, &in.n);
  const char *line = data ? strstr(data, ";; expect: ") : NULL;
  if (line) {
    line += strlen(";; expect: ");
    snprintf(want, sizeof want, "%.*s", (int)strcspn(line, "\n"), line);
  }
  if (data && !in.is_text) in.n = from_hex(data);
  in.data = data;
  if (data) check(name, &in, want);
  free(data);
}

static void check_folder(const char *folder) {
  char *names[200];
  size_t n = 0;
  DIR *d = opendir(folder);
  for (struct dirent *e; d && n < 200 && (e = readdir(d)) != NULL;)
    if (strstr(e->d_name, ".wat") || strstr(e->d_name, ".hex")) names[n++] = strdup(e->d_name);
  if (d) closedir(d);
  qsort(names, n, sizeof *names, by_name);
  for (size_t i = 0; i < n; i++) {
    check_file(folder, names[i]);
    free(names[i]);
  }
}

/* ---- Made here --------------------------------------------------------------------------- */

struct buf {
  char *data;
  size_t n, cap;
};

static void put(struct buf *b, const char *data, size_t n) {
  if (b->n + n > b->cap) {
    b->cap = (b->n + n) * 2;
    b->data = realloc(b->data, b->cap);
    if (!b->data) abort();
  }
  memcpy(b->data + b->n, data, n);
  b->n += n;
}
static void put_text(struct buf *b, const char *text) { put(b, text, strlen(text)); }
static void put_times(struct buf *b, const char *text, size_t times) {
  for (size_t i = 0; i < times; i++) put_text(b, text);
}
static void put_leb(struct buf *b, uint32_t x) {
  do {
    char byte = (char)((x & 0x7f) | (x > 0x7f ? 0x80 : 0));
    put(b, &byte, 1);
  } while ((x >>= 7) != 0);
}
/* A section around what is in body, which is emptied. */
static void put_section(struct buf *b, char id, struct buf *body) {
  put(b, &id, 1);
  put_leb(b, (uint32_t)body->n);
  put(b, body->data, body->n);
  body->n = 0;
}
static void put_magic(struct buf *b) { put(b, "\0asm\1\0\0\0", 8); }

static void check_buf(const char *name, struct buf *b, bool is_text, const char *want) {
  struct input in = {b->data, b->n, is_text};
  check(name, &in, want);
  b->n = 0;
}

static void check_nesting(struct buf *b) {
  /* Blocks in blocks, as text and as a binary. */
  put_text(b, "(module (func ");
  put_times(b, "(block ", 200000);
  put_times(b, ")", 200000);
  put_text(b, "))");
  check_buf("deep folding", b, true, "unsupported nesting too deep");
  put_text(b, "(module (func (result i32) ");
  put_times(b, "(i32.eqz ", 90000);
  put_text(b, "(i32.const 0)");
  put_times(b, ")", 90000);
  put_text(b, "))");
  check_buf("deep folding within the limit", b, true, "ok");
  put_times(b, "(; ", 300000);
  check_buf("comments in comments", b, true, "malformed");
  struct buf body = {0};
  put_magic(b);
  put(&body, "\1\x60\0\0", 4);
  put_section(b, 1, &body);
  put(&body, "\1\0", 2);
  put_section(b, 3, &body);
  struct buf code = {0};
  put(&code, "\0", 1);
  for (size_t i = 0; i < 1000000; i++) put(&code, "\x02\x40", 2);
  put(&body, "\1", 1);
  put_leb(&body, (uint32_t)code.n);
  put(&body, code.data, code.n);
  put_section(b, 10, &body);
  check_buf("1000000 open blocks", b, false, "unsupported too many nested blocks");
  free(code.data);
  free(body.data);
}

static void check_tokens(struct buf *b) {
  put_text(b, "(module (func $");
  put_times(b, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 100000);
  put_text(b, "))");
  check_buf("a long identifier", b, true, "unsupported too many bytes in a name");
  put_text(b, "(module (func (result i32) (i32.const ");
  put_times(b, "9999999999", 200000);
  put_text(b, ")))");
  check_buf("a long number", b, true, "malformed");
  put_text(b, "(module (func (result f64) (f64.const 0x1.");
  put_times(b, "0123456789abcdef", 100000);
  put_text(b, "p-9999999999999)))");
  check_buf("a long fraction", b, true, "ok");
  put_text(b, "(module (memory 1) (data \"");
  put_times(b, "\\u{10ffff}", 100000);
  put_text(b, "\"))");
  check_buf("many escapes", b, true, "ok");
}

/* One group of n types, each of which refers to all around it. */
static void check_types(struct buf *b) {
  char text[200];
  enum { N = 20000, COPIES = 200 };
  put_text(b, "(module (rec");
  for (int i = 0; i < N; i++) {
    snprintf(text, sizeof text, "(type (struct (field (ref null %d)) (field (ref null %d))))",
             (i + 1) % N, (i * 7919 + 1) % N);
    put_text(b, text);
  }
  put_text(b, "))");
  check_buf("a large group of types", b, true, "ok");
  /* The same small group again and again, and groups that differ in their last field only. */
  put_text(b, "(module");
  for (int i = 0; i < 20000; i++) put_text(b, "(rec (type (func)) (type (struct)))");
  put_text(b, ")");
  check_buf("equal groups", b, true, "ok");
  put_text(b, "(module");
  for (int i = 0; i < COPIES; i++) {
    put_text(b, "(type (struct");
    put_times(b, " (field i32)", 100);
    put_times(b, " (field (mut i8))", (size_t)i);
    put_text(b, "))");
  }
  put_text(b, ")");
  check_buf("groups with a long common start", b, true, "ok");
  put_text(b, "(module (type $0 (sub (struct)))");
  for (int i = 1; i < 100; i++) {
    snprintf(text, sizeof text, "(type $%d (sub $%d (struct)))", i, i - 1);
    put_text(b, text);
  }
  put_text(b, ")");
  check_buf("a long chain of supertypes", b, true, "invalid");
}

static void check_counts(struct buf *b) {
  struct buf body = {0};
  /* Vectors that say they are long, in sections that are not. */
  static const struct {
    char id;
    const char *name;
  } sections[] = {{1, "types"},   {2, "imports"}, {3, "functions"}, {4, "tables"}, {5, "memories"},
                  {6, "globals"}, {7, "exports"}, {9, "elements"},  {10, "bodies"}, {11, "data"},
                  {13, "tags"}};
  for (size_t i = 0; i < sizeof sections / sizeof *sections; i++) {
    char name[60];
    put_magic(b);
    put_leb(&body, 0xffffffff);
    put_section(b, sections[i].id, &body);
    snprintf(name, sizeof name, "4294967295 %s", sections[i].name);
    check_buf(name, b, false, "malformed");
  }
  /* Locals that sum up to more than there may be. */
  put_magic(b);
  put(&body, "\1\x60\0\0", 4);
  put_section(b, 1, &body);
  put(&body, "\1\0", 2);
  put_section(b, 3, &body);
  put(&body, "\1\x0f\2", 3);
  for (int i = 0; i < 2; i++) {
    put_leb(&body, 0x7fffffff);
    put(&body, "\x7f", 1);
  }
  put(&body, "\x0b\x0b", 2);
  put_section(b, 10, &body);
  check_buf("4294967294 locals", b, false, "unsupported too many locals");
  /* A branch table of 7 million targets, and one whose length is not there. */
  put_magic(b);
  put(&body, "\1\x60\0\0", 4);
  put_section(b, 1, &body);
  put(&body, "\1\0", 2);
  put_section(b, 3, &body);
  put(&body, "\1\x0c\0\x41\0\x0e\xff\xff\xff\xff\x0f\0\0\x0b", 14);
  put_section(b, 10, &body);
  check_buf("a branch table of 4294967295", b, false, "malformed");
  free(body.data);
}

/* Throwing through a function of many handlers, which is searched at each throw. */
static void check_handlers(struct buf *b) {
  put_text(b, "(module (tag $e) (tag $f) (func (export \"run\") (loop $again (block $h ");
  put_times(b, "(block $c (try_table (catch $f $c)", 3000);
  put_text(b, "(block $in (try_table (catch $e $in) (throw $e)))");
  put_text(b, "(br $again)");
  put_times(b, "))", 3000);
  put_text(b, "))))");
  check_buf("many handlers", b, true, "exhaustion out of fuel");
}

int main(int argc, char **argv) {
  struct buf b = {0};
  check_folder(argc > 1 ? argv[1] : "tests/hostile");
  check_nesting(&b);
  check_tokens(&b);
  check_types(&b);
  check_counts(&b);
  check_handlers(&b);
  free(b.data);
  printf("1..%u\n", n_done);
  printf("# %u modules, %u as they should not; at most %.0f MiB\n", n_done, n_failed,
         (double)peak_bytes / (1 << 20));
  return n_failed == 0 ? 0 : 1;
}
