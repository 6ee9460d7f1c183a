/* ctx.c: contexts, their defaults, and the allocator behind everything. */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS, MAP_NORESERVE, clock_gettime */
#include "base/ctx.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "base/diag.h"

static void *std_alloc(void *ud, void *ptr, size_t old_size, size_t new_size) {
  (void)ud;
  (void)old_size;
  if (new_size == 0) {
    free(ptr);
    return NULL;
  }
  return realloc(ptr, new_size);
}

static void *std_reserve(void *ud, size_t size_bytes) {
  (void)ud;
  void *p = mmap(NULL, size_bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return p == MAP_FAILED ? NULL : p;
}

static bool std_commit(void *ud, void *ptr, size_t size_bytes) {
  (void)ud;
  return mprotect(ptr, size_bytes, PROT_READ | PROT_WRITE) == 0;
}

static void std_decommit(void *ud, void *ptr, size_t size_bytes) {
  (void)ud;
  madvise(ptr, size_bytes, MADV_DONTNEED);
  mprotect(ptr, size_bytes, PROT_NONE);
}

static void std_release(void *ud, void *ptr, size_t size_bytes) {
  (void)ud;
  munmap(ptr, size_bytes);
}

/* The defaults of the JavaScript embedding where it names one. */
static const wfx_limits default_limits = {
    .module_bytes = 1024u * 1024 * 1024,
    .n_types = 1000000,
    .n_funcs = 1000000,
    .n_globals = 1000000,
    .n_tags = 1000000,
    .n_tables = 100000,
    .n_memories = 100,
    .n_imports = 100000,
    .n_exports = 100000,
    .n_datas = 100000,
    .n_elems = 10000000,
    .n_params = 1000,
    .n_results = 1000,
    .n_locals = 50000,
    .n_fields = 10000,
    .n_clauses = 10000,
    .subtype_depth = 63,
    .body_bytes = 7654321,
    .name_bytes = 100000,
    .nesting = 100000,
    .table_size = 10000000,
    .memory_bytes = (uint64_t)16 << 30,
    .heap_bytes = (uint64_t)4 << 30,
    .stack_bytes = (uint64_t)256 << 20,
    .n_continuations = 100000000,
};

#define FILL(field) \
  if (limits->field == 0) limits->field = default_limits.field

static void fill_limits(wfx_limits *limits) {
  FILL(module_bytes);
  FILL(n_types);
  FILL(n_funcs);
  FILL(n_globals);
  FILL(n_tags);
  FILL(n_tables);
  FILL(n_memories);
  FILL(n_imports);
  FILL(n_exports);
  FILL(n_datas);
  FILL(n_elems);
  FILL(n_params);
  FILL(n_results);
  FILL(n_locals);
  FILL(n_fields);
  FILL(n_clauses);
  FILL(subtype_depth);
  FILL(body_bytes);
  FILL(name_bytes);
  FILL(nesting);
  FILL(table_size);
  FILL(memory_bytes);
  FILL(heap_bytes);
  FILL(stack_bytes);
  FILL(n_continuations);
}

wfx_ctx *wfx_ctx_new(const wfx_options *options) {
  wfx_options o;
  memset(&o, 0, sizeof o);
  if (options) memcpy(&o, options, options->size < sizeof o ? options->size : sizeof o);
  wfx_alloc_fn alloc = o.alloc ? o.alloc : std_alloc;
  wfx_ctx *ctx = alloc(o.ud, NULL, 0, sizeof *ctx);
  if (!ctx) return NULL;
  memset(ctx, 0, sizeof *ctx);
  ctx->alloc = alloc;
  ctx->ud = o.ud;
  ctx->pages = o.pages;
  if (!o.pages.reserve)
    ctx->pages = (wfx_pages){std_reserve, std_commit, std_decommit, std_release};
  ctx->features = o.features ? o.features : wfx_features_default();
  ctx->limits = o.limits;
  ctx->dialect = o.dialect;
  fill_limits(&ctx->limits);
  /* Addresses are random enough to keep an input's author from choosing collisions. */
  uintptr_t at_heap = (uintptr_t)ctx, at_stack = (uintptr_t)&o;
  ctx->hash_seed = ((uint64_t)at_heap * 0x9e3779b97f4a7c15u) ^ ((uint64_t)at_stack << 17);
  return ctx;
}

void wfx_ctx_free(wfx_ctx *ctx) {
  if (ctx) ctx->alloc(ctx->ud, ctx, sizeof *ctx, 0);
}

uint64_t wfx__clock_ns(void) {
  struct timespec t;
  if (clock_gettime(CLOCK_MONOTONIC, &t) != 0) return 0;
  return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

const wfx_limits *wfx_ctx_limits(const wfx_ctx *ctx) { return &ctx->limits; }

void wfx_bytes_free(const wfx_ctx *ctx, wfx_bytes *bytes) {
  wfx__free(ctx, bytes->data, bytes->n);
  bytes->data = NULL;
  bytes->n = 0;
}

void *wfx__realloc(const wfx_ctx *ctx, void *ptr, size_t old_bytes, size_t new_bytes) {
  if (new_bytes > PTRDIFF_MAX) return NULL;
  return ctx->alloc(ctx->ud, ptr, old_bytes, new_bytes);
}

void *wfx__alloc(const wfx_ctx *ctx, size_t size_bytes) {
  return wfx__realloc(ctx, NULL, 0, size_bytes);
}

void *wfx__alloc_zero(const wfx_ctx *ctx, size_t size_bytes) {
  void *p = wfx__alloc(ctx, size_bytes);
  if (p) memset(p, 0, size_bytes);
  return p;
}

void wfx__free(const wfx_ctx *ctx, void *ptr, size_t size_bytes) {
  if (ptr) ctx->alloc(ctx->ud, ptr, size_bytes, 0);
}

#define TEXT2(x) #x
#define TEXT(x) TEXT2(x)
const char *wfx_version(void) {
  return TEXT(WFX_VERSION_MAJOR) "." TEXT(WFX_VERSION_MINOR) "." TEXT(WFX_VERSION_PATCH);
}

const char *wfx_status_text(wfx_status status) {
  switch (status) {
#define WFX_STATUS(id, text, meaning) \
  case WFX_##id: return text;
#include <wasmfx/status.def>
#undef WFX_STATUS
  }
  return "unknown";
}

static const struct {
  const char *text;
  bool is_default;
} feature_rows[] = {
#define WFX_FEATURE(id, text, is_default, doc) [WFX_FEATURE_##id] = {text, is_default},
#include <wasmfx/feature.def>
#undef WFX_FEATURE
};
enum { N_FEATURES = sizeof feature_rows / sizeof *feature_rows };

uint64_t wfx_features_default(void) {
  uint64_t bits = 0;
  for (unsigned i = 0; i < N_FEATURES; i++)
    if (feature_rows[i].is_default) bits |= (uint64_t)1 << i;
  return bits;
}

uint64_t wfx_features_all(void) { return ((uint64_t)1 << N_FEATURES) - 1; }

int wfx_feature_find(const char *text) {
  for (int i = 0; i < N_FEATURES; i++)
    if (strcmp(feature_rows[i].text, text) == 0) return i;
  return -1;
}

const char *wfx_feature_text(wfx_feature feature) { return feature_rows[feature].text; }
