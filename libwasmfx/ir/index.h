/* index.h: numbering: from handles to the indices of the written module.
 *
 * Imports come first in each index space, in the order of the import section, then definitions in
 * the order of creation. Types are numbered group by group, in the order of the groups. */
#ifndef IR_INDEX_H
#define IR_INDEX_H

#include "ir/imm.h"
#include "ir/module.h"

/* How many declarations a module has in a space, and where the name of one is kept. */
uint32_t wfx__space_count(const struct wfx_module *m, enum ref_space space);
wfx_str *wfx__space_name(const struct wfx_module *m, enum ref_space space, uint32_t id);

struct index_map {
  uint32_t *of[SPACE_COUNT]; /* handle -> index */
  uint32_t *ids[SPACE_COUNT]; /* index -> handle */
  uint32_t n[SPACE_COUNT];
};

/* Compute it in arena. False on lack of memory (recorded in e). Cost: the module's declarations. */
bool wfx__index_map(const struct wfx_module *m, struct arena *arena, struct errs *e,
                    struct index_map *map);

#endif
