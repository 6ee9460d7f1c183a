/* wfx_wast_value.c: values of test scripts: arguments, and results against patterns. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "wfx/wast.h"

/* ---- Arguments --------------------------------------------------------------------------- */

wfx_status wast_value(wfx_store *s, const wfx_pattern *p, wfx_value *out, wfx_root *root,
                      bool *has_root) {
  memset(out, 0, sizeof *out);
  *has_root = false;
  switch (p->kind) {
  case WFX_PATTERN_BITS:
    out->type = p->type;
    memcpy(out->of.v128, p->bits, sizeof p->bits);
    return WFX_OK;
  case WFX_PATTERN_NULL:
    out->type = p->type == WFX_BOT ? WFX_ANYREF : p->type;
    return WFX_OK;
  case WFX_PATTERN_HOST: {
    wfx_status status = wfx_extern_new(s, (void *)(uintptr_t)p->host, out);
    if (status == WFX_OK) status = wfx_root_new(s, out, root);
    *has_root = status == WFX_OK;
    out->type = p->type;
    return status;
  }
  case WFX_PATTERN_REF: case WFX_PATTERN_EITHER: break;
  }
  return WFX_MISUSE;
}

/* ---- Results ----------------------------------------------------------------------------- */

static unsigned lane_bytes(wfx_valtype lane) {
  switch (lane) {
  case WFX_I8: return 1;
  case WFX_I16: return 2;
  case WFX_I32: case WFX_F32: return 4;
  default: return 8;
  }
}

static uint64_t lane_bits(const uint8_t *at, unsigned n_bytes) {
  uint64_t bits = 0;
  for (unsigned i = 0; i < n_bytes; i++) bits |= (uint64_t)at[i] << 8 * i;
  return bits;
}

/* Whether a float is a NaN of the class, whatever its sign. */
static bool is_nan(uint64_t bits, bool is_f64, wfx_nan nan) {
  const uint64_t sign = is_f64 ? UINT64_C(1) << 63 : UINT64_C(1) << 31;
  const uint64_t quiet = is_f64 ? UINT64_C(0x7ff8) << 48 : UINT64_C(0x7fc) << 20;
  bits &= ~sign;
  return nan == WFX_NAN_CANONICAL ? bits == quiet : (bits & quiet) == quiet;
}

static bool bits_match(const wfx_pattern *p, const wfx_value *v) {
  if (v->type != p->type) return false;
  unsigned n_bytes = lane_bytes(p->lane);
  unsigned n_lanes = p->type == WFX_V128 ? 16 / n_bytes : 1;
  for (unsigned i = 0; i < n_lanes; i++) {
    uint64_t bits = lane_bits(v->of.v128 + i * n_bytes, n_bytes);
    bool is_float = p->lane == WFX_F32 || p->lane == WFX_F64;
    bool is_good = is_float && p->nan[i] != WFX_NAN_EXACT
                       ? is_nan(bits, p->lane == WFX_F64, p->nan[i])
                       : bits == lane_bits(p->bits + i * n_bytes, n_bytes);
    if (!is_good) return false;
  }
  return true;
}

static bool is_null(const wfx_value *v) { return v->of.ref[0] == 0 && v->of.ref[1] == 0; }

static bool ref_matches(const wfx_store *s, wfx_heaptype want, const wfx_value *v) {
  wfx_heaptype heap = wfx_ref_heap(s, v);
  bool is_eq = heap == WFX_HEAP_I31 || heap == WFX_HEAP_STRUCT || heap == WFX_HEAP_ARRAY;
  bool is_extern = wfx_heap_of(v->type) == WFX_HEAP_EXTERN;
  switch (want) {
  case WFX_HEAP_EQ: return is_eq;
  case WFX_HEAP_ANY: return !is_extern && (is_eq || heap == WFX_HEAP_EXTERN);
  case WFX_HEAP_EXTERN: return is_extern;
  default: return !is_extern && heap == want;
  }
}

bool wast_matches(const wfx_store *s, const wfx_pattern *p, const wfx_value *v) {
  void *host;
  switch (p->kind) {
  case WFX_PATTERN_BITS: return bits_match(p, v);
  case WFX_PATTERN_NULL: return wfx_is_ref(v->type) && is_null(v);
  case WFX_PATTERN_HOST:
    return wfx_is_ref(v->type) && ref_matches(s, wfx_heap_of(p->type), v) &&
           wfx_extern_get(v, &host) && (uintptr_t)host == p->host;
  case WFX_PATTERN_REF:
    return wfx_is_ref(v->type) && !is_null(v) && ref_matches(s, wfx_heap_of(p->type), v);
  case WFX_PATTERN_EITHER:
    for (size_t i = 0; i < p->n_either; i++)
      if (wast_matches(s, &p->either[i], v)) return true;
    return false;
  }
  return false;
}

/* ---- Text -------------------------------------------------------------------------------- */

static void print_bits(wfx_valtype type, const uint8_t *bits, char *buf, size_t n) {
  float f32;
  double f64;
  uint64_t x = lane_bits(bits, 8);
  memcpy(&f32, bits, sizeof f32);
  memcpy(&f64, bits, sizeof f64);
  switch (type) {
  case WFX_I32: snprintf(buf, n, "i32 %" PRId32, (int32_t)(uint32_t)x); break;
  case WFX_I64: snprintf(buf, n, "i64 %" PRId64, (int64_t)x); break;
  case WFX_F32:
    snprintf(buf, n, "f32 %.9g (0x%08" PRIx32 ")", (double)f32, (uint32_t)x);
    break;
  case WFX_F64: snprintf(buf, n, "f64 %.17g (0x%016" PRIx64 ")", f64, x); break;
  default:
    snprintf(buf, n, "v128 0x%016" PRIx64 "%016" PRIx64, lane_bits(bits + 8, 8), x);
    break;
  }
}

static const char *heap_word(wfx_heaptype heap) {
  switch (heap) {
  case WFX_HEAP_FUNC: return "func";
  case WFX_HEAP_EXTERN: return "extern";
  case WFX_HEAP_ANY: return "any";
  case WFX_HEAP_EQ: return "eq";
  case WFX_HEAP_I31: return "i31";
  case WFX_HEAP_STRUCT: return "struct";
  case WFX_HEAP_ARRAY: return "array";
  case WFX_HEAP_EXN: return "exn";
  case WFX_HEAP_CONT: return "cont";
  case WFX_HEAP_TAG: return "tag";
  default: return "other";
  }
}

void wast_print_value(const wfx_store *s, const wfx_value *v, char *buf, size_t n) {
  void *host;
  if (!wfx_is_ref(v->type)) print_bits(v->type, v->of.v128, buf, n);
  else if (is_null(v)) snprintf(buf, n, "ref.null");
  else if (wfx_extern_get(v, &host))
    snprintf(buf, n, "%s %" PRIuPTR,
             wfx_heap_of(v->type) == WFX_HEAP_EXTERN ? "ref.extern" : "ref.host",
             (uintptr_t)host);
  else if (wfx_heap_of(v->type) == WFX_HEAP_EXTERN) snprintf(buf, n, "ref.extern");
  else snprintf(buf, n, "ref.%s", heap_word(wfx_ref_heap(s, v)));
}

void wast_print_pattern(const wfx_pattern *p, char *buf, size_t n) {
  size_t used = 0;
  switch (p->kind) {
  case WFX_PATTERN_BITS:
    if (p->type == WFX_V128 || p->nan[0] == WFX_NAN_EXACT) print_bits(p->type, p->bits, buf, n);
    else
      snprintf(buf, n, "%s nan:%s", p->type == WFX_F32 ? "f32" : "f64",
               p->nan[0] == WFX_NAN_CANONICAL ? "canonical" : "arithmetic");
    return;
  case WFX_PATTERN_NULL: snprintf(buf, n, "ref.null"); return;
  case WFX_PATTERN_HOST:
    snprintf(buf, n, "%s %" PRIu32,
             wfx_heap_of(p->type) == WFX_HEAP_EXTERN ? "ref.extern" : "ref.host", p->host);
    return;
  case WFX_PATTERN_REF: snprintf(buf, n, "ref.%s", heap_word(wfx_heap_of(p->type))); return;
  case WFX_PATTERN_EITHER:
    buf[0] = '\0';
    for (size_t i = 0; i < p->n_either && used + 8 < n; i++) {
      if (i > 0) used += (size_t)snprintf(buf + used, n - used, " or ");
      wast_print_pattern(&p->either[i], buf + used, n - used);
      used += strlen(buf + used);
    }
    return;
  }
}
