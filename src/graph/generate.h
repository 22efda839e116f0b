/**
 * Generators: graphs made from a specification such as `rmat:scale=18,edgefactor=16,seed=1`. Each
 * rank makes an even share of the edges; the graph is the same on any number of ranks.
 */
#ifndef GPH_GRAPH_GENERATE_H
#define GPH_GRAPH_GENERATE_H

#include "graph/edges.h"
#include "graph/spec.h"

/** True when the specification names a generator of this file. Local. */
bool gph_generate_knows(const gph_spec_t *spec);

/**
 * Makes this rank's share of a graph. Collective.
 *
 * `rmat:scale=S,edgefactor=16,seed=1,a=0.57,b=0.19,c=0.19` (Chakrabarti et al. 2004, Graph500
 * values, vertices permuted by a keyed bijection), `er:n=,m=,seed=1` (m edges drawn uniformly,
 * without loops and repeats), `complete:n=`, `cycle:n=`, `star:n=` (n vertices in all), `path:n=`,
 * `turan:n=,r=` (complete r-partite, parts as even as can be). Without seed, the context's is used.
 * Vertices are 0..n-1, all present. rmat has edgefactor × 2^S edges, loops and repeats among them;
 * the others have neither. er draws from a keyed bijection of all pairs, so it is exact.
 * @param edges receives this rank's share: an even block of the edge numbers
 * Cost: O(m/P) a rank, divided by its threads. n is at most 2^32 for er, complete and turan.
 * @return GPH_ERR_USAGE with a message for an unknown key, a missing one or a value out of range
 */
gph_status_t gph_generate(gph_context_t *context, gph_spec_t *spec, gph_edges_t *edges);

#endif
