/* main.c: wfx, the command line of libwasmfx.
 *
 * Here: finding the command and running it. The commands are listed in cli_command.def, their
 * options in cli_option.def. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wfx/cli.h"

int cli_cmd_help(cli *c) {
  if (c->n_operands == 0) {
    cli_help();
    return CLI_OK;
  }
  cli_command command = cli_find_command(c->operands[0]);
  if (command == CLI_N_COMMANDS) return cli_usage(c, "no command '%s'", c->operands[0]);
  cli_help_command(command);
  return CLI_OK;
}

static int run_command(cli *c) {
  switch (c->command) {
#define CLI_COMMAND(id, operands, n_min, n_max, brief, about) \
  case CLI_COMMAND_##id: return cli_cmd_##id(c);
#include "cli_command.def"
#undef CLI_COMMAND
  case CLI_N_COMMANDS: break;
  }
  return CLI_USAGE;
}

static int run(cli *c, int argc, char **argv) {
  if (argc < 2) {
    fputs("usage: wfx COMMAND [OPTION...] [OPERAND...]\ntry 'wfx help'\n", stderr);
    return CLI_USAGE;
  }
  const char *word = argv[1];
  if (strcmp(word, "--version") == 0) {
    printf("wfx %s\n", wfx_version());
    return CLI_OK;
  }
  if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) word = "help";
  c->command = cli_find_command(word);
  if (c->command == CLI_N_COMMANDS) return cli_usage(c, "no command '%s'", word);
  int code = cli_read_options(c, argv + 2, argc - 2);
  if (code != CLI_OK) return code;
  if (c->options[CLI_OPTION_help]) {
    cli_help_command(c->command);
    return CLI_OK;
  }
  wfx_options options = {.size = sizeof options};
  if (!cli_features(c, &options.features)) return CLI_USAGE;
  if (!cli_forms(c)) return CLI_USAGE;
  if (!cli_dialect(c, &options.dialect)) return CLI_USAGE;
  if (!cli_limits(c, &options.limits)) return CLI_USAGE;
  c->ctx = wfx_ctx_new(&options);
  if (!c->ctx) {
    cli_error("out of memory");
    return CLI_FAILED;
  }
  return run_command(c);
}

int main(int argc, char **argv) {
  cli c = {.command = CLI_N_COMMANDS};
  /* Reading the options brings the operands to the front of argv. */
  const size_t n_bytes = ((size_t)argc + 1) * sizeof *argv;
  char **words = malloc(n_bytes);
  if (!words) {
    cli_error("out of memory");
    return CLI_FAILED;
  }
  c.argv = memcpy(words, argv, n_bytes);
  int code = run(&c, argc, argv);
  cli_free_inputs(&c);
  free(c.given);
  free(words);
  wfx_ctx_free(c.ctx);
  if (fflush(stdout) != 0 && code == CLI_OK) {
    cli_error("cannot write to standard output");
    code = CLI_FAILED;
  }
  return code;
}
