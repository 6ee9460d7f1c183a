/* feature.h: which features declarations and types use. */
#ifndef IR_FEATURE_H
#define IR_FEATURE_H

#include "ir/module.h"

/* What is used, and the first use of something that is not allowed. */
struct feature_uses {
  uint64_t allowed, found;
  uint64_t refused; /* what the first such use lacks; 0: none */
  wfx_loc loc;      /* where it is */
};

/* Note what all declarations of a module use, its constants included, its bodies not. */
void wfx__decl_features(const struct wfx_module *m, struct feature_uses *u);
/* The first of a set that is not empty. */
wfx_feature wfx__feature_first(uint64_t set);
/* What a type of values needs. */
uint64_t wfx__val_features(wfx_valtype t);
/* What a heap type that an instruction names needs. */
uint64_t wfx__heap_features(wfx_heaptype heap);

#endif
