/* capi_ref.c: engines, stores, references, values, traps. */
#include <stdlib.h>

#include "capi/capi.h"

/* ---- Engines ----------------------------------------------------------------------------- */

struct wasm_config_t {
  char unused;
};

wasm_config_t *wasm_config_new(void) { return calloc(1, sizeof(wasm_config_t)); }
void wasm_config_delete(wasm_config_t *c) { free(c); }

wasm_engine_t *wasm_engine_new(void) {
  wasm_engine_t *e = calloc(1, sizeof *e);
  if (!e) return NULL;
  atomic_init(&e->n_uses, 1);
  e->ctx = wfx_ctx_new(NULL);
  if (e->ctx) return e;
  free(e);
  return NULL;
}

wasm_engine_t *wasm_engine_new_with_config(wasm_config_t *c) {
  wasm_config_delete(c);
  return wasm_engine_new();
}

void capi_engine_release(wasm_engine_t *e) {
  if (!e || atomic_fetch_sub(&e->n_uses, 1) != 1) return;
  wfx_ctx_free(e->ctx);
  free(e);
}
void wasm_engine_delete(wasm_engine_t *e) { capi_engine_release(e); }

/* ---- Stores ------------------------------------------------------------------------------ */

wasm_store_t *wasm_store_new(wasm_engine_t *e) {
  wasm_store_t *s = calloc(1, sizeof *s);
  if (!s) return NULL;
  s->store = wfx_store_new(e->ctx);
  if (!s->store) {
    free(s);
    return NULL;
  }
  s->n_uses = 1;
  s->engine = e;
  atomic_fetch_add(&e->n_uses, 1);
  return s;
}

static void free_ref(wasm_ref_t *r) {
  switch (r->kind) {
  case REF_FUNC: case REF_GLOBAL: case REF_TABLE: case REF_MEMORY: case REF_TAG:
  case REF_INSTANCE: case REF_FOREIGN:
    break;
  case REF_MODULE: capi_shared_release(r->of.module); break;
  case REF_TRAP:
    wasm_name_delete(&r->of.trap.message);
    for (size_t i = 0; i < r->of.trap.n_frames; i++) free(r->of.trap.frames[i]);
    free(r->of.trap.frames);
    break;
  case REF_OTHER: wfx_root_free(r->store->store, r->of.root); break;
  }
  if (r->finalizer) r->finalizer(r->info);
  free(r);
}

void capi_store_release(wasm_store_t *s) {
  if (!s || --s->n_uses != 0) return;
  wfx_store_free(s->store);
  while (s->kept) {
    wasm_ref_t *r = s->kept;
    s->kept = r->next;
    free_ref(r);
  }
  for (size_t i = 0; i < s->n_modules; i++) capi_shared_release(s->modules[i]);
  free(s->modules);
  capi_engine_release(s->engine);
  free(s);
}
void wasm_store_delete(wasm_store_t *s) { capi_store_release(s); }

/* ---- References -------------------------------------------------------------------------- */

wasm_ref_t *capi_ref_new(wasm_store_t *s, enum ref_kind kind) {
  wasm_ref_t *r = calloc(1, sizeof *r);
  if (!r) return NULL;
  r->kind = kind;
  r->n_uses = 1;
  r->store = s;
  s->n_uses++;
  return r;
}

wasm_ref_t *capi_ref_copy(const wasm_ref_t *from) {
  wasm_ref_t *r = (wasm_ref_t *)(uintptr_t)from;
  if (!r) return NULL;
  if (r->n_uses++ == 0) r->store->n_uses++; /* one that only the store has kept */
  return r;
}

void capi_ref_release(wasm_ref_t *r) {
  if (!r || --r->n_uses != 0) return;
  wasm_store_t *s = r->store;
  if (!r->is_kept) free_ref(r);
  capi_store_release(s);
}

static wfx_value root_value(const wasm_ref_t *r) {
  wfx_value v;
  wfx_root_get(r->store->store, r->of.root, &v);
  return v;
}

static bool ref_same(const wasm_ref_t *a, const wasm_ref_t *b) {
  if (a == b) return true;
  if (!a || !b || a->kind != b->kind || a->store != b->store) return false;
  switch (a->kind) {
  case REF_FUNC: return wfx_ref_eq(&a->of.func, &b->of.func);
  case REF_GLOBAL: return a->of.global == b->of.global;
  case REF_TABLE: return a->of.table == b->of.table;
  case REF_MEMORY: return a->of.memory == b->of.memory;
  case REF_TAG: return a->of.tag == b->of.tag;
  case REF_INSTANCE: return a->of.instance == b->of.instance;
  case REF_MODULE: return a->of.module == b->of.module;
  case REF_TRAP: case REF_FOREIGN: return false;
  case REF_OTHER: {
    wfx_value x = root_value(a), y = root_value(b);
    return wfx_ref_eq(&x, &y);
  }
  }
  return false;
}

static void set_info(wasm_ref_t *r, void *info, void (*finalizer)(void *)) {
  r->info = info;
  r->finalizer = finalizer;
}

#define DEFINE_REF_BASE(name, base)                                                             \
  void wasm_##name##_delete(wasm_##name##_t *r) { capi_ref_release((wasm_ref_t *)r); }          \
  wasm_##name##_t *wasm_##name##_copy(const wasm_##name##_t *r) {                               \
    return (wasm_##name##_t *)capi_ref_copy((const wasm_ref_t *)r);                             \
  }                                                                                             \
  bool wasm_##name##_same(const wasm_##name##_t *a, const wasm_##name##_t *b) {                 \
    return ref_same((const wasm_ref_t *)a, (const wasm_ref_t *)b);                              \
  }                                                                                             \
  void *wasm_##name##_get_host_info(const wasm_##name##_t *r) { return r->base info; }          \
  void wasm_##name##_set_host_info(wasm_##name##_t *r, void *info) {                            \
    set_info((wasm_ref_t *)r, info, NULL);                                                      \
  }                                                                                             \
  void wasm_##name##_set_host_info_with_finalizer(wasm_##name##_t *r, void *info,               \
                                                  void (*finalizer)(void *)) {                  \
    set_info((wasm_ref_t *)r, info, finalizer);                                                 \
  }
#define DEFINE_REF(name, is_one)                                                          \
  DEFINE_REF_BASE(name, ref.)                                                             \
  wasm_ref_t *wasm_##name##_as_ref(wasm_##name##_t *r) { return (wasm_ref_t *)r; }        \
  const wasm_ref_t *wasm_##name##_as_ref_const(const wasm_##name##_t *r) {                \
    return (const wasm_ref_t *)r;                                                         \
  }                                                                                       \
  wasm_##name##_t *wasm_ref_as_##name(wasm_ref_t *r) {                                    \
    return r && (is_one) ? (wasm_##name##_t *)r : NULL;                                   \
  }                                                                                       \
  const wasm_##name##_t *wasm_ref_as_##name##_const(const wasm_ref_t *r) {                \
    return r && (is_one) ? (const wasm_##name##_t *)r : NULL;                             \
  }
DEFINE_REF_BASE(ref, )
DEFINE_REF(func, r->kind == REF_FUNC)
DEFINE_REF(global, r->kind == REF_GLOBAL)
DEFINE_REF(table, r->kind == REF_TABLE)
DEFINE_REF(memory, r->kind == REF_MEMORY)
DEFINE_REF(extern, r->kind <= REF_TAG)
DEFINE_REF(instance, r->kind == REF_INSTANCE)
DEFINE_REF(module, r->kind == REF_MODULE)
DEFINE_REF(trap, r->kind == REF_TRAP)
DEFINE_REF(foreign, r->kind == REF_FOREIGN)

wasm_foreign_t *wasm_foreign_new(wasm_store_t *s) {
  return (wasm_foreign_t *)capi_ref_new(s, REF_FOREIGN);
}

/* ---- Values ------------------------------------------------------------------------------ */

/* An externref that points to r, which the store keeps from then on: nobody says when the collector
 * has found the last one. */
static bool point_to(wasm_store_t *s, wasm_ref_t *r, wfx_value *out) {
  if (!r->is_kept) {
    r->is_kept = true;
    r->next = r->store->kept;
    r->store->kept = r;
  }
  return wfx_extern_new(s->store, r, out) == WFX_OK;
}

bool capi_ref_in(wasm_store_t *s, const wasm_ref_t *r, wfx_valtype type, wfx_value *out) {
  *out = wfx_null(type);
  if (!r) return true;
  if (r->kind == REF_FUNC) *out = r->of.func;
  else if (r->kind == REF_OTHER) *out = root_value(r);
  else return point_to(s, (wasm_ref_t *)(uintptr_t)r, out);
  return true;
}

bool capi_value_in(wasm_store_t *s, const wasm_val_t *v, wfx_value *out) {
  memset(out, 0, sizeof *out);
  out->type = capi_valtype(v->kind);
  switch (v->kind) {
  case WASM_I32: out->of.i32 = v->of.i32; return true;
  case WASM_I64: out->of.i64 = v->of.i64; return true;
  case WASM_F32: out->of.f32 = v->of.f32; return true;
  case WASM_F64: out->of.f64 = v->of.f64; return true;
  }
  return capi_ref_in(s, v->of.ref, out->type, out);
}

wasm_ref_t *capi_ref_out(wasm_store_t *s, const wfx_value *v, bool *is_ok) {
  void *host;
  wasm_ref_t *r;
  *is_ok = true;
  switch (wfx_ref_heap(s->store, v)) {
  case WFX_HEAP_BOT: return NULL;
  case WFX_HEAP_EXTERN:
    return wfx_extern_get(v, &host) ? capi_ref_copy((const wasm_ref_t *)host) : NULL;
  case WFX_HEAP_FUNC:
    r = capi_ref_new(s, REF_FUNC);
    if (r) r->of.func = *v;
    *is_ok = r != NULL;
    return r;
  }
  r = capi_ref_new(s, REF_OTHER);
  *is_ok = r && wfx_root_new(s->store, v, &r->of.root) == WFX_OK;
  if (r && !*is_ok) {
    free(r);
    s->n_uses--;
    r = NULL;
  }
  return r;
}

bool capi_value_out(wasm_store_t *s, const wfx_value *v, wasm_val_t *out) {
  bool is_ok = true;
  memset(out, 0, sizeof *out);
  out->kind = capi_kind(NULL, v->type);
  switch (out->kind) {
  case WASM_I32: out->of.i32 = v->of.i32; break;
  case WASM_I64: out->of.i64 = v->of.i64; break;
  case WASM_F32: out->of.f32 = v->of.f32; break;
  case WASM_F64: out->of.f64 = v->of.f64; break;
  default:
    if (wfx_is_ref(v->type)) out->of.ref = capi_ref_out(s, v, &is_ok);
    break;
  }
  return is_ok;
}

void wasm_val_delete(wasm_val_t *v) {
  if (wasm_valkind_is_ref(v->kind)) capi_ref_release(v->of.ref);
}

void wasm_val_copy(wasm_val_t *out, const wasm_val_t *v) {
  *out = *v;
  if (wasm_valkind_is_ref(v->kind)) out->of.ref = capi_ref_copy(v->of.ref);
}

/* ---- Traps ------------------------------------------------------------------------------- */

static wasm_trap_t *new_trap(wasm_store_t *s, const char *text, size_t n) {
  wasm_ref_t *r = capi_ref_new(s, REF_TRAP);
  if (!r) return NULL;
  wasm_name_new_uninitialized(&r->of.trap.message, n + 1);
  if (r->of.trap.message.size != 0 && n != 0) memcpy(r->of.trap.message.data, text, n);
  return (wasm_trap_t *)r;
}

wasm_trap_t *wasm_trap_new(wasm_store_t *s, const wasm_message_t *message) {
  size_t n = message->size;
  if (n > 0 && message->data[n - 1] == 0) n--;
  return new_trap(s, message->data, n);
}

/* Lack of memory cuts the trace short. */
static void take_frames(wasm_ref_t *r) {
  wfx_store *s = r->store->store;
  size_t n = wfx_store_n_frames(s);
  wasm_frame_t **frames = n == 0 ? NULL : calloc(n, sizeof *frames);
  r->of.trap.frames = frames;
  for (size_t i = 0; frames && i < n; i++) {
    wfx_frame f;
    if (!wfx_store_frame(s, i, &f) || !(frames[i] = malloc(sizeof *frames[i]))) return;
    frames[i]->func_index = f.func_index;
    frames[i]->module_offset = f.loc.offset == UINT64_MAX ? 0 : (size_t)f.loc.offset;
    r->of.trap.n_frames = i + 1;
  }
}

wasm_trap_t *capi_trap(wasm_store_t *s) {
  wasm_ref_t *pending = s->trap;
  s->trap = NULL;
  if (pending) return (wasm_trap_t *)pending;
  const wfx_diag *diag = wfx_store_diag(s->store);
  const char *text = diag ? diag->message : "out of memory";
  wasm_trap_t *t = new_trap(s, text, strlen(text));
  if (t) take_frames(&t->ref);
  return t;
}

void wasm_trap_message(const wasm_trap_t *t, wasm_message_t *out) {
  wasm_name_copy(out, &t->ref.of.trap.message);
}

wasm_frame_t *wasm_trap_origin(const wasm_trap_t *t) {
  return t->ref.of.trap.n_frames == 0 ? NULL : wasm_frame_copy(t->ref.of.trap.frames[0]);
}

void wasm_trap_trace(const wasm_trap_t *t, wasm_frame_vec_t *out) {
  wasm_frame_vec_t frames = {t->ref.of.trap.n_frames, t->ref.of.trap.frames};
  wasm_frame_vec_copy(out, &frames);
}

wasm_frame_t *wasm_frame_copy(const wasm_frame_t *f) {
  wasm_frame_t *to = malloc(sizeof *to);
  if (to) *to = *f;
  return to;
}
void wasm_frame_delete(wasm_frame_t *f) { free(f); }
wasm_instance_t *wasm_frame_instance(const wasm_frame_t *f) {
  (void)f;
  return NULL;
}
uint32_t wasm_frame_func_index(const wasm_frame_t *f) { return f->func_index; }
size_t wasm_frame_func_offset(const wasm_frame_t *f) {
  (void)f;
  return 0;
}
size_t wasm_frame_module_offset(const wasm_frame_t *f) { return f->module_offset; }
