/** Collections for the tests of batches, and distances by a plain loop over pairs. */
#ifndef GPH_TEST_PAIRS_SAMPLE_H
#define GPH_TEST_PAIRS_SAMPLE_H

#include "gph/ged_pairs.h"
#include "gph_test.h"

/** Writes text to a file of the shared folder, on rank 0. Returns its path. Collective. */
const char *sample_file(const char *name, const char *text);

/** Writes a file of random graphs with `least` to `most` nodes. Returns its path. Collective. */
const char *sample_graphs(const char *name, int graphs, int least, int most, int density);

/** Loads sample_graphs(). NULL after a failure, which is recorded. Collective. */
gph_collection_t *sample_load(gph_context_t *context, int graphs, int least, int most);

/** Results of all pairs of a collection by a plain loop: result[i × graphs + j]. Local.
 *  @return array of malloc(), NULL after a failure, which is recorded */
gph_ged_result_t *sample_results(gph_context_t *context, const gph_collection_t *collection,
                                 const gph_ged_options_t *options);

/** A folder for checkpoints, made when it is not there. Collective. */
const char *sample_folder(const char *name);

#endif
