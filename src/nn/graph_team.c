/* Networks that classify graphs, on all threads. */
#include "nn/graph_team.h"

#include "nn/work.h"
#include "par/comm.h"
#include "par/team.h"

#include <string.h>

/* A graph of more than this many fair shares of a thread makes the batch one part. */
static const double largest_share = 1.25;

/* --- building ------------------------------------------------------------------------------- */

static gph_status_t add_worker(gph_graph_team_t *team, const gph_model_options_t *options,
                               gph_readout_t readout, int64_t in, int64_t out)
{
    gph_status_t status = GPH_OK;
    gph_graph_worker_t *worker = &team->worker[team->workers];

    worker->context = gph_context_local(team->context, 1);
    worker->batch = gph_graph_batch_init(team->context->env);
    gph_network_init(team->context, &worker->network.network);
    team->workers++;
    GPH_TRY(gph_graph_network_build(team->context, options, readout, in, out, &worker->network));
    if (team->workers > 1)
        gph_params_share(&worker->network.network.params, gph_graph_team_params(team));

cleanup:
    return status;
}

gph_status_t gph_graph_team_build(gph_context_t *context, const gph_model_options_t *options,
                                  gph_readout_t readout, int64_t in, int64_t out,
                                  gph_graph_team_t *team)
{
    gph_status_t status = GPH_OK;

    *team = (gph_graph_team_t){.context = context};
    GPH_TRY(gph_calloc(context->env, context->threads, sizeof *team->worker, &team->worker));
    for (int t = 0; t < context->threads; t++)
        GPH_TRY(add_worker(team, options, readout, in, out));
    team->rank = gph_context_local(context, context->threads);

cleanup:
    return status;
}

void gph_graph_team_free(gph_graph_team_t *team)
{
    for (int w = team->workers - 1; w >= 0; w--) {
        gph_graph_network_free(&team->worker[w].network);
        gph_graph_batch_free(&team->worker[w].batch);
        gph_tensor_free(&team->worker[w].gradient);
    }
    gph_free(team->worker);
    *team = (gph_graph_team_t){.context = team->context};
}

gph_params_t *gph_graph_team_params(gph_graph_team_t *team)
{
    return &team->worker[0].network.network.params;
}

/* --- a batch -------------------------------------------------------------------------------- */

/* Estimates the work of the batch, and cuts it into as many parts as that is worth. */
static void plan(gph_graph_team_t *team, const gph_graph_data_t *data, int64_t count,
                 const int64_t *list)
{
    const double weights = (double)gph_graph_team_params(team)->size;
    const double ranks = team->context->ranks;
    int64_t nodes = 0;
    int64_t largest = 0;

    for (int64_t i = 0; i < count; i++) {
        const int64_t here = data->node[list[i] + 1] - data->node[list[i]];
        nodes += here;
        largest = here > largest ? here : largest;
    }
    team->count = count;
    team->forward = (double)nodes / ranks * weights * GPH_WORK_FUSE;
    /* Two products for each one forward, and the sums of tiles. */
    team->backward = 2 * team->forward + GPH_BATCH_TILES / ranks * weights * GPH_WORK_BIN;
    team->parts = gph_team_threads(team->context, team->forward + team->backward);
    if ((double)largest > largest_share * (double)nodes / (ranks * team->parts))
        team->parts = 1;
}

gph_status_t gph_graph_team_take(gph_graph_team_t *team, const gph_graph_data_t *data,
                                 int64_t count, const int64_t *list)
{
    gph_status_t status = GPH_OK;

    plan(team, data, count, list);
    for (int p = 0; p < team->parts; p++) {
        gph_graph_worker_t *worker = &team->worker[p];
        gph_context_t *context = team->parts > 1 ? &worker->context : &team->rank;
        GPH_TRY(gph_graph_batch_part(context, data, count, list, p, team->parts, &worker->batch));
    }

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

/* Runs a task for each part; `work` of all parts together. Local. */
static gph_status_t run_parts(gph_graph_team_t *team, double work, gph_task_fn *task, pass_t *pass)
{
    if (team->parts == 1)
        return task(pass, 0, 0);
    return gph_team_tasks(team->context, team->parts,
                          gph_team_grain(team->context, work / team->parts), task, pass);
}

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
        GPH_TRY(gph_tensor_shape(worker->context.env, score.rows, score.columns, g));
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
    pass_t pass = {team, training, seed, step};

    GPH_TRY_ALL(team->context, run_parts(team, team->forward, forward_part, &pass));
    for (int p = 1; p < team->parts; p++)
        gph_loss_merge(&team->worker[0].sums, &team->worker[p].sums);
    GPH_TRY(gph_loss_finish(team->context, &team->worker[0].sums, loss));

cleanup:
    return status;
}

static gph_status_t backward_part(void *data, int64_t part, int thread)
{
    const pass_t *pass = data;
    gph_graph_worker_t *worker = &pass->team->worker[part];
    (void)thread;
    if (part > 0)
        gph_gradient_begin(&worker->network.network.params);
    return gph_graph_network_backward(&worker->network, &worker->batch, pass->seed, pass->step,
                                      &worker->gradient);
}

gph_status_t gph_graph_team_backward(gph_graph_team_t *team, uint64_t seed, int64_t step)
{
    gph_status_t status = GPH_OK;
    pass_t pass = {team, true, seed, step};

    status = run_parts(team, team->backward, backward_part, &pass);
    for (int p = 1; p < team->parts && status == GPH_OK; p++)
        status = gph_gradient_merge(gph_graph_team_params(team),
                                    &team->worker[p].network.network.params);
    GPH_TRY_ALL(team->context, status);

cleanup:
    return status;
}
