/** Which ranks share a host. */
#ifndef GPH_PAR_HOST_H
#define GPH_PAR_HOST_H

#include "par/context.h"

/**
 * Counts the ranks on this rank's host. Collective.
 * @param ranks receives their number
 * @param first receives 1 on one of them, 0 on the others
 */
gph_status_t gph_host_count(gph_context_t *context, int64_t *ranks, int64_t *first);

#endif
