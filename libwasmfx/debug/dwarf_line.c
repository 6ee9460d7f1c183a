/* dwarf_line.c: the line table. Source: DWARF 5, Line Number Information.
 *
 * One sequence of rows a function, so that what lies between functions belongs to no line. The
 * first row is that of its locals; the row of the first instruction ends the prologue. */
#include "debug/dwarf.h"
#include "debug/positions.h"

/* A special opcode moves the address and the line at once: its number less OPCODE_BASE is
 * (line step - LINE_BASE) + LINE_RANGE * address step. */
enum { LINE_BASE = -5, LINE_RANGE = 14, OPCODE_BASE = 13, OPCODE_MAX = 255 };
enum { COLUMN_MAX = UINT16_MAX };

static void put_header(const struct positions *p, struct sink *s, const uint32_t *names,
                       uint32_t dir) {
  static const uint8_t n_operands[OPCODE_BASE - 1] = {0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1};
  put_u16(s, DWARF_VERSION);
  put_u8(s, DWARF_ADDRESS_BYTES);
  put_u8(s, 0); /* bytes of a segment selector */
  size_t begin = put_length(s);
  put_u8(s, 1); /* bytes of the shortest instruction */
  put_u8(s, 1); /* operations in one */
  put_u8(s, 1); /* is_stmt */
  put_u8(s, (uint8_t)LINE_BASE);
  put_u8(s, LINE_RANGE);
  put_u8(s, OPCODE_BASE);
  put_bytes(s, n_operands, sizeof n_operands);
  put_u8(s, 1); /* what is said of a folder */
  put_uleb(s, DW_LNCT_path);
  put_uleb(s, DW_FORM_line_strp);
  put_uleb(s, 1);
  put_u32(s, dir);
  put_u8(s, 2); /* what is said of a file */
  put_uleb(s, DW_LNCT_path);
  put_uleb(s, DW_FORM_line_strp);
  put_uleb(s, DW_LNCT_directory_index);
  put_uleb(s, DW_FORM_udata);
  put_uleb(s, p->sources.n);
  for (size_t i = 0; i < p->sources.n; i++) {
    put_u32(s, names[i]);
    put_uleb(s, 0);
  }
  set_length(s, begin);
}

/* The registers of the line number program, as a reader has them. */
struct line_row {
  uint32_t address, file, line, column;
};

static void begin_sequence(struct sink *s, struct line_row *last, uint32_t address) {
  *last = (struct line_row){address, 1, 1, 0};
  put_u8(s, 0);
  put_uleb(s, 1 + DWARF_ADDRESS_BYTES);
  put_u8(s, DW_LNE_set_address);
  put_u32(s, address);
}

static void end_sequence(struct sink *s, const struct line_row *last, uint32_t address) {
  put_u8(s, DW_LNS_advance_pc);
  put_uleb(s, address - last->address);
  put_u8(s, 0);
  put_uleb(s, 1);
  put_u8(s, DW_LNE_end_sequence);
}

/* The row for what follows address; line 0 says that it has none. */
static void put_row(struct sink *s, struct line_row *last, uint32_t address, struct source_pos pos) {
  uint32_t column = pos.column <= COLUMN_MAX ? pos.column : 0;
  uint32_t file = pos.line != 0 ? pos.source : last->file;
  if (file != last->file) {
    put_u8(s, DW_LNS_set_file);
    put_uleb(s, file);
  }
  if (column != last->column) {
    put_u8(s, DW_LNS_set_column);
    put_uleb(s, column);
  }
  uint64_t step = address - last->address;
  int64_t line_step = (int64_t)pos.line - last->line;
  bool is_near = line_step >= LINE_BASE && line_step < LINE_BASE + LINE_RANGE;
  uint64_t special = OPCODE_BASE + (uint64_t)(line_step - LINE_BASE) + LINE_RANGE * step;
  if (is_near && special <= OPCODE_MAX) {
    put_u8(s, (uint8_t)special);
  } else {
    put_u8(s, DW_LNS_advance_pc);
    put_uleb(s, step);
    put_u8(s, DW_LNS_advance_line);
    put_sleb(s, line_step);
    put_u8(s, DW_LNS_copy);
  }
  *last = (struct line_row){address, file, pos.line, column};
}

static void put_func(const struct positions *p, struct sink *s, const struct func_place *f) {
  struct line_row last;
  begin_sequence(s, &last, f->begin);
  put_row(s, &last, f->begin, wfx__begin_pos(p, f));
  for (size_t i = f->first; i < f->first + f->n; i++) {
    const struct place *at = &p->places.places.data[i];
    if (i == f->first) put_u8(s, DW_LNS_set_prologue_end);
    put_row(s, &last, f->begin + at->offset, wfx__source_pos(p, at->pos));
  }
  end_sequence(s, &last, f->end);
}

void wfx__put_dwarf_lines(const struct positions *p, struct sink *s, const uint32_t *names,
                          uint32_t dir) {
  size_t begin = put_length(s);
  put_header(p, s, names, dir);
  for (size_t i = 0; i < p->places.funcs.n; i++) {
    const struct func_place *f = &p->places.funcs.data[i];
    /* One place without a line says no more than no row at all. */
    if (wfx__begin_pos(p, f).line != 0 || f->n > 1) put_func(p, s, f);
  }
  set_length(s, begin);
}
