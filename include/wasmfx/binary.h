/* binary.h: the binary format. Spec: Binary Format. */
#ifndef WASMFX_BINARY_H
#define WASMFX_BINARY_H

#include "module.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Decode a binary module into m, which must be empty. bytes are copied. Checks form, not types:
 * wfx_module_validate does that.
 * Errors  WFX_MALFORMED    position is the offset of the first bad byte
 *         WFX_UNSUPPORTED  uses a feature switched off in the context
 * Cost    one pass; bodies are decoded when they are looked at. */
WFX_API wfx_status wfx_module_decode(wfx_module *m, const uint8_t *bytes, size_t n_bytes);

/* The dialect called text ("2024"), or -1. */
WFX_API int wfx_dialect_find(const char *text);

enum {
  WFX_ENCODE_NO_NAMES = 1, /* leave out the name section */
  WFX_ENCODE_CANONICAL = 2 /* drop the choices that a decoded binary had made */
};

/* Encode into out, which the caller frees with wfx_bytes_free; empty on error. An unvalidated
 * module may be encoded. The same module gives the same bytes. Of a decoded module, custom sections
 * that say where code is (".debug_...", "external_debug_info", "sourceMappingURL") are left out when
 * it is no longer there; those added since are not looked at.
 * Errors  the module's own first error; WFX_MISUSE for a function whose body is missing or open;
 *         WFX_UNSUPPORTED for more bytes in a function, name or module, or more elements, than the
 *         context's limits let the decoder read */
WFX_API wfx_status wfx_module_encode(wfx_module *m, uint32_t flags, wfx_bytes *out);

/* ---- Sections ---------------------------------------------------------------------------- */

/* Where a section of a binary lies. */
typedef struct wfx_section {
  uint8_t id;       /* 0: custom */
  wfx_str name;     /* of a custom section as it is there, not checked; otherwise a word for the
                       id, "" when it is unknown */
  size_t offset;    /* of its id */
  size_t content;   /* of what is behind id and size, and behind the name of a custom section */
  size_t end;       /* of what follows the section */
} wfx_section;
/* The section at *at, which begins as 0 and is moved behind it. False at the end, and where
 * there is no whole section: then *at is not n_bytes. What is in sections is not looked at. */
WFX_API bool wfx_section_next(const uint8_t *bytes, size_t n_bytes, size_t *at,
                              wfx_section *out);

#ifdef __cplusplus
}
#endif
#endif
