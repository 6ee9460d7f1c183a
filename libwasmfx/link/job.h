/* job.h: what the steps of one link share.
 *
 *   resolve.c  which declaration each import means; whether the types fit
 *   live.c     what can be reached
 *   merge.c    the merged module
 *   object.h   relocatable objects among the parts
 *
 * A declaration is named by a part (an added module), a space and its handle in that module. An
 * import that is resolved stands for a declaration of another part, its target, which is never
 * itself a resolved import. */
#ifndef LINK_JOB_H
#define LINK_JOB_H

#include <wasmfx/link.h>

#include "ir/index.h"

_Static_assert(SPACE_FUNC == WFX_EXTERN_FUNC + 1 && SPACE_TABLE == WFX_EXTERN_TABLE + 1 &&
               SPACE_MEM == WFX_EXTERN_MEM + 1 && SPACE_GLOBAL == WFX_EXTERN_GLOBAL + 1 &&
               SPACE_TAG == WFX_EXTERN_TAG + 1, "extern kinds are the spaces from func on");

/* A declaration of some part. part is WFX_NO_ID for an import that stays an import. */
struct target {
  uint32_t part, id;
};

/* One added module. What is below is_owned is made anew by each link, in its arena. */
struct part {
  wfx_str name;
  struct wfx_module *m;
  struct object *object;          /* owned; NULL: an ordinary module */
  bool is_owned;                  /* the linker made m: a runtime module, an object */
  struct target *targets;         /* by import */
  struct strmap exports;          /* name -> index in m->exports */
  uint8_t *live[SPACE_COUNT];     /* by handle */
  uint32_t *map[SPACE_COUNT];     /* handle -> handle in the merged module, WFX_NO_ID: dropped;
                                     SPACE_TYPE: type in job.types until those are merged */
  uint32_t *segments[2];          /* by table, by memory: first of job.segments that fills it */
  uint32_t *files;                /* file -> file of the merged module */
  uint32_t const_pool, const_pos; /* where those of its constants begin in the merged module */
};

struct wfx_linker {
  const wfx_ctx *ctx;
  struct errs errs;
  struct arena arena;             /* names of parts */
  VEC(struct part) parts;
  struct strmap by_name;          /* name -> part */
  wfx_bytes packed;               /* the runtime unpacked, once it is needed */
  VEC(struct lazy_member) members; /* of all archives */
  struct strmap member_names;     /* symbol -> member that defines it */
  uint64_t stack_bytes;           /* of the stack that objects keep in memory */
};

/* Something reached, to be looked into. */
struct item {
  uint32_t part;
  enum ref_space space;
  uint32_t id;
};

/* An active segment; a list for each table or memory. */
struct segment {
  uint32_t part, id, next;
};

struct job {
  wfx_linker *l;
  struct errs *errs;              /* the linker's */
  struct wfx_module *out;
  uint32_t flags;
  struct arena arena;
  struct types types;             /* all types of all parts, equal ones once */
  uint8_t *live_types;            /* by type of `types` */
  VEC(struct item) work;
  VEC(struct segment) segments;
  uint32_t *order;                /* parts, those imported from before those that import */
  size_t n_imports;               /* of all parts */
  struct objects *objects;        /* NULL when there are none */
};

/* resolve.c */
bool wfx__link_resolve(struct job *j);
/* The declaration that a handle means: itself, or what its import is resolved to. */
struct target wfx__link_target(const struct job *j, uint32_t part, enum ref_space space,
                               uint32_t id);
/* The type of a declaration in text format, cut off when it does not fit. Types without a name
 * are shown by their number in the module. */
void wfx__link_describe(const struct wfx_module *m, uint32_t kind, uint32_t id, char *buf,
                        size_t n_bytes);
/* Where an import is; of an object, with the object's name. */
wfx_loc wfx__link_import_loc(const struct part *p, const struct import *im);
/* Set the target of one import by its names. */
bool wfx__link_follow(struct job *j, uint32_t part, uint32_t import);
/* Whether a declaration may stand in for declaration id of a part. */
bool wfx__link_fits(const struct job *j, struct target have, uint32_t part, uint32_t id,
                    uint32_t kind);
/* Always false: it may not. */
bool wfx__link_fail_type(struct job *j, uint32_t part, const struct import *im,
                         struct target have);

/* live.c */
bool wfx__link_mark(struct job *j);
/* Note that a declaration is live, and all that its import stands for. */
bool wfx__link_reach(struct job *j, uint32_t part, enum ref_space space, uint32_t id);
/* Whether all that a body names is live. */
bool wfx__link_is_reached(struct job *j, uint32_t part, struct body *b);

/* merge.c */
bool wfx__link_merge(struct job *j);

/* Lengths and data for a %.*s. */
#define STR_ARG(s) (int)((s).n > 200 ? 200 : (s).n), (s).data ? (s).data : ""

#endif
