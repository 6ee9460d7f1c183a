/* gzip.c: zlib behind the context's allocator. */
#define ZLIB_CONST /* const input */
#include <wasmfx/link.h>

#include <string.h>
#include <zlib.h>

#include "base/ctx.h"

/* zlib frees without a size, so each block begins with its own. */
enum { GZIP_HEADER = 16 };

static voidpf z_alloc(voidpf opaque, uInt n, uInt size) {
  const wfx_ctx *ctx = opaque;
  if (size != 0 && n > (SIZE_MAX - GZIP_HEADER) / size) return Z_NULL;
  size_t n_bytes = (size_t)n * size + GZIP_HEADER;
  char *p = wfx__alloc(ctx, n_bytes);
  if (!p) return Z_NULL;
  memcpy(p, &n_bytes, sizeof n_bytes);
  return p + GZIP_HEADER;
}

static void z_free(voidpf opaque, voidpf ptr) {
  size_t n_bytes;
  char *p = (char *)ptr - GZIP_HEADER;
  memcpy(&n_bytes, p, sizeof n_bytes);
  wfx__free(opaque, p, n_bytes);
}

/* A stream over one input and one growing output. zlib counts in 32 bits: both are handed over
 * in pieces. */
struct gzip_stream {
  const wfx_ctx *ctx;
  z_stream z;
  const uint8_t *in;
  size_t n_in;         /* not yet handed over */
  uint8_t *out;
  size_t n_out, cap;
  size_t max_out;
};

static void gzip_init(struct gzip_stream *s, const wfx_ctx *ctx, const uint8_t *bytes,
                        size_t n_bytes, size_t max_out) {
  memset(s, 0, sizeof *s);
  s->ctx = ctx;
  s->in = bytes;
  s->n_in = n_bytes;
  s->max_out = max_out;
  s->z.zalloc = z_alloc;
  s->z.zfree = z_free;
  memcpy(&s->z.opaque, &ctx, sizeof ctx); /* an assignment would drop the const */
}

static uInt gzip_piece(size_t n) { return n > (1u << 30) ? 1u << 30 : (uInt)n; }

static void gzip_feed(struct gzip_stream *s) {
  if (s->z.avail_in != 0) return;
  uInt n = gzip_piece(s->n_in);
  s->z.next_in = s->in;
  s->z.avail_in = n;
  if (n != 0) s->in += n;
  s->n_in -= n;
}

/* Make room for output. */
static wfx_status gzip_room(struct gzip_stream *s) {
  if (s->n_out < s->cap) return WFX_OK;
  if (s->cap == s->max_out) return WFX_IO;
  size_t cap = s->cap < 4096 ? 4096 : s->cap > SIZE_MAX / 2 ? SIZE_MAX : s->cap * 2;
  if (cap > s->max_out) cap = s->max_out;
  uint8_t *p = wfx__realloc(s->ctx, s->out, s->cap, cap);
  if (!p) return WFX_NOMEM;
  s->out = p;
  s->cap = cap;
  return WFX_OK;
}

/* Run one step of zlib with room for output. */
static int gzip_step(struct gzip_stream *s, int (*run)(z_streamp, int), int flush) {
  uInt room = gzip_piece(s->cap - s->n_out);
  s->z.next_out = s->out + s->n_out;
  s->z.avail_out = room;
  int r = run(&s->z, flush);
  s->n_out += room - s->z.avail_out;
  return r;
}

/* Hand the output over, cut to its size. */
static wfx_status gzip_finish(struct gzip_stream *s, wfx_status status, wfx_bytes *out) {
  if (status == WFX_OK && s->n_out < s->cap) {
    uint8_t *p = wfx__realloc(s->ctx, s->out, s->cap, s->n_out);
    if (!p && s->n_out != 0) {
      status = WFX_NOMEM;
    } else {
      s->out = p;
      s->cap = s->n_out;
    }
  }
  if (status != WFX_OK) {
    wfx__free(s->ctx, s->out, s->cap);
    return status;
  }
  out->data = s->out;
  out->n = s->n_out;
  return WFX_OK;
}

static wfx_status deflate_all(struct gzip_stream *s) {
  for (;;) {
    wfx_status room = gzip_room(s);
    if (room != WFX_OK) return room;
    gzip_feed(s);
    int r = gzip_step(s, deflate, s->n_in == 0 ? Z_FINISH : Z_NO_FLUSH);
    if (r == Z_STREAM_END) return WFX_OK;
    if (r != Z_OK && r != Z_BUF_ERROR) return WFX_IO;
  }
}

enum { GZIP_WINDOW = 15 + 16, GZIP_MEMORY_LEVEL = 9 };

wfx_status wfx_gzip(const wfx_ctx *ctx, const uint8_t *bytes, size_t n_bytes, wfx_bytes *out) {
  struct gzip_stream s;
  out->data = NULL;
  out->n = 0;
  gzip_init(&s, ctx, bytes, n_bytes, SIZE_MAX);
  int r = deflateInit2(&s.z, Z_BEST_COMPRESSION, Z_DEFLATED, GZIP_WINDOW, GZIP_MEMORY_LEVEL,
                       Z_DEFAULT_STRATEGY);
  if (r != Z_OK) return r == Z_MEM_ERROR ? WFX_NOMEM : WFX_IO;
  wfx_status status = deflate_all(&s);
  deflateEnd(&s.z);
  return gzip_finish(&s, status, out);
}

/* A file may hold several streams, one behind the other. */
static wfx_status inflate_all(struct gzip_stream *s) {
  uint8_t extra;
  for (;;) {
    gzip_feed(s);
    bool is_full = s->n_out == s->cap && s->cap == s->max_out;
    if (!is_full) {
      wfx_status room = gzip_room(s);
      if (room != WFX_OK) return room;
    }
    /* At the limit a stream may still have its trailer to read, but nothing to write. */
    uInt had_in = s->z.avail_in;
    int r;
    if (is_full) {
      s->z.next_out = &extra;
      s->z.avail_out = 1;
      r = inflate(&s->z, Z_NO_FLUSH);
      if (s->z.avail_out == 0) return WFX_IO;
    } else {
      r = gzip_step(s, inflate, Z_NO_FLUSH);
    }
    if (r == Z_STREAM_END) {
      if (s->z.avail_in == 0 && s->n_in == 0) return WFX_OK;
      if (inflateReset(&s->z) != Z_OK) return WFX_IO;
      continue;
    }
    if (r == Z_MEM_ERROR) return WFX_NOMEM;
    if (r != Z_OK && r != Z_BUF_ERROR) return WFX_IO;
    bool is_stuck = s->z.avail_out != 0 && s->z.avail_in == had_in;
    if (s->z.avail_in == 0 && s->n_in == 0 && s->z.avail_out != 0) return WFX_IO;
    if (is_stuck && had_in != 0) return WFX_IO;
  }
}

wfx_status wfx_gunzip(const wfx_ctx *ctx, const uint8_t *bytes, size_t n_bytes,
                      size_t max_bytes, wfx_bytes *out) {
  struct gzip_stream s;
  out->data = NULL;
  out->n = 0;
  gzip_init(&s, ctx, bytes, n_bytes, max_bytes);
  int r = inflateInit2(&s.z, GZIP_WINDOW);
  if (r != Z_OK) return r == Z_MEM_ERROR ? WFX_NOMEM : WFX_IO;
  wfx_status status = inflate_all(&s);
  inflateEnd(&s.z);
  return gzip_finish(&s, status, out);
}
