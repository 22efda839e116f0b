/**
 * Inside of the search for one hard pair (split.c): the tree in pieces, kept in depth-first order.
 * split_pieces.c walks a piece and takes finished ones in; split_waves.c shares them among ranks,
 * wave by wave; split_team.c shares them among the threads of one rank, at any time.
 */
#ifndef GPH_GED_SPLIT_H
#define GPH_GED_SPLIT_H

#include "base/array.h"
#include "ged/methods.h"
#include "par/pool.h"

#include <stdatomic.h>

/** A piece of the tree. */
typedef struct gph_ged_piece {
    int64_t place;  /**< in a wave: the piece that it comes from */
    int64_t bound;  /**< open: no mapping in it costs less */
    int64_t steps;  /**< done: nodes */
    int64_t best;   /**< done: cost of its map; INT64_MAX: it has none */
    bool open;      /**< not done yet */
    int32_t walker; /**< open, in a team: thread that walks it, from 1; 0: nobody does */
    int32_t depth;  /**< of the frame where it begins */
    int32_t floor;  /**< of the frame where it ends */
    int32_t data[]; /**< [nodes + 1] path, then [nodes] map */
} gph_ged_piece_t;

/** What a walk is told. */
typedef struct gph_ged_order {
    int64_t piece;           /**< in the list */
    int64_t limit;           /**< see gph_ged_walk_t */
    int64_t aim;             /**< likewise */
    int64_t max_steps;       /**< likewise */
    const atomic_int *hurry; /**< likewise */
    gph_ged_give_fn *give;   /**< likewise */
    void *give_data;         /**< likewise */
    bool probe;              /**< likewise */
} gph_ged_order_t;

/** One pair that is searched in pieces. */
typedef struct gph_ged_split {
    gph_context_t *context;
    int32_t nodes;          /**< of side 0 */
    gph_ged_t **space;      /**< [threads] */
    gph_ged_one_t *one;     /**< [threads] */
    gph_ged_stand_t *stand; /**< [threads], each with its tree; the first one knows the best */
    gph_array_t list;       /**< of gph_ged_piece_t with their data, in depth-first order */
    gph_array_t *made;      /**< [threads] pieces that walks made */
    int64_t few_steps;      /**< nodes of a walk that should be cut soon */
    int64_t wave_steps;     /**< nodes of any other in a wave */
    int64_t team_steps;     /**< nodes of a walk in a team, at most */
    double until;           /**< time to stop at; 0: none */
    gph_pool_t *pool;
    gph_progress_line_t *progress;
    /* waves */
    gph_array_t next;       /**< the list after a wave */
    gph_ged_order_t *order; /**< [most] of this wave */
    gph_worklist_t work;    /**< the wave, last piece first: the pool takes the last entry first */
    int64_t most;           /**< pieces in a wave */
    bool scarce;            /**< there are fewer open pieces than a wave may have */
    atomic_llong hit;       /**< first place of this wave with a mapping within the limit */
    atomic_llong begun;     /**< walks of this wave that threads of this rank began */
    atomic_int hurry;       /**< gph_ged_hurry_t: with rounds, some thread has nothing left to do */
} gph_ged_split_t;

/** Piece i of a list. */
static inline gph_ged_piece_t *gph_ged_piece_at(const gph_array_t *list, int64_t i)
{
    return (gph_ged_piece_t *)((char *)list->data + i * (int64_t)list->size);
}

static inline int64_t gph_ged_lesser(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/** A mapping of this cost ends a round. */
static inline bool gph_ged_piece_hits(const gph_ged_split_t *split, int64_t best)
{
    return split->stand->tree.rounds && best <= split->stand->limit;
}

/* --- pieces (split_pieces.c), all of them local ----------------------------------------------- */

/** Appends a piece. */
gph_status_t gph_ged_piece_add(gph_array_t *list, const gph_ged_piece_t *head, const int32_t *path);

/** Walks a piece, and appends what came of it, and what was left, to split->made[thread]. The
 * path stays where it is meanwhile.
 *  @param best receives the cost of the mapping found, or INT64_MAX */
gph_status_t gph_ged_piece_walk(gph_ged_split_t *split, const gph_ged_piece_t *piece,
                                const gph_ged_order_t *order, int64_t place, int thread,
                                int64_t *best);

/** What is open at least costs this. */
int64_t gph_ged_pieces_bound(const gph_ged_split_t *split);

/** Takes in what is finished at the front of the list; true when that ends the round. The tree of
 * `thread` is at hand. */
bool gph_ged_pieces_take(gph_ged_split_t *split, int thread);

/* --- ways to share them ------------------------------------------------------------------------
 */

/** Walks the list up in waves. Collective. */
gph_status_t gph_ged_split_waves(gph_ged_split_t *split);

/** Walks the list up by the threads of the only rank, with rounds. */
gph_status_t gph_ged_split_team(gph_ged_split_t *split);

#endif
