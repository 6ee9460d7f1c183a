/* parse.h: what the files of the parser share. Spec: Text Format.
 *
 * The fields of a module are walked twice. The first walk gives every declaration its index and
 * binds the ids; it passes over what it does not understand. Then the types are defined, and
 * the second walk makes everything else in the order of the text, adding the types that only
 * inline signatures ask for. Handles are created in that order and so equal the indices of the
 * text. */
#ifndef TEXT_PARSE_H
#define TEXT_PARSE_H

#include "ir/imm.h"
#include "ir/match.h"
#include "ir/module.h"
#include "text/label.h"
#include "text/lex.h"

/* What a block is called: its id, and the name that the module keeps. */
struct block_id {
  wfx_str label, name;
};

/* A form that is open around the place being parsed: parse_inst.c. */
struct form {
  uint8_t kind;
  bool has_then, has_else;
  uint32_t tok;   /* the keyword */
  struct inst in; /* what is emitted at its end, or before its then */
  struct block_id id;
};

/* A field of a struct type that has an id or a name. */
struct field_id {
  uint32_t type, field;
  wfx_str id, name;
  uint32_t at; /* where in the text */
};

struct parser {
  struct wfx_module *m;
  struct errs *e; /* the module's */
  const struct tokens *toks;
  size_t at;      /* the next token */
  uint32_t file;  /* of positions */
  const char *file_name; /* as the module keeps it */
  struct arena arena;
  struct strmap ids[SPACE_COUNT];
  uint32_t n[SPACE_COUNT];      /* declarations bound by the first walk */
  VEC(struct field_id) field_ids; /* of all struct types */
  struct map fields;            /* multimap: hash of struct type and id -> in field_ids */
  vec_u32 type_fields;          /* tokens at which the type definitions begin */
  const char *defined;          /* what stands before a late import */
  uint32_t n_types_defined;
  uint64_t n_elem_items;
  bool has_start;
  size_t first_annot;           /* the first of the annotations in these fields */
  bool *is_taken;               /* by annotation, from there on */
  bool has_hints;               /* some annotation is a branch hint */
  /* the body or constant expression being parsed */
  struct code *code;
  struct body *body;            /* NULL in constant expressions */
  struct strmap locals;
  struct labels labels;
  VEC(struct form) frames;
  uint32_t n_blocks;
  /* scratch */
  VEC(wfx_valtype) vals;
  VEC(wfx_field) field_list;
  vec_names names;
  vec_u32 words;
  vec_u8 bytes;
};

/* ---- parse.c: tokens, indices, names ----------------------------------------------------- */

static inline struct token tok_at(const struct parser *p, size_t ahead) {
  size_t last = p->toks->list.n - 1;
  return p->toks->list.data[p->at + ahead < last ? p->at + ahead : last];
}
static inline bool tok_is(const struct parser *p, size_t ahead, const char *word) {
  return token_is(p->toks, tok_at(p, ahead), word, strlen(word));
}
static inline wfx_loc tok_loc(const struct parser *p, struct token tok) {
  wfx_loc loc = wfx__tokens_loc(p->toks, tok.at);
  loc.file = p->file_name;
  return loc;
}
/* Whether "(word" is next. */
static inline bool open_is(const struct parser *p, const char *word) {
  return tok_at(p, 0).kind == TOKEN_OPEN && tok_is(p, 1, word);
}
/* Take "(word" if it is next. */
static inline bool take_open(struct parser *p, const char *word) {
  if (!open_is(p, word)) return false;
  p->at += 2;
  return true;
}
/* Take a word if it is next. */
static inline bool take_word(struct parser *p, const char *word) {
  if (!tok_is(p, 0, word)) return false;
  p->at++;
  return true;
}
static inline bool close_is(const struct parser *p) { return tok_at(p, 0).kind == TOKEN_CLOSE; }

/* Fail at the next token, or ahead tokens later, because it may not stand there. */
bool wfx__parse_unexpected(struct parser *p, size_t ahead);
bool wfx__parse_close(struct parser *p);
/* Whether n is within a limit of the context; what is a plural. */
bool wfx__parse_limit(struct parser *p, uint64_t n, uint64_t limit, const char *what);
/* Whether a feature that the token just taken needs is on. */
bool wfx__parse_need(struct parser *p, wfx_feature feature);
/* An unsigned number of n_bits; what goes before "constant out of range". */
bool wfx__parse_uint(struct parser *p, unsigned n_bits, const char *what, uint64_t *out);
bool wfx__parse_u32(struct parser *p, uint32_t *out);
/* Whether a token can be an index: an id or a number. */
bool wfx__parse_is_index(const struct parser *p, size_t ahead);
bool wfx__parse_index(struct parser *p, enum ref_space space, uint32_t *out);
/* What an id token stands for, without $; in the parser's arena or the text. */
bool wfx__parse_id_text(struct parser *p, struct token tok, wfx_str *out);
/* An id if there is one. id is what binds and refers, name what the module keeps, copied to the
 * module: the id unless an annotation says otherwise. Absent ones have no data. name may be
 * NULL. */
bool wfx__parse_id(struct parser *p, wfx_str *id, wfx_str *name);
/* The same of a module; only the name counts. */
bool wfx__parse_module_id(struct parser *p, wfx_str *name);
/* A string of UTF-8, copied to the module's arena. */
bool wfx__parse_name(struct parser *p, wfx_str *out);
/* Strings up to what is none, joined in p->bytes. */
bool wfx__parse_strings(struct parser *p);
/* "duplicate what $id". */
bool wfx__parse_bind(struct parser *p, struct strmap *map, struct token tok, wfx_str id,
                     uint32_t index, const char *what);

/* Parse the fields of a module at *at, up to a closing parenthesis or the end of the tokens,
 * which is not taken. m has a context and no declarations. Errors go to m. */
bool wfx__parse_fields(struct wfx_module *m, const struct tokens *toks, size_t *at);

/* ---- annotate.c: annotations ---------------------------------------------------------------- */

/* Whether no annotation stands before the tokens [first, end): they would be misplaced. */
bool wfx__annots_none(struct parser *p, size_t first, size_t end);
/* The annotations of the fields that begin at p->at. */
bool wfx__annots_begin(struct parser *p);
/* Whether all of them up to the next token were in their places. */
bool wfx__annots_end(struct parser *p);
/* Whether a name annotation is next. */
bool wfx__annots_is_name(const struct parser *p);
/* The name that an annotation gives what the tokens before it declare; none: *name stays. what goes
 * before "names" where there are several. */
bool wfx__annots_name(struct parser *p, const char *what, wfx_str *name);
/* The branch hint before an instruction whose mnemonic is token last and which begins at first. */
bool wfx__annots_hint(struct parser *p, size_t first, size_t last, struct inst *in);
/* Whether all hints in a function, tokens [first, p->at), were in their places. */
bool wfx__annots_end_func(struct parser *p, size_t first);
/* The custom sections before the next token; *annot is the first annotation to look at. */
bool wfx__annots_customs(struct parser *p, size_t *annot);
/* Put the custom sections into the order of the sections they follow. */
bool wfx__annots_sort_customs(struct parser *p);
/* A string or the quoted part of an id, in arena, which must be UTF-8; what goes before the message
 * when it is not. */
bool wfx__parse_utf8(struct parser *p, struct token tok, struct arena *arena, const char *what,
                     wfx_str *out);

/* ---- parse_type.c ------------------------------------------------------------------------ */

/* A type as an instruction or declaration uses it. Parameters, then results, are in p->vals;
 * names of parameters in p->names. */
struct typeuse {
  bool has_type;
  uint32_t type;
  uint32_t n_params, n_results;
  struct token tok; /* where it begins */
};

bool wfx__parse_heaptype(struct parser *p, wfx_heaptype *out);
bool wfx__parse_reftype(struct parser *p, wfx_valtype *out);
bool wfx__parse_valtype(struct parser *p, wfx_valtype *out);
/* Whether a reference type begins here. */
bool wfx__parse_is_reftype(const struct parser *p);
/* An index of a type that fits into value types. */
bool wfx__parse_type_index(struct parser *p, uint32_t *out);
/* with_names: parameters may have ids, which are bound in p->locals. */
bool wfx__parse_typeuse(struct parser *p, bool with_names, struct typeuse *out);
/* The type of a type use: the named one, an equal one, or a new one. */
bool wfx__parse_typeuse_type(struct parser *p, const struct typeuse *use, uint32_t *type);
/* The block type of BLOCK kinds, as in ir/imm.h. */
bool wfx__parse_blocktype(struct parser *p, uint64_t *out);
/* First walk: declare the types of a type or rec field that begins at p->at. */
bool wfx__parse_declare_types(struct parser *p);
/* Define them. */
bool wfx__parse_define_types(struct parser *p);
/* The field of a struct type, by number or name. */
bool wfx__parse_field_index(struct parser *p, uint32_t type, uint32_t *out);

/* ---- parse_inst.c, parse_imm.c ----------------------------------------------------------- */

/* The instruction a word names, or -1. */
int wfx__parse_find_op(const struct parser *p, struct token tok);
/* Append an instruction at the position of a token. */
bool wfx__parse_emit(struct parser *p, struct inst in, struct token tok);
/* Instructions up to a closing parenthesis that is not theirs; or just one in parentheses. */
bool wfx__parse_insts(struct parser *p, bool only_one);
/* A constant expression: instructions as above. */
bool wfx__parse_expr(struct parser *p, bool only_one, struct expr *out);
bool wfx__parse_label(struct parser *p, uint32_t *depth);
/* The immediates of an instruction that opens no block; may change its op to a twin's. */
bool wfx__parse_imm(struct parser *p, struct inst *in);
/* The clauses of try_table, pushed to the pool behind block; imm is set. */
bool wfx__parse_catches(struct parser *p, uint64_t block, struct inst *in);

#endif
