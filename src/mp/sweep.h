/** One sweep of a program over the vertices of a rank. */
#ifndef GPH_MP_SWEEP_H
#define GPH_MP_SWEEP_H

#include "base/sum.h"
#include "gph/mp.h"
#include "mp/halo.h"
#include "mp/layout.h"
#include "mp/work.h"

/** What one thread needs and counts; threads share no cache line of it. */
typedef struct gph_mp_thread {
    _Alignas(64) double *term;  /**< [sums × GPH_MP_BLOCK] */
    unsigned char *neighbour;   /**< [max degree × state_size], for programs of single vertices */
    int64_t changed;            /**< vertices that changed in this sweep */
    gph_sum_t sum[GPH_MP_SUMS]; /**< of this sweep */
} gph_mp_thread_t;

typedef struct gph_mp_sweeper {
    const gph_graph_t *graph;
    const gph_mp_program_t *program;
    gph_mp_layout_t layout;
    unsigned char *state; /**< [(owned + ghosts) × state_size] by row and place */
    unsigned char *next;  /**< [owned × state_size] new states, where they changed; or of `state`'s
                               shape, to take its place after a sweep of everything */
    unsigned char *changed;  /**< [owned + ghosts] in the last sweep */
    gph_mp_thread_t *thread; /**< [threads] */
    gph_mp_halo_t halo;
} gph_mp_sweeper_t;

/** Makes room for sweeps, and the first states. Collective. */
gph_status_t gph_mp_sweeper_init(const gph_graph_t *graph, const gph_mp_program_t *program,
                                 gph_mp_sweeper_t *sweeper);
/** Frees it. Local. */
void gph_mp_sweeper_free(gph_mp_sweeper_t *sweeper);

/** Computes the vertices of `work` and exchanges what changed. Every rank calls it. */
gph_status_t gph_mp_sweep(gph_mp_sweeper_t *sweeper, const gph_mp_work_t *work);

/** Copies the states of owned vertices to states[owned × state_size], in the graph's order. Local.
 */
void gph_mp_sweeper_states(const gph_mp_sweeper_t *sweeper, void *states);

/** Changes that this rank counted in the last sweep. Local. */
int64_t gph_mp_sweep_changes(const gph_mp_sweeper_t *sweeper);

/** Sums of the last sweep over all ranks: sum[program->sums]. Collective. */
gph_status_t gph_mp_sweep_sums(gph_mp_sweeper_t *sweeper, double *sum);

#endif
