/* target.h: who a module is made for: which features it may use and how large it may be. */
#ifndef WASMFX_TARGET_H
#define WASMFX_TARGET_H

#include "module.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Targets ----------------------------------------------------------------------------- */

typedef enum wfx_target {
#define WFX_TARGET(id, text, plus, minus, doc) WFX_TARGET_##id,
#define WFX_TARGET_LIMIT(id, field, value)
#include "target.def"
#undef WFX_TARGET
#undef WFX_TARGET_LIMIT
} wfx_target;

enum { WFX_TARGET_COUNT = 0
#define WFX_TARGET(id, text, plus, minus, doc) + 1
#define WFX_TARGET_LIMIT(id, field, value)
#include "target.def"
#undef WFX_TARGET
#undef WFX_TARGET_LIMIT
};

/* The target called text ("v8-15"), or -1. */
WFX_API int wfx_target_find(const char *text);
/* Its name, and a line about it. */
WFX_API const char *wfx_target_text(wfx_target target);
WFX_API const char *wfx_target_about(wfx_target target);
/* The features that a module for it may use. */
WFX_API uint64_t wfx_target_features(wfx_target target);
/* Whether it takes a module that uses these features. */
WFX_API bool wfx_target_takes(wfx_target target, uint64_t features);
/* Set the features and limits of options to those of the target; a context made with them
 * refuses what the target does not take. The other fields stay; options->size must be set. */
WFX_API void wfx_target_options(wfx_target target, wfx_options *options);

/* ---- What a module uses ------------------------------------------------------------------ */

/* The features that a module uses: those without which decoding and validating what it encodes
 * to would fail, and "mvp". It need not be valid. Features that are off in the context are not
 * looked for: a decoder refuses them.
 * Errors  the module's own first error; WFX_MALFORMED in a body that was not looked at before
 * Cost    one pass over declarations and code; opens all bodies */
WFX_API wfx_status wfx_module_features(wfx_module *m, uint64_t *features);

#ifdef __cplusplus
}
#endif
#endif
