/* control.c: fuel, deadline, interrupt and preemption.
 *
 * Code made for a controlled store has an instruction `tick` at the start of each function and
 * loop and behind bulk instructions, which takes its units from a slice. When the slice is
 * used up, wfx__control_poll looks at everything else: so a tick is one subtraction and one
 * compare, and whoever asks for none of this pays nothing. */
#include "engine/run.h"
#include "store/inst.h"

enum { POLL_UNITS = 65536 };

/* a - b, or 0. */
static uint64_t minus(uint64_t a, uint64_t b) { return a > b ? a - b : 0; }

static uint64_t least(uint64_t a, uint64_t b) { return a < b ? a : b; }

/* What the current slice has cost so far. */
static uint64_t slice_spent(const struct control *c) {
  return (uint64_t)c->slice_units - (uint64_t)c->slice;
}

/* Account for the slice and begin the next. False when there was not enough fuel for it. */
static bool next_slice(struct control *c) {
  const uint64_t spent = slice_spent(c);
  const bool is_paid = spent <= c->fuel;
  c->spent += spent;
  if (c->fuel != UINT64_MAX) c->fuel = minus(c->fuel, spent);
  if (c->quantum != 0) c->quantum_left = minus(c->quantum_left, spent);
  c->profile.left = minus(c->profile.left, spent);
  uint64_t units = least(POLL_UNITS, c->fuel);
  if (c->quantum != 0 && c->quantum_left != 0) units = least(units, c->quantum_left);
  if (c->profile.fn) units = least(units, c->profile.left);
  c->slice = c->slice_units = (int64_t)units;
  return is_paid;
}

void wfx__control_init(struct control *c, bool is_on) {
  c->is_on = is_on;
  c->fuel = UINT64_MAX;
  atomic_init(&c->is_interrupted, false);
}

/* Suspend what runs with the tag to preempt with, if a handler takes it. */
static bool preempt(struct engine *e, const struct tag_obj *tag) {
  struct cont *k = e->current, *outer;
  const struct clause *clause = find_on(e, k, tag, &outer);
  enum trap trap;
  if (!clause && !(clause = wfx__host_clause(e, k, tag, &outer, &trap))) return false;
  struct cont *to = outer->parent;
  outer->parent = NULL;
  k->outer = outer;
  k->state = CONT_SUSPENDED;
  slot *dst = to->stack + to->fp + clause->dst;
  dst[0] = ptr_slot(k);
  dst[1] = k->revision;
  to->pc = clause->pc;
  e->current = to;
  e->n_suspends++;
  return true;
}

/* Begin the next period of the profile. */
static void next_period(struct control *c) {
  enum { LOOK_UNITS = 1024 }; /* how often to look at the clock */
  c->profile.left = c->profile.is_timed ? LOOK_UNITS : c->profile.period;
  next_slice(c);
}

static uint64_t profile_clock(const struct control *c) {
  return c->profile.is_timed ? wfx__clock_ns() : c->spent;
}

static void take_sample(struct engine *e) {
  struct control *c = &e->control;
  uint64_t now = profile_clock(c), weight = now - c->profile.last;
  if (weight >= c->profile.period) {
    c->profile.last = now;
    c->profile.fn(c->profile.ud, e->store, weight);
  }
  next_period(c);
}

enum trap wfx__control_poll(struct engine *e) {
  struct control *c = &e->control;
  if (!next_slice(c)) return TRAP_FUEL;
  if (c->profile.fn && c->profile.left == 0) take_sample(e);
  if (c->deadline_ns != 0 && wfx__clock_ns() >= c->deadline_ns) return TRAP_DEADLINE;
  if (!c->preempt)
    return atomic_exchange(&c->is_interrupted, false) ? TRAP_INTERRUPT : TRAP_NONE;
  const bool is_due = c->quantum != 0 && c->quantum_left == 0;
  if ((is_due || atomic_load(&c->is_interrupted)) && preempt(e, c->preempt)) {
    atomic_store(&c->is_interrupted, false);
    c->quantum_left = c->quantum;
    next_slice(c);
  }
  return TRAP_NONE;
}

bool wfx__control_is_due(const wfx_store *s) {
  const struct control *c = &engine_of(s)->control;
  if (!c->is_on) return false;
  return (c->deadline_ns != 0 && wfx__clock_ns() >= c->deadline_ns) ||
         (!c->preempt && atomic_load(&c->is_interrupted));
}

/* ---- Calls from the host ----------------------------------------------------------------- */

static struct control *controlled(wfx_store *s) {
  wfx__store_clear(s);
  struct control *c = &engine_of(s)->control;
  if (c->is_on) return c;
  wfx__store_fail(s, WFX_MISUSE, "store is not controlled");
  return NULL;
}

wfx_status wfx_store_set_fuel(wfx_store *s, uint64_t n_units) {
  struct control *c = controlled(s);
  if (!c) return WFX_MISUSE;
  next_slice(c);
  c->fuel = n_units;
  next_slice(c);
  return WFX_OK;
}

uint64_t wfx_store_fuel(const wfx_store *s) {
  const struct control *c = &engine_of(s)->control;
  return c->fuel == UINT64_MAX ? UINT64_MAX : minus(c->fuel, slice_spent(c));
}

uint64_t wfx_store_fuel_spent(const wfx_store *s) {
  const struct control *c = &engine_of(s)->control;
  return c->is_on ? c->spent + slice_spent(c) : 0;
}

wfx_status wfx_store_set_deadline(wfx_store *s, uint64_t from_now_ns) {
  struct control *c = controlled(s);
  if (!c) return WFX_MISUSE;
  const uint64_t now = wfx__clock_ns();
  c->deadline_ns = from_now_ns == 0 ? 0
                   : from_now_ns > UINT64_MAX - now ? UINT64_MAX
                                                    : now + from_now_ns;
  return WFX_OK;
}

void wfx_store_interrupt(wfx_store *s) {
  atomic_store(&engine_of(s)->control.is_interrupted, true);
}

void wfx_store_clear_interrupt(wfx_store *s) {
  atomic_store(&engine_of(s)->control.is_interrupted, false);
}

wfx_status wfx_store_set_preempt(wfx_store *s, const wfx_tag *tag, uint64_t quantum) {
  struct control *c = controlled(s);
  if (!c) return WFX_MISUSE;
  const struct tag_obj *t = (const struct tag_obj *)(const void *)tag;
  if (t && (t->n_param_slots != 0 || t->n_result_slots != 0)) {
    wfx__store_fail(s, WFX_MISUSE, "the tag to preempt with has parameters or results");
    return WFX_MISUSE;
  }
  next_slice(c);
  c->preempt = t;
  c->quantum = c->quantum_left = t ? quantum : 0;
  next_slice(c);
  return WFX_OK;
}

wfx_status wfx__control_profile(wfx_store *s, const struct profile *p) {
  struct control *c = controlled(s);
  if (!c) return WFX_MISUSE;
  next_slice(c);
  c->profile = *p;
  c->profile.last = profile_clock(c);
  next_period(c);
  return WFX_OK;
}
