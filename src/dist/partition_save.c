/* The file of a partition: a line for each vertex. */
#include "base/array.h"
#include "dist/partition.h"
#include "graph/names.h"
#include "io/file.h"
#include "par/comm.h"

#include <inttypes.h>
#include <stdio.h>

/* Local. The lines of this rank's vertices. */
static gph_status_t format_lines(const gph_partition_t *partition, gph_array_t *text)
{
    gph_status_t status = GPH_OK;
    const gph_graph_t *graph = partition->graph;
    char number[48] = "";

    for (gph_lid_t v = 0; v < graph->owned; ++v) {
        int length = 0;
        if (graph->names.offset != NULL)
            GPH_TRY(gph_names_escape(&graph->names, v, text));
        else
            length = snprintf(number, sizeof number, "%" PRId64, gph_graph_id(graph, v));
        length += snprintf(number + length, sizeof number - (size_t)length, "\t%d\n",
                           gph_partition_part(partition, v));
        GPH_TRY(gph_array_append(text, number, length));
    }

cleanup:
    return status;
}

static gph_status_t write_lines(const gph_partition_t *partition, gph_outfile_t *file)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = partition->graph->context;
    gph_array_t text = gph_array_init(context->env, 1);
    int64_t before = 0;

    GPH_TRY_ALL(context, format_lines(partition, &text));
    GPH_TRY(gph_comm_scan_i64(context, 1, &text.count, &before, NULL));
    GPH_TRY_ALL(context, gph_outfile_write(file, before, text.data, text.count));

cleanup:
    gph_array_free(&text);
    return status;
}

gph_status_t gph_partition_save(const gph_partition_t *partition, const char *path)
{
    gph_status_t status = GPH_OK;
    gph_outfile_t *file = NULL;

    if (partition == NULL || path == NULL)
        return GPH_ERR_USAGE;
    gph_context_t *context = partition->graph->context;
    gph_phase_begin(context, "write");
    GPH_TRY(gph_outfile_create(context, path, &file));
    status = gph_outfile_commit(&file, write_lines(partition, file));

cleanup:
    gph_phase_end(context);
    return status;
}
