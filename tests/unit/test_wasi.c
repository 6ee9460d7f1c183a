/* test_wasi.c: WASI given by a host: streams of its own, folders, an environment; what is open is
 * closed with the store. The calls themselves are tested by programs, in tests/wasi.sh. */
#include "run_unit.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* A folder with a file, for one test. */
struct box {
  char path[200], file[220];
};

static void box_open(struct box *b) {
  snprintf(b->path, sizeof b->path, "%s/wfx-unit.XXXXXX", P_tmpdir);
  assert_non_null(mkdtemp(b->path));
  snprintf(b->file, sizeof b->file, "%s/file", b->path);
  int fd = open(b->file, O_WRONLY | O_CREAT, 0600);
  assert_true(fd >= 0);
  assert_int_equal(write(fd, "content", 7), 7);
  close(fd);
}

static void box_close(const struct box *b) {
  assert_int_equal(unlink(b->file), 0);
  assert_int_equal(rmdir(b->path), 0);
}

static unsigned n_open_fds(void) {
  unsigned n = 0;
  DIR *dir = opendir("/proc/self/fd");
  assert_non_null(dir);
  while (readdir(dir)) n++;
  closedir(dir);
  return n;
}

/* Opens "file" in descriptor 3, reads it to 100, lists the folder to 200, waits for a clock, and
 * leaves everything open. Answers with the first errno, or 0. */
static const char program[] =
    "(module\n"
    "  (import \"wasi_snapshot_preview1\" \"path_open\" (func $open\n"
    "    (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))\n"
    "  (import \"wasi_snapshot_preview1\" \"fd_read\"\n"
    "    (func $read (param i32 i32 i32 i32) (result i32)))\n"
    "  (import \"wasi_snapshot_preview1\" \"fd_write\"\n"
    "    (func $write (param i32 i32 i32 i32) (result i32)))\n"
    "  (import \"wasi_snapshot_preview1\" \"fd_readdir\"\n"
    "    (func $list (param i32 i32 i32 i64 i32) (result i32)))\n"
    "  (import \"wasi_snapshot_preview1\" \"poll_oneoff\"\n"
    "    (func $poll (param i32 i32 i32 i32) (result i32)))\n"
    "  (import \"wasi_snapshot_preview1\" \"environ_get\"\n"
    "    (func $environ (param i32 i32) (result i32)))\n"
    "  (memory 1)\n"
    "  (data (i32.const 0) \"file\") (data (i32.const 16) \"\\64\\00\\00\\00\\40\\00\\00\\00\")\n"
    "  (data (i32.const 1016) \"\\01\\00\\00\\00\")\n"
    "  (func (export \"run\") (result i32) (local $e i32)\n"
    "    (local.set $e (call $open (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 4)\n"
    "      (i32.const 0) (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 8)))\n"
    "    (if (local.get $e) (then (return (local.get $e))))\n"
    "    (local.set $e (call $read (i32.load (i32.const 8)) (i32.const 16) (i32.const 1)\n"
    "      (i32.const 12)))\n"
    "    (if (local.get $e) (then (return (local.get $e))))\n"
    "    (local.set $e (call $list (i32.const 3) (i32.const 200) (i32.const 400) (i64.const 0)\n"
    "      (i32.const 32)))\n"
    "    (if (local.get $e) (then (return (local.get $e))))\n"
    "    (call $poll (i32.const 1000) (i32.const 1100) (i32.const 1) (i32.const 1200)))\n"
    "  (func (export \"echo\") (result i32)\n"
    "    (drop (call $read (i32.const 0) (i32.const 16) (i32.const 1) (i32.const 12)))\n"
    "    (i32.store (i32.const 20) (i32.load (i32.const 12)))\n"
    "    (drop (call $write (i32.const 2) (i32.const 16) (i32.const 1) (i32.const 12)))\n"
    "    (i32.load (i32.const 12)))\n"
    "  (func (export \"environ\") (result i32)\n"
    "    (drop (call $environ (i32.const 2000) (i32.const 2100)))\n"
    "    (i32.add (i32.load8_u (i32.load (i32.const 2004))) (i32.load8_u (i32.const 2103)))))\n";

struct streams {
  char text[32];
  size_t n;
};

static int64_t say_hello(void *ud, uint32_t fd, uint8_t *bytes, size_t n) {
  (void)ud;
  assert_int_equal(fd, 0);
  assert_true(n >= 5);
  memcpy(bytes, "hello", 5);
  return 5;
}

static int64_t keep(void *ud, uint32_t fd, const uint8_t *bytes, size_t n) {
  struct streams *s = ud;
  assert_int_equal(fd, 2);
  assert_true(n <= sizeof s->text - s->n);
  memcpy(s->text + s->n, bytes, n);
  s->n += n;
  return (int64_t)n;
}

static void test_streams(void **state) {
  (void)state;
  struct world w;
  struct streams s = {{0}, 0};
  const char *const env[] = {"A=1", "B=2"};
  wfx_wasi wasi = {.size = sizeof wasi, .ud = &s, .read = say_hello, .write = keep, .env = env,
                   .n_env = 2};
  world_open(&w, NULL);
  assert_int_equal(wfx_store_define_wasi(w.store, &wasi), WFX_OK);
  wfx_instance *inst = world_add(&w, program, NULL);
  assert_runs(inst, "echo", 0, 0, 5);
  assert_memory_equal(s.text, "hello", 5);
  assert_runs(inst, "environ", 0, 0, 'B');
  /* No folder: descriptor 3 is not there. */
  assert_runs(inst, "run", 0, 0, 8);
  world_close(&w);
}

static void test_folder(void **state) {
  (void)state;
  struct world w;
  struct box b;
  box_open(&b);
  const unsigned n_before = n_open_fds();
  const wfx_wasi_dir dirs[] = {{b.path, "/"}};
  wfx_wasi wasi = {.size = sizeof wasi, .dirs = dirs, .n_dirs = 1};
  world_open(&w, NULL);
  assert_int_equal(wfx_store_define_wasi(w.store, &wasi), WFX_OK);
  wfx_instance *inst = world_add(&w, program, NULL);
  assert_runs(inst, "run", 0, 0, 0);
  size_t n;
  const uint8_t *mem = wfx_instance_memory(inst, NULL, &n);
  assert_memory_equal(mem + 100, "content", 7);
  assert_true(n_open_fds() > n_before);
  /* Another definition is for instances made later, and the first goes on. */
  wfx_wasi none = {.size = sizeof none};
  assert_int_equal(wfx_store_define_wasi(w.store, &none), WFX_OK);
  wfx_instance *later = world_add(&w, program, NULL);
  assert_runs(later, "run", 0, 0, 8);
  assert_runs(inst, "run", 0, 0, 0);
  world_close(&w);
  assert_int_equal(n_open_fds(), n_before);
  box_close(&b);
}

static void test_no_folder(void **state) {
  (void)state;
  struct world w;
  const wfx_wasi_dir dirs[] = {{"/no/such/folder", NULL}};
  wfx_wasi wasi = {.size = sizeof wasi, .dirs = dirs, .n_dirs = 1};
  world_open(&w, NULL);
  assert_int_equal(wfx_store_define_wasi(w.store, &wasi), WFX_IO);
  assert_string_equal(wfx_store_diag(w.store)->message,
                      "cannot open the folder /no/such/folder");
  world_close(&w);
}

/* Memory runs out at every allocation of defining and calling: an error or errno 48, unless it
 * can be done without; and nothing stays open. */
static void test_no_memory(void **state) {
  (void)state;
  struct box b;
  box_open(&b);
  const unsigned n_before = n_open_fds();
  const wfx_wasi_dir dirs[] = {{b.path, "/"}};
  wfx_wasi wasi = {.size = sizeof wasi, .dirs = dirs, .n_dirs = 1};
  bool is_done = false;
  for (uint64_t fail_at = 0; !is_done; fail_at++) {
    struct world w;
    int32_t answer = 48;
    wfx_instance *inst = NULL;
    world_open(&w, NULL);
    wfx_module *m = world_parse(&w, program);
    w.alloc.n_calls = 0;
    w.alloc.fail_at = fail_at;
    wfx_status status = wfx_store_define_wasi(w.store, &wasi);
    if (status == WFX_OK) status = wfx_instantiate(w.store, m, NULL, &inst);
    if (status == WFX_OK) status = call_i32(inst, "run", 0, 0, &answer);
    assert_true(status == WFX_OK || status == WFX_NOMEM);
    assert_true(answer == 0 || answer == 48);
    is_done = w.alloc.n_calls <= fail_at;
    assert_true(!is_done || answer == 0);
    w.alloc.fail_at = UINT64_MAX;
    world_close(&w);
    assert_int_equal(n_open_fds(), n_before);
  }
  box_close(&b);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_streams),
      cmocka_unit_test(test_folder),
      cmocka_unit_test(test_no_folder),
      cmocka_unit_test(test_no_memory),
  };
  cmocka_set_message_output(CM_OUTPUT_TAP);
  return cmocka_run_group_tests(tests, NULL, NULL);
}
