/* Losses of predicted expressions, and whether they are right. */
#include "nn/expression_network.h"

#include "par/comm.h"
#include "par/reduce.h"

#include <string.h>

/* --- the likeliest graph -------------------------------------------------------------------- */

static int64_t likeliest_label(const gph_expression_network_t *network, int64_t row)
{
    const int64_t columns = network->labels + 1;
    const gph_real_t *p = network->label.value + row * columns;
    int64_t best = 0;
    for (int64_t c = 1; c < columns; c++)
        if (p[c] > p[best])
            best = c;
    return best;
}

/* An edge of a graph of n nodes to a node: place × n + the node that it comes from; -1: none. */
static int64_t likeliest_edge(const gph_expression_network_t *network,
                              const gph_expression_batch_t *batch, int64_t graph, int64_t to)
{
    const int64_t n = batch->start[graph + 1] - batch->start[graph];
    const gph_real_t *p = network->edges.edge.value + batch->edge_start[graph] + to;
    gph_real_t most = network->edges.none.value[batch->start[graph] + to];
    int64_t best = -1;
    for (int64_t e = 0; e < GPH_OPERANDS * n; e++)
        if (p[e * n] > most) {
            most = p[e * n];
            best = e;
        }
    return best;
}

static bool is_node(const gph_expression_network_t *network, int64_t row)
{
    return likeliest_label(network, row) < network->labels;
}

/* The only node that is operand `place` of `from`; -1: none, -2: several. from -1: the root. */
static int64_t only_operand(const gph_expression_network_t *network,
                            const gph_expression_batch_t *batch, int64_t graph, int64_t from,
                            int64_t place)
{
    const int64_t first = batch->start[graph];
    const int64_t n = batch->start[graph + 1] - first;
    int64_t found = -1;
    for (int64_t to = 0; to < n; to++) {
        if (!is_node(network, first + to))
            continue;
        const int64_t edge = likeliest_edge(network, batch, graph, to);
        if (from < 0 ? edge < 0 : edge == place * n + from)
            found = found == -1 ? to : -2;
    }
    return found;
}

/* True when wanted node *at and everything below it stand below node `from` of the prediction in
 * the same order; *at moves behind them. As deep as the wanted tree. */
static bool same_tree(const gph_expression_network_t *network, // NOLINT(misc-no-recursion)
                      const gph_expression_batch_t *batch, int64_t graph, int64_t from, int64_t *at)
{
    const int64_t wanted = batch->wanted_start[graph] + *at;
    if (from < 0 ||
        likeliest_label(network, batch->start[graph] + from) != batch->wanted_label[wanted])
        return false;
    ++*at;
    for (int64_t place = 0; place < batch->wanted_operands[wanted]; place++)
        if (!same_tree(network, batch, graph, only_operand(network, batch, graph, from, place), at))
            return false;
    return true;
}

bool gph_expression_exact(const gph_expression_network_t *network,
                          const gph_expression_batch_t *batch, int64_t graph)
{
    const int64_t first = batch->start[graph];
    const int64_t wanted = batch->wanted_start[graph + 1] - batch->wanted_start[graph];
    int64_t nodes = 0;
    int64_t at = 0;
    for (int64_t row = first; row < batch->start[graph + 1]; row++)
        nodes += is_node(network, row);
    /* As many nodes as are wanted: none is left beside the wanted tree. */
    return nodes == wanted &&
           same_tree(network, batch, graph, only_operand(network, batch, graph, -1, 0), &at);
}

/* --- losses --------------------------------------------------------------------------------- */

static gph_structural_pair_t pair_of(const gph_expression_network_t *network,
                                     const gph_expression_batch_t *batch, int64_t graph,
                                     bool gradient)
{
    const int64_t row = batch->start[graph];
    const int64_t edge = batch->edge_start[graph];
    const int64_t wanted = batch->wanted_start[graph];
    const int64_t nodes = batch->wanted_start[graph + 1] - wanted;
    const int64_t label = row * (network->labels + 1);
    return (gph_structural_pair_t){
        .nodes = batch->start[graph + 1] - row,
        .labels = network->labels,
        .kinds = GPH_OPERANDS,
        .label = network->label.value + label,
        .edge = network->edges.edge.value + edge,
        .wanted_nodes = nodes,
        .wanted_label = batch->wanted_label + wanted,
        .wanted_edges = nodes - 1,
        .wanted_edge = batch->wanted_edge + wanted - graph,
        .g_label = gradient ? network->g_label.value + label : NULL,
        .g_edge = gradient ? network->g_edge.value + edge : NULL,
    };
}

static gph_status_t make_pairs(gph_expression_network_t *network,
                               const gph_expression_batch_t *batch, bool gradient)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = batch->nodes.context->env;

    if (batch->graphs > network->room) {
        GPH_TRY(gph_realloc(env, batch->graphs, sizeof *network->pair, &network->pair));
        network->room = batch->graphs;
    }
    if (gradient) {
        GPH_TRY(gph_tensor_shape(env, batch->nodes.rows, network->labels + 1, &network->g_label));
        GPH_TRY(gph_tensor_shape(env, 1, batch->edge_start[batch->graphs], &network->g_edge));
    }
    for (int64_t g = 0; g < batch->graphs; g++)
        network->pair[g] = pair_of(network, batch, g, gradient);

cleanup:
    return status;
}

gph_status_t gph_expression_network_add(gph_expression_network_t *network,
                                        const gph_expression_batch_t *batch,
                                        const gph_structural_options_t *options, int64_t count,
                                        bool gradient, gph_expression_sums_t *sums)
{
    gph_status_t status = GPH_OK;

    GPH_TRY(make_pairs(network, batch, gradient));
    GPH_TRY(gph_structural_loss(batch->nodes.context, options, 1 / (double)count, batch->graphs,
                                network->pair, &network->space));
    for (int64_t g = 0; g < batch->graphs; g++) {
        gph_sum_add(&sums->loss, network->pair[g].loss);
        sums->exact += gph_expression_exact(network, batch, g);
    }

cleanup:
    return status;
}

gph_status_t gph_expression_loss_finish(gph_context_t *context, int64_t count,
                                        gph_expression_sums_t *sums, gph_expression_loss_t *loss)
{
    gph_status_t status = GPH_OK;

    GPH_TRY(gph_reduce_exact(context, 1, &sums->loss));
    GPH_TRY(gph_comm_reduce_i64(context, GPH_SUM, 1, &sums->exact));
    *loss = (gph_expression_loss_t){
        .graphs = count,
        .exact = sums->exact,
        .loss = gph_sum_f64(&sums->loss) / (double)count,
    };

cleanup:
    return status;
}

gph_status_t gph_expression_network_loss(gph_expression_network_t *network,
                                         const gph_expression_batch_t *batch,
                                         const gph_structural_options_t *options, int64_t count,
                                         bool gradient, gph_expression_loss_t *loss)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = batch->nodes.context;
    gph_expression_sums_t sums = {.exact = 0};

    GPH_TRY_ALL(context,
                gph_expression_network_add(network, batch, options, count, gradient, &sums));
    GPH_TRY(gph_expression_loss_finish(context, count, &sums, loss));

cleanup:
    return status;
}
