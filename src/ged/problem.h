/**
 * A pair of graphs under a cost model, as plain numbers: all that the algorithms need to know. Side
 * 0 is the graph with fewer nodes (the first one on a tie); costs are those of turning side 0 into
 * side 1.
 */
#ifndef GPH_GED_PROBLEM_H
#define GPH_GED_PROBLEM_H

#include "base/env.h"
#include "gph/ged.h"
#include "io/collection.h"

/** Most nodes of a graph: adjacency is a dense matrix. */
enum { GPH_GED_NODES_MOST = 2048 };

/** Memory that is carved into arrays, and grows between two uses. */
typedef struct gph_arena {
    gph_env_t *env;
    char *data;    /**< [size], 64-byte aligned */
    int64_t size;  /**< bytes */
    int64_t taken; /**< bytes carved off */
} gph_arena_t;

/** Makes room for `bytes` in all and forgets what was carved off. */
gph_status_t gph_arena_reset(gph_arena_t *arena, int64_t bytes);

/** Carves off count × size bytes, 64-byte aligned. There is room: see gph_arena_reset(). */
void *gph_arena_take(gph_arena_t *arena, int64_t count, size_t size);

/** Bytes that gph_arena_take() carves off. */
static inline int64_t gph_arena_bytes(int64_t count, size_t size)
{
    return (count * (int64_t)size + 127) / 64 * 64;
}

/** One graph of the pair. Kind 0 means no edge; loops are no edges here, see `sub`. */
typedef struct gph_ged_side {
    int32_t nodes;
    int32_t edges;     /**< without loops, each once */
    int32_t *from;     /**< [edges] */
    int32_t *to;       /**< [edges] */
    uint16_t *kind;    /**< [edges], from 1 */
    uint16_t *matrix;  /**< [nodes × nodes] kind of the edge from row to column; symmetric when
                          undirected */
    int32_t *start;    /**< [nodes + 1] where the neighbours of each node begin */
    int32_t *neighbor; /**< [2 × edges] neighbours by edges of either direction, each once */
    uint16_t *loop;    /**< [nodes] kind of the loop, 0: none */
} gph_ged_side_t;

typedef struct gph_ged_problem {
    gph_ged_side_t side[2];
    bool swapped; /**< side 0 is the second graph */
    bool directed;
    bool whole;     /**< some cheapest path deletes no node of side 0 */
    bool integral;  /**< all costs are integers */
    bool constant;  /**< edge costs are es, ea, eb below, and the graphs are undirected */
    int32_t kinds0; /**< kinds of edges of side 0 */
    int32_t kinds1; /**< kinds of edges of side 1; numbered alike where `constant` */
    double *sub;    /**< [nodes0 × nodes1] substitution of nodes, with their loops */
    double *del;    /**< [nodes0] deletion, with loop */
    double *ins;    /**< [nodes1] insertion, with loop */
    double *edge;   /**< [(kinds0 + 1) × (kinds1 + 1)]: row 0 insertion, column 0 deletion; a
                       substitution   costs no more than both */
    double es;      /**< constant: substitution of unequal kinds, at most ea + eb */
    double ea;      /**< constant: deletion */
    double eb;      /**< constant: insertion */
    double total;   /**< cost of deleting and inserting everything: no less than the distance */
} gph_ged_problem_t;

/** Fails with GPH_ERR_USAGE unless all costs are finite and not negative. */
gph_status_t gph_ged_costs_check(gph_env_t *env, const gph_ged_costs_t *costs);

/** True when the model keeps the triangle inequality for single operations (constants, tables). */
bool gph_ged_costs_triangle(const gph_ged_cost_t *cost);

/** True when all costs that the model can give are integers. */
bool gph_ged_costs_integral(const gph_ged_costs_t *costs);

/** Sets up a pair. The arena holds its arrays until the next call. */
gph_status_t gph_ged_problem_set(gph_arena_t *arena, const gph_ged_costs_t *costs, bool integral,
                                 const gph_small_graph_t *first, const gph_small_graph_t *second,
                                 gph_ged_problem_t *problem);

/** Cost of substituting node u of a by node v of b; -1 for u (v): insertion (deletion). */
double gph_ged_node_cost(const gph_ged_cost_t *cost, const gph_small_graph_t *a, int32_t u,
                         const gph_small_graph_t *b, int32_t v);

/** Likewise for edges, as a single operation. */
double gph_ged_edge_cost(const gph_ged_cost_t *cost, const gph_small_graph_t *a, int32_t e,
                         const gph_small_graph_t *b, int32_t f);

#endif
