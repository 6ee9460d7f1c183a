/* interp.c: the interpreter: one loop over register code (code.h, flat.def).
 *
 * Each handler ends with a jump to the next one (direct threading); the debug build uses a
 * switch. Two things keep a handler short: pc, fp and the bounds of the memory stay in registers
 * (IN_REGISTER; everything else is left in memory on purpose), and one instruction does the work
 * of two where compiled code has them in a row (flat_fused.def).
 *
 * Calls, suspensions and resumptions never use the C stack: frames are on the stack of the
 * running continuation k, and changing continuations is a change of k, fp and pc. Spec:
 * Execution, Instructions; stack switching: the proposal's Explainer. */
#include "base/wnum.h"
#include "base/wsimd.h"
#include "engine/run.h"

#if defined(__GNUC__) && !defined(WFX_DEBUG)
#define IS_THREADED 1
#pragma GCC diagnostic ignored "-Wpedantic"
#else
#define IS_THREADED 0
#endif

/* ---- Slots ------------------------------------------------------------------------------- */

typedef uint32_t u32;
typedef uint64_t u64;
typedef float f32;
typedef double f64;

static inline u32 rd_u32(slot s) { return (u32)s; }
static inline u64 rd_u64(slot s) { return s; }
static inline f32 rd_f32(slot s) { return num_f32_reinterpret_i32((u32)s); }
static inline f64 rd_f64(slot s) { return num_f64_reinterpret_i64(s); }
static inline slot wr_u32(u32 x) { return x; }
static inline slot wr_u64(u64 x) { return x; }
static inline slot wr_f32(f32 x) { return num_i32_reinterpret_f32(x); }
static inline slot wr_f64(f64 x) { return num_i64_reinterpret_f64(x); }
/* Constants in the code: their words, and how many they are. */
static inline u32 k_u32(const word *w) { return *w; }
static inline u64 k_u64(const word *w) { return (u64)(int64_t)(int32_t)*w; }
static inline f32 k_f32(const word *w) { return num_f32_reinterpret_i32(*w); }
static inline f64 k_f64(const word *w) { return num_f64_reinterpret_i64(words_get64(w)); }
enum { K_WORDS_u32 = 1, K_WORDS_u64 = 1, K_WORDS_f32 = 2, K_WORDS_f64 = 2 };

static inline void copy_slots(slot *to, const slot *from, uint32_t n) {
  for (uint32_t i = 0; i < n; i++) to[i] = from[i];
}

/* Two slots, one by one: the processor does not forward two stores that are still on their way to
 * one load of both, and a continuation reference is often read right after it was written. */
static inline void copy_pair(slot *to, const slot *from) {
  slot lo = from[0], hi = from[1];
#if defined(__GNUC__)
  __asm__("" : "+r"(lo), "+r"(hi));
#endif
  to[0] = lo;
  to[1] = hi;
}

static enum trap num_trap(enum num_trap t) {
  switch (t) {
  case NUM_OK: return TRAP_NONE;
  case NUM_DIVIDE_BY_ZERO: return TRAP_DIVIDE_BY_ZERO;
  case NUM_OVERFLOW: return TRAP_INT_OVERFLOW;
  case NUM_INVALID_CONVERSION: return TRAP_INVALID_CONV;
  }
  return TRAP_NONE;
}

/* The loop's own variables. Left alone, a compiler spills one or the other in a function of
 * this size, which doubles the time of everything. */
#if IS_THREADED && defined(__x86_64__) && !defined(__clang__)
#define IN_REGISTER(type, name, reg) register type name __asm__(reg)
#else
#define IN_REGISTER(type, name, reg) type name
#endif
/* A variable whose address has been seen stays in memory: what only calls look at. */
#if defined(__GNUC__)
#define OUT_OF_REGISTERS(x) __asm__ volatile("" : : "r"(&(x)) : "memory")
/* In a short loop over x: so that it does not become a call of memset; between two stores
 * through x: so that they stay two, as they will be read. */
#define NO_IDIOM(x) __asm__("" : "+r"(x))
#else
#define OUT_OF_REGISTERS(x) ((void)0)
#define NO_IDIOM(x) ((void)0)
#endif

/* ---- Parts of instructions that are not worth inlining ------------------------------------- */

/* The function in a table's element, checked against its expected type. */
static enum trap table_func(struct engine *e, const struct table_obj *t, const struct rtt *rtt,
                            uint64_t index, struct func_obj **out) {
  e->trap_index = index;
  if (index >= t->size) return TRAP_UNDEFINED_ELEM;
  struct func_obj *f = slot_ptr(t->items[index]);
  if (!f) return TRAP_UNINIT_ELEM;
  if (!rtt_is(f->obj.rtt, rtt)) return TRAP_CALL_TYPE;
  *out = f;
  return TRAP_NONE;
}

static inline bool is_rtt(slot ref, bool null_passes, const struct rtt *rtt) {
  if (ref == 0) return null_passes;
  return !slot_is_i31(ref) && rtt_is(ref_rtt(ref), rtt);
}

static inline bool is_abstract(slot ref, bool null_passes, wfx_heaptype heap) {
  return ref == 0 ? null_passes : wfx__ref_is_abstract(ref, heap);
}

static enum trap array_trap(const struct engine *e, const struct rtt *rtt, uint64_t n) {
  return wfx__heap_trap(e->store, ARRAY_ITEMS_OFFSET + n * rtt->size_bytes);
}

static slot new_struct(struct engine *e, const struct rtt *rtt) {
  return ptr_slot(heap_alloc(e->store->heap, rtt, rtt->size_bytes));
}

static void fill_struct(slot ref, const slot *values) {
  const struct rtt *rtt = ref_rtt(ref);
  char *at = slot_ptr(ref);
  for (uint32_t i = 0; i < rtt->n_fields; i++) {
    enum store_kind kind = (enum store_kind)rtt->fields[i].store;
    wfx__field_put(at + rtt->fields[i].offset, kind, values);
    values += kind == STORE_V128 || kind == STORE_CONT ? 2 : 1;
  }
}

static void fill_fixed(slot ref, const slot *values) {
  struct array_obj *a = slot_ptr(ref);
  enum store_kind kind = (enum store_kind)a->obj.rtt->elem;
  uint32_t step = kind == STORE_V128 || kind == STORE_CONT ? 2 : 1;
  for (uint32_t i = 0; i < a->n; i++, values += step)
    wfx__field_put(array_item(a, i), kind, values);
}

/* The outermost record that a switch with tag captures, or NULL. Long searches are paid for. */
static struct cont *find_switch(struct engine *e, struct cont *from, const struct tag_obj *tag) {
  int64_t n_missed = 0;
  for (struct cont *c = from;; c = c->parent) {
    const struct handlers *h = c->handlers;
    if (!h) return NULL;
    for (uint32_t i = h->n_on; i < h->n_on + h->n_switch; i++)
      if (h->clauses[i].tag == tag) {
        if (c != from) e->control.slice -= n_missed;
        return c;
      }
    n_missed += 1 + (int64_t)h->n_switch;
  }
}

/* ---- The loop ---------------------------------------------------------------------------- */

/* Operands: a word, the slot that it names, a pointer. */
#define W(i) pc[i]
#define S(i) fp[pc[i]]
#define P(i) words_ptr(pc + (i))

#if IS_THREADED
#define OP(id) L_##id:
#define DISPATCH() goto *words_ptr(pc)
#define HANDLER(id) ptr_slot(&&L_##id)
#else
#define OP(id) case FL_##id:
#define DISPATCH() goto next
#define HANDLER(id) ((u64)FL_##id)
#endif
#define NEXT(n) do { pc += (n); DISPATCH(); } while (0)
/* Go to the target that operand i names. */
#define JUMP(i) do { pc += (i); pc += (int32_t)*pc; DISPATCH(); } while (0)
#define TRAP(id) do { trap = TRAP_##id; goto trapped; } while (0)
#define CHECK(e) do { if (UNLIKELY((trap = (e)) != TRAP_NONE)) goto trapped; } while (0)

/* Write the state of the running frame to its record, with the return address at. Everything
 * that may collect, trap or look at frames comes behind it. */
#define SAVE(at) \
  (k->pc = (at), k->code = code, k->fp = (u32)(fp - k->stack), k->sp = k->fp + code->n_slots, \
   e->current = k)
#define LOAD_STATE() \
  (pc = k->pc, code = k->code, fp = k->stack + k->fp, limit = k->stack + k->n_slots, \
   SET_MEM(code->mem))

/* What accesses go to; its place and size have registers, and have to be read anew after all
 * that may make a memory larger. */
#define SET_MEM(m) (mem = (m), mem_base = mem->base, mem_bytes = mem->size_bytes)

/* Enter callee with its frame at base; it returns to ret_pc in ret_code. The second form is for a
 * callee with the same memory. */
#define ENTER(callee, base, ret_pc, ret_code)                                                  \
  do {                                                                                         \
    const struct flat *callee_ = (callee);                                                     \
    SET_MEM(callee_->mem);                                                                     \
    ENTER_SAME(callee_, base, ret_pc, ret_code);                                               \
  } while (0)
#define ENTER_SAME(callee, base, ret_pc, ret_code)                                             \
  do {                                                                                         \
    const struct flat *to_ = (callee);                                                         \
    slot *base_ = (base);                                                                      \
    if (UNLIKELY((size_t)(limit - base_) < to_->n_slots)) {                                    \
      need = (size_t)(base_ - k->stack) + to_->n_slots;                                        \
      goto grow;                                                                               \
    }                                                                                          \
    slot *link_ = base_ + to_->n_locals;                                                       \
    for (slot *local_ = base_ + to_->n_params; local_ < link_; local_++) {                     \
      *local_ = 0;                                                                             \
      NO_IDIOM(local_);                                                                        \
    }                                                                                          \
    link_[0] = ptr_slot(ret_pc);                                                               \
    NO_IDIOM(link_);                                                                           \
    link_[1] = ptr_slot(ret_code);                                                             \
    fp = base_;                                                                                \
    code = to_;                                                                                \
    pc = to_->words;                                                                           \
    DISPATCH();                                                                                \
  } while (0)

/* Call func, whose arguments start at slot p; the instruction has n words. */
#define CALL(func, p, n)                            \
  do {                                              \
    callee = (func);                                \
    base = fp + (p);                                \
    ret_pc = pc + (n);                              \
    goto do_call;                                   \
  } while (0)

/* Go on behind the call that the frame's link, at slot h, names. */
#define RETURN_TO(link)            \
  do {                             \
    pc = slot_ptr((link)[0]);      \
    code = slot_ptr((link)[1]);    \
    fp -= pc[-1];                  \
    if (UNLIKELY(code->mem != mem)) SET_MEM(code->mem); \
    DISPATCH();                    \
  } while (0)

/* An access of n bytes at address, for accesses of the next macros. */
#define CHECK_ACCESS(at, n) do { if (UNLIKELY((at) + (n) > mem_bytes)) TRAP(MEMORY); } while (0)
#define DO_LOAD(id, T, conv, address, n_words)                         \
  OP(id) {                                                             \
    const u64 at = (address);                                          \
    T x;                                                               \
    CHECK_ACCESS(at, sizeof x);                                        \
    memcpy(&x, mem_base + at, sizeof x);                               \
    S(2) = (slot)conv x;                                               \
    NEXT(n_words);                                                     \
  }
#define DO_STORE(id, T, address, value, n_words)                       \
  OP(id) {                                                             \
    const u64 at = (address);                                          \
    const T x = (T)(value);                                            \
    CHECK_ACCESS(at, sizeof x);                                        \
    memcpy(mem_base + at, &x, sizeof x);                               \
    NEXT(n_words);                                                     \
  }
/* Fields of structs and elements of arrays. */
#define STRUCT_GET(id, T, conv)                                        \
  OP(id) {                                                             \
    T x;                                                               \
    if (UNLIKELY(S(3) == 0)) TRAP(NULL_STRUCT);                        \
    memcpy(&x, (const char *)slot_ptr(S(3)) + W(4), sizeof x);         \
    S(2) = (slot)conv x;                                               \
    NEXT(5);                                                           \
  }
#define STRUCT_SET(id, T)                                              \
  OP(id) {                                                             \
    T x = (T)S(3);                                                     \
    if (UNLIKELY(S(2) == 0)) TRAP(NULL_STRUCT);                        \
    memcpy((char *)slot_ptr(S(2)) + W(4), &x, sizeof x);               \
    NEXT(5);                                                           \
  }
#define ARRAY_AT(ref, index)                                           \
  struct array_obj *a = slot_ptr(ref);                                 \
  u32 i = (u32)(index);                                                \
  if (UNLIKELY(!a)) TRAP(NULL_ARRAY);                                  \
  if (UNLIKELY(i >= a->n)) TRAP(ARRAY)
#define ARRAY_GET(id, T, conv)                                                         \
  OP(id) {                                                                             \
    T x;                                                                               \
    ARRAY_AT(S(3), S(4));                                                              \
    memcpy(&x, (const char *)a + ARRAY_ITEMS_OFFSET + (size_t)i * sizeof x, sizeof x); \
    S(2) = (slot)conv x;                                                               \
    NEXT(5);                                                                           \
  }
#define ARRAY_SET(id, T)                                                               \
  OP(id) {                                                                             \
    T x = (T)S(4);                                                                     \
    ARRAY_AT(S(2), S(3));                                                              \
    memcpy((char *)a + ARRAY_ITEMS_OFFSET + (size_t)i * sizeof x, &x, sizeof x);       \
    NEXT(5);                                                                           \
  }

/* Lanes. */
#define SPLAT(id, T)                                                   \
  OP(id) {                                                             \
    T x[16 / sizeof(T)], y = (T)S(3);                                  \
    for (u32 i = 0; i < 16 / sizeof y; i++) x[i] = y;                  \
    memcpy(&S(2), x, 16);                                              \
    NEXT(4);                                                           \
  }
#define GET_LANE(id, T, conv)                                          \
  OP(id) {                                                             \
    T x;                                                               \
    memcpy(&x, (const char *)&S(3) + W(4) * sizeof x, sizeof x);       \
    S(2) = (slot)conv x;                                               \
    NEXT(5);                                                           \
  }
#define SET_LANE(id, T)                                                \
  OP(id) {                                                             \
    T x = (T)S(4);                                                     \
    memmove(&S(2), &S(3), 16);                                         \
    memcpy((char *)&S(2) + W(5) * sizeof x, &x, sizeof x);             \
    NEXT(6);                                                           \
  }

static const void *const *interpret(struct engine *e, struct cont *k, wfx_status *status) {
#if IS_THREADED
#define FLAT(id) &&L_##id,
#define UN(id, T, R) &&L_##id,
#define UN_TRAP(id, T, R) &&L_##id,
#define BIN(id, T, R) &&L_##id, &&L_##id##_k,
#define BIN_TRAP(id, T, R) &&L_##id, &&L_##id##_k,
#define CMP(id, T, inverse) &&L_##id, &&L_##id##_k, &&L_br_##id, &&L_br_##id##_k,
#define FCMP(id, T) &&L_##id, &&L_br_##id, &&L_brn_##id,
  static const void *const handlers[FL_COUNT] = {
#include "engine/flat.def"
#define LOAD(id, T, conv) \
  &&L_##id, &&L_##id##_x, &&L_##id##_c, &&L_##id##_t, &&L_##id##_s, &&L_##id##_i,
#define STORE(id, T) &&L_##id, &&L_##id##_x, &&L_##id##_c,
#define ADD_BR(id, mirror) &&L_add_br_##id, &&L_add_br_##id##_k,
#define SELECT(id) &&L_select_##id, &&L_select_##id##_k,
#define TWO(f, g, T) &&L_##f##_##g,
#define TWO_R(f, g, T) &&L_##f##_##g##_r,
#define TWO_K(f, g, T) &&L_##f##_k_##g,
#define TWO_KK(f, g, T) &&L_##f##_k_##g##_k,
#include "engine/flat_fused.def"
  };
  if (!e) return handlers;
#else
  if (!e) return NULL;
#endif
  IN_REGISTER(const word *, pc, "rbx");
  IN_REGISTER(slot *, fp, "r14");
  IN_REGISTER(uint8_t *, mem_base, "r15");
  IN_REGISTER(u64, mem_bytes, "r12");
  const struct flat *code;
  struct mem_obj *mem;
  const slot *limit;             /* end of k's stack */
  struct func_obj *callee;       /* do_call */
  slot *base;
  const word *ret_pc;
  size_t need;                   /* grow */
  enum trap trap;                /* trapped */
  slot exn;                      /* thrown */
  OUT_OF_REGISTERS(e);
  OUT_OF_REGISTERS(k);
  OUT_OF_REGISTERS(code);
  OUT_OF_REGISTERS(mem);
  OUT_OF_REGISTERS(limit);
  LOAD_STATE();

#if IS_THREADED
  DISPATCH();
  {
#else
next:
  switch (pc[0]) {
#endif

  /* ---- Moves ---- */

  OP(copy) { S(2) = S(3); NEXT(4); }
  OP(copy_copy) { S(2) = S(3); S(4) = S(5); NEXT(6); }
  OP(copy_br) { S(2) = S(3); JUMP(4); }
  OP(copy_copy_br) { S(2) = S(3); S(4) = S(5); JUMP(6); }
  OP(copy_br_if) { S(2) = S(3); if ((u32)S(4)) JUMP(5); NEXT(6); }
  OP(copy_br_unless) { S(2) = S(3); if (!(u32)S(4)) JUMP(5); NEXT(6); }
  OP(copy2) { copy_pair(&S(2), &S(3)); NEXT(4); }
  OP(copy_n) { memmove(&S(2), &S(3), W(4) * sizeof(slot)); NEXT(5); }
  OP(const32) { S(2) = W(3); NEXT(4); }
  OP(const64) { S(2) = words_get64(pc + 3); NEXT(5); }
  OP(select) { S(2) = (u32)S(5) ? S(3) : S(4); NEXT(6); }
  OP(select2) {
    copy_pair(&S(2), (u32)S(5) ? &S(3) : &S(4));
    NEXT(6);
  }
  OP(global_get) { S(2) = ((const struct global_obj *)P(3))->value[0]; NEXT(5); }
  OP(global_get2) { memcpy(&S(2), ((const struct global_obj *)P(3))->value, 16); NEXT(5); }
  OP(global_set) { ((struct global_obj *)P(3))->value[0] = S(2); NEXT(5); }
  OP(global_set2) { memcpy(((struct global_obj *)P(3))->value, &S(2), 16); NEXT(5); }

  /* ---- Control ---- */

  OP(unreachable) { TRAP(UNREACHABLE); }
  OP(unsupported) {
    SAVE(pc + 3);
    *status = wfx__run_unsupported(e, W(2));
    return NULL;
  }
  OP(br) { JUMP(2); }
  OP(br_if) { if ((u32)S(2)) JUMP(3); NEXT(4); }
  OP(br_unless) { if (!(u32)S(2)) JUMP(3); NEXT(4); }
  OP(br_table) {
    u32 i = (u32)S(2);
    if (i > W(3)) i = W(3);
    JUMP(4 + i);
  }
  OP(return0) {
    const slot *link = fp + W(2);
    RETURN_TO(link);
  }
  OP(return1) {
    const slot x = S(2), link[2] = {fp[W(3)], fp[W(3) + 1]};
    fp[0] = x;
    RETURN_TO(link);
  }
  OP(return_n) {
    const slot link[2] = {fp[W(4)], fp[W(4) + 1]};
    memmove(fp, &S(2), W(3) * sizeof(slot));
    RETURN_TO(link);
  }
  OP(call) {
    callee = P(2);
    base = fp + W(4);
    if (UNLIKELY(!callee->entry)) {
      ret_pc = pc + 5;
      goto do_call;
    }
    /* From now on without a look at callee; what is not imported has the same memory. */
    if (callee->instance == code->func->instance) {
      word *call = (word *)(uintptr_t)pc;
      words_put64(call, HANDLER(call_same));
      words_put64(call + OP_WORDS, ptr_slot(callee->entry));
    }
    ENTER(callee->entry, base, pc + 5, code);
  }
  OP(call_same) { ENTER_SAME(P(2), fp + W(4), pc + 5, code); }
  OP(call_indirect) {
    CHECK(table_func(e, P(2), P(4), S(6), &callee));
    CALL(callee, W(7), 8);
  }
  OP(call_ref) {
    callee = slot_ptr(S(2));
    if (UNLIKELY(!callee)) TRAP(NULL_FUNC);
    CALL(callee, W(3), 4);
  }
  do_call: {
    if (LIKELY(callee->entry != NULL)) ENTER(callee->entry, base, ret_pc, code);
    if (callee->instance) goto translate;
    wfx_instance *const caller = code->func ? code->func->instance : NULL;
    SAVE(ret_pc);
    *status = wfx__host_call(e->store, callee, caller, base);
    e->current = k;
    SET_MEM(mem);
    if (UNLIKELY(*status != WFX_OK)) goto host_failed;
    e->exn = 0;
    pc = ret_pc;
    DISPATCH();
  }
  OP(return_call) { callee = P(2); base = &S(4); need = W(5); ret_pc =
      pc + 7; goto do_return_call; }
  OP(return_call_indirect) {
    CHECK(table_func(e, P(2), P(4), S(6), &callee));
    base = &S(7);
    need = W(8);
    ret_pc = pc + 10;
    goto do_return_call;
  }
  OP(return_call_ref) {
    callee = slot_ptr(S(2));
    if (UNLIKELY(!callee)) TRAP(NULL_FUNC);
    base = &S(3);
    need = W(4);
    ret_pc = pc + 6;
    goto do_return_call;
  }
  /* The link's place is the last operand; base has the arguments, need of them. */
  do_return_call: {
    if (UNLIKELY(!callee->entry && callee->instance)) goto translate;
    const slot link[2] = {fp[ret_pc[-1]], fp[ret_pc[-1] + 1]};
    const struct flat *to = callee->entry;
    if (!to) {
      /* The frame goes, and the host is called in its place by its caller. */
      wfx_instance *const caller = code->func->instance;
      memmove(fp, base, need * sizeof(slot));
      base = fp;
      ret_pc = slot_ptr(link[0]);
      code = slot_ptr(link[1]);
      fp -= ret_pc[-1];
      SAVE(ret_pc);
      const u32 end = (u32)(base - k->stack) + (u32)need;
      if (k->sp < end) k->sp = end;
      *status = wfx__host_call(e->store, callee, caller, base);
      e->current = k;
      SET_MEM(code->mem);
      if (UNLIKELY(*status != WFX_OK)) goto host_failed;
      e->exn = 0;
      pc = ret_pc;
      DISPATCH();
    }
    if (UNLIKELY((size_t)(limit - fp) < to->n_slots)) {
      need = (size_t)(fp - k->stack) + to->n_slots;
      goto grow;
    }
    memmove(fp, base, need * sizeof(slot));
    ENTER(to, fp, slot_ptr(link[0]), slot_ptr(link[1]));
  }
  /* Both come back to the same instruction. */
  translate: {
    SAVE(pc + 1);
    if (!wfx__engine_translate(e, callee)) {
      *status = wfx__run_stop(e, errs_status(&e->store->errs));
      return NULL;
    }
    DISPATCH();
  }
  grow: {
    SAVE(pc + 1);
    CHECK(wfx__cont_grow(e, k, need, k->sp));
    fp = k->stack + k->fp;
    limit = k->stack + k->n_slots;
    DISPATCH();
  }

  OP(trace) {
    SAVE(pc);
    wfx__trace_step(e, code, fp, pc + OP_WORDS);
    NEXT(5 + 4 * W(4));
  }
  OP(tick) {
    if (UNLIKELY((e->control.slice -= W(2)) < 0)) {
      ret_pc = pc + 3;
      goto ticked;
    }
    NEXT(3);
  }
  OP(tick_bulk) {
    if (UNLIKELY((e->control.slice -= (int64_t)(S(2) >> W(3))) < 0)) {
      ret_pc = pc + 4;
      goto ticked;
    }
    NEXT(4);
  }
  OP(tick_array) {
    const struct array_obj *a = slot_ptr(S(2));
    if (UNLIKELY((e->control.slice -= (int64_t)(a->n >> W(3))) < 0)) {
      ret_pc = pc + 4;
      goto ticked;
    }
    NEXT(4);
  }
  ticked: {
    SAVE(ret_pc);
    CHECK(wfx__control_poll(e));
    k = e->current;
    LOAD_STATE();
    DISPATCH();
  }

  /* ---- Exceptions ---- */

  OP(throw) {
    struct tag_obj *tag = P(2);
    SAVE(pc + 5);
    exn = wfx__exn_new(e->store, tag);
    if (UNLIKELY(!exn)) CHECK(wfx__heap_trap(e->store, 0));
    copy_slots(exn_slots(exn), &S(4), tag->n_param_slots);
    goto thrown;
  }
  OP(throw_ref) {
    exn = S(2);
    if (!exn) TRAP(NULL_EXN);
    SAVE(pc + 3);
    goto thrown;
  }
  /* From the saved state of e->current. */
  thrown: {
    struct cont *to = wfx__unwind(e, exn);
    if (!to) {
      *status = wfx__run_stop(e, WFX_EXCEPTION);
      return NULL;
    }
    k = to;
    LOAD_STATE();
    DISPATCH();
  }
  host_failed: {
    if (*status == WFX_EXCEPTION && e->exn) {
      exn = e->exn;
      e->exn = 0;
      wfx__store_clear(e->store);
      goto thrown;
    }
    *status = wfx__run_stop(e, *status);
    return NULL;
  }

  /* ---- Continuations ---- */

  OP(cont_new) {
    callee = slot_ptr(S(3));
    if (UNLIKELY(!callee)) TRAP(NULL_FUNC);
    if (UNLIKELY(!callee->entry && callee->instance)) goto translate;
    SAVE(pc + 4);
    struct cont *c = wfx__cont_new(e, callee, &trap);
    if (UNLIKELY(!c)) goto trapped;
    slot *dst = &S(2);
    dst[0] = ptr_slot(c);
    dst[1] = c->revision;
    NEXT(4);
  }
  OP(cont_bind) {
    const slot *a = &S(3);
    struct cont *c = slot_ptr(a[0]);
    if (UNLIKELY(!c)) TRAP(NULL_CONT);
    if (UNLIKELY(c->revision != a[1])) TRAP(CONT_CONSUMED);
    copy_slots(c->stack + c->sp, &S(4), W(5));
    c->sp += W(5);
    slot *dst = &S(2);
    dst[0] = ptr_slot(c);
    dst[1] = ++c->revision;
    NEXT(6);
  }
  OP(suspend) {
    struct cont *outer;
    const struct clause *clause = find_on(e, k, P(2), &outer);
    if (UNLIKELY(!clause) && !(clause = wfx__host_clause(e, k, P(2), &outer, &trap)))
      goto trapped;
    const u32 n = W(4);
    const slot *from = &S(5);
    k->pc = pc + 6;
    k->code = code;
    k->fp = (u32)(fp - k->stack);
    k->sp = k->fp + W(5);
    k->outer = outer;
    k->state = CONT_SUSPENDED;
    struct cont *to = outer->parent;
    outer->parent = NULL;
    code = to->code;
    SET_MEM(code->mem);
    fp = to->stack + to->fp;
    limit = to->stack + to->n_slots;
    slot *dst = fp + clause->dst;
    copy_slots(dst, from, n);
    dst[n] = ptr_slot(k);
    dst[n + 1] = k->revision;
    k = to;
    pc = clause->pc;
    e->n_suspends++;
    DISPATCH();
  }
  OP(resume) {
    const slot *a = &S(2);
    struct cont *c = slot_ptr(a[0]);
    if (UNLIKELY(!c)) TRAP(NULL_CONT);
    if (UNLIKELY(c->revision != a[1])) TRAP(CONT_CONSUMED);
    c->revision++;
    k->pc = pc + 8;
    k->code = code;
    k->fp = (u32)(fp - k->stack);
    k->sp = k->fp + W(6);
    c->outer->parent = k;
    c->outer->handlers = P(3);
    copy_slots(c->stack + c->sp, &S(6), W(5));
    c->state = CONT_RUNNING;
    k = c;
    e->n_resumes++;
    LOAD_STATE();
    DISPATCH();
  }
  OP(resume_throw) {
    struct tag_obj *tag = P(5);
    struct cont *c = slot_ptr(S(2));
    if (UNLIKELY(!c)) TRAP(NULL_CONT);
    if (UNLIKELY(c->revision != (&S(2))[1])) TRAP(CONT_CONSUMED);
    SAVE(pc + 9);
    exn = wfx__exn_new(e->store, tag);
    if (UNLIKELY(!exn)) CHECK(wfx__heap_trap(e->store, 0));
    copy_slots(exn_slots(exn), &S(7), tag->n_param_slots);
    k->sp = k->fp + W(7);
    goto throw_into;
  }
  OP(resume_throw_ref) {
    struct cont *c = slot_ptr(S(2));
    if (UNLIKELY(!c)) TRAP(NULL_CONT);
    if (UNLIKELY(c->revision != (&S(2))[1])) TRAP(CONT_CONSUMED);
    exn = S(5);
    if (UNLIKELY(!exn)) TRAP(NULL_EXN);
    SAVE(pc + 8);
    k->sp = k->fp + W(6);
    goto throw_into;
  }
  /* Operands 2 and 3 are the same in both. One that is fresh ends before it has begun. */
  throw_into: {
    struct cont *c = slot_ptr(S(2));
    c->revision++;
    e->n_resumes++;
    if (c->state == CONT_FRESH) {
      wfx__cont_put(e, c);
      goto thrown;
    }
    c->outer->parent = k;
    c->outer->handlers = P(3);
    c->state = CONT_RUNNING;
    e->current = k = c;
    goto thrown;
  }
  OP(switch) {
    const slot *a = &S(2);
    struct cont *c = slot_ptr(a[0]);
    if (UNLIKELY(!c)) TRAP(NULL_CONT);
    if (UNLIKELY(c->revision != a[1])) TRAP(CONT_CONSUMED);
    struct cont *outer = find_switch(e, k, P(3));
    if (UNLIKELY(!outer)) TRAP(UNHANDLED_TAG);
    c->revision++;
    const u32 n = W(5);
    const slot *from = &S(6);
    k->pc = pc + 7;
    k->code = code;
    k->fp = (u32)(fp - k->stack);
    k->sp = k->fp + W(6);
    k->outer = outer;
    k->state = CONT_SUSPENDED;
    c->outer->parent = outer->parent;
    c->outer->handlers = outer->handlers;
    outer->parent = NULL;
    slot *dst = c->stack + c->sp;
    copy_slots(dst, from, n);
    dst[n] = ptr_slot(k);
    dst[n + 1] = k->revision;
    c->state = CONT_RUNNING;
    k = c;
    e->n_switches++;
    LOAD_STATE();
    DISPATCH();
  }
  OP(exit_host) {
    SAVE(pc);
    *status = WFX_OK;
    return NULL;
  }
  OP(exit_cont) {
    struct cont *to = k->parent;
    const slot *from = k->stack;
    struct cont *gone = k;
    k = to;
    LOAD_STATE();
    copy_slots(fp + pc[-2], from, pc[-1]);
    wfx__cont_put(e, gone);
    DISPATCH();
  }
  OP(run_host) {
    const struct func_obj *f = k->func;
    SAVE(pc + 2);
    k->sp = f->n_param_slots;
    wfx_instance *caller = wfx__run_instance(e);
    *status = wfx__host_call(e->store, f, caller, k->stack);
    e->current = k;
    if (UNLIKELY(*status != WFX_OK)) goto host_failed;
    e->exn = 0;
    pc = e->stub_cont.words;
    DISPATCH();
  }

  /* ---- Memory ---- */

  OP(set_mem) { SET_MEM(P(2)); NEXT(4); }
  OP(addr64) {
    u64 at = S(3), offset = words_get64(pc + 4);
    if (UNLIKELY(at >= mem_bytes || offset >= mem_bytes - at)) TRAP(MEMORY);
    S(2) = at + offset;
    NEXT(6);
  }
#define LOAD(id, T, conv)                                              \
  DO_LOAD(id, T, conv, S(3) + W(4), 5)                                 \
  DO_LOAD(id##_x, T, conv, (u64)((u32)S(3) + W(4)) + W(5), 6)          \
  DO_LOAD(id##_c, T, conv, (u64)W(3), 4)                               \
  DO_LOAD(id##_t, T, conv, (u64)(u32)(S(5) = (u32)S(3) + W(4)) + W(6), 7) \
  DO_LOAD(id##_s, T, conv, (u64)(((u32)S(3) << (W(4) & 31)) + W(5)) + W(6), 7) \
  DO_LOAD(id##_i, T, conv, (u64)(((u32)S(3) << (W(4) & 31)) + (u32)S(5)) + W(6), 7)
#define STORE(id, T)                                                   \
  DO_STORE(id, T, S(2) + W(4), S(3), 5)                                \
  DO_STORE(id##_x, T, (u64)((u32)S(2) + W(3)) + W(5), S(4), 6)         \
  DO_STORE(id##_c, T, (u64)W(2), S(3), 4)
#define ADD_BR(id, mirror)                                             \
  OP(add_br_##id) {                                                    \
    const u32 x = (u32)S(3) + W(4);                                    \
    S(2) = x;                                                          \
    if (num_##id(x, (u32)S(5))) JUMP(6);                               \
    NEXT(7);                                                           \
  }                                                                    \
  OP(add_br_##id##_k) {                                                \
    const u32 x = (u32)S(3) + W(4);                                    \
    S(2) = x;                                                          \
    if (num_##id(x, W(5))) JUMP(6);                                    \
    NEXT(7);                                                           \
  }
#define SELECT(id)                                                     \
  OP(select_##id) { S(2) = num_##id((u32)S(5), (u32)S(6)) ? S(3) : S(4); NEXT(7); } \
  OP(select_##id##_k) { S(2) = num_##id((u32)S(5), W(6)) ? S(3) : S(4); NEXT(7); }
#define DO_TWO(id, T, x)                                              \
  OP(id) { S(2) = wr_##T(x); NEXT(6); }
#define TWO(f, g, T) \
  DO_TWO(f##_##g, T, num_##g(num_##f(rd_##T(S(3)), rd_##T(S(4))), rd_##T(S(5))))
#define TWO_R(f, g, T) \
  DO_TWO(f##_##g##_r, T, num_##g(rd_##T(S(5)), num_##f(rd_##T(S(3)), rd_##T(S(4)))))
#define TWO_K(f, g, T) \
  DO_TWO(f##_k_##g, T, num_##g(num_##f(rd_##T(S(3)), k_##T(pc + 4)), rd_##T(S(5))))
#define TWO_KK(f, g, T) \
  DO_TWO(f##_k_##g##_k, T, num_##g(num_##f(rd_##T(S(3)), k_##T(pc + 4)), k_##T(pc + 5)))
#include "engine/flat_fused.def"
  OP(atomic_align) { if (UNLIKELY(((u32)S(2) + W(3)) & W(4))) TRAP(UNALIGNED); NEXT(5); }
  OP(atomic_rmw) {
    CHECK(wfx__atomic_rmw(mem, S(3) + W(4), (enum atomic_op)(W(6) >> 8), W(6) & 0xff, S(5), 0,
                          &S(2)));
    NEXT(7);
  }
  OP(atomic_cmpxchg) {
    CHECK(wfx__atomic_rmw(mem, S(3) + W(4), ATOMIC_cmpxchg, W(7), S(6), S(5), &S(2)));
    NEXT(8);
  }
  OP(atomic_wait) {
    CHECK(wfx__atomic_wait(mem, S(3) + W(4), W(7), S(5), (int64_t)S(6), &S(2)));
    NEXT(8);
  }
  OP(atomic_notify) {
    if (UNLIKELY(!range_fits(mem->size_bytes, S(3) + W(4), 4))) TRAP(MEMORY);
    S(2) = 0;
    NEXT(7);
  }
  OP(memory_size) { S(2) =
      ((const struct mem_obj *)P(3))->size_bytes / WFX_PAGE_BYTES; NEXT(5); }
  OP(memory_grow) {
    struct mem_obj *m = P(4);
    u64 old = m->size_bytes / WFX_PAGE_BYTES;
    u64 failed = m->is_64 ? UINT64_MAX : UINT32_MAX;
    S(2) = wfx__mem_grow(e->store, m, S(3)) ? old : failed;
    SET_MEM(mem);
    NEXT(6);
  }
  OP(memory_fill) { CHECK(wfx__mem_fill(P(5), S(2), (uint8_t)S(3), S(4))); NEXT(7); }
  OP(memory_copy) { CHECK(wfx__mem_copy(P(5), S(2), P(7), S(3), S(4))); NEXT(9); }
  OP(memory_init) { CHECK(wfx__mem_init(P(5), S(2), P(7), S(3), S(4))); NEXT(9); }
  OP(data_drop) { ((struct data_obj *)P(2))->n = 0; NEXT(4); }

  /* ---- Tables ---- */

  OP(table_get) {
    const struct table_obj *t = P(4);
    if (UNLIKELY(S(3) >= t->size)) TRAP(TABLE);
    S(2) = t->items[S(3)];
    NEXT(6);
  }
  OP(table_get2) {
    const struct table_obj *t = P(4);
    if (UNLIKELY(S(3) >= t->size)) TRAP(TABLE);
    memcpy(&S(2), &t->items[S(3) * 2], 16);
    NEXT(6);
  }
  OP(table_set) {
    struct table_obj *t = P(4);
    if (UNLIKELY(S(2) >= t->size)) TRAP(TABLE);
    t->items[S(2)] = S(3);
    NEXT(6);
  }
  OP(table_set2) {
    struct table_obj *t = P(4);
    if (UNLIKELY(S(2) >= t->size)) TRAP(TABLE);
    memcpy(&t->items[S(2) * 2], &S(3), 16);
    NEXT(6);
  }
  OP(table_size) { S(2) = ((const struct table_obj *)P(3))->size; NEXT(5); }
  OP(table_grow) {
    struct table_obj *t = P(5);
    u64 old = t->size, failed = t->is_64 ? UINT64_MAX : UINT32_MAX;
    S(2) = wfx__table_grow(e->store, t, S(4), &S(3)) ? old : failed;
    NEXT(7);
  }
  OP(table_fill) { CHECK(wfx__table_fill(P(5), S(2), &S(3), S(4))); NEXT(7); }
  OP(table_copy) { CHECK(wfx__table_copy(P(5), S(2), P(7), S(3), S(4))); NEXT(9); }
  OP(table_init) { CHECK(wfx__table_init(P(5), S(2), P(7), S(3), S(4))); NEXT(9); }
  OP(elem_drop) { ((struct elem_obj *)P(2))->n = 0; NEXT(4); }

  /* ---- References ---- */

  OP(ref_as_non_null) { if (UNLIKELY(S(2) == 0)) TRAP(NULL_REF); NEXT(3); }
  OP(ref_test) { S(2) = is_rtt(S(3), W(4), P(5)); NEXT(7); }
  OP(ref_test_abs) { S(2) = is_abstract(S(3), W(4), W(5)); NEXT(6); }
  OP(ref_cast) { if (UNLIKELY(!is_rtt(S(2), W(3), P(4)))) TRAP(CAST); NEXT(6); }
  OP(ref_cast_abs) { if (UNLIKELY(!is_abstract(S(2), W(3), W(4)))) TRAP(CAST); NEXT(5); }
  OP(ref_i31) { S(2) = i31_slot((u32)S(3)); NEXT(4); }
  OP(i31_get_s) {
    if (UNLIKELY(S(3) == 0)) TRAP(NULL_I31);
    S(2) = (u32)slot_i31_s(S(3));
    NEXT(4);
  }
  OP(i31_get_u) {
    if (UNLIKELY(S(3) == 0)) TRAP(NULL_I31);
    S(2) = slot_i31_u(S(3));
    NEXT(4);
  }

  /* ---- Structs: allocation reads its operands only afterwards ---- */

  OP(struct_new) {
    SAVE(pc + 6);
    slot ref = new_struct(e, P(4));
    if (UNLIKELY(!ref)) CHECK(wfx__heap_trap(e->store, 0));
    fill_struct(ref, &S(3));
    S(2) = ref;
    NEXT(6);
  }
  OP(struct_new_default) {
    SAVE(pc + 5);
    slot ref = new_struct(e, P(3));
    if (UNLIKELY(!ref)) CHECK(wfx__heap_trap(e->store, 0));
    S(2) = ref;
    NEXT(5);
  }
  STRUCT_GET(struct_get8_s, int8_t, (u32)(int32_t))
  STRUCT_GET(struct_get8_u, uint8_t, )
  STRUCT_GET(struct_get16_s, int16_t, (u32)(int32_t))
  STRUCT_GET(struct_get16_u, uint16_t, )
  STRUCT_GET(struct_get32, uint32_t, )
  STRUCT_GET(struct_get64, uint64_t, )
  OP(struct_get128) {
    const slot ref = S(3);
    if (UNLIKELY(ref == 0)) TRAP(NULL_STRUCT);
    memcpy(&S(2), (const char *)slot_ptr(ref) + W(4), 16);
    NEXT(5);
  }
  STRUCT_SET(struct_set8, uint8_t)
  STRUCT_SET(struct_set16, uint16_t)
  STRUCT_SET(struct_set32, uint32_t)
  STRUCT_SET(struct_set64, uint64_t)
  OP(struct_set128) {
    if (UNLIKELY(S(2) == 0)) TRAP(NULL_STRUCT);
    memcpy((char *)slot_ptr(S(2)) + W(4), &S(3), 16);
    NEXT(5);
  }

  /* ---- Arrays ---- */

  OP(array_new) {
    SAVE(pc + 7);
    struct array_obj *a = wfx__array_new(e->store, P(5), (u32)S(4));
    if (UNLIKELY(!a)) CHECK(array_trap(e, P(5), (u32)S(4)));
    wfx__array_fill(a, 0, &S(3), a->n);
    S(2) = ptr_slot(a);
    NEXT(7);
  }
  OP(array_new_default) {
    SAVE(pc + 6);
    struct array_obj *a = wfx__array_new(e->store, P(4), (u32)S(3));
    if (UNLIKELY(!a)) CHECK(array_trap(e, P(4), (u32)S(3)));
    S(2) = ptr_slot(a);
    NEXT(6);
  }
  OP(array_new_fixed) {
    SAVE(pc + 7);
    struct array_obj *a = wfx__array_new(e->store, P(5), W(4));
    if (UNLIKELY(!a)) CHECK(array_trap(e, P(5), W(4)));
    fill_fixed(ptr_slot(a), &S(3));
    S(2) = ptr_slot(a);
    NEXT(7);
  }
  OP(array_new_data) {
    const struct rtt *rtt = P(5);
    const struct data_obj *d = P(7);
    u64 from = (u32)S(3), n = (u32)S(4);
    if (from + n * rtt->size_bytes > d->n) TRAP(MEMORY);
    SAVE(pc + 9);
    struct array_obj *a = wfx__array_new(e->store, rtt, (u32)n);
    if (UNLIKELY(!a)) CHECK(array_trap(e, rtt, (u32)n));
    CHECK(wfx__array_init_data(a, 0, d, (u32)from, (u32)n));
    S(2) = ptr_slot(a);
    NEXT(9);
  }
  OP(array_new_elem) {
    const struct elem_obj *d = P(7);
    u64 from = (u32)S(3), n = (u32)S(4);
    if (from + n > d->n) TRAP(TABLE);
    SAVE(pc + 9);
    struct array_obj *a = wfx__array_new(e->store, P(5), (u32)n);
    if (UNLIKELY(!a)) CHECK(array_trap(e, P(5), (u32)n));
    CHECK(wfx__array_init_elem(a, 0, d, (u32)from, (u32)n));
    S(2) = ptr_slot(a);
    NEXT(9);
  }
  ARRAY_GET(array_get8_s, int8_t, (u32)(int32_t))
  ARRAY_GET(array_get8_u, uint8_t, )
  ARRAY_GET(array_get16_s, int16_t, (u32)(int32_t))
  ARRAY_GET(array_get16_u, uint16_t, )
  ARRAY_GET(array_get32, uint32_t, )
  ARRAY_GET(array_get64, uint64_t, )
  OP(array_get128) {
    ARRAY_AT(S(3), S(4));
    memcpy(&S(2), array_item(a, i), 16);
    NEXT(5);
  }
  ARRAY_SET(array_set8, uint8_t)
  ARRAY_SET(array_set16, uint16_t)
  ARRAY_SET(array_set32, uint32_t)
  ARRAY_SET(array_set64, uint64_t)
  OP(array_set128) {
    ARRAY_AT(S(2), S(3));
    memcpy(array_item(a, i), &S(4), 16);
    NEXT(5);
  }
  OP(array_len) {
    if (UNLIKELY(S(3) == 0)) TRAP(NULL_ARRAY);
    S(2) = ((const struct array_obj *)slot_ptr(S(3)))->n;
    NEXT(4);
  }
  OP(array_fill) {
    if (UNLIKELY(S(2) == 0)) TRAP(NULL_ARRAY);
    CHECK(wfx__array_fill(slot_ptr(S(2)), (u32)S(3), &S(4), (u32)S(5)));
    NEXT(6);
  }
  OP(array_copy) {
    if (UNLIKELY(S(2) == 0 || S(4) == 0)) TRAP(NULL_ARRAY);
    CHECK(wfx__array_copy(slot_ptr(S(2)), (u32)S(3), slot_ptr(S(4)), (u32)S(5), (u32)S(6)));
    NEXT(7);
  }
  OP(array_init_data) {
    if (UNLIKELY(S(2) == 0)) TRAP(NULL_ARRAY);
    CHECK(wfx__array_init_data(slot_ptr(S(2)), (u32)S(3), P(6), (u32)S(4), (u32)S(5)));
    NEXT(8);
  }
  OP(array_init_elem) {
    if (UNLIKELY(S(2) == 0)) TRAP(NULL_ARRAY);
    CHECK(wfx__array_init_elem(slot_ptr(S(2)), (u32)S(3), P(6), (u32)S(4), (u32)S(5)));
    NEXT(8);
  }

  /* ---- Vectors ---- */

  OP(v128_const) { memcpy(&S(2), &W(3), 16); NEXT(7); }
  OP(v128_load) {
    u64 at = S(3) + W(4);
    if (UNLIKELY(at + 16 > mem_bytes)) TRAP(MEMORY);
    memcpy(&S(2), mem_base + at, 16);
    NEXT(5);
  }
  OP(v128_store) {
    u64 at = S(2) + W(4);
    if (UNLIKELY(at + 16 > mem_bytes)) TRAP(MEMORY);
    memcpy(mem_base + at, &S(3), 16);
    NEXT(5);
  }
  OP(v128_extend) {
    slot *dst = &S(2);
    dst[0] = S(3);
    dst[1] = 0;
    NEXT(4);
  }
  SPLAT(v128_splat8, uint8_t)
  SPLAT(v128_splat16, uint16_t)
  SPLAT(v128_splat32, uint32_t)
  SPLAT(v128_splat64, uint64_t)
  GET_LANE(v128_get8_s, int8_t, (u32)(int32_t))
  GET_LANE(v128_get8_u, uint8_t, )
  GET_LANE(v128_get16_s, int16_t, (u32)(int32_t))
  GET_LANE(v128_get16_u, uint16_t, )
  GET_LANE(v128_get32, uint32_t, )
  GET_LANE(v128_get64, uint64_t, )
  SET_LANE(v128_put8, uint8_t)
  SET_LANE(v128_put16, uint16_t)
  SET_LANE(v128_put32, uint32_t)
  SET_LANE(v128_put64, uint64_t)
  OP(v128_shuffle) {
    uint8_t lanes[16];
    memcpy(lanes, &W(5), 16);
    wfx__simd_shuffle(&S(3), &S(4), lanes, &S(2));
    NEXT(9);
  }
  OP(v128_un) { wfx__simd_un[W(4)](&S(3), &S(2)); NEXT(5); }
  OP(v128_bin) { wfx__simd_bin[W(5)](&S(3), &S(4), &S(2)); NEXT(6); }
  OP(v128_tern) { wfx__simd_tern[W(6)](&S(3), &S(4), &S(5), &S(2)); NEXT(7); }
  OP(v128_shift) { wfx__simd_shift[W(5)](&S(3), (u32)S(4), &S(2)); NEXT(6); }
  OP(v128_test) { S(2) = wfx__simd_test[W(4)](&S(3)); NEXT(5); }

  /* ---- Numbers ---- */

#define UN(id, T, R)                                                     \
  OP(id) { S(2) = wr_##R(num_##id(rd_##T(S(3)))); NEXT(4); }
#define UN_TRAP(id, T, R)                                                \
  OP(id) {                                                               \
    R r_ = 0;                                                            \
    enum num_trap t_ = num_##id(rd_##T(S(3)), &r_);                     \
    if (UNLIKELY(t_ != NUM_OK)) CHECK(num_trap(t_));                     \
    S(2) = wr_##R(r_);                                                  \
    NEXT(4);                                                             \
  }
#define BIN(id, T, R)                                                    \
  OP(id) { S(2) = wr_##R(num_##id(rd_##T(S(3)), rd_##T(S(4)))); NEXT(5); } \
  OP(id##_k) {                                                           \
    S(2) = wr_##R(num_##id(rd_##T(S(3)), k_##T(pc + 4)));              \
    NEXT(4 + K_WORDS_##T);                                               \
  }
#define BIN_TRAP(id, T, R)                                               \
  OP(id) {                                                               \
    R r_ = 0;                                                            \
    enum num_trap t_ = num_##id(rd_##T(S(3)), rd_##T(S(4)), &r_);      \
    if (UNLIKELY(t_ != NUM_OK)) CHECK(num_trap(t_));                     \
    S(2) = wr_##R(r_);                                                  \
    NEXT(5);                                                             \
  }                                                                      \
  OP(id##_k) {                                                           \
    R r_ = 0;                                                            \
    enum num_trap t_ = num_##id(rd_##T(S(3)), k_##T(pc + 4), &r_);      \
    if (UNLIKELY(t_ != NUM_OK)) CHECK(num_trap(t_));                     \
    S(2) = wr_##R(r_);                                                  \
    NEXT(5);                                                             \
  }
#define CMP(id, T, inverse)                                              \
  OP(id) { S(2) = num_##id(rd_##T(S(3)), rd_##T(S(4))); NEXT(5); }     \
  OP(id##_k) { S(2) = num_##id(rd_##T(S(3)), k_##T(pc + 4)); NEXT(5); } \
  OP(br_##id) { if (num_##id(rd_##T(S(2)), rd_##T(S(3)))) JUMP(4); NEXT(5); } \
  OP(br_##id##_k) { if (num_##id(rd_##T(S(2)), k_##T(pc + 3))) JUMP(4); NEXT(5); }
#define FCMP(id, T)                                                      \
  OP(id) { S(2) = num_##id(rd_##T(S(3)), rd_##T(S(4))); NEXT(5); }     \
  OP(br_##id) { if (num_##id(rd_##T(S(2)), rd_##T(S(3)))) JUMP(4); NEXT(5); } \
  OP(brn_##id) { if (!num_##id(rd_##T(S(2)), rd_##T(S(3)))) JUMP(4); NEXT(5); }
#include "engine/flat.def"
  }

trapped:
  SAVE(pc + 1);
  *status = wfx__run_trap(e, trap);
  return NULL;
}

wfx_status wfx__interp(struct engine *e, struct cont *k) {
  wfx_status status = WFX_OK;
  interpret(e, k, &status);
  return status;
}

const void *const *wfx__interp_handlers(void) { return interpret(NULL, NULL, NULL); }

#undef W
#undef S
#undef P
#undef OP
#undef DISPATCH
#undef NEXT
#undef JUMP
#undef TRAP
#undef CHECK
#undef SAVE
#undef LOAD_STATE
#undef SET_MEM
#undef ENTER
#undef ENTER_SAME
#undef HANDLER
#undef CALL
#undef RETURN_TO
#undef CHECK_ACCESS
#undef DO_LOAD
#undef DO_STORE
#undef DO_TWO
#undef STRUCT_GET
#undef STRUCT_SET
#undef ARRAY_AT
#undef ARRAY_GET
#undef ARRAY_SET
#undef SPLAT
#undef GET_LANE
#undef SET_LANE
