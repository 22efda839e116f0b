/* Monotonic time. */
#include "base/clock.h"

#include <time.h>

double gph_clock_now(void)
{
    struct timespec now = {0};
    // Cannot fail: the clock is one that POSIX 2008 systems have, the address is valid.
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}
