/* Choosing the writer, and what a format cannot hold. */
#include "io/write.h"

#include "graph/text_graph.h"
#include "io/format.h"
#include "io/writers.h"
#include "par/comm.h"

#include <inttypes.h>

/* Largest weight that METIS files keep exactly. */
#define WEIGHT_MOST 9007199254740992.0

/* Where and how a graph is written. */
typedef struct target {
    const char *path;
    const int64_t *color; /* [owned] or NULL */
} target_t;

/* METIS has positive integers for weights; anything else would come back changed. */
static gph_status_t check_metis(const gph_graph_t *graph, const char *path)
{
    if (graph->weight == NULL)
        return GPH_OK;
    for (gph_off_t i = 0; i < graph->offset[graph->owned]; ++i) {
        const double weight = graph->weight[i];
        if (!(weight >= 1 && weight <= WEIGHT_MOST && weight == (double)(int64_t)weight))
            return gph_fail(graph->context->env, GPH_ERR_USAGE,
                            "%s: METIS files hold positive integers for weights, and %g is none; "
                            "write an edge list, mtx or h5",
                            gph_path_shown(path), weight);
    }
    return GPH_OK;
}

/* An edge list has no place for a vertex without edges. */
static gph_status_t warn_isolated(const gph_graph_t *graph, const char *path)
{
    gph_context_t *context = graph->context;
    int64_t isolated = 0;

    for (gph_lid_t i = 0; i < graph->owned; ++i)
        isolated += graph->offset[i] == graph->offset[i + 1];
    const gph_status_t status = gph_comm_reduce_i64(context, GPH_SUM, 1, &isolated);
    if (status == GPH_OK && isolated > 0)
        gph_log_root(context, GPH_LOG_WARN,
                     "%s: %" PRId64 " vertices without edges are left out of the edge list; mtx, "
                     "METIS and h5 keep them",
                     gph_path_shown(path), isolated);
    return status;
}

/* What a graph is written as when it is to be a text. Collective. */
static gph_status_t find_text(const gph_graph_t *graph, const char *path, gph_labels_t *labels,
                              const gph_row_format_t **format)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = graph->context;
    gph_text_kind_t kind = GPH_TEXT_KIND_NONE;

    GPH_TRY(gph_text_kind(graph, &kind));
    if (graph->origin != NULL)
        GPH_TRY(gph_fail(context->env, GPH_ERR_USAGE,
                         "%s: a graph that was placed in another order has no text",
                         gph_path_shown(path)));
    if (kind == GPH_TEXT_KIND_NONE)
        GPH_TRY(gph_fail(context->env, GPH_ERR_USAGE,
                         "%s: only a graph of textgraph: or math: has a text",
                         gph_path_shown(path)));
    *format = &gph_rows_text;
    if (kind == GPH_TEXT_KIND_TEXT)
        return GPH_OK;
    *format = &gph_rows_math;
    GPH_TRY_ALL(context,
                gph_alloc(context->env, graph->owned, sizeof *labels->closed, &labels->closed));
    GPH_TRY(gph_math_closed(graph, labels->closed));

cleanup:
    return status;
}

/* Some formats hold no directions. */
static void warn_directed(const gph_graph_t *graph, const char *path)
{
    if (graph->direction != NULL)
        gph_log_root(graph->context, GPH_LOG_WARN,
                     "%s: the format holds no directions, the edges are written without them",
                     gph_path_shown(path));
}

static gph_status_t write_text(const gph_graph_t *graph, const gph_row_format_t *format, bool gzip,
                               const target_t *target, gph_outfile_t *file)
{
    gph_status_t status = GPH_OK;
    gph_labels_t labels = {.graph = graph};
    gph_text_plan_t plan = {0};

    // Only an edge list shows labels of ghosts; the other formats number the vertices.
    if (format == &gph_rows_edges)
        GPH_TRY(gph_labels_fetch(graph, &labels));
    if (format == NULL)
        GPH_TRY(find_text(graph, target->path, &labels, &format));
    labels.color = target->color;
    GPH_TRY(gph_text_plan_make(&labels, format, &plan));
    GPH_TRY(gzip ? gph_write_gzip(&plan, file) : gph_write_plain(&plan, file));

cleanup:
    gph_text_plan_free(&plan);
    gph_labels_free(&labels);
    return status;
}

static gph_status_t write_format(const gph_graph_t *graph, gph_format_t format, bool gzip,
                                 const target_t *target, gph_outfile_t *file)
{
    if (format == GPH_FORMAT_MATRIX_MARKET || format == GPH_FORMAT_METIS)
        warn_directed(graph, target->path);
    switch (format) {
    case GPH_FORMAT_HDF5:
        return gph_write_hdf5(graph, file);
    case GPH_FORMAT_MATRIX_MARKET:
        return write_text(graph, &gph_rows_mtx, gzip, target, file);
    case GPH_FORMAT_METIS:
        return write_text(graph, &gph_rows_metis, gzip, target, file);
    case GPH_FORMAT_DOT:
        return write_text(graph, &gph_rows_dot, gzip, target, file);
    case GPH_FORMAT_TEXT:
        return write_text(graph, NULL, gzip, target, file);
    case GPH_FORMAT_AUTO:
    case GPH_FORMAT_EDGES:
        break;
    }
    return write_text(graph, &gph_rows_edges, gzip, target, file);
}

gph_status_t gph_write_colored(const gph_graph_t *graph, const char *path, gph_format_t format,
                               const int64_t *color)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = graph->context;
    gph_outfile_t *file = NULL;
    bool gzip = false;
    const target_t target = {.path = path, .color = color};

    if (graph->origin != NULL)
        GPH_TRY(gph_fail(context->env, GPH_ERR_USAGE,
                         "%s: a placed graph is not written; write the one as loaded", path));
    GPH_TRY_ALL(context, gph_format_decide(context->env, path, format, &format, &gzip));
    if (format == GPH_FORMAT_METIS)
        GPH_TRY_ALL(context, check_metis(graph, path));
    if (format == GPH_FORMAT_EDGES)
        GPH_TRY(warn_isolated(graph, path));
    GPH_TRY(gph_outfile_create(context, path, &file));
    status = gph_outfile_commit(&file, write_format(graph, format, gzip, &target, file));

cleanup:
    return status;
}

gph_status_t gph_write_graph(const gph_graph_t *graph, const char *path, gph_format_t format)
{
    return gph_write_colored(graph, path, format, NULL);
}
