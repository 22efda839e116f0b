/* Optimisers. */
#include "nn/optimizer.h"

#include "nn/kernel.h"
#include "nn/work.h"
#include "par/team.h"

#include <math.h>
#include <string.h>

gph_status_t gph_optimizer_init(const gph_params_t *params, const gph_optimizer_options_t *options,
                                gph_optimizer_t *optimizer)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = params->context->env;
    gph_optimizer_t made = {.options = *options};

    GPH_TRY(gph_calloc(env, params->size, sizeof *made.first, &made.first));
    if (options->kind != GPH_OPTIMIZER_SGD)
        GPH_TRY(gph_calloc(env, params->size, sizeof *made.second, &made.second));
    *optimizer = made;
    made = (gph_optimizer_t){.step = 0};

cleanup:
    gph_optimizer_free(&made);
    return status;
}

void gph_optimizer_reset(const gph_params_t *params, gph_optimizer_t *optimizer)
{
    optimizer->step = 0;
    memset(optimizer->first, 0, (size_t)params->size * sizeof *optimizer->first);
    if (optimizer->second != NULL)
        memset(optimizer->second, 0, (size_t)params->size * sizeof *optimizer->second);
}

void gph_optimizer_free(gph_optimizer_t *optimizer)
{
    gph_free(optimizer->first);
    gph_free(optimizer->second);
    *optimizer = (gph_optimizer_t){.step = 0};
}

double gph_optimizer_rate(const gph_optimizer_options_t *options, int64_t step, int64_t steps)
{
    const double pi = 3.14159265358979323846;
    double factor = 1;
    if (step < options->warmup)
        return options->rate * (double)(step + 1) / (double)options->warmup;
    if (options->schedule == GPH_SCHEDULE_COSINE && steps > options->warmup)
        factor =
            0.5 *
            (1 + cos(pi * (double)(step - options->warmup) / (double)(steps - options->warmup)));
    if (options->schedule == GPH_SCHEDULE_STEP && options->step_every > 0) {
        const int64_t falls = step / options->step_every;
        factor = pow(options->step_factor, (double)falls);
    }
    return options->rate * factor;
}

/* Sums side by side, so that additions need not wait for each other. */
enum { LANES = 16 };

/* Sum of squares in an order that the length alone fixes; not finite when the gradient is not. */
static double squares(const gph_params_t *params)
{
    double sum[LANES] = {0};
    double total = 0;
    int64_t i = 0;
    for (; i + LANES <= params->size; i += LANES)
        for (int l = 0; l < LANES; l++) {
            const double g = (double)params->gradient[i + l];
            sum[l] += g * g;
        }
    for (; i < params->size; i++)
        total += (double)params->gradient[i] * (double)params->gradient[i];
    for (int l = 0; l < LANES; l++)
        total += sum[l];
    return total;
}

/* Zero times a number is zero, unless the number is infinite or NaN. */
static bool all_finite(const gph_params_t *params)
{
    gph_real_t sum[LANES] = {0};
    gph_real_t total = 0;
    int64_t i = 0;
    for (; i + LANES <= params->size; i += LANES)
        for (int l = 0; l < LANES; l++)
            sum[l] += params->value[i + l] * 0;
    for (; i < params->size; i++)
        total += params->value[i] * 0;
    for (int l = 0; l < LANES; l++)
        total += sum[l];
    return total == 0;
}

/* One matrix of weights being stepped. */
typedef struct step_job {
    void (*kernel)(const gph_step_t *step);
    gph_step_t step;
} step_job_t;

static gph_status_t step_range(void *data, int64_t begin, int64_t end, int thread)
{
    const step_job_t *job = data;
    gph_step_t step = job->step;
    (void)thread;
    step.count = end - begin;
    step.value += begin;
    step.gradient += begin;
    step.first += begin;
    if (step.second != NULL)
        step.second += begin;
    job->kernel(&step);
    return GPH_OK;
}

static step_job_t job_of(const gph_optimizer_t *optimizer, double rate, double scale)
{
    const gph_optimizer_options_t *options = &optimizer->options;
    const bool adam = options->kind != GPH_OPTIMIZER_SGD;
    const double made = (double)optimizer->step;
    const double first = adam ? 1 - pow(options->beta1, made) : 1;
    const double second = adam ? 1 - pow(options->beta2, made) : 1;
    return (step_job_t){
        .kernel = adam ? gph_kernels()->adam : gph_kernels()->sgd,
        .step = {.scale = (gph_real_t)scale,
                 .rate = (gph_real_t)(rate / first),
                 .beta1 = (gph_real_t)(adam ? options->beta1 : options->momentum),
                 .beta2 = (gph_real_t)options->beta2,
                 .correction = (gph_real_t)(1 / sqrt(second)),
                 .epsilon = (gph_real_t)options->epsilon},
    };
}

bool gph_optimizer_step(gph_params_t *params, gph_optimizer_t *optimizer, int64_t steps)
{
    const gph_optimizer_options_t *options = &optimizer->options;
    const double rate = gph_optimizer_rate(options, optimizer->step, steps);
    const double norm = sqrt(squares(params));
    const double scale = options->clip > 0 && norm > options->clip ? options->clip / norm : 1;
    const bool decoupled = options->kind == GPH_OPTIMIZER_ADAMW;

    if (!isfinite(norm))
        return false;
    optimizer->step++;
    for (int p = 0; p < params->count; p++) {
        const gph_param_t *item = &params->item[p];
        const double decay = item->decays ? options->weight_decay : 0;
        step_job_t job = job_of(optimizer, rate, scale);
        job.step.value = params->value + item->first;
        job.step.gradient = params->gradient + item->first;
        job.step.first = optimizer->first + item->first;
        job.step.second = optimizer->second != NULL ? optimizer->second + item->first : NULL;
        job.step.decay = (gph_real_t)(decoupled ? 0 : decay);
        job.step.shrink = (gph_real_t)(decoupled ? 1 - rate * decay : 1);
        (void)gph_team_ranges(params->context, item->rows * item->columns,
                              gph_team_grain(params->context, GPH_WORK_STEP), step_range, &job);
    }
    return all_finite(params);
}
