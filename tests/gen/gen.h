/* gen.h: random modules: valid ones, and ones with one thing wrong.
 *
 * A client of the public builder API. The same seed and mode give the same module on any
 * machine. All instructions of opcode.def and all forms of types occur; what a signature of
 * letters says is taken from there, the other rules are in gen_*.c by chapter. */
#ifndef GEN_GEN_H
#define GEN_GEN_H

#include <wasmfx.h>

enum gen_mode {
  GEN_VALIDATE, /* the standard set and threads; programs need not end */
  GEN_RUN,      /* what engines must agree on, see below */
  GEN_EXT       /* as GEN_VALIDATE, with the extensions of libwasmfx */
};

/* A program of GEN_RUN ends: "fuel" counts down at each call and loop, and none goes on
 * without. It exports
 *   fuel     a mutable i32 global, to be set before each call
 *   w0, w1 ... [] -> []   its entries: each leaves results in memory
 *   dump     [] -> []   writes globals and tables to memory
 *   m0, m1 ...          its memories
 * and imports host.id : [i32] -> [i32], which may be any function without other effects.
 * Where the specification leaves bits of a NaN open it makes the NaN canonical. */

/* What a module is made for, and the features that its context needs. */
uint64_t gen_features(enum gen_mode mode);

/* Fill the empty module m. Where n_points is not NULL it is given the number of places where
 * something could be made wrong.
 * break_at  the place where something is made wrong (nothing when there are fewer places);
 *           UINT32_MAX for a valid module
 * Returns the status of m. */
wfx_status gen_module(wfx_module *m, uint64_t seed, enum gen_mode mode, uint32_t break_at,
                      uint32_t *n_points);

/* Change bytes of an encoded module in one to four places; bytes has room for room bytes, n of
 * them used. Returns how many are used then. */
size_t gen_mutate_bytes(uint8_t *bytes, size_t n, size_t room, uint64_t seed);

#endif
