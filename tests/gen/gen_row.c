/* gen_row.c: instructions whose signature is of letters: all numeric and vector ones, loads and
 * stores. */
#include <stdlib.h>
#include <string.h>

#include "gen/gen_state.h"

static const struct row {
  const char *text, *sig;
  uint64_t feature;
} rows[WFX_OP_COUNT] = {
#define WFX_OP(id, text, prefix, code, imm, sig, feature) \
  [WFX_OP_##id] = {text, sig, (uint64_t)1 << WFX_FEATURE_##feature},
#include <wasmfx/opcode.def>
#undef WFX_OP
};

enum { NO_RESULT = 5 };
static const char letters[] = "ilfdv";
static const wfx_valtype types[] = {WFX_I32, WFX_I64, WFX_F32, WFX_F64, WFX_V128};

static void add_row(struct gen *g, uint32_t list, uint32_t op) {
  g->rows[list][g->n_rows[list]++] = (uint16_t)op;
}

void gen_rows(struct gen *g) {
  for (uint32_t op = 0; op < WFX_OP_COUNT; op++) {
    const char *colon = strchr(rows[op].sig, ':');
    if (!colon || !(g->features & rows[op].feature)) continue;
    const char *at = colon[1] ? strchr(letters, colon[1]) : NULL;
    if (colon[1] == 'm') {
      add_row(g, 0, op);
      add_row(g, 1, op);
    } else {
      add_row(g, at ? (uint32_t)(at - letters) : NO_RESULT, op);
    }
  }
}

/* ---- Constants --------------------------------------------------------------------------- */

static float f32_of(uint32_t bits) {
  float x;
  memcpy(&x, &bits, sizeof x);
  return x;
}
static double f64_of(uint64_t bits) {
  double x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

static const uint32_t f32_special[] = {0,          0x80000000, 0x3f800000, 0xbf800000,
                                       0x7f800000, 0xff800000, 0x7fc00000, 0xffc00000,
                                       0x7fa00000, 0x00000001, 0x4f000000, 0xcf000000,
                                       0x5f000000, 0x3effffff, 0x4b800001};
static const uint64_t f64_special[] = {
    0, 0x8000000000000000, 0x3ff0000000000000, 0xbff0000000000000, 0x7ff0000000000000,
    0xfff0000000000000, 0x7ff8000000000000, 0x7ff4000000000000, 0x0000000000000001,
    0x41e0000000000000, 0xc1e0000000000000, 0x43e0000000000000, 0x3fdfffffffffffff,
    0x4340000000000001, 0x36a0000000000000};

void gen_const(struct gen *g, wfx_valtype t) {
  wfx_v128 v;
  switch (t) {
  case WFX_I32: EMIT(i32_const, .i32 = (int32_t)(uint32_t)gen_number(g)); break;
  case WFX_I64: EMIT(i64_const, .i64 = (int64_t)gen_number(g)); break;
  case WFX_F32:
    switch (gen_below(g, 3)) {
    case 0: EMIT(f32_const, .f32 = f32_of((uint32_t)gen_random(g))); break;
    case 1: EMIT(f32_const, .f32 = (float)gen_below(g, 1000) / 8 - 20); break;
    case 2: EMIT(f32_const, .f32 = f32_of(f32_special[gen_below(g, 15)])); break;
    }
    break;
  case WFX_F64:
    switch (gen_below(g, 3)) {
    case 0: EMIT(f64_const, .f64 = f64_of(gen_random(g))); break;
    case 1: EMIT(f64_const, .f64 = (double)gen_below(g, 1000) / 8 - 20); break;
    case 2: EMIT(f64_const, .f64 = f64_of(f64_special[gen_below(g, 15)])); break;
    }
    break;
  default:
    for (uint32_t i = 0; i < 4; i++) {
      uint64_t bits = gen_chance(g, 30) ? f32_special[gen_below(g, 15)] : gen_number(g);
      for (uint32_t k = 0; k < 4; k++) v.bytes[4 * i + k] = (uint8_t)(bits >> 8 * k);
    }
    EMIT(v128_const, .v128 = v);
  }
}

void gen_address(struct gen *g, bool is_64, uint32_t below) {
  bool is_careful = gen_careful(g);
  if (gen_chance(g, 50)) {
    uint32_t i = is_careful ? gen_below(g, below) : (uint32_t)gen_number(g);
    if (is_64) EMIT(i64_const, .i64 = i);
    else EMIT(i32_const, .i32 = (int32_t)i);
    return;
  }
  gen_value(g, is_64 ? WFX_I64 : WFX_I32);
  if (!is_careful) return;
  if (is_64) {
    EMIT(i64_const, .i64 = (int64_t)(below ? below : 1));
    EMIT0(i64_rem_u);
  } else {
    EMIT(i32_const, .i32 = (int32_t)(below ? below : 1));
    EMIT0(i32_rem_u);
  }
}

/* ---- Immediates -------------------------------------------------------------------------- */

/* The access in bits is written in the mnemonic: i64.load32_s, v128.load8x8_s, i32.store,
 * i64.atomic.rmw16.add_u, memory.atomic.wait64. Returns log2 of the bytes. */
static uint32_t natural_align(const char *text) {
  static const char *const words[] = {"load", "store", "rmw", "wait"};
  for (uint32_t i = 0; i < 4; i++) {
    const char *at = strstr(text, words[i]);
    if (!at) continue;
    char *end;
    unsigned long bits = strtoul(at + strlen(words[i]), &end, 10);
    if (*end == 'x') bits *= strtoul(end + 1, NULL, 10);
    if (bits == 0) bits = strtoul(text + 1, NULL, 10);
    uint32_t align = 0;
    while (8ul << align < bits) align++;
    return align;
  }
  return 2; /* memory.atomic.notify */
}

/* The lanes of a shape such as i8x16. */
static uint32_t lanes(const char *text) {
  const char *x = strchr(text, 'x');
  return x ? (uint32_t)strtoul(x + 1, NULL, 10) : 16;
}

/* A memory, or a table, whose addresses are of this type; WFX_BOT: any. */
static uint32_t pick_space(struct gen *g, bool is_table, wfx_valtype t) {
  uint32_t n = is_table ? g->n_tables : g->n_mems, first = gen_below(g, n);
  for (uint32_t k = 0; k < n; k++) {
    uint32_t i = (first + k) % n;
    bool is_64 = is_table ? g->tables[i].is_64 : g->mems[i].is_64;
    if (t == WFX_BOT || is_64 == (t == WFX_I64)) return i;
  }
  return WFX_NO_ID;
}

static wfx_memarg memarg(struct gen *g, const char *text, uint32_t mem) {
  uint32_t natural = natural_align(text);
  wfx_memarg arg = {gen_below(g, 64), g->mems[mem].id, natural};
  if (!strstr(text, "atomic") && gen_chance(g, 30)) arg.align = gen_below(g, natural + 1);
  if (gen_chance(g, 3)) arg.offset = gen_number(g);
  if (!g->mems[mem].is_64) arg.offset = (uint32_t)arg.offset;
  return arg;
}

/* The immediates of a row; space is the memory or table. False without something to name. */
static bool row_imm(struct gen *g, wfx_op op, uint32_t space, wfx_imms *imm) {
  const char *text = rows[op].text;
  uint32_t elem = gen_below(g, g->n_elems), data = gen_below(g, g->n_datas);
  switch (wfx_op_imm(op)) {
  case WFX_IMM_NONE: case WFX_IMM_FENCE: return true;
  case WFX_IMM_MEMARG: imm->memarg.memarg = memarg(g, text, space); return true;
  case WFX_IMM_MEMARG_LANE:
    imm->memarg.memarg = memarg(g, text, space);
    imm->memarg.lane = (uint8_t)gen_below(g, 16u >> natural_align(text));
    return true;
  case WFX_IMM_LANE: imm->lane = (uint8_t)gen_below(g, lanes(text)); return true;
  case WFX_IMM_SHUFFLE:
    for (uint32_t i = 0; i < 16; i++) imm->v128.bytes[i] = (uint8_t)gen_below(g, 32);
    return true;
  case WFX_IMM_MEMORY: imm->memory = g->mems[space].id; return true;
  case WFX_IMM_TABLE: imm->table = g->tables[space].id; return true;
  case WFX_IMM_DATA_MEMORY:
    if (!g->n_datas) return false;
    imm->data_memory.mem = g->mems[space].id;
    imm->data_memory.data = g->datas[data].id;
    return true;
  case WFX_IMM_DATA:
    imm->data = g->datas[data].id;
    return g->n_datas != 0;
  case WFX_IMM_ELEM:
    imm->elem = g->elems[elem].id;
    return g->n_elems != 0;
  default: return false; /* constants are made by gen_const */
  }
}

/* ---- Operands and results ---------------------------------------------------------------- */

static bool is_in(const char *text, const char *const *words, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (strcmp(text, words[i]) == 0) return true;
  return false;
}

/* Push operand k of a row. */
static void operand(struct gen *g, wfx_op op, uint32_t k, uint32_t space) {
  const char *text = rows[op].text;
  char letter = rows[op].sig[k];
  bool is_table = wfx_op_imm(op) == WFX_IMM_TABLE;
  if (letter == 'm') {
    bool is_64 = is_table ? g->tables[space].is_64 : g->mems[space].is_64;
    uint32_t below = op == WFX_OP_memory_grow ? 2 : k == 0 ? 4000 : 200;
    gen_address(g, is_64, below);
    return;
  }
  if (op == WFX_OP_memory_init) {
    gen_address(g, false, 8);
    return;
  }
  wfx_valtype t = types[strchr(letters, letter) - letters];
  bool is_division = strstr(text, ".div_") || strstr(text, ".rem_");
  if (strstr(text, ".trunc_f") && gen_careful(g)) {
    /* A float that the integer type has. */
    gen_address(g, false, 1000);
    if (t == WFX_F32) EMIT0(f32_convert_i32_u);
    else EMIT0(f64_convert_i32_u);
    return;
  }
  gen_value(g, t);
  if (!is_division || k != 1 || !gen_careful(g)) return;
  gen_put(g, t == WFX_I32 ? &(wfx_inst){.op = WFX_OP_i32_const, .imm = {.i32 = 5}}
                          : &(wfx_inst){.op = WFX_OP_i64_const, .imm = {.i64 = 5}});
  if (t == WFX_I32) EMIT0(i32_or);
  else EMIT0(i64_or);
}

/* Whether the bits of a NaN that op gives are open. */
static bool gives_any_nan(const char *text) {
  static const char *const words[] = {"add", "sub", "mul", "div", "sqrt", "min", "max", "ceil",
                                      "floor", "trunc", "nearest", "demote_f64", "promote_f32",
                                      "demote_f64x2_zero", "promote_low_f32x4"};
  const char *dot = strchr(text, '.');
  return text[0] == 'f' && dot && is_in(dot + 1, words, sizeof words / sizeof words[0]);
}

/* The value of type t on the stack, with canonical NaNs. */
static void make_canonical(struct gen *g, wfx_valtype t, bool is_f32) {
  uint32_t tmp = gen_local(g, t);
  wfx_local_id x = g->locals[tmp].id;
  gen_set_local(g, tmp);
  static const uint8_t nan32[4] = {0, 0, 0xc0, 0x7f}, nan64[8] = {0, 0, 0, 0, 0, 0, 0xf8, 0x7f};
  wfx_v128 nans;
  for (uint32_t i = 0; i < 16; i++)
    nans.bytes[i] = is_f32 ? nan32[i % 4] : nan64[i % 8];
  EMIT(local_get, .local = x);
  if (t == WFX_F32) EMIT(f32_const, .f32 = f32_of(0x7fc00000));
  else if (t == WFX_F64) EMIT(f64_const, .f64 = f64_of(0x7ff8000000000000));
  else EMIT(v128_const, .v128 = nans);
  EMIT(local_get, .local = x);
  EMIT(local_get, .local = x);
  if (t == WFX_F32) EMIT0(f32_eq);
  else if (t == WFX_F64) EMIT0(f64_eq);
  else if (is_f32) EMIT0(f32x4_eq);
  else EMIT0(f64x2_eq);
  if (t == WFX_V128) EMIT0(v128_bitselect);
  else EMIT0(select);
  EMIT(local_tee, .local = x); /* others read it */
}

static bool put_row(struct gen *g, wfx_op op, wfx_valtype result) {
  wfx_imm kind = wfx_op_imm(op);
  bool is_table = kind == WFX_IMM_TABLE;
  bool has_space = is_table || kind == WFX_IMM_MEMARG || kind == WFX_IMM_MEMARG_LANE ||
                   kind == WFX_IMM_MEMORY || kind == WFX_IMM_DATA_MEMORY;
  bool gives_m = strchr(rows[op].sig, ':')[1] == 'm';
  uint32_t space =
      has_space ? pick_space(g, is_table, gives_m ? result : (wfx_valtype)WFX_BOT) : 0;
  wfx_inst in = {.op = op};
  if (space == WFX_NO_ID || !row_imm(g, op, space, &in.imm)) return false;
  for (uint32_t k = 0; rows[op].sig[k] != ':'; k++) operand(g, op, k, space);
  gen_put(g, &in);
  if (g->mode == GEN_RUN && gives_any_nan(rows[op].text))
    make_canonical(g, result, rows[op].text[1] == '3');
  return true;
}

bool gen_row_value(struct gen *g, wfx_valtype t) {
  if (t < WFX_I32 || t > WFX_V128) return false;
  uint32_t list = t - WFX_I32;
  return put_row(g, (wfx_op)g->rows[list][gen_below(g, g->n_rows[list])], t);
}

bool gen_row_effect(struct gen *g) {
  return put_row(g, (wfx_op)g->rows[NO_RESULT][gen_below(g, g->n_rows[NO_RESULT])], WFX_BOT);
}
