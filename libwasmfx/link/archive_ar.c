/* archive_ar.c: members of archives as `ar` writes them: GNU names and BSD names. Indices of
 * symbols are passed over, as members are asked themselves. Format: ar(5). */
#include "link/object.h"

#include <string.h>

enum { AR_MAGIC = 8, AR_HEADER = 60, AR_NAME = 16, AR_SIZE_AT = 48, AR_SIZE = 10,
       AR_END_AT = 58 };

bool wfx_is_archive(const uint8_t *bytes, size_t n_bytes) {
  return n_bytes >= AR_MAGIC &&
         (memcmp(bytes, "!<arch>\n", AR_MAGIC) == 0 ||
          memcmp(bytes, "!<thin>\n", AR_MAGIC) == 0);
}

static bool fail_archive(struct ar_reader *r, size_t at, const char *what) {
  return wfx__fail(r->e, WFX_MALFORMED, loc_offset(at), "malformed archive: %s", what);
}

bool wfx__ar_open(struct ar_reader *r, struct errs *e, const uint8_t *bytes, size_t n) {
  *r = (struct ar_reader){.e = e, .bytes = bytes, .n = n, .at = AR_MAGIC};
  if (!wfx_is_archive(bytes, n)) return fail_archive(r, 0, "magic not detected");
  return bytes[2] != 't' || wfx__fail(e, WFX_UNSUPPORTED, loc_offset(0),
                                      "thin archives are not supported");
}

/* A decimal number followed by blanks. */
static bool ar_number(const char *text, size_t n, size_t *out) {
  size_t i = 0;
  for (*out = 0; i < n && text[i] >= '0' && text[i] <= '9'; i++)
    *out = *out * 10 + (size_t)(text[i] - '0'); /* at most 15 digits */
  size_t n_digits = i;
  while (i < n && text[i] == ' ') i++;
  return n_digits != 0 && i == n;
}

/* One member with its header and the bytes behind it. */
struct ar_raw {
  const char *name; /* AR_NAME bytes */
  const uint8_t *bytes;
  size_t n, at;     /* of the header */
};

static bool read_ar_header(struct ar_reader *r, struct ar_raw *out) {
  out->at = r->at;
  if (r->n - r->at < AR_HEADER) return fail_archive(r, r->at, "a header is cut off");
  const char *header = (const char *)r->bytes + r->at;
  if (memcmp(header + AR_END_AT, "`\n", 2) != 0)
    return fail_archive(r, r->at, "a header does not end as it must");
  if (!ar_number(header + AR_SIZE_AT, AR_SIZE, &out->n))
    return fail_archive(r, r->at, "the size of a member is no number");
  r->at += AR_HEADER;
  if (out->n > r->n - r->at) return fail_archive(r, out->at, "a member is cut off");
  out->name = header;
  out->bytes = r->bytes + r->at;
  r->at += out->n;
  if (r->at < r->n && r->at % 2 != 0) r->at++;
  return true;
}

static bool begins_with(const struct ar_raw *m, const char *word) {
  return memcmp(m->name, word, strlen(word)) == 0;
}

/* "/123": an offset in the list of long names. */
static bool ar_long_name(struct ar_reader *r, const struct ar_raw *m, struct ar_member *out) {
  size_t at;
  if (!ar_number(m->name + 1, AR_NAME - 1, &at) || at >= r->names.n)
    return fail_archive(r, m->at, "a long name is not in the list");
  const char *name = r->names.data + at, *end = memchr(name, '\n', r->names.n - at);
  if (!end) return fail_archive(r, m->at, "a long name has no end");
  out->name = (wfx_str){name, (size_t)(end - name)};
  if (out->name.n != 0 && name[out->name.n - 1] == '/') out->name.n--;
  return true;
}

/* "#1/12": the content begins with the name, filled up with NULs. */
static bool ar_bsd_name(struct ar_reader *r, const struct ar_raw *m, struct ar_member *out) {
  size_t n;
  if (!ar_number(m->name + 3, AR_NAME - 3, &n) || n > m->n)
    return fail_archive(r, m->at, "a long name is cut off");
  out->name = (wfx_str){(const char *)m->bytes, n};
  const char *nul = memchr(out->name.data, 0, n);
  if (nul) out->name.n = (size_t)(nul - out->name.data);
  out->bytes = m->bytes + n;
  out->n = m->n - n;
  return true;
}

static void ar_short_name(const struct ar_raw *m, struct ar_member *out) {
  const char *end = memchr(m->name, '/', AR_NAME);
  size_t n = end ? (size_t)(end - m->name) : AR_NAME;
  while (!end && n != 0 && m->name[n - 1] == ' ') n--;
  out->name = (wfx_str){m->name, n};
}

static bool is_bsd_index(wfx_str name) {
  return name.n >= 9 && memcmp(name.data, "__.SYMDEF", 9) == 0;
}

bool wfx__ar_next(struct ar_reader *r, struct ar_member *out) {
  struct ar_raw m;
  while (r->at < r->n) {
    TRY(read_ar_header(r, &m));
    *out = (struct ar_member){.bytes = m.bytes, .n = m.n};
    if (begins_with(&m, "// ")) {
      r->names = (wfx_str){(const char *)m.bytes, m.n};
      continue;
    }
    if (begins_with(&m, "/ ") || begins_with(&m, "/SYM64/ ")) continue;
    if (begins_with(&m, "#1/")) TRY(ar_bsd_name(r, &m, out));
    else if (m.name[0] == '/') TRY(ar_long_name(r, &m, out));
    else ar_short_name(&m, out);
    if (!is_bsd_index(out->name)) return true;
  }
  out->bytes = NULL;
  return true;
}
