/* test_lex.c: tokens, their places, what is no token, annotations. */
#include "text_unit.h"

#include "text/lex.h"

struct lexed {
  struct tokens t;
  struct errs errs;
};

static void lex(void **state, struct lexed *x, const char *text) {
  wfx__errs_init(&x->errs, text_ctx(state));
  assert_true(wfx__lex(&x->t, &x->errs, text, strlen(text), "f"));
}

static void done(struct lexed *x) {
  wfx__tokens_free(&x->t);
  wfx__errs_free(&x->errs);
}

/* The kinds of all tokens, a letter each. */
static void check_kinds(void **state, const char *text, const char *kinds) {
  static const char letters[] = {[TOKEN_OPEN] = '(', [TOKEN_CLOSE] = ')', [TOKEN_WORD] = 'w',
                                 [TOKEN_ID] = '$', [TOKEN_STRING] = 's', [TOKEN_RESERVED] = '?',
                                 [TOKEN_END] = '.'};
  struct lexed x;
  char found[64] = "";
  lex(state, &x, text);
  assert_false(errs_is_set(&x.t.errs));
  assert_true(x.t.list.n < sizeof found);
  for (size_t i = 0; i < x.t.list.n; i++) found[i] = letters[x.t.list.data[i].kind];
  assert_string_equal(found, kinds);
  done(&x);
}

static void kinds_of_tokens(void **state) {
  check_kinds(state, "", ".");
  check_kinds(state, "(module)", "(w).");
  check_kinds(state, "i32.const -0x1_0 $x \"s\"", "ww$s.");
  check_kinds(state, "offset=4 +1.5e-3 nan:0x7f inf", "wwww.");
  check_kinds(state, "a;;comment ( \"\nb", "ww.");
  check_kinds(state, "a(;x (;y;) \" ;)b", "ww.");
  check_kinds(state, ";; no line end", ".");
  check_kinds(state, "$\"a b\" $!#$%&'*+-./:<=>?@\\^_`|~", "$$.");
  check_kinds(state, "\"a\"b a\"b\" \"a\"\"b\" $x\"b\" a,b [ ; {}", "????????.");
  check_kinds(state, "$a$b 0$x", "$w.");
  check_kinds(state, "\"\\t\\n\\r\\\"\\'\\\\\\00\\fF\\u{1_F600}\"", "s.");
}

static void strings_become_bytes(void **state) {
  struct lexed x;
  vec_u8 bytes = {0};
  lex(state, &x, "\"a\\t\\n\\r\\\"\\'\\\\\\00\\fF\\u{e9}\\u{10FFFF}z\" $\"q\\20r\"");
  assert_true(wfx__token_bytes(&x.t, x.t.list.data[0], &x.errs, &bytes));
  assert_int_equal(bytes.n, 16);
  assert_memory_equal(bytes.data, "a\t\n\r\"'\\\0\xff\xc3\xa9\xf4\x8f\xbf\xbfz", 16);
  bytes.n = 0;
  assert_true(wfx__token_bytes(&x.t, x.t.list.data[1], &x.errs, &bytes));
  assert_int_equal(bytes.n, 3);
  assert_memory_equal(bytes.data, "q r", 3);
  vec_free(text_ctx(state), &bytes);
  done(&x);
}

static void places_are_lines_and_columns(void **state) {
  static const uint32_t places[][2] = {{1, 1}, {2, 3}, {3, 1}, {4, 2}, {5, 1}, {6, 1}};
  struct lexed x;
  lex(state, &x, "a\n  b\rc\r\n\td\n(;\n;)");
  for (size_t i = 0; i < 4; i++) {
    wfx_loc loc = wfx__tokens_loc(&x.t, x.t.list.data[i].at);
    assert_int_equal(loc.line, places[i][0]);
    assert_int_equal(loc.column, places[i][1]);
    assert_int_equal(loc.offset, x.t.list.data[i].at);
    assert_string_equal(loc.file, "f");
  }
  done(&x);
}

/* The error of a text, at an offset. */
static void check_error(void **state, const char *text, const char *message, uint32_t offset) {
  struct lexed x;
  lex(state, &x, text);
  assert_true(errs_is_set(&x.t.errs));
  const wfx_diag *d = wfx__errs_diag(&x.t.errs);
  assert_int_equal(d->status, WFX_MALFORMED);
  assert_string_equal(d->message, message);
  assert_int_equal(d->loc.offset, offset);
  assert_int_equal(vec_last(&x.t.list).kind, TOKEN_END);
  done(&x);
}

static void errors_of_the_lexer(void **state) {
  check_error(state, " \x01", "illegal character", 1);
  check_error(state, "a\x7f", "illegal character", 1);
  check_error(state, "(\xc3\xa9)", "illegal character", 1);
  check_error(state, "a \xff", "malformed UTF-8 encoding", 2);
  check_error(state, ";; \xc0\x80", "malformed UTF-8 encoding", 3);
  check_error(state, "\"\xed\xa0\x80\"", "malformed UTF-8 encoding", 1);
  check_error(state, " \"abc", "unclosed string", 5);
  check_error(state, "\"abc\ndef\"", "unclosed string", 0);
  check_error(state, "\"a\x02\"", "illegal character in string", 2);
  check_error(state, "\"\\x\"", "illegal escape", 1);
  check_error(state, "\"\\0\"", "illegal escape", 1);
  check_error(state, "\"\\u{d800}\"", "illegal escape", 1);
  check_error(state, "\"\\u{110000}\"", "illegal escape", 1);
  check_error(state, "\"\\u{}\"", "illegal escape", 1);
  check_error(state, "\"\\u{_1}\"", "illegal escape", 1);
  check_error(state, "\"\\u{1_}\"", "illegal escape", 1);
  check_error(state, "\"\\u{12", "illegal escape", 1);
  check_error(state, " (; (; ;)", "unclosed comment", 1);
  check_error(state, "$", "empty identifier", 0);
  check_error(state, "$ \"a\"", "empty identifier", 0);
  check_error(state, "$\"\"", "empty identifier", 0);
  check_error(state, "$\"\\ff\"", "malformed UTF-8 encoding", 0);
  check_error(state, "(@)", "empty annotation id", 0);
  check_error(state, "(@\"\")", "empty annotation id", 2);
  check_error(state, "(@ x)", "empty annotation id", 0);
  check_error(state, "a (@x (y)", "unclosed annotation", 2);
  check_error(state, "(@name \"x\" (@))", "empty annotation id", 11);
  check_error(state, " (@name \"x\" (@y)", "unclosed annotation", 1);
  check_error(state, "(@x \")", "unclosed string", 6);
}

static void annotations_are_passed_over(void **state) {
  check_kinds(state, "((@a) module (@b x (y) \")\" ; , (@) (;)) ;) )$m)", "(w$).");
  check_kinds(state, "(@\"quoted id\" {([)]} 0x $ )", ".");
  check_kinds(state, "( @a)", "(w).");
}

static void known_annotations_are_kept(void **state) {
  struct lexed x;
  lex(state, &x, "(@custom \"c\" (after code) \"1\" (@custom)) (func $f (@name \"g\") (@x y))");
  assert_int_equal(x.t.annots.n, 2);
  assert_true(x.t.annots.data[0].kind == ANNOT_CUSTOM);
  assert_int_equal(x.t.annots.data[0].at, 0);
  assert_int_equal(x.t.annots.data[0].n, 6);
  assert_false(x.t.annots.data[1].kind == ANNOT_CUSTOM);
  assert_int_equal(x.t.annots.data[1].at, 3);
  assert_int_equal(x.t.annots.data[1].n, 1);
  done(&x);
}

static void quoted_ids_are_known(void **state) {
  struct lexed x;
  lex(state, &x, "(@\"cust\\6fm\" \"c\") (@\"name\" \"n\") (@\"name \" \"n\")");
  assert_int_equal(x.t.annots.n, 2);
  assert_int_equal(x.t.annots.data[0].kind, ANNOT_CUSTOM);
  assert_int_equal(x.t.annots.data[1].kind, ANNOT_NAME);
  assert_int_equal(x.t.annots.data[1].n, 1);
  done(&x);
}

static void annotations_in_annotations(void **state) {
  struct lexed x;
  lex(state, &x, "(@name (@a (@b (c) \")\") $ (@)) \"x\" (@\"y\" (@name \"z\")) (d (@e)) (@f)) w");
  assert_int_equal(x.t.annots.n, 1);
  assert_int_equal(x.t.annots.data[0].at, 0);
  assert_int_equal(x.t.annots.data[0].n, 4); /* "x" ( d ) */
  assert_int_equal(x.t.annot_tokens.data[0].kind, TOKEN_STRING);
  assert_int_equal(x.t.annot_tokens.data[2].kind, TOKEN_WORD);
  assert_int_equal(x.t.list.n, 2);
  done(&x);
}

static void large_inputs_are_refused(void **state) {
  (void)state;
  struct unit_alloc a = {.fail_at = UINT64_MAX};
  wfx_options o = {.size = sizeof o, .alloc = unit_alloc_fn, .ud = &a};
  o.limits.module_bytes = 10;
  wfx_ctx *ctx = wfx_ctx_new(&o);
  struct lexed x;
  wfx__errs_init(&x.errs, ctx);
  assert_true(wfx__lex(&x.t, &x.errs, "(module    )", 12, NULL));
  assert_int_equal(wfx__errs_diag(&x.t.errs)->status, WFX_UNSUPPORTED);
  assert_int_equal(x.t.list.n, 1);
  done(&x);
  wfx_ctx_free(ctx);
}

int main(void) {
#define TEST(f) cmocka_unit_test_setup_teardown(f, text_setup, text_teardown)
  const struct CMUnitTest tests[] = {
      TEST(kinds_of_tokens),           TEST(strings_become_bytes),
      TEST(places_are_lines_and_columns), TEST(errors_of_the_lexer),
      TEST(annotations_are_passed_over), TEST(known_annotations_are_kept),
      TEST(quoted_ids_are_known),      TEST(annotations_in_annotations),
      TEST(large_inputs_are_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
