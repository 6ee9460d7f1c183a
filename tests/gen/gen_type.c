/* gen_type.c: random types, and how they match. */
#include <string.h>

#include "gen/gen_state.h"

/* ---- Matching ---------------------------------------------------------------------------- */

static const wfx_heaptype above[WFX_HEAP_BOT] = {
#define WFX_HEAP(id, text, shorthand, code, feature, over) [WFX_HEAP_##id] = WFX_HEAP_##over,
#include <wasmfx/heap.def>
#undef WFX_HEAP
};

static wfx_heaptype abstract(const struct gen *g, wfx_heaptype h) {
  if (!wfx_heap_is_type(h)) return h;
  switch (g->types[wfx_heap_type(h).i].kind) {
  case WFX_TYPE_FUNC: return WFX_HEAP_FUNC;
  case WFX_TYPE_STRUCT: return WFX_HEAP_STRUCT;
  case WFX_TYPE_ARRAY: return WFX_HEAP_ARRAY;
  case WFX_TYPE_CONT: return WFX_HEAP_CONT;
  case WFX_TYPE_HANDLER: return WFX_HEAP_HANDLER;
  case WFX_TYPE_TAG: return WFX_HEAP_TAG;
  case WFX_TYPE_UNDEFINED: break;
  }
  return WFX_HEAP_BOT;
}

wfx_heaptype gen_heap_top(const struct gen *g, wfx_heaptype h) {
  h = abstract(g, h);
  while (h < WFX_HEAP_BOT && above[h] != WFX_HEAP_BOT) h = above[h];
  return h;
}

wfx_heaptype gen_heap_bottom(const struct gen *g, wfx_heaptype h) {
  switch (gen_heap_top(g, h)) {
  case WFX_HEAP_FUNC: return WFX_HEAP_NOFUNC;
  case WFX_HEAP_EXTERN: return WFX_HEAP_NOEXTERN;
  case WFX_HEAP_ANY: return WFX_HEAP_NONE;
  case WFX_HEAP_EXN: return WFX_HEAP_NOEXN;
  case WFX_HEAP_CONT: return WFX_HEAP_NOCONT;
  case WFX_HEAP_HANDLER: return WFX_HEAP_NOHANDLER;
  default: return WFX_HEAP_NOTAG;
  }
}

bool gen_heap_is_sub(const struct gen *g, wfx_heaptype a, wfx_heaptype b) {
  if (a == b || a == gen_heap_bottom(g, b)) return true;
  if (!wfx_heap_is_type(b)) {
    for (wfx_heaptype h = abstract(g, a); h < WFX_HEAP_BOT; h = above[h])
      if (h == b) return true;
    return false;
  }
  if (!wfx_heap_is_type(a)) return false;
  /* A module that has an error already declares no more types. */
  uint32_t n = wfx_module_n_types(g->m);
  for (uint32_t i = wfx_heap_type(a).i; i != WFX_NO_ID; i = g->types[i].super)
    if (i < n && wfx_heap_type(b).i < n && wfx_type_equal(g->m, gen_id(i), wfx_heap_type(b)))
      return true;
  return false;
}

bool gen_is_sub(const struct gen *g, wfx_valtype a, wfx_valtype b) {
  if (!wfx_is_ref(a) || !wfx_is_ref(b)) return a == b;
  if (wfx_is_nullable(a) && !wfx_is_nullable(b)) return false;
  return gen_heap_is_sub(g, wfx_heap_of(a), wfx_heap_of(b));
}

bool gen_vals_are_sub(const struct gen *g, const struct vals *a, const struct vals *b) {
  if (a->n != b->n) return false;
  for (uint32_t i = 0; i < a->n; i++)
    if (!gen_is_sub(g, a->t[i], b->t[i])) return false;
  return true;
}

bool gen_vals_equal(const struct vals *a, const struct vals *b) {
  return a->n == b->n && memcmp(a->t, b->t, a->n * sizeof a->t[0]) == 0;
}

/* ---- Choosing ---------------------------------------------------------------------------- */

uint32_t gen_pick_type(struct gen *g, wfx_type_kind kind) {
  uint32_t first = gen_below(g, g->n_types);
  for (uint32_t k = 0; k < g->n_types; k++) {
    uint32_t i = (first + k) % g->n_types;
    if (g->types[i].kind == kind) return i;
  }
  return WFX_NO_ID;
}

static wfx_heaptype pick_heap(struct gen *g, wfx_heaptype h, bool is_below) {
  uint32_t n = WFX_HEAP_BOT + g->n_types, first = gen_below(g, n);
  if (gen_chance(g, 30)) return h;
  for (uint32_t k = 0; k < n; k++) {
    uint32_t i = (first + k) % n;
    wfx_heaptype x = i < WFX_HEAP_BOT ? i : wfx_heap(gen_id(i - WFX_HEAP_BOT));
    if (is_below ? gen_heap_is_sub(g, x, h) : gen_heap_is_sub(g, h, x)) return x;
  }
  return h;
}

wfx_heaptype gen_heap_below(struct gen *g, wfx_heaptype h) { return pick_heap(g, h, true); }
wfx_heaptype gen_heap_above(struct gen *g, wfx_heaptype h) { return pick_heap(g, h, false); }

wfx_valtype gen_numtype(struct gen *g) {
  static const uint8_t types[] = {WFX_I32, WFX_I32, WFX_I32, WFX_I64,
                                  WFX_I64, WFX_F32, WFX_F64, WFX_V128};
  return types[gen_below(g, sizeof types)];
}

static wfx_heaptype any_heap(struct gen *g, uint32_t n_types) {
  if (n_types && gen_chance(g, 70)) return wfx_heap(gen_id(gen_below(g, n_types)));
  /* Bottoms are rare: there is no value in them but null. */
  for (;;) {
    wfx_heaptype h = gen_below(g, g->mode == GEN_EXT ? WFX_HEAP_BOT : WFX_HEAP_HANDLER);
    if (h != gen_heap_bottom(g, h) || gen_chance(g, 20)) return h;
  }
}

wfx_valtype gen_valtype(struct gen *g, uint32_t n_types) {
  if (gen_chance(g, 60)) return gen_numtype(g);
  wfx_heaptype h = any_heap(g, n_types);
  bool is_bottom = h == gen_heap_bottom(g, h);
  return is_bottom || gen_chance(g, 60) ? wfx_ref_null(h) : wfx_ref(h);
}

struct vals gen_vals(struct gen *g, uint32_t max, uint32_t n_types) {
  struct vals v = {.n = gen_below(g, max + 1)};
  for (uint32_t i = 0; i < v.n; i++) v.t[i] = gen_valtype(g, n_types);
  return v;
}

/* ---- Making ------------------------------------------------------------------------------ */

/* A component of a type that is number i of its group: what it needs a value of comes before
 * it; null of any type of the group will do. */
static wfx_valtype component(struct gen *g, uint32_t i, uint32_t end) {
  if (end > i && gen_chance(g, 20)) return wfx_ref_null_to(gen_id(i + gen_below(g, end - i)));
  return gen_valtype(g, i);
}

static struct vals components(struct gen *g, uint32_t max, uint32_t i, uint32_t end) {
  struct vals v = {.n = gen_below(g, max + 1)};
  for (uint32_t k = 0; k < v.n; k++) v.t[k] = component(g, i, end);
  return v;
}

static wfx_field field(struct gen *g, uint32_t i, uint32_t end) {
  wfx_field f = {component(g, i, end), gen_chance(g, 70)};
  if (gen_chance(g, 20)) f.type = gen_chance(g, 50) ? WFX_I8 : WFX_I16;
  return f;
}

/* A type below or above t, for a component of a subtype. */
static wfx_valtype narrower(struct gen *g, wfx_valtype t) {
  if (!wfx_is_ref(t) || wfx_heap_is_type(wfx_heap_of(t)) || gen_chance(g, 50)) return t;
  return wfx_ref_null(gen_heap_bottom(g, wfx_heap_of(t))) & (t | ~(wfx_valtype)WFX_NULLABLE);
}
static wfx_valtype wider(struct gen *g, wfx_valtype t) {
  if (!wfx_is_ref(t) || gen_chance(g, 50)) return t;
  wfx_heaptype h = wfx_heap_of(t); /* a declared one may not be made yet */
  return wfx_ref_null(wfx_heap_is_type(h) ? h : gen_heap_top(g, h));
}

/* Define type i of the group that ends at end as a subtype of super. */
static void make_subtype(struct gen *g, struct gtype *t, const struct gtype *super, uint32_t i,
                         uint32_t end) {
  *t = *super;
  t->super = (uint32_t)(super - g->types);
  t->is_final = gen_chance(g, 40);
  for (uint32_t k = 0; k < t->params.n; k++) t->params.t[k] = wider(g, t->params.t[k]);
  for (uint32_t k = 0; k < t->results.n; k++)
    t->results.t[k] =
        gen_is_defaultable(t->results.t[k]) ? narrower(g, t->results.t[k]) : t->results.t[k];
  for (uint32_t k = 0; k < t->n_fields; k++)
    if (!t->fields[k].is_mutable && wfx_is_ref(t->fields[k].type) &&
        wfx_is_nullable(t->fields[k].type))
      t->fields[k].type = narrower(g, t->fields[k].type);
  for (uint32_t k = 0; t->kind == WFX_TYPE_CONT && k < i; k++)
    if (g->types[k].super == super->target) t->target = k;
  if (t->kind == WFX_TYPE_STRUCT)
    while (t->n_fields < MAX_VALS && gen_chance(g, 40))
      t->fields[t->n_fields++] = field(g, i, end);
}

static void make_type(struct gen *g, uint32_t i, uint32_t end) {
  struct gtype *t = &g->types[i];
  *t = (struct gtype){.is_final = gen_chance(g, 50), .super = WFX_NO_ID};
  uint32_t above_it = gen_below(g, i);
  if (i && gen_chance(g, 40) && !g->types[above_it].is_final &&
      g->types[above_it].kind < WFX_TYPE_HANDLER) {
    make_subtype(g, t, &g->types[above_it], i, end);
    return;
  }
  uint32_t kind = gen_below(g, 10);
  if (kind < 3) {
    t->kind = WFX_TYPE_FUNC;
    t->params = components(g, 4, i, end);
    t->results = components(g, 3, i, i);
  } else if (kind < 6) {
    t->kind = WFX_TYPE_STRUCT;
    t->n_fields = gen_below(g, 6);
    for (uint32_t k = 0; k < t->n_fields; k++) t->fields[k] = field(g, i, end);
  } else if (kind < 8) {
    t->kind = WFX_TYPE_ARRAY;
    t->n_fields = 1;
    t->fields[0] = field(g, i, end);
  } else {
    t->kind = WFX_TYPE_CONT;
    t->target = WFX_NO_ID;
    for (uint32_t k = 0, at = gen_below(g, i); k < i; k++)
      if (g->types[(at + k) % i].kind == WFX_TYPE_FUNC) t->target = (at + k) % i;
    if (t->target == WFX_NO_ID) t->kind = WFX_TYPE_FUNC;
  }
}

static void twist_vals(struct gen *g, struct vals *v) {
  for (uint32_t i = 0; i < v->n; i++) v->t[i] = gen_twist(g, v->t[i]);
}

/* Hand type i to the builder. Once something has gone wrong there, the own copy stays right. */
static void define(struct gen *g, uint32_t i) {
  struct gtype t = g->types[i];
  wfx_type_id id = gen_id(i);
  if (t.super != WFX_NO_ID || !t.is_final) {
    if (t.super != WFX_NO_ID) t.super = gen_twist_below(g, t.super, i);
    wfx_type_set_sub(g->m, id, t.is_final, gen_id(t.super));
  }
  twist_vals(g, &t.params);
  twist_vals(g, &t.results);
  for (uint32_t k = 0; k < t.n_fields; k++) {
    t.fields[k].type = gen_twist(g, t.fields[k].type);
    t.fields[k].is_mutable ^= gen_breaks(g);
  }
  switch (t.kind) {
  case WFX_TYPE_FUNC:
    wfx_type_define_func(g->m, id, t.params.t, t.params.n, t.results.t, t.results.n);
    break;
  case WFX_TYPE_STRUCT: wfx_type_define_struct(g->m, id, t.fields, t.n_fields); break;
  case WFX_TYPE_ARRAY: wfx_type_define_array(g->m, id, t.fields[0]); break;
  case WFX_TYPE_CONT:
    wfx_type_define_cont(g->m, id, gen_id(gen_twist_below(g, t.target, g->n_types)));
    break;
  case WFX_TYPE_HANDLER: wfx_type_define_handler(g->m, id, t.results.t, t.results.n); break;
  case WFX_TYPE_TAG: wfx_type_define_tag(g->m, id, gen_id(t.target)); break;
  case WFX_TYPE_UNDEFINED: break;
  }
}

/* A group of the last n types of g->types, which are all there is beyond those of m. */
static void define_group(struct gen *g, uint32_t n) {
  wfx_group_id group = wfx_group_begin(g->m);
  for (uint32_t k = 0; k < n; k++) wfx_type_declare(g->m, group, NULL);
  for (uint32_t k = 0; k < n; k++) define(g, g->n_types - n + k);
  wfx_group_end(g->m, group);
}

static void add_group(struct gen *g, uint32_t n) {
  uint32_t first = g->n_types, end = first + n;
  for (uint32_t i = first; i < end; i++) make_type(g, i, end);
  g->n_types = end;
  define_group(g, n);
}

static uint32_t shifted_index(uint32_t i, uint32_t from, uint32_t n, uint32_t to) {
  return i != WFX_NO_ID && i >= from && i < from + n ? i - from + to : i;
}
static wfx_valtype shifted(wfx_valtype t, uint32_t from, uint32_t n, uint32_t to) {
  if (!wfx_is_ref(t) || !wfx_heap_is_type(wfx_heap_of(t))) return t;
  wfx_type_id id = {shifted_index(wfx_heap_type(wfx_heap_of(t)).i, from, n, to)};
  return wfx_is_nullable(t) ? wfx_ref_null_to(id) : wfx_ref_to(id);
}

/* The last n types once more: a group equal to it. */
static void add_twin(struct gen *g, uint32_t n) {
  uint32_t from = g->n_types - n, to = g->n_types;
  for (uint32_t i = 0; i < n; i++) {
    struct gtype *t = &g->types[to + i];
    *t = g->types[from + i];
    t->super = shifted_index(t->super, from, n, to);
    t->target = shifted_index(t->target, from, n, to);
    for (uint32_t k = 0; k < t->params.n; k++)
      t->params.t[k] = shifted(t->params.t[k], from, n, to);
    for (uint32_t k = 0; k < t->results.n; k++)
      t->results.t[k] = shifted(t->results.t[k], from, n, to);
    for (uint32_t k = 0; k < t->n_fields; k++)
      t->fields[k].type = shifted(t->fields[k].type, from, n, to);
  }
  g->n_types += n;
  define_group(g, n);
}

uint32_t gen_func_type(struct gen *g, const struct vals *params, const struct vals *results) {
  for (uint32_t i = 0; i < g->n_types; i++) {
    const struct gtype *t = &g->types[i];
    if (t->kind == WFX_TYPE_FUNC && t->is_final && t->super == WFX_NO_ID &&
        gen_vals_equal(&t->params, params) && gen_vals_equal(&t->results, results))
      return i;
  }
  if (g->n_types == MAX_TYPES) return WFX_NO_ID;
  g->types[g->n_types++] = (struct gtype){.kind = WFX_TYPE_FUNC,
                                          .is_final = true,
                                          .super = WFX_NO_ID,
                                          .params = *params,
                                          .results = *results};
  define_group(g, 1);
  return g->n_types - 1;
}

uint32_t gen_cont_type(struct gen *g, const struct vals *params, const struct vals *results) {
  uint32_t ft = gen_func_type(g, params, results);
  return ft == WFX_NO_ID ? ft : gen_cont_of(g, ft);
}

uint32_t gen_cont_of(struct gen *g, uint32_t ft) {
  for (uint32_t i = 0; i < g->n_types; i++)
    if (g->types[i].kind == WFX_TYPE_CONT && g->types[i].target == ft) return i;
  if (g->n_types == MAX_TYPES) return WFX_NO_ID;
  g->types[g->n_types++] =
      (struct gtype){.kind = WFX_TYPE_CONT, .is_final = true, .super = WFX_NO_ID, .target = ft};
  define_group(g, 1);
  return g->n_types - 1;
}

/* $ft = func [args* (ref null $ct)] -> [results*], $ct = cont $ft: for switch. */
static void add_peers(struct gen *g) {
  uint32_t ft = g->n_types, ct = ft + 1;
  struct vals args = gen_vals(g, 2, ft), results = gen_vals(g, 2, ft);
  args.t[args.n++] = gen_chance(g, 50) ? wfx_ref_null_to(gen_id(ct)) : wfx_ref_to(gen_id(ct));
  if (!wfx_is_nullable(args.t[args.n - 1]) && g->mode == GEN_RUN)
    args.t[args.n - 1] |= WFX_NULLABLE;
  g->types[ft] = (struct gtype){.kind = WFX_TYPE_FUNC, .is_final = true, .super = WFX_NO_ID,
                                .params = args, .results = results};
  g->types[ct] = (struct gtype){.kind = WFX_TYPE_CONT, .is_final = true, .super = WFX_NO_ID,
                                .target = ft};
  g->n_types += 2;
  define_group(g, 2);
  g->peers[g->n_peers++] = (struct gpeers){ct, WFX_NO_ID};
}

void gen_types(struct gen *g) {
  const struct vals none = {.n = 0};
  /* One of each kind at least. */
  gen_cont_type(g, &none, &none);
  g->types[g->n_types++] = (struct gtype){.kind = WFX_TYPE_STRUCT, .super = WFX_NO_ID};
  define_group(g, 1);
  g->types[g->n_types++] = (struct gtype){.kind = WFX_TYPE_ARRAY,
                                          .is_final = true,
                                          .super = WFX_NO_ID,
                                          .n_fields = 1,
                                          .fields = {{WFX_I8, true}}};
  define_group(g, 1);
  const struct vals i32 = {1, {WFX_I32}};
  gen_func_type(g, &i32, &i32);
  for (uint32_t k = 2 + gen_below(g, 7); k > 0; k--) {
    uint32_t n = gen_chance(g, 60) ? 1 : 1 + gen_below(g, 4);
    add_group(g, n);
    if (gen_chance(g, 15)) add_twin(g, n);
  }
  add_peers(g);
  if (gen_chance(g, 50)) add_peers(g);
  if (g->mode == GEN_EXT) gen_ext_types(g);
}
