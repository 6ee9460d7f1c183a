/* wfx_source.c: the door to the source languages. */
#include <stdio.h>

#include "common/fe_gen.h"
#include "links/links.h"
#include "wfx/cli.h"

/* What one compilation may take, so that a wild program does not take the machine. */
#define MAX_COMPILE_BYTES ((size_t)1 << 30)

bool cli_compile_links(cli *c, const cli_input *in, wfx_module *m) {
  fe_session s;
  fe_session_init(&s, MAX_COMPILE_BYTES);
  links_options options = {.print_result = c->options[CLI_OPTION_show] != NULL};
  const fe_program *p = links_compile(&s, in->name, (const char *)in->bytes, in->n, options);
  bool is_ok = p && fe_generate(&s, p, m);
  if (!is_ok) fe_diags_print(&s, stderr);
  fe_session_free(&s);
  return is_ok;
}
