/* Networks that classify graphs, on all threads. */
#include "nn/graph_team.h"

#include "nn/work.h"
#include "par/comm.h"

#include <string.h>

/* A graph of more than this many fair shares of a part makes the batch one part. */
static const double largest_share = 1.25;

/* --- building ------------------------------------------------------------------------------- */

gph_status_t gph_graph_team_build(gph_context_t *context, const gph_model_options_t *options,
                                  gph_readout_t readout, int64_t in, int64_t out,
                                  gph_graph_team_t *team)
{
    gph_status_t status = GPH_OK;

    *team = (gph_graph_team_t){.count = 0};
    GPH_TRY(gph_parts_init(context, &team->parts));
    GPH_TRY(gph_calloc(context->env, context->threads, sizeof *team->worker, &team->worker));
    for (int t = 0; t < context->threads; t++) {
        gph_graph_worker_t *worker = &team->worker[t];
        worker->batch = gph_graph_batch_init(context->env);
        status = gph_graph_network_build(context, options, readout, in, out, &worker->network);
        gph_parts_add(&team->parts, &worker->network.network.params);
        GPH_TRY(status);
    }

cleanup:
    return status;
}

void gph_graph_team_free(gph_graph_team_t *team)
{
    for (int w = team->parts.networks - 1; w >= 0; w--) {
        gph_graph_network_free(&team->worker[w].network);
        gph_graph_batch_free(&team->worker[w].batch);
        gph_tensor_free(&team->worker[w].gradient);
    }
    gph_free(team->worker);
    gph_parts_free(&team->parts);
    team->worker = NULL;
}

gph_params_t *gph_graph_team_params(gph_graph_team_t *team)
{
    return &team->worker[0].network.network.params;
}

/* --- a batch -------------------------------------------------------------------------------- */

/* Estimates the work, and cuts the batch into as many parts as that is worth. */
static void plan(gph_graph_team_t *team, const gph_graph_data_t *data, int64_t count,
                 const int64_t *list)
{
    gph_parts_t *parts = &team->parts;
    const double weights = (double)gph_graph_team_params(team)->size;
    const double ranks = parts->context->ranks;
    int64_t nodes = 0;
    int64_t largest = 0;

    for (int64_t i = 0; i < count; i++) {
        const int64_t here = data->node[list[i] + 1] - data->node[list[i]];
        nodes += here;
        largest = here > largest ? here : largest;
    }
    /* Backward: two products for each one forward, and the sums of tiles. */
    const double forward = (double)nodes / ranks * weights * GPH_WORK_FUSE;
    const double backward = 2 * forward + GPH_BATCH_TILES / ranks * weights * GPH_WORK_BIN;
    gph_parts_plan(parts, GPH_BATCH_TILES / parts->context->ranks, forward, backward);
    if ((double)largest > largest_share * (double)nodes / (ranks * parts->count))
        parts->count = 1;
    team->count = count;
}

gph_status_t gph_graph_team_take(gph_graph_team_t *team, const gph_graph_data_t *data,
                                 int64_t count, const int64_t *list)
{
    gph_status_t status = GPH_OK;

    plan(team, data, count, list);
    for (int p = 0; p < team->parts.count; p++)
        GPH_TRY(gph_graph_batch_part(gph_parts_context(&team->parts, p), data, count, list, p,
                                     team->parts.count, &team->worker[p].batch));

cleanup:
    return status;
}

/* --- passes --------------------------------------------------------------------------------- */

typedef struct pass {
    gph_graph_team_t *team;
    bool training;
    uint64_t seed;
    int64_t step;
} pass_t;

static gph_status_t forward_part(void *data, int64_t part, int thread)
{
    gph_status_t status = GPH_OK;
    const pass_t *pass = data;
    gph_graph_worker_t *worker = &pass->team->worker[part];
    gph_graph_batch_t *batch = &worker->batch;
    gph_tensor_t *g = pass->training ? &worker->gradient : NULL;
    gph_tensor_t score = {0};

    (void)thread;
    GPH_TRY(gph_graph_network_forward(&worker->network, batch, pass->training, pass->seed,
                                      pass->step, &score));
    if (g != NULL)
        GPH_TRY(gph_tensor_shape(batch->nodes.context->env, score.rows, score.columns, g));
    worker->sums = (gph_loss_sums_t){.rows = {0}};
    gph_loss_softmax_add(&score, batch->class, batch->split, 1 / (double)pass->team->count, g,
                         &worker->sums);

cleanup:
    return status;
}

gph_status_t gph_graph_team_forward(gph_graph_team_t *team, bool training, uint64_t seed,
                                    int64_t step, gph_loss_t *loss)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = team->parts.context;
    pass_t pass = {team, training, seed, step};

    GPH_TRY_ALL(context, gph_parts_run(&team->parts, team->parts.forward, forward_part, &pass));
    for (int p = 1; p < team->parts.count; p++)
        gph_loss_merge(&team->worker[0].sums, &team->worker[p].sums);
    GPH_TRY(gph_loss_finish(context, &team->worker[0].sums, loss));

cleanup:
    return status;
}

static gph_status_t backward_part(void *data, int64_t part, int thread)
{
    const pass_t *pass = data;
    gph_graph_worker_t *worker = &pass->team->worker[part];
    (void)thread;
    gph_parts_begin(&pass->team->parts, part);
    return gph_graph_network_backward(&worker->network, &worker->batch, pass->seed, pass->step,
                                      &worker->gradient);
}

gph_status_t gph_graph_team_backward(gph_graph_team_t *team, uint64_t seed, int64_t step)
{
    pass_t pass = {team, true, seed, step};
    return gph_parts_backward(&team->parts, backward_part, &pass);
}
