/* builder.h: the state of a body that is being built. */
#ifndef BUILD_BUILDER_H
#define BUILD_BUILDER_H

#include <wasmfx/read.h>

#include "valid/check.h"

/* Open from wfx_body_open to close or abandon. Labels are numbers in the order of opening;
 * open_labels holds those of the open blocks, outermost (the function, 0) first, so it is sorted
 * and a label's depth is found by binary search. */
struct wfx_body {
  struct wfx_module *m;
  uint32_t func;            /* WFX_NO_ID for a constant expression */
  struct body *body;        /* the module's, or &own */
  struct body own;          /* of a constant expression */
  struct body *old;         /* what body was when it was opened anew, or NULL */
  wfx_body *next;           /* in the module's list of open constant expressions */
  bool is_checked;
  struct checker check;
  vec_u32 open_labels;
  uint32_t n_labels;
  uint32_t n_params;
  struct pos at;            /* of what is emitted next */
  wfx_hint hint;            /* for what is emitted next */
  bool at_is_new;           /* at has no entry in the positions yet */
  const char *last_file;    /* the pointer that at.file came from */
};

/* As wfx_body_name_label, for names with any bytes. */
void wfx__body_name_label(wfx_body *b, wfx_label label, wfx_str name);

#endif
