/* rt_layout.h: what machine code, the stubs in assembly and rt_*.c agree on.
 *
 * Code has one prototype for all functions:
 *   (rdi: struct rt_slot of the stack it runs on; rsi rdx rcx r8 r9: words of the arguments)
 *   -> rax rdx rcx: words of the results
 * xmm registers are reserved for floats. i32 is a word with zeros above, a continuation
 * reference is two words, all else one. Argument words from RT_REG_ARGS on lie in the slot's
 * args, result words from RT_REG_WORDS on in its ret, each at its own number.
 *
 * A switch from record A to record B saves sp, pc and fp in A and goes on at B's pc with
 *   rcx  B
 *   edi  forwards 0; backwards 0: returned, n: suspended to clause n - 1; to the host: a trap
 *   r8   backwards: the record that returned, suspended or trapped
 *   rsi rdx r9  the first words of what is passed; others in args (forwards) or ret (backwards)
 *               of the slot of the inner record
 * and everything else but sp and fp (rbp) undefined. It ends in a jump through memory, without
 * call or return, so that branch predictors keep their order. */
#ifndef NATIVE_RT_LAYOUT_H
#define NATIVE_RT_LAYOUT_H

/* Offsets, for code and stubs. */
#define RT_CONT_REVISION 0
#define RT_CONT_PARENT 8
#define RT_CONT_HANDLERS 16
#define RT_CONT_SP 24
#define RT_CONT_PC 32
#define RT_CONT_FP 40
#define RT_CONT_SLOT 48
#define RT_CONT_OUTER 56
#define RT_CONT_FUNC 64
#define RT_CONT_LINK 72
#define RT_SLOT_OWNER 0
#define RT_SLOT_LIMIT 8
#define RT_SLOT_TOP 16
#define RT_SLOT_RUN 24
#define RT_SLOT_ARGS 32
#define RT_SLOT_RET 288
#define RT_RUN_HOST 0
#define RT_RUN_FREE 8
#define RT_FUNC_ENTRY 8

#ifndef __ASSEMBLER__

#include <stddef.h>

#include "store/layout.h"

enum {
  RT_REG_ARGS = 5,  /* argument words in registers */
  RT_REG_WORDS = 3, /* result words, and words of a switch, in registers */
  RT_MAX_WORDS = 32, /* of arguments, and of results */
  /* Of one function: a stack keeps more than this below its limit. */
  RT_MAX_FRAME_BYTES = 3 << 20
};

/* A continuation record, as struct cont of the interpreter: a reference to it is a struct
 * contref, good while the revisions agree. It begins as that does. A record keeps its slot, also
 * in the pool.
 *   free       linked by link
 *   fresh      pc is wfxrt_start, func what to run
 *   suspended  captured; sp, pc, fp say where to go on; outer ends the captured chain
 *   running    on the active chain, or inside a captured one
 * The parent of the outermost record of a captured chain means nothing. */
struct rt_cont {
  uint64_t revision;
  struct rt_cont *parent; /* who resumed it; of a host entry: the host's record */
  /* Tags of the clauses it was resumed under, NULL behind the last; NULL: a host entry, where
   * searches end. */
  const struct tag_obj *const *handlers;
  void *sp, *pc, *fp;
  struct rt_slot *slot;                  /* its stack; NULL for the host's */
  struct rt_cont *outer;                 /* fresh, suspended: outermost of the captured chain */
  const struct func_obj *func;
  struct rt_cont *link;
  uint64_t unused[2];
};
_Static_assert(offsetof(struct rt_cont, revision) == offsetof(struct cont, revision) &&
                   offsetof(struct rt_cont, parent) == offsetof(struct cont, parent) &&
                   offsetof(struct rt_cont, handlers) == offsetof(struct cont, handlers),
               "records begin alike");
_Static_assert(sizeof(struct rt_cont) == 96, "dense");

/* What code knows of the stack it runs on. Its address is fixed, and frames hold no other; the
 * record that runs is always read from owner anew. */
struct rt_slot {
  struct rt_cont *owner;
  char *limit;          /* frames must not reach below */
  char *top;
  struct rt_run *run;
  slot args[RT_MAX_WORDS], ret[RT_MAX_WORDS];
};

/* The head of struct rt_run, all that code knows of it. */
struct rt_run_head {
  struct rt_cont *host; /* of the innermost call from the host: where traps go */
  struct rt_cont *free; /* records of the pool */
};

#define RT_AT(type, field, offset) \
  _Static_assert(offsetof(struct type, field) == (offset), #type "." #field)
RT_AT(rt_cont, revision, RT_CONT_REVISION);
RT_AT(rt_cont, parent, RT_CONT_PARENT);
RT_AT(rt_cont, handlers, RT_CONT_HANDLERS);
RT_AT(rt_cont, sp, RT_CONT_SP);
RT_AT(rt_cont, pc, RT_CONT_PC);
RT_AT(rt_cont, fp, RT_CONT_FP);
RT_AT(rt_cont, slot, RT_CONT_SLOT);
RT_AT(rt_cont, outer, RT_CONT_OUTER);
RT_AT(rt_cont, func, RT_CONT_FUNC);
RT_AT(rt_cont, link, RT_CONT_LINK);
RT_AT(rt_slot, owner, RT_SLOT_OWNER);
RT_AT(rt_slot, limit, RT_SLOT_LIMIT);
RT_AT(rt_slot, top, RT_SLOT_TOP);
RT_AT(rt_slot, run, RT_SLOT_RUN);
RT_AT(rt_slot, args, RT_SLOT_ARGS);
RT_AT(rt_slot, ret, RT_SLOT_RET);
RT_AT(rt_run_head, host, RT_RUN_HOST);
RT_AT(rt_run_head, free, RT_RUN_FREE);
RT_AT(func_obj, entry, RT_FUNC_ENTRY);
#undef RT_AT

/* What code calls: see rt_abi.def. */
void wfxrt_start(void);
void wfxrt_trap(struct rt_slot *s, uint64_t trap, uint64_t pos, const struct func_obj *in);
struct rt_cont *wfxrt_more(struct rt_slot *s); /* NULL: the trap is in ret[0] */

/* The table behind wfx_native_llvm and its like. */
extern const struct native_runner wfxrt_runner;

#endif
#endif
