/**
 * @file io.h
 * Reading and writing graphs.
 */
#ifndef GPH_IO_H
#define GPH_IO_H

#include "gph/graph.h"

#ifdef __cplusplus
extern "C" {
#endif

/** File formats. */
typedef enum gph_format {
    GPH_FORMAT_AUTO = 0,  /**< by suffix: .mtx, .graph/.metis, .h5, .dot; anything else is an edge
                             list;  .gz is peeled off first */
    GPH_FORMAT_EDGES = 1, /**< `u v [weight]` a line, comments # or %, spaces, tabs or commas */
    GPH_FORMAT_MATRIX_MARKET = 2,
    GPH_FORMAT_METIS = 3,
    GPH_FORMAT_HDF5 = 4, /**< CSR that loads without parsing */
    GPH_FORMAT_DOT = 5,  /**< Graphviz; written only */
    GPH_FORMAT_TEXT = 6  /**< the text or the expressions that a graph was made of; written only */
} gph_format_t;

/** Format by its name ("auto", "edges", "mtx", "metis", "h5", "dot", "text"); false when unknown.
 * Local. */
GPH_API bool gph_format_parse(const char *name, gph_format_t *format);

#ifdef __cplusplus
}
#endif

#endif
