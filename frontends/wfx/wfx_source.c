/* wfx_source.c: the door to the source languages. */
#include <stdio.h>

#include "links/links.h"
#include "wfx/cli.h"

bool cli_compile_links(cli *c, const cli_input *in, wfx_module *m) {
  (void)c; (void)m;
  fe_session s;
  fe_session_init(&s, SIZE_MAX);
  links_options options = {.print_result = false};
  fe_program *p = links_compile(&s, in->name, (const char *)in->bytes, in->n, options);
  bool is_ok = p && false;
  if (!is_ok) fe_diags_print(&s, stderr);
  fe_session_free(&s);
  return is_ok;
}
