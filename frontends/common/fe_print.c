/* The core as text. Lets and arms are lines; the nesting of the text is that of the core. */
#include "common/fe_core.h"

typedef struct printer {
  FILE *out;
  unsigned indent;
} printer;

static void print_expr(printer *pr, const fe_expr *e);

static void line(printer *pr) {
  fputc('\n', pr->out);
  for (unsigned i = 0; i < pr->indent && i < 60; i++)
    fputs("  ", pr->out);
}

static void print_var(printer *pr, const fe_var *v) {
  if (!v)
    fputc('_', pr->out);
  else
    fprintf(pr->out, "%s.%u", v->name ? v->name->text : "", v->id);
}

static void print_func(printer *pr, const fe_func *f) {
  fprintf(pr->out, "%s@%u", f->name ? f->name->text : "", f->id);
}

static void print_string(printer *pr, const fe_text *t) {
  fputc('"', pr->out);
  for (uint32_t i = 0; i < t->n_bytes; i++) {
    uint8_t c = (uint8_t)t->bytes[i];
    if (c == '"' || c == '\\')
      fprintf(pr->out, "\\%c", c);
    else if (c < ' ' || c == 0x7f)
      fprintf(pr->out, "\\x%02x", c);
    else
      fputc(c, pr->out);
  }
  fputc('"', pr->out);
}

static void print_atom(printer *pr, const fe_atom *a) {
  switch (a->kind) {
  case FE_ATOM_VAR:
    print_var(pr, a->u.var);
    return;
  case FE_ATOM_CAPTURE:
    fprintf(pr->out, "capture[%u]", a->u.capture);
    return;
  case FE_ATOM_SELF:
    fputs("self", pr->out);
    return;
  case FE_ATOM_GLOBAL:
    fprintf(pr->out, "global %s#%u", a->u.global->name ? a->u.global->name->text : "",
            a->u.global->id);
    return;
  case FE_ATOM_FUNC:
    print_func(pr, a->u.func);
    return;
  case FE_ATOM_UNIT:
    fputs("()", pr->out);
    return;
  case FE_ATOM_BOOL:
    fputs(a->u.i ? "true" : "false", pr->out);
    return;
  case FE_ATOM_INT:
    fprintf(pr->out, "%lld", (long long)a->u.i);
    return;
  case FE_ATOM_CHAR:
    fprintf(pr->out, "'U+%04llX'", (unsigned long long)a->u.i);
    return;
  case FE_ATOM_FLOAT:
    fprintf(pr->out, "%.17g", a->u.f);
    return;
  case FE_ATOM_STRING:
    print_string(pr, a->u.text);
    return;
  case FE_ATOM_NIL:
    fputs("[]", pr->out);
    return;
  }
}

static void print_atoms(printer *pr, const fe_atom *atoms, uint32_t n) {
  fputc('(', pr->out);
  for (uint32_t i = 0; i < n; i++) {
    fputs(i ? ", " : "", pr->out);
    print_atom(pr, &atoms[i]);
  }
  fputc(')', pr->out);
}

static void print_inner(printer *pr, const fe_expr *e) {
  pr->indent++;
  line(pr);
  print_expr(pr, e);
  pr->indent--;
}

static void print_fix(printer *pr, const fe_expr *e) {
  fputs("fix", pr->out);
  for (uint32_t i = 0; i < e->u.fix.n; i++) {
    fputc(' ', pr->out);
    print_var(pr, e->u.fix.vars[i]);
    fputs(" = ", pr->out);
    print_func(pr, e->u.fix.vars[i]->func);
  }
}

static void print_case(printer *pr, const fe_expr *e, const fe_case *k) {
  line(pr);
  fputs("case ", pr->out);
  if (e->u.sw.test == FE_TEST_VARIANT) {
    fprintf(pr->out, "%s ", k->label->name->text);
    print_var(pr, k->var1);
  } else if (k->var1 || k->var2) {
    print_var(pr, k->var1);
    fputs(" :: ", pr->out);
    print_var(pr, k->var2);
  } else {
    print_atom(pr, &k->literal);
  }
  fputs(" ->", pr->out);
  print_inner(pr, k->body);
}

static void print_switch(printer *pr, const fe_expr *e) {
  fputs("switch ", pr->out);
  print_atom(pr, &e->u.sw.on);
  pr->indent++;
  for (uint32_t i = 0; i < e->u.sw.n; i++)
    print_case(pr, e, &e->u.sw.cases[i]);
  line(pr);
  fputs("else", pr->out);
  print_inner(pr, e->u.sw.other);
  pr->indent--;
}

static void print_arms(printer *pr, const fe_expr *e) {
  fputs("arms", pr->out);
  pr->indent++;
  for (uint32_t i = 0; i < e->u.arms.n; i++) {
    line(pr);
    fprintf(pr->out, "arm %u", i);
    print_inner(pr, e->u.arms.arms[i]);
  }
  pr->indent--;
}

static void print_extend(printer *pr, const fe_expr *e) {
  fputs(e->u.extend.is_update ? "update " : "extend ", pr->out);
  print_atom(pr, &e->u.extend.base);
  for (uint32_t i = 0; i < e->u.extend.n; i++) {
    fprintf(pr->out, " %s=", e->u.extend.labels[i]->name->text);
    print_atom(pr, &e->u.extend.fields[i]);
  }
}

static void print_handle(printer *pr, const fe_expr *e) {
  fputs(e->is_tail ? "tail handle " : "handle ", pr->out);
  print_func(pr, e->u.handle.thunk);
  fputs(" with ", pr->out);
  if (e->u.handle.driver)
    print_func(pr, e->u.handle.driver);
  else
    print_atom(pr, &e->u.handle.handler);
  if (e->u.handle.n_params)
    print_atoms(pr, e->u.handle.params, e->u.handle.n_params);
}

static void print_resume(printer *pr, const fe_expr *e) {
  fputs(e->is_tail ? "tail resume " : "resume ", pr->out);
  print_atom(pr, &e->u.resume.k);
  print_atoms(pr, e->u.resume.args, e->u.resume.n);
  if (e->u.resume.has_with) {
    fputs(" with ", pr->out);
    print_atom(pr, &e->u.resume.with);
  }
}

static void print_call(printer *pr, const fe_expr *e) {
  fputs(e->is_tail ? "tail call " : "call ", pr->out);
  print_atom(pr, &e->u.call.callee);
  if (e->u.call.known && e->u.call.callee.kind != FE_ATOM_FUNC) {
    fputc('=', pr->out);
    print_func(pr, e->u.call.known);
  }
  print_atoms(pr, e->u.call.args, e->u.call.n);
}

static void print_simple(printer *pr, const fe_expr *e) {
  switch (e->kind) {
  case FE_ATOM:
    print_atom(pr, &e->u.atom);
    return;
  case FE_NEXT:
    fprintf(pr->out, "next %u", e->u.next.arm);
    return;
  case FE_CALL:
    print_call(pr, e);
    return;
  case FE_PRIMITIVE:
    fputs(fe_prim_name(e->u.prim.prim), pr->out);
    print_atoms(pr, e->u.prim.args, e->u.prim.n);
    return;
  case FE_CLOSURE:
    fputs("closure ", pr->out);
    print_func(pr, e->u.closure);
    return;
  case FE_RECORD:
    for (uint32_t i = 0; i < e->u.record.shape->n_fields; i++) {
      fprintf(pr->out, "%s%s=", i ? ", " : "(", e->u.record.shape->fields[i]->name->text);
      print_atom(pr, &e->u.record.fields[i]);
    }
    fputc(')', pr->out);
    return;
  case FE_VARIANT:
    fprintf(pr->out, "variant %s ", e->u.variant.label->name->text);
    print_atom(pr, &e->u.variant.payload);
    return;
  case FE_CONS:
    print_atom(pr, &e->u.cons.head);
    fputs(" :: ", pr->out);
    print_atom(pr, &e->u.cons.tail);
    return;
  case FE_SELECT:
    print_atom(pr, &e->u.select.from);
    fprintf(pr->out, ".%s", e->u.select.label->name->text);
    return;
  case FE_EXTEND:
    print_extend(pr, e);
    return;
  case FE_RESTRICT:
    fputs("restrict ", pr->out);
    print_atom(pr, &e->u.drop.base);
    for (uint32_t i = 0; i < e->u.drop.n; i++)
      fprintf(pr->out, " %s", e->u.drop.labels[i]->name->text);
    return;
  case FE_PERFORM:
    fprintf(pr->out, "do %s ", e->u.perform.op->name->text);
    print_atom(pr, &e->u.perform.payload);
    return;
  case FE_HANDLE:
    print_handle(pr, e);
    return;
  case FE_RESUME:
    print_resume(pr, e);
    return;
  case FE_SET_GLOBAL:
    fprintf(pr->out, "global %s#%u := ", e->u.set.global->name->text, e->u.set.global->id);
    print_atom(pr, &e->u.set.value);
    return;
  case FE_FAIL:
    fputs(e->u.fail == FE_FAIL_MATCH ? "fail match" : "fail empty", pr->out);
    return;
  case FE_LET: case FE_FIX: case FE_IF: case FE_SWITCH: case FE_ARMS:
    return;
  }
}

static bool is_branching(const fe_expr *e) {
  return e->kind == FE_LET || e->kind == FE_FIX || e->kind == FE_IF || e->kind == FE_SWITCH ||
         e->kind == FE_ARMS;
}

static void print_let(printer *pr, const fe_expr *e) {
  fputs("let ", pr->out);
  print_var(pr, e->u.let.var);
  fputs(" = ", pr->out);
  if (is_branching(e->u.let.rhs))
    print_inner(pr, e->u.let.rhs);
  else
    print_simple(pr, e->u.let.rhs);
}

static void print_expr(printer *pr, const fe_expr *e) {
  for (;; line(pr)) {
    if (e->kind == FE_LET) {
      print_let(pr, e);
      e = e->u.let.body;
    } else if (e->kind == FE_FIX) {
      print_fix(pr, e);
      e = e->u.fix.body;
    } else {
      break;
    }
  }
  if (e->kind == FE_IF) {
    fputs("if ", pr->out);
    print_atom(pr, &e->u.cond.cond);
    print_inner(pr, e->u.cond.then);
    line(pr);
    fputs("else", pr->out);
    print_inner(pr, e->u.cond.other);
  } else if (e->kind == FE_SWITCH) {
    print_switch(pr, e);
  } else if (e->kind == FE_ARMS) {
    print_arms(pr, e);
  } else {
    print_simple(pr, e);
  }
}

static void print_handler(printer *pr, const fe_handler *h) {
  static const char *const depths[] = {
    [FE_DEEP] = "deep", [FE_SHALLOW] = "shallow", [FE_SHEEP] = "sheep"};
  fprintf(pr->out, "%s%s", depths[h->depth], h->is_loop ? " loop" : "");
  for (uint32_t i = 0; i < h->n_clauses; i++) {
    const fe_clause *c = &h->clauses[i];
    line(pr);
    fprintf(pr->out, "clause %s ", c->op->name->text);
    print_var(pr, c->payload);
    fputs(" => ", pr->out);
    print_var(pr, c->resumption);
    fprintf(pr->out, " [resumes %u%s%s]", c->n_resumes, c->escapes ? " escapes" : "",
            c->is_tail_resumptive ? " tail" : "");
    print_inner(pr, c->body);
  }
  if (h->ret) {
    line(pr);
    fputs("return ", pr->out);
    print_var(pr, h->result);
    print_inner(pr, h->ret);
  }
}

static void print_function(printer *pr, const fe_func *f) {
  static const char *const kinds[] = {[FE_FN_PLAIN] = "fun",
                                      [FE_FN_THUNK] = "thunk",
                                      [FE_FN_DRIVER] = "driver",
                                      [FE_FN_MAIN] = "main"};
  fprintf(pr->out, "%s ", kinds[f->kind]);
  print_func(pr, f);
  fputc('(', pr->out);
  for (uint32_t i = 0; i < f->n_params; i++) {
    fputs(i ? ", " : "", pr->out);
    print_var(pr, f->params[i]);
  }
  fputc(')', pr->out);
  for (uint32_t i = 0; i < f->n_captures; i++) {
    fputs(i ? ", " : " captures ", pr->out);
    print_var(pr, f->captures[i]);
  }
  pr->indent++;
  line(pr);
  if (f->handler)
    print_handler(pr, f->handler);
  else
    print_expr(pr, f->body);
  pr->indent--;
  fputs("\n\n", pr->out);
}

void fe_core_print(const fe_program *p, FILE *out) {
  printer pr = {.out = out};
  for (uint32_t i = 0; i < p->funcs.n; i++)
    if (p->funcs.data[i]->is_reachable)
      print_function(&pr, p->funcs.data[i]);
}
