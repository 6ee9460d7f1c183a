/* load.h: what the files of this room share. */
#ifndef LOAD_LOAD_H
#define LOAD_LOAD_H

#include "binary/decode.h"
#include "valid/check.h"

/* How to check an instruction of one byte while it is read: see check_body.c. */
struct step {
  uint8_t how;
  uint8_t limit; /* largest alignment, or length of the immediate */
  uint8_t params[2];
  uint8_t result;
  uint8_t unused[3]; /* 8 bytes a row */
};

/* The rows for a context's features, by opcode. */
void wfx__load_steps(const wfx_ctx *ctx, struct step steps[256]);
/* Decode and check one body in a single pass. b is scratch. False when it is wrong or memory is out,
 * with some error in b->errs: not always the first, and without its context. */
bool wfx__load_body(struct checker *c, struct body *b, const struct step steps[256], uint32_t func,
                    const struct body_range *range);

#endif
