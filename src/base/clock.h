/** Monotonic time, and processor time. */
#ifndef GPH_BASE_CLOCK_H
#define GPH_BASE_CLOCK_H

/** Seconds of a monotonic clock with an arbitrary origin. Local, thread-safe. */
double gph_clock_now(void);

/** Seconds of processor time that all threads of this process took. Local, thread-safe. */
double gph_clock_cpu(void);

/** Seconds of processor time that the calling thread took. Local. */
double gph_clock_thread(void);

#endif
