/* gen_cont.c: exceptions caught, continuations, suspensions, handlers. */
#include "gen/gen_state.h"

static const struct vals none = {.n = 0};

static void append(struct vals *v, wfx_valtype t) { v->t[v->n++] = t; }

/* A tag that can be thrown. */
static uint32_t exception_tag(struct gen *g) {
  for (uint32_t i = gen_below(g, g->n_tags);; i = (i + 1) % g->n_tags)
    if (g->types[g->tags[i].type].results.n == 0) return i;
}

/* Room for another construct of some blocks and types. */
static bool has_room(const struct gen *g) {
  return g->n_labels + 12 <= MAX_LABELS && g->n_types + 24 <= MAX_TYPES &&
         g->n_locals + 12 <= MAX_LOCALS;
}

/* ---- try_table --------------------------------------------------------------------------- */

/* A block that a clause leads to. */
struct landing { wfx_catch clause; struct vals types; };

static struct landing pick_landing(struct gen *g) {
  struct landing l = {.clause = {.kind = (wfx_catch_kind)gen_below(g, 4)}};
  if (l.clause.kind == WFX_CATCH || l.clause.kind == WFX_CATCH_REF) {
    uint32_t tag = exception_tag(g);
    l.clause.tag = g->tags[tag].id;
    l.types = g->types[g->tags[tag].type].params;
  }
  bool has_ref = l.clause.kind == WFX_CATCH_REF || l.clause.kind == WFX_CATCH_ALL_REF;
  if (has_ref) append(&l.types, gen_chance(g, 50) ? WFX_EXNREF : wfx_ref(WFX_HEAP_EXN));
  return l;
}

/* block $out t*; block $h1..; block $h2..; try_table ..; body; end; br $out; end; ..; end */
bool gen_try(struct gen *g, const struct vals *results) {
  if (!has_room(g)) return false;
  uint32_t n = 1 + gen_below(g, 2);
  struct landing landings[2];
  wfx_catch clauses[2];
  struct set_locals before;
  gen_save_set(g, &before);
  wfx_label out = gen_open(g, WFX_OP_block, &none, results, NULL, 0);
  for (uint32_t i = 0; i < n; i++) {
    landings[i] = pick_landing(g);
    landings[i].clause.label = gen_open(g, WFX_OP_block, &none, &landings[i].types, NULL, 0);
    clauses[n - 1 - i] = landings[i].clause;
  }
  gen_open(g, WFX_OP_try_table, &none, results, clauses, n);
  gen_effects(g, 3);
  if (gen_chance(g, 40)) gen_leave(g);
  gen_values(g, results);
  gen_close(g, 1);
  for (uint32_t i = n; i-- > 0;) {
    EMIT(br, .label = out);
    gen_close(g, 1);
    gen_restore_set(g, &before);
    gen_drop(g, &landings[i].types);
    gen_effects(g, 1);
    gen_values(g, results);
  }
  gen_close(g, 1);
  gen_restore_set(g, &before);
  return true;
}

/* ---- Making continuations ---------------------------------------------------------------- */

/* A continuation of type to from one that takes more parameters. */
static bool put_bind(struct gen *g, uint32_t to) {
  struct vals bound = gen_vals(g, 3, g->n_types), params = bound;
  struct vals results = gen_target(g, to)->results, rest = gen_target(g, to)->params;
  if (params.n + rest.n > MAX_VALS || !has_room(g)) return false;
  for (uint32_t i = 0; i < rest.n; i++) append(&params, rest.t[i]);
  uint32_t from = gen_cont_type(g, &params, &results);
  if (from == WFX_NO_ID) return false;
  gen_values(g, &bound);
  gen_value(g, gen_careful(g) ? wfx_ref_to(gen_id(from)) : wfx_ref_null_to(gen_id(from)));
  EMIT(cont_bind, .type_type = {gen_id(from), gen_id(to)});
  return true;
}

bool gen_cont_value(struct gen *g, wfx_valtype t) {
  wfx_heaptype h = wfx_heap_of(t);
  if (h == WFX_HEAP_CONT) h = wfx_heap(gen_id(gen_pick_type(g, WFX_TYPE_CONT)));
  if (!wfx_heap_is_type(h) || g->types[wfx_heap_type(h).i].kind != WFX_TYPE_CONT) return false;
  uint32_t ct = wfx_heap_type(h).i;
  if (gen_chance(g, 25)) return put_bind(g, ct);
  wfx_type_id ft = {g->types[ct].target};
  gen_value(g, gen_careful(g) ? wfx_ref_to(ft) : wfx_ref_null_to(ft));
  EMIT(cont_new, .type = gen_id(ct));
  return true;
}

/* ---- Suspending and switching ------------------------------------------------------------ */

static bool put_switch(struct gen *g, const wfx_valtype *want) {
  struct gpeers p = g->peers[gen_below(g, g->n_peers)];
  struct vals params = gen_target(g, p.cont)->params, args = params;
  if (want && !gen_is_sub(g, params.t[0], *want)) return false;
  /* Where the function is what a continuation runs, so that a prompt can be there. */
  bool has_results = gen_vals_equal(&g->results, &gen_target(g, p.cont)->results);
  if (g->mode == GEN_RUN && !has_results && gen_chance(g, 90)) return false;
  args.n--;
  gen_values(g, &args);
  gen_value(g, gen_careful(g) ? wfx_ref_to(gen_id(p.cont)) : wfx_ref_null_to(gen_id(p.cont)));
  EMIT(switch, .type_tag = {gen_id(p.cont), g->tags[p.tag].id});
  if (want) gen_keep_first(g, &params);
  else gen_drop(g, &params);
  return true;
}

bool gen_suspension(struct gen *g, const wfx_valtype *want) {
  if (g->mode == GEN_RUN && !g->is_coroutine && gen_chance(g, 98)) return false;
  if (gen_chance(g, 30) && put_switch(g, want)) return true;
  for (uint32_t k = 0, at = gen_below(g, g->n_tags); k < g->n_tags; k++) {
    const struct gtag *tag = &g->tags[(at + k) % g->n_tags];
    struct vals params = g->types[tag->type].params, results = g->types[tag->type].results;
    if (want && (!results.n || !gen_is_sub(g, results.t[0], *want))) continue;
    wfx_tag_id id = tag->id;
    gen_values(g, &params);
    EMIT(suspend, .tag = id);
    if (want) gen_keep_first(g, &results);
    else gen_drop(g, &results);
    return true;
  }
  return false;
}

/* ---- Resuming ---------------------------------------------------------------------------- */

/* A clause, and what its block leaves: the payload and a continuation of type cont. */
struct handler { wfx_on clause; struct vals types; uint32_t cont; };

enum { MAX_ON = 6 };

/* Choose on-clauses for a continuation with these results. */
static uint32_t pick_handlers(struct gen *g, const struct vals *results, struct handler *out) {
  uint32_t n = 0, n_on = gen_below(g, 3), at = gen_below(g, g->n_tags);
  /* Of a program that runs suspensions should find a handler. */
  if (g->mode == GEN_RUN && gen_chance(g, 70)) n_on = g->n_tags < MAX_ON ? g->n_tags : MAX_ON;
  for (uint32_t k = 0; k < n_on; k++) {
    const struct gtag *tag = &g->tags[(at + k) % g->n_tags];
    struct handler h = {.clause = {.kind = WFX_ON, .tag = tag->id},
                        .types = g->types[tag->type].params};
    struct vals answer = g->types[tag->type].results;
    h.cont = gen_cont_type(g, &answer, results);
    if (h.cont == WFX_NO_ID || h.types.n == MAX_VALS) continue;
    append(&h.types,
           gen_chance(g, 50) ? wfx_ref_to(gen_id(h.cont)) : wfx_ref_null_to(gen_id(h.cont)));
    /* The type of the block that it leads to. */
    if (h.types.n == 1 || gen_func_type(g, &none, &h.types) != WFX_NO_ID) out[n++] = h;
  }
  return n;
}

/* The resume instruction, its operands but for the continuation pushed by the caller. */
static void put_resume(struct gen *g, uint32_t cont, const struct vals *results,
                       const struct handler *handlers, uint32_t n) {
  wfx_on clauses[MAX_ON + 2];
  uint32_t n_clauses = 0;
  for (uint32_t i = n; i-- > 0;) clauses[n_clauses++] = handlers[i].clause;
  for (uint32_t i = 0; i < g->n_peers && n_clauses < MAX_ON + 2; i++) {
    uint32_t tag = g->peers[i].tag;
    if (gen_vals_equal(&g->types[g->tags[tag].type].results, results) && gen_chance(g, 80))
      clauses[n_clauses++] = (wfx_on){.kind = WFX_ON_SWITCH, .tag = g->tags[tag].id};
  }
  EMIT(resume, .resume = {gen_id(cont), {0}, clauses, n_clauses});
}

static void push_cont(struct gen *g, uint32_t cont, uint32_t local) {
  if (local != WFX_NO_ID) EMIT(local_get, .local = g->locals[local].id);
  else gen_value(g, gen_careful(g) ? wfx_ref_to(gen_id(cont)) : wfx_ref_null_to(gen_id(cont)));
}

/* Bind the first parameters, then resume with the others. */
static bool bind_and_resume(struct gen *g, uint32_t cont, uint32_t local,
                            const struct vals *results) {
  struct vals params = gen_target(g, cont)->params, bound = params, rest = none;
  bound.n = gen_below(g, params.n + 1);
  for (uint32_t i = bound.n; i < params.n; i++) append(&rest, params.t[i]);
  uint32_t to = gen_cont_type(g, &rest, results);
  if (to == WFX_NO_ID) return false;
  gen_values(g, &rest);
  gen_values(g, &bound);
  push_cont(g, cont, local);
  EMIT(cont_bind, .type_type = {gen_id(cont), gen_id(to)});
  put_resume(g, to, results, NULL, 0);
  return true;
}

/* Resume with an exception; mostly somebody catches it. */
static void throw_into(struct gen *g, uint32_t cont, uint32_t local,
                       const struct vals *results) {
  bool is_guarded = gen_careful(g);
  wfx_label out = {0};
  struct set_locals before;
  gen_save_set(g, &before);
  if (is_guarded) {
    out = gen_open(g, WFX_OP_block, &none, results, NULL, 0);
    wfx_catch all = {WFX_CATCH_ALL, {0}, gen_open(g, WFX_OP_block, &none, &none, NULL, 0)};
    gen_open(g, WFX_OP_try_table, &none, results, &all, 1);
  }
  if (gen_chance(g, 60)) {
    uint32_t tag = exception_tag(g);
    struct vals params = g->types[g->tags[tag].type].params;
    gen_values(g, &params);
    push_cont(g, cont, local);
    EMIT(resume_throw, .resume = {gen_id(cont), g->tags[tag].id, NULL, 0});
  } else {
    gen_value(g, gen_careful(g) ? wfx_ref(WFX_HEAP_EXN) : WFX_EXNREF);
    push_cont(g, cont, local);
    EMIT(resume_throw_ref, .resume = {gen_id(cont), {0}, NULL, 0});
  }
  if (!is_guarded) return;
  gen_close(g, 1);
  EMIT(br, .label = out);
  gen_close(g, 1);
  gen_restore_set(g, &before);
  gen_values(g, results);
  gen_close(g, 1);
  gen_restore_set(g, &before);
}

/* Whatever a handler does with its continuation, in a local: it leaves results. */
static void handle(struct gen *g, uint32_t cont, uint32_t local, const struct vals *results) {
  struct vals params = gen_target(g, cont)->params;
  uint32_t how = g->budget > 0 && has_room(g) ? gen_below(g, 8) : 0;
  switch (how) {
  case 0: gen_values(g, results); return;
  case 1: case 2: case 3: case 6:
    if (g->depth >= MAX_DEPTH) {
      gen_values(g, results);
      return;
    }
    g->depth++;
    gen_resume(g, cont, local, results);
    g->depth--;
    return;
  case 4: throw_into(g, cont, local, results); return;
  case 5:
    if (bind_and_resume(g, cont, local, results)) return;
    break;
  default: break;
  }
  gen_values(g, &params);
  push_cont(g, cont, local);
  put_resume(g, cont, results, NULL, 0);
}

/* A local of the type of references to cont. */
static uint32_t cont_local(struct gen *g, uint32_t cont) {
  return gen_local(g, wfx_ref_null_to(gen_id(cont)));
}

/*   block $out t*; block $on1 ..; block $on2 ..; operands; resume; br $out; end; handle;
 *   ..; end */
void gen_resume(struct gen *g, uint32_t cont, uint32_t local, const struct vals *results) {
  struct handler handlers[MAX_ON];
  struct vals params = gen_target(g, cont)->params;
  struct set_locals before;
  gen_save_set(g, &before);
  uint32_t n = pick_handlers(g, results, handlers);
  wfx_label out = gen_open(g, WFX_OP_block, &none, results, NULL, 0);
  for (uint32_t i = 0; i < n; i++)
    handlers[i].clause.label = gen_open(g, WFX_OP_block, &none, &handlers[i].types, NULL, 0);
  gen_values(g, &params);
  push_cont(g, cont, local);
  put_resume(g, cont, results, handlers, n);
  for (uint32_t i = n; i-- > 0;) {
    EMIT(br, .label = out);
    gen_close(g, 1);
    gen_restore_set(g, &before);
    uint32_t k = cont_local(g, handlers[i].cont);
    gen_set_local(g, k);
    handlers[i].types.n--;
    gen_drop(g, &handlers[i].types);
    if (k == WFX_NO_ID) gen_values(g, results);
    else handle(g, handlers[i].cont, k, results);
  }
  gen_close(g, 1);
  gen_restore_set(g, &before);
}

/* A handler that goes on until there is no more fuel. */
static bool deep_handler(struct gen *g, const struct vals *results) {
  const struct gtag *tag = &g->tags[gen_below(g, g->n_tags)];
  struct vals payload = g->types[tag->type].params, answer = g->types[tag->type].results;
  wfx_tag_id id = tag->id;
  uint32_t cont = gen_cont_type(g, &answer, results);
  uint32_t k = cont == WFX_NO_ID || payload.n == MAX_VALS ? WFX_NO_ID : cont_local(g, cont);
  if (k == WFX_NO_ID) return false;
  struct set_locals before;
  push_cont(g, cont, WFX_NO_ID);
  gen_set_local(g, k);
  gen_save_set(g, &before);
  append(&payload, wfx_ref_null_to(gen_id(cont)));
  wfx_label out = gen_open(g, WFX_OP_block, &none, results, NULL, 0);
  wfx_label again = gen_open(g, WFX_OP_loop, &none, &none, NULL, 0);
  gen_burn_fuel(g);
  struct handler h = {.clause = {.kind = WFX_ON, .tag = id}, .types = payload, .cont = cont};
  h.clause.label = gen_open(g, WFX_OP_block, &none, &payload, NULL, 0);
  gen_values(g, &answer);
  push_cont(g, cont, k);
  put_resume(g, cont, results, &h, 1);
  EMIT(br, .label = out);
  gen_close(g, 1);
  gen_restore_set(g, &before);
  gen_set_local(g, k);
  payload.n--;
  gen_drop(g, &payload);
  gen_has_fuel(g);
  EMIT(br_if, .label = again);
  gen_close(g, 1);
  gen_restore_set(g, &before);
  gen_values(g, results);
  gen_close(g, 1);
  gen_restore_set(g, &before);
  return true;
}

/* A continuation type with these results. */
static uint32_t pick_cont(struct gen *g, const struct vals *results) {
  for (uint32_t k = 0, at = gen_below(g, g->n_types); k < g->n_types && gen_chance(g, 98);
       k++) {
    uint32_t i = (at + k) % g->n_types;
    if (g->types[i].kind == WFX_TYPE_CONT &&
        gen_vals_equal(&gen_target(g, i)->results, results))
      return i;
  }
  struct vals params = gen_vals(g, 2, g->n_types);
  return gen_cont_type(g, &params, results);
}

bool gen_resumption(struct gen *g, const struct vals *results) {
  if (!has_room(g)) return false;
  if (gen_chance(g, 30)) return deep_handler(g, results);
  uint32_t cont = pick_cont(g, results);
  if (cont == WFX_NO_ID) return false;
  if (gen_chance(g, 15)) throw_into(g, cont, WFX_NO_ID, results);
  else if (gen_chance(g, 10)) return bind_and_resume(g, cont, WFX_NO_ID, results);
  else gen_resume(g, cont, WFX_NO_ID, results);
  return true;
}
