/** Exact numbers for closed forms. */
#ifndef GPH_TEST_CLIQUE_EXACT_H
#define GPH_TEST_CLIQUE_EXACT_H

#include "gph/base.h"

/** C(n, r) by cancelling factors, so that nothing on the way is larger than the result, which must
 * fit. Local. */
gph_count_t exact_binomial(int n, int r);

/** Cliques of k members of the complete graph of n vertices in `parts` parts, as even as can be:
 * the ways to choose k parts and a vertex in each. Local. */
gph_count_t exact_turan(int n, int parts, int k);

#endif
