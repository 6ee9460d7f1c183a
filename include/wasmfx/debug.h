/* debug.h: positions out: a module written together with a source map, and with DWARF.
 *
 * Positions are those of wfx_body_at, of the text that was parsed, and of the modules that were
 * linked. Passes (read.h), clones and linking keep them. Functions decoded from a binary have
 * none, and neither has an instruction whose file or line is unknown. */
#ifndef WASMFX_DEBUG_H
#define WASMFX_DEBUG_H

#include "module.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What is known of a source file. */
typedef struct wfx_source {
  const char *file;    /* as positions name it */
  const char *url;     /* what the source map calls it, a URL; NULL: file, which then is one */
  const char *content; /* its text, n_content bytes of UTF-8; NULL: not known */
  size_t n_content;
} wfx_source;

/* Zero every field and set size to sizeof(wfx_debug_options) for the defaults. */
typedef struct wfx_debug_options {
  size_t size;
  uint32_t flags;            /* of wfx_module_encode */
  /* Source files in the order in which both forms list them, others behind these. Those that no
   * position names are left out. */
  const wfx_source *sources;
  size_t n_sources;
  const char *map_url;       /* for the section sourceMappingURL; NULL: no section */
  const char *map_file;      /* what the source map calls the module; NULL: left out */
  bool embeds_sources;       /* put the texts of the sources into the source map */
  bool has_dwarf;            /* add the sections of DWARF */
  uint16_t language;         /* DW_LANG_*; 0: not said. Debuggers that know nothing but C and
                                its kin want one of theirs */
  const char *producer;      /* NULL: this library */
  const char *dir;           /* where relative file names begin; NULL: not said */
} wfx_debug_options;

/* Encode as wfx_module_encode does, and write where the code comes from. options may be NULL.
 *
 * map  the source map, or NULL when none is wanted: JSON, revision 3. It has one line; a column is
 *      an offset in the bytes of the module. Every function begins with the position of its
 *      declaration, or else of its first instruction. Columns in a source are in UTF-16 code units
 *      where its text is given, else in bytes as they are in positions. Code without a position is
 *      said to have none, and so is what lies behind line 2^31 - 1.
 * out  the module. With has_dwarf it ends in sections of DWARF 5: a compile unit named by the first
 *      source; a subprogram for each function, with its name, result, and offsets in the code
 *      section; its parameters, and its locals that have a name, each found by DW_OP_WASM_location;
 *      and the lines. Reference types are unspecified types by name. Columns above 65535, which
 *      readers cut to 16 bits, are left out.
 * Both are freed with wfx_bytes_free, and are empty on error. What the module has of such sections
 * already is left out when it is asked for anew.
 * Errors  as for wfx_module_encode
 * Cost    beside encoding, the number of positions and names; nothing is kept in the module.
 * Source  ECMA-426; DWARF 5; DWARF for WebAssembly */
WFX_API wfx_status wfx_module_encode_debug(wfx_module *m, const wfx_debug_options *options,
                                           wfx_bytes *out, wfx_bytes *map);

#ifdef __cplusplus
}
#endif
#endif
