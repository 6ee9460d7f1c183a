/* number.h: numbers to and from text, exactly. Spec: Text Format, Values. */
#ifndef BASE_NUMBER_H
#define BASE_NUMBER_H

#include <wasmfx/base.h>

enum number_result { NUMBER_OK, NUMBER_MALFORMED, NUMBER_OUT_OF_RANGE };

/* Read text as an integer of n_bits (8 to 64): sign allowed, decimal or 0x, underscores between
 * digits; the range is that of `iN` (-2^(N-1) to 2^N - 1). *out is two's complement in n_bits. */
enum number_result wfx__number_read_int(const char *text, size_t n, unsigned n_bits,
                                        uint64_t *out);
/* The same without sign, range 0 to 2^n_bits - 1. */
enum number_result wfx__number_read_uint(const char *text, size_t n, unsigned n_bits,
                                         uint64_t *out);
/* Read a float: decimal, hex, inf, nan, nan:0x...; rounded to nearest even, exact for any
 * length. Out of range when a finite number rounds to infinity or a payload does not fit. */
enum number_result wfx__number_read_f32(const char *text, size_t n, uint32_t *bits);
enum number_result wfx__number_read_f64(const char *text, size_t n, uint64_t *bits);

/* Write the shortest text that reads back to the same bits; the length without the NUL. */
enum { NUMBER_TEXT_MAX = 64 };
size_t wfx__number_write_f32(char buf[NUMBER_TEXT_MAX], uint32_t bits);
size_t wfx__number_write_f64(char buf[NUMBER_TEXT_MAX], uint64_t bits);

#endif
