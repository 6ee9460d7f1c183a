/* print.h: what the files of the printer share. Spec: Text Format.
 *
 * Nothing that is printed need be valid: every handle is checked before it is followed, and
 * what the text format cannot say becomes a comment. Writing is sticky: after the first error,
 * which is in errs, nothing more is written. */
#ifndef TEXT_PRINT_H
#define TEXT_PRINT_H

#include <string.h>

#include <wasmfx/text.h>

#include "ir/index.h"
#include "text/label.h"

/* Ids for numbered things, sorted by number. */
struct id_list {
  const struct index_name *ids; /* names with $; data NULL: none can say the name */
  const struct index_name *names;
  size_t n;
};

struct printer {
  struct wfx_module *m;
  uint32_t flags;
  struct errs errs;
  struct arena arena;        /* for the module */
  struct arena func_arena;   /* for one function */
  vec_u8 out;
  uint32_t indent;
  struct index_map map;
  wfx_str *ids[SPACE_COUNT]; /* by handle: $name; data NULL: none */
  struct id_list *fields;    /* by type: ids of its fields, or NULL */
  bool *is_implied;          /* by type: an inline signature means it */
  /* the code being printed */
  const struct code *code;
  const struct body *body;   /* NULL in constant expressions */
  uint32_t type;             /* of the function */
  struct id_list locals;
  struct labels labels;
  uint32_t n_blocks;
  size_t next_label;         /* in label_names */
};

/* ---- print_text.c: characters ------------------------------------------------------------ */

static inline bool is_stopped(const struct printer *p) { return errs_is_set(&p->errs); }
void wfx__out_bytes(struct printer *p, const char *s, size_t n);
void wfx__out(struct printer *p, const char *s);
void wfx__out_uint(struct printer *p, uint64_t x);
void wfx__out_int(struct printer *p, int64_t x);
/* A new line, indented. */
void wfx__out_line(struct printer *p);
/* A string literal; is_name: of UTF-8, where bidi controls are escaped as well. */
void wfx__out_string(struct printer *p, const void *data, size_t n, bool is_name);
/* Bytes as literals with a space before each; long ones broken into lines. */
void wfx__out_strings(struct printer *p, const void *data, size_t n);
/* The number of bytes since the last line break. */
size_t wfx__column(const struct printer *p);
/* How wide lines become. */
enum { PRINT_WIDTH = 80 };

/* ---- print_id.c: names into ids ---------------------------------------------------------- */

/* Make the ids of all declarations. */
bool wfx__print_ids(struct printer *p);
/* Make ids, each used once, of names in arena. */
bool wfx__make_ids(struct printer *p, struct arena *arena, const struct index_name *names,
                   size_t n, struct id_list *out);
wfx_str wfx__find_id(const struct id_list *list, uint32_t index);
/* Whether an index has a name, though perhaps no id. */
bool wfx__has_name(const struct id_list *list, uint32_t index);
/* The id or index of a handle. */
void wfx__out_ref(struct printer *p, enum ref_space space, uint32_t handle);
/* " $name", with the name as an annotation when the id does not say it; or nothing. */
void wfx__out_id(struct printer *p, enum ref_space space, uint32_t handle);
/* The same without space before, but with one behind: of entry index of a list of ids for names. */
void wfx__out_list_id(struct printer *p, const struct id_list *ids, uint32_t index);
/* "(@name "name") " when an id, which may have no data, does not say that name. */
void wfx__out_name_annot(struct printer *p, wfx_str id, wfx_str name);
/* A label's id by itself, without the question whether it is visible. */
void wfx__out_name_id(struct printer *p, wfx_str name);

/* ---- print_type.c ------------------------------------------------------------------------ */

void wfx__out_heaptype(struct printer *p, wfx_heaptype heap);
void wfx__out_valtype(struct printer *p, wfx_valtype t);
/* " (type $t)" and the signature, as far as they are needed. The parameters' ids are p->locals
 * if with_ids. */
enum typeuse_form {
  TYPEUSE_SHORT, /* a named type is enough */
  TYPEUSE_FUNC,  /* parameters and results in any case */
  TYPEUSE_BLOCK  /* likewise, and no signature may mean a block type without type */
};
void wfx__out_typeuse(struct printer *p, uint32_t type, enum typeuse_form form);
void wfx__out_blocktype(struct printer *p, uint64_t block);
/* All type definitions, a line each. */
void wfx__print_types(struct printer *p);
/* The type behind a handle, or NULL. */
const struct type *wfx__print_type(const struct printer *p, uint32_t type);

/* ---- print_inst.c ------------------------------------------------------------------------ */

/* The name of the block that opens next; data NULL: none. Counts the block. */
wfx_str wfx__next_label(struct printer *p);
/* The branch hint before an instruction, if it has one. */
void wfx__out_hint(struct printer *p, const struct inst *in);
/* An instruction with its immediates. label is for those that open a block. */
void wfx__out_inst(struct printer *p, const struct inst *in, wfx_str label);
/* The instructions of the body, one a line, flat. */
void wfx__print_flat(struct printer *p);

/* ---- print_fold.c ------------------------------------------------------------------------ */

/* The same, folded. */
void wfx__print_folded(struct printer *p);
/* A constant expression on one line, each instruction in parentheses, with a space before. If
 * word is given and it is not exactly one such form, "(word ...)" goes around it. */
void wfx__out_expr(struct printer *p, struct expr e, const char *word);

#endif
