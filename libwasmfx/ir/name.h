/* name.h: types and declarations as the text format writes them, for messages. */
#ifndef IR_NAME_H
#define IR_NAME_H

#include "ir/module.h"

/* Text in a buffer of fixed size; what does not fit ends in "...". */
struct text_buf {
  char text[256];
  size_t n;
};

void wfx__text_str(struct text_buf *t, const char *s, size_t n);
void wfx__text_uint(struct text_buf *t, uint64_t x);
/* "i32", "(ref null $list)", "(ref 3)" where the type has no name. */
void wfx__text_val(struct text_buf *t, const struct types *ts, wfx_valtype val);
/* "[i32 i64]" */
void wfx__text_vals(struct text_buf *t, const struct types *ts, const wfx_valtype *vals,
                    size_t n);
/* "$name", or the number when name is absent. */
void wfx__text_name(struct text_buf *t, wfx_str name, uint32_t id);
/* "[i32] -> [i64]", "(cont $ft)", "struct with 2 fields", ... of a declared type. */
void wfx__text_type(struct text_buf *t, const struct types *ts, uint32_t type);

#endif
