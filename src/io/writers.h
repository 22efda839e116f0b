/** The writers behind gph_write_graph(). All Collective: each fills a file that the caller commits.
 */
#ifndef GPH_IO_WRITERS_H
#define GPH_IO_WRITERS_H

#include "io/labels.h"
#include "io/text_out.h"

/** A text format, row by row of the graph. The functions run on several threads at once. */
typedef struct gph_row_format {
    /** Puts what comes before the first row. */
    void (*head)(const gph_labels_t *labels, gph_text_out_t *out);
    /** Puts the row of an owned vertex. */
    void (*row)(const gph_labels_t *labels, gph_lid_t owned, gph_text_out_t *out);
    /** Puts what comes behind the last row; NULL: nothing. */
    void (*tail)(const gph_labels_t *labels, gph_text_out_t *out);
} gph_row_format_t;

/** Edge list: `u v [w]` with input ids or names, each edge once. */
extern const gph_row_format_t gph_rows_edges;
/** Matrix Market: coordinate, symmetric, pattern or real; vertices are 1..n. */
extern const gph_row_format_t gph_rows_mtx;
/** METIS; vertices are 1..n. */
extern const gph_row_format_t gph_rows_metis;
/** Graphviz: a statement for each vertex, coloured by labels->color, and for each edge. */
extern const gph_row_format_t gph_rows_dot;
/** The text that a GraphemeGraph was made of. */
extern const gph_row_format_t gph_rows_text;
/** The expressions of a MathGraph, one a line; wants labels->closed. */
extern const gph_row_format_t gph_rows_math;

/** One rank's part of a text, cut into runs of rows that are tasks. */
typedef struct gph_text_plan {
    gph_context_t *context;
    const gph_labels_t *labels;
    const gph_row_format_t *format;
    locale_t numbers;
    int64_t chunks;
    gph_lid_t *row; /**< [chunks + 1] first row of each chunk */
    int64_t *at;    /**< [chunks + 1] position of each chunk in the whole text */
    int64_t total;  /**< characters of the whole text, over all ranks */
} gph_text_plan_t;

/** Cuts this rank's rows into chunks and finds the position of each in the text. Collective. */
gph_status_t gph_text_plan_make(const gph_labels_t *labels, const gph_row_format_t *format,
                                gph_text_plan_t *plan);

/** Frees the plan. Local. */
void gph_text_plan_free(gph_text_plan_t *plan);

/** Puts the text of a chunk through a window; sets out->position first. Local. */
void gph_text_plan_put(const gph_text_plan_t *plan, int64_t chunk, gph_text_out_t *out);

/** Writes the text as it is. Collective. */
gph_status_t gph_write_plain(const gph_text_plan_t *plan, gph_outfile_t *file);

/** Writes the text as gzip members of fixed size, so that bytes do not depend on ranks. Collective.
 */
gph_status_t gph_write_gzip(const gph_text_plan_t *plan, gph_outfile_t *file);

/** Writes the HDF5 file of a graph. Collective. */
gph_status_t gph_write_hdf5(const gph_graph_t *graph, gph_outfile_t *file);

#endif
