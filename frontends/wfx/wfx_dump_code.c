/* wfx_dump_code.c: instructions in wfx objdump. Labels are shown as the number of the block, in
 * the order in which the body opens them; @0 is the function. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "wfx/dump.h"

/* ---- Immediates -------------------------------------------------------------------------- */

static void dump_label(wfx_label label) {
  if (label.i == WFX_NO_ID) fputs(" @?", stdout);
  else printf(" @%" PRIu32, label.i);
}

static void dump_block(const dump *d, wfx_blocktype bt) {
  if (bt.type != 0) {
    wfx_type_id t = {bt.type - 1};
    fputs(" type", stdout);
    dump_type_ref(d, t);
  } else if (bt.result != WFX_BOT) {
    putchar(' ');
    dump_val(bt.result);
  }
}

static void dump_memarg(const dump *d, wfx_memarg a) {
  if (a.mem.i != 0) dump_ref(d, WFX_EXTERN_MEM, a.mem.i);
  printf(" offset=%" PRIu64 " align=%" PRIu64, a.offset, UINT64_C(1) << (a.align & 63));
}

static void dump_bytes(const uint8_t *bytes, size_t n) {
  putchar(' ');
  for (size_t i = 0; i < n; i++) printf("%02x", bytes[i]);
}

static void dump_f32(float x) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  if (isnan(x)) printf(" nan:0x%" PRIx32, bits & 0x7fffff);
  else printf(" %.9g", (double)x);
}

static void dump_f64(double x) {
  uint64_t bits;
  memcpy(&bits, &x, sizeof bits);
  if (isnan(x)) printf(" nan:0x%" PRIx64, bits & ((UINT64_C(1) << 52) - 1));
  else printf(" %.17g", x);
}

static void dump_catches(const dump *d, const wfx_imms *imm) {
  static const char *const words[] = {
      [WFX_CATCH] = " (catch", [WFX_CATCH_REF] = " (catch_ref", [WFX_CATCH_ALL] = " (catch_all",
      [WFX_CATCH_ALL_REF] = " (catch_all_ref"};
  dump_block(d, imm->try_table.type);
  for (size_t i = 0; i < imm->try_table.n_catches; i++) {
    const wfx_catch *c = &imm->try_table.catches[i];
    fputs(words[c->kind], stdout);
    if (c->kind == WFX_CATCH || c->kind == WFX_CATCH_REF)
      dump_ref(d, WFX_EXTERN_TAG, c->tag.i);
    dump_label(c->label);
    putchar(')');
  }
}

static void dump_clauses(const dump *d, const wfx_imms *imm) {
  for (size_t i = 0; i < imm->resume.n_clauses; i++) {
    const wfx_on *on = &imm->resume.clauses[i];
    fputs(on->kind == WFX_ON_REF ? " (on_ref" : " (on", stdout);
    if (on->kind == WFX_ON_REF) dump_type_ref(d, on->tag_type);
    else dump_ref(d, WFX_EXTERN_TAG, on->tag.i);
    if (on->kind == WFX_ON_SWITCH) fputs(" switch", stdout);
    else dump_label(on->label);
    putchar(')');
  }
}

/* Immediates that are none, or indices, numbers and labels. */
static bool dump_simple_imm(const dump *d, wfx_imm kind, const wfx_imms *imm) {
  switch (kind) {
  case WFX_IMM_NONE: case WFX_IMM_FENCE: return true;
  case WFX_IMM_LABEL: dump_label(imm->label); return true;
  case WFX_IMM_FUNC: dump_ref(d, WFX_EXTERN_FUNC, imm->func.i); return true;
  case WFX_IMM_TYPE: dump_type_ref(d, imm->type); return true;
  case WFX_IMM_LOCAL: printf(" %" PRIu32, imm->local.i); return true;
  case WFX_IMM_GLOBAL: dump_ref(d, WFX_EXTERN_GLOBAL, imm->global.i); return true;
  case WFX_IMM_TABLE: dump_ref(d, WFX_EXTERN_TABLE, imm->table.i); return true;
  case WFX_IMM_ELEM: printf(" %" PRIu32, imm->elem.i); return true;
  case WFX_IMM_MEMORY: dump_ref(d, WFX_EXTERN_MEM, imm->memory.i); return true;
  case WFX_IMM_DATA: printf(" %" PRIu32, imm->data.i); return true;
  case WFX_IMM_LANE: printf(" %u", imm->lane); return true;
  case WFX_IMM_I32: printf(" %" PRId32, imm->i32); return true;
  case WFX_IMM_I64: printf(" %" PRId64, imm->i64); return true;
  case WFX_IMM_F32: dump_f32(imm->f32); return true;
  case WFX_IMM_F64: dump_f64(imm->f64); return true;
  case WFX_IMM_TAG: dump_ref(d, WFX_EXTERN_TAG, imm->tag.i); return true;
  case WFX_IMM_HEAP: case WFX_IMM_CAST:
    putchar(' ');
    dump_heap(imm->heap);
    return true;
  case WFX_IMM_BLOCK: dump_block(d, imm->block); return true;
  case WFX_IMM_BR_TABLE: case WFX_IMM_CALL_INDIRECT: case WFX_IMM_TABLE_TABLE:
  case WFX_IMM_ELEM_TABLE: case WFX_IMM_MEMORY_MEMORY: case WFX_IMM_DATA_MEMORY:
  case WFX_IMM_MEMARG: case WFX_IMM_MEMARG_LANE: case WFX_IMM_SHUFFLE: case WFX_IMM_V128:
  case WFX_IMM_BR_ON_CAST: case WFX_IMM_TYPES: case WFX_IMM_TYPE_FIELD: case WFX_IMM_TYPE_N:
  case WFX_IMM_TYPE_DATA: case WFX_IMM_TYPE_ELEM: case WFX_IMM_TYPE_TYPE:
  case WFX_IMM_TRY_TABLE: case WFX_IMM_RESUME: case WFX_IMM_RESUME_THROW:
  case WFX_IMM_TYPE_TAG:
    break;
  }
  return false;
}

static void dump_imm(const dump *d, const wfx_inst *in) {
  const wfx_imms *imm = &in->imm;
  wfx_imm kind = wfx_op_imm(in->op);
  if (dump_simple_imm(d, kind, imm)) return;
  if (kind == WFX_IMM_BR_TABLE) {
    for (size_t i = 0; i < imm->br_table.n_labels; i++) dump_label(imm->br_table.labels[i]);
    dump_label(imm->br_table.otherwise);
  } else if (kind == WFX_IMM_CALL_INDIRECT) {
    dump_type_ref(d, imm->call_indirect.type);
    fputs(" table", stdout);
    dump_ref(d, WFX_EXTERN_TABLE, imm->call_indirect.table.i);
  } else if (kind == WFX_IMM_TABLE_TABLE) {
    dump_ref(d, WFX_EXTERN_TABLE, imm->table_table.to.i);
    dump_ref(d, WFX_EXTERN_TABLE, imm->table_table.from.i);
  } else if (kind == WFX_IMM_ELEM_TABLE) {
    dump_ref(d, WFX_EXTERN_TABLE, imm->elem_table.table.i);
    printf(" elem %" PRIu32, imm->elem_table.elem.i);
  } else if (kind == WFX_IMM_MEMORY_MEMORY) {
    dump_ref(d, WFX_EXTERN_MEM, imm->memory_memory.to.i);
    dump_ref(d, WFX_EXTERN_MEM, imm->memory_memory.from.i);
  } else if (kind == WFX_IMM_DATA_MEMORY) {
    dump_ref(d, WFX_EXTERN_MEM, imm->data_memory.mem.i);
    printf(" data %" PRIu32, imm->data_memory.data.i);
  } else if (kind == WFX_IMM_MEMARG || kind == WFX_IMM_MEMARG_LANE) {
    dump_memarg(d, imm->memarg.memarg);
    if (kind == WFX_IMM_MEMARG_LANE) printf(" %u", imm->memarg.lane);
  } else if (kind == WFX_IMM_SHUFFLE || kind == WFX_IMM_V128) {
    dump_bytes(imm->v128.bytes, sizeof imm->v128.bytes);
  } else if (kind == WFX_IMM_BR_ON_CAST) {
    dump_label(imm->br_on_cast.label);
    putchar(' ');
    dump_val(imm->br_on_cast.from);
    putchar(' ');
    dump_val(imm->br_on_cast.to);
  } else if (kind == WFX_IMM_TYPES) {
    putchar(' ');
    dump_vals(imm->types.types, imm->types.n_types);
  } else if (kind == WFX_IMM_TRY_TABLE) {
    dump_catches(d, imm);
  } else if (kind == WFX_IMM_RESUME || kind == WFX_IMM_RESUME_THROW) {
    dump_type_ref(d, imm->resume.type);
    if (kind == WFX_IMM_RESUME_THROW) dump_ref(d, WFX_EXTERN_TAG, imm->resume.tag.i);
    dump_clauses(d, imm);
  } else if (kind == WFX_IMM_TYPE_TAG) {
    dump_type_ref(d, imm->type_tag.type);
    dump_ref(d, WFX_EXTERN_TAG, imm->type_tag.tag.i);
  } else if (kind == WFX_IMM_TYPE_TYPE) {
    dump_type_ref(d, imm->type_type.type);
    dump_type_ref(d, imm->type_type.type2);
  } else { /* a type and a number; all such have one layout */
    dump_type_ref(d, imm->type_n.type);
    printf(" %" PRIu32, kind == WFX_IMM_TYPE_DATA   ? imm->type_data.data.i
                        : kind == WFX_IMM_TYPE_ELEM ? imm->type_elem.elem.i
                        : kind == WFX_IMM_TYPE_N    ? imm->type_n.n
                                                    : imm->type_field.field);
  }
}

void dump_const(const dump *d, wfx_const c) {
  wfx_reader *r = wfx_reader_open_const(d->m, c);
  wfx_inst in;
  bool is_first = true;
  while (r && wfx_reader_next(r, &in)) {
    fputs(is_first ? " " : "; ", stdout);
    is_first = false;
    fputs(wfx_op_text(in.op), stdout);
    dump_imm(d, &in);
  }
  wfx_reader_close(r);
}

/* ---- Functions --------------------------------------------------------------------------- */

enum { BYTES_SHOWN = 9 };

/* The bytes [at, end), as many as fit into a column. */
static void dump_code_bytes(const dump *d, uint64_t at, uint64_t end) {
  size_t n = end > at && end <= d->n ? (size_t)(end - at) : 0, k = 0;
  size_t n_shown = n > BYTES_SHOWN ? BYTES_SHOWN - 1 : n;
  char text[3 * BYTES_SHOWN + 1];
  memset(text, ' ', sizeof text);
  for (; k < n_shown; k++) {
    text[3 * k] = "0123456789abcdef"[d->bytes[at + k] >> 4];
    text[3 * k + 1] = "0123456789abcdef"[d->bytes[at + k] & 15];
  }
  if (n > BYTES_SHOWN) memcpy(text + 3 * k, "..", 2);
  text[sizeof text - 1] = '\0';
  fputs(text, stdout);
}

static void dump_inst(const dump *d, const wfx_reader *r, const wfx_inst *in, uint64_t end) {
  enum { MAX_INDENT = 32 };
  int indent = in->depth > MAX_INDENT ? MAX_INDENT : (int)in->depth;
  printf("    %08" PRIx64 ": ", in->loc.offset);
  dump_code_bytes(d, in->loc.offset, end);
  printf("| %*s%s", 2 * indent, "", wfx_op_text(in->op));
  if (in->opens.i != WFX_NO_ID) {
    printf(" @%" PRIu32, in->opens.i);
    dump_name(wfx_reader_label_name(r, in->opens));
  }
  dump_imm(d, in);
  if (in->op == WFX_OP_local_get || in->op == WFX_OP_local_set || in->op == WFX_OP_local_tee)
    dump_name(wfx_reader_local_name(r, in->imm.local));
  putchar('\n');
}

/* Parameters and locals, alike ones without a name together. */
static void dump_locals(const dump *d, const wfx_reader *r, wfx_func_id f) {
  wfx_type_info type;
  wfx_type_id t = wfx_func_get_type(d->m, f);
  size_t n_params = 0;
  if (t.i < wfx_module_n_types(d->m)) {
    wfx_type_get(d->m, t, &type);
    n_params = type.n_params;
  }
  uint32_t n = wfx_reader_n_locals(r);
  for (uint32_t i = 0, first = 0; i < n; first = i) {
    wfx_valtype val = wfx_reader_local_type(r, (wfx_local_id){i});
    wfx_str name = wfx_reader_local_name(r, (wfx_local_id){i++});
    bool is_param = first < n_params;
    while (!name.data && i < n && (i < n_params) == is_param &&
           wfx_reader_local_type(r, (wfx_local_id){i}) == val &&
           !wfx_reader_local_name(r, (wfx_local_id){i}).data)
      i++;
    printf("    %s %" PRIu32, is_param ? "param" : "local", first);
    if (i > first + 1) printf("-%" PRIu32, i - 1);
    fputs(": ", stdout);
    dump_val(val);
    dump_name(name);
    putchar('\n');
  }
}

bool dump_func(const cli *c, const dump *d, const char *name, wfx_func_id f) {
  uint64_t offset = 0, n_bytes = 0;
  wfx_func_get_range(d->m, f, &offset, &n_bytes);
  printf("  func %" PRIu32, f.i);
  dump_name(wfx_module_decl_name(d->m, WFX_EXTERN_FUNC, f.i));
  printf(" at 0x%08" PRIx64 ", %" PRIu64 " bytes\n", offset, n_bytes);
  /* Where an instruction ends is where the next one begins. */
  wfx_reader *r = wfx_reader_open(d->m, f, 0), *ahead = wfx_reader_open(d->m, f, 0);
  bool is_ok = r && ahead;
  wfx_inst in, next;
  if (!is_ok) cli_error("out of memory");
  if (is_ok && !wfx_reader_diag(r)) dump_locals(d, r, f);
  if (is_ok) wfx_reader_next(ahead, &next);
  while (is_ok && wfx_reader_next(r, &in)) {
    bool is_last = !wfx_reader_next(ahead, &next);
    dump_inst(d, r, &in, is_last ? offset + n_bytes : next.loc.offset);
  }
  const wfx_diag *diag = is_ok ? wfx_reader_diag(r) : NULL;
  if (diag) cli_diag(c, name, diag);
  wfx_reader_close(r);
  wfx_reader_close(ahead);
  return is_ok && !diag;
}
