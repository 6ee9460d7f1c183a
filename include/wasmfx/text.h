/* text.h: the text format. Spec: Text Format. */
#ifndef WASMFX_TEXT_H
#define WASMFX_TEXT_H

#include "module.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Parse the text of one module into m, which must be empty. file is the name used in positions,
 * or NULL. Of "(module binary "..." ...)" the strings are decoded, as by wfx_module_decode.
 * Errors  WFX_MALFORMED  with line and column; of a binary one, with the offset in its bytes
 *         WFX_MISUSE     m is not empty */
WFX_API wfx_status wfx_module_parse(wfx_module *m, const char *text, size_t n_bytes,
                                    const char *file);

enum {
  WFX_PRINT_FOLDED = 1,   /* operands inside parentheses where the types allow */
  WFX_PRINT_NO_NAMES = 2  /* indices only */
};

/* Print as text into out, which the caller frees with wfx_bytes_free. What is printed parses to
 * the same module. Custom sections are printed as they are, also those that say where code was in a
 * binary: drop them (wfx_module_drop_custom) where it has changed. */
WFX_API wfx_status wfx_module_print(wfx_module *m, uint32_t flags, wfx_bytes *out);
/* Print one function only. */
WFX_API wfx_status wfx_func_print(wfx_module *m, wfx_func_id f, uint32_t flags, wfx_bytes *out);

/* ---- Test scripts ------------------------------------------------------------------------
 *
 * The official test suite is made of scripts (.wast): modules, calls, and what must come of
 * them. A script is read here command by command, as data; to run it is the client's affair.
 * All strings and arrays are borrowed until the script is closed. */

typedef struct wfx_script wfx_script;

/* Open a script; text is copied, file is the name used in positions or NULL. NULL when memory
 * is out; a text that is no script is an error of wfx_script_next.
 * Owned by the caller: wfx_script_close. */
WFX_API WFX_OWN wfx_script *wfx_script_open(const wfx_ctx *ctx, const char *text,
                                            size_t n_bytes, const char *file);
WFX_API void wfx_script_close(wfx_script *s);

typedef enum wfx_pattern_kind {
  WFX_PATTERN_BITS,  /* a number or vector */
  WFX_PATTERN_NULL,  /* null */
  WFX_PATTERN_HOST,  /* the reference to the host's object number host */
  WFX_PATTERN_REF,   /* any reference of the type but null */
  WFX_PATTERN_EITHER /* what one of the alternatives says */
} wfx_pattern_kind;

typedef enum wfx_nan { WFX_NAN_EXACT, WFX_NAN_CANONICAL, WFX_NAN_ARITHMETIC } wfx_nan;

/* What a result must be; an argument is one of the first three kinds, without NaN patterns. */
typedef struct wfx_pattern {
  wfx_pattern_kind kind;
  wfx_valtype type;   /* WFX_BOT: null of any type; not for EITHER */
  wfx_valtype lane;   /* BITS: what a vector is made of, WFX_I8 to WFX_F64; or type itself */
  uint8_t bits[16];   /* BITS: little-endian, lane after lane */
  wfx_nan nan[4];     /* BITS, by lane of type f32 or f64: exactly the bits, or any such NaN */
  uint32_t host;
  const struct wfx_pattern *either;
  size_t n_either;
} wfx_pattern;

/* A module as a script gives it. */
typedef enum wfx_script_form {
  WFX_SCRIPT_TEXT,   /* in the text of the script: wfx_script_parse */
  WFX_SCRIPT_QUOTE,  /* as a string that may be no module: wfx_script_parse */
  WFX_SCRIPT_BINARY  /* as bytes: wfx_module_decode */
} wfx_script_form;
typedef struct wfx_script_module {
  wfx_script_form form;
  const uint8_t *bytes; /* not of TEXT */
  size_t n_bytes;
  size_t at;            /* of TEXT, for wfx_script_parse */
} wfx_script_module;

/* Call an exported function or read an exported global. */
typedef struct wfx_script_action {
  bool is_get;
  wfx_str instance; /* data is NULL: the latest one */
  wfx_str name;     /* of the export */
  const wfx_pattern *args;
  size_t n_args;
} wfx_script_action;

typedef enum wfx_command_kind {
  WFX_COMMAND_MODULE,        /* module, which is called name; instantiate it under that name
                                unless is_definition */
  WFX_COMMAND_INSTANCE,      /* instantiate the module called of as name */
  WFX_COMMAND_REGISTER,      /* let modules import from name what the instance of exports */
  WFX_COMMAND_ACTION,        /* do action, whatever it gives */
  WFX_COMMAND_ASSERT_ACTION, /* action ends with status: WFX_OK, its results as in results, or
                                TRAP, EXHAUSTION, EXCEPTION, SUSPENSION */
  WFX_COMMAND_ASSERT_MODULE  /* module ends with status: MALFORMED, INVALID, UNLINKABLE, TRAP */
} wfx_command_kind;

/* One command. What does not belong to its kind is zero; names that are left out have no data
 * and mean the latest module or instance. */
typedef struct wfx_command {
  wfx_command_kind kind;
  wfx_str word;        /* "assert_trap" */
  wfx_loc loc;
  wfx_str name, of;    /* ids without $; the name of register as it is */
  bool is_definition;
  bool is_custom;      /* ASSERT_MODULE: in a custom section, which need not be looked at */
  wfx_script_module module;
  wfx_script_action action;
  wfx_status status;
  wfx_str message;     /* how the message of a failure must begin */
  const wfx_pattern *results;
  size_t n_results;
} wfx_command;

/* Read the next command. False at the end, and at the first thing that is none: then the script
 * has a diagnostic. A text that is just the fields of one module is a script of one command.
 * Errors  WFX_MALFORMED    with line and column; also for a command of an unknown name
 *         WFX_UNSUPPORTED  the commands of the threads proposal */
WFX_API bool wfx_script_next(wfx_script *s, wfx_command *out);
WFX_API const wfx_diag *wfx_script_diag(const wfx_script *s);

/* Parse a module of the script, TEXT or QUOTE, into m, which must be empty. Errors go to m;
 * those of a QUOTE have positions in the string. */
WFX_API wfx_status wfx_script_parse(wfx_script *s, const wfx_script_module *module,
                                    wfx_module *m);

#ifdef __cplusplus
}
#endif
#endif
