/* label.h: the labels in scope at a place in a body, by name. Parser and printer share it. */
#ifndef TEXT_LABEL_H
#define TEXT_LABEL_H

#include "base/map.h"

/* Names are numbered as they come; top tells for each the innermost label that has it. */
struct labels {
  struct strmap slots; /* name -> slot */
  vec_u32 top;         /* slot -> position in stack, or WFX_NO_ID */
  VEC(struct label) stack;
};
struct label {
  uint32_t slot;     /* WFX_NO_ID: no name */
  uint32_t shadowed; /* the former top of slot */
};

void wfx__labels_free(const wfx_ctx *ctx, struct labels *ls);
/* Forget all labels and names. */
void wfx__labels_clear(const wfx_ctx *ctx, struct labels *ls);
/* Open a label; name.data may be NULL. The name is borrowed until the labels are cleared. */
bool wfx__labels_push(struct errs *e, struct labels *ls, wfx_str name);
void wfx__labels_pop(struct labels *ls);
/* The depth of the innermost label of this name, or WFX_NO_ID. */
uint32_t wfx__labels_find(const wfx_ctx *ctx, const struct labels *ls, wfx_str name);
/* The name of the label at depth, if that name means this label; else data is NULL. */
wfx_str wfx__labels_name(const struct labels *ls, uint64_t depth);

#endif
