/* test_debug.c: source maps and line tables, read back by readers of the test's own and held
 * against what the module itself says of every instruction. */
#include "unit/text_unit.h"
#include "unit/binary_unit.h"

#include <stdio.h>

#include "base/leb.h"

/* ---- A reader of source maps ------------------------------------------------------------- */

/* Where code from an offset on comes from; file "" for nowhere. */
struct found {
  uint64_t at;
  char file[64];
  uint32_t line, column; /* from 1; column 0: unknown */
  bool is_end;           /* the end of a sequence */
};
struct found_table {
  struct found *rows;
  size_t n;
};

static struct found *add_row(struct found_table *t) {
  t->rows = realloc(t->rows, (t->n + 1) * sizeof *t->rows);
  struct found *row = &t->rows[t->n++];
  memset(row, 0, sizeof *row);
  return row;
}

/* What holds at an offset, or NULL. */
static const struct found *look_up(const struct found_table *t, uint64_t at) {
  const struct found *best = NULL;
  for (size_t i = 0; i < t->n; i++)
    if (t->rows[i].at <= at && (best == NULL || t->rows[i].at >= best->at)) best = &t->rows[i];
  return best;
}

/* The string of member key in JSON made by us, where no string holds a quote. */
static const char *json_member(wfx_bytes json, const char *key, const char *end) {
  char *text = malloc(json.n + 1), *at;
  memcpy(text, json.data, json.n);
  text[json.n] = '\0';
  at = strstr(text, key);
  assert_non_null(at);
  at += strlen(key);
  char *stop = strstr(at, end);
  assert_non_null(stop);
  *stop = '\0';
  char *copy = strdup(at);
  free(text);
  return copy;
}

static const char *read_vlq(const char *at, int64_t *out) {
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  uint64_t x = 0, digit;
  unsigned shift = 0;
  do {
    const char *found = strchr(digits, *at++);
    assert_non_null(found);
    digit = (uint64_t)(found - digits);
    x |= (digit & 31) << shift;
    shift += 5;
  } while (digit & 32);
  *out += x & 1 ? -(int64_t)(x >> 1) : (int64_t)(x >> 1);
  return at;
}

/* Source number i of a list of strings without their first and last quote. */
static void copy_source(const char *sources, int64_t i, char *out, size_t n) {
  for (; i > 0; i--) {
    sources = strstr(sources, "\",\"");
    assert_non_null(sources);
    sources += 3;
  }
  const char *end = strstr(sources, "\",\"");
  size_t len = end ? (size_t)(end - sources) : strlen(sources);
  assert_true(len < n);
  memcpy(out, sources, len);
  out[len] = '\0';
}

static struct found_table read_map(wfx_bytes map) {
  struct found_table t = {NULL, 0};
  const char *sources = json_member(map, "\"sources\":[", "],");
  const char *mappings = json_member(map, "\"mappings\":\"", "\"}");
  int64_t at = 0, source = 0, line = 0, column = 0;
  for (const char *p = mappings; *p;) {
    p = read_vlq(p, &at);
    struct found *row = add_row(&t);
    row->at = (uint64_t)at;
    if (*p != ',' && *p != '\0') {
      p = read_vlq(read_vlq(read_vlq(p, &source), &line), &column);
      row->line = (uint32_t)(line + 1);
      row->column = (uint32_t)(column + 1);
      copy_source(sources[0] == '"' ? sources + 1 : sources, source, row->file,
                  sizeof row->file);
      char *quote = strrchr(row->file, '"'); /* behind the last one */
      if (quote && quote[1] == '\0') *quote = '\0';
    }
    if (*p == ',') p++;
  }
  free((void *)sources);
  free((void *)mappings);
  return t;
}

/* ---- A reader of line tables ------------------------------------------------------------- */

static bool find_section(wfx_bytes m, const char *name, wfx_section *out) {
  for (size_t at = 0; wfx_section_next(m.data, m.n, &at, out);)
    if (out->name.n == strlen(name) && memcmp(out->name.data, name, out->name.n) == 0)
      return true;
  return false;
}

static uint64_t read_bits(const uint8_t **at, unsigned n) {
  uint64_t x = 0;
  for (unsigned i = 0; i < n; i++) x |= (uint64_t)*(*at)++ << 8 * i;
  return x;
}
static uint64_t read_uleb(const uint8_t **at) {
  uint64_t x;
  assert_int_equal(wfx__leb_read_u(at, *at + 10, 64, &x), LEB_OK);
  return x;
}
static int64_t read_sleb(const uint8_t **at) {
  int64_t x;
  assert_int_equal(wfx__leb_read_s(at, *at + 10, 64, &x), LEB_OK);
  return x;
}

/* The registers of the line number program, and what its header says. */
struct line_reader {
  const uint8_t *at, *end;
  const char *strings;
  uint64_t names[64];
  uint64_t address, file, line, column;
  int line_base;
  unsigned line_range, opcode_base;
};

static void read_line_header(struct line_reader *r) {
  const uint8_t **at = &r->at;
  uint64_t n = read_bits(at, 4);
  r->end = r->at + n;
  assert_int_equal(read_bits(at, 2), 5);
  assert_int_equal(read_bits(at, 2), 4); /* address size, selector size */
  n = read_bits(at, 4);
  const uint8_t *program = r->at + n;
  assert_int_equal(read_bits(at, 3), 0x010101);
  r->line_base = (int8_t)read_bits(at, 1);
  r->line_range = (unsigned)read_bits(at, 1);
  r->opcode_base = (unsigned)read_bits(at, 1);
  r->at += r->opcode_base - 1;
  assert_int_equal(read_bits(at, 3), 0x1f0101); /* one path in .debug_line_str */
  assert_int_equal(read_uleb(at), 1);
  r->at += 4;
  assert_int_equal(read_bits(at, 5), 0x0f021f0102); /* path, and number of the folder */
  n = read_uleb(at);
  assert_true(n <= 64);
  for (uint64_t i = 0; i < n; i++) {
    r->names[i] = read_bits(at, 4);
    assert_int_equal(read_uleb(at), 0);
  }
  assert_ptr_equal(r->at, program);
}

static void line_row(struct found_table *t, const struct line_reader *r, bool is_end) {
  struct found *row = add_row(t);
  row->at = r->address;
  row->is_end = is_end;
  row->line = (uint32_t)r->line;
  row->column = (uint32_t)r->column;
  if (r->line != 0 && !is_end)
    snprintf(row->file, sizeof row->file, "%s", r->strings + r->names[r->file]);
}

static void reset_line(struct line_reader *r) {
  r->address = r->column = 0;
  r->file = r->line = 1;
}

static void step_line(struct found_table *t, struct line_reader *r) {
  const uint8_t **at = &r->at;
  unsigned op = (unsigned)read_bits(at, 1);
  if (op >= r->opcode_base) {
    op -= r->opcode_base;
    r->address += op / r->line_range;
    r->line += (uint64_t)(int64_t)(r->line_base + (int)(op % r->line_range));
    line_row(t, r, false);
    return;
  }
  switch (op) {
  case 0:
    if (read_uleb(at) == 5) {
      assert_int_equal(read_bits(at, 1), 2);
      r->address = read_bits(at, 4);
    } else {
      assert_int_equal(read_bits(at, 1), 1);
      line_row(t, r, true);
      reset_line(r);
    }
    return;
  case 1: line_row(t, r, false); return;
  case 2: r->address += read_uleb(at); return;
  case 3: r->line += (uint64_t)read_sleb(at); return;
  case 4: r->file = read_uleb(at); return;
  case 5: r->column = read_uleb(at); return;
  case 10: return;
  default: fail_msg("line opcode %u", op);
  }
}

static struct found_table read_lines(wfx_bytes m) {
  struct found_table t = {NULL, 0};
  wfx_section lines, strings;
  if (!find_section(m, ".debug_line", &lines)) return t;
  assert_true(find_section(m, ".debug_line_str", &strings));
  struct line_reader r = {.at = m.data + lines.content,
                          .strings = (const char *)m.data + strings.content};
  read_line_header(&r);
  assert_ptr_equal(r.end, m.data + lines.end);
  reset_line(&r);
  while (r.at != r.end) step_line(&t, &r);
  return t;
}

/* ---- Holding them against the module ----------------------------------------------------- */

/* The function of the same name. */
static uint32_t find_named(const wfx_module *m, wfx_str name) {
  for (uint32_t i = 0; i < m->funcs.n; i++) {
    wfx_str other = m->funcs.data[i].decl.name;
    if (other.data && other.n == name.n && memcmp(other.data, name.data, name.n) == 0) return i;
  }
  fail_msg("no function %s", name.data);
  return 0;
}

static void check_row(const struct found *row, wfx_loc want, uint32_t max_column,
                      bool is_column_0_first) {
  if (!want.file || want.line == 0) {
    assert_true(row == NULL || row->line == 0);
    return;
  }
  uint32_t column = want.column > max_column ? 0 : want.column;
  if (column == 0 && is_column_0_first) column = 1;
  assert_non_null(row);
  assert_false(row->is_end);
  assert_string_equal(row->file, want.file);
  assert_int_equal(row->line, want.line);
  assert_int_equal(row->column, column);
}

/* Encode m and compare, instruction by instruction. All functions have names. Returns how many
 * instructions there were. */
static size_t check_positions(wfx_module *m) {
  const wfx_ctx *ctx = m->ctx;
  wfx_debug_options o = {.size = sizeof o, .has_dwarf = true};
  wfx_bytes out, map, plain;
  if (wfx_module_encode_debug(m, &o, &out, &map) != WFX_OK)
    fail_msg("%s", wfx_module_diag(m, 0)->message);
  assert_int_equal(wfx_module_encode(m, 0, &plain), WFX_OK);
  assert_true(out.n > plain.n);
  assert_memory_equal(out.data, plain.data, plain.n);
  struct found_table mapped = read_map(map), lines = read_lines(out);
  wfx_section code = {.content = 0};
  find_section(out, "code", &code);
  wfx_module *copy = wfx_module_new(ctx);
  assert_int_equal(wfx_module_decode(copy, out.data, out.n), WFX_OK);
  assert_int_equal(wfx_module_validate(copy), WFX_OK);
  size_t n_insts = 0;
  for (uint32_t i = 0; i < m->funcs.n; i++) {
    if (m->funcs.data[i].decl.import != WFX_NO_ID) continue;
    uint32_t k = find_named(copy, m->funcs.data[i].decl.name);
    wfx_reader *from = wfx_reader_open(m, (wfx_func_id){i}, 0);
    wfx_reader *to = wfx_reader_open(copy, (wfx_func_id){k}, 0);
    wfx_inst want, got;
    while (wfx_reader_next(from, &want)) {
      assert_true(wfx_reader_next(to, &got));
      assert_int_equal(got.op, want.op);
      check_row(look_up(&mapped, got.loc.offset), want.loc, UINT32_MAX, true);
      check_row(look_up(&lines, got.loc.offset - code.content), want.loc, 65535, false);
      n_insts++;
    }
    assert_false(wfx_reader_next(to, &got));
    wfx_reader_close(from);
    wfx_reader_close(to);
  }
  wfx_module_free(copy);
  free(mapped.rows);
  free(lines.rows);
  wfx_bytes_free(ctx, &plain);
  wfx_bytes_free(ctx, &out);
  wfx_bytes_free(ctx, &map);
  return n_insts;
}

/* ---- Modules ----------------------------------------------------------------------------- */

static wfx_body *open_func(wfx_module *m, const char *name, wfx_type_id type) {
  wfx_func_id f = wfx_module_add_func(m, name, type);
  return wfx_body_open(m, f, WFX_CHECKED);
}

static void close_body(wfx_body *b) { assert_int_equal(wfx_body_close(b), WFX_OK); }

/* Functions of all kinds: with positions, without, empty, imported behind the others, in many
 * files, with wild numbers and names. */
static wfx_module *build_wild(const wfx_ctx *ctx) {
  static const uint32_t numbers[] = {1, 2, 7, 8, 3, 100, 65535, 65536, 70000, 1, 2147483647, 5};
  wfx_module *m = wfx_module_new(ctx);
  wfx_type_id none = wfx_type_func(m, NULL, 0, NULL, 0);
  wfx_body *b = open_func(m, "wild", none);
  wfx_emit_nop(b); /* from nowhere */
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
    for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++) {
      char file[32];
      snprintf(file, sizeof file, "dir %zu/\xc3\xa4 [%%].src", k % 3);
      wfx_body_at(b, file, numbers[i], numbers[k]);
      wfx_emit_nop(b);
      wfx_emit_nop(b);
    }
  wfx_body_at(b, "a.src", 9, 0); /* no column */
  wfx_emit_nop(b);
  wfx_body_at(b, NULL, 10, 1); /* no file */
  wfx_emit_nop(b);
  wfx_body_at(b, "a.src", 0, 0); /* no line */
  wfx_emit_nop(b);
  close_body(b);
  close_body(open_func(m, "empty", none));
  b = open_func(m, "nowhere", none);
  for (int i = 0; i < 300; i++) wfx_emit_nop(b);
  close_body(b);
  b = open_func(m, "files", none);
  for (uint32_t i = 0; i < 40; i++) {
    char file[32];
    snprintf(file, sizeof file, "f%u.src", i * 7 % 40);
    wfx_body_at(b, file, i + 1, i + 1);
    wfx_emit_i32_const(b, (int32_t)(i << i % 30));
    wfx_emit_drop(b);
  }
  close_body(b);
  wfx_import_func(m, "env", "late", none);
  return m;
}

static void test_built(void **state) {
  wfx_module *m = build_wild(text_ctx(state));
  assert_int_equal(check_positions(m), 4 + 2 * 144 + 4 + 300 + 80);
  wfx_module_free(m);
}

static const char text[] =
    "(module\n"
    "  (import \"env\" \"log\" (func $log (param i32)))\n"
    "  (func $fold (param $a i32) (result i32)\n"
    "    (local $l i64)\n"
    "    (if (result i32) (local.get $a)\n"
    "      (then (call $log (local.get $a))\n"
    "            (i32.const 1))\n"
    "      (else (i32.const\n"
    "        2))))\n"
    "  (func $flat\n"
    "    block\n"
    "      loop\n"
    "        br 1\n"
    "      end\n"
    "    end))\n";

static void test_text(void **state) {
  wfx_module *m = text_parse(text_ctx(state), text);
  assert_int_equal(check_positions(m), 9 + 6);
  wfx_module_free(m);
}

static void test_nothing(void **state) {
  wfx_module *m = wfx_module_new(text_ctx(state));
  assert_int_equal(check_positions(m), 0);
  wfx_module_free(m);
}

/* A source map has the lines up to 2^31 - 1 only; more are no position there. */
static void test_far_lines(void **state) {
  const wfx_ctx *ctx = text_ctx(state);
  wfx_module *m = wfx_module_new(ctx);
  wfx_body *b = open_func(m, "far", wfx_type_func(m, NULL, 0, NULL, 0));
  wfx_body_at(b, "far.src", UINT32_MAX, 1);
  wfx_emit_nop(b);
  close_body(b);
  wfx_debug_options o = {.size = sizeof o, .has_dwarf = true};
  wfx_bytes out, map;
  assert_int_equal(wfx_module_encode_debug(m, &o, &out, &map), WFX_OK);
  struct found_table mapped = read_map(map), lines = read_lines(out);
  assert_int_equal(mapped.n, 0);
  assert_int_equal(lines.n, 3);
  assert_int_equal(lines.rows[1].line, UINT32_MAX);
  free(mapped.rows);
  free(lines.rows);
  wfx_bytes_free(ctx, &out);
  wfx_bytes_free(ctx, &map);
  wfx_module_free(m);
}

/* ---- What keeps positions ---------------------------------------------------------------- */

/* A pass that copies every instruction, behind one of its own that comes from nowhere. */
static void rewrite(wfx_module *m, uint32_t func) {
  wfx_reader *r = wfx_reader_open(m, (wfx_func_id){func}, 0);
  wfx_body *b = wfx_body_reopen(m, (wfx_func_id){func}, WFX_CHECKED);
  wfx_inst in;
  wfx_emit_nop(b);
  while (wfx_reader_next(r, &in)) wfx_reader_copy(r, b, &in);
  wfx_reader_close(r);
  close_body(b);
}

static void test_pass(void **state) {
  wfx_module *m = build_wild(text_ctx(state)), *old = wfx_module_clone(m);
  for (uint32_t i = 0; i < m->funcs.n; i++) {
    if (m->funcs.data[i].decl.import != WFX_NO_ID) continue;
    rewrite(m, i);
    wfx_reader *now = wfx_reader_open(m, (wfx_func_id){i}, 0);
    wfx_reader *before = wfx_reader_open(old, (wfx_func_id){i}, 0);
    wfx_inst a, b;
    assert_true(wfx_reader_next(now, &a));
    assert_int_equal(a.loc.line, 0);
    while (wfx_reader_next(now, &a)) {
      assert_true(wfx_reader_next(before, &b));
      assert_int_equal(a.loc.line, b.loc.line);
      assert_int_equal(a.loc.column, b.loc.column);
      if (!b.loc.file) assert_null(a.loc.file);
      else assert_string_equal(a.loc.file, b.loc.file);
    }
    wfx_reader_close(now);
    wfx_reader_close(before);
  }
  assert_int_equal(check_positions(m), 4 + 2 * 144 + 4 + 300 + 80 + 4);
  assert_int_equal(check_positions(old), 4 + 2 * 144 + 4 + 300 + 80);
  wfx_module_free(old);
  wfx_module_free(m);
}

static void test_link(void **state) {
  const wfx_ctx *ctx = text_ctx(state);
  wfx_module *a = text_parse(ctx, "(module (import \"b\" \"g\" (func $g))\n"
                                  " (func $f (export \"f\") (call $g)\n (nop)))");
  wfx_module *b = wfx_module_new(ctx), *out = wfx_module_new(ctx);
  wfx_body *body = open_func(b, "g", wfx_type_func(b, NULL, 0, NULL, 0));
  wfx_body_at(body, "b.src", 7, 3);
  wfx_emit_nop(body);
  close_body(body);
  wfx_export_func(b, "g", (wfx_func_id){0});
  wfx_linker *l = wfx_linker_new(ctx);
  wfx_linker_add(l, "a", a);
  wfx_linker_add(l, "b", b);
  assert_int_equal(wfx_linker_link(l, 0, out), WFX_OK);
  assert_int_equal(check_positions(out), 3 + 2);
  wfx_reader *r = wfx_reader_open(out, (wfx_func_id){find_named(out, (wfx_str){"g", 1})}, 0);
  wfx_inst in;
  assert_true(wfx_reader_next(r, &in));
  assert_string_equal(in.loc.file, "b.src");
  assert_int_equal(in.loc.line, 7);
  wfx_reader_close(r);
  wfx_linker_free(l);
  wfx_module_free(out);
  wfx_module_free(b);
  wfx_module_free(a);
}

/* ---- Sections of the input --------------------------------------------------------------- */

static bool has_section(wfx_bytes m, const char *name) {
  wfx_section s;
  return find_section(m, name, &s);
}

static wfx_bytes encode(wfx_module *m, uint32_t flags) {
  wfx_bytes out;
  assert_int_equal(wfx_module_encode(m, flags, &out), WFX_OK);
  return out;
}

/* A decoded module with a source map, DWARF and a section of another kind. */
static wfx_module *decode_debug(const wfx_ctx *ctx, wfx_bytes *bytes) {
  wfx_module *m = text_parse(ctx, text), *decoded = wfx_module_new(ctx);
  wfx_debug_options o = {.size = sizeof o, .map_url = "test.map", .has_dwarf = true};
  wfx_module_add_custom(m, "other", "x", 1);
  assert_int_equal(wfx_module_encode_debug(m, &o, bytes, NULL), WFX_OK);
  assert_int_equal(wfx_module_decode(decoded, bytes->data, bytes->n), WFX_OK);
  wfx_module_free(m);
  return decoded;
}

static void check_kept(const wfx_ctx *ctx, wfx_bytes out, bool has_map, bool has_dwarf) {
  assert_int_equal(has_section(out, "sourceMappingURL"), has_map);
  assert_int_equal(has_section(out, ".debug_info"), has_dwarf);
  assert_int_equal(has_section(out, ".debug_line"), has_dwarf);
  assert_true(has_section(out, "other"));
  wfx_bytes_free(ctx, &out);
}

static void test_kept(void **state) {
  const wfx_ctx *ctx = text_ctx(state);
  wfx_bytes bytes;
  wfx_module *m = decode_debug(ctx, &bytes);
  wfx_bytes same = encode(m, 0);
  assert_int_equal(same.n, bytes.n);
  assert_memory_equal(same.data, bytes.data, bytes.n);
  wfx_bytes_free(ctx, &same);
  /* In front of the same code there is more. */
  wfx_module *moved = wfx_module_clone(m);
  wfx_export_func(moved, "another name", (wfx_func_id){1});
  check_kept(ctx, encode(moved, 0), false, true);
  wfx_module_free(moved);
  /* Other code. */
  wfx_module *changed = wfx_module_clone(m);
  rewrite(changed, 1);
  check_kept(ctx, encode(changed, 0), false, false);
  wfx_module_free(changed);
  /* What is asked for takes the place of what was there. */
  wfx_debug_options o = {.size = sizeof o, .map_url = "new.map", .has_dwarf = true};
  wfx_bytes out;
  assert_int_equal(wfx_module_encode_debug(m, &o, &out, NULL), WFX_OK);
  size_t n_maps = 0, n_infos = 0;
  wfx_section s;
  for (size_t at = 0; wfx_section_next(out.data, out.n, &at, &s);) {
    if (s.id == 0) n_maps += s.name.n == 16 && memcmp(s.name.data, "sourceMappingURL", 16) == 0;
    if (s.id == 0) n_infos += s.name.n == 11 && memcmp(s.name.data, ".debug_info", 11) == 0;
  }
  assert_int_equal(n_maps, 1);
  assert_int_equal(n_infos, 1);
  wfx_bytes_free(ctx, &out);
  /* A section that the client adds is its own affair. */
  wfx_module_add_custom(m, ".debug_names", "x", 1);
  rewrite(m, 1);
  out = encode(m, 0);
  assert_true(has_section(out, ".debug_names"));
  check_kept(ctx, out, false, false);
  wfx_module_free(m);
  wfx_bytes_free(ctx, &bytes);
}

static void test_link_drops(void **state) {
  const wfx_ctx *ctx = text_ctx(state);
  wfx_bytes bytes;
  wfx_module *m = decode_debug(ctx, &bytes), *out = wfx_module_new(ctx);
  wfx_linker *l = wfx_linker_new(ctx);
  wfx_linker_add(l, "a", m);
  assert_int_equal(wfx_linker_link(l, WFX_LINK_KEEP_ALL, out), WFX_OK);
  check_kept(ctx, encode(out, 0), false, false);
  wfx_linker_free(l);
  wfx_module_free(out);
  wfx_module_free(m);
  wfx_bytes_free(ctx, &bytes);
}

/* ---- The source map as text -------------------------------------------------------------- */

static void test_json(void **state) {
  const wfx_ctx *ctx = text_ctx(state);
  wfx_module *m = wfx_module_new(ctx);
  wfx_body *b = open_func(m, "f", wfx_type_func(m, NULL, 0, NULL, 0));
  wfx_body_at(b, "b\xff\"\\\n.src", 1, 1);
  wfx_emit_nop(b);
  wfx_body_at(b, "a.src", 1, 1);
  wfx_emit_nop(b);
  close_body(b);
  const wfx_source sources[] = {{"unused.src", NULL, "no", 2},
                                {"a.src", "../a", "one\n\ttwo\x80", 9},
                                {"a.src", "../twice", NULL, 0}};
  wfx_debug_options o = {.size = sizeof o, .sources = sources, .n_sources = 3,
                         .map_file = "m.wasm", .embeds_sources = true};
  wfx_bytes out, map;
  assert_int_equal(wfx_module_encode_debug(m, &o, &out, &map), WFX_OK);
  static const char want[] =
      "{\"version\":3,\"file\":\"m.wasm\",\"sources\":[\"../a\",\"b\\ufffd\\\"\\\\\\n.src\"],"
      "\"sourcesContent\":[\"one\\n\\u0009two\\ufffd\",null],\"names\":[],"
      "\"mappings\":\"sBCAA,CAAA,CDAA,E\"}\n";
  assert_int_equal(map.n, strlen(want));
  assert_memory_equal(map.data, want, map.n);
  wfx_bytes plain = encode(m, 0);
  assert_int_equal(out.n, plain.n);
  wfx_bytes_free(ctx, &plain);
  wfx_bytes_free(ctx, &out);
  wfx_bytes_free(ctx, &map);
  wfx_module_free(m);
}

/* Columns become UTF-16 code units when the text is there. */
static void test_columns(void **state) {
  static const char source[] = "a\n\xc3\xa4 x \xf0\x9f\x98\x80 y\n\xff\xe2\x82\xac z"
                               "\r\xc3\xa4 x\r\n\xc3\xa4 x\n\r\xc3\xa4 x\r";
  static const struct {
    uint32_t line, bytes, units;
  } columns[] = {{1, 1, 1}, {2, 1, 1}, {2, 4, 3}, {2, 6, 5}, {2, 11, 8}, {3, 2, 2},
                 {3, 6, 4}, {4, 4, 3}, {5, 4, 3}, {6, 1, 1}, {7, 4, 3}, {8, 1, 1},
                 {9, 9, 9}};
  const wfx_ctx *ctx = text_ctx(state);
  wfx_module *m = wfx_module_new(ctx);
  wfx_body *b = open_func(m, "f", wfx_type_func(m, NULL, 0, NULL, 0));
  for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
    wfx_body_at(b, "c.src", columns[i].line, columns[i].bytes);
    wfx_emit_nop(b);
  }
  close_body(b);
  for (int has_text = 0; has_text < 2; has_text++) {
    wfx_source s = {"c.src", NULL, has_text ? source : NULL, sizeof source - 1};
    wfx_debug_options o = {.size = sizeof o, .sources = &s, .n_sources = 1};
    wfx_bytes out, map;
    assert_int_equal(wfx_module_encode_debug(m, &o, &out, &map), WFX_OK);
    struct found_table t = read_map(map);
    assert_int_equal(t.n, 1 + sizeof columns / sizeof *columns + 1);
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
      assert_int_equal(t.rows[1 + i].line, columns[i].line);
      assert_int_equal(t.rows[1 + i].column, has_text ? columns[i].units : columns[i].bytes);
    }
    free(t.rows);
    wfx_bytes_free(ctx, &out);
    wfx_bytes_free(ctx, &map);
  }
  wfx_module_free(m);
}

/* Names of what is not there, and modules that are not valid: of modules with a few bytes changed
 * that still decode, DWARF is written or refused as the module itself is. */
static void test_wild_input(void **state) {
  const wfx_ctx *ctx = text_ctx(state);
  struct hex h = hex_module(sink_text);
  uint64_t seed = 1;
  size_t n_written = 0;
  for (int i = 0; i < TEXT_MANY(4000); i++) {
    struct hex changed = h;
    for (int k = 0; k < 3; k++) {
      seed = seed * 6364136223846793005u + 1442695040888963407u;
      if (i != 0) changed.data[8 + (seed >> 33) % (h.n - 8)] = (uint8_t)(seed >> 24);
    }
    wfx_module *m = wfx_module_new(ctx);
    if (wfx_module_decode(m, changed.data, changed.n) == WFX_OK) {
      wfx_debug_options o = {.size = sizeof o, .has_dwarf = true, .map_url = "m"};
      wfx_bytes out, map;
      wfx_status status = wfx_module_encode_debug(m, &o, &out, &map);
      assert_int_equal(status == WFX_OK, has_section(out, ".debug_info"));
      n_written += status == WFX_OK;
      wfx_bytes_free(ctx, &out);
      wfx_bytes_free(ctx, &map);
    }
    wfx_module_free(m);
  }
  assert_true(n_written > TEXT_MANY(400));
}

/* Errors are those of encoding, and leave nothing. */
static void test_errors(void **state) {
  const wfx_ctx *ctx = text_ctx(state);
  wfx_module *m = wfx_module_new(ctx);
  wfx_module_add_func(m, "f", wfx_type_func(m, NULL, 0, NULL, 0));
  wfx_bytes out = {(uint8_t *)1, 1}, map = out;
  assert_int_equal(wfx_module_encode_debug(m, NULL, &out, &map), WFX_MISUSE);
  assert_null(out.data);
  assert_null(map.data);
  wfx_module_free(m);
}

int main(void) {
#define TEST(f) cmocka_unit_test_setup_teardown(f, text_setup, text_teardown)
  const struct CMUnitTest tests[] = {
      TEST(test_built),     TEST(test_text), TEST(test_nothing),    TEST(test_far_lines),
      TEST(test_pass),      TEST(test_link), TEST(test_kept),       TEST(test_link_drops),
      TEST(test_json),      TEST(test_errors), TEST(test_wild_input), TEST(test_columns),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
