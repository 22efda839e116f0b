/** What several test files of this folder do with edge lists. */
#ifndef GPH_TESTS_GRAPH_GATHER_H
#define GPH_TESTS_GRAPH_GATHER_H

#include "base/hash.h"
#include "graph/edges.h"

/** Edges of all ranks with u <= v, sorted: the graph, whoever made which part. */
typedef struct whole_edges {
    int64_t count;
    gph_edge_t *edge; /**< [count], gph_free() */
} whole_edges_t;

/** Gathers the edges of all ranks on every rank. Collective. Records a failure when it can't. */
whole_edges_t gather_edges(gph_context_t *context, const gph_edges_t *edges);

/** Gathers the names of all ranks, in rank order; gph_names_free(). Collective. */
gph_names_t gather_names(gph_context_t *context, const gph_edges_t *edges);

/** True when both have the same edges, as often. Local. */
bool same_edges(whole_edges_t a, whole_edges_t b);

/** Digest of gathered edges as text, in a static buffer. Local. */
const char *edges_digest(whole_edges_t whole);

/** Turns and sorts edges in place, as gathered ones are. Local. */
void sort_edges(int64_t count, gph_edge_t *edge);

#endif
