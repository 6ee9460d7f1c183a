/* module.h: a module, declaration for declaration. Spec: Structure, Modules.
 *
 * Handles are positions in these arrays, in the order of creation. In the written module imports
 * come first: wfx__numbering computes indices. */
#ifndef IR_MODULE_H
#define IR_MODULE_H

#include "ir/body.h"

/* What every declaration that can be imported begins with. */
struct decl {
  wfx_str name;      /* from the name section or the client; data NULL: none */
  uint32_t import;   /* index into imports, or WFX_NO_ID */
  void *user;
  wfx_loc loc;
};

struct import {
  wfx_str module, field;
  uint32_t kind; /* wfx_extern_kind */
  uint32_t id;   /* handle of the declaration */
  wfx_loc loc;
};

struct export {
  wfx_str name;
  uint32_t kind, id;
  wfx_loc loc;
};

/* A constant expression: a range of the module's const_code, without the final `end`. */
struct expr {
  uint32_t first, n;
};

struct func {
  struct decl decl;
  uint32_t type;
  uint32_t body; /* index into bodies, or WFX_NO_ID (imported, or declared and not built) */
};

struct table {
  struct decl decl;
  wfx_valtype type;
  wfx_size_limits limits;
  bool has_init;
  struct expr init;
};

struct mem {
  struct decl decl;
  wfx_size_limits limits;
};

struct global {
  struct decl decl;
  wfx_valtype type;
  bool is_mutable;
  struct expr init;
};

struct tag {
  struct decl decl;
  uint32_t type; /* function type */
};

enum segment_mode { SEGMENT_ACTIVE, SEGMENT_PASSIVE, SEGMENT_DECLARATIVE };

struct elem {
  struct decl decl;
  uint8_t mode;         /* enum segment_mode */
  uint8_t form;         /* binary flags 0 to 7 as read, or ELEM_FORM_ANY */
  bool has_exprs;       /* items are expressions; else function handles */
  wfx_valtype type;
  uint32_t table;
  struct expr offset;
  vec_u32 funcs;
  VEC(struct expr) exprs;
};
enum { ELEM_FORM_ANY = 0xff };

struct data {
  struct decl decl;
  uint8_t mode;         /* active or passive */
  uint8_t form;         /* binary flags 0 to 2 as read, or ELEM_FORM_ANY */
  uint32_t mem;
  struct expr offset;
  const uint8_t *bytes; /* in the module's arena */
  size_t n_bytes;
};

/* A custom section that the library keeps as bytes. */
struct custom {
  wfx_str name;
  const uint8_t *bytes;
  size_t n_bytes;
  uint32_t after;     /* order of the section it follows: 0 for the first place, WFX_NO_ID behind
                         all sections and the names */
};

/* A branch hint of a decoded function: wfx_hint of the instruction at an offset in its body, which
 * begins with the locals. */
struct hint {
  uint32_t func, offset;
  uint8_t hint;
};

struct wfx_module {
  const wfx_ctx *ctx;
  struct arena arena;
  struct errs errs;            /* first error outside bodies */
  wfx_str name;
  struct types types;
  VEC(struct import) imports;
  VEC(struct func) funcs;
  VEC(struct table) tables;
  VEC(struct mem) mems;
  VEC(struct global) globals;
  VEC(struct tag) tags;
  VEC(struct export) exports;
  VEC(struct elem) elems;
  VEC(struct data) datas;
  VEC(struct custom) customs;
  struct custom names;         /* a decoded name section, written back while the names are still
                                  those in it; bytes NULL: none */
  uint32_t names_at;           /* the custom section it stood before */
  struct custom hints;         /* likewise decoded branch hints */
  uint32_t hints_at;
  bool names_before_hints;     /* where both are in one place */
  VEC(struct hint) hint_list;  /* what they say, by function and offset; good for the functions
                                  whose bodies are still bytes */
  VEC(struct body *) bodies;   /* allocated one by one, so that pointers stay;
                                  NULL: dropped */
  struct code const_code;      /* constant expressions */
  VEC(struct pos) const_positions; /* as in struct body, for const_code */
  VEC(wfx_str) files;          /* of positions */
  uint32_t start;              /* function, or WFX_NO_ID */
  bool has_data_count;         /* a decoded module wrote the section (an encoder adds it on need) */
  bool infers_refs;            /* as is_built, for all bodies; set for new modules, cleared by
                                  wfx__module_begin_read: undeclared is an error there */
  uint32_t sections_present;   /* bit n: section n was there, though perhaps empty */
  uint8_t *is_declared;        /* bit by function: named outside bodies; set by validation, of
                                  the first n_declared functions */
  size_t n_declared;
  uint64_t valid_stamp;        /* how much there was when all was found valid; 0: never */
  const uint8_t *input;        /* decoded bytes that unopened bodies point into */
  size_t n_input;
  struct wfx_body *open_consts; /* constant expressions that a builder has open, linked */
  /* Free a builder that was neither closed nor abandoned; left here by build/. */
  void (*free_builder)(struct wfx_body *b);
  /* Decode one body on demand; left here by binary/. NULL when all bodies are open. */
  bool (*open_body)(struct wfx_module *m, uint32_t func);
};

/* How many element segments and initialisers in them, which share one limit. */
uint64_t wfx__module_n_elems(const struct wfx_module *m);
bool wfx__module_is_empty(const struct wfx_module *m);
/* Begin to read a module from bytes or text into m, which has to be empty and without an error;
 * what is being done goes into the message. */
bool wfx__module_begin_read(struct wfx_module *m, const char *what);

/* The body of a function, decoded if need be; NULL when it has none or on error (in its errs). */
struct body *wfx__module_body(struct wfx_module *m, uint32_t func);
/* A new open body for a function. */
bool wfx__module_new_body(struct wfx_module *m, uint32_t func, struct body **out);

/* Take a function's body away, as if it had never been opened. Body indices of others stay. */
void wfx__module_drop_body(struct wfx_module *m, uint32_t func);

/* Add declarations. Names are copied. Each returns false with the error in m->errs. */
bool wfx__module_add_import(struct wfx_module *m, wfx_str module, wfx_str field, uint32_t kind,
                            uint32_t id);
bool wfx__module_add_export(struct wfx_module *m, wfx_str name, uint32_t kind, uint32_t id);
bool wfx__module_str(struct wfx_module *m, const char *data, size_t n, wfx_str *out);
/* Index of a file name in files, added when new; name NULL is file WFX_NO_ID. */
bool wfx__module_file(struct wfx_module *m, const char *name, uint32_t *index);
wfx_loc wfx__pos_loc(const struct wfx_module *m, struct pos p);
/* Where an instruction with this pos is; b is NULL for constant expressions. */
wfx_loc wfx__module_pos(const struct wfx_module *m, const struct body *b, uint32_t pos);
/* The declaration behind a kind and handle. */
struct decl *wfx__module_decl(const struct wfx_module *m, uint32_t kind, uint32_t id);
uint32_t wfx__module_count(const struct wfx_module *m, uint32_t kind);


#endif
