/** What one generator is: a plan made from a specification, and an edge for every edge index. */
#ifndef GPH_GRAPH_GENERATORS_H
#define GPH_GRAPH_GENERATORS_H

#include "graph/bijection.h"
#include "graph/generate.h"

/** Most vertices of generators whose edges are about as many as the vertices. */
#define GPH_GENERATE_MAX (INT64_C(1) << 48)

/** Most vertices of dense generators: all pairs of them still have 63-bit numbers. */
#define GPH_GENERATE_MAX_DENSE (INT64_C(1) << 32)

/** A graph about to be made; `seed` and what follows mean something to its generator only. */
typedef struct gph_plan {
    int64_t vertices;
    int64_t edges;           /**< in the list, with loops and repeats */
    int64_t parts;           /**< turan: parts, 1..vertices */
    uint64_t seed;           /**< rmat */
    uint64_t below_a;        /**< rmat: a 32-bit number below this goes to quadrant a, */
    uint64_t below_b;        /**< else below this to b, */
    uint64_t below_c;        /**< else below this to c, else to d */
    int scale;               /**< rmat: levels */
    gph_bijection_t shuffle; /**< rmat: of vertices; er: of pairs */
} gph_plan_t;

/** Makes a plan from a parsed specification. Local. GPH_ERR_USAGE with a message. */
typedef gph_status_t gph_plan_fn(gph_context_t *context, gph_spec_t *spec, gph_plan_t *plan);

/** Edge of an index in 0..edges-1. Local, thread-safe. */
typedef gph_edge_t gph_edge_fn(const gph_plan_t *plan, int64_t index);

/* The generators of gph_generate(), where each is described. */
gph_plan_fn gph_plan_rmat, gph_plan_er, gph_plan_complete, gph_plan_cycle, gph_plan_star,
    gph_plan_path, gph_plan_turan;
gph_edge_fn gph_edge_rmat, gph_edge_er, gph_edge_complete, gph_edge_cycle, gph_edge_star,
    gph_edge_path, gph_edge_turan;

/** Pairs of n vertices, n (n - 1) / 2, for n <= GPH_GENERATE_MAX_DENSE. Local. */
int64_t gph_pairs_count(int64_t n);

/** Pair number `index`, u < v, counted by v, then by u: index = v (v - 1) / 2 + u. Local. */
gph_edge_t gph_pairs_at(int64_t index);

#endif
