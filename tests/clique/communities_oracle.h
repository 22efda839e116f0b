/** Communities by comparing all pairs of cliques: nothing here uses covers, traces or labels. */
#ifndef GPH_TEST_CLIQUE_COMMUNITIES_ORACLE_H
#define GPH_TEST_CLIQUE_COMMUNITIES_ORACLE_H

#include "oracle.h"

/** Communities in the order promised. */
typedef struct wanted {
    int64_t count;
    int64_t members;
    int64_t largest;
    int64_t covered;
    int64_t *member; /**< [members × 2] number of the community and id by turns; free() it */
} wanted_t;

/** Communities of a small graph. Local. Cost: the number of cliques squared. */
wanted_t wanted_communities(const oracle_t *oracle, int k);

#endif
