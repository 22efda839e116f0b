/** What the files of results share. */
#ifndef GPH_CLIQUE_OUTPUT_COMMON_H
#define GPH_CLIQUE_OUTPUT_COMMON_H

#include "graph/graph.h"
#include "io/file.h"
#include "io/hdf5_rows.h"

/** Kind of a file, by its suffix. */
typedef enum gph_output_kind {
    GPH_OUTPUT_NONE = 0,
    GPH_OUTPUT_HDF5,
    GPH_OUTPUT_TEXT,
    GPH_OUTPUT_BINARY,
    GPH_OUTPUT_TSV
} gph_output_kind_t;

/** Kind that a path asks for. Local. */
gph_output_kind_t gph_output_kind(const char *path);

/** Appends a number and a character to an array of bytes. Local. */
gph_status_t gph_output_number(gph_array_t *text, int64_t number, char after);

/** Writes this rank's next bytes behind those of lower ranks; *written grows by all. Collective. */
gph_status_t gph_output_in_order(gph_context_t *context, gph_outfile_t *out,
                                 const gph_array_t *text, int64_t *written);

#endif
