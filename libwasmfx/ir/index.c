/* index.c: numbering. Spec: Structure, Modules, Indices. */
#include "ir/index.h"

uint32_t wfx__space_count(const struct wfx_module *m, enum ref_space space) {
  switch (space) {
  case SPACE_TYPE: return (uint32_t)m->types.types.n;
  case SPACE_FUNC: return (uint32_t)m->funcs.n;
  case SPACE_TABLE: return (uint32_t)m->tables.n;
  case SPACE_MEM: return (uint32_t)m->mems.n;
  case SPACE_GLOBAL: return (uint32_t)m->globals.n;
  case SPACE_TAG: return (uint32_t)m->tags.n;
  case SPACE_ELEM: return (uint32_t)m->elems.n;
  case SPACE_DATA: return (uint32_t)m->datas.n;
  case SPACE_COUNT: break;
  }
  return 0;
}

wfx_str *wfx__space_name(const struct wfx_module *m, enum ref_space space, uint32_t id) {
  switch (space) {
  case SPACE_TYPE: return &type_at(&m->types, id)->name;
  case SPACE_FUNC: return &m->funcs.data[id].decl.name;
  case SPACE_TABLE: return &m->tables.data[id].decl.name;
  case SPACE_MEM: return &m->mems.data[id].decl.name;
  case SPACE_GLOBAL: return &m->globals.data[id].decl.name;
  case SPACE_TAG: return &m->tags.data[id].decl.name;
  case SPACE_ELEM: return &m->elems.data[id].decl.name;
  case SPACE_DATA: return &m->datas.data[id].decl.name;
  case SPACE_COUNT: break;
  }
  return NULL;
}

static bool make_space(struct arena *arena, struct errs *e, struct index_map *map,
                       enum ref_space space, uint32_t n) {
  map->n[space] = n;
  map->of[space] = wfx__arena_alloc(arena, (size_t)n * sizeof **map->of);
  map->ids[space] = wfx__arena_alloc(arena, (size_t)n * sizeof **map->ids);
  return (map->of[space] && map->ids[space]) || wfx__fail_nomem(e);
}

static void number_types(const struct types *ts, struct index_map *map) {
  uint32_t next = 0;
  for (size_t g = 0; g < ts->groups.n; g++)
    for (uint32_t i = ts->groups.data[g].first; i != WFX_NO_ID; i = type_at(ts, i)->next) {
      map->of[SPACE_TYPE][i] = next;
      map->ids[SPACE_TYPE][next++] = i;
    }
}

/* Imports in the order of the import section, then the rest in the order of creation. */
static void number_decls(const struct wfx_module *m, struct index_map *map, enum ref_space space,
                         wfx_extern_kind kind) {
  uint32_t next = 0, n = map->n[space];
  for (size_t i = 0; i < m->imports.n; i++)
    if (m->imports.data[i].kind == (uint32_t)kind) {
      map->of[space][m->imports.data[i].id] = next;
      map->ids[space][next++] = m->imports.data[i].id;
    }
  for (uint32_t id = 0; id < n; id++)
    if (wfx__module_decl(m, (uint32_t)kind, id)->import == WFX_NO_ID) {
      map->of[space][id] = next;
      map->ids[space][next++] = id;
    }
}

static void number_all(struct index_map *map, enum ref_space space) {
  for (uint32_t i = 0; i < map->n[space]; i++) map->of[space][i] = map->ids[space][i] = i;
}

bool wfx__index_map(const struct wfx_module *m, struct arena *arena, struct errs *e,
                    struct index_map *map) {
  for (int space = 0; space < SPACE_COUNT; space++)
    TRY(make_space(arena, e, map, (enum ref_space)space,
                   wfx__space_count(m, (enum ref_space)space)));
  number_types(&m->types, map);
  number_decls(m, map, SPACE_FUNC, WFX_EXTERN_FUNC);
  number_decls(m, map, SPACE_TABLE, WFX_EXTERN_TABLE);
  number_decls(m, map, SPACE_MEM, WFX_EXTERN_MEM);
  number_decls(m, map, SPACE_GLOBAL, WFX_EXTERN_GLOBAL);
  number_decls(m, map, SPACE_TAG, WFX_EXTERN_TAG);
  number_all(map, SPACE_ELEM);
  number_all(map, SPACE_DATA);
  return true;
}
