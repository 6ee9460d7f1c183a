/* heap.h: the collected heap of a store: non-moving, mark-region.
 *
 * Blocks of 32 KiB in lines of 128 bytes; objects are bump-allocated into runs of free lines;
 * those above 8 KiB have memory of their own. A bitmap of object starts lets any word, also one
 * pointing into the middle of an object, be resolved. Objects are marked precisely by their
 * descriptors; the owner says which words are roots. A collection runs inside an allocation and
 * at no other time. */
#ifndef HEAP_HEAP_H
#define HEAP_HEAP_H

#include "base/vec.h"
#include "store/layout.h"

struct heap;

/* Called during a collection: report every root with the calls below. */
typedef void (*heap_roots_fn)(void *ud, struct heap *h);
/* Called when marking finds a continuation reference: mark the record and report what its stack
 * holds, later, when drain is called. revision is UINT64_MAX for an address found in a word that
 * may be anything. */
typedef void (*heap_cont_fn)(void *ud, struct heap *h, struct cont *cont, uint64_t revision);
/* Report the stacks of records marked since the last call; true if there were any. */
typedef bool (*heap_drain_fn)(void *ud, struct heap *h);
/* Called after marking, before memory is reused. */
typedef void (*heap_sweep_fn)(void *ud, struct heap *h);

/* All but roots may be NULL. */
struct heap_owner {
  void *ud;
  heap_roots_fn roots;
  heap_cont_fn cont;
  heap_drain_fn drain;
  heap_sweep_fn sweep;
};

/* NULL when memory is out. Nothing is reserved before the first object. */
struct heap *wfx__heap_new(const wfx_ctx *ctx, struct heap_owner owner);
void wfx__heap_free(struct heap *h);

/* size_bytes of zeroed memory aligned to 16, with obj.rtt set; may collect first. NULL when the
 * heap limit or memory is reached even so. Before the next allocation the caller fills in what
 * says how long the object is: array_obj.n, exn_obj.n_slots. Structs, arrays and exceptions are
 * made nowhere else; other kinds may also lie outside the heap. */
struct obj *wfx__heap_alloc(struct heap *h, const struct rtt *rtt, size_t size_bytes);
void wfx__heap_collect(struct heap *h);

/* What struct heap begins with: [at, end) is zeroed and free, in the block whose start bits
 * (one for 16 bytes) are at starts. Generated code may do what heap_alloc does. */
struct heap_bump {
  char *at, *end;
  uint64_t *starts;
};
static inline struct obj *heap_alloc(struct heap *h, const struct rtt *rtt, size_t size_bytes) {
  struct heap_bump *b = (struct heap_bump *)(void *)h;
  if (size_bytes > (size_t)(b->end - b->at)) return wfx__heap_alloc(h, rtt, size_bytes);
  struct obj *obj = (struct obj *)(void *)b->at;
  b->starts[(uintptr_t)b->at >> 10 & 31] |= (uint64_t)1 << ((uintptr_t)b->at >> 4 & 63);
  b->at += (size_bytes + 15) & ~(size_t)15;
  obj->rtt = rtt;
  return obj;
}

/* Roots, and what drain reports. A precise reference; a range of slots that may hold anything,
 * also addresses inside objects; a precise contref. To be called in a collection only. */
void wfx__heap_mark(struct heap *h, slot ref);
void wfx__heap_mark_range(struct heap *h, const slot *slots, size_t n);
void wfx__heap_mark_cont(struct heap *h, struct contref c);
/* Whether the reference was marked in this collection (for weak tables, in sweep). True for
 * null, i31 and what lies outside the heap. */
bool wfx__heap_is_marked(const struct heap *h, slot ref);

/* live_bytes: what the last collection left, in whole lines. peak_bytes: most memory ever in
 * use, in whole blocks. collection_ns: the time all collections took together. */
struct heap_stats {
  uint64_t live_bytes, peak_bytes, n_collections, collection_ns, collection_max_ns;
};
void wfx__heap_stats(const struct heap *h, struct heap_stats *out);
/* Collect at every allocation and overwrite what is free, to find missing roots. */
void wfx__heap_set_stress(struct heap *h, bool is_on);

#endif
