/* Networks that transform expressions, on all threads. */
#include "nn/expression_team.h"

#include "nn/work.h"
#include "par/comm.h"
#include "par/tiles.h"

/* --- building ------------------------------------------------------------------------------- */

gph_status_t gph_expression_team_build(gph_context_t *context, const gph_model_options_t *options,
                                       int64_t labels, gph_expression_team_t *team)
{
    gph_status_t status = GPH_OK;

    *team = (gph_expression_team_t){.count = 0};
    GPH_TRY(gph_parts_init(context, &team->parts));
    GPH_TRY(gph_calloc(context->env, context->threads, sizeof *team->worker, &team->worker));
    for (int t = 0; t < context->threads; t++) {
        gph_expression_worker_t *worker = &team->worker[t];
        worker->batch = gph_expression_batch_init(context->env);
        status = gph_expression_network_build(context, options, labels, &worker->network);
        gph_parts_add(&team->parts, &worker->network.network.params);
        GPH_TRY(status);
    }

cleanup:
    return status;
}

void gph_expression_team_free(gph_expression_team_t *team)
{
    for (int w = team->parts.networks - 1; w >= 0; w--) {
        gph_expression_network_free(&team->worker[w].network);
        gph_expression_batch_free(&team->worker[w].batch);
    }
    gph_free(team->worker);
    gph_parts_free(&team->parts);
    team->worker = NULL;
}

gph_params_t *gph_expression_team_params(gph_expression_team_t *team)
{
    return &team->worker[0].network.network.params;
}

/* --- a batch -------------------------------------------------------------------------------- */

/* Estimates the work, and cuts the batch into as many parts as that is worth. Where there are fewer
 * tiles than threads the batch is one part: then the graphs of one keep more threads at work. */
static void plan(gph_expression_team_t *team, const gph_expression_data_t *data, int64_t count)
{
    const gph_expressions_options_t *options = data->options;
    const gph_context_t *context = team->parts.context;
    const double weights = (double)gph_expression_team_params(team)->size;
    const double nodes = (double)(options->least + options->most + 1); /* of a mean expression */
    const double graphs = (double)count / context->ranks;
    const double loss = options->loss.rounds * options->loss.iterations * nodes * nodes;
    const double forward = graphs * (nodes * weights * GPH_WORK_FUSE + loss * GPH_WORK_EXP);
    const double edges = nodes * nodes * (double)team->worker[0].network.hidden;
    const double backward = graphs * 2 * (nodes * weights * GPH_WORK_FUSE + edges * GPH_WORK_CHAIN);
    const int64_t tiles = gph_expression_batch_tiles(data, count);

    team->count = count;
    gph_parts_plan(&team->parts, tiles < context->threads ? 1 : tiles, forward, backward);
}

typedef struct drawing {
    gph_expression_team_t *team;
    const gph_expression_data_t *data;
    bool held_out;
    const int64_t *list;
} drawing_t;

static gph_status_t draw_part(void *data, int64_t part, int thread)
{
    const drawing_t *drawing = data;
    gph_expression_team_t *team = drawing->team;
    (void)thread;
    return gph_expression_batch_draw(gph_parts_context(&team->parts, (int)part), drawing->data,
                                     drawing->held_out, team->count, drawing->list, (int)part,
                                     team->parts.count, &team->worker[part].batch);
}

/* Numbers the rows of all parts, behind those of the ranks before. Collective. */
static gph_status_t place_parts(gph_expression_team_t *team)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = team->parts.context;
    int64_t rows = 0;
    int64_t first = 0;
    int64_t total = 0;

    for (int p = 0; p < team->parts.count; p++)
        rows += team->worker[p].batch.start[team->worker[p].batch.graphs];
    GPH_TRY(gph_comm_scan_i64(context, 1, &rows, &first, &total));
    for (int p = 0; p < team->parts.count && status == GPH_OK; p++) {
        gph_expression_batch_t *batch = &team->worker[p].batch;
        status =
            gph_expression_batch_place(gph_parts_context(&team->parts, p), total, first, batch);
        first += batch->start[batch->graphs];
    }
    GPH_TRY_ALL(context, status);

cleanup:
    return status;
}

gph_status_t gph_expression_team_take(gph_expression_team_t *team,
                                      const gph_expression_data_t *data, bool held_out,
                                      int64_t count, const int64_t *list)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = team->parts.context;
    drawing_t drawing = {team, data, held_out, list};

    plan(team, data, count);
    GPH_TRY_ALL(context, gph_parts_run(&team->parts, (double)count / context->ranks * GPH_WORK_DRAW,
                                       draw_part, &drawing));
    GPH_TRY(place_parts(team));

cleanup:
    return status;
}

/* --- passes --------------------------------------------------------------------------------- */

typedef struct pass {
    gph_expression_team_t *team;
    const gph_structural_options_t *options;
    bool training;
    uint64_t seed;
    int64_t step;
} pass_t;

static gph_status_t forward_part(void *data, int64_t part, int thread)
{
    gph_status_t status = GPH_OK;
    const pass_t *pass = data;
    gph_expression_worker_t *worker = &pass->team->worker[part];

    (void)thread;
    GPH_TRY(gph_expression_network_forward(&worker->network, &worker->batch, pass->training,
                                           pass->seed, pass->step));
    worker->sums = (gph_expression_sums_t){.exact = 0};
    GPH_TRY(gph_expression_network_add(&worker->network, &worker->batch, pass->options,
                                       pass->team->count, pass->training, &worker->sums));

cleanup:
    return status;
}

gph_status_t gph_expression_team_forward(gph_expression_team_t *team,
                                         const gph_structural_options_t *options, bool training,
                                         uint64_t seed, int64_t step, gph_expression_loss_t *loss)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = team->parts.context;
    gph_expression_sums_t *sums = &team->worker[0].sums;
    pass_t pass = {team, options, training, seed, step};

    GPH_TRY_ALL(context, gph_parts_run(&team->parts, team->parts.forward, forward_part, &pass));
    for (int p = 1; p < team->parts.count; p++) {
        gph_sum_merge(&sums->loss, &team->worker[p].sums.loss);
        sums->exact += team->worker[p].sums.exact;
    }
    GPH_TRY(gph_expression_loss_finish(context, team->count, sums, loss));

cleanup:
    return status;
}

static gph_status_t backward_part(void *data, int64_t part, int thread)
{
    const pass_t *pass = data;
    gph_expression_worker_t *worker = &pass->team->worker[part];
    (void)thread;
    gph_parts_begin(&pass->team->parts, part);
    return gph_expression_network_backward(&worker->network, &worker->batch, pass->seed,
                                           pass->step);
}

gph_status_t gph_expression_team_backward(gph_expression_team_t *team, uint64_t seed, int64_t step)
{
    pass_t pass = {team, NULL, true, seed, step};
    return gph_parts_backward(&team->parts, backward_part, &pass);
}
