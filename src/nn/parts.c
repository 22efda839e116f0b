/* Parts of a batch for the threads of a rank. */
#include "nn/parts.h"

#include "par/comm.h"

gph_status_t gph_parts_init(gph_context_t *context, gph_parts_t *parts)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = context->env;

    *parts = (gph_parts_t){.context = context, .count = 1};
    parts->rank = gph_context_local(context, context->threads);
    GPH_TRY(gph_alloc(env, context->threads, sizeof *parts->thread, &parts->thread));
    GPH_TRY(gph_calloc(env, context->threads, sizeof(gph_params_t *), &parts->params));
    for (int t = 0; t < context->threads; t++)
        parts->thread[t] = gph_context_local(context, 1);

cleanup:
    return status;
}

void gph_parts_free(gph_parts_t *parts)
{
    gph_free(parts->thread);
    gph_free(parts->params);
    *parts = (gph_parts_t){.context = parts->context};
}

void gph_parts_add(gph_parts_t *parts, gph_params_t *params)
{
    parts->params[parts->networks++] = params;
    if (parts->networks > 1)
        gph_params_share(params, parts->params[0]);
    parts->rank.worth = parts->context->worth; /* measured by now */
}

void gph_parts_plan(gph_parts_t *parts, int64_t most, double forward, double backward)
{
    const int threads = gph_team_threads(parts->context, forward + backward);
    parts->count = threads < most ? threads : most > 1 ? (int)most : 1;
    parts->forward = forward;
    parts->backward = backward;
}

gph_context_t *gph_parts_context(gph_parts_t *parts, int part)
{
    return parts->count > 1 ? &parts->thread[part] : &parts->rank;
}

gph_status_t gph_parts_run(const gph_parts_t *parts, double work, gph_task_fn *task, void *data)
{
    if (parts->count == 1)
        return task(data, 0, 0);
    return gph_team_tasks(parts->context, parts->count,
                          gph_team_grain(parts->context, work / parts->count), task, data);
}

void gph_parts_begin(const gph_parts_t *parts, int64_t part)
{
    if (part > 0)
        gph_gradient_begin(parts->params[part]);
}

/* Local, on all threads. */
static gph_status_t merge(const gph_parts_t *parts)
{
    gph_status_t status = GPH_OK;

    for (int p = 1; p < parts->count; p++)
        GPH_TRY(gph_gradient_merge(parts->params[0], parts->params[p]));

cleanup:
    return status;
}

gph_status_t gph_parts_backward(const gph_parts_t *parts, gph_task_fn *task, void *data)
{
    gph_status_t status = gph_parts_run(parts, parts->backward, task, data);
    if (status == GPH_OK)
        status = merge(parts);
    return gph_comm_agree(parts->context, status);
}
