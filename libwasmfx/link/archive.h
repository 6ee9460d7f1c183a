/* archive.h: the runtime modules packed into the library. */
#ifndef LINK_ARCHIVE_H
#define LINK_ARCHIVE_H

#include "base/diag.h"

/* Written by runtime/pack.c: four bytes "wfxp", the number of modules as 4 bytes, least first,
 * then for each, in alphabetical order, the size of its binary as 4 bytes and its name ended by
 * NUL; last all binaries in this order, compressed as gzip. Both are empty in the first stage
 * of a build. */
extern const unsigned char wfx__runtime_bytes[];
extern const size_t wfx__runtime_n_bytes;

/* Decompress all binaries into out (wfx_bytes_free). */
bool wfx__runtime_unpack(struct errs *e, wfx_bytes *out);
/* Where a module lies in the unpacked bytes; false when there is none of this name. */
bool wfx__runtime_find(const char *name, size_t *first, size_t *n_bytes);
/* Whether a name is that of a runtime module ("wfxrt:NAME@MAJOR", of any major), and if so, the
 * name of the module that the library has for NAME, or NULL. */
bool wfx__runtime_other_major(const char *name, const char **ours);

#endif
