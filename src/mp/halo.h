/**
 * Exchange of changed ghosts, without waiting: a rank tells each rank that shares an edge with it
 * which of the states that it needs have changed.
 *
 * A message is a header of 8 bytes (how many states changed, and the form), then either all states
 * in the order of the graph's halo plan, or places in that plan (32 bits each) and the states that
 * changed: whichever is shorter.
 */
#ifndef GPH_MP_HALO_H
#define GPH_MP_HALO_H

#include "graph/graph.h"

typedef struct gph_mp_halo {
    const gph_graph_t *graph;
    const gph_lid_t *plan; /**< [send_at[ranks]] owned vertices that others need, by rank */
    int64_t size;          /**< bytes a state */
    int64_t *send_at;      /**< [ranks + 1] first entry of each rank in the plan */
    int64_t *recv_at;      /**< [ranks + 1] first ghost of each rank */
    int64_t *send_bytes;   /**< [ranks] of the message in flight; 0: none to that rank */
    unsigned char *send; /**< room for the message to rank r from byte send_at[r] × size + 8 × r */
    unsigned char *recv;  /**< likewise from recv_at[r] × size + 8 × r */
    MPI_Request *request; /**< [2 × ranks] */
    int requests;         /**< in flight */
    int64_t changed;      /**< states told to others so far, by this rank */
    int64_t bytes;        /**< sent so far, by this rank */
} gph_mp_halo_t;

/** Makes the buffers. Collective: agrees.
 *  @param plan the graph's, or what stands for it where vertices and ghosts are renumbered; in
 *              ascending order for each rank. Is kept */
gph_status_t gph_mp_halo_init(const gph_graph_t *graph, size_t size, const gph_lid_t *plan,
                              gph_mp_halo_t *halo);
/** Frees the buffers. Local. */
void gph_mp_halo_free(gph_mp_halo_t *halo);

/**
 * Starts the messages about one sweep. Every rank calls it, and gph_mp_halo_finish() after it.
 * @param old     [owned × size] states before the sweep
 * @param state   [owned × size] new states, set where they changed at least
 * @param changed [owned] which changed
 */
gph_status_t gph_mp_halo_start(gph_mp_halo_t *halo, const unsigned char *old,
                               const unsigned char *state, const unsigned char *changed);

/** Lets MPI move messages on. */
gph_status_t gph_mp_halo_poll(gph_mp_halo_t *halo);

/**
 * Waits for all messages and unpacks them.
 * @param old     [(owned + ghosts) × size] states before the sweep; may be `state`
 * @param state   [(owned + ghosts) × size] receives the states of ghosts
 * @param changed [owned + ghosts] of ghosts, set where a state may have changed, 0 elsewhere
 */
gph_status_t gph_mp_halo_finish(gph_mp_halo_t *halo, const unsigned char *old, unsigned char *state,
                                unsigned char *changed);

#endif
