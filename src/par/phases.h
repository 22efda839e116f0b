/** What phases spend, for phases.c and usage.c. */
#ifndef GPH_PAR_PHASES_H
#define GPH_PAR_PHASES_H

#include "par/context.h"

/** What one rank spent. */
typedef struct gph_spent {
    double seconds; /**< by the clock */
    double wait;    /**< of them in communication, waiting included */
    double cpu;     /**< processor time of all threads */
    double region;  /**< of the seconds, in parallel regions */
    int64_t messages;
    int64_t message_bytes;
    int64_t collectives;
    int64_t collective_bytes;
} gph_spent_t;

/** All phases together and what was spent between them, but for seconds and cpu. Local. */
gph_spent_t gph_phases_total(const gph_phases_t *phases);

#endif
