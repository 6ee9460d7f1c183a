/* text.h: the text format. Spec: Text Format. */
#ifndef WASMFX_TEXT_H
#define WASMFX_TEXT_H

#include "module.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Parse the text of one module into m, which must be empty. file is the name used in positions,
 * or NULL.
 * Errors  WFX_MALFORMED with line and column */
WFX_API wfx_status wfx_module_parse(wfx_module *m, const char *text, size_t n_bytes,
                                    const char *file);

enum {
  WFX_PRINT_FOLDED = 1,   /* operands inside parentheses where the types allow */
  WFX_PRINT_NO_NAMES = 2  /* indices only */
};

/* Print as text into out, which the caller frees with wfx_bytes_free. What is printed parses to
 * the same module. */
WFX_API wfx_status wfx_module_print(wfx_module *m, uint32_t flags, wfx_bytes *out);
/* Print one function only. */
WFX_API wfx_status wfx_func_print(wfx_module *m, wfx_func_id f, uint32_t flags, wfx_bytes *out);

#ifdef __cplusplus
}
#endif
#endif
