/**
 * @file ged.h
 * Graph edit distance of two small labelled graphs: exact, bounded, or approximate.
 *
 * The distance is the least cost of node and edge insertions, deletions and substitutions that turn
 * one graph into the other. An edit path is given by a node mapping: nodes without an image are
 * deleted, nodes without an origin inserted, and the edges follow their ends (an edge is replaced
 * by deleting and inserting it where that is cheaper than its substitution). A loop counts as an
 * edge.
 */
#ifndef GPH_GED_H
#define GPH_GED_H

#include "gph/graph.h"

#ifdef __cplusplus
extern "C" {
#endif

/** One small labelled graph, read-only (the layer `io` makes them). */
typedef struct gph_small_graph gph_small_graph_t;

/** How much an operation costs. */
typedef enum gph_ged_cost_kind {
    GPH_GED_COST_CONSTANT = 0, /**< a constant each; substituting an equal label is free */
    GPH_GED_COST_TABLE = 1,    /**< looked up by labels */
    GPH_GED_COST_EUCLIDEAN = 2 /**< `substitute` × Euclidean distance of the attributes */
} gph_ged_cost_kind_t;

/** Costs of operations on nodes, or on edges. All finite and not negative. */
typedef struct gph_ged_cost {
    gph_ged_cost_kind_t kind;
    double insert;       /**< constant and Euclidean */
    double remove;       /**< constant and Euclidean */
    double substitute;   /**< constant: of unequal labels; Euclidean: a factor */
    int32_t labels;      /**< table: labels 0..labels-1 are known */
    const double *table; /**< [(labels+1) × (labels+1)], row: label before, column: label after,
                              the last row: insertion, the last column: deletion */
} gph_ged_cost_t;

/** A cost model. */
typedef struct gph_ged_costs {
    gph_ged_cost_t node;
    gph_ged_cost_t edge;
} gph_ged_costs_t;

/**
 * The ladder of methods, from cheap to exact. Each gives a lower and an upper bound; the guarantee
 * of each is lower <= distance <= upper.
 */
typedef enum gph_ged_method {
    GPH_GED_LABEL = 0, /**< lower: assignment of node labels + assignment of edge labels
                            (Zeng et al., PVLDB 2009, label multisets) */
    GPH_GED_HED =
        1, /**< lower: Hausdorff edit distance (Fischer et al., Pattern Recognition 2015) */
    GPH_GED_BRANCH = 2,    /**< lower: assignment of branches (Zheng et al., TKDE 2015; Blumenthal &
                                Gamper 2018), each edge half at each end; upper: its mapping */
    GPH_GED_BIPARTITE = 3, /**< upper: bipartite heuristic (Riesen & Bunke, Image and Vision
                              Computing 2009); lower as BRANCH */
    GPH_GED_REFINE = 4,    /**< upper: the better mapping of the two, improved by swaps (K-REFINE,
                                Boria et al., Pattern Recognition Letters 2020), disturbed and
                                improved again some times; lower as BRANCH */
    GPH_GED_EXACT = 5      /**< branch and bound */
} gph_ged_method_t;

/** Number of methods. */
#define GPH_GED_METHODS 6

/** What is wanted. Start from gph_ged_options_default(). */
typedef struct gph_ged_options {
    gph_ged_method_t method; /**< default exact */
    double threshold;        /**< exact: the distance matters only up to here; negative: always */
    double max_seconds;      /**< exact: time limit for the search; 0: none */
    int64_t max_steps;       /**< exact: limit on search tree nodes; 0: none */
    bool decide; /**< exact, needs a threshold: the distance does not matter within it either. The
                      search ends with the first mapping that costs no more: `upper` is its cost,
                      and `exact` is only true where `lower` is the same */
} gph_ged_options_t;

/** Kinds of edit operations. */
typedef enum gph_ged_operation {
    GPH_GED_NODE_INSERT = 0,
    GPH_GED_NODE_REMOVE = 1,
    GPH_GED_NODE_SUBSTITUTE = 2, /**< only those that cost something are counted */
    GPH_GED_EDGE_INSERT = 3,
    GPH_GED_EDGE_REMOVE = 4,
    GPH_GED_EDGE_SUBSTITUTE = 5 /**< only those that cost something are counted */
} gph_ged_operation_t;

/** Number of kinds of edit operations. */
#define GPH_GED_OPERATIONS 6

/** What an edit path does and costs, by kind of operation. */
typedef struct gph_ged_path {
    int64_t count[GPH_GED_OPERATIONS];
    double cost[GPH_GED_OPERATIONS];
    double total; /**< sum of `cost` */
} gph_ged_path_t;

/** What came out. */
typedef struct gph_ged_result {
    double lower;  /**< the distance is at least this */
    double upper;  /**< and at most this: the cost of `map`; with a threshold that was exceeded, the
                      best known */
    bool exact;    /**< lower = upper = the distance */
    bool over;     /**< a threshold was given, and the distance is proved to be above it */
    bool stopped;  /**< a limit ended the search */
    int64_t steps; /**< search tree nodes */
    const int32_t
        *map; /**< [nodes of the first graph] node of the second one, or -1: deleted; valid until
                 the next call with the same work space; NULL for methods without upper bound */
    gph_ged_path_t path; /**< of `map`; all zero without one */
} gph_ged_result_t;

/** A work space for one thread: cost model and buffers. Opaque. */
typedef struct gph_ged gph_ged_t;

/** Uniform costs: 1 for every operation. Local. */
GPH_API gph_ged_costs_t gph_ged_costs_default(void);

/** Exact, no threshold, no limits. Local. */
GPH_API gph_ged_options_t gph_ged_options_default(void);

/** Name of a method ("label", "hed", "branch", "bipartite", "refine", "exact"). Local. */
GPH_API const char *gph_ged_method_name(gph_ged_method_t method);

/** Method by its name; false when unknown. Local. */
GPH_API bool gph_ged_method_parse(const char *name, gph_ged_method_t *method);

/**
 * Makes a work space. Local.
 * @param costs cost model, copied with its tables; NULL for uniform costs. A model that breaks the
 * triangle inequality is logged as a warning: then a direct substitution may cost more than a
 * detour, and the distance is that of single operations only.
 * @return GPH_ERR_USAGE for a cost that is negative or not finite; GPH_ERR_MEMORY
 */
GPH_API gph_status_t gph_ged_create(gph_context_t *context, const gph_ged_costs_t *costs,
                                    gph_ged_t **ged);

/** Frees a work space and nulls the pointer; NULL is fine. Local. */
GPH_API void gph_ged_destroy(gph_ged_t **ged);

/**
 * Edit distance of two graphs, or bounds of it. Local; one thread at a time a work space.
 *
 * The mapping reported by GPH_GED_EXACT does not depend on limits that were not reached, nor on how
 * the search tree is cut into parts: the tree is fixed by the two graphs and the costs alone, every
 * node of it proposes one mapping, and the answer is the proposal of the first node, by round (the
 * bounds of iterative deepening, ascending) and then in depth-first order, whose cost is the
 * distance; the starting mapping comes before all of them.
 *
 * Costs that are no small integers are rounded to parts of 2^-45 of what deleting and inserting
 * everything costs, and mappings whose costs differ by less than about 1e-9 of that count as equal.
 * @param options NULL for the defaults
 * @return GPH_ERR_USAGE (directed with undirected, a label outside the table, attributes of unequal
 * length, options that make no sense); GPH_ERR_MEMORY Cost: exact: exponential in the nodes at
 * worst; others: O((n1+n2)^3) at most.
 */
GPH_API gph_status_t gph_ged_compute(gph_ged_t *ged, const gph_small_graph_t *first,
                                     const gph_small_graph_t *second,
                                     const gph_ged_options_t *options, gph_ged_result_t *result);

/**
 * Replays an edit path: checks that `map` is one, and adds up what it does and costs, by looking at
 * the two graphs alone. Local.
 * @param map [nodes of the first graph] node of the second graph or -1
 * @return GPH_ERR_VERIFY when map is no injective mapping
 */
GPH_API gph_status_t gph_ged_replay(gph_ged_t *ged, const gph_small_graph_t *first,
                                    const gph_small_graph_t *second, const int32_t *map,
                                    gph_ged_path_t *path);

/**
 * Similarity of two graphs in 0..1: normalised Weisfeiler-Leman subtree kernel (Shervashidze et
 * al., JMLR 2011). No bound of the distance. Local.
 * @param rounds rounds of refinement, 0..16
 */
GPH_API gph_status_t gph_ged_similarity(gph_ged_t *ged, const gph_small_graph_t *first,
                                        const gph_small_graph_t *second, int rounds,
                                        double *similarity);

#ifdef __cplusplus
}
#endif

#endif
