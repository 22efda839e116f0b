/** What a rank computes in a sweep: lists of vertices, cut into blocks of about even work. */
#ifndef GPH_MP_WORK_H
#define GPH_MP_WORK_H

#include "mp/layout.h"

/** Vertices in blocks. */
typedef struct gph_mp_list {
    int64_t count;     /**< vertices */
    gph_lid_t *vertex; /**< [count], or NULL: first, first + 1, … */
    int64_t blocks;
    int64_t *start; /**< [blocks + 1] where each block begins, or NULL: blocks of GPH_MP_FEW */
    gph_lid_t first;
} gph_mp_list_t;

/** Vertices of a block of a list that is made for one sweep. */
enum { GPH_MP_FEW = 64 };

/** The two lists of a sweep. */
typedef struct gph_mp_work {
    gph_mp_list_t boundary; /**< vertices that other ranks need; computed first */
    gph_mp_list_t interior; /**< all others */
} gph_mp_work_t;

/** What tells which vertices have news. */
typedef struct gph_mp_news {
    const gph_graph_t *graph;
    unsigned char *needed;     /**< [owned] 1 where another rank needs the vertex, or NULL */
    unsigned char *marked;     /**< [owned] 1 where a vertex is in a list of `few` */
    gph_lid_t *listed;         /**< [owned] room of both lists of `few` */
    gph_lid_t *told;           /**< [owned + ghosts] vertices that changed */
    gph_off_t *ghost_offset;   /**< [ghosts + 1] rows of ghosts, or NULL until they are needed */
    gph_lid_t *ghost_adjacent; /**< [ghost_offset[ghosts]] owned neighbours */
    gph_mp_work_t all;         /**< every vertex */
    gph_mp_work_t few;         /**< vertices with news */
} gph_mp_news_t;

/** Makes the lists of every vertex, as the layout numbers them. Collective: agrees. */
gph_status_t gph_mp_news_init(const gph_graph_t *graph, const gph_mp_layout_t *layout,
                              gph_mp_news_t *news);
/** Frees the arrays. Local. */
void gph_mp_news_free(gph_mp_news_t *news);

/**
 * Makes room for lists of few vertices, for a layout that has not renumbered them. Collective:
 * agrees. Cost: O(n/P), and of edges to ghosts.
 */
gph_status_t gph_mp_news_prepare(gph_mp_news_t *news);

/**
 * Lists the vertices that changed or have a neighbour that did. Local.
 * @param changed [owned + ghosts]
 * @param last    the work of the last sweep: only its vertices can have changed
 * @return `all` when there is so much news that listing it does not pay, else `few`
 */
const gph_mp_work_t *gph_mp_news_list(gph_mp_news_t *news, const unsigned char *changed,
                                      const gph_mp_work_t *last);

#endif
