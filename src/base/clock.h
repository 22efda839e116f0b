/** Monotonic time. */
#ifndef GPH_BASE_CLOCK_H
#define GPH_BASE_CLOCK_H

/** Seconds of a monotonic clock with an arbitrary origin. Local, thread-safe. */
double gph_clock_now(void);

#endif
