/* form.h: the bytes that decoder and encoder must agree on. Spec: Binary Format. */
#ifndef BINARY_FORM_H
#define BINARY_FORM_H

#include "ir/type.h"

/* Places of the sections in a module; struct custom counts in these. */
enum section {
  SECTION_NONE,
#define WFX_SECTION(name, id, feature) SECTION_##name,
#include "binary/section.def"
#undef WFX_SECTION
  SECTION_COUNT
};

struct section_form {
  uint8_t id, feature;
};
/* By place; that of SECTION_NONE is the custom section. */
extern const struct section_form wfx__sections[SECTION_COUNT];

/* Type forms, the one byte value types, and what stands for no block type. */
enum {
  FORM_I32 = 0x7f, FORM_I64 = 0x7e, FORM_F32 = 0x7d, FORM_F64 = 0x7c, FORM_V128 = 0x7b,
  FORM_I8 = 0x78, FORM_I16 = 0x77,
  FORM_REF = 0x64, FORM_REF_NULL = 0x63,
  FORM_FUNC = 0x60, FORM_STRUCT = 0x5f, FORM_ARRAY = 0x5e, FORM_CONT = 0x5d,
  FORM_HANDLER = 0x5c, FORM_TAG = 0x5b,
  FORM_SUB = 0x50, FORM_SUB_FINAL = 0x4f, FORM_REC = 0x4e,
  FORM_NO_BLOCK_TYPE = 0x40
};

/* Whether the code of an abstract heap type takes one byte and so stands for the nullable
 * reference as well. */
static inline bool heap_is_short(wfx_heaptype heap) { return wfx__heaps[heap].code >= -0x40; }

/* The largest type handle that fits into a value type. */
enum { TYPE_ID_MAX = (1 << 26) - 1 - WFX_HEAP_TYPE0 };

/* Flags of limits. */
enum { LIMITS_MAX = 1, LIMITS_SHARED = 2, LIMITS_64 = 4 };
/* A table with an initialiser begins with this and a zero. */
enum { TABLE_INIT = 0x40 };
/* Flags of element and data segments. */
enum { ELEM_NOT_ACTIVE = 1, ELEM_EXPLICIT = 2, ELEM_DECLARATIVE = 3, ELEM_EXPRS = 4 };
enum { DATA_ACTIVE, DATA_PASSIVE, DATA_EXPLICIT };

#endif
