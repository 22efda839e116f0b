/** Rows of a list file, read back: each rank one stretch of them. */
#ifndef GPH_CLIQUE_RESULT_ROWS_H
#define GPH_CLIQUE_RESULT_ROWS_H

#include "graph/graph.h"

typedef struct gph_result_rows gph_result_rows_t;

/** What a list file says of itself (HDF5 only; elsewhere "" and -1). */
typedef struct gph_result_head {
    int k;
    int64_t count;
    char order[16];
    char input[4096];
    char digest[40];
} gph_result_head_t;

/** Reads the head of a list file. Collective. GPH_ERR_INPUT when an .h5 file is no list of cliques.
 */
gph_status_t gph_result_head(gph_context_t *context, const char *path, gph_result_head_t *head);

/**
 * Opens the rows of a list file (.h5, .bin, .txt). Collective.
 * @param graph of the list; its names are looked up where rows hold names
 * @param total receives the rows in all
 * @param first receives the number of this rank's first row
 * @param count receives the rows of this rank
 */
gph_status_t gph_result_rows_open(const gph_graph_t *graph, const char *path, int k,
                                  gph_result_rows_t **rows, int64_t *total, int64_t *first,
                                  int64_t *count);

/**
 * Reads this rank's next rows. Local.
 * @param members [want × k]; an unknown name becomes -1
 * @return GPH_ERR_INPUT naming line or row for what can't be read
 */
gph_status_t gph_result_rows_read(gph_result_rows_t *rows, int64_t want, int64_t *members);

/** Frees and nulls; NULL is fine. Local. */
void gph_result_rows_close(gph_result_rows_t **rows);

#endif
