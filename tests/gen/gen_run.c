/* gen_run.c: what a program of GEN_RUN shows to the outside. */
#include "gen/gen_state.h"

void gen_run_decls(struct gen *g) { (void)g; }
void gen_run_bodies(struct gen *g) { (void)g; }
