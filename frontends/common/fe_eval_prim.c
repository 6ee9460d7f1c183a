/* Primitives of the reference interpreter: arithmetic, comparison, strings, show. */
#include "common/fe_eval_value.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static fe_value unit(void) {
  return (fe_value){.kind = FE_V_UNIT};
}

static fe_value from_int(int64_t i) {
  return (fe_value){.kind = FE_V_INT, .u.i = i};
}

static fe_value from_bool(bool b) {
  return (fe_value){.kind = FE_V_BOOL, .u.i = b};
}

static fe_value from_float(double f) {
  return (fe_value){.kind = FE_V_FLOAT, .u.f = f};
}

static fe_value from_bytes(fe_eval *ev, const char *bytes, size_t n) {
  fe_text *t = FE_NEW(ev->a, fe_text);
  t->bytes = fe_copy(ev->a, bytes, n);
  t->n_bytes = (uint32_t)n;
  return (fe_value){.kind = FE_V_STRING, .u.text = t};
}

bool fe_eval_expect(fe_eval *ev, const fe_value *v, fe_value_kind kind, fe_pos pos) {
  static const char *const names[] = {
    [FE_V_UNIT] = "()",          [FE_V_BOOL] = "a boolean",   [FE_V_INT] = "an integer",
    [FE_V_CHAR] = "a character", [FE_V_FLOAT] = "a float",    [FE_V_STRING] = "a string",
    [FE_V_NIL] = "a list",       [FE_V_CONS] = "a list",      [FE_V_RECORD] = "a record",
    [FE_V_VARIANT] = "a variant", [FE_V_CLOSURE] = "a function",
    [FE_V_RESUMPTION] = "a function"};
  if (v->kind == kind)
    return true;
  fe_eval_fail(ev, pos, "type error: expected %s but found %s", names[kind], names[v->kind]);
  return false;
}

/* Text building. */

typedef FE_VEC(char) text_vec;

static void put(fe_eval *ev, text_vec *t, const char *text) {
  for (; *text; text++)
    fe_push(ev->a, t, *text);
}

static void put_code_point(fe_eval *ev, text_vec *t, uint32_t c) {
  char bytes[5] = {0};
  if (c < 0x80) {
    fe_push(ev->a, t, (char)c);
    return;
  }
  if (c < 0x800) {
    bytes[0] = (char)(0xC0 | c >> 6);
    bytes[1] = (char)(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    bytes[0] = (char)(0xE0 | c >> 12);
    bytes[1] = (char)(0x80 | (c >> 6 & 0x3F));
    bytes[2] = (char)(0x80 | (c & 0x3F));
  } else {
    bytes[0] = (char)(0xF0 | c >> 18);
    bytes[1] = (char)(0x80 | (c >> 12 & 0x3F));
    bytes[2] = (char)(0x80 | (c >> 6 & 0x3F));
    bytes[3] = (char)(0x80 | (c & 0x3F));
  }
  put(ev, t, bytes);
}

/* One byte of a quoted text; bytes of longer code points stay as they are. */
static void put_escaped(fe_eval *ev, text_vec *t, char byte, char quote) {
  static const char plain[] = "\n\r\t", letters[] = "nrt";
  const char *found = byte ? strchr(plain, byte) : NULL;
  char text[5] = {byte};
  if (byte == quote || byte == '\\')
    snprintf(text, sizeof text, "\\%c", byte);
  else if (found)
    snprintf(text, sizeof text, "\\%c", letters[found - plain]);
  else if ((uint8_t)byte < 0x20)
    snprintf(text, sizeof text, "\\x%02x", (uint8_t)byte);
  put(ev, t, text);
}

static void put_quoted(fe_eval *ev, text_vec *t, const char *bytes, size_t n, char quote) {
  fe_push(ev->a, t, quote);
  for (size_t i = 0; i < n; i++)
    put_escaped(ev, t, bytes[i], quote);
  fe_push(ev->a, t, quote);
}

static void put_int(fe_eval *ev, text_vec *t, int64_t i) {
  char text[32];
  snprintf(text, sizeof text, "%lld", (long long)i);
  put(ev, t, text);
}

/* The fewest digits that read back as f; without exponent from 0.0001 on and below 10^16. */
static void put_float(fe_eval *ev, text_vec *t, double f) {
  char text[40];
  int digits = 0;
  if (!isfinite(f)) {
    put(ev, t, isnan(f) ? "nan" : f < 0 ? "-inf" : "inf");
    return;
  }
  do
    snprintf(text, sizeof text, "%.*e", digits, f);
  while (digits++ < 17 && strtod(text, NULL) != f);
  int exponent = atoi(strchr(text, 'e') + 1), n_decimals = digits - 1 - exponent;
  if (f == 0 || (exponent >= -4 && exponent < 16))
    snprintf(text, sizeof text, "%.*f", n_decimals > 1 ? n_decimals : 1, f);
  put(ev, t, text);
}

static void put_value(fe_eval *ev, text_vec *t, fe_value v, uint32_t depth);

static void put_record(fe_eval *ev, text_vec *t, const fe_record *r, uint32_t depth) {
  bool is_tuple = r->n >= 2;
  for (uint32_t i = 0; i < r->n; i++)
    is_tuple = is_tuple && r->labels[i]->number == i + 1;
  put(ev, t, "(");
  for (uint32_t i = 0; i < r->n; i++) {
    put(ev, t, i ? ", " : "");
    if (!is_tuple) {
      put(ev, t, r->labels[i]->name->text);
      put(ev, t, " = ");
    }
    put_value(ev, t, r->fields[i], depth + 1);
  }
  put(ev, t, ")");
}

static void put_list(fe_eval *ev, text_vec *t, fe_value v, uint32_t depth) {
  put(ev, t, "[");
  for (bool is_first = true; v.kind == FE_V_CONS; v = v.u.cell->tail, is_first = false) {
    put(ev, t, is_first ? "" : ", ");
    put_value(ev, t, v.u.cell->head, depth + 1);
  }
  put(ev, t, "]");
}

static void put_variant(fe_eval *ev, text_vec *t, const fe_variant *v, uint32_t depth) {
  put(ev, t, v->label->name->text);
  if (v->payload.kind == FE_V_UNIT)
    return;
  bool has_parens = v->payload.kind == FE_V_RECORD;
  put(ev, t, has_parens ? "" : "(");
  put_value(ev, t, v->payload, depth + 1);
  put(ev, t, has_parens ? "" : ")");
}

static void put_value(fe_eval *ev, text_vec *t, fe_value v, uint32_t depth) {
  if (depth > FE_MAX_DEPTH) {
    put(ev, t, "...");
    return;
  }
  text_vec quoted = {0};
  switch (v.kind) {
  case FE_V_UNIT:
    put(ev, t, "()");
    return;
  case FE_V_BOOL:
    put(ev, t, v.u.i ? "true" : "false");
    return;
  case FE_V_INT:
    put_int(ev, t, v.u.i);
    return;
  case FE_V_CHAR:
    put_code_point(ev, &quoted, (uint32_t)v.u.i);
    put_quoted(ev, t, quoted.data, quoted.n, '\'');
    return;
  case FE_V_FLOAT:
    put_float(ev, t, v.u.f);
    return;
  case FE_V_STRING:
    put_quoted(ev, t, v.u.text->bytes, v.u.text->n_bytes, '"');
    return;
  case FE_V_NIL: case FE_V_CONS:
    put_list(ev, t, v, depth);
    return;
  case FE_V_RECORD:
    put_record(ev, t, v.u.record, depth);
    return;
  case FE_V_VARIANT:
    put_variant(ev, t, v.u.variant, depth);
    return;
  case FE_V_CLOSURE: case FE_V_RESUMPTION:
    put(ev, t, "fun");
    return;
  }
}

/* Comparison: by kind, then lexicographically. */

enum { NOT_ORDERED = INT_MAX };  /* the first difference is a float that is not a number */

static int sign(int64_t a, int64_t b) {
  return a < b ? -1 : a > b;
}

static int compare_text(const fe_text *a, const fe_text *b) {
  uint32_t n = a->n_bytes < b->n_bytes ? a->n_bytes : b->n_bytes;
  int order = n ? memcmp(a->bytes, b->bytes, n) : 0;
  return order ? order : sign(a->n_bytes, b->n_bytes);
}

static bool compare_at(fe_eval *ev, fe_value a, fe_value b, int *order, fe_pos pos,
                       uint32_t depth);

/* The labels in order, then their number. */
static int compare_shapes(const fe_record *a, const fe_record *b) {
  for (uint32_t i = 0; i < a->n && i < b->n; i++) {
    int order = fe_label_compare(a->labels[i], b->labels[i]);
    if (order)
      return order;
  }
  return sign(a->n, b->n);
}

static bool compare_records(fe_eval *ev, const fe_record *a, const fe_record *b, int *order,
                            fe_pos pos, uint32_t depth) {
  *order = compare_shapes(a, b);
  for (uint32_t i = 0; i < a->n && *order == 0; i++)
    if (!compare_at(ev, a->fields[i], b->fields[i], order, pos, depth))
      return false;
  return true;
}

/* Where a kind stands among the others, as in the runtime. */
static int rank_of(fe_value_kind kind) {
  switch (kind) {
  case FE_V_INT:
    return 0;
  case FE_V_FLOAT:
    return 1;
  case FE_V_CHAR:
    return 2;
  case FE_V_BOOL:
    return 3;
  case FE_V_STRING:
    return 4;
  case FE_V_NIL: case FE_V_CONS:
    return 5;
  case FE_V_UNIT: case FE_V_RECORD:
    return 6;
  case FE_V_VARIANT:
    return 7;
  case FE_V_CLOSURE: case FE_V_RESUMPTION:
    return 8;
  }
  return 8;
}

static bool compare_at(fe_eval *ev, fe_value a, fe_value b, int *order, fe_pos pos,
                       uint32_t depth) {
  if (depth > FE_MAX_DEPTH) {
    fe_eval_fail(ev, pos, "values are nested too deeply to compare");
    return false;
  }
  while (a.kind == FE_V_CONS && b.kind == FE_V_CONS) {
    if (!compare_at(ev, a.u.cell->head, b.u.cell->head, order, pos, depth + 1))
      return false;
    if (*order)
      return true;
    a = a.u.cell->tail;
    b = b.u.cell->tail;
  }
  *order = sign(rank_of(a.kind), rank_of(b.kind));
  if (*order)
    return true;
  switch (a.kind) {
  case FE_V_UNIT: case FE_V_RECORD: {
    const fe_record none = {0};
    return compare_records(ev, a.kind == FE_V_UNIT ? &none : a.u.record,
                           b.kind == FE_V_UNIT ? &none : b.u.record, order, pos, depth + 1);
  }
  case FE_V_NIL: case FE_V_CONS:
    *order = sign(a.kind, b.kind);
    return true;
  case FE_V_BOOL: case FE_V_INT: case FE_V_CHAR:
    *order = sign(a.u.i, b.u.i);
    return true;
  case FE_V_FLOAT:
    *order = a.u.f < b.u.f ? -1 : a.u.f > b.u.f ? 1 : a.u.f == b.u.f ? 0 : NOT_ORDERED;
    return true;
  case FE_V_STRING:
    *order = compare_text(a.u.text, b.u.text);
    return true;
  case FE_V_VARIANT:
    *order = fe_label_compare(a.u.variant->label, b.u.variant->label);
    return *order != 0 || compare_at(ev, a.u.variant->payload, b.u.variant->payload, order, pos,
                                     depth + 1);
  case FE_V_CLOSURE: case FE_V_RESUMPTION:
    fe_eval_fail(ev, pos, "functions cannot be compared");
    return false;
  }
  return false;
}

bool fe_eval_compare(fe_eval *ev, fe_value a, fe_value b, int *order, fe_pos pos) {
  return compare_at(ev, a, b, order, pos, 0);
}

/* Primitives. */

static fe_value arithmetic(fe_eval *ev, fe_prim prim, int64_t a, int64_t b, fe_pos pos) {
  int64_t r = 0;
  bool overflows = false;
  if (prim == FE_PRIM_int_add) {
    overflows = __builtin_add_overflow(a, b, &r);
  } else if (prim == FE_PRIM_int_sub) {
    overflows = __builtin_sub_overflow(a, b, &r);
  } else if (prim == FE_PRIM_int_mul) {
    overflows = __builtin_mul_overflow(a, b, &r);
  } else if (b == 0) {
    fe_eval_fail(ev, pos, "division by zero");
  } else if (b == -1) {
    overflows = prim == FE_PRIM_int_quot && __builtin_sub_overflow((int64_t)0, a, &r);
  } else {
    r = prim == FE_PRIM_int_quot ? a / b : a % b;
  }
  if (overflows)
    fe_eval_fail(ev, pos, "integer overflow");
  return from_int(r);
}

static fe_value float_arithmetic(fe_prim prim, double a, double b) {
  if (prim == FE_PRIM_float_add)
    return from_float(a + b);
  if (prim == FE_PRIM_float_sub)
    return from_float(a - b);
  return from_float(prim == FE_PRIM_float_mul ? a * b : a / b);
}

static fe_value comparison(fe_eval *ev, fe_prim prim, const fe_value *args, fe_pos pos) {
  int o = 0;
  if (!fe_eval_compare(ev, args[0], args[1], &o, pos))
    return unit();
  return from_bool(prim == FE_PRIM_eq   ? o == 0
                   : prim == FE_PRIM_ne ? o != 0
                   : prim == FE_PRIM_lt ? o < 0
                   : prim == FE_PRIM_le ? o <= 0
                   : prim == FE_PRIM_gt ? o > 0 && o != NOT_ORDERED
                                        : o >= 0 && o != NOT_ORDERED);
}

static bool read_int(const fe_text *t, int64_t *out) {
  bool is_negative = t->n_bytes > 0 && t->bytes[0] == '-';
  int64_t value = 0;
  if (t->n_bytes == is_negative)
    return false;
  for (uint32_t i = is_negative; i < t->n_bytes; i++) {
    int64_t digit = t->bytes[i] - '0';
    if (digit < 0 || digit > 9 || value > (INT64_MAX - digit) / 10)
      return false;
    value = value * 10 + digit;
  }
  *out = is_negative ? -value : value;
  return true;
}

static uint32_t decode(const fe_text *t, uint32_t *at) {
  uint8_t first = (uint8_t)t->bytes[(*at)++];
  uint32_t n = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : first >= 0xC0 ? 1 : 0;
  uint32_t c = n == 3 ? first & 7u : n == 2 ? first & 15u : n == 1 ? first & 31u : first;
  for (; n && *at < t->n_bytes; n--)
    c = c << 6 | ((uint8_t)t->bytes[(*at)++] & 0x3F);
  return c;
}

static fe_value explode(fe_eval *ev, const fe_text *t) {
  fe_value list = {.kind = FE_V_NIL};
  fe_value *hole = &list;
  for (uint32_t at = 0; at < t->n_bytes;) {
    fe_cell *cell = FE_NEW(ev->a, fe_cell);
    cell->head = (fe_value){.kind = FE_V_CHAR, .u.i = decode(t, &at)};
    cell->tail.kind = FE_V_NIL;
    *hole = (fe_value){.kind = FE_V_CONS, .u.cell = cell};
    hole = &cell->tail;
  }
  return list;
}

static fe_value implode(fe_eval *ev, fe_value list, fe_pos pos) {
  text_vec t = {0};
  for (; list.kind == FE_V_CONS; list = list.u.cell->tail) {
    if (list.u.cell->head.kind != FE_V_CHAR) {
      fe_eval_fail(ev, pos, "not a character");
      return unit();
    }
    put_code_point(ev, &t, (uint32_t)list.u.cell->head.u.i);
  }
  if (!fe_eval_expect(ev, &list, FE_V_NIL, pos))
    return unit();
  return from_bytes(ev, t.n ? t.data : "", t.n);
}

static fe_value concat(fe_eval *ev, const fe_text *a, const fe_text *b) {
  char *bytes = fe_alloc(ev->a, (size_t)a->n_bytes + b->n_bytes + 1);
  memcpy(bytes, a->bytes, a->n_bytes);
  memcpy(bytes + a->n_bytes, b->bytes, b->n_bytes);
  fe_text *t = FE_NEW(ev->a, fe_text);
  *t = (fe_text){bytes, a->n_bytes + b->n_bytes};
  return (fe_value){.kind = FE_V_STRING, .u.text = t};
}

static uint32_t length(const fe_text *t) {
  uint32_t n = 0;
  for (uint32_t i = 0; i < t->n_bytes; i++)
    n += ((uint8_t)t->bytes[i] & 0xC0) != 0x80;
  return n;
}

static fe_value to_int(fe_eval *ev, fe_value v, fe_pos pos) {
  int64_t i = 0;
  if (!read_int(v.u.text, &i))
    fe_eval_fail(ev, pos, "not an integer");
  return from_int(i);
}

static fe_value to_float(fe_eval *ev, fe_value v, fe_pos pos) {
  char *end = NULL;
  double f = strtod(v.u.text->bytes, &end);
  if (v.u.text->n_bytes == 0 || end != v.u.text->bytes + v.u.text->n_bytes)
    fe_eval_fail(ev, pos, "not a number");
  return from_float(f);
}

static fe_value truncate_float(fe_eval *ev, double f, fe_pos pos) {
  if (!(f > -9.2e18 && f < 9.2e18)) {
    fe_eval_fail(ev, pos, "out of range");
    return unit();
  }
  return from_int((int64_t)f);
}

static fe_value to_char(fe_eval *ev, int64_t i, fe_pos pos) {
  if (i < 0 || i > 0x10FFFF || (i >= 0xD800 && i <= 0xDFFF))
    fe_eval_fail(ev, pos, "not a character");
  return (fe_value){.kind = FE_V_CHAR, .u.i = i};
}

static fe_value show(fe_eval *ev, fe_value v) {
  text_vec t = {0};
  put_value(ev, &t, v, 0);
  return from_bytes(ev, t.data, t.n);
}

static fe_value number_text(fe_eval *ev, fe_value v) {
  text_vec t = {0};
  if (v.kind == FE_V_INT)
    put_int(ev, &t, v.u.i);
  else
    put_float(ev, &t, v.u.f);
  return from_bytes(ev, t.data, t.n);
}

static fe_value random_float(fe_eval *ev) {
  ev->seed = ev->seed * 6364136223846793005u + 1442695040888963407u;
  return from_float((double)(ev->seed >> 11) / 9007199254740992.0);
}

/* The kind all arguments must have; UNIT: any. */
static fe_value_kind argument_kind(fe_prim prim) {
  switch (prim) {
  case FE_PRIM_int_add: case FE_PRIM_int_sub: case FE_PRIM_int_mul: case FE_PRIM_int_quot:
  case FE_PRIM_int_rem: case FE_PRIM_int_neg: case FE_PRIM_int_to_str:
  case FE_PRIM_int_to_float: case FE_PRIM_int_to_char:
    return FE_V_INT;
  case FE_PRIM_float_add: case FE_PRIM_float_sub: case FE_PRIM_float_mul:
  case FE_PRIM_float_div: case FE_PRIM_float_neg: case FE_PRIM_float_floor:
  case FE_PRIM_float_ceil: case FE_PRIM_float_sqrt: case FE_PRIM_float_to_str:
  case FE_PRIM_float_to_int:
    return FE_V_FLOAT;
  case FE_PRIM_str_concat: case FE_PRIM_str_length: case FE_PRIM_str_is_int:
  case FE_PRIM_str_to_int: case FE_PRIM_str_to_float: case FE_PRIM_explode:
  case FE_PRIM_print: case FE_PRIM_error:
    return FE_V_STRING;
  case FE_PRIM_char_to_int:
    return FE_V_CHAR;
  case FE_PRIM_not:
    return FE_V_BOOL;
  case FE_PRIM_eq: case FE_PRIM_ne: case FE_PRIM_lt: case FE_PRIM_le: case FE_PRIM_gt:
  case FE_PRIM_ge: case FE_PRIM_implode: case FE_PRIM_show: case FE_PRIM_random:
  case FE_PRIM_fresh:
    return FE_V_UNIT;
  }
  return FE_V_UNIT;
}

static fe_value run_prim(fe_eval *ev, fe_prim prim, const fe_value *args, fe_pos pos) {
  int64_t ignored;
  switch (prim) {
  case FE_PRIM_int_add: case FE_PRIM_int_sub: case FE_PRIM_int_mul: case FE_PRIM_int_quot:
  case FE_PRIM_int_rem:
    return arithmetic(ev, prim, args[0].u.i, args[1].u.i, pos);
  case FE_PRIM_int_neg:
    return arithmetic(ev, FE_PRIM_int_sub, 0, args[0].u.i, pos);
  case FE_PRIM_float_add: case FE_PRIM_float_sub: case FE_PRIM_float_mul:
  case FE_PRIM_float_div:
    return float_arithmetic(prim, args[0].u.f, args[1].u.f);
  case FE_PRIM_float_neg:
    return from_float(-args[0].u.f);
  case FE_PRIM_float_floor:
    return from_float(floor(args[0].u.f));
  case FE_PRIM_float_ceil:
    return from_float(ceil(args[0].u.f));
  case FE_PRIM_float_sqrt:
    return from_float(sqrt(args[0].u.f));
  case FE_PRIM_eq: case FE_PRIM_ne: case FE_PRIM_lt: case FE_PRIM_le: case FE_PRIM_gt:
  case FE_PRIM_ge:
    return comparison(ev, prim, args, pos);
  case FE_PRIM_not:
    return from_bool(!args[0].u.i);
  case FE_PRIM_str_concat:
    return concat(ev, args[0].u.text, args[1].u.text);
  case FE_PRIM_str_length:
    return from_int(length(args[0].u.text));
  case FE_PRIM_str_is_int:
    return from_bool(read_int(args[0].u.text, &ignored));
  case FE_PRIM_str_to_int:
    return to_int(ev, args[0], pos);
  case FE_PRIM_str_to_float:
    return to_float(ev, args[0], pos);
  case FE_PRIM_explode:
    return explode(ev, args[0].u.text);
  case FE_PRIM_implode:
    return implode(ev, args[0], pos);
  case FE_PRIM_int_to_str: case FE_PRIM_float_to_str:
    return number_text(ev, args[0]);
  case FE_PRIM_int_to_float:
    return from_float((double)args[0].u.i);
  case FE_PRIM_float_to_int:
    return truncate_float(ev, args[0].u.f, pos);
  case FE_PRIM_char_to_int:
    return from_int(args[0].u.i);
  case FE_PRIM_int_to_char:
    return to_char(ev, args[0].u.i, pos);
  case FE_PRIM_show:
    return show(ev, args[0]);
  case FE_PRIM_print:
    fwrite(args[0].u.text->bytes, 1, args[0].u.text->n_bytes, ev->out);
    return unit();
  case FE_PRIM_error:
    fe_eval_fail(ev, pos, "%s", args[0].u.text->bytes);
    return unit();
  case FE_PRIM_random:
    return random_float(ev);
  case FE_PRIM_fresh:
    return from_int(ev->n_fresh++);
  }
  return unit();
}

fe_value fe_eval_prim(fe_eval *ev, fe_prim prim, const fe_value *args, fe_pos pos) {
  fe_value_kind kind = argument_kind(prim);
  for (uint32_t i = 0; kind != FE_V_UNIT && i < fe_prim_arity(prim); i++)
    if (!fe_eval_expect(ev, &args[i], kind, pos))
      return unit();
  return run_prim(ev, prim, args, pos);
}
