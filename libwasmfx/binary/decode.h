/* decode.h: what the files of the decoder share. Spec: Binary Format. */
#ifndef BINARY_DECODE_H
#define BINARY_DECODE_H

#include "binary/reader.h"
#include "ir/index.h"

/* Where the bytes of one function's body lie. */
struct body_range {
  const uint8_t *bytes;
  uint32_t n_bytes, offset;
};

/* The decoding of one module. r is at the section being read; errors go to the module. */
struct decoder {
  struct wfx_module *m;
  struct reader r;
  VEC(wfx_valtype) vals;  /* scratch */
  VEC(wfx_field) fields;  /* scratch */
  uint32_t n_defined;     /* functions of the function section */
  uint32_t n_bodies;      /* entries of the code section */
  uint32_t n_data_count;  /* what the data count section said */
  uint64_t n_items;       /* element segments and their items so far, held to one limit */
  bool is_borrowing;      /* the input stays, and bodies go to ranges instead of the module */
  VEC(struct body_range) ranges; /* by defined function */
};

/* decode.c */

/* Decode all but the bodies; no byte is copied, and names are left out. Errors go to m->errs.
 * d->ranges, freed by the caller with vec_free, says where the bodies are. */
bool wfx__decode_decls(struct decoder *d, struct wfx_module *m, const uint8_t *bytes, size_t n);

/* dialect.c: for contexts whose dialect is not the current one */

/* The opcode at, which the current format has as *op, in the dialect; it may become -1, illegal. */
bool wfx__dialect_op(struct reader *r, const uint8_t *at, int *op);
/* The form of a type that has the form here in the dialect. */
uint8_t wfx__dialect_form(const wfx_ctx *ctx, uint8_t form);

/* decode_types.c */
bool wfx__read_valtype(struct reader *r, wfx_valtype *out);
bool wfx__read_reftype(struct reader *r, wfx_valtype *out);
bool wfx__read_heaptype(struct reader *r, wfx_heaptype *out);
bool wfx__read_mutability(struct reader *r, bool *out);
/* A block type as lo and hi of ir/imm.h. */
bool wfx__read_blocktype(struct reader *r, uint32_t *lo, uint32_t *hi);

/* The content of each section: types in decode_types.c, functions in decode.c, the others in
 * decode_decls.c. */
#define WFX_SECTION(name, id, feature) bool wfx__read_##name(struct decoder *d);
#include "binary/section.def"
#undef WFX_SECTION

/* decode_code.c */

/* Reading one sequence of instructions. */
struct code_reader {
  struct reader r;
  struct code *code;     /* takes large immediates */
  vec_u8 open;           /* kinds of the open blocks, when whole sequences are read */
  bool is_body;          /* not a constant expression */
  bool has_data_count;
};

/* Begin to read a body, as below: its locals go to b. */
bool wfx__begin_body(struct code_reader *cr, struct wfx_module *m, struct body *b,
                     const uint8_t *bytes, size_t n, uint64_t offset);
/* Read the next instruction; whether blocks nest is for the caller. */
bool wfx__read_inst(struct code_reader *cr, struct inst *in);

/* Decode the locals and code of one body, replacing what b holds of them; errors go to
 * b->errs. bytes are n bytes that lie at offset in the input. m is only read, and b->bytes is
 * left alone. */
bool wfx__decode_body(struct wfx_module *m, struct body *b, const uint8_t *bytes, size_t n,
                      uint64_t offset);
/* What decode leaves in a module as open_body. */
bool wfx__open_body(struct wfx_module *m, uint32_t func);
/* A constant expression, appended to the module's. */
bool wfx__read_const(struct decoder *d, struct expr *out);

/* hints.c */

/* Whether that is the name of the section of branch hints. */
bool wfx__hints_is(wfx_str name);
/* Read m->hints into m->hint_list; false when the section is malformed, or with an error in m. */
bool wfx__hints_take(struct wfx_module *m);
/* Give the instructions of a body, decoded from offset on, the hints of a function. */
void wfx__hints_apply(const struct wfx_module *m, uint32_t func, struct body *b,
                      uint64_t offset);

/* names.c */

/* Whether m->names, bytes of a name section, are well-formed, with names in order. */
bool wfx__names_check(struct wfx_module *m);
/* Give the declarations the names in m->names. */
bool wfx__names_take(struct wfx_module *m);
/* Whether m->names says exactly what the names of the module are now. */
bool wfx__names_match(struct wfx_module *m, const struct index_map *map);

#endif
