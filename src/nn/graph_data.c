/* Data for the classification of graphs. */
#include "nn/graph_data.h"

#include "par/comm.h"

#include <stdlib.h>
#include <string.h>

static gph_status_t count_rows(gph_graph_data_t *data, int64_t *arcs)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = data->context->env;
    int64_t nodes = 0;
    int64_t edges = 0;

    *arcs = 0;
    GPH_TRY(gph_alloc(env, data->graphs + 1, sizeof *data->node, &data->node));
    for (int64_t g = 0; g < data->graphs; g++) {
        gph_collection_size(data->collection, g, &nodes, &edges);
        if (nodes == 0)
            GPH_TRY(gph_fail(env, GPH_ERR_INPUT, "graph %lld (%s) has no nodes to learn from",
                             (long long)g, gph_collection_name(data->collection, g)));
        data->node[g] = g == 0 ? 0 : data->node[g];
        data->node[g + 1] = data->node[g] + nodes;
        *arcs += 2 * edges;
    }
    const int64_t total = data->node[data->graphs];
    GPH_TRY(gph_calloc(env, total + 1, sizeof *data->offset, &data->offset));
    GPH_TRY(gph_alloc(env, *arcs, sizeof *data->adjacent, &data->adjacent));
    GPH_TRY(gph_alloc(env, total, sizeof *data->label, &data->label));
    GPH_TRY(gph_alloc(env, data->graphs, sizeof *data->class, &data->class));
    GPH_TRY(gph_alloc(env, data->graphs, sizeof *data->fold, &data->fold));

cleanup:
    return status;
}

static int by_number(const void *a, const void *b)
{
    const gph_lid_t x = *(const gph_lid_t *)a;
    const gph_lid_t y = *(const gph_lid_t *)b;
    return (x > y) - (x < y);
}

/* Rows of one graph, both directions of each edge but loops. `offset` is that of its first node. */
static void fill_graph(const gph_small_graph_t *graph, gph_off_t *offset, gph_lid_t *adjacent)
{
    for (int32_t e = 0; e < graph->edges; e++)
        if (graph->from[e] != graph->to[e]) {
            offset[graph->from[e] + 1]++;
            offset[graph->to[e] + 1]++;
        }
    for (int32_t i = 0; i < graph->nodes; i++)
        offset[i + 1] += offset[i];
    /* From the back, so that offset[i + 1] ends where row i + 1 begins: at its start. */
    for (int32_t e = 0; e < graph->edges; e++)
        if (graph->from[e] != graph->to[e]) {
            adjacent[--offset[graph->from[e] + 1]] = graph->to[e];
            adjacent[--offset[graph->to[e] + 1]] = graph->from[e];
        }
}

static void fill_rows(gph_graph_data_t *data)
{
    for (int64_t g = 0; g < data->graphs; g++) {
        const gph_small_graph_t *graph = gph_collection_graph(data->collection, g);
        gph_off_t *offset = data->offset + data->node[g];
        const gph_off_t begin = offset[0];
        gph_off_t degree = 0;
        fill_graph(graph, offset, data->adjacent);
        /* Now offset[i + 1] is where row i begins: shift, and sort the rows. */
        for (int32_t e = 0; e < graph->edges; e++)
            degree += graph->from[e] != graph->to[e] ? 2 : 0;
        for (int32_t i = 0; i < graph->nodes; i++)
            offset[i] = offset[i + 1];
        offset[graph->nodes] = begin + degree;
        for (int32_t i = 0; i < graph->nodes; i++)
            qsort(data->adjacent + offset[i], (size_t)(offset[i + 1] - offset[i]),
                  sizeof *data->adjacent, by_number);
        memcpy(data->label + data->node[g], graph->node_label,
               (size_t)graph->nodes * sizeof *data->label);
        data->class[g] = gph_collection_class(data->collection, g);
    }
}

static gph_status_t check_classes(const gph_graph_data_t *data, const char *path)
{
    if (data->classes < 2)
        return gph_fail(data->context->env, GPH_ERR_INPUT,
                        "%.400s: %lld classes of graphs; classification needs at least two "
                        "(a TUDataset folder tells them in DS_graph_labels.txt)",
                        path, (long long)data->classes);
    for (int64_t g = 0; g < data->graphs; g++)
        if (data->class[g] < 0)
            return gph_fail(data->context->env, GPH_ERR_INPUT, "%.400s: graph %lld has no class",
                            path, (long long)g);
    return GPH_OK;
}

static gph_status_t fill(gph_graph_data_t *data)
{
    gph_status_t status = GPH_OK;
    int64_t arcs = 0;

    GPH_TRY(count_rows(data, &arcs));
    fill_rows(data);

cleanup:
    return status;
}

gph_status_t gph_graph_data_rows(const gph_collection_t *collection, gph_graph_data_t *data)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = data->context;
    gph_graph_data_t made = {.context = context, .collection = collection};
    char digest[GPH_DIGEST_CHARS];

    made.graphs = gph_collection_count(collection);
    made.features = gph_collection_node_labels(collection);
    made.classes = gph_collection_classes(collection);
    GPH_TRY_ALL(context, fill(&made));
    gph_collection_digest(collection, digest);
    gph_digest_add(&made.digest, gph_digest_item(0, digest, strlen(digest)));
    *data = made;
    made = (gph_graph_data_t){.context = context};

cleanup:
    gph_graph_data_free(&made);
    return status;
}

gph_status_t gph_graph_data_load(gph_context_t *context, const gph_graphs_options_t *options,
                                 gph_graph_data_t *data)
{
    gph_status_t status = GPH_OK;
    gph_graph_data_t made = {.context = context};
    gph_collection_t *collection = NULL;

    GPH_TRY(gph_collection_load(context, options->path, NULL, &collection));
    GPH_TRY(gph_graph_data_rows(collection, &made));
    made.owned = collection;
    collection = NULL;
    GPH_TRY_ALL(context, check_classes(&made, options->path));
    GPH_TRY(gph_graph_folds(options, &made));
    gph_digest_add(&made.digest,
                   gph_digest_item(1, made.fold, (size_t)made.graphs * sizeof *made.fold));
    *data = made;
    made = (gph_graph_data_t){.context = context};

cleanup:
    gph_collection_destroy(&collection);
    gph_graph_data_free(&made);
    return status;
}

void gph_graph_data_free(gph_graph_data_t *data)
{
    gph_collection_destroy(&data->owned);
    gph_free(data->node);
    gph_free(data->offset);
    gph_free(data->adjacent);
    gph_free(data->label);
    gph_free(data->class);
    gph_free(data->fold);
    *data = (gph_graph_data_t){.context = data->context};
}
