/* describe.c: types of imports and exports in text format, for messages. */
#include "link/job.h"

#include <string.h>

/* Text that is cut off at cap. */
struct said {
  char *buf;
  size_t n, cap;
};

static void say_n(struct said *t, const char *s, size_t n) {
  size_t room = t->cap - t->n;
  if (n > room) n = room;
  if (n != 0) memcpy(t->buf + t->n, s, n);
  t->n += n;
}

static void say(struct said *t, const char *s) { say_n(t, s, strlen(s)); }

static void say_number(struct said *t, uint64_t x) {
  char digits[20];
  size_t n = 0;
  do {
    digits[sizeof digits - ++n] = (char)('0' + x % 10);
    x /= 10;
  } while (x != 0);
  say_n(t, digits + sizeof digits - n, n);
}

static void say_heap(struct said *t, const struct types *ts, wfx_heaptype heap) {
  if (!wfx_heap_is_type(heap)) {
    say(t, heap < WFX_HEAP_COUNT ? wfx__heaps[heap].text : "?");
    return;
  }
  uint32_t i = wfx_heap_type(heap).i;
  wfx_str name = i < ts->types.n ? type_at(ts, i)->name : (wfx_str){NULL, 0};
  if (name.data) {
    say(t, "$");
    say_n(t, name.data, name.n);
  } else {
    say_number(t, i);
  }
}

static void say_val(struct said *t, const struct types *ts, wfx_valtype v) {
  static const char *const numbers[] = {"bot", "i32", "i64", "f32", "f64", "v128", "i8", "i16"};
  v = wfx_valtype_strip(v);
  if (!wfx_is_ref(v)) {
    say(t, (v & 15u) < WFX_REF ? numbers[v & 15u] : "?");
    return;
  }
  say(t, wfx_is_nullable(v) ? "(ref null " : "(ref ");
  say_heap(t, ts, wfx_heap_of(v));
  say(t, ")");
}

static void say_vals(struct said *t, const struct types *ts, const char *word,
                     const wfx_valtype *vals, uint32_t n) {
  if (n == 0) return;
  say(t, " (");
  say(t, word);
  for (uint32_t i = 0; i < n; i++) {
    say(t, " ");
    say_val(t, ts, vals[i]);
  }
  say(t, ")");
}

static void say_func(struct said *t, const struct types *ts, const char *word, uint32_t type) {
  say(t, "(");
  say(t, word);
  const struct type *ft = type_at(ts, type);
  if (ft->name.data) {
    say(t, " (type ");
    say_heap(t, ts, wfx_heap((wfx_type_id){type}));
    say(t, ")");
  }
  say_vals(t, ts, "param", ft->vals, ft->n_params);
  if (ft->n_results != 0) say_vals(t, ts, "result", type_results(ft), ft->n_results);
  say(t, ")");
}

static void say_limits(struct said *t, const wfx_size_limits *limits) {
  if (limits->is_64) say(t, "i64 ");
  say_number(t, limits->min);
  if (limits->has_max) {
    say(t, " ");
    say_number(t, limits->max);
  }
  if (limits->is_shared) say(t, " shared");
}

static void say_decl(struct said *t, const struct wfx_module *m, uint32_t kind, uint32_t id) {
  switch ((wfx_extern_kind)kind) {
  case WFX_EXTERN_FUNC: say_func(t, &m->types, "func", m->funcs.data[id].type); return;
  case WFX_EXTERN_TAG: say_func(t, &m->types, "tag", m->tags.data[id].type); return;
  case WFX_EXTERN_TABLE:
    say(t, "(table ");
    say_limits(t, &m->tables.data[id].limits);
    say(t, " ");
    say_val(t, &m->types, m->tables.data[id].type);
    say(t, ")");
    return;
  case WFX_EXTERN_MEM:
    say(t, "(memory ");
    say_limits(t, &m->mems.data[id].limits);
    say(t, ")");
    return;
  case WFX_EXTERN_GLOBAL: {
    const struct global *g = &m->globals.data[id];
    say(t, g->is_mutable ? "(global (mut " : "(global ");
    say_val(t, &m->types, g->type);
    say(t, g->is_mutable ? "))" : ")");
    return;
  }
  }
}

void wfx__link_describe(const struct wfx_module *m, uint32_t kind, uint32_t id, char *buf,
                        size_t n_bytes) {
  struct said t = {buf, 0, n_bytes - 1};
  say_decl(&t, m, kind, id);
  buf[t.n] = '\0';
  if (t.n == t.cap && t.cap > 3) memcpy(buf + t.cap - 3, "...", 3);
}
