/* heap.h: the collected heap of a store: non-moving, mark-region.
 *
 * Blocks of 32 KiB in lines of 128 bytes; objects are bump-allocated into runs of free lines;
 * larger ones have pages of their own. A bitmap of object starts lets any word, also one pointing
 * into the middle of an object, be resolved. Objects are marked precisely by their descriptors;
 * the owner says which words are roots. */
#ifndef HEAP_HEAP_H
#define HEAP_HEAP_H

#include "base/vec.h"
#include "store/layout.h"

struct heap;

/* Called during a collection: report every root with the calls below. */
typedef void (*heap_roots_fn)(void *ud, struct heap *h);
/* Called when marking finds a continuation reference: mark the record and report what its stack
 * holds, later, when drain is called. revision is UINT64_MAX for a reference found in a word that
 * may not be one. */
typedef void (*heap_cont_fn)(void *ud, struct heap *h, struct cont *cont, uint64_t revision);
/* Report the stacks of records marked since the last call; true if there were any. */
typedef bool (*heap_drain_fn)(void *ud, struct heap *h);
/* Called after marking, before memory is reused. */
typedef void (*heap_sweep_fn)(void *ud, struct heap *h);

struct heap_owner {
  void *ud;
  heap_roots_fn roots;
  heap_cont_fn cont;
  heap_drain_fn drain;
  heap_sweep_fn sweep;
};

struct heap *wfx__heap_new(const wfx_ctx *ctx, struct heap_owner owner);
void wfx__heap_free(struct heap *h);

/* size_bytes of zeroed memory aligned to 16, with obj.rtt set; may collect first. NULL when the
 * heap limit or memory is reached even so. */
struct obj *wfx__heap_alloc(struct heap *h, const struct rtt *rtt, size_t size_bytes);
void wfx__heap_collect(struct heap *h);

/* Roots. A precise reference; a range of slots that may hold anything; a precise contref. */
void wfx__heap_mark(struct heap *h, slot ref);
void wfx__heap_mark_range(struct heap *h, const slot *slots, size_t n);
void wfx__heap_mark_cont(struct heap *h, struct contref c);
/* Whether the object at ref was marked in this collection (for weak tables). */
bool wfx__heap_is_marked(const struct heap *h, slot ref);

struct heap_stats {
  uint64_t live_bytes, peak_bytes, n_collections, collection_ns;
};
void wfx__heap_stats(const struct heap *h, struct heap_stats *out);
/* Collect at every allocation, to find missing roots. */
void wfx__heap_set_stress(struct heap *h, bool is_on);

#endif
