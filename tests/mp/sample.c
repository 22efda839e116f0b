/* Graphs of these tests. */
#include "sample.h"

#include "base/random.h"
#include "dist/build.h"
#include "gph/dist.h"
#include "gph_test.h"
#include "par/comm.h"

#include <stdlib.h>
#include <string.h>

const char *const sample_specs[] = {
    "er:n=0,m=0",          "er:n=1,m=0",   "er:n=9,m=0",     "complete:n=2",
    "complete:n=20",       "star:n=60",    "path:n=150",     "cycle:n=5",
    "turan:n=13,r=4",      "er:n=60,m=40", "er:n=300,m=900", "er:n=120,m=2500",
    "rmat:scale=9",        "weighted",     "zeros",          "far",
    "rmat:scale=7,seed=5",
};
const int sample_count = (int)(sizeof sample_specs / sizeof *sample_specs);

static int64_t draw(uint64_t stream, int64_t index, int64_t bound)
{
    return (int64_t)gph_random_below(gph_random_u64(11, stream, (uint64_t)index), (uint64_t)bound);
}

/* Random edges that rank 0 holds: `weighted` with weights below 1 and ids as they come, `zeros`
 * with weights of which many are 0, `far` without weights between ids over the whole range. */
static gph_status_t make_edges(gph_context_t *context, const char *spec, gph_edges_t *edges)
{
    gph_status_t status = GPH_OK;
    const bool far = strcmp(spec, "far") == 0;
    const bool zeros = strcmp(spec, "zeros") == 0;
    const int64_t count = context->rank == 0 ? 700 : 0;

    GPH_TRY(gph_alloc(context->env, count, sizeof *edges->edge, &edges->edge));
    if (!far)
        GPH_TRY(gph_alloc(context->env, count, sizeof *edges->weight, &edges->weight));
    for (int64_t i = 0; i < count; ++i) {
        const int64_t u = draw(1, i, 200);
        const int64_t v = draw(2, i, 1 + draw(3, i, 200));
        edges->edge[i] =
            (gph_edge_t){far ? draw(4, u, INT64_MAX) : u + 5, far ? draw(4, v, INT64_MAX) : v + 5};
        if (!far)
            edges->weight[i] = zeros ? (double)draw(5, i, 3) : (double)draw(6, i, 1 << 20) / 0x1p20;
    }
    edges->count = count;

cleanup:
    return status;
}

static gph_status_t make_graph(gph_context_t *context, const char *spec, gph_graph_t **graph)
{
    gph_edges_t edges = gph_edges_init();
    if (strchr(spec, ':') != NULL)
        return gph_graph_load(context, spec, GPH_FORMAT_AUTO, graph);
    const gph_status_t status = gph_comm_agree(context, make_edges(context, spec, &edges));
    if (status == GPH_OK)
        return gph_graph_build(context, &edges, graph);
    gph_edges_free(&edges);
    return status;
}

/** A neighbour as ranks send it. */
typedef struct arc {
    int64_t from;
    int64_t to;
    double weight;
} arc_t;

static gph_status_t gather(gph_context_t *context, sample_t *sample)
{
    gph_status_t status = GPH_OK;
    const gph_graph_t *graph = sample->graph;
    arc_t *mine = NULL;
    arc_t *all = NULL;
    int64_t total = 0;

    GPH_TRY_ALL(context, gph_alloc(context->env, graph->offset[graph->owned], sizeof *mine, &mine));
    for (gph_lid_t v = 0; v < graph->owned; ++v)
        for (gph_off_t i = graph->offset[v]; i < graph->offset[v + 1]; ++i)
            mine[i] = (arc_t){gph_graph_gid(graph, v), gph_graph_gid(graph, graph->adjacent[i]),
                              graph->weight ? graph->weight[i] : 1};
    GPH_TRY(gph_comm_concat_all(context, graph->offset[graph->owned], sizeof *mine, mine, &all,
                                &total));
    sample->n = graph->vertices;
    sample->start = calloc((size_t)sample->n + 1, sizeof *sample->start);
    sample->neighbour = calloc((size_t)total + 1, sizeof *sample->neighbour);
    sample->weight = calloc((size_t)total + 1, sizeof *sample->weight);
    for (int64_t i = 0; i < total; ++i) {
        sample->start[all[i].from + 1] = i + 1;
        sample->neighbour[i] = all[i].to;
        sample->weight[i] = all[i].weight;
    }
    for (int64_t v = 0; v < sample->n; ++v)
        if (sample->start[v + 1] < sample->start[v])
            sample->start[v + 1] = sample->start[v];

cleanup:
    gph_free(mine);
    gph_free(all);
    return status;
}

bool sample_make(gph_context_t *context, const char *spec, sample_t *sample)
{
    memset(sample, 0, sizeof *sample);
    if (!GPH_EXPECT_OK(context, make_graph(context, spec, &sample->graph)))
        return false;
    return GPH_EXPECT_OK(context, gather(context, sample));
}

void sample_free(sample_t *sample)
{
    free(sample->start);
    free(sample->neighbour);
    free(sample->weight);
    gph_graph_destroy(&sample->graph);
}

bool sample_joined(const sample_t *sample, int64_t u, int64_t v)
{
    for (int64_t i = sample->start[u]; i < sample->start[u + 1]; ++i)
        if (sample->neighbour[i] == v)
            return true;
    return false;
}
