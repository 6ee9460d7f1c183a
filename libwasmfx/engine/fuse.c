/* fuse.c: which instructions of the register code become one: flat_fused.def as functions. */
#include "engine/flatten.h"


enum flat_op wfx__fuse_select(uint32_t cmp) {
#define SELECT(id)                               \
  case FL_##id: return FL_select_##id;           \
  case FL_##id##_k: return FL_select_##id##_k;
  switch (cmp) {
#include "engine/flat_fused.def"
  }
  return FL_NONE;
}


struct fused_branch wfx__fuse_branch(uint32_t cmp) {
#define ADD_BR(id, mirror)                                                  \
  case FL_##id: return (struct fused_branch){FL_add_br_##id, FL_##mirror};  \
  case FL_##id##_k: return (struct fused_branch){FL_add_br_##id##_k, FL_NONE};
  switch (cmp) {
#include "engine/flat_fused.def"
  }
  return (struct fused_branch){FL_NONE, FL_NONE};
}

/* Two numbers of instructions and a bit in one. */
#define FUSE_KEY(first, op, bit) ((uint32_t)(first) << 17 | (uint32_t)(op) << 1 | (bit))

enum flat_op wfx__fuse_pair(uint32_t first, uint32_t op, bool is_reversed) {
#define TWO(f, g, T) case FUSE_KEY(FL_##f, FL_##g, 0): return FL_##f##_##g;
#define TWO_R(f, g, T) case FUSE_KEY(FL_##f, FL_##g, 1): return FL_##f##_##g##_r;
#define TWO_K(f, g, T) case FUSE_KEY(FL_##f##_k, FL_##g, 0): return FL_##f##_k_##g;
#define TWO_KK(f, g, T) case FUSE_KEY(FL_##f##_k, FL_##g##_k, 0): return FL_##f##_k_##g##_k;
  switch (FUSE_KEY(first, op, is_reversed)) {
#include "engine/flat_fused.def"
  }
  return FL_NONE;
}
_Static_assert(FL_COUNT < 1 << 15, "keys");
#undef FUSE_KEY
