/* sweep.c: a collection, and what is free after it.
 *
 * A line without a marked object is free; so is a block without a marked line. The next
 * collection is due when as many bytes have been taken as this one left. */
#include <assert.h>
#include <string.h>

#include "heap/space.h"

enum { KEPT_PART = 16 };

static size_t count_live_lines(const struct bits *bits) {
  const uint64_t low_bits = UINT64_C(0x7f7f7f7f7f7f7f7f);
  size_t n = 0;
  for (size_t i = 0; i < BLOCK_WORDS; i++) {
    /* The top bit of each byte that is not zero. */
    const uint64_t marks = bits->marks[i];
    const uint64_t lines = (((marks & low_bits) + low_bits) | marks) & ~low_bits;
    n += (size_t)__builtin_popcountll(lines);
  }
  return n;
}

/* So that an object that was not marked but is still used shows. */
static void scribble(const struct block *b, const struct bits *bits) {
  for (size_t i = 0; i < BLOCK_LINES; i++)
    if (line_is_free(bits, i)) memset(b->base + i * HEAP_LINE_BYTES, 0xd5, HEAP_LINE_BYTES);
}

/* Returns the number of live lines. */
static size_t sweep_block(struct heap *h, struct block *b, struct bits *bits) {
  const size_t n_live = count_live_lines(bits);
  for (size_t i = 0; i < BLOCK_WORDS; i++) bits->starts[i] &= bits->marks[i];
  if (h->is_stress) scribble(b, bits);
  if (n_live == 0) {
    b->state = BLOCK_FREE;
    h->n_used--;
    h->n_free++;
  }
  return n_live;
}

static void sweep_blocks(struct heap *h) {
  for (uint32_t i = 0; i < h->n_regions; i++) {
    struct region *r = &h->regions[i];
    for (uint32_t j = 0; j < r->n_chunks * CHUNK_BLOCKS; j++)
      if (r->blocks[j].state == BLOCK_USED)
        h->stats.live_bytes += sweep_block(h, &r->blocks[j], &r->bits[j]) * HEAP_LINE_BYTES;
  }
}

static void sweep_larges(struct heap *h) {
  size_t n = 0;
  for (size_t i = 0; i < h->n_larges; i++) {
    struct large *l = h->larges[i];
    if (l->is_marked)
      h->larges[n++] = l;
    else
      wfx__large_free(h, l);
  }
  h->n_larges = n;
  h->stats.live_bytes += h->large_bytes;
}

/* Give back chunks that stand empty, but for what the next cycle will want, and a slowly
 * shrinking share of what earlier ones wanted: touching pages anew costs more than collecting. */
static void decommit_chunks(struct heap *h, size_t n_wanted) {
  h->n_kept -= h->n_kept / KEPT_PART;
  if (h->n_kept < n_wanted) h->n_kept = n_wanted;
  size_t keep = (size_t)(h->budget_bytes / BLOCK_BYTES) + CHUNK_BLOCKS;
  if (keep + h->n_used < h->n_kept) keep = h->n_kept - h->n_used;
  for (uint32_t i = h->n_regions; i-- > 0;) {
    struct region *r = &h->regions[i];
    for (uint32_t chunk = r->n_chunks; chunk-- > 0;) {
      if (h->n_free < keep + CHUNK_BLOCKS) return;
      struct block *blocks = &r->blocks[chunk * CHUNK_BLOCKS];
      uint32_t n_free = 0;
      while (n_free < CHUNK_BLOCKS && blocks[n_free].state == BLOCK_FREE) n_free++;
      if (n_free < CHUNK_BLOCKS) continue;
      h->ctx->pages.decommit(h->ctx->ud, blocks[0].base, CHUNK_BYTES);
      for (uint32_t j = 0; j < CHUNK_BLOCKS; j++) blocks[j].state = BLOCK_NONE;
      h->n_free -= CHUNK_BLOCKS;
    }
  }
}

/* Make the lists of free and of partly free blocks anew, in order of address. */
static void link_blocks(struct heap *h) {
  h->free = h->partial = NULL;
  for (uint32_t i = h->n_regions; i-- > 0;) {
    struct region *r = &h->regions[i];
    for (uint32_t j = r->n_chunks * CHUNK_BLOCKS; j-- > 0;) {
      struct block *b = &r->blocks[j];
      struct block **list = NULL;
      if (b->state == BLOCK_FREE)
        list = &h->free;
      else if (b->state == BLOCK_USED && count_live_lines(&r->bits[j]) < BLOCK_LINES)
        list = &h->partial;
      if (list == NULL) continue;
      b->next = *list;
      *list = b;
    }
  }
}

void wfx__heap_sweep(struct heap *h) {
  memset(&h->main, 0, sizeof h->main);
  memset(&h->overflow, 0, sizeof h->overflow);
  const size_t n_wanted = h->n_used;
  h->stats.live_bytes = 0;
  sweep_blocks(h);
  sweep_larges(h);
  h->budget_bytes = h->stats.live_bytes > MIN_BUDGET_BYTES ? (int64_t)h->stats.live_bytes
                                                           : MIN_BUDGET_BYTES;
  decommit_chunks(h, n_wanted);
  link_blocks(h);
}

void wfx__heap_collect(struct heap *h) {
  assert(!h->is_collecting);
  const uint64_t start_ns = wfx__clock_ns();
  h->is_collecting = true;
  wfx__heap_mark_all(h);
  if (h->owner.sweep != NULL) h->owner.sweep(h->owner.ud, h);
  wfx__heap_sweep(h);
  h->is_collecting = false;
  h->stats.n_collections++;
  const uint64_t pause_ns = wfx__clock_ns() - start_ns;
  h->stats.collection_ns += pause_ns;
  if (pause_ns > h->stats.collection_max_ns) h->stats.collection_max_ns = pause_ns;
}
