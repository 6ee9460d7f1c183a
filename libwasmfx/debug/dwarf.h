/* dwarf.h: the numbers of DWARF 5 that are written. Source: DWARF 5, chapter 7; DWARF for
 * WebAssembly. */
#ifndef DEBUG_DWARF_H
#define DEBUG_DWARF_H

enum { DWARF_VERSION = 5, DWARF_ADDRESS_BYTES = 4 };
enum { DW_UT_compile = 0x01 };
enum {
  DW_TAG_formal_parameter = 0x05, DW_TAG_compile_unit = 0x11, DW_TAG_base_type = 0x24,
  DW_TAG_subprogram = 0x2e, DW_TAG_variable = 0x34, DW_TAG_unspecified_type = 0x3b
};
enum {
  DW_AT_location = 0x02, DW_AT_name = 0x03, DW_AT_byte_size = 0x0b, DW_AT_stmt_list = 0x10,
  DW_AT_low_pc = 0x11, DW_AT_high_pc = 0x12, DW_AT_language = 0x13, DW_AT_comp_dir = 0x1b,
  DW_AT_producer = 0x25, DW_AT_decl_file = 0x3a, DW_AT_decl_line = 0x3b,
  DW_AT_encoding = 0x3e, DW_AT_external = 0x3f, DW_AT_type = 0x49
};
enum {
  DW_FORM_addr = 0x01, DW_FORM_data2 = 0x05, DW_FORM_data4 = 0x06, DW_FORM_data1 = 0x0b,
  DW_FORM_strp = 0x0e, DW_FORM_udata = 0x0f, DW_FORM_ref4 = 0x13, DW_FORM_sec_offset = 0x17,
  DW_FORM_exprloc = 0x18, DW_FORM_flag_present = 0x19, DW_FORM_line_strp = 0x1f
};
enum { DW_ATE_float = 0x04, DW_ATE_signed = 0x05, DW_ATE_unsigned = 0x07 };
enum { DW_OP_stack_value = 0x9f, DW_OP_WASM_location = 0xed };
enum { WASM_LOCATION_LOCAL = 0x00 };

enum { DW_LNCT_path = 1, DW_LNCT_directory_index = 2 };
enum {
  DW_LNS_copy = 1, DW_LNS_advance_pc, DW_LNS_advance_line, DW_LNS_set_file, DW_LNS_set_column,
  DW_LNS_set_prologue_end = 10
};
enum { DW_LNE_end_sequence = 1, DW_LNE_set_address = 2 };

#endif
