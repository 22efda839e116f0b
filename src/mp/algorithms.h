/** The algorithms behind gph_mp_compute(). Each is Collective and adds its columns and facts. */
#ifndef GPH_MP_ALGORITHMS_H
#define GPH_MP_ALGORITHMS_H

#include "mp/result.h"

typedef gph_status_t gph_mp_algorithm_fn(const gph_graph_t *graph, const gph_mp_options_t *options,
                                         gph_mp_result_t *result);

gph_mp_algorithm_fn gph_mp_pagerank;
gph_mp_algorithm_fn gph_mp_bfs;
gph_mp_algorithm_fn gph_mp_components;
gph_mp_algorithm_fn gph_mp_sssp;
gph_mp_algorithm_fn gph_mp_labels;
gph_mp_algorithm_fn gph_mp_cores;
gph_mp_algorithm_fn gph_mp_triangles;

/**
 * Number of the source vertex that the options name. Collective.
 * @param number receives it; -1 for a graph without vertices
 */
gph_status_t gph_mp_source(const gph_graph_t *graph, const gph_mp_options_t *options,
                           gph_gid_t *number);

/** Fails, with a message, when time is up or a stop was asked for on any rank. Collective. */
gph_status_t gph_mp_go_on(gph_context_t *context, const char *what);

/**
 * Runs a program for an algorithm: the facts `sweeps` and `converged`; stopped in time, it fails.
 * Collective.
 */
gph_status_t gph_mp_run_whole(const gph_graph_t *graph, const gph_mp_program_t *program,
                              const gph_mp_limits_t *limits, const char *what, void *states,
                              gph_mp_result_t *result);

#endif
