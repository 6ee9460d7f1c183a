/* pair_native.c: one suspend and resume in native code; the rest is in pair.c. */
#define PAIR_STORE(ctx) wfx_store_new_native(ctx, wfx_native_llvm(), NULL)
#define PAIR_CLOCK CLOCK_THREAD_CPUTIME_ID
#include "bench/pair.c"
