/* object.h: relocatable objects, as `clang --target=wasm32` writes them.
 *
 *   object_read.c    form: symbols, relocations, segments, groups of one object
 *   archive_ar.c     members of archives
 *   object_add.c     objects and archives given to a linker
 *   object_symbol.c  what each name stands for, across objects, archives and modules
 *   object_reach.c   what code and data refer to
 *   object_layout.c  addresses, table slots, and what the linker adds itself
 *
 * An object is a part like others: its module is decoded, relocations are written into the
 * bytes of its code, and bodies are decoded from these, so that nothing in a relocation is
 * believed. First those that name declarations are written; once it is known what is live,
 * addresses and table slots. Data is relocated in the memory's image, never in the object.
 * Format: WebAssembly tool conventions, Linking, version 2. */
#ifndef LINK_OBJECT_H
#define LINK_OBJECT_H

#include "link/job.h"

enum symbol_kind { SYMBOL_FUNC, SYMBOL_DATA, SYMBOL_GLOBAL, SYMBOL_SECTION, SYMBOL_TAG,
                   SYMBOL_TABLE, SYMBOL_KIND_COUNT };
enum { SYMBOL_WEAK = 1, SYMBOL_LOCAL = 2, SYMBOL_UNDEFINED = 0x10, SYMBOL_EXPORTED = 0x20,
       SYMBOL_EXPLICIT = 0x40, SYMBOL_NO_STRIP = 0x80, SYMBOL_TLS = 0x100,
       SYMBOL_ABSOLUTE = 0x200 };

struct object_symbol {
  wfx_str name;       /* in the object's bytes, without NUL */
  uint64_t offset;    /* of data in its segment; the address when absolute */
  uint32_t id;        /* handle in the object's module; segment; WFX_NO_ID: undefined data */
  uint32_t flags;
  uint32_t at;        /* offset of the entry in the file */
  uint32_t other;     /* handle that stands for another definition of this name: an import added
                         to the module, or a stub; WFX_NO_ID until one is needed */
  uint32_t meaning;   /* of this link; WFX_NO_ID: none but this object sees it */
  uint8_t kind;       /* enum symbol_kind */
};

enum reloc_what { RELOC_FUNC, RELOC_SLOT, RELOC_ADDRESS, RELOC_TYPE, RELOC_GLOBAL, RELOC_TAG,
                  RELOC_TABLE, RELOC_PLACE, RELOC_DEBUG, RELOC_PIC, RELOC_TLS };
enum reloc_form { RELOC_LEB, RELOC_SLEB, RELOC_I32, RELOC_LEB64, RELOC_SLEB64, RELOC_I64 };
struct reloc_info {
  const char *name;
  uint8_t what, form, n_bytes;
  bool has_addend;
};
enum { RELOC_COUNT = 0
#define WFX_RELOC(name, what, form, has_addend) + 1
#include "link/reloc.def"
#undef WFX_RELOC
};
extern const struct reloc_info wfx__relocs[RELOC_COUNT];

struct object_reloc {
  uint32_t at;        /* offset in the file */
  uint32_t index;     /* symbol; RELOC_TYPE: type */
  int64_t addend;
  uint8_t type;       /* index into wfx__relocs */
};

enum { SEGMENT_TLS = 2, SEGMENT_RETAIN = 4 };
struct object_segment {
  wfx_str name;
  uint32_t flags;
  uint32_t group;     /* or WFX_NO_ID */
  uint8_t align_log2;
  uint64_t address;   /* in this link, of a live one */
};

/* Definitions of which only the first group of a name is taken. */
struct object_group {
  wfx_str name;
  bool is_dropped;    /* in this link */
};
struct object_member {
  uint32_t group, index, at;
  uint8_t kind;
};

struct object_init {
  uint32_t priority, symbol;
};

struct object_feature {
  wfx_str name;
  uint8_t prefix;     /* '+' uses, '-' forbids */
};

struct object {
  VEC(struct object_symbol) symbols;
  VEC(struct object_reloc) relocs[2];  /* of code, of data, ascending */
  VEC(struct object_segment) segments; /* by data segment of the module */
  VEC(struct object_group) groups;
  VEC(struct object_member) members;
  VEC(struct object_init) inits;
  VEC(struct object_feature) features;
  uint32_t *func_group;                /* by function: group or WFX_NO_ID */
  uint32_t *func_export;               /* by function: its first export or WFX_NO_ID */
  uint32_t *first_reloc[2];            /* by function, by data segment, one more at the end */
  uint32_t n_funcs;                    /* of the object itself */
  bool is_member;                      /* of an archive: counts when something of it is live */
  bool is_active;                      /* in this link it counts */
  bool is_own;                         /* made by the linker */
};

/* ---- object_read.c ----------------------------------------------------------------------- */

/* Refuse, by its name, what a compiler writes for something other than WebAssembly. */
bool wfx__object_format(struct errs *e, const uint8_t *bytes, size_t n);

/* Read what makes bytes an object. names_only reads no relocations. Errors have offsets
 * only. */
bool wfx__object_read(struct object *o, struct errs *e, const uint8_t *bytes, size_t n,
                      bool names_only);
/* Hold what was read against the module decoded from the same bytes, and name its functions. */
bool wfx__object_bind(struct object *o, struct wfx_module *m);
void wfx__object_free(const wfx_ctx *ctx, struct object *o);

/* ---- archive_ar.c ------------------------------------------------------------------------ */

struct ar_reader {
  struct errs *e;
  const uint8_t *bytes;
  size_t n, at;
  wfx_str names;      /* long names, "NAME/\n" each */
};
struct ar_member {
  wfx_str name;
  const uint8_t *bytes;
  size_t n;
};
bool wfx__ar_open(struct ar_reader *r, struct errs *e, const uint8_t *bytes, size_t n);
/* The next member that is no index; bytes NULL at the end. */
bool wfx__ar_next(struct ar_reader *r, struct ar_member *out);

/* ---- object_add.c ------------------------------------------------------------------------ */

/* A member of an archive, waiting to be needed. */
struct lazy_member {
  wfx_str name;       /* "lib.a(x.o)" */
  const uint8_t *bytes;
  size_t n;
  bool is_taken;
};
/* Make it a part, the last one. */
bool wfx__object_take(wfx_linker *l, uint32_t member);
/* Record an error of an input as the linker's, with the input's name. Always false. */
bool wfx__object_fail(struct errs *to, wfx_str name, const struct errs *from);
#define wfx__object_fail(to, name, from) errs_failed(wfx__object_fail(to, name, from))

/* ---- object_symbol.c --------------------------------------------------------------------- */

enum meaning_state {
  MEANING_NONE,       /* nobody defines it */
  MEANING_DEFINED,    /* by symbol of part */
  MEANING_MODULE,     /* export of an added module */
  MEANING_LINKER,     /* own declaration, or an address */
  MEANING_IMPORT,     /* stays an import, that of symbol of part */
  MEANING_NULL        /* only weak references: address 0, and calls trap */
};
struct meaning {
  wfx_str name;
  struct target t;     /* the declaration; of a module, the export's */
  uint64_t address;    /* of the linker's data */
  uint32_t part, symbol; /* the definition; before there is one, the first reference */
  uint32_t import_part, import_symbol; /* the first with an import name of its own */
  uint8_t kind, state;
  bool is_weak;        /* the definition */
  bool is_wanted;      /* by something not weak */
  bool is_reached;     /* __start_x, __stop_x: the segments are live */
};

/* Output segments: input segments of one name lie together. */
struct data_group {
  wfx_str name;
  uint32_t head, tail; /* of placed */
  uint8_t rank;
  uint64_t first, end; /* addresses */
};
struct placed {
  uint32_t part, id, next;
};
/* Bytes of the memory's image that become one segment. */
struct data_run {
  uint64_t address;
  size_t first, n;
};
struct init_call {
  uint64_t key;        /* priority, then order */
  uint32_t part, id;
};

/* One link's view of its objects. */
struct objects {
  uint32_t own;        /* the part that holds what the linker declares itself: */
                       /* memory 0, table 0, global 0 __stack_pointer, function 0 ctors */
  struct target mem;   /* the memory of all objects */
  VEC(struct meaning) meanings;
  struct strmap by_name;
  struct strmap groups;
  struct strmap offers[5];      /* exports of added modules by kind -> offered */
  VEC(struct target) offered;   /* part and export; WFX_NO_ID as export: in several modules */
  vec_u32 wanted;
  VEC(struct object_feature) features;
  struct strmap feature_names;
  vec_u32 feature_parts;
  struct strmap sections;       /* names of segments -> first in in_sections */
  VEC(struct placed) in_sections;
  VEC(struct init_call) inits;
  VEC(struct target) slots;
  struct map slot_of;
  VEC(struct data_group) groups_out;
  struct strmap group_names;
  VEC(struct placed) placed;
  vec_u8 image;
  VEC(struct data_run) runs;
  uint64_t memory_pages;
};

enum { OWN_CTORS = 0 }; /* function of the own part */

/* Read names, take what is needed from archives. NULL in j->objects when there are no
 * objects. */
bool wfx__objects_begin(struct job *j);
/* When parts are open, before imports are resolved. */
void wfx__objects_prepare(struct job *j);
/* Whether a definition is of a group that another object brought first. */
bool wfx__object_is_dropped(const struct object *o, const struct object_symbol *s);
/* Whether name is __start_x or __stop_x; section is x. */
bool wfx__object_bound(wfx_str name, wfx_str *section);
/* What an import of a module means among the objects; out->part is left alone when nothing. */
bool wfx__objects_import(struct job *j, uint32_t part, const struct import *im,
                         struct target *out);
/* The targets of the objects' own imports, when those of all others are known. */
bool wfx__objects_targets(struct job *j);
void wfx__objects_end(struct job *j);

/* ---- object_reach.c ---------------------------------------------------------------------- */

/* What a relocation refers to. */
enum referent_kind { REFERS_DECL, REFERS_SEGMENT, REFERS_ADDRESS };
struct referent {
  enum referent_kind kind;
  uint32_t part, id;   /* declaration: part is the referring one; segment */
  uint64_t offset;     /* in the segment; the address */
  bool is_null;        /* weak and undefined */
};
bool wfx__object_refer(struct job *j, uint32_t part, const struct object_reloc *r,
                       struct referent *out);
void wfx__object_patch(struct part *p, const struct object_reloc *r, uint64_t value);
bool wfx__object_decode(struct job *j, uint32_t part, uint32_t func);
bool wfx__object_roots(struct job *j, uint32_t part);
/* Whether a symbol is a function that the result exports. */
bool wfx__object_is_exported(const struct job *j, uint32_t part, uint32_t symbol);
bool wfx__object_reach_func(struct job *j, uint32_t part, uint32_t func);
bool wfx__object_reach_data(struct job *j, uint32_t part, uint32_t segment);
/* When all else is marked: the constructors, when nobody calls them, are the start function. */
bool wfx__objects_reach_start(struct job *j);

/* ---- object_layout.c --------------------------------------------------------------------- */

bool wfx__objects_layout(struct job *j);
/* Into the merged module, when all handles are known. */
bool wfx__objects_finish(struct job *j);
/* Exports, and the custom sections that a program of objects has. */
bool wfx__objects_export(struct job *j);

#endif
