/* flatten.c: from stack code to register code: words, operands, numeric instructions.
 *
 * One pass over a validated body, with the operand stack kept at translation time: local.get
 * and constants emit nothing, they become operands that the consumer reads where they are. What
 * is still in a local is copied to its canonical slot before that local is set and before a
 * block is opened, so that all paths to a label agree on where operands lie; branches bring the
 * label's operands there. Dead code is skipped.
 *
 * What is emitted is made one with the instruction before it where flat_fused.def has both in one
 * and nothing jumps between them: `last` is the newest instruction while its result is an operand
 * nobody else sees, `newest` and `before` also when it went to a local. An i32 local plus a
 * constant is an operand of its own (ENTRY_SUM), so that addresses are added up by the access.
 * Control, reference, vector and atomic
 * instructions are in flatten_ctl.c, flatten_ref.c, flatten_simd.c and flatten_atomic.c. */
#include "engine/flatten.h"

#include <assert.h>

#include "ir/match.h"

/* ---- What each instruction becomes ------------------------------------------------------- */

enum row_kind { ROW_CALL, ROW_TODO, ROW_UN, ROW_BIN_u32, ROW_BIN_u64, ROW_BIN_f32, ROW_BIN_f64,
                ROW_FCMP, ROW_LOAD, ROW_STORE };

struct row {
  uint8_t kind;     /* enum row_kind */
  uint16_t op;      /* enum flat_op */
  flatten_fn fn;    /* ROW_CALL */
};

static void do_nop(struct fl *f, const struct inst *in);
static void do_drop(struct fl *f, const struct inst *in);
static void do_select(struct fl *f, const struct inst *in);
static void do_local_get(struct fl *f, const struct inst *in);
static void do_local_set(struct fl *f, const struct inst *in);
static void do_local_tee(struct fl *f, const struct inst *in);
static void do_global_get(struct fl *f, const struct inst *in);
static void do_global_set(struct fl *f, const struct inst *in);
static void do_const(struct fl *f, const struct inst *in);
static void do_eqz(struct fl *f, const struct inst *in);

/* Those that change no bits of a slot are nops. */
#define PLAIN(X)                                                                              \
  X(nop, do_nop) X(drop, do_drop) X(select, do_select) X(select_t, do_select)                  \
  X(local_get, do_local_get) X(local_set, do_local_set) X(local_tee, do_local_tee)             \
  X(global_get, do_global_get) X(global_set, do_global_set) X(i32_const, do_const)             \
  X(i64_const, do_const) X(f32_const, do_const) X(f64_const, do_const) X(i32_eqz, do_eqz)      \
  X(i64_eqz, do_eqz) X(i64_extend_i32_u, do_nop) X(i32_reinterpret_f32, do_nop)                \
  X(i64_reinterpret_f64, do_nop) X(f32_reinterpret_i32, do_nop)                                \
  X(f64_reinterpret_i64, do_nop) X(any_convert_extern, do_nop) X(extern_convert_any, do_nop)   \
  X(atomic_fence, do_nop)

#define ROW_FN(id, fn_) [WFX_OP_##id] = {.kind = ROW_CALL, .fn = fn_},
#define ROW_SPECIAL(id) [WFX_OP_##id] = {.kind = ROW_CALL, .fn = wfx__fl_##id},
#define ROW_LOAD_OP(id, flat) [WFX_OP_##id] = {.kind = ROW_LOAD, .op = FL_##flat},
#define ROW_STORE_OP(id, flat) [WFX_OP_##id] = {.kind = ROW_STORE, .op = FL_##flat},
#define ROW_ATOMIC(id, ...) [WFX_OP_##id] = {.kind = ROW_CALL, .fn = wfx__fl_atomic},
#define ROW_VECTOR(id, ...) [WFX_OP_##id] = {.kind = ROW_CALL, .fn = wfx__fl_simd},
#define VUN ROW_VECTOR
#define VBIN ROW_VECTOR
#define VTERN ROW_VECTOR
#define VSHIFT ROW_VECTOR
#define VTEST ROW_VECTOR
#define WFX_TODO(id) [WFX_OP_##id] = {.kind = ROW_TODO},
#define UN(id, T, R) [WFX_OP_##id] = {.kind = ROW_UN, .op = FL_##id},
#define UN_TRAP(id, T, R) [WFX_OP_##id] = {.kind = ROW_UN, .op = FL_##id},
#define BIN(id, T, R) [WFX_OP_##id] = {.kind = ROW_BIN_##T, .op = FL_##id},
#define BIN_TRAP(id, T, R) [WFX_OP_##id] = {.kind = ROW_BIN_##T, .op = FL_##id},
#define CMP(id, T, inverse) [WFX_OP_##id] = {.kind = ROW_BIN_##T, .op = FL_##id},
#define FCMP(id, T) [WFX_OP_##id] = {.kind = ROW_FCMP, .op = FL_##id},
static const struct row rows[WFX_OP_COUNT] = {
    PLAIN(ROW_FN) FLATTEN_CTL(ROW_SPECIAL) FLATTEN_REF(ROW_SPECIAL)
    FLATTEN_LOADS(ROW_LOAD_OP) FLATTEN_STORES(ROW_STORE_OP) FLATTEN_LANES(ROW_VECTOR)
    FLATTEN_ATOMICS(ROW_ATOMIC)
#include "base/wsimd.def"
#include "engine/engine_todo.def"
#include "engine/flat.def"
};

/* The same lists once more as names: an instruction in none of them does not compile. */
#define NAME_1(id) IS_TRANSLATED_##id,
#define NAME_2(id, x) IS_TRANSLATED_##id,
#define NAME_N(id, ...) IS_TRANSLATED_##id,
#define VUN NAME_N
#define VBIN NAME_N
#define VTERN NAME_N
#define VSHIFT NAME_N
#define VTEST NAME_N
#define WFX_TODO(id) IS_TRANSLATED_##id,
#define UN(id, T, R) IS_TRANSLATED_##id,
#define UN_TRAP(id, T, R) IS_TRANSLATED_##id,
#define BIN(id, T, R) IS_TRANSLATED_##id,
#define BIN_TRAP(id, T, R) IS_TRANSLATED_##id,
#define CMP(id, T, inverse) IS_TRANSLATED_##id,
#define FCMP(id, T) IS_TRANSLATED_##id,
enum {
  PLAIN(NAME_2) FLATTEN_CTL(NAME_1) FLATTEN_REF(NAME_1) FLATTEN_LOADS(NAME_2)
  FLATTEN_STORES(NAME_2) FLATTEN_LANES(NAME_N) FLATTEN_ATOMICS(NAME_N)
#include "base/wsimd.def"
#include "engine/engine_todo.def"
#include "engine/flat.def"
  N_TRANSLATED
};
#define WFX_OP(id, text, prefix, code, imm, sig, feature) \
  _Static_assert(IS_TRANSLATED_##id >= 0, "each once");
#include <wasmfx/opcode.def>
#undef WFX_OP
_Static_assert((int)N_TRANSLATED == (int)WFX_OP_COUNT, "each instruction stands in one list");

/* Which instructions are compares, and their opposites. */
enum { IS_CMP = 1, IS_FCMP = 2, IS_COMMUTATIVE = 4 };
static const struct {
  uint8_t flags;
  uint16_t inverse;
} traits[FL_COUNT] = {
#define CMP(id, T, inv) \
  [FL_##id] = {IS_CMP, FL_##inv}, [FL_##id##_k] = {IS_CMP, FL_##inv##_k},
#define FCMP(id, T) [FL_##id] = {IS_FCMP, 0},
#include "engine/flat.def"
};
#undef PLAIN
#undef ROW_FN
#undef ROW_SPECIAL
#undef ROW_LOAD_OP
#undef ROW_STORE_OP
#undef NAME_1
#undef NAME_2
#undef NAME_N
#undef ROW_ATOMIC
#undef ROW_VECTOR

static bool is_commutative(enum wfx_op op) {
  switch ((int)op) {
  case WFX_OP_i32_add: case WFX_OP_i32_mul: case WFX_OP_i32_and: case WFX_OP_i32_or:
  case WFX_OP_i32_xor: case WFX_OP_i32_eq: case WFX_OP_i32_ne: case WFX_OP_i64_add:
  case WFX_OP_i64_mul: case WFX_OP_i64_and: case WFX_OP_i64_or: case WFX_OP_i64_xor:
  case WFX_OP_f64_add: case WFX_OP_f64_mul:
  case WFX_OP_i64_eq: case WFX_OP_i64_ne: return true;
  }
  return false;
}

/* ---- Words ------------------------------------------------------------------------------- */

void wfx__fl_word(struct fl *f, word w) {
  if (!f->is_failed && !vec_push(f->errs, &f->words, w)) f->is_failed = true;
}

void wfx__fl_word64(struct fl *f, uint64_t x) {
  word w[2];
  words_put64(w, x);
  wfx__fl_word(f, w[0]);
  wfx__fl_word(f, w[1]);
}

void wfx__fl_ptr(struct fl *f, const void *p) { wfx__fl_word64(f, ptr_slot(p)); }

static uint64_t handler_word(const struct fl *f, enum flat_op op) {
  return f->e->handlers ? ptr_slot(f->e->handlers[op]) : (uint64_t)op;
}

void wfx__fl_op(struct fl *f, enum flat_op op) {
  uint32_t at = (uint32_t)f->words.n;
  while (f->positions.n > 0 && vec_last(&f->positions).at >= at) f->positions.n--;
  if (f->positions.n == 0 || vec_last(&f->positions).pos != f->pos) {
    struct flat_pos p = {at, f->pos};
    if (!f->is_failed && !vec_push(f->errs, &f->positions, p)) f->is_failed = true;
  }
  f->last = at;
  f->last_op = op;
  f->last_has_dst = false;
  f->before = f->newest;
  f->newest = at;
  wfx__fl_word64(f, handler_word(f, op));
}

void wfx__fl_op_dst(struct fl *f, enum flat_op op, uint32_t dst) {
  wfx__fl_op(f, op);
  f->last_has_dst = true;
  wfx__fl_word(f, dst);
}

void wfx__fl_undo_last(struct fl *f) {
  assert(f->last == f->newest);
  f->words.n = f->last;
  f->last = WFX_NO_ID;
  f->newest = f->before;
  f->before = WFX_NO_ID;
}

void wfx__fl_cut(struct fl *f) { f->last = f->newest = f->before = WFX_NO_ID; }

bool wfx__fl_newest_is(const struct fl *f, enum flat_op op, uint32_t n) {
  return !f->is_failed && f->newest != WFX_NO_ID && f->words.n - f->newest == n &&
         words_get64(&f->words.data[f->newest]) == handler_word(f, op);
}

void wfx__fl_retype_newest(struct fl *f, enum flat_op op) {
  words_put64(&f->words.data[f->newest], handler_word(f, op));
  if (f->positions.n > 0 && vec_last(&f->positions).at == f->newest)
    vec_last(&f->positions).pos = f->pos;
  f->last = f->before = WFX_NO_ID;
}

uint32_t wfx__fl_label(struct fl *f) {
  if (!f->is_failed && !vec_push(f->errs, &f->labels, WFX_NO_ID)) f->is_failed = true;
  return (uint32_t)f->labels.n - 1;
}

void wfx__fl_bind(struct fl *f, uint32_t label) {
  wfx__fl_cut(f);
  if (!f->is_failed) f->labels.data[label] = (uint32_t)f->words.n;
}

void wfx__fl_target(struct fl *f, uint32_t label) {
  struct fixup x = {(uint32_t)f->words.n, label, f->newest};
  if (!f->is_failed && !vec_push(f->errs, &f->fixups, x)) f->is_failed = true;
  wfx__fl_word(f, 0);
}

enum { COPY_WORDS = OP_WORDS + 2 };

void wfx__fl_jump(struct fl *f, uint32_t label) {
  if (wfx__fl_newest_is(f, FL_copy, COPY_WORDS))
    wfx__fl_retype_newest(f, FL_copy_br);
  else if (wfx__fl_newest_is(f, FL_copy_copy, COPY_WORDS + 2))
    wfx__fl_retype_newest(f, FL_copy_copy_br);
  else
    wfx__fl_op(f, FL_br);
  wfx__fl_target(f, label);
}

void wfx__fl_copy(struct fl *f, uint32_t dst, uint32_t from, unsigned n_slots) {
  if (n_slots == 1 && wfx__fl_newest_is(f, FL_copy, COPY_WORDS)) {
    wfx__fl_retype_newest(f, FL_copy_copy);
    wfx__fl_word(f, dst);
  } else {
    wfx__fl_op_dst(f, n_slots == 2 ? FL_copy2 : FL_copy, dst);
  }
  wfx__fl_word(f, from);
}

/* ---- Operands ---------------------------------------------------------------------------- */

void wfx__fl_room(struct fl *f, uint32_t height) {
  if (height > f->max_height) f->max_height = height;
}

static void push_entry(struct fl *f, struct entry v) {
  v.at = f->height;
  v.prev = v.next = WFX_NO_ID;
  f->height += v.n_slots;
  /* No stack has room for such a frame. */
  if (f->height > f->s->ctx->limits.stack_bytes / sizeof(slot)) {
    wfx__store_fail_trap(f->s, TRAP_STACK);
    f->is_failed = true;
  }
  wfx__fl_room(f, f->height);
  if (!f->is_failed && !vec_push(f->errs, &f->stack, v)) f->is_failed = true;
}

uint32_t wfx__fl_push(struct fl *f, unsigned n_slots) {
  uint32_t slot_at = fl_canon(f, f->height);
  push_entry(f, (struct entry){.kind = ENTRY_TEMP, .n_slots = (uint8_t)n_slots});
  return slot_at;
}

void wfx__fl_push_types(struct fl *f, const wfx_valtype *types, uint32_t n) {
  for (uint32_t i = 0; i < n; i++) wfx__fl_push(f, wfx__val_slots(f->ts, types[i]));
}

void wfx__fl_push_const(struct fl *f, uint64_t value, unsigned n_slots) {
  push_entry(f, (struct entry){.kind = ENTRY_CONST, .n_slots = (uint8_t)n_slots, .value =
             value});
}

static bool entry_has_local(const struct entry *v) {
  return v->kind == ENTRY_LOCAL || v->kind == ENTRY_SUM;
}

static void link_use(struct fl *f, uint32_t local) {
  if (f->is_failed) return;
  uint32_t i = (uint32_t)f->stack.n - 1, head = f->local_uses[local];
  struct entry *v = &f->stack.data[i];
  v->local = local;
  v->prev = head;
  if (head != WFX_NO_ID) f->stack.data[head].next = i;
  f->local_uses[local] = i;
}

static void unlink_use(struct fl *f, struct entry *v) {
  if (v->prev != WFX_NO_ID) f->stack.data[v->prev].next = v->next;
  if (v->next != WFX_NO_ID) f->stack.data[v->next].prev = v->prev;
  else f->local_uses[v->local] = v->prev;
}

struct entry wfx__fl_pop(struct fl *f) {
  if (f->is_failed) return (struct entry){.n_slots = 1};
  assert(f->stack.n > f->ctls.data[f->ctls.n - 1].base);
  struct entry *v = &f->stack.data[--f->stack.n];
  if (entry_has_local(v)) unlink_use(f, v);
  if (f->n_clean > f->stack.n) f->n_clean = (uint32_t)f->stack.n;
  f->height = v->at;
  return *v;
}

void wfx__fl_drop(struct fl *f, uint32_t n) {
  for (uint32_t i = 0; i < n; i++) wfx__fl_pop(f);
}

static void emit_const(struct fl *f, uint32_t dst, uint64_t value, unsigned n_slots) {
  if (value <= UINT32_MAX) {
    wfx__fl_op_dst(f, FL_const32, dst);
    wfx__fl_word(f, (word)value);
  } else {
    wfx__fl_op_dst(f, FL_const64, dst);
    wfx__fl_word64(f, value);
  }
  if (n_slots == 2) {
    wfx__fl_op(f, FL_const32);
    wfx__fl_word(f, dst + 1);
    wfx__fl_word(f, 0);
  }
}

static void emit_sum(struct fl *f, uint32_t dst, const struct entry *v) {
  wfx__fl_op_dst(f, FL_i32_add_k, dst);
  wfx__fl_word(f, f->local_slots[v->local]);
  wfx__fl_word(f, (word)v->value);
}

void wfx__fl_put(struct fl *f, uint32_t dst, const struct entry *v) {
  switch ((enum entry_kind)v->kind) {
  case ENTRY_TEMP:
    if (dst != fl_canon(f, v->at)) wfx__fl_copy(f, dst, fl_canon(f, v->at), v->n_slots);
    return;
  case ENTRY_LOCAL: wfx__fl_copy(f, dst, f->local_slots[v->local], v->n_slots); return;
  case ENTRY_SUM: emit_sum(f, dst, v); return;
  case ENTRY_CONST: emit_const(f, dst, v->value, v->n_slots); return;
  }
}

uint32_t wfx__fl_src(struct fl *f, const struct entry *v) {
  if (v->kind == ENTRY_LOCAL) return f->local_slots[v->local];
  uint32_t at = fl_canon(f, v->at);
  wfx__fl_put(f, at, v);
  return at;
}

uint32_t wfx__fl_pop_src(struct fl *f) {
  struct entry v = wfx__fl_pop(f);
  return wfx__fl_src(f, &v);
}

void wfx__fl_settle(struct fl *f, uint32_t i) {
  if (f->is_failed) return;
  struct entry *v = &f->stack.data[i];
  if (v->kind == ENTRY_TEMP) return;
  if (entry_has_local(v)) unlink_use(f, v);
  wfx__fl_put(f, fl_canon(f, v->at), v);
  v->kind = ENTRY_TEMP;
}

uint32_t wfx__fl_settle_top(struct fl *f, uint32_t n) {
  if (f->is_failed || n == 0) return fl_canon(f, f->height);
  uint32_t first = (uint32_t)f->stack.n - n;
  for (uint32_t i = first; i < f->stack.n; i++) wfx__fl_settle(f, i);
  return fl_canon(f, f->stack.data[first].at);
}

void wfx__fl_settle_locals(struct fl *f) {
  for (uint32_t i = f->n_clean; i < f->stack.n && !f->is_failed; i++)
    if (entry_has_local(&f->stack.data[i])) wfx__fl_settle(f, i);
  f->n_clean = (uint32_t)f->stack.n;
}

/* Before a local is written: whether there were operands that are still in it. */
static bool settle_uses(struct fl *f, uint32_t local) {
  bool any = false;
  while (!f->is_failed && f->local_uses[local] != WFX_NO_ID) {
    wfx__fl_settle(f, f->local_uses[local]);
    any = true;
  }
  return any;
}

bool wfx__fl_is_last(const struct fl *f, const struct entry *v) {
  return v->kind == ENTRY_TEMP && f->last != WFX_NO_ID && f->last_has_dst && !f->is_failed &&
         f->words.data[f->last + OP_WORDS] == fl_canon(f, v->at);
}

/* ---- Conditions -------------------------------------------------------------------------- */

struct cond wfx__fl_cond(struct fl *f) {
  struct cond c = {COND_SLOT, 0, 0, 0};
  struct entry v = wfx__fl_pop(f);
  if (!wfx__fl_is_last(f, &v) || traits[f->last_op].flags == 0) {
    c.a = wfx__fl_src(f, &v);
    return c;
  }
  c.kind = traits[f->last_op].flags & IS_CMP ? COND_CMP : COND_FCMP;
  c.op = f->last_op;
  c.a = f->words.data[f->last + OP_WORDS + 1];
  c.b = f->words.data[f->last + OP_WORDS + 2];
  wfx__fl_undo_last(f);
  return c;
}

/* The newest instruction adds a constant to what the condition is about: both in one. */
static bool add_and_branch(struct fl *f, const struct cond *c, bool sense, uint32_t label) {
  enum { ADD_WORDS = OP_WORDS + 3 };
  if (!wfx__fl_newest_is(f, FL_i32_add_k, ADD_WORDS) || c->kind == COND_FCMP) return false;
  const uint32_t sum = f->words.data[f->newest + OP_WORDS];
  enum flat_op cmp = sense ? FL_i32_ne_k : FL_i32_eq_k;
  uint32_t b = 0;
  if (c->kind == COND_CMP) {
    cmp = (enum flat_op)(sense ? c->op : traits[c->op].inverse);
    b = c->b;
  }
  if (sum != c->a) {
    if (sum != b) return false;
    cmp = wfx__fuse_branch(cmp).mirror;
    b = c->a;
  }
  const enum flat_op op = wfx__fuse_branch(cmp).op;
  if (op == FL_NONE) return false;
  wfx__fl_retype_newest(f, op);
  wfx__fl_word(f, b);
  wfx__fl_target(f, label);
  return true;
}

/* ORDER FLAT_CMP: in enum flat_op, br_id stands two behind id, brn_id two behind id of FCMP. */
void wfx__fl_branch(struct fl *f, const struct cond *c, bool sense, uint32_t label) {
  if (add_and_branch(f, c, sense, label)) return;
  switch (c->kind) {
  case COND_SLOT:
    if (wfx__fl_newest_is(f, FL_copy, COPY_WORDS))
      wfx__fl_retype_newest(f, sense ? FL_copy_br_if : FL_copy_br_unless);
    else
      wfx__fl_op(f, sense ? FL_br_if : FL_br_unless);
    break;
  case COND_CMP: wfx__fl_op(f, (sense ? c->op : traits[c->op].inverse) + 2); break;
  case COND_FCMP: wfx__fl_op(f, c->op + (sense ? 1 : 2)); break;
  }
  wfx__fl_word(f, c->a);
  if (c->kind != COND_SLOT) wfx__fl_word(f, c->b);
  wfx__fl_target(f, label);
}
_Static_assert(FL_br_i32_eq == FL_i32_eq + 2 && FL_br_i32_eq_k == FL_i32_eq_k + 2 &&
               FL_br_f32_eq == FL_f32_eq + 1 && FL_brn_f32_eq == FL_f32_eq + 2, "FLAT_CMP");

/* ---- Plain instructions ------------------------------------------------------------------ */

static void do_nop(struct fl *f, const struct inst *in) {
  (void)f;
  (void)in;
}

static void do_drop(struct fl *f, const struct inst *in) {
  (void)in;
  wfx__fl_pop(f);
}

/* The compare that a condition was made of, its result above b after all. */
static uint32_t compare_again(struct fl *f, const struct cond *c, const struct entry *b) {
  const uint32_t dst = fl_canon(f, b->at + b->n_slots);
  wfx__fl_op(f, (enum flat_op)c->op);
  wfx__fl_word(f, dst);
  wfx__fl_word(f, c->a);
  wfx__fl_word(f, c->b);
  return dst;
}

static void do_select(struct fl *f, const struct inst *in) {
  (void)in;
  struct cond c = wfx__fl_cond(f);
  struct entry b = wfx__fl_pop(f), a = wfx__fl_pop(f);
  const enum flat_op fused =
      c.kind == COND_CMP && a.n_slots == 1 ? wfx__fuse_select(c.op) : FL_NONE;
  if (fused == FL_NONE && c.kind != COND_SLOT) c.a = compare_again(f, &c, &b);
  uint32_t b_at = wfx__fl_src(f, &b), a_at = wfx__fl_src(f, &a);
  wfx__fl_op_dst(f, fused != FL_NONE ? fused : a.n_slots == 2 ? FL_select2 : FL_select,
                 wfx__fl_push(f, a.n_slots));
  wfx__fl_word(f, a_at);
  wfx__fl_word(f, b_at);
  wfx__fl_word(f, c.a);
  if (fused != FL_NONE) wfx__fl_word(f, c.b);
}

static uint8_t local_size(const struct fl *f, uint32_t local) {
  return (uint8_t)(f->local_slots[local + 1] - f->local_slots[local]);
}

static void do_local_get(struct fl *f, const struct inst *in) {
  uint32_t local = (uint32_t)in->imm;
  push_entry(f, (struct entry){.kind = ENTRY_LOCAL, .n_slots = local_size(f, local)});
  link_use(f, local);
}

/* Make the newest instruction write v into the local instead, if it made v. */
static bool redirect(struct fl *f, const struct entry *v, uint32_t local) {
  if (!wfx__fl_is_last(f, v)) return false;
  f->words.data[f->last + OP_WORDS] = f->local_slots[local];
  f->last = WFX_NO_ID;
  return true;
}

static void do_local_set(struct fl *f, const struct inst *in) {
  uint32_t local = (uint32_t)in->imm;
  struct entry v = wfx__fl_pop(f);
  if (v.kind == ENTRY_LOCAL && v.local == local) return;
  if (!settle_uses(f, local) && redirect(f, &v, local)) return;
  wfx__fl_put(f, f->local_slots[local], &v);
}

static void do_local_tee(struct fl *f, const struct inst *in) {
  if (f->is_failed) return;
  struct entry v = vec_last(&f->stack);
  do_local_set(f, in);
  if (v.kind == ENTRY_CONST) wfx__fl_push_const(f, v.value, v.n_slots);
  else do_local_get(f, in);
  f->last = WFX_NO_ID;
}

static void do_global_get(struct fl *f, const struct inst *in) {
  const struct global_obj *g = f->inst->globals[in->imm];
  wfx__fl_op_dst(f, g->n_slots == 2 ? FL_global_get2 : FL_global_get,
                 wfx__fl_push(f, g->n_slots));
  wfx__fl_ptr(f, g);
}

static void do_global_set(struct fl *f, const struct inst *in) {
  const struct global_obj *g = f->inst->globals[in->imm];
  uint32_t from = wfx__fl_pop_src(f);
  wfx__fl_op(f, g->n_slots == 2 ? FL_global_set2 : FL_global_set);
  wfx__fl_word(f, from);
  wfx__fl_ptr(f, g);
}

static void do_const(struct fl *f, const struct inst *in) {
  bool is_32 = in->op == WFX_OP_i32_const || in->op == WFX_OP_f32_const;
  wfx__fl_push_const(f, is_32 ? (uint32_t)in->imm : in->imm, 1);
}

static void do_eqz(struct fl *f, const struct inst *in) {
  struct entry v = wfx__fl_pop(f);
  if (wfx__fl_is_last(f, &v) && traits[f->last_op].flags & IS_CMP) {
    f->last_op = traits[f->last_op].inverse;
    words_put64(&f->words.data[f->last], handler_word(f, (enum flat_op)f->last_op));
    wfx__fl_push(f, 1);
    return;
  }
  uint32_t a = wfx__fl_src(f, &v);
  wfx__fl_op_dst(f, in->op == WFX_OP_i32_eqz ? FL_i32_eq_k : FL_i64_eq_k, wfx__fl_push(f, 1));
  wfx__fl_word(f, a);
  wfx__fl_word(f, 0);
}

static void unary(struct fl *f, enum flat_op op) {
  uint32_t a = wfx__fl_pop_src(f);
  wfx__fl_op_dst(f, op, wfx__fl_push(f, 1));
  wfx__fl_word(f, a);
}

static bool fits_word(enum row_kind kind, const struct entry *v) {
  if (v->kind != ENTRY_CONST) return false;
  return kind != ROW_BIN_u64 || (int64_t)v->value == (int32_t)(uint32_t)v->value;
}

/* A constant added to a local, perhaps with one before, or taken from it: an operand like
 * others. Whoever uses it for an address adds up by itself. */
static bool push_sum(struct fl *f, uint16_t op, const struct entry *a, const struct entry *b) {
  if ((op != WFX_OP_i32_add && op != WFX_OP_i32_sub) || b->kind != ENTRY_CONST) return false;
  if (a->kind != ENTRY_LOCAL && a->kind != ENTRY_SUM) return false;
  uint32_t before = a->kind == ENTRY_SUM ? (uint32_t)a->value : 0, k = (uint32_t)b->value;
  struct entry v = {.kind = ENTRY_SUM, .n_slots = 1};
  v.value = op == WFX_OP_i32_add ? before + k : before - k;
  v.value = (uint32_t)v.value;
  push_entry(f, v);
  link_use(f, a->local);
  return true;
}

/* op on a and b, one of which the newest instruction made for it alone: both in one. The other
 * operand must not be put anywhere before the newest instruction's operands have been read. */
static bool binary_pair(struct fl *f, enum wfx_op in_op, enum flat_op op, const struct entry *a,
                        const struct entry *b, bool is_k) {
  bool is_b = !is_k && wfx__fl_is_last(f, b);
  if (!is_b && !wfx__fl_is_last(f, a)) return false;
  const struct entry *other = is_b ? a : b;
  if (!is_b && !is_k && b->kind != ENTRY_LOCAL) return false;
  enum flat_op fused = wfx__fuse_pair(f->last_op, op, is_b && !is_commutative(in_op));
  if (fused == FL_NONE) return false;
  uint32_t x = f->words.data[f->last + OP_WORDS + 1], y = f->words.data[f->last + OP_WORDS + 2];
  wfx__fl_undo_last(f);
  uint32_t c = is_k ? (uint32_t)b->value : wfx__fl_src(f, other);
  wfx__fl_op_dst(f, fused, wfx__fl_push(f, 1));
  wfx__fl_word(f, x);
  wfx__fl_word(f, y);
  wfx__fl_word(f, c);
  return true;
}

/* ORDER FLAT_CMP: id_k stands behind id. */
static void binary(struct fl *f, const struct inst *in, const struct row *row) {
  enum row_kind kind = (enum row_kind)row->kind;
  struct entry b = wfx__fl_pop(f), a = wfx__fl_pop(f);
  if (a.kind == ENTRY_CONST && b.kind != ENTRY_CONST && is_commutative((enum wfx_op)in->op)) {
    struct entry swap = a;
    a = b;
    b = swap;
  }
  bool is_k = kind != ROW_FCMP && fits_word(kind, &b);
  if (push_sum(f, in->op, &a, &b)) return;
  if (binary_pair(f, (enum wfx_op)in->op, (enum flat_op)(row->op + is_k), &a, &b, is_k)) return;
  uint32_t a_at = wfx__fl_src(f, &a);
  uint32_t b_at = is_k ? (uint32_t)b.value : wfx__fl_src(f, &b);
  wfx__fl_op_dst(f, (enum flat_op)(row->op + is_k), wfx__fl_push(f, 1));
  wfx__fl_word(f, a_at);
  if (is_k && (kind == ROW_BIN_f32 || kind == ROW_BIN_f64)) wfx__fl_word64(f, b.value);
  else wfx__fl_word(f, b_at);
}

static bool opens_block(uint16_t op) {
  return op == WFX_OP_block || op == WFX_OP_loop || op == WFX_OP_if || op == WFX_OP_try_table ||
         op == WFX_OP_barrier;
}

static void todo(struct fl *f, const struct inst *in) {
  wfx__fl_op(f, FL_unsupported);
  wfx__fl_word(f, in->op);
  f->is_dead = true;
  if (opens_block(in->op)) f->n_skipped++;
}

/* ---- The pass ---------------------------------------------------------------------------- */

/* In dead code only the ends of blocks matter. */
static bool skips(struct fl *f, const struct inst *in) {
  if (!f->is_dead) return false;
  if (opens_block(in->op)) {
    f->n_skipped++;
    return true;
  }
  if (in->op == WFX_OP_end && f->n_skipped > 0) {
    f->n_skipped--;
    return true;
  }
  return f->n_skipped > 0 || (in->op != WFX_OP_end && in->op != WFX_OP_else);
}

void wfx__fl_tick(struct fl *f, uint32_t units) {
  if (!f->e->control.is_on) return;
  wfx__fl_op(f, FL_tick);
  f->tick = (uint32_t)f->words.n;
  wfx__fl_word(f, units);
  wfx__fl_cut(f);
}

static void tick_bulk(struct fl *f) {
  if (f->e->control.is_on) {
    wfx__fl_op(f, f->bulk.is_array ? FL_tick_array : FL_tick_bulk);
    wfx__fl_word(f, f->bulk.at);
    wfx__fl_word(f, f->bulk.shift);
    f->last = WFX_NO_ID;
  }
  f->bulk.shift = 0;
}

static void translate(struct fl *f, const struct inst *in) {
  const struct row *row = &rows[in->op];
  f->pos = in->pos;
  wfx__fl_trace(f, in);
  if (f->tick != WFX_NO_ID && !f->is_failed) f->words.data[f->tick]++;
  switch ((enum row_kind)row->kind) {
  case ROW_CALL: row->fn(f, in); break;
  case ROW_TODO: todo(f, in); break;
  case ROW_UN: unary(f, (enum flat_op)row->op); break;
  case ROW_BIN_u32: case ROW_BIN_u64: case ROW_BIN_f32: case ROW_BIN_f64: case ROW_FCMP:
    binary(f, in, row);
    break;
  case ROW_LOAD: wfx__fl_load(f, in, (enum flat_op)row->op); break;
  case ROW_STORE: wfx__fl_store(f, in, (enum flat_op)row->op); break;
  }
  if (f->bulk.shift != 0) tick_bulk(f);
}

static void emit_stub(struct fl *f, const struct stub *s) {
  wfx__fl_bind(f, s->label);
  if (s->target == WFX_NO_ID) {
    wfx__fl_emit_return_slots(f, s->from, s->n);
    return;
  }
  if (s->from != s->to && s->n > 0) {
    wfx__fl_op(f, FL_copy_n);
    wfx__fl_word(f, s->to);
    wfx__fl_word(f, s->from);
    wfx__fl_word(f, s->n);
  }
  wfx__fl_jump(f, s->target);
}

static void add_local(struct fl *f, uint32_t i, wfx_valtype type) {
  f->local_slots[i + 1] = f->local_slots[i] + wfx__val_slots(f->ts, type);
}

static bool lay_out_locals(struct fl *f, const struct type *t, const struct body *b) {
  uint32_t n_params = t ? t->n_params : 0;
  f->n_local_ids = n_params + (b ? b->n_locals : 0);
  f->local_slots = wfx__alloc(f->s->ctx, (f->n_local_ids + 1u) * sizeof(uint32_t));
  f->local_uses = wfx__alloc(f->s->ctx, (f->n_local_ids + 1u) * sizeof(uint32_t));
  if (!f->local_slots || !f->local_uses) return wfx__fail_nomem(f->errs);
  for (uint32_t i = 0; i <= f->n_local_ids; i++) f->local_uses[i] = WFX_NO_ID;
  f->local_slots[0] = 0;
  for (uint32_t i = 0; i < n_params; i++) add_local(f, i, t->vals[i]);
  f->n_params = f->local_slots[n_params];
  uint32_t at = n_params;
  for (size_t r = 0; b && r < b->runs.n; r++)
    for (uint32_t k = 0; k < b->runs.data[r].n; k++) add_local(f, at++, b->runs.data[r].type);
  f->n_locals = f->local_slots[f->n_local_ids];
  return true;
}

/* A copy with a jump to a return of just that: a return. The operands of copy_br are dst a L,
 * those of return1 a h. */
static void shorten_return(struct fl *f, const struct fixup *x) {
  word *w = f->words.data, *copy = w + x->start, *ret = w + f->labels.data[x->label];
  if (words_get64(copy) != handler_word(f, FL_copy_br)) return;
  if (words_get64(ret) != handler_word(f, FL_return1) || ret[2] != copy[2]) return;
  words_put64(copy, words_get64(ret));
  copy[2] = copy[3];
  copy[3] = ret[3];
}

/* Where a label is, once everything stands. Those of the function itself have stubs. */
static void resolve_labels(struct fl *f) {
  for (size_t i = 0; i < f->fixups.n; i++) {
    const struct fixup *x = &f->fixups.data[i];
    assert(f->labels.data[x->label] != WFX_NO_ID);
    f->words.data[x->at] = f->labels.data[x->label] - x->at;
    shorten_return(f, x);
  }
}

static void *copy_array(struct fl *f, const void *data, size_t n, size_t elem_bytes) {
  if (n == 0) return NULL;
  void *p = wfx__alloc(f->s->ctx, n * elem_bytes);
  if (!p) f->is_failed = true;
  else if (data) memcpy(p, data, n * elem_bytes);
  return p;
}

static void finish_tables(struct fl *f, struct flat *c, word *code) {
  for (uint32_t i = 0; i < c->n_clauses; i++) {
    const struct clause_draft *d = &f->clauses.data[i];
    c->clauses[i].tag = d->tag;
    c->clauses[i].dst = d->dst;
    c->clauses[i].pc = d->label == WFX_NO_ID ? NULL : code + f->labels.data[d->label];
  }
  for (uint32_t i = 0; i < c->n_handlers; i++) {
    const struct handlers_draft *d = &f->handlers.data[i];
    c->handlers[i].n_on = d->n_on;
    c->handlers[i].n_switch = d->n_switch;
    c->handlers[i].clauses = c->n_clauses ? c->clauses + d->first : NULL;
  }
  for (uint32_t i = 0; i < c->n_catches; i++) {
    const struct clause_draft *d = &f->catches.data[i];
    c->catches[i].tag = d->tag;
    c->catches[i].dst = d->dst;
    c->catches[i].kind = d->kind;
    c->catches[i].pc = code + f->labels.data[d->label];
  }
  for (size_t i = 0; i < f->handler_fixups.n; i++) {
    const struct fixup *x = &f->handler_fixups.data[i];
    words_put64(code + x->at, ptr_slot(&c->handlers[x->label]));
  }
}

static struct flat *finish(struct fl *f) {
  struct flat *c = wfx__alloc_zero(f->s->ctx, sizeof *c);
  if (!c) {
    wfx__fail_nomem(f->errs);
    return NULL;
  }
  resolve_labels(f);
  c->n_words = (uint32_t)f->words.n;
  c->n_clauses = (uint32_t)f->clauses.n;
  c->n_handlers = (uint32_t)f->handlers.n;
  c->n_tries = (uint32_t)f->tries.n;
  c->n_catches = (uint32_t)f->catches.n;
  c->n_positions = (uint32_t)f->positions.n;
  c->n_points = (uint32_t)f->points.n;
  word *code = copy_array(f, f->words.data, c->n_words, sizeof *code);
  c->words = code;
  c->clauses = copy_array(f, NULL, c->n_clauses, sizeof *c->clauses);
  c->handlers = copy_array(f, NULL, c->n_handlers, sizeof *c->handlers);
  c->tries = copy_array(f, f->tries.data, c->n_tries, sizeof *c->tries);
  c->catches = copy_array(f, NULL, c->n_catches, sizeof *c->catches);
  c->positions = copy_array(f, f->positions.data, c->n_positions, sizeof *c->positions);
  c->points = copy_array(f, f->points.data, c->n_points, sizeof *c->points);
  if (f->is_failed) {
    wfx__fail_nomem(f->errs);
    wfx__flat_free(f->s->ctx, c);
    return NULL;
  }
  finish_tables(f, c, code);
  c->mem = f->inst->n_mems > 0 ? f->inst->mems[0] : &f->e->no_mem;
  c->n_locals = f->n_locals;
  c->n_params = f->n_params;
  c->n_slots = f->n_locals + FRAME_LINK + f->max_height;
  c->func = f->func;
  return c;
}

void wfx__flat_free(const wfx_ctx *ctx, struct flat *c) {
  wfx__free(ctx, (word *)(uintptr_t)c->words, c->n_words * sizeof *c->words);
  wfx__free(ctx, c->clauses, c->n_clauses * sizeof *c->clauses);
  wfx__free(ctx, c->handlers, c->n_handlers * sizeof *c->handlers);
  wfx__free(ctx, c->tries, c->n_tries * sizeof *c->tries);
  wfx__free(ctx, c->catches, c->n_catches * sizeof *c->catches);
  wfx__free(ctx, c->positions, c->n_positions * sizeof *c->positions);
  wfx__free(ctx, c->points, c->n_points * sizeof *c->points);
  wfx__free(ctx, c, sizeof *c);
}

static void free_state(struct fl *f) {
  const wfx_ctx *ctx = f->s->ctx;
  wfx__free(ctx, f->local_slots, (f->n_local_ids + 1u) * sizeof(uint32_t));
  wfx__free(ctx, f->local_uses, (f->n_local_ids + 1u) * sizeof(uint32_t));
  vec_free(ctx, &f->words);
  vec_free(ctx, &f->stack);
  vec_free(ctx, &f->ctls);
  vec_free(ctx, &f->labels);
  vec_free(ctx, &f->fixups);
  vec_free(ctx, &f->handler_fixups);
  vec_free(ctx, &f->stubs);
  vec_free(ctx, &f->clauses);
  vec_free(ctx, &f->handlers);
  vec_free(ctx, &f->catches);
  vec_free(ctx, &f->tries);
  vec_free(ctx, &f->positions);
  vec_free(ctx, &f->points);
}

static void init_state(struct fl *f, struct engine *e, wfx_instance *inst) {
  memset(f, 0, sizeof *f);
  f->e = e;
  f->s = inst->store;
  f->inst = inst;
  f->m = inst->module;
  f->ts = &inst->module->types;
  f->errs = &inst->store->errs;
  f->tick = WFX_NO_ID;
  wfx__fl_cut(f);
}

static bool translate_all(struct fl *f, const struct inst *insts, size_t n) {
  struct ctl own = {.op = WFX_OP_end, .label = WFX_NO_ID, .else_label = WFX_NO_ID};
  TRY(vec_push(f->errs, &f->ctls, own));
  if (f->func) {
    enum { LOCALS_PER_UNIT = 8 };
    f->pos = insts[0].pos;
    wfx__fl_tick(f, (f->n_locals - f->n_params) / LOCALS_PER_UNIT);
  }
  for (size_t i = 0; i < n && !f->is_failed; i++)
    if (!skips(f, &insts[i])) translate(f, &insts[i]);
  if (!f->func && !f->is_dead) wfx__fl_emit_return(f);
  for (size_t i = 0; i < f->stubs.n && !f->is_failed; i++) emit_stub(f, &f->stubs.data[i]);
  return !f->is_failed;
}

struct flat *wfx__flatten_func(struct engine *e, struct func_obj *func) {
  wfx_instance *inst = func->instance;
  struct body *b = wfx__module_body(inst->module, func->index);
  if (!b) {
    wfx__store_fail(inst->store, WFX_MISUSE, "function without a body");
    return NULL;
  }
  const struct type *t =
      type_at(&inst->module->types, inst->module->funcs.data[func->index].type);
  struct fl f;
  init_state(&f, e, inst);
  f.code = &b->code;
  f.func = func;
  f.results = type_results(t);
  f.n_results = t->n_results;
  struct flat *c = NULL;
  if (lay_out_locals(&f, t, b) && translate_all(&f, b->code.insts.data, b->code.insts.n)) c =
      finish(&f);
  free_state(&f);
  return c;
}

struct flat *wfx__flatten_expr(struct engine *e, wfx_instance *inst, struct expr expr,
                               wfx_valtype type) {
  struct fl f;
  init_state(&f, e, inst);
  f.code = &inst->module->const_code;
  f.results = &type;
  f.n_results = 1;
  struct flat *c = NULL;
  if (lay_out_locals(&f, NULL, NULL) && translate_all(&f, f.code->insts.data + expr.first,
                                                      expr.n))
    c = finish(&f);
  free_state(&f);
  return c;
}
