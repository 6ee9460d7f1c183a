/* utf8.h: UTF-8. Spec: Values, Names. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include "base/vec.h"

/* Whether data is well-formed: no surrogates, no overlong forms, nothing above 10ffff. */
bool wfx__utf8_is_valid(const char *data, size_t n);
/* Read one code point at *at (well-formed or not), moving it; false on malformed input. */
bool wfx__utf8_next(const char **at, const char *end, uint32_t *out);
/* Write one code point into buf; the number of bytes, 1 to 4. */
size_t wfx__utf8_put(char buf[4], uint32_t code_point);

#endif
