/**
 * What the rows of activations are: vertices of a distributed graph, or of a batch of graphs. Rows
 * of this rank are a stretch of a numbering over all ranks; behind them stand ghosts, the
 * neighbours that other ranks own. Tiles are ranges of rows that the input alone decides: sums over
 * rows, such as gradients, are made for each tile and combined exactly.
 */
#ifndef GPH_NN_DOMAIN_H
#define GPH_NN_DOMAIN_H

#include "graph/graph.h"
#include "nn/tensor.h"

/** What a row takes from its neighbours. */
typedef enum gph_neighbours {
    GPH_NEIGHBOURS_NONE = 0,
    GPH_NEIGHBOURS_GCN = 1,  /**< D^-1/2 (A + I) D^-1/2, D the degrees with self loops
                                  (Kipf & Welling 2017) */
    GPH_NEIGHBOURS_MEAN = 2, /**< D^-1 A (GraphSAGE, Hamilton et al. 2017) */
    GPH_NEIGHBOURS_SUM = 3   /**< A + (1 + epsilon) I, epsilon 0 (GIN, Xu et al. 2019) */
} gph_neighbours_t;

/** Halo of a domain: who sends which rows to whom. */
typedef struct gph_nn_halo {
    const int64_t *send_count; /**< [ranks] rows */
    const int64_t *recv_count; /**< [ranks] rows, sums to the ghosts */
    const gph_lid_t *send;     /**< [sum of send_count] rows, in rank order */
    gph_tensor_t packed;       /**< rows on their way */
    MPI_Request *request;      /**< [2 × ranks] */
    int requests;              /**< under way */
    int64_t bytes;             /**< sent so far */
} gph_nn_halo_t;

typedef struct gph_domain {
    gph_context_t *context;
    int64_t total;             /**< rows over all ranks */
    int64_t first;             /**< number of row 0 */
    int64_t rows;              /**< of this rank */
    int64_t ghosts;            /**< behind the rows */
    const gph_gid_t *ghost;    /**< [ghosts] their numbers */
    int64_t tiles;             /**< of this rank */
    int64_t *tile;             /**< [tiles + 1] first row of each */
    const gph_off_t *offset;   /**< [rows + 1] */
    const gph_lid_t *adjacent; /**< [offset[rows]] rows and ghosts, in an order that does not depend
                                    on ranks */
    gph_real_t *root;          /**< [rows + ghosts] (degree + 1)^-1/2 */
    gph_real_t *inverse;       /**< [rows + ghosts] 1 / degree, 0 without neighbours */
    gph_lid_t *list;  /**< [rows] those without ghosts first; NULL when there are no ghosts */
    int64_t interior; /**< rows without ghosts */
    gph_nn_halo_t halo;
} gph_domain_t;

/**
 * The rows are the vertices of a graph whose tiles (gph_graph_t.tiles) become those of the domain.
 * Collective. The graph must outlive the domain.
 */
gph_status_t gph_domain_graph(const gph_graph_t *graph, gph_domain_t *domain);

/**
 * Rows of this rank alone, without ghosts: a batch of small graphs one behind the other. Local.
 * @param first    number of the first row over all ranks (decides dropout)
 * @param tiles    tiles of this rank
 * @param tile     [tiles + 1] first row of each, copied; tile[tiles] is the number of rows
 * @param offset   [rows + 1], must outlive the domain, as adjacent
 * @param adjacent [offset[rows]]
 */
gph_status_t gph_domain_local(gph_context_t *context, int64_t total, int64_t first, int64_t tiles,
                              const int64_t *tile, const gph_off_t *offset,
                              const gph_lid_t *adjacent, gph_domain_t *domain);

/** Frees what the domain made and zeroes it. Local. */
void gph_domain_free(gph_domain_t *domain);

/** Most bytes in one message of the halo. */
#define GPH_HALO_MESSAGE (INT64_C(1) << 30)

/**
 * Begins to send rows to the ranks on which they are ghosts, and to receive the ghosts, rows
 * domain->rows … of the same matrix. Collective; rows may be read, not written, until the end.
 */
gph_status_t gph_halo_begin(gph_domain_t *domain, gph_tensor_t *values);
/** Waits for what gph_halo_begin() began. Collective. */
gph_status_t gph_halo_end(gph_domain_t *domain);

/**
 * out[rows × width] = the neighbours' part of x[rows + ghosts × width]. Collective.
 * @param transposed by the transposed matrix, as gradients go
 * @param exchange   ghosts of x are not there yet: fetch them while rows without ghosts are summed
 */
gph_status_t gph_domain_gather(gph_domain_t *domain, gph_neighbours_t neighbours, bool transposed,
                               bool exchange, gph_tensor_t *x, gph_tensor_t *out);

#endif
