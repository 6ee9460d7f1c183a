/* space.h: what the heap is made of; for the files of this room only.
 *
 * A region is address space: first 512 bytes of bits for each block, then the blocks. It is
 * committed a chunk at a time: 128 blocks and their bits. The bits lie apart from the objects
 * so that a collection's own memory is dense, and does not fall into few sets of the caches.
 *
 * A granule is 16 bytes. starts has a bit for each granule where an object begins. marks has a
 * bit for the first granule of each marked object, and for the first granule of each further
 * line that the object reaches into; so the 8 bits (a byte) of a line are zero if and only if
 * the line is free. Between collections marks tells which lines were free at the last one. */
#ifndef HEAP_SPACE_H
#define HEAP_SPACE_H

#include "heap/heap.h"

enum {
  GRANULE_BYTES = 16,
  HEAP_LINE_BYTES = 128,
  BLOCK_BYTES = 32768,
  BLOCK_LINES = BLOCK_BYTES / HEAP_LINE_BYTES,
  BLOCK_WORDS = BLOCK_BYTES / GRANULE_BYTES / 64,
  CHUNK_BLOCKS = 128,
  CHUNK_BYTES = CHUNK_BLOCKS * BLOCK_BYTES,
  SMALL_MAX_BYTES = 8192,        /* larger objects are struct large */
  LARGE_PAGES_BYTES = 256 * 1024, /* from this on taken from ctx->pages, else from ctx->alloc */
  MIN_BUDGET_BYTES = 4 << 20,
  MAX_REGIONS = 64
};

struct bits {
  uint64_t starts[BLOCK_WORDS];
  uint64_t marks[BLOCK_WORDS];
};
_Static_assert(sizeof(struct bits) * CHUNK_BLOCKS == 65536, "the unit of committing");

/* not committed; committed and empty; all others. No bits are set but in used blocks. */
enum block_state { BLOCK_NONE, BLOCK_FREE, BLOCK_USED };

struct block {
  struct block *next; /* in the list of free or of partly free blocks */
  char *base;
  uint8_t state;      /* enum block_state */
  bool is_zero;       /* free: as it came from the system */
};

struct region {
  char *base;           /* of the blocks, aligned to BLOCK_BYTES */
  size_t size_bytes;    /* of the blocks */
  struct bits *bits;    /* by block */
  struct block *blocks; /* all of them, owned */
  void *reserved;
  size_t reserved_bytes;
  uint32_t n_blocks;
  uint32_t n_chunks;    /* chunks whose bits are committed */
};

/* In front of each large object. */
struct large {
  size_t size_bytes; /* of the object */
  size_t held_bytes; /* of everything, this included */
  bool has_pages;    /* from ctx->pages */
  bool is_marked;
  char unused[14];
};
_Static_assert(sizeof(struct large) % GRANULE_BYTES == 0, "objects are aligned");

/* A run of free lines being filled: objects go to [at, end), which is zero; [end, run_end) is
 * still to be zeroed. */
struct line_run {
  struct heap_bump bump;
  char *run_end;
  struct block *block;
  bool is_zero;
};

struct heap {
  struct line_run main;     /* first: heap.h */
  struct line_run overflow; /* a block for objects of several lines that found no run in main */
  const wfx_ctx *ctx;
  struct heap_owner owner;

  struct region regions[MAX_REGIONS];
  uint32_t n_regions;
  struct block *free, *partial; /* lists */
  size_t n_free, n_used;        /* blocks */
  size_t n_kept;                /* blocks not to be given back yet, used ones included */

  struct large **larges; /* owned; in order of address while is_sorted */
  size_t n_larges, cap_larges;
  uint64_t large_bytes; /* their held_bytes */
  bool is_sorted;

  struct obj **stack; /* marked objects still to be scanned */
  size_t n_stack, cap_stack;
  bool is_overflown; /* some marked objects are on no stack */
  bool is_collecting;
  bool is_stress;

  uint64_t limit_bytes;
  int64_t budget_bytes; /* what may still be taken before the next collection */
  struct heap_stats stats;
};

/* The region that holds the address, or NULL. The newest is the largest. */
static inline const struct region *region_of(const struct heap *h, uintptr_t address) {
  for (uint32_t i = h->n_regions; i-- > 0;)
    if (address - (uintptr_t)h->regions[i].base < h->regions[i].size_bytes)
      return &h->regions[i];
  return NULL;
}
static inline size_t block_index(const struct region *r, uintptr_t address) {
  return (address - (uintptr_t)r->base) / BLOCK_BYTES;
}
static inline size_t granule_word(uintptr_t address) { return address >> 10 & 31; }
static inline uint64_t granule_bit(uintptr_t address) {
  return (uint64_t)1 << (address >> 4 & 63);
}
/* Whether line i of the block is free, between collections. */
static inline bool line_is_free(const struct bits *b, size_t i) {
  return (b->marks[i / 8] >> (i % 8 * 8) & 0xff) == 0;
}

static inline struct obj *large_obj(struct large *l) { return (struct obj *)(void *)(l + 1); }
static inline struct large *obj_large(struct obj *o) { return (struct large *)(void *)o - 1; }

/* Bytes of an object, not rounded. */
size_t wfx__obj_size(const struct obj *o);
static inline bool kind_is_heap_only(uint8_t kind) {
  return kind == OBJ_STRUCT || kind == OBJ_ARRAY || kind == OBJ_EXN;
}
/* Mark everything reachable. */
void wfx__heap_mark_all(struct heap *h);
/* Free what is not marked, and set the budget for the next collection. */
void wfx__heap_sweep(struct heap *h);
void wfx__large_free(struct heap *h, struct large *l);

#endif
