/**
 * Breadth-first search, switching between top-down and bottom-up levels (Beamer, Asanovic &
 * Patterson, SC 2012). Top-down, a rank offers its frontier to neighbours and tells owners of
 * ghosts; bottom-up, ranks first tell each other which vertices are in the frontier, as bits, and
 * each vertex not yet reached looks for the first of its neighbours there. Either way the parent is
 * the smallest neighbour in the frontier, so the tree does not depend on the directions taken.
 */
#ifndef GPH_MP_BFS_H
#define GPH_MP_BFS_H

#include "mp/vertex.h"

#include <stdatomic.h>

typedef struct gph_bfs {
    const gph_graph_t *graph;
    int32_t level;     /**< distance of the frontier */
    gph_lid_t *parent; /**< [owned + ghosts] smallest neighbour on a shortest path so far, or -1 */
    int32_t *distance; /**< [owned + ghosts] or -1; of ghosts: not -1 once their owners know */
    /* Top-down. */
    gph_lid_t *front;       /**< [owned + ghosts] owned vertices of the frontier */
    gph_lid_t *next;        /**< [owned + ghosts] vertices and ghosts reached from it */
    int64_t front_count;    /**< vertices in front, in either form */
    _Atomic int64_t reach;  /**< vertices in next */
    _Atomic int64_t degree; /**< edges at owned vertices of the next frontier */
    /* Bottom-up; bit v of a set is bit v % 64 of word v / 64. */
    uint64_t *bits;      /**< [words] the frontier, with ghosts */
    uint64_t *next_bits; /**< [words] */
    uint64_t *done;      /**< [words] reached, or without neighbours */
    int64_t words;       /**< for owned + ghosts */
    int64_t *send_words; /**< [ranks] words of bits for each rank */
    int64_t *recv_words; /**< [ranks] */
    uint64_t *send;      /**< [sum of send_words] */
    uint64_t *recv;      /**< [sum of recv_words] */
} gph_bfs_t;

/** Makes u the parent of v when it has a smaller number than the present one. Local. */
static inline void gph_bfs_offer(const gph_bfs_t *bfs, gph_lid_t v, gph_lid_t u)
{
    gph_lid_t seen = __atomic_load_n(&bfs->parent[v], __ATOMIC_RELAXED);
    while (seen < 0 || gph_mp_number(bfs->graph, u) < gph_mp_number(bfs->graph, seen))
        if (__atomic_compare_exchange_n(&bfs->parent[v], &seen, u, false, __ATOMIC_RELAXED,
                                        __ATOMIC_RELAXED))
            return;
}

/** One level from `front` to the next `front`; sets `degree`. Collective. */
gph_status_t gph_bfs_down(gph_bfs_t *bfs);

/** One level from `bits` to the next `bits`; sets `degree`. Collective. */
gph_status_t gph_bfs_up(gph_bfs_t *bfs);

/** From `front` to `bits`, and what bottom-up levels need besides. Local. */
gph_status_t gph_bfs_to_bits(gph_bfs_t *bfs);

/** From `bits` to `front`. Local. */
gph_status_t gph_bfs_to_list(gph_bfs_t *bfs);

#endif
