/** The visit of all nodes or edges that the calls of gph/graph_iterate.h share. */
#ifndef GPH_GRAPH_ITERATE_PRIVATE_H
#define GPH_GRAPH_ITERATE_PRIVATE_H

#include "gph/graph_iterate.h"
#include "graph/graph.h"

typedef struct gph_visit gph_visit_t;

/** Does one item; items are gph_graph_node_t or gph_graph_edge_t. `tile` counts from 0 on this
 * rank. Sets *done to leave the tile. Local. */
typedef gph_status_t gph_visit_fn(gph_visit_t *visit, const void *item, int64_t tile, int thread,
                                  bool *done);

/** A visit. */
struct gph_visit {
    const gph_graph_t *graph;
    void *data;
    bool edges;
    union {
        gph_node_body *body;
        gph_node_map *map;
        gph_node_test *test;
        gph_node_step *step;
        gph_node_value *value;
    } node;
    union {
        gph_edge_body *body;
        gph_edge_map *map;
        gph_edge_test *test;
        gph_edge_step *step;
        gph_edge_value *value;
    } edge;
    gph_fold_join *join;
    bool negate;         /**< turns the test around */
    size_t size;         /**< bytes of a value */
    unsigned char *into; /**< values of a map, or sums of tiles [tiles × size] */
    gph_gid_t *kept;     /**< of a filter */
    int64_t *count;      /**< [tiles] kept, or counted */
    int64_t *first_edge; /**< [tiles] edges before each tile of this rank; NULL where not wanted */
    void *sums;          /**< gph_sum_t [threads] */
    gph_visit_fn *item;
    int64_t tiles;       /**< tiles of this rank */
    _Atomic int64_t hit; /**< of a search: lowest tile with a hit, or `tiles` */
    bool search;         /**< tiles above a hit are left out */
};

/**
 * What every operation begins with. Collective.
 * @param sound functions and places for results are there: else GPH_ERR_USAGE on all ranks
 */
gph_status_t gph_visit_begin(const gph_graph_t *graph, bool sound, void *data, gph_visit_fn *item,
                             gph_visit_t *visit);

/** Visits all items of this rank. Local. */
gph_status_t gph_visit_all(gph_visit_t *visit);

/** Numbers the edges of this rank: fills visit->first_edge, to be gph_free()d. Local. */
gph_status_t gph_visit_number_edges(gph_visit_t *visit);

/** Owned nodes of a tile of this rank. Local. */
void gph_visit_range(const gph_graph_t *graph, int64_t tile, gph_lid_t *begin, gph_lid_t *end);

#endif
