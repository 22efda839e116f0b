/* Soft edges of predicted graphs. */
#include "nn/biaffine.h"

#include "nn/work.h"
#include "par/team.h"

#include <math.h>
#include <string.h>

/* What two nodes are to each other: operand at a place, or nothing. */
enum { RELATIONS = GPH_OPERANDS + 1 };

typedef struct job {
    const gph_expression_batch_t *batch;
    const gph_biaffine_t *biaffine;
    const gph_tensor_t *x;
    const gph_real_t *bias; /* [GPH_OPERANDS × RELATIONS] */
    double scale;           /* of products */
    gph_real_t *g;          /* as `edge`, backward */
    gph_tensor_t *g_x;
} job_t;

/* One graph: nodes, and where its parts begin. */
typedef struct view {
    int64_t nodes;
    int64_t row;
    int64_t edge;
} view_t;

gph_status_t gph_biaffine_init(gph_params_t *params, int64_t first, int64_t width,
                               gph_biaffine_t *biaffine)
{
    *biaffine = (gph_biaffine_t){.first = first, .width = width};
    return gph_params_add(params, "relations", GPH_OPERANDS, RELATIONS, GPH_INITIAL_ZERO, false,
                          &biaffine->bias);
}

void gph_biaffine_free(gph_biaffine_t *biaffine)
{
    gph_tensor_free(&biaffine->edge);
    gph_tensor_free(&biaffine->none);
}

static view_t view_of(const gph_expression_batch_t *batch, int64_t graph)
{
    return (view_t){batch->start[graph + 1] - batch->start[graph], batch->start[graph],
                    batch->edge_start[graph]};
}

static job_t job_of(const gph_params_t *params, const gph_expression_batch_t *batch,
                    const gph_tensor_t *x, const gph_biaffine_t *biaffine)
{
    return (job_t){.batch = batch,
                   .biaffine = biaffine,
                   .x = x,
                   .bias = gph_params_value(params, biaffine->bias).value,
                   .scale = 1 / sqrt((double)biaffine->width)};
}

/* How the graph as it came has row `to` below row `from`. */
static int relation(const gph_expression_batch_t *batch, int64_t from, int64_t to)
{
    for (int k = 0; k < GPH_OPERANDS; k++)
        if (batch->link[to * GPH_LINKS + GPH_OPERANDS + k] == from)
            return k;
    return GPH_OPERANDS;
}

static const gph_real_t *columns_of(const job_t *job, int64_t row)
{
    return job->x->value + row * job->x->columns + job->biaffine->first;
}

/* --- forward -------------------------------------------------------------------------------- */

static double score(const job_t *job, int64_t from, int64_t to, int place)
{
    const int64_t width = job->biaffine->width;
    const gph_real_t *query = columns_of(job, to);
    const gph_real_t *key = columns_of(job, from) + (1 + place) * width;
    double sum = 0;
    for (int64_t c = 0; c < width; c++)
        sum += (double)query[c] * (double)key[c];
    return sum * job->scale + (double)job->bias[place * RELATIONS + relation(job->batch, from, to)];
}

/* The distribution of one node: scores, then their softmax. edge[place][from] has this step. */
static void distribute(const job_t *job, view_t view, int64_t to)
{
    const int64_t n = view.nodes;
    gph_real_t *edge = job->biaffine->edge.value + view.edge + to;
    const double none =
        (double)columns_of(job, view.row + to)[(1 + GPH_OPERANDS) * job->biaffine->width];
    double top = none;
    double sum = 0;
    for (int place = 0; place < GPH_OPERANDS; place++)
        for (int64_t i = 0; i < n; i++)
            if (i != to) {
                const double found = score(job, view.row + i, view.row + to, place);
                edge[(place * n + i) * n] = (gph_real_t)found;
                top = fmax(top, found);
            }
    sum = exp(none - top);
    for (int64_t e = 0; e < GPH_OPERANDS * n; e++) {
        const double share = e % n != to ? exp((double)edge[e * n] - top) : 0;
        edge[e * n] = (gph_real_t)share;
        sum += share;
    }
    for (int64_t e = 0; e < GPH_OPERANDS * n; e++)
        edge[e * n] = (gph_real_t)((double)edge[e * n] / sum);
    job->biaffine->none.value[view.row + to] = (gph_real_t)(exp(none - top) / sum);
}

/* Graphs worth a thread. */
static int64_t grain_of(const gph_context_t *context, const gph_expression_batch_t *batch,
                        const gph_biaffine_t *biaffine)
{
    const double graphs = batch->graphs > 0 ? (double)batch->graphs : 1;
    const double edges = (double)batch->edge_start[batch->graphs] / graphs;
    return gph_team_grain(context, edges * (double)biaffine->width * GPH_WORK_CHAIN);
}

static gph_status_t forward_graph(void *data, int64_t graph, int thread)
{
    const job_t *job = data;
    const view_t view = view_of(job->batch, graph);
    (void)thread;
    for (int64_t to = 0; to < view.nodes; to++)
        distribute(job, view, to);
    return GPH_OK;
}

gph_status_t gph_biaffine_forward(const gph_params_t *params, const gph_expression_batch_t *batch,
                                  const gph_tensor_t *x, gph_biaffine_t *biaffine)
{
    gph_status_t status = GPH_OK;
    const gph_context_t *context = batch->nodes.context;
    job_t job = job_of(params, batch, x, biaffine);

    GPH_TRY(gph_tensor_shape(context->env, 1, batch->edge_start[batch->graphs], &biaffine->edge));
    GPH_TRY(gph_tensor_shape(context->env, 1, batch->nodes.rows, &biaffine->none));
    GPH_TRY(gph_team_tasks(context, batch->graphs, grain_of(context, batch, biaffine),
                           forward_graph, &job));

cleanup:
    return status;
}

/* --- backward ------------------------------------------------------------------------------- */

/* Through the softmax of one node. */
static void back_scores(const job_t *job, view_t view, int64_t to)
{
    const int64_t n = view.nodes;
    const int64_t row = view.row + to;
    const gph_real_t *edge = job->biaffine->edge.value + view.edge + to;
    gph_real_t *g = job->g + view.edge + to;
    gph_real_t *g_row = job->g_x->value + row * job->g_x->columns + job->biaffine->first;
    double mean = 0;
    for (int64_t e = 0; e < GPH_OPERANDS * n; e++)
        mean += (double)edge[e * n] * (double)g[e * n];
    for (int64_t e = 0; e < GPH_OPERANDS * n; e++)
        g[e * n] = (gph_real_t)((double)edge[e * n] * ((double)g[e * n] - mean));
    g_row[(1 + GPH_OPERANDS) * job->biaffine->width] =
        (gph_real_t)(-(double)job->biaffine->none.value[row] * mean);
}

/* Through the products of one pair of nodes. */
static void back_product(const job_t *job, int64_t from, int64_t to, int place, double g)
{
    const int64_t width = job->biaffine->width;
    const int64_t columns = job->g_x->columns;
    const int64_t first = job->biaffine->first;
    const gph_real_t *query = columns_of(job, to);
    const gph_real_t *key = columns_of(job, from) + (1 + place) * width;
    gph_real_t *g_query = job->g_x->value + to * columns + first;
    gph_real_t *g_key = job->g_x->value + from * columns + first + (1 + place) * width;
    const gph_real_t factor = (gph_real_t)(g * job->scale);
    for (int64_t c = 0; c < width; c++) {
        g_query[c] += factor * key[c];
        g_key[c] += factor * query[c];
    }
}

static gph_status_t back_graph(void *data, int64_t graph, int thread)
{
    const job_t *job = data;
    const view_t view = view_of(job->batch, graph);
    const int64_t n = view.nodes;
    (void)thread;
    for (int64_t i = 0; i < n; i++)
        memset(job->g_x->value + (view.row + i) * job->g_x->columns + job->biaffine->first, 0,
               (size_t)gph_biaffine_columns(job->biaffine->width) * sizeof *job->g);
    for (int64_t to = 0; to < n; to++)
        back_scores(job, view, to);
    for (int place = 0; place < GPH_OPERANDS; place++)
        for (int64_t i = 0; i < n; i++)
            for (int64_t to = 0; to < n; to++)
                if (i != to)
                    back_product(job, view.row + i, view.row + to, place,
                                 (double)job->g[view.edge + (place * n + i) * n + to]);
    return GPH_OK;
}

/* The part of one tile in the gradient of the learnt numbers; gph_gradient_fn. */
static gph_status_t back_bias(void *data, int64_t tile, int64_t low, int64_t high, gph_real_t *part,
                              int thread)
{
    const job_t *job = data;
    const gph_expression_batch_t *batch = job->batch;
    double sum[GPH_OPERANDS * RELATIONS] = {0};
    (void)thread;
    for (int64_t g = batch->tile_graph[tile]; g < batch->tile_graph[tile + 1]; g++) {
        const view_t view = view_of(batch, g);
        for (int64_t i = 0; i < view.nodes; i++)
            for (int64_t to = 0; to < view.nodes; to++) {
                const int how = relation(batch, view.row + i, view.row + to);
                for (int64_t place = low; place < high; place++)
                    sum[place * RELATIONS + how] +=
                        (double)job->g[view.edge + (place * view.nodes + i) * view.nodes + to];
            }
    }
    for (int64_t c = low * RELATIONS; c < high * RELATIONS; c++)
        part[c] = (gph_real_t)sum[c];
    return GPH_OK;
}

gph_status_t gph_biaffine_backward(gph_params_t *params, const gph_expression_batch_t *batch,
                                   const gph_tensor_t *x, const gph_biaffine_t *biaffine,
                                   gph_real_t *g, gph_tensor_t *g_x)
{
    gph_status_t status = GPH_OK;
    job_t job = job_of(params, batch, x, biaffine);

    job.g = g;
    job.g_x = g_x;
    GPH_TRY(gph_team_tasks(batch->nodes.context, batch->graphs,
                           grain_of(batch->nodes.context, batch, biaffine), back_graph, &job));
    GPH_TRY(gph_gradient_add(params, biaffine->bias, &batch->nodes,
                             (double)batch->edge_start[batch->graphs] /
                                 (double)(batch->nodes.rows > 0 ? batch->nodes.rows : 1) *
                                 GPH_WORK_CHAIN,
                             back_bias, &job));

cleanup:
    return status;
}
