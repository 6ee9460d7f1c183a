/* dump.h: what the files of wfx objdump share. Everything goes to standard output. */
#ifndef WFX_DUMP_H
#define WFX_DUMP_H

#include "wfx/cli.h"

/* One binary being shown. */
typedef struct dump {
  const uint8_t *bytes;
  size_t n;
  wfx_module *m; /* decoded from it */
} dump;

/* wfx_dump_text.c */

/* A name from the input: what a terminal would not show as text is escaped. */
void dump_str(wfx_str s);
/* " <name>", or nothing. */
void dump_name(wfx_str s);
/* An index and the name of what it stands for, if that is there and has one. */
void dump_ref(const dump *d, wfx_extern_kind kind, uint32_t id);
void dump_type_ref(const dump *d, wfx_type_id t);
void dump_heap(wfx_heaptype heap);
void dump_val(wfx_valtype t);
/* "[i32 i64]" */
void dump_vals(const wfx_valtype *ts, size_t n);
/* What a declared type is. */
void dump_type(const dump *d, wfx_type_id t);
/* "min 1 max 2 i64 shared" */
void dump_limits(const wfx_size_limits *l);

/* wfx_dump_code.c */

/* The instructions of a constant expression on one line. */
void dump_const(const dump *d, wfx_const c);
/* A function's locals, and its instructions with their offsets and bytes. False with a message
 * when its body is malformed. */
bool dump_func(const cli *c, const dump *d, const char *name, wfx_func_id f);

#endif
