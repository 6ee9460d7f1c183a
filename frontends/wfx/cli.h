/* cli.h: what the parts of the command line share.
 *
 * A function that returns bool has said on standard error what went wrong when it returns
 * false. */
#ifndef CLI_H
#define CLI_H

#include <wasmfx.h>

/* Exit codes of wfx itself. */
enum { CLI_OK = 0, CLI_FAILED = 1, CLI_USAGE = 2 };

typedef enum cli_command {
#define CLI_COMMAND(id, operands, n_min, n_max, brief, about) CLI_COMMAND_##id,
#include "cli_command.def"
#undef CLI_COMMAND
  CLI_N_COMMANDS
} cli_command;

typedef enum cli_option {
#define CLI_OPTION(id, letter, word, argument, commands, about) CLI_OPTION_##id,
#include "cli_option.def"
#undef CLI_OPTION
  CLI_N_OPTIONS
} cli_option;

/* A file that was read. It is kept while its text may be shown in messages. */
typedef struct cli_input {
  struct cli_input *next;
  char *name;            /* in messages; "<stdin>" for standard input */
  uint8_t *raw;          /* as read; malloc, or a mapping */
  size_t n_raw;
  bool is_mapped;
  wfx_bytes unpacked;    /* when it was compressed */
  const uint8_t *bytes;  /* the content: one of the two above */
  size_t n;
} cli_input;

/* An option as it was given. */
typedef struct cli_given {
  cli_option option;
  const char *value;
} cli_given;

/* One run of the program. */
typedef struct cli {
  char **argv;       /* as it was given, NULL at its end */
  cli_command command;
  cli_given *given;  /* all options in order, for those that may come more than once; malloc */
  size_t n_given;
  const char *options[CLI_N_OPTIONS]; /* the last argument, "" when it takes none; NULL: not given */
  char **operands;
  int n_operands;
  wfx_ctx *ctx;
  cli_input *inputs; /* all read so far, newest first */
} cli;

/* ---- Commands (wfx_cmd_*.c): each returns the exit code ------------------------------------
 */

#define CLI_COMMAND(id, operands, n_min, n_max, brief, about) int cli_cmd_##id(cli *c);
#include "cli_command.def"
#undef CLI_COMMAND

/* ---- Options (wfx_option.c) ----------------------------------------------------------------
 */

/* Read the words behind the command. CLI_OK or CLI_USAGE. Operands are moved to the front of
 * words. */
int cli_read_options(cli *c, char **words, int n_words);
/* Number i of the values given for an option that may come more than once, or NULL. */
const char *cli_option_value(const cli *c, cli_option option, size_t i);
/* A number given with an option, times scale; K, M and G behind it mean powers of 1024. *out stays
 * as it is without the option. False, after saying why, for no number. */
bool cli_option_number(const cli *c, cli_option option, double scale, uint64_t *out);
/* The features asked for by --target and --features, and the limits by --target. */
bool cli_features(const cli *c, uint64_t *features);
/* Whether --from and --to, where they are given, name forms that there are. */
bool cli_forms(const cli *c);
/* What --dialect says. */
bool cli_dialect(const cli *c, wfx_dialect *dialect);
bool cli_limits(const cli *c, wfx_limits *limits);
/* To standard output: the list of commands, and all about one. */
void cli_help(void);
void cli_help_command(cli_command command);
/* The command called word, or CLI_N_COMMANDS. */
cli_command cli_find_command(const char *word);
const char *cli_command_text(cli_command command);
/* Report wrong usage; returns CLI_USAGE. */
int cli_usage(const cli *c, const char *fmt, ...);

/* ---- Files (wfx_io.c) ----------------------------------------------------------------------
 */

/* The content of a file, or of standard input for "-": *bytes is freed with free. Longer than
 * limit bytes is an error. */
bool cli_read_file(const char *path, uint64_t limit, uint8_t **bytes, size_t *n);
/* Map a large regular file, which must not shrink meanwhile; NULL, and no message, for any other. */
void *cli_map_file(const char *path, uint64_t limit, size_t *n);
void cli_unmap_file(void *bytes, size_t n);
/* Make a file's content these bytes: written beside it, then renamed, so that on failure it
 * stays as it was. Standard output ("-") and what is no plain file are written directly. */
bool cli_write_file(const char *path, const void *bytes, size_t n);
/* Write to an open file; false with errno. */
bool cli_write_fd(int fd, const void *bytes, size_t n);

/* ---- Modules (wfx_load.c, wfx_save.c, wfx_debug.c) -----------------------------------------
 */

/* Read a source program, or a module in any form, into a module that the caller frees. NULL
 * after an error. */
wfx_module *cli_load(cli *c, const char *path);
/* The same in two steps, for callers who look at the content first. The input is c's. */
cli_input *cli_read(cli *c, const char *path);
wfx_module *cli_load_input(cli *c, cli_input *in);
/* Make the content of an input a binary, if it is another form. */
bool cli_make_binary(cli *c, cli_input *in);
/* The function that a word means: by name, with or without $, by export name, or by index; or
 * WFX_NO_ID. */
uint32_t cli_find_func(const wfx_module *m, const char *wanted);
/* Read and check only: false after showing what is wrong. */
bool cli_check(cli *c, const char *path);
/* The name by which messages call an operand. */
const char *cli_input_name(const char *path);
/* Link *m with the runtime modules that it imports, if any; *m is replaced. */
bool cli_link_runtime(cli *c, const char *path, wfx_module **m);
/* Write m to the output of the command, in the form that its options say. */
bool cli_save(cli *c, wfx_module *m, const char *path);
/* Whether -g or --source-map is given; then a module is encoded by the other call, which writes
 * the source map as well. */
bool cli_has_debug(const cli *c);
bool cli_encode_debug(cli *c, wfx_module *m, uint32_t flags, const char *path, wfx_bytes *out);
/* Forget the inputs. */
void cli_free_inputs(cli *c);

/* ---- Source languages (wfx_source.c) -------------------------------------------------------
 */

/* Compile a program in the Links-like language into an empty module. */
bool cli_compile_links(cli *c, const cli_input *in, wfx_module *m);

/* ---- Messages (wfx_message.c) --------------------------------------------------------------
 */

/* "wfx: ..." on standard error. */
void cli_error(const char *fmt, ...);
/* A diagnostic, with the source line when it has one; name stands for the file that it does not
 * name itself. */
void cli_diag(const cli *c, const char *name, const wfx_diag *diag);
/* All errors of a module. Returns false, for callers to return. */
bool cli_module_diags(const cli *c, const char *name, const wfx_module *m);
/* Why the last call into a store failed, and the stack. */
void cli_failure(const cli *c, const char *name, const wfx_store *s);

/* ---- Running (wfx_value.c, wfx_host.c, wfx_native.c) -----------------------------------------------------
 */

/* Read a number of a type; references cannot be read. */
bool cli_parse_value(const char *word, wfx_valtype type, wfx_value *out);
/* One line on standard output. */
bool cli_print_value(const wfx_value *value);
/* Before anything is read: go on as a program that has the code generator, if this one has none.
 * False after an error, when there is no such program. */
bool cli_native_begin(const cli *c);
/* A native store, freed with wfx_store_free; NULL after an error. */
wfx_store *cli_native_store(const cli *c);
/* What a program reaches through WASI. */
typedef struct cli_world {
  wfx_wasi wasi;
  wfx_wasi_dir *dirs; /* host names are copies */
  char **env;
} cli_world;
/* What operands and options say: arguments, --env, --dir; and this process's standard streams,
 * clocks and random numbers. It must outlive the store. Free it in any case. */
bool cli_world_make(const cli *c, cli_world *out);
void cli_world_free(cli_world *w);

/* ---- Watching (wfx_watch.c) ------------------------------------------------------------- */

/* For stores: one line on standard error for an instruction; a sample for a cli_profile. */
void cli_trace(void *ud, wfx_store *s, const wfx_trace_event *event);
void cli_sample(void *ud, wfx_store *s, uint64_t weight);
typedef struct cli_profile cli_profile;
cli_profile *cli_profile_new(void);
/* Tables of functions and handlers to standard error, and folded stacks to the file path unless
 * that is "". */
bool cli_profile_show(cli_profile *p, const char *path, const char *unit);
void cli_profile_free(cli_profile *p);

#endif
