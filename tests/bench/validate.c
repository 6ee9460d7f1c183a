/* validate.c FILE: wfx_validate_bytes of one module and nothing more, with the features that
 * wasm-tools has by default and stack switching. Says so when the module is not valid. */
#define _DEFAULT_SOURCE /* mmap */
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <wasmfx.h>

int main(int argc, char **argv) {
  struct stat st;
  int fd = argc == 2 ? open(argv[1], O_RDONLY) : -1;
  if (fd < 0 || fstat(fd, &st) != 0) return 2;
  void *bytes = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
  if (bytes == MAP_FAILED) return 2;
  wfx_options o = {.size = sizeof o,
                   .features = wfx_features_default() | UINT64_C(1) << WFX_FEATURE_THREADS};
  wfx_ctx *ctx = wfx_ctx_new(&o);
  wfx_module *m = wfx_module_new(ctx);
  bool is_ok = m && wfx_validate_bytes(m, bytes, (size_t)st.st_size) == WFX_OK;
  if (!is_ok) fprintf(stderr, "validate: %s: %s\n", argv[1], m ? wfx_module_diag(m, 0)->message : "");
  wfx_module_free(m);
  wfx_ctx_free(ctx);
  munmap(bytes, (size_t)st.st_size);
  close(fd);
  return is_ok ? 0 : 1;
}
