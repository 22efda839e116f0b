/** Inside of the distributed graph. */
#ifndef GPH_GRAPH_GRAPH_H
#define GPH_GRAPH_GRAPH_H

#include "gph/graph.h"
#include "graph/edges.h"
#include "graph/lock.h"
#include "par/tiles.h"

struct gph_graph {
    gph_context_t *context;
    char *source;       /**< path or specification that it was loaded from, or NULL */
    gph_gid_t vertices; /**< n over all ranks */
    gph_off_t edges;    /**< undirected edges over all ranks */
    gph_off_t dropped_loops;
    gph_off_t dropped_repeats;
    gph_tiles_t tiles;   /**< ranges of 0..n-1; rank_start tells ownership */
    gph_gid_t first;     /**< global id of owned vertex 0: tiles.rank_start[rank] */
    gph_lid_t owned;     /**< owned vertices */
    gph_lid_t ghosts;    /**< neighbours of owned vertices that other ranks own */
    gph_off_t *offset;   /**< [owned + 1] */
    gph_lid_t *adjacent; /**< [offset[owned]] local indices, ascending by number in each row */
    double *weight;      /**< [offset[owned]], or NULL on all ranks */
    uint8_t
        *direction;    /**< [offset[owned]] GPH_ARC_OUT | GPH_ARC_IN of a directed graph, or NULL on
                          all ranks: undirected. Rows list both ends of every edge either way, so what
                          works on undirected graphs sees a directed one without directions */
    gph_gid_t *ghost;  /**< [ghosts] global ids, ascending, so that owners are ranges */
    gph_gid_t *origin; /**< [owned + ghosts] number of each vertex, or NULL on all ranks where it is
                          the global id. A placed graph (dist/place.h) has its vertices in another
                          order, and numbers that tell results apart from where they are made */
    int64_t *id;       /**< [owned] input ids, ascending by number, or NULL: first_id + number */
    int64_t first_id;  /**< when id is NULL */
    gph_names_t names; /**< [owned] names, or offset NULL on all ranks */
    uint8_t *type;     /**< [owned] gph_node_type_t and GPH_NODE_GROUPED, or NULL on all ranks */
    gph_lock_t *lock;  /**< of gph_graph_read_begin() and writers; NULL: there are no writers */
    /* Halo plan: for each rank, which owned values it wants and which ghosts it fills. */
    int64_t *halo_send_count; /**< [ranks] */
    int64_t *halo_recv_count; /**< [ranks] sums to ghosts */
    gph_lid_t *halo_send;     /**< [sum of halo_send_count] owned indices, in rank order */
};

/** Makes a graph without content, to be filled in and gph_graph_destroy()ed. Local. */
gph_status_t gph_graph_create(gph_context_t *context, gph_graph_t **graph);

/** Global id of an owned vertex or ghost. Local. */
static inline gph_gid_t gph_graph_gid(const gph_graph_t *graph, gph_lid_t local)
{
    return local < graph->owned ? graph->first + local : graph->ghost[local - graph->owned];
}

/** Number of an owned vertex or ghost, the same wherever it was placed: it breaks ties, and results
 * are in its order. Local. */
static inline gph_gid_t gph_graph_number(const gph_graph_t *graph, gph_lid_t local)
{
    return graph->origin ? graph->origin[local] : gph_graph_gid(graph, local);
}

/** Input id of an owned vertex. Local. */
static inline int64_t gph_graph_id(const gph_graph_t *graph, gph_lid_t owned)
{
    return graph->id ? graph->id[owned] : graph->first_id + gph_graph_number(graph, owned);
}

#endif
