/* Loading, making and saving graphs: readers meet the builder here. */
#include "dist/build.h"
#include "gph/dist.h"
#include "io/colors.h"
#include "io/read.h"
#include "io/write.h"
#include "par/comm.h"

#include <inttypes.h>
#include <string.h>

static gph_status_t keep_source(gph_graph_t *graph, const char *input)
{
    const int64_t length = (int64_t)strlen(input) + 1;
    const gph_status_t status =
        gph_alloc(graph->context->env, length, sizeof *graph->source, &graph->source);
    if (status == GPH_OK)
        memcpy(graph->source, input, (size_t)length);
    return status;
}

gph_status_t gph_graph_load(gph_context_t *context, const char *input, gph_format_t format,
                            gph_graph_t **graph)
{
    gph_status_t status = GPH_OK;
    gph_edges_t edges = gph_edges_init();
    gph_graph_t *made = NULL;

    if (context == NULL || input == NULL || graph == NULL)
        return GPH_ERR_USAGE;
    gph_phase_begin(context, "read");
    status = gph_read_edges(context, input, format, &edges);
    gph_phase_end(context);
    if (status != GPH_OK)
        return status;
    gph_phase_begin(context, "build");
    GPH_TRY(gph_graph_build(context, &edges, &made));
    GPH_TRY_ALL(context, keep_source(made, input));
    *graph = made;
    made = NULL;

cleanup:
    gph_phase_end(context);
    gph_graph_destroy(&made);
    return status;
}

static gph_status_t copy_edges(gph_context_t *context, int64_t count, const int64_t *u,
                               const int64_t *v, gph_edges_t *edges)
{
    gph_status_t status = GPH_OK;

    if (count < 0 || (count > 0 && (u == NULL || v == NULL)))
        return gph_fail(context->env, GPH_ERR_USAGE, "edges: count is negative or an array NULL");
    GPH_TRY(gph_alloc(context->env, count, sizeof *edges->edge, &edges->edge));
    for (int64_t i = 0; i < count; ++i) {
        if (u[i] < 0 || v[i] < 0)
            GPH_TRY(gph_fail(context->env, GPH_ERR_INPUT,
                             "edge %" PRId64 " (%" PRId64 " - %" PRId64 ") has a negative id", i,
                             u[i], v[i]));
        edges->edge[i] = (gph_edge_t){u[i], v[i]};
    }
    edges->count = count;

cleanup:
    return status;
}

gph_status_t gph_graph_from_edges(gph_context_t *context, int64_t count, const int64_t *u,
                                  const int64_t *v, gph_graph_t **graph)
{
    gph_status_t status = GPH_OK;
    gph_edges_t edges = gph_edges_init();

    if (context == NULL || graph == NULL)
        return GPH_ERR_USAGE;
    status = gph_comm_agree(context, copy_edges(context, count, u, v, &edges));
    if (status != GPH_OK) {
        gph_edges_free(&edges);
        return status;
    }
    gph_phase_begin(context, "build");
    status = gph_graph_build(context, &edges, graph);
    gph_phase_end(context);
    return status;
}

gph_status_t gph_graph_save(const gph_graph_t *graph, const char *path, gph_format_t format)
{
    gph_status_t status = GPH_OK;

    if (graph == NULL || path == NULL)
        return GPH_ERR_USAGE;
    gph_phase_begin(graph->context, "write");
    status = gph_write_graph(graph, path, format);
    gph_phase_end(graph->context);
    return status;
}

gph_status_t gph_graph_save_colored(const gph_graph_t *graph, const char *path,
                                    const gph_coloring_t *coloring)
{
    gph_status_t status = GPH_OK;
    int64_t *color = NULL;

    if (graph == NULL || path == NULL || coloring == NULL)
        return GPH_ERR_USAGE;
    gph_context_t *context = graph->context;
    const char *file = coloring->groups != NULL ? coloring->groups : coloring->labels;
    gph_phase_begin(context, "write");
    GPH_TRY_ALL(context, coloring->groups == NULL || coloring->labels == NULL
                             ? GPH_OK
                             : gph_fail(context->env, GPH_ERR_USAGE,
                                        "colours come from labels or from groups, not from both"));
    if (file != NULL) {
        GPH_TRY_ALL(context, gph_alloc(context->env, graph->owned, sizeof *color, &color));
        GPH_TRY(gph_colors_read(graph, file, coloring->groups != NULL, color));
    }
    GPH_TRY(gph_write_colored(graph, path, GPH_FORMAT_DOT, color));

cleanup:
    gph_phase_end(context);
    gph_free(color);
    return status;
}
