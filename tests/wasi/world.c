/* world.c: arguments, environment, clocks, chance, waiting, and what is not there. Standard input
 * is empty. */
#include <stdlib.h>
#include <unistd.h>

#include "say.h"

extern char **environ;

static void clocks(void) {
  __wasi_timestamp_t a = 0, b = 0;
  SAY(__wasi_clock_time_get(__WASI_CLOCKID_MONOTONIC, 0, &a));
  SAY(__wasi_clock_time_get(__WASI_CLOCKID_MONOTONIC, 1, &b));
  printf("time goes on: %d\n", b >= a);
  SAY(__wasi_clock_time_get(__WASI_CLOCKID_REALTIME, 0, &a));
  printf("after 2020: %d\n", a > 1577836800ull * 1000000000);
  SAY(__wasi_clock_res_get(__WASI_CLOCKID_MONOTONIC, &a));
  SAY(__wasi_clock_res_get(__WASI_CLOCKID_REALTIME, &b));
  printf("resolution: %d %d\n", a > 0 && a < 1000000000, b > 0 && b < 1000000000);
  OWN(__wasi_clock_time_get(__WASI_CLOCKID_PROCESS_CPUTIME_ID, 0, &a));
}

static unsigned wait_for(__wasi_subscription_t *subs, unsigned n) {
  __wasi_event_t events[4];
  __wasi_size_t n_events = 0;
  unsigned e = __wasi_poll_oneoff(subs, events, n, &n_events);
  for (unsigned i = 0; e == 0 && i < n_events; i++)
    printf("  event %llu type %d: %s\n", (unsigned long long)events[i].userdata, events[i].type,
           say_errno(events[i].error));
  return e;
}

static __wasi_subscription_t timer(unsigned name, __wasi_timestamp_t ns, unsigned flags) {
  __wasi_subscription_t s = {.userdata = name, .u.tag = __WASI_EVENTTYPE_CLOCK};
  s.u.u.clock.id = __WASI_CLOCKID_MONOTONIC;
  s.u.u.clock.timeout = ns;
  s.u.u.clock.flags = flags;
  return s;
}
static __wasi_subscription_t readable(unsigned name, __wasi_fd_t fd, unsigned type) {
  __wasi_subscription_t s = {.userdata = name, .u.tag = type};
  s.u.u.fd_read.file_descriptor = fd;
  return s;
}

static void waiting(void) {
  __wasi_timestamp_t before, after;
  __wasi_subscription_t subs[4] = {timer(1, 20000000, 0), timer(2, 10000000000, 0)};
  (void)!__wasi_clock_time_get(__WASI_CLOCKID_MONOTONIC, 0, &before);
  SAY(wait_for(subs, 2));
  (void)!__wasi_clock_time_get(__WASI_CLOCKID_MONOTONIC, 0, &after);
  printf("slept: %d\n", after - before >= 20000000 && after - before < 5000000000);
  subs[0] = timer(3, after, __WASI_SUBCLOCKFLAGS_SUBSCRIPTION_CLOCK_ABSTIME);
  SAY(wait_for(subs, 2));
  subs[0] = readable(4, 1, __WASI_EVENTTYPE_FD_WRITE);
  SAY(wait_for(subs, 2));
  subs[0] = readable(5, 0, __WASI_EVENTTYPE_FD_READ);
  OWN(wait_for(subs, 2));
  subs[0] = readable(6, 99, __WASI_EVENTTYPE_FD_READ);
  OWN(wait_for(subs, 2));
  SAY(wait_for(subs, 0));
  subs[0].u.tag = 7;
  OWN(wait_for(subs, 0xffffff));
}

int main(int argc, char **argv) {
  for (int i = 1; i < argc; i++) printf("argument %d [%s]\n", i, argv[i]);
  for (char **e = environ; e && *e; e++) printf("environment [%s]\n", *e);
  clocks();
  waiting();
  uint8_t bytes[1000] = {0};
  unsigned n_zero = 0;
  SAY(__wasi_random_get(bytes, sizeof bytes));
  for (unsigned i = 0; i < sizeof bytes; i++) n_zero += bytes[i] == 0;
  printf("random: %d\n", n_zero < 100);
  SAY(__wasi_sched_yield());
  __wasi_fdstat_t st;
  SAY(__wasi_fd_fdstat_get(0, &st));
  SAY(__wasi_fd_close(99));
  char c;
  printf("read %d\n", (int)read(0, &c, 1));
  OWN(__wasi_sock_shutdown(0, 1));
  fflush(stdout);
  exit(argc > 2 ? 7 : 0);
}
