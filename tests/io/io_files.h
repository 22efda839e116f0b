/** Helpers of the io tests: files made on rank 0, and edges gathered from all ranks. */
#ifndef GPH_TEST_IO_FILES_H
#define GPH_TEST_IO_FILES_H

#include "gph_test.h"
#include "graph/graph.h"
#include "io/read.h"

/** An edge with its weight (0 without weights), u <= v. */
typedef struct io_edge {
    int64_t u;
    int64_t v;
    double weight;
} io_edge_t;

/** All edges of a graph, the same on every rank, ascending by (u, v, weight). */
typedef struct io_edges {
    int64_t count;
    io_edge_t *edge; /**< [count], to be freed with gph_free() */
} io_edges_t;

/** Writes bytes[size] to a file of the test's folder, by rank 0. Collective. Returns its path. */
const char *io_put(const char *name, const void *bytes, int64_t size);
/** io_put() of a text. Collective. */
const char *io_put_text(const char *name, const char *text);
/** io_put() of bytes[size] as a gzip file of `members` members. Collective. */
const char *io_put_gzip(const char *name, const void *bytes, int64_t size, int members);

/** Reads a whole file into a gph_alloc() block; NULL when it cannot be read. Local. */
char *io_slurp(gph_context_t *context, const char *path, int64_t *size);

/** Files in the test's folder whose names contain text. Local. */
int io_count_files(const char *text);

/** Gathers the edges of all ranks. Collective. */
bool io_gather(gph_context_t *context, const gph_edges_t *edges, io_edges_t *all);
/** Gathers the edges of a graph, each once. Collective.
 *  @param ids input ids; otherwise vertex numbers from 1, as Matrix Market and METIS have them */
bool io_gather_graph(const gph_graph_t *graph, bool ids, io_edges_t *all);
/** True when both hold the same edges. Local. */
bool io_same_edges(const io_edges_t *a, const io_edges_t *b);

/**
 * Expects that a file reads as given. Collective.
 * @param vertices,first_id as in gph_edges_t
 * @param wanted [count] ascending, u <= v
 */
void io_expect_edges(const char *path, gph_format_t format, int64_t vertices, int64_t first_id,
                     int64_t count, const io_edge_t *wanted);

/** Expects that a file is refused with GPH_ERR_INPUT and the message path + message, on all ranks.
 * Collective. */
void io_expect_refused(const char *path, gph_format_t format, const char *message);

/** Expects that nothing is charged to the budget beyond `before`. Collective. */
void io_expect_no_leak(gph_context_t *context, int64_t before);

#endif
