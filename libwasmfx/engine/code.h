/* code.h: the code that the interpreter runs.
 *
 * Register code: every value has a numbered slot of 8 bytes in the frame of its function, and
 * instructions name the slots they read and write. A frame is
 *
 *   [parameters, locals] [return pc, return code] [operands]
 *
 * The operand at height h of the Wasm operand stack has the slot n_locals + FRAME_LINK + h, its
 * canonical slot; locals and constants are not copied there before something needs it. The
 * first parameter of a callee lies in the canonical slot of its argument in the caller, so that
 * frames overlap and results come back where the caller expects them.
 *
 * Instructions are words of 32 bits: first two that select the handler (an address, or a number
 * in the switch form), then operands; constants and pointers of 64 bits take two words. Branch
 * operands count words from where they stand. A call ends with the word by which the callee's
 * frame lies above the caller's. */
#ifndef ENGINE_CODE_H
#define ENGINE_CODE_H

#include <string.h>

#include "ir/imm.h"
#include "ir/module.h"
#include "store/store.h"

typedef uint32_t word;

enum { OP_WORDS = 2, FRAME_LINK = 2 };

/* Numbers of the interpreter's instructions: see flat.def, flat_fused.def. */
enum flat_op {
#define FLAT(id) FL_##id,
#define UN(id, T, R) FL_##id,
#define UN_TRAP(id, T, R) FL_##id,
#define BIN(id, T, R) FL_##id, FL_##id##_k,
#define BIN_TRAP(id, T, R) FL_##id, FL_##id##_k,
#define CMP(id, T, inverse) FL_##id, FL_##id##_k, FL_br_##id, FL_br_##id##_k,
#define FCMP(id, T) FL_##id, FL_br_##id, FL_brn_##id,
#include "engine/flat.def"
#define LOAD(id, T, conv) \
  FL_##id, FL_##id##_x, FL_##id##_c, FL_##id##_t, FL_##id##_s, FL_##id##_i,
#define STORE(id, T) FL_##id, FL_##id##_x, FL_##id##_c,
#define ADD_BR(id, mirror) FL_add_br_##id, FL_add_br_##id##_k,
#define SELECT(id) FL_select_##id, FL_select_##id##_k,
#define TWO(f, g, T) FL_##f##_##g,
#define TWO_R(f, g, T) FL_##f##_##g##_r,
#define TWO_K(f, g, T) FL_##f##_k_##g,
#define TWO_KK(f, g, T) FL_##f##_k_##g##_k,
#include "engine/flat_fused.def"
  FL_COUNT,
  FL_NONE = FL_COUNT
};

/* Where a captured suspension goes: handler clauses of one resume. */
struct clause {
  const struct tag_obj *tag;
  const word *pc; /* code of the label */
  uint32_t dst;   /* slot of the first payload value; the continuation follows */
};
/* A table of clauses: n_on for suspend, then those of switch, in order. */
struct handlers {
  uint32_t n_on, n_switch;
  const struct clause *clauses;
};

/* One catch clause: kind CATCH*, and as above. */
struct catch_clause {
  const struct tag_obj *tag;
  const word *pc;
  uint32_t dst;
  uint32_t kind;
};
/* The body of a try_table: return addresses in (start, end] are inside. Inner ones come first.
 * */
struct try_range {
  uint32_t start, end;
  uint32_t first, n; /* catch clauses */
};

/* Which instruction a place in the code comes from: the last entry before it. */
struct flat_pos {
  uint32_t at;  /* word of its first instruction */
  uint32_t pos; /* struct inst's */
};

/* Where a function can be suspended: what it takes when it is resumed there. */
struct flat_point {
  uint32_t at;   /* word where it goes on */
  uint32_t dst;  /* slot of the first value it takes */
  uint32_t type; /* function type of the store whose results these are, or parameters */
  bool is_params;
};

/* Translated code of one function of one instance. Constant once made. */
struct flat {
  const word *words;
  struct mem_obj *mem;      /* memory 0, or an empty one */
  uint32_t n_locals;        /* slots of parameters and locals: the link follows */
  uint32_t n_params;        /* slots */
  uint32_t n_slots;         /* of a frame */
  uint32_t n_words;
  struct func_obj *func;    /* NULL: a stub of the engine */
  struct handlers *handlers;
  struct clause *clauses;
  struct try_range *tries;
  struct catch_clause *catches;
  struct flat_pos *positions;
  struct flat_point *points;  /* not those of ticks, which take nothing */
  uint32_t n_handlers, n_clauses, n_tries, n_catches, n_positions, n_points;
};

static inline void words_put64(word *w, uint64_t x) { memcpy(w, &x, sizeof x); }
static inline uint64_t words_get64(const word *w) {
  uint64_t x;
  memcpy(&x, w, sizeof x);
  return x;
}
static inline void *words_ptr(const word *w) { return slot_ptr(words_get64(w)); }

struct engine;
/* Translate the body of a function of an instance. NULL with the error in the store. */
struct flat *wfx__flatten_func(struct engine *e, struct func_obj *f);
/* Translate a constant expression to code that returns its value. */
struct flat *wfx__flatten_expr(struct engine *e, wfx_instance *inst, struct expr expr,
                               wfx_valtype type);
void wfx__flat_free(const wfx_ctx *ctx, struct flat *f);

#endif
