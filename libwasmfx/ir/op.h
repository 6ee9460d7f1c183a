/* op.h: what the instruction table says of each instruction, as data. */
#ifndef IR_OP_H
#define IR_OP_H

#include <wasmfx/module.h>

#include "base/ctx.h"

enum op_prefix { PREFIX_CORE = 0, PREFIX_GC = 0xfb, PREFIX_MISC = 0xfc, PREFIX_SIMD = 0xfd,
                 PREFIX_ATOMIC = 0xfe, PREFIX_EXT = 0xff };

struct op_info {
  const char *text;   /* mnemonic */
  const char *sig;    /* signature letters, "?" for a rule in valid/ */
  uint32_t code;      /* the byte, or what follows the prefix */
  uint8_t prefix;     /* enum op_prefix */
  uint8_t imm;        /* wfx_imm */
  uint8_t feature;    /* wfx_feature */
};

extern const struct op_info wfx__ops[WFX_OP_COUNT];

/* The instruction with these bytes, or -1. */
int wfx__op_find(uint8_t prefix, uint32_t code);
/* The first row with this mnemonic, or -1. Cost: the length of the table, so a caller with many
 * words keeps a strmap. */
int wfx__op_find_text(const char *text, size_t n);
/* log2 of the natural alignment of a memory instruction. */
unsigned wfx__op_natural_align(wfx_op op);

#endif
