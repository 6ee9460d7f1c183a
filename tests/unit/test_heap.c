/* test_heap.c: the collector, against a model that remembers what every object must hold. */
#include "unit.h"

#include "heap/heap.h"

enum { N_ROOTS = 200, MAX_FIELDS = 40, N_CONTS = 64, CONT_SLOTS = 8 };

/* ---- Descriptors ------------------------------------------------------------------------- */

/* A struct: header, id, references, continuation references. */
static uint32_t struct_offsets[MAX_FIELDS + 1];
static struct rtt struct_rtts[MAX_FIELDS + 1], cont_struct_rtt;
static const struct rtt refs_rtt = {.kind = OBJ_ARRAY, .elem = STORE_REF, .size_bytes = 8};
static const struct rtt conts_rtt = {.kind = OBJ_ARRAY, .elem = STORE_CONT, .size_bytes = 16};
static const struct rtt bytes_rtt = {.kind = OBJ_ARRAY, .elem = STORE_I8, .size_bytes = 1};
static const struct rtt exn_rtt = {.kind = OBJ_EXN}, tag_rtt = {.kind = OBJ_TAG};
static const struct rtt func_rtt = {.kind = OBJ_FUNC}, extern_rtt = {.kind = OBJ_EXTERN};
static uint32_t cont_struct_offsets[] = {16, 24};

static int make_rtts(void **state) {
  (void)state;
  for (uint32_t i = 0; i <= MAX_FIELDS; i++) {
    struct_offsets[i] = 16 + i * 8;
    struct_rtts[i] = (struct rtt){.kind = OBJ_STRUCT, .size_bytes = 16 + i * 8, .n_refs = i,
                                  .ref_offsets = struct_offsets};
  }
  cont_struct_rtt = (struct rtt){.kind = OBJ_STRUCT, .size_bytes = 40, .n_refs = 1,
                                 .n_conts = 1, .ref_offsets = cont_struct_offsets};
  return 0;
}

static uint64_t next_random(uint64_t *state) {
  *state ^= *state << 13;
  *state ^= *state >> 7;
  *state ^= *state << 17;
  return *state * UINT64_C(0x2545f4914f6cdd1d);
}

static slot ref_of(const void *p) { return (slot)(uintptr_t)p; }

/* ---- The model --------------------------------------------------------------------------- */

enum shape { SHAPE_STRUCT, SHAPE_REFS, SHAPE_BYTES, SHAPE_EXN };

/* What object number id must be. Its references are model ids, or -1. */
struct expected {
  enum shape shape;
  uint32_t n;
  int64_t *children; /* n of them; NULL for bytes */
  uint64_t checked;  /* round */
};

struct world {
  wfx_ctx *ctx;
  struct heap *heap;
  struct expected *objects;
  size_t n_objects, cap_objects;
  slot roots[N_ROOTS];
  slot spoiled[N_ROOTS]; /* as found on a machine's stack: some point inside the object */
  int64_t root_ids[N_ROOTS];
  uint64_t seed, round;
  struct func_obj func; /* outside the heap */
  struct tag_obj tag;
};

static void world_roots(void *ud, struct heap *h) {
  struct world *w = ud;
  for (size_t i = 0; i < N_ROOTS / 2; i++) wfx__heap_mark(h, w->roots[i]);
  wfx__heap_mark_range(h, w->spoiled + N_ROOTS / 2, N_ROOTS / 2);
}

/* Where an object keeps its id, and its references. */
static char *id_at(slot ref, enum shape shape) {
  char *o = (char *)(uintptr_t)ref;
  return o + (shape == SHAPE_STRUCT ? 8 : shape == SHAPE_EXN ? sizeof(struct exn_obj) : 16);
}
static char *children_at(slot ref, enum shape shape) { return id_at(ref, shape) + 8; }

static void world_open(struct world *w, struct unit_alloc *a, uint64_t seed) {
  memset(w, 0, sizeof *w);
  w->ctx = unit_ctx(a, 0);
  struct heap_owner owner = {.ud = w, .roots = world_roots};
  w->heap = wfx__heap_new(w->ctx, owner);
  assert_non_null(w->heap);
  w->seed = seed;
  w->func.obj.rtt = &func_rtt;
  w->tag.obj.rtt = &tag_rtt;
  memset(w->root_ids, -1, sizeof w->root_ids);
}

static void world_close(struct world *w, struct unit_alloc *a) {
  for (size_t i = 0; i < w->n_objects; i++) free(w->objects[i].children);
  free(w->objects);
  wfx__heap_free(w->heap);
  wfx_ctx_free(w->ctx);
  assert_int_equal(a->n_blocks, 0);
  assert_int_equal(a->n_bytes, 0);
  assert_int_equal(a->n_reserved_bytes, 0);
}

static void set_root(struct world *w, size_t i, int64_t id, slot ref, size_t size_bytes) {
  w->root_ids[i] = id;
  w->roots[i] = ref;
  w->spoiled[i] = ref == 0 ? next_random(&w->seed) : ref + next_random(&w->seed) % size_bytes;
}

/* Fill the n reference slots at `at` from the roots and note what they are. */
static void fill_children(struct world *w, char *at, int64_t *children, uint32_t n) {
  for (uint32_t i = 0; i < n; i++) {
    const uint64_t r = next_random(&w->seed);
    slot ref = 0;
    children[i] = -1;
    if (r % 16 == 0) ref = ref_of(&w->func);
    if (r % 16 == 1) ref = i31_slot((uint32_t)r);
    if (r % 16 == 2) ref = ref_of(&w->tag);
    if (r % 16 > 3) {
      children[i] = w->root_ids[r / 16 % N_ROOTS];
      if (children[i] >= 0) ref = w->roots[r / 16 % N_ROOTS];
    }
    memcpy(at + i * 8u, &ref, sizeof ref);
  }
}

static uint32_t random_n(struct world *w, enum shape shape) {
  const uint64_t r = next_random(&w->seed), kind = r >> 8 & 0xff;
  if (shape == SHAPE_STRUCT) return (uint32_t)(r >> 16) % (kind < 200 ? 4 : MAX_FIELDS);
  if (kind < 200) return (uint32_t)(r >> 16) % 20;
  if (kind < 254) return (uint32_t)(r >> 16) % 1500;
  return (uint32_t)(r >> 16) % (shape == SHAPE_BYTES ? 600000 : 5000);
}

/* Make one object out of what the roots hold; false when there is no memory. */
static bool add_object(struct world *w) {
  const enum shape shape = (enum shape)(next_random(&w->seed) % 4);
  const uint32_t n = random_n(w, shape);
  size_t size = 24 + n * (size_t)8;
  const struct rtt *rtt = &refs_rtt;
  if (shape == SHAPE_STRUCT) size -= 8, rtt = &struct_rtts[n];
  if (shape == SHAPE_BYTES) size = 24 + n, rtt = &bytes_rtt;
  if (shape == SHAPE_EXN) size = sizeof(struct exn_obj) + 8 + n * (size_t)8, rtt = &exn_rtt;
  struct obj *o = heap_alloc(w->heap, rtt, size);
  if (o == NULL) return false;
  assert_int_equal((uintptr_t)o % 16, 0);
  assert_ptr_equal(o->rtt, rtt);
  for (size_t i = 8; i < size; i++) assert_int_equal(((char *)o)[i], 0);
  if (shape == SHAPE_REFS) ((struct array_obj *)o)->n = n + 1;
  if (shape == SHAPE_BYTES) ((struct array_obj *)o)->n = n + 8;
  if (shape == SHAPE_EXN) {
    ((struct exn_obj *)o)->n_slots = n + 1;
    ((struct exn_obj *)o)->tag = &w->tag;
  }
  if (w->n_objects == w->cap_objects) {
    w->cap_objects = w->cap_objects * 2 + 16;
    w->objects = realloc(w->objects, w->cap_objects * sizeof *w->objects);
  }
  const int64_t id = (int64_t)w->n_objects++;
  struct expected *e = &w->objects[id];
  *e = (struct expected){.shape = shape, .n = n};
  const slot ref = ref_of(o), id_word = i31_slot((uint32_t)id);
  memcpy(id_at(ref, shape), &id_word, sizeof id_word);
  if (shape == SHAPE_BYTES) {
    memset(children_at(ref, shape), (int)(id & 0x3f) + 1, n);
  } else {
    e->children = calloc(n + 1u, sizeof *e->children);
    fill_children(w, children_at(ref, shape), e->children, n);
  }
  set_root(w, next_random(&w->seed) % N_ROOTS, id, ref, size);
  if (next_random(&w->seed) % 8 == 0) set_root(w, next_random(&w->seed) % N_ROOTS, -1, 0, 0);
  return true;
}

/* Compare one object with the model and put its children on the list. */
static void check_object(struct world *w, slot ref, int64_t id, slot **todo, size_t *n_todo,
                         size_t *cap_todo) {
  struct expected *e = &w->objects[id];
  if (e->checked == w->round) return;
  e->checked = w->round;
  slot id_word;
  memcpy(&id_word, id_at(ref, e->shape), sizeof id_word);
  assert_int_equal(slot_i31_u(id_word), id);
  const char *at = children_at(ref, e->shape);
  if (e->shape == SHAPE_BYTES) {
    for (uint32_t i = 0; i < e->n; i++) assert_int_equal(at[i], (id & 0x3f) + 1);
    return;
  }
  for (uint32_t i = 0; i < e->n; i++) {
    if (e->children[i] < 0) continue;
    slot child;
    memcpy(&child, at + i * 8u, sizeof child);
    if (*n_todo + 2 > *cap_todo) {
      *cap_todo = *cap_todo * 2 + 64;
      *todo = realloc(*todo, *cap_todo * sizeof **todo);
    }
    (*todo)[(*n_todo)++] = child;
    (*todo)[(*n_todo)++] = (slot)e->children[i];
  }
}

/* Walk everything reachable. */
static void check_world(struct world *w) {
  slot *todo = NULL;
  size_t n_todo = 0, cap_todo = 0;
  w->round++;
  for (size_t i = 0; i < N_ROOTS; i++)
    if (w->root_ids[i] >= 0)
      check_object(w, w->roots[i], w->root_ids[i], &todo, &n_todo, &cap_todo);
  while (n_todo > 0) {
    n_todo -= 2;
    check_object(w, todo[n_todo], (int64_t)todo[n_todo + 1], &todo, &n_todo, &cap_todo);
  }
  free(todo);
}

static void run_world(uint64_t seed, int n, int check_each, bool is_stress) {
  struct unit_alloc a = {.fail_at = UINT64_MAX};
  struct world w;
  world_open(&w, &a, seed);
  wfx__heap_set_stress(w.heap, is_stress);
  for (int i = 1; i <= n; i++) {
    assert_true(add_object(&w));
    if (i % check_each == 0) check_world(&w);
    /* Now and then most of it dies. */
    if (i % (n / 5) == 0)
      for (size_t j = 0; j < N_ROOTS - 5; j++) set_root(&w, j, -1, 0, 0);
  }
  wfx__heap_collect(w.heap);
  check_world(&w);
  world_close(&w, &a);
}

static void test_graph(void **state) {
  (void)state;
  for (uint64_t seed = 1; seed <= 2; seed++) run_world(seed * 1234567, 10000, 1000, false);
}

static void test_graph_stress(void **state) {
  (void)state;
  run_world(4242, 500, 50, true);
}

/* Every allocation of the context fails in turn: no object is lost, nothing leaks. */
static void test_graph_nomem(void **state) {
  (void)state;
  for (uint64_t fail_at = 2; fail_at < 40; fail_at += 3) {
    struct unit_alloc a = {.fail_at = UINT64_MAX};
    struct world w;
    world_open(&w, &a, fail_at * 99991);
    a.fail_at = fail_at;
    for (int i = 0; i < 2000; i++) {
      add_object(&w);
      if (i % 500 == 0) wfx__heap_collect(w.heap);
    }
    wfx__heap_collect(w.heap);
    check_world(&w);
    world_close(&w, &a);
  }
  for (uint64_t fail_at = 0; fail_at < 3; fail_at++) {
    struct unit_alloc a = {.fail_at = fail_at};
    wfx_ctx *ctx = unit_ctx(&a, 0);
    struct heap *h =
        ctx == NULL ? NULL : wfx__heap_new(ctx, (struct heap_owner){.roots = world_roots});
    assert_null(h);
    wfx_ctx_free(ctx);
    assert_int_equal(a.n_blocks, 0);
  }
}

/* ---- Pages that fail --------------------------------------------------------------------- */

struct pages {
  uint64_t n_calls, fail_at, n_held;
};

static void *pages_alloc(void *ud, void *ptr, size_t old_size, size_t new_size) {
  (void)ud;
  (void)old_size;
  if (new_size != 0) return realloc(ptr, new_size);
  free(ptr);
  return NULL;
}
static void *pages_reserve(void *ud, size_t size_bytes) {
  struct pages *p = ud;
  assert_int_equal(size_bytes % 65536, 0);
  if (p->n_calls++ >= p->fail_at) return NULL;
  p->n_held += size_bytes;
  return calloc(1, size_bytes);
}
static bool pages_commit(void *ud, void *ptr, size_t size_bytes) {
  struct pages *p = ud;
  assert_int_equal(size_bytes % 65536, 0);
  if (p->n_calls++ >= p->fail_at) return false;
  memset(ptr, 0, size_bytes);
  return true;
}
static void pages_decommit(void *ud, void *ptr, size_t size_bytes) {
  (void)ud;
  memset(ptr, 0xa5, size_bytes);
}
static void pages_release(void *ud, void *ptr, size_t size_bytes) {
  struct pages *p = ud;
  p->n_held -= size_bytes;
  free(ptr);
}

static wfx_ctx *pages_ctx(struct pages *p, uint64_t heap_bytes) {
  wfx_options o = {.size = sizeof o, .alloc = pages_alloc, .ud = p};
  o.pages = (wfx_pages){pages_reserve, pages_commit, pages_decommit, pages_release};
  o.limits.heap_bytes = heap_bytes;
  return wfx_ctx_new(&o);
}

static void one_root(void *ud, struct heap *h) { wfx__heap_mark(h, *(slot *)ud); }

/* A list of n structs of the given number of fields, kept at *root; the number made. */
static size_t push_list(struct heap *h, slot *root, size_t n, uint32_t n_fields) {
  for (size_t i = 0; i < n; i++) {
    struct obj *o = heap_alloc(h, &struct_rtts[n_fields], struct_rtts[n_fields].size_bytes);
    if (o == NULL) return i;
    memcpy((char *)o + 16, root, sizeof *root);
    *root = ref_of(o);
  }
  return n;
}

static size_t list_length(slot ref) {
  size_t n = 0;
  for (; ref != 0 && n < 3000000; n++) memcpy(&ref, (char *)(uintptr_t)ref + 16, sizeof ref);
  return n;
}

static struct array_obj *make_bytes(struct heap *h, uint32_t n) {
  struct array_obj *a = (struct array_obj *)wfx__heap_alloc(h, &bytes_rtt, 16 + (size_t)n);
  if (a != NULL) a->n = n;
  return a;
}

static void test_pages_fail(void **state) {
  (void)state;
  for (uint64_t fail_at = 0; fail_at < 12; fail_at++) {
    struct pages p = {0, fail_at, 0};
    wfx_ctx *ctx = pages_ctx(&p, UINT64_C(16) << 20);
    slot root = 0;
    struct heap *h = wfx__heap_new(ctx, (struct heap_owner){.ud = &root, .roots = one_root});
    size_t n = push_list(h, &root, 100000, 1);
    assert_int_equal(list_length(root), n);
    if (fail_at >= 5) assert_int_equal(n, 100000);
    make_bytes(h, 1000000);
    make_bytes(h, 2000000);
    n += push_list(h, &root, 100, 1);
    assert_int_equal(list_length(root), n);
    wfx__heap_free(h);
    assert_int_equal(p.n_held, 0);
    wfx_ctx_free(ctx);
  }
}

/* At the limit allocation fails, soon and cleanly; what is dropped can be had again. */
static void test_limit(void **state) {
  (void)state;
  const uint64_t limits[] = {1, 32768, 65536, 1 << 20, 20 << 20};
  for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
    struct pages p = {0, UINT64_MAX, 0};
    wfx_ctx *ctx = pages_ctx(&p, limits[i]);
    slot root = 0;
    struct heap *h = wfx__heap_new(ctx, (struct heap_owner){.ud = &root, .roots = one_root});
    size_t first = 0;
    for (int round = 0; round < 5; round++) {
      const size_t n = push_list(h, &root, 1000000, 1 + (uint32_t)round % 2);
      assert_int_equal(list_length(root), n);
      assert_true(n * 32 <= limits[i]);
      if (limits[i] >= 32768) assert_true(n * 64 >= limits[i] / 2);
      if (round % 2 == 0) {
        if (first == 0) first = n;
        assert_true(n >= first - first / 16);
      }
      struct heap_stats stats;
      wfx__heap_stats(h, &stats);
      assert_true(stats.peak_bytes <= limits[i]);
      assert_true(stats.n_collections < 200);
      assert_null(make_bytes(h, (uint32_t)limits[i]));
      root = 0;
    }
    assert_null(make_bytes(h, UINT32_MAX));
    assert_null(wfx__heap_alloc(h, &bytes_rtt, SIZE_MAX));
    assert_null(wfx__heap_alloc(h, &bytes_rtt, SIZE_MAX - 20));
    wfx__heap_free(h);
    assert_int_equal(p.n_held, 0);
    wfx_ctx_free(ctx);
  }
}

/* What dies young costs no memory. */
static void test_garbage(void **state) {
  (void)state;
  struct pages p = {0, UINT64_MAX, 0};
  wfx_ctx *ctx = pages_ctx(&p, UINT64_C(16) << 20);
  slot root = 0;
  struct heap *h = wfx__heap_new(ctx, (struct heap_owner){.ud = &root, .roots = one_root});
  slot garbage = 0;
  assert_int_equal(push_list(h, &garbage, 1000000, 2), 1000000);
  struct heap_stats stats;
  wfx__heap_stats(h, &stats);
  assert_true(stats.peak_bytes <= 8 << 20);
  for (int i = 0; i < 3000; i++) assert_non_null(make_bytes(h, i % 2 == 0 ? 1000000 : 10000));
  wfx__heap_free(h);
  assert_int_equal(p.n_held, 0);
  wfx_ctx_free(ctx);
}

/* A heap that was large gives memory back, and takes it again. */
static void test_shrink(void **state) {
  (void)state;
  slot root = 0;
  wfx_ctx *ctx = wfx_ctx_new(NULL);
  struct heap *h = wfx__heap_new(ctx, (struct heap_owner){.ud = &root, .roots = one_root});
  for (int round = 0; round < 3; round++) {
    assert_int_equal(push_list(h, &root, 2000000, 3), 2000000);
    assert_int_equal(list_length(root), 2000000);
    root = 0;
    for (int i = 0; i < 60; i++) wfx__heap_collect(h);
    struct heap_stats stats;
    wfx__heap_stats(h, &stats);
    assert_int_equal(stats.live_bytes, 0);
  }
  wfx__heap_free(h);
  wfx_ctx_free(ctx);
}

/* A mark stack that cannot grow: the heap is searched instead. */
static void test_mark_stack_nomem(void **state) {
  (void)state;
  enum { N = 20000 };
  struct unit_alloc a = {.fail_at = UINT64_MAX};
  wfx_ctx *ctx = unit_ctx(&a, 0);
  slot root = 0;
  struct heap *h = wfx__heap_new(ctx, (struct heap_owner){.ud = &root, .roots = one_root});
  struct array_obj *all = (struct array_obj *)heap_alloc(h, &refs_rtt, 16 + N * 8);
  all->n = N;
  root = ref_of(all);
  slot *items = (slot *)(void *)((char *)all + ARRAY_ITEMS_OFFSET);
  /* Parts of a list far from each other, so that none is kept by sharing a line. */
  for (int part = 0; part < 3; part++)
    for (size_t i = 0; i < N; i++) push_list(h, &items[i], 1, 1);
  a.fail_at = 0;
  for (int i = 0; i < 3; i++) wfx__heap_collect(h);
  a.fail_at = UINT64_MAX;
  slot churn = 0;
  push_list(h, &churn, 100000, 1);
  for (size_t i = 0; i < N; i++) assert_int_equal(list_length(items[i]), 3);
  wfx__heap_free(h);
  wfx_ctx_free(ctx);
  assert_int_equal(a.n_blocks, 0);
}

/* ---- Words inside and outside of objects ------------------------------------------------- */

struct words {
  slot words[8];
  size_t n;
  slot asked[8]; /* whether these are marked is kept in answers when the heap is swept */
  bool answers[8];
};
static void words_roots(void *ud, struct heap *h) {
  struct words *w = ud;
  wfx__heap_mark_range(h, w->words, w->n);
}
static void words_sweep(void *ud, struct heap *h) {
  struct words *w = ud;
  for (size_t i = 0; i < 8; i++) w->answers[i] = wfx__heap_is_marked(h, w->asked[i]);
}

static void test_interior(void **state) {
  (void)state;
  static const uint32_t sizes[] = {8, 100, 128, 1000, 8176, 8177, 20000, 300000};
  struct unit_alloc a = {.fail_at = UINT64_MAX};
  wfx_ctx *ctx = unit_ctx(&a, 0);
  struct words w;
  memset(&w, 0, sizeof w);
  struct heap_owner owner = {.ud = &w, .roots = words_roots, .sweep = words_sweep};
  struct heap *h = wfx__heap_new(ctx, owner);
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    const uint32_t size = sizes[i] + 16;
    for (uint32_t offset = 0; offset <= size + 16; offset += size < 2000 ? 1 : size / 50) {
      memset(w.asked, 0, sizeof w.asked);
      struct array_obj *before = make_bytes(h, 16), *o = make_bytes(h, sizes[i]);
      w.words[0] = ref_of(o) + offset;
      w.n = 1;
      w.asked[0] = ref_of(o);
      w.asked[1] = ref_of(before);
      w.asked[2] = i31_slot(77);
      wfx__heap_collect(h);
      assert_int_equal(w.answers[0], offset < size);
      assert_false(w.answers[1]);
      assert_true(w.answers[2] && w.answers[3]);
      struct heap_stats stats;
      wfx__heap_stats(h, &stats);
      assert_int_equal(stats.live_bytes != 0, offset < size);
    }
  }
  /* Words that are no addresses of anything. */
  uint64_t seed = 5;
  memset(w.asked, 0, sizeof w.asked);
  for (int i = 0; i < 10000; i++) {
    const struct array_obj *o = make_bytes(h, (uint32_t)(next_random(&seed) % 10000));
    w.n = 8;
    for (size_t j = 0; j < 8; j++) {
      w.words[j] = next_random(&seed);
      if (j < 4) w.words[j] = ref_of(o) + (w.words[j] >> (24 + j * 8));
    }
    if (i % 50 == 0) wfx__heap_collect(h);
  }
  wfx__heap_free(h);
  wfx_ctx_free(ctx);
  assert_int_equal(a.n_blocks, 0);
}

/* Objects of kinds that also exist outside. */
static void test_other_kinds(void **state) {
  (void)state;
  wfx_ctx *ctx = wfx_ctx_new(NULL);
  struct words w;
  memset(&w, 0, sizeof w);
  struct heap_owner owner = {.ud = &w, .roots = words_roots, .sweep = words_sweep};
  struct heap *h = wfx__heap_new(ctx, owner);
  wfx__heap_set_stress(h, true);
  w.n = 3;
  w.asked[0] = w.words[0] = ref_of(wfx__heap_alloc(h, &extern_rtt, sizeof(struct extern_obj)));
  w.asked[1] = w.words[1] = ref_of(wfx__heap_alloc(h, &tag_rtt, sizeof(struct tag_obj)));
  struct exn_obj *exn =
      (struct exn_obj *)wfx__heap_alloc(h, &exn_rtt, sizeof(struct exn_obj) + 16);
  exn->n_slots = 2;
  exn->tag = (struct tag_obj *)(uintptr_t)w.words[1];
  w.words[1] = ref_of(exn);
  struct extern_obj outside = {{&extern_rtt}, NULL};
  w.asked[2] = ref_of(&outside);
  w.asked[3] = ref_of(wfx__heap_alloc(h, &extern_rtt, sizeof(struct extern_obj)));
  wfx__heap_collect(h);
  assert_true(w.answers[0] && w.answers[1] && w.answers[2]);
  assert_false(w.answers[3]);
  assert_ptr_equal(exn->tag->obj.rtt, &tag_rtt);
  wfx__heap_free(h);
  wfx_ctx_free(ctx);
}

/* ---- Continuations ----------------------------------------------------------------------- */

/* Records with a stack of a few slots, reached as the engine's are. */
struct machine {
  struct cont conts[N_CONTS];
  slot stacks[N_CONTS][CONT_SLOTS];
  struct cont *list;
  slot root, word;
};

static void machine_roots(void *ud, struct heap *h) {
  struct machine *m = ud;
  for (size_t i = 0; i < N_CONTS; i++) m->conts[i].is_marked = false;
  wfx__heap_mark(h, m->root);
  wfx__heap_mark_range(h, &m->word, 1);
}
static void machine_cont(void *ud, struct heap *h, struct cont *cont, uint64_t revision) {
  struct machine *m = ud;
  (void)h;
  const uintptr_t at = (uintptr_t)cont - (uintptr_t)m->conts;
  if (at >= sizeof m->conts || at % sizeof *cont != 0) return;
  if (cont->is_marked || (revision != UINT64_MAX && revision != cont->revision)) return;
  cont->is_marked = true;
  cont->link = m->list;
  m->list = cont;
}
static bool machine_drain(void *ud, struct heap *h) {
  struct machine *m = ud;
  if (m->list == NULL) return false;
  while (m->list != NULL) {
    struct cont *cont = m->list;
    m->list = cont->link;
    wfx__heap_mark_range(h, m->stacks[cont - m->conts], CONT_SLOTS);
  }
  return true;
}

static void test_conts(void **state) {
  (void)state;
  static struct machine m;
  memset(&m, 0, sizeof m);
  wfx_ctx *ctx = wfx_ctx_new(NULL);
  struct heap_owner owner = {
      .ud = &m, .roots = machine_roots, .cont = machine_cont, .drain = machine_drain};
  struct heap *h = wfx__heap_new(ctx, owner);
  wfx__heap_set_stress(h, true);
  /* A chain: root -> struct -> record 0 -> its stack -> struct -> record 1 -> ... */
  slot next = 0;
  for (size_t i = N_CONTS; i-- > 0;) {
    m.word = next;
    m.conts[i].revision = i;
    m.stacks[i][i % CONT_SLOTS] = next;
    struct obj *o = wfx__heap_alloc(h, &cont_struct_rtt, 40);
    struct contref c = {&m.conts[i], i};
    memcpy((char *)o + 24, &c, sizeof c);
    next = ref_of(o);
  }
  m.root = next;
  m.word = 0;
  wfx__heap_collect(h);
  for (size_t i = 0; i < N_CONTS; i++) assert_true(m.conts[i].is_marked);
  struct heap_stats stats;
  wfx__heap_stats(h, &stats);
  assert_true(stats.live_bytes >= N_CONTS * 40);
  /* A stale reference keeps nothing alive; a word that looks like one does. */
  m.conts[10].revision++;
  wfx__heap_collect(h);
  for (size_t i = 0; i < N_CONTS; i++) assert_int_equal(m.conts[i].is_marked, i < 10);
  m.word = ref_of(&m.conts[40]);
  m.root = 0;
  memset(m.stacks[40], 0, sizeof m.stacks[40]);
  wfx__heap_collect(h);
  for (size_t i = 0; i < N_CONTS; i++) assert_int_equal(m.conts[i].is_marked, i == 40);
  /* An array of them. */
  struct array_obj *all = (struct array_obj *)wfx__heap_alloc(h, &conts_rtt, 16 + 3 * 16);
  all->n = 3;
  const struct contref some[3] = {{&m.conts[1], 1}, {NULL, 0}, {&m.conts[5], 99}};
  memset(m.stacks, 0, sizeof m.stacks);
  memcpy((char *)all + ARRAY_ITEMS_OFFSET, some, sizeof some);
  m.root = ref_of(all);
  m.word = 0;
  wfx__heap_collect(h);
  for (size_t i = 0; i < N_CONTS; i++) assert_int_equal(m.conts[i].is_marked, i == 1);
  wfx__heap_free(h);
  wfx_ctx_free(ctx);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_graph),       cmocka_unit_test(test_graph_stress),
      cmocka_unit_test(test_graph_nomem), cmocka_unit_test(test_pages_fail),
      cmocka_unit_test(test_limit),       cmocka_unit_test(test_garbage),
      cmocka_unit_test(test_shrink),
      cmocka_unit_test(test_mark_stack_nomem), cmocka_unit_test(test_interior),
      cmocka_unit_test(test_other_kinds), cmocka_unit_test(test_conts),
  };
  cmocka_set_message_output(CM_OUTPUT_TAP);
  return cmocka_run_group_tests(tests, make_rtts, NULL);
}
