/* wfx_cmd_objdump.c: wfx objdump: a binary section by section. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wfx/dump.h"

/* ---- Declarations ------------------------------------------------------------------------ */

static const char *const kind_words[] = {
    [WFX_EXTERN_FUNC] = "func",     [WFX_EXTERN_TABLE] = "table", [WFX_EXTERN_MEM] = "memory",
    [WFX_EXTERN_GLOBAL] = "global", [WFX_EXTERN_TAG] = "tag"};

/* What a declaration is, behind its name. */
static void dump_decl(const dump *d, wfx_extern_kind kind, uint32_t id) {
  wfx_table_info table;
  wfx_global_info global;
  wfx_size_limits limits;
  switch (kind) {
  case WFX_EXTERN_FUNC:
  case WFX_EXTERN_TAG:
    fputs(" type", stdout);
    dump_type_ref(d, kind == WFX_EXTERN_FUNC ? wfx_func_get_type(d->m, (wfx_func_id){id})
                                             : wfx_tag_get_type(d->m, (wfx_tag_id){id}));
    break;
  case WFX_EXTERN_TABLE:
    wfx_table_get(d->m, (wfx_table_id){id}, &table);
    putchar(' ');
    dump_val(table.type);
    putchar(' ');
    dump_limits(&table.limits);
    if (table.has_init) fputs(" =", stdout);
    if (table.has_init) dump_const(d, table.init);
    break;
  case WFX_EXTERN_MEM:
    limits = wfx_mem_get_limits(d->m, (wfx_mem_id){id});
    putchar(' ');
    dump_limits(&limits);
    break;
  case WFX_EXTERN_GLOBAL:
    wfx_global_get(d->m, (wfx_global_id){id}, &global);
    fputs(global.is_mutable ? " mut " : " ", stdout);
    dump_val(global.type);
    if (global.init.n != 0) fputs(" =", stdout);
    dump_const(d, global.init);
    break;
  }
}

/* The definitions of a kind. */
static void dump_decls(const dump *d, wfx_extern_kind kind) {
  uint32_t n = wfx_module_count(d->m, kind);
  for (uint32_t i = 0; i < n; i++) {
    if (wfx_module_decl_import(d->m, kind, i) != WFX_NO_ID) continue;
    printf("  %s", kind_words[kind]);
    dump_ref(d, kind, i);
    dump_decl(d, kind, i);
    putchar('\n');
  }
}

static void dump_types(const dump *d) {
  uint32_t n = wfx_module_n_types(d->m), group = WFX_NO_ID;
  for (uint32_t i = 0; i < n; i++) {
    wfx_type_info info;
    wfx_type_get(d->m, (wfx_type_id){i}, &info);
    printf("  type %" PRIu32 ":%s ", i, info.group.i == group ? " ..." : "");
    group = info.group.i;
    dump_type(d, (wfx_type_id){i});
    putchar('\n');
  }
}

static void dump_imports(const dump *d) {
  wfx_str module, field;
  wfx_extern_kind kind;
  uint32_t id;
  for (uint32_t i = 0; wfx_module_import(d->m, i, &module, &field, &kind, &id); i++) {
    fputs("  \"", stdout);
    dump_str(module);
    fputs("\" \"", stdout);
    dump_str(field);
    printf("\" %s", kind_words[kind]);
    dump_ref(d, kind, id);
    dump_decl(d, kind, id);
    putchar('\n');
  }
}

static void dump_exports(const dump *d) {
  wfx_str name;
  wfx_extern_kind kind;
  uint32_t id;
  for (uint32_t i = 0; wfx_module_export(d->m, i, &name, &kind, &id); i++) {
    fputs("  \"", stdout);
    dump_str(name);
    printf("\" %s", kind_words[kind]);
    dump_ref(d, kind, id);
    putchar('\n');
  }
}

/* ---- Segments ---------------------------------------------------------------------------- */

static const char *const mode_words[] = {[WFX_SEGMENT_ACTIVE] = "active",
                                         [WFX_SEGMENT_PASSIVE] = "passive",
                                         [WFX_SEGMENT_DECLARATIVE] = "declarative"};

static void dump_elems(const dump *d) {
  wfx_elem_info e;
  for (wfx_elem_id id = {0}; wfx_elem_get(d->m, id, &e); id.i++) {
    printf("  elem %" PRIu32, id.i);
    dump_name(e.name);
    printf(" %s ", mode_words[e.mode]);
    dump_val(e.type);
    if (e.mode == WFX_SEGMENT_ACTIVE) {
      fputs(" in table", stdout);
      dump_ref(d, WFX_EXTERN_TABLE, e.table.i);
      fputs(" at", stdout);
      dump_const(d, e.offset);
    }
    printf(", %zu items\n", e.n_items);
    for (size_t i = 0; i < e.n_items; i++) {
      printf("    %zu:", i);
      if (e.has_exprs) dump_const(d, wfx_elem_get_expr(d->m, id, i));
      else fputs(" func", stdout);
      if (!e.has_exprs) dump_ref(d, WFX_EXTERN_FUNC, wfx_elem_get_func(d->m, id, i).i);
      putchar('\n');
    }
  }
}

/* Bytes in lines of 16, as hex and as text. */
static void dump_hex(const dump *d, const uint8_t *bytes, size_t n) {
  enum { PER_LINE = 16 };
  bool is_input = d->bytes && bytes >= d->bytes && bytes <= d->bytes + d->n;
  for (size_t i = 0; i < n; i += PER_LINE) {
    printf("    %08zx: ", is_input ? (size_t)(bytes - d->bytes) + i : i);
    for (size_t k = i; k < i + PER_LINE; k++)
      if (k < n) printf("%02x ", bytes[k]);
      else fputs("   ", stdout);
    fputs("| ", stdout);
    for (size_t k = i; k < n && k < i + PER_LINE; k++)
      putchar(bytes[k] >= ' ' && bytes[k] < 0x7f ? bytes[k] : '.');
    putchar('\n');
  }
}

static void dump_datas(const dump *d) {
  wfx_data_info data;
  for (wfx_data_id id = {0}; wfx_data_get(d->m, id, &data); id.i++) {
    printf("  data %" PRIu32, id.i);
    dump_name(data.name);
    printf(" %s", mode_words[data.mode]);
    if (data.mode == WFX_SEGMENT_ACTIVE) {
      fputs(" in memory", stdout);
      dump_ref(d, WFX_EXTERN_MEM, data.mem.i);
      fputs(" at", stdout);
      dump_const(d, data.offset);
    }
    printf(", %zu bytes\n", data.n_bytes);
    dump_hex(d, data.bytes, data.n_bytes);
  }
}

/* ---- Sections ---------------------------------------------------------------------------- */

enum section_id {
  ID_CUSTOM, ID_TYPES, ID_IMPORTS, ID_FUNCS, ID_TABLES, ID_MEMS, ID_GLOBALS, ID_EXPORTS,
  ID_START, ID_ELEMS, ID_CODE, ID_DATAS, ID_DATA_COUNT, ID_TAGS
};

static void dump_section_line(const wfx_section *s) {
  printf("section %u ", s->id);
  if (s->id == 0) fputs("custom \"", stdout);
  dump_str(s->name);
  printf("%s at 0x%08zx, content at 0x%08zx, %zu bytes\n", s->id == 0 ? "\"" : "", s->offset,
         s->content, s->end - s->content);
}

static bool dump_code(const cli *c, const dump *d, const char *name) {
  uint32_t n = wfx_module_count(d->m, WFX_EXTERN_FUNC);
  bool is_ok = true;
  for (uint32_t i = 0; i < n; i++)
    if (wfx_module_decl_import(d->m, WFX_EXTERN_FUNC, i) == WFX_NO_ID)
      is_ok = dump_func(c, d, name, (wfx_func_id){i}) && is_ok;
  return is_ok;
}

/* What is in a section. */
static bool dump_content(const cli *c, const dump *d, const char *name, const wfx_section *s) {
  switch ((enum section_id)s->id) {
  case ID_CUSTOM: dump_hex(d, d->bytes + s->content, s->end - s->content); break;
  case ID_TYPES: dump_types(d); break;
  case ID_IMPORTS: dump_imports(d); break;
  case ID_FUNCS: dump_decls(d, WFX_EXTERN_FUNC); break;
  case ID_TABLES: dump_decls(d, WFX_EXTERN_TABLE); break;
  case ID_MEMS: dump_decls(d, WFX_EXTERN_MEM); break;
  case ID_GLOBALS: dump_decls(d, WFX_EXTERN_GLOBAL); break;
  case ID_EXPORTS: dump_exports(d); break;
  case ID_START:
    fputs("  func", stdout);
    dump_ref(d, WFX_EXTERN_FUNC, wfx_module_get_start(d->m).i);
    putchar('\n');
    break;
  case ID_ELEMS: dump_elems(d); break;
  case ID_CODE: return dump_code(c, d, name);
  case ID_DATAS: dump_datas(d); break;
  case ID_DATA_COUNT: break;
  case ID_TAGS: dump_decls(d, WFX_EXTERN_TAG); break;
  }
  return true;
}

/* Lines for all sections, with what is in them if d->m is there. */
static bool dump_sections(const cli *c, const dump *d, const char *name) {
  wfx_section s;
  bool is_ok = true;
  printf("%s: %zu bytes", name, d->n);
  if (d->m) dump_name(wfx_module_get_name(d->m));
  putchar('\n');
  for (size_t at = 0; wfx_section_next(d->bytes, d->n, &at, &s);) {
    dump_section_line(&s);
    if (d->m) is_ok = dump_content(c, d, name, &s) && is_ok;
  }
  return is_ok;
}

static bool dump_one(const cli *c, const dump *d, const char *name) {
  const char *wanted = c->options[CLI_OPTION_func];
  wfx_func_id f = {cli_find_func(d->m, wanted)};
  if (f.i != WFX_NO_ID) return dump_func(c, d, name, f);
  cli_error("%s: no function '%s'", name, wanted);
  return false;
}

/* A binary that cannot be decoded has its sections listed, as far as they go. */
int cli_cmd_objdump(cli *c) {
  const char *path = c->n_operands > 0 ? c->operands[0] : "-", *name = cli_input_name(path);
  cli_input *in = cli_read(c, path);
  if (!in || !cli_make_binary(c, in)) return CLI_FAILED;
  dump d = {in->bytes, in->n, NULL};
  bool is_ok = true;
  wfx_module *m = c->options[CLI_OPTION_headers] ? NULL : wfx_module_new(c->ctx);
  if (m && wfx_module_decode(m, d.bytes, d.n) == WFX_OK) d.m = m;
  if (d.m && c->options[CLI_OPTION_func]) is_ok = dump_one(c, &d, name);
  else is_ok = dump_sections(c, &d, name);
  if (m && !d.m) is_ok = cli_module_diags(c, name, m);
  wfx_module_free(m);
  return is_ok ? CLI_OK : CLI_FAILED;
}
