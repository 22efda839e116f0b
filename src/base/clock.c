/* Monotonic time, and processor time. */
#include "base/clock.h"

#include <time.h>

static double seconds_of(clockid_t clock)
{
    struct timespec now = {0};
    // Cannot fail: the clocks are ones that POSIX 2008 systems have, the address is valid.
    clock_gettime(clock, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

double gph_clock_now(void)
{
    return seconds_of(CLOCK_MONOTONIC);
}

double gph_clock_cpu(void)
{
    return seconds_of(CLOCK_PROCESS_CPUTIME_ID);
}

double gph_clock_thread(void)
{
    return seconds_of(CLOCK_THREAD_CPUTIME_ID);
}
