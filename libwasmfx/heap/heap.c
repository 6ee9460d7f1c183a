/* heap.c: making the heap, regions, blocks, and the two kinds of allocation.
 *
 * Here: everything that happens without a collection, and when there has to be one. Not here:
 * marking (mark.c), finding what is free afterwards (sweep.c).
 * The design is that of Blackburn and McKinley, "Immix: A Mark-Region Garbage Collector",
 * without moving objects. */
#include "heap/heap.h"

#include <assert.h>
#include <string.h>

#include "heap/space.h"

enum {
  FIRST_STACK = 256,
  MIN_LARGES = 16,
  WINDOW_BYTES = 4096, /* how much of a run is zeroed ahead: less than a first-level cache */
  PAGES_UNIT = 65536
};
static const size_t FIRST_REGION_BYTES = (size_t)64 << 20;
/* Fewer bytes gained than this part of the heap: memory is out, rather than a collection for
 * every few objects. */
static const uint64_t LEAST_GAIN_PART = 32;

struct heap *wfx__heap_new(const wfx_ctx *ctx, struct heap_owner owner) {
  struct heap *h = wfx__alloc_zero(ctx, sizeof *h);
  if (h == NULL) return NULL;
  h->ctx = ctx;
  h->owner = owner;
  h->limit_bytes = ctx->limits.heap_bytes;
  h->is_sorted = true;
  h->stack = wfx__alloc(ctx, FIRST_STACK * sizeof *h->stack);
  if (h->stack == NULL) {
    wfx__free(ctx, h, sizeof *h);
    return NULL;
  }
  h->cap_stack = FIRST_STACK;
  h->budget_bytes = MIN_BUDGET_BYTES;
  return h;
}

static void region_free(const wfx_ctx *ctx, struct region *r) {
  ctx->pages.release(ctx->ud, r->reserved, r->reserved_bytes);
  wfx__free(ctx, r->blocks, r->n_blocks * sizeof *r->blocks);
}

void wfx__large_free(struct heap *h, struct large *l) {
  h->large_bytes -= l->held_bytes;
  if (l->has_pages)
    h->ctx->pages.release(h->ctx->ud, l, l->held_bytes);
  else
    wfx__free(h->ctx, l, l->held_bytes);
}

void wfx__heap_free(struct heap *h) {
  if (h == NULL) return;
  for (size_t i = 0; i < h->n_larges; i++) wfx__large_free(h, h->larges[i]);
  for (uint32_t i = 0; i < h->n_regions; i++) region_free(h->ctx, &h->regions[i]);
  wfx__free(h->ctx, h->larges, h->cap_larges * sizeof *h->larges);
  wfx__free(h->ctx, h->stack, h->cap_stack * sizeof *h->stack);
  wfx__free(h->ctx, h, sizeof *h);
}

/* ---- Regions and blocks ------------------------------------------------------------------ */

static uint64_t heap_used_bytes(const struct heap *h) {
  return (uint64_t)h->n_used * BLOCK_BYTES + h->large_bytes;
}

static void heap_note_peak(struct heap *h) {
  if (heap_used_bytes(h) > h->stats.peak_bytes) h->stats.peak_bytes = heap_used_bytes(h);
}

static bool is_within_limit(const struct heap *h, uint64_t more_bytes) {
  const uint64_t used = heap_used_bytes(h);
  return used <= h->limit_bytes && more_bytes <= h->limit_bytes - used;
}

/* Reserve address space for n_chunks chunks, their bits, and aligning them. */
static bool reserve_region(struct heap *h, struct region *r, size_t n_chunks) {
  const wfx_ctx *ctx = h->ctx;
  const size_t bits_bytes = n_chunks * CHUNK_BLOCKS * sizeof(struct bits);
  memset(r, 0, sizeof *r);
  r->size_bytes = n_chunks * CHUNK_BYTES;
  r->n_blocks = (uint32_t)(n_chunks * CHUNK_BLOCKS);
  r->reserved_bytes = bits_bytes + r->size_bytes + PAGES_UNIT;
  r->reserved = ctx->pages.reserve(ctx->ud, r->reserved_bytes);
  if (r->reserved == NULL) return false;
  r->blocks = wfx__alloc_zero(ctx, r->n_blocks * sizeof *r->blocks);
  if (r->blocks == NULL) {
    ctx->pages.release(ctx->ud, r->reserved, r->reserved_bytes);
    return false;
  }
  char *start = r->reserved;
  start += -(uintptr_t)start & (PAGES_UNIT - 1);
  r->bits = (struct bits *)(void *)start;
  r->base = start + bits_bytes;
  for (size_t i = 0; i < r->n_blocks; i++) r->blocks[i].base = r->base + i * BLOCK_BYTES;
  return true;
}

/* Add a region as large as all before it together, or what can be had. */
static bool heap_add_region(struct heap *h) {
  if (h->n_regions == MAX_REGIONS) return false;
  size_t want = 0;
  for (uint32_t i = 0; i < h->n_regions; i++) want += h->regions[i].size_bytes;
  if (want < FIRST_REGION_BYTES) want = FIRST_REGION_BYTES;
  if (want > h->limit_bytes) want = (size_t)h->limit_bytes;
  for (size_t n_chunks = want / CHUNK_BYTES + 1; n_chunks > 0; n_chunks /= 2) {
    if (n_chunks > UINT32_MAX / CHUNK_BLOCKS) continue;
    if (!reserve_region(h, &h->regions[h->n_regions], n_chunks)) continue;
    h->n_regions++;
    return true;
  }
  return false;
}

static bool commit_chunk(struct heap *h, struct region *r, uint32_t chunk) {
  const wfx_ctx *ctx = h->ctx;
  char *base = r->base + chunk * (size_t)CHUNK_BYTES;
  if (!ctx->pages.commit(ctx->ud, base, CHUNK_BYTES)) return false;
  if (chunk == r->n_chunks) {
    struct bits *bits = r->bits + chunk * (size_t)CHUNK_BLOCKS;
    if (!ctx->pages.commit(ctx->ud, bits, CHUNK_BLOCKS * sizeof *bits)) {
      ctx->pages.decommit(ctx->ud, base, CHUNK_BYTES);
      return false;
    }
    r->n_chunks++;
  }
  for (uint32_t i = CHUNK_BLOCKS; i-- > 0;) {
    struct block *b = &r->blocks[chunk * CHUNK_BLOCKS + i];
    assert(b->state == BLOCK_NONE);
    *b = (struct block){.next = h->free, .base = b->base, .state = BLOCK_FREE, .is_zero = true};
    h->free = b;
  }
  h->n_free += CHUNK_BLOCKS;
  return true;
}

/* Commit the first chunk there is room for: one that was given back, or a new one. */
static bool heap_add_chunk(struct heap *h) {
  for (uint32_t i = 0; i < h->n_regions; i++) {
    struct region *r = &h->regions[i];
    for (uint32_t chunk = 0; chunk < r->n_blocks / CHUNK_BLOCKS; chunk++)
      if (r->blocks[chunk * CHUNK_BLOCKS].state == BLOCK_NONE) return commit_chunk(h, r, chunk);
  }
  return heap_add_region(h) && commit_chunk(h, &h->regions[h->n_regions - 1], 0);
}

static struct block *take_block(struct heap *h) {
  if (!is_within_limit(h, BLOCK_BYTES)) return NULL;
  if (h->free == NULL && !heap_add_chunk(h)) return NULL;
  struct block *b = h->free;
  h->free = b->next;
  b->state = BLOCK_USED;
  h->n_free--;
  h->n_used++;
  h->budget_bytes -= BLOCK_BYTES;
  heap_note_peak(h);
  return b;
}

/* ---- Runs -------------------------------------------------------------------------------- */

static struct bits *block_bits(const struct heap *h, const struct block *b) {
  const struct region *r = region_of(h, (uintptr_t)b->base);
  return &r->bits[block_index(r, (uintptr_t)b->base)];
}

static void run_set(struct heap *h, struct line_run *run, struct block *b, size_t first_line,
                    size_t end_line) {
  run->block = b;
  run->bump.at = run->bump.end = b->base + first_line * HEAP_LINE_BYTES;
  run->run_end = b->base + end_line * HEAP_LINE_BYTES;
  run->bump.starts = block_bits(h, b)->starts;
  run->is_zero = b->is_zero;
}

/* Take a free block as the run. */
static bool run_take_block(struct heap *h, struct line_run *run) {
  struct block *b = take_block(h);
  if (b == NULL) return false;
  run_set(h, run, b, 0, BLOCK_LINES);
  b->is_zero = false;
  return true;
}

/* Go on with the next run of free lines in the same block. */
static bool run_next_here(struct heap *h, struct line_run *run) {
  struct block *b = run->block;
  if (b == NULL) return false;
  const struct bits *bits = block_bits(h, b);
  size_t first = (size_t)(run->run_end - b->base) / HEAP_LINE_BYTES;
  while (first < BLOCK_LINES && !line_is_free(bits, first)) first++;
  if (first == BLOCK_LINES) return false;
  size_t end = first + 1;
  while (end < BLOCK_LINES && line_is_free(bits, end)) end++;
  run_set(h, run, b, first, end);
  h->budget_bytes -= (int64_t)((end - first) * HEAP_LINE_BYTES);
  return true;
}

/* Go on with the first run of the next partly free block. */
static bool run_next_partial(struct heap *h, struct line_run *run) {
  struct block *b = h->partial;
  if (b == NULL) return false;
  h->partial = b->next;
  run->block = b;
  run->run_end = b->base;
  return run_next_here(h, run);
}

/* Have size_bytes zeroed at bump.at, if the run is long enough. */
static bool run_extend(struct line_run *run, size_t size_bytes, bool is_exact) {
  struct heap_bump *bump = &run->bump;
  if (bump->at == NULL || (size_t)(run->run_end - bump->at) < size_bytes) return false;
  const size_t have = (size_t)(bump->end - bump->at);
  if (have >= size_bytes) return true;
  size_t more = size_bytes - have;
  if (!is_exact && more < WINDOW_BYTES) more = WINDOW_BYTES;
  if (more > (size_t)(run->run_end - bump->end)) more = (size_t)(run->run_end - bump->end);
  if (!run->is_zero) memset(bump->end, 0, more);
  bump->end += more;
  return true;
}

static struct obj *run_take(struct line_run *run, size_t size_bytes) {
  struct heap_bump *bump = &run->bump;
  assert(size_bytes <= (size_t)(bump->end - bump->at));
  const uintptr_t at = (uintptr_t)bump->at;
  struct obj *obj = (struct obj *)(void *)bump->at;
  bump->starts[granule_word(at)] |= granule_bit(at);
  bump->at += size_bytes;
  return obj;
}

/* A small object, without collecting. Objects of at most a line fit into any run. Longer ones
 * would waste the short runs, so these go to blocks of their own while there are any. */
static struct obj *alloc_small(struct heap *h, size_t size_bytes) {
  /* Under stress the fast path must never have room. */
  const bool is_exact = h->is_stress;
  if (run_extend(&h->main, size_bytes, is_exact)) return run_take(&h->main, size_bytes);
  if (size_bytes > HEAP_LINE_BYTES) {
    if (run_extend(&h->overflow, size_bytes, true)) return run_take(&h->overflow, size_bytes);
    if (h->partial != NULL && run_take_block(h, &h->overflow) &&
        run_extend(&h->overflow, size_bytes, true))
      return run_take(&h->overflow, size_bytes);
  }
  while (run_next_here(h, &h->main) || run_next_partial(h, &h->main) ||
         run_take_block(h, &h->main))
    if (run_extend(&h->main, size_bytes, is_exact)) return run_take(&h->main, size_bytes);
  return NULL;
}

/* ---- Large objects ----------------------------------------------------------------------- */

static bool reserve_larges(struct heap *h) {
  if (h->n_larges < h->cap_larges) return true;
  const size_t cap = h->cap_larges == 0 ? MIN_LARGES : h->cap_larges * 2;
  struct large **larges = wfx__realloc(h->ctx, h->larges, h->cap_larges * sizeof *larges,
                                       cap * sizeof *larges);
  if (larges == NULL) return false;
  h->larges = larges;
  h->cap_larges = cap;
  return true;
}

static struct large *take_pages(const wfx_ctx *ctx, size_t held_bytes) {
  void *pages = ctx->pages.reserve(ctx->ud, held_bytes);
  if (pages == NULL) return NULL;
  if (ctx->pages.commit(ctx->ud, pages, held_bytes)) return pages;
  ctx->pages.release(ctx->ud, pages, held_bytes);
  return NULL;
}

/* A large object, without collecting. */
static struct obj *alloc_large(struct heap *h, size_t size_bytes) {
  if (!is_within_limit(h, size_bytes) || size_bytes > SIZE_MAX / 2) return NULL;
  size_t held = sizeof(struct large) + size_bytes;
  const bool has_pages = held >= LARGE_PAGES_BYTES;
  if (has_pages) held = (held + PAGES_UNIT - 1) & ~(size_t)(PAGES_UNIT - 1);
  if (!is_within_limit(h, held) || !reserve_larges(h)) return NULL;
  struct large *l = has_pages ? take_pages(h->ctx, held) : wfx__alloc_zero(h->ctx, held);
  if (l == NULL) return NULL;
  l->size_bytes = size_bytes;
  l->held_bytes = held;
  l->has_pages = has_pages;
  h->larges[h->n_larges++] = l;
  h->is_sorted = false;
  h->large_bytes += held;
  h->budget_bytes -= (int64_t)held;
  heap_note_peak(h);
  return large_obj(l);
}

/* ---- Allocation -------------------------------------------------------------------------- */

static struct obj *try_alloc(struct heap *h, size_t size_bytes) {
  return size_bytes > SMALL_MAX_BYTES ? alloc_large(h, size_bytes) : alloc_small(h, size_bytes);
}

/* Whether the last collection was worth its time. */
static bool has_gained(const struct heap *h) {
  uint64_t all = heap_used_bytes(h) + (uint64_t)h->n_free * BLOCK_BYTES;
  if (all > h->limit_bytes) all = h->limit_bytes;
  return all - h->stats.live_bytes >= all / LEAST_GAIN_PART;
}

struct obj *wfx__heap_alloc(struct heap *h, const struct rtt *rtt, size_t size_bytes) {
  assert(!h->is_collecting && size_bytes >= sizeof(struct obj));
  if (size_bytes > SIZE_MAX - GRANULE_BYTES) return NULL;
  size_bytes = (size_bytes + GRANULE_BYTES - 1) & ~(size_t)(GRANULE_BYTES - 1);
  const bool has_room = size_bytes <= SMALL_MAX_BYTES &&
                        size_bytes <= (size_t)(h->main.run_end - h->main.bump.at);
  const bool has_collected = h->is_stress || (!has_room && h->budget_bytes < 0);
  if (has_collected) wfx__heap_collect(h);
  struct obj *obj = try_alloc(h, size_bytes);
  if (obj == NULL && !has_collected) {
    wfx__heap_collect(h);
    if (has_gained(h)) obj = try_alloc(h, size_bytes);
  }
  if (obj != NULL) obj->rtt = rtt;
  return obj;
}

void wfx__heap_set_stress(struct heap *h, bool is_on) {
  h->is_stress = is_on;
  h->main.bump.end = h->main.bump.at;
}

void wfx__heap_stats(const struct heap *h, struct heap_stats *out) { *out = h->stats; }
