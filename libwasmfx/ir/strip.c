/* strip.c: custom sections and names: looking at them, and taking them away. */
#include <assert.h>
#include <string.h>

#include "ir/imm.h"
#include "ir/module.h"

bool wfx_module_custom(const wfx_module *m, uint32_t i, wfx_str *name, const uint8_t **bytes,
                       size_t *n_bytes) {
  if (i >= m->customs.n) return false;
  const struct custom *c = &m->customs.data[i];
  *name = c->name;
  *bytes = c->bytes;
  *n_bytes = c->n_bytes;
  return true;
}

void wfx_module_drop_custom(wfx_module *m, uint32_t i) {
  assert(i < m->customs.n);
  struct custom *at = m->customs.data + i;
  m->customs.n--;
  memmove(at, at + 1, (m->customs.n - i) * sizeof *at);
  /* These count the sections before them. */
  if (m->names_at > i) m->names_at--;
  if (m->hints_at > i) m->hints_at--;
}

void wfx_module_drop_hints(wfx_module *m) {
  m->hints.bytes = NULL;
  m->hint_list.n = 0;
  for (size_t i = 0; i < m->bodies.n; i++) {
    struct code *c = m->bodies.data[i] ? &m->bodies.data[i]->code : NULL;
    for (size_t k = 0; c && k < c->insts.n; k++)
      if (op_takes_hint(c->insts.data[k].op)) c->insts.data[k].aux = WFX_HINT_NONE;
  }
}

void wfx_module_drop_names(wfx_module *m) {
  const wfx_str none = {NULL, 0};
  m->name = none;
  m->names.bytes = NULL;
  for (size_t i = 0; i < m->types.types.n; i++) {
    m->types.types.data[i].name = none;
    m->types.types.data[i].field_names = NULL;
  }
  for (uint32_t kind = WFX_EXTERN_FUNC; kind <= WFX_EXTERN_TAG; kind++)
    for (uint32_t i = 0; i < wfx__module_count(m, kind); i++)
      wfx__module_decl(m, kind, i)->name = none;
  for (size_t i = 0; i < m->elems.n; i++) m->elems.data[i].decl.name = none;
  for (size_t i = 0; i < m->datas.n; i++) m->datas.data[i].decl.name = none;
  for (size_t i = 0; i < m->bodies.n; i++) {
    struct body *b = m->bodies.data[i];
    if (b) b->local_names.n = b->label_names.n = 0;
  }
}
