/* Losses. */
#include "nn/loss.h"

#include "nn/work.h"
#include "par/comm.h"
#include "par/team.h"

#include <math.h>

typedef struct loss_job {
    const gph_tensor_t *x;
    const gph_tensor_t *target; /* of squares */
    const int32_t *label;       /* of softmax */
    const uint8_t *split;
    gph_tensor_t *g;
    double share;          /* of a row of TRAIN in the mean */
    gph_loss_sums_t *sums; /* [threads] */
} loss_job_t;

static int64_t largest(const gph_real_t *x, int64_t columns)
{
    int64_t best = 0;
    for (int64_t j = 1; j < columns; j++)
        if (x[j] > x[best])
            best = j;
    return best;
}

void gph_loss_classes(const gph_tensor_t *score, int32_t *class)
{
    for (int64_t i = 0; i < score->rows; i++)
        class[i] = (int32_t)largest(score->value + i * score->columns, score->columns);
}

/* Row i: its loss; its gradient where wanted. */
static double softmax_row(const loss_job_t *job, int64_t i, gph_real_t *g)
{
    const int64_t n = job->x->columns;
    const gph_real_t *x = job->x->value + i * n;
    const double top = (double)x[largest(x, n)];
    double sum = 0;
    for (int64_t j = 0; j < n; j++)
        sum += exp((double)x[j] - top);
    for (int64_t j = 0; g != NULL && j < n; j++) {
        const double p = exp((double)x[j] - top) / sum;
        g[j] = (gph_real_t)((p - (j == job->label[i])) * job->share);
    }
    return log(sum) + top - (double)x[job->label[i]];
}

static double squares_row(const loss_job_t *job, int64_t i, gph_real_t *g)
{
    const int64_t n = job->x->columns;
    double sum = 0;
    for (int64_t j = 0; j < n; j++) {
        const double d = (double)job->x->value[i * n + j] - (double)job->target->value[i * n + j];
        sum += d * d;
        if (g != NULL)
            g[j] = (gph_real_t)(2 * d * job->share / (double)n);
    }
    return n > 0 ? sum / (double)n : 0;
}

static gph_status_t loss_rows(void *data, int64_t begin, int64_t end, int thread)
{
    const loss_job_t *job = data;
    const int64_t n = job->x->columns;
    gph_loss_sums_t here = {.rows = {0}};
    for (int64_t i = begin; i < end; i++) {
        const int split = job->split[i];
        gph_real_t *g = job->g != NULL ? job->g->value + i * n : NULL;
        here.rows[split]++;
        if (g != NULL && split != GPH_SPLIT_TRAIN)
            for (int64_t j = 0; j < n; j++)
                g[j] = 0;
        if (split == GPH_SPLIT_NONE || (g != NULL && split != GPH_SPLIT_TRAIN))
            continue;
        gph_real_t *row = split == GPH_SPLIT_TRAIN ? g : NULL;
        gph_sum_add(&here.loss[split],
                    job->label != NULL ? softmax_row(job, i, row) : squares_row(job, i, row));
        if (job->label != NULL)
            here.correct[split] += largest(job->x->value + i * n, n) == job->label[i];
    }
    gph_loss_merge(&job->sums[thread], &here);
    return GPH_OK;
}

void gph_loss_softmax_add(const gph_tensor_t *score, const int32_t *label, const uint8_t *split,
                          double share, gph_tensor_t *g, gph_loss_sums_t *sums)
{
    loss_job_t job = {
        .x = score, .label = label, .split = split, .g = g, .share = share, .sums = sums};
    (void)loss_rows(&job, 0, score->rows, 0);
}

void gph_loss_merge(gph_loss_sums_t *sums, const gph_loss_sums_t *part)
{
    for (int s = 0; s < GPH_SPLITS; s++) {
        sums->rows[s] += part->rows[s];
        sums->correct[s] += part->correct[s];
        gph_sum_merge(&sums->loss[s], &part->loss[s]);
    }
}

gph_status_t gph_loss_finish(gph_context_t *context, gph_loss_sums_t *sums, gph_loss_t *loss)
{
    gph_status_t status = GPH_OK;

    GPH_TRY(gph_reduce_exact(context, GPH_SPLITS, sums->loss));
    GPH_TRY(gph_comm_reduce_i64(context, GPH_SUM, GPH_SPLITS, sums->correct));
    GPH_TRY(gph_comm_reduce_i64(context, GPH_SUM, GPH_SPLITS, sums->rows));
    for (int s = 0; s < GPH_SPLITS; s++) {
        loss->rows[s] = sums->rows[s];
        loss->correct[s] = sums->correct[s];
        loss->loss[s] = sums->rows[s] > 0 ? gph_sum_f64(&sums->loss[s]) / (double)sums->rows[s] : 0;
    }

cleanup:
    return status;
}

static gph_status_t run(gph_context_t *context, loss_job_t *job, gph_loss_t *loss)
{
    gph_status_t status = GPH_OK;
    int64_t training = 0;

    status = gph_calloc(context->env, context->threads, sizeof *job->sums, &job->sums);
    if (status == GPH_OK && job->g != NULL)
        status = gph_tensor_check(context->env, "the gradient of a loss", job->g, job->x->rows,
                                  job->x->columns);
    GPH_TRY_ALL(context, status);
    for (int64_t i = 0; i < job->x->rows; i++)
        training += job->split[i] == GPH_SPLIT_TRAIN;
    GPH_TRY(gph_comm_reduce_i64(context, GPH_SUM, 1, &training));
    if (training > 0)
        job->share = 1 / (double)training;
    GPH_TRY(gph_team_ranges(context, job->x->rows,
                            gph_team_grain(context, (double)job->x->columns * GPH_WORK_EXP),
                            loss_rows, job));
    for (int t = 1; t < context->threads; t++)
        gph_loss_merge(&job->sums[0], &job->sums[t]);
    GPH_TRY(gph_loss_finish(context, job->sums, loss));

cleanup:
    gph_free(job->sums);
    return status;
}

gph_status_t gph_loss_softmax(gph_context_t *context, const gph_tensor_t *score,
                              const int32_t *label, const uint8_t *split, gph_tensor_t *g,
                              gph_loss_t *loss)
{
    loss_job_t job = {.x = score, .label = label, .split = split, .g = g};
    return run(context, &job, loss);
}

gph_status_t gph_loss_squares(gph_context_t *context, const gph_tensor_t *x,
                              const gph_tensor_t *target, const uint8_t *split, gph_tensor_t *g,
                              gph_loss_t *loss)
{
    loss_job_t job = {.x = x, .target = target, .split = split, .g = g};
    const gph_status_t status = gph_comm_agree(
        context, gph_tensor_check(context->env, "a target", target, x->rows, x->columns));
    return status == GPH_OK ? run(context, &job, loss) : status;
}
