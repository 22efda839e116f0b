/**
 * @file clique.h
 * k-cliques of a distributed graph: counted, counted per vertex, listed, joined to communities.
 *
 * Vertices are ordered (core order or degree order, ties by id), edges point forward, and each
 * clique is found once, at its first member in that order, inside a small bit matrix of that
 * member's out-neighbourhood (Danisch, Balalau & Sozio, WWW 2018; bit-parallel as in San Segundo et
 * al. 2011; pivoting as in Jain & Seshadhri, WSDM 2020). A rank holds its own rows and fetches rows
 * of out-neighbours in batches that fit the memory budget.
 */
#ifndef GPH_CLIQUE_H
#define GPH_CLIQUE_H

#include "gph/ckpt.h"
#include "gph/graph.h"

#ifdef __cplusplus
extern "C" {
#endif

/** How vertices are ordered. Changes speed and the order of listed cliques, never their set. */
typedef enum gph_clique_order {
    GPH_CLIQUE_ORDER_CORE = 0,  /**< peeling rounds of the core decomposition, then id */
    GPH_CLIQUE_ORDER_DEGREE = 1 /**< degree, then id */
} gph_clique_order_t;

/** How cliques are counted inside an out-neighbourhood. Changes speed only. */
typedef enum gph_clique_method {
    GPH_CLIQUE_METHOD_AUTO = 0,      /**< chosen for each neighbourhood */
    GPH_CLIQUE_METHOD_RECURSION = 1, /**< plain recursion on bit sets */
    GPH_CLIQUE_METHOD_PIVOT = 2      /**< pivoting: time does not grow with the count */
} gph_clique_method_t;

/** How communities are found. Changes speed and memory only. */
typedef enum gph_clique_percolation {
    GPH_CLIQUE_PERCOLATION_AUTO = 0,  /**< by whichever are fewer */
    GPH_CLIQUE_PERCOLATION_COVER = 1, /**< maximal cliques that share k - 1 vertices are joined */
    GPH_CLIQUE_PERCOLATION_FACES = 2 /**< cliques of k - 1 members that are in the same k-clique are
                                        joined; k >= 3, else as auto */
} gph_clique_percolation_t;

/**
 * Receives the next rows of the list on this rank. Calls on a rank come one after the other with
 * ascending rows; a failure ends the search on all ranks. Must not call MPI on the context's ranks.
 * @param first_row number of the first of these rows in the whole list, from 0
 * @param rows      how many
 * @param k         members a row
 * @param members   [rows × k] input ids (vertex numbers of a named graph), ascending in each row
 */
typedef gph_status_t gph_clique_visit_fn(void *data, int64_t first_row, int64_t rows, int k,
                                         const int64_t *members);

/** What is wanted. Start from gph_clique_options_default(). Equal on all ranks, but for pointers.
 */
typedef struct gph_clique_options {
    int k;                                /**< members of a clique, 1..max_k */
    int max_k;                            /**< largest k allowed; default 64 */
    gph_clique_order_t order;             /**< default core */
    gph_clique_method_t method;           /**< default auto */
    gph_clique_percolation_t percolation; /**< default auto */
    int64_t tiles;         /**< pieces that the work is cut into, 1..16384, or 0: by its size.
                              Changes speed only */
    const char *list_path; /**< write all cliques to this file (.h5, .txt or .bin), or NULL */
    const char *
        per_vertex_path; /**< write the count of every vertex to this file (.h5 or .tsv), or NULL */
    const char *communities_path; /**< write the communities to this file (.h5, .txt or .tsv), or
                                     NULL. k >= 2 */
    bool communities;             /**< keep the communities, distributed, in the result. k >= 2 */
    bool per_vertex;              /**< keep the count of every owned vertex in the result */
    bool keep_list;               /**< keep the list, distributed, in the result */
    gph_clique_visit_fn *visit;   /**< called with all cliques, or NULL; on all ranks or on none */
    void *visit_data;             /**< handed to `visit` */
    const gph_checkpoint_options_t
        *checkpoint; /**< saves the search while it runs, or NULL. With
         resume, rows that were visited before the checkpoint are not visited again */
} gph_clique_options_t;

/** What was found. Opaque; gph_clique_result_destroy() frees it. */
typedef struct gph_clique_result gph_clique_result_t;

/** Defaults: k = 3, max_k = 64, core order, auto, nothing but the count. Local. */
GPH_API gph_clique_options_t gph_clique_options_default(void);

/**
 * Finds all k-cliques of a graph. Collective.
 * @param result receives count, digest and whatever was asked for
 * @return GPH_ERR_USAGE (k out of 1..max_k, unknown suffix, or more cliques than 128 bits count);
 *         GPH_ERR_MEMORY with the size needed; GPH_ERR_SYSTEM when a file can't be written;
 *         GPH_ERR_STOPPED on request or at the time limit: then *result is set, to what was found
 * so far Cost: O(m × d^(k-2)) at worst, d the degeneracy; memory O(m/P) a rank and a batch of rows.
 */
GPH_API gph_status_t gph_clique_find(const gph_graph_t *graph, const gph_clique_options_t *options,
                                     gph_clique_result_t **result);

/** What a search would find and take. */
typedef struct gph_clique_estimate {
    int64_t tiles;          /**< pieces of the work */
    int64_t sampled;        /**< of them counted for this estimate; all of them: it is exact */
    double count;           /**< cliques */
    double count_error;     /**< two standard errors of it; 0 when exact */
    double work_seconds;    /**< processor time of counting, all threads together */
    double work_error;      /**< two standard errors of it */
    double prepare_seconds; /**< ordering and orienting, as they took here */
    double fetch_seconds;   /**< a rank collects rows of others, all batches together */
    double seconds;         /**< of the whole search, with a core for each thread of each rank */
    double seconds_error;   /**< two standard errors of it, as far as they come from counting */
    int64_t memory;         /**< bytes that a rank will allocate at most */
    double fetch_bytes;     /**< rows that ranks fetch from each other, all together */
    double list_bytes;      /**< of a list in a .bin or an uncompressed .h5 file */
    double vertex_bytes;    /**< of counts of vertices in an uncompressed .h5 file */
} gph_clique_estimate_t;

/**
 * Predicts a search, without files, by counting a sample of its tiles: of each of up to `strata`
 * groups of neighbouring tiles, two drawn by the context's seed. Count and error are the same on
 * any number of ranks and threads; times are of this machine. Collective.
 * @param strata groups, 2..8192, or 0: 128. With half as many tiles or fewer all are counted
 * @return as gph_clique_find(); GPH_ERR_STOPPED on request or at the time limit, without a result
 * Cost: the order, and the share sampled / tiles of the search.
 */
GPH_API gph_status_t gph_clique_predict(const gph_graph_t *graph,
                                        const gph_clique_options_t *options, int64_t strata,
                                        gph_clique_estimate_t *estimate);

/** Frees a result and nulls the pointer; NULL is fine. Local. */
GPH_API void gph_clique_result_destroy(gph_clique_result_t **result);

/** Number of k-cliques of the whole graph. Local; the same on every rank. */
GPH_API gph_count_t gph_clique_count(const gph_clique_result_t *result);

/**
 * True unless the search was stopped before its end; then the count is that of the tiles done, and
 * of the parts done of others.
 * Local.
 * @param tiles_done tiles counted
 * @param tiles      tiles in all
 * @param rows_done  rows of the list that are written, where one was asked for
 */
GPH_API bool gph_clique_complete(const gph_clique_result_t *result, int64_t *tiles_done,
                                 int64_t *tiles, int64_t *rows_done);

/** Hexadecimal digest of the full result (count, per-vertex counts and list as asked for):
 *  equal digests mean equal bytes. Local; the same on every rank. */
GPH_API const char *gph_clique_digest(const gph_clique_result_t *result);

/** Counts of this rank's vertices, by vertex number from `first`. Local.
 *  @param counts receives a view [*count], valid until the result is destroyed; NULL unless asked
 * for */
GPH_API void gph_clique_vertex_counts(const gph_clique_result_t *result, gph_gid_t *first,
                                      int64_t *count, const gph_count_t **counts);

/** Rows of the list that this rank holds; ranks hold consecutive rows. Local.
 *  @param members receives a view [*rows × k], valid until the result is destroyed */
GPH_API void gph_clique_rows(const gph_clique_result_t *result, int64_t *first_row, int64_t *rows,
                             const int64_t **members);

/**
 * Communities by clique percolation (Palla, Derényi, Farkas & Vicsek, Nature 435, 2005): two
 * k-cliques that share k - 1 vertices are adjacent, and a community is the union of all cliques
 * that can be reached from one of them. A vertex may be in several, or in none. k = 2 gives the
 * connected components without isolated vertices.
 *
 * The largest community comes first, of equally large ones that with the smallest k-clique (ids
 * ascending, compared one after the other): no clique is in two communities, so the order is
 * unique. Members stand one behind the other, community after community, ids ascending in each.
 */
typedef struct gph_clique_communities {
    int64_t count;   /**< communities of the whole graph; 0 also when they were not asked for */
    int64_t members; /**< sum of their sizes */
    int64_t largest; /**< size of the largest */
    int64_t covered; /**< vertices in one or more */
    /* This rank's even part of all members, kept when options.communities was set: ranks hold
     * consecutive parts. */
    int64_t first;            /**< place of its first member among all */
    int64_t held;             /**< members in it */
    const int64_t *community; /**< [held] number of the community, from 0 */
    const int64_t *member;    /**< [held] input id (vertex number of a named graph) */
} gph_clique_communities_t;

/**
 * What a search found of communities. Local. The views are valid until the result is destroyed.
 * Cost of finding them, beside the count: cliques of k or more members that cover all k-cliques are
 * found by pivoting, no more than there are k-cliques and in dense graphs far fewer, and joined
 * where they share k - 1 vertices (src/clique/cover.h, percolate.h). Their members take 8 bytes
 * each, over all ranks; what does not fit the budget is refused. A checkpoint does not hold them:
 * after a resume they are found anew, from the saved count.
 */
GPH_API void gph_clique_communities(const gph_clique_result_t *result,
                                    gph_clique_communities_t *communities);

/**
 * Combines the distributed list on every rank, in order. Collective.
 * @param members receives the whole list [count × k]; free it with gph_clique_rows_free()
 * @return GPH_ERR_MEMORY naming the size needed when it is over the budget of a rank; GPH_ERR_USAGE
 *         when the list was not kept
 */
GPH_API gph_status_t gph_clique_rows_combine(const gph_clique_result_t *result, int64_t **members);

/** Frees the list of gph_clique_rows_combine(). NULL is fine. Local. */
GPH_API void gph_clique_rows_free(int64_t *members);

/** What an .h5 list file says of itself. */
typedef struct gph_clique_list_info {
    int k;                    /**< members a row; -1: not told (.txt, .bin) */
    int64_t count;            /**< rows; -1: not told */
    gph_clique_order_t order; /**< order of vertices that the rows follow */
    char input[4096];         /**< graph that was given, "" when not told */
    char digest[40];          /**< digest of the list, "" when not told */
} gph_clique_list_info_t;

/** Reads what a list file says of itself. Collective. GPH_ERR_INPUT for what is no list. */
GPH_API gph_status_t gph_clique_list_info(gph_context_t *context, const char *path,
                                          gph_clique_list_info_t *info);

/**
 * Checks a list of cliques against its graph: every row is a clique of k members, ascending; rows
 * are in order, so none is repeated; there are as many as the graph has cliques; and the digest is
 * right. Collective.
 * @param path    list file (.h5, .txt or .bin)
 * @param options k, max_k and order of the list; the rest is ignored
 * @param digest  expected digest of count and list, or NULL
 * @return GPH_ERR_VERIFY naming the first wrong row; GPH_ERR_INPUT for a file that can't be read
 * Cost: a count, and O(rows × k²) look-ups in rows fetched batch by batch.
 */
GPH_API gph_status_t gph_clique_verify(const gph_graph_t *graph, const char *path,
                                       const gph_clique_options_t *options, const char *digest);

#ifdef __cplusplus
}
#endif

#endif
