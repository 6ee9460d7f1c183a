/* gen_ext.c: the extensions of libwasmfx: named handlers, copied continuations, tags as values.
 * Barriers are in gen_control.c. */
#include "gen/gen_state.h"

static const struct vals none = {.n = 0};

static void append(struct vals *v, wfx_valtype t) { v->t[v->n++] = t; }

/* A type of its own group, already in g->types behind the others. */
static uint32_t declare(struct gen *g) {
  wfx_group_id group = wfx_group_begin(g->m);
  wfx_type_id id = wfx_type_declare(g->m, group, NULL);
  struct gtype *t = &g->types[g->n_types++];
  if (t->kind == WFX_TYPE_TAG) wfx_type_define_tag(g->m, id, gen_id(t->target));
  else wfx_type_define_handler(g->m, id, t->results.t, t->results.n);
  wfx_group_end(g->m, group);
  return id.i;
}

void gen_ext_types(struct gen *g) {
  struct vals params = gen_vals(g, 2, g->n_types), results = gen_vals(g, 2, g->n_types);
  uint32_t ft = gen_func_type(g, &params, &results);
  g->types[g->n_types] =
      (struct gtype){.kind = WFX_TYPE_TAG, .is_final = true, .super = WFX_NO_ID, .target = ft};
  g->tag_type = declare(g);
  g->types[g->n_types] = (struct gtype){.kind = WFX_TYPE_HANDLER,
                                        .is_final = true,
                                        .super = WFX_NO_ID,
                                        .results = gen_vals(g, 2, g->n_types)};
  g->handler_type = declare(g);
}

static wfx_valtype name_type(const struct gen *g) {
  return wfx_ref_null_to(gen_id(g->handler_type));
}

static bool suspend_to(struct gen *g) {
  const struct gtag *tag = &g->tags[gen_below(g, g->n_tags)];
  struct vals params = g->types[tag->type].params, results = g->types[tag->type].results;
  wfx_tag_id id = tag->id;
  gen_values(g, &params);
  gen_value(g, name_type(g));
  EMIT(suspend_to, .type_tag = {gen_id(g->handler_type), id});
  append(&results, wfx_ref_to(gen_id(g->handler_type)));
  gen_drop(g, &results);
  return true;
}

/* block $out t*; block $on te1* (ref null $k); t1* (ref null $ct); resume_with; br $out; end;
 * .. */
static bool resume_with(struct gen *g) {
  struct vals args = gen_vals(g, 2, g->n_types), params = args;
  struct vals results = g->types[g->handler_type].results;
  const struct gtag *tag = &g->tags[gen_below(g, g->n_tags)];
  struct vals payload = g->types[tag->type].params, answer = g->types[tag->type].results;
  wfx_on clause = {.kind = WFX_ON, .tag = tag->id};
  append(&params, name_type(g));
  append(&answer, wfx_ref_to(gen_id(g->handler_type)));
  uint32_t ct = gen_cont_type(g, &params, &results), k = gen_cont_type(g, &answer, &results);
  if (ct == WFX_NO_ID || k == WFX_NO_ID) return false;
  append(&payload, wfx_ref_null_to(gen_id(k)));
  struct set_locals before;
  gen_save_set(g, &before);
  wfx_label out = gen_open(g, WFX_OP_block, &none, &results, NULL, 0);
  clause.label = gen_open(g, WFX_OP_block, &none, &payload, NULL, 0);
  gen_values(g, &args);
  gen_value(g, wfx_ref_null_to(gen_id(ct)));
  EMIT(resume_with, .resume = {gen_id(ct), {0}, &clause, 1});
  EMIT(br, .label = out);
  gen_close(g, 1);
  gen_restore_set(g, &before);
  gen_drop(g, &payload);
  gen_values(g, &results);
  gen_close(g, 1);
  gen_restore_set(g, &before);
  gen_drop(g, &results);
  return true;
}

static bool switch_to(struct gen *g) {
  struct vals args = gen_vals(g, 2, g->n_types), back = gen_vals(g, 2, g->n_types);
  struct vals results = g->types[g->handler_type].results, params = args;
  append(&back, wfx_ref_to(gen_id(g->handler_type)));
  uint32_t own = gen_cont_type(g, &back, &results);
  if (own == WFX_NO_ID) return false;
  append(&params, wfx_ref_null_to(gen_id(own)));
  append(&params, name_type(g));
  uint32_t to = gen_cont_type(g, &params, &results);
  if (to == WFX_NO_ID) return false;
  gen_values(g, &args);
  gen_value(g, wfx_ref_null_to(gen_id(to)));
  gen_value(g, name_type(g));
  EMIT(switch_to, .type_type = {gen_id(to), gen_id(g->handler_type)});
  gen_drop(g, &back);
  return true;
}

static bool clone(struct gen *g) {
  uint32_t ct = gen_pick_type(g, WFX_TYPE_CONT);
  gen_value(g, wfx_ref_null_to(gen_id(ct)));
  EMIT(cont_clone, .type = gen_id(ct));
  EMIT0(drop);
  return true;
}

/* The last tag has the type of the tags that are values: see gen_decl.c. */
static void tag_value(struct gen *g) {
  wfx_type_id tt = {g->tag_type};
  if (gen_chance(g, 50)) EMIT(tag_ref, .type_tag = {tt, g->tags[g->n_tags - 1].id});
  else gen_value(g, wfx_ref_null_to(tt));
}

static bool suspend_ref(struct gen *g) {
  const struct gtype *t = gen_target(g, g->tag_type);
  struct vals params = t->params, results = t->results;
  gen_values(g, &params);
  tag_value(g);
  EMIT(suspend_ref, .type = gen_id(g->tag_type));
  gen_drop(g, &results);
  return true;
}

/* As resume_with, under a clause for a tag that is an operand. */
static bool resume_on_ref(struct gen *g) {
  struct vals args = gen_vals(g, 2, g->n_types), results = gen_vals(g, 2, g->n_types);
  struct vals payload = gen_target(g, g->tag_type)->params;
  struct vals answer = gen_target(g, g->tag_type)->results;
  uint32_t ct = gen_cont_type(g, &args, &results), k = gen_cont_type(g, &answer, &results);
  if (ct == WFX_NO_ID || k == WFX_NO_ID) return false;
  append(&payload, wfx_ref_to(gen_id(k)));
  struct set_locals before;
  gen_save_set(g, &before);
  wfx_label out = gen_open(g, WFX_OP_block, &none, &results, NULL, 0);
  wfx_on clause = {.kind = WFX_ON_REF, .tag_type = gen_id(g->tag_type)};
  clause.label = gen_open(g, WFX_OP_block, &none, &payload, NULL, 0);
  gen_values(g, &args);
  tag_value(g);
  gen_value(g, wfx_ref_null_to(gen_id(ct)));
  EMIT(resume, .resume = {gen_id(ct), {0}, &clause, 1});
  EMIT(br, .label = out);
  gen_close(g, 1);
  gen_restore_set(g, &before);
  gen_drop(g, &payload);
  gen_values(g, &results);
  gen_close(g, 1);
  gen_restore_set(g, &before);
  gen_drop(g, &results);
  return true;
}

bool gen_ext_effect(struct gen *g) {
  if (g->mode != GEN_EXT || g->n_types + 8 > MAX_TYPES || g->n_labels + 8 > MAX_LABELS)
    return false;
  switch (gen_below(g, 6)) {
  case 0: return suspend_to(g);
  case 1: return resume_with(g);
  case 2: return switch_to(g);
  case 3: return clone(g);
  case 4: return suspend_ref(g);
  default: return resume_on_ref(g);
  }
}
