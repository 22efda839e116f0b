/* Small random graphs in rows. */
#include "graph_sample.h"

#include "base/random.h"
#include "par/context.h"

#include <string.h>

static int64_t draw(int64_t graph, int64_t index, int64_t below)
{
    return (int64_t)gph_random_below(gph_random_u64(77, (uint64_t)graph, (uint64_t)index),
                                     (uint64_t)below);
}

/* Whether nodes a < b of a graph are adjacent. */
static bool adjacent(int64_t graph, int64_t a, int64_t b)
{
    return b == a + 1 || draw(graph, 100 + a * 16 + b, 5) == 0;
}

static int64_t fill(int64_t graph, int64_t nodes, gph_off_t *offset, gph_lid_t *list, gph_off_t at)
{
    for (int64_t i = 0; i < nodes; i++) {
        for (int64_t j = 0; j < nodes; j++)
            if (i != j && adjacent(graph, i < j ? i : j, i < j ? j : i))
                list[at++] = (gph_lid_t)j;
        offset[i + 1] = at;
    }
    return at;
}

bool graph_sample_make(gph_context_t *context, int64_t graphs, gph_graph_data_t *data)
{
    gph_env_t *env = context->env;
    const int64_t most = graphs * 9;
    *data = (gph_graph_data_t){.context = context,
                               .graphs = graphs,
                               .features = SAMPLE_FEATURES,
                               .classes = SAMPLE_CLASSES,
                               .folds = 4};
    if (gph_alloc(env, graphs + 1, sizeof *data->node, &data->node) != GPH_OK ||
        gph_calloc(env, most + 1, sizeof *data->offset, &data->offset) != GPH_OK ||
        gph_alloc(env, most * 9, sizeof *data->adjacent, &data->adjacent) != GPH_OK ||
        gph_alloc(env, most, sizeof *data->label, &data->label) != GPH_OK ||
        gph_alloc(env, graphs, sizeof *data->class, &data->class) != GPH_OK ||
        gph_alloc(env, graphs, sizeof *data->fold, &data->fold) != GPH_OK)
        return false;
    data->node[0] = 0;
    gph_off_t at = 0;
    for (int64_t g = 0; g < graphs; g++) {
        const int64_t nodes = 1 + draw(g, 0, 9);
        at = fill(g, nodes, data->offset + data->node[g], data->adjacent, at);
        data->node[g + 1] = data->node[g] + nodes;
        for (int64_t i = data->node[g]; i < data->node[g + 1]; i++)
            data->label[i] = (int32_t)draw(g, 1000 + i, SAMPLE_FEATURES);
        data->class[g] = (int32_t)(g % SAMPLE_CLASSES);
        data->fold[g] = (int32_t)(g % 5 - 1);
    }
    return true;
}

void graph_sample_free(gph_graph_data_t *data)
{
    gph_free(data->node);
    gph_free(data->offset);
    gph_free(data->adjacent);
    gph_free(data->label);
    gph_free(data->class);
    gph_free(data->fold);
    memset(data, 0, sizeof *data);
}
