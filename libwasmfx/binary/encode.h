/* encode.h: what the files of the encoder share. Spec: Binary Format.
 *
 * A writer is sticky: writing does nothing of use after the first error, which is found in errs
 * when all is done. */
#ifndef BINARY_ENCODE_H
#define BINARY_ENCODE_H

#include "base/leb.h"
#include "binary/place.h"
#include "ir/index.h"

/* What is known of a function, by handle. */
enum { FUNC_DECLARED = 1, FUNC_NAMED = 2 };

struct writer {
  struct wfx_module *m;
  struct errs *errs;      /* the module's */
  vec_u8 out;
  struct arena arena;     /* of map and func_flags */
  struct index_map map;
  bool is_identity;       /* every handle is its index */
  bool is_canonical;
  bool has_names;
  bool needs_data_count;  /* some instruction names a data segment */
  uint8_t *func_flags;    /* FUNC_DECLARED: occurs outside bodies; FUNC_NAMED: in a ref.func */
  uint32_t n_undeclared;  /* functions that need a declarative segment */
  struct places *places;  /* asked for, or NULL */
  const struct body *placed; /* the body whose places are being noted, or NULL */
  size_t placed_from;     /* where it begins in out */
  size_t code_at, n_code; /* the content of the code section in out, once it is written */
  unsigned replaced;      /* custom sections with these offsets are left out */
  unsigned stale;         /* those of the input with these offsets, too */
  unsigned kept;          /* offsets of those of the input that were written */
  struct body scratch;    /* bodies that were never opened are decoded here */
  uint32_t func;          /* the index of the function that is being written */
  size_t body_at;         /* where in out its body begins */
  VEC(struct hint) hints; /* of the code, as it is written; func is an index */
  size_t hints_at;        /* where in out their section goes */
};

static inline void enc_byte(struct writer *w, uint8_t byte) {
  (void)vec_push(w->errs, &w->out, byte);
}
static inline void enc_u(struct writer *w, uint64_t x) {
  if (x < 0x80) enc_byte(w, (uint8_t)x);
  else wfx__leb_write_u(w->errs, &w->out, x);
}
static inline void enc_s(struct writer *w, int64_t x) {
  wfx__leb_write_s(w->errs, &w->out, x);
}
static inline void enc_bytes(struct writer *w, const void *data, size_t n) {
  wfx__bytes_push(w->errs, &w->out, data, n);
}
/* What the decoder would refuse is not written. */
bool wfx__write_limit(struct writer *w, wfx_loc loc, const struct diag_more *more, uint64_t n,
                      uint64_t limit, const char *what);

static inline void enc_name(struct writer *w, wfx_str name) {
  wfx__write_limit(w, loc_none(), NULL, name.n, w->m->ctx->limits.name_bytes, "bytes in a name");
  enc_u(w, name.n);
  enc_bytes(w, name.data, name.n);
}
/* The index of a handle; what is no handle of the module goes out as it is. */
static inline uint32_t index_of(const struct writer *w, enum ref_space space, uint32_t id) {
  return id < w->map.n[space] ? w->map.of[space][id] : id;
}
static inline void enc_index(struct writer *w, enum ref_space space, uint32_t id) {
  enc_u(w, index_of(w, space, id));
}

/* Bytes written between these two get their length in front. */
size_t wfx__sized_begin(struct writer *w);
void wfx__sized_end(struct writer *w, size_t begin);

/* encode_types.c */
void wfx__put_heaptype(struct writer *w, wfx_heaptype heap);
void wfx__put_valtype(struct writer *w, wfx_valtype t);

/* The content of each section: types in encode_types.c, code in encode_code.c, the others in
 * encode.c. The result says whether the section is needed. */
#define WFX_SECTION(name, id, feature) bool wfx__write_##name(struct writer *w);
#include "binary/section.def"
#undef WFX_SECTION

/* encode_code.c */

/* A constant expression and its end. */
void wfx__put_const(struct writer *w, struct expr e);
/* Look at all code for what the sections before it must declare: set func_flags, n_undeclared
 * and needs_data_count. Fails for a function without body. */
bool wfx__scan_code(struct writer *w);

/* hints.c */

/* Note the hints of a function whose bytes are written as they were. */
void wfx__hints_keep(struct writer *w, uint32_t func);
/* Put the section of branch hints where it goes, if there are any. */
void wfx__insert_hints(struct writer *w);

/* names.c: the name section, or nothing when there are no names. */
void wfx__write_names(struct writer *w);

#endif
