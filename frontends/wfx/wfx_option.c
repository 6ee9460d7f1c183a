/* wfx_option.c: options, and help on them, from cli_command.def and cli_option.def. */
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wfx/cli.h"

struct command_row {
  const char *text, *operands;
  int n_min, n_max;
  const char *brief, *about;
};

static const struct command_row command_rows[] = {
#define CLI_COMMAND(id, operands, n_min, n_max, brief, about) \
  [CLI_COMMAND_##id] = {#id, operands, n_min, n_max, brief, about},
#include "cli_command.def"
#undef CLI_COMMAND
};

struct option_row {
  char letter;
  const char *word, *argument;
  unsigned commands;
  const char *about;
};

#define ON(id) (1u << CLI_COMMAND_##id)
static const struct option_row option_rows[] = {
#define CLI_OPTION(id, letter, word, argument, commands, about) \
  [CLI_OPTION_##id] = {letter, word, argument, commands, about},
#include "cli_option.def"
#undef CLI_OPTION
};

cli_command cli_find_command(const char *word) {
  int i = 0;
  while (i < CLI_N_COMMANDS && strcmp(command_rows[i].text, word) != 0) i++;
  return (cli_command)i;
}

const char *cli_command_text(cli_command command) { return command_rows[command].text; }

int cli_usage(const cli *c, const char *fmt, ...) {
  bool has_command = c->command != CLI_N_COMMANDS;
  const char *text = has_command ? cli_command_text(c->command) : "";
  fprintf(stderr, "wfx%s%s: ", has_command ? " " : "", text);
  va_list args;
  va_start(args, fmt);
  vfprintf(stderr, fmt, args);
  va_end(args);
  fprintf(stderr, "\ntry 'wfx help%s%s'\n", has_command ? " " : "", text);
  return CLI_USAGE;
}

/* ---- Help -------------------------------------------------------------------------------- */

void cli_help(void) {
  fputs("wfx: compile, check, link and run WasmFX modules\n"
        "usage: wfx COMMAND [OPTION...] [OPERAND...]\n\n",
        stdout);
  for (int i = 0; i < CLI_N_COMMANDS; i++)
    printf("  %-9s %s\n", command_rows[i].text, command_rows[i].brief);
  fputs("\nA FILE is a program (.links) or a module in text, binary or compressed form; - or\n"
        "none is standard input. 'wfx help COMMAND' says more, 'wfx --version' which version\n"
        "this is.\n"
        "Exit codes: 0 all well, 1 the program or an input is wrong, 2 wrong usage.\n",
        stdout);
}

/* Whether the argument of an option may be left out. */
static bool may_be_alone(const struct option_row *o) {
  return o->argument && o->argument[0] == '[';
}

void cli_help_command(cli_command command) {
  const struct command_row *row = &command_rows[command];
  printf("usage: wfx %s [OPTION...] %s\n\n%s\n", row->text, row->operands, row->about);
  for (int i = 0; i < CLI_N_OPTIONS; i++) {
    const struct option_row *o = &option_rows[i];
    if (!(o->commands >> command & 1)) continue;
    char left[32];
    int n = o->letter ? snprintf(left, sizeof left, "-%c, ", o->letter) : 0;
    snprintf(left + n, sizeof left - (size_t)n, "--%s%s%s", o->word,
             may_be_alone(o) ? "" : " ", o->argument ? o->argument : "");
    printf("  %-17s %s\n", left, o->about);
  }
}

/* ---- Reading ----------------------------------------------------------------------------- */

static const struct option_row *row_of(cli_option option) { return &option_rows[option]; }

/* The option of the command that is spelled word (n bytes, long) or letter (word NULL). */
static cli_option find_option(const cli *c, const char *word, size_t n, char letter) {
  int i = 0;
  for (; i < CLI_N_OPTIONS; i++) {
    const struct option_row *o = &option_rows[i];
    if (!(o->commands >> c->command & 1)) continue;
    bool is_it = word ? strlen(o->word) == n && memcmp(o->word, word, n) == 0
                      : o->letter == letter;
    if (is_it) break;
  }
  return (cli_option)i;
}

/* Read the option that words[0] begins with; *n_used words belong to it. */
static int read_option(cli *c, char **words, int n_words, int *n_used) {
  const char *word = words[0], *value = NULL;
  cli_option option;
  *n_used = 1;
  if (word[1] == '-') {
    size_t n = strcspn(word + 2, "=");
    option = find_option(c, word + 2, n, 0);
    if (word[2 + n] == '=') value = word + 3 + n;
  } else {
    option = find_option(c, NULL, 0, word[1]);
    if (word[2] != '\0') value = word + 2;
  }
  if (option == CLI_N_OPTIONS) return cli_usage(c, "unknown option '%s'", word);
  if (!row_of(option)->argument) {
    if (value) return cli_usage(c, "option --%s takes no argument", row_of(option)->word);
    value = "";
  } else if (!value && may_be_alone(row_of(option))) {
    value = "";
  } else if (!value) {
    if (n_words < 2) return cli_usage(c, "option '%s' needs an argument", word);
    value = words[1];
    *n_used = 2;
  }
  c->options[option] = value;
  c->given[c->n_given++] = (cli_given){option, value};
  return CLI_OK;
}

const char *cli_option_value(const cli *c, cli_option option, size_t i) {
  for (size_t g = 0; g < c->n_given; g++)
    if (c->given[g].option == option && i-- == 0) return c->given[g].value;
  return NULL;
}

bool cli_option_number(const cli *c, cli_option option, double scale, uint64_t *out) {
  static const char suffixes[] = "KMG";
  const char *text = c->options[option];
  if (!text) return true;
  char *end;
  double x = strtod(text, &end) * scale;
  const char *suffix = *end ? strchr(suffixes, *end) : NULL;
  if (suffix) {
    for (const char *s = suffixes; s <= suffix; s++) x *= 1024;
    end++;
  }
  if (end == text || *end != '\0' || !(x >= 0 && x < 18446744073709551615.0)) {
    cli_usage(c, "option --%s needs a number, not '%s'", row_of(option)->word, text);
    return false;
  }
  *out = (uint64_t)x;
  return true;
}

int cli_read_options(cli *c, char **words, int n_words) {
  bool is_over = false;
  int n = 0;
  c->given = calloc((size_t)n_words + 1, sizeof *c->given);
  if (!c->given) return cli_usage(c, "out of memory");
  for (int i = 0; i < n_words;) {
    char *word = words[i];
    if (is_over || word[0] != '-' || word[1] == '\0') {
      words[n++] = word;
      /* What follows a program's name is the program's. */
      if (c->command == CLI_COMMAND_run) is_over = true;
      i++;
    } else if (strcmp(word, "--") == 0) {
      is_over = true;
      i++;
    } else {
      int n_used, code = read_option(c, words + i, n_words - i, &n_used);
      if (code != CLI_OK) return code;
      i += n_used;
    }
  }
  c->operands = words;
  c->n_operands = n;
  const struct command_row *row = &command_rows[c->command];
  if (c->options[CLI_OPTION_help]) return CLI_OK;
  if (n < row->n_min) return cli_usage(c, "no file given");
  if (n > row->n_max) return cli_usage(c, "too many operands: '%s'", words[row->n_max]);
  return CLI_OK;
}

/* Add or take away one feature of the list. */
static bool read_feature(const cli *c, const char *word, size_t n, uint64_t *features) {
  char name[64];
  bool is_off = n > 0 && word[0] == '-';
  if (is_off) word++, n--;
  int i = -1;
  if (n < sizeof name) {
    memcpy(name, word, n);
    name[n] = '\0';
    if (strcmp(name, "all") == 0 && !is_off) {
      *features = wfx_features_all();
      return true;
    }
    i = wfx_feature_find(name);
  }
  if (i < 0) {
    cli_usage(c, "unknown feature '%.*s'", (int)(n < 64 ? n : 64), word);
    return false;
  }
  uint64_t bit = UINT64_C(1) << i;
  *features = is_off ? *features & ~bit : *features | bit;
  return true;
}

/* Fill options with what --target says, if it is given. */
static bool read_target(const cli *c, wfx_options *options) {
  const char *name = c->options[CLI_OPTION_target];
  int target = name ? wfx_target_find(name) : WFX_TARGET_COUNT;
  if (target < 0) {
    cli_usage(c, "unknown target '%s'; 'wfx features' shows them", name);
    return false;
  }
  if (name) wfx_target_options((wfx_target)target, options);
  return true;
}

bool cli_limits(const cli *c, wfx_limits *limits) {
  wfx_options options = {.size = sizeof options};
  if (!read_target(c, &options)) return false;
  *limits = options.limits;
  if (!cli_option_number(c, CLI_OPTION_max_memory, 1, &limits->memory_bytes)) return false;
  if (c->options[CLI_OPTION_max_memory]) limits->heap_bytes = limits->memory_bytes;
  return true;
}

/* Commands that say what a module is take them all. */
static uint64_t usual_features(const cli *c) {
  bool shows = c->command == CLI_COMMAND_features || c->command == CLI_COMMAND_objdump;
  return shows ? wfx_features_all() : wfx_features_default();
}

/* Whether what an option says, if it is given, is one of n words; or else say that it is not. */
static bool is_one_of(const cli *c, cli_option option, const char *const *words, size_t n) {
  const char *text = c->options[option];
  if (!text) return true;
  for (size_t i = 0; i < n; i++)
    if (strcmp(text, words[i]) == 0) return true;
  cli_usage(c, "option --%s takes no '%s'", row_of(option)->word, text);
  return false;
}

bool cli_forms(const cli *c) {
  static const char *const from[] = {"links", "wat", "wasm"};
  static const char *const to[] = {"wasm", "wat", "wasm.gz", "wat.gz"};
  return is_one_of(c, CLI_OPTION_from, from, sizeof from / sizeof *from) &&
         is_one_of(c, CLI_OPTION_to, to, sizeof to / sizeof *to);
}

bool cli_dialect(const cli *c, wfx_dialect *dialect) {
  const char *name = c->options[CLI_OPTION_dialect];
  int found = name ? wfx_dialect_find(name) : WFX_DIALECT_CURRENT;
  if (found >= 0) *dialect = (wfx_dialect)found;
  else cli_usage(c, "--dialect %s: no such dialect: current, 2024, 2023 or 2021", name);
  return found >= 0;
}

bool cli_features(const cli *c, uint64_t *features) {
  wfx_options options = {.size = sizeof options, .features = usual_features(c)};
  if (!read_target(c, &options)) return false;
  *features = options.features;
  const char *list = c->options[CLI_OPTION_features];
  while (list && *list) {
    size_t n = strcspn(list, ",");
    if (!read_feature(c, list, n, features)) return false;
    list += n;
    if (*list == ',') list++;
  }
  return true;
}
