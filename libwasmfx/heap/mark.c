/* mark.c: finding what is reachable.
 *
 * Marking goes depth first over an explicit stack, through a short queue in which objects wait
 * until they are likely to be in the cache. When the stack cannot grow, objects are marked
 * without being put on it, and the heap is searched for them afterwards: slower, but a
 * collection never fails. */
#include <assert.h>
#include <string.h>

#include "heap/space.h"

#if defined(__GNUC__)
#define PREFETCH(p) __builtin_prefetch(p)
#else
#define PREFETCH(p) ((void)(p))
#endif

enum { MARK_QUEUE = 8, KEPT_STACK = 16384 };

size_t wfx__obj_size(const struct obj *o) {
  switch ((enum obj_kind)o->rtt->kind) {
  case OBJ_STRUCT: return o->rtt->size_bytes;
  case OBJ_ARRAY:
    return ARRAY_ITEMS_OFFSET + (size_t)((const struct array_obj *)o)->n * o->rtt->size_bytes;
  case OBJ_FUNC: return sizeof(struct func_obj);
  case OBJ_EXN:
    return sizeof(struct exn_obj) + ((const struct exn_obj *)o)->n_slots * sizeof(slot);
  case OBJ_EXTERN: return sizeof(struct extern_obj);
  case OBJ_TAG: return sizeof(struct tag_obj);
  }
  return sizeof(struct obj);
}

/* ---- The stack --------------------------------------------------------------------------- */

static bool stack_grow(struct heap *h) {
  const size_t cap = h->cap_stack * 2;
  struct obj **stack =
      wfx__realloc(h->ctx, h->stack, h->cap_stack * sizeof *stack, cap * sizeof *stack);
  if (stack == NULL) return false;
  h->stack = stack;
  h->cap_stack = cap;
  return true;
}

/* Let go of a stack that one collection needed. */
static void stack_shrink(struct heap *h) {
  if (h->cap_stack <= KEPT_STACK) return;
  struct obj **stack = wfx__realloc(h->ctx, h->stack, h->cap_stack * sizeof *stack,
                                    KEPT_STACK * sizeof *stack);
  if (stack == NULL) return;
  h->stack = stack;
  h->cap_stack = KEPT_STACK;
}

static inline void stack_push(struct heap *h, struct obj *o) {
  if (h->n_stack < h->cap_stack || stack_grow(h))
    h->stack[h->n_stack++] = o;
  else
    h->is_overflown = true;
}

/* ---- Marking one object ------------------------------------------------------------------ */

static inline void mark_small(struct heap *h, const struct region *r, uintptr_t address) {
  struct bits *bits = &r->bits[block_index(r, address)];
  uint64_t *marks = &bits->marks[granule_word(address)];
  const uint64_t bit = granule_bit(address);
  assert((bits->starts[granule_word(address)] & bit) != 0 && address % GRANULE_BYTES == 0);
  if ((*marks & bit) != 0) return;
  *marks |= bit;
  stack_push(h, (struct obj *)address);
}

static void mark_large(struct heap *h, struct large *l) {
  if (l->is_marked) return;
  l->is_marked = true;
  stack_push(h, large_obj(l));
}

/* A reference to something in no region. */
static void mark_outside(struct heap *h, uintptr_t address) {
  struct obj *o = (struct obj *)address;
  if (kind_is_heap_only(o->rtt->kind)) mark_large(h, obj_large(o));
}

static inline void mark_ref(struct heap *h, slot ref) {
  if (ref == 0 || slot_is_i31(ref)) return;
  const struct region *r = region_of(h, (uintptr_t)ref);
  if (r != NULL)
    mark_small(h, r, (uintptr_t)ref);
  else
    mark_outside(h, (uintptr_t)ref);
}

void wfx__heap_mark(struct heap *h, slot ref) { mark_ref(h, ref); }

bool wfx__heap_is_marked(const struct heap *h, slot ref) {
  if (ref == 0 || slot_is_i31(ref)) return true;
  const uintptr_t address = (uintptr_t)ref;
  const struct region *r = region_of(h, address);
  if (r != NULL)
    return (r->bits[block_index(r, address)].marks[granule_word(address)] &
            granule_bit(address)) != 0;
  struct obj *o = (struct obj *)address;
  return !kind_is_heap_only(o->rtt->kind) || obj_large(o)->is_marked;
}

void wfx__heap_mark_cont(struct heap *h, struct contref c) {
  if (c.cont != NULL && h->owner.cont != NULL)
    h->owner.cont(h->owner.ud, h, c.cont, c.revision);
}

/* ---- Words that may be anything ---------------------------------------------------------- */

/* The start of the last object at or before the address in its block, or 0. */
static uintptr_t start_before(const struct bits *bits, uintptr_t address) {
  const size_t word = granule_word(address);
  uint64_t starts = bits->starts[word] & (granule_bit(address) | (granule_bit(address) - 1));
  const uintptr_t block = address & ~(uintptr_t)(BLOCK_BYTES - 1);
  /* No object in a block is longer than 8 words of bits. */
  for (size_t i = word;; i--) {
    if (starts != 0)
      return block + (i * 64 + 63 - (size_t)__builtin_clzll(starts)) * GRANULE_BYTES;
    if (i == 0 || word - i == SMALL_MAX_BYTES / GRANULE_BYTES / 64) return 0;
    starts = bits->starts[i - 1];
  }
}

/* The large object that the address lies in, or NULL. */
static struct large *large_at(const struct heap *h, uintptr_t address) {
  assert(h->is_sorted);
  size_t low = 0, high = h->n_larges;
  while (low < high) {
    const size_t mid = low + (high - low) / 2;
    if ((uintptr_t)large_obj(h->larges[mid]) <= address)
      low = mid + 1;
    else
      high = mid;
  }
  if (low == 0) return NULL;
  struct large *l = h->larges[low - 1];
  return address - (uintptr_t)large_obj(l) < l->size_bytes ? l : NULL;
}

static void mark_word(struct heap *h, slot word) {
  const uintptr_t address = (uintptr_t)word;
  if (address < 4096) return;
  const struct region *r = region_of(h, address);
  if (r != NULL) {
    const size_t index = block_index(r, address);
    if (r->blocks[index].state != BLOCK_USED) return;
    const uintptr_t start = start_before(&r->bits[index], address);
    if (start != 0 && address - start < wfx__obj_size((const struct obj *)start))
      mark_small(h, r, start);
    return;
  }
  struct large *l = large_at(h, address);
  if (l != NULL)
    mark_large(h, l);
  else if (h->owner.cont != NULL && address % _Alignof(struct cont) == 0)
    h->owner.cont(h->owner.ud, h, (struct cont *)address, UINT64_MAX);
}

void wfx__heap_mark_range(struct heap *h, const slot *slots, size_t n) {
  for (size_t i = 0; i < n; i++) mark_word(h, slots[i]);
}

/* ---- What an object refers to ------------------------------------------------------------ */

/* Set the bits of the further lines that a small object reaches into. */
static void mark_more_lines(struct heap *h, uintptr_t address, uintptr_t end) {
  const struct region *r = region_of(h, address);
  if (r == NULL) return;
  struct bits *bits = &r->bits[block_index(r, address)];
  for (address = (address & ~(uintptr_t)(HEAP_LINE_BYTES - 1)) + HEAP_LINE_BYTES; address < end;
       address += HEAP_LINE_BYTES)
    bits->marks[granule_word(address)] |= granule_bit(address);
}

static inline void mark_lines(struct heap *h, const struct obj *o, size_t size_bytes) {
  const uintptr_t address = (uintptr_t)o;
  if (address % HEAP_LINE_BYTES + size_bytes > HEAP_LINE_BYTES && size_bytes <= SMALL_MAX_BYTES)
    mark_more_lines(h, address, address + size_bytes);
}

static inline void scan_ref(struct heap *h, const char *at) {
  slot ref;
  memcpy(&ref, at, sizeof ref);
  mark_ref(h, ref);
}

static inline void scan_cont(struct heap *h, const char *at) {
  struct contref c;
  memcpy(&c, at, sizeof c);
  wfx__heap_mark_cont(h, c);
}

static void scan_array(struct heap *h, const struct array_obj *a) {
  const char *items = (const char *)a + ARRAY_ITEMS_OFFSET;
  if (a->obj.rtt->elem == STORE_REF)
    for (size_t i = a->n; i-- > 0;) scan_ref(h, items + i * sizeof(slot));
  if (a->obj.rtt->elem == STORE_CONT)
    for (size_t i = 0; i < a->n; i++) scan_cont(h, items + i * sizeof(struct contref));
}

/* References are pushed last first, to be visited in order, as they were probably made. */
static void scan_obj(struct heap *h, const struct obj *o) {
  const struct rtt *rtt = o->rtt;
  switch ((enum obj_kind)rtt->kind) {
  case OBJ_STRUCT:
    mark_lines(h, o, rtt->size_bytes);
    for (uint32_t i = rtt->n_refs; i-- > 0;)
      scan_ref(h, (const char *)o + rtt->ref_offsets[i]);
    for (uint32_t i = 0; i < rtt->n_conts; i++)
      scan_cont(h, (const char *)o + rtt->ref_offsets[rtt->n_refs + i]);
    return;
  case OBJ_ARRAY:
    mark_lines(h, o, wfx__obj_size(o));
    scan_array(h, (const struct array_obj *)o);
    return;
  case OBJ_EXN: {
    mark_lines(h, o, wfx__obj_size(o));
    const struct exn_obj *exn = (const struct exn_obj *)o;
    mark_ref(h, (slot)(uintptr_t)exn->tag);
    wfx__heap_mark_range(h, (const slot *)(exn + 1), exn->n_slots);
    return;
  }
  case OBJ_FUNC:
  case OBJ_EXTERN:
  case OBJ_TAG: mark_lines(h, o, wfx__obj_size(o)); return;
  }
}

/* Scan all there is on the stack. */
static void drain_stack(struct heap *h) {
  struct obj *queue[MARK_QUEUE];
  size_t first = 0, n = 0;
  for (;;) {
    for (; n < MARK_QUEUE && h->n_stack > 0; n++) {
      struct obj *o = h->stack[--h->n_stack];
      PREFETCH(o);
      queue[(first + n) % MARK_QUEUE] = o;
    }
    if (n == 0) return;
    const struct obj *o = queue[first];
    first = (first + 1) % MARK_QUEUE;
    n--;
    scan_obj(h, o);
  }
}

/* ---- All of it --------------------------------------------------------------------------- */

/* Scan every marked object again: those that found no room on the stack are among them. */
static void scan_marked(struct heap *h) {
  for (uint32_t i = 0; i < h->n_regions; i++) {
    const struct region *r = &h->regions[i];
    for (uint32_t j = 0; j < r->n_chunks * CHUNK_BLOCKS; j++) {
      if (r->blocks[j].state != BLOCK_USED) continue;
      for (size_t word = 0; word < BLOCK_WORDS; word++) {
        uint64_t bits = r->bits[j].starts[word] & r->bits[j].marks[word];
        for (; bits != 0; bits &= bits - 1) {
          const size_t granule = word * 64 + (size_t)__builtin_ctzll(bits);
          const char *o = r->blocks[j].base + granule * GRANULE_BYTES;
          scan_obj(h, (const struct obj *)(const void *)o);
          drain_stack(h);
        }
      }
    }
  }
  for (size_t i = 0; i < h->n_larges; i++) {
    if (!h->larges[i]->is_marked) continue;
    scan_obj(h, large_obj(h->larges[i]));
    drain_stack(h);
  }
}

static void clear_marks(struct heap *h) {
  for (uint32_t i = 0; i < h->n_regions; i++) {
    const struct region *r = &h->regions[i];
    for (uint32_t j = 0; j < r->n_chunks * CHUNK_BLOCKS; j++)
      if (r->blocks[j].state == BLOCK_USED)
        memset(r->bits[j].marks, 0, sizeof r->bits[j].marks);
  }
  for (size_t i = 0; i < h->n_larges; i++) h->larges[i]->is_marked = false;
}

/* Let larges[root] sink to its place in the heap order of the first n. */
static void sink_large(struct large **larges, size_t root, size_t n) {
  struct large *l = larges[root];
  for (size_t child; (child = root * 2 + 1) < n; root = child) {
    if (child + 1 < n && (uintptr_t)larges[child + 1] > (uintptr_t)larges[child]) child++;
    if ((uintptr_t)larges[child] <= (uintptr_t)l) break;
    larges[root] = larges[child];
  }
  larges[root] = l;
}

/* Heapsort: it needs no memory, and no input is bad for it. */
static void sort_larges(struct heap *h) {
  if (h->is_sorted) return;
  for (size_t i = h->n_larges / 2; i-- > 0;) sink_large(h->larges, i, h->n_larges);
  for (size_t n = h->n_larges; n-- > 1;) {
    struct large *last = h->larges[n];
    h->larges[n] = h->larges[0];
    h->larges[0] = last;
    sink_large(h->larges, 0, n);
  }
  h->is_sorted = true;
}

void wfx__heap_mark_all(struct heap *h) {
  clear_marks(h);
  sort_larges(h);
  h->owner.roots(h->owner.ud, h);
  for (;;) {
    drain_stack(h);
    if (h->is_overflown) {
      h->is_overflown = false;
      scan_marked(h);
      continue;
    }
    if (h->owner.drain == NULL || !h->owner.drain(h->owner.ud, h)) break;
  }
  stack_shrink(h);
}
