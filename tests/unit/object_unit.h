/* object_unit.h: relocatable objects and archives made byte by byte, for the tests of the
 * linker. */
#ifndef UNIT_OBJECT_UNIT_H
#define UNIT_OBJECT_UNIT_H

#include "unit.h"

#include <stdio.h>

/* ---- Making objects ---------------------------------------------------------------------- */

struct buf {
  uint8_t data[4096];
  size_t n;
};

static inline void put(struct buf *b, const void *data, size_t n) {
  assert_true(n <= sizeof b->data - b->n);
  if (n != 0) memcpy(b->data + b->n, data, n);
  b->n += n;
}
static inline void put_u8(struct buf *b, unsigned x) {
  uint8_t byte = (uint8_t)x;
  put(b, &byte, 1);
}
static inline void put_leb(struct buf *b, uint64_t x) {
  for (; x >= 0x80; x >>= 7) put_u8(b, 0x80u | (unsigned)(x & 0x7f));
  put_u8(b, (unsigned)x);
}
/* Signed, short: -64 to 63. */
static inline void put_addend(struct buf *b, int x) { put_u8(b, (unsigned)x & 0x7f); }
static inline void put_padded(struct buf *b) { put(b, "\x80\x80\x80\x80\0", 5); }
static inline void put_name(struct buf *b, const char *s) {
  put_leb(b, strlen(s));
  put(b, s, strlen(s));
}
static inline void put_buf(struct buf *b, const struct buf *from) {
  put_leb(b, from->n);
  put(b, from->data, from->n);
}

/* The types of every object: [] -> [], [i32] -> [i32], [] -> [i32], [i32] -> []. */
enum { T_VOID, T_I_I, T_I, T_I_VOID };
enum { R_FUNC, R_SLOT, R_SLOT_I32, R_ADDR, R_ADDR_S, R_ADDR_I32, R_TYPE, R_GLOBAL,
       R_TABLE = 20, R_LOCREL = 23 };
enum { S_FUNC, S_DATA, S_GLOBAL, S_SECTION, S_TAG, S_TABLE };
enum { WEAK = 1, LOCAL = 2, HIDDEN = 4, UNDEF = 0x10, EXPORTED = 0x20, EXPLICIT = 0x40 };

/* A list of a section, with its length beside it. */
struct list {
  struct buf b;
  unsigned n;
};

struct obj {
  struct list imports, funcs, exports, code, data, symbols, segments, inits, groups, relocs[2],
      features;
  unsigned n_funcs, n_globals;
  size_t data_at[8]; /* of each segment in the section, less its length */
};

static inline void obj_init(struct obj *o) {
  memset(o, 0, sizeof *o);
  put(&o->imports.b, "\3env\x0f__linear_memory\2\0\1", 23);
  o->imports.n = 1;
}

static inline unsigned import_from(struct obj *o, const char *module, const char *name,
                                   unsigned type) {
  o->imports.n++;
  put_name(&o->imports.b, module);
  put_name(&o->imports.b, name);
  put_u8(&o->imports.b, 0);
  put_leb(&o->imports.b, type);
  return o->n_funcs++;
}

/* A symbol of a function, a global or the table. name NULL: that of the import. */
static inline unsigned symbol(struct obj *o, unsigned kind, unsigned flags, unsigned id,
                              const char *name) {
  put_u8(&o->symbols.b, kind);
  put_leb(&o->symbols.b, flags);
  put_leb(&o->symbols.b, id);
  if (name) put_name(&o->symbols.b, name);
  return o->symbols.n++;
}

static inline unsigned import_func(struct obj *o, const char *name, unsigned type,
                                   unsigned flags) {
  return symbol(o, S_FUNC, UNDEF | flags, import_from(o, "env", name, type), NULL);
}

static inline unsigned import_table(struct obj *o) {
  o->imports.n++;
  put(&o->imports.b, "\3env\x19__indirect_function_table\1\x70\0\0", 34);
  return symbol(o, S_TABLE, UNDEF, 0, NULL);
}

static inline unsigned import_sp(struct obj *o) {
  o->imports.n++;
  put(&o->imports.b, "\3env\x0f__stack_pointer\3\x7f\1", 23);
  return symbol(o, S_GLOBAL, UNDEF, o->n_globals++, NULL);
}

static inline unsigned data_symbol(struct obj *o, unsigned flags, const char *name,
                                   unsigned segment, unsigned offset) {
  put_u8(&o->symbols.b, S_DATA);
  put_leb(&o->symbols.b, flags);
  put_name(&o->symbols.b, name);
  if (!(flags & UNDEF)) {
    put_leb(&o->symbols.b, segment);
    put_leb(&o->symbols.b, offset);
    put_leb(&o->symbols.b, 4);
  }
  return o->symbols.n++;
}

static inline void add_reloc(struct obj *o, unsigned which, unsigned type, size_t at,
                             unsigned index, int addend) {
  struct list *l = &o->relocs[which];
  l->n++;
  put_leb(&l->b, type);
  put_leb(&l->b, at);
  put_leb(&l->b, index);
  bool has_addend = (type >= R_ADDR && type <= R_ADDR_I32) || type == R_LOCREL;
  if (has_addend) put_addend(&l->b, addend);
}

/* Code, a letter and up to two numbers for each instruction:
 *   g local.get  k i32.const  + *  d drop  u unreachable  v call of an index, not relocated
 *   c call SYMBOL  a address of SYMBOL ADDEND  l load at SYMBOL ADDEND  s store there
 *   t table slot of SYMBOL  x call_indirect TYPE TABLE-SYMBOL  p global.get  q global.set */
static inline void put_code(struct obj *o, struct buf *b, size_t base, const char *text) {
  while (*text != '\0') {
    char op = *text++, *end;
    int x = (int)strtol(text, &end, 10), y = 0;
    text = end;
    if (*text == ' ') y = (int)strtol(text, &end, 10), text = end;
    while (*text == ' ' || *text == ';') text++;
    unsigned symbol_index = (unsigned)x;
    static const struct {
      char op;
      const char *bytes;
      int n, type;
    } ops[] = {{'g', "\x20", 1, -1}, {'k', "\x41", 1, -1}, {'+', "\x6a", 1, -2},
               {'*', "\x6c", 1, -2}, {'d', "\x1a", 1, -2}, {'u', "\0", 1, -2},
               {'v', "\x10", 1, -1}, {'c', "\x10", 1, R_FUNC}, {'a', "\x41", 1, R_ADDR_S},
               {'l', "\x41\0\x28\2", 4, R_ADDR}, {'s', "\x36\2", 2, R_ADDR},
               {'t', "\x41", 1, R_SLOT}, {'x', "\x11", 1, R_TYPE}, {'p', "\x23", 1, R_GLOBAL},
               {'q', "\x24", 1, R_GLOBAL}};
    size_t i = 0;
    while (ops[i].op != op) i++;
    put(b, ops[i].bytes, (size_t)ops[i].n);
    if (ops[i].type == -1) put_addend(b, x);
    if (ops[i].type < 0) continue;
    add_reloc(o, 0, (unsigned)ops[i].type, base + b->n, symbol_index, y);
    put_padded(b);
    if (op != 'x') continue;
    add_reloc(o, 0, R_TABLE, base + b->n, (unsigned)y, 0);
    put_padded(b);
  }
  put_u8(b, 0x0b);
}

static inline unsigned func(struct obj *o, unsigned type, const char *code) {
  struct buf body = {.n = 0};
  put_u8(&body, 0); /* no locals */
  /* The length of the section and of the body take a byte each. */
  put_code(o, &body, 1 + o->code.b.n + 1, code);
  assert_true(body.n < 128);
  o->funcs.n++;
  put_leb(&o->funcs.b, type);
  o->code.n++;
  put_buf(&o->code.b, &body);
  return o->n_funcs++;
}

static inline unsigned def(struct obj *o, const char *name, unsigned flags, unsigned type,
                           const char *code) {
  return symbol(o, S_FUNC, flags, func(o, type, code), name);
}

static inline unsigned segment(struct obj *o, const char *name, unsigned align_log2,
                               const void *bytes, size_t n) {
  put(&o->data.b, "\0\x41\0\x0b", 4);
  put_leb(&o->data.b, n);
  o->data_at[o->data.n] = 1 + o->data.b.n;
  put(&o->data.b, bytes, n);
  put_name(&o->segments.b, name);
  put_leb(&o->segments.b, align_log2);
  put_leb(&o->segments.b, 0);
  o->segments.n++;
  return o->data.n++;
}

static inline void put_list(struct buf *b, const struct list *l) {
  put_leb(b, l->n);
  put(b, l->b.data, l->b.n);
}

static inline void put_section(struct buf *out, unsigned id, const struct list *l) {
  struct buf content = {.n = 0};
  if (l->n == 0) return;
  put_list(&content, l);
  put_u8(out, id);
  put_buf(out, &content);
}

static inline void put_custom(struct buf *out, const char *name, const struct buf *content) {
  struct buf all = {.n = 0};
  put_name(&all, name);
  put(&all, content->data, content->n);
  put_u8(out, 0);
  put_buf(out, &all);
}

static inline void put_linking(struct buf *out, const struct obj *o) {
  const struct list *const parts[] = {&o->symbols, &o->segments, &o->inits, &o->groups};
  static const unsigned kinds[] = {8, 5, 6, 7};
  struct buf linking = {.n = 0};
  put_leb(&linking, 2);
  for (size_t i = 0; i < 4; i++) {
    struct buf part = {.n = 0};
    if (parts[i]->n == 0) continue;
    put_list(&part, parts[i]);
    put_u8(&linking, kinds[i]);
    put_buf(&linking, &part);
  }
  put_custom(out, "linking", &linking);
}

static inline void obj_bytes(const struct obj *o, struct buf *out) {
  static const uint8_t head[] = {0, 'a', 's', 'm', 1, 0, 0, 0, 1, 17, 4, 0x60, 0, 0, 0x60, 1,
                                 0x7f, 1, 0x7f, 0x60, 0, 1, 0x7f, 0x60, 1, 0x7f, 0};
  unsigned section = 1;
  out->n = 0;
  put(out, head, sizeof head);
  const struct list *const lists[] = {&o->imports, &o->funcs, &o->exports, &o->code, &o->data};
  static const unsigned ids[] = {2, 3, 7, 10, 11};
  unsigned code_section = 0, data_section = 0;
  for (size_t i = 0; i < 5; i++) {
    if (ids[i] == 10) code_section = section;
    if (ids[i] == 11) data_section = section;
    put_section(out, ids[i], lists[i]);
    if (lists[i]->n != 0) section++;
  }
  put_linking(out, o);
  for (unsigned which = 0; which < 2; which++) {
    struct buf relocs = {.n = 0};
    if (o->relocs[which].n == 0) continue;
    put_leb(&relocs, which == 0 ? code_section : data_section);
    put_list(&relocs, &o->relocs[which]);
    put_custom(out, which == 0 ? "reloc.CODE" : "reloc.DATA", &relocs);
  }
  struct buf features = {.n = 0};
  put_list(&features, &o->features);
  if (o->features.n != 0) put_custom(out, "target_features", &features);
}

static inline void feature(struct obj *o, char prefix, const char *name) {
  o->features.n++;
  put_u8(&o->features.b, (unsigned char)prefix);
  put_name(&o->features.b, name);
}

static inline void init(struct obj *o, unsigned priority, unsigned symbol_index) {
  o->inits.n++;
  put_leb(&o->inits.b, priority);
  put_leb(&o->inits.b, symbol_index);
}

/* A group of one function and, unless WFX_NO_ID, one segment. */
static inline void group(struct obj *o, const char *name, unsigned func_index,
                         unsigned segment_index) {
  o->groups.n++;
  put_name(&o->groups.b, name);
  put_leb(&o->groups.b, 0);
  put_leb(&o->groups.b, segment_index == WFX_NO_ID ? 1 : 2);
  put_u8(&o->groups.b, 1);
  put_leb(&o->groups.b, func_index);
  if (segment_index == WFX_NO_ID) return;
  put_u8(&o->groups.b, 0);
  put_leb(&o->groups.b, segment_index);
}

/* ---- Archives ---------------------------------------------------------------------------- */

static inline void ar_member(struct buf *ar, const char *name, const struct buf *content) {
  char header[61];
  snprintf(header, sizeof header, "%-16s%-12d%-6d%-6d%-8d%-10zu`\n", name, 0, 0, 0, 0644,
           content->n);
  put(ar, header, 60);
  put(ar, content->data, content->n);
  if (ar->n % 2 != 0) put_u8(ar, '\n');
}

static inline void ar_text(struct buf *ar, const char *name, const char *text) {
  struct buf content = {.n = 0};
  put(&content, text, strlen(text));
  ar_member(ar, name, &content);
}

#endif
