/* target.c: the list of targets. */
#include <wasmfx/target.h>

#include <assert.h>
#include <string.h>

#define F(id) (UINT64_C(1) << WFX_FEATURE_##id)

static const struct {
  const char *text, *about;
  uint64_t plus, minus;
} targets[WFX_TARGET_COUNT] = {
#define WFX_TARGET(id, text, plus, minus, doc) [WFX_TARGET_##id] = {text, doc, plus, minus},
#define WFX_TARGET_LIMIT(id, field, value)
#include <wasmfx/target.def>
#undef WFX_TARGET
#undef WFX_TARGET_LIMIT
};

int wfx_target_find(const char *text) {
  for (int i = 0; i < WFX_TARGET_COUNT; i++)
    if (strcmp(targets[i].text, text) == 0) return i;
  return -1;
}

const char *wfx_target_text(wfx_target target) { return targets[target].text; }
const char *wfx_target_about(wfx_target target) { return targets[target].about; }

uint64_t wfx_target_features(wfx_target target) {
  return (wfx_features_default() | targets[target].plus) & ~targets[target].minus;
}

bool wfx_target_takes(wfx_target target, uint64_t features) {
  return (features & ~wfx_target_features(target)) == 0;
}

void wfx_target_options(wfx_target target, wfx_options *options) {
  assert(options->size >= sizeof *options);
  options->features = wfx_target_features(target);
  memset(&options->limits, 0, sizeof options->limits);
#define WFX_TARGET(id, text, plus, minus, doc)
#define WFX_TARGET_LIMIT(id, field, value) \
  if (target == WFX_TARGET_##id) options->limits.field = value;
#include <wasmfx/target.def>
#undef WFX_TARGET
#undef WFX_TARGET_LIMIT
}
